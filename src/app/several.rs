//! One message for several readers at once.

use super::{
    App, Reply, Request, RewriteReply, Say, draft::MOST_READERS, known::Eyes, pending::Kept, rewrite::MAX_TEXT_CHARS,
};
use crate::{engine::SourceText, ids::AudienceId};

/// One version of a message for each of several readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The reader, as people name them.
    pub title: String,
    /// What is written for them.
    pub rewrite: RewriteReply,
}

impl App {
    pub(super) async fn rewrite_for_several(
        &self,
        request: &Request,
        source: &SourceText,
        readers: &[AudienceId],
    ) -> Reply {
        if source.text().trim().is_empty() {
            return Reply::Say(Say::nothing_to_rewrite());
        }
        if source.text().chars().nth(MAX_TEXT_CHARS).is_some() {
            return Reply::Say(Say::too_long(MAX_TEXT_CHARS));
        }
        if readers.len() > MOST_READERS {
            return Reply::Say(Say::too_many_readers(MOST_READERS));
        }
        let pending = self.keep(request, source).await;
        let kept = Kept::of(request, source);
        // One for all of them: another one may answer from any moment on.
        let engine = self.engine_at(&kept.location);
        self.gather(&engine, source, Some(&request.actor), request.received_at);
        let version = |reader: &AudienceId| Version {
            title: self.readers().get(reader).map_or_else(|| reader.to_string(), |reader| reader.title.clone()),
            // What each of these readers takes from it, not what the person who compares them would.
            rewrite: self.render(&engine, request, kept.clone(), Some(reader), pending.clone(), &Eyes::Everybodys),
        };
        Reply::Several(readers.iter().map(version).collect())
    }
}
