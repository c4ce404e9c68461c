//! Whose token a call is made with, and the renewal of tokens that end by themselves.

use std::time::Duration;

use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    config::Secret,
    ids::{OrganisationId, Platform, WorkspaceId},
    store::{InstallationDetails, InstallationKey, Store, Tokens},
};

use super::{
    databases::Database,
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, fixture, question},
};

/// Tokens are granted for twelve hours; ten later they are renewed.
const TEN_HOURS: i64 = 10 * 60 * 60;

fn key() -> InstallationKey {
    InstallationKey { platform: Platform::Slack, organisation: None, workspace: Some(WorkspaceId::new("T0000UPSHT")) }
}

/// A database in which the fixtures' workspace has installed the app at `NOW`, with tokens that end.
async fn installed() -> Database {
    let database = Database::sqlite();
    let store = open(&database).await;
    let tokens = Tokens {
        bot: Secret::new("xoxe.xoxb-old"),
        refresh: Some(Secret::new("xoxe-1-old")),
        expires_at: Some(Timestamp::from_unix_seconds(NOW).plus(Duration::from_secs(12 * 60 * 60))),
    };
    let now = Timestamp::from_unix_seconds(NOW);
    store.save_installation(&key(), &tokens, &InstallationDetails::default(), now).await.unwrap();
    store.close().await;
    database
}

async fn open(database: &Database) -> Store {
    database.open_with(&[]).await
}

async fn server(slack: &FakeSlack, database: &Database, now: i64, more: &[(&str, &str)]) -> TestServer {
    TestServer::installable(slack, &database.address, now, more).await
}

async fn ask(server: &TestServer, event: &str) {
    assert_eq!(server.deliver("/slack/events", question(event).to_string()).await.status(), 200);
}

fn new_tokens(slack: &FakeSlack) {
    let granted = json!({
        "ok": true, "access_token": "xoxe.xoxb-new", "refresh_token": "xoxe-1-new", "expires_in": 43_200,
        "team": { "id": "T0000UPSHT" },
    });
    slack.answer_with("/api/oauth.v2.access", reqwest::StatusCode::OK, Default::default(), granted.to_string());
}

fn token(call: &Call) -> &str {
    call.headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ")
}

#[tokio::test]
async fn a_token_is_renewed_two_hours_before_its_end_and_once() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxe.xoxb-old", "xoxe.xoxb-new"];
    new_tokens(&slack);
    let database = installed().await;
    let early = server(&slack, &database, NOW + TEN_HOURS - 60, &[]).await;
    ask(&early, "Ev1").await;
    assert_eq!(token(&slack.next().await), "xoxe.xoxb-old");
    early.stop().await;
    let late = server(&slack, &database, NOW + TEN_HOURS, &[]).await;
    ask(&late, "Ev2").await;
    let renewal = slack.next().await;
    assert_eq!(renewal.path, "/api/oauth.v2.access");
    assert_eq!((&*renewal.form["grant_type"], &*renewal.form["refresh_token"]), ("refresh_token", "xoxe-1-old"));
    assert_eq!(token(&slack.next().await), "xoxe.xoxb-new");
    ask(&late, "Ev3").await;
    assert_eq!(token(&slack.next().await), "xoxe.xoxb-new");
    late.stop().await;
    assert!(slack.rest().is_empty(), "one renewal is enough");
    assert!(!database.holds("xoxe-1-new").await, "renewed tokens are encrypted too");
}

#[tokio::test]
async fn two_processes_renew_once() {
    let mut slack = FakeSlack::start().await;
    new_tokens(&slack);
    let database = installed().await;
    let first = server(&slack, &database, NOW + TEN_HOURS, &[]).await;
    let second = server(&slack, &database, NOW + TEN_HOURS, &[]).await;
    let names: Vec<String> = (0..8).map(|number| format!("Ev{number}")).collect();
    for (number, event) in names.iter().enumerate() {
        ask(if number % 2 == 0 { &first } else { &second }, event).await;
    }
    slack.tokens = vec!["xoxe.xoxb-old", "xoxe.xoxb-new"];
    let mut paths = Vec::new();
    for _ in 0..9 {
        paths.push(slack.next().await.path);
    }
    first.stop().await;
    second.stop().await;
    assert_eq!(paths.iter().filter(|path| *path == "/api/oauth.v2.access").count(), 1, "{paths:?}");
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_old_token_in_use_until_its_end() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxe.xoxb-old"];
    let database = installed().await;
    for (row, at, serves) in [
        ("bad_gateway_html", TEN_HOURS, true),
        ("invalid_refresh_token", TEN_HOURS + 60, true),
        ("invalid_refresh_token", 12 * 60 * 60, false),
    ] {
        slack.answer("/api/oauth.v2.access", row);
        let server = server(&slack, &database, NOW + at, &[]).await;
        ask(&server, &format!("Ev{at}")).await;
        assert_eq!(slack.next().await.path, "/api/oauth.v2.access", "{row} at {at}");
        if serves {
            assert_eq!(token(&slack.next().await), "xoxe.xoxb-old", "{row} at {at}");
        }
        server.stop().await;
        assert!(slack.rest().is_empty(), "{row} at {at}");
    }
    let store = open(&database).await;
    let found = store.installation(Platform::Slack, None, &WorkspaceId::new("T0000UPSHT")).await.unwrap().unwrap();
    assert!(found.is_disabled, "it must be installed again");
    store.close().await;
}

