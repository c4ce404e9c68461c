//! Runs the examples that content carries for itself: sentences in which an entry must be found, and others in which it
//! must not.

use std::collections::BTreeMap;

use super::{ContentError, Engine, Finding, SourceText, Weight};

/// Test sentences that an entry carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentExample {
    /// Id of the concept or phrase pattern.
    pub id: String,
    /// File it stands in.
    pub path: String,
    /// Line of the entry.
    pub line: usize,
    /// The entry is the organisation's own, not a shipped one.
    pub own: bool,
    /// Sentences in which it must be found, with the expected plain text when it is fixed.
    pub matching: Vec<(String, Option<String>)>,
    /// Sentences in which it must not be found.
    pub no_match: Vec<String>,
}

impl ContentExample {
    /// How many sentences there are.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.matching.len() + self.no_match.len()
    }

    fn failure(&self, message: &str) -> Finding {
        let message = format!("{}: {message}", self.id);
        let place = ContentError { path: self.path.clone(), line: self.line, message };
        Finding { weight: Weight::Mistake, own: self.own, place }
    }
}

/// Every example that does not hold.
pub(super) fn failures(engine: &Engine) -> Vec<Finding> {
    let mut failures = Vec::new();
    let mut claimants: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let concepts = &engine.glossary.concepts;
    for concept in concepts.iter().filter(|concept| !concept.everyday) {
        for term in &concept.terms {
            claimants.entry(term.text.to_lowercase()).or_default().push(&concept.id);
        }
    }
    for example in engine.examples() {
        // An entry for one place is found there alone.
        let engine = &engine.seen_from(&engine.glossary.location_of(&example.id));
        // An everyday sense is never found. Its sentences are those in which the technical ones must not be.
        let everyday = engine.glossary.by_id(&example.id).filter(|concept| concept.everyday);
        let terms = everyday.into_iter().flat_map(|concept| &concept.terms);
        let rivals: Vec<&str> =
            terms.filter_map(|term| claimants.get(&term.text.to_lowercase())).flatten().copied().collect();
        for (text, plain) in &example.matching {
            let source = SourceText::new(text);
            if !engine.found(&source).contains(&example.id) {
                failures.push(example.failure(&format!("it is not found in {text:?}")));
            } else if let Some(expected) = plain {
                let given = engine.rewrite(&source, engine.default_audience()).plain;
                if given != *expected {
                    failures.push(example.failure(&format!("{text:?} gives {given:?} instead of {expected:?}")));
                }
            }
        }
        for text in &example.no_match {
            let found = engine.found(&SourceText::new(text));
            if found.contains(&example.id) {
                failures.push(example.failure(&format!("it is found in {text:?} and must not be")));
            }
            if let Some(other) = rivals.iter().find(|other| found.iter().any(|id| id == *other)) {
                failures.push(example.failure(&format!(
                    "{other:?} is found in {text:?}; add `near` words that tell the everyday sense apart"
                )));
            }
        }
    }
    failures
}
