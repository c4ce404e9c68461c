//! A sentence without whom and what it was about: only everyday words, terms of the glossary and one unknown word are left.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::engine::facts::FactKind;
use crate::engine::lexicon::{Flags, is_plain};
use crate::engine::render::Analysis;
use crate::engine::text::TokenKind;

/// Longer sentences are cut around the word.
const LONGEST: usize = 160;

/// What stands for somebody, and for what leads to them.
const NAME: &str = "[name]";
const LINK: &str = "[link]";
const EMAIL: &str = "[e-mail]";

/// A piece of the sentence and whether white space stands in front of it.
type Piece = (String, bool);

/// The sentence in which an unknown word stands.
pub(super) fn redacted(analysis: &Analysis<'_>, word: Range<usize>, people: &FxHashSet<String>) -> String {
    let document = &analysis.document;
    let sentence = document.sentence_at(word.start).cloned().unwrap_or_else(|| word.clone());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    for index in sentence.clone() {
        let Some(token) = document.tokens.get(index) else { break };
        let is_spaced = index > sentence.start && !token.glued && !token.joined;
        let text = if word.contains(&index) {
            if index == word.start {
                at = pieces.len();
                document.slice(document.span_of(word.clone())).to_owned()
            } else {
                continue;
            }
        } else {
            shown(analysis, index, index == sentence.start, people)
        };
        // Two names in a row are one person, and two figures one amount, as far as anybody needs to know.
        let is_repeated = text.starts_with('[') && pieces.last().is_some_and(|(before, _)| *before == text);
        if !text.is_empty() && !is_repeated {
            let hyphen = token.joined && !word.contains(&index);
            pieces.push((if hyphen { format!("-{text}") } else { text }, is_spaced));
        }
    }
    around(&pieces, at)
}

/// Whether anything of a sentence but this word stands for somebody or leads to them: a name, a call, a link, an address.
pub(super) fn names_somebody(analysis: &Analysis<'_>, sentence: &Range<usize>, word: &Range<usize>) -> bool {
    let nobody = FxHashSet::default();
    let is_named = |index: usize| {
        let shown = shown(analysis, index, index == sentence.start, &nobody);
        [NAME, LINK, EMAIL].contains(&shown.as_str())
    };
    sentence.clone().filter(|index| !word.contains(index)).any(is_named)
}

/// What is shown of a token that is not the word.
fn shown(analysis: &Analysis<'_>, index: usize, is_first: bool, people: &FxHashSet<String>) -> String {
    let document = &analysis.document;
    let Some(token) = document.tokens.get(index) else { return String::new() };
    let text = document.token_text(index);
    if let Some(fact) = document.fact_at(index) {
        return match fact.kind {
            FactKind::Link | FactKind::Host => LINK,
            FactKind::Email => EMAIL,
            FactKind::Mention => NAME,
            FactKind::Code | FactKind::Path => "[code]",
            FactKind::Emoji => "",
            FactKind::Date | FactKind::Time => "[date]",
            FactKind::Id | FactKind::Address | FactKind::Version | FactKind::Identifier => "[id]",
            _ => "[number]",
        }
        .to_owned();
    }
    if token.kind != TokenKind::Word {
        return text.to_owned();
    }
    let is_listed = token.entry.is_some_and(|entry| !entry.is_guess());
    let is_everyday = is_listed || token.bases.iter().any(|base| is_plain(base));
    let is_person = people.contains(&token.lower) && (token.capital || !token.has(Flags::PLAIN));
    if is_person {
        return NAME.to_owned();
    }
    // "I", "n't" and "'s" keep their places; so does every word of the glossary.
    let is_known = token.has(Flags::CLOSED_CLASS) || text.starts_with(['\'', '’']) || analysis.term_holds(index);
    let is_large = token.capital && text.chars().nth(1).is_some_and(char::is_lowercase);
    let is_name = is_large && !(is_first && is_everyday);
    match (is_known, is_name, is_everyday) {
        (true, ..) | (false, false, true) => text.to_owned(),
        (false, true, _) => NAME.to_owned(),
        (false, false, false) => "[word]".to_owned(),
    }
}

/// The pieces from the middle outwards until there are enough.
fn around(pieces: &[Piece], middle: usize) -> String {
    let length = |index: usize| pieces.get(index).map_or(0, |(text, _)| text.len() + 1);
    let (mut from, mut to) = (middle, (middle + 1).min(pieces.len()));
    let mut total = length(middle);
    loop {
        let before = from.checked_sub(1).map(length).filter(|more| total + more <= LONGEST);
        if let Some(more) = before {
            from -= 1;
            total += more;
        }
        let after = (to < pieces.len()).then(|| length(to)).filter(|more| total + more <= LONGEST);
        if let Some(more) = after {
            to += 1;
            total += more;
        }
        if before.is_none() && after.is_none() {
            break;
        }
    }
    let mut text = String::new();
    for (index, (piece, is_spaced)) in pieces.iter().enumerate().take(to).skip(from) {
        if *is_spaced && index > from {
            text.push(' ');
        }
        text.push_str(piece);
    }
    let head = if from > 0 { "… " } else { "" };
    let tail = if to < pieces.len() { " …" } else { "" };
    format!("{head}{}{tail}", text.trim())
}
