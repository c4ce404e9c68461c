//! The tab in Teams: who looks, by the token that comes along, and what they see.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_openid::{FakeOpenId, Signature, TENANT},
    server::{NOW, TestServer},
    sign_in::{as_admin, server, server_at},
};

on_both!(everybody_sees_what_their_role_allows, the_same_id_in_another_tenant_is_another_person);

const ADDRESS: &str = "/teams/tab/view";

async fn ask(server: &TestServer, token: &str, wish: &Value) -> Response {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", &*authorization), ("content-type", "application/json")];
    server.post(ADDRESS, &headers, wish.to_string()).await
}

async fn seen(server: &TestServer, token: &str, wish: &Value) -> Value {
    let response = ask(server, token, wish).await;
    let headers = response.headers().clone();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert!(!headers.contains_key("set-cookie"), "a frame has no cookies");
    assert!(!headers.contains_key("access-control-allow-origin"), "other sites cannot read it");
    serde_json::from_str(&text).unwrap()
}

async fn let_in(server: &TestServer, role: &str, person: &str, tenant: &str) {
    let body = json!({ "name": format!("{person} of {tenant}, {role}"), "role": role, "platform": "teams", "workspace": tenant, "person": person });
    let (status, answer) = as_admin(server, Method::POST, "/api/v1/curators", &body).await;
    assert_eq!(status, 201, "{answer}");
}

async fn hand_in(server: &TestServer, term: &str, scope: &[String]) {
    let body = json!({
        "definition": format!("What {term} is."), "terms": [{ "text": term }], "status": "in_review", "scope": scope,
        "examples": { "match": [format!("The {term} is down.")], "no_match": ["The oven is hot."] },
    });
    let (status, answer) = as_admin(server, Method::POST, "/api/v1/concepts", &body).await;
    assert_eq!(status, 201, "{answer}");
}

/// A reader that is not chosen.
fn another_reader(page: &Value) -> String {
    let readers = page["readers"].as_array().unwrap();
    let other = readers.iter().find(|reader| reader["id"] != page["reader"]).unwrap();
    other["id"].as_str().unwrap().to_owned()
}

async fn everybody_sees_what_their_role_allows(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    hand_in(&server, "kiln", &[]).await;
    let roles = [("reader", false), ("author", true), ("curator", true), ("admin", true)];
    for (role, _) in roles {
        let_in(&server, role, &format!("oid-{role}"), TENANT).await;
    }
    let people = roles.into_iter().chain([("without a role", false)]);
    for (role, sees_the_queue) in people {
        let token = openid.tab_token(&json!({ "oid": format!("oid-{role}") }));
        let page = seen(&server, &token, &json!("show")).await;
        let handed_in = page["waiting"]["handed_in"].as_array();
        assert_eq!(handed_in.is_some(), sees_the_queue, "{role}: {page}");
        if let Some(handed_in) = handed_in {
            assert_eq!((&handed_in[0]["term"], handed_in.len()), (&json!("kiln"), 1), "{role}: {page}");
            assert_eq!(handed_in[0]["definition"], "What kiln is.");
            assert_eq!(
                (&handed_in[0]["origin"], &page["waiting"]["all_handed_in"]),
                (&json!("changed here"), &json!(1))
            );
        }
        assert_eq!(page["requests"], json!([]), "{role}");
        let found = seen(&server, &token, &json!({ "find": "rollback" })).await;
        assert_eq!(found["entries"][0]["id"], "rollback", "{role}: {found}");
        // A reader that somebody chooses is theirs alone, here and in the conversation.
        let other = another_reader(&page);
        let chosen = seen(&server, &token, &json!({ "reader": other })).await;
        assert_eq!(chosen["reader"], other, "{role}: {chosen}");
        assert!(!chosen["note"].as_str().unwrap().is_empty());
        let unknown = seen(&server, &token, &json!({ "reader": "nobody at all" })).await;
        assert_eq!(unknown["reader"], other, "{role}: {unknown}");
    }
    server.stop().await;
}

