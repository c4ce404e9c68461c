//! Where people of another company read along: only entries that are marked as shareable are told there, and only their words are
//! posted there.

use serde_json::{Value, json};
use upshot::engine::{Content, ContentFile};

use super::{
    explained::{CHANNEL, press, typed_in},
    fake_slack::FakeSlack,
    glossary::content_of,
    server::{TestServer, acknowledged, fixture},
};

/// An entry for own people, one that partners may read, and one that ships.
fn entries() -> Content {
    let file = |id: &str, definition: &str, is_shareable: bool| {
        let entry = json!({
            "id": id, "definition": definition, "shareable": is_shareable,
            "terms": [{ "text": id, "pos": "noun" }], "wordings": [{ "text": format!("{id} machine"), "pos": "noun" }]
        });
        (format!("glossary/{id}.yaml"), json!({ "subject_field": "ours", "concepts": [entry] }).to_string())
    };
    let own = |(path, text): (String, String)| ContentFile::own(&path, &text);
    let (path, text) = file("gizmo", "What everybody calls so.", false);
    let mut content = content_of(ContentFile::new(&path, &text));
    content.files.extend([
        own(file("zibbler", "The store of Kilnworks, our largest customer.", false)),
        own(file("wobbulator", "The copy that partners may use.", true)),
    ]);
    content
}

async fn server(slack: &FakeSlack) -> TestServer {
    let api = slack.api_url();
    TestServer::over(entries(), &[("SLACK_API_URL", &*api), ("SLACK_BOT_TOKEN", "xoxb-test")]).await
}

fn is_shared_with_partners(slack: &FakeSlack, is: bool) {
    slack.answer_about("/api/conversations.info", CHANNEL, &json!({ "ok": true, "channel": { "is_ext_shared": is } }));
}

#[tokio::test]
async fn what_is_for_own_people_is_not_told_where_partners_read_along() {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack).await;
    for (number, (is_shared, asked, told, hidden)) in [
        (true, "what is a wobbulator?", "partners may use", ""),
        (true, "what is a zibbler?", "is for our own people", "Kilnworks"),
        (true, "for sales: The zibbler and the wobbulator are down.", "wobbulator machine", "zibbler machine"),
        (false, "what is a zibbler?", "Kilnworks", ""),
        (false, "for sales: The zibbler and the wobbulator are down.", "zibbler machine", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let mut question = fixture("event_slack_connect_mention.json");
        question["event_id"] = json!(format!("Ev{number}"));
        question["is_ext_shared_channel"] = json!(is_shared);
        question["event"]["channel"] = json!(format!("C0SHARED0{number}"));
        question["event"]["text"] = json!(format!("<@U0000UPBOT> {asked}"));
        for field in ["user_team", "source_team", "team"] {
            question["event"][field] = json!("T0000UPSHT");
        }
        assert_eq!(server.deliver("/slack/events", question.to_string()).await.status(), 200);
        let answer = slack.next().await;
        let is_private = answer.path == "/api/chat.postEphemeral";
        assert_eq!(is_private, is_shared, "{asked}");
        let text = answer.body["text"].as_str().unwrap();
        assert!(text.contains(told), "{asked}: {text}");
        assert!(hidden.is_empty() || !text.contains(hidden), "{asked}: {text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn words_for_own_people_are_not_posted_where_partners_read_along() {
    for (is_shared, command, typed, is_posted) in [
        (true, "/explain", "wobbulator", true),
        (true, "/explain", "zibbler", false),
        (true, "/explain", "gizmo", true),
        (false, "/explain", "zibbler", true),
        (true, "/upshot", "for sales: The zibbler is down.", false),
        (true, "/upshot", "for sales: The wobbulator is down.", true),
        (false, "/upshot", "for sales: The zibbler is down.", true),
    ] {
        let mut slack = FakeSlack::start().await;
        is_shared_with_partners(&slack, is_shared);
        let server = server(&slack).await;
        let message = typed_in(&server, &slack, CHANNEL, (command, typed)).await;
        acknowledged(&server, &press(&slack, &message, "share", "U0ELENA001", "1.1.a")).await;
        let call = slack.next().await;
        if is_posted {
            assert_eq!(call.path, "/api/chat.postMessage", "{typed}");
        } else {
            assert_eq!((&*call.path, &call.body["replace_original"]), ("/hook", &json!(false)), "{typed}");
            let text = call.body["text"].as_str().unwrap();
            assert!(
                text.contains("Another company reads along there") && text.contains("nothing was posted"),
                "{text}"
            );
        }
        server.stop().await;
        assert!(!is_posted || posted_once(&slack.rest()), "{typed}");
    }
}

/// Besides the post, the person is told of it.
fn posted_once(rest: &[super::fake_slack::Call]) -> bool {
    rest.iter().all(|call| call.path == "/hook" && call.body.get("blocks").is_some_and(Value::is_array))
}
