//! SQLite: one file, no server. What only this database needs is here.

use std::{error::Error, fs, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    StoreError,
    pool::{Dialect, MigrationText, PATIENCE, migrator},
};
use crate::clock::Stopwatch;

const MIGRATIONS: &[MigrationText] = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "delivery", include_str!("../../migrations/sqlite/0002_delivery.sql")),
    (4, "places", include_str!("../../migrations/sqlite/0004_places.sql")),
    (6, "glossary", include_str!("../../migrations/sqlite/0006_glossary.sql")),
    (8, "sessions", include_str!("../../migrations/sqlite/0008_sessions.sql")),
    (9, "judgements", include_str!("../../migrations/sqlite/0009_judgements.sql")),
    (10, "bridges", include_str!("../../migrations/sqlite/0010_bridges.sql")),
    (11, "known terms", include_str!("../../migrations/sqlite/0011_known_terms.sql")),
    (12, "accounts", include_str!("../../migrations/sqlite/0012_accounts.sql")),
    (13, "conversations", include_str!("../../migrations/sqlite/0013_conversations.sql")),
    (14, "thread replies", include_str!("../../migrations/sqlite/0014_thread_replies.sql")),
    (16, "idle sessions", include_str!("../../migrations/sqlite/0016_idle_sessions.sql")),
    (17, "trials", include_str!("../../migrations/sqlite/0017_trials.sql")),
    (18, "gaps and uses", include_str!("../../migrations/sqlite/0018_gaps_and_uses.sql")),
    (20, "content files", include_str!("../../migrations/sqlite/0020_content_files.sql")),
    (21, "failures", include_str!("../../migrations/sqlite/0021_failures.sql")),
    (22, "comments", include_str!("../../migrations/sqlite/0022_comments.sql")),
    (23, "audit", include_str!("../../migrations/sqlite/0023_audit.sql")),
    (28, "api answers and scopes", include_str!("../../migrations/sqlite/0028_api_answers_and_scopes.sql")),
    (31, "address uses", include_str!("../../migrations/sqlite/0031_address_uses.sql")),
    (33, "entry judgements", include_str!("../../migrations/sqlite/0033_entry_judgements.sql")),
    (37, "conversation references", include_str!("../../migrations/sqlite/0037_conversation_references.sql")),
    (40, "asked and received", include_str!("../../migrations/sqlite/0040_asked_and_received.sql")),
];

/// SQLite has one writer at a time anyway; the other connections let reads pass a write.
const CONNECTIONS: u32 = 3;

/// Nobody waits for an answer while the database is opened, and a busy machine may take its time over it.
const OPENING_PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries of what SQLite refuses without waiting: above all to begin a write-ahead log while somebody else looks
/// into the same fresh file.
const OPENING_PAUSE: Duration = Duration::from_millis(50);

pub(super) const DIALECT: Dialect = Dialect {
    // A transaction that only turns into a writer later would be refused when another one writes at that moment.
    begin: "BEGIN IMMEDIATE",
    next_event: super::inbox::next_event!(""),
    next_delivery: super::outbox::next_delivery!(""),
    keep_others_out: None,
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
        .max_lifetime(None);
    if file.is_none() {
        let pool = pool.connect_with(options).await?;
        migrator(MIGRATIONS).run(&pool).await.map_err(StoreError::Migration)?;
        return Ok(pool);
    }
    // One connection makes the file ready before there are others. It stays until they are there, because the last one to
    // leave takes the write-ahead log away.
    let mut patience = Patience { watch: Stopwatch::start(), overtaken: 0 };
    let ready = loop {
        match prepare(&options).await {
            Ok(ready) => break ready,
            Err(error) => patience.with(error).await?,
        }
    };
    let pool = loop {
        match pool.clone().connect_with(options.clone()).await {
            Ok(pool) => break pool,
            Err(error) => patience.with(error.into()).await?,
        }
    };
    ready.close().await?;
    Ok(pool)
}

/// Begins the write-ahead log and brings the tables up to date.
async fn prepare(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection = options.clone().busy_timeout(OPENING_PATIENCE).connect().await?;
    migrator(MIGRATIONS).run(&mut connection).await.map_err(StoreError::Migration)?;
    Ok(connection)
}

/// How often and for how long opening is tried.
struct Patience {
    watch: Stopwatch,
    overtaken: usize,
}

impl Patience {
    /// Waits a moment while somebody else holds the file, or has perhaps just made the step that failed.
    async fn with(&mut self, failed: StoreError) -> Result<(), StoreError> {
        let may_be_overtaken = matches!(failed, StoreError::Migration(_)) && self.overtaken < MIGRATIONS.len();
        self.overtaken += usize::from(may_be_overtaken);
        let is_over = Duration::from_micros(self.watch.elapsed_us()) >= OPENING_PATIENCE;
        if is_over || !is_busy(&failed) && !may_be_overtaken {
            return Err(failed);
        }
        tracing::debug!(error = &failed as &dyn Error, "the database is tried again; somebody else may be opening it");
        tokio::time::sleep(OPENING_PAUSE).await;
        Ok(())
    }
}

/// Whether somebody else holds the file.
fn is_busy(error: &StoreError) -> bool {
    /// The last byte of SQLite's code; the others tell in which way.
    const BUSY: u32 = 5;
    let error = match error {
        StoreError::Database(error) => error,
        StoreError::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => error,
        _ => return false,
    };
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    matches!(error, sqlx::Error::PoolTimedOut) || code.is_some_and(|code| code & 0xff == BUSY)
}
