//! What we depend on: licences, sources, crates that must not come in, and what the pure engine may use.
//!
//! Asks `cargo metadata` and `cargo tree`, so it needs no further tool. Known vulnerabilities are not looked up here:
//! a test must give the same answer tomorrow.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

/// Licences that ask for no more than a notice. One of them must be enough for each crate.
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, with the reason.
const UNWANTED: &[(&str, &str)] = &[
    ("async-trait", "enums do what our few abstractions need"),
    ("aws-lc-rs", "ring builds in seconds, this in minutes"),
    ("chrono", "the engine has no clock, and the server only counts seconds"),
    ("harper-core", "the engine has its own small language core; see ARCHITECTURE.md"),
    ("lazy_static", "the standard library has LazyLock"),
    ("native-tls", "one TLS library, rustls, on every system"),
    ("once_cell", "the standard library has OnceLock"),
    ("openssl", "one TLS library, rustls, on every system"),
    ("openssl-sys", "one TLS library, rustls, on every system"),
];

/// Unwanted crates that others still bring along. Nothing of ours may name them.
const BROUGHT_BY_OTHERS: &[&str] = &["lazy_static", "once_cell"];

/// What the engine may be built on, directly or through these.
const ENGINE: &[&str] =
    &["fst", "minijinja", "regex-automata", "rustc-hash", "serde", "serde-saphyr", "strsim", "upshot", "whatlang"];

/// Crates by which one would notice that the engine has learnt to reach outside.
const OUTSIDE: &[&str] = &[
    "anyhow",
    "axum",
    "clap",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "rustls",
    "socket2",
    "sqlx",
    "tokio",
    "tracing",
    "ureq",
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--locked"]);
    let mut metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let packages = metadata["packages"].take();
    packages.as_array().expect("packages are a list").clone()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// Whether an SPDX expression can be met by allowed licences alone: `AND` needs both sides, `OR` one.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.trim();
    // The old spelling of "or".
    let expression = expression.replace('/', " OR ");
    for (word, needs_all) in [(" OR ", false), (" AND ", true)] {
        let parts = split_outside_brackets(&expression, word);
        if parts.len() > 1 {
            return if needs_all {
                parts.iter().all(|part| is_allowed(part))
            } else {
                parts.iter().any(|part| is_allowed(part))
            };
        }
    }
    let expression = expression.trim();
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner),
        None => LICENCES.contains(&expression),
    }
}

fn split_outside_brackets<'a>(expression: &'a str, word: &str) -> Vec<&'a str> {
    let depth_at = |at: usize| {
        let before = &expression.as_bytes()[..at];
        before.iter().filter(|byte| **byte == b'(').count() - before.iter().filter(|byte| **byte == b')').count()
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, found) in expression.match_indices(word) {
        if depth_at(at) == 0 {
            parts.push(expression.get(start..at).unwrap_or_default());
            start = at + found.len();
        }
    }
    parts.push(expression.get(start..).unwrap_or_default());
    parts
}

#[test]
fn licence_expressions_are_understood() {
    for (expression, expected) in [
        ("MIT", true),
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR GPL-3.0) AND (GPL-2.0 OR AGPL-3.0)", false),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression), expected, "{expression:?}");
    }
}

#[test]
fn every_licence_is_allowed() {
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| !is_allowed(text(package, "license")))
        .map(|package| format!("{} {}: {:?}", text(package, "name"), text(package, "version"), package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences that are not on the list:\n{}", refused.join("\n"));
}

#[test]
fn every_crate_comes_from_the_registry() {
    for package in packages() {
        let name = text(&package, "name");
        let is_registry = package["source"].as_str().is_some_and(|source| source.starts_with("registry+"));
        assert!(is_registry || name == "upshot", "{name} comes from {}", package["source"]);
    }
}

#[test]
fn unwanted_crates_stay_out() {
    let packages = packages();
    for (unwanted, reason) in UNWANTED {
        let is_there = packages.iter().any(|package| text(package, "name") == *unwanted);
        if BROUGHT_BY_OTHERS.contains(unwanted) {
            let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
            assert!(!manifest.lines().any(|line| line.starts_with(unwanted)), "{unwanted}: {reason}");
        } else {
            assert!(!is_there, "{unwanted} has come in, but {reason}; `cargo tree --invert {unwanted}` says how");
        }
    }
}

#[test]
fn every_dependency_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut folders = vec![root.join("src"), root.join("tests"), root.join("benches"), root.join("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let packages = packages();
    let own = packages.iter().find(|package| text(package, "name") == "upshot").expect("our own package is listed");
    for dependency in own["dependencies"].as_array().into_iter().flatten() {
        let name = dependency["rename"].as_str().unwrap_or(text(dependency, "name")).replace('-', "_");
        let is_used = sources.contains(&format!("{name}::")) || sources.contains(&format!("use {name};"));
        assert!(is_used, "{name} is in Cargo.toml and no source names it");
    }
}

/// Names of the crates that the engine alone is built on, down to a depth.
fn engine_crates(depth: &str) -> Vec<String> {
    let tree = "tree --locked --no-default-features --edges normal --prefix none --format {p} --depth";
    let arguments: Vec<&str> = tree.split(' ').chain([depth]).collect();
    let names = cargo(&arguments);
    names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_engine_is_built_on_few_crates_and_none_that_reaches_outside() {
    let direct = engine_crates("1");
    assert!(direct.iter().all(|name| ENGINE.contains(&name.as_str())), "the engine's crates are now {direct:?}");
    for name in engine_crates("99") {
        assert!(!OUTSIDE.contains(&name.as_str()), "the engine now depends on {name}");
    }
}
