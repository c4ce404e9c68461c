//! Taking many concepts in: all of a file or nothing, with a report for each of its entries.
//!
//! Nobody's work is overwritten unseen: an entry that somebody else is working on is refused, or left out where whoever takes
//! the file in says so.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::Value;

use super::{
    App, Change, Concept, ConceptView, CurationError, Exchange, Finding, Role, Term, changes, changes::Published,
    checks, checks::Demand, exchange, organisation, table::Row,
};
use crate::store::{ConceptChange, ConceptStatus};

/// More than any organisation would take in at once.
const MOST_ENTRIES: usize = 5_000;

/// Why a concept is as it is when it came from a file and nobody says more.
pub const IMPORT_REASON: &str = "Taken in from a file.";

/// What an import is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Say what would be done.
    DryRun,
    /// Save drafts.
    Drafts,
    /// Make answers with them at once.
    Approved,
}

impl ImportMode {
    /// The mode that two switches stand for; who asks for a dry run gets one, whatever else is said.
    #[must_use]
    pub const fn of(is_dry_run: bool, is_approved: bool) -> Self {
        match (is_dry_run, is_approved) {
            (true, _) => Self::DryRun,
            (false, true) => Self::Approved,
            (false, false) => Self::Drafts,
        }
    }
}

/// What becomes of entries that somebody else is working on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenDrafts {
    /// They are refused, and with them the file.
    #[default]
    Refuse,
    /// They stay as they are, and the file's entries for them are left out.
    Keep,
}

impl OpenDrafts {
    /// What a name stands for: `refuse` or `keep`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "refuse" => Some(Self::Refuse),
            "keep" => Some(Self::Keep),
            _ => None,
        }
    }
}

/// A file to take in.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// What it is.
    pub format: Exchange,
    /// What it holds.
    pub text: &'a str,
    /// What is to be done with it.
    pub mode: ImportMode,
    /// What becomes of entries that somebody else is working on.
    pub open_drafts: OpenDrafts,
}

/// What happens to one entry of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineOutcome {
    /// It is new.
    Created,
    /// It says something else than before.
    Updated,
    /// It says the same.
    Unchanged,
    /// Somebody's open draft of it is kept, and the entry left out.
    Kept,
    /// It cannot be used; then nothing of the file is.
    Refused,
}

impl LineOutcome {
    /// What people are told.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "new",
            Self::Updated => "changed",
            Self::Unchanged => "unchanged",
            Self::Kept => "left out",
            Self::Refused => "refused",
        }
    }
}

/// What happens to one entry of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportLine {
    /// The line in the file.
    pub line: u64,
    /// The concept; empty when it could not be read.
    pub id: String,
    /// What happens to it.
    pub outcome: LineOutcome,
    /// Fields that are different from before.
    pub fields: Vec<String>,
    /// What is to be mended, or should be known.
    pub messages: Vec<String>,
}

/// What happens to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default, utoipa::ToSchema)]
pub struct ImportReport {
    /// Whether anything was written.
    pub is_written: bool,
    /// What was approved is stored, and will be in answers shortly.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_waiting: bool,
    /// New concepts.
    pub created: usize,
    /// Concepts that say something else.
    pub updated: usize,
    /// Concepts that say the same.
    pub unchanged: usize,
    /// Concepts that were left out because somebody else is working on them.
    pub kept: usize,
    /// Entries that cannot be used.
    pub refused: usize,
    /// Each entry.
    pub lines: Vec<ImportLine>,
}

/// Everything an entry of a file is compared with.
struct Before {
    concepts: BTreeMap<String, ConceptView>,
    /// Who else is working on a concept, and its latest revision.
    others: BTreeMap<String, String>,
}

