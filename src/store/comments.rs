//! Comments on entries of the glossary. They are added and read, and never changed or erased.

use super::{Store, StoreError, pool::on};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// A comment on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComment {
    /// Its number, which grows.
    pub number: i64,
    /// The latest revision of the entry when it was written; 0 for one that was never changed.
    pub revision: u32,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// A comment to add.
#[derive(Debug, Clone, Copy)]
pub struct NewComment<'a> {
    /// Id of the concept.
    pub id: &'a str,
    /// Its latest revision.
    pub revision: u32,
    /// What is said.
    pub text: &'a str,
    /// By whom.
    pub author: &'a str,
}

type CommentRow = (i64, i64, String, String, i64);

impl Store {
    /// All comments on an entry, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn comments(&self, workspace: &WorkspaceId, id: &str) -> Result<Vec<StoredComment>, StoreError> {
        let rows: Vec<CommentRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT number, revision, text, author, at FROM concept_comments WHERE workspace = $1 AND id = $2 \
                 ORDER BY number",
            )
            .bind(workspace.as_str())
            .bind(id)
            .fetch_all(pool)
            .await?
        });
        let comment = |(number, revision, text, author, at): CommentRow| {
            let revision = u32::try_from(revision).map_err(|_| StoreError::Damaged("concept_comments"))?;
            Ok(StoredComment { number, revision, text, author, at: Timestamp::from_unix_seconds(at) })
        };
        rows.into_iter().map(comment).collect()
    }

    /// Adds one, and gives its number; nothing where the entry has `most` of them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn add_comment(
        &self,
        workspace: &WorkspaceId,
        comment: NewComment<'_>,
        most: u32,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "INSERT INTO concept_comments (workspace, id, revision, text, author, at) SELECT $1, $2, $3, $4, $5, $6 \
                 WHERE (SELECT COUNT(*) FROM concept_comments WHERE workspace = $1 AND id = $2) < $7 RETURNING number",
            )
            .bind(workspace.as_str())
            .bind(comment.id)
            .bind(i64::from(comment.revision))
            .bind(comment.text)
            .bind(comment.author)
            .bind(now.unix_seconds())
            .bind(i64::from(most))
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|(number,)| number))
    }
}
