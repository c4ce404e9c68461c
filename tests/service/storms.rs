//! A Slack that has no time for anybody, for as long as it likes: what is owed waits, in the database and not in memory, and arrives in its
//! order afterwards. The clock is turned by hand.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use upshot::{
    clock::{Clock, Moment},
    ids::{Platform, WorkspaceId},
    store::{Counter, NewDelivery, Rate},
};

use super::{
    databases::{Database, on_both},
    delivery::{UNDER_WAY, say, until},
    server::{NOW, TestServer},
};

on_both!(a_storm_of_refusals_loses_nothing_and_keeps_the_order);

/// As many workspaces with one channel each, and as many posts for each of them.
const WORKSPACES: usize = 50;
const POSTS: usize = 20;
/// How often everybody is told to wait, and for how long.
const STORMS: usize = 10;
const WAIT: i64 = 30;

const OPEN: &str = "SELECT count(*) FROM outbox";
const SENDING: &str = "SELECT count(*) FROM outbox WHERE state = 'sending'";
const FAILURES: &str = "SELECT CAST(coalesce(sum(failures), 0) AS BIGINT) FROM outbox";
const PACES: &str = "SELECT count(*) FROM paces";

#[derive(Default)]
struct Told {
    has_time: bool,
    refused: usize,
    /// The posts of each channel, in the order in which they came.
    posts: BTreeMap<String, Vec<String>>,
    taken: usize,
}

type Slack = Arc<Mutex<Told>>;

async fn slack() -> (String, Slack) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_url = format!("http://{}/api/", listener.local_addr().unwrap());
    let slack = Slack::default();
    let router = Router::new().fallback(answer).with_state(Arc::clone(&slack));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (api_url, slack)
}

async fn answer(State(slack): State<Slack>, body: Bytes) -> Response {
    let mut told = slack.lock().unwrap();
    if !told.has_time {
        told.refused += 1;
        let wait = [("retry-after", WAIT.to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, wait, "Too Many Requests").into_response();
    }
    let post: Value = serde_json::from_slice(&body).unwrap();
    let text = |field: &str| post[field].as_str().unwrap().to_owned();
    told.posts.entry(text("channel")).or_default().push(text("text"));
    told.taken += 1;
    json!({ "ok": true }).to_string().into_response()
}

/// A post as the program writes it down.
fn owed(workspace: usize, number: usize) -> NewDelivery {
    let channel = format!("C{workspace}");
    let message = json!({ "text": format!("{number:02}"), "blocks": [] });
    let call = json!({ "Post": { "channel": channel, "thread": "1.1", "message": message } });
    NewDelivery {
        platform: Platform::Slack,
        workspace: WorkspaceId::new(format!("T{workspace}")),
        lane: format!("channel {channel}"),
        lane_pause: Duration::from_secs(1),
        method: "chat.postMessage",
        rate: Rate { every: Duration::from_millis(200), burst: 20 },
        payload: json!({ "version": "2", "call": call }).to_string(),
        expires_at: Moment::from_unix_millis(NOW * 1_000).plus(Duration::from_secs(7_200)),
    }
}

/// What this process holds in memory, in kilobytes; 0 where nobody says.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

async fn a_storm_of_refusals_loses_nothing_and_keeps_the_order(database: Database) {
    let (api_url, slack) = slack().await;
    let store = database.open().await;
    let all: Vec<NewDelivery> =
        (0..POSTS).flat_map(|number| (0..WORKSPACES).map(move |workspace| owed(workspace, number))).collect();
    let owed = i64::try_from(all.len()).unwrap();
    store.owe(&all, Moment::from_unix_millis(NOW * 1_000)).await.unwrap();

    let millis: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(NOW * 1_000)));
    let settings =
        [("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("UPSHOT_DATABASE_URL", &*database.address)];
    let server = TestServer::by(Clock::Turned(millis), &settings).await;
    // The clock is turned when everybody waits: whoever is under way would seem to have stood still for all that time.
    let wait_until = async |what: &str, calls: &dyn Fn(&Told) -> bool| {
        until(what, async || {
            let is_so = calls(&slack.lock().unwrap());
            let sending = database.figure(SENDING).await;
            assert!(sending <= i64::try_from(UNDER_WAY).unwrap(), "{sending} are held in memory");
            is_so && sending == 0
        })
        .await;
    };
    let mut memory = Vec::new();
    for storm in 1..=STORMS {
        // One try for each workspace is enough to know.
        wait_until("everybody was told to wait", &|told| told.refused >= storm * WORKSPACES).await;
        assert_eq!(slack.lock().unwrap().refused, storm * WORKSPACES, "nobody tries while a wait lasts");
        assert_eq!((database.figure(OPEN).await, database.figure(FAILURES).await), (owed, 0));
        memory.push(resident());
        slack.lock().unwrap().has_time = storm == STORMS;
        millis.fetch_add((WAIT + 1) * 1_000 + 1, Ordering::Relaxed);
    }
    for turn in 1..=POSTS {
        wait_until("a post in each channel", &|told| told.taken >= turn * WORKSPACES).await;
        assert_eq!(slack.lock().unwrap().taken, turn * WORKSPACES, "one a second in each channel");
        millis.fetch_add(1_001, Ordering::Relaxed);
    }
    server.stop().await;
    let paces = database.figure(PACES).await;
    assert!(paces <= 2 * i64::try_from(WORKSPACES).unwrap(), "{paces} paces are kept");
    assert_eq!(database.figure(OPEN).await, 0);
    let expected: Vec<String> = (0..POSTS).map(|number| format!("{number:02}")).collect();
    let posts = slack.lock().unwrap().posts.clone();
    assert_eq!(posts.len(), WORKSPACES);
    for (channel, posts) in posts {
        assert_eq!(posts, expected, "{channel}");
    }
    assert_eq!(store.count(Counter::Delivered).await.unwrap(), u64::try_from(owed).unwrap());
    store.close().await;
    say(&format!(
        "{owed} owed through {STORMS} storms of 429: {} refused, then all sent in their order; from the first storm to the last this \
         process grew by {} KB",
        slack.lock().unwrap().refused,
        memory.last().unwrap() - memory.first().unwrap(),
    ));
}
