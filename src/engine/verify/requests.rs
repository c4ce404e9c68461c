//! Requests: whatever the candidate asks of its readers, the source must have asked.

use std::collections::BTreeMap;
use std::ops::Range;

use super::brought::Brought;
use super::causes::support;
use super::discrepancy;
use super::side::Side;
use crate::engine::lexicon::Flags;
use crate::engine::rendering::Discrepancy;
use crate::engine::text::{Tag, TokenKind};

/// Words with which somebody is asked to do something.
const CUES: [&str; 42] = [
    "please",
    "pls",
    "plz",
    "kindly",
    "you need to",
    "you must",
    "you have to",
    "you should",
    "you will need to",
    "you also need to",
    "could you",
    "would you",
    "can you",
    "will you",
    "could we",
    "can we",
    "can i",
    "may we",
    "may i",
    "we ask",
    "we would ask",
    "we would like you",
    "we would like someone",
    "asked for",
    "we kindly ask",
    "could the",
    "could someone",
    "can someone",
    "can sales",
    "needs to",
    "need to",
    "make sure",
    "let us know",
    "let me know",
    "tell me",
    "we need",
    "need a",
    "need confirmation",
    "have to",
    "has to",
    "ok to",
    "i would ask",
];

/// A meaning that more requests share tells them apart no longer.
const MOST_REQUESTS: usize = 48;

struct Request {
    tokens: Range<usize>,
    sentence: Range<usize>,
}

/// Looks for requests of the candidate that the source does not make.
pub(super) fn compare(source: &Side<'_>, candidate: &Side<'_>, brought: &Brought, found: &mut Vec<Discrepancy>) {
    let made = requests(source, true);
    let asked = requests(candidate, false);
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    let asked_for = by_meaning(source, &made);
    for (left, request) in asked.iter().enumerate() {
        // A word of the request itself counts twice, one of its sentence once.
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for meaning in candidate.meanings_in(request.tokens.clone()) {
            for (right, own) in asked_for.get(meaning).into_iter().flatten().take(MOST_REQUESTS) {
                *shared.entry(*right).or_default() += if *own { 2 } else { 1 };
            }
        }
        pairs.extend(shared.into_iter().map(|(right, count)| (count, left, right)));
    }
    pairs.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)).then(left.2.cmp(&right.2)));
    let mut matched = vec![false; asked.len()];
    let mut taken = vec![false; made.len()];
    for (_, left, right) in pairs {
        if let (Some(mine), Some(theirs)) = (matched.get_mut(left), taken.get_mut(right))
            && !*mine
            && !*theirs
        {
            *mine = true;
            *theirs = true;
        }
    }
    for (request, matched) in asked.iter().zip(matched) {
        let Some((known, all)) = support(source, candidate, brought, request.tokens.clone()) else { continue };
        // "He asked for help" asks for one thing; "May we proceed?" answers any question.
        let asking = usize::from(candidate.meanings_in(request.tokens.clone()).any(|meaning| meaning == "ask"));
        let brief = all <= 1 + asking && (taken.contains(&false) || source.text.contains('?'));
        if !matched && !brief && (known * 5 < all * 4 || all < 3) {
            let words = candidate.words(request.tokens.clone());
            let text = format!("The source does not ask for this: \"{words}\".");
            found.push(discrepancy("added_request", text, "", words));
        }
    }
}

/// For each meaning the requests whose sentence holds it, and whether the request itself does.
fn by_meaning<'s>(side: &'s Side<'_>, requests: &[Request]) -> BTreeMap<&'s String, Vec<(usize, bool)>> {
    let mut index: BTreeMap<&String, BTreeMap<usize, bool>> = BTreeMap::new();
    for (number, request) in requests.iter().enumerate() {
        for token in request.sentence.clone() {
            for meaning in side.meanings.get(token).into_iter().flatten() {
                let own = index.entry(meaning).or_default().entry(number).or_default();
                *own |= request.tokens.contains(&token);
            }
        }
    }
    index.into_iter().map(|(meaning, requests)| (meaning, requests.into_iter().collect())).collect()
}

