//! What was acknowledged is answered, whatever happens to the program or to Slack meanwhile. Real processes, a loopback
//! Slack that misbehaves on demand, and `kill -9`.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;
use upshot::{
    clock::{Clock, Moment, Stopwatch},
    ids::{Platform, WorkspaceId},
    store::{Counter, NewDelivery, Rate},
};

use super::{
    databases::{Database, on_both},
    lifecycle::{Started, start},
    server::{Folder, PATIENCE, SECRET, client, fixture, form, sign},
};

on_both!(
    repeated_deliveries_give_one_reply_each,
    a_slack_in_trouble_gets_everything_in_the_end,
    nothing_acknowledged_is_lost_when_the_program_is_killed,
    too_much_open_work_is_refused_until_there_is_less,
    acknowledgements_do_not_wait_for_a_slack_that_hangs,
);

/// As many calls as the program has under way at once.
pub(crate) const UNDER_WAY: usize = 32;

/// How the stand-in answers an address.
#[derive(Clone, Copy)]
enum Manner {
    Well,
    /// 429 with a second to wait, then 500, then a reply without sense, then well.
    Troubled,
    /// The address is spent.
    Spent,
    /// Never.
    Hanging,
}

#[derive(Clone, Default)]
struct Calls(Arc<Mutex<BTreeMap<String, Vec<Moment>>>>);

impl Calls {
    fn at(&self, path: &str) -> Vec<Moment> {
        self.0.lock().unwrap().get(path).cloned().unwrap_or_default()
    }
}

/// Where messages in conversations are posted.
const POST: &str = "/api/chat.postMessage";

/// A Slack that only counts.
async fn slack() -> (String, Calls) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let calls = Calls::default();
    let router = Router::new().fallback(record).with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (origin, calls)
}

async fn record(State(calls): State<Calls>, uri: Uri) -> Response {
    let path = uri.path().to_owned();
    let number = {
        let mut all = calls.0.lock().unwrap();
        let times = all.entry(path.clone()).or_default();
        times.push(Clock::System.moment());
        times.len()
    };
    let manner = match path.split('/').nth(1) {
        Some("troubled") => Manner::Troubled,
        Some("spent") => Manner::Spent,
        Some("hanging") => Manner::Hanging,
        _ => Manner::Well,
    };
    match (manner, number) {
        (Manner::Troubled, 1) => {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", "1".parse().unwrap());
            (StatusCode::TOO_MANY_REQUESTS, headers).into_response()
        }
        (Manner::Troubled, 2) => (StatusCode::INTERNAL_SERVER_ERROR, "<html>").into_response(),
        (Manner::Spent, _) => StatusCode::NOT_FOUND.into_response(),
        (Manner::Hanging, _) => std::future::pending().await,
        _ if path == POST => json!({ "ok": true, "channel": "D0OWN", "ts": "1.1" }).to_string().into_response(),
        (Manner::Well | Manner::Troubled, _) => "ok".into_response(),
    }
}

/// Starts the program over this database, before this Slack.
pub(crate) fn program(folder: &Folder, database: &Database, origin: &str) -> Started {
    let api = format!("{origin}/api/");
    start(
        folder,
        &[
            ("UPSHOT_DATABASE_URL", &database.address),
            ("SLACK_SIGNING_SECRET", SECRET),
            ("SLACK_BOT_TOKEN", "xoxb-test"),
            ("SLACK_API_URL", &api),
            ("UPSHOT_LOG", "error"),
        ],
    )
}

pub(crate) fn kill(mut program: Started) {
    program.child.kill().unwrap();
    program.child.wait().unwrap();
}

/// Somebody picks a reader: a delivery whose answer is owed to this address. `None` when nobody answered.
async fn pick(client: &reqwest::Client, url: &str, trigger: &str, address: &str) -> Option<StatusCode> {
    let mut payload = fixture("block_actions_message.json");
    payload["trigger_id"] = json!(trigger);
    payload["response_url"] = json!(address);
    let body = form(&[("payload", &payload.to_string())]).into_bytes();
    let timestamp = Clock::System.now().unix_seconds().to_string();
    let request = client
        .post(format!("{url}/slack/interactions"))
        .header("x-slack-signature", sign(SECRET, &timestamp, &body))
        .header("x-slack-request-timestamp", timestamp);
    request.body(body).send().await.ok().map(|response| response.status())
}

/// Looks until something is so, or panics.
pub(crate) async fn until(what: &str, is_so: impl AsyncFnMut() -> bool) {
    until_within(2 * PATIENCE, what, is_so).await;
}

/// The same for what a busy platform keeps waiting: each try of a post makes its wait twice as long, and a kill costs a try.
pub(crate) async fn until_all_is_sent(what: &str, is_so: impl AsyncFnMut() -> bool) {
    until_within(10 * PATIENCE, what, is_so).await;
}

async fn until_within(limit: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let looked = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(limit, looked).await.unwrap_or_else(|_| panic!("it never came to be: {what}"));
}

