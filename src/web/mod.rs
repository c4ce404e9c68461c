//! The HTTP server: the platforms' addresses, the REST API, the playground, health.

mod api;
mod api_audit;
mod api_concepts;
mod api_insight;
mod api_prompts;
mod api_review;
mod attempts;
mod console;
mod desk;
mod examples;
mod folders;
mod health;
mod idempotency;
mod layers;
mod openapi;
mod playground;
mod problem;
mod rates;
mod router;
mod sent;
mod server;
mod teams_tab;
mod windows;

pub use desk::LINK_MINUTES;
pub use folders::Folders;
pub use server::{Server, StartError};
