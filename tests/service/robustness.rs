//! Nonsense, too much of it, and half of it.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::server::{NOW, SECRET, TestServer, form, json, sign};

/// Reproducible noise.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    })
    .take(length)
    .collect()
}

#[tokio::test]
async fn signed_nonsense_is_a_400_with_a_short_reason() {
    let server = TestServer::start().await;
    for body in [
        &b""[..],
        b"nonsense",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"{\"type\":7}",
        b"{\"type\":\"url_verification\"}",
        b"payload=",
        b"payload=%7B%7D",
        b"payload=%7B%22type%22%3A%22message_action%22%7D",
        b"payload=%5B%5D",
        b"command=%2Fupshot",
        b"%00%FF=%&&&==",
        b"\xff\xfe\xfd",
    ] {
        let response = server.deliver("/slack/events", body).await;
        assert_eq!(response.status(), 400, "{:?}", String::from_utf8_lossy(body));
        let error = json(response).await;
        assert_eq!(error["error"], "malformed");
        assert!(error.to_string().len() < 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_megabyte_is_read_and_a_byte_more_is_not() {
    let server = TestServer::start().await;
    for (length, status) in [(1_048_575, 400), (1_048_576, 400), (1_048_577, 413)] {
        let response = server.deliver("/slack/commands", noise(length)).await;
        assert_eq!(response.status(), status, "{length} bytes");
    }
    let unsigned = server.post("/slack/commands", &[], noise(1_048_577)).await;
    assert_eq!(unsigned.status(), 413);
    let api = server.post("/api/v1/rewrite", &[], noise(1_048_577)).await;
    assert_eq!(api.status(), 413);
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    server.stop().await;
}

#[tokio::test]
async fn noise_as_text_is_only_text() {
    let server = TestServer::start().await;
    for length in [1, 100, 10_000] {
        let text = String::from_utf8_lossy(&noise(length)).into_owned();
        server.command("/upshot", &text).await;
        server.command("/explain", &text).await;
    }
    for hostile in
        ["*".repeat(30_000), "<".repeat(30_000), "`".repeat(30_001), "&lt;".repeat(9_000), "[a](".repeat(9_000)]
    {
        server.command("/upshot", &hostile).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn the_word_payload_in_a_command_is_only_a_word() {
    let server = TestServer::start().await;
    let message = server.command("/explain", "payload={}").await;
    assert!(message["text"].as_str().unwrap().to_lowercase().contains("payload"), "{message}");
    server.stop().await;
}

#[tokio::test]
async fn repeated_fields_and_odd_encodings_do_no_harm() {
    let server = TestServer::start().await;
    let base = form(&[("command", "/upshot"), ("team_id", "T1"), ("user_id", "U1"), ("trigger_id", "1")]);
    for extra in ["text=a&text=b", "text=%ZZ%", "text=%F0%9F", "text", "=&=&", "text=a&ssl_check=1", "text=a;b"] {
        let response = server.deliver("/slack/commands", format!("{base}&{extra}")).await;
        assert_eq!(response.status(), 200, "{extra}");
    }
    server.stop().await;
}

#[tokio::test]
async fn when_every_place_is_taken_slack_is_told_to_come_back() {
    const PLACES: usize = 512;
    let server = TestServer::start().await;
    let address = server.url("").replace("http://", "");
    let mut waiting = Vec::new();
    for _ in 0..PLACES {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        let head = "POST /slack/commands HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
        connection.write_all(head.as_bytes()).await.unwrap();
        // This line comes when the server starts to wait for the body, so the place is taken.
        let mut line = [0; 21];
        connection.read_exact(&mut line).await.unwrap();
        assert_eq!(&line, b"HTTP/1.1 100 Continue");
        waiting.push(connection);
    }
    let command = form(&[("command", "/upshot"), ("team_id", "T1"), ("user_id", "U1"), ("text", "help")]);
    let refused = server.deliver("/slack/commands", &*command).await;
    assert_eq!(refused.status(), 503);
    assert!(!refused.headers().contains_key("x-slack-no-retry"));
    assert_eq!(server.get("/healthz").await.status(), 200, "other doors stay open");
    for mut connection in waiting {
        connection.write_all(b"too short").await.unwrap();
        let mut answer = [0; 25];
        connection.read_exact(&mut answer).await.unwrap();
        assert!(answer.ends_with(b"HTTP/1.1 401 Unauthor"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(server.deliver("/slack/commands", &*command).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_secret_never_leaves_in_an_answer() {
    let server = TestServer::start().await;
    let stamp = NOW.to_string();
    let good = sign(SECRET, &stamp, b"x");
    let headers = [("x-slack-request-timestamp", &*stamp), ("x-slack-signature", "v0=00")];
    let response = server.post("/slack/commands", &headers, "x").await;
    let all = format!("{response:?}") + &response.text().await.unwrap();
    assert!(!all.contains(SECRET) && !all.contains(good.trim_start_matches("v0=")));
    server.stop().await;
}
