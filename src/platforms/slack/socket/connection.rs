//! One connection, from its hello to its end: reads frames, has deliveries answered, writes acknowledgements, and looks
//! whether anybody is there.

use std::{error::Error, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    task::JoinSet,
    time::MissedTickBehavior,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Bytes, Message},
};

use super::{
    frame::{Envelope, Frame, Hello},
    state::{End, Signal, State},
    watchdog::{Finding, TICK, Watchdog},
};

/// A frame that cannot be written within this will never be.
const WRITING_TIME: Duration = Duration::from_secs(10);
/// For the other side to agree to the end.
const GOODBYE: Duration = Duration::from_secs(1);
/// A replaced connection goes on for so many ticks, because Slack may still send something its way.
const LINGER: u32 = 3;

/// What the owner wants of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Go on.
    Stay,
    /// Another one takes deliveries now.
    Replaced,
    /// End as soon as everything that was taken is acknowledged.
    Stop,
}

/// Runs a connection. `take` answers a delivery: the acknowledgement to write, or `None` when there is to be none, so that
/// Slack sends it again. The states are told as they come; `greeted` is called with Slack's hello.
pub(super) async fn run<S, T>(
    mut socket: WebSocketStream<S>,
    take: impl Fn(Envelope) -> T,
    greeted: impl Fn(Hello),
    told: watch::Sender<State>,
    mut orders: watch::Receiver<Order>,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: Future<Output = Option<String>> + Send + 'static,
{
    let mut taken = JoinSet::new();
    let mut watchdog = Watchdog::default();
    let mut lingered = 0;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let mut state = State::Connecting.after(Signal::Opened);
    told.send_replace(state);
    loop {
        let happened = tokio::select! {
            read = socket.next() => match heard(read, &mut watchdog) {
                Heard::Frame(Frame::Hello(hello)) => {
                    watchdog.greeted(hello.lifetime);
                    greeted(hello);
                    Some(Signal::Hello)
                }
                Heard::Frame(Frame::Disconnect(reason)) => Some(Signal::Disconnect(reason)),
                Heard::Frame(Frame::Envelope(envelope)) => {
                    // What is not acknowledged comes again, on another connection.
                    if state.takes_deliveries() {
                        taken.spawn(take(envelope));
                    }
                    None
                }
                Heard::Frame(Frame::Other) | Heard::SignOfLife => None,
                Heard::End => Some(Signal::Lost),
            },
            Some(answered) = taken.join_next() => match answered {
                Ok(Some(acknowledgement)) => write(&mut socket, Message::text(acknowledgement)).await,
                Ok(None) => None,
                Err(panic) => {
                    tracing::error!(error = &panic as &dyn Error, "a delivery of a socket could not be worked");
                    None
                }
            },
            _ = ticks.tick() => {
                if *orders.borrow() == Order::Replaced {
                    lingered += 1;
                }
                match watchdog.tick() {
                    Finding::Ask => write(&mut socket, Message::Ping(Bytes::new())).await,
                    Finding::Dead => Some(Signal::Dead),
                    Finding::Stale => Some(Signal::Stale),
                    Finding::Well => None,
                }
            }
            // Without an owner there is nobody to stop it, which is the end as well.
            changed = orders.changed(), if !matches!(state, State::Closing(_)) => {
                if changed.is_err() || *orders.borrow() == Order::Stop { Some(Signal::Stop) } else { None }
            }
        };
        if let Some(signal) = happened {
            state = state.after(signal);
        }
        if lingered >= LINGER {
            state = state.after(Signal::Replaced);
        }
        if matches!(state, State::Closing(_)) && taken.is_empty() {
            told.send_replace(state);
            state = state.after(Signal::Settled);
        }
        told.send_if_modified(|earlier| std::mem::replace(earlier, state) != state);
        if let State::Closed(end) = state {
            // What was taken is done all the same; only nobody can be told.
            taken.detach_all();
            if end != End::Dead {
                say_goodbye(&mut socket).await;
            }
            return end;
        }
    }
}

/// What was read.
enum Heard {
    Frame(Frame),
    SignOfLife,
    End,
}

fn heard(read: Option<Result<Message, tungstenite::Error>>, watchdog: &mut Watchdog) -> Heard {
    match read {
        Some(Ok(Message::Text(text))) => {
            watchdog.heard();
            Heard::Frame(Frame::read(&text))
        }
        Some(Ok(Message::Pong(_))) => {
            watchdog.answered();
            Heard::SignOfLife
        }
        // Pings are answered by the library.
        Some(Ok(Message::Ping(_) | Message::Binary(_) | Message::Frame(_))) => {
            watchdog.heard();
            Heard::SignOfLife
        }
        Some(Ok(Message::Close(_))) | None => Heard::End,
        Some(Err(error)) => {
            tracing::debug!(error = &error as &dyn Error, "a connection of Slack's Socket Mode broke");
            Heard::End
        }
    }
}

async fn write<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>, message: Message) -> Option<Signal> {
    match tokio::time::timeout(WRITING_TIME, socket.send(message)).await {
        Ok(Ok(())) => None,
        Ok(Err(_)) => Some(Signal::Lost),
        Err(_) => Some(Signal::Dead),
    }
}

