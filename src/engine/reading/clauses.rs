//! Clauses: the parts of a sentence that say one thing each. When in doubt a sentence stays whole.

use std::ops::Range;

use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::render::Analysis;
use crate::engine::text::{Document, Tag, Token};

/// A clause of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) tokens: Range<usize>,
    /// It followed "because", "due to" and the like, which is cut off.
    pub(crate) is_cause: bool,
    /// It is a label such as "Root cause:", which speaks about the clause behind it.
    pub(crate) is_label: bool,
}

/// Splits a sentence.
pub(super) fn split(analysis: &Analysis<'_>, sentence: Range<usize>) -> Vec<Clause> {
    let document = &analysis.document;
    let mut clauses = Vec::new();
    let mut start = sentence.start;
    for index in sentence.clone() {
        if index > start && boundary(document, &sentence, start, index) && !inside_phrase(analysis, index) {
            if document.tokens.get(index).is_some_and(|token| token.is(&[":"])) {
                clauses.push(Clause { tokens: start..index, is_cause: false, is_label: true });
            } else {
                causes(document, start..index, &mut clauses);
            }
            start = index + usize::from(document.tokens.get(index).is_some_and(|token| token.tag == Tag::Punctuation));
        }
    }
    causes(document, start..sentence.end, &mut clauses);
    clauses
}

/// A replaced phrase is never cut, except at a sign that ends it ("heads up:").
fn inside_phrase(analysis: &Analysis<'_>, index: usize) -> bool {
    analysis.phrases_holding(index).any(|found| found.tokens.start < index && index + 1 < found.tokens.end)
}

fn boundary(document: &Document<'_>, sentence: &Range<usize>, start: usize, index: usize) -> bool {
    let Some(token) = document.tokens.get(index) else { return false };
    if token.tag != Tag::Punctuation {
        return false;
    }
    let rest = index + 1..sentence.end;
    match token.lower.as_str() {
        ";" => true,
        "—" | "–" | "-" | "--" => !token.glued,
        ":" => is_label(document, start..index),
        "," => {
            let before = start..index;
            // Adjectives in a row ("small, forward looking changes"), a list ("A, B and C") or an opening ("Until then, …") is not a boundary.
            !between_adjectives(document, index)
                && !opens_subordinate(document, start)
                && stands_alone(document, before)
                && stands_alone(document, rest.start..next_boundary(document, rest.clone()))
                && !continues(document, rest.start)
        }
        _ => false,
    }
}

fn between_adjectives(document: &Document<'_>, comma: usize) -> bool {
    let adjective = |index: Option<usize>| {
        index.and_then(|index| document.tokens.get(index)).is_some_and(|token| matches!(token.tag, Tag::Adjective | Tag::Adverb))
    };
    adjective(comma.checked_sub(1)) && adjective(Some(comma + 1))
}

fn next_boundary(document: &Document<'_>, range: Range<usize>) -> usize {
    range
        .clone()
        .find(|index| {
            document
                .tokens
                .get(*index)
                .is_some_and(|token| token.tag == Tag::Punctuation && token.is(&[",", ";", ".", "—", "–"]))
        })
        .unwrap_or(range.end)
}

/// "Heads up:", "Update:", "Root cause:" at the start of a sentence.
fn is_label(document: &Document<'_>, before: Range<usize>) -> bool {
    before.len() <= 4
        && before.clone().all(|index| document.fact_at(index).is_none())
        && before.into_iter().all(|index| document.tokens.get(index).is_some_and(|token| !finite(token)))
}

fn opens_subordinate(document: &Document<'_>, start: usize) -> bool {
    let connects = |index: usize| document.tokens.get(index).is_some_and(|token| token.is(&["and", "but", "so", "or"]));
    let start = if connects(start) { start + 1 } else { start };
    document.tokens.get(start).is_some_and(|token| {
        token.is(&[
            "if",
            "when",
            "while",
            "until",
            "unless",
            "although",
            "though",
            "since",
            "as",
            "once",
            "after",
            "before",
            "during",
            "for",
            "in",
            "on",
            "at",
            "with",
            "instead",
            "given",
            "because",
            "previously",
            "starting", "beginning", "using", "based", "following", "depending", "according", "due", "thanks", "therefore", "however",
            "firstly",
        ])
    })
}

