//! The audit trail: everything that is done with the glossary is in it, for administrators alone, a page at a time and as a file.

use reqwest::Method;
use serde_json::{Value, json};
use upshot::{
    app::curation::AUDIT_KINDS,
    clock::Timestamp,
    ids::WorkspaceId,
    store::{AuditFilter, EntriesTold, NewAudit},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, good, kiln, send_as, server},
    server::{NOW, TestServer, form},
};

on_both!(what_is_recorded_stays_in_its_order, everything_that_is_done_is_in_the_trail);

async fn what_is_recorded_stays_in_its_order(database: Database) {
    let at = |second: i64| Timestamp::from_unix_seconds(NOW + second);
    let here = WorkspaceId::new("");
    let store = database.open().await;
    for (second, actor, action) in [(0, "Ann", "let in"), (60, "Ben", "given another role"), (120, "Ann", "taken off")]
    {
        let event = NewAudit { place: "", actor, kind: "people", action, subject: "Carl", detail: "because" };
        store.record_audit(event, at(second)).await.unwrap();
    }
    store.erase_expired(at(10 * 365 * 86_400)).await.unwrap();
    let all = AuditFilter {
        actor: String::new(),
        kind: String::new(),
        from: at(-60),
        until: at(600),
        entries: EntriesTold::WithBodies,
    };
    let read = async |filter: &AuditFilter, skip: u32, most: u32| -> Vec<String> {
        let rows = store.audit(&here, filter, skip, most).await.unwrap();
        rows.into_iter().map(|row| format!("{} {} {} {}", row.actor, row.action, row.subject, row.revision)).collect()
    };
    let (first, second, third) = ("Ann let in Carl 0", "Ben given another role Carl 0", "Ann taken off Carl 0");
    assert_eq!(read(&all, 0, 9).await, [third, second, first]);
    assert_eq!(read(&all, 1, 1).await, [second]);
    assert_eq!(read(&AuditFilter { actor: "Ann".to_owned(), ..all.clone() }, 0, 9).await, [third, first]);
    assert_eq!(read(&AuditFilter { kind: "import".to_owned(), ..all.clone() }, 0, 9).await, [""; 0]);
    assert_eq!(read(&AuditFilter { from: at(60), until: at(60), ..all.clone() }, 0, 9).await, [second]);
    store.close().await;
}

async fn text(server: &TestServer, path: &str) -> (String, String) {
    let response = server.client().get(server.url(path)).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.text().await.unwrap())
}

