//! Is this delivery from Slack? Decided on the raw bytes, before anything is decoded.
//!
//! What comes over a socket that we opened ourselves, with our token, over TLS, to a host of Slack's, is Slack's: nothing there is
//! signed, and nothing is checked a second time.
//!
//! The signature is HMAC-SHA256 over `v0:<timestamp header>:<body>`, in hex after `v0=`
//! (<https://docs.slack.dev/authentication/verifying-requests-from-slack>).

use std::{fmt, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{app::Reception, clock::Timestamp, config::Secret};

/// A delivery older or newer than this is refused, so that a recorded one cannot be replayed later.
const WINDOW: Duration = Duration::from_secs(300);

/// Bytes that are known to be Slack's. Decoding takes only these.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a>(&'a [u8]);

impl<'a> Verified<'a> {
    /// What a connection of our own brought: for [`super::socket`] alone.
    pub(super) const fn by_our_own_connection(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Which check failed. Never carries a signature, a body or a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No signing secret is set, so nothing can be trusted.
    NotConfigured,
    /// The timestamp header is missing or not a number.
    Timestamp,
    /// The timestamp is more than five minutes away from now.
    Stale,
    /// The signature header is missing or has another form than `v0=` and 64 hex digits.
    SignatureForm,
    /// No secret gives this signature.
    Signature,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotConfigured => "SLACK_SIGNING_SECRET is not set",
            Self::Timestamp => "the timestamp header is missing or not a number",
            Self::Stale => "the timestamp is more than five minutes off: check this machine's clock",
            Self::SignatureForm => "the signature header is missing or malformed",
            Self::Signature => "the signature fits no signing secret: compare SLACK_SIGNING_SECRET with the app's page",
        })
    }
}

impl Refusal {
    /// As what it is counted; `None` where nothing could be told of it.
    #[must_use]
    pub const fn reception(self) -> Option<Reception> {
        match self {
            Self::NotConfigured => None,
            Self::Timestamp | Self::SignatureForm => Some(Reception::Unsigned),
            Self::Stale => Some(Reception::AnotherTime),
            Self::Signature => Some(Reception::AnotherSecret),
        }
    }
}

/// The app's signing secrets: one, or several while a new one is rolled out.
pub struct SigningSecrets(Vec<Hmac<Sha256>>);

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningSecrets({})", self.0.len())
    }
}

impl SigningSecrets {
    /// Prepares the secrets for use.
    #[must_use]
    pub fn new(secrets: &[Secret]) -> Self {
        // The secret looks like hex but its text is the key. Any length of key is allowed, so none is dropped here.
        Self(secrets.iter().filter_map(|secret| Hmac::new_from_slice(secret.expose().as_bytes()).ok()).collect())
    }

    /// Checks a delivery's two headers against its body.
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify<'a>(
        &self,
        timestamp: Option<&[u8]>,
        signature: Option<&[u8]>,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, Refusal> {
        if self.0.is_empty() {
            return Err(Refusal::NotConfigured);
        }
        let timestamp = timestamp.ok_or(Refusal::Timestamp)?;
        let sent_at = parse_timestamp(timestamp).ok_or(Refusal::Timestamp)?;
        if now.distance(sent_at) > WINDOW {
            return Err(Refusal::Stale);
        }
        let signature = signature.and_then(parse_signature).ok_or(Refusal::SignatureForm)?;
        // Every secret is tried even after one fits, so that the time taken does not tell which one is in use.
        let mut fits = false;
        for secret in &self.0 {
            let mut mac = secret.clone();
            mac.update(b"v0:");
            mac.update(timestamp);
            mac.update(b":");
            mac.update(body);
            fits |= mac.verify_slice(&signature).is_ok();
        }
        if fits { Ok(Verified(body)) } else { Err(Refusal::Signature) }
    }
}

fn parse_timestamp(header: &[u8]) -> Option<Timestamp> {
    // Digits only: a sign or blanks would be signed differently by Slack.
    if header.is_empty() || header.len() > 12 || !header.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let seconds = header.iter().fold(0_i64, |seconds, digit| seconds * 10 + i64::from(digit - b'0'));
    Some(Timestamp::from_unix_seconds(seconds))
}

fn parse_signature(header: &[u8]) -> Option<[u8; 32]> {
    let hex = header.strip_prefix(b"v0=").filter(|hex| hex.len() == 64)?;
    let mut signature = [0_u8; 32];
    for (byte, pair) in signature.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(signature)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
