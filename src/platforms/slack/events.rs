//! Events: what people write to the app, in a channel by its name or in their conversation with it.
//!
//! And the two events with which an installation ends, and that a channel has another id; posts of apps in channels are for [`super::overheard`], and what Slack tells
//! of the conversation besides its messages for [`super::agent`]. Everything else is acknowledged and left alone, above all what this
//! or any other bot wrote: two bots that answer each other never stop.

use serde::Deserialize;
use serde_json::Value;

use super::{
    agent,
    decode::{Delivery, Malformed},
    mrkdwn, overheard,
    payload::Message,
    rich_text,
};
use crate::{
    app::{Actor, Door, End, Installed, Intent, Original, Place, ReplyTo, Request, Thread},
    clock::Timestamp,
    engine::SourceText,
    ids::{ChannelId, OrganisationId, PersonId, Platform, RequestId, WorkspaceId},
};

/// What has no more words than this beside an address is about the message there.
const LONGEST_NOTE_WORDS: usize = 12;

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
    /// The workspace and the organisation through which the event reached us.
    #[serde(default)]
    context_team_id: Option<String>,
    #[serde(default)]
    context_enterprise_id: Option<String>,
    #[serde(default)]
    is_ext_shared_channel: bool,
    #[serde(default)]
    event_time: i64,
    event: Event,
}

/// Whose installation the event is for. There is one in practice.
#[derive(Debug, Deserialize)]
pub(super) struct Authorization {
    #[serde(default)]
    pub(super) team_id: Option<String>,
    #[serde(default)]
    pub(super) enterprise_id: Option<String>,
    /// The bot user.
    #[serde(default)]
    pub(super) user_id: Option<String>,
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
    tab: Option<String>,
    #[serde(default)]
    user: Option<String>,
    /// Where the author belongs, as far as Slack says it. Mentions from elsewhere carry all three.
    #[serde(default)]
    user_team: Option<String>,
    #[serde(default)]
    source_team: Option<String>,
    #[serde(default)]
    team: Option<String>,
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
    attachments: Vec<Value>,
    #[serde(default)]
    files: Vec<Value>,
    /// What the author looked at beside their conversation with the app.
    #[serde(default)]
    app_context: Option<Value>,
    /// Who changed it when.
    #[serde(default)]
    edited: Option<Value>,
    #[serde(default)]
    tokens: RevokedTokens,
    #[serde(default)]
    old_channel_id: Option<String>,
    #[serde(default)]
    new_channel_id: Option<String>,
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

/// A channel that has another id: a private one, say, that may be shared with other companies now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Renamed {
    /// As every answer there names its workspace; for an installation of a whole organisation that may be one of several.
    pub(super) workspaces: Vec<WorkspaceId>,
    pub(super) old: ChannelId,
    pub(super) new: ChannelId,
}

