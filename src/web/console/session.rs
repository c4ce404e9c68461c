//! Who looks: signing in with a token or with the link that the program prints, and out again.
//!
//! A session is a random cookie of which the database keeps a hash. It is sent to the glossary's pages only, not to scripts,
//! and not with forms of other sites; each form of ours holds a second token made from it, which other sites cannot know.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts, RawForm, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Answer, Console, Page, go_to};
use crate::{
    app::curation::{CurationError, Curator, Role, fresh_token, is_same_secret, token_hash},
    store::StoredSession,
    web::desk::{LINK_MINUTES, UNKNOWN_TOKEN},
};

/// The cookie's name.
const COOKIE: &str = "upshot_glossary";

/// A working day.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// Who looks at a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Visitor {
    /// Who is signed in.
    pub(super) curator: Option<Curator>,
    secret: String,
}

impl Visitor {
    /// Whether they may do what needs a role.
    pub(super) fn may(&self, role: Role) -> bool {
        self.curator.as_ref().is_some_and(|curator| curator.role >= role)
    }

    /// What forms of ours hold.
    pub(super) fn form_token(&self) -> String {
        if self.curator.is_none() { String::new() } else { token_hash(&format!("form {}", self.secret)) }
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// Nobody is.
    pub(super) fn signed_in(&self) -> Result<&Curator, CurationError> {
        let curator = self.curator.as_ref();
        curator.ok_or_else(|| CurationError::NotAllowed("Sign in first: your session has ended.".to_owned()))
    }

    /// Whoever sends a form of ours.
    ///
    /// # Errors
    /// Nobody is signed in, or the form is not one of ours.
    pub(super) fn sender(&self, form: &Form) -> Result<&Curator, CurationError> {
        let curator = self.signed_in()?;
        if is_same_secret(&self.form_token(), form.get("csrf")) {
            return Ok(curator);
        }
        Err(CurationError::NotAllowed(
            "This form is not from a page of yours. Open the page again and repeat it.".to_owned(),
        ))
    }
}

impl FromRequestParts<Arc<Console>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Infallible> {
        let Some(secret) = cookie(&parts.headers) else { return Ok(Self::default()) };
        let desk = &console.desk;
        let found = desk.app.store().session(&token_hash(secret), desk.now()).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a session cannot be read");
            None
        });
        // A session that was opened with a token which was replaced since is none.
        let found = found.filter(|session| session.opened_by == desk.opened_by(&session.name));
        let curator = found.and_then(|session| Some(Curator { role: Role::parse(&session.role)?, name: session.name }));
        Ok(Self { curator, secret: secret.to_owned() })
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// What a form holds.
#[derive(Debug, Default)]
pub(super) struct Form(pub(super) Vec<(String, String)>);

impl Form {
    pub(super) fn new(body: &[u8]) -> Self {
        let mut form = Self::default();
        form_urlencoded::parse(body).for_each(|(name, value)| form.push(name.into_owned(), &value));
        form
    }

    pub(super) fn push(&mut self, name: String, value: &str) {
        // Browsers send line breaks of text fields as two signs.
        self.0.push((name, value.replace("\r\n", "\n")));
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name).parse().ok()
    }
}

/// The query of an address.
pub(super) fn query(uri: &Uri) -> Form {
    Form::new(uri.query().unwrap_or_default().as_bytes())
}

/// `GET /glossary/sign-in`. The code of the link is used up by the button, not by looking: browsers and chats look ahead.
pub(super) async fn form(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Response {
    show(&console, &visitor, StatusCode::OK, query(&uri).get("code"), "")
}

fn show(console: &Console, visitor: &Visitor, status: StatusCode, code: &str, error: &str) -> Response {
    console.pages.render(status, Page::SignIn, "Sign in", visitor, json!({ "code": code, "error": error }))
}

/// `POST /glossary/sign-in`.
pub(super) async fn sign_in(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let refusal = |status, sentence: &str| show(&console, &visitor, status, "", sentence);
    // Nobody shall be signed in as somebody else by a form of another site.
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(refusal(StatusCode::FORBIDDEN, "Sign in on this page, not from another site."));
    }
    let code = form.get("code");
    let curator = if code.is_empty() {
        let found = console.desk.holder(form.get("token").trim()).await;
        found.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?
    } else if console.desk.use_link_code(code) {
        Some(Curator::bootstrap())
    } else {
        return Err(refusal(
            StatusCode::FORBIDDEN,
            &format!(
                "This link was used already. One also ends {LINK_MINUTES} minutes after the program's start. Start the \
                 program again for another one, or sign in with a token."
            ),
        ));
    };
    let Some(curator) = curator else {
        return Err(refusal(StatusCode::FORBIDDEN, UNKNOWN_TOKEN));
    };
    let Some(secret) = fresh_token() else {
        return Err(refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "The system has no randomness to sign you in with. Try again later.",
        ));
    };
    let desk = &console.desk;
    let until = desk.now().plus(LIFETIME);
    let session = StoredSession {
        opened_by: desk.opened_by(&curator.name),
        role: curator.role.name().to_owned(),
        name: curator.name,
    };
    let opened = desk.app.store().open_session(&token_hash(&secret), &session, until).await;
    opened.map_err(|error| console.sorry(&visitor, &error.into(), "/glossary"))?;
    Ok(with_cookie(go_to("/glossary"), &secret, LIFETIME, desk.is_https))
}

/// `POST /glossary/sign-out`.
pub(super) async fn sign_out(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let sent = visitor.sender(&Form::new(&body));
    sent.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let closed = console.desk.app.store().close_session(&token_hash(&visitor.secret)).await;
    closed.map_err(|error| console.sorry(&visitor, &error.into(), "/glossary"))?;
    Ok(with_cookie(go_to("/glossary"), "", Duration::ZERO, console.desk.is_https))
}

fn with_cookie(mut response: Response, secret: &str, lifetime: Duration, is_https: bool) -> Response {
    let secure = if is_https { "; Secure" } else { "" };
    let seconds = lifetime.as_secs();
    let cookie = format!("{COOKIE}={secret}; Path=/glossary; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    match HeaderValue::from_str(&cookie) {
        Ok(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        // Hexadecimal digits are always a valid header.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