async fn everything_that_is_done_is_in_the_trail(database: Database) {
    let server = server(&database).await;
    good(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Ben", "role": "author" })).await;
    let account =
        json!({ "name": "Cleo", "role": "reader", "platform": "slack", "workspace": "T0ONE", "person": "U0CLEO" });
    good(&server, Method::POST, "/api/v1/curators", &account).await;
    good(&server, Method::PUT, "/api/v1/curators/Ben", &json!({ "role": "curator" })).await;
    // Who is given the role that they have is given nothing.
    good(&server, Method::PUT, "/api/v1/curators/Ben", &json!({ "role": "curator" })).await;
    good(&server, Method::DELETE, "/api/v1/curators/Cleo", &Value::Null).await;
    let mut entry = kiln();
    entry["reason"] = json!("Sales asked.");
    good(&server, Method::POST, "/api/v1/concepts", &entry).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/approve", &Value::Null).await;
    good(&server, Method::POST, "/api/v1/concepts/kiln/comments", &json!({ "text": "=1+1, and \"more\"" })).await;
    good(&server, Method::POST, "/api/v1/trials", &json!({ "text": "The kiln is down." })).await;
    good(&server, Method::DELETE, "/api/v1/trials/1", &Value::Null).await;
    let request = server.client().post(server.url("/api/v1/import?format=csv")).bearer_auth(TOKEN);
    let sent = request.body("term,definition\nzibbler,A copy of the shop.\n").send().await.unwrap();
    assert_eq!(sent.status(), 200);

    let trail = good(&server, Method::GET, "/api/v1/audit", &Value::Null).await;
    let told: Vec<String> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            assert_eq!(
                (&event["actor"], &event["time"]),
                (&json!("administrator"), &json!(Timestamp::from_unix_seconds(NOW).rfc3339()))
            );
            let part = |name: &str| event[name].as_str().unwrap().to_owned();
            format!("{} {} {} {}: {}", part("kind"), part("action"), part("subject"), event["revision"], part("detail"))
        })
        .collect();
    let expected = [
        "comment commented kiln 2: =1+1, and \"more\"",
        "entry approved kiln 2: ",
        "entry created kiln 1: Sales asked.",
        "entry imported zibbler 1: Taken in from a file.",
        "import taken in csv null: 1 new, 0 changed, as drafts",
        "people taken off the list Cleo null: ",
        "people given another role Ben null: curator instead of author",
        "people let in Cleo null: reader, slack U0CLEO of T0ONE",
        "people let in Ben null: author, with a token",
        "trial taken out 1 null: ",
        "trial kept 1 null: ",
    ];
    assert_eq!(told, expected);
    assert_eq!(trail["next_cursor"], Value::Null);

    let first = good(&server, Method::GET, "/api/v1/audit?limit=4&kind=people&until=2026-09-21", &Value::Null).await;
    assert_eq!((first["items"].as_array().unwrap().len(), &first["next_cursor"]), (4, &Value::Null));
    let first = good(&server, Method::GET, "/api/v1/audit?limit=3&kind=people&from=2026-09-21", &Value::Null).await;
    assert_eq!(first["next_cursor"], "3");
    let rest = good(&server, Method::GET, "/api/v1/audit?limit=3&kind=people&cursor=3", &Value::Null).await;
    assert_eq!(rest["items"][0]["subject"], "Ben");
    for nothing in ["who=Ben", "until=2026-09-20", "from=2026-09-22"] {
        let found = good(&server, Method::GET, &format!("/api/v1/audit?{nothing}"), &Value::Null).await;
        assert_eq!(found["items"], json!([]), "{nothing}");
    }
    for wrong in ["kind=all", "from=soon", "limit=-1", "format=xml", "colour=red"] {
        let (status, _) = send_as(&server, TOKEN, Method::GET, &format!("/api/v1/audit?{wrong}"), &Value::Null).await;
        assert_eq!(status, 400, "{wrong}");
    }

    let described = good(&server, Method::GET, "/api/openapi.json", &Value::Null).await;
    let parameters = described["paths"]["/api/v1/audit"]["get"]["parameters"].as_array().unwrap();
    let kinds = parameters.iter().find(|parameter| parameter["name"] == "kind").unwrap();
    for (kind, _) in AUDIT_KINDS {
        assert!(kinds["description"].as_str().unwrap().contains(kind), "{kind} in {kinds}");
    }

    let (kind, table) = text(&server, "/api/v1/audit?format=csv").await;
    assert_eq!(kind, "text/csv; charset=utf-8");
    let time = Timestamp::from_unix_seconds(NOW).rfc3339();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), expected.len() + 1);
    assert_eq!(lines[0], "time,actor,kind,action,subject,revision,detail");
    assert_eq!(
        lines[1],
        format!("{time},administrator,comment,commented,kiln,2,\"'=1+1, and \"\"more\"\"\""),
        "no spreadsheet takes it for a formula"
    );
    let (kind, lines) = text(&server, "/api/v1/audit?format=jsonl&kind=entry").await;
    assert_eq!(kind, "application/jsonl; charset=utf-8");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["action"], "approved");

    // The page says the same, and gives the same file.
    let request = server.client().post(server.url("/glossary/sign-in"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let signed_in = request.body(form(&[("token", TOKEN)])).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = async |path: &str| server.client().get(server.url(path)).header("cookie", &cookie).send().await.unwrap();
    let shown = page("/glossary/audit?who=administrator&kind=entry").await;
    assert_eq!(shown.status(), 200);
    let shown = shown.text().await.unwrap();
    for part in ["created (revision 1)", "Sales asked.", "concepts&#x2f;zibbler", "format=jsonl", "kind=entry"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("given another role"), "{shown}");
    let file = page("/glossary/audit/file?format=csv&kind=people").await;
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"audit.csv\"");
    assert!(file.text().await.unwrap().contains("curator instead of author"));
    for (address, expected) in [
        ("/glossary/audit?from=soon", 422),
        ("/glossary/audit?kind=all", 422),
        ("/glossary/audit/file?until=soon", 422),
        ("/glossary/audit?from=+2026-09-21+&until=", 200),
    ] {
        assert_eq!(page(address).await.status(), expected, "{address}");
    }
    server.stop().await;
}
