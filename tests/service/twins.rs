//! Two people write about the same at once: the second one reads it before anything is saved, and not when the second entry is
//! approved. The same in an answer of the API, in the editor and in a file; chats have it in their own tests.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    console::Session,
    databases::{Database, on_both},
    glossary::{TOKEN, good, good_as, server},
    server::TestServer,
};

on_both!(
    what_is_being_written_is_told_before_it_is_saved,
    a_file_tells_what_others_are_writing,
    places_keep_to_themselves
);

fn entry(id: &str, term: &str, definition: &str) -> Value {
    json!({ "id": id, "definition": definition, "terms": [{ "text": term }],
        "examples": { "match": [format!("The {term} is down.")], "no_match": ["The oven is hot."] } })
}

fn warnings(view: &Value) -> Vec<&str> {
    let warnings = view["warnings"].as_array();
    warnings.into_iter().flatten().map(|warning| warning["message"].as_str().unwrap()).collect()
}

async fn author(server: &TestServer, name: &str) -> String {
    let made = good(server, Method::POST, "/api/v1/curators", &json!({ "name": name, "role": "author" })).await;
    made["token"].as_str().unwrap().to_owned()
}

async fn what_is_being_written_is_told_before_it_is_saved(database: Database) {
    let server = server(&database).await;
    let ann = author(&server, "Ann").await;
    let first = entry("zibbler", "zibbler", "One whole copy of the shop, with its own machines.");
    assert_eq!(warnings(&good_as(&server, &ann, Method::POST, "/api/v1/concepts", &first).await), [""; 0]);

    let shared = "“zibbler” is a term of “zibbler” (a draft by Ann) too, which is not in answers yet: One whole copy of the shop, with \
                  its own machines. Agree on one of them, or say near which words each is meant.";
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let form = [
        ("terms", "Zibbler"),
        ("id", "zibbler-2"),
        ("definition", "A kind of bird."),
        ("match", "The zibbler is down."),
        ("no_match", "It is hot."),
        ("then", "draft"),
    ];
    let asked = session.post("/glossary/new", &form).await;
    assert_eq!(asked.status(), 422);
    let text = asked.text().await.unwrap();
    assert!(text.contains("Look at these before it is saved") && text.contains(shared), "{text}");
    assert_eq!(server.get("/api/v1/concepts/zibbler-2").await.status(), 404, "nothing is saved before it was read");

    // Handed in it is told as that; forms, slips and nearly the same definition are told too.
    good_as(&server, &ann, Method::POST, "/api/v1/concepts/zibbler/submit", &Value::Null).await;
    for (term, definition, expected) in [
        ("Zibbler", "A kind of bird.", shared.replace("a draft by Ann", "in review, handed in by Ann")),
        (
            "zibblers",
            "A kind of bird.",
            "“zibblers” is another form of “zibbler”, a term of “zibbler” (in review, handed in by Ann), which is found in all \
             its forms."
                .to_owned(),
        ),
        (
            "zibblar",
            "A kind of bird.",
            "“zibblar” is nearly “zibbler”, a term of “zibbler” (in review, handed in by Ann). If both mean the same, add yours \
             there."
                .to_owned(),
        ),
        (
            "quon",
            "One whole copy of the shop with its own machines",
            "The definition is nearly that of “zibbler” (in review, handed in by Ann): agree on one of them, or say what is \
             different."
                .to_owned(),
        ),
    ] {
        let preview = [("terms", term), ("definition", definition), ("id", "other"), ("sentence", "It is down.")];
        let preview = super::server::json(session.post("/glossary/preview", &preview).await).await;
        assert_eq!(preview["warnings"], json!([expected]), "{preview}");
    }

    // Whoever saves it all the same is told, and so is everybody who looks at one of the two.
    let saved =
        good(&server, Method::POST, "/api/v1/concepts", &entry("zibbler-2", "zibbler", "A kind of bird.")).await;
    assert_eq!(warnings(&saved), [shared.replace("a draft by Ann", "in review, handed in by Ann")]);
    let first = good(&server, Method::GET, "/api/v1/concepts/zibbler", &Value::Null).await;
    let told = "“zibbler” is a term of “zibbler-2” (a draft by administrator) too, which is not in answers yet: A kind of bird. \
                Agree on one of them, or say near which words each is meant.";
    assert_eq!(warnings(&first), [told]);
    good(&server, Method::POST, "/api/v1/concepts/zibbler/approve", &json!({ "revision": 2 })).await;
    let first = good(&server, Method::GET, "/api/v1/concepts/zibbler", &Value::Null).await;
    assert_eq!(warnings(&first), [""; 0], "what is in answers is told to whoever writes the other one");

    // What counts already is told once, and not again of its draft.
    good(&server, Method::PUT, "/api/v1/concepts/zibbler", &json!({ "revision": 3, "definition": "Something else.",
        "terms": [{ "text": "zibbler" }], "examples": { "match": ["The zibbler is down."], "no_match": ["It is hot."] } }))
    .await;
    let second = entry("zibbler-2", "zibbler", "A sort of bird.");
    let second = good(&server, Method::PUT, "/api/v1/concepts/zibbler-2", &second).await;
    assert!(!second.to_string().contains("not in answers yet"), "{second}");
    assert!(warnings(&second)[0].starts_with("“zibbler” is a term of “zibbler” already"), "{second}");
    server.stop().await;
}

async fn a_file_tells_what_others_are_writing(database: Database) {
    let server = server(&database).await;
    let ann = author(&server, "Ann").await;
    good_as(&server, &ann, Method::POST, "/api/v1/concepts", &entry("zibbler", "zibbler", "A copy of the shop.")).await;
    let table = "id,term,definition,match,no_match\n\
                 quon,zibbler,A kind of bird.,The zibbler is down.,It is hot.\n";
    let headers = [("authorization", &*format!("Bearer {TOKEN}")), ("content-type", "text/csv")];
    let report = server.post("/api/v1/import?dry_run=true", &headers, table.to_owned()).await;
    let report = super::server::json(report).await;
    assert_eq!(
        report["lines"][0]["messages"],
        json!(["“zibbler” is a term of “zibbler” (a draft by Ann) too, which is not in answers yet."]),
        "{report}"
    );
    server.stop().await;
}

/// What somebody writes for one place is no business of another one.
async fn places_keep_to_themselves(database: Database) {
    let server = server(&database).await;
    let mut placed = entry("zibbler-t1", "zibbler", "A copy of the shop.");
    placed["scope"] = json!(["slack:T1"]);
    good(&server, Method::POST, "/api/v1/concepts", &placed).await;
    let mut elsewhere = entry("zibbler-t2", "zibbler", "A kind of bird.");
    elsewhere["scope"] = json!(["slack:T2"]);
    assert_eq!(warnings(&good(&server, Method::POST, "/api/v1/concepts", &elsewhere).await), [""; 0]);
    let everywhere = entry("zibbler", "zibbler", "A kind of bird.");
    assert_eq!(warnings(&good(&server, Method::POST, "/api/v1/concepts", &everywhere).await), [""; 0]);
    elsewhere["id"] = json!("zibbler-both");
    elsewhere["scope"] = json!(["slack:T1", "slack:T3"]);
    let both = good(&server, Method::POST, "/api/v1/concepts", &elsewhere).await;
    assert_eq!(warnings(&both).len(), 1, "{both}");
    server.stop().await;
}
