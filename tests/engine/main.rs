//! Tests of the pure engine: no server, no network, no clock.

mod cases;
mod content;
mod explain;
mod judge;
mod mistakes;
