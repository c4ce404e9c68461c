//! The proof before an approval: what a draft would change, over the API and on its page, and the messages on which that is tried.

use reqwest::Method;
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    ids::WorkspaceId,
    store::{NewComment, NewTrial, StoredComment},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, good, send_as, server, small_content},
    server::{NOW, TestServer, form},
};

on_both!(
    comments_stay_as_they_were_written,
    an_entry_is_talked_about,
    the_past_can_be_read,
    trial_messages_stay_until_somebody_takes_them_out,
    a_draft_is_tried_before_it_is_approved,
    a_page_shows_what_a_draft_would_change,
);

/// A draft that is too eager: its term is an everyday word, which stands in a sentence of another entry.
fn ball() -> Value {
    json!({
        "id": "ball", "definition": "A bundle of files.", "terms": [{ "text": "ball" }], "wordings": [{ "text": "bundle" }],
        "examples": { "match": ["The ball is ready."], "no_match": ["The weather is fine."] }
    })
}

async fn trial_messages_stay_until_somebody_takes_them_out(database: Database) {
    let now = Timestamp::from_unix_seconds(NOW);
    let store = database.open().await;
    let add = async |place: &str, text: &str, author: &str| {
        store.add_trial_message(NewTrial { place, text, author }, 2, now).await.unwrap()
    };
    let first = add("", "The kiln is down.", "Elena").await.unwrap();
    assert_eq!(add("", "The kiln is down.", "Ben").await, None, "once is enough");
    let second = add("", "It is up.", "Ben").await.unwrap();
    assert_eq!(add("", "One more.", "Ben").await, None, "there are two");
    let elsewhere = add("slack:T2", "The kiln is down.", "Ben").await.unwrap();
    store.close().await;
    let store = database.open().await;
    // No retention touches them: they are written to stay.
    store.erase_expired(Timestamp::from_unix_seconds(NOW + 10 * 365 * 86_400)).await.unwrap();
    let kept = store.trial_messages().await.unwrap();
    let told: Vec<_> = kept.iter().map(|trial| (trial.number, &*trial.place, &*trial.text, &*trial.author)).collect();
    assert_eq!(
        told,
        [
            (first, "", "The kiln is down.", "Elena"),
            (second, "", "It is up.", "Ben"),
            (elsewhere, "slack:T2", "The kiln is down.", "Ben"),
        ]
    );
    assert_eq!(kept[0].at, now);
    assert!(store.remove_trial_message(first, "Ben", now).await.unwrap());
    assert!(!store.remove_trial_message(first, "Ben", now).await.unwrap());
    assert_eq!(store.trial_messages().await.unwrap().len(), 2);
    store.close().await;
}

