//! Replies unasked: below a post of a chosen app stands the version for the channel's reader, once.
//!
//! Whether that is still wanted and who reads along is asked anew before each reply, because choices and channels change. When it is
//! not known whether an earlier attempt arrived, the thread is read; where that is not possible, the reply is sent again.

use std::{collections::BTreeMap, error::Error};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, Client, Slack,
    blocks::{Blocks, MAX_TEXT, MESSAGE_LIMITS},
    outgoing::{Call, metadata, outcome, owed_to_a_channel, still_in_doubt},
    passing::{RATE, is_own_bot, sight_for_posting, trouble_of},
    sharing::{Names, REWRITTEN, body_of, credit_line, people_named, push_rewrite},
    split,
};
use crate::{
    app::{Actor, Carrier, Intent, NotRead, Owed, Poster, Replies, Request, Sent, ThreadReply, Trouble, why_no_reply},
    ids::{ChannelId, PersonId, Platform},
};

/// A reply as it stands in the database. What was chosen is not in it: that may be another by the time it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ReplyPost {
    channel: ChannelId,
    /// The post's number in its channel.
    original: String,
    /// Who posted it.
    poster: Poster,
    message: Value,
}

/// What is to be done about a reply.
enum Ready {
    Post,
    /// It stands there already.
    Arrived,
    /// The post is our own.
    Ours,
    Refused(Trouble),
}

impl Slack {
    /// What is owed below a post that was taken on.
    ///
    /// # Errors
    /// The database does not answer: try again.
    pub(super) async fn owed_reply(&self, request: &Request) -> Result<Vec<Owed>, NotRead> {
        let (Some(reply), Some(place), Intent::PassOn { by, .. }) =
            (self.app.reply_to(request).await?, &request.place, &request.intent)
        else {
            return Ok(Vec::new());
        };
        let Some(original) = place.original.as_ref().and_then(|original| original.message.clone()) else {
            return Ok(Vec::new());
        };
        let channel = place.channel.clone();
        let message = self.reply_message(&request.actor, &reply).await;
        let post = ReplyPost { channel: channel.clone(), original, poster: by.clone(), message };
        let mut owed = owed_to_a_channel(&request.actor, &channel, "bridge", Call::Reply(Box::new(post)));
        for owed in &mut owed {
            // Whoever asks something in that channel does not wait behind a burst of posts.
            owed.lane = format!("replies {channel}");
            owed.rate = RATE;
        }
        Ok(owed)
    }

    async fn reply_message(&self, actor: &Actor, reply: &ThreadReply) -> Value {
        let ThreadReply { rendering, reader } = reply;
        let text = body_of(rendering);
        let people = people_named(None, &text);
        let known = if people.is_empty() { BTreeMap::new() } else { self.names_in_time(actor, &people).await };
        let names = Names { known, site: None, host: self.client.site_host() };
        let (credit, last) = (credit_line(reader, ""), format!("{REWRITTEN} the post above."));
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        blocks.push_context(credit.trim_end());
        push_rewrite(&mut blocks, rendering, &names);
        blocks.push_context(&last);
        let text = format!("{}\n\n{}\n\n{last}", credit.trim_end(), names.quiet(&text));
        json!({
            "text": split::shorten(&text, MAX_TEXT),
            "blocks": blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        })
    }

