//! Addresses that deliveries bring along take a few messages and no more. What one person should have read there reaches that person
//! in their own conversation with the app.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use upshot::{clock::Timestamp, store::Counter};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, acknowledged, fixture, question},
};

on_both!(
    uses_of_an_address_are_counted_by_all_processes_and_forgotten,
    the_sixth_message_at_an_address_goes_to_the_person,
    an_address_that_is_spent_or_too_old_is_no_reason_for_silence,
    a_private_answer_that_a_channel_does_not_take_goes_to_the_person,
    an_answer_that_no_thread_takes_goes_to_who_asked,
    an_answer_that_comes_too_late_for_a_channel_goes_to_who_asked,
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

/// Asserts that this is what a channel did not take, below the reason why it comes to the person.
fn told_instead_of(refused: &Call, call: &Call) {
    const WHY: &str = "I could not show you this where you asked, so it comes here.";
    assert_eq!(told_directly(call), format!("{WHY}\n{}", refused.body["text"].as_str().unwrap()));
    let (first, others) = call.body["blocks"].as_array().unwrap().split_first().unwrap();
    assert_eq!(first["elements"][0]["text"], WHY);
    assert_eq!(others, refused.body["blocks"].as_array().unwrap());
}

/// A question of the person's, in a channel of our own or in one that is shared with another company.
fn asked(event: &str, is_shared: bool) -> Value {
    let mut question = if is_shared { fixture("event_slack_connect_mention.json") } else { question(event) };
    question["event_id"] = json!(event);
    question["event"]["ts"] = json!(format!("1790000100.{event}"));
    question["event"]["text"] = json!("<@U0000UPBOT> what is p95?");
    question["event"]["user"] = json!(PERSON);
    question["event"]["channel"] = json!("C0ASKED");
    for field in ["user_team", "source_team", "team"] {
        question["event"][field] = json!("T0000UPSHT");
    }
    question
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
    assert_eq!(server.deliver("/slack/events", asked("Ev1", true).to_string()).await.status(), 200);
    let refused = slack.next().await;
    assert_eq!(refused.path, "/api/chat.postEphemeral");
    told_instead_of(&refused, &slack.next().await);
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(database.owes_nothing().await);
    assert_eq!(database.count(Counter::Dead).await, 1, "the one that the channel did not take");
}

async fn an_answer_that_no_thread_takes_goes_to_who_asked(database: Database) {
    for (number, error) in
        ["restricted_action", "is_archived", "not_in_channel", "channel_not_found", "thread_not_found"]
            .iter()
            .enumerate()
    {
        let mut slack = FakeSlack::start().await;
        slack.answer_about("/api/chat.postMessage", "C0ASKED", &json!({ "ok": false, "error": error }));
        let server = TestServer::with_slack_and(&slack, &database).await;
        // A repetition of the platform's is answered once.
        for _ in 0..2 {
            let question = asked(&format!("Ev{error}"), false);
            assert_eq!(server.deliver("/slack/events", question.to_string()).await.status(), 200);
        }
        let refused = slack.next().await;
        assert_eq!(refused.body["channel"], "C0ASKED", "{error}");
        told_instead_of(&refused, &slack.next().await);
        server.stop().await;
        assert!(slack.rest().is_empty() && database.owes_nothing().await, "{error}");
        assert_eq!(database.count(Counter::Dead).await, number as u64 + 1);
        // The clock of a test stands, and a person gets one message a second.
        database.run("DELETE FROM paces").await;
    }
}

async fn an_answer_that_comes_too_late_for_a_channel_goes_to_who_asked(database: Database) {
    let mut slack = FakeSlack::start().await;
    let settings = |api_url: &str| {
        [("SLACK_API_URL", api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("UPSHOT_DATABASE_URL", &database.address)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let settings = settings(&slack.api_url());
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    for (number, path) in ["/api/chat.postMessage", "/api/chat.postEphemeral"].into_iter().enumerate() {
        let hours = 4 * i64::try_from(number).unwrap();
        let asked_at = NOW + hours * 3600;
        let server = TestServer::at(asked_at, &settings).await;
        slack.answer(path, "rate_limited_http_429");
        let question = asked(&format!("Ev{number}"), path.ends_with("Ephemeral"));
        assert_eq!(server.deliver("/slack/events", question.to_string()).await.status(), 200);
        let refused = slack.next().await;
        assert_eq!(refused.path, path);
        server.stop().await;
        assert!(!database.owes_nothing().await, "it is tried again later");
        // Two hours later nobody reads it in the channel any more.
        slack.answer(path, "post_message_ok");
        let server = TestServer::at(asked_at + 2 * 3600, &settings).await;
        told_instead_of(&refused, &slack.next().await);
        server.stop().await;
        assert!(slack.rest().is_empty() && database.owes_nothing().await);
        assert_eq!(database.count(Counter::Expired).await, number as u64 + 1);
    }
}
