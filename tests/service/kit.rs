//! Slack's published limits, checked on everything that is sent to Slack. Written from the reference and not from our own
//! code, so that the two can disagree.

use serde_json::Value;

/// Panics when Slack would refuse this message.
pub(crate) fn check_message(message: &Value) {
    let text = message["text"].as_str().unwrap_or_default();
    assert!(!text.is_empty(), "a message needs a text for notifications and screen readers: {message}");
    assert!(units(text) <= 4000, "text of {} characters", units(text));
    if let Some(blocks) = message.get("blocks") {
        check_blocks(blocks, 50, &["section", "context", "divider", "actions", "header"]);
    }
    check_texts(message);
}

/// Panics when Slack would refuse this dialog.
pub(crate) fn check_view(view: &Value) {
    assert_eq!(view["type"], "modal");
    for field in ["title", "close", "submit"] {
        if let Some(text) = view.get(field) {
            check_plain_text(text, 24);
        }
    }
    assert!(view.get("title").is_some());
    assert!(units(view["private_metadata"].as_str().unwrap_or_default()) <= 3000);
    assert!(units(view["callback_id"].as_str().unwrap_or_default()) <= 255);
    assert!(view.to_string().len() <= 250_000, "a dialog of {} bytes", view.to_string().len());
    check_blocks(&view["blocks"], 100, &["section", "context", "divider", "actions", "header", "input"]);
    let has_input = view["blocks"].as_array().unwrap().iter().any(|block| block["type"] == "input");
    assert!(!has_input || view.get("submit").is_some(), "a dialog with fields needs a button to send them");
    check_texts(view);
}

/// Panics when Slack would refuse this home tab.
pub(crate) fn check_home(view: &Value) {
    assert_eq!(view["type"], "home");
    assert!(units(view["callback_id"].as_str().unwrap_or_default()) <= 255);
    assert!(view.to_string().len() <= 250_000, "a home tab of {} bytes", view.to_string().len());
    for field in ["title", "close", "submit", "notify_on_close"] {
        assert_eq!(view.get(field), None, "a home tab has none");
    }
    check_blocks(&view["blocks"], 100, &["section", "context", "divider", "actions", "header", "input"]);
    check_texts(view);
}

/// Panics when Slack would refuse these options.
pub(crate) fn check_options(answer: &Value) {
    let options = answer["options"].as_array().unwrap();
    assert!(options.len() <= 100, "{} options", options.len());
    options.iter().for_each(check_option);
}

/// Panics when Slack would refuse this sign of work.
pub(crate) fn check_session(session: &Value) {
    let known = ["channel_id", "thread_ts", "status", "title", "initiator_user_id"];
    let fields = session.as_object().unwrap();
    assert!(fields.keys().all(|field| known.contains(&field.as_str())), "{session}");
    assert!(["active", "processing", "suspended", "closed"].contains(&session["status"].as_str().unwrap()));
    for field in ["channel_id", "thread_ts"] {
        assert!(!session[field].as_str().unwrap().is_empty(), "{session}");
    }
    if let Some(title) = session.get("title") {
        assert!((1..=200).contains(&units(title.as_str().unwrap())), "{title}");
    }
    check_texts(session);
}

/// Panics when Slack would refuse these prompts. Whether there may be a thread depends on what the app is, which a test knows.
pub(crate) fn check_prompts(offered: &Value) {
    assert!(!offered["channel_id"].as_str().unwrap().is_empty());
    if let Some(thread) = offered.get("thread_ts") {
        assert!(!thread.as_str().unwrap().is_empty(), "the thread of an assistant: {offered}");
    }
    let prompts = offered["prompts"].as_array().unwrap();
    assert!((1..=4).contains(&prompts.len()), "{} prompts", prompts.len());
    for prompt in prompts {
        assert_eq!(prompt.as_object().unwrap().len(), 2, "{prompt}");
        for field in ["title", "message"] {
            assert!(!prompt[field].as_str().unwrap().trim().is_empty(), "{prompt}");
        }
    }
    check_texts(offered);
}

