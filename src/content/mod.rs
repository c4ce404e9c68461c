//! Content as it is used: what ships inside the binary, with an organisation's own folders laid over it.

mod watch;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

pub use watch::{Look, Watch};

use crate::{
    config::ContentSettings,
    engine::{Content, ContentError, ContentFile, Engine},
    seed,
};

/// The content cannot be used.
#[derive(Debug)]
pub enum LoadError {
    /// A file or folder cannot be read.
    Unreadable(PathBuf, io::Error),
    /// Files have mistakes in them.
    Mistakes(Vec<ContentError>),
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => {
                write!(formatter, "{} cannot be read ({error}): correct its permissions.", path.display())
            }
            Self::Mistakes(mistakes) => {
                for (number, mistake) in mistakes.iter().enumerate() {
                    if number > 0 {
                        formatter.write_str("\n")?;
                    }
                    write!(formatter, "{mistake}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// Reads and compiles the content.
///
/// # Errors
/// A file cannot be read or has mistakes in it.
pub fn load(settings: &ContentSettings) -> Result<Engine, LoadError> {
    Engine::build(&files(settings)?).map_err(LoadError::Mistakes)
}

/// The same with one more file of a glossary; it holds phrases when its folder is named so.
///
/// # Errors
/// A file cannot be read or has mistakes in it.
pub fn load_with(settings: &ContentSettings, file: &Path) -> Result<Engine, LoadError> {
    let mut content = files(settings)?;
    let text = fs::read_to_string(file).map_err(|error| LoadError::Unreadable(file.to_path_buf(), error))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let holds_phrases = file.parent().and_then(Path::file_name).is_some_and(|folder| folder == "phrases");
    let root = if holds_phrases { "glossary/phrases" } else { "glossary" };
    // A file of the folder is there already, and would only stand in its own way.
    let beside = settings.glossary_dir.as_ref().and_then(|folder| {
        let (folder, file) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
        Some(format!("glossary/{}", file.strip_prefix(folder).ok()?.display()))
    });
    if !content.files.iter().any(|known| known.own && Some(&known.path) == beside.as_ref()) {
        content.files.push(ContentFile::own(&format!("{root}/{name}"), &text));
    }
    Engine::build(&content.without_retired()).map_err(LoadError::Mistakes)
}

/// Reads the content without compiling it.
///
/// # Errors
/// A file cannot be read.
pub fn files(settings: &ContentSettings) -> Result<Content, LoadError> {
    let mut content = seed::content();
    for (folder, root) in [(&settings.glossary_dir, "glossary"), (&settings.prompts_dir, "prompts")] {
        if let Some(folder) = folder {
            lay_over(&mut content, folder, root)?;
        }
    }
    Ok(content.without_retired())
}

/// `.git` and what editors leave beside a file that is open are not content.
fn is_hidden(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

fn is_content(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "j2")
}

fn lay_over(content: &mut Content, folder: &Path, root: &str) -> Result<(), LoadError> {
    let unreadable = |path: &Path| {
        let path = path.to_path_buf();
        move |error| LoadError::Unreadable(path, error)
    };
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(unreadable(folder))?.collect();
    let mut entries = entries.map_err(unreadable(folder))?;
    // The order decides which of two entries with the same id counts, so it must not depend on the file system.
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = format!("{root}/{}", entry.file_name().to_string_lossy());
        if is_hidden(&entry) {
            continue;
        }
        if path.is_dir() {
            lay_over(content, &path, &name)?;
        } else if is_content(&path) {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            content.files.push(ContentFile::own(&name, &text));
        }
    }
    Ok(())
}
