//! What somebody wrote to us, as canonical text: from its HTML twin where there is one, because in plain text lines and
//! code are lost, and without the name by which we were called.

use serde_json::Value;

use super::{
    html,
    payload::{Message, MessagePayload},
};
use crate::{
    app::{canonical::push_person, typed},
    engine::SourceText,
};

/// Longer markup is not read. A message has 100 KB at most.
const LONGEST_HTML: usize = 256 * 1024;
/// Places of what a message holds besides its words.
const MARKS: [&str; 4] = ["[attachment]", "[picture]", "[video]", "[audio]"];
/// The place of a picture whose author says what it shows.
const DESCRIBED: &str = "[picture: ";

/// Who is called in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called<'a> {
    /// The first name called is ours: a webhook is not told what it is called.
    First,
    /// The account with this id.
    Account(&'a str),
}

/// Whether a message calls this account by name.
pub(super) fn calls(message: &Message, account: &str) -> bool {
    mentions(message).any(|mention| mention["mentioned"]["id"] == account)
}

/// The words of a message without the name of who was called.
pub(super) fn read(message: &Message, called: Called<'_>) -> SourceText {
    let own = own_number(message, called);
    match twin(message) {
        Some(markup) => html::read(markup, own.as_deref()),
        None => plain_words(message, called),
    }
}

/// The same without what it answers, and what it answers, as far as the client quotes that.
pub(super) fn read_apart(message: &Message, called: Called<'_>) -> (SourceText, Option<SourceText>) {
    let own = own_number(message, called);
    let (said, quoted) = match twin(message) {
        Some(markup) => html::read_apart(markup, own.as_deref()),
        None => (plain_words(message, called), None),
    };
    let is_quote = |entity: &&Value| entity["type"] == "quotedReply" && entity["quotedReply"]["isReplyDeleted"] != true;
    let preview = || {
        let preview = message.entities.iter().find(is_quote)?["quotedReply"]["preview"].as_str()?.trim();
        Some(typed(preview)).filter(|_| !preview.is_empty())
    };
    (said, quoted.or_else(preview))
}

/// The number of the mention by which we were called, as the markup counts them.
fn own_number(message: &Message, called: Called<'_>) -> Option<String> {
    let own = match called {
        Called::First => Some(0),
        Called::Account(id) => mentions(message).position(|mention| mention["mentioned"]["id"] == id),
    };
    own.map(|own| own.to_string())
}

/// A message's twin in HTML.
fn twin(message: &Message) -> Option<&str> {
    let twin = message.attachments.iter().find(|attachment| attachment["contentType"] == "text/html")?;
    twin["content"].as_str().filter(|content| content.len() <= LONGEST_HTML)
}

fn plain_words(message: &Message, called: Called<'_>) -> SourceText {
    let text = message.text.as_deref().unwrap_or_default();
    let name = match called {
        Called::First => None,
        Called::Account(id) => mentions(message).find(|mention| mention["mentioned"]["id"] == id),
    };
    let name = name.and_then(|mention| mention["text"].as_str());
    plain(text, name, own_number(message, called).is_some())
}

/// The words of a message that an action was used on.
pub(super) fn of_payload(payload: &MessagePayload) -> SourceText {
    let content = payload.body.content.as_deref().unwrap_or_default();
    let is_text = payload.body.content_type.as_deref() == Some("text");
    let words = match content.len() {
        0..=LONGEST_HTML if is_text => SourceText::new(content),
        0..=LONGEST_HTML => html::read(content, None),
        _ => SourceText::default(),
    };
    // A card or a forwarded post is no more than a place where it stood.
    let is_empty = words.text().lines().all(|line| line.trim().is_empty() || MARKS.contains(&line.trim()));
    match payload.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty()) {
        Some(subject) if is_empty => SourceText::new(subject),
        Some(subject) => SourceText::new(&format!("{subject}\n\n{}", words.text())),
        None if is_empty => SourceText::default(),
        None => words,
    }
}

/// Whether a message that an action was used on holds more than its words: files, pictures, cards, forwarded posts. Of those a
/// message action hands over no more than the place where they stood.
pub(super) fn are_not_all(payload: &MessagePayload) -> bool {
    let content = payload.body.content.as_deref().unwrap_or_default();
    let is_html = payload.body.content_type.as_deref() != Some("text") && content.len() <= LONGEST_HTML;
    let is_marked = || {
        let words = html::read(content, None);
        MARKS.iter().chain(&[DESCRIBED]).any(|mark| words.text().contains(mark))
    };
    !payload.attachments.is_empty() || is_html && is_marked()
}

fn mentions(message: &Message) -> impl Iterator<Item = &Value> {
    message.entities.iter().filter(|entity| entity["type"] == "mention")
}

