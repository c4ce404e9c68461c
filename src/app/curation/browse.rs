//! Finding entries: all layers, filtered, a page at a time.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    App, Base, Concept, ConceptView, CurationError, Curator, Kept, Layer, Mirror, Reach, Role, Term, organisation,
    steps::is_pending,
};
use crate::{
    app::location::around,
    clock::Timestamp,
    engine::Location,
    ids::{PersonId, Platform, WorkspaceId},
    store::{ConceptStatus, StoreError, WantedDefinition},
};

/// What is looked for. All that is said must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Words in id, terms, wordings or definition.
    pub words: String,
    /// The subject field.
    pub field: Option<String>,
    /// `draft`, `in_review`, `approved` or `retired`.
    pub status: Option<String>,
    /// Where it comes from.
    pub layer: Option<Layer>,
    /// Who is asked about it.
    pub owner: Option<String>,
    /// A place in which alone it holds, or [`EVERYWHERE`].
    pub scope: Option<String>,
}

/// How a filter names the scope of what holds everywhere.
pub const EVERYWHERE: &str = "everywhere";

/// One page of what was found: live changes first, then by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    /// The entries.
    pub entries: Vec<ConceptView>,
    /// How many there are on all pages.
    pub total: usize,
    /// Where the next page begins, when there is one.
    pub next: Option<usize>,
    /// The subject fields of all entries, found or not, in alphabetical order.
    pub fields: Vec<String>,
    /// The places in which alone some of them hold.
    pub places: Vec<String>,
}

/// What waits for somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The first of it, by id.
    pub entries: Vec<ConceptView>,
    /// How much of it there is.
    pub total: usize,
}

/// A definition that people asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Wanted {
    /// The term.
    pub term: String,
    /// How many people asked.
    pub people: u32,
    /// Since when: `2026-11-25T09:30:00Z`.
    pub since: String,
    /// The concept that answers it meanwhile.
    pub answered_by: Option<String>,
}

/// An entry of the list, before it is looked at closer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) id: &'a str,
    pub(super) concept: &'a Concept,
    pub(super) status: &'static str,
    pub(super) layer: Layer,
    pub(super) kept: Option<&'a Kept>,
}

impl Filter {
    /// `words` are those of the filter in lower case.
    fn admits(&self, entry: &Listed<'_>, words: &str) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_ref().is_none_or(|wanted| wanted == given);
        is(&self.field, &entry.concept.subject_field)
            && is(&self.status, entry.status)
            && is(&self.owner, &entry.concept.owner)
            && self.layer.is_none_or(|layer| layer == entry.layer)
            && self.scope.as_deref().is_none_or(|place| is_scope(place, &entry.concept.scope))
            && words_are_in(words, entry.concept)
    }
}

fn is_scope(wanted: &str, scope: &[String]) -> bool {
    if wanted == EVERYWHERE { scope.is_empty() } else { scope.iter().any(|place| place == wanted) }
}

/// Whether each of these words, in lower case, is somewhere in an entry. Asked of tens of thousands for one page, so nothing is put
/// together for it.
fn words_are_in(words: &str, concept: &Concept) -> bool {
    let terms = || concept.terms.iter().map(|term| &term.text);
    let wordings = || concept.wordings.iter().map(|wording| &wording.text);
    let parts = || [&concept.id, &concept.definition].into_iter().chain(terms()).chain(wordings());
    words.split_whitespace().all(|word| parts().any(|part| holds(part, word)))
}

/// Whether a text holds a word, which is in lower case, in any case.
fn holds(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    let begins = |at: &&[u8]| at.first().is_some_and(|sign| sign.to_ascii_lowercase() == *first);
    text.windows(word.len()).filter(begins).any(|at| at.eq_ignore_ascii_case(word))
}

/// How well a concept answers a search: its own terms before those that only speak of it.
fn rank(concept: &Concept, words: &str) -> u8 {
    if words.is_empty() {
        return 0;
    }
    let rank = |term: &Term| match term.text.to_lowercase() {
        term if term == words => 0,
        term if term.starts_with(words) => 1,
        term if term.contains(words) => 2,
        _ => 3,
    };
    concept.terms.iter().map(rank).min().unwrap_or(3)
}

