//! Taking many concepts in: all of a file or nothing, with a report for each of its entries.
//!
//! Nobody's work is overwritten unseen: an entry that somebody else is working on is refused, or left out where whoever takes
//! the file in says so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use serde::Serialize;

use super::{
    App, Base, Change, Concept, CurationError, Exchange, Finding, Layer, Mirror, Reach, Role, Step,
    browse::Listed,
    changes,
    changes::Published,
    checks,
    checks::Demand,
    exchange,
    exchange::{Columns, LeftOut, Place, ReadRow, Reading},
    organisation,
    publish::{Bodies, CheckedAll, Next},
    rest::{different_fields, erased, with_other_columns, with_the_rest},
};
use crate::store::{ConceptChange, ConceptStatus, NewAudit};

/// More than any organisation would take in at once.
const MOST_ENTRIES: usize = 60_000;

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

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name, where there are several.
    pub name: Option<&'a str>,
    /// What it holds.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The only file.
    #[must_use]
    pub const fn one(text: &'a str) -> Self {
        Self { name: None, text }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStep {
    /// The files are being read.
    Reading,
    /// So many entries are being compared with what there is.
    Comparing(usize),
    /// So many are being compiled, and their examples run.
    Checking(usize),
    /// So many are being written, and then taken over into answers.
    Writing(usize),
}

/// Files to take in.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    /// What they are.
    pub format: Exchange,
    /// What they hold.
    pub sources: &'a [Source<'a>],
    /// What is to be done with them.
    pub mode: ImportMode,
    /// What becomes of entries that somebody else is working on.
    pub open_drafts: OpenDrafts,
    /// Is told of each step.
    pub progress: &'a (dyn Fn(ImportStep) + Send + Sync),
}

impl fmt::Debug for Import<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Import").field("format", &self.format).field("mode", &self.mode).finish_non_exhaustive()
    }
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
    /// It is left out: somebody's open draft of it or what curators wrote is kept, or it says nothing for a glossary.
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
    /// The file, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in the file.
    pub line: u64,
    /// The concept; empty when it could not be read.
    pub id: String,
    /// What happens to it.
    pub outcome: LineOutcome,
    /// Fields that are different from before.
    pub fields: Vec<String>,
    /// Columns of a table that hold something now and would hold nothing any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub erases: Vec<String>,
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
    /// Entries that were left out, because somebody else is working on them or wrote them, or as of no use.
    pub kept: usize,
    /// Entries that cannot be used.
    pub refused: usize,
    /// Each entry.
    pub lines: Vec<ImportLine>,
}

/// Everything an entry of a file is compared with.
struct Before<'a> {
    base: &'a Base,
    mirror: &'a Mirror,
    /// Who else is working on a concept.
    others: BTreeMap<String, String>,
    /// What people wrote, for files that people do not write.
    written: BTreeSet<String>,
    /// Which entries whoever takes the file in may see and change.
    reach: &'a Reach,
}

impl Before<'_> {
    fn get(&self, id: &str) -> Option<Listed<'_>> {
        self.base.listed_one(self.mirror, id)
    }

    /// Why an entry must not be written by whoever takes the file in.
    fn objection(&self, concept: &Concept, earlier: Option<&Listed<'_>>) -> Option<CurationError> {
        if earlier.is_some_and(|earlier| !self.reach.sees(earlier.concept)) {
            return Some(CurationError::Exists(concept.id.clone()));
        }
        let mut both = earlier.map(|earlier| earlier.concept).into_iter().chain([concept]);
        both.find_map(|concept| self.reach.need_all_of(concept).err())
    }
}

