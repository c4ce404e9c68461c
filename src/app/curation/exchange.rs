//! Taking many concepts in and giving them out: tables, glossary files, and two exchange formats of terminologists.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    App, Change, Concept, ConceptView, CurationError, Finding, Layer, Role,
    changes::Published,
    checks,
    checks::Demand,
    table::{self, Row},
    terminology,
};
use crate::engine::content::yaml_options;
use crate::store::{ConceptChange, ConceptStatus};

/// More than any organisation would take in at once.
const MOST_ENTRIES: usize = 5_000;

/// Why a concept is as it is when it came from a file and nobody says more.
pub const IMPORT_REASON: &str = "Taken in from a file.";

/// A form in which concepts are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A table for spreadsheets.
    Csv,
    /// Glossary files, one document for each subject field.
    Yaml,
    /// TermBase eXchange, ISO 30042: given out only.
    Tbx,
    /// Simple Knowledge Organization System, as Turtle: given out only.
    Skos,
}

impl Exchange {
    /// The format with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "yaml" | "yml" => Some(Self::Yaml),
            "tbx" => Some(Self::Tbx),
            "skos" | "ttl" => Some(Self::Skos),
            _ => None,
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Yaml => "application/yaml",
            Self::Tbx => "application/x-tbx+xml",
            Self::Skos => "text/turtle; charset=utf-8",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Yaml => "yaml",
            Self::Tbx => "tbx",
            Self::Skos => "ttl",
        }
    }
}

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
    /// It cannot be used; then nothing of the file is.
    Refused,
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
    /// Entries that cannot be used.
    pub refused: usize,
    /// Each entry.
    pub lines: Vec<ImportLine>,
}

impl App {
    /// Gives out the concepts that answers are made with.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn export(&self, format: Exchange, layers: &[Layer]) -> Result<String, CurationError> {
        let overlay = self.overlay().await?;
        let base = self.curation.catalogue().entries.iter();
        let mut concepts: BTreeMap<&str, &Concept> = base
            .filter(|(id, entry)| layers.contains(&entry.layer) && !overlay.hidden.contains(*id))
            .map(|(id, entry)| (id.as_str(), &entry.concept))
            .collect();
        for (id, concept) in &overlay.concepts {
            if layers.contains(&Layer::Live) {
                concepts.insert(id, concept);
            } else {
                concepts.remove(id.as_str());
            }
        }
        let concepts: Vec<Concept> = concepts.into_values().cloned().collect();
        match format {
            Exchange::Csv => table::write(&concepts),
            Exchange::Yaml => as_yaml(&concepts),
            Exchange::Tbx => Ok(terminology::tbx(&concepts)),
            Exchange::Skos => Ok(terminology::skos(&concepts)),
        }
        .map_err(CurationError::Broken)
    }

    /// Takes a file in, all of it or nothing.
    ///
    /// # Errors
    /// The person may not, the file cannot be read at all, somebody else was faster, or the database does not answer.
    pub async fn import(
        self: &Arc<Self>,
        change: Change<'_>,
        format: Exchange,
        text: &str,
        mode: ImportMode,
    ) -> Result<ImportReport, CurationError> {
        // Whoever takes words in is their author, and nobody but an administrator approves their own.
        change.curator.need(if mode == ImportMode::Approved { Role::Admin } else { Role::Author })?;
        let rows = match format {
            Exchange::Csv => table::read(text),
            Exchange::Yaml => from_yaml(text),
            Exchange::Tbx | Exchange::Skos => Err("Only csv and yaml can be taken in.".to_owned()),
        }
        .map_err(CurationError::Refused)?;
        if rows.len() > MOST_ENTRIES {
            return Err(CurationError::Refused(format!("A file may have {MOST_ENTRIES} entries. Cut it in parts.")));
        }
        let before: BTreeMap<String, ConceptView> =
            self.all_concepts().await?.into_iter().map(|view| (view.concept.id.clone(), view)).collect();
        let mut plan = Plan::new(rows, &before, mode);
        let wrong = self.check_all(plan.changed.values().cloned().collect()).await?;
        plan.refuse(wrong);
        let mut report = plan.report;
        report.count();
        if mode == ImportMode::DryRun || report.refused > 0 || plan.changed.is_empty() {
            return Ok(report);
        }
        let published = self.save_all(change, &plan.changed, &before, mode).await?;
        report.is_written = true;
        report.is_waiting = published == Published::Later;
        Ok(report)
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
            .map(|(id, concept)| serde_json::to_string(concept).map(|body| (id, body)))
            .collect::<Result<_, _>>()
            .map_err(|error| CurationError::Broken(error.to_string()))?;
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
                    reason: change.reason,
                }
            })
            .collect();
        self.commit(&rows, change.now).await
    }
}

/// What is to be done with the entries of a file.
struct Plan {
    report: ImportReport,
    /// What is to be written, by id.
    changed: BTreeMap<String, Concept>,
}

