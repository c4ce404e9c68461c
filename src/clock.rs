//! The only place that asks what time it is. Everything else gets a [`Timestamp`] as a parameter, so a test can stand
//! at any moment it likes.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment in Unix seconds. Negative before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many seconds after the start of 1970.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the start of 1970.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// The moment this much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
    }

    /// The moment this much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
    }

    /// The distance between two moments, whichever came first.
    #[must_use]
    pub fn distance(self, other: Self) -> Duration {
        Duration::from_secs(self.0.abs_diff(other.0))
    }
}

/// A moment in Unix milliseconds, for waits that can be shorter than a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment this many milliseconds after the start of 1970.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// The moment this much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment this much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.0.saturating_mul(1000))
    }
}

/// Where the server gets the time from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment: for tests, which sign their deliveries with it.
    Frozen(Timestamp),
}

impl Clock {
    /// The current moment.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp(i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)),
            Self::Frozen(moment) => moment,
        }
    }

    /// The current moment, to the millisecond.
    #[must_use]
    pub fn moment(self) -> Moment {
        match self {
            Self::System => Moment(i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX)),
            Self::Frozen(moment) => moment.into(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
fn since_epoch() -> Duration {
    // A clock set before 1970 makes every signature stale, which is the right answer to it.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Measures how long something took. Only for log lines and the `elapsed_us` field: no answer depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Microseconds since the start.
    #[must_use]
    pub fn elapsed_us(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
