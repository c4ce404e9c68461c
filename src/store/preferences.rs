//! Everybody's chosen reader in memory. A row is some 100 bytes, so even a hundred thousand people fit in 10 MB.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use super::{
    Store, StoreError,
    pool::{Pool, on},
};
use crate::{
    clock::Timestamp,
    ids::{AudienceId, PersonId, WorkspaceId},
};

/// Workspace, person, audience.
type PreferenceRow = (String, String, String);

/// Everybody's chosen reader. Nested, so that a look-up borrows both ids instead of building a pair of them.
#[derive(Debug)]
pub(super) struct PreferenceCache(RwLock<BTreeMap<WorkspaceId, BTreeMap<PersonId, AudienceId>>>);

impl PreferenceCache {
    /// Reads all of them, at start.
    pub(super) async fn read(pool: &Pool) -> Result<Self, StoreError> {
        let rows: Vec<PreferenceRow> = on!(pool, pool => {
            sqlx::query_as("SELECT workspace, person, audience FROM preferences").fetch_all(pool).await?
        });
        let mut all: BTreeMap<WorkspaceId, BTreeMap<PersonId, AudienceId>> = BTreeMap::new();
        for (workspace, person, audience) in rows {
            all.entry(WorkspaceId::new(workspace))
                .or_default()
                .insert(PersonId::new(person), AudienceId::new(audience));
        }
        Ok(Self(RwLock::new(all)))
    }

    pub(super) fn get(&self, workspace: &WorkspaceId, person: &PersonId) -> Option<AudienceId> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(workspace)?.get(person).cloned()
    }

    pub(super) fn set(&self, workspace: &WorkspaceId, person: &PersonId, audience: &AudienceId) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(workspace.clone()).or_default().insert(person.clone(), audience.clone());
    }
}

impl Store {
    /// The reader that this person chose, from memory. With several instances over one database a choice made on another
    /// one is seen after [`Store::read_preferences_again`].
    #[must_use]
    pub fn preference(&self, workspace: &WorkspaceId, person: &PersonId) -> Option<AudienceId> {
        self.preferences.get(workspace, person)
    }

    /// Remembers the reader that this person chose.
    ///
    /// # Errors
    /// The database does not answer; then nothing is remembered.
    pub async fn set_preference(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        audience: &AudienceId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO preferences (workspace, person, audience, updated_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (workspace, person) DO UPDATE SET audience = excluded.audience, \
                 updated_at = excluded.updated_at",
            )
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(audience.as_str())
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        self.preferences.set(workspace, person, audience);
        Ok(())
    }

    /// Learns what other instances have written since `since`. Asked every few seconds; with SQLite there are none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read_preferences_again(&self, since: Timestamp) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(()) };
        let rows: Vec<PreferenceRow> =
            sqlx::query_as("SELECT workspace, person, audience FROM preferences WHERE updated_at >= $1")
                .bind(since.unix_seconds())
                .fetch_all(pool)
                .await?;
        for (workspace, person, audience) in rows {
            self.preferences.set(&WorkspaceId::new(workspace), &PersonId::new(person), &AudienceId::new(audience));
        }
        Ok(())
    }
}
