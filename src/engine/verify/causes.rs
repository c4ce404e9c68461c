//! Causes: what the candidate gives as a reason must stand in the source.

use std::collections::BTreeSet;

use super::align::places;
use super::brought::Brought;
use super::discrepancy;
use super::side::Side;
use crate::engine::lexicon::Flags;
use crate::engine::rendering::Discrepancy;
use crate::engine::text::{Tag, TokenKind};

/// Phrases that introduce a cause or purpose.
const CUES: [&str; 30] = [
    "resulted from",
    "results from",
    "came from",
    "comes from",
    "arose from",
    "triggered through",
    "down to",
    "in view of",
    "because of",
    "because",
    "due to",
    "owing to",
    "caused by",
    "triggered by",
    "as a result of",
    "thanks to",
    "on account of",
    "resulting from",
    "stems from",
    "stemming from",
    "result of",
    "cause is",
    "cause was",
    "reason is",
    "reason was",
    "in order to",
    "brought about by",
    "attributed to",
    "in response to",
    "so as to",
];
/// Words that only may introduce one.
const HINTS: [&str; 6] = ["after", "by", "following", "since", "as", "for"];

/// Looks for causes that the source does not state.
pub(super) fn compare(source: &Side<'_>, candidate: &Side<'_>, brought: &Brought, found: &mut Vec<Discrepancy>) {
    let mut open_from = 0;
    for index in 0..candidate.document.tokens.len() {
        if index < open_from {
            continue;
        }
        let strong = CUES.iter().filter_map(|cue| candidate.phrase_at(index, cue)).max();
        let hinted = HINTS.iter().any(|hint| candidate.token(index).is_some_and(|token| token.is(&[hint])));
        let Some(end) = strong.or(hinted.then_some(index + 1)) else { continue };
        let stop = phrase_end(candidate, end, strong.is_some());
        if holds_denial(candidate, end..stop.min(end + 3))
            && candidate.token(end.saturating_sub(1)).is_some_and(|last| last.is(&["is", "was"]))
        {
            continue;
        }
        let Some((known, all)) = support(source, candidate, brought, end..stop) else { continue };
        // A noun phrase is judged by its head too: "a price increase" is not stated by a price.
        let headless = strong.is_some()
            && candidate
                .token(end.saturating_sub(1))
                .is_some_and(|last| last.is(&["of", "to", "by", "is", "was", "from"]))
            && !head_known(source, candidate, brought, end..stop);
        let unstated = if strong.is_none() {
            known == 0 && hinted_cause(candidate, index, stop, all)
        } else if explains(source, candidate, index) {
            known * 4 < all || headless && known * 2 <= all
        } else {
            known * 2 < all || headless && known * 3 <= all * 2
        };
        if unstated {
            open_from = stop;
            let words = candidate.words(index..stop);
            let text = format!("The source does not state the cause \"{words}\".");
            found.push(discrepancy("unstated_cause", text, "", words));
        }
    }
}

/// Whether the source gives a cause at the place that the candidate's words come from.
fn explains(source: &Side<'_>, candidate: &Side<'_>, index: usize) -> bool {
    const SIGNS: [&str; 13] = [
        "because", "due", "since", "cause", "so", "thanks", "owing", "reason", "why", "blame", "result", "trigger",
        "culprit",
    ];
    let clause = candidate.clause_of.get(index).copied().unwrap_or_default();
    let Some(place) = places(candidate, clause, source).best_clause else { return false };
    source
        .document
        .tokens
        .get(source.sentence(place))
        .unwrap_or_default()
        .iter()
        .any(|token| token.lemmas().any(|lemma| SIGNS.contains(&lemma)))
}

/// Whether the last meaningful word of a range is the source's.
fn head_known(source: &Side<'_>, candidate: &Side<'_>, brought: &Brought, range: std::ops::Range<usize>) -> bool {
    candidate.meanings_in(range).last().is_some_and(|head| source.holds(head) || brought.means(head))
}

/// "The cause is still unknown" gives none.
fn holds_denial(side: &Side<'_>, range: std::ops::Range<usize>) -> bool {
    side.document
        .tokens
        .get(range)
        .unwrap_or_default()
        .iter()
        .any(|token| token.is(&["not", "unknown", "unclear", "being"]))
}

/// Whether a phrase behind a mere hint is told as a cause: an agent of a passive, a "for ... reasons", an event.
fn hinted_cause(candidate: &Side<'_>, index: usize, stop: usize, all: usize) -> bool {
    let Some(token) = candidate.token(index) else { return false };
    match token.lower.as_str() {
        "for" => stop.checked_sub(1).is_some_and(|last| {
            (last.saturating_sub(1)..=last)
                .any(|at| candidate.token(at).is_some_and(|word| word.is(&["reasons", "reason", "purposes"])))
        }),
        "by" => {
            all >= 2
                && (1..=2).any(|back| {
                    index
                        .checked_sub(back)
                        .and_then(|at| candidate.token(at))
                        .is_some_and(|word| word.has(Flags::VERB_PAST_PARTICIPLE))
                })
                && candidate.token(index + 1).is_some_and(|word| word.is(&["a", "an", "the", "its", "our"]))
        }
        "after" | "following" => {
            all >= 2 && candidate.token(index + 1).is_some_and(|word| word.is(&["a", "an", "its", "our"]))
        }
        _ => false,
    }
}

/// The end of the phrase behind a cue: the next break of the sentence, for a noun phrase its first preposition.
fn phrase_end(side: &Side<'_>, from: usize, certain: bool) -> usize {
    let clause = side.clause_of.get(from).copied().unwrap_or_default();
    let end = side.sentence(clause).end.min(from + 14);
    let noun_phrase = certain
        && from
            .checked_sub(1)
            .and_then(|at| side.token(at))
            .is_some_and(|cue| cue.is(&["of", "to", "by", "after", "following", "from"]));
    let mut meant = false;
    for index in from..end {
        let Some(token) = side.token(index) else { break };
        let breaks =
            token.kind == TokenKind::Punctuation && token.lower.starts_with([',', ';', ':', '.', '(', ')', '–', '—']);
        let turns = meant && token.is(&["but", "although", "while", "if", "that", "which", "who", "and"]);
        let leaves = meant && noun_phrase && token.tag == Tag::Preposition && !token.is(&["of"]);
        if breaks || turns || leaves {
            return index;
        }
        meant |= side.meanings.get(index).is_some_and(|keys| !keys.is_empty());
    }
    end
}

/// How many meaningful words of a range the source holds, and how many there are; `None` when there are none.
pub(super) fn support(
    source: &Side<'_>,
    candidate: &Side<'_>,
    brought: &Brought,
    range: std::ops::Range<usize>,
) -> Option<(usize, usize)> {
    let meanings: BTreeSet<&String> = candidate.meanings_in(range).collect();
    let known = meanings.iter().filter(|meaning| source.holds(meaning) || brought.means(meaning)).count();
    (!meanings.is_empty()).then_some((known, meanings.len()))
}
