//! What holds for a channel: chosen by those who may, for everybody who has not chosen otherwise.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use upshot::{
    clock::Timestamp,
    ids::{AudienceId, ChannelId, PersonId, Platform, WorkspaceId},
    store::{Bridge, ChannelChange, ChannelSettings, Replies},
};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    server::{NOW, TestServer, fixture},
};

on_both!(what_was_chosen_for_a_channel_follows_it_to_its_new_id);

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

/// What Slack sends when a private channel may be shared from now on.
fn renamed(old: &str, new: &str) -> Value {
    let mut body = fixture("event_lifecycle.json")[0]["body"].clone();
    body["event_id"] = json!(format!("Ev{new}"));
    body["event"] = json!({
        "type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new, "event_ts": "1790000000.000100",
    });
    body
}

async fn what_was_chosen_for_a_channel_follows_it_to_its_new_id(database: Database) {
    const BY: &str = "U0ELENA001";
    let slack = FakeSlack::start().await;
    let (ours, other) = (WorkspaceId::new("T0000UPSHT"), WorkspaceId::new("T0OTHER"));
    let channel = |id: &str| ChannelId::new(id);
    let now = Timestamp::from_unix_seconds(NOW);
    let bridge = |to: &str| Bridge { to: channel(to), by: PersonId::new(BY), is_confirmed: true, trouble: None };
    let sources = ["pagerbot".to_owned()];
    let replies = Replies { sources: sources.to_vec(), by: PersonId::new(BY), trouble: None };
    let sales = AudienceId::new("sales");
    let store = database.open().await;
    let choose = async |workspace: &WorkspaceId, id: &str, change: ChannelChange<'_>| {
        store.change_channel(Platform::Slack, workspace, &channel(id), change, now).await.unwrap();
    };
    choose(&ours, "G0OLD", ChannelChange::Quiet).await;
    choose(&ours, "G0OLD", ChannelChange::Audience(Some(&sales))).await;
    choose(&ours, "G0OLD", ChannelChange::Replies(&replies)).await;
    choose(&ours, "G0OLD", ChannelChange::Bridge(&sources, &bridge("C0SALES"))).await;
    choose(&ours, "C0ALERTS", ChannelChange::Bridge(&sources, &bridge("G0OLD"))).await;
    // The same id elsewhere is another matter, and so is what somebody chose under a new id already.
    choose(&other, "G0OLD", ChannelChange::Quiet).await;
    choose(&ours, "G0TWICE", ChannelChange::Quiet).await;
    choose(&ours, "C0TWICE", ChannelChange::Audience(Some(&sales))).await;
    let chosen = async |workspace: &WorkspaceId, id: &str| {
        store.channel_settings(Platform::Slack, workspace, &channel(id)).await.unwrap()
    };
    let before = chosen(&ours, "G0OLD").await;

    let server = TestServer::with_slack_and(&slack, &database).await;
    // What held before was just read, and the event comes again.
    let message = "The deploy of checkout failed.";
    assert_eq!(reader(&typed(&server, BY, "C0NEW", "1.a", message).await), "general");
    for (old, new) in [("G0OLD", "C0NEW"), ("G0OLD", "C0NEW"), ("G0TWICE", "C0TWICE")] {
        let response = server.deliver("/slack/events", renamed(old, new).to_string()).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
    }
    assert_eq!(reader(&typed(&server, BY, "C0NEW", "1.b", message).await), "sales");
    server.stop().await;

    let nothing = ChannelSettings::default();
    assert_eq!((chosen(&ours, "C0NEW").await, chosen(&ours, "G0OLD").await), (before, nothing.clone()));
    assert_eq!(chosen(&ours, "C0ALERTS").await.bridge, Some(bridge("C0NEW")));
    assert!(chosen(&other, "G0OLD").await.is_quiet && !chosen(&other, "C0NEW").await.is_quiet);
    let latest = ChannelSettings { audience: Some(sales.clone()), ..nothing.clone() };
    assert_eq!((chosen(&ours, "C0TWICE").await, chosen(&ours, "G0TWICE").await), (latest, nothing));
    store.close().await;
}
