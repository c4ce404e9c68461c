//! Bridges: what is seen of the two channels before one is built, and how a post goes over it.
//!
//! Whether the bridge still stands and who reads along is asked anew before each post, because choices and channels change: what
//! cannot be told is not posted. When it is not known whether an earlier attempt arrived, the channel is read; where that is not
//! possible, the post is sent again, because nobody would notice that it is missing.

use std::{collections::BTreeMap, iter};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, Client, Slack,
    blocks::{Block, BlockId, Blocks, MAX_TEXT, MESSAGE_LIMITS},
    client::Identity,
    menu::link_button,
    mrkdwn,
    outgoing::{Call, metadata, outcome, owed_to_a_channel, still_in_doubt},
    sharing::{Names, REWRITTEN, body_of, credit_line, people_named, push_rewrite},
    split,
};
use crate::{
    app::{
        Actor, Bridge, BridgeSight, BridgeWish, Carrier, ChannelSight, Intent, NotRead, Original, Owed, PassedOn,
        Place, Poster, Request, Right, Sent, Trouble,
    },
    ids::{ChannelId, PersonId, Platform, WorkspaceId},
};

/// Room for the last line, which is written when the post is sent.
const LAST_LINE: usize = 700;
/// Action id of the button that opens the original.
const OPEN_ORIGINAL: &str = "open_original";
/// What is asked before each post allows some fifty a minute.
pub(super) const RATE: (std::time::Duration, u32) = (std::time::Duration::from_secs(2), 10);

/// A post for another channel as it stands in the database. What was chosen is not in it: that may be another by the time it
/// is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PassedPost {
    to: ChannelId,
    from: ChannelId,
    /// The original's number in its channel.
    original: String,
    /// Who posted it.
    poster: Poster,
    /// Whether that was in private.
    is_private: bool,
    message: Value,
}

/// What is to be done about a post.
enum Ready {
    Post {
        original: Option<String>,
    },
    /// It stands there already.
    Arrived,
    /// It is our own.
    Ours,
    Refused(Trouble),
}

