//! The organisation's folders while the server runs: what changes there is in answers a moment later, without a restart. A mistake
//! leaves everything as it was and is told, in the log and to those who look after the glossary, until it is mended.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    app::{
        App,
        curation::{FolderTrouble, NotTakenUp},
    },
    clock::Clock,
    content::{Look, Watch},
};

/// The folders and whoever answers with what is in them.
#[derive(Debug)]
pub struct Folders {
    app: Arc<App>,
    watch: Arc<Mutex<Watch>>,
    clock: Clock,
    /// What changed could not be tried.
    is_waiting: bool,
}

impl Folders {
    /// Looks after the folders of a watch from now on.
    #[must_use]
    pub fn new(app: Arc<App>, watch: Watch, clock: Clock) -> Self {
        Self { app, watch: Arc::new(Mutex::new(watch)), clock, is_waiting: false }
    }

    /// Looks once, and takes up what has changed.
    pub async fn step(&mut self) {
        let watch = Arc::clone(&self.watch);
        // A look that panicked changed nothing that the next one relies on.
        let look = move || watch.lock().unwrap_or_else(PoisonError::into_inner).look();
        let look = tokio::task::spawn_blocking(look).await;
        let look = look.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn Error, "the folders cannot be looked at");
            Look::Same
        });
        match look {
            Look::Same | Look::Moving => {}
            Look::Changed(content) => match self.app.take_up(content).await {
                Ok(()) => {
                    self.is_waiting = false;
                    self.note(Vec::new());
                }
                Err(NotTakenUp::Mistakes(mistakes)) => self.note(mistakes.iter().map(ToString::to_string).collect()),
                Err(later) => {
                    if !self.is_waiting {
                        tracing::warn!(error = &later as &dyn Error, "changed folders are not in use yet");
                    }
                    self.is_waiting = true;
                    self.watch.lock().unwrap_or_else(PoisonError::into_inner).tell_again();
                }
            },
            Look::Unreadable(error) => self.note(vec![error.to_string()]),
        }
    }

    /// Notes and tells what is wrong with them, or that nothing is any more.
    fn note(&self, mistakes: Vec<String>) {
        let known = self.app.folder_trouble();
        if known.as_ref().map_or(&[][..], |known| known.mistakes.as_slice()) == mistakes {
            return;
        }
        for mistake in &mistakes {
            tracing::error!(mistake, "the folders cannot be used as they are; what they held before stays in answers");
        }
        if mistakes.is_empty() {
            tracing::info!("the folders can be used again");
        }
        let since = known.map_or_else(|| self.clock.now(), |known| known.since);
        let trouble = (!mistakes.is_empty()).then_some(FolderTrouble { mistakes, since });
        self.app.note_folder_trouble(trouble);
    }
}
