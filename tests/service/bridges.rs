//! Bridges: posts of chosen apps are also posted in another channel, once, in its reader's words, and nothing else is heard.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    delivery::until,
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, acknowledged, fixture, question},
};

pub(crate) const FROM: &str = "C0INCIDENT";
pub(crate) const TO: &str = "C0SALES";
pub(crate) const BRIDGE: &str = "settings here bridge <@U0DEPLOYBT|shipwright> to <#C0SALES|sales>";
const PERMALINK: &str = "https://alderbrook.slack.com/archives/C0INCIDENT/p1789999900000400";

on_both!(
    a_chosen_post_is_passed_on_once_in_the_readers_words,
    an_app_that_was_named_by_its_user_is_heard_without_it,
    what_was_not_chosen_is_not_even_written_down,
    who_switched_a_bridge_on_is_told_once_when_it_breaks,
    a_post_goes_only_over_a_bridge_that_stands_as_it_is_sent,
    a_burst_over_a_bridge_keeps_no_answer_waiting,
    what_slack_refuses_is_told_as_that_and_stands_until_a_post_arrives,
);

fn channel(name: &str, more: &Value) -> Value {
    let mut channel = json!({ "id": name, "creator": "U0MARCO002", "is_member": true, "is_private": false });
    channel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "ok": true, "channel": channel })
}

/// Slack with two public channels that Upshot is in, an administrator and an app that posts.
pub(crate) async fn slack() -> FakeSlack {
    let slack = FakeSlack::start().await;
    for (id, user) in [
        ("U0ELENA001", json!({ "name": "elena", "is_admin": true })),
        ("U0PRIYA003", json!({ "name": "priya" })),
        ("U0MARCO002", json!({ "name": "marco", "profile": { "display_name": "Marco" } })),
        (
            "U0DEPLOYBT",
            json!({ "name": "shipwright", "is_bot": true, "profile": { "bot_id": "B0DEPLOYBT", "api_app_id": "A0DEPLOYBT" } }),
        ),
        ("U0000UPBOT", json!({ "name": "upshot", "is_bot": true })),
    ] {
        slack.answer_about("/api/users.info", id, &json!({ "ok": true, "user": user }));
    }
    for name in [FROM, TO] {
        sees(&slack, name, &json!({}));
    }
    let link = json!({ "ok": true, "channel": FROM, "permalink": PERMALINK });
    slack.answer_about("/api/chat.getPermalink", FROM, &link);
    let own = json!({ "ok": true, "bot_id": "B0000UPSHT", "user_id": "U0000UPBOT", "user": "upshot", "team_id": "T0000UPSHT" });
    may(&slack, "channels:history,groups:history", &own);
    slack
}

pub(crate) fn may(slack: &FakeSlack, scopes: &str, own: &Value) {
    let mut headers = HeaderMap::new();
    headers.insert("x-oauth-scopes", scopes.parse().unwrap());
    slack.answer_with("/api/auth.test", StatusCode::OK, headers, own.to_string());
}

pub(crate) fn sees(slack: &FakeSlack, name: &str, more: &Value) {
    slack.answer_about("/api/conversations.info", name, &channel(name, more));
}

