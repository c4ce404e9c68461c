//! Unknown words that people met while messages were rewritten: counts by day, with keyed hashes in place of words and people.
//! A word itself is written down when enough people met it, so that a slip or a secret of one person never is.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{WorkspaceId, hex},
};

/// A word is told from so many people on, and no sooner.
pub const LEAST_PEOPLE: u32 = 3;
/// And from so many messages on.
pub const LEAST_MESSAGES: u32 = 5;
/// What was met is forgotten after this.
pub const GAPS_REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// More messages of one person with one word do not count on one day: a log that somebody pastes again and again is one voice.
const MOST_OF_A_DAY: i64 = 3;
/// Rows for each workspace, some 70 bytes each; beyond, the rarest words go.
const MOST_SIGHTINGS: i64 = 50_000;
/// Rows that are written in one transaction, so that nobody waits long for their turn.
const ROWS_AT_ONCE: usize = 200;

/// Bytes of a mark: two of a workspace's words or people are never alike.
const MARK_BYTES: usize = 10;

/// Makes marks of words and people: the same for the same on every instance, and nothing without the key, which is not in the
/// database.
#[derive(Clone)]
pub struct Marker(Hmac<Sha256>);

impl Marker {
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(key).ok().map(Self)
    }

    /// The mark of these texts. Their lengths are part of it, so that nothing can move from one to the next.
    #[must_use]
    pub fn mark(&self, parts: &[&str]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&part.len().to_le_bytes());
            mac.update(part.as_bytes());
        }
        hex(mac.finalize().into_bytes().iter().take(MARK_BYTES))
    }
}

impl std::fmt::Debug for Marker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Marker(***)")
    }
}

/// A word that one person met on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapSighting {
    /// Where.
    pub workspace: WorkspaceId,
    /// The mark of the word.
    pub word: String,
    /// The word as it was written. It is kept only when enough people met it.
    pub term: String,
    /// The mark of the person and the word.
    pub person: String,
    /// The day, counted from the start of 1970.
    pub day: i64,
    /// In how many messages.
    pub messages: u32,
}

/// An unknown word that enough people met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// As it was written.
    pub term: String,
    /// In how many messages, at most three of a person and day.
    pub messages: u32,
    /// By how many people.
    pub people: u32,
    /// On how many days.
    pub days: u32,
    /// On which day last, counted from the start of 1970.
    pub last_day: i64,
}

/// A word that somebody said is no term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DismissedGap {
    /// As it was written.
    pub term: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How a workspace is named in a query that counts one or all.
fn named(workspace: Option<&WorkspaceId>) -> &str {
    workspace.map_or("", WorkspaceId::as_str)
}

impl Store {
    /// What makes marks; `None` where there is no key, and then nothing can be counted.
    #[must_use]
    pub fn marker(&self) -> Option<Marker> {
        self.seal.marking_key().and_then(Marker::new)
    }

    /// Adds what was met. Words that somebody dismissed are passed over.
    ///
    /// # Errors
    /// The database does not answer; some of it may be noted then.
    pub async fn note_gaps(&self, sightings: &[GapSighting]) -> Result<(), StoreError> {
        for chunk in sightings.chunks(ROWS_AT_ONCE) {
            on!(&self.pool, pool, dialect => {
                let mut transaction = pool.begin_with(dialect.begin).await?;
                for sighting in chunk {
                    sqlx::query(
                        "INSERT INTO gap_sightings (workspace, word, day, person, messages) \
                         SELECT $1, $2, $3, $4, CASE WHEN $5 > $6 THEN $6 ELSE $5 END WHERE NOT EXISTS \
                         (SELECT 1 FROM gap_words WHERE workspace = $1 AND word = $2 AND dismissed_at IS NOT NULL) \
                         ON CONFLICT (workspace, word, day, person) DO UPDATE SET messages = \
                         CASE WHEN gap_sightings.messages + $5 > $6 THEN $6 ELSE gap_sightings.messages + $5 END",
                    )
                    .bind(sighting.workspace.as_str())
                    .bind(&sighting.word)
                    .bind(sighting.day)
                    .bind(&sighting.person)
                    .bind(i64::from(sighting.messages))
                    .bind(MOST_OF_A_DAY)
                    .execute(&mut *transaction)
                    .await?;
                    sqlx::query(
                        "INSERT INTO gap_words (workspace, word, term) SELECT $1, $2, $3 WHERE \
                         (SELECT count(DISTINCT person) FROM gap_sightings WHERE workspace = $1 AND word = $2) >= $4 AND \
                         (SELECT sum(messages) FROM gap_sightings WHERE workspace = $1 AND word = $2) >= $5 \
                         ON CONFLICT (workspace, word) DO NOTHING",
                    )
                    .bind(sighting.workspace.as_str())
                    .bind(&sighting.word)
                    .bind(&sighting.term)
                    .bind(i64::from(LEAST_PEOPLE))
                    .bind(i64::from(LEAST_MESSAGES))
                    .execute(&mut *transaction)
                    .await?;
                }
                transaction.commit().await?;
            });
        }
        self.keep_gaps_within(MOST_SIGHTINGS).await
    }

