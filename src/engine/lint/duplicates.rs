//! The same said twice: ids of which only the last entry counts, terms that nothing tells apart, and definitions that are alike.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Report, report};
use crate::engine::build::Repeated;
use crate::engine::glossary::Glossary;
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::text::tokenize_words;

/// Definitions that share this part of their words, of all words in both, say the same in other words. With less, opposites
/// ("above", "below") are taken for repetitions.
const ALIKE: f64 = 0.9;

pub(super) fn lint(glossary: &Glossary, repeated: &[Repeated], findings: &mut Vec<Finding>) {
    ids(repeated, findings);
    terms(glossary, findings);
    definitions(glossary, findings);
}

/// Of two files of one folder nobody knows which one comes later.
fn ids(repeated: &[Repeated], findings: &mut Vec<Finding>) {
    for Repeated { id, place: (path, line), earlier: (file, earlier_line) } in repeated {
        let file = file.strip_prefix("glossary/").unwrap_or(file);
        Report { path, line: *line, id, own: true, findings }.mistake(&format!(
            "the id is used in {file}:{earlier_line} already, and that entry is not used any more; remove one of the two or choose \
             another id"
        ));
    }
}

/// The later one of two concepts is told, once for each of its terms.
fn terms(glossary: &Glossary, findings: &mut Vec<Finding>) {
    for (number, concept) in glossary.concepts.iter().enumerate() {
        let mut told = BTreeSet::new();
        for (term, other) in glossary.undecided_terms(number) {
            let Some(earlier) = glossary.concepts.get(other).filter(|_| other < number) else { continue };
            if told.insert(term) {
                report(concept, findings).mistake(&format!(
                    "{term:?} is a term of {:?} too, and nothing decides between them; give one of them `near` words or remove the term",
                    earlier.id
                ));
            }
        }
    }
}

fn definitions(glossary: &Glossary, findings: &mut Vec<Finding>) {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let sets: Vec<Vec<usize>> = glossary
        .concepts
        .iter()
        .map(|concept| {
            let mut set = Vec::new();
            if !concept.everyday {
                for word in weighty_words(&concept.definition) {
                    let fresh = numbers.len();
                    set.push(*numbers.entry(word).or_insert(fresh));
                }
            }
            set.sort_unstable();
            set.dedup();
            set
        })
        .collect();
    for (number, (concept, set)) in glossary.concepts.iter().zip(&sets).enumerate() {
        for (earlier_number, (earlier, other)) in glossary.concepts.iter().zip(&sets).enumerate().take(number) {
            if set.is_empty() || other.is_empty() || !could_be_alike(set.len(), other.len()) {
                continue;
            }
            // One meaning may need two entries where only one of its terms is ambiguous, or only one a verb.
            let linked = concept.related.contains(&earlier.id) || earlier.related.contains(&concept.id);
            // For another place the same may be said in other words.
            if linked || !glossary.meet(number, earlier_number) {
                continue;
            }
            if concept.definition == earlier.definition {
                report(concept, findings).mistake(&format!(
                    "its definition is that of {0:?}; make them one concept, name {0:?} in `related`, or say what is different",
                    earlier.id
                ));
            } else if share(set, other) >= ALIKE {
                report(concept, findings).advice(&format!(
                    "its definition is nearly that of {0:?}; make them one concept, name {0:?} in `related`, or say what is different",
                    earlier.id
                ));
            }
        }
    }
}

/// Base forms without articles and auxiliaries: "on" and "not" make a difference.
fn weighty_words(text: &str) -> Vec<String> {
    tokenize_words(text)
        .into_iter()
        .filter(|token| {
            token.lower.chars().any(char::is_alphanumeric)
                && !Lexicon::embedded()
                    .lookup(&token.lower)
                    .is_some_and(|entry| entry.is_any(Flags::DETERMINER) || entry.is_any(Flags::AUXILIARY))
        })
        .map(|token| token.bases.first().map_or(token.lower, |base| base.to_string()))
        .collect()
}

fn could_be_alike(one: usize, other: usize) -> bool {
    one.min(other) as f64 >= one.max(other) as f64 * ALIKE
}

/// The part of all words in two sorted sets that both have.
fn share(one: &[usize], other: &[usize]) -> f64 {
    let (mut left, mut right, mut both) = (0, 0, 0_usize);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        both += usize::from(a == b);
        left += usize::from(a <= b);
        right += usize::from(b <= a);
    }
    both as f64 / (one.len() + other.len() - both) as f64
}
