//! The REST API. Stateless: whoever can reach the server may ask, nothing is kept, and the engine is asked directly.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{desk::Desk, problem::Problem, sent::Body};
use crate::{
    app::{
        App, Depth, MAX_QUERY_CHARS, MAX_TEXT_CHARS, typed,
        wire::{ExplainJson, RewriteJson, VerifyJson},
    },
    clock::Stopwatch,
    engine::{Audience, Engine, SourceText},
};

type Shared = State<Arc<Desk>>;

/// As many characters fit into an address, whatever they are, beside a question: each may take twelve of its 65,534 bytes.
pub(super) const MAX_CONTEXT_IN_ADDRESS: usize = 5_000;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct RewriteBody {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default, rename = "for", alias = "audience")]
    reader: Option<String>,
    /// Where it was written: `slack:T0123/C0456`, `teams:TENANT/ID` or a whole workspace. Needs a token.
    #[serde(default)]
    place: Option<String>,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(super) struct ExplainBody {
    #[serde(default)]
    id: Value,
    #[serde(alias = "q")]
    query: String,
    #[serde(default)]
    context: Option<String>,
    #[serde(default, rename = "for", alias = "audience")]
    reader: Option<String>,
    #[serde(default)]
    depth: Option<String>,
    /// Where it was asked or its context was written. Needs a token.
    #[serde(default)]
    place: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct VerifyBody {
    source: String,
    candidate: String,
    /// Where the source was written. Needs a token.
    #[serde(default)]
    place: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AudienceJson<'a> {
    id: &'a str,
    title: &'a str,
    about: &'a str,
}

/// `POST /api/v1/rewrite`: `{"text", "for"?, "id"?}`.
#[utoipa::path(
    post, path = "/api/v1/rewrite", tag = "words",
    security((), ("token" = [])),
    request_body = RewriteBody,
    responses(
        (status = 200, description = "The rewrite", body = RewriteJson),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 422, description = "No place has this name", body = Problem),
        (status = 401, description = "The place needs a token", body = Problem),
    ),
)]
pub(super) async fn rewrite(State(desk): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let body: RewriteBody = parse(body)?;
    let engine = desk.engine_at(body.place.as_deref(), &headers).await?;
    let audience = audience(&desk.app, &engine, body.reader.as_deref())?;
    let source = text("text", &body.text)?;
    let watch = Stopwatch::start();
    let rendering = engine.rewrite(&source, audience);
    Ok(json(&RewriteJson::new(&body.id, &rendering, engine.revision(), watch.elapsed_us())))
}

/// `POST /api/v1/explain`: `{"query", "context"?, "for"?, "depth"?, "id"?}`.
#[utoipa::path(
    post, path = "/api/v1/explain", tag = "words",
    security((), ("token" = [])),
    request_body = ExplainBody,
    responses(
        (status = 200, description = "The answer", body = ExplainJson),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 422, description = "No place has this name", body = Problem),
        (status = 401, description = "The place needs a token", body = Problem),
    ),
)]
pub(super) async fn explain(State(desk): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    answer_explain(&desk, &headers, &parse(body)?).await
}

/// `GET /api/v1/explain?query=…&for=…`; `q` is the short form of `query`.
#[utoipa::path(
    get, path = "/api/v1/explain", tag = "words",
    security((), ("token" = [])),
    params(
        ("query" = String, Query, description = "The term or question; q for short"),
        ("context" = Option<String>, Query, description = "The message in which it stood"),
        ("for" = Option<String>, Query, description = "The reader"),
        ("depth" = Option<String>, Query, description = "line, paragraph or example"),
        ("place" = Option<String>, Query, description = "Where it was asked or its context was written; needs a token"),
    ),
    responses(
        (status = 200, description = "The answer", body = ExplainJson),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 422, description = "No place has this name", body = Problem),
        (status = 401, description = "The place needs a token", body = Problem),
    ),
)]
pub(super) async fn explain_query(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let mut body = ExplainBody::default();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match &*name {
            "query" | "q" => body.query = value.into_owned(),
            "context" => body.context = Some(value.into_owned()),
            "for" | "audience" => body.reader = Some(value.into_owned()),
            "depth" => body.depth = Some(value.into_owned()),
            "place" => body.place = Some(value.into_owned()),
            "id" => body.id = Value::String(value.into_owned()),
            _ => {}
        }
    }
    if body.context.as_ref().is_some_and(|context| context.chars().nth(MAX_CONTEXT_IN_ADDRESS).is_some()) {
        let sentence = format!(
            "An address has room for a context of {MAX_CONTEXT_IN_ADDRESS} characters. Send a longer one by POST."
        );
        return Err(Problem::too_large(sentence));
    }
    answer_explain(&desk, &headers, &body).await
}

