//! Every event comes four times, as Slack repeats what it got no answer for, to programs that are killed and started again meanwhile:
//! each gets one reply. A thread remembers what was posted in it, so that nobody has to post twice who looks first.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet};
use upshot::{
    clock::{Clock, Stopwatch},
    store::Counter,
};

use super::{
    databases::{Database, on_both},
    delivery::{Seeded, kill, kills, program, say, until, until_yes},
    lifecycle::Started,
    server::{Folder, SECRET, client, question, sign},
};

on_both!(nothing_acknowledged_is_lost_or_doubled_when_every_event_comes_four_times);

const REPEATS: usize = 4;
/// As many events to a kill, and as many workspaces, so that no pace of one of them holds the others up.
const ROUND: usize = 20;

/// The threads of a Slack, and what it does with a post that it has taken.
struct Threads {
    /// The posts of each channel, with the metadata by which they are found.
    posts: Mutex<BTreeMap<String, Vec<Value>>>,
    /// Whether the answer to a post waits.
    holds: watch::Sender<bool>,
    /// Posts whose answers waited since this was last set to nothing.
    held: AtomicUsize,
    /// How often somebody looked for a post.
    searches: AtomicUsize,
}

async fn slack() -> (String, Arc<Threads>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let threads = Arc::new(Threads {
        posts: Mutex::default(),
        holds: watch::Sender::new(false),
        held: AtomicUsize::default(),
        searches: AtomicUsize::default(),
    });
    let router = Router::new().fallback(answer).with_state(Arc::clone(&threads));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (origin, threads)
}

async fn answer(State(threads): State<Arc<Threads>>, uri: Uri, body: Bytes) -> Response {
    let told = match uri.path() {
        "/api/chat.postMessage" => {
            let post: Value = serde_json::from_slice(&body).unwrap();
            let channel = post["channel"].as_str().unwrap().to_owned();
            threads.posts.lock().unwrap().entry(channel).or_default().push(json!({ "metadata": post["metadata"] }));
            threads.held.fetch_add(1, Ordering::Relaxed);
            // Whoever is killed now never learns that the post arrived.
            threads.holds.subscribe().wait_for(|holds| !holds).await.unwrap();
            json!({ "ok": true })
        }
        "/api/conversations.replies" => {
            threads.searches.fetch_add(1, Ordering::Relaxed);
            let query = form_urlencoded::parse(uri.query().unwrap().as_bytes());
            let channel = query.into_owned().find(|(name, _)| name == "channel").unwrap().1;
            json!({ "ok": true, "messages": threads.posts.lock().unwrap().get(&channel).cloned().unwrap_or_default() })
        }
        _ => json!({ "ok": true }),
    };
    told.to_string().into_response()
}

/// A question in a thread of its own.
fn event(number: usize) -> Value {
    let mut body = question(&format!("Ev{number}"));
    let workspace = json!(format!("T{}", number % ROUND));
    for place in ["/team_id", "/context_team_id", "/event/team", "/authorizations/0/team_id"] {
        *body.pointer_mut(place).unwrap() = workspace.clone();
    }
    body
}

/// Whoever takes deliveries now.
type Urls = Arc<Mutex<Vec<String>>>;

/// Delivers an event until somebody has taken it: who gets no answer comes again.
async fn deliver(client: reqwest::Client, urls: Urls, number: usize, repeat: usize) {
    let body = event(number).to_string().into_bytes();
    let mut tries = number + repeat;
    until_yes("a delivery is taken", || {
        tries += 1;
        let url = {
            let urls = urls.lock().unwrap();
            urls[tries % urls.len()].clone()
        };
        let timestamp = Clock::System.now().unix_seconds().to_string();
        let mut request = client
            .post(format!("{url}/slack/events"))
            .header("x-slack-signature", sign(SECRET, &timestamp, &body))
            .header("x-slack-request-timestamp", timestamp);
        if repeat > 0 {
            request = request.header("x-slack-retry-num", repeat).header("x-slack-retry-reason", "http_timeout");
        }
        let sent = request.body(body.clone()).send();
        async move { sent.await.is_ok_and(|response| response.status() == StatusCode::OK) }
    })
    .await;
}

async fn nothing_acknowledged_is_lost_or_doubled_when_every_event_comes_four_times(database: Database) {
    let rounds = (kills() / 4).max(2);
    let events = rounds * ROUND;
    let (origin, threads) = slack().await;
    let folder = Folder::new();
    let mut programs: Vec<Started> = (0..database.programs()).map(|_| program(&folder, &database, &origin)).collect();
    let addresses = |programs: &[Started]| programs.iter().map(|program| program.url.clone()).collect::<Vec<_>>();
    let urls: Urls = Arc::new(Mutex::new(addresses(&programs)));
    let client = client().build().unwrap();
    let mut seeded = Seeded(20_261_127);
    let mut deliveries = JoinSet::new();
    let watch = Stopwatch::start();
    // Two deliveries of an event come in one round, and two in the next: to others, when it may long have been answered.
    for round in 0..=rounds {
        for repeat in 0..REPEATS {
            let Some(of) = round.checked_sub(repeat / 2).filter(|of| *of < rounds) else { continue };
            for number in of * ROUND..(of + 1) * ROUND {
                deliveries.spawn(deliver(client.clone(), Arc::clone(&urls), number, repeat));
            }
        }
        if round == rounds {
            break;
        }
        // While some posts have arrived and their senders do not know it, and others are on their way, somebody is killed.
        threads.held.store(0, Ordering::Relaxed);
        threads.holds.send_replace(true);
        let wanted = 1 + usize::try_from(seeded.below(ROUND as u64)).unwrap();
        until("posts wait for their answers", async || threads.held.load(Ordering::Relaxed) >= wanted).await;
        kill(programs.remove(0));
        threads.holds.send_replace(false);
        programs.push(program(&folder, &database, &origin));
        *urls.lock().unwrap() = addresses(&programs);
    }
    let restarted = Stopwatch::start();
    let taken = deliveries.join_all().await.len();
    assert_eq!(taken, events * REPEATS);
    let store = database.open().await;
    until("nothing is open", async || {
        store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap() == 0
    })
    .await;
    let recovery = restarted.elapsed_us() / 1_000;
    let posts = threads.posts.lock().unwrap().clone();
    let replies = |number: &usize| posts.get(&format!("C0Ev{number}")).map_or(0, Vec::len);
    let lost = (0..events).filter(|number| replies(number) == 0).count();
    let doubled = (0..events).filter(|number| replies(number) > 1).count();
    let searches = threads.searches.load(Ordering::Relaxed);
    say(&format!(
        "{} programs, {rounds} kills in {} s, {events} events of {REPEATS} deliveries acknowledged: {lost} lost, {doubled} doubled, \
         {searches} looked for first because their end was not known; all was sent {recovery} ms after the last start",
        database.programs(),
        watch.elapsed_us() / 1_000_000,
    ));
    assert_eq!((lost, doubled), (0, 0));
    assert!(searches > 0, "a kill leaves posts whose end is not known");
    assert_eq!(posts.len(), events, "and nothing was posted elsewhere");
    assert_eq!(store.count(Counter::Delivered).await.unwrap(), events as u64);
    assert_eq!(store.count(Counter::Dead).await.unwrap() + store.count(Counter::Expired).await.unwrap(), 0);
    store.close().await;
    programs.into_iter().for_each(kill);
}
