//! The files of a Backstage catalogue in a folder: every `catalog-info.yaml` in it, as they lie beside the code that they describe.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::super::{Failure, input};

/// Folders of what others made, in which nothing of one's own is described.
const OF_OTHERS: [&str; 3] = ["node_modules", "target", "vendor"];

/// Names and texts, in the order of their names.
pub(super) fn files(folder: &Path) -> Result<Vec<(Option<String>, String)>, Failure> {
    let mut found = Vec::new();
    search(folder, &mut found).with_context(|| format!("{} cannot be searched", folder.display()))?;
    if found.is_empty() {
        return Err(Failure::Usage(format!("there is no catalog-info.yaml in {}", folder.display())));
    }
    found.sort();
    let named = |path: PathBuf| {
        let (_, text) = input::strictly(&path).map_err(Failure::Usage)?;
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        Ok((Some(name), text))
    };
    found.into_iter().map(named).collect()
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        // A link may lead back to where the search came from, so none is followed.
        let kind = entry.file_type()?;
        if kind.is_dir() && !name.starts_with('.') && !OF_OTHERS.contains(&name.as_str()) {
            search(&entry.path(), found)?;
        } else if kind.is_file() && matches!(name.as_str(), "catalog-info.yaml" | "catalog-info.yml") {
            found.push(entry.path());
        }
    }
    Ok(())
}
