//! Texts behind answers: in memory at once, in the database a moment later.
//!
//! An answer must not wait for a disk, and a text that its reader dismisses at once need not reach one. So a text is kept
//! in memory first and a task writes what has gathered there, many rows to a transaction. What is not written yet is read
//! from memory. A crash can lose the texts of the last [`GATHERING`]: their menus then answer "expired", as an hour later.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, task::JoinHandle};

use super::{
    Store, StoreError,
    pool::{Pool, on},
};
use crate::{
    clock::Timestamp,
    ids::{PendingId, PersonId, WorkspaceId},
};

/// How long a text may wait behind an answer on somebody's screen.
pub const PENDING_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long rows gather before they are written together.
const GATHERING: Duration = Duration::from_millis(100);
/// A database that refused a group is asked again after this.
const PAUSE: Duration = Duration::from_secs(1);
/// Rows of one transaction. Other writers wait as long.
const LARGEST_GROUP: usize = 64;
/// Bytes of text that may wait in memory: some fifty of the longest messages, or thousands of usual ones.
const MOST_WAITING_BYTES: usize = 8 * 1024 * 1024;
/// A row is more than its text: ids, and its place in the map.
const ROW_BYTES: usize = 256;
/// A caller has three seconds to answer its platform; one that waits longer for room goes on without a menu.
const PATIENCE: Duration = Duration::from_millis(500);

/// A text as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptText {
    /// The text.
    pub text: String,
    /// Where it was posted, in the words of whoever kept it; empty when that is not known.
    pub place: String,
}

/// A text behind an answer.
#[derive(Debug)]
pub(super) struct PendingRow {
    pub(super) id: PendingId,
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) kept: KeptText,
    pub(super) expires_at: Timestamp,
}

impl PendingRow {
    fn bytes(&self) -> usize {
        self.kept.text.len() + self.kept.place.len() + ROW_BYTES
    }

    fn belongs_to(&self, workspace: &WorkspaceId, person: &PersonId) -> bool {
        self.workspace == *workspace && self.person == *person
    }
}

#[derive(Debug, Default)]
struct Waiting {
    rows: BTreeMap<PendingId, Arc<PendingRow>>,
    bytes: usize,
    closing: bool,
}

impl Waiting {
    fn remove(&mut self, id: &PendingId) -> bool {
        let Some(row) = self.rows.remove(id) else { return false };
        self.bytes -= row.bytes();
        true
    }
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// There is something to write, or nothing more to come.
    work: Notify,
    /// Something was written.
    room: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The texts that wait for the database, and the task that writes them.
#[derive(Debug)]
pub(super) struct PendingTexts {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl PendingTexts {
    /// Starts the task that writes.
    pub(super) fn start(pool: Pool) -> Self {
        let shared = Arc::new(Shared::default());
        let writer = tokio::spawn(write_groups(pool, Arc::clone(&shared)));
        Self { shared, writer: Mutex::new(Some(writer)) }
    }

    /// Takes a row. Waits only when memory is full of rows that the database has not taken yet.
    pub(super) async fn keep(&self, row: PendingRow) -> Result<(), StoreError> {
        let row = Arc::new(row);
        if self.try_keep(&row) {
            return Ok(());
        }
        let kept = async {
            loop {
                let room = self.shared.room.notified();
                if self.try_keep(&row) {
                    return;
                }
                room.await;
            }
        };
        tokio::time::timeout(PATIENCE, kept).await.map_err(|_| StoreError::Busy)
    }

    fn try_keep(&self, row: &Arc<PendingRow>) -> bool {
        let mut waiting = self.shared.lock();
        // The same request delivered again keeps its text once.
        if !waiting.rows.contains_key(&row.id) {
            if waiting.bytes + row.bytes() > MOST_WAITING_BYTES {
                return false;
            }
            waiting.bytes += row.bytes();
            waiting.rows.insert(row.id.clone(), Arc::clone(row));
        }
        drop(waiting);
        self.shared.work.notify_one();
        true
    }

