//! "Explain this" below a message, "the whole thread", the address of a message, and the message that somebody looks at beside
//! their conversation with the app: read where the workspace allows it, and where it does not, one sentence that says what would
//! help.
//!
//! Nothing is read unless somebody asks: the thread in which they ask, or what Slack says that they see at that moment. This
//! happens after the delivery was acknowledged. Pages are small, because Slack gives some apps no larger ones.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{ApiError, Client, Slack, mrkdwn, payload::Message, rich_text, tokens::not_kept};
use crate::{
    app::{Intent, Meant, Original, Pointed, Reply, Request, Say, SpokenTo, Thread},
    engine::{Notice, SourceText},
    ids::{ChannelId, PersonId, Platform},
};

/// As many messages as Slack gives any app at once.
const PAGE: u32 = 15;
/// More pages of one thread are not read: four are a long discussion.
const MOST_PAGES: usize = 4;
/// Slack shows the message behind an address a moment after it was posted.
const UNFURLING: Duration = Duration::from_millis(1500);
/// Subtypes of messages that people or other apps wrote.
const WRITTEN: [&str; 4] = ["thread_broadcast", "file_share", "me_message", "bot_message"];

/// Messages that were read.
struct Found {
    source: SourceText,
    spoken_to: SpokenTo,
    /// How many messages were read when there are more.
    cut_after: Option<usize>,
    /// The channel in which they stand.
    channel: ChannelId,
    /// What sharing their rewrite needs.
    original: Original,
}

impl Found {
    /// The request, about these messages.
    fn asked_about(&self, request: &Request) -> Request {
        let mut request = request.about_text_in(Platform::Slack, &self.channel);
        if let Some(place) = &mut request.place {
            place.channel = self.channel.clone();
            place.original = Some(self.original.clone());
        }
        request
    }
}

/// A message of a thread that was read.
fn original(message: &Message, number: &str) -> Original {
    Original {
        message: Some(number.to_owned()),
        thread: Some(message.thread_ts.clone().unwrap_or_else(|| number.to_owned())),
        author: message.user.clone().map(PersonId::new),
        author_name: message.username.clone(),
        ..Original::default()
    }
}

impl Slack {
    /// Answers a request, after reading what it points at.
    pub(super) async fn answer_with_sight(&self, request: &Request) -> Reply {
        if let Intent::CommandLinked { text, thread } = &request.intent {
            return match self.linked(request, thread).await {
                Ok(Some(attached)) => self.app.answer_with(request, text, &attached).await,
                Ok(None) => Reply::Say(Say::failure(
                    "I see the address of a message and not the message itself. Forward it to me with “Share message”, or \
                     open its menu and choose “Explain this”.",
                )),
                Err(error) => Reply::Say(unreadable(&error, Which::Above)),
            };
        }
        let Some(meant) = self.app.meant(request) else { return self.app.answer(request).await };
        let which = match meant.at {
            Pointed::Message | Pointed::Thread => Which::Above,
            Pointed::MessageInSight | Pointed::ThreadInSight => Which::InSight,
        };
        match self.found(request, &meant).await {
            Ok(None) => Reply::Say(Say::nothing_in_sight()),
            Ok(Some(found)) => {
                let reader = meant.reader.as_ref();
                let request = &found.asked_about(request);
                let mut reply = self.app.answer_about(request, &found.source, found.spoken_to, reader).await;
                if let (Reply::Rewrite(rewrite), Some(count)) = (&mut reply, found.cut_after) {
                    let text =
                        format!("This tells the first {count} messages of the thread; the later ones are not read.");
                    rewrite.rendering.notices.push(Notice { code: "thread_cut".to_owned(), text });
                }
                reply
            }
            Err(error) => {
                tracing::info!(request = %request.id, error = &error as &dyn std::error::Error, "a thread was not read");
                Reply::Say(unreadable(&error, which))
            }
        }
    }

