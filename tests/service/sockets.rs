//! Socket Mode: what comes over a connection of ours is answered as its twin over HTTP, and no change of connections loses or
//! doubles anything.

use std::{collections::BTreeSet, io::Read, process::Command};

use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    lifecycle::start,
    server::{APP_TOKEN, Folder, PATIENCE, SECRET, TestServer, client, fixture, fixture_bytes, question},
};

on_both!(
    every_recorded_delivery_is_answered_the_same_over_both_ways,
    recorded_frames_are_acknowledged_in_their_order_and_a_repetition_is_answered_once,
);

const EVENT: &str = "events_api";
const INTERACTION: &str = "interactive";
const COMMAND: &str = "slash_commands";

/// The fields of a recorded form, as an object.
fn fields(name: &str) -> Value {
    form_urlencoded::parse(&fixture_bytes(name)).into_owned().map(|(name, value)| (name, Value::from(value))).collect()
}

fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().unwrap().remove(field);
    value
}

/// Everything that was recorded: each file by its name, so that none can be left out.
fn files() -> Vec<(String, &'static str, Value)> {
    let mut all = Vec::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/slack");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let (kind, payloads) = match &*name {
            // Both ways have them in a form of their own, and tests of their own.
            "README.md" | "signing_vectors.json" | "webapi_replies.json" | "socket_mode_frames.json" => continue,
            // Over a connection nobody asks whether an address is ours, or has a certificate.
            "ssl_check.form" | "url_verification.json" => continue,
            name if name.starts_with("slash_") => (COMMAND, vec![fields(name)]),
            name if name.starts_with("event_") => (EVENT, bodies(fixture(name))),
            name if name.ends_with(".form") => {
                let payload = fields(name)["payload"].as_str().unwrap().to_owned();
                (INTERACTION, vec![serde_json::from_str(&payload).unwrap()])
            }
            name => (INTERACTION, vec![fixture(name)]),
        };
        let numbered = payloads.into_iter().enumerate();
        all.extend(numbered.map(|(number, payload)| (format!("{name} {number}"), kind, payload)));
    }
    all
}

