//! A small Slack on loopback: records what it is sent, checks it against Slack's limits, and answers as it was told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    fake_sockets::{Door, FakeSockets},
    kit,
    server::{PATIENCE, fixture},
};

/// A recorded call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// What stood in the address or, in a form, in the body.
    pub(crate) form: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// Grows with every call.
    pub(crate) number: u32,
}

type Answers = Arc<Mutex<BTreeMap<String, (StatusCode, HeaderMap, String)>>>;

pub(crate) struct FakeSlack {
    origin: String,
    calls: mpsc::UnboundedReceiver<Call>,
    signs: mpsc::UnboundedReceiver<Call>,
    answers: Answers,
    door: Arc<Door>,
    reads: Arc<AtomicU32>,
    /// The tokens that calls may be made with.
    pub(crate) tokens: Vec<&'static str>,
}

impl FakeSlack {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sender, calls) = mpsc::unbounded_channel();
        let (signing, signs) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let door = Arc::default();
        let reads = Arc::default();
        let state = Recorder {
            sender,
            signing,
            answers: Arc::clone(&answers),
            door: Arc::clone(&door),
            reads: Arc::clone(&reads),
            number: Arc::default(),
        };
        let router = Router::new().fallback(record).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, calls, signs, answers, door, reads, tokens: vec!["xoxb-test"] }
    }

    pub(crate) fn api_url(&self) -> String {
        format!("{}/api/", self.origin)
    }

    /// An address as a delivery brings it along.
    pub(crate) fn response_url(&self) -> String {
        format!("{}/hook", self.origin)
    }

    /// A recorded payload that brings an address of ours along.
    pub(crate) fn addressed(&self, fixture: &str) -> Value {
        let mut payload = super::server::fixture(fixture);
        payload["response_url"] = json!(self.response_url());
        payload
    }

    /// From now on answers this path with a row of `webapi_replies.json`; `path with blocks` is for messages with a layout alone.
    pub(crate) fn answer(&self, path: &str, row: &str) {
        self.answer_row(path, row);
    }

    /// The same for what is asked about this channel or person, or posted to this channel.
    pub(crate) fn answer_as(&self, path: &str, id: &str, row: &str) {
        self.answer_row(&format!("{path} {id}"), row);
    }

    fn answer_row(&self, path: &str, row: &str) {
        let rows = fixture("webapi_replies.json");
        let row = rows.as_array().unwrap().iter().find(|candidate| candidate["name"] == row).unwrap();
        let body = row["body_text"].as_str().map_or_else(|| row["body"].to_string(), str::to_owned);
        let status = StatusCode::from_u16(u16::try_from(row["status"].as_u64().unwrap()).unwrap()).unwrap();
        let headers = row["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.as_str().unwrap().parse().unwrap()));
        self.answer_with(path, status, headers.collect(), body);
    }

    pub(crate) fn answer_with(&self, path: &str, status: StatusCode, headers: HeaderMap, body: String) {
        self.answers.lock().unwrap().insert(path.to_owned(), (status, headers, body));
    }

    /// From now on answers this path so when it is asked about this channel or person, or posted to this channel.
    pub(crate) fn answer_about(&self, path: &str, id: &str, body: &Value) {
        self.answer_with(&format!("{path} {id}"), StatusCode::OK, HeaderMap::new(), body.to_string());
    }

    /// The next call, once it comes.
    pub(crate) async fn next(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.calls.recv()).await.expect("no call came").unwrap();
        match &*call.path {
            "/api/views.open" | "/api/views.push" | "/api/views.update" => {
                self.check_token(&call);
                kit::check_view(&call.body["view"]);
            }
            "/api/views.publish" => {
                self.check_token(&call);
                kit::check_home(&call.body["view"]);
            }
            "/api/chat.postMessage" | "/api/chat.postEphemeral" => {
                self.check_token(&call);
                assert!(call.body.get("response_type").is_none(), "that is for response addresses only");
                kit::check_message(&call.body);
            }
            "/hook" => {
                assert!(!call.headers.contains_key("authorization"), "the token is for the API only");
                kit::check_message(&call.body);
            }
            "/api/conversations.replies" | "/api/auth.test" => self.check_token(&call),
            "/api/oauth.v2.access" => {
                // `1.2:hush`: secrets are in no address and in no body.
                assert_eq!(call.headers["authorization"], "Basic MS4yOmh1c2g=");
                assert!(!call.form.contains_key("client_secret"));
            }
            other => panic!("a call of {other}"),
        }
        call
    }

    /// The next prompts or sign of work, once it comes. They stand beside answers, so they are no calls here.
    pub(crate) async fn next_sign(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.signs.recv()).await.expect("no sign came").unwrap();
        self.check_token(&call);
        match &*call.path {
            "/api/agents.sessions.setStatus" => kit::check_session(&call.body),
            _ => kit::check_prompts(&call.body),
        }
        call
    }

    /// The signs that came and were not looked at yet. Meant for after the server has stopped.
    pub(crate) fn other_signs(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.signs.try_recv().ok()).collect()
    }

    fn check_token(&self, call: &Call) {
        let sent = call.headers["authorization"].to_str().unwrap();
        assert!(self.tokens.iter().any(|token| sent == format!("Bearer {token}")), "{sent} for {}", call.path);
    }

    /// Lets apps connect from now on, and is Slack's end of the connections.
    pub(crate) async fn sockets(&self) -> FakeSockets {
        FakeSockets::start(&self.door).await
    }

    /// How often an app has asked for a connection.
    pub(crate) fn asked_for_sockets(&self) -> u32 {
        self.door.asked()
    }

    /// How often an app has asked about a person or a channel, which are no calls here.
    pub(crate) fn reads(&self) -> u32 {
        self.reads.load(Ordering::Relaxed)
    }

    /// What came and was not looked at yet. Meant for after the server has stopped.
    pub(crate) fn rest(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }
}

