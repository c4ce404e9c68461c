//! What people do not understand, and how entries are used: counts without people, the same on both databases.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    ids::WorkspaceId,
    store::{EntryUse, GAPS_REMEMBERED, GapSighting, Store},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, small_content},
    server::{NOW, TestServer, form},
};

on_both!(
    a_word_is_told_when_enough_people_met_it,
    one_voice_counts_little_and_the_rarest_words_go,
    what_is_no_term_is_neither_told_nor_counted,
    uses_are_counted_by_entry_and_day,
    what_people_met_is_on_the_page_and_over_the_api,
    entries_tell_how_they_are_used,
    administrators_see_what_is_in_force,
);

const HERE: &str = "T0FIRST";
const DAY: i64 = NOW / 86_400;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

/// A sighting by the marks that the store makes.
fn met(store: &Store, workspace: &str, term: &str, person: &str, day: i64) -> GapSighting {
    let marker = store.marker().unwrap();
    GapSighting {
        workspace: WorkspaceId::new(workspace),
        word: marker.mark(&["word", term]),
        term: term.to_owned(),
        person: marker.mark(&["person", term, workspace, person]),
        day,
        messages: 1,
    }
}

/// Term, messages, people and days of what is told.
async fn told(store: &Store, of: Option<&str>) -> Vec<(String, u32, u32, u32)> {
    let of = of.map(WorkspaceId::new);
    let gaps = store.gaps(of.as_ref(), 10).await.unwrap();
    gaps.into_iter().map(|gap| (gap.term, gap.messages, gap.people, gap.days)).collect()
}

async fn a_word_is_told_when_enough_people_met_it(database: Database) {
    let store = database.open().await;
    let sightings = |term: &str, people: &[&str]| -> Vec<GapSighting> {
        people.iter().map(|person| met(&store, HERE, term, person, DAY)).collect()
    };
    store.note_gaps(&sightings("zibbler", &["U0ANN", "U0BEN", "U0ANN", "U0BEN", "U0ANN"])).await.unwrap();
    store.note_gaps(&sightings("wobbulator", &["U0ANN", "U0BEN", "U0CYD"])).await.unwrap();
    assert_eq!(told(&store, None).await, [], "two people are too few, and so are three messages");
    assert!(
        !database.holds("zibbler").await && !database.holds("wobbulator").await,
        "a word of few is not written down"
    );
    store.note_gaps(&sightings("zibbler", &["U0CYD"])).await.unwrap();
    let zibbler = || [("zibbler".to_owned(), 6, 3, 1)];
    assert_eq!(told(&store, None).await, zibbler());
    assert_eq!(told(&store, Some(HERE)).await, zibbler());
    assert_eq!(told(&store, Some("T0SECOND")).await, [], "other workspaces are told nothing");
    for person in ["U0ANN", "U0BEN", "U0CYD"] {
        assert!(!database.holds(person).await, "{person} is in the database");
    }
    // What was met long ago is forgotten, the word as well.
    store.erase_expired(now().plus(GAPS_REMEMBERED)).await.unwrap();
    assert_eq!(told(&store, None).await, zibbler(), "90 days are remembered");
    store.erase_expired(now().plus(GAPS_REMEMBERED * 2)).await.unwrap();
    assert_eq!(told(&store, None).await, []);
    assert_eq!(database.run("DELETE FROM gap_words").await + database.run("DELETE FROM gap_sightings").await, 0);
    store.close().await;
}