/// Asks until the answer is yes, or panics: for a task of its own, whose futures own what they need. Whoever is asked may be killed and
/// started again several times meanwhile, which takes a while on a machine with much to do.
pub(crate) async fn until_yes<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let asked = async {
        while !ask().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(10 * PATIENCE, asked).await.unwrap_or_else(|_| panic!("it never came to be: {what}"));
}

/// Says a figure past the test harness, which hides what passing tests print.
pub(crate) fn say(figure: &str) {
    let _ = writeln!(std::io::stderr(), "measured: {figure}");
}

async fn repeated_deliveries_give_one_reply_each(database: Database) {
    const EVENTS: usize = 50;
    let (origin, calls) = slack().await;
    let folder = Folder::new();
    let programs: Vec<Started> = (0..database.programs()).map(|_| program(&folder, &database, &origin)).collect();
    let client = client().build().unwrap();
    let mut repeats = tokio::task::JoinSet::new();
    for (event, repeat) in (0..EVENTS).flat_map(|event| (0..4).map(move |repeat| (event, repeat))) {
        let (client, url) = (client.clone(), programs[repeat % programs.len()].url.clone());
        let address = format!("{origin}/well/{event}");
        repeats.spawn(async move { pick(&client, &url, &format!("1.1.{event}"), &address).await });
    }
    while let Some(status) = repeats.join_next().await {
        assert_eq!(status.unwrap(), Some(StatusCode::OK));
    }
    until("an answer for each", async || (0..EVENTS).all(|event| !calls.at(&format!("/well/{event}")).is_empty()))
        .await;
    let store = database.open().await;
    until("all counted", async || store.count(Counter::Delivered).await.unwrap() == EVENTS as u64).await;
    assert_eq!(store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap(), 0);
    for event in 0..EVENTS {
        assert_eq!(calls.at(&format!("/well/{event}")).len(), 1, "{event}");
    }
    store.close().await;
    programs.into_iter().for_each(kill);
}

async fn a_slack_in_trouble_gets_everything_in_the_end(database: Database) {
    const EVENTS: usize = 5;
    let (origin, calls) = slack().await;
    let folder = Folder::new();
    let program = program(&folder, &database, &origin);
    let client = client().build().unwrap();
    let manners = ["hanging", "spent", "troubled", "well"];
    for (event, manner) in (0..EVENTS).flat_map(|event| manners.map(|manner| (event, manner))) {
        let address = format!("{origin}/{manner}/{event}");
        let status = pick(&client, &program.url, &format!("1.{event}.{manner}"), &address).await;
        assert_eq!(status, Some(StatusCode::OK));
    }
    let paths = |manner: &'static str| (0..EVENTS).map(move |event| format!("/{manner}/{event}"));
    until("everything but what hangs", async || {
        paths("troubled").all(|path| calls.at(&path).len() == 3) && paths("well").all(|path| calls.at(&path).len() == 1)
    })
    .await;
    let store = database.open().await;
    until("all counted", async || {
        store.count(Counter::Delivered).await.unwrap() == 3 * EVENTS as u64
            && store.count(Counter::Expired).await.unwrap() == EVENTS as u64
    })
    .await;
    assert_eq!(calls.at(POST).len(), EVENTS, "what an address takes no more goes to the person's own conversation");
    for path in paths("troubled") {
        let times = calls.at(&path);
        let waited = times[1].unix_millis() - times[0].unix_millis();
        assert!(waited >= 1000, "Retry-After was a second, and the next call came after {waited} ms");
    }
    for path in paths("spent") {
        assert_eq!(calls.at(&path).len(), 1, "what can never arrive is not tried again");
    }
    assert_eq!(store.open_deliveries(100).await.unwrap(), u32::try_from(EVENTS).unwrap(), "what hangs is still owed");
    store.close().await;
    kill(program);
}

