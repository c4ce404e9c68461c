//! Finds where the clause around a cue went on the other side, and which cue there answers for it.

use std::collections::{BTreeMap, BTreeSet};

use super::cues::Cue;
use super::side::Side;

/// The same word this near, as a part of the text, is the same cue.
const IN_PLACE: f64 = 0.06;
/// A clause that is a part of one on the other side has at least this part of its words there.
const COVERED: f64 = 0.6;
/// A meaning that stands in more clauses than this says nothing about places, and looking at all would take too long.
const MOST_PLACES: usize = 48;
/// What the rest of a sentence counts beside the clause itself.
const BESIDE: f64 = 0.5;
/// With less than this from the clause's own words, only its sentence is known.
const OWN: f64 = 0.45;
/// What the fit of a sentence counts for a clause of it that cannot be placed.
const UNKNOWN: f64 = 0.9;
/// An answer must lie at a place that fits at least this part of what the best place fits.
const NEAR_BEST: f64 = 0.45;
/// From this fit on, an answer may be shared.
const CLEAR: f64 = 0.9;
/// With fewer shared words than this the place is not known, and the order of the text decides.
const LOST: f64 = 0.6;
/// How far apart, as a part of the text, an answer may lie when only the order of the text speaks.
const DRIFT: f64 = 0.34;

/// Where a clause of one side may have gone on the other.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// How well each clause fits that shares a word, in its own words or those of its sentence.
    fits: BTreeMap<usize, f64>,
    /// The same for sentences.
    sentence_fits: BTreeMap<usize, f64>,
    /// The best fit by words of the clause itself: without any, only the sentence is known.
    own_best: f64,
    pub(super) best: f64,
    pub(super) best_clause: Option<usize>,
    best_sentence: f64,
    /// Too little is shared to know the place.
    lost: bool,
}

impl Places {
    /// How well a clause fits compared with the best one, from 0 to 1.
    fn rank(&self, from: &Side<'_>, side: &Side<'_>, clause: usize, grain: Grain) -> f64 {
        let sentence = side.sentence_of.get(clause).copied().unwrap_or_default();
        let whole =
            self.sentence_fits.get(&sentence).copied().unwrap_or_default() / self.best_sentence.max(f64::EPSILON);
        if grain == Grain::Sentence || self.own_best < OWN {
            return whole;
        }
        // A clause of which the other side knows no word ("and nobody got in") goes with its sentence.
        if !side.meanings_in(side.clause(clause)).any(|meaning| from.holds(meaning)) {
            return whole * UNKNOWN;
        }
        self.fits.get(&clause).copied().unwrap_or_default() / self.best.max(f64::EPSILON)
    }
}

impl Places {
    /// Whether one of these cues stands where the fit is at least this part of the best.
    pub(super) fn hold(&self, cues: &[Cue], part: f64) -> bool {
        self.fits.iter().filter(|(_, fit)| **fit >= part * self.best).any(|(clause, _)| {
            let first = cues.partition_point(|cue| cue.clause < *clause);
            cues.get(first).is_some_and(|cue| cue.clause == *clause)
        })
    }
}

/// How near to the best place an answer must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// In a clause that fits.
    Clause,
    /// Anywhere in a sentence that fits.
    Sentence,
}

/// The places on the other side of the clause `clause`. When none of its own words is there, its neighbours tell.
pub(super) fn places(from: &Side<'_>, clause: usize, to: &Side<'_>) -> Places {
    let places = places_within(from, clause, to, 0);
    if places.own_best >= OWN {
        return places;
    }
    let wider = places_within(from, clause, to, 1);
    Places { own_best: 0.0, ..wider }
}

