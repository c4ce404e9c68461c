//! What is owed to Slack after a delivery was acknowledged: how it is written down, and how it is sent.
//!
//! Slack knows no key by which it would drop a repeated call. When the end of a call is not known:
//! - a message in place of another one is sent again, which changes nothing when it had arrived;
//! - a post in a thread carries its number as metadata and is looked for first. Where that does not tell,
//!   because reading is not allowed or the thread is long, it is sent again, because silence is worse than a repetition;
//! - a private message cannot be looked for, so it is sent again and may then be seen twice.
//!
//! An answer that can never arrive where somebody asked goes to that person's own conversation with the app.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, Client, Slack,
    address::{ADDRESS_LIFETIME, for_a_person, from_elsewhere, name_of},
    client::TIMEOUT,
    passing::PassedPost,
    replying::ReplyPost,
    session::{self, Session},
    sharing::PublicPost,
};
use crate::{
    app::{Actor, GivenUp, GlossaryReply, Intent, Owed, Reply, ReplyTo, Request, Say, Sent, Trouble, Word},
    ids::{ChannelId, OrganisationId, PersonId, WorkspaceId},
};

/// Slack itself drops events that are two hours late.
const POST_LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
/// One post a second in a channel, and some hundred a minute in a workspace.
const POST_PAUSE: Duration = Duration::from_secs(1);
const POST_RATE: (Duration, u32) = (Duration::from_millis(200), 20);

