//! The manners of the API: a request that is sent twice does one thing, nobody asks too often, and a token is good for what it was made
//! for. The same on both databases.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    config::Secret,
    store::{ANSWERS_KEPT, AnswerClaim, AnswerKey},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, server, small_content},
    server::{NOW, TestServer, form, json},
};

on_both!(
    the_same_request_gives_the_first_answer_again,
    whatever_changes_something_may_carry_a_key,
    a_key_stands_for_one_request_of_one_person,
    what_is_shown_once_is_not_in_the_database,
    of_two_at_once_one_is_done,
    an_answer_is_kept_for_a_day,
    a_token_is_good_for_what_it_was_made_for,
);

async fn sent(server: &TestServer, token: &str, path: &str, key: &str, body: &Value) -> Response {
    let headers = [
        ("authorization", &*format!("Bearer {token}")),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    server.post(path, &headers, body.to_string()).await
}

async fn answered(response: Response) -> (StatusCode, bool, Value) {
    let replayed = response.headers().get("idempotency-replayed").is_some_and(|told| told == "true");
    (response.status(), replayed, json(response).await)
}

fn entry(term: &str) -> Value {
    json!({ "definition": "One copy of the shop.", "terms": [{ "text": term }],
        "examples": { "match": [format!("The {term} is down.")], "no_match": ["The oven is hot."] } })
}

async fn the_same_request_gives_the_first_answer_again(database: Database) {
    let server = server(&database).await;
    let first = sent(&server, TOKEN, "/api/v1/concepts", "\"k-1\"", &entry("kiln")).await;
    let kept = ["location", "etag", "content-type"].map(|name| first.headers()[name].clone());
    let (status, replayed, created) = answered(first).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false), "{created}");
    // With and without quotes it is the same key.
    for key in ["\"k-1\"", "k-1"] {
        let again = sent(&server, TOKEN, "/api/v1/concepts", key, &entry("kiln")).await;
        assert_eq!(["location", "etag", "content-type"].map(|name| again.headers()[name].clone()), kept);
        assert_eq!(answered(again).await, (StatusCode::CREATED, true, created.clone()));
    }
    let history = json(server.get("/api/v1/concepts/kiln/history").await).await;
    assert_eq!(history["items"].as_array().unwrap().len(), 1, "it was done once: {history}");
    // What cannot be used is answered alike, whatever happens meanwhile.
    let wrong = json!({ "definition": "", "terms": [] });
    let (status, _, problem) = answered(sent(&server, TOKEN, "/api/v1/concepts", "k-2", &wrong).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let again = sent(&server, TOKEN, "/api/v1/concepts", "k-2", &wrong).await;
    assert_eq!(again.headers()["content-type"], "application/problem+json");
    assert_eq!(answered(again).await, (status, true, problem));
    server.stop().await;
}

/// Changes and retirements name a revision, so without a key the same request would be refused as outdated.
async fn whatever_changes_something_may_carry_a_key(database: Database) {
    let server = server(&database).await;
    send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &entry("kiln")).await;
    let sent = async |method: Method, key: &str, body: &Value| {
        let request = server.client().request(method, server.url("/api/v1/concepts/kiln")).bearer_auth(TOKEN);
        let request = request.header("content-type", "application/json").header("idempotency-key", key);
        answered(request.body(body.to_string()).send().await.unwrap()).await
    };
    let mut changed = entry("kiln");
    (changed["definition"], changed["revision"]) = (json!("Another copy."), json!(1));
    let (status, replayed, first) = sent(Method::PUT, "p", &changed).await;
    assert_eq!((status, replayed, &first["revision"]), (StatusCode::OK, false, &json!(2)), "{first}");
    assert_eq!(sent(Method::PUT, "p", &changed).await, (StatusCode::OK, true, first.clone()));
    assert_eq!(sent(Method::PUT, "q", &changed).await.0, StatusCode::CONFLICT, "another key is another request");
    assert_eq!(
        sent(Method::POST, "p", &changed).await.0,
        StatusCode::METHOD_NOT_ALLOWED,
        "whatever the key is known for"
    );
    let seen = json!({ "revision": 2 });
    assert_eq!(sent(Method::DELETE, "p", &seen).await.0, StatusCode::UNPROCESSABLE_ENTITY, "and so is another method");
    let (status, _, retired) = sent(Method::DELETE, "d", &seen).await;
    assert_eq!((status, &retired["status"]), (StatusCode::OK, &json!("retired")), "{retired}");
    assert_eq!(sent(Method::DELETE, "d", &seen).await, (StatusCode::OK, true, retired));
    server.stop().await;
}

