//! The home tab, and the menu that looks through the glossary.

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    fake_slack::FakeSlack,
    glossary::{TOKEN, send_as, small_content},
    kit,
    server::{TestServer, fixture},
};

fn texts(view: &Value) -> String {
    let blocks = view["blocks"].as_array().unwrap().iter();
    let of = |block: &Value| Some(block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str())?.to_owned());
    blocks.filter_map(of).collect::<Vec<_>>().join("\n")
}

/// The home tab, once it is published.
async fn published(slack: &mut FakeSlack) -> Value {
    let call = slack.next().await;
    assert_eq!((&*call.path, &call.body["user_id"]), ("/api/views.publish", &json!("U0ELENA001")));
    call.body["view"].clone()
}

/// Opens the home tab.
async fn opened(slack: &mut FakeSlack, server: &TestServer, event: &str) -> Value {
    let mut body = fixture("event_app_home_opened.json");
    body["event_id"] = json!(event);
    let response = server.deliver("/slack/events", body.to_string()).await;
    assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
    published(slack).await
}

/// Does something on the home tab.
async fn act(server: &TestServer, trigger: &str, action: Value) {
    let payload = json!({
        "type": "block_actions",
        "trigger_id": trigger,
        "team": { "id": "T0000UPSHT" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V0HOME0001", "type": "home", "callback_id": "home" },
        "actions": [action]
    });
    let response = server.interact(&payload).await;
    assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
}

async fn options(server: &TestServer, typed: &str) -> Vec<(String, String)> {
    let mut payload = fixture("block_suggestion.json");
    payload["value"] = json!(typed);
    let answer = super::server::json(server.interact(&payload).await).await;
    kit::check_options(&answer);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let options = answer["options"].as_array().unwrap().iter();
    options.map(|option| (text(&option["text"]["text"]), text(&option["value"]))).collect()
}

#[tokio::test]
async fn the_home_tab_is_published_when_it_is_opened_and_not_for_the_messages_tab() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let home = opened(&mut slack, &server, "Ev1").await;
    for part in ["*More actions*", "Look up a term", "Who I write for", "Definitions you asked for", "`/upshot draft`"]
    {
        assert!(texts(&home).contains(part), "{part} in {}", texts(&home));
    }
    let mut messages = fixture("event_app_home_opened.json");
    messages["event_id"] = json!("Ev2");
    messages["event"]["tab"] = json!("messages");
    server.deliver("/slack/events", messages.to_string()).await;
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn what_is_chosen_or_asked_on_the_home_tab_is_shown_there() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let home = opened(&mut slack, &server, "Ev1").await;
    let blocks = home["blocks"].as_array().unwrap();
    let element = |kind: &str| {
        let elements = blocks.iter().flat_map(|block| {
            let listed = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
            listed.iter().chain(block.get("element"))
        });
        elements.into_iter().find(|element| element["type"] == kind).unwrap()
    };
    let pick = |element: &Value, value: &str| {
        json!({
            "type": element["type"], "action_id": element["action_id"], "block_id": "settings:general",
            "selected_option": { "value": value }
        })
    };
    // A reader.
    act(&server, "3.3.a", pick(element("static_select"), "sales")).await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("From now on I write for this reader: Sales."), "{}", texts(&home));
    assert!(home.to_string().contains("\"settings:sales\""));
    // An entry from the menu.
    let (label, concept) = options(&server, "p95").await.remove(0);
    assert!(label.to_lowercase().starts_with("p95"), "{label}");
    act(&server, "3.3.b", pick(element("external_select"), &concept)).await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("95 of 100 requests"), "{}", texts(&home));
    // A question, and a term without an entry: it can be asked for, and then stands in the person's own list.
    let ask = element("plain_text_input");
    act(
        &server,
        "3.3.c",
        json!({ "type": "plain_text_input", "action_id": ask["action_id"], "value": "flibbertigibbet" }),
    )
    .await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("no entry for “flibbertigibbet”"), "{}", texts(&home));
    act(&server, "3.3.d", json!({ "type": "button", "action_id": "request_definition", "value": "flibbertigibbet" }))
        .await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("• flibbertigibbet\nOnly you see this list."), "{}", texts(&home));
    act(
        &server,
        "3.3.e",
        json!({ "type": "plain_text_input", "action_id": ask["action_id"], "value": "x".repeat(301) }),
    )
    .await;
    assert!(texts(&published(&mut slack).await).contains("at most 300 characters"));
    server.stop().await;
}

