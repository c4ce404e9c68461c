//! The databases we run on, and one spelling for queries that both understand.

use std::time::Duration;

use sqlx::{
    PgPool, SqlSafeStr, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
};

/// A caller has three seconds to answer its platform; one that waits longer for a connection has lost already.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);

/// Number, name and text of a migration. A shipped one is never edited, only followed by another.
pub(super) type MigrationText = (i64, &'static str, &'static str);

/// What brings tables up to date, oldest migration first.
pub(super) fn migrator(texts: &[MigrationText]) -> Migrator {
    let migration = |(number, name, text): &MigrationText| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(texts.iter().map(migration).collect())
}

/// Connections to one of the databases.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    /// One file, one process.
    Sqlite(SqlitePool),
    /// A server that several processes share.
    Postgres(PgPool),
}

/// What the two databases spell differently. Everything else is the same text for both.
pub(super) struct Dialect {
    /// Begins a transaction that is going to write.
    pub(super) begin: &'static str,
    /// The event whose turn it is, kept from other workers until the transaction ends.
    pub(super) next_event: &'static str,
    /// The delivery whose turn it is, kept from other workers until the transaction ends.
    pub(super) next_delivery: &'static str,
    /// Keeps everybody else out who names the same thing, until the transaction ends; nothing where there is one writer anyway.
    pub(super) keep_others_out: Option<&'static str>,
    /// Makes sure that erased text is gone from disk as well.
    pub(super) after_erasing: Option<&'static str>,
    /// Tells other processes, when the transaction ends well, that the glossary was published.
    pub(super) announce_publication: Option<&'static str>,
}

/// Runs the same code on whichever database it is. The types differ, so the compiler sees the code twice.
macro_rules! on {
    ($pool:expr, $database:ident => $body:expr) => {
        match $pool {
            $crate::store::pool::Pool::Sqlite($database) => $body,
            $crate::store::pool::Pool::Postgres($database) => $body,
        }
    };
    ($pool:expr, $database:ident, $dialect:ident => $body:expr) => {
        match $pool {
            $crate::store::pool::Pool::Sqlite($database) => {
                let $dialect = &$crate::store::sqlite::DIALECT;
                $body
            }
            $crate::store::pool::Pool::Postgres($database) => {
                let $dialect = &$crate::store::postgres::DIALECT;
                $body
            }
        }
    };
}
pub(super) use on;
