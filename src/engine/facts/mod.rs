//! Facts: what a rewrite may never lose, change or invent.
//!
//! Facts are cut out of a message before any grammar looks at it, kept word for word (or in an equal spelling), and
//! compared by a normalised key afterwards.

mod arithmetic;
mod calendar;
mod extract;
mod normalise;
mod spelling;

use super::source::ByteSpan;

pub(crate) use arithmetic::{Derived, compare_quantities, left_over, yearly};
pub(crate) use calendar::{MONTHS, WEEKDAYS, ZONES};
pub(crate) use extract::{extract, holds_no_fact};
pub(crate) use spelling::{plain_spelling, same_unit_spelling};

/// What sort of fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FactKind {
    Code,
    Link,
    Email,
    Mention,
    Emoji,
    Id,
    Date,
    Time,
    Money,
    Percent,
    Percentile,
    Duration,
    Size,
    Rate,
    Ratio,
    Address,
    Version,
    Path,
    Host,
    Identifier,
    Number,
}

impl FactKind {
    /// The name used in the ledger.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Link => "link",
            Self::Email => "email",
            Self::Mention => "mention",
            Self::Emoji => "emoji",
            Self::Id => "id",
            Self::Date => "date",
            Self::Time => "time",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Percentile => "percentile",
            Self::Duration => "duration",
            Self::Size => "size",
            Self::Rate => "rate",
            Self::Ratio => "ratio",
            Self::Address => "address",
            Self::Version => "version",
            Self::Path => "path",
            Self::Host => "host",
            Self::Identifier => "name",
            Self::Number => "number",
        }
    }

    /// Whether the fact names a thing (and so can be the subject or object of a sentence).
    pub(crate) const fn is_name(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Link
                | Self::Email
                | Self::Mention
                | Self::Id
                | Self::Address
                | Self::Version
                | Self::Path
                | Self::Host
                | Self::Identifier
        )
    }

    /// Whether the fact is an amount.
    pub(crate) const fn is_quantity(self) -> bool {
        matches!(
            self,
            Self::Money | Self::Percent | Self::Duration | Self::Size | Self::Rate | Self::Ratio | Self::Number
        )
    }

    /// Whether the fact places something in time.
    pub(crate) const fn is_when(self) -> bool {
        matches!(self, Self::Date | Self::Time)
    }
}

/// A fact found in a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) kind: FactKind,
    pub(crate) span: ByteSpan,
    /// Equal facts have equal keys, however they are spelt.
    pub(crate) key: String,
    /// The amount in the kind's base unit (milliseconds, bytes, one, percent), when it is a single amount.
    pub(crate) amount: Option<f64>,
    /// Whether the author marked it as approximate or as a bound (`~`, `<`, `≥`).
    pub(crate) mark: Option<Mark>,
}

/// A sign in front of an amount that limits how it may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    About,
    Below,
    Above,
    AtMost,
    AtLeast,
    PlusMinus,
}

impl Mark {
    /// The words that say the same.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Below => "less than",
            Self::Above => "more than",
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::PlusMinus => "plus or minus",
        }
    }
}
