//! Articles: "a" or "an" in front of a wording, none in front of a noun without plural.

use super::inflected::capitalised;
use super::pieces::{Origin, Pieces};
use crate::engine::lexicon::inflect::{VerbForm, indefinite_article};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag};

/// The "a" of "a slow cache", when the noun at `index` loses its article.
pub(super) fn article_behind_adjectives(document: &Document<'_>, index: usize) -> Option<ByteSpan> {
    const MOST_ADJECTIVES: usize = 3;
    let describes = |at: &usize| {
        document.tokens.get(*at).is_some_and(|token| {
            matches!(token.tag, Tag::Adjective | Tag::Adverb | Tag::Verb(VerbForm::PastParticiple))
        })
    };
    let adjectives = (0..index).rev().take_while(describes).take(MOST_ADJECTIVES).count();
    let article = document.tokens.get(index.checked_sub(adjectives + 1)?)?;
    (adjectives > 0 && article.is(&["a", "an"])).then_some(article.span)
}

/// `a` or `an` in front of new words; none in front of words that cannot be counted. Gives the words, with the capital of an
/// article that began the sentence.
pub(super) fn fix_article(pieces: &mut Pieces, next: String, countless: bool) -> String {
    for article in ["a", "an"] {
        let Some((written, span)) = pieces.take_last_word(article) else { continue };
        let capital = written.starts_with(char::is_uppercase);
        if countless {
            return if capital { capitalised(&next) } else { next };
        }
        let right = indefinite_article(&next);
        let right = if capital { capitalised(right) } else { right.to_owned() };
        pieces.push(format!("{right} "), Origin::Rule { name: "article", span });
        return next;
    }
    next
}