    /// Drops the rarest words of each workspace that has more rows than so many.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_gaps_within(&self, most: i64) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            // Counting is cheap, ranking is not.
            let full: Vec<(String,)> = sqlx::query_as(
                "SELECT workspace FROM gap_sightings GROUP BY workspace HAVING count(*) > $1",
            )
            .bind(most)
            .fetch_all(pool)
            .await?;
            for (workspace,) in full {
                sqlx::query(
                    "DELETE FROM gap_sightings WHERE workspace = $1 AND word IN (SELECT word FROM (SELECT word, \
                     sum(count(*)) OVER (ORDER BY count(DISTINCT person) DESC, sum(messages) DESC, word \
                     ROWS UNBOUNDED PRECEDING) AS up_to FROM gap_sightings WHERE workspace = $1 GROUP BY word) AS ranked \
                     WHERE up_to > $2)",
                )
                .bind(workspace)
                .bind(most)
                .execute(pool)
                .await?;
            }
        });
        Ok(())
    }

    /// The unknown words that enough people of one workspace met, or of any, those that most people met first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn gaps(&self, of: Option<&WorkspaceId>, most: u32) -> Result<Vec<Gap>, StoreError> {
        let rows: Vec<(String, i64, i64, i64, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT min(known.term), CAST(sum(seen.messages) AS BIGINT), count(DISTINCT seen.person), \
                 count(DISTINCT seen.day), max(seen.day) FROM gap_words known \
                 JOIN gap_sightings seen ON seen.workspace = known.workspace AND seen.word = known.word \
                 WHERE known.dismissed_at IS NULL AND ($1 = '' OR known.workspace = $1) GROUP BY known.word \
                 HAVING count(DISTINCT seen.person) >= $2 AND sum(seen.messages) >= $3 \
                 ORDER BY count(DISTINCT seen.person) DESC, sum(seen.messages) DESC, min(known.term) LIMIT $4",
            )
            .bind(named(of))
            .bind(i64::from(LEAST_PEOPLE))
            .bind(i64::from(LEAST_MESSAGES))
            .bind(i64::from(most))
            .fetch_all(pool)
            .await?
        });
        let gap = |(term, messages, people, days, last_day)| Gap {
            term,
            messages: count(messages),
            people: count(people),
            days: count(days),
            last_day,
        };
        Ok(rows.into_iter().map(gap).collect())
    }

    /// Remembers that a word is no term, in one workspace or in all: it is neither told nor counted from now on. Says whether it was
    /// told before.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn dismiss_gap(
        &self,
        of: Option<&WorkspaceId>,
        word: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let told = on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let told = sqlx::query(
                "UPDATE gap_words SET dismissed_by = $3, dismissed_at = $4 \
                 WHERE word = $2 AND dismissed_at IS NULL AND ($1 = '' OR workspace = $1)",
            )
            .bind(named(of))
            .bind(word)
            .bind(by)
            .bind(now.unix_seconds())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            sqlx::query(
                "DELETE FROM gap_sightings WHERE word = $2 AND workspace IN (SELECT workspace FROM gap_words \
                 WHERE word = $2 AND dismissed_at IS NOT NULL AND ($1 = '' OR workspace = $1))",
            )
            .bind(named(of))
            .bind(word)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            told
        });
        Ok(told > 0)
    }

    /// Takes that back: the word is counted again, from nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn restore_gap(&self, of: Option<&WorkspaceId>, word: &str) -> Result<bool, StoreError> {
        let restored = on!(&self.pool, pool => {
            sqlx::query(
                "DELETE FROM gap_words WHERE word = $2 AND dismissed_at IS NOT NULL AND ($1 = '' OR workspace = $1)",
            )
            .bind(named(of))
            .bind(word)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(restored > 0)
    }

    /// The words that somebody said are no terms, the latest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn dismissed_gaps(&self, of: Option<&WorkspaceId>, most: u32) -> Result<Vec<DismissedGap>, StoreError> {
        let rows: Vec<(String, String, i64)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT min(term), min(dismissed_by), max(dismissed_at) FROM gap_words \
                 WHERE dismissed_at IS NOT NULL AND ($1 = '' OR workspace = $1) GROUP BY word \
                 ORDER BY max(dismissed_at) DESC, min(term) LIMIT $2",
            )
            .bind(named(of))
            .bind(i64::from(most))
            .fetch_all(pool)
            .await?
        });
        let dismissed = |(term, by, at)| DismissedGap { term, by, at: Timestamp::from_unix_seconds(at) };
        Ok(rows.into_iter().map(dismissed).collect())
    }

    /// Erases everything that was counted. What somebody dismissed stays dismissed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget_gaps(&self) -> Result<(), StoreError> {
        self.forget_gaps_before(i64::MAX).await
    }

    /// Forgets what was met too long ago, and words that too few people met since.
    pub(super) async fn expire_gaps(&self, now: Timestamp) -> Result<(), StoreError> {
        self.forget_gaps_before(now.minus(GAPS_REMEMBERED).day()).await
    }

    async fn forget_gaps_before(&self, day: i64) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM gap_sightings WHERE day < $1").bind(day).execute(pool).await?;
            sqlx::query(
                "DELETE FROM gap_words WHERE dismissed_at IS NULL AND ((SELECT count(DISTINCT person) FROM gap_sightings seen \
                 WHERE seen.workspace = gap_words.workspace AND seen.word = gap_words.word) < $1 OR \
                 (SELECT COALESCE(sum(messages), 0) FROM gap_sightings seen \
                 WHERE seen.workspace = gap_words.workspace AND seen.word = gap_words.word) < $2)",
            )
            .bind(i64::from(LEAST_PEOPLE))
            .bind(i64::from(LEAST_MESSAGES))
            .execute(pool)
            .await?;
        });
        Ok(())
    }
}
