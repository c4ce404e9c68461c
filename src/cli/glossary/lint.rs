//! `upshot glossary lint`: mistakes end with exit code 1, advice does not.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::super::{Failure, Outcome, args::LintArgs};
use crate::{
    config::Settings,
    content::{self, LoadError},
    engine::{ContentError, ContentExample, Engine, Weight},
};

pub(super) fn run(args: &LintArgs) -> Outcome {
    let mut settings = Settings::load()?.content;
    let mut file = None;
    match &args.path {
        Some(path) if path.is_dir() => settings.glossary_dir = Some(path.clone()),
        Some(path) if path.is_file() => {
            let extension = path.extension().unwrap_or_default();
            if extension != "yaml" {
                return Err(Failure::Usage(format!(
                    "{} is no glossary file: its name must end in .yaml",
                    path.display()
                )));
            }
            file = Some(path.clone());
        }
        Some(path) => return Err(Failure::Usage(format!("{} is not a folder or a file", path.display()))),
        None => {}
    }
    let places = Places { folder: settings.glossary_dir.clone(), file: file.clone() };
    let loaded = match &file {
        Some(file) => content::load_with(&settings, file),
        None => content::load(&settings),
    };
    let mut out = io::stdout().lock();
    match loaded {
        Ok(engine) => report(&engine, &places, &mut out),
        Err(LoadError::Mistakes(mistakes)) => {
            for mistake in mistakes {
                writeln!(out, "{}", places.told(mistake))?;
            }
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where files of the organisation's own stand, so that a message names what its reader can open.
struct Places {
    folder: Option<PathBuf>,
    file: Option<PathBuf>,
}

impl Places {
    fn told(&self, mut place: ContentError) -> ContentError {
        let inside = place.path.strip_prefix("glossary/").unwrap_or(&place.path).to_owned();
        // Shipped files are inside the program and have no lines.
        if place.line == 0 {
            return place;
        }
        let is_file = |file: &&PathBuf| file.file_name() == Path::new(&inside).file_name();
        if let Some(file) = self.file.as_ref().filter(is_file) {
            place.path = file.display().to_string();
        } else if let Some(path) = self.folder.as_ref().map(|folder| folder.join(&inside)).filter(|path| path.is_file())
        {
            place.path = path.display().to_string();
        }
        place
    }
}

fn report(engine: &Engine, places: &Places, out: &mut impl Write) -> Outcome {
    // Who checks an own folder asks about that one; the shipped entries are checked when nothing lies over them.
    let examples = engine.examples();
    let has_own = examples.iter().any(|entry| entry.own);
    let (mut mistakes, mut advice) = (Vec::new(), Vec::new());
    for finding in engine.lint() {
        match finding.weight {
            _ if has_own && !finding.own => {}
            Weight::Mistake => mistakes.push(finding.place),
            Weight::Advice => advice.push(finding.place),
        }
    }
    for failed in engine.failed_examples() {
        if has_own && !failed.own {
            let note = "an own entry takes its place there, which may be what you want";
            let message = format!("shipped {}; {note}", failed.place.message);
            advice.push(ContentError { message, ..failed.place });
        } else {
            mistakes.push(failed.place);
        }
    }
    for advice in &advice {
        writeln!(out, "advice: {}", places.told(advice.clone()))?;
    }
    for mistake in &mistakes {
        writeln!(out, "{}", places.told(mistake.clone()))?;
    }
    let advised = match advice.len() {
        0 => String::new(),
        1 => ", 1 piece of advice".to_owned(),
        many => format!(", {many} pieces of advice"),
    };
    if !mistakes.is_empty() {
        let many = if mistakes.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", mistakes.len()) };
        writeln!(out, "{many}{advised}.")?;
        return Ok(ExitCode::FAILURE);
    }
    let sentences: usize = examples.iter().filter(|entry| !has_own || entry.own).map(ContentExample::sentences).sum();
    writeln!(out, "No mistakes{advised}; {sentences} example sentences hold. Revision {}.", engine.revision())?;
    Ok(ExitCode::SUCCESS)
}
