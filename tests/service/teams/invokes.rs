//! What is answered in the response: searches, dialogs, buttons of cards.

use serde_json::{Value, json};
use upshot::store::Counter;

use super::{
    fake::FakeTeams,
    fixture,
    kit::{check_attachment, check_card},
};
use crate::{
    databases::Database,
    server::{TestServer, json},
};

/// Every recorded delivery to the bot.
pub(super) const ALL: [&str; 22] = [
    "02-message-personal.json",
    "03-message-channel-mention.json",
    "04-message-groupchat-mention.json",
    "05-message-targeted-slash.json",
    "06-message-channel-no-mention.json",
    "07-message-card-submit.json",
    "08-conversation-update-bot-added.json",
    "09-installation-update-add.json",
    "10-installation-update-remove.json",
    "11-message-reaction.json",
    "12-message-edit.json",
    "13-message-delete.json",
    "14-fetch-task-message-action.json",
    "15-submit-action.json",
    "16-submit-action-preview-send.json",
    "17-query.json",
    "18-select-item.json",
    "19-adaptive-card-action.json",
    "20-task-fetch.json",
    "21-task-submit.json",
    "22-application-search.json",
    "23-feedback.json",
];

/// How the answer to a reader that does not exist begins.
const UNKNOWN_READER: &str = "I do not know the reader “wizards”. Choose one of: executive, finance, sales";

pub(super) async fn invoke(teams: &FakeTeams, server: &TestServer, activity: &Value) -> Value {
    let response = teams.deliver(server, activity).await;
    assert_eq!(response.status(), 200, "{activity}");
    json(response).await
}

pub(super) fn dialog_card(answer: &Value) -> &Value {
    assert_eq!(answer["task"]["type"], "continue", "{answer}");
    let attachment = &answer["task"]["value"]["card"];
    check_attachment(attachment);
    &attachment["content"]
}

/// The data of the button with this title.
pub(super) fn button(card: &Value, title: &str) -> Value {
    let all = card["body"].as_array().unwrap().iter().filter_map(|element| element["actions"].as_array()).flatten();
    let mut found = all.filter(|action| action["title"] == title);
    found.next().unwrap_or_else(|| panic!("no {title} in {card}"))["data"].clone()
}

#[tokio::test]
async fn a_search_finds_entries_with_previews() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    for (typed, first) in [("slo", "SLO"), ("SLO", "SLO"), ("canary dep", "canary"), ("kubernetez", "Kubernetes")] {
        let mut query = teams.activity("17-query.json");
        query["value"]["parameters"][0]["value"] = json!(typed);
        let answer = invoke(&teams, &server, &query).await;
        let found = answer["composeExtension"]["attachments"].as_array().unwrap_or_else(|| panic!("{typed}: {answer}"));
        assert_eq!(answer["composeExtension"]["type"], "result");
        assert!((1..=25).contains(&found.len()));
        for entry in found {
            check_attachment(entry);
            let preview = &entry["preview"];
            assert_eq!(preview["contentType"], "application/vnd.microsoft.card.thumbnail");
            assert!(!preview["content"]["title"].as_str().unwrap().is_empty());
            assert!(!preview["content"]["text"].as_str().unwrap().is_empty());
        }
        let title = found[0]["preview"]["content"]["title"].as_str().unwrap();
        assert!(title.to_lowercase().contains(&first.to_lowercase()), "{typed}: {title}");
        assert!(answer.to_string().len() < 100_000);
    }
    // The next page goes on behind the first.
    let page = |skip: u32| {
        let mut query = teams.activity("17-query.json");
        query["value"]["parameters"][0]["value"] = json!("data");
        query["value"]["queryOptions"] = json!({ "skip": skip, "count": 3 });
        query
    };
    let (first, second) = (invoke(&teams, &server, &page(0)).await, invoke(&teams, &server, &page(3)).await);
    let titles = |answer: &Value| -> Vec<String> {
        let found = answer["composeExtension"]["attachments"].as_array().unwrap();
        found.iter().map(|entry| entry["preview"].to_string()).collect()
    };
    assert_eq!((titles(&first).len(), titles(&second).len()), (3, 3));
    assert!(titles(&second).iter().all(|title| !titles(&first).contains(title)));
    let mut query = teams.activity("17-query.json");
    query["value"]["parameters"][0]["value"] = json!("xyzzyquux");
    assert_eq!(invoke(&teams, &server, &query).await["composeExtension"]["type"], "message");
    // Before anything is typed, and when it is taken back, there is something to begin with, page by page.
    let opened = |parameter: &Value, skip: u32| {
        let mut query = teams.activity("17-query.json");
        query["value"]["parameters"] = json!([parameter]);
        query["value"]["queryOptions"] = json!({ "skip": skip, "count": 10 });
        query
    };
    let initial = json!({ "name": "initialRun", "value": "true" });
    let first = titles(&invoke(&teams, &server, &opened(&initial, 0)).await);
    let emptied = titles(&invoke(&teams, &server, &opened(&json!({ "name": "term", "value": "" }), 0)).await);
    let second = titles(&invoke(&teams, &server, &opened(&initial, 10)).await);
    assert_eq!((first.len(), &first, second.len()), (10, &emptied, 10));
    assert!(second.iter().all(|title| !first.contains(title)));
    server.stop().await;
}

