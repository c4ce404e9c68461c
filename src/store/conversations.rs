//! What concerns a person's own conversation with the app, for a while: which message they look at beside it, and which threads
//! they stopped. Ids and no text.
//!
//! Times of the platform's clock are texts of one form that sort like the times they say: news that arrives late changes nothing.

use std::time::Duration;

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{ChannelId, PersonId, Platform, WorkspaceId},
};

/// What somebody looked at this long ago is no longer what they mean by "this".
pub const SIGHT_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// As long as something that was asked before may be worked, and its answer sent: two hours each.
pub const STOP_LIFETIME: Duration = Duration::from_secs(4 * 60 * 60);

/// A message, as the platform names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMessage {
    /// Its channel.
    pub channel: ChannelId,
    /// Its number there.
    pub message: String,
}

impl Store {
    /// Notes which message somebody looks at, or that it is none. What was told earlier by the platform's clock changes nothing.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted.
    pub async fn note_sight(
        &self,
        platform: Platform,
        (workspace, person): (&WorkspaceId, &PersonId),
        seen: Option<&SeenMessage>,
        told_at: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO sights (platform, workspace, person, channel, message, told_at, noted_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (platform, workspace, person) DO UPDATE SET \
                 channel = excluded.channel, message = excluded.message, told_at = excluded.told_at, \
                 noted_at = excluded.noted_at WHERE sights.told_at < excluded.told_at",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(seen.map_or("", |seen| seen.channel.as_str()))
            .bind(seen.map_or("", |seen| seen.message.as_str()))
            .bind(told_at)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// The message that somebody looks at, as far as it was noted within [`SIGHT_LIFETIME`].
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sight(
        &self,
        platform: Platform,
        (workspace, person): (&WorkspaceId, &PersonId),
        now: Timestamp,
    ) -> Result<Option<SeenMessage>, StoreError> {
        let row: Option<(String, String)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT channel, message FROM sights \
                 WHERE platform = $1 AND workspace = $2 AND person = $3 AND message <> '' AND noted_at > $4",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(now.minus(SIGHT_LIFETIME).unix_seconds())
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|(channel, message)| SeenMessage { channel: ChannelId::new(channel), message }))
    }

    /// Notes that nothing is wanted any more of what was asked in a thread before a moment of the platform's clock.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted.
    pub async fn note_stop(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        (channel, thread): (&ChannelId, &str),
        stopped_at: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO stops (platform, workspace, channel, thread, stopped_at, noted_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (platform, workspace, channel, thread) DO UPDATE SET \
                 stopped_at = excluded.stopped_at, noted_at = excluded.noted_at WHERE stops.stopped_at < excluded.stopped_at",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .bind(thread)
            .bind(stopped_at)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Whether what was asked in a thread at a moment of the platform's clock was stopped since.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn was_stopped(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        (channel, thread): (&ChannelId, &str),
        asked_at: &str,
    ) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT noted_at FROM stops WHERE platform = $1 AND workspace = $2 AND channel = $3 AND thread = $4 \
                 AND stopped_at > $5",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .bind(thread)
            .bind(asked_at)
            .fetch_optional(pool)
            .await?
        });
        Ok(row.is_some())
    }

    /// Forgets what is of no use any more.
    pub(super) async fn expire_conversations(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM sights WHERE noted_at <= $1")
                .bind(now.minus(SIGHT_LIFETIME).unix_seconds())
                .execute(pool)
                .await?;
            sqlx::query("DELETE FROM stops WHERE noted_at <= $1")
                .bind(now.minus(STOP_LIFETIME).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
