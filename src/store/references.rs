//! How conversations are reached in which nobody may have asked anything lately: after a restart, on another instance, when their
//! server has moved. The addresses and accounts are encrypted; what rows are found by are ids.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Store, StoreError, pool::on};
use crate::{
    clock::Timestamp,
    ids::{ChannelId, PersonId, Platform, WorkspaceId},
};

/// Where nothing was heard of for this long, nothing is posted unasked any more.
pub const REFERENCES_KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// What an app needs to post in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The platform.
    pub platform: Platform,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The conversation: a chat or a channel, not one thread of it.
    pub conversation: ChannelId,
    /// The team of which it is a channel.
    pub team: Option<String>,
    /// Who is alone in it with the app.
    pub person: Option<PersonId>,
    /// Who added the app there, where this was just told.
    pub added_by: Option<PersonId>,
    /// How it is reached.
    pub way: Way,
}

/// How a conversation is reached, as the platform names things there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Where its server is reached.
    pub service: String,
    /// What kind of conversation it is.
    pub kind: Option<String>,
    /// The app's own account there.
    pub bot: Option<String>,
    /// The account of who is alone in it with the app.
    pub account: Option<String>,
    /// The language of that person's client.
    pub locale: Option<String>,
}

/// What a sealed value is bound to.
fn row(platform: Platform, workspace: &WorkspaceId, conversation: &str) -> String {
    format!("conversation_references\0{}\0{workspace}\0{conversation}", platform.name())
}

impl Store {
    /// Notes how a conversation is reached, in place of what was known before. Who added the app is forgotten only with the
    /// conversation.
    ///
    /// # Errors
    /// There is no key to encrypt with, or the database does not answer; then nothing is noted.
    pub async fn note_reference(&self, reference: &Reference, now: Timestamp) -> Result<(), StoreError> {
        let Reference { platform, workspace, conversation, team, person, added_by, way } = reference;
        let plain = serde_json::to_vec(way).map_err(|_| StoreError::Damaged("conversation_references"))?;
        let sealed = self.seal.seal(&plain, &row(*platform, workspace, conversation.as_str()))?;
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO conversation_references \
                 (platform, workspace, conversation, team, person, added_by, sealed, noted_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (platform, workspace, conversation) DO UPDATE SET \
                 team = CASE WHEN excluded.team = '' THEN conversation_references.team ELSE excluded.team END, \
                 person = excluded.person, sealed = excluded.sealed, noted_at = excluded.noted_at, \
                 added_by = CASE WHEN excluded.added_by = '' THEN conversation_references.added_by ELSE excluded.added_by END",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(conversation.as_str())
            .bind(team.as_deref().unwrap_or_default())
            .bind(person.as_ref().map_or("", PersonId::as_str))
            .bind(added_by.as_ref().map_or("", PersonId::as_str))
            .bind(&sealed)
            .bind(now.unix_seconds())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// How a conversation is reached, as far as that is known.
    ///
    /// # Errors
    /// The key that it was encrypted with is gone, or the database does not answer.
    pub async fn way_to(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &ChannelId,
    ) -> Result<Option<Way>, StoreError> {
        let sealed: Option<(Vec<u8>,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT sealed FROM conversation_references WHERE platform = $1 AND workspace = $2 AND conversation = $3",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(conversation.as_str())
            .fetch_optional(pool)
            .await?
        });
        sealed.map(|(sealed,)| self.opened_way(&sealed, platform, workspace, conversation.as_str())).transpose()
    }

    /// The conversation in which somebody is alone with the app, and how it is reached.
    ///
    /// # Errors
    /// As above.
    pub async fn way_to_person(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        person: &PersonId,
    ) -> Result<Option<(ChannelId, Way)>, StoreError> {
        let row: Option<(String, Vec<u8>)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT conversation, sealed FROM conversation_references \
                 WHERE platform = $1 AND workspace = $2 AND person = $3 ORDER BY noted_at DESC LIMIT 1",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(person.as_str())
            .fetch_optional(pool)
            .await?
        });
        let opened = |(conversation, sealed): (String, Vec<u8>)| {
            let way = self.opened_way(&sealed, platform, workspace, &conversation)?;
            Ok((ChannelId::new(conversation), way))
        };
        row.map(opened).transpose()
    }

    /// Whether somebody added the app to a conversation, or to the team of which it is a channel.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn has_added_the_app(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &ChannelId,
        person: &PersonId,
    ) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT noted_at FROM conversation_references AS one \
                 WHERE platform = $1 AND workspace = $2 AND added_by = $4 AND (conversation = $3 OR EXISTS (\
                 SELECT 1 FROM conversation_references AS here WHERE here.platform = $1 AND here.workspace = $2 \
                 AND here.conversation = $3 AND here.team <> '' AND here.team = one.team)) LIMIT 1",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(conversation.as_str())
            .bind(person.as_str())
            .fetch_optional(pool)
            .await?
        });
        Ok(row.is_some())
    }

    /// Forgets how a conversation is reached: it is there no longer, or lets nobody in.
    ///
    /// # Errors
    /// The database does not answer; then it is still known.
    pub async fn forget_reference(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &ChannelId,
    ) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query(
                "DELETE FROM conversation_references WHERE platform = $1 AND workspace = $2 AND conversation = $3",
            )
            .bind(platform.name())
            .bind(workspace.as_str())
            .bind(conversation.as_str())
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// The app was taken out of a conversation, or out of a team with all its channels: how these are reached is forgotten, and so
    /// is what was chosen for them.
    ///
    /// # Errors
    /// The database does not answer; then everything stays as it was.
    pub async fn leave(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &ChannelId,
        team: Option<&str>,
    ) -> Result<(), StoreError> {
        const CHOSEN: &str = "DELETE FROM channels WHERE platform = $1 AND workspace = $2 AND (channel = $3 OR channel IN (\
                              SELECT conversation FROM conversation_references WHERE platform = $1 AND workspace = $2 \
                              AND team = $4 AND $4 <> ''))";
        const REFERENCES: &str = "DELETE FROM conversation_references WHERE platform = $1 AND workspace = $2 \
                                  AND (conversation = $3 OR (team = $4 AND $4 <> ''))";
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            for statement in [CHOSEN, REFERENCES] {
                sqlx::query(statement)
                    .bind(platform.name())
                    .bind(workspace.as_str())
                    .bind(conversation.as_str())
                    .bind(team.unwrap_or_default())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Forgets conversations of which nothing was heard for [`REFERENCES_KEPT`].
    pub(super) async fn expire_references(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM conversation_references WHERE noted_at <= $1")
                .bind(now.minus(REFERENCES_KEPT).unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    fn opened_way(
        &self,
        sealed: &[u8],
        platform: Platform,
        workspace: &WorkspaceId,
        conversation: &str,
    ) -> Result<Way, StoreError> {
        // Every process seals anew what it hears of first, so what an earlier key sealed needs no going through.
        let (plain, _) = self.seal.unseal(sealed, &row(platform, workspace, conversation))?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged("conversation_references"))
    }
}
