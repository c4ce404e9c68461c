//! The program as people and scripts call it.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

use super::server::Folder;

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

/// Long enough to judge the whole glossary, with a program that nobody optimised and beside other tests.
const TO_THE_END: Duration = Duration::from_secs(180);

/// Runs a program to its end, and ends it when it does not.
pub(crate) fn finish(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    receiver.recv_timeout(TO_THE_END).map_or_else(
        |_| {
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            panic!("{command:?} does not end")
        },
        Result::unwrap,
    )
}

pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
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

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
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
        (&["glossary", "lint", "nowhere"], "is not a folder or a file"),
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
    let output = run(&["glossary", "lint", concat!(env!("CARGO_MANIFEST_DIR"), "/glossary")]);
    assert!(output.status.success(), "{}", out(&output));
    assert!(out(&output).contains("example sentences hold. Revision "), "{}", out(&output));
}

#[test]
fn a_folder_of_the_users_own_is_judged_alone_with_its_files_and_lines() {
    let folder = Folder::new();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let concept = |id: &str, rest: &str| {
        format!(
            "  - id: {id}\n    definition: A meeting about what went wrong.\n    outcome: risk\n{rest}    examples:\n      match: [\"The blamestorm is on Monday.\"]\n      no_match: [\"It is raining.\"]\n"
        )
    };
    let lint = |body: &str| {
        std::fs::write(own.join("words.yaml"), format!("subject_field: own\nconcepts:\n{body}")).unwrap();
        finish(upshot(&folder).args(["glossary", "lint", "own"]))
    };
    let terms = "    terms: [{ text: blamestorm, pos: noun }]\n";
    let good = lint(&concept("blamestorm", terms));
    assert_eq!(out(&good).lines().count(), 1, "{}", out(&good));
    assert!(out(&good).starts_with("No mistakes; 2 example sentences hold."), "{}", out(&good));
    let file = finish(upshot(&folder).args(["glossary", "lint", "own/words.yaml"]));
    assert_eq!(out(&file), out(&good), "a file is judged like its folder");

    let wording = |text: &str| format!("{terms}    wordings: [{{ pos: noun, text: {text} }}]\n");
    let both = concept("one", terms) + &concept("two", terms);
    for (body, expected) in [
        (
            concept("blamestorm", &wording("review meetings")),
            "own/words.yaml:3: blamestorm: the wording \"review meetings\" is a plural",
        ),
        (concept("blamestorm", &wording("a review")), "begins with an article"),
        (concept("blamestorm", &wording("review (internal)")), "has brackets"),
        (concept("blamestorm", &wording("24 hour review")), "brings in a figure"),
        (
            concept("blamestorm", &format!("{terms}    wordings: [{{ pos: verb, text: review }}]\n")),
            "is never used, because no term is a verb",
        ),
        (
            concept("blamestorm", "    terms: [{ text: blamestorm, pos: noun, status: deprecated }]\n"),
            "a term is deprecated and no term is preferred",
        ),
        (concept("blamestorm", &format!("{terms}    related: [nowhere]\n")), "related \"nowhere\" does not exist"),
        (both, "own/words.yaml:10: two: \"blamestorm\" is a term of \"one\" too, and nothing decides between them"),
        (
            concept("blamestorm", "    terms: [{ text: blamestorm, pos: noun }, { text: storming, pos: verb }]\n"),
            "the verb term \"storming\" does not begin with an infinitive",
        ),
    ] {
        let output = lint(&body);
        assert!(out(&output).contains(expected), "{body}\ngave {}", out(&output));
        assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    }
    let advised = lint(&concept("blamestorm", &wording("meeting in which people ask what failed")));
    assert!(advised.status.success(), "{}", out(&advised));
    assert!(out(&advised).contains("advice: own/words.yaml:3: blamestorm: the wording"), "{}", out(&advised));

    // Which of two files comes later is decided by their names, and the entry of the other one would silently not be used.
    lint(&concept("blamestorm", terms));
    std::fs::create_dir(own.join("phrases")).unwrap();
    std::fs::write(own.join("later.yaml"), format!("subject_field: own\nconcepts:\n{}", concept("blamestorm", terms)))
        .unwrap();
    for name in ["phrases/one.yaml", "phrases/two.yaml"] {
        let phrase = "patterns:\n  - id: heads-up\n    pattern: \"heads up\"\n    plain: \"note\"\n";
        std::fs::write(own.join(name), phrase).unwrap();
    }
    let twice = finish(upshot(&folder).args(["glossary", "lint", "own"]));
    assert_eq!(twice.status.code(), Some(1), "{}", out(&twice));
    for expected in [
        "own/words.yaml:3: blamestorm: the id is used in later.yaml:3 already, and that entry is not used any more; remove one \
         of the two or choose another id\n",
        "own/phrases/two.yaml:2: heads-up: the id is used in phrases/one.yaml:2 already, and that entry",
        "\n2 mistakes",
    ] {
        assert!(out(&twice).contains(expected), "{}", out(&twice));
    }
    let one = finish(upshot(&folder).args(["glossary", "lint", "own/words.yaml"]).env("UPSHOT_GLOSSARY_DIR", "own"));
    assert_eq!(out(&one), out(&twice), "a file of the folder does not stand in its own way");

    let unreadable = finish(upshot(&folder).args(["glossary", "lint", "own"]).env("UPSHOT_GLOSSARY_DIR", "nowhere"));
    assert_eq!(unreadable.status.code(), Some(1), "{}", err(&unreadable));
    std::fs::write(folder.path().join("words.txt"), "x").unwrap();
    let no_yaml = finish(upshot(&folder).args(["glossary", "lint", "words.txt"]));
    assert_eq!((no_yaml.status.code(), out(&no_yaml).as_str()), (Some(2), ""));
    assert!(err(&no_yaml).contains("its name must end in .yaml"), "{}", err(&no_yaml));
}

