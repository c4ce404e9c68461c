//! `upshot glossary lint`: mistakes end with exit code 1, advice does not.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::{Failure, Outcome, args::LintArgs};
use crate::{
    config::Settings,
    content::{self, LoadError},
    engine::ContentExample,
};

pub(super) fn lint(args: &LintArgs) -> Outcome {
    let mut settings = Settings::load()?.content;
    if let Some(folder) = &args.folder {
        if !folder.is_dir() {
            return Err(Failure::Usage(format!("{} is not a folder", folder.display())));
        }
        settings.glossary_dir = Some(folder.clone());
    }
    match content::load(&settings) {
        Ok(engine) => {
            let mut out = io::stdout().lock();
            for advice in engine.lint() {
                writeln!(out, "advice: {advice}")?;
            }
            let failed = engine.failed_examples();
            for mistake in &failed {
                writeln!(out, "{mistake}")?;
            }
            if !failed.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
            let sentences: usize = engine.examples().iter().map(ContentExample::sentences).sum();
            writeln!(out, "No mistakes; {sentences} example sentences hold. Revision {}.", engine.revision())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(LoadError::Mistakes(mistakes)) => {
            let mut out = io::stdout().lock();
            for mistake in &mistakes {
                writeln!(out, "{mistake}")?;
            }
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error.into()),
    }
}
