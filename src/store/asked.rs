//! What people asked about lately, each for their own page: ids of entries, and of messages their kind and readers. No text.

use std::time::Duration;

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{PersonId, WorkspaceId},
};

/// What somebody asked longer ago than this is forgotten.
pub const ASKED_REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// More of one person are not remembered.
pub const MOST_ASKED: u32 = 20;

/// What somebody asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskedAbout {
    /// An entry of the glossary, by its id.
    Entry(String),
    /// A message.
    Message {
        /// The id under which its text was kept for a while; tells it from others.
        kept: String,
        /// Its kind, by its id.
        kind: String,
    },
}

/// Something that a person asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub about: AskedAbout,
    /// For which readers, by their ids with commas between them.
    pub readers: String,
    /// When.
    pub at: Timestamp,
}

const ENTRY: &str = "entry";
const MESSAGE: &str = "message";
const CLEARED: &str = "cleared";

impl Store {
    /// Notes what a person asked about. What was asked before they emptied their list stays out of it.
    ///
    /// # Errors
    /// The database does not answer; then part of it may be noted.
    pub async fn note_asked(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        asked: &[Asked],
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            for Asked { about, readers, at } in asked {
                let (subject, about, kind) = match about {
                    AskedAbout::Entry(concept) => (ENTRY, concept.as_str(), ""),
                    AskedAbout::Message { kept, kind } => (MESSAGE, kept.as_str(), kind.as_str()),
                };
                sqlx::query(
                    "INSERT INTO asked (workspace, person, subject, about, kind, readers, asked_at) \
                     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM asked WHERE workspace = $1 \
                     AND person = $2 AND subject = 'cleared' AND asked_at >= $7) \
                     ON CONFLICT (workspace, person, subject, about) DO UPDATE SET kind = excluded.kind, \
                     readers = excluded.readers, asked_at = excluded.asked_at WHERE asked.asked_at <= excluded.asked_at",
                )
                .bind(workspace.as_str())
                .bind(person.as_str())
                .bind(subject)
                .bind(about)
                .bind(kind)
                .bind(readers)
                .bind(at.unix_seconds())
                .execute(pool)
                .await?;
            }
            sqlx::query(
                "DELETE FROM asked WHERE workspace = $1 AND person = $2 AND subject <> 'cleared' AND asked_at < \
                 (SELECT min(asked_at) FROM (SELECT asked_at FROM asked WHERE workspace = $1 AND person = $2 \
                 AND subject <> 'cleared' ORDER BY asked_at DESC LIMIT $3) AS latest)",
            )
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(i64::from(MOST_ASKED))
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// What a person asked about lately, the latest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn asked(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<Asked>, StoreError> {
        let rows: Vec<(String, String, String, String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT subject, about, kind, readers, asked_at FROM asked WHERE workspace = $1 AND person = $2 \
                 AND subject <> 'cleared' AND asked_at > $3 ORDER BY asked_at DESC, about LIMIT $4",
            )
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(now.minus(ASKED_REMEMBERED).unix_seconds())
            .bind(i64::from(MOST_ASKED))
            .fetch_all(pool)
            .await?
        });
        let asked = |(subject, about, kind, readers, at): (String, String, String, String, i64)| Asked {
            about: if subject == ENTRY { AskedAbout::Entry(about) } else { AskedAbout::Message { kept: about, kind } },
            readers,
            at: Timestamp::from_unix_seconds(at),
        };
        Ok(rows.into_iter().map(asked).collect())
    }

    /// Forgets what a person asked about, also what another process has not written down yet.
    ///
    /// # Errors
    /// The database does not answer; then it is all still there.
    pub async fn forget_asked(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            sqlx::query("DELETE FROM asked WHERE workspace = $1 AND person = $2")
                .bind(workspace.as_str())
                .bind(person.as_str())
                .execute(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO asked (workspace, person, subject, about, kind, readers, asked_at) \
                 VALUES ($1, $2, $3, '', '', '', $4) ON CONFLICT (workspace, person, subject, about) \
                 DO UPDATE SET asked_at = excluded.asked_at",
            )
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(CLEARED)
            .bind(now.unix_seconds())
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Forgets what is old.
    pub(super) async fn expire_asked(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM asked WHERE asked_at <= $1")
                .bind(now.minus(ASKED_REMEMBERED).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
