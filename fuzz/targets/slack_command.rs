//! The text of a slash command: markup in, rewrite, markup out, within Slack's limits and without a broadcast of our own.

#![no_main]

mod slack;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(init: slack::start(), |data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("team_id", "T0000UPSHT")
        .append_pair("user_id", "U0ELENA001")
        .append_pair("command", "/upshot")
        .append_pair("text", &text)
        .append_pair("trigger_id", &slack::ticket())
        .append_pair("response_url", "https://hooks.slack.com/commands/T0000UPSHT/1/x")
        .finish();
    let answer = slack::deliver(body.as_bytes()).expect("a well-formed command is answered");
    assert_eq!(answer["response_type"], "ephemeral");
    for mark in ["<!", "<@", "<#"] {
        assert!(text.contains(mark) || !says(&answer, mark), "{mark} comes from nowhere in {answer}");
    }
});

/// Whether any text in the answer holds these characters.
fn says(value: &Value, mark: &str) -> bool {
    match value {
        Value::String(text) => text.contains(mark),
        Value::Array(values) => values.iter().any(|value| says(value, mark)),
        Value::Object(fields) => fields.values().any(|value| says(value, mark)),
        _ => false,
    }
}
