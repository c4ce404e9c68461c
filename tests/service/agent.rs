//! The conversation with the app as Slack shows it to an agent: prompts when it is opened, a sign of work and a title for each thread,
//! what the person looks at beside it, and the button that stops.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use upshot::platforms::slack::{Reached, manifest};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    fake_sockets::FakeSocket,
    server::{NOW, TestServer, fixture},
};

const SESSION: &str = "/api/agents.sessions.setStatus";
const PROMPTS: &str = "/api/assistant.threads.setSuggestedPrompts";
const REPLIES: &str = "/api/conversations.replies";
const SEEN: &str = "1789999800.000200";
const UNASKED: &str = "1789999812.000300";

on_both!(this_is_the_message_that_the_person_looks_at, what_is_stopped_is_not_sent_and_is_shown_to_be_over,);

/// A row of the recorded events of a conversation, under an id of its own.
fn told(why: &str, id: &str) -> Value {
    let rows = fixture("event_agent_surface.json");
    let row = rows.as_array().unwrap().iter().find(|row| row["why"].as_str().unwrap().contains(why)).unwrap();
    let mut body = row["body"].clone();
    body["event_id"] = json!(id);
    body
}

/// Something written to the app at a moment of Slack's clock; without word of what the person looks at.
fn writes(ts: &str, words: &str) -> Value {
    let mut body = fixture("event_message_im.json");
    body["event_id"] = json!(format!("Ev{ts}"));
    let event = body["event"].as_object_mut().unwrap();
    for field in ["blocks", "app_context"] {
        event.remove(field);
    }
    for (field, value) in [("ts", ts), ("event_ts", ts), ("text", words), ("channel", "D0UPSHOT02")] {
        event.insert(field.to_owned(), json!(value));
    }
    body
}

fn looks_at(message: &Value) -> Value {
    json!({ "entities": [
        { "type": "slack#/types/channel_id", "value": "C0INCIDENT", "team_id": "T0000UPSHT" },
        { "type": "slack#/types/message_context", "value": message, "team_id": "T0000UPSHT" },
    ] })
}

async fn deliver(server: &TestServer, body: &Value) {
    let response = server.deliver("/slack/events", body.to_string()).await;
    assert_eq!(response.status(), 200, "{body}");
    assert_eq!(response.text().await.unwrap(), "", "an event is acknowledged with nothing");
}

fn text(call: &Call) -> &str {
    call.body["text"].as_str().unwrap()
}

async fn sign(slack: &mut FakeSlack, path: &str) -> Call {
    let sign = slack.next_sign().await;
    assert_eq!(sign.path, path);
    sign
}

async fn post(slack: &mut FakeSlack) -> Call {
    let call = slack.next().await;
    assert_eq!(call.path, "/api/chat.postMessage");
    call
}

/// The message that is looked at, as Slack lets it be read.
fn holds(slack: &FakeSlack, channel: &str, words: &str) {
    let reply =
        json!({ "ok": true, "messages": [{ "type": "message", "ts": SEEN, "user": "U0MARCO002", "text": words }] });
    slack.answer_about(REPLIES, channel, &reply);
}