impl App {
    /// Takes a file in, all of it or nothing.
    ///
    /// # Errors
    /// The person may not, the file cannot be read at all, somebody else was faster, or the database does not answer.
    pub async fn import(
        self: &Arc<Self>,
        change: Change<'_>,
        import: Import<'_>,
    ) -> Result<ImportReport, CurationError> {
        let Import { format, text, mode, open_drafts } = import;
        // Whoever takes words in is their author, and nobody but an administrator approves their own.
        change.curator.need(if mode == ImportMode::Approved { Role::Admin } else { Role::Author })?;
        let rows = read_apart(format, text).await?;
        if rows.len() > MOST_ENTRIES {
            return Err(CurationError::Refused(format!("A file may have {MOST_ENTRIES} entries. Cut it in parts.")));
        }
        let concepts: BTreeMap<String, ConceptView> =
            self.all_concepts().await?.into_iter().map(|view| (view.concept.id.clone(), view)).collect();
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|(line, row)| (line, row.map(|given| with_the_rest(given, format, &concepts))))
            .collect();
        let others = self.others_at_work(change).await?;
        let before = Before { concepts, others };
        let mut plan = Plan::new(rows, &before, mode, open_drafts);
        let wrong = self.check_all(plan.changed.values().cloned().collect()).await?;
        plan.refuse(wrong);
        let mut report = plan.report;
        report.count();
        if mode == ImportMode::DryRun || report.refused > 0 || plan.changed.is_empty() {
            return Ok(report);
        }
        let published = self.save_all(change, &plan.changed, &before.concepts, mode).await?;
        report.is_written = true;
        report.is_waiting = published == Published::Later;
        Ok(report)
    }

    /// Who else is working on which concepts, by id.
    async fn others_at_work(&self, change: Change<'_>) -> Result<BTreeMap<String, String>, CurationError> {
        let steps = self.store().open_drafts(&organisation()).await?;
        let mut others = BTreeMap::new();
        for history in steps.chunk_by(|one, next| one.id == next.id) {
            let steps = history.iter().map(|step| (step.status, &*step.action, &*step.author));
            let mut writers = changes::writers_of_open_words(steps);
            writers.retain(|writer| *writer != change.curator.name);
            if let (Some(first), false) = (history.first(), writers.is_empty()) {
                others.insert(first.id.clone(), writers.join(" and "));
            }
        }
        Ok(others)
    }

    async fn save_all(
        self: &Arc<Self>,
        change: Change<'_>,
        changed: &BTreeMap<String, Concept>,
        before: &BTreeMap<String, ConceptView>,
        mode: ImportMode,
    ) -> Result<Published, CurationError> {
        let is_published = mode == ImportMode::Approved;
        let bodies: Vec<(&String, String)> = changed
            .iter()
            .map(|(id, concept)| Ok((id, changes::body(concept)?)))
            .collect::<Result<_, CurationError>>()?;
        let rows: Vec<ConceptChange<'_>> = bodies
            .iter()
            .map(|(id, body)| {
                let earlier = before.get(*id);
                let seen = earlier.map_or(0, |view| view.revision);
                ConceptChange {
                    id,
                    seen,
                    status: if is_published { ConceptStatus::Approved } else { ConceptStatus::Draft },
                    live_revision: if is_published {
                        Some(seen + 1)
                    } else {
                        earlier.and_then(|view| view.live_revision)
                    },
                    is_published,
                    action: "imported",
                    body,
                    author: &change.curator.name,
                    reason: change.reason(),
                }
            })
            .collect();
        self.commit(&rows, change.now).await
    }
}

/// Reads a file where nobody waits for an answer meanwhile: a large one takes a processor for a while.
async fn read_apart(format: Exchange, text: &str) -> Result<Vec<Row>, CurationError> {
    let text = text.to_owned();
    let rows = tokio::task::spawn_blocking(move || exchange::read(format, &text)).await;
    rows.map_err(|error| CurationError::Broken(error.to_string()))?.map_err(CurationError::Refused)
}

/// What is to be done with the entries of a file.
struct Plan {
    report: ImportReport,
    /// What is to be written, by id.
    changed: BTreeMap<String, Concept>,
}

impl Plan {
    fn new(rows: Vec<Row>, before: &Before, mode: ImportMode, open_drafts: OpenDrafts) -> Self {
        let mut plan = Self { report: ImportReport::default(), changed: BTreeMap::new() };
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        for (line, row) in rows {
            let mut entry = ImportLine {
                line,
                id: String::new(),
                outcome: LineOutcome::Refused,
                fields: Vec::new(),
                messages: Vec::new(),
            };
            match row {
                Err(message) => entry.messages.push(message),
                Ok(concept) => {
                    entry.id.clone_from(&concept.id);
                    if let Some(first) = lines.insert(concept.id.clone(), line) {
                        entry.messages.push(format!("“{}” is on line {first} already. Keep one of them.", concept.id));
                    } else {
                        plan.place(&mut entry, concept, before, (mode, open_drafts));
                    }
                }
            }
            plan.report.lines.push(entry);
        }
        plan
    }

