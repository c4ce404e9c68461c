//! Mining: which jargon people write that nobody has explained, counted over any number of messages in bounded memory.
//!
//! What is given out is a count and a few sentences in which only everyday words, terms of the glossary and the word itself
//! are left (`redact.rs`).

mod met;
mod quoted;
mod redact;
mod shape;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::render::Analysis;
use super::text::foreign_language;
use super::{Engine, ExplanationStatus, SourceText};
pub use met::{Met, UnknownWord};
pub use quoted::QuotedWord;
use redact::redacted;
use shape::{Find, finds};

/// So many different words are counted at once; beyond, the rarest are forgotten.
const MOST_WORDS: usize = 50_000;
/// Sentences that are kept of each word.
const MOST_CONTEXTS: usize = 3;

/// How an unknown word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordShape {
    /// `QBR`.
    Acronym,
    /// `OrderHub`, `snake_case`, `eu-west-1`.
    Name,
    /// `ring-fence`.
    Compound,
    /// `zibbler`.
    Word,
}

impl WordShape {
    /// The name in tables and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acronym => "acronym",
            Self::Name => "name",
            Self::Compound => "compound",
            Self::Word => "word",
        }
    }
}

/// A word that nobody has explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinedWord {
    /// As it is written, everyday capitals left out.
    pub term: String,
    /// How it is written.
    pub shape: WordShape,
    /// How often it was found.
    pub count: u32,
    /// In how many messages.
    pub messages: u32,
    /// Sentences in which it stands, without names, figures and everything else that says who or what it was about.
    pub contexts: Vec<String>,
}

#[derive(Debug, Clone)]
struct Tally {
    term: String,
    shape: WordShape,
    count: u32,
    messages: u32,
    /// Found where it is surely no name: not only with a capital at the beginning of a sentence.
    is_sure: bool,
    contexts: Vec<String>,
}

/// Messages that are being searched for unknown jargon.
#[derive(Debug)]
pub struct Mining<'e> {
    engine: &'e Engine,
    people: FxHashSet<String>,
    words: FxHashMap<String, Tally>,
    messages: u64,
    foreign: u64,
    missed: u32,
    capacity: usize,
}

impl<'e> Mining<'e> {
    /// Nothing has been searched yet.
    #[must_use]
    pub fn over(engine: &'e Engine) -> Self {
        Self {
            engine,
            people: FxHashSet::default(),
            words: FxHashMap::default(),
            messages: 0,
            foreign: 0,
            missed: 0,
            capacity: MOST_WORDS,
        }
    }

    /// The same with so many different words counted at once.
    #[must_use]
    pub fn counting(self, most: usize) -> Self {
        Self { capacity: most, ..self }
    }

    /// Remembers the name of a person, which is neither a word nor shown in a sentence.
    pub fn leave_out(&mut self, name: &str) {
        let parts = name.split(|sign: char| !sign.is_alphanumeric()).filter(|part| part.chars().nth(1).is_some());
        self.people.extend(parts.map(str::to_lowercase));
    }

    /// Searches one message.
    pub fn search(&mut self, message: &SourceText) {
        let analysis = Analysis::new(message.text(), &self.engine.glossary, &self.engine.compiled.patterns);
        if analysis.document.tokens.is_empty() {
            return;
        }
        self.messages += 1;
        if foreign_language(&analysis.document).is_some() {
            self.foreign += 1;
            return;
        }
        let mut seen: FxHashSet<String> = FxHashSet::default();
        for sentence in &analysis.document.sentences {
            for find in finds(&analysis, sentence.clone(), &self.people) {
                let is_first = seen.insert(find.key.clone());
                self.note(&analysis, find, is_first);
            }
        }
        if self.words.len() > self.capacity {
            self.forget_the_rarest();
        }
    }

