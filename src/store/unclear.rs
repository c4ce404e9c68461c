//! Whether the explanations of entries helped: what each person said last, with keyed hashes in place of people. Told only where
//! enough people say the same, so that no answer of one person is.

use super::{GAPS_REMEMBERED, LEAST_PEOPLE, Store, StoreError, pool::on};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// What one person said about the explanation of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryJudgement {
    /// Where.
    pub workspace: WorkspaceId,
    /// Id of the concept.
    pub concept: String,
    /// The mark of the person and the entry.
    pub person: String,
    /// Whether it helped.
    pub helped: bool,
    /// The day, counted from the start of 1970.
    pub day: i64,
}

/// An entry whose explanation did not help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclearEntry {
    /// Id of the concept.
    pub concept: String,
    /// How many people it did not help.
    pub people: u32,
    /// How many people said whether it helped.
    pub asked: u32,
}

impl Store {
    /// Remembers what somebody said of some entries, in place of what they said before.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted.
    pub async fn note_judgements(&self, judgements: &[EntryJudgement]) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for judgement in judgements {
                sqlx::query(
                    "INSERT INTO entry_judgements (workspace, concept, person, helped, day) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (workspace, concept, person) DO UPDATE SET helped = $4, day = $5",
                )
                .bind(judgement.workspace.as_str())
                .bind(&judgement.concept)
                .bind(&judgement.person)
                .bind(i64::from(judgement.helped))
                .bind(judgement.day)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// The entries that did not help enough people of one workspace, or of any, those that helped fewest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unclear_entries(&self, of: Option<&WorkspaceId>, most: u32) -> Result<Vec<UnclearEntry>, StoreError> {
        let rows: Vec<(String, i64, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT concept, CAST(sum(1 - helped) AS BIGINT), count(*) FROM entry_judgements \
                 WHERE ($1 = '' OR workspace = $1) GROUP BY concept HAVING sum(1 - helped) >= $2 \
                 ORDER BY sum(1 - helped) DESC, count(*), concept LIMIT $3",
            )
            .bind(of.map_or("", WorkspaceId::as_str))
            .bind(i64::from(LEAST_PEOPLE))
            .bind(i64::from(most))
            .fetch_all(pool)
            .await?
        });
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let told = |(concept, people, asked)| UnclearEntry { concept, people: count(people), asked: count(asked) };
        Ok(rows.into_iter().map(told).collect())
    }

    /// Forgets what was said too long ago.
    pub(super) async fn expire_judgements(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM entry_judgements WHERE day < $1")
                .bind(now.minus(GAPS_REMEMBERED).day())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
