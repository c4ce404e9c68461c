//! Live changes of the glossary. A change never touches what was there: it adds a revision and says which one counts. Who
//! saw an older revision than the latest one changes nothing.
//!
//! What a concept holds is JSON here, which the application reads.

use super::{Store, StoreError, pool::on};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// Where a concept stands between a first draft and retirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConceptStatus {
    /// Its author is at it.
    Draft,
    /// Somebody shall look at it.
    InReview,
    /// Answers are made with it.
    Approved,
    /// Answers are no longer made with it, nor with what it lay over.
    Retired,
    /// The change was taken back: what it lay over counts again.
    Withdrawn,
}

impl ConceptStatus {
    /// All of them, in the order of a concept's life.
    pub const ALL: [Self; 5] = [Self::Draft, Self::InReview, Self::Approved, Self::Retired, Self::Withdrawn];

    /// The name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Retired => "retired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The latest revision of a concept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConcept {
    /// Id of the concept.
    pub id: String,
    /// The latest revision.
    pub revision: u32,
    /// Where it stands.
    pub status: ConceptStatus,
    /// The revision that answers are made with.
    pub live_revision: Option<u32>,
    /// What the latest revision says, as JSON.
    pub body: String,
    /// Who made the latest revision.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// One revision of a concept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRevision {
    /// Its number, from 1.
    pub revision: u32,
    /// Where the concept stood from here on.
    pub status: ConceptStatus,
    /// What was done.
    pub action: String,
    /// What it says, as JSON.
    pub body: String,
    /// Who made it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A revision of a concept that is a draft or in review now, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftStep {
    /// Id of the concept.
    pub id: String,
    /// Where the concept stood from here on.
    pub status: ConceptStatus,
    /// What was done.
    pub action: String,
    /// Who made it.
    pub author: String,
}

/// A revision that answers are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveConcept {
    /// Id of the concept.
    pub id: String,
    /// Its revision.
    pub revision: u32,
    /// Approved, or retired: then whatever has the same id below is hidden.
    pub status: ConceptStatus,
    /// What it says, as JSON.
    pub body: String,
}

/// A change to make.
#[derive(Debug, Clone, Copy)]
pub struct ConceptChange<'a> {
    /// Id of the concept.
    pub id: &'a str,
    /// The latest revision that the author saw; 0 for a concept that is new here.
    pub seen: u32,
    /// Where it stands from now on.
    pub status: ConceptStatus,
    /// The revision that answers are made with from now on.
    pub live_revision: Option<u32>,
    /// Readers notice: another revision counts than before.
    pub is_published: bool,
    /// What is done.
    pub action: &'a str,
    /// What it says, as JSON.
    pub body: &'a str,
    /// Who does it.
    pub author: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What became of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// All were made.
    Done,
    /// Nothing was: somebody else changed this concept meanwhile.
    Outdated(String),
}

/// Revision, status, action, body, author, reason, time.
type RevisionRow = (i64, String, String, String, String, String, i64);
/// Id, revision, status, live revision, body, author, time.
type ConceptRow = (String, i64, String, Option<i64>, String, String, i64);

fn number(revision: i64) -> Result<u32, StoreError> {
    u32::try_from(revision).map_err(|_| StoreError::Damaged("concept_revisions"))
}

fn status(name: &str) -> Result<ConceptStatus, StoreError> {
    ConceptStatus::parse(name).ok_or(StoreError::Damaged("concepts"))
}

fn concept(row: ConceptRow) -> Result<StoredConcept, StoreError> {
    let (id, revision, state, live_revision, body, author, at) = row;
    Ok(StoredConcept {
        id,
        revision: number(revision)?,
        status: status(&state)?,
        live_revision: live_revision.map(number).transpose()?,
        body,
        author,
        at: Timestamp::from_unix_seconds(at),
    })
}

/// The latest revisions, under a condition.
macro_rules! concepts_where {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.revision, c.status, c.live_revision, r.body, r.author, r.at FROM concepts c ",
            "JOIN concept_revisions r ON r.workspace = c.workspace AND r.id = c.id AND r.revision = c.revision WHERE ",
            $condition
        )
    };
}

