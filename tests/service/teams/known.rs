//! Terms that a person knows, said and seen in Teams.

use serde_json::{Value, json};

use super::{
    fake::FakeTeams,
    kit::{check_attachment, check_card},
};
use crate::server::{TestServer, json};

const MESSAGE: &str = "We rolled back the 14:05 deploy.";
const PLAIN: &str = "We undid the 14:05 release.";
const KNOWN: &str = "We rolled back the 14:05 release.";

/// Writes to the bot in the person's own chat; every time in another one, because a conversation has a pace.
async fn written(teams: &mut FakeTeams, server: &TestServer, number: u32, text: &str) -> Value {
    let mut activity = teams.activity("02-message-personal.json");
    activity["attachments"] = json!([]);
    activity["text"] = json!(text);
    activity["conversation"]["id"] = json!(format!("a:own-{number}"));
    assert_eq!(teams.deliver(server, &activity).await.status(), 200);
    teams.next().await.body
}

async fn invoke(teams: &FakeTeams, server: &TestServer, activity: &Value) -> Value {
    let response = teams.deliver(server, activity).await;
    assert_eq!(response.status(), 200, "{activity}");
    json(response).await
}

fn card(message: &Value) -> Value {
    message["attachments"][0]["content"].clone()
}

/// The button with this title, with the fields of the card beside it.
fn pressed(teams: &FakeTeams, card: &Value, title: &str, fields: &Value) -> Value {
    let all = card["body"].as_array().unwrap().iter().filter_map(|element| element["actions"].as_array()).flatten();
    let mut found = all.filter(|action| action["title"] == title);
    let action = found.next().unwrap_or_else(|| panic!("no {title} in {card}"));
    let mut data = action["data"].clone();
    for (name, value) in fields.as_object().unwrap() {
        data[name] = value.clone();
    }
    let mut press = teams.activity("19-adaptive-card-action.json");
    press["value"] = json!({
        "action": { "type": "Action.Execute", "verb": action["verb"], "data": data }, "trigger": "manual"
    });
    press
}

#[tokio::test]
async fn terms_are_known_by_word_and_by_button_in_the_own_chat_only() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let said = written(&mut teams, &server, 1, "know rollback").await;
    assert!(said["text"].as_str().unwrap().contains("“rollback”, “roll back”"), "{said}");
    let answer = written(&mut teams, &server, 2, MESSAGE).await;
    assert!(answer.to_string().contains(KNOWN), "{answer}");
    let listed = written(&mut teams, &server, 3, "know").await;
    assert!(listed["text"].as_str().unwrap().contains("You know these terms: roll back, rollback."), "{listed}");

    // In a channel everybody reads the answer; the person's own card in its place is theirs.
    let mut mention = teams.activity("03-message-channel-mention.json");
    mention["attachments"] = json!([]);
    mention["from"] = teams.activity("02-message-personal.json")["from"].clone();
    mention["text"] = json!(format!("<at>Upshot</at> {MESSAGE}"));
    assert_eq!(teams.deliver(&server, &mention).await.status(), 200);
    let posted = teams.next().await.body;
    assert!(posted.to_string().contains(PLAIN) && !posted.to_string().contains(KNOWN), "{posted}");
    let mut ask = teams.activity("19-adaptive-card-action.json");
    ask["value"] = json!({ "action": card(&posted)["refresh"]["action"], "trigger": "automatic" });
    let own = invoke(&teams, &server, &ask).await;
    assert!(own["value"].to_string().contains(KNOWN), "{own}");
    mention["id"] = json!("1789376764778");
    mention["conversation"]["id"] = json!("19:another@thread.tacv2;messageid=1");
    mention["text"] = json!("<at>Upshot</at> know");
    assert_eq!(teams.deliver(&server, &mention).await.status(), 200);
    let refused = teams.next().await.body;
    assert!(refused.to_string().contains("nobody else's business"), "{refused}");
    assert!(!refused.to_string().contains("You know these terms"), "{refused}");

    // A word of the answer, from its menu.
    let answer = card(&answer);
    let back = invoke(
        &teams,
        &server,
        &pressed(&teams, &answer, "Remember this", &json!({ "audience": "general", "known": "-roll-back" })),
    )
    .await;
    check_card(&back["value"]);
    assert!(back["value"].to_string().contains(PLAIN), "{back}");

    // Below an explanation.
    let explained = card(&written(&mut teams, &server, 4, "explain p95").await);
    let again = invoke(&teams, &server, &pressed(&teams, &explained, "I know this term", &json!({}))).await;
    check_card(&again["value"]);
    let again = &again["value"];
    assert!(again.to_string().contains("95 of 100 requests"), "{again}");
    let gone = invoke(&teams, &server, &pressed(&teams, again, "Put it in plain words again", &json!({}))).await;
    assert!(gone["value"].to_string().contains("I know this term"), "{gone}");
    let forgotten = written(&mut teams, &server, 5, "forget all").await;
    assert!(forgotten["text"].as_str().unwrap().contains("not told me of any term"), "{forgotten}");
    server.stop().await;
}

#[tokio::test]
async fn what_goes_into_a_message_is_in_words_for_its_readers() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    written(&mut teams, &server, 1, "know rollback").await;
    let mut open = teams.activity("14-fetch-task-message-action.json");
    open["value"]["messagePayload"]["body"]["content"] = json!(format!("<p>{MESSAGE}</p>"));
    let dialog = invoke(&teams, &server, &open).await;
    let attachment = &dialog["task"]["value"]["card"];
    check_attachment(attachment);
    assert!(attachment.to_string().contains(KNOWN), "{dialog}");
    let mut submit = teams.activity("15-submit-action.json");
    submit["value"]["messagePayload"] = open["value"]["messagePayload"].clone();
    // The words for others were not read yet, so they are shown before they go anywhere.
    let press = pressed(&teams, &attachment["content"], "Use in my message", &json!({}));
    submit["value"]["data"] = press["value"]["action"]["data"].clone();
    let first = invoke(&teams, &server, &submit).await;
    let shown = &first["task"]["value"]["card"];
    check_attachment(shown);
    assert!(shown.to_string().contains(PLAIN) && shown.to_string().contains("that others may not"), "{first}");
    let press = pressed(&teams, &shown["content"], "Use in my message", &json!({}));
    submit["value"]["data"] = press["value"]["action"]["data"].clone();
    let composed = invoke(&teams, &server, &submit).await;
    let entry = composed["composeExtension"]["attachments"][0].to_string();
    assert!(entry.contains("The 14:05 release was undone.") && !entry.contains("rolled back"), "{composed}");
    // A term is known from the dialog as well, and the dialog shows the answer again.
    let press =
        pressed(&teams, &attachment["content"], "Remember this", &json!({ "audience": "general", "known": "+deploy" }));
    submit["value"]["data"] = press["value"]["action"]["data"].clone();
    let again = invoke(&teams, &server, &submit).await;
    assert!(again["task"]["value"]["card"].to_string().contains(MESSAGE), "{again}");
    server.stop().await;
}