impl Slack {
    /// What can be found out about a bridge from a channel. What cannot be found out is missing in it.
    pub(super) async fn sight_of(
        &self,
        client: &Client,
        from: &ChannelId,
        person: &PersonId,
        wish: &BridgeWish,
    ) -> BridgeSight {
        let users = wish.sources.iter().filter_map(|source| source.strip_prefix('@'));
        let apps = async {
            let (mut not_apps, mut known_as) = (Vec::new(), Vec::new());
            for user in users {
                match client.person(&PersonId::new(user)).await {
                    Ok(Some(person)) if person.is_bot => {
                        let ids = iter::once(format!("@{user}")).chain(person.app_ids);
                        known_as.push(ids.collect::<Vec<_>>().join(" "));
                    }
                    _ => not_apps.push(format!("@{user}")),
                }
            }
            (not_apps, known_as)
        };
        let (seen_from, seen_to, right_there, identity, (not_apps, known_as)) = tokio::join!(
            client.channel(from),
            client.channel(&wish.to),
            client.may_choose_for(&wish.to, person),
            client.test_token(),
            apps
        );
        let told = |error: ApiError| {
            tracing::info!(error = &error as &dyn std::error::Error, "a bridge's end cannot be seen");
        };
        let from = seen_from.map_err(told).ok();
        let Identity { bot_id, user_id, app_id, user, scopes, .. } = identity.map_err(told).unwrap_or_default();
        let own = |source: &&String| match source.strip_prefix('@') {
            Some(id) => user_id.as_deref() == Some(id),
            None => {
                [&bot_id, &app_id].into_iter().flatten().any(|id| id == *source)
                    || user.as_ref().is_some_and(|user| user.to_lowercase() == source.to_lowercase())
            }
        };
        let needed = match from {
            Some(from) if from.is_private => "groups:history",
            _ => "channels:history",
        };
        BridgeSight {
            from,
            to: seen_to.map_err(told).ok(),
            right_there: match right_there.map_err(told) {
                Ok(true) => Right::Given,
                Ok(false) => Right::Missing,
                Err(()) => Right::Unknown,
            },
            lacks: scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope == needed)).then_some(needed),
            own: wish.sources.iter().filter(own).cloned().collect(),
            not_apps,
            known_as,
        }
    }

    /// What is owed for a post that was chosen to be passed on, or to get a reply.
    ///
    /// # Errors
    /// The database does not answer: try again.
    pub async fn work_overheard(&self, request: &Request) -> Result<Vec<Owed>, NotRead> {
        let mut owed = self.pass_on(request).await?;
        owed.extend(self.owed_reply(request).await?);
        Ok(owed)
    }

    async fn pass_on(&self, request: &Request) -> Result<Vec<Owed>, NotRead> {
        let (Some(passed), Some(place), Intent::PassOn { by, is_private, .. }) =
            (self.app.passed_on(request).await?, &request.place, &request.intent)
        else {
            return Ok(Vec::new());
        };
        let actor = &request.actor;
        let Some(original) = place.original.as_ref().filter(|original| original.message.is_some()) else {
            return Ok(Vec::new());
        };
        let post = PassedPost {
            message: self.passed_message(actor, place, original, &passed).await,
            from: place.channel.clone(),
            original: original.message.clone().unwrap_or_default(),
            to: passed.to,
            poster: by.clone(),
            is_private: *is_private,
        };
        let to = post.to.clone();
        let mut owed = owed_to_a_channel(actor, &to, "bridge", Call::Pass(Box::new(post)));
        for owed in &mut owed {
            // Whoever asks something in that channel does not wait behind a burst of posts.
            owed.lane = format!("bridge {to}");
            owed.rate = RATE;
        }
        Ok(owed)
    }

    /// The post, but for its last line.
    async fn passed_message(&self, actor: &Actor, place: &Place, original: &Original, passed: &PassedOn) -> Value {
        let PassedOn { rendering, reader, .. } = passed;
        let text = body_of(rendering);
        let author = original.author.clone().filter(|_| original.author_name.is_none());
        let people = people_named(author, &text);
        let known = if people.is_empty() { BTreeMap::new() } else { self.names_in_time(actor, &people).await };
        let names = Names { known, site: None, host: self.client.site_host() };
        let mut author = String::new();
        let by_name = || original.author.as_ref().and_then(|author| names.known.get(author)).map(String::as_str);
        let name = original.author_name.as_deref().or_else(by_name).unwrap_or("an app");
        mrkdwn::push_escaped(&mut author, name);
        let credit = credit_line(reader, &format!("Posted by {author} in <#{}>.", place.channel));
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        blocks.push_context(&credit);
        push_rewrite(&mut blocks, rendering, &names);
        let text = format!("{credit}\n\n{}", names.quiet(&text));
        json!({
            "text": split::shorten(&text, MAX_TEXT - LAST_LINE),
            "blocks": blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        })
    }

    /// Posts, and notes how the bridge works. Who switched it on is told when it breaks, once until it works again.
    pub(super) async fn send_passed(
        &self,
        actor: &Actor,
        client: &Client,
        post: PassedPost,
        number: i64,
        in_doubt: bool,
    ) -> Sent {
        let bridge = match self.standing(&actor.workspace, &post).await {
            Ok(Some(bridge)) => bridge,
            Ok(None) => {
                tracing::info!(
                    number,
                    "a post is not passed on, because its bridge was taken down or carries others now"
                );
                return Sent::Arrived;
            }
            Err(error) => {
                tracing::warn!(
                    number,
                    error = &error as &dyn std::error::Error,
                    "whether a bridge stands cannot be read"
                );
                let reason = "what holds for its channel could not be read".to_owned();
                return Sent::Later { retry_after: None, in_doubt, reason };
            }
        };
        let ready = match ready(client, &post, &bridge, number, in_doubt).await {
            Ok(ready) => ready,
            Err(error) => {
                self.heed(actor, client, &error).await;
                // Whether an earlier attempt arrived is as unknown as before.
                return if in_doubt { still_in_doubt(error) } else { outcome(Err(error)) };
            }
        };
        let result = match ready {
            Ready::Arrived => Ok(()),
            // Nothing was posted, so it does not tell whether the bridge works.
            Ready::Ours => return Sent::Arrived,
            Ready::Post { original } => {
                let message = finished(&post, original.as_deref(), number);
                client.post_message(&message).await
            }
            Ready::Refused(trouble) => {
                self.tell_trouble(actor, &post, &bridge.by, trouble).await;
                return Sent::Never(format!("nothing may be passed on there ({})", trouble.name()));
            }
        };
        match result {
            Ok(()) => {
                let carrier = Carrier::Bridge(&post.to);
                self.app.note_works(Platform::Slack, &actor.workspace, &post.from, carrier).await;
            }
            Err(ref error) => {
                self.heed(actor, client, error).await;
                if let Some(trouble) = trouble_of(error) {
                    self.tell_trouble(actor, &post, &bridge.by, trouble).await;
                }
            }
        }
        outcome(result)
    }

    /// The bridge over which a post goes, as it stands now; nothing when it was taken down or does not carry the post any more.
    async fn standing(&self, workspace: &WorkspaceId, post: &PassedPost) -> Result<Option<Bridge>, NotRead> {
        let PassedPost { from, to, poster, .. } = post;
        let bridge = self.app.bridge_for(Platform::Slack, workspace, from, poster).await?;
        Ok(bridge.filter(|bridge| bridge.to == *to))
    }

    /// The same for a post that was given up; nothing when its bridge does not stand any more.
    pub(super) async fn tell_lost(&self, actor: &Actor, post: &PassedPost, trouble: Trouble) {
        match self.standing(&actor.workspace, post).await {
            Ok(Some(bridge)) => self.tell_trouble(actor, post, &bridge.by, trouble).await,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told that a bridge does not work");
            }
        }
    }

    /// Notes that a bridge does not work, with word of it to who switched it on.
    async fn tell_trouble(&self, actor: &Actor, post: &PassedPost, by: &PersonId, trouble: Trouble) {
        let PassedPost { from, to, .. } = post;
        let text = format!(
            "You switched on that posts in <#{from}> are also posted in <#{to}>. The last one could not be: {} I say this once, \
             until it works again. To end it, type `/upshot settings here no bridge` in <#{from}>.",
            trouble.told()
        );
        self.note_trouble(actor, from, Carrier::Bridge(to), trouble, (by, &text)).await;
    }

    /// Notes a trouble, and owes word of it to one person, both or neither.
    pub(super) async fn note_trouble(
        &self,
        actor: &Actor,
        from: &ChannelId,
        carrier: Carrier<'_>,
        trouble: Trouble,
        (by, text): (&PersonId, &str),
    ) {
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        blocks.push_text(text, super::encode::BELOW);
        // A person's id names their conversation with the app.
        let call = Call::Tell { person: by.clone(), message: json!({ "text": text, "blocks": blocks }) };
        let word = owed_to_a_channel(actor, &ChannelId::new(by.as_str()), "chat.postMessage", call);
        let place = (Platform::Slack, &actor.workspace, from);
        self.app.note_trouble(place, carrier, trouble, word, self.clock.moment()).await;
    }
}