impl Store {
    /// Makes all changes or none.
    ///
    /// # Errors
    /// The database does not answer; then nothing is changed.
    pub async fn change_concepts(
        &self,
        workspace: &WorkspaceId,
        changes: &[ConceptChange<'_>],
        now: Timestamp,
    ) -> Result<Changed, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for change in changes {
                let next = i64::from(change.seen) + 1;
                let placed = if change.seen == 0 {
                    sqlx::query(
                        "INSERT INTO concepts (workspace, id, revision, status, live_revision, updated_at) \
                         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, id) DO NOTHING",
                    )
                } else {
                    sqlx::query(
                        "UPDATE concepts SET revision = $3, status = $4, live_revision = $5, updated_at = $6 \
                         WHERE workspace = $1 AND id = $2 AND revision = $3 - 1",
                    )
                };
                let placed = placed
                    .bind(workspace.as_str())
                    .bind(change.id)
                    .bind(next)
                    .bind(change.status.name())
                    .bind(change.live_revision.map(i64::from))
                    .bind(now.unix_seconds())
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if placed != 1 {
                    transaction.rollback().await?;
                    return Ok(Changed::Outdated(change.id.to_owned()));
                }
                sqlx::query(
                    "INSERT INTO concept_revisions (workspace, id, revision, status, action, body, author, reason, at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(workspace.as_str())
                .bind(change.id)
                .bind(next)
                .bind(change.status.name())
                .bind(change.action)
                .bind(change.body)
                .bind(change.author)
                .bind(change.reason)
                .bind(now.unix_seconds())
                .execute(&mut *transaction)
                .await?;
            }
            // Last, because until the end of the transaction everybody else who publishes waits for the row.
            if changes.iter().any(|change| change.is_published) {
                sqlx::query(
                    "INSERT INTO glossary_revisions (workspace, revision) VALUES ($1, 1) \
                     ON CONFLICT (workspace) DO UPDATE SET revision = glossary_revisions.revision + 1",
                )
                .bind(workspace.as_str())
                .execute(&mut *transaction)
                .await?;
                if let Some(statement) = dialect.announce_publication {
                    sqlx::query(statement).execute(&mut *transaction).await?;
                }
            }
            transaction.commit().await?;
            Ok(Changed::Done)
        })
    }

    /// The latest revision of a concept that was ever changed live.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn concept(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<StoredConcept>, StoreError> {
        let row: Option<ConceptRow> = on!(&self.pool, pool => {
            sqlx::query_as(concepts_where!("c.workspace = $1 AND c.id = $2")).bind(workspace.as_str()).bind(id).fetch_optional(pool).await?
        });
        row.map(concept).transpose()
    }

    /// The latest revisions of all concepts that were ever changed live, by id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn concepts(&self, workspace: &WorkspaceId) -> Result<Vec<StoredConcept>, StoreError> {
        let rows: Vec<ConceptRow> = on!(&self.pool, pool => {
            sqlx::query_as(concepts_where!("c.workspace = $1 ORDER BY c.id")).bind(workspace.as_str()).fetch_all(pool).await?
        });
        rows.into_iter().map(concept).collect()
    }

    /// All revisions of a concept, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn concept_history(&self, workspace: &WorkspaceId, id: &str) -> Result<Vec<StoredRevision>, StoreError> {
        let rows: Vec<RevisionRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT revision, status, action, body, author, reason, at FROM concept_revisions \
                 WHERE workspace = $1 AND id = $2 ORDER BY revision",
            )
            .bind(workspace.as_str())
            .bind(id)
            .fetch_all(pool)
            .await?
        });
        let revision = |(revision, state, action, body, author, reason, at): RevisionRow| {
            Ok(StoredRevision {
                revision: number(revision)?,
                status: status(&state)?,
                action,
                body,
                author,
                reason,
                at: Timestamp::from_unix_seconds(at),
            })
        };
        rows.into_iter().map(revision).collect()
    }

    /// All revisions of all concepts that are drafts or in review now, by id, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_drafts(&self, workspace: &WorkspaceId) -> Result<Vec<DraftStep>, StoreError> {
        let rows: Vec<(String, String, String, String)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT r.id, r.status, r.action, r.author FROM concepts c \
                 JOIN concept_revisions r ON r.workspace = c.workspace AND r.id = c.id \
                 WHERE c.workspace = $1 AND c.status IN ($2, $3) ORDER BY r.id, r.revision",
            )
            .bind(workspace.as_str())
            .bind(ConceptStatus::Draft.name())
            .bind(ConceptStatus::InReview.name())
            .fetch_all(pool)
            .await?
        });
        let step = |(id, state, action, author): (String, String, String, String)| {
            Ok(DraftStep { id, status: status(&state)?, action, author })
        };
        rows.into_iter().map(step).collect()
    }

    /// What answers are made with, by id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn live_concepts(&self, workspace: &WorkspaceId) -> Result<Vec<LiveConcept>, StoreError> {
        let rows: Vec<(String, i64, String, String)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT c.id, r.revision, r.status, r.body FROM concepts c JOIN concept_revisions r \
                 ON r.workspace = c.workspace AND r.id = c.id AND r.revision = c.live_revision \
                 WHERE c.workspace = $1 ORDER BY c.id",
            )
            .bind(workspace.as_str())
            .fetch_all(pool)
            .await?
        });
        let live = |(id, revision, state, body): (String, i64, String, String)| {
            Ok(LiveConcept { id, revision: number(revision)?, status: status(&state)?, body })
        };
        rows.into_iter().map(live).collect()
    }

    /// Grows with every change that readers see.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn glossary_revision(&self, workspace: &WorkspaceId) -> Result<u64, StoreError> {
        let row: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as("SELECT revision FROM glossary_revisions WHERE workspace = $1")
                .bind(workspace.as_str())
                .fetch_optional(pool)
                .await?
        });
        Ok(row.map_or(0, |(revision,)| u64::try_from(revision).unwrap_or(0)))
    }
}
