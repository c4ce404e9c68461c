//! Jargon that people met and nobody has explained: counts, and never who. Whoever keeps the glossary writes the entry, or says that a
//! word is no term.

use serde::Serialize;

use super::{App, CurationError, Curator, Reach, Role};
use crate::{clock::Timestamp, ids::WorkspaceId, store::DismissedGap};

/// A word that nobody has explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UnknownTerm {
    /// As it was written.
    pub term: String,
    /// In how many rewritten messages of the last 90 days, at most three of a person and day.
    pub messages: u32,
    /// How many people had them rewritten.
    pub people: u32,
    /// On how many days.
    pub days: u32,
    /// When it was met last, to the day: `2026-11-25`.
    pub last: String,
}

impl App {
    /// The unknown words that enough people of one workspace met, or of any, those that most people met first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unknown_terms(
        &self,
        reach: &Reach,
        of: Option<&WorkspaceId>,
        most: u32,
    ) -> Result<Vec<UnknownTerm>, CurationError> {
        let engine = self.engine_at(&reach.location());
        let gaps = self.store().gaps(of, most).await?;
        let open = gaps.into_iter().filter(|gap| engine.explained_as_written(&gap.term).is_none());
        Ok(open
            .map(|gap| UnknownTerm {
                term: gap.term,
                messages: gap.messages,
                people: gap.people,
                days: gap.days,
                last: Timestamp::of_day(gap.last_day).date(),
            })
            .collect())
    }

    /// Says that a word is no term: it is not told and not counted from now on.
    ///
    /// # Errors
    /// The person may not, no such word is told, or the database does not answer.
    pub async fn dismiss_unknown_term(
        &self,
        curator: &Curator,
        of: Option<&WorkspaceId>,
        term: &str,
        now: Timestamp,
    ) -> Result<(), CurationError> {
        curator.need(Role::Author)?;
        let word = self.mark_of_word(term).ok_or_else(|| not_told(term))?;
        let was_told = self.store().dismiss_gap(of, &word, &curator.name, now).await?;
        if was_told { Ok(()) } else { Err(not_told(term)) }
    }

    /// Takes that back.
    ///
    /// # Errors
    /// The person may not, nobody said so of this word, or the database does not answer.
    pub async fn restore_unknown_term(
        &self,
        curator: &Curator,
        of: Option<&WorkspaceId>,
        term: &str,
    ) -> Result<(), CurationError> {
        curator.need(Role::Author)?;
        let word = self.mark_of_word(term).ok_or_else(|| not_told(term))?;
        if self.store().restore_gap(of, &word).await? { Ok(()) } else { Err(not_told(term)) }
    }

    /// The words that somebody said are no terms, the latest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn dismissed_terms(
        &self,
        of: Option<&WorkspaceId>,
        most: u32,
    ) -> Result<Vec<DismissedGap>, CurationError> {
        Ok(self.store().dismissed_gaps(of, most).await?)
    }
}

fn not_told(term: &str) -> CurationError {
    CurationError::Refused(format!("“{term}” is not in this list any more. Open the page again."))
}
