//! The keys with which somebody signs: fetched from the address that their metadata names, kept for a day, looked for again
//! when a token names a key that is not among them.
//!
//! Whatever becomes of the address, keys that are known go on working. One request fetches and the others wait for it; a
//! failure is not tried again at once, and tokens with made-up key names, which anybody can send, cause one look in five
//! minutes at most.

use std::{collections::BTreeMap, error::Error, fmt, sync::Arc, time::Duration};

use reqwest::{StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::{Mutex, RwLock};

use super::token::PublicKey;
use crate::{
    clock::Moment,
    config::is_loopback,
    platforms::{
        outbound::{self, ClientError, Unread},
        public::public_only,
    },
};

/// Keys older than this are fetched again, while they go on working.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// Unknown key names make us look again no more often than this. It is how long a stranger with a made-up name can keep us
/// from a key that was changed at that moment, so it is short; and it is twelve small downloads an hour, which the signer does
/// not feel. Microsoft's own libraries wait as long (`ConfigurationManager.DefaultRefreshInterval`).
const BETWEEN_LOOKS: Duration = Duration::from_secs(5 * 60);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(5);
/// Both documents together: half of what a browser is given. Teams gets its answer sooner, and comes again.
const TIME: Duration = Duration::from_secs(4);
/// Some five hundred keys were seen, in half a megabyte.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_KEYS: usize = 4_096;
const LONGEST_NAME: usize = 256;

/// A key, and what it may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platforms) struct Key {
    pub(in crate::platforms) public: PublicKey,
    /// The channels it is endorsed for, where the signer says so.
    pub(in crate::platforms) endorsements: Vec<String>,
    /// Whose tokens alone it signs, where a key set serves several issuers.
    pub(in crate::platforms) issuer: Option<String>,
}

/// Whose keys are wanted, and where.
#[derive(Debug)]
pub(in crate::platforms) struct Signer {
    /// As log lines name what is signed, such as "Teams' deliveries".
    pub(in crate::platforms) what: &'static str,
    /// As errors name whom is called.
    pub(in crate::platforms) platform: &'static str,
    /// The OpenID metadata.
    pub(in crate::platforms) metadata_url: Url,
    /// What the metadata must say of itself.
    pub(in crate::platforms) issuer: Issuer,
}

/// Who may call themselves the signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platforms) enum Issuer {
    /// Exactly this one.
    One(String),
    /// One for each tenant, which stands between these two; the metadata of several tenants names none.
    PerTenant {
        /// What stands in front of the tenant.
        before: String,
        /// What stands behind it.
        behind: &'static str,
    },
}

