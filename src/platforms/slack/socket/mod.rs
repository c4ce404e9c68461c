//! Socket Mode: the same deliveries as over HTTP, over connections that we open, so that no address of ours must be reachable.
//!
//! Some [`CONNECTIONS`] are kept, because Slack ends each of them every few hours. One that shall go takes deliveries until its
//! replacement does. An envelope is decoded and answered by the code that answers HTTP, and acknowledged where HTTP says 200;
//! where HTTP says anything else it is left alone, and Slack sends it again.

mod connection;
mod frame;
mod open;
mod state;
mod watchdog;

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use reqwest::Upgraded;
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_tungstenite::WebSocketStream;

use super::{
    ApiError, Client, MAX_BODY_BYTES, Slack,
    decode::decode_envelope,
    handle::{Answer, handle},
    verify::Verified,
};
use crate::{clock::Stopwatch, retry};
use connection::Order;
use frame::{Envelope, Hello, acknowledgement};
use state::{End, State};

/// Slack allows ten. During a change there are twice as many for a moment.
const CONNECTIONS: usize = 2;

/// As for a request over HTTP. Slack itself waits three seconds.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// What was taken gets this long to be acknowledged after the order to stop.
const GRACE: Duration = Duration::from_secs(2);

/// A connection that lived this long was well, and what failed before it is forgotten.
const STEADY: Duration = Duration::from_secs(60);

/// Slack's wishes for a new connection that are met at once, one after another. Behind that somebody is in trouble.
const AT_ONCE: u32 = 3;

/// Too many connections do not become fewer within seconds: somebody must end a program.
const TOO_MANY_COUNTS_AS: u32 = 5;

/// Keeps connections to Slack until `stopped` says so, when there is an app token. Ends early when Slack refuses for good, which is
/// logged with its mend; HTTP goes on.
pub async fn stay_connected(slack: Arc<Slack>, mut stopped: watch::Receiver<bool>) {
    let Some(token) = &slack.app_token else { return };
    let client = slack.client.acting_for(token, None);
    let office = Arc::new(Office { slack, client, open: AtomicU32::new(0), halt: watch::Sender::new(false) });
    let mut keepers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        keepers.spawn(keep_one(Arc::clone(&office), office.halt.subscribe()));
    }
    loop {
        tokio::select! {
            // An error says that nobody can stop us any more, which is the end as well.
            _ = stopped.wait_for(|stopped| *stopped), if !*office.halt.borrow() => {
                office.halt.send_replace(true);
            }
            ended = keepers.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(panic)) => {
                    tracing::error!(error = &panic as &dyn Error, "a keeper of Slack's connections ended early");
                }
                None => return,
            },
        }
    }
}

/// What all connections share.
struct Office {
    slack: Arc<Slack>,
    /// With the app token.
    client: Client,
    /// How many are open.
    open: AtomicU32,
    /// Ends all of them.
    halt: watch::Sender<bool>,
}

/// A connection in its task.
struct Running {
    states: watch::Receiver<State>,
    orders: watch::Sender<Order>,
    task: JoinHandle<End>,
}

impl Running {
    /// The first state that is wanted. `None` when everything halts before.
    async fn until(&mut self, halt: &mut watch::Receiver<bool>, wanted: impl FnMut(&State) -> bool) -> Option<State> {
        tokio::select! {
            state = self.states.wait_for(wanted) => Some(state.map_or(State::Closed(End::Lost), |state| *state)),
            _ = halt.wait_for(|halt| *halt) => None,
        }
    }

    /// Whether it takes nothing any more, though its goodbye may last a moment longer.
    fn is_over(&self) -> bool {
        self.task.is_finished() || matches!(*self.states.borrow(), State::Closed(_))
    }

    fn order(&self, order: Order) {
        // Whoever does not hear it has ended.
        self.orders.send_replace(order);
    }
}

impl Office {
    fn run(self: &Arc<Self>, socket: WebSocketStream<Upgraded>) -> Running {
        let (told, states) = watch::channel(State::Connecting);
        let (orders, ordered) = watch::channel(Order::Stay);
        let office = Arc::clone(self);
        let task = tokio::spawn(async move {
            office.open.fetch_add(1, Ordering::Relaxed);
            let take = |envelope| take(Arc::clone(&office.slack), envelope);
            let end = connection::run(socket, take, |hello| office.greeted(hello), told, ordered).await;
            office.open.fetch_sub(1, Ordering::Relaxed);
            end
        });
        Running { states, orders, task }
    }

