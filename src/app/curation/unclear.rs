//! Entries whose explanation did not help: counts, and never who. Whoever keeps the glossary explains them better.

use serde::Serialize;

use super::{App, CurationError, Reach};
use crate::{ids::WorkspaceId, store};

/// An entry that people read and did not understand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnclearEntry {
    /// Id of the concept.
    pub id: String,
    /// Its preferred term.
    pub term: String,
    /// How many people its explanation did not help.
    pub people: u32,
    /// How many people said whether it helped.
    pub asked: u32,
}

impl App {
    /// The entries that did not help enough people of one workspace, or of any.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unclear_entries(
        &self,
        reach: &Reach,
        of: Option<&WorkspaceId>,
        most: u32,
    ) -> Result<Vec<UnclearEntry>, CurationError> {
        let (mirror, base) = (self.mirror().await?, self.curation.base());
        let told = |store::UnclearEntry { concept, people, asked }| {
            // An entry that is gone cannot be explained better.
            let entry = base.listed_one(&mirror, &concept).filter(|entry| reach.sees(entry.concept))?;
            Some(UnclearEntry { term: entry.concept.preferred().to_owned(), id: concept, people, asked })
        };
        Ok(self.store().unclear_entries(of, most).await?.into_iter().filter_map(told).collect())
    }
}
