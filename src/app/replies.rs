//! Replies unasked: below posts of chosen apps in a channel stands the version for the channel's reader.
//!
//! Off until somebody with the right switches them on. A quiet channel gets none, and neither does one in which another company
//! reads along: what the glossary says of our own systems is not for them.

use super::{
    App, BridgeSight, ChannelWish, Intent, NotRead, Place, Poster, Request, Say, Trouble,
    bridges::{named_sources, told_sources, unheard},
};
pub use crate::store::Replies;
use crate::{
    engine::Rendering,
    ids::{ChannelId, Platform, WorkspaceId},
    store::ChannelSettings,
};

/// A longer text that begins with "replies" is a message.
const LONGEST_WISH_WORDS: usize = 16;

/// Something to post below a post.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadReply {
    /// What is posted.
    pub rendering: Rendering,
    /// The reader it is for, as people name them.
    pub reader: String,
}

/// What a line about replies asks for; `None` when it is none.
pub(super) fn wish(text: &str) -> Option<ChannelWish> {
    let text = text.trim();
    let is_one_of = |text: &str, names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    if is_one_of(text, &["no replies", "no reply", "replies off"]) {
        return Some(ChannelWish::NoReplies);
    }
    let mut words = text.split_whitespace();
    let verb = words.next()?.trim_end_matches(':');
    if !is_one_of(verb, &["reply", "replies"]) || text.split_whitespace().nth(LONGEST_WISH_WORDS).is_some() {
        return None;
    }
    let Some(to) = words.next() else { return Some(ChannelWish::RepliesHow) };
    // Without this word it is a sentence about replies.
    if !is_one_of(to, &["to"]) {
        return None;
    }
    let named = text.split_once(to).map(|(_, named)| named.trim().trim_end_matches('.')).unwrap_or_default();
    let named = named.strip_prefix("posts of ").or_else(|| named.strip_prefix("posts by ")).unwrap_or(named);
    Some(named_sources(named).map_or(ChannelWish::RepliesHow, ChannelWish::Replies))
}

/// How replies are wished for.
pub(super) fn how(place: &Place) -> Say {
    elsewhere_than_slack(place).unwrap_or_else(|| {
        Say::failure(
            "Name the apps, as the chat offers them when you type @: settings here replies to @Deploys. For an app that cannot be \
             mentioned write its name. Several stand with commas between them. Below each of their posts here I then post the \
             version for the reader of this channel. To end that: settings here no replies.",
        )
    })
}

fn elsewhere_than_slack(place: &Place) -> Option<Say> {
    (place.platform != Platform::Slack).then(|| Say::failure("I can reply to posts of apps in Slack only, for now."))
}

/// Why there shall be no such replies, with what would help.
pub(super) fn objection(place: &Place, settings: &ChannelSettings) -> Option<Say> {
    if let Some(say) = elsewhere_than_slack(place) {
        return Some(say);
    }
    if settings.is_quiet {
        return Some(Say::failure(
            "This channel is quiet, so I say nothing here unasked. Type settings here not quiet first, then the same again.",
        ));
    }
    if let Some(say) = unheard(place.bridge.as_ref()) {
        return Some(say);
    }
    let objection = match &place.bridge {
        Some(BridgeSight { own, .. }) if !own.is_empty() => {
            "I never reply to what I wrote myself: that could go round in circles.".to_owned()
        }
        Some(BridgeSight { not_apps, .. }) if !not_apps.is_empty() => format!(
            "I reply unasked to posts of apps only, and I do not see that this is one: {}. People can call me by name.",
            told_sources(not_apps)
        ),
        Some(BridgeSight { from: Some(from), .. }) if from.is_external => {
            "Another company reads along in this channel, and what our glossary says of our own systems is not for them."
                .to_owned()
        }
        Some(BridgeSight { from: Some(_), .. }) => return None,
        // Who reads along must be known.
        _ => "I cannot see this channel, so I cannot tell who would read my replies, and nothing was changed. Invite me (/invite \
              @Upshot), then type it again; when it stays so, the app lacks the permission to read channels (channels:read, \
              groups:read)."
            .to_owned(),
    };
    Some(Say::failure(objection))
}

/// What holds of replies, and what they suffer from.
pub(super) fn told(replies: &Replies, is_quiet: bool) -> Vec<String> {
    let Replies { sources, by, trouble } = replies;
    let mut lines = vec![format!(
        "below what these apps post here I post the version for this channel's reader: {} (switched on by <@{by}>)",
        told_sources(sources)
    )];
    if is_quiet {
        lines.push("there are no such replies while the channel is quiet".to_owned());
    }
    lines.extend(trouble.map(|trouble| format!("the last post got no reply. {}", why(trouble))));
    lines
}

/// Why there was no reply, and what would help.
#[must_use]
pub const fn why(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Archived => "The channel is archived.",
        Trouble::External => {
            "Another company reads along there now, and what our glossary says of our own systems is not for them."
        }
        Trouble::NotInChannel
        | Trouble::NotAllowed
        | Trouble::Public
        | Trouble::Unseen
        | Trouble::Silent
        | Trouble::Refused => trouble.told(),
    }
}