    fn place(
        &mut self,
        entry: &mut ImportLine,
        concept: Concept,
        before: &Before,
        (mode, open_drafts): (ImportMode, OpenDrafts),
    ) {
        let earlier = before.concepts.get(&concept.id);
        entry.outcome = match earlier {
            None => LineOutcome::Created,
            Some(view) => {
                entry.fields = different_fields(&view.concept, &concept);
                let is_in_use = view.status == ConceptStatus::Approved.name();
                let says_the_same = entry.fields.is_empty() && (is_in_use || mode != ImportMode::Approved);
                if says_the_same && view.status != ConceptStatus::Retired.name() {
                    LineOutcome::Unchanged
                } else {
                    LineOutcome::Updated
                }
            }
        };
        if entry.outcome == LineOutcome::Unchanged {
            return;
        }
        if let (Some(who), Some(view)) = (before.others.get(&concept.id), earlier) {
            let revision = view.revision;
            (entry.outcome, entry.messages) = match open_drafts {
                OpenDrafts::Keep => (
                    LineOutcome::Kept,
                    vec![format!("The open draft by {who} (revision {revision}) is kept; this entry was left out.")],
                ),
                OpenDrafts::Refuse => (
                    LineOutcome::Refused,
                    vec![format!(
                        "There is an open draft by {who} (revision {revision}), which would be overwritten. Approve it or \
                         take it back first, or have entries that somebody is working on left out."
                    )],
                ),
            };
            return;
        }
        let missing = checks::shape(&concept, Demand::Examples);
        if mode == ImportMode::Approved && !missing.is_empty() {
            entry.outcome = LineOutcome::Refused;
            entry.messages.extend(missing.into_iter().map(|finding| finding.message));
            return;
        }
        let is_without_examples =
            missing.iter().any(|finding| finding.field.is_some_and(|field| field.starts_with("examples.")));
        if is_without_examples {
            entry
                .messages
                .push("Before it can be approved, it needs examples in which it is found and not found.".to_owned());
        }
        self.changed.insert(concept.id.clone(), concept);
    }

    fn refuse(&mut self, wrong: BTreeMap<String, Vec<Finding>>) {
        for (id, findings) in wrong {
            self.changed.remove(&id);
            let entry =
                self.report.lines.iter_mut().find(|entry| entry.id == id && entry.outcome != LineOutcome::Refused);
            if let Some(entry) = entry {
                entry.outcome = LineOutcome::Refused;
                entry.messages = findings.into_iter().map(|finding| finding.message).collect();
            }
        }
    }
}

impl ImportReport {
    fn count(&mut self) {
        let count = |outcome| self.lines.iter().filter(|line| line.outcome == outcome).count();
        self.created = count(LineOutcome::Created);
        self.updated = count(LineOutcome::Updated);
        self.unchanged = count(LineOutcome::Unchanged);
        self.kept = count(LineOutcome::Kept);
        self.refused = count(LineOutcome::Refused);
    }
}

/// A concept of a file in a format that cannot carry everything, with the rest of what it says already, or with what counts for
/// a new one.
fn with_the_rest(given: Concept, format: Exchange, concepts: &BTreeMap<String, ConceptView>) -> Concept {
    let Some(earlier) = concepts.get(&given.id).map(|view| &view.concept) else { return given.complete() };
    match format {
        Exchange::Csv | Exchange::Yaml => given,
        Exchange::Tbx => Concept {
            terms: terms_with_the_rest(earlier, given.terms),
            subject_field: Some(given.subject_field)
                .filter(|field| !field.is_empty())
                .unwrap_or_else(|| earlier.subject_field.clone()),
            definition: given.definition,
            ..earlier.clone()
        },
        Exchange::Skos => {
            let mut rest = earlier.clone();
            // Nothing but what is new comes in beside what is there: SKOS names neighbours and sentences, and not all of them.
            rest.related.extend(given.related.into_iter().filter(|related| !earlier.related.contains(related)));
            let is_new = |text: &str| earlier.examples.matching.iter().all(|example| example.text() != text);
            rest.examples.matching.extend(given.examples.matching.into_iter().filter(|example| is_new(example.text())));
            Concept { terms: terms_with_the_rest(earlier, given.terms), definition: given.definition, ..rest }
        }
    }
}

/// Terms in the order in which they stood, each with what is said of it beside its status.
fn terms_with_the_rest(earlier: &Concept, given: Vec<Term>) -> Vec<Term> {
    let place = |term: &Term| earlier.terms.iter().position(|known| known.text == term.text).unwrap_or(usize::MAX);
    let mut terms: Vec<Term> = given
        .into_iter()
        .map(|term| match earlier.terms.get(place(&term)) {
            Some(known) => Term { status: term.status, ..known.clone() },
            None => term,
        })
        .collect();
    terms.sort_by_key(|term| place(term));
    terms
}

/// The names of the fields in which two concepts differ.
pub(super) fn different_fields(one: &Concept, other: &Concept) -> Vec<String> {
    let (Ok(Value::Object(one)), Ok(Value::Object(other))) = (serde_json::to_value(one), serde_json::to_value(other))
    else {
        return Vec::new();
    };
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}