/// `POST /api/v1/verify`: `{"source", "candidate"}`.
#[utoipa::path(
    post, path = "/api/v1/verify", tag = "words",
    security((), ("token" = [])),
    request_body = VerifyBody,
    responses(
        (status = 200, description = "The judgement", body = VerifyJson),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 422, description = "No place has this name", body = Problem),
        (status = 401, description = "The place needs a token", body = Problem),
    ),
)]
pub(super) async fn verify(State(desk): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let body: VerifyBody = parse(body)?;
    let engine = desk.engine_at(body.place.as_deref(), &headers).await?;
    let verdict = engine.verify(&text("source", &body.source)?, &text("candidate", &body.candidate)?);
    Ok(json(&VerifyJson::new(&verdict)))
}

/// `GET /api/v1/audiences`: all readers, in menu order.
#[utoipa::path(
    get, path = "/api/v1/audiences", tag = "words",
    responses((status = 200, description = "All readers, in menu order", body = Vec<AudienceJson>)),
)]
pub(super) async fn audiences(State(desk): Shared) -> Response {
    let engine = desk.app.engine();
    let all: Vec<AudienceJson<'_>> = engine
        .audiences()
        .iter()
        .map(|audience| AudienceJson { id: &audience.id, title: &audience.title, about: &audience.about })
        .collect();
    json(&all)
}

async fn answer_explain(desk: &Desk, headers: &HeaderMap, body: &ExplainBody) -> Result<Response, Problem> {
    let engine = desk.engine_at(body.place.as_deref(), headers).await?;
    let audience = audience(&desk.app, &engine, body.reader.as_deref())?;
    let query = text_up_to(MAX_QUERY_CHARS, "query", &body.query)?;
    let context = body.context.as_deref().filter(|context| !context.trim().is_empty());
    let context = context.map(|context| text("context", context)).transpose()?;
    let depth = depth(body.depth.as_deref())?.or_else(|| Depth::wished(query.text())).unwrap_or_default();
    let explanation = engine.explain(query.text(), context.as_ref(), audience);
    Ok(json(&ExplainJson::new(&body.id, &explanation, engine.revision(), depth)))
}

fn depth(named: Option<&str>) -> Result<Option<Depth>, Problem> {
    let Some(named) = named.filter(|named| !named.is_empty()) else { return Ok(None) };
    Depth::named(named).map(Some).ok_or_else(|| {
        Problem::bad_request(format!("There is no such depth. Choose one of: {}.", Depth::NAMES.join(", ")))
    })
}

fn parse<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let body = body.map_err(|rejection| Problem::unreadable_body(rejection.status()))?;
    // The message of a JSON error can quote the body; place and kind are enough to find the mistake.
    serde_json::from_slice(&body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "A field is missing or has the wrong type",
            _ => "The body is not valid JSON",
        };
        Problem::bad_request(format!("{what} (line {}, column {}).", error.line(), error.column()))
    })
}

fn text(field: &str, text: &str) -> Result<SourceText, Problem> {
    text_up_to(MAX_TEXT_CHARS, field, text)
}

fn text_up_to(limit: usize, field: &str, text: &str) -> Result<SourceText, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::bad_request(format!("The field {field} is empty.")));
    }
    if text.chars().nth(limit).is_some() {
        return Err(Problem::too_large(format!("The field {field} may hold {limit} characters.")));
    }
    Ok(typed(text))
}

fn audience<'e>(app: &App, engine: &'e Engine, named: Option<&str>) -> Result<&'e Audience, Problem> {
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        return Ok(engine.default_audience());
    };
    app.readers().find(named).and_then(|id| engine.audience(id.as_str())).ok_or_else(|| {
        Problem::bad_request(format!("There is no such reader. Choose one of: {}.", app.readers().ids()))
    })
}

fn json(value: &impl Serialize) -> Response {
    let content_type = HeaderValue::from_static("application/json");
    match serde_json::to_vec(value) {
        Ok(body) => ([(header::CONTENT_TYPE, content_type)], body).into_response(),
        // Structs of text and numbers cannot fail to serialise; an empty object is still JSON.
        Err(_) => ([(header::CONTENT_TYPE, content_type)], "{}").into_response(),
    }
}