fn fields_of<'a>(entries: impl Iterator<Item = &'a Listed<'a>>) -> Vec<String> {
    let fields: BTreeSet<&str> = entries.map(|entry| entry.concept.subject_field.as_str()).collect();
    fields.into_iter().map(str::to_owned).collect()
}

impl App {
    /// One page of the entries that a filter admits, of those that somebody may see.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find_concepts(
        &self,
        reach: &Reach,
        filter: &Filter,
        from: usize,
        most: usize,
    ) -> Result<Entries, CurationError> {
        let mirror = self.mirror().await?;
        self.found_in(reach, &mirror, filter, from, most)
    }

    /// The terms, in lower case, of entries that are being written or wait for approval.
    ///
    /// # Errors
    /// The database does not answer.
    pub(in crate::app) async fn terms_being_written(&self, reach: &Reach) -> Result<BTreeSet<String>, CurationError> {
        let mirror = self.mirror().await?;
        let base = self.curation.base();
        let mut open = base.listed(&mirror);
        open.retain(|entry| is_pending(entry.status) && reach.sees(entry.concept));
        Ok(open.iter().flat_map(|entry| &entry.concept.terms).map(|term| term.text.to_lowercase()).collect())
    }

    pub(super) fn found_in(
        &self,
        reach: &Reach,
        mirror: &Mirror,
        filter: &Filter,
        from: usize,
        most: usize,
    ) -> Result<Entries, CurationError> {
        let base = self.curation.base();
        let mut all = base.listed(mirror);
        all.retain(|entry| reach.sees(entry.concept));
        let places: BTreeSet<&String> = all.iter().flat_map(|entry| &entry.concept.scope).collect();
        let places = places.into_iter().cloned().collect();
        let fields = fields_of(all.iter());
        let words = filter.words.trim().to_lowercase();
        let mut found: Vec<Listed<'_>> = all.into_iter().filter(|entry| filter.admits(entry, &words)).collect();
        found.sort_by_cached_key(|entry| (rank(entry.concept, &words), entry.layer != Layer::Live, entry.id));
        let total = found.len();
        let entries: Vec<ConceptView> = found
            .into_iter()
            .skip(from)
            .take(most)
            .map(|entry| self.view_of(entry.id, entry.kept))
            .collect::<Result<_, _>>()?;
        let next = Some(from.saturating_add(entries.len())).filter(|next| *next < total && !entries.is_empty());
        Ok(Entries { entries, total, next, fields, places })
    }

    /// The subject fields that there are, of entries that somebody may see, in alphabetical order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn subject_fields(&self, reach: &Reach) -> Result<Vec<String>, CurationError> {
        let (mirror, base) = (self.mirror().await?, self.curation.base());
        let all = base.listed(&mirror);
        Ok(fields_of(all.iter().filter(|entry| reach.sees(entry.concept))))
    }

    /// What was handed in for review, and drafts, by id, as far as somebody may see them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn waiting(&self, reach: &Reach, most: usize) -> Result<(Waiting, Waiting), CurationError> {
        let mirror = self.mirror().await?;
        let waiting = |status: ConceptStatus| {
            let is_seen = |kept: &Kept| kept.said.as_deref().is_none_or(|concept| reach.sees(concept));
            let with_status = || mirror.entries.iter().filter(move |(_, kept)| kept.status == status && is_seen(kept));
            let views = with_status().filter_map(|(id, kept)| self.view_of(id, Some(kept)).ok());
            Waiting { entries: views.take(most).collect(), total: with_status().count() }
        };
        Ok((waiting(ConceptStatus::InReview), waiting(ConceptStatus::Draft)))
    }
}

impl Base {
    /// Every entry of every layer, those below first.
    pub(super) fn listed<'a>(&'a self, mirror: &'a Mirror) -> Vec<Listed<'a>> {
        let below = self.catalogue().entries.keys().filter(|id| !mirror.entries.contains_key(id.as_str()));
        let below = below.filter_map(|id| self.listed_below(id, None));
        below.chain(mirror.entries.iter().filter_map(|(id, kept)| self.listed_live(id, kept))).collect()
    }

    /// One entry as it stands.
    pub(super) fn listed_one<'a>(&'a self, mirror: &'a Mirror, id: &str) -> Option<Listed<'a>> {
        match mirror.entries.get_key_value(id) {
            Some((id, kept)) => self.listed_live(id, kept),
            None => self.listed_below(id, None),
        }
    }

