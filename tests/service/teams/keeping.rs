//! Keeping the glossary by cards: finding, writing, handing in, approving, history, and who may do what where.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    NOW,
    fake::{FakeTeams, with},
    kit::{check_attachment, check_card},
};
use crate::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, small_content},
    keeping::explained_at,
    server::{TestServer, json},
};

on_both!(
    an_entry_is_written_handed_in_approved_and_changed_by_cards,
    what_others_say_already_is_read_before_it_is_saved,
    nobody_acts_on_words_they_did_not_see,
    everybody_does_in_chat_what_their_role_allows,
    a_shared_entry_is_left_out_in_one_tenant,
);

/// Somebody in the tenant.
#[derive(Clone, Copy)]
pub(super) struct Person {
    name: &'static str,
    pub(super) object: &'static str,
}

pub(super) const MARA: Person = Person { name: "Mara", object: "0d7c51f2-93ab-4e1c-8d20-6b5f7a8e9c01" };
const DEVON: Person = Person { name: "Devon", object: "8a6e2d44-1b7f-4c93-a5d8-3f0c9e7b6a12" };
pub(super) const ELENA: Person = Person { name: "Elena", object: "1b2c3d4e-0000-4000-8000-000000000003" };

pub(super) async fn server(teams: &FakeTeams, database: &Database) -> TestServer {
    let settings = teams.settings();
    let more = [
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let server = TestServer::over_at(NOW, small_content(), &with(&settings, &more)).await;
    for (person, role) in [(MARA, "author"), (DEVON, "curator")] {
        let tenant = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
        let body = json!({
            "name": person.name, "role": role, "platform": "teams", "workspace": tenant, "person": person.object,
        });
        assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await.0, 201);
    }
    server
}

/// What somebody is told who writes to the bot in their own chat.
async fn written(teams: &mut FakeTeams, server: &TestServer, person: Person, text: &str) -> Value {
    let mut activity = teams.activity("02-message-personal.json");
    activity["attachments"] = json!([]);
    activity["text"] = json!(text);
    // Known by the one id alone, so that word of a step is told in a chat of its own and no answer waits behind it.
    activity["from"] = json!({ "id": person.object, "name": person.name });
    // A conversation has a pace.
    activity["conversation"]["id"] = json!(format!("a:{} {text}", person.name));
    assert_eq!(teams.deliver(server, &activity).await.status(), 200);
    teams.next().await.body
}

async fn card(teams: &mut FakeTeams, server: &TestServer, person: Person, text: &str) -> Value {
    let message = written(teams, server, person, text).await;
    let attachment = &message["attachments"][0];
    check_attachment(attachment);
    attachment["content"].clone()
}

fn titles(card: &Value) -> Vec<&str> {
    let actions = card["body"].as_array().unwrap().iter().filter_map(|element| element["actions"].as_array()).flatten();
    actions.map(|action| action["title"].as_str().unwrap()).collect()
}

/// What somebody gets who presses the button with this title, with these fields of the card beside it.
async fn pressed(
    teams: &FakeTeams,
    server: &TestServer,
    person: Person,
    card: &Value,
    title: &str,
    fields: &Value,
) -> Value {
    let actions = card["body"].as_array().unwrap().iter().filter_map(|element| element["actions"].as_array()).flatten();
    let mut found = actions.filter(|action| action["title"] == title);
    let action = found.next().unwrap_or_else(|| panic!("no {title} in {card}"));
    let mut data = action["data"].clone();
    if action["associatedInputs"] != "none" {
        // A client sends every field of the card, with what stood in it before.
        for field in card["body"].as_array().unwrap().iter().filter(|element| element["type"] == "Input.Text") {
            data[field["id"].as_str().unwrap()] = field.get("value").cloned().unwrap_or_else(|| json!(""));
        }
        for (name, value) in fields.as_object().unwrap() {
            assert!(data.get(name).is_some(), "there is no field {name}");
            data[name] = value.clone();
        }
    }
    let mut press = teams.activity("19-adaptive-card-action.json");
    press["from"]["aadObjectId"] = json!(person.object);
    press["value"] = json!({
        "action": { "type": "Action.Execute", "verb": action["verb"], "data": data }, "trigger": "manual"
    });
    let response = teams.deliver(server, &press).await;
    assert_eq!(response.status(), 200);
    let answer = json(response).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    if answer["value"].is_object() {
        check_card(&answer["value"]);
    }
    answer["value"].clone()
}

