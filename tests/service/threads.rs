//! "Explain this" below a message, the whole thread, forwarded messages and their addresses, and the two message shortcuts.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    fake_slack::{Call, FakeSlack},
    server::{TestServer, fixture},
};

const PARENT: &str = "1789999800.000200";
const OWN: &str = "1790000100.000600";

/// The fixture's mention in a thread, with other words.
fn mention(words: &str) -> Value {
    let mut body = fixture("event_app_mention.json");
    body["event"]["text"] = json!(format!("<@U0000UPBOT> {words}"));
    body
}

fn direct(words: &str) -> Value {
    let mut body = fixture("event_message_im.json");
    body["event"]["text"] = json!(words);
    body
}

fn replies(slack: &FakeSlack, reply: &Value) {
    slack.answer_with("/api/conversations.replies", StatusCode::OK, HeaderMap::new(), reply.to_string());
}

fn message(ts: &str, user: &str, text: &str) -> Value {
    json!({ "type": "message", "ts": ts, "user": user, "text": text, "thread_ts": PARENT })
}

/// Delivers an event and gives the calls that follow, the last of which is the answer.
async fn answered(slack: &mut FakeSlack, event: &Value) -> Vec<Call> {
    let server = TestServer::with_slack(slack).await;
    assert_eq!(server.deliver("/slack/events", event.to_string()).await.status(), 200);
    let mut calls = Vec::new();
    loop {
        calls.push(slack.next().await);
        if calls.last().unwrap().path.contains("chat.post") {
            break;
        }
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
    calls
}

fn text(calls: &[Call]) -> &str {
    calls.last().unwrap().body["text"].as_str().unwrap()
}

#[tokio::test]
async fn the_message_above_is_read_and_rewritten_for_the_reader_named() {
    let mut slack = FakeSlack::start().await;
    let parent = message(PARENT, "U0MARCO002", "p95 went from 220ms to 3.4s, rollback ETA 10 min");
    replies(&slack, &json!({ "ok": true, "messages": [parent], "has_more": true }));
    for words in ["explain this", "for finance", "what does this mean for us?"] {
        let calls = answered(&mut slack, &mention(words)).await;
        let read = &calls[0];
        assert_eq!(read.path, "/api/conversations.replies");
        let asked: Vec<&str> = ["channel", "ts", "limit"].iter().map(|name| &*read.form[*name]).collect();
        assert_eq!(asked, ["C0INCIDENT", PARENT, "1"]);
        assert!(text(&calls).contains("3.4 seconds") && !text(&calls).contains("ETA"), "{}", text(&calls));
        assert_eq!(calls.last().unwrap().body["thread_ts"], PARENT);
    }
}

#[tokio::test]
async fn words_that_say_everything_need_no_reading() {
    let mut slack = FakeSlack::start().await;
    for words in ["what is p95?", "for sales: we rolled back the 14:05 release of checkout"] {
        assert_eq!(answered(&mut slack, &mention(words)).await.len(), 1, "{words}");
    }
}

#[tokio::test]
async fn a_thread_that_began_with_a_question_to_us_is_answered_again() {
    let mut slack = FakeSlack::start().await;
    let parent = message(PARENT, "U0MARCO002", "<@U0000UPBOT> for sales: p95 went from 220ms to 3.4s");
    replies(&slack, &json!({ "ok": true, "messages": [parent] }));
    let calls = answered(&mut slack, &mention("for finance")).await;
    assert!(text(&calls).contains("3.4 seconds"), "{}", text(&calls));
    assert!(!text(&calls).contains("for sales") && !text(&calls).contains("UPBOT"), "{}", text(&calls));
    // The same in the conversation with the app, where no name is called.
    let parent = message(PARENT, "U0PRIYA003", "what is p95?");
    replies(&slack, &json!({ "ok": true, "messages": [parent] }));
    let mut event = direct("for executives");
    event["event"]["thread_ts"] = json!(PARENT);
    let calls = answered(&mut slack, &event).await;
    assert!(text(&calls).contains("95 of 100 requests"), "{}", text(&calls));
}

#[tokio::test]
async fn a_whole_thread_is_told_with_its_speakers_and_without_us() {
    let mut slack = FakeSlack::start().await;
    replies(
        &slack,
        &json!({ "ok": true, "messages": [
            message(PARENT, "U0MARCO002", "We rolled back the 14:05 release of checkout."),
            message("2.0", "U0PRIYA003", "<@U0000UPBOT> explain this"),
            message("3.0", "U0000UPBOT", "An earlier answer about 99.5%."),
            message("4.0", "U0PRIYA003", "The p95 is back at 220ms since 14:31."),
            { "type": "message", "subtype": "bot_message", "ts": "5.0", "username": "Alertbell", "text": "RESOLVED: 2 alerts" },
            message(OWN, "U0PRIYA003", "<@U0000UPBOT> the whole thread for sales"),
        ] }),
    );
    let calls = answered(&mut slack, &mention("the whole thread for sales")).await;
    let told = text(&calls);
    for part in ["<@U0MARCO002>", "<@U0PRIYA003>", "Alertbell", "14:05", "220 milliseconds", "14:31", "2 alerts"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    for part in ["99.5%", "explain this", "whole thread"] {
        assert!(!told.contains(part), "{part} in {told}");
    }
    // With names, nobody is called.
    let info = json!({ "ok": true, "user": { "profile": { "display_name": "Marco" } } });
    slack.answer_with("/api/users.info", StatusCode::OK, HeaderMap::new(), info.to_string());
    let calls = answered(&mut slack, &mention("the whole thread for sales")).await;
    assert!(text(&calls).contains("Marco: ") && !text(&calls).contains("<@U0MARCO002>"), "{}", text(&calls));
}

#[tokio::test]
async fn a_thread_that_goes_on_says_how_much_of_it_was_read() {
    let mut slack = FakeSlack::start().await;
    // The same page again and again: four are read.
    slack.answer("/api/conversations.replies", "replies_ok_limited_to_15");
    let calls = answered(&mut slack, &mention("summarise the thread")).await;
    assert_eq!(calls.len(), 5);
    assert!(!calls[0].form.contains_key("cursor"));
    assert_eq!((&*calls[1].form["cursor"], &*calls[1].form["limit"]), ("bmV4dF90czoxNzg5OTk5OTA1", "15"));
    let blocks = calls.last().unwrap().body["blocks"].to_string();
    assert!(blocks.contains("the first 8 messages"), "{blocks}");
}

#[tokio::test]
async fn what_may_not_be_read_is_said_with_its_mend_and_once() {
    for (row, words) in [
        ("not_in_channel", "/invite @Upshot"),
        ("channel_not_found", "/invite @Upshot"),
        ("missing_scope", "channels:history"),
        ("rate_limited_http_429", "in a minute"),
        ("internal_error", "in a minute"),
    ] {
        let mut slack = FakeSlack::start().await;
        slack.answer("/api/conversations.replies", row);
        for wish in ["explain this", "the whole thread"] {
            let calls = answered(&mut slack, &mention(wish)).await;
            assert_eq!(calls.len(), 2, "{row}");
            assert!(text(&calls).contains(words) && text(&calls).contains("“Explain this”"), "{row}: {}", text(&calls));
        }
    }
}

fn forwarded() -> Value {
    json!([{
        "is_share": true, "is_msg_unfurl": true, "author_id": "U0MARCO002", "text": "p95 went from 220ms to 3.4s",
        "fallback": "[14:07] marco: p95", "footer": "Posted in #incidents",
        "message_blocks": [{ "message": { "blocks": [{ "type": "rich_text", "elements": [
            { "type": "rich_text_section", "elements": [{ "type": "text", "text": "p95 went from 220ms to 3.4s & stays" }] },
        ] }] } }],
    }])
}

#[tokio::test]
async fn a_forwarded_message_is_what_is_meant() {
    let mut slack = FakeSlack::start().await;
    for (words, meant) in [
        ("", "3.4 seconds"),
        ("explain this for sales", "3.4 seconds"),
        ("could you put that nicely for my boss", "3.4 seconds"),
        ("what is p95?", "95 of 100 requests"),
    ] {
        let mut event = direct(words);
        event["event"]["attachments"] = forwarded();
        let calls = answered(&mut slack, &event).await;
        assert_eq!(calls.len(), 1, "nothing is read: it came along");
        assert!(text(&calls).contains(meant) && !text(&calls).contains("my boss"), "{words:?}: {}", text(&calls));
    }
    // News of one's own beside it is not lost.
    let own = "The second incident of this week began at 09:15 and has cost us 4 hours so far, see below:";
    let mut event = direct(own);
    event["event"]["attachments"] = forwarded();
    let calls = answered(&mut slack, &event).await;
    assert!(text(&calls).contains("09:15") && text(&calls).contains("3.4 seconds"), "{}", text(&calls));
}

#[tokio::test]
async fn the_address_of_a_message_is_read_as_slack_shows_it() {
    let address = "<https://alderbrook.slack.com/archives/C0INCIDENT/p1789999800000200>";
    let mut slack = FakeSlack::start().await;
    let event = direct(&format!("{address} for sales"));
    let own = event["event"]["ts"].as_str().unwrap().to_owned();
    let mut shown = message(&own, "U0PRIYA003", address);
    shown["attachments"] = forwarded();
    replies(&slack, &json!({ "ok": true, "messages": [shown] }));
    let calls = answered(&mut slack, &event).await;
    assert_eq!((&*calls[0].form["channel"], &*calls[0].form["ts"]), ("D0UPSHOT01", &*own));
    assert!(text(&calls).contains("3.4 seconds"), "{}", text(&calls));
    // Slack shows nothing of what the person may not see.
    replies(&slack, &json!({ "ok": true, "messages": [message(&own, "U0PRIYA003", address)] }));
    let calls = answered(&mut slack, &event).await;
    assert_eq!(calls.len(), 3, "looked twice");
    assert!(text(&calls).contains("Share message"), "{}", text(&calls));
}

#[tokio::test]
async fn the_reader_is_asked_for_first_when_that_is_wished() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut shortcut = fixture("message_action_bot_message.json");
    shortcut["callback_id"] = json!("upshot_for");
    server.interact(&shortcut).await;
    let form = slack.next().await;
    assert_eq!(form.path, "/api/views.open");
    let blocks = form.body["view"]["blocks"].as_array().unwrap();
    let menu = blocks.iter().find(|block| block["type"] == "actions").unwrap();
    assert!(menu["elements"][0].get("initial_option").is_none(), "nobody is chosen yet");
    assert_eq!(form.body["view"]["notify_on_close"], true);
    let mut choice = fixture("block_actions_message.json");
    for name in ["container", "message", "channel", "response_url"] {
        choice.as_object_mut().unwrap().remove(name);
    }
    choice["view"] = json!({ "id": "V1", "callback_id": "answer" });
    choice["actions"] = json!([{
        "type": "static_select", "action_id": "audience", "block_id": menu["block_id"], "selected_option": { "value": "finance" },
    }]);
    choice["trigger_id"] = json!("8.8.8");
    server.interact(&choice).await;
    let answer = slack.next().await;
    assert_eq!(answer.path, "/api/views.update");
    let shown = answer.body["view"].to_string();
    assert!(shown.contains("7.3%") && shown.contains("RB-114"), "{shown}");
    server.stop().await;
}

#[tokio::test]
async fn files_and_long_posts_are_read_as_far_as_they_come_along() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut shortcut = fixture("message_action_plain.json");
    shortcut["message"]["blocks"] = json!([]);
    shortcut["message"]["text"] = json!("");
    shortcut["message"]["files"] = json!([
        { "title": "notes.txt", "mode": "snippet", "preview": "p95 went from 220ms to 3.4s", "preview_is_truncated": true },
        { "title": "Re: outage", "filetype": "email", "plain_text": "The rollback took 12 min." },
    ]);
    server.interact(&shortcut).await;
    let shown = slack.next().await.body["view"].to_string();
    for part in ["3.4 seconds", "[…]", "12 min", "notes.txt"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let long = "The p95 of checkout went from 220ms to 3.4s at 14:05. ".repeat(700);
    shortcut["message"]["files"] = json!([]);
    shortcut["message"]["text"] = json!(long.trim());
    shortcut["trigger_id"] = json!("7.7.7");
    server.interact(&shortcut).await;
    assert_eq!(slack.next().await.path, "/api/views.open", "checked against Slack's limits");
    server.stop().await;
}
