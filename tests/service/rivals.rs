//! Two entries of one's own that claim the same words with nothing to tell them apart: the second is not approved, and where it is
//! so already both say it and either can be mended.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use upshot::engine::ContentFile;

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, content_of, send_as, server},
    server::{TestServer, json},
};

on_both!(the_second_entry_with_a_term_is_not_approved, what_is_so_already_can_be_mended, a_file_brings_no_rivals);

fn falcon() -> Value {
    json!({
        "id": "falcon-desk", "definition": "The hotline for hospitals.", "terms": [{ "text": "Falcon desk", "pos": "noun" }],
        "wordings": [{ "text": "hospital hotline", "pos": "noun" }],
        "examples": { "match": ["The Falcon desk is open."], "no_match": ["The bird is fine."] }
    })
}

fn noun(text: &str) -> Value {
    json!({ "text": text, "pos": "noun" })
}

fn condor(second_term: Value) -> Value {
    json!({
        "id": "condor-line", "definition": "The telephone for pharmacies.", "terms": [{ "text": "Condor line", "pos": "noun" }, second_term],
        "wordings": [{ "text": "pharmacy hotline", "pos": "noun" }],
        "examples": { "match": ["The Falcon desk is open.", "The Condor line is open."], "no_match": ["The bird is fine."] }
    })
}

async fn send(server: &TestServer, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    send_as(server, TOKEN, method, &format!("/api/v1/{path}"), body).await
}

async fn good(server: &TestServer, method: Method, path: &str, body: &Value) -> Value {
    let (status, answer) = send(server, method.clone(), path, body).await;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    answer
}

/// Takes a step that must be refused because of a rival.
async fn refused(server: &TestServer, path: &str, body: &Value) {
    let (status, problem) = send(server, Method::POST, path, body).await;
    assert_eq!(status, 422, "{path}: {problem}");
    let errors = problem["errors"].as_array().unwrap();
    let message = errors[0]["message"].as_str().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    assert!(message.starts_with("“Falcon desk” is a term of “"), "{message}");
    let way_out =
        "already: remove it from one of them, or say under More, in “Only near these words”, near which words each";
    assert!(message.contains(way_out), "{message}");
}

async fn plain(server: &TestServer, text: &str) -> String {
    let answer = good(server, Method::POST, "rewrite", &json!({ "text": text })).await;
    answer["plain"].as_str().unwrap().to_owned()
}

async fn warnings(server: &TestServer, id: &str) -> String {
    good(server, Method::GET, &format!("concepts/{id}"), &Value::Null).await["warnings"].to_string()
}

async fn the_second_entry_with_a_term_is_not_approved(database: Database) {
    let server = server(&database).await;
    good(&server, Method::POST, "concepts", &falcon()).await;
    good(&server, Method::POST, "concepts/falcon-desk/approve", &Value::Null).await;
    // The other words mean the same to a sentence, whether they are called a noun or a name.
    for term in [noun("Falcon desk"), json!({ "text": "falcon desk", "pos": "name" })] {
        let written = match send(&server, Method::GET, "concepts/condor-line", &Value::Null).await.0 {
            StatusCode::OK => good(&server, Method::PUT, "concepts/condor-line", &condor(term)).await,
            _ => good(&server, Method::POST, "concepts", &condor(term)).await,
        };
        assert!(written["warnings"].to_string().contains("is a term of “Falcon desk” already"), "{written}");
        assert!(!written["warnings"].to_string().contains("Yours counts"), "{written}");
    }
    let term = noun("Falcon desk");
    good(&server, Method::PUT, "concepts/condor-line", &condor(term.clone())).await;
    let effect = good(&server, Method::GET, "concepts/condor-line/effect", &Value::Null).await;
    assert_eq!(effect["problems"].as_array().unwrap().len(), 1, "{effect}");
    refused(&server, "concepts/condor-line/approve", &Value::Null).await;
    assert_eq!(plain(&server, "The Falcon desk is open.").await, "The hospital hotline is open.");

    // Words beside it tell them apart.
    let mut careful = condor(term);
    careful["near"] = json!(["chemist"]);
    careful["examples"]["match"] = json!(["The Falcon desk for chemists is open."]);
    good(&server, Method::PUT, "concepts/condor-line", &careful).await;
    good(&server, Method::POST, "concepts/condor-line/approve", &Value::Null).await;
    for (text, expected) in [
        ("The Falcon desk is open.", "The hospital hotline is open."),
        ("The Falcon desk for chemists is open.", "The pharmacy hotline for chemists is open."),
    ] {
        assert_eq!(plain(&server, text).await, expected);
    }
    assert_eq!(warnings(&server, "falcon-desk").await, "null");
    server.stop().await;
}

