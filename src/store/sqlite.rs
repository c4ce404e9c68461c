//! The store on SQLite: one file, no server. All SQL of this database is here.

use std::{fs, time::Duration};

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    StoreError,
    pending::{PendingRow, PendingTexts},
    preferences::PreferenceRow,
};
use crate::{
    clock::Timestamp,
    config::DatabaseUrl,
    ids::{AudienceId, PendingId, PersonId, WorkspaceId},
};

/// Number, name and text of every migration, oldest first. A shipped one is never edited, only followed by another.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "first", include_str!("../../migrations/sqlite/0001_first.sql"))];

/// A caller has three seconds to answer its platform; one that waits longer for a connection has lost already.
const PATIENCE: Duration = Duration::from_millis(1500);

/// SQLite has one writer at a time anyway; the second connection lets a read pass a write.
const CONNECTIONS: u32 = 2;

/// The store on SQLite.
#[derive(Debug)]
pub(super) struct SqliteStore {
    pool: SqlitePool,
    texts: PendingTexts,
}

impl SqliteStore {
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let (options, connections) = match url {
            DatabaseUrl::SqliteFile(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    fs::create_dir_all(folder).map_err(|error| StoreError::Folder(folder.to_path_buf(), error))?;
                }
                (SqliteConnectOptions::new().filename(path).create_if_missing(true), CONNECTIONS)
            }
            // Each connection to `:memory:` would be a database of its own.
            DatabaseUrl::SqliteMemory => (SqliteConnectOptions::new().in_memory(true), 1),
        };
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            // With a write-ahead log a power cut can lose the last preference, never damage the file.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE)
            // Erased texts are overwritten, not only unlinked.
            .pragma("secure_delete", "ON");
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        let migrations = MIGRATIONS
            .iter()
            .map(|(number, name, text)| {
                Migration::new(*number, (*name).into(), MigrationType::Simple, text.into_sql_str(), false)
            })
            .collect();
        Migrator::with_migrations(migrations).run(&pool).await.map_err(StoreError::Migration)?;
        let texts = PendingTexts::start(pool.clone());
        Ok(Self { pool, texts })
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn all_preferences(&self) -> Result<Vec<PreferenceRow>, StoreError> {
        Ok(sqlx::query_as("SELECT workspace, person, audience FROM preferences").fetch_all(&self.pool).await?)
    }

    pub(super) async fn set_preference(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        audience: &AudienceId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO preferences (workspace, person, audience, updated_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (workspace, person) DO UPDATE SET audience = excluded.audience, updated_at = excluded.updated_at",
        )
        .bind(workspace.as_str())
        .bind(person.as_str())
        .bind(audience.as_str())
        .bind(now.unix_seconds())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(super) async fn keep_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        text: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = PendingRow {
            id: id.clone(),
            workspace: workspace.clone(),
            person: person.clone(),
            text: text.to_owned(),
            expires_at,
        };
        self.texts.keep(row).await
    }

    pub(super) async fn pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        if let Some(text) = self.texts.find(id, workspace, person, now) {
            return Ok(Some(text));
        }
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT text FROM pending_sources WHERE id = ?1 AND workspace = ?2 AND person = ?3 AND expires_at > ?4",
        )
        .bind(id.as_str())
        .bind(workspace.as_str())
        .bind(person.as_str())
        .bind(now.unix_seconds())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(text,)| text))
    }

    pub(super) async fn erase_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
    ) -> Result<(), StoreError> {
        self.texts.forget(id, workspace, person);
        sqlx::query("DELETE FROM pending_sources WHERE id = ?1 AND workspace = ?2 AND person = ?3")
            .bind(id.as_str())
            .bind(workspace.as_str())
            .bind(person.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(super) async fn erase_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.texts.forget_expired(now);
        let done = sqlx::query("DELETE FROM pending_sources WHERE expires_at <= ?1")
            .bind(now.unix_seconds())
            .execute(&self.pool)
            .await?;
        // What was erased is still in the write-ahead log until that is merged and emptied.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    pub(super) async fn close(&self) {
        self.texts.close().await;
        self.pool.close().await;
    }
}