/// The same, with the clauses up to `reach` away taken for the clause itself.
fn places_within(from: &Side<'_>, clause: usize, to: &Side<'_>, reach: usize) -> Places {
    let mut context: BTreeMap<&String, f64> = BTreeMap::new();
    for sibling in from.siblings(clause) {
        let weight = match sibling.abs_diff(clause) {
            distance if distance <= reach => 1.0,
            1 => BESIDE,
            2 => BESIDE * BESIDE,
            _ => {
                if reach == 0 {
                    BESIDE * BESIDE
                } else {
                    BESIDE * BESIDE * BESIDE
                }
            }
        };
        for key in from.meanings_in(from.clause(sibling)) {
            let known = context.entry(key).or_default();
            *known = known.max(weight);
        }
    }
    let mut places = Places::default();
    let mut own: BTreeMap<usize, f64> = BTreeMap::new();
    let mut proper: BTreeMap<usize, f64> = BTreeMap::new();
    let mut shared = 0.0;
    for (key, weight) in context {
        let Some(clauses) = to.index.get(key).filter(|clauses| clauses.len() <= MOST_PLACES) else { continue };
        let rarity = weight / f64::from(u32::try_from(clauses.len()).unwrap_or(u32::MAX)).sqrt();
        let mut last = None;
        shared += weight;
        for place in clauses {
            *own.entry(*place).or_default() += rarity;
            if weight >= 1.0 {
                *proper.entry(*place).or_default() += rarity;
            }
            let sentence = to.sentence_of.get(*place).copied();
            if sentence != last {
                *places.sentence_fits.entry(sentence.unwrap_or_default()).or_default() += rarity;
                last = sentence;
            }
        }
    }
    places.lost = shared < LOST;
    places.own_best = proper.values().copied().fold(0.0, f64::max);
    places.best_sentence = places.sentence_fits.values().copied().fold(0.0, f64::max);
    let mut best_own = 0.0;
    for (sentence, total) in &places.sentence_fits {
        for place in to.sentences.get(*sentence).cloned().unwrap_or_default() {
            let here = own.get(&place).copied().unwrap_or_default();
            let fit = here + BESIDE * (total - here).max(0.0);
            places.fits.insert(place, fit);
            places.best = places.best.max(fit);
            // The clause itself is only where its own words are, if they are anywhere.
            if fit > best_own && (places.own_best < OWN || proper.contains_key(&place)) {
                best_own = fit;
                places.best_clause = Some(place);
            }
        }
    }
    places
}

/// A cue of one side with one of the other that may answer for it, and how well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// How well the places fit, with the order of the text as a tie-break.
    pub(super) rank: f64,
    /// How well the places fit, from 0 to 1; nothing when only the order of the text speaks.
    pub(super) fit: Option<f64>,
    pub(super) left: usize,
    pub(super) right: usize,
}

/// Every pair of cues that stand at places which talk about the same things, the best first. Places are looked for from both
/// sides: a short clause may be a part of a long one that as a whole fits better elsewhere.
pub(super) fn pairs(from: &Side<'_>, cues: &[Cue], to: &Side<'_>, others: &[Cue], grain: Grain) -> Vec<Pair> {
    let mut found: BTreeMap<(usize, usize), Pair> = BTreeMap::new();
    let mut keep = |pair: Pair| {
        let known = found.entry((pair.left, pair.right)).or_insert(Pair { rank: f64::MIN, fit: None, ..pair });
        if pair.rank > known.rank {
            *known = pair;
        }
    };
    for (left, cue) in cues.iter().enumerate() {
        for (right, rank, fit) in seek(from, cue, to, others, grain, true) {
            keep(Pair { rank, fit, left, right });
        }
    }
    for (right, cue) in others.iter().enumerate() {
        for (left, rank, fit) in seek(to, cue, from, cues, grain, false) {
            keep(Pair { rank, fit, left, right });
        }
    }
    let mut pairs: Vec<Pair> = found.into_values().collect();
    sort(&mut pairs);
    pairs
}

