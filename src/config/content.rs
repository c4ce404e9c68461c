//! Folders with an organisation's own glossary and prompts, laid over what the binary ships with.

use std::path::PathBuf;

use super::{Problem, Source};

/// Folders laid over the shipped content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentSettings {
    /// `UPSHOT_GLOSSARY_DIR`.
    pub glossary_dir: Option<PathBuf>,
    /// `UPSHOT_PROMPTS_DIR`.
    pub prompts_dir: Option<PathBuf>,
}

impl ContentSettings {
    /// Whether there is anything beside what ships.
    #[must_use]
    pub const fn has_folders(&self) -> bool {
        self.glossary_dir.is_some() || self.prompts_dir.is_some()
    }

    pub(super) fn from_source(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let mut folder = |name: &str| {
            let path = PathBuf::from(source.get(name)?);
            if !path.is_dir() {
                problems.push(Problem::new(format!(
                    "{name} names {}, which is not a folder: create it or correct the path.",
                    path.display()
                )));
            }
            Some(path)
        };
        Self { glossary_dir: folder("UPSHOT_GLOSSARY_DIR"), prompts_dir: folder("UPSHOT_PROMPTS_DIR") }
    }
}
