//! A small bot service on loopback: serves keys and tokens, signs deliveries, records what is posted to conversations, and
//! answers as it was told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::AtomicI64},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use upshot::clock::Clock;

use super::{
    APP, NOW,
    connector::{Connector, RETRY_AFTER, TENANT_THROTTLED},
    fixture, fixture_bytes, kit,
};
use crate::{
    databases::Database,
    server::{PATIENCE, TestServer},
};

/// A recorded post to a conversation.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// An answer that is given once.
type Answer = (StatusCode, HeaderMap, String);

struct Told {
    connector: Connector,
    /// What the service would have refused for a reason of ours.
    breaches: Vec<String>,
    /// By path: answers in their order; what is left out is answered well.
    answers: BTreeMap<&'static str, Vec<Answer>>,
    /// How often each path was asked.
    asked: BTreeMap<String, usize>,
    /// Further keys by their name.
    keys: Vec<Value>,
    hangs: bool,
    /// The messages that were read.
    read: Vec<String>,
}

#[derive(Clone)]
struct Shared {
    origin: String,
    told: Arc<Mutex<Told>>,
    posts: mpsc::UnboundedSender<Call>,
    words: mpsc::UnboundedSender<Call>,
    /// Whether the answer to a post waits.
    holds: watch::Sender<bool>,
}

pub(crate) struct FakeTeams {
    shared: Shared,
    posts: mpsc::UnboundedReceiver<Call>,
    words: mpsc::UnboundedReceiver<Call>,
}

/// The name of the key that signs here.
const KEY: &str = "test-key";

