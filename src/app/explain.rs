//! Explaining a term.

use super::{App, Depth, ExplanationReply, Reply, Request, Say, known};
use crate::{
    engine::{Engine, ExplanationStatus, SourceText},
    ids::AudienceId,
};

/// The longest question about a term.
pub const MAX_QUERY_CHARS: usize = 300;

/// What has more words than this and is not a question is a message that somebody pasted.
const LONGEST_TERM_WORDS: usize = 12;

/// What nobody can explain and has more words than this is one too.
const LONGEST_UNKNOWN_TERM_WORDS: usize = 8;

impl App {
    /// Explains a term or answers a question. No database and no waiting where the answer goes to one person: this is the path
    /// that must be fastest.
    pub(super) async fn explain(&self, request: &Request, query: &str, reader: Option<&AudienceId>) -> Reply {
        self.explain_in(request, query, None, reader).await
    }

    /// The same for a term of a message.
    pub(super) async fn explain_in(
        &self,
        request: &Request,
        query: &str,
        message: Option<&SourceText>,
        reader: Option<&AudienceId>,
    ) -> Reply {
        let engine = self.engine_at(&request.location);
        let found = self.explained(&engine, request, query, message, reader, Depth::wished(query).unwrap_or_default());
        self.gather_explained(&engine, &found.explanation, request.received_at);
        Reply::Explanation(Box::new(found))
    }

    /// The entries of an explanation at another depth. Nobody picked its reader, who is therefore not remembered,
    /// and nobody asked anew, so nothing is counted.
    pub(super) fn change_depth(&self, request: &Request, entries: &str, reader: &str, depth: Depth) -> Reply {
        match self.readers().find(reader) {
            Some(reader) => {
                let engine = self.engine_at(&request.location);
                Reply::Explanation(Box::new(self.explained(&engine, request, entries, None, Some(reader), depth)))
            }
            None => Reply::Say(Say::unknown_reader(reader, &self.readers())),
        }
    }

    fn explained(
        &self,
        engine: &Engine,
        request: &Request,
        query: &str,
        message: Option<&SourceText>,
        reader: Option<&AudienceId>,
        depth: Depth,
    ) -> ExplanationReply {
        let audience = self.audience(engine, request, reader);
        let explanation = engine.explain(query, message, audience);
        let marks = self.eyes(request).marks_of(engine, known::explained(&explanation));
        let reader = AudienceId::new(&*audience.id);
        ExplanationReply { explanation, depth, reader, marks }
    }

    pub(super) async fn explain_or_rewrite(&self, request: &Request, query: &str, reader: Option<AudienceId>) -> Reply {
        let has_more_words_than = |limit| query.split_whitespace().nth(limit).is_some();
        let is_message = query.chars().nth(MAX_QUERY_CHARS).is_some()
            || (has_more_words_than(LONGEST_TERM_WORDS) && !query.ends_with('?'));
        if !is_message {
            let reply = self.explain(request, query, reader.as_ref()).await;
            let is_unknown = matches!(
                &reply,
                Reply::Explanation(found) if found.explanation.status == ExplanationStatus::Unknown
            );
            if !is_unknown || !has_more_words_than(LONGEST_UNKNOWN_TERM_WORDS) {
                return reply;
            }
        }
        self.rewrite_for(request, &SourceText::new(query), reader.as_ref()).await
    }
}
