//! Who looks: signing in with a token or with the link that the program prints, and out again.
//!
//! A session is a random cookie of which the database keeps a hash. It is not shown to scripts, and not sent with forms of
//! other sites; each form of ours holds a second token made from it, which other sites cannot know. It ends after a working
//! day, and before that when nobody uses it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts, RawForm, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    Answer, Console, Page,
    elsewhere::{Door, with_wanted},
    go_to,
};
use crate::{
    app::curation::{
        AsOf, BOOTSTRAP_NAME, Concept, CurationError, Curator, FolderTrouble, Reach, Role, TokenHolder, fresh_token,
        is_same_secret, token_hash,
    },
    ids::WorkspaceId,
    store::{SessionPlace, StoreError, StoredSession},
    web::{
        attempts::Wrong,
        desk::{LINK_MINUTES, UNKNOWN_TOKEN},
    },
};

/// A working day.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// Who has not come for so long has gone home. While somebody writes, the editor's trials of a sentence count as coming.
const IDLE: Duration = Duration::from_secs(60 * 60);
/// Each use within this time of the one before is not worth a write.
const UNNOTED: Duration = Duration::from_secs(5 * 60);

/// Who looks at a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Visitor {
    /// Who is signed in.
    pub(super) curator: Option<Curator>,
    /// Where their account is, when they signed in with one.
    place: Option<SessionPlace>,
    /// The page they look at, to come back to.
    here: String,
    secret: String,
    /// What is wrong with the organisation's folders. Everybody who is signed in is told, because whoever changed a file there may
    /// be any of them.
    pub(super) trouble: Option<Arc<FolderTrouble>>,
}

impl Visitor {
    /// Whether they may do what needs a role.
    pub(super) fn may(&self, role: Role) -> bool {
        self.curator.as_ref().is_some_and(|curator| curator.role >= role)
    }

    /// Whether they may do what needs a role with what all workspaces share.
    pub(super) fn may_for_all(&self, role: Role) -> bool {
        self.may(role) && self.reach().keeps_what_is_shared()
    }

    /// Whether they may do what needs a role with this entry.
    pub(super) fn may_with(&self, role: Role, concept: &Concept) -> bool {
        self.may(role) && self.reach().changes(concept)
    }

    /// Which entries they may see: those for everybody when nobody is signed in.
    pub(super) fn reach(&self) -> Reach {
        self.curator.as_ref().map_or_else(Reach::of_nobody, |curator| curator.reach.clone())
    }

    /// The workspace whose affairs they see; all of them when they signed in with a token.
    pub(super) fn workspace(&self) -> Option<&WorkspaceId> {
        self.place.as_ref().map(|place| &place.workspace)
    }

    /// Where to sign in, to come back to this page.
    pub(super) fn sign_in_address(&self) -> String {
        with_wanted("/glossary/sign-in", &self.here)
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
        // A page that only takes forms cannot be come back to.
        let here = match (&parts.method, parts.uri.path_and_query()) {
            (&Method::GET, Some(here)) => wanted_page(here.as_str()).to_owned(),
            _ => String::new(),
        };
        let nobody = Self { here, ..Self::default() };
        let desk = &console.desk;
        let Some(secret) = cookie(&parts.headers, session_cookie(desk.is_https()).0) else { return Ok(nobody) };
        let found = desk.app.store().session(&token_hash(secret), BOOTSTRAP_NAME, desk.now()).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a session cannot be read");
            None
        });
        // A session that was opened with a token which was replaced since is none.
        let found = found.filter(|session| session.opened_by == desk.opened_by(&session.name));
        let Some(StoredSession { name, role, place, idle_until, .. }) = found else { return Ok(nobody) };
        // So is one from a workspace from which the app was removed since.
        if let Some(place) = &place
            && !console.doors.serve(place).await
        {
            return Ok(nobody);
        }
        let until = desk.now().plus(IDLE);
        if idle_until.is_none_or(|noted| noted.plus(UNNOTED) < until)
            && let Err(error) = desk.app.store().keep_session(&token_hash(secret), until).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "that a session is used cannot be noted");
        }
        // Whoever signed in with an account belongs to its workspace, whatever their role.
        let reach = match &place {
            None => Reach::Everything,
            Some(place) => {
                let reach = desk.app.reach_of_account(place.platform, place.organisation.as_ref(), &place.workspace);
                match reach.await {
                    Ok(reach) => reach,
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "who somebody is cannot be read");
                        return Ok(nobody);
                    }
                }
            }
        };
        let curator = Role::parse(&role).map(|role| Curator { role, name, reach });
        let trouble = desk.app.folder_trouble();
        Ok(Self { curator, place, trouble, secret: secret.to_owned(), ..nobody })
    }
}

