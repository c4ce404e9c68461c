//! Verified deliveries of platforms: recorded once under their platform's id, worked by whoever holds the lease.
//!
//! A lease is a moment in `due_at` before which nobody else touches the row, and the number of the attempt: whoever lost
//! the lease finds another number there and cannot end the row any more. No transaction stays open while work is done.

use std::time::Duration;

use super::{Counter, Store, StoreError, counters::count_up, outbox, outbox::NewDelivery, pool::on};
use crate::{
    clock::Moment,
    ids::{Platform, RequestId, WorkspaceId},
};

/// How long an event's id is remembered: three repeats of a platform within minutes, and hourly ones for a day.
pub const REMEMBERED: Duration = Duration::from_secs(25 * 60 * 60);

/// An event nobody could work for this long is too late to answer, so its text is erased.
pub const EVENT_LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);

/// The one query that the databases spell differently.
macro_rules! next_event {
    ($lock:literal) => {
        concat!(
            "SELECT number, platform, id, workspace, payload, attempts, failures, received_at FROM inbox ",
            "WHERE state IN ('waiting', 'working') AND due_at <= $1 ORDER BY due_at, number LIMIT 1",
            $lock
        )
    };
}
pub(super) use next_event;

/// Ends the event that a query finds, if it still finds one: what it owes is in the outbox, both or neither.
macro_rules! end_event {
    ($store:expr, $query:expr, $owed:expr, $now:expr) => {
        on!(&$store.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let done = $query.execute(&mut *transaction).await?.rows_affected();
            if done == 1 {
                for delivery in $owed {
                    outbox::insert!(transaction, delivery, $now);
                }
                count_up!(transaction, Counter::EventsDone, 1);
            }
            transaction.commit().await?;
            Ok(done == 1)
        })
    };
}

/// A verified delivery of a platform.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// Where it comes from.
    pub platform: Platform,
    /// The platform's id of it, the same again when the platform repeats itself.
    pub id: &'a RequestId,
    /// Whose it is.
    pub workspace: &'a WorkspaceId,
    /// What to do, as JSON.
    pub payload: &'a str,
    /// When it came in.
    pub received_at: Moment,
    /// Nobody takes it up before, because whoever recorded it is at it.
    pub due_at: Moment,
}

/// Whether an event is seen for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is, and will be worked.
    New,
    /// It was recorded before; nothing is to be done.
    Duplicate,
}

/// The right to end an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventLease {
    number: i64,
    attempt: i64,
}

/// An event to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEvent {
    /// The right to end it.
    pub lease: EventLease,
    /// Where it comes from.
    pub platform: Platform,
    /// The platform's id of it.
    pub id: RequestId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What to do, as JSON.
    pub payload: String,
    /// 1 at the first try.
    pub attempt: u32,
    /// How many of the tries before failed. The others were not finished, because their process ended.
    pub failures: u32,
    /// When it came in.
    pub received_at: Moment,
}

type EventRow = (i64, String, String, String, String, i64, i64, i64);

