//! What can be done under an explanation: share it, say whether it helped. And where those who look after the entries see that.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    store::{Counter, GAPS_REMEMBERED, UnclearEntry},
};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    insight::{page, signed_in},
    server::{NOW, TestServer, acknowledged, fixture},
    sharing::{button, contexts, sections, unread},
};

on_both!(what_did_not_help_is_told_when_enough_people_said_so);

pub(crate) const CHANNEL: &str = "C0SALES001";
const MARCO: &str = r#"{"ok":true,"user":{"name":"marco","profile":{"display_name":"Marco Bianchi"}}}"#;

/// Types a command in a channel.
pub(crate) async fn typed_in(
    server: &TestServer,
    slack: &FakeSlack,
    channel: &str,
    (command, query): (&str, &str),
) -> Value {
    let address = slack.response_url();
    let trigger = format!("7.7.{channel}.{query}");
    let fields = [
        ("command", command),
        ("channel_id", channel),
        ("text", query),
        ("trigger_id", &*trigger),
        ("response_url", &*address),
    ];
    server.typed(&fields).await
}

async fn explain_in(server: &TestServer, slack: &FakeSlack, channel: &str, query: &str) -> Value {
    typed_in(server, slack, channel, ("/explain", query)).await
}

/// What Slack sends when a person presses a button of a private message in that channel.
pub(crate) fn press(slack: &FakeSlack, message: &Value, action: &str, person: &str, trigger: &str) -> Value {
    let button = button(message, action).unwrap_or_else(|| panic!("no {action} in {message}"));
    let mut payload = fixture("block_actions_message.json");
    payload["user"]["id"] = json!(person);
    payload["response_url"] = json!(slack.response_url());
    payload["trigger_id"] = json!(trigger);
    payload["channel"]["id"] = json!(CHANNEL);
    payload["container"]["channel_id"] = json!(CHANNEL);
    payload["actions"] = json!([{ "type": "button", "action_id": action, "block_id": "b", "value": button["value"] }]);
    payload
}

#[tokio::test]
async fn an_explanation_is_posted_once_under_the_name_of_whoever_shares_it() {
    let mut slack = FakeSlack::start().await;
    slack.answer_with("/api/users.info", StatusCode::OK, HeaderMap::new(), MARCO.to_owned());
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let message = explain_in(&server, &slack, CHANNEL, "p95 in one line").await;
    let share = button(&message, "share").unwrap();
    assert_eq!(share["text"]["text"], "Post in channel");
    assert!(share["confirm"]["text"]["text"].as_str().unwrap().contains("this explanation, with your name"), "{share}");
    for trigger in ["1.1.a", "1.1.b"] {
        acknowledged(&server, &press(&slack, &message, "share", "U0ELENA001", trigger)).await;
    }
    let post = slack.next().await;
    assert_eq!((&*post.path, &post.body["channel"]), ("/api/chat.postMessage", &json!(CHANNEL)));
    assert_eq!(sections(&post.body), sections(&message), "word for word what was read");
    let credit = contexts(&post.body);
    let by = "Shared by <https://alderbrook.slack.com/team/U0ELENA001|Marco Bianchi>.";
    assert!(credit.starts_with(&format!("*In plain words, for this reader: Everyone.* {by}")), "{credit}");
    assert_eq!(button(&post.body, "helpful"), None, "nothing of what is posted is anybody's own");
    let told = slack.next().await;
    assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
    assert!(contexts(&told.body).contains("This was posted in the channel."), "{}", told.body);
    assert_eq!(sections(&told.body), sections(&message));
    assert_eq!(button(&told.body, "share"), None, "it is shared once");
    // Somebody else may share the same entry from an answer of their own.
    let mut other = press(&slack, &message, "share", "U0PRIYA003", "1.1.c");
    other["container"]["message_ts"] = json!("1790000021.000600");
    acknowledged(&server, &other).await;
    server.stop().await;
    assert_eq!(
        database.waiting_deliveries_in(&format!("channel {CHANNEL}")).await,
        1,
        "when the pace of the channel allows it"
    );
}