    fn note(&mut self, analysis: &Analysis<'_>, find: Find, is_first_in_message: bool) {
        let Find { key, term, shape, is_sure, tokens } = find;
        let tally = self.words.entry(key).or_insert_with(|| Tally {
            term: term.clone(),
            shape,
            count: 0,
            messages: 0,
            is_sure: false,
            contexts: Vec::new(),
        });
        // Written small in one place, it is a word; a capital at the beginning of a sentence says nothing.
        if is_sure && !tally.is_sure {
            (tally.term, tally.shape, tally.is_sure) = (term, shape, true);
        }
        tally.count = tally.count.saturating_add(1);
        if !is_first_in_message {
            return;
        }
        tally.messages = tally.messages.saturating_add(1);
        // Most words are seen once, and nobody will read a sentence with them.
        if tally.messages > 1 && tally.contexts.len() < MOST_CONTEXTS {
            let context = redacted(analysis, tokens, &self.people);
            if !tally.contexts.contains(&context) {
                tally.contexts.push(context);
            }
        }
    }

    fn forget_the_rarest(&mut self) {
        let mut level = 0;
        while self.words.len() > self.capacity / 4 * 3 {
            level += 1;
            self.words.retain(|_, tally| tally.count > level);
        }
        self.missed = self.missed.saturating_add(level);
    }

    /// Messages that were searched, those in other languages among them.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// Messages in other languages, of whose words nothing is known.
    #[must_use]
    pub const fn foreign(&self) -> u64 {
        self.foreign
    }

    /// By how much a count may be too low, because more different words were found than can be counted.
    #[must_use]
    pub const fn missed(&self) -> u32 {
        self.missed
    }

    /// Unknown words that stand in at least so many messages, the most frequent first.
    #[must_use]
    pub fn words(&self, at_least: u32) -> Vec<MinedWord> {
        let mut all: BTreeMap<&str, Tally> = BTreeMap::new();
        for (key, tally) in &self.words {
            // "zibblers" counts as "zibbler" where that is written too. The last S of an acronym stands for a word of its own.
            let singular =
                key.strip_suffix('s').filter(|one| tally.shape != WordShape::Acronym && self.words.contains_key(*one));
            let key = singular.unwrap_or(key);
            match all.get_mut(key) {
                None => {
                    all.insert(key, tally.clone());
                }
                Some(one) => add(one, tally, singular.is_some()),
            }
        }
        let mut found: Vec<MinedWord> = all
            .into_values()
            .filter(|tally| tally.is_sure && tally.messages >= at_least && !self.is_explained(&tally.term))
            .map(|Tally { term, shape, count, messages, contexts, .. }| MinedWord {
                term,
                shape,
                count,
                messages,
                contexts,
            })
            .collect();
        found.sort_by(|one, other| {
            (other.count, other.messages).cmp(&(one.count, one.messages)).then_with(|| one.term.cmp(&other.term))
        });
        found
    }

    /// Whoever asks for it is answered, in whatever spelling.
    fn is_explained(&self, term: &str) -> bool {
        let answer = self.engine.explain(term, None, self.engine.default_audience());
        let letters =
            |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase();
        answer.status == ExplanationStatus::Defined && letters(&answer.asked) == letters(term)
    }
}

/// Adds the tally of a plural, or of the singular after the plural.
fn add(one: &mut Tally, other: &Tally, is_plural: bool) {
    // Which of both comes first is chance, so what is shown must not depend on it.
    let (base, plural) = if is_plural { (&*one, other) } else { (other, &*one) };
    let mut contexts = base.contexts.clone();
    contexts.extend(plural.contexts.iter().filter(|context| !base.contexts.contains(context)).cloned());
    contexts.truncate(MOST_CONTEXTS);
    *one = Tally {
        term: base.term.clone(),
        shape: base.shape,
        count: one.count.saturating_add(other.count),
        // A message with both counts twice; that is rare.
        messages: one.messages.saturating_add(other.messages),
        is_sure: one.is_sure || other.is_sure,
        contexts,
    };
}
