//! What outlives a request: preferences and known terms, texts behind answers, what came in and what is owed, installations,
//! choices for channels, requests for definitions, unknown words and how often entries are met, live changes of the glossary
//! and who may make them, what people asked lately, counters.
//!
//! [`Store`] is one face over the databases we run on. Both understand nearly every query as it is written here; what they
//! spell differently is in `sqlite.rs` and `postgres.rs`. Preferences and known terms are read on every command, so they are
//! also held in memory and a read never touches the database.

mod addresses;
mod answers;
mod asked;
mod audit;
mod channels;
mod comments;
mod content_files;
mod conversations;
mod counters;
mod definitions;
mod gaps;
mod glossary;
mod glossary_accounts;
mod glossary_people;
mod inbox;
mod installations;
mod known;
mod outbox;
mod pending;
mod pool;
mod postgres;
mod preferences;
mod publications;
mod receptions;
mod references;
mod seal;
mod sqlite;
mod trials;
mod unclear;
mod uses;
mod waiting;

use std::{fmt, path::PathBuf};

pub use answers::{ANSWERS_KEPT, AnswerClaim, AnswerKey};
pub use asked::{ASKED_REMEMBERED, Asked, AskedAbout, MOST_ASKED};
pub use audit::{AuditFilter, AuditRow, EntriesTold, NewAudit};
pub use channels::{Bridge, Carrier, ChannelChange, ChannelSettings, Replies, Trouble};
pub use comments::{NewComment, StoredComment};
pub use content_files::{FileChange, StoredFile};
pub use conversations::{SIGHT_LIFETIME, STOP_LIFETIME, SeenMessage};
pub use counters::Counter;
pub use definitions::WantedDefinition;
pub use gaps::{DismissedGap, GAPS_REMEMBERED, Gap, GapSighting, LEAST_MESSAGES, LEAST_PEOPLE, Marker};
pub use glossary::{
    Changed, ConceptChange, ConceptStatus, ConceptsState, DraftStep, KeptConcept, LiveConcept, StoredConcept,
    StoredRevision,
};
pub use glossary_accounts::{SessionPlace, StoredAccount};
pub use glossary_people::{StoredCurator, StoredSession};
pub use inbox::{ClaimedEvent, EVENT_LIFETIME, EventLease, NewEvent, REMEMBERED, Recorded};
pub use installations::{
    Installation, InstallationDetails, InstallationEnd, InstallationKey, InstalledAt, KnownInstallation, Links,
    SealedAgain, Tokens,
};
pub use known::{KnownConcepts, Remembered};
pub use outbox::{Again, BURIED, ClaimedDelivery, DeliveryEnd, DeliveryLease, NewDelivery, Rate};
pub use pending::{KeptText, PENDING_LIFETIME};
pub use publications::Publications;
pub use receptions::{Received, Reception, stretch_of};
pub use references::{REFERENCES_KEPT, Reference, Way};
pub use trials::{NewTrial, TrialMessage};
pub use unclear::{EntryJudgement, UnclearEntry};
pub use uses::{EntryUse, USES_REMEMBERED};
pub use waiting::Waiting;

use crate::{
    clock::Timestamp,
    config::{DatabaseUrl, EncryptionSettings},
};
use known::KnownCache;
use pending::PendingTexts;
use pool::{Pool, on};
use preferences::PreferenceCache;
use seal::Seal;

