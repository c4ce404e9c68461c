//! Signing somebody in: the address to which their browser goes, and what the code is worth that it brings back.
//!
//! Nothing is stored for browsers that leave. Each keeps a random text in a cookie, and all that has to be unguessable on
//! its way (state, nonce, the verifier of PKCE) is a keyed hash of that text under the client secret. So the way back can be
//! checked on any instance, and it is good in the browser that left only.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{StatusCode, Url, header};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    SKEW,
    keys::{FetchError, Issuer, Key, Keys, NoKey, Signer},
    token::Token,
};
use crate::{
    app::{Actor, curation::Standing},
    clock::Clock,
    config::SignInSettings,
    platforms::outbound::{self, ClientError, Unread},
};

/// A browser waits ten seconds; keys may take four of them.
const TIME: Duration = Duration::from_secs(5);
/// A reply holds a few tokens of some kilobytes each.
const MAX_BODY_BYTES: usize = 128 * 1024;
/// What we ask for: who it is, and their name. No address, because nobody is known by one.
const SCOPE: &str = "openid profile";

/// Somebody whom a platform vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who, exactly as in chat.
    pub actor: Actor,
    /// How they call themselves; empty when the platform does not say.
    pub name: String,
    /// Whether they belong there.
    pub standing: Standing,
}

/// Why somebody was not signed in. The log says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The code was used, is old, or belongs to another way.
    Code,
    /// The platform does not answer.
    Unreachable,
    /// The platform refuses this server's settings.
    Settings,
    /// What the platform says of the person cannot be believed.
    Token,
    /// The person's workspace or tenant is none of ours.
    Place,
    /// Our own database does not answer.
    Later,
}

/// What is wrong with an identity token. Never carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Form,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Time,
    Nonce,
    Scope,
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "it is no token signed with RS256, or lacks a claim",
            Self::UnknownKey => "it names a key that nobody knows",
            Self::Signature => "its signature is wrong",
            Self::Issuer => "it was issued by somebody else",
            Self::Audience => "it is for another app",
            Self::Time => "it has expired or is not valid yet: check this machine's clock",
            Self::Nonce => "it belongs to another way",
            Self::Scope => "it does not open this app: see the scope that its page exposes",
        })
    }
}

/// What makes a token good for the use that is made of it. An identity token and one that opens this app look alike otherwise, and
/// neither may stand for the other.
#[derive(Debug, Clone, Copy)]
enum GoodFor<'a> {
    /// The one way of signing in to which this nonce belongs.
    OneWay(&'a str),
    /// Speaking for a person with this scope.
    Opening(&'a str),
}

/// What every identity token claims, and what a platform adds.
#[derive(Debug, Deserialize)]
#[serde(bound = "C: DeserializeOwned")]
pub(in crate::platforms) struct Claims<C> {
    /// Who signed it.
    pub(in crate::platforms) iss: String,
    aud: String,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    nonce: Option<String>,
    /// Scopes with spaces between them, where the token opens an app.
    scp: Option<String>,
    /// What only this platform claims.
    #[serde(flatten)]
    pub(in crate::platforms) more: C,
}

/// Where browsers are sent, and where codes are exchanged.
#[derive(Debug, Clone)]
pub(in crate::platforms) struct Addresses {
    pub(in crate::platforms) authorize: Url,
    /// What this platform's page wants to be told besides.
    pub(in crate::platforms) parameters: &'static [(&'static str, &'static str)],
    pub(in crate::platforms) token: Url,
}

/// Whether the one who exchanges the code proves to be the one who sent the browser (RFC 7636), beside the client secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platforms) enum Proof {
    /// The client secret is enough.
    Secret,
    /// By PKCE with S256 as well.
    Pkce,
}

/// Signing people in with one platform.
#[derive(Debug)]
pub struct Flow {
    http: reqwest::Client,
    keys: Arc<Keys>,
    platform: &'static str,
    settings: SignInSettings,
    addresses: Addresses,
    proof: Proof,
}

/// What a platform answers to a code: tokens, or a word for what is wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Exchanged {
    id_token: Option<String>,
    error: Option<String>,
}

