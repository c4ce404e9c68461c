//! The only place that asks what time it is. Everything else gets a [`Timestamp`] as a parameter, so a test can stand
//! at any moment it likes.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

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

    /// The moment as RFC 3339 writes it, in UTC: `2026-11-25T09:30:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let second = self.0.rem_euclid(SECONDS_OF_A_DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }

    /// Reads `2026-09-14T09:06:04.602Z` or the same with an offset such as `+01:00`; parts of a second are left out.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let number = |from: usize, length: usize| {
            let digits = text.get(from..from + length)?;
            if digits.bytes().all(|digit| digit.is_ascii_digit()) { digits.parse::<i64>().ok() } else { None }
        };
        let is_at = |at: usize, signs: &[u8]| text.as_bytes().get(at).is_some_and(|sign| signs.contains(sign));
        let separated = [(4, &b"-"[..]), (7, b"-"), (10, b"Tt "), (13, b":"), (16, b":")]
            .iter()
            .all(|(at, signs)| is_at(*at, signs));
        let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
        let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
        let in_range = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        if !separated || !in_range {
            return None;
        }
        let rest = text.get(19..)?;
        let zone = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|sign: char| sign.is_ascii_digit()),
            None => rest,
        };
        let offset = match zone.as_bytes() {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let at = text.len() - 5;
                let seconds = number(at, 2)? * 3600 + number(at + 3, 2)? * 60;
                if *sign == b'-' { -seconds } else { seconds }
            }
            _ => return None,
        };
        // Days since 1970 with years that begin in March, so that the leap day is a year's last.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days =
            year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
                - 719_469;
        Some(Self(days * SECONDS_OF_A_DAY + hour * 3600 + minute * 60 + second - offset))
    }

    /// The day in UTC: `2026-11-25`.
    #[must_use]
    pub fn date(self) -> String {
        let (year, month, day) = civil(self.day());
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The day in UTC, counted from the start of 1970.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(SECONDS_OF_A_DAY)
    }

    /// The moment at which such a day begins.
    #[must_use]
    pub const fn of_day(day: i64) -> Self {
        Self(day.saturating_mul(SECONDS_OF_A_DAY))
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

/// Year, month and day of a number of days since the start of 1970, by Howard Hinnant's `civil_from_days`: years begin in
/// March, so that a leap day is the last one.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
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
    /// The moment that somebody has set, in Unix milliseconds: for tests in which hours go by.
    Turned(&'static AtomicI64),
}

impl Clock {
    /// The current moment.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp(i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)),
            Self::Frozen(moment) => moment,
            Self::Turned(millis) => Timestamp(millis.load(Ordering::Relaxed).div_euclid(1000)),
        }
    }

    /// The current moment, to the millisecond.
    #[must_use]
    pub fn moment(self) -> Moment {
        match self {
            Self::System => Moment(i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX)),
            Self::Frozen(moment) => moment.into(),
            Self::Turned(millis) => Moment(millis.load(Ordering::Relaxed)),
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

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn moments_are_written_as_rfc_3339_says() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_790_000_005, "2026-09-21T14:13:25Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp::from_unix_seconds(seconds).rfc3339(), expected);
        }
    }

    #[test]
    fn moments_of_other_programs_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-09-14T09:06:04.602Z", Some(1_789_376_764)),
            ("2026-09-14T10:06:04.602+01:00", Some(1_789_376_764)),
            ("2026-09-14T04:36:04-04:30", Some(1_789_376_764)),
            ("2000-02-29T12:00:00.1234567Z", Some(951_825_600)),
            ("2000-03-01t12:00:00z", Some(951_912_000)),
            ("2026-09-14T09:06:04", None),
            ("2026-13-14T09:06:04Z", None),
            ("2026-09-14T09:06:04+0100", None),
            ("2026-09-14T09:06:0é", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), seconds.map(Timestamp::from_unix_seconds), "{text}");
        }
    }
}
