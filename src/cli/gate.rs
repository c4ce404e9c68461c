//! Commands that judge files and can stand as a gate in a build: every file is looked at, whatever happens to the others.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;

use super::{Outcome, complain};

/// What is said of a file, and whether it is less than was asked for.
pub(super) struct Judged {
    pub(super) text: String,
    pub(super) is_below: bool,
}

/// Judges each file. One that cannot be judged is named with the reason.
pub(super) fn run(files: &[PathBuf], judge: impl Fn(&Path) -> Result<Judged, String>) -> Outcome {
    let mut out = io::stdout().lock();
    let (mut is_broken, mut is_below) = (false, false);
    for file in files {
        match judge(file) {
            Ok(judged) => {
                is_below |= judged.is_below;
                out.write_all(judged.text.as_bytes())?;
            }
            Err(sentence) => {
                is_broken = true;
                complain(&sentence);
            }
        }
    }
    out.flush()?;
    Ok(match (is_broken, is_below) {
        (false, false) => ExitCode::SUCCESS,
        (false, true) => ExitCode::FAILURE,
        // A gate must not take a file that nobody looked at for a good one, or for a bad one.
        (true, _) => ExitCode::from(2),
    })
}

/// A judgement as one line of JSON.
pub(super) fn json_line(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map(|line| line + "\n").map_err(|error| error.to_string())
}
