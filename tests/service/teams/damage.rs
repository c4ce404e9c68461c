//! Damaged deliveries and forged tokens by the thousand: nothing makes the server fail, and nothing forged is believed. What is tried
//! is the same at each run.

use std::{collections::BTreeSet, sync::Arc};

use reqwest::Client;
use serde_json::{Value, json};

use super::{
    NOW,
    fake::{FakeTeams, claims, deliver_with, signed, token},
    invokes::ALL,
    kit::check_message,
};
use crate::server::{deliver_all, places, without};

/// Numbers that look like chance and are the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A delivery, what was done to it, and whether an unknown name of an invoke may be the answer.
struct Damaged {
    what: String,
    body: Vec<u8>,
    may_be_unknown: bool,
}

/// Every place of every recorded activity replaced by something else, and left out.
fn by_place(teams: &FakeTeams) -> Vec<Damaged> {
    let replacements = [json!(null), json!(-1), json!("<at>a</at> \u{0}"), json!([1, []]), json!({ "type": {} })];
    let mut all = Vec::new();
    for name in ALL {
        let original = teams.activity(name);
        let mut found = Vec::new();
        places(&original, "", &mut found);
        for place in found {
            let replaced = replacements.iter().map(|replacement| {
                let mut damaged = original.clone();
                *damaged.pointer_mut(&place).unwrap() = replacement.clone();
                damaged
            });
            for damaged in replaced.chain([without(original.clone(), &place)]) {
                let body = damaged.to_string().into_bytes();
                all.push(Damaged { what: format!("{name} at {place}"), body, may_be_unknown: place == "/name" });
            }
        }
    }
    all
}

/// A recorded activity as broken bytes: cut off, with wrong bytes, doubled keys, very long and very deep values.
fn by_bytes(teams: &FakeTeams, chance: &mut Chance, number: usize) -> Damaged {
    let name = *chance.of(&ALL);
    let original = teams.activity(name);
    let mut body = original.to_string().into_bytes();
    let at = chance.below(body.len());
    let kind = match number % 8 {
        0 => {
            body.truncate(at);
            "cut off"
        }
        1 => {
            body[at] = u8::try_from(chance.below(256)).unwrap();
            "another byte"
        }
        2 => {
            body.splice(at..at, [0xff, 0xfe, 0xc3]);
            "no UTF-8"
        }
        3 => {
            body.remove(at);
            "a byte less"
        }
        4 => {
            let (key, value) = *chance.of(&[("id", "7"), ("type", "\"invoke\""), ("value", "[]"), ("text", "{}")]);
            body.splice(1..1, format!("\"{key}\":{value},").into_bytes());
            "a doubled key"
        }
        5 => {
            let end = (at + chance.below(40)).min(body.len());
            let middle = body[at..end].to_vec();
            body.splice(at..at, middle);
            "a part twice"
        }
        6 if number % 160 == 6 => {
            let mut long = original.clone();
            long["text"] = json!("<b>long ".repeat(12_000));
            long["value"] = json!({ "data": "x".repeat(100_000) });
            body = long.to_string().into_bytes();
            "very long"
        }
        6 => {
            let depth = 20 + chance.below(400);
            let mut deep = original.clone();
            deep["value"] = json!("here");
            let text = deep.to_string().replace("\"here\"", &("[".repeat(depth) + &"]".repeat(depth)));
            body = text.into_bytes();
            "very deep"
        }
        _ => {
            body.swap(at, chance.below(at + 1));
            "two bytes exchanged"
        }
    };
    let named = |value: &Value| value["name"].clone();
    let may_be_unknown = serde_json::from_slice::<Value>(&body).is_ok_and(|value| named(&value) != named(&original));
    // What becomes of a doubled key is the reader's choice, so the kind may be another one.
    let may_be_unknown = may_be_unknown || kind == "a doubled key";
    Damaged { what: format!("{name}, {kind} at {at}"), body, may_be_unknown }
}

#[tokio::test]
async fn no_damaged_delivery_makes_the_server_fail() {
    let mut teams = FakeTeams::start().await;
    // Far more than any tenant may send.
    let server = teams.server_with(NOW, &[("TEAMS_TENANT_RATE", "1000000")]).await;
    let mut all = by_place(&teams);
    let mut chance = Chance(26);
    for number in all.len()..20_000 {
        all.push(by_bytes(&teams, &mut chance, number));
    }
    let header = token("test-key", &claims(&teams.service()));
    let mut taken = 0;
    let (client, url): (Client, Arc<str>) = (server.client().clone(), server.url("/api/messages").into());
    let request = move |damaged: &Damaged| {
        let request = client.post(&*url).header("authorization", &header);
        request.header("content-type", "application/json").body(damaged.body.clone())
    };
    for (damaged, status) in deliver_all(all, request).await {
        let is_expected = [200, 400, 401, 403].contains(&status) || status == 501 && damaged.may_be_unknown;
        let beginning = &damaged.body[..damaged.body.len().min(2_000)];
        assert!(is_expected, "{status} for {}: {}", damaged.what, String::from_utf8_lossy(beginning));
        taken += usize::from(status == 200);
    }
    assert!(taken > 5_000, "only {taken} were damaged so little that they were read");
    // It goes on as if nothing had been.
    assert_eq!(teams.deliver(&server, &teams.activity("17-query.json")).await.status(), 200);
    server.stop().await;
    let posts = teams.rest();
    assert!(!posts.is_empty(), "messages with small damages are answered");
    posts.iter().for_each(|post| check_message(&post.body));
}

