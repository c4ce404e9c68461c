//! Who may deliver: only Slack, only now.

use serde_json::Value;
use upshot::{
    clock::Timestamp,
    config::Secret,
    platforms::slack::verify::{Refusal, SigningSecrets},
};

use super::{
    role_matrix::deliveries,
    server::{NOW, SECRET, TestServer, fixture, fixture_bytes, form, sign},
    teams::FakeTeams,
};

/// Every address that takes Slack's deliveries, as the router has them.
fn addresses() -> Vec<String> {
    let addresses: Vec<String> = deliveries().into_iter().filter(|address| address.starts_with("/slack/")).collect();
    assert!(addresses.len() >= 3, "{addresses:?}");
    addresses
}

fn vector_body(vector: &Value) -> Vec<u8> {
    match vector["body_file"].as_str() {
        Some(file) => fixture_bytes(file),
        None => vector["body"].as_str().unwrap().as_bytes().to_vec(),
    }
}

#[test]
fn every_signing_vector_is_judged_right() {
    let file = fixture("signing_vectors.json");
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 20);
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let secrets: Vec<Secret> = match vector["secrets"].as_array() {
            Some(secrets) => secrets.iter().map(|secret| Secret::new(secret.as_str().unwrap())).collect(),
            None => vec![Secret::new(vector["secret"].as_str().unwrap())],
        };
        let timestamp = vector["timestamp"].as_str().unwrap();
        let now = vector["now"].as_i64().unwrap_or_else(|| match timestamp {
            "1531420618" => 1_531_420_620,
            _ => file["now_default"].as_i64().unwrap(),
        });
        let body = vector_body(vector);
        let signature = vector["signature"].as_str().unwrap();
        let verdict = SigningSecrets::new(&secrets).verify(
            Some(timestamp.as_bytes()),
            Some(signature.as_bytes()),
            &body,
            Timestamp::from_unix_seconds(now),
        );
        assert_eq!(verdict.is_ok(), vector["valid"].as_bool().unwrap(), "{name}: {verdict:?}");
    }
}

#[test]
fn a_refusal_says_which_check_failed() {
    let secrets = SigningSecrets::new(&[Secret::new(SECRET)]);
    let now = Timestamp::from_unix_seconds(NOW);
    let stamp = NOW.to_string();
    let good = sign(SECRET, &stamp, b"x");
    let refusal = |timestamp: Option<&str>, signature: Option<&str>| {
        secrets.verify(timestamp.map(str::as_bytes), signature.map(str::as_bytes), b"x", now).unwrap_err()
    };
    assert_eq!(refusal(None, Some(&good)), Refusal::Timestamp);
    for timestamp in ["", "soon", "-1790000005", "+1790000005", " 1790000005", "17900000050000000000000"] {
        assert_eq!(refusal(Some(timestamp), Some(&good)), Refusal::Timestamp, "{timestamp:?}");
    }
    assert_eq!(refusal(Some("1790000306"), Some(&good)), Refusal::Stale);
    assert_eq!(refusal(Some(&stamp), None), Refusal::SignatureForm);
    for signature in ["", "v0=", "v0", &good.to_uppercase(), &format!("{good}0"), &good.replace("v0", "v1")] {
        assert_eq!(refusal(Some(&stamp), Some(signature)), Refusal::SignatureForm, "{signature:?}");
    }
    assert_eq!(refusal(Some(&stamp), Some(&sign("other", &stamp, b"x"))), Refusal::Signature);
    let unconfigured = SigningSecrets::new(&[]).verify(Some(stamp.as_bytes()), Some(good.as_bytes()), b"x", now);
    assert_eq!(unconfigured.unwrap_err(), Refusal::NotConfigured);
}

