//! Signing in with an account of a chat platform: to the platform's page and back.
//!
//! A browser that leaves keeps a random text in a cookie, with the time and the page it wanted. State, nonce and verifier are
//! made from it under the platform's client secret, so nothing is stored until it comes back; then a hash is, for as long as
//! the way could be used again.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answer, Console, Page,
    session::{Form, Visitor, begin, cookie, query, wanted_page},
};
use crate::{
    app::{
        Actor,
        curation::{CurationError, fresh_token, platform_title, token_hash},
    },
    clock::Timestamp,
    config::Unready,
    ids::{PersonId, Platform, hex},
    platforms::{Flow, NotSignedIn, SignedIn, slack::Slack, teams::Teams},
    store::SessionPlace,
};

/// A way there and back is good for so long; the platforms' codes are no longer.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Every request ends after ten seconds, and whoever waits so long wants to read why.
const PATIENCE: Duration = Duration::from_secs(9);
/// Slack is seldom asked whether somebody's workspace is still served, and no page waits for it longer.
const GLANCE: Duration = Duration::from_secs(1);

/// Who was led here from another address is not led on once more: a proxy may hide the address that the browser has.
const MOVED: &str = "moved";

/// The platforms with whose accounts people may sign in.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) slack: Arc<Slack>,
    pub(super) teams: Arc<Teams>,
}

/// A way in, as the sign-in page offers it.
#[derive(Debug, Serialize)]
pub(super) struct Door {
    address: String,
    text: String,
}

/// The last part of the addresses of a platform's way in.
const fn path_of(platform: Platform) -> &'static str {
    match platform {
        Platform::Slack => "slack",
        Platform::Teams => "microsoft",
    }
}

fn platform_of(path: &str) -> Option<Platform> {
    [Platform::Slack, Platform::Teams].into_iter().find(|platform| path_of(*platform) == path)
}

impl Doors {
    fn flow(&self, platform: Platform) -> Result<&Flow, &Unready> {
        match platform {
            Platform::Slack => self.slack.sign_in(),
            Platform::Teams => self.teams.sign_in(),
        }
    }

    /// The ways in that are set up, for whoever wants this page.
    pub(super) fn open(&self, to: &str) -> Vec<Door> {
        let platforms = [Platform::Slack, Platform::Teams].into_iter();
        let ready = platforms.filter(|platform| self.flow(*platform).is_ok());
        ready
            .map(|platform| Door {
                address: with_wanted(&format!("/glossary/sign-in/{}", path_of(platform)), to),
                text: format!("Sign in with {}", platform_title(platform)),
            })
            .collect()
    }

    async fn signed_in(&self, platform: Platform, kept: &str, code: &str) -> Result<SignedIn, NotSignedIn> {
        match platform {
            Platform::Slack => self.slack.signed_in(kept, code).await,
            Platform::Teams => self.teams.signed_in(kept, code).await,
        }
    }

    /// Whether people of this place may still be signed in. Where that is not known now, they may: it was known when the
    /// session was opened.
    pub(super) async fn serve(&self, place: &SessionPlace) -> bool {
        match place.platform {
            Platform::Teams => self.teams.admits(place.workspace.as_str()),
            Platform::Slack => {
                let nobody = Actor::new(place.workspace.clone(), PersonId::new(""));
                let actor = Actor { organisation: place.organisation.clone(), ..nobody };
                let asked = tokio::time::timeout(GLANCE, self.slack.serves(&actor)).await;
                asked.map_or(true, |served| served.unwrap_or(true))
            }
        }
    }
}

/// The address of a sign-in page that leads on to the page that was wanted.
pub(super) fn with_wanted(address: &str, to: &str) -> String {
    if to.is_empty() || to == "/glossary" {
        return address.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish();
    format!("{address}?{query}")
}

/// What a browser keeps while it is away: the platform, the time, the page that was wanted, and a random number.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    made_at: Timestamp,
    to: String,
}

impl Kept {
    /// The text of the cookie; `None` when there is no randomness.
    fn fresh(platform: Platform, to: &str, now: Timestamp) -> Option<String> {
        let random = fresh_token()?;
        Some(format!("{}.{}.{}.{random}", path_of(platform), now.unix_seconds(), hex(to.as_bytes())))
    }

