//! A whole message as canonical text: rich text first, since it is exact; then the mrkdwn text; then what apps put into
//! blocks and attachments. Each visible text once.
//!
//! Shapes: <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>. Unknown elements are skipped.

use serde_json::Value;

use super::{mrkdwn, payload::Message};
use crate::engine::SourceText;

/// What a reader of the message sees.
pub(super) fn message(message: &Message) -> SourceText {
    let mut parts: Vec<String> = Vec::new();
    let rich: Vec<String> =
        message.blocks.iter().filter(|block| kind(block) == "rich_text").map(rich_text_block).collect();
    if rich.is_empty() {
        push_new(&mut parts, mrkdwn::canonical(message.text.as_deref().unwrap_or_default()));
        for block in &message.blocks {
            push_new(&mut parts, plain_block(block));
        }
    } else {
        parts.extend(rich);
    }
    for attachment in &message.attachments {
        push_attachment(&mut parts, attachment);
    }
    for file in &message.files {
        push_new(&mut parts, string(file, "title").to_owned());
        push_new(&mut parts, file_text(file));
    }
    SourceText::new(parts.join("\n").trim())
}

/// What came along with a message: forwarded messages, and the text of files. Empty when nothing did.
pub(super) fn attached(message: &Message) -> SourceText {
    let mut parts: Vec<String> = Vec::new();
    for attachment in &message.attachments {
        push_attachment(&mut parts, attachment);
    }
    for file in &message.files {
        push_new(&mut parts, file_text(file));
    }
    SourceText::new(parts.join("\n").trim())
}

/// The text of a file, as far as it comes along: a mail has all of it, a snippet its beginning, which says so.
fn file_text(file: &Value) -> String {
    let text = [string(file, "plain_text"), string(file, "preview")].into_iter().find(|text| !text.trim().is_empty());
    let is_cut = file.get("preview_is_truncated") == Some(&Value::Bool(true));
    let mut text = text.unwrap_or_default().trim_end().to_owned();
    if is_cut && !text.is_empty() {
        text.push_str("\n[…]");
    }
    text
}

/// Adds a text that is not already said: alert apps repeat themselves in text, blocks and fallbacks.
fn push_new(parts: &mut Vec<String>, text: String) {
    let text = text.trim();
    if !text.is_empty() && !parts.iter().any(|part| part.contains(text)) {
        parts.push(text.to_owned());
    }
}

fn push_attachment(parts: &mut Vec<String>, attachment: &Value) {
    let before = parts.len();
    // A forwarded message as its author wrote it; its text is a poorer copy.
    let forwarded = array(attachment, "message_blocks").iter().filter_map(|one| one.get("message"));
    for block in forwarded.flat_map(|message| array(message, "blocks")) {
        push_new(parts, if kind(block) == "rich_text" { rich_text_block(block) } else { plain_block(block) });
    }
    if parts.len() > before {
        for file in array(attachment, "files") {
            push_new(parts, file_text(file));
        }
        return;
    }
    for name in ["pretext", "title", "text"] {
        push_new(parts, mrkdwn::canonical(string(attachment, name)));
    }
    for field in array(attachment, "fields") {
        let (title, value) = (string(field, "title"), string(field, "value"));
        push_new(parts, mrkdwn::canonical(&[title, value].join(": ")));
    }
    for block in array(attachment, "blocks") {
        push_new(parts, if kind(block) == "rich_text" { rich_text_block(block) } else { plain_block(block) });
    }
    for file in array(attachment, "files") {
        push_new(parts, file_text(file));
    }
    // The fallback is for clients that cannot show the attachment, and says the same with less.
    if parts.len() == before {
        push_new(parts, mrkdwn::canonical(string(attachment, "fallback")));
    }
}

fn plain_block(block: &Value) -> String {
    let text_of = |object: &Value| {
        let text = string(object, "text");
        if kind(object) == "mrkdwn" { mrkdwn::canonical(text) } else { text.to_owned() }
    };
    match kind(block) {
        "section" => {
            let own = block.get("text").map(text_of);
            let fields = array(block, "fields").iter().map(text_of);
            own.into_iter().chain(fields).collect::<Vec<_>>().join("\n")
        }
        "header" | "alert" => block.get("text").map(text_of).unwrap_or_default(),
        "context" => array(block, "elements").iter().map(text_of).collect::<Vec<_>>().join(" "),
        "markdown" => string(block, "text").to_owned(),
        _ => String::new(),
    }
}

fn rich_text_block(block: &Value) -> String {
    let mut text = String::new();
    for element in array(block, "elements") {
        let is_own_line = kind(element) != "rich_text_section";
        if is_own_line && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        match kind(element) {
            "rich_text_section" => inline_elements(&mut text, element),
            "rich_text_list" => list(&mut text, element),
            "rich_text_quote" => quote(&mut text, element),
            "rich_text_preformatted" => preformatted(&mut text, element),
            _ => {}
        }
        if is_own_line && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text.trim_end().to_owned()
}

fn list(text: &mut String, element: &Value) {
    let number = |name: &str| element.get(name).and_then(Value::as_u64).unwrap_or(0);
    let indentation = usize::try_from(number("indent").min(8)).unwrap_or(0) * 4;
    for (position, item) in (1 + number("offset")..).zip(array(element, "elements")) {
        text.extend(std::iter::repeat_n(' ', indentation));
        if string(element, "style") == "ordered" {
            text.push_str(&format!("{position}. "));
        } else {
            text.push_str("- ");
        }
        inline_elements(text, item);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
}

fn quote(text: &mut String, element: &Value) {
    let mut quoted = String::new();
    inline_elements(&mut quoted, element);
    for line in quoted.trim_end().split('\n') {
        text.push_str("> ");
        text.push_str(line);
        text.push('\n');
    }
}

fn preformatted(text: &mut String, element: &Value) {
    let code: String = array(element, "elements")
        .iter()
        .map(|part| if string(part, "text").is_empty() { string(part, "url") } else { string(part, "text") })
        .collect();
    mrkdwn::push_fence(text, &code);
}

fn inline_elements(text: &mut String, element: &Value) {
    for inline in array(element, "elements") {
        let style = |name: &str| inline.get("style").and_then(|style| style.get(name)) == Some(&Value::Bool(true));
        if style("strike") && !style("code") {
            mrkdwn::push_struck(text, |text| inline_element(text, inline, false));
        } else {
            inline_element(text, inline, style("code"));
        }
    }
}

fn inline_element(text: &mut String, inline: &Value, is_code: bool) {
    match kind(inline) {
        "text" if is_code => {
            text.push('`');
            text.push_str(string(inline, "text"));
            text.push('`');
        }
        "text" => mrkdwn::push_raw(text, string(inline, "text")),
        "link" => {
            let label = string(inline, "text");
            mrkdwn::push_link(text, string(inline, "url"), (!label.is_empty()).then_some(label));
        }
        "user" => mrkdwn::push_person(text, string(inline, "user_id")),
        "usergroup" => mrkdwn::push_group(text, &format!("subteam^{}", string(inline, "usergroup_id")), None),
        "channel" => mrkdwn::push_channel(text, string(inline, "channel_id"), None),
        "broadcast" => mrkdwn::push_group(text, string(inline, "range"), None),
        "emoji" => {
            text.push(':');
            text.push_str(string(inline, "name"));
            text.push(':');
        }
        "date" => text.push_str(string(inline, "fallback")),
        "color" => text.push_str(string(inline, "value")),
        _ => {}
    }
}

fn kind(value: &Value) -> &str {
    string(value, "type")
}

fn string<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
