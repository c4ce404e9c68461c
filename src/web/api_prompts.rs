//! The REST API of readers and templates. Reading is free to whoever can reach the server; writing is an administrator's.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    api_concepts::NotChanged,
    desk::Desk,
    idempotency,
    problem::Problem,
    sent::{Body, Named, Sent, json_answer},
};
use crate::app::curation::{PromptKind, PromptName, PromptRevision, PromptView, TokenScope};

type Answer = Result<Response, Problem>;
type Shared = State<Arc<Desk>>;

/// A file of the greatest length is a quarter of it even when each of its signs is escaped.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// All routes.
pub(super) fn routes(desk: Arc<Desk>) -> Router {
    let routes = Router::new()
        .route("/api/v1/audiences/{id}", get(audience).put(write_audience))
        .route("/api/v1/audiences/{id}/history", get(audience_history))
        .route("/api/v1/audiences/{id}/revert", post(revert_audience))
        .route("/api/v1/templates", get(templates))
        .route("/api/v1/templates/{kind}", get(template).put(write_template))
        .route("/api/v1/templates/{kind}/history", get(template_history))
        .route("/api/v1/templates/{kind}/revert", post(revert_template));
    idempotency::keyed(routes, &desk).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(desk)
}

/// A whole file, with what its sender looked at and why it is changed.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read field by field")]
pub(super) struct PromptToWrite {
    text: String,
    revision: Option<u32>,
    reason: Option<String>,
}

/// Every revision of a file.
#[derive(Serialize, utoipa::ToSchema)]
struct PromptHistory {
    items: Vec<PromptRevision>,
}

/// All templates.
#[derive(Serialize, utoipa::ToSchema)]
struct Templates {
    items: Vec<PromptView>,
}

fn answer(view: &PromptView) -> Response {
    let mut response = json_answer(StatusCode::OK, view);
    // Digits in quotes are always a valid header.
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", view.revision)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

async fn read(desk: &Desk, kind: PromptKind, name: &str) -> Answer {
    Ok(answer(&desk.app.prompt(&PromptName::new(kind, name)?).await?))
}

async fn write(desk: &Desk, kind: PromptKind, name: &str, headers: &HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(headers, TokenScope::Write).await?;
    let mut sent = Sent::new(body, headers)?;
    // What an answer holds may be sent back.
    sent.fields.remove("id");
    let Some(Value::String(text)) = sent.fields.remove("text") else {
        return Err(Problem::bad_request("The field text must hold the whole file."));
    };
    if !sent.fields.is_empty() {
        return Err(Problem::bad_request("The body may hold: text, revision, reason."));
    }
    let view = desk.app.write_prompt(sent.change(&curator, desk), &PromptName::new(kind, name)?, &text).await?;
    Ok(answer(&view))
}

async fn history(desk: &Desk, kind: PromptKind, name: &str) -> Answer {
    let items = desk.app.prompt_history(&PromptName::new(kind, name)?).await?;
    Ok(json_answer(StatusCode::OK, &PromptHistory { items }))
}

async fn revert(desk: &Desk, kind: PromptKind, name: &str, headers: &HeaderMap, body: Body) -> Answer {
    let curator = desk.bearer(headers, TokenScope::Write).await?;
    let (sent, revision) = Sent::revert(body, headers)?;
    let view = desk.app.revert_prompt(sent.change(&curator, desk), &PromptName::new(kind, name)?, revision).await?;
    Ok(view.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |view| answer(&view)))
}

/// `GET /api/v1/audiences/{id}`: a reader as a file, with its revision as entity tag.
#[utoipa::path(
    get, path = "/api/v1/audiences/{id}", tag = "readers",
    params(("id" = String, Path, description = "Id of the reader")),
    responses(
        (status = 200, description = "The reader as it stands", body = PromptView),
        (status = 404, description = "There is nothing of that name", body = Problem),
    ),
)]
pub(super) async fn audience(State(desk): Shared, Named(id): Named) -> Answer {
    read(&desk, PromptKind::Audience, &id).await
}

/// `PUT /api/v1/audiences/{id}` with `{"text"}`: says a reader anew or adds one; answers are made with it at once.
#[utoipa::path(
    put, path = "/api/v1/audiences/{id}", tag = "readers",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the reader")),
    request_body = PromptToWrite,
    responses(
        (status = 200, description = "The file as it counts from now on", body = PromptView),
        (status = 204, description = "It is removed: nothing lies below it"),
        NotChanged,
    ),
)]
pub(super) async fn write_audience(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    write(&desk, PromptKind::Audience, &id, &headers, body).await
}