/// Name and path of the cookie. The prefix makes browsers refuse it from any other host, and from anything that is not
/// encrypted; it wants the whole host for a path, and https, which a trial on one's own machine has not.
const fn session_cookie(is_https: bool) -> (&'static str, &'static str) {
    if is_https { ("__Host-upshot-glossary", "/") } else { ("upshot_glossary", "/glossary") }
}

/// A cookie that was sent.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The page to go to after signing in: one of ours, whatever an address says, and not one about signing in.
pub(super) fn wanted_page(to: &str) -> &str {
    const HOME: &str = "/glossary";
    let is_short = to.len() <= 512;
    // A path below /glossary has no host. Backslashes are slashes to some browsers, and control characters nothing.
    let is_plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let rest = to.strip_prefix(HOME).unwrap_or("-");
    let is_below = rest.is_empty() || rest.starts_with('/') || rest.starts_with('?');
    let is_about_signing_in = rest.starts_with("/sign-");
    // What browsers and proxies resolve before they ask could lead out of it: dots, and whatever an escape stands for.
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let is_direct = !path.contains('%') && !path.split('/').any(|segment| segment == "." || segment == "..");
    if is_short && is_plain && is_below && is_direct && !is_about_signing_in { to } else { HOME }
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

    /// A day that may be left out.
    pub(super) fn day(&self, name: &str) -> Result<Option<AsOf>, CurationError> {
        let day = self.get(name).trim();
        if day.is_empty() { Ok(None) } else { AsOf::parse(day).map(Some) }
    }
}

/// The query of an address.
pub(super) fn query(uri: &Uri) -> Form {
    Form::new(uri.query().unwrap_or_default().as_bytes())
}

/// `GET /glossary/sign-in`. The code of the link is used up by the button, not by looking: browsers and chats look ahead.
pub(super) async fn form(State(console): State<Arc<Console>>, visitor: Visitor, uri: Uri) -> Response {
    let form = query(&uri);
    show(&console, &visitor, StatusCode::OK, form.get("code"), wanted_page(form.get("to")), "")
}

fn show(console: &Console, visitor: &Visitor, status: StatusCode, code: &str, to: &str, error: &str) -> Response {
    let doors: Vec<Door> = console.doors.open(to);
    let content = json!({ "code": code, "to": to, "error": error, "doors": doors });
    console.pages.render(status, Page::SignIn, "Sign in", visitor, content)
}

/// `POST /glossary/sign-in`.
pub(super) async fn sign_in(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Answer {
    let form = Form::new(&body);
    let to = wanted_page(form.get("to"));
    let refusal = |sentence: &str| show(&console, &visitor, StatusCode::FORBIDDEN, "", to, sentence);
    // Nobody shall be signed in as somebody else by a form of another site.
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(refusal("Sign in on this page, not from another site."));
    }
    let code = form.get("code");
    let curator = if code.is_empty() {
        let found = console.desk.holder(form.get("token").trim()).await;
        let found = found.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
        found.map(TokenHolder::unlimited).transpose().map_err(|error| refusal(&error.to_string()))?
    } else if console.desk.use_link_code(code) {
        Some(Curator::bootstrap())
    } else {
        return Err(Wrong::SignIn.mark(refusal(&format!(
            "This link was used already. One also ends {LINK_MINUTES} minutes after the program's start. Start the program \
             again for another one, or sign in with a token."
        ))));
    };
    let Some(curator) = curator else {
        return Err(Wrong::SignIn.mark(refusal(UNKNOWN_TOKEN)));
    };
    begin(&console, &visitor, curator, None, to).await
}