async fn the_same_id_in_another_tenant_is_another_person(database: Database) {
    const OTHER: &str = "7d9f8b20-3c4e-4a7b-8d2f-1e3a5b7c9d0f";
    let openid = FakeOpenId::start().await;
    let both = format!("{TENANT},{OTHER}");
    let server = server_at(NOW, &openid, &database, &[("TEAMS_ALLOWED_TENANTS", &both)]).await;
    let_in(&server, "curator", "oid-a", TENANT).await;
    let_in(&server, "curator", "oid-a", OTHER).await;
    let issuer = format!("https://login.microsoftonline.com/{OTHER}/v2.0");
    let own = openid.tab_token(&json!({ "oid": "oid-a" }));
    let other = openid.tab_token(&json!({ "oid": "oid-a", "tid": OTHER, "iss": issuer }));
    let reader = |page: &Value| page["reader"].as_str().unwrap().to_owned();
    let page = seen(&server, &own, &json!("show")).await;
    let chosen = another_reader(&page);
    seen(&server, &own, &json!({ "reader": chosen })).await;
    assert_eq!(reader(&seen(&server, &own, &json!("show")).await), chosen);
    assert_eq!(reader(&seen(&server, &other, &json!("show")).await), reader(&page));
    // Nor does what waits in one tenant wait in the other, or is found there.
    hand_in(&server, "kiln", &[format!("teams:{OTHER}")]).await;
    for (token, entries) in [(&own, 0), (&other, 1)] {
        let waiting = seen(&server, token, &json!("show")).await;
        assert_eq!(waiting["waiting"]["handed_in"].as_array().map(Vec::len), Some(entries), "{waiting}");
        let found = seen(&server, token, &json!({ "find": "kiln" })).await;
        assert_eq!(found["entries"].as_array().map(Vec::len), Some(entries), "{found}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_believed_but_whom_entra_names_for_this_app() {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &Database::sqlite()).await;
    let good = openid.tab_token(&json!({}));
    assert_eq!(ask(&server, &good, &json!("show")).await.status(), 200);
    let several = openid.tab_token(&json!({ "scp": "User.Read access_as_user" }));
    assert_eq!(ask(&server, &several, &json!("show")).await.status(), 200);
    for (claims, status, why) in [
        (json!({ "aud": "another-app" }), 401, "made out to another app"),
        (json!({ "aud": "api://localhost/botid-6f1d2c3b" }), 401, "a token of the first version"),
        (
            json!({ "iss": "https://login.microsoftonline.com/0e0e/v2.0" }),
            401,
            "issued by another tenant than it names",
        ),
        (json!({ "iss": "https://sts.windows.net/5c8e7a10/" }), 401, "issued by the first version"),
        (
            json!({ "tid": "0e0e", "iss": "https://login.microsoftonline.com/0e0e/v2.0" }),
            403,
            "another tenant's person",
        ),
        (
            json!({
                "tid": "9188040d-6c67-4c5b-b112-36a304b66dad",
                "iss": "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            }),
            403,
            "a personal account",
        ),
        (json!({ "exp": NOW - 301 }), 401, "expired"),
        (json!({ "nbf": NOW + 301, "iat": NOW + 301 }), 401, "not valid yet"),
        (json!({ "oid": "" }), 401, "nobody"),
        (json!({ "oid": null }), 401, "nobody"),
        (json!({ "scp": null }), 401, "an identity token, which opens nothing"),
        (json!({ "scp": "access_as_user_too" }), 401, "another scope"),
        (json!({ "scp": "User.Read" }), 401, "another scope"),
    ] {
        let response = ask(&server, &openid.tab_token(&claims), &json!("show")).await;
        assert_eq!(response.status(), status, "{why}");
        assert_eq!(response.text().await.unwrap(), "", "{why}");
    }
    for signature in Signature::WRONG {
        openid.sign(signature);
        let response = ask(&server, &openid.tab_token(&json!({})), &json!("show")).await;
        assert_eq!(response.status(), 401, "{signature:?}");
    }
    openid.sign(Signature::Right);
    // What was said in a wrong way, by somebody who is known.
    for wish in [
        json!({}),
        json!({ "find": 1 }),
        json!("find"),
        json!({ "show": null, "find": "x" }),
        json!({ "role": "admin" }),
    ] {
        assert_eq!(ask(&server, &good, &wish).await.status(), 400, "{wish}");
    }
    let long = json!({ "find": "x".repeat(8_000) });
    assert_eq!(ask(&server, &good, &long).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    server.stop().await;
}

#[tokio::test]
async fn a_person_is_answered_so_often_and_others_all_the_same() {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &Database::sqlite()).await;
    let (one, other) = (openid.tab_token(&json!({ "oid": "one" })), openid.tab_token(&json!({ "oid": "other" })));
    for number in 1..=120 {
        assert_eq!(ask(&server, &one, &json!({})).await.status(), 400, "{number}");
    }
    let refused = ask(&server, &one, &json!("show")).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "60");
    // Another token of the same person is no way around.
    let fresh = openid.tab_token(&json!({ "oid": "one", "iat": NOW - 1 }));
    assert_eq!(ask(&server, &fresh, &json!("show")).await.status(), 429);
    assert_eq!(ask(&server, &other, &json!("show")).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_told_and_nobody_is_let_in() {
    let openid = FakeOpenId::start().await;
    openid.answer(&format!("/{TENANT}/discovery/v2.0/keys"), 500, "");
    let server = server(&openid, &Database::sqlite()).await;
    assert_eq!(ask(&server, &openid.tab_token(&json!({})), &json!("show")).await.status(), 503);
    server.stop().await;
}

#[tokio::test]
async fn teams_may_show_the_page_in_a_frame_and_nobody_else() {
    let server = TestServer::start().await;
    for (path, content_type) in [
        ("/teams/tab", "text/html; charset=utf-8"),
        ("/teams/tab.js", "text/javascript; charset=utf-8"),
        ("/teams/MicrosoftTeams.min.js", "text/javascript; charset=utf-8"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers();
        assert_eq!(headers["content-type"], content_type);
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers.contains_key("x-frame-options"), "it names no hosts");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let (rest, frames) = policy.split_once("; frame-ancestors ").unwrap();
        let usual = server.get("/").await.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert_eq!(usual, format!("{rest}; frame-ancestors 'none'"), "only that is different");
        for host in frames.split(' ') {
            let (scheme, name) = host.split_once("://").unwrap();
            let ours =
                ["microsoft.com", "cloud.microsoft", "microsoft365.com", "office.com", "office365.com", "microsoft.us"];
            assert!(scheme == "https" && ours.iter().any(|ours| name.ends_with(ours)), "{host}");
        }
    }
    // What a page of ours does in a frame, it does nowhere else.
    let console = server.get("/glossary").await;
    assert_eq!(console.headers()["x-frame-options"], "DENY");
    server.stop().await;
}