#[tokio::test]
async fn only_what_everybody_would_read_alike_can_be_shared() {
    let slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    for (channel, query, is_shared) in [
        (CHANNEL, "p95", true),
        (CHANNEL, "what is p95 and what is a rollback?", true),
        // In a conversation of two there is nobody to share it with.
        ("D0ELENA001", "p95", false),
        ("", "p95", false),
        // Somebody's own words are in these, or nothing is.
        (CHANNEL, "fat-fingered the config", false),
        (CHANNEL, "flibbertigibbet", false),
        // Which of its meanings is the one is for the reader to say first.
        (CHANNEL, "port", false),
    ] {
        let message = explain_in(&server, &slack, channel, query).await;
        assert_eq!(button(&message, "share").is_some(), is_shared, "{query} in {channel:?}: {message}");
    }
    server.stop().await;
}

#[tokio::test]
async fn words_that_nobody_read_are_not_shared() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = explain_in(&server, &slack, CHANNEL, "p95").await;
    acknowledged(&server, &unread(press(&slack, &message, "share", "U0ELENA001", "1.1.a"))).await;
    let told = slack.next().await;
    assert_eq!(told.path, "/hook");
    assert!(contexts(&told.body).contains("Nothing was shared"), "{}", told.body);
    // Read now, they can be.
    acknowledged(&server, &press(&slack, &told.body, "share", "U0ELENA001", "1.1.b")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    server.stop().await;
}

async fn what_did_not_help_is_told_when_enough_people_said_so(database: Database) {
    let mut slack = FakeSlack::start().await;
    let api = slack.api_url();
    let settings = [
        ("SLACK_API_URL", &*api),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
        ("UPSHOT_ADMIN_TOKEN", super::glossary::TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let server = TestServer::with(&settings).await;
    let message = explain_in(&server, &slack, CHANNEL, "p95").await;
    assert_eq!(button(&message, "wrong").unwrap()["text"]["text"], "Did not help");
    let cookie = signed_in(&server).await;
    let unclear = async || {
        let shown = page(&server, &cookie, "/glossary/wanted").await;
        let (_, section) = shown.split_once("Explained and not understood").unwrap();
        section.contains("href=\"/glossary/concepts/latency-p95\"")
    };
    let people = ["U0ANN", "U0BEN", "U0BEN", "U0CYD", "U0DAN"];
    for (number, person) in people.iter().enumerate() {
        let said = if *person == "U0DAN" { "helpful" } else { "wrong" };
        assert_eq!(unclear().await, number > 3, "before {person}: three people are enough, and no fewer");
        acknowledged(&server, &press(&slack, &message, said, person, &format!("1.1.{number}"))).await;
        let told = slack.next().await;
        assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
        assert!(contexts(&told.body).contains("without your name"), "{}", told.body);
        assert_eq!(sections(&told.body), sections(&message), "the answer stays");
        assert!(button(&told.body, "helpful").is_none() && button(&told.body, "share").is_some(), "{}", told.body);
    }
    assert!(unclear().await);
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackWrong).await, 3);
    assert_eq!(database.count(Counter::FeedbackHelpful).await, 1);
    for person in people {
        assert!(!database.holds(person).await, "{person} is in the database");
    }
    let store = database.open_with(&["0123456789abcdef0123456789abcdef"]).await;
    let told = [UnclearEntry { concept: "latency-p95".to_owned(), people: 3, asked: 4 }];
    assert_eq!(store.unclear_entries(None, 10).await.unwrap(), told);
    // It is forgotten, as everything is that people met.
    store.erase_expired(Timestamp::from_unix_seconds(NOW).plus(GAPS_REMEMBERED * 2)).await.unwrap();
    assert_eq!(store.unclear_entries(None, 10).await.unwrap(), []);
    store.close().await;
}
