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

use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use tokio::{sync::Notify, task::JoinHandle};

use super::StoreError;
use crate::{
    clock::Timestamp,
    ids::{PendingId, PersonId, WorkspaceId},
};

/// How long rows gather before they are written together.
const GATHERING: Duration = Duration::from_millis(100);
/// A database that refused a group is asked again after this.
const PAUSE: Duration = Duration::from_secs(1);
/// Five values a row, and SQLite takes 32,766 values in a statement.
const LARGEST_GROUP: usize = 64;
/// Bytes of text that may wait in memory: some fifty of the longest messages, or thousands of usual ones.
const MOST_WAITING_BYTES: usize = 8 * 1024 * 1024;
/// A row is more than its text: ids, and its place in the map.
const ROW_BYTES: usize = 256;
/// A caller has three seconds to answer its platform; one that waits longer for room goes on without a menu.
const PATIENCE: Duration = Duration::from_millis(500);

/// A text behind an answer.
#[derive(Debug)]
pub(super) struct PendingRow {
    pub(super) id: PendingId,
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) text: String,
    pub(super) expires_at: Timestamp,
}

impl PendingRow {
    fn bytes(&self) -> usize {
        self.text.len() + ROW_BYTES
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
    pub(super) fn start(pool: SqlitePool) -> Self {
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
    ) -> Option<String> {
        let waiting = self.shared.lock();
        let row = waiting.rows.get(id)?;
        (row.belongs_to(workspace, person) && row.expires_at > now).then(|| row.text.clone())
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

async fn write_groups(pool: SqlitePool, shared: Arc<Shared>) {
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

async fn write(pool: &SqlitePool, shared: &Shared, group: &[Arc<PendingRow>]) -> Result<(), sqlx::Error> {
    insert(pool, group).await?;
    let dismissed: Vec<&PendingId> = {
        let mut waiting = shared.lock();
        group.iter().map(|row| &row.id).filter(|id| !waiting.remove(id)).collect()
    };
    shared.room.notify_waiters();
    for id in dismissed {
        sqlx::query("DELETE FROM pending_sources WHERE id = ?1").bind(id.as_str()).execute(pool).await?;
    }
    Ok(())
}

async fn insert(pool: &SqlitePool, group: &[Arc<PendingRow>]) -> Result<(), sqlx::Error> {
    let mut statement: QueryBuilder<Sqlite> =
        QueryBuilder::new("INSERT INTO pending_sources (id, workspace, person, text, expires_at) ");
    statement.push_values(group, |mut values, row| {
        values
            .push_bind(row.id.as_str())
            .push_bind(row.workspace.as_str())
            .push_bind(row.person.as_str())
            .push_bind(row.text.as_str())
            .push_bind(row.expires_at.unix_seconds());
    });
    statement.push(" ON CONFLICT (id) DO NOTHING");
    // Groups differ in size; keeping a prepared statement for each would only fill memory.
    statement.build().persistent(false).execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{
        clock::Timestamp,
        config::DatabaseUrl,
        ids::{PendingId, PersonId, WorkspaceId},
        store::{PENDING_LIFETIME, Store, StoreError},
    };

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

    struct Someone {
        workspace: WorkspaceId,
        person: PersonId,
    }

    fn someone(person: &str) -> Someone {
        Someone { workspace: WorkspaceId::new("T1"), person: PersonId::new(person) }
    }

    async fn keep(store: &Store, id: &PendingId, who: &Someone, text: &str) {
        store.keep_pending(id, &who.workspace, &who.person, text, NOW).await.unwrap();
    }

    async fn text(store: &Store, id: &PendingId, who: &Someone, now: Timestamp) -> Option<String> {
        store.pending(id, &who.workspace, &who.person, now).await.unwrap()
    }

    #[tokio::test]
    async fn a_text_is_there_before_it_is_written_and_for_one_person_only() {
        let store = Store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
        let (anna, ben) = (someone("U1"), someone("U2"));
        let id = PendingId::new("1");
        keep(&store, &id, &anna, "first").await;
        assert_eq!(text(&store, &id, &anna, NOW).await.as_deref(), Some("first"));
        assert_eq!(text(&store, &id, &ben, NOW).await, None);
        assert_eq!(text(&store, &id, &anna, NOW.plus(PENDING_LIFETIME)).await, None, "its hour is over");

        store.erase_pending(&id, &ben.workspace, &ben.person).await.unwrap();
        assert_eq!(text(&store, &id, &anna, NOW).await.as_deref(), Some("first"), "nobody erases another's text");
        store.erase_pending(&id, &anna.workspace, &anna.person).await.unwrap();
        assert_eq!(text(&store, &id, &anna, NOW).await, None);
    }

    #[tokio::test]
    async fn what_waits_is_written_when_the_store_closes_and_what_was_dismissed_is_not() {
        let folder = std::env::temp_dir().join(format!("upshot-pending-{}", PendingId::random().unwrap()));
        let url = DatabaseUrl::SqliteFile(folder.join("upshot.db"));
        let anna = someone("U1");
        let ids: Vec<PendingId> = (0..2_000).map(|number| PendingId::new(format!("{number:05}"))).collect();

        let store = Store::open(&url).await.unwrap();
        for id in &ids {
            keep(&store, id, &anna, id.as_str()).await;
        }
        for id in ids.iter().step_by(2) {
            store.erase_pending(id, &anna.workspace, &anna.person).await.unwrap();
        }
        store.close().await;

        let store = Store::open(&url).await.unwrap();
        for (number, id) in ids.iter().enumerate() {
            let expected = (number % 2 == 1).then(|| id.as_str().to_owned());
            assert_eq!(text(&store, id, &anna, NOW).await, expected, "{number}");
        }
        store.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn memory_for_waiting_texts_is_bounded() {
        let store = Store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
        let anna = someone("U1");
        let long = "x".repeat(super::MOST_WAITING_BYTES / 4);
        // More than fits at once: each waits until the database has taken the ones before it.
        for number in 0..12 {
            keep(&store, &PendingId::new(number.to_string()), &anna, &long).await;
        }
        assert_eq!(text(&store, &PendingId::new("0"), &anna, NOW).await.map(|text| text.len()), Some(long.len()));
        let too_long = "x".repeat(super::MOST_WAITING_BYTES);
        let refused = store
            .keep_pending(&PendingId::new("13"), &anna.workspace, &anna.person, &too_long, NOW)
            .await
            .expect_err("what never fits is refused and does not wait forever");
        assert!(matches!(refused, StoreError::Busy), "{refused}");
        store.close().await;
    }
}
