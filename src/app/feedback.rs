//! How answers were: counted, without names and without text.

use serde::{Deserialize, Serialize};

use super::{App, Reply, Request, RewriteReply, Say, ShareInto, Sharing, share::digest_of};
use crate::{
    ids::{AudienceId, PendingId},
    store::Counter,
};

/// What somebody said about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judgement {
    /// It helped.
    Helpful,
    /// Something in it is wrong.
    Wrong,
}

/// Whether the reader said how an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// Not yet.
    Open,
    /// It was counted.
    Given,
}

impl App {
    pub(super) async fn judge(
        &self,
        request: &Request,
        pending: &PendingId,
        reader: &str,
        judgement: Judgement,
        shared: Option<ShareInto>,
    ) -> Reply {
        let counter = match judgement {
            Judgement::Helpful => Counter::FeedbackHelpful,
            Judgement::Wrong => Counter::FeedbackWrong,
        };
        if !self.count_once(request, counter, &["judged", pending.as_str(), reader]).await {
            return Reply::Say(Say::unavailable());
        }
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let (engine, eyes) = (self.engine_at(&kept.location), self.eyes(request));
                let reader = AudienceId::new(reader);
                let reply = self.render(&engine, request, kept, Some(&reader), Some(pending.clone()), &eyes);
                let sharing = shared.map_or(reply.sharing, Sharing::Done);
                Reply::Rewrite(Box::new(RewriteReply { feedback: Feedback::Given, sharing, ..reply }))
            }
            // Without the text the answer cannot be written again, and the judgement is counted all the same.
            Ok(None) | Err(()) => Reply::Say(Say::counted()),
        }
    }

    /// Counts what a person says about something, and only the first time: buttons are pressed twice, and by an old card again.
    /// Says whether it is counted now or was before.
    pub(super) async fn count_once(&self, request: &Request, counter: Counter, about: &[&str]) -> bool {
        let actor = &request.actor;
        let of_the_person = [actor.workspace.as_str(), actor.person.as_str()];
        let key = digest_of(of_the_person.iter().chain(about).copied(), 16);
        let counted = Box::pin(self.store.count_once(counter, &key, request.received_at)).await;
        if let Err(error) = &counted {
            tracing::warn!(error = error as &dyn std::error::Error, "feedback was not counted");
        }
        counted.is_ok()
    }
}