    fn greeted(&self, hello: Hello) {
        let ours = self.open.load(Ordering::Relaxed);
        tracing::info!(ours, "Slack delivers over a connection of Socket Mode");
        if let Some(all) = hello.connections.filter(|all| *all > ours) {
            tracing::warn!(
                all,
                ours,
                "other programs are connected with this SLACK_APP_TOKEN and get a part of the deliveries: they must share \
                 this one's database, or be ended"
            );
        }
    }

    /// Ends everything, and says why.
    fn give_up(&self, why: &str) {
        if !self.halt.send_replace(true) {
            tracing::error!("Nothing arrives over Socket Mode any more. {why}");
        }
    }
}

/// Keeps one connection, and opens the next one when it goes.
async fn keep_one(office: Arc<Office>, mut halt: watch::Receiver<bool>) {
    let mut patience = Patience::default();
    // The last one is the one that counts; those before it are leaving.
    let mut all: Vec<Running> = Vec::new();
    while !*halt.borrow() {
        let opened = tokio::select! {
            opened = open::open(&office.client) => opened,
            _ = halt.wait_for(|halt| *halt) => break,
        };
        let wait = match opened {
            Ok(socket) => {
                all.retain(|running| !running.is_over());
                match follow(&office, socket, &mut all, &mut halt, &mut patience).await {
                    Some(wait) => wait,
                    None => break,
                }
            }
            Err(error) => match refused_for_good(&error) {
                Some(mend) => {
                    office.give_up(&mend);
                    break;
                }
                None => {
                    let wait = patience.failed().max(error.asked_wait().unwrap_or_default());
                    tracing::warn!(
                        error = &error as &dyn Error,
                        seconds = wait.as_secs(),
                        "no connection to Slack's Socket Mode; another try follows"
                    );
                    wait
                }
            },
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = halt.wait_for(|halt| *halt) => break,
        }
    }
    for running in &all {
        running.order(Order::Stop);
    }
    let ends = async {
        for running in &mut all {
            // An error is a panic, which the runtime has told.
            let _ = (&mut running.task).await;
        }
    };
    if tokio::time::timeout(GRACE, ends).await.is_err() {
        tracing::info!("a connection of Socket Mode ended before all was acknowledged; Slack sends the rest again");
    }
}

/// Follows a fresh connection until another one is wanted, and says how long to wait with that. `None` when everything halts.
async fn follow(
    office: &Arc<Office>,
    socket: WebSocketStream<Upgraded>,
    all: &mut Vec<Running>,
    halt: &mut watch::Receiver<bool>,
    patience: &mut Patience,
) -> Option<Duration> {
    let age = Stopwatch::start();
    // Of those that are leaving one is enough: Slack sends them nothing new for long.
    while all.len() > 1 {
        all.remove(0).order(Order::Stop);
    }
    all.push(office.run(socket));
    let (fresh, earlier) = all.split_last_mut()?;
    let has_decided = |state: &State| !matches!(state, State::Connecting | State::Greeting);
    if fresh.until(halt, has_decided).await? == State::Live {
        for leaving in earlier {
            leaving.order(Order::Replaced);
        }
    }
    let is_going = |state: &State| *state == State::Leaving || state.end().is_some();
    let state = fresh.until(halt, is_going).await?;
    let was_steady = Duration::from_micros(age.elapsed_us()) >= STEADY;
    Some(match state.end() {
        Some(End::SwitchedOff) => {
            office.give_up(
                "It was switched off on the app's page: switch it on there (Socket Mode) and restart Upshot, or remove \
                 SLACK_APP_TOKEN.",
            );
            return None;
        }
        Some(End::TooMany) => {
            tracing::warn!(
                "Slack counts more than ten connections with this SLACK_APP_TOKEN: end the programs that still use it"
            );
            patience.too_many()
        }
        Some(_) => {
            tracing::info!(?state, "a connection of Slack's Socket Mode ended; another one follows");
            patience.lost(was_steady)
        }
        None => patience.replaced(was_steady),
    })
}

/// How long to wait before the next connection.
#[derive(Debug, Default)]
struct Patience {
    failures: u32,
    /// Wishes for a new connection soon after the last one.
    hurried: u32,
}

impl Patience {
    fn failed(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        retry::wait(self.failures, retry::chance())
    }

    fn lost(&mut self, was_steady: bool) -> Duration {
        if was_steady {
            *self = Self::default();
        }
        self.failed()
    }

    /// Slack asked for another one, or the old one brings nothing.
    fn replaced(&mut self, was_steady: bool) -> Duration {
        if was_steady {
            *self = Self::default();
        }
        self.hurried = self.hurried.saturating_add(1);
        match self.hurried.checked_sub(AT_ONCE + 1) {
            Some(more) => retry::wait(more + 1, retry::chance()),
            None => Duration::ZERO,
        }
    }

    fn too_many(&mut self) -> Duration {
        self.failures = self.failures.max(TOO_MANY_COUNTS_AS);
        self.failed()
    }
}

