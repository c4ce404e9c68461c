//! Unknown words of one message with a sentence in which each stands, for somebody who reads that message anyway and is about to
//! write an entry. Others will read the sentence there, so one that names or links somebody is not given.

use std::ops::Range;

use super::met::{MOST_UNKNOWN, UnknownWord, unknown_places};
use super::redact::names_somebody;
use crate::engine::render::{Analysis, without_emphasis};
use crate::engine::text::foreign_language;
use crate::engine::{Engine, SourceText};

/// Longer sentences, in characters, are no examples.
const LONGEST: usize = 240;

/// An unknown word, and how its author used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedWord {
    /// The word.
    pub word: UnknownWord,
    /// The first sentence with it that names nobody, in one line; `None` when there is none.
    pub sentence: Option<String>,
}

impl Engine {
    /// The words of a message that look like jargon and that nothing of the glossary holds, in its order.
    #[must_use]
    pub fn quoted(&self, message: &SourceText) -> Vec<QuotedWord> {
        let analysis = Analysis::new(message.text(), &self.glossary, &self.compiled.patterns);
        let mut found: Vec<QuotedWord> = Vec::new();
        // Of another language every word would be unknown.
        if foreign_language(&analysis.document).is_some() {
            return found;
        }
        for (word, tokens) in unknown_places(&analysis) {
            if let Some(one) = found.iter_mut().find(|one| one.word.key == word.key) {
                if one.sentence.is_none() {
                    one.sentence = sentence(&analysis, &tokens);
                }
            } else if found.len() < MOST_UNKNOWN {
                found.push(QuotedWord { word, sentence: sentence(&analysis, &tokens) });
            }
        }
        found
    }
}

/// The sentence around a word, without marks of emphasis.
fn sentence(analysis: &Analysis<'_>, word: &Range<usize>) -> Option<String> {
    let document = &analysis.document;
    let sentence = document.sentence_at(word.start)?;
    if names_somebody(analysis, sentence, word) {
        return None;
    }
    let written = without_emphasis(document.slice(document.span_of(sentence.clone())));
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    (line.chars().count() <= LONGEST).then_some(line)
}
