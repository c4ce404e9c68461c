//! Several readers at once, and the draft editor: check, revise, post.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    databases::Database,
    fake_slack::FakeSlack,
    kit,
    server::{TestServer, acknowledged, command_form, fixture},
    sharing::{button, press_in_view},
};

const DRAFT: &str = "Heads up @here: we rolled back the 14:05 deploy of checkout-service, p95 went from 220ms to 3.4s.";

fn texts(view: &Value) -> String {
    let blocks = view["blocks"].as_array().unwrap().iter();
    blocks.filter_map(|block| block["text"]["text"].as_str()).collect::<Vec<_>>().join("\n")
}

fn input<'a>(view: &'a Value, block: &str) -> &'a Value {
    let blocks = view["blocks"].as_array().unwrap();
    let found = blocks.iter().find(|candidate| candidate["type"] == "input" && candidate["block_id"] == block);
    &found.unwrap_or_else(|| panic!("no field {block} in {view}"))["element"]
}

/// What Slack sends when this dialog is sent with these fields.
fn submission(view: &Value, id: &str, fields: &[(&str, Value)]) -> Value {
    let mut values = json!({});
    for (block, value) in fields {
        let action = input(view, block)["action_id"].as_str().unwrap();
        values[*block][action] = value.clone();
    }
    json!({
        "type": "view_submission",
        "trigger_id": format!("5.5.{id}"),
        "team": { "id": "T0000UPSHT", "domain": "alderbrook" },
        "user": { "id": "U0ELENA001" },
        "view": {
            "id": id,
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"].as_str().unwrap_or_default(),
            "state": { "values": values }
        }
    })
}

async fn sent(server: &TestServer, payload: &Value) -> Value {
    let response = server.interact(payload).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = super::server::json(response).await;
    assert_eq!(answer["response_action"], "update");
    kit::check_view(&answer["view"]);
    answer["view"].clone()
}

/// The editor, opened by its shortcut.
async fn editor(slack: &mut FakeSlack, server: &TestServer) -> Value {
    let mut shortcut = fixture("global_shortcut.json");
    shortcut["callback_id"] = json!("check_draft");
    acknowledged(server, &shortcut).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.open");
    call.body["view"].clone()
}

async fn checked(server: &TestServer, view: &Value, text: &str, readers: &[&str]) -> Value {
    let readers: Vec<Value> = readers.iter().map(|reader| json!({ "value": reader })).collect();
    let fields = [("text", json!({ "value": text })), ("readers", json!({ "selected_options": readers }))];
    sent(server, &submission(view, "V1", &fields)).await
}

/// The dialog that asks where to post.
async fn posting(slack: &mut FakeSlack, server: &TestServer, view: &Value) -> Value {
    assert_eq!(button(view, "post_draft").unwrap()["text"]["text"], "Post as approved");
    acknowledged(server, &press_in_view(view, "post_draft", "5.5.press")).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.push");
    call.body["view"].clone()
}

/// What Slack sends when these words are to be posted in a channel.
fn post(slack: &FakeSlack, view: &Value, version: &str) -> Value {
    let options = input(view, "version")["options"].as_array().unwrap();
    let value = options.iter().find(|option| option["value"].as_str().unwrap().starts_with(version)).unwrap();
    let fields =
        [("version", json!({ "selected_option": value })), ("where", json!({ "selected_conversation": "C0SALES001" }))];
    let mut payload = submission(view, "V2", &fields);
    payload["response_urls"] = json!([{
        "block_id": "where", "action_id": "value", "channel_id": "C0SALES001", "response_url": slack.response_url()
    }]);
    payload
}

