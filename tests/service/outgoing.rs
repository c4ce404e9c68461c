//! Addresses that deliveries bring along: only Slack's are called, and nothing leads elsewhere.

use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{
    fake_slack::FakeSlack,
    server::{TestServer, fixture},
};

#[tokio::test]
async fn a_foreign_response_address_is_not_called() {
    let mut slack = FakeSlack::start().await;
    let mut stranger = FakeSlack::start().await;
    slack.answer("/api/views.open", "expired_trigger_id");
    let server = TestServer::with_slack(&slack).await;
    let foreign = [
        stranger.response_url(),
        slack.response_url().replace("127.0.0.1", "localhost"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        slack.response_url().replace("http://", "http://user@"),
        String::new(),
    ];
    for (number, address) in foreign.iter().enumerate() {
        let mut payload = fixture("message_action_plain.json");
        payload["response_url"] = json!(address);
        payload["trigger_id"] = json!(format!("1.1.{number}"));
        payload["user"]["id"] = json!(format!("U0{number}"));
        assert_eq!(server.interact(&payload).await.status(), 200, "{address}");
        assert_eq!(slack.next().await.path, "/api/views.open");
        let told = slack.next().await;
        assert_eq!(
            (&*told.path, &told.body["channel"]),
            ("/api/chat.postMessage", &payload["user"]["id"]),
            "{address}"
        );
    }
    server.stop().await;
    assert!(stranger.rest().is_empty());
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut slack = FakeSlack::start().await;
    let mut stranger = FakeSlack::start().await;
    let mut headers = HeaderMap::new();
    headers.insert("location", stranger.response_url().parse().unwrap());
    slack.answer_with("/api/views.open", StatusCode::TEMPORARY_REDIRECT, headers.clone(), String::new());
    slack.answer_with("/hook", StatusCode::PERMANENT_REDIRECT, headers, String::new());
    let server = TestServer::with_slack(&slack).await;
    let mut payload = fixture("message_action_plain.json");
    payload["response_url"] = json!(slack.response_url());
    assert_eq!(server.interact(&payload).await.status(), 200);
    for path in ["/api/views.open", "/hook", "/api/chat.postMessage"] {
        assert_eq!(slack.next().await.path, path);
    }
    server.stop().await;
    assert!(stranger.rest().is_empty() && slack.rest().is_empty());
}

#[tokio::test]
async fn an_endless_reply_does_not_fill_the_memory() {
    let mut slack = FakeSlack::start().await;
    slack.answer_with("/api/views.open", StatusCode::OK, HeaderMap::new(), " ".repeat(8 * 1024 * 1024));
    let server = TestServer::with_slack(&slack).await;
    let mut payload = fixture("message_action_plain.json");
    payload["response_url"] = json!(slack.response_url());
    assert_eq!(server.interact(&payload).await.status(), 200);
    assert_eq!(slack.next().await.path, "/api/views.open");
    assert_eq!(slack.next().await.path, "/hook", "a broken reply counts as no reply");
    server.stop().await;
}
