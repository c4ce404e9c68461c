//! How answers were: counted, without names and without text.

use serde::{Deserialize, Serialize};

use super::{
    About, App, ExplanationReply, Reply, Request, RewriteReply, Say, SeveralReply, ShareInto, Sharing, share::digest_of,
};
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

/// What is told under an answer whose reader said how it is.
pub(crate) const COUNTED: &str = "Thank you. That was counted, without your name and without the text.";

/// Whether the reader said how an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        about: &About,
        reader: &str,
        judgement: Judgement,
        shared: Option<ShareInto>,
    ) -> Reply {
        let counter = match judgement {
            Judgement::Helpful => Counter::FeedbackHelpful,
            Judgement::Wrong => Counter::FeedbackWrong,
        };
        let judged = match about {
            About::Text(pending) => pending.as_str(),
            About::Entries { ids, .. } => ids,
        };
        if !self.count_once(request, counter, &["judged", judged, reader]).await {
            return Reply::Say(Say::unavailable());
        }
        if let About::Entries { ids, .. } = about {
            // Boxed for the same reason as what is asked for seldom in `App::answer`.
            Box::pin(self.note_whether_it_helped(request, ids, judgement)).await;
        }
        match about {
            About::Text(pending) => self.judged_rewrite(request, pending, reader, shared).await,
            About::Entries { ids, depth } => match self.readers().find(reader) {
                Some(reader) => {
                    let found = self.explained_again(request, ids, reader, *depth);
                    let sharing = shared.map_or_else(|| found.sharing.clone(), Sharing::Done);
                    Reply::Explanation(Box::new(ExplanationReply { feedback: Feedback::Given, sharing, ..found }))
                }
                None => Reply::Say(Say::counted()),
            },
        }
    }

    async fn judged_rewrite(
        &self,
        request: &Request,
        pending: &PendingId,
        reader: &str,
        shared: Option<ShareInto>,
    ) -> Reply {
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let engine = self.engine_at(&kept.location);
                if let Some(readers) = self.several_named(reader) {
                    let versions = self.versions(&engine, request, &kept, &readers, Some(pending));
                    return Reply::Several(SeveralReply { versions, feedback: Feedback::Given });
                }
                let (reader, eyes) = (AudienceId::new(reader), self.eyes(request));
                let reply = self.render(&engine, request, kept, Some(&reader), Some(pending.clone()), &eyes);
                let sharing = shared.map_or(reply.sharing, Sharing::Done);
                Reply::Rewrite(Box::new(RewriteReply { feedback: Feedback::Given, sharing, ..reply }))
            }
            // Without the text the answer cannot be written again, and the judgement is counted all the same.
            Ok(None) | Err(()) => Reply::Say(Say::counted()),
        }
    }

    /// Notes for those who look after the entries whether their explanation helped. The thanks are for having been counted at all,
    /// so nobody is told when this fails.
    async fn note_whether_it_helped(&self, request: &Request, ids: &str, judgement: Judgement) {
        let concepts = ids.split(',').filter(|id| !id.is_empty());
        let judgements: Vec<_> = concepts
            .filter_map(|concept| self.judgement_of(request, concept, judgement == Judgement::Helpful))
            .collect();
        if let Err(error) = self.store.note_judgements(&judgements).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "whether an entry helped was not noted");
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
