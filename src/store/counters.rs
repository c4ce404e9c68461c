//! Counters that outlive a process.

use super::{Store, StoreError, pool::on};

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

    /// The name in the database and in metrics.
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
    /// Adds one to a counter.
    ///
    /// # Errors
    /// The database does not answer; then nothing is counted.
    pub async fn count_one(&self, counter: Counter) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            count_up!(transaction, counter, 1_i64);
            transaction.commit().await?;
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
