//! OpenID Connect, as both platforms speak it: whose keys sign, what a signed token says, and signing people in with a code
//! (<https://openid.net/specs/openid-connect-core-1_0.html>).
//!
//! What only one platform knows, such as which claims name a person, is in that platform's `signing_in`.

mod flow;
mod keys;
mod token;

pub(super) use flow::{Addresses, Claims, Proof};
pub use flow::{Flow, NotSignedIn, SignedIn};
pub(super) use keys::{Issuer, Key, Keys, NoKey, Signer};
pub(super) use token::Token;

/// Clocks may differ by this many seconds.
pub(super) const SKEW: i64 = 300;
