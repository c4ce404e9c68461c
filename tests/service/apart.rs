//! What one workspace proves, says and does is not another one's: trial messages, what a draft would change, comments, the past, the
//! audit trail and word of a step keep to the places of entries and people.

use reqwest::Method;
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    store::{NewAudit, Store},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, good, send_as},
    role_matrix::{Least, Visitor, ask, server},
    server::{NOW, TestServer},
};

on_both!(
    a_draft_is_tried_where_it_holds,
    trial_messages_belong_to_a_place,
    what_was_said_elsewhere_stays_there,
    an_administrator_sees_the_affairs_of_their_workspace,
    an_administrator_of_one_workspace_turns_a_page,
);

const FIRST: Option<&str> = Some("T0FIRST");
const SECOND: Option<&str> = Some("T0SECOND");

/// A server with people of two workspaces, each in each role that is needed.
async fn two_workspaces(database: &Database, role: &str) -> (TestServer, Store) {
    let server = server(database).await;
    for workspace in [FIRST, SECOND] {
        super::sign_in::install(database, None, workspace).await;
        Visitor::let_in(&server, role, workspace).await;
    }
    (server, database.open().await)
}

/// A page as somebody from a workspace sees it, or what comes of a form that they send.
async fn visit(
    (server, store): (&TestServer, &Store),
    (role, workspace): (&str, Option<&'static str>),
    (method, path, body): (&str, &str, &str),
) -> (u16, String) {
    let visitor = Visitor { name: format!("{role} of {}", workspace.unwrap_or("all")), workspace };
    let (cookie, csrf) = visitor.session(store).await;
    let response = ask(server, &(method, path, "", Least::Anyone, body), &cookie, &csrf).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

fn ball(id: &str, scope: &[&str], wording: &str, sentence: &str) -> Value {
    json!({
        "id": id, "definition": format!("A {wording} of files."), "terms": [{ "text": "ball" }],
        "wordings": [{ "text": wording }], "scope": scope,
        "examples": { "match": [sentence], "no_match": ["The weather is fine."] }
    })
}

/// From where, what it was and what it would be, of each changed text.
fn changes(effect: &Value, part: &str) -> Vec<String> {
    let told = |change: &Value| {
        let part = |name: &str| change[name].as_str().unwrap().to_owned();
        format!("{} in {}: {} > {}", part("origin"), part("place"), part("before"), part("after"))
    };
    effect[part]["changes"].as_array().unwrap().iter().map(told).collect()
}

async fn a_draft_is_tried_where_it_holds(database: Database) {
    let (server, store) = two_workspaces(&database, "curator").await;
    for (place, text) in [
        ("", "The ball is late."),
        ("slack:T0FIRST", "Our ball is late."),
        ("slack:T0FIRST/C0OPS", "The ball of operations is late."),
        ("slack:T0SECOND", "Their ball is late."),
    ] {
        good(&server, Method::POST, "/api/v1/trials", &json!({ "text": text, "place": place })).await;
    }
    // The second workspace has a ball of its own already.
    let theirs = ball("their-ball", &["slack:T0SECOND"], "sphere", "Their ball is round.");
    good(&server, Method::POST, "/api/v1/concepts", &theirs).await;
    good(&server, Method::POST, "/api/v1/concepts/their-ball/approve", &Value::Null).await;

    let effect_of = async |id: &str, scope: &[&str]| {
        good(&server, Method::POST, "/api/v1/concepts", &ball(id, scope, "bundle", "The ball is ready.")).await;
        good(&server, Method::GET, &format!("/api/v1/concepts/{id}/effect"), &Value::Null).await
    };
    let of_the_workspace = effect_of("workspace-ball", &["slack:T0FIRST"]).await;
    assert_eq!(
        changes(&of_the_workspace, "trials"),
        [
            "trial in slack:T0FIRST: Our ball is late. > Our bundle is late.",
            "trial in slack:T0FIRST/C0OPS: The ball of operations is late. > The bundle of operations is late.",
        ]
    );
    assert_eq!(
        changes(&of_the_workspace, "golden"),
        [
            "entry in slack:T0FIRST: The ball is ready. > The bundle is ready.",
            "entry in slack:T0FIRST: The ball rolled back. > The bundle rolled back.",
        ]
    );
    let of_the_channel = effect_of("channel-ball", &["slack:T0FIRST/C0OPS"]).await;
    assert_eq!(
        changes(&of_the_channel, "trials"),
        ["trial in slack:T0FIRST/C0OPS: The ball of operations is late. > The bundle of operations is late."]
    );
    // For everybody but where somebody has an own one, which stays.
    let of_all = effect_of("ball", &[]).await;
    assert_eq!(
        changes(&of_all, "trials"),
        [
            "trial in : The ball is late. > The bundle is late.",
            "trial in slack:T0FIRST: Our ball is late. > Our bundle is late.",
            "trial in slack:T0FIRST/C0OPS: The ball of operations is late. > The bundle of operations is late.",
        ]
    );
    assert_eq!(of_all["trials"]["holding"], 4);

    // A curator of one workspace reads the texts of that one, and asks about what they could approve.
    let page = async |workspace, id: &str| {
        let path = format!("/glossary/concepts/{id}/effect");
        visit((&server, &store), ("curator", workspace), ("GET", &path, "")).await
    };
    let (status, first) = page(FIRST, "workspace-ball").await;
    assert_eq!(status, 200);
    assert!(first.contains("Our <del>ball ") && first.contains("as it is read in slack:T0FIRST&#x2f;C0OPS"), "{first}");
    assert!(!first.contains("Their") && !first.contains("T0SECOND"), "{first}");
    let (status, second) = page(SECOND, "workspace-ball").await;
    assert_eq!(status, 404);
    assert!(!second.contains("Our") && !second.contains("T0FIRST"), "{second}");
    // What holds for everybody is approved by whoever runs this.
    for workspace in [FIRST, SECOND] {
        let (status, refused) = page(workspace, "ball").await;
        assert_eq!(status, 403);
        assert!(!refused.contains("Our") && !refused.contains("Their"), "{refused}");
    }
    effect_of("both-balls", &["slack:T0SECOND", "slack:T0FIRST"]).await;
    for (id, expected) in [("workspace-ball", 200), ("their-ball", 404), ("both-balls", 403)] {
        assert_eq!(page(FIRST, id).await.0, expected, "{id}");
    }
    store.close().await;
    server.stop().await;
}

async fn trial_messages_belong_to_a_place(database: Database) {
    let (server, store) = two_workspaces(&database, "curator").await;
    good(&server, Method::POST, "/api/v1/trials", &json!({ "text": "It is everybody's." })).await;
    let as_curator = async |workspace, method, path, body: &str| {
        visit((&server, &store), ("curator", workspace), (method, path, body)).await
    };
    // What is kept without a place is of the workspace of who keeps it.
    for (workspace, body, expected) in [
        (FIRST, "text=It+is+ours.", 303),
        (SECOND, "text=It+is+theirs.", 303),
        (SECOND, "text=It+is+ours.", 303),
        (FIRST, "text=It+is+ours.", 422),
        (FIRST, "text=It+is+the+channel%27s.&place=slack:T0FIRST/C0OPS", 303),
        (FIRST, "text=It+is+ours.&place=slack:T0SECOND", 403),
        (FIRST, "text=It+is+ours.&place=operations", 422),
    ] {
        assert_eq!(as_curator(workspace, "POST", "/glossary/trials", body).await.0, expected, "{workspace:?} {body}");
    }
    let kept = good(&server, Method::GET, "/api/v1/trials", &Value::Null).await;
    let told = |item: &Value| format!("{} {}", item["place"].as_str().unwrap(), item["text"].as_str().unwrap());
    let told: Vec<String> = kept["items"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        told,
        [
            " It is everybody's.",
            "slack:T0FIRST It is ours.",
            "slack:T0SECOND It is theirs.",
            "slack:T0SECOND It is ours.",
            "slack:T0FIRST/C0OPS It is the channel's.",
        ]
    );
    let (_, page) = as_curator(FIRST, "GET", "/glossary/trials", "").await;
    assert!(page.contains("everybody&#x27;s") && page.contains("It is ours.") && page.contains("channel"), "{page}");
    assert!(!page.contains("theirs") && !page.contains("T0SECOND"), "{page}");
    let number = |position: usize| kept["items"][position]["number"].to_string();
    for (position, expected) in [(0, 403), (2, 422), (1, 303)] {
        let body = format!("number={}", number(position));
        assert_eq!(as_curator(FIRST, "POST", "/glossary/trials/remove", &body).await.0, expected, "{position}");
    }
    for (text, place, expected) in [("a", json!("nowhere"), 422), ("a", json!(7), 400), ("a", Value::Null, 201)] {
        let body = json!({ "text": text, "place": place });
        assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/trials", &body).await.0, expected, "{body}");
    }
    store.close().await;
    server.stop().await;
}

async fn what_was_said_elsewhere_stays_there(database: Database) {
    let (server, store) = two_workspaces(&database, "author").await;
    let comment = async |text: &str| {
        good(&server, Method::POST, "/api/v1/concepts/ball/comments", &json!({ "text": text })).await
    };
    // It was the second workspace's, then everybody's, and is the first one's now.
    good(&server, Method::POST, "/api/v1/concepts", &ball("ball", &["slack:T0SECOND"], "sphere", "The ball is round."))
        .await;
    comment("Said in the second.").await;
    for (scope, said) in [(&[][..], "Said to everybody."), (&["slack:T0FIRST"], "Said in the first.")] {
        good(&server, Method::PUT, "/api/v1/concepts/ball", &ball("ball", scope, "bundle", "The ball is ready.")).await;
        comment(said).await;
    }
    let look = async |workspace, path: &str| visit((&server, &store), ("author", workspace), ("GET", path, "")).await;
    let (status, first) = look(FIRST, "/glossary/concepts/ball").await;
    assert_eq!(status, 200);
    assert!(first.contains("Said to everybody.") && first.contains("Said in the first."), "{first}");
    assert!(!first.contains("Said in the second.") && !first.contains("sphere"), "{first}");
    assert_eq!(look(SECOND, "/glossary/concepts/ball").await.0, 404);
    assert_eq!(look(FIRST, "/glossary/concepts/ball?as_of=2030-01-01").await.0, 200);
    assert_eq!(look(SECOND, "/glossary/concepts/ball?as_of=2030-01-01").await.0, 404);
    // Who may not see an entry is told nothing of when there was none, either.
    let (_, list) = look(SECOND, "/glossary?as_of=2030-01-01").await;
    assert!(list.contains("rollback") && !list.contains("bundle"), "{list}");
    for path in ["/api/v1/concepts/ball/comments", "/api/v1/concepts/ball?as_of=2030-01-01"] {
        assert_eq!(server.get(path).await.status(), 404, "{path} without a token");
    }
    let body = "text=Let+me+in.";
    let sent = visit((&server, &store), ("author", SECOND), ("POST", "/glossary/concepts/ball/comments", body)).await;
    assert_eq!(sent.0, 404);
    store.close().await;
    server.stop().await;
}

async fn an_administrator_sees_the_affairs_of_their_workspace(database: Database) {
    let (server, store) = two_workspaces(&database, "admin").await;
    for (id, scope) in [("ball", &[][..]), ("our-ball", &["slack:T0FIRST"]), ("their-ball", &["slack:T0SECOND"])] {
        good(&server, Method::POST, "/api/v1/concepts", &ball(id, scope, "bundle", "The ball is ready.")).await;
        let said = json!({ "text": format!("About {id}.") });
        good(&server, Method::POST, &format!("/api/v1/concepts/{id}/comments"), &said).await;
    }
    good(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Tokener", "role": "reader" })).await;
    let send = async |workspace, path: &str, body: &str| {
        let sent = visit((&server, &store), ("admin", workspace), ("POST", path, body)).await;
        assert_eq!(sent.0, 303, "{path} {body}: {}", sent.1);
    };
    for (workspace, name) in [("T0FIRST", "Ann"), ("T0SECOND", "Ben")] {
        let place = if workspace == "T0FIRST" { FIRST } else { SECOND };
        let body =
            format!("name={name}&role=reader&platform=slack&workspace={workspace}&person=U0{}", name.to_uppercase());
        send(place, "/glossary/people/accounts", &body).await;
        send(place, "/glossary/people/role", &format!("name={name}&role=author")).await;
        send(place, "/glossary/people/remove", &format!("name={name}")).await;
        send(place, "/glossary/trials", "text=It+is+down.").await;
    }
    let template = good(&server, Method::GET, "/api/v1/templates/generic", &Value::Null).await;
    let change = json!({ "text": format!("{}{{# more #}}\n", template["text"].as_str().unwrap()), "revision": 0 });
    good(&server, Method::PUT, "/api/v1/templates/generic", &change).await;

    let told = async |workspace| {
        let path = "/glossary/audit/file?format=jsonl";
        let (status, text) = visit((&server, &store), ("admin", workspace), ("GET", path, "")).await;
        assert_eq!(status, 200);
        let line = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap();
            let part = |name: &str| event[name].as_str().unwrap().to_owned();
            format!("{} {} {}", part("kind"), part("action"), part("subject"))
        };
        text.lines().map(line).collect::<Vec<String>>()
    };
    let of_the_first = [
        "comment commented our-ball",
        "comment commented ball",
        "entry created ball",
        "entry created our-ball",
        "people taken off the list Ann",
        "people given another role Ann",
        "people let in Ann",
        "people let in admin of T0FIRST",
        "prompt updated prompts/templates/generic.j2",
        "trial kept 1",
    ];
    assert_eq!(told(FIRST).await, of_the_first);
    let of_the_second = told(SECOND).await;
    assert_eq!(of_the_second.len(), of_the_first.len());
    assert!(of_the_second.iter().all(|line| !line.contains("our-ball") && !line.contains("Ann")), "{of_the_second:?}");
    // Who keeps the whole glossary sees all of it. Three lines are both workspaces', and one is nobody's: somebody with a token.
    let trail = good(&server, Method::GET, "/api/v1/audit?limit=1000", &Value::Null).await;
    assert_eq!(trail["items"].as_array().unwrap().len(), 2 * of_the_first.len() - 3 + 1);
    store.close().await;
    server.stop().await;
}

/// The address behind a link of a page.
fn link<'a>(page: &'a str, text: &str) -> Option<&'a str> {
    let (before, _) = page.split_once(&format!("\">{text}</a>"))?;
    before.rsplit_once("href=\"").map(|(_, address)| address)
}

