//! The command line. Bare `upshot` serves; everything else answers and ends.
//!
//! Exit codes: 0 done, 1 the answer is no (unfaithful, mistakes found, a line of a batch was broken, could not start),
//! 2 used wrongly.

mod args;
mod batch;
mod check;
mod doctor;
mod eval;
mod explain;
mod format;
mod gate;
mod glossary;
mod input;
mod manifest;
mod markdown;
mod migrate;
mod rewrite;
mod serve;
mod verify;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{CommandFactory, Parser};

use crate::{
    app::Readers,
    config::Settings,
    content,
    engine::{Audience, Engine, Location},
};
use args::{Args, Command};

/// Why a command did not do what was asked.
#[derive(Debug)]
enum Failure {
    /// It was used wrongly; the sentence says how to use it.
    Usage(String),
    /// It could not be done.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Outcome = Result<ExitCode, Failure>;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    match run(args.command.unwrap_or(Command::Serve)) {
        Ok(code) => code,
        Err(Failure::Usage(sentence)) => {
            complain(&format!("{sentence}\n\nFor more information, try '--help'."));
            ExitCode::from(2)
        }
        // Who reads our output may stop early (`| head`); that is not our failure.
        Err(Failure::Failed(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(Failure::Failed(error)) => {
            complain(&explained(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Serve => serve::run(),
        Command::Rewrite(args) => rewrite::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Glossary { command } => glossary::run(&command),
        Command::Eval(args) => eval::run(&args),
        Command::Manifest { command } => manifest::run(&command),
        Command::Doctor => doctor::run(),
        Command::Migrate => migrate::run(),
        Command::Completions { shell } => {
            // Built in memory: writing straight to a closed pipe would panic inside the generator.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "upshot", &mut script);
            io::stdout().write_all(&script)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// An error with its causes, unless it names them itself.
fn explained(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

fn complain(text: &str) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {text}");
}

/// The engine over the shipped content and the organisation's own. It ends with the program: taking thousands of entries
/// apart one by one would take longer than a rewrite.
fn engine() -> Result<&'static Engine, Failure> {
    let settings = Settings::load()?;
    Ok(Box::leak(Box::new(content::load(&settings.content)?)))
}

/// The same as seen from the place that was named.
fn engine_at(place: Option<&Location>) -> Result<&'static Engine, Failure> {
    let engine = engine()?;
    Ok(place.map_or(engine, |place| Box::leak(Box::new(engine.seen_from(place)))))
}

/// The reader that was named, or the default one.
fn audience<'a>(engine: &'a Engine, readers: &Readers, named: Option<&str>) -> Result<&'a Audience, Failure> {
    let Some(named) = named else { return Ok(engine.default_audience()) };
    readers
        .find(named)
        .and_then(|id| engine.audience(id.as_str()))
        .ok_or_else(|| Failure::Usage(format!("there is no reader '{named}'; choose one of: {}", readers.ids())))
}
