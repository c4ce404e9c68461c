//! Readers before words: the draft editor, and the action on a message that asks whom the answer is for.

use serde_json::{Value, json};

use super::{
    fake::FakeTeams,
    fixture,
    invokes::{button, dialog_card, invoke},
    kit::{check_attachment, check_card},
};
use crate::server::TestServer;

const DRAFT: &str = "Heads up: we rolled back the 14:05 deploy of checkout-service, p95 went from 220ms to 3.4s.";

fn opened(teams: &FakeTeams) -> Value {
    let mut open = teams.activity("14-fetch-task-message-action.json");
    open["value"] = json!({ "commandId": "rewriteDraft", "commandContext": "compose" });
    open
}

/// What is sent when this button of a dialog is pressed with these fields.
fn pressed(teams: &FakeTeams, mut data: Value, fields: &[(&str, &str)]) -> Value {
    for (name, value) in fields {
        data[*name] = json!(value);
    }
    let mut submit = teams.activity("15-submit-action.json");
    submit["value"] = json!({ "commandId": "rewriteDraft", "commandContext": "compose", "data": data });
    submit
}

fn field<'a>(card: &'a Value, id: &str) -> &'a Value {
    let body = card["body"].as_array().unwrap();
    body.iter().find(|element| element["id"] == id).unwrap_or_else(|| panic!("no field {id} in {card}"))
}

fn texts(card: &Value) -> Vec<&str> {
    card["body"].as_array().unwrap().iter().filter_map(|element| element["text"].as_str()).collect()
}

async fn checked(teams: &FakeTeams, server: &TestServer, card: &Value, text: &str, readers: &str) -> Value {
    let title = if texts(card).iter().any(|text| text.contains("What they take")) { "Check again" } else { "Check" };
    let submit = pressed(teams, button(card, title), &[("text", text), ("readers", readers)]);
    let answer = invoke(teams, server, &submit).await;
    dialog_card(&answer).clone()
}

#[tokio::test]
async fn a_draft_is_checked_for_several_readers_and_used_as_it_was_read() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let answer = invoke(&teams, &server, &opened(&teams)).await;
    assert_eq!(answer["task"]["value"]["title"], "Check a draft");
    let empty = dialog_card(&answer);
    assert_eq!((&field(empty, "readers")["value"], field(empty, "text").get("value")), (&json!("general"), None));

    let card = checked(&teams, &server, empty, DRAFT, "sales,executive").await;
    assert_eq!(field(&card, "text")["value"], DRAFT, "the text stands there to be revised");
    assert_eq!(field(&card, "readers")["value"], "sales,executive");
    let shown = texts(&card);
    for part in ["What they take from it: Sales", "What they take from it: Executive", "What may hold them up"] {
        assert!(shown.iter().any(|text| text.contains(part)), "{part} is not in {shown:?}");
    }
    assert!(shown.iter().any(|text| text.contains("“") && text.contains("Better: ")), "hints have reasons: {shown:?}");
    for fact in ["3.4 seconds", "14:05"] {
        assert!(shown.iter().filter(|text| text.contains(fact)).count() >= 2, "{fact} for each reader: {shown:?}");
    }

    // Each version goes into the message word for word, whatever stands in the field by then.
    for (title, part) in
        [("Use in my message: Sales", "14:05"), ("Use in my message: my own words", "p95 went from 220ms")]
    {
        let submit = pressed(&teams, button(&card, title), &[("text", "something else")]);
        let composed = invoke(&teams, &server, &submit).await;
        let entries = composed["composeExtension"]["attachments"].as_array().unwrap_or_else(|| panic!("{composed}"));
        check_attachment(&entries[0]);
        let posted = texts(&entries[0]["content"]);
        assert!(posted.iter().any(|text| text.contains(part)), "{part} is not in {posted:?}");
        assert!(!entries[0].to_string().contains("Action."), "nobody else can press anything: {composed}");
        if title.ends_with("Sales") {
            assert!(posted.iter().all(|text| shown.contains(text)), "{posted:?} was read before, word for word");
        }
    }

    // Again, with words that nobody stumbles over.
    let again = checked(&teams, &server, &card, "The office is closed on Friday.", "sales").await;
    assert!(texts(&again).iter().any(|text| text.contains("nothing that I see")), "{again}");
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_checked_or_used_says_why_and_loses_no_text() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let answer = invoke(&teams, &server, &opened(&teams)).await;
    let empty = dialog_card(&answer).clone();
    let four = checked(&teams, &server, &empty, DRAFT, "sales,finance,hr,legal").await;
    assert!(texts(&four)[0].contains("at most 3 readers"), "{four}");
    assert_eq!(field(&four, "text")["value"], DRAFT);
    assert_eq!(field(&four, "readers")["value"], "sales,finance,hr");
    let unknown = checked(&teams, &server, &empty, DRAFT, "wizards").await;
    assert!(texts(&unknown)[0].starts_with("I do not know the reader “wizards”"), "{unknown}");

    // As much as a card can show, for as many readers as can be chosen: `check_card` looks at its size.
    let long = "The pod is down & `kubectl` fails \\ \"again\" after the rollback. 🚀 ".repeat(400);
    let card = checked(&teams, &server, &empty, &long, "sales,finance,hr").await;
    assert!(
        field(&card, "text").get("value").is_none() && card.to_string().contains("longer than what fits"),
        "{card}"
    );
    for reader in ["Sales", "Finance", "Human resources"] {
        assert!(texts(&card).iter().any(|text| text.contains(reader)), "{reader} in {card}");
    }

    // Words that nobody has read do not go into a message.
    let card = checked(&teams, &server, &empty, DRAFT, "sales").await;
    let mut data = button(&card, "Use in my message: Sales");
    data["digest"] = json!("0011223344556677");
    let changed = invoke(&teams, &server, &pressed(&teams, data, &[])).await;
    assert!(changed["task"]["value"].as_str().unwrap().contains("glossary has changed"), "{changed}");
    let mut data = button(&card, "Use in my message: my own words");
    data["job"] = json!("gone");
    let gone = invoke(&teams, &server, &pressed(&teams, data, &[])).await;
    assert!(gone["task"]["value"].as_str().unwrap().contains("no longer have the text"), "{gone}");
    server.stop().await;
}