/// Types a command in a channel and returns the text of the private answer.
pub(crate) async fn typed(server: &TestServer, person: &str, channel: &str, text: &str) -> String {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let trigger = format!("7.7.{}", NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let fields = [("user_id", person), ("channel_id", channel), ("trigger_id", &*trigger), ("text", text)];
    server.typed(&fields).await["text"].as_str().unwrap().to_owned()
}

/// Switches the usual bridge on.
async fn built(server: &TestServer, slack: &mut FakeSlack) {
    let done = typed(server, "U0ELENA001", FROM, BRIDGE).await;
    assert!(done.starts_with("*Done."), "{done}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
}

/// The app's post with another number.
pub(crate) fn post(ts: &str) -> Value {
    let mut body = fixture("event_message_app_post.json");
    body["event_id"] = json!(format!("Ev{ts}"));
    body["event"]["ts"] = json!(ts);
    body
}

/// The app's post as Slack sends it where the app gave it a name or a picture of its own: without its user, in two shapes.
pub(crate) fn nameless(ts: &str) -> [Value; 2] {
    let mut body = post(ts);
    let event = body["event"].as_object_mut().unwrap();
    event.remove("user");
    event.insert("subtype".to_owned(), json!("bot_message"));
    event.insert("username".to_owned(), json!("Deploys"));
    let mut bare = body.clone();
    for field in ["bot_profile", "app_id"] {
        bare["event"].as_object_mut().unwrap().remove(field);
    }
    bare["event_id"] = json!(format!("Ev{ts} bare"));
    bare["event"]["ts"] = json!(format!("{ts}1"));
    [body, bare]
}

/// Posts that nobody may take on although the app that was chosen is named in each: written by somebody else, in another place, no
/// posts at all, or Upshot's own by one of its marks.
pub(crate) fn unheard() -> Vec<Value> {
    let changes = [
        // A person, whoever else may be named.
        ("/bot_id", json!(null)),
        // In a thread, where replies stand themselves.
        ("/thread_ts", json!("1789999000.000100")),
        ("/subtype", json!("message_changed")),
        ("/subtype", json!("channel_topic")),
        ("/hidden", json!(true)),
        // Upshot itself, by each of its marks.
        ("/app_id", json!("A0000UPSHT")),
        ("/bot_profile/app_id", json!("A0000UPSHT")),
        ("/user", json!("U0000UPBOT")),
        ("/metadata", json!({ "event_type": "upshot_result", "event_payload": { "job": "1" } })),
        // A channel for which nothing was chosen.
        ("/channel", json!("C0OTHER")),
    ];
    let changed = |(number, (place, value)): (usize, (&str, Value))| {
        let mut body = post(&format!("{number}.5"));
        let event = &mut body["event"];
        match place.rsplit_once('/').unwrap() {
            ("", field) => event[field] = value,
            (holder, field) => event.pointer_mut(holder).unwrap()[field] = value,
        }
        body
    };
    changes.into_iter().enumerate().map(changed).collect()
}

pub(crate) async fn deliver(server: &TestServer, body: &Value) {
    let response = server.deliver("/slack/events", body.to_string()).await;
    assert_eq!(response.status(), 200, "{body}");
    assert_eq!(response.text().await.unwrap(), "");
}

pub(crate) async fn next_post(slack: &mut FakeSlack) -> Call {
    let call = slack.next().await;
    assert_eq!(call.path, "/api/chat.postMessage");
    call
}

pub(crate) fn text(call: &Call) -> &str {
    call.body["text"].as_str().unwrap()
}

async fn a_chosen_post_is_passed_on_once_in_the_readers_words(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    typed(&server, "U0ELENA001", TO, "settings here sales").await;
    // Neither the reader of the channel it comes from nor anybody's own counts.
    typed(&server, "U0ELENA001", FROM, "settings here engineer").await;
    typed(&server, "U0ELENA001", FROM, "settings legal").await;
    built(&server, &mut slack).await;
    let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
    for part in ["also posted in <#C0SALES>", "<@U0DEPLOYBT>", "switched on by <@U0ELENA001>", "no bridge"] {
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
    let passed = next_post(&mut slack).await;
    assert_eq!(passed.body["channel"], TO);
    assert_eq!(passed.body.get("thread_ts"), None);
    assert!(passed.body["metadata"]["event_payload"]["job"].is_string());
    let told = text(&passed);
    for part in [
        "for this reader: Sales.* Posted by Shipwright in <#C0INCIDENT>.",
        "220 milliseconds to 3.4 seconds",
        "KRAKEN-1182",
        "@Marco",
        &format!("<{PERMALINK}|the original>"),
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let blocks = passed.body["blocks"].to_string();
    assert!(blocks.contains(PERMALINK) && blocks.contains("Shipwright"), "{blocks}");
    let opens = super::sharing::button(&passed.body, "open_original").unwrap();
    assert_eq!((&opens["url"], opens.get("value")), (&json!(PERMALINK), None));
    // Slack tells that it was pressed, and wants that acknowledged; nothing is to be done.
    let mut pressed = fixture("block_actions_message.json");
    pressed["container"]["is_ephemeral"] = json!(false);
    pressed["actions"] = json!([{ "type": "button", "action_id": "open_original", "block_id": "original" }]);
    acknowledged(&server, &pressed).await;
    for live in ["<@", "<!", "rolled back", "p95", "ETA"] {
        assert!(!told.contains(live) && !blocks.contains(live), "{live} in {told}");
    }
    let gone = typed(&server, "U0ELENA001", FROM, "settings here no bridge").await;
    assert!(gone.starts_with("*Done.") && !gone.contains("also posted"), "{gone}");
    assert!(gone.contains("Engineer"), "the other choices stay: {gone}");
    deliver(&server, &post("1789999901.000000")).await;
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
    let taken_on = |ts| database.holds(ts);
    assert!(taken_on("bridge T0000UPSHT C0INCIDENT 1789999900.000400").await, "what was taken on is known by its id");
    assert!(!taken_on("bridge T0000UPSHT C0INCIDENT 1789999901.000000").await);
    assert!(!database.holds("KRAKEN-1182").await, "a text is erased when it has arrived");
}

async fn an_app_that_was_named_by_its_user_is_heard_without_it(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    built(&server, &mut slack).await;
    let replies = typed(&server, "U0ELENA001", FROM, "settings here replies to <@U0DEPLOYBT>").await;
    // People read whom they named, and no ids.
    assert!(
        replies.starts_with("*Done.") && replies.contains("<@U0DEPLOYBT>") && !replies.contains("B0DEPLOYBT"),
        "{replies}"
    );
    assert_eq!(slack.next().await.path, "/api/auth.test");
    let [named, bare] = nameless("6.0");
    deliver(&server, &named).await;
    let mut channels =
        [next_post(&mut slack).await, next_post(&mut slack).await].map(|call| call.body["channel"].to_string());
    channels.sort();
    assert_eq!(channels, [json!(FROM).to_string(), json!(TO).to_string()]);
    // Time stands still, so the second one waits in each of the two channels.
    deliver(&server, &bare).await;
    until("the second one is owed to both", async || {
        database.waiting_deliveries_to(TO).await == 1
            && database.waiting_deliveries_in(&format!("replies {FROM}")).await == 1
    })
    .await;
    server.stop().await;
    assert!(slack.rest().is_empty());
}

async fn what_was_not_chosen_is_not_even_written_down(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    // Nothing was chosen at all.
    deliver(&server, &post("1.0")).await;
    let wish = "settings here bridge <@U0DEPLOYBT>, Shipwright to <#C0SALES>";
    assert!(typed(&server, "U0ELENA001", FROM, wish).await.starts_with("*Done."));
    assert_eq!(slack.next().await.path, "/api/auth.test");
    for body in unheard() {
        deliver(&server, &body).await;
    }
    let mut elsewhere = post("2.0");
    elsewhere["authorizations"][0]["team_id"] = json!("T0OTHER");
    deliver(&server, &elsewhere).await;
    // Another app, and one under the chosen one's name, which anybody may write beside a post.
    for (ts, profile, shown) in [
        ("3.0", json!({ "name": "Alertbell", "app_id": "A0OTHERBOT" }), "Alertbell"),
        ("4.0", json!({ "name": "Alertbell", "app_id": "A0OTHERBOT" }), "Shipwright"),
        ("5.0", json!(null), "Shipwright"),
    ] {
        let mut other = post(ts);
        for (field, value) in [("user", "U0OTHERBOT"), ("bot_id", "B0OTHERBOT"), ("app_id", "A0OTHERBOT")] {
            other["event"][field] = json!(value);
        }
        other["event"]["bot_profile"] = profile;
        other["event"]["username"] = json!(shown);
        deliver(&server, &other).await;
    }
    for ignored in fixture("event_message_ignored.json").as_array().unwrap() {
        let mut body = ignored["body"].clone();
        let event = &mut body["event"];
        event["channel"] = json!(FROM);
        event["channel_type"] = json!("channel");
        // Word of a change is left alone whoever made it.
        if event.get("subtype").is_some_and(|subtype| subtype != "bot_message") {
            event["bot_id"] = json!("B0DEPLOYBT");
            event["user"] = json!("U0DEPLOYBT");
        }
        deliver(&server, &body).await;
    }
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
    assert!(!database.holds("KRAKEN").await);
    // A text is erased once it was worked; its id stays for a day.
    assert!(!database.holds("bridge T0").await);
}

async fn who_switched_a_bridge_on_is_told_once_when_it_breaks(database: Database) {
    for (case, broken, words) in [
        (1, json!({ "is_archived": true }), "is archived"),
        (2, json!({ "is_member": false }), "/invite @Upshot"),
        (3, json!({ "is_ext_shared": true }), "Another company"),
    ] {
        let mut slack = slack().await;
        let api_url = slack.api_url();
        let server = TestServer::with_running_clock(&[
            ("SLACK_API_URL", &*api_url),
            ("SLACK_BOT_TOKEN", "xoxb-test"),
            ("UPSHOT_DATABASE_URL", &*database.address),
        ])
        .await;
        built(&server, &mut slack).await;
        sees(&slack, TO, &broken);
        // Each case has numbers of its own, because ids are remembered.
        let number = |part: u32| format!("{case}.{part}");
        for part in 0..2 {
            deliver(&server, &post(&number(part))).await;
        }
        let word = next_post(&mut slack).await;
        assert_eq!(word.body["channel"], "U0ELENA001");
        let told = text(&word);
        assert!(told.contains(words) && told.contains("<#C0INCIDENT>") && told.contains("<#C0SALES>"), "{told}");
        assert!(!word.body.to_string().contains("KRAKEN"), "the word holds no text of the post");
        let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
        assert!(holds.contains("the last post could not be passed on") && holds.contains(words), "{holds}");
        until("the other post went nowhere", async || database.owes_nothing().await).await;
        sees(&slack, TO, &json!({}));
        deliver(&server, &post(&number(9))).await;
        let passed = next_post(&mut slack).await;
        assert_eq!(passed.body["channel"], TO, "two posts that went nowhere are one word");
        server.stop().await;
        assert!(slack.rest().is_empty());
    }
    let store = database.open().await;
    assert_eq!(store.open_deliveries(10).await.unwrap(), 0);
    store.close().await;
    assert!(!database.holds("KRAKEN").await);
}

async fn a_post_goes_only_over_a_bridge_that_stands_as_it_is_sent(database: Database) {
    let mut slack = slack().await;
    let cases = [
        ("C0NONE", Some("settings here no bridge")),
        ("C0OFF", Some("settings here off")),
        ("C0OTHERAPP", Some("settings here bridge Alertbell to <#C1OTHERAPP>")),
        ("C0ELSEWHERE", Some("settings here bridge <@U0DEPLOYBT> to <#C2ELSEWHERE>")),
        ("C0PUBLIC", Some("settings here bridge <@U0DEPLOYBT> to <#C1PUBLIC>")),
        ("C0STANDS", None),
    ];
    sees(&slack, "C2ELSEWHERE", &json!({}));
    let server = TestServer::with_slack_and(&slack, &database).await;
    let from_private = |channel: &str, ts: &str| {
        let mut event = post(ts);
        event["event"]["channel"] = json!(channel);
        event["event"]["channel_type"] = json!("group");
        event
    };
    for (from, then) in cases {
        let to = from.replacen("C0", "C1", 1);
        sees(&slack, from, &json!({}));
        sees(&slack, &to, &json!({}));
        let wish = format!("settings here bridge <@U0DEPLOYBT> to <#{to}> publicly");
        assert!(typed(&server, "U0ELENA001", from, &wish).await.starts_with("*Done."));
        assert_eq!(slack.next().await.path, "/api/auth.test");
        deliver(&server, &from_private(from, "1.0")).await;
        assert_eq!(next_post(&mut slack).await.body["channel"], *to);
        // It waits for its turn, and time stands still.
        deliver(&server, &from_private(from, "2.0")).await;
        until("the second one is owed", async || database.waiting_deliveries_to(&to).await == 1).await;
        if let Some(then) = then {
            assert!(typed(&server, "U0ELENA001", from, then).await.starts_with("*Done."));
            if then.contains("to <#") {
                assert_eq!(slack.next().await.path, "/api/auth.test");
            }
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
    let mut calls = [next_post(&mut slack).await, next_post(&mut slack).await];
    calls.sort_by_key(|call| call.body["channel"].to_string());
    let [passed, word] = calls;
    assert_eq!((&passed.body["channel"], &word.body["channel"]), (&json!("C1STANDS"), &json!("U0ELENA001")));
    assert!(text(&word).contains("<#C0PUBLIC>") && text(&word).contains("“publicly” at the end"), "{}", text(&word));
    until("the others went nowhere", async || database.owes_nothing().await).await;
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert!(!database.holds("KRAKEN").await);
}

async fn a_burst_over_a_bridge_keeps_no_answer_waiting(database: Database) {
    let mut slack = slack().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    built(&server, &mut slack).await;
    for part in 0..3 {
        deliver(&server, &post(&format!("3.{part}"))).await;
    }
    assert_eq!(next_post(&mut slack).await.body["channel"], TO);
    until("the others wait for their turn", async || database.waiting_deliveries_to(TO).await == 2).await;
    let mut asked = question("EvASKED");
    asked["event"]["channel"] = json!(TO);
    deliver(&server, &asked).await;
    let answer = next_post(&mut slack).await;
    assert_eq!(answer.body["channel"], TO);
    assert!(answer.body["thread_ts"].is_string() && text(&answer).contains("p95"), "{}", text(&answer));
    server.stop().await;
    assert!(slack.rest().is_empty(), "time stands still, so no other post is due");
    assert_eq!(database.waiting_deliveries_to(TO).await, 2);
}

async fn what_slack_refuses_is_told_as_that_and_stands_until_a_post_arrives(database: Database) {
    let mut slack = slack().await;
    // Nobody says that this bot is ours.
    may(&slack, "channels:history", &json!({ "ok": true }));
    let api_url = slack.api_url();
    let pairs =
        [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("UPSHOT_DATABASE_URL", &*database.address)];
    let server = TestServer::with_running_clock(&pairs).await;
    let wish = "settings here bridge <@U0DEPLOYBT>, B0000UPSHT to <#C0SALES>";
    assert!(typed(&server, "U0ELENA001", FROM, wish).await.starts_with("*Done."));
    assert_eq!(slack.next().await.path, "/api/auth.test");
    slack.answer("/api/chat.postMessage", "invalid_blocks");
    deliver(&server, &post("1.0")).await;
    let (layout, words) = (next_post(&mut slack).await.body, next_post(&mut slack).await.body);
    assert_eq!((&layout["channel"], &words["channel"]), (&json!(TO), &json!(TO)));
    assert!(layout["blocks"].is_array() && words["blocks"].is_null(), "the words alone are tried as well: {words}");
    let word = next_post(&mut slack).await;
    assert_eq!(word.body["channel"], "U0ELENA001");
    assert!(text(&word).contains("refused it for good") && !text(&word).contains("too long"), "{}", text(&word));
    assert_eq!(
        next_post(&mut slack).await.body["channel"],
        "U0ELENA001",
        "this is refused as well, so its words alone follow"
    );
    until("nothing is tried again", async || database.owes_nothing().await).await;
    slack.answer("/api/chat.postMessage", "post_message_ok");
    // A post that turns out to be ours goes nowhere, so it does not show that the bridge works.
    may(&slack, "channels:history", &json!({ "ok": true, "bot_id": "B0000UPSHT" }));
    let mut own = fixture("event_message_ignored.json")[1]["body"].clone();
    own["event"]["channel"] = json!(FROM);
    deliver(&server, &own).await;
    assert_eq!(slack.next().await.path, "/api/auth.test");
    until("it went nowhere", async || database.owes_nothing().await).await;
    let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
    assert!(holds.contains("refused it for good"), "{holds}");
    deliver(&server, &post("2.0")).await;
    assert_eq!(next_post(&mut slack).await.body["channel"], TO);
    until("it arrived", async || database.owes_nothing().await).await;
    let holds = typed(&server, "U0PRIYA003", FROM, "settings here").await;
    assert!(holds.contains("also posted") && !holds.contains("could not be passed on"), "{holds}");
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn who_leads_a_bridge_into_a_channel_may_choose_for_it() {
    let slack = slack().await;
    let server = TestServer::with_slack(&slack).await;
    sees(&slack, TO, &json!({ "creator": "U0PRIYA003" }));
    let said = typed(&server, "U0MARCO002", FROM, BRIDGE).await;
    assert!(said.contains("made that channel too") && said.contains("<#C0SALES>"), "{said}");
    assert!(!typed(&server, "U0MARCO002", FROM, "settings here").await.contains("also posted"));
    sees(&slack, TO, &json!({}));
    let done = typed(&server, "U0MARCO002", FROM, BRIDGE).await;
    assert!(done.starts_with("*Done.") && done.contains("<@U0MARCO002>"), "who made both may: {done}");
    server.stop().await;
}

#[tokio::test]
async fn a_bridge_is_refused_with_a_sentence_wherever_something_is_in_the_way() {
    let elena = "U0ELENA001";
    for (name, seen, text, words) in [
        (TO, json!({ "is_archived": true }), BRIDGE, "is archived"),
        (TO, json!({ "is_member": false }), BRIDGE, "I am no member of <#C0SALES>"),
        (TO, json!({ "is_ext_shared": true }), BRIDGE, "Another company"),
        (FROM, json!({ "is_member": false }), BRIDGE, "I hear nothing of what is posted here"),
        (FROM, json!({ "is_private": true }), BRIDGE, "type the same with “publicly” at the end"),
        (FROM, json!({}), "settings here bridge <@U0DEPLOYBT> to <#C0INCIDENT>", "this channel itself"),
        (FROM, json!({}), "settings here bridge <@U0MARCO002> to <#C0SALES>", "Only posts of apps"),
        (FROM, json!({}), "settings here bridge <@U0000UPBOT> to <#C0SALES>", "never passed on"),
        (FROM, json!({}), "settings here bridge Upshot to <#C0SALES>", "never passed on"),
        (FROM, json!({}), "settings here bridge B0000UPSHT to <#C0SALES>", "never passed on"),
        (FROM, json!({}), "settings here bridge", "settings here bridge @Deploys to #sales"),
        (FROM, json!({}), "settings here bridge <@U0DEPLOYBT> to <#C0NOWHERE>", "cannot see both"),
    ] {
        let slack = slack().await;
        slack.answer_about(
            "/api/conversations.info",
            "C0NOWHERE",
            &json!({ "ok": false, "error": "channel_not_found" }),
        );
        sees(&slack, name, &seen);
        let server = TestServer::with_slack(&slack).await;
        let said = typed(&server, elena, FROM, text).await;
        assert!(said.contains(words) && !said.starts_with("*Done."), "{text}: {said}");
        assert!(!typed(&server, elena, FROM, "settings here").await.contains("also posted"), "{text}");
        server.stop().await;
    }
    let slack = slack().await;
    may(&slack, "chat:write,groups:history", &json!({ "ok": true }));
    let server = TestServer::with_slack(&slack).await;
    let said = typed(&server, elena, FROM, BRIDGE).await;
    assert!(said.contains("allow channels:history"), "{said}");
    let said = typed(&server, "U0PRIYA003", FROM, BRIDGE).await;
    assert!(said.starts_with("That changes my answers for everybody here"), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn private_posts_become_public_only_where_that_was_said() {
    let mut slack = slack().await;
    sees(&slack, FROM, &json!({ "is_private": true }));
    sees(&slack, TO, &json!({ "is_private": true }));
    let server = TestServer::with_slack(&slack).await;
    built(&server, &mut slack).await;
    // The channel it leads to becomes public later.
    sees(&slack, TO, &json!({}));
    let mut event = post("5.0");
    event["event"]["channel_type"] = json!("group");
    deliver(&server, &event).await;
    let word = next_post(&mut slack).await;
    assert_eq!(word.body["channel"], "U0ELENA001");
    assert!(text(&word).contains("“publicly” at the end"), "{}", text(&word));
    // To another channel, because the clock of this test stands still.
    sees(&slack, "C0LEGAL", &json!({}));
    let said = typed(&server, "U0ELENA001", FROM, "settings here bridge Shipwright to <#C0LEGAL> publicly").await;
    assert!(said.starts_with("*Done.") && said.contains("“Shipwright”"), "{said}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
    event["event"]["ts"] = json!("6.0");
    event["event_id"] = json!("Ev6");
    deliver(&server, &event).await;
    let passed = next_post(&mut slack).await;
    assert_eq!(passed.body["channel"], "C0LEGAL");
    assert!(text(&passed).contains("KRAKEN-1182"));
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn two_bridges_that_face_each_other_do_not_go_round_in_circles() {
    let mut slack = slack().await;
    let server = TestServer::with_slack(&slack).await;
    built(&server, &mut slack).await;
    // Nobody says that this name is ours.
    may(&slack, "channels:history", &json!({ "ok": true }));
    let said = typed(&server, "U0ELENA001", TO, "settings here bridge Upshot, B0000UPSHT to <#C0INCIDENT>").await;
    assert!(said.starts_with("*Done."), "{said}");
    assert_eq!(slack.next().await.path, "/api/auth.test");
    deliver(&server, &post("7.0")).await;
    let passed = next_post(&mut slack).await;
    // As Slack tells us of it: with all marks, and with none but the bot's.
    let mut echo = fixture("event_message_ignored.json")[0]["body"].clone();
    echo["event"]["channel"] = json!(TO);
    echo["event"]["channel_type"] = json!("channel");
    echo["event"]["text"] = passed.body["text"].clone();
    deliver(&server, &echo).await;
    let mut bare = fixture("event_message_ignored.json")[1]["body"].clone();
    bare["event"]["channel"] = json!(TO);
    may(&slack, "channels:history", &json!({ "ok": true, "bot_id": "B0000UPSHT" }));
    deliver(&server, &bare).await;
    assert_eq!(slack.next().await.path, "/api/auth.test", "whose a bot is that names no app is asked");
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_post_whose_end_is_not_known_is_looked_for_first() {
    for has_arrived in [true, false] {
        let mut slack = slack().await;
        let api_url = slack.api_url();
        let pairs = [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test")];
        let server = TestServer::with_running_clock(&pairs).await;
        built(&server, &mut slack).await;
        slack.answer("/api/chat.postMessage", "internal_error");
        deliver(&server, &post("8.0")).await;
        let first = next_post(&mut slack).await;
        let arrived = json!({ "ts": "8.1", "text": "x", "metadata": first.body["metadata"] });
        let messages = if has_arrived { json!([arrived]) } else { json!([]) };
        slack.answer_about("/api/conversations.history", TO, &json!({ "ok": true, "messages": messages }));
        slack.answer_with("/api/chat.postMessage", StatusCode::OK, HeaderMap::new(), json!({ "ok": true }).to_string());
        if has_arrived {
            // The next one goes after it, so nothing of the first one is still to come.
            deliver(&server, &post("9.0")).await;
        }
        let second = next_post(&mut slack).await;
        assert_eq!(second.body["metadata"] == first.body["metadata"], !has_arrived);
        server.stop().await;
        assert!(slack.rest().is_empty());
    }
}
