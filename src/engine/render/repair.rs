//! Slips of the author's that a careful colleague would mend on the way: frequent misspellings, "a" for "an", "where" for
//! "were", "will upgraded". Only what has one right form; everything else stays as written.

use super::inflected::capitalised;
use crate::engine::lexicon::inflect::{VerbForm, indefinite_article};
use crate::engine::lexicon::{Flags, right_spelling};
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// The mended word at `index`, when there is something to mend.
pub(super) fn repaired(document: &Document<'_>, index: usize) -> Option<String> {
    let token = document.tokens.get(index).filter(|token| token.kind == TokenKind::Word && !token.joined)?;
    let mended = right_spelling(&token.lower).map(str::to_owned).or_else(|| misplaced(document, index, token))?;
    let first_upper = token.capital && token.lower != "i";
    Some(if first_upper { capitalised(&mended) } else { mended })
}

/// A word that exists but cannot stand here.
fn misplaced(document: &Document<'_>, index: usize, token: &Token) -> Option<String> {
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let next = document.tokens.get(index + 1);
    match token.lower.as_str() {
        // "an help desk": the next word is in the author's spelling.
        "a" | "an" => {
            let next = next.filter(|next| next.kind == TokenKind::Word && !next.glued)?;
            let words = document.slice(document.span_of(index + 1..index + 2));
            let known = next.entry.is_some() && !words.chars().skip(1).any(char::is_uppercase);
            let right = indefinite_article(words);
            (known && right != token.lower).then(|| right.to_owned())
        }
        // "not all users where impacted".
        "where" => {
            let subject =
                before.is_some_and(|before| before.tag == Tag::PluralNoun || before.is(&["they", "we", "these"]));
            let participle = next.is_some_and(|next| next.has(Flags::VERB_PAST_PARTICIPLE) && !next.has(Flags::NOUN));
            (subject && participle).then(|| "were".to_owned())
        }
        // "all our controllers and there agents".
        "there" => {
            let joins = before.is_some_and(|before| before.is(&["and", "or", "with", "of", "for", "from", "in", "on"]));
            let owned = next
                .is_some_and(|next| next.has(Flags::NOUN) && !next.has(Flags::VERB | Flags::MODAL | Flags::AUXILIARY));
            (joins && owned).then(|| "their".to_owned())
        }
        // "to better enables tooling".
        _ if token.has(Flags::VERB_3SG)
            && before.is_some_and(|before| matches!(before.tag, Tag::Adverb | Tag::Adjective)) =>
        {
            let to = index.checked_sub(2).and_then(|at| document.tokens.get(at)).is_some_and(|to| to.is(&["to"]));
            let verb = token.entry.as_ref()?.verb_lemma(&token.lower).into_owned();
            let manner = before.is_some_and(|before| before.is(&["better", "further", "also", "fully", "really"]));
            (to && manner && verb != token.lower).then_some(verb)
        }
        // "it will upgraded to version 2".
        _ if token.tag == Tag::Verb(VerbForm::PastParticiple) || token.tag == Tag::Verb(VerbForm::Past) => {
            let modal = before.is_some_and(|before| before.is(&["will", "must", "should", "can"]));
            (modal && !token.has(Flags::VERB_BASE)).then(|| format!("be {}", token.lower))
        }
        _ => None,
    }
}
