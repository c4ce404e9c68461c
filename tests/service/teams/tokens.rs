//! Who may deliver to the bot: only the bot service, only for us, only where its token says.

use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::task::JoinSet;

use super::{
    APP, NOW,
    fake::{FakeTeams, claims, deliver_with, token},
    fixture,
};
use crate::{delivery::until, server::TestServer};

/// A delivery that nobody answers, so that nothing is sent to the address that the kit's tokens name.
const QUIET: &str = "11-message-reaction.json";

#[tokio::test]
async fn every_header_of_the_kit_is_answered_as_it_says() {
    let teams = FakeTeams::start().await;
    let kit = fixture("24-auth-kit.json");
    let server = teams.server_with(kit["now"].as_i64().unwrap(), &[]).await;
    let activity = fixture(QUIET);
    let cases = kit["cases"].as_array().unwrap();
    assert!(cases.len() >= 20);
    // Twice, because a token that was believed once is remembered.
    for case in cases.iter().chain(cases) {
        let response = deliver_with(&server, &activity, case["authorization"].as_str()).await;
        let expected = case["expect"].as_u64().unwrap_or(200);
        assert_eq!(u64::from(response.status().as_u16()), expected, "{}: {}", case["name"], case["why"]);
        assert_eq!(response.text().await.unwrap(), "", "{}", case["name"]);
    }
    assert_eq!(teams.asked("/keys"), 2, "one fetch, and one look for the unknown key");
    server.stop().await;
}

#[tokio::test]
async fn a_token_speaks_for_one_address_one_channel_and_one_app() {
    let teams = FakeTeams::start().await;
    teams.add_key("for slack", Some("slack"));
    teams.add_key("for nobody", None);
    let server = teams.server().await;
    let activity = teams.activity(QUIET);
    let service = teams.service();
    let changed = |name: &str, value| {
        let mut changed = claims(&service);
        changed[name] = value;
        token("test-key", &changed)
    };
    let emulator = json!("https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/");
    let foreign = json!("https://smba.trafficmanager.net.example.com/");
    for (header, status) in [
        (token("test-key", &claims(&service)), 200),
        (token("test-key", &claims(service.trim_end_matches('/'))), 200),
        (token("for slack", &claims(&service)), 403),
        (token("for nobody", &claims(&service)), 403),
        (changed("aud", json!(format!("api://{APP}"))), 401),
        (changed("aud", json!([APP])), 401),
        (changed("iss", emulator), 401),
        (changed("serviceurl", json!(null)), 401),
        (changed("serviceurl", foreign.clone()), 401),
        (changed("exp", json!(NOW - 301)), 401),
        (changed("exp", json!(NOW - 299)), 200),
        (changed("exp", json!(null)), 401),
        (changed("nbf", json!(NOW + 301)), 401),
        (changed("nbf", json!("0")), 401),
        (token("test-key", &claims(&service)).replace("Bearer ", "bearer  "), 200),
        (token("test-key", &claims(&service)) + "x", 401),
        (format!("Bearer {}", "a.".repeat(20_000)), 401),
    ] {
        assert_eq!(deliver_with(&server, &activity, Some(&header)).await.status(), status, "{header}");
    }
    for (field, value, status) in [
        ("channelId", json!("slack"), 403),
        ("channelId", json!(null), 400),
        ("conversation", json!({}), 400),
        ("serviceUrl", json!(""), 400),
        ("serviceUrl", json!(teams.url("/elsewhere/")), 401),
    ] {
        let mut changed = activity.clone();
        changed[field] = value;
        let header = token("test-key", &claims(&service));
        assert_eq!(deliver_with(&server, &changed, Some(&header)).await.status(), status, "{changed}");
    }
    let mut evil = activity.clone();
    evil["serviceUrl"] = foreign;
    assert_eq!(teams.deliver(&server, &evil).await.status(), 403, "a forged address is not sent our token");
    server.stop().await;
}

#[tokio::test]
async fn only_listed_tenants_are_answered() {
    let teams = FakeTeams::start().await;
    let tenant = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
    let server = teams.server_with(NOW, &[("MICROSOFT_APP_TENANT_ID", tenant)]).await;
    let activity = teams.activity(QUIET);
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200);
    let mut other = activity.clone();
    other["conversation"]["tenantId"] = json!("another");
    assert_eq!(teams.deliver(&server, &other).await.status(), 403, "the two places must agree");
    other["channelData"]["tenant"]["id"] = json!("another");
    assert_eq!(teams.deliver(&server, &other).await.status(), 403);
    server.stop().await;
}

#[tokio::test]
async fn known_keys_work_on_whatever_becomes_of_their_address() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let activity = teams.activity(QUIET);
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200);
    // A key that came since is found at the first look; made-up names cause no second one.
    teams.add_key("new", Some("msteams"));
    let with = |key: &str| token(key, &claims(&teams.service()));
    assert_eq!(deliver_with(&server, &activity, Some(&with("new"))).await.status(), 200);
    for number in 0..50 {
        let header = with(&format!("made up {number}"));
        assert_eq!(deliver_with(&server, &activity, Some(&header)).await.status(), 401);
    }
    assert_eq!(teams.asked("/keys"), 2);
    teams.hang();
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200);
    assert_eq!(deliver_with(&server, &activity, Some(&with("new"))).await.status(), 200);
    server.stop().await;
}

