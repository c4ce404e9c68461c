//! Counters that outlive a process. `upshot doctor` shows them.

use std::time::Duration;

use super::{Store, StoreError, pool::on};
use crate::clock::Timestamp;

/// How long it is remembered what was counted under a key. A card can be pressed for as long as its chat exists; nobody's
/// figures are spoilt by a judgement that is given again a month later.
const KEYS_REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Events that were worked.
    EventsDone,
    /// Events that were given up.
    EventsDead,
    /// Deliveries that arrived.
    Delivered,
    /// Deliveries that became too late.
    Expired,
    /// Deliveries that can never arrive.
    Dead,
    /// Answers that somebody found helpful.
    FeedbackHelpful,
    /// Answers in which somebody found something wrong.
    FeedbackWrong,
    /// Answers in which somebody missed a term.
    FeedbackMissingTerm,
}

impl Counter {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::EventsDone,
        Self::EventsDead,
        Self::Delivered,
        Self::Expired,
        Self::Dead,
        Self::FeedbackHelpful,
        Self::FeedbackWrong,
        Self::FeedbackMissingTerm,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventsDone => "events_done",
            Self::EventsDead => "events_dead",
            Self::Delivered => "deliveries_delivered",
            Self::Expired => "deliveries_expired",
            Self::Dead => "deliveries_dead",
            Self::FeedbackHelpful => "feedback_helpful",
            Self::FeedbackWrong => "feedback_wrong",
            Self::FeedbackMissingTerm => "feedback_missing_term",
        }
    }
}

/// Adds to a counter within a transaction. Last in it, because until its end everybody else waits for the row.
macro_rules! count_up {
    ($transaction:ident, $counter:expr, $by:expr) => {{
        let by = i64::try_from($by).unwrap_or(i64::MAX);
        if by > 0 {
            sqlx::query(
                "INSERT INTO counters (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = counters.value + $2",
            )
            .bind($counter.name())
            .bind(by)
            .execute(&mut *$transaction)
            .await?;
        }
    }};
}
pub(super) use count_up;

impl Store {
    /// Adds one to a counter, unless something was counted under the same key before.
    ///
    /// # Errors
    /// The database does not answer; then nothing is counted.
    pub async fn count_once(&self, counter: Counter, key: &str, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let first = sqlx::query("INSERT INTO judgements (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
                .bind(key)
                .bind(now.unix_seconds())
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            count_up!(transaction, counter, first);
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Forgets keys that are old.
    pub(super) async fn expire_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM judgements WHERE at <= $1")
                .bind(now.minus(KEYS_REMEMBERED).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// The value of a counter.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn count(&self, counter: Counter) -> Result<u64, StoreError> {
        let value: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as("SELECT value FROM counters WHERE name = $1")
                .bind(counter.name())
                .fetch_optional(pool)
                .await?
        });
        Ok(value.map_or(0, |(value,)| u64::try_from(value).unwrap_or(0)))
    }
}
