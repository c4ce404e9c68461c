//! Signed deliveries of Slack: how many a second, how long an answer takes at a steady pace, and how long an acknowledgement takes while
//! nothing that is owed can be delivered.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{
    CONNECTIONS, Outcome, REST, Server, command as command_of,
    load::{Wanted, all, at_a_pace, closed, steady},
    middle_and_end,
};

const SECRET: &str = "a secret for measurements only";
const COMMANDS: usize = 5_000;
/// A busy minute of a large company.
const COMMANDS_A_SECOND: u32 = 200;
const STEADY: Duration = Duration::from_secs(20);
/// What is owed when acknowledgements are timed.
const OWED: usize = 5_000;
const EVENTS_A_SECOND: u32 = 50;
/// The server works at what it took until all of it is owed, and no longer than this.
const WORKED_WITHIN: Duration = Duration::from_secs(120);

pub(super) fn measure(program: &Path, folder: &Path) -> Outcome<()> {
    let server = Server::start(program, folder, &[("SLACK_SIGNING_SECRET", SECRET)])?;
    thread::sleep(REST);
    println!("memory of `upshot serve` at rest: {:.1} MB", server.resident_mb()?);
    let shares = (0..CONNECTIONS)
        .map(|client| (0..COMMANDS / CONNECTIONS).map(|number| command(&server.address, client, number)).collect())
        .collect::<Outcome<Vec<Vec<_>>>>()?;
    let start = Instant::now();
    let times = all(shares, |requests| closed(&server.address, &requests, Wanted::Answer))?;
    let elapsed = start.elapsed().as_secs_f64();
    let count = times.len();
    println!(
        "{count} signed slash commands over {CONNECTIONS} connections: {:.0} a second, {}",
        count as f64 / elapsed,
        middle_and_end(times)
    );
    thread::sleep(REST);
    println!("memory of `upshot serve` after them: {:.1} MB", server.resident_mb()?);

    let one = |number| command(&server.address, CONNECTIONS, number);
    let shares = at_a_pace(COMMANDS_A_SECOND, STEADY, CONNECTIONS, one)?;
    let start = Instant::now();
    let times = all(shares, |requests| steady(&server.address, start, &requests, Wanted::Answer))?;
    println!("{COMMANDS_A_SECOND} signed slash commands a second{}: {}", core(), middle_and_end(times));
    drop(server);
    while_nothing_is_delivered(program, folder)
}

/// Acknowledgements while a Slack that takes connections and never answers keeps everything waiting that is owed to it.
fn while_nothing_is_delivered(program: &Path, folder: &Path) -> Outcome<()> {
    // What is still owed in the end is nothing for the next server.
    let folder = &*folder.join("stalled");
    fs::create_dir_all(folder)?;
    let stalled = TcpListener::bind("127.0.0.1:0")?;
    let api = format!("http://{}/api/", stalled.local_addr()?);
    // Held open and never read, until the process ends.
    thread::spawn(move || stalled.incoming().flatten().collect::<Vec<_>>());
    let settings = [("SLACK_SIGNING_SECRET", SECRET), ("SLACK_BOT_TOKEN", "xoxb-measured"), ("SLACK_API_URL", &*api)];
    let server = Server::start(program, folder, &settings)?;
    let shares = (0..CONNECTIONS)
        .map(|client| (0..OWED / CONNECTIONS).map(|number| mention(&server.address, client, number)).collect())
        .collect::<Outcome<Vec<Vec<_>>>>()?;
    let times = all(shares, |requests| closed(&server.address, &requests, Wanted::Acknowledgement))?;
    let taken = times.len();
    let start = Instant::now();
    let owed = loop {
        let owed = owed(program, folder)?;
        if owed >= taken || start.elapsed() > WORKED_WITHIN {
            break owed;
        }
        thread::sleep(Duration::from_secs(1));
    };
    let one = |number| mention(&server.address, CONNECTIONS, number);
    let shares = at_a_pace(EVENTS_A_SECOND, STEADY, CONNECTIONS, one)?;
    let start = Instant::now();
    let times = all(shares, |requests| steady(&server.address, start, &requests, Wanted::Acknowledgement))?;
    println!(
        "{EVENTS_A_SECOND} events a second{}, acknowledged while {owed} answers wait for a Slack that does not reply: {}",
        core(),
        middle_and_end(times)
    );
    Ok(())
}

/// How many answers wait, as `upshot doctor` tells it.
fn owed(program: &Path, folder: &Path) -> Outcome<usize> {
    let told = command_of(program, folder).arg("doctor").output()?.stdout;
    let told = String::from_utf8(told)?;
    let queues = told.lines().find(|line| line.contains(" queues ")).ok_or("the doctor tells nothing of queues")?;
    let Some((before, _)) = queues.split_once(" to be sent") else { return Ok(0) };
    Ok(before.rsplit(' ').next().unwrap_or_default().parse()?)
}

/// The core that the program is kept to, told.
fn core() -> String {
    std::env::var("BENCH_CORE").map(|core| format!(" on core {core} alone")).unwrap_or_default()
}

fn command(address: &str, client: usize, number: usize) -> Outcome<Vec<u8>> {
    let (person, trigger) = (format!("U{client}"), format!("{client}.{number}.measurement"));
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("command", "/upshot"),
            ("text", super::MESSAGE),
            ("team_id", "T1"),
            ("user_id", &*person),
            ("trigger_id", &*trigger),
        ])
        .finish();
    signed(address, ("/slack/commands", "application/x-www-form-urlencoded"), &body)
}

fn mention(address: &str, client: usize, number: usize) -> Outcome<Vec<u8>> {
    let id = format!("{client}.{number}");
    let body = json!({
        "type": "event_callback", "event_id": format!("Ev{id}"), "team_id": "T1", "api_app_id": "A1",
        "authorizations": [{ "team_id": "T1", "user_id": "U0BOT" }],
        "event": {
            "type": "app_mention", "user": format!("U{client}"), "text": format!("<@U0BOT> {}", super::MESSAGE),
            "channel": format!("C{}", number % 200), "ts": format!("179000{client:04}.{number:06}"),
        },
    });
    signed(address, ("/slack/events", "application/json"), &body.to_string())
}

fn signed(address: &str, (path, kind): (&str, &str), body: &str) -> Outcome<Vec<u8>> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         x-slack-request-timestamp: {timestamp}\r\nx-slack-signature: v0={signature}\r\n\r\n{body}",
        body.len()
    );
    Ok(request.into_bytes())
}