impl Plan {
    fn new(rows: Vec<Row>, before: &BTreeMap<String, ConceptView>, mode: ImportMode) -> Self {
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
                        plan.place(&mut entry, concept, before, mode);
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
        before: &BTreeMap<String, ConceptView>,
        mode: ImportMode,
    ) {
        entry.outcome = match before.get(&concept.id) {
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
        let counts =
            [LineOutcome::Created, LineOutcome::Updated, LineOutcome::Unchanged, LineOutcome::Refused].map(count);
        [self.created, self.updated, self.unchanged, self.refused] = counts;
    }
}

/// The names of the fields in which two concepts differ.
fn different_fields(one: &Concept, other: &Concept) -> Vec<String> {
    let (Ok(Value::Object(one)), Ok(Value::Object(other))) = (serde_json::to_value(one), serde_json::to_value(other))
    else {
        return Vec::new();
    };
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

/// Glossary files, one document for each subject field.
fn as_yaml(concepts: &[Concept]) -> Result<String, String> {
    let mut fields: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for concept in concepts {
        let mut entry = concept.as_entry();
        if let (Some(entry), Some(date)) = (entry.as_object_mut(), &concept.review_by) {
            entry.insert("review_by".to_owned(), date.as_str().into());
        }
        fields.entry(&concept.subject_field).or_default().push(entry);
    }
    let documents: Result<Vec<String>, String> = fields
        .into_iter()
        .map(|(field, concepts)| {
            serde_saphyr::to_string(&json!({ "subject_field": field, "concepts": concepts }))
                .map_err(|error| format!("The file cannot be written: {error}."))
        })
        .collect();
    Ok(documents?.join("---\n"))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    #[serde(default)]
    subject_field: String,
    concepts: Vec<serde_saphyr::Spanned<Concept>>,
}

fn from_yaml(text: &str) -> Result<Vec<Row>, String> {
    let packs: Vec<Pack> = serde_saphyr::from_multiple_with_options(text, yaml_options()).map_err(|error| {
        let place = error.location().map(|location| format!("Line {}: ", location.line())).unwrap_or_default();
        let told = error.to_string();
        let first = told.lines().next().unwrap_or_default().to_owned();
        format!("{place}{first}. A glossary file has subject_field and concepts.")
    })?;
    let mut rows = Vec::new();
    for pack in packs {
        for concept in pack.concepts {
            let line = concept.referenced.line();
            let mut concept = concept.value;
            if concept.subject_field.is_empty() {
                concept.subject_field.clone_from(&pack.subject_field);
            }
            rows.push((line, Ok(concept.complete())));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::{as_yaml, different_fields, from_yaml};
    use crate::{
        app::curation::{Concept, layers::Catalogue},
        engine::{ContentFile, Engine},
    };

    #[test]
    fn what_is_given_out_is_a_glossary_file() {
        let mut content = crate::seed::content();
        content.files.retain(|file| file.path.starts_with("prompts/"));
        let concept = |date: &str| Concept {
            review_by: Some(date.to_owned()),
            ..serde_json::from_value(serde_json::json!({
                "id": "kiln", "subject_field": "platform", "definition": "One copy of the shop.",
                "terms": [{ "text": "kiln" }], "wordings": [{ "text": "shop copy" }]
            }))
            .unwrap()
        };
        for (date, is_good) in [("2027-03-31", true), ("soon", false)] {
            let mut content = content.clone();
            let text = as_yaml(&[concept(date).complete()]).unwrap();
            assert!(text.contains("review_by"), "{text}");
            content.files.push(ContentFile::new("glossary/platform.yaml", &text));
            let told = Engine::build(&content).map(|_| ()).map_err(|mistakes| mistakes[0].message.clone());
            assert_eq!(told.is_ok(), is_good, "{told:?}");
            assert!(told.err().is_none_or(|told| told.contains("write review_by as year, month and day")));
        }
    }

    #[test]
    fn every_shipped_entry_survives_the_way_out_and_in() {
        let catalogue = Catalogue::of(&crate::seed::content());
        let concepts: Vec<Concept> = catalogue.entries.into_values().map(|entry| entry.concept).collect();
        assert!(concepts.len() > 1_000);
        for (form, back) in [
            ("yaml", from_yaml(&as_yaml(&concepts).unwrap()).unwrap()),
            ("csv", super::table::read(&super::table::write(&concepts).unwrap()).unwrap()),
        ] {
            let mut back: Vec<Concept> = back.into_iter().map(|(_, row)| row.unwrap()).collect();
            back.sort_by(|one, other| one.id.cmp(&other.id));
            assert_eq!(back.len(), concepts.len(), "{form}");
            for (one, other) in concepts.iter().zip(&back) {
                assert_eq!(different_fields(one, other), [""; 0], "{form}: {}", one.id);
            }
        }
    }
}
