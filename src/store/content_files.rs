//! Audiences and templates that were changed live. A change adds a revision and touches none; who saw an older one than the
//! latest changes nothing. What a file holds is text here, which the engine reads.

use super::{Store, StoreError, glossary::Changed, pool::on, publications::publish_in};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// One revision of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The file, as the engine names it.
    pub path: String,
    /// The number of the revision, from 1.
    pub revision: u32,
    /// The whole file; nothing when it was taken back, and what lies below counts again.
    pub body: Option<String>,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A revision to make.
#[derive(Debug, Clone, Copy)]
pub struct FileChange<'a> {
    /// The file.
    pub path: &'a str,
    /// The latest revision that the author saw; 0 for a file that is new here.
    pub seen: u32,
    /// The whole file, or nothing to take it back.
    pub body: Option<&'a str>,
    /// What is done.
    pub action: &'a str,
    /// Who does it.
    pub author: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Path, revision, body, action, author, reason, time.
type Row = (String, i64, Option<String>, String, String, String, i64);

fn file((path, revision, body, action, author, reason, at): Row) -> Result<StoredFile, StoreError> {
    let revision = u32::try_from(revision).map_err(|_| StoreError::Damaged("content_files"))?;
    Ok(StoredFile { path, revision, body, action, author, reason, at: Timestamp::from_unix_seconds(at) })
}

impl Store {
    /// Adds a revision, which counts from then on, and lets every process know.
    ///
    /// # Errors
    /// The database does not answer; then nothing is changed.
    pub async fn change_content_file(
        &self,
        workspace: &WorkspaceId,
        change: FileChange<'_>,
        now: Timestamp,
    ) -> Result<Changed, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            // Of two who saw the same, the second finds the number taken.
            let placed = sqlx::query(
                "INSERT INTO content_files (workspace, path, revision, body, action, author, reason, at) \
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE $9 = \
                 (SELECT COALESCE(MAX(revision), 0) FROM content_files WHERE workspace = $1 AND path = $2) \
                 ON CONFLICT (workspace, path, revision) DO NOTHING",
            )
            .bind(workspace.as_str())
            .bind(change.path)
            .bind(i64::from(change.seen) + 1)
            .bind(change.body)
            .bind(change.action)
            .bind(change.author)
            .bind(change.reason)
            .bind(now.unix_seconds())
            .bind(i64::from(change.seen))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if placed == 0 {
                transaction.rollback().await?;
                return Ok(Changed::Outdated(change.path.to_owned()));
            }
            publish_in!(transaction, dialect, workspace);
            transaction.commit().await?;
            Ok(Changed::Done)
        })
    }

    /// The latest revision of each file that was ever changed live, by path.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn content_files(&self, workspace: &WorkspaceId) -> Result<Vec<StoredFile>, StoreError> {
        let rows: Vec<Row> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT path, revision, body, action, author, reason, at FROM content_files AS file WHERE workspace = $1 \
                 AND revision = (SELECT MAX(revision) FROM content_files WHERE workspace = $1 AND path = file.path) \
                 ORDER BY path",
            )
            .bind(workspace.as_str())
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(file).collect()
    }

    /// All revisions of a file, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn content_file_history(
        &self,
        workspace: &WorkspaceId,
        path: &str,
    ) -> Result<Vec<StoredFile>, StoreError> {
        let rows: Vec<Row> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT path, revision, body, action, author, reason, at FROM content_files \
                 WHERE workspace = $1 AND path = $2 ORDER BY revision",
            )
            .bind(workspace.as_str())
            .bind(path)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(file).collect()
    }
}
