//! What Slack shows around the answers of an agent in a person's own conversation with it: prompts above it, that something is worked
//! at, a title for each thread, and the end of all that.
//!
//! Two promises are kept. Whatever was shown to be in work is shown to be done, because word of that is owed in the same step in
//! which the answer ends. And an app that Slack does not take for an agent, or a Slack that has no time, costs an answer a moment
//! once and is then left alone for a while.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, Slack,
    outgoing::{Call, written},
    split,
};
use crate::{
    app::{Actor, Owed, Prompt, ReplyTo, Request, title_of},
    clock::Moment,
    ids::{ChannelId, Platform, WorkspaceId},
};

/// Word of work is sent beside the work. An answer that is ready sooner waits no longer for it than this.
const BEGIN_TIME: Duration = Duration::from_millis(700);
/// Slack takes some fifty a minute for a workspace, beginnings and ends. More answers than this are not announced.
const BEGUN_A_MINUTE: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// So long nothing is announced in a workspace where Slack had no time.
const REST: Duration = Duration::from_secs(60);
/// And so long where it takes the app for no agent.
const LONG_REST: Duration = Duration::from_secs(60 * 60);
/// More workspaces are not remembered; each costs some 100 bytes.
const MOST_REMEMBERED: usize = 4_096;

/// The pace of ends, and how long one is worth sending.
const END_RATE: (Duration, u32) = (Duration::from_millis(1_200), 20);
const END_LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
/// Prompts are for whoever just opened the conversation.
const PROMPTS_RATE: (Duration, u32) = (Duration::from_millis(1_200), 20);
const PROMPTS_LIFETIME: Duration = Duration::from_secs(60);

/// Slack shows four prompts, and titles of so many letters.
const MOST_PROMPTS: usize = 4;
const LONGEST_TITLE: usize = 200;

/// An answer that is announced, as it stands beside its post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    /// When it was asked, by Slack's clock: the number of the message.
    pub(super) asked_at: String,
}

/// What was learnt about the workspaces.
#[derive(Debug, Default)]
pub(super) struct Announcing(Mutex<BTreeMap<WorkspaceId, Learnt>>);

#[derive(Debug, Clone, Copy)]
struct Learnt {
    rests_until: Moment,
    is_no_agent: bool,
    /// The minute that is counted, and how many were announced in it.
    minute_ends: Moment,
    begun: u32,
}

/// Whether an answer is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    Announce,
    /// Not now.
    Rest,
    /// Slack takes the app for no agent there, so nothing was ever announced.
    NoAgent,
}

impl Announcing {
    fn may(&self, workspace: &WorkspaceId, now: Moment) -> May {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_REMEMBERED && !all.contains_key(workspace) {
            all.clear();
        }
        let fresh = Learnt { rests_until: now, is_no_agent: false, minute_ends: now, begun: 0 };
        let learnt = all.entry(workspace.clone()).or_insert(fresh);
        if learnt.rests_until > now {
            return if learnt.is_no_agent { May::NoAgent } else { May::Rest };
        }
        learnt.is_no_agent = false;
        if learnt.minute_ends <= now {
            (learnt.minute_ends, learnt.begun) = (now.plus(MINUTE), 0);
        }
        if learnt.begun >= BEGUN_A_MINUTE {
            return May::Rest;
        }
        learnt.begun += 1;
        May::Announce
    }

    fn rest(&self, workspace: &WorkspaceId, until: Moment, is_no_agent: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Learnt { rests_until: until, is_no_agent, minute_ends: until, begun: 0 };
        let learnt = all.entry(workspace.clone()).or_insert(fresh);
        (learnt.rests_until, learnt.is_no_agent) = (until, is_no_agent);
    }

    fn is_no_agent(&self, workspace: &WorkspaceId, now: Moment) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(workspace).is_some_and(|learnt| learnt.is_no_agent && learnt.rests_until > now)
    }
}

/// The thread in which a message of a person's own conversation is answered, and when it was asked.
fn asked_in(request: &Request) -> Option<(&ChannelId, &str, &str)> {
    let place = request.place.as_ref().filter(|place| place.is_of_two)?;
    let ReplyTo::Thread { channel, message } = &request.reply_to else { return None };
    Some((channel, message, place.asked_at.as_deref()?))
}

