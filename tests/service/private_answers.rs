//! What hangs on a private answer, whatever it tells and wherever it was asked: another reader, where its words come from, sharing it,
//! saying how it was, asking for a definition.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    databases::Database,
    explained::{CHANNEL, press, typed_in},
    fake_slack::FakeSlack,
    kit,
    server::{NOW, TestServer, acknowledged, fixture},
    sharing::{button, contexts},
};

const ELENA: &str = "U0ELENA001";
const PRIYA: &str = "U0PRIYA003";
const TEXT: &str = "p95 latency went from 220ms to 3.4s after the 14:05 deploy, rollback ETA 10 min";

/// The actions of the blocks whose id begins so.
fn actions_in(message: &Value, block: &str) -> Vec<String> {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let is_meant = |one: &&Value| one["block_id"].as_str().is_some_and(|id| id.starts_with(block));
    let elements = blocks.filter(is_meant).flat_map(|block| block["elements"].as_array().unwrap());
    elements.map(|element| element["action_id"].as_str().unwrap().to_owned()).collect()
}

/// Presses a button in a block of its own: where several versions stand, each has the same buttons.
fn press_in(slack: &FakeSlack, message: &Value, (block, action): (&str, &str), trigger: &str) -> Value {
    let blocks = message["blocks"].as_array().unwrap();
    let block = blocks.iter().find(|one| one["block_id"].as_str().is_some_and(|id| id.starts_with(block))).unwrap();
    press(slack, &json!({ "blocks": [block] }), action, ELENA, trigger)
}

fn text(value: &Value) -> String {
    let blocks = value["blocks"].as_array().unwrap().iter();
    let of = |block: &Value| Some(block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str())?.to_owned());
    blocks.filter_map(of).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_versions_for_several_readers_are_shared_explained_and_judged() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let typed = format!("for finance and sales: {TEXT}");
    let message = typed_in(&server, &slack, CHANNEL, ("/upshot", &typed)).await;
    for reader in ["finance", "sales"] {
        assert_eq!(actions_in(&message, &format!("version:{reader}")), ["share", "plain", "why"], "{message}");
    }
    assert_eq!(actions_in(&message, "text:"), ["audience", "original"], "no reader is chosen, so that each can be");
    assert_eq!(actions_in(&message, "about:finance,sales:"), ["helpful", "wrong", "missed"]);
    // Where the words of one version come from.
    acknowledged(&server, &press_in(&slack, &message, ("version:sales", "plain"), "1.1.a")).await;
    let opened = slack.next().await;
    assert_eq!((&*opened.path, &opened.body["view"]["title"]["text"]), ("/api/views.open", &json!("In plain words")));
    // All of them are judged together, and stay.
    acknowledged(&server, &press_in(&slack, &message, ("about:", "helpful"), "1.1.b")).await;
    let judged = slack.next().await.body;
    kit::check_message(&judged);
    assert!(contexts(&judged).contains("That was counted"), "{judged}");
    for title in ["For this reader: Finance", "For this reader: Sales"] {
        assert!(text(&judged).contains(title), "{title} in {judged}");
    }
    assert_eq!(button(&judged, "helpful"), None);
    // One of them is shared, in the words that were read.
    acknowledged(&server, &press_in(&slack, &judged, ("version:sales", "share"), "1.1.c")).await;
    let posted = slack.next().await;
    assert_eq!((&*posted.path, &posted.body["channel"]), ("/api/chat.postMessage", &json!(CHANNEL)));
    assert!(contexts(&posted.body).contains("for this reader: Sales"), "{}", posted.body);
    let told = slack.next().await;
    assert!(contexts(&told.body).contains("This was posted in the channel."), "{}", told.body);
    // A term is missing in any of them.
    acknowledged(&server, &press_in(&slack, &message, ("about:", "missed"), "1.1.d")).await;
    assert_eq!(slack.next().await.body["view"]["callback_id"], "definition");
    server.stop().await;
}

#[tokio::test]
async fn a_side_of_an_answer_is_the_one_of_its_reader() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    server.command("/upshot", "settings engineer").await;
    let message = typed_in(&server, &slack, CHANNEL, ("/upshot", &format!("for sales: {TEXT}"))).await;
    for (side, holds) in [("plain", "release"), ("why", "“deploy” → “release”")] {
        acknowledged(&server, &press(&slack, &message, side, ELENA, &format!("1.1.{side}"))).await;
        let shown = text(&slack.next().await.body["view"]);
        assert!(shown.contains(holds), "an engineer reads “deploy”, sales do not: {shown}");
    }
    // A button of an earlier version names no reader.
    let mut earlier = press(&slack, &message, "original", ELENA, "1.1.c");
    let value = earlier["actions"][0]["value"].as_str().unwrap().split('.').next().unwrap().to_owned();
    earlier["actions"][0]["value"] = json!(value);
    acknowledged(&server, &earlier).await;
    assert!(text(&slack.next().await.body["view"]).contains("14:05 deploy"));
    server.stop().await;
}

