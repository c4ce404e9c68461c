//! Where a platform's app is installed: who may act there, and when that ends.
//!
//! A platform asks before each call ([`App::installation`]), writes down what an installation gives it, renews tokens as
//! the only one that does, and tells when the app was removed.

use std::time::Duration;

use super::App;
pub use crate::store::{
    Installation, InstallationDetails, InstallationEnd as End, InstallationKey, InstalledAt as Installed,
    StoreError as NotKept, Tokens,
};
use crate::{
    clock::{Moment, Timestamp},
    ids::{Platform, RequestId},
};

/// A worker that renews tokens has this long; then another one may try.
const RENEWAL: Duration = Duration::from_secs(30);

impl App {
    /// The installation that acts for somebody: the workspace's own one, else the one of the whole organisation.
    ///
    /// # Errors
    /// The database does not answer, or its key is gone.
    pub async fn installation(
        &self,
        platform: Platform,
        actor: &super::Actor,
    ) -> Result<Option<Installation>, NotKept> {
        self.store.installation(platform, actor.organisation.as_ref(), &actor.workspace).await
    }

    /// Writes an installation down, in place of an earlier one.
    ///
    /// # Errors
    /// The database does not answer, or there is no key to encrypt with.
    pub async fn install(
        &self,
        key: &InstallationKey,
        tokens: &Tokens,
        details: &InstallationDetails,
        now: Timestamp,
    ) -> Result<(), NotKept> {
        self.store.save_installation(key, tokens, details, now).await
    }

    /// Takes the right to renew an installation's tokens; `false` when somebody else has it or has done so.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn may_renew(&self, key: &InstallationKey, version: i64, now: Moment) -> Result<bool, NotKept> {
        self.store.claim_refresh(key, version, now, RENEWAL).await
    }

    /// Writes renewed tokens down; `false` when somebody else has done so.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn renew(
        &self,
        key: &InstallationKey,
        version: i64,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<bool, NotKept> {
        self.store.replace_tokens(key, version, tokens, now).await
    }

    /// Notes that the tokens of this version are dead, until the app is installed again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tokens_died(&self, key: &InstallationKey, version: i64, now: Timestamp) -> Result<(), NotKept> {
        self.store.disable_installation(key, version, now).await
    }

    /// Ends an installation that the platform says has ended. One that was made after `at` stays.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn end_installation(
        &self,
        platform: Platform,
        of: &Installed,
        how: End,
        at: Timestamp,
    ) -> Result<u64, NotKept> {
        self.store.end_installations(platform, of, how, at).await
    }

    /// Whether the answer of a browser that went away to install the app is seen for the first time.
    #[must_use]
    pub fn is_first_return(&self, state: &str) -> bool {
        self.used_states.insert(&RequestId::new(state))
    }
}