/// Plain text names people as `<at>Name</at>`. The own name is left out once, as it is spelt in `own` or else the first
/// one: clients change its case and spaces.
fn plain(text: &str, own: Option<&str>, is_called: bool) -> SourceText {
    let (text, mut leave_out) = match own.filter(|own| !own.is_empty() && text.contains(own)) {
        Some(own) => (text.replacen(own, " ", 1), false),
        None => (text.to_owned(), is_called),
    };
    let mut written = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, behind)) = rest.split_once("<at>") {
        let Some((name, after)) = behind.split_once("</at>") else { break };
        written.push_str(before);
        if std::mem::take(&mut leave_out) {
            written.push(' ');
        } else {
            push_person(&mut written, name.trim());
        }
        rest = after;
    }
    written.push_str(rest);
    let spaced = without_quotes(&written).replace("&nbsp;", " ").replace('\u{a0}', " ");
    typed(spaced.trim())
}

/// `<quoted messageId="…"/>` marks where the client draws the message that is replied to; nobody wrote it.
fn without_quotes(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<quoted ") {
        let Some((_, after)) = behind.split_once("/>") else { break };
        written.push_str(before);
        written.push(' ');
        rest = after;
    }
    written + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Called, are_not_all, calls, of_payload, read};
    use crate::platforms::teams::payload::{self, Message, MessagePayload};

    const BOT: &str = "28:bot";

    #[test]
    fn only_our_own_name_is_left_out_whatever_its_spelling() {
        let us = json!({ "type": "mention", "mentioned": { "id": BOT }, "text": "<at>Upshot</at>" });
        let colleague = json!({ "type": "mention", "mentioned": { "id": "29:d" }, "text": "<at>Devon O</at>" });
        let span = |number, name| {
            format!(
                "<span itemtype=\"http://schema.skype.com/Mention\" itemscope=\"\" itemid=\"{number}\">{name}</span>"
            )
        };
        let twin = format!("<p>{} asked {}&nbsp;what p95 is</p>", span(0, "Devon O"), span(1, "Upshot"));
        for (text, entities, markup, expected) in [
            ("<at>Upshot</at> define SLO\n", json!([us]), None, "define SLO"),
            ("<at>Upshot</at>&nbsp;define SLO", json!([us]), None, "define SLO"),
            ("<at>UPSHOT </at> ask <at>Devon O</at>", json!([us, colleague]), None, "ask <@Devon O>"),
            ("<at>Devon O</at> ask <at>Upshot</at> now", json!([colleague, us]), None, "<@Devon O> ask   now"),
            ("a < b &amp; c", json!([]), None, "a < b & c"),
            ("<quoted messageId=\"17\"/><at>Upshot</at> define SLO", json!([us]), None, "define SLO"),
            ("", json!([colleague, us]), Some(&twin), "<@Devon O> asked what p95 is"),
        ] {
            let attachments = match markup {
                Some(markup) => json!([{ "contentType": "text/html", "content": markup }]),
                None => json!([]),
            };
            let message: Message =
                payload::read(&json!({ "text": text, "entities": entities, "attachments": attachments }));
            assert_eq!(read(&message, Called::Account(BOT)).text(), expected, "{text}");
            assert_eq!(calls(&message, BOT), text != "a < b &amp; c");
        }
        let hook: Message = payload::read(&json!({ "text": "<at>Hook</at> ask <at>Devon O</at>" }));
        assert_eq!(read(&hook, Called::First).text(), "ask <@Devon O>");
    }

    #[test]
    fn a_post_without_words_has_none() {
        for (content, subject, expected, is_more) in [
            ("<attachment id=\"1\"></attachment>", json!(null), "", true),
            ("<p>&nbsp;</p>", json!(null), "", false),
            ("<p><img alt=\"image\" src=\"https://a.example/1\"></p>", json!(null), "", true),
            ("<attachment id=\"1\"></attachment>", json!("Outage"), "Outage", true),
            ("<p>p95 is up</p>", json!("Outage"), "Outage\n\np95 is up", false),
            ("<p>p95 is up</p>", json!(7), "p95 is up", false),
        ] {
            let body = json!({ "contentType": "html", "content": content });
            let payload: MessagePayload = payload::read(&json!({ "subject": subject, "body": body }));
            assert_eq!((of_payload(&payload).text(), are_not_all(&payload)), (expected, is_more), "{content}");
        }
        let text: MessagePayload = payload::read(&json!({ "body": { "contentType": "text", "content": "a <b> c" } }));
        assert_eq!((of_payload(&text).text(), are_not_all(&text)), ("a <b> c", false));
        let file: MessagePayload =
            payload::read(&json!({ "body": { "content": "<p>see</p>" }, "attachments": [{ "name": "a.pdf" }] }));
        assert!(are_not_all(&file));
    }
}
