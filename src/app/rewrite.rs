//! Rewriting a message, and giving the same rewrite again for another reader.

use super::{
    App, Aspect, Reply, Request, RewriteReply, Say, ShareTicket, Sharing, Subject, known::Eyes, pending::Kept,
};
use crate::{
    engine::{Engine, SourceText},
    ids::{AudienceId, PendingId},
};

/// The longest text that is rewritten in chat and over the API. It is also the longest message Slack can hold.
pub const MAX_TEXT_CHARS: usize = 40_000;

impl App {
    pub(super) async fn rewrite_for(
        &self,
        request: &Request,
        source: &SourceText,
        reader: Option<&AudienceId>,
    ) -> Reply {
        if source.text().trim().is_empty() {
            return Reply::Say(Say::nothing_to_rewrite());
        }
        if source.text().chars().nth(MAX_TEXT_CHARS).is_some() {
            return Reply::Say(Say::too_long(MAX_TEXT_CHARS));
        }
        let pending = self.keep(request, source).await;
        let kept = Kept::of(request, source);
        let (engine, eyes) = (self.engine_at(&kept.location), self.eyes(request));
        self.gather(&engine, source, Some(&request.actor), request.received_at);
        let reply = self.render(&engine, request, kept, reader, pending, &eyes);
        self.note_rewritten(request, reply.pending.as_ref(), &reply.rendering, &reply.reader);
        Reply::Rewrite(Box::new(reply))
    }

    pub(super) async fn change_reader(&self, request: &Request, subject: &Subject, reader: &str) -> Reply {
        let Some(reader) = self.readers().find(reader).cloned() else {
            return Reply::Say(Say::unknown_reader(reader, &self.readers()));
        };
        // Who picks a reader from a menu wants that reader next time too. Failing to remember it is no reason to fail.
        self.remember_reader(request, &reader).await;
        match subject {
            Subject::Concept(concept) => self.explain(request, concept, Some(&reader)).await,
            Subject::Text(pending) => self.rewrite_kept(request, pending, &reader).await,
        }
    }

    /// The answer as it was, for a reader who is not remembered: nobody has picked one.
    pub(super) async fn again(&self, request: &Request, pending: &PendingId, reader: &str) -> Reply {
        match self.readers().find(reader) {
            Some(reader) => self.rewrite_kept(request, pending, reader).await,
            None => Reply::Say(Say::unknown_reader(reader, &self.readers())),
        }
    }

    async fn rewrite_kept(&self, request: &Request, pending: &PendingId, reader: &AudienceId) -> Reply {
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let (engine, eyes) = (self.engine_at(&kept.location), self.eyes(request));
                let rewrite = self.render(&engine, request, kept, Some(reader), Some(pending.clone()), &eyes);
                Reply::Rewrite(Box::new(rewrite))
            }
            Ok(None) => Reply::Say(Say::expired()),
            Err(()) => Reply::Say(Say::unavailable()),
        }
    }

    pub(super) async fn show(
        &self,
        request: &Request,
        pending: &PendingId,
        aspect: Aspect,
        reader: Option<&AudienceId>,
    ) -> Reply {
        match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let (engine, eyes) = (self.engine_at(&kept.location), self.eyes(request));
                let rewrite = self.render(&engine, request, kept, reader, Some(pending.clone()), &eyes);
                Reply::Aspect(aspect, Box::new(rewrite))
            }
            Ok(None) => Reply::Say(Say::expired()),
            Err(()) => Reply::Say(Say::unavailable()),
        }
    }

    /// A rewrite by the engine of this answer, for those who read it.
    pub(super) fn render(
        &self,
        engine: &Engine,
        request: &Request,
        kept: Kept,
        reader: Option<&AudienceId>,
        pending: Option<PendingId>,
        eyes: &Eyes,
    ) -> RewriteReply {
        let audience = self.audience(engine, request, reader);
        let rendering = eyes.read(engine, &kept.source, audience);
        let marks = eyes.marks(engine, &rendering);
        let reply = RewriteReply::bare(rendering, AudienceId::new(&*audience.id), kept.source);
        let sharing = match (&pending, kept.place.and_then(|place| place.original)) {
            (Some(pending), Some(original)) => Sharing::Offered(ShareTicket::new(pending, &reply, &original)),
            _ => Sharing::NotOffered,
        };
        RewriteReply { pending, sharing, marks, ..reply }
    }
}
