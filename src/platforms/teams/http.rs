//! The two handlers: one for outgoing webhooks, one for everything that the bot service delivers.

use std::{
    convert::Infallible,
    error::Error,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, Path, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use sha2::{Digest, Sha256};
use tokio::{sync::OwnedSemaphorePermit, time::Sleep};

use super::{
    Teams,
    bearer::Refusal,
    decode::{Delivery, Shape, decode},
    encode::{self, Encoder},
    payload::HookMessage,
    references::{self, Left},
    verify::Verified,
    words::{self, Called},
};
use crate::{
    app::{Actor, Door, Intent, Reply, ReplyTo, Request, TakenOn},
    clock::Timestamp,
    ids::{PersonId, Platform, RequestId, WorkspaceId},
};

/// The longest body of an outgoing webhook; a message has 100 KB at most.
pub const MAX_HOOK_BYTES: usize = 256 * 1024;
/// The longest activity: a message action carries the message once more.
pub const MAX_ACTIVITY_BYTES: usize = 512 * 1024;
/// Teams waits five seconds; two of them may be lost on the way.
const DEADLINE: Duration = Duration::from_secs(3);
/// A webhook's message older or newer than this is refused, so that a recorded one cannot be replayed later.
const WINDOW: Duration = Duration::from_secs(300);
/// What is said when an answer takes too long.
const TOO_SLOW: &str = "That took too long. Please try again, or write to Upshot directly.";
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The header that vouches for a delivery, as it came.
#[derive(Debug)]
pub struct Authorization(Option<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for Authorization {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.remove(header::AUTHORIZATION)))
    }
}

/// A body that says it is JSON, or does not say what it is.
#[derive(Debug)]
pub struct SaysJson;

impl<S: Sync> FromRequestParts<S> for SaysJson {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let Some(told) = parts.headers.get(header::CONTENT_TYPE) else { return Ok(Self) };
        let kind = told.to_str().ok().and_then(|told| told.split(';').next()).unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") { Ok(Self) } else { Err(StatusCode::UNSUPPORTED_MEDIA_TYPE) }
    }
}

/// A place among the requests in work. Taken before the body is read, because bodies are what fills memory; Teams comes
/// back later when there is none.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl FromRequestParts<Arc<Teams>> for Place {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, teams: &Arc<Teams>) -> Result<Self, StatusCode> {
        let permit = Arc::clone(&teams.requests).try_acquire_owned().map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        Ok(Self { _permit: permit })
    }
}

/// Takes a message of an outgoing webhook, at the common address or at its own, and answers it in the response.
pub async fn hook(
    State(teams): State<Arc<Teams>>,
    address: Option<Path<String>>,
    _: SaysJson,
    _place: Place,
    Authorization(authorization): Authorization,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.status().into_response(),
    };
    let address = address.as_ref().map(|Path(address)| &**address);
    let (verified, team) = match teams.webhook.verify(address, authorization.as_ref().map(HeaderValue::as_bytes), &body)
    {
        Ok(verified) => verified,
        Err(refusal) => {
            tracing::info!(bytes = body.len(), %refusal, "a webhook's delivery was refused");
            return StatusCode::UNAUTHORIZED.into_response();
        }
    };
    let request = match hook_request(verified, team, teams.clock.now()) {
        Ok(request) => request,
        Err(status) => {
            tracing::info!(bytes = body.len(), %status, "a signed message of a webhook is too old or makes no sense");
            return status.into_response();
        }
    };
    if !teams.bearer.is_allowed(request.actor.workspace.as_str()) {
        tracing::info!(bytes = body.len(), "a webhook's message comes from a tenant that is not allowed");
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(_share) = teams.shares.enter(request.actor.workspace.as_str()) else {
        return held_back(A_MOMENT, "a tenant has as many requests in work as it may");
    };
    // Nothing but the body is signed, so within the window the same bytes could be sent again by anybody who saw them.
    let signature = authorization.as_ref().map(HeaderValue::as_bytes).unwrap_or_default();
    let seen = RequestId::new(format!("webhook {}", STANDARD.encode(Sha256::digest(signature))));
    if !teams.app.is_first_delivery(&seen) {
        tracing::info!(bytes = body.len(), "a message of a webhook came a second time");
        return StatusCode::CONFLICT.into_response();
    }
    match answered(&teams, &request, pin!(tokio::time::sleep(DEADLINE))).await {
        Some(reply) => ok(&encode::hook_answer(&reply)),
        None => ok(&encode::said(TOO_SLOW)),
    }
}

