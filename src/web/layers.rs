//! What every request passes through: a time limit, a log line, and on pages and API the security headers.

use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::clock::Stopwatch;

/// Nothing we do takes seconds; what lasts longer is a body that does not arrive.
const TIME_LIMIT: Duration = Duration::from_secs(10);

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
    match tokio::time::timeout(TIME_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// Only our own script and style, no frames, no foreign anything; where forms may go is all that differs.
macro_rules! policy {
    (forms: $forms:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action ",
            $forms,
            "; frame-ancestors 'none'"
        )
    };
}

const POLICY: &str = policy!(forms: "'none'");
const POLICY_WITH_FORMS: &str = policy!(forms: "'self'");

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
