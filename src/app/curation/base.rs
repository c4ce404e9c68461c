//! What lies under live changes: what ships, and the organisation's folders over it. Another one may take its place while
//! everything runs, because somebody changed a file there.

use std::{
    fmt,
    sync::{Arc, OnceLock, PoisonError},
};

use super::{App, Catalogue, Curation, CurationError};
use crate::{
    clock::Timestamp,
    engine::{Content, ContentError, Engine},
};

/// Everything below live changes, as it was read last.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) content: Content,
    /// The same as data, made when somebody looks.
    catalogue: OnceLock<Catalogue>,
}

impl Base {
    pub(super) fn over(content: Content) -> Self {
        Self { content, catalogue: OnceLock::new() }
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        self.catalogue.get_or_init(|| Catalogue::of(&self.content))
    }
}

impl Curation {
    /// Take it once for whatever must fit together: the next call may give another one.
    pub(super) fn base(&self) -> Arc<Base> {
        // Nothing can panic while the lock is held, and an `Arc` is whole in any case.
        Arc::clone(&self.base.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace_base(&self, base: Arc<Base>) {
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = base;
    }
}

/// The organisation's folders cannot be used as they are, so answers are made with what they held before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderTrouble {
    /// What is wrong and how it is mended, one sentence for each mistake, with file and line.
    pub mistakes: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

/// Changed folders are not in use.
#[derive(Debug)]
pub enum NotTakenUp {
    /// There are mistakes in them. Trying again helps when they are mended.
    Mistakes(Vec<ContentError>),
    /// It could not be tried: the database does not answer.
    Later(CurationError),
}

impl fmt::Display for NotTakenUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistakes(mistakes) => {
                formatter.write_str("there are mistakes in the files:")?;
                mistakes.iter().try_for_each(|mistake| write!(formatter, "\n{mistake}"))
            }
            Self::Later(error) => write!(formatter, "{error}"),
        }
    }
}

impl std::error::Error for NotTakenUp {}

impl App {
    /// Makes answers with this content under the live changes, instead of what lay there before.
    ///
    /// # Errors
    /// It has mistakes in it, as a start would tell them, or the database does not answer. Then everything stays as it is.
    pub async fn take_up(self: &Arc<Self>, content: Content) -> Result<(), NotTakenUp> {
        if self.curation.base().content == content {
            return Ok(());
        }
        // A live change may hide a mistake, and the next start would not.
        let check = tokio::task::spawn_blocking(move || match Engine::build(&content) {
            Ok(_) => Ok(content),
            Err(mistakes) => Err(NotTakenUp::Mistakes(mistakes)),
        });
        let broken = |error: tokio::task::JoinError| NotTakenUp::Later(CurationError::Broken(error.to_string()));
        let content = check.await.map_err(broken)??;
        self.publish_over(Some(Arc::new(Base::over(content))), None).await.map_err(NotTakenUp::Later)
    }

    /// What is wrong with the organisation's folders, while something is.
    #[must_use]
    pub fn folder_trouble(&self) -> Option<Arc<FolderTrouble>> {
        self.curation.folder_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what is wrong with the folders, or that nothing is.
    pub fn note_folder_trouble(&self, trouble: Option<FolderTrouble>) {
        *self.curation.folder_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble.map(Arc::new);
    }
}