#[tokio::test]
async fn unsigned_stale_and_wrongly_signed_deliveries_are_refused_at_every_address() {
    let server = TestServer::start().await;
    let command = form(&[("command", "/upshot"), ("text", "help"), ("team_id", "T1"), ("user_id", "U1")]);
    let stamp = NOW.to_string();
    let stale = (NOW - 301).to_string();
    let url_verification = String::from_utf8(fixture_bytes("url_verification.json")).unwrap();
    let probe_with_command = format!("{command}&ssl_check=1");
    for address in &addresses() {
        for body in [&*command, &url_verification, "", "nonsense", "payload=%7B%7D", &probe_with_command] {
            let good = sign(SECRET, &stamp, body.as_bytes());
            let wrong = sign("another secret", &stamp, body.as_bytes());
            let of_another_body = sign(SECRET, &stamp, format!("{body} ").as_bytes());
            let attempts: [&[(&str, &str)]; 7] = [
                &[],
                &[("x-slack-request-timestamp", &stamp)],
                &[("x-slack-signature", &good)],
                &[("x-slack-request-timestamp", &stamp), ("x-slack-signature", &wrong)],
                &[("x-slack-request-timestamp", &stamp), ("x-slack-signature", &of_another_body)],
                &[("x-slack-request-timestamp", &stale), ("x-slack-signature", &sign(SECRET, &stale, body.as_bytes()))],
                &[("x-slack-request-timestamp", &stale), ("x-slack-signature", &good)],
            ];
            for headers in attempts {
                let response = server.post(address, headers, body).await;
                assert_eq!(response.status(), 401, "{address} {headers:?} {body:?}");
                assert_eq!(response.text().await.unwrap(), "", "{address} {headers:?}");
            }
        }
        let response = server.get(address).await;
        assert_eq!(response.status(), 405, "{address}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_believed_without_proof_at_any_address_of_any_platform() {
    let teams = FakeTeams::start().await;
    let settings = [("TEAMS_WEBHOOK_SECRET", "c2VjcmV0IG9mIGEgdGVhbQ==")];
    let addresses = deliveries();
    assert!(addresses.iter().any(|address| address.starts_with("/teams/")), "{addresses:?}");
    // With every door set up, and with none: what is not set up trusts nobody either.
    for server in [teams.server_with(NOW, &settings).await, TestServer::with(&[("SLACK_SIGNING_SECRET", "")]).await] {
        for address in &addresses {
            for proof in ["", "Bearer x", "Bearer e30.e30.e30", "HMAC eA==", "Basic eDp4"] {
                let headers = [("content-type", "application/json"), ("authorization", proof)];
                let headers = if proof.is_empty() { &headers[..1] } else { &headers[..] };
                for body in ["{}", "", r#"{"type":"message","text":"hi"}"#] {
                    let response = server.post(address, headers, body).await;
                    assert_eq!(response.status(), 401, "{address} {proof:?} {body:?}");
                    assert_eq!(response.text().await.unwrap(), "", "{address} {proof:?} {body:?}");
                }
            }
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn during_a_rotation_both_secrets_are_good() {
    let server = TestServer::with(&[("SLACK_SIGNING_SECRET", &format!("new secret,{SECRET}"))]).await;
    let stamp = NOW.to_string();
    let body = fixture_bytes("url_verification.json");
    for secret in ["new secret", SECRET] {
        let signature = sign(secret, &stamp, &body);
        let headers = [("x-slack-request-timestamp", &*stamp), ("x-slack-signature", &*signature)];
        assert_eq!(server.post("/slack/events", &headers, body.clone()).await.status(), 200, "{secret}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_certificate_probe_is_answered_unsigned_and_with_nothing() {
    let server = TestServer::start().await;
    for address in &addresses() {
        let response = server.post(address, &[], fixture_bytes("ssl_check.form")).await;
        assert_eq!(response.status(), 200, "{address}");
        assert_eq!(response.text().await.unwrap(), "", "{address}");
        let response = server.post(address, &[], "ssl_check=0").await;
        assert_eq!(response.status(), 401, "{address}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_challenge_is_given_back_at_every_address() {
    let server = TestServer::start().await;
    for address in &addresses() {
        let response = server.deliver(address, fixture_bytes("url_verification.json")).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.text().await.unwrap(), "fixtureChallenge3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWM");
    }
    server.stop().await;
}