async fn a_draft_is_tried_before_it_is_approved(database: Database) {
    let server = server(&database).await;
    good(&server, Method::POST, "/api/v1/concepts", &ball()).await;
    let kept = good(&server, Method::POST, "/api/v1/trials", &json!({ "text": " Both balls are ready. " })).await;
    let effect = good(&server, Method::GET, "/api/v1/concepts/ball/effect", &Value::Null).await;
    let changes = |part: &str| -> Vec<(String, String, String, String)> {
        let text = |change: &Value, name: &str| change[name].as_str().unwrap().to_owned();
        let changes = effect[part]["changes"].as_array().unwrap().iter();
        changes.map(|one| (text(one, "origin"), text(one, "name"), text(one, "before"), text(one, "after"))).collect()
    };
    let change = |origin: &str, name: &str, before: &str, after: &str| {
        (origin.to_owned(), name.to_owned(), before.to_owned(), after.to_owned())
    };
    assert_eq!(
        changes("golden"),
        [
            change("entry", "ball", "The ball is ready.", "The bundle is ready."),
            change("entry", "rollback", "The ball rolled back.", "The bundle rolled back."),
        ]
    );
    let number = kept["number"].to_string();
    assert_eq!(changes("trials"), [change("trial", &number, "Both balls are ready.", "Both bundles are ready.")]);
    assert_eq!(
        (&effect["golden"]["holding"], &effect["trials"]["changed"], &effect["problems"]),
        (&json!(2), &json!(1), &json!([]))
    );
    let warnings = effect["warnings"].to_string();
    for part in
        ["“ball” is an everyday word", "found in “The ball rolled back.”, a sentence in which “rollback” is not"]
    {
        assert!(warnings.contains(part), "{part} in {warnings}");
    }
    // What was found out is there for the next look, until something makes it another answer.
    let look = async || good(&server, Method::GET, "/api/v1/concepts/ball/effect", &Value::Null).await;
    assert_eq!(look().await, effect);
    let late = good(&server, Method::POST, "/api/v1/trials", &json!({ "text": "A ball is late." })).await;
    assert_eq!(look().await["trials"]["changed"], 2, "another trial message");
    let path = format!("/api/v1/trials/{}", late["number"]);
    assert_eq!(send_as(&server, TOKEN, Method::DELETE, &path, &Value::Null).await.0, 204);
    assert_eq!(look().await, effect);
    let bat = json!({
        "definition": "What hits it.", "terms": [{ "text": "bat" }],
        "examples": { "match": ["The bat meets the ball."], "no_match": ["It is hot."] }
    });
    good(&server, Method::POST, "/api/v1/concepts", &bat).await;
    assert_eq!(look().await, effect, "a draft of another entry changes nothing");
    good(&server, Method::POST, "/api/v1/concepts/bat/approve", &Value::Null).await;
    assert_eq!(look().await["golden"]["holding"], 3, "another entry counts");
    // Words beside it tell it apart, and then nothing else changes.
    let mut careful = ball();
    careful["near"] = json!(["ready"]);
    good(&server, Method::PUT, "/api/v1/concepts/ball", &careful).await;
    let effect = good(&server, Method::GET, "/api/v1/concepts/ball/effect", &Value::Null).await;
    assert_eq!((&effect["golden"]["changed"], &effect["warnings"]), (&json!(1), &json!([])), "{effect}");
    // What gives words up changes as much as what takes them.
    good(&server, Method::POST, "/api/v1/concepts/ball/approve", &Value::Null).await;
    let (status, problem) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/ball/effect", &Value::Null).await;
    assert_eq!(status, 422, "nothing waits: {problem}");
    let mut other = ball();
    other["terms"] = json!([{ "text": "bundle ball" }]);
    other["examples"]["match"] = json!(["The bundle ball is ready."]);
    good(&server, Method::PUT, "/api/v1/concepts/ball", &other).await;
    let effect = good(&server, Method::GET, "/api/v1/concepts/ball/effect", &Value::Null).await;
    assert_eq!(effect["trials"]["changes"][0]["after"], "Both balls are ready.", "{effect}");

    let path = format!("/api/v1/trials/{number}");
    assert_eq!(send_as(&server, TOKEN, Method::DELETE, &path, &Value::Null).await.0, 204);
    assert_eq!(good(&server, Method::GET, "/api/v1/trials", &Value::Null).await["items"], json!([]));
    for (text, expected) in [(json!(" "), 422), (json!("a".repeat(2_001)), 422), (json!(7), 400)] {
        let (status, answer) = send_as(&server, TOKEN, Method::POST, "/api/v1/trials", &json!({ "text": text })).await;
        assert_eq!(status, expected, "{answer}");
    }
    server.stop().await;
}