/// The button with this label on the page.
fn button<'h>(home: &'h Value, label: &str) -> Option<&'h Value> {
    let blocks = home["blocks"].as_array().unwrap().iter();
    let elements = blocks.flat_map(|block| {
        let listed = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
        listed.iter().chain(block.get("accessory"))
    });
    elements.into_iter().find(|element| element["text"]["text"] == label)
}

#[tokio::test]
async fn whoever_writes_in_the_glossary_sees_what_waits_and_opens_it_in_the_dialog() {
    let mut slack = FakeSlack::start().await;
    let api_url = slack.api_url();
    let settings = [
        ("SLACK_API_URL", &*api_url),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let server = TestServer::over(small_content(), &settings).await;
    let kiln = json!({
        "id": "kiln", "definition": "A group of machines.", "terms": [{ "text": "kiln" }], "subject_field": "platform",
        "examples": { "match": ["The kiln is down."], "no_match": ["The oven is hot."] },
    });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &kiln).await.0, 201);
    let home = opened(&mut slack, &server, "Ev1").await;
    assert!(!texts(&home).contains("Waiting for review") && button(&home, "Open").is_none(), "{}", texts(&home));
    let elena = json!({
        "name": "Elena", "role": "curator", "platform": "slack", "workspace": "T0000UPSHT", "person": "U0ELENA001",
    });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &elena).await.0, 201);
    let home = opened(&mut slack, &server, "Ev2").await;
    assert!(texts(&home).contains("kiln (platform, draft, revision 1 by administrator)"), "{}", texts(&home));
    let open = button(&home, "Open").unwrap();
    act(&server, "3.3.f", json!({ "type": "button", "action_id": open["action_id"], "value": open["value"] })).await;
    let call = slack.next().await;
    assert_eq!((&*call.path, &call.body["trigger_id"]), ("/api/views.open", &json!("3.3.f")));
    assert!(button(&call.body["view"], "Approve").is_some(), "{}", call.body);
    // No dialog opens, and a home tab brings no address along.
    slack.answer("/api/views.open", "expired_trigger_id");
    act(&server, "3.3.g", json!({ "type": "button", "action_id": open["action_id"], "value": open["value"] })).await;
    assert_eq!(slack.next().await.path, "/api/views.open");
    let call = slack.next().await;
    assert_eq!((&*call.path, &call.body["channel"]), ("/api/chat.postMessage", &json!("U0ELENA001")));
    let told = call.body["text"].as_str().unwrap();
    assert!(told.starts_with("I could not show you this where you asked") && told.contains("kiln"), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn what_holds_for_a_channel_is_shown_and_chosen_by_who_may() {
    const MEMBER: &str = r#"{"ok":true,"user":{"name":"elena","is_admin":false}}"#;
    const MADE_BY_MARCO: &str = r#"{"ok":true,"channel":{"id":"C0INCIDENT","creator":"U0MARCO002"}}"#;
    let mut slack = FakeSlack::start().await;
    let answer = |slack: &FakeSlack, path: &str, body: &str| {
        slack.answer_with(path, StatusCode::OK, HeaderMap::new(), body.to_owned());
    };
    answer(&slack, "/api/users.info", MEMBER);
    answer(&slack, "/api/conversations.info", MADE_BY_MARCO);
    let server = TestServer::with_slack(&slack).await;
    let home = opened(&mut slack, &server, "Ev1").await;
    let select = home["blocks"].as_array().unwrap().iter().filter_map(|block| block["elements"].as_array()).flatten();
    let select = select.into_iter().find(|element| element["type"] == "conversations_select").unwrap();
    for field in ["response_url_enabled", "default_to_current_conversation"] {
        assert_eq!(select.get(field), None, "there is no current conversation on a home tab, nor an address for one");
    }
    let choose = json!({
        "type": "conversations_select", "action_id": select["action_id"], "selected_conversation": "C0INCIDENT"
    });
    act(&server, "3.3.g", choose).await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("<#C0INCIDENT>\n*In this channel:*"), "{}", texts(&home));
    let press = |home: &Value, label: &str| {
        let button = button(home, label).unwrap();
        json!({ "type": "button", "action_id": button["action_id"], "value": button["value"] })
    };
    // Somebody else made the channel.
    act(&server, "3.3.h", press(&home, "Answer only who asked")).await;
    let refused = published(&mut slack).await;
    assert!(texts(&refused).contains("That changes my answers for everybody here"), "{}", texts(&refused));
    answer(&slack, "/api/conversations.info", &MADE_BY_MARCO.replace("U0MARCO002", "U0ELENA001"));
    act(&server, "3.3.i", press(&home, "Answer only who asked")).await;
    let home = published(&mut slack).await;
    assert!(texts(&home).contains("*Done. From now on in this channel:*"), "{}", texts(&home));
    assert!(texts(&home).contains("only who asked sees the answer"), "{}", texts(&home));
    act(&server, "3.3.j", press(&home, "Answer in the thread")).await;
    assert!(texts(&published(&mut slack).await).contains("the answer stands in the thread"));
    server.stop().await;
}

