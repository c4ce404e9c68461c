//! Terms prepared for questions: found in other spellings, and near ones for misspellings.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::engine::glossary::Glossary;
use crate::engine::lexicon::{Flags, Lexicon};

/// Shorter words have too many neighbours: "p96" is no misspelling of "p95", "UX" none of "US".
const SHORTEST_MISSPELLING: usize = 4;

/// All terms, prepared for questions.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    terms: Vec<Folded>,
    /// Positions of these in the order of their texts, where those that begin alike stand together.
    by_text: Vec<u32>,
    by_spelling: FxHashMap<Box<str>, Vec<usize>>,
}

#[derive(Debug)]
struct Folded {
    /// One spelling for all: lower case, American, without spaces and hyphens.
    text: Box<str>,
    concept: usize,
    characters: usize,
}

impl Lookup {
    /// Collects the terms of a glossary.
    pub(crate) fn new(glossary: &Glossary) -> Self {
        let mut lookup = Self::default();
        for (number, concept) in glossary.concepts.iter().enumerate().filter(|(_, concept)| !concept.everyday) {
            for term in &concept.terms {
                let text: Box<str> = folded(&term.text).into();
                let concepts = lookup.by_spelling.entry(text.clone()).or_default();
                if concepts.last() != Some(&number) {
                    concepts.push(number);
                }
                let characters = text.chars().count();
                lookup.terms.push(Folded { text, concept: number, characters });
            }
        }
        let Self { terms, by_text, .. } = &mut lookup;
        by_text.extend((0..).take(terms.len()));
        by_text.sort_by(|one, other| text_at(terms, *one).cmp(text_at(terms, *other)));
        lookup
    }

    /// The concepts whose term is spelt so but for hyphens, spaces and British or American endings; of a plural, those of
    /// its singular.
    pub(super) fn respelt(&self, words: &str, glossary: &Glossary) -> Vec<usize> {
        let wanted = folded(words);
        let singular = wanted.strip_suffix('s').filter(|rest| rest.len() > 2);
        // "What is a 503?": people leave out whose number it is.
        let number = singular.unwrap_or(&wanted);
        let status = (number.len() == 3 && number.chars().all(|c| c.is_ascii_digit())).then(|| format!("http{number}"));
        let spelt = |text: &str| {
            let concepts = self.by_spelling.get(text).into_iter().flatten().copied();
            let here: Vec<usize> = concepts.filter(|concept| glossary.holds(*concept)).collect();
            (!here.is_empty()).then_some(here)
        };
        spelt(&wanted).or_else(|| spelt(singular?)).or_else(|| spelt(&status?)).unwrap_or_default()
    }

    /// Concepts with a term that is or begins like these words, in this order, each once. Of two that fit alike the one for the
    /// narrower place comes first, then an organisation's own one, then the shorter term. Where few begin so, those that go on so follow, and where
    /// there are none, those that are nearly spelt so.
    pub(crate) fn beginning(&self, words: &str, most: usize, glossary: &Glossary) -> Vec<usize> {
        const FEW: usize = 5;
        let wanted = folded(words);
        if wanted.is_empty() {
            return Vec::new();
        }
        let is_own = |concept: usize| glossary.concepts.get(concept).is_some_and(|concept| concept.own);
        let ranked = |rank: u8, term: &Folded| {
            let narrowness = Reverse(glossary.narrowness(term.concept));
            (rank, narrowness, !is_own(term.concept), term.characters, term.concept)
        };
        let holds = |term: &&Folded| glossary.holds(term.concept);
        let begins = self.beginning_with(&wanted).filter(holds);
        let mut found: Vec<_> = begins.map(|term| ranked(u8::from(*term.text != *wanted), term)).collect();
        // Whoever typed a whole term has found it.
        if found.len() < FEW && found.iter().all(|(rank, ..)| *rank > 0) {
            let goes_on = |term: &&Folded| term.text.contains(&*wanted) && !term.text.starts_with(&*wanted);
            found.extend(self.terms.iter().filter(goes_on).filter(holds).map(|term| ranked(2, term)));
        }
        found.sort_unstable();
        let mut concepts: Vec<usize> = found.into_iter().map(|(.., concept)| concept).collect();
        if concepts.is_empty() {
            concepts.extend(self.near(words, glossary).into_iter().map(|(_, concept)| concept));
        }
        let mut seen = Vec::new();
        concepts.retain(|concept| {
            let is_fresh = seen.len() < most && !seen.contains(concept);
            if is_fresh {
                seen.push(*concept);
            }
            is_fresh
        });
        concepts
    }

    /// The terms that begin with a text that is folded as they are.
    fn beginning_with(&self, wanted: &str) -> impl Iterator<Item = &Folded> {
        let first = self.by_text.partition_point(|at| text_at(&self.terms, *at) < wanted);
        let from_there = self.by_text.get(first..).unwrap_or_default().iter();
        let terms = from_there.filter_map(|at| self.terms.get(usize::try_from(*at).ok()?));
        terms.take_while(move |term| term.text.starts_with(wanted))
    }

