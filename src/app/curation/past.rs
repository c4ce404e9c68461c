//! The live glossary as it stood at the end of a day. Revisions are never changed, so the past can be read from them; what ships
//! and the organisation's folder have no history here and are shown as they are now.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    App, Comment, ConceptView, CurationError, Entries, Filter, Reach, Revision,
    changes::{sees_any, told},
    mirror::{Mirror, with},
    organisation,
};
use crate::{
    clock::Timestamp,
    store::{ConceptStatus, KeptConcept, StoredConcept},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The end of a day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(Timestamp);

impl AsOf {
    /// The day that somebody wrote as `2026-11-20`.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(day: &str) -> Result<Self, CurationError> {
        let end = Timestamp::parse_rfc3339(&format!("{day}T23:59:59Z"));
        // A 31st of February would be some day of March.
        let end = end.filter(|end| end.rfc3339().split('T').next() == Some(day));
        end.map(Self).ok_or_else(|| {
            CurationError::Refused("Write the day as year, month and day, for example 2026-11-20.".to_owned())
        })
    }

    /// The last second of it.
    pub(super) const fn end(self) -> Timestamp {
        self.0
    }

    /// The first second of it.
    pub(super) fn begin(self) -> Timestamp {
        self.0.minus(DAY - Duration::from_secs(1))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.rfc3339().split('T').next().unwrap_or_default())
    }
}

/// The glossary as it was looked at last, so that the next page of it is there at once.
#[derive(Debug)]
pub(super) struct Past {
    as_of: AsOf,
    /// How it was when it was looked at.
    now: Arc<Mirror>,
    then: Arc<Mirror>,
}

impl App {
    /// An entry as it stood, with what had been done with it and said about it by then.
    ///
    /// # Errors
    /// There was none, or the database does not answer.
    pub async fn concept_as_of(
        &self,
        reach: &Reach,
        id: &str,
        as_of: AsOf,
    ) -> Result<(ConceptView, Vec<Revision>, Vec<Comment>), CurationError> {
        let mut history = self.store().concept_history(&organisation(), id).await?;
        if !sees_any(&history, (reach, id))? {
            // Nothing but what lies below, or nothing at all that the asker may see.
            let view = self.view_for(reach, id, None)?;
            return Ok((view, Vec::new(), self.comments_until(reach, id, &[], as_of).await?));
        }
        history.retain(|revision| revision.at <= as_of.0);
        let decides =
            |status| matches!(status, ConceptStatus::Approved | ConceptStatus::Retired | ConceptStatus::Withdrawn);
        let decisive = history.iter().rev().find(|revision| decides(revision.status));
        let live_revision =
            decisive.filter(|decisive| decisive.status != ConceptStatus::Withdrawn).map(|decisive| decisive.revision);
        let stored = history.last().map(|latest| StoredConcept {
            id: id.to_owned(),
            revision: latest.revision,
            status: latest.status,
            live_revision,
            body: latest.body.clone(),
            author: latest.author.clone(),
            at: latest.at,
        });
        let not_yet = |error| match error {
            CurationError::Unknown(id) => CurationError::NotYet { id, day: as_of.to_string() },
            other => other,
        };
        let view = self.view_for(reach, id, stored).map_err(not_yet)?;
        let revisions = told(history, live_revision, (reach, id))?;
        let comments = self.comments_until(reach, id, &revisions, as_of).await?;
        Ok((view, revisions, comments))
    }

    async fn comments_until(
        &self,
        reach: &Reach,
        id: &str,
        seen: &[Revision],
        as_of: AsOf,
    ) -> Result<Vec<Comment>, CurationError> {
        let mut comments = self.comments_on(reach, id, seen).await?;
        // Times are written so that the order of their letters is that of time.
        let end = as_of.0.rfc3339();
        comments.retain(|comment| comment.time <= end);
        Ok(comments)
    }

    /// One page of the entries that a filter admits, as they stood.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find_concepts_as_of(
        &self,
        reach: &Reach,
        filter: &Filter,
        from: usize,
        most: usize,
        as_of: AsOf,
    ) -> Result<Entries, CurationError> {
        // One at a time: it may read much of the glossary.
        let mut held = self.curation.past.lock().await;
        let now = self.mirror().await?;
        let then = match held.as_ref().filter(|past| past.as_of == as_of && Arc::ptr_eq(&past.now, &now)) {
            Some(past) => Arc::clone(&past.then),
            None => {
                let then = self.mirror_as_of(&now, as_of).await?;
                *held = Some(Past { as_of, now, then: Arc::clone(&then) });
                then
            }
        };
        drop(held);
        let mut found = self.found_in(reach, &then, filter, from, most)?;
        // Which revision was in answers is told by the entry alone.
        found.entries.iter_mut().for_each(|entry| entry.live_revision = None);
        Ok(found)
    }

    /// What was not changed since is as it is now, and only the rest is read.
    async fn mirror_as_of(&self, now: &Arc<Mirror>, as_of: AsOf) -> Result<Arc<Mirror>, CurationError> {
        if now.entries.values().all(|kept| kept.at <= as_of.0) {
            return Ok(Arc::clone(now));
        }
        let rows = self.store().past_concepts(&organisation(), as_of.0).await?;
        let rows = rows.into_iter().map(|latest| KeptConcept { latest, live: None }).collect();
        Ok(Arc::new(with(now.unchanged_since(as_of.0), rows).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::AsOf;

    #[test]
    fn a_day_is_a_day() {
        for day in ["2026-11-20", "2024-02-29", "1970-01-01"] {
            assert_eq!(AsOf::parse(day).unwrap().to_string(), day);
        }
        for day in ["", "2026-02-29", "2026-13-01", "2026-11-20T00:00:00Z", "20-11-2026", "yesterday", "2026-11-2"] {
            assert!(AsOf::parse(day).is_err(), "{day}");
        }
    }
}
