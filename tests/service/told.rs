//! Whom a step in the glossary concerns hears of it in their own chat, once, and never of their own.

use reqwest::Method;
use serde_json::json;
use upshot::{
    app::curation::token_hash,
    clock::Timestamp,
    store::{Store, StoredSession},
};

use super::{
    databases::{Database, on_both},
    fake_openid::TENANT,
    fake_slack::FakeSlack,
    glossary::{TOKEN, good_as, kiln, small_content},
    server::{NOW, TestServer, form},
    sign_in::install,
    teams::FakeTeams,
};

on_both!(
    owner_and_author_hear_in_slack_what_others_do,
    comments_and_ways_back_are_told,
    an_owner_elsewhere_hears_nothing,
    an_owner_known_by_their_organisation_hears_of_its_workspaces,
    an_owner_hears_in_teams_without_having_written_first,
);

/// Whoever has an account, signed in: cookie and form token.
async fn session(store: &Store, name: &str) -> (String, String) {
    let secret = upshot::app::curation::fresh_token().unwrap();
    let session = StoredSession {
        name: name.to_owned(),
        role: "reader".to_owned(),
        opened_by: String::new(),
        place: None,
        idle_until: None,
    };
    store.open_session(&token_hash(&secret), &session, Timestamp::from_unix_seconds(NOW + 3_600)).await.unwrap();
    (format!("upshot_glossary={secret}"), token_hash(&format!("form {secret}")))
}

async fn server(slack: &FakeSlack, database: &Database) -> TestServer {
    server_at(NOW, slack, database).await
}

async fn server_at(now: i64, slack: &FakeSlack, database: &Database) -> TestServer {
    let api_url = slack.api_url();
    let settings = [
        ("SLACK_API_URL", api_url.as_str()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    TestServer::over_at(now, small_content(), &settings).await
}

async fn owner_and_author_hear_in_slack_what_others_do(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    for (name, role, person) in [("Ann Lee (U0ANN)", "author", "U0ANN"), ("Olga (U0OLGA)", "author", "U0OLGA")] {
        let body =
            json!({ "name": name, "role": role, "platform": "slack", "workspace": "T0000UPSHT", "person": person });
        good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await;
    }
    let carl =
        good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &json!({ "name": "Carl", "role": "curator" })).await;
    let carl = carl["token"].as_str().unwrap();
    let store = database.open().await;
    let (cookie, csrf) = session(&store, "Ann Lee (U0ANN)").await;
    store.close().await;
    let fields = [
        ("terms", "kiln"),
        ("definition", "A cell."),
        ("match", "The kiln is down."),
        ("no_match", "The oven is hot."),
        // By the name that is shown: only one person has it.
        ("owner", "Olga"),
        ("then", "submit"),
        ("csrf", csrf.as_str()),
    ];
    let request = server.client().post(server.url("/glossary/new")).header("cookie", &cookie);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(&fields));
    assert_eq!(request.send().await.unwrap().status(), 303);
    let told = slack.next().await;
    assert_eq!((told.path.as_str(), &told.body["channel"]), ("/api/chat.postMessage", &json!("U0OLGA")));
    let text = told.body["text"].as_str().unwrap();
    assert!(text.starts_with("Ann Lee (U0ANN) handed in “kiln”, of which you are the owner, for review."), "{text}");
    assert!(text.contains("glossary kiln"), "{text}");

    // What Carl writes calls nobody.
    let reason = json!({ "revision": 1, "reason": "Ask <!channel> & <@U0BEN>." });
    good_as(&server, carl, Method::POST, "/api/v1/concepts/kiln/return", &reason).await;
    let told = slack.next().await;
    assert_eq!(told.body["channel"], "U0ANN");
    let text = told.body["text"].as_str().unwrap();
    assert!(text.starts_with("Carl sent back “kiln”, which you wrote: it is a draft again."), "{text}");
    assert!(text.contains("Reason: Ask ") && !text.contains("<!channel>") && !text.contains("<@U0BEN>"), "{text}");
    server.stop().await;
    assert_eq!(slack.rest().len(), 0, "Ann did not hear of her own step");
    // One conversation takes a message a second, and the clock stands: the owner's second word waits, here or to be worked.
    let store = database.open().await;
    assert_eq!(store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap(), 1);
    store.close().await;
}

