//! The glossary as something an organisation keeps: drafts, review, approval, history, and changes that every answer has
//! within a second or two.
//!
//! Live changes lie over the organisation's folder, and that over what ships. An entry counts everywhere, or only in the workspaces
//! and channels of its scope: one engine answers everybody, and looks at the entries from where somebody asks, because an engine
//! for each workspace would cost its memory again for each. Who may see and change which is said in `reach.rs`.

mod accounts;
mod audit;
mod base;
mod browse;
mod changes;
mod checks;
mod comments;
mod concept;
mod curator;
mod effect;
mod exchange;
mod fields;
mod from_backstage;
mod from_skos;
mod from_tbx;
mod gaps;
mod git;
mod import;
mod layers;
mod left_out;
mod mirror;
mod neighbours;
mod past;
mod prompts;
mod publish;
mod reach;
mod rest;
mod rivals;
mod scopes;
mod shared;
mod steps;
mod table;
mod terminology;
mod ties;
mod trials;
mod tried;
mod unclear;
mod usage;
mod word;

use std::{
    fmt,
    sync::{Arc, Mutex, RwLock, atomic::AtomicU64},
};

pub use accounts::{Account, Standing, account, platform_title};
pub use audit::{AUDIT_KINDS, AuditEvent, AuditFormat, AuditPage, AuditWish, MOST_EXPORTED};
pub use base::{FolderTrouble, NotTakenUp};
pub use browse::{EVERYWHERE, Entries, Filter, Waiting, Wanted};
pub use changes::{Change, ConceptView, HistoryPage, LONGEST_REASON, PUBLISHED_LATER, Revision, Saving, Step};
pub use checks::{Check, Finding};
pub use comments::{Comment, LONGEST_COMMENT};
pub use concept::{Concept, DEFAULT_FIELD, Example, Examples, Term, Wording, slug};
pub use curator::{BOOTSTRAP_NAME, Curator, Role, fresh_token, is_same_secret, token_hash};
pub use effect::{ChangedText, Comparison, Effect, Origin};
pub use exchange::Exchange;
pub(super) use fields::said_anew;
pub use fields::{FieldKind, LEFT_OUT_FIELDS, MORE_FIELDS, SCOPE, USUAL_FIELDS, column_of};
pub use gaps::UnknownTerm;
pub use git::{GIT_FOLDER, GIT_MARK, GitFiles};
pub use import::{
    IMPORT_REASON, Import, ImportLine, ImportMode, ImportReport, ImportStep, LineOutcome, OpenDrafts, Source,
};
pub use layers::Layer;
pub use past::AsOf;
pub use prompts::{
    MAX_PROMPT_BYTES, PromptKind, PromptName, PromptPreview, PromptRevision, PromptView, ReaderFacts, Told,
};
pub use publish::{InAnswers, Preview};
pub use reach::Reach;
pub use scopes::{TokenHolder, TokenScope, TokenScopes};
pub use shared::{NamedPlaces, Shared};
pub use steps::{REVERTED, saved};
pub use table::{WHY, cell, from_cells, shielded};
pub use ties::{Tied, Ties};
pub use trials::{LONGEST_TRIAL, MOST_TRIALS, TrialMessage};
pub use unclear::UnclearEntry;
pub use usage::{DayOfUse, DeprecatedTerm, NeedyEntries, NeedyEntry, USAGE_DAYS, Usage, UsedEntry};

use super::{App, entries_told::LOOK_FIRST};
use crate::{engine::Content, ids::WorkspaceId, store::StoreError};
use base::Base;
use layers::{Catalogue, Overlay};
use mirror::{Kept, Mirror};
use past::Past;
use tried::Effects;

/// Builds that run at once beside the one that is published: previews and checks of several people.
const BUILDS_AT_ONCE: usize = 2;

/// Where answers are made with what is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    Here,
    /// In other processes, which notice by themselves.
    Elsewhere,
}