/// Why Slack will not give connections, with the mend, when trying again would be of no use.
pub(super) fn refused_for_good(error: &ApiError) -> Option<String> {
    const PLACE: &str = "on the app's page under Basic Information, App-Level Tokens";
    Some(match error {
        ApiError::InstallationDead(code) if code == "invalid_auth" || code == "not_authed" => format!(
            "SLACK_APP_TOKEN is not known to Slack ({code}): copy it again, or make a new one with the scope \
             connections:write, {PLACE}."
        ),
        ApiError::InstallationDead(code) => format!(
            "SLACK_APP_TOKEN was revoked, or its app is gone ({code}): make a new one with the scope connections:write, \
             {PLACE}."
        ),
        ApiError::TokenExpired => {
            format!("SLACK_APP_TOKEN has expired: make a new one with the scope connections:write, {PLACE}.")
        }
        ApiError::Permission(code) => format!(
            "SLACK_APP_TOKEN may not open connections ({code}): make one with the scope connections:write, {PLACE}."
        ),
        _ => return None,
    })
}

/// Answers an envelope as its twin over HTTP: what is acknowledged there is acknowledged here.
async fn take(slack: Arc<Slack>, envelope: Envelope) -> Option<String> {
    let watch = Stopwatch::start();
    let payload = envelope.payload.get();
    let Ok(place) = Arc::clone(&slack.requests).try_acquire_owned() else {
        tracing::info!("a delivery of a socket was left alone, because there is too much in work");
        return None;
    };
    if payload.len() > MAX_BODY_BYTES {
        tracing::info!(bytes = payload.len(), "a delivery of a socket is too long");
        return None;
    }
    let verified = Verified::by_our_own_connection(payload.as_bytes());
    let decoded = decode_envelope(envelope.kind, verified, slack.clock.now());
    let answer = tokio::time::timeout(TIME_LIMIT, handle(&slack, decoded, payload.len())).await;
    drop(place);
    let answer = answer.unwrap_or(Answer::Again);
    tracing::debug!(
        kind = ?envelope.kind,
        attempt = envelope.attempt,
        is_taken = matches!(answer, Answer::Taken | Answer::Shown(_)),
        elapsed_us = watch.elapsed_us(),
        "answered over a socket"
    );
    let shown = match &answer {
        Answer::Taken | Answer::Challenge(_) => None,
        Answer::Shown(json) if envelope.takes_answer => Some(&**json),
        Answer::Shown(_) => {
            tracing::warn!(kind = ?envelope.kind, "an answer was lost, because its envelope takes none");
            None
        }
        Answer::Again | Answer::Senseless(_) => return None,
    };
    match acknowledgement(&envelope.id, shown) {
        Ok(text) => Some(text),
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "an acknowledgement could not be written as JSON");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ApiError, Patience, refused_for_good};
    use crate::platforms::slack::error::UNCLEAR;

    #[test]
    fn waits_grow_with_failures_and_not_with_what_slack_wishes_now_and_then() {
        let mut patience = Patience::default();
        assert!(patience.failed() <= Duration::from_secs(1));
        assert!(patience.failed() <= Duration::from_secs(2));
        assert!((8..=16).contains(&{
            patience.failed();
            patience.failed();
            patience.failed().as_secs()
        }));
        assert!(patience.lost(true) <= Duration::from_secs(1), "a connection that was well begins anew");
        assert!(patience.too_many() >= Duration::from_secs(16), "nobody storms");
        let mut patience = Patience::default();
        for _ in 0..3 {
            assert_eq!(patience.replaced(false), Duration::ZERO);
        }
        assert!(patience.replaced(false) >= Duration::from_millis(500), "each new connection is asked to go at once");
        assert_eq!(patience.replaced(true), Duration::ZERO);
    }

    #[test]
    fn what_cannot_be_mended_by_waiting_is_told_with_its_mend() {
        let dead = |code: &str| ApiError::InstallationDead(code.to_owned());
        for (error, part) in [
            (dead("invalid_auth"), Some("not known to Slack (invalid_auth): copy it again")),
            (dead("account_inactive"), Some("its app is gone (account_inactive)")),
            (ApiError::TokenExpired, Some("has expired")),
            (ApiError::Permission("missing_scope".to_owned()), Some("may not open connections (missing_scope)")),
            (UNCLEAR, None),
            (ApiError::Refused("brand_new".to_owned()), None),
            (ApiError::ForeignAddress, None),
        ] {
            let told = refused_for_good(&error);
            assert_eq!(told.is_some(), part.is_some(), "{error}");
            assert!(told.unwrap_or_default().contains(part.unwrap_or_default()), "{error}");
        }
    }
}
