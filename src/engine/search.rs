//! Looking through the glossary by the beginning of a term.

use std::cmp::Reverse;

use super::Engine;
use super::glossary::{Concept, Narrowness, PartOfSpeech};

/// An entry as a list of them shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Id of the concept.
    pub id: &'e str,
    /// The term that was found; the preferred one when nothing was typed.
    pub term: &'e str,
    /// Subject field, as in the file's name.
    pub subject_field: &'e str,
}

/// How well a term fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Equal,
    Begins,
    WordBegins,
    Holds,
}

impl Engine {
    /// The entry with this id, by its preferred term; everyday meanings of words are none.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        let concept = self.glossary.by_id(id).filter(|concept| !concept.everyday)?;
        Some(Entry { id: &concept.id, term: concept.preferred(), subject_field: &concept.subject_field })
    }

    /// Whether these words are the id or a term of the entry with this id, and nothing else.
    #[must_use]
    pub fn is_named(&self, id: &str, words: &str) -> bool {
        self.glossary.by_id(id).filter(|concept| !concept.everyday).is_some_and(|concept| {
            concept.id == words || concept.terms.iter().any(|term| term.text.eq_ignore_ascii_case(words))
        })
    }

    /// Whether there is an entry with this id, wherever it holds.
    #[must_use]
    pub fn has_entry(&self, id: &str) -> bool {
        self.glossary.anywhere(id).is_some_and(|concept| !concept.everyday)
    }

    /// The entries that say the same thing in another part of speech: "to roll back" beside "rollback".
    #[must_use]
    pub fn same_thing(&self, id: &str) -> Vec<Entry<'_>> {
        let Some(concept) = self.glossary.by_id(id) else { return Vec::new() };
        let others = self.glossary.holding().filter(|(_, other)| is_other_part_of_speech(concept, other));
        others.filter_map(|(_, other)| self.entry(&other.id)).collect()
    }

    /// Ids of entries for somebody who has typed nothing yet: those of one's own organisation first, then all others, each in
    /// the order of the alphabet.
    #[must_use]
    pub fn first_entries(&self, most: usize) -> Vec<String> {
        let all = self.glossary.holding().map(|(_, concept)| concept).filter(|concept| !concept.everyday);
        let mut all: Vec<_> = all
            .map(|concept| {
                let term = concept.preferred().to_lowercase();
                (!concept.own, !term.starts_with(char::is_alphabetic), term, concept.id.as_str())
            })
            .collect();
        all.sort();
        all.into_iter().take(most).map(|(.., id)| id.to_owned()).collect()
    }

    /// The entries whose terms fit what was typed, the best first and alphabetical among equals; all when nothing was. Of the same
    /// term, the entry for the narrower place comes first.
    #[must_use]
    pub fn entries_like(&self, typed: &str, most: usize) -> Vec<Entry<'_>> {
        let typed = typed.trim().to_lowercase();
        let mut found: Vec<(Fit, String, Reverse<Option<Narrowness>>, Entry<'_>)> = Vec::new();
        for (position, concept) in self.glossary.holding() {
            let preferred = concept.preferred();
            let terms = std::iter::once(preferred).chain(concept.terms.iter().map(|term| term.text.as_str()));
            let best = terms
                .filter_map(|term| {
                    let lower = term.to_lowercase();
                    Some((fit(&lower, &typed)?, lower, term))
                })
                // The preferred term comes first, and stays so among equals.
                .min_by_key(|(fit, ..)| *fit);
            if let Some((fit, lower, term)) = best {
                let entry = Entry { id: &concept.id, term, subject_field: &concept.subject_field };
                found.push((fit, lower, Reverse(self.glossary.narrowness(position)), entry));
            }
        }
        found.sort_by(|(fit, lower, narrow, entry), (other_fit, other_lower, other_narrow, other)| {
            (fit, lower, narrow, entry.id).cmp(&(other_fit, other_lower, other_narrow, other.id))
        });
        found.into_iter().take(most).map(|(.., entry)| entry).collect()
    }
}

/// "Rollback" and "roll back": a noun and a verb of one field that are written with the same letters.
fn is_other_part_of_speech(one: &Concept, other: &Concept) -> bool {
    let is_verb = |concept: &Concept| concept.terms.iter().all(|term| term.part_of_speech == PartOfSpeech::Verb);
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase();
    let all = |concept: &Concept| concept.terms.iter().map(|term| letters(&term.text)).collect::<Vec<String>>();
    one.subject_field == other.subject_field && is_verb(one) != is_verb(other) && {
        let wanted = all(one);
        all(other).iter().any(|letters| wanted.contains(letters))
    }
}

fn fit(term: &str, typed: &str) -> Option<Fit> {
    if term == typed {
        return Some(Fit::Equal);
    }
    let at = term.find(typed)?;
    if at == 0 {
        return Some(Fit::Begins);
    }
    let begins_a_word = |at: usize| !term.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let word_begins = term.match_indices(typed).any(|(at, _)| begins_a_word(at));
    Some(if word_begins { Fit::WordBegins } else { Fit::Holds })
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit};

    #[test]
    fn whole_terms_come_before_beginnings_and_those_before_the_rest() {
        for (term, typed, expected) in [
            ("slo", "slo", Some(Fit::Equal)),
            ("slow query", "slo", Some(Fit::Begins)),
            ("error budget", "bud", Some(Fit::WordBegins)),
            ("blue-green deploy", "green", Some(Fit::WordBegins)),
            ("oslo oslo-slo", "slo", Some(Fit::WordBegins)),
            ("oslo", "slo", Some(Fit::Holds)),
            ("anything", "", Some(Fit::Begins)),
            ("pod", "slo", None),
        ] {
            assert_eq!(fit(term, typed), expected, "{term:?} by {typed:?}");
        }
    }
}
