//! Explaining a term.

use super::{App, ExplanationReply, Reply, Request};
use crate::{
    engine::{ExplanationStatus, SourceText},
    ids::AudienceId,
};

/// What nobody can explain and has more words than this is not a term: somebody pasted a message.
const LONGEST_TERM_WORDS: usize = 8;

impl App {
    /// Explains a term or answers a question. No database and no waiting: this is the path that must be fastest.
    pub(super) fn explain(&self, request: &Request, query: &str, reader: Option<&AudienceId>) -> Reply {
        let audience = self.audience(request, reader);
        let explanation = self.engine.explain(query, None, audience);
        Reply::Explanation(Box::new(ExplanationReply { explanation, reader: AudienceId::new(&*audience.id) }))
    }

    pub(super) async fn explain_or_rewrite(&self, request: &Request, query: &str, reader: Option<AudienceId>) -> Reply {
        let reply = self.explain(request, query, reader.as_ref());
        if let Reply::Explanation(found) = &reply
            && found.explanation.status == ExplanationStatus::Unknown
            && query.split_whitespace().nth(LONGEST_TERM_WORDS).is_some()
        {
            return self.rewrite_for(request, &SourceText::new(query), reader.as_ref()).await;
        }
        reply
    }
}
