//! The grammatical readings a word can have, as a small bit set.

use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign};

/// A set of readings. A word carries every reading it can have; choosing one is the tagger's work.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u32);

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $text:literal;)*) => {
        impl Flags {
            $($(#[$doc])* pub const $name: Flags = Flags(1 << $bit);)*
        }

        /// Every flag with the short name that stands for it in `lexicon.tsv`, in column order.
        pub(super) const NAMES: &[(&str, Flags)] = &[$(($text, Flags::$name)),*];
    };
}

flags! {
    /// A noun in the singular, mass nouns included.
    NOUN_SINGULAR = 0, "noun.s";
    /// A noun in the plural.
    NOUN_PLURAL = 1, "noun.p";
    /// A noun that takes neither "a" nor a plural: traffic, downtime.
    NOUN_MASS = 2, "mass";
    /// A verb's base form: deploy.
    VERB_BASE = 3, "base";
    /// Third person singular: deploys.
    VERB_3SG = 4, "3s";
    /// Simple past: deployed, ran.
    VERB_PAST = 5, "past";
    /// Past participle: deployed, run.
    VERB_PAST_PARTICIPLE = 6, "pp";
    /// Present participle or gerund: deploying.
    VERB_ING = 7, "ing";
    /// An adjective in its base form.
    ADJ = 8, "adj";
    /// A comparative, of an adjective or an adverb: faster.
    ADJ_COMPARATIVE = 9, "cmp";
    /// A superlative, of an adjective or an adverb: fastest.
    ADJ_SUPERLATIVE = 10, "sup";
    /// An adverb.
    ADV = 11, "adv";
    /// A pronoun.
    PRONOUN = 12, "pron";
    /// A determiner, possessives included: the, our, each.
    DETERMINER = 13, "det";
    /// A preposition.
    PREPOSITION = 14, "prep";
    /// A conjunction.
    CONJUNCTION = 15, "conj";
    /// A form of be, have or do, also contracted.
    AUXILIARY = 16, "aux";
    /// A modal: can, will, must.
    MODAL = 17, "modal";
    /// A particle of multi-word verbs, and "to" and "not": roll back, time out.
    PARTICLE = 18, "part";
    /// A word that negates: not, never, can't, nobody.
    NEGATION = 19, "neg";
    /// A question or relative word: who, which, when.
    WH = 20, "wh";
    /// A number written as a word.
    NUMERAL = 21, "num";
    /// An everyday word (SCOWL level 35 or lower).
    PLAIN = 22, "plain";
    /// Noun and verb, and the noun is the more usual reading.
    NOUN_FIRST = 23, "n1";
    /// Noun and verb, and the verb is the more usual reading.
    VERB_FIRST = 24, "v1";
    /// The entry was derived by rule, it is not in the table.
    GUESSED = 25, "guessed";
    /// A word of general English (SCOWL level 60 or lower), or one that everybody has learned since those lists were made.
    COMMON = 26, "common";
}

impl Flags {
    /// The empty set.
    pub const NONE: Flags = Flags(0);
    /// Every noun form.
    pub const NOUN: Flags = Flags(Self::NOUN_SINGULAR.0 | Self::NOUN_PLURAL.0);
    /// Every verb form, auxiliaries and modals not included.
    pub const VERB: Flags = Flags(
        Self::VERB_BASE.0 | Self::VERB_3SG.0 | Self::VERB_PAST.0 | Self::VERB_PAST_PARTICIPLE.0 | Self::VERB_ING.0,
    );
    /// Every closed word class.
    pub const CLOSED_CLASS: Flags = Flags(
        Self::PRONOUN.0
            | Self::DETERMINER.0
            | Self::PREPOSITION.0
            | Self::CONJUNCTION.0
            | Self::AUXILIARY.0
            | Self::MODAL.0
            | Self::PARTICLE.0
            | Self::NEGATION.0
            | Self::WH.0
            | Self::NUMERAL.0,
    );

    /// The set as bits, for storage.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set with these bits. Unknown bits are kept and mean nothing.
    pub const fn from_bits(bits: u32) -> Flags {
        Flags(bits)
    }

    /// Whether every flag of `other` is in this set.
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether at least one flag of `other` is in this set.
    pub const fn intersects(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// This set without the flags of `other`.
    #[must_use]
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// Whether no flag is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        self.0 |= other.0;
    }
}

impl BitAnd for Flags {
    type Output = Flags;

    fn bitand(self, other: Flags) -> Flags {
        Flags(self.0 & other.0)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flags(")?;
        let mut separator = "";
        for (name, flag) in NAMES {
            if self.contains(*flag) {
                write!(f, "{separator}{name}")?;
                separator = " ";
            }
        }
        f.write_str(")")
    }
}