#[tokio::test]
async fn who_opens_the_conversation_is_offered_what_can_be_asked() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let opened = told("opened the Messages tab", "Ev1");
    for _ in 0..3 {
        deliver(&server, &opened).await;
    }
    let first = sign(&mut slack, PROMPTS).await;
    assert_eq!(first.body["channel_id"], "D0UPSHOT02");
    assert_eq!(first.body.get("thread_ts"), None, "with a thread an agent's prompts are dropped without a word");
    // What Slack shows before it asks us is the same.
    let manifest: Value =
        serde_saphyr::from_str(&manifest(Reached::At("https://upshot.example.com")).unwrap()).unwrap();
    assert_eq!(first.body["prompts"], manifest["features"]["agent_view"]["suggested_prompts"]);
    // Somebody who looks at a message, and whose usual reader is finance.
    let chosen = server.typed(&[("user_id", "U0MARCO002"), ("text", "settings finance"), ("trigger_id", "5.5")]).await;
    assert!(chosen["text"].as_str().unwrap().starts_with("Done."), "{chosen}");
    let mut looking = told("opened the Messages tab", "Ev2");
    looking["event"]["user"] = json!("U0MARCO002");
    looking["event"]["channel"] = json!("D0UPSHOT04");
    looking["event"]["context"] = looks_at(&json!({ "message_ts": SEEN, "channel_id": "C0INCIDENT" }));
    deliver(&server, &looking).await;
    let second = sign(&mut slack, PROMPTS).await;
    let titles: Vec<&str> =
        second.body["prompts"].as_array().unwrap().iter().map(|prompt| prompt["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Explain this message", "Rewrite it for sales", "Explain a term", "What else can I ask?"]);
    server.stop().await;
    assert!(slack.other_signs().is_empty(), "once for each time it is opened");
}

#[tokio::test]
async fn who_opens_a_thread_of_an_assistant_is_offered_the_same_in_it() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let opened = fixture("event_assistant_thread_started.json");
    for _ in 0..2 {
        deliver(&server, &opened).await;
    }
    let offered = sign(&mut slack, PROMPTS).await.body;
    assert_eq!((&offered["channel_id"], &offered["thread_ts"]), (&json!("D0UPSHOT03"), &json!("1790000400.002200")));
    assert_eq!(offered["prompts"].as_array().unwrap().len(), 4);
    // Another channel beside it and another title are no news.
    let mut elsewhere = opened.clone();
    elsewhere["event"]["type"] = json!("assistant_thread_context_changed");
    elsewhere["event_id"] = json!("Ev2");
    deliver(&server, &elsewhere).await;
    deliver(&server, &told("renamed the session", "Ev3")).await;
    let mut nowhere = opened;
    nowhere["event"]["assistant_thread"] = json!({ "user_id": "U0PRIYA003" });
    nowhere["event_id"] = json!("Ev4");
    deliver(&server, &nowhere).await;
    server.stop().await;
    assert!(slack.other_signs().is_empty() && slack.rest().is_empty(), "once, and nothing else");
}

#[tokio::test]
async fn every_prompt_leads_to_an_answer() {
    let manifest: Value =
        serde_saphyr::from_str(&manifest(Reached::At("https://upshot.example.com")).unwrap()).unwrap();
    let prompts = manifest["features"]["agent_view"]["suggested_prompts"].as_array().unwrap().clone();
    for (prompt, expected) in prompts.iter().zip([
        "I see no message beside our conversation",
        "We are undoing the 14:05 release of checkout-service",
        "95 of 100 requests",
        "turns technical messages into business language",
    ]) {
        let mut slack = FakeSlack::start().await;
        let server = TestServer::with_slack(&slack).await;
        deliver(&server, &writes("1790000400.000100", prompt["message"].as_str().unwrap())).await;
        let answer = post(&mut slack).await;
        assert!(text(&answer).contains(expected), "{expected} in {}", text(&answer));
        server.stop().await;
    }
}

