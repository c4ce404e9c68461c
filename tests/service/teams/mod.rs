//! Microsoft Teams as its callers see it: a started server, a loopback stand-in for the bot service and its directory.

mod connector;
mod damage;
mod drafts;
mod fake;
mod invokes;
mod keeping;
mod kills;
mod kit;
mod known;
mod messages;
mod proposing;
mod references;
mod scope;
mod settings;
mod shares;
mod threads;
mod tokens;
mod trouble;
mod verdicts;
mod webhook;
mod withdrawn;

pub(crate) use fake::{FakeTeams, jwk, signed, signed_with};
pub(crate) use kit::check_message;

use serde_json::Value;

use crate::server::fixture_of;

/// The app id of the fixtures.
const APP: &str = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";

/// Where the clock stands: shortly after the fixtures' own time.
const NOW: i64 = 1_789_377_170;

fn fixture_bytes(name: &str) -> Vec<u8> {
    fixture_of("teams", name)
}

fn fixture(name: &str) -> Value {
    serde_json::from_slice(&fixture_bytes(name)).unwrap()
}
