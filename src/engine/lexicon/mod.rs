//! The English word table: readings and lemmas of some 80,000 forms, and inflection in both directions.
//!
//! Start with [`Lexicon::embedded`] and [`Lexicon::lookup`]; [`Lexicon::guess`] covers words that are not in the table.
//! [`inflect`] makes forms. Everything here is pure: the table is part of the program, and equal input gives equal output.
//!
//! `data/lexicon.tsv` is the readable source, `data/lexicon.fst` what `compile` makes of it (a test compares the two).
//! Words are lower case with a straight apostrophe; callers normalise.

mod article;
mod compile;
mod entry;
mod everyday;
mod flags;
mod guess;
pub mod inflect;
mod irregular;
mod misspellings;

#[cfg(test)]
mod inflect_tests;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use compile::{LexiconError, compile};
pub use entry::Entry;
pub(crate) use everyday::{is_general, is_prefix};
pub use flags::Flags;
pub(crate) use misspellings::{near_spelling, right_spelling};

use entry::Edit;

static EMBEDDED: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::from_bytes(include_bytes!("data/lexicon.fst")).expect("a test compares the embedded table with its source")
});

/// Whether everybody knows a lower-case word.
pub(crate) fn is_plain(lower: &str) -> bool {
    Lexicon::embedded().lookup(lower).is_some_and(|entry| entry.is_plain())
}

/// A compiled word table.
pub struct Lexicon {
    words: fst::Map<&'static [u8]>,
    entries: Vec<Entry>,
}

impl Lexicon {
    /// The table that is part of the program. Opened at the first call.
    pub fn embedded() -> &'static Lexicon {
        &EMBEDDED
    }

    /// Opens a table made by [`compile`].
    ///
    /// # Errors
    ///
    /// [`LexiconError::Damaged`] if the bytes are no such table.
    pub fn from_bytes(bytes: &'static [u8]) -> Result<Lexicon, LexiconError> {
        let (entries, words) = compile::decode(bytes)?;
        Ok(Lexicon { words, entries })
    }

    /// What the table knows about a lower-case word.
    pub fn lookup(&self, lower_case_word: &str) -> Option<Entry> {
        let index = self.words.get(lower_case_word)?;
        self.entries.get(usize::try_from(index).ok()?).copied()
    }

    /// What the shape of a lower-case word suggests, for words that are not in the table.
    ///
    /// Guesses carry [`Flags::GUESSED`]. `None` means that the shape says nothing.
    pub fn guess(&self, lower_case_word: &str) -> Option<Entry> {
        guess::guess(self, lower_case_word)
    }

    /// The table's answer, or a guess.
    pub fn lookup_or_guess(&self, lower_case_word: &str) -> Option<Entry> {
        self.lookup(lower_case_word).or_else(|| self.guess(lower_case_word))
    }

    /// Number of words in the table.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the table holds no word.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `form` is in the table with this reading and this lemma.
    fn attests(&self, form: &str, reading: Flags, lemma: &str) -> bool {
        self.lookup(form).is_some_and(|entry| {
            let found = if reading.intersects(Flags::NOUN) { entry.noun_lemma(form) } else { entry.verb_lemma(form) };
            entry.is(reading) && found == lemma
        })
    }
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("words", &self.len()).finish_non_exhaustive()
    }
}
