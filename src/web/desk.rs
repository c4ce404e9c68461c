//! What the glossary's API and pages share: who asks, by token or by cookie, and what time it is.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, header};

use super::problem::Problem;
use crate::{
    app::{
        App,
        curation::{
            BOOTSTRAP_NAME, CurationError, Curator, Reach, TokenHolder, TokenScope, fresh_token, is_same_secret,
            token_hash,
        },
    },
    clock::{Clock, Timestamp},
    config::{PublicAddress, Secret, ToldSetting},
    engine::{Engine, Location},
};

/// Where proxies tell which host a browser asked for.
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// How long the printed link is good: it is followed at once, and logs are kept.
pub const LINK_MINUTES: u64 = 15;
const LINK_LIFETIME: Duration = Duration::from_secs(LINK_MINUTES * 60);

/// What somebody is told whose token opens nothing.
pub(super) const UNKNOWN_TOKEN: &str = "Nobody has this token. Ask an administrator of the glossary for one.";

/// The settings as administrators are told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) settings: Vec<ToldSetting>,
    /// Which database it is, without a password.
    pub(super) database: String,
}

/// Everything that looking after the glossary over HTTP needs.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    clock: Clock,
    /// `UPSHOT_ADMIN_TOKEN`.
    admin_token: Option<Secret>,
    /// `UPSHOT_PUBLIC_URL`.
    public: Option<PublicAddress>,
    pub(super) told: Told,
    /// The code of the link that was printed at start and when it ends, until somebody used it.
    link_code: Mutex<Option<(Secret, Timestamp)>>,
}

impl Desk {
    pub(super) fn new(
        app: Arc<App>,
        clock: Clock,
        admin_token: Option<Secret>,
        public: Option<PublicAddress>,
        told: Told,
    ) -> Self {
        Self { app, clock, admin_token, public, told, link_code: Mutex::new(None) }
    }

    /// Whether pages are reached over https, so that cookies need not travel otherwise.
    pub(super) fn is_https(&self) -> bool {
        self.public.as_ref().is_some_and(PublicAddress::is_https)
    }

    /// Where the pages are meant to be opened, when a browser opened them somewhere else. A proxy may write another name in
    /// place of the one that the browser has; then what it says besides counts.
    pub(super) fn meant_address(&self, headers: &HeaderMap) -> Option<&str> {
        let public = self.public.as_ref()?;
        let told = [header::HOST, X_FORWARDED_HOST].into_iter().filter_map(|name| headers.get(name)?.to_str().ok());
        let mut hosts = told.flat_map(|hosts| hosts.split(',')).map(str::trim).peekable();
        hosts.peek()?;
        (!hosts.any(|host| public.is_at(host))).then(|| public.url())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes the code of a link that signs one person in, once; `None` when there is no randomness.
    pub(super) fn make_link_code(&self) -> Option<Secret> {
        let code = Secret::new(&fresh_token()?);
        let until = self.now().plus(LINK_LIFETIME);
        *self.link_code.lock().unwrap_or_else(PoisonError::into_inner) = Some((code.clone(), until));
        Some(code)
    }

    /// Whether this is the code of the link; it is used up then.
    pub(super) fn use_link_code(&self, code: &str) -> bool {
        let mut expected = self.link_code.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let is_right =
            expected.as_ref().is_some_and(|(expected, until)| now < *until && is_same_secret(expected.expose(), code));
        if is_right {
            *expected = None;
        }
        is_right
    }

    /// What a session of somebody was opened by, so that it ends with it: for the administrator of the settings a hash of
    /// the token there. Sessions of others are ended when they are removed.
    pub(super) fn opened_by(&self, name: &str) -> String {
        match &self.admin_token {
            Some(token) if name == BOOTSTRAP_NAME => token_hash(&format!("session of {}", token.expose())),
            _ => String::new(),
        }
    }

    /// Whoever has this token.
    pub(super) async fn holder(&self, token: &str) -> Result<Option<TokenHolder>, CurationError> {
        self.app.token_holder(self.admin_token.as_ref(), token).await
    }

    /// Whoever sends a request with a bearer token that is good for this.
    pub(super) async fn bearer(&self, headers: &HeaderMap, scope: TokenScope) -> Result<Curator, Problem> {
        let holder = self.any_bearer(headers).await?;
        holder.scopes.need(scope)?;
        Ok(holder.curator)
    }

    /// Which entries whoever sends a request may see: all of them with a token, those for everybody without one. A wrong token is
    /// refused here as elsewhere, so that nobody can try tokens out by what they show.
    pub(super) async fn reach(&self, headers: &HeaderMap) -> Result<Reach, Problem> {
        if !headers.contains_key(header::AUTHORIZATION) {
            return Ok(Reach::of_nobody());
        }
        Ok(self.bearer(headers, TokenScope::Read).await?.reach)
    }

    /// The engine as seen from the place that a request names; from nowhere in particular when it names none. That takes a token:
    /// what the people of a workspace mean by their words is theirs.
    pub(super) async fn engine_at(&self, place: Option<&str>, headers: &HeaderMap) -> Result<Engine, Problem> {
        let Some(place) = place.map(str::trim).filter(|place| !place.is_empty()) else {
            return Ok(self.app.engine_at(&Location::default()));
        };
        self.bearer(headers, TokenScope::Rewrite).await?;
        let location = Location::at(place).map_err(|told| Problem::unusable(format!("In place, {told}.")))?;
        Ok(self.app.engine_at(&location))
    }

    /// Whoever sends a request with a bearer token.
    pub(super) async fn any_bearer(&self, headers: &HeaderMap) -> Result<TokenHolder, Problem> {
        let Some(token) = token_in(headers) else {
            return Err(Problem::unauthorized(
                "Send a token: Authorization: Bearer … UPSHOT_ADMIN_TOKEN sets the administrator's.",
            ));
        };
        match self.holder(token).await? {
            Some(holder) => Ok(holder),
            None => Err(Problem::wrong_token(UNKNOWN_TOKEN)),
        }
    }
}

/// The bearer token of a request.
pub(super) fn token_in(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