/// A session of the administrator: the cookie and the token of forms.
async fn session(server: &TestServer) -> (String, String) {
    let request = server.client().post(server.url("/glossary/sign-in"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form(&[("token", TOKEN)])).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let text = page(server, "/glossary", &cookie).await;
    let csrf = text.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    (cookie, csrf)
}

async fn page(server: &TestServer, path: &str, cookie: &str) -> String {
    let response = server.client().get(server.url(path)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

async fn a_page_shows_what_a_draft_would_change(database: Database) {
    let server = server(&database).await;
    let (cookie, csrf) = session(&server).await;
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        let request = server.client().post(server.url(path)).header("cookie", &cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(form(&fields)).send().await.unwrap()
    };
    good(&server, Method::POST, "/api/v1/concepts", &ball()).await;
    assert!(page(&server, "/glossary/trials", &cookie).await.contains("There are none yet."));
    assert_eq!(post("/glossary/trials", &[("text", "The ball is <late> & more.")]).await.status(), 303);
    let again = post("/glossary/trials", &[("text", "The ball is <late> & more.")]).await;
    assert_eq!(again.status(), 422);
    assert!(again.text().await.unwrap().contains("This message is kept already"));
    let trials = page(&server, "/glossary/trials", &cookie).await;
    assert!(trials.contains("The ball is &lt;late&gt; &amp; more."), "{trials}");
    let entry = page(&server, "/glossary/concepts/ball", &cookie).await;
    assert!(entry.contains("data-from=\"/glossary/concepts/ball/effect\""), "{entry}");
    let effect = page(&server, "/glossary/concepts/ball/effect", &cookie).await;
    for part in [
        "The <del>ball </del>is ready.",
        "The <ins>bundle </ins>rolled back.",
        "2 texts hold one of its words. 2 texts would read differently.",
        "concepts&#x2f;rollback\">rollback</a>",
        "trial message 1",
        "is an everyday word",
    ] {
        assert!(effect.contains(part), "{part} in {effect}");
    }
    assert_eq!(post("/glossary/trials/remove", &[("number", "1")]).await.status(), 303);
    assert!(page(&server, "/glossary/trials", &cookie).await.contains("There are none yet."));
    // An entry of which no draft waits has nothing to try.
    assert!(!page(&server, "/glossary/concepts/rollback", &cookie).await.contains("data-from"));
    server.stop().await;
}

async fn comments_stay_as_they_were_written(database: Database) {
    let (here, elsewhere) = (WorkspaceId::new(""), WorkspaceId::new("T2"));
    let now = Timestamp::from_unix_seconds(NOW);
    let store = database.open().await;
    let add = async |workspace: &WorkspaceId, id: &str, revision: u32, text: &str| {
        store.add_comment(workspace, NewComment { id, revision, text, author: "Elena" }, 2, now).await.unwrap()
    };
    let first = add(&here, "kiln", 0, "For whom?").await.unwrap();
    let second = add(&here, "kiln", 3, "For sales.\nAnd support.").await.unwrap();
    assert!(second > first);
    assert_eq!(add(&here, "kiln", 3, "One more.").await, None, "there are two");
    assert!(
        add(&here, "oven", 1, "Elsewhere.").await.is_some() && add(&elsewhere, "kiln", 1, "Theirs.").await.is_some()
    );
    store.erase_expired(Timestamp::from_unix_seconds(NOW + 10 * 365 * 86_400)).await.unwrap();
    let comment = |number, revision, text: &str| StoredComment {
        number,
        revision,
        text: text.to_owned(),
        author: "Elena".to_owned(),
        at: now,
    };
    let expected = [comment(first, 0, "For whom?"), comment(second, 3, "For sales.\nAnd support.")];
    assert_eq!(store.comments(&here, "kiln").await.unwrap(), expected);
    store.close().await;
}

async fn an_entry_is_talked_about(database: Database) {
    let server = server(&database).await;
    let (cookie, csrf) = session(&server).await;
    good(&server, Method::POST, "/api/v1/concepts", &ball()).await;
    let said = good(&server, Method::POST, "/api/v1/concepts/ball/comments", &json!({ "text": " For whom? " })).await;
    assert_eq!(
        (&said["text"], &said["author"], &said["revision"], &said["time"]),
        (&json!("For whom?"), &json!("administrator"), &json!(1), &json!(Timestamp::from_unix_seconds(NOW).rfc3339()))
    );
    let request = server.client().post(server.url("/glossary/concepts/ball/comments")).header("cookie", &cookie);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let sent = request.body(form(&[("csrf", &csrf), ("text", "<i>Sales</i>,\r\nI think.")])).send().await.unwrap();
    assert_eq!(
        (sent.status().as_u16(), sent.headers()["location"].to_str().unwrap()),
        (303, "/glossary/concepts/ball?done=commented#comments")
    );
    let listed = good(&server, Method::GET, "/api/v1/concepts/ball/comments", &Value::Null).await;
    let texts: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["For whom?", "<i>Sales</i>,\nI think."]);
    let entry = page(&server, "/glossary/concepts/ball?done=commented", "").await;
    for part in [
        "For whom?",
        "&lt;i&gt;Sales",
        "on revision 1",
        "<a href=\"#comments\">2 comments</a>",
        "Your comment is there.",
    ] {
        assert!(entry.contains(part), "{part} in {entry}");
    }
    assert!(!entry.contains("Add it"), "who is not signed in looks");
    for (text, expected) in [(json!(""), 422), (json!("a".repeat(2_001)), 422), (Value::Null, 400)] {
        let path = "/api/v1/concepts/ball/comments";
        assert_eq!(send_as(&server, TOKEN, Method::POST, path, &json!({ "text": text })).await.0, expected);
    }
    let nowhere = "/api/v1/concepts/nowhere/comments";
    assert_eq!(send_as(&server, TOKEN, Method::POST, nowhere, &json!({ "text": "?" })).await.0, 404);
    assert_eq!(send_as(&server, TOKEN, Method::GET, nowhere, &Value::Null).await.0, 404);
    server.stop().await;
}

async fn the_past_can_be_read(database: Database) {
    const LATER: i64 = NOW + 2 * 86_400;
    let settings = [
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let at = async |now: i64| TestServer::over_at(now, small_content(), &settings).await;
    let first = at(NOW).await;
    good(&first, Method::POST, "/api/v1/concepts", &ball()).await;
    good(&first, Method::POST, "/api/v1/concepts/ball/approve", &Value::Null).await;
    good(&first, Method::POST, "/api/v1/concepts/ball/comments", &json!({ "text": "Early words." })).await;
    first.stop().await;
    let server = at(LATER).await;
    let mut changed = ball();
    changed["definition"] = json!("A later bundle.");
    good(&server, Method::PUT, "/api/v1/concepts/ball", &changed).await;
    good(&server, Method::POST, "/api/v1/concepts/ball/comments", &json!({ "text": "Late words." })).await;
    good(&server, Method::DELETE, "/api/v1/concepts/rollback", &Value::Null).await;
    let pile = json!({
        "id": "pile", "definition": "Many bundles.", "terms": [{ "text": "pile" }], "related": ["ball"],
        "examples": { "match": ["The pile is ready."], "no_match": ["The weather is fine."] }
    });
    good(&server, Method::POST, "/api/v1/concepts", &pile).await;
    let look = async |path: &str| good(&server, Method::GET, path, &Value::Null).await;

    for (day, definition, status, revision, live) in [
        ("2026-09-21", "A bundle of files.", "approved", 2, 2),
        ("2026-09-22", "A bundle of files.", "approved", 2, 2),
        ("2026-09-23", "A later bundle.", "draft", 3, 2),
        ("2030-01-01", "A later bundle.", "draft", 3, 2),
    ] {
        let then = look(&format!("/api/v1/concepts/ball?as_of={day}")).await;
        assert_eq!(
            (&then["definition"], &then["status"], &then["revision"], &then["live_revision"]),
            (&json!(definition), &json!(status), &json!(revision), &json!(live)),
            "{day}"
        );
    }
    let early = "/api/v1/concepts/ball?as_of=2026-09-20";
    let (status, problem) = send_as(&server, TOKEN, Method::GET, early, &Value::Null).await;
    assert_eq!(
        (status.as_u16(), &problem["detail"]),
        (404, &json!("At the end of 2026-09-20 there was no entry “ball”."))
    );
    for path in ["/api/v1/concepts/ball?as_of=soon", "/api/v1/concepts?as_of=2026-02-30"] {
        assert_eq!(send_as(&server, TOKEN, Method::GET, path, &Value::Null).await.0, 400, "{path}");
    }
    for (day, expected) in [
        ("2026-09-20", vec!["canary approved", "rollback approved"]),
        ("2026-09-22", vec!["ball approved", "canary approved", "rollback approved"]),
        ("2026-09-23", vec!["ball draft", "pile draft", "rollback retired", "canary approved"]),
    ] {
        let found = look(&format!("/api/v1/concepts?as_of={day}")).await;
        let told = |item: &Value| format!("{} {}", item["id"].as_str().unwrap(), item["status"].as_str().unwrap());
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.iter().map(told).collect::<Vec<String>>(), expected, "{day}");
        assert!(items.iter().all(|item| item["live_revision"].is_null()), "{day}: {items:?}");
    }

    let (cookie, _) = session(&server).await;
    let entry = page(&server, "/glossary/concepts/ball?as_of=2026-09-22", &cookie).await;
    for part in ["as it stood at the end of 2026-09-22 (UTC)", "A bundle of files.", "Early words.", "Revision 2"] {
        assert!(entry.contains(part), "{part} in {entry}");
    }
    for part in ["A later bundle.", "Late words.", "Revision 3", ">Edit</a>", "name=\"step\"", "Go back to", "Add it"] {
        assert!(!entry.contains(part), "{part} in {entry}");
    }
    // What is told of today alone.
    let now = page(&server, "/glossary/concepts/ball", &cookie).await;
    for part in ["Named as related by", ">pile</a>", "<h2>Usage</h2>"] {
        assert!(now.contains(part) && !entry.contains(part), "{part} in {now} and not in {entry}");
    }
    let list = page(&server, "/glossary?as_of=2026-09-20&q=change", &cookie).await;
    assert!(list.contains("as it stood at the end of 2026-09-20") && list.contains("2 of 2 entries"), "{list}");
    assert!(list.contains("/glossary/concepts/rollback?as_of=2026-09-20") && !list.contains("Add an entry"), "{list}");
    server.stop().await;
}
