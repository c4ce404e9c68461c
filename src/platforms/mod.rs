//! Chat platforms. Each one verifies and decodes deliveries to [`crate::app::Request`] and encodes
//! [`crate::app::Reply`]; they know nothing of each other, of the store or of models.

mod openid;
mod outbound;
mod public;
pub mod slack;
pub mod teams;

pub use openid::{Flow, NotSignedIn, SignedIn};
pub use outbound::ClientError;
