//! Is this delivery from Teams' own bot service, and meant for us? Decided in two steps: the token, before the body is
//! decoded; then what the token says of the body.
//!
//! Checks and answers: <https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication>.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::StatusCode;
use reqwest::Url;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{payload::Activity, verify::Verified};
use crate::{
    clock::Clock,
    config::{ServiceHosts, TeamsSettings, is_loopback, is_service},
    platforms::{
        openid::{Issuer, Key, Keys, NoKey, SKEW, Signer, Token},
        outbound::ClientError,
    },
};

/// The channel that a key must be good for.
const CHANNEL: &str = "msteams";
/// The service signs many deliveries with one token for an hour; each service address has its own.
const REMEMBERED_TOKENS: usize = 1_024;

/// Why a delivery was not believed. Never carries a token or a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No application id is set, so nothing can be trusted.
    NotConfigured,
    /// The header is missing or is not `Bearer` and a token of the right form.
    Form,
    /// Signed by somebody else.
    Issuer,
    /// No key has the name that the token names.
    UnknownKey,
    /// Keys could not be fetched yet.
    NoKeys,
    /// The signature is not that of the named key.
    Signature,
    /// Expired, or not valid yet.
    Time,
    /// Made out to another app.
    Audience,
    /// The body is no activity.
    Malformed,
    /// The key may not sign for this channel.
    Endorsement,
    /// The token belongs to another service address than the body.
    ServiceUrl,
    /// No answer may be sent to this service address.
    ForeignService,
    /// This tenant is not answered.
    Tenant,
}

impl Refusal {
    /// 401 says "who are you", 403 "not for you"; what is our own trouble makes the platform come again.
    #[must_use]
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::NoKeys => StatusCode::SERVICE_UNAVAILABLE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Endorsement | Self::ForeignService | Self::Tenant => StatusCode::FORBIDDEN,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotConfigured => "MICROSOFT_APP_ID is not set",
            Self::Form => "the Authorization header is missing or is no bearer token",
            Self::Issuer => "the token was issued by somebody else: check TEAMS_CLOUD",
            Self::UnknownKey => "the token names a key that nobody knows",
            Self::NoKeys => "no keys could be fetched yet: check the network and TEAMS_OPENID_METADATA_URL",
            Self::Signature => "the token's signature is wrong",
            Self::Time => "the token has expired or is not valid yet: check this machine's clock",
            Self::Audience => "the token is for another app: compare MICROSOFT_APP_ID with the bot's page",
            Self::Malformed => "the body is no activity",
            Self::Endorsement => "the token's key is not endorsed for Teams",
            Self::ServiceUrl => "the token belongs to another service address",
            Self::ForeignService => "the service address is neither one of Microsoft's nor of TEAMS_SERVICE_HOSTS",
            Self::Tenant => "the tenant is not among MICROSOFT_APP_TENANT_ID and TEAMS_ALLOWED_TENANTS",
        })
    }
}

/// What a token of the bot service claims: only what is checked. All of them are always there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Claims {
    /// Who signed it.
    iss: String,
    /// For whom it was made out.
    aud: String,
    /// Not after this second.
    exp: i64,
    /// Not before this second.
    nbf: i64,
    /// Where the delivery's answers belong. Written in lower case here, and with a capital letter in the body.
    serviceurl: Option<String>,
}

/// What was checked of a token that came before.
#[derive(Debug, Clone)]
struct Passed {
    key: String,
    claims: Arc<Claims>,
}

/// Checks tokens.
#[derive(Debug)]
pub(super) struct Bearer {
    app_id: Option<String>,
    issuer: &'static str,
    keys: Arc<Keys>,
    tenants: Vec<String>,
    hosts: ServiceHosts,
    allows_loopback: bool,
    takes_unauthenticated: bool,
    passed: Mutex<BTreeMap<[u8; 32], Passed>>,
}

/// A body that came with a good token, or from this machine where that is enough.
#[derive(Debug)]
pub(super) struct Passport<'a> {
    body: Verified<'a>,
    token: Option<(Arc<Claims>, Arc<Key>)>,
}

impl Bearer {
    pub(super) fn new(settings: &TeamsSettings, keys: Arc<Keys>) -> Self {
        Self {
            app_id: settings.app_id.clone(),
            issuer: settings.cloud.issuer(),
            keys,
            tenants: settings.allowed_tenants.clone(),
            hosts: settings.service_hosts.clone(),
            allows_loopback: settings.allows_loopback,
            takes_unauthenticated: settings.takes_unauthenticated,
            passed: Mutex::default(),
        }
    }

    /// Whether anybody could be believed.
    pub(super) fn is_set_up(&self) -> bool {
        self.app_id.is_some()
    }

    /// Fetches the keys before the first delivery.
    pub(super) async fn warm_up(&self, clock: Clock) {
        self.keys.warm_up(clock.moment()).await;
    }