fn check_blocks(blocks: &Value, most: usize, kinds: &[&str]) {
    let blocks = blocks.as_array().expect("blocks are a list");
    assert!(!blocks.is_empty() && blocks.len() <= most, "{} blocks", blocks.len());
    let mut ids = Vec::new();
    for block in blocks {
        let kind = block["type"].as_str().unwrap();
        assert!(kinds.contains(&kind), "a block of kind {kind}");
        if let Some(id) = block.get("block_id").and_then(Value::as_str) {
            assert!(!id.is_empty() && units(id) <= 255);
            assert!(!ids.contains(&id), "block id {id} twice");
            ids.push(id);
        }
        match kind {
            "section" => {
                check_mrkdwn(&block["text"]);
                if let Some(accessory) = block.get("accessory") {
                    check_element(accessory);
                }
            }
            "context" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=10).contains(&elements.len()));
                elements.iter().for_each(check_mrkdwn);
            }
            "header" => check_plain_text(&block["text"], 150),
            "actions" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=25).contains(&elements.len()));
                elements.iter().for_each(check_element);
            }
            "input" => {
                check_plain_text(&block["label"], 2000);
                check_element(&block["element"]);
                if let Some(hint) = block.get("hint") {
                    check_plain_text(hint, 2000);
                }
            }
            _ => {}
        }
    }
    // Slack's undocumented total; everything visible counts here.
    let total: usize = blocks.iter().map(visible).sum();
    assert!(most == 100 || total <= 12_000, "{total} characters in all blocks");
}

fn visible(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "text" => units(text),
                value => visible(value),
            })
            .sum(),
        Value::Array(items) => items.iter().map(visible).sum(),
        _ => 0,
    }
}

fn check_element(element: &Value) {
    let action_id = element["action_id"].as_str().unwrap();
    assert!(!action_id.is_empty() && units(action_id) <= 255);
    match element["type"].as_str().unwrap() {
        "button" => {
            check_plain_text(&element["text"], 75);
            match element.get("url") {
                Some(url) => {
                    assert!(url.as_str().unwrap().starts_with("https://") && units(url.as_str().unwrap()) <= 3000)
                }
                None => assert!(units(element["value"].as_str().unwrap()) <= 2000),
            }
            if let Some(confirm) = element.get("confirm") {
                for (field, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
                    check_plain_text(&confirm[field], most);
                }
            }
        }
        "static_select" => {
            check_plain_text(&element["placeholder"], 150);
            let options = element["options"].as_array().unwrap();
            assert!((1..=100).contains(&options.len()));
            options.iter().for_each(check_option);
            if let Some(initial) = element.get("initial_option") {
                assert!(options.contains(initial), "the chosen option must be one of the options");
            }
        }
        "plain_text_input" => {
            let most = element.get("max_length").map_or(3000, |most| most.as_u64().unwrap());
            assert!((1..=3000).contains(&most));
            let initial = element.get("initial_value").map_or(0, |text| units(text.as_str().unwrap()));
            assert!(initial as u64 <= most, "a first value of {initial} characters in a field of {most}");
        }
        "multi_static_select" => {
            check_plain_text(&element["placeholder"], 150);
            let options = element["options"].as_array().unwrap();
            assert!((1..=100).contains(&options.len()));
            options.iter().for_each(check_option);
            let most = element["max_selected_items"].as_u64().unwrap();
            let chosen = element.get("initial_options").map_or(&[][..], |chosen| chosen.as_array().unwrap());
            assert!(chosen.len() as u64 <= most && chosen.iter().all(|option| options.contains(option)));
        }
        "external_select" => {
            check_plain_text(&element["placeholder"], 150);
            assert!(element["min_query_length"].as_u64().is_some());
        }
        "conversations_select" => {
            let kinds = element["filter"]["include"].as_array().unwrap();
            assert!(kinds.iter().all(|kind| ["im", "mpim", "private", "public"].contains(&kind.as_str().unwrap())));
        }
        other => panic!("an element of kind {other}"),
    }
}

fn check_option(option: &Value) {
    check_plain_text(&option["text"], 75);
    let value = option["value"].as_str().unwrap();
    assert!(!value.is_empty() && units(value) <= 75);
}

fn check_mrkdwn(text: &Value) {
    assert_eq!(text["type"], "mrkdwn");
    assert_eq!(text["verbatim"], true, "or Slack turns names in somebody's text into live mentions");
    let length = units(text["text"].as_str().unwrap());
    assert!((1..=3000).contains(&length), "formatted text of {length} characters");
}

fn check_plain_text(text: &Value, most: usize) {
    assert_eq!(text["type"], "plain_text");
    let length = units(text["text"].as_str().unwrap());
    assert!((1..=most).contains(&length), "plain text of {length} characters, at most {most}");
}

/// No text anywhere may wake a channel or a group, and every token and code block must be whole.
fn check_texts(value: &Value) {
    match value {
        Value::String(text) => {
            for live in ["<!here", "<!channel", "<!everyone", "<!subteam"] {
                assert!(!text.contains(live), "{live} in {text:?}");
            }
            assert_eq!(text.matches("```").count() % 2, 0, "an open code block in {text:?}");
        }
        Value::Object(fields) => fields.values().for_each(check_texts),
        Value::Array(items) => items.iter().for_each(check_texts),
        _ => {}
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
