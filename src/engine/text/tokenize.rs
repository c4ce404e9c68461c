//! Words, punctuation, line markers; facts are tokens already.

use crate::engine::facts::Fact;
use crate::engine::lexicon::{Entry, Lexicon};
use crate::engine::source::ByteSpan;

use super::{Keys, Tag, Token, TokenKind};

/// Endings that are words of their own: "we're" is "we" and "'re".
const CLITICS: [&str; 12] = ["'s", "'re", "'ve", "'ll", "'d", "'m", "’s", "’re", "’ve", "’ll", "’d", "’m"];

/// Tokens of a message whose facts are known.
pub(super) fn tokenize(text: &str, facts: &[Fact]) -> Vec<Token> {
    let mut tokens = split(text, facts);
    tokens.iter_mut().for_each(look_up);
    tokens
}

/// The words of a glossary term in lower case, by the same rules and without looking them up.
pub(crate) fn term_words(text: &str) -> Vec<String> {
    lower(split(text, &crate::engine::facts::extract(text)))
}

/// The same for a term that surely holds no fact.
pub(crate) fn plain_term_words(text: &str) -> Option<Vec<String>> {
    crate::engine::facts::holds_no_fact(text).then(|| lower(split(text, &[])))
}

fn lower(tokens: Vec<Token>) -> Vec<String> {
    // Collected in place, thousands of terms would keep the room of their tokens.
    let mut words = Vec::with_capacity(tokens.len());
    words.extend(tokens.into_iter().map(|token| token.lower));
    words
}

fn split(text: &str, facts: &[Fact]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 4);
    let mut at = 0;
    let mut fresh = true;
    for (index, fact) in facts.iter().enumerate() {
        plain(text, at, fact.span.start, fresh, &mut tokens);
        push(text, fact.span, TokenKind::Fact(index), &mut tokens);
        at = fact.span.end;
        fresh = false;
    }
    plain(text, at, text.len(), fresh, &mut tokens);
    tokens
}

/// The tokens of a glossary term: the same rules, so that a term is found as it is written.
pub(crate) fn tokenize_words(text: &str) -> Vec<Token> {
    tokenize(text, &crate::engine::facts::extract(text))
}

