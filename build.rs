//! Embeds the shipped content: every file under `glossary/` and `prompts/`, without naming each one by hand.
//!
//! YAML files are embedded as JSON, which is YAML too and is read ten times faster at start. Those of `prompts/` are embedded as they
//! were written as well, because people change them beginning with what ships.

use std::{env, fs, io, path::Path};

fn collect(dir: &Path, found: &mut Vec<String>) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "j2") {
            found.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "cargo hands a build script its folders in the environment")]
fn main() -> io::Result<()> {
    let mut found = Vec::new();
    for root in ["glossary", "prompts"] {
        println!("cargo::rerun-if-changed={root}");
        collect(Path::new(root), &mut found)?;
    }
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let (mut rows, mut sources) = (String::new(), String::new());
    for (number, path) in found.iter().enumerate() {
        let mut embedded = format!("{manifest}/{path}");
        if path.starts_with("prompts/") {
            sources.push_str(&format!("    ({path:?}, include_str!({embedded:?})),\n"));
        }
        if path.ends_with(".yaml") {
            let text = fs::read_to_string(path)?;
            let value: serde_json::Value =
                serde_saphyr::from_str(&text).map_err(|error| io::Error::other(format!("{path}: {error}")))?;
            embedded = format!("{out}/seed_{number}.json");
            fs::write(&embedded, value.to_string())?;
        }
        rows.push_str(&format!("    ({path:?}, include_str!({embedded:?})),\n"));
    }
    let rows = format!("const SEED_FILES: &[(&str, &str)] = &[\n{rows}];\n");
    let sources = format!("const PROMPT_SOURCES: &[(&str, &str)] = &[\n{sources}];\n");
    fs::write(Path::new(&out).join("seed_files.rs"), rows + &sources)
}