async fn one_voice_counts_little_and_the_rarest_words_go(database: Database) {
    let store = database.open().await;
    let log = GapSighting { messages: 5_000, ..met(&store, HERE, "zibbler", "U0ANN", DAY) };
    for _ in 0..2 {
        store.note_gaps(std::slice::from_ref(&log)).await.unwrap();
    }
    let mut all = Vec::new();
    for person in ["U0BEN", "U0CYD"] {
        all.push(met(&store, HERE, "zibbler", person, DAY));
    }
    for person in ["U0ANN", "U0BEN", "U0CYD", "U0DAN"] {
        all.push(met(&store, HERE, "wobbulator", person, DAY));
        all.push(met(&store, HERE, "wobbulator", person, DAY - 1));
    }
    store.note_gaps(&all).await.unwrap();
    let wobbulator = ("wobbulator".to_owned(), 8, 4, 2);
    let both = vec![wobbulator.clone(), ("zibbler".to_owned(), 5, 3, 1)];
    assert_eq!(told(&store, None).await, both, "ten thousand messages of one person are three");
    store.keep_gaps_within(11).await.unwrap();
    assert_eq!(told(&store, None).await, both);
    store.keep_gaps_within(10).await.unwrap();
    assert_eq!(told(&store, None).await, [wobbulator], "the word that fewest met goes first");
    store.forget_gaps().await.unwrap();
    assert_eq!(told(&store, None).await, []);
    store.close().await;
}

async fn what_is_no_term_is_neither_told_nor_counted(database: Database) {
    let store = database.open().await;
    let crowd = |workspace: &str| -> Vec<GapSighting> {
        let people = ["U0ANN", "U0BEN", "U0CYD", "U0DAN", "U0EVE"];
        people.iter().map(|person| met(&store, workspace, "zibbler", person, DAY)).collect()
    };
    for workspace in [HERE, "T0SECOND"] {
        store.note_gaps(&crowd(workspace)).await.unwrap();
    }
    assert_eq!(told(&store, None).await, [("zibbler".to_owned(), 10, 10, 1)], "all workspaces together");
    let word = &met(&store, HERE, "zibbler", "", DAY).word;
    let here = WorkspaceId::new(HERE);
    assert!(store.dismiss_gap(Some(&here), word, "Elena", now()).await.unwrap());
    assert!(!store.dismiss_gap(Some(&here), word, "Elena", now()).await.unwrap(), "it was told no more");
    store.note_gaps(&crowd(HERE)).await.unwrap();
    assert_eq!(told(&store, Some(HERE)).await, []);
    assert_eq!(told(&store, None).await, [("zibbler".to_owned(), 5, 5, 1)], "elsewhere it is a term still");
    let dismissed = store.dismissed_gaps(Some(&here), 5).await.unwrap();
    assert_eq!(dismissed.iter().map(|one| (&*one.term, &*one.by)).collect::<Vec<_>>(), [("zibbler", "Elena")]);
    store.erase_expired(now().plus(GAPS_REMEMBERED * 2)).await.unwrap();
    store.note_gaps(&crowd(HERE)).await.unwrap();
    assert_eq!(told(&store, Some(HERE)).await, [], "that it is no term is remembered");
    assert!(store.restore_gap(None, word).await.unwrap());
    assert_eq!(told(&store, Some(HERE)).await, [], "it is counted from nothing");
    store.note_gaps(&crowd(HERE)).await.unwrap();
    assert_eq!(told(&store, Some(HERE)).await, [("zibbler".to_owned(), 5, 5, 1)]);
    store.close().await;
}

async fn uses_are_counted_by_entry_and_day(database: Database) {
    let store = database.open().await;
    let used =
        |concept: &str, term: &str, day, uses| EntryUse { concept: concept.into(), term: term.into(), day, uses };
    let uses = [
        used("canary", "", DAY, 2),
        used("canary", "", DAY - 1, 1),
        used("rollback", "", DAY, 1),
        used("rollback", "backout", DAY, 1),
    ];
    for _ in 0..2 {
        store.note_uses(&uses).await.unwrap();
    }
    assert_eq!(store.uses_of("canary", DAY - 29).await.unwrap(), [(DAY - 1, 2), (DAY, 4)]);
    assert_eq!(store.uses_of("canary", DAY).await.unwrap(), [(DAY, 4)]);
    let since = store.uses_since(DAY - 29).await.unwrap();
    assert_eq!(since, [("canary".to_owned(), 6), ("rollback".to_owned(), 2)]);
    let deprecated = store.deprecated_since(DAY, 10).await.unwrap();
    assert_eq!(deprecated, [("rollback".to_owned(), "backout".to_owned(), 2)]);
    store.erase_expired(now().plus(GAPS_REMEMBERED * 2)).await.unwrap();
    assert_eq!(store.uses_since(0).await.unwrap(), []);
    store.close().await;
}

