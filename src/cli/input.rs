//! Reading what a command works on.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    path::Path,
};

use anyhow::Context;

/// Reads standard input to its end.
pub(super) fn standard_input() -> io::Result<String> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        writeln!(io::stderr(), "Type or paste the text and end it with Ctrl-D.")?;
    }
    let mut bytes = Vec::new();
    stdin.lock().read_to_end(&mut bytes)?;
    // A stray byte of another encoding is no reason to refuse a message.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file, or standard input when its name is `-`.
pub(super) fn file(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        return Ok(standard_input()?);
    }
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file, or standard input when its name is `-`, and gives the name by which it is spoken of. Wrong bytes are told,
/// not replaced: offsets would not be those of the file any more, and words not those that somebody wrote.
pub(super) fn strictly(file: &Path) -> Result<(String, String), String> {
    let is_input = file == Path::new("-");
    let name = if is_input { "standard input".to_owned() } else { file.display().to_string() };
    let bytes = if is_input {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else if file.is_dir() {
        return Err(format!("{name} is a folder: name the files in it, for example with *.md."));
    } else {
        fs::read(file)
    };
    let bytes = bytes.map_err(|error| format!("{name} cannot be read: {error}"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let place = error.utf8_error().valid_up_to();
            Err(format!("{name} is not UTF-8 from byte {place} on: save it as UTF-8."))
        }
    }
}