    /// What is pointed at; `None` when that is in sight and nothing is.
    async fn found(&self, request: &Request, meant: &Meant) -> Result<Option<Found>, ApiError> {
        let client = self.client_for(&request.actor).await?;
        let read = match (meant.at, &request.intent) {
            (Pointed::Message, Intent::CommandBelow { thread, .. }) => match parent(&client, thread).await {
                // What was asked there was about something in sight, and so is what is asked below it.
                Ok(found) if found.spoken_to == SpokenTo::Us && self.app.points_elsewhere(&found.source) => {
                    self.in_sight(request, &client, meant.at).await
                }
                other => other.map(Some),
            },
            (Pointed::Thread, Intent::CommandBelow { thread, .. }) => {
                self.whole(request, &client, thread).await.map(Some)
            }
            (at, _) => self.in_sight(request, &client, at).await,
        };
        if let Err(error) = &read {
            self.heed(&request.actor, &client, error).await;
        }
        read
    }

    /// The message that the person looks at, or its thread. They see it, so it may be read for them.
    async fn in_sight(&self, request: &Request, client: &Client, at: Pointed) -> Result<Option<Found>, ApiError> {
        let Some((channel, number)) = self.app.message_in_sight(request).await.map_err(not_kept)? else {
            return Ok(None);
        };
        // Also a message within a thread is found by its own number, and then alone.
        let replies = client.replies(&channel, &number, 1, None).await?;
        let seen = replies.messages.into_iter().find(|message| message["ts"] == *number);
        let seen = seen.and_then(|seen| serde_json::from_value::<Message>(seen).ok());
        let seen = seen.ok_or(ApiError::Place("message_not_found".to_owned()))?;
        if at == Pointed::ThreadInSight {
            let parent = seen.thread_ts.unwrap_or(number);
            let thread = Thread { channel, parent, own: String::new(), app_user: None, app: None };
            return self.whole(request, client, &thread).await.map(Some);
        }
        let (source, original) = (rich_text::message(&seen), original(&seen, &number));
        Ok(Some(Found { source, spoken_to: SpokenTo::People, cut_after: None, channel, original }))
    }

    /// All messages of a thread, each under the name of who wrote it.
    async fn whole(&self, request: &Request, client: &Client, thread: &Thread) -> Result<Found, ApiError> {
        let (mut messages, mut cursor) = (Vec::new(), None::<String>);
        let mut is_cut = false;
        for page in 0..MOST_PAGES {
            let replies = match client.replies(&thread.channel, &thread.parent, PAGE, cursor.as_deref()).await {
                Ok(replies) => replies,
                // What was read is worth more than what was not.
                Err(_) if page > 0 => {
                    is_cut = true;
                    break;
                }
                Err(error) => return Err(error),
            };
            cursor = replies.next().map(str::to_owned);
            is_cut = replies.has_more;
            messages.extend(replies.messages);
            if cursor.is_none() {
                break;
            }
        }
        let told: Vec<(Speaker, String)> = messages.into_iter().filter_map(|message| told(message, thread)).collect();
        if told.is_empty() {
            return Err(ApiError::Place("thread_not_found".to_owned()));
        }
        let mut people: Vec<PersonId> = told.iter().filter_map(|(speaker, _)| speaker.person()).collect();
        people.sort();
        people.dedup();
        let names = self.names_in_time(&request.actor, &people).await;
        let lines: Vec<String> =
            told.iter().map(|(speaker, text)| format!("{}: {text}", speaker.label(&names))).collect();
        Ok(Found {
            cut_after: is_cut.then_some(told.len()),
            source: SourceText::new(&lines.join("\n")),
            spoken_to: SpokenTo::People,
            channel: thread.channel.clone(),
            // Several people wrote it, so nobody is named as its author.
            original: Original {
                message: Some(thread.parent.clone()),
                thread: Some(thread.parent.clone()),
                ..Original::default()
            },
        })
    }

    /// The message whose address was posted, as Slack shows it below: only what the person who posted it may see.
    async fn linked(&self, request: &Request, thread: &Thread) -> Result<Option<SourceText>, ApiError> {
        let client = self.client_for(&request.actor).await?;
        for wait in [Duration::ZERO, UNFURLING] {
            tokio::time::sleep(wait).await;
            let replies = client.replies(&thread.channel, &thread.own, PAGE, None).await?;
            let own = replies.messages.into_iter().find(|message| message["ts"] == *thread.own);
            let attached = own.and_then(|own| serde_json::from_value::<Message>(own).ok());
            let attached = attached.map(|message| rich_text::attached(&message));
            if let Some(attached) = attached.filter(|source| !source.text().is_empty()) {
                return Ok(Some(attached));
            }
        }
        Ok(None)
    }
}

