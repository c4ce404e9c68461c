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

/// What an address may say.
const NAMES: [&str; 7] = ["who", "kind", "from", "until", "limit", "cursor", "format"];

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
        ("kind" = Option<String>, Query, description = "entry, comment, prompt, people, import or trial"),
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
    let query = Query::new(&uri, &NAMES)?;
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
    // What is encoded for an address is always a valid header.
    if let Some(Ok(rest)) = next.map(|next| HeaderValue::from_str(&rest_at(&query, next))) {
        response.headers_mut().insert(header::LINK, rest);
    }
    Ok(response)
}

/// Where the rest of a file is, for which a file has no room (RFC 8288): the same wish from another line on.
fn rest_at(query: &Query, next: u32) -> String {
    format!("<?{}>; rel=\"next\"", query.with("cursor", &next.to_string()))
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::{NAMES, Query, rest_at};

    #[test]
    fn the_rest_is_what_was_asked_for_from_another_line_on() {
        for (asked, rest) in [
            ("format=csv", "<?format=csv&cursor=100000>; rel=\"next\""),
            (
                "cursor=7&format=jsonl&who=Ann%20%3E%C3%A9&kind=entry&from=2026-11-20&until=2026-11-24",
                "<?format=jsonl&who=Ann+%3E%C3%A9&kind=entry&from=2026-11-20&until=2026-11-24&cursor=100000>; rel=\"next\"",
            ),
        ] {
            let query = |query: &str| {
                let uri: Uri = format!("/api/v1/audit?{query}").parse().unwrap();
                Query::new(&uri, &NAMES).ok().unwrap()
            };
            let told = rest_at(&query(asked), 100_000);
            assert_eq!(told, rest);
            let (_, followed) = told.split_once('?').unwrap();
            let followed = query(followed.split('>').next().unwrap());
            assert_eq!(
                (followed.get("who"), followed.get("cursor")),
                (query(asked).get("who"), Some("100000")),
                "it can be followed"
            );
        }
    }
}
