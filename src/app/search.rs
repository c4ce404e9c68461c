//! Finding entries of the glossary while somebody types.

use super::{App, Depth, ExplanationReply, Reply, Request};
use crate::ids::AudienceId;

impl App {
    /// The entries whose terms fit best to what was typed so far, told for the person's usual reader.
    pub(super) fn search(&self, request: &Request, words: &str, skip: usize, most: usize) -> Reply {
        let engine = self.engine();
        let audience = self.audience(&engine, request, None);
        let found = engine.search(words, skip.saturating_add(most));
        let told = found.iter().skip(skip).map(|concept| ExplanationReply {
            explanation: engine.explain(concept, None, audience),
            depth: Depth::default(),
            reader: AudienceId::new(&*audience.id),
            marks: Vec::new(),
        });
        Reply::Found(told.collect())
    }
}
