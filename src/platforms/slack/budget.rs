//! How many answers a thread gets. Two programs that answer each other never stop by themselves; every mark of a bot that we know is
//! looked at before, so this is for those that have none.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    app::{Intent, ReplyTo, Request},
    clock::Moment,
    ids::{ChannelId, WorkspaceId},
};

/// No people ask that often in one thread.
const MOST_A_MINUTE: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// More threads are not remembered; each costs some 150 bytes.
const MOST_REMEMBERED: usize = 4_096;

type Place = (WorkspaceId, ChannelId, String);

/// What the threads of the last minute have got. Each process counts for itself, which only makes the budget larger.
#[derive(Debug, Default)]
pub(super) struct Budget(Mutex<BTreeMap<Place, Spent>>);

#[derive(Debug, Clone, Copy)]
struct Spent {
    ends: Moment,
    answers: u32,
}

/// The thread in which a request is to be answered. What stops an answer costs none.
fn thread_of(request: &Request) -> Option<Place> {
    let (channel, thread) = match (&request.intent, &request.reply_to) {
        (Intent::Stop { .. }, _) => return None,
        (_, ReplyTo::Thread { channel, message }) => (channel, message),
        (_, ReplyTo::Private { channel, thread: Some(thread), .. }) => (channel, thread),
        _ => return None,
    };
    Some((request.actor.workspace.clone(), channel.clone(), thread.clone()))
}

impl Budget {
    /// Whether the thread of a request has had its answers for this minute.
    pub(super) fn is_spent(&self, request: &Request, now: Moment) -> bool {
        let Some(place) = thread_of(request) else { return false };
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&place).is_some_and(|spent| spent.ends > now && spent.answers >= MOST_A_MINUTE)
    }

    /// Counts a request that was taken on for the first time.
    pub(super) fn spend(&self, request: &Request, now: Moment) {
        let Some(place) = thread_of(request) else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_REMEMBERED {
            all.retain(|_, spent| spent.ends > now);
        }
        if all.len() >= MOST_REMEMBERED {
            all.clear();
        }
        let spent = all.entry(place).or_insert(Spent { ends: now, answers: 0 });
        if spent.ends <= now {
            *spent = Spent { ends: now.plus(MINUTE), answers: 0 };
        }
        spent.answers += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, ChannelId, Intent, MINUTE, MOST_A_MINUTE, MOST_REMEMBERED, Moment, ReplyTo, Request};
    use crate::{
        app::{Actor, Door},
        clock::Timestamp,
        engine::SourceText,
        ids::{PersonId, Platform, RequestId, WorkspaceId},
    };

    fn asked(thread: &str) -> Request {
        let actor = Actor::new(WorkspaceId::new("T1"), PersonId::new("U1"));
        Request {
            id: RequestId::new("1"),
            location: actor.location(Platform::Slack, []),
            actor,
            received_at: Timestamp::from_unix_seconds(5),
            intent: Intent::Command { door: Door::Talk, text: SourceText::new("p95") },
            reply_to: ReplyTo::Thread { channel: ChannelId::new("C1"), message: thread.to_owned() },
            place: None,
        }
    }

    #[test]
    fn a_thread_has_so_many_answers_a_minute() {
        let (budget, now) = (Budget::default(), Moment::from_unix_millis(5_000));
        let request = asked("1.1");
        for _ in 0..MOST_A_MINUTE {
            assert!(!budget.is_spent(&request, now));
            budget.spend(&request, now);
        }
        assert!(budget.is_spent(&request, now));
        assert!(!budget.is_spent(&asked("1.2"), now), "every thread has its own");
        let stop = Intent::Stop { channel: ChannelId::new("C1"), thread: "1.1".to_owned(), at: "1.9".to_owned() };
        assert!(!budget.is_spent(&Request { intent: stop, ..request.clone() }, now), "who wants it to end is heard");
        let private = ReplyTo::Private {
            channel: ChannelId::new("C1"),
            person: PersonId::new("U1"),
            thread: Some("1.1".to_owned()),
        };
        assert!(budget.is_spent(&Request { reply_to: private, ..request.clone() }, now));
        assert!(!budget.is_spent(&request, now.plus(MINUTE)));
        budget.spend(&request, now.plus(MINUTE));
        assert!(!budget.is_spent(&request, now.plus(MINUTE)), "the next minute begins anew");
    }

    #[test]
    fn memory_is_bounded() {
        let (budget, now) = (Budget::default(), Moment::from_unix_millis(5_000));
        for number in 0..=2 * MOST_REMEMBERED {
            budget.spend(&asked(&number.to_string()), now);
        }
        assert!(budget.0.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
