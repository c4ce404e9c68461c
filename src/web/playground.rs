//! The playground, and the files of other pages: they are inside the binary, sent with an entity tag so that a browser asks again and mostly gets
//! nothing back.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use crate::ids::hex;

/// A file of the page.
struct Asset {
    content_type: HeaderValue,
    body: &'static str,
    tag: HeaderValue,
}

impl Asset {
    fn new(content_type: &'static str, body: &'static str) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        let tag = hex(digest.iter().take(8));
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

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// All files of the playground and of the glossary's pages: address, type and content.
const FILES: [(&str, &str, &str); 10] = [
    ("/", HTML, include_str!("playground/index.html")),
    ("/app.js", SCRIPT, include_str!("playground/app.js")),
    ("/page.js", SCRIPT, include_str!("playground/page.js")),
    ("/answer.js", SCRIPT, include_str!("playground/answer.js")),
    ("/card.js", SCRIPT, include_str!("playground/card.js")),
    ("/explain.js", SCRIPT, include_str!("playground/explain.js")),
    ("/style.css", STYLE, include_str!("playground/style.css")),
    ("/icon.svg", "image/svg+xml", include_str!("playground/icon.svg")),
    ("/glossary/console.css", STYLE, include_str!("console/pages/console.css")),
    ("/glossary/console.js", SCRIPT, include_str!("console/pages/console.js")),
];

/// The tab in Teams, which has headers of its own.
const TAB: [(&str, &str, &str); 3] = [
    ("/teams/tab", HTML, include_str!("teams_tab/tab.html")),
    ("/teams/tab.js", SCRIPT, include_str!("teams_tab/tab.js")),
    ("/teams/MicrosoftTeams.min.js", SCRIPT, include_str!("teams_tab/MicrosoftTeams.min.js")),
];

/// A route for each file of our own pages.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    of(&FILES)
}

/// A route for each file of the tab in Teams.
pub(super) fn tab_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    of(&TAB)
}

fn of<S: Clone + Send + Sync + 'static>(files: &[(&'static str, &'static str, &'static str)]) -> Router<S> {
    files.iter().fold(Router::new(), |router, &(path, content_type, body)| {
        let asset = Arc::new(Asset::new(content_type, body));
        router.route(path, get(move |request: HeaderMap| async move { asset.answer(&request) }))
    })
}