/// A token that is wrong in one thing or another.
fn forged(chance: &mut Chance, good: &[&str; 3], other: &[&str; 3], service: &str, number: usize) -> String {
    let [head, body, signature] = *good;
    let all = format!("{head}.{body}.{signature}");
    let changed = |name: &str, value: Value| {
        let mut claims = claims(service);
        claims[name] = value;
        claims
    };
    match number % 8 {
        0 => {
            let mut bytes = all.into_bytes();
            let at = chance.below(bytes.len());
            bytes[at] = *chance.of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
            String::from_utf8(bytes).unwrap()
        }
        1 => all.split_at(chance.below(all.len())).0.to_owned(),
        2 => match chance.below(3) {
            0 => format!("{head}.{}.{signature}", other[1]),
            1 => format!("{}.{body}.{signature}", other[0]),
            _ => format!("{head}.{body}.{}", other[2]),
        },
        3 => {
            let (before, behind) = all.split_at(chance.below(all.len()));
            format!("{before}{}{behind}", chance.of(&["=", "+", "/", ".", "A", "%", "=="]))
        }
        4 => {
            let header = match chance.below(6) {
                0 => json!({ "alg": "none", "kid": "test-key" }),
                1 => json!({ "alg": "HS256", "kid": "test-key" }),
                2 => json!({ "alg": "RS512", "kid": "test-key" }),
                3 => json!({ "alg": "RS256", "kid": format!("made up {number}") }),
                4 => json!({ "alg": ["RS256"], "kid": "test-key" }),
                _ => json!({ "alg": "RS256", "jku": "http://127.0.0.1/", "jwk": { "kty": "RSA" } }),
            };
            signed(&header, &claims(service))
        }
        5 => {
            let seconds = i64::try_from(chance.below(100_000)).unwrap();
            let claims = match chance.below(4) {
                0 => changed("exp", json!(NOW - 301 - seconds)),
                1 => changed("nbf", json!(NOW + 301 + seconds)),
                2 => changed("exp", json!("soon")),
                _ => changed("nbf", json!([NOW])),
            };
            token("test-key", &claims).replacen("Bearer ", "", 1)
        }
        6 => {
            let claims = match chance.below(3) {
                0 => changed("aud", json!(format!("app {number}"))),
                1 => changed("iss", json!(format!("https://api.botframework.com/{number}"))),
                _ => changed("serviceurl", json!(format!("{service}{number}"))),
            };
            token("test-key", &claims).replacen("Bearer ", "", 1)
        }
        _ => {
            let mut bytes = signature.as_bytes().to_vec();
            let (one, two) = (chance.below(bytes.len()), chance.below(bytes.len()));
            bytes.swap(one, two);
            format!("{head}.{body}.{}", String::from_utf8(bytes).unwrap())
        }
    }
}

#[tokio::test]
async fn no_forged_token_is_believed() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let service = teams.service();
    let activity = teams.activity("11-message-reaction.json");
    let good = token("test-key", &claims(&service));
    let mut longer = claims(&service);
    longer["exp"] = json!(NOW + 7_200);
    let other = signed(&json!({ "typ": "JWT", "alg": "RS256", "kid": "test-key" }), &longer);
    let parts =
        |token: &str| -> Vec<String> { token.trim_start_matches("Bearer ").split('.').map(str::to_owned).collect() };
    let (good_parts, other_parts) = (parts(&good), parts(&other));
    let good_parts: [&str; 3] = std::array::from_fn(|at| &*good_parts[at]);
    let other_parts: [&str; 3] = std::array::from_fn(|at| &*other_parts[at]);
    assert_eq!(deliver_with(&server, &activity, Some(&good)).await.status(), 200);
    let mut chance = Chance(27);
    let mut tried = BTreeSet::new();
    let mut number = 0;
    while tried.len() < 10_000 {
        number += 1;
        let forged = forged(&mut chance, &good_parts, &other_parts, &service, number);
        // Chance leaves some as they were, and makes some twice.
        if format!("Bearer {forged}") == good || !tried.insert(forged.clone()) {
            continue;
        }
        let status = deliver_with(&server, &activity, Some(&format!("Bearer {forged}"))).await.status().as_u16();
        assert!([401, 403].contains(&status), "{status} for {forged}");
    }
    assert_eq!(deliver_with(&server, &activity, Some(&good)).await.status(), 200, "the right one is still believed");
    assert_eq!(teams.asked("/keys"), 2, "made-up names of keys cause one look");
    server.stop().await;
}
