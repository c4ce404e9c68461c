//! `upshot manifest`: what a platform needs to know to set the app up.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::{Failure, Outcome, args::ManifestCommand};
use crate::platforms::slack;

pub(super) fn run(command: &ManifestCommand) -> Outcome {
    let ManifestCommand::Slack { url } = command;
    let manifest = slack::manifest(url).map_err(|error| Failure::Usage(error.to_string()))?;
    io::stdout().write_all(manifest.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
