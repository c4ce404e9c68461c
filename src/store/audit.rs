//! Who did what when with the glossary: the steps of entries, comments on them and changes of readers and templates, which are their
//! own record, and what is recorded beside those: people, roles and trial messages in the transaction that does it, and that a file was
//! taken in right after its entries are written, so that a fault in between leaves out that line alone. Nothing of it is changed or erased.

use super::{Store, StoreError, pool::on};
use crate::{clock::Timestamp, ids::WorkspaceId};

/// Something to record beside entries.
#[derive(Debug, Clone, Copy)]
pub struct NewAudit<'a> {
    /// The workspace whose affair it is, such as `slack:T0123`; empty for the whole organisation's.
    pub place: &'a str,
    /// Who does it.
    pub actor: &'a str,
    /// `people`, `import` or `trial`.
    pub kind: &'a str,
    /// What is done.
    pub action: &'a str,
    /// With whom or what.
    pub subject: &'a str,
    /// What else is to be known.
    pub detail: &'a str,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// `entry`, `comment`, `prompt`, `people`, `import` or `trial`.
    pub kind: String,
    /// What was done.
    pub action: String,
    /// With whom or what.
    pub subject: String,
    /// The revision that it made or spoke of; 0 for none.
    pub revision: u32,
    /// What else is to be known: a reason, a comment, a role.
    pub detail: String,
    /// The workspace whose affair it is, where that was recorded.
    pub place: String,
    /// What the entry said with this revision, where that is wanted.
    pub body: Option<String>,
}

/// Whether it is told what entries said, by which to know where they held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntriesTold {
    /// By their ids.
    ById,
    /// With what they said.
    WithBodies,
}

/// What is looked for. All that is said must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who did it; empty for everybody.
    pub actor: String,
    /// Its kind; empty for all.
    pub kind: String,
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub until: Timestamp,
    /// Whether to tell what entries said.
    pub entries: EntriesTold,
}

/// Records something within a transaction.
macro_rules! record {
    ($transaction:ident, $event:expr, $now:expr) => {{
        let event: &$crate::store::NewAudit<'_> = $event;
        sqlx::query(
            "INSERT INTO audit_events (at, actor, kind, action, subject, detail, place) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind($now.unix_seconds())
        .bind(event.actor)
        .bind(event.kind)
        .bind(event.action)
        .bind(event.subject)
        .bind(event.detail)
        .bind(event.place)
        .execute(&mut *$transaction)
        .await?;
    }};
}
pub(super) use record;

type Row = (i64, String, String, String, String, i64, String, String, Option<String>);

impl Store {
    /// Records something that was done.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn record_audit(&self, event: NewAudit<'_>, now: Timestamp) -> Result<(), StoreError> {
        on!(&self.pool, pool, dialect => {
            let mut transaction = pool.begin_with(dialect.begin).await?;
            record!(transaction, &event, now);
            transaction.commit().await?;
        });
        Ok(())
    }

    /// What was done, the latest first: `most` of it behind the first `skip`.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn audit(
        &self,
        workspace: &WorkspaceId,
        filter: &AuditFilter,
        skip: u32,
        most: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows: Vec<Row> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT done.at, actor, kind, done.action, subject, done.revision, detail, place, said.body FROM ( \
                 SELECT at, author AS actor, 'entry' AS kind, action, id AS subject, revision, reason AS detail, \
                 '' AS place, revision AS number FROM concept_revisions WHERE workspace = $1 AND at BETWEEN $2 AND $3 \
                 UNION ALL SELECT at, author, 'comment', 'commented', id, revision, text, '', number \
                 FROM concept_comments WHERE workspace = $1 AND at BETWEEN $2 AND $3 \
                 UNION ALL SELECT at, author, 'prompt', action, path, revision, reason, '', revision \
                 FROM content_files WHERE workspace = $1 AND at BETWEEN $2 AND $3 \
                 UNION ALL SELECT at, actor, kind, action, subject, CAST(0 AS BIGINT), detail, place, number \
                 FROM audit_events WHERE at BETWEEN $2 AND $3) AS done \
                 LEFT JOIN concept_revisions said ON $8 AND kind IN ('entry', 'comment') \
                 AND said.workspace = $1 AND said.id = subject AND said.revision = done.revision \
                 WHERE ($4 = '' OR actor = $4) AND ($5 = '' OR kind = $5) \
                 ORDER BY done.at DESC, kind, number DESC, subject LIMIT $6 OFFSET $7",
            )
            .bind(workspace.as_str())
            .bind(filter.from.unix_seconds())
            .bind(filter.until.unix_seconds())
            .bind(&filter.actor)
            .bind(&filter.kind)
            .bind(i64::from(most))
            .bind(i64::from(skip))
            .bind(filter.entries == EntriesTold::WithBodies)
            .fetch_all(pool)
            .await?
        });
        let row = |(at, actor, kind, action, subject, revision, detail, place, body): Row| {
            let (at, number) = (Timestamp::from_unix_seconds(at), u32::try_from(revision));
            let revision = number.map_err(|_| StoreError::Damaged("concept_revisions"))?;
            Ok(AuditRow { at, actor, kind, action, subject, revision, detail, place, body })
        };
        rows.into_iter().map(row).collect()
    }
}
