//! Every message comes three times, as the bot service repeats what it got no answer for, to programs that are killed meanwhile: what was
//! acknowledged gets one reply.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use upshot::{
    clock::{Clock, Stopwatch},
    store::Counter,
};

use super::fake::{FakeTeams, with};
use crate::{
    databases::{Database, on_both},
    delivery::{Seeded, UNDER_WAY, kill, kills, say, until, until_all_is_sent, until_yes},
    lifecycle::{Started, start},
    server::{Folder, client},
};

on_both!(
    three_deliveries_are_one_reply,
    nothing_acknowledged_is_lost_in_teams_when_the_program_is_killed,
    nothing_acknowledged_is_lost_in_teams_when_every_message_comes_three_times,
);

/// As many tenants, so that no rate of one of them holds the others up.
const TENANTS: usize = 50;
const REPEATS: usize = 3;

/// Starts as many programs as may share this database.
fn programs(teams: &FakeTeams, folder: &Folder, database: &Database) -> Vec<Started> {
    (0..database.programs()).map(|_| program(teams, folder, database)).collect()
}

fn program(teams: &FakeTeams, folder: &Folder, database: &Database) -> Started {
    let settings = teams.settings();
    start(folder, &with(&settings, &[("UPSHOT_DATABASE_URL", &database.address), ("UPSHOT_LOG", "error")]))
}

/// A message in a conversation of its own.
fn message(teams: &FakeTeams, event: usize) -> String {
    let mut activity = teams.activity("02-message-personal.json");
    let (conversation, tenant) = (format!("a:{event}"), format!("tenant-{}", event % TENANTS));
    teams.place(&conversation, &tenant);
    activity["id"] = json!(event.to_string());
    activity["conversation"]["id"] = json!(conversation);
    activity["conversation"]["tenantId"] = json!(tenant);
    activity["channelData"] = json!({ "tenant": { "id": tenant } });
    activity["text"] = json!("The pod restarted 3 times.");
    activity["attachments"] = Value::Null;
    activity.to_string()
}

/// Delivers a message so often to the programs in turn, all at once, and says how often it was acknowledged.
async fn deliver(client: &reqwest::Client, urls: &[String], token: &str, body: &str) -> usize {
    let mut repeats = tokio::task::JoinSet::new();
    for repeat in 0..REPEATS {
        let request = client
            .post(format!("{}/api/messages", urls[repeat % urls.len()]))
            .header("authorization", token)
            .body(body.to_owned());
        repeats.spawn(async move { request.send().await.is_ok_and(|response| response.status() == StatusCode::OK) });
    }
    repeats.join_all().await.into_iter().filter(|is_taken| *is_taken).count()
}

/// How often each conversation was posted to.
fn counted(teams: &mut FakeTeams) -> BTreeMap<String, usize> {
    let mut posts = BTreeMap::new();
    for call in teams.rest() {
        let conversation = call.path.split('/').nth(4).unwrap_or_default();
        *posts.entry(conversation.replace("%3A", ":")).or_default() += 1;
    }
    posts
}

async fn three_deliveries_are_one_reply(database: Database) {
    const MESSAGES: usize = 40;
    const FIRST: usize = 8;
    let mut teams = FakeTeams::start().await;
    let folder = Folder::new();
    let programs = programs(&teams, &folder, &database);
    let urls: Vec<String> = programs.iter().map(|program| program.url.clone()).collect();
    let token = teams.vouched_at(Clock::System.now().unix_seconds());
    let client = client().build().unwrap();
    let store = database.open().await;
    // Whoever stands still for longer than a lease is overtaken, and then a post may be seen twice. That is most likely at the first
    // posts of a program, which fetch a token; so these are not the ones that are looked at.
    for event in MESSAGES..MESSAGES + FIRST {
        deliver(&client, &urls, &token, &message(&teams, event)).await;
    }
    until("the first are sent", async || store.count(Counter::Delivered).await.unwrap() == FIRST as u64).await;
    for event in 0..MESSAGES {
        assert_eq!(deliver(&client, &urls, &token, &message(&teams, event)).await, REPEATS, "{event}");
    }
    until("all counted", async || store.count(Counter::Delivered).await.unwrap() == (FIRST + MESSAGES) as u64).await;
    assert_eq!(store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap(), 0);
    store.close().await;
    programs.into_iter().for_each(kill);
    let posts = counted(&mut teams);
    for event in 0..MESSAGES {
        assert_eq!(posts.get(&format!("a:{event}")), Some(&1), "{event}: {posts:?}");
    }
    assert_eq!(posts.len(), FIRST + MESSAGES);
}

