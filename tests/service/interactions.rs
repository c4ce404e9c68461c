//! Shortcuts, menus, buttons and dialogs, with a stand-in for Slack's side of them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    fake_slack::{Call, FakeSlack},
    server::{TestServer, acknowledged, fixture},
};

/// All visible text of a dialog or message.
fn visible(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields.values().map(visible).collect::<Vec<_>>().join("\n"),
        Value::Array(items) => items.iter().map(visible).collect::<Vec<_>>().join("\n"),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

fn controls(value: &Value) -> &Value {
    value["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap()
}

/// What Slack sends when somebody picks a reader in this message.
fn pick_in_message(slack: &FakeSlack, message: &Value, trigger: &str, reader: &str) -> Value {
    let mut payload = fixture("block_actions_message.json");
    payload["response_url"] = json!(slack.response_url());
    payload["trigger_id"] = json!(trigger);
    payload["actions"][0]["block_id"] = controls(message)["block_id"].clone();
    payload["actions"][0]["selected_option"]["value"] = json!(reader);
    payload
}

/// What Slack sends when somebody picks a reader in this dialog.
fn pick_in_view(opened: &Call, trigger: &str, reader: &str) -> Value {
    let view = &opened.body["view"];
    json!({
        "type": "block_actions",
        "trigger_id": trigger,
        "team": { "id": "T0000UPSHT" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V1", "callback_id": view["callback_id"], "private_metadata": view["private_metadata"] },
        "actions": [{
            "type": "static_select",
            "action_id": "audience",
            "block_id": controls(view)["block_id"],
            "selected_option": { "value": reader }
        }]
    })
}

#[tokio::test]
async fn explain_this_opens_a_dialog_with_the_whole_answer() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.open");
    assert_eq!(call.body["trigger_id"], "9000000000003.100000000001.fixturetrigger0000000000000003");
    let view = &call.body["view"];
    assert_eq!(controls(view)["elements"][0]["initial_option"]["value"], "general");
    let shown = visible(view);
    for part in ["47s", "9s", "Why these words?", "Original", "&amp; checkout stayed read-only for &lt;1 min."] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    server.stop().await;
    assert!(slack.rest().is_empty(), "one dialog, no message");
}

#[tokio::test]
async fn rich_text_keeps_its_structure_and_wakes_nobody() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_rich_text.json")).await;
    let shown = visible(&slack.next().await.body["view"]);
    for part in [
        "INC-881",
        "<@U0PRIYA003>",
        "1. Rolled back `checkout-svc 4.12.1` to `4.12.0`",
        "    • error budget: 62% spent",
        "3. Root cause",
        "<https://git.example.com/checkout/pull/5120|PR 5120>",
        "```\nERROR pool timeout after 30000ms\n  at PgPool.acquire (pool.rs:212)\n```",
        "> No customer data was lost. &amp; refunds &lt; $200.",
        "15:00 UTC",
        "<#C0LAUNCH01>",
        "(struck out: 2.4s)",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_alert_is_read_from_blocks_and_attachments() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_bot_message.json")).await;
    let shown = visible(&slack.next().await.body["view"]);
    for part in ["checkout-svc", "prod-eu", "7.3%", "<https://runbooks.example.com/rb-114|RB-114>"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_private_channels_name_is_not_shown() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_in_thread.json")).await;
    let call = slack.next().await;
    assert!(!call.body.to_string().contains("privategroup") && !call.body.to_string().contains("C0PRIVATE1"));
    server.stop().await;
}

#[tokio::test]
async fn an_expired_ticket_turns_the_dialog_into_a_message() {
    for row in ["expired_trigger_id", "trigger_expired_as_invalid_arguments", "token_revoked", "bad_gateway_html"] {
        let mut slack = FakeSlack::start().await;
        slack.answer("/api/views.open", row);
        let server = TestServer::with_slack(&slack).await;
        acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
        assert_eq!(slack.next().await.path, "/api/views.open");
        let call = slack.next().await;
        assert_eq!(call.path, "/hook", "{row}");
        assert_eq!(call.body["response_type"], "ephemeral");
        assert!(call.body["text"].as_str().unwrap().contains("47"), "{}", call.body);
        server.stop().await;
        assert!(slack.rest().is_empty(), "one attempt each");
    }
}

/// Presses a button in this dialog.
fn press_in_view(opened: &Call, trigger: &str, action: &str, value: &str) -> Value {
    let mut payload = pick_in_view(opened, trigger, "");
    payload["actions"] = json!([{ "type": "button", "action_id": action, "value": value }]);
    payload
}

#[tokio::test]
async fn a_dialog_that_does_not_open_and_has_no_address_is_told_to_the_person() {
    const AGAIN: &str = "The dialog that you asked for did not open. Please try it once more.";
    for row in ["expired_trigger_id", "bad_gateway_html"] {
        let mut slack = FakeSlack::start().await;
        let server = TestServer::with_slack(&slack).await;
        // A dialog with an answer, while all is well.
        acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
        let opened = slack.next().await;
        slack.answer("/api/views.open", row);
        slack.answer("/api/views.push", row);
        // A shortcut that belongs to no message, and a form above the dialog with the answer.
        let mut shortcut = fixture("global_shortcut.json");
        shortcut["user"]["id"] = json!("U0MARCO002");
        let pending = opened.body["view"]["private_metadata"].as_str().unwrap();
        let missed = press_in_view(&opened, "7.7.1", "missed", pending);
        for (payload, path, person) in
            [(shortcut, "/api/views.open", "U0MARCO002"), (missed, "/api/views.push", "U0ELENA001")]
        {
            // A repetition of the platform's is told once.
            for _ in 0..2 {
                acknowledged(&server, &payload).await;
            }
            assert_eq!(slack.next().await.path, path);
            let call = slack.next().await;
            assert_eq!((&*call.path, &call.body["channel"]), ("/api/chat.postMessage", &json!(person)), "{row}");
            assert_eq!(call.body["text"], AGAIN, "{row}");
        }
        server.stop().await;
        assert!(slack.rest().is_empty(), "{row}");
    }
}

#[tokio::test]
async fn without_a_token_the_answer_is_a_message() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with(&[("SLACK_API_URL", &slack.api_url())]).await;
    acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
    assert_eq!(slack.next().await.path, "/hook");
    server.stop().await;
}

#[tokio::test]
async fn a_shortcut_delivered_twice_opens_one_dialog() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    for _ in 0..3 {
        acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
    }
    server.stop().await;
    assert_eq!(slack.rest().len(), 1);
}

#[tokio::test]
async fn another_reader_gives_the_same_message_again() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = server.command("/upshot", "for sales: The xylophone service is down since 14:05").await;
    acknowledged(&server, &pick_in_message(&slack, &message, "1.1.a", "finance")).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/hook");
    assert_eq!(call.body["replace_original"], true);
    assert_eq!(call.body["response_type"], "ephemeral");
    assert!(call.body["text"].as_str().unwrap().contains("xylophone"));
    let again = controls(&call.body);
    assert_eq!(again["elements"][0]["initial_option"]["value"], "finance");
    assert_ne!(again["block_id"], controls(&message)["block_id"], "or Slack keeps showing the old choice");

    acknowledged(&server, &pick_in_message(&slack, &call.body, "1.1.b", "hr")).await;
    assert_eq!(controls(&slack.next().await.body)["elements"][0]["initial_option"]["value"], "hr");
    server.stop().await;
}

