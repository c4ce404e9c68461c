//! Finding entries of the glossary while somebody types.

use super::{App, Depth, ExplanationReply, Reply, Request};
use crate::ids::AudienceId;

impl App {
    /// The entries whose terms fit best to what was typed so far, told for the person's usual reader; the first ones before
    /// anything is.
    pub(super) fn search(&self, request: &Request, words: &str, skip: usize, most: usize) -> Reply {
        let engine = self.engine_at(&request.location);
        let audience = self.audience(&engine, request, None);
        let wanted = skip.saturating_add(most);
        let found = if words.trim().is_empty() { engine.first_entries(wanted) } else { engine.search(words, wanted) };
        let told = found.iter().skip(skip).map(|concept| {
            let (explanation, is_common) = self.explained.of(&engine, concept, audience);
            let found = ExplanationReply::bare(explanation, AudienceId::new(&*audience.id), Depth::default());
            ExplanationReply { is_common, ..found }
        });
        Reply::Found(told.collect())
    }
}
