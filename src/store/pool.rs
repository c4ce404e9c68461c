//! The databases we run on, and one spelling for queries that both understand.

use sqlx::{PgPool, SqlitePool};

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
    /// Makes sure that erased text is gone from disk as well.
    pub(super) after_erasing: Option<&'static str>,
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
