//! A bot service in trouble gets everything in the end, and nothing too often; `upshot doctor` says what is wrong.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use serde_json::{Value, json};
use upshot::store::Counter;

use super::fake::{FakeTeams, claims, deliver_with, signed, token};
use crate::{
    cli::{finish, upshot},
    databases::{Database, on_both},
    delivery::until,
    server::{Folder, TestServer},
};

on_both!(whoever_has_no_time_is_asked_until_it_is_too_late, an_answer_that_is_too_long_for_teams_is_one_sentence);

/// Somebody writes in a conversation of this name.
async fn write(teams: &FakeTeams, server: &TestServer, conversation: &str) {
    let mut message = teams.activity("02-message-personal.json");
    message["conversation"]["id"] = json!(conversation);
    deliver(teams, server, &message).await;
}

/// To a server whose clock runs.
async fn deliver(teams: &FakeTeams, server: &TestServer, activity: &Value) {
    let mut good = claims(&teams.service());
    good["exp"] = json!(4_102_444_800_i64);
    assert_eq!(deliver_with(server, activity, Some(&token("test-key", &good))).await.status(), 200);
}

#[tokio::test]
async fn a_service_in_trouble_gets_the_answer_in_the_end() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.running_server(&database).await;
    teams.answer("/token", 503, &[], "");
    teams.answer("/service", 429, &[("retry-after", "1")], "{}");
    teams.answer_as("/service", "precondition");
    teams.answer_as("/service", "bad gateway");
    write(&teams, &server, "a:1").await;
    let first = teams.next().await.body;
    for _ in 0..3 {
        assert_eq!(teams.next().await.body, first, "the same words each time");
    }
    assert_eq!(teams.asked("/token"), 2);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await, "it arrived, and that is all");
}

/// What fails twelve times is given up; a conversation that is busy fails nothing.
async fn whoever_has_no_time_is_asked_until_it_is_too_late(database: Database) {
    let mut teams = FakeTeams::start().await;
    let (server, millis) = teams.turned_server(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
    for case in ["precondition", "throttled without hint", "precondition"] {
        teams.answer_as("/service", case);
    }
    write(&teams, &server, "a:1").await;
    for _ in 0..3 {
        teams.next().await;
        let now = millis.load(Ordering::Relaxed);
        let waits = async || database.outbox().await.iter().all(|row| row.1 == "waiting" && row.5 > now && row.3 == 0);
        until("it waits for another try, and none of them failed", waits).await;
        // As if it had been tried for long; no wait is longer than five minutes.
        database.run("UPDATE outbox SET attempts = 40").await;
        millis.fetch_add(300_000, Ordering::Relaxed);
    }
    let arrived = teams.next().await;
    assert!(arrived.body.to_string().contains("12 minutes"), "{}", arrived.body);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    assert_eq!((database.count(Counter::Delivered).await, database.count(Counter::Dead).await), (1, 0));
}

/// Whoever asked hears of it, where they would have read the answer, and once.
async fn an_answer_that_is_too_long_for_teams_is_one_sentence(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = teams.running_server(&database).await;
    for _ in 0..3 {
        teams.answer_as("/service", "too big");
    }
    let answered = "My answer is longer than Teams takes, so it is not here.";
    write(&teams, &server, "a:1").await;
    let refused = teams.next().await;
    let told = teams.next().await;
    assert!(told.body["text"].as_str().unwrap().starts_with(answered), "{}", told.body);
    for field in ["conversation", "replyToId", "from"] {
        assert_eq!(told.body[field], refused.body[field], "{field}");
    }
    // That one was refused too, and nothing shorter is left to say. An answer for one person stays one.
    deliver(&teams, &server, &teams.activity("05-message-targeted-slash.json")).await;
    let refused = teams.next().await;
    let told = teams.next().await;
    assert!(told.body["text"].as_str().unwrap().starts_with(answered), "{}", told.body);
    assert_eq!((&told.path, &told.body["recipient"]), (&refused.path, &refused.body["recipient"]));
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    assert_eq!((database.count(Counter::Delivered).await, database.count(Counter::Dead).await), (1, 3));
}

/// The client shows a failure when nothing comes, so something comes in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_too_long_is_said_in_time() {
    let Some(database) = Database::postgres().await else { return };
    let teams = FakeTeams::start().await;
    let server = teams.server_over(&database).await;
    let held = database.hold("LOCK TABLE channels IN ACCESS EXCLUSIVE MODE").await;
    let answer = teams.deliver(&server, &teams.activity("14-fetch-task-message-action.json")).await;
    assert_eq!(answer.status(), 200);
    let told = crate::server::json(answer).await;
    let sentence = "That took too long. Please try again, or write to Upshot directly.";
    assert_eq!(told, json!({ "task": { "type": "message", "value": sentence } }));
    drop(held);
    server.stop().await;
}