#[tokio::test]
async fn an_explanation_says_where_it_comes_from_and_takes_a_missing_term() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = typed_in(&server, &slack, CHANNEL, ("/explain", "p95")).await;
    assert_eq!(actions_in(&message, "concept:"), ["audience", "depth_line", "depth_paragraph", "entry_open"]);
    assert_eq!(actions_in(&message, "about:"), ["share", "helpful", "wrong", "missed"]);
    assert_eq!(button(&message, "entry_open").unwrap()["text"]["text"], "Why these words?");
    acknowledged(&server, &press(&slack, &message, "entry_open", ELENA, "1.1.a")).await;
    let entry = slack.next().await.body["view"].clone();
    kit::check_view(&entry);
    assert_eq!(entry["title"]["text"], "Glossary");
    assert!(text(&entry).contains("95 of 100 requests"), "{entry}");
    acknowledged(&server, &press(&slack, &message, "missed", ELENA, "1.1.b")).await;
    assert_eq!(slack.next().await.body["view"]["callback_id"], "definition");
    // Of two entries, none is the one.
    let two = typed_in(&server, &slack, CHANNEL, ("/explain", "p95 and rollback")).await;
    assert_eq!(button(&two, "entry_open"), None);
    // Nothing is there to be shared, judged or told at another depth.
    let unknown = typed_in(&server, &slack, CHANNEL, ("/explain", "flibbertigibbet")).await;
    assert_eq!(actions_in(&unknown, ""), ["request_definition"]);
    server.stop().await;
}

#[tokio::test]
async fn a_term_that_was_meant_is_one_press_away() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let near = typed_in(&server, &slack, CHANNEL, ("/explain", "rolback")).await;
    let meant = button(&near, "meant_1").unwrap_or_else(|| panic!("{near}"));
    assert_eq!(meant["value"], "rollback");
    acknowledged(&server, &press(&slack, &near, "meant_1", ELENA, "1.1.a")).await;
    let told = slack.next().await.body;
    kit::check_message(&told);
    assert_eq!(told["replace_original"], true);
    assert!(button(&told, "helpful").is_some() && button(&told, "meant_1").is_none(), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn who_is_answered_alone_in_a_channel_can_share_it_under_the_authors_name() {
    const ADMIN: &str = r#"{"ok":true,"user":{"name":"elena","is_admin":true,"profile":{"display_name":"Elena"}}}"#;
    let mut slack = FakeSlack::start().await;
    slack.answer_with("/api/users.info", StatusCode::OK, HeaderMap::new(), ADMIN.to_owned());
    slack.answer_about("/api/conversations.info", "C0INCIDENT", &json!({ "ok": true, "channel": {} }));
    let parent = json!({
        "type": "message", "ts": "1789999800.000200", "thread_ts": "1789999800.000200", "user": "U0MARCO002", "text": TEXT
    });
    slack.answer_about("/api/conversations.replies", "C0INCIDENT", &json!({ "ok": true, "messages": [parent] }));
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let quiet =
        [("user_id", ELENA), ("channel_id", "C0INCIDENT"), ("text", "settings here quiet"), ("trigger_id", "1.a")];
    server.typed(&quiet).await;
    server.deliver("/slack/events", fixture("event_app_mention.json").to_string()).await;
    let answer = loop {
        let call = slack.next().await;
        if call.path.contains("chat.post") {
            break call;
        }
    };
    assert_eq!(answer.path, "/api/chat.postEphemeral");
    for action in ["audience", "plain", "why", "original", "share", "helpful", "wrong", "missed"] {
        assert!(button(&answer.body, action).is_some(), "{action} in {}", answer.body);
    }
    server.stop().await;
    // A moment later, because Slack takes one post a second in a channel.
    let later = [
        ("SLACK_API_URL", &*slack.api_url()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
    ];
    let server = TestServer::at(NOW + 5, &later).await;
    let mut pressed = press(&slack, &answer.body, "share", PRIYA, "1.1.a");
    pressed["channel"]["id"] = json!("C0INCIDENT");
    acknowledged(&server, &pressed).await;
    let posted = loop {
        let call = slack.next().await;
        assert_ne!(call.path, "/hook", "nothing else is said: {}", call.body);
        if call.path == "/api/chat.postMessage" {
            break call.body;
        }
    };
    assert_eq!((&posted["channel"], &posted["thread_ts"]), (&json!("C0INCIDENT"), &json!("1789999800.000200")));
    let credit = contexts(&posted);
    assert!(credit.contains("the original above, written by Elena. Shared by Elena."), "{credit}");
    server.stop().await;
}
