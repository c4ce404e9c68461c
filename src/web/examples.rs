//! Messages to try in the playground.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// A list of `{"title", "text", "audience"}`.
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
        for example in examples {
            for field in ["id", "title", "text", "audience"] {
                assert!(example[field].as_str().is_some_and(|value| !value.is_empty()), "{field} in {example}");
            }
        }
    }
}
