//! What people write to the app in channels and in their conversation with it is answered once, where it was written.

use serde_json::{Value, json};

use super::{
    databases::Database,
    fake_slack::{Call, FakeSlack},
    server::{TestServer, fixture},
};

/// A mention in a thread, as Slack documents it, with other words and its own number.
fn mention(event: &str, words: &str) -> Value {
    let mut body = fixture("event_app_mention.json");
    body["event_id"] = json!(event);
    body["event"]["text"] = json!(format!("<@U0000UPBOT> {words}"));
    body
}

async fn deliver(server: &TestServer, body: &Value) {
    let response = server.deliver("/slack/events", body.to_string()).await;
    assert_eq!(response.status(), 200, "{body}");
    assert_eq!(response.text().await.unwrap(), "", "an event is acknowledged with nothing");
}

fn text(call: &Call) -> &str {
    call.body["text"].as_str().unwrap()
}

#[tokio::test]
async fn a_mention_is_answered_once_in_its_thread() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let question = mention("Ev1", "what is p95?");
    for _ in 0..3 {
        deliver(&server, &question).await;
    }
    // In another channel: the clock of this test stands still, and a channel gets one post a second.
    let mut message = mention("Ev2", "for sales: we rolled back the 14:05 release, ETA 10 min");
    message["event"]["channel"] = json!("C0OTHER");
    deliver(&server, &message).await;
    // The two channels are served side by side.
    let mut posts = [slack.next().await, slack.next().await];
    posts.sort_by_key(|post| post.body["channel"] != "C0INCIDENT");
    let [answer, rewrite] = posts;
    assert_eq!(answer.path, "/api/chat.postMessage");
    assert_eq!(answer.body["channel"], "C0INCIDENT");
    assert_eq!(answer.body["thread_ts"], "1789999800.000200");
    assert!(text(&answer).contains("95 of 100 requests"), "{}", text(&answer));
    // Everybody in the thread could press them.
    let blocks = answer.body["blocks"].as_array().unwrap();
    assert!(blocks.iter().all(|block| block["type"] != "actions"), "{blocks:?}");
    assert_eq!(rewrite.body["channel"], "C0OTHER");
    let words = "we undid the 14:05 release, expected in about 10 minutes";
    assert!(text(&rewrite).contains(words), "{}", text(&rewrite));
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await, "a repeated event is answered once");
}

#[tokio::test]
async fn a_message_that_was_only_pointed_at_is_answered_with_the_way_to_it() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    deliver(&server, &fixture("event_app_mention.json")).await;
    deliver(&server, &fixture("event_retry.json")["body"]).await;
    // It is in a thread, whose first message cannot be found.
    assert_eq!(slack.next().await.path, "/api/conversations.replies");
    let answer = slack.next().await;
    assert!(text(&answer).contains("Explain this"), "{}", text(&answer));
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_message_to_the_app_itself_is_answered_below_it() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    deliver(&server, &fixture("event_message_im.json")).await;
    let answer = slack.next().await;
    assert_eq!(answer.path, "/api/chat.postMessage");
    assert_eq!(answer.body["channel"], "D0UPSHOT01");
    assert_eq!(answer.body["thread_ts"], "1790000200.000700");
    assert!(text(&answer).to_lowercase().contains("canary"), "{}", text(&answer));
    server.stop().await;
}

#[tokio::test]
async fn in_a_shared_channel_our_people_are_answered_privately_and_others_told_why_not() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut question = fixture("event_slack_connect_mention.json");
    question["event"]["text"] = json!("<@U0000UPBOT> what is p95?");
    let fields = ["user_team", "source_team", "team"];
    for (number, (team, told)) in
        [(json!("T0PARTNER1"), "members of my own workspace only"), (json!("T0000UPSHT"), "p95"), (json!(null), "p95")]
            .into_iter()
            .enumerate()
    {
        question["event_id"] = json!(format!("Ev0SHARED{number}"));
        // One post a second goes into a channel, and the clock of a test stands.
        let channel = format!("C0SHARED0{number}");
        question["event"]["channel"] = json!(channel);
        for field in fields {
            question["event"][field] = team.clone();
        }
        deliver(&server, &question).await;
        let answer = slack.next().await;
        assert_eq!(answer.path, "/api/chat.postEphemeral");
        assert_eq!(answer.body["channel"], *channel);
        assert_eq!(answer.body["user"], "U0EXTERN01");
        let text = answer.body.to_string();
        assert!(text.contains(told), "{team}: {text}");
        assert_eq!(text.contains("p95"), told == "p95", "{team}: {text}");
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn bots_are_never_answered() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    for (field, value) in [("bot_id", "B0OTHER"), ("app_id", "A0000UPSHT"), ("user", "U0000UPBOT")] {
        let mut body = mention(&format!("Ev-{field}"), "what is p95?");
        body["event"][field] = json!(value);
        deliver(&server, &body).await;
    }
    for subtype in ["message_changed", "message_deleted", "bot_message", "channel_join"] {
        let mut body = mention(&format!("Ev-{subtype}"), "what is p95?");
        body["event"]["subtype"] = json!(subtype);
        deliver(&server, &body).await;
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}
