//! One message, four doors, one answer: command line, API (which the playground uses), a signed slash command, a message in Teams.

use serde_json::{Value, json};

use super::{
    cli::{finish, upshot},
    server::{self, Folder, TestServer},
    teams::FakeTeams,
};

const MESSAGE: &str = "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s \
                       after the Redis client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. \
                       CHK-1182";

#[tokio::test]
async fn every_door_gives_the_same_words() {
    let folder = Folder::new();
    let printed = finish(upshot(&folder).args(["rewrite", MESSAGE, "--for", "sales", "--format", "json"]));
    let typed: Value = serde_json::from_slice(&printed.stdout).unwrap();

    let server = TestServer::start().await;
    let body = json!({ "text": MESSAGE, "for": "sales" }).to_string();
    let asked = server::json(server.post("/api/v1/rewrite", &[("content-type", "application/json")], body).await).await;
    let answered = server.command("/upshot", &format!("for sales: {MESSAGE}")).await;
    server.stop().await;

    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut message = teams.activity("02-message-personal.json");
    message["attachments"] = json!([]);
    message["text"] = json!(format!("for sales: {MESSAGE}"));
    assert_eq!(teams.deliver(&server, &message).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    server.stop().await;

    for part in ["headline", "sections", "plain", "asks", "facts"] {
        assert_eq!(typed[part], asked[part], "{part}");
    }
    // What a card says is written for its markup; where it is not drawn the same words stand as they are.
    for text in [answered["text"].as_str().unwrap(), card["fallbackText"].as_str().unwrap()] {
        for part in [&typed["headline"], &typed["plain"]] {
            assert!(text.contains(part.as_str().unwrap()), "{part} is not in {text}");
        }
        for section in typed["sections"].as_array().unwrap() {
            assert!(text.contains(section["text"].as_str().unwrap()), "{section} is not in {text}");
        }
    }
}

/// Who asks for a deprecated term hears in every door which one is said instead.
#[tokio::test]
async fn every_door_tells_what_is_said_instead_of_a_deprecated_term() {
    const NOTE: &str = "The glossary says “allowlist” instead of “whitelist”.";
    let folder = Folder::new();
    let printed = finish(upshot(&folder).args(["explain", "whitelist"]));
    let printed = String::from_utf8(printed.stdout).unwrap();

    let server = TestServer::start().await;
    let asked = server::json(server.get("/api/v1/explain?q=whitelist&depth=line").await).await;
    let answered = server.command("/explain", "whitelist").await.to_string();
    let in_use = server.command("/explain", "allowlist").await.to_string();
    server.stop().await;

    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut message = teams.activity("02-message-personal.json");
    message["attachments"] = json!([]);
    message["text"] = json!("explain whitelist");
    assert_eq!(teams.deliver(&server, &message).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].to_string();
    server.stop().await;

    assert_eq!(asked["usage_note"], NOTE);
    for told in [printed.as_str(), asked["text"].as_str().unwrap(), &answered, &card] {
        assert!(told.contains(NOTE), "{told}");
    }
    assert!(!in_use.contains("instead of"), "{in_use}");
}
