//! An entry from a colleague's post in Slack: what the form brings along, what it leaves out, and who gets it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    glossary::{TOKEN, send_as},
    keeping::{ELENA, MARA, desk, server},
    server::fixture,
};

on_both!(an_entry_is_written_beside_a_post_and_says_nothing_of_whose_it_was);

const ADD: &str = "add_to_glossary";

/// A post of Marco's with these elements of rich text.
fn post(elements: &Value) -> Value {
    let mut message = fixture("message_action_plain.json")["message"].take();
    message["text"] = json!("a poorer copy");
    message["blocks"][0]["elements"][0]["elements"] = elements.clone();
    message
}

fn plain(text: &str) -> Value {
    post(&json!([{ "type": "text", "text": text }]))
}

async fn an_entry_is_written_beside_a_post_and_says_nothing_of_whose_it_was(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let message =
        plain("Heads up: the zibbler is down again. Marco told the QZB. The QZB starts late. The rollback went well.");
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.of_message(ADD, &message).await;
    assert_eq!(form.field("terms"), "zibbler");
    assert_eq!(form.field("match"), "Heads up: the zibbler is down again.");
    assert_eq!((form.field("definition"), form.field("subject_field")), ("", ""));
    assert!(form.contains("*Without an entry*: zibbler, QZB"), "{}", form.value);
    assert!(form.contains("The rollback went well."), "the whole post stands beside it: {}", form.value);
    assert!(form.contains("neither who wrote this post nor where"), "{}", form.value);
    let fields =
        [("definition", "A machine that sorts orders."), ("no_match", "The sun is out."), ("subject_field", "sales")];
    let entry = mara.sent(&form, &fields).await;
    assert!(entry.contains("Handed in for review."), "{}", entry.value);
    let (status, told) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler", &Value::Null).await;
    assert_eq!((status.as_u16(), &told["examples"]["match"]), (200, &json!(["Heads up: the zibbler is down again."])));
    let (_, history) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler/history", &Value::Null).await;
    for whose in ["U0MARCO002", "Marco", "C0INCIDENT", "incidents", "1789999700"] {
        assert!(!told.to_string().contains(whose) && !history.to_string().contains(whose), "{whose}: {told} {history}");
    }

    // What a colleague is writing already needs no second entry, and a sentence that names somebody is no example.
    let form = mara.of_message(ADD, &message).await;
    assert_eq!((form.field("terms"), form.field("match")), ("QZB", "The QZB starts late."));
    assert!(form.contains("*With an entry that is not in answers yet*: zibbler"), "{}", form.value);
    let form = mara.of_message(ADD, &plain("Marco told the QZB.")).await;
    assert_eq!((form.field("terms"), form.field("match")), ("QZB", ""));
    // Whoever writes the same all the same is told what `/glossary add` tells.
    let fields = [
        ("terms", "zibbler"),
        ("definition", "A machine that sorts."),
        ("match", "The zibbler hums."),
        ("no_match", "The sun is out."),
    ];
    let answer = mara.send(&form, &fields).await;
    assert!(answer["errors"]["then"].as_str().unwrap().contains("There is an entry “zibbler” already."), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_post_of_any_kind_opens_the_form() {
    let database = Database::sqlite();
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let rich = post(&json!([
        { "type": "user", "user_id": "U0PRIYA003" }, { "type": "text", "text": " restarted the " },
        { "type": "text", "text": "zibbler", "style": { "bold": true } }, { "type": "text", "text": ". The " },
        { "type": "text", "text": "zibbler", "style": { "bold": true } }, { "type": "text", "text": " is slow." },
    ]));
    let mut wordless = plain("");
    wordless["text"] = json!("");
    wordless.as_object_mut().unwrap().remove("blocks");
    wordless["files"] = json!([{ "id": "F1", "mimetype": "image/png", "name": "board.png" }]);
    let long = format!("The zibbler is down. {}", "It is slow today. ".repeat(2_000));
    let mut mara = desk(&mut slack, &server, MARA);
    for (message, term, sentence, part) in [
        (&rich, "zibbler", "The zibbler is slow.", "<@U0PRIYA003> restarted the zibbler. The zibbler is slow."),
        (&plain("The rollback went well."), "", "", "*The post*: The rollback went well."),
        (&plain("The password of the zibbler is zibbler."), "", "", "Without an entry"),
        (&plain(&long), "zibbler", "The zibbler is down.", "The zibbler is down. It is slow today."),
        (&wordless, "", "", "Add an entry"),
    ] {
        let form = mara.of_message(ADD, message).await;
        assert_eq!(form.value["callback_id"], "glossary_entry", "{}", form.value);
        assert_eq!((form.field("terms"), form.field("match")), (term, sentence), "{message}");
        assert_eq!(form.contains(part), part != "Without an entry", "{part} in {}", form.value);
        assert_eq!(form.field("no_match"), "", "every field is there");
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_may_not_write_gets_the_sentence_of_the_command() {
    let database = Database::sqlite();
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut elena = desk(&mut slack, &server, ELENA);
    let told = elena.of_message(ADD, &plain("The zibbler is down.")).await;
    assert!(told.contains("This needs the role author, and yours is reader."), "{}", told.value);
    assert!(!told.contains("zibbler"), "{}", told.value);
    server.stop().await;
}

#[tokio::test]
async fn where_no_dialog_opens_a_private_message_leads_to_the_form_with_the_term_alone() {
    let database = Database::sqlite();
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/views.open", "expired_trigger_id");
    let server = server(&slack, &database).await;
    let mut payload = slack.addressed("message_action_plain.json");
    (payload["callback_id"], payload["user"]["id"]) = (json!(ADD), json!(MARA));
    payload["message"] = plain("The zibbler is down again. The rollback went well.");
    let response = server.interact(&payload).await;
    assert_eq!((response.status().as_u16(), response.text().await.unwrap()), (200, String::new()));
    assert_eq!(slack.next().await.path, "/api/views.open");
    let told = slack.next().await;
    assert_eq!((told.path.as_str(), &told.body["response_type"]), ("/hook", &json!("ephemeral")));
    let told = told.body.to_string();
    assert!(told.contains("Open the form") && told.contains("zibbler"), "{told}");
    for part in ["is down again", "rollback", "U0MARCO002"] {
        assert!(!told.contains(part), "{part} in {told}");
    }
    server.stop().await;
}
