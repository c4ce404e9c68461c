//! Events: what people write to the app, in a channel by its name or in their conversation with it.
//!
//! And the two events with which an installation ends. Everything else that Slack tells is acknowledged and left alone, above all what this or any other bot wrote: two bots
//! that answer each other never stop.

use serde::Deserialize;

use super::{
    decode::{Delivery, Malformed},
    mrkdwn,
};
use crate::{
    app::{Actor, Door, End, Installed, Intent, ReplyTo, Request},
    clock::Timestamp,
    ids::{ChannelId, OrganisationId, PersonId, RequestId, WorkspaceId},
};

/// An event with its envelope: only the fields that are read.
#[derive(Debug, Deserialize)]
struct Callback {
    #[serde(default)]
    event_id: Option<String>,
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    api_app_id: Option<String>,
    #[serde(default)]
    authorizations: Vec<Authorization>,
    #[serde(default)]
    is_ext_shared_channel: bool,
    #[serde(default)]
    event_time: i64,
    event: Event,
}

/// Whose installation the event is for. There is one in practice.
#[derive(Debug, Deserialize)]
struct Authorization {
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    enterprise_id: Option<String>,
    /// The bot user.
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    is_enterprise_install: bool,
}

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    channel_type: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    ts: Option<String>,
    #[serde(default)]
    thread_ts: Option<String>,
    #[serde(default)]
    tokens: RevokedTokens,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RevokedTokens {
    bot: Vec<String>,
}

/// An installation that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) of: Installed,
    pub(super) how: End,
    /// By Slack's clock. What was installed again since is not meant.
    pub(super) at: Timestamp,
}

/// Decodes an `event_callback`.
pub(super) fn decode(body: &[u8], now: Timestamp) -> Result<Delivery, Malformed> {
    let Ok(callback) = serde_json::from_slice::<Callback>(body) else {
        // Slack sends new kinds of events in new shapes; only what is ours must make sense.
        return Ok(Delivery::Ignored);
    };
    let Callback { event_id, team_id, api_app_id, authorizations, is_ext_shared_channel, event_time, event } = callback;
    let authorization = authorizations.into_iter().next();
    if let Some(how) = end(&event) {
        let of = installed(authorization, team_id).ok_or(Malformed("an event without team_id"))?;
        return Ok(Delivery::Ended(Ended { of, how, at: Timestamp::from_unix_seconds(event_time) }));
    }
    let bot = authorization.as_ref().and_then(|authorization| authorization.user_id.clone());
    if !is_written_to_us(&event) || is_by_a_bot(&event, api_app_id.as_deref(), bot.as_deref()) {
        return Ok(Delivery::Ignored);
    }
    // In a shared channel the author's team may be another one; the installation is what the answer belongs to.
    let organisation = authorization.as_ref().and_then(|authorization| authorization.enterprise_id.clone());
    let installed = authorization.and_then(|authorization| authorization.team_id.or(authorization.enterprise_id));
    let workspace = installed.or(team_id).ok_or(Malformed("an event without team_id"))?;
    let id = event_id.ok_or(Malformed("an event without event_id"))?;
    let person = PersonId::new(event.user.ok_or(Malformed("a message without user"))?);
    let channel = ChannelId::new(event.channel.ok_or(Malformed("a message without channel"))?);
    let own = event.ts.ok_or(Malformed("a message without ts"))?;
    let text = without_mention(event.text.as_deref().unwrap_or_default(), bot.as_deref());
    let reply_to = if is_ext_shared_channel {
        // What a partner's people read may not be what our glossary says of our own systems.
        ReplyTo::Private { channel, person: person.clone(), thread: event.thread_ts }
    } else {
        ReplyTo::Thread { channel, message: event.thread_ts.unwrap_or(own) }
    };
    Ok(Delivery::Request(Box::new(Request {
        id: RequestId::new(id),
        actor: Actor {
            workspace: WorkspaceId::new(workspace),
            person,
            organisation: organisation.map(OrganisationId::new),
        },
        received_at: now,
        intent: Intent::Command { door: Door::Talk, text: mrkdwn::read(&text) },
        reply_to,
        place: None,
    })))
}

/// How an installation ended, when that is what the event tells. Tokens of single people are not ours.
fn end(event: &Event) -> Option<End> {
    match event.kind.as_str() {
        "app_uninstalled" => Some(End::Removed),
        "tokens_revoked" if !event.tokens.bot.is_empty() => Some(End::Revoked),
        _ => None,
    }
}

fn installed(authorization: Option<Authorization>, team: Option<String>) -> Option<Installed> {
    let whole = authorization.as_ref().filter(|authorization| authorization.is_enterprise_install);
    if let Some(organisation) = whole.and_then(|authorization| authorization.enterprise_id.clone()) {
        return Some(Installed::Organisation(OrganisationId::new(organisation)));
    }
    let workspace = authorization.and_then(|authorization| authorization.team_id).or(team)?;
    Some(Installed::Workspace(WorkspaceId::new(workspace)))
}

/// A mention of the app, or a message in the conversation with it, written by a person and not edited since.
fn is_written_to_us(event: &Event) -> bool {
    const BY_PEOPLE: [&str; 3] = ["thread_broadcast", "file_share", "me_message"];
    let is_new = event.subtype.as_deref().is_none_or(|subtype| BY_PEOPLE.contains(&subtype));
    let is_ours = match event.kind.as_str() {
        "app_mention" => true,
        "message" => event.channel_type.as_deref() == Some("im"),
        _ => false,
    };
    is_ours && is_new
}

/// A post through a response address comes back with a bot and without a user, so both are looked at.
fn is_by_a_bot(event: &Event, app: Option<&str>, bot: Option<&str>) -> bool {
    let is = |field: &Option<String>, own: Option<&str>| field.is_some() && field.as_deref() == own;
    event.bot_id.is_some() || is(&event.app_id, app) || is(&event.user, bot)
}

/// The text without the name by which the app was called, wherever it stands.
fn without_mention(text: &str, bot: Option<&str>) -> String {
    let opening = match bot {
        Some(bot) => format!("<@{bot}"),
        // Without an authorization the first name called is ours.
        None if text.trim_start().starts_with("<@") => "<@".to_owned(),
        None => return text.to_owned(),
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(&*opening) {
        let Some((inside, after)) = from.split_once('>') else { break };
        let is_whole = bot.is_none() || inside.is_empty() || inside.starts_with('|');
        kept.push_str(before);
        if is_whole {
            rest = after;
        } else {
            kept.push_str(&opening);
            rest = from;
        }
        if bot.is_none() {
            break;
        }
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_mention;

    #[test]
    fn the_name_of_the_app_is_no_part_of_the_text() {
        let bot = Some("U0BOT");
        for (text, bot, kept) in [
            ("<@U0BOT> explain p95", bot, "explain p95"),
            ("hey <@U0BOT|upshot>: what is p95?", bot, "hey : what is p95?"),
            ("<@U0BOT>", bot, ""),
            ("<@U0BOTTOM> is away <@U0BOT>", bot, "<@U0BOTTOM> is away"),
            ("ask <@U0ANNA>", bot, "ask <@U0ANNA>"),
            ("<@U0BOT", bot, "<@U0BOT"),
            ("<@U0BOT> and <@U0ANNA>", None, "and <@U0ANNA>"),
            ("p95 went up", None, "p95 went up"),
        ] {
            assert_eq!(without_mention(text, bot), kept, "{text:?}");
        }
    }
}