/// The message that a thread hangs on.
async fn parent(client: &Client, thread: &Thread) -> Result<Found, ApiError> {
    let replies = client.replies(&thread.channel, &thread.parent, 1, None).await?;
    let parent = replies.messages.into_iter().find(|message| message["ts"] == *thread.parent);
    let parent = parent.and_then(|parent| serde_json::from_value::<Message>(parent).ok());
    let parent = parent.ok_or(ApiError::Place("thread_not_found".to_owned()))?;
    let (source, original) = (rich_text::message(&parent), original(&parent, &thread.parent));
    // In a conversation with the app everything is said to it.
    let is_own_conversation = thread.channel.as_str().starts_with('D');
    let mention = thread.app_user.as_ref().map(person_token);
    let without_mention = mention.as_ref().map(|mention| source.text().replace(&**mention, ""));
    let is_to_us = is_own_conversation || without_mention.as_ref().is_some_and(|text| text != source.text());
    let (source, spoken_to) = match without_mention.filter(|_| is_to_us) {
        Some(text) => (SourceText::new(text.trim()), SpokenTo::Us),
        None => (source, SpokenTo::People),
    };
    Ok(Found { source, spoken_to, cut_after: None, channel: thread.channel.clone(), original })
}

/// Who wrote a message.
enum Speaker {
    Person(PersonId),
    App(String),
}

impl Speaker {
    fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person.clone()),
            Self::App(_) => None,
        }
    }

    fn label(&self, names: &BTreeMap<PersonId, String>) -> String {
        match self {
            Self::Person(person) => names.get(person).cloned().unwrap_or_else(|| person_token(person)),
            Self::App(name) => name.clone(),
        }
    }
}

fn person_token(person: &PersonId) -> String {
    let mut text = String::new();
    mrkdwn::push_person(&mut text, person.as_str());
    text
}

/// A message of a thread as its text and who wrote it. What was said to us or by us is no part of the matter.
fn told(message: Value, thread: &Thread) -> Option<(Speaker, String)> {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let is_written = text("subtype").is_none_or(|subtype| WRITTEN.contains(&subtype));
    let is_the_wish = text("ts") == Some(&*thread.own);
    let is_ours = thread.app.is_some() && (text("app_id") == thread.app.as_deref())
        || thread.app_user.is_some() && text("user") == thread.app_user.as_ref().map(PersonId::as_str);
    let is_to_us = thread
        .app_user
        .as_ref()
        .is_some_and(|user| text("text").unwrap_or_default().trim_start().starts_with(&format!("<@{user}")));
    // A thread that somebody opened by asking us is still about what stands there.
    let is_parent = text("ts") == Some(&*thread.parent);
    if !is_written || is_the_wish || is_ours || (is_to_us && !is_parent) {
        return None;
    }
    let bot = message.get("bot_profile").and_then(|bot| bot.get("name")).and_then(Value::as_str);
    let speaker = match (text("user"), text("username").or(bot)) {
        (_, Some(name)) => Speaker::App(name.to_owned()),
        (Some(person), None) => Speaker::Person(PersonId::new(person)),
        (None, None) => Speaker::App("An app".to_owned()),
    };
    let source = rich_text::message(&serde_json::from_value::<Message>(message).ok()?);
    let text = source.text().trim();
    (!text.is_empty()).then(|| (speaker, text.to_owned()))
}

/// Which message cannot be read.
#[derive(Debug, Clone, Copy)]
enum Which {
    Above,
    InSight,
}

