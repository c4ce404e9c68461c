//! Phrase patterns: constructions that a glossary term cannot carry, kept in data files.

mod matcher;
mod parse;
mod schema;

use super::glossary::Examples;

pub(crate) use matcher::{Match, PatternSet};
pub(crate) use parse::{parse_output, parse_pattern};
pub(crate) use schema::parse;

/// A word class demanded by `/v`, `/n`, `/a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Verb,
    Noun,
    Adjective,
}

/// What a slot accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Duration,
    Time,
    Date,
    When,
    Quantity,
    Percent,
    Money,
    Version,
    Id,
    Number,
    Link,
    Mention,
    Code,
    Thing,
    Words,
    Clause,
}

/// One element of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A word by base form, or by exact spelling (`=word`), or by exact capitals (`=WORD`).
    /// `joined`: written together with the word before ("user-facing"), demanded of exact spellings only.
    Word {
        text: String,
        exact: bool,
        capitals: bool,
        joined: bool,
        class: Option<Class>,
    },
    /// Alternatives; an optional group has an empty one at the end.
    Choice(Vec<Vec<Node>>),
    Slot {
        kind: SlotKind,
        name: String,
    },
}

/// One element of a replacement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Output {
    Text(String),
    Slot(String),
    /// A word that takes the form of the pattern's head.
    Inflected {
        lemma: String,
        class: Class,
    },
}

/// A pattern with its replacement.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) id: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) output: Vec<Output>,
    /// The author says the same with or without "not" ("infeasible" → "not possible").
    pub(crate) restates_polarity: bool,
    pub(crate) examples: Examples,
    /// Written by the organisation.
    pub(crate) own: bool,
    pub(crate) path: String,
    pub(crate) line: usize,
}