impl Issuer {
    pub(in crate::platforms) fn is(&self, named: &str) -> bool {
        match self {
            Self::One(issuer) => issuer == named,
            Self::PerTenant { before, behind } => {
                let tenant = named.strip_prefix(&**before).and_then(|rest| rest.strip_suffix(behind));
                tenant.is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/'))
            }
        }
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platforms) enum NoKey {
    /// No key has this name.
    Unknown,
    /// No key could be fetched yet.
    Unavailable,
}

/// What can go wrong when keys are fetched. Says at which document.
#[derive(Debug)]
pub(in crate::platforms) enum FetchError {
    /// No answer, or none in time.
    Unreachable(&'static str, reqwest::Error),
    /// Another answer than 200.
    Status(&'static str, StatusCode),
    /// Not what such a document holds, or too much of it.
    Document(&'static str),
    /// A key set without a single key that can be used.
    Empty,
    /// The metadata names another signer than the one we know, or keys on another host.
    Foreign(&'static str),
    /// The rest was there too late.
    TooSlow,
}

impl fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(document, _) => write!(formatter, "the {document} cannot be reached"),
            Self::Status(document, status) => write!(formatter, "the {document} is answered with {status}"),
            Self::Document(document) => write!(formatter, "the {document} cannot be read"),
            Self::Empty => formatter.write_str("the key set holds no key that can be used"),
            Self::Foreign(what) => write!(formatter, "the OpenID metadata names another {what} than it may"),
            Self::TooSlow => formatter.write_str("the key set did not come in time"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(_, error) => Some(error),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
struct Known {
    keys: BTreeMap<String, Arc<Key>>,
    fetched_at: Option<Moment>,
}

/// What only the one who fetches may look at.
#[derive(Debug, Default)]
struct Flight {
    looked_at: Option<Moment>,
    failed_at: Option<Moment>,
}

/// The keys that are known.
#[derive(Debug)]
pub(in crate::platforms) struct Keys {
    http: reqwest::Client,
    signer: Signer,
    known: RwLock<Known>,
    flight: Mutex<Flight>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

#[derive(Debug, Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct RawKey {
    kty: String,
    #[serde(rename = "use", default)]
    usage: Option<String>,
    kid: String,
    n: String,
    e: String,
    #[serde(default)]
    endorsements: Vec<String>,
    #[serde(default)]
    issuer: Option<String>,
}

impl Keys {
    /// No keys yet; the first token, or [`Keys::warm_up`], fetches them.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub(in crate::platforms) fn new(signer: Signer) -> Result<Self, ClientError> {
        let http = outbound::client(signer.platform, |builder| {
            let builder = builder.timeout(TIME).connect_timeout(Duration::from_secs(2)).pool_max_idle_per_host(0);
            // The key set is fetched from the host of the metadata and from no other.
            let host = signer.metadata_url.host_str().map(str::to_owned);
            public_only(builder, move |name| host.as_deref() == Some(name), is_loopback(&signer.metadata_url))
        })?;
        Ok(Self { http, signer, known: RwLock::default(), flight: Mutex::default() })
    }

    /// Whose keys these are.
    pub(super) const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The key of this name.
    pub(in crate::platforms) async fn key(self: &Arc<Self>, name: &str, now: Moment) -> Result<Arc<Key>, NoKey> {
        if name.len() > LONGEST_NAME {
            return Err(NoKey::Unknown);
        }
        let fetched_at = {
            let known = self.known.read().await;
            if let Some(key) = known.keys.get(name).cloned() {
                let is_old = known.fetched_at.is_none_or(|at| at.plus(FRESH) < now);
                drop(known);
                if is_old {
                    let keys = Arc::clone(self);
                    tokio::spawn(async move { keys.fetch_again(now).await });
                }
                return Ok(key);
            }
            known.fetched_at
        };
        // A caller that waits no longer ends its own wait and not the look: a fetch that is slower than every caller's patience must
        // end some time.
        let (keys, name) = (Arc::clone(self), name.to_owned());
        let look = tokio::spawn(async move { keys.look_for(&name, fetched_at, now).await });
        look.await.unwrap_or(Err(NoKey::Unavailable))
    }

    /// Fetches the keys before anybody needs them.
    pub(in crate::platforms) async fn warm_up(&self, now: Moment) {
        let mut flight = self.flight.lock().await;
        if self.known.read().await.fetched_at.is_none() {
            self.fetch_noting(&mut flight, now).await;
        }
    }

    /// Fetches the keys once and says how many there are, and how many of them are fit.
    ///
    /// # Errors
    /// What went wrong.
    pub(in crate::platforms) async fn count(
        &self,
        is_fit: impl Fn(&Key) -> bool,
    ) -> Result<(usize, usize), FetchError> {
        let keys = self.fetch().await?;
        Ok((keys.len(), keys.values().filter(|key| is_fit(key)).count()))
    }

    async fn look_for(&self, name: &str, seen: Option<Moment>, now: Moment) -> Result<Arc<Key>, NoKey> {
        let mut flight = self.flight.lock().await;
        let (found, fetched_at) = {
            let known = self.known.read().await;
            (known.keys.get(name).cloned(), known.fetched_at)
        };
        // Somebody else fetched while this one waited.
        if let Some(key) = found {
            return Ok(key);
        }
        let missing = if fetched_at.is_none() { NoKey::Unavailable } else { NoKey::Unknown };
        let is_soon = |at: Option<Moment>, pause| at.is_some_and(|at| at.plus(pause) > now);
        if fetched_at != seen || is_soon(flight.failed_at, PAUSE) || is_soon(flight.looked_at, BETWEEN_LOOKS) {
            return Err(missing);
        }
        if !self.fetch_noting(&mut flight, now).await {
            return Err(missing);
        }
        if fetched_at.is_some() {
            flight.looked_at = Some(now);
        }
        self.known.read().await.keys.get(name).cloned().ok_or(NoKey::Unknown)
    }

    async fn fetch_again(&self, now: Moment) {
        // Whoever holds the flight does the same.
        let Ok(mut flight) = self.flight.try_lock() else { return };
        let is_old = self.known.read().await.fetched_at.is_none_or(|at| at.plus(FRESH) < now);
        let failed_lately = flight.failed_at.is_some_and(|at| at.plus(PAUSE) > now);
        if is_old && !failed_lately {
            self.fetch_noting(&mut flight, now).await;
        }
    }

    /// Whether it worked.
    async fn fetch_noting(&self, flight: &mut Flight, now: Moment) -> bool {
        match self.fetch().await {
            Ok(keys) => {
                flight.failed_at = None;
                *self.known.write().await = Known { keys, fetched_at: Some(now) };
                true
            }
            Err(error) => {
                flight.failed_at = Some(now);
                tracing::warn!(error = &error as &dyn Error, signed = self.signer.what, "keys could not be fetched");
                false
            }
        }
    }

    async fn fetch(&self) -> Result<BTreeMap<String, Arc<Key>>, FetchError> {
        tokio::time::timeout(TIME, async {
            let metadata: Metadata = self.document("OpenID metadata", self.signer.metadata_url.clone()).await?;
            if !self.signer.issuer.is(&metadata.issuer) {
                return Err(FetchError::Foreign("issuer"));
            }
            let address = Url::parse(&metadata.jwks_uri).map_err(|_| FetchError::Document("OpenID metadata"))?;
            let is_same_host = address.host_str() == self.signer.metadata_url.host_str() && address.scheme() == "https";
            let is_test = is_loopback(&address) && is_loopback(&self.signer.metadata_url);
            if !is_same_host && !is_test {
                return Err(FetchError::Foreign("host for its keys"));
            }
            let set: KeySet = self.document("key set", address).await?;
            let keys: BTreeMap<_, _> = set.keys.into_iter().filter_map(usable).take(MAX_KEYS).collect();
            // An empty set would put every delivery out; the keys that are known stay.
            if keys.is_empty() { Err(FetchError::Empty) } else { Ok(keys) }
        })
        .await
        .unwrap_or(Err(FetchError::TooSlow))
    }

    async fn document<T: DeserializeOwned>(&self, name: &'static str, address: Url) -> Result<T, FetchError> {
        let unreachable = |error| FetchError::Unreachable(name, error);
        let response = self.http.get(address).send().await.map_err(unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(name, response.status()));
        }
        let body = outbound::read(response, MAX_BODY_BYTES).await.map_err(|unread| match unread {
            Unread::Broken(error) => unreachable(error),
            Unread::TooLong => FetchError::Document(name),
        })?;
        serde_json::from_slice(&body).map_err(|_| FetchError::Document(name))
    }
}

/// A key of a kind we do not know does no harm to the others.
fn usable(raw: serde_json::Value) -> Option<(String, Arc<Key>)> {
    let raw: RawKey = serde_json::from_value(raw).ok()?;
    let signs = raw.kty == "RSA" && raw.usage.is_none_or(|usage| usage == "sig") && raw.kid.len() <= LONGEST_NAME;
    let public = PublicKey::read(&raw.n, &raw.e).filter(|_| signs)?;
    Some((raw.kid, Arc::new(Key { public, endorsements: raw.endorsements, issuer: raw.issuer })))
}

#[cfg(test)]
mod tests {
    use super::Issuer;

    #[test]
    fn a_signer_names_one_tenant_or_the_place_of_one() {
        let issuer = Issuer::PerTenant { before: "https://login.example.com/".to_owned(), behind: "/v2.0" };
        for (named, expected) in [
            ("https://login.example.com/t1/v2.0", true),
            ("https://login.example.com/{tenantid}/v2.0", true),
            ("https://login.example.com//v2.0", false),
            ("https://login.example.com/v2.0", false),
            ("https://login.example.com/a/b/v2.0", false),
            ("https://login.example.com.attacker.example/t1/v2.0", false),
            ("http://login.example.com/t1/v2.0", false),
        ] {
            assert_eq!(issuer.is(named), expected, "{named}");
        }
        assert!(Issuer::One("https://slack.com".to_owned()).is("https://slack.com"));
        assert!(!Issuer::One("https://slack.com".to_owned()).is("https://slack.com/"));
    }
}
