//! Messages to try in the playground.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// A message to try.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Example {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
}

/// All of them, for pages that are rendered here.
pub(super) fn all() -> Vec<Example> {
    serde_json::from_str(EXAMPLES).unwrap_or_default()
}

/// A list of `{"id", "title", "text", "audience"}`.
const EXAMPLES: &str = include_str!("examples.json");

/// `GET /api/v1/examples`.
pub(super) async fn list() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], EXAMPLES).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn every_example_has_the_fields_that_the_page_shows() {
        let examples: Vec<Value> = serde_json::from_str(super::EXAMPLES).unwrap();
        assert!(examples.len() >= 5, "the page has room for five");
        assert_eq!(super::all().len(), examples.len());
        for example in examples {
            for field in ["id", "title", "text", "audience"] {
                assert!(example[field].as_str().is_some_and(|value| !value.is_empty()), "{field} in {example}");
            }
        }
    }
}