async fn nothing_acknowledged_is_lost_in_teams_when_the_program_is_killed(database: Database) {
    let mut teams = FakeTeams::start().await;
    let folder = Folder::new();
    let mut programs = programs(&teams, &folder, &database);
    let token = teams.vouched_at(Clock::System.now().unix_seconds());
    let client = client().timeout(Duration::from_secs(1)).build().unwrap();
    let mut seeded = Seeded(20_261_126);
    let mut acknowledged = Vec::new();
    let mut event = 0;
    for round in 0..kills() {
        let urls: Vec<String> = programs.iter().map(|program| program.url.clone()).collect();
        let life = Duration::from_millis(100 + seeded.below(900));
        let deliver_all = async {
            loop {
                let body = message(&teams, event);
                // Acknowledged once is acknowledged, whoever was killed before the others were answered.
                if deliver(&client, &urls, &token, &body).await > 0 {
                    acknowledged.push(event);
                }
                event += 1;
            }
        };
        // The time is up in the middle of whatever happens then.
        let _: Result<(), _> = tokio::time::timeout(life, deliver_all).await;
        // The others go on while this one is started again.
        kill(programs.remove(0));
        if round + 1 < kills() || programs.is_empty() {
            programs.push(program(&teams, &folder, &database));
        }
    }
    assert!(acknowledged.len() > kills(), "only {} messages", acknowledged.len());
    let watch = Stopwatch::start();
    let store = database.open().await;
    until_all_is_sent("nothing is open", async || {
        store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap() == 0
    })
    .await;
    let recovery = Duration::from_micros(watch.elapsed_us());
    let posts = counted(&mut teams);
    let replies = |event: &usize| posts.get(&format!("a:{event}")).copied().unwrap_or_default();
    let lost: Vec<&usize> = acknowledged.iter().filter(|event| replies(event) == 0).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let doubled = (0..=event).filter(|event| replies(event) > 1).count();
    say(&format!(
        "Teams, {} programs, {} kills, {} messages of {REPEATS} deliveries acknowledged, 0 lost, {doubled} sent again because their \
         end was not known; all was sent {} ms after the last start",
        database.programs(),
        kills(),
        acknowledged.len(),
        recovery.as_millis()
    ));
    // Each kill can leave the posts in doubt that were under way at that moment, and no others; each is sent once more.
    assert!(doubled <= UNDER_WAY * kills(), "{doubled} sent again by {} kills", kills());
    assert!((0..=event).all(|event| replies(&event) <= 1 + kills()), "{posts:?}");
    store.close().await;
    programs.into_iter().for_each(kill);
}

/// Delivers a message until somebody has taken it: who gets no answer comes again.
async fn deliver_once(
    client: reqwest::Client,
    urls: Arc<Mutex<Vec<String>>>,
    token: Arc<str>,
    body: String,
    first: usize,
) {
    let mut tries = first;
    until_yes("a delivery is taken", || {
        tries += 1;
        let url = {
            let urls = urls.lock().unwrap();
            format!("{}/api/messages", urls[tries % urls.len()])
        };
        let sent = client.post(url).header("authorization", &*token).body(body.clone()).send();
        async move { sent.await.is_ok_and(|response| response.status() == StatusCode::OK) }
    })
    .await;
}

