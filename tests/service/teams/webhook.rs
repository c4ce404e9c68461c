//! Outgoing webhooks: signed by a team's own token, answered in the response.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{fixture, kit};
use crate::server::{TestServer, json};

/// Where the clock stands: the recorded message's own time and a second.
const NOW: i64 = 1_789_376_765;
const OTHER: &str = "b3RoZXIgc2VjdXJpdHkgdG9rZW4=";

fn token() -> String {
    fixture("01-outgoing-webhook.json")["security_token"].as_str().unwrap().to_owned()
}

fn recorded() -> String {
    fixture("01-outgoing-webhook.json")["request"]["raw_body"].as_str().unwrap().to_owned()
}

fn tenant() -> String {
    let message: Value = serde_json::from_str(&recorded()).unwrap();
    message["conversation"]["tenantId"].as_str().unwrap().to_owned()
}

fn signed(token: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(token).unwrap()).unwrap();
    mac.update(body.as_bytes());
    format!("HMAC {}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn server() -> TestServer {
    TestServer::at(NOW, &[("TEAMS_WEBHOOK_SECRET", &format!("{OTHER},{}", token()))]).await
}

async fn post(server: &TestServer, authorization: Option<&str>, body: &str) -> reqwest::Response {
    let headers: Vec<(&str, &str)> = authorization.map(|value| ("authorization", value)).into_iter().collect();
    server.post("/teams/webhook", &headers, body).await
}

/// What is answered to somebody who writes this.
async fn answer(server: &TestServer, text: &str) -> String {
    answer_signed(server, &token(), text).await
}