#[tokio::test]
async fn several_readers_get_a_version_each_with_the_same_facts() {
    let server = TestServer::start().await;
    let text = "for finance and sales: p95 latency went from 220ms to 3.4s after the 14:05 deploy, ETA 10 min";
    let message = server.command("/upshot", text).await;
    let headers: Vec<&str> = message["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|block| block["type"] == "header")
        .map(|block| block["text"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(headers, ["For this reader: Finance", "For this reader: Sales"]);
    let versions: Vec<&str> = message["text"].as_str().unwrap().split("*For this reader: ").skip(1).collect();
    for (version, reader) in versions.iter().zip(["Finance", "Sales"]) {
        assert!(version.starts_with(reader), "{version}");
        for fact in ["3.4 seconds", "14:05", "10 minutes"] {
            assert!(version.contains(fact), "{fact} in {version}");
        }
    }
    let long = format!("for finance, sales and hr: {}", "The pod is down & p95 is 3.4s. ".repeat(1_000));
    server.command("/upshot", &long).await;
    let four = server.command("/upshot", "for finance, sales, hr and legal: The pod is down").await;
    assert!(four["text"].as_str().unwrap().starts_with("Name at most 3 readers"), "{four}");
    server.stop().await;
}

#[tokio::test]
async fn a_draft_is_checked_for_each_reader_and_can_be_revised() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let view = editor(&mut slack, &server).await;
    assert_eq!(input(&view, "readers")["initial_options"][0]["value"], "general");
    let result = checked(&server, &view, DRAFT, &["sales", "executive"]).await;
    assert_eq!(result["submit"]["text"], "Check again");
    assert_eq!(input(&result, "text")["initial_value"], DRAFT, "the text stands there to be revised");
    let shown = texts(&result);
    for part in [
        "What they take from it: Sales",
        "What they take from it: Executive",
        "What may hold them up",
        "• “",
        "Better: ",
        "3.4 seconds",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    // Again with words that nobody stumbles over.
    let again = checked(&server, &result, "The office is closed on Friday. Nothing for you to do.", &["sales"]).await;
    assert!(texts(&again).contains("nothing that I see"), "{}", texts(&again));
    // As much as the field takes, for as many readers as can be chosen.
    let long = "The pod is down & `kubectl` fails. 🚀 ".repeat(78);
    checked(&server, &again, &long, &["sales", "finance", "hr"]).await;
    let four = checked(&server, &again, "The pod is down", &["sales", "finance", "hr", "legal"]).await;
    assert!(texts(&four).contains("at most 3 readers"), "{}", texts(&four));
    server.stop().await;
}

#[tokio::test]
async fn an_approved_draft_is_posted_once_under_its_authors_name() {
    for (version, starts, holds) in [
        ("own", "For <https://alderbrook.slack.com/team/U0ELENA001|", "p95 went from 220ms"),
        ("sales", "*In plain words, for this reader: Sales.* Posted for <https://", "3.4 seconds"),
    ] {
        let mut slack = FakeSlack::start().await;
        let database = Database::sqlite();
        let server = TestServer::with_slack_and(&slack, &database).await;
        let view = editor(&mut slack, &server).await;
        let result = checked(&server, &view, DRAFT, &["sales"]).await;
        let asked = posting(&mut slack, &server, &result).await;
        assert_eq!(input(&asked, "where")["response_url_enabled"], true);
        let payload = post(&slack, &asked, version);
        for _ in 0..2 {
            assert_eq!(texts(&sent(&server, &payload).await), "It is being posted.");
        }
        let posted = slack.next().await;
        assert_eq!(posted.path, "/api/chat.postMessage");
        assert_eq!(posted.body["channel"], "C0SALES001");
        let blocks = posted.body["blocks"].as_array().unwrap();
        assert!(blocks[0]["elements"][0]["text"].as_str().unwrap().starts_with(starts), "{}", blocks[0]);
        let words = texts(&posted.body);
        assert!(words.contains(holds), "{words}");
        assert!(texts(&asked).contains(&words), "what was posted could be read before, word for word: {words}");
        let told = slack.next().await;
        assert_eq!((&*told.path, &told.body["view_id"]), ("/api/views.update", &json!("V2")));
        assert_eq!(texts(&told.body["view"]), "It is posted.");
        server.stop().await;
        assert!(slack.rest().is_empty() && database.owes_nothing().await);
    }
}

#[tokio::test]
async fn where_posting_is_not_possible_the_text_is_there_to_be_copied() {
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/chat.postMessage", "channel_not_found");
    slack.answer("/hook", "response_url_gone");
    let server = TestServer::with_slack(&slack).await;
    let view = editor(&mut slack, &server).await;
    let result = checked(&server, &view, DRAFT, &["sales"]).await;
    let asked = posting(&mut slack, &server, &result).await;
    sent(&server, &post(&slack, &asked, "own")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    assert_eq!(slack.next().await.path, "/hook");
    let told = slack.next().await.body["view"].clone();
    assert!(texts(&told).contains("/invite @Upshot") && texts(&told).contains("p95 went from 220ms"), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn the_command_opens_the_editor_with_the_text_in_it() {
    let mut slack = FakeSlack::start().await;
    let body = |typed: &str, trigger: &str, address: &str| {
        command_form(&[("text", typed), ("trigger_id", trigger), ("response_url", address)])
    };
    let server = TestServer::with_slack(&slack).await;
    for (typed, trigger, value) in [
        ("draft", "6.6.a", None),
        ("draft: The pod is down", "6.6.b", Some("The pod is down")),
        ("draft the deploy failed", "6.6.e", Some("the deploy failed")),
        (&*format!("draft: {}", "x".repeat(3_001)), "6.6.c", None),
    ] {
        let response = server.deliver("/slack/commands", body(typed, trigger, &slack.response_url())).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
        let call = slack.next().await;
        assert_eq!((&*call.path, &call.body["trigger_id"]), ("/api/views.open", &json!(trigger)));
        assert_eq!(input(&call.body["view"], "text").get("initial_value").and_then(Value::as_str), value);
    }
    // For the readers who are named.
    let typed = "draft for finance and sales: the deploy failed";
    server.deliver("/slack/commands", body(typed, "6.6.f", &slack.response_url())).await;
    let view = slack.next().await.body["view"].clone();
    let readers = input(&view, "readers")["initial_options"].as_array().unwrap().clone();
    let readers: Vec<&str> = readers.iter().map(|option| option["value"].as_str().unwrap()).collect();
    assert_eq!(
        (readers, &input(&view, "text")["initial_value"]),
        (vec!["finance", "sales"], &json!("the deploy failed"))
    );
    assert_eq!(button(&view, "post_draft"), None, "nothing was checked yet");
    server.stop().await;
    // Without a token no dialog can be opened, and that is said.
    let server = TestServer::with(&[("SLACK_API_URL", &slack.api_url())]).await;
    server.deliver("/slack/commands", body("draft", "6.6.d", &slack.response_url())).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/hook");
    assert!(call.body["text"].as_str().unwrap().starts_with("I cannot open the draft editor here"), "{}", call.body);
    server.stop().await;
}

#[tokio::test]
async fn what_is_written_to_the_app_has_the_editor_one_press_away() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut written = fixture("event_message_im.json");
    written["event"]["text"] = json!("draft for sales: the deploy failed");
    assert_eq!(server.deliver("/slack/events", written.to_string()).await.status(), 200);
    let answer = slack.next().await;
    assert_eq!(answer.path, "/api/chat.postMessage");
    let words = answer.body["text"].as_str().unwrap();
    assert!(words.starts_with("In the draft editor") && !words.contains("token"), "{words}");
    let mut pressed = press_in_view(&answer.body, "open_draft", "7.7.a");
    pressed["user"] = json!({ "id": written["event"]["user"] });
    pressed["response_url"] = json!(slack.response_url());
    pressed.as_object_mut().unwrap().remove("view");
    acknowledged(&server, &pressed).await;
    let opened = slack.next().await;
    assert_eq!(opened.path, "/api/views.open");
    let view = &opened.body["view"];
    assert_eq!(view["callback_id"], "draft");
    assert_eq!(input(view, "text")["initial_value"], "the deploy failed");
    assert_eq!(input(view, "readers")["initial_options"][0]["value"], "sales");
    // Where others would press it too, the way is told instead.
    let mut mention = fixture("event_app_mention.json");
    mention["event"]["text"] = json!("<@U0000UPBOT> draft: the deploy failed");
    server.deliver("/slack/events", mention.to_string()).await;
    let answer = slack.next().await.body;
    assert_eq!(button(&answer, "open_draft"), None);
    assert!(answer["text"].as_str().unwrap().contains("`/upshot draft your text`"), "{answer}");
    server.stop().await;
}
