//! Sharing an approved answer, saying how an answer was, and asking for a definition.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use upshot::{
    ids::{PersonId, WorkspaceId},
    store::Counter,
};

use super::{
    databases::Database,
    fake_slack::{Call, FakeSlack},
    server::{NOW, TestServer, acknowledged, fixture},
};

const PEOPLE: &str = r#"{"ok":true,"user":{"name":"marco","profile":{"display_name":"Marco Bianchi"}}}"#;

/// The buttons of an answer by their action.
pub(crate) fn button<'a>(answer: &'a Value, action: &str) -> Option<&'a Value> {
    let blocks = answer["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "actions");
    blocks.flat_map(|block| block["elements"].as_array().unwrap()).find(|element| element["action_id"] == action)
}

pub(crate) fn contexts(answer: &Value) -> String {
    let blocks = answer["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "context");
    blocks.map(|block| block["elements"][0]["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// What Slack sends when somebody presses a button of the open dialog.
pub(crate) fn press_in_view(view: &Value, action: &str, trigger: &str) -> Value {
    let button = button(view, action).unwrap_or_else(|| panic!("no {action} in {view}"));
    json!({
        "type": "block_actions",
        "trigger_id": trigger,
        "team": { "id": "T0000UPSHT", "domain": "alderbrook" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V1", "type": "modal", "callback_id": view["callback_id"] },
        "actions": [{ "type": "button", "action_id": action, "block_id": "b", "value": button["value"] }]
    })
}

/// The same in a message.
fn press_in_message(slack: &FakeSlack, message: &Value, action: &str, trigger: &str) -> Value {
    let button = button(message, action).unwrap_or_else(|| panic!("no {action} in {message}"));
    let mut payload = fixture("block_actions_message.json");
    payload["response_url"] = json!(slack.response_url());
    payload["trigger_id"] = json!(trigger);
    payload["actions"] = json!([{ "type": "button", "action_id": action, "block_id": "b", "value": button["value"] }]);
    payload
}

/// The press of a share button for words that nobody read, as if the glossary had changed since.
pub(crate) fn unread(mut press: Value) -> Value {
    let ticket = press["actions"][0]["value"].as_str().unwrap();
    let mut parts: Vec<&str> = ticket.split('.').collect();
    parts[2] = "0000000000000000";
    press["actions"][0]["value"] = json!(parts.join("."));
    press
}

async fn open_dialog(slack: &mut FakeSlack, server: &TestServer, name: &str) -> Value {
    acknowledged(server, &slack.addressed(name)).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.open");
    call.body["view"].clone()
}

/// Types a command in a channel.
async fn command_in(server: &TestServer, slack: &FakeSlack, channel: &str, text: &str) -> Value {
    let (trigger, address) = (format!("7.7.{channel}"), slack.response_url());
    let fields = [("channel_id", channel), ("text", text), ("trigger_id", &*trigger), ("response_url", &*address)];
    server.typed(&fields).await
}

pub(crate) fn sections(value: &Value) -> Vec<&str> {
    let blocks = value["blocks"].as_array().unwrap().iter();
    blocks.filter(|block| block["type"] == "section").map(|block| block["text"]["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_approved_answer_is_posted_once_into_the_thread_and_the_dialog_says_so() {
    let mut slack = FakeSlack::start().await;
    slack.answer_with("/api/users.info", StatusCode::OK, HeaderMap::new(), PEOPLE.to_owned());
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    // Two quick presses have tickets of their own.
    for trigger in ["1.1.a", "1.1.b", "1.1.b"] {
        acknowledged(&server, &press_in_view(&view, "share", trigger)).await;
    }
    let post = slack.next().await;
    assert_eq!(post.path, "/api/chat.postMessage");
    assert_eq!((&post.body["channel"], &post.body["thread_ts"]), (&json!("C0INCIDENT"), &json!("1789999700.000100")));
    let approved = sections(&view);
    let posted = sections(&post.body);
    assert!(!posted.is_empty() && approved.starts_with(&posted), "{posted:?} is the beginning of {approved:?}");
    let credit = contexts(&post.body);
    for part in [
        "A plain-language version of <https://alderbrook.slack.com/archives/C0INCIDENT/p1789999700000100|the original above>",
        "written by <https://alderbrook.slack.com/team/U0MARCO002|Marco Bianchi>",
        "Shared by <https://alderbrook.slack.com/team/U0ELENA001|Marco Bianchi>",
        "for this reader: Everyone",
    ] {
        assert!(credit.contains(part), "{part} in {credit}");
    }
    assert!(post.body["text"].as_str().unwrap().contains(posted[0]), "the text for screen readers is complete");
    let told = slack.next().await;
    assert_eq!((&*told.path, &told.body["view_id"]), ("/api/views.update", &json!("V1")));
    let view = &told.body["view"];
    assert!(contexts(view).contains("This was shared in the thread."), "{}", contexts(view));
    assert_eq!(button(view, "share"), None, "it is shared once");
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await, "one post and one word of it");
}

#[tokio::test]
async fn a_reply_is_shared_in_its_thread_and_a_bot_is_credited_by_name() {
    for (name, thread, channel, author) in [
        ("message_action_in_thread.json", "1789999800.000200", "C0PRIVATE1", "team/U0PRIYA003|"),
        ("message_action_bot_message.json", "1789999600.000400", "C0INCIDENT", "written by Alertbell."),
    ] {
        let mut slack = FakeSlack::start().await;
        let server = TestServer::with_slack(&slack).await;
        let view = open_dialog(&mut slack, &server, name).await;
        acknowledged(&server, &press_in_view(&view, "share", "1.1.a")).await;
        let post = slack.next().await;
        assert_eq!((&post.body["channel"], &post.body["thread_ts"]), (&json!(channel), &json!(thread)));
        assert!(contexts(&post.body).contains(author), "{author} in {}", contexts(&post.body));
        server.stop().await;
    }
}

#[tokio::test]
async fn what_is_shared_wakes_nobody() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let mut payload = slack.addressed("message_action_plain.json");
    payload["message"]["blocks"] = json!([]);
    payload["message"]["text"] = json!(
        "<!here> <!channel> <!subteam^S0ONCALL01|@oncall> <@U0PRIYA003> the checkout service is down, &lt;!everyone&gt;"
    );
    acknowledged(&server, &payload).await;
    let view = slack.next().await.body["view"].clone();
    assert!(view.to_string().contains("<@U0PRIYA003>"), "in the private answer it may stand");
    acknowledged(&server, &press_in_view(&view, "share", "1.1.a")).await;
    // The limits checker looks for live broadcasts in every text.
    let post = slack.next().await.body;
    assert!(!post.to_string().contains("<@"), "{post}");
    assert!(
        post.to_string().contains("alderbrook.slack.com/team/U0PRIYA003|@U0PRIYA003"),
        "who is meant is still told"
    );
    server.stop().await;
}

#[tokio::test]
async fn where_the_app_is_no_member_the_address_of_the_delivery_takes_the_post() {
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/chat.postMessage", "not_in_channel");
    let server = TestServer::with_slack(&slack).await;
    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    acknowledged(&server, &press_in_view(&view, "share", "1.1.a")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    // Into the thread; `next` would refuse a `response_type` sent to the API.
    let post = slack.next().await;
    assert_eq!(post.path, "/hook");
    assert_eq!((&post.body["response_type"], &post.body["replace_original"]), (&json!("in_channel"), &json!(false)));
    assert_eq!(post.body["thread_ts"], "1789999700.000100");
    assert!(contexts(&slack.next().await.body["view"]).contains("This was shared"));
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_refused_share_says_how_to_mend_it_and_can_be_tried_again() {
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/chat.postMessage", "not_in_channel");
    slack.answer("/hook", "response_url_gone");
    let server = TestServer::with_slack(&slack).await;
    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    acknowledged(&server, &press_in_view(&view, "share", "1.1.a")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    assert_eq!(slack.next().await.path, "/hook");
    let told = slack.next().await.body["view"].clone();
    assert!(contexts(&told).contains("`/invite @Upshot`"), "{}", contexts(&told));
    assert_ne!(
        button(&told, "share").unwrap()["value"],
        button(&view, "share").unwrap()["value"],
        "or another attempt would be taken for a repetition of the first"
    );
    server.stop().await;
}

/// What may happen to a post that Slack does not take, while nobody is there.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    /// Its time runs out.
    TooLate,
    /// It was tried as often as anything is.
    TriedEnough,
}

#[tokio::test]
async fn a_share_that_is_given_up_is_told_to_who_shared() {
    for (meanwhile, is_dialog) in [
        (Meanwhile::TooLate, true),
        (Meanwhile::TooLate, false),
        (Meanwhile::TriedEnough, true),
        (Meanwhile::TriedEnough, false),
    ] {
        let mut slack = FakeSlack::start().await;
        slack.answer("/api/chat.postMessage", "bad_gateway_html");
        let database = Database::sqlite();
        let server = TestServer::with_slack_and(&slack, &database).await;
        let pressed = if is_dialog {
            let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
            press_in_view(&view, "share", "1.1.a")
        } else {
            let message = command_in(&server, &slack, "C0SALES001", "for sales: The xylophone service is down").await;
            press_in_message(&slack, &message, "share", "1.1.a")
        };
        acknowledged(&server, &pressed).await;
        assert_eq!(slack.next().await.path, "/api/chat.postMessage");
        server.stop().await;
        assert!(slack.rest().is_empty(), "it is tried again, so there is nothing to tell yet");
        let now = match meanwhile {
            // A server that starts finds it long after its end; nobody was there before who could have told.
            Meanwhile::TooLate => NOW + 24 * 60 + 60,
            Meanwhile::TriedEnough => {
                assert_eq!(database.run("UPDATE outbox SET failures = 11, in_doubt = 0").await, 1);
                NOW + 60
            }
        };
        let api_url = slack.api_url();
        let settings = [
            ("SLACK_API_URL", &*api_url),
            ("SLACK_BOT_TOKEN", "xoxb-test"),
            ("UPSHOT_DATABASE_URL", &*database.address),
        ];
        let server = TestServer::at(now, &settings).await;
        if matches!(meanwhile, Meanwhile::TriedEnough) {
            assert_eq!(slack.next().await.path, "/api/chat.postMessage", "once more");
        }
        let told = slack.next().await;
        let answer = if is_dialog {
            assert_eq!((&*told.path, &told.body["view_id"]), ("/api/views.update", &json!("V1")));
            &told.body["view"]
        } else {
            assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
            &told.body
        };
        assert!(contexts(answer).contains("Slack did not take this post."), "{meanwhile:?}: {}", contexts(answer));
        assert!(button(answer, "share").is_some(), "and it can be tried again");
        server.stop().await;
        assert!(slack.rest().is_empty() && database.owes_nothing().await, "told once");
    }
}

#[tokio::test]
async fn a_typed_text_can_be_posted_in_its_channel_and_nowhere_else() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = command_in(&server, &slack, "C0SALES001", "for sales: The xylophone service is down").await;
    assert_eq!(button(&message, "share").unwrap()["text"]["text"], "Post in channel");
    acknowledged(&server, &press_in_message(&slack, &message, "share", "1.1.a")).await;
    let post = slack.next().await;
    assert_eq!(post.path, "/api/chat.postMessage");
    assert_eq!(post.body["channel"], "C0SALES001");
    assert_eq!(post.body.get("thread_ts"), None);
    assert!(contexts(&post.body).contains("Posted for <https://alderbrook.slack.com/team/U0ELENA001|a colleague>."));
    let told = slack.next().await;
    assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
    assert!(contexts(&told.body).contains("This was posted in the channel."), "{}", told.body);
    for channel in ["", "D0ELENA001"] {
        let message = command_in(&server, &slack, channel, "for sales: The xylophone service is down").await;
        assert_eq!(button(&message, "share"), None, "in {channel:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_shares_what_somebody_else_approved() {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    let mut stolen = press_in_view(&view, "share", "1.1.a");
    stolen["user"]["id"] = json!("U0OTHER");
    acknowledged(&server, &stolen).await;
    let call = slack.next().await;
    assert_eq!(call.path, "/api/views.update");
    assert!(!call.body.to_string().contains("47s"), "{}", call.body);
    // Words that nobody has approved are not posted either: here as if the glossary had changed since.
    acknowledged(&server, &unread(press_in_view(&view, "share", "1.1.c"))).await;
    let told = slack.next().await;
    assert_eq!(told.path, "/api/views.update");
    assert!(contexts(&told.body["view"]).contains("Nothing was shared"), "{}", contexts(&told.body["view"]));
    acknowledged(&server, &press_in_view(&told.body["view"], "share", "1.1.d")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    server.stop().await;
}

#[tokio::test]
async fn feedback_is_counted_once_without_name_and_text() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    let message = server.command("/upshot", "for sales: The xylophone service is down").await;
    for trigger in ["1.1.a", "1.1.b"] {
        acknowledged(&server, &press_in_message(&slack, &message, "helpful", trigger)).await;
    }
    let told = slack.next().await;
    assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
    assert!(told.body["text"].as_str().unwrap().contains("xylophone"), "the answer stays");
    assert!(contexts(&told.body).contains("without your name"), "{}", told.body);
    assert_eq!(button(&told.body, "helpful"), None);
    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    acknowledged(&server, &press_in_view(&view, "wrong", "1.1.c")).await;
    assert!(contexts(&slack.next().await.body["view"]).contains("without your name"));
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackHelpful).await, 1);
    assert_eq!(database.count(Counter::FeedbackWrong).await, 1);
}

/// What Slack sends when the form that asks for a definition is sent.
fn ask_for(form: &Call, term: &str) -> Value {
    let view = &form.body["view"];
    let input = view["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "input").unwrap();
    let mut values = json!({});
    values[input["block_id"].as_str().unwrap()][input["element"]["action_id"].as_str().unwrap()] =
        json!({ "value": term });
    json!({
        "type": "view_submission",
        "trigger_id": format!("1.1.{term}"),
        "team": { "id": "T0000UPSHT" },
        "user": { "id": "U0ELENA001" },
        "view": { "id": "V2", "callback_id": view["callback_id"], "state": { "values": values } }
    })
}

#[tokio::test]
async fn a_missing_term_can_be_asked_for_and_nobody_learns_who_asked() {
    let mut slack = FakeSlack::start().await;
    let database = Database::sqlite();
    let server = TestServer::with_slack_and(&slack, &database).await;
    // In a message the form is a dialog, in a dialog it stands above it.
    let message = server.command("/upshot", "for sales: The xylophone service is down after the ZQX change").await;
    acknowledged(&server, &press_in_message(&slack, &message, "missed", "1.1.a")).await;
    let form = slack.next().await;
    assert_eq!(form.path, "/api/views.open");
    assert!(form.body.to_string().contains("ZQX"), "words without an entry are named: {}", form.body);
    let answer = super::server::json(server.interact(&ask_for(&form, " blast  radius ")).await).await;
    assert_eq!(answer["response_action"], "update");
    super::kit::check_view(&answer["view"]);
    assert!(sections(&answer["view"])[0].contains("“blast radius” is wanted"), "{}", answer["view"]);

    let view = open_dialog(&mut slack, &server, "message_action_plain.json").await;
    acknowledged(&server, &press_in_view(&view, "missed", "1.1.b")).await;
    assert_eq!(slack.next().await.path, "/api/views.push");

    // The honest answer about an unknown term offers the same.
    let unknown = server.command("/explain", "flibbertigibbet").await;
    acknowledged(&server, &press_in_message(&slack, &unknown, "request_definition", "1.1.c")).await;
    let told = slack.next().await;
    assert_eq!((&*told.path, &told.body["replace_original"]), ("/hook", &json!(true)));
    assert!(told.body["text"].as_str().unwrap().contains("“flibbertigibbet” is wanted"), "{}", told.body);
    assert_eq!(button(&server.command("/explain", "p95").await, "request_definition"), None);

    let (team, elena) = (WorkspaceId::new("T0000UPSHT"), PersonId::new("U0ELENA001"));
    server.stop().await;
    let store = database.open_with(&[]).await;
    let mut asked = store.own_requests(&team, &elena).await.unwrap();
    store.close().await;
    asked.sort();
    assert_eq!(asked, ["blast radius", "flibbertigibbet"]);
    assert_eq!(database.count(Counter::FeedbackMissingTerm).await, 2);
}