#[tokio::test]
async fn an_answer_is_announced_named_and_shown_to_be_done() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let question = writes(
        "1790000330.001800",
        "<@U0000UPBOT> what is `p95`, and why should I care about it when the release is rolled back?",
    );
    for _ in 0..3 {
        deliver(&server, &question).await;
    }
    let working = sign(&mut slack, SESSION).await;
    let thread = json!("1790000330.001800");
    assert_eq!(
        working.body,
        json!({
            "channel_id": "D0UPSHOT02", "thread_ts": thread, "status": "processing", "initiator_user_id": "U0PRIYA003",
            "title": "what is p95, and why should I care about it when the release…",
        })
    );
    let answer = post(&mut slack).await;
    assert_eq!((&answer.body["channel"], &answer.body["thread_ts"]), (&json!("D0UPSHOT02"), &thread));
    assert!(answer.body.get("session").is_none());
    let done = sign(&mut slack, SESSION).await;
    assert_eq!(done.body, json!({ "channel_id": "D0UPSHOT02", "thread_ts": thread, "status": "active" }));
    assert!(working.number < answer.number && answer.number < done.number, "before it, and after it");
    // Where others read along, nothing is announced.
    deliver(&server, &super::server::question("EvOpen")).await;
    post(&mut slack).await;
    server.stop().await;
    assert!(slack.rest().is_empty() && slack.other_signs().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn whatever_becomes_of_an_answer_it_is_shown_to_be_done() {
    for (path, row) in
        [("/api/chat.postMessage", "not_in_channel"), (SESSION, "internal_error"), (SESSION, "rate_limited_http_429")]
    {
        let mut slack = FakeSlack::start().await;
        let database = Database::sqlite();
        let server = TestServer::with_slack_and(&slack, &database).await;
        slack.answer(path, row);
        deliver(&server, &writes("1790000330.001800", "what is p95?")).await;
        let working = sign(&mut slack, SESSION).await;
        assert_eq!(working.body["status"], "processing");
        if path == SESSION {
            slack.answer_with(path, StatusCode::OK, HeaderMap::new(), json!({ "ok": true }).to_string());
        }
        post(&mut slack).await;
        // Slack said before it did anything that it had no time.
        if row == "rate_limited_http_429" {
            server.stop().await;
            assert!(slack.other_signs().is_empty() && database.owes_nothing().await, "{row}");
            continue;
        }
        let done = sign(&mut slack, SESSION).await;
        assert_eq!(done.body["status"], "active", "{row}");
        server.stop().await;
        assert!(database.owes_nothing().await, "{row}");
    }
}

#[tokio::test]
async fn an_app_that_is_no_agent_answers_all_the_same() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let refusal = json!({ "ok": false, "error": "not_an_agent" }).to_string();
    for path in [SESSION, PROMPTS] {
        slack.answer_with(path, StatusCode::OK, HeaderMap::new(), refusal.clone());
    }
    deliver(&server, &writes("1790000330.001800", "what is p95?")).await;
    assert!(text(&post(&mut slack).await).contains("95 of 100 requests"));
    sign(&mut slack, SESSION).await;
    // It is not asked again at every message, and nothing has to be ended.
    let mut elsewhere = writes("1790000331.001800", "what is p99?");
    elsewhere["event"]["channel"] = json!("D0UPSHOT04");
    deliver(&server, &elsewhere).await;
    post(&mut slack).await;
    deliver(&server, &told("opened the Messages tab", "Ev1")).await;
    server.stop().await;
    assert!(slack.other_signs().is_empty() && database.owes_nothing().await);
}

