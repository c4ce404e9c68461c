//! The playground's files, their headers, and health.

use super::server::TestServer;

const FILES: [(&str, &str); 8] = [
    ("/", "text/html; charset=utf-8"),
    ("/app.js", "text/javascript; charset=utf-8"),
    ("/page.js", "text/javascript; charset=utf-8"),
    ("/answer.js", "text/javascript; charset=utf-8"),
    ("/card.js", "text/javascript; charset=utf-8"),
    ("/explain.js", "text/javascript; charset=utf-8"),
    ("/style.css", "text/css; charset=utf-8"),
    ("/icon.svg", "image/svg+xml"),
];

#[tokio::test]
async fn every_file_comes_with_its_type_and_the_security_headers() {
    let server = TestServer::start().await;
    for (path, content_type) in FILES {
        let response = server.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers();
        assert_eq!(headers["content-type"], content_type);
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let server = TestServer::start().await;
    for (path, _) in FILES {
        let first = server.get(path).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("\"old\", W/{tag}")] {
            let again = server.client().get(server.url(path)).header("if-none-match", known).send().await.unwrap();
            assert_eq!(again.status(), 304, "{path}");
            assert_eq!(again.headers()["etag"].to_str().unwrap(), tag);
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let other = server.client().get(server.url(path)).header("if-none-match", "\"old\"").send().await.unwrap();
        assert_eq!(other.status(), 200, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn health_is_said() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path).await.status(), 200, "{path}");
    }
    assert_eq!(server.get("/nowhere").await.status(), 404);
    server.stop().await;
}
