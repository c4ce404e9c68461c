//! How conversations are reached in which nobody may have asked anything lately, and who added the app to them. A platform tells
//! what it hears; whatever is posted unasked, or later than it was asked, goes where that leads.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{Actor, App, Request, Right, curation::Role};
pub use crate::store::{Reference, Way};
use crate::{
    clock::Timestamp,
    ids::{ChannelId, Platform, WorkspaceId},
    store::StoreError,
};

/// Nobody writes down for every message what holds for months. Another process may have forgotten it since, and then it is known
/// again after this.
const AS_GOOD_AS_NEW: Duration = Duration::from_secs(60 * 60);
/// More conversations than this are not remembered; each costs some 500 bytes, and a write when something is heard of it again.
const MOST_REMEMBERED: usize = 4_096;

type Remembered = BTreeMap<(Platform, WorkspaceId, ChannelId), (Reference, Timestamp)>;

/// What this process has heard and written down lately.
#[derive(Debug, Default)]
pub(super) struct HeardOf(Mutex<Remembered>);

impl HeardOf {
    /// Whether this is what was heard last, and not long ago.
    fn has(&self, reference: &Reference, now: Timestamp) -> bool {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who added the app is told once, and later messages say nothing of it.
        let says_nothing_new =
            |known: &Reference| *known == Reference { added_by: known.added_by.clone(), ..reference.clone() };
        remembered
            .get(&key(reference))
            .is_some_and(|(known, at)| at.distance(now) < AS_GOOD_AS_NEW && says_nothing_new(known))
    }

    fn put(&self, reference: &Reference, now: Timestamp) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key(reference), (reference.clone(), now));
    }

    fn forget(&self, mut is_meant: impl FnMut(&Reference) -> bool) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, (reference, _)| !is_meant(reference));
    }
}

fn key(reference: &Reference) -> (Platform, WorkspaceId, ChannelId) {
    (reference.platform, reference.workspace.clone(), reference.conversation.clone())
}

impl App {
    /// Notes how a conversation is reached. Who asks something there is answered all the same when that fails.
    pub async fn note_reference(&self, reference: &Reference, now: Timestamp) {
        // Where the app was just added, nothing may be left of an earlier time.
        if reference.added_by.is_none() && self.heard_of.has(reference, now) {
            return;
        }
        match self.store.note_reference(reference, now).await {
            Ok(()) => self.heard_of.put(reference, now),
            // There is a key after the next start at the earliest.
            Err(StoreError::NoKey) => {
                tracing::info!("how a conversation is reached is not written down: UPSHOT_ENCRYPTION_KEY is not set");
                self.heard_of.put(reference, now);
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "how a conversation is reached was not written down");
            }
        }
    }

    /// How a conversation is reached, by the last that was heard of it in any process.
    pub async fn way_to(&self, platform: Platform, workspace: &WorkspaceId, conversation: &ChannelId) -> Option<Way> {
        known(self.store.way_to(platform, workspace, conversation).await)
    }

    /// The conversation in which somebody is alone with the app.
    pub async fn way_to_person(&self, platform: Platform, to: &Actor) -> Option<(ChannelId, Way)> {
        known(self.store.way_to_person(platform, &to.workspace, &to.person).await)
    }

    /// Forgets how a conversation is reached that is out of reach, until something is heard of it again.
    pub async fn lose(&self, platform: Platform, workspace: &WorkspaceId, conversation: &ChannelId) {
        self.heard_of.forget(|reference| key(reference) == (platform, workspace.clone(), conversation.clone()));
        if let Err(error) = self.store.forget_reference(platform, workspace, conversation).await {
            tracing::warn!(error = &error as &dyn Error, "a conversation that is out of reach was not forgotten");
        }
    }

    /// The app was taken out of a conversation, or out of a team with all its channels: what was kept for these is erased.
    ///
    /// # Errors
    /// The database does not answer, and the platform must be told to come again.
    pub async fn leave(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &ChannelId,
        team: Option<&str>,
    ) -> Result<(), StoreError> {
        self.store.leave(platform, workspace, conversation, team).await?;
        self.heard_of.forget(|reference| {
            let is_of_team = team.is_some() && reference.team.as_deref() == team;
            reference.platform == platform
                && reference.workspace == *workspace
                && (reference.conversation == *conversation || is_of_team)
        });
        self.channels.clear();
        Ok(())
    }

    /// Whether somebody may choose for everybody in the place of a request, where the platform itself says nothing of that: who added
    /// the app there may, and so may who approves entries for all who are there.
    pub(super) async fn right_in_place(&self, request: &Request) -> Right {
        let Some(place) = &request.place else { return Right::Unknown };
        let Actor { workspace, person, .. } = &request.actor;
        let found = async {
            if self.store.has_added_the_app(place.platform, workspace, &place.channel, person).await? {
                return Ok(true);
            }
            let known = self.curator_by_actor(place.platform, &request.actor, request.received_at).await?;
            Ok::<_, super::curation::CurationError>(known.is_some_and(|known| known.role >= Role::Curator))
        };
        match found.await {
            Ok(true) => Right::Given,
            Ok(false) => Right::Missing,
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "who may choose for a channel cannot be read");
                Right::Unknown
            }
        }
    }
}

/// What cannot be read is not known; there are other ways.
fn known<T>(read: Result<Option<T>, StoreError>) -> Option<T> {
    read.unwrap_or_else(|error| {
        tracing::warn!(error = &error as &dyn Error, "how a conversation is reached cannot be read");
        None
    })
}

#[cfg(test)]
mod tests {
    use super::{AS_GOOD_AS_NEW, HeardOf, MOST_REMEMBERED, Reference, Way};
    use crate::{
        clock::Timestamp,
        ids::{ChannelId, PersonId, Platform, WorkspaceId},
    };

    fn reference(conversation: &str, service: &str) -> Reference {
        Reference {
            platform: Platform::Teams,
            workspace: WorkspaceId::new("t"),
            conversation: ChannelId::new(conversation),
            team: None,
            person: None,
            added_by: None,
            way: Way { service: service.to_owned(), kind: None, bot: None, account: None, locale: None },
        }
    }

    #[test]
    fn what_is_known_is_not_written_again_and_memory_is_bounded() {
        let (heard, now) = (HeardOf::default(), Timestamp::from_unix_seconds(1_000));
        let added = Reference { added_by: Some(PersonId::new("p")), ..reference("a", "https://one/") };
        heard.put(&added, now);
        assert!(heard.has(&reference("a", "https://one/"), now), "a message says nothing of who added the app");
        assert!(!heard.has(&reference("a", "https://two/"), now), "its server has moved");
        assert!(!heard.has(&added, now.plus(AS_GOOD_AS_NEW)), "or else it would be forgotten one day");
        heard.forget(|one| one.conversation == added.conversation);
        assert!(!heard.has(&added, now));
        for number in 0..=MOST_REMEMBERED {
            heard.put(&reference(&number.to_string(), "https://one/"), now);
        }
        assert!(heard.0.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
