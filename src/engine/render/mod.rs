//! From an analysed message to text: the plain version, the upshot, explanations.

mod agreement;
mod articles;
mod bare;
mod code;
mod figures;
mod fit;
mod fronted;
mod gloss;
mod halves;
mod headline;
mod inflected;
mod ledger;
mod open;
mod openers;
mod pieces;
mod plain;
mod repair;
mod repetition;
mod seams;
mod select;
mod sentences;
mod shorten;
mod slips;
mod sums;
mod templates;
mod upshot;
mod verbs;
mod voice;
mod weight;

pub(crate) use bare::without_emphasis;
pub(crate) use ledger::fact_rows;
pub(crate) use pieces::Pieces;
pub(crate) use plain::{PlainText, Realiser};
pub(crate) use select::{Analysis, Choice, ChoiceKind};
pub(crate) use templates::Templates;
pub(crate) use upshot::{bare_upshot, compose};
