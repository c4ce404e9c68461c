//! What can be wrong on the Slack side is told apart, each with its mend.

use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderValue},
};
use serde_json::json;
use upshot::{
    clock::Timestamp,
    config::{Settings, SlackSettings, Source},
    ids::Platform,
    platforms::slack::{checkup, signatures, way_round},
};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    server::{APP_TOKEN, NOW, SECRET, TestServer, command_form, sign},
};

on_both!(a_secret_of_another_app_is_told_from_a_wrong_clock_by_what_came_lately);

/// Thu, 01 Jan 2026 00:00:00 GMT.
const NEW_YEAR: i64 = 1_767_225_600;

fn settings(slack: &FakeSlack, more: &[(&str, &str)]) -> SlackSettings {
    let api_url = slack.api_url();
    let mut pairs =
        vec![("SLACK_API_URL", &*api_url), ("SLACK_SIGNING_SECRET", SECRET), ("SLACK_BOT_TOKEN", "xoxb-test")];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    Settings::from_source(&Source::from_pairs(&pairs)).unwrap().slack
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

/// A healthy Slack at new year.
async fn slack() -> FakeSlack {
    let slack = FakeSlack::start().await;
    let date = headers(&[("date", "Thu, 01 Jan 2026 00:00:00 GMT")]);
    slack.answer_with("/api/api.test", StatusCode::OK, date, json!({ "ok": true }).to_string());
    granted(
        &slack,
        "commands,chat:write,app_mentions:read,im:history,assistant:write,channels:history,groups:history,users:read",
    );
    slack
}

fn granted(slack: &FakeSlack, scopes: &str) {
    let body = json!({ "ok": true, "team": "Alderbrook" }).to_string();
    slack.answer_with("/api/auth.test", StatusCode::OK, headers(&[("x-oauth-scopes", scopes)]), body);
}

/// All findings; those that ask for a mend begin with `mend`.
async fn examined(settings: &SlackSettings, now: i64) -> Vec<String> {
    let lines = checkup(settings, Timestamp::from_unix_seconds(now)).await;
    let told = |(subject, finding): (&str, Result<String, String>)| match finding {
        Ok(sentence) => format!("ok {subject} {sentence}"),
        Err(sentence) => format!("mend {subject} {sentence}"),
    };
    lines.into_iter().map(told).collect()
}

#[tokio::test]
async fn a_healthy_side_needs_no_mend() {
    let slack = slack().await;
    let lines = examined(&settings(&slack, &[]), NEW_YEAR + 5).await;
    let subjects: Vec<&str> = lines.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(subjects, ["secret", "install", "network", "clock", "token", "scopes"]);
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{lines:?}");
    assert!(lines[4].contains("Alderbrook"), "{lines:?}");
}

#[tokio::test]
async fn each_trouble_has_a_line_of_its_own_and_no_other() {
    let refusals = ["token_revoked", "invalid_auth", "token_expired", "account_inactive", "internal_error"];
    let setting_cases: [(&[(&str, &str)], &str); 6] = [
        (&[("SLACK_SIGNING_SECRET", "xoxb-1-2")], "mend secret SLACK_SIGNING_SECRET (number 1) holds a token"),
        (
            &[("SLACK_SIGNING_SECRET", "0f1e2d3c4b5a69788796a5b4c3d2e1f0,0f1e2d")],
            "mend secret SLACK_SIGNING_SECRET (number 2)",
        ),
        (&[("SLACK_SIGNING_SECRET", "0F1E2D3C4B5A69788796A5B4C3D2E1F0")], "mend secret"),
        (&[("SLACK_CLIENT_ID", "1.2")], "mend install SLACK_CLIENT_SECRET and UPSHOT_PUBLIC_URL must be set too"),
        (
            &[
                ("SLACK_CLIENT_ID", "1.2"),
                ("SLACK_CLIENT_SECRET", "hush"),
                ("UPSHOT_PUBLIC_URL", "http://upshot.example.com"),
            ],
            "mend install UPSHOT_PUBLIC_URL must be an https",
        ),
        // Port 9 discards, and nobody listens there.
        (&[("SLACK_API_URL", "http://127.0.0.1:9/api/")], "mend network http://127.0.0.1:9/api/ cannot be reached"),
    ];
    for (pairs, expected) in setting_cases {
        let lines = examined(&settings(&slack().await, pairs), NEW_YEAR).await;
        only(&lines, expected);
    }
    for (now, expected) in [
        (NEW_YEAR + 301, "mend clock This machine's clock is 5 minutes ahead of Slack's"),
        (NEW_YEAR - 7200, "mend clock This machine's clock is 120 minutes behind Slack's"),
    ] {
        only(&examined(&settings(&slack().await, &[]), now).await, expected);
    }
    let expected = [
        "mend token The bot token was revoked or the app was removed (token_revoked)",
        "mend token SLACK_BOT_TOKEN is not known to Slack",
        "mend token SLACK_BOT_TOKEN has expired, because token rotation is on",
        "mend token The bot token was revoked or the app was removed (account_inactive)",
        "mend token The bot token could not be tried",
    ];
    for (refusal, expected) in refusals.into_iter().zip(expected) {
        let slack = slack().await;
        let body = json!({ "ok": false, "error": refusal }).to_string();
        slack.answer_with("/api/auth.test", StatusCode::OK, HeaderMap::new(), body);
        only(&examined(&settings(&slack, &[]), NEW_YEAR).await, expected);
    }
    let slack = slack().await;
    granted(&slack, "commands,im:history");
    only(
        &examined(&settings(&slack, &[]), NEW_YEAR).await,
        "mend scopes The bot token lacks chat:write, app_mentions:read, assistant:write:",
    );
    let needed = "commands,chat:write,app_mentions:read,im:history,assistant:write";
    for (more, silent) in [
        ("users:read,channels:read,groups:read,channels:history", true),
        ("channels:history,groups:history,channels:read,groups:read", false),
    ] {
        granted(&slack, &format!("{needed},{more}"));
        let lines = examined(&settings(&slack, &[]), NEW_YEAR).await;
        let scopes = lines.iter().find(|line| line.starts_with("ok scopes")).unwrap();
        assert_eq!(scopes.contains("bridges"), silent, "{scopes}");
        assert_eq!(scopes.contains("groups:history"), silent, "{scopes}");
        assert_eq!(scopes.contains("users:read"), !silent, "{scopes}");
    }
}

#[tokio::test]
async fn what_can_be_wrong_with_socket_mode_is_told_apart() {
    let slack = slack().await;
    let by_socket = settings(&slack, &[("SLACK_APP_TOKEN", APP_TOKEN), ("SLACK_SIGNING_SECRET", "")]);
    for (error, expected) in [
        ("invalid_auth", "mend socket SLACK_APP_TOKEN is not known to Slack (invalid_auth)"),
        ("token_revoked", "mend socket SLACK_APP_TOKEN was revoked, or its app is gone (token_revoked)"),
        ("missing_scope", "mend socket SLACK_APP_TOKEN may not open connections (missing_scope)"),
        ("internal_error", "mend socket Socket Mode could not be tried"),
        ("brand_new", "mend socket Slack refused the request (brand_new): switch Socket Mode on"),
    ] {
        let body = json!({ "ok": false, "error": error }).to_string();
        slack.answer_with("/api/apps.connections.open", StatusCode::OK, HeaderMap::new(), body);
        only(&examined(&by_socket, NEW_YEAR).await, expected);
    }
    // Port 9 discards, and nobody listens there.
    let nobody = json!({ "ok": true, "url": "ws://127.0.0.1:9/link/?ticket=1" }).to_string();
    slack.answer_with("/api/apps.connections.open", StatusCode::OK, HeaderMap::new(), nobody);
    only(
        &examined(&by_socket, NEW_YEAR).await,
        "mend socket Slack gives this server connections (Socket Mode), and 127.0.0.1 cannot be reached",
    );
    let url = slack.api_url().replace("http://", "ws://");
    let well = json!({ "ok": true, "url": format!("{url}?ticket=hunter2") }).to_string();
    slack.answer_with("/api/apps.connections.open", StatusCode::OK, HeaderMap::new(), well);
    // The clock matters to signatures only.
    let lines = examined(&by_socket, NEW_YEAR + 7200).await;
    let subjects: Vec<&str> = lines.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(subjects, ["secret", "install", "network", "socket", "token", "scopes"]);
    assert!(lines.iter().all(|line| line.starts_with("ok ") && !line.contains("hunter2")), "{lines:?}");
}

fn only(lines: &[String], expected: &str) {
    let mends: Vec<&String> = lines.iter().filter(|line| line.starts_with("mend")).collect();
    assert_eq!(mends.len(), 1, "{expected}: {lines:?}");
    assert!(mends[0].starts_with(expected), "{expected}: {}", mends[0]);
    assert!(
        !lines.iter().any(|line| line.contains("xoxb-") || line.contains(APP_TOKEN) || line.contains(SECRET)),
        "no secret is shown: {lines:?}"
    );
}

#[tokio::test]
async fn the_public_address_is_followed_round() {
    let slack = slack().await;
    let settings = settings(&slack, &[]);
    let server = TestServer::start().await;
    let url = server.url("");
    let listen = url.trim_start_matches("http://").parse().unwrap();
    let found = way_round(&settings, &url, listen).await.unwrap();
    assert!(found.contains("leads here"), "{found}");
    let other = slack.api_url().replace("/api/", "");
    let mend = way_round(&settings, &other, listen).await.unwrap_err();
    assert!(mend.contains("answered by something else (status 200)"), "{mend}");
    let mut elsewhere = HeaderMap::new();
    elsewhere.insert("location", HeaderValue::from_static("https://www.example.com/"));
    slack.answer_with("/healthz", StatusCode::FOUND, elsewhere, String::new());
    let mend = way_round(&settings, &other, listen).await.unwrap_err();
    assert!(mend.contains("sends elsewhere (status 302)"), "{mend}");
    let mend = way_round(&settings, "http://127.0.0.1:9", listen).await.unwrap_err();
    assert!(mend.contains("cannot be reached"), "{mend}");
    // While no server runs, the doctor answers in its place.
    server.stop().await;
    let found = way_round(&settings, &url, listen).await.unwrap();
    assert!(found.contains("leads here"), "{found}");
}

async fn a_secret_of_another_app_is_told_from_a_wrong_clock_by_what_came_lately(database: Database) {
    let slack = FakeSlack::start().await;
    let settings = settings(&slack, &[]);
    let told = |server: TestServer, database: Database| {
        let settings = settings.clone();
        async move {
            server.stop().await;
            let store = database.open().await;
            let now = Timestamp::from_unix_seconds(NOW);
            let finding = signatures(&settings, &store.receptions(Platform::Slack, now).await.unwrap());
            store.close().await;
            (finding, database)
        }
    };
    let post = |server: &TestServer, secret: &str, at: i64| {
        let body = command_form(&[("text", "help")]);
        let (timestamp, address) = (at.to_string(), server.url("/slack/commands"));
        let request =
            server.client().post(address).header("x-slack-signature", sign(secret, &timestamp, body.as_bytes()));
        request.header("x-slack-request-timestamp", timestamp).body(body).send()
    };
    let server = TestServer::with_slack_and(&slack, &database).await;
    let (finding, database) = told(server, database).await;
    assert!(finding.unwrap().starts_with("no delivery came in the last hour"));
    let server = TestServer::with_slack_and(&slack, &database).await;
    for _ in 0..2 {
        assert_eq!(post(&server, SECRET, NOW - 301).await.unwrap().status(), 401);
    }
    let (finding, database) = told(server, database).await;
    let mend = finding.unwrap_err();
    assert!(mend.contains("2 deliveries came with a time more than five minutes off"), "{mend}");
    let server = TestServer::with_slack_and(&slack, &database).await;
    assert_eq!(post(&server, "0123456789abcdef0123456789abcdef", NOW).await.unwrap().status(), 401);
    let (finding, database) = told(server, database).await;
    let mend = finding.unwrap_err();
    assert!(mend.contains("1 delivery came with a good time") && mend.contains("not this app's"), "{mend}");
    assert!(!mend.contains(SECRET) && !mend.contains("0123456789"), "no secret is shown");
    let server = TestServer::with_slack_and(&slack, &database).await;
    assert_eq!(post(&server, SECRET, NOW).await.unwrap().status(), 200);
    let (finding, _database) = told(server, database).await;
    let told = finding.unwrap();
    assert!(told.starts_with("in the last hour the signature of 1 delivery fitted, 3 did not"), "{told}");
}
