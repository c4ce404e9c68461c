//! What people write to the app in channels and in their conversation with it is answered once, where it was written.

use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, fixture},
};

on_both!(
    a_mention_is_answered_once_in_its_thread,
    a_message_that_comes_as_several_events_is_answered_once,
    a_thread_that_asks_without_end_is_left_alone_for_a_while,
    a_message_that_was_only_pointed_at_is_answered_with_the_way_to_it,
    a_message_to_the_app_itself_is_answered_below_it,
    in_a_shared_channel_our_people_are_answered_privately_and_others_told_why_not,
    bots_are_never_answered,
);

/// A mention in a thread, as Slack documents it, with other words and its own number, in an event of its own.
fn mention(event: &str, words: &str) -> Value {
    let mut body = fixture("event_app_mention.json");
    body["event_id"] = json!(event);
    body["event"]["ts"] = json!(format!("1790000100.{event:0>6}"));
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

async fn a_mention_is_answered_once_in_its_thread(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let question = mention("1", "what is p95?");
    for _ in 0..3 {
        deliver(&server, &question).await;
    }
    // In another channel: the clock of this test stands still, and a channel gets one post a second.
    let mut message = mention("2", "for sales: we rolled back the 14:05 release, ETA 10 min");
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

async fn a_message_that_was_only_pointed_at_is_answered_with_the_way_to_it(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    deliver(&server, &fixture("event_app_mention.json")).await;
    deliver(&server, &fixture("event_retry.json")["body"]).await;
    // It is in a thread, whose first message cannot be found.
    assert_eq!(slack.next().await.path, "/api/conversations.replies");
    let answer = slack.next().await;
    assert!(text(&answer).contains("Explain this"), "{}", text(&answer));
    server.stop().await;
    assert!(slack.rest().is_empty());
}

async fn a_message_to_the_app_itself_is_answered_below_it(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    deliver(&server, &fixture("event_message_im.json")).await;
    let answer = slack.next().await;
    assert_eq!(answer.path, "/api/chat.postMessage");
    assert_eq!(answer.body["channel"], "D0UPSHOT01");
    assert_eq!(answer.body["thread_ts"], "1790000200.000700");
    assert!(text(&answer).to_lowercase().contains("canary"), "{}", text(&answer));
    server.stop().await;
}

async fn in_a_shared_channel_our_people_are_answered_privately_and_others_told_why_not(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
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

async fn bots_are_never_answered(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    for (field, value) in [("bot_id", "B0OTHER"), ("app_id", "A0000UPSHT"), ("user", "U0000UPBOT")] {
        let mut body = mention(field, "what is p95?");
        body["event"][field] = json!(value);
        deliver(&server, &body).await;
    }
    for subtype in ["message_changed", "message_deleted", "bot_message", "channel_join"] {
        let mut body = mention(subtype, "what is p95?");
        body["event"]["subtype"] = json!(subtype);
        deliver(&server, &body).await;
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}

async fn a_message_that_comes_as_several_events_is_answered_once(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let question = mention("1", "what is p95?");
    deliver(&server, &question).await;
    assert!(text(&slack.next().await).contains("95 of 100 requests"));
    // Under another number, and as the message that it is.
    let mut again = question.clone();
    again["event_id"] = json!("2");
    deliver(&server, &again).await;
    let mut edited = again.clone();
    edited["event_id"] = json!("3");
    edited["event"]["text"] = json!("<@U0000UPBOT> what is p99?");
    edited["event"]["edited"] = json!({ "user": "U0MARCO002", "ts": "1790000160.000000" });
    deliver(&server, &edited).await;
    // Nor is one answered that became a question later.
    edited["event"]["ts"] = json!("1790000090.000001");
    deliver(&server, &edited).await;
    // The same number in another channel is another message.
    let mut elsewhere = question.clone();
    elsewhere["event"]["channel"] = json!("C0OTHER");
    deliver(&server, &elsewhere).await;
    assert_eq!(slack.next().await.body["channel"], "C0OTHER");
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
}

async fn a_thread_that_asks_without_end_is_left_alone_for_a_while(database: Database) {
    const MOST: usize = 10;
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let ask = |number: usize, channel: &str| {
        let mut question = mention(&number.to_string(), "what is p95?");
        question["event"]["channel"] = json!(channel);
        question
    };
    for number in 0..MOST + 5 {
        // What Slack repeats is no question more.
        for _ in 0..3 {
            deliver(&server, &ask(number, "C0LOOP")).await;
        }
    }
    deliver(&server, &ask(99, "C0OTHER")).await;
    let mut first = [slack.next().await, slack.next().await].map(|call| call.body["channel"].clone());
    first.sort_by_key(ToString::to_string);
    assert_eq!(first, ["C0LOOP", "C0OTHER"], "others are answered meanwhile");
    server.stop().await;
    // A channel gets one post a second, and the clock of a test stands.
    assert_eq!(database.waiting_deliveries_in("channel C0LOOP").await, MOST as i64 - 1);
    assert_eq!(
        database.figure("SELECT count(*) FROM inbox").await,
        MOST as i64 + 1,
        "nothing is written down in silence"
    );
    // In the next minute there is an answer again.
    let settings = [
        ("SLACK_API_URL", &*slack.api_url()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
    ];
    let server = TestServer::at(NOW + 60, &settings).await;
    deliver(&server, &ask(100, "C0LOOP")).await;
    server.stop().await;
    assert_eq!(database.figure("SELECT count(*) FROM inbox").await, MOST as i64 + 2);
}