/// Decodes an `event_callback`.
pub(super) fn decode(body: &[u8], now: Timestamp) -> Result<Delivery, Malformed> {
    let Ok(callback) = serde_json::from_slice::<Callback>(body) else {
        // Slack sends new kinds of events in new shapes; only what is ours must make sense.
        return Ok(Delivery::Ignored);
    };
    let is_in_a_channel = matches!(callback.event.channel_type.as_deref(), Some("channel" | "group"));
    if callback.event.kind == "message" && is_in_a_channel {
        // What people write there is not even read.
        if callback.event.bot_id.is_none() {
            return Ok(Delivery::Ignored);
        }
        let Callback { team_id, api_app_id, authorizations, .. } = callback;
        return overheard::decode(body, team_id, api_app_id.as_deref(), authorizations.into_iter().next(), now);
    }
    if agent::is_about_the_conversation(&callback.event.kind, callback.event.tab.as_deref()) {
        let Callback { team_id, authorizations, event_time, .. } = callback;
        return agent::decode(body, team_id, authorizations.into_iter().next(), event_time, now);
    }
    let is_from_elsewhere = is_from_elsewhere(&callback);
    let Callback { event_id, team_id, api_app_id, authorizations, is_ext_shared_channel, event_time, event, .. } =
        callback;
    let authorization = authorizations.into_iter().next();
    if let Some(how) = end(&event) {
        let of = installed(authorization, team_id).ok_or(Malformed("an event without team_id"))?;
        return Ok(Delivery::Ended(Ended { of, how, at: Timestamp::from_unix_seconds(event_time) }));
    }
    if let ("channel_id_changed", Some(old), Some(new)) = (&*event.kind, &event.old_channel_id, &event.new_channel_id) {
        let mut workspaces = vec![answered_for(authorization, team_id.clone())?.0];
        workspaces.extend(team_id.map(WorkspaceId::new).filter(|outer| *outer != workspaces[0]));
        let (old, new) = (ChannelId::new(old.as_str()), ChannelId::new(new.as_str()));
        return Ok(Delivery::Renamed(Renamed { workspaces, old, new }));
    }
    let bot = authorization.as_ref().and_then(|authorization| authorization.user_id.clone());
    let opens_home = event.kind == "app_home_opened" && event.tab.as_deref().is_none_or(|tab| tab == "home");
    if !opens_home && !is_written_to_us(&event) || is_by_a_bot(&event, api_app_id.as_deref(), bot.as_deref()) {
        return Ok(Delivery::Ignored);
    }
    // In a shared channel the author's team may be another one; the installation is what the answer belongs to.
    let (workspace, organisation) = answered_for(authorization, team_id)?;
    let person = PersonId::new(event.user.ok_or(Malformed("a message without user"))?);
    let actor = Actor { workspace, person: person.clone(), organisation };
    // Their own page stands in no channel.
    let location = actor.location(Platform::Slack, event.channel.as_deref().filter(|_| !opens_home));
    if opens_home {
        return Ok(Delivery::Request(Box::new(Request {
            id: RequestId::new(event_id.ok_or(Malformed("an event without event_id"))?),
            actor,
            received_at: now,
            intent: Intent::OpenHome,
            reply_to: ReplyTo::Home,
            place: None,
            location,
        })));
    }
    // What a partner's people may come to read must not be what our glossary says for our own.
    let location = location.among_partners(is_ext_shared_channel);
    let channel = ChannelId::new(event.channel.ok_or(Malformed("a message without channel"))?);
    let own = event.ts.ok_or(Malformed("a message without ts"))?;
    // The same message may come as several events.
    let id = RequestId::new(format!("message {} {channel} {own}", actor.workspace));
    let text = without_mention(event.text.as_deref().unwrap_or_default(), bot.as_deref());
    let is_of_two = event.channel_type.as_deref() == Some("im");
    let in_sight = agent::sight(event.app_context.as_ref(), &own).filter(|_| is_of_two);
    let asked_at = is_of_two.then(|| own.clone());
    let place = Place { is_of_two, asked_at, in_sight, ..Place::channel(Platform::Slack, channel.clone()) };
    let is_below = event.thread_ts.as_ref().is_some_and(|parent| *parent != own);
    let thread = Thread {
        channel: channel.clone(),
        parent: event.thread_ts.clone().unwrap_or_else(|| own.clone()),
        own: own.clone(),
        app_user: bot.map(PersonId::new),
        app: api_app_id,
    };
    let came_along = Message { attachments: event.attachments, files: event.files, ..Message::default() };
    let intent = if is_from_elsewhere {
        Intent::DeclineStranger
    } else {
        intent(&text, rich_text::attached(&came_along), is_below.then(|| thread.clone()), thread)
    };
    // In a conversation of two nobody else is there to share it with, and of what came along or was linked nobody knows the author.
    let is_the_persons = matches!(intent, Intent::Command { .. } | Intent::CommandBelow { .. }) && !is_of_two;
    let original = is_the_persons.then(|| Original {
        message: Some(own.clone()),
        thread: Some(event.thread_ts.clone().unwrap_or_else(|| own.clone())),
        author: Some(person.clone()),
        ..Original::default()
    });
    let place = Place { original, ..place };
    let reply_to = if is_ext_shared_channel {
        // What a partner's people read must not be what our glossary says of our own systems.
        ReplyTo::Private { channel, person, thread: event.thread_ts }
    } else {
        ReplyTo::Thread { channel, message: event.thread_ts.unwrap_or(own) }
    };
    Ok(Delivery::Request(Box::new(Request {
        id,
        actor,
        received_at: now,
        intent,
        reply_to,
        place: Some(place),
        location,
    })))
}

/// Whether the author in a shared channel is known to belong to another organisation. In an organisation of many workspaces,
/// the author's may be one that we are not told of; who is neither of ours is then declined too.
fn is_from_elsewhere(callback: &Callback) -> bool {
    let Callback { event, authorizations, context_team_id, context_enterprise_id, .. } = callback;
    let Some(home) = [&event.user_team, &event.source_team, &event.team].into_iter().flatten().next() else {
        return false;
    };
    let authorized = authorizations.iter().flat_map(|one| [&one.team_id, &one.enterprise_id]);
    let mut ours = authorized.chain([context_team_id, context_enterprise_id]).flatten().peekable();
    callback.is_ext_shared_channel && ours.peek().is_some() && ours.all(|own| own != home)
}

