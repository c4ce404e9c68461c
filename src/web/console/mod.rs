//! The glossary's pages: plain forms that work without JavaScript, rendered here from templates that escape everything.
//!
//! Looking at what holds everywhere is free to whoever can reach the server, as over the API; what holds in one place alone and
//! whatever writes needs a session, and writing a token in the form that only our own pages know.

mod audit;
mod browse;
mod comments;
mod edit;
mod effect;
mod elsewhere;
mod fields;
mod import;
mod people;
mod prompts;
mod render;
mod session;
mod settings;
mod trials;
mod usage;
mod wanted;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{
    api_concepts::MAX_IMPORT_BYTES,
    desk::Desk,
    layers,
    rates::{self, Rates},
};
use crate::{
    app::curation::CurationError,
    platforms::{slack::Slack, teams::Teams},
};
use elsewhere::Doors;
use render::{Page, Pages};
use session::Visitor;

/// A form with a whole concept in it is far smaller.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// A file with the form around it. The second step brings it back as a field, in which browsers double line breaks.
const MAX_UPLOAD_BYTES: usize = 2 * MAX_IMPORT_BYTES + 64 * 1024;

/// What every page needs.
#[derive(Debug)]
struct Console {
    desk: Arc<Desk>,
    doors: Doors,
    pages: Pages,
}

/// All pages.
pub(super) fn routes(desk: Arc<Desk>, slack: Arc<Slack>, teams: Arc<Teams>, rates: Arc<Rates>) -> Router {
    let console = Arc::new(Console { desk, doors: Doors { slack, teams }, pages: Pages::new() });
    Router::new()
        .route("/glossary", get(browse::list))
        .route("/glossary/", get(browse::list))
        .route("/glossary/concepts/{id}", get(browse::entry))
        .route("/glossary/concepts/{id}/compare", get(browse::compare))
        .route("/glossary/export", get(browse::export))
        .route("/glossary/concepts/{id}/effect", get(effect::show))
        .route("/glossary/trials", get(trials::list).post(trials::add))
        .route("/glossary/trials/remove", post(trials::remove))
        .route("/glossary/review", get(browse::review))
        .route("/glossary/wanted", get(wanted::list).post(wanted::judge))
        // Asking is for everybody who is signed in, so it is held to the same number as over the API.
        .route(
            "/glossary/wanted/ask",
            post(wanted::ask).layer(middleware::from_fn_with_state(Arc::clone(&rates), rates::limit)),
        )
        .route("/glossary/usage", get(usage::show))
        .route("/glossary/settings", get(settings::show))
        .route("/glossary/new", get(edit::blank).post(edit::create))
        .route("/glossary/concepts/{id}/edit", get(edit::open).post(edit::update))
        .route("/glossary/concepts/{id}/comments", post(comments::add))
        .route("/glossary/concepts/{id}/step", post(edit::step))
        .route("/glossary/concepts/{id}/revert", post(edit::revert))
        .route("/glossary/preview", post(edit::preview))
        .route("/glossary/audiences", get(prompts::list))
        .route("/glossary/audiences/{id}", get(prompts::open).post(prompts::write))
        .route("/glossary/audiences/{id}/revert", post(prompts::revert))
        .route("/glossary/templates/{kind}", get(prompts::open).post(prompts::write))
        .route("/glossary/templates/{kind}/revert", post(prompts::revert))
        .route("/glossary/audit", get(audit::show))
        .route("/glossary/audit/file", get(audit::file))
        .route("/glossary/people", get(people::list).post(people::add))
        .route("/glossary/people/accounts", post(people::add_account))
        .route("/glossary/people/role", post(people::set_role))
        .route("/glossary/people/remove", post(people::remove))
        .route(
            "/glossary/import",
            get(import::blank).post(import::take_in).layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES)),
        )
        .route(
            "/glossary/sign-in",
            // Whoever tries tokens here is held to the same number as over the API.
            get(session::form).post(session::sign_in).layer(middleware::from_fn_with_state(rates, rates::limit)),
        )
        .route("/glossary/sign-in/{platform}", get(elsewhere::leave))
        .route("/glossary/sign-in/{platform}/callback", get(elsewhere::come_back))
        .route("/glossary/sign-out", post(session::sign_out))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(middleware::from_fn(layers::security_headers_with_forms))
        .with_state(console)
}

/// What a handler gives: a page, or why there is none, which is a page too.
type Answer = Result<Response, Response>;

/// Another page, to be read with a fresh request.
fn go_to(address: &str) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else { return StatusCode::NOT_FOUND.into_response() };
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

impl Console {
    /// A page that says why something was not done.
    fn sorry(&self, visitor: &Visitor, error: &CurationError, back: &str) -> Response {
        let (status, heading) = match error {
            CurationError::Unknown(_) | CurationError::UnknownPrompt(_) | CurationError::NotYet { .. } => {
                (StatusCode::NOT_FOUND, "There is nothing here")
            }
            CurationError::NotAllowed(_) => (StatusCode::FORBIDDEN, "This is not yours to do"),
            CurationError::Outdated { .. } | CurationError::Unseen { .. } => {
                (StatusCode::CONFLICT, "Somebody else was faster")
            }
            CurationError::Exists(_)
            | CurationError::Invalid(_)
            | CurationError::Warned(_)
            | CurationError::Refused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "This was not done"),
            CurationError::Store(_) | CurationError::Broken(_) => {
                tracing::error!(error = error as &dyn std::error::Error, "a page of the glossary cannot be shown");
                (StatusCode::SERVICE_UNAVAILABLE, "Try again in a minute")
            }
        };
        let text = match error {
            CurationError::Store(_) | CurationError::Broken(_) => {
                "The glossary cannot be reached at this moment.".to_owned()
            }
            told => told.to_string(),
        };
        let back_text = match back {
            "/glossary" => "To the glossary",
            prompts::LIST => "To the readers and templates",
            _ => "Back to the entry",
        };
        let context = json!({ "heading": heading, "text": text, "back": back, "back_text": back_text });
        self.pages.render(status, Page::Message, heading, visitor, context)
    }
}
