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