/// The events of a file: itself, or what its rows hold.
fn bodies(file: Value) -> Vec<Value> {
    let rows = match file {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    rows.into_iter().map(|mut row| if row.get("body").is_some() { row["body"].take() } else { row }).collect()
}

/// The same, and some of it damaged.
fn recorded() -> Vec<(String, &'static str, Value)> {
    let mut all = files();
    assert!(all.len() > 30, "{} deliveries", all.len());
    all.push(("a command of nobody".to_owned(), COMMAND, without(fields("slash_upshot.form"), "user_id")));
    all.push(("a command without fields".to_owned(), COMMAND, json!({})));
    let nobodys = without(fixture("message_action_plain.json"), "user");
    all.push(("a shortcut of nobody".to_owned(), INTERACTION, nobodys));
    all.push(("an event without a kind".to_owned(), EVENT, json!({ "event_id": "Ev1" })));
    all.push(("the last one, which shows that nothing is left".to_owned(), COMMAND, fields("slash_upshot.form")));
    all.into_iter()
        .enumerate()
        .map(|(number, (name, kind, payload))| (name, kind, of_people(number, &payload)))
        .collect()
}

/// A delivery with people of its own: what somebody chooses for themselves is in force for their next answer or for the one
/// after it, as the worker takes them.
fn of_people(number: usize, payload: &Value) -> Value {
    let text = ["U0PRIYA003", "U0ELENA001", "U0MARCO002"]
        .iter()
        .fold(payload.to_string(), |text, person| text.replace(person, &format!("{person}{number:03}")));
    serde_json::from_str(&text).unwrap()
}

/// A text without the ids that are drawn by chance.
fn masked(value: &Value) -> String {
    let is_hex = |sign: char| sign.is_ascii_digit() || ('a'..='f').contains(&sign);
    let text = value.to_string();
    let mut kept = String::new();
    let mut run = String::new();
    for sign in text.chars().chain(['\n']) {
        if is_hex(sign) {
            run.push(sign);
            continue;
        }
        kept.push_str(if run.len() >= 16 { "#" } else { &run });
        run.clear();
        kept.push(sign);
    }
    kept
}

/// What the stand-in was sent, in an order of its own. The numbers of posts come as the workers take them.
fn sent(calls: Vec<Call>) -> Vec<String> {
    let unnumbered = |mut call: Call| {
        if let Some(fields) = call.body.as_object_mut() {
            fields.remove("metadata");
        }
        format!("{} {}", call.path, masked(&call.body))
    };
    let mut all: Vec<String> = calls.into_iter().map(unnumbered).collect();
    all.sort();
    all
}

async fn every_recorded_delivery_is_answered_the_same_over_both_ways(database: Database) {
    let (mut over_http, mut over_socket) = (FakeSlack::start().await, FakeSlack::start().await);
    let mut sockets = over_socket.sockets().await;
    let Some(another) = database.another().await else { return };
    let http = TestServer::with_slack_and(&over_http, &another).await;
    let server = TestServer::by_socket(&over_socket, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let mut socket = sockets.next().await;
    let mut refused = Vec::new();
    for (name, kind, payload) in recorded() {
        let response = match kind {
            COMMAND => {
                let fields: Vec<(&str, &str)> =
                    payload.as_object().unwrap().iter().map(|(name, text)| (&**name, text.as_str().unwrap())).collect();
                http.deliver("/slack/commands", super::server::form(&fields)).await
            }
            INTERACTION => http.interact(&payload).await,
            _ => http.deliver("/slack/events", payload.to_string()).await,
        };
        socket.deliver(&name, kind, &payload).await;
        if response.status() != 200 {
            assert_eq!(response.status(), 400, "{name}");
            refused.push(name);
            continue;
        }
        let shown = response.text().await.unwrap();
        let acknowledgement = socket.acknowledgement().await.unwrap();
        assert_eq!(acknowledgement["envelope_id"], *name, "and none for {refused:?}");
        match acknowledgement.get("payload") {
            None => assert_eq!(shown, "", "{name}"),
            Some(answer) => {
                let twin: Value = serde_json::from_str(&shown).unwrap();
                assert_eq!(masked(answer), masked(&twin), "{name}");
            }
        }
    }
    assert_eq!(refused.len(), 4, "{refused:?}");
    http.stop().await;
    server.stop().await;
    let (twins, calls) = (sent(over_http.rest()), sent(over_socket.rest()));
    assert!(twins.len() > 8, "{twins:?}");
    for (call, twin) in calls.iter().zip(&twins) {
        assert_eq!(call, twin);
    }
    assert_eq!(calls.len(), twins.len());
}

/// Plays what Slack says in the file, and reads after each delivery what the file says the app answers.
async fn recorded_frames_are_acknowledged_in_their_order_and_a_repetition_is_answered_once(database: Database) {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let mut socket = sockets.connected().await;
    let mut reasons = BTreeSet::new();
    for step in fixture("socket_mode_frames.json").as_array().unwrap() {
        let frame = &step["frame"];
        if step["dir"] == "out" {
            let acknowledgement = socket.acknowledgement().await.unwrap();
            assert_eq!(acknowledgement["envelope_id"], frame["envelope_id"]);
            let has_answer = frame.get("payload").is_some();
            assert_eq!(acknowledgement.get("payload").is_some(), has_answer, "{acknowledgement}");
            if has_answer {
                assert_eq!(acknowledgement["payload"]["response_type"], "ephemeral");
            }
            continue;
        }
        match frame.get("reason").and_then(Value::as_str) {
            None => socket.say(frame).await,
            // Every reason but one, after which the app waits for long, is heard on a connection of its own.
            Some(reason) if reasons.insert(reason.to_owned()) && reason == "link_disabled" => socket.say(frame).await,
            Some("too_many_websockets") => {}
            Some(_) => {
                socket.say(frame).await;
                socket = sockets.next().await;
            }
        }
    }
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    server.stop().await;
    let calls: Vec<String> = slack.rest().into_iter().map(|call| call.path).collect();
    let posts = calls.iter().filter(|path| path.starts_with("/api/chat.post")).count();
    assert_eq!(posts, 1, "a mention that came twice: {calls:?}");
    assert!(calls.iter().any(|path| path == "/api/views.open"), "the global shortcut opens its form: {calls:?}");
}

#[tokio::test]
async fn a_change_of_connections_loses_and_doubles_nothing() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let database = Database::sqlite();
    let server = TestServer::by_socket(&slack, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let mut old = sockets.next().await;
    let mut other = sockets.next().await;
    for reason in ["refresh_requested", "warning", "brand_new"] {
        old.dismiss(reason).await;
        // The new one is there while the old one still works.
        let mut new = sockets.connected().await;
        let events = ["old", "new", "late"].map(|word| format!("Ev{reason}{word}").replace('_', ""));
        old.deliver("before", EVENT, &question(&events[0])).await;
        assert_eq!(old.taken().await, "before");
        new.say(&json!({ "type": "hello" })).await;
        new.deliver("after", EVENT, &question(&events[1])).await;
        assert_eq!(new.taken().await, "after");
        // Slack may have sent something to the old one before it heard of the new one.
        old.deliver("late", EVENT, &question(&events[2])).await;
        assert_eq!(old.taken().await, "late");
        old.end().await;
        let channels: BTreeSet<String> = [slack.next().await, slack.next().await, slack.next().await]
            .iter()
            .map(|call| call.body["channel"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(channels, events.iter().map(|event| format!("C0{event}")).collect());
        old = new;
    }
    other.deliver("still", EVENT, &question("EvStill")).await;
    assert_eq!(other.taken().await, "still", "the other connection was never touched");
    slack.next().await;
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
    assert_eq!(slack.asked_for_sockets(), 5, "two at the start and one for each wish");
}

#[tokio::test]
async fn a_connection_that_leaves_takes_deliveries_while_its_replacement_dies() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let mut old = sockets.next().await;
    let _other = sockets.next().await;
    old.dismiss("refresh_requested").await;
    let mut dying = sockets.connected().await;
    dying.say_goodbye().await;
    // The next one is there before the goodbye is over.
    let mut new = sockets.connected().await;
    old.deliver("meanwhile", EVENT, &question("EvMeanwhile")).await;
    assert_eq!(old.taken().await, "meanwhile");
    assert_eq!(slack.next().await.body["channel"], "C0EvMeanwhile");
    new.say(&json!({ "type": "hello" })).await;
    new.deliver("after", EVENT, &question("EvAfter")).await;
    assert_eq!(new.taken().await, "after");
    server.stop().await;
}

#[tokio::test]
async fn the_same_event_on_two_connections_is_answered_once() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let database = Database::sqlite();
    let server = TestServer::by_socket(&slack, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let (mut one, mut other) = (sockets.next().await, sockets.next().await);
    let event = question("EvTwice");
    for round in ["first", "second"] {
        one.deliver(round, EVENT, &event).await;
        other.deliver(round, EVENT, &event).await;
        assert_eq!((&*one.taken().await, &*other.taken().await), (round, round));
    }
    // The same once more over HTTP, as when an app is changed from one to the other.
    assert_eq!(server.deliver("/slack/events", event.to_string()).await.status(), 200);
    let shortcut = slack.addressed("message_action_plain.json");
    one.deliver("click", INTERACTION, &shortcut).await;
    other.deliver("click", INTERACTION, &shortcut).await;
    assert_eq!((&*one.taken().await, &*other.taken().await), ("click", "click"));
    let mut paths = [slack.next().await.path, slack.next().await.path];
    paths.sort();
    assert_eq!(paths, ["/api/chat.postMessage", "/api/views.open"]);
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn what_a_broken_connection_left_open_is_answered_over_the_next_one() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let mut broken = sockets.next().await;
    let _other = sockets.next().await;
    let event = question("EvBroken");
    broken.deliver("first", EVENT, &event).await;
    // Without a word, as when a cable is pulled. Slack does not know whether it was taken, and sends it again.
    drop(broken);
    let mut next = sockets.next().await;
    next.deliver("again", EVENT, &event).await;
    assert_eq!(next.taken().await, "again");
    assert_eq!(slack.next().await.body["channel"], "C0EvBroken");
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn what_is_not_written_down_is_not_acknowledged() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let database = Database::sqlite();
    let server = TestServer::by_socket(&slack, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let mut socket = sockets.next().await;
    database.run("ALTER TABLE inbox RENAME TO elsewhere").await;
    socket.deliver("lost", EVENT, &question("EvLost")).await;
    // Commands need no database, and this one comes behind the event.
    socket.deliver("command", COMMAND, &fields("slash_upshot.form")).await;
    assert_eq!(socket.acknowledgement().await.unwrap()["envelope_id"], "command");
    assert_eq!(server.deliver("/slack/events", question("EvLost").to_string()).await.status(), 503, "as over HTTP");
    database.run("ALTER TABLE elsewhere RENAME TO inbox").await;
    socket.deliver("again", EVENT, &question("EvLost")).await;
    assert_eq!(socket.taken().await, "again");
    assert_eq!(slack.next().await.body["channel"], "C0EvLost");
    server.stop().await;
}

#[tokio::test]
async fn everything_that_was_acknowledged_is_answered_when_the_server_stops() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let mut socket = sockets.next().await;
    socket.deliver("Ev0", EVENT, &question("Ev0")).await;
    let mut acknowledged = BTreeSet::from([socket.taken().await]);
    for number in 1..40 {
        let event = format!("Ev{number}");
        socket.deliver(&event, EVENT, &question(&event)).await;
    }
    let stopping = tokio::spawn(server.stop());
    while let Some(acknowledgement) = socket.acknowledgement().await {
        acknowledged.insert(acknowledgement["envelope_id"].as_str().unwrap().to_owned());
    }
    stopping.await.unwrap();
    let answered: BTreeSet<String> = slack
        .rest()
        .iter()
        .map(|call| call.body["channel"].as_str().unwrap().trim_start_matches("C0").to_owned())
        .collect();
    assert!(acknowledged.is_subset(&answered), "acknowledged {acknowledged:?}, answered {answered:?}");
}

#[tokio::test]
async fn nothing_connects_any_more_when_socket_mode_is_switched_off() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let (mut one, mut other) = (sockets.next().await, sockets.next().await);
    one.dismiss("link_disabled").await;
    assert_eq!(one.acknowledgement().await, None, "both end");
    assert_eq!(other.acknowledgement().await, None);
    let message = server.command("/upshot", "for sales: the deploy failed").await;
    assert!(message["text"].as_str().unwrap().contains("release"), "HTTP goes on: {message}");
    server.stop().await;
    assert!(sockets.is_quiet());
    assert_eq!(slack.asked_for_sockets(), 2);
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_token_that_slack_refuses_is_told_with_its_mend_and_the_program_goes_on() {
    let slack = FakeSlack::start().await;
    let _sockets = slack.sockets().await;
    let api_url = slack.api_url();
    let folder = Folder::new();
    let settings = [
        ("SLACK_API_URL", &*api_url),
        ("SLACK_SIGNING_SECRET", SECRET),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("SLACK_APP_TOKEN", "xapp-1-A0000UPSHT-2-hunter2"),
        ("UPSHOT_LOG_FORMAT", "json"),
    ];
    let mut program = start(&folder, &settings);
    let client = client().timeout(PATIENCE).build().unwrap();
    let mut log = std::io::BufReader::new(program.child.stderr.take().unwrap());
    let (told, mut log) = tokio::task::spawn_blocking(move || {
        let mut told = String::new();
        while !told.contains("over Socket Mode") {
            assert_ne!(std::io::BufRead::read_line(&mut log, &mut told).unwrap(), 0, "the program ended: {told}");
        }
        (told, log)
    })
    .await
    .unwrap();
    let mend = "SLACK_APP_TOKEN is not known to Slack (invalid_auth): copy it again";
    assert!(told.contains("\"level\":\"ERROR\"") && told.contains(mend), "{told}");
    assert_eq!(client.get(format!("{}/readyz", program.url)).send().await.unwrap().status(), 200);
    assert!(slack.asked_for_sockets() <= 2, "once for each connection, and never again");
    let pid = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    program.child.wait().unwrap();
    assert!(!(told + &rest).contains("hunter2"), "no token in any line");
}

#[tokio::test]
async fn the_program_needs_no_signing_secret_over_a_socket() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let api_url = slack.api_url();
    let folder = Folder::new();
    let settings = [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("SLACK_APP_TOKEN", APP_TOKEN)];
    let mut program = start(&folder, &settings);
    let mut socket = sockets.next().await;
    socket.deliver("command", COMMAND, &fields("slash_upshot.form")).await;
    let acknowledgement = socket.acknowledgement().await.unwrap();
    super::kit::check_message(&acknowledgement["payload"]);
    socket.deliver("click", INTERACTION, &slack.addressed("message_action_plain.json")).await;
    assert_eq!(socket.taken().await, "click");
    assert_eq!(slack.next().await.path, "/api/views.open");
    let client = client().timeout(PATIENCE).build().unwrap();
    let command = client.post(format!("{}/slack/commands", program.url)).body("command=/upshot").send().await.unwrap();
    assert_eq!(command.status(), 401, "over HTTP nothing is trusted without one");
    program.child.kill().unwrap();
    program.child.wait().unwrap();
}
