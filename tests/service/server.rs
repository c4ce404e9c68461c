//! A server of our own for each test, and deliveries signed the way Slack signs them.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};
use upshot::{
    clock::{Clock, Timestamp},
    config::{Settings, Source},
    engine::Content,
    web::Server,
};

use super::{databases::Database, fake_slack::FakeSlack, kit};

/// The fixtures' signing secret.
pub(crate) const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// Opens connections of Socket Mode.
pub(crate) const APP_TOKEN: &str = "xapp-1-A0000UPSHT-2-test";

/// What an installation from a link needs. With a stand-in for Slack the public address must be one of this machine; with https
/// everything is as it is for others.
pub(crate) const FROM_A_LINK: [(&str, &str); 3] =
    [("SLACK_CLIENT_ID", "1.2"), ("SLACK_CLIENT_SECRET", "hush"), ("UPSHOT_PUBLIC_URL", "https://localhost")];

/// Where the clock stands: shortly after the fixtures' own time.
pub(crate) const NOW: i64 = 1_790_000_005;

/// Nothing that a test waits for takes longer than this, unless it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A client, for tests in which nothing of ours has chosen a TLS provider yet: a test must also pass alone.
pub(crate) fn client() -> reqwest::ClientBuilder {
    // A second choice is refused, and the first one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

/// A folder of a test's own, gone when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("upshot-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A started server.
pub(crate) struct TestServer {
    url: String,
    now: i64,
    sign_in_link: Option<String>,
    client: Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// A server in memory, without a token for Slack's API.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server that calls this stand-in for Slack.
    pub(crate) async fn with_slack(slack: &FakeSlack) -> Self {
        Self::with(&[("SLACK_API_URL", &slack.api_url()), ("SLACK_BOT_TOKEN", "xoxb-test")]).await
    }

    /// The same over a database that can be looked into afterwards.
    pub(crate) async fn with_slack_and(slack: &FakeSlack, database: &Database) -> Self {
        let api_url = slack.api_url();
        let pairs = [
            ("SLACK_API_URL", &*api_url),
            ("SLACK_BOT_TOKEN", "xoxb-test"),
            ("UPSHOT_DATABASE_URL", &*database.address),
        ];
        Self::with(&pairs).await
    }

    /// A server that connects to this stand-in by Socket Mode, with these settings over the usual ones.
    pub(crate) async fn by_socket(slack: &FakeSlack, more: &[(&str, &str)]) -> Self {
        let api_url = slack.api_url();
        let mut pairs =
            vec![("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test"), ("SLACK_APP_TOKEN", APP_TOKEN)];
        pairs.extend_from_slice(more);
        Self::with(&pairs).await
    }

    /// A server that can be installed in a workspace from a link.
    pub(crate) async fn installable(slack: &FakeSlack, database: &str, now: i64, more: &[(&str, &str)]) -> Self {
        let api_url = slack.api_url();
        let mut pairs = vec![("SLACK_API_URL", &*api_url), ("UPSHOT_DATABASE_URL", database)];
        pairs.extend_from_slice(&FROM_A_LINK);
        pairs.extend_from_slice(more);
        Self::at(now, &pairs).await
    }

    /// A server with these settings over the usual ones.
    pub(crate) async fn with(pairs: &[(&str, &str)]) -> Self {
        Self::at(NOW, pairs).await
    }

    /// A server with this content instead of what ships.
    pub(crate) async fn over(content: Content, pairs: &[(&str, &str)]) -> Self {
        Self::over_at(NOW, content, pairs).await
    }

    /// The same, at another time.
    pub(crate) async fn over_at(now: i64, content: Content, pairs: &[(&str, &str)]) -> Self {
        let clock = Clock::Frozen(Timestamp::from_unix_seconds(now));
        Self::running(now, Server::start_over(content, &Self::settings(pairs), clock).await.unwrap())
    }

    /// The same, at another time.
    pub(crate) async fn at(now: i64, pairs: &[(&str, &str)]) -> Self {
        let clock = Clock::Frozen(Timestamp::from_unix_seconds(now));
        Self::running(now, Server::start(&Self::settings(pairs), clock).await.unwrap())
    }

    /// The same with a clock that the test turns.
    pub(crate) async fn by(clock: Clock, pairs: &[(&str, &str)]) -> Self {
        Self::running(clock.now().unix_seconds(), Server::start(&Self::settings(pairs), clock).await.unwrap())
    }

    /// The same with a clock that runs, for what waits and is tried again.
    pub(crate) async fn with_running_clock(pairs: &[(&str, &str)]) -> Self {
        let now = Clock::System.now().unix_seconds();
        Self::running(now, Server::start(&Self::settings(pairs), Clock::System).await.unwrap())
    }

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut all = vec![
            ("UPSHOT_LISTEN", "127.0.0.1:0"),
            ("UPSHOT_DATABASE_URL", "sqlite::memory:"),
            ("SLACK_SIGNING_SECRET", SECRET),
            // A test that forgets its stand-in must not call the real Slack. Port 9 discards.
            ("SLACK_API_URL", "http://127.0.0.1:9/api/"),
        ];
        all.extend_from_slice(pairs);
        Settings::from_source(&Source::from_pairs(&all)).unwrap()
    }

    fn running(now: i64, server: Server) -> Self {
        let url = format!("http://{}", server.address().unwrap());
        let sign_in_link = server.sign_in_link();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server.run_until(stopped).await.unwrap();
        });
        let client = client().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { url, now, sign_in_link, client, stop, task }
    }

    /// Stops the server after everything on its way has arrived.
    pub(crate) async fn stop(self) {
        drop(self.client);
        let _ = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }

    /// The link that the program prints at its start.
    pub(crate) fn sign_in_link(&self) -> Option<&str> {
        self.sign_in_link.as_deref()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Posts a body with these headers.
    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
        let mut request = self.client.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body.into()).send().await.unwrap()
    }

    /// Posts a signed delivery.
    pub(crate) async fn deliver(&self, path: &str, body: impl Into<Vec<u8>>) -> Response {
        let body = body.into();
        let timestamp = self.now.to_string();
        let signature = sign(SECRET, &timestamp, &body);
        let headers = [("x-slack-request-timestamp", &*timestamp), ("x-slack-signature", &*signature)];
        self.post(path, &headers, body).await
    }

    /// Posts a signed interaction.
    pub(crate) async fn interact(&self, payload: &Value) -> Response {
        self.deliver("/slack/interactions", form(&[("payload", &payload.to_string())])).await
    }

    /// Types a command and returns the answer, checked against Slack's limits.
    pub(crate) async fn command(&self, command: &str, text: &str) -> Value {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let trigger = format!("9.9.{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.command_of("U0ELENA001", &trigger, command, text).await
    }

    /// The same, for this person and ticket.
    pub(crate) async fn command_of(&self, person: &str, trigger: &str, command: &str, text: &str) -> Value {
        self.typed(&[("user_id", person), ("command", command), ("text", text), ("trigger_id", trigger)]).await
    }

    /// The same, with these fields of [`command_form`].
    pub(crate) async fn typed(&self, fields: &[(&str, &str)]) -> Value {
        let response = self.deliver("/slack/commands", command_form(fields)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
        let message = json(response).await;
        kit::check_message(&message);
        assert_eq!(message["response_type"], "ephemeral");
        message
    }
}

/// `v0=` and the signature of a body.
pub(crate) fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in [b"v0:", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    let digest = mac.finalize().into_bytes();
    format!("v0={}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A typed command as Slack sends it: these fields in place of the usual ones, or beside them.
pub(crate) fn command_form(fields: &[(&str, &str)]) -> String {
    let usual = [
        ("team_id", "T0000UPSHT"),
        ("team_domain", "alderbrook"),
        ("user_id", "U0ELENA001"),
        ("command", "/upshot"),
        ("response_url", "https://hooks.slack.com/commands/T0000UPSHT/1/x"),
    ];
    let is_given = |name: &str| fields.iter().any(|(given, _)| *given == name);
    let all: Vec<(&str, &str)> =
        usual.into_iter().filter(|(name, _)| !is_given(name)).chain(fields.iter().copied()).collect();
    form(&all)
}

/// A form body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) async fn json(response: Response) -> Value {
    let body = response.bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&body)))
}

