//! Certainty: a suspicion may not become a finding, a wish no decision, a plan no result, an estimate no exact figure.

use std::collections::BTreeMap;

use super::align::{Grain, answered, places};
use super::cues::{Class, Cue, Weight};
use super::discrepancy;
use super::side::Side;
use crate::engine::facts::Fact;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::lexicon::{Flags, near_spelling};
use crate::engine::rendering::Discrepancy;
use crate::engine::text::{Tag, Token};

/// Words that limit a figure as a sign in front of it does.
const LIMITS: [&str; 34] = [
    "about",
    "around",
    "approximately",
    "approx",
    "approx.",
    "roughly",
    "some",
    "nearly",
    "almost",
    "under",
    "over",
    "below",
    "above",
    "than",
    "least",
    "most",
    "within",
    "exceed",
    "estimate",
    "up",
    "maximum",
    "minimum",
    "limit",
    "beyond",
    "perhaps",
    "maybe",
    "expect",
    "circa",
    "close",
    "higher",
    "lower",
    "near",
    "well",
    "or",
];
/// How well a place must fit for its "will" to be the one that was meant.
const SAME_PLACE: f64 = 0.9;

/// Looks for clauses of the source that the candidate tells as more certain.
pub(super) fn compare(
    source: &Side<'_>,
    source_cues: &[Cue],
    candidate: &Side<'_>,
    candidate_cues: &[Cue],
    found: &mut Vec<Discrepancy>,
) {
    for (class, what) in
        [(Class::Hedge, "only suspects, expects or estimates"), (Class::Wish, "only suggests or wishes")]
    {
        let weak: Vec<Cue> = of(source_cues, class).filter(|cue| cue.weight == Weight::Strong).collect();
        let replies: Vec<Cue> = candidate_cues
            .iter()
            .filter(|cue| cue.class == class || class == Class::Wish && cue.class == Class::Hedge)
            .copied()
            .collect();
        let replied = answered(source, &weak, candidate, &replies, Grain::Clause, |cue, other| {
            if class == Class::Hedge { fits(source, cue, candidate, other) } else { !rough(candidate, other) }
        });
        for (cue, _) in weak.iter().zip(replied).filter(|(_, replied)| !replied) {
            let words = source.words(source.clause(cue.clause));
            let text = format!("The source {what} this (\"{words}\"), and the candidate states it.");
            found.push(discrepancy("certainty_raised", text, words, ""));
        }
    }
    plans(source, source_cues, candidate, candidate_cues, found);
    marks(source, candidate, found);
    // "abolutely" meant it; looked for once, and only when a word of certainty is new.
    let mut meant: Option<Vec<String>> = None;
    for cue in of(candidate_cues, Class::Certain).filter(|cue| cue.weight == Weight::Strong) {
        let known = candidate.token(cue.at).is_some_and(|word| word.lemmas().any(|lemma| source.text.contains(lemma)));
        if !known
            && !meant
                .get_or_insert_with(|| near_words(source))
                .iter()
                .any(|word| candidate.token(cue.at).is_some_and(|certain| certain.lower == *word))
        {
            let words = candidate.words(cue.at..cue.end);
            let text = format!("The source is not as certain as \"{words}\".");
            found.push(discrepancy("certainty_raised", text, "", words));
        }
    }
}

/// Plans that the candidate tells as done.
fn plans(source: &Side<'_>, cues: &[Cue], candidate: &Side<'_>, others: &[Cue], found: &mut Vec<Discrepancy>) {
    let planned: Vec<Cue> = of(cues, Class::Plan).filter(|cue| cue.weight == Weight::Strong).collect();
    let replies: Vec<Cue> = of(others, Class::Plan).filter(|cue| cue.weight == Weight::Strong).collect();
    for cue in &planned {
        let places = places(source, cue.clause, candidate);
        if done(source, cue.clause) || places.hold(&replies, SAME_PLACE) {
            continue;
        }
        let Some(clause) = places
            .best_clause
            .filter(|clause| places.best >= 0.8 && done(candidate, *clause) && !ahead(candidate, others, *clause))
        else {
            continue;
        };
        let (plan, result) = (source.words(source.clause(cue.clause)), candidate.words(candidate.clause(clause)));
        let text = format!("The source plans this (\"{plan}\"), and the candidate tells it as done (\"{result}\").");
        found.push(discrepancy("certainty_raised", text, plan, result));
    }
}