/// The one who has a team's security token can write any sender into a message, so whom it names is somebody of that team's
/// only: settings of the same person with the bot, or in another team, are others.
fn hook_request(body: Verified<'_>, team: &str, now: Timestamp) -> Result<Request, StatusCode> {
    let message: HookMessage = serde_json::from_slice(body.bytes()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let sent_at = message.timestamp.as_deref().and_then(Timestamp::parse_rfc3339).ok_or(StatusCode::BAD_REQUEST)?;
    if now.distance(sent_at) > WINDOW {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let from = [&message.from.aad_object_id, &message.from.id].into_iter().flatten().next();
    let person = from.ok_or(StatusCode::BAD_REQUEST)?;
    let tenant = message.conversation.tenant_id.as_deref().ok_or(StatusCode::BAD_REQUEST)?;
    let actor = Actor::new(WorkspaceId::new(tenant), PersonId::new(format!("webhook {team} {person}")));
    Ok(Request {
        id: RequestId::new(format!("webhook {}", STANDARD.encode(Sha256::digest(body.bytes())))),
        location: actor.location(Platform::Teams, message.places()),
        actor,
        received_at: now,
        intent: Intent::Command { door: Door::Talk, text: words::read(&message.message, Called::First) },
        // Everybody in the channel reads it.
        reply_to: ReplyTo::OpenResponse,
        place: None,
    })
}

/// Takes any activity of the bot service.
pub async fn deliver(
    State(teams): State<Arc<Teams>>,
    _: SaysJson,
    _place: Place,
    Authorization(authorization): Authorization,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.status().into_response(),
    };
    // One time for the check and the answer: a token may name a key that has to be fetched first.
    let mut late = pin!(tokio::time::sleep(DEADLINE));
    let token = authorization.as_ref().map(HeaderValue::as_bytes);
    let checked = tokio::select! {
        passport = teams.bearer.check(token, &body, teams.clock) => {
            passport.and_then(|passport| teams.bearer.admit(&passport))
        }
        // Nobody knows yet who asks, so nothing is said; what is being fetched is there when they come again.
        () = &mut late => Err(Refusal::NoKeys),
    };
    let activity = match checked {
        Ok(activity) => activity,
        Err(refusal) => {
            tracing::info!(bytes = body.len(), %refusal, "a delivery was refused");
            return refusal.status().into_response();
        }
    };
    let tenant = activity.tenant().unwrap_or_default();
    let Some(_share) = teams.shares.enter(tenant) else {
        return held_back(A_MOMENT, "a tenant has as many requests in work as it may");
    };
    let now = teams.clock.now();
    let delivery = decode(&activity, now);
    // What is answered in the response costs little; what is taken on has to be sent, and Teams lets us send only so much.
    let is_taken_on = matches!(delivery, Delivery::Message(_) | Delivery::Press(..));
    if is_taken_on && let Err(wait) = teams.shares.take(tenant, activity.whole_conversation(), teams.clock.moment()) {
        return held_back(wait, "a tenant or a conversation sends more messages than can be answered");
    }
    // A message that is not meant for us is dropped unread, and tells us nothing.
    if (is_taken_on || activity.kind != "message")
        && let Some(reference) = references::reference_of(&activity)
    {
        teams.app.note_reference(&reference, now).await;
    }
    match delivery {
        Delivery::Message(request) => take_on(&teams, &request).await,
        Delivery::Invoke(request, shape) => {
            let reply = answered(&teams, &request, late).await;
            match shown(&teams.encoder(&request.id), reply.as_ref(), shape) {
                Ok(answer) => ok(&answer),
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "an answer could not be written as JSON");
                    StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }
            }
        }
        Delivery::Press(request, press) => {
            let turn = teams.presses.turn(&press);
            let [id, before] = press.ids(&activity.conversation.id, turn, request.received_at);
            match teams.app.was_taken_on(Platform::Teams, &before).await {
                Ok(true) => StatusCode::OK.into_response(),
                Ok(false) => take_on(&teams, &Request { id, ..*request }).await,
                Err(error) => sent_back(&id, &error),
            }
        }
        Delivery::Changed(request) => match teams.app.change(Platform::Teams, &request).await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(error) => sent_back(&request.id, &error),
        },
        Delivery::TakenBack(actor, message) => {
            match teams.app.withdraw(Platform::Teams, &actor, &message, teams.clock.moment()).await {
                Ok(()) => StatusCode::OK.into_response(),
                Err(error) => sent_back(&message, &error),
            }
        }
        Delivery::Left(Left { tenant, conversation, team }) => {
            match teams.app.leave(Platform::Teams, &tenant, &conversation, team.as_deref()).await {
                Ok(()) => StatusCode::OK.into_response(),
                Err(error) => sent_back(&RequestId::new(activity.id.unwrap_or_default()), &error),
            }
        }
        Delivery::Answer(answer) => ok(&answer),
        Delivery::NotExchanged(answer) => (StatusCode::PRECONDITION_FAILED, ok(&answer)).into_response(),
        Delivery::Ignored => StatusCode::OK.into_response(),
        Delivery::Unknown => StatusCode::NOT_IMPLEMENTED.into_response(),
        Delivery::Malformed => {
            tracing::info!(bytes = body.len(), "a delivery lacks its id, its sender or its tenant");
            let error = json!({ "error": "malformed", "detail": "an activity without id, sender or tenant" });
            (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], error.to_string()).into_response()
        }
    }
}