/// The cues of `others` that may answer for `cue`, with their rank and fit.
fn seek(
    from: &Side<'_>,
    cue: &Cue,
    to: &Side<'_>,
    others: &[Cue],
    grain: Grain,
    forward: bool,
) -> Vec<(usize, f64, Option<f64>)> {
    let places = places(from, cue.clause, to);
    let unplaced = places.own_best < OWN;
    if unplaced && !forward {
        return Vec::new();
    }
    let here = position(from, cue.at);
    let mut found = Vec::new();
    let mut consider = |right: usize| {
        let Some(other) = others.get(right) else { return };
        let distance = (here - position(to, other.at)).abs();
        if !forward && covered(from, cue.clause, to, other.clause) < COVERED {
            return;
        }
        let rank = places.rank(from, to, other.clause, grain);
        let same = || from.token(cue.at).zip(to.token(other.at)).is_some_and(|(one, two)| one.lower == two.lower);
        let adrift =
            forward && ((places.lost || unplaced && same()) && distance < DRIFT || distance < IN_PLACE && same());
        if rank >= NEAR_BEST || adrift {
            let fit = (!adrift || rank >= NEAR_BEST).then_some(rank);
            found.push((right, rank + 0.3 * (1.0 - distance), fit));
        }
    };
    for clause in places.fits.keys() {
        let first = others.partition_point(|other| other.clause < *clause);
        let behind = others.partition_point(|other| other.clause <= *clause);
        (first..behind).for_each(&mut consider);
    }
    if forward {
        let middle = others.partition_point(|other| position(to, other.at) < here);
        let near = middle.saturating_sub(MOST_PLACES)..(middle + MOST_PLACES).min(others.len());
        near.filter(|right| others.get(*right).is_some_and(|other| !places.fits.contains_key(&other.clause)))
            .for_each(&mut consider);
    }
    found
}

/// The best pairs first; equal ones in the order of the text.
pub(super) fn sort(pairs: &mut [Pair]) {
    pairs.sort_by(|one, two| {
        two.rank.total_cmp(&one.rank).then(one.left.cmp(&two.left)).then(one.right.cmp(&two.right))
    });
}

/// Whether each cue has an answer. One answer does for several cues only if they stand in one clause or all clearly speak
/// of its place.
pub(super) fn answered(
    from: &Side<'_>,
    cues: &[Cue],
    to: &Side<'_>,
    others: &[Cue],
    grain: Grain,
    may: impl Fn(&Cue, &Cue) -> bool,
) -> Vec<bool> {
    let mut answered = vec![false; cues.len()];
    let mut given: Vec<Option<usize>> = vec![None; others.len()];
    for pair in pairs(from, cues, to, others, grain) {
        let (Some(cue), Some(other)) = (cues.get(pair.left), others.get(pair.right)) else { continue };
        let (Some(slot), Some(clause)) = (answered.get_mut(pair.left), given.get_mut(pair.right)) else { continue };
        let shares = clause.is_none_or(|clause| clause == cue.clause) || pair.fit.is_none_or(|fit| fit >= CLEAR);
        if !*slot && shares && may(cue, other) {
            *slot = true;
            *clause = clause.or(Some(cue.clause));
        }
    }
    answered
}

/// Which part of a clause's meanings the sentence of a clause on the other side holds, from 0 to 1.
fn covered(from: &Side<'_>, clause: usize, to: &Side<'_>, other: usize) -> f64 {
    let there: BTreeSet<&String> = to.meanings_in(to.sentence(other)).collect();
    let (mut shared, mut all) = (0.0, 0.0);
    for meaning in from.meanings_in(from.clause(clause)) {
        all += 1.0;
        shared += f64::from(u8::from(there.contains(meaning)));
    }
    shared / f64::max(all, 1.0)
}

/// Where a token stands, from 0 to 1.
fn position(side: &Side<'_>, token: usize) -> f64 {
    let of = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    of(token) / of(side.document.tokens.len().max(1))
}
