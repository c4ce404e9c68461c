//! `upshot glossary import`, `export` and `diff` as people call them.

use std::{fs, process::Output};

use serde_json::Value;

use super::{
    cli::{finish, upshot},
    server::Folder,
};

const WORDS: &str = "term,definition,match,no_match\n\
    zibbler,A copy of the shop.,The zibbler is down.,The oven is hot.\n";

fn run(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = finish(upshot(folder).arg("glossary").args(arguments));
    let told = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code().unwrap(), told)
}

#[test]
fn a_table_goes_in_and_comes_out_the_same() {
    let folder = Folder::new();
    fs::write(folder.path().join("words.csv"), WORDS).unwrap();
    let (code, told) = run(&folder, &["diff", "words.csv"]);
    assert_eq!((code, told.as_str()), (1, "line 2: new zibbler\n1 new, 0 changed, 0 unchanged, 0 refused.\n"));
    let (code, told) = run(&folder, &["import", "words.csv", "--approve"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.ends_with("1 new, 0 changed, 0 unchanged, 0 refused. They are in answers now.\n"), "{told}");
    let (code, given) = run(&folder, &["export", "--format", "csv"]);
    assert_eq!(code, 0, "{given}");
    fs::write(folder.path().join("given.csv"), given).unwrap();
    let (code, told) = run(&folder, &["diff", "given.csv", "--format", "json"]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &report["unchanged"]), (0, &Value::from(1)), "{report}");
}

#[test]
fn one_mistake_keeps_the_whole_file_out() {
    let folder = Folder::new();
    fs::write(folder.path().join("words.csv"), format!("{WORDS}spoon | metal,A tool.,,\n")).unwrap();
    let (code, told) = run(&folder, &["import", "words.csv"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("line 3: refused"), "{told}");
    assert!(told.ends_with("1 new, 0 changed, 0 unchanged, 1 refused. Nothing was written.\n"), "{told}");
    let (code, given) = run(&folder, &["export"]);
    assert_eq!((code, given.trim()), (0, ""), "nothing was written");
    let (code, told) = run(&folder, &["import", "words.doc"]);
    assert_eq!(code, 2, "{told}");
}

/// What was taken in, as terminologists' files, which cannot carry everything: what they leave out is kept.
#[test]
fn a_file_of_terminologists_goes_in_as_well() {
    let folder = Folder::new();
    fs::write(folder.path().join("words.csv"), WORDS).unwrap();
    assert_eq!(run(&folder, &["import", "words.csv", "--approve"]).0, 0);
    for (format, name) in [("tbx", "words.tbx"), ("tbx-core", "core.tbx"), ("skos", "words.ttl")] {
        let (code, given) = run(&folder, &["export", "--format", format]);
        assert_eq!(code, 0, "{given}");
        fs::write(folder.path().join(name), given.replace("A copy", "One copy")).unwrap();
        let (code, told) = run(&folder, &["diff", name]);
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("changed zibbler (definition)\n"), "{told}");
    }
}

/// Other tools leave the subject field out. An entry that is there keeps its own, and only a new one gets the usual one.
#[test]
fn a_file_that_names_no_subject_field_moves_nothing() {
    let folder = Folder::new();
    let words = "term,subject_field,definition,match,no_match\n\
        zibbler,platform,A copy of the shop.,The zibbler is down.,The oven is hot.\n";
    fs::write(folder.path().join("words.csv"), words).unwrap();
    assert_eq!(run(&folder, &["import", "words.csv", "--approve"]).0, 0);
    let (_, given) = run(&folder, &["export", "--format", "tbx"]);
    let field = "<descrip type=\"subjectField\">platform</descrip>\n";
    assert!(given.contains(field), "{given}");
    let fieldless = given.replace(field, "");
    let changed = fieldless.replace("A copy", "One copy").replace(
        "</body>",
        "<conceptEntry id=\"quon\"><langSec xml:lang=\"en\"><descrip type=\"definition\">A tool.</descrip>\
         <termSec><term>quon</term></termSec></langSec></conceptEntry></body>",
    );
    for (text, code, expected) in [
        (&fieldless, 0, "0 new, 0 changed, 1 unchanged, 0 refused.\n"),
        (&changed, 1, "changed zibbler (definition)\n"),
    ] {
        fs::write(folder.path().join("words.tbx"), text).unwrap();
        let (found, told) = run(&folder, &["diff", "words.tbx"]);
        assert_eq!(found, code, "{told}");
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(run(&folder, &["import", "words.tbx"]).0, 0);
    let named = changed.replace("\"quon\">", "\"quon\"><descrip type=\"subjectField\">organisation</descrip>");
    for text in [&changed, &named] {
        fs::write(folder.path().join("words.tbx"), text).unwrap();
        let (_, told) = run(&folder, &["diff", "words.tbx"]);
        assert!(told.contains("0 new, 0 changed, 2 unchanged"), "what was taken in is the same: {told}");
    }
}
