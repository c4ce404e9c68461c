//! PostgreSQL: for several instances over one database. What only this database needs is here.

use std::str::FromStr;

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    StoreError,
    pool::{Dialect, MigrationText, PATIENCE, migrator},
};
use crate::config::Secret;

const MIGRATIONS: &[MigrationText] = &[
    (1, "first", include_str!("../../migrations/postgres/0001_first.sql")),
    (2, "delivery", include_str!("../../migrations/postgres/0002_delivery.sql")),
    (4, "places", include_str!("../../migrations/postgres/0004_places.sql")),
    (6, "glossary", include_str!("../../migrations/postgres/0006_glossary.sql")),
    (8, "sessions", include_str!("../../migrations/postgres/0008_sessions.sql")),
    (9, "judgements", include_str!("../../migrations/postgres/0009_judgements.sql")),
    (10, "bridges", include_str!("../../migrations/postgres/0010_bridges.sql")),
    (11, "known terms", include_str!("../../migrations/postgres/0011_known_terms.sql")),
    (12, "accounts", include_str!("../../migrations/postgres/0012_accounts.sql")),
    (13, "conversations", include_str!("../../migrations/postgres/0013_conversations.sql")),
    (14, "thread replies", include_str!("../../migrations/postgres/0014_thread_replies.sql")),
    (16, "idle sessions", include_str!("../../migrations/postgres/0016_idle_sessions.sql")),
    (17, "trials", include_str!("../../migrations/postgres/0017_trials.sql")),
    (18, "gaps and uses", include_str!("../../migrations/postgres/0018_gaps_and_uses.sql")),
    (20, "content files", include_str!("../../migrations/postgres/0020_content_files.sql")),
    (21, "failures", include_str!("../../migrations/postgres/0021_failures.sql")),
    (22, "comments", include_str!("../../migrations/postgres/0022_comments.sql")),
    (23, "audit", include_str!("../../migrations/postgres/0023_audit.sql")),
    (28, "api answers and scopes", include_str!("../../migrations/postgres/0028_api_answers_and_scopes.sql")),
    (31, "address uses", include_str!("../../migrations/postgres/0031_address_uses.sql")),
    (33, "entry judgements", include_str!("../../migrations/postgres/0033_entry_judgements.sql")),
    (37, "conversation references", include_str!("../../migrations/postgres/0037_conversation_references.sql")),
    (40, "asked and received", include_str!("../../migrations/postgres/0040_asked_and_received.sql")),
];

/// Enough for the workers of one instance, and one that listens; a server takes some hundred connections in all.
const CONNECTIONS: u32 = 11;

pub(super) const DIALECT: Dialect = Dialect {
    begin: "BEGIN",
    // What another worker is taking at this moment is passed over.
    next_event: super::inbox::next_event!(" FOR UPDATE SKIP LOCKED"),
    next_delivery: super::outbox::next_delivery!(" FOR UPDATE OF item SKIP LOCKED"),
    keep_others_out: Some("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"),
    after_erasing: None,
    announce_publication: Some(super::publications::announce!()),
};

/// Opens a database and brings its tables up to date. Instances that start together wait for each other.
pub(super) async fn open(url: &Secret) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url.expose()).map_err(StoreError::Address)?.application_name("upshot");
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    migrator(MIGRATIONS).run(&pool).await.map_err(StoreError::Migration)?;
    Ok(pool)
}