/// A call as it stands in the database. Rows outlive a version of the program, so the form has a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "version")]
enum Outgoing {
    /// The first form.
    #[serde(rename = "1")]
    V1(Call),
    /// With the organisation of the workspace, whose installation may be the one that acts.
    #[serde(rename = "2")]
    V2 {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisation: Option<OrganisationId>,
        call: Call,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Call {
    /// A message to an address that a delivery brought along, for the person who gets it otherwise when the address takes none.
    Respond {
        address: String,
        message: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    },
    /// A message in a thread, what was shown to be in work for it, and the person who gets it otherwise when the thread takes none.
    Post {
        channel: ChannelId,
        thread: String,
        message: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<Session>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    },
    /// Word that nothing is worked at any more in a thread.
    EndSession { channel: ChannelId, thread: String },
    /// What can be asked, above a conversation.
    Prompts {
        channel: ChannelId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
        prompts: Vec<Value>,
    },
    /// A message in a channel that one person sees.
    Whisper { channel: ChannelId, person: PersonId, thread: Option<String>, message: Value },
    /// What everybody reads because somebody approved it.
    Public(Box<PublicPost>),
    /// A post of another app, in another channel.
    Pass(Box<PassedPost>),
    /// A reply below a post of an app.
    Reply(Box<ReplyPost>),
    /// A message in somebody's own conversation with the app.
    Tell { person: PersonId, message: Value },
    /// A person's home tab.
    Publish { person: PersonId, view: Value },
    /// Another content for an open dialog.
    Update { dialog: String, view: Value },
}

impl Slack {
    /// Answers a request that was taken on, and says what is owed for it. `attempt` is 1 at the first try.
    pub async fn work(&self, request: &Request, attempt: u32) -> Vec<Owed> {
        // A quiet channel hears nothing; who asked gets the answer alone.
        let request = &*self.app.where_it_belongs(request).await;
        // From the home tab a channel is chosen for as by a command in it.
        let request = match request.reply_to {
            ReplyTo::Home => &self.with_right(request.clone()).await,
            _ => request,
        };
        let request = match self.app.posts_into(request).await {
            Some(channel) => &request.among_partners(self.has_partners(&request.actor, &channel).await),
            None => request,
        };
        let actor = &request.actor;
        let (reply, session) = tokio::join!(self.answer_with_sight(request), self.begin_session(request, attempt));
        if let Reply::Post(post) = &reply {
            return self.owed_public(actor, &request.reply_to, post).await;
        }
        match &request.reply_to {
            ReplyTo::Message { address } => {
                self.owed_response(Some(actor), address, &self.encoder().replacement(&reply))
            }
            // The ticket has long expired when a worker comes to it.
            ReplyTo::Dialog { fallback: Some(address), .. } => self.owed_answer(actor, address, &reply),
            ReplyTo::Thread { channel, message } => {
                let ends = session.is_some() || matches!(request.intent, Intent::Stop { .. });
                let mut owed = self.owed_post(request, (channel, message), &reply, session);
                // A post brings its own end along, in the step in which it is over; a stop waits for no post.
                if ends && (owed.is_empty() || matches!(request.intent, Intent::Stop { .. })) {
                    owed.extend(self.owed_end(actor, channel, message));
                }
                owed
            }
            ReplyTo::Private { channel, person, thread } => {
                self.owed_whisper(actor, (channel, person, thread.as_deref()), &reply)
            }
            ReplyTo::OpenDialog { dialog } => self.owed_update(actor, dialog, &reply),
            ReplyTo::Home => self.owed_home(actor, &reply),
            ReplyTo::Conversing { channel, thread } => match &reply {
                Reply::Prompts(prompts) => self.owed_prompts(actor, (channel, thread.as_deref()), prompts),
                _ => Vec::new(),
            },
            ReplyTo::Dialog { fallback: None, .. }
            | ReplyTo::DialogAbove { .. }
            // Slack has no such conversations.
            | ReplyTo::Conversation(_)
            | ReplyTo::Response
            | ReplyTo::OpenResponse
            | ReplyTo::Form { .. }
            | ReplyTo::Options
            | ReplyTo::Nowhere => Vec::new(),
        }
    }

    /// A private message, owed to an address.
    pub(super) fn owed_answer(&self, actor: &Actor, address: &str, reply: &Reply) -> Vec<Owed> {
        self.owed_response(Some(actor), address, &self.encoder().message(reply))
    }

    /// What is owed in place of a dialog that did not open: the answer, at the address that came along or else in the person's own
    /// conversation with the app. A dialog that stays as it was is looked at by somebody, or was closed.
    pub(super) fn owed_without_dialog(&self, request: &Request, reply: &Reply) -> Vec<Owed> {
        let actor = &request.actor;
        match &request.reply_to {
            ReplyTo::Dialog { fallback: Some(address), .. } => self.owed_answer(actor, address, reply),
            ReplyTo::Dialog { fallback: None, .. } | ReplyTo::DialogAbove { .. } if self.can_call() => {
                let not_opened = Reply::Say(Say::not_opened());
                // What asks for something needs a dialog to be answered in.
                let message = if asks_in_a_dialog(reply) {
                    self.message_for_a_channel(&not_opened)
                } else {
                    self.message_for_a_channel(reply).map(from_elsewhere)
                };
                let Some(message) = message else { return Vec::new() };
                self.owed_directly(&actor.workspace, actor.organisation.clone(), actor.person.clone(), message)
            }
            _ => Vec::new(),
        }
    }

    /// A message, owed to an address. Who asked gets it in their own conversation when the address takes none.
    pub(super) fn owed_response(&self, asker: Option<&Actor>, address: &str, message: &impl Serialize) -> Vec<Owed> {
        let Some(message) = value_of(message) else { return Vec::new() };
        let organisation = asker.and_then(|actor| actor.organisation.as_ref());
        let person = asker.map(|actor| actor.person.clone());
        let payload = written(organisation, Call::Respond { address: address.to_owned(), message, person });
        let owed = |payload| Owed {
            lane: format!("address {}", name_of(address)),
            lane_pause: Duration::ZERO,
            method: "response_url",
            rate: (Duration::ZERO, 1),
            payload,
            lifetime: ADDRESS_LIFETIME,
        };
        payload.map(owed).into_iter().collect()
    }

    /// A reply, in an open dialog.
    pub(super) fn owed_update(&self, actor: &Actor, dialog: &str, reply: &Reply) -> Vec<Owed> {
        let Some(view) = value_of(&self.encoder().view(reply)) else { return Vec::new() };
        self.owed_content(actor.organisation.as_ref(), dialog, view)
    }

    /// Another content for an open dialog.
    pub(super) fn owed_content(&self, organisation: Option<&OrganisationId>, dialog: &str, view: Value) -> Vec<Owed> {
        let owed = |payload| Owed {
            lane: format!("dialog {dialog}"),
            lane_pause: Duration::ZERO,
            method: "views.update",
            rate: POST_RATE,
            payload,
            lifetime: ADDRESS_LIFETIME,
        };
        let call = Call::Update { dialog: dialog.to_owned(), view };
        written(organisation, call).map(owed).into_iter().collect()
    }

    fn owed_home(&self, actor: &Actor, reply: &Reply) -> Vec<Owed> {
        let Reply::Home(home) = reply else { return Vec::new() };
        let Some(view) = value_of(&self.encoder().home(home)) else { return Vec::new() };
        let owed = |payload| Owed {
            lane: format!("home {}", actor.person),
            lane_pause: Duration::ZERO,
            method: "views.publish",
            rate: POST_RATE,
            payload,
            lifetime: ADDRESS_LIFETIME,
        };
        let call = Call::Publish { person: actor.person.clone(), view };
        written(actor.organisation.as_ref(), call).map(owed).into_iter().collect()
    }

    fn owed_post(
        &self,
        request: &Request,
        (channel, thread): (&ChannelId, &str),
        reply: &Reply,
        session: Option<Session>,
    ) -> Vec<Owed> {
        let Some(mut message) = self.message_for_a_channel(reply) else { return Vec::new() };
        // Everybody in a thread could press them, and one person's choice would change what all read. In a conversation of two
        // nobody else is there.
        let is_of_two = request.place.as_ref().is_some_and(|place| place.is_of_two);
        if let Some(blocks) = message["blocks"].as_array_mut().filter(|_| !is_of_two) {
            blocks.retain(|block| block["type"] != "actions");
            for block in blocks.iter_mut().filter_map(Value::as_object_mut) {
                block.remove("accessory");
            }
        }
        // In a conversation of two there is no other one to go to.
        let person = (!is_of_two).then(|| request.actor.person.clone());
        let call = Call::Post { channel: channel.clone(), thread: thread.to_owned(), message, session, person };
        owed_to_a_channel(&request.actor, channel, "chat.postMessage", call)
    }

    fn owed_whisper(
        &self,
        actor: &Actor,
        (channel, person, thread): (&ChannelId, &PersonId, Option<&str>),
        reply: &Reply,
    ) -> Vec<Owed> {
        let Some(message) = self.message_for_a_channel(reply) else { return Vec::new() };
        let thread = thread.map(str::to_owned);
        let call = Call::Whisper { channel: channel.clone(), person: person.clone(), thread, message };
        owed_to_a_channel(actor, channel, "chat.postEphemeral", call)
    }

    /// Something to tell somebody in their own conversation with the app.
    #[must_use]
    pub fn owed_word(&self, word: &Word) -> Vec<Owed> {
        let Word { to, text } = word;
        let Some(message) = self.message_for_a_channel(&Reply::Say(Say::done(text.clone()))) else { return Vec::new() };
        // People of an organisation are known by its id in the place of a workspace's, and no workspace has an organisation's.
        let organisation = to.organisation.clone().or_else(|| Some(OrganisationId::new(to.workspace.as_str())));
        let actor = Actor { organisation, ..to.clone() };
        let call = Call::Tell { person: to.person.clone(), message };
        // A person's id names their conversation with the app.
        owed_to_a_channel(&actor, &ChannelId::new(to.person.as_str()), "chat.postMessage", call)
    }

    fn message_for_a_channel(&self, reply: &Reply) -> Option<Value> {
        let mut message = value_of(&self.encoder().message(reply))?;
        if let Some(fields) = message.as_object_mut() {
            fields.remove("response_type");
        }
        Some(message)
    }

    /// Sends what was owed to a workspace. `number` is the same at every attempt; `in_doubt` says that an earlier one may
    /// have arrived.
    pub async fn send_owed(&self, workspace: &WorkspaceId, payload: &str, number: i64, in_doubt: bool) -> Sent {
        let (organisation, call) = match serde_json::from_str(payload) {
            Ok(Outgoing::V1(call)) => (None, call),
            Ok(Outgoing::V2 { organisation, call }) => (organisation, call),
            Err(_) => return Sent::Never("it was written by another version".to_owned()),
        };
        // No person stands behind it any more, only a place.
        let actor = Actor { organisation, ..Actor::new(workspace.clone(), PersonId::new("")) };
        let client = match &call {
            // An address is called without a token.
            Call::Respond { .. } => Ok(self.client.without_token()),
            _ => self.client_for(&actor).await,
        };
        let client = match client {
            Ok(client) => client,
            Err(ApiError::NoToken | ApiError::NotInstalled) => self.client.without_token(),
            Err(error) => return outcome(Err(error)),
        };
        match self.send(&actor, &client, call, number, in_doubt).await {
            Ok(sent) => sent,
            Err(error) => {
                self.heed(&actor, &client, &error).await;
                outcome(Err(error))
            }
        }
    }

    /// What is owed when a delivery arrived, or was not wanted any more: the end of what was shown to be in work for it.
    #[must_use]
    pub fn owed_after(&self, payload: &str) -> Vec<Owed> {
        // Only these have anything to end, and the others need not be read again.
        if !payload.contains("\"session\"") {
            return Vec::new();
        }
        match serde_json::from_str(payload) {
            Ok(Outgoing::V2 { organisation, call: Call::Post { channel, thread, session: Some(_), .. } }) => {
                let actor = Actor { organisation, ..Actor::new(WorkspaceId::new(""), PersonId::new("")) };
                self.owed_end(&actor, &channel, &thread)
            }
            _ => Vec::new(),
        }
    }

    /// What is owed when a delivery is given up: word of it, where somebody waits or wants to know.
    pub async fn owed_for_giving_up(&self, workspace: &WorkspaceId, payload: &str, why: GivenUp) -> Vec<Owed> {
        let outgoing = serde_json::from_str(payload);
        // Where nothing is installed any more there is no other way either.
        let can_tell = match &outgoing {
            Ok(Outgoing::V2 {
                organisation,
                call: Call::Respond { .. } | Call::Whisper { .. } | Call::Post { .. },
            }) => self.is_installed(workspace, organisation.as_ref()).await,
            _ => false,
        };
        match outgoing {
            Ok(Outgoing::V1(Call::Public(post))) => self.owed_refusal(None, *post),
            Ok(Outgoing::V2 { organisation, call: Call::Public(post) }) => {
                self.owed_refusal(organisation.as_ref(), *post)
            }
            Ok(Outgoing::V2 { organisation, call: call @ (Call::Pass(_) | Call::Reply(_)) }) => {
                let trouble = match why {
                    GivenUp::TooLate => Trouble::Silent,
                    GivenUp::Refused | GivenUp::TooLong => Trouble::Refused,
                };
                let actor = Actor { organisation, ..Actor::new(workspace.clone(), PersonId::new("")) };
                // What these notice is written down together with the word of it.
                match &call {
                    Call::Pass(post) => self.tell_lost(&actor, post, trouble).await,
                    Call::Reply(post) => self.tell_lost_reply(&actor, post, trouble).await,
                    _ => {}
                }
                Vec::new()
            }
            // What an address does not take may be read in the person's own conversation with the app.
            Ok(Outgoing::V2 { organisation, call: Call::Respond { person: Some(person), message, .. } })
                if can_tell =>
            {
                self.owed_directly(workspace, organisation, person, for_a_person(message))
            }
            // So may what a channel does not take, for whatever reason: who asked there and hears nothing asks again.
            Ok(Outgoing::V2 { organisation, call: Call::Whisper { person, message, .. } }) if can_tell => {
                self.owed_directly(workspace, organisation, person, from_elsewhere(message))
            }
            Ok(Outgoing::V2 {
                organisation,
                call: Call::Post { channel, thread, message, session, person: Some(person) },
            }) if can_tell => {
                let mut owed = self.owed_after(payload);
                let is_wanted = match &session {
                    Some(session) => !self.is_stopped(workspace, (&channel, &thread), session).await,
                    None => true,
                };
                if is_wanted {
                    owed.extend(self.owed_directly(workspace, organisation, person, from_elsewhere(message)));
                }
                owed
            }
            // Every other answer is itself what somebody waits for; there is no other way to them.
            _ => self.owed_after(payload),
        }
    }

    /// Whether a workspace can be called with a token of its own or of its organisation.
    async fn is_installed(&self, workspace: &WorkspaceId, organisation: Option<&OrganisationId>) -> bool {
        let actor = Actor { organisation: organisation.cloned(), ..Actor::new(workspace.clone(), PersonId::new("")) };
        self.can_call() && self.client_for(&actor).await.is_ok()
    }

    fn owed_directly(
        &self,
        workspace: &WorkspaceId,
        organisation: Option<OrganisationId>,
        person: PersonId,
        message: Value,
    ) -> Vec<Owed> {
        let actor = Actor { organisation, ..Actor::new(workspace.clone(), person.clone()) };
        // A person's own conversation is addressed by the person.
        let channel = ChannelId::new(person.as_str());
        let call = Call::Tell { person, message };
        owed_to_a_channel(&actor, &channel, "chat.postMessage", call)
    }

    /// Makes a call with a token.
    async fn send(
        &self,
        actor: &Actor,
        client: &Client,
        call: Call,
        number: i64,
        in_doubt: bool,
    ) -> Result<Sent, ApiError> {
        match call {
            Call::Respond { address, message, .. } => self.respond(client, &address, &message).await?,
            Call::Post { channel, thread, mut message, session, .. } => {
                if let Some(session) = &session
                    && self.is_stopped(&actor.workspace, (&channel, &thread), session).await
                {
                    tracing::info!(number, "an answer is not posted, because its thread was stopped");
                    return Ok(Sent::Arrived);
                }
                if in_doubt {
                    match client.has_post(&channel, &thread, number).await {
                        Ok(true) => return Ok(Sent::Arrived),
                        Ok(false) => {}
                        Err(error @ ApiError::Transient { .. }) => return Ok(still_in_doubt(error)),
                        Err(error) => tracing::info!(
                            error = &error as &dyn std::error::Error,
                            "whether a post arrived cannot be read; it is sent again"
                        ),
                    }
                }
                if let Some(fields) = message.as_object_mut() {
                    fields.insert("channel".to_owned(), json!(channel));
                    fields.insert("thread_ts".to_owned(), json!(thread));
                    fields.insert("metadata".to_owned(), metadata(number));
                }
                client.post_message(&message).await?;
            }
            Call::EndSession { channel, thread } => {
                let ended = client.set_session(&session::ended(&channel, &thread), TIMEOUT).await;
                ended.inspect_err(|error| self.learn_refusal(&actor.workspace, error))?;
            }
            Call::Prompts { channel, thread, prompts } => {
                let offered = client.offer_prompts(&session::offered(&channel, thread.as_deref(), &prompts)).await;
                offered.inspect_err(|error| self.learn_refusal(&actor.workspace, error))?;
            }
            Call::Publish { person, view } => client.publish_view(&person, &view).await?,
            Call::Update { dialog, view } => client.update_view(&dialog, &view).await?,
            Call::Pass(post) => return Ok(self.send_passed(actor, client, *post, number, in_doubt).await),
            Call::Reply(post) => return Ok(self.send_reply(actor, client, *post, number, in_doubt).await),
            Call::Tell { person, mut message } => {
                if let Some(fields) = message.as_object_mut() {
                    fields.insert("channel".to_owned(), json!(person));
                }
                client.post_message(&message).await?;
            }
            Call::Public(post) => return Ok(self.send_public(actor, client, *post, number, in_doubt).await),
            Call::Whisper { channel, person, thread, mut message } => {
                if let Some(fields) = message.as_object_mut() {
                    fields.insert("channel".to_owned(), json!(channel));
                    fields.insert("user".to_owned(), json!(person));
                    if let Some(thread) = thread {
                        fields.insert("thread_ts".to_owned(), json!(thread));
                    }
                }
                client.post_private_message(&message).await?;
            }
        }
        Ok(Sent::Arrived)
    }
}

fn asks_in_a_dialog(reply: &Reply) -> bool {
    match reply {
        Reply::Form { .. } | Reply::DefinitionForm { .. } | Reply::Draft(_) | Reply::DraftPost(_) => true,
        Reply::Glossary(reply) => match &**reply {
            GlossaryReply::Form(_) => true,
            GlossaryReply::Entry(entry) => entry.asked.is_some(),
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn owed_to_a_channel(actor: &Actor, channel: &ChannelId, method: &'static str, call: Call) -> Vec<Owed> {
    let owed = |payload| Owed {
        lane: format!("channel {channel}"),
        lane_pause: POST_PAUSE,
        method,
        rate: POST_RATE,
        payload,
        lifetime: POST_LIFETIME,
    };
    written(actor.organisation.as_ref(), call).map(owed).into_iter().collect()
}

/// What a post is found by. Every app of the workspace can read it, so it holds a number and nothing else.
pub(super) fn metadata(number: i64) -> Value {
    json!({ "event_type": "upshot_result", "event_payload": { "job": number.to_string() } })
}

/// Whether a message is the post with this number.
pub(super) fn is_post(message: &Value, number: i64) -> bool {
    message["metadata"]["event_payload"]["job"].as_str() == Some(&number.to_string())
}

fn value_of(message: &impl Serialize) -> Option<Value> {
    serde_json::to_value(message).map_err(|error| complain(&error)).ok()
}

pub(super) fn written(organisation: Option<&OrganisationId>, call: Call) -> Option<String> {
    serde_json::to_string(&Outgoing::V2 { organisation: organisation.cloned(), call })
        .map_err(|error| complain(&error))
        .ok()
}

fn complain(error: &serde_json::Error) {
    tracing::error!(error = error as &dyn std::error::Error, "an answer could not be written as JSON");
}

/// What becomes of a call, by its error. Permanent and transient ones are told apart here and nowhere else.
pub(super) fn outcome(result: Result<(), ApiError>) -> Sent {
    let Err(error) = result else { return Sent::Arrived };
    match error {
        ApiError::TooLate(_) => Sent::TooLate,
        ApiError::Transient { in_doubt, .. } => Sent::Later {
            retry_after: error.asked_wait(),
            in_doubt,
            reason: "Slack could not be reached or had no time".to_owned(),
        },
        ApiError::TokenExpired => Sent::Later { retry_after: None, in_doubt: false, reason: error.to_string() },
        _ => Sent::Never(error.to_string()),
    }
}

/// What becomes of a post that could not be looked for because of this error: the doubt about an earlier attempt stays.
pub(super) fn still_in_doubt(error: ApiError) -> Sent {
    match outcome(Err(error)) {
        Sent::Later { retry_after, reason, .. } => Sent::Later { retry_after, in_doubt: true, reason },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ApiError, Call, OrganisationId, Outgoing, Sent, outcome, written};

    #[test]
    fn permanent_and_transient_errors_are_told_apart() {
        let later = |seconds: Option<u64>, in_doubt| {
            let retry_after = seconds.map(Duration::from_secs);
            Sent::Later { retry_after, in_doubt, reason: "Slack could not be reached or had no time".to_owned() }
        };
        let transient = |seconds: Option<u64>, in_doubt| {
            let retry_after = seconds.map(Duration::from_secs);
            ApiError::Transient { retry_after, in_doubt }
        };
        for (error, expected) in [
            (transient(None, true), later(None, true)),
            (transient(Some(30), false), later(Some(30), false)),
            (transient(Some(9_999_999), false), later(Some(900), false)),
            (ApiError::TooLate("expired_url".to_owned()), Sent::TooLate),
            (
                ApiError::Place("channel_not_found".to_owned()),
                Sent::Never("the place is out of reach (channel_not_found)".to_owned()),
            ),
            (ApiError::ForeignAddress, Sent::Never("the address is not one of Slack's".to_owned())),
        ] {
            assert_eq!(outcome(Err(error)), expected);
        }
    }

    #[test]
    fn posts_of_an_earlier_version_are_read() {
        let text = "{\"version\":\"2\",\"call\":{\"Post\":{\"channel\":\"D1\",\"thread\":\"1.2\",\"message\":{}}}}";
        let Ok(Outgoing::V2 { call: call @ Call::Post { session: None, person: None, .. }, .. }) =
            serde_json::from_str(text)
        else {
            panic!("it is a post that was not announced, for nobody in particular");
        };
        assert_eq!(written(None, call).unwrap(), text);
    }

    #[test]
    fn the_form_in_the_database_does_not_drift() {
        let address = "https://hooks.slack.com/x".to_owned();
        let call = Call::Respond { address, message: serde_json::json!({}), person: None };
        let text = serde_json::to_string(&Outgoing::V1(call.clone())).unwrap();
        assert_eq!(text, "{\"version\":\"1\",\"Respond\":{\"address\":\"https://hooks.slack.com/x\",\"message\":{}}}");
        assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V1(call.clone()));
        let text = written(Some(&OrganisationId::new("E1")), call.clone()).unwrap();
        let expected = "{\"version\":\"2\",\"organisation\":\"E1\",\"call\":{\"Respond\":{\"address\":\"https://hooks.slack.com/x\",\
                        \"message\":{}}}}";
        assert_eq!(text, expected);
        let organisation = Some(OrganisationId::new("E1"));
        assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V2 { organisation, call });
    }
}
