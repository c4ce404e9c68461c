//! The glossary over its API, the same on both databases: drafts, approval, history, live answers, roles, files.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    engine::{Content, ContentFile},
    ids::WorkspaceId,
    store::{ConceptChange, ConceptStatus},
};

use super::{
    databases::{Database, on_both},
    server::{NOW, PATIENCE, TestServer, json},
};

pub(crate) const TOKEN: &str = "a-token-for-tests-0123456789abcdef";

on_both!(
    a_concept_lives_from_draft_to_retirement,
    nothing_is_overwritten_unseen,
    everybody_does_what_their_role_allows,
    a_live_change_lies_over_what_ships,
    what_cannot_be_used_is_not_saved,
    a_file_is_taken_in_whole_or_not_at_all,
    a_file_overwrites_nobodys_open_draft,
    another_process_answers_with_an_approved_change,
    what_is_stored_is_no_failure_when_publishing_is,
    a_change_that_cannot_be_used_keeps_nobody_from_answering,
    requests_wait_until_they_are_answered,
    a_draft_may_lack_what_an_approval_needs,
    what_a_file_does_not_say_stays,
    histories_and_requests_come_in_pages,
);

/// A few entries, which compile in a moment.
pub(crate) fn small_content() -> Content {
    let shipped = json!({ "subject_field": "delivery", "concepts": [
        { "id": "rollback", "definition": "Undoing a change by going back to the version that worked before.",
          "terms": [{ "text": "rollback", "pos": "noun" }],
          "wordings": [{ "pos": "noun", "text": "return to the earlier version" }],
          "why": { "sales": "Customers see things work again." },
          "examples": { "match": ["The rollback took an hour."], "no_match": ["The ball rolled back."] } },
        { "id": "canary", "definition": "A first small group that gets a change before everybody else.",
          "terms": [{ "text": "canary", "pos": "noun" }],
          "examples": { "match": ["The canary is fine."], "no_match": ["The bird sings."] } }
    ] });
    content_of(ContentFile::new("glossary/delivery.yaml", &shipped.to_string()))
}

/// The prompts that ship over this glossary.
pub(crate) fn content_of(glossary: ContentFile) -> Content {
    let prompts = upshot::seed::content().files.into_iter().filter(|file| file.path.starts_with("prompts/"));
    Content { files: prompts.chain([glossary]).collect() }
}

pub(crate) async fn server(database: &Database) -> TestServer {
    let settings = [
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    TestServer::over(small_content(), &settings).await
}

pub(crate) async fn send_as(
    server: &TestServer,
    token: &str,
    method: Method,
    path: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let mut request = server.client().request(method, server.url(path)).header("content-type", "application/json");
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, if status == StatusCode::NO_CONTENT { Value::Null } else { json(response).await })
}

pub(crate) async fn send(server: &TestServer, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    send_as(server, TOKEN, method, path, body).await
}

/// The body of an answer that must be good.
pub(crate) async fn good(server: &TestServer, method: Method, path: &str, body: &Value) -> Value {
    good_as(server, TOKEN, method, path, body).await
}

pub(crate) async fn good_as(server: &TestServer, token: &str, method: Method, path: &str, body: &Value) -> Value {
    let (status, answer) = send_as(server, token, method.clone(), path, body).await;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    answer
}

pub(crate) fn kiln() -> Value {
    json!({
        "id": "kiln", "subject_field": "platform", "definition": "A group of machines that runs one copy of the shop.",
        "terms": [{ "text": "kiln", "status": "preferred", "part_of_speech": "noun" }],
        "wordings": [{ "text": "shop copy" }],
        "why": { "sales": "When one is down, the others go on selling." },
        "examples": { "match": ["The kiln is down."], "no_match": ["The oven is hot."] },
        "owner": "platform team", "review_by": "2027-03-31"
    })
}

async fn definition(server: &TestServer, term: &str) -> Value {
    let response = server.get(&format!("/api/v1/explain?q={term}")).await;
    json(response).await["definition"].take()
}