/// Whether posts of an app get a reply.
pub(super) fn gets_one(settings: &ChannelSettings, by: &Poster) -> bool {
    !settings.is_quiet && settings.replies.as_ref().is_some_and(|replies| by.is_one_of(&replies.sources))
}

impl App {
    /// What is posted below a post that was taken on; `None` when nothing is to be. Nobody's own choices count here, only what was
    /// chosen for the channel.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn reply_to(&self, request: &Request) -> Result<Option<ThreadReply>, NotRead> {
        let (Intent::PassOn { source, by, .. }, Some(place)) = (&request.intent, &request.place) else {
            return Ok(None);
        };
        let workspace = &request.actor.workspace;
        let settings = self.store.channel_settings(place.platform, workspace, &place.channel).await?;
        if !gets_one(&settings, by) || source.text().trim().is_empty() {
            return Ok(None);
        }
        let engine = self.engine_at(&request.location);
        self.gather(&engine, source, None, request.received_at);
        let (audience, reader) = self.reader_of(&engine, settings.audience.as_ref());
        Ok(Some(ThreadReply { rendering: engine.rewrite(source, audience), reader }))
    }

    /// The replies that posts of an app get in a channel, as they were chosen; `None` when there are none for them by now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn replies_for(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
        by: &Poster,
    ) -> Result<Option<Replies>, NotRead> {
        // Read anew: what was remembered may be ten seconds old, and a channel that became quiet shall hear nothing.
        let settings = self.store.channel_settings(platform, workspace, channel).await?;
        let gets_one = gets_one(&settings, by);
        Ok(settings.replies.filter(|_| gets_one))
    }
}

#[cfg(test)]
mod tests {
    use super::{how, objection, wish};
    use crate::{
        app::{BridgeSight, ChannelSight, ChannelWish, Place},
        ids::{ChannelId, Platform},
        store::ChannelSettings,
    };

    #[test]
    fn a_wish_is_read_and_a_message_about_replies_is_none() {
        let to = |sources: &[&str]| Some(ChannelWish::Replies(sources.iter().map(|one| (*one).to_owned()).collect()));
        for (text, expected) in [
            ("replies to <@U0DEPLOY>", to(&["@U0DEPLOY"])),
            ("Reply to: <@U0DEPLOY>, Alertbell and “Deploy Bot”.", None),
            ("Reply to <@U0DEPLOY>, Alertbell and “Deploy Bot”.", to(&["@U0DEPLOY", "Alertbell", "Deploy Bot"])),
            ("replies: to posts of Alertbell", to(&["Alertbell"])),
            ("no replies", Some(ChannelWish::NoReplies)),
            ("Replies OFF", Some(ChannelWish::NoReplies)),
            ("replies", Some(ChannelWish::RepliesHow)),
            ("replies to", Some(ChannelWish::RepliesHow)),
            ("replies to <#C0SALES>", Some(ChannelWish::RepliesHow)),
            ("replies to a,b,c,d,e,f,g,h,i,j,k", Some(ChannelWish::RepliesHow)),
            ("replies were slow this morning", None),
            (
                "reply to the customer that the release was rolled back and that the invoice will be right by Friday noon",
                None,
            ),
            ("quiet", None),
        ] {
            assert_eq!(wish(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_doubt_about_who_reads_along_is_a_refusal() {
        let inside = ChannelSight { is_member: true, ..ChannelSight::default() };
        let sight = |from| BridgeSight { from: Some(from), ..BridgeSight::default() };
        let refused = |sight: Option<BridgeSight>, is_quiet| {
            let mut place = Place::channel(Platform::Slack, ChannelId::new("C0ENG"));
            place.bridge = sight;
            let settings = ChannelSettings { is_quiet, ..ChannelSettings::default() };
            objection(&place, &settings).map(|say| say.text().to_owned())
        };
        assert_eq!(refused(Some(sight(inside)), false), None);
        for (sight, is_quiet, words) in [
            (Some(sight(inside)), true, "is quiet"),
            (None, false, "cannot see this channel"),
            (Some(BridgeSight::default()), false, "cannot see this channel"),
            (Some(sight(ChannelSight::default())), false, "hear nothing"),
            (Some(sight(ChannelSight { is_external: true, ..inside })), false, "Another company"),
            (Some(BridgeSight { lacks: Some("groups:history"), ..sight(inside) }), false, "allow groups:history"),
            (Some(BridgeSight { own: vec!["@U0UP".to_owned()], ..sight(inside) }), false, "never reply"),
            (Some(BridgeSight { not_apps: vec!["@U0ANNA".to_owned()], ..sight(inside) }), false, "<@U0ANNA>"),
        ] {
            let said = refused(sight.clone(), is_quiet).unwrap_or_default();
            assert!(said.contains(words), "{sight:?}: {said}");
        }
        let teams = Place::channel(Platform::Teams, ChannelId::new("C0ENG"));
        let said = objection(&teams, &ChannelSettings::default()).unwrap();
        assert_eq!(
            (said.text(), how(&teams).text()),
            ("I can reply to posts of apps in Slack only, for now.", said.text())
        );
    }
}
