//! How deliveries of a platform were received: how many fitted, and how many were refused for which reason. `upshot doctor` tells by
//! it whether a signing secret is the app's. Numbers of ten minutes each, and nothing of the deliveries.

use std::{collections::BTreeMap, time::Duration};

use super::{Store, StoreError, pool::on};
use crate::{clock::Timestamp, ids::Platform};

/// In seconds.
const STRETCH: i64 = 600;
/// Older figures say nothing of how it is now.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// How a delivery was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reception {
    /// Its signature fits.
    Fitted,
    /// It was sent at a time that is too far from this machine's.
    AnotherTime,
    /// It was sent just now, and its signature, of the right form, fits no secret.
    AnotherSecret,
    /// It has no signature, or none of the right form.
    Unsigned,
}

impl Reception {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fitted, Self::AnotherTime, Self::AnotherSecret, Self::Unsigned];

    const fn name(self) -> &'static str {
        match self {
            Self::Fitted => "fitted",
            Self::AnotherTime => "another_time",
            Self::AnotherSecret => "another_secret",
            Self::Unsigned => "unsigned",
        }
    }
}

/// So many deliveries, received so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The platform.
    pub platform: Platform,
    /// How they were received.
    pub how: Reception,
    /// The stretch of time, as [`stretch_of`] numbers it.
    pub stretch: i64,
    /// How many there were.
    pub count: u32,
}

/// The stretch of time that a moment belongs to.
#[must_use]
pub fn stretch_of(now: Timestamp) -> i64 {
    now.unix_seconds().div_euclid(STRETCH)
}

impl Store {
    /// Adds to the figures.
    ///
    /// # Errors
    /// The database does not answer; then none of it is added.
    pub async fn note_receptions(&self, received: &[Received]) -> Result<(), StoreError> {
        if received.is_empty() {
            return Ok(());
        }
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for Received { platform, how, stretch, count } in received {
                sqlx::query(
                    "INSERT INTO receptions (platform, outcome, stretch, count) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (platform, outcome, stretch) DO UPDATE SET count = receptions.count + excluded.count",
                )
                .bind(platform.name())
                .bind(how.name())
                .bind(stretch)
                .bind(i64::from(*count))
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// How deliveries of a platform were received in the last hour, up to ten minutes more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn receptions(&self, platform: Platform, now: Timestamp) -> Result<BTreeMap<Reception, u64>, StoreError> {
        let rows: Vec<(String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT outcome, CAST(sum(count) AS BIGINT) FROM receptions WHERE platform = $1 AND stretch >= $2 \
                 GROUP BY outcome",
            )
            .bind(platform.name())
            .bind(stretch_of(now) - 3_600 / STRETCH)
            .fetch_all(pool)
            .await?
        });
        let known = |(name, count): (String, i64)| {
            let how = Reception::ALL.into_iter().find(|how| how.name() == name)?;
            Some((how, u64::try_from(count).unwrap_or(0)))
        };
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// Forgets what is old.
    pub(super) async fn expire_receptions(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM receptions WHERE stretch < $1")
                .bind(stretch_of(now.minus(REMEMBERED)))
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
