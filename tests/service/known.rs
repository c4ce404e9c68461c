//! Terms that a person knows: said by command, button and menu, seen in that person's own answers and nowhere else.

use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    ids::{ChannelId, Platform, WorkspaceId},
    store::ChannelChange,
};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    kit,
    server::{NOW, TestServer, acknowledged, fixture},
    sharing::{button, press_in_view},
};

const ELENA: &str = "U0ELENA001";
const PRIYA: &str = "U0PRIYA003";
/// With one term that the tests know, and one that they do not.
const MESSAGE: &str = "We rolled back the 14:05 deploy.";
const PLAIN: &str = "We undid the 14:05 release.";
const KNOWN: &str = "We rolled back the 14:05 release.";

on_both!(
    what_is_known_outlives_the_process_and_is_one_persons_own,
    who_knows_enough_is_told_so_and_what_the_glossary_lost_is_named,
    an_answer_for_one_persons_eyes_keeps_known_words_and_one_for_all_does_not,
);

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

async fn typed(server: &TestServer, person: &str, trigger: &str, text: &str) -> String {
    server.command_of(person, trigger, "/upshot", text).await["text"].as_str().unwrap().to_owned()
}

/// What Slack sends when somebody uses a control of a message.
fn used(slack: &FakeSlack, trigger: &str, element: &Value) -> Value {
    let mut payload = fixture("block_actions_message.json");
    payload["response_url"] = json!(slack.response_url());
    payload["trigger_id"] = json!(trigger);
    payload["actions"] = json!([element]);
    payload
}

/// The block with this control, and the control.
fn control<'a>(view: &'a Value, action: &str) -> (&'a Value, &'a Value) {
    let blocks = view["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "actions");
    let of = |block: &'a Value| Some((block, block["elements"].as_array()?.iter().find(|e| e["action_id"] == action)?));
    blocks.filter_map(of).next().unwrap_or_else(|| panic!("no {action} in {view}"))
}

/// What Slack sends when somebody picks this from a menu of the open dialog.
fn picked(view: &Value, trigger: &str, action: &str, value: &str) -> Value {
    let (block, menu) = control(view, action);
    let options = menu["options"].as_array().unwrap();
    assert!(options.iter().any(|option| option["value"] == value), "{value} is not offered: {menu}");
    json!({
        "type": "block_actions",
        "trigger_id": trigger,
        "team": { "id": "T0000UPSHT", "domain": "alderbrook" },
        "user": { "id": ELENA },
        "view": { "id": "V1", "type": "modal", "callback_id": view["callback_id"] },
        "actions": [{
            "type": "static_select", "action_id": action, "block_id": block["block_id"],
            "selected_option": { "value": value }
        }]
    })
}

async fn what_is_known_outlives_the_process_and_is_one_persons_own(database: Database) {
    let settings = [("UPSHOT_DATABASE_URL", &*database.address)];
    let server = TestServer::with(&settings).await;
    assert!(typed(&server, ELENA, "1.a", MESSAGE).await.contains(PLAIN));
    let said = typed(&server, ELENA, "1.b", "know p95, the rollback and flibbertigibbet").await;
    for part in ["“p95 latency”, “rollback”, “roll back”", "no entry for “flibbertigibbet”", "Nobody else sees it"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(typed(&server, ELENA, "1.c", MESSAGE).await.contains(KNOWN));
    assert!(typed(&server, PRIYA, "1.d", MESSAGE).await.contains(PLAIN), "it is one person's own");
    let compared = typed(&server, ELENA, "1.e", &format!("for sales and finance: {MESSAGE}")).await;
    assert!(compared.contains("release was undone") && !compared.contains("rolled back"), "what they read: {compared}");
    server.stop().await;

    let server = TestServer::with(&settings).await;
    let listed = server.command_of(ELENA, "2.a", "/upshot", "know").await;
    assert!(text(&listed).contains("You know these terms: p95 latency, roll back, rollback."), "{listed}");
    assert!(button(&listed, "known_list").is_some(), "one can be taken back from a menu: {listed}");
    assert!(typed(&server, PRIYA, "2.b", "know").await.contains("not told me of any term"));
    assert!(typed(&server, ELENA, "2.c", MESSAGE).await.contains(KNOWN));
    assert!(typed(&server, ELENA, "2.d", "forget rollback").await.contains("“rollback”, “roll back”"));
    assert!(typed(&server, ELENA, "2.e", MESSAGE).await.contains(PLAIN));
    assert!(typed(&server, ELENA, "2.f", "forget rollback").await.contains("You had not told me"));
    assert!(typed(&server, ELENA, "2.g", "forget all").await.starts_with("Done."));
    assert!(typed(&server, ELENA, "2.h", "know").await.contains("not told me of any term"));
    server.stop().await;
}

async fn who_knows_enough_is_told_so_and_what_the_glossary_lost_is_named(database: Database) {
    database.open().await.close().await;
    database
        .run(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 499) \
             INSERT INTO known_terms SELECT 'T0000UPSHT', 'U0ELENA001', 'gone-' || n, 1, 0 FROM numbers",
        )
        .await;
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &*database.address)]).await;
    let full = typed(&server, ELENA, "1.a", "know rollback").await;
    assert!(full.contains("You told me 500 terms"), "it would be two entries, and one has room: {full}");
    assert!(typed(&server, ELENA, "1.b", MESSAGE).await.contains(PLAIN), "all of them or none");
    assert!(typed(&server, ELENA, "1.c", "know p95").await.starts_with("Done."), "the 500th");
    let listed = typed(&server, ELENA, "1.d", "know").await;
    assert!(listed.contains("You know these terms: p95 latency.") && listed.contains("gone-1, "), "{listed}");
    assert!(listed.contains("No longer in the glossary, and without effect"), "{listed}");
    assert!(typed(&server, ELENA, "1.e", "forget gone-7, gone-8").await.starts_with("Done."));
    assert!(typed(&server, ELENA, "1.f", "know rollback").await.starts_with("Done."), "there is room again");
    server.stop().await;
}

