//! The REST API.

use serde_json::{Value, json};

use super::server::{self, TestServer};

async fn post(server: &TestServer, path: &str, body: &Value) -> (u16, Value) {
    let response = server.post(path, &[("content-type", "application/json")], body.to_string()).await;
    (response.status().as_u16(), server::json(response).await)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_rewrite_has_the_fields_of_the_contract() {
    let server = TestServer::start().await;
    let body = json!({ "id": 7, "text": "The pod is down", "for": "sales", "unknown": true });
    let (status, answer) = post(&server, "/api/v1/rewrite", &body).await;
    assert_eq!(status, 200);
    let mut expected = vec![
        "id",
        "audience",
        "kind",
        "headline",
        "sections",
        "plain",
        "asks",
        "open_questions",
        "glosses",
        "facts",
        "changes",
        "notices",
        "verdict",
        "path",
        "glossary_revision",
        "revision",
        "elapsed_us",
    ];
    let mut found = keys(&answer);
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(answer["id"], 7);
    assert_eq!(answer["audience"], "sales");
    assert_eq!(answer["path"], "deterministic");
    server.stop().await;
}

#[tokio::test]
async fn an_explanation_has_the_fields_of_the_contract() {
    let server = TestServer::start().await;
    let (status, posted) =
        post(&server, "/api/v1/explain", &json!({ "query": "p95", "context": "p95 is 3 s", "for": "hr" })).await;
    assert_eq!(status, 200);
    for field in [
        "id",
        "query",
        "status",
        "concept",
        "term",
        "definition",
        "why",
        "example",
        "in_context",
        "owner",
        "related",
        "suggestions",
        "offer_request",
    ] {
        assert!(posted.get(field).is_some(), "{field}");
    }
    let got = server.get("/api/v1/explain?q=p95&context=p95+is+3%20s&for=hr").await;
    assert_eq!(got.status(), 200);
    assert_eq!(server::json(got).await, posted, "both ways give the same");
    server.stop().await;
}

#[tokio::test]
async fn the_depth_decides_about_the_text_alone() {
    let server = TestServer::start().await;
    let ask = |depth: &str| json!({ "query": "diff between p95 and p99", "depth": depth });
    let (_, whole) = post(&server, "/api/v1/explain", &ask("example")).await;
    let (_, line) = post(&server, "/api/v1/explain", &ask("line")).await;
    assert_eq!(whole["also"][0]["concept"], "latency-p99");
    for field in ["definition", "example", "related", "also"] {
        assert_eq!(whole[field], line[field], "{field}");
    }
    let lines = |answer: &serde_json::Value| answer["text"].as_str().unwrap().lines().count();
    assert_eq!(lines(&line), 2, "one line for each term");
    assert!(lines(&whole) > 5, "{}", whole["text"]);
    let got = server.get("/api/v1/explain?q=p95&depth=paragraph").await;
    assert_eq!(server::json(got).await["depth"], "paragraph");
    let (status, problem) = post(&server, "/api/v1/explain", &ask("essay")).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("line, paragraph, example"), "{problem}");
    server.stop().await;
}

#[tokio::test]
async fn a_candidate_is_verified() {
    let server = TestServer::start().await;
    let (status, answer) =
        post(&server, "/api/v1/verify", &json!({ "source": "It took 5 s.", "candidate": "It took 5 s." })).await;
    assert_eq!((status, answer), (200, json!({ "verdict": "faithful", "discrepancies": [] })));
    server.stop().await;
}

#[tokio::test]
async fn mistakes_are_problems_that_say_what_to_mend_and_repeat_nothing() {
    let server = TestServer::start().await;
    for (path, body, detail) in [
        ("/api/v1/rewrite", json!({ "text": "x", "for": "wizards" }), "Choose one of: executive, finance"),
        ("/api/v1/rewrite", json!({ "text": "  " }), "The field text is empty."),
        ("/api/v1/rewrite", json!({ "message": "secret" }), "A field is missing or has the wrong type"),
        ("/api/v1/rewrite", json!(["secret"]), "A field is missing or has the wrong type"),
        ("/api/v1/explain", json!({ "query": 7 }), "A field is missing or has the wrong type"),
        ("/api/v1/verify", json!({ "source": "x" }), "A field is missing or has the wrong type"),
    ] {
        let response = server.post(path, &[], body.to_string()).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.status(), 400, "{body}");
        let problem = server::json(response).await;
        assert_eq!(problem["status"], 400);
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
        assert!(!problem.to_string().contains("secret"), "{problem}");
    }
    let response = server.post("/api/v1/rewrite", &[], "{nonsense").await;
    assert_eq!(response.status(), 400);
    assert!(server::json(response).await["detail"].as_str().unwrap().starts_with("The body is not valid JSON"));
    let response = server.get("/api/v1/explain").await;
    assert_eq!(response.status(), 400);
    server.stop().await;
}

#[tokio::test]
async fn a_text_has_at_most_40000_characters() {
    let server = TestServer::start().await;
    for (length, expected) in [(40_000, 200), (40_001, 413)] {
        let (status, _) = post(&server, "/api/v1/rewrite", &json!({ "text": "é".repeat(length) })).await;
        assert_eq!(status, expected, "{length}");
    }
    for (length, expected) in [(300, 200), (301, 413)] {
        let (status, _) = post(&server, "/api/v1/explain", &json!({ "query": "é".repeat(length) })).await;
        assert_eq!(status, expected, "a question of {length}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_page_finds_its_readers_and_examples() {
    let server = TestServer::start().await;
    let audiences = server::json(server.get("/api/v1/audiences").await).await;
    let ids: Vec<&str> =
        audiences.as_array().unwrap().iter().map(|audience| audience["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 11);
    let examples = server::json(server.get("/api/v1/examples").await).await;
    for example in examples.as_array().unwrap() {
        assert!(ids.contains(&example["audience"].as_str().unwrap()), "{example}");
        let body = json!({ "text": example["text"], "for": example["audience"] });
        assert_eq!(post(&server, "/api/v1/rewrite", &body).await.0, 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn an_unknown_address_of_the_api_is_a_problem_too() {
    let server = TestServer::start().await;
    for response in [server.get("/api/v2/rewrite").await, server.post("/api/v1/nothing", &[], "").await] {
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    server.stop().await;
}