    /// Checks a delivery's header.
    pub(super) async fn check<'a>(
        &self,
        authorization: Option<&[u8]>,
        body: &'a [u8],
        clock: Clock,
    ) -> Result<Passport<'a>, Refusal> {
        if authorization.is_none() && self.takes_unauthenticated {
            return Ok(Passport { body: Verified::vouched_for(body), token: None });
        }
        let app_id = self.app_id.as_deref().ok_or(Refusal::NotConfigured)?;
        let token = authorization.and_then(bearer).ok_or(Refusal::Form)?;
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let before = self.passed.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        let (claims, key) = match before {
            Some(passed) => {
                // A key that was taken back signs no longer.
                let key = self.key(&passed.key, clock).await?;
                (passed.claims, key)
            }
            None => {
                let token: Token<'_, Claims> = Token::read(token).ok_or(Refusal::Form)?;
                if token.claims.iss != self.issuer {
                    return Err(Refusal::Issuer);
                }
                let key = self.key(&token.key, clock).await?;
                if !token.is_signed_by(&key.public) {
                    return Err(Refusal::Signature);
                }
                let claims = Arc::new(token.claims);
                self.remember(digest, Passed { key: token.key, claims: Arc::clone(&claims) });
                (claims, key)
            }
        };
        let now = clock.now().unix_seconds();
        if now > claims.exp.saturating_add(SKEW) || now < claims.nbf.saturating_sub(SKEW) {
            return Err(Refusal::Time);
        }
        if claims.aud != app_id {
            return Err(Refusal::Audience);
        }
        Ok(Passport { body: Verified::vouched_for(body), token: Some((claims, key)) })
    }

    /// Decodes the body, when the token speaks for it.
    pub(super) fn admit(&self, passport: &Passport<'_>) -> Result<Activity, Refusal> {
        let activity = Activity::read(passport.body).ok_or(Refusal::Malformed)?;
        let is_endorsed = passport.token.as_ref().is_none_or(|(_, key)| is_for_teams(key));
        if activity.channel_id != "msteams" || !is_endorsed {
            return Err(Refusal::Endorsement);
        }
        if let Some((claims, _)) = &passport.token {
            let claimed = claims.serviceurl.as_deref().ok_or(Refusal::ServiceUrl)?;
            if same_form(claimed) != same_form(&activity.service_url) {
                return Err(Refusal::ServiceUrl);
            }
        }
        let must_be_loopback = passport.token.is_none();
        if !self.may_answer(&activity.service_url, must_be_loopback) {
            return Err(Refusal::ForeignService);
        }
        let told = [activity.conversation.tenant_id.as_deref(), activity.channel_tenant()];
        let tenants: Vec<&str> = told.into_iter().flatten().collect();
        let agree = tenants.iter().all(|tenant| Some(tenant) == tenants.first());
        let is_allowed = self.tenants.is_empty() || tenants.first().is_some_and(|tenant| self.is_allowed(tenant));
        if agree && is_allowed { Ok(activity) } else { Err(Refusal::Tenant) }
    }

    /// Whether people of this tenant are answered.
    pub(super) fn is_allowed(&self, tenant: &str) -> bool {
        self.tenants.is_empty() || self.tenants.iter().any(|one| one.eq_ignore_ascii_case(tenant))
    }

    fn may_answer(&self, service_url: &str, must_be_loopback: bool) -> bool {
        let is_of_this_machine = || Url::parse(service_url).is_ok_and(|url| is_loopback(&url));
        is_service(service_url, &self.hosts, self.allows_loopback) && (!must_be_loopback || is_of_this_machine())
    }

    async fn key(&self, name: &str, clock: Clock) -> Result<Arc<Key>, Refusal> {
        self.keys.key(name, clock.moment()).await.map_err(|missing| match missing {
            NoKey::Unknown => Refusal::UnknownKey,
            NoKey::Unavailable => Refusal::NoKeys,
        })
    }

    fn remember(&self, digest: [u8; 32], passed: Passed) {
        let mut all = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        // Most of what is there has expired by then; the rest is checked once more.
        if all.len() >= REMEMBERED_TOKENS {
            all.clear();
        }
        all.insert(digest, passed);
    }
}

/// The keys with which the bot service signs.
///
/// # Errors
/// No secure connections can be made from this machine.
pub(super) fn keys(settings: &TeamsSettings) -> Result<Keys, ClientError> {
    Keys::new(Signer {
        what: "Teams' deliveries",
        platform: "Teams",
        metadata_url: settings.metadata_url.clone(),
        issuer: Issuer::One(settings.cloud.issuer().to_owned()),
    })
}

/// Whether a key may sign for Teams.
pub(super) fn is_for_teams(key: &Key) -> bool {
    key.endorsements.iter().any(|channel| channel == CHANNEL)
}

fn bearer(header: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.contains(' ')).then_some(token)
}

/// An address with scheme and host in lower case and without one slash at its end; parsing does the first two.
fn same_form(address: &str) -> String {
    let parsed = Url::parse(address).map_or_else(|_| address.to_owned(), String::from);
    parsed.strip_suffix('/').map(str::to_owned).unwrap_or(parsed)
}

#[cfg(test)]
mod tests {
    use super::same_form;

    #[test]
    fn one_slash_and_the_case_of_the_host_make_no_difference() {
        assert_eq!(
            same_form("https://SMBA.trafficmanager.net/emea/"),
            same_form("https://smba.trafficmanager.net/emea")
        );
        assert_ne!(
            same_form("https://smba.trafficmanager.net/emea"),
            same_form("https://smba.trafficmanager.net/Emea")
        );
        assert_ne!(
            same_form("https://smba.trafficmanager.net/emea//"),
            same_form("https://smba.trafficmanager.net/emea")
        );
    }
}
