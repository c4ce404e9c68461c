//! Denials: each "not" of the source must have an answer in the candidate, each "not" of the candidate one in the source.
//!
//! Both sides also deny without "not" ("failed to", "unknown", "stop"). All denials are paired one to one, so that "not
//! stop" is not taken for "stop"; only a "not" that stays alone is reported.

use super::align::{Grain, Pair, pairs, sort};
use super::cues::{Class, Cue, Weight};
use super::discrepancy;
use super::side::Side;
use crate::engine::rendering::Discrepancy;

/// What two denials of one kind have in front of two of different kinds.
const SAME_KIND: f64 = 0.4;
/// What a "not" with another way to deny has in front of two other ways.
const OTHER_KIND: f64 = 0.15;
/// What two other ways to deny have in front of a "not" that governs one of them.
const TWO_WAYS: f64 = 0.05;
/// How well places must fit for a "not" to be said in another way.
const FIRM: f64 = 0.6;
/// How well places must fit for a "not" to answer for a "not".
const PLAIN: f64 = 0.55;
/// How well places must fit to change who answers for whom.
const SURE: f64 = 0.8;

/// Compares denials in both directions.
pub(super) fn compare(
    source: &Side<'_>,
    source_cues: &[Cue],
    candidate: &Side<'_>,
    candidate_cues: &[Cue],
    found: &mut Vec<Discrepancy>,
) {
    let lefts: Vec<Cue> = denials(source_cues);
    let rights: Vec<Cue> = denials(candidate_cues);
    let mut pairs = pairs(source, &lefts, candidate, &rights, Grain::Clause);
    pairs.retain_mut(|pair| {
        let (Some(left), Some(right)) = (lefts.get(pair.left), rights.get(pair.right)) else { return false };
        let (plain_left, plain_right) = (left.weight == Weight::Strong, right.weight == Weight::Strong);
        let same =
            source.token(left.at).zip(candidate.token(right.at)).is_some_and(|(one, two)| one.lower == two.lower);
        if plain_left != plain_right && !same {
            // A word that both sides use does not stand for a "not" of one of them.
            let shared = if plain_left {
                says(source, left.clause, candidate, right)
            } else {
                says(candidate, right.clause, source, left)
            };
            let weak = if plain_left { (candidate, right) } else { (source, left) };
            if shared || pair.fit.is_some_and(|fit| fit < FIRM) && !turns(weak.0, weak.1) {
                return false;
            }
            let governs = plain_right && governs(&rights, right) || plain_left && governs(&lefts, left);
            pair.rank += if governs { 0.0 } else { OTHER_KIND };
        } else if plain_left {
            if !same && pair.fit.is_some_and(|fit| fit < PLAIN) {
                return false;
            }
            pair.rank += SAME_KIND;
        } else {
            pair.rank += if same_word(source, left, candidate, right) { SAME_KIND } else { TWO_WAYS };
        }
        true
    });
    sort(&mut pairs);
    let (left_alone, right_alone) = match_all(&pairs, &lefts, &rights);
    let answered: Vec<Cue> =
        lefts.iter().filter(|cue| !left_alone.iter().any(|alone| alone.at == cue.at)).copied().collect();
    for cue in left_alone.into_iter().filter(|cue| !said_twice(source, &answered, cue)) {
        let words = source.words(source.clause(cue.clause));
        let text = format!("The source denies something (\"{words}\") that the candidate does not deny.");
        found.push(discrepancy("negation_dropped", text, words, ""));
    }
    for cue in right_alone {
        let words = candidate.words(candidate.clause(cue.clause));
        let text = format!("The candidate denies something (\"{words}\") that the source does not deny.");
        found.push(discrepancy("negation_added", text, "", words));
    }
}

/// Whether another denial of the source says the same: "not affected, right?", "right, not affected".
fn said_twice(source: &Side<'_>, denials: &[Cue], cue: &Cue) -> bool {
    let words: Vec<&String> = source.meanings_in(source.clause(cue.clause)).collect();
    !words.is_empty()
        && source.index.get(words.last().map_or("", |word| word.as_str())).is_some_and(|clauses| {
            clauses.iter().any(|clause| {
                *clause != cue.clause
                    && denials.iter().any(|other| other.clause == *clause && other.weight == Weight::Strong)
                    && within(source, &words, *clause)
            })
        })
}

/// Whether one of two clauses holds every word of the other.
fn within(side: &Side<'_>, words: &[&String], clause: usize) -> bool {
    let others: Vec<&String> = side.meanings_in(side.clause(clause)).collect();
    words.iter().all(|word| others.contains(word)) || others.iter().all(|word| words.contains(word))
}

fn denials(cues: &[Cue]) -> Vec<Cue> {
    cues.iter().filter(|cue| cue.class == Class::Negation).copied().collect()
}