async fn a_concept_lives_from_draft_to_retirement(database: Database) {
    let server = server(&database).await;
    let (status, created) = send(&server, Method::POST, "/api/v1/concepts", &kiln()).await;
    assert_eq!(status, 201, "{created}");
    for (field, expected) in [
        ("status", json!("draft")),
        ("revision", json!(1)),
        ("live_revision", Value::Null),
        ("layer", json!("live")),
        ("overrides", json!([])),
        ("updated_by", json!("administrator")),
        ("updated_at", json!(Timestamp::from_unix_seconds(NOW).rfc3339())),
        ("review_by", json!("2027-03-31")),
    ] {
        assert_eq!(created[field], expected, "{field}");
    }
    assert_eq!(definition(&server, "kiln").await, "", "a draft is nobody's answer");

    let approved = good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    assert_eq!(
        (&approved["status"], &approved["revision"], &approved["live_revision"]),
        (&json!("approved"), &json!(2), &json!(2))
    );
    assert_eq!(definition(&server, "kiln").await, kiln()["definition"], "approved is live when the answer is there");
    let rewritten = good(&server, Method::POST, "/api/v1/rewrite", &json!({ "text": "The kiln is down." })).await;
    assert_eq!(rewritten["plain"], "The shop copy is down.");
    assert_eq!(
        good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await["revision"],
        2,
        "once is enough"
    );

    // What came as an answer may be sent back with a change in it.
    let mut changed = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    changed["definition"] = json!("One of several copies of the shop.");
    changed["reason"] = json!("Shorter.");
    let updated = good(&server, Method::PUT, "/api/v1/concepts/kiln", &changed).await;
    assert_eq!(
        (&updated["status"], &updated["revision"], &updated["live_revision"]),
        (&json!("draft"), &json!(3), &json!(2))
    );
    assert_eq!(definition(&server, "kiln").await, kiln()["definition"], "an update is a draft until it is approved");
    good(&server, Method::POST, "/api/v1/concepts/kiln/submit", &json!({ "revision": 3 })).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &json!({ "revision": 4, "reason": "Good." })).await;
    assert_eq!(definition(&server, "kiln").await, "One of several copies of the shop.");

    let reverted = good(&server, Method::POST, "/api/v1/concepts/kiln/revert", &json!({ "revision": 2 })).await;
    assert_eq!((&reverted["status"], &reverted["revision"]), (&json!("approved"), &json!(6)), "it was approved before");
    assert_eq!(definition(&server, "kiln").await, kiln()["definition"]);

    let retired = good(&server, Method::DELETE, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&retired["status"], &retired["revision"]), (&json!("retired"), &json!(7)));
    assert_eq!(definition(&server, "kiln").await, "");
    assert_eq!(good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await["status"], "retired");

    let history = good(&server, Method::GET, "/api/v1/concepts/kiln/history", &Value::Null).await;
    let told: Vec<String> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert_eq!(entry["actor"], "administrator");
            assert_eq!(entry["time"], Timestamp::from_unix_seconds(NOW).rfc3339());
            assert_eq!(entry["concept"]["id"], "kiln");
            format!("{} {} {}", entry["revision"], entry["action"].as_str().unwrap(), entry["reason"].as_str().unwrap())
        })
        .collect();
    let expected = [
        "7 retired ",
        "6 reverted ",
        "5 approved Good.",
        "4 submitted ",
        "3 updated Shorter.",
        "2 approved ",
        "1 created ",
    ];
    assert_eq!(told, expected);
    server.stop().await;
}

async fn nothing_is_overwritten_unseen(database: Database) {
    let server = server(&database).await;
    good(&server, Method::POST, "/api/v1/concepts", &kiln()).await;
    assert_eq!(send(&server, Method::POST, "/api/v1/concepts", &kiln()).await.0, 409, "the id is taken");
    let ben = good(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Ben", "role": "author" })).await;
    let ben = ben["token"].as_str().unwrap();
    let mut change = kiln();
    change["owner"] = json!("Ben");
    let (status, problem) = send_as(&server, ben, Method::PUT, "/api/v1/concepts/kiln", &change).await;
    assert_eq!(status, 428, "{problem}");
    change["revision"] = json!(1);
    assert_eq!(send_as(&server, ben, Method::PUT, "/api/v1/concepts/kiln", &change).await.0, 200);
    let (status, problem) = send(&server, Method::PUT, "/api/v1/concepts/kiln", &change).await;
    assert_eq!(status, 409);
    assert!(problem["detail"].as_str().unwrap().contains("its revision is 2 now"), "{problem}");
    // The header of the standard says the same as the field.
    for (tag, expected) in [("\"1\"", 409), ("\"2\"", 200), ("\"two\"", 400)] {
        let mut change = kiln();
        change.as_object_mut().unwrap().remove("revision");
        let request =
            server.client().put(server.url("/api/v1/concepts/kiln")).bearer_auth(TOKEN).header("if-match", tag);
        let response = request.body(change.to_string()).send().await.unwrap();
        assert_eq!(response.status(), expected, "{tag}");
    }
    for step in ["approve", "submit"] {
        let path = format!("/api/v1/concepts/kiln/{step}");
        assert_eq!(send(&server, Method::POST, &path, &json!({ "revision": 1 })).await.0, 409, "{step}");
    }
    server.stop().await;
}

async fn everybody_does_what_their_role_allows(database: Database) {
    let server = server(&database).await;
    let mut tokens = Vec::new();
    for (name, role) in [("Rita", "reader"), ("Ann", "author"), ("Carl", "curator"), ("Ada", "admin")] {
        let added = good(&server, Method::POST, "/api/v1/curators", &json!({ "name": name, "role": role })).await;
        tokens.push(added["token"].as_str().unwrap().to_owned());
    }
    let [rita, ann, carl, ada] = tokens.try_into().unwrap();
    let post = |token: String, path: &'static str, body: Value| {
        let server = &server;
        async move { send_as(server, &token, Method::POST, path, &body).await.0.as_u16() }
    };
    for path in
        ["/api/v1/concepts", "/api/v1/concepts/kiln/approve", "/api/v1/requests", "/api/v1/import", "/api/v1/curators"]
    {
        let (status, problem) = send_as(&server, "", Method::POST, path, &kiln()).await;
        assert_eq!((status.as_u16(), &problem["status"]), (401, &json!(401)), "{path}");
        assert_eq!(post("wrong".to_owned(), path, kiln()).await, 401, "{path}");
    }
    for (method, path) in [(Method::PUT, "/api/v1/concepts/kiln"), (Method::DELETE, "/api/v1/concepts/rollback")] {
        assert_eq!(send_as(&server, "", method, path, &kiln()).await.0, 401, "{path}");
    }
    assert_eq!(post(rita.clone(), "/api/v1/concepts", kiln()).await, 403);
    assert_eq!(post(ann.clone(), "/api/v1/concepts", kiln()).await, 201);
    assert_eq!(post(ann.clone(), "/api/v1/concepts/kiln/approve", Value::Null).await, 403);
    // Words of somebody else are not approved unseen, whatever the reason for not saying what was looked at.
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/approve", Value::Null).await, 428);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/approve", json!({ "revison": 1 })).await, 400);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/approve", json!({ "revision": 1 })).await, 200);
    // Nobody approves their own words but an administrator.
    let mut own = kiln();
    own["revision"] = json!(2);
    own["owner"] = json!("Carl");
    assert_eq!(send_as(&server, &carl, Method::PUT, "/api/v1/concepts/kiln", &own).await.0, 200);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/approve", Value::Null).await, 403);
    // They stay their own when somebody else writes after them.
    let mut corrected = own.clone();
    corrected["revision"] = json!(3);
    corrected["owner"] = json!("Carl, platform team");
    assert_eq!(send_as(&server, &ann, Method::PUT, "/api/v1/concepts/kiln", &corrected).await.0, 200);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/approve", json!({ "revision": 4 })).await, 403);
    assert_eq!(post(ada.clone(), "/api/v1/concepts/kiln/approve", Value::Null).await, 428);
    assert_eq!(post(ada.clone(), "/api/v1/concepts/kiln/approve", json!({ "revision": 4 })).await, 200);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/revert", json!({ "revision": 2 })).await, 428);
    assert_eq!(post(carl.clone(), "/api/v1/concepts/kiln/revert", json!({ "revision": 2, "seen": 5 })).await, 400);
    // Readers look, and ask.
    assert_eq!(post(rita.clone(), "/api/v1/requests", json!({ "term": "oven" })).await, 201);
    assert_eq!(post(ann.clone(), "/api/v1/requests", json!({ "term": "o".repeat(81) })).await, 400);
    assert_eq!(post(ann.clone(), "/api/v1/requests", json!({ "term": " oven  door " })).await, 201);
    assert_eq!(post(carl.clone(), "/api/v1/curators", json!({ "name": "Eve", "role": "admin" })).await, 403);
    assert_eq!(
        post(ada, "/api/v1/curators", json!({ "name": "Ann", "role": "admin" })).await,
        422,
        "the name is taken"
    );
    assert_eq!(send(&server, Method::DELETE, "/api/v1/curators/Carl", &Value::Null).await.0, 204);
    assert_eq!(post(carl, "/api/v1/concepts/kiln/approve", Value::Null).await, 401, "the token has ended");
    assert!(!database.holds(&rita).await, "no token is in the database");
    server.stop().await;
}

