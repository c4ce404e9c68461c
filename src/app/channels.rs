//! What was chosen for a channel: its reader, whether it is quiet, where posts of chosen apps are passed on to, and which of them get a
//! reply. Everything is off until somebody with the right turns it on.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    App, Bridge, BridgeWish, Conversation, Door, Intent, Place, Replies, Reply, ReplyTo, Request, Say, SeenBy,
    bridges::{self, told_sources},
    changes_the_channel, replies,
};
use crate::{
    clock::Timestamp,
    ids::{AudienceId, ChannelId, Platform, WorkspaceId},
    store::{ChannelChange, ChannelSettings, StoreError},
};

/// What was chosen on another instance is seen after this long.
const FRESH: Duration = Duration::from_secs(10);
/// More channels than this are not remembered; each costs some 200 bytes.
const MOST_REMEMBERED: usize = 4_096;

/// Whether somebody may choose for everybody in a channel. The platform finds out; nobody else can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Right {
    /// Nobody asked, or nobody could say.
    #[default]
    Unknown,
    /// They may.
    Given,
    /// They may not.
    Missing,
}

/// What is wanted for a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelWish {
    /// Say what was chosen.
    Show,
    /// Write for this reader.
    Reader(AudienceId),
    /// Write for nobody in particular.
    NoReader,
    /// Answer the asker alone.
    Quiet,
    /// Answer in the thread.
    NotQuiet,
    /// Pass posts of chosen apps on.
    Bridge(BridgeWish),
    /// Say how a bridge is wished for.
    BridgeHow,
    /// Pass nothing on.
    NoBridge,
    /// Reply to posts of these apps.
    Replies(Vec<String>),
    /// Say how replies are wished for.
    RepliesHow,
    /// Reply to nothing unasked.
    NoReplies,
    /// Turn everything off.
    Off,
}

impl ChannelWish {
    /// Whether its fulfilment changes what holds for everybody there.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        !matches!(self, Self::Show | Self::BridgeHow | Self::RepliesHow)
    }
}

/// What was chosen for a channel, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelReply {
    /// The reader of answers there, as people name them.
    pub reader: Option<String>,
    /// Whether answers are for the asker alone.
    pub is_quiet: bool,
    /// The apps whose posts are passed on, and where to.
    pub bridge: Option<(Vec<String>, Bridge)>,
    /// The apps whose posts get a reply.
    pub replies: Option<Replies>,
    /// Whether something was changed just now.
    pub is_new: bool,
}

impl ChannelReply {
    /// What holds, as sentences in canonical text: a heading, and below it the reader, who sees answers, what is passed
    /// on, and what gets a reply.
    #[must_use]
    pub fn told(&self) -> (String, Vec<String>) {
        let heading = if self.is_new { "Done. From now on in this channel:" } else { "In this channel:" };
        let reader = match &self.reader {
            Some(reader) => format!("answers are for this reader, unless you chose your own: {reader}"),
            None => "no reader was chosen".to_owned(),
        };
        let quiet = if self.is_quiet {
            "when I am called by name, only who asked sees the answer"
        } else {
            "when I am called by name, the answer stands in the thread"
        };
        let mut lines = vec![reader, quiet.to_owned()];
        if let Some((sources, bridge)) = &self.bridge {
            let Bridge { to, by, trouble, .. } = bridge;
            lines.push(format!(
                "what these apps post here is also posted in <#{to}>, rewritten for the reader of that channel: {} (switched on \
                 by <@{by}>)",
                told_sources(sources)
            ));
            lines.extend(trouble.map(|trouble| format!("the last post could not be passed on. {}", trouble.told())));
        }
        lines.extend(self.replies.iter().flat_map(|replies| replies::told(replies, self.is_quiet)));
        (heading.to_owned(), lines)
    }
}

type Remembered = BTreeMap<(Platform, WorkspaceId, ChannelId), (ChannelSettings, Timestamp)>;

/// What was read lately: it is asked for on every command.
#[derive(Debug, Default)]
pub(super) struct ChannelCache(Mutex<Remembered>);

