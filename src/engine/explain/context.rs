//! The message in which a term stood: what it means there, in plain words.

use std::ops::Range;

use super::Knowledge;
use crate::engine::audience::AudienceProfile;
use crate::engine::glossary::{Concept, Glossary, Term};
use crate::engine::render::{Analysis, Pieces, Realiser};
use crate::engine::text::{Token, tokenize_words};

/// A message, understood and rewritten.
pub(super) struct Message<'m> {
    pub(super) analysis: Analysis<'m>,
    plain: Pieces,
}

impl<'m> Message<'m> {
    pub(super) fn read(knowledge: &Knowledge<'_>, text: &'m str, audience: &AudienceProfile) -> Self {
        Self::of(knowledge, Analysis::new(text, knowledge.glossary, knowledge.patterns), audience)
    }

    /// The same for a message that was understood already.
    pub(super) fn of(knowledge: &Knowledge<'_>, analysis: Analysis<'m>, audience: &AudienceProfile) -> Self {
        let plain = Realiser::new(&analysis, knowledge.glossary, knowledge.phrases, audience).whole().pieces;
        Self { analysis, plain }
    }

    /// The whole message in plain words.
    pub(super) fn plain(&self) -> String {
        self.plain.text()
    }

    /// What is said instead of a deprecated term of a concept, when the message has one.
    pub(super) fn usage_note_on(&self, concept: &Concept, number: usize) -> Option<String> {
        let hits = self.analysis.terms.iter().filter(|hit| hit.concept == number && !self.analysis.is_nested(hit));
        hits.filter_map(|hit| concept.terms.get(hit.term)).find_map(|term| concept.usage_note(term))
    }

    /// The first sentence that speaks of a concept, in plain words; empty when none does.
    pub(super) fn sentence_about(&self, glossary: &Glossary, number: usize, asked: &str) -> String {
        let Some(concept) = glossary.concepts.get(number) else { return String::new() };
        let document = &self.analysis.document;
        let start = self.analysis.terms.iter().find(|hit| hit.concept == number).map(|hit| hit.tokens.start);
        // A term whose meaning stayed open, or in a quotation, is not among those found.
        let start = start
            .or_else(|| self.first_place(&tokenize_words(asked)))
            .or_else(|| concept.terms.iter().find_map(|term| self.first_place(&tokenize_words(&term.text))));
        // "Rollback" is asked about, and "we rolled back" is another entry.
        let start = start.or_else(|| {
            let letters =
                |term: &Term| term.text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
            let wanted: Vec<String> = concept.terms.iter().map(letters).collect();
            let hits = self.analysis.terms.iter();
            let mut same = hits.filter(|hit| {
                let other = glossary.concepts.get(hit.concept);
                other.is_some_and(|other| other.terms.iter().any(|term| wanted.contains(&letters(term))))
            });
            same.next().map(|hit| hit.tokens.start)
        });
        let Some(start) = start else { return String::new() };
        let sentence = document.sentence_at(start);
        sentence.map(|sentence| self.plain.of(document.span_of(sentence.clone())).trim().to_owned()).unwrap_or_default()
    }

    /// Where these words stand, in any inflection.
    pub(super) fn places<'w>(&'w self, words: &'w [Token]) -> impl Iterator<Item = Range<usize>> + 'w {
        let tokens = &self.analysis.document.tokens;
        let same =
            |(token, word): (&Token, &Token)| token.lemmas().any(|lemma| word.lemmas().any(|other| other == lemma));
        (0..tokens.len())
            .filter(move |start| {
                !words.is_empty()
                    && tokens.get(*start..*start + words.len()).is_some_and(|window| window.iter().zip(words).all(same))
            })
            .map(|start| start..start + words.len())
    }

    fn first_place(&self, words: &[Token]) -> Option<usize> {
        self.places(words).next().map(|place| place.start)
    }
}