    fn listed_below<'a>(&'a self, id: &str, kept: Option<&'a Kept>) -> Option<Listed<'a>> {
        let (id, base) = self.catalogue().entries.get_key_value(id)?;
        Some(Listed { id, concept: &base.concept, status: ConceptStatus::Approved.name(), layer: base.layer, kept })
    }

    fn listed_live<'a>(&'a self, id: &'a str, kept: &'a Kept) -> Option<Listed<'a>> {
        if kept.status == ConceptStatus::Withdrawn
            && let Some(base) = self.listed_below(id, Some(kept))
        {
            return Some(base);
        }
        let Some(concept) = kept.said.as_deref() else {
            // It is in the history still; one that cannot be read must not hide all the others.
            tracing::warn!(concept = id, "an entry was written by another version and is left out");
            return self.listed_below(id, None);
        };
        Some(Listed { id, concept, status: kept.status.name(), layer: Layer::Live, kept: Some(kept) })
    }
}

impl App {
    /// Closes the requests that these concepts answer from now on. What was approved stays so when that fails: the requests
    /// are told as answered then.
    pub(super) async fn close_answered(&self, concepts: &[&str]) {
        if let Err(error) = self.try_to_close_answered(concepts).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "answered requests for definitions stay open");
        }
    }

    async fn try_to_close_answered(&self, concepts: &[&str]) -> Result<(), StoreError> {
        let engine = self.engine();
        for (workspace, term) in self.store().requested_terms().await? {
            // The ids of workspaces and tenants never look alike, so one of these places is none.
            let places = [Platform::Slack, Platform::Teams].map(|platform| around(platform, None, &workspace));
            let there = engine.seen_from(&Location::within(places.into_iter().flatten()));
            if there.explained_as_written(&term).is_some_and(|answer| concepts.contains(&answer.concept.as_str())) {
                self.store().close_requests(&workspace, &term).await?;
            }
        }
        Ok(())
    }

    /// Asks for a definition in a workspace, or in none for whoever belongs to none; gives the concept when the term has one already,
    /// and then notes nothing. Whoever asks is never told to anybody, and is the same person as in chat: asking twice counts once.
    ///
    /// # Errors
    /// The person may not, or the database does not answer.
    pub async fn ask_for_definition(
        &self,
        curator: &Curator,
        of: Option<&WorkspaceId>,
        term: &str,
        now: Timestamp,
    ) -> Result<Option<String>, CurationError> {
        curator.need(Role::Reader)?;
        // With several meanings the one that is wanted may be none of them.
        let engine = self.engine_at(&curator.reach.location());
        if let Some(answer) = engine.explained_as_written(term).filter(|answer| answer.also.is_empty()) {
            return Ok(Some(answer.concept));
        }
        let account = self.account_of(curator).await?;
        let person = account.map_or_else(|| PersonId::new(&curator.name), |account| account.person);
        self.store().request_definition(of.unwrap_or(&organisation()), &person, term, now).await?;
        Ok(None)
    }

    /// What people of one workspace asked for, or of all, the most wanted first, with what answers it by now: so many, behind
    /// so many others. How many there are comes second.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn wanted(
        &self,
        reach: &Reach,
        of: Option<&WorkspaceId>,
        (from, most): (u32, u32),
    ) -> Result<(Vec<Wanted>, usize), CurationError> {
        let engine = self.engine_at(&reach.location());
        let (rows, total) = self.store().wanted_definitions(of, (from, most)).await?;
        let told = |row: WantedDefinition| Wanted {
            answered_by: engine.explained_as_written(&row.term).map(|answer| answer.concept),
            term: row.term,
            people: row.people,
            since: row.since.rfc3339(),
        };
        Ok((rows.into_iter().map(told).collect(), total))
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_word_is_found_in_any_case() {
        for (text, word, expected) in [
            ("Going back to the Version", "version", true),
            ("Going back", "version", false),
            ("back", "backs", false),
            ("", "a", false),
            ("Überlast", "überlast", true),
            ("Café", "CAFÉ".to_lowercase().as_str(), true),
            ("roll", "über", false),
            ("a ROLLBACK", "k", true),
        ] {
            assert_eq!(holds(text, word), expected, "{text:?} {word:?}");
        }
    }
}
