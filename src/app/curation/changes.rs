//! Creating, changing, approving, retiring and taking back.
//!
//! A change is a draft until somebody approves it; what was approved before goes on meanwhile. Nobody approves their own
//! words but an administrator, and nobody takes a step with words of others without saying which they looked at. What was
//! approved once may be brought back without a second approval, because taking a mistake back must be quick.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Answers, App, Comment, Concept, CurationError, Curator, Finding, Kept, Layer, Reach, Role, organisation,
    publish::Built, word::Deed,
};
use crate::{
    clock::Timestamp,
    store::{Changed, ConceptChange, ConceptStatus, StoredConcept, StoredRevision},
};

/// The longest reason that is kept.
pub const LONGEST_REASON: usize = 500;

/// What histories call the taking in of a file.
pub(super) const IMPORTED: &str = "imported";

/// What they call the taking in of a catalogue, which programs keep and not people.
pub(super) const CATALOGUED: &str = "catalogued";

/// Actions by which somebody became the author of what a concept says.
pub(super) const WRITING: [&str; 5] = ["created", "updated", "reverted", IMPORTED, CATALOGUED];

/// A concept as it stands, whichever layer it is in.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ConceptView {
    /// What it says.
    #[serde(flatten)]
    pub concept: Concept,
    /// `draft`, `in_review`, `approved` or `retired`.
    pub status: &'static str,
    /// The latest revision; 0 for what was never changed live.
    pub revision: u32,
    /// The revision that answers are made with, when it is a live change.
    pub live_revision: Option<u32>,
    /// Where it comes from.
    pub layer: Layer,
    /// What it lies over, the lowest first.
    pub overrides: Vec<Layer>,
    /// When it was last changed live.
    pub updated_at: Option<String>,
    /// By whom.
    pub updated_by: Option<String>,
    /// What somebody should know about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Finding>,
    /// It was changed now, and answers are not made with the change yet; a warning says so.
    #[serde(skip)]
    pub is_waiting: bool,
    /// The latest of what was said about it, for chats, which show an entry in one piece.
    #[serde(skip)]
    pub said_last: Vec<Comment>,
    /// What its draft would change, in canonical text, for chats; empty where nothing is tried.
    #[serde(skip)]
    pub tried: String,
}

/// One entry of a history.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Revision {
    /// Its number.
    pub revision: u32,
    /// When: `2026-11-25T09:30:00Z`.
    pub time: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Where the concept stood from here on.
    pub status: &'static str,
    /// Why.
    pub reason: String,
    /// Answers are made with it.
    pub is_live: bool,
    /// What it says.
    pub concept: Concept,
}

/// A part of a history, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// Its revisions.
    pub revisions: Vec<Revision>,
    /// How many there are on all pages.
    pub total: usize,
    /// Before which revision the page of earlier ones begins, when there is one.
    pub earlier: Option<u32>,
    /// The same for the page of later ones; `None` inside is the page with the latest.
    pub later: Option<Option<u32>>,
}

impl HistoryPage {
    /// So many revisions of a history, the latest first: those before one where it is named. Named by revision and not counted, a
    /// page stays what it was while others are added.
    #[must_use]
    pub fn of(history: Vec<Revision>, (before, most): (Option<u32>, usize)) -> Self {
        let total = history.len();
        let begin = before.map_or(0, |before| history.partition_point(|entry| entry.revision >= before));
        let later = (begin > 0).then(|| {
            let last = begin.saturating_sub(most).checked_sub(1)?;
            history.get(last).map(|entry| entry.revision)
        });
        let revisions: Vec<Revision> = history.into_iter().skip(begin).take(most).collect();
        let is_more = begin + revisions.len() < total;
        let earlier = revisions.last().map(|entry| entry.revision).filter(|_| is_more);
        Self { revisions, total, earlier, later }
    }
}

/// A step in a concept's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Hand a draft in for review.
    Submit,
    /// Send it back to its author.
    Return,
    /// Make answers with it.
    Approve,
    /// Make no more answers with it.
    Retire,
}

