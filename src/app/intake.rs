//! What is taken on for later: recorded under the platform's id before it is acknowledged, so that it survives this process.

use std::{
    fmt,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::{Actor, App, Request};
use crate::{
    clock::{Moment, Timestamp},
    ids::{Platform, RequestId, WorkspaceId},
    store::{NewDelivery, NewEvent, Rate, Recorded, StoreError},
};

/// More open work than this, and platforms are told to come again. At one answer a second for each of a hundred busy
/// channels it is a minute or two of work.
pub const MOST_OPEN: u32 = 10_000;

/// What a recorded event asks for. Rows outlive a version of the program, so the form has a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "version")]
pub enum Job {
    /// The first form.
    #[serde(rename = "1")]
    V1(Work),
}

/// What to do for an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Answer a request.
    Answer(Box<Request>),
    /// Tell somebody something that they did not ask for.
    Tell(Word),
}

/// Something to tell somebody in their own conversation with the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Whom.
    pub to: Actor,
    /// What, in canonical text.
    pub text: String,
}

/// Whether a request was taken on now or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOn {
    /// Now.
    First,
    /// Before: the platform repeats itself, and nothing is to be done.
    Before,
}

/// A request was not taken on; the platform shall come again.
#[derive(Debug)]
pub enum NotTakenOn {
    /// There is more to do than can be done soon.
    Overloaded,
    /// It could not be written down.
    Store(StoreError),
    /// It has no form for the database, which no request of a platform causes.
    Form(serde_json::Error),
}

impl fmt::Display for NotTakenOn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overloaded => formatter.write_str("there is more to do than can be done soon"),
            Self::Store(error) => write!(formatter, "{error}"),
            Self::Form(_) => formatter.write_str("the request has no form for the database"),
        }
    }
}

impl std::error::Error for NotTakenOn {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Overloaded => None,
            Self::Store(error) => Some(error),
            Self::Form(error) => Some(error),
        }
    }
}

/// Something to send, as a platform encodes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// What keeps its order: a channel, or one address.
    pub lane: String,
    /// The pause between two of a lane.
    pub lane_pause: Duration,
    /// What shares a rate within the workspace.
    pub method: &'static str,
    /// How often that may be done: the time between two, and how many at once.
    pub rate: (Duration, u32),
    /// What to send, as the platform's side reads it back.
    pub payload: String,
    /// Too late after this long.
    pub lifetime: Duration,
}

impl Owed {
    fn for_workspace(self, platform: Platform, workspace: &WorkspaceId, now: Moment) -> NewDelivery {
        NewDelivery {
            platform,
            workspace: workspace.clone(),
            lane: self.lane,
            lane_pause: self.lane_pause,
            method: self.method,
            rate: Rate { every: self.rate.0, burst: self.rate.1 },
            payload: self.payload,
            expires_at: now.plus(self.lifetime),
        }
    }
}

/// How sending something went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It arrived.
    Arrived,
    /// It did not, and may later.
    Later {
        /// Not before, when the platform said so.
        retry_after: Option<Duration>,
        /// It may have arrived all the same.
        in_doubt: bool,
        /// Why, without message text.
        reason: String,
    },
    /// Nothing was done, because the platform had no time and did not say how long. That is no failure: it is tried until it is too late.
    Busy {
        /// An earlier attempt may have arrived all the same.
        in_doubt: bool,
        /// Why, without message text.
        reason: String,
    },
    /// It is too late for it.
    TooLate,
    /// Whoever asked has taken the words back, so nobody wants it any more.
    Unwanted,
    /// It never can. The reason holds no message text.
    Never(String),
    /// It is longer than the platform takes.
    TooLong(String),
}

/// Why something that was owed is not tried any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// It became too late, or failed too often.
    TooLate,
    /// It never can arrive.
    Refused,
    /// It is longer than the platform takes.
    TooLong,
}

/// Wakes the workers, and knows how much is open.
#[derive(Debug, Default)]
pub struct Intake {
    events: Notify,
    deliveries: Notify,
    open: AtomicU32,
}

impl Intake {
    /// Ends when an event was recorded in this process since the last call.
    pub async fn event(&self) {
        self.events.notified().await;
    }

    /// Ends when a delivery was put into the outbox by this process since the last call.
    pub async fn delivery(&self) {
        self.deliveries.notified().await;
    }

    /// Says how much is open, everywhere.
    pub fn set_open(&self, open: u32) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// Wakes whoever sends.
    pub fn owes(&self) {
        self.deliveries.notify_one();
    }
}

impl App {
    /// What wakes the workers.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Writes a request down, to be answered by a worker, not before `due_at`. After this it may be acknowledged.
    ///
    /// # Errors
    /// It was not written down, and the platform must be told to come again.
    pub async fn take_on(
        &self,
        platform: Platform,
        request: &Request,
        now: Moment,
        due_at: Moment,
    ) -> Result<TakenOn, NotTakenOn> {
        let work = Work::Answer(Box::new(request.clone()));
        self.write_down(platform, (&request.id, &request.actor.workspace), work, now, due_at).await
    }

