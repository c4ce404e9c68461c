//! What the lexicon knows about one word: its readings and how to reach its lemmas.

use std::borrow::Cow;

use super::Flags;

/// How to get from a form to its lemma: drop bytes at the end, then append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edit {
    /// Number of bytes dropped from the end of the form.
    pub(super) strip: u8,
    /// Text appended afterwards.
    pub(super) append: &'static str,
}

impl Edit {
    pub(super) const KEEP: Edit = Edit { strip: 0, append: "" };

    /// Applies the edit. A word too short for it, or one that would be cut inside a character, stays as it is.
    fn apply<'w>(&self, word: &'w str) -> Cow<'w, str> {
        let kept = word.len().checked_sub(usize::from(self.strip)).and_then(|end| word.get(..end));
        match kept {
            None => Cow::Borrowed(word),
            Some(stem) if self.append.is_empty() => Cow::Borrowed(stem),
            Some(stem) => Cow::Owned([stem, self.append].concat()),
        }
    }
}

/// The readings of one word. Lemmas are edits relative to the word, so the word is given again to read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Every reading the word can have.
    pub flags: Flags,
    pub(super) noun: Edit,
    pub(super) verb: Edit,
    pub(super) adjective: Edit,
}

impl Entry {
    pub(super) const fn uninflected(flags: Flags) -> Entry {
        Entry { flags, noun: Edit::KEEP, verb: Edit::KEEP, adjective: Edit::KEEP }
    }

    /// The singular of the noun reading; the word itself if it has none.
    pub fn noun_lemma<'w>(&self, word: &'w str) -> Cow<'w, str> {
        self.noun.apply(word)
    }

    /// The base form of the verb reading; the word itself if it has none.
    pub fn verb_lemma<'w>(&self, word: &'w str) -> Cow<'w, str> {
        self.verb.apply(word)
    }

    /// The positive of a comparative or superlative; the word itself otherwise.
    pub fn adjective_lemma<'w>(&self, word: &'w str) -> Cow<'w, str> {
        self.adjective.apply(word)
    }

    /// Whether the word has this reading, or all of these readings.
    pub fn is(&self, flags: Flags) -> bool {
        self.flags.contains(flags)
    }

    /// Whether the word has at least one of these readings.
    pub fn is_any(&self, flags: Flags) -> bool {
        self.flags.intersects(flags)
    }

    /// Whether the word can be a noun, in any number.
    pub fn can_be_noun(&self) -> bool {
        self.is_any(Flags::NOUN)
    }

    /// Whether the word can be a full verb, in any form.
    pub fn can_be_verb(&self) -> bool {
        self.is_any(Flags::VERB)
    }

    /// Whether the word can be a noun and a verb.
    pub fn is_noun_or_verb(&self) -> bool {
        self.can_be_noun() && self.can_be_verb()
    }

    /// Whether every reader can be expected to know the word.
    pub fn is_plain(&self) -> bool {
        self.is(Flags::PLAIN)
    }

    /// Whether the entry was derived by rule instead of read from the table.
    pub fn is_guess(&self) -> bool {
        self.is(Flags::GUESSED)
    }
}