/// Why a message cannot be read, and what would help.
fn unreadable(error: &ApiError, which: Which) -> Say {
    let (message, channel, there) = match which {
        Which::Above => ("the message above", "this channel", "here"),
        Which::InSight => ("the message you are looking at", "its channel", "there"),
    };
    let why = match error {
        ApiError::Place(code) if code == "not_in_channel" || code == "channel_not_found" => {
            format!(
                "I am no member of {channel}, so I cannot read {message}. Invite me (/invite @Upshot) and ask again."
            )
        }
        ApiError::Place(_) => format!("I cannot find {message}: it is gone, or hidden from me."),
        ApiError::Permission(code) if code == "missing_scope" => format!(
            "I was not allowed to read messages {there}. Whoever manages the app can install it again and allow \
             channels:history (for private channels groups:history)."
        ),
        ApiError::Permission(_) => {
            format!("Your workspace does not let me read messages {there}; an administrator can change that.")
        }
        ApiError::Transient { .. } => {
            format!("Slack does not let me read {message} right now. Ask again in a minute.")
        }
        _ => format!("I could not read {message}."),
    };
    Say::unread(&why)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{ApiError, Speaker, Thread, Which, told, unreadable};
    use crate::ids::{ChannelId, PersonId};

    #[test]
    fn each_reason_names_what_would_help() {
        let transient = ApiError::Transient { retry_after: Some(Duration::from_secs(60)), in_doubt: false };
        for (error, words) in [
            (ApiError::Place("not_in_channel".to_owned()), "/invite @Upshot"),
            (ApiError::Place("thread_not_found".to_owned()), "is gone"),
            (ApiError::Permission("missing_scope".to_owned()), "channels:history"),
            (ApiError::Permission("ekm_access_denied".to_owned()), "administrator"),
            (transient, "in a minute"),
            (ApiError::Refused("brand_new".to_owned()), "could not read"),
        ] {
            for (which, named) in [(Which::Above, ["above", "here"]), (Which::InSight, ["looking at", "there"])] {
                let said = unreadable(&error, which);
                let sentence = said.text();
                assert!(sentence.contains(words) && sentence.contains("“Explain this”"), "{sentence}");
                assert!(named.iter().any(|name| sentence.contains(name)), "{sentence}");
            }
        }
    }

    #[test]
    fn only_what_others_wrote_to_others_is_told() {
        let thread = Thread {
            channel: ChannelId::new("C1"),
            parent: "1.0".to_owned(),
            own: "9.0".to_owned(),
            app_user: Some(PersonId::new("U0BOT")),
            app: Some("A0BOT".to_owned()),
        };
        let speaks = |message: serde_json::Value| {
            told(message, &thread).map(|(speaker, text)| match speaker {
                Speaker::Person(person) => format!("{person} {text}"),
                Speaker::App(name) => format!("[{name}] {text}"),
            })
        };
        let expect = |text: &str| Some(text.to_owned());
        assert_eq!(speaks(json!({ "ts": "2.0", "user": "U1", "text": "p95 is up" })), expect("U1 p95 is up"));
        assert_eq!(
            speaks(
                json!({ "ts": "2.0", "subtype": "bot_message", "username": "Alertbell", "bot_id": "B1", "text": "down" })
            ),
            expect("[Alertbell] down")
        );
        assert_eq!(
            speaks(json!({ "ts": "2.0", "user": "U2", "bot_profile": { "name": "Deploys" }, "text": "done" })),
            expect("[Deploys] done")
        );
        assert!(speaks(json!({ "ts": "1.0", "user": "U1", "text": "<@U0BOT> for sales: x" })).is_some());
        for silent in [
            json!({ "ts": "9.0", "user": "U1", "text": "<@U0BOT> the whole thread" }),
            json!({ "ts": "3.0", "user": "U1", "text": "<@U0BOT> explain this" }),
            json!({ "ts": "3.0", "user": "U0BOT", "text": "Checkout is slow" }),
            json!({ "ts": "3.0", "bot_id": "B9", "app_id": "A0BOT", "subtype": "bot_message", "text": "shared" }),
            json!({ "ts": "3.0", "user": "U1", "subtype": "channel_join", "text": "joined" }),
            json!({ "ts": "3.0", "user": "U1", "subtype": "tombstone", "text": "deleted" }),
            json!({ "ts": "3.0", "user": "U1", "text": "" }),
        ] {
            assert_eq!(speaks(silent.clone()), None, "{silent}");
        }
    }
}
