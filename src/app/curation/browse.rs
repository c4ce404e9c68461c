//! Finding entries: all layers, filtered, a page at a time.

use std::collections::BTreeMap;

use super::{App, Concept, ConceptView, CurationError, Layer, organisation};
use crate::{
    engine::ExplanationStatus,
    store::{StoreError, WantedDefinition},
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
}

/// One page of what was found: live changes first, then by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    /// The entries.
    pub entries: Vec<ConceptView>,
    /// How many there are on all pages.
    pub total: usize,
    /// Where the next page begins, when there is one.
    pub next: Option<usize>,
}

/// A definition that people asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Filter {
    fn admits(&self, view: &ConceptView) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_ref().is_none_or(|wanted| wanted == given);
        is(&self.field, &view.concept.subject_field)
            && is(&self.status, view.status)
            && is(&self.owner, &view.concept.owner)
            && self.layer.is_none_or(|layer| layer == view.layer)
            && self.words_are_in(&view.concept)
    }

    fn words_are_in(&self, concept: &Concept) -> bool {
        if self.words.trim().is_empty() {
            return true;
        }
        let mut text = format!("{} {}", concept.id, concept.definition);
        let terms = concept.terms.iter().map(|term| &term.text);
        for part in terms.chain(concept.wordings.iter().map(|wording| &wording.text)) {
            text.push(' ');
            text.push_str(part);
        }
        let text = text.to_lowercase();
        self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// How well a concept answers a search: its own terms before those that only speak of it.
fn rank(concept: &Concept, words: &str) -> u8 {
    let words = words.trim().to_lowercase();
    let is_term = |fits: &dyn Fn(&str) -> bool| concept.terms.iter().any(|term| fits(&term.text.to_lowercase()));
    if words.is_empty() || is_term(&|term| term == words) {
        0
    } else if is_term(&|term| term.starts_with(&words)) {
        1
    } else if is_term(&|term| term.contains(&words)) {
        2
    } else {
        3
    }
}

impl App {
    /// One page of the entries that a filter admits.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find_concepts(&self, filter: &Filter, from: usize, most: usize) -> Result<Entries, CurationError> {
        let mut found: Vec<ConceptView> =
            self.all_concepts().await?.into_iter().filter(|view| filter.admits(view)).collect();
        found.sort_by_cached_key(|view| {
            (rank(&view.concept, &filter.words), view.layer != Layer::Live, view.concept.id.clone())
        });
        let total = found.len();
        let entries: Vec<ConceptView> = found.into_iter().skip(from).take(most).collect();
        let next = Some(from + entries.len()).filter(|next| *next < total && !entries.is_empty());
        Ok(Entries { entries, total, next })
    }

    /// Every entry of every layer as it stands, by id.
    pub(super) async fn all_concepts(&self) -> Result<Vec<ConceptView>, CurationError> {
        let stored = self.store().concepts(&organisation()).await?;
        let mut all: BTreeMap<String, ConceptView> = BTreeMap::new();
        for id in self.curation.catalogue().entries.keys() {
            all.insert(id.clone(), self.view(id, None)?);
        }
        for stored in stored {
            let id = stored.id.clone();
            match self.view(&id, Some(stored)) {
                Ok(view) => {
                    all.insert(id, view);
                }
                // It is in the history still; one that cannot be read must not hide all the others.
                Err(error) => tracing::warn!(concept = id, error = %error, "an entry is left out"),
            }
        }
        Ok(all.into_values().collect())
    }

    /// All subject fields, in alphabetical order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn subject_fields(&self) -> Result<Vec<String>, CurationError> {
        let mut fields: Vec<String> =
            self.all_concepts().await?.into_iter().map(|view| view.concept.subject_field).collect();
        fields.sort();
        fields.dedup();
        Ok(fields)
    }

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
            let answer = engine.explain(&term, None, engine.default_audience());
            if answer.status == ExplanationStatus::Defined && concepts.contains(&answer.concept.as_str()) {
                self.store().close_requests(&workspace, &term).await?;
            }
        }
        Ok(())
    }

    /// What people asked for, the most wanted first, with what answers it by now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn wanted(&self, most: u32) -> Result<Vec<Wanted>, CurationError> {
        let engine = self.engine();
        let rows = self.store().wanted_definitions_of_all(most).await?;
        let told = |row: WantedDefinition| {
            let answer = engine.explain(&row.term, None, engine.default_audience());
            let is_answered = answer.status == ExplanationStatus::Defined;
            Wanted {
                term: row.term,
                people: row.people,
                since: row.since.rfc3339(),
                answered_by: is_answered.then_some(answer.concept),
            }
        };
        Ok(rows.into_iter().map(told).collect())
    }
}
