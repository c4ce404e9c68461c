//! Terms: statuses, repetitions, and base forms without which tense and number are not found.

use super::Report;
use super::wordings::inflects;
use crate::engine::glossary::{Concept, PartOfSpeech, TermStatus};

pub(super) fn lint(concept: &Concept, report: &mut Report<'_>) {
    let preferred = concept.terms.iter().filter(|term| term.status == TermStatus::Preferred);
    match preferred.count() {
        0 if concept.terms.iter().any(|term| term.status == TermStatus::Deprecated) => {
            report.mistake("a term is deprecated and no term is preferred; say which one to use instead");
        }
        0 => report.mistake("no term is preferred; leave the status of the best term out or write `preferred`"),
        _ => {}
    }
    for (index, term) in concept.terms.iter().enumerate() {
        let same = |other: &&crate::engine::glossary::Term| {
            other.text == term.text && other.part_of_speech == term.part_of_speech
        };
        if concept.terms.iter().take(index).any(|earlier| same(&earlier)) {
            report.mistake(&format!("the term {:?} stands twice; remove one", term.text));
        }
        let second = concept.terms.iter().take(index).find(|earlier| {
            earlier.status == TermStatus::Preferred
                && term.status == TermStatus::Preferred
                && earlier.part_of_speech == term.part_of_speech
        });
        if let Some(first) = second {
            report.mistake(&format!(
                "{:?} and {:?} are both preferred as {}; one of them is `admitted`",
                first.text,
                term.text,
                term.part_of_speech.name()
            ));
        }
        if term.part_of_speech == PartOfSpeech::Verb && !inflects(&term.text) {
            report.mistake(&format!(
                "the verb term {:?} does not begin with an infinitive, so its other forms are not found; write the infinitive",
                term.text
            ));
        }
    }
}