#[tokio::test]
async fn a_token_that_ends_early_is_renewed_and_the_call_made_again() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxe.xoxb-old", "xoxe.xoxb-new"];
    new_tokens(&slack);
    slack.answer("/api/views.open", "token_expired");
    let database = installed().await;
    let server = server(&slack, &database, NOW, &[]).await;
    server.interact(&fixture("message_action_plain.json")).await;
    assert_eq!(token(&slack.next().await), "xoxe.xoxb-old");
    assert_eq!(slack.next().await.path, "/api/oauth.v2.access");
    assert_eq!(token(&slack.next().await), "xoxe.xoxb-new", "the ticket is good once, and was not used");
    server.stop().await;
}

#[tokio::test]
async fn a_revoked_token_ends_the_installation() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxe.xoxb-old"];
    slack.answer("/api/chat.postMessage", "token_revoked");
    let database = installed().await;
    let server = server(&slack, &database, NOW, &[]).await;
    ask(&server, "Ev1").await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    // Without an answer to wait for, the note in the database is what tells that it was learnt.
    server.stop().await;
    let store = open(&database).await;
    let found = store.installation(Platform::Slack, None, &WorkspaceId::new("T0000UPSHT")).await.unwrap().unwrap();
    assert!(found.is_disabled);
    store.close().await;
}

#[tokio::test]
async fn the_configured_token_serves_its_own_workspace_beside_installed_ones() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxe.xoxb-old", "xoxb-own"];
    let own = json!({ "ok": true, "team": "Own", "team_id": "T0OWN" });
    slack.answer_with("/api/auth.test", reqwest::StatusCode::OK, Default::default(), own.to_string());
    let database = installed().await;
    let server = server(&slack, &database, NOW, &[("SLACK_BOT_TOKEN", "xoxb-own")]).await;
    for (event, team, expected) in
        [("Ev1", "T0000UPSHT", Some("xoxe.xoxb-old")), ("Ev2", "T0OWN", Some("xoxb-own")), ("Ev3", "T0STRANGER", None)]
    {
        let mut body = question(event);
        body["authorizations"][0]["team_id"] = json!(team);
        assert_eq!(server.deliver("/slack/events", body.to_string()).await.status(), 200);
        if team == "T0OWN" {
            assert_eq!(slack.next().await.path, "/api/auth.test", "whose it is, is asked once");
        }
        if let Some(expected) = expected {
            assert_eq!(token(&slack.next().await), expected, "{team}");
        }
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn what_is_done_in_a_dialog_belongs_to_the_installation_that_opened_it() {
    const OURS: &str = "T0000UPSHT";
    const THEIRS: &str = "T0PARTNER1";
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec!["xoxb-ours", "xoxb-theirs", "xoxb-whole"];
    let database = Database::sqlite();
    let store = open(&database).await;
    let now = Timestamp::from_unix_seconds(NOW);
    for (organisation, workspace, token) in
        [(None, Some(OURS), "xoxb-ours"), (None, Some(THEIRS), "xoxb-theirs"), (Some("E0WHOLE"), None, "xoxb-whole")]
    {
        let key = InstallationKey {
            platform: Platform::Slack,
            organisation: organisation.map(OrganisationId::new),
            workspace: workspace.map(WorkspaceId::new),
        };
        let tokens = Tokens { bot: Secret::new(token), refresh: None, expires_at: None };
        store.save_installation(&key, &tokens, &InstallationDetails::default(), now).await.unwrap();
    }
    store.close().await;
    let server = server(&slack, &database, NOW, &[]).await;
    for (number, (team, enterprise, opened_by, used)) in [
        (json!({ "id": THEIRS }), Value::Null, json!(OURS), "xoxb-ours"),
        (json!({ "id": OURS }), Value::Null, json!(THEIRS), "xoxb-theirs"),
        (json!({ "id": OURS }), Value::Null, Value::Null, "xoxb-ours"),
        (Value::Null, json!({ "id": "E0WHOLE" }), json!("E0WHOLE"), "xoxb-whole"),
        // Of a third company, whose organisation is nobody in the dialog's workspace.
        (json!({ "id": "T0THIRD" }), json!({ "id": "E0WHOLE" }), json!(OURS), "xoxb-ours"),
        (json!({ "id": OURS }), Value::Null, json!("E0OTHER"), "xoxb-ours"),
    ]
    .into_iter()
    .enumerate()
    {
        // A press on a button of the dialog, whose content is changed.
        let pressed = json!({
            "type": "block_actions", "trigger_id": format!("1.1.{number}"), "team": team, "enterprise": enterprise,
            "user": { "id": "U0ELENA001", "team_id": "T0ELSEWHERE" },
            "view": { "id": "V1", "type": "modal", "callback_id": "answer", "app_installed_team_id": opened_by },
            "actions": [{
                "type": "static_select", "action_id": "audience", "block_id": "text:gone",
                "selected_option": { "value": "sales" }
            }]
        });
        assert_eq!(server.interact(&pressed).await.status(), 200);
        let call = slack.next().await;
        assert_eq!((&*call.path, token(&call)), ("/api/views.update", used), "{pressed}");
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
}
