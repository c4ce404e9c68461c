//! One request that is sent twice does one thing: `Idempotency-Key`, in the words of
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.
//!
//! The first answer is kept for a day, encrypted under the token of whoever sent the request, because it may hold what is shown
//! once. Of the token the database has a hash.

use std::sync::Arc;

use axum::{
    Router,
    body::{self, Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    api_concepts::MAX_IMPORT_BYTES,
    desk::{Desk, token_in},
    problem::{self, Problem},
};
use crate::{
    app::curation::CurationError,
    config::Secret,
    ids::hex,
    store::{AnswerClaim, AnswerKey},
};

/// The name of the header.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key.
pub(super) const LONGEST_KEY: usize = 255;

/// Headers of an answer that come with it again.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// What a request says under the header: a text in quotes, or the same without them.
fn key_in(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let is_fit = !key.is_empty() && key.len() <= LONGEST_KEY && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_fit || key.contains('"') || values.next().is_some() {
        return Err(Problem::bad_request(format!(
            "The Idempotency-Key must be one text of 1 to {LONGEST_KEY} visible characters, such as a random UUID in quotes."
        )));
    }
    Ok(Some(key))
}

/// What must be the same where the key is.
fn fingerprint(parts: &Parts, body: &[u8]) -> String {
    let header = |name: HeaderName| parts.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let mut hash = Sha256::new();
    for part in [
        parts.method.as_str().as_bytes(),
        address.as_bytes(),
        header(header::CONTENT_TYPE),
        header(header::IF_MATCH),
        body,
    ] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Routes whose requests may carry a key. A method that a route does not have is told as that, whatever its key was used for.
pub(super) fn keyed(routes: Router<Arc<Desk>>, desk: &Arc<Desk>) -> Router<Arc<Desk>> {
    let keyed = routes.layer(middleware::from_fn_with_state(Arc::clone(desk), once));
    keyed.method_not_allowed_fallback(problem::no_such_method)
}

/// Answers a request that has come before with the answer that it got then.
async fn once(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let may_change = [Method::POST, Method::PUT, Method::DELETE].contains(request.method());
    if !may_change || !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    match answered_once(&desk, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answered_once(desk: &Arc<Desk>, request: Request, next: Next) -> Result<Response, Problem> {
    // Nothing is kept for those who have no token.
    desk.any_bearer(request.headers()).await?;
    let (parts, body) = request.into_parts();
    let token = Secret::new(token_in(&parts.headers).unwrap_or_default());
    let key = key_in(&parts.headers)?.unwrap_or_default();
    let body = body::to_bytes(body, MAX_IMPORT_BYTES)
        .await
        .map_err(|_| Problem::unreadable_body(StatusCode::PAYLOAD_TOO_LARGE))?;
    let key = AnswerKey::new(&token, key);
    let store = |error| Problem::from(CurationError::Store(error));
    let claim = desk.app.store().claim_answer(&key, &fingerprint(&parts, &body), desk.now()).await.map_err(store)?;
    match claim {
        AnswerClaim::First => {}
        AnswerClaim::AnotherRequest => return Err(Problem::key_of_another_request()),
        AnswerClaim::InWork => return Err(Problem::in_work()),
        AnswerClaim::Answered(kept) => return replayed(&kept).ok_or_else(Problem::in_work),
    }
    let (desk, request) = (Arc::clone(desk), Request::from_parts(parts, Body::from(body)));
    // Who hangs up and comes again finds the answer, so the work goes on without them.
    let work = tokio::spawn(async move {
        let (response, kept) = kept_of(next.run(request).await).await;
        let store = desk.app.store();
        let noted = match kept {
            Some(kept) => store.keep_answer(&key, &kept).await,
            None => store.release_answer(&key).await,
        };
        if let Err(error) = noted {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer is not kept under its key");
        }
        response
    });
    // Only a panic of the handler ends it early, and that is none of the caller's mistakes.
    work.await.map_err(|error| Problem::from(CurationError::Broken(error.to_string())))
}

/// An answer, and the form in which it is kept. What may be otherwise the next time is not: no token, no right, too much, no database.
async fn kept_of(response: Response) -> (Response, Option<Vec<u8>>) {
    let status = response.status();
    let passes = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    if status.is_server_error() || passes.contains(&status) {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    // Our own answers are whole in memory already.
    let body = body::to_bytes(body, usize::MAX).await.unwrap_or_else(|_| Bytes::new());
    let header = |name: &HeaderName| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    let kept = KeptAnswer {
        status: status.as_u16(),
        headers: KEPT_HEADERS.iter().filter_map(header).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let kept = serde_json::to_vec(&kept).ok();
    (Response::from_parts(parts, Body::from(body)), kept)
}

fn replayed(kept: &[u8]) -> Option<Response> {
    let KeptAnswer { status, headers, body } = serde_json::from_slice(kept).ok()?;
    let mut response = (StatusCode::from_u16(status).ok()?, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Some(response)
}