async fn a_key_stands_for_one_request_of_one_person(database: Database) {
    let server = server(&database).await;
    let (status, answer) =
        send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &json!({ "name": "Ann", "role": "author" })).await;
    assert_eq!(status, 201, "{answer}");
    let ann = answer["token"].as_str().unwrap();
    let create = async |token: &str, key: &str, body: &Value| {
        answered(sent(&server, token, "/api/v1/concepts", key, body).await).await
    };
    assert_eq!(create(TOKEN, "k", &entry("kiln")).await.0, StatusCode::CREATED);
    let (status, _, problem) = create(TOKEN, "k", &entry("oven")).await;
    assert_eq!(
        (status, &problem["title"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("Idempotency-Key is already used"))
    );
    let elsewhere = sent(&server, TOKEN, "/api/v1/requests", "k", &entry("kiln")).await;
    assert_eq!(elsewhere.status(), StatusCode::UNPROCESSABLE_ENTITY, "another address is another request");
    assert_eq!(create(ann, "k", &entry("zibbler")).await.0, StatusCode::CREATED, "somebody else's key is another one");
    assert_eq!(create("0123", "k", &entry("kiln")).await.0, StatusCode::UNAUTHORIZED);
    for key in ["", "\"\"", "two words", &"k".repeat(256)] {
        assert_eq!(create(TOKEN, key, &entry("spire")).await.0, StatusCode::BAD_REQUEST, "{key:?}");
    }
    // What the role does not allow is asked anew, because it may be allowed by then.
    let approve =
        async || sent(&server, ann, "/api/v1/concepts/kiln/approve", "a", &json!({ "revision": 1 })).await.status();
    assert_eq!(approve().await, StatusCode::FORBIDDEN);
    let (status, _) = send_as(&server, TOKEN, Method::PUT, "/api/v1/curators/Ann", &json!({ "role": "curator" })).await;
    assert_eq!((status, approve().await), (StatusCode::OK, StatusCode::OK));
    server.stop().await;
}

async fn what_is_shown_once_is_not_in_the_database(database: Database) {
    let server = server(&database).await;
    let body = json!({ "name": "Ann", "role": "author" });
    let (status, _, first) = answered(sent(&server, TOKEN, "/api/v1/curators", "c-1", &body).await).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        answered(sent(&server, TOKEN, "/api/v1/curators", "c-1", &body).await).await,
        (status, true, first.clone())
    );
    server.stop().await;
    for secret in [first["token"].as_str().unwrap(), TOKEN, "c-1\""] {
        assert!(!database.holds(secret).await, "{secret} is in the database");
    }
}

async fn of_two_at_once_one_is_done(database: Database) {
    let store = database.open().await;
    let now = Timestamp::from_unix_seconds(NOW);
    let key = || AnswerKey::new(&Secret::new(TOKEN), "k");
    let claim = async |request: &str, now| store.claim_answer(&key(), request, now).await.unwrap();
    let (one, other) = tokio::join!(claim("r", now), claim("r", now));
    assert!(
        [&one, &other].contains(&&AnswerClaim::First) && [&one, &other].contains(&&AnswerClaim::InWork),
        "{one:?} {other:?}"
    );
    assert_eq!(claim("s", now).await, AnswerClaim::AnotherRequest);
    store.release_answer(&key()).await.unwrap();
    assert_eq!(claim("s", now).await, AnswerClaim::First, "what failed may come again, as something else too");
    // A process that ended in the middle of it keeps nobody waiting for ever.
    let later = now.plus(std::time::Duration::from_secs(300));
    assert_eq!((claim("s", later).await, claim("s", later).await), (AnswerClaim::First, AnswerClaim::InWork));
    store.close().await;
}

async fn an_answer_is_kept_for_a_day(database: Database) {
    let store = database.open().await;
    let now = Timestamp::from_unix_seconds(NOW);
    let key = || AnswerKey::new(&Secret::new(TOKEN), "k");
    let claim = async |now| store.claim_answer(&key(), "r", now).await.unwrap();
    assert_eq!(claim(now).await, AnswerClaim::First);
    store.keep_answer(&key(), b"done").await.unwrap();
    let almost = Timestamp::from_unix_seconds(now.plus(ANSWERS_KEPT).unix_seconds() - 1);
    store.erase_expired(almost).await.unwrap();
    assert_eq!(claim(almost).await, AnswerClaim::Answered(b"done".to_vec()));
    assert_eq!(claim(now.plus(ANSWERS_KEPT)).await, AnswerClaim::First, "it is too old, whether or not it was erased");
    store.keep_answer(&key(), b"again").await.unwrap();
    store.erase_expired(now.plus(ANSWERS_KEPT * 2)).await.unwrap();
    assert_eq!(database.run("DELETE FROM api_answers").await, 0);
    store.close().await;
}

