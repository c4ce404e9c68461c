//! Everybody's chosen reader in memory. A row is some 100 bytes, so even a hundred thousand people fit in 10 MB.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use crate::ids::{AudienceId, PersonId, WorkspaceId};

/// Workspace, person, audience.
pub(super) type PreferenceRow = (String, String, String);

/// Everybody's chosen reader. Nested, so that a look-up borrows both ids instead of building a pair of them.
#[derive(Debug)]
pub(super) struct PreferenceCache(RwLock<BTreeMap<WorkspaceId, BTreeMap<PersonId, AudienceId>>>);

impl PreferenceCache {
    pub(super) fn new(rows: Vec<PreferenceRow>) -> Self {
        let mut all: BTreeMap<WorkspaceId, BTreeMap<PersonId, AudienceId>> = BTreeMap::new();
        for (workspace, person, audience) in rows {
            all.entry(WorkspaceId::new(workspace))
                .or_default()
                .insert(PersonId::new(person), AudienceId::new(audience));
        }
        Self(RwLock::new(all))
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
