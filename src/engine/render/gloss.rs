//! What a name is, in brackets behind its first mention.

use std::ops::Range;

use super::code::is_in_code;
use super::pieces::{Origin, Pieces};
use super::plain::Realiser;
use crate::engine::facts::FactKind;
use crate::engine::glossary::{Concept, Hit, PartOfSpeech};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag};

impl Realiser<'_, '_> {
    /// Right behind the name, unless it only modifies the next noun.
    pub(super) fn emit_gloss(&mut self, hit: &Hit, concept: &Concept, pieces: &mut Pieces) {
        let document = self.document();
        let is_name = concept.terms.get(hit.term).is_some_and(|term| term.part_of_speech == PartOfSpeech::Name);
        let Some(gloss) = concept.gloss.as_ref().filter(|_| is_name && !self.audience.knows(concept)) else { return };
        let apart = parts_a_phrase(document, hit.tokens.end)
            || is_one_of_a_row(document, &hit.tokens)
            || is_in_code(document, &hit.tokens);
        if self.glosses && !apart && self.glossed.insert(hit.concept) {
            let span = document.span_of(hit.tokens.clone());
            pieces.push(
                format!(" ({gloss})"),
                Origin::Concept { concept: hit.concept, span: ByteSpan::new(span.end, span.end) },
            );
        }
    }

    /// What a name is, told behind its version: "Kubernetes 1.29 (…)"; with the token in front of which it stands. Behind the
    /// nouns of a compound it would split the sentence more than it helps.
    pub(super) fn late_gloss(&mut self, hit: &Hit, limit: usize) -> Option<(usize, String, Origin)> {
        let document = self.document();
        let concept = self.glossary.concepts.get(hit.concept)?;
        let is_name = concept.terms.get(hit.term).is_some_and(|term| term.part_of_speech == PartOfSpeech::Name);
        let gloss = concept.gloss.as_ref().filter(|_| is_name && self.glosses && !self.audience.knows(concept))?;
        let version = hit.tokens.end;
        let token = document.tokens.get(version).filter(|token| version < limit && !token.glued)?;
        document.fact_at(version).filter(|fact| matches!(fact.kind, FactKind::Version | FactKind::Number))?;
        if token.joined || parts_a_phrase(document, version + 1) || !self.glossed.insert(hit.concept) {
            return None;
        }
        let end = document.span_of(hit.tokens.clone()).end;
        let origin = Origin::Concept { concept: hit.concept, span: ByteSpan::new(end, end) };
        Some((version + 1, format!(" ({gloss})"), origin))
    }
}

/// "RustRover, PyCharm, VS Code and others": one of several names in a row needs no other explanation than the rest.
fn is_one_of_a_row(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let is = |index: Option<usize>, words: &[&str]| {
        index.and_then(|index| document.tokens.get(index)).is_some_and(|token| token.is(words))
    };
    let name = |index: Option<usize>| {
        index.and_then(|index| document.tokens.get(index)).is_some_and(|token| token.capital && token.tag.is_nominal())
    };
    let joints = [",", "/", "and", "or", "&"];
    let before = tokens.start.checked_sub(1);
    let follows = is(before, &joints) && name(before.and_then(|index| index.checked_sub(1)));
    let leads = is(Some(tokens.end), &joints) && name(Some(tokens.end + 1));
    follows && leads
}

/// Whether brackets in front of this token would part what belongs together: a name and its noun, or signs that hold a word.
fn parts_a_phrase(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|next| {
        next.tag.is_nominal()
            // "Google Analytics tracking code"
            || next.tag == Tag::Verb(VerbForm::Ing)
                && document.tokens.get(index + 1).is_some_and(|noun| noun.tag.is_nominal())
            || next.has(Flags::NOUN_PLURAL)
            || matches!(next.tag, Tag::Possessive | Tag::Adjective | Tag::Fact)
            || next.joined
            || next.is(&["(", ")"])
            || next.glued && !next.lower.starts_with([',', '.', ';', ':', '!', '?'])
    })
}
