//! `upshot glossary export --git`: writes entries into a folder and removes what was written there before and is gone.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;

use super::super::Outcome;
use crate::app::curation::{GIT_FOLDER, GIT_MARK, GitFiles};

/// Writes everything or, where something is in the way, nothing.
pub(super) fn write(folder: &Path, given: &GitFiles) -> Outcome {
    let mut in_the_way = given.in_the_way.clone();
    for name in given.files.keys() {
        if is_ours(&folder.join(name))? == Some(false) {
            in_the_way.push(format!("{name} was written by somebody: rename it or move it elsewhere."));
        }
    }
    let mut err = io::stderr().lock();
    if !in_the_way.is_empty() {
        in_the_way.iter().try_for_each(|sentence| writeln!(err, "{sentence}"))?;
        writeln!(err, "Nothing was written.")?;
        return Ok(ExitCode::FAILURE);
    }
    let mut changed = 0;
    for (name, text) in &given.files {
        changed += usize::from(replace(&folder.join(name), text)?);
    }
    let removed = remove_the_rest(folder, &given.files.keys().map(|name| folder.join(name)).collect())?;
    for entry in &given.replaced {
        writeln!(err, "{entry} is replaced by the written one: remove it there.")?;
    }
    let unchanged = given.files.len() - changed;
    writeln!(io::stdout(), "{changed} written, {unchanged} unchanged, {removed} removed.")?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a file was written by this command; nothing when there is none.
fn is_ours(path: &Path) -> anyhow::Result<Option<bool>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes.starts_with(GIT_MARK.as_bytes()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Says this in a file; `false` when it does already. Who reads it meanwhile finds the earlier text or this one.
fn replace(path: &Path, text: &str) -> anyhow::Result<bool> {
    if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(false);
    }
    let parent = path.parent().unwrap_or(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = parent.join(format!(".{name}.new"));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(&fresh, text))
        .and_then(|()| fs::rename(&fresh, path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(true)
}

/// Removes what this command wrote earlier and would not write now, and folders in which nothing is left.
fn remove_the_rest(folder: &Path, kept: &BTreeSet<PathBuf>) -> anyhow::Result<usize> {
    let mut removed = 0;
    let mut open = vec![folder.join(GIT_FOLDER)];
    let mut folders = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("{} cannot be read", folder.display()))?,
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            // A link leads out of what is ours.
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else if !kept.contains(&path) && is_ours(&path)? == Some(true) {
                fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
                removed += 1;
            }
        }
        folders.push(folder);
    }
    // The innermost first; one in which somebody's file is left stays.
    for folder in folders.iter().rev().filter(|folder| fs::read_dir(folder).is_ok_and(|mut rest| rest.next().is_none()))
    {
        fs::remove_dir(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(removed)
}
