//! Installing the app from a link: to Slack's page and back, with a state that binds the way back to the browser that left.
//!
//! The state is a random number, the time and their signature under the client secret, so that any instance can check it
//! and nothing has to be stored for browsers that never come back. It stands in the address and in a cookie, and is good
//! once and for ten minutes. <https://docs.slack.dev/authentication/installing-with-oauth>

use std::{error::Error, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use sha2::Sha256;

use super::{
    ApiError, Slack,
    client::{Granted, Named, list},
    http::Place,
    tokens::tokens,
};
use crate::{
    app::{InstallationDetails, InstallationKey},
    clock::Timestamp,
    config::{OAuthSettings, is_fit},
    ids::{OrganisationId, PersonId, Platform, WorkspaceId, hex},
};

/// Slack's code lives as long.
const STATE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The browser waits ten seconds at most, and what this call tells is not worth an installation.
const BOT_ID_TIME: Duration = Duration::from_secs(2);
/// Bytes of the random number, and of the signature.
const STATE_BYTES: usize = 16;

/// `GET /slack/install`: sends the browser to Slack.
pub async fn install(State(slack): State<Arc<Slack>>, _place: Place) -> Response {
    let oauth = match ready(&slack) {
        Ok(oauth) => oauth,
        Err(page) => return page.without_link(),
    };
    let (Some(state), Some(mut url)) =
        (new_state(oauth, slack.clock.now()), slack.client.website("/oauth/v2/authorize"))
    else {
        return Page::later("this machine has no randomness to give").without_link();
    };
    url.query_pairs_mut()
        .append_pair("client_id", &oauth.client_id)
        .append_pair("scope", &slack.scopes.all())
        .append_pair("user_scope", "")
        .append_pair("redirect_uri", &redirect_uri(oauth))
        .append_pair("state", &state);
    let life = STATE_LIFETIME.as_secs();
    redirect(url.as_str(), &cookie(oauth, &format!("{state}; Max-Age={life}")))
}

/// `GET /slack/oauth/callback`: the browser comes back from Slack.
pub async fn installed(State(slack): State<Arc<Slack>>, _place: Place, uri: Uri, headers: HeaderMap) -> Response {
    let oauth = match ready(&slack) {
        Ok(oauth) => oauth,
        Err(page) => return page.without_link(),
    };
    let way_back = WayBack::read(uri.query().unwrap_or_default());
    let forget = cookie(oauth, "; Max-Age=0");
    let Some(state) = way_back.state else {
        // A link on Slack's own pages starts the installation there; only ours gives it a state.
        return redirect(&format!("{}/slack/install", oauth.public_url), &forget);
    };
    let is_ours = is_good(oauth, &state, slack.clock.now()) && sent_cookie(oauth, &headers) == Some(&*state);
    let page = if !is_ours || !slack.app.is_first_return(&state) {
        tracing::info!("a browser came back from Slack with a state that is old, used or not its own");
        Page::stale()
    } else if let Some(code) = way_back.code {
        slack.take_over(oauth, &code).await
    } else {
        Page::declined(way_back.error.as_deref().unwrap_or_default())
    };
    let mut response = page.html("../..");
    if let Ok(forget) = HeaderValue::from_str(&forget) {
        response.headers_mut().insert(header::SET_COOKIE, forget);
    }
    response
}

impl Slack {
    /// Exchanges the code for tokens and writes the installation down.
    async fn take_over(&self, oauth: &OAuthSettings, code: &str) -> Page {
        let form = [("code", code), ("redirect_uri", &*redirect_uri(oauth))];
        let granted = match self.client.grant(oauth, &form).await {
            Ok(granted) => granted,
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "an installation was not completed");
                return Page::refused(&error);
            }
        };
        let now = self.clock.now();
        let Some(key) = key(&granted) else {
            tracing::error!("Slack named neither a workspace nor an organisation in an installation");
            return Page::later("Slack named neither a workspace nor an organisation");
        };
        let tokens = tokens(&granted, now);
        // Asked now, because only this call tells the bot's id. The installation is complete without it.
        let client = self.client.acting_for(&tokens.bot, None);
        let bot_id = match tokio::time::timeout(BOT_ID_TIME, client.test_token()).await {
            Ok(Ok(identity)) => identity.bot_id,
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn Error, "a new token was not tried");
                None
            }
            Err(_) => {
                tracing::warn!("a new token was not tried: Slack did not answer in time");
                None
            }
        };
        let details = InstallationDetails {
            app: granted.app_id.clone(),
            workspace_name: place(&granted).name.clone(),
            bot_user: granted.bot_user_id.as_deref().map(PersonId::new),
            bot_id,
            installer: granted.authed_user.as_ref().map(|user| PersonId::new(&*user.id)),
            scopes: list(&granted.scope),
        };
        if let Err(error) = self.app.install(&key, &tokens, &details, now).await {
            tracing::error!(error = &error as &dyn Error, "an installation could not be written down");
            return Page::later(&error.to_string());
        }
        tracing::info!(
            workspace = key.workspace.as_ref().map(tracing::field::display),
            organisation = key.organisation.as_ref().map(tracing::field::display),
            "the app was installed"
        );
        let missing = self.scopes.optional.iter().filter(|scope| !details.scopes.contains(scope));
        Page::done(&granted, &missing.map(String::as_str).collect::<Vec<_>>())
    }
}