#[tokio::test]
async fn a_message_is_explained_in_a_dialog_and_again_for_another_reader() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let answer = invoke(&teams, &server, &teams.activity("14-fetch-task-message-action.json")).await;
    let card = dialog_card(&answer);
    let shown = card.to_string();
    for fact in [
        "from 180 milliseconds to ",
        "2.4 seconds",
        "v2.14.0",
        "38%",
        "99.9%",
        "09:02 UTC",
        "PAY-1842",
        "Mara Lindqvist",
        "4.1%",
    ] {
        assert!(shown.contains(fact), "{fact} is not in {shown}");
    }
    assert!(shown.contains("kubectl rollout undo deploy/payments-api -n prod"), "code stays: {shown}");
    let parts: Vec<&str> = card["body"].as_array().unwrap().iter().filter_map(|part| part["id"].as_str()).collect();
    for part in ["plain", "why", "original", "audience"] {
        assert!(parts.contains(&part), "{part} is not in {parts:?}");
    }
    let again = |data: &Value, reader: &str, with_message: bool| {
        let mut submit = teams.activity("15-submit-action.json");
        let mut data = data.clone();
        data["audience"] = json!(reader);
        submit["value"]["data"] = data;
        if with_message {
            submit["value"]["messagePayload"] =
                fixture("14-fetch-task-message-action.json")["value"]["messagePayload"].clone();
        } else {
            submit["value"].as_object_mut().unwrap().remove("messagePayload");
        }
        submit
    };
    let reword = button(card, "Rewrite for this reader");
    let kept = invoke(&teams, &server, &again(&reword, "finance", false)).await;
    let sent_again = invoke(&teams, &server, &again(&reword, "finance", true)).await;
    for answer in [&kept, &sent_again] {
        let menu = dialog_card(answer)["body"].as_array().unwrap().iter().find(|part| part["id"] == "audience");
        assert_eq!(menu.unwrap()["value"], "finance");
    }
    // What was approved can be put into the own message, as a card without controls.
    let post = button(dialog_card(&kept), "Use in my message");
    let composed = invoke(&teams, &server, &again(&post, "finance", true)).await;
    let entries = composed["composeExtension"]["attachments"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    check_attachment(&entries[0]);
    assert!(!entries[0].to_string().contains("Input.ChoiceSet"), "{composed}");
    // A reader who was chosen in the menu and whose version nobody has read yet: it is shown first.
    let unread = button(card, "Use in my message");
    assert_eq!(unread["audience"], "general", "what was read, whatever the menu says by now");
    let first = invoke(&teams, &server, &again(&unread, "finance", true)).await;
    let shown = dialog_card(&first);
    assert!(shown.to_string().contains("Nothing was put into your message"), "{first}");
    let then = invoke(&teams, &server, &again(&button(shown, "Use in my message"), "finance", true)).await;
    assert_eq!(then["composeExtension"], composed["composeExtension"]);
    let unknown = invoke(&teams, &server, &again(&reword, "wizards", false)).await;
    assert!(unknown["task"]["value"].as_str().unwrap().starts_with(UNKNOWN_READER), "{unknown}");
    server.stop().await;
}

