//! The grammar of typed commands. Liberal: whatever is not clearly something else is text to rewrite (or, behind the
//! explain door, a term to explain).
//!
//! ```text
//! for sales: TEXT      for sales TEXT      TEXT
//! explain TERM         explain TERM for sales         what is TERM?
//! settings             settings sales                 help
//! ```

use serde::{Deserialize, Serialize};

use super::Readers;
use crate::ids::AudienceId;

/// The door through which text came: it decides what bare text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// Bare text is a message to rewrite.
    Rewrite,
    /// Bare text is a term to explain.
    Explain,
}

/// What was typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// Say how to use Upshot.
    Help,
    /// Show the settings.
    Settings,
    /// Remember this reader.
    SetReader(AudienceId),
    /// A reader was named that nobody knows.
    UnknownReader(String),
    /// Explain a term or answer a question.
    Explain {
        /// The term or question.
        query: &'a str,
        /// The reader, when one was named.
        reader: Option<AudienceId>,
    },
    /// Rewrite a text.
    Rewrite {
        /// The text.
        text: &'a str,
        /// The reader, when one was named.
        reader: Option<AudienceId>,
    },
}

/// "For now: …" opens a message; it does not name a reader.
const NOT_READERS: &[&str] =
    &["now", "context", "example", "instance", "reference", "info", "information", "today", "tomorrow", "clarity"];

/// Openings of a question about a term.
const QUESTIONS: &[&str] = &["what is ", "what's ", "what’s ", "what are ", "what does ", "define ", "meaning of "];

/// A question of more words than this is a message that happens to start like one.
const LONGEST_QUESTION_WORDS: usize = 12;

/// Understands a typed command.
#[must_use]
pub fn parse<'a>(text: &'a str, door: Door, readers: &Readers) -> Command<'a> {
    let text = text.trim();
    if text.is_empty() || is_one_of(text, &["help", "?", "-h", "--help", "usage"]) {
        return Command::Help;
    }
    if door == Door::Rewrite
        && let Some(command) = settings(text, readers)
    {
        return command;
    }
    match leading_reader(text, readers) {
        Leading::Reader(_, "") => Command::Help,
        Leading::Reader(reader, rest) => body(rest, door, readers, Some(reader)),
        Leading::Unknown(typed) => Command::UnknownReader(typed.to_owned()),
        Leading::Nothing => body(text, door, readers, None),
    }
}

/// `settings`, `settings sales`, `reader sales`; a longer text is a message about settings.
fn settings<'a>(text: &'a str, readers: &Readers) -> Option<Command<'a>> {
    let (verb, rest) = split_word(text);
    if !is_one_of(verb.trim_end_matches([':', '=']), &["settings", "setting", "preferences", "reader", "audience"]) {
        return None;
    }
    let rest = rest.trim_start_matches([':', '=']).trim();
    if rest.is_empty() {
        return Some(Command::Settings);
    }
    match readers.find(rest) {
        Some(reader) => Some(Command::SetReader(reader.clone())),
        None if rest.split_whitespace().nth(1).is_none() => Some(Command::UnknownReader(rest.to_owned())),
        None => None,
    }
}

enum Leading<'a> {
    Reader(AudienceId, &'a str),
    Unknown(&'a str),
    Nothing,
}

/// `for sales: …`, `for sales …`, `rewrite for the sales team: …`.
fn leading_reader<'a>(text: &'a str, readers: &Readers) -> Leading<'a> {
    let (verb, after_verb) = split_word(text);
    let text = if is_one_of(verb, &["rewrite", "translate"]) { after_verb } else { text };
    let (word, rest) = split_word(text);
    if !is_one_of(word.trim_end_matches(':'), &["for"]) || rest.is_empty() {
        return Leading::Nothing;
    }
    // With a colon the name may have several words; a colon far into the text belongs to the message.
    if let Some((name, body)) = rest.split_once(':')
        && name.split_whitespace().count() <= 4
        && !name.contains('\n')
    {
        if let Some(reader) = readers.find(name) {
            return Leading::Reader(reader.clone(), body.trim());
        }
        if name.split_whitespace().count() == 1 && !is_one_of(name.trim(), NOT_READERS) {
            return Leading::Unknown(name.trim());
        }
    }
    let (name, body) = split_word(rest);
    match readers.find(name.trim_end_matches([',', ';', '-', '–'])) {
        Some(reader) => Leading::Reader(reader.clone(), body.trim_start_matches(['-', '–', ',']).trim()),
        None => Leading::Nothing,
    }
}