#[test]
fn coverage_counts_terms_as_a_whole_and_lists_the_others() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("list.tsv"),
        "term\tsource\nPods\tx\nrolling  back\tx\nFoozled rollback\tx\nKuberntes\tx\nzzyzx\tx\n\npods\ty\n",
    )
    .unwrap();
    let output = finish(upshot(&folder).args(["glossary", "coverage", "list.tsv"]));
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(
        out(&output),
        "list.tsv: 2 of 5 known (40.0%)\n  unknown: Foozled rollback (only \"rollback\")\n  unknown: Kuberntes (near \"Kubernetes\")\n  unknown: zzyzx\n"
    );
    let json = finish(upshot(&folder).args(["glossary", "coverage", "list.tsv", "--format", "json", "--min", "41"]));
    assert_eq!(json.status.code(), Some(1), "fewer than asked for");
    let json: Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!((&json["known"], &json["total"], &json["percent"]), (&2.into(), &5.into(), &40.0.into()));
    assert_eq!(json["unknown"][1], serde_json::json!({ "word": "Kuberntes", "similar": "Kubernetes" }));
    let enough = finish(upshot(&folder).args(["glossary", "coverage", "list.tsv", "--min", "40"]));
    assert!(enough.status.success());
    let input = run_with_input(&["glossary", "coverage", "-"], b"service-level objective (SLO)\n");
    assert_eq!(out(&input), "standard input: 1 of 1 known (100.0%)\n");
}

#[test]
fn broken_lists_are_named_and_the_others_answered() {
    let folder = Folder::new();
    for (name, bytes) in [("good.txt", &b"pod\n"[..]), ("empty.txt", b"\n \n"), ("latin.txt", b"caf\xe9\n")] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let output = finish(upshot(&folder).args([
        "glossary",
        "coverage",
        "empty.txt",
        "latin.txt",
        "nowhere.txt",
        ".",
        "good.txt",
    ]));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(out(&output), "good.txt: 1 of 1 known (100.0%)\n");
    for part in [
        "empty.txt has no words: write one on each line.",
        "latin.txt is not UTF-8 from byte 3 on: save it as UTF-8.",
        "nowhere.txt cannot be read",
        ". is a folder",
    ] {
        assert!(err(&output).contains(part), "{part} in {}", err(&output));
    }
}

