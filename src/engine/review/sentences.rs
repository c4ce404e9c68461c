//! Sentences of more words than are read in one go.

use super::{Hint, HintCode, Judged};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, TokenKind};

/// Official guides to plain English ask for about 15 to 20 words on average; beyond this, readers begin again.
const MOST_WORDS: usize = 28;
/// A hint shows where a sentence begins, not all of it.
const SHOWN_WORDS: usize = 6;

pub(super) fn hints(document: &Document<'_>, judged: &Judged) -> Vec<Hint> {
    let mut hints = Vec::new();
    for sentence in &document.sentences {
        let span = document.span_of(sentence.clone());
        let words: Vec<ByteSpan> = sentence
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .filter(|token| match token.kind {
                TokenKind::Word => !token.joined && !token.lower.starts_with(['\'', '’']),
                TokenKind::Fact(_) => true,
                TokenKind::Punctuation | TokenKind::Marker => false,
            })
            .map(|token| token.span)
            .collect();
        if words.len() <= MOST_WORDS || !judged.holds(span) {
            continue;
        }
        let shown = words.get(SHOWN_WORDS - 1).map_or(span, |last| ByteSpan::new(span.start, last.end));
        hints.push(Hint {
            code: HintCode::LongSentence,
            span,
            words: format!("{} …", document.slice(shown)),
            text: format!(
                "This sentence has {} words; more than {MOST_WORDS} are hard to take in at once.",
                words.len()
            ),
            suggestion: Some("make two sentences of it".into()),
            count: 1,
        });
    }
    hints
}