    /// Concepts with a term that begins with these words, in any spelling, and has others behind them: each once, with that term,
    /// the shortest first.
    pub(super) fn opened_by<'g>(&self, words: &str, glossary: &'g Glossary) -> Vec<(usize, &'g str)> {
        let wanted = folded(words);
        let goes_on = |term: &&Folded| term.text.len() > wanted.len();
        let here = self.beginning_with(&wanted).filter(goes_on).filter(|term| glossary.holds(term.concept));
        let mut concepts: Vec<(usize, usize)> = here.map(|term| (term.characters, term.concept)).collect();
        concepts.sort_unstable();
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (_, concept) in concepts {
            let terms = glossary.concepts.get(concept).into_iter().flat_map(|concept| &concept.terms);
            let named = terms.map(|term| &*term.text).find(|term| opens_with(term, &wanted));
            if let Some(term) = named.filter(|_| found.iter().all(|(known, _)| *known != concept)) {
                found.push((concept, term));
            }
        }
        found
    }

    /// Concepts with a term near to these words, nearest first, each once: `(changes of a letter, concept)`.
    pub(super) fn near(&self, words: &str, glossary: &Glossary) -> Vec<(usize, usize)> {
        let Some(reach) = reach(words) else { return Vec::new() };
        let wanted = folded(words);
        let length = wanted.chars().count();
        let singular = wanted.strip_suffix('s').unwrap_or(&wanted);
        let figures = digits(&wanted);
        let mut found: Vec<(usize, usize)> = Vec::new();
        for term in self.terms.iter().filter(|term| term.characters.abs_diff(length) <= reach + 1) {
            // "SEV1" and "SEV2" are two things, however near they are written.
            if term.characters < SHORTEST_MISSPELLING || digits(&term.text) != figures || !glossary.holds(term.concept)
            {
                continue;
            }
            let distance = strsim::osa_distance(&term.text, &wanted).min(strsim::osa_distance(&term.text, singular));
            let same_start = term.text.chars().next() == wanted.chars().next();
            if distance <= reach && (same_start || distance == 1 && length > SHORTEST_MISSPELLING) {
                found.push((distance, term.concept));
            }
        }
        found.sort_unstable();
        let mut seen = Vec::new();
        found.retain(|(_, concept)| {
            let fresh = !seen.contains(concept);
            seen.push(*concept);
            fresh
        });
        found
    }
}

fn text_at(terms: &[Folded], at: u32) -> &str {
    usize::try_from(at).ok().and_then(|at| terms.get(at)).map_or("", |term| &term.text)
}

/// How many letters may be wrong; `None` where nothing can be called a misspelling. A word of the dictionary is meant as
/// it is written: "lunch" is no launch.
fn reach(words: &str) -> Option<usize> {
    let lower = words.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let lexicon = Lexicon::embedded();
    let known = |part: &str| lexicon.lookup(part).is_some_and(|entry| entry.is(Flags::PLAIN));
    let all_known = parts.clone().all(known);
    let several = parts.nth(1).is_some();
    let length = lower.chars().filter(|c| c.is_alphanumeric()).count();
    if all_known || length < SHORTEST_MISSPELLING {
        return None;
    }
    if !several && lexicon.lookup(&lower).is_some() {
        return Some(1);
    }
    Some(match length {
        0..=5 => 1,
        6..=13 => 2,
        _ => 3,
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// One spelling for all ways of writing the same words.
fn folded(words: &str) -> String {
    let lower = words.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).map(american).collect()
}

/// Whether the first words of a term, and not all of them, are spelt so.
fn opens_with(term: &str, wanted: &str) -> bool {
    let lower = term.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let mut so_far = String::new();
    while let Some(word) = words.next() {
        so_far.push_str(&american(word));
        if so_far == wanted {
            return words.peek().is_some();
        }
    }
    false
}

/// Endings that are spelt in two ways; the second is used.
const ENDINGS: [(&str, &str); 22] = [
    ("isations", "izations"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("iser", "izer"),
    ("isers", "izers"),
    ("ises", "izes"),
    ("ise", "ize"),
    ("ysing", "yzing"),
    ("ysed", "yzed"),
    ("yser", "yzer"),
    ("yse", "yze"),
    ("ours", "ors"),
    ("our", "or"),
    ("oured", "ored"),
    ("oural", "oral"),
    ("tre", "ter"),
    ("ogue", "og"),
    ("ogues", "ogs"),
    ("ence", "ense"),
    ("elled", "eled"),
    ("elling", "eling"),
];

fn american(word: &str) -> String {
    // "four" and "for" are two words; only longer ones have two spellings.
    if word.chars().count() > 5 {
        for (british, american) in ENDINGS {
            if let Some(stem) = word.strip_suffix(british) {
                return format!("{stem}{american}");
            }
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn spellings_of_one_word_are_one() {
        for (one, other) in [
            ("containerisation", "containerization"),
            ("Load-Balancer", "load balancer"),
            ("behaviour", "behavior"),
            ("data centre", "datacenter"),
            ("CI/CD", "cicd"),
            ("licence", "license"),
            ("service catalogue", "service catalog"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} / {other}");
        }
        assert_ne!(folded("four"), folded("for"));
    }
}
