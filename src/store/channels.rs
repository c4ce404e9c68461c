//! What was chosen for a channel. Everything is off until somebody with the right turns it on.

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{AudienceId, ChannelId, Platform, WorkspaceId},
};

/// What was chosen for a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelSettings {
    /// The reader of answers there, unless a person chose another one.
    pub audience: Option<AudienceId>,
    /// Nothing is said there unasked, and answers are for the asker alone.
    pub is_quiet: bool,
    /// Whose posts get an answer in their thread without being asked: bots, by the platform's id.
    pub sources: Vec<String>,
    /// The channel that gets chosen posts in its own reader's words.
    pub bridge: Option<ChannelId>,
}

type ChannelRow = (Option<String>, i64, String, Option<String>);

impl Store {
    /// What was chosen for a channel; nothing is on when nobody chose.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn channel_settings(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
    ) -> Result<ChannelSettings, StoreError> {
        let row: Option<ChannelRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT audience, quiet, sources, bridge FROM channels \
                 WHERE platform = $1 AND workspace = $2 AND channel = $3",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .fetch_optional(pool)
            .await?
        });
        let Some((audience, quiet, sources, bridge)) = row else { return Ok(ChannelSettings::default()) };
        Ok(ChannelSettings {
            audience: audience.map(AudienceId::new),
            is_quiet: quiet != 0,
            sources: serde_json::from_str(&sources).map_err(|_| StoreError::Damaged("channels"))?,
            bridge: bridge.map(ChannelId::new),
        })
    }

    /// Remembers what was chosen for a channel.
    ///
    /// # Errors
    /// The database does not answer; then the earlier choice stays.
    pub async fn set_channel_settings(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
        settings: &ChannelSettings,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sources = serde_json::to_string(&settings.sources).map_err(|_| StoreError::Damaged("channels"))?;
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO channels (platform, workspace, channel, audience, quiet, sources, bridge, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (platform, workspace, channel) DO UPDATE SET \
                 audience = excluded.audience, quiet = excluded.quiet, sources = excluded.sources, \
                 bridge = excluded.bridge, updated_at = excluded.updated_at",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .bind(settings.audience.as_ref().map(AudienceId::as_str))
            .bind(i64::from(settings.is_quiet))
            .bind(&sources)
            .bind(settings.bridge.as_ref().map(ChannelId::as_str))
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }
}
