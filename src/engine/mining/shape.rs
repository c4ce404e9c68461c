//! Which words of a sentence are unknown jargon.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::WordShape;
use crate::engine::facts::FactKind;
use crate::engine::lexicon::{Flags, right_spelling};
use crate::engine::notices::{is_beyond_everyday, jargon_at};
use crate::engine::render::Analysis;
use crate::engine::text::{Token, TokenKind};

/// Words of chats that everybody knows and word lists do not.
const CHAT: [&str; 62] = [
    "lol", "lmao", "rofl", "haha", "hahaha", "hehe", "hah", "hm", "hmm", "mhm", "uh", "uhm", "um", "umm", "ugh", "oh",
    "ooh", "ah", "aha", "aww", "yay", "wow", "woah", "whoa", "oops", "whoops", "yep", "yup", "yeah", "yea", "nope",
    "nah", "gonna", "wanna", "gotta", "kinda", "sorta", "dunno", "lemme", "gimme", "cuz", "thx", "tnx", "thanx", "ty",
    "np", "pls", "plz", "idk", "omg", "brb", "afk", "hiya", "heya", "howdy", "gm", "til", "ur", "tho", "tbh", "imo",
    "imho",
];

/// What everyday English joins to any word: "Redis-based", "team-wide".
const EVERYDAY_TAILS: [&str; 18] = [
    "based",
    "like",
    "driven",
    "related",
    "free",
    "ready",
    "only",
    "wide",
    "level",
    "specific",
    "style",
    "type",
    "aware",
    "side",
    "backed",
    "powered",
    "enabled",
    "compatible",
];

/// The longest word that is one: beyond are keys, hashes and lines of signs.
const LONGEST: usize = 40;

/// An unknown word where it stands.
pub(super) struct Find {
    /// What counts as the same word.
    pub(super) key: String,
    pub(super) term: String,
    pub(super) shape: WordShape,
    /// Surely no name.
    pub(super) is_sure: bool,
    pub(super) tokens: Range<usize>,
}

/// The unknown words of a sentence, in order.
pub(super) fn finds(analysis: &Analysis<'_>, sentence: Range<usize>, people: &FxHashSet<String>) -> Vec<Find> {
    let document = &analysis.document;
    let mut found = Vec::new();
    let mut index = sentence.start;
    while index < sentence.end {
        let end = compound_end(analysis, index, sentence.end);
        let mut tokens = index..end;
        index = end;
        // Of "HTTP-based" only the first part can be jargon.
        let has_everyday_tail =
            tokens.len() > 1 && document.tokens.get(tokens.end - 1).is_some_and(|last| last.is(&EVERYDAY_TAILS));
        tokens.end -= usize::from(has_everyday_tail);
        let text = document.slice(document.span_of(tokens.clone()));
        let is_person = tokens
            .clone()
            .any(|at| document.tokens.get(at).is_some_and(|token| people.contains(token.lower.trim_end_matches("'s"))));
        if is_person || text.len() > LONGEST || is_known(analysis, &tokens) {
            continue;
        }
        let is_start = tokens.start == sentence.start;
        let shape =
            if tokens.len() > 1 { compound(analysis, &tokens) } else { single(analysis, tokens.start, is_start) };
        if let Some((shape, is_sure)) = shape {
            let (key, term) = spelling(text, shape);
            found.push(Find { key, term, shape, is_sure, tokens });
        }
    }
    found
}

/// The end of the words that are joined to this one by hyphens.
fn compound_end(analysis: &Analysis<'_>, start: usize, limit: usize) -> usize {
    let document = &analysis.document;
    let mut end = start + 1;
    while end < limit {
        let (Some(before), Some(token)) = (document.tokens.get(end - 1), document.tokens.get(end)) else { break };
        let between = document.text.get(before.span.end..token.span.start);
        if !token.joined || between != Some("-") || before.kind != TokenKind::Word || token.kind != TokenKind::Word {
            break;
        }
        end += 1;
    }
    end
}

/// Whether the glossary holds all of it, or has several meanings for it.
fn is_known(analysis: &Analysis<'_>, tokens: &Range<usize>) -> bool {
    let holds = |known: &Range<usize>| known.start <= tokens.start && tokens.end <= known.end;
    analysis.terms.iter().any(|hit| holds(&hit.tokens))
        || analysis.phrases.iter().any(|found| holds(&found.tokens))
        || analysis.undecided.iter().any(holds)
}

fn is_touched(analysis: &Analysis<'_>, index: usize) -> bool {
    analysis.term_holds(index) || analysis.undecided.iter().any(|open| open.contains(&index))
}

