//! Which of several meanings is asked about.

use std::cmp::Reverse;

use super::Knowledge;
use super::context::Message;
use crate::engine::glossary::{Concept, Evidence, PartOfSpeech};
use crate::engine::text::tokenize_words;

/// A cue of the meaning itself stands in the text. Less is only the company of the same subject field.
const TELLING: usize = 5;

/// Meanings in the order of their likelihood.
pub(super) struct Meanings {
    /// Positions of concepts, the likeliest first.
    pub(super) order: Vec<usize>,
    /// Whether the first one is certain.
    pub(super) decided: bool,
}

/// Orders the concepts that claim the same words: by what the message does with them, then by what stands around them in
/// the question.
pub(super) fn meanings(
    knowledge: &Knowledge<'_>,
    candidates: &[usize],
    asked: &str,
    message: Option<&Message<'_>>,
    question: &Evidence<'_>,
) -> Meanings {
    let concept = |number: &usize| knowledge.glossary.concepts.get(*number);
    // What holds for a narrower place goes before everything else, as in a rewrite.
    let mut order: Vec<usize> = knowledge.glossary.narrowest(candidates, |number| *number).copied().collect();
    // A term written exactly so ("caching") goes before an inflected one ("to cache").
    let plain = |text: &str| text.to_lowercase().replace('-', " ");
    let spelt = |concept: &Concept| concept.terms.iter().any(|term| plain(&term.text) == plain(asked));
    if order.iter().filter_map(concept).any(spelt) {
        order.retain(|number| concept(number).is_some_and(spelt));
    }
    // The organisation's own word for something goes before everybody's.
    if order.iter().filter_map(concept).any(|concept| concept.own) {
        order.retain(|number| concept(number).is_some_and(|concept| concept.own));
    }
    if order.len() < 2 {
        return Meanings { decided: true, order };
    }
    if let Some(message) = message
        && let Some(meant) = meant_in(message, asked, &order)
    {
        return Meanings { order: vec![meant], decided: true };
    }
    let score =
        |number: &usize| concept(number).and_then(|concept| question.score(*number, concept, asked, 0)).unwrap_or(0);
    // "What is a port?" asks about a thing.
    let names = |number: &usize| {
        let nouns = |concept: &Concept| concept.terms.iter().any(|term| term.part_of_speech != PartOfSpeech::Verb);
        concept(number).is_some_and(nouns)
    };
    let preferred = |number: &usize| concept(number).is_some_and(|concept| plain(concept.preferred()) == plain(asked));
    order.sort_by_key(|number| {
        (Reverse(score(number)), !names(number), !preferred(number), knowledge.glossary.cues.demand(*number), *number)
    });
    let best = order.first().map(score).unwrap_or(0);
    let next = order.get(1).map(score).unwrap_or(0);
    if best >= TELLING && best > next {
        order.truncate(1);
        return Meanings { order, decided: true };
    }
    Meanings { order, decided: false }
}

/// The meaning in which a message uses the words, when its rewriting is sure of one.
fn meant_in(message: &Message<'_>, asked: &str, candidates: &[usize]) -> Option<usize> {
    let words = tokenize_words(asked);
    message.places(&words).find_map(|place| {
        let hit = message.analysis.terms.iter().find(|hit| hit.tokens == place && candidates.contains(&hit.concept));
        hit.map(|hit| hit.concept)
    })
}
