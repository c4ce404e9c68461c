//! What is met while messages are rewritten and terms explained: entries, and words that nobody has explained. It is looked at
//! beside the answers and gathered in memory, so that no answer waits for it; [`App::note_what_was_met`] writes it down. So is what a
//! person asked about, and how deliveries were received.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Semaphore;

use super::{
    Actor, App, Request,
    asked::{self, HeldAsked},
};
use crate::{
    clock::Timestamp,
    engine::{Engine, Explanation, ExplanationStatus, Met, SourceText},
    ids::{PersonId, Platform, WorkspaceId},
    store::{Asked, EntryJudgement, EntryUse, GapSighting, Marker, Received, StoreError, stretch_of},
};

pub use crate::store::Reception;

/// Messages that are looked at, or wait for it, at once. Of more than that nothing is gathered: answers come first.
const LOOKS_AT_ONCE: u32 = 16;
/// Words of people that are held until they are written down.
const MOST_SIGHTINGS: usize = 10_000;
/// Entries that are held so, each day for itself.
const MOST_USES: usize = 100_000;

/// Whether unknown words are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// They are.
    Counted,
    /// The settings say no.
    TurnedOff,
    /// There is no key for the marks in place of people.
    WithoutKey,
}

/// Who met a word, as far as it may be known: a mark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    workspace: WorkspaceId,
    word: String,
    person: String,
    day: i64,
}

#[derive(Debug, Default)]
struct Held {
    /// With the word as it was written, and in how many messages.
    sightings: BTreeMap<Sighting, (String, u32)>,
    /// By id of the entry, deprecated term of it (or nothing) and day.
    uses: BTreeMap<(String, String, i64), u32>,
    /// By person.
    asked: HeldAsked,
    /// By platform, way and stretch of time.
    receptions: BTreeMap<(Platform, Reception, i64), u32>,
}

impl Held {
    fn used(&mut self, concept: &str, term: &str, day: i64, times: u32) {
        let key = (concept.to_owned(), term.to_owned(), day);
        if self.uses.len() < MOST_USES || self.uses.contains_key(&key) {
            let uses = self.uses.entry(key).or_default();
            *uses = uses.saturating_add(times);
        }
    }

    fn received(&mut self, received: Received) {
        let Received { platform, how, stretch, count } = received;
        let all = self.receptions.entry((platform, how, stretch)).or_default();
        *all = all.saturating_add(count);
    }

    fn sighted(&mut self, sighting: Sighting, term: &str, messages: u32) {
        if self.sightings.len() < MOST_SIGHTINGS || self.sightings.contains_key(&sighting) {
            let (_, count) = self.sightings.entry(sighting).or_insert_with(|| (term.to_owned(), 0));
            *count = count.saturating_add(messages);
        }
    }
}

/// What was met since it was last written down.
#[derive(Debug)]
pub(super) struct Gathering {
    held: Arc<Mutex<Held>>,
    looks: Arc<Semaphore>,
    /// Whoever writes it down at the end waits for whoever is at it.
    turn: tokio::sync::Mutex<()>,
    marker: Option<Marker>,
    gaps: Gaps,
}

impl Gathering {
    pub(super) fn new(marker: Option<Marker>) -> Self {
        let gaps = if marker.is_some() { Gaps::Counted } else { Gaps::WithoutKey };
        let looks = Arc::new(Semaphore::new(LOOKS_AT_ONCE as usize));
        Self { held: Arc::default(), looks, turn: tokio::sync::Mutex::default(), marker, gaps }
    }

    pub(super) fn without_gaps(self) -> Self {
        Self { marker: None, gaps: Gaps::TurnedOff, ..self }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds what a person asked about.
    pub(super) fn hold_asked(&self, who: (&WorkspaceId, &PersonId), asked: Vec<Asked>) {
        asked::hold(&mut self.held().asked, who, asked);
    }

    /// Forgets what is held of a person.
    pub(super) fn drop_asked(&self, (workspace, person): (&WorkspaceId, &PersonId)) {
        self.held().asked.remove(&(workspace.clone(), person.clone()));
    }

    fn hold(held: &Mutex<Held>, met: &Met, by: Option<(&Marker, &Actor)>, day: i64) {
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        met.entries.iter().for_each(|concept| held.used(concept, "", day, 1));
        met.deprecated.iter().for_each(|(concept, term)| held.used(concept, term, day, 1));
        let Some((marker, actor)) = by else { return };
        let workspace = &actor.workspace;
        for unknown in &met.unknown {
            let word = word_mark(marker, &unknown.key);
            let person = marker.mark(&["person", &word, workspace.as_str(), actor.person.as_str()]);
            held.sighted(Sighting { workspace: workspace.clone(), word, person, day }, &unknown.term, 1);
        }
    }
}

/// The same in every workspace, so that those who look after the words of all of them see one line.
fn word_mark(marker: &Marker, key: &str) -> String {
    marker.mark(&["word", key])
}

impl App {
    /// Counts no unknown words.
    #[must_use]
    pub fn without_gaps(self) -> Self {
        Self { gathering: self.gathering.without_gaps(), ..self }
    }

    /// Whether unknown words are counted.
    #[must_use]
    pub fn counts_gaps(&self) -> Gaps {
        self.gathering.gaps
    }

