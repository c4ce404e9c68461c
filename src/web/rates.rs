//! How often the API may be asked: so many requests a minute for each token, and for each address where no token of ours comes along.
//!
//! Told in the headers of <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>. Unless the settings name a
//! number, this machine itself is not limited: that is a proxy, which knows better who asks, or whoever could stop the program anyway.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    attempts::network,
    desk::{Desk, token_in},
    problem::Problem,
    windows::{Noted, WINDOW, Windows},
};
use crate::{app::curation::token_hash, config::ApiRate};

/// Requests a minute where the settings say nothing: a hundred a second, all the time.
const USUAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(5_999);

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    /// The hash of a token that somebody has.
    Token(String),
    Address(IpAddr),
}

/// Who asked how often.
#[derive(Debug)]
pub(super) struct Rates {
    desk: Arc<Desk>,
    rate: ApiRate,
    asked: Windows<Caller>,
    /// Tokens that opened something lately, so that the database is asked for each once a minute.
    known: Windows<String>,
}

impl Rates {
    pub(super) fn new(desk: Arc<Desk>, rate: ApiRate) -> Arc<Self> {
        Arc::new(Self { desk, rate, asked: Windows::default(), known: Windows::default() })
    }

    /// The most that may come in a minute from an address; `None` where everything may.
    const fn most(&self, from: IpAddr) -> Option<NonZeroU32> {
        match self.rate {
            ApiRate::Unlimited => None,
            ApiRate::Usual if from.is_loopback() => None,
            ApiRate::Usual => Some(USUAL),
            ApiRate::AMinute(most) => Some(most),
        }
    }

    /// Whoever asks. A token that nobody has counts for its address: anybody can make up as many as they like.
    async fn caller(&self, headers: &HeaderMap, address: IpAddr) -> Caller {
        let Some(token) = token_in(headers) else { return Caller::Address(address) };
        let (hash, now) = (token_hash(token), self.desk.now());
        if self.known.has(&hash, now) {
            return Caller::Token(hash);
        }
        match self.desk.holder(token).await {
            Ok(Some(_)) => {
                self.known.note(hash.clone(), now);
                Caller::Token(hash)
            }
            // Whoever answers the request tells what is wrong.
            Ok(None) | Err(_) => Caller::Address(address),
        }
    }
}

/// Counts a request, and answers it here where there were too many before.
pub(super) async fn limit(State(rates): State<Arc<Rates>>, request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = connected.map(|ConnectInfo(address)| address.ip().to_canonical());
    let limited = from.and_then(|from| Some((from, rates.most(from)?)));
    let Some((from, most)) = limited else { return next.run(request).await };
    let caller = rates.caller(request.headers(), network(from)).await;
    let noted = rates.asked.note(caller, rates.desk.now());
    let mut response = if noted.count > most.get() {
        let seconds = noted.rest.as_secs();
        let mut refusal = Problem::too_often(most.get(), seconds).into_response();
        refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        refusal
    } else {
        next.run(request).await
    };
    tell(response.headers_mut(), most, noted);
    response
}

/// Says what may come still, and until when.
fn tell(headers: &mut HeaderMap, most: NonZeroU32, noted: Noted) {
    let left = most.get().saturating_sub(noted.count);
    for (name, text) in [
        (RATE_LIMIT_POLICY, format!("\"minute\";q={most};w={}", WINDOW.as_secs())),
        (RATE_LIMIT, format!("\"minute\";r={left};t={}", noted.rest.as_secs())),
    ] {
        // Digits and quotes are always a valid header.
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}