/// Words with a hyphen: jargon when a part is, or when nouns are joined that no everyday word is made of.
fn compound(analysis: &Analysis<'_>, tokens: &Range<usize>) -> Option<(WordShape, bool)> {
    let document = &analysis.document;
    let parts = document.tokens.get(tokens.clone())?;
    let is_written_small =
        |token: &Token| !token.capital || token.span.len() > 1 && is_shouted(document.slice(token.span));
    if !parts.iter().all(is_written_small) || tokens.clone().any(|index| is_touched(analysis, index)) {
        return None;
    }
    let is_noun = |token: &Token| {
        let has_other_readings =
            [Flags::ADJ, Flags::ADV, Flags::CLOSED_CLASS, Flags::VERB_ING].into_iter().any(|flags| token.has(flags));
        token.has(Flags::NOUN_SINGULAR) && token.lower.len() > 2 && !has_other_readings
    };
    let is_jargon = tokens.clone().any(|index| jargon_at(analysis, index)) || parts.iter().all(is_noun);
    is_jargon.then_some((WordShape::Compound, true))
}

fn single(analysis: &Analysis<'_>, index: usize, is_start: bool) -> Option<(WordShape, bool)> {
    let document = &analysis.document;
    let token = document.tokens.get(index)?;
    let text = document.token_text(index);
    if let Some(fact) = document.fact_at(index) {
        return (fact.kind == FactKind::Identifier && is_spoken_name(text)).then_some((WordShape::Name, true));
    }
    let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
    if token.kind != TokenKind::Word || letters < 2 || is_chat(&token.lower) || is_touched(analysis, index) {
        return None;
    }
    if is_shouted(text.strip_suffix('s').unwrap_or(text)) {
        // "APIs" is as many of them as "API".
        let is_plural = text.ends_with('s') && text.len() > 2;
        let is_cried = token.has(Flags::PLAIN) && token.has(Flags::ADV);
        return (!is_cried && (is_plural || jargon_at(analysis, index))).then_some((WordShape::Acronym, true));
    }
    if is_camel(text) {
        return Some((WordShape::Name, true));
    }
    let is_slip = right_spelling(&token.lower).is_some() || text.contains(['\'', '’']);
    if is_slip
        || !text.chars().all(char::is_alphabetic)
        || token.joined
        || analysis.phrases_holding(index).next().is_some()
    {
        return None;
    }
    if token.capital {
        // A name or a word: what is written elsewhere decides.
        return (is_start && is_beyond_everyday(token) && !token.has(Flags::CLOSED_CLASS))
            .then_some((WordShape::Word, false));
    }
    jargon_at(analysis, index).then_some((WordShape::Word, true))
}

/// Capitals and at most a figure or two: "QBR", "EC2".
fn is_shouted(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_uppercase).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2 && digits <= 2 && letters + digits == text.chars().count()
}

/// A capital behind a small letter, as in "OrderHub"; not as in "McCabe".
fn is_camel(text: &str) -> bool {
    let mut before = ' ';
    let mut humps = 0;
    for sign in text.chars() {
        if !sign.is_alphabetic() {
            return false;
        }
        humps += usize::from(before.is_lowercase() && sign.is_uppercase());
        before = sign;
    }
    humps > 0
        && !["Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz"]
            .iter()
            .any(|head| humps == 1 && text.strip_prefix(head).is_some_and(|rest| rest.starts_with(char::is_uppercase)))
}

/// Names that people say: `order_hub`, `orderHub`, `checkout-service`, `k8s`, and no assignments, calls or keys.
fn is_spoken_name(text: &str) -> bool {
    let parts = text.split(['-', '_']);
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && parts.clone().all(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            // "7f9c" is a key, "west1" a name.
            digits <= 2 && (digits == part.len() || part.starts_with(|first: char| first.is_ascii_alphabetic()))
        })
        && parts.clone().any(|part| part.bytes().filter(u8::is_ascii_alphabetic).count() > 1)
        || ["k8s", "i18n", "l10n", "a11y", "o11y"].contains(&text)
}

/// "Hmm", "hahaha", "sooo".
fn is_chat(lower: &str) -> bool {
    let signs: Vec<char> = lower.chars().collect();
    CHAT.contains(&lower) || signs.windows(3).any(|three| three.iter().all(|sign| Some(sign) == three.first()))
}

/// What counts as the same word, and how it is shown.
fn spelling(text: &str, shape: WordShape) -> (String, String) {
    let term = match shape {
        WordShape::Acronym => text.strip_suffix('s').unwrap_or(text).to_owned(),
        WordShape::Name | WordShape::Compound => text.to_owned(),
        WordShape::Word => text.to_lowercase(),
    };
    (term.to_lowercase(), term)
}