impl App {
    /// Takes files in, all of them or nothing.
    ///
    /// # Errors
    /// The person may not, a file cannot be read at all, somebody else was faster, or the database does not answer.
    pub async fn import(
        self: &Arc<Self>,
        change: Change<'_>,
        import: Import<'_>,
    ) -> Result<ImportReport, CurationError> {
        let Import { format, sources, mode, open_drafts, progress } = import;
        // Whoever takes words in is their author, and nobody but an administrator approves their own.
        change.curator.need(if mode == ImportMode::Approved { Role::Admin } else { Role::Author })?;
        progress(ImportStep::Reading);
        let Reading { rows, left_out, columns } = read_apart(format, sources).await?;
        if rows.len() > MOST_ENTRIES {
            return Err(CurationError::Refused(format!("A file may have {MOST_ENTRIES} entries. Cut it in parts.")));
        }
        progress(ImportStep::Comparing(rows.len()));
        let mirror = self.mirror().await?;
        let is_catalogue = format == Exchange::Backstage;
        // What people wrote of a catalogue's entries is left alone, so no open draft of theirs can be overwritten.
        let others = if is_catalogue { BTreeMap::new() } else { self.others_at_work(change).await? };
        let written = if is_catalogue { self.written_by_people().await? } else { BTreeSet::new() };
        let base = self.curation.base();
        let before = Before { base: &base, mirror: &mirror, others, written, reach: &change.curator.reach };
        let rows = before.completed(rows, format, &columns);
        let mut plan = Plan::new(rows, &before, (format, mode, open_drafts));
        plan.leave_out(left_out);
        progress(ImportStep::Checking(plan.changed.len()));
        // Where a file says what is there already, there is nothing to build for.
        if !plan.changed.is_empty() {
            let next = if mode == ImportMode::Approved { Next::Approved } else { Next::Draft };
            let CheckedAll { bodies, wrong, told } = self.check_all(std::mem::take(&mut plan.changed), next).await?;
            plan.changed = bodies;
            plan.tell(told);
            plan.refuse(wrong, if is_catalogue { LineOutcome::Kept } else { LineOutcome::Refused });
        }
        let Plan { mut report, changed } = plan;
        report.count();
        if mode == ImportMode::DryRun || report.refused > 0 || changed.is_empty() {
            return Ok(report);
        }
        progress(ImportStep::Writing(changed.len()));
        let rows = before.changes(changed, format, mode);
        drop(before);
        let published = self.save_all(change, &rows, mode).await?;
        self.record_import(change, format, mode, &report).await;
        report.is_written = true;
        report.is_waiting = published == Published::Later;
        Ok(report)
    }

    /// Records that a file was taken in; what it did to each entry is in its history, whatever becomes of this.
    async fn record_import(&self, change: Change<'_>, format: Exchange, mode: ImportMode, report: &ImportReport) {
        let how = if mode == ImportMode::Approved { "approved" } else { "drafts" };
        let detail = format!("{} new, {} changed, as {how}", report.created, report.updated);
        let (actor, place) = (&change.curator.name, change.curator.reach.workspace().unwrap_or_default());
        let event =
            NewAudit { place, actor, kind: "import", action: "taken in", subject: format.name(), detail: &detail };
        if let Err(error) = self.store().record_audit(event, change.now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "that a file was taken in is not recorded");
        }
    }

    /// Concepts that somebody wrote or decided about, and not only a catalogue that was taken in.
    async fn written_by_people(&self) -> Result<BTreeSet<String>, CurationError> {
        let by_people = changes::WRITING.into_iter().filter(|action| *action != changes::CATALOGUED);
        let actions: Vec<&str> = by_people.chain([Step::Retire.action()]).collect();
        Ok(self.store().concepts_with_actions(&organisation(), &actions).await?)
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
        rows: &[Row],
        mode: ImportMode,
    ) -> Result<Published, CurationError> {
        let is_published = mode == ImportMode::Approved;
        let rows: Vec<ConceptChange<'_>> = rows
            .iter()
            .map(|row| ConceptChange {
                id: &row.id,
                seen: row.seen,
                status: if is_published { ConceptStatus::Approved } else { ConceptStatus::Draft },
                live_revision: row.live_revision,
                is_published,
                action: row.action,
                body: &row.body,
                author: &change.curator.name,
                reason: change.reason(),
            })
            .collect();
        self.commit(&rows, change.now, None).await
    }
}

/// A concept as it will be written.
struct Row {
    id: String,
    seen: u32,
    live_revision: Option<u32>,
    action: &'static str,
    body: Box<str>,
}