impl Slack {
    /// Shows that an answer is worked at. Gives what stands beside its post when that must be shown to be over afterwards; after a
    /// first `attempt` that broke off, it is taken to have been shown.
    pub(super) async fn begin_session(&self, request: &Request, attempt: u32) -> Option<Session> {
        let (channel, thread, asked_at) = asked_in(request)?;
        let workspace = &request.actor.workspace;
        let session = Session { asked_at: asked_at.to_owned() };
        match self.announcing.may(workspace, self.clock.moment()) {
            May::NoAgent => return None,
            May::Rest => return (attempt > 1).then_some(session),
            May::Announce => {}
        }
        let begun = async {
            let client = self.client_for(&request.actor).await?;
            let mut working = json!({
                "channel_id": channel, "thread_ts": thread, "status": "processing", "initiator_user_id": request.actor.person,
            });
            if let Some(title) = title_of(request) {
                working["title"] = json!(split::shorten(&title, LONGEST_TITLE));
            }
            client.set_session(&working, BEGIN_TIME).await
        };
        // Whose token it is may have to be found out first.
        let begun = tokio::time::timeout(BEGIN_TIME, begun).await;
        match begun.unwrap_or(Err(ApiError::Transient { retry_after: None, in_doubt: true })) {
            Ok(()) => Some(session),
            Err(error) => {
                let may_be_shown = matches!(error, ApiError::Transient { in_doubt: true, .. }) || attempt > 1;
                self.learn(workspace, &error);
                may_be_shown.then_some(session)
            }
        }
    }

    /// What a call that was owed teaches: one that is tried again by itself teaches nothing.
    pub(super) fn learn_refusal(&self, workspace: &WorkspaceId, error: &ApiError) {
        if matches!(error, ApiError::Permission(_) | ApiError::Refused(_)) {
            self.learn(workspace, error);
        }
    }

    /// Announces nothing for a while, and longer where Slack takes the app for no agent.
    fn learn(&self, workspace: &WorkspaceId, error: &ApiError) {
        let now = self.clock.moment();
        let is_no_agent = matches!(error, ApiError::Permission(_) | ApiError::Refused(_));
        let rest = if is_no_agent { LONG_REST } else { error.asked_wait().unwrap_or(REST) };
        let error = error as &dyn std::error::Error;
        if is_no_agent {
            tracing::info!(
                %workspace,
                error,
                "Slack takes the app for no agent there, so conversations have no prompts, titles and signs of work for an hour: \
                 give the app the manifest that upshot manifest slack prints, and install it again"
            );
        } else {
            tracing::info!(%workspace, error, "no sign of work is shown for a while");
        }
        self.announcing.rest(workspace, now.plus(rest), is_no_agent);
    }

    /// Whether an answer is not wanted any more because its thread was stopped since it was asked. When nobody can tell, it is.
    pub(super) async fn is_stopped(
        &self,
        workspace: &WorkspaceId,
        (channel, thread): (&ChannelId, &str),
        session: &Session,
    ) -> bool {
        match self.app.was_stopped(Platform::Slack, workspace, (channel, thread), &session.asked_at).await {
            Ok(is_stopped) => is_stopped,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "whether a thread was stopped cannot be read");
                false
            }
        }
    }

    /// Word that nothing is worked at any more in a thread, owed apart from everything else: it waits for nothing, and nothing
    /// waits for it.
    pub(super) fn owed_end(&self, actor: &Actor, channel: &ChannelId, thread: &str) -> Vec<Owed> {
        let owed = |payload| Owed {
            lane: format!("session {channel} {thread}"),
            lane_pause: Duration::ZERO,
            method: "agents.sessions.setStatus",
            rate: END_RATE,
            payload,
            lifetime: END_LIFETIME,
        };
        let call = Call::EndSession { channel: channel.clone(), thread: thread.to_owned() };
        written(actor.organisation.as_ref(), call).map(owed).into_iter().collect()
    }

    /// The same for a request that never came to an end.
    pub fn owed_for_burying(&self, request: &Request) -> Vec<Owed> {
        match asked_in(request) {
            Some((channel, thread, _))
                if !self.announcing.is_no_agent(&request.actor.workspace, self.clock.moment()) =>
            {
                self.owed_end(&request.actor, channel, thread)
            }
            _ => Vec::new(),
        }
    }

    /// What is offered to somebody who opened their conversation.
    pub(super) fn owed_prompts(
        &self,
        actor: &Actor,
        (channel, thread): (&ChannelId, Option<&str>),
        prompts: &[Prompt],
    ) -> Vec<Owed> {
        // A thread of its own is what an assistant has, which is no agent.
        if thread.is_none() && self.announcing.is_no_agent(&actor.workspace, self.clock.moment()) {
            return Vec::new();
        }
        let prompts: Vec<Value> = prompts
            .iter()
            .take(MOST_PROMPTS)
            .map(|Prompt { title, message }| json!({ "title": title, "message": message }))
            .collect();
        let owed = |payload| Owed {
            lane: format!("prompts {channel}"),
            lane_pause: Duration::ZERO,
            method: "assistant.threads.setSuggestedPrompts",
            rate: PROMPTS_RATE,
            payload,
            lifetime: PROMPTS_LIFETIME,
        };
        let call = Call::Prompts { channel: channel.clone(), thread: thread.map(str::to_owned), prompts };
        written(actor.organisation.as_ref(), call).map(owed).into_iter().collect()
    }
}

