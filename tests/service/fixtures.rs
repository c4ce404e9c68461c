//! Realistic deliveries: each is answered as it should be, and none of them can be damaged so that the server fails.

use serde_json::{Value, json};

use super::{
    fake_slack::FakeSlack,
    server::{TestServer, fixture, fixture_bytes, form, places, without},
};

/// Interactions, as the JSON inside the form.
const INTERACTIONS: [&str; 8] = [
    "block_actions_message.json",
    "block_suggestion.json",
    "global_shortcut.json",
    "message_action_bot_message.json",
    "message_action_in_thread.json",
    "message_action_plain.json",
    "message_action_rich_text.json",
    "view_submission.json",
];

/// Events with the whole body in the file.
const EVENTS: [&str; 3] =
    ["event_assistant_thread_started.json", "event_message_app_post.json", "event_reaction_added.json"];

/// Events with one or several bodies under `body`.
const EVENT_LISTS: [&str; 2] = ["event_lifecycle.json", "event_message_ignored.json"];

/// Events that are answered. `events.rs` says how; those of `event_agent_surface.json` are in `agent.rs`.
const ANSWERED_EVENTS: [&str; 4] = [
    "event_app_home_opened.json",
    "event_app_mention.json",
    "event_message_im.json",
    "event_slack_connect_mention.json",
];

#[tokio::test]
async fn events_that_are_not_ours_are_acknowledged_with_an_empty_200_and_nothing_else() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let lists = EVENT_LISTS.iter().flat_map(|name| match fixture(name) {
        Value::Array(rows) => rows,
        row => vec![row],
    });
    let bodies = EVENTS.iter().map(|name| fixture(name)).chain(lists.map(|row| row["body"].clone()));
    for body in bodies {
        let response = server.deliver("/slack/events", body.to_string()).await;
        assert_eq!(response.status(), 200, "{body}");
        assert_eq!(response.text().await.unwrap(), "", "{body}");
    }
    server.stop().await;
    assert!(slack.rest().is_empty(), "nobody was to be answered");
}

#[tokio::test]
async fn interactions_that_are_not_ours_are_acknowledged_and_ignored() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut unknown_kind = fixture("global_shortcut.json");
    unknown_kind["type"] = json!("brand_new_kind");
    let mut other_menu = fixture("block_suggestion.json");
    other_menu["action_id"] = json!("somebody_elses");
    for payload in [fixture("view_submission.json"), other_menu, unknown_kind] {
        let response = server.interact(&payload).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.text().await.unwrap(), "");
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn the_recorded_command_is_rewritten_for_its_reader() {
    let server = TestServer::start().await;
    let response = server.deliver("/slack/commands", fixture_bytes("slash_upshot.form")).await;
    let message = super::server::json(response).await;
    super::kit::check_message(&message);
    let actions = message["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    assert_eq!(actions["elements"][0]["initial_option"]["value"], "finance");
    let text = message["text"].as_str().unwrap();
    for fact in ["<@U0MARCO002>", "4.12.1", "14:07", "<https://status.example.com/inc/881|INC-881>"] {
        assert!(text.contains(fact), "{fact} in {text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_command_of_an_organisation_wide_installation_is_answered() {
    let server = TestServer::start().await;
    let response = server.deliver("/slack/commands", fixture_bytes("slash_explain_enterprise.form")).await;
    assert_eq!(response.status(), 200);
    super::kit::check_message(&super::server::json(response).await);
    server.stop().await;
}

#[tokio::test]
async fn every_address_takes_every_signed_delivery() {
    let server = TestServer::start().await;
    for address in ["/slack/commands", "/slack/interactions", "/slack/events"] {
        for body in ["slash_upshot.form", "message_action_plain.form", "event_app_mention.json", "ssl_check.form"] {
            let response = server.deliver(address, fixture_bytes(body)).await;
            assert_eq!(response.status(), 200, "{body} at {address}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn no_damaged_delivery_makes_the_server_fail() {
    let slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let replacements = [json!(null), json!(-1), json!("<!channel> \u{0}"), json!([1, []]), json!({ "type": {} })];
    let mut tried = 0;
    let whole = INTERACTIONS.into_iter().chain(EVENTS).chain(ANSWERED_EVENTS).chain(["url_verification.json"]);
    let conversation = fixture("event_agent_surface.json");
    let rows = conversation.as_array().unwrap().iter().map(|row| ("event_agent_surface.json", row["body"].clone()));
    for (name, original) in whole.map(|name| (name, fixture(name))).chain(rows) {
        let mut all = Vec::new();
        places(&original, "", &mut all);
        for place in all {
            let others = replacements.iter().map(|replacement| {
                let mut damaged = original.clone();
                *damaged.pointer_mut(&place).unwrap() = replacement.clone();
                damaged
            });
            for damaged in others.chain([without(original.clone(), &place)]) {
                let response = if INTERACTIONS.contains(&name) {
                    server.interact(&damaged).await
                } else {
                    server.deliver("/slack/events", damaged.to_string()).await
                };
                let status = response.status().as_u16();
                assert!(status == 200 || status == 400, "{status} for {name} with {place} damaged: {damaged}");
                tried += 1;
            }
        }
    }
    assert!(tried > 2_000, "only {tried} damages were tried");
    server.stop().await;
}

#[tokio::test]
async fn a_command_may_lack_any_field() {
    let server = TestServer::start().await;
    let body = fixture_bytes("slash_upshot.form");
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    for left_out in 0..fields.len() {
        let rest: Vec<(&str, &str)> = fields
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != left_out)
            .map(|(_, (name, value))| (&**name, &**value))
            .collect();
        let status = server.deliver("/slack/commands", form(&rest)).await.status().as_u16();
        let needed = ["command", "user_id", "team_id"].contains(&&*fields[left_out].0);
        assert_eq!(status, if needed { 400 } else { 200 }, "without {}", fields[left_out].0);
    }
    server.stop().await;
}
