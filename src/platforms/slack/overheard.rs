//! Posts of apps in channels that Upshot is in: the one thing that is heard without being said to it.
//!
//! Slack sends every message of those channels. What a person wrote, what stands in a thread, what tells of a change, and what
//! Upshot itself posted is left alone here, before anything else looks at it.

use serde::Deserialize;

use super::{
    decode::{Delivery, Malformed},
    events::{Authorization, answered_for, is_own},
    payload::Message,
    rich_text,
};
use crate::{
    app::{Actor, Intent, Original, Place, Poster, ReplyTo, Request},
    clock::Timestamp,
    ids::{ChannelId, PersonId, Platform, RequestId},
};

/// What our own posts say of themselves in their metadata begins with this.
const OWN_METADATA: &str = "upshot_";
/// Subtypes of new messages; all others tell of something else.
const NEW: [&str; 3] = ["bot_message", "file_share", "thread_broadcast"];

/// The event alone: its envelope was read already.
#[derive(Debug, Deserialize)]
struct Callback {
    event: Post,
}

#[derive(Debug, Deserialize)]
struct Post {
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    channel_type: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    bot_profile: Option<BotProfile>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(flatten)]
    message: Message,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BotProfile {
    name: Option<String>,
    app_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    event_type: String,
}

/// Decodes what a bot posted in a channel. `app` is this one.
pub(super) fn decode(
    body: &[u8],
    team: Option<String>,
    app: Option<&str>,
    authorization: Option<Authorization>,
    now: Timestamp,
) -> Result<Delivery, Malformed> {
    // Posts come in more shapes than we know; one that makes no sense is none of ours.
    let Ok(Callback { event: post }) = serde_json::from_slice(body) else {
        return Ok(Delivery::Ignored);
    };
    let own_user = authorization.as_ref().and_then(|authorization| authorization.user_id.as_deref());
    if !is_new_in_the_channel(&post) || is_ours(&post, app, own_user) {
        return Ok(Delivery::Ignored);
    }
    let (Some(bot), Some(channel), Some(ts)) = (post.bot_id, post.channel, post.message.ts.clone()) else {
        return Ok(Delivery::Ignored);
    };
    let (workspace, organisation) = answered_for(authorization, team)?;
    let BotProfile { name, app_id } = post.bot_profile.unwrap_or_default();
    let app = post.app_id.or(app_id);
    let (user, shown) = (post.message.user.clone(), post.message.username.clone());
    let by = Poster {
        unknown_bot: app.is_none().then(|| bot.clone()),
        ids: [Some(bot), app, user.clone()].into_iter().flatten().collect(),
        // The name shown beside a post can be anything; the app's own one cannot.
        name: name.clone(),
    };
    let channel = ChannelId::new(channel);
    let place = Place {
        original: Some(Original {
            message: Some(ts.clone()),
            author: user.clone().map(PersonId::new),
            author_name: shown.or(name),
            ..Original::default()
        }),
        ..Place::channel(Platform::Slack, channel.clone())
    };
    let actor = Actor { workspace, person: PersonId::new(user.unwrap_or_default()), organisation };
    Ok(Delivery::Request(Box::new(Request {
        // The same message may come as several events.
        id: RequestId::new(format!("bridge {} {channel} {ts}", actor.workspace)),
        location: actor.location(Platform::Slack, [channel.as_str()]),
        actor,
        received_at: now,
        intent: Intent::PassOn {
            source: rich_text::message(&post.message),
            by,
            is_private: post.channel_type.as_deref() != Some("channel"),
        },
        reply_to: ReplyTo::Nowhere,
        place: Some(place),
    })))
}

fn is_new_in_the_channel(post: &Post) -> bool {
    let is_new = post.subtype.as_deref().is_none_or(|subtype| NEW.contains(&subtype)) && !post.hidden;
    let Message { ts, thread_ts, .. } = &post.message;
    let is_below = thread_ts.is_some() && thread_ts != ts && post.subtype.as_deref() != Some("thread_broadcast");
    is_new && !is_below
}

/// By each of its marks, because none of them is on every post of ours.
fn is_ours(post: &Post, app: Option<&str>, user: Option<&str>) -> bool {
    is_own(post.app_id.as_deref(), app)
        || post.bot_profile.as_ref().is_some_and(|profile| is_own(profile.app_id.as_deref(), app))
        || is_own(post.message.user.as_deref(), user)
        || post.metadata.as_ref().is_some_and(|metadata| metadata.event_type.starts_with(OWN_METADATA))
}