async fn an_answer_for_one_persons_eyes_keeps_known_words_and_one_for_all_does_not(database: Database) {
    let store = database.open().await;
    let (workspace, channel) = (WorkspaceId::new("T0000UPSHT"), ChannelId::new("C0QUIET"));
    let now = Timestamp::from_unix_seconds(NOW);
    store.change_channel(Platform::Slack, &workspace, &channel, ChannelChange::Quiet, now).await.unwrap();
    store.close().await;
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    typed(&server, ELENA, "1.a", "know rollback").await;
    typed(&server, PRIYA, "1.b", "know rollback").await;
    let mention = |event: &str, channel: &str, words: &str| {
        let mut body = fixture("event_app_mention.json");
        body["event_id"] = json!(event);
        body["event"]["user"] = json!(ELENA);
        body["event"]["channel"] = json!(channel);
        body["event"]["text"] = json!(format!("<@U0000UPBOT> {words}"));
        body
    };
    let mut own = fixture("event_message_im.json");
    own["event"]["text"] = json!(MESSAGE);
    for (body, path, expected) in [
        (mention("Ev1", "C0LOUD", MESSAGE), "/api/chat.postMessage", PLAIN),
        (mention("Ev2", "C0QUIET", MESSAGE), "/api/chat.postEphemeral", KNOWN),
        (own, "/api/chat.postMessage", KNOWN),
        (mention("Ev3", "C0LOUD2", "know"), "/api/chat.postMessage", "nobody else's business"),
        (mention("Ev4", "C0LOUD3", "know p95"), "/api/chat.postMessage", "nobody else's business"),
        (mention("Ev5", "C0LOUD4", "forget rollback"), "/api/chat.postMessage", "nobody else's business"),
        (mention("Ev6", "C0LOUD5", "forget all"), "/api/chat.postMessage", "nobody else's business"),
        (mention("Ev7", "C0LOUD6", "explain rollback"), "/api/chat.postMessage", "Going back to the version"),
    ] {
        let response = server.deliver("/slack/events", body.to_string()).await;
        assert_eq!(response.status(), 200);
        let call = slack.next().await;
        assert_eq!(call.path, path, "{body}");
        assert!(text(&call.body).contains(expected), "{expected} in {}", call.body);
        let is_for_all = path == "/api/chat.postMessage" && call.body["channel"] != "D0UPSHOT01";
        assert!(!is_for_all || !call.body.to_string().contains("plain words again"), "{}", call.body);
    }
    assert!(typed(&server, ELENA, "1.c", MESSAGE).await.contains(KNOWN), "nothing was taken back meanwhile");
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_begins_like_the_command_is_rewritten() {
    let server = TestServer::start().await;
    for (number, (words, expected)) in [
        ("Know that the 14:05 deploy was rolled back", "14:05 release"),
        ("Forget about the old pod, we rolled back", "went back to the earlier version"),
        ("I know the deploy, and it broke checkout for everyone on the team", "checkout"),
        ("Know this:\nwe rolled back the 14:05 deploy", "14:05 release"),
        ("know flibbertigibbet", "no entry for “flibbertigibbet”"),
        ("forget flibbertigibbet", "You had not told me"),
        ("forget the deploy", "You had not told me"),
    ]
    .into_iter()
    .enumerate()
    {
        let said = typed(&server, ELENA, &format!("1.{number}"), words).await;
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    assert!(typed(&server, ELENA, "1.z", "know").await.contains("not told me of any term"));
    server.stop().await;
}

#[tokio::test]
async fn a_button_below_an_explanation_says_it_and_takes_it_back() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut message = server.command("/explain", "rollback for sales").await;
    for (number, (label, then, rewritten)) in
        [("I know this term", "Put it in plain words again", KNOWN), ("Put it in plain words again", "I know", PLAIN)]
            .into_iter()
            .enumerate()
    {
        let pressed = button(&message, "know_1").unwrap();
        assert_eq!(pressed["text"]["text"], label);
        acknowledged(&server, &used(&slack, &format!("2.{number}"), pressed)).await;
        message = slack.next().await.body;
        assert_eq!(message["replace_original"], true);
        kit::check_message(&message);
        assert!(text(&message).contains("Going back to the version"), "{message}");
        assert_eq!(control(&message, "audience").1["initial_option"]["value"], "sales", "its reader stays");
        let label = button(&message, "know_1").unwrap()["text"]["text"].as_str().unwrap();
        assert!(label.starts_with(then), "{label}");
        assert!(typed(&server, ELENA, &format!("3.{number}"), MESSAGE).await.contains(rewritten));
    }
    // Several terms have a button each, and what has no entry has none.
    let several = server.command("/explain", "p95 and rollback").await;
    let labels = ["know_1", "know_2"].map(|id| button(&several, id).unwrap()["text"]["text"].clone());
    assert_eq!(labels, ["I know “p95 latency”", "I know “rollback”"]);
    assert_eq!(button(&server.command("/explain", "flibbertigibbet").await, "know_1"), None);
    // An old button of an entry that is gone, or one that never was.
    for (value, says) in [("+gone-entry general gone-entry", "no longer in the glossary"), ("+rollback", "")] {
        let mut pressed = button(&several, "know_1").unwrap().clone();
        pressed["value"] = json!(value);
        acknowledged(&server, &used(&slack, &format!("4.{value}"), &pressed)).await;
        if !says.is_empty() {
            let said = slack.next().await.body;
            assert!(text(&said).contains(says) && said["replace_original"] == false, "{said}");
        }
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn an_answer_that_many_get_is_each_ones_own() {
    let server = TestServer::with_slack(&FakeSlack::start().await).await;
    let ask = async |person: &str, trigger: &str, query: &str| {
        let message = server.command_of(person, trigger, "/explain", query).await;
        kit::check_message(&message);
        message
    };
    let first = ask(ELENA, "1.a", "rollback").await;
    assert_eq!(first, ask(ELENA, "1.b", "rollback").await);
    assert_eq!(first, ask(PRIYA, "1.c", "rollback").await);
    let label = |message: &Value| button(message, "know_1").unwrap()["text"]["text"].as_str().unwrap().to_owned();
    typed(&server, ELENA, "2.a", "know rollback").await;
    assert_eq!(label(&ask(ELENA, "2.b", "rollback").await), "Put it in plain words again");
    assert_eq!(first, ask(PRIYA, "2.c", "rollback").await);
    typed(&server, ELENA, "2.d", "forget rollback").await;
    typed(&server, ELENA, "2.e", "settings sales").await;
    let for_sales = ask(ELENA, "3.a", "rollback").await;
    assert_eq!(control(&for_sales, "audience").1["initial_option"]["value"], "sales");
    assert_eq!(first, ask(PRIYA, "3.b", "rollback").await);
    assert_eq!(for_sales, ask(PRIYA, "3.c", "rollback for sales").await);
    server.stop().await;
}

async fn explained(slack: &mut FakeSlack, server: &TestServer) -> Value {
    let mut payload = slack.addressed("message_action_plain.json");
    payload["message"]["blocks"] = json!([]);
    payload["message"]["text"] = json!(MESSAGE);
    acknowledged(server, &payload).await;
    slack.next().await.body["view"].clone()
}

#[tokio::test]
async fn in_a_conversation_of_two_answers_have_their_controls() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut own = fixture("event_message_im.json");
    own["event"]["user"] = json!(ELENA);
    own["event"]["text"] = json!("explain rollback");
    assert_eq!(server.deliver("/slack/events", own.to_string()).await.status(), 200);
    let call = slack.next().await;
    assert_eq!((&*call.path, &call.body["channel"]), ("/api/chat.postMessage", &json!("D0UPSHOT01")));
    kit::check_message(&call.body);
    acknowledged(&server, &used(&slack, "1.a", button(&call.body, "know_1").unwrap())).await;
    let again = slack.next().await.body;
    assert_eq!(button(&again, "know_1").unwrap()["text"]["text"], "Put it in plain words again");
    assert!(typed(&server, ELENA, "1.b", MESSAGE).await.contains(KNOWN));
    server.stop().await;
}

#[tokio::test]
async fn a_word_of_an_answer_is_known_from_its_menu_and_the_answer_says_so() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let view = explained(&mut slack, &server).await;
    assert!(view.to_string().contains(PLAIN), "{view}");
    acknowledged(&server, &picked(&view, "1.a", "know_words", "+roll-back")).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.update");
    let again = &call.body["view"];
    kit::check_view(again);
    assert!(again.to_string().contains(KNOWN), "{again}");
    assert!(again.to_string().contains("“rolled back” stays, because you know it (glossary entry roll-back)"));
    assert_ne!(control(&view, "know_words").0["block_id"], control(again, "know_words").0["block_id"]);
    acknowledged(&server, &picked(again, "1.b", "know_words", "-roll-back")).await;
    assert!(slack.next().await.body["view"].to_string().contains(PLAIN));
    // The same where only the origin of the words is shown.
    let message = server.command("/upshot", MESSAGE).await;
    acknowledged(&server, &used(&slack, "1.c", button(&message, "why").unwrap())).await;
    let why = slack.next().await.body["view"].clone();
    acknowledged(&server, &picked(&why, "1.d", "know_words", "+deploy")).await;
    let why = slack.next().await.body["view"].clone();
    kit::check_view(&why);
    assert!(why.to_string().contains("“deploy” stays, because you know it"), "{why}");
    assert_eq!(why["title"]["text"], "Why these words?");
    server.stop().await;
}

#[tokio::test]
async fn without_dialogs_the_menu_stands_below_the_answer() {
    let server = TestServer::start().await;
    let message = server.command("/upshot", MESSAGE).await;
    let (_, menu) = control(&message, "know_words");
    let labels: Vec<&Value> = menu["options"].as_array().unwrap().iter().map(|one| &one["text"]["text"]).collect();
    assert_eq!(labels, ["I know “rolled back”", "I know “deploy”"]);
    server.stop().await;
}

#[tokio::test]
async fn what_is_shared_is_what_others_understand_and_was_read_before() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    typed(&server, ELENA, "1.a", "know rollback").await;
    let view = explained(&mut slack, &server).await;
    assert!(view.to_string().contains(KNOWN), "{view}");
    acknowledged(&server, &press_in_view(&view, "share", "1.b")).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.update", "nothing is shared that was not read");
    let for_others = &call.body["view"];
    kit::check_view(for_others);
    assert!(for_others.to_string().contains(PLAIN) && !for_others.to_string().contains(KNOWN), "{for_others}");
    assert!(for_others.to_string().contains("You know terms of this that others may not"), "{for_others}");
    acknowledged(&server, &press_in_view(for_others, "share", "1.c")).await;
    let post = slack.next().await;
    assert_eq!(post.path, "/api/chat.postMessage");
    let posted = post.body.to_string();
    assert!(posted.contains("The 14:05 release was undone.") && !posted.contains("rolled back"), "{posted}");
    let told = slack.next().await;
    assert!(told.body.to_string().contains("This was shared in the thread."), "{}", told.body);
    // Where what is known changes nothing, one press is enough.
    let mut payload = slack.addressed("message_action_plain.json");
    payload["message"]["blocks"] = json!([]);
    payload["message"]["text"] = json!("The pod is down.");
    payload["channel"]["id"] = json!("C0OTHER");
    payload["trigger_id"] = json!("another");
    acknowledged(&server, &payload).await;
    let view = slack.next().await.body["view"].clone();
    acknowledged(&server, &press_in_view(&view, "share", "1.d")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    server.stop().await;
}

#[tokio::test]
async fn the_home_tab_lists_what_is_known_adds_and_takes_back() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let act = |trigger: &str, action: Value| {
        json!({
            "type": "block_actions", "trigger_id": trigger, "team": { "id": "T0000UPSHT" }, "user": { "id": ELENA },
            "view": { "id": "V0HOME0001", "type": "home", "callback_id": "home" }, "actions": [action]
        })
    };
    let pick = |action: &str, value: &str| json!({ "type": "external_select", "action_id": action, "block_id": "x", "selected_option": { "value": value } });
    let offered = async |typed: &str| {
        let mut payload = fixture("block_suggestion.json");
        payload["action_id"] = json!("known_list");
        payload["value"] = json!(typed);
        let answer = super::server::json(server.interact(&payload).await).await;
        kit::check_options(&answer);
        answer["options"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    let response = server.deliver("/slack/events", fixture("event_app_home_opened.json").to_string()).await;
    assert_eq!(response.status(), 200);
    let home = slack.next().await.body["view"].clone();
    assert!(home.to_string().contains("not told me of any term"), "{home}");
    assert!(button(&home, "known_list").is_none(), "there is nothing to take back");
    assert!(offered("").await.is_empty());

    acknowledged(&server, &act("1.a", pick("know_entry", "rollback"))).await;
    let home = slack.next().await.body["view"].clone();
    kit::check_home(&home);
    assert!(home.to_string().contains("You know these terms: roll back, rollback."), "{home}");
    assert_eq!(offered("").await, ["roll-back", "rollback"]);
    assert_eq!(offered(" Rollb").await, ["rollback"]);
    // What is looked up there can be known too.
    acknowledged(&server, &act("1.b", pick("glossary_lookup", "latency-p95"))).await;
    let home = slack.next().await.body["view"].clone();
    acknowledged(&server, &act("1.c", button(&home, "know_1").unwrap().clone())).await;
    let home = slack.next().await.body["view"].clone();
    kit::check_home(&home);
    assert!(home.to_string().contains("p95 latency, roll back, rollback."), "{home}");
    assert!(home.to_string().contains("95 of 100 requests"), "the explanation stays: {home}");

    acknowledged(&server, &act("1.d", pick("known_list", "rollback"))).await;
    let home = slack.next().await.body["view"].clone();
    assert!(home.to_string().contains("You know these terms: p95 latency."), "{home}");
    assert!(home.to_string().contains("I put this in plain words for you again: “rollback”, “roll back”."), "{home}");
    server.stop().await;
}
