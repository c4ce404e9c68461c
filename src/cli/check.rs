//! `upshot check`: drafts and pages, judged for a reader.

use std::path::Path;

use serde::Serialize;

use super::{
    Outcome,
    args::{CheckArgs, DraftKind, VerifyFormat},
    audience, engine,
    gate::{self, Judged},
    input, markdown,
};
use crate::{
    app::Readers,
    engine::{Audience, Draft, Engine, Hint, Review, SourceText},
};

const STANDARD_INPUT: &str = "-";

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let engine = engine()?;
    let readers = Readers::of(engine);
    let audience = audience(engine, &readers, args.reader.as_deref())?;
    let standard_input = [STANDARD_INPUT.into()];
    let files = if args.files.is_empty() { &standard_input[..] } else { &args.files };
    gate::run(files, |file| {
        let checked = check(engine, audience, file, args.kind)?;
        let score = checked.review.score();
        let is_below = score.zip(args.min_score).is_some_and(|(score, least)| score < usize::from(least));
        let text = match args.format {
            VerifyFormat::Json => gate::json_line(&checked.json(engine))?,
            VerifyFormat::Text => checked.text(args.min_score.filter(|_| is_below)),
        };
        Ok(Judged { text, is_below })
    })
}

/// A file with its judgement.
struct Checked {
    name: String,
    text: String,
    review: Review,
}

fn check(engine: &Engine, audience: &Audience, file: &Path, kind: Option<DraftKind>) -> Result<Checked, String> {
    let (name, text) = input::strictly(file)?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(format!("{name} is empty: write something into it or leave it out."));
    }
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let is_markdown = extension.is_some_and(|extension| ["md", "markdown", "mdx"].contains(&&*extension));
    let draft = match kind {
        Some(DraftKind::Message) => Draft::Message,
        Some(DraftKind::Page) => Draft::Page,
        None if is_markdown => Draft::Page,
        None => Draft::Message,
    };
    let even = with_even_lines(&text);
    let judged = if is_markdown { markdown::prose(&even) } else { even };
    let review = engine.check(&SourceText::new(&judged), audience, draft);
    Ok(Checked { name, text, review })
}

/// The text with other line ends and a byte order mark as white space of the same length, so that offsets stay those of the file.
fn with_even_lines(text: &str) -> String {
    text.replace("\r\n", " \n").replace('\r', "\n").replace('\u{feff}', "   ")
}

impl Checked {
    fn text(&self, least: Option<u8>) -> String {
        let mut text = String::new();
        for hint in &self.review.hints {
            let (line, column) = place(&self.text, hint.span.start);
            let times = if hint.count > 1 { format!(" ({} times)", hint.count) } else { String::new() };
            text.push_str(&format!(
                "{}:{line}:{column}: \"{}\"{times}: {} [{}]\n",
                self.name,
                shortened(&hint.words),
                hint.text,
                hint.code.id()
            ));
            if let Some(suggestion) = &hint.suggestion {
                text.push_str(&format!("    instead: {suggestion}\n"));
            }
        }
        let hints = match self.review.hints.len() {
            0 => "no hints".to_owned(),
            1 => "1 hint".to_owned(),
            many => format!("{many} hints"),
        };
        let words = if self.review.words == 1 { "1 word".to_owned() } else { format!("{} words", self.review.words) };
        let verdict = match (self.review.score(), &self.review.language, least) {
            (Some(score), _, Some(least)) => {
                format!("{score} of 100, less than the {least} asked for ({hints}, {words})")
            }
            (Some(score), _, None) => format!("{score} of 100 ({hints}, {words})"),
            (None, Some(language), _) => format!("not judged: this reads as {language}, and only English is judged"),
            (None, None, _) => "not judged: there is no prose in it".to_owned(),
        };
        text.push_str(&format!("{}: {verdict}\n", self.name));
        text
    }

    fn json<'a>(&'a self, engine: &'a Engine) -> CheckJson<'a> {
        CheckJson {
            file: &self.name,
            audience: &self.review.audience,
            score: self.review.score(),
            words: self.review.words,
            language: self.review.language.as_deref(),
            hints: self.review.hints.iter().map(|hint| HintJson::new(&self.text, hint)).collect(),
            glossary_revision: engine.revision(),
        }
    }
}

/// The line and column of a byte, both counted from 1, columns in characters.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let head = text.get(..byte).unwrap_or(text);
    let ends = |sign: char| head.matches(sign).count();
    // Old Macintosh files end lines with a carriage return alone.
    let lines = if text.contains('\n') { ends('\n') } else { ends('\r') };
    let line = head.rsplit(['\n', '\r']).next().unwrap_or(head).trim_start_matches('\u{feff}');
    (lines + 1, line.chars().count() + 1)
}

/// A hint shows which words it means, not a whole paragraph.
fn shortened(words: &str) -> String {
    const MOST: usize = 60;
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= MOST {
        return words;
    }
    let cut: String = words.chars().take(MOST).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

#[derive(Debug, Serialize)]
struct CheckJson<'a> {
    file: &'a str,
    audience: &'a str,
    /// Nothing when nothing could be judged.
    score: Option<usize>,
    words: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    hints: Vec<HintJson<'a>>,
    glossary_revision: &'a str,
}

#[derive(Debug, Serialize)]
struct HintJson<'a> {
    code: &'static str,
    span: [usize; 2],
    line: usize,
    column: usize,
    words: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
    count: usize,
    points: usize,
}

impl<'a> HintJson<'a> {
    fn new(text: &str, hint: &'a Hint) -> Self {
        let (line, column) = place(text, hint.span.start);
        Self {
            code: hint.code.id(),
            span: [hint.span.start, hint.span.end],
            line,
            column,
            words: &hint.words,
            text: &hint.text,
            suggestion: hint.suggestion.as_deref(),
            count: hint.count,
            points: hint.code.points(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{place, with_even_lines};

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        for (text, byte, expected) in [
            ("one two", 4, (1, 5)),
            ("one\ntwo", 4, (2, 1)),
            ("one\r\ntwo", 5, (2, 1)),
            ("one\rtwo", 4, (2, 1)),
            ("é two", 3, (1, 3)),
            ("\u{feff}one", 3, (1, 1)),
        ] {
            assert_eq!(place(text, byte), expected, "{text:?}");
            assert_eq!(with_even_lines(text).len(), text.len(), "{text:?}");
        }
    }
}
