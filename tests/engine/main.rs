//! Tests of the pure engine: no server, no network, no clock.

mod cases;
mod content;
mod data;
mod explain;
mod generated;
mod judge;
mod known;
mod markup;
mod mining;
mod mistakes;
mod review;
mod scope;
mod search;
mod senses;

/// Tells a figure that the README names, past the harness, which shows only what failing tests print.
fn say(figure: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "measured: {figure}");
}