/// Ends a connection in agreement, or without it soon after.
async fn say_goodbye<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) {
    let agreed = async {
        // An error says that the other side has gone already.
        let _ = socket.close(None).await;
        while let Some(Ok(_)) = socket.next().await {}
    };
    let _ = tokio::time::timeout(GOODBYE, agreed).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{SinkExt, StreamExt};
    use tokio::{io::DuplexStream, sync::watch, task::JoinHandle};
    use tokio_tungstenite::{
        WebSocketStream,
        tungstenite::{Message, protocol::Role},
    };

    use super::{End, Envelope, Order, State, run};

    /// Slack's end of a connection, in this process. The clock of these tests stands, and moves when everybody waits.
    struct Slack {
        socket: WebSocketStream<DuplexStream>,
        states: watch::Receiver<State>,
        orders: watch::Sender<Order>,
        ended: JoinHandle<End>,
    }

    /// Acknowledges by the number of bytes; what is longer than `{"n":1}` is not acknowledged.
    async fn take(envelope: Envelope) -> Option<String> {
        (envelope.payload.get().len() < 8).then_some(envelope.id)
    }

    async fn connect() -> Slack {
        let (ours, slacks) = tokio::io::duplex(64 * 1024);
        let ours = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let socket = WebSocketStream::from_raw_socket(slacks, Role::Server, None).await;
        let (told, states) = watch::channel(State::Connecting);
        let (orders, ordered) = watch::channel(Order::Stay);
        let ended = tokio::spawn(run(ours, take, |_| (), told, ordered));
        Slack { socket, states, orders, ended }
    }

    impl Slack {
        async fn live() -> Self {
            let mut slack = connect().await;
            slack.say(r#"{"type":"hello","num_connections":1}"#).await;
            slack.until(State::Live).await;
            slack
        }

        async fn say(&mut self, text: &str) {
            self.socket.send(Message::text(text)).await.unwrap();
        }

        async fn until(&mut self, state: State) {
            self.states.wait_for(|now| *now == state).await.unwrap();
        }

        /// The next text, with pings answered on the way.
        async fn next(&mut self) -> Option<String> {
            loop {
                match self.socket.next().await? {
                    Ok(Message::Text(text)) => return Some(text.to_string()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        }

        /// Answers pings and says nothing, until the connection ends.
        async fn listen(&mut self) {
            while self.next().await.is_some() {}
        }
    }

    fn envelope(id: &str, payload: &str) -> String {
        format!(r#"{{"type":"events_api","envelope_id":"{id}","payload":{payload}}}"#)
    }

    #[tokio::test(start_paused = true)]
    async fn deliveries_are_acknowledged_in_their_envelopes_or_left_to_come_again() {
        let mut slack = Slack::live().await;
        slack.say(&envelope("first", "{}")).await;
        assert_eq!(slack.next().await.as_deref(), Some("first"));
        slack.say(&envelope("refused", r#"{"n":"long"}"#)).await;
        slack.say("no frame at all").await;
        slack.say(&envelope("second", "{}")).await;
        assert_eq!(slack.next().await.as_deref(), Some("second"), "and nothing for the refused one");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_taken_before_hello() {
        let mut slack = connect().await;
        slack.say(&envelope("early", "{}")).await;
        slack.say(r#"{"type":"hello"}"#).await;
        slack.say(&envelope("later", "{}")).await;
        assert_eq!(slack.next().await.as_deref(), Some("later"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_shall_go_takes_deliveries_until_slack_ends_it() {
        let mut slack = Slack::live().await;
        slack.say(r#"{"type":"disconnect","reason":"refresh_requested"}"#).await;
        slack.until(State::Leaving).await;
        slack.say(&envelope("late", "{}")).await;
        assert_eq!(slack.next().await.as_deref(), Some("late"));
        slack.socket.close(None).await.unwrap();
        assert_eq!(slack.ended.await.unwrap(), End::Lost);
    }

    #[tokio::test(start_paused = true)]
    async fn a_replaced_connection_goes_after_a_while() {
        let mut slack = Slack::live().await;
        slack.say(r#"{"type":"disconnect","reason":"warning"}"#).await;
        slack.until(State::Leaving).await;
        let began = tokio::time::Instant::now();
        slack.orders.send(Order::Replaced).unwrap();
        slack.listen().await;
        assert_eq!(slack.ended.await.unwrap(), End::Replaced);
        let lingered = began.elapsed();
        assert!(lingered > Duration::from_secs(5) && lingered <= Duration::from_secs(20), "{lingered:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_any_sign_of_life_is_given_up() {
        let mut slack = Slack::live().await;
        let began = tokio::time::Instant::now();
        // Nobody reads, so nothing answers: the other end of a cable that was pulled.
        slack.states.wait_for(|state| *state == State::Closed(End::Dead)).await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_secs(20), "asked after ten seconds, given up ten later");
        assert_eq!(slack.ended.await.unwrap(), End::Dead);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_lives_and_brings_nothing_is_replaced() {
        let mut slack = Slack::live().await;
        let mut states = slack.states.clone();
        let began = tokio::time::Instant::now();
        let left = tokio::spawn(async move {
            states.wait_for(|state| *state == State::Leaving).await.unwrap();
            began.elapsed()
        });
        // Pongs come from the library while it reads.
        let listening = tokio::spawn(async move {
            slack.listen().await;
        });
        assert_eq!(left.await.unwrap(), Duration::from_secs(30));
        listening.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn slacks_pings_keep_a_quiet_connection() {
        let mut slack = Slack::live().await;
        for _ in 0..100 {
            slack.socket.send(Message::Ping("x".into())).await.unwrap();
            tokio::time::sleep(Duration::from_secs(9)).await;
        }
        assert_eq!(*slack.states.borrow(), State::Live);
        slack.say(&envelope("still", "{}")).await;
        assert_eq!(slack.next().await.as_deref(), Some("still"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_taken_is_acknowledged_before_the_end() {
        let (ours, slacks) = tokio::io::duplex(64 * 1024);
        let ours = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let socket = WebSocketStream::from_raw_socket(slacks, Role::Server, None).await;
        let (told, states) = watch::channel(State::Connecting);
        let (orders, ordered) = watch::channel(Order::Stay);
        let (release, released) = watch::channel(false);
        let take = move |envelope: Envelope| {
            let mut released = released.clone();
            async move {
                released.wait_for(|released| *released).await.ok()?;
                Some(envelope.id)
            }
        };
        let ended = tokio::spawn(run(ours, take, |_| (), told, ordered));
        let mut slack = Slack { socket, states, orders, ended };
        slack.say(r#"{"type":"hello"}"#).await;
        slack.say(&envelope("slow", "{}")).await;
        slack.say(r#"{"type":"disconnect","reason":"refresh_requested"}"#).await;
        // Frames are read in their order, so the delivery has been taken by now.
        slack.until(State::Leaving).await;
        slack.orders.send(Order::Stop).unwrap();
        slack.until(State::Closing(End::Stopped)).await;
        slack.say(&envelope("too late", "{}")).await;
        release.send(true).unwrap();
        assert_eq!(slack.next().await.as_deref(), Some("slow"));
        assert_eq!(slack.next().await, None, "the end follows, and nothing for what came after the order to stop");
        assert_eq!(slack.ended.await.unwrap(), End::Stopped);
    }

    #[tokio::test(start_paused = true)]
    async fn reasons_to_stop_altogether_are_told() {
        for (reason, end) in [("link_disabled", End::SwitchedOff), ("too_many_websockets", End::TooMany)] {
            let mut slack = Slack::live().await;
            slack.say(&format!(r#"{{"type":"disconnect","reason":"{reason}"}}"#)).await;
            slack.listen().await;
            assert_eq!(slack.ended.await.unwrap(), end);
        }
    }
}