/// The end of a session as Slack takes it.
pub(super) fn ended(channel: &ChannelId, thread: &str) -> Value {
    json!({ "channel_id": channel, "thread_ts": thread, "status": "active" })
}

/// Prompts as Slack takes them.
pub(super) fn offered(channel: &ChannelId, thread: Option<&str>, prompts: &[Value]) -> Value {
    let mut offered = json!({ "channel_id": channel, "prompts": prompts });
    // With a thread an agent's prompts are dropped without a word, and without one an assistant's are refused.
    if let Some(thread) = thread {
        offered["thread_ts"] = json!(thread);
    }
    offered
}

#[cfg(test)]
mod tests {
    use super::{Announcing, BEGUN_A_MINUTE, LONG_REST, MINUTE, MOST_REMEMBERED, May, Moment, REST, WorkspaceId};

    #[test]
    fn so_many_answers_are_announced_a_minute_and_none_while_slack_has_no_time() {
        let announcing = Announcing::default();
        let (here, there) = (WorkspaceId::new("T1"), WorkspaceId::new("T2"));
        let now = Moment::from_unix_millis(5_000);
        for _ in 0..BEGUN_A_MINUTE {
            assert_eq!(announcing.may(&here, now), May::Announce);
        }
        assert_eq!(announcing.may(&here, now), May::Rest);
        assert_eq!(announcing.may(&there, now), May::Announce, "every workspace has its own minute");
        let next = now.plus(MINUTE);
        assert_eq!(announcing.may(&here, next), May::Announce);
        announcing.rest(&here, next.plus(REST), false);
        assert_eq!(announcing.may(&here, next), May::Rest);
        assert!(!announcing.is_no_agent(&here, next));
        assert_eq!(announcing.may(&here, next.plus(REST)), May::Announce);
        let later = next.plus(REST);
        announcing.rest(&here, later.plus(LONG_REST), true);
        assert_eq!(announcing.may(&here, later), May::NoAgent);
        assert!(announcing.is_no_agent(&here, later) && !announcing.is_no_agent(&there, later));
        assert_eq!(announcing.may(&here, later.plus(LONG_REST)), May::Announce, "the app may be another by then");
        assert!(!announcing.is_no_agent(&here, later.plus(LONG_REST)));
    }

    #[test]
    fn memory_is_bounded() {
        let announcing = Announcing::default();
        let now = Moment::from_unix_millis(5_000);
        let workspace = |number: usize| WorkspaceId::new(format!("T{number}"));
        announcing.may(&workspace(0), now);
        announcing.rest(&workspace(0), now.plus(REST), false);
        for number in 1..=MOST_REMEMBERED {
            announcing.may(&workspace(number), now);
        }
        assert_eq!(announcing.may(&workspace(0), now), May::Announce, "all is forgotten when there are too many");
    }
}
