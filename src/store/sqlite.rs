//! SQLite: one file, no server. What only this database needs is here.

use std::{fs, path::Path};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    StoreError,
    pool::{Dialect, MigrationText, PATIENCE, migrator},
};

const MIGRATIONS: &[MigrationText] = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "delivery", include_str!("../../migrations/sqlite/0002_delivery.sql")),
    (4, "places", include_str!("../../migrations/sqlite/0004_places.sql")),
    (6, "glossary", include_str!("../../migrations/sqlite/0006_glossary.sql")),
    (8, "sessions", include_str!("../../migrations/sqlite/0008_sessions.sql")),
    (9, "judgements", include_str!("../../migrations/sqlite/0009_judgements.sql")),
];

/// SQLite has one writer at a time anyway; the other connections let reads pass a write.
const CONNECTIONS: u32 = 3;

pub(super) const DIALECT: Dialect = Dialect {
    // A transaction that only turns into a writer later would be refused when another one writes at that moment.
    begin: "BEGIN IMMEDIATE",
    next_event: super::inbox::next_event!(""),
    next_delivery: super::outbox::next_delivery!(""),
    // What was erased is still in the write-ahead log until that is merged and emptied.
    after_erasing: Some("PRAGMA wal_checkpoint(TRUNCATE)"),
    // A file tells nobody anything: other processes ask it.
    announce_publication: None,
};

/// Opens a file, made together with its folder when it is missing, or a database in memory.
pub(super) async fn open(file: Option<&Path>) -> Result<SqlitePool, StoreError> {
    let (options, connections) = match file {
        Some(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                fs::create_dir_all(folder).map_err(|error| StoreError::Folder(folder.to_path_buf(), error))?;
            }
            (SqliteConnectOptions::new().filename(path).create_if_missing(true), CONNECTIONS)
        }
        // Each connection to `:memory:` would be a database of its own.
        None => (SqliteConnectOptions::new().in_memory(true), 1),
    };
    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        // With a write-ahead log a power cut can lose the last moment, never damage the file; the end of the process
        // alone loses nothing that was written.
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
    migrator(MIGRATIONS).run(&pool).await.map_err(StoreError::Migration)?;
    Ok(pool)
}
