//! What everybody reads: an approved answer or draft, posted once under the names of those it comes from.
//!
//! It wakes nobody. Broadcasts and groups are plain words in every answer; here a mention of a person becomes a link to
//! their profile with their name, which tells who is meant and calls nobody.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, Client, Slack,
    address::ADDRESS_LIFETIME,
    blocks::{Blocks, Limits, MAX_TEXT, MESSAGE_LIMITS},
    encode::{explanation_text, push_upshot, upshot_text},
    mrkdwn,
    outgoing::{Call, outcome, owed_to_a_channel, still_in_doubt},
    split,
};
use crate::{
    app::{Actor, Credit, Owed, Post, PostedText, ReplyTo, Sent, told},
    engine::Rendering,
    ids::{ChannelId, OrganisationId, PersonId},
};

/// Who shares waits for it, and can be told what became of it for as long as their address lives.
const LIFETIME: Duration = ADDRESS_LIFETIME.saturating_sub(WORD_LIFETIME);
/// For word that a post was given up.
const WORD_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Names are a courtesy. A share does not wait longer for them.
const NAMES_TIME: Duration = Duration::from_secs(2);
/// More people than this in one message keep their ids.
const MOST_NAMES: usize = 10;
/// Room for the line below what is shared, and for a button there.
const BELOW: Limits = Limits { blocks: 2, chars: 4_000 };

/// A post as it stands in the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PublicPost {
    channel: ChannelId,
    thread: Option<String>,
    /// Takes the post where the app is no member.
    address: Option<String>,
    message: Value,
    /// Where the person who shares sees what became of it.
    seen_at: SeenAt,
    done: Value,
    refused: Value,
}

/// Where a private answer is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum SeenAt {
    Message { address: String },
    Dialog { dialog: String },
}

/// How people are named where their mention would call them.
pub(super) struct Names<'a> {
    pub(super) known: BTreeMap<PersonId, String>,
    pub(super) site: Option<&'a str>,
    pub(super) host: &'a str,
}

impl Slack {
    /// What is owed for a post: the post itself, and word of it for whoever asked.
    pub(super) async fn owed_public(&self, actor: &Actor, reply_to: &ReplyTo, post: &Post) -> Vec<Owed> {
        let encoder = self.encoder();
        let value = |value: Result<Value, serde_json::Error>| {
            value.map_err(|error| tracing::error!(error = &error as &dyn std::error::Error, "a post has no JSON")).ok()
        };
        let seen = match reply_to {
            ReplyTo::Message { address } => Some((
                SeenAt::Message { address: address.clone() },
                serde_json::to_value(encoder.replacement(&post.done)),
                serde_json::to_value(encoder.replacement(&post.refused)),
            )),
            ReplyTo::OpenDialog { dialog } => Some((
                SeenAt::Dialog { dialog: dialog.clone() },
                serde_json::to_value(encoder.view(&post.done)),
                serde_json::to_value(encoder.view(&post.refused)),
            )),
            _ => None,
        };
        let Some((seen_at, done, refused)) = seen else { return Vec::new() };
        let (Some(done), Some(refused)) = (value(done), value(refused)) else { return Vec::new() };
        let people = people_of(post);
        let names = Names {
            known: self.names_in_time(actor, &people).await,
            site: post.to.site.as_deref(),
            host: self.client.site_host(),
        };
        let public = PublicPost {
            channel: post.to.channel.clone(),
            thread: post.to.thread.clone(),
            address: post.to.address.clone(),
            message: message(post, &names),
            seen_at,
            done,
            refused,
        };
        let mut owed = owed_to_a_channel(actor, &post.to.channel, "chat.postMessage", Call::Public(Box::new(public)));
        owed.iter_mut().for_each(|owed| owed.lifetime = LIFETIME);
        owed
    }

    /// The names of people, as far as they can be had soon.
    pub(super) async fn names_in_time(&self, actor: &Actor, people: &[PersonId]) -> BTreeMap<PersonId, String> {
        tokio::time::timeout(NAMES_TIME, self.names_of(actor, people)).await.unwrap_or_default()
    }

