//! Definitions: one plain sentence, in words that need no definition themselves and do not lead back to where they began.

use super::{Finding, Report, report};
use crate::engine::Engine;
use crate::engine::glossary::{Concept, Glossary};
use crate::engine::notices::jargon_at;
use crate::engine::render::Analysis;
use crate::engine::text::Document;

const LONGEST_DEFINITION: usize = 30;
/// Definitions that lead back through more of them than this are no trouble to anybody.
const LONGEST_CIRCLE: usize = 3;

pub(super) fn lint(engine: &Engine, number: usize, concept: &Concept, report: &mut Report<'_>) {
    let definition = &concept.definition;
    if definition.is_empty() {
        report.mistake("the definition is empty; say in one sentence what is meant");
        return;
    }
    let words = definition.split_whitespace().count();
    if words > LONGEST_DEFINITION {
        report.advice(&format!("the definition has {words} words; say it in at most {LONGEST_DEFINITION}"));
    }
    // Everyday senses are never shown.
    if concept.everyday {
        return;
    }
    if !definition.ends_with('.') {
        report.mistake("the definition must be one sentence that ends with a full stop");
    }
    if definition.starts_with(char::is_lowercase) {
        report.mistake("the definition must begin with a capital letter");
    }
    let analysis = Analysis::new(definition, &engine.glossary, &engine.compiled.patterns);
    let mut unknown: Vec<&str> = Vec::new();
    for index in (0..analysis.document.tokens.len()).filter(|index| jargon_at(&analysis, *index)) {
        let word = analysis.document.token_text(index);
        let is_own = concept.terms.iter().any(|term| term.text.to_lowercase().contains(&word.to_lowercase()));
        if !is_own && !unknown.contains(&word) {
            unknown.push(word);
        }
    }
    if !unknown.is_empty() {
        report.advice(&format!(
            "the definition uses {}, which looks like jargon and has no entry; say it in everyday words or add an entry",
            unknown.join(", ")
        ));
    }
    let why = concept.why.len();
    if why == 1 {
        report.advice("`why` speaks to one audience; add a second one or leave it out");
    }
    if hits(&engine.glossary, definition).contains(&number) {
        report.advice("the definition uses the term that it defines; say it in other words");
    }
}

/// Concepts whose term stands in a text and is not left open by what is near.
fn hits(glossary: &Glossary, text: &str) -> Vec<usize> {
    let document = Document::numbered(text, &glossary.vocabulary);
    let mut found = Vec::new();
    for sentence in &document.sentences {
        for hit in glossary.find(&document, sentence.clone()) {
            let is_jargon = glossary
                .concepts
                .get(hit.concept)
                .is_some_and(|concept| !concept.everyday && !concept.wordings.is_empty());
            if is_jargon && glossary.cues.are_free(hit.concept) && !found.contains(&hit.concept) {
                found.push(hit.concept);
            }
        }
    }
    found
}

/// Definitions that explain each other: whoever looks one up is sent round in a circle.
pub(super) fn circles(glossary: &Glossary, findings: &mut Vec<Finding>) {
    let uses: Vec<Vec<usize>> = glossary
        .concepts
        .iter()
        .map(|concept| if concept.everyday { Vec::new() } else { hits(glossary, &concept.definition) })
        .collect();
    for (start, concept) in glossary.concepts.iter().enumerate() {
        let mut path = vec![start];
        if let Some(circle) = circle_through(&uses, &mut path) {
            let names: Vec<&str> = circle
                .iter()
                .skip(1)
                .filter_map(|number| glossary.concepts.get(*number).map(Concept::preferred))
                .collect();
            report(concept, findings).advice(&format!(
                "its definition uses {:?}, whose definition leads back here; say one of them in everyday words",
                names.join("\", \"")
            ));
        }
    }
}

/// The shortest way from the first concept back to it, told once, by the concept with the smallest number.
fn circle_through(uses: &[Vec<usize>], path: &mut Vec<usize>) -> Option<Vec<usize>> {
    let (start, at) = (*path.first()?, *path.last()?);
    let next = uses.get(at)?;
    if path.len() > 1 && next.contains(&start) {
        return Some(path.clone());
    }
    if path.len() == LONGEST_CIRCLE {
        return None;
    }
    for &number in next.iter().filter(|number| **number > start) {
        if path.contains(&number) {
            continue;
        }
        path.push(number);
        let found = circle_through(uses, path);
        path.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}