async fn an_administrator_of_one_workspace_turns_a_page(database: Database) {
    let (server, store) = two_workspaces(&database, "admin").await;
    for number in 0..110 {
        for place in ["slack:T0FIRST", "slack:T0SECOND"] {
            let subject = format!("{number} of {}", if place == "slack:T0FIRST" { "ours" } else { "theirs" });
            let event = NewAudit { place, actor: "Ann", kind: "trial", action: "kept", subject: &subject, detail: "" };
            store.record_audit(event, Timestamp::from_unix_seconds(NOW + number)).await.unwrap();
        }
    }
    let look = async |address: &str| {
        let address = address.replace("&#x2f;", "/").replace("&amp;", "&");
        let (status, page) = visit((&server, &store), ("admin", FIRST), ("GET", &address, "")).await;
        assert_eq!(status, 200, "{address}: {page}");
        page
    };
    let shown = |page: &str| -> Vec<String> {
        let cells = page.split("data-label=\"With\">").skip(1);
        cells.map(|cell| cell.split('<').next().unwrap().trim().to_owned()).collect()
    };
    let ours = |numbers: std::ops::Range<i64>| -> Vec<String> {
        numbers.rev().map(|number| format!("{number} of ours")).collect()
    };
    let latest = look("/glossary/audit?kind=trial&who=Ann").await;
    assert_eq!(shown(&latest), ours(10..110));
    assert_eq!(link(&latest, "The latest"), None, "it is these");
    let earlier = look(link(&latest, "Earlier").unwrap()).await;
    assert_eq!(shown(&earlier), ours(0..10));
    assert_eq!(link(&earlier, "Earlier"), None);
    let back = look(link(&earlier, "The latest").unwrap()).await;
    assert_eq!(shown(&back), ours(10..110), "with the same wish");
    store.close().await;
    server.stop().await;
}
