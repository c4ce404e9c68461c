//! A Backstage catalogue goes into the glossary: a folder of descriptions, and one file over the API.

use std::{fs, path::Path};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    cli::{finish, upshot},
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, server},
    server::Folder,
};

on_both!(a_catalogue_is_taken_in_over_the_api_and_curators_win);

fn catalogue() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/backstage/shop")
}

fn run(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let output = finish(upshot(folder).args(arguments));
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), told)
}

#[test]
fn a_folder_of_descriptions_becomes_entries() {
    let folder = Folder::new();
    let catalogue = catalogue();
    let path = catalogue.to_str().unwrap();
    let (code, told) = run(&folder, &["glossary", "diff", path]);
    assert_eq!(code, 1, "{told}");
    let expected = "\
        catalog-info.yaml, line 2: new commerce\n\
        catalog-info.yaml, line 11: new zuhrt-shop\n\
        catalog-info.yaml, line 21: left out shop-leads\n    A group is taken in as the owner of what it owns.\n\
        catalog-info.yaml, line 31: left out elena\n    A glossary says nothing of the kind User.\n\
        catalog-info.yaml, line 38: left out all-of-it\n    This names other files. Take those in, or the folder with all of them.\n\
        checkout/catalog-info.yaml, line 1: new zibbler-checkout\n\
        checkout/catalog-info.yaml, line 24: new zibbler-payments\n\
        checkout/catalog-info.yaml, line 35: new quonbase\n\
        orders/catalog-info.yml, line 1: new search\n\
        orders/catalog-info.yml, line 9: left out search\n    “search” is the name of the Component on line 1 of orders/catalog-info.yml already, which counts.\n";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("orders/catalog-info.yml, line 15: left out rollback\n"), "{told}");
    assert!(told.contains("There is an entry “rollback” already, which is kept: "), "{told}");
    assert!(told.ends_with("6 new, 0 changed, 0 unchanged, 5 left out, 0 refused.\n"), "{told}");

    let (code, told) = run(&folder, &["glossary", "import", path, "--approve"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.ends_with("5 left out, 0 refused. They are in answers now.\n"), "{told}");
    let (_, again) = run(&folder, &["glossary", "import", path, "--approve"]);
    assert!(again.ends_with("0 new, 0 changed, 6 unchanged, 5 left out, 0 refused.\n"), "once is enough: {again}");

    let (_, given) = run(&folder, &["glossary", "export", "--format", "yaml"]);
    for part in [
        "definition: Takes the payment of a basket and tells the warehouse.",
        "definition: Everything between a full basket and a paid order.",
        "definition: An interface between programs of Zuhrt Shop.",
        "gloss: a service of Zuhrt Shop",
        "gloss: a group of services of Commerce",
        "owner: Leads of the Shop",
        "owner: team-zibbler",
        "owner: elena",
        "Runbook: https://runbooks.example.com/zibbler",
        "Tags: java, rollback",
    ] {
        assert!(given.contains(part), "{part} in {given}");
    }
    assert!(!given.contains("- java"), "only what the glossary has is related: {given}");
    for related in ["- zuhrt-shop", "- zibbler-payments", "- quonbase", "- rollback"] {
        assert!(given.contains(related), "{related} in {given}");
    }
    fs::write(folder.path().join("given.yaml"), given).unwrap();
    let (code, told) = run(&folder, &["glossary", "diff", "given.yaml"]);
    assert_eq!(code, 0, "what was taken in is given out whole: {told}");
    let (code, told) = run(&folder, &["glossary", "export", "--format", "backstage"]);
    assert_eq!(code, 2, "{told}");
}

const COMPONENT: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: zibbler-checkout\n  \
    description: Takes payments.\nspec:\n  type: service\n  owner: team-zibbler\n";

async fn take_in(server: &super::server::TestServer, text: &str, query: &str) -> Value {
    let path = format!("/api/v1/import?format=backstage{query}");
    let request = server.client().post(server.url(&path)).bearer_auth(TOKEN).body(text.to_owned());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    super::server::json(response).await
}

async fn a_catalogue_is_taken_in_over_the_api_and_curators_win(database: Database) {
    let server = server(&database).await;
    let dry = take_in(&server, COMPONENT, "&dry_run=true").await;
    assert_eq!((&dry["is_written"], &dry["created"]), (&json!(false), &json!(1)), "{dry}");
    let drafts = take_in(&server, COMPONENT, "").await;
    assert_eq!((&drafts["is_written"], &drafts["lines"][0]["outcome"]), (&json!(true), &json!("created")), "{drafts}");
    let (_, draft) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler-checkout", &Value::Null).await;
    assert_eq!((&draft["status"], &draft["revision"]), (&json!("draft"), &json!(1)), "{draft}");
    let (status, answer) =
        send_as(&server, TOKEN, Method::POST, "/api/v1/concepts/zibbler-checkout/approve", &json!({ "revision": 1 }))
            .await;
    assert_eq!(status, 200, "{answer}");

    // A name stays, with what it is.
    let rewritten =
        server.post("/api/v1/rewrite", &[], json!({ "text": "zibbler-checkout is down." }).to_string()).await;
    let rewritten = super::server::json(rewritten).await;
    assert!(rewritten["plain"].as_str().unwrap().contains("zibbler-checkout"), "{rewritten}");
    let explained = super::server::json(server.get("/api/v1/explain?q=what+is+zibbler-checkout").await).await;
    assert_eq!((&explained["definition"], &explained["owner"]), (&json!("Takes payments."), &json!("team-zibbler")));

    // What the catalogue says anew counts as long as nobody here said something else.
    let other = COMPONENT.replace("Takes payments", "Takes money");
    let changed = take_in(&server, &other, "&approve=true").await;
    assert_eq!(changed["lines"][0]["fields"], json!(["definition"]), "{changed}");
    assert_eq!(take_in(&server, &other, "&approve=true").await["unchanged"], 1);
    let (_, mut entry) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler-checkout", &Value::Null).await;
    entry["definition"] = json!("Takes the money of customers.");
    let (status, answer) = send_as(&server, TOKEN, Method::PUT, "/api/v1/concepts/zibbler-checkout", &entry).await;
    assert_eq!(status, 200, "{answer}");
    let kept = take_in(&server, COMPONENT, "&approve=true").await;
    assert_eq!((&kept["kept"], &kept["is_written"]), (&json!(1), &json!(false)), "{kept}");
    assert_eq!(kept["lines"][0]["messages"], json!(["Curators decided about this entry, and their words are kept."]));
    let (_, entry) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler-checkout", &Value::Null).await;
    assert_eq!(entry["definition"], "Takes the money of customers.");

    // What is no catalogue is told, and keeps everything out.
    for (text, told) in [
        ("just words", "This describes nothing"),
        ("kind: Component\nmetadata: {name: '--'}\n", "has neither letters nor digits"),
    ] {
        let request = server.client().post(server.url("/api/v1/import?format=backstage")).bearer_auth(TOKEN);
        let response = request.body(text.to_owned()).send().await.unwrap();
        assert_eq!(response.status(), 422, "{text}");
        assert!(response.text().await.unwrap().contains(told), "{text}");
    }
    server.stop().await;
}
