//! The REST API of what people do not understand and of how entries are used. Counts only.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Serialize;

use super::{api_concepts::Guarded, desk::Desk, problem::Problem, sent::json_answer};
use crate::app::curation::{TokenScope, UnknownTerm, Usage};

type Answer = Result<Response, Problem>;

/// Words that are told; the description of the route names the number.
const MOST_GAPS: u32 = 500;

/// What people met and nobody has explained.
#[derive(Serialize, utoipa::ToSchema)]
struct UnknownTerms {
    items: Vec<UnknownTerm>,
}

/// `GET /api/v1/gaps`: jargon that people met and nobody has explained, that which most people met first.
#[utoipa::path(
    get, path = "/api/v1/gaps", tag = "glossary",
    security(("token" = [])),
    responses(
        (status = 200, description = "The 500 words that most people met, of those that at least three people met in five messages of 90 days", body = UnknownTerms),
        Guarded,
    ),
)]
pub(super) async fn gaps(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Answer {
    let reach = desk.bearer(&headers, TokenScope::Read).await?.reach;
    Ok(json_answer(StatusCode::OK, &UnknownTerms { items: desk.app.unknown_terms(&reach, None, MOST_GAPS).await? }))
}

/// `GET /api/v1/usage`: which entries are used, and which need somebody.
#[utoipa::path(
    get, path = "/api/v1/usage", tag = "glossary",
    security(("token" = [])),
    responses(
        (status = 200, description = "How the glossary is used", body = Usage),
        Guarded,
    ),
)]
pub(super) async fn usage(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Answer {
    let reach = desk.bearer(&headers, TokenScope::Read).await?.reach;
    Ok(json_answer(StatusCode::OK, &desk.app.usage(&reach, desk.now()).await?))
}
