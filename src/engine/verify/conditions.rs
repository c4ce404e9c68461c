//! Conditions: what the source promises only "if" or "unless" may not be promised without it.

use super::align::{Grain, answered};
use super::cues::{Class, Cue, Weight};
use super::discrepancy;
use super::side::Side;
use crate::engine::rendering::Discrepancy;

/// Looks for conditions of the source that the candidate does not make.
pub(super) fn compare(
    source: &Side<'_>,
    source_cues: &[Cue],
    candidate: &Side<'_>,
    candidate_cues: &[Cue],
    found: &mut Vec<Discrepancy>,
) {
    let made: Vec<Cue> = source_cues
        .iter()
        .filter(|cue| cue.class == Class::Condition && cue.weight == Weight::Strong)
        .copied()
        .collect();
    let replies: Vec<Cue> = candidate_cues.iter().filter(|cue| cue.class == Class::Condition).copied().collect();
    let replied = answered(source, &made, candidate, &replies, Grain::Sentence, |cue, other| {
        let without = |side: &Side<'_>, at: usize| side.token(at).is_some_and(|token| token.is(&["without"]));
        (!without(candidate, other.at) || without(source, cue.at)) && !kept_word(source, cue, candidate, other)
    });
    for (cue, _) in made.iter().zip(replied).filter(|(_, replied)| !replied) {
        let words = source.words(source.clause(cue.clause));
        let text = format!("The condition \"{words}\" of the source is missing.");
        found.push(discrepancy("condition_dropped", text, words, ""));
    }
}

/// Whether a word that merely may make a condition stands in the source too, beside the condition: "exceptions".
fn kept_word(source: &Side<'_>, cue: &Cue, candidate: &Side<'_>, other: &Cue) -> bool {
    let Some(word) = candidate.token(other.at) else { return false };
    let same = |index: usize| {
        source.token(index).is_some_and(|token| token.lemmas().any(|lemma| word.lemmas().any(|own| own == lemma)))
    };
    other.weight == Weight::Weak && !(cue.at..cue.end).any(same) && source.sentence(cue.clause).any(same)
}