fn is_reading(path: &str) -> bool {
    ["/api/users.info", "/api/conversations.info", "/api/conversations.history", "/api/chat.getPermalink"]
        .contains(&path)
}

fn is_sign(path: &str) -> bool {
    ["/api/agents.sessions.setStatus", "/api/assistant.threads.setSuggestedPrompts"].contains(&path)
}

/// What a call is recorded in and answered from.
#[derive(Clone)]
struct Recorder {
    sender: mpsc::UnboundedSender<Call>,
    signing: mpsc::UnboundedSender<Call>,
    answers: Answers,
    door: Arc<Door>,
    reads: Arc<AtomicU32>,
    number: Arc<AtomicU32>,
}

async fn record(
    State(Recorder { sender, signing, answers, door, reads, number }): State<Recorder>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(uri.query().map_or(&*body, str::as_bytes)).into_owned().collect();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = form.get("channel").or(form.get("user")).map(String::as_str).or(body["channel"].as_str());
    let asked_about = [id.map(|id| format!("{path} {id}")), body.get("blocks").map(|_| format!("{path} with blocks"))];
    let answer = {
        let answers = answers.lock().unwrap();
        let about = asked_about.iter().flatten().find_map(|about| answers.get(about));
        about.or_else(|| answers.get(&path)).cloned()
    };
    if path == "/api/apps.connections.open" {
        let address = door.ask(&headers);
        return answer.map_or_else(|| address.into_response(), IntoResponse::into_response);
    }
    // What is only read changes nothing, and how often it is asked is nobody's promise.
    if is_reading(&path) {
        reads.fetch_add(1, Ordering::Relaxed);
    } else {
        let sender = if is_sign(&path) { signing } else { sender };
        // Nobody listens any more when the test has ended.
        let _ = sender.send(Call { path, form, headers, body, number: number.fetch_add(1, Ordering::Relaxed) });
    }
    match answer {
        Some(answer) => answer.into_response(),
        None => json!({ "ok": true, "view": { "id": "V1", "hash": "1.a" } }).to_string().into_response(),
    }
}
