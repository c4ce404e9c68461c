//! Slack: slash commands, message shortcuts, dialogs and events, over HTTP or over sockets of our own.
//!
//! A delivery goes through [`verify`] (raw bytes, signature), `decode` (bytes to [`crate::app::Request`]), the
//! application, and `encode` (reply to Block Kit). The type [`verify::Verified`] makes any other order a compile error.

mod address;
mod agent;
mod blocks;
mod budget;
mod checkup;
mod client;
mod decode;
mod draft;
mod encode;
mod error;
mod events;
mod forms;
mod glossary;
mod handle;
mod home;
mod http;
mod known;
mod manifest;
mod menu;
mod mrkdwn;
mod oauth;
mod outgoing;
mod overheard;
mod own;
mod passing;
mod payload;
mod people;
mod reactions;
mod replying;
mod rich_text;
mod session;
mod sharing;
mod signing_in;
mod socket;
mod split;
mod thread;
mod tokens;
pub mod verify;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use checkup::{Finding, checkup, signatures, way_round};
pub use client::Client;
pub use encode::message_json;
pub use error::ApiError;
pub use http::{MAX_BODY_BYTES, deliver};
pub use manifest::{Reached, Scopes, UnfitAddress, manifest};
pub(crate) use mrkdwn::read as read_mrkdwn;
pub use oauth::{install, installed};
pub use socket::stay_connected;

use crate::{
    app::App,
    clock::Clock,
    config::{OAuthSettings, Secret, SlackSettings, Unready},
    platforms::{ClientError, openid::Flow},
};
use menu::CurrentMenu;
use own::OwnWorkspace;
use verify::SigningSecrets;

/// How many answers may be on their way to Slack at once. Each holds one rewritten message, so this bounds memory.
const MAX_DELIVERIES: usize = 64;

/// How many requests may be in work at once; more are told to come back. Each may hold a body of [`MAX_BODY_BYTES`].
const MAX_REQUESTS: usize = 512;

/// Everything the Slack side needs to answer.
#[derive(Debug)]
pub struct Slack {
    app: Arc<App>,
    secrets: SigningSecrets,
    client: Client,
    /// Opens connections of Socket Mode.
    app_token: Option<Secret>,
    oauth: Result<OAuthSettings, Vec<&'static str>>,
    /// Signing in to the glossary.
    sign_in: Result<Flow, Unready>,
    scopes: Scopes,
    /// Whose the configured bot token is.
    own: OwnWorkspace,
    clock: Clock,
    menu: CurrentMenu,
    /// Where signs of work are shown.
    announcing: session::Announcing,
    /// How many answers each thread has had lately.
    budget: budget::Budget,
    deliveries: Arc<Semaphore>,
    requests: Arc<Semaphore>,
}

impl Slack {
    /// Puts the Slack side together. Done once, at start.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub fn new(app: Arc<App>, settings: &SlackSettings, clock: Clock) -> Result<Self, ClientError> {
        Ok(Self {
            menu: CurrentMenu::new(app.readers()),
            app,
            secrets: SigningSecrets::new(&settings.signing_secrets),
            client: Client::new(settings)?,
            app_token: settings.app_token.clone(),
            oauth: settings.oauth.clone(),
            sign_in: signing_in::flow(settings)?,
            scopes: Scopes::of_the_manifest(),
            own: OwnWorkspace::default(),
            clock,
            announcing: session::Announcing::default(),
            budget: budget::Budget::default(),
            deliveries: Arc::new(Semaphore::new(MAX_DELIVERIES)),
            requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
        })
    }

    /// Waits until every answer that is on its way has arrived or given up.
    pub async fn finish_deliveries(&self) {
        let all = u32::try_from(MAX_DELIVERIES).unwrap_or(u32::MAX);
        // The semaphore is never closed, so waiting for all permits can only succeed.
        let _ = self.deliveries.acquire_many(all).await;
    }
}
