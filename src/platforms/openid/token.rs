//! A signed token in its compact form, taken apart and compared with a key
//! (<https://www.rfc-editor.org/rfc/rfc7519>, <https://www.rfc-editor.org/rfc/rfc7515>).
//!
//! Everybody whose tokens we read signs with RS256 and nothing else, so there is no choice of algorithms to get wrong: what
//! the token says of itself is compared with that one name and never followed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::{Deserialize, de::DeserializeOwned};

/// The longest token that is looked at; Microsoft's have about one kilobyte.
const LONGEST_TOKEN: usize = 16 * 1024;

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// A token that has the right form. Nothing in it is to be believed yet.
#[derive(Debug)]
pub(in crate::platforms) struct Token<'t, C> {
    /// The name of the key that signed it.
    pub(in crate::platforms) key: String,
    /// What it claims.
    pub(in crate::platforms) claims: C,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t, C: DeserializeOwned> Token<'t, C> {
    /// Takes a token apart; `None` when it has another form or names another algorithm.
    pub(in crate::platforms) fn read(text: &'t str) -> Option<Self> {
        if text.len() > LONGEST_TOKEN {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = part(header)?;
        let claims = part(claims)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        (header.alg == "RS256").then_some(Self { key: header.kid, claims, signed, signature })
    }

    /// Whether this key signed it.
    pub(in crate::platforms) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let components = RsaPublicKeyComponents { n: &key.modulus, e: &key.exponent };
        components.verify(&RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// A public RSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platforms) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// Reads both numbers as key sets write them; `None` for a key that is too short or too long to be used.
    pub(in crate::platforms) fn read(modulus: &str, exponent: &str) -> Option<Self> {
        let number = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
            let first = bytes.iter().position(|byte| *byte != 0)?;
            Some(bytes.get(first..)?.to_vec())
        };
        let (modulus, exponent) = (number(modulus)?, number(exponent)?);
        ((256..=1024).contains(&modulus.len()) && exponent.len() <= 8).then_some(Self { modulus, exponent })
    }
}
