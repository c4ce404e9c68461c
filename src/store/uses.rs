//! How often the entries of the glossary were met, by day. No people, no places and no text.

use std::time::Duration;

use super::{Store, StoreError, pool::on};
use crate::clock::Timestamp;

/// Counts are forgotten after this.
pub const USES_REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Rows that are written in one transaction, so that nobody waits long for their turn.
const ROWS_AT_ONCE: usize = 500;

/// How often an entry was met on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryUse {
    /// Id of the concept.
    pub concept: String,
    /// Empty for the entry as a whole; else a deprecated term of it.
    pub term: String,
    /// The day, counted from the start of 1970.
    pub day: i64,
    /// How often.
    pub uses: u32,
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl Store {
    /// Adds what was met.
    ///
    /// # Errors
    /// The database does not answer; some of it may be noted then.
    pub async fn note_uses(&self, uses: &[EntryUse]) -> Result<(), StoreError> {
        for chunk in uses.chunks(ROWS_AT_ONCE) {
            on!(&self.pool, pool, dialect => {
                let mut transaction = pool.begin_with(dialect.begin).await?;
                for one in chunk {
                    sqlx::query(
                        "INSERT INTO entry_uses (concept, term, day, uses) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (concept, term, day) DO UPDATE SET uses = entry_uses.uses + $4",
                    )
                    .bind(&one.concept)
                    .bind(&one.term)
                    .bind(one.day)
                    .bind(i64::from(one.uses))
                    .execute(&mut *transaction)
                    .await?;
                }
                transaction.commit().await?;
            });
        }
        Ok(())
    }

    /// On which days since this one an entry was met, and how often.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn uses_of(&self, concept: &str, since: i64) -> Result<Vec<(i64, u64)>, StoreError> {
        let rows: Vec<(i64, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT day, uses FROM entry_uses WHERE concept = $1 AND term = '' AND day >= $2 ORDER BY day",
            )
            .bind(concept)
            .bind(since)
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(day, uses)| (day, count(uses))).collect())
    }

    /// How often each entry was met since this day, the most often first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn uses_since(&self, since: i64) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT concept, CAST(sum(uses) AS BIGINT) FROM entry_uses WHERE term = '' AND day >= $1 \
                 GROUP BY concept ORDER BY sum(uses) DESC, concept",
            )
            .bind(since)
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(concept, uses)| (concept, count(uses))).collect())
    }

    /// The deprecated terms that were written since this day, with their entries, the most often first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn deprecated_since(&self, since: i64, most: u32) -> Result<Vec<(String, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT concept, term, CAST(sum(uses) AS BIGINT) FROM entry_uses WHERE term <> '' AND day >= $1 \
                 GROUP BY concept, term ORDER BY sum(uses) DESC, concept, term LIMIT $2",
            )
            .bind(since)
            .bind(i64::from(most))
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(concept, term, uses)| (concept, term, count(uses))).collect())
    }

    /// Forgets counts that are old.
    pub(super) async fn expire_uses(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM entry_uses WHERE day < $1")
                .bind(now.minus(USES_REMEMBERED).day())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
