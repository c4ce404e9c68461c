//! How far a long work is, for whoever looks at a terminal.

use std::io::{self, IsTerminal, Write};

use crate::{app::curation::ImportStep, clock::Stopwatch};

/// Between two lines, in microseconds: quick enough to be seen moving, and no work beside the work.
const TELL_EVERY: u64 = 100_000;

/// A line on standard error that is written over again and again; nothing at all where that is no terminal.
#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    is_shown: bool,
    last: Option<Stopwatch>,
}

impl Progress {
    /// Nothing of so many bytes is read yet.
    pub(super) fn new(total: u64) -> Self {
        Self { total, is_shown: io::stderr().is_terminal(), last: None }
    }

    /// Tells how many messages and bytes were read until now.
    pub(super) fn tell(&mut self, messages: u64, bytes: u64) {
        if !self.is_shown || self.last.is_some_and(|last| last.elapsed_us() < TELL_EVERY) {
            return;
        }
        self.last = Some(Stopwatch::start());
        // A file may have grown since its size was asked for.
        let percent = bytes.min(self.total).saturating_mul(100).checked_div(self.total).unwrap_or(100);
        let full = usize::try_from(percent / 5).unwrap_or(0);
        // A terminal that cannot be written to shows no progress, and the work goes on.
        let _ = write!(io::stderr(), "\r[{:20}] {percent:>3}%  {messages} messages", "#".repeat(full));
    }

    /// Takes the line away.
    pub(super) fn end(&mut self) {
        if self.is_shown && self.last.is_some() {
            let _ = write!(io::stderr(), "\r{:60}\r", "");
        }
    }
}

/// The same for an import, which tells its steps.
#[derive(Debug)]
pub(super) struct Steps {
    is_shown: bool,
}

impl Steps {
    pub(super) fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal() }
    }

    /// Tells what is being done now.
    pub(super) fn tell(&self, step: ImportStep) {
        let (full, words) = match step {
            ImportStep::Reading => (1, "reading".to_owned()),
            ImportStep::Comparing(entries) => (4, format!("comparing {entries} entries")),
            ImportStep::Checking(entries) => (8, format!("checking {entries} entries")),
            ImportStep::Writing(entries) => (14, format!("writing {entries} entries")),
        };
        if self.is_shown {
            let _ = write!(io::stderr(), "\r[{:20}] {words:40}", "#".repeat(full));
        }
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r{:64}\r", "");
        }
    }
}