    /// The text, when it has not been written yet. `None` says nothing about the database.
    pub(super) fn find(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Option<KeptText> {
        let waiting = self.shared.lock();
        let row = waiting.rows.get(id)?;
        (row.belongs_to(workspace, person) && row.expires_at > now).then(|| row.kept.clone())
    }

    /// Forgets a text. One that is being written at this moment is erased by the task that writes it.
    pub(super) fn forget(&self, id: &PendingId, workspace: &WorkspaceId, person: &PersonId) {
        let mut waiting = self.shared.lock();
        if waiting.rows.get(id).is_some_and(|row| row.belongs_to(workspace, person)) {
            waiting.remove(id);
        }
    }

    /// Forgets texts whose time is over, which a database that does not answer may have left here.
    pub(super) fn forget_expired(&self, now: Timestamp) {
        let mut waiting = self.shared.lock();
        let expired: Vec<PendingId> =
            waiting.rows.values().filter(|row| row.expires_at <= now).map(|row| row.id.clone()).collect();
        for id in &expired {
            waiting.remove(id);
        }
    }

    /// Writes what waits and ends the task.
    pub(super) async fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the task that writes kept texts ended early");
        }
    }
}

async fn write_groups(pool: Pool, shared: Arc<Shared>) {
    loop {
        let (group, closing): (Vec<Arc<PendingRow>>, bool) = {
            let waiting = shared.lock();
            (waiting.rows.values().take(LARGEST_GROUP).cloned().collect(), waiting.closing)
        };
        if group.is_empty() {
            if closing {
                return;
            }
            shared.work.notified().await;
            let closing = shared.lock().closing;
            if !closing {
                tokio::time::sleep(GATHERING).await;
            }
            continue;
        }
        match write(&pool, &shared, &group).await {
            Ok(()) => {}
            Err(error) if closing => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    rows = group.len(),
                    "kept texts were not written"
                );
                return;
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    rows = group.len(),
                    "kept texts wait in memory"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn write(pool: &Pool, shared: &Shared, group: &[Arc<PendingRow>]) -> Result<(), sqlx::Error> {
    insert(pool, group).await?;
    let dismissed: Vec<&PendingId> = {
        let mut waiting = shared.lock();
        group.iter().map(|row| &row.id).filter(|id| !waiting.remove(id)).collect()
    };
    shared.room.notify_waiters();
    for id in dismissed {
        on!(pool, pool => {
            sqlx::query("DELETE FROM pending_sources WHERE id = $1").bind(id.as_str()).execute(pool).await?;
        });
    }
    Ok(())
}

async fn insert(pool: &Pool, group: &[Arc<PendingRow>]) -> Result<(), sqlx::Error> {
    on!(pool, pool, dialect => {
        let mut transaction = pool.begin_with(dialect.begin).await?;
        for row in group {
            sqlx::query(
                "INSERT INTO pending_sources (id, workspace, person, text, place, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (id) DO NOTHING",
            )
            .bind(row.id.as_str())
            .bind(row.workspace.as_str())
            .bind(row.person.as_str())
            .bind(row.kept.text.as_str())
            .bind(row.kept.place.as_str())
            .bind(row.expires_at.unix_seconds())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await
    })
}

impl Store {
    /// Keeps a text for [`PENDING_LIFETIME`], for this person only.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn keep_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        kept: KeptText,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = PendingRow {
            id: id.clone(),
            workspace: workspace.clone(),
            person: person.clone(),
            kept,
            expires_at: now.plus(PENDING_LIFETIME),
        };
        self.texts.keep(row).await
    }

    /// The text behind an answer; `None` when it has expired, was erased or belongs to somebody else.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<KeptText>, StoreError> {
        if let Some(kept) = self.texts.find(id, workspace, person, now) {
            return Ok(Some(kept));
        }
        let row: Option<(String, String)> = on!(&self.pool, pool => {
            sqlx::query_as(
                "SELECT text, place FROM pending_sources \
                 WHERE id = $1 AND workspace = $2 AND person = $3 AND expires_at > $4",
            )
            .bind(id.as_str())
            .bind(workspace.as_str())
            .bind(person.as_str())
            .bind(now.unix_seconds())
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|(text, place)| KeptText { text, place }))
    }

    /// Erases the text behind an answer that nobody looks at any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_pending(
        &self,
        id: &PendingId,
        workspace: &WorkspaceId,
        person: &PersonId,
    ) -> Result<(), StoreError> {
        self.texts.forget(id, workspace, person);
        on!(&self.pool, pool => {
            sqlx::query("DELETE FROM pending_sources WHERE id = $1 AND workspace = $2 AND person = $3")
                .bind(id.as_str())
                .bind(workspace.as_str())
                .bind(person.as_str())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Erases texts whose time is over.
    pub(super) async fn expire_pending(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.texts.forget_expired(now);
        let erased = on!(&self.pool, pool => {
            sqlx::query("DELETE FROM pending_sources WHERE expires_at <= $1")
                .bind(now.unix_seconds())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(erased)
    }
}
