//! Readers and templates that are changed while everything runs, over the API and on pages, the same on both databases.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    console::Session,
    databases::{Database, on_both},
    glossary::{TOKEN, good, kiln, send, send_as, server},
    server::{PATIENCE, TestServer},
};

on_both!(
    a_reader_is_said_anew_and_taken_back,
    a_new_reader_can_be_named_everywhere,
    what_cannot_be_used_changes_nothing,
    two_administrators_do_not_overwrite_each_other,
    another_process_tells_it_the_same_way,
    an_administrator_tries_and_saves_on_a_page,
);

const MESSAGE: &str = "Checkout was down for 20 minutes. The cause was a full disk. We will add an alert tomorrow.";

/// Slots of what this reader is told, in their order, and the titles.
async fn told(server: &TestServer, reader: &str) -> Vec<(String, String)> {
    let answer = good(server, Method::POST, "/api/v1/rewrite", &json!({ "text": MESSAGE, "for": reader })).await;
    let text = |section: &Value, field: &str| section[field].as_str().unwrap().to_owned();
    let sections = answer["sections"].as_array().unwrap();
    sections.iter().map(|section| (text(section, "slot"), text(section, "title"))).collect()
}

fn reader(id: &str, order: &str) -> String {
    format!(
        "id: {id}\ntitle: Field {id}\nabout: What to say on site.\nposition: 3\norder: [{order}]\ntitles:\n  cause: Where it came from\n"
    )
}

async fn a_reader_is_said_anew_and_taken_back(database: Database) {
    let server = server(&database).await;
    let path = "/api/v1/audiences/sales";
    let shipped = good(&server, Method::GET, path, &Value::Null).await;
    assert_eq!((&shipped["layer"], &shipped["revision"]), (&json!("shipped"), &json!(0)));
    assert!(shipped["text"].as_str().unwrap().contains("# Slots in the order this reader wants them."), "as written");
    let before = told(&server, "sales").await;

    let text = reader("sales", "cause, next, impact");
    let written = good(&server, Method::PUT, path, &json!({ "text": text, "reason": "Asked by field sales." })).await;
    assert_eq!(
        (&written["layer"], &written["overrides"], &written["revision"], &written["updated_by"]),
        (&json!("live"), &json!(["shipped"]), &json!(1), &json!("administrator"))
    );
    let after = told(&server, "sales").await;
    assert_eq!(after.first().unwrap(), &("cause".to_owned(), "Where it came from".to_owned()), "{after:?}");
    assert_ne!(after, before);
    let again = good(&server, Method::PUT, path, &json!({ "text": text, "revision": 1 })).await;
    assert_eq!(again["revision"], 1, "what says the same is no change");

    let taken_back = good(&server, Method::POST, &format!("{path}/revert"), &json!({ "revision": 0 })).await;
    assert_eq!((&taken_back["layer"], &taken_back["text"]), (&json!("shipped"), &shipped["text"]));
    assert_eq!(told(&server, "sales").await, before);
    let back = good(&server, Method::POST, &format!("{path}/revert"), &json!({ "revision": 1 })).await;
    assert_eq!((&back["revision"], back["text"].as_str().unwrap()), (&json!(3), text.as_str()));
    assert_eq!(told(&server, "sales").await, after);
    let history = good(&server, Method::GET, &format!("{path}/history"), &Value::Null).await;
    let steps: Vec<(u64, &str, &str, bool)> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let text = |field: &str| step[field].as_str().unwrap();
            (step["revision"].as_u64().unwrap(), text("action"), text("reason"), step["is_live"].as_bool().unwrap())
        })
        .collect();
    let asked = "Asked by field sales.";
    assert_eq!(steps, [(3, "reverted", "", true), (2, "withdrawn", "", false), (1, "updated", asked, false)]);

    // A template, in the same way.
    let path = "/api/v1/templates/incident";
    good(&server, Method::PUT, path, &json!({ "text": "# It was this: {{ main }}\n" })).await;
    let answer = good(&server, Method::POST, "/api/v1/rewrite", &json!({ "text": MESSAGE })).await;
    assert!(answer["headline"].as_str().unwrap().starts_with("It was this: "), "{answer}");
    good(&server, Method::POST, &format!("{path}/revert"), &json!({ "revision": 0 })).await;
    let answer = good(&server, Method::POST, "/api/v1/rewrite", &json!({ "text": MESSAGE })).await;
    assert!(!answer["headline"].as_str().unwrap().starts_with("It was this: "), "{answer}");
    server.stop().await;
}

