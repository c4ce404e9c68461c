//! What is counted for those who look after the glossary.

use super::{Problem, Source};

/// What is counted for those who look after the glossary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlossarySettings {
    /// `UPSHOT_COUNT_UNKNOWN_WORDS`: jargon that people meet and nobody has explained is counted.
    pub counts_unknown_words: bool,
}

impl GlossarySettings {
    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        Self { counts_unknown_words: source.switch("UPSHOT_COUNT_UNKNOWN_WORDS", true, problems) }
    }
}
