//! Where a platform's app is installed, with its tokens encrypted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Store, StoreError, pool::on};
use crate::{
    clock::{Moment, Timestamp},
    config::Secret,
    ids::{OrganisationId, PersonId, Platform, WorkspaceId},
};

/// Which installation. One for a whole organisation has no workspace; one for a workspace outside of any organisation has
/// no organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationKey {
    /// The platform.
    pub platform: Platform,
    /// The organisation, when there is one.
    pub organisation: Option<OrganisationId>,
    /// The workspace, when it is not for the whole organisation.
    pub workspace: Option<WorkspaceId>,
}

impl InstallationKey {
    fn organisation_text(&self) -> &str {
        self.organisation.as_ref().map_or("", OrganisationId::as_str)
    }

    fn workspace_text(&self) -> &str {
        self.workspace.as_ref().map_or("", WorkspaceId::as_str)
    }

    /// What a sealed value is bound to.
    fn row(&self) -> String {
        format!("installations\0{}\0{}\0{}", self.platform.name(), self.organisation_text(), self.workspace_text())
    }
}

/// The tokens of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Acts for the app.
    pub bot: Secret,
    /// Renews it, once.
    pub refresh: Option<Secret>,
    /// When the bot token ends by itself.
    pub expires_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct PlainTokens {
    bot: String,
    refresh: Option<String>,
    expires_at: Option<Timestamp>,
}

/// What is known about an installation besides its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InstallationDetails {
    /// The app's id on the platform.
    pub app: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// The app's own user there: what it says must not be answered.
    pub bot_user: Option<PersonId>,
    /// The app's own bot id.
    pub bot_id: Option<String>,
    /// Who installed it.
    pub installer: Option<PersonId>,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// An installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Which one.
    pub key: InstallationKey,
    /// Its tokens.
    pub tokens: Tokens,
    /// What else is known.
    pub details: InstallationDetails,
    /// Grows with every change of the tokens.
    pub version: i64,
    /// The platform says that its tokens are dead, or the app was removed.
    pub is_disabled: bool,
}

/// Where something is installed, as its end names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstalledAt {
    /// In a workspace, whatever organisation it belongs to.
    Workspace(WorkspaceId),
    /// In a whole organisation.
    Organisation(OrganisationId),
}

/// How an installation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallationEnd {
    /// The app was removed: nothing stays.
    Removed,
    /// Its tokens were revoked: the row stays, for the next installation.
    Revoked,
}

/// An installation as it may be told: without its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownInstallation {
    /// Which one.
    pub key: InstallationKey,
    /// What else is known.
    pub details: InstallationDetails,
    /// The platform says that its tokens are dead, or the app was removed.
    pub is_disabled: bool,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Where an app is installed from a link, as somebody of one workspace sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links {
    /// Installations for their workspace or its organisation, those that have ended among them.
    pub theirs: i64,
    /// Installations elsewhere that are in use.
    pub others: i64,
}

type InstallationRow = (String, String, Vec<u8>, String, i64, i64);

/// What became of installations under another first key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SealedAgain {
    /// So many are encrypted under it now and were not before.
    pub again: u64,
    /// So many are encrypted under a key that we do not have.
    pub unreadable: u64,
}

impl Store {
    /// Remembers an installation, in place of an earlier one of the same key, and enables it.
    ///
    /// # Errors
    /// There is no key to encrypt with, or the database does not answer.
    pub async fn save_installation(
        &self,
        key: &InstallationKey,
        tokens: &Tokens,
        details: &InstallationDetails,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.sealed(key, tokens)?;
        let details = serde_json::to_string(details).map_err(|_| StoreError::Damaged("installations"))?;
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO installations (platform, organisation, workspace, sealed, details, version, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (platform, organisation, workspace) DO UPDATE SET \
                 sealed = excluded.sealed, details = excluded.details, version = installations.version + 1, \
                 refreshing = 0, disabled = 0, updated_at = excluded.updated_at",
            )
            .bind(key.platform.name())
            .bind(key.organisation_text())
            .bind(key.workspace_text())
            .bind(&sealed)
            .bind(&details)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// The installation that acts in a workspace: its own one, else the one of the whole organisation; one that has ended
    /// only when there is no other.
    ///
    /// # Errors
    /// The key that it was encrypted with is gone, or the database does not answer.
    pub async fn installation(
        &self,
        platform: Platform,
        organisation: Option<&OrganisationId>,
        workspace: &WorkspaceId,
    ) -> Result<Option<Installation>, StoreError> {
        let row: Option<InstallationRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT organisation, workspace, sealed, details, version, disabled FROM installations \
                 WHERE platform = $1 AND (workspace = $3 OR (workspace = '' AND organisation = $2 AND $2 <> '')) \
                 ORDER BY disabled, CASE WHEN workspace = '' THEN 1 ELSE 0 END, updated_at DESC LIMIT 1",
            )
            .bind(platform.name())
            .bind(organisation.map_or("", OrganisationId::as_str))
            .bind(workspace.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| self.opened(platform, row)).transpose()
    }

