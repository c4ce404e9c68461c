//! Upshot turns technical messages into language a business reader can act on.
//!
//! [`engine`] is pure: text in, values out. Everything that touches the outside (command line, HTTP server, chat
//! platforms, database) lives behind the `server` feature and calls the engine through `app`.

pub mod engine;
pub mod seed;

#[cfg(feature = "server")]
pub mod app;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod content;
#[cfg(feature = "server")]
pub mod ids;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod platforms;
#[cfg(feature = "server")]
mod retry;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "server")]
pub mod web;
