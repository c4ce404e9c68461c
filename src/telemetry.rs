//! Log lines: for people on a terminal, as JSON for machines.
//!
//! What never goes into a field: message text, form bodies, tokens, signatures, response addresses.

use std::io::IsTerminal;

use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogFormat, LogSettings};

/// Starts writing log lines to standard error. A second call changes nothing.
pub fn start(settings: &LogSettings) {
    let filter: Targets = settings.filter.clone();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match settings.format {
        LogFormat::Human => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // Only a second subscriber in the same process can fail, and then the first one keeps writing.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}
