//! Addresses that deliveries bring along take a few messages and no more. What one person should have read there reaches that person
//! in their own conversation with the app.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use upshot::{clock::Timestamp, store::Counter};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, acknowledged, fixture},
};

on_both!(
    uses_of_an_address_are_counted_by_all_processes_and_forgotten,
    the_sixth_message_at_an_address_goes_to_the_person,
    an_address_that_is_spent_or_too_old_is_no_reason_for_silence,
    a_private_answer_that_a_channel_does_not_take_goes_to_the_person,
);

const PERSON: &str = "U0ELENA001";

/// Somebody picks a reader, each time with a ticket of its own and the same address.
async fn pick(server: &TestServer, slack: &FakeSlack, number: u32) {
    let mut payload = slack.addressed("block_actions_message.json");
    payload["trigger_id"] = json!(format!("1.1.{number}"));
    acknowledged(server, &payload).await;
}

/// Asserts that this is the answer in the person's own conversation, and gives its text.
fn told_directly(call: &Call) -> Value {
    assert_eq!((&*call.path, &call.body["channel"]), ("/api/chat.postMessage", &json!(PERSON)), "{call:?}");
    for field in ["replace_original", "response_type", "thread_ts"] {
        assert!(call.body.get(field).is_none(), "{field} is for addresses and threads: {call:?}");
    }
    call.body["text"].clone()
}

async fn uses_of_an_address_are_counted_by_all_processes_and_forgotten(database: Database) {
    let stores = [database.open().await, database.open().await];
    let at = Timestamp::from_unix_seconds;
    let (until, now) = (at(2_000), at(1_000));
    let mut allowed = Vec::new();
    for number in 0..6 {
        allowed.push(stores[number % 2].use_address("one", 5, until).await.unwrap());
    }
    assert_eq!(allowed, [true, true, true, true, true, false]);
    assert!(stores[0].use_address("another", 5, until).await.unwrap());
    stores[1].give_back_address("one").await.unwrap();
    stores[1].give_back_address("unknown").await.unwrap();
    assert!(stores[0].use_address("one", 5, until).await.unwrap(), "what was given back can be used");
    assert!(!stores[1].use_address("one", 5, until).await.unwrap());
    stores[0].erase_expired(now).await.unwrap();
    assert!(!stores[0].use_address("one", 5, until).await.unwrap());
    stores[0].erase_expired(until).await.unwrap();
    assert!(stores[0].use_address("one", 5, at(3_000)).await.unwrap(), "nobody can use the old one any more");
    for store in stores {
        store.close().await;
    }
}

async fn the_sixth_message_at_an_address_goes_to_the_person(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let mut texts = Vec::new();
    for number in 0..5 {
        pick(&server, &slack, number).await;
        let call = slack.next().await;
        assert_eq!(call.path, "/hook");
        texts.push(call.body["text"].clone());
    }
    pick(&server, &slack, 5).await;
    assert_eq!(told_directly(&slack.next().await), texts[0], "the words are the same");
    // A repetition of the platform's is none of ours.
    pick(&server, &slack, 5).await;
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(database.owes_nothing().await);
    assert_eq!(database.count(Counter::Delivered).await, 6);
    assert_eq!(database.count(Counter::Expired).await, 1, "the one that the address did not take");
}

async fn an_address_that_is_spent_or_too_old_is_no_reason_for_silence(database: Database) {
    let mut slack = FakeSlack::start().await;
    slack.answer("/hook", "response_url_gone");
    let server = TestServer::with_slack_and(&slack, &database).await;
    pick(&server, &slack, 0).await;
    let refused = slack.next().await;
    assert_eq!(refused.path, "/hook");
    assert_eq!(told_directly(&slack.next().await), refused.body["text"]);
    // Slack has no time, and has it again half an hour later.
    slack.answer_with("/hook", StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new(), String::new());
    pick(&server, &slack, 1).await;
    assert_eq!(slack.next().await.path, "/hook");
    server.stop().await;
    assert!(!database.owes_nothing().await, "it is tried again later");
    let api_url = slack.api_url();
    let settings =
        [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("UPSHOT_DATABASE_URL", &*database.address)];
    let server = TestServer::at(NOW + 30 * 60, &settings).await;
    assert_eq!(told_directly(&slack.next().await), refused.body["text"], "the address itself is not tried any more");
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(database.owes_nothing().await);
    assert_eq!(database.count(Counter::Delivered).await, 2);
    assert_eq!(database.count(Counter::Expired).await, 2);
}

async fn a_private_answer_that_a_channel_does_not_take_goes_to_the_person(database: Database) {
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/chat.postEphemeral", "user_not_in_channel_ephemeral");
    let server = TestServer::with_slack_and(&slack, &database).await;
    // Somebody of this workspace asks in a channel that is shared with another company.
    let mut question = fixture("event_slack_connect_mention.json");
    question["event"]["text"] = json!("<@U0000UPBOT> what is p95?");
    question["event"]["user"] = json!(PERSON);
    for field in ["user_team", "source_team", "team"] {
        question["event"][field] = json!("T0000UPSHT");
    }
    assert_eq!(server.deliver("/slack/events", question.to_string()).await.status(), 200);
    let refused = slack.next().await;
    assert_eq!(refused.path, "/api/chat.postEphemeral");
    assert_eq!(told_directly(&slack.next().await), refused.body["text"]);
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(database.owes_nothing().await);
    assert_eq!(database.count(Counter::Dead).await, 1, "the one that the channel did not take");
}
