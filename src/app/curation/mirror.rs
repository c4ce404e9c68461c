//! What the database holds of the glossary, read once and then kept up to date with what was changed since.
//!
//! Every search and every publication needs all of it, and reading tens of thousands of entries again for each would be most
//! of their time. Whether anything was changed is told by three numbers; what was, by the time of its change. Should the
//! numbers not agree afterwards (clocks of several processes differ), all of it is read again.

use std::{collections::BTreeMap, sync::Arc};

use super::{App, Concept, CurationError, Overlay, organisation, ties::Naming};
use crate::{
    clock::Timestamp,
    store::{ConceptStatus, ConceptsState, KeptConcept, StoredConcept},
};

/// All that was ever changed live, by id.
#[derive(Debug, Clone, Default)]
pub(super) struct Mirror {
    pub(super) entries: BTreeMap<Arc<str>, Arc<Kept>>,
    /// What the latest revisions name as related.
    pub(super) naming: Naming,
    state: ConceptsState,
}

/// A concept that was changed live.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) status: ConceptStatus,
    pub(super) revision: u32,
    pub(super) live_revision: Option<u32>,
    pub(super) author: String,
    pub(super) at: Timestamp,
    /// What its latest revision says; nothing when another version wrote what this one cannot read.
    pub(super) said: Option<Arc<Concept>>,
    counts: Counts,
}

/// What answers are made with.
#[derive(Debug)]
enum Counts {
    /// Whatever lies below.
    Nothing,
    /// These words.
    Words(Arc<Concept>),
    /// No words, not even those below.
    Hiding,
    /// Words of another version.
    Unreadable,
}

fn read(body: &str) -> Option<Arc<Concept>> {
    serde_json::from_str::<Concept>(body).ok().map(|concept| Arc::new(concept.complete()))
}

impl Kept {
    /// What a row says.
    pub(super) fn of(latest: StoredConcept) -> Self {
        Self::new(KeptConcept { latest, live: None })
    }

    /// What answers are made with, over what lies below.
    pub(super) fn counting<'a>(&'a self, below: Option<&'a Concept>) -> Option<&'a Concept> {
        match &self.counts {
            Counts::Nothing => below,
            Counts::Words(concept) => Some(concept),
            Counts::Hiding | Counts::Unreadable => None,
        }
    }

    /// Whether it waits for approval.
    pub(super) const fn waits(&self) -> bool {
        matches!(self.status, ConceptStatus::Draft | ConceptStatus::InReview)
    }

    fn new(KeptConcept { latest, live }: KeptConcept) -> Self {
        let said = read(&latest.body);
        let words = |concept: Option<Arc<Concept>>| concept.map_or(Counts::Unreadable, Counts::Words);
        let counts = match (live, latest.live_revision) {
            (Some(live), _) if live.status == ConceptStatus::Retired => Counts::Hiding,
            (Some(live), _) => words(read(&live.body)),
            (None, None) => Counts::Nothing,
            (None, Some(_)) if latest.status == ConceptStatus::Retired => Counts::Hiding,
            (None, Some(_)) => words(said.clone()),
        };
        let StoredConcept { revision, status, live_revision, author, at, .. } = latest;
        Self { status, revision, live_revision, author, at, said, counts }
    }
}

impl Mirror {
    /// Takes over what was changed, or everything.
    fn take(&mut self, rows: Vec<KeptConcept>) {
        for row in rows {
            let id = Arc::from(row.latest.id.as_str());
            self.insert(id, Arc::new(Kept::new(row)));
        }
    }

    fn insert(&mut self, id: Arc<str>, kept: Arc<Kept>) {
        self.state.latest = self.state.latest.max(kept.at.unix_seconds());
        self.state.revisions += i64::from(kept.revision);
        let earlier = self.entries.insert(Arc::clone(&id), Arc::clone(&kept));
        match &earlier {
            Some(earlier) => self.state.revisions -= i64::from(earlier.revision),
            None => self.state.count += 1,
        }
        if let Some(said) = earlier.as_ref().and_then(|earlier| earlier.said.as_deref()) {
            self.naming.forget(&id, said);
        }
        if let Some(said) = kept.said.as_deref() {
            self.naming.note(&id, said);
        }
    }

    /// What was not changed after this moment.
    pub(super) fn unchanged_since(&self, moment: Timestamp) -> Self {
        let mut unchanged = Self::default();
        for (id, kept) in self.entries.iter().filter(|(_, kept)| kept.at <= moment) {
            unchanged.insert(Arc::clone(id), Arc::clone(kept));
        }
        unchanged
    }

    /// What answers are made with; the ids of those that cannot be read come second.
    fn overlay(&self) -> (Overlay, Vec<&str>) {
        let (mut overlay, mut unreadable) = (Overlay::default(), Vec::new());
        for (id, kept) in &self.entries {
            match &kept.counts {
                Counts::Nothing => {}
                Counts::Words(concept) => {
                    overlay.concepts.insert(Arc::clone(id), Arc::clone(concept));
                }
                Counts::Hiding => {
                    overlay.hidden.insert(Arc::clone(id));
                }
                Counts::Unreadable => unreadable.push(&**id),
            }
        }
        (overlay, unreadable)
    }
}

impl App {
    /// All that was ever changed live, as it is now.
    pub(super) async fn mirror(&self) -> Result<Arc<Mirror>, CurationError> {
        // Whoever comes second waits for the first one's reading instead of reading the same.
        let mut held = self.curation.mirror.lock().await;
        let state = self.store().concepts_state(&organisation()).await?;
        if held.state == state {
            return Ok(Arc::clone(&held));
        }
        let since = self.store().kept_concepts(&organisation(), held.state.latest).await?;
        let mut changed = with(Mirror::clone(&held), since).await?;
        if changed.state != state {
            changed = with(Mirror::default(), self.store().kept_concepts(&organisation(), i64::MIN).await?).await?;
        }
        *held = Arc::new(changed);
        Ok(Arc::clone(&held))
    }

    /// Everything that is said live.
    pub(super) async fn overlay(&self) -> Result<Overlay, CurationError> {
        let mirror = self.mirror().await?;
        let (mut overlay, unreadable) = mirror.overlay();
        for concept in unreadable {
            tracing::warn!(concept, "a live change was written by another version and is left out");
        }
        overlay.files = self.live_prompts().await?;
        Ok(overlay)
    }
}

/// A mirror with these rows. Many take a processor for a while, which no request shall wait for.
pub(super) async fn with(mut mirror: Mirror, rows: Vec<KeptConcept>) -> Result<Mirror, CurationError> {
    let taken = tokio::task::spawn_blocking(move || {
        mirror.take(rows);
        mirror
    });
    taken.await.map_err(|error| CurationError::Broken(error.to_string()))
}