    /// The names of people, as far as they can be had.
    async fn names_of(&self, actor: &Actor, people: &[PersonId]) -> BTreeMap<PersonId, String> {
        let mut known = BTreeMap::new();
        let Ok(client) = self.client_for(actor).await else { return known };
        for person in people {
            match client.person(person).await {
                Ok(Some(found)) => drop(known.insert(person.clone(), found.name)),
                Ok(None) | Err(ApiError::Place(_)) => {}
                // Where one name cannot be read, none can.
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "names cannot be read");
                    break;
                }
            }
        }
        known
    }

    /// Posts, and says what became of it. When it is not known whether an earlier attempt arrived and nobody can look,
    /// nothing is posted again: everybody would read it twice.
    pub(super) async fn send_public(
        &self,
        actor: &Actor,
        client: &Client,
        post: PublicPost,
        number: i64,
        in_doubt: bool,
    ) -> Sent {
        if in_doubt {
            let unknown = || Sent::Never("it is not known whether a post arrived".to_owned());
            let Some(thread) = &post.thread else { return unknown() };
            match client.has_post(&post.channel, thread, number).await {
                Ok(true) => return self.arrived(client, &post).await,
                Ok(false) => {}
                Err(error @ ApiError::Transient { .. }) => return still_in_doubt(error),
                Err(_) => return unknown(),
            }
        }
        let mut message = post.message.clone();
        if let Some(fields) = message.as_object_mut() {
            fields.insert("channel".to_owned(), json!(post.channel));
            fields.insert("metadata".to_owned(), super::outgoing::metadata(number));
            if let Some(thread) = &post.thread {
                fields.insert("thread_ts".to_owned(), json!(thread));
            }
        }
        let Err(error) = client.post_message(&message).await else { return self.arrived(client, &post).await };
        self.heed(actor, client, &error).await;
        match (&error, &post.address) {
            // A delivery's address takes a post where the app is no member.
            (ApiError::Place(_) | ApiError::Permission(_) | ApiError::NoToken, Some(address)) => {
                self.send_to_address(client, &post, address).await
            }
            _ => outcome(Err(error)),
        }
    }

    async fn send_to_address(&self, client: &Client, post: &PublicPost, address: &str) -> Sent {
        let mut message = post.message.clone();
        if let Some(fields) = message.as_object_mut() {
            fields.insert("response_type".to_owned(), json!("in_channel"));
            fields.insert("replace_original".to_owned(), json!(false));
            if let Some(thread) = &post.thread {
                fields.insert("thread_ts".to_owned(), json!(thread));
            }
        }
        match self.respond(client, address, &message).await {
            Ok(()) => self.arrived(client, post).await,
            Err(error) => outcome(Err(error)),
        }
    }

    /// Tells the person that it is posted. What is given up is told by [`Self::owed_for_giving_up`], however it came to that.
    async fn arrived(&self, client: &Client, post: &PublicPost) -> Sent {
        let told = match &post.seen_at {
            SeenAt::Message { address } => self.respond(client, address, &post.done).await,
            SeenAt::Dialog { dialog } => client.update_view(dialog, &post.done).await,
        };
        if let Err(error) = told {
            // The post is what counts; a dialog may be closed by now.
            tracing::info!(error = &error as &dyn std::error::Error, "the person was not told how sharing ended");
        }
        Sent::Arrived
    }

    /// What the person is told whose post is given up.
    pub(super) fn owed_refusal(&self, organisation: Option<&OrganisationId>, post: PublicPost) -> Vec<Owed> {
        let mut owed = match post.seen_at {
            SeenAt::Message { address } => self.owed_response(None, &address, &post.refused),
            SeenAt::Dialog { dialog } => self.owed_content(organisation, &dialog, post.refused),
        };
        owed.iter_mut().for_each(|owed| owed.lifetime = WORD_LIFETIME);
        owed
    }
}

/// Everybody whose name is wanted, each once.
fn people_of(post: &Post) -> Vec<PersonId> {
    let Credit { approved_by, original } = &post.credit;
    let author = original.as_ref().filter(|original| original.author_name.is_none());
    let first = [Some(approved_by.clone()), author.and_then(|original| original.author.clone())];
    people_named(first.into_iter().flatten(), &body(&post.text))
}