async fn a_live_change_lies_over_what_ships(database: Database) {
    let server = server(&database).await;
    let shipped = good(&server, Method::GET, "/api/v1/concepts/rollback", &Value::Null).await;
    assert_eq!(
        (&shipped["layer"], &shipped["status"], &shipped["revision"]),
        (&json!("shipped"), &json!("approved"), &json!(0))
    );
    let mut own = shipped.clone();
    own["definition"] = json!("Taking a change back.");
    let draft = good(&server, Method::PUT, "/api/v1/concepts/rollback", &own).await;
    assert_eq!(
        (&draft["layer"], &draft["overrides"], &draft["status"]),
        (&json!("live"), &json!(["shipped"]), &json!("draft"))
    );
    assert_eq!(definition(&server, "rollback").await, shipped["definition"]);
    good(&server, Method::POST, "/api/v1/concepts/rollback/approve", &Value::Null).await;
    assert_eq!(definition(&server, "rollback").await, "Taking a change back.");

    good(&server, Method::DELETE, "/api/v1/concepts/rollback", &Value::Null).await;
    assert_eq!(definition(&server, "rollback").await, "", "what ships is hidden with it");
    assert_ne!(definition(&server, "canary").await, "", "its neighbours are not");
    let restored = good(&server, Method::POST, "/api/v1/concepts/rollback/revert", &json!({ "revision": 0 })).await;
    assert_eq!((&restored["layer"], &restored["definition"]), (&json!("shipped"), &shipped["definition"]));
    assert_eq!(definition(&server, "rollback").await, shipped["definition"]);
    // What was never changed can be retired as well, and changed again afterwards.
    good(&server, Method::DELETE, "/api/v1/concepts/canary", &Value::Null).await;
    assert_eq!(definition(&server, "canary").await, "");

    let found = good(&server, Method::GET, "/api/v1/concepts?q=change&limit=1", &Value::Null).await;
    assert_eq!((&found["total"], &found["next_cursor"]), (&json!(2), &json!("1")), "{found}");
    assert_eq!(found["items"][0]["id"], "canary", "live changes first");
    let rest = good(&server, Method::GET, "/api/v1/concepts?q=change&limit=1&cursor=1", &Value::Null).await;
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&json!("rollback"), &Value::Null));
    for (query, expected) in [
        ("layer=shipped", vec!["rollback"]),
        ("status=retired", vec!["canary"]),
        ("q=earlier+version", vec!["rollback"]),
        ("subject_field=nowhere", vec![]),
    ] {
        let found = good(&server, Method::GET, &format!("/api/v1/concepts?{query}"), &Value::Null).await;
        let ids: Vec<&str> =
            found["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    assert_eq!(send(&server, Method::GET, "/api/v1/concepts?colour=red", &Value::Null).await.0, 400);
    assert_eq!(send(&server, Method::GET, "/api/v1/concepts/nowhere", &Value::Null).await.0, 404);
    server.stop().await;
}

async fn what_cannot_be_used_is_not_saved(database: Database) {
    let server = server(&database).await;
    let cases: [(&str, Value, &str); 8] = [
        ("/definition", json!(" "), "Write a definition"),
        ("/terms", json!([]), "Add at least one term"),
        ("/examples/match", json!([]), "Add at least one sentence in which the entry must be found"),
        ("/examples/no_match", json!([]), "Add at least one sentence in which it must not be found"),
        ("/examples/match", json!(["The oven is cold."]), "The entry is not found in “The oven is cold.”"),
        (
            "/examples/no_match",
            json!(["A kiln for pots."]),
            "The entry is found in “A kiln for pots.” and must not be.",
        ),
        ("/why", json!({ "wizards": "Magic." }), "There is no audience \"wizards\"; use one of"),
        ("/review_by", json!("soon"), "Write the date as year, month and day"),
    ];
    for (field, value, expected) in cases {
        let mut concept = kiln();
        *concept.pointer_mut(field).unwrap() = value;
        let (status, problem) = send(&server, Method::POST, "/api/v1/concepts", &concept).await;
        assert_eq!(status, 422, "{field}: {problem}");
        let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.starts_with(expected), "{field}: {problem}");
    }
    for body in [json!({ "definiton": "A cell." }), json!({ "terms": "kiln" }), json!({ "revision": "one" })] {
        assert_eq!(send(&server, Method::POST, "/api/v1/concepts", &body).await.0, 400, "{body}");
    }
    assert_eq!(send(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await.0, 404);

    // What can be used and gets in somebody's way is told.
    let mut twin = kiln();
    twin["terms"] = json!([{ "text": "Rollback" }, { "text": "canari" }]);
    twin["definition"] = json!("Undoing a change by going back to the version which worked before.");
    twin["examples"]["match"] = json!(["The rollback is down."]);
    let created = good(&server, Method::POST, "/api/v1/concepts", &twin).await;
    let told = created["warnings"].to_string();
    for part in [
        "“rollback” is a term of “rollback” too",
        "The definition is nearly that of “rollback”",
        "“canari” is nearly “canary”, a term of “canary”",
        "“The rollback took an hour.” no longer means “rollback”",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let mut several = kiln();
    several["id"] = json!("flock");
    several["terms"] = json!([{ "text": "canaries" }]);
    several["examples"]["match"] = json!(["The canaries are down."]);
    let told = good(&server, Method::POST, "/api/v1/concepts", &several).await["warnings"].to_string();
    assert!(
        told.contains("“canaries” is another form of “canary”, a term of “canary”, which is found in all"),
        "{told}"
    );
    server.stop().await;
}

async fn post_file(server: &TestServer, query: &str, text: &str) -> (u16, Value) {
    let request = server.client().post(server.url(&format!("/api/v1/import?{query}"))).bearer_auth(TOKEN);
    let response = request.body(text.to_owned()).send().await.unwrap();
    (response.status().as_u16(), json(response).await)
}

async fn a_file_is_taken_in_whole_or_not_at_all(database: Database) {
    let server = server(&database).await;
    let good_rows = "term,definition,match,no_match\nkiln,A copy of the shop.,The kiln is down.,The oven is hot.\n\
                     oven | noun,A larger copy.,,\n";
    let (status, report) = post_file(&server, "format=csv&dry_run=true", good_rows).await;
    assert_eq!((status, &report["created"], &report["is_written"]), (200, &json!(2), &json!(false)), "{report}");
    assert_eq!(send(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await.0, 404, "nothing was written");

    let bad_rows = format!("{good_rows}spoon | metal,A tool.,,\nkiln,Again.,,\nfork,A tool.,The spoon.,\n");
    let (status, report) = post_file(&server, "format=csv", &bad_rows).await;
    assert_eq!((status, &report["refused"], &report["is_written"]), (422, &json!(3), &json!(false)), "{report}");
    let told: Vec<(u64, String)> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["outcome"] == "refused")
        .map(|line| (line["line"].as_u64().unwrap(), line["messages"][0].as_str().unwrap().chars().take(30).collect()))
        .collect();
    let expected = [
        (4, "“metal” behind a term is not u"),
        (5, "“kiln” is on line 2 already. K"),
        (6, "The entry is not found in “The"),
    ];
    assert_eq!(told, expected.map(|(line, text)| (line, text.to_owned())));
    assert_eq!(send(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await.0, 404, "nothing was written");

    let (status, report) = post_file(&server, "format=csv", good_rows).await;
    assert_eq!((status, &report["created"], &report["is_written"]), (200, &json!(2), &json!(true)), "{report}");
    assert_eq!(good(&server, Method::GET, "/api/v1/concepts/oven", &Value::Null).await["status"], "draft");
    let (status, problem) = send(&server, Method::POST, "/api/v1/concepts/oven/approve", &Value::Null).await;
    assert_eq!(status, 422, "without examples it is no answer: {problem}");

    let complete = good_rows.replace("A larger copy.,,", "A larger copy.,The oven is down.,The kiln is hot.");
    let (status, report) = post_file(&server, "format=csv&approve=true", &complete).await;
    assert_eq!((status, &report["updated"], &report["is_written"]), (200, &json!(2), &json!(true)), "{report}");
    assert_eq!(report["lines"][1]["fields"], json!(["examples"]));
    assert_eq!(definition(&server, "oven").await, "A larger copy.");

    for format in ["csv", "yaml"] {
        for layer in ["own", "all"] {
            let given = server.get(&format!("/api/v1/export?format={format}&layer={layer}")).await;
            assert_eq!(given.status(), 200);
            let given = given.text().await.unwrap();
            assert!(given.contains("A larger copy."), "{given}");
            assert_eq!(given.contains("canary"), layer == "all");
            let (status, report) = post_file(&server, &format!("format={format}&approve=true"), &given).await;
            let expected = if layer == "all" { 4 } else { 2 };
            assert_eq!((status, &report["unchanged"]), (200, &json!(expected)), "{format} {layer}: {report}");
            assert_eq!(report["lines"].as_array().unwrap().len(), expected);
        }
    }
    for (format, part) in
        [("tbx", "<term>kiln</term>"), ("tbx-core", "type=\"TBX-Core\""), ("skos", "skos:prefLabel \"kiln\"@en")]
    {
        let given = server.get(&format!("/api/v1/export?format={format}")).await.text().await.unwrap();
        assert!(given.contains(part), "{given}");
        // What a format cannot carry is kept, so what was given out changes nothing.
        let (status, report) = post_file(&server, &format!("format={format}&approve=true"), &given).await;
        assert_eq!(
            (status, &report["unchanged"], &report["refused"]),
            (200, &json!(2), &json!(0)),
            "{format}: {report}"
        );
        let changed = given.replace("A larger copy.", "The largest copy.");
        let (status, report) = post_file(&server, &format!("format={format}&dry_run=true"), &changed).await;
        assert_eq!((status, &report["updated"]), (200, &json!(1)), "{format}: {report}");
        let line = report["lines"].as_array().unwrap().iter().find(|line| line["outcome"] == "updated").unwrap();
        assert_eq!((&line["id"], &line["fields"]), (&json!("oven"), &json!(["definition"])));
    }
    assert_eq!(server.get("/api/v1/export?format=doc").await.status(), 400);
    server.stop().await;
}

async fn a_file_overwrites_nobodys_open_draft(database: Database) {
    let server = server(&database).await;
    let ben = good(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Ben", "role": "author" })).await;
    let ben = ben["token"].as_str().unwrap();
    assert_eq!(send_as(&server, ben, Method::POST, "/api/v1/concepts", &kiln()).await.0, 201);
    let file = "term,definition\nkiln,Another copy.\nspoon,A tool.\n";
    for mode in ["", "&dry_run=true", "&open_drafts=refuse", "&approve=true"] {
        let (status, report) = post_file(&server, &format!("format=csv{mode}"), file).await;
        assert_eq!((status, &report["is_written"]), (422, &json!(false)), "{mode}: {report}");
        let line = &report["lines"][0];
        assert_eq!((&line["id"], &line["outcome"]), (&json!("kiln"), &json!("refused")), "{mode}");
        let told = line["messages"][0].as_str().unwrap();
        assert!(told.starts_with("There is an open draft by Ben (revision 1)"), "{mode}: {told}");
    }
    // Whoever hands it in does not make it theirs.
    good(&server, Method::POST, "/api/v1/concepts/kiln/submit", &json!({ "revision": 1 })).await;
    assert_eq!(post_file(&server, "format=csv", file).await.0, 422);
    let (status, report) = post_file(&server, "format=csv&open_drafts=keep", file).await;
    assert_eq!(
        (status, &report["kept"], &report["created"], &report["is_written"]),
        (200, &json!(1), &json!(1), &json!(true)),
        "{report}"
    );
    assert_eq!(report["lines"][0]["outcome"], "kept");
    let kept = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&kept["definition"], &kept["revision"]), (&kiln()["definition"], &json!(2)));
    assert_eq!(post_file(&server, "format=csv&open_drafts=mine", file).await.0, 400);
    // Once it is approved, nobody's work is lost: the file makes a draft over it.
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &json!({ "revision": 2 })).await;
    let (status, report) = post_file(&server, "format=csv", file).await;
    assert_eq!((status, &report["updated"]), (200, &json!(1)), "{report}");
    // That draft is the importer's own now, and may be said anew by another file.
    let (status, report) = post_file(&server, "format=csv", &file.replace("Another", "A third")).await;
    assert_eq!((status, &report["updated"]), (200, &json!(1)), "{report}");
    server.stop().await;
}

/// Asks until the answer is this one. Every answer until then is a good one as well.
async fn answers_at_last(server: &TestServer, term: &str, expected: &str) {
    let notices = async {
        loop {
            let response = server.get(&format!("/api/v1/explain?q={term}")).await;
            assert_eq!(response.status(), StatusCode::OK);
            if json(response).await["definition"] == expected {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, notices).await.expect("the process never noticed");
}

async fn another_process_answers_with_an_approved_change(database: Database) {
    let (first, second) = (server(&database).await, server(&database).await);
    let said = kiln()["definition"].as_str().unwrap().to_owned();
    good(&first, Method::POST, "/api/v1/concepts", &kiln()).await;
    good(&first, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    answers_at_last(&second, "kiln", &said).await;
    // In either direction, and with nobody listening for a moment.
    database.end_listeners().await;
    good(&second, Method::DELETE, "/api/v1/concepts/kiln", &json!({ "revision": 2 })).await;
    answers_at_last(&first, "kiln", "").await;
    good(&first, Method::POST, "/api/v1/concepts/kiln/revert", &json!({ "revision": 2 })).await;
    answers_at_last(&second, "kiln", &said).await;
    assert_eq!(
        good(&second, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await,
        good(&first, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await
    );
    first.stop().await;
    second.stop().await;
    // And a third one that starts afterwards.
    let third = server(&database).await;
    assert_eq!(definition(&third, "kiln").await, kiln()["definition"]);
    third.stop().await;
}

async fn what_is_stored_is_no_failure_when_publishing_is(database: Database) {
    let server = server(&database).await;
    let said = kiln()["definition"].as_str().unwrap().to_owned();
    good(&server, Method::POST, "/api/v1/concepts", &kiln()).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    database.damage().await;
    let retired = good(&server, Method::DELETE, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&retired["status"], &retired["revision"]), (&json!("retired"), &json!(3)));
    let told = retired["warnings"][0]["message"].as_str().unwrap();
    assert!(told.starts_with("It is stored and will be in answers shortly"), "{told}");
    assert_eq!(definition(&server, "kiln").await, said.as_str(), "the last good engine goes on");
    database.mend().await;
    answers_at_last(&server, "kiln", "").await;
    let retired = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&retired["status"], &retired["warnings"]), (&json!("retired"), &Value::Null));
    server.stop().await;
}

async fn a_change_that_cannot_be_used_keeps_nobody_from_answering(database: Database) {
    let store = database.open().await;
    // As if an audience had been removed from the content since: nothing of the kind can be approved.
    let mut faulty = kiln();
    faulty["why"] = json!({ "wizards": "Magic." });
    faulty["id"] = json!("faulty");
    for (id, body) in [("faulty", faulty.to_string()), ("kiln", kiln().to_string()), ("unreadable", "{".to_owned())] {
        let change = ConceptChange {
            id,
            seen: 0,
            status: ConceptStatus::Approved,
            live_revision: Some(1),
            is_published: true,
            action: "approved",
            body: &body,
            author: "Elena",
            reason: "",
        };
        store.change_concepts(&WorkspaceId::new(""), &[change], Timestamp::from_unix_seconds(NOW)).await.unwrap();
    }
    store.close().await;
    let server = server(&database).await;
    assert_ne!(definition(&server, "rollback").await, "");
    assert_eq!(definition(&server, "kiln").await, kiln()["definition"], "only the faulty one is left out");
    let mut other = kiln();
    other["id"] = json!("oven");
    other["terms"] = json!([{ "text": "oven" }]);
    other["examples"] = json!({ "match": ["The oven is down."], "no_match": ["The kiln is hot."] });
    good(&server, Method::POST, "/api/v1/concepts", &other).await;
    good(&server, Method::POST, "/api/v1/concepts/oven/approve", &Value::Null).await;
    assert_eq!(definition(&server, "oven").await, other["definition"]);
    server.stop().await;
}

async fn requests_wait_until_they_are_answered(database: Database) {
    let server = server(&database).await;
    for (term, status, expected) in
        [("kiln", 201, "requested"), ("Kiln", 201, "requested"), ("rollback", 200, "defined")]
    {
        let (given, answer) = send(&server, Method::POST, "/api/v1/requests", &json!({ "term": term })).await;
        assert_eq!((given.as_u16(), &answer["status"]), (status, &json!(expected)), "{term}: {answer}");
    }
    let wanted = good(&server, Method::GET, "/api/v1/requests", &Value::Null).await;
    let since = Timestamp::from_unix_seconds(NOW).rfc3339();
    assert_eq!(wanted["items"], json!([{ "term": "kiln", "people": 1, "since": since, "answered_by": null }]));
    good(&server, Method::POST, "/api/v1/concepts", &kiln()).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    let wanted = good(&server, Method::GET, "/api/v1/requests", &Value::Null).await;
    assert_eq!(wanted["items"], json!([]), "what is answered is closed");
    server.stop().await;
}

/// What `upshot glossary mine` writes: a term, perhaps a sentence, and nothing else.
async fn a_draft_may_lack_what_an_approval_needs(database: Database) {
    let server = server(&database).await;
    let mined = "subject_field: organisation\nconcepts:\n  - id: zibbler\n    definition: \"\"\n    terms:\n      - { text: zibbler, pos: noun }\n    \
                 owner: \"\"\n    examples:\n      match: [\"The zibbler is down.\"]\n      no_match: []\n";
    let (status, report) = post_file(&server, "format=yaml&approve=true", mined).await;
    assert_eq!(status, 422, "{report}");
    let (status, report) = post_file(&server, "format=yaml", mined).await;
    assert_eq!((status, &report["created"]), (200, &json!(1)), "{report}");
    assert_eq!(
        report["lines"][0]["messages"],
        json!([
            "Before it can be approved, it needs a definition.",
            "Before it can be approved, it needs examples in which it is found and not found."
        ])
    );
    let queue = json(server.get("/api/v1/concepts?status=draft").await).await;
    assert_eq!((&queue["total"], &queue["items"][0]["id"]), (&json!(1), &json!("zibbler")));
    let page = server.get("/glossary/review").await.text().await.unwrap();
    assert!(page.contains("zibbler") && page.contains("No definition yet."), "{page}");
    let (status, problem) =
        send(&server, Method::POST, "/api/v1/concepts/zibbler/approve", &json!({ "revision": 1 })).await;
    assert_eq!(status, 422, "{problem}");
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["definition", "examples.no_match"], "{problem}");
    let effect = good(&server, Method::GET, "/api/v1/concepts/zibbler/effect", &Value::Null).await;
    assert!(effect["problems"].to_string().contains("Write a definition"), "{effect}");
    server.stop().await;
}

/// Of an entry that is there a table changes its own columns, and other formats what they can carry.
async fn what_a_file_does_not_say_stays(database: Database) {
    let server = server(&database).await;
    let mut full = kiln();
    full["notes"] = json!("Ask Olga.");
    full["scope"] = json!(["slack:T1"]);
    good(&server, Method::POST, "/api/v1/concepts", &full).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    let before = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;

    let table = "id,terms,definition,notes\nkiln,kiln,One copy of the shop.,\n";
    for (query, is_written) in [("dry_run=true", false), ("", true)] {
        let (status, report) = post_file(&server, query, table).await;
        assert_eq!((status, &report["is_written"]), (200, &json!(is_written)), "{report}");
        let line = &report["lines"][0];
        assert_eq!((&line["fields"], &line["erases"]), (&json!(["definition", "notes"]), &json!(["notes"])), "{line}");
    }
    let mut expected = before.clone();
    expected["definition"] = json!("One copy of the shop.");
    expected.as_object_mut().unwrap().remove("notes");
    let after = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    for field in ["terms", "definition", "wordings", "why", "examples", "owner", "review_by", "scope", "notes"] {
        assert_eq!(after[field], expected[field], "{field}");
    }

    // No wordings, reasons, examples, owners, dates or places are carried by these, so these stay.
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &json!({ "revision": 3 })).await;
    for format in ["tbx", "tbx-core", "skos"] {
        let request = server.client().get(server.url(&format!("/api/v1/export?format={format}&layer=live")));
        let given = request.bearer_auth(TOKEN).send().await.unwrap().text().await.unwrap();
        let (_, report) = post_file(&server, &format!("format={format}&dry_run=true"), &given).await;
        assert_eq!(report["unchanged"], 1, "{format}: {report}");
        let changed = given.replace("One copy of the shop.", &format!("A copy of the shop, as {format} says."));
        let (_, report) = post_file(&server, &format!("format={format}&approve=true"), &changed).await;
        let line = &report["lines"][0];
        assert_eq!((&line["fields"], &line["erases"]), (&json!(["definition"]), &Value::Null), "{format}: {report}");
        let after = good(&server, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
        for field in ["terms", "wordings", "why", "examples", "owner", "review_by", "scope"] {
            assert_eq!(after[field], expected[field], "{format}: {field}");
        }
        good(&server, Method::POST, "/api/v1/concepts/kiln/revert", &json!({ "revision": 4 })).await;
    }
    server.stop().await;
}

async fn histories_and_requests_come_in_pages(database: Database) {
    let server = server(&database).await;
    good(&server, Method::POST, "/api/v1/concepts", &kiln()).await;
    for number in 2..=60 {
        let mut next = kiln();
        next["definition"] = json!(format!("Copy {number} of the shop."));
        let body = serde_json::to_string(&next).unwrap();
        let store = database.open().await;
        let row = ConceptChange {
            id: "kiln",
            seen: number - 1,
            status: ConceptStatus::Draft,
            live_revision: None,
            is_published: false,
            action: "updated",
            body: &body,
            author: "Ann",
            reason: "",
        };
        store.change_concepts(&WorkspaceId::new(""), &[row], Timestamp::from_unix_seconds(NOW)).await.unwrap();
        store.close().await;
    }
    let revisions = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|entry| entry["revision"].as_u64().unwrap()).collect()
    };
    let page = good(&server, Method::GET, "/api/v1/concepts/kiln/history", &Value::Null).await;
    assert_eq!((revisions(&page), &page["total"]), ((11..=60).rev().collect(), &json!(60)));
    let next = format!("/api/v1/concepts/kiln/history?limit=7&cursor={}", page["next_cursor"].as_str().unwrap());
    let page = good(&server, Method::GET, &next, &Value::Null).await;
    assert_eq!((revisions(&page), &page["next_cursor"]), ((4..=10).rev().collect(), &json!("4")));
    let page = good(&server, Method::GET, "/api/v1/concepts/kiln/history?limit=7&cursor=4", &Value::Null).await;
    assert_eq!((revisions(&page), &page["next_cursor"]), (vec![3, 2, 1], &Value::Null));
    let (status, _) = send(&server, Method::GET, "/api/v1/concepts/kiln/history?cursor=x", &Value::Null).await;
    assert_eq!(status, 400);

    let shown = async |address: &str| server.get(address).await.text().await.unwrap().replace("&#x2f;", "/");
    let latest = shown("/glossary/concepts/kiln").await;
    assert!(latest.contains("<b>Revision 60</b>") && !latest.contains("<b>Revision 40</b>"), "{latest}");
    assert!(latest.contains("href=\"/glossary/concepts/kiln?before=41#history\">Earlier</a>"), "{latest}");
    let first = shown("/glossary/concepts/kiln?before=21").await;
    assert!(first.contains("<b>Revision 20</b>") && !first.contains("<b>Revision 21</b>"), "{first}");
    assert!(
        first.contains("href=\"/glossary/concepts/kiln?before=41#history\">Later</a>")
            && !first.contains(">Earlier</a>"),
        "{first}"
    );

    let reader = good(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Rita", "role": "reader" })).await;
    let rita = reader["token"].as_str().unwrap();
    for number in 0..53 {
        let term = json!({ "term": format!("wobbulator {number:02}") });
        good_as(&server, rita, Method::POST, "/api/v1/requests", &term).await;
    }
    good(&server, Method::POST, "/api/v1/requests", &json!({ "term": "wobbulator 52" })).await;
    let terms = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|item| item["term"].as_str().unwrap().to_owned()).collect()
    };
    let page = good(&server, Method::GET, "/api/v1/requests", &Value::Null).await;
    assert_eq!((terms(&page).len(), &page["total"], &page["next_cursor"]), (50, &json!(53), &json!("50")));
    assert_eq!((terms(&page)[0].as_str(), &page["items"][0]["people"]), ("wobbulator 52", &json!(2)));
    let page = good(&server, Method::GET, "/api/v1/requests?limit=2&cursor=50", &Value::Null).await;
    assert_eq!(
        (terms(&page), &page["next_cursor"]),
        (vec!["wobbulator 49".to_owned(), "wobbulator 50".to_owned()], &json!("52"))
    );
    assert!(!page.to_string().contains("Rita"), "nobody is named: {page}");
    server.stop().await;
}