async fn server(database: &Database, more: &[(&str, &str)]) -> TestServer {
    let mut settings = vec![
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    settings.extend_from_slice(more);
    TestServer::over(small_content(), &settings).await
}

/// Five people have a message put in plain words; what was met is written down at the latest when the server stops.
async fn chat(database: &Database, more: &[(&str, &str)], text: &str) {
    let server = server(database, more).await;
    for person in ["U0ANN", "U0BEN", "U0CYD", "U0DAN", "U0EVE"] {
        server.command_of(person, &format!("1.{person}.{}", text.len()), "/upshot", text).await;
    }
    server.stop().await;
}

async fn get(server: &TestServer, path: &str) -> Value {
    let (status, answer) = send_as(server, TOKEN, Method::GET, path, &Value::Null).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Signs in with the token of the settings; the cookie.
pub(crate) async fn signed_in(server: &TestServer) -> String {
    let body = form(&[("token", TOKEN)]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let response = server.post("/glossary/sign-in", &headers, body).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

pub(crate) async fn page(server: &TestServer, cookie: &str, path: &str) -> String {
    let response = server.client().get(server.url(path)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

const MESSAGE: &str = "The zibbler was restarted after the rollback. The password is frobnitz. See x=quxify for more.";

async fn what_people_met_is_on_the_page_and_over_the_api(database: Database) {
    chat(&database, &[("UPSHOT_COUNT_UNKNOWN_WORDS", "false")], MESSAGE).await;
    chat(&database, &[], MESSAGE).await;
    let server = server(&database, &[]).await;
    let date = now().date();
    let zibbler = json!({ "term": "zibbler", "messages": 5, "people": 5, "days": 1, "last": date });
    assert_eq!(
        get(&server, "/api/v1/gaps").await["items"],
        json!([zibbler]),
        "no secret, no assignment, nothing explained"
    );
    let cookie = signed_in(&server).await;
    let shown = page(&server, &cookie, "/glossary/wanted").await;
    assert!(shown.contains("/glossary/new?term=zibbler"), "{shown}");
    let csrf = shown.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let judge = async |act: &str, term: &str| {
        let headers = [("cookie", &*cookie), ("content-type", "application/x-www-form-urlencoded")];
        server.post("/glossary/wanted", &headers, form(&[("csrf", &csrf), (act, term)])).await.status()
    };
    assert_eq!(judge("dismiss", "frobnitz").await, StatusCode::UNPROCESSABLE_ENTITY, "it is not told");
    assert_eq!(judge("dismiss", "zibbler").await, StatusCode::SEE_OTHER);
    assert_eq!(get(&server, "/api/v1/gaps").await["items"], json!([]));
    let shown = page(&server, &cookie, "/glossary/wanted").await;
    assert!(!shown.contains("/glossary/new?term=zibbler") && shown.contains("by administrator"), "{shown}");
    assert_eq!(judge("restore", "zibbler").await, StatusCode::SEE_OTHER);
    server.stop().await;
    chat(&database, &[], &MESSAGE.replace("zibbler", "zibblers")).await;
    let server = self::server(&database, &[]).await;
    let told = get(&server, "/api/v1/gaps").await;
    assert_eq!(told["items"][0]["term"], "zibblers", "{told}");
    // Whoever explains it takes it off the list.
    let entry = json!({ "definition": "One copy of the shop.", "terms": [{ "text": "zibbler" }],
        "examples": { "match": ["The zibbler is down."], "no_match": ["The oven is hot."] } });
    for (path, body) in [("/api/v1/concepts", &entry), ("/api/v1/concepts/zibbler/approve", &Value::Null)] {
        let (status, answer) = send_as(&server, TOKEN, Method::POST, path, body).await;
        assert!(status.is_success(), "{answer}");
    }
    assert_eq!(get(&server, "/api/v1/gaps").await["items"], json!([]));
    server.stop().await;
    chat(&database, &[("UPSHOT_COUNT_UNKNOWN_WORDS", "false")], "The wobbulator is down.").await;
    assert_eq!(database.run("DELETE FROM gap_sightings").await, 0, "what was counted goes when counting is turned off");
}

async fn entries_tell_how_they_are_used(database: Database) {
    let server = self::server(&database, &[]).await;
    let entry = json!({
        "id": "kiln", "definition": "One copy of the shop.", "review_by": "2026-01-31",
        "terms": [{ "text": "kiln" }, { "text": "furnace", "status": "deprecated" }],
        "examples": { "match": ["The kiln is down."], "no_match": ["The oven is hot."] }
    });
    let idle = json!({
        "id": "flange", "definition": "A part of the shop.", "terms": [{ "text": "flange" }], "owner": "platform team",
        "examples": { "match": ["The flange is down."], "no_match": ["The oven is hot."] }
    });
    let local = json!({
        "id": "spindle", "definition": "A part of one shop.", "terms": [{ "text": "spindle" }], "owner": "platform team",
        "scope": ["slack:T0000UPSHT"],
        "examples": { "match": ["The spindle is down."], "no_match": ["The oven is hot."] }
    });
    for (path, body) in [
        ("/api/v1/concepts", &local),
        ("/api/v1/concepts/spindle/approve", &Value::Null),
        ("/api/v1/concepts", &entry),
        ("/api/v1/concepts/kiln/approve", &Value::Null),
        ("/api/v1/concepts", &idle),
        ("/api/v1/concepts/flange/approve", &Value::Null),
    ] {
        let (status, answer) = send_as(&server, TOKEN, Method::POST, path, body).await;
        assert!(status.is_success(), "{answer}");
    }
    server.stop().await;
    chat(&database, &[], "The kiln is down after the rollback.").await;
    chat(&database, &[], "The furnace is up.").await;
    let server = self::server(&database, &[]).await;
    server.command_of("U0ANN", "1.1", "/explain", "rollback").await;
    server.command_of("U0ANN", "1.2", "/explain", "spindle").await;
    // What is remembered is counted as well.
    server.command_of("U0ANN", "1.3", "/explain", "rollback").await;
    server.stop().await;
    let server = self::server(&database, &[]).await;
    let usage = get(&server, "/api/v1/usage").await;
    let used = |id: &str, uses: u32| json!({ "id": id, "term": id, "uses": uses });
    assert_eq!(usage["most_used"], json!([used("kiln", 10), used("rollback", 7), used("spindle", 1)]), "{usage}");
    let deprecated = json!([{ "id": "kiln", "term": "furnace", "preferred": "kiln", "uses": 5 }]);
    assert_eq!((&usage["deprecated"], &usage["days"]), (&deprecated, &json!(30)));
    let ids = |group: &str| -> Vec<&str> {
        usage[group]["items"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
    };
    assert_eq!(ids("never_used"), ["flange"]);
    assert_eq!((ids("overdue"), ids("without_owner")), (vec!["kiln"], vec!["kiln"]), "{usage}");
    let cookie = signed_in(&server).await;
    let shown = page(&server, &cookie, "/glossary/concepts/kiln").await;
    assert!(shown.contains("Seen 10 times in the last 30 days") && shown.contains("<svg"), "{shown}");
    let shown = page(&server, "", "/glossary/concepts/flange").await;
    assert!(shown.contains("Not seen in the last 30 days."), "{shown}");
    let shown = page(&server, &cookie, "/glossary/usage").await;
    for told in ["furnace", "2026-01-31", "platform team", "kiln"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    server.stop().await;
}

async fn administrators_see_what_is_in_force(database: Database) {
    super::sign_in::install(&database, None, Some(HERE)).await;
    let hush = [("SLACK_BOT_TOKEN", "xoxb-hush"), ("TEAMS_WEBHOOK_SECRET", "aHVzaA=="), ("UPSHOT_API_RATE", "777")];
    let server = self::server(&database, &hush).await;
    let cookie = signed_in(&server).await;
    let shown = page(&server, &cookie, "/glossary/settings").await;
    for told in ["UPSHOT_API_RATE", "777", HERE, "in use", "2 entries with 2 terms", env!("CARGO_PKG_VERSION")] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let secrets = ["xoxb-hush", "aHVzaA==", TOKEN, "0123456789abcdef0123456789abcdef"];
    assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    server.stop().await;
}