    /// Takes on telling somebody something, once for each id.
    ///
    /// # Errors
    /// It was not written down, and they will not be told.
    pub(super) async fn take_on_word(
        &self,
        platform: Platform,
        id: &RequestId,
        word: &Word,
        now: Moment,
    ) -> Result<TakenOn, NotTakenOn> {
        self.write_down(platform, (id, &word.to.workspace), Work::Tell(word.clone()), now, now).await
    }

    async fn write_down(
        &self,
        platform: Platform,
        (id, workspace): (&RequestId, &WorkspaceId),
        work: Work,
        now: Moment,
        due_at: Moment,
    ) -> Result<TakenOn, NotTakenOn> {
        if self.intake.open.load(Ordering::Relaxed) >= MOST_OPEN {
            return Err(NotTakenOn::Overloaded);
        }
        let payload = written(work)?;
        let event = NewEvent { platform, id, workspace, payload: &payload, received_at: now, due_at };
        match self.store.record_event(event).await.map_err(NotTakenOn::Store)? {
            Recorded::Duplicate => Ok(TakenOn::Before),
            Recorded::New => {
                self.intake.open.fetch_add(1, Ordering::Relaxed);
                self.intake.events.notify_one();
                Ok(TakenOn::First)
            }
        }
    }

    /// Ends a request that was taken on and has been answered at once, but for what is still owed.
    ///
    /// # Errors
    /// The database does not answer; then a worker answers once more.
    pub async fn settle(
        &self,
        platform: Platform,
        id: &RequestId,
        workspace: &WorkspaceId,
        owed: Vec<Owed>,
        now: Moment,
    ) -> Result<(), StoreError> {
        let owed = deliveries(platform, workspace, owed, now);
        self.store.settle_event(platform, id, &owed, now).await?;
        self.intake.owes();
        Ok(())
    }

    /// Counts a use of an address that a delivery brought along; `false` when `most` were counted before.
    ///
    /// # Errors
    /// The database does not answer; then it is not counted.
    pub async fn use_address(&self, name: &str, most: u32, forgotten_at: Timestamp) -> Result<bool, StoreError> {
        self.store.use_address(name, most, forgotten_at).await
    }

    /// Takes a use back that cannot have been one.
    ///
    /// # Errors
    /// The database does not answer; then one use fewer is left.
    pub async fn give_back_address(&self, name: &str) -> Result<(), StoreError> {
        self.store.give_back_address(name).await
    }

    /// Owes something that no request stands behind.
    ///
    /// # Errors
    /// The database does not answer; then nothing is owed.
    pub async fn owe(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        owed: Vec<Owed>,
        now: Moment,
    ) -> Result<(), StoreError> {
        if owed.is_empty() {
            return Ok(());
        }
        self.store.owe(&deliveries(platform, workspace, owed, now), now).await?;
        self.intake.owes();
        Ok(())
    }
}

/// A request as it stands in the database.
pub(super) fn payload_of(request: &Request) -> Result<String, NotTakenOn> {
    written(Work::Answer(Box::new(request.clone())))
}

fn written(work: Work) -> Result<String, NotTakenOn> {
    serde_json::to_string(&Job::V1(work)).map_err(NotTakenOn::Form)
}

/// What is owed, as the store takes it.
#[must_use]
pub fn deliveries(platform: Platform, workspace: &WorkspaceId, owed: Vec<Owed>, now: Moment) -> Vec<NewDelivery> {
    owed.into_iter().map(|one| one.for_workspace(platform, workspace, now)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Job, Word, Work};
    use crate::{
        app::{Actor, Intent, ReplyTo, Request},
        clock::Timestamp,
        engine::{Location, SourceText},
        ids::{PersonId, RequestId, WorkspaceId},
    };

    #[test]
    fn a_job_reads_as_itself_again_and_its_form_does_not_drift() {
        let job = Job::V1(Work::Answer(Box::new(Request {
            id: RequestId::new("1.2.3"),
            actor: Actor::new(WorkspaceId::new("T1"), PersonId::new("U1")),
            received_at: Timestamp::from_unix_seconds(7),
            intent: Intent::RewriteMessage { source: SourceText::new("`a` <@U2>\n> b") },
            reply_to: ReplyTo::Message { address: "https://hooks.slack.com/x".to_owned() },
            place: None,
            location: Location::default(),
        })));
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(
            text,
            "{\"version\":\"1\",\"Answer\":{\"id\":\"1.2.3\",\"actor\":{\"workspace\":\"T1\",\"person\":\"U1\"},\
             \"received_at\":7,\"intent\":{\"RewriteMessage\":{\"source\":\"`a` <@U2>\\n> b\"}},\
             \"reply_to\":{\"Message\":{\"address\":\"https://hooks.slack.com/x\"}}}}",
            "rows in databases are written like this: a new form needs a new version"
        );
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
        let to = Actor::new(WorkspaceId::new("T1"), PersonId::new("U1"));
        let job = Job::V1(Work::Tell(Word { to, text: "It is approved.".to_owned() }));
        let text = serde_json::to_string(&job).unwrap();
        let expected = "{\"version\":\"1\",\"Tell\":{\"to\":{\"workspace\":\"T1\",\"person\":\"U1\"},\"text\":\"It is \
                        approved.\"}}";
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }
}
