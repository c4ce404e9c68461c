//! Word to those whom a step concerns: the owner of an entry and its last author hear in their own chat what somebody else did
//! with it. One step gives one person one message, and nobody hears of their own.

use super::{
    Account, App, Change, ConceptView, CurationError, Reach, Step, changes::WRITING, organisation, shared::Shared,
};
use crate::{
    app::{Actor, Word, canonical, intake::NotTakenOn},
    ids::RequestId,
    store::StoredRevision,
};

/// Why something concerns somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Author,
    Owner,
}

/// Whoever wrote what an entry says last.
pub(super) fn last_author(history: &[StoredRevision]) -> Option<&str> {
    let last = history.iter().rev().find(|entry| WRITING.contains(&entry.action.as_str()));
    last.map(|entry| entry.author.as_str())
}

impl App {
    /// Tells those whom a step concerns of it. The step was taken, whatever becomes of this.
    pub(super) async fn tell_of_step(&self, change: Change<'_>, view: &ConceptView, step: Step) {
        if let Err(error) = self.try_to_tell(change, view, step).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told of a step of the glossary");
        }
    }

    async fn try_to_tell(&self, change: Change<'_>, view: &ConceptView, step: Step) -> Result<(), CurationError> {
        let history = self.store().concept_history(&organisation(), &view.concept.id).await?;
        let parts = [(last_author(&history), Part::Author), (Some(view.concept.owner.as_str()), Part::Owner)];
        let mut told: Vec<String> = vec![change.curator.name.clone()];
        for (called, part) in parts {
            let Some(called) = called.map(str::trim).filter(|called| !called.is_empty()) else { continue };
            let Some((name, account)) = self.account_called(called, part, view).await? else { continue };
            if told.contains(&name) {
                continue;
            }
            told.push(name);
            let text = sentence(change, view, step, part);
            let id = format!("glossary {} {} {}", view.concept.id, view.revision, account.person);
            let word = Word { to: Actor::new(account.workspace, account.person), text };
            self.take_on_word(account.platform, &RequestId::new(id), &word, change.now.into())
                .await
                .map_err(unwritten)?;
        }
        Ok(())
    }

    /// The account of whoever goes by this name: as histories write it, by the id on the platform, or by the name in front of
    /// the id where only one has that. Anybody can be named as an owner, so nobody is told by it of an entry that they may not see.
    async fn account_called(
        &self,
        called: &str,
        part: Part,
        view: &ConceptView,
    ) -> Result<Option<(String, Account)>, CurationError> {
        let mut found = self.store().accounts_called(called).await?;
        match part {
            // Histories write whole names, and who wrote an entry could see it.
            Part::Author => found.retain(|(name, _)| name == called),
            Part::Owner => found.retain(|(_, account)| {
                Reach::of_account(account.platform, None, &account.workspace, Shared::Seen).sees(&view.concept)
            }),
        }
        if let Some(exact) = found.iter().position(|(name, _)| name == called) {
            return Ok(Some(found.swap_remove(exact)));
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }
}

fn unwritten(error: NotTakenOn) -> CurationError {
    match error {
        NotTakenOn::Store(error) => CurationError::Store(error),
        other => CurationError::Refused(other.to_string()),
    }
}

/// What was done, in canonical text. What people wrote stands in it as they wrote it, and calls nobody.
fn sentence(change: Change<'_>, view: &ConceptView, step: Step, part: Part) -> String {
    let entry = format!("“{}”", view.concept.preferred());
    let theirs = match part {
        Part::Author => ", which you wrote",
        Part::Owner => ", of which you are the owner",
    };
    let who = &change.curator.name;
    let done = match step {
        Step::Submit => format!("{who} handed in {entry}{theirs}, for review."),
        Step::Return => format!("{who} sent back {entry}{theirs}: it is a draft again."),
        Step::Approve if view.is_waiting => format!("{who} approved {entry}{theirs}: it will be in answers shortly."),
        Step::Approve => format!("{who} approved {entry}{theirs}: it is in every answer from now on."),
        Step::Retire => format!("{who} retired {entry}{theirs}: no answer is made with it any more."),
    };
    let mut text = String::new();
    canonical::push_raw(&mut text, &done);
    if !change.reason().is_empty() {
        text.push_str("\nReason: ");
        canonical::push_raw(&mut text, &change.reason().replace('\n', " "));
    }
    text.push_str("\nTo look at it, write to me: glossary ");
    canonical::push_raw(&mut text, &view.concept.id);
    text
}
