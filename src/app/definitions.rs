//! Asking for a definition. Whoever keeps the glossary sees the term and how many people want it, never who.

use super::{About, App, Reply, Request, Say};
use crate::{
    engine::{Draft, HintCode},
    store::Counter,
};

/// The longest term that can be asked for.
pub const MAX_TERM_CHARS: usize = 80;

/// More words than this are no help to somebody who looks for one.
const MOST_UNKNOWN: usize = 8;

/// A term as it is asked for, wherever it was typed; `None` when it is none or too long for one.
pub(crate) fn wanted_term(typed: &str) -> Option<String> {
    let term = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    (!term.is_empty() && term.chars().nth(MAX_TERM_CHARS).is_none()).then_some(term)
}

impl App {
    /// A term was missed in an answer: shows the form to ask for it, with the words of the message that have no entry.
    pub(super) async fn miss_term(&self, request: &Request, about: &About) -> Reply {
        let pending = match about {
            About::Text(pending) => pending,
            About::Entries { ids, .. } => {
                self.count_once(request, Counter::FeedbackMissingTerm, &["missed", ids]).await;
                return Reply::DefinitionForm { unknown: Vec::new() };
            }
        };
        self.count_once(request, Counter::FeedbackMissingTerm, &["missed", pending.as_str()]).await;
        let unknown = match self.kept(request, pending).await {
            Ok(Some(kept)) => {
                let engine = self.engine_at(&kept.location);
                let review = engine.check(&kept.source, self.audience(&engine, request, None), Draft::Page);
                let unknown = review.hints.into_iter().filter(|hint| hint.code == HintCode::UnknownJargon);
                unknown.map(|hint| hint.words).take(MOST_UNKNOWN).collect()
            }
            // The form works without them.
            Ok(None) | Err(()) => Vec::new(),
        };
        Reply::DefinitionForm { unknown }
    }

    pub(super) async fn request_definition(&self, request: &Request, term: &str) -> Reply {
        let Some(term) = wanted_term(term) else { return Reply::Say(Say::no_term()) };
        let actor = &request.actor;
        match self.store.request_definition(&actor.workspace, &actor.person, &term, request.received_at).await {
            Ok(()) => Reply::Say(Say::definition_requested(&term)),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a request for a definition was not noted");
                Reply::Say(Say::unavailable())
            }
        }
    }
}
