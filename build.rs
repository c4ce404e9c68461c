//! Lists the shipped content files so that they are embedded without naming each one by hand.

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
    let rows: String = found
        .iter()
        .map(|path| format!("    ({path:?}, include_str!({:?})),\n", format!("{manifest}/{path}")))
        .collect();
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("seed_files.rs"), format!("const SEED_FILES: &[(&str, &str)] = &[\n{rows}];\n"))
}
