//! Is the process alive, and can it do its work?

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too, so traffic may come. Mistakes in the organisation's folders are told and stop nobody:
/// what they held before goes on in answers.
pub(super) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    match app.store().ping().await {
        Ok(()) if app.folder_trouble().is_some() => {
            (StatusCode::OK, "ready\nthe folders have mistakes in them; answers are made with what they held before\n")
        }
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