/// Whether the sentence of a clause holds the word of a cue of the other side.
fn says(here: &Side<'_>, clause: usize, there: &Side<'_>, cue: &Cue) -> bool {
    let Some(word) = there.token(cue.at) else { return false };
    let key = there.meanings.get(cue.at).and_then(|keys| keys.first());
    here.sentence(clause).any(|index| {
        here.token(index).is_some_and(|token| token.lemmas().any(|lemma| word.lemmas().any(|same| same == lemma)))
            || key.is_some_and(|key| here.meanings.get(index).is_some_and(|keys| keys.contains(key)))
    })
}

/// "Otherwise" and "unless" turn a clause beside their own.
fn turns(side: &Side<'_>, cue: &Cue) -> bool {
    side.token(cue.at).is_some_and(|token| token.is(&["otherwise", "unless", "else"]))
}

/// Whether a "not" stands right before another denial: "will not stop".
fn governs(cues: &[Cue], cue: &Cue) -> bool {
    let first = cues.partition_point(|other| other.at <= cue.at);
    cues.get(first).is_some_and(|next| next.at <= cue.end + 2 && next.clause == cue.clause)
}

fn same_word(one: &Side<'_>, left: &Cue, two: &Side<'_>, right: &Cue) -> bool {
    let meaning = |side: &Side<'_>, cue: &Cue| side.meanings.get(cue.at).and_then(|keys| keys.first().cloned());
    meaning(one, left).is_some_and(|left| meaning(two, right).is_some_and(|right| left == right))
}

/// Pairs denials one to one, the best pairs first, and gives the plain ones of both sides that stay alone.
fn match_all(pairs: &[Pair], lefts: &[Cue], rights: &[Cue]) -> (Vec<Cue>, Vec<Cue>) {
    let mut of_left: Vec<Option<usize>> = vec![None; lefts.len()];
    let mut of_right: Vec<Option<usize>> = vec![None; rights.len()];
    for pair in pairs {
        if let (Some(left), Some(right)) = (of_left.get_mut(pair.left), of_right.get_mut(pair.right))
            && left.is_none()
            && right.is_none()
        {
            *left = Some(pair.right);
            *right = Some(pair.left);
        }
    }
    let mut left_choices: Vec<Vec<(usize, f64)>> = vec![Vec::new(); lefts.len()];
    let mut right_choices: Vec<Vec<(usize, f64)>> = vec![Vec::new(); rights.len()];
    for pair in pairs.iter().filter(|pair| pair.fit.is_none_or(|fit| fit >= SURE)) {
        if let (Some(left), Some(right)) = (left_choices.get_mut(pair.left), right_choices.get_mut(pair.right)) {
            left.push((pair.right, pair.rank));
            right.push((pair.left, pair.rank));
        }
    }
    let left_alone = settle(lefts, &left_choices, &mut of_left, &mut of_right);
    let right_alone = settle(rights, &right_choices, &mut of_right, &mut of_left);
    (left_alone, right_alone)
}

/// A denial that gives up its partner, and the partner it has instead.
type Move = (usize, Option<usize>);

/// Gives each plain denial that stayed alone the partner of one that can do without it or has another choice.
fn settle(
    cues: &[Cue],
    choices: &[Vec<(usize, f64)>],
    partner: &mut [Option<usize>],
    partner_of: &mut [Option<usize>],
) -> Vec<Cue> {
    let mut alone = Vec::new();
    for (index, cue) in cues.iter().enumerate() {
        if cue.weight != Weight::Strong || partner.get(index).copied().flatten().is_some() {
            continue;
        }
        let mut new: Option<(usize, Option<Move>)> = None;
        for (other, rank) in choices.get(index).into_iter().flatten() {
            let Some(holder) = partner_of.get(*other).copied().flatten() else {
                new = Some((*other, None));
                break;
            };
            let stronger =
                choices.get(holder).into_iter().flatten().any(|(held, held_rank)| held == other && held_rank > rank);
            let dispensable = !stronger
                && cues
                    .get(holder)
                    .is_some_and(|held| held.weight == Weight::Weak && (held.clause != cue.clause || held.at < cue.at));
            let elsewhere = choices
                .get(holder)
                .into_iter()
                .flatten()
                .map(|(choice, _)| *choice)
                .find(|choice| partner_of.get(*choice).is_some_and(Option::is_none));
            if elsewhere.is_some() || dispensable {
                new = Some((*other, Some((holder, elsewhere))));
                break;
            }
        }
        let Some((other, moved)) = new else {
            alone.push(*cue);
            continue;
        };
        if let Some((holder, elsewhere)) = moved {
            if let Some(slot) = partner.get_mut(holder) {
                *slot = elsewhere;
            }
            if let Some(slot) = elsewhere.and_then(|place| partner_of.get_mut(place)) {
                *slot = Some(holder);
            }
        }
        if let Some(slot) = partner.get_mut(index) {
            *slot = Some(other);
        }
        if let Some(slot) = partner_of.get_mut(other) {
            *slot = Some(index);
        }
    }
    alone
}
