//! Slack's end of Socket Mode on loopback: gives addresses that are good once, says hello, delivers and reads acknowledgements.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::http::HeaderMap;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
    },
};

use super::server::{APP_TOKEN, PATIENCE};

/// Where apps ask for addresses.
#[derive(Default)]
pub(crate) struct Door {
    origin: Mutex<Option<String>>,
    tickets: Mutex<BTreeSet<String>>,
    asked: AtomicU32,
}

impl Door {
    /// Slack's answer to `apps.connections.open`.
    pub(crate) fn ask(&self, headers: &HeaderMap) -> String {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        if headers.get("authorization").is_none_or(|sent| *sent != format!("Bearer {APP_TOKEN}")) {
            return json!({ "ok": false, "error": "invalid_auth" }).to_string();
        }
        let Some(origin) = self.origin.lock().unwrap().clone() else {
            return json!({ "ok": false, "error": "internal_error" }).to_string();
        };
        let path = format!("/link/?ticket={number}&app_id=A0000UPSHT");
        self.tickets.lock().unwrap().insert(path.clone());
        json!({ "ok": true, "url": format!("{origin}{path}") }).to_string()
    }

    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether the ticket was given and not yet used.
    fn admits(&self, path: &str) -> bool {
        self.tickets.lock().unwrap().remove(path)
    }
}

/// Connections as they come.
pub(crate) struct FakeSockets {
    connections: mpsc::UnboundedReceiver<FakeSocket>,
}

impl FakeSockets {
    pub(crate) async fn start(door: &std::sync::Arc<Door>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        *door.origin.lock().unwrap() = Some(format!("ws://{}", listener.local_addr().unwrap()));
        let (sender, connections) = mpsc::unbounded_channel();
        let door = std::sync::Arc::clone(door);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                #[expect(clippy::result_large_err, reason = "the library's own type")]
                let check = |request: &Request, response: Response| {
                    assert!(door.admits(&request.uri().to_string()), "an address is good once: {}", request.uri());
                    Ok(response)
                };
                let socket = accept_hdr_async(stream, check).await.unwrap();
                // Nobody waits for it any more when the test has ended.
                let _ = sender.send(FakeSocket { socket });
            }
        });
        Self { connections }
    }

    /// The next connection, before anybody has said anything.
    pub(crate) async fn connected(&mut self) -> FakeSocket {
        tokio::time::timeout(PATIENCE, self.connections.recv()).await.expect("nobody connected").unwrap()
    }

    /// The next connection, after hello.
    pub(crate) async fn next(&mut self) -> FakeSocket {
        let mut socket = self.connected().await;
        socket.say(&hello(2)).await;
        socket
    }

    /// Whether nobody has connected meanwhile.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.connections.try_recv().is_err()
    }
}

fn hello(connections: u32) -> Value {
    json!({
        "type": "hello",
        "num_connections": connections,
        "debug_info": { "host": "applink-7", "build_number": 10, "approximate_connection_time": 18_060 },
        "connection_info": { "app_id": "A0000UPSHT" }
    })
}

/// One connection.
pub(crate) struct FakeSocket {
    socket: WebSocketStream<TcpStream>,
}

impl FakeSocket {
    pub(crate) async fn say(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Delivers an event, an interaction or a command, in an envelope with this id.
    pub(crate) async fn deliver(&mut self, id: &str, kind: &str, payload: &Value) {
        let takes_answer = kind != "events_api";
        self.say(&json!({
            "envelope_id": id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": takes_answer
        }))
        .await;
    }

    /// Asks the app to go.
    pub(crate) async fn dismiss(&mut self, reason: &str) {
        self.say(&json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-7" } })).await;
    }

    /// The next acknowledgement; `None` when the app ends the connection.
    pub(crate) async fn acknowledgement(&mut self) -> Option<Value> {
        let read = async {
            loop {
                match self.socket.next().await? {
                    Ok(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("no acknowledgement came")
    }

    /// The id of the next envelope that is acknowledged without an answer.
    pub(crate) async fn taken(&mut self) -> String {
        let acknowledgement = self.acknowledgement().await.expect("the connection ended");
        assert_eq!(acknowledgement.get("payload"), None, "an event is acknowledged with nothing");
        acknowledgement["envelope_id"].as_str().unwrap().to_owned()
    }

    /// Ends the connection as Slack does.
    pub(crate) async fn end(mut self) {
        self.say_goodbye().await;
    }

    /// Says that the connection ends, and leaves the line open, as where something lies between.
    pub(crate) async fn say_goodbye(&mut self) {
        self.socket.close(None).await.unwrap();
    }
}