/// A conversation takes a message a second and the clock stands, so the second word is another server's, a minute later.
async fn comments_and_ways_back_are_told(database: Database) {
    let ann = json!({
        "name": "Ann Lee (U0ANN)", "role": "author", "platform": "slack", "workspace": "T0000UPSHT", "person": "U0ANN"
    });
    let mut slack = FakeSlack::start().await;
    let first = server(&slack, &database).await;
    good_as(&first, TOKEN, Method::POST, "/api/v1/curators", &ann).await;
    let carl =
        good_as(&first, TOKEN, Method::POST, "/api/v1/curators", &json!({ "name": "Carl", "role": "curator" })).await;
    let carl = carl["token"].as_str().unwrap().to_owned();
    // Approved by others, then written anew by Ann.
    good_as(&first, TOKEN, Method::POST, "/api/v1/concepts", &kiln()).await;
    good_as(&first, TOKEN, Method::POST, "/api/v1/concepts/kiln/approve", &json!({})).await;
    let store = database.open().await;
    let (cookie, csrf) = session(&store, "Ann Lee (U0ANN)").await;
    store.close().await;
    let post = async |server: &TestServer, path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        let request = server.client().post(server.url(path)).header("cookie", &cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(&fields));
        assert_eq!(request.send().await.unwrap().status(), 303, "{path}");
    };
    let fields = [
        ("terms", "kiln"),
        ("definition", "A cell."),
        ("match", "The kiln is down."),
        ("no_match", "The oven is hot."),
        ("revision", "2"),
    ];
    post(&first, "/glossary/concepts/kiln/edit", &fields).await;
    // Ann does not hear of what she says herself.
    post(&first, "/glossary/concepts/kiln/comments", &[("text", "Is this clear?")]).await;
    let said = json!({ "text": "Ask <!channel>:\nwhose cell?" });
    good_as(&first, &carl, Method::POST, "/api/v1/concepts/kiln/comments", &said).await;
    let told = slack.next().await;
    let text = told.body["text"].as_str().unwrap();
    assert_eq!(told.body["channel"], "U0ANN");
    assert!(
        text.starts_with("Carl commented on “kiln”, which you wrote: Ask ") && text.contains("whose cell?"),
        "{text}"
    );
    assert!(!text.contains("<!channel>"), "{text}");
    first.stop().await;
    assert_eq!(slack.rest().len(), 0);

    let mut slack = FakeSlack::start().await;
    let second = server_at(NOW + 60, &slack, &database).await;
    let request = second.client().post(second.url("/api/v1/concepts/kiln/revert")).bearer_auth(&carl);
    let request = request.header("content-type", "application/json").header("if-match", "\"3\"");
    let back = json!({ "revision": 2, "reason": "Too soon." });
    assert_eq!(request.body(back.to_string()).send().await.unwrap().status(), 200);
    let told = slack.next().await;
    let text = told.body["text"].as_str().unwrap();
    assert_eq!(told.body["channel"], "U0ANN", "her words are gone");
    let expected = "Carl went back to earlier words of “kiln”, which you wrote: they are in every answer again.";
    assert!(text.starts_with(expected) && text.contains("Reason: Too soon."), "{text}");
    second.stop().await;
    assert_eq!(slack.rest().len(), 0);
}

/// Anybody can be named as an owner, and an entry of another workspace is none of their business.
async fn an_owner_elsewhere_hears_nothing(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let olga = json!({
        "name": "Olga", "role": "reader", "platform": "slack", "workspace": "T0000UPSHT", "person": "U0OLGA"
    });
    good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &olga).await;
    for (id, scope) in [("secret-kiln", &["slack:T0OTHER"][..]), ("own-kiln", &["slack:T0000UPSHT/C0OPS"])] {
        let mut entry = kiln();
        entry["id"] = json!(id);
        entry["scope"] = json!(scope);
        entry["owner"] = json!("U0OLGA");
        entry["status"] = json!("in_review");
        good_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &entry).await;
    }
    let told = slack.next().await;
    let text = told.body["text"].as_str().unwrap();
    assert!(text.ends_with("glossary own-kiln"), "{text}");
    server.stop().await;
    assert_eq!(slack.rest().len(), 0);
    let store = database.open().await;
    assert_eq!(store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap(), 0);
    store.close().await;
}

/// People of an organisation are known by its id: an entry of any of its workspaces is theirs, and one beside it is not.
async fn an_owner_known_by_their_organisation_hears_of_its_workspaces(database: Database) {
    let mut slack = FakeSlack::start().await;
    slack.tokens.push("xoxb-1");
    install(&database, Some("E0GROUP"), Some("T0ONE")).await;
    let server = server(&slack, &database).await;
    let olga =
        json!({ "name": "Olga", "role": "reader", "platform": "slack", "workspace": "E0GROUP", "person": "U0OLGA" });
    good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &olga).await;
    for (id, scope) in [("other-kiln", "slack:T0OTHER"), ("group-kiln", "slack:T0ONE/C0OPS")] {
        let mut entry = kiln();
        (entry["id"], entry["scope"], entry["owner"]) = (json!(id), json!([scope]), json!("Olga"));
        entry["status"] = json!("in_review");
        good_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &entry).await;
    }
    let told = slack.next().await;
    assert_eq!((told.path.as_str(), &told.body["channel"]), ("/api/chat.postMessage", &json!("U0OLGA")));
    assert!(told.body["text"].as_str().unwrap().ends_with("glossary group-kiln"), "{}", told.body);
    assert_eq!(told.headers["authorization"], "Bearer xoxb-1", "the app is installed in that workspace alone");
    server.stop().await;
    assert_eq!(slack.rest().len(), 0);
    let store = database.open().await;
    assert_eq!(store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap(), 0);
    store.close().await;
}

async fn an_owner_hears_in_teams_without_having_written_first(database: Database) {
    const PERSON: &str = "0d7c51f2-93ab-4e1c-8d20-6b5f7a8e9c01";
    let mut teams = FakeTeams::start().await;
    let own = teams.settings();
    let mut settings: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend([
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ]);
    let server = TestServer::over(small_content(), &settings).await;
    let body = json!({ "name": "Mara", "role": "reader", "platform": "teams", "workspace": TENANT, "person": PERSON });
    good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await;
    let mut entry = kiln();
    entry["owner"] = json!(PERSON);
    good_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &entry).await;
    good_as(&server, TOKEN, Method::POST, "/api/v1/concepts/kiln/approve", &json!({ "reason": "Good." })).await;
    let (begun, said) = teams.next_word().await;
    assert_eq!((&begun.body["members"], &begun.body["tenantId"]), (&json!([{ "id": PERSON }]), &json!(TENANT)));
    assert_eq!(begun.body["isGroup"], false);
    let text = said.body["text"].as_str().unwrap();
    assert!(text.contains("administrator approved “kiln”, of which you are the owner"), "{text}");
    assert!(text.contains("Reason: Good."), "{text}");
    server.stop().await;
    assert_eq!((teams.other_words().len(), teams.rest().len()), (0, 0), "one step gives one message");
}