    /// The mark under which a word is counted; `None` when none is.
    pub(super) fn mark_of_word(&self, term: &str) -> Option<String> {
        Some(word_mark(self.gathering.marker.as_ref()?, &Engine::unknown_key(term)))
    }

    /// What a person said about the explanation of an entry, as far as it may be known who; `None` where people are not counted.
    pub(super) fn judgement_of(&self, request: &Request, concept: &str, helped: bool) -> Option<EntryJudgement> {
        let Actor { workspace, person, .. } = &request.actor;
        let marker = self.gathering.marker.as_ref()?;
        Some(EntryJudgement {
            workspace: workspace.clone(),
            concept: concept.to_owned(),
            person: marker.mark(&["helped", concept, workspace.as_str(), person.as_str()]),
            helped,
            day: request.received_at.day(),
        })
    }

    /// Looks, beside the answer, at what a message holds. Unknown words count for the person who asked; where nobody did, none does.
    pub(super) fn gather(&self, engine: &Engine, source: &SourceText, by: Option<&Actor>, now: Timestamp) {
        let Ok(place) = Arc::clone(&self.gathering.looks).try_acquire_owned() else { return };
        let (engine, source, by) = (engine.clone(), source.clone(), by.cloned());
        let (held, marker) = (Arc::clone(&self.gathering.held), self.gathering.marker.clone());
        tokio::task::spawn_blocking(move || {
            Gathering::hold(&held, &engine.met(&source), marker.as_ref().zip(by.as_ref()), now.day());
            drop(place);
        });
    }

    /// Counts the entries that an explanation told.
    pub(super) fn gather_explained(&self, engine: &Engine, explanation: &Explanation, now: Timestamp) {
        let told = std::iter::once(explanation).chain(&explanation.also);
        let mut held = self.gathering.held();
        // Phrases are explained too, and are no entries.
        told.filter(|one| one.status == ExplanationStatus::Defined && engine.entry(&one.concept).is_some())
            .for_each(|one| held.used(&one.concept, "", now.day(), 1));
    }

    /// Counts how a delivery was received.
    pub fn note_reception(&self, platform: Platform, how: Reception, now: Timestamp) {
        self.gathering.held().received(Received { platform, how, stretch: stretch_of(now), count: 1 });
    }

    /// Writes down what was met since the last time. What cannot be written is held for the next.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn note_what_was_met(&self) -> Result<(), StoreError> {
        let _turn = self.gathering.turn.lock().await;
        let Held { sightings, uses, asked, receptions } = std::mem::take(&mut *self.gathering.held());
        let told = |((concept, term, day), uses)| EntryUse { concept, term, day, uses };
        let uses: Vec<EntryUse> = uses.into_iter().map(told).collect();
        let told = |(Sighting { workspace, word, person, day }, (term, messages))| GapSighting {
            workspace,
            word,
            term,
            person,
            day,
            messages,
        };
        let sightings: Vec<GapSighting> = sightings.into_iter().map(told).collect();
        let noted = self.store.note_uses(&uses).await;
        if noted.is_err() {
            let mut held = self.gathering.held();
            uses.iter().for_each(|one| held.used(&one.concept, &one.term, one.day, one.uses));
        }
        let gaps = self.store.note_gaps(&sightings).await;
        if gaps.is_err() {
            let mut held = self.gathering.held();
            for GapSighting { workspace, word, term, person, day, messages } in sightings {
                held.sighted(Sighting { workspace, word, person, day }, &term, messages);
            }
        }
        let received = |((platform, how, stretch), count)| Received { platform, how, stretch, count };
        let receptions: Vec<Received> = receptions.into_iter().map(received).collect();
        let receptions_noted = self.store.note_receptions(&receptions).await;
        if receptions_noted.is_err() {
            let mut held = self.gathering.held();
            receptions.into_iter().for_each(|one| held.received(one));
        }
        let asked_noted = self.note_held_asked(asked).await;
        noted.and(gaps).and(receptions_noted).and(asked_noted)
    }

    /// Writes down what one person asked, so that it can be shown to them.
    pub(super) async fn note_what_they_asked(&self, actor: &Actor) -> Result<(), StoreError> {
        // What another turn has taken is written when it ends.
        let _turn = self.gathering.turn.lock().await;
        let own = self.gathering.held().asked.remove_entry(&(actor.workspace.clone(), actor.person.clone()));
        self.note_held_asked(own).await
    }

    async fn note_held_asked(
        &self,
        asked: impl IntoIterator<Item = ((WorkspaceId, PersonId), Vec<Asked>)>,
    ) -> Result<(), StoreError> {
        let mut noted = Ok(());
        for ((workspace, person), asked) in asked {
            if noted.is_ok() {
                noted = self.store.note_asked(&workspace, &person, &asked).await;
            }
            if noted.is_err() {
                self.gathering.hold_asked((&workspace, &person), asked);
            }
        }
        noted
    }

    /// The same once everything that is being looked at was looked at: at the end.
    ///
    /// # Errors
    /// The database does not answer; then it is lost.
    pub async fn note_all_that_was_met(&self) -> Result<(), StoreError> {
        // The semaphore is never closed.
        let _all = self.gathering.looks.acquire_many(LOOKS_AT_ONCE).await;
        self.note_what_was_met().await
    }
}
