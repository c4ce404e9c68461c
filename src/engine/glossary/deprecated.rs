//! Terms that nobody should use any more, and what to say instead.

use super::{Concept, Term, TermStatus};
use crate::engine::text::{Token, tokenize_words};

impl Concept {
    /// The term to use in place of a deprecated one, of its part of speech where there is one, as people read it in a sentence.
    pub(crate) fn replacement(&self, deprecated: &Term) -> Option<&str> {
        let in_use = self.terms.iter().filter(|term| term.status != TermStatus::Deprecated);
        let rank =
            |term: &&Term| (term.part_of_speech != deprecated.part_of_speech, term.status != TermStatus::Preferred);
        in_use.min_by_key(rank).map(|term| term.text.as_str())
    }

    /// One sentence on what is said instead of this term; `None` for a term in use, and where nothing replaces it.
    pub(crate) fn usage_note(&self, term: &Term) -> Option<String> {
        if term.status != TermStatus::Deprecated {
            return None;
        }
        // What ships was decided by nobody in the organisation.
        let who = if self.own { "Your organisation" } else { "The glossary" };
        let (instead, of) = (self.replacement(term)?, &term.text);
        Some(format!("{who} says “{instead}” instead of “{of}”."))
    }

    /// The same for words as somebody typed them, in any inflection. Words that are a term in use as well are in use.
    pub(crate) fn usage_note_on(&self, words: &str) -> Option<String> {
        let plain = |text: &str| text.to_lowercase().replace('-', " ");
        let is_spelt = |term: &&Term| plain(&term.text) == plain(words);
        let typed = tokenize_words(words);
        let is_inflected = |term: &&Term| are_the_same(&tokenize_words(&term.text), &typed);
        let meant = |is_it: &dyn Fn(&&Term) -> bool| {
            let (deprecated, in_use): (Vec<&Term>, Vec<&Term>) =
                self.terms.iter().filter(is_it).partition(|term| term.status == TermStatus::Deprecated);
            in_use.first().or_else(|| deprecated.first()).copied()
        };
        meant(&is_spelt).or_else(|| meant(&is_inflected)).and_then(|term| self.usage_note(term))
    }
}

fn are_the_same(term: &[Token], typed: &[Token]) -> bool {
    let same = |(one, other): (&Token, &Token)| one.lemmas().any(|lemma| other.lemmas().any(|typed| typed == lemma));
    term.len() == typed.len() && term.iter().zip(typed).all(same)
}