/// The requests of a text, one for each thing asked. `widely` also takes bare questions and commands for requests.
fn requests(side: &Side<'_>, widely: bool) -> Vec<Request> {
    let mut found = Vec::new();
    for clauses in &side.sentences {
        let first = side.clause(clauses.start).start;
        let end = clauses.end.checked_sub(1).map_or(first, |last| side.clause(last).end);
        let sentence = first..end;
        let mut starts: Vec<usize> = Vec::new();
        for index in sentence.clone() {
            let cued = (CUES.iter().any(|cue| side.phrase_at(index, cue).is_some()) && !waived(side, index))
                || reported(side, index);
            let fresh = starts.last().is_none_or(|last| index > last + 4);
            let chained = !starts.is_empty() && fresh && chained_command(side, index);
            let command = command_at(side, index, sentence.start, widely) && (widely || index == sentence.start);
            if (cued || command) && fresh || chained {
                starts.push(index);
            }
        }
        let question = side.token(end.saturating_sub(1)).is_some_and(|last| last.lower.starts_with('?'));
        if widely && starts.is_empty() && question {
            starts.push(sentence.start);
        }
        for (number, start) in starts.iter().enumerate() {
            let stop = starts.get(number + 1).copied().unwrap_or(end);
            // The first request of a sentence owns the words in front of it: "If it fails, please call".
            let clause = side.clause_of.get(*start).copied().unwrap_or_default();
            let near = clause <= clauses.start + 1;
            let from = match number {
                0 if near => sentence.start,
                0 => side.clause(clause).start,
                _ => *start,
            };
            found.push(Request { tokens: from..stop, sentence: sentence.clone() });
        }
    }
    found
}

/// "You do not have to" asks for nothing, and neither does "please note".
fn waived(side: &Side<'_>, index: usize) -> bool {
    let denied = (1..=3).any(|back| {
        index
            .checked_sub(back)
            .and_then(|at| side.token(at))
            .is_some_and(|word| word.is(&["not", "no", "nobody", "nothing", "never"]) || word.lower.ends_with("n't"))
    });
    let modal = side.token(index).is_some_and(|token| token.is(&["have", "has", "need", "needs"]));
    let polite = side.token(index).is_some_and(|token| token.is(&["please"]))
        && (["please be aware", "please note", "please see", "please find"]
            .iter()
            .any(|phrase| side.phrase_at(index, phrase).is_some()));
    denied && modal || polite
}

/// "asked Dan to inform the manager", "Ben should stay on": a request that is told.
fn reported(side: &Side<'_>, index: usize) -> bool {
    let Some(token) = side.token(index) else { return false };
    if token.is(&["should"]) {
        let person = index.checked_sub(1).and_then(|at| side.token(at)).is_some_and(|before| {
            before.is(&["you", "he", "she", "they", "everyone", "everybody"])
                || before.tag == Tag::Name && before.capital
        });
        return person
            && side.token(index + 1).is_some_and(|next| next.has(Flags::VERB_BASE) && !next.is(&["be", "have"]));
    }
    token.lemmas().any(|lemma| ["ask", "tell", "urge", "instruct", "request", "invite", "remind"].contains(&lemma))
        && token.tag.is_verb()
        && (2..=4).any(|forth| {
            side.token(index + forth).is_some_and(|word| word.is(&["to"]))
                && side.token(index + forth + 1).is_some_and(|verb| verb.has(Flags::VERB_BASE) && !verb.is(&["be"]))
        })
}

/// ", and keep an engineer on call": a further command behind a request.
fn chained_command(side: &Side<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).and_then(|at| side.token(at)) else { return false };
    let Some(token) = side.token(index) else { return false };
    (before.is(&["and", "then", "also"]) || before.lower == ";")
        && token.kind == TokenKind::Word
        && token.has(Flags::VERB_BASE)
}

/// "Use cables", "don't restart it": a clause that begins with a base form.
fn command_at(side: &Side<'_>, index: usize, start: usize, widely: bool) -> bool {
    let Some(token) = side.token(index) else { return false };
    let opens = index == start
        || index.checked_sub(1).and_then(|at| side.token(at)).is_some_and(|before| {
            before.kind == TokenKind::Punctuation && before.lower.starts_with([',', ';', ':', '-', '–'])
                || before.is(&["then", "so", "but"])
        });
    let base = token.kind == TokenKind::Word
        && token.has(Flags::VERB_BASE)
        && token.tag.is_verb()
        && !token.has(Flags::AUXILIARY | Flags::MODAL | Flags::PREPOSITION);
    let strict = !widely;
    let next_object = side.token(index + 1).is_some_and(|next| {
        matches!(
            next.tag,
            Tag::Determiner | Tag::Pronoun | Tag::Name | Tag::Adjective | Tag::PluralNoun | Tag::Preposition
        ) && !next.has(Flags::AUXILIARY | Flags::MODAL)
            && (!strict || matches!(next.tag, Tag::Determiner | Tag::Pronoun))
    });
    opens && (token.is(&["don't", "dont", "do"]) || base && next_object)
}