/// The database could not do what was asked.
#[derive(Debug)]
pub enum StoreError {
    /// The folder of the database file cannot be made.
    Folder(PathBuf, std::io::Error),
    /// The address of the database makes no sense.
    Address(sqlx::Error),
    /// The database cannot be opened or does not answer.
    Database(sqlx::Error),
    /// The database takes less than comes in, and memory for what waits is full.
    Busy,
    /// The tables cannot be brought up to date.
    Migration(sqlx::migrate::MigrateError),
    /// The key file beside the database can be neither read nor made.
    KeyFile(PathBuf, std::io::Error),
    /// There is no key to encrypt tokens with.
    NoKey,
    /// What is encrypted was encrypted with another key, or was changed.
    WrongKey,
    /// A row of this table is not as we write them.
    Damaged(&'static str),
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path, _) => write!(formatter, "the folder {} cannot be made", path.display()),
            Self::Address(_) => formatter.write_str("the address of the database makes no sense"),
            Self::Busy => formatter.write_str("the database cannot keep up"),
            Self::Database(_) => formatter.write_str("the database does not answer"),
            Self::Migration(_) => formatter.write_str("the database cannot be brought up to date"),
            Self::KeyFile(path, _) => write!(
                formatter,
                "the key file {} can be neither read nor made (set UPSHOT_ENCRYPTION_KEY instead)",
                path.display()
            ),
            Self::NoKey => formatter.write_str(
                "there is no key to encrypt tokens with: set UPSHOT_ENCRYPTION_KEY, the same on every instance",
            ),
            Self::WrongKey => formatter.write_str(
                "tokens in the database were encrypted with another key: add that key to UPSHOT_ENCRYPTION_KEY, or install \
                 the app again",
            ),
            Self::Damaged(table) => write!(formatter, "a row of the table {table} was damaged or written by another version"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder(_, error) | Self::KeyFile(_, error) => Some(error),
            Self::Address(error) | Self::Database(error) => Some(error),
            Self::Migration(error) => Some(error),
            Self::Busy | Self::NoKey | Self::WrongKey | Self::Damaged(_) => None,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// What outlives a request.
#[derive(Debug)]
pub struct Store {
    pool: Pool,
    texts: PendingTexts,
    preferences: PreferenceCache,
    known: KnownCache,
    seal: Seal,
}

impl Store {
    /// Opens the database, creating it and bringing its tables up to date first.
    ///
    /// # Errors
    /// The database cannot be created, opened or brought up to date, or there is no place for its key.
    pub async fn open(url: &DatabaseUrl, encryption: &EncryptionSettings) -> Result<Self, StoreError> {
        let keys = &encryption.keys;
        let (pool, seal) = match url {
            DatabaseUrl::SqliteFile(path) => {
                let pool = sqlite::open(Some(path)).await?;
                (Pool::Sqlite(pool), Seal::open(keys, Some(path))?)
            }
            DatabaseUrl::SqliteMemory => {
                let seal = if keys.is_empty() { Seal::for_memory()? } else { Seal::open(keys, None)? };
                (Pool::Sqlite(sqlite::open(None).await?), seal)
            }
            DatabaseUrl::Postgres(url) => (Pool::Postgres(postgres::open(url).await?), Seal::open(keys, None)?),
        };
        let texts = PendingTexts::start(pool.clone());
        let preferences = PreferenceCache::read(&pool).await?;
        let known = KnownCache::read(&pool).await?;
        Ok(Self { pool, texts, preferences, known, seal })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        on!(&self.pool, pool => {
            sqlx::query("SELECT 1").execute(pool).await?;
        });
        Ok(())
    }

    /// A key for making ids that cannot be guessed, the same in every process over one database; `None` where no key for
    /// encryption is set.
    #[must_use]
    pub fn key_for_ids(&self) -> Option<[u8; 32]> {
        self.seal.key_for_ids()
    }

    /// The one figure that a query gives, which counts up to `most`.
    async fn count_rows(&self, query: &'static str, most: u32) -> Result<u32, StoreError> {
        let (count,): (i64,) =
            on!(&self.pool, pool => sqlx::query_as(query).bind(i64::from(most)).fetch_one(pool).await?);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Erases all texts whose time is over, wherever they are, and says how many there were.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let late = self.expire_deliveries(now.into()).await?;
        Ok(late + self.erase_expired_at_start(now).await?)
    }

    /// The same but for deliveries: before there are workers, nobody would tell those who wait for one that it is given up.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_expired_at_start(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut erased = self.expire_pending(now).await?;
        erased += self.expire_events(now.into()).await?;
        self.expire_sessions(now).await?;
        self.expire_ways(now).await?;
        self.expire_keys(now).await?;
        self.expire_taken_back(now).await?;
        self.expire_conversations(now).await?;
        self.expire_gaps(now).await?;
        self.expire_uses(now).await?;
        self.expire_judgements(now).await?;
        self.expire_answers(now).await?;
        self.expire_addresses(now).await?;
        self.expire_references(now).await?;
        self.expire_asked(now).await?;
        self.expire_receptions(now).await?;
        on!(&self.pool, pool, dialect => {
            if let Some(statement) = dialect.after_erasing {
                sqlx::query(statement).execute(pool).await?;
            }
        });
        Ok(erased)
    }

    /// Closes the database. What is asked afterwards fails.
    pub async fn close(&self) {
        self.texts.close().await;
        on!(&self.pool, pool => pool.close().await);
    }
}