/// What somebody wants who wrote this: what came along goes before an address, and that before what stands above.
fn intent(text: &str, attached: SourceText, below: Option<Thread>, thread: Thread) -> Intent {
    if !attached.text().is_empty() {
        return Intent::CommandWith { text: mrkdwn::read(text), attached };
    }
    let note = without_permalink(text).filter(|note| note.split_whitespace().nth(LONGEST_NOTE_WORDS).is_none());
    if let Some(note) = note {
        return Intent::CommandLinked { text: mrkdwn::read(&note), thread };
    }
    let text = mrkdwn::read(text);
    match below {
        Some(thread) => Intent::CommandBelow { text, thread },
        None => Intent::Command { door: Door::Talk, text },
    }
}

/// The text beside the address of a message; `None` when there is no such address.
fn without_permalink(text: &str) -> Option<String> {
    let mut start = 0;
    loop {
        let (at, _) = text.get(start..)?.match_indices("<https://").next()?;
        let (before, token) = text.split_at(start + at);
        let (inside, after) = token.split_once('>')?;
        let address = inside.trim_start_matches('<').split('|').next().unwrap_or_default();
        if is_permalink(address) {
            return Some(format!("{} {}", before.trim_end(), after.trim_start()).trim().to_owned());
        }
        start += at + inside.len();
    }
}

/// `https://acme.slack.com/archives/C0123/p1700000000000100`, perhaps with a query.
fn is_permalink(address: &str) -> bool {
    let Some((site, path)) = address.trim_start_matches("https://").split_once("/archives/") else { return false };
    let path = path.split('?').next().unwrap_or_default();
    let is_slack = [".slack.com", ".slack-gov.com"].iter().any(|end| site.ends_with(end)) && !site.contains('/');
    let is_message = path.split_once("/p").is_some_and(|(channel, number)| {
        !channel.is_empty() && number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_slack && is_message
}

/// How an installation ended, when that is what the event tells. Tokens of single people are not ours.
fn end(event: &Event) -> Option<End> {
    match event.kind.as_str() {
        "app_uninstalled" => Some(End::Removed),
        "tokens_revoked" if !event.tokens.bot.is_empty() => Some(End::Revoked),
        _ => None,
    }
}

/// The workspace that is answered, and its organisation.
pub(super) fn answered_for(
    authorization: Option<Authorization>,
    team: Option<String>,
) -> Result<(WorkspaceId, Option<OrganisationId>), Malformed> {
    let organisation = authorization.as_ref().and_then(|authorization| authorization.enterprise_id.clone());
    let installed = authorization.and_then(|authorization| authorization.team_id.or(authorization.enterprise_id));
    let workspace = installed.or(team).ok_or(Malformed("an event without team_id"))?;
    Ok((WorkspaceId::new(workspace), organisation.map(OrganisationId::new)))
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
    is_ours && is_new && event.edited.is_none()
}

/// A post through a response address comes back with a bot and without a user, so both are looked at.
fn is_by_a_bot(event: &Event, app: Option<&str>, bot: Option<&str>) -> bool {
    event.bot_id.is_some() || is_own(event.app_id.as_deref(), app) || is_own(event.user.as_deref(), bot)
}

/// Whether a mark of a message is there and is ours.
pub(super) fn is_own(mark: Option<&str>, own: Option<&str>) -> bool {
    mark.is_some() && mark == own
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
    use super::{without_mention, without_permalink};

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

    #[test]
    fn the_address_of_a_message_is_told_from_any_other() {
        let link = "https://acme.slack.com/archives/C0123/p1700000000000100";
        let some = |text: &str| Some(text.to_owned());
        for (text, expected) in [
            (format!("<{link}>"), some("")),
            (format!("<{link}?thread_ts=1.2&amp;cid=C0123|acme>  for sales"), some("for sales")),
            (format!("explain this <{link}> please"), some("explain this please")),
            (format!("<https://example.com> <{link}>"), some("<https://example.com>")),
            ("<https://example.com/archives/C0123/p1700000000000100>".to_owned(), None),
            ("<https://x.com/a.slack.com/archives/C0123/p1700000000000100>".to_owned(), None),
            ("<https://acme.slack.com/archives/C0123>".to_owned(), None),
            ("<https://acme.slack.com/archives/C0123/p17>".to_owned(), None),
            (format!("<{link}"), None),
            ("p95 went up".to_owned(), None),
        ] {
            assert_eq!(without_permalink(&text), expected, "{text:?}");
        }
    }
}