#[tokio::test]
async fn a_post_that_may_have_arrived_is_sent_once_more_and_no_more() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.running_server(&database).await;
    teams.answer_as("/service", "bad gateway");
    teams.answer_as("/service", "gateway timeout");
    write(&teams, &server, "a:1").await;
    teams.next().await;
    teams.next().await;
    // Another conversation is not held up by it.
    write(&teams, &server, "a:2").await;
    let other = teams.next().await;
    assert!(other.path.contains("a%3A2"), "{}", other.path);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    assert_eq!(database.count(Counter::Dead).await, 1, "it was given up");
}

#[tokio::test]
async fn many_conversations_of_one_tenant_are_answered_at_its_pace_and_all_of_them() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let (server, millis) = teams.turned_server(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let asked: BTreeSet<String> = (0..30).map(|number| format!("a:{number}")).collect();
    for conversation in &asked {
        write(&teams, &server, conversation).await;
    }
    let store = database.open().await;
    let mut answered = BTreeSet::new();
    // Fifteen at once after a rest, then ten in a second.
    for (at_this_moment, waiting) in [(15, 15), (10, 5), (5, 0)] {
        for _ in 0..at_this_moment {
            answered.insert(teams.next().await.body["conversation"]["id"].as_str().unwrap().to_owned());
        }
        until("what was posted has ended", async || {
            store.open_events(100).await.unwrap() == 0 && store.open_deliveries(100).await.unwrap() <= waiting
        })
        .await;
        assert_eq!(store.open_deliveries(100).await.unwrap(), waiting, "the others wait for their time");
        millis.fetch_add(1_000, Ordering::Relaxed);
    }
    store.close().await;
    assert_eq!(answered, asked);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await, "each was answered once");
}

