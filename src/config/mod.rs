//! Settings: the file `upshot.toml` plus the environment, read once at start and checked as a whole.
//!
//! Every setting has one name, the one of the environment. In the file the same name is written in lower case, without
//! `upshot_`, and with the platform as section:
//!
//! ```toml
//! listen = "127.0.0.1:8080"          # UPSHOT_LISTEN
//!
//! [slack]
//! signing_secret = "…"               # SLACK_SIGNING_SECRET
//! ```
//!
//! The environment wins over the file. A name nobody knows and settings that contradict each other are refused, with a
//! sentence that says what to write instead.

mod content;
mod database;
mod encryption;
mod error;
mod glossary;
mod log;
mod secret;
mod server;
mod service_hosts;
mod sign_in;
mod slack;
mod source;
mod teams;

use std::path::Path;

pub use content::ContentSettings;
pub use database::DatabaseUrl;
pub use encryption::EncryptionSettings;
pub use error::{Problem, SettingsError};
pub use glossary::GlossarySettings;
pub use log::{LogFormat, LogSettings, no_color};
pub use secret::Secret;
pub use server::{ApiRate, PublicAddress, ServerSettings};
pub use service_hosts::ServiceHosts;
pub use sign_in::{SignInSettings, Unready};
pub use slack::{OAuthSettings, SlackSettings};
pub(crate) use slack::{is_fit, is_loopback, is_of};
pub use source::{Source, ToldSetting, ToldValue};
pub(crate) use teams::is_service;
pub use teams::{MicrosoftSignIn, OwnTenant, TeamsCloud, TeamsSettings, TenantDoubt, WebhookSecret};

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the server listens and how it is reached.
    pub server: ServerSettings,
    /// Where the data lives.
    pub database: DatabaseUrl,
    /// The keys under which tokens are encrypted.
    pub encryption: EncryptionSettings,
    /// Folders with an organisation's own glossary and prompts.
    pub content: ContentSettings,
    /// What is counted for those who look after the glossary.
    pub glossary: GlossarySettings,
    /// The Slack side.
    pub slack: SlackSettings,
    /// The Microsoft Teams side.
    pub teams: TeamsSettings,
    /// Log lines.
    pub log: LogSettings,
    /// All of it as it may be told.
    pub told: Vec<ToldSetting>,
}

impl Settings {
    /// Reads the environment and, when there is one, the settings file in the current folder.
    ///
    /// # Errors
    /// Every problem found, each with its mend.
    pub fn load() -> Result<Self, SettingsError> {
        Self::from_source(&Source::read(Path::new("upshot.toml"))?)
    }

    /// Checks settings that were read already.
    ///
    /// # Errors
    /// Every problem found, each with its mend.
    pub fn from_source(source: &Source) -> Result<Self, SettingsError> {
        let mut problems = source.unknown_names();
        let server = ServerSettings::from_source(source, &mut problems);
        let settings = Self {
            teams: TeamsSettings::from_source(source, server.listen, &mut problems),
            database: DatabaseUrl::from_source(source, &mut problems),
            encryption: EncryptionSettings::from_source(source, &mut problems),
            content: ContentSettings::from_source(source, &mut problems),
            glossary: GlossarySettings::from_source(source, &mut problems),
            slack: SlackSettings::from_source(source, server.public_url.as_deref(), &mut problems),
            log: LogSettings::from_source(source, &mut problems),
            told: source.told(),
            server,
        };
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError { problems }) }
    }
}