#[test]
fn stats_count_what_is_there() {
    let folder = Folder::new();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let stats = || {
        let output =
            finish(upshot(&folder).args(["glossary", "stats", "--format", "json"]).env("UPSHOT_GLOSSARY_DIR", &own));
        serde_json::from_str::<Value>(&out(&output)).unwrap()
    };
    let before = stats();
    std::fs::write(
        own.join("words.yaml"),
        "subject_field: own\nconcepts:\n  - id: one\n    definition: One.\n    why: { sales: It matters., hr: It matters. }\n    terms: [{ text: blamestorm, pos: noun }, { text: blamefest, pos: noun, status: deprecated }]\n    examples:\n      match: [\"The blamestorm is on.\"]\n  - id: two\n    everyday: true\n    definition: other\n    terms: [{ text: blamestorm, pos: noun }]\n",
    )
    .unwrap();
    let after = stats();
    let grew =
        |path: &str| after.pointer(path).unwrap().as_u64().unwrap() - before.pointer(path).unwrap().as_u64().unwrap();
    for (path, by) in [
        ("/concepts", 1),
        ("/everyday_senses", 1),
        ("/terms/total", 2),
        ("/terms/preferred", 1),
        ("/terms/deprecated", 1),
        ("/patterns", 0),
        ("/examples/match", 1),
        ("/why/sales", 1),
        ("/why/legal", 0),
        ("/why_for_two", 1),
    ] {
        assert_eq!(grew(path), by, "{path}");
    }
    assert_eq!(after["subject_fields"]["own"], serde_json::json!({ "concepts": 1, "terms": 2 }));
    let ambiguous = after["ambiguous"].as_array().unwrap();
    assert!(ambiguous.contains(&serde_json::json!({ "term": "blamestorm", "senses": ["one", "two"] })));
    let text = out(&run(&["glossary", "stats", "--ambiguous"]));
    for part in
        ["concepts ", "terms ", "phrase patterns ", "  executive ", "subject fields ", "  kubernetes ", "\ntoken: "]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_doctor_names_the_mend() {
    let folder = Folder::new();
    let healthy = finish(upshot(&folder).env("UPSHOT_LISTEN", "127.0.0.1:0").arg("doctor"));
    assert!(healthy.status.success(), "{}", out(&healthy));
    for subject in ["settings", "clock", "glossary", "database", "queues", "counted", "address", "slack", "sign-in"] {
        assert!(out(&healthy).contains(&format!("ok    {subject}")), "{subject} in {}", out(&healthy));
    }
    assert!(out(&healthy).contains("nothing waits to be answered; nothing waits to be sent"), "{}", out(&healthy));
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

#[test]
fn the_manifest_for_socket_mode_needs_no_address() {
    let print = |arguments: &[&str]| run(&[&["manifest", "slack"], arguments].concat());
    let by_socket = out(&print(&["--socket"]));
    assert!(by_socket.contains("socket_mode_enabled: true") && !by_socket.contains("http"), "{by_socket}");
    let with_link = out(&print(&["--socket", "--url", "https://upshot.example.com"]));
    let addresses: Vec<&str> = with_link.lines().filter(|line| line.contains("http")).collect();
    assert_eq!(
        addresses,
        [
            "    - https://upshot.example.com/slack/oauth/callback",
            "    - https://upshot.example.com/glossary/sign-in/slack/callback",
        ]
    );
    let neither = print(&[]);
    assert_eq!(neither.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&neither.stderr).contains("--url"));
}

#[test]
fn the_packages_for_teams_are_written() {
    let folder = Folder::new();
    let app = "6f1d2c3b-4a59-4e68-8f70-91a2b3c4d5e6";
    let arguments = ["manifest", "teams", "--url", "https://upshot.example.com"];
    let written = finish(upshot(&folder).args(arguments).env("MICROSOFT_APP_ID", app));
    assert_eq!(written.status.code(), Some(0), "{}", String::from_utf8_lossy(&written.stderr));
    let names: Vec<String> = String::from_utf8(written.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(names, ["./upshot-teams-1.29.zip", "./upshot-teams-1.19.zip"]);
    for name in names {
        let zip = std::fs::read(folder.path().join(name)).unwrap();
        assert!(zip.starts_with(b"PK\x03\x04") && zip.windows(app.len()).any(|window| window == app.as_bytes()));
    }
    let resource = format!("api://upshot.example.com/botid-{app}");
    let told = String::from_utf8(written.stderr).unwrap();
    assert!(told.contains("--tab") && told.contains(&resource), "{told}");
    let with_tab = finish(upshot(&folder).args(arguments).arg("--tab").env("MICROSOFT_APP_ID", app));
    assert_eq!(String::from_utf8(with_tab.stderr).unwrap(), "");
    for name in ["upshot-teams-1.29.zip", "upshot-teams-1.19.zip"] {
        let zip = std::fs::read(folder.path().join(name)).unwrap();
        assert!(zip.windows(resource.len()).any(|window| window == resource.as_bytes()), "{name}");
    }
    let refused = finish(upshot(&folder).args(arguments));
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--app-id"));
}

#[test]
fn a_card_is_written_for_teams() {
    let folder = Folder::new();
    let printed = finish(upshot(&folder).args(["rewrite", "--format", "teams", "We rolled back the 14:05 deploy"]));
    let message: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    super::teams::check_message(&message);
    assert!(message.to_string().contains("We undid the 14:05 release"), "{message}");
}
