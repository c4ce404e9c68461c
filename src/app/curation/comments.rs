//! Comments: what people say to each other about an entry while it is reviewed, and afterwards. They are part of its record.

use serde::Serialize;

use super::{App, Change, ConceptView, CurationError, Curator, Reach, Revision, Role, organisation, word::Deed};
use crate::{
    clock::Timestamp,
    store::{NewComment, StoredComment},
};

/// As many are shown in a chat.
const MOST_SAID: usize = 3;

/// The longest comment.
pub const LONGEST_COMMENT: usize = 2_000;
/// More than any entry needs; who wants to say more has another place for it.
const MOST_COMMENTS: u32 = 500;

/// A comment on an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Comment {
    /// Its number, which grows.
    pub number: i64,
    /// The latest revision of the entry when it was written.
    pub revision: u32,
    /// When: `2026-11-25T09:30:00Z`.
    pub time: String,
    /// Who.
    pub author: String,
    /// What it says.
    pub text: String,
}

impl Comment {
    pub(super) fn of(stored: StoredComment) -> Self {
        let StoredComment { number, revision, text, author, at } = stored;
        Self { number, revision, time: at.rfc3339(), author, text }
    }
}

impl App {
    /// An entry as it stands, with what was done with it, the latest first, and what was said about it, the first first.
    ///
    /// # Errors
    /// There is no such entry, or the database does not answer.
    pub async fn concept_record(
        &self,
        reach: &Reach,
        id: &str,
    ) -> Result<(ConceptView, Vec<Revision>, Vec<Comment>), CurationError> {
        let view = self.concept(reach, id).await?;
        let history = self.history_of(reach, &view).await?;
        let comments = self.comments_on(reach, id, &history).await?;
        Ok((view, history, comments))
    }

    /// All comments on an entry, the first one first.
    ///
    /// # Errors
    /// The same.
    pub async fn comments(&self, reach: &Reach, id: &str) -> Result<Vec<Comment>, CurationError> {
        Ok(self.concept_record(reach, id).await?.2)
    }

    /// What was said about the revisions that somebody may see.
    pub(super) async fn comments_on(
        &self,
        reach: &Reach,
        id: &str,
        seen: &[Revision],
    ) -> Result<Vec<Comment>, CurationError> {
        let stored = self.store().comments(&organisation(), id).await?;
        Ok(self.comments_told(stored, seen, (reach, id)))
    }

    /// The same of comments that were read: what was said while an entry held in other workspaces alone is theirs.
    fn comments_told(
        &self,
        mut stored: Vec<StoredComment>,
        seen: &[Revision],
        (reach, id): (&Reach, &str),
    ) -> Vec<Comment> {
        let base = self.curation.base();
        let is_seen = |revision: u32| match revision {
            // What ships and what lies in the folder have no revisions, so they are judged by what they say now.
            0 => base.catalogue().entries.get(id).is_some_and(|entry| reach.sees(&entry.concept)),
            revision => seen.iter().any(|seen| seen.revision == revision),
        };
        stored.retain(|comment| *reach == Reach::Everything || is_seen(comment.revision));
        stored.into_iter().map(Comment::of).collect()
    }

    /// An entry with the latest of what was said about it.
    pub(in crate::app) async fn with_comments(
        &self,
        reach: &Reach,
        mut view: ConceptView,
    ) -> Result<ConceptView, CurationError> {
        let stored = self.store().comments(&organisation(), &view.concept.id).await?;
        // Only where something was said it matters which revisions somebody may see.
        if stored.is_empty() {
            return Ok(view);
        }
        let history = self.history_of(reach, &view).await?;
        let mut comments = self.comments_told(stored, &history, (reach, &view.concept.id));
        view.said_last = comments.split_off(comments.len().saturating_sub(MOST_SAID));
        Ok(view)
    }

    /// Adds a comment to an entry.
    ///
    /// # Errors
    /// The person may not, there is no such entry, it makes no sense, or the database does not answer.
    pub async fn add_comment(
        &self,
        curator: &Curator,
        id: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<Comment, CurationError> {
        curator.need(Role::Author)?;
        let view = self.concept(&curator.reach, id).await?;
        let text = text.trim();
        if text.is_empty() || text.chars().nth(LONGEST_COMMENT).is_some() {
            return Err(CurationError::Refused(format!("Write a comment of 1 to {LONGEST_COMMENT} characters.")));
        }
        let comment = NewComment { id, revision: view.revision, text, author: &curator.name };
        let number = self.store().add_comment(&organisation(), comment, MOST_COMMENTS, now).await?;
        let number = number.ok_or_else(|| {
            CurationError::Refused(format!("“{id}” has {MOST_COMMENTS} comments, which is the most that are kept."))
        })?;
        let (revision, at) = (view.revision, now);
        let (text, author) = (text.to_owned(), curator.name.clone());
        let comment = Comment::of(StoredComment { number, revision, text, author, at });
        let change = Change { curator, seen: None, reason: "", now };
        self.tell_of(change, &view, Deed::Commented(&comment)).await;
        Ok(comment)
    }
}
