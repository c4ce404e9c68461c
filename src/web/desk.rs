//! What the glossary's API and pages share: who asks, by token or by cookie, and what time it is.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::problem::Problem;
use crate::{
    app::{
        App,
        curation::{CurationError, Curator},
    },
    clock::{Clock, Timestamp},
    config::Secret,
};

/// Everything that looking after the glossary over HTTP needs.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    clock: Clock,
    /// `UPSHOT_ADMIN_TOKEN`.
    admin_token: Option<Secret>,
}

impl Desk {
    pub(super) fn new(app: Arc<App>, clock: Clock, admin_token: Option<Secret>) -> Self {
        Self { app, clock, admin_token }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whoever has this token.
    pub(super) async fn holder(&self, token: &str) -> Result<Option<Curator>, CurationError> {
        self.app.curator(self.admin_token.as_ref(), token).await
    }

    /// Whoever sends a request with a bearer token.
    pub(super) async fn bearer(&self, headers: &HeaderMap) -> Result<Curator, Problem> {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => "",
        };
        if token.is_empty() {
            return Err(Problem::unauthorized(
                "Send a token: Authorization: Bearer … UPSHOT_ADMIN_TOKEN sets the administrator's.",
            ));
        }
        match self.holder(token).await? {
            Some(curator) => Ok(curator),
            None => Err(Problem::unauthorized("Nobody has this token. Ask an administrator of the glossary for one.")),
        }
    }
}
