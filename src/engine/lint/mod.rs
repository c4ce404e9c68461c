//! What is wrong or weak in entries that can be used: findings for authors, in file order.
//!
//! A mistake misleads a reader or spoils a sentence; advice makes an entry better. What cannot be used at all is refused
//! when content is compiled and never gets here.

mod definitions;
mod duplicates;
mod terms;
mod wordings;

use super::Engine;
use super::content::ContentError;
use super::glossary::{Concept, Examples};
use super::phrases::Phrase;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It must be mended: a reader would be misled, or a sentence spoilt.
    Mistake,
    /// The entry would be better for it.
    Advice,
}

/// Something to mend in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it must be mended.
    pub weight: Weight,
    /// The entry is the organisation's own, not a shipped one.
    pub own: bool,
    /// Where it stands, and what to write instead.
    pub place: ContentError,
}

/// Gathers the findings about one entry.
struct Report<'a> {
    path: &'a str,
    line: usize,
    id: &'a str,
    own: bool,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    fn mistake(&mut self, message: &str) {
        self.say(Weight::Mistake, message);
    }

    fn advice(&mut self, message: &str) {
        self.say(Weight::Advice, message);
    }

    fn say(&mut self, weight: Weight, message: &str) {
        let message = format!("{}: {message}", self.id);
        let place = ContentError { path: self.path.to_owned(), line: self.line, message };
        self.findings.push(Finding { weight, own: self.own, place });
    }
}

fn report<'a>(concept: &'a Concept, findings: &'a mut Vec<Finding>) -> Report<'a> {
    Report { path: &concept.path, line: concept.line, id: &concept.id, own: concept.own, findings }
}

/// All findings: entries in file order, mistakes and advice as they come.
pub(super) fn lint(engine: &Engine) -> Vec<Finding> {
    let glossary = &engine.glossary;
    let mut findings = Vec::new();
    for (number, concept) in glossary.concepts.iter().enumerate() {
        let report = &mut report(concept, &mut findings);
        terms::lint(concept, report);
        wordings::lint(glossary, number, concept, report);
        definitions::lint(engine, number, concept, report);
        related(engine, concept, report);
        // An everyday sense is never found; it only keeps others from being.
        examples(&concept.examples, usize::from(!concept.everyday), report);
        if concept.outcome.is_none() && !concept.everyday {
            report.advice("add `outcome`: revenue, cost, risk, time, customers, compliance or people");
        }
    }
    for phrase in &engine.compiled.phrases {
        let Phrase { id, path, line, own, .. } = phrase;
        let report = &mut Report { path, line: *line, id, own: *own, findings: &mut findings };
        examples(&phrase.examples, 2, report);
    }
    definitions::circles(glossary, &mut findings);
    duplicates::lint(glossary, &engine.compiled.repeated, &mut findings);
    findings.sort_by(|a, b| (&a.place.path, a.place.line).cmp(&(&b.place.path, b.place.line)));
    findings
}

fn related(engine: &Engine, concept: &Concept, report: &mut Report<'_>) {
    for (index, id) in concept.related.iter().enumerate() {
        if *id == concept.id {
            report.mistake("`related` names the concept itself; remove it");
        } else if engine.glossary.anywhere(id).is_none() {
            report.mistake(&format!("related {id:?} does not exist; use the id of a concept or remove it"));
        } else if concept.related.iter().take(index).any(|earlier| earlier == id) {
            report.mistake(&format!("related {id:?} is named twice; remove one"));
        }
    }
}

fn examples(examples: &Examples, least: usize, report: &mut Report<'_>) {
    if examples.matching.len() < least || examples.no_match.is_empty() {
        let sentences = if least == 2 { "two examples" } else { "one example" };
        report.advice(&format!("add at least {sentences} under `match` and one under `no_match`"));
    }
    for example in &examples.matching {
        if examples.no_match.contains(&example.text) {
            report.mistake(&format!("{:?} stands under `match` and under `no_match`; keep one", example.text));
        }
    }
}
