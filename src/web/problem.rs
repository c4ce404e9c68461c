//! What the API answers when it cannot do what was asked: `application/problem+json`
//! (<https://www.rfc-editor.org/rfc/rfc9457>).

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::attempts::Wrong;
use crate::app::curation::{CurationError, Finding};

/// A problem that the caller can mend.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Finding>,
    /// What counts as an attempt that went wrong.
    #[serde(skip)]
    wrong: Option<Wrong>,
}

/// What is said of a request that took too long, over the API and on a page.
pub(super) fn too_slow(limit: Duration) -> String {
    format!(
        "It was not finished within {} seconds. What it was to write may be written all the same, so look before you send it \
         again.",
        limit.as_secs()
    )
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            wrong: None,
        }
    }

    /// The request makes no sense.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request cannot be understood", detail)
    }

    /// It has the right form and means nothing.
    pub(super) fn unusable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be used", detail)
    }

    /// Nobody knows who asks.
    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "A token is needed", detail)
    }

    /// Somebody asks with a token that opens nothing.
    pub(super) fn wrong_token(detail: impl Into<String>) -> Self {
        Self { wrong: Some(Wrong::Token), ..Self::unauthorized(detail) }
    }

    /// Too many that were wrong came before.
    pub(super) fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many attempts", detail)
    }

    /// More requests came than may.
    pub(super) fn too_often(most: u32, seconds: u64) -> Self {
        let detail = format!("At most {most} requests a minute are answered. Ask again in {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", detail)
    }

    /// It was not done in time.
    pub(super) fn too_slow(limit: Duration) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "This takes too long", too_slow(limit))
    }

    /// A key comes again with something else. The title is that of the draft for such keys.
    pub(super) fn key_of_another_request() -> Self {
        let detail =
            "Another request came with this Idempotency-Key within a day. Make a new key for each new request.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key is already used", detail)
    }

    /// The same request is being worked on. The title is that of the draft for such keys.
    pub(super) fn in_work() -> Self {
        let detail = "The same request is being worked on. Ask again in a moment for its answer.";
        Self::new(StatusCode::CONFLICT, "A request is outstanding for this Idempotency-Key", detail)
    }

    /// The body is too long.
    pub(super) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The text is too long", detail)
    }

    /// The body did not arrive in one piece.
    pub(super) fn unreadable_body(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large("Send at most 1 MiB."),
            _ => Self::bad_request("The body did not arrive in one piece."),
        }
    }
}

impl From<CurationError> for Problem {
    fn from(error: CurationError) -> Self {
        let detail = error.to_string();
        match error {
            CurationError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, "There is no such concept", detail),
            CurationError::UnknownPrompt(_) => {
                Self::new(StatusCode::NOT_FOUND, "There is nothing of that name", detail)
            }
            CurationError::NotYet { .. } => Self::new(StatusCode::NOT_FOUND, "There was no such concept", detail),
            CurationError::Exists(_) => Self::new(StatusCode::CONFLICT, "There is such a concept already", detail),
            CurationError::Outdated { .. } => Self::new(StatusCode::CONFLICT, "Somebody else was faster", detail),
            CurationError::Unseen { .. } => {
                Self::new(StatusCode::PRECONDITION_REQUIRED, "Say which revision you looked at", detail)
            }
            CurationError::Invalid(errors) | CurationError::Warned(errors) => {
                let title = "It cannot be used as it is";
                Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, title, detail) }
            }
            CurationError::NotAllowed(_) => Self::new(StatusCode::FORBIDDEN, "This is not yours to do", detail),
            CurationError::Refused(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This makes no sense now", detail),
            CurationError::Store(_) | CurationError::Broken(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the glossary was not changed");
                let detail = "The glossary cannot be changed at this moment. Try again in a minute.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Try again later", detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let content_type = HeaderValue::from_static("application/problem+json");
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"upshot\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        match self.wrong {
            Some(wrong) => wrong.mark(response),
            None => response,
        }
    }
}

/// An address that does something else.
pub(super) async fn no_such_method() -> Problem {
    let detail = "The header Allow names what this address does.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This cannot be done with this address", detail)
}

/// An address that does not exist.
pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address", "The API is below /api/v1/.")
}