#[tokio::test]
async fn a_post_without_words_says_so() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut empty = teams.activity("14-fetch-task-message-action.json");
    let attachment = "<attachment id=\"1\"></attachment>";
    for (command, content, told) in [
        ("explainThis", "<p>&nbsp;</p>", "There is no text in this message"),
        ("explainThis", attachment, "Teams hands over only the words of a message"),
        ("upshotFor", attachment, "Teams hands over only the words of a message"),
    ] {
        empty["value"]["commandId"] = json!(command);
        empty["value"]["messagePayload"]["body"]["content"] = json!(content);
        empty["value"]["messagePayload"]["attachments"] = json!([]);
        let answer = invoke(&teams, &server, &empty).await;
        assert_eq!(answer["task"]["type"], "message");
        assert!(answer["task"]["value"].as_str().unwrap().starts_with(told), "{answer}");
    }
    // With words beside it these are rewritten, and what was not read is told, also in what the reader asks for next.
    let mut whole = teams.activity("14-fetch-task-message-action.json");
    whole["value"]["messagePayload"]["body"]["content"] = json!("<p>The pod is down.</p>");
    let told = |answer: &Value| dialog_card(answer).to_string().contains("so I have not read them");
    assert!(!told(&invoke(&teams, &server, &whole).await));
    for (content, attachments) in [
        (format!("<p>The pod is down, see {attachment}</p>"), json!([])),
        ("<p>The pod is down.</p>".to_owned(), json!([{ "id": "1", "contentType": "reference", "name": "a.pdf" }])),
    ] {
        let mut partly = whole.clone();
        partly["value"]["messagePayload"]["body"]["content"] = json!(content);
        partly["value"]["messagePayload"]["attachments"] = attachments;
        let answer = invoke(&teams, &server, &partly).await;
        assert!(told(&answer), "{answer}");
        let mut submit = teams.activity("15-submit-action.json");
        submit["value"]["data"] = button(dialog_card(&answer), "Rewrite for this reader");
        submit["value"]["data"]["audience"] = json!("finance");
        submit["value"]["messagePayload"] = partly["value"]["messagePayload"].clone();
        assert!(told(&invoke(&teams, &server, &submit).await));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_button_of_a_card_gets_a_card_for_the_person_who_pressed() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    assert_eq!(teams.deliver(&server, &teams.activity("02-message-personal.json")).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    let press = |trigger: &str, verb: &str, mut data: Value, reader: &str| {
        data["audience"] = json!(reader);
        let mut press = teams.activity("19-adaptive-card-action.json");
        press["value"] =
            json!({ "action": { "type": "Action.Execute", "verb": verb, "data": data }, "trigger": trigger });
        press
    };
    let data = button(&card, "Rewrite for this reader");
    let answer = invoke(&teams, &server, &press("manual", "reword", data.clone(), "sales")).await;
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["type"], "application/vnd.microsoft.card.adaptive");
    check_card(&answer["value"]);
    assert!(answer["value"].to_string().contains("12 minutes"), "{answer}");
    let judged = invoke(&teams, &server, &press("manual", "helped", button(&card, "This helped"), "sales")).await;
    check_card(&judged["value"]);
    assert!(judged["value"].to_string().contains("Thank you"), "{judged}");
    let missing =
        invoke(&teams, &server, &press("manual", "missing", button(&card, "A term is missing"), "sales")).await;
    check_card(&missing["value"]);
    let mut wanted = button(&missing["value"], "Ask");
    wanted["term"] = json!("blast radius index");
    let asked = invoke(&teams, &server, &press("manual", "define", wanted, "sales")).await;
    assert!(asked["value"].as_str().unwrap().contains("blast radius index"), "{asked}");
    let answer = invoke(&teams, &server, &press("manual", "reword", data, "wizards")).await;
    assert_eq!(answer["type"], "application/vnd.microsoft.activity.message");
    assert!(answer["value"].as_str().unwrap().starts_with(UNKNOWN_READER), "{answer}");
    // What has expired leaves the card alone when nobody pressed, and says so when somebody did.
    let gone = json!({ "upshot": "again", "job": "gone" });
    let automatic = invoke(&teams, &server, &press("automatic", "again", gone.clone(), "sales")).await;
    assert_eq!(automatic["type"], "application/vnd.microsoft.error");
    let pressed = invoke(&teams, &server, &press("manual", "again", gone, "sales")).await;
    assert_eq!(pressed["type"], "application/vnd.microsoft.activity.message");
    // So does a message that its author has taken back.
    assert_eq!(teams.deliver(&server, &teams.activity("13-message-delete.json")).await.status(), 200);
    let data = button(&card, "Rewrite for this reader");
    let forgotten = invoke(&teams, &server, &press("manual", "reword", data, "sales")).await;
    assert!(forgotten["value"].as_str().unwrap().contains("no longer have the text"), "{forgotten}");
    let foreign = invoke(&teams, &server, &press("manual", "launch", json!({}), "sales")).await;
    assert_eq!((&foreign["statusCode"], &foreign["value"]["code"]), (&json!(400), &json!("BadRequest")));
    server.stop().await;
}