fn kiln(definition: &str) -> Value {
    json!({
        "terms": "kiln | noun", "definition": definition, "wordings": "shop copy", "match": "The kiln is down.\r\nTwo kilns.",
        "no_match": "The oven is hot.", "subject_field": "platform", "reason": "Everybody asks.",
    })
}

async fn explained(server: &TestServer, term: &str) -> String {
    let (_, told) = send_as(server, "", Method::GET, &format!("/api/v1/explain?q={term}"), &Value::Null).await;
    told["definition"].as_str().unwrap_or_default().to_owned()
}

async fn an_entry_is_written_handed_in_approved_and_changed_by_cards(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let none = json!({});
    let form = card(&mut teams, &server, MARA, "glossary add kiln").await;
    assert!(form.to_string().contains("\"value\":\"kiln\""), "the term is filled in: {form}");
    // What cannot be used comes back with what was written.
    let mut fields = kiln("A group of machines that runs one copy of the shop.");
    fields["match"] = json!("The stove is down.");
    let again = pressed(&teams, &server, MARA, &form, "Hand in for review", &fields).await;
    assert!(again.to_string().contains("The stove is down."), "{again}");
    assert!(again.to_string().contains("Sentences in which it is found needs another look."), "{again}");
    assert!(again.to_string().contains("Everybody asks."), "{again}");
    let fields = json!({ "match": "The kiln is down.\r\nTwo kilns." });
    let entry = pressed(&teams, &server, MARA, &again, "Hand in for review", &fields).await;
    assert!(entry.to_string().contains("Handed in for review."), "{entry}");
    assert!(entry.to_string().contains("in review, revision 1 by Mara"), "{entry}");
    assert_eq!(titles(&entry), ["Edit", "History"], "an author takes no further step");
    assert_eq!(explained(&server, "kiln").await, "");

    // The curator finds it in the queue of the own chat.
    let queue = card(&mut teams, &server, DEVON, "glossary").await;
    assert!(queue.to_string().contains("kiln (platform, in review, revision 1 by Mara)"), "{queue}");
    let said = json!({ "text": "Is it <@U1>'s\nor ours?" });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts/kiln/comments", &said).await.0, 201);
    let entry = pressed(&teams, &server, DEVON, &queue, "Open “kiln”", &none).await;
    assert!(entry.to_string().contains("administrator, 2026-09-14 09:12 UTC: Is it "), "{entry}");
    assert_eq!(titles(&entry), ["Approve", "Send back to the author", "Retire", "Edit", "History"]);
    let returned =
        pressed(&teams, &server, DEVON, &entry, "Send back to the author", &json!({ "reason": "Whose shop?" })).await;
    assert!(returned.to_string().contains("Sent back to its author."), "{returned}");
    let form = card(&mut teams, &server, MARA, "glossary edit kiln").await;
    let fields = json!({ "definition": "A group of machines that runs one copy of our shop." });
    pressed(&teams, &server, MARA, &form, "Hand in for review", &fields).await;
    let entry = card(&mut teams, &server, DEVON, "glossary approve kiln").await;
    let approved = pressed(&teams, &server, DEVON, &entry, "Approve", &json!({ "reason": "Clear." })).await;
    assert!(approved.to_string().contains("Approved: it is in every answer from now on."), "{approved}");
    assert_eq!(explained(&server, "kiln").await, "A group of machines that runs one copy of our shop.");

    // A change is a draft, and what the form does not ask for stays.
    let (_, told) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!(told["examples"]["match"], json!(["The kiln is down.", "Two kilns."]), "lines are lines: {told}");
    let mut owned = told.clone();
    for field in ["status", "live_revision", "layer", "overrides", "updated_at", "updated_by"] {
        owned.as_object_mut().unwrap().remove(field);
    }
    (owned["owner"], owned["why"]) = (json!("platform team"), json!({ "sales": "The others go on selling." }));
    assert_eq!(send_as(&server, TOKEN, Method::PUT, "/api/v1/concepts/kiln", &owned).await.0, 200);
    let form = card(&mut teams, &server, MARA, "glossary change kiln").await;
    let draft =
        pressed(&teams, &server, MARA, &form, "Save as a draft", &json!({ "wordings": "copy of the shop" })).await;
    assert!(draft.to_string().contains("Saved as a draft. Next: "), "{draft}");
    assert!(draft.to_string().contains("not with this yet, but with revision 4"), "{draft}");
    let (_, told) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&told["owner"], &told["why"]), (&owned["owner"], &owned["why"]));
    assert_eq!(told["wordings"][0]["text"], "copy of the shop");

    // The history names everybody, and leads back.
    let history = card(&mut teams, &server, DEVON, "glossary history kiln").await;
    for line in [
        "Revision 4 approved by Devon, 2026-09-14 09:12 UTC, in answers: Clear.",
        "Revision 2 returned by Devon, 2026-09-14 09:12 UTC: Whose shop?",
    ] {
        assert!(history.to_string().contains(line), "{line} in {history}");
    }
    let back =
        pressed(&teams, &server, DEVON, &history, "Go back to revision 4", &json!({ "reason": "Too soon." })).await;
    assert!(back.to_string().contains("The earlier words are back."), "{back}");
    let readers = pressed(&teams, &server, MARA, &back, "History", &none).await;
    assert_eq!(titles(&readers), ["Back to the entry"], "an author takes nothing back");
    assert!(
        readers.to_string().contains("reverted by Devon, 2026-09-14 09:12 UTC, in answers: Too soon."),
        "{readers}"
    );
    server.stop().await;
}

