//! Messages on which every draft of the glossary is tried before it is approved. Curators write them for that, so no retention
//! erases them.

use super::{NewAudit, Store, StoreError, audit::record, pool::on};
use crate::clock::Timestamp;

/// A message to try drafts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialMessage {
    /// Its number, which no other one gets.
    pub number: i64,
    /// Where it is from, such as `slack:T0123`; empty where it is meant for everybody.
    pub place: String,
    /// What it says.
    pub text: String,
    /// Who keeps it.
    pub author: String,
    /// Since when.
    pub at: Timestamp,
}

/// A message to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewTrial<'a> {
    /// Where it is from, or nothing.
    pub place: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Who keeps it.
    pub author: &'a str,
}

/// What is recorded of it. What a message says is erased when it is taken out, so the record does not repeat it.
const fn trial<'a>(place: &'a str, actor: &'a str, action: &'a str, subject: &'a str) -> NewAudit<'a> {
    NewAudit { place, actor, kind: "trial", action, subject, detail: "" }
}

impl Store {
    /// All messages to try drafts on, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn trial_messages(&self) -> Result<Vec<TrialMessage>, StoreError> {
        let rows: Vec<(i64, String, String, String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as("SELECT number, place, text, author, at FROM trial_messages ORDER BY number")
                .fetch_all(pool)
                .await?
        });
        let message = |(number, place, text, author, at)| TrialMessage {
            number,
            place,
            text,
            author,
            at: Timestamp::from_unix_seconds(at),
        };
        Ok(rows.into_iter().map(message).collect())
    }

    /// Keeps one more, and gives its number; nothing where there is the same for its place already, or `most` of them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn add_trial_message(
        &self,
        new: NewTrial<'_>,
        most: u32,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let row: Option<(i64,)> = sqlx::query_as(
                "INSERT INTO trial_messages (place, text, author, at) SELECT $1, $2, $3, $4 \
                 WHERE (SELECT COUNT(*) FROM trial_messages WHERE place = $1) < $5 \
                 ON CONFLICT (place, text) DO NOTHING RETURNING number",
            )
            .bind(new.place)
            .bind(new.text)
            .bind(new.author)
            .bind(now.unix_seconds())
            .bind(i64::from(most))
            .fetch_optional(&mut *transaction)
            .await?;
            let number = row.map(|(number,)| number);
            if let Some(number) = number {
                let number = number.to_string();
                record!(transaction, &trial(new.place, new.author, "kept", &number), now);
            }
            transaction.commit().await?;
            Ok(number)
        })
    }

    /// Takes one out; `false` when there is none of that number.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn remove_trial_message(&self, number: i64, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let removed: Option<(String,)> =
                sqlx::query_as("DELETE FROM trial_messages WHERE number = $1 RETURNING place")
                    .bind(number)
                    .fetch_optional(&mut *transaction)
                    .await?;
            if let Some((place,)) = &removed {
                let number = number.to_string();
                record!(transaction, &trial(place, by, "taken out", &number), now);
            }
            transaction.commit().await?;
            Ok(removed.is_some())
        })
    }
}
