//! The one handler behind all Slack addresses: verify, decode, and let [`super::handle`] do the rest.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Slack,
    decode::{decode, is_certificate_probe},
    handle::{Answer, handle},
};
use crate::{app::Reception, ids::Platform};

/// Slack publishes no maximum; its longest messages are some 100 KB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Why Slack comes again, in its own words.
const RETRY_REASONS: [&str; 6] =
    ["http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error"];

/// The headers of a delivery that are read, as they came: two that sign it, and two that only a repetition has.
#[derive(Debug)]
pub struct DeliveryHeaders {
    timestamp: Option<HeaderValue>,
    signature: Option<HeaderValue>,
    retry_number: Option<HeaderValue>,
    retry_reason: Option<HeaderValue>,
}

impl<S: Sync> FromRequestParts<S> for DeliveryHeaders {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let headers = &mut parts.headers;
        Ok(Self {
            timestamp: headers.remove("x-slack-request-timestamp"),
            signature: headers.remove("x-slack-signature"),
            retry_number: headers.remove("x-slack-retry-num"),
            retry_reason: headers.remove("x-slack-retry-reason"),
        })
    }
}

impl DeliveryHeaders {
    /// Logs why Slack comes again with an event: whoever looks after the server sees whether it or the way to it is too slow. Nothing
    /// else hangs on it, because the first delivery may never have come here.
    fn log_repetition(&self) {
        let text = |header: &Option<HeaderValue>| header.as_ref()?.to_str().ok().map(str::to_owned);
        let Some(number) = text(&self.retry_number).and_then(|number| number.parse::<u32>().ok()) else { return };
        let reason = text(&self.retry_reason);
        let reason = RETRY_REASONS.into_iter().find(|known| reason.as_deref() == Some(*known)).unwrap_or("another");
        tracing::info!(number, reason, "Slack delivers an event again");
    }
}

/// A place among the requests in work. Taken before the body is read, because bodies are what fills memory; Slack comes
/// back later when there is none.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl FromRequestParts<Arc<Slack>> for Place {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, slack: &Arc<Slack>) -> Result<Self, StatusCode> {
        let permit = Arc::clone(&slack.requests).try_acquire_owned().map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        Ok(Self { _permit: permit })
    }
}

/// Takes any delivery of Slack's.
pub async fn deliver(
    State(slack): State<Arc<Slack>>,
    _place: Place,
    headers: DeliveryHeaders,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.status().into_response(),
    };
    let now = slack.clock.now();
    let timestamp = headers.timestamp.as_ref().map(HeaderValue::as_bytes);
    let signature = headers.signature.as_ref().map(HeaderValue::as_bytes);
    let verified = match slack.secrets.verify(timestamp, signature, &body, now) {
        Ok(verified) => {
            slack.app.note_reception(Platform::Slack, Reception::Fitted, now);
            verified
        }
        Err(_) if is_certificate_probe(&body) => return StatusCode::OK.into_response(),
        Err(refusal) => {
            if let Some(how) = refusal.reception() {
                slack.app.note_reception(Platform::Slack, how, now);
            }
            tracing::info!(bytes = body.len(), %refusal, "a delivery was refused");
            return StatusCode::UNAUTHORIZED.into_response();
        }
    };
    headers.log_repetition();
    handle(&slack, decode(verified, now), body.len()).await.into_response()
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Taken => StatusCode::OK.into_response(),
            Self::Shown(json) => ([(header::CONTENT_TYPE, JSON)], json).into_response(),
            Self::Challenge(challenge) => challenge.into_response(),
            Self::Again => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Self::Senseless(malformed) => {
                let error = serde_json::json!({ "error": "malformed", "detail": malformed.to_string() });
                (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], error.to_string()).into_response()
            }
        }
    }
}