#[tokio::test]
async fn the_menu_finds_entries_by_their_beginning_and_holds_no_more_than_slack_takes() {
    let server = TestServer::start().await;
    let labels = |found: &[(String, String)]| found.iter().map(|(label, _)| label.to_lowercase()).collect::<Vec<_>>();
    let slo = labels(&options(&server, "slo").await);
    assert!(slo[0].starts_with("slo ("), "the term itself comes first: {slo:?}");
    assert!(slo.iter().all(|label| label.contains("slo")), "{slo:?}");
    assert_eq!(options(&server, "").await.len(), 100);
    assert_eq!(options(&server, "e").await.len(), 100);
    assert!(options(&server, "flibbertigibbet").await.is_empty());
    assert_eq!(options(&server, " SLO ").await, options(&server, "slo").await);
    server.stop().await;
}

#[tokio::test]
async fn what_somebody_asked_lately_stands_on_their_own_page_until_they_empty_it() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    assert!(texts(&opened(&mut slack, &server, "Ev1").await).contains("Nothing in the last seven days."));
    server.command_of("U0ELENA001", "1.a", "/explain", "p95").await;
    server.command_of("U0ELENA001", "1.b", "/explain", "the zibbler of Kilnworks").await;
    server
        .command_of("U0ELENA001", "1.c", "/upshot", "for sales: checkout of Kilnworks is down, rollback ETA 10 min")
        .await;
    server.command_of("U0PRIYA003", "1.d", "/explain", "rollback").await;
    let home = opened(&mut slack, &server, "Ev2").await;
    kit::check_home(&home);
    let shown = texts(&home);
    for part in ["*p95 latency*, for this reader: Everyone", "A message (incident), for this reader: Sales", "<!date^"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    for hidden in ["Kilnworks", "zibbler", "*rollback*"] {
        assert!(!shown.contains(hidden), "no words of messages, and nothing of others: {hidden} in {shown}");
    }
    // A term can be asked for again.
    let again = home["blocks"].as_array().unwrap().iter().find_map(|block| {
        let is_ours = block["block_id"].as_str().is_some_and(|id| id.starts_with("asked:"));
        is_ours.then(|| block["elements"][0].clone())
    });
    let again = again.unwrap();
    let option = &again["options"][0];
    assert_eq!(option["text"]["text"], "p95 latency");
    act(
        &server,
        "3.3.a",
        json!({ "type": "static_select", "action_id": again["action_id"], "block_id": "asked:2:1", "selected_option": option }),
    )
    .await;
    assert!(texts(&published(&mut slack).await).contains("95 of 100 requests"));
    act(&server, "3.3.b", json!({ "type": "button", "action_id": "forget_asked", "value": "asked" })).await;
    let shown = texts(&published(&mut slack).await);
    assert!(
        shown.contains("I have forgotten what you asked") && shown.contains("Nothing in the last seven days."),
        "{shown}"
    );
    server.stop().await;
}
