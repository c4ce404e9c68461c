//! The program as people and scripts call it.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    sync::mpsc,
    thread,
};

use serde_json::Value;

use super::server::{Folder, PATIENCE};

/// The program in an empty folder, without any settings of whoever runs the tests.
pub(crate) fn upshot(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upshot"));
    command.current_dir(folder.path());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["UPSHOT_", "SLACK_", "TEAMS_", "MICROSOFT_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    let folder = Folder::new();
    let mut command = upshot(&folder);
    finish(command.args(arguments))
}

/// Runs a program to its end, and ends it when it does not.
pub(crate) fn finish(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    receiver.recv_timeout(PATIENCE).map_or_else(
        |_| {
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            panic!("{command:?} does not end")
        },
        Result::unwrap,
    )
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let folder = Folder::new();
    let mut child = upshot(&folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_text_is_rewritten_from_the_argument_and_from_standard_input() {
    let from_argument = run(&["rewrite", "--for", "sales", "The pod is down since 14:05"]);
    assert!(from_argument.status.success());
    assert!(out(&from_argument).contains("14:05"), "{}", out(&from_argument));
    assert!(!out(&from_argument).contains('\u{1b}'), "no colours where there is no terminal");
    let from_input = run_with_input(&["rewrite", "--for", "sales"], b"The pod is down since 14:05");
    assert_eq!(out(&from_input), out(&from_argument));
}

#[test]
fn every_format_is_what_it_says() {
    let json: Value = serde_json::from_str(&out(&run(&["rewrite", "--format", "json", "It took 5 s."]))).unwrap();
    assert_eq!(json["audience"], "general");
    let slack: Value = serde_json::from_str(&out(&run(&["rewrite", "--format", "slack", "It took 5 s."]))).unwrap();
    super::kit::check_message(&slack);
    assert!(out(&run(&["rewrite", "--format", "markdown", "It took 5 s."])).starts_with("**"));
    let explained: Value = serde_json::from_str(&out(&run(&["explain", "--format", "json", "p95"]))).unwrap();
    assert_eq!(explained["query"], "p95");
    let line = out(&run(&["explain", "--depth", "line", "p95"]));
    assert_eq!(line.lines().count(), 1, "{line}");
    let paragraph = out(&run(&["explain", "--depth", "paragraph", "p95"]));
    let example = out(&run(&["explain", "p95"]));
    assert!(example.starts_with(paragraph.trim_end()) && example.contains("Example:"), "{paragraph} in {example}");
    let question = run(&["explain", "--format", "json", "what", "is", "a", "pod?"]);
    let question: Value = serde_json::from_str(&out(&question)).unwrap();
    assert_eq!(question["query"], "what is a pod?");
}

#[test]
fn wrong_use_is_exit_code_2_and_a_sentence() {
    for (arguments, part) in [
        (&["rewrite", "--for", "wizards", "x"][..], "choose one of: executive, finance"),
        (&["rewrite", "--format", "teams", "x"], "cannot write Teams cards yet"),
        (&["rewrite", "--format", "pdf", "x"], "possible values"),
        (&["rewrite", ""], "there is no text to rewrite"),
        (&["rewrite", "--batch", "x"], "cannot be used with"),
        (&["rewrite", "--batch", "--format", "text"], "leave out --format"),
        (&["explain"], "required"),
        (&["explain", ""], "nothing to explain"),
        (&["explain", "--depth", "deep", "p95"], "possible values: line, paragraph, example"),
        (&["verify", "--source", "nowhere"], "--candidate"),
        (&["verify", "--source", "nowhere", "--candidate", "nowhere"], "nowhere cannot be read"),
        (&["eval"], "required"),
        (&["conjure"], "unrecognized subcommand"),
        (&["glossary", "lint", "nowhere"], "is not a folder"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(part), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_everywhere() {
    assert!(out(&run(&["--version"])).starts_with("upshot "));
    for command in ["serve", "rewrite", "explain", "verify", "glossary", "eval", "doctor", "migrate", "completions"] {
        let output = run(&[command, "--help"]);
        assert!(output.status.success(), "{command}");
        assert!(out(&output).contains("Usage: upshot"), "{command}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&run(&["completions", shell])).contains("upshot"), "{shell}");
    }
}

#[test]
fn a_batch_answers_line_by_line_and_reports_broken_lines_by_number() {
    let input = b"{\"id\":\"a\",\"text\":\"It took 5 s.\"}\nnonsense\n{\"id\":2,\"text\":\"x\",\"for\":\"sales\"}\n\
        {\"id\":3,\"text\":\"x\",\"for\":\"wizards\"}\n{\"id\":4}\n";
    let output = run_with_input(&["rewrite", "--batch", "--for", "hr"], input);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered: Vec<(&Value, &Value)> = lines.iter().map(|line| (&line["id"], &line["audience"])).collect();
    assert_eq!(answered, [(&"a".into(), &"hr".into()), (&2.into(), &"sales".into())]);
    for part in ["line 2 is not", "line 4 names a reader", "line 5 lacks a field"] {
        assert!(err(&output).contains(part), "{part} in {}", err(&output));
    }

    let output = run_with_input(&["explain", "--batch"], b"{\"id\":1,\"query\":\"p95\",\"context\":\"p95 is 3 s\"}\n");
    assert!(output.status.success());
    let line: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((&line["id"], &line["query"]), (&1.into(), &"p95".into()));
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let folder = Folder::new();
    let mut child = upshot(&folder)
        .args(["rewrite", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    let line = format!("{{\"text\":\"{}\"}}\n", "word ".repeat(10_000));
    // The program may end before it has read everything.
    while input.write_all(line.as_bytes()).is_ok() {}
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(err(&output), "");
}

#[test]
fn a_faithful_candidate_is_exit_code_0() {
    let folder = Folder::new();
    for name in ["source", "candidate"] {
        std::fs::write(folder.path().join(name), "It took 5 s.").unwrap();
    }
    let verify = |format: &str| {
        let arguments = ["verify", "--source", "source", "--candidate", "candidate", "--format", format];
        finish(upshot(&folder).args(arguments))
    };
    assert!(verify("text").status.success());
    let json: Value = serde_json::from_str(&out(&verify("json"))).unwrap();
    assert_eq!(json["verdict"], "faithful");
}

#[test]
fn the_shipped_glossary_has_no_mistakes() {
    let output = run(&["glossary", "lint"]);
    assert!(output.status.success(), "{}", out(&output));
    assert!(out(&output).contains("example sentences hold. Revision "), "{}", out(&output));
}

#[test]
fn the_doctor_names_the_mend() {
    let folder = Folder::new();
    let healthy = finish(upshot(&folder).env("UPSHOT_LISTEN", "127.0.0.1:0").arg("doctor"));
    assert!(healthy.status.success(), "{}", out(&healthy));
    for subject in ["settings", "clock", "glossary", "database", "address", "slack"] {
        assert!(out(&healthy).contains(&format!("ok    {subject}")), "{subject} in {}", out(&healthy));
    }
    let sick = finish(
        upshot(&folder)
            .env("UPSHOT_LISTEN", "somewhere")
            .env("SLACK_BOT_TOKEN", "xoxb-1")
            .env("UPSHOT_LISTN", "x")
            .arg("doctor"),
    );
    assert_eq!(sick.status.code(), Some(1));
    for part in ["UPSHOT_LISTEN must be", "SLACK_SIGNING_SECRET is not", "There is no setting UPSHOT_LISTN"] {
        assert!(out(&sick).contains(part), "{part} in {}", out(&sick));
    }
    let unwritable = finish(
        upshot(&folder)
            .env("UPSHOT_LISTEN", "127.0.0.1:0")
            .env("UPSHOT_DATABASE_URL", "sqlite:///proc/nowhere/upshot.db")
            .arg("doctor"),
    );
    assert_eq!(unwritable.status.code(), Some(1));
    assert!(out(&unwritable).contains("mend  database"), "{}", out(&unwritable));
}

#[test]
fn migrating_creates_the_database() {
    let folder = Folder::new();
    for _ in 0..2 {
        let output = finish(upshot(&folder).arg("migrate"));
        assert!(output.status.success(), "{}", err(&output));
    }
    assert!(folder.path().join("data/upshot.db").is_file());
}

#[test]
fn rewriting_opens_no_database() {
    let folder = Folder::new();
    assert!(finish(upshot(&folder).args(["rewrite", "x"])).status.success());
    assert!(!folder.path().join("data").exists());
}