/// Whether a post may be made now, and need be.
async fn ready(
    client: &Client,
    post: &PassedPost,
    bridge: &Bridge,
    number: i64,
    in_doubt: bool,
) -> Result<Ready, ApiError> {
    if is_own_bot(client, &post.poster).await? {
        tracing::info!(number, "a post of our own is not passed on");
        return Ok(Ready::Ours);
    }
    let trouble = match sight_for_posting(client, &post.to).await? {
        Ok(there) => (post.is_private && !there.is_private && !bridge.is_confirmed).then_some(Trouble::Public),
        Err(trouble) => Some(trouble),
    };
    if let Some(trouble) = trouble {
        return Ok(Ready::Refused(trouble));
    }
    if in_doubt {
        match client.has_post_since(&post.to, &post.original, number).await {
            Ok(true) => return Ok(Ready::Arrived),
            Ok(false) => {}
            Err(error @ (ApiError::Place(_) | ApiError::Permission(_) | ApiError::Refused(_))) => tracing::info!(
                error = &error as &dyn std::error::Error,
                "whether a post arrived cannot be read; it is sent again"
            ),
            Err(error) => return Err(error),
        }
    }
    match client.permalink(&post.from, &post.original).await {
        Ok(original) => Ok(Ready::Post { original }),
        // An original that was deleted meanwhile has no address; its news are the same.
        Err(ApiError::Place(_) | ApiError::Permission(_) | ApiError::Refused(_)) => Ok(Ready::Post { original: None }),
        Err(error) => Err(error),
    }
}

