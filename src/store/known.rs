//! Which terms people know: the ids of concepts, and no text. Read for every answer, so also in memory, where each id is held
//! once however many people know it: an entry costs some 40 bytes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{
    Store, StoreError,
    pool::{Pool, on},
};
use crate::{
    clock::Timestamp,
    ids::{PersonId, WorkspaceId},
};

/// The ids of the concepts that one person knows.
pub type KnownConcepts = Arc<BTreeSet<Arc<str>>>;

/// Other instances read what was taken back within seconds; then its row is of no use.
const TAKEN_BACK_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Workspace, person, concept, whether it is known or was taken back.
type KnownRow = (String, String, String, i64);

/// What became of the wish to remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// It is remembered.
    Done,
    /// The person knows as many as are remembered; nothing was changed.
    Full,
}

#[derive(Debug, Default)]
struct Known {
    ids: BTreeSet<Arc<str>>,
    people: BTreeMap<WorkspaceId, BTreeMap<PersonId, KnownConcepts>>,
}

impl Known {
    fn set(&mut self, workspace: &WorkspaceId, person: &PersonId, concept: &str, is_known: bool) {
        if is_known {
            let id = match self.ids.get(concept) {
                Some(id) => Arc::clone(id),
                None => {
                    let id: Arc<str> = Arc::from(concept);
                    self.ids.insert(Arc::clone(&id));
                    id
                }
            };
            let people = self.people.entry(workspace.clone()).or_default();
            Arc::make_mut(people.entry(person.clone()).or_default()).insert(id);
        } else if let Some(known) = self.people.get_mut(workspace).and_then(|people| people.get_mut(person)) {
            Arc::make_mut(known).remove(concept);
        }
    }
}

/// What everybody knows.
#[derive(Debug)]
pub(super) struct KnownCache(RwLock<Known>);

impl KnownCache {
    /// Reads all of it, at start.
    pub(super) async fn read(pool: &Pool) -> Result<Self, StoreError> {
        let rows: Vec<KnownRow> = on!(pool, pool => {
            sqlx::query_as("SELECT workspace, person, concept, is_known FROM known_terms WHERE is_known = 1")
                .fetch_all(pool)
                .await?
        });
        let cache = Self(RwLock::default());
        cache.take(rows);
        Ok(cache)
    }

    fn take(&self, rows: Vec<KnownRow>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (workspace, person, concept, is_known) in rows {
            known.set(&WorkspaceId::new(workspace), &PersonId::new(person), &concept, is_known == 1);
        }
    }

    fn get(&self, workspace: &WorkspaceId, person: &PersonId) -> KnownConcepts {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.people.get(workspace).and_then(|people| people.get(person)).cloned().unwrap_or_default()
    }

    fn set(&self, workspace: &WorkspaceId, person: &PersonId, concepts: &[&str], is_known: bool) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for concept in concepts {
            known.set(workspace, person, concept, is_known);
        }
    }
}

impl Store {
    /// The concepts that this person knows, from memory. What was said on another instance is seen after
    /// [`Store::read_known_again`].
    #[must_use]
    pub fn known(&self, workspace: &WorkspaceId, person: &PersonId) -> KnownConcepts {
        self.known.get(workspace, person)
    }

    /// Remembers that this person knows these concepts, all of them or none, and never more than `most` in all.
    ///
    /// # Errors
    /// The database does not answer; then nothing is remembered.
    pub async fn remember_known(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        concepts: &[&str],
        most: u32,
        now: Timestamp,
    ) -> Result<Remembered, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            // Two wishes at once would each count without the other, and both find room for the last one.
            if let Some(statement) = dialect.keep_others_out {
                sqlx::query(statement)
                    .bind(format!("known_terms {} {}", workspace.as_str(), person.as_str()))
                    .execute(&mut *transaction)
                    .await?;
            }
            for concept in concepts {
                let written = sqlx::query(
                    "INSERT INTO known_terms (workspace, person, concept, is_known, updated_at) \
                     SELECT $1, $2, $3, 1, $4 WHERE (SELECT count(*) FROM known_terms \
                     WHERE workspace = $1 AND person = $2 AND is_known = 1 AND concept <> $3) < $5 \
                     ON CONFLICT (workspace, person, concept) DO UPDATE SET is_known = 1, \
                     updated_at = excluded.updated_at",
                )
                .bind(workspace.as_str())
                .bind(person.as_str())
                .bind(*concept)
                .bind(now.unix_seconds())
                .bind(i64::from(most))
                .execute(&mut *transaction)
                .await?
                .rows_affected();
                if written == 0 {
                    transaction.rollback().await?;
                    return Ok(Remembered::Full);
                }
            }
            transaction.commit().await?;
        });
        self.known.set(workspace, person, concepts, true);
        Ok(Remembered::Done)
    }

    /// Takes back that this person knows these concepts. The rows stay for an hour, so that other instances hear of it.
    ///
    /// # Errors
    /// The database does not answer; then nothing is taken back.
    pub async fn take_back_known(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        concepts: &[&str],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for concept in concepts {
                sqlx::query(
                    "UPDATE known_terms SET is_known = 0, updated_at = $4 \
                     WHERE workspace = $1 AND person = $2 AND concept = $3",
                )
                .bind(workspace.as_str())
                .bind(person.as_str())
                .bind(*concept)
                .bind(now.unix_seconds())
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        self.known.set(workspace, person, concepts, false);
        Ok(())
    }

    /// Learns what other instances have written since `since`. Asked every few seconds; with SQLite there are none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read_known_again(&self, since: Timestamp) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(()) };
        let rows: Vec<KnownRow> =
            sqlx::query_as("SELECT workspace, person, concept, is_known FROM known_terms WHERE updated_at >= $1")
                .bind(since.unix_seconds())
                .fetch_all(pool)
                .await?;
        if !rows.is_empty() {
            self.known.take(rows);
        }
        Ok(())
    }

    /// Removes what was taken back long enough ago.
    pub(super) async fn expire_taken_back(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM known_terms WHERE is_known = 0 AND updated_at <= $1")
                .bind(now.minus(TAKEN_BACK_LIFETIME).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
