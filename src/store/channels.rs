//! What was chosen for a channel. Everything is off until somebody with the right turns it on.

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{AudienceId, ChannelId, PersonId, Platform, WorkspaceId},
};

/// What was chosen for a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelSettings {
    /// The reader of answers there, unless a person chose another one.
    pub audience: Option<AudienceId>,
    /// Nothing is said there unasked, and answers are for the asker alone.
    pub is_quiet: bool,
    /// The apps whose posts are passed on: `@` and the id of an app's user, or a name or another id of the app.
    pub sources: Vec<String>,
    /// Where they are passed on to.
    pub bridge: Option<Bridge>,
}

/// The way of chosen posts into another channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// The channel that gets them, in its own reader's words.
    pub to: ChannelId,
    /// Who switched it on.
    pub by: PersonId,
    /// Whether they agreed that what was posted in private is read in public.
    pub is_confirmed: bool,
    /// Why the last post was not taken; `None` while it works.
    pub trouble: Option<Trouble>,
}

/// Why a post could not be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The app is no member of the channel.
    NotInChannel,
    /// The channel is archived.
    Archived,
    /// The app may not post there.
    NotAllowed,
    /// Another company reads along there by now.
    External,
    /// It would be read in public, and nobody agreed to that.
    Public,
    /// Nobody could find out who reads along there.
    Unseen,
    /// The platform took nothing for too long.
    Silent,
    /// The platform refused the post for good, for another reason.
    Refused,
}

impl Trouble {
    const ALL: [Self; 8] = [
        Self::NotInChannel,
        Self::Archived,
        Self::NotAllowed,
        Self::External,
        Self::Public,
        Self::Unseen,
        Self::Silent,
        Self::Refused,
    ];

    /// Its name in the database and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInChannel => "not_in_channel",
            Self::Archived => "archived",
            Self::NotAllowed => "not_allowed",
            Self::External => "external",
            Self::Public => "public",
            Self::Unseen => "unseen",
            Self::Silent => "silent",
            Self::Refused => "refused",
        }
    }
}

type ChannelRow = (Option<String>, i64, String, Option<String>, String, i64, Option<String>);

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
                "SELECT audience, quiet, sources, bridge, bridge_by, bridge_confirmed, bridge_trouble FROM channels \
                 WHERE platform = $1 AND workspace = $2 AND channel = $3",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .fetch_optional(pool)
            .await?
        });
        let Some((audience, quiet, sources, bridge, by, confirmed, trouble)) = row else {
            return Ok(ChannelSettings::default());
        };
        let damaged = || StoreError::Damaged("channels");
        let named = |name: String| Trouble::ALL.into_iter().find(|trouble| trouble.name() == name).ok_or_else(damaged);
        let trouble = trouble.map(named).transpose()?;
        Ok(ChannelSettings {
            audience: audience.map(AudienceId::new),
            is_quiet: quiet != 0,
            sources: serde_json::from_str(&sources).map_err(|_| damaged())?,
            bridge: bridge.map(|to| Bridge {
                to: ChannelId::new(to),
                by: PersonId::new(by),
                is_confirmed: confirmed != 0,
                trouble,
            }),
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
        let bridge = settings.bridge.as_ref();
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO channels (platform, workspace, channel, audience, quiet, sources, bridge, updated_at, \
                 bridge_by, bridge_confirmed, bridge_trouble) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 ON CONFLICT (platform, workspace, channel) DO UPDATE SET \
                 audience = excluded.audience, quiet = excluded.quiet, sources = excluded.sources, \
                 bridge = excluded.bridge, updated_at = excluded.updated_at, bridge_by = excluded.bridge_by, \
                 bridge_confirmed = excluded.bridge_confirmed, bridge_trouble = excluded.bridge_trouble",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .bind(settings.audience.as_ref().map(AudienceId::as_str))
            .bind(i64::from(settings.is_quiet))
            .bind(&sources)
            .bind(bridge.map(|bridge| bridge.to.as_str()))
            .bind(now.unix_seconds())
            .bind(bridge.map_or("", |bridge| bridge.by.as_str()))
            .bind(i64::from(bridge.is_some_and(|bridge| bridge.is_confirmed)))
            .bind(bridge.and_then(|bridge| bridge.trouble).map(Trouble::name))
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Notes that a bridge works (`None`) or why it does not. `true` when that is news: the first trouble stands until the bridge works
    /// again, and a bridge that leads elsewhere by now has nothing to do with it.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted.
    pub async fn note_trouble(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
        to: &ChannelId,
        trouble: Option<Trouble>,
    ) -> Result<bool, StoreError> {
        const WORKS: &str = "UPDATE channels SET bridge_trouble = NULL WHERE platform = $1 AND workspace = $2 \
                             AND channel = $3 AND bridge = $4 AND bridge_trouble IS NOT NULL";
        const BROKEN: &str = "UPDATE channels SET bridge_trouble = $5 WHERE platform = $1 AND workspace = $2 \
                              AND channel = $3 AND bridge = $4 AND bridge_trouble IS NULL";
        let noted = on!(&self.pool, pool => {
            let query = sqlx::query(if trouble.is_some() { BROKEN } else { WORKS })
                .bind(platform.name())
                .bind(workspace.as_str())
                .bind(channel.as_str())
                .bind(to.as_str());
            let query = match trouble {
                Some(trouble) => query.bind(trouble.name()),
                None => query,
            };
            query.execute(pool).await?.rows_affected()
        });
        Ok(noted == 1)
    }
}
