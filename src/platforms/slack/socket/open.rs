//! Opening a connection: asking for its address, and shaking hands.
//!
//! The HTTP client that makes all other calls makes this one too, so the same certificates and the same proxy hold for it; the
//! connection is handed to the WebSocket library once both sides have agreed.

use reqwest::{
    StatusCode, Upgraded, Url,
    header::{self, HeaderMap, HeaderValue},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

use crate::platforms::slack::{ApiError, Client, MAX_BODY_BYTES, error::UNCLEAR};

/// The longest frame that is read: a longer one ends the connection, so there is room above the longest delivery that is taken.
const LONGEST_FRAME: usize = 4 * MAX_BODY_BYTES;

/// A fresh connection to Slack.
pub(super) async fn open(client: &Client) -> Result<WebSocketStream<Upgraded>, ApiError> {
    let address = client.socket_address().await?;
    shake_hands(client, address).await
}

async fn shake_hands(client: &Client, address: Url) -> Result<WebSocketStream<Upgraded>, ApiError> {
    let key = generate_key();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(header::SEC_WEBSOCKET_KEY, HeaderValue::try_from(&key).map_err(|_| UNCLEAR)?);
    let response = client.upgrade(address, headers).await?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(ApiError::Refused(format!("no WebSocket, status {}", response.status().as_u16())));
    }
    let accepted = response.headers().get(header::SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(ApiError::Refused("no WebSocket, another key".to_owned()));
    }
    let connection = response.upgrade().await.map_err(|_| UNCLEAR)?;
    let config = WebSocketConfig::default().max_message_size(Some(LONGEST_FRAME)).max_frame_size(Some(LONGEST_FRAME));
    Ok(WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await)
}
