//! After many wrong tokens from one address, further wrong ones are told so and the log says it.
//!
//! Nobody is held back by what others send: what is right always passes, however much was wrong before, and only a wrong token
//! or code counts, for the API and for the sign-in page apart. Ways back from a platform do not count: their states are 256
//! bits, and anybody could make a browser bring back wrong ones. The counts are kept in memory for each process, by the
//! address that connects; behind a proxy that is the proxy's.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    problem::Problem,
    windows::{WINDOW, Windows},
};
use crate::clock::Clock;

/// Wrong attempts within [`WINDOW`].
const MOST: u32 = 30;

/// What was wrong, as whoever answers marks it among the response's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wrong {
    /// A bearer token.
    Token,
    /// A token or the code of the printed link, on the sign-in page.
    SignIn,
}

impl Wrong {
    /// The answer, marked.
    pub(super) fn mark(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }

    fn one_too_many(self) -> Response {
        const SENTENCE: &str =
            "This was wrong, and so was too much before it from your address. Check it, or wait a minute.";
        let mut response = match self {
            Self::Token => Problem::too_many(SENTENCE).into_response(),
            Self::SignIn => (StatusCode::TOO_MANY_REQUESTS, SENTENCE).into_response(),
        };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(WINDOW.as_secs()));
        response
    }
}

/// What was wrong lately, by kind and address.
#[derive(Debug)]
pub(super) struct Attempts {
    clock: Clock,
    failed: Windows<(Wrong, IpAddr)>,
}

impl Attempts {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, failed: Windows::default() })
    }

    /// Counts one more, and says how many there were in this minute.
    fn note(&self, wrong: Wrong, from: IpAddr) -> u32 {
        self.failed.note((wrong, from), self.clock.now()).count
    }
}

/// Counts what was wrong, and answers otherwise where it was too much.
pub(super) async fn limit(State(attempts): State<Arc<Attempts>>, request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = connected.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(address)| network(address.ip()));
    let response = next.run(request).await;
    let Some(wrong) = response.extensions().get::<Wrong>().copied() else { return response };
    let count = attempts.note(wrong, from);
    if count <= MOST {
        return response;
    }
    if count == MOST + 1 {
        tracing::warn!(%from, ?wrong, "too many wrong attempts from one address within a minute");
    }
    wrong.one_too_many()
}

/// Whoever has one IPv6 address has the 2⁶⁴ beside it.
pub(super) fn network(address: IpAddr) -> IpAddr {
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

    use super::{Attempts, Wrong, network};
    use crate::clock::{Clock, Timestamp};

    #[test]
    fn each_address_and_each_kind_has_a_count_of_its_own() {
        let attempts = Attempts::new(Clock::Frozen(Timestamp::from_unix_seconds(1_000)));
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for (wrong, from, count) in [
            (Wrong::Token, one, 1),
            (Wrong::Token, one, 2),
            (Wrong::Token, other, 1),
            (Wrong::SignIn, one, 1),
            (Wrong::Token, one, 3),
        ] {
            assert_eq!(attempts.note(wrong, from), count, "{wrong:?} {from}");
        }
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
