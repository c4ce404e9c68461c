//! Articles: "a" or "an" in front of a wording, none in front of a noun without plural.

use super::inflected::capitalised;
use super::pieces::{Origin, Pieces};
use crate::engine::glossary::{Hit, HitForm, Number, Wording};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::{VerbForm, indefinite_article, is_mass};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag};

/// The "a" of "a slow cache" and "a checkout cache", when the noun at `index` loses its article.
pub(super) fn article_of(document: &Document<'_>, index: usize) -> Option<ByteSpan> {
    const MOST_WORDS: usize = 3;
    let describes = |at: &usize| {
        document.tokens.get(*at).is_some_and(|token| {
            token.tag.is_nominal()
                || matches!(token.tag, Tag::Adjective | Tag::Adverb | Tag::Verb(VerbForm::PastParticiple))
        })
    };
    let words = (0..index).rev().take_while(describes).take(MOST_WORDS).count();
    let article = document.tokens.get(index.checked_sub(words + 1)?)?;
    (words > 0 && article.is(&["a", "an"])).then_some(article.span)
}

/// "In production" as "in the live service": a place that the author names without an article, told by a noun that wants one.
pub(super) fn wants_article(document: &Document<'_>, hit: &Hit, wording: &Wording) -> bool {
    const CONVERSION: usize = 5;
    const PLACES: [&str; 11] =
        ["in", "to", "into", "from", "at", "on", "across", "behind", "against", "outside", "for"];
    let before = hit.tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index));
    let last = document.tokens.get(hit.tokens.end - 1);
    let next = document.tokens.get(hit.tokens.end);
    // "On deploy", "time to rollback": what happens, and no place.
    let happens = last.is_some_and(|word| word.has(Flags::VERB_BASE))
        && before.is_some_and(|before| before.is(&["on", "to", "for"]));
    let describes = next.is_some_and(|next| {
        next.tag.is_nominal()
            || matches!(next.tag, Tag::Fact | Tag::Verb(VerbForm::Ing))
            || next.joined
            || next.glued && next.tag != Tag::Punctuation
    });
    // "Cast from array to text": from one kind of thing to another.
    let converts = (hit.tokens.start.saturating_sub(CONVERSION)..hit.tokens.start)
        .filter_map(|index| document.tokens.get(index))
        .any(|token| {
            token.lemmas().any(|lemma| ["cast", "convert", "coerce", "parse", "change", "turn"].contains(&lemma))
        });
    wording.number == Number::Count
        && hit.form == HitForm::Base
        && !wording.text.ends_with("ing")
        && !is_mass(&wording.text)
        && !converts
        && before.is_some_and(|before| before.tag == Tag::Preposition && before.is(&PLACES))
        && !happens
        && !describes
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
