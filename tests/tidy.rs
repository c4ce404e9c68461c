//! Rules about the sources that no compiler checks: who may import whom, how long a file may be, and what it must say.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every file below a folder of the repository, with its path from there and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    rust_files(&root.join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources in {folder}");
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    for (name, text) in sources("src").into_iter().chain(sources("tests")) {
        assert!(text.starts_with("//! "), "{name} must begin with a comment about its purpose");
    }
}

#[test]
fn no_file_grows_past_700_lines() {
    for (name, text) in sources("src") {
        let lines = text.lines().count();
        assert!(lines <= 700, "{name} has {lines} lines: split it by reason to change");
    }
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not find itself.
    let words = [["to", "do!("], ["dbg", "!("], ["unimpl", "emented!("], ["#[ign", "ore"]].map(|parts| parts.concat());
    for (name, text) in sources("src").into_iter().chain(sources("tests")) {
        for word in &words {
            assert!(!text.contains(word), "{name} holds {word}");
        }
    }
}

/// The modules of ours that a file names, at any depth: `crate::a`, and `crate::{a, b::{c, d}, e}`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = text.split_at(at + "crate::".len()).1;
        let Some(list) = rest.strip_prefix('{') else {
            found
                .push(rest.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_' || *sign == ':').collect());
            continue;
        };
        let (mut depth, mut item) = (0, String::new());
        for sign in list.chars() {
            match sign {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => found.push(std::mem::take(&mut item)),
                _ => {}
            }
            if depth == 0 && !sign.is_whitespace() && !matches!(sign, ',' | '}') {
                item.push(sign);
            }
        }
        found.push(item);
    }
    found.retain(|import: &String| !import.is_empty());
    found
}

#[test]
fn imports_are_read_at_any_depth() {
    let text = "use crate::{\n    app::{App, wire::X},\n    clock::Clock,\n};\nlet x = crate::store::Store::open();";
    assert_eq!(imports(text), ["app::", "clock::Clock", "store::Store::open"]);
}

#[test]
fn arrows_point_one_way() {
    // Folder, and the modules of ours that it must not know.
    let forbidden: [(&str, &[&str]); 9] = [
        (
            "src/engine",
            &[
                "app",
                "cli",
                "clock",
                "config",
                "content",
                "ids",
                "jobs",
                "llm",
                "platforms",
                "seed",
                "store",
                "telemetry",
                "web",
            ],
        ),
        ("src/app", &["cli", "jobs", "platforms", "telemetry", "web"]),
        ("src/jobs", &["cli", "config", "engine", "llm", "telemetry", "web"]),
        ("src/store", &["app", "cli", "engine", "jobs", "llm", "platforms", "telemetry", "web"]),
        ("src/config", &["app", "cli", "engine", "jobs", "llm", "platforms", "store", "web"]),
        ("src/platforms", &["cli", "jobs", "llm", "store", "telemetry", "web"]),
        ("src/platforms/slack", &["platforms::teams"]),
        ("src/platforms/teams", &["platforms::slack"]),
        ("src/web", &["cli", "llm", "telemetry"]),
    ];
    for (folder, modules) in forbidden {
        for (name, text) in sources(folder) {
            for import in imports(&text) {
                let is_forbidden = |module: &&&str| {
                    import == **module || import.strip_prefix(**module).is_some_and(|rest| rest.starts_with("::"))
                };
                let found = modules.iter().find(is_forbidden);
                assert_eq!(found, None, "{name} must not know that module");
            }
        }
    }
}

#[test]
fn only_the_edges_speak_to_the_outside() {
    for (name, text) in sources("src") {
        let is_edge = |edges: &[&str]| edges.iter().any(|edge| name.starts_with(edge));
        for (word, edges) in [
            ("sqlx::", &["src/store/"][..]),
            ("reqwest::", &["src/platforms/", "src/llm/", "src/config/slack.rs", "src/config/teams.rs"]),
            ("axum::", &["src/platforms/", "src/web/"]),
            ("anyhow::", &["src/cli/"]),
            ("std::env::", &["src/config/"]),
        ] {
            assert!(!text.contains(word) || is_edge(edges), "{name} uses {word}");
        }
    }
}

/// The variants of an enum that is written as rustfmt does.
fn variants<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let body = text.split_once(&format!("pub enum {name} {{\n")).unwrap().1.split_once("\n}\n").unwrap().0;
    let is_name = |line: &&str| line.strip_prefix("    ").is_some_and(|rest| rest.starts_with(char::is_uppercase));
    body.lines().filter(is_name).map(|line| line.trim().trim_end_matches([',', '{', ' '])).collect()
}

/// Files of a folder, but for their own tests, that name a request.
fn namers(folder: &str, intent: &str) -> Vec<String> {
    let names = |text: &str| {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let wanted = format!("Intent::{intent}");
        let mut behind = code.split(&*wanted).skip(1);
        // Others begin with the same letters.
        behind.any(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let files = sources(folder).into_iter().filter(|(_, text)| names(text));
    files.map(|(name, _)| format!("`{}`", name.strip_prefix(&format!("{folder}/")).unwrap())).collect()
}

#[test]
fn use_cases_are_told_with_the_doors_they_have() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(root.join("docs/use-cases.md")).unwrap();
    for name in docs.split('`').filter(|name| name.ends_with(".rs") && !name.contains(' ')) {
        let is_there = ["src/app", "src/platforms/slack", "src/platforms/teams"];
        assert!(is_there.iter().any(|folder| root.join(folder).join(name).exists()), "docs/use-cases.md names {name}");
    }
    let requests = fs::read_to_string(root.join("src/app/request.rs")).unwrap();
    let named = |files: Vec<String>| if files.is_empty() { "none".to_owned() } else { files.join(", ") };
    let rows = variants(&requests, "Intent").into_iter().map(|intent| {
        let [slack, teams] = ["src/platforms/slack", "src/platforms/teams"].map(|folder| named(namers(folder, intent)));
        format!("| `{intent}` | {slack} | {teams} |\n")
    });
    let table = rows.collect::<String>();
    assert!(docs.contains(&table), "docs/use-cases.md must hold these rows:\n{table}");
}