/// Opens a session, in place of the one that there was, and goes to the page that was wanted.
pub(super) async fn begin(
    console: &Console,
    visitor: &Visitor,
    curator: Curator,
    place: Option<SessionPlace>,
    to: &str,
) -> Answer {
    let Some(secret) = fresh_token() else {
        let sentence = "The system has no randomness to sign you in with. Try again later.";
        return Err(show(console, visitor, StatusCode::SERVICE_UNAVAILABLE, "", to, sentence));
    };
    let desk = &console.desk;
    let sorry = |error: StoreError| console.sorry(visitor, &error.into(), "/glossary");
    if visitor.curator.is_some() {
        desk.app.store().close_session(&token_hash(&visitor.secret)).await.map_err(sorry)?;
    }
    let now = desk.now();
    let session = StoredSession {
        opened_by: desk.opened_by(&curator.name),
        role: curator.role.name().to_owned(),
        name: curator.name,
        place,
        idle_until: Some(now.plus(IDLE)),
    };
    desk.app.store().open_session(&token_hash(&secret), &session, now.plus(LIFETIME)).await.map_err(sorry)?;
    Ok(with_cookie(go_to(to), &secret, LIFETIME, desk.is_https()))
}

/// `POST /glossary/sign-out`.
pub(super) async fn sign_out(State(console): State<Arc<Console>>, visitor: Visitor, RawForm(body): RawForm) -> Answer {
    let sent = visitor.sender(&Form::new(&body));
    sent.map_err(|error| console.sorry(&visitor, &error, "/glossary"))?;
    let closed = console.desk.app.store().close_session(&token_hash(&visitor.secret)).await;
    closed.map_err(|error| console.sorry(&visitor, &error.into(), "/glossary"))?;
    Ok(with_cookie(go_to("/glossary"), "", Duration::ZERO, console.desk.is_https()))
}

fn with_cookie(mut response: Response, secret: &str, lifetime: Duration, is_https: bool) -> Response {
    let secure = if is_https { "; Secure" } else { "" };
    let (name, path) = session_cookie(is_https);
    let seconds = lifetime.as_secs();
    let cookie = format!("{name}={secret}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    match HeaderValue::from_str(&cookie) {
        Ok(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        // Hexadecimal digits are always a valid header.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::wanted_page;

    #[test]
    fn a_wanted_page_is_one_of_ours() {
        for page in [
            "/glossary",
            "/glossary/review",
            "/glossary?q=a&status=draft",
            "/glossary?q=50%25+..%2F..",
            "/glossary/concepts/p95/edit",
            "/glossary/concepts/node.js..x",
        ] {
            assert_eq!(wanted_page(page), page);
        }
        for page in [
            "",
            "/",
            "/api/v1/concepts",
            "//example.com",
            "https://example.com/glossary",
            "/glossary.example.com",
            "/glossary@example.com",
            "/\\example.com",
            "/glossary/\\example.com",
            "/glossary/../slack/install",
            "/glossary/..",
            "/glossary/..?q=a",
            "/glossary/..#a",
            "/glossary/./sign-out",
            "/glossary/%2e%2e/slack/install",
            "/glossary/.%2E/slack/install",
            "/glossary/..%2fslack/install",
            "/glossary/%5cexample.com",
            "/glossary/concepts/p%39",
            "/glossary/\r\nset-cookie: a=b",
            "/glossary/\t",
            "/glossary/sign-in/slack",
            "/glossary/sign-out",
            "/glossary/é",
            &format!("/glossary?q={}", "a".repeat(600)),
        ] {
            assert_eq!(wanted_page(page), "/glossary", "{page}");
        }
    }
}