    /// The workspaces of an organisation in which something is installed by itself, the latest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn workspaces_of(
        &self,
        platform: Platform,
        organisation: &OrganisationId,
    ) -> Result<Vec<WorkspaceId>, StoreError> {
        let rows: Vec<(String,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT workspace FROM installations WHERE platform = $1 AND organisation = $2 AND workspace <> '' \
                 AND disabled = 0 ORDER BY updated_at DESC, workspace",
            )
            .bind(platform.name())
            .bind(organisation.as_str())
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(workspace,)| WorkspaceId::new(workspace)).collect())
    }

    /// How many installations from a link there are for somebody's workspace, and elsewhere.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn links(
        &self,
        platform: Platform,
        organisation: Option<&OrganisationId>,
        workspace: &WorkspaceId,
    ) -> Result<Links, StoreError> {
        let (theirs, others): (i64, i64) = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT COUNT(CASE WHEN theirs = 1 THEN 1 END), COUNT(CASE WHEN theirs = 0 AND disabled = 0 THEN 1 END) \
                 FROM (SELECT disabled, CASE WHEN platform = $1 AND (workspace = $3 OR (workspace = '' AND organisation = $2 \
                 AND $2 <> '')) THEN 1 ELSE 0 END AS theirs FROM installations) AS links",
            )
            .bind(platform.name())
            .bind(organisation.map_or("", OrganisationId::as_str))
            .bind(workspace.as_str())
            .fetch_one(pool)
            .await?
        });
        Ok(Links { theirs, others })
    }

    /// Everything that is installed from a link, those that have ended last.
    ///
    /// # Errors
    /// The database does not answer, or a row was written by another version.
    pub async fn installations(&self) -> Result<Vec<KnownInstallation>, StoreError> {
        let rows: Vec<(String, String, String, String, i64, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT platform, organisation, workspace, details, disabled, updated_at FROM installations \
                 ORDER BY disabled, platform, organisation, workspace",
            )
            .fetch_all(pool)
            .await?
        });
        let known =
            |(platform, organisation, workspace, details, disabled, at): (String, String, String, String, i64, i64)| {
                Ok(KnownInstallation {
                    key: InstallationKey {
                        platform: Platform::parse(&platform).ok_or(StoreError::Damaged("installations"))?,
                        organisation: Some(organisation).filter(|id| !id.is_empty()).map(OrganisationId::new),
                        workspace: Some(workspace).filter(|id| !id.is_empty()).map(WorkspaceId::new),
                    },
                    details: serde_json::from_str(&details).map_err(|_| StoreError::Damaged("installations"))?,
                    is_disabled: disabled != 0,
                    updated_at: Timestamp::from_unix_seconds(at),
                })
            };
        rows.into_iter().map(known).collect()
    }

    /// Writes renewed tokens, when nobody else has done so since `version`; `false` otherwise.
    ///
    /// # Errors
    /// There is no key to encrypt with, or the database does not answer.
    pub async fn replace_tokens(
        &self,
        key: &InstallationKey,
        version: i64,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealed(key, tokens)?;
        let changed = on!(&self.pool, pool => {
            sqlx::query(
                "UPDATE installations SET sealed = $5, version = version + 1, refreshing = 0, updated_at = $6 \
                 WHERE platform = $1 AND organisation = $2 AND workspace = $3 AND version = $4",
            )
            .bind(key.platform.name())
            .bind(key.organisation_text())
            .bind(key.workspace_text())
            .bind(version)
            .bind(&sealed)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(changed == 1)
    }

    /// Takes the right to renew the tokens of this version; `false` while another worker holds it, or when the tokens are
    /// newer already: then read the installation again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn claim_refresh(
        &self,
        key: &InstallationKey,
        version: i64,
        now: Moment,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let claimed = on!(&self.pool, pool => {
            sqlx::query(
                "UPDATE installations SET refreshing = $6 WHERE platform = $1 AND organisation = $2 AND workspace = $3 \
                 AND version = $4 AND refreshing <= $5",
            )
            .bind(key.platform.name())
            .bind(key.organisation_text())
            .bind(key.workspace_text())
            .bind(version)
            .bind(now.unix_millis())
            .bind(now.plus(lease).unix_millis())
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(claimed == 1)
    }

    /// Notes that an installation's tokens are dead, until the app is installed again. Newer tokens stay in use.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn disable_installation(
        &self,
        key: &InstallationKey,
        version: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "UPDATE installations SET disabled = 1, updated_at = $5 \
                 WHERE platform = $1 AND organisation = $2 AND workspace = $3 AND version = $4",
            )
            .bind(key.platform.name())
            .bind(key.organisation_text())
            .bind(key.workspace_text())
            .bind(version)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Ends what was installed somewhere at `at` or before, and says how many there were. Such news can come late: what was
    /// installed since stays.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn end_installations(
        &self,
        platform: Platform,
        of: &InstalledAt,
        how: InstallationEnd,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let statement = match how {
            InstallationEnd::Removed => {
                "DELETE FROM installations WHERE platform = $1 AND updated_at <= $4 \
                 AND ((workspace <> '' AND workspace = $2) OR (workspace = '' AND organisation = $3))"
            }
            InstallationEnd::Revoked => {
                "UPDATE installations SET disabled = 1 WHERE platform = $1 AND updated_at <= $4 \
                 AND ((workspace <> '' AND workspace = $2) OR (workspace = '' AND organisation = $3))"
            }
        };
        let (workspace, organisation) = match of {
            InstalledAt::Workspace(id) => (id.as_str(), ""),
            InstalledAt::Organisation(id) => ("", id.as_str()),
        };
        let ended = on!(&self.pool, pool => {
            sqlx::query(statement)
                .bind(platform.name())
                .bind(workspace)
                .bind(organisation)
                .bind(at.unix_seconds())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(ended)
    }

    /// Encrypts under the first key what is still encrypted under an older one. After that the older key may go. Versions and dates
    /// stay: whoever is just renewing tokens must be able to write them, and late news of an end must still find its installation.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn seal_again(&self) -> Result<SealedAgain, StoreError> {
        let rows: Vec<(String, String, String, Vec<u8>, i64)> = on!(&self.pool, pool => {
            sqlx::query_as("SELECT platform, organisation, workspace, sealed, version FROM installations")
                .fetch_all(pool)
                .await?
        });
        let mut done = SealedAgain::default();
        for (platform, organisation, workspace, sealed, version) in rows {
            let known = Platform::parse(&platform).ok_or(StoreError::Damaged("installations"))?;
            let row = key_of(known, &organisation, &workspace).row();
            let plain = match self.seal.unseal(&sealed, &row) {
                Ok((plain, true)) => plain,
                Ok((_, false)) => continue,
                Err(StoreError::WrongKey | StoreError::Damaged(_)) => {
                    done.unreadable += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let anew = self.seal.seal(&plain, &row)?;
            done.again += on!(&self.pool, pool => {
                sqlx::query(
                    "UPDATE installations SET sealed = $5 \
                     WHERE platform = $1 AND organisation = $2 AND workspace = $3 AND version = $4",
                )
                .bind(&platform)
                .bind(&organisation)
                .bind(&workspace)
                .bind(version)
                .bind(&anew)
                .execute(pool)
                .await?
                .rows_affected()
            });
        }
        Ok(done)
    }

    fn sealed(&self, key: &InstallationKey, tokens: &Tokens) -> Result<Vec<u8>, StoreError> {
        let plain = PlainTokens {
            bot: tokens.bot.expose().to_owned(),
            refresh: tokens.refresh.as_ref().map(|token| token.expose().to_owned()),
            expires_at: tokens.expires_at,
        };
        let plain = serde_json::to_vec(&plain).map_err(|_| StoreError::Damaged("installations"))?;
        self.seal.seal(&plain, &key.row())
    }

    fn opened(&self, platform: Platform, row: InstallationRow) -> Result<Installation, StoreError> {
        let (organisation, workspace, sealed, details, version, disabled) = row;
        let key = key_of(platform, &organisation, &workspace);
        let (plain, _) = self.seal.unseal(&sealed, &key.row())?;
        Ok(Installation {
            tokens: tokens_from(&plain)?,
            details: serde_json::from_str(&details).map_err(|_| StoreError::Damaged("installations"))?,
            key,
            version,
            is_disabled: disabled != 0,
        })
    }
}

fn key_of(platform: Platform, organisation: &str, workspace: &str) -> InstallationKey {
    InstallationKey {
        platform,
        organisation: (!organisation.is_empty()).then(|| OrganisationId::new(organisation)),
        workspace: (!workspace.is_empty()).then(|| WorkspaceId::new(workspace)),
    }
}

fn tokens_from(plain: &[u8]) -> Result<Tokens, StoreError> {
    let plain: PlainTokens = serde_json::from_slice(plain).map_err(|_| StoreError::Damaged("installations"))?;
    Ok(Tokens {
        bot: Secret::new(&plain.bot),
        refresh: plain.refresh.as_deref().map(Secret::new),
        expires_at: plain.expires_at,
    })
}
