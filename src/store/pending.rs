//! Writes pending texts in groups: whatever arrives while one group is being written becomes the next.
//!
//! Each answer waits for its own text to be written, so nothing is promised that is not there; under load the price of a
//! transaction is shared by all that wait for it.

use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::{
    clock::Timestamp,
    ids::{PendingId, PersonId, WorkspaceId},
};

/// Five values a row, and SQLite takes 32,766 values in a statement.
const LARGEST_GROUP: usize = 256;
/// Senders wait when this many rows are on their way.
const MOST_WAITING: usize = 1024;

/// A text behind an answer.
#[derive(Debug)]
pub(super) struct PendingRow {
    pub(super) id: PendingId,
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) text: String,
    pub(super) expires_at: Timestamp,
}

type Waiting = (PendingRow, oneshot::Sender<Result<(), StoreError>>);

/// The way to the task that writes.
#[derive(Debug)]
pub(super) struct PendingWriter {
    rows: mpsc::Sender<Waiting>,
}

impl PendingWriter {
    /// Writes a row and waits until it is stored.
    pub(super) async fn write(&self, row: PendingRow) -> Result<(), StoreError> {
        let (done, written) = oneshot::channel();
        let gone = |_| StoreError::Database(sqlx::Error::PoolClosed);
        self.rows.send((row, done)).await.map_err(|_| StoreError::Database(sqlx::Error::PoolClosed))?;
        written.await.map_err(gone)?
    }
}

/// Starts the task that writes; it ends when its sender is dropped.
pub(super) fn start_writer(pool: SqlitePool) -> PendingWriter {
    let (sender, receiver) = mpsc::channel(MOST_WAITING);
    tokio::spawn(write_groups(pool, receiver));
    PendingWriter { rows: sender }
}

async fn write_groups(pool: SqlitePool, mut receiver: mpsc::Receiver<Waiting>) {
    let mut group: Vec<Waiting> = Vec::new();
    while receiver.recv_many(&mut group, LARGEST_GROUP).await > 0 {
        let outcome = insert(&pool, &group).await;
        let failed = outcome.is_err();
        // One error cannot be given to many: the first who waits gets it, the others learn that nothing was written.
        let mut error = outcome.err();
        for (_, done) in group.drain(..) {
            let answer = match error.take() {
                Some(error) => Err(StoreError::Database(error)),
                None if failed => Err(StoreError::Database(sqlx::Error::WorkerCrashed)),
                None => Ok(()),
            };
            // Who asked may have gone away; the row is stored all the same.
            let _ = done.send(answer);
        }
    }
}

async fn insert(pool: &SqlitePool, group: &[Waiting]) -> Result<(), sqlx::Error> {
    let mut statement: QueryBuilder<Sqlite> =
        QueryBuilder::new("INSERT INTO pending_sources (id, workspace, person, text, expires_at) ");
    statement.push_values(group, |mut values, (row, _)| {
        values
            .push_bind(row.id.as_str())
            .push_bind(row.workspace.as_str())
            .push_bind(row.person.as_str())
            .push_bind(row.text.as_str())
            .push_bind(row.expires_at.unix_seconds());
    });
    statement.push(" ON CONFLICT (id) DO NOTHING");
    statement.build().execute(pool).await?;
    Ok(())
}
