//! The reader that a person wants answers for.

use super::{App, Reply, Request, Say};
use crate::ids::AudienceId;

impl App {
    pub(super) fn settings(&self, request: &Request) -> Reply {
        Reply::Settings { reader: self.reader(request) }
    }

    pub(super) async fn choose_reader(&self, request: &Request, reader: &str) -> Reply {
        let engine = self.engine();
        let Some(audience) = self.readers().find(reader).and_then(|id| engine.audience(id.as_str())) else {
            return Reply::Say(Say::unknown_reader(reader, &self.readers()));
        };
        if self.remember_reader(request, &AudienceId::new(&*audience.id)).await {
            Reply::Say(Say::reader_remembered(audience))
        } else {
            Reply::Say(Say::unavailable())
        }
    }

    /// Whether the choice was written down.
    pub(super) async fn remember_reader(&self, request: &Request, reader: &AudienceId) -> bool {
        let actor = &request.actor;
        let done = self.store.set_preference(&actor.workspace, &actor.person, reader, request.received_at).await;
        if let Err(error) = &done {
            tracing::warn!(error = error as &dyn std::error::Error, "a preference was not remembered");
        }
        done.is_ok()
    }
}
