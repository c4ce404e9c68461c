//! What holds for a channel: chosen by those who may, for everybody who has not chosen otherwise.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    fake_slack::FakeSlack,
    server::{TestServer, fixture},
};

const ADMIN: &str = r#"{"ok":true,"user":{"name":"elena","is_admin":true}}"#;
const MEMBER: &str = r#"{"ok":true,"user":{"name":"elena","is_admin":false,"is_owner":false}}"#;
const MADE_BY_ELENA: &str = r#"{"ok":true,"channel":{"id":"C0INCIDENT","creator":"U0ELENA001"}}"#;
const MADE_BY_MARCO: &str = r#"{"ok":true,"channel":{"id":"C0INCIDENT","creator":"U0MARCO002"}}"#;
const NO_SCOPE: &str = r#"{"ok":false,"error":"missing_scope","needed":"users:read"}"#;

fn knows(slack: &FakeSlack, user: &str, channel: &str) {
    for (path, body) in [("/api/users.info", user), ("/api/conversations.info", channel)] {
        slack.answer_with(path, StatusCode::OK, HeaderMap::new(), body.to_owned());
    }
}

/// Types a command in a channel and returns the private answer.
async fn typed(server: &TestServer, person: &str, channel: &str, trigger: &str, text: &str) -> Value {
    server.typed(&[("user_id", person), ("channel_id", channel), ("trigger_id", trigger), ("text", text)]).await
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

fn reader(message: &Value) -> &str {
    let blocks = message["blocks"].as_array().unwrap();
    let controls = blocks.iter().find(|block| block["type"] == "actions").unwrap();
    controls["elements"][0]["initial_option"]["value"].as_str().unwrap()
}

#[tokio::test]
async fn a_channels_reader_holds_for_everybody_who_has_none() {
    let slack = FakeSlack::start().await;
    knows(&slack, ADMIN, MADE_BY_MARCO);
    let server = TestServer::with_slack(&slack).await;
    let (elena, priya, here) = ("U0ELENA001", "U0PRIYA003", "C0INCIDENT");
    assert!(text(&typed(&server, elena, here, "1.a", "settings here").await).contains("no reader was chosen"));
    assert_eq!(slack.reads(), 0, "nothing changes, so nobody is asked who may change it");
    let done = typed(&server, elena, here, "1.b", "settings here for the sales team").await;
    assert!(text(&done).starts_with("*Done.") && text(&done).contains("unless you chose your own: Sales"), "{done}");
    assert!(slack.reads() > 0, "who may change it is asked about");
    assert_eq!(reader(&typed(&server, priya, here, "1.c", "The pod is down").await), "sales");
    assert_eq!(reader(&typed(&server, priya, "C0OTHER", "1.d", "The pod is down").await), "general");
    assert_eq!(reader(&typed(&server, priya, here, "1.e", "for hr: The pod is down").await), "hr");
    typed(&server, priya, here, "1.f", "settings legal").await;
    assert_eq!(reader(&typed(&server, priya, here, "1.g", "The pod is down").await), "legal", "one's own comes first");
    typed(&server, elena, here, "1.h", "settings here off").await;
    assert_eq!(reader(&typed(&server, elena, here, "1.i", "The pod is down").await), "general");
    server.stop().await;
}

#[tokio::test]
async fn only_who_runs_the_workspace_or_made_the_channel_may_choose() {
    for (user, channel, starts) in [
        (ADMIN, MADE_BY_MARCO, "*Done."),
        (MEMBER, MADE_BY_ELENA, "*Done."),
        (MEMBER, MADE_BY_MARCO, "That changes my answers for everybody here"),
        (NO_SCOPE, MADE_BY_ELENA, "I could not find out whether you may"),
        (MEMBER, NO_SCOPE, "I could not find out whether you may"),
    ] {
        let slack = FakeSlack::start().await;
        knows(&slack, user, channel);
        let server = TestServer::with_slack(&slack).await;
        let answer = typed(&server, "U0ELENA001", "C0INCIDENT", "1.a", "settings here quiet").await;
        assert!(text(&answer).starts_with(starts), "{}", text(&answer));
        let holds = typed(&server, "U0ELENA001", "C0INCIDENT", "1.b", "settings here").await;
        let is_quiet = text(&holds).contains("only who asked sees the answer");
        assert_eq!(is_quiet, starts == "*Done.", "{}", text(&holds));
        server.stop().await;
    }
    // Without a channel, and without a Slack that can be asked.
    let server = TestServer::start().await;
    let nowhere = server.command("/upshot", "settings here quiet").await;
    assert!(text(&nowhere).starts_with("That can be chosen for a channel only."), "{nowhere}");
    let unasked = typed(&server, "U0ELENA001", "C0INCIDENT", "1.c", "settings here quiet").await;
    assert!(text(&unasked).starts_with("I could not find out"), "{unasked}");
    server.stop().await;
}

#[tokio::test]
async fn in_a_quiet_channel_a_call_by_name_is_answered_to_the_asker_alone() {
    let mut slack = FakeSlack::start().await;
    knows(&slack, ADMIN, MADE_BY_MARCO);
    let server = TestServer::with_slack(&slack).await;
    typed(&server, "U0ELENA001", "C0INCIDENT", "1.a", "settings here quiet").await;
    let mut mention = fixture("event_app_mention.json");
    mention["event"]["text"] = json!("<@U0000UPBOT> what is p95?");
    let asker = mention["event"]["user"].clone();
    server.deliver("/slack/events", mention.to_string()).await;
    let answer = slack.next().await;
    assert_eq!((&*answer.path, &answer.body["user"]), ("/api/chat.postEphemeral", &asker));
    assert_eq!(answer.body["thread_ts"], "1789999800.000200");
    assert!(text(&answer.body).contains("95 of 100 requests"));
    typed(&server, "U0ELENA001", "C0INCIDENT", "1.b", "settings here not quiet").await;
    let holds = typed(&server, "U0ELENA001", "C0INCIDENT", "1.c", "settings here").await;
    assert!(!text(&holds).contains("only who asked sees the answer"), "{}", text(&holds));
    mention["event_id"] = json!("Ev2");
    mention["event"]["channel"] = json!("C0OTHER");
    server.deliver("/slack/events", mention.to_string()).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage", "elsewhere the thread hears it");
    server.stop().await;
}
