//! What was chosen for a channel. Everything is off until somebody with the right turns it on.
//!
//! Each choice is written by itself, so that two people who choose different things at once both get what they chose.

use super::{NewDelivery, Store, StoreError, outbox, pool::on};
use crate::{
    clock::{Moment, Timestamp},
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
    /// Whose posts get a reply.
    pub replies: Option<Replies>,
}

/// One choice for a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelChange<'a> {
    /// The reader of answers; `None` for nobody in particular.
    Audience(Option<&'a AudienceId>),
    /// Nothing is said there unasked.
    Quiet,
    /// Answers stand where everybody reads them.
    NotQuiet,
    /// Posts of these apps are passed on.
    Bridge(&'a [String], &'a Bridge),
    /// Nothing is passed on.
    NoBridge,
    /// Posts get replies.
    Replies(&'a Replies),
    /// They get none.
    NoReplies,
    /// All of the above is off.
    Off,
}

/// Whose posts get a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replies {
    /// The apps, named as in [`ChannelSettings::sources`]; one at least.
    pub sources: Vec<String>,
    /// Who switched it on.
    pub by: PersonId,
    /// Why the last reply was not taken; `None` while it works.
    pub trouble: Option<Trouble>,
}

/// What may be in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier<'a> {
    /// The bridge into this channel.
    Bridge(&'a ChannelId),
    /// Replies.
    Replies,
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

type ChannelRow =
    (Option<String>, i64, String, Option<String>, String, i64, Option<String>, String, String, Option<String>);

/// Changes one choice and gives all of them back; what else was chosen for the channel stays as somebody else may just have
/// chosen it.
macro_rules! change {
    ($assignments:literal) => {
        concat!(
            "INSERT INTO channels (platform, workspace, channel, audience, quiet, sources, bridge, updated_at, bridge_by, ",
            "bridge_confirmed, bridge_trouble, reply_sources, reply_by, reply_trouble) ",
            "VALUES ($1, $2, $3, $5, $6, $7, $8, $4, $9, $10, NULL, $11, $12, NULL) ",
            "ON CONFLICT (platform, workspace, channel) DO UPDATE SET updated_at = excluded.updated_at, ",
            $assignments,
            " RETURNING audience, quiet, sources, bridge, bridge_by, bridge_confirmed, bridge_trouble, reply_sources, ",
            "reply_by, reply_trouble"
        )
    };
}

impl ChannelChange<'_> {
    const fn statement(self) -> &'static str {
        match self {
            Self::Audience(_) => change!("audience = excluded.audience"),
            Self::Quiet | Self::NotQuiet => change!("quiet = excluded.quiet"),
            Self::Bridge(..) | Self::NoBridge => change!(
                "sources = excluded.sources, bridge = excluded.bridge, bridge_by = excluded.bridge_by, \
                 bridge_confirmed = excluded.bridge_confirmed, bridge_trouble = NULL"
            ),
            Self::Replies(_) | Self::NoReplies => {
                change!("reply_sources = excluded.reply_sources, reply_by = excluded.reply_by, reply_trouble = NULL")
            }
            Self::Off => change!(
                "audience = excluded.audience, quiet = excluded.quiet, sources = excluded.sources, \
                 bridge = excluded.bridge, bridge_by = excluded.bridge_by, bridge_confirmed = excluded.bridge_confirmed, \
                 bridge_trouble = NULL, reply_sources = excluded.reply_sources, reply_by = excluded.reply_by, \
                 reply_trouble = NULL"
            ),
        }
    }

    /// What the channel would hold if nothing else were chosen for it.
    fn alone(self) -> ChannelSettings {
        let mut settings = ChannelSettings::default();
        match self {
            Self::Audience(audience) => settings.audience = audience.cloned(),
            Self::Quiet => settings.is_quiet = true,
            Self::Bridge(sources, bridge) => {
                (settings.sources, settings.bridge) = (sources.to_vec(), Some(bridge.clone()));
            }
            Self::Replies(replies) => settings.replies = Some(replies.clone()),
            Self::NotQuiet | Self::NoBridge | Self::NoReplies | Self::Off => {}
        }
        settings
    }
}