/// Words that tie the next part to this one.
fn continues(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|token| {
        token.is(&[
            "which",
            "who",
            "whose",
            "where",
            "because",
            "as",
            "if",
            "unless",
            "until",
            "when",
            "while",
            "that",
            "including",
            "such",
            "e.g.",
            "i.e.",
            "or",
            "to",
            "effectively",
            "resulting",
            "causing",
            "leading",
            "preventing",
            "making",
            "allowing",
            "starting",
            "beginning",
            "hosting",
            "managed",
            "called",
            "using",
            "based",
            "along",
            "except",
            "ending",
        ])
    })
}

/// Whether the words could be a message of their own: a finite verb, an action in chat style, or a headed figure.
fn stands_alone(document: &Document<'_>, range: Range<usize>) -> bool {
    let mut tokens = range.clone().filter_map(|index| document.tokens.get(index)).skip_while(|token| {
        token.tag == Tag::Punctuation || token.is(&["and", "but", "so", "then", "also", "heads", "up"])
    });
    let Some(first) = tokens.next() else { return false };
    if range.len() > 1 && matches!(first.tag, Tag::Verb(VerbForm::Ing | VerbForm::Past | VerbForm::PastParticiple)) {
        return true;
    }
    // A verb behind "that" or "which" belongs to a relative clause.
    let main = range.clone().take_while(|index| !document.tokens.get(*index).is_some_and(|token| token.is(&["that", "which", "who"]) && *index > range.start));
    if main.into_iter().any(|index| document.tokens.get(index).is_some_and(finite)) {
        return first.tag != Tag::Preposition;
    }
    let has_fact = range
        .clone()
        .any(|index| document.fact_at(index).is_some_and(|fact| fact.kind.is_quantity() || fact.kind.is_when()));
    // "error rate ~6% for EU users", "RCA tomorrow", "ETA 10 min", "no data loss".
    has_fact && first.tag.is_nominal() && range.len() >= 2 || first.is(&["no", "eta", "nothing", "nobody"])
}

fn finite(token: &Token) -> bool {
    matches!(token.tag, Tag::Modal | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular | VerbForm::Base))
        || token.tag == Tag::Auxiliary && !token.is(&["be", "being", "been", "having"])
}

/// Splits "X because Y": Y becomes a clause of its own without its first words.
fn causes(document: &Document<'_>, range: Range<usize>, clauses: &mut Vec<Clause>) {
    for index in range.clone() {
        let Some(length) = cause_words(document, index).filter(|_| index > range.start + 1) else { continue };
        let negated = document.tokens.get(index - 1).is_some_and(|before| {
            before.is(&[
                "not", "only", "partly", "just", "mainly", "probably", "likely", "possibly", "was", "were", "is", "be",
                "are", "part",
            ])
        });
        let main = range.start..index;
        let has_verb = main
            .clone()
            .any(|index| document.tokens.get(index).is_some_and(|token| finite(token) || token.tag.is_verb()));
        if !negated && has_verb && index + length < range.end {
            clauses.push(Clause { tokens: main, is_cause: false, is_label: false });
            clauses.push(Clause { tokens: index + length..range.end, is_cause: true, is_label: false });
            return;
        }
    }
    if !range.is_empty() {
        clauses.push(Clause { tokens: range, is_cause: false, is_label: false });
    }
}

/// The length of "because", "due to", "as a result of" at this token.
fn cause_words(document: &Document<'_>, index: usize) -> Option<usize> {
    const CAUSES: [&[&str]; 5] = [
        &["because", "of"],
        &["because"],
        &["due", "to"],
        &["as", "a", "result", "of"],
        &["owing", "to"],
    ];
    CAUSES
        .iter()
        .find(|words| {
            words
                .iter()
                .enumerate()
                .all(|(offset, word)| document.tokens.get(index + offset).is_some_and(|token| token.lower == *word))
        })
        .map(|words| words.len())
}