    /// Posts, and notes how replies work. Who switched them on is told when they do not, once until they work again.
    pub(super) async fn send_reply(
        &self,
        actor: &Actor,
        client: &Client,
        post: ReplyPost,
        number: i64,
        in_doubt: bool,
    ) -> Sent {
        let replies = match self.wanted(actor, &post).await {
            Ok(Some(replies)) => replies,
            Ok(None) => {
                tracing::info!(number, "a reply is not posted, because none is wanted there any more");
                return Sent::Arrived;
            }
            Err(error) => {
                tracing::warn!(number, error = &error as &dyn Error, "whether a reply is wanted cannot be read");
                let reason = "what holds for its channel could not be read".to_owned();
                return Sent::Later { retry_after: None, in_doubt, reason };
            }
        };
        let ready = match ready(client, &post, number, in_doubt).await {
            Ok(ready) => ready,
            Err(error) => {
                self.heed(actor, client, &error).await;
                // Whether an earlier attempt arrived is as unknown as before.
                return if in_doubt { still_in_doubt(error) } else { outcome(Err(error)) };
            }
        };
        let result = match ready {
            Ready::Arrived => Ok(()),
            // Nothing was posted, so it does not tell whether replies work.
            Ready::Ours => return Sent::Arrived,
            Ready::Post => {
                let mut message = post.message.clone();
                message["channel"] = json!(post.channel);
                message["thread_ts"] = json!(post.original);
                message["metadata"] = metadata(number);
                client.post_message(&message).await
            }
            Ready::Refused(trouble) => {
                self.tell_no_reply(actor, &post, &replies.by, trouble).await;
                return Sent::Never(format!("nothing may be posted there ({})", trouble.name()));
            }
        };
        match &result {
            Ok(()) => {
                self.app.note_works(Platform::Slack, &actor.workspace, &post.channel, Carrier::Replies).await;
            }
            Err(error) if is_about_the_post(error) => {
                tracing::info!(number, error = error as &dyn Error, "a reply is not posted, because its post is gone");
                return Sent::Arrived;
            }
            Err(error) => {
                self.heed(actor, client, error).await;
                if let Some(trouble) = trouble_of(error) {
                    self.tell_no_reply(actor, &post, &replies.by, trouble).await;
                }
            }
        }
        outcome(result)
    }

    /// The replies that a post gets, as they were chosen by now.
    async fn wanted(&self, actor: &Actor, post: &ReplyPost) -> Result<Option<Replies>, NotRead> {
        self.app.replies_for(Platform::Slack, &actor.workspace, &post.channel, &post.poster).await
    }

    /// Notes that a reply was given up; nothing when none is wanted any more.
    pub(super) async fn tell_lost_reply(&self, actor: &Actor, post: &ReplyPost, trouble: Trouble) {
        match self.wanted(actor, post).await {
            Ok(Some(replies)) => self.tell_no_reply(actor, post, &replies.by, trouble).await,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "nobody was told that replies do not work");
            }
        }
    }

    async fn tell_no_reply(&self, actor: &Actor, post: &ReplyPost, by: &PersonId, trouble: Trouble) {
        let channel = &post.channel;
        let text = format!(
            "You switched on that I reply to posts of apps in <#{channel}>. The last one got no reply: {} I say this once, until it \
             works again. To end it, type `/upshot settings here no replies` in <#{channel}>.",
            why_no_reply(trouble)
        );
        self.note_trouble(actor, channel, Carrier::Replies, trouble, (by, &text)).await;
    }
}

/// Whether a reply may be posted now, and need be.
async fn ready(client: &Client, post: &ReplyPost, number: i64, in_doubt: bool) -> Result<Ready, ApiError> {
    if is_own_bot(client, &post.poster).await? {
        tracing::info!(number, "a post of our own gets no reply");
        return Ok(Ready::Ours);
    }
    if let Err(trouble) = sight_for_posting(client, &post.channel).await? {
        return Ok(Ready::Refused(trouble));
    }
    if in_doubt {
        match client.has_post(&post.channel, &post.original, number).await {
            Ok(true) => return Ok(Ready::Arrived),
            Ok(false) => {}
            Err(error @ (ApiError::Place(_) | ApiError::Permission(_) | ApiError::Refused(_))) => {
                tracing::info!(
                    error = &error as &dyn Error,
                    "whether a reply arrived cannot be read; it is sent again"
                );
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Ready::Post)
}

/// Whether an error says that the post is gone, which tells nothing about the channel.
fn is_about_the_post(error: &ApiError) -> bool {
    matches!(error, ApiError::Place(code) if code == "thread_not_found" || code == "message_not_found")
}
