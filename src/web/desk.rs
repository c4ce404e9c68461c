//! What the glossary's API and pages share: who asks, by token or by cookie, and what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};

use super::problem::Problem;
use crate::{
    app::{
        App,
        curation::{CurationError, Curator, fresh_token, is_same_secret},
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
    /// Pages are reached over https, so cookies need not travel otherwise.
    pub(super) is_https: bool,
    /// The code of the link that was printed at start, until somebody used it.
    link_code: Mutex<Option<Secret>>,
}

impl Desk {
    pub(super) fn new(app: Arc<App>, clock: Clock, admin_token: Option<Secret>, is_https: bool) -> Self {
        Self { app, clock, admin_token, is_https, link_code: Mutex::new(None) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes the code of a link that signs one person in, once; `None` when there is no randomness.
    pub(super) fn make_link_code(&self) -> Option<Secret> {
        let code = Secret::new(&fresh_token()?);
        *self.link_code.lock().unwrap_or_else(PoisonError::into_inner) = Some(code.clone());
        Some(code)
    }

    /// Whether this is the code of the link; it is used up then.
    pub(super) fn use_link_code(&self, code: &str) -> bool {
        let mut expected = self.link_code.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = expected.as_ref().is_some_and(|expected| is_same_secret(expected.expose(), code));
        if is_right {
            *expected = None;
        }
        is_right
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
