//! The playground: four files inside the binary, sent with an entity tag so that a browser asks again and mostly gets
//! nothing back.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// A file of the page.
struct Asset {
    content_type: HeaderValue,
    body: &'static str,
    tag: HeaderValue,
}

impl Asset {
    fn new(content_type: &'static str, body: &'static str) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        let tag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self {
            content_type: HeaderValue::from_static(content_type),
            body,
            // Hexadecimal digits in quotes are always a valid header.
            tag: HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"0\"")),
        }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let headers = [
            (header::ETAG, self.tag.clone()),
            // Always asked for, so that a new version shows at once.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        if is_known(request, &self.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, [(header::CONTENT_TYPE, self.content_type.clone())], self.body).into_response()
    }
}

fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    // A proxy that compresses marks a tag as weak.
    known.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known.as_bytes() == tag.as_bytes())
}

static INDEX: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/html; charset=utf-8", include_str!("playground/index.html")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/javascript; charset=utf-8", include_str!("playground/app.js")));
static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/css; charset=utf-8", include_str!("playground/style.css")));
static ICON: LazyLock<Asset> = LazyLock::new(|| Asset::new("image/svg+xml", include_str!("playground/icon.svg")));

/// `GET /`.
pub(super) async fn index(request: HeaderMap) -> Response {
    INDEX.answer(&request)
}

/// `GET /app.js`.
pub(super) async fn script(request: HeaderMap) -> Response {
    SCRIPT.answer(&request)
}

/// `GET /style.css`.
pub(super) async fn style(request: HeaderMap) -> Response {
    STYLE.answer(&request)
}

/// `GET /icon.svg`.
pub(super) async fn icon(request: HeaderMap) -> Response {
    ICON.answer(&request)
}