#[tokio::test]
async fn the_other_recorded_invokes_get_their_shapes() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    let item = invoke(&teams, &server, &teams.activity("18-select-item.json")).await;
    let chosen = item["composeExtension"]["attachments"].as_array().unwrap();
    assert_eq!(chosen.len(), 1);
    assert!(chosen[0].to_string().contains("how good its service should be"), "{item}");
    for name in ["16-submit-action-preview-send.json", "20-task-fetch.json", "21-task-submit.json"] {
        let answer = invoke(&teams, &server, &teams.activity(name)).await;
        assert_eq!(answer["task"]["type"], "message", "{name}: {answer}");
    }
    let choices = invoke(&teams, &server, &teams.activity("22-application-search.json")).await;
    assert_eq!(choices["type"], "application/vnd.microsoft.search.searchResponse");
    let results = choices["value"]["results"].as_array().unwrap();
    assert!((1..=15).contains(&results.len()), "{choices}");
    assert_eq!(invoke(&teams, &server, &teams.activity("23-feedback.json")).await, json!({}));
    let named = |name: &str| {
        let mut named = teams.activity("23-feedback.json");
        named["name"] = json!(name);
        named
    };
    for name in [
        "config/fetch",
        "config/submit",
        "suggestedActions/submit",
        "composeExtension/queryLink",
        "composeExtension/anonymousQueryLink",
        "composeExtension/querySettingUrl",
        "composeExtension/setting",
        "composeExtension/onCardButtonClicked",
        "signin/verifyState",
        "signin/failure",
    ] {
        assert_eq!(invoke(&teams, &server, &named(name)).await, json!({}), "{name}");
    }
    assert_eq!(invoke(&teams, &server, &named("message/fetchTask")).await["task"]["type"], "message");
    let handed = teams.deliver(&server, &named("handoff/action")).await;
    assert_eq!((handed.status().as_u16(), handed.text().await.unwrap()), (200, String::new()));
    let mut offered = named("signin/tokenExchange");
    offered["value"] = json!({ "id": "offer-1", "connectionName": "graph", "token": "secret" });
    let refused = teams.deliver(&server, &offered).await;
    assert_eq!(refused.status(), 412);
    let refused = json(refused).await;
    assert_eq!((&refused["id"], &refused["connectionName"]), (&json!("offer-1"), &json!("graph")));
    assert!(refused["failureDetail"].is_string() && !refused.to_string().contains("secret"), "{refused}");
    for name in ["tab/fetch", "fileConsent/invoke", "brand/new", ""] {
        let mut unknown = teams.activity("23-feedback.json");
        unknown["name"] = json!(name);
        assert_eq!(teams.deliver(&server, &unknown).await.status(), 501, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn every_recorded_delivery_is_answered() {
    let teams = FakeTeams::start().await;
    let server = teams.server().await;
    for name in ALL {
        assert_eq!(teams.deliver(&server, &teams.activity(name)).await.status(), 200, "{name}");
    }
    server.stop().await;
}

/// However often a button is pressed, by whichever card, what one person says about one answer counts once, also after a restart.
#[tokio::test]
async fn what_somebody_says_about_an_answer_counts_once() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    assert_eq!(teams.deliver(&server, &teams.activity("02-message-personal.json")).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    let press = |verb: &str, data: &Value, person: &str| {
        let mut press = teams.activity("19-adaptive-card-action.json");
        // A second press is a delivery of its own.
        press["id"] = json!(format!("f:{verb}-{person}"));
        if !person.is_empty() {
            press["from"]["aadObjectId"] = json!(person);
        }
        let action = json!({ "type": "Action.Execute", "verb": verb, "data": data });
        press["value"] = json!({ "action": action, "trigger": "manual" });
        press
    };
    let helped = button(&card, "This helped");
    assert_eq!(helped["audience"], "executive", "the version that was read is judged, whatever the menu says by now");
    for (verb, title) in [("helped", "This helped"), ("helped", "This helped"), ("wrong", "Something is wrong")] {
        let judged = invoke(&teams, &server, &press(verb, &button(&card, title), "")).await;
        assert!(judged["value"].to_string().contains("Thank you"), "{judged}");
    }
    for _ in 0..2 {
        invoke(&teams, &server, &press("missing", &button(&card, "A term is missing"), "")).await;
    }
    server.stop().await;
    let server = teams.server_over(&database).await;
    invoke(&teams, &server, &press("wrong", &button(&card, "Something is wrong"), "")).await;
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackHelpful).await, 1);
    assert_eq!(database.count(Counter::FeedbackWrong).await, 0);
    assert_eq!(database.count(Counter::FeedbackMissingTerm).await, 1);
    let server = teams.server_over(&database).await;
    invoke(&teams, &server, &press("wrong", &button(&card, "Something is wrong"), "somebody-else")).await;
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackWrong).await, 1, "another person's word is another one");
}

