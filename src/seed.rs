//! The content that ships inside the binary: glossary packs, phrase patterns, audiences, templates, reading cues.

use crate::engine::{Content, ContentFile};

include!(concat!(env!("OUT_DIR"), "/seed_files.rs"));

/// A shipped file of prompts as it was written, comments included.
#[must_use]
pub fn prompt_source(path: &str) -> Option<&'static str> {
    PROMPT_SOURCES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The shipped content, in a stable order.
#[must_use]
pub fn content() -> Content {
    Content { files: SEED_FILES.iter().map(|(path, text)| ContentFile::embedded(path, text)).collect() }
}
