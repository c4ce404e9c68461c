//! Runs the examples that content carries for itself: sentences in which an entry must be found, and others in which it
//! must not.

use super::{ContentError, Engine, SourceText};

/// Test sentences that an entry carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentExample {
    /// Id of the concept or phrase pattern.
    pub id: String,
    /// File it stands in.
    pub path: String,
    /// Line of the entry.
    pub line: usize,
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

    fn failure(&self, message: String) -> ContentError {
        ContentError { path: self.path.clone(), line: self.line, message: format!("{}: {message}", self.id) }
    }
}

/// Every example that does not hold.
pub(super) fn failures(engine: &Engine) -> Vec<ContentError> {
    let mut failures = Vec::new();
    for example in engine.examples() {
        for (text, plain) in &example.matching {
            let source = SourceText::new(text);
            if !engine.found(&source).contains(&example.id) {
                failures.push(example.failure(format!("it is not found in {text:?}")));
            } else if let Some(expected) = plain {
                let given = engine.rewrite(&source, engine.default_audience()).plain;
                if given != *expected {
                    failures.push(example.failure(format!("{text:?} gives {given:?} instead of {expected:?}")));
                }
            }
        }
        for text in &example.no_match {
            if engine.found(&SourceText::new(text)).contains(&example.id) {
                failures.push(example.failure(format!("it is found in {text:?} and must not be")));
            }
        }
    }
    failures
}
