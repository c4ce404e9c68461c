//! Teams' published limits, checked on everything that is sent there. Written from the reference and not from our own code,
//! so that the two can disagree.

use serde_json::Value;

const CARD: &str = "application/vnd.microsoft.card.adaptive";

/// Panics when Teams would refuse this message, or show it in two.
pub(crate) fn check_message(message: &Value) {
    assert_eq!(message["type"], "message");
    // No language model writes anything, so nothing may carry the label that says so.
    assert!(!message.to_string().contains("AIGeneratedContent"), "{message}");
    let units = message.to_string().encode_utf16().count() * 2;
    assert!(units <= 80 * 1024, "a message of {units} bytes");
    let text = message["text"].as_str();
    let attachments = message["attachments"].as_array();
    assert!(text.is_some() != attachments.is_some(), "a text and a card are torn apart: {message}");
    if let Some(text) = text {
        assert!(!text.is_empty() && message["textFormat"] == "markdown", "{message}");
        check_text(text);
    }
    if let Some(summary) = message["summary"].as_str() {
        check_unmarked(summary);
    }
    for attachment in attachments.into_iter().flatten() {
        check_attachment(attachment);
    }
}

/// Panics when this is no card within the limits.
pub(crate) fn check_attachment(attachment: &Value) {
    assert_eq!(attachment["contentType"], CARD);
    check_card(&attachment["content"]);
    if let Some(preview) = attachment.get("preview") {
        ["title", "text"].iter().for_each(|field| check_unmarked(preview["content"][field].as_str().unwrap()));
    }
}

pub(crate) fn check_card(card: &Value) {
    assert_eq!(card["type"], "AdaptiveCard");
    // Buttons that ask the bot came with 1.4; Teams documents 1.5 and no newer one.
    let version = card["version"].as_str().unwrap();
    assert!(["1.4", "1.5"].contains(&version), "version {version}");
    let length = card.to_string().len();
    assert!(length <= 24 * 1024, "a card of {length} bytes");
    assert!(!card["fallbackText"].as_str().unwrap().trim().is_empty(), "{card}");
    check_unmarked(card["fallbackText"].as_str().unwrap());
    let body = card["body"].as_array().unwrap();
    assert!(!body.is_empty());
    let mut ids = Vec::new();
    body.iter().for_each(|element| check_element(element, &mut ids));
    if let Some(refresh) = card.get("refresh") {
        check_action(&refresh["action"], &ids);
        let users = refresh["userIds"].as_array().unwrap();
        assert!((1..=60).contains(&users.len()));
    }
    for set in body.iter().filter(|element| element["type"] == "ActionSet") {
        set["actions"].as_array().unwrap().iter().for_each(|action| check_action(action, &ids));
    }
}

fn check_element(element: &Value, ids: &mut Vec<String>) {
    if let Some(id) = element["id"].as_str() {
        assert!(!ids.iter().any(|known| known == id), "id {id} twice");
        ids.push(id.to_owned());
    }
    match element["type"].as_str().unwrap() {
        "TextBlock" => {
            assert_eq!(element["wrap"], true);
            let text = element["text"].as_str().unwrap();
            assert!(!text.trim().is_empty());
            check_text(text);
        }
        "Container" => {
            element["items"].as_array().unwrap().iter().for_each(|inner| check_element(inner, ids));
        }
        "ActionSet" => {
            let actions = element["actions"].as_array().unwrap();
            assert!((1..=6).contains(&actions.len()), "{element}");
        }
        "Input.ChoiceSet" => {
            assert!(!element["label"].as_str().unwrap().is_empty());
            let choices = element["choices"].as_array().unwrap();
            let is_there = |one: &str| choices.iter().any(|choice| choice["value"] == one);
            let chosen = element["value"].as_str().unwrap_or_default();
            assert!(element["isRequired"] != true || !element["errorMessage"].as_str().unwrap().is_empty());
            match element["isMultiSelect"] == true {
                true => assert!(chosen.split(',').all(is_there), "{element}"),
                // Nothing may be chosen yet only where something must be.
                false => assert!(is_there(chosen) || chosen.is_empty() && element["isRequired"] == true, "{element}"),
            }
        }
        "Input.Text" => {
            assert!(!element["label"].as_str().unwrap().is_empty());
            assert!(element["isRequired"] != true || !element["errorMessage"].as_str().unwrap().is_empty());
        }
        other => panic!("an element of kind {other}"),
    }
}

fn check_action(action: &Value, ids: &[String]) {
    assert!(!action["title"].as_str().unwrap().is_empty());
    match action["type"].as_str().unwrap() {
        "Action.Execute" => {
            assert!(!action["verb"].as_str().unwrap().is_empty());
            if let Some(fallback) = action.get("fallback") {
                assert_eq!(fallback["type"], "Action.Submit");
                assert_eq!(fallback["data"], action["data"]);
            }
        }
        "Action.Submit" => {}
        "Action.ToggleVisibility" => {
            for target in action["targetElements"].as_array().unwrap() {
                assert!(ids.iter().any(|id| target == id), "{target} is not in {ids:?}");
            }
        }
        other => panic!("an action of kind {other}"),
    }
    if action["type"] != "Action.ToggleVisibility" {
        assert!(!action["data"]["card"].as_str().unwrap().is_empty(), "a press tells its card: {action}");
    }
    assert!(action["data"].to_string().len() < 600, "a button carries ids and no texts: {action}");
}

/// Where no markup is read, marks would be seen.
fn check_unmarked(text: &str) {
    for mark in ["<@", "](http", "`", "**", "\n# "] {
        assert!(!text.contains(mark), "{mark:?} is not read as markup here: {text}");
    }
}

fn check_text(text: &str) {
    assert!(!text.contains("<at>"), "nobody is called a second time: {text}");
}
