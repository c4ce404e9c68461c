//! What Slack writes over a socket, and what we write back.
//!
//! Frames: <https://docs.slack.dev/apis/events-api/using-socket-mode>. New kinds of frames, and fields of other types, are left
//! alone.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::platforms::slack::decode::EnvelopeKind;

/// Something that Slack wrote.
#[derive(Debug)]
pub(super) enum Frame {
    /// The connection takes part from now on.
    Hello(Hello),
    /// The connection is to end.
    Disconnect(Reason),
    /// A delivery.
    Envelope(Envelope),
    /// Anything else.
    Other,
}

/// What Slack says first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hello {
    /// How many connections the app has, by Slack's count.
    pub(super) connections: Option<u32>,
    /// Seconds after which Slack ends this one.
    pub(super) lifetime: Option<u64>,
}

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Slack wants a new one in its place, in seconds or at once. Reasons that nobody knows are taken for this one.
    Refresh,
    /// Socket Mode was switched off on the app's page.
    SwitchedOff,
    /// The app has too many.
    TooMany,
}

/// A delivery in its envelope.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) id: String,
    pub(super) kind: EnvelopeKind,
    pub(super) payload: Box<RawValue>,
    /// Whether the acknowledgement may carry an answer.
    pub(super) takes_answer: bool,
    /// How often Slack has sent it before.
    pub(super) attempt: u64,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    envelope_id: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    reason: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
    // Read as they come, so that no surprise in them costs a delivery.
    #[serde(default)]
    accepts_response_payload: serde_json::Value,
    #[serde(default)]
    retry_attempt: serde_json::Value,
    #[serde(default)]
    num_connections: serde_json::Value,
    #[serde(default)]
    debug_info: serde_json::Value,
}

impl Frame {
    pub(super) fn read(text: &str) -> Self {
        let Ok(raw) = serde_json::from_str::<Raw<'_>>(text) else { return Self::Other };
        match (&*raw.kind, raw.envelope_id, raw.payload) {
            ("hello", _, _) => Self::Hello(Hello {
                connections: raw.num_connections.as_u64().and_then(|count| u32::try_from(count).ok()),
                lifetime: raw.debug_info["approximate_connection_time"].as_u64(),
            }),
            ("disconnect", _, _) => Self::Disconnect(match raw.reason.as_deref() {
                Some("link_disabled") => Reason::SwitchedOff,
                Some("too_many_websockets") => Reason::TooMany,
                _ => Reason::Refresh,
            }),
            (kind, Some(id), Some(payload)) => Self::Envelope(Envelope {
                id: id.into_owned(),
                kind: match kind {
                    "events_api" => EnvelopeKind::Event,
                    "interactive" => EnvelopeKind::Interaction,
                    "slash_commands" => EnvelopeKind::Command,
                    _ => EnvelopeKind::Other,
                },
                payload: payload.to_owned(),
                takes_answer: raw.accepts_response_payload.as_bool().unwrap_or_default(),
                attempt: raw.retry_attempt.as_u64().unwrap_or_default(),
            }),
            _ => Self::Other,
        }
    }
}

/// What acknowledges an envelope, with an answer in it where there is one.
pub(super) fn acknowledgement(envelope_id: &str, answer: Option<&[u8]>) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Acknowledgement<'a> {
        envelope_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a RawValue>,
    }
    let payload = answer.map(serde_json::from_slice).transpose()?;
    serde_json::to_string(&Acknowledgement { envelope_id, payload })
}

#[cfg(test)]
mod tests {
    use super::{EnvelopeKind, Frame, Hello, Reason, acknowledgement};

    #[test]
    fn frames_are_read_as_slack_documents_them() {
        let hello = r#"{"type":"hello","num_connections":2,"debug_info":{"host":"applink-7","build_number":10,
            "approximate_connection_time":18060},"connection_info":{"app_id":"A1"}}"#;
        let Frame::Hello(read) = Frame::read(hello) else { panic!("no hello") };
        assert_eq!(read, Hello { connections: Some(2), lifetime: Some(18_060) });
        for (reason, expected) in [
            (r#""warning""#, Reason::Refresh),
            (r#""refresh_requested""#, Reason::Refresh),
            (r#""link_disabled""#, Reason::SwitchedOff),
            (r#""too_many_websockets""#, Reason::TooMany),
            (r#""brand_new""#, Reason::Refresh),
            ("null", Reason::Refresh),
        ] {
            let text = format!(r#"{{"type":"disconnect","reason":{reason},"debug_info":{{"host":"applink-7"}}}}"#);
            let Frame::Disconnect(read) = Frame::read(&text) else { panic!("no disconnect: {text}") };
            assert_eq!(read, expected, "{reason}");
        }
        for (kind, expected) in [
            ("events_api", EnvelopeKind::Event),
            ("interactive", EnvelopeKind::Interaction),
            ("slash_commands", EnvelopeKind::Command),
            ("brand_new", EnvelopeKind::Other),
        ] {
            let text = format!(
                r#"{{"envelope_id":"e-1","type":"{kind}","payload":{{"a": "\u00e9" }},"accepts_response_payload":true,
                "retry_attempt":1,"retry_reason":"timeout"}}"#
            );
            let Frame::Envelope(read) = Frame::read(&text) else { panic!("no envelope: {text}") };
            assert_eq!((&*read.id, read.kind, read.takes_answer, read.attempt), ("e-1", expected, true, 1));
            assert_eq!(read.payload.get(), r#"{"a": "\u00e9" }"#, "as Slack wrote it");
        }
    }

    #[test]
    fn surprises_cost_nothing() {
        let envelope = r#"{"envelope_id":"e-1","type":"events_api","payload":{},"accepts_response_payload":"yes",
            "retry_attempt":"one","num_connections":{},"debug_info":7}"#;
        let Frame::Envelope(read) = Frame::read(envelope) else { panic!("no envelope") };
        assert!(!read.takes_answer && read.attempt == 0);
        assert!(matches!(Frame::read(r#"{"type":"hello","num_connections":-1}"#), Frame::Hello(_)));
        for text in [
            "",
            "{",
            "[]",
            "null",
            "ping",
            r#"{"type":7}"#,
            r#"{"type":"events_api","payload":{}}"#,
            r#"{"type":"events_api","envelope_id":"e-1"}"#,
            r#"{"type":"goodbye"}"#,
        ] {
            assert!(matches!(Frame::read(text), Frame::Other), "{text}");
        }
    }

    #[test]
    fn acknowledgements_name_the_envelope_and_hold_the_answer_as_it_is() {
        assert_eq!(acknowledgement("e-\"1", None).unwrap(), r#"{"envelope_id":"e-\"1"}"#);
        let answer = r#"{"text":"a\u00e9"}"#;
        assert_eq!(
            acknowledgement("e-1", Some(answer.as_bytes())).unwrap(),
            r#"{"envelope_id":"e-1","payload":{"text":"a\u00e9"}}"#
        );
        assert!(acknowledgement("e-1", Some(b"{")).is_err());
    }
}
