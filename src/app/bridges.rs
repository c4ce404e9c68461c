//! Bridges: posts of chosen apps in one channel are also read in another one, in the words of that channel's reader.
//!
//! Off until somebody with the right switches one on. What a person writes is never passed on, and neither is what Upshot
//! wrote. The platform sees who reads along in the two channels, before a bridge is built and again before each post.

use serde::{Deserialize, Serialize};

use super::{App, ChannelWish, Intent, Owed, Place, Request, Right, Say, deliveries, replies};
pub use crate::store::{Bridge, Carrier, StoreError as NotRead, Trouble};
use crate::{
    clock::Moment,
    engine::{Audience, Engine, Rendering},
    ids::{AudienceId, ChannelId, Platform, WorkspaceId},
};

/// More apps than this are not one channel's news any more.
const MOST_SOURCES: usize = 10;
/// Names of apps are shorter on every platform.
const LONGEST_SOURCE: usize = 80;
/// A longer text that begins with "bridge" is a message.
const LONGEST_WISH_WORDS: usize = 12;

/// A bridge as it is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeWish {
    /// The apps whose posts are passed on: `@` and the id of an app's user (once it is kept with the app's other ids behind it), or a
    /// name or another id of the app.
    pub sources: Vec<String>,
    /// Where to.
    pub to: ChannelId,
    /// Whether it was said that what is posted in private may be read in public.
    pub is_confirmed: bool,
}

/// A channel as the platform shows it to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelSight {
    /// Only its members can read it.
    pub is_private: bool,
    /// Nobody can post in it any more.
    pub is_archived: bool,
    /// The app is in it.
    pub is_member: bool,
    /// Another company reads along.
    pub is_external: bool,
}

/// What the platform found out about a bridge that is wished for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BridgeSight {
    /// The channel that posts would come from; `None` when it cannot be seen.
    pub from: Option<ChannelSight>,
    /// The channel that they would go to; `None` when it cannot be seen.
    pub to: Option<ChannelSight>,
    /// Whether who wishes it may choose for everybody there as well.
    pub right_there: Right,
    /// What the app was not allowed and needs to hear posts there, in the platform's words.
    pub lacks: Option<&'static str>,
    /// Those of the sources that are people, or of whom nobody could say what they are.
    pub not_apps: Vec<String>,
    /// Those of the sources that are this app itself.
    pub own: Vec<String>,
    /// The sources with all ids under which they post: an app's post does not always name its user.
    pub known_as: Vec<String>,
}

/// Who posted something, as the platform names an app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Poster {
    /// The ids of the app, of its bot and of its user, as far as they are known.
    pub ids: Vec<String>,
    /// The app's own name, where the platform tells it: never one that was given with the post.
    pub name: Option<String>,
    /// The bot, when the platform does not say of which app it is: it may be this one.
    pub unknown_bot: Option<String>,
}

impl Poster {
    /// Whether it is among the apps that were chosen.
    pub(super) fn is_one_of(&self, sources: &[String]) -> bool {
        sources.iter().any(|source| self.is(source))
    }

    fn is(&self, source: &str) -> bool {
        let is_id = |id: &str| self.ids.iter().any(|own| own == id);
        match source.strip_prefix('@') {
            Some(ids) => ids.split(' ').any(is_id),
            None => {
                is_id(source) || self.name.as_ref().is_some_and(|name| name.to_lowercase() == source.to_lowercase())
            }
        }
    }
}

/// Something to post in another channel.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedOn {
    /// Where it goes.
    pub to: ChannelId,
    /// What is posted.
    pub rendering: Rendering,
    /// The reader it is for, as people name them.
    pub reader: String,
}

impl Trouble {
    /// Why a post could not be passed on, and what would help.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Self::NotInChannel => "I am no member of that channel. Invite me there (/invite @Upshot).",
            Self::Archived => "That channel is archived. Unarchive it, or choose another one.",
            Self::NotAllowed => {
                "I may not post in that channel. Whoever manages it or the app can allow it, or choose another channel."
            }
            Self::External => "Another company reads along in that channel now. Choose another one.",
            Self::Public => {
                "That channel is public, these posts are private, and nobody agreed that everybody may read them. If that is \
                 meant, switch the bridge on again with “publicly” at the end."
            }
            Self::Unseen => {
                "I could not find out who reads along in that channel. Whoever manages the app can install it again and \
                 allow channels:read (for private channels groups:read)."
            }
            Self::Silent => "The chat took nothing from me for too long.",
            Self::Refused => "The chat refused it for good. Whoever runs Upshot finds the reason in its log.",
        }
    }
}

