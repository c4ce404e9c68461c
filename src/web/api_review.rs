//! The REST API of the glossary's review: what a draft would change, the messages on which that is tried, and comments.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, get},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    desk::Desk,
    idempotency,
    problem::Problem,
    sent::{Body, Named, Sent, json_answer},
};
use crate::app::curation::{Comment, Effect, TokenScope, TrialMessage};

type Answer = Result<Response, Problem>;
type Shared = State<Arc<Desk>>;

/// What is sent here is short.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// All routes.
pub(super) fn routes(desk: Arc<Desk>) -> Router {
    let routes = Router::new()
        .route("/api/v1/concepts/{id}/effect", get(effect))
        .route("/api/v1/concepts/{id}/comments", get(comments).post(add_comment))
        .route("/api/v1/trials", get(trials).post(add_trial))
        .route("/api/v1/trials/{number}", delete(remove_trial));
    idempotency::keyed(routes, &desk).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(desk)
}

/// The message to keep.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
struct NewTrial {
    text: String,
    /// Where it is from, such as slack:T0123/C0456; for everybody without it
    place: Option<String>,
}

/// What to say about an entry.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
struct NewComment {
    text: String,
}

/// All comments on an entry.
#[derive(Serialize, utoipa::ToSchema)]
struct Comments {
    items: Vec<Comment>,
}

fn told(trial: &TrialMessage) -> Value {
    json!({ "number": trial.number, "place": trial.place, "text": trial.text, "author": trial.author, "time": trial.at.rfc3339() })
}

/// `GET /api/v1/concepts/{id}/effect`: what the draft of an entry would change.
#[utoipa::path(
    get, path = "/api/v1/concepts/{id}/effect", tag = "glossary",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses(
        (status = 200, description = "What would read differently, and where it may be taken for something else", body = Effect),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The role does not allow it", body = Problem),
        (status = 404, description = "There is no such concept", body = Problem),
        (status = 422, description = "There is no draft of it", body = Problem),
    ),
)]
pub(super) async fn effect(State(desk): Shared, Named(id): Named, headers: HeaderMap) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Read).await?;
    Ok(json_answer(StatusCode::OK, &*desk.app.effect(&curator, &id).await?))
}

/// `GET /api/v1/concepts/{id}/comments`: what people said about an entry.
#[utoipa::path(
    get, path = "/api/v1/concepts/{id}/comments", tag = "glossary",
    security((), ("token" = [])),
    params(("id" = String, Path, description = "Id of the concept")),
    responses(
        (status = 200, description = "All of it, the first one first", body = Comments),
        (status = 401, description = "The token is wrong", body = Problem),
        (status = 404, description = "There is no such concept", body = Problem),
    ),
)]
pub(super) async fn comments(State(desk): Shared, headers: HeaderMap, Named(id): Named) -> Answer {
    let reach = desk.reach(&headers).await?;
    Ok(json_answer(StatusCode::OK, &Comments { items: desk.app.comments(&reach, &id).await? }))
}

/// `POST /api/v1/concepts/{id}/comments` with `{"text"}`: adds a comment, which stays.
#[utoipa::path(
    post, path = "/api/v1/concepts/{id}/comments", tag = "glossary",
    security(("token" = [])),
    request_body = NewComment,
    params(("id" = String, Path, description = "Id of the concept")),
    responses(
        (status = 201, description = "It is there", body = Comment),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The role does not allow it", body = Problem),
        (status = 404, description = "There is no such concept", body = Problem),
        (status = 422, description = "It is empty or too long, or there are too many", body = Problem),
    ),
)]
pub(super) async fn add_comment(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let sent = Sent::new(body, &headers)?;
    let text = sent.text("text")?;
    Ok(json_answer(StatusCode::CREATED, &desk.app.add_comment(&curator, &id, text, desk.now()).await?))
}

/// `GET /api/v1/trials`: the messages on which drafts are tried.
#[utoipa::path(
    get, path = "/api/v1/trials", tag = "glossary",
    security(("token" = [])),
    responses(
        (status = 200, description = "All of them, the first one first", body = serde_json::Value),
        (status = 401, description = "A token is needed", body = Problem),
    ),
)]
pub(super) async fn trials(State(desk): Shared, headers: HeaderMap) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Read).await?;
    let items: Vec<Value> = desk.app.trial_messages(&curator).await?.iter().map(told).collect();
    Ok(json_answer(StatusCode::OK, &json!({ "items": items })))
}

/// `POST /api/v1/trials` with `{"text", "place"?}`: keeps one more.
#[utoipa::path(
    post, path = "/api/v1/trials", tag = "glossary",
    security(("token" = [])),
    request_body = NewTrial,
    responses(
        (status = 201, description = "It is kept", body = serde_json::Value),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The role does not allow it", body = Problem),
        (status = 422, description = "It is empty, too long, there already, or one too many, or there is no such place", body = Problem),
    ),
)]
pub(super) async fn add_trial(State(desk): Shared, headers: HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let sent = Sent::new(body, &headers)?;
    let new = (sent.optional_text("place")?, sent.text("text")?);
    let trial = desk.app.add_trial_message(&curator, new, desk.now()).await?;
    Ok(json_answer(StatusCode::CREATED, &told(&trial)))
}

/// `DELETE /api/v1/trials/{number}`: takes one out.
#[utoipa::path(
    delete, path = "/api/v1/trials/{number}", tag = "glossary",
    security(("token" = [])),
    params(("number" = String, Path, description = "Its number")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The role does not allow it", body = Problem),
        (status = 422, description = "There is none of that number", body = Problem),
    ),
)]
pub(super) async fn remove_trial(State(desk): Shared, Named(number): Named, headers: HeaderMap) -> Answer {
    let curator = desk.bearer(&headers, TokenScope::Write).await?;
    let number = number.parse().map_err(|_| Problem::bad_request("The number of a message is a whole number."))?;
    desk.app.remove_trial_message(&curator, number, desk.now()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
