//! Texts kept behind answers, so that a menu can give the answer again without carrying the text itself.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{Actor, App, Place, Reply, Request};
use crate::{
    engine::{Location, SourceText},
    ids::{PendingId, RequestId, hex},
    store::KeptText,
};

/// A text behind an answer.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) source: SourceText,
    /// Where it was posted.
    pub(super) place: Option<Place>,
    /// Which entries of the glossary hold where it was written.
    pub(super) location: Location,
}

/// Where a text was written, as it is kept beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Whence {
    /// What sharing needs.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    #[serde(default, skip_serializing_if = "Location::is_nowhere")]
    location: Location,
}

impl Kept {
    /// A text that was just written.
    pub(super) fn of(request: &Request, source: &SourceText) -> Self {
        Self { source: source.clone(), place: request.place.clone(), location: request.location.clone() }
    }
}

/// Makes the ids of kept texts: not guessable, and the same again when a platform delivers a request twice, so that a
/// repeated command does not keep its text twice.
pub(super) struct PendingIds(Hmac<Sha256>);

impl PendingIds {
    /// With the key that all processes share, so that each can forget what another one has kept; else with one of this
    /// process alone. `None` when the operating system has no randomness to give.
    pub(super) fn new(shared: Option<[u8; 32]>) -> Option<Self> {
        let key = match shared {
            Some(key) => key,
            None => {
                let mut key = [0_u8; 32];
                getrandom::fill(&mut key).ok()?;
                key
            }
        };
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    fn id_for(&self, request: &RequestId) -> PendingId {
        let mut mac = self.0.clone();
        mac.update(request.as_str().as_bytes());
        let digest = mac.finalize().into_bytes();
        PendingId::new(hex(digest.iter().take(16)))
    }
}

impl std::fmt::Debug for PendingIds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PendingIds(***)")
    }
}

impl App {
    /// Keeps a text behind the answer that is about to be given. Without it the answer comes without a menu.
    pub(super) async fn keep(&self, request: &Request, source: &SourceText) -> Option<PendingId> {
        let id = self.pending_ids.as_ref()?.id_for(&request.id);
        let actor = &request.actor;
        let place = request.place.clone().filter(|place| place.original.is_some());
        let whence = Whence { place, location: request.location.clone() };
        // Ids and texts always have a form as JSON; without it nothing can be shared.
        let place = serde_json::to_string(&whence).unwrap_or_default();
        let text = KeptText { text: source.text().to_owned(), place };
        match self.store.keep_pending(&id, &actor.workspace, &actor.person, text, request.received_at).await {
            Ok(()) => Some(id),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "an answer goes out without its menu");
                None
            }
        }
    }

    /// The kept text, `None` when it is gone or was never this person's.
    pub(super) async fn kept(&self, request: &Request, id: &PendingId) -> Result<Option<Kept>, ()> {
        let actor = &request.actor;
        match self.store.pending(id, &actor.workspace, &actor.person, request.received_at).await {
            Ok(kept) => Ok(kept.map(|kept| {
                let Whence { place, location } = serde_json::from_str(&kept.place).unwrap_or_default();
                Kept { source: SourceText::new(&kept.text), place, location }
            })),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a kept text could not be read");
                Err(())
            }
        }
    }

    /// Forgets what was kept for an earlier request of the same person.
    pub(super) async fn forget(&self, actor: &Actor, earlier: &RequestId) {
        if let Some(ids) = &self.pending_ids {
            self.erase(actor, &ids.id_for(earlier)).await;
        }
    }

    pub(super) async fn dismiss(&self, request: &Request, id: &PendingId) -> Reply {
        self.erase(&request.actor, id).await;
        Reply::Nothing
    }

    async fn erase(&self, actor: &Actor, id: &PendingId) {
        if let Err(error) = self.store.erase_pending(id, &actor.workspace, &actor.person).await {
            // It expires within the hour anyway.
            tracing::warn!(error = &error as &dyn std::error::Error, "a kept text was not erased early");
        }
    }
}