fn settings(row: ChannelRow) -> Result<ChannelSettings, StoreError> {
    let (audience, quiet, sources, bridge, by, confirmed, trouble, reply_sources, reply_by, reply_trouble) = row;
    let damaged = || StoreError::Damaged("channels");
    let named = |name: String| Trouble::ALL.into_iter().find(|trouble| trouble.name() == name).ok_or_else(damaged);
    let list = |text: &str| serde_json::from_str::<Vec<String>>(text).map_err(|_| damaged());
    let (trouble, reply_trouble) = (trouble.map(named).transpose()?, reply_trouble.map(named).transpose()?);
    let reply_sources = list(&reply_sources)?;
    Ok(ChannelSettings {
        audience: audience.map(AudienceId::new),
        is_quiet: quiet != 0,
        sources: list(&sources)?,
        bridge: bridge.map(|to| Bridge {
            to: ChannelId::new(to),
            by: PersonId::new(by),
            is_confirmed: confirmed != 0,
            trouble,
        }),
        replies: (!reply_sources.is_empty()).then(|| Replies {
            sources: reply_sources,
            by: PersonId::new(reply_by),
            trouble: reply_trouble,
        }),
    })
}

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
                "SELECT audience, quiet, sources, bridge, bridge_by, bridge_confirmed, bridge_trouble, reply_sources, \
                 reply_by, reply_trouble FROM channels WHERE platform = $1 AND workspace = $2 AND channel = $3",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(channel.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map_or_else(|| Ok(ChannelSettings::default()), settings)
    }

    /// Remembers one choice for a channel, and gives all that holds for it then.
    ///
    /// # Errors
    /// The database does not answer; then the earlier choice stays.
    pub async fn change_channel(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
        change: ChannelChange<'_>,
        now: Timestamp,
    ) -> Result<ChannelSettings, StoreError> {
        let alone = change.alone();
        let list = |sources: &[String]| serde_json::to_string(sources).map_err(|_| StoreError::Damaged("channels"));
        let (bridge, replies) = (alone.bridge.as_ref(), alone.replies.as_ref());
        let sources = list(&alone.sources)?;
        let reply_sources = list(replies.map(|replies| &*replies.sources).unwrap_or_default())?;
        let row: ChannelRow = on!(&self.pool, pool => {
            sqlx::query_as(change.statement())
                .bind(platform.name())
                .bind(workspace.as_str())
                .bind(channel.as_str())
                .bind(now.unix_seconds())
                .bind(alone.audience.as_ref().map(AudienceId::as_str))
                .bind(i64::from(alone.is_quiet))
                .bind(&sources)
                .bind(bridge.map(|bridge| bridge.to.as_str()))
                .bind(bridge.map_or("", |bridge| bridge.by.as_str()))
                .bind(i64::from(bridge.is_some_and(|bridge| bridge.is_confirmed)))
                .bind(&reply_sources)
                .bind(replies.map_or("", |replies| replies.by.as_str()))
                .fetch_one(pool)
                .await?
        });
        settings(row)
    }

    /// Takes what was chosen for a channel, and bridges into it, along to another id of the same channel, and says how many choices
    /// there were. What somebody chose under the new id already stays.
    ///
    /// # Errors
    /// The database does not answer; then everything stays as it was.
    pub async fn rename_channel(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        (old, new): (&ChannelId, &ChannelId),
    ) -> Result<u64, StoreError> {
        const BRIDGES: &str = "UPDATE channels SET bridge = $4 WHERE platform = $1 AND workspace = $2 AND bridge = $3";
        const ITSELF: &str = "UPDATE channels SET channel = $4 WHERE platform = $1 AND workspace = $2 AND channel = $3 \
                              AND NOT EXISTS (SELECT 1 FROM channels AS other WHERE other.platform = $1 \
                              AND other.workspace = $2 AND other.channel = $4)";
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let mut changed = 0;
            for statement in [BRIDGES, ITSELF] {
                changed += sqlx::query(statement)
                    .bind(platform.name())
                    .bind(workspace.as_str())
                    .bind(old.as_str())
                    .bind(new.as_str())
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
            }
            sqlx::query("DELETE FROM channels WHERE platform = $1 AND workspace = $2 AND channel = $3")
                .bind(platform.name())
                .bind(workspace.as_str())
                .bind(old.as_str())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(changed)
        })
    }

    /// Notes that a bridge or replies work.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted.
    pub async fn note_works(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        channel: &ChannelId,
        carrier: Carrier<'_>,
    ) -> Result<(), StoreError> {
        const BRIDGE: &str = "UPDATE channels SET bridge_trouble = NULL WHERE platform = $1 AND workspace = $2 \
                              AND channel = $3 AND bridge = $4 AND bridge_trouble IS NOT NULL";
        const REPLIES: &str = "UPDATE channels SET reply_trouble = NULL WHERE platform = $1 AND workspace = $2 \
                               AND channel = $3 AND reply_trouble IS NOT NULL";
        on!(&self.pool, pool => {
            let (statement, to) = match carrier {
                Carrier::Bridge(to) => (BRIDGE, Some(to)),
                Carrier::Replies => (REPLIES, None),
            };
            let query = sqlx::query(statement).bind(platform.name()).bind(workspace.as_str()).bind(channel.as_str());
            let query = match to {
                Some(to) => query.bind(to.as_str()),
                None => query,
            };
            query.execute(pool).await?;
        });
        Ok(())
    }

    /// Notes why a bridge or replies do not work, and in the same step owes `word` of it. `true` when that is news: the first
    /// trouble stands until they work again, and a bridge that leads elsewhere by now has nothing to do with it.
    ///
    /// # Errors
    /// The database does not answer; then nothing is noted, and nothing owed.
    pub async fn note_trouble(
        &self,
        (platform, workspace, channel): (Platform, &WorkspaceId, &ChannelId),
        carrier: Carrier<'_>,
        trouble: Trouble,
        word: &[NewDelivery],
        now: Moment,
    ) -> Result<bool, StoreError> {
        const BRIDGE: &str = "UPDATE channels SET bridge_trouble = $4 WHERE platform = $1 AND workspace = $2 \
                              AND channel = $3 AND bridge = $5 AND bridge_trouble IS NULL";
        const REPLIES: &str = "UPDATE channels SET reply_trouble = $4 WHERE platform = $1 AND workspace = $2 \
                               AND channel = $3 AND reply_sources <> '[]' AND reply_trouble IS NULL";
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let (statement, to) = match carrier {
                Carrier::Bridge(to) => (BRIDGE, Some(to)),
                Carrier::Replies => (REPLIES, None),
            };
            let query = sqlx::query(statement)
                .bind(platform.name())
                .bind(workspace.as_str())
                .bind(channel.as_str())
                .bind(trouble.name());
            let query = match to {
                Some(to) => query.bind(to.as_str()),
                None => query,
            };
            let noted = query.execute(&mut *transaction).await?.rows_affected();
            for delivery in word.iter().filter(|_| noted == 1) {
                outbox::insert!(transaction, delivery, now);
            }
            transaction.commit().await?;
            Ok(noted == 1)
        })
    }
}
