//! What every request passes through: a time limit, a log line, and on pages and API the security headers.

use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::{self, Problem};
use crate::clock::Stopwatch;

/// Nothing but the taking in of files takes seconds on a machine that is not overloaded; what lasts longer is a body that does not
/// arrive.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Tens of thousands of entries are checked one by one before any is written, and a file of eight megabytes comes over slow lines.
const IMPORT_LIMIT: Duration = Duration::from_secs(60);

/// Gives a request a time limit and a log line. The line is at debug level, so that a busy server does not pay for it,
/// and holds no text, no query and no address.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return limited(request, next).await;
    }
    let watch = Stopwatch::start();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = limited(request, next).await;
    tracing::debug!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        elapsed_us = watch.elapsed_us(),
        "answered"
    );
    response
}

async fn limited(request: Request, next: Next) -> Response {
    let (limit, late) = limit_for(request.uri().path());
    in_time(next.run(request), limit, late).await
}

/// How long a path may take, and what is answered when it takes longer. Deliveries have nobody who would read it.
fn limit_for(path: &str) -> (Duration, fn(Duration) -> Response) {
    let limit = if matches!(path, "/api/v1/import" | "/glossary/import") { IMPORT_LIMIT } else { TIME_LIMIT };
    let late = if path.starts_with("/api/v1/") {
        late_for_the_api
    } else if path == "/glossary" || path.starts_with("/glossary/") {
        late_for_a_page
    } else {
        late
    };
    (limit, late)
}

async fn in_time(answer: impl Future<Output = Response>, limit: Duration, late: fn(Duration) -> Response) -> Response {
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| late(limit))
}

fn late(_: Duration) -> Response {
    StatusCode::REQUEST_TIMEOUT.into_response()
}

fn late_for_the_api(limit: Duration) -> Response {
    Problem::too_slow(limit).into_response()
}

/// A page without the rest of the glossary's, because nothing more is asked of a server that cannot keep up.
fn late_for_a_page(limit: Duration) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>This takes too long</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"><link rel=\"stylesheet\" href=\"/glossary/console.css\"></head>\
         <body><main class=\"page\"><h1>This takes too long</h1><p>{}</p>\
         <p><a href=\"/glossary\">To the glossary</a></p></main></body></html>\n",
        problem::too_slow(limit)
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = (StatusCode::REQUEST_TIMEOUT, headers, page).into_response();
    response.headers_mut().extend(SECURITY_HEADERS);
    response
}

/// Only our own script and style, no foreign anything; where forms may go, and who may show a page in a frame, is all that differs.
macro_rules! policy {
    (forms: $forms:literal, frames: $frames:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action ",
            $forms,
            "; frame-ancestors ",
            $frames
        )
    };
}

const POLICY: &str = policy!(forms: "'none'", frames: "'none'");
const POLICY_WITH_FORMS: &str = policy!(forms: "'self'", frames: "'none'");
/// The hosts that Microsoft names for tabs
/// (<https://learn.microsoft.com/microsoftteams/platform/tabs/how-to/tab-requirements>), and those of the United States government's
/// clouds, which its library for tabs takes for Teams.
const POLICY_IN_TEAMS: &str = policy!(
    forms: "'none'",
    frames: "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.microsoft365.com \
             https://*.office.com https://outlook.office.com https://outlook.office365.com https://outlook-sdf.office.com \
             https://outlook-sdf.office365.com https://gov.teams.microsoft.us https://dod.teams.microsoft.us"
);

const SECURITY_HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];

/// Adds the security headers.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(SECURITY_HEADERS);
    response
}

/// The same for pages with forms of our own.
pub(super) async fn security_headers_with_forms(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(SECURITY_HEADERS);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_WITH_FORMS));
    response
}

/// The same for a page that Teams shows in a frame. The older header knows no list of hosts; browsers that know the policy pass it
/// over, and others would show the page nowhere.
pub(super) async fn security_headers_in_teams(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(SECURITY_HEADERS);
    response.headers_mut().remove(header::X_FRAME_OPTIONS);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_IN_TEAMS));
    response
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use axum::{
        http::{HeaderValue, StatusCode, header},
        response::{IntoResponse, Response},
    };

    use super::{IMPORT_LIMIT, TIME_LIMIT, in_time, limit_for};

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_answered_all_the_same() {
        let kind = |response: &Response| response.headers().get(header::CONTENT_TYPE).cloned();
        for (path, expected, limit) in [
            ("/api/v1/concepts", Some("application/problem+json"), TIME_LIMIT),
            ("/api/v1/rewrite", Some("application/problem+json"), TIME_LIMIT),
            ("/api/v1/import", Some("application/problem+json"), IMPORT_LIMIT),
            ("/glossary/import", Some("text/html; charset=utf-8"), IMPORT_LIMIT),
            ("/glossary", Some("text/html; charset=utf-8"), TIME_LIMIT),
            ("/glossary/concepts/kiln", Some("text/html; charset=utf-8"), TIME_LIMIT),
            // Teams' deliveries come here, and are no part of the API.
            ("/api/messages", None, TIME_LIMIT),
            ("/api/openapi.json", None, TIME_LIMIT),
            ("/slack/events", None, TIME_LIMIT),
            ("/", None, TIME_LIMIT),
        ] {
            let (most, late) = limit_for(path);
            let begun = tokio::time::Instant::now();
            let told = in_time(pending(), most, late).await;
            assert_eq!(begun.elapsed().as_secs(), limit.as_secs(), "{path}");
            assert_eq!(told.status(), StatusCode::REQUEST_TIMEOUT, "{path}");
            assert_eq!(kind(&told), expected.map(HeaderValue::from_static), "{path}");
        }
        let (most, late) = limit_for("/api/v1/concepts");
        let done = in_time(ready(StatusCode::OK.into_response()), most, late).await;
        assert_eq!(done.status(), StatusCode::OK);
    }
}
