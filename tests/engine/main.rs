//! Tests of the pure engine: no server, no network, no clock.

mod content;
