//! Starting and stopping the program itself.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    cli::{finish, upshot},
    server::{Folder, PATIENCE, client},
};

pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) url: String,
    greeting: String,
}

/// Starts the program and reads its greeting up to the line about Slack, which is the last.
pub(crate) fn start(folder: &Folder, settings: &[(&str, &str)]) -> Started {
    // A test whose server is another process makes clients too; where a server runs in this one it has done the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut command = upshot(folder);
    command.env("UPSHOT_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut greeting = String::new();
    while !greeting.contains("Slack: ") {
        greeting.push_str(&lines.next().expect("the program ended before its greeting").unwrap());
        greeting.push('\n');
    }
    let url = greeting.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    Started { child, url, greeting }
}

#[tokio::test]
async fn the_program_runs_from_an_empty_folder_and_ends_on_sigterm() {
    let folder = Folder::new();
    let mut started = start(&folder, &[]);
    assert!(started.greeting.contains("Playground:"), "{}", started.greeting);
    assert!(started.greeting.contains("upshot rewrite"), "{}", started.greeting);
    assert!(started.greeting.contains("Set SLACK_SIGNING_SECRET"), "{}", started.greeting);
    // A connection that stays open must not hold up the end.
    let client = client().timeout(PATIENCE).build().unwrap();
    let health = client.get(format!("{}/healthz", started.url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let command = client.post(format!("{}/slack/commands", started.url)).body("command=/upshot").send().await.unwrap();
    assert_eq!(command.status(), 401, "without a signing secret nothing is trusted");

    let pid = started.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || started.child.wait().unwrap());
    let status =
        tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it takes under five seconds").unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn wrong_settings_are_refused_with_the_mend() {
    for (settings, part) in [
        (&[("UPSHOT_LISTEN", "8080")][..], "UPSHOT_LISTEN must be an address and a port"),
        (&[("UPSHOT_DATABASE_URL", "mysql://u:hunter2@h/d")], "UPSHOT_DATABASE_URL must look like"),
        (&[("UPSHOT_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:9/d")], "the database does not answer"),
        (&[("UPSHOT_ENCRYPTION_KEY", "hunter2")], "UPSHOT_ENCRYPTION_KEY holds a key of fewer than"),
        (&[("UPSHOT_DATABASE", "x")], "write UPSHOT_DATABASE_URL if that was meant"),
        (&[("SLACK_BOT_TOKEN", "xoxb-hunter2")], "SLACK_SIGNING_SECRET is not"),
        (&[("SLACK_API_URL", "http://slack.com/api/")], "SLACK_API_URL must be an https address"),
        (&[("UPSHOT_GLOSSARY_DIR", "nowhere")], "UPSHOT_GLOSSARY_DIR names nowhere, which is not a folder"),
        (&[("UPSHOT_LOG", "loud")], "UPSHOT_LOG must be a level"),
        (&[("UPSHOT_LOG_FORMAT", "xml")], "UPSHOT_LOG_FORMAT must be human or json"),
    ] {
        let output = finish(upshot(&Folder::new()).envs(settings.iter().copied()));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{settings:?}: {said}");
        assert!(said.contains(part), "{settings:?}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn the_settings_file_is_read_and_the_environment_wins() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("upshot.toml"), "listen = \"nowhere\"\n[slack]\nsigning_secret = \"s\"\n")
        .unwrap();
    let output = finish(&mut upshot(&folder));
    assert!(String::from_utf8(output.stderr).unwrap().contains("UPSHOT_LISTEN must be"), "the file is read");
    let mut started = start(&folder, &[]);
    assert!(started.greeting.contains("set up without dialogs, not tried yet"), "{}", started.greeting);
    started.child.kill().unwrap();
    started.child.wait().unwrap();
    std::fs::write(folder.path().join("upshot.toml"), "listne = \"127.0.0.1:0\"\n").unwrap();
    let output = finish(&mut upshot(&folder));
    assert!(String::from_utf8(output.stderr).unwrap().contains("There is no setting UPSHOT_LISTNE"));
}

#[test]
fn a_taken_address_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = finish(upshot(&Folder::new()).env("UPSHOT_LISTEN", &address));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&address) && said.contains("set UPSHOT_LISTEN"), "{said}");
}

#[tokio::test]
async fn log_lines_hold_no_text_and_no_secret() {
    let folder = Folder::new();
    let secret = "hunter2hunter2";
    let settings = [
        ("SLACK_SIGNING_SECRET", secret),
        ("TEAMS_WEBHOOK_SECRET", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg=="),
        ("TEAMS_UNAUTHENTICATED_LOOPBACK", "true"),
        ("UPSHOT_LOG", "debug"),
        ("UPSHOT_LOG_FORMAT", "json"),
    ];
    let mut started = start(&folder, &settings);
    let client = client().timeout(PATIENCE).build().unwrap();
    let rewrite = client.post(format!("{}/api/v1/rewrite", started.url)).body("{\"text\":\"xylophone\"}");
    assert_eq!(rewrite.send().await.unwrap().status(), 200);
    let explain = client.get(format!("{}/api/v1/explain?q=xylophone", started.url));
    assert_eq!(explain.send().await.unwrap().status(), 200);
    let forged = client.post(format!("{}/slack/commands", started.url)).body("command=/upshot&text=xylophone");
    assert_eq!(forged.send().await.unwrap().status(), 401);
    for (path, header) in
        [("/teams/webhook", "HMAC eHlsb3Bob25l"), ("/api/messages", "Bearer xylophone.xylophone.xylophone")]
    {
        let forged = client.post(format!("{}{path}", started.url)).header("authorization", header);
        assert_eq!(forged.body("{\"text\":\"xylophone\"}").send().await.unwrap().status(), 401, "{path}");
    }
    let pid = started.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut log = String::new();
    started.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    started.child.wait().unwrap();
    assert!(log.contains("\"route\":\"/api/v1/rewrite\"") && log.contains("\"status\":401"), "{log}");
    for word in ["xylophone", "eHlsb3Bob25l", secret, "aHVudGVy"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
    let shouts = |line: &str| line.contains("\"level\":\"WARN\"") && line.contains("TEAMS_UNAUTHENTICATED_LOOPBACK");
    assert!(log.lines().any(shouts), "{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
    }
}