/// `GET /api/v1/audiences/{id}/history`.
#[utoipa::path(
    get, path = "/api/v1/audiences/{id}/history", tag = "readers",
    params(("id" = String, Path, description = "Id of the reader")),
    responses(
        (status = 200, description = "Every revision, the latest first", body = PromptHistory),
        (status = 404, description = "There is nothing of that name", body = Problem),
    ),
)]
pub(super) async fn audience_history(State(desk): Shared, Named(id): Named) -> Answer {
    history(&desk, PromptKind::Audience, &id).await
}

/// `POST /api/v1/audiences/{id}/revert` with `{"revision": N}`; 0 is what lies below all live changes, and removes a reader below
/// which nothing lies.
#[utoipa::path(
    post, path = "/api/v1/audiences/{id}/revert", tag = "readers",
    security(("token" = [])),
    params(("id" = String, Path, description = "Id of the reader")),
    request_body = super::api_concepts::WantedRevision,
    responses(
        (status = 200, description = "The file as it counts from now on", body = PromptView),
        (status = 204, description = "It is removed: nothing lies below it"),
        NotChanged,
    ),
)]
pub(super) async fn revert_audience(State(desk): Shared, Named(id): Named, headers: HeaderMap, body: Body) -> Answer {
    revert(&desk, PromptKind::Audience, &id, &headers, body).await
}

/// `GET /api/v1/templates`: how each kind of message is told.
#[utoipa::path(
    get, path = "/api/v1/templates", tag = "readers",
    responses((status = 200, description = "All templates, by name", body = Templates)),
)]
pub(super) async fn templates(State(desk): Shared) -> Answer {
    Ok(json_answer(StatusCode::OK, &Templates { items: desk.app.prompt_files(PromptKind::Template).await? }))
}

/// `GET /api/v1/templates/{kind}`: with its revision as entity tag.
#[utoipa::path(
    get, path = "/api/v1/templates/{kind}", tag = "readers",
    params(("kind" = String, Path, description = "The kind of message")),
    responses(
        (status = 200, description = "The template as it stands", body = PromptView),
        (status = 404, description = "There is nothing of that name", body = Problem),
    ),
)]
pub(super) async fn template(State(desk): Shared, Named(kind): Named) -> Answer {
    read(&desk, PromptKind::Template, &kind).await
}

/// `PUT /api/v1/templates/{kind}` with `{"text"}`: answers are made with it at once.
#[utoipa::path(
    put, path = "/api/v1/templates/{kind}", tag = "readers",
    security(("token" = [])),
    params(("kind" = String, Path, description = "The kind of message")),
    request_body = PromptToWrite,
    responses(
        (status = 200, description = "The file as it counts from now on", body = PromptView),
        (status = 204, description = "It is removed: nothing lies below it"),
        NotChanged,
    ),
)]
pub(super) async fn write_template(State(desk): Shared, Named(kind): Named, headers: HeaderMap, body: Body) -> Answer {
    write(&desk, PromptKind::Template, &kind, &headers, body).await
}

/// `GET /api/v1/templates/{kind}/history`.
#[utoipa::path(
    get, path = "/api/v1/templates/{kind}/history", tag = "readers",
    params(("kind" = String, Path, description = "The kind of message")),
    responses(
        (status = 200, description = "Every revision, the latest first", body = PromptHistory),
        (status = 404, description = "There is nothing of that name", body = Problem),
    ),
)]
pub(super) async fn template_history(State(desk): Shared, Named(kind): Named) -> Answer {
    history(&desk, PromptKind::Template, &kind).await
}

/// `POST /api/v1/templates/{kind}/revert` with `{"revision": N}`; 0 is what lies below all live changes.
#[utoipa::path(
    post, path = "/api/v1/templates/{kind}/revert", tag = "readers",
    security(("token" = [])),
    params(("kind" = String, Path, description = "The kind of message")),
    request_body = super::api_concepts::WantedRevision,
    responses(
        (status = 200, description = "The file as it counts from now on", body = PromptView),
        (status = 204, description = "It is removed: nothing lies below it"),
        NotChanged,
    ),
)]
pub(super) async fn revert_template(State(desk): Shared, Named(kind): Named, headers: HeaderMap, body: Body) -> Answer {
    revert(&desk, PromptKind::Template, &kind, &headers, body).await
}
