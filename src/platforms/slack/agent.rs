//! The conversation with the app as Slack shows it to an agent (`agent_view`): that it was opened, what the person looks at beside
//! it, and that they pressed stop. And that a thread was opened in an older app which Slack still shows as an assistant.
//!
//! A title that somebody gives a thread (`agent_session_title_changed`) is theirs: Slack keeps it, and a thread is named by us only
//! when it begins, so there is nothing to do about it.
//!
//! Slack says what is in sight with entities, the most relevant first. A message is one of them; a channel, a canvas or a list is
//! nothing that could be explained.

use serde::Deserialize;
use serde_json::Value;

use super::{
    decode::{Delivery, Malformed},
    events::{Authorization, answered_for},
};
use crate::{
    app::{Actor, Intent, Place, ReplyTo, Request, Sight},
    clock::Timestamp,
    ids::{ChannelId, PersonId, Platform, RequestId},
};

/// The kind of entity that is a message.
const MESSAGE: &str = "slack#/types/message_context";

/// The event alone: its envelope was read already.
#[derive(Debug, Deserialize)]
struct Callback {
    #[serde(default)]
    event_id: Option<String>,
    event: Event,
}

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    thread_ts: Option<String>,
    #[serde(default)]
    event_ts: Option<String>,
    #[serde(default)]
    context: Option<Value>,
    /// What an app gets that Slack still shows as an assistant and not as an agent.
    #[serde(default)]
    assistant_thread: Option<AssistantThread>,
}

/// A thread of an assistant. What its person looks at is a channel and never a message, so it is not read.
#[derive(Debug, Deserialize)]
struct AssistantThread {
    user_id: String,
    channel_id: String,
    thread_ts: String,
}

/// Whether an event of this kind, on this tab of the app, is one of the conversation.
pub(super) fn is_about_the_conversation(kind: &str, tab: Option<&str>) -> bool {
    match kind {
        "app_home_opened" => tab == Some("messages"),
        "app_context_changed" | "agent_session_stopped" | "assistant_thread_started" => true,
        _ => false,
    }
}

/// Decodes such an event. One without what it needs is left alone: nobody waits for it.
pub(super) fn decode(
    body: &[u8],
    team: Option<String>,
    authorization: Option<Authorization>,
    event_time: i64,
    now: Timestamp,
) -> Result<Delivery, Malformed> {
    let Ok(Callback { event_id: Some(id), event }) = serde_json::from_slice(body) else { return Ok(Delivery::Ignored) };
    let Event { kind, user, channel, thread_ts, event_ts, context, assistant_thread } = event;
    let (user, channel, thread_ts) = match assistant_thread.filter(|_| kind == "assistant_thread_started") {
        Some(AssistantThread { user_id, channel_id, thread_ts }) => (Some(user_id), Some(channel_id), Some(thread_ts)),
        None => (user, channel, thread_ts),
    };
    let Some(user) = user else { return Ok(Delivery::Ignored) };
    let (workspace, organisation) = answered_for(authorization, team)?;
    let at = event_ts.unwrap_or_else(|| format!("{event_time}.000000"));
    let channel = channel.map(ChannelId::new);
    let (intent, reply_to) = match (&*kind, &channel, thread_ts) {
        ("app_home_opened", Some(channel), _) => {
            (Intent::OfferPrompts, ReplyTo::Conversing { channel: channel.clone(), thread: None })
        }
        ("assistant_thread_started", Some(channel), thread @ Some(_)) => {
            (Intent::OfferPrompts, ReplyTo::Conversing { channel: channel.clone(), thread })
        }
        ("app_context_changed", ..) => (Intent::Look, ReplyTo::Nowhere),
        ("agent_session_stopped", Some(channel), Some(thread)) => {
            let reply_to = ReplyTo::Thread { channel: channel.clone(), message: thread.clone() };
            (Intent::Stop { channel: channel.clone(), thread, at: at.clone() }, reply_to)
        }
        _ => return Ok(Delivery::Ignored),
    };
    let actor = Actor { workspace, person: PersonId::new(user), organisation };
    let location = actor.location(Platform::Slack, channel.as_ref().map(ChannelId::as_str));
    let place = Place {
        is_of_two: true,
        in_sight: sight(context.as_ref(), &at),
        ..Place::channel(Platform::Slack, channel.unwrap_or_else(|| ChannelId::new("")))
    };
    Ok(Delivery::Request(Box::new(Request {
        id: RequestId::new(id),
        actor,
        received_at: now,
        intent,
        reply_to,
        place: Some(place),
        location,
    })))
}

/// What a context shows at a moment; `None` without a context.
pub(super) fn sight(context: Option<&Value>, told_at: &str) -> Option<Sight> {
    let context = context.filter(|context| context.is_object())?;
    let entities = context["entities"].as_array().map(Vec::as_slice).unwrap_or_default();
    let message = entities.iter().filter(|entity| entity["type"] == MESSAGE).find_map(|entity| {
        let value = |name: &str| entity["value"][name].as_str().filter(|value| !value.is_empty());
        Some((ChannelId::new(value("channel_id")?), value("message_ts")?.to_owned()))
    });
    Some(Sight { message, told_at: told_at.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ChannelId, Sight, sight};

    #[test]
    fn a_message_is_found_among_what_is_in_sight() {
        let message = json!({ "message_ts": "1.2", "channel_id": "C1" });
        let entity =
            |kind: &str, value: &serde_json::Value| json!({ "type": format!("slack#/types/{kind}"), "value": value });
        let channel = entity("channel_id", &json!("C1"));
        let told = |message: Option<(&str, &str)>| {
            let message = message.map(|(channel, number)| (ChannelId::new(channel), number.to_owned()));
            Some(Sight { message, told_at: "9.9".to_owned() })
        };
        for (context, expected) in [
            (None, None),
            (Some(json!("odd")), None),
            (Some(json!({})), told(None)),
            (Some(json!({ "entities": "odd" })), told(None)),
            (Some(json!({ "entities": [channel] })), told(None)),
            (Some(json!({ "entities": [channel, entity("message_context", &message)] })), told(Some(("C1", "1.2")))),
            (Some(json!({ "entities": [entity("message_context", &json!("C1"))] })), told(None)),
            (Some(json!({ "entities": [entity("message_context", &json!({ "channel_id": "C1" }))] })), told(None)),
        ] {
            assert_eq!(sight(context.as_ref(), "9.9"), expected, "{context:?}");
        }
    }
}
