//! Realistic deliveries: each is answered as it should be.

use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    server::{TestServer, fixture, fixture_bytes, form},
};

on_both!(
    events_that_are_not_ours_are_acknowledged_with_an_empty_200_and_nothing_else,
    interactions_that_are_not_ours_are_acknowledged_and_ignored,
    the_recorded_command_is_rewritten_for_its_reader,
    a_command_of_an_organisation_wide_installation_is_answered,
    every_address_takes_every_signed_delivery,
    a_command_may_lack_any_field,
);

/// Events with the whole body in the file.
const EVENTS: [&str; 2] = ["event_message_app_post.json", "event_reaction_added.json"];

/// Events with one or several bodies under `body`.
const EVENT_LISTS: [&str; 2] = ["event_lifecycle.json", "event_message_ignored.json"];

async fn events_that_are_not_ours_are_acknowledged_with_an_empty_200_and_nothing_else(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
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

async fn interactions_that_are_not_ours_are_acknowledged_and_ignored(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
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

async fn the_recorded_command_is_rewritten_for_its_reader(database: Database) {
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
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

async fn a_command_of_an_organisation_wide_installation_is_answered(database: Database) {
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let response = server.deliver("/slack/commands", fixture_bytes("slash_explain_enterprise.form")).await;
    assert_eq!(response.status(), 200);
    super::kit::check_message(&super::server::json(response).await);
    server.stop().await;
}

async fn every_address_takes_every_signed_delivery(database: Database) {
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
    for address in ["/slack/commands", "/slack/interactions", "/slack/events"] {
        for body in ["slash_upshot.form", "message_action_plain.form", "event_app_mention.json", "ssl_check.form"] {
            let response = server.deliver(address, fixture_bytes(body)).await;
            assert_eq!(response.status(), 200, "{body} at {address}");
        }
    }
    server.stop().await;
}

async fn a_command_may_lack_any_field(database: Database) {
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
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
