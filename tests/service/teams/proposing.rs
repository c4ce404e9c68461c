//! An entry from a colleague's post in Teams: what the form brings along, what it leaves out, and who gets it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    fake::FakeTeams,
    invokes::{button, dialog_card, invoke},
    keeping::{ELENA, MARA, Person, server},
};
use crate::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as},
    server::TestServer,
};

on_both!(an_entry_is_written_beside_a_post_and_says_nothing_of_whose_it_was);

/// *Add to glossary* on a post of Devon's with this HTML, or a button of what that showed.
fn action(teams: &FakeTeams, recorded: &str, person: Person, html: &str) -> Value {
    let mut action = teams.activity(recorded);
    action["from"]["aadObjectId"] = json!(person.object);
    action["value"]["commandId"] = json!("addToGlossary");
    action["value"]["messagePayload"]["body"] = json!({ "contentType": "html", "content": html });
    action
}

async fn added(teams: &FakeTeams, server: &TestServer, person: Person, html: &str) -> Value {
    invoke(teams, server, &action(teams, "14-fetch-task-message-action.json", person, html)).await
}

async fn form(teams: &FakeTeams, server: &TestServer, html: &str) -> Value {
    let answer = added(teams, server, MARA, html).await;
    assert_eq!(answer["task"]["value"]["title"], "Glossary", "{answer}");
    dialog_card(&answer).clone()
}

async fn pressed(
    teams: &FakeTeams,
    server: &TestServer,
    card: &Value,
    title: &str,
    html: &str,
    fields: &Value,
) -> Value {
    let mut data = button(card, title);
    for field in card["body"].as_array().unwrap().iter().filter(|element| element["type"] == "Input.Text") {
        let name = field["id"].as_str().unwrap();
        let there = field.get("value").cloned().unwrap_or_else(|| json!(""));
        data[name] = fields.get(name).cloned().unwrap_or(there);
    }
    let mut submit = action(teams, "15-submit-action.json", MARA, html);
    submit["value"]["data"] = data;
    dialog_card(&invoke(teams, server, &submit).await).clone()
}

fn field<'c>(card: &'c Value, id: &str) -> &'c str {
    let field = card["body"].as_array().unwrap().iter().find(|element| element["id"] == id);
    field.unwrap_or_else(|| panic!("no field {id} in {card}"))["value"].as_str().unwrap_or_default()
}

async fn an_entry_is_written_beside_a_post_and_says_nothing_of_whose_it_was(database: Database) {
    let teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let html = "<p><at id=\"0\">Mara Lindqvist</at> moved the <b>zibbler</b>.</p><ul><li>The <b>zibbler</b> is down&nbsp;again.</li>\
                <li>Devon told the QZB.</li></ul><p>The rollback went well.</p>";
    let card = form(&teams, &server, html).await;
    assert_eq!((field(&card, "terms"), field(&card, "match")), ("zibbler", "The zibbler is down again."));
    assert_eq!((field(&card, "definition"), field(&card, "subject_field")), ("", ""));
    for part in
        ["**Without an entry**: zibbler, QZB", "The rollback went well.", "neither who wrote this post nor where"]
    {
        assert!(card.to_string().contains(part), "{part} in {card}");
    }
    let fields = json!({ "definition": "A machine that sorts orders.", "no_match": "The sun is out.", "subject_field": "sales" });
    let entry = pressed(&teams, &server, &card, "Hand in for review", html, &fields).await;
    assert!(entry.to_string().contains("Handed in for review."), "{entry}");
    let (status, told) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler", &Value::Null).await;
    assert_eq!((status.as_u16(), &told["examples"]["match"]), (200, &json!(["The zibbler is down again."])));
    let (_, history) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/zibbler/history", &Value::Null).await;
    for whose in ["Devon", "8a6e2d44", "Lindqvist", "19:4b7e2f9a", "incidents", "1789376401123"] {
        assert!(!told.to_string().contains(whose) && !history.to_string().contains(whose), "{whose}: {told} {history}");
    }

    // What a colleague is writing already needs no second entry, and a sentence that names somebody is no example.
    let card = form(&teams, &server, html).await;
    assert_eq!((field(&card, "terms"), field(&card, "match")), ("QZB", ""));
    assert!(card.to_string().contains("**With an entry that is not in answers yet**: zibbler"), "{card}");
    // Whoever writes the same all the same is told what `glossary add` tells.
    let fields = json!({
        "terms": "zibbler", "definition": "A machine that sorts.", "match": "The zibbler hums.", "no_match": "The sun is out.",
    });
    let again = pressed(&teams, &server, &card, "Save as a draft", html, &fields).await;
    assert!(again.to_string().contains("There is an entry “zibbler” already."), "{again}");
    assert_eq!(field(&again, "match"), "The zibbler hums.", "what was written stays");
    server.stop().await;
}

#[tokio::test]
async fn a_post_of_any_kind_opens_the_form() {
    let database = Database::sqlite();
    let teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let long = format!("<p>The zibbler is down.</p><p>{}</p>", "It is slow today. ".repeat(1_500));
    for (html, term, sentence) in [
        ("<p>The rollback went well.</p>", "", ""),
        ("<attachment id=\"1\"></attachment>", "", ""),
        ("", "", ""),
        (&*long, "zibbler", "The zibbler is down."),
    ] {
        let card = form(&teams, &server, html).await;
        assert_eq!((field(&card, "terms"), field(&card, "match")), (term, sentence), "{html}");
        assert_eq!(field(&card, "reason"), "", "every field is there, and the buttons:");
        button(&card, "Hand in for review");
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_may_not_write_gets_the_sentence_of_the_command() {
    let database = Database::sqlite();
    let teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let answer = added(&teams, &server, ELENA, "<p>The zibbler is down.</p>").await;
    assert_eq!(answer["task"]["type"], "message", "{answer}");
    assert!(answer.to_string().contains("This needs the role author, and yours is reader."), "{answer}");
    assert!(!answer.to_string().contains("zibbler"), "{answer}");
    server.stop().await;
}