async fn a_new_reader_can_be_named_everywhere(database: Database) {
    let server = server(&database).await;
    let path = "/api/v1/audiences/partner";
    assert_eq!(send(&server, Method::GET, path, &Value::Null).await.0, 404);
    let command = server.command("/upshot", &format!("for partners: {MESSAGE}")).await.to_string();
    assert!(!command.contains("Field partner"), "{command}");
    let written = good(&server, Method::PUT, path, &json!({ "text": reader("partner", "cause, impact") })).await;
    assert_eq!((&written["layer"], &written["overrides"]), (&json!("live"), &json!([])));
    assert_eq!(told(&server, "partner").await[0].1, "Where it came from");
    let command = server.command("/upshot", &format!("for the partner team: {MESSAGE}")).await.to_string();
    assert!(command.contains("Field partner") && command.contains("Where it came from"), "menu and answer: {command}");
    let list = good(&server, Method::GET, "/api/v1/audiences", &Value::Null).await;
    assert!(list.as_array().unwrap().iter().any(|audience| audience["id"] == "partner"), "{list}");

    // An entry has words for it, so it cannot go before those.
    let mut entry = kiln();
    entry["why"] = json!({ "partner": "Partners sell through it." });
    good(&server, Method::POST, "/api/v1/concepts", &entry).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    let (status, problem) = send(&server, Method::POST, &format!("{path}/revert"), &json!({ "revision": 0 })).await;
    assert_eq!(status, 422, "{problem}");
    assert!(
        problem["errors"][0]["message"].as_str().unwrap().contains("there is no audience \"partner\""),
        "{problem}"
    );
    assert_eq!(told(&server, "partner").await[0].1, "Where it came from");
    good(&server, Method::DELETE, "/api/v1/concepts/kiln", &Value::Null).await;
    let (status, _) = send(&server, Method::POST, &format!("{path}/revert"), &json!({ "revision": 0 })).await;
    assert_eq!(status, 204);
    assert_eq!(send(&server, Method::GET, path, &Value::Null).await.0, 404);
    let (status, _) =
        send(&server, Method::POST, "/api/v1/rewrite", &json!({ "text": MESSAGE, "for": "partner" })).await;
    assert_eq!(status, 400);
    server.stop().await;
}

async fn what_cannot_be_used_changes_nothing(database: Database) {
    let server = server(&database).await;
    let before = told(&server, "sales").await;
    for (path, text, part) in [
        ("audiences/sales", "id: sales\ntitle: Sales\nabout: x\nposition: 3\nordr: [cause]\n", "Line 5: "),
        ("audiences/sales", &reader("sales", "cause, imapct"), "Line 5: There is no slot \"imapct\"; use those of"),
        ("audiences/sales", &reader("others", "cause"), "The id of this reader stays “sales”"),
        ("audiences/sales", " \n", "Write the file"),
        ("templates/incident", "# {{ main }}\n{{ mian }}\n", "Line 2: There is no variable \"mian\"; use one of"),
        ("templates/incident", "# {{ main | upper_frist }}\n", "Line 1: The template cannot be used"),
        ("templates/nonsense", "# {{ main }}\n", "No message is read as “nonsense”"),
    ] {
        let (status, problem) = send(&server, Method::PUT, &format!("/api/v1/{path}"), &json!({ "text": text })).await;
        assert_eq!(status, 422, "{path}: {problem}");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{part} in {message}");
    }
    for (path, body, status) in [
        ("/api/v1/audiences/sales", json!({ "txt": "x" }), 400),
        ("/api/v1/audiences/sales", json!({ "text": "x", "nonsense": 1 }), 400),
        ("/api/v1/audiences/No%20Name", json!({ "text": "x" }), 404),
    ] {
        assert_eq!(send(&server, Method::PUT, path, &body).await.0, status, "{path} {body}");
    }
    let (status, _) = send(&server, Method::POST, "/api/v1/audiences/sales/revert", &json!({ "revision": 0 })).await;
    assert_eq!(status, 422, "it was never changed");
    let kept = good(&server, Method::GET, "/api/v1/audiences/sales", &Value::Null).await;
    assert_eq!(kept["revision"], 0);
    assert_eq!(told(&server, "sales").await, before);
    server.stop().await;
}

