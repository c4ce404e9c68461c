//! `upshot migrate`. `upshot serve` does the same at its start; this is for those who want it done before.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::{Outcome, serve::runtime};
use crate::{config::Settings, store::Store};

pub(super) fn run() -> Outcome {
    let settings = Settings::load()?;
    runtime()?.block_on(Store::open(&settings.database, &settings.encryption))?;
    writeln!(io::stdout(), "The database {:?} is up to date.", settings.database)?;
    Ok(ExitCode::SUCCESS)
}