/// Whether who posted is this app, which the post itself did not tell.
pub(super) async fn is_own_bot(client: &Client, poster: &Poster) -> Result<bool, ApiError> {
    match &poster.unknown_bot {
        Some(bot) => Ok(client.test_token().await?.bot_id.as_ref() == Some(bot)),
        None => Ok(false),
    }
}

/// A channel in which something may be posted unasked, or what stands in the way.
pub(super) async fn sight_for_posting(
    client: &Client,
    channel: &ChannelId,
) -> Result<Result<ChannelSight, Trouble>, ApiError> {
    let there = match client.channel(channel).await {
        Ok(there) => there,
        Err(ApiError::Place(_)) => return Ok(Err(Trouble::NotInChannel)),
        Err(ApiError::Permission(_) | ApiError::Refused(_)) => return Ok(Err(Trouble::Unseen)),
        Err(error) => return Err(error),
    };
    Ok(if there.is_archived {
        Err(Trouble::Archived)
    } else if !there.is_member {
        Err(Trouble::NotInChannel)
    } else if there.is_external {
        Err(Trouble::External)
    } else {
        Ok(there)
    })
}

/// What stands in the way of every post, when it is the channel.
pub(super) fn trouble_of(error: &ApiError) -> Option<Trouble> {
    match error {
        ApiError::Place(code) if code == "is_archived" => Some(Trouble::Archived),
        ApiError::Place(_) => Some(Trouble::NotInChannel),
        ApiError::Permission(_) => Some(Trouble::NotAllowed),
        _ => None,
    }
}

/// The message as Slack takes it, with its last line.
fn finished(post: &PassedPost, original: Option<&str>, number: i64) -> Value {
    let mut link = String::new();
    match original {
        Some(address) => mrkdwn::push_url(&mut link, address, Some("the original")),
        None => link.push_str("the original"),
    }
    let line = format!("{REWRITTEN} {link} in <#{}>.", post.from);
    let mut last = Blocks::new(MESSAGE_LIMITS);
    last.push_context(&line);
    if let Some(address) = original {
        last.push(Block::Actions {
            block_id: BlockId::shortened("original".to_owned()),
            elements: vec![link_button(OPEN_ORIGINAL, "Open the original", address)],
        });
    }
    let mut message = post.message.clone();
    if let (Some(blocks), Value::Array(last)) = (message["blocks"].as_array_mut(), json!(last)) {
        blocks.extend(last);
    }
    let text = format!("{}\n\n{line}", message["text"].as_str().unwrap_or_default());
    message["text"] = json!(split::shorten(&text, MAX_TEXT));
    message["channel"] = json!(post.to);
    message["metadata"] = metadata(number);
    message
}