    /// Reads the cookie. Whether it is one of ours only the state can tell.
    fn read(text: &str, platform: Platform) -> Option<Self> {
        let mut parts = text.split('.');
        let (name, made_at, to) = (parts.next()?, parts.next()?, parts.next()?);
        let made_at = Timestamp::from_unix_seconds(made_at.parse().ok()?);
        let to = String::from_utf8(bytes(to)?).ok()?;
        (name == path_of(platform)).then_some(Self { made_at, to })
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The prefix makes browsers refuse the cookie from any other host; it needs https, which a trial on one's own machine has not.
const fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-upshot-sign-in" } else { "upshot-sign-in" }
}

fn set_cookie(is_https: bool, kept: &str, lifetime: Duration) -> Option<HeaderValue> {
    let secure = if is_https { "; Secure" } else { "" };
    let (name, seconds) = (cookie_name(is_https), lifetime.as_secs());
    // Lax, because the way back begins on another site.
    HeaderValue::from_str(&format!("{name}={kept}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")).ok()
}

/// `GET /glossary/sign-in/slack` and `/microsoft`: sends the browser to the platform.
pub(super) async fn leave(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let platform = console.door(&path);
    let platform =
        platform.map_err(|sentence| console.not_signed_in(&visitor, StatusCode::NOT_FOUND, &sentence, ""))?;
    let form = query(&uri);
    let to = wanted_page(form.get("to"));
    // The platform sends browsers back to one address, and what is kept at another one does not come along.
    if form.get(MOVED).is_empty()
        && let Some(address) = console.desk.meant_address(&headers)
    {
        return Err(console.sent_to(&visitor, platform, address, to));
    }
    let kept = Kept::fresh(platform, to, console.desk.now());
    let way = kept.and_then(|kept| {
        let address = HeaderValue::from_str(&console.doors.flow(platform).ok()?.address(&kept)?).ok()?;
        Some((address, set_cookie(console.desk.is_https(), &kept, LIFETIME)?))
    });
    let Some((address, cookie)) = way else {
        let sentence = "The system has no randomness to sign you in with. Try again later.";
        return Err(console.not_signed_in(&visitor, StatusCode::SERVICE_UNAVAILABLE, sentence, to));
    };
    let no_store = HeaderValue::from_static("no-store");
    let headers = [(header::LOCATION, address), (header::SET_COOKIE, cookie), (header::CACHE_CONTROL, no_store)];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// `GET /glossary/sign-in/slack/callback` and `/microsoft/callback`: the browser comes back.
pub(super) async fn come_back(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let platform = console.door(&path);
    let platform =
        platform.map_err(|sentence| console.not_signed_in(&visitor, StatusCode::NOT_FOUND, &sentence, ""))?;
    let is_https = console.desk.is_https();
    let kept = cookie(&headers, cookie_name(is_https)).unwrap_or_default();
    let form = query(&uri);
    let now = console.desk.now();
    let way = Kept::read(kept, platform).filter(|way| {
        now.distance(way.made_at) <= LIFETIME
            && console.doors.flow(platform).is_ok_and(|flow| flow.is_way_back(kept, form.get("state")))
    });
    // The cookie stays: it may be that of another way, on which the browser is still.
    let Some(way) = way else { return Err(console.stale(&visitor, platform)) };
    let mut response = match console.back(&visitor, platform, kept, &way, &form).await {
        Ok(response) | Err(response) => response,
    };
    // Whatever became of it, this way is over.
    if let Some(forget) = set_cookie(is_https, "", Duration::ZERO) {
        response.headers_mut().append(header::SET_COOKIE, forget);
    }
    Ok(response)
}

impl Console {
    /// The platform of an address, when people can sign in with it; else why not.
    fn door(&self, path: &str) -> Result<Platform, String> {
        let platform = platform_of(path).ok_or_else(|| "There is no such way to sign in.".to_owned())?;
        self.doors.flow(platform).map_err(|unready| {
            let title = platform_title(platform);
            unready.sentence(title).unwrap_or_else(|| format!("Signing in with {title} is not set up here."))
        })?;
        Ok(platform)
    }

    async fn back(&self, visitor: &Visitor, platform: Platform, kept: &str, way: &Kept, form: &Form) -> Answer {
        let (code, error) = (form.get("code"), form.get("error"));
        let title = platform_title(platform);
        let to = wanted_page(&way.to);
        let refusal = |status, sentence: &str| self.not_signed_in(visitor, status, sentence, to);
        // Before the way is used up, because whoever brings no code shall make us store nothing.
        if code.is_empty() {
            return Err(refusal(StatusCode::OK, &declined(title, error)));
        }
        let is_first = self.desk.app.store().use_way(&token_hash(kept), way.made_at.plus(2 * LIFETIME)).await;
        if !is_first.map_err(|error| self.sorry(visitor, &error.into(), "/glossary/sign-in"))? {
            return Err(self.stale(visitor, platform));
        }
        let signing_in = self.doors.signed_in(platform, kept, code);
        let signed_in = tokio::time::timeout(PATIENCE, signing_in).await.unwrap_or(Err(NotSignedIn::Unreachable));
        let SignedIn { actor, name, standing } = signed_in.map_err(|why| {
            let (status, sentence) = told(platform, why);
            refusal(status, &sentence)
        })?;
        let curator = self.desk.app.curator_signing_in(platform, &actor, &name, standing, self.desk.now()).await;
        let curator = curator.map_err(|error| match error {
            CurationError::NotAllowed(sentence) => refusal(StatusCode::FORBIDDEN, &sentence),
            error => self.sorry(visitor, &error, "/glossary/sign-in"),
        })?;
        tracing::info!(platform = title, workspace = %actor.workspace, person = %actor.person, "somebody signed in");
        let place = SessionPlace { platform, workspace: actor.workspace, organisation: actor.organisation };
        begin(self, visitor, curator, Some(place), to).await
    }

    /// A page that leads to the address at which people sign in.
    fn sent_to(&self, visitor: &Visitor, platform: Platform, address: &str, to: &str) -> Response {
        let title = platform_title(platform);
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair(MOVED, "yes").append_pair("to", to).finish();
        let context = json!({
            "heading": "Sign in at another address",
            "text": format!(
                "You opened the glossary at another address than {address}, and {title} brings people back to that one only. \
                 Go on there."
            ),
            "back": format!("{address}/glossary/sign-in/{}?{query}", path_of(platform)),
            "back_text": format!("Sign in with {title} at {address}"),
        });
        self.pages.render(StatusCode::OK, Page::Message, "Sign in at another address", visitor, context)
    }

    fn stale(&self, visitor: &Visitor, platform: Platform) -> Response {
        let title = platform_title(platform);
        tracing::info!(platform = title, "a browser came back with a state that is old, used or not its own");
        let sentence = format!(
            "This way back from {title} was used already, is older than ten minutes, or began in another browser or at another \
             address than this one."
        );
        self.not_signed_in(visitor, StatusCode::BAD_REQUEST, &sentence, "")
    }

    /// A page that says why somebody is not signed in, and leads back to where they can try again.
    fn not_signed_in(&self, visitor: &Visitor, status: StatusCode, sentence: &str, to: &str) -> Response {
        let heading = "You were not signed in";
        let back = with_wanted("/glossary/sign-in", to);
        let context = json!({ "heading": heading, "text": sentence, "back": back, "back_text": "Sign in" });
        self.pages.render(status, Page::Message, heading, visitor, context)
    }
}

/// What somebody reads who comes back without a code.
fn declined(title: &str, error: &str) -> String {
    let is_word = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    let reason: String = error.chars().filter(is_word).take(60).collect();
    match &*reason {
        "access_denied" => format!("You, or somebody who decides for you, did not agree on {title}’s page."),
        "" => format!("{title} gave neither a code nor a reason."),
        reason => format!("{title} did not sign you in and gave this reason: {reason}."),
    }
}

fn told(platform: Platform, why: NotSignedIn) -> (StatusCode, String) {
    let title = platform_title(platform);
    match why {
        NotSignedIn::Code => {
            (StatusCode::BAD_REQUEST, format!("{title}’s code was used already or is too old: sign in again."))
        }
        NotSignedIn::Unreachable => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{title} does not answer this server at the moment: sign in again in a minute."),
        ),
        NotSignedIn::Settings => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{title} refused this server’s settings: whoever runs the server finds the reason in its log."),
        ),
        NotSignedIn::Token => (
            StatusCode::FORBIDDEN,
            format!(
                "What {title} says of you could not be verified: sign in again, and if that does not help, whoever runs this \
                 server finds the reason in its log."
            ),
        ),
        NotSignedIn::Place => (
            StatusCode::FORBIDDEN,
            match platform {
                Platform::Slack => {
                    "Upshot is not installed in the Slack workspace that you chose: sign in with another one, or \
                     ask whoever manages it to install Upshot."
                        .to_owned()
                }
                Platform::Teams => {
                    "People of the organisation that you chose may not sign in here: sign in with another account, \
                     or ask whoever runs this server to allow your tenant."
                        .to_owned()
                }
            },
        ),
        NotSignedIn::Later => (
            StatusCode::SERVICE_UNAVAILABLE,
            "This server could not find out whether you may sign in: try again in a minute.".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, declined, with_wanted};
    use crate::{clock::Timestamp, ids::Platform};

    #[test]
    fn what_a_browser_keeps_is_read_for_its_own_platform_only() {
        let now = Timestamp::from_unix_seconds(1_000);
        let kept = Kept::fresh(Platform::Slack, "/glossary/review?q=é", now).unwrap();
        assert_ne!(kept, Kept::fresh(Platform::Slack, "/glossary/review?q=é", now).unwrap(), "no two are alike");
        let read = Kept { made_at: now, to: "/glossary/review?q=é".to_owned() };
        assert_eq!(Kept::read(&kept, Platform::Slack), Some(read));
        assert_eq!(Kept::read(&kept, Platform::Teams), None);
        for text in ["", "slack", "slack.x.2f.1", "slack.1000.2g.1", "slack.1000.ff.1", "slack.1000.é.1"] {
            assert_eq!(Kept::read(text, Platform::Slack), None, "{text}");
        }
    }

    #[test]
    fn a_wanted_page_travels_as_one_value() {
        assert_eq!(with_wanted("/glossary/sign-in", ""), "/glossary/sign-in");
        assert_eq!(
            with_wanted("/glossary/sign-in", "/glossary?q=a&b=c"),
            "/glossary/sign-in?to=%2Fglossary%3Fq%3Da%26b%3Dc"
        );
    }

    #[test]
    fn a_reason_is_a_word_and_nothing_else() {
        assert!(declined("Slack", "access_denied").contains("did not agree"));
        assert!(declined("Slack", "<b>x</b>").ends_with("this reason: bxb."));
        assert!(declined("Slack", "").contains("neither a code nor a reason"));
    }
}