/// When somebody else of the app has used a tenant's rate up, what is refused waits as long as it was told, and is sent.
#[tokio::test]
async fn what_a_tenant_does_not_take_waits_as_it_was_told() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.running_server(&database).await;
    for _ in 0..3 {
        teams.answer("/service", 429, &[("retry-after", "1")], "{}");
    }
    let asked: BTreeSet<String> = (0..5).map(|number| format!("a:{number}")).collect();
    for conversation in &asked {
        write(&teams, &server, conversation).await;
    }
    let mut answered = Vec::new();
    for _ in 0..asked.len() + 3 {
        answered.push(teams.next().await.body["conversation"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(answered.iter().cloned().collect::<BTreeSet<_>>(), asked);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await, "nothing was lost: {answered:?}");
    assert_eq!(database.count(Counter::Delivered).await, 5);
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong() {
    let teams = FakeTeams::start().await;
    let ask = async |more: Vec<(&'static str, String)>| {
        tokio::task::spawn_blocking(move || {
            let folder = Folder::new();
            let mut command = upshot(&folder);
            command.arg("doctor").env("UPSHOT_LISTEN", "127.0.0.1:0").envs(more);
            let report = String::from_utf8(finish(&mut command).stdout).unwrap();
            report.lines().find(|line| line.contains(" teams ")).unwrap_or_else(|| panic!("{report}")).to_owned()
        })
        .await
        .unwrap()
    };
    let reading = || {
        let more =
            [("TEAMS_READ_THREADS", "true"), ("MICROSOFT_APP_TENANT_ID", "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e")];
        let more = more.map(|(name, value)| (name, value.to_owned()));
        teams.settings().into_iter().chain(more).collect::<Vec<_>>()
    };
    assert!(ask(Vec::new()).await.starts_with("ok    teams     not set up"));
    let well = ask(teams.settings().to_vec()).await;
    assert!(well.starts_with("ok    teams") && well.contains("2 of 4 keys") && well.contains("was given"), "{well}");
    let hook = ask(vec![("TEAMS_WEBHOOK_SECRET", "b3RoZXI=".to_owned())]).await;
    assert!(hook.starts_with("ok    teams     one outgoing webhook; no bot"), "{hook}");
    for (path, case, part) in [
        ("/token", "token endpoint wrong tenant", "MICROSOFT_APP_TENANT_ID"),
        ("/token", "token endpoint bad secret", "MICROSOFT_APP_PASSWORD is wrong"),
        ("/metadata", "bad gateway", "OpenID metadata"),
    ] {
        teams.answer_as(path, case);
        let report = ask(teams.settings().to_vec()).await;
        assert!(report.starts_with("mend  teams") && report.contains(part), "{report}");
        assert!(!report.contains("app-password"), "{report}");
    }
    // What a token permits is in it; one that is nobody's affair to read is left alone.
    for (claims, begins, part) in [
        (
            Some(json!({ "roles": ["Group.Selected"] })),
            "ok    teams",
            "threads can be read in teams whose owner has agreed",
        ),
        (Some(json!({ "roles": ["ChannelMessage.Read.All"] })), "ok    teams", "threads of all teams can be read"),
        (Some(json!({ "roles": ["User.Read.All"] })), "mend  teams", "`upshot manifest teams --reads-threads`"),
        (Some(json!({})), "mend  teams", "agree to ChannelMessage.Read.Group"),
        (None, "ok    teams", "cannot be told"),
    ] {
        let header = json!({ "alg": "RS256", "kid": "directory" });
        let graph = claims.map_or_else(|| "sealed".to_owned(), |claims| signed(&header, &claims));
        for token in ["for-answers", graph.as_str()] {
            teams.answer("/token", 200, &[], &json!({ "expires_in": 3599, "access_token": token }).to_string());
        }
        let report = ask(reading()).await;
        assert!(report.starts_with(begins) && report.contains(part), "{graph}: {report}");
    }
    // The first token is for answers, and the second for reading.
    teams.answer("/token", 200, &[], &json!({ "access_token": "for-answers" }).to_string());
    teams.answer_as("/token", "token endpoint wrong tenant");
    let report = ask(reading()).await;
    assert!(report.starts_with("mend  teams") && report.contains("threads cannot be read"), "{report}");
}

/// Where somebody can be reached privately nowhere, only the way is told where others read along.
#[tokio::test]
async fn who_cannot_be_answered_privately_at_all_is_told_how_to_be() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.running_server(&database).await;
    let targeted = teams.activity("05-message-targeted-slash.json");
    teams.answer_as("/service", "bad argument");
    teams.answer_as("/service", "blocked by user");
    deliver(&teams, &server, &targeted).await;
    let refused = teams.next().await;
    assert_eq!(teams.next().await.path, "/service/v3/conversations");
    let public = teams.next().await;
    let conversation = refused.path.trim_end_matches("?isTargetedActivity=true");
    assert_eq!(public.path, conversation, "where they asked, for everybody");
    let text = public.body["text"].as_str().unwrap();
    assert!(text.starts_with("I could not answer privately here."), "{text}");
    assert_eq!(
        public.body["conversation"],
        targeted["conversation"]["id"].as_str().map(|id| json!({ "id": id })).unwrap()
    );
    assert!(public.body.get("recipient").is_none() && public.body.get("attachments").is_none(), "{}", public.body);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}