fn body<'a>(text: &'a str, door: Door, readers: &Readers, reader: Option<AudienceId>) -> Command<'a> {
    let (verb, rest) = split_word(text);
    let verb = verb.trim_end_matches(':');
    if is_one_of(verb, &["explain"]) && !rest.is_empty() {
        return explain(rest, readers, reader);
    }
    if door == Door::Explain || is_question(text) {
        return explain(text, readers, reader);
    }
    let text = if is_one_of(verb, &["rewrite", "translate"]) && !rest.is_empty() { rest } else { text };
    Command::Rewrite { text, reader }
}

/// A reader may also stand behind the term: `p95 for sales`.
fn explain<'a>(query: &'a str, readers: &Readers, reader: Option<AudienceId>) -> Command<'a> {
    let query = query.trim();
    if reader.is_none()
        && let Some((term, name)) = query.rsplit_once(" for ")
        && let Some(found) = readers.find(name.trim_end_matches(['?', '.', '!']))
    {
        return Command::Explain { query: term.trim(), reader: Some(found.clone()) };
    }
    Command::Explain { query, reader }
}

fn is_question(text: &str) -> bool {
    let opens = QUESTIONS
        .iter()
        .any(|opening| text.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening)));
    opens && text.split_whitespace().count() <= LONGEST_QUESTION_WORDS
}

fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::{Command, Door, parse};
    use crate::{app::readers::tests::some_readers, ids::AudienceId};

    fn rewrite<'a>(text: &'a str, reader: &str) -> Command<'a> {
        Command::Rewrite { text, reader: (!reader.is_empty()).then(|| AudienceId::new(reader)) }
    }

    fn explain<'a>(query: &'a str, reader: &str) -> Command<'a> {
        Command::Explain { query, reader: (!reader.is_empty()).then(|| AudienceId::new(reader)) }
    }

    #[test]
    fn the_rewrite_door() {
        let readers = some_readers();
        let unknown = |typed: &str| Command::UnknownReader(typed.to_owned());
        for (text, expected) in [
            ("", Command::Help),
            ("  ", Command::Help),
            ("HELP", Command::Help),
            ("for sales:", Command::Help),
            ("settings", Command::Settings),
            ("settings sales", Command::SetReader(AudienceId::new("sales"))),
            ("reader: HR", Command::SetReader(AudienceId::new("hr"))),
            ("settings wizards", unknown("wizards")),
            ("settings page is down again", rewrite("settings page is down again", "")),
            ("The pod is down", rewrite("The pod is down", "")),
            ("for sales: The pod is down: again", rewrite("The pod is down: again", "sales")),
            ("for sales The pod is down", rewrite("The pod is down", "sales")),
            ("For the sales team: pod down", rewrite("pod down", "sales")),
            ("for executives, pod down", rewrite("pod down", "executive")),
            ("for: sales pod down", rewrite("pod down", "sales")),
            ("rewrite for sales: pod down", rewrite("pod down", "sales")),
            ("rewrite pod down", rewrite("pod down", "")),
            ("for wizards: pod down", unknown("wizards")),
            ("For now: we keep the old version", rewrite("For now: we keep the old version", "")),
            ("For customers in Norway checkout fails", rewrite("For customers in Norway checkout fails", "")),
            ("explain p95", explain("p95", "")),
            ("explain: p95", explain("p95", "")),
            ("explain p95 for sales", explain("p95", "sales")),
            ("for sales explain p95", explain("p95", "sales")),
            ("what is a pod?", explain("what is a pod?", "")),
            ("What's an SLO for executives?", explain("What's an SLO", "executive")),
            ("explain", rewrite("explain", "")),
            ("für alle: é", rewrite("für alle: é", "")),
        ] {
            assert_eq!(parse(text, Door::Rewrite, &readers), expected, "{text:?}");
        }
    }

    #[test]
    fn the_explain_door() {
        let readers = some_readers();
        for (text, expected) in [
            ("", Command::Help),
            ("help", Command::Help),
            ("SLO burn rate", explain("SLO burn rate", "")),
            ("settings", explain("settings", "")),
            ("explain p95", explain("p95", "")),
            ("for sales: p95", explain("p95", "sales")),
            ("p95 for the sales team", explain("p95", "sales")),
            ("quota for wizards", explain("quota for wizards", "")),
        ] {
            assert_eq!(parse(text, Door::Explain, &readers), expected, "{text:?}");
        }
    }
}