/// A small generator, so that a failure can be had again.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// How often the program is killed: `scripts/kill.sh` asks for more.
pub(crate) fn kills() -> usize {
    std::env::var_os("TEST_KILLS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(20)
}

async fn nothing_acknowledged_is_lost_when_the_program_is_killed(database: Database) {
    let (origin, calls) = slack().await;
    let folder = Folder::new();
    let client = client().timeout(Duration::from_secs(1)).build().unwrap();
    let mut seeded = Seeded(20_261_125);
    let mut acknowledged = Vec::new();
    let mut event = 0;
    for _ in 0..kills() {
        let program = program(&folder, &database, &origin);
        let life = Duration::from_millis(seeded.below(400));
        let url = program.url.clone();
        let (client, origin) = (&client, &origin);
        let mut deliver = async || {
            loop {
                let address = format!("{origin}/well/{event}");
                // Who gets no answer comes again, as Slack does; the event after it is another one either way.
                if pick(client, &url, &format!("1.1.{event}"), &address).await == Some(StatusCode::OK) {
                    acknowledged.push(event);
                }
                event += 1;
            }
        };
        // The time is up in the middle of whatever happens then.
        let _ = tokio::time::timeout(life, deliver()).await;
        kill(program);
    }
    assert!(acknowledged.len() > kills(), "only {} events", acknowledged.len());
    let store = database.open().await;
    let waiting = store.open_events(u32::MAX).await.unwrap() + store.open_deliveries(u32::MAX).await.unwrap();
    let program = program(&folder, &database, &origin);
    let watch = Stopwatch::start();
    until("nothing is open", async || {
        store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap() == 0
    })
    .await;
    let recovery = Duration::from_micros(watch.elapsed_us());
    let lost: Vec<&usize> =
        acknowledged.iter().filter(|event| calls.at(&format!("/well/{event}")).is_empty()).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let doubled = (0..event).filter(|event| calls.at(&format!("/well/{event}")).len() > 1).count();
    say(&format!(
        "{} kills, {} events acknowledged, 0 lost, {doubled} sent again because their end was not known; all was sent {} ms \
         after the last start, for which {waiting} waited",
        kills(),
        acknowledged.len(),
        recovery.as_millis()
    ));
    // Each kill can leave the calls in doubt that were under way at that moment, and no others. These are messages in
    // place of another one, to which a repetition does nothing.
    assert!(doubled <= UNDER_WAY * kills(), "{doubled} sent again by {} kills", kills());
    assert_eq!(store.count(Counter::Dead).await.unwrap() + store.count(Counter::Expired).await.unwrap(), 0);
    store.close().await;
    kill(program);
}

/// Something owed to this address, as the program writes it.
fn owed(address: &str, lane: &str) -> NewDelivery {
    let payload = json!({ "version": "1", "Respond": { "address": address, "message": { "text": "late" } } });
    NewDelivery {
        platform: Platform::Slack,
        workspace: WorkspaceId::new("T0000UPSHT"),
        lane: lane.to_owned(),
        lane_pause: Duration::ZERO,
        method: "response_url",
        rate: Rate { every: Duration::ZERO, burst: 1 },
        payload: payload.to_string(),
        expires_at: Clock::System.moment().plus(Duration::from_secs(3600)),
    }
}

async fn too_much_open_work_is_refused_until_there_is_less(database: Database) {
    let (origin, calls) = slack().await;
    let folder = Folder::new();
    let store = database.open().await;
    let now = Clock::System.moment();
    let all: Vec<NewDelivery> = (0..10_000).map(|_| owed(&format!("{origin}/well/old"), "one")).collect();
    store.owe(&all, now).await.unwrap();
    // The first of the lane is in other hands, so all the others wait.
    let first = store.claim_delivery(now, Duration::from_secs(3600)).await.unwrap().unwrap();
    let program = program(&folder, &database, &origin);
    let client = client().build().unwrap();
    let number = std::cell::Cell::new(0);
    let status = async || {
        number.set(number.get() + 1);
        let trigger = format!("1.1.{}", number.get());
        pick(&client, &program.url, &trigger, &format!("{origin}/well/new")).await.unwrap()
    };
    until("it is refused", async || status().await == StatusCode::SERVICE_UNAVAILABLE).await;
    let much_later = now.plus(Duration::from_secs(7200)).unix_millis() / 1000;
    store.erase_expired(upshot::clock::Timestamp::from_unix_seconds(much_later)).await.unwrap();
    drop(first);
    until("it is taken again", async || status().await == StatusCode::OK).await;
    until("it is answered", async || !calls.at("/well/new").is_empty()).await;
    assert!(calls.at("/well/old").is_empty());
    store.close().await;
    kill(program);
}

async fn acknowledgements_do_not_wait_for_a_slack_that_hangs(database: Database) {
    const WAITING: usize = 5_000;
    const ASKED: usize = 300;
    let (origin, _calls) = slack().await;
    let folder = Folder::new();
    let store = database.open().await;
    let all: Vec<NewDelivery> =
        (0..WAITING).map(|number| owed(&format!("{origin}/hanging/{number}"), &number.to_string())).collect();
    store.owe(&all, Clock::System.moment()).await.unwrap();
    let program = program(&folder, &database, &origin);
    let client = client().build().unwrap();
    let mut times = Vec::new();
    for number in 0..ASKED {
        let watch = Stopwatch::start();
        let address = format!("{origin}/hanging/new{number}");
        let status = pick(&client, &program.url, &format!("1.1.{number}"), &address).await;
        times.push(watch.elapsed_us());
        assert_eq!(status, Some(StatusCode::OK));
    }
    times.sort_unstable();
    let p99 = times[ASKED * 99 / 100];
    say(&format!("{WAITING} waiting behind a Slack that hangs: acknowledged in {p99} us at the 99th percentile"));
    // Asked are 100 ms of a machine that does nothing else; a build beside the tests takes its share.
    assert!(p99 < 1_000_000, "{p99} us");
    assert!(store.open_deliveries(10_000).await.unwrap() >= 5_000);
    store.close().await;
    kill(program);
}
