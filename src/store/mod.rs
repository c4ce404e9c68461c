//! What outlives a request: preferences and pending texts.
//!
//! [`Store`] is one face over the databases we run on. Preferences are read on every command, so they are also held in
//! memory and a read never touches the database.

mod pending;
mod preferences;
mod sqlite;

use std::{fmt, path::PathBuf, time::Duration};

use crate::{
    clock::Timestamp,
    config::DatabaseUrl,
    ids::{AudienceId, PendingId, PersonId, WorkspaceId},
};
use preferences::PreferenceCache;
use sqlite::SqliteStore;

/// How long a text may wait behind an answer on somebody's screen.
pub const PENDING_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The database could not do what was asked.
#[derive(Debug)]
pub enum StoreError {
    /// The folder of the database file cannot be made.
    Folder(PathBuf, std::io::Error),
    /// The database cannot be opened or does not answer.
    Database(sqlx::Error),
    /// The database takes less than comes in, and memory for what waits is full.
    Busy,
    /// The tables cannot be brought up to date.
    Migration(sqlx::migrate::MigrateError),
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path, _) => write!(formatter, "the folder {} cannot be made", path.display()),
            Self::Busy => formatter.write_str("the database cannot keep up"),
            Self::Database(_) => formatter.write_str("the database does not answer"),
            Self::Migration(_) => formatter.write_str("the database cannot be brought up to date"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder(_, error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Busy => None,
            Self::Migration(error) => Some(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// The databases we run on.
#[derive(Debug)]
enum Backend {
    Sqlite(SqliteStore),
}

/// What outlives a request.
#[derive(Debug)]
pub struct Store {
    backend: Backend,
    preferences: PreferenceCache,
}

impl Store {
    /// Opens the database, creating it and bringing its tables up to date first.
    ///
    /// # Errors
    /// The database cannot be created, opened or brought up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let backend = Backend::Sqlite(SqliteStore::open(url).await?);
        let rows = match &backend {
            Backend::Sqlite(sqlite) => sqlite.all_preferences().await?,
        };
        Ok(Self { backend, preferences: PreferenceCache::new(rows) })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.ping().await,
        }
    }

    /// The reader that this person chose, from memory.
    #[must_use]
    pub fn preference(&self, workspace: &WorkspaceId, person: &PersonId) -> Option<AudienceId> {
        self.preferences.get(workspace, person)
    }

    /// Remembers the reader that this person chose.
    ///
    /// # Errors
    /// The database does not answer; then nothing is remembered.
    pub async fn set_preference(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        audience: &AudienceId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.set_preference(workspace, person, audience, now).await?,
        }
        self.preferences.set(workspace, person, audience);
        Ok(())
    }

    /// Keeps a text for [`PENDING_LIFETIME`], for this person only.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let expires_at = now.plus(PENDING_LIFETIME);
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.keep_pending(id, workspace, person, text, expires_at).await,
        }
    }

    /// The text behind an answer; `None` when it has expired, was erased or belongs to somebody else.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.pending(id, workspace, person, now).await,
        }
    }

    /// Erases the text behind an answer that nobody looks at any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
    ) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.erase_pending(id, workspace, person).await,
        }
    }

    /// Erases all texts whose time is over and says how many there were.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.erase_expired(now).await,
        }
    }

    /// Closes the database. What is asked afterwards fails.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
        }
    }
}