#[tokio::test]
async fn another_reader_in_the_dialog_changes_the_dialog() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
    let opened = slack.next().await;
    acknowledged(&server, &pick_in_view(&opened, "1.1.a", "sales")).await;
    let updated = slack.next().await;
    assert_eq!(updated.path, "/api/views.update");
    assert_eq!(updated.body["view_id"], "V1");
    assert_eq!(controls(&updated.body["view"])["elements"][0]["initial_option"]["value"], "sales");
    assert!(visible(&updated.body["view"]).contains("47s"));
    server.stop().await;
}

#[tokio::test]
async fn a_closed_dialog_forgets_its_text() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &slack.addressed("message_action_plain.json")).await;
    let opened = slack.next().await;
    assert_eq!(opened.body["view"]["notify_on_close"], true);
    let closed = json!({
        "type": "view_closed",
        "team": { "id": "T0000UPSHT" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V1", "callback_id": "answer", "private_metadata": opened.body["view"]["private_metadata"] }
    });
    acknowledged(&server, &closed).await;
    acknowledged(&server, &pick_in_view(&opened, "1.1.a", "sales")).await;
    let updated = slack.next().await;
    assert!(visible(&updated.body["view"]).contains("I no longer have the text"), "{}", updated.body);
    server.stop().await;
}

