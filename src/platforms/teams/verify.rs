//! Is this delivery of an outgoing webhook from Teams? Decided on the raw bytes, before anything is decoded.
//!
//! The header is `HMAC` and the base64 of HMAC-SHA256 over the body, keyed with the decoded security token
//! (<https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook>).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::WebhookSecret;

/// Bytes of a security token's name: enough to tell the tokens of one server apart.
const NAME_BYTES: usize = 9;

/// Bytes that Teams signed or vouched for with a token. Decoding takes only these.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a>(&'a [u8]);

impl<'a> Verified<'a> {
    /// Only the two checks, of signatures here and of tokens in `bearer`, may say so.
    pub(super) const fn vouched_for(body: &'a [u8]) -> Self {
        Self(body)
    }

    /// The verified bytes.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Which check failed. Never carries a signature, a body or a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No security token is set, so nothing can be trusted.
    NotConfigured,
    /// The header is missing or has another form than `HMAC` and 32 bytes in base64.
    Form,
    /// No security token gives this signature.
    Signature,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotConfigured => "TEAMS_WEBHOOK_SECRET is not set",
            Self::Form => "the Authorization header is missing or is not HMAC with a signature in base64",
            Self::Signature => {
                "the signature fits no security token: compare TEAMS_WEBHOOK_SECRET with what Teams showed when the webhook \
                 was created"
            }
        })
    }
}

/// The security tokens of outgoing webhooks: each team that makes one has its own.
pub struct WebhookSecrets(Vec<Hook>);

struct Hook {
    /// What its own address ends with, where it has one.
    address: Option<String>,
    secret: Hmac<Sha256>,
    /// Made from the token, so that it is the same wherever it stands in the list.
    name: String,
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookSecrets({})", self.0.len())
    }
}

impl WebhookSecrets {
    /// Prepares the security tokens for use. What is not base64 was refused with the settings.
    #[must_use]
    pub fn new(secrets: &[WebhookSecret]) -> Self {
        let hook = |told: &WebhookSecret| {
            let secret: Hmac<Sha256> = Hmac::new_from_slice(&STANDARD.decode(told.token.expose()).ok()?).ok()?;
            let digest = secret.clone().chain_update(b"upshot name of a webhook\0").finalize().into_bytes();
            let name = STANDARD.encode(digest.split_at(NAME_BYTES).0);
            Some(Hook { address: told.name.clone(), secret, name })
        };
        Self(secrets.iter().filter_map(hook).collect())
    }

    /// Checks a delivery's header against its body, and tells the name of the token that signed it. At a webhook's own address only
    /// its own token is good, at the common one each of them.
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify<'a>(
        &self,
        address: Option<&str>,
        authorization: Option<&[u8]>,
        body: &'a [u8],
    ) -> Result<(Verified<'a>, &str), Refusal> {
        if self.0.is_empty() {
            return Err(Refusal::NotConfigured);
        }
        let signature = authorization.and_then(signature).ok_or(Refusal::Form)?;
        // Every token is tried even after one fits, so that the time taken does not tell which one is in use.
        let mut signed_by = None;
        for hook in &self.0 {
            let mut mac = hook.secret.clone();
            mac.update(body);
            let is_good_here = address.is_none() || address == hook.address.as_deref();
            if mac.verify_slice(&signature).is_ok() && is_good_here {
                signed_by = Some(&*hook.name);
            }
        }
        signed_by.map(|name| (Verified(body), name)).ok_or(Refusal::Signature)
    }
}

fn signature(header: &[u8]) -> Option<Vec<u8>> {
    let (scheme, value) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let digest = STANDARD.decode(value.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("hmac"))?;
    (digest.len() == 32).then_some(digest)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Refusal, WebhookSecrets};
    use crate::config::{Secret, WebhookSecret};

    #[test]
    fn the_recorded_delivery_is_believed_and_each_wrong_header_refused() {
        let recorded: Value =
            serde_json::from_str(include_str!("../../../tests/fixtures/teams/01-outgoing-webhook.json")).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let body = text(&recorded["request"]["raw_body"]);
        let good = text(&recorded["request"]["headers"]["authorization"]);
        let hook = |name: Option<&str>, token: &str| WebhookSecret {
            name: name.map(str::to_owned),
            token: Secret::new(token),
        };
        let secrets = WebhookSecrets::new(&[
            hook(Some("other"), "b3RoZXI="),
            hook(Some("team"), &text(&recorded["security_token"])),
        ]);
        assert!(secrets.verify(None, Some(good.as_bytes()), body.as_bytes()).is_ok());
        assert!(secrets.verify(None, Some(good.replace("HMAC", "hmac").as_bytes()), body.as_bytes()).is_ok());
        for (address, is_good) in [("team", true), ("other", false), ("", false), ("nobody", false)] {
            let verdict = secrets.verify(Some(address), Some(good.as_bytes()), body.as_bytes());
            assert_eq!(verdict.is_ok(), is_good, "{address}");
        }
        for row in recorded["must_refuse"].as_array().unwrap() {
            let verdict = secrets.verify(None, row["authorization"].as_str().map(str::as_bytes), body.as_bytes());
            assert!(verdict.is_err(), "{}", row["why"]);
        }
        let changed = body.replace("180", "181");
        assert_eq!(secrets.verify(None, Some(good.as_bytes()), changed.as_bytes()).unwrap_err(), Refusal::Signature);
        assert_eq!(secrets.verify(None, Some(b"HMAC AAAA"), b"").unwrap_err(), Refusal::Form);
        let none = WebhookSecrets::new(&[]);
        assert_eq!(none.verify(None, Some(good.as_bytes()), body.as_bytes()).unwrap_err(), Refusal::NotConfigured);
        assert_eq!(format!("{secrets:?}"), "WebhookSecrets(2)");
    }
}