impl FakeTeams {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sender, posts) = mpsc::unbounded_channel();
        let (telling, words) = mpsc::unbounded_channel();
        let told = Told {
            connector: Connector::new(),
            breaches: Vec::new(),
            answers: BTreeMap::new(),
            asked: BTreeMap::new(),
            keys: vec![jwk(KEY, Some("msteams"))],
            hangs: false,
            read: Vec::new(),
        };
        let shared = Shared {
            origin,
            told: Arc::new(Mutex::new(told)),
            posts: sender,
            words: telling,
            holds: watch::Sender::new(false),
        };
        let router = Router::new().fallback(record).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, posts, words }
    }

    /// A server whose keys, tokens and conversations are here.
    pub(crate) async fn server(&self) -> TestServer {
        self.server_with(NOW, &[]).await
    }

    pub(crate) async fn server_with(&self, now: i64, more: &[(&str, &str)]) -> TestServer {
        let settings = self.settings();
        TestServer::at(now, &with(&settings, more)).await
    }

    /// The same over a database that can be looked into afterwards.
    pub(crate) async fn server_over(&self, database: &Database) -> TestServer {
        self.server_with(NOW, &[("UPSHOT_DATABASE_URL", &database.address)]).await
    }

    /// The same with a clock that runs, so that what is tried again becomes due.
    pub(crate) async fn running_server(&self, database: &Database) -> TestServer {
        let settings = self.settings();
        let pairs = with(&settings, &[("UPSHOT_DATABASE_URL", &database.address)]);
        TestServer::with_running_clock(&pairs).await
    }

    /// A server whose clock the test turns, with these settings over its own.
    pub(crate) async fn turned_server(&self, more: &[(&str, &str)]) -> (TestServer, &'static AtomicI64) {
        let millis: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(NOW * 1_000)));
        let settings = self.settings();
        (TestServer::by(Clock::Turned(millis), &with(&settings, more)).await, millis)
    }

    /// The settings of a bot whose keys and tokens are here.
    pub(crate) fn settings(&self) -> [(&'static str, String); 5] {
        [
            ("MICROSOFT_APP_ID", APP.to_owned()),
            ("MICROSOFT_APP_PASSWORD", "app-password".to_owned()),
            ("TEAMS_OPENID_METADATA_URL", self.url("/metadata")),
            ("TEAMS_TOKEN_URL", self.url("/token")),
            ("TEAMS_SERVICE_URL", self.url("/first/")),
        ]
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.shared.origin)
    }

    /// Where answers belong.
    pub(crate) fn service(&self) -> String {
        self.url("/service/")
    }

    /// The next time this path is asked it answers so.
    pub(crate) fn answer(&self, path: &'static str, status: u16, headers: &[(&'static str, &str)], body: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let answer = (StatusCode::from_u16(status).unwrap(), map, body.to_owned());
        self.shared.told.lock().unwrap().answers.entry(path).or_default().push(answer);
    }

    /// Answers with a row of `25-connector-replies.json`.
    pub(crate) fn answer_as(&self, path: &'static str, case: &str) {
        let rows = fixture("25-connector-replies.json");
        let row = rows["replies"].as_array().unwrap().iter().find(|row| row["case"] == case).unwrap();
        let headers = row["headers"].as_object().unwrap();
        let retry = headers.get("retry-after").and_then(Value::as_str);
        let headers: Vec<(&'static str, &str)> = retry.map(|value| ("retry-after", value)).into_iter().collect();
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        self.answer(path, status, &headers, &row["body"].to_string());
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.shared.told.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    pub(crate) fn add_key(&self, name: &str, endorsement: Option<&str>) {
        self.shared.told.lock().unwrap().keys.push(jwk(name, endorsement));
    }

    /// Takes a key back.
    pub(crate) fn remove_key(&self, name: &str) {
        self.shared.told.lock().unwrap().keys.retain(|key| key["kid"] != name);
    }

    /// From now on nothing is answered.
    pub(crate) fn hang(&self) {
        self.shared.told.lock().unwrap().hangs = true;
    }

    /// The addresses of messages that were read.
    pub(crate) fn read(&self) -> Vec<String> {
        self.shared.told.lock().unwrap().read.clone()
    }

    /// Says whether posts are taken without being answered.
    pub(crate) fn hold(&self, holds: bool) {
        self.shared.holds.send_replace(holds);
    }

    /// How many posts wait for their answers.
    pub(crate) fn held(&self) -> usize {
        self.shared.told.lock().unwrap().connector.under_way()
    }

    /// From now on this conversation is one of this tenant.
    pub(crate) fn place(&self, conversation: &str, tenant: &str) {
        self.shared.told.lock().unwrap().connector.place(conversation.to_owned(), tenant.to_owned());
    }

    /// A fixture whose answer belongs here.
    pub(crate) fn activity(&self, name: &str) -> Value {
        let mut activity = fixture(name);
        activity["serviceUrl"] = json!(self.service());
        activity
    }

    /// Posts an activity as the bot service does.
    pub(crate) async fn deliver(&self, server: &TestServer, activity: &Value) -> reqwest::Response {
        let token = token(KEY, &claims(activity["serviceUrl"].as_str().unwrap_or_default()));
        deliver_with(server, activity, Some(&token)).await
    }

    /// What vouches for a delivery of this moment, for a program whose clock nobody sets.
    pub(crate) fn vouched_at(&self, now: i64) -> String {
        token(KEY, &claims_at(&self.service(), now))
    }

    /// The next post to a conversation, once it comes.
    pub(crate) async fn next(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.posts.recv()).await.expect("no post came").unwrap();
        // A wish for a conversation is no message.
        if call.path.contains("/activities") {
            kit::check_message(&call.body);
        }
        call
    }

    /// The next message to somebody who has not written first, once it comes, with the call by which the conversation began.
    /// These stand beside answers, so they are no posts here.
    pub(crate) async fn next_word(&mut self) -> (Call, Call) {
        let mut next = async || tokio::time::timeout(PATIENCE, self.words.recv()).await.expect("no word came").unwrap();
        let (begun, said) = (next().await, next().await);
        assert_eq!(begun.path, "/first/v3/conversations");
        assert_eq!(said.path, "/first/v3/conversations/a%3Abegun/activities");
        kit::check_message(&said.body);
        (begun, said)
    }

    /// The words that came and were not looked at yet. Meant for after the server has stopped.
    pub(crate) fn other_words(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.words.try_recv().ok()).collect()
    }

    /// What was posted and not looked at yet. Meant for after the server has stopped.
    pub(crate) fn rest(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.posts.try_recv().ok()).collect()
    }
}

impl Drop for FakeTeams {
    fn drop(&mut self) {
        // A test that fails already says why.
        if !std::thread::panicking() {
            let breaches = std::mem::take(&mut self.shared.told.lock().unwrap().breaches);
            assert!(breaches.is_empty(), "Teams would have refused this: {breaches:?}");
        }
    }
}

/// A conversation that is being posted to, until the answer is given or nobody waits for it any more.
struct UnderWay {
    conversation: Option<String>,
    told: Arc<Mutex<Told>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let (Some(conversation), Ok(mut told)) = (&self.conversation, self.told.lock()) {
            told.connector.end(conversation);
        }
    }
}

/// These settings, and more of them.
pub(super) fn with<'a>(settings: &'a [(&'static str, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(name, value)| (*name, &**value)).chain(more.iter().copied()).collect()
}

/// What the bot service claims at the time of the tests.
pub(crate) fn claims(service: &str) -> Value {
    claims_at(service, NOW)
}

fn claims_at(service: &str, now: i64) -> Value {
    json!({
        "iss": "https://api.botframework.com", "aud": APP, "serviceurl": service, "nbf": now - 60, "exp": now + 3_600,
    })
}

pub(crate) async fn deliver_with(
    server: &TestServer,
    activity: &Value,
    authorization: Option<&str>,
) -> reqwest::Response {
    let headers: Vec<(&str, &str)> = authorization.map(|value| ("authorization", value)).into_iter().collect();
    server.post("/api/messages", &headers, activity.to_string()).await
}

fn key_pair(file: &str) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&fixture_bytes(file)).unwrap()
}