impl Before<'_> {
    /// The entries of a file with what the file cannot say.
    fn completed(&self, rows: Vec<ReadRow>, format: Exchange, columns: &Columns) -> Vec<ReadRow> {
        let ids: BTreeSet<String> = match format {
            Exchange::Backstage => rows.iter().filter_map(|(_, row)| Some(row.as_ref().ok()?.id.clone())).collect(),
            _ => BTreeSet::new(),
        };
        let columns = |place: &Place| columns.get(&place.file).map_or(&[][..], Vec::as_slice);
        let complete = |place: &Place, given: Concept| {
            let earlier = self.base.listed_one(self.mirror, &given.id).map(|listed| listed.concept);
            match (format, earlier) {
                (Exchange::Backstage, _) => {
                    let mut given = given.complete();
                    // A catalogue refers to much that no glossary has.
                    given.related.retain(|id| ids.contains(id) || self.base.listed_one(self.mirror, id).is_some());
                    Ok(given)
                }
                (_, None) => Ok(given.complete()),
                (Exchange::Csv, Some(earlier)) => with_other_columns(&given, columns(place), earlier),
                (_, Some(earlier)) => Ok(with_the_rest(given, format, earlier)),
            }
        };
        let complete_row = |(place, row): ReadRow| {
            let row = row.and_then(|given| complete(&place, given));
            (place, row)
        };
        rows.into_iter().map(complete_row).collect()
    }

    /// What is to be written.
    fn changes(&self, changed: Bodies, format: Exchange, mode: ImportMode) -> Vec<Row> {
        let action = if format == Exchange::Backstage { changes::CATALOGUED } else { changes::IMPORTED };
        let row = |(id, body): (String, Box<str>)| {
            let kept = self.mirror.entries.get(id.as_str());
            let seen = kept.map_or(0, |kept| kept.revision);
            let live_revision = match mode {
                ImportMode::Approved => Some(seen + 1),
                ImportMode::DryRun | ImportMode::Drafts => kept.and_then(|kept| kept.live_revision),
            };
            Row { id, seen, live_revision, action, body }
        };
        changed.into_iter().map(row).collect()
    }
}