#[tokio::test]
async fn so_does_what_somebody_says_about_an_explanation() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    let mut question = teams.activity("02-message-personal.json");
    question["text"] = json!("explain p95");
    question["attachments"] = json!([]);
    assert_eq!(teams.deliver(&server, &question).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    for (id, verb, title) in [("f:1", "wrong", "This did not help"), ("f:2", "helped", "This helped")] {
        let mut press = teams.activity("19-adaptive-card-action.json");
        press["id"] = json!(id);
        let action = json!({ "type": "Action.Execute", "verb": verb, "data": button(&card, title) });
        press["value"] = json!({ "action": action, "trigger": "manual" });
        let judged = invoke(&teams, &server, &press).await;
        check_card(&judged["value"]);
        let shown = judged["value"]["body"].to_string();
        assert!(shown.contains("Thank you") && shown.contains("95"), "the explanation stays: {shown}");
    }
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackWrong).await, 1);
    assert_eq!(database.count(Counter::FeedbackHelpful).await, 0, "one person's word about one answer");
}

/// A dialog sends the message along with every button; only those that want another version of it are about its words.
#[tokio::test]
async fn the_buttons_of_a_dialog_on_a_message_do_what_they_say() {
    let teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    let open = teams.activity("14-fetch-task-message-action.json");
    let answer = invoke(&teams, &server, &open).await;
    let card = dialog_card(&answer);
    let press = |title: &str| {
        let mut submit = teams.activity("15-submit-action.json");
        submit["value"]["data"] = button(card, title);
        submit["value"]["messagePayload"] = open["value"]["messagePayload"].clone();
        submit
    };
    let judged = invoke(&teams, &server, &press("Something is wrong")).await;
    assert!(dialog_card(&judged).to_string().contains("Thank you"), "{judged}");
    let form = invoke(&teams, &server, &press("A term is missing")).await;
    assert_eq!(form["task"]["value"]["title"], "Ask for a definition");
    server.stop().await;
    assert_eq!(database.count(Counter::FeedbackWrong).await, 1);
    assert_eq!(database.count(Counter::FeedbackMissingTerm).await, 1);
}

#[tokio::test]
async fn an_explanation_is_told_at_another_depth_for_the_same_reader() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut asked = teams.activity("02-message-personal.json");
    asked["text"] = json!("for finance: explain p95");
    asked["attachments"] = json!([]);
    assert_eq!(teams.deliver(&server, &asked).await.status(), 200);
    let full = teams.next().await.body["attachments"][0]["content"].clone();
    let titles = |card: &Value| -> Vec<String> {
        let all = card["body"].as_array().unwrap().iter().filter_map(|element| element["actions"].as_array()).flatten();
        all.map(|action| action["title"].as_str().unwrap().to_owned()).collect()
    };
    let reader = |card: &Value| {
        card["body"].as_array().unwrap().iter().find(|part| part["id"] == "audience").unwrap()["value"].clone()
    };
    let texts =
        |card: &Value| card["body"].as_array().unwrap().iter().filter(|part| part["type"] == "TextBlock").count();
    let at = async |card: &Value, title: &str| -> Value {
        let mut press = teams.activity("19-adaptive-card-action.json");
        let data = button(card, title);
        press["value"] =
            json!({ "action": { "type": "Action.Execute", "verb": "depth", "data": data }, "trigger": "manual" });
        let answer = invoke(&teams, &server, &press).await;
        check_card(&answer["value"]);
        answer["value"].clone()
    };
    assert!(
        titles(&full).contains(&"In one line".to_owned()) && !titles(&full).contains(&"With an example".to_owned())
    );
    let line = at(&full, "In one line").await;
    assert_eq!((texts(&line), reader(&line)), (1, json!("finance")), "{line}");
    let paragraph = at(&line, "In a paragraph").await;
    assert!(texts(&line) < texts(&paragraph) && texts(&paragraph) < texts(&full), "{paragraph}");
    let again = at(&paragraph, "With an example").await;
    // Every card has an id of its own, and the rest is as it stood there first.
    let id = |card: &Value| button(card, "In one line")["card"].as_str().unwrap().to_owned();
    assert_ne!(id(&again), id(&full));
    assert_eq!(again["body"].to_string().replace(&id(&again), &id(&full)), full["body"].to_string());
    server.stop().await;
}
