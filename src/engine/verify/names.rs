//! Names: those of the source must stay, and the candidate may not bring others.

use std::collections::BTreeSet;

use super::brought::Brought;
use super::discrepancy;
use super::side::Side;
use crate::engine::facts::MONTHS;
use crate::engine::lexicon::{Flags, right_spelling};
use crate::engine::rendering::Discrepancy;
use crate::engine::text::{Tag, Token, TokenKind};

/// Compares names in both directions.
pub(super) fn compare(source: &Side<'_>, candidate: &Side<'_>, brought: &Brought, found: &mut Vec<Discrepancy>) {
    let initials = initials(source);
    let mut told = BTreeSet::new();
    for index in named(source) {
        let Some(token) = source.token(index) else { continue };
        let words = source.document.token_text(index);
        let acronym = words.trim_end_matches('s').chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let worded = brought.covers(token.span) || brought.phrases(token.span);
        if !acronym && !worded && !spoken_of(candidate, token) && told.insert(token.lower.clone()) {
            let text = format!("The name \"{words}\" of the source is missing.");
            found.push(discrepancy("missing_fact", text, words, ""));
        }
    }
    for range in compounds(source) {
        let words = source.words(range);
        if !candidate.names(&words.to_lowercase()) {
            let text = format!("The name \"{words}\" of the source is missing.");
            found.push(discrepancy("missing_fact", text, words, ""));
        }
    }
    told.clear();
    for index in named(candidate) {
        let Some(token) = candidate.token(index) else { continue };
        let words = candidate.document.token_text(index);
        let spelt_out = words.chars().next().is_some_and(|first| initials.contains(&first.to_ascii_lowercase()))
            && beside_capital(candidate, index);
        if !spoken_of(source, token) && !brought.says(words) && !spelt_out && told.insert(token.lower.clone()) {
            let text = format!("The source does not name \"{words}\".");
            found.push(discrepancy("unstated_name", text, "", words));
        }
    }
}

/// Whether a text holds the word, its base form, or a word that begins with it ("Larkspur's", "GETs").
fn spoken_of(side: &Side<'_>, token: &Token) -> bool {
    token.lemmas().filter(|lemma| lemma.chars().count() > 1).any(|lemma| side.text.contains(lemma))
}

/// The tokens that name somebody or something, by their capitals.
fn named(side: &Side<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    for clauses in &side.sentences {
        let first = side.clause(clauses.start).start;
        let end = clauses.end.checked_sub(1).map_or(first, |last| side.clause(last).end);
        let title = title_case(side, first, end);
        for index in first..end {
            let Some(token) = side.token(index) else { continue };
            // "Teh" is a slip and names nobody.
            let is_word = token.kind == TokenKind::Word && right_spelling(&token.lower).is_none();
            if !is_word || !token.capital || token.lower.chars().count() < 2 || calendar(token) {
                continue;
            }
            let opens = index == first || opens_quote(side, index);
            // "Precalculated" at the start of a sentence is a new word rather than a name.
            let inflected = ["ed", "ing", "ly", "ble", "ion"].iter().any(|ending| token.lower.ends_with(ending));
            let unknown = token.entry.is_none_or(|entry| entry.is_guess()) && !inflected;
            let plain_word = token.has(
                Flags::PRONOUN
                    | Flags::DETERMINER
                    | Flags::AUXILIARY
                    | Flags::MODAL
                    | Flags::PREPOSITION
                    | Flags::CONJUNCTION
                    | Flags::WH
                    | Flags::NEGATION,
            );
            if !plain_word && (unknown || !opens && !title) {
                found.push(index);
            }
        }
    }
    found
}

/// Things named by three or more words with hyphens, "marketing-assets-old"; "day-to-day" names nothing.
fn compounds(side: &Side<'_>) -> Vec<std::ops::Range<usize>> {
    let tokens = &side.document.tokens;
    let mut found = Vec::new();
    let mut start = 0;
    for index in 1..=tokens.len() {
        if tokens.get(index).is_some_and(|token| token.joined) {
            continue;
        }
        let parts = tokens.get(start..index).unwrap_or_default();
        let name = parts.len() > 2
            && parts.iter().all(|part| {
                part.kind == TokenKind::Word
                    && !part.has(
                        Flags::PREPOSITION | Flags::DETERMINER | Flags::CONJUNCTION | Flags::PRONOUN | Flags::PARTICLE,
                    )
            });
        if name {
            found.push(start..index);
        }
        start = index;
    }
    found
}

/// Behind a colon, bracket or quotation mark a capital may only begin a sentence.
fn opens_quote(side: &Side<'_>, index: usize) -> bool {
    index.checked_sub(1).and_then(|at| side.token(at)).is_some_and(|before| {
        matches!(before.tag, Tag::Punctuation | Tag::Marker)
            && !before.lower.starts_with([',', '-', '/', '&', '+', '('])
            || before.tag == Tag::Fact && before.lower.ends_with(':')
    })
}

/// Headings have capitals everywhere.
fn title_case(side: &Side<'_>, first: usize, end: usize) -> bool {
    let words = || {
        side.document
            .tokens
            .get(first..end)
            .unwrap_or_default()
            .iter()
            .filter(|token| token.kind == TokenKind::Word && token.lower.len() > 3)
    };
    let capitals = words().filter(|token| token.capital).count();
    capitals > 3 && capitals * 5 > words().count() * 4
}

fn calendar(token: &Token) -> bool {
    token.is(&MONTHS) || token.is(&["sept", "sat", "sun", "jan", "feb", "mar", "oct", "nov", "dec"])
}

/// The letters of the source's abbreviations, which a rewriter may write out: "Recovery Point Objective".
fn initials(source: &Side<'_>) -> BTreeSet<char> {
    let mut letters = BTreeSet::new();
    for (index, token) in source.document.tokens.iter().enumerate() {
        let words = source.document.token_text(index);
        if token.kind == TokenKind::Word && words.len() >= 2 && words.chars().all(char::is_uppercase) {
            letters.extend(words.chars().map(|c| c.to_ascii_lowercase()));
        }
    }
    letters
}

fn beside_capital(side: &Side<'_>, index: usize) -> bool {
    let capital = |at: Option<usize>| {
        at.and_then(|at| side.token(at)).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
    };
    (capital(index.checked_sub(1)) || capital(Some(index + 1)))
        && side.token(index).is_some_and(|token| !token.entry.is_none_or(|entry| entry.is_guess()))
}