async fn what_others_say_already_is_read_before_it_is_saved(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let form = card(&mut teams, &server, MARA, "glossary add canari").await;
    let fields = json!({ "definition": "A bird.", "match": "The canari sings.", "no_match": "The oven is hot." });
    let asked = pressed(&teams, &server, MARA, &form, "Save as a draft", &fields).await;
    for part in ["Look at these before it is saved", "“canari” is nearly “canary”, a term of “canary”.", "A bird."]
    {
        assert!(asked.to_string().contains(part), "{part} in {asked}");
    }
    let stored = async || send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/canari", &Value::Null).await.0;
    assert_eq!(stored().await, 404, "nothing is saved before it was read");
    // What somebody else is writing is told as well, before anybody has approved it.
    let draft = json!({ "id": "bird", "definition": "An animal that flies.", "terms": [{ "text": "canari" }],
        "examples": { "match": ["The canari sings."], "no_match": ["It is hot."] } });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &draft).await.0, 201);
    let asked = pressed(&teams, &server, MARA, &asked, "Save as a draft all the same", &json!({})).await;
    let told = asked.to_string().replace("\\\\", "");
    let twin = "“canari” is a term of “bird” (a draft by administrator) too, which is not in answers yet";
    assert!(told.contains(twin), "{told}");
    assert_eq!(stored().await, 404, "these were not read before");
    let saved = pressed(&teams, &server, MARA, &asked, "Save as a draft all the same", &json!({})).await;
    assert!(saved.to_string().contains("Saved as a draft."), "{saved}");
    assert_eq!(stored().await, 200);
    server.stop().await;
}

