//! Who looks after the glossary with an account on a chat platform, and which ways back from one were used.

use super::{Store, StoreError, audit::record, glossary_people::people, pool::on};
use crate::{
    clock::Timestamp,
    ids::{OrganisationId, PersonId, Platform, WorkspaceId},
};

/// Somebody's account on a chat platform: the same person as in chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAccount {
    /// The platform.
    pub platform: Platform,
    /// Their workspace or tenant.
    pub workspace: WorkspaceId,
    /// The person there.
    pub person: PersonId,
}

impl StoredAccount {
    /// Its workspace, as entries of the glossary name places.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.platform.name(), self.workspace)
    }

    pub(super) fn of(columns: (Option<String>, Option<String>, Option<String>)) -> Option<Self> {
        let (Some(platform), Some(workspace), Some(person)) = columns else { return None };
        let platform = Platform::parse(&platform)?;
        Some(Self { platform, workspace: WorkspaceId::new(workspace), person: PersonId::new(person) })
    }
}

/// A name in the glossary, and the columns of the account behind it.
type NamedAccount = (String, Option<String>, Option<String>, Option<String>);

/// Where the account is with which a session was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPlace {
    /// The platform.
    pub platform: Platform,
    /// The workspace or tenant.
    pub workspace: WorkspaceId,
    /// The organisation of the workspace, when the platform names one.
    pub organisation: Option<OrganisationId>,
}

impl SessionPlace {
    pub(super) fn of(platform: &str, workspace: String, organisation: String) -> Option<Self> {
        Some(Self {
            platform: Platform::parse(platform)?,
            workspace: WorkspaceId::new(workspace),
            organisation: Some(organisation).filter(|id| !id.is_empty()).map(OrganisationId::new),
        })
    }
}

impl Store {
    /// Lets an account in under a name; `false` when the name is taken or the account has one.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn add_account(
        &self,
        name: &str,
        role: &str,
        account: &StoredAccount,
        created_by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let added = sqlx::query(
                "INSERT INTO curators (name, role, platform, workspace, person, created_by, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(name)
            .bind(role)
            .bind(account.platform.name())
            .bind(account.workspace.as_str())
            .bind(account.person.as_str())
            .bind(created_by)
            .bind(now.unix_seconds())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if added == 1 {
                let StoredAccount { platform, workspace, person } = account;
                let detail = format!("{role}, {} {person} of {workspace}", platform.name());
                let place = account.place();
                record!(transaction, &people((created_by, &place), "let in", name, &detail), now);
            }
            transaction.commit().await?;
            Ok(added == 1)
        })
    }

    /// Name and role of whoever has this account.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn curator_by_account(&self, account: &StoredAccount) -> Result<Option<(String, String)>, StoreError> {
        Ok(on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT name, role FROM curators WHERE platform = $1 AND workspace = $2 AND person = $3",
            )
            .bind(account.platform.name())
            .bind(account.workspace.as_str())
            .bind(account.person.as_str())
            .fetch_optional(pool)
            .await?
        }))
    }

    /// Names and accounts of those who have this name, or this id on their platform, or this name in front of their id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn accounts_called(&self, called: &str) -> Result<Vec<(String, StoredAccount)>, StoreError> {
        let rows: Vec<NamedAccount> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT name, platform, workspace, person FROM curators WHERE platform IS NOT NULL \
                 AND (name = $1 OR person = $1 OR substr(name, 1, length($1) + 2) = $1 || ' (') ORDER BY name",
            )
            .bind(called)
            .fetch_all(pool)
            .await?
        });
        let named =
            |(name, platform, workspace, person)| Some((name, StoredAccount::of((platform, workspace, person))?));
        Ok(rows.into_iter().filter_map(named).collect())
    }

    /// Gives what one account has to another one of the same person, where that one has nothing yet; else that one gets the
    /// role, and the first one ends. The person did so themselves, by coming with the other account.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn join_accounts(
        &self,
        from: &StoredAccount,
        to: &StoredAccount,
        role: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const KNOWN: &str = "SELECT name, role FROM curators WHERE platform = $1 AND workspace = $2 AND person = $3";
        type Known = Option<(String, String)>;
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            let mut known: [Known; 2] = [None, None];
            for (known, account) in known.iter_mut().zip([from, to]) {
                *known = sqlx::query_as(KNOWN)
                    .bind(account.platform.name())
                    .bind(account.workspace.as_str())
                    .bind(account.person.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            }
            let [earlier, kept] = known;
            // Somebody else was quicker.
            let Some((earlier, earlier_role)) = earlier else { return Ok(()) };
            let detail = format!("{} of {} instead of {} of {}", to.person, to.workspace, from.person, from.workspace);
            let (name, detail) = match kept {
                None => {
                    sqlx::query(
                        "UPDATE curators SET workspace = $4, person = $5 \
                         WHERE platform = $1 AND workspace = $2 AND person = $3",
                    )
                    .bind(from.platform.name())
                    .bind(from.workspace.as_str())
                    .bind(from.person.as_str())
                    .bind(to.workspace.as_str())
                    .bind(to.person.as_str())
                    .execute(&mut *transaction)
                    .await?;
                    (earlier, detail)
                }
                Some((name, before)) => {
                    sqlx::query("UPDATE curators SET role = $2 WHERE name = $1")
                        .bind(&name)
                        .bind(role)
                        .execute(&mut *transaction)
                        .await?;
                    for erase in ["DELETE FROM console_sessions WHERE name = $1", "DELETE FROM curators WHERE name = $1"] {
                        sqlx::query(erase).bind(&earlier).execute(&mut *transaction).await?;
                    }
                    let detail = format!("{earlier}, {earlier_role}: {detail}");
                    let raised = if before == role { String::new() } else { format!("; {role} instead of {before}") };
                    (name, detail + &raised)
                }
            };
            let place = to.place();
            record!(transaction, &people((&name, &place), "joined with an earlier account", &name, &detail), now);
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Gives somebody another role, which counts in their open sessions as well; `false` when there is nobody of that name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn set_curator_role(&self, name: &str, role: &str, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            type Before = (String, Option<String>, Option<String>, Option<String>);
            let before: Option<Before> =
                sqlx::query_as("SELECT role, platform, workspace, person FROM curators WHERE name = $1")
                    .bind(name)
                    .fetch_optional(&mut *transaction)
                    .await?;
            let Some((before, platform, workspace, person)) = before else { return Ok(false) };
            let account = StoredAccount::of((platform, workspace, person));
            let place = account.map(|account| account.place()).unwrap_or_default();
            let changed = sqlx::query("UPDATE curators SET role = $2 WHERE name = $1")
                .bind(name)
                .bind(role)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if changed == 1 && before != role {
                let detail = format!("{role} instead of {before}");
                record!(transaction, &people((by, &place), "given another role", name, &detail), now);
            }
            transaction.commit().await?;
            Ok(changed == 1)
        })
    }

    /// Notes that a way back was used, on any instance; `false` when it was before.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn use_way(&self, hash: &str, expires_at: Timestamp) -> Result<bool, StoreError> {
        let added = on!(&self.pool, pool => {
            sqlx::query("INSERT INTO used_ways (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(hash)
                .bind(expires_at.unix_seconds())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(added == 1)
    }

    /// Forgets ways back that are too old to be used again.
    pub(super) async fn expire_ways(&self, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM used_ways WHERE expires_at <= $1")
                .bind(now.unix_seconds())
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