/// Tokens between facts. `fresh`: nothing but quote markers stands in front on the line, so a list may begin here.
fn plain(text: &str, from: usize, to: usize, mut fresh: bool, tokens: &mut Vec<Token>) {
    let Some(part) = text.get(from..to) else { return };
    let mut at = from;
    let mut rest = part;
    while let Some(character) = rest.chars().next() {
        let length = if character.is_whitespace() {
            fresh |= character == '\n';
            character.len_utf8()
        } else if let Some(length) = fresh.then(|| marker_length(rest).or_else(|| letter_marker(text, at))).flatten() {
            push(text, ByteSpan::new(at, at + length), TokenKind::Marker, tokens);
            length
        } else if character.is_alphanumeric() {
            let length = word_length(rest);
            push(text, ByteSpan::new(at, at + length), TokenKind::Word, tokens);
            length
        } else if let Some(clitic) = CLITICS.iter().find(|clitic| starts_clitic(rest, clitic)) {
            push(text, ByteSpan::new(at, at + clitic.len()), TokenKind::Word, tokens);
            clitic.len()
        } else {
            let length = rest.chars().take_while(|c| *c == character).map(char::len_utf8).sum();
            push(text, ByteSpan::new(at, at + length), TokenKind::Punctuation, tokens);
            length
        };
        fresh &= character.is_whitespace() || character == '>';
        at += length;
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn starts_clitic(rest: &str, clitic: &str) -> bool {
    let mut letters = rest.chars();
    let same = clitic.chars().all(|expected| letters.next().is_some_and(|found| found.eq_ignore_ascii_case(&expected)));
    same && !letters.next().is_some_and(char::is_alphanumeric)
}

/// The length of a list, quote or heading marker at the start of a line.
fn marker_length(rest: &str) -> Option<usize> {
    let sign: usize = rest.chars().take_while(|c| matches!(c, '#')).map(char::len_utf8).sum();
    // A ruler ("=====") parts what stands above and below.
    let ruler = rest.chars().next().filter(|c| matches!(c, '=' | '-' | '_' | '*')).map_or(0, |first| {
        let run = rest.chars().take_while(|c| *c == first).count();
        let alone = rest.get(run..).is_some_and(|after| after.lines().next().unwrap_or_default().trim().is_empty());
        if run >= 3 && alone { run } else { 0 }
    });
    if ruler > 0 {
        return Some(ruler);
    }
    // So does the line below the head of a table.
    if rest.starts_with('|') {
        let line = rest.split('\n').next().unwrap_or_default().trim_end();
        let is_rule = line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'));
        return is_rule.then_some(line.len());
    }
    if ["[ ] ", "[x] ", "[X] "].iter().any(|task| rest.starts_with(task)) {
        return Some("[ ]".len());
    }
    let length = if sign > 0 {
        sign
    } else if rest.starts_with(['-', '*', '•', '◦', '>', '–', '+', '→']) {
        rest.chars().next()?.len_utf8()
    } else {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let close = rest.get(digits..)?.starts_with(['.', ')']);
        if digits == 0 || digits > 2 || !close {
            return None;
        }
        digits + 1
    };
    let quote = rest.starts_with('>');
    let after = rest.get(length..)?;
    // The box of a task belongs to its marker.
    if !quote && ["[ ]", "[x]", "[X]"].iter().any(|task| after.get(1..).is_some_and(|rest| rest.starts_with(task))) {
        return Some(length + " [ ]".len())
            .filter(|length| rest.get(*length..).is_some_and(|end| end.starts_with(' ')));
    }
    (quote || after.starts_with([' ', '\t'])).then_some(length)
}

/// "o " in front of several lines: the bullet of plain-text mail.
fn letter_marker(text: &str, at: usize) -> Option<usize> {
    let is_bullet = |rest: &str| rest.strip_prefix("o ").is_some_and(|after| after.starts_with(char::is_alphanumeric));
    let here = text.get(at..).is_some_and(is_bullet);
    (here && text.lines().filter(|line| is_bullet(line.trim_start())).nth(1).is_some()).then_some(1)
}

/// The length of the word at the start of `rest`: letters and digits, apostrophes of "n't", dots inside "e.g.".
fn word_length(rest: &str) -> usize {
    let mut length = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let inside = next.is_some_and(char::is_alphanumeric);
        let keeps = character.is_alphanumeric()
            || (matches!(character, '\'' | '’')
                && inside
                && !CLITICS.iter().any(|c| starts_clitic(rest.get(at..).unwrap_or_default(), c)))
            || (character == '.' && abbreviation(rest, at));
        if !keeps {
            break;
        }
        length = at + character.len_utf8();
    }
    length
}

/// Whether the dot at `at` belongs to an abbreviation such as "e.g." or "etc.".
fn abbreviation(rest: &str, at: usize) -> bool {
    let Some(before) = rest.get(..at) else { return false };
    let lower = before.to_ascii_lowercase();
    let single = lower.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    let next = rest.get(at + 1..).and_then(|after| after.chars().next());
    let followed = next.is_some_and(|c| c.is_alphabetic());
    match lower.as_str() {
        "e.g" | "i.e" | "a.m" | "p.m" | "u.s" => true,
        "approx" | "vs" | "dr" | "mr" | "ms" | "mrs" | "incl" | "resp" | "esp" => true,
        _ => single && followed && lower.len() <= 5,
    }
}

fn push(text: &str, span: ByteSpan, kind: TokenKind, tokens: &mut Vec<Token>) {
    let slice = text.get(span.start..span.end).unwrap_or_default();
    let lower = if slice.is_ascii() { slice.to_ascii_lowercase() } else { slice.to_lowercase().replace('’', "'") };
    let glued = tokens.last().is_some_and(|last| last.span.end == span.start);
    // "feature-flag": the hyphen token disappears into the join of the two words.
    let hyphen = glued
        && matches!(kind, TokenKind::Word | TokenKind::Fact(_))
        && tokens.len() >= 2
        && tokens.last().is_some_and(|last| last.kind == TokenKind::Punctuation && last.glued && last.lower == "-")
        && tokens
            .get(tokens.len() - 2)
            .is_some_and(|before| matches!(before.kind, TokenKind::Word | TokenKind::Fact(_)));
    if hyphen {
        tokens.pop();
    }
    let tag = match kind {
        TokenKind::Word => Tag::Name,
        TokenKind::Fact(_) => Tag::Fact,
        TokenKind::Punctuation => Tag::Punctuation,
        TokenKind::Marker => Tag::Marker,
    };
    let capital = slice.chars().next().is_some_and(char::is_uppercase);
    tokens.push(Token {
        span,
        kind,
        lower,
        entry: None,
        bases: Vec::new(),
        keys: Keys::default(),
        tag,
        glued,
        joined: hyphen,
        capital,
    });
}

/// What the lexicon knows of a token.
fn look_up(token: &mut Token) {
    if token.kind == TokenKind::Word {
        token.entry = Lexicon::embedded().lookup_or_guess(&token.lower);
    }
    if let Some(entry) = &token.entry {
        token.bases = bases(entry, &token.lower);
    }
    // "AZs", "vCPUs", "mortems": a plural of something nobody listed.
    let listed = token.entry.is_some() || !token.bases.is_empty();
    if let Some(base) = token.lower.strip_suffix('s').filter(|base| !listed && base.len() >= 2 && !base.ends_with('s'))
    {
        token.bases.push(base.into());
    }
}

fn bases(entry: &Entry, lower: &str) -> Vec<Box<str>> {
    let mut bases: Vec<Box<str>> = Vec::new();
    for lemma in [entry.noun_lemma(lower), entry.verb_lemma(lower), entry.adjective_lemma(lower)] {
        if lemma != lower && !bases.iter().any(|known| **known == *lemma) {
            bases.push(lemma.into());
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    #[test]
    fn tokens_are_words_facts_and_signs() {
        let document = Document::parse("- We can't roll it back, e.g. the auto-scaler's fix (v2.3.1).");
        let words: Vec<&str> = (0..document.tokens.len()).map(|index| document.token_text(index)).collect();
        assert_eq!(
            words,
            [
                "-", "We", "can't", "roll", "it", "back", ",", "e.g.", "the", "auto", "scaler", "'s", "fix", "(",
                "v2.3.1", ")", "."
            ]
        );
        assert!(document.tokens[10].joined);
    }
}
