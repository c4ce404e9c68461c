//! Live changes of the glossary. A change never touches what was there: it adds a revision and says which one counts. Who
//! saw an older revision than the latest one changes nothing.
//!
//! What a concept holds is JSON here, which the application reads.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::{Store, StoreError, pool::on, publications::publish_in};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// Rows of one statement. A statement for each would make tens of thousands of them wait for the database one by one; more than
/// these bring nothing, and databases limit what a statement may hold.
const ROWS: usize = 500;

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
    /// Its number.
    pub revision: u32,
    /// Approved, or retired: then whatever has the same id below is hidden.
    pub status: ConceptStatus,
    /// What it says, as JSON.
    pub body: String,
}

/// A concept that was ever changed live: its latest revision, and the one that answers are made with where that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptConcept {
    /// The latest revision.
    pub latest: StoredConcept,
    /// The revision that counts, when it is an earlier one.
    pub live: Option<LiveConcept>,
}

/// All that was ever changed, in three numbers: another one after each change, because revisions only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConceptsState {
    /// Concepts that were ever changed.
    pub count: i64,
    /// The sum of their latest revisions.
    pub revisions: i64,
    /// When one was changed last, in seconds since 1970.
    pub latest: i64,
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

/// The same, with status and body of the revision that counts where it is an earlier one.
type KeptRow = (String, i64, String, Option<i64>, String, String, i64, Option<String>, Option<String>);
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
        let (fresh, known): (Vec<&ConceptChange<'_>>, Vec<&ConceptChange<'_>>) =
            changes.iter().partition(|change| change.seen == 0);
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for rows in fresh.chunks(ROWS) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO concepts (workspace, id, revision, status, live_revision, updated_at) ",
                );
                query.push_values(rows, |mut row, change| {
                    row.push_bind(workspace.as_str())
                        .push_bind(change.id)
                        .push_bind(1_i64)
                        .push_bind(change.status.name())
                        .push_bind(change.live_revision.map(i64::from))
                        .push_bind(now.unix_seconds());
                });
                query.push(" ON CONFLICT (workspace, id) DO NOTHING");
                let placed = query.build().execute(&mut *transaction).await?.rows_affected();
                if usize::try_from(placed) != Ok(rows.len()) {
                    transaction.rollback().await?;
                    return self.first_outdated(workspace, rows).await;
                }
            }
            for rows in known.chunks(ROWS) {
                // Both databases name the columns of a list of values so.
                let mut query = QueryBuilder::new(
                    "UPDATE concepts SET revision = given.column2, status = given.column3, live_revision = given.column4, \
                     updated_at = given.column5 FROM (",
                );
                query.push_values(rows, |mut row, change| {
                    row.push_bind(change.id)
                        .push_bind(i64::from(change.seen) + 1)
                        .push_bind(change.status.name())
                        .push_bind(change.live_revision.map(i64::from))
                        .push_bind(now.unix_seconds());
                });
                query.push(") AS given WHERE concepts.id = given.column1 AND concepts.revision = given.column2 - 1");
                query.push(" AND concepts.workspace = ").push_bind(workspace.as_str());
                let placed = query.build().execute(&mut *transaction).await?.rows_affected();
                if usize::try_from(placed) != Ok(rows.len()) {
                    transaction.rollback().await?;
                    return self.first_outdated(workspace, rows).await;
                }
            }
            for rows in changes.chunks(ROWS) {
                let mut query = QueryBuilder::new(
                    "INSERT INTO concept_revisions (workspace, id, revision, status, action, body, author, reason, at) ",
                );
                query.push_values(rows, |mut row, change| {
                    row.push_bind(workspace.as_str())
                        .push_bind(change.id)
                        .push_bind(i64::from(change.seen) + 1)
                        .push_bind(change.status.name())
                        .push_bind(change.action)
                        .push_bind(change.body)
                        .push_bind(change.author)
                        .push_bind(change.reason)
                        .push_bind(now.unix_seconds());
                });
                query.build().execute(&mut *transaction).await?;
            }
            if changes.iter().any(|change| change.is_published) {
                publish_in!(transaction, dialect, workspace);
            }
            transaction.commit().await?;
            Ok(Changed::Done)
        })
    }

    /// Which of these changes came too late. Asked after the fact, so the answer names one even when that has changed again.
    async fn first_outdated(
        &self,
        workspace: &WorkspaceId,
        changes: &[&ConceptChange<'_>],
    ) -> Result<Changed, StoreError> {
        for change in changes {
            let latest = self.concept(workspace, change.id).await?.map_or(0, |concept| concept.revision);
            if latest != change.seen {
                return Ok(Changed::Outdated(change.id.to_owned()));
            }
        }
        Ok(Changed::Outdated(changes.first().map_or_else(String::new, |change| change.id.to_owned())))
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

    /// How much was ever changed live.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn concepts_state(&self, workspace: &WorkspaceId) -> Result<ConceptsState, StoreError> {
        let (count, revisions, latest): (i64, i64, i64) = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT COUNT(*), CAST(COALESCE(SUM(revision), 0) AS BIGINT), COALESCE(MAX(updated_at), 0) FROM concepts \
                 WHERE workspace = $1",
            )
            .bind(workspace.as_str())
            .fetch_one(pool)
            .await?
        });
        Ok(ConceptsState { count, revisions, latest })
    }

    /// All concepts that were changed live at this second or later, by id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn kept_concepts(&self, workspace: &WorkspaceId, since: i64) -> Result<Vec<KeptConcept>, StoreError> {
        let rows: Vec<KeptRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT c.id, c.revision, c.status, c.live_revision, r.body, r.author, r.at, l.status, l.body FROM concepts c \
                 JOIN concept_revisions r ON r.workspace = c.workspace AND r.id = c.id AND r.revision = c.revision \
                 LEFT JOIN concept_revisions l ON l.workspace = c.workspace AND l.id = c.id AND l.revision = c.live_revision \
                 AND l.revision <> c.revision WHERE c.workspace = $1 AND c.updated_at >= $2 ORDER BY c.id",
            )
            .bind(workspace.as_str())
            .bind(since)
            .fetch_all(pool)
            .await?
        });
        let kept = |(id, revision, state, live_revision, body, author, at, live_state, live_body): KeptRow| {
            let latest = concept((id, revision, state, live_revision, body, author, at))?;
            let live = match (latest.live_revision, live_state, live_body) {
                (Some(revision), Some(state), Some(body)) => {
                    Some(LiveConcept { revision, status: status(&state)?, body })
                }
                _ => None,
            };
            Ok(KeptConcept { latest, live })
        };
        rows.into_iter().map(kept).collect()
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

    /// Of the concepts that were changed since this moment, the revisions that were the latest ones at it, by id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn past_concepts(
        &self,
        workspace: &WorkspaceId,
        at: Timestamp,
    ) -> Result<Vec<StoredConcept>, StoreError> {
        let rows: Vec<ConceptRow> = on!(&self.pool, pool => {
            // Which of them was in answers is not asked: a list does not tell.
            sqlx::query_as(
                "SELECT r.id, r.revision, r.status, CAST(NULL AS BIGINT), r.body, r.author, r.at FROM concept_revisions r \
                 JOIN (SELECT p.id, MAX(p.revision) AS revision FROM concepts c JOIN concept_revisions p \
                 ON p.workspace = c.workspace AND p.id = c.id AND p.at <= $2 \
                 WHERE c.workspace = $1 AND c.updated_at > $2 GROUP BY p.id) latest \
                 ON latest.id = r.id AND latest.revision = r.revision WHERE r.workspace = $1 ORDER BY r.id",
            )
            .bind(workspace.as_str())
            .bind(at.unix_seconds())
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(concept).collect()
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

    /// The concepts to which one of these things was ever done.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn concepts_with_actions(
        &self,
        workspace: &WorkspaceId,
        actions: &[&str],
    ) -> Result<BTreeSet<String>, StoreError> {
        let ids: Vec<(String,)> = on!(&self.pool, pool => {
            let mut query = QueryBuilder::new("SELECT DISTINCT id FROM concept_revisions WHERE workspace = ");
            query.push_bind(workspace.as_str()).push(" AND action IN (");
            let mut list = query.separated(", ");
            for action in actions {
                list.push_bind(*action);
            }
            query.push(")").build_query_as().fetch_all(pool).await?
        });
        Ok(ids.into_iter().map(|(id,)| id).collect())
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