/// Interactions as Slack was recorded to send them, one in each file.
pub(crate) const INTERACTIONS: [&str; 8] = [
    "block_actions_message.json",
    "block_suggestion.json",
    "global_shortcut.json",
    "message_action_bot_message.json",
    "message_action_in_thread.json",
    "message_action_plain.json",
    "message_action_rich_text.json",
    "view_submission.json",
];
/// Its slash commands.
pub(crate) const COMMANDS: [&str; 2] = ["slash_upshot.form", "slash_explain_enterprise.form"];

/// All of them delivered, some at once, with the status that each was answered with. A database that is kept from answering by other
/// tests makes us say 503; whoever delivers comes again then.
pub(crate) async fn deliver_all<T: Send + 'static>(
    all: Vec<T>,
    request: impl Fn(&T) -> RequestBuilder + Clone + Send + 'static,
) -> Vec<(T, u16)> {
    const AT_ONCE: usize = 4;
    let mut parts: Vec<Vec<T>> = (0..AT_ONCE).map(|_| Vec::new()).collect();
    for (number, delivery) in all.into_iter().enumerate() {
        parts[number % AT_ONCE].push(delivery);
    }
    let mut tasks = JoinSet::new();
    for part in parts {
        let request = request.clone();
        tasks.spawn(async move {
            let mut answers = Vec::new();
            for delivery in part {
                let mut status = 503;
                for _ in 0..6 {
                    if status == 503 {
                        let sent = request(&delivery).send();
                        status = sent.await.unwrap().status().as_u16();
                    }
                }
                answers.push((delivery, status));
            }
            answers
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// A fixture's bytes.
pub(crate) fn fixture_bytes(name: &str) -> Vec<u8> {
    fixture_of("slack", name)
}

/// The bytes of a platform's fixture.
pub(crate) fn fixture_of(platform: &str, name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(platform).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A fixture as JSON.
pub(crate) fn fixture(name: &str) -> Value {
    serde_json::from_slice(&fixture_bytes(name)).unwrap()
}

/// Delivers an interaction and asserts that it is taken with an empty body: anything else would be shown to the person.
pub(crate) async fn acknowledged(server: &TestServer, payload: &Value) {
    let response = server.interact(payload).await;
    assert_eq!(response.status(), reqwest::StatusCode::OK);
    assert_eq!(response.text().await.unwrap(), "", "only an empty body keeps Slack from showing something");
}

/// A question put to the bot, in a channel of its own.
pub(crate) fn question(event: &str) -> Value {
    let mut body = fixture("event_app_mention.json");
    body["event_id"] = json!(event);
    body["event"]["text"] = json!("<@U0000UPBOT> what is p95?");
    body["event"]["channel"] = json!(format!("C0{event}"));
    body
}

/// All places in a JSON value, as JSON pointers.
pub(crate) fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let place = format!("{at}/{name}");
        places(child, &place, found);
        found.push(place);
    }
}

/// A value without what stands at a place.
pub(crate) fn without(mut value: Value, place: &str) -> Value {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/"))),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!("a parent has children"),
    }
    value
}
