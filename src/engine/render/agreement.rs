//! Which verb must change its number when its subject does.

use super::inflected::agree;
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::text::{Document, Tag, noun_phrase_end};

/// The verbs whose subject ends at `after`: its own, one in a relative clause in front of that, and one that "and" adds to it.
pub(super) fn verbs_behind(document: &Document<'_>, after: usize) -> Vec<usize> {
    let limit = document.sentence_at(after.saturating_sub(1)).map_or(document.tokens.len(), |sentence| sentence.end);
    let subject = Subject { document, limit };
    let mut verbs = Vec::new();
    let own = match subject.relative_clause(after) {
        Some((verb, end)) => {
            verbs.extend(verb);
            // Behind so much only "is" and its like are certain.
            Some(end).filter(|end| subject.tag(*end) == Some(Tag::Auxiliary))
        }
        None => subject.verb_of(after),
    };
    if let Some(own) = own {
        verbs.push(own);
        verbs.extend(subject.verb_added_to(own));
    }
    verbs
}

/// The rest of a sentence behind a subject.
struct Subject<'s, 'd> {
    document: &'s Document<'d>,
    limit: usize,
}

impl Subject<'_, '_> {
    fn tag(&self, index: usize) -> Option<Tag> {
        self.document.tokens.get(index).filter(|_| index < self.limit).map(|token| token.tag)
    }

    fn behind_adverbs(&self, at: usize) -> usize {
        (at..self.limit).find(|index| self.tag(*index) != Some(Tag::Adverb)).unwrap_or(self.limit)
    }

    /// A verb that shows its number.
    fn shows_number(&self, index: usize) -> bool {
        matches!(self.tag(index), Some(Tag::Auxiliary | Tag::Verb(VerbForm::ThirdSingular | VerbForm::Base)))
    }

    fn verb_of(&self, after: usize) -> Option<usize> {
        let index = self.behind_adverbs(after);
        if self.shows_number(index) {
            return Some(index);
        }
        // "The metadata on their side is stale", "the metadata used by the shop is stale".
        let described = matches!(self.tag(index), Some(Tag::Verb(VerbForm::PastParticiple | VerbForm::Past)));
        let phrases = if described { index + 1 } else { index };
        let end = self.behind_phrases(phrases);
        (end > phrases && self.tag(end) == Some(Tag::Auxiliary)).then_some(end)
    }

    /// Behind "on their side", "in the shop of the vendor" and adverbs.
    fn behind_phrases(&self, at: usize) -> usize {
        let mut end = self.behind_adverbs(at);
        while self.tag(end) == Some(Tag::Preposition)
            && let Some(behind) = noun_phrase_end(self.document, end + 1, self.limit)
        {
            end = self.behind_adverbs(behind);
        }
        end
    }

    /// "… that the job writes", "… which breaks it": where the clause ends, and its verb when that agrees as well.
    fn relative_clause(&self, after: usize) -> Option<(Option<usize>, usize)> {
        self.document.tokens.get(after).filter(|token| token.is(&["that", "which"]) && token.tag != Tag::Determiner)?;
        let first = self.behind_adverbs(after + 1);
        let verb = |index: usize| {
            matches!(
                self.tag(index),
                Some(Tag::Auxiliary | Tag::Modal | Tag::Negation | Tag::Adverb | Tag::Verb(_) | Tag::Particle)
            )
        };
        let own = self.shows_number(first).then_some(first);
        let subject = if verb(first) { first } else { noun_phrase_end(self.document, first, self.limit)? };
        let verbs = self.behind_adverbs(subject);
        let mut end = (verbs..self.limit).find(|index| !verb(*index)).unwrap_or(self.limit);
        if end == verbs {
            return None;
        }
        // "… that the job writes are stale": the second helper in a row belongs to the main clause.
        if own.is_none()
            && let Some(main) = (verbs + 1..end).find(|index| {
                self.tag(*index) == Some(Tag::Auxiliary)
                    && matches!(self.tag(index - 1), Some(Tag::Verb(_) | Tag::Adverb | Tag::Particle))
            })
        {
            return Some((own, main));
        }
        end = noun_phrase_end(self.document, end, self.limit).unwrap_or(end);
        Some((own, self.behind_phrases(end)))
    }

    /// "The config is stale and needs a look": a second verb, with nothing in between that could be its subject.
    fn verb_added_to(&self, own: usize) -> Option<usize> {
        let mut at = own + 1;
        while let Some(tag) = self.tag(at) {
            let token = self.document.tokens.get(at)?;
            if token.is(&["and", "or"]) {
                let verb = self.behind_adverbs(at + 1);
                let third = self.tag(verb) == Some(Tag::Verb(VerbForm::ThirdSingular));
                let helper = self.document.tokens.get(verb).is_some_and(|verb| verb.is(&["is", "was", "has", "does"]));
                return (third || helper).then_some(verb);
            }
            if tag.is_finite()
                || matches!(tag, Tag::Conjunction | Tag::Question | Tag::Pronoun | Tag::Punctuation | Tag::To)
            {
                return None;
            }
            at += 1;
        }
        None
    }
}

/// Whether a noun stands in a phrase that describes another one: in "the loss of metadata is" the verb belongs to the loss. In
/// "half of the metadata is" it does not.
pub(super) fn is_governed(document: &Document<'_>, start: usize) -> bool {
    const PARTS: [&str; 12] =
        ["half", "most", "some", "all", "none", "any", "rest", "part", "much", "many", "majority", "third"];
    let describes = |at: &usize| {
        document.tokens.get(*at).is_some_and(|token| {
            token.tag.is_nominal()
                || matches!(
                    token.tag,
                    Tag::Determiner | Tag::Adjective | Tag::Possessive | Tag::Verb(VerbForm::PastParticiple)
                )
        })
    };
    let first = start - (0..start).rev().take_while(describes).count();
    let before = |steps: usize| first.checked_sub(steps).and_then(|index| document.tokens.get(index));
    let part = before(1).is_some_and(|token| token.is(&["of"]))
        && before(2).is_some_and(|token| token.is(&PARTS) || token.tag == Tag::Fact);
    // "Before the metadata is read" begins a clause, "at least some metadata is" is no place.
    let clause = before(1).is_some_and(|token| token.is(&["after", "as", "before", "once", "since", "than", "until"]));
    let measured = before(1).is_some_and(|token| token.is(&["at"]))
        && document.tokens.get(first).is_some_and(|token| token.is(&["least", "most"]));
    before(1).is_some_and(|token| token.tag == Tag::Preposition) && !part && !clause && !measured
}

/// A verb that shows its number, with the other one.
pub(super) fn agree_token(document: &Document<'_>, index: usize, to_plural: bool) -> Option<String> {
    let token = document.tokens.get(index)?;
    if token.tag == Tag::Auxiliary {
        return agree(&token.lower, to_plural);
    }
    match token.tag {
        Tag::Verb(VerbForm::ThirdSingular) if to_plural => {
            token.entry.map(|entry| entry.verb_lemma(&token.lower).into_owned())
        }
        Tag::Verb(VerbForm::Base) if !to_plural => Some(verb_form(&token.lower, VerbForm::ThirdSingular)),
        _ => None,
    }
}