async fn a_token_is_good_for_what_it_was_made_for(database: Database) {
    let server = server(&database).await;
    let make = async |name: &str, scopes: Value| {
        let body = json!({ "name": name, "role": "admin", "scopes": scopes });
        send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await
    };
    let calls = [
        (Method::GET, "/api/v1/gaps", Value::Null),
        (Method::POST, "/api/v1/requests", json!({ "term": "wobbulator" })),
        (Method::GET, "/api/v1/curators", Value::Null),
        (Method::POST, "/api/v1/rewrite", json!({ "text": "The canary is fine." })),
    ];
    for (name, scopes, expected) in [
        ("all", Value::Null, [200, 201, 200, 200]),
        ("reads", json!(["read"]), [200, 403, 403, 200]),
        ("writes", json!(["write"]), [403, 201, 403, 200]),
        ("both", json!(["write", "read"]), [200, 201, 403, 200]),
        ("rewrites", json!(["rewrite"]), [403, 403, 403, 200]),
    ] {
        let (status, answer) = make(name, scopes).await;
        assert_eq!(status, 201, "{answer}");
        let token = answer["token"].as_str().unwrap();
        for ((method, path, body), expected) in calls.iter().zip(expected) {
            let (status, answer) = send_as(&server, token, method.clone(), path, body).await;
            assert_eq!(status, expected, "{name}: {method} {path}: {answer}");
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let signed_in = server.post("/glossary/sign-in", &headers, form(&[("token", token)])).await;
        assert_eq!(signed_in.status() == StatusCode::SEE_OTHER, name == "all", "{name} signs in to pages");
    }
    for wrong in [json!(["admin"]), json!("read"), json!([1])] {
        assert_eq!(make("wrong", wrong.clone()).await.0, 400, "{wrong}");
    }
    let account = json!({ "name": "Cyd", "role": "reader", "platform": "slack", "workspace": "T1", "person": "U1", "scopes": ["read"] });
    let (status, problem) = send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &account).await;
    assert_eq!(status, 422, "a limit that would not hold is not taken: {problem}");
    let (_, people) = send_as(&server, TOKEN, Method::GET, "/api/v1/curators", &Value::Null).await;
    let both = people["items"].as_array().unwrap().iter().find(|person| person["name"] == "both").unwrap();
    assert_eq!(both["scopes"], json!(["read", "write"]));
    server.stop().await;
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let rate = [("UPSHOT_ADMIN_TOKEN", TOKEN), ("UPSHOT_API_RATE", "3")];
    let server = TestServer::over(small_content(), &rate).await;
    let explain = async |token: &str| {
        let mut request = server.client().get(server.url("/api/v1/explain?q=canary"));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap()
    };
    for left in ["2", "1", "0"] {
        let answer = explain("").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["ratelimit-policy"], "\"minute\";q=3;w=60");
        assert_eq!(answer.headers()["ratelimit"], format!("\"minute\";r={left};t=60"));
    }
    for token in ["", "made-up-1", "made-up-2"] {
        let answer = explain(token).await;
        assert_eq!(answer.status(), 429, "a token that nobody has is no way out: {token}");
        assert_eq!(answer.headers()["retry-after"], "60");
        assert_eq!(answer.headers()["ratelimit"], "\"minute\";r=0;t=60");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(json(answer).await["title"], "Too many requests");
    }
    assert_eq!(
        explain(TOKEN).await.headers()["ratelimit"],
        "\"minute\";r=2;t=60",
        "a token of somebody counts for itself"
    );
    for path in ["/glossary", "/healthz", "/"] {
        assert_eq!(server.get(path).await.status(), 200, "{path} is no part of the API");
    }
    // What may be tried there is held to the same number.
    let tried = form(&[("token", "made-up-3")]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(server.post("/glossary/sign-in", &headers, tried).await.status(), 429);
    server.stop().await;
    for rate in [None, Some("off")] {
        let rate: Vec<(&str, &str)> = rate.map(|rate| ("UPSHOT_API_RATE", rate)).into_iter().collect();
        let server = TestServer::over(small_content(), &rate).await;
        let answer = server.get("/api/v1/explain?q=canary").await;
        assert_eq!((answer.status(), answer.headers().get("ratelimit")), (StatusCode::OK, None), "{rate:?}");
        server.stop().await;
    }
}
