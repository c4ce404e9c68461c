//! Replies unasked: below posts of chosen apps stands the version for the channel's reader, once, and below nothing else.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    bridges::{BRIDGE, FROM, TO, deliver, may, next_post, post, sees, slack, text, typed, unheard},
    databases::{Database, on_both},
    delivery::until,
    fake_slack::FakeSlack,
    server::{NOW, TestServer, fixture},
};

const REPLIES: &str = "settings here replies to <@U0DEPLOYBT|shipwright>";
const LANE: &str = "replies C0INCIDENT";

on_both!(
    a_chosen_post_gets_one_reply_for_the_channels_reader,
    nothing_else_gets_a_reply_and_nothing_of_it_is_written_down,
    a_channel_that_became_quiet_or_changed_its_mind_hears_nothing,
    who_switched_replies_on_is_told_once_when_there_are_none,
);

async fn switched_on(server: &TestServer, slack: &mut FakeSlack) {
    let done = typed(server, "U0ELENA001", FROM, REPLIES).await;
    assert!(done.starts_with("*Done."), "{done}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
}

async fn running(slack: &FakeSlack, database: &Database) -> TestServer {
    let api_url = slack.api_url();
    let pairs =
        [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("UPSHOT_DATABASE_URL", &*database.address)];
    TestServer::with_running_clock(&pairs).await
}

async fn a_chosen_post_gets_one_reply_for_the_channels_reader(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    deliver(&server, &post("1.0")).await;
    typed(&server, "U0ELENA001", FROM, "settings here sales").await;
    // Nobody's own reader and known terms count.
    for own in ["settings legal", "know rollback"] {
        typed(&server, "U0ELENA001", FROM, own).await;
    }
    switched_on(&server, &mut slack).await;
    let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
    for part in ["below what these apps post here", "<@U0DEPLOYBT>", "switched on by <@U0ELENA001>", "no replies"] {
        assert!(holds.contains(part), "{part} in {holds}");
    }
    let event = post("1789999900.000400");
    for _ in 0..4 {
        deliver(&server, &event).await;
    }
    // The same message as another event.
    let mut again = event.clone();
    again["event_id"] = json!("Ev0OTHER");
    deliver(&server, &again).await;
    let reply = next_post(&mut slack).await;
    assert_eq!((&reply.body["channel"], &reply.body["thread_ts"]), (&json!(FROM), &json!("1789999900.000400")));
    assert!(reply.body["metadata"]["event_payload"]["job"].is_string());
    assert_eq!(reply.body.get("reply_broadcast"), None);
    let told = text(&reply);
    for part in [
        "for this reader: Sales.*",
        "220 milliseconds to 3.4 seconds",
        "KRAKEN-1182",
        "@Marco",
        "what counts is the post above.",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let blocks = reply.body["blocks"].to_string();
    for live in ["<@", "<!", "rolled back", "p95", "ETA"] {
        assert!(!told.contains(live) && !blocks.contains(live), "{live} in {told}");
    }
    // A post may be passed on as well.
    let bridged = typed(&server, "U0ELENA001", FROM, BRIDGE).await;
    assert!(bridged.contains("also posted") && bridged.contains("below what these apps"), "{bridged}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
    deliver(&server, &post("1789999901.000400")).await;
    assert_eq!(next_post(&mut slack).await.body["channel"], TO);
    until("the second reply waits for its turn", async || database.waiting_deliveries_in(LANE).await == 1).await;
    let gone = typed(&server, "U0ELENA001", FROM, "settings here no replies").await;
    assert!(gone.starts_with("*Done.") && !gone.contains("below what") && gone.contains("also posted"), "{gone}");
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(!database.holds("bridge T0000UPSHT C0INCIDENT 1.0").await, "what came before was not taken on");
}

async fn nothing_else_gets_a_reply_and_nothing_of_it_is_written_down(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let wish = "settings here replies to <@U0DEPLOYBT>, Shipwright";
    assert!(typed(&server, "U0ELENA001", FROM, wish).await.starts_with("*Done."));
    assert_eq!(slack.next().await.path, "/api/auth.test");
    for body in unheard() {
        deliver(&server, &body).await;
    }
    // Another app under the chosen one's name, which anybody may write beside a post.
    let mut other = post("4.0");
    for (field, value) in [("user", "U0OTHERBOT"), ("bot_id", "B0OTHERBOT"), ("app_id", "A0OTHERBOT")] {
        other["event"][field] = json!(value);
    }
    other["event"]["bot_profile"] = json!({ "name": "Alertbell", "app_id": "A0OTHERBOT" });
    other["event"]["username"] = json!("Shipwright");
    deliver(&server, &other).await;
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
    assert!(!database.holds("KRAKEN").await && !database.holds("bridge T0").await);
}

async fn a_channel_that_became_quiet_or_changed_its_mind_hears_nothing(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let cases = [
        ("C0QUIET", "settings here quiet"),
        ("C0NONE", "settings here no replies"),
        ("C0OFF", "settings here off"),
        ("C0OTHERAPP", "settings here replies to Alertbell"),
        ("C0STANDS", "settings here finance"),
    ];
    let in_channel = |channel: &str, ts: &str| {
        let mut event = post(ts);
        event["event"]["channel"] = json!(channel);
        event
    };
    for (channel, then) in cases {
        sees(&slack, channel, &json!({}));
        assert!(typed(&server, "U0ELENA001", channel, REPLIES).await.starts_with("*Done."));
        assert_eq!(slack.next().await.path, "/api/auth.test");
        deliver(&server, &in_channel(channel, "1.0")).await;
        assert_eq!(next_post(&mut slack).await.body["channel"], channel);
        // It waits for its turn, and time stands still.
        deliver(&server, &in_channel(channel, "2.0")).await;
        let lane = format!("replies {channel}");
        until("the second one is owed", async || database.waiting_deliveries_in(&lane).await == 1).await;
        let done = typed(&server, "U0ELENA001", channel, then).await;
        assert!(done.starts_with("*Done."), "{done}");
        assert_eq!(done.contains("no such replies while the channel is quiet"), channel == "C0QUIET", "{done}");
        if then.contains("replies to") {
            assert_eq!(slack.next().await.path, "/api/auth.test");
        }
        // Nothing more is even taken on.
        if channel == "C0QUIET" {
            deliver(&server, &in_channel(channel, "3.0")).await;
        }
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
    let later = [
        ("SLACK_API_URL", &*slack.api_url()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
    ];
    let server = TestServer::at(NOW + 60, &later).await;
    let stands = next_post(&mut slack).await;
    assert_eq!((&stands.body["channel"], &stands.body["thread_ts"]), (&json!("C0STANDS"), &json!("2.0")));
    until("the others went nowhere", async || database.owes_nothing().await).await;
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(!database.holds("KRAKEN").await && !database.holds("bridge T0000UPSHT C0QUIET 3.0").await);
}

async fn who_switched_replies_on_is_told_once_when_there_are_none(database: Database) {
    for (case, broken, words) in [
        (1, json!({ "is_archived": true }), "is archived"),
        (2, json!({ "is_member": false }), "/invite @Upshot"),
        (3, json!({ "is_ext_shared": true }), "Another company reads along there now"),
    ] {
        let mut slack = slack().await;
        let server = running(&slack, &database).await;
        switched_on(&server, &mut slack).await;
        sees(&slack, FROM, &broken);
        // Each case has numbers of its own, because ids are remembered.
        let number = |part: u32| format!("{case}.{part}");
        for part in 0..2 {
            deliver(&server, &post(&number(part))).await;
        }
        let word = next_post(&mut slack).await;
        assert_eq!(word.body["channel"], "U0ELENA001");
        let told = text(&word);
        assert!(told.contains(words) && told.contains("<#C0INCIDENT>") && told.contains("no replies"), "{told}");
        assert!(!word.body.to_string().contains("KRAKEN"), "the word holds no text of the post");
        let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
        assert!(holds.contains("the last post got no reply") && holds.contains(words), "{holds}");
        until("the other post went nowhere", async || database.owes_nothing().await).await;
        sees(&slack, FROM, &json!({}));
        deliver(&server, &post(&number(9))).await;
        assert_eq!(next_post(&mut slack).await.body["channel"], FROM, "two posts without a reply are one word");
        until("it arrived", async || database.owes_nothing().await).await;
        let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
        assert!(!holds.contains("got no reply"), "{holds}");
        server.stop().await;
        assert!(slack.rest().is_empty());
    }
    assert!(!database.holds("KRAKEN").await);
}

#[tokio::test]
async fn what_slack_refuses_is_told_as_that_and_a_post_that_is_gone_is_not() {
    let mut slack = slack().await;
    let database = Database::sqlite();
    let server = running(&slack, &database).await;
    switched_on(&server, &mut slack).await;
    let gone = json!({ "ok": false, "error": "thread_not_found" }).to_string();
    slack.answer_with("/api/chat.postMessage", StatusCode::OK, HeaderMap::new(), gone);
    deliver(&server, &post("1.0")).await;
    assert_eq!(next_post(&mut slack).await.body["thread_ts"], "1.0");
    until("it is given up", async || database.owes_nothing().await).await;
    let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
    assert!(!holds.contains("got no reply"), "{holds}");
    slack.answer("/api/chat.postMessage", "invalid_blocks");
    deliver(&server, &post("2.0")).await;
    assert_eq!(next_post(&mut slack).await.body["thread_ts"], "2.0");
    let words = next_post(&mut slack).await.body;
    assert_eq!(words["thread_ts"], "2.0");
    assert!(words["blocks"].is_null(), "the words alone are tried as well: {words}");
    let word = next_post(&mut slack).await;
    assert_eq!(word.body["channel"], "U0ELENA001");
    assert!(text(&word).contains("refused it for good"), "{}", text(&word));
    server.stop().await;
}

#[tokio::test]
async fn replies_are_refused_with_a_sentence_wherever_something_is_in_the_way() {
    let elena = "U0ELENA001";
    for (seen, before, text, words) in [
        (json!({}), "settings here quiet", REPLIES, "This channel is quiet"),
        (json!({ "is_ext_shared": true }), "", REPLIES, "Another company"),
        (json!({ "is_member": false }), "", REPLIES, "I hear nothing of what is posted here"),
        (json!({}), "", "settings here replies to <@U0MARCO002>", "posts of apps only"),
        (json!({}), "", "settings here replies to <@U0000UPBOT>", "never reply to what I wrote"),
        (json!({}), "", "settings here replies to Upshot", "never reply to what I wrote"),
        (json!({}), "", "settings here replies", "settings here replies to @Deploys"),
    ] {
        let slack = slack().await;
        sees(&slack, FROM, &seen);
        let server = TestServer::with_slack(&slack).await;
        if !before.is_empty() {
            assert!(typed(&server, elena, FROM, before).await.starts_with("*Done."));
        }
        let said = typed(&server, elena, FROM, text).await;
        assert!(said.contains(words) && !said.starts_with("*Done."), "{text}: {said}");
        assert!(!typed(&server, elena, FROM, "settings here").await.contains("below what these apps"), "{text}");
        server.stop().await;
    }
    let slack = slack().await;
    may(&slack, "chat:write,groups:history", &json!({ "ok": true }));
    let server = TestServer::with_slack(&slack).await;
    let said = typed(&server, elena, FROM, REPLIES).await;
    assert!(said.contains("allow channels:history"), "{said}");
    let said = typed(&server, "U0PRIYA003", FROM, REPLIES).await;
    assert!(said.starts_with("That changes my answers for everybody here"), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn a_reply_whose_end_is_not_known_is_looked_for_first() {
    for has_arrived in [true, false] {
        let mut slack = slack().await;
        let database = Database::sqlite();
        let server = running(&slack, &database).await;
        switched_on(&server, &mut slack).await;
        slack.answer("/api/chat.postMessage", "internal_error");
        deliver(&server, &post("8.0")).await;
        let first = next_post(&mut slack).await;
        let arrived = json!({ "ts": "8.1", "thread_ts": "8.0", "text": "x", "metadata": first.body["metadata"] });
        let messages = if has_arrived { json!([arrived]) } else { json!([]) };
        let path = "/api/conversations.replies";
        slack.answer_about(path, FROM, &json!({ "ok": true, "messages": messages }));
        slack.answer_with("/api/chat.postMessage", StatusCode::OK, HeaderMap::new(), json!({ "ok": true }).to_string());
        let looked = slack.next().await;
        assert_eq!((&*looked.path, &*looked.form["ts"]), (path, "8.0"));
        if !has_arrived {
            let second = next_post(&mut slack).await;
            assert_eq!(second.body["metadata"], first.body["metadata"]);
        }
        until("it has its end", async || database.owes_nothing().await).await;
        server.stop().await;
        assert!(slack.rest().is_empty());
    }
}

/// A post that names no app may be ours: whose bot it is is asked before anything is posted.
#[tokio::test]
async fn a_bot_that_names_no_app_is_asked_about_first() {
    let mut slack = slack().await;
    let server = TestServer::with_slack(&slack).await;
    may(&slack, "channels:history", &json!({ "ok": true }));
    let said = typed(&server, "U0ELENA001", FROM, "settings here replies to B0000UPSHT").await;
    assert!(said.starts_with("*Done."), "nobody says that this bot is ours: {said}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
    let mut bare: Value = fixture("event_message_ignored.json")[1]["body"].clone();
    bare["event"]["channel"] = json!(FROM);
    may(&slack, "channels:history", &json!({ "ok": true, "bot_id": "B0000UPSHT" }));
    deliver(&server, &bare).await;
    assert_eq!(slack.next().await.path, "/api/auth.test");
    server.stop().await;
    assert!(slack.rest().is_empty());
}
