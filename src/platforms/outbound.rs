//! Calls to the outside, as every platform makes them: how a client is made, which addresses may be called at all, how much of a
//! reply is read, how long to wait.

use std::{error::Error, fmt, time::Duration};

use reqwest::{ClientBuilder, Response, Url, header, redirect};

/// No client could be made.
#[derive(Debug)]
pub struct ClientError {
    platform: &'static str,
    reason: reqwest::Error,
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "secure connections to {} cannot be made: install the system's certificates (package ca-certificates), or \
             point SSL_CERT_FILE at a bundle",
            self.platform
        )
    }
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.reason)
    }
}

/// A client for one platform; `limits` adds what it wants of times and connections. Redirects are not followed, because what we
/// send is for the address we know.
///
/// # Errors
/// No secure connections can be made from this machine.
pub(super) fn client(
    platform: &'static str,
    limits: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<reqwest::Client, ClientError> {
    // A second installation in the same process is refused, and the first one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .user_agent(concat!("upshot/", env!("CARGO_PKG_VERSION")));
    limits(builder).build().map_err(|reason| ClientError { platform, reason })
}

/// An address that somebody else gave us, unless it names a user: that goes along with the call, and `https://slack.com@example.com/`
/// looks like another host than it calls.
pub(super) fn without_user(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(|url| url.username().is_empty() && url.password().is_none())
}

/// Why a reply was not read to its end.
pub(super) enum Unread {
    /// The connection broke.
    Broken(reqwest::Error),
    /// It is longer than any reply we know.
    TooLong,
}

/// A reply of at most `most` bytes.
pub(super) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > most {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How long a reply asks us to wait.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// How long to wait for a connection and how many to keep, for calls that carry messages.
pub(super) fn for_messages(builder: ClientBuilder, timeout: Duration) -> ClientBuilder {
    builder.timeout(timeout).connect_timeout(Duration::from_secs(3)).pool_max_idle_per_host(4)
}