#[tokio::test]
async fn the_editor_opens_in_the_own_chat_and_nowhere_where_others_press() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut typed = teams.activity("02-message-personal.json");
    typed["text"] = json!(format!("draft: {DRAFT}"));
    typed["attachments"] = json!([]);
    assert_eq!(teams.deliver(&server, &typed).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    assert_eq!(field(&card, "text")["value"], DRAFT);
    let mut data = button(&card, "Check");
    data["text"] = json!(DRAFT);
    data["readers"] = json!("finance");
    let mut press = teams.activity("19-adaptive-card-action.json");
    press["value"] =
        json!({ "action": { "type": "Action.Execute", "verb": "draft", "data": data }, "trigger": "manual" });
    let answer = invoke(&teams, &server, &press).await;
    check_card(&answer["value"]);
    assert!(texts(&answer["value"]).iter().any(|text| text.contains("What they take from it: Finance")), "{answer}");
    assert!(!answer.to_string().contains("Use in my message"), "nothing is being written here: {answer}");

    let mut mention = teams.activity("03-message-channel-mention.json");
    mention["attachments"] = json!([]);
    mention["text"] = json!(format!("<at>Upshot</at> draft: {DRAFT}"));
    assert_eq!(teams.deliver(&server, &mention).await.status(), 200);
    let said = teams.next().await.body;
    assert!(said.to_string().contains("open “Rewrite a draft”") && !said.to_string().contains("Input."), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn a_message_is_put_into_words_for_the_reader_who_is_chosen_first() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut open = teams.activity("14-fetch-task-message-action.json");
    open["value"]["commandId"] = json!("upshotFor");
    let answer = invoke(&teams, &server, &open).await;
    assert_eq!(answer["task"]["value"]["title"], "Upshot for…");
    let card = dialog_card(&answer);
    let menu = field(card, "audience");
    assert_eq!((menu.get("value"), &menu["isRequired"]), (None, &json!(true)), "nobody is chosen in advance");
    let mut submit = teams.activity("15-submit-action.json");
    submit["value"]["commandId"] = json!("upshotFor");
    submit["value"]["data"] = button(card, "Rewrite");
    submit["value"]["data"]["audience"] = json!("finance");
    for with_message in [true, false] {
        if with_message {
            submit["value"]["messagePayload"] =
                fixture("14-fetch-task-message-action.json")["value"]["messagePayload"].clone();
        } else {
            submit["value"].as_object_mut().unwrap().remove("messagePayload");
        }
        let answer = invoke(&teams, &server, &submit).await;
        let card = dialog_card(&answer);
        assert_eq!(field(card, "audience")["value"], "finance");
        assert!(card.to_string().contains("2.4 seconds") && card.to_string().contains("PAY-1842"), "{card}");
    }
    open["value"]["messagePayload"]["body"]["content"] = json!("<attachment id=\"1\"></attachment>");
    let empty = invoke(&teams, &server, &open).await;
    assert!(empty["task"]["value"].as_str().unwrap().contains("this one has no words"), "{empty}");
    server.stop().await;
}