#[tokio::test]
async fn nobody_gets_somebody_elses_text() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = server.command("/upshot", "The xylophone service is down").await;
    for (field, value) in [("user", json!({ "id": "U0OTHER" })), ("team", json!({ "id": "T0OTHER" }))] {
        let mut stolen = pick_in_message(&slack, &message, &format!("1.1.{field}"), "sales");
        stolen[field] = value;
        acknowledged(&server, &stolen).await;
        let call = slack.next().await;
        assert!(call.body["text"].as_str().unwrap().starts_with("I no longer have the text"), "{}", call.body);
        assert_eq!(call.body["replace_original"], false, "a failure must not wipe out the answer");
        assert!(!call.body.to_string().contains("xylophone"));
    }
    server.stop().await;
}

#[tokio::test]
async fn each_button_opens_its_side_of_the_answer() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = server.command("/upshot", "The xylophone service is down").await;
    for button in controls(&message)["elements"].as_array().unwrap().iter().skip(1) {
        let mut payload = fixture("block_actions_message.json");
        payload["response_url"] = json!(slack.response_url());
        payload["trigger_id"] = json!(format!("1.1.{}", button["action_id"]));
        payload["actions"] = json!([{
            "type": "button", "action_id": button["action_id"], "block_id": "b", "value": button["value"]
        }]);
        acknowledged(&server, &payload).await;
        let call = slack.next().await;
        assert_eq!(call.path, "/api/views.open");
        assert_eq!(call.body["view"]["title"]["text"], button["text"]["text"]);
        assert_eq!(call.body["view"]["notify_on_close"], false, "closing it must not disable the message's menu");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_global_shortcut_opens_a_form_and_the_form_is_answered_in_place() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    acknowledged(&server, &fixture("global_shortcut.json")).await;
    let form = slack.next().await;
    assert_eq!(form.path, "/api/views.open");
    let view = &form.body["view"];
    let ids: Vec<(&Value, &Value)> = view["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| (&block["block_id"], &block["element"]["action_id"]))
        .collect();
    let mut values = json!({});
    values[ids[0].0.as_str().unwrap()][ids[0].1.as_str().unwrap()] = json!({ "value": "The *xylophone* <b> is down" });
    values[ids[1].0.as_str().unwrap()][ids[1].1.as_str().unwrap()] = json!({ "selected_option": { "value": "sales" } });
    let submission = json!({
        "type": "view_submission",
        "trigger_id": "1.1.form",
        "team": { "id": "T0000UPSHT" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V1", "callback_id": view["callback_id"], "state": { "values": values } }
    });
    let response = server.interact(&submission).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = super::server::json(response).await;
    assert_eq!(answer["response_action"], "update");
    super::kit::check_view(&answer["view"]);
    assert_eq!(controls(&answer["view"])["elements"][0]["initial_option"]["value"], "sales");
    assert!(visible(&answer["view"]).contains("&lt;b&gt; is down"));
    server.stop().await;
}

#[tokio::test]
async fn a_long_message_fits_into_a_dialog() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut payload = slack.addressed("message_action_plain.json");
    let line = "p99 is 3.4s & “rising” <fast> 🚀. ";
    payload["message"]["blocks"][0]["elements"][0]["elements"][0]["text"] = json!(line.repeat(1_100));
    acknowledged(&server, &payload).await;
    assert_eq!(slack.next().await.path, "/api/views.open");
    server.stop().await;
}

#[tokio::test]
async fn an_explanation_is_told_at_another_depth_in_its_place() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let full = server.command("/upshot", "for finance: explain p95").await;
    let mut shown = full.clone();
    let mut lengths = vec![shown["text"].as_str().unwrap().len()];
    for (number, (action, label)) in
        [("depth_line", "In one line"), ("depth_paragraph", "In a paragraph"), ("depth_example", "With an example")]
            .into_iter()
            .enumerate()
    {
        let blocks = shown["blocks"].as_array().unwrap().iter();
        let mut elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
        let button =
            elements.find(|element| element["action_id"] == action).unwrap_or_else(|| panic!("{action}: {shown}"));
        assert_eq!(button["text"]["text"], label);
        let mut payload = fixture("block_actions_message.json");
        payload["response_url"] = json!(slack.response_url());
        payload["trigger_id"] = json!(format!("depth.{number}"));
        payload["actions"] = json!([button]);
        acknowledged(&server, &payload).await;
        let call = slack.next().await;
        assert_eq!((&*call.path, &call.body["replace_original"]), ("/hook", &json!(true)));
        shown = call.body;
        lengths.push(shown["text"].as_str().unwrap().len());
    }
    assert!(lengths[1] < lengths[2] && lengths[2] < lengths[0], "{lengths:?}");
    assert_eq!(shown["text"], full["text"], "for the same reader, as it stood there first");
    server.stop().await;
}