#[tokio::test]
async fn the_description_of_the_api_names_every_call_and_nothing_else() {
    let server = TestServer::over(small_content(), &[]).await;
    let description = json(server.get("/api/openapi.json").await).await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3."), "{description}");
    let mut described: Vec<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, calls)| {
            calls.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    described.sort();
    assert_eq!(
        described,
        [
            "DELETE /api/v1/concepts/{id}",
            "DELETE /api/v1/curators/{name}",
            "DELETE /api/v1/trials/{number}",
            "GET /api/v1/audiences",
            "GET /api/v1/audiences/{id}",
            "GET /api/v1/audiences/{id}/history",
            "GET /api/v1/audit",
            "GET /api/v1/concepts",
            "GET /api/v1/concepts/{id}",
            "GET /api/v1/concepts/{id}/comments",
            "GET /api/v1/concepts/{id}/effect",
            "GET /api/v1/concepts/{id}/history",
            "GET /api/v1/curators",
            "GET /api/v1/examples",
            "GET /api/v1/explain",
            "GET /api/v1/export",
            "GET /api/v1/gaps",
            "GET /api/v1/requests",
            "GET /api/v1/templates",
            "GET /api/v1/templates/{kind}",
            "GET /api/v1/templates/{kind}/history",
            "GET /api/v1/trials",
            "GET /api/v1/usage",
            "POST /api/v1/audiences/{id}/revert",
            "POST /api/v1/concepts",
            "POST /api/v1/concepts/{id}/approve",
            "POST /api/v1/concepts/{id}/comments",
            "POST /api/v1/concepts/{id}/return",
            "POST /api/v1/concepts/{id}/revert",
            "POST /api/v1/concepts/{id}/submit",
            "POST /api/v1/curators",
            "POST /api/v1/explain",
            "POST /api/v1/import",
            "POST /api/v1/requests",
            "POST /api/v1/rewrite",
            "POST /api/v1/templates/{kind}/revert",
            "POST /api/v1/trials",
            "POST /api/v1/verify",
            "PUT /api/v1/audiences/{id}",
            "PUT /api/v1/concepts/{id}",
            "PUT /api/v1/curators/{name}",
            "PUT /api/v1/templates/{kind}",
        ]
    );
    for call in &described {
        let (method, path) = call.split_once(' ').unwrap();
        let path = path.replace("{id}", "nowhere").replace("{name}", "nobody").replace("{kind}", "no_kind");
        let path = path.replace("{number}", "7");
        let request = server.client().request(method.parse().unwrap(), server.url(&path));
        let answer = request.body("{}").send().await.unwrap();
        // A call that is not there is 405, and an address without any is told so.
        assert_ne!(answer.status(), 405, "{call}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains("There is nothing at this address"), "{call}: {text}");
    }
    let concept = &description["components"]["schemas"]["Concept"]["properties"];
    for (field, _) in kiln().as_object().unwrap() {
        assert!(concept.get(field).is_some(), "{field} in {concept}");
    }
    server.stop().await;
}
