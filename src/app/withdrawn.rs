//! Messages that their authors take back or change after they were delivered, perhaps to another process.

use std::error::Error;

use super::{Actor, App, NotTakenOn, Request, intake::payload_of};
use crate::{
    clock::Moment,
    ids::{Platform, RequestId},
    store::StoreError,
};

impl App {
    /// A message was taken back: what was kept for it is forgotten, and what is not answered yet never will be.
    ///
    /// # Errors
    /// The database does not answer, and the platform must be told to come again.
    pub async fn withdraw(
        &self,
        platform: Platform,
        actor: &Actor,
        message: &RequestId,
        now: Moment,
    ) -> Result<(), StoreError> {
        self.store.note_event(platform, &withdrawal_of(message), &actor.workspace, now).await?;
        self.forget(actor, message).await;
        Ok(())
    }

    /// Whether the message of this request was taken back.
    pub async fn is_withdrawn(&self, platform: Platform, message: &RequestId) -> bool {
        match self.store.knows_event(platform, &withdrawal_of(message)).await {
            Ok(is_known) => is_known,
            Err(error) => {
                // Whoever did not take it back waits for an answer.
                tracing::warn!(error = &error as &dyn Error, "nobody knows whether a message was taken back");
                false
            }
        }
    }

    /// A message was changed: it is answered as it reads now when nobody is at it yet. Else it was answered as it read, and
    /// what was kept of that is forgotten, so that no button goes on with words that stand there no longer.
    ///
    /// # Errors
    /// It was not written down, and the platform must be told to come again.
    pub async fn change(&self, platform: Platform, request: &Request) -> Result<(), NotTakenOn> {
        let payload = payload_of(request)?;
        if !self.store.change_event(platform, &request.id, &payload).await.map_err(NotTakenOn::Store)? {
            self.forget(&request.actor, &request.id).await;
        }
        Ok(())
    }

    /// Whether a request with this id was taken on before.
    ///
    /// # Errors
    /// The database does not answer, and the platform must be told to come again.
    pub async fn was_taken_on(&self, platform: Platform, id: &RequestId) -> Result<bool, StoreError> {
        self.store.knows_event(platform, id).await
    }
}

/// The id under which it is noted that a message was taken back.
fn withdrawal_of(message: &RequestId) -> RequestId {
    RequestId::new(format!("{message} taken back"))
}