/// Reads files where nobody waits for an answer meanwhile: a large one takes a processor for a while.
async fn read_apart(format: Exchange, sources: &[Source<'_>]) -> Result<Reading, CurationError> {
    let sources: Vec<(Option<String>, String)> =
        sources.iter().map(|source| (source.name.map(str::to_owned), source.text.to_owned())).collect();
    let rows = tokio::task::spawn_blocking(move || exchange::read(format, &sources)).await;
    rows.map_err(|error| CurationError::Broken(error.to_string()))?.map_err(CurationError::Refused)
}

/// What is to be done with the entries of a file.
struct Plan {
    report: ImportReport,
    /// What is to be written, by id, as it will be stored: as data, tens of thousands would take twice the memory.
    changed: Bodies,
}

impl Plan {
    fn new(rows: Vec<ReadRow>, before: &Before<'_>, how: (Exchange, ImportMode, OpenDrafts)) -> Self {
        let mut plan = Self { report: ImportReport::default(), changed: BTreeMap::new() };
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        for (place, row) in rows {
            let mut entry = ImportLine::at(&place, LineOutcome::Refused);
            match row {
                Err(message) => entry.messages.push(message),
                Ok(concept) => {
                    entry.id.clone_from(&concept.id);
                    if let Some(first) = places.insert(concept.id.clone(), place) {
                        entry.messages.push(format!("“{}” is on {first} already. Keep one of them.", concept.id));
                    } else {
                        plan.place(&mut entry, concept, before, how);
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
        before: &Before<'_>,
        (format, mode, open_drafts): (Exchange, ImportMode, OpenDrafts),
    ) {
        let earlier = before.get(&concept.id);
        if let Some(objection) = before.objection(&concept, earlier.as_ref()) {
            entry.messages.push(objection.to_string());
            return;
        }
        entry.outcome = match &earlier {
            None => LineOutcome::Created,
            Some(listed) => {
                entry.fields = different_fields(listed.concept, &concept);
                let is_in_use = listed.status == ConceptStatus::Approved.name();
                let says_the_same = entry.fields.is_empty() && (is_in_use || mode != ImportMode::Approved);
                if says_the_same && listed.status != ConceptStatus::Retired.name() {
                    LineOutcome::Unchanged
                } else {
                    LineOutcome::Updated
                }
            }
        };
        if entry.outcome == LineOutcome::Unchanged {
            return;
        }
        if let (Exchange::Backstage, Some(listed)) = (format, &earlier)
            && (listed.layer != Layer::Live || before.written.contains(&concept.id))
        {
            entry.outcome = LineOutcome::Kept;
            // Of an entry about something else every field is different.
            if listed.layer != Layer::Live {
                entry.fields.clear();
            }
            entry.messages.push(match listed.layer {
                Layer::Live => "Curators decided about this entry, and their words are kept.".to_owned(),
                Layer::Directory | Layer::Shipped => {
                    format!("There is an entry “{}” already, which is kept: {}", concept.id, listed.concept.definition)
                }
            });
            return;
        }
        if let (Some(who), Some(listed)) = (before.others.get(&concept.id), &earlier) {
            let revision = listed.kept.map_or(0, |kept| kept.revision);
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
        if let Some(listed) = &earlier {
            entry.erases = erased(listed.concept, &concept);
        }
        if concept.definition.is_empty() {
            entry.messages.push("Before it can be approved, it needs a definition.".to_owned());
        }
        let is_without_examples =
            missing.iter().any(|finding| finding.field.is_some_and(|field| field.starts_with("examples.")));
        if is_without_examples {
            entry
                .messages
                .push("Before it can be approved, it needs examples in which it is found and not found.".to_owned());
        }
        match changes::body(&concept) {
            Ok(body) => drop(self.changed.insert(concept.id, body.into_boxed_str())),
            Err(error) => {
                entry.outcome = LineOutcome::Refused;
                entry.messages = vec![error.to_string()];
            }
        }
    }

    /// Tells of entries that say nothing for a glossary, in their places.
    fn leave_out(&mut self, left_out: Vec<LeftOut>) {
        if left_out.is_empty() {
            return;
        }
        let line = |LeftOut { place, id, message }: LeftOut| ImportLine {
            id,
            messages: vec![message],
            ..ImportLine::at(&place, LineOutcome::Kept)
        };
        self.report.lines.extend(left_out.into_iter().map(line));
        self.report.lines.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    }

    /// Tells what has to be mended before entries can be approved, and what others are writing of the same.
    fn tell(&mut self, mut told: BTreeMap<String, Vec<Finding>>) {
        for entry in self.report.lines.iter_mut().filter(|entry| self.changed.contains_key(&entry.id)) {
            let findings = told.remove(&entry.id).unwrap_or_default();
            entry.messages.extend(findings.into_iter().map(|finding| finding.message));
        }
    }

    /// Tells what is wrong with entries that were to be written. What a catalogue says cannot be mended here, so it is left out
    /// and keeps nothing else out.
    fn refuse(&mut self, mut wrong: BTreeMap<String, Vec<Finding>>, outcome: LineOutcome) {
        for entry in self.report.lines.iter_mut().filter(|entry| self.changed.contains_key(&entry.id)) {
            let is_to_be_written = matches!(entry.outcome, LineOutcome::Created | LineOutcome::Updated);
            if let Some(findings) = wrong.get_mut(&entry.id).filter(|_| is_to_be_written) {
                entry.outcome = outcome;
                entry.messages = std::mem::take(findings).into_iter().map(|finding| finding.message).collect();
            }
        }
        self.changed.retain(|id, _| !wrong.contains_key(id));
    }
}

impl ImportLine {
    fn at(place: &Place, outcome: LineOutcome) -> Self {
        Self {
            file: place.file.as_deref().map(str::to_owned),
            line: place.line,
            id: String::new(),
            outcome,
            fields: Vec::new(),
            erases: Vec::new(),
            messages: Vec::new(),
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