async fn two_administrators_do_not_overwrite_each_other(database: Database) {
    let server = server(&database).await;
    let body = json!({ "name": "Ben", "role": "admin" });
    let (_, ben) = send(&server, Method::POST, "/api/v1/curators", &body).await;
    let ben = ben["token"].as_str().unwrap().to_owned();
    let path = "/api/v1/audiences/sales";
    good(&server, Method::PUT, path, &json!({ "text": reader("sales", "cause") })).await;
    let other = json!({ "text": reader("sales", "next") });
    assert_eq!(send_as(&server, &ben, Method::PUT, path, &other).await.0, 428, "he does not say what he saw");
    let stale = json!({ "text": reader("sales", "next"), "revision": 0 });
    let (status, problem) = send_as(&server, &ben, Method::PUT, path, &stale).await;
    assert_eq!(status, 409);
    assert!(problem["detail"].as_str().unwrap().contains("its revision is 1 now"), "{problem}");
    let request = server.client().put(server.url(path)).bearer_auth(&ben).header("if-match", "\"1\"");
    let response = request.body(other.to_string()).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["etag"].to_str().unwrap()), (200, "\"2\""));
    server.stop().await;
}

async fn another_process_tells_it_the_same_way(database: Database) {
    let (first, second) = (server(&database).await, server(&database).await);
    good(&first, Method::PUT, "/api/v1/audiences/sales", &json!({ "text": reader("sales", "cause, next") })).await;
    let expected = told(&first, "sales").await;
    let waiting = async {
        while told(&second, "sales").await != expected {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the other process never told it so");
    first.stop().await;
    second.stop().await;
}

async fn an_administrator_tries_and_saves_on_a_page(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let list = session.get("/glossary/audiences").await;
    for part in ["/glossary/audiences/sales", "7 sentences", "/glossary/templates/incident", "Add a reader"] {
        assert!(list.contains(part), "{part} in {list}");
    }
    let page = session.get("/glossary/audiences/sales").await;
    assert!(
        page.contains("# Slots in the order this reader wants them.") && page.contains("name=\"revision\" value=\"0\"")
    );

    let text = reader("sales", "cause, next").replace('\n', "\r\n");
    let path = "/glossary/audiences/sales";
    let fields = [("text", text.as_str()), ("message", MESSAGE), ("revision", "0"), ("then", "try")];
    let tried = session.post(path, &fields).await;
    assert_eq!(tried.status(), 200);
    let tried = tried.text().await.unwrap();
    assert!(tried.contains("With this") && tried.contains("<dt>Where it came from</dt>"), "{tried}");
    assert!(told(&server, "sales").await[0].1 != "Where it came from", "nothing is saved by trying");

    let wrong = [("text", "id: sales\n<b>"), ("message", MESSAGE), ("revision", "0"), ("then", "save")];
    let refused = session.post(path, &wrong).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("This cannot be used as it is") && refused.contains("&lt;b&gt;</textarea>"), "{refused}");

    let mut save = fields.to_vec();
    save.retain(|(name, _)| *name != "then");
    save.extend([("then", "save"), ("reason", "Asked by field sales.")]);
    let saved = session.post(path, &save).await;
    assert_eq!(
        (saved.status().as_u16(), saved.headers()["location"].to_str().unwrap()),
        (303, "/glossary/audiences/sales?done=saved")
    );
    assert_eq!(told(&server, "sales").await[0].1, "Where it came from");
    let page = session.get("/glossary/audiences/sales?done=saved").await;
    for part in ["every answer is made with it", "Asked by field sales.", "in answers", "lies over Shipped"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let stale = session.post(path, &save).await;
    assert_eq!(stale.status(), 422);
    assert!(stale.text().await.unwrap().contains("Somebody else was faster"));

    // A new one begins with the usual order, and can go again.
    let begun = session.get("/glossary/audiences/field-sales").await;
    assert!(begun.contains("id: field-sales") && begun.contains("not there yet"), "{begun}");
    let reverted = session.post(&format!("{path}/revert"), &[("revision", "0"), ("seen", "1")]).await;
    assert_eq!(reverted.headers()["location"], "/glossary/audiences/sales?done=reverted");
    assert_eq!(server.get("/glossary/audiences/field-sales").await.status(), 404, "others see what there is");
    server.stop().await;
}
