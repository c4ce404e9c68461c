//! What a glossary holds, counted.

use std::collections::BTreeMap;

use super::Engine;
use super::glossary::{Concept, TermStatus};
use super::text::term_words;

/// Counts over all content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GlossaryStats {
    /// Concepts, everyday senses not included.
    pub concepts: usize,
    /// Everyday senses, which shield words from replacement.
    pub everyday: usize,
    /// Preferred terms.
    pub preferred: usize,
    /// Admitted terms.
    pub admitted: usize,
    /// Deprecated terms.
    pub deprecated: usize,
    /// Wordings that stand in a term's place.
    pub wordings: usize,
    /// Concepts that say what a name stands for.
    pub glosses: usize,
    /// Concepts with an example for readers.
    pub examples: usize,
    /// Phrase patterns.
    pub patterns: usize,
    /// Example sentences in which an entry must be found.
    pub must_match: usize,
    /// Example sentences in which it must not be.
    pub must_not_match: usize,
    /// Concepts and terms of each subject field.
    pub fields: BTreeMap<String, FieldStats>,
    /// Terms with two or more senses, of which all but one need cues.
    pub ambiguous: Vec<AmbiguousTerm>,
    /// Terms of one sense that is meant only beside certain words, or not beside others.
    pub shielded: usize,
    /// How many concepts say to each audience why they matter, in the order of menus.
    pub why: Vec<(String, usize)>,
    /// Concepts that say to two audiences or more why they matter.
    pub why_for_two: usize,
}

/// How much an engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineSize {
    /// Concepts, everyday senses included.
    pub concepts: usize,
    /// Their terms.
    pub terms: usize,
    /// Phrase patterns.
    pub patterns: usize,
}

impl Engine {
    /// How much it holds: the cheap part of [`Engine::stats`].
    #[must_use]
    pub fn size(&self) -> EngineSize {
        let concepts = &self.glossary.concepts;
        EngineSize {
            concepts: concepts.len(),
            terms: concepts.iter().map(|concept| concept.terms.len()).sum(),
            patterns: self.compiled.phrases.len(),
        }
    }
}

/// Counts of one subject field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldStats {
    /// Concepts, everyday senses not included.
    pub concepts: usize,
    /// Terms of all statuses.
    pub terms: usize,
}

/// A term of several concepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmbiguousTerm {
    /// In lower case.
    pub term: String,
    /// Ids of the concepts, everyday senses included.
    pub senses: Vec<String>,
}

/// Counts what an engine's content holds.
pub(super) fn stats(engine: &Engine) -> GlossaryStats {
    let mut stats = GlossaryStats { patterns: engine.compiled.phrases.len(), ..GlossaryStats::default() };
    let mut senses: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut why: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, concept) in engine.glossary.concepts.iter().enumerate() {
        for term in &concept.terms {
            let claimants = senses.entry(term_words(&term.text).join(" ")).or_default();
            if !claimants.contains(&number) {
                claimants.push(number);
            }
        }
        if concept.everyday {
            stats.everyday += 1;
            continue;
        }
        count(&mut stats, concept);
        concept.why.iter().for_each(|(audience, _)| *why.entry(audience).or_default() += 1);
    }
    let all_examples = engine.examples();
    stats.must_match = all_examples.iter().map(|entry| entry.matching.len()).sum();
    stats.must_not_match = all_examples.iter().map(|entry| entry.no_match.len()).sum();
    for (term, claimants) in senses {
        if claimants.len() > 1 {
            let ids = claimants.iter().filter_map(|number| engine.glossary.concepts.get(*number));
            stats.ambiguous.push(AmbiguousTerm { term, senses: ids.map(|concept| concept.id.clone()).collect() });
        } else if claimants.iter().any(|number| !engine.glossary.cues.are_free(*number)) {
            stats.shielded += 1;
        }
    }
    stats.why = engine
        .compiled
        .audiences
        .iter()
        .map(|audience| (audience.id.clone(), why.get(audience.id.as_str()).copied().unwrap_or_default()))
        .collect();
    stats
}

fn count(stats: &mut GlossaryStats, concept: &Concept) {
    stats.concepts += 1;
    for term in &concept.terms {
        match term.status {
            TermStatus::Preferred => stats.preferred += 1,
            TermStatus::Admitted => stats.admitted += 1,
            TermStatus::Deprecated => stats.deprecated += 1,
        }
    }
    stats.wordings += concept.wordings.len();
    stats.glosses += usize::from(concept.gloss.is_some());
    stats.examples += usize::from(!concept.example.is_empty());
    stats.why_for_two += usize::from(concept.why.len() >= 2);
    let field = stats.fields.entry(concept.subject_field.to_string()).or_default();
    field.concepts += 1;
    field.terms += concept.terms.len();
}
