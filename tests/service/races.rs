//! Many people edit the same entries at once: each edit is a revision, or is refused with the newer one, and the history says so.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, server},
    server::json,
};

on_both!(edits_at_once_are_stored_or_refused);

const EDITS: usize = 200;
const ENTRIES: usize = 20;

fn name(number: usize) -> String {
    format!("kiln{}", char::from(b'a' + u8::try_from(number).unwrap()))
}

fn entry(number: usize, words: &str) -> Value {
    let term = name(number);
    serde_json::json!({
        "id": term, "definition": words, "terms": [{ "text": term }],
        "examples": { "match": [format!("The {term} is down.")], "no_match": ["The oven is hot."] }
    })
}

/// Everybody looked at the first revision or, in the second half, at whatever is there when they begin.
async fn edit(client: Client, address: String, number: usize, editor: usize) -> (usize, usize, u64, u16, Value) {
    let mut body = entry(number, &format!("Words of editor {editor}."));
    let mut seen = 1;
    if editor >= EDITS / 2 {
        let latest = json(client.get(&address).send().await.unwrap()).await;
        seen = latest["revision"].as_u64().unwrap();
    }
    body["revision"] = seen.into();
    let response = client.put(&address).bearer_auth(TOKEN).body(body.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    (number, editor, seen, status, json(response).await)
}

async fn edits_at_once_are_stored_or_refused(database: Database) {
    let mut servers = Vec::new();
    for _ in 0..database.programs() {
        servers.push(server(&database).await);
    }
    for number in 0..ENTRIES {
        let (status, answer) =
            send_as(&servers[0], TOKEN, Method::POST, "/api/v1/concepts", &entry(number, "The first words.")).await;
        assert_eq!(status, 201, "{answer}");
    }
    let mut edits = JoinSet::new();
    for editor in 0..EDITS {
        let (server, number) = (&servers[editor % servers.len()], editor % ENTRIES);
        let (client, address) = (server.client().clone(), server.url(&format!("/api/v1/concepts/{}", name(number))));
        edits.spawn(edit(client, address, number, editor));
    }
    let outcomes = edits.join_all().await;
    let mut stored: BTreeMap<usize, Vec<(u64, usize)>> = BTreeMap::new();
    for (number, editor, seen, status, answer) in outcomes {
        match status {
            200 => {
                let revision = answer["revision"].as_u64().unwrap();
                assert_eq!(revision, seen + 1, "an edit follows what its author saw");
                stored.entry(number).or_default().push((revision, editor));
            }
            409 => {
                let told = answer["detail"].as_str().unwrap();
                let newer: u64 =
                    told.split_once("its revision is ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
                assert!(newer > seen, "{told}");
            }
            _ => panic!("{status}: {answer}"),
        }
    }
    for number in 0..ENTRIES {
        let mut own = stored.remove(&number).unwrap_or_default();
        assert!(!own.is_empty(), "one of those who saw the first revision of {} was the first", name(number));
        own.sort_unstable();
        let path = format!("/api/v1/concepts/{}/history", name(number));
        let (_, history) = send_as(&servers[0], TOKEN, Method::GET, &path, &Value::Null).await;
        let told: Vec<(u64, &str)> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|item| (item["revision"].as_u64().unwrap(), item["concept"]["definition"].as_str().unwrap()))
            .collect();
        let words: Vec<(u64, String)> =
            own.into_iter().map(|(revision, editor)| (revision, format!("Words of editor {editor}."))).collect();
        let mut expected = vec![(1, "The first words.")];
        expected.extend(words.iter().map(|(revision, words)| (*revision, words.as_str())));
        assert_eq!(told, expected, "every stored edit is one revision, and there are no others");
        for (at, (revision, _)) in told.iter().enumerate() {
            assert_eq!(*revision, at as u64 + 1, "no number is left out");
        }
    }
    for server in servers {
        server.stop().await;
    }
}
