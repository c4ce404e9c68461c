//! The REST API of the audit trail: a page at a time, or as a file.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::Response,
    routing::get,
};
use serde::Serialize;

use super::{
    desk::Desk,
    problem,
    problem::Problem,
    sent::{Query, file_answer, json_answer},
};
use crate::app::curation::{AUDIT_KINDS, AuditEvent, AuditFormat, AuditPage, AuditWish};

type Answer = Result<Response, Problem>;
type Shared = State<Arc<Desk>>;

/// Events of a page when nobody says otherwise, and at most.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 1_000;

/// All routes.
pub(super) fn routes(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/api/v1/audit", get(audit))
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(desk)
}

/// One page of what was done.
#[derive(Serialize, utoipa::ToSchema)]
struct Events {
    items: Vec<AuditEvent>,
    next_cursor: Option<String>,
}

/// `GET /api/v1/audit?who=&kind=&from=&until=&limit=&cursor=&format=json|csv|jsonl`.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "people",
    security(("token" = [])),
    params(
        ("who" = Option<String>, Query, description = "Who did it, as histories write the name"),
        ("kind" = Option<String>, Query, description = "entry, comment, people, import or trial"),
        ("from" = Option<String>, Query, description = "The first day in UTC, such as 2026-11-20"),
        ("until" = Option<String>, Query, description = "The last day in UTC"),
        ("limit" = Option<String>, Query, description = "Events of a page, at most 1,000; a file has up to 100,000"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("format" = Option<String>, Query, description = "json, or a file: csv or jsonl (JSON lines)"),
    ),
    responses(
        (status = 200, description = "What was done, the latest first", body = Events),
        (status = 400, description = "It cannot be understood", body = Problem),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The role does not allow it", body = Problem),
    ),
)]
pub(super) async fn audit(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Answer {
    let curator = desk.any_bearer(&headers).await?.unlimited()?;
    let query = Query::new(&uri, &["who", "kind", "from", "until", "limit", "cursor", "format"])?;
    let kinds = AUDIT_KINDS.map(|(kind, _)| kind);
    let wish = AuditWish {
        who: query.get("who").unwrap_or_default(),
        kind: query.one_of("kind", &kinds)?.unwrap_or_default(),
        from: query.day("from")?,
        until: query.day("until")?,
    };
    let number = |name: &str| Ok::<_, Problem>(query.number(name)?.and_then(|number| u32::try_from(number).ok()));
    let skip = number("cursor")?.unwrap_or(0);
    let limit = query.number("limit")?.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let format = query.one_of("format", &["json", "csv", "jsonl"])?.and_then(AuditFormat::parse);
    let Some(format) = format else {
        let most = u32::try_from(limit).unwrap_or(u32::MAX);
        let AuditPage { events, next } = desk.app.audit(&curator, wish, skip, most).await?;
        let next_cursor = next.map(|next| next.to_string());
        return Ok(json_answer(StatusCode::OK, &Events { items: events, next_cursor }));
    };
    let (text, next) = desk.app.audit_file(&curator, wish, skip, format).await?;
    let mut response = file_answer(text, format.media_type(), &format!("audit.{}", format.extension()));
    // A file has no room for it (RFC 8288).
    let rest = next.map(|next| HeaderValue::from_str(&format!("<?cursor={next}>; rel=\"next\"")));
    if let Some(Ok(rest)) = rest {
        response.headers_mut().insert(header::LINK, rest);
    }
    Ok(response)
}
