//! A content file of somebody's own: mistakes are named with their file and line, and what compiles can be used.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use upshot::{
    engine::{Content, ContentFile, Engine, SourceText},
    seed,
};

/// The first byte chooses what the rest is.
const PLACES: [&str; 5] = [
    "glossary/own.yaml",
    "glossary/phrases/own.yaml",
    "prompts/audiences/own.yaml",
    "prompts/templates/generic.j2",
    "prompts/reading.yaml",
];

/// What an engine cannot be without. The shipped glossary is left out: compiling it for each input takes too long.
static NEEDED: LazyLock<Vec<ContentFile>> =
    LazyLock::new(|| seed::content().files.into_iter().filter(|file| file.path.starts_with("prompts/")).collect());

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = data.split_first() else { return };
    let path = PLACES[usize::from(*choice) % PLACES.len()];
    let text = String::from_utf8_lossy(text);
    let mut files = NEEDED.clone();
    files.push(ContentFile::own(path, &text));
    match Engine::build(&Content { files }) {
        Ok(engine) => {
            let _ = engine.lint();
            let _ = engine.failed_examples();
            for message in [&*text, "The deploy was rolled back at 14:05 because p95 went from 220ms to 3.4s."] {
                let _ = engine.rewrite(&SourceText::new(message), engine.default_audience());
                let _ = engine.explain("deploy", Some(&SourceText::new(message)), engine.default_audience());
            }
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a reason");
            for mistake in mistakes {
                assert!(!mistake.message.trim().is_empty() && !mistake.path.is_empty(), "{mistake:?}");
                // Only the file on trial can be wrong, though a shipped one may be what it does not fit.
                let lines = text.lines().count() + 1;
                assert!(mistake.path != path || mistake.line <= lines, "{mistake:?} in a file of {lines} lines");
            }
        }
    }
});
