//! What a message holds for those who look after the glossary: which entries stand in it, which deprecated terms its author wrote,
//! and which words nobody has explained. Nothing else of it is given out.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::shape::{Find, finds};
use crate::engine::glossary::TermStatus;
use crate::engine::render::Analysis;
use crate::engine::text::foreign_language;
use crate::engine::{Engine, SourceText};

/// A message with more unknown words than this is a log or a list.
pub(super) const MOST_UNKNOWN: usize = 12;

/// Longer ones are no words that people say.
const LONGEST: usize = 24;

/// A sentence with one of these may hold what nobody should write down, so no word of it is taken.
const SECRECY: [&str; 18] = [
    "password",
    "passwords",
    "passwd",
    "pwd",
    "pw",
    "passphrase",
    "passcode",
    "pin",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "token",
    "tokens",
    "key",
    "keys",
    "login",
    "bearer",
];

/// What was met in a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Met {
    /// Ids of the entries that stand in it, once each.
    pub entries: Vec<String>,
    /// Ids of entries with a deprecated term of theirs that was written, once each.
    pub deprecated: Vec<(String, String)>,
    /// Words that look like jargon and that nothing of the glossary holds, once each.
    pub unknown: Vec<UnknownWord>,
}

/// A word that looks like jargon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// What counts as the same word, whatever its capitals and number.
    pub key: String,
    /// As it is written.
    pub term: String,
}

impl Engine {
    /// What a message holds for those who look after the glossary.
    #[must_use]
    pub fn met(&self, message: &SourceText) -> Met {
        let analysis = Analysis::new(message.text(), &self.glossary, &self.compiled.patterns);
        let mut met = Met::default();
        // Of "p95 latency" its latency is no entry of its own.
        for hit in analysis.terms.iter().filter(|hit| !analysis.is_nested(hit)) {
            let concept = self.glossary.concepts.get(hit.concept).filter(|concept| !concept.everyday);
            let Some(concept) = concept else { continue };
            if !met.entries.contains(&concept.id) {
                met.entries.push(concept.id.clone());
            }
            let term = concept.terms.get(hit.term).filter(|term| term.status == TermStatus::Deprecated);
            if let Some(found) = term.map(|term| (concept.id.clone(), term.text.clone()))
                && !met.deprecated.contains(&found)
            {
                met.deprecated.push(found);
            }
        }
        // Of another language every word would be unknown.
        if foreign_language(&analysis.document).is_none() {
            met.unknown = unknown(&analysis);
        }
        met
    }

    /// What counts as the same unknown word.
    #[must_use]
    pub fn unknown_key(term: &str) -> String {
        let lower = term.trim().to_lowercase();
        // "zibblers" counts as "zibbler".
        let singular = lower.strip_suffix('s').filter(|one| one.chars().count() > 3 && !one.ends_with('s'));
        singular.map(str::to_owned).unwrap_or(lower)
    }
}

fn unknown(analysis: &Analysis<'_>) -> Vec<UnknownWord> {
    let mut found: Vec<UnknownWord> = Vec::new();
    for (word, _) in unknown_places(analysis) {
        if found.len() >= MOST_UNKNOWN {
            break;
        }
        if !found.iter().any(|known| known.key == word.key) {
            found.push(word);
        }
    }
    found
}

/// The unknown words that may be written down, wherever they stand.
pub(super) fn unknown_places(analysis: &Analysis<'_>) -> impl Iterator<Item = (UnknownWord, Range<usize>)> {
    let document = &analysis.document;
    let is_open = move |sentence: &&Range<usize>| {
        let tokens = document.tokens.get((*sentence).clone()).unwrap_or_default();
        !tokens.iter().any(|token| token.is(&SECRECY))
    };
    let found = move |sentence: &Range<usize>| finds(analysis, sentence.clone(), &FxHashSet::default());
    document.sentences.iter().filter(is_open).flat_map(found).filter_map(
        move |Find { term, is_sure, tokens, .. }| {
            let span = document.span_of(tokens.clone());
            let is_word = is_sure && stands_alone(document.text, span.start, span.end) && !is_hardly_spoken(&term);
            is_word.then(|| (UnknownWord { key: Engine::unknown_key(&term), term }, tokens))
        },
    )
}

/// Whether white space or the marks of sentences stand around it. What is joined to signs is a piece of an address, an assignment
/// or a key.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.chars().next_back());
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (next, one_more) = (after.next(), after.next());
    let opens = |sign: char| sign.is_whitespace() || "([{\"'“‘«—–*".contains(sign);
    let closes = |sign: char| sign.is_whitespace() || ")]}\"'”’»—–*-!?…".contains(sign);
    // "kiln." ends a sentence, "kiln.x" is something else.
    let ends = |sign: char| ".,;:".contains(sign) && one_more.is_none_or(|sign| sign.is_whitespace() || closes(sign));
    before.is_none_or(opens) && next.is_none_or(|sign| closes(sign) || ends(sign))
}

/// Letters that nobody could read out: pieces of keys are like this.
fn is_hardly_spoken(term: &str) -> bool {
    let letters = term.chars().filter(|sign| sign.is_alphabetic()).count();
    if term.chars().count() > LONGEST {
        return true;
    }
    let longest_run = |is_in: &dyn Fn(char) -> bool| {
        let runs = term.split(|sign| !is_in(sign)).map(|run| run.chars().count());
        runs.max().unwrap_or_default()
    };
    let is_mixed = term.chars().any(char::is_lowercase);
    let signs: Vec<char> = term.chars().collect();
    let humps =
        signs.windows(2).filter(|two| matches!(two, [one, next] if one.is_lowercase() && next.is_uppercase())).count();
    let consonants = longest_run(&|sign| sign.is_alphabetic() && !"aeiouyAEIOUY".contains(sign));
    let capitals = longest_run(&char::is_uppercase);
    is_mixed && (humps > 2 && humps * 6 > letters || capitals > 5 || consonants > 4 && letters > 9)
}

#[cfg(test)]
mod tests {
    use super::{is_hardly_spoken, stands_alone};

    #[test]
    fn pieces_of_keys_are_hardly_spoken() {
        for (term, expected) in [
            ("zibbler", false),
            ("kubectl", false),
            ("postgresql", false),
            ("QBR", false),
            ("OrderHub", false),
            ("OrderHubServiceClient", false),
            ("ring-fence", false),
            ("checkout-service", false),
            ("wJalrXUtnFEMI", true),
            ("bPxRfiCYEXAMPLEKEY", true),
            ("qzxcvbnmwrtp", true),
            ("aVeryLongNameThatNobodySays", true),
        ] {
            assert_eq!(is_hardly_spoken(term), expected, "{term}");
        }
    }

    #[test]
    fn a_word_is_not_joined_to_signs() {
        for (text, expected) in [
            ("kiln", true),
            ("the kiln.", true),
            ("(kiln)", true),
            ("kiln: it is hot", true),
            ("\"kiln\",", true),
            ("kiln-based", true),
            ("x/kiln", false),
            ("kiln=1", false),
            ("kiln.x", false),
            ("user:kiln", false),
            ("kiln@there", false),
        ] {
            let start = text.find("kiln").unwrap();
            assert_eq!(stands_alone(text, start, start + 4), expected, "{text}");
        }
    }
}
