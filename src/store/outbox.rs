//! What is owed to a platform: kept until it is delivered, expired or dead, each of which is counted.
//!
//! Rows of one *lane* (a channel, or one address) go out one after another in their order, at the lane's pace. Rows of one
//! *method* share a rate of their workspace. A row is marked `sending` before the call. When a process ends in that moment,
//! nobody knows whether the call arrived: the row is taken up again *in doubt*, and the platform's side decides what to do.

use std::time::Duration;

use super::{Counter, Store, StoreError, counters::count_up, pool::on};
use crate::{
    clock::Moment,
    ids::{Platform, WorkspaceId},
};

/// How long a row that could not be delivered is kept, without its text, for whoever looks for the reason.
pub const BURIED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A row that is too late is taken by a worker within this, who knows whom to tell; what nobody took is erased.
/// It is shorter than the ten seconds of a call: where calls that hang hold every place of the workers, a sweep just then
/// comes first, and nobody is told.
const UNTAKEN: Duration = Duration::from_secs(5);

/// A pace that nobody used for this long holds nothing up any more.
const PACE_KEPT: Duration = Duration::from_secs(60 * 60);

/// The one query that the databases spell differently.
macro_rules! next_delivery {
    ($lock:literal) => {
        concat!(
            "SELECT item.number, item.platform, item.workspace, item.lane, item.lane_ms, item.method, item.method_ms, ",
            "item.burst_ms, item.payload, item.attempts, item.failures, ",
            "CAST(CASE WHEN item.state = 'sending' OR item.in_doubt = 1 THEN 1 ELSE 0 END AS BIGINT), item.expires_at ",
            "FROM outbox AS item ",
            "LEFT JOIN paces AS lane ON lane.name = item.lane ",
            "LEFT JOIN paces AS method ON method.name = item.method ",
            "WHERE item.state IN ('waiting', 'sending') AND item.due_at <= $1 ",
            // What is too late waits for nobody, so that whoever is to hear of it hears soon.
            "AND (item.expires_at <= $1 OR (",
            "coalesce(lane.not_before, 0) <= $1 AND coalesce(method.not_before, 0) <= $1 ",
            "AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = item.lane ",
            "AND earlier.number < item.number AND earlier.state IN ('waiting', 'sending')))) ",
            "ORDER BY item.due_at, item.number LIMIT 1",
            $lock
        )
    };
}
pub(super) use next_delivery;

/// Puts one row into the outbox within a transaction.
macro_rules! insert {
    ($transaction:ident, $delivery:expr, $now:expr) => {{
        let delivery: &$crate::store::NewDelivery = $delivery;
        let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let method_ms = millis(delivery.rate.every);
        sqlx::query(
            "INSERT INTO outbox (platform, workspace, lane, lane_ms, method, method_ms, burst_ms, state, payload, due_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10)",
        )
        .bind(delivery.platform.name())
        .bind(delivery.workspace.as_str())
        .bind(format!("lane:{}:{}:{}", delivery.platform.name(), delivery.workspace.as_str(), delivery.lane))
        .bind(millis(delivery.lane_pause))
        .bind(format!("rate:{}:{}:{}", delivery.platform.name(), delivery.workspace.as_str(), delivery.method))
        .bind(method_ms)
        .bind(method_ms.saturating_mul(i64::from(delivery.rate.burst.saturating_sub(1))))
        .bind(&delivery.payload)
        .bind($now.unix_millis())
        .bind(delivery.expires_at.unix_millis())
        .execute(&mut *$transaction)
        .await?;
    }};
}
pub(super) use insert;

/// How often something may be done in the long run, and how many times at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Between two times, in the long run.
    pub every: Duration,
    /// How many at once after a rest; 1 for strictly even.
    pub burst: u32,
}

/// Something that is owed to a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// To whom.
    pub platform: Platform,
    /// For whose workspace.
    pub workspace: WorkspaceId,
    /// Deliveries of one lane of a workspace go out one after another, in their order.
    pub lane: String,
    /// The pause between two of them.
    pub lane_pause: Duration,
    /// What shares the rate, within a workspace.
    pub method: &'static str,
    /// That rate.
    pub rate: Rate,
    /// What to send, as JSON.
    pub payload: String,
    /// Too late afterwards.
    pub expires_at: Moment,
}

/// The right to end a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLease {
    number: i64,
    attempt: i64,
    method: String,
}

