//! Damaged deliveries by the thousand, over every kind that Slack sends and over both ways: nothing makes the server fail, and nothing
//! is looked into that Slack did not sign. What is tried is the same at each run.

use std::sync::Arc;

use reqwest::Client;
use serde_json::{Value, json};

use super::{
    databases::Database,
    delivery::Seeded,
    fake_slack::{Call, FakeSlack},
    kit,
    server::{
        COMMANDS, INTERACTIONS, NOW, SECRET, TestServer, deliver_all, fixture, fixture_bytes, form, places, sign,
        without,
    },
};

/// Fixtures with one event, and with the check of an address.
const EVENTS: [&str; 8] = [
    "event_assistant_thread_started.json",
    "event_message_app_post.json",
    "event_reaction_added.json",
    "event_app_home_opened.json",
    "event_app_mention.json",
    "event_message_im.json",
    "event_slack_connect_mention.json",
    "url_verification.json",
];
/// Fixtures with several events under `body`.
const LISTS: [&str; 3] = ["event_agent_surface.json", "event_lifecycle.json", "event_message_ignored.json"];

const ALL: usize = 20_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Interaction,
    Event,
    Command,
}

impl Kind {
    const fn path(self) -> &'static str {
        match self {
            Self::Interaction => "/slack/interactions",
            Self::Event => "/slack/events",
            Self::Command => "/slack/commands",
        }
    }

    /// What its envelope says on a socket.
    const fn envelope(self) -> &'static str {
        match self {
            Self::Interaction => "interactive",
            Self::Event => "events_api",
            Self::Command => "slash_commands",
        }
    }

    /// A delivery as Slack writes its body.
    fn body(self, payload: &Value) -> Vec<u8> {
        match self {
            Self::Interaction => form(&[("payload", &payload.to_string())]).into_bytes(),
            Self::Event => payload.to_string().into_bytes(),
            Self::Command => {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let fields = payload.as_object().unwrap().iter().map(|(name, value)| (&**name, text(value)));
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
            }
        }
    }
}

/// A delivery as it was recorded.
struct Recorded {
    name: String,
    kind: Kind,
    payload: Value,
}

fn recorded() -> Vec<Recorded> {
    let whole = |kind: Kind| move |name: &str| Recorded { name: name.to_owned(), kind, payload: fixture(name) };
    let interactions = INTERACTIONS.map(whole(Kind::Interaction));
    let events = EVENTS.map(whole(Kind::Event));
    let lists = LISTS.iter().flat_map(|name| {
        let rows = fixture(name).as_array().unwrap().clone();
        let row = move |(number, row): (usize, Value)| Recorded {
            name: format!("{name} {number}"),
            kind: Kind::Event,
            payload: row["body"].clone(),
        };
        rows.into_iter().enumerate().map(row)
    });
    let commands = COMMANDS.map(|name| Recorded {
        name: name.to_owned(),
        kind: Kind::Command,
        payload: form_urlencoded::parse(&fixture_bytes(name))
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    });
    interactions.into_iter().chain(events).chain(lists).chain(commands).collect()
}

/// A delivery and what was done to it.
#[derive(Clone)]
struct Damaged {
    what: String,
    path: &'static str,
    body: Vec<u8>,
}

/// Every place of a delivery replaced by something else, and left out.
fn by_place(original: &Recorded) -> Vec<(Damaged, Value)> {
    let replacements = [json!(null), json!(-1), json!("<!channel> \u{0}"), json!([1, []]), json!({ "type": {} })];
    let Recorded { name, kind, payload } = original;
    let mut found = Vec::new();
    places(payload, "", &mut found);
    let damaged = |place: String| {
        let replaced = replacements.iter().map(|replacement| {
            let mut damaged = payload.clone();
            *damaged.pointer_mut(&place).unwrap() = replacement.clone();
            damaged
        });
        let all: Vec<Value> = replaced.chain([without(payload.clone(), &place)]).collect();
        all.into_iter().map(move |value| {
            (Damaged { what: format!("{name} at {place}"), path: kind.path(), body: kind.body(&value) }, value)
        })
    };
    found.into_iter().flat_map(damaged).collect()
}

/// A delivery as broken bytes: cut off, in another encoding, with doubled keys, very long and very deep values. What is broken is the
/// JSON inside a form in one half, and the form itself in the other.
fn by_bytes(all: &[Recorded], seeded: &mut Seeded, number: usize) -> Damaged {
    let mut below = |most: usize| usize::try_from(seeded.below(most as u64)).unwrap();
    let Recorded { name, kind, payload } = &all[below(all.len())];
    let is_inside = *kind == Kind::Interaction && below(2) == 0;
    let mut body = if is_inside { payload.to_string().into_bytes() } else { kind.body(payload) };
    let at = below(body.len());
    let what = match number % 10 {
        0 => {
            body.truncate(at);
            "cut off"
        }
        1 => {
            body[at] = u8::try_from(below(256)).unwrap();
            "another byte"
        }
        2 => {
            body.splice(at..at, [0xff, 0xfe, 0xc3]);
            "no UTF-8"
        }
        3 => {
            body = String::from_utf8(body).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
            "UTF-16"
        }
        4 => {
            let signs = ["%", "%zz", "%00", "+&=", "%ff%fe", "\0"];
            body.splice(at..at, signs[below(signs.len())].bytes());
            "a sign of forms"
        }
        5 => {
            let keys =
                ["\"type\":\"event_callback\",", "\"user\":7,", "\"team\":[],", "\"event\":{},", "\"view\":null,"];
            body.splice(1..1, keys[below(keys.len())].bytes());
            "a doubled key"
        }
        6 => {
            let middle = body[at..(at + below(40)).min(body.len())].to_vec();
            body.splice(at..at, middle);
            "a part twice"
        }
        7 if number % 200 == 7 => {
            let long = json!("<b>&amp; *long* ".repeat(8_000));
            let mut payload = payload.clone();
            for place in ["/event/text", "/message/text", "/text", "/value"] {
                if let Some(text) = payload.pointer_mut(place) {
                    *text = long.clone();
                }
            }
            payload["more"] = long;
            body = kind.body(&payload);
            "very long"
        }
        7 => {
            let depth = 20 + below(400);
            let mut deep = payload.clone();
            deep["message"] = json!("here");
            deep["event"] = json!("here");
            let text = deep.to_string().replace("\"here\"", &("[".repeat(depth) + &"]".repeat(depth)));
            body = text.into_bytes();
            "very deep"
        }
        8 => {
            body.remove(at);
            "a byte less"
        }
        _ => {
            body.swap(at, below(at + 1));
            "two bytes exchanged"
        }
    };
    if is_inside {
        let mut outer = b"payload=".to_vec();
        outer.extend(form_urlencoded::byte_serialize(&body).flat_map(str::bytes));
        body = outer;
    }
    Damaged { what: format!("{name}, {what} at {at}"), path: kind.path(), body }
}