impl Flow {
    /// Puts it together. Nothing is called yet.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub(in crate::platforms) fn new(
        settings: &SignInSettings,
        signer: Signer,
        addresses: Addresses,
        proof: Proof,
    ) -> Result<Self, ClientError> {
        let platform = signer.platform;
        let http = outbound::client(platform, |builder| {
            builder.timeout(TIME).connect_timeout(Duration::from_secs(2)).pool_max_idle_per_host(0)
        })?;
        let keys = Arc::new(Keys::new(signer)?);
        Ok(Self { http, keys, platform, settings: settings.clone(), addresses, proof })
    }

    /// Who may sign.
    pub(in crate::platforms) fn issuer(&self) -> &Issuer {
        &self.keys.signer().issuer
    }

    /// Where to send a browser that keeps this text.
    pub fn address(&self, kept: &str) -> Option<String> {
        let mut address = self.addresses.authorize.clone();
        let mut query = address.query_pairs_mut();
        query
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPE)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("state", &self.secret(Secret::State, kept)?)
            .append_pair("nonce", &self.secret(Secret::Nonce, kept)?);
        if self.proof == Proof::Pkce {
            let challenge = Sha256::digest(self.secret(Secret::Verifier, kept)?.as_bytes());
            query
                .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
                .append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(self.addresses.parameters);
        drop(query);
        Some(address.into())
    }

    /// Whether a state came back to the browser that left with it.
    pub fn is_way_back(&self, kept: &str, state: &str) -> bool {
        let check = || {
            let state = URL_SAFE_NO_PAD.decode(state).ok()?;
            self.hash(Secret::State, kept)?.verify_slice(&state).ok()
        };
        check().is_some()
    }

    /// Exchanges the code, and gives what the identity token claims. `vouches` says whether its issuer may say so, and with
    /// this key.
    pub(in crate::platforms) async fn claims<C: DeserializeOwned>(
        &self,
        kept: &str,
        code: &str,
        clock: Clock,
        vouches: impl Fn(&Claims<C>, &Key) -> bool,
    ) -> Result<C, NotSignedIn> {
        let text = self.exchange(kept, code).await?;
        let nonce = self.secret(Secret::Nonce, kept).ok_or(NotSignedIn::Later)?;
        self.believed(&text, GoodFor::OneWay(&nonce), clock, vouches).await
    }

    /// What a token claims that somebody sends along and that opens this app with a scope. `vouches` as above.
    pub(in crate::platforms) async fn claims_of<C: DeserializeOwned>(
        &self,
        token: &str,
        scope: &str,
        clock: Clock,
        vouches: impl Fn(&Claims<C>, &Key) -> bool,
    ) -> Result<C, NotSignedIn> {
        self.believed(token, GoodFor::Opening(scope), clock, vouches).await
    }

    async fn believed<C: DeserializeOwned>(
        &self,
        text: &str,
        good_for: GoodFor<'_>,
        clock: Clock,
        vouches: impl Fn(&Claims<C>, &Key) -> bool,
    ) -> Result<C, NotSignedIn> {
        let refused = |wrong: Wrong| {
            match good_for {
                GoodFor::OneWay(_) => {
                    tracing::warn!(platform = self.platform, why = %wrong, "an identity token was refused");
                }
                // Anybody can send anything there.
                GoodFor::Opening(_) => tracing::info!(platform = self.platform, why = %wrong, "a token was refused"),
            }
            NotSignedIn::Token
        };
        let token: Token<'_, Claims<C>> = Token::read(text).ok_or_else(|| refused(Wrong::Form))?;
        let key = self.keys.key(&token.key, clock.moment()).await.map_err(|missing| match missing {
            NoKey::Unknown => refused(Wrong::UnknownKey),
            NoKey::Unavailable => NotSignedIn::Unreachable,
        })?;
        if !token.is_signed_by(&key.public) {
            return Err(refused(Wrong::Signature));
        }
        let claims = token.claims;
        let now = clock.now().unix_seconds();
        let begins = [claims.nbf, claims.iat].into_iter().flatten().max().unwrap_or(now);
        let wrong = if !vouches(&claims, &key) {
            Wrong::Issuer
        } else if claims.aud != self.settings.client_id {
            Wrong::Audience
        } else if now > claims.exp.saturating_add(SKEW) || now < begins.saturating_sub(SKEW) {
            Wrong::Time
        } else {
            match good_for {
                GoodFor::OneWay(nonce) if claims.nonce.as_deref() != Some(nonce) => Wrong::Nonce,
                GoodFor::Opening(scope) if !claims.scp.iter().any(|all| all.split(' ').any(|one| one == scope)) => {
                    Wrong::Scope
                }
                GoodFor::OneWay(_) | GoodFor::Opening(_) => return Ok(claims.more),
            }
        };
        Err(refused(wrong))
    }

    /// Fetches the keys once and says how many there are.
    pub(in crate::platforms) async fn check_up(&self) -> Result<usize, FetchError> {
        Ok(self.keys.count(|_| true).await?.0)
    }

    async fn exchange(&self, kept: &str, code: &str) -> Result<String, NotSignedIn> {
        let form = self.form(kept, code).ok_or(NotSignedIn::Later)?;
        let request = self
            .http
            .post(self.addresses.token.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let unreachable = |error: reqwest::Error| {
            // The address holds nothing secret; what was sent stands in the body.
            tracing::warn!(platform = self.platform, error = &error as &dyn Error, "a code could not be exchanged");
            NotSignedIn::Unreachable
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = outbound::read(response, MAX_BODY_BYTES).await.map_err(|unread| match unread {
            Unread::Broken(error) => unreachable(error),
            Unread::TooLong => NotSignedIn::Unreachable,
        })?;
        let exchanged: Exchanged = serde_json::from_slice(&body).unwrap_or_default();
        if let (StatusCode::OK, Some(token)) = (status, exchanged.id_token) {
            return Ok(token);
        }
        let reason = exchanged.error.unwrap_or_default();
        let why = refusal(status, &reason);
        let is_word = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
        let reason: String = reason.chars().filter(is_word).take(60).collect();
        tracing::warn!(platform = self.platform, status = status.as_u16(), reason, "a code was not exchanged");
        Err(why)
    }

    fn form(&self, kept: &str, code: &str) -> Option<String> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("client_secret", self.settings.client_secret.expose());
        if self.proof == Proof::Pkce {
            form.append_pair("code_verifier", &self.secret(Secret::Verifier, kept)?);
        }
        Some(form.finish())
    }

    /// A secret of one way, which only the client secret and what the browser keeps can make together.
    fn secret(&self, which: Secret, kept: &str) -> Option<String> {
        // 43 characters, the fewest that a verifier may have; all of them are good in addresses.
        Some(URL_SAFE_NO_PAD.encode(self.hash(which, kept)?.finalize().into_bytes()))
    }

    fn hash(&self, which: Secret, kept: &str) -> Option<Hmac<Sha256>> {
        let key = self.settings.client_secret.expose().as_bytes();
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
        mac.update(which.label());
        mac.update(kept.as_bytes());
        Some(mac)
    }
}

/// What a keyed hash is used for, so that none can be taken for another.
#[derive(Debug, Clone, Copy)]
enum Secret {
    State,
    Nonce,
    Verifier,
}

impl Secret {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::State => b"upshot sign-in state\0",
            Self::Nonce => b"upshot sign-in nonce\0",
            Self::Verifier => b"upshot sign-in verifier\0",
        }
    }
}

/// What a refused code means, by the words of both platforms.
fn refusal(status: StatusCode, reason: &str) -> NotSignedIn {
    match reason {
        "invalid_grant" | "invalid_code" | "code_already_used" | "code_expired" => NotSignedIn::Code,
        "ratelimited"
        | "internal_error"
        | "fatal_error"
        | "service_unavailable"
        | "request_timeout"
        | "temporarily_unavailable"
        | "" => NotSignedIn::Unreachable,
        _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => NotSignedIn::Unreachable,
        _ => NotSignedIn::Settings,
    }
}
