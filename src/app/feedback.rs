//! How answers were: counted, without names and without text.

use serde::{Deserialize, Serialize};

use super::{App, Reply, Request, RewriteReply, Say, ShareInto, Sharing};
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
        if !self.count(counter).await {
            return Reply::Say(Say::unavailable());
        }
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let reply =
                    self.render(&self.engine(), request, kept, Some(&AudienceId::new(reader)), Some(pending.clone()));
                let sharing = shared.map_or(reply.sharing, Sharing::Done);
                Reply::Rewrite(Box::new(RewriteReply { feedback: Feedback::Given, sharing, ..reply }))
            }
            // Without the text the answer cannot be written again, and the judgement is counted all the same.
            Ok(None) | Err(()) => Reply::Say(Say::counted()),
        }
    }

    /// Whether it was counted.
    pub(super) async fn count(&self, counter: Counter) -> bool {
        let counted = self.store.count_one(counter).await;
        if let Err(error) = &counted {
            tracing::warn!(error = error as &dyn std::error::Error, "feedback was not counted");
        }
        counted.is_ok()
    }
}
