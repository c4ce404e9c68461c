//! Who may look after the glossary, and who is signed in to the console. Tokens are random, so a plain hash of them can be
//! kept and looked up: nobody can try them out.

use super::{
    NewAudit, Store, StoreError,
    audit::record,
    glossary_accounts::{SessionPlace, StoredAccount},
    pool::on,
};
use crate::clock::Timestamp;

/// Somebody with a token of their own, or an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCurator {
    /// How they are named in histories.
    pub name: String,
    /// What they may do.
    pub role: String,
    /// What their token may be used for, parted by blanks; empty for everything.
    pub scopes: String,
    /// Who let them in.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// With which they sign in, when it is not a token.
    pub account: Option<StoredAccount>,
}

type CuratorRow = (String, String, String, String, i64, Option<String>, Option<String>, Option<String>);
type SessionRow = (String, String, String, String, String, String, Option<i64>);

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Who.
    pub name: String,
    /// What they may do.
    pub role: String,
    /// A hash of the token of the settings that opened it; empty for others.
    pub opened_by: String,
    /// Where the account is that opened it; none for a token.
    pub place: Option<SessionPlace>,
    /// When it ends, unless it is used before; none for sessions from before this was asked.
    pub idle_until: Option<Timestamp>,
}

/// What is recorded of a change of somebody, which is the affair of the workspace of their account; of somebody with a token it is
/// nobody's but the whole organisation's.
pub(super) const fn people<'a>(
    (actor, place): (&'a str, &'a str),
    action: &'a str,
    subject: &'a str,
    detail: &'a str,
) -> NewAudit<'a> {
    NewAudit { place, actor, kind: "people", action, subject, detail }
}

impl Store {
    /// Lets somebody in under a name that nobody has yet; `false` when it is taken.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn add_curator(
        &self,
        name: &str,
        role: &str,
        scopes: &str,
        token_hash: &str,
        created_by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let added = sqlx::query(
                "INSERT INTO curators (name, role, scopes, token_hash, created_by, created_at) \
                 VALUES ($1, $2, $6, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
            )
            .bind(name)
            .bind(role)
            .bind(token_hash)
            .bind(created_by)
            .bind(now.unix_seconds())
            .bind(scopes)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if added == 1 {
                let detail = format!("{role}, with a token");
                record!(transaction, &people((created_by, ""), "let in", name, &detail), now);
            }
            transaction.commit().await?;
            Ok(added == 1)
        })
    }

    /// Everybody with a token of their own or an account, by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn curators(&self) -> Result<Vec<StoredCurator>, StoreError> {
        let rows: Vec<CuratorRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT name, role, scopes, created_by, created_at, platform, workspace, person FROM curators ORDER BY name",
            )
            .fetch_all(pool)
            .await?
        });
        let curator = |(name, role, scopes, created_by, at, platform, workspace, person): CuratorRow| StoredCurator {
            name,
            role,
            scopes,
            created_by,
            created_at: Timestamp::from_unix_seconds(at),
            account: StoredAccount::of((platform, workspace, person)),
        };
        Ok(rows.into_iter().map(curator).collect())
    }

    /// Name and role of whoever has this token, and what it may be used for.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn curator_by_token(&self, token_hash: &str) -> Result<Option<(String, String, String)>, StoreError> {
        Ok(on!(&self.pool, pool => {
            sqlx::query_as("SELECT name, role, scopes FROM curators WHERE token_hash = $1")
                .bind(token_hash)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Ends somebody's token or account here, and whatever was opened with it; `false` when there is nobody of that name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn remove_curator(&self, name: &str, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            type Removed = (Option<String>, Option<String>, Option<String>);
            let removed: Option<Removed> =
                sqlx::query_as("DELETE FROM curators WHERE name = $1 RETURNING platform, workspace, person")
                    .bind(name)
                    .fetch_optional(&mut *transaction)
                    .await?;
            let is_removed = removed.is_some();
            if let Some(account) = removed {
                let place = StoredAccount::of(account).map(|account| account.place()).unwrap_or_default();
                sqlx::query("DELETE FROM console_sessions WHERE name = $1")
                    .bind(name)
                    .execute(&mut *transaction)
                    .await?;
                record!(transaction, &people((by, &place), "taken off the list", name, ""), now);
            }
            transaction.commit().await?;
            Ok(is_removed)
        })
    }

    /// Signs somebody in.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_session(
        &self,
        token_hash: &str,
        session: &StoredSession,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let place = session.place.as_ref();
        on!(&self.pool, pool => {
            sqlx::query(
                "INSERT INTO console_sessions \
                 (token_hash, name, role, opened_by, expires_at, platform, workspace, organisation, idle_until) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(token_hash)
            .bind(&session.name)
            .bind(&session.role)
            .bind(&session.opened_by)
            .bind(expires_at.unix_seconds())
            .bind(place.map_or("", |place| place.platform.name()))
            .bind(place.map_or("", |place| place.workspace.as_str()))
            .bind(place.and_then(|place| place.organisation.as_ref()).map_or("", |id| id.as_str()))
            .bind(session.idle_until.map(Timestamp::unix_seconds))
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Whoever is signed in with this, with the role that they have now. Who is not among the people is not signed in, even
    /// when the session was opened while they were removed; only `unlisted`, the administrator of the settings, never is.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn session(
        &self,
        token_hash: &str,
        unlisted: &str,
        now: Timestamp,
    ) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<SessionRow> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT session.name, COALESCE(curator.role, session.role), session.opened_by, session.platform, \
                 session.workspace, session.organisation, session.idle_until FROM console_sessions session \
                 LEFT JOIN curators curator ON curator.name = session.name \
                 WHERE session.token_hash = $1 AND session.expires_at > $2 \
                 AND COALESCE(session.idle_until, session.expires_at) > $2 AND (curator.name IS NOT NULL OR session.name = $3)",
            )
            .bind(token_hash)
            .bind(now.unix_seconds())
            .bind(unlisted)
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|(name, role, opened_by, platform, workspace, organisation, idle_until)| {
            let place = SessionPlace::of(&platform, workspace, organisation);
            StoredSession { name, role, opened_by, place, idle_until: idle_until.map(Timestamp::from_unix_seconds) }
        }))
    }

    /// Notes that a session is used, so that it does not end as an idle one until then.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_session(&self, token_hash: &str, idle_until: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("UPDATE console_sessions SET idle_until = $2 WHERE token_hash = $1")
                .bind(token_hash)
                .bind(idle_until.unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Signs somebody out.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn close_session(&self, token_hash: &str) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM console_sessions WHERE token_hash = $1").bind(token_hash).execute(pool).await?;
        });
        Ok(())
    }

    /// Forgets who was signed in too long ago.
    pub(super) async fn expire_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM console_sessions WHERE COALESCE(idle_until, expires_at) <= $1 OR expires_at <= $1")
                .bind(now.unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
