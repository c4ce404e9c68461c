//! The one handler behind all Slack addresses: verify, decode, ask the application, encode.

use std::{convert::Infallible, error::Error, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    ApiError, Client, Slack,
    decode::{Delivery, decode, is_certificate_probe},
    encode::Encoder,
    events::Ended,
    home,
    tokens::Heeded,
};
use crate::{
    app::{Intent, Reply, ReplyTo, Request, Right, Say, TakenOn, changes_the_channel},
    ids::Platform,
};

/// Slack publishes no maximum; its longest messages are some 100 KB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// An answer and the call that opens its dialog take no longer; a worker takes up what has no end then.
const DIALOG_TIME: Duration = Duration::from_secs(4);

/// Slack waits three seconds for the answer to a command.
const RIGHT_TIME: Duration = Duration::from_secs(2);

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
        Ok(Delivery::Ended(ended)) => end_installation(&slack, ended).await,
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

/// Written down before it is acknowledged; otherwise Slack tells it again.
async fn end_installation(slack: &Slack, ended: Ended) -> Response {
    let Ended { of, how, at } = ended;
    match slack.app.end_installation(Platform::Slack, &of, how, at).await {
        Ok(count) => {
            tracing::info!(?of, ?how, count, "installations ended");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "the end of an installation was sent back");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn answer(slack: Arc<Slack>, request: Request) -> Response {
    if request.intent.is_public() {
        return publish(slack, request).await;
    }
    match &request.reply_to {
        ReplyTo::Response => {
            let request = slack.with_right(request).await;
            json(&slack.encoder().message(&slack.app.answer(&request).await))
        }
        ReplyTo::Options => match slack.app.answer(&request).await {
            Reply::Suggestions(suggestions) => json(&home::options(&suggestions)),
            _ => StatusCode::OK.into_response(),
        },
        ReplyTo::Form => json(&slack.encoder().form_answer(&slack.app.answer(&request).await)),
        ReplyTo::Nowhere => {
            slack.app.answer(&request).await;
            StatusCode::OK.into_response()
        }
        // Nobody waits for these within the ticket's three seconds, so they survive the end of this process.
        ReplyTo::Message { .. }
        | ReplyTo::Thread { .. }
        | ReplyTo::Private { .. }
        | ReplyTo::Conversation(_)
        | ReplyTo::Home => {
            let now = slack.clock.moment();
            match slack.app.take_on(Platform::Slack, &request, now, now).await {
                Ok(TakenOn::First | TakenOn::Before) => StatusCode::OK.into_response(),
                Err(error) => {
                    tracing::warn!(request = %request.id, error = &error as &dyn Error, "a delivery was sent back");
                    StatusCode::SERVICE_UNAVAILABLE.into_response()
                }
            }
        }
        ReplyTo::Dialog { .. } | ReplyTo::DialogAbove { .. } | ReplyTo::OpenDialog { .. } => {
            let Ok(permit) = slack.deliveries.clone().try_acquire_owned() else {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            };
            if let Some(safety) = begin_dialog(&slack, &request).await {
                // Slack waits for this response before it shows anything, so the call to Slack must not hold it up.
                tokio::spawn(show_dialog(slack, request, safety, permit));
            }
            StatusCode::OK.into_response()
        }
    }
}

/// Takes on what everybody will read. It is worked at once all the same: the text behind it may be gone a moment later,
/// when the person closes the dialog.
async fn publish(slack: Arc<Slack>, request: Request) -> Response {
    let Ok(permit) = slack.deliveries.clone().try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    // A form that was sent needs another content, a button does not.
    let meanwhile = match &request.intent {
        Intent::PostDraft { .. } => json(&slack.encoder().form_answer(&Reply::Say(Say::on_its_way()))),
        _ => StatusCode::OK.into_response(),
    };
    let now = slack.clock.moment();
    match slack.app.take_on(Platform::Slack, &request, now, now.plus(DIALOG_TIME)).await {
        Ok(TakenOn::First) => {
            tokio::spawn(async move {
                let owed = slack.work(&request).await;
                let now = slack.clock.moment();
                let workspace = &request.actor.workspace;
                if let Err(error) = slack.app.settle(Platform::Slack, &request.id, workspace, owed, now).await {
                    tracing::warn!(request = %request.id, error = &error as &dyn Error, "a post is made by a worker");
                }
                drop(permit);
            });
            meanwhile
        }
        Ok(TakenOn::Before) => meanwhile,
        Err(error) => {
            tracing::warn!(request = %request.id, error = &error as &dyn Error, "a delivery was sent back");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Whether an answer survives the end of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Safety {
    /// When no dialog could be opened, a worker sends a private message.
    WrittenDown,
    /// A dialog without such a way, or a database that does not answer.
    InMemory,
}

/// `None` when the delivery was seen before.
async fn begin_dialog(slack: &Slack, request: &Request) -> Option<Safety> {
    if matches!(&request.reply_to, ReplyTo::Dialog { fallback: Some(_), .. }) {
        let now = slack.clock.moment();
        match slack.app.take_on(Platform::Slack, request, now, now.plus(DIALOG_TIME)).await {
            Ok(TakenOn::First) => return Some(Safety::WrittenDown),
            Ok(TakenOn::Before) => return None,
            // The dialog itself needs no database.
            Err(error) => tracing::warn!(error = &error as &dyn Error, "a dialog is not written down"),
        }
    }
    slack.app.is_first_delivery(&request.id).then_some(Safety::InMemory)
}

async fn show_dialog(slack: Arc<Slack>, request: Request, safety: Safety, permit: OwnedSemaphorePermit) {
    let reply = slack.app.answer(&request).await;
    let shown = slack.show(&request, &reply).await;
    let fallback = match &request.reply_to {
        ReplyTo::Dialog { fallback, .. } => fallback.as_deref(),
        _ => None,
    };
    if let Err(error) = &shown {
        let error = error as &dyn Error;
        if fallback.is_some() {
            tracing::info!(request = %request.id, error, "a dialog did not open; the answer goes out as a message");
        } else {
            tracing::warn!(request = %request.id, error, "an answer did not arrive");
        }
    }
    // The person still gets the answer, only not in a dialog.
    let owed = match fallback.filter(|_| shown.is_err()) {
        Some(address) => slack.owed_answer(address, &reply),
        None => Vec::new(),
    };
    let now = slack.clock.moment();
    let workspace = &request.actor.workspace;
    let settled = match safety {
        Safety::WrittenDown => slack.app.settle(Platform::Slack, &request.id, workspace, owed, now).await,
        Safety::InMemory => slack.app.owe(Platform::Slack, workspace, owed, now).await,
    };
    if let Err(error) = settled {
        tracing::warn!(request = %request.id, error = &error as &dyn Error, "the end of an answer was not written down");
    }
    drop(permit);
}

impl Slack {
    /// The request, with word of whether the person may choose for the channel when that is what they want.
    async fn with_right(&self, mut request: Request) -> Request {
        let Intent::Command { door, text } = &request.intent else { return request };
        if !changes_the_channel(text.text(), *door, self.app.readers()) {
            return request;
        }
        let Some(place) = &mut request.place else { return request };
        let asked = async {
            self.client_for(&request.actor).await?.may_choose_for(&place.channel, &request.actor.person).await
        };
        place.right = match tokio::time::timeout(RIGHT_TIME, asked).await {
            Ok(Ok(true)) => Right::Given,
            Ok(Ok(false)) => Right::Missing,
            Ok(Err(error)) => {
                tracing::info!(error = &error as &dyn Error, "who may choose for a channel cannot be read");
                Right::Unknown
            }
            Err(_) => Right::Unknown,
        };
        request
    }

    pub(super) fn encoder(&self) -> Encoder<'_> {
        Encoder { menu: &self.menu, can_open_dialogs: self.can_call() }
    }

    async fn show(&self, request: &Request, reply: &Reply) -> Result<(), ApiError> {
        let actor = &request.actor;
        let mut client = self.client_for(actor).await?;
        let mut shown = self.show_with(&client, &request.reply_to, reply).await;
        if let Err(error) = &shown
            && self.heed(actor, &client, error).await == Heeded::CallAgain
        {
            client = self.client_for(actor).await?;
            shown = self.show_with(&client, &request.reply_to, reply).await;
        }
        shown
    }

    async fn show_with(&self, client: &Client, to: &ReplyTo, reply: &Reply) -> Result<(), ApiError> {
        match to {
            ReplyTo::Dialog { ticket, .. } => client.open_view(ticket, &self.encoder().view(reply)).await,
            ReplyTo::DialogAbove { ticket } => client.push_view(ticket, &self.encoder().view(reply)).await,
            ReplyTo::OpenDialog { dialog } => client.update_view(dialog, &self.encoder().view(reply)).await,
            ReplyTo::Message { .. }
            | ReplyTo::Thread { .. }
            | ReplyTo::Private { .. }
            | ReplyTo::Conversation(_)
            | ReplyTo::Response
            | ReplyTo::Form
            | ReplyTo::Home
            | ReplyTo::Options
            | ReplyTo::Nowhere => Ok(()),
        }
    }
}
