//! Words that deny, weaken, plan, limit, explain or ask, and where they stand.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::side::Side;
use super::usage::applies;
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::text::TokenKind;

/// What a cue does to its clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Negation,
    Hedge,
    Wish,
    Plan,
    Condition,
    Certain,
}

/// How much a cue counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// It may answer for a stronger cue on the other side, and asks for nothing itself.
    Weak,
    /// Something on the other side must answer for it.
    Strong,
}

/// A cue with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) clause: usize,
    pub(super) class: Class,
    pub(super) weight: Weight,
}

/// Phrases in base form, divided by commas.
const ROWS: [(Class, Weight, &str); 11] = [
    (
        Class::Negation,
        Weight::Strong,
        "not, no, never, none, nobody, nothing, neither, nor, without, cannot, nowhere, unable, impossible, unaffected, w / o, \
         free of, free from, untouched, out of scope, decide against, advise against, vote against, recommend against, \
         choose against, drop support, remove support, end support, be off",
    ),
    (
        Class::Negation,
        Weight::Weak,
        "stop, cease, discontinue, end, retire, drop, remove, withdraw, gone, avoid, prevent, refrain, forbid, prohibit, ban, \
         block, freeze, halt, keep from, lose, loss, lost, miss, missing, lack, absent, absence, shortage, off, disable, \
         no to, decline, reject, refuse, refusal, deny, denial, turn down, object, objection, against, oppose, veto, fail, failure, \
         wrong, fix, resolve, correct, unless, except, exception, otherwise, exclude, other than, differ, different, \
         difference, mismatch, instead, rather, unknown, unclear, hardly, \
         barely, rarely, seldom, zero, intact, abort, cancel, skip, hold off, rule out, yet to, pending, wait, lapse, expire, \
         too early, too late, too soon, hard, difficult, last, unlike, bar, exempt, spare, mystery, open question, break, \
         broken, undo, deprecate, void, null, empty, unchanged, read only, only, inactive, incomplete, inaccessible, invalid, \
         insufficient, inconsistent, disconnect, disagree, disallow, disapprove, dissatisfied, offline, down, unavailable, outage, downtime, dismiss, idle, unused, decommission, suspend, away from",
    ),
    (
        Class::Hedge,
        Weight::Strong,
        "might, may, could, possibly, possible, perhaps, maybe, likely, unlikely, probably, probable, presumably, apparently, \
         seemingly, potentially, seem, appear to, appear that, look, sound, suspect, suspicion, suspected, think, believe, \
         assume, assumption, guess, expect, expected, expectation, anticipate, should, ought, estimate, estimated, est, est., \
         hope, hopefully, not sure, not certain, unsure, not confirm, haven't confirm, hasn't confirm, unconfirmed, \
         no evidence, no sign, no indication, tentative, tentatively, supposedly, allegedly, in theory, theory",
    ),
    (
        Class::Hedge,
        Weight::Weak,
        "can, would, 'd, about, around, approximately, approx, approx., roughly, nearly, almost, up to, as much as, as long as, \
         risk, chance, potential, sign, evidence, indication, indicate, suggest, point to, suggestion, uncertain, unclear, \
         certain, sure, confirm, verify, doubt, aim, target, try, candidate, hypothesis, conceivable, advise, advice, recommend, \
         recommendation, reckon, impression, view, opinion, feel, hint, question, projection, forecast, predict, \
         supposed, must, need, unknown, possibility, prediction, plausible, speculate, inclined, inclination, lean, promise, prove, proof, \
         tend, prospect, imagine, understand, as far as, permit, allow, free, consider, regard, treat, take this as, take it as, count as",
    ),
    (
        Class::Wish,
        Weight::Strong,
        "would, 'd, suggest, propose, proposal, lean, want to, like to, recommend, prefer, let's, inclined, wish, idea",
    ),
    (
        Class::Wish,
        Weight::Weak,
        "should, may, might, could, can, need, ask, request, advise, advice, suggestion, recommendation, preference, favour, favor, \
         inclination, if, ought, better, want, desire, intend, hope, intention, aim, happy, glad, gladly, ready, willing, \
         preferable, please, view, opinion, tend, argue, keen, interest, open to, think, believe, rather, seek, require, wonder",
    ),
    (
        Class::Plan,
        Weight::Strong,
        "will, 'll, going to, gonna, plan, planned, schedule, scheduled, won't, intend, shall",
    ),
    (Class::Plan, Weight::Weak, "to be, about to, due, set to, set for, be to"),
    (
        Class::Condition,
        Weight::Strong,
        "if, unless, until, till, til, once, provided, assuming, as long as, so long as, in case, only with, only when, \
         only after, only if, only once, otherwise, depend, subject to, on condition, contingent, as soon as, in the event, \
         without",
    ),
    (
        Class::Condition,
        Weight::Weak,
        "only, after, before, when, whenever, except, exception, condition, assumption, pending, require, requirement, \
         in that case, in this case, would, without, \
         whether, with your, with his, with her, with their, with our, with the approval, with the consent, with approval, \
         should, dependent, wait, await, whoever, anyone, anybody, prerequisite, were, objection, at the current, at this rate, \
         upon, hinge, in return for, on approval, need, approve by, without approval",
    ),
    (
        Class::Certain,
        Weight::Strong,
        "exactly, guarantee, guaranteed, certainly, definitely, always, undoubtedly, surely, beyond doubt, for sure, it be settled, proven, evidently, rule out, inevitably, in any case, absolutely, clearly, without doubt, certain",
    ),
];