/// All damages of a run.
fn damages() -> Vec<Damaged> {
    let recorded = recorded();
    let mut all: Vec<Damaged> = recorded.iter().flat_map(by_place).map(|(damaged, _)| damaged).collect();
    let mut seeded = Seeded(26);
    all.extend((all.len()..ALL).map(|number| by_bytes(&recorded, &mut seeded, number)));
    all
}

/// Delivers all of them, signed with this secret, and gives each status.
async fn deliver_signed(server: &TestServer, secret: &'static str, all: Vec<Damaged>) -> Vec<(Damaged, u16)> {
    let client: Client = server.client().clone();
    let (origin, now): (Arc<str>, Arc<str>) = (server.url("").into(), NOW.to_string().into());
    deliver_all(all, move |damaged: &Damaged| {
        let request = client.post(format!("{origin}{}", damaged.path)).body(damaged.body.clone());
        let request = request.header("x-slack-request-timestamp", &*now);
        request.header("x-slack-signature", sign(secret, &now, &damaged.body))
    })
    .await
}

/// What is shown must be within Slack's limits. Ids are given back as they came, with their damages.
fn check(call: &mut Call) {
    for id in ["channel", "thread_ts", "user"] {
        call.body.as_object_mut().and_then(|body| body.remove(id));
    }
    match &*call.path {
        "/api/views.open" | "/api/views.push" | "/api/views.update" => kit::check_view(&call.body["view"]),
        "/api/views.publish" => kit::check_home(&call.body["view"]),
        "/api/chat.postMessage" | "/api/chat.postEphemeral" => kit::check_message(&call.body),
        _ => {}
    }
}

/// All are verified and decoded. Damaged copies of one message, press or shortcut share its id, so only the first of them that makes sense is
/// worked; commands, menus and forms are answered each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_damaged_delivery_makes_the_server_fail() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let all = damages();
    assert_eq!(all.len(), ALL, "all places alone are fewer");
    let mut taken = 0;
    for (damaged, status) in deliver_signed(&server, SECRET, all).await {
        let beginning = &damaged.body[..damaged.body.len().min(2_000)];
        assert!([200, 400].contains(&status), "{status} for {}: {}", damaged.what, String::from_utf8_lossy(beginning));
        taken += usize::from(status == 200);
    }
    assert!(taken > 5_000, "only {taken} were damaged so little that they were read");
    // It goes on as if nothing had been.
    assert!(server.command("/explain", "p95").await.to_string().contains("95 of 100"));
    server.stop().await;
    let mut calls = slack.rest();
    assert!(!calls.is_empty(), "what has small damages is answered");
    calls.iter_mut().for_each(check);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_slack_did_not_sign_is_looked_into() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    // As it was recorded, and damaged in every eighth way.
    let whole = recorded();
    let whole = whole.iter().map(|Recorded { name, kind, payload }| Damaged {
        what: name.clone(),
        path: kind.path(),
        body: kind.body(payload),
    });
    let all: Vec<Damaged> = whole.chain(damages().into_iter().step_by(8)).collect();
    for (damaged, status) in deliver_signed(&server, "another0secret0that0slack0has0not", all).await {
        // What makes no sense is no 400 either, which only those are told who signed it.
        assert_eq!(status, 401, "{}", damaged.what);
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert_eq!(database.figure("SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox)").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_damaged_envelope_ends_a_connection() {
    let slack = FakeSlack::start().await;
    let mut sockets = slack.sockets().await;
    let server = TestServer::by_socket(&slack, &[]).await;
    let mut socket = sockets.next().await;
    let all = recorded();
    let envelopes: Vec<(Kind, Value)> = all
        .iter()
        .flat_map(|original| by_place(original).into_iter().map(|(_, payload)| (original.kind, payload)))
        .step_by(5)
        .collect();
    let good = all.iter().find(|one| one.name == "slash_explain_enterprise.form").unwrap();
    for (number, batch) in envelopes.chunks(50).enumerate() {
        for (kind, payload) in batch {
            socket.deliver("damaged", kind.envelope(), payload).await;
        }
        // What makes no sense is not acknowledged, and what comes after it is.
        let last = format!("whole {number}");
        socket.deliver(&last, good.kind.envelope(), &good.payload).await;
        while socket.acknowledgement().await.expect("the connection ended")["envelope_id"] != *last {}
    }
    server.stop().await;
    assert_eq!(slack.asked_for_sockets(), 2, "the two connections of the start");
}
