//! The words that content knows, numbered: each word of a message is looked up once, whoever asks for it afterwards.

use rustc_hash::FxHashMap;

use super::Token;

/// The number of a word.
pub(crate) type Key = u32;

/// The surface of a token and its base forms.
const FORMS: usize = 4;
const UNKNOWN: Key = Key::MAX;

/// The numbers of a token's spelling and base forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keys([Key; FORMS]);

impl Default for Keys {
    fn default() -> Self {
        Self([UNKNOWN; FORMS])
    }
}

impl Keys {
    /// Whether the token is spelt so.
    pub(crate) fn spell(self, word: Key) -> bool {
        self.0.first() == Some(&word)
    }

    /// Whether the token is spelt so or a form of it.
    pub(crate) fn hold(self, word: Key) -> bool {
        self.0.contains(&word)
    }

    /// The known ones, the spelling first.
    pub(crate) fn known(self) -> impl Iterator<Item = Key> {
        self.0.into_iter().filter(|key| *key != UNKNOWN)
    }
}

/// All words of terms, patterns and cues.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    keys: FxHashMap<Box<str>, Key>,
}

impl Vocabulary {
    /// The number of a word, which is known from now on.
    pub(crate) fn add(&mut self, word: &str) -> Key {
        if let Some(key) = self.keys.get(word) {
            return *key;
        }
        let key = Key::try_from(self.keys.len()).unwrap_or(UNKNOWN);
        self.keys.insert(word.into(), key);
        key
    }

    /// The number of a known word.
    pub(crate) fn key(&self, word: &str) -> Option<Key> {
        self.keys.get(word).copied()
    }

    /// How many words are known.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The numbers of a token.
    pub(super) fn of(&self, token: &Token) -> Keys {
        let mut keys = Keys::default();
        for (place, lemma) in keys.0.iter_mut().zip(token.lemmas()) {
            *place = self.key(lemma).unwrap_or(UNKNOWN);
        }
        keys
    }
}
