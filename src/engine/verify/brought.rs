//! What the glossary lets a rewriter bring in for the terms and phrases of a source.

use std::collections::BTreeSet;

use super::meaning::meaning;
use crate::engine::glossary::Glossary;
use crate::engine::phrases::{Output, Phrase};
use crate::engine::render::Analysis;
use crate::engine::source::ByteSpan;
use crate::engine::text::tokenize_words;

/// The words that the content holds ready for one source.
pub(super) struct Brought {
    /// Wordings of more than one word, in lower case.
    wordings: BTreeSet<String>,
    /// Everything, in lower case.
    text: String,
    meanings: BTreeSet<String>,
    /// Where the source's terms are, in order.
    terms: Vec<ByteSpan>,
    /// Where the own words of the source's phrases are.
    phrases: Vec<ByteSpan>,
}

impl Brought {
    /// Gathers the wordings, figures and glosses of every term, and the own words of every phrase.
    pub(super) fn of(source: &Analysis<'_>, glossary: &Glossary, phrases: &[Phrase]) -> Self {
        let concepts: BTreeSet<usize> = source.terms.iter().map(|hit| hit.concept).collect();
        let patterns: BTreeSet<usize> = source.phrases.iter().map(|found| found.pattern).collect();
        let mut words: Vec<&str> = Vec::new();
        for concept in concepts.into_iter().filter_map(|concept| glossary.concepts.get(concept)) {
            words.extend(concept.wordings.iter().map(|wording| wording.text.as_str()));
            words.extend(
                concept
                    .metric
                    .iter()
                    .flat_map(|metric| [&metric.value, &metric.rose, &metric.fell])
                    .map(String::as_str),
            );
            words.extend(concept.gloss.as_deref());
        }
        for phrase in patterns.into_iter().filter_map(|pattern| phrases.get(pattern)) {
            words.extend(phrase.output.iter().filter_map(|output| match output {
                Output::Text(text) => Some(text.trim()),
                _ => None,
            }));
        }
        let meanings = words.iter().flat_map(|text| tokenize_words(text)).filter_map(|token| meaning(&token)).collect();
        let wordings = words.iter().filter(|text| text.contains(' ')).map(|text| text.to_lowercase()).collect();
        let mut terms: Vec<ByteSpan> =
            source.terms.iter().map(|hit| source.document.span_of(hit.tokens.clone())).collect();
        terms.sort_unstable();
        // What a phrase says in its own words ("MoM", "thx") may be said in the words of its entry.
        let phrases = source
            .phrases
            .iter()
            .flat_map(|found| {
                let slots = &found.slots;
                found.tokens.clone().filter(move |index| !slots.iter().any(|(_, slot)| slot.contains(index)))
            })
            .map(|index| source.document.span_of(index..index + 1))
            .collect();
        Self { wordings, text: words.join("\n").to_lowercase(), meanings, terms, phrases }
    }

    /// Whether the content says these words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.text.contains(&words.to_lowercase())
    }

    pub(super) fn means(&self, meaning: &str) -> bool {
        self.meanings.contains(meaning)
    }

    pub(super) fn terms(&self) -> &[ByteSpan] {
        &self.terms
    }

    /// Whether a name of the source is in the own words of a phrase, for which others may stand.
    pub(super) fn phrases(&self, span: ByteSpan) -> bool {
        self.phrases.iter().any(|phrase| phrase.overlaps(span))
    }

    /// Whether a place of the source lies in a term, for which a wording may stand.
    pub(super) fn covers(&self, span: ByteSpan) -> bool {
        let first = self.terms.partition_point(|term| term.end <= span.start);
        self.terms.get(first).is_some_and(|term| term.overlaps(span))
    }

    /// The places of a lower-case text that are in the content's words, in order.
    pub(super) fn places_in(&self, text: &str) -> Vec<ByteSpan> {
        let mut places: Vec<ByteSpan> = self
            .wordings
            .iter()
            .flat_map(|wording| text.match_indices(wording.as_str()))
            .map(|(start, words)| ByteSpan::new(start, start + words.len()))
            .collect();
        places.sort_unstable();
        places
    }
}
