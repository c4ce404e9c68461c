//! Requests for definitions. Curators see the term, how many asked and since when, and never who: asking must not cost
//! anybody anything.

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{PersonId, WorkspaceId},
};

/// A wanted definition, as curators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedDefinition {
    /// The term as it was first asked for.
    pub term: String,
    /// How many people asked.
    pub people: u32,
    /// When the first one did.
    pub since: Timestamp,
}

/// Two spellings that differ in capitals only ask for the same.
fn key(term: &str) -> String {
    term.trim().to_lowercase()
}

fn wanted((term, people, since): (String, i64, i64)) -> WantedDefinition {
    WantedDefinition {
        term,
        people: u32::try_from(people).unwrap_or(u32::MAX),
        since: Timestamp::from_unix_seconds(since),
    }
}

impl Store {
    /// Notes that somebody wants a definition. Asking again changes nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn request_definition(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        term: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO definition_requests (workspace, term_key, person, term, asked_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace, term_key, person) DO NOTHING",
            )
            .bind(workspace.as_str())
            .bind(key(term))
            .bind(person.as_str())
            .bind(term.trim())
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// What a workspace wants defined, or all of them, the most wanted first: so many, behind so many others. How many terms there
    /// are comes second.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn wanted_definitions(
        &self,
        of: Option<&WorkspaceId>,
        (from, most): (u32, u32),
    ) -> Result<(Vec<WantedDefinition>, usize), StoreError> {
        let of = of.map(WorkspaceId::as_str);
        let (rows, total): (Vec<(String, i64, i64)>, i64) = on!(&self.pool, pool => {
            let rows = sqlx::query_as(
                "SELECT min(term), count(*), min(asked_at) FROM definition_requests WHERE $1 IS NULL OR workspace = $1 \
                 GROUP BY term_key ORDER BY count(*) DESC, min(asked_at), term_key LIMIT $2 OFFSET $3",
            )
            .bind(of)
            .bind(i64::from(most))
            .bind(i64::from(from))
            .fetch_all(pool)
            .await?;
            let total = sqlx::query_scalar(
                "SELECT count(DISTINCT term_key) FROM definition_requests WHERE $1 IS NULL OR workspace = $1",
            )
            .bind(of)
            .fetch_one(pool)
            .await?;
            (rows, total)
        });
        Ok((rows.into_iter().map(wanted).collect(), usize::try_from(total).unwrap_or_default()))
    }

    /// What this person asked for and has no answer to yet, for their own eyes.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn own_requests(&self, workspace: &WorkspaceId, person: &PersonId) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT term FROM definition_requests WHERE workspace = $1 AND person = $2 ORDER BY asked_at, term_key",
            )
            .bind(workspace.as_str())
            .bind(person.as_str())
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(term,)| term).collect())
    }

    /// Every term that is asked for, with the workspace that asks.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn requested_terms(&self) -> Result<Vec<(WorkspaceId, String)>, StoreError> {
        let rows: Vec<(String, String)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT workspace, min(term) FROM definition_requests GROUP BY workspace, term_key \
                 ORDER BY workspace, term_key",
            )
            .fetch_all(pool)
            .await?
        });
        Ok(rows.into_iter().map(|(workspace, term)| (WorkspaceId::new(workspace), term)).collect())
    }

    /// Closes the requests for a term that has a definition now, and names who is to be told.
    ///
    /// # Errors
    /// The database does not answer; then they stay open.
    pub async fn close_requests(&self, workspace: &WorkspaceId, term: &str) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> = on!(&self.pool, pool => {
            sqlx::query_as("DELETE FROM definition_requests WHERE workspace = $1 AND term_key = $2 RETURNING person")
                .bind(workspace.as_str())
                .bind(key(term))
                .fetch_all(pool)
                .await?
        });
        let mut people: Vec<PersonId> = rows.into_iter().map(|(person,)| PersonId::new(person)).collect();
        people.sort();
        Ok(people)
    }
}
