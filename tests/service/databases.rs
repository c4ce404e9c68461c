//! A fresh database of each kind for one test. PostgreSQL is used where `TEST_POSTGRES_URL` names a server, as
//! `scripts/test.sh` does; without it, that half of the tests says that it did not run.

use std::{
    io::Write,
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use upshot::{
    config::{DatabaseUrl, EncryptionSettings, Secret},
    store::{Counter, Store},
};

use super::server::Folder;

/// Workspace, state, reason, failures, doubt and when it is due, in milliseconds.
pub(crate) type OutboxRow = (String, String, String, i64, i64, i64);

/// A fresh database, as `UPSHOT_DATABASE_URL` names it.
pub(crate) struct Database {
    pub(crate) address: String,
    /// Where the file is, for SQLite.
    pub(crate) folder: Option<Folder>,
}

/// What a query beside the program says, on either database. The connection is closed before anybody goes on: an open one keeps
/// SQLite's log, and with it texts that are erased.
macro_rules! beside {
    ($database:expr, $connection:ident, $query:expr) => {
        if let Some(folder) = &$database.folder {
            let options = SqliteConnectOptions::new().filename(folder.path().join("upshot.db"));
            let mut $connection = SqliteConnection::connect_with(&options).await.unwrap();
            let said = $query.await.unwrap();
            $connection.close().await.unwrap();
            said
        } else {
            let mut $connection = PgConnection::connect(&$database.address).await.unwrap();
            let said = $query.await.unwrap();
            $connection.close().await.unwrap();
            said
        }
    };
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = Folder::new();
        Self { address: format!("sqlite://{}", folder.path().join("upshot.db").display()), folder: Some(folder) }
    }

    /// `None`, said clearly, when there is no server.
    pub(crate) async fn postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Some(server) = std::env::var_os("TEST_POSTGRES_URL").and_then(|url| url.into_string().ok()) else {
            // Written past the test harness, which hides what passing tests print.
            SAID.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "\nNOT RUN: the PostgreSQL half of the tests. scripts/test.sh starts a server for them; or set \
                     TEST_POSTGRES_URL.\n"
                );
            });
            return None;
        };
        let name = format!("upshot_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Some(Self { address: server.replacen("/postgres?", &format!("/{name}?"), 1), folder: None })
    }

    /// Another fresh one of the same kind.
    pub(crate) async fn another(&self) -> Option<Self> {
        if self.folder.is_some() { Some(Self::sqlite()) } else { Self::postgres().await }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        match &self.folder {
            Some(folder) => DatabaseUrl::SqliteFile(folder.path().join("upshot.db")),
            None => DatabaseUrl::Postgres(Secret::new(&self.address)),
        }
    }

    /// How many programs share it in tests of programs: SQLite belongs to one process.
    pub(crate) const fn programs(&self) -> usize {
        if self.folder.is_some() { 1 } else { 2 }
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(&["0123456789abcdef0123456789abcdef"]).await
    }

    pub(crate) async fn open_with(&self, keys: &[&str]) -> Store {
        let encryption = EncryptionSettings { keys: keys.iter().map(|key| Secret::new(key)).collect() };
        Store::open(&self.url(), &encryption).await.unwrap()
    }

    /// Whether nothing waits and nothing is on its way. Asked after a server has stopped: a second answer to one conversation
    /// waits for its pace, and where the clock stands still that is for ever, so what was not sent proves nothing alone.
    pub(crate) async fn owes_nothing(&self) -> bool {
        let store = self.open_with(&[]).await;
        let open = store.open_events(10).await.unwrap() + store.open_deliveries(10).await.unwrap();
        store.close().await;
        open == 0
    }

    /// How many deliveries of a bridge into this channel wait for their turn.
    pub(crate) async fn waiting_deliveries_to(&self, channel: &str) -> i64 {
        self.waiting_deliveries_in(&format!("bridge {channel}")).await
    }

    /// How many deliveries of this lane wait for their turn. One that has just arrived is still on its way until that is written down,
    /// and is not counted.
    pub(crate) async fn waiting_deliveries_in(&self, lane: &str) -> i64 {
        const WAITING: &str = "SELECT count(*) FROM outbox WHERE lane LIKE $1 AND state = 'waiting'";
        let lane = format!("%:{lane}");
        beside!(self, connection, sqlx::query_scalar(WAITING).bind(lane).fetch_one(&mut connection))
    }

    /// The one figure that a query gives.
    pub(crate) async fn figure(&self, query: &'static str) -> i64 {
        beside!(self, connection, sqlx::query_scalar(query).fetch_one(&mut connection))
    }

    /// What stands in the outbox for each workspace: its state, why, how many failures, whether it is in doubt (1), and when it is due.
    pub(crate) async fn outbox(&self) -> Vec<OutboxRow> {
        const ROWS: &str = "SELECT workspace, state, coalesce(error, ''), CAST(failures AS BIGINT), CAST(in_doubt AS BIGINT), due_at \
                            FROM outbox ORDER BY number";
        beside!(self, connection, sqlx::query_as(ROWS).fetch_all(&mut connection))
    }

    /// How often this was counted.
    pub(crate) async fn count(&self, counter: Counter) -> u64 {
        let store = self.open_with(&[]).await;
        let count = store.count(counter).await.unwrap();
        store.close().await;
        count
    }

    /// Puts something into the glossary that no version of the program writes, so that live changes cannot be read.
    pub(crate) async fn damage(&self) {
        self.run(
            "INSERT INTO concepts (workspace, id, revision, status, live_revision, updated_at) \
             VALUES ('', 'damaged', -1, 'approved', -1, 0); \
             INSERT INTO concept_revisions (workspace, id, revision, status, action, body, author, reason, at) \
             VALUES ('', 'damaged', -1, 'approved', '', '', '', '', 0)",
        )
        .await;
    }

    /// Takes it out again.
    pub(crate) async fn mend(&self) {
        self.run("DELETE FROM concepts WHERE id = 'damaged'; DELETE FROM concept_revisions WHERE id = 'damaged'").await;
    }

    /// Ends every connection that listens for publications, as a restart of the database would; nobody listens to a file.
    pub(crate) async fn end_listeners(&self) {
        if self.folder.is_none() {
            self.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND query ILIKE 'LISTEN%'",
            )
            .await;
        }
    }

    /// Runs statements beside the program, and says how many rows they changed.
    pub(crate) async fn run(&self, statements: &'static str) -> u64 {
        beside!(self, connection, async {
            sqlx::raw_sql(statements).execute(&mut connection).await.map(|done| done.rows_affected())
        })
    }

    /// What is being sent at this moment, as it stands in the database.
    pub(crate) async fn being_sent(&self) -> Vec<String> {
        const SENDING: &str = "SELECT payload FROM outbox WHERE state = 'sending'";
        beside!(self, connection, sqlx::query_scalar(SENDING).fetch_all(&mut connection))
    }

    /// Keeps others waiting by this statement, for as long as what is given is kept.
    pub(crate) async fn hold(&self, statement: &'static str) -> PgConnection {
        let mut connection = PgConnection::connect(&self.address).await.unwrap();
        sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection
    }

    /// Whether a text is anywhere in the database: in any column, and with SQLite in any byte of its files.
    pub(crate) async fn holds(&self, text: &str) -> bool {
        if let Some(folder) = &self.folder {
            return std::fs::read_dir(folder.path()).unwrap().any(|file| {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                bytes.windows(text.len()).any(|part| part == text.as_bytes())
            });
        }
        let mut connection = PgConnection::connect(&self.address).await.unwrap();
        let tables: Vec<(String,)> =
            sqlx::query_as("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        assert!(tables.len() > 5, "{tables:?}");
        for (table,) in tables {
            let search = format!("SELECT count(*) FROM {table} AS row WHERE strpos(row::text, $1) > 0");
            let (count,): (i64,) =
                sqlx::query_as(sqlx::AssertSqlSafe(search)).bind(text).fetch_one(&mut connection).await.unwrap();
            if count > 0 {
                return true;
            }
        }
        false
    }
}

/// Makes a test on each database out of an async function that takes one.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(crate::databases::Database::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                if let Some(database) = crate::databases::Database::postgres().await {
                    super::$name(database).await;
                }
            })+
        }
    };
}
pub(crate) use on_both;