/// What looking after the glossary needs.
#[derive(Debug)]
pub(super) struct Curation {
    /// Everything below live changes.
    base: RwLock<Arc<Base>>,
    /// What is wrong with the folders that it was read from.
    folder_trouble: Mutex<Option<Arc<FolderTrouble>>>,
    /// What the database holds, as it was read last.
    mirror: tokio::sync::Mutex<Arc<Mirror>>,
    /// What it held at the end of a day, as somebody looked at it last.
    past: tokio::sync::Mutex<Option<Past>>,
    /// Which revision of the live changes answers are made with.
    published: AtomicU64,
    /// Whether this process answers anybody.
    answers: Answers,
    /// How long the engine that answers took to build, in milliseconds.
    build_ms: AtomicU64,
    /// One publication at a time, so that an older one cannot overtake a newer one.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Each build takes a whole processor for as long as it lasts.
    builds: Arc<tokio::sync::Semaphore>,
    /// What drafts would change, as it was found out lately.
    effects: Effects,
    /// Whose people keep what all workspaces share.
    named: NamedPlaces,
    /// At which address people reach the pages.
    pages: Option<String>,
}

impl Curation {
    pub(super) fn over(base: Content) -> Self {
        Self {
            base: RwLock::new(Arc::new(Base::over(base))),
            folder_trouble: Mutex::default(),
            mirror: tokio::sync::Mutex::default(),
            past: tokio::sync::Mutex::default(),
            published: AtomicU64::new(0),
            answers: Answers::Here,
            build_ms: AtomicU64::new(0),
            turn: Arc::default(),
            builds: Arc::new(tokio::sync::Semaphore::new(BUILDS_AT_ONCE)),
            effects: Effects::default(),
            named: NamedPlaces::default(),
            pages: None,
        }
    }
}

/// The workspace of what is meant for the whole organisation.
fn organisation() -> WorkspaceId {
    WorkspaceId::new("")
}

/// The glossary was not changed.
#[derive(Debug)]
pub enum CurationError {
    /// There is no such concept.
    Unknown(String),
    /// There is no such reader or template; the sentence says so.
    UnknownPrompt(String),
    /// There was none at the end of that day.
    NotYet {
        /// The concept.
        id: String,
        /// The day.
        day: String,
    },
    /// There is one already.
    Exists(String),
    /// Somebody else changed it after the author looked.
    Outdated {
        /// The concept.
        id: String,
        /// Its latest revision.
        revision: u32,
    },
    /// It was changed by somebody else, and the author does not say what they looked at.
    Unseen {
        /// The concept.
        id: String,
        /// Its latest revision.
        revision: u32,
    },
    /// It cannot be used as it is.
    Invalid(Vec<Finding>),
    /// It can be used, and whoever writes it has not read yet what it gets in the way of.
    Warned(Vec<Finding>),
    /// The person may not do this.
    NotAllowed(String),
    /// It makes no sense now; the sentence says why.
    Refused(String),
    /// The database does not answer.
    Store(StoreError),
    /// The glossary cannot be built at all, whatever is changed.
    Broken(String),
}

impl fmt::Display for CurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id) => write!(formatter, "There is no entry “{id}”."),
            Self::NotYet { id, day } => write!(formatter, "At the end of {day} there was no entry “{id}”."),
            Self::Exists(id) => {
                write!(formatter, "There is an entry “{id}” already. Change that one, or choose another id.")
            }
            Self::Outdated { id, revision } => write!(
                formatter,
                "Somebody changed “{id}” after you looked: its revision is {revision} now. Look at it, and make your change to that."
            ),
            Self::Unseen { id, revision } => write!(
                formatter,
                "“{id}” was last changed by somebody else. Say which revision you looked at (the latest is {revision}), so \
                 that nothing is overwritten unseen."
            ),
            Self::Invalid(findings) => {
                formatter.write_str("It cannot be used as it is:")?;
                findings.iter().try_for_each(|finding| write!(formatter, " {}", finding.message))
            }
            Self::Warned(findings) => {
                write!(formatter, "{LOOK_FIRST}:")?;
                findings.iter().try_for_each(|finding| write!(formatter, " {}", finding.message))
            }
            Self::NotAllowed(sentence) | Self::Refused(sentence) | Self::UnknownPrompt(sentence) => {
                formatter.write_str(sentence)
            }
            Self::Store(error) => write!(formatter, "{error}"),
            Self::Broken(sentence) => write!(formatter, "The glossary cannot be built: {sentence}"),
        }
    }
}

impl std::error::Error for CurationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl From<StoreError> for CurationError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
