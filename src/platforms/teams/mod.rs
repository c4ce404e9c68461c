//! Microsoft Teams: outgoing webhooks, and a bot with its messages, cards, dialogs and searches.
//!
//! A delivery goes through [`verify`] (a webhook's signature) or `bearer` (the bot service's token), `decode` (activity to
//! [`crate::app::Request`]), the application, and `encode` (reply to cards and text). The type [`verify::Verified`] makes any
//! other order a compile error.

mod bearer;
mod card;
mod client;
mod decode;
mod draft;
mod encode;
mod glossary;
mod graph;
pub mod html;
mod http;
mod known;
pub mod markdown;
mod outgoing;
mod package;
mod payload;
mod presses;
mod references;
mod shares;
mod signing_in;
mod text;
mod tokens;
pub mod verify;
mod words;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use encode::message_json;
pub use http::{MAX_ACTIVITY_BYTES, MAX_HOOK_BYTES, deliver, hook};
pub use package::{GlossaryTab, PackageError, PackageSchema, Permissions, package, tab_resource};

use crate::{
    app::App,
    clock::Clock,
    config::{TeamsSettings, Unready},
    platforms::ClientError,
};
use bearer::Bearer;
use client::Connector;
use graph::Graph;
use presses::Presses;
use shares::Shares;
use signing_in::Entra;
use verify::WebhookSecrets;

/// How many requests may be in work at once; more are told to come back. Each may hold a body of [`MAX_ACTIVITY_BYTES`].
const MAX_REQUESTS: usize = 512;

/// Everything the Teams side needs to answer.
#[derive(Debug)]
pub struct Teams {
    app: Arc<App>,
    webhook: WebhookSecrets,
    bearer: Bearer,
    /// Signing in to the glossary.
    entra: Result<Entra, Unready>,
    connector: Connector,
    /// Reads what stands above a question, where that is set up.
    graph: Option<Graph>,
    /// The account that answers.
    bot: Option<String>,
    /// Where people are written to who have not written first.
    service: Option<String>,
    clock: Clock,
    presses: Presses,
    requests: Arc<Semaphore>,
    /// How much of that each tenant may take.
    shares: Arc<Shares>,
}

impl Teams {
    /// Puts the Teams side together. Done once, at start.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub fn new(app: Arc<App>, settings: &TeamsSettings, clock: Clock) -> Result<Self, ClientError> {
        let keys = Arc::new(bearer::keys(settings)?);
        if settings.takes_unauthenticated {
            tracing::warn!(
                "anybody on this machine can speak as Teams (TEAMS_UNAUTHENTICATED_LOOPBACK); never set it on a server"
            );
        }
        Ok(Self {
            app,
            webhook: WebhookSecrets::new(&settings.webhook_secrets),
            bearer: Bearer::new(settings, keys),
            entra: Entra::new(settings)?,
            connector: Connector::new(settings, clock)?,
            graph: Graph::new(settings, clock)?,
            bot: settings.app_id.as_ref().map(|app| format!("28:{app}")),
            service: settings.service_url.clone(),
            clock,
            presses: Presses::default(),
            requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
            shares: Arc::new(Shares::new(MAX_REQUESTS, settings.tenant_rate)),
        })
    }

    /// Looks whether the keys of deliveries can be fetched, whether a token is given for answers and, where threads are to be
    /// read, whether any may be, and says it in a sentence.
    ///
    /// # Errors
    /// What is to be mended, as a sentence.
    pub async fn check_up(settings: &TeamsSettings) -> Result<String, String> {
        if !settings.is_set_up() {
            return Ok(
                "not set up (neither MICROSOFT_APP_ID nor TEAMS_WEBHOOK_SECRET is set), so every delivery would be \
                       refused"
                    .to_owned(),
            );
        }
        let hooks = match settings.webhook_secrets.len() {
            0 => "no outgoing webhook".to_owned(),
            1 => "one outgoing webhook".to_owned(),
            many => format!("{many} outgoing webhooks"),
        };
        if settings.takes_unauthenticated {
            return Ok(format!("{hooks}; open to everybody on this machine (TEAMS_UNAUTHENTICATED_LOOPBACK)"));
        }
        if settings.app_id.is_none() {
            return Ok(format!("{hooks}; no bot (MICROSOFT_APP_ID is not set)"));
        }
        let keys = bearer::keys(settings).map_err(|error| error.to_string())?.count(bearer::is_for_teams).await;
        let (all, endorsed) = keys.map_err(|error| format!("{error}: check the network and TEAMS_CLOUD."))?;
        if endorsed == 0 {
            return Err(format!("none of the {all} keys may sign for Teams: check TEAMS_CLOUD."));
        }
        let keys = format!("{hooks}; {endorsed} of {all} keys sign for Teams");
        if settings.app_password.is_none() {
            return Ok(format!("{keys}; messages cannot be answered (MICROSOFT_APP_PASSWORD is not set)"));
        }
        let connector = Connector::new(settings, Clock::System).map_err(|error| error.to_string())?;
        connector.test_token().await.map_err(|error| {
            format!("{error}: check MICROSOFT_APP_ID, MICROSOFT_APP_PASSWORD and MICROSOFT_APP_TENANT_ID.")
        })?;
        let well = format!("{keys}; a token for answers was given");
        match Graph::new(settings, Clock::System).map_err(|error| error.to_string())? {
            Some(graph) => Ok(format!("{well}; {}", graph.check_up().await?)),
            None => Ok(well),
        }
    }
}
