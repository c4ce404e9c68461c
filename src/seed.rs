//! The content that ships inside the binary: glossary packs, phrase patterns, audiences, templates, reading cues.

use crate::engine::{Content, ContentFile};

include!(concat!(env!("OUT_DIR"), "/seed_files.rs"));

/// The shipped content, in a stable order.
#[must_use]
pub fn content() -> Content {
    Content { files: SEED_FILES.iter().map(|(path, text)| ContentFile::embedded(path, text)).collect() }
}
