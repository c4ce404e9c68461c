//! The editor and the page of an entry, where several people or several entries meet.

use serde_json::json;

use super::{
    console::Session,
    databases::{Database, on_both},
    glossary::{TOKEN, kiln, send_as, server},
};

on_both!(whoever_is_overtaken_sees_the_others_words_beside_their_own, entries_lead_to_their_neighbours,);

/// A form of the editor that was filled from this revision.
fn form<'f>(revision: &'f str, definition: &'f str) -> [(&'f str, &'f str); 7] {
    [
        ("revision", revision),
        ("terms", "kiln"),
        ("definition", definition),
        ("match", "The kiln is down."),
        ("no_match", "The oven is hot."),
        ("subject_field", "platform"),
        ("then", "draft"),
    ]
}

async fn whoever_is_overtaken_sees_the_others_words_beside_their_own(database: Database) {
    let server = server(&database).await;
    let (status, told) = send_as(&server, TOKEN, reqwest::Method::POST, "/api/v1/concepts", &kiln()).await;
    assert_eq!(status, 201, "{told}");
    let (one, other) =
        (Session::open(&server, &[("token", TOKEN)]).await, Session::open(&server, &[("token", TOKEN)]).await);
    let path = "/glossary/concepts/kiln/edit";
    assert_eq!(one.post(path, &form("1", "A group of machines.")).await.status(), 303);
    let late = other.post(path, &form("1", "One copy of the shop.")).await;
    assert_eq!(late.status(), 422);
    let text = late.text().await.unwrap();
    for part in [
        "Somebody changed “kiln” after you looked",
        "Revision 2, which administrator wrote meanwhile",
        "<td data-label=\"Theirs\">A group of machines.</td><td data-label=\"Yours\">One copy of the shop.</td>",
        "name=\"revision\" value=\"2\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // What was seen may be followed.
    assert_eq!(other.post(path, &form("2", "One copy of the shop.")).await.status(), 303);
    let history = other.get("/glossary/concepts/kiln").await;
    assert!(history.contains("Revision 3") && history.contains("One copy of the shop."), "{history}");
    server.stop().await;
}

async fn entries_lead_to_their_neighbours(database: Database) {
    let server = server(&database).await;
    let mut entry = kiln();
    entry["related"] = json!(["rollback", "nothing-here"]);
    entry["source"] = json!("The platform handbook, page 3");
    let (status, told) = send_as(&server, TOKEN, reqwest::Method::POST, "/api/v1/concepts", &entry).await;
    assert_eq!(status, 201, "{told}");
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let kiln = session.get("/glossary/concepts/kiln").await;
    for part in
        ["<a href=\"/glossary/concepts/rollback\">rollback</a>", ">nothing-here</a>", "The platform handbook, page 3"]
    {
        assert!(kiln.contains(part), "{part}: {kiln}");
    }
    assert!(!kiln.contains("Named as related by"), "{kiln}");
    let rollback = session.get("/glossary/concepts/rollback").await;
    assert!(rollback.contains("Named as related by"), "{rollback}");
    assert!(rollback.contains("<a href=\"/glossary/concepts/kiln\">kiln</a>"), "{rollback}");
    // A retired entry names nothing.
    let retired = session.post("/glossary/concepts/kiln/step", &[("step", "retire"), ("revision", "1")]).await;
    assert_eq!(retired.status(), 303);
    assert!(!session.get("/glossary/concepts/rollback").await.contains("Named as related by"));
    server.stop().await;
}