/// The public half of the test key, as key sets write it.
pub(crate) fn jwk(name: &str, endorsement: Option<&str>) -> Value {
    let pair = key_pair("test-key.der");
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    let mut key = json!({
        "kty": "RSA", "use": "sig", "kid": name,
        "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e),
    });
    if let Some(endorsement) = endorsement {
        key["endorsements"] = json!([endorsement]);
    }
    key
}

/// `Bearer` and a token that the test key signed under this name.
pub(crate) fn token(key: &str, claims: &Value) -> String {
    format!("Bearer {}", signed(&json!({ "alg": "RS256", "typ": "JWT", "kid": key }), claims))
}

/// A token with this header that the test key signed.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    signed_with("test-key.der", header, claims)
}

/// A token with this header that the key of this file signed.
pub(crate) fn signed_with(file: &str, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let pair = key_pair(file);
    let mut signature = vec![0; pair.public_key().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn record(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let is_post = path.starts_with("/service/");
    let known = match &*path {
        _ if is_post => "/service",
        // A message that was read is told by its address.
        read if read.starts_with("/graph/") => {
            assert_eq!(method, Method::GET);
            shared.told.lock().unwrap().read.push(read.to_owned());
            "/graph"
        }
        other => other,
    };
    let (begun, answer, keys, hangs) = {
        let mut told = shared.told.lock().unwrap();
        let begun = is_post.then(|| told.connector.begin((&path, uri.query()), &headers, &body));
        *told.asked.entry(known.to_owned()).or_default() += 1;
        let waiting = told.answers.get_mut(known).filter(|waiting| !waiting.is_empty());
        (begun, waiting.map(|waiting| waiting.remove(0)), told.keys.clone(), told.hangs)
    };
    let conversation = match begun {
        Some(Err(refusal @ (status, code, message))) => {
            if refusal != TENANT_THROTTLED {
                shared.told.lock().unwrap().breaches.push(format!("{path}: {status} {code}, {message}"));
            }
            let told = json!({ "error": { "code": code, "message": message } }).to_string();
            let mut refused = (status, told).into_response();
            if status == StatusCode::TOO_MANY_REQUESTS {
                refused.headers_mut().insert("retry-after", HeaderValue::from_static(RETRY_AFTER));
            }
            return refused;
        }
        Some(Ok(conversation)) => conversation,
        None => None,
    };
    let _under_way = UnderWay { conversation, told: Arc::clone(&shared.told) };
    if hangs {
        std::future::pending::<()>().await;
    }
    if path.starts_with("/first/") {
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let _ = shared.words.send(Call { path, headers, body });
        return (StatusCode::CREATED, json!({ "id": "a:begun" }).to_string()).into_response();
    }
    if is_post {
        assert_eq!(method, Method::POST);
        let whole = uri.path_and_query().unwrap().as_str().to_owned();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        // Nobody listens any more when the test has ended.
        let _ = shared.posts.send(Call { path: whole, headers, body });
        shared.holds.subscribe().wait_for(|holds| !holds).await.unwrap();
    }
    if let Some(answer) = answer {
        return answer.into_response();
    }
    match known {
        "/metadata" => {
            let keys = format!("{}/keys", shared.origin);
            json!({ "issuer": "https://api.botframework.com", "jwks_uri": keys }).to_string().into_response()
        }
        "/keys" => {
            let mut all = fixture("24-auth-kit.json")["jwks"]["keys"].as_array().unwrap().clone();
            all.extend(keys);
            // A kind of key that nobody knows does no harm to the others.
            all.push(json!({ "kty": "EC", "kid": "curve" }));
            json!({ "keys": all }).to_string().into_response()
        }
        "/token" => {
            let form = String::from_utf8(body.to_vec()).unwrap();
            assert!(
                form.contains("grant_type=client_credentials") && form.contains("client_secret=app-password"),
                "{form}"
            );
            let scopes =
                ["https%3A%2F%2Fapi.botframework.com%2F.default", "https%3A%2F%2Fgraph.microsoft.com%2F.default"];
            assert!(scopes.iter().any(|scope| form.contains(&format!("scope={scope}"))), "{form}");
            let number = shared.told.lock().unwrap().asked["/token"];
            let token = format!("token-{number}");
            shared.told.lock().unwrap().connector.give(&token);
            json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token }).to_string().into_response()
        }
        _ => (StatusCode::CREATED, json!({ "id": "1789377478110" }).to_string()).into_response(),
    }
}
