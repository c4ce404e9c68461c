//! `upshot glossary coverage`: which words of a list can be explained.

use std::path::Path;

use serde::Serialize;

use super::super::{
    Outcome,
    args::{CoverageArgs, VerifyFormat},
    engine,
    gate::{self, Judged},
    input,
};
use super::word_list::words;
use crate::engine::{Engine, ExplanationStatus};

pub(super) fn run(args: &CoverageArgs) -> Outcome {
    let engine = engine()?;
    gate::run(&args.files, |file| {
        let coverage = coverage(engine, file)?;
        // Not rounded: 94.96% is not 95%.
        let is_below = args.min.is_some_and(|least| coverage.known * 100 < usize::from(least) * coverage.total);
        let text = match args.format {
            VerifyFormat::Json => gate::json_line(&coverage)?,
            VerifyFormat::Text => coverage.text(),
        };
        Ok(Judged { text, is_below })
    })
}

#[derive(Debug, Serialize)]
struct Coverage {
    file: String,
    known: usize,
    total: usize,
    /// In percent, with one decimal place.
    percent: f64,
    unknown: Vec<Unknown>,
    glossary_revision: String,
}

/// A word that is no term.
#[derive(Debug, Serialize)]
struct Unknown {
    word: String,
    /// The part that is explained in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// The term that is suggested.
    #[serde(skip_serializing_if = "Option::is_none")]
    similar: Option<String>,
}

fn coverage(engine: &Engine, file: &Path) -> Result<Coverage, String> {
    let (name, text) = input::strictly(file)?;
    let words = words(file, &text);
    if words.is_empty() {
        return Err(format!("{name} has no words: write one on each line."));
    }
    let total = words.len();
    let mut unknown = Vec::new();
    for word in words {
        match known(engine, &word) {
            Known::Whole => {}
            Known::Part(part) => unknown.push(Unknown { word, part: Some(part), similar: None }),
            Known::Similar(term) => unknown.push(Unknown { word, part: None, similar: Some(term) }),
            Known::Nothing => unknown.push(Unknown { word, part: None, similar: None }),
        }
    }
    let known = total - unknown.len();
    let percent = (known as f64 * 1000.0 / total as f64).round() / 10.0;
    Ok(Coverage { file: name, known, total, percent, unknown, glossary_revision: engine.revision().to_owned() })
}

/// How far a word is known.
enum Known {
    Whole,
    /// Only this part of it is: "burn rate" of "budget burn rate".
    Part(String),
    /// It is not, but this term is near.
    Similar(String),
    Nothing,
}

/// Lists like to write "service-level objective (SLO)": one of both is enough.
fn known(engine: &Engine, word: &str) -> Known {
    let whole = explained(engine, word);
    let inside = word.strip_suffix(')').and_then(|word| word.rsplit_once('('));
    let (Some((before, within)), false) = (inside, matches!(whole, Known::Whole)) else { return whole };
    [before, within]
        .into_iter()
        .map(|part| explained(engine, part))
        .find(|known| matches!(known, Known::Whole))
        .unwrap_or(whole)
}

/// What `explain` makes of a word. An answer about a part of it does not count: whoever asks for the whole is not helped.
fn explained(engine: &Engine, word: &str) -> Known {
    let answer = engine.explain(word, None, engine.default_audience());
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    match answer.status {
        ExplanationStatus::Defined if answer.also.is_empty() && letters(&answer.asked) == letters(word) => Known::Whole,
        ExplanationStatus::Defined => Known::Part(answer.asked),
        ExplanationStatus::Suggested if answer.term.is_empty() => {
            answer.suggestions.into_iter().next().map_or(Known::Nothing, Known::Similar)
        }
        ExplanationStatus::Suggested => Known::Similar(answer.term),
        ExplanationStatus::Unknown => Known::Nothing,
    }
}

impl Coverage {
    fn text(&self) -> String {
        let mut text = format!("{}: {} of {} known ({:.1}%)\n", self.file, self.known, self.total, self.percent);
        for Unknown { word, part, similar } in &self.unknown {
            let note = match (part, similar) {
                (Some(part), _) => format!(" (only {part:?})"),
                (None, Some(similar)) => format!(" (near {similar:?})"),
                (None, None) => String::new(),
            };
            text.push_str(&format!("  unknown: {word}{note}\n"));
        }
        text
    }
}