/// Figures that lost the sign that limits them: "~6%" told as "6%".
fn marks(source: &Side<'_>, candidate: &Side<'_>, found: &mut Vec<Discrepancy>) {
    let mut told: BTreeMap<&str, Vec<(usize, &Fact)>> = BTreeMap::new();
    for index in 0..candidate.document.tokens.len() {
        if let Some(fact) = candidate.document.fact_at(index) {
            told.entry(fact.key.as_str()).or_default().push((index, fact));
        }
    }
    let limited = |(index, fact): &(usize, &Fact)| {
        let sentence = candidate.sentence(candidate.clause_of.get(*index).copied().unwrap_or_default());
        fact.mark.is_some()
            || sentence.into_iter().any(|index| {
                candidate.token(index).is_some_and(|token| token.lemmas().any(|lemma| LIMITS.contains(&lemma)))
            })
    };
    for fact in source.document.facts.iter().filter(|fact| fact.mark.is_some()) {
        // The same figure may stand elsewhere without a limit, as in "slowest-5%".
        let Some(places) = told.get(fact.key.as_str()).filter(|places| !places.iter().any(limited)) else { continue };
        let Some((_, other)) = places.first() else { continue };
        let (words, plain) = (source.document.slice(fact.span), candidate.document.slice(other.span));
        let text = format!("The figure \"{words}\" of the source lost its limit.");
        found.push(discrepancy("certainty_raised", text, words, plain));
    }
}

/// Whether a clause looks ahead.
fn ahead(side: &Side<'_>, cues: &[Cue], clause: usize) -> bool {
    let first = cues.partition_point(|cue| cue.clause < clause);
    let here = cues.get(first..).unwrap_or_default().iter().take_while(|cue| cue.clause == clause);
    here.filter(|cue| matches!(cue.class, Class::Plan | Class::Hedge | Class::Wish))
        .any(|cue| cue.weight == Weight::Strong || cue.class == Class::Plan)
        || side.document.tokens.get(side.clause(clause)).unwrap_or_default().iter().any(|token| token.tag == Tag::Modal)
}

/// Whether a word can answer for a hedge: words for rough figures only for rough figures, duty only
/// for "should", leave only for "may".
fn fits(source: &Side<'_>, cue: &Cue, candidate: &Side<'_>, other: &Cue) -> bool {
    const DUTY: [&str; 5] = ["must", "need", "advise", "advice", "supposed"];
    const LEAVE: [&str; 4] = ["can", "permit", "allow", "free"];
    let Some(word) = candidate.token(other.at) else { return false };
    let figure = (cue.end..cue.end + 4).any(|index| source.token(index).is_some_and(|token| token.tag == Tag::Fact));
    let is = |words: &[&str]| word.lemmas().any(|lemma| words.contains(&lemma));
    if rough(candidate, other) {
        return figure;
    }
    if is(&DUTY) {
        return source.token(cue.at).is_some_and(|token| token.is(&["should", "shouldn't", "ought"]));
    }
    !is(&LEAVE) || source.token(cue.at).is_some_and(|token| token.is(&["may", "might", "could", "possible", "should"]))
}

/// Words that only make a figure rough.
fn rough(side: &Side<'_>, cue: &Cue) -> bool {
    const ROUGH: [&str; 10] =
        ["about", "around", "approximately", "approx", "approx.", "roughly", "nearly", "almost", "up", "as"];
    side.token(cue.at).is_some_and(|token| token.is(&ROUGH))
}

fn of(cues: &[Cue], class: Class) -> impl Iterator<Item = Cue> {
    cues.iter().filter(move |cue| cue.class == class).copied()
}

/// Whether a clause tells of something that has happened.
fn done(side: &Side<'_>, clause: usize) -> bool {
    let tokens = side.document.tokens.get(side.clause(clause)).unwrap_or_default();
    let plans = |token: &Token| {
        token.lemmas().any(|lemma| ["plan", "schedule", "expect", "estimate", "propose"].contains(&lemma))
    };
    tokens.iter().enumerate().any(|(at, token)| {
        let next = tokens.get(at + 1..).unwrap_or_default();
        let perfect = token.is(&["has", "have", "had", "'ve"])
            && !next.first().is_some_and(|word| word.is(&["to"]))
            && next.iter().take(3).any(|word| word.has(Flags::VERB_PAST_PARTICIPLE));
        // "affected files" and "is then marked" tell of nothing past.
        let before = tokens.get(at.saturating_sub(2)..at).unwrap_or_default();
        let describes = next.first().is_some_and(|word| word.tag.is_nominal())
            && before.last().is_none_or(|word| matches!(word.tag, Tag::Determiner | Tag::Punctuation));
        let passive = before.iter().any(|word| word.is(&["is", "are", "be", "being", "'s", "'re"]));
        let past = token.tag == Tag::Verb(VerbForm::Past) && !plans(token) && !describes && !passive;
        perfect || past || token.is(&["was", "were", "already"])
    })
}

/// What the unknown words of a text were surely meant to be.
fn near_words(side: &Side<'_>) -> Vec<String> {
    side.document
        .tokens
        .iter()
        .filter(|token| token.is_unlisted())
        .filter_map(|token| near_spelling(&token.lower))
        .collect()
}
