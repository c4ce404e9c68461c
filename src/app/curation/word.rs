//! Word to those whom a step or a comment concerns: the owner of an entry and its last author hear in their own chat what somebody
//! else did with it or said about it. One step gives one person one message, and nobody hears of their own.

use std::sync::Arc;

use super::{
    Account, App, Change, Comment, ConceptView, CurationError, Curator, Effect, Reach, Step, changes::WRITING,
    organisation, shared::Shared, tried::told_of,
};
use crate::{
    app::{Actor, Word, canonical, intake::NotTakenOn},
    clock::Timestamp,
    engine::workspace_of,
    ids::{OrganisationId, Platform, RequestId, WorkspaceId},
    store::StoredRevision,
};

/// What somebody did with an entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed<'a> {
    /// A step of its life.
    Step(Step),
    /// Earlier words took the place of the latest ones.
    Reverted,
    /// All live changes were taken back.
    Withdrawn,
    /// They said something about it.
    Commented(&'a Comment),
}

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
    /// Tells those whom it concerns what was done. It was done, whatever becomes of this.
    pub(super) async fn tell_of(&self, change: Change<'_>, view: &ConceptView, deed: Deed<'_>) {
        if let Err(error) = self.try_to_tell(change, view, deed).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told of a step of the glossary");
        }
    }

    async fn try_to_tell(&self, change: Change<'_>, view: &ConceptView, deed: Deed<'_>) -> Result<(), CurationError> {
        let mut history = self.store().concept_history(&organisation(), &view.concept.id).await?;
        if matches!(deed, Deed::Reverted | Deed::Withdrawn) {
            // Whoever wrote the words that count no longer is concerned, and not who brought back the others.
            history.retain(|entry| entry.revision < view.revision);
        }
        let parts = [(last_author(&history), Part::Author), (Some(view.concept.owner.as_str()), Part::Owner)];
        let mut told: Vec<String> = vec![change.curator.name.clone()];
        for (called, part) in parts {
            let Some(called) = called.map(str::trim).filter(|called| !called.is_empty()) else { continue };
            let Some((name, account)) = self.account_called(called, part, change, view).await? else { continue };
            if told.contains(&name) {
                continue;
            }
            told.push(name);
            let text = sentence(change, view, deed, part);
            let what = match deed {
                Deed::Commented(comment) => format!("comment {}", comment.number),
                _ => view.revision.to_string(),
            };
            let id = format!("glossary {} {what} {}", view.concept.id, account.person);
            let platform = account.platform;
            let word = Word { to: self.reached(account, view).await?, text };
            self.take_on_word(platform, &RequestId::new(id), &word, change.now.into()).await.map_err(unwritten)?;
        }
        Ok(())
    }

    /// Tells somebody in their own conversation what the draft that they looked at would change, when trying it took longer than they
    /// were kept waiting. Once for each revision.
    pub(super) async fn tell_of_effect(
        &self,
        asker: &Curator,
        view: &ConceptView,
        tried: Result<Arc<Effect>, CurationError>,
        now: Timestamp,
    ) {
        if let Err(error) = self.try_to_tell_of_effect(asker, view, tried, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told what a draft would change");
        }
    }

    async fn try_to_tell_of_effect(
        &self,
        asker: &Curator,
        view: &ConceptView,
        tried: Result<Arc<Effect>, CurationError>,
        now: Timestamp,
    ) -> Result<(), CurationError> {
        // Whoever looks in a chat has an account there.
        let Some(account) = self.account_of(asker).await? else { return Ok(()) };
        let id = format!("glossary {} tried {} {}", view.concept.id, view.revision, account.person);
        let mut text = String::new();
        let entry = format!("What “{}” would change (revision {}): ", view.concept.preferred(), view.revision);
        canonical::push_raw(&mut text, &(entry + &told_of(tried)));
        self.lead_to_effect(&view.concept.id, &mut text);
        push_way(&mut text, view);
        let platform = account.platform;
        let word = Word { to: self.reached(account, view).await?, text };
        self.take_on_word(platform, &RequestId::new(id), &word, now.into()).await.map_err(unwritten)?;
        Ok(())
    }

    /// The account of whoever goes by this name: as histories write it, by the id on the platform, or by the name in front of
    /// the id where only one has that. Anybody can be named as an owner, so nobody is told by it of an entry that they may not see.
    async fn account_called(
        &self,
        called: &str,
        part: Part,
        change: Change<'_>,
        view: &ConceptView,
    ) -> Result<Option<(String, Account)>, CurationError> {
        let mut found = Vec::new();
        for (name, account) in self.store().accounts_called(called).await? {
            let is_meant = match part {
                // Histories write whole names, and who wrote an entry could see it.
                Part::Author => name == called,
                Part::Owner => self.may_see(&account, change, view).await?,
            };
            if is_meant {
                found.push((name, account));
            }
        }
        if let Some(exact) = found.iter().position(|(name, _)| name == called) {
            return Ok(Some(found.swap_remove(exact)));
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// Whether somebody with this account may see an entry. People of an organisation are known by its id, which does not say in
    /// which of its workspaces they are: an entry of any of these is theirs. Which ones they are is known from whoever takes the
    /// step, and from where the app is installed.
    async fn may_see(&self, account: &Account, change: Change<'_>, view: &ConceptView) -> Result<bool, CurationError> {
        let concept = &view.concept;
        if Reach::of_account(account.platform, None, &account.workspace, Shared::Seen).sees(concept) {
            return Ok(true);
        }
        let taker = &change.curator.reach;
        if *taker != Reach::Everything && taker.holds(&account.place()) {
            return Ok(taker.sees(concept));
        }
        let (organisation, theirs) = self.organisation_of(account).await?;
        let sees =
            |workspace| Reach::of_account(account.platform, Some(&organisation), workspace, Shared::Seen).sees(concept);
        Ok(theirs.iter().any(sees))
    }

    /// The account's workspace as an organisation, and the workspaces in which that one has the app: none where it is no organisation.
    async fn organisation_of(&self, account: &Account) -> Result<(OrganisationId, Vec<WorkspaceId>), CurationError> {
        let organisation = OrganisationId::new(account.workspace.as_str());
        let workspaces = self.store().workspaces_of(account.platform, &organisation).await?;
        Ok((organisation, workspaces))
    }

    /// Where somebody is told something of an entry: where the app is installed for their account, else in a workspace of their
    /// organisation where it is, best in one in which the entry holds.
    async fn reached(&self, account: Account, view: &ConceptView) -> Result<Actor, CurationError> {
        let whole = Actor::new(account.workspace.clone(), account.person.clone());
        let (organisation, mut workspaces) = self.organisation_of(&account).await?;
        let everywhere = Actor { organisation: Some(organisation), ..whole.clone() };
        if workspaces.is_empty() || self.installation_is_alive(account.platform, &everywhere).await? {
            return Ok(whole);
        }
        let holds_there = |workspace: &WorkspaceId| {
            let place = Account { workspace: workspace.clone(), ..account.clone() }.place();
            view.concept.scope.iter().any(|scope| workspace_of(scope) == place)
        };
        let best = workspaces.iter().position(holds_there).unwrap_or(0);
        Ok(Actor { workspace: workspaces.swap_remove(best), ..everywhere })
    }

    async fn installation_is_alive(&self, platform: Platform, actor: &Actor) -> Result<bool, CurationError> {
        let found = self.installation(platform, actor).await?;
        Ok(found.is_some_and(|installation| !installation.is_disabled))
    }
}

fn unwritten(error: NotTakenOn) -> CurationError {
    match error {
        NotTakenOn::Store(error) => CurationError::Store(error),
        other => CurationError::Refused(other.to_string()),
    }
}

/// What was done, in canonical text. What people wrote stands in it as they wrote it, and calls nobody.
fn sentence(change: Change<'_>, view: &ConceptView, deed: Deed<'_>, part: Part) -> String {
    let entry = format!("“{}”", view.concept.preferred());
    let theirs = match part {
        Part::Author => ", which you wrote",
        Part::Owner => ", of which you are the owner",
    };
    let who = &change.curator.name;
    let done = match deed {
        Deed::Step(Step::Submit) => format!("{who} handed in {entry}{theirs}, for review."),
        Deed::Step(Step::Return) => format!("{who} sent back {entry}{theirs}: it is a draft again."),
        Deed::Step(Step::Approve) if view.is_waiting => {
            format!("{who} approved {entry}{theirs}: it will be in answers shortly.")
        }
        Deed::Step(Step::Approve) => format!("{who} approved {entry}{theirs}: it is in every answer from now on."),
        Deed::Step(Step::Retire) => format!("{who} retired {entry}{theirs}: no answer is made with it any more."),
        Deed::Reverted if view.is_pending() => {
            format!("{who} went back to earlier words of {entry}{theirs}: they are a draft.")
        }
        Deed::Reverted if view.is_waiting => {
            format!("{who} went back to earlier words of {entry}{theirs}: they will be in answers shortly.")
        }
        Deed::Reverted => {
            format!("{who} went back to earlier words of {entry}{theirs}: they are in every answer again.")
        }
        Deed::Withdrawn => format!("{who} took all changes of {entry}{theirs}, back: what lies below counts again."),
        Deed::Commented(comment) => {
            format!("{who} commented on {entry}{theirs}: {}", comment.text.replace('\n', " "))
        }
    };
    let mut text = String::new();
    canonical::push_raw(&mut text, &done);
    if !change.reason().is_empty() {
        text.push_str("\nReason: ");
        canonical::push_raw(&mut text, &change.reason().replace('\n', " "));
    }
    push_way(&mut text, view);
    text
}

/// How to get to the entry.
fn push_way(text: &mut String, view: &ConceptView) {
    text.push_str("\nTo look at it, write to me: glossary ");
    canonical::push_raw(text, &view.concept.id);
}
