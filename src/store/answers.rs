//! Answers of the API to requests that carry a key, for those who are not sure whether theirs arrived. Each is encrypted under the
//! token of whoever asked, which is not in the database.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Store, StoreError, pool::on, seal::Seal};
use crate::{clock::Timestamp, config::Secret, ids::hex};

/// Answers are kept this long.
pub const ANSWERS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A request that has no answer after this was lost with its process, and may be made again.
const LONGEST_WORK: Duration = Duration::from_secs(5 * 60);

/// Whose key it is, and which.
pub struct AnswerKey {
    owner: String,
    key: String,
    seal: Seal,
}

impl AnswerKey {
    /// The key of whoever has a token.
    #[must_use]
    pub fn new(token: &Secret, key: &str) -> Self {
        let hash = |label: &str, text: &str| hex(&Sha256::digest(format!("{label}\0{text}").as_bytes()));
        Self {
            owner: hash("upshot owner of answers", token.expose()),
            key: hash("upshot key of an answer", key),
            seal: Seal::new([token.expose()]),
        }
    }

    fn row(&self) -> String {
        format!("{} {}", self.owner, self.key)
    }
}

impl std::fmt::Debug for AnswerKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AnswerKey(***)")
    }
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerClaim {
    /// It comes for the first time.
    First,
    /// The same is being worked on.
    InWork,
    /// Another one came with this key.
    AnotherRequest,
    /// It was answered so.
    Answered(Vec<u8>),
}

impl Store {
    /// Claims a key for a request, which its fingerprint names.
    ///
    /// # Errors
    /// The database does not answer, or the answer cannot be read.
    pub async fn claim_answer(
        &self,
        key: &AnswerKey,
        request: &str,
        now: Timestamp,
    ) -> Result<AnswerClaim, StoreError> {
        let row: Option<(String, Option<Vec<u8>>)> = on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            sqlx::query(
                "DELETE FROM api_answers WHERE owner = $1 AND key = $2 AND (at <= $3 OR (answer IS NULL AND at <= $4))",
            )
            .bind(&key.owner)
            .bind(&key.key)
            .bind(now.minus(ANSWERS_KEPT).unix_seconds())
            .bind(now.minus(LONGEST_WORK).unix_seconds())
            .execute(&mut *transaction)
            .await?;
            let claimed = sqlx::query(
                "INSERT INTO api_answers (owner, key, request, at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, key) DO NOTHING",
            )
            .bind(&key.owner)
            .bind(&key.key)
            .bind(request)
            .bind(now.unix_seconds())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            let row = if claimed == 1 {
                None
            } else {
                sqlx::query_as("SELECT request, answer FROM api_answers WHERE owner = $1 AND key = $2")
                    .bind(&key.owner)
                    .bind(&key.key)
                    .fetch_optional(&mut *transaction)
                    .await?
            };
            transaction.commit().await?;
            row
        });
        match row {
            None => Ok(AnswerClaim::First),
            Some((earlier, _)) if earlier != request => Ok(AnswerClaim::AnotherRequest),
            Some((_, None)) => Ok(AnswerClaim::InWork),
            Some((_, Some(sealed))) => Ok(AnswerClaim::Answered(key.seal.unseal(&sealed, &key.row())?.0)),
        }
    }

    /// Keeps the answer of a claimed request.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_answer(&self, key: &AnswerKey, answer: &[u8]) -> Result<(), StoreError> {
        let sealed = key.seal.seal(answer, &key.row())?;
        on!(&self.pool, pool => {
            sqlx::query("UPDATE api_answers SET answer = $3 WHERE owner = $1 AND key = $2")
                .bind(&key.owner)
                .bind(&key.key)
                .bind(&sealed)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Gives a claimed key back: the request may be made again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn release_answer(&self, key: &AnswerKey) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM api_answers WHERE owner = $1 AND key = $2 AND answer IS NULL")
                .bind(&key.owner)
                .bind(&key.key)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Forgets answers that are old.
    pub(super) async fn expire_answers(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM api_answers WHERE at <= $1")
                .bind(now.minus(ANSWERS_KEPT).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
