//! The language guard: asked only when few words are known.

use super::{Document, TokenKind};

/// The English name of the language the message is written in, when it is reliably not English.
pub(crate) fn foreign_language(document: &Document<'_>) -> Option<&'static str> {
    let words = document.tokens.iter().filter(|token| token.kind == TokenKind::Word);
    let (mut known, mut all) = (0_usize, 0_usize);
    for word in words {
        all += 1;
        known += usize::from(word.entry.is_some_and(|entry| !entry.is_guess()));
    }
    if all < 4 && document.text.is_ascii() || known * 10 > all * 6 {
        return None;
    }
    let info = whatlang::detect(document.text)?;
    (info.lang() != whatlang::Lang::Eng && info.is_reliable()).then(|| info.lang().eng_name())
}