/// A delivery to make now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// The right to end it.
    pub lease: DeliveryLease,
    /// To whom.
    pub platform: Platform,
    /// For whose workspace.
    pub workspace: WorkspaceId,
    /// What to send, as JSON.
    pub payload: String,
    /// 1 at the first try.
    pub attempt: u32,
    /// How many of the tries before failed. The others were not finished, because their process ended, or came too early for the
    /// platform, which said so.
    pub failures: u32,
    /// An earlier attempt may have arrived: its end is not known.
    pub in_doubt: bool,
    /// Too late from here on.
    pub expires_at: Moment,
}

impl ClaimedDelivery {
    /// The delivery's own number, the same at every attempt.
    #[must_use]
    pub const fn number(&self) -> i64 {
        self.lease.number
    }
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEnd<'a> {
    /// The platform has it.
    Delivered,
    /// It became too late.
    Expired,
    /// It can never be delivered. The reason must not hold message text.
    Dead(&'a str),
}

/// When and how a delivery is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again<'a> {
    /// Not before.
    pub due_at: Moment,
    /// Nothing of the same rate before this, because the platform said so.
    pub hold_rate_until: Option<Moment>,
    /// Whether the attempt counts as a failure. One for which the platform had no time does not.
    pub is_failure: bool,
    /// The attempt that just failed may have arrived.
    pub in_doubt: bool,
    /// Why, without message text.
    pub reason: &'a str,
}

type DeliveryRow = (i64, String, String, String, i64, String, i64, i64, String, i64, i64, i64, i64);

const SPACE_OUT: &str = "\
    INSERT INTO paces (name, arrival, not_before) VALUES ($1, $2 + $3, $2 + $3 - $4) \
    ON CONFLICT (name) DO UPDATE SET \
    arrival = CASE WHEN paces.arrival > $2 THEN paces.arrival ELSE $2 END + $3, \
    not_before = CASE WHEN paces.not_before > $2 + $3 THEN paces.not_before \
    ELSE CASE WHEN paces.arrival > $2 THEN paces.arrival ELSE $2 END + $3 - $4 END";