/// Contractions as people type them in a hurry.
const BARE: [&str; 14] = [
    "dont", "doesnt", "didnt", "cant", "wont", "isnt", "arent", "wasnt", "werent", "havent", "hasnt", "couldnt",
    "wouldnt", "shouldnt",
];

pub(super) struct Phrase {
    pub(super) words: Vec<&'static str>,
    pub(super) class: Class,
    pub(super) weight: Weight,
}

static PHRASES: LazyLock<BTreeMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: BTreeMap<&'static str, Vec<Phrase>> = BTreeMap::new();
    for (class, weight, list) in ROWS {
        for phrase in list.split(',') {
            let words: Vec<&str> = phrase.split_whitespace().collect();
            if let Some(first) = words.first() {
                phrases.entry(first).or_default().push(Phrase { words: words.clone(), class, weight });
            }
        }
    }
    phrases
});

/// All cues of a text, in order.
pub(super) fn cues(side: &Side<'_>) -> Vec<Cue> {
    let mut found: Vec<Cue> = Vec::new();
    for (index, token) in side.document.tokens.iter().enumerate() {
        let clause = side.clause_of.get(index).copied().unwrap_or_default();
        if token.kind != TokenKind::Word {
            // "0 errors" denies as "no errors" does.
            if side.meanings.get(index).is_some_and(|keys| keys.iter().any(|key| key == "#0")) {
                found.push(Cue { at: index, end: index + 1, clause, class: Class::Negation, weight: Weight::Weak });
            }
            continue;
        }
        let mut push = |end: usize, class: Class, weight: Weight| {
            let cue = Cue { at: index, end, clause, class, weight };
            let known = found
                .iter()
                .rev()
                .take_while(|known| known.at == index)
                .any(|known| known.class == class && known.weight >= weight);
            if !known {
                found.push(cue);
            }
        };
        if token.lower.ends_with("n't") || BARE.contains(&token.lower.as_str()) {
            push(index + 1, Class::Negation, Weight::Strong);
        }
        let mut stems: Vec<&str> = token.lemmas().collect();
        if let Some(positive) = positive_of(&token.lower) {
            stems.push(positive);
        }
        for stem in stems {
            for phrase in PHRASES.get(stem).into_iter().flatten() {
                if matches(side, index, &phrase.words) && applies(side, index, phrase) {
                    push(index + phrase.words.len(), phrase.class, phrase.weight);
                }
            }
        }
        if negative_prefix(&token.lower) {
            push(index + 1, Class::Negation, Weight::Weak);
        }
    }
    found
}

fn matches(side: &Side<'_>, index: usize, words: &[&str]) -> bool {
    words.iter().enumerate().skip(1).all(|(offset, word)| {
        side.token(index + offset)
            .is_some_and(|token| token.lemmas().any(|lemma| lemma == *word) || token.lower == *word)
    })
}

/// "won't" plans as "will" does, "couldn't" weakens as "could" does, "shouldn't" as "should" does.
fn positive_of(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "won't" | "wont" => "will",
        "couldn't" | "couldnt" => "could",
        "shouldn't" | "shouldnt" => "should",
        "wouldn't" | "wouldnt" => "would",
        "mightn't" => "might",
        _ => return None,
    })
}

/// "unconfirmed", "non-critical", "misconfigured": a known word behind a prefix that denies.
fn negative_prefix(lower: &str) -> bool {
    ["un", "non", "mis"].iter().any(|prefix| {
        lower.strip_prefix(prefix).filter(|rest| rest.len() >= 4).is_some_and(|rest| {
            Lexicon::embedded().lookup(rest).is_some_and(|entry| entry.is_any(Flags::ADJ | Flags::VERB_PAST_PARTICIPLE))
        })
    })
}
