//! Messages that ship as examples: the playground offers them, and drafts of the glossary, of readers and of templates are tried
//! on them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A list of `{"id", "title", "text", "audience"}`.
pub const EXAMPLES: &str = include_str!("examples.json");

/// One of them.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
pub struct ExampleMessage {
    /// By which a form names it.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The reader for whom the playground shows it first.
    pub audience: String,
}

static MESSAGES: LazyLock<Vec<ExampleMessage>> =
    LazyLock::new(|| serde_json::from_str(EXAMPLES).expect("a test reads the examples"));

/// All of them.
#[must_use]
pub fn example_messages() -> &'static [ExampleMessage] {
    &MESSAGES
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn every_example_has_the_fields_that_the_page_shows() {
        let examples: Vec<Value> = serde_json::from_str(super::EXAMPLES).unwrap();
        assert!(examples.len() >= 5, "the page has room for five");
        assert_eq!(super::example_messages().len(), examples.len());
        for example in examples {
            for field in ["id", "title", "text", "audience"] {
                assert!(example[field].as_str().is_some_and(|value| !value.is_empty()), "{field} in {example}");
            }
        }
    }
}
