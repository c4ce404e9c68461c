//! What waits and since when, for whoever looks after a server.

use super::{Store, StoreError, pool::on};
use crate::clock::Moment;

/// What is not done yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Events that were acknowledged and are not worked yet.
    pub events: u64,
    /// When the oldest of them came.
    pub oldest_event: Option<Moment>,
    /// What is owed to platforms.
    pub deliveries: u64,
    /// So many of these were tried before.
    pub failed: u64,
    /// When the first of them was to go out.
    pub first_due: Option<Moment>,
}

impl Store {
    /// What waits or is in work.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn waiting(&self) -> Result<Waiting, StoreError> {
        let (events, oldest): (i64, Option<i64>) = on!(&self.pool, pool => {
            sqlx::query_as("SELECT count(*), min(received_at) FROM inbox WHERE state IN ('waiting', 'working')")
                .fetch_one(pool)
                .await?
        });
        let (deliveries, failed, first_due): (i64, i64, Option<i64>) = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT count(*), count(CASE WHEN failures > 0 THEN 1 END), min(due_at) FROM outbox \
                 WHERE state IN ('waiting', 'sending')",
            )
            .fetch_one(pool)
            .await?
        });
        let count = |rows| u64::try_from(rows).unwrap_or(0);
        Ok(Waiting {
            events: count(events),
            oldest_event: oldest.map(Moment::from_unix_millis),
            deliveries: count(deliveries),
            failed: count(failed),
            first_due: first_due.map(Moment::from_unix_millis),
        })
    }
}