async fn answer_signed(server: &TestServer, token: &str, text: &str) -> String {
    let mut message: Value = serde_json::from_str(&recorded()).unwrap();
    message["text"] = json!(format!("<at>UpshotHook</at> {text}\n"));
    message["attachments"] = json!([]);
    let body = message.to_string();
    let response = post(server, Some(&signed(token, &body)), &body).await;
    assert_eq!(response.status(), 200, "{text}");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let answer = json(response).await;
    kit::check_message(&answer);
    answer["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_recorded_message_is_answered_once_in_the_response() {
    let server = server().await;
    let header = fixture("01-outgoing-webhook.json")["request"]["headers"]["authorization"].clone();
    let response = post(&server, header.as_str(), &recorded()).await;
    assert_eq!(response.status(), 200);
    let answer = json(response).await;
    kit::check_message(&answer);
    let text = answer["text"].as_str().unwrap();
    for fact in ["from 180 milliseconds to 2.4 seconds", "undid v2.14.0"] {
        assert!(text.contains(fact), "{fact} is not in {text}");
    }
    assert!(!text.contains("UpshotHook"), "{text}");
    let again = post(&server, header.as_str(), &recorded()).await;
    assert_eq!(again.status(), 409, "the same bytes a second time are a copy that somebody kept");
    server.stop().await;
}

/// Nothing in a delivery names its webhook, so each can have an address of its own, where no other team's token is good.
#[tokio::test]
async fn at_its_own_address_a_webhook_is_believed_with_its_own_token_only() {
    let secrets = format!("sales={OTHER},team={}", token());
    let server = TestServer::at(NOW, &[("TEAMS_WEBHOOK_SECRET", &secrets)]).await;
    for (number, (path, token, status)) in [
        ("/teams/webhook/team", token(), 200),
        ("/teams/webhook/sales", token(), 401),
        ("/teams/webhook/sales", OTHER.to_owned(), 200),
        ("/teams/webhook/nobody", token(), 401),
        ("/teams/webhook", token(), 200),
        ("/teams/webhook", OTHER.to_owned(), 200),
    ]
    .into_iter()
    .enumerate()
    {
        let mut message: Value = serde_json::from_str(&recorded()).unwrap();
        message["id"] = json!(number.to_string());
        let body = message.to_string();
        let header = signed(&token, &body);
        let response = server.post(path, &[("authorization", &header)], body).await;
        assert_eq!(response.status(), status, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn unsigned_and_wrongly_signed_messages_are_refused() {
    let server = server().await;
    let recorded_rows = fixture("01-outgoing-webhook.json");
    let body = recorded();
    for row in recorded_rows["must_refuse"].as_array().unwrap() {
        let response = post(&server, row["authorization"].as_str(), &body).await;
        assert_eq!(response.status(), 401, "{}", row["why"]);
        assert_eq!(response.text().await.unwrap(), "");
    }
    let good = signed(&token(), &body);
    assert_eq!(post(&server, Some(&good), &body.replace("180", "181")).await.status(), 401);
    let closed = TestServer::at(NOW, &[]).await;
    assert_eq!(post(&closed, Some(&good), &body).await.status(), 401, "without a token nobody is believed");
    assert_eq!(server.get("/teams/webhook").await.status(), 405);
    closed.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn each_of_several_tokens_signs() {
    let server = server().await;
    for token in [OTHER, &token()] {
        assert_eq!(post(&server, Some(&signed(token, &recorded())), &recorded()).await.status(), 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn only_allowed_tenants_are_answered() {
    let tokens = token();
    for (tenant, status) in [("somebody-elses", 403), (&*tenant(), 200)] {
        let pairs = [("TEAMS_WEBHOOK_SECRET", &*tokens), ("TEAMS_ALLOWED_TENANTS", tenant)];
        let server = TestServer::at(NOW, &pairs).await;
        assert_eq!(post(&server, Some(&signed(&tokens, &recorded())), &recorded()).await.status(), status);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_token_of_one_team_changes_no_settings_in_another() {
    let server = server().await;
    let before = answer_signed(&server, OTHER, "settings").await;
    answer_signed(&server, &token(), "settings sales").await;
    let own = answer_signed(&server, &token(), "settings").await;
    assert_ne!(own, before, "the team's own settings are another reader's now");
    assert_eq!(answer_signed(&server, OTHER, "settings ").await, before);
    server.stop().await;
}

#[tokio::test]
async fn old_broken_and_endless_messages_are_refused() {
    let server = server().await;
    let stale = recorded().replace("2026-09-14T09:06:04.602Z", "2026-09-14T08:51:04.602Z");
    let huge = recorded().replace("café", &"é".repeat(200_000));
    for (body, status) in [
        (&*stale, 401),
        (&recorded().replace("2026-09-14T09:06:04.602Z", "now"), 400),
        ("{", 400),
        ("[]", 400),
        ("\u{0}", 400),
        (&huge, 413),
    ] {
        assert_eq!(post(&server, Some(&signed(&token(), body)), body).await.status(), status);
    }
    server.stop().await;
}

#[tokio::test]
async fn commands_work_as_everywhere() {
    let server = server().await;
    let explained = answer(&server, "explain p95").await;
    assert!(explained.contains("95 of 100 requests"), "{explained}");
    assert!(answer(&server, "").await.contains("for sales"));
    let unknown = answer(&server, "for wizards: the pod is down").await;
    assert!(unknown.starts_with("I do not know the reader “wizards”. Choose one of: executive, finance"), "{unknown}");
    let rewritten =
        answer(&server, "for sales: we rolled back the 14:05 deploy, p95 was 3.4s &amp; <at>Devon</at> knows").await;
    for part in ["we undid the 14:05 release", "was 3.4 seconds", "Devon knows"] {
        assert!(rewritten.contains(part), "{part} is not in {rewritten}");
    }
    let long = answer(&server, &"The pod restarted 3 times at 14:05. ".repeat(1_000)).await;
    assert!(long.len() <= 20_000 && long.contains("too long"), "{}", long.len());
    server.stop().await;
}

#[tokio::test]
async fn where_everybody_reads_the_answer_nothing_is_noted_of_what_somebody_knows() {
    let server = server().await;
    for text in ["know rollback", "know", "forget all"] {
        let said = answer(&server, text).await;
        assert!(said.contains("nobody else's business"), "{text}: {said}");
    }
    assert!(answer(&server, "We rolled back the 14:05 deploy.").await.contains("We undid the 14:05 release."));
    server.stop().await;
}
