//! One of the two texts that are compared: its values, its clauses and the words that carry meaning.

use std::collections::BTreeMap;
use std::ops::Range;

use super::meaning::meaning;
use super::values::{Value, key, values};
use crate::engine::lexicon::Flags;
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// A text, taken apart for comparison.
pub(super) struct Side<'a> {
    pub(super) document: &'a Document<'a>,
    /// The text in lower case.
    pub(super) text: String,
    pub(super) values: Vec<Value>,
    /// Token ranges, in order, without gaps inside a sentence.
    pub(super) clauses: Vec<Range<usize>>,
    /// The clause of each token.
    pub(super) clause_of: Vec<usize>,
    /// The clauses of each sentence.
    pub(super) sentences: Vec<Range<usize>>,
    /// The sentence of each clause.
    pub(super) sentence_of: Vec<usize>,
    /// What each token stands for: a meaning or several values.
    pub(super) meanings: Vec<Vec<String>>,
    /// Where each meaning stands, as clauses in order.
    pub(super) index: BTreeMap<String, Vec<usize>>,
}

/// Words that begin a clause of their own.
const OPENERS: [&str; 20] = [
    "but",
    "because",
    "although",
    "though",
    "while",
    "whereas",
    "if",
    "unless",
    "until",
    "till",
    "once",
    "since",
    "so",
    "which",
    "who",
    "provided",
    "except",
    "when",
    "otherwise",
    "that",
];

impl<'a> Side<'a> {
    pub(super) fn new(document: &'a Document<'a>) -> Self {
        let values = values(document);
        let mut meanings: Vec<Vec<String>> =
            document.tokens.iter().map(|token| meaning(token).into_iter().collect()).collect();
        for value in &values {
            if let Some(keys) = meanings.get_mut(value.token) {
                keys.retain(|key| key.starts_with('#'));
                keys.push(key(&value.part));
            }
        }
        let mut clauses = Vec::new();
        let mut sentences = Vec::new();
        let mut sentence_of = Vec::new();
        let mut clause_of = vec![0; document.tokens.len()];
        for (number, sentence) in document.sentences.iter().enumerate() {
            let first = clauses.len();
            split(document, sentence.clone(), &meanings, &mut clauses);
            for (clause, range) in clauses.iter().enumerate().skip(first) {
                sentence_of.push(number);
                for place in clause_of.get_mut(range.clone()).into_iter().flatten() {
                    *place = clause;
                }
            }
            sentences.push(first..clauses.len());
        }
        let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (clause, range) in clauses.iter().enumerate() {
            for key in meanings.get(range.clone()).into_iter().flatten().flatten() {
                let places = index.entry(key.clone()).or_default();
                if places.last() != Some(&clause) {
                    places.push(clause);
                }
            }
        }
        let text = document.text.to_lowercase();
        Self { document, text, values, clauses, clause_of, sentences, sentence_of, meanings, index }
    }

    pub(super) fn token(&self, index: usize) -> Option<&Token> {
        self.document.tokens.get(index)
    }

    pub(super) fn clause(&self, clause: usize) -> Range<usize> {
        self.clauses.get(clause).cloned().unwrap_or_default()
    }

    /// The clauses of the sentence that holds this clause.
    pub(super) fn siblings(&self, clause: usize) -> Range<usize> {
        self.sentence_of.get(clause).and_then(|sentence| self.sentences.get(*sentence)).cloned().unwrap_or_default()
    }

    /// The tokens of the sentence that holds this clause.
    pub(super) fn sentence(&self, clause: usize) -> Range<usize> {
        let clauses = self.siblings(clause);
        let first = self.clause(clauses.start).start;
        let last = clauses.end.checked_sub(1).map_or(first, |last| self.clause(last).end);
        first..last
    }

    /// The author's words of a token range.
    pub(super) fn words(&self, range: Range<usize>) -> &'a str {
        self.document.slice(self.document.span_of(range))
    }

    /// The token behind a phrase that stands at `index`, word for word.
    pub(super) fn phrase_at(&self, index: usize, phrase: &str) -> Option<usize> {
        let mut at = index;
        for word in phrase.split(' ') {
            self.token(at).filter(|token| token.lower == word)?;
            at += 1;
        }
        Some(at)
    }

    /// What the tokens of a range stand for.
    pub(super) fn meanings_in(&self, range: Range<usize>) -> impl Iterator<Item = &String> {
        self.meanings.get(range).into_iter().flatten().flatten()
    }

    pub(super) fn holds(&self, meaning: &str) -> bool {
        self.index.contains_key(meaning)
    }

    /// Whether the text holds a name, in any spelling of its letters.
    pub(super) fn names(&self, name: &str) -> bool {
        self.text.contains(name)
    }
}

fn split(document: &Document<'_>, sentence: Range<usize>, meanings: &[Vec<String>], clauses: &mut Vec<Range<usize>>) {
    let mut start = sentence.start;
    let carries = |range: Range<usize>| meanings.get(range).into_iter().flatten().any(|keys| !keys.is_empty());
    for index in sentence.clone() {
        if index > start
            && opens(document, index, sentence.end)
            && carries(start..index)
            && carries(index..sentence.end)
        {
            clauses.push(start..index);
            start = index;
        }
    }
    if start < sentence.end {
        clauses.push(start..sentence.end);
    }
}

fn opens(document: &Document<'_>, index: usize, end: usize) -> bool {
    let Some(token) = document.tokens.get(index) else { return false };
    if token.kind == TokenKind::Punctuation {
        return token.lower.starts_with([',', ';', ':', '–', '—', '(', ')', '→'])
            || token.lower == "->"
            || token.lower == "-";
    }
    let before = index.checked_sub(1).and_then(|at| document.tokens.get(at));
    if before.is_some_and(|word| {
        word.kind == TokenKind::Punctuation && word.lower.starts_with([',', ';', ':', '(', '–', '—'])
    }) {
        return false;
    }
    // "viewed but not changed" is one clause.
    let contrast = token.is(&["but"]) && document.tokens.get(index + 1).is_some_and(|next| next.is(&["not"]));
    OPENERS.contains(&token.lower.as_str()) && token.tag != Tag::Determiner && !contrast
        || token.is(&["and", "or"]) && verb_ahead(document, index + 1..end.min(index + 7))
}

/// Whether a finite verb stands in the range before its first break.
fn verb_ahead(document: &Document<'_>, range: Range<usize>) -> bool {
    document
        .tokens
        .get(range)
        .unwrap_or_default()
        .iter()
        .take_while(|token| token.kind != TokenKind::Punctuation && !token.is(&["and", "or", "but"]))
        .any(|token| token.has(Flags::AUXILIARY | Flags::MODAL) || token.tag.is_verb() || token.tag == Tag::Modal)
}