async fn this_is_the_message_that_the_person_looks_at(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    holds(&slack, "C0INCIDENT", "We rolled back the 14:05 release of checkout-service, p95 is 3.4s");
    holds(&slack, "C0OTHER", "The canary is at 5%");
    let not_in_channel = json!({ "ok": false, "error": "not_in_channel" });
    slack.answer_about(REPLIES, "C0PRIVATE", &not_in_channel);
    let seen = |channel: &str| looks_at(&json!({ "message_ts": SEEN, "channel_id": channel }));
    // Slack tells of it on its own, and later that it is nothing; late news of before change nothing.
    deliver(&server, &told("looks at changed", "Ev1")).await;
    let mut number = 0;
    let mut asked = async |slack: &mut FakeSlack, person: &str, words: &str, context: Option<Value>| {
        number += 1;
        let mut body = writes(&format!("179000034{number}.000100"), words);
        // One post a second goes into a conversation, and the clock stands still.
        body["event"]["channel"] = json!(format!("D0UPSHOT1{number}"));
        body["event"]["user"] = json!(person);
        if let Some(context) = context {
            body["event"]["app_context"] = context;
        }
        deliver(&server, &body).await;
        let mut read = Vec::new();
        loop {
            let call = slack.next().await;
            if call.path == "/api/chat.postMessage" {
                return (read, text(&call).to_owned());
            }
            assert_eq!(call.path, REPLIES);
            read.push((call.form["channel"].clone(), call.form["ts"].clone()));
        }
    };
    let priya = "U0PRIYA003";
    let here = |channel: &str| vec![(channel.to_owned(), SEEN.to_owned())];
    let (read, told_here) = asked(&mut slack, priya, "Explain the message I am looking at for sales", None).await;
    assert_eq!(read, here("C0INCIDENT"));
    assert!(told_here.contains("undid the 14:05 release"), "{told_here}");
    // What comes along with the message is newer, and another person looks at something else.
    let (read, told_there) = asked(&mut slack, priya, "explain this", Some(seen("C0OTHER"))).await;
    assert_eq!(read, here("C0OTHER"));
    assert!(told_there.contains("5%"), "{told_there}");
    for (person, context) in [("U0MARCO002", None), (priya, Some(json!({}))), (priya, Some(json!({ "entities": [] })))]
    {
        let (read, said) = asked(&mut slack, person, "explain this", context).await;
        assert!(read.is_empty() && said.starts_with("I see no message beside our conversation."), "{said}");
    }
    let (read, said) = asked(&mut slack, priya, "explain this", Some(seen("C0PRIVATE"))).await;
    assert_eq!(read, here("C0PRIVATE"));
    assert!(
        said.starts_with("I am no member of its channel, so I cannot read the message you are looking at."),
        "{said}"
    );
    let (read, _) = asked(&mut slack, priya, "summarise the thread I am looking at", Some(seen("C0INCIDENT"))).await;
    assert_eq!(read, [here("C0INCIDENT"), here("C0INCIDENT")].concat(), "the message, and then its thread");
    deliver(&server, &told("nothing in view", "Ev2")).await;
    deliver(&server, &told("looks at changed", "Ev3")).await;
    let (read, said) = asked(&mut slack, priya, "explain this", None).await;
    assert!(read.is_empty() && said.contains("I see no message"), "{said}");
    // Below its own question, where it asks for another reader, "this" is what that question was about.
    let parent =
        json!({ "ok": true, "messages": [{ "ts": "1790000341.000100", "user": priya, "text": "explain this" }] });
    slack.answer_about(REPLIES, "D0UPSHOT30", &parent);
    let mut below = writes("1790000399.000100", "for finance");
    below["event"]["thread_ts"] = json!("1790000341.000100");
    below["event"]["channel"] = json!("D0UPSHOT30");
    below["event"]["app_context"] = seen("C0INCIDENT");
    deliver(&server, &below).await;
    assert_eq!([slack.next().await, slack.next().await].map(|call| call.path), [REPLIES, REPLIES]);
    assert!(text(&post(&mut slack).await).contains("undid the 14:05 release"));
    // A while later it is forgotten.
    let mut last = told("looks at changed", "Ev4");
    last["event"]["event_ts"] = json!("1790000390.000100");
    // One of which nothing was asked; what was, is kept with the answer.
    last["event"]["context"] = looks_at(&json!({ "message_ts": UNASKED, "channel_id": "C0INCIDENT" }));
    deliver(&server, &last).await;
    server.stop().await;
    assert!(database.holds(UNASKED).await, "what was told last is remembered");
    let later = [
        ("SLACK_API_URL", &*slack.api_url()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
    ];
    let server = TestServer::at(NOW + 601, &later).await;
    deliver(&server, &writes("1790000990.000100", "explain this")).await;
    assert!(text(&post(&mut slack).await).contains("I see no message"));
    server.stop().await;
    assert!(!database.holds(UNASKED).await, "and is gone at the next sweep");
}

async fn what_is_stopped_is_not_sent_and_is_shown_to_be_over(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let thread = "1790000330.001800";
    deliver(&server, &writes(thread, "what is p95?")).await;
    post(&mut slack).await;
    for status in ["processing", "active"] {
        assert_eq!(sign(&mut slack, SESSION).await.body["status"], status);
    }
    // Each waits for its turn, and time stands still: one that is stopped, one in another thread, and one that is asked afterwards.
    let mut below = writes("1790000332.000100", "what is p99?");
    below["event"]["thread_ts"] = json!(thread);
    let mut afterwards = writes("1790000336.000100", "what is a canary?");
    afterwards["event"]["thread_ts"] = json!(thread);
    for body in [&below, &writes("1790000333.000100", "what is an SLO?")] {
        deliver(&server, body).await;
        assert_eq!(sign(&mut slack, SESSION).await.body["status"], "processing");
    }
    let stop = told("stop button", "Ev1");
    for _ in 0..2 {
        deliver(&server, &stop).await;
    }
    let over = sign(&mut slack, SESSION).await;
    assert_eq!(over.body, json!({ "channel_id": "D0UPSHOT02", "thread_ts": thread, "status": "active" }), "at once");
    deliver(&server, &afterwards).await;
    assert_eq!(sign(&mut slack, SESSION).await.body["status"], "processing");
    server.stop().await;
    assert!(slack.rest().is_empty());
    let mut posted = Vec::new();
    // The last start sends what the one before it owed at its end.
    for minutes in 1..=5 {
        let later = [
            ("SLACK_API_URL", &*slack.api_url()),
            ("SLACK_BOT_TOKEN", "xoxb-test"),
            ("UPSHOT_DATABASE_URL", &*database.address),
        ];
        let server = TestServer::at(NOW + 60 * minutes, &later).await;
        server.stop().await;
        posted.extend(slack.rest().iter().map(|call| (call.body["thread_ts"].clone(), text(call).to_owned())));
    }
    // Threads keep no order among each other.
    let (words, elsewhere): (Vec<_>, Vec<_>) = posted.iter().partition(|(at, _)| at == thread);
    assert!(words.len() == 2 && words[0].1.starts_with("Stopped."), "{posted:?}");
    assert!(words[1].1.to_lowercase().contains("canary"), "{posted:?}");
    assert_eq!(elsewhere.len(), 1, "{posted:?}");
    assert_eq!(elsewhere[0].0, "1790000333.000100");
    assert!(posted.iter().all(|(_, text)| !text.contains("99 of 100")), "{posted:?}");
    // Whatever was shown to be in work is shown to be over.
    let mut open: Vec<String> = slack.other_signs().iter().map(|sign| sign.body["thread_ts"].to_string()).collect();
    open.sort();
    open.dedup();
    assert_eq!(open, [format!("\"{thread}\""), "\"1790000333.000100\"".to_owned()]);
    assert!(database.owes_nothing().await);
}

#[tokio::test]
async fn all_of_it_comes_over_a_socket_too() {
    let mut slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let mut socket = sockets.next().await;
    holds(&slack, "C0INCIDENT", "We rolled back the 14:05 release");
    let take = async |socket: &mut FakeSocket, envelope: &str, body: &Value| {
        socket.deliver(envelope, "events_api", body).await;
        assert_eq!(socket.taken().await, envelope);
    };
    take(&mut socket, "opened", &told("opened the Messages tab", "Ev1")).await;
    sign(&mut slack, PROMPTS).await;
    take(&mut socket, "looks", &told("looks at changed", "Ev2")).await;
    take(&mut socket, "asks", &writes("1790000330.001800", "explain this")).await;
    assert_eq!(slack.next().await.path, REPLIES);
    assert!(text(&post(&mut slack).await).contains("undid the 14:05 release"));
    for status in ["processing", "active"] {
        assert_eq!(sign(&mut slack, SESSION).await.body["status"], status);
    }
    take(&mut socket, "stops", &told("stop button", "Ev3")).await;
    assert_eq!(sign(&mut slack, SESSION).await.body["status"], "active");
    server.stop().await;
}
