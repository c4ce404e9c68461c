//! What an answer can be given again from, small enough to hang on a control.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Depth, ExplanationReply, told};
use crate::{engine::ExplanationStatus, ids::PendingId};

const ENTRIES: &str = "entries:";

/// What an answer was made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum About {
    /// A text that was kept.
    Text(PendingId),
    /// Entries of the glossary. Whoever knows their ids can read them, so nothing is kept.
    Entries {
        /// Their ids, with commas between them.
        ids: String,
        /// How much of them is told.
        depth: Depth,
    },
}

impl From<String> for About {
    fn from(text: String) -> Self {
        let entries = text.strip_prefix(ENTRIES).and_then(|rest| rest.split_once(':'));
        match entries.and_then(|(depth, ids)| Some((Depth::named(depth)?, ids))) {
            Some((depth, ids)) => Self::Entries { ids: ids.to_owned(), depth },
            None => Self::Text(PendingId::new(text)),
        }
    }
}

impl From<About> for String {
    fn from(about: About) -> Self {
        about.to_string()
    }
}

impl fmt::Display for About {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(pending) => write!(formatter, "{pending}"),
            Self::Entries { ids, depth } => write!(formatter, "{ENTRIES}{}:{ids}", depth.name()),
        }
    }
}

impl ExplanationReply {
    /// The entry that it tells, when it tells exactly one. A phrase is none, and belongs to no subject field.
    #[must_use]
    pub fn one_entry(&self) -> Option<&str> {
        let found = &self.explanation;
        let is_one = found.is_of_entry() && found.also.is_empty() && found.other_senses.is_empty();
        is_one.then_some(found.concept.as_str())
    }

    /// What the explanation is told again from; `None` where it holds more than entries do.
    #[must_use]
    pub fn about(&self) -> Option<About> {
        let found = &self.explanation;
        let ids = told::entries(found);
        let is_whole = ids.split(',').filter(|id| !id.is_empty()).count() == 1 + found.also.len();
        let is_of_entries = found.status == ExplanationStatus::Defined && !found.is_message && is_whole;
        is_of_entries.then_some(About::Entries { ids, depth: self.depth })
    }
}

#[cfg(test)]
mod tests {
    use super::About;
    use crate::{app::Depth, ids::PendingId};

    #[test]
    fn what_an_answer_is_about_reads_as_itself_again() {
        for (about, text) in [
            (About::Text(PendingId::new("0a1b")), "0a1b"),
            (About::Entries { ids: "p95,rollback".to_owned(), depth: Depth::Line }, "entries:line:p95,rollback"),
        ] {
            assert_eq!(about.to_string(), text);
            assert_eq!(About::from(text.to_owned()), about);
            // What an earlier version wrote down was the id of a text alone.
            assert_eq!(serde_json::to_string(&about).unwrap(), format!("{text:?}"));
        }
        assert_eq!(About::from("entries:much:p95".to_owned()), About::Text(PendingId::new("entries:much:p95")));
    }
}
