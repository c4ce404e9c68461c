//! Counts by key within a minute, in memory: of each process its own.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Timestamp;

/// Counts begin anew after this.
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// More keys than this are not kept apart.
const MOST_KEYS: usize = 10_000;

/// Counts by key.
#[derive(Debug)]
pub(super) struct Windows<K>(Mutex<BTreeMap<K, (Timestamp, u32)>>);

/// What was counted under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noted {
    /// How often in this window, now included.
    pub(super) count: u32,
    /// Until the window ends.
    pub(super) rest: Duration,
}

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord> Windows<K> {
    /// Counts one more.
    pub(super) fn note(&self, key: K, now: Timestamp) -> Noted {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_KEYS && !counts.contains_key(&key) {
            counts.retain(|_, (since, _)| now < since.plus(WINDOW));
            if counts.len() >= MOST_KEYS {
                counts.clear();
            }
        }
        let entry = counts.entry(key).or_insert((now, 0));
        if now >= entry.0.plus(WINDOW) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        Noted { count: entry.1, rest: entry.0.plus(WINDOW).distance(now) }
    }

    /// Whether something was counted under a key in this window.
    pub(super) fn has(&self, key: &K, now: Timestamp) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(key).is_some_and(|(since, _)| now < since.plus(WINDOW))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{WINDOW, Windows};
    use crate::clock::Timestamp;

    #[test]
    fn a_window_ends_by_itself_and_for_each_key() {
        let windows = Windows::default();
        let begin = Timestamp::from_unix_seconds(1_000);
        for (key, after, count, rest) in
            [("a", 0, 1, 60), ("a", 10, 2, 50), ("b", 20, 1, 60), ("a", 59, 3, 1), ("a", 60, 1, 60), ("b", 61, 2, 19)]
        {
            let noted = windows.note(key, begin.plus(Duration::from_secs(after)));
            assert_eq!((noted.count, noted.rest.as_secs()), (count, rest), "{key} after {after} s");
        }
        assert!(windows.has(&"b", begin.plus(Duration::from_secs(79))));
        assert!(!windows.has(&"b", begin.plus(WINDOW * 3)) && !windows.has(&"c", begin));
    }
}