/// What vouches for a delivery, however late it is.
fn lasting(teams: &FakeTeams, key: &str) -> String {
    let mut claims = claims(&teams.service());
    claims["exp"] = json!(NOW + 1_000_000);
    token(key, &claims)
}

#[tokio::test]
async fn keys_are_fetched_again_after_a_day_and_an_unknown_one_is_looked_for_after_five_minutes() {
    let teams = FakeTeams::start().await;
    let (server, millis) = teams.turned_server(&[]).await;
    let activity = teams.activity(QUIET);
    let ask = async |key: &str| deliver_with(&server, &activity, Some(&lasting(&teams, key))).await.status().as_u16();
    assert_eq!(ask("test-key").await, 200);
    assert_eq!(ask("late").await, 401);
    assert_eq!(teams.asked("/keys"), 2, "one fetch, and one look");
    teams.add_key("late", Some("msteams"));
    for (later, status, fetches) in [(299_000, 401, 2), (2_000, 200, 3)] {
        millis.fetch_add(later, Ordering::Relaxed);
        assert_eq!((ask("late").await, teams.asked("/keys")), (status, fetches), "{later}");
    }
    let day = 24 * 60 * 60 * 1_000;
    millis.fetch_add(day - 1_000, Ordering::Relaxed);
    assert_eq!((ask("late").await, teams.asked("/keys")), (200, 3), "a day is not over");
    millis.fetch_add(2_000, Ordering::Relaxed);
    assert_eq!(ask("late").await, 200, "nobody waits for the fetch");
    until("the keys are fetched again", async || teams.asked("/keys") == 4).await;
    server.stop().await;
}

#[tokio::test]
async fn a_token_for_answers_is_renewed_five_minutes_before_it_ends() {
    let mut teams = FakeTeams::start().await;
    let (server, millis) = teams.turned_server(&[]).await;
    // It is good for 3,599 seconds.
    for (number, (later, token)) in [(0, "token-1"), (3_298_000, "token-1"), (2_000, "token-2")].into_iter().enumerate()
    {
        millis.fetch_add(later, Ordering::Relaxed);
        let mut message = teams.activity("02-message-personal.json");
        message["conversation"]["id"] = json!(format!("a:{number}"));
        assert_eq!(deliver_with(&server, &message, Some(&lasting(&teams, "test-key"))).await.status(), 200);
        assert_eq!(teams.next().await.headers["authorization"], format!("Bearer {token}"), "{later}");
    }
    server.stop().await;
}

/// The check and the answer have one time together: a key that has to be fetched first takes some of it.
#[tokio::test]
async fn who_cannot_be_checked_in_time_is_told_to_come_again() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let activity = teams.activity("17-query.json");
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200);
    teams.hang();
    let late = token("late", &claims(&teams.service()));
    assert_eq!(deliver_with(&server, &activity, Some(&late)).await.status(), 503);
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200, "known keys work on");
    server.stop().await;
}

