//! Each person's usual reader.

use serde_json::{Value, json};

use super::{
    fake_slack::FakeSlack,
    server::{Folder, TestServer, fixture},
};

/// The reader that an answer's menu shows as chosen.
fn chosen(message: &Value) -> &str {
    let controls = message["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    controls["elements"][0]["initial_option"]["value"].as_str().unwrap()
}

async fn reader_of(server: &TestServer, person: &str, trigger: &str) -> String {
    chosen(&server.command_of(person, trigger, "/upshot", "The pod is down").await).to_owned()
}

#[tokio::test]
async fn a_reader_set_by_command_is_remembered_across_a_restart() {
    let folder = Folder::new();
    let url = format!("sqlite://{}/deep/down/upshot.db", folder.path().display());
    let settings = [("UPSHOT_DATABASE_URL", &*url)];

    let server = TestServer::with(&settings).await;
    let said = server.command("/upshot", "settings sales").await;
    assert!(said["text"].as_str().unwrap().starts_with("Done."), "{said}");
    assert_eq!(reader_of(&server, "U0ELENA001", "1.1.a").await, "sales");
    assert_eq!(reader_of(&server, "U0OTHER", "1.1.b").await, "general", "it is one person's choice");
    server.stop().await;

    let server = TestServer::with(&settings).await;
    assert_eq!(reader_of(&server, "U0ELENA001", "1.1.c").await, "sales");
    let explicit = server.command("/upshot", "for hr: The pod is down").await;
    assert_eq!(chosen(&explicit), "hr");
    assert_eq!(reader_of(&server, "U0ELENA001", "1.1.d").await, "sales", "a named reader is for once");
    server.stop().await;
}

#[tokio::test]
async fn the_settings_show_the_reader_and_change_it() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let settings = server.command("/upshot", "settings").await;
    let controls = settings["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    assert_eq!(controls["elements"][0]["initial_option"]["value"], "general");

    let mut payload = fixture("block_actions_message.json");
    payload["response_url"] = json!(slack.response_url());
    payload["actions"][0]["block_id"] = controls["block_id"].clone();
    assert_eq!(server.interact(&payload).await.status(), 200);
    let call = slack.next().await;
    assert_eq!(call.body["replace_original"], true);
    assert!(call.body["text"].as_str().unwrap().starts_with("Done."), "{}", call.body);
    assert_eq!(reader_of(&server, "U0ELENA001", "1.1.a").await, "sales");
    server.stop().await;
}

#[tokio::test]
async fn a_kept_text_outlives_a_restart_and_ends_after_an_hour() {
    let folder = Folder::new();
    let url = format!("sqlite://{}/upshot.db", folder.path().display());
    let mut slack = FakeSlack::start().await;
    let api_url = slack.api_url();
    let settings = [("UPSHOT_DATABASE_URL", &*url), ("SLACK_API_URL", &*api_url), ("SLACK_BOT_TOKEN", "xoxb-test")];

    let server = TestServer::with(&settings).await;
    let message = server.command("/upshot", "The xylophone service is down").await;
    server.stop().await;
    let controls = message["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    let mut payload = fixture("block_actions_message.json");
    payload["response_url"] = json!(slack.response_url());
    payload["actions"][0]["block_id"] = controls["block_id"].clone();

    let server = TestServer::with(&settings).await;
    assert_eq!(server.interact(&payload).await.status(), 200);
    assert!(slack.next().await.body["text"].as_str().unwrap().contains("xylophone"));
    server.stop().await;

    let database = std::fs::read(folder.path().join("upshot.db")).unwrap();
    assert!(String::from_utf8_lossy(&database).contains("xylophone"), "so the next check means something");

    // An hour later the first thing the server does is to clean up.
    let server = TestServer::at(super::server::NOW + 3600, &settings).await;
    server.stop().await;
    for name in ["upshot.db", "upshot.db-wal"] {
        let Ok(bytes) = std::fs::read(folder.path().join(name)) else { continue };
        assert!(!String::from_utf8_lossy(&bytes).contains("xylophone"), "still in {name}");
    }
}