/// Two deliveries of each message come at once, and the third when all is over. A post that was being sent when its program was killed may be
/// seen twice, because the service takes no key and shows nobody what was posted; no other one is.
async fn nothing_acknowledged_is_lost_in_teams_when_every_message_comes_three_times(database: Database) {
    /// As many messages to a kill.
    const ROUND: usize = 20;
    let rounds = (kills() / 4).max(2);
    let messages = rounds * ROUND;
    let mut teams = FakeTeams::start().await;
    let folder = Folder::new();
    let mut programs = programs(&teams, &folder, &database);
    let addresses = |programs: &[Started]| programs.iter().map(|program| program.url.clone()).collect::<Vec<_>>();
    let urls = Arc::new(Mutex::new(addresses(&programs)));
    let token: Arc<str> = teams.vouched_at(Clock::System.now().unix_seconds()).into();
    let client = client().build().unwrap();
    let mut seeded = Seeded(20_261_128);
    let mut deliveries = tokio::task::JoinSet::new();
    let mut in_doubt: BTreeMap<String, usize> = BTreeMap::new();
    let watch = Stopwatch::start();
    for round in 0..rounds {
        // While some posts have arrived and their senders do not know it, and others are on their way, somebody is killed.
        teams.hold(true);
        for (number, repeat) in (round * ROUND..(round + 1) * ROUND).flat_map(|number| [(number, 0), (number, 1)]) {
            let (client, urls, token) = (client.clone(), Arc::clone(&urls), Arc::clone(&token));
            deliveries.spawn(deliver_once(client, urls, token, message(&teams, number), number + repeat));
        }
        // Few are soon there; a post that waits for ten seconds is given up as unanswered.
        let wanted = 1 + usize::try_from(seeded.below(ROUND as u64 / 2)).unwrap();
        until("posts wait for their answers", async || teams.held() >= wanted).await;
        kill(programs.remove(0));
        for payload in database.being_sent().await {
            let call: Value = serde_json::from_str(&payload).unwrap();
            let conversation = call["Send"]["conversation"].as_str().unwrap().to_owned();
            *in_doubt.entry(conversation).or_insert(0) += 1;
        }
        teams.hold(false);
        programs.push(program(&teams, &folder, &database));
        *urls.lock().unwrap() = addresses(&programs);
    }
    deliveries.join_all().await;
    let last_start = Stopwatch::start();
    let store = database.open().await;
    let nothing_is_open = async || store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap() == 0;
    until_all_is_sent("nothing is open", async || nothing_is_open().await).await;
    let (recovery, since_the_first) = (last_start.elapsed_us() / 1_000, watch.elapsed_us() / 1_000_000);
    for number in 0..messages {
        let (client, urls, token) = (client.clone(), Arc::clone(&urls), Arc::clone(&token));
        deliver_once(client, urls, token, message(&teams, number), number).await;
    }
    until_all_is_sent("nothing is open", async || nothing_is_open().await).await;
    let posts = counted(&mut teams);
    let replies = |number: &usize| posts.get(&format!("a:{number}")).copied().unwrap_or_default();
    let lost = (0..messages).filter(|number| replies(number) == 0).count();
    let doubled = (0..messages).filter(|number| replies(number) > 1).count();
    say(&format!(
        "Teams, {} programs, {rounds} kills in {since_the_first} s, {messages} messages of {REPEATS} deliveries acknowledged, the last up to \
         {since_the_first} s after the first: {lost} lost, {doubled} posted again of the {} that were being sent when a program was \
         killed; all was sent {recovery} ms after the last start",
        database.programs(),
        in_doubt.len(),
    ));
    assert_eq!(lost, 0);
    for number in 0..messages {
        let doubts = in_doubt.get(&format!("a:{number}")).copied().unwrap_or_default();
        assert!(replies(&number) <= 1 + doubts, "{number}: {} posts, {doubts} times in doubt", replies(&number));
    }
    // A post that went unanswered twice is given up, and has been seen.
    let given_up = store.count(Counter::Dead).await.unwrap();
    assert_eq!(store.count(Counter::Delivered).await.unwrap() + given_up, messages as u64);
    store.close().await;
    programs.into_iter().for_each(kill);
}