/// An organisation-wide installation has no workspace.
fn key(granted: &Granted) -> Option<InstallationKey> {
    let id = |named: &Option<Named>| named.as_ref().map(|named| named.id.clone()).filter(|id| !id.is_empty());
    let organisation = id(&granted.enterprise);
    let workspace = id(&granted.team).filter(|_| !granted.is_enterprise_install);
    let is_complete = if granted.is_enterprise_install { organisation.is_some() } else { workspace.is_some() };
    is_complete.then(|| InstallationKey {
        platform: Platform::Slack,
        organisation: organisation.map(OrganisationId::new),
        workspace: workspace.map(WorkspaceId::new),
    })
}

fn place(granted: &Granted) -> &Named {
    const NOWHERE: &Named = &Named { id: String::new(), name: String::new() };
    let place = if granted.is_enterprise_install { &granted.enterprise } else { &granted.team };
    place.as_ref().unwrap_or(NOWHERE)
}

/// The settings, when all are there and Slack can send browsers back.
fn ready(slack: &Slack) -> Result<&OAuthSettings, Page> {
    let oauth = slack.oauth.as_ref().map_err(|missing| Page::not_set_up(missing))?;
    match Url::parse(&oauth.public_url) {
        Ok(url) if is_fit(&url) => Ok(oauth),
        _ => Err(Page::unfit_address()),
    }
}

fn redirect_uri(oauth: &OAuthSettings) -> String {
    format!("{}/slack/oauth/callback", oauth.public_url)
}

fn redirect(to: &str, cookie: &str) -> Response {
    let headers = [(header::LOCATION, to), (header::SET_COOKIE, cookie), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What Slack wrote into the address.
#[derive(Default)]
struct WayBack {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

impl WayBack {
    fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "code" => &mut read.code,
                "state" => &mut read.state,
                "error" => &mut read.error,
                _ => continue,
            };
            if !value.is_empty() {
                field.get_or_insert(value.into_owned());
            }
        }
        read
    }
}

fn new_state(oauth: &OAuthSettings, now: Timestamp) -> Option<String> {
    let mut random = [0_u8; STATE_BYTES];
    getrandom::fill(&mut random).ok()?;
    let unsigned = format!("{}.{}", hex(&random), now.unix_seconds());
    let signature = hex(signature(oauth, &unsigned)?.finalize().into_bytes().split_at(STATE_BYTES).0);
    Some(format!("{unsigned}.{signature}"))
}