/// The answer, unless it takes too long: the caller shows a failure when nothing comes.
async fn answered(teams: &Teams, request: &Request, late: Pin<&mut Sleep>) -> Option<Reply> {
    tokio::select! {
        // What is there at the last moment is shown.
        biased;
        reply = teams.app.answer(request) => Some(reply),
        () = late => None,
    }
}

async fn take_on(teams: &Teams, request: &Request) -> Response {
    let now = teams.clock.moment();
    match teams.app.take_on(Platform::Teams, request, now, now).await {
        Ok(TakenOn::First | TakenOn::Before) => StatusCode::OK.into_response(),
        Err(error) => sent_back(&request.id, &error),
    }
}

/// What is in work is soon done.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Teams comes again with what is answered so, after a while.
fn held_back(wait: Duration, why: &'static str) -> Response {
    tracing::info!(why, "a delivery was held back");
    let seconds = HeaderValue::from(wait.as_secs().max(1));
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)]).into_response()
}

/// Teams comes again with what is answered so.
fn sent_back(id: &RequestId, error: &(dyn Error + 'static)) -> Response {
    tracing::warn!(request = %id, error, "a delivery was sent back");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn shown(encoder: &Encoder, reply: Option<&Reply>, shape: Shape) -> serde_json::Result<Box<RawValue>> {
    let answer = match (reply, shape) {
        (Some(reply), Shape::List) => return encoder.listed(reply),
        (Some(reply), Shape::Choices) => encoder.choices(reply),
        (Some(reply), Shape::Composed) => encoder.composed(reply),
        (Some(reply), Shape::Dialog(on)) => encoder.dialog(reply, on),
        (Some(reply), Shape::Card { is_automatic }) => encoder.replacement(reply, is_automatic),
        (None, Shape::List) => encode::note(TOO_SLOW),
        (None, Shape::Choices) => encoder.choices(&Reply::Nothing),
        (None, Shape::Composed | Shape::Dialog(_)) => encode::dialog_note(TOO_SLOW),
        (None, Shape::Card { .. }) => encode::card_error(TOO_SLOW),
    };
    to_raw_value(&answer)
}

fn ok(value: &(impl ToString + ?Sized)) -> Response {
    ([(header::CONTENT_TYPE, JSON)], value.to_string()).into_response()
}

impl Teams {
    /// What draws the answer to a request.
    pub(super) fn encoder(&self, request: &RequestId) -> Encoder {
        Encoder::new(self.app.readers(), request)
    }

    /// Fetches the keys before the first delivery waits for them.
    pub async fn warm_up(&self) {
        if self.bearer.is_set_up() {
            self.bearer.warm_up(self.clock).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::hook_request;
    use crate::{clock::Timestamp, platforms::teams::verify::Verified};

    #[test]
    fn a_message_of_a_webhook_has_its_time() {
        let now = Timestamp::parse_rfc3339("2026-09-14T09:06:04Z").unwrap();
        for (timestamp, expected) in [
            (json!("2026-09-14T09:06:04.602Z"), None),
            (json!("2026-09-14T09:01:04Z"), None),
            (json!("2026-09-14T10:11:04+01:00"), None),
            (json!("2026-09-14T08:51:04Z"), Some(StatusCode::UNAUTHORIZED)),
            (json!("2026-09-14T09:11:05Z"), Some(StatusCode::UNAUTHORIZED)),
            (json!("yesterday"), Some(StatusCode::BAD_REQUEST)),
            (json!(null), Some(StatusCode::BAD_REQUEST)),
        ] {
            let body = json!({
                "timestamp": timestamp, "text": "<at>Hook</at> explain p95", "from": { "id": "29:1" },
                "conversation": { "tenantId": "t" },
            });
            let body = body.to_string();
            let request = hook_request(Verified::vouched_for(body.as_bytes()), "one", now);
            assert_eq!(request.err(), expected, "{timestamp}");
        }
    }
}