async fn nobody_acts_on_words_they_did_not_see(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let form = card(&mut teams, &server, MARA, "glossary add kiln").await;
    let entry =
        pressed(&teams, &server, MARA, &form, "Hand in for review", &kiln("One group of machines that sells.")).await;
    let seen = card(&mut teams, &server, DEVON, "glossary open kiln").await;
    let edit = pressed(&teams, &server, DEVON, &seen, "Edit", &json!({})).await;
    let own = pressed(&teams, &server, MARA, &entry, "Edit", &json!({})).await;
    pressed(
        &teams,
        &server,
        MARA,
        &own,
        "Hand in for review",
        &json!({ "definition": "Two groups of machines that sell." }),
    )
    .await;
    let told = pressed(&teams, &server, DEVON, &seen, "Approve", &json!({})).await;
    assert!(
        told.as_str().unwrap().contains("Somebody changed “kiln” after you looked: its revision is 2 now."),
        "{told}"
    );
    let kept = pressed(
        &teams,
        &server,
        DEVON,
        &edit,
        "Save as a draft",
        &json!({ "definition": "Three groups of machines that sell." }),
    )
    .await;
    assert!(kept.to_string().contains("after you looked") && kept.to_string().contains("Three groups"), "{kept}");
    assert_eq!(explained(&server, "kiln").await, "");
    // Whoever wrote a part of it does not approve it.
    let seen = card(&mut teams, &server, DEVON, "glossary show kiln").await;
    let edit = pressed(&teams, &server, DEVON, &seen, "Edit", &json!({})).await;
    let mine = pressed(
        &teams,
        &server,
        DEVON,
        &edit,
        "Save as a draft",
        &json!({ "definition": "Four groups of machines that sell." }),
    )
    .await;
    let told = pressed(&teams, &server, DEVON, &mine, "Approve", &json!({})).await;
    assert_eq!(told, "You wrote this, so somebody else has to approve it.");
    server.stop().await;
}