fn is_good(oauth: &OAuthSettings, state: &str, now: Timestamp) -> bool {
    let check = || {
        let (unsigned, signed) = state.rsplit_once('.')?;
        let (_, time) = unsigned.split_once('.')?;
        let made_at = Timestamp::from_unix_seconds(time.parse().ok()?);
        let expected = signature(oauth, unsigned)?;
        let signed = bytes(signed)?;
        let is_signed = signed.len() == STATE_BYTES && expected.verify_truncated_left(&signed).is_ok();
        Some(is_signed && now.distance(made_at) <= STATE_LIFETIME)
    };
    check().unwrap_or(false)
}

fn signature(oauth: &OAuthSettings, unsigned: &str) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(oauth.client_secret.expose().as_bytes()).ok()?;
    mac.update(b"upshot state of an installation\0");
    mac.update(unsigned.as_bytes());
    Some(mac)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The prefix makes browsers refuse the cookie from any other host; it needs https, which a trial on this machine has not.
fn cookie_name(oauth: &OAuthSettings) -> &'static str {
    if oauth.public_url.starts_with("https:") { "__Host-upshot-install" } else { "upshot-install" }
}

fn cookie(oauth: &OAuthSettings, value: &str) -> String {
    let secure = if oauth.public_url.starts_with("https:") { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(oauth))
}

fn sent_cookie<'a>(oauth: &OAuthSettings, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(oauth)).map(|(_, value)| value)
}

/// A page of a few sentences and one link.
struct Page {
    status: StatusCode,
    title: &'static str,
    sentences: Vec<String>,
    link: Option<(String, &'static str)>,
}

impl Page {
    fn new(status: StatusCode, title: &'static str, sentences: Vec<String>) -> Self {
        Self { status, title, sentences, link: None }
    }

    fn again(self) -> Self {
        // From the page to which Slack sends the browser back.
        Self { link: Some(("../install".to_owned(), "Start again")), ..self }
    }

    fn not_set_up(missing: &[&str]) -> Self {
        let are = if missing.len() == 1 { "is" } else { "are" };
        let missing = format!("{} {are} not set.", missing.join(", "));
        let mend = "Whoever runs this server copies the first two from the app's page, Basic Information, App Credentials; \
                    UPSHOT_PUBLIC_URL is the https address of this server. Then restart it.";
        let sentences = vec![missing, mend.to_owned()];
        Self::new(StatusCode::NOT_FOUND, "Installing from a link is not set up here", sentences)
    }

    fn unfit_address() -> Self {
        let mend = "UPSHOT_PUBLIC_URL must be an https address without a query, such as https://upshot.example.com: Slack \
                    sends browsers back to no other.";
        Self::new(StatusCode::NOT_FOUND, "Installing from a link is not set up here", vec![mend.to_owned()])
    }

    fn stale() -> Self {
        let why = "This way back from Slack was used already, is older than ten minutes, or began in another browser.";
        let sentences = vec![why.to_owned(), "Nothing was installed by it. Start again, in this browser.".to_owned()];
        Self::new(StatusCode::BAD_REQUEST, "Please start again", sentences).again()
    }

    fn declined(code: &str) -> Self {
        let why = match code {
            "access_denied" => "You, or somebody who decides for your workspace, did not agree.".to_owned(),
            "" => "Slack gave no code and no reason.".to_owned(),
            code => {
                let code: String =
                    code.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_').take(60).collect();
                format!("Slack gave this reason: {code}.")
            }
        };
        let sentences = vec![why, "You can start again at any time.".to_owned()];
        Self::new(StatusCode::OK, "Nothing was installed", sentences).again()
    }

    fn refused(error: &ApiError) -> Self {
        let (why, mend) = match error {
            ApiError::TooLate(_) => ("Slack's code was used or is older than ten minutes.", "Start again."),
            ApiError::Transient { .. } => ("Slack did not answer.", "Start again in a minute."),
            _ => (
                "Slack refused this server's settings.",
                "Whoever runs this server compares SLACK_CLIENT_ID and SLACK_CLIENT_SECRET with the app's page, and looks \
                 whether the redirect address there is that of this server; its log names Slack's reason.",
            ),
        };
        let sentences = vec![why.to_owned(), mend.to_owned()];
        Self::new(StatusCode::BAD_REQUEST, "The installation was not completed", sentences).again()
    }