async fn what_is_so_already_can_be_mended(database: Database) {
    let own = json!({ "subject_field": "ours", "concepts": [falcon(), condor(noun("Falcon desk"))] });
    let settings = [
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let content = content_of(ContentFile::own("glossary/ours.yaml", &own.to_string()));
    let server = TestServer::over(content, &settings).await;
    assert_eq!(plain(&server, "The Falcon desk is open.").await, "The Falcon desk is open.", "nobody can tell");
    for id in ["falcon-desk", "condor-line"] {
        let told = warnings(&server, id).await;
        assert!(
            told.contains("too, and nothing decides which is meant, so answers leave it as it is: remove it"),
            "{told}"
        );
        let page = server.get(&format!("/glossary/concepts/{id}")).await.text().await.unwrap();
        assert!(page.contains("nothing decides which is meant"), "{page}");
    }
    // Whatever does not touch the shared words goes on, though the sentence with them is not found now.
    let mut better = falcon();
    better["definition"] = json!("The hotline that hospitals call.");
    let written = good(&server, Method::PUT, "concepts/falcon-desk", &better).await;
    assert!(written["warnings"].to_string().contains("nothing decides which is meant"), "{written}");
    good(&server, Method::POST, "concepts/falcon-desk/approve", &Value::Null).await;
    good(&server, Method::DELETE, "concepts/falcon-desk", &Value::Null).await;
    assert_eq!(plain(&server, "The Falcon desk is open.").await, "The pharmacy hotline is open.");
    assert_eq!(warnings(&server, "condor-line").await, "null");
    // Coming back it would take the words away again.
    refused(&server, "concepts/falcon-desk/revert", &json!({ "revision": 2 })).await;
    let mut apart = condor(noun("Condor desk"));
    apart["examples"]["match"] = json!(["The Condor desk is open."]);
    good(&server, Method::PUT, "concepts/condor-line", &apart).await;
    good(&server, Method::POST, "concepts/condor-line/approve", &Value::Null).await;
    good(&server, Method::POST, "concepts/falcon-desk/revert", &json!({ "revision": 2 })).await;
    assert_eq!(plain(&server, "The Falcon desk is open.").await, "The hospital hotline is open.");
    assert_eq!(warnings(&server, "falcon-desk").await, "null");
    server.stop().await;
}

async fn a_file_brings_no_rivals(database: Database) {
    let server = server(&database).await;
    let import = async |query: &str, rows: &str| -> (StatusCode, Value) {
        let request = server.client().post(server.url(&format!("/api/v1/import?{query}"))).bearer_auth(TOKEN);
        let response = request.body(format!("term,definition,match,no_match\n{rows}")).send().await.unwrap();
        (response.status(), json(response).await)
    };
    let one = "Falcon desk,The hotline for hospitals.,The Falcon desk is open.,The bird is fine.\n";
    let both = format!("{one}\"Condor line\nFalcon desk\",The telephone.,The Falcon desk is open.,The bird is fine.\n");
    let (status, report) = import("format=csv&approve=true", &both).await;
    assert_eq!((status.as_u16(), &report["refused"]), (422, &json!(1)), "{report}");
    assert!(report.to_string().contains("“Falcon desk” is a term of “Condor line” already"), "{report}");
    // Drafts may be told apart before they are approved.
    let (status, report) = import("format=csv", &both).await;
    assert_eq!((status.as_u16(), &report["created"]), (200, &json!(2)), "{report}");
    assert!(report.to_string().contains("“Falcon desk” is a term of “Condor line” already"), "{report}");
    good(&server, Method::POST, "concepts/falcon-desk/approve", &Value::Null).await;
    refused(&server, "concepts/condor-line/approve", &Value::Null).await;
    server.stop().await;
}