impl Step {
    pub(in crate::app) const fn needs(self) -> Role {
        match self {
            Self::Submit => Role::Author,
            Self::Return | Self::Approve | Self::Retire => Role::Curator,
        }
    }

    /// What histories call it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Submit => "submitted",
            Self::Return => "returned",
            Self::Approve => "approved",
            Self::Retire => "retired",
        }
    }
}

/// When answers are made with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Published {
    /// They are now, or nobody would notice.
    Now,
    /// Publishing failed, and is tried again by whoever follows the glossary.
    Later,
}

/// What is said about a change that could not be published at once.
pub const PUBLISHED_LATER: &str =
    "It is stored and will be in answers shortly: publishing it failed just now and is tried again by itself.";

impl ConceptView {
    fn warning_of(mut self, mut warnings: Vec<Finding>) -> Self {
        self.warnings.append(&mut warnings);
        self
    }
}

/// Who changes something, why and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Who.
    pub curator: &'a Curator,
    /// The latest revision that they looked at.
    pub seen: Option<u32>,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub now: Timestamp,
}

impl Change<'_> {
    /// Why, as far as it is kept.
    pub(super) fn reason(&self) -> &str {
        let reason = self.reason.trim();
        let end = reason.char_indices().nth(LONGEST_REASON).map_or(reason.len(), |(at, _)| at);
        reason.get(..end).unwrap_or(reason)
    }
}

/// How words are saved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Saving<'a> {
    /// They are handed in for review at once.
    pub is_handed_in: bool,
    /// The mark of the warnings that whoever writes them has read ([`Finding::mark_of`]), empty for none: nothing is saved that calls
    /// for others. Without it they are saved whatever there is to warn of, and the warnings told with them.
    pub read: Option<&'a str>,
}

/// A concept as the store keeps it.
pub(super) fn body(concept: &Concept) -> Result<String, CurationError> {
    serde_json::to_string(concept).map_err(|error| CurationError::Refused(error.to_string()))
}

pub(super) fn said(body: &str, id: &str) -> Result<Concept, CurationError> {
    serde_json::from_str(body).map_err(|_| unreadable(id))
}

/// A history as somebody may see it, the latest revision first. Revisions that held in other workspaces alone are not theirs to see.
pub(super) fn told(
    history: Vec<StoredRevision>,
    live: Option<u32>,
    (reach, id): (&Reach, &str),
) -> Result<Vec<Revision>, CurationError> {
    let told = |entry: StoredRevision| {
        Ok(Revision {
            revision: entry.revision,
            time: entry.at.rfc3339(),
            actor: entry.author,
            action: entry.action,
            status: entry.status.name(),
            reason: entry.reason,
            is_live: live == Some(entry.revision),
            concept: said(&entry.body, id)?,
        })
    };
    let mut told: Vec<Revision> = history.into_iter().rev().map(told).collect::<Result<_, CurationError>>()?;
    told.retain(|revision| reach.sees(&revision.concept));
    Ok(told)
}

