//! Upshot turns technical messages into language a business reader can act on.
//!
//! [`engine`] is pure: text in, values out. Everything that touches the outside (command line, HTTP server, chat
//! platforms, database) lives behind the `server` feature and calls the engine through `app`.

pub mod engine;
pub mod seed;