/// What a line about bridges asks for; `None` when it is none.
pub(super) fn wish(text: &str) -> Option<ChannelWish> {
    let text = text.trim();
    if ["no bridge", "bridge off", "no bridges"].iter().any(|known| text.eq_ignore_ascii_case(known)) {
        return Some(ChannelWish::NoBridge);
    }
    let (verb, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if !verb.trim_end_matches(':').eq_ignore_ascii_case("bridge") {
        return None;
    }
    match understood(rest.trim()) {
        Some(wish) => Some(ChannelWish::Bridge(wish)),
        None if text.split_whitespace().nth(LONGEST_WISH_WORDS).is_none() => Some(ChannelWish::BridgeHow),
        None => None,
    }
}

/// `<@U1>, Alertbell to <#C1|sales> publicly`.
fn understood(text: &str) -> Option<BridgeWish> {
    let (before, token) = text.rsplit_once("<#")?;
    let (channel, after) = token.split_once('>')?;
    let channel = channel.split('|').next().filter(|id| !id.is_empty())?;
    let is_confirmed = match after.trim().trim_end_matches('.') {
        "" => false,
        word if word.eq_ignore_ascii_case("publicly") => true,
        _ => return None,
    };
    let (named, to) = before.trim_end().rsplit_once(char::is_whitespace)?;
    if !["to", "into"].iter().any(|word| to.eq_ignore_ascii_case(word)) {
        return None;
    }
    let mut named = named.trim();
    for word in ["posts", "of", "from", "by"] {
        let rest = named.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
        let rest = rest.and_then(|_| named.get(word.len()..)).filter(|rest| rest.starts_with(char::is_whitespace));
        named = rest.map_or(named, str::trim_start);
    }
    Some(BridgeWish { sources: named_sources(named)?, to: ChannelId::new(channel), is_confirmed })
}

/// `<@U1>, Alertbell and <@U2>`: apps by their users or by name; `None` when that is no list of them, or one that is too long.
pub(super) fn named_sources(text: &str) -> Option<Vec<String>> {
    let mut sources: Vec<String> = Vec::new();
    let parts = text.split(',').flat_map(|part| part.split(" and ")).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        let person = part.strip_prefix("<@").and_then(|part| part.strip_suffix('>'));
        let source = match person {
            Some(id) => format!("@{id}"),
            None => part.trim_matches(['“', '”', '"', '@', ' ']).to_owned(),
        };
        if source.is_empty() || source.contains(['<', '>']) || source.chars().nth(LONGEST_SOURCE).is_some() {
            return None;
        }
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    (1..=MOST_SOURCES).contains(&sources.len()).then_some(sources)
}

/// Apps as they are told, in canonical text.
pub(super) fn told_sources(sources: &[String]) -> String {
    let told = sources.iter().map(|source| match source.strip_prefix('@') {
        Some(ids) => format!("<@{}>", ids.split(' ').next().unwrap_or(ids)),
        None => format!("“{source}”"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The sources as they are kept: with the other ids of those that were named by their user, where they are known.
pub(super) fn kept_sources(place: &Place, sources: &[String]) -> Vec<String> {
    let known = place.bridge.as_ref().map_or(&[][..], |sight| &sight.known_as);
    let same = |source: &String, known: &String| known.split(' ').next() == Some(source);
    let kept = |source: &String| known.iter().find(|known| same(source, known)).unwrap_or(source).clone();
    sources.iter().map(kept).collect()
}

/// Why there shall be no such bridge, with what would help.
pub(super) fn objection(place: &Place, wish: &BridgeWish) -> Option<Say> {
    elsewhere_than_slack(place).or_else(|| {
        if wish.to == place.channel {
            return Some(Say::failure(
                "That is this channel itself. Name the channel in which the posts shall be read.",
            ));
        }
        seen_objection(place, wish)
    })
}

/// How a bridge is wished for.
pub(super) fn how(place: &Place) -> Say {
    elsewhere_than_slack(place).unwrap_or_else(|| {
        Say::failure(
            "Name the apps and the channel, both as the chat offers them when you type @ and #: settings here bridge @Deploys \
             to #sales. For an app that cannot be mentioned write its name. Several stand with commas between them. When the \
             posts are private and may be read in a public channel, end with “publicly”. To end a bridge: settings here no \
             bridge.",
        )
    })
}

fn elsewhere_than_slack(place: &Place) -> Option<Say> {
    (place.platform != Platform::Slack).then(|| Say::failure("I can pass posts on in Slack only, for now."))
}

/// Why the posts of a channel do not reach Upshot, with what would help.
pub(super) fn unheard(sight: Option<&BridgeSight>) -> Option<Say> {
    let objection = match sight {
        Some(BridgeSight { from: Some(from), .. }) if !from.is_member => {
            "I am no member of this channel, so I hear nothing of what is posted here. Invite me (/invite @Upshot), then type \
             it again."
                .to_owned()
        }
        Some(BridgeSight { lacks: Some(scope), .. }) => format!(
            "I was not allowed to read messages here. Whoever manages the app can install it again and allow {scope}; then \
             type it again."
        ),
        _ => return None,
    };
    Some(Say::failure(objection))
}

fn seen_objection(place: &Place, wish: &BridgeWish) -> Option<Say> {
    let sight = place.bridge.as_ref();
    if let Some(say) = unheard(sight) {
        return Some(say);
    }
    let there = format!("<#{}>", wish.to);
    let objection = match sight {
        Some(BridgeSight { own, .. }) if !own.is_empty() => {
            "What I wrote myself is never passed on: that could go round in circles.".to_owned()
        }
        Some(BridgeSight { not_apps, .. }) if !not_apps.is_empty() => format!(
            "Only posts of apps can be passed on, and I do not see that this is one: {}. What people write can be shared by \
             them, message by message.",
            told_sources(not_apps)
        ),
        Some(BridgeSight { right_there: Right::Missing, .. }) => format!(
            "Everybody in {there} would read these posts, so only who runs the workspace or made that channel too can lead a \
             bridge into it. Ask somebody who runs the workspace to type the same here."
        ),
        Some(BridgeSight { from: Some(_), to: Some(_), right_there: Right::Unknown, .. }) => {
            return Some(Say::right_unknown(place.platform));
        }
        Some(BridgeSight { from: Some(from), to: Some(to), .. }) => {
            if to.is_archived {
                format!("{there} is archived, so nothing can be posted there. Unarchive it, or choose another channel.")
            } else if !to.is_member {
                format!(
                    "I am no member of {there}, so I cannot post there. Invite me (/invite @Upshot), then type it again."
                )
            } else if to.is_external {
                format!(
                    "Another company reads along in {there}, and what our glossary says of our own systems is not for them. \
                     Choose another channel."
                )
            } else if from.is_private && !to.is_private && !wish.is_confirmed {
                format!(
                    "This channel is private and {there} is public: everybody in the workspace could read what is passed on. \
                     If you mean that, type the same with “publicly” at the end."
                )
            } else {
                return None;
            }
        }
        // Who reads along must be known; a private channel without us looks like none.
        _ => format!(
            "I cannot see both this channel and {there}, so I cannot tell who would read what is passed on, and nothing was \
             changed. Invite me to both (/invite @Upshot), then type it again; when it stays so, the app lacks the permission \
             to read channels (channels:read, groups:read)."
        ),
    };
    Some(Say::failure(objection))
}

impl App {
    /// Whether a post is one that was chosen to be passed on or replied to. Only then may it be written down.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn passes_on(&self, request: &Request) -> Result<bool, NotRead> {
        let (Intent::PassOn { by, .. }, Some(place)) = (&request.intent, &request.place) else { return Ok(false) };
        let settings = self.settings_of(request, place).await?;
        let is_bridged = settings.bridge.is_some() && by.is_one_of(&settings.sources);
        Ok(is_bridged || replies::gets_one(&settings, by))
    }

    /// What is posted in another channel for a post that was taken on; `None` when it is not to be passed on any more.
    /// Nobody's own choices count here, only what was chosen for the other channel.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn passed_on(&self, request: &Request) -> Result<Option<PassedOn>, NotRead> {
        let Intent::PassOn { source, by, .. } = &request.intent else { return Ok(None) };
        let Some(place) = &request.place else { return Ok(None) };
        let workspace = &request.actor.workspace;
        let Some(bridge) = self.bridge_for(place.platform, workspace, &place.channel, by).await? else {
            return Ok(None);
        };
        if source.text().trim().is_empty() {
            return Ok(None);
        }
        let there = self.store.channel_settings(place.platform, workspace, &bridge.to).await?;
        // It is told in the other channel's words for readers, and means what its author's channel means by it.
        let engine = self.engine_at(&request.location);
        self.gather(&engine, source, None, request.received_at);
        let (audience, reader) = self.reader_of(&engine, there.audience.as_ref());
        Ok(Some(PassedOn { to: bridge.to, rendering: engine.rewrite(source, audience), reader }))
    }

    /// Whom a channel is written for where nobody asked, and how people name them.
    pub(super) fn reader_of<'e>(&self, engine: &'e Engine, chosen: Option<&AudienceId>) -> (&'e Audience, String) {
        let audience = chosen.and_then(|id| engine.audience(id.as_str())).unwrap_or_else(|| engine.default_audience());
        let reader = self.readers().get(&AudienceId::new(&*audience.id)).map(|reader| reader.title.clone());
        (audience, reader.unwrap_or_default())
    }

    /// The bridge over which posts of an app go from a channel; `None` when there is none, or it is not for them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bridge_for(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        from: &ChannelId,
        by: &Poster,
    ) -> Result<Option<Bridge>, NotRead> {
        // Read anew: what was remembered may be ten seconds old, and a bridge that was taken down shall carry nothing.
        let settings = self.store.channel_settings(platform, workspace, from).await?;
        let is_chosen = by.is_one_of(&settings.sources);
        Ok(settings.bridge.filter(|_| is_chosen))
    }

    /// Notes that a bridge or replies work.
    pub async fn note_works(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        from: &ChannelId,
        carrier: Carrier<'_>,
    ) {
        if let Err(error) = self.store.note_works(platform, workspace, from, carrier).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "that something works again was not noted");
        }
    }

    /// Notes why a bridge or replies do not work, and owes word of it to whoever switched them on, both or neither, and once until
    /// they work again.
    pub async fn note_trouble(
        &self,
        (platform, workspace, from): (Platform, &WorkspaceId, &ChannelId),
        carrier: Carrier<'_>,
        trouble: Trouble,
        word: Vec<Owed>,
        now: Moment,
    ) {
        let word = deliveries(platform, workspace, word, now);
        match self.store.note_trouble((platform, workspace, from), carrier, trouble, &word, now).await {
            Ok(true) => {
                tracing::warn!(%workspace, channel = %from, ?carrier, trouble = trouble.name(), "what was switched on does not work");
                self.intake.owes();
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "nobody was told that something does not work"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BridgeSight, BridgeWish, ChannelSight, Poster, how, objection, wish};
    use crate::{
        app::{ChannelWish, Place, Right},
        ids::{ChannelId, Platform},
    };

    fn bridge(sources: &[&str], is_confirmed: bool) -> BridgeWish {
        let sources = sources.iter().map(|source| (*source).to_owned()).collect();
        BridgeWish { sources, to: ChannelId::new("C0SALES"), is_confirmed }
    }

    #[test]
    fn a_bridge_is_read_and_a_message_about_bridges_is_none() {
        let built = |sources: &[&str], is_confirmed| Some(ChannelWish::Bridge(bridge(sources, is_confirmed)));
        for (text, expected) in [
            ("bridge <@U0DEPLOY> to <#C0SALES|sales>", built(&["@U0DEPLOY"], false)),
            (
                "Bridge: posts of <@U0DEPLOY>, and Alertbell into <#C0SALES> Publicly",
                built(&["@U0DEPLOY", "Alertbell"], true),
            ),
            ("bridge from “Deploy Bot” and “Deploy Bot” to <#C0SALES>.", built(&["Deploy Bot"], false)),
            ("bridge Postsmith to <#C0SALES>", built(&["Postsmith"], false)),
            ("no bridge", Some(ChannelWish::NoBridge)),
            ("bridge OFF", Some(ChannelWish::NoBridge)),
            ("bridge", Some(ChannelWish::BridgeHow)),
            ("bridge @Deploys to #sales", Some(ChannelWish::BridgeHow)),
            ("bridge to <#C0SALES>", Some(ChannelWish::BridgeHow)),
            ("bridge <@U0DEPLOY> to <#C0SALES> perhaps", Some(ChannelWish::BridgeHow)),
            ("bridge a,b,c,d,e,f,g,h,i,j,k to <#C0SALES>", Some(ChannelWish::BridgeHow)),
            ("bridge the two clusters before the release so that nobody loses a session, please", None),
            ("bridges are being moved", None),
            ("quiet", None),
        ] {
            assert_eq!(wish(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_app_is_known_by_its_ids_and_its_name() {
        let poster = Poster {
            ids: vec!["U0DEPLOY".to_owned(), "B0DEPLOY".to_owned()],
            name: Some("Deploy Bot".to_owned()),
            unknown_bot: None,
        };
        for (source, expected) in [
            ("@U0DEPLOY", true),
            ("B0DEPLOY", true),
            ("deploy bot", true),
            ("@Deploy Bot", false),
            ("Deploy", false),
            ("b0deploy", false),
            ("@U0OTHER B0DEPLOY A0DEPLOY", true),
            ("@U0OTHER B0OTHER", false),
        ] {
            assert_eq!(poster.is(source), expected, "{source}");
        }
    }

    #[test]
    fn every_doubt_about_who_reads_along_is_a_refusal() {
        let inside = ChannelSight { is_member: true, ..ChannelSight::default() };
        let private = ChannelSight { is_private: true, ..inside };
        let sight = |from, to| BridgeSight {
            from: Some(from),
            to: Some(to),
            right_there: Right::Given,
            ..BridgeSight::default()
        };
        let refused = |sight: Option<BridgeSight>, is_confirmed| {
            let mut place = Place::channel(Platform::Slack, ChannelId::new("C0ENG"));
            place.bridge = sight;
            objection(&place, &bridge(&["Alertbell"], is_confirmed)).map(|say| say.text().to_owned())
        };
        for (sight, is_confirmed) in [
            (sight(inside, inside), false),
            (sight(inside, private), false),
            (sight(private, private), false),
            (sight(private, inside), true),
        ] {
            assert_eq!(refused(Some(sight.clone()), is_confirmed), None, "{sight:?}");
        }
        for (sight, words) in [
            (None, "cannot see both"),
            (Some(BridgeSight::default()), "cannot see both"),
            (Some(BridgeSight { to: None, ..sight(inside, inside) }), "cannot see both"),
            (Some(BridgeSight { right_there: Right::Missing, ..sight(inside, inside) }), "lead a bridge into it"),
            (Some(BridgeSight { right_there: Right::Unknown, ..sight(inside, inside) }), "could not"),
            (Some(sight(ChannelSight::default(), inside)), "hear nothing"),
            (Some(sight(inside, ChannelSight::default())), "no member of <#C0SALES>"),
            (Some(sight(inside, ChannelSight { is_archived: true, ..inside })), "is archived"),
            (Some(sight(inside, ChannelSight { is_external: true, ..inside })), "Another company"),
            (Some(sight(private, inside)), "“publicly” at the end"),
            (Some(BridgeSight { lacks: Some("channels:history"), ..sight(inside, inside) }), "allow channels:history"),
            (Some(BridgeSight { own: vec!["@U0UP".to_owned()], ..sight(inside, inside) }), "never passed on"),
            (Some(BridgeSight { not_apps: vec!["@U0ANNA".to_owned()], ..sight(inside, inside) }), "<@U0ANNA>"),
        ] {
            let said = refused(sight.clone(), false).unwrap_or_default();
            assert!(said.contains(words), "{sight:?}: {said}");
        }
        let here = Place::channel(Platform::Slack, ChannelId::new("C0SALES"));
        let itself = objection(&here, &bridge(&["Alertbell"], false)).unwrap();
        assert!(itself.text().contains("this channel itself"));
    }

    #[test]
    fn only_slack_is_told_how_to_build_one() {
        let place = |platform| Place::channel(platform, ChannelId::new("C0ENG"));
        let told = how(&place(Platform::Slack)).text().to_owned();
        for part in ["settings here bridge @Deploys to #sales", "“publicly”", "settings here no bridge"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let teams = place(Platform::Teams);
        let refused = objection(&teams, &bridge(&["Alertbell"], false)).unwrap();
        for said in [how(&teams), refused] {
            assert_eq!(said.text(), "I can pass posts on in Slack only, for now.");
        }
    }
}
