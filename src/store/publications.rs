//! Hearing at once that another process published the glossary. PostgreSQL tells whoever listens; SQLite tells nobody. What
//! is heard is never needed: whoever listens also asks for the counter now and then.

use sqlx::postgres::PgListener;

use super::{Store, StoreError, pool::Pool};

/// The name under which publications are told.
macro_rules! channel {
    () => {
        "upshot_glossary"
    };
}

/// Tells it, at the end of the transaction.
macro_rules! announce {
    () => {
        concat!("SELECT pg_notify('", $crate::store::publications::channel!(), "', '')")
    };
}

/// Raises the counter by which every process notices that readers get something else. To be done last in a transaction, because
/// until its end everybody else who publishes waits for the row.
macro_rules! publish_in {
    ($transaction:ident, $dialect:ident, $workspace:expr) => {
        sqlx::query(
            "INSERT INTO glossary_revisions (workspace, revision) VALUES ($1, 1) \
             ON CONFLICT (workspace) DO UPDATE SET revision = glossary_revisions.revision + 1",
        )
        .bind($workspace.as_str())
        .execute(&mut *$transaction)
        .await?;
        if let Some(statement) = $dialect.announce_publication {
            sqlx::query(statement).execute(&mut *$transaction).await?;
        }
    };
}
pub(super) use {announce, channel, publish_in};

/// What is told about publications from now on.
#[derive(Debug)]
pub struct Publications<'s> {
    store: &'s Store,
    listener: Option<PgListener>,
}

impl Store {
    /// What is told about publications from now on.
    #[must_use]
    pub fn publications(&self) -> Publications<'_> {
        Publications { store: self, listener: None }
    }
}

impl Publications<'_> {
    /// Waits until there may be a publication that was not seen yet: somebody told of one, or nobody listened for a while.
    /// Where the database tells nothing, this waits for ever. What was waiting when this is given up is lost.
    ///
    /// # Errors
    /// The database cannot be listened to; call again after a pause.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.store.pool else { return std::future::pending().await };
        let Some(listener) = &mut self.listener else {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(channel!()).await?;
            self.listener = Some(listener);
            return Ok(());
        };
        // A connection that was lost is told like a publication once there is another, because one may have gone by unheard.
        match listener.try_recv().await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.listener = None;
                Err(error.into())
            }
        }
    }
}