    fn later(why: &str) -> Self {
        let sentences = vec![format!("This server could not keep it: {why}."), "Nothing was installed.".to_owned()];
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The installation was not completed", sentences).again()
    }

    fn done(granted: &Granted, missing: &[&str]) -> Self {
        let place = place(granted);
        let name = if place.name.is_empty() { &place.id } else { &place.name };
        let (next, link, label) = if granted.is_enterprise_install {
            (
                "Now choose the workspaces of your organisation in which people may use it.",
                format!(
                    "https://app.slack.com/manage/{}/integrations/profile/{}/workspaces/add",
                    place.id, granted.app_id
                ),
                "Choose workspaces",
            )
        } else {
            (
                "Type /upshot help anywhere in Slack, or choose “Explain this” in the menu of any message.",
                format!("https://slack.com/app_redirect?app={}&team={}", granted.app_id, place.id),
                "Open Slack",
            )
        };
        let mut sentences = vec![format!("Upshot is installed in {name}."), next.to_owned()];
        if !missing.is_empty() {
            sentences.push(format!(
                "It may not read threads where these were not allowed: {}. Everything else works.",
                missing.join(", ")
            ));
        }
        Self { link: Some((link, label)), ..Self::new(StatusCode::OK, "Installed", sentences) }
    }

    /// The page at `/slack/install`, which is itself where one starts.
    fn without_link(self) -> Response {
        Self { link: None, ..self }.html("..")
    }

    /// `root` leads from the page's address to that of the server.
    fn html(&self, root: &str) -> Response {
        let paragraphs: String = self.sentences.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
        let link = self.link.as_ref().map_or_else(String::new, |(to, label)| {
            format!("<p><a class=\"primary\" href=\"{}\">{label}</a></p>\n", escaped(to))
        });
        let title = self.title;
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title} – Upshot</title>\n<link rel=\"icon\" href=\"{root}/icon.svg\" type=\"image/svg+xml\">\n\
             <link rel=\"stylesheet\" href=\"{root}/style.css\">\n</head>\n<body>\n\
             <header class=\"top\"><p class=\"brand\"><img src=\"{root}/icon.svg\" alt=\"\" width=\"30\" height=\"30\">\
             Upshot</p></header>\n<main class=\"sheet letter\">\n<h1>{title}</h1>\n{paragraphs}{link}</main>\n\
             </body>\n</html>\n"
        );
        let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, html).into_response()
    }
}

/// A workspace's name is somebody's text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{is_good, new_state};
    use crate::{
        clock::Timestamp,
        config::{OAuthSettings, Secret},
    };

    #[test]
    fn a_state_is_good_for_ten_minutes_under_its_own_secret() {
        let oauth = |secret: &str| OAuthSettings {
            client_id: "1.2".to_owned(),
            client_secret: Secret::new(secret),
            public_url: "https://upshot.example.com".to_owned(),
        };
        let at = Timestamp::from_unix_seconds;
        let ours = oauth("hush");
        let state = new_state(&ours, at(1_000)).unwrap();
        assert_ne!(state, new_state(&ours, at(1_000)).unwrap(), "no two are alike");
        assert!(is_good(&ours, &state, at(1_000)) && is_good(&ours, &state, at(1_600)));
        assert!(!is_good(&ours, &state, at(1_601)));
        assert!(!is_good(&oauth("other"), &state, at(1_000)));
        for changed in [
            state.replace("1000", "1001"),
            state.replace('.', ""),
            state.split_at(state.len() - 2).0.to_owned(),
            format!("{state}00"),
            format!("0{state}"),
            "..".to_owned(),
            String::new(),
            "é.1000.é".to_owned(),
        ] {
            assert!(!is_good(&ours, &changed, at(1_000)), "{changed:?}");
        }
    }
}