/// Whether somebody may see any of a history. The latest revision usually tells.
pub(super) fn sees_any(history: &[StoredRevision], (reach, id): (&Reach, &str)) -> Result<bool, CurationError> {
    for revision in history.iter().rev() {
        if reach.sees(&said(&revision.body, id)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unreadable(id: &str) -> CurationError {
    CurationError::Refused(format!("“{id}” was written by another version and cannot be read."))
}

impl App {
    /// A concept as it stands.
    ///
    /// # Errors
    /// There is none that the asker may see, or the database does not answer.
    pub async fn concept(&self, reach: &Reach, id: &str) -> Result<ConceptView, CurationError> {
        let stored = self.store().concept(&organisation(), id).await?;
        let view = self.view_for(reach, id, stored)?;
        let lost_words = self.lost_words(reach, &view).await?;
        let said_twice = self.said_twice(reach, &view).await?;
        Ok(view.warning_of(lost_words).warning_of(said_twice))
    }

    /// The same as it was read; one that the asker may not see is none.
    pub(super) fn view_for(
        &self,
        reach: &Reach,
        id: &str,
        stored: Option<StoredConcept>,
    ) -> Result<ConceptView, CurationError> {
        let view = self.view(id, stored)?;
        if reach.sees(&view.concept) { Ok(view) } else { Err(CurationError::Unknown(id.to_owned())) }
    }

    /// The same for somebody who wants to change it.
    pub(super) fn view_to_change(
        &self,
        curator: &Curator,
        id: &str,
        stored: Option<StoredConcept>,
    ) -> Result<ConceptView, CurationError> {
        let view = self.view_for(&curator.reach, id, stored)?;
        curator.reach.need_all_of(&view.concept)?;
        Ok(view)
    }

    pub(super) fn view(&self, id: &str, stored: Option<StoredConcept>) -> Result<ConceptView, CurationError> {
        self.view_of(id, stored.map(Kept::of).as_ref())
    }

    /// A concept as it stands, from what is kept of it.
    pub(super) fn view_of(&self, id: &str, kept: Option<&Kept>) -> Result<ConceptView, CurationError> {
        let below = self.curation.base();
        let base = below.catalogue().entries.get(id);
        let Some(kept) = kept else {
            let base = base.ok_or_else(|| CurationError::Unknown(id.to_owned()))?;
            return Ok(ConceptView {
                concept: base.concept.clone(),
                status: ConceptStatus::Approved.name(),
                revision: 0,
                live_revision: None,
                layer: base.layer,
                overrides: base.overrides.clone(),
                updated_at: None,
                updated_by: None,
                warnings: Vec::new(),
                is_waiting: false,
                said_last: Vec::new(),
                tried: String::new(),
            });
        };
        let lies_over =
            || base.map(|base| base.overrides.iter().copied().chain([base.layer]).collect()).unwrap_or_default();
        let is_withdrawn = kept.status == ConceptStatus::Withdrawn;
        let (concept, status, layer, overrides) = match base.filter(|_| is_withdrawn) {
            Some(base) => (base.concept.clone(), ConceptStatus::Approved.name(), base.layer, base.overrides.clone()),
            None => {
                let said = kept.said.as_deref().ok_or_else(|| unreadable(id))?;
                (said.clone(), kept.status.name(), Layer::Live, lies_over())
            }
        };
        Ok(ConceptView {
            concept,
            status,
            revision: kept.revision,
            live_revision: kept.live_revision,
            layer,
            overrides,
            updated_at: Some(kept.at.rfc3339()),
            updated_by: Some(kept.author.clone()),
            warnings: Vec::new(),
            is_waiting: false,
            said_last: Vec::new(),
            tried: String::new(),
        })
    }

    /// Everything that was ever done to a concept live, the latest first, as far as the asker may see it.
    ///
    /// # Errors
    /// There is no such concept, or the database does not answer.
    pub async fn concept_history(&self, reach: &Reach, id: &str) -> Result<Vec<Revision>, CurationError> {
        self.history_of(reach, &self.concept(reach, id).await?).await
    }

    /// The same a page at a time: so many revisions, those before one where it is named.
    ///
    /// # Errors
    /// There is no such concept, or the database does not answer.
    pub async fn concept_history_page(
        &self,
        reach: &Reach,
        id: &str,
        (before, most): (Option<u32>, usize),
    ) -> Result<HistoryPage, CurationError> {
        Ok(HistoryPage::of(self.concept_history(reach, id).await?, (before, most)))
    }

    /// The same for a concept that was read.
    pub(in crate::app) async fn history_of(
        &self,
        reach: &Reach,
        view: &ConceptView,
    ) -> Result<Vec<Revision>, CurationError> {
        let id = &view.concept.id;
        told(self.store().concept_history(&organisation(), id).await?, view.live_revision, (reach, id))
    }

    /// Adds a concept as a draft, or handed in for review at once.
    ///
    /// # Errors
    /// The person may not, there is such a concept, it cannot be used, there are warnings to read first, or the database does not
    /// answer.
    pub async fn create_concept(
        self: &Arc<Self>,
        change: Change<'_>,
        concept: Concept,
        saving: Saving<'_>,
    ) -> Result<ConceptView, CurationError> {
        change.curator.need(Role::Author)?;
        let concept = change.curator.reach.placed(concept).complete();
        if self.store().concept(&organisation(), &concept.id).await?.is_some() {
            return Err(CurationError::Exists(concept.id));
        }
        match self.view_to_change(change.curator, &concept.id, None) {
            Err(CurationError::Unknown(id)) if self.curation.base().catalogue().entries.contains_key(&id) => {
                return Err(CurationError::Exists(id));
            }
            Ok(_) | Err(CurationError::Unknown(_)) => {}
            Err(error) => return Err(error),
        }
        let change = Change { seen: Some(0), ..change };
        self.write(change, concept, None, saving).await
    }

    /// Says a concept anew: a draft, until it is approved.
    ///
    /// # Errors
    /// The person may not, somebody else was faster, it cannot be used, there are warnings to read first, or the database does not
    /// answer.
    pub async fn update_concept(
        self: &Arc<Self>,
        change: Change<'_>,
        concept: Concept,
        saving: Saving<'_>,
    ) -> Result<ConceptView, CurationError> {
        change.curator.need(Role::Author)?;
        let concept = concept.complete();
        let stored = self.store().concept(&organisation(), &concept.id).await?;
        match self.view_to_change(change.curator, &concept.id, stored.clone()) {
            // Words of another version are written anew by whoever may change all entries.
            Err(CurationError::Refused(_)) if change.curator.reach == Reach::Everything => {}
            view => drop(view?),
        }
        self.write(change, concept, stored, saving).await
    }

    async fn write(
        self: &Arc<Self>,
        change: Change<'_>,
        concept: Concept,
        stored: Option<StoredConcept>,
        Saving { is_handed_in, read }: Saving<'_>,
    ) -> Result<ConceptView, CurationError> {
        change.curator.reach.need_all_of(&concept)?;
        let id = concept.id.clone();
        let seen = seen(&id, stored.as_ref(), &change)?;
        let warnings = self.check(&concept, seen).await?.usable()?;
        if read.is_some_and(|read| !warnings.is_empty() && read != Finding::mark_of(&warnings)) {
            return Err(CurationError::Warned(warnings));
        }
        let status = if is_handed_in { ConceptStatus::InReview } else { ConceptStatus::Draft };
        let action = if stored.is_none() { "created" } else { "updated" };
        let live_revision = stored.and_then(|stored| stored.live_revision);
        let view = self.save(change, &concept, seen, (status, action), (live_revision, false), None).await?;
        if is_handed_in {
            self.tell_of(change, &view, Deed::Step(Step::Submit)).await;
        }
        Ok(view.warning_of(warnings))
    }

    /// Takes a step in a concept's life.
    ///
    /// # Errors
    /// The person may not, the step makes no sense now, somebody else was faster, or the database does not answer.
    pub async fn move_concept(
        self: &Arc<Self>,
        change: Change<'_>,
        id: &str,
        step: Step,
    ) -> Result<ConceptView, CurationError> {
        change.curator.need(step.needs())?;
        let stored = self.store().concept(&organisation(), id).await?;
        let view = self.view_to_change(change.curator, id, stored.clone())?;
        let revision = seen(id, stored.as_ref(), &change)?;
        let is_in_base = self.curation.base().catalogue().entries.contains_key(id);
        let next = revision + 1;
        let (mut warnings, mut built) = (Vec::new(), None);
        let (status, live) = match (step, view.status) {
            (Step::Approve, "approved") | (Step::Submit, "in_review") | (Step::Retire, "retired") => return Ok(view),
            (Step::Submit, "draft") => (ConceptStatus::InReview, (view.live_revision, false)),
            (Step::Return, "in_review") => (ConceptStatus::Draft, (view.live_revision, false)),
            (Step::Approve, "draft" | "in_review") => {
                self.refuse_own_words(change.curator, id).await?;
                let check;
                (check, built) = self.check_to_publish(&view.concept, revision).await?;
                warnings = check.approvable()?;
                (ConceptStatus::Approved, (Some(next), true))
            }
            // What lies below would be found again, so its hiding counts as well.
            (Step::Retire, _) => {
                let is_noticed = is_in_base || view.live_revision.is_some();
                (ConceptStatus::Retired, (is_in_base.then_some(next), is_noticed))
            }
            (_, status) => {
                let is = status.replace('_', " ");
                return Err(CurationError::Refused(format!("“{id}” is {is}, so it cannot be {} now.", step.action())));
            }
        };
        let view = self.save(change, &view.concept, revision, (status, step.action()), live, built).await?;
        self.tell_of(change, &view, Deed::Step(step)).await;
        Ok(view.warning_of(warnings))
    }

    async fn refuse_own_words(&self, curator: &Curator, id: &str) -> Result<(), CurationError> {
        if curator.role == Role::Admin {
            return Ok(());
        }
        let history = self.store().concept_history(&organisation(), id).await?;
        let steps = history.iter().map(|entry| (entry.status, &*entry.action, &*entry.author));
        if writers_of_open_words(steps).contains(&curator.name.as_str()) {
            return Err(CurationError::NotAllowed("You wrote this, so somebody else has to approve it.".to_owned()));
        }
        Ok(())
    }

    /// Says what an earlier revision said. One that was approved counts at once; another one is a draft. Revision 0 takes all
    /// live changes back, so that what lies below counts again.
    ///
    /// # Errors
    /// The person may not, there is no such revision, somebody else was faster, or the database does not answer.
    pub async fn revert_concept(
        self: &Arc<Self>,
        change: Change<'_>,
        id: &str,
        revision: u32,
    ) -> Result<ConceptView, CurationError> {
        change.curator.need(Role::Curator)?;
        let stored = self.store().concept(&organisation(), id).await?;
        self.view_to_change(change.curator, id, stored.clone())?;
        let Some(stored) = stored else {
            return Err(CurationError::Refused(format!(
                "“{id}” was never changed, so there is nothing to go back to."
            )));
        };
        let seen = seen(id, Some(&stored), &change)?;
        if revision == 0 {
            let below = self.curation.base();
            let base = below.catalogue().entries.get(id).ok_or_else(|| {
                CurationError::Refused(format!("Nothing lies below “{id}” that could count again. Retire it instead."))
            })?;
            change.curator.reach.need_all_of(&base.concept)?;
            let state = (ConceptStatus::Withdrawn, "withdrawn");
            let live = (None, stored.live_revision.is_some());
            let view = self.save(change, &base.concept, seen, state, live, None).await?;
            self.tell_of(change, &view, Deed::Withdrawn).await;
            return Ok(view);
        }
        let history = self.store().concept_history(&organisation(), id).await?;
        let wanted = history.iter().find(|entry| entry.revision == revision).ok_or_else(|| {
            CurationError::Refused(format!(
                "“{id}” has no revision {revision}: its revisions are 1 to {}.",
                stored.revision
            ))
        })?;
        let concept = said(&wanted.body, id)?;
        change.curator.reach.need_all_of(&concept)?;
        // The approval of the same words, before or after that revision, is what counts.
        let was_approved =
            history.iter().any(|entry| entry.status == ConceptStatus::Approved && entry.body == wanted.body);
        let (warnings, status, live, built) = if was_approved {
            let (check, built) = self.check_to_publish(&concept, seen).await?;
            (check.approvable()?, ConceptStatus::Approved, (Some(seen + 1), true), built)
        } else {
            let check = self.check(&concept, seen).await?;
            (check.usable()?, ConceptStatus::Draft, (stored.live_revision, false), None)
        };
        let view = self.save(change, &concept, seen, (status, "reverted"), live, built).await?;
        self.tell_of(change, &view, Deed::Reverted).await;
        Ok(view.warning_of(warnings))
    }

    /// Writes one revision and gives the concept as it stands then. `built` is the engine that was built to check what is to be
    /// published.
    async fn save(
        self: &Arc<Self>,
        change: Change<'_>,
        concept: &Concept,
        seen: u32,
        (status, action): (ConceptStatus, &str),
        (live_revision, is_published): (Option<u32>, bool),
        built: Option<Built>,
    ) -> Result<ConceptView, CurationError> {
        let body = body(concept)?;
        let row = ConceptChange {
            id: &concept.id,
            seen,
            status,
            live_revision,
            is_published,
            action,
            body: &body,
            author: &change.curator.name,
            reason: change.reason(),
        };
        let published = self.commit(&[row], change.now, built).await?;
        // Told from what was written: what is stored is no failure, even when the database does not answer any more.
        let stored = StoredConcept {
            id: concept.id.clone(),
            revision: seen + 1,
            status,
            live_revision,
            body,
            author: change.curator.name.clone(),
            at: change.now,
        };
        let mut view = self.view(&concept.id, Some(stored))?;
        if published == Published::Later {
            view.is_waiting = true;
            view.warnings.push(Finding { field: None, message: PUBLISHED_LATER.to_owned() });
        }
        Ok(view)
    }

    /// Writes revisions, all or none, and publishes them when readers notice. What was written is written, so a publication
    /// that fails is no error.
    pub(super) async fn commit(
        self: &Arc<Self>,
        rows: &[ConceptChange<'_>],
        now: Timestamp,
        built: Option<Built>,
    ) -> Result<Published, CurationError> {
        if let Changed::Outdated(id) = self.store().change_concepts(&organisation(), rows, now).await? {
            let revision = self.store().concept(&organisation(), &id).await?.map_or(0, |concept| concept.revision);
            return Err(CurationError::Outdated { id, revision });
        }
        let published: Vec<&str> = rows.iter().filter(|row| row.is_published).map(|row| row.id).collect();
        if published.is_empty() {
            return Ok(Published::Now);
        }
        // Another engine would be built for nothing, but to see which requests are answered by now.
        if self.curation.answers == Answers::Elsewhere
            && self.store().requested_terms().await.is_ok_and(|terms| terms.is_empty())
        {
            return Ok(Published::Now);
        }
        if let Err(error) = self.publish_over(None, built).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a change is stored and not in answers yet");
            return Ok(Published::Later);
        }
        self.close_answered(&published).await;
        Ok(Published::Now)
    }
}

/// A step in a concept's history: where it stood from then on, what was done, and by whom.
pub(super) type Taken<'h> = (ConceptStatus, &'h str, &'h str);

/// Who wrote what nobody has approved yet, the latest first. Whoever corrects a comma of it last does not make it theirs:
/// everybody counts who wrote since what somebody else looked at, or since what lies below was taken up again.
pub(super) fn writers_of_open_words<'h>(steps: impl DoubleEndedIterator<Item = Taken<'h>>) -> Vec<&'h str> {
    let is_over = |(status, ..): &Taken<'_>| !matches!(status, ConceptStatus::Approved | ConceptStatus::Withdrawn);
    let mut writers: Vec<&str> = Vec::new();
    for (_, action, author) in steps.rev().take_while(is_over) {
        if WRITING.contains(&action) && !writers.contains(&author) {
            writers.push(author);
        }
    }
    writers
}

/// The revision that a change or step is made to. Without saying what they looked at, people may only go on from their own
/// change: then there is nothing of somebody else's that they could overwrite, or make answers with, unseen.
fn seen(id: &str, stored: Option<&StoredConcept>, change: &Change<'_>) -> Result<u32, CurationError> {
    seen_latest(id, stored.map(|stored| (stored.revision, stored.author.as_str())), change)
}

/// The same for whatever has revisions: the latest one and its author.
pub(super) fn seen_latest(id: &str, latest: Option<(u32, &str)>, change: &Change<'_>) -> Result<u32, CurationError> {
    let revision = latest.map_or(0, |(revision, _)| revision);
    match change.seen {
        Some(seen) if seen == revision => Ok(revision),
        Some(_) => Err(CurationError::Outdated { id: id.to_owned(), revision }),
        None => {
            let is_theirs = latest.is_none_or(|(_, author)| author == change.curator.name);
            if is_theirs { Ok(revision) } else { Err(CurationError::Unseen { id: id.to_owned(), revision }) }
        }
    }
}