/// These people, then those whom a text mentions: each once, and no more than can be asked for soon.
pub(super) fn people_named(first: impl IntoIterator<Item = PersonId>, text: &str) -> Vec<PersonId> {
    let mentioned = mentions(text).into_iter().map(|(_, id)| PersonId::new(id));
    let mut people = Vec::new();
    for person in first.into_iter().chain(mentioned) {
        if people.len() < MOST_NAMES && !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

/// The mentions of people in written mrkdwn, with where they stand.
fn mentions(text: &str) -> Vec<(usize, &str)> {
    text.match_indices("<@")
        .filter_map(|(at, _)| {
            let (id, _) = text.get(at + 2..)?.split_once('>')?;
            let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            is_id.then_some((at, id))
        })
        .collect()
}

impl Names<'_> {
    /// A person by name, with a link to their profile where one can be made.
    fn person(&self, id: &PersonId, name: Option<&str>, otherwise: &str) -> String {
        let name = name.or(self.known.get(id).map(String::as_str)).unwrap_or(otherwise);
        let mut text = String::new();
        match self.link(&format!("team/{id}")) {
            Some(link) => mrkdwn::push_url(&mut text, &link, Some(name)),
            None => mrkdwn::push_escaped(&mut text, name),
        }
        text
    }

    /// The text with nobody called.
    pub(super) fn quiet(&self, text: &str) -> String {
        let mut quiet = String::with_capacity(text.len());
        let mut rest = 0;
        for (at, id) in mentions(text) {
            quiet.push_str(text.get(rest..at).unwrap_or_default());
            let id = PersonId::new(id);
            let name = self.known.get(&id).map_or_else(|| format!("@{id}"), |name| format!("@{name}"));
            quiet.push_str(&self.person(&id, Some(&name), ""));
            rest = at + id.as_str().len() + "<@>".len();
        }
        quiet.push_str(text.get(rest..).unwrap_or_default());
        quiet
    }

    fn link(&self, path: &str) -> Option<String> {
        let is_name = |site: &&str| site.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let site = self.site.filter(|site| !site.is_empty()).filter(is_name)?;
        Some(format!("https://{site}.{}/{path}", self.host))
    }
}

/// The post as Slack takes it.
fn message(post: &Post, names: &Names<'_>) -> Value {
    let credit = credit(post, names);
    let text = format!("{credit}\n\n{}", names.quiet(&body(&post.text)));
    let mut blocks = Blocks::new(MESSAGE_LIMITS);
    blocks.push_context(&credit);
    match &post.text {
        PostedText::Rewrite { rendering, .. } => push_rewrite(&mut blocks, rendering, names),
        PostedText::Own(_) | PostedText::Explanation { .. } => {
            blocks.push_text(&names.quiet(&body(&post.text)), BELOW);
        }
    }
    blocks.push_context(&below(post));
    json!({
        "text": split::shorten(&text, MAX_TEXT),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// Adds a rewrite in which nobody is called.
pub(super) fn push_rewrite(blocks: &mut Blocks, rendering: &Rendering, names: &Names<'_>) {
    push_upshot(blocks, rendering, |text| names.quiet(text));
    if shows_plain(rendering) {
        blocks.push_text(&names.quiet(&plain(rendering)), BELOW);
    }
}

/// A rewrite as one text, as [`push_rewrite`] shows it.
pub(super) fn body_of(rendering: &Rendering) -> String {
    if shows_plain(rendering) {
        format!("{}\n\n{}", upshot_text(rendering), plain(rendering))
    } else {
        upshot_text(rendering)
    }
}

/// What is posted, as one text.
fn body(text: &PostedText) -> String {
    match text {
        PostedText::Rewrite { rendering, .. } => body_of(rendering),
        PostedText::Own(source) => mrkdwn::write(source.text()),
        PostedText::Explanation { found, .. } => explanation_text(&found.explanation, found.depth),
    }
}

/// Without sections the whole message is what there is to read, as in the private answer.
fn shows_plain(rendering: &Rendering) -> bool {
    rendering.sections.is_empty() && !told::says_the_same(rendering)
}

fn plain(rendering: &Rendering) -> String {
    format!("*In plain words*\n{}", mrkdwn::write(&rendering.plain))
}

/// Whose words these are, and where the original is.
fn credit(post: &Post, names: &Names<'_>) -> String {
    let Credit { approved_by, original } = &post.credit;
    let by = names.person(approved_by, None, "a colleague");
    let reader = match &post.text {
        PostedText::Own(_) => return format!("For {by}:"),
        // Who shares may know the term well: nothing says who asked.
        PostedText::Explanation { reader, .. } => return credit_line(reader, &format!("Shared by {by}.")),
        PostedText::Rewrite { reader, .. } => reader,
    };
    let written = match original {
        Some(original) if original.message.is_some() => {
            let above = match message_link(&post.to.channel, original.message.as_deref(), original.thread.as_deref())
                .and_then(|path| names.link(&path))
            {
                Some(link) => {
                    let mut text = String::new();
                    mrkdwn::push_url(&mut text, &link, Some("the original above"));
                    text
                }
                None => "the original above".to_owned(),
            };
            let author = match (&original.author, &original.author_name) {
                (Some(author), name) => names.person(author, name.as_deref(), "its author"),
                (None, Some(name)) => {
                    let mut text = String::new();
                    mrkdwn::push_escaped(&mut text, name);
                    text
                }
                (None, None) => "its author".to_owned(),
            };
            format!("A plain-language version of {above}, written by {author}. Shared by {by}.")
        }
        _ => format!("Posted for {by}."),
    };
    credit_line(reader, &written)
}

/// Above everything that others read as well.
pub(super) fn credit_line(reader: &str, written: &str) -> String {
    format!("*In plain words, for this reader: {}.* {written}", mrkdwn::write(reader))
}

/// Under a rewrite whose original people can find.
pub(super) const REWRITTEN: &str = "Rewritten with Upshot. Every figure, date and name is the author's; what counts is";

fn below(post: &Post) -> String {
    match &post.text {
        PostedText::Own(_) => "Checked and posted with Upshot.".to_owned(),
        PostedText::Explanation { .. } => "Explained with Upshot.".to_owned(),
        PostedText::Rewrite { .. } if post.to.thread.is_some() => {
            format!("{REWRITTEN} the original.")
        }
        PostedText::Rewrite { .. } => "Rewritten with Upshot.".to_owned(),
    }
}

/// Where a message is found in the workspace's pages.
fn message_link(channel: &ChannelId, message: Option<&str>, thread: Option<&str>) -> Option<String> {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_id = channel.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
    let message = message.filter(|message| is_number(message) && is_id)?;
    let mut path = format!("archives/{channel}/p{}", message.replace('.', ""));
    if let Some(thread) = thread.filter(|thread| *thread != message && is_number(thread)) {
        path.push_str(&format!("?thread_ts={thread}&cid={channel}"));
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{MOST_NAMES, Names, mentions, message_link, people_named};
    use crate::ids::{ChannelId, PersonId};

    #[test]
    fn a_mention_becomes_a_name_and_calls_nobody() {
        let known = BTreeMap::from([(PersonId::new("U0MARCO002"), "Marco <B>".to_owned())]);
        let names = |site| Names { known: known.clone(), site, host: "slack.com" };
        for (site, text, quiet) in [
            (
                Some("alderbrook"),
                "ask <@U0MARCO002> or <@U0PRIYA003>.",
                "ask <https://alderbrook.slack.com/team/U0MARCO002|@Marco &lt;B&gt;> or \
                 <https://alderbrook.slack.com/team/U0PRIYA003|@U0PRIYA003>.",
            ),
            (None, "ask <@U0MARCO002>, <@U0PRIYA003>", "ask @Marco &lt;B&gt;, @U0PRIYA003"),
            (Some("evil.example/x"), "<@U0MARCO002>", "@Marco &lt;B&gt;"),
            (None, "`&lt;@U0MARCO002&gt;` stays, <@ and <@low> too", "`&lt;@U0MARCO002&gt;` stays, <@ and <@low> too"),
        ] {
            assert_eq!(names(site).quiet(text), quiet);
        }
        assert_eq!(mentions("<@U1><@U2>"), [(0, "U1"), (5, "U2")]);
    }

    #[test]
    fn names_are_asked_for_once_each_and_the_author_comes_first() {
        let ids = |ids: &[&str]| ids.iter().map(|id| PersonId::new(*id)).collect::<Vec<_>>();
        assert_eq!(people_named(ids(&["U9"]), "<@U2> <@U9> <@U1> <@U2>"), ids(&["U9", "U2", "U1"]));
        let many: String = (10..40).map(|number| format!("<@U{number}> ")).collect();
        let asked = people_named(ids(&["U99"]), &many);
        assert_eq!((asked.len(), asked.first()), (MOST_NAMES, ids(&["U99"]).first()));
    }

    #[test]
    fn the_original_is_linked_wherever_it_stands() {
        let channel = ChannelId::new("C0INCIDENT");
        for (message, thread, path) in [
            (Some("1789999700.000100"), Some("1789999700.000100"), Some("archives/C0INCIDENT/p1789999700000100")),
            (
                Some("1789999905.000300"),
                Some("1789999800.000200"),
                Some("archives/C0INCIDENT/p1789999905000300?thread_ts=1789999800.000200&cid=C0INCIDENT"),
            ),
            (Some("x/../y"), None, None),
            (None, None, None),
        ] {
            assert_eq!(message_link(&channel, message, thread).as_deref(), path);
        }
    }
}