impl Store {
    /// Records a verified event, so that it is worked even when this process ends now.
    ///
    /// # Errors
    /// The database does not answer; then the platform must be told to come again.
    pub async fn record_event(&self, event: NewEvent<'_>) -> Result<Recorded, StoreError> {
        let inserted = on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO inbox (platform, id, workspace, state, payload, due_at, received_at) \
                 VALUES ($1, $2, $3, 'waiting', $4, $5, $6) ON CONFLICT (platform, id) DO NOTHING",
            )
            .bind(event.platform.name())
            .bind(event.id.as_str())
            .bind(event.workspace.as_str())
            .bind(event.payload)
            .bind(event.due_at.unix_millis())
            .bind(event.received_at.unix_millis())
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(if inserted == 1 { Recorded::New } else { Recorded::Duplicate })
    }

    /// Remembers for as long as any event that this happened. There is nothing to do for it.
    ///
    /// # Errors
    /// The database does not answer; then the platform must be told to come again.
    pub async fn note_event(
        &self,
        platform: Platform,
        id: &RequestId,
        workspace: &WorkspaceId,
        now: Moment,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO inbox (platform, id, workspace, state, payload, due_at, received_at) \
                 VALUES ($1, $2, $3, 'done', '', $4, $4) ON CONFLICT (platform, id) DO NOTHING",
            )
            .bind(platform.name())
            .bind(id.as_str())
            .bind(workspace.as_str())
            .bind(now.unix_millis())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Whether an event with this id was recorded or noted.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn knows_event(&self, platform: Platform, id: &RequestId) -> Result<bool, StoreError> {
        let found: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as("SELECT number FROM inbox WHERE platform = $1 AND id = $2")
                .bind(platform.name())
                .bind(id.as_str())
                .fetch_optional(pool)
                .await?
        });
        Ok(found.is_some())
    }

    /// Gives an event that nobody has taken up yet another payload; `false` when there is none such.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn change_event(&self, platform: Platform, id: &RequestId, payload: &str) -> Result<bool, StoreError> {
        let changed = on!(&self.pool, pool => {
            sqlx::query("UPDATE inbox SET payload = $3 WHERE platform = $1 AND id = $2 AND state = 'waiting'")
                .bind(platform.name())
                .bind(id.as_str())
                .bind(payload)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(changed == 1)
    }

    /// Takes the event whose turn it is, for as long as `lease`. One whose lease has run out is taken again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn claim_event(&self, now: Moment, lease: Duration) -> Result<Option<ClaimedEvent>, StoreError> {
        let row: Option<EventRow> = on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let row: Option<EventRow> =
                sqlx::query_as(dialect.next_event).bind(now.unix_millis()).fetch_optional(&mut *transaction).await?;
            if let Some((number, ..)) = &row {
                sqlx::query("UPDATE inbox SET state = 'working', attempts = attempts + 1, due_at = $2 WHERE number = $1")
                    .bind(*number)
                    .bind(now.plus(lease).unix_millis())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            row
        });
        let Some((number, platform, id, workspace, payload, attempts, failures, received_at)) = row else {
            return Ok(None);
        };
        let attempt = attempts + 1;
        Ok(Some(ClaimedEvent {
            lease: EventLease { number, attempt },
            platform: Platform::parse(&platform).ok_or(StoreError::Damaged("inbox"))?,
            id: RequestId::new(id),
            workspace: WorkspaceId::new(workspace),
            payload,
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            received_at: Moment::from_unix_millis(received_at),
        }))
    }

    /// Keeps an event for longer; `false` when somebody else has taken it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn renew_event(&self, lease: EventLease, until: Moment) -> Result<bool, StoreError> {
        let renewed = on!(&self.pool, pool => {
            sqlx::query("UPDATE inbox SET due_at = $3 WHERE number = $1 AND attempts = $2 AND state = 'working'")
                .bind(lease.number)
                .bind(lease.attempt)
                .bind(until.unix_millis())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(renewed == 1)
    }

    /// Ends an event: its text is erased and what it owes is in the outbox, both or neither. `false` when somebody else
    /// has taken it meanwhile; then nothing was changed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn finish_event(&self, lease: EventLease, owed: &[NewDelivery], now: Moment) -> Result<bool, StoreError> {
        end_event!(
            self,
            sqlx::query(
                "UPDATE inbox SET state = 'done', payload = '', error = NULL \
                 WHERE number = $1 AND attempts = $2 AND state = 'working'",
            )
            .bind(lease.number)
            .bind(lease.attempt),
            owed,
            now
        )
    }

    /// Ends an event that whoever recorded it has answered at once, as [`Store::finish_event`] does. `false` when a worker has
    /// taken it up meanwhile; then nothing was changed.
    ///
    /// # Errors
    /// The database does not answer; then a worker takes the event up.
    pub async fn settle_event(
        &self,
        platform: Platform,
        id: &RequestId,
        owed: &[NewDelivery],
        now: Moment,
    ) -> Result<bool, StoreError> {
        end_event!(
            self,
            sqlx::query(
                "UPDATE inbox SET state = 'done', payload = '' WHERE platform = $1 AND id = $2 AND state = 'waiting'",
            )
            .bind(platform.name())
            .bind(id.as_str()),
            owed,
            now
        )
    }

    /// Puts an event back after a failure, to be tried again at `due_at`. The reason must not hold message text.
    ///
    /// # Errors
    /// The database does not answer; then the lease runs out and the event is tried again anyway.
    pub async fn retry_event(&self, lease: EventLease, due_at: Moment, reason: &str) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "UPDATE inbox SET state = 'waiting', failures = failures + 1, due_at = $3, error = $4 \
                 WHERE number = $1 AND attempts = $2 AND state = 'working'",
            )
            .bind(lease.number)
            .bind(lease.attempt)
            .bind(due_at.unix_millis())
            .bind(reason)
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Gives an event up: its text is erased, and it is counted. The reason must not hold message text.
    ///
    /// # Errors
    /// The database does not answer; then the lease runs out and the event is given up later.
    pub async fn bury_event(&self, lease: EventLease, reason: &str) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let buried = sqlx::query(
                "UPDATE inbox SET state = 'dead', payload = '', error = $3 \
                 WHERE number = $1 AND attempts = $2 AND state = 'working'",
            )
            .bind(lease.number)
            .bind(lease.attempt)
            .bind(reason)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            count_up!(transaction, Counter::EventsDead, buried);
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Erases events that are too late to answer, and forgets those that no platform repeats any more.
    pub(super) async fn expire_events(&self, now: Moment) -> Result<u64, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let late = sqlx::query(
                "UPDATE inbox SET state = 'dead', payload = '', error = 'nobody worked it in time' \
                 WHERE state IN ('waiting', 'working') AND due_at <= $1 AND received_at <= $2",
            )
            .bind(now.unix_millis())
            .bind(now.minus(EVENT_LIFETIME).unix_millis())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            sqlx::query("DELETE FROM inbox WHERE state IN ('done', 'dead') AND received_at <= $1")
                .bind(now.minus(REMEMBERED).unix_millis())
                .execute(&mut *transaction)
                .await?;
            count_up!(transaction, Counter::EventsDead, late);
            transaction.commit().await?;
            Ok(late)
        })
    }

    /// How many events wait or are in work, counted up to `most`.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_events(&self, most: u32) -> Result<u32, StoreError> {
        const OPEN: &str = "SELECT count(*) FROM \
            (SELECT 1 AS one FROM inbox WHERE state IN ('waiting', 'working') LIMIT $1) AS open_rows";
        self.count_rows(OPEN, most).await
    }
}