#[tokio::test]
async fn only_posts_of_a_fair_size_are_read() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    for (path, most) in [("/api/messages", 512 * 1024), ("/teams/webhook", 256 * 1024)] {
        assert_eq!(server.get(path).await.status(), 405, "{path}");
        for (bytes, status) in [(most, 401), (most + 1, 413)] {
            let headers = [("content-type", "application/json")];
            assert_eq!(server.post(path, &headers, vec![b' '; bytes]).await.status(), status, "{path} {bytes}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn without_any_keys_the_service_is_told_to_come_again() {
    let teams = FakeTeams::start().await;
    let issuer = json!({ "issuer": "https://issuer.example.com", "jwks_uri": teams.url("/keys") }).to_string();
    let elsewhere =
        json!({ "issuer": "https://api.botframework.com", "jwks_uri": "https://keys.example.com/" }).to_string();
    for (path, status, body) in [
        ("/metadata", 302, ""),
        ("/metadata", 200, &*issuer),
        ("/metadata", 200, &elsewhere),
        ("/keys", 200, "{\"keys\":7}"),
        // Such an answer must not put out keys that are known.
        ("/keys", 200, "{\"keys\":[]}"),
        ("/keys", 200, "{\"keys\":[{\"kty\":\"EC\"}]}"),
    ] {
        // One for the fetch at the start, or else for the delivery's.
        let before = teams.asked("/metadata");
        teams.answer(path, status, &[("location", "/metadata")], body);
        let server = teams.server().await;
        assert_eq!(teams.deliver(&server, &teams.activity(QUIET)).await.status(), 503, "{path} {status} {body}");
        assert_eq!(teams.asked("/metadata"), before + 1, "a failure is not tried again at once");
        server.stop().await;
    }
}

#[tokio::test]
async fn many_at_once_look_for_a_new_key_once() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let activity = teams.activity(QUIET);
    assert_eq!(teams.deliver(&server, &activity).await.status(), 200);
    teams.add_key("new", Some("msteams"));
    let header = token("new", &claims(&teams.service()));
    let mut all = JoinSet::new();
    for _ in 0..64 {
        let request = server.client().post(server.url("/api/messages")).header("authorization", &header);
        all.spawn(request.body(activity.to_string()).send());
    }
    for response in all.join_all().await {
        assert_eq!(response.unwrap().status(), 200, "who waited for the one that looked is told what it found");
    }
    assert_eq!(teams.asked("/keys"), 2);
    server.stop().await;
}

#[tokio::test]
async fn several_hundred_keys_are_kept_and_no_end_of_them_is_not() {
    let teams = FakeTeams::start().await;
    for number in 0..5_000 {
        teams.add_key(&format!("key {number:04}"), Some("msteams"));
    }
    let server = teams.server().await;
    let with = |number: u32| token(&format!("key {number:04}"), &claims(&teams.service()));
    for (number, status) in [(0, 200), (499, 200), (4_000, 200), (4_999, 401)] {
        let header = with(number);
        assert_eq!(deliver_with(&server, &teams.activity(QUIET), Some(&header)).await.status(), status, "key {number}");
    }
    server.stop().await;
    // A document that is longer than any key set is not read to its end.
    let endless = format!("{{\"keys\":[\"{}\"]}}", "x".repeat(5 * 1024 * 1024));
    teams.answer("/keys", 200, &[], &endless);
    let server = teams.server().await;
    assert_eq!(teams.deliver(&server, &teams.activity(QUIET)).await.status(), 503);
    server.stop().await;
}

#[tokio::test]
async fn a_key_that_was_taken_back_signs_no_longer() {
    let teams = FakeTeams::start().await;
    teams.add_key("old", Some("msteams"));
    let server = teams.server().await;
    let activity = teams.activity(QUIET);
    let with = |key: &str| token(key, &claims(&teams.service()));
    assert_eq!(deliver_with(&server, &activity, Some(&with("old"))).await.status(), 200);
    teams.remove_key("old");
    teams.add_key("new", Some("msteams"));
    assert_eq!(deliver_with(&server, &activity, Some(&with("new"))).await.status(), 200, "the set is fetched anew");
    assert_eq!(
        deliver_with(&server, &activity, Some(&with("old"))).await.status(),
        401,
        "though it was believed before"
    );
    server.stop().await;
}

#[tokio::test]
async fn each_cloud_believes_its_own_service() {
    for (cloud, issuer) in [("usgov", "https://api.botframework.us"), ("china", "https://api.botframework.azure.cn")] {
        let teams = FakeTeams::start().await;
        let metadata = json!({ "issuer": issuer, "jwks_uri": teams.url("/keys") }).to_string();
        teams.answer("/metadata", 200, &[], &metadata);
        let server = teams.server_with(NOW, &[("TEAMS_CLOUD", cloud)]).await;
        let mut own = claims(&teams.service());
        own["iss"] = json!(issuer);
        let activity = teams.activity(QUIET);
        assert_eq!(deliver_with(&server, &activity, Some(&token("test-key", &own))).await.status(), 200, "{cloud}");
        assert_eq!(teams.deliver(&server, &activity).await.status(), 401, "the public cloud's in {cloud}");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_delivery_that_says_it_is_something_else_than_json_is_refused() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let header = token("test-key", &claims(&teams.service()));
    let activity = teams.activity(QUIET).to_string();
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonlines", 415),
        ("", 415),
    ] {
        let headers = [("authorization", &*header), ("content-type", kind)];
        assert_eq!(server.post("/api/messages", &headers, activity.clone()).await.status(), status, "{kind:?}");
        let hook = server.post("/teams/webhook", &[("content-type", kind)], "{}").await.status();
        assert_eq!(hook, if status == 200 { 401 } else { 415 }, "{kind:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn on_this_machine_deliveries_without_a_token_are_taken_only_where_it_is_set() {
    let teams = FakeTeams::start().await;
    let closed = TestServer::at(NOW, &[]).await;
    assert_eq!(deliver_with(&closed, &teams.activity(QUIET), None).await.status(), 401);
    closed.stop().await;
    let open = TestServer::at(NOW, &[("TEAMS_UNAUTHENTICATED_LOOPBACK", "true")]).await;
    assert_eq!(deliver_with(&open, &teams.activity(QUIET), None).await.status(), 200);
    assert_eq!(deliver_with(&open, &fixture(QUIET), None).await.status(), 403, "answers stay on this machine too");
    assert_eq!(deliver_with(&open, &teams.activity(QUIET), Some("Bearer a.b.c")).await.status(), 401);
    open.stop().await;
}
