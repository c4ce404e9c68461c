//! `upshot check` as writers and build servers call it.

use std::{fs, process::Output};

use serde_json::Value;

use super::{
    cli::{err, finish, out, run_with_input, upshot},
    server::Folder,
};

const BAD: &str = "Obviously the pods are down.\nPlease review the plan.\n";

/// A folder with files in it.
fn folder(files: &[(&str, &[u8])]) -> Folder {
    let folder = Folder::new();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn check(folder: &Folder, arguments: &[&str]) -> Output {
    finish(upshot(folder).arg("check").args(arguments))
}

#[test]
fn hints_name_file_line_and_column_and_what_to_write_instead() {
    let folder = folder(&[("draft.txt", format!("Hello,\n\n{BAD}").as_bytes())]);
    let output = check(&folder, &["draft.txt", "--for", "sales"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("draft.txt:3:1: \"Obviously\": Tells readers"), "{text}");
    assert!(text.contains("[respect]\n    instead: leave it out"), "{text}");
    assert!(text.contains("draft.txt:4:1: \"Please review the plan\"") && text.contains("[missing_when]"), "{text}");
    assert!(text.trim_end().lines().last().unwrap().starts_with("draft.txt: "), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn a_score_under_the_least_is_exit_code_1() {
    let folder = folder(&[("bad.txt", BAD.as_bytes()), ("good.txt", b"The canteen opens at 12:00 on Monday.\n")]);
    assert_eq!(
        check(&folder, &["bad.txt", "good.txt"]).status.code(),
        Some(0),
        "without a gate there is nothing to fail"
    );
    let output = check(&folder, &["bad.txt", "good.txt", "--min-score", "100"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains(", less than the 100 asked for ("), "{}", out(&output));
    assert!(out(&output).contains("good.txt: 100 of 100 (no hints, 7 words)"), "{}", out(&output));
    assert_eq!(check(&folder, &["good.txt", "--min-score", "100"]).status.code(), Some(0));
}

#[test]
fn broken_files_are_named_and_the_others_are_checked() {
    let folder = folder(&[
        ("latin.txt", b"caf\xe9 is closed"),
        ("empty.txt", b" \n"),
        ("good.txt", b"The canteen opens at 12:00 on Monday.\n"),
    ]);
    let output = check(&folder, &["missing.txt", "latin.txt", "empty.txt", ".", "good.txt", "--min-score", "90"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("good.txt: 100 of 100"), "{}", out(&output));
    let complaints = err(&output);
    for sentence in [
        "missing.txt cannot be read: ",
        "latin.txt is not UTF-8 from byte 3 on: save it as UTF-8.",
        "empty.txt is empty: write something into it or leave it out.",
        ". is a folder: name the files in it",
    ] {
        assert!(complaints.contains(sentence), "{complaints}");
    }
    assert!(!complaints.contains("caf"), "no text of a file in an error: {complaints}");
}

#[test]
fn wrong_use_is_exit_code_2() {
    let folder = folder(&[("good.txt", b"The canteen opens at 12:00 on Monday.\n")]);
    for (arguments, sentence) in [
        (&["good.txt", "--for", "pirates"][..], "there is no reader 'pirates'; choose one of: "),
        (&["good.txt", "--min-score", "101"], "101 is not in 0..=100"),
        (&["good.txt", "--as", "poem"], "possible values: message, page"),
    ] {
        let output = check(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(sentence), "{}", err(&output));
    }
}

#[test]
fn standard_input_is_read_without_a_file_and_for_a_dash() {
    for arguments in [&["check"][..], &["check", "-"]] {
        let output = run_with_input(arguments, BAD.as_bytes());
        assert!(out(&output).starts_with("standard input:1:1: \"Obviously\""), "{}", out(&output));
    }
    let nothing = check(&Folder::new(), &[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(err(&nothing).contains("standard input is empty"), "{}", err(&nothing));
}

#[test]
fn json_is_one_object_a_file_with_offsets_of_the_file() {
    let text = "\u{feff}Caf\u{e9} is open.\r\nObviously the canteen is not.\r\n";
    let folder = folder(&[
        ("draft.txt", text.as_bytes()),
        ("other.txt", b"Der Server ist heute leider nicht erreichbar, wir arbeiten daran."),
    ]);
    let output = check(&folder, &["draft.txt", "other.txt", "--format", "json"]);
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["file"], &lines[0]["audience"]), (&"draft.txt".into(), &"general".into()));
    let hint = &lines[0]["hints"][0];
    assert_eq!(
        (hint["code"].as_str(), hint["line"].as_u64(), hint["column"].as_u64()),
        (Some("respect"), Some(2), Some(1))
    );
    let place = |end: usize| usize::try_from(hint["span"][end].as_u64().unwrap()).unwrap();
    assert_eq!(text.get(place(0)..place(1)), Some("Obviously"));
    assert_eq!((&lines[1]["language"], &lines[1]["score"]), (&"German".into(), &Value::Null));
}

#[test]
fn of_a_markdown_page_the_prose_is_judged() {
    let page = "---\ntitle: simply\n---\n# Opening hours\n\n> They said: obviously not.\n\n```sh\nsimply --run\n```\n\nSee `obviously` in [the list](https://example.com/simply).\n\nThe canteen is obviously closed.\n";
    let folder = folder(&[("page.md", page.as_bytes())]);
    let text = out(&check(&folder, &["page.md"]));
    assert!(text.starts_with("page.md:14:16: \"obviously\": "), "{text}");
    assert!(text.contains("(1 hint, "), "{text}");
}
