//! One message for several readers at once.

use super::{
    App, Feedback, Reply, Request, RewriteReply, Say, draft::MOST_READERS, known::Eyes, pending::Kept,
    rewrite::MAX_TEXT_CHARS,
};
use crate::{
    engine::{Engine, SourceText},
    ids::{AudienceId, PendingId},
};

/// A message for several readers, with what is needed to show it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeveralReply {
    /// A version for each of them, with one kept text behind all.
    pub versions: Vec<Version>,
    /// Whether the person said how they are, taken together.
    pub feedback: Feedback,
}

/// One version of a message for each of several readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The reader, as people name them.
    pub title: String,
    /// What is written for them.
    pub rewrite: RewriteReply,
}

/// Stands between the ids of readers on a control that is about all of them.
const BETWEEN: &str = ",";

impl SeveralReply {
    /// The kept text behind them; `None` when it could not be kept.
    #[must_use]
    pub fn pending(&self) -> Option<&PendingId> {
        self.versions.first()?.rewrite.pending.as_ref()
    }

    /// Their readers, as a control names them that is about all of them.
    #[must_use]
    pub fn readers(&self) -> AudienceId {
        let ids: Vec<&str> = self.versions.iter().map(|version| version.rewrite.reader.as_str()).collect();
        AudienceId::new(ids.join(BETWEEN))
    }
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
        let versions = self.versions(&engine, request, &kept, readers, pending.as_ref());
        let reply = SeveralReply { versions, feedback: Feedback::Open };
        if let Some(first) = reply.versions.first() {
            self.note_rewritten(request, pending.as_ref(), &first.rewrite.rendering, &reply.readers());
        }
        Reply::Several(reply)
    }

    /// The readers that a control names which is about several of them; `None` when it names one, as most do.
    pub(super) fn several_named(&self, readers: &str) -> Option<Vec<AudienceId>> {
        readers.contains(BETWEEN).then(|| {
            let all = self.readers();
            readers.split(BETWEEN).filter_map(|reader| all.find(reader).cloned()).take(MOST_READERS).collect()
        })
    }

    /// What each of these readers takes from a text, not what the person who compares them would.
    pub(super) fn versions(
        &self,
        engine: &Engine,
        request: &Request,
        kept: &Kept,
        readers: &[AudienceId],
        pending: Option<&PendingId>,
    ) -> Vec<Version> {
        let version = |reader: &AudienceId| Version {
            title: self.readers().get(reader).map_or_else(|| reader.to_string(), |reader| reader.title.clone()),
            rewrite: self.render(engine, request, kept.clone(), Some(reader), pending.cloned(), &Eyes::Everybodys),
        };
        readers.iter().map(version).collect()
    }
}
