//! Is anybody there? Told by counting ticks, so that a machine that slept does not take its own sleep for Slack's silence.

use std::time::Duration;

/// Between two looks.
pub(super) const TICK: Duration = Duration::from_secs(5);

/// Slack writes or sends a ping every few seconds. After this many ticks of neither, the connection is replaced: there are
/// sockets that stay open and carry nothing any more.
const SILENT: u32 = 6;
/// Before that we ask ourselves.
const ASK: u32 = 2;
/// An answer to that takes milliseconds. Short patience ends connections that are well.
const UNANSWERED: u32 = 2;
/// Slack says hello at once.
const NO_HELLO: u32 = 2;
/// A connection is replaced this many ticks before Slack ends it by itself.
const AHEAD: u64 = 12;
/// Slack names hours, and minutes for tests. What is shorter than these seconds is a slip.
const SHORTEST_LIFETIME: u64 = 60;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing.
    Well,
    /// Ask for a sign of life.
    Ask,
    /// Replace the connection.
    Stale,
    /// Give the connection up.
    Dead,
}

/// Counts what was not heard.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    /// Ticks since Slack wrote or sent a ping.
    silent: u32,
    /// Ticks since we asked; `None` when nothing is open.
    asked: Option<u32>,
    age: u64,
    /// The age at which it is replaced, once Slack has said how long it lives.
    replaced_at: Option<u64>,
    greeted: bool,
}

impl Watchdog {
    /// Slack said hello, and perhaps how many seconds the connection lives.
    pub(super) fn greeted(&mut self, lifetime: Option<u64>) {
        self.greeted = true;
        let ticks = lifetime.filter(|seconds| *seconds >= SHORTEST_LIFETIME).map(|seconds| seconds / TICK.as_secs());
        self.replaced_at = ticks.map(|ticks| self.age + ticks - AHEAD.min(ticks / 2));
    }

    /// Slack wrote something or sent a ping.
    pub(super) fn heard(&mut self) {
        self.silent = 0;
        self.asked = None;
    }

    /// Our question was answered, which says that the line is well and not that Slack uses it.
    pub(super) fn answered(&mut self) {
        self.asked = None;
    }

    /// Another tick has passed.
    pub(super) fn tick(&mut self) -> Finding {
        self.age += 1;
        self.silent += 1;
        self.asked = self.asked.map(|ticks| ticks + 1);
        if self.asked.is_some_and(|ticks| ticks >= UNANSWERED) {
            return Finding::Dead;
        }
        let is_late = !self.greeted && self.age >= u64::from(NO_HELLO);
        if is_late || self.silent >= SILENT || self.replaced_at.is_some_and(|at| self.age >= at) {
            return Finding::Stale;
        }
        if self.silent >= ASK && self.asked.is_none() {
            self.asked = Some(0);
            return Finding::Ask;
        }
        Finding::Well
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Watchdog};

    fn greeted(lifetime: Option<u64>) -> Watchdog {
        let mut watchdog = Watchdog::default();
        watchdog.greeted(lifetime);
        watchdog
    }

    #[test]
    fn who_is_heard_is_well() {
        let mut watchdog = greeted(None);
        for _ in 0..1_000 {
            assert_eq!(watchdog.tick(), Finding::Well);
            watchdog.heard();
        }
    }

    #[test]
    fn a_line_without_an_answer_is_dead_after_ten_seconds() {
        let mut watchdog = greeted(None);
        let findings: Vec<Finding> = (0..4).map(|_| watchdog.tick()).collect();
        assert_eq!(findings, [Finding::Well, Finding::Ask, Finding::Well, Finding::Dead]);
    }

    #[test]
    fn a_line_that_answers_and_brings_nothing_is_stale_after_half_a_minute() {
        let mut watchdog = greeted(None);
        let mut findings = Vec::new();
        for _ in 0..6 {
            findings.push(watchdog.tick());
            watchdog.answered();
        }
        let asked = [Finding::Well, Finding::Ask, Finding::Ask, Finding::Ask, Finding::Ask, Finding::Stale];
        assert_eq!(findings, asked);
    }

    #[test]
    fn a_connection_is_replaced_before_slack_ends_it() {
        for (lifetime, expected) in [(Some(360), 60), (Some(3_600), 708), (Some(60), 6), (Some(0), 0), (None, 0)] {
            let mut watchdog = greeted(lifetime);
            let stale = (1..=1_000).find(|_| {
                let finding = watchdog.tick();
                watchdog.heard();
                finding == Finding::Stale
            });
            assert_eq!(stale.unwrap_or_default(), expected, "{lifetime:?}");
        }
    }

    #[test]
    fn who_never_says_hello_is_stale() {
        let mut watchdog = Watchdog::default();
        assert_eq!(watchdog.tick(), Finding::Well);
        watchdog.heard();
        assert_eq!(watchdog.tick(), Finding::Stale);
    }
}
