//! Tests of the pure engine: no server, no network, no clock.

mod cases;
mod content;
mod data;
mod explain;
mod generated;
mod judge;
mod markup;
mod mining;
mod mistakes;
mod review;
mod search;
mod senses;
