//! Nobody tries out tokens, codes and states: after some that were wrong, further ones from the same address wait a minute.
//!
//! What is counted is kept in memory for each process, and by the address that connects. Behind a proxy that is the proxy's,
//! so the limit is wide enough for people who mistype and far too narrow for guessing.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;
use crate::clock::{Clock, Timestamp};

/// Wrong attempts within [`WINDOW`].
const MOST: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// More addresses than this are not kept apart.
const MOST_ADDRESSES: usize = 10_000;

/// What was wrong lately, by address.
#[derive(Debug)]
pub(super) struct Attempts {
    clock: Clock,
    failed: Mutex<BTreeMap<IpAddr, (Timestamp, u32)>>,
}

impl Attempts {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, failed: Mutex::default() })
    }

    fn are_too_many(&self, from: IpAddr) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        failed.get(&from).is_some_and(|(since, count)| *count >= MOST && now < since.plus(WINDOW))
    }

    fn note(&self, from: IpAddr) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if failed.len() >= MOST_ADDRESSES && !failed.contains_key(&from) {
            failed.retain(|_, (since, _)| now < since.plus(WINDOW));
            if failed.len() >= MOST_ADDRESSES {
                failed.clear();
            }
        }
        let entry = failed.entry(from).or_insert((now, 0));
        if now >= entry.0.plus(WINDOW) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

/// What a request tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// A bearer token.
    Token,
    /// Signing in to the pages, in whichever way.
    SignIn,
}

impl Attempt {
    fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        if path.starts_with("/glossary/sign-in") {
            let is_way_back = path.ends_with("/callback");
            return (request.method() == Method::POST || is_way_back).then_some(Self::SignIn);
        }
        request.headers().contains_key(header::AUTHORIZATION).then_some(Self::Token)
    }

    fn has_failed(self, status: StatusCode) -> bool {
        match self {
            Self::Token => status == StatusCode::UNAUTHORIZED,
            Self::SignIn => status == StatusCode::FORBIDDEN || status == StatusCode::BAD_REQUEST,
        }
    }

    fn refused(self) -> Response {
        const SENTENCE: &str = "Too many attempts from your address were wrong. Try again in a minute.";
        let mut response = match self {
            Self::Token => Problem::too_many(SENTENCE).into_response(),
            Self::SignIn => (StatusCode::TOO_MANY_REQUESTS, SENTENCE).into_response(),
        };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(WINDOW.as_secs()));
        response
    }
}

/// Holds back what tries further after too many wrong attempts.
pub(super) async fn limit(State(attempts): State<Arc<Attempts>>, request: Request, next: Next) -> Response {
    let Some(attempt) = Attempt::of(&request) else { return next.run(request).await };
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = connected.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(address)| network(address.ip()));
    if attempts.are_too_many(from) {
        tracing::warn!(%from, "too many wrong attempts to sign in: further ones are held back for a minute");
        return attempt.refused();
    }
    let response = next.run(request).await;
    if attempt.has_failed(response.status()) {
        attempts.note(from);
    }
    response
}

/// Whoever has one IPv6 address has the 2⁶⁴ beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Attempts, MOST, network};
    use crate::clock::{Clock, Timestamp};

    #[test]
    fn the_limit_is_one_addresss_alone() {
        let attempts = Attempts::new(Clock::Frozen(Timestamp::from_unix_seconds(1_000)));
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..MOST {
            assert!(!attempts.are_too_many(one));
            attempts.note(one);
        }
        assert!(attempts.are_too_many(one) && !attempts.are_too_many(other));
    }

    #[test]
    fn a_network_of_one_owner_counts_as_one() {
        let network_of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network_of("192.0.2.1"), "192.0.2.1");
        assert_eq!(network_of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::1"));
        assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
    }
}
