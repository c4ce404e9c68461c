//! What the Slack targets share: the handler without a socket, signing, and what may be answered.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use upshot::{
    app::App,
    clock::{Clock, Timestamp},
    config::{Settings, Source},
    engine::Engine,
    platforms::slack::{self, Slack},
    seed,
    store::Store,
};

#[allow(dead_code, reason = "the dialogs it checks go to Slack and are not seen here")]
#[path = "../../tests/service/kit.rs"]
mod kit;

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const NOW: i64 = 1_790_000_005;

/// Texts behind answers are kept for an hour of a clock that stands still; after so many deliveries they are erased.
const ERASE_EVERY: u32 = 1_000;

struct Service {
    runtime: Runtime,
    app: Arc<App>,
    slack: Arc<Slack>,
    router: Router,
}

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let settings = Settings::from_source(&Source::from_pairs(&[
        ("UPSHOT_DATABASE_URL", "sqlite::memory:"),
        ("SLACK_SIGNING_SECRET", SECRET),
        ("SLACK_BOT_TOKEN", "xoxb-fuzz"),
        // Nobody listens there, and with a loopback Slack no other address is ever called.
        ("SLACK_API_URL", "http://127.0.0.1:9/api/"),
    ]))
    .expect("settings");
    let clock = Clock::Frozen(Timestamp::from_unix_seconds(NOW));
    let store = runtime.block_on(Store::open(&settings.database, &settings.encryption)).expect("a store");
    let content = seed::content();
    let engine = Arc::new(Engine::build(&content).expect("the shipped content compiles"));
    let app = Arc::new(App::new(content, engine, store));
    let slack = Arc::new(Slack::new(Arc::clone(&app), &settings.slack, clock).expect("a client"));
    let router = Router::new().route("/", post(slack::deliver)).with_state(Arc::clone(&slack));
    Service { runtime, app, slack, router }
});

/// Starts the service before the first input, which must not be blamed for the time it takes.
pub(crate) fn start() {
    LazyLock::force(&SERVICE);
}

/// A ticket that no other input has, so that no delivery is taken for a repeated one.
pub(crate) fn ticket() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("9.9.{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Delivers a signed body and waits until everything it started has ended. Gives the message, when one was answered.
pub(crate) fn deliver(body: &[u8]) -> Option<Value> {
    let timestamp = NOW.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key fits");
    for part in [b"v0:", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = Request::post("/")
        .header("x-slack-request-timestamp", timestamp)
        .header("x-slack-signature", format!("v0={signature}"))
        .body(Body::from(body.to_vec()))
        .expect("a request");
    SERVICE.runtime.block_on(async {
        let response = SERVICE.router.clone().oneshot(request).await.expect("the handler cannot fail");
        let status = response.status();
        assert!(matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST), "answered with {status}");
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        SERVICE.slack.finish_deliveries().await;
        static DELIVERIES: AtomicU32 = AtomicU32::new(1);
        if DELIVERIES.fetch_add(1, Ordering::Relaxed).is_multiple_of(ERASE_EVERY) {
            let later = Timestamp::from_unix_seconds(NOW + 7_200);
            SERVICE.app.store().erase_expired(later).await.expect("the store answers");
        }
        let answer: Value = serde_json::from_slice(&body).ok()?;
        if answer.get("text").is_some() {
            kit::check_message(&answer);
        }
        (status == StatusCode::OK).then_some(answer)
    })
}