async fn everybody_does_in_chat_what_their_role_allows(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    // Whoever nobody let in looks, and that is all.
    let found = card(&mut teams, &server, ELENA, "glossary version").await;
    assert!(found.to_string().contains("One entry with “version” in it:"), "{found}");
    let entry = pressed(&teams, &server, ELENA, &found, "Open “rollback”", &json!({})).await;
    assert_eq!(titles(&entry), ["History"]);
    let told = written(&mut teams, &server, ELENA, "glossary add kiln").await;
    assert!(told["text"].as_str().unwrap().contains("This needs the role author, and yours is reader."), "{told}");
    // A press that was made up gets no further, nor does one without the revision that was seen.
    let mut press = teams.activity("19-adaptive-card-action.json");
    for (person, data, sentence) in [
        (
            ELENA,
            json!({ "upshot": "step-term", "term": "rollback", "rev": 0, "step": "retire" }),
            "needs the role curator",
        ),
        (
            MARA,
            json!({ "upshot": "step-term", "term": "rollback", "rev": 0, "step": "retire" }),
            "needs the role curator",
        ),
        (
            ELENA,
            json!({ "upshot": "save-term", "term": "rollback", "rev": 0, "definition": "x" }),
            "needs the role author",
        ),
        (ELENA, json!({ "upshot": "back-term", "term": "rollback", "rev": 0, "to": 1 }), "needs the role curator"),
        (DEVON, json!({ "upshot": "step-term", "term": "rollback", "step": "retire" }), "another version"),
        (DEVON, json!({ "upshot": "step-term", "term": "rollback", "rev": 0, "step": "burn" }), "another version"),
        (DEVON, json!({ "upshot": "save-term", "term": "rollback", "definition": "x" }), "another version"),
        (DEVON, json!({ "upshot": "step-term", "term": "nothing", "rev": 0, "step": "retire" }), "There is no entry"),
    ] {
        press["from"]["aadObjectId"] = json!(person.object);
        press["value"] =
            json!({ "action": { "type": "Action.Execute", "verb": "x", "data": data }, "trigger": "manual" });
        let answer = json(teams.deliver(&server, &press).await).await;
        assert!(answer["value"].to_string().contains(sentence), "{sentence}: {answer}");
    }
    // The dialogs of a card that asks for one.
    let mut fetch = teams.activity("20-task-fetch.json");
    fetch["value"]["data"]["term"] = json!("rollback");
    let dialog = json(teams.deliver(&server, &fetch).await).await;
    let form = &dialog["task"]["value"]["card"];
    check_attachment(form);
    assert!(form.to_string().contains("going back to the version that worked before"), "{dialog}");
    let mut submit = teams.activity("21-task-submit.json");
    submit["value"]["data"] =
        json!({ "upshot": "save-term", "term": "rollback", "rev": 0, "definition": "Going back." });
    let saved = json(teams.deliver(&server, &submit).await).await;
    assert!(saved["task"]["value"]["card"].to_string().contains("Saved as a draft. Next: "), "{saved}");
    // Where others read along entries are found, and nothing is named or written.
    let mut mention = teams.activity("03-message-channel-mention.json");
    mention["attachments"] = json!([]);
    mention["from"]["aadObjectId"] = json!(DEVON.object);
    for (number, (text, part)) in [
        ("glossary", "where nobody else reads along"),
        ("glossary history rollback", "where nobody else reads along"),
        ("glossary canary", "A first small group"),
    ]
    .into_iter()
    .enumerate()
    {
        mention["text"] = json!(format!("<at>Upshot</at> {text}"));
        mention["conversation"]["id"] = json!(format!("19:{number}@thread.tacv2;messageid=1"));
        assert_eq!(teams.deliver(&server, &mention).await.status(), 200);
        let told = teams.next().await.body;
        assert!(told.to_string().contains(part), "{told}");
        assert!(!told.to_string().contains("Action.") && !told.to_string().contains("Mara"), "{told}");
    }
    server.stop().await;
}

async fn a_shared_entry_is_left_out_in_one_tenant(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database).await;
    let form = card(&mut teams, &server, MARA, "glossary leave out canary").await;
    let inputs = form["body"].as_array().unwrap().iter().filter(|element| element["type"] == "Input.Text");
    let filled: Vec<(&str, &str)> =
        inputs.filter_map(|field| Some((field["id"].as_str()?, field["value"].as_str()?))).collect();
    let value = |name: &str| filled.iter().find(|(id, _)| *id == name).map(|(_, value)| *value).unwrap_or_default();
    assert_eq!(value("everyday"), "yes", "{form}");
    let place = value("scope");
    assert!(place.starts_with("teams:"), "{form}");
    let reason = json!({ "reason": "It is a bird to us.", "no_match": "" });
    let again = pressed(&teams, &server, MARA, &form, "Hand in for review", &reason).await;
    assert!(again.to_string().contains("Sentences in which it is not found needs another look."), "{again}");
    let sentence = json!({ "no_match": "The canary sings." });
    let entry = pressed(&teams, &server, MARA, &again, "Hand in for review", &sentence).await;
    assert!(entry.to_string().contains("Handed in for review."), "{entry}");
    let queue = card(&mut teams, &server, DEVON, "glossary").await;
    let term = titles(&queue).into_iter().find(|title| title.starts_with("Open “canary")).unwrap().to_owned();
    let entry = pressed(&teams, &server, DEVON, &queue, &term, &json!({})).await;
    let approved = pressed(&teams, &server, DEVON, &entry, "Approve", &json!({})).await;
    assert!(approved.to_string().contains("Approved: it is in every answer from now on."), "{approved}");
    for (at, expected) in [(place, ""), ("teams:another", "canary")] {
        assert_eq!(explained_at(&server, at, "canary").await, expected, "{at}");
    }
    server.stop().await;
}
