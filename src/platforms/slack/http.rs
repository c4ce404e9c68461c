//! The one handler behind all Slack addresses: verify, decode, ask the application, encode.

use std::{convert::Infallible, error::Error, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    ApiError, Slack,
    decode::{Delivery, decode, is_certificate_probe},
    encode::Encoder,
};
use crate::app::{Reply, ReplyTo, Request};

/// Slack publishes no maximum; its longest messages are some 100 KB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The two headers that sign a delivery, as they came.
#[derive(Debug)]
pub struct SigningHeaders {
    timestamp: Option<HeaderValue>,
    signature: Option<HeaderValue>,
}

impl<S: Sync> FromRequestParts<S> for SigningHeaders {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            timestamp: parts.headers.remove("x-slack-request-timestamp"),
            signature: parts.headers.remove("x-slack-signature"),
        })
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
    signing: SigningHeaders,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.status().into_response(),
    };
    let now = slack.clock.now();
    let timestamp = signing.timestamp.as_ref().map(HeaderValue::as_bytes);
    let signature = signing.signature.as_ref().map(HeaderValue::as_bytes);
    let verified = match slack.secrets.verify(timestamp, signature, &body, now) {
        Ok(verified) => verified,
        Err(_) if is_certificate_probe(&body) => return StatusCode::OK.into_response(),
        Err(refusal) => {
            tracing::info!(bytes = body.len(), %refusal, "a delivery was refused");
            return StatusCode::UNAUTHORIZED.into_response();
        }
    };
    match decode(verified, now) {
        Ok(Delivery::Request(request)) => answer(slack.clone(), *request).await,
        Ok(Delivery::Challenge(challenge)) => challenge.into_response(),
        Ok(Delivery::Ignored) => StatusCode::OK.into_response(),
        Err(malformed) => {
            tracing::info!(bytes = body.len(), %malformed, "a signed delivery makes no sense");
            let error = serde_json::json!({ "error": "malformed", "detail": malformed.to_string() });
            (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], error.to_string()).into_response()
        }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => ([(header::CONTENT_TYPE, JSON)], body).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "an answer could not be written as JSON");
            StatusCode::OK.into_response()
        }
    }
}

async fn answer(slack: Arc<Slack>, request: Request) -> Response {
    match &request.reply_to {
        ReplyTo::Response => json(&slack.encoder().message(&slack.app.answer(&request).await)),
        ReplyTo::Form => json(&slack.encoder().form_answer(&slack.app.answer(&request).await)),
        ReplyTo::Nowhere => {
            slack.app.answer(&request).await;
            StatusCode::OK.into_response()
        }
        ReplyTo::Dialog { .. } | ReplyTo::Message { .. } | ReplyTo::OpenDialog { .. } => {
            let Ok(permit) = slack.deliveries.clone().try_acquire_owned() else {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            };
            if slack.app.is_first_delivery(&request.id) {
                // Slack waits for this response before it shows anything, so the call to Slack must not hold it up.
                tokio::spawn(deliver_later(slack, request, permit));
            }
            StatusCode::OK.into_response()
        }
    }
}

async fn deliver_later(slack: Arc<Slack>, request: Request, permit: OwnedSemaphorePermit) {
    let reply = slack.app.answer(&request).await;
    if let Err(error) = slack.send(&request.reply_to, &reply).await {
        tracing::warn!(request = %request.id, error = &error as &dyn Error, "an answer did not arrive");
    }
    drop(permit);
}

impl Slack {
    fn encoder(&self) -> Encoder<'_> {
        Encoder { menu: &self.menu, can_open_dialogs: self.client.has_token() }
    }

    async fn send(&self, to: &ReplyTo, reply: &Reply) -> Result<(), ApiError> {
        match to {
            ReplyTo::Dialog { ticket, fallback } => {
                let opened = self.client.open_view(ticket, &self.encoder().view(reply)).await;
                match (opened, fallback) {
                    // The person still gets the answer, only not in a dialog.
                    (Err(error), Some(address)) => {
                        tracing::info!(
                            error = &error as &dyn Error,
                            "a dialog did not open; the answer goes out as a message"
                        );
                        self.client.respond(address, &self.encoder().message(reply)).await
                    }
                    (opened, _) => opened,
                }
            }
            ReplyTo::Message { address } => self.client.respond(address, &self.encoder().replacement(reply)).await,
            ReplyTo::OpenDialog { dialog } => self.client.update_view(dialog, &self.encoder().view(reply)).await,
            ReplyTo::Response | ReplyTo::Form | ReplyTo::Nowhere => Ok(()),
        }
    }
}