impl ChannelCache {
    fn get(&self, workspace: &WorkspaceId, place: &Place, now: Timestamp) -> Option<ChannelSettings> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (settings, read_at) = remembered.get(&(place.platform, workspace.clone(), place.channel.clone()))?;
        (read_at.distance(now) <= FRESH).then(|| settings.clone())
    }

    fn set(&self, workspace: &WorkspaceId, place: &Place, settings: &ChannelSettings, now: Timestamp) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert((place.platform, workspace.clone(), place.channel.clone()), (settings.clone(), now));
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl App {
    /// Takes what was chosen for a channel along to its new id, and says how many choices there were.
    ///
    /// # Errors
    /// The database does not answer; the platform shall tell it again.
    pub async fn rename_channel(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        ids: (&ChannelId, &ChannelId),
    ) -> Result<u64, StoreError> {
        let changed = self.store.rename_channel(platform, workspace, ids).await?;
        // Bridges from other channels lead to it as well.
        self.channels.clear();
        Ok(changed)
    }

    /// What was chosen for the place of a request.
    pub(super) async fn settings_of(&self, request: &Request, place: &Place) -> Result<ChannelSettings, StoreError> {
        let workspace = &request.actor.workspace;
        let now = request.received_at;
        if let Some(settings) = self.channels.get(workspace, place, now) {
            return Ok(settings);
        }
        let settings = self.store.channel_settings(place.platform, workspace, &place.channel).await?;
        self.channels.set(workspace, place, &settings, now);
        Ok(settings)
    }

    /// The same; nothing when that cannot be read.
    async fn chosen_for(&self, request: &Request, place: &Place) -> ChannelSettings {
        match self.settings_of(request, place).await {
            Ok(settings) => settings,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the choices for a channel cannot be read");
                ChannelSettings::default()
            }
        }
    }

    /// The request, with the reader of its channel, unless the person has one of their own.
    pub(super) async fn in_its_channel<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        let Some(place) = &request.place else { return Cow::Borrowed(request) };
        if self.store.preference(&request.actor.workspace, &request.actor.person).is_some() {
            return Cow::Borrowed(request);
        }
        match self.chosen_for(request, place).await.audience {
            Some(reader) => {
                let place = Place { reader: Some(reader), ..place.clone() };
                Cow::Owned(Request { place: Some(place), ..request.clone() })
            }
            None => Cow::Borrowed(request),
        }
    }

    /// The request, to be answered to the asker alone where its channel is quiet. Asked once for each answer, before it is made: who
    /// reads it decides what may be in it.
    pub async fn where_it_belongs<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        let reply_to = match &request.reply_to {
            ReplyTo::Thread { channel, message } => {
                let (channel, thread) = (channel.clone(), Some(message.clone()));
                ReplyTo::Private { channel, person: request.actor.person.clone(), thread }
            }
            ReplyTo::Conversation(there) if there.seen_by == SeenBy::Everybody => {
                let there = Conversation { seen_by: SeenBy::OnlyThePerson, ..Conversation::clone(there) };
                ReplyTo::Conversation(Box::new(there))
            }
            _ => return Cow::Borrowed(request),
        };
        let Some(place) = &request.place else { return Cow::Borrowed(request) };
        if place.is_of_two || !self.chosen_for(request, place).await.is_quiet {
            return Cow::Borrowed(request);
        }
        Cow::Owned(Request { reply_to, ..request.clone() })
    }

    /// The request, with word of whether the person may choose for everybody there when that is what they want, on a platform that
    /// says nothing of it itself.
    pub async fn with_right<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        let text = match &request.intent {
            Intent::Command { door: Door::Talk, text } | Intent::CommandBelow { text, .. } => text,
            _ => return Cow::Borrowed(request),
        };
        let Some(place) = &request.place else { return Cow::Borrowed(request) };
        if !changes_the_channel(text.text(), Door::Talk, &self.readers()) {
            return Cow::Borrowed(request);
        }
        let place = Place { right: self.right_in_place(request).await, ..place.clone() };
        Cow::Owned(Request { place: Some(place), ..request.clone() })
    }

    pub(super) async fn choose_for_channel(&self, request: &Request, wish: &ChannelWish) -> Reply {
        let Some(place) = &request.place else {
            let is_of_teams = request.is_of(Platform::Teams);
            return Reply::Say(if is_of_teams { Say::no_channel_in_teams() } else { Say::no_channel() });
        };
        match wish {
            ChannelWish::BridgeHow => return Reply::Say(bridges::how(place)),
            ChannelWish::RepliesHow => return Reply::Say(replies::how(place)),
            _ => {}
        }
        // What holds decides what may be chosen, so it may not be an old word of it.
        let read = self.store.channel_settings(place.platform, &request.actor.workspace, &place.channel).await;
        let is_new = wish.changes_something();
        let settings = match read {
            Ok(settings) if is_new => match self.changed_for_channel(request, place, &settings, wish).await {
                Ok(settings) => settings,
                Err(say) => return Reply::Say(say),
            },
            Ok(settings) => settings,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the choices for a channel cannot be read");
                return Reply::Say(Say::unavailable());
            }
        };
        let title =
            |id: &AudienceId| self.readers().get(id).map_or_else(|| id.to_string(), |reader| reader.title.clone());
        Reply::Channel(ChannelReply {
            reader: settings.audience.as_ref().map(title),
            is_quiet: settings.is_quiet,
            bridge: settings.bridge.map(|bridge| (settings.sources, bridge)),
            replies: settings.replies,
            is_new,
        })
    }

    /// What holds after a wish was fulfilled; what is said instead when it is not.
    async fn changed_for_channel(
        &self,
        request: &Request,
        place: &Place,
        settings: &ChannelSettings,
        wish: &ChannelWish,
    ) -> Result<ChannelSettings, Say> {
        match place.right {
            Right::Given => {}
            Right::Missing => return Err(Say::not_yours(place.platform)),
            Right::Unknown => return Err(Say::right_unknown(place.platform)),
        }
        let by = request.actor.person.clone();
        let (kept, bridge, wanted);
        let change = match wish {
            ChannelWish::Show | ChannelWish::BridgeHow | ChannelWish::RepliesHow => return Ok(settings.clone()),
            ChannelWish::Reader(reader) => ChannelChange::Audience(Some(reader)),
            ChannelWish::NoReader => ChannelChange::Audience(None),
            ChannelWish::Quiet => ChannelChange::Quiet,
            ChannelWish::NotQuiet => ChannelChange::NotQuiet,
            ChannelWish::Bridge(wish) => {
                if let Some(objection) = bridges::objection(place, wish) {
                    return Err(objection);
                }
                let BridgeWish { sources, to, is_confirmed } = wish;
                kept = bridges::kept_sources(place, sources);
                bridge = Bridge { to: to.clone(), by, is_confirmed: *is_confirmed, trouble: None };
                ChannelChange::Bridge(&kept, &bridge)
            }
            ChannelWish::NoBridge => ChannelChange::NoBridge,
            ChannelWish::Replies(sources) => {
                if let Some(objection) = replies::objection(place, settings) {
                    return Err(objection);
                }
                wanted = Replies { sources: bridges::kept_sources(place, sources), by, trouble: None };
                ChannelChange::Replies(&wanted)
            }
            ChannelWish::NoReplies => ChannelChange::NoReplies,
            ChannelWish::Off => ChannelChange::Off,
        };
        let (workspace, now) = (&request.actor.workspace, request.received_at);
        match self.store.change_channel(place.platform, workspace, &place.channel, change, now).await {
            Ok(settings) => {
                self.channels.set(workspace, place, &settings, now);
                Ok(settings)
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a choice for a channel was not written down");
                Err(Say::unavailable())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelCache, FRESH, MOST_REMEMBERED, Place};
    use crate::{
        clock::Timestamp,
        ids::{ChannelId, Platform, WorkspaceId},
        store::ChannelSettings,
    };

    fn place(platform: Platform, channel: &str) -> Place {
        Place::channel(platform, ChannelId::new(channel))
    }

    #[test]
    fn what_was_read_is_remembered_for_a_while_and_memory_is_bounded() {
        let cache = ChannelCache::default();
        let (workspace, now) = (WorkspaceId::new("T1"), Timestamp::from_unix_seconds(1_000));
        let channel = |number: usize| place(Platform::Slack, &format!("C{number}"));
        let quiet = ChannelSettings { is_quiet: true, ..ChannelSettings::default() };
        cache.set(&workspace, &channel(0), &quiet, now);
        assert_eq!(cache.get(&workspace, &channel(0), now.plus(FRESH)), Some(quiet.clone()));
        assert_eq!(cache.get(&workspace, &channel(0), now.plus(FRESH * 2)), None, "another instance may know better");
        assert_eq!(cache.get(&WorkspaceId::new("T2"), &channel(0), now), None);
        assert_eq!(cache.get(&workspace, &place(Platform::Teams, "C0"), now), None, "ids are a platform's own");
        for number in 1..=MOST_REMEMBERED {
            cache.set(&workspace, &channel(number), &quiet, now);
        }
        assert_eq!(cache.get(&workspace, &channel(0), now), None);
        assert_eq!(cache.get(&workspace, &channel(MOST_REMEMBERED), now), Some(quiet));
    }
}