impl Store {
    /// Owes something that no recorded event stands behind.
    ///
    /// # Errors
    /// The database does not answer; then nothing is owed.
    pub async fn owe(&self, owed: &[NewDelivery], now: Moment) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for delivery in owed {
                insert!(transaction, delivery, now);
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Takes the delivery whose turn it is, for as long as `lease`, and marks it as being sent. One whose lease has run out
    /// is taken again, in doubt.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn claim_delivery(&self, now: Moment, lease: Duration) -> Result<Option<ClaimedDelivery>, StoreError> {
        let row: Option<DeliveryRow> = on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let row: Option<DeliveryRow> =
                sqlx::query_as(dialect.next_delivery).bind(now.unix_millis()).fetch_optional(&mut *transaction).await?;
            if let Some((number, _, _, lane, lane_ms, method, method_ms, burst_ms, _, _, _, in_doubt, expires_at)) = &row {
                sqlx::query(
                    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, due_at = $2, in_doubt = $3 \
                     WHERE number = $1",
                )
                .bind(*number)
                .bind(now.plus(lease).unix_millis())
                .bind(*in_doubt)
                .execute(&mut *transaction)
                .await?;
                for (name, every, burst) in [(lane, *lane_ms, 0), (method, *method_ms, *burst_ms)] {
                    if every > 0 && *expires_at > now.unix_millis() {
                        sqlx::query(SPACE_OUT)
                            .bind(name.as_str())
                            .bind(now.unix_millis())
                            .bind(every)
                            .bind(burst)
                            .execute(&mut *transaction)
                            .await?;
                    }
                }
            }
            transaction.commit().await?;
            row
        });
        let Some((number, platform, workspace, _, _, method, _, _, payload, attempts, failures, in_doubt, expires_at)) =
            row
        else {
            return Ok(None);
        };
        let attempt = attempts + 1;
        Ok(Some(ClaimedDelivery {
            lease: DeliveryLease { number, attempt, method },
            platform: Platform::parse(&platform).ok_or(StoreError::Damaged("outbox"))?,
            workspace: WorkspaceId::new(workspace),
            payload,
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            in_doubt: in_doubt != 0,
            expires_at: Moment::from_unix_millis(expires_at),
        }))
    }

    /// Keeps a delivery for longer; `false` when somebody else has taken it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn renew_delivery(&self, lease: &DeliveryLease, until: Moment) -> Result<bool, StoreError> {
        let renewed = on!(&self.pool, pool => {
            sqlx::query("UPDATE outbox SET due_at = $3 WHERE number = $1 AND attempts = $2 AND state = 'sending'")
                .bind(lease.number)
                .bind(lease.attempt)
                .bind(until.unix_millis())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(renewed == 1)
    }

    /// Ends a delivery: its text is erased and its end counted. `false` when somebody else has taken it meanwhile.
    ///
    /// # Errors
    /// The database does not answer; then the lease runs out and the delivery is taken up again, in doubt.
    pub async fn end_delivery(&self, lease: &DeliveryLease, end: DeliveryEnd<'_>) -> Result<bool, StoreError> {
        // Without anything owed, no moment is needed.
        self.end_delivery_and_owe(lease, end, &[], Moment::from_unix_millis(0)).await
    }

    /// The same, and in the same step owes what is to be said of such an end.
    ///
    /// # Errors
    /// The database does not answer; then the lease runs out and the delivery is taken up again, in doubt.
    pub async fn end_delivery_and_owe(
        &self,
        lease: &DeliveryLease,
        end: DeliveryEnd<'_>,
        owed: &[NewDelivery],
        now: Moment,
    ) -> Result<bool, StoreError> {
        const BURY: &str = "UPDATE outbox SET state = $3, payload = '', error = $4 \
                            WHERE number = $1 AND attempts = $2 AND state = 'sending'";
        const DELETE: &str = "DELETE FROM outbox WHERE number = $1 AND attempts = $2 AND state = 'sending'";
        let (counter, buried) = match end {
            DeliveryEnd::Delivered => (Counter::Delivered, None),
            DeliveryEnd::Expired => (Counter::Expired, Some(("expired", "it became too late"))),
            DeliveryEnd::Dead(reason) => (Counter::Dead, Some(("dead", reason))),
        };
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let query = sqlx::query(if buried.is_some() { BURY } else { DELETE }).bind(lease.number).bind(lease.attempt);
            let query = match buried {
                Some((state, reason)) => query.bind(state).bind(reason),
                None => query,
            };
            let ended = query.execute(&mut *transaction).await?.rows_affected();
            count_up!(transaction, counter, ended);
            // Who lost the lease says nothing.
            for delivery in owed.iter().filter(|_| ended == 1) {
                insert!(transaction, delivery, now);
            }
            transaction.commit().await?;
            Ok(ended == 1)
        })
    }

    /// Puts a delivery back, to be tried again.
    ///
    /// # Errors
    /// The database does not answer; then the lease runs out and the delivery is taken up again, in doubt.
    pub async fn retry_delivery(&self, lease: &DeliveryLease, again: Again<'_>) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            sqlx::query(
                "UPDATE outbox SET state = 'waiting', failures = failures + $6, due_at = $3, in_doubt = $4, error = $5 \
                 WHERE number = $1 AND attempts = $2 AND state = 'sending'",
            )
            .bind(lease.number)
            .bind(lease.attempt)
            .bind(again.due_at.unix_millis())
            .bind(i64::from(again.in_doubt))
            .bind(again.reason)
            .bind(i64::from(again.is_failure))
            .execute(&mut *transaction)
            .await?;
            if let Some(until) = again.hold_rate_until {
                sqlx::query(
                    "INSERT INTO paces (name, arrival, not_before) VALUES ($1, $2, $2) ON CONFLICT (name) DO UPDATE SET \
                     not_before = CASE WHEN paces.not_before > $2 THEN paces.not_before ELSE $2 END",
                )
                .bind(lease.method.as_str())
                .bind(until.unix_millis())
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Erases what has become too late, and forgets what was buried long ago.
    pub(super) async fn expire_deliveries(&self, now: Moment) -> Result<u64, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let late = sqlx::query(
                "UPDATE outbox SET state = 'expired', payload = '', error = 'it became too late' \
                 WHERE expires_at <= $1 AND (state = 'waiting' OR (state = 'sending' AND due_at <= $1))",
            )
            .bind(now.minus(UNTAKEN).unix_millis())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            sqlx::query("DELETE FROM outbox WHERE state IN ('expired', 'dead') AND expires_at <= $1")
                .bind(now.minus(BURIED).unix_millis())
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM paces WHERE not_before <= $1 AND arrival <= $1")
                .bind(now.minus(PACE_KEPT).unix_millis())
                .execute(&mut *transaction)
                .await?;
            count_up!(transaction, Counter::Expired, late);
            transaction.commit().await?;
            Ok(late)
        })
    }

    /// How many deliveries wait or are on their way, counted up to `most`.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_deliveries(&self, most: u32) -> Result<u32, StoreError> {
        const OPEN: &str = "SELECT count(*) FROM \
            (SELECT 1 AS one FROM outbox WHERE state IN ('waiting', 'sending') LIMIT $1) AS open_rows";
        self.count_rows(OPEN, most).await
    }
}
