//! `upshot glossary mine` as people call it.

use std::{fs, process::Output};

use serde_json::{Value, json};

use super::{
    cli::{finish, upshot},
    server::Folder,
};

fn run(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = finish(upshot(folder).arg("glossary").arg("mine").args(arguments));
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// An export as Slack packs it: people at the top, a folder for each channel, a file for each day.
fn export(folder: &Folder) {
    let root = folder.path().join("export");
    fs::create_dir_all(root.join("eng")).unwrap();
    fs::create_dir_all(root.join("sales")).unwrap();
    let file = |name: &str, value: Value| fs::write(root.join(name), value.to_string()).unwrap();
    file("users.json", json!([{ "id": "U1", "name": "quonsett", "profile": { "real_name": "Elena Marchetti" } }]));
    file("channels.json", json!([{ "id": "C1", "name": "zibbler-fans", "purpose": { "value": "frobnix" } }]));
    let said = |text: &str| json!({ "type": "message", "user": "U1", "text": text, "ts": "1790000000.000100" });
    file(
        "eng/2026-09-20.json",
        json!([
            said("The *zibbler* is down &amp; quonsett looks at it, see <https://example.com/zibbler|the page>"),
            said("Elena restarted the zibbler at 14:05. CHK-1182"),
            { "type": "message", "subtype": "channel_join", "user": "U1", "text": "frobnix has joined the channel" },
            { "type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "frobnix frobnix frobnix" },
            "frobnix"
        ]),
    );
    file(
        "eng/2026-09-21.json",
        json!([said("The zibbler is fine. Two QZRs are open."), said("A QZR is open, the zibbler is slow")]),
    );
    file("sales/2026-09-21.json", json!([said("What is a QZR?"), said("```frobnix```")]));
    fs::write(root.join("eng/picture.png"), b"\x89PNG").unwrap();
}

#[test]
fn an_export_gives_a_ranking_in_each_form() {
    let folder = Folder::new();
    export(&folder);
    let (code, told, problems) = run(&folder, &["export"]);
    assert_eq!(
        told,
        "  times  messages  word\n      \
         4         4  zibbler (word)\n                   \
         [name] restarted the zibbler at [date].\n                   \
         The zibbler is fine.\n                   \
         A [word] is open, the zibbler is slow\n      \
         3         3  QZR (acronym)\n                   \
         A QZR is open, the [word] is slow\n                   \
         What is a QZR?\n\
         2 unknown words in at least 3 messages; 6 messages in 4 files searched.\n\
         1 other file passed over: .json (Slack), .txt, .md and .csv are read.\n"
    );
    assert_eq!((code, problems.as_str()), (0, ""), "no progress where nobody looks");

    let (code, told, _) = run(&folder, &["export", "--format", "json", "--at-least", "4"]);
    let found: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, found["words"].as_array().unwrap().len()), (0, 1), "{found}");
    assert_eq!(
        (&found["words"][0]["term"], &found["words"][0]["count"], &found["messages"]),
        (&json!("zibbler"), &json!(4), &json!(6))
    );
    let (_, told, _) = run(&folder, &["export", "--format", "csv", "--most", "1"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "term,shape,count,messages,contexts");
    assert!(lines.len() == 2 && lines[1].starts_with("zibbler,word,4,4,"), "{told}");
}

#[test]
fn pages_texts_and_tables_are_searched_as_well() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.md",
        "---\ntitle: frobnix\n---\n# The zibbler\n\nOur zibbler is new.\n\n~~~sh\nfrobnix\n\nfrobnix\n~~~\n\n[Read](https://frobnix.example.com)\n\n\
         - One item.\n\n    A zibbler is in it.\n\n          frobnix\n\n> frobnix\n\n[Here][zib]\n\n[zib]: https://frobnix.example.com \"frobnix\"\n",
    );
    write("b.txt", "The zibbler is old.\nIt is slow.\n\n```\nfrobnix\n```\n\nNothing to see.\n");
    write("c.csv", "id,author,message\nfrobnix,frobnix,A zibbler is red.\n2,frobnix,\"The zibbler, too.\"\n");
    for (path, count) in [("a.md", 3), ("b.txt", 1), ("c.csv", 2), (".", 6)] {
        let (code, told, _) = run(&folder, &[path, "--at-least", "1", "--format", "json"]);
        let found: Value = serde_json::from_str(&told).unwrap();
        let words: Vec<(&str, u64)> = found["words"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| (word["term"].as_str().unwrap(), word["count"].as_u64().unwrap()))
            .collect();
        assert_eq!((code, words), (0, vec![("zibbler", count)]), "{path}: {told}");
    }
}

#[test]
fn drafts_say_what_is_to_be_filled_in_and_are_entries_then() {
    let folder = Folder::new();
    export(&folder);
    let (code, _, told) = run(&folder, &["export", "--drafts", "drafts.yaml"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("2 drafts are in drafts.yaml. Take them in as they are"), "{told}");
    let (code, _, told) = run(&folder, &["export", "--drafts", "drafts.yaml"]);
    assert_eq!(code, 2, "nothing is overwritten: {told}");

    let glossary = |arguments: &[&str]| {
        let Output { status, stdout, stderr } = finish(upshot(&folder).arg("glossary").args(arguments));
        (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let (code, told) = glossary(&["import", "drafts.yaml", "--approve"]);
    assert_eq!(code, 1, "without definitions nothing is approved: {told}");
    assert!(told.contains("Write a definition"), "{told}");
    let (code, told) = glossary(&["import", "drafts.yaml"]);
    assert_eq!(code, 0, "as drafts they are what somebody has to complete: {told}");
    for part in ["2 new, 0 changed, 0 unchanged, 0 refused.", "Before it can be approved, it needs a definition."] {
        assert!(told.contains(part), "{part} in {told}");
    }

    let drafts = fs::read_to_string(folder.path().join("drafts.yaml")).unwrap();
    fs::write(folder.path().join("drafts.yaml"), drafts.replace("definition: \"\"", "definition: A part of the shop."))
        .unwrap();
    let (code, told) = glossary(&["import", "drafts.yaml"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("0 new, 2 changed, 0 unchanged, 0 refused."), "{told}");
}

#[test]
fn what_cannot_be_mined_is_told() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("export.zip", "PK");
    write("broken.json", "[{\"type\": \"message\", ");
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (path, code, expected) in [
        ("nowhere", 2, "nowhere cannot be read"),
        ("export.zip", 2, "unpack it and name the folder"),
        ("empty", 2, "holds no .json"),
        ("broken.json", 1, "is no list of messages of a Slack export"),
    ] {
        let (found, _, told) = run(&folder, &[path]);
        assert_eq!(found, code, "{path}: {told}");
        assert!(told.contains(expected), "{path}: {told}");
    }
}
