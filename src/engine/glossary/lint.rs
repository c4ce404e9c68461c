//! Advice for authors: what makes an entry weak although it can be used.

use super::{Concept, Glossary};
use crate::engine::content::ContentError;
use crate::engine::text::{Document, TokenKind};

const LONGEST_WORDING: usize = 5;
const LONGEST_DEFINITION: usize = 30;

/// Findings about concepts, in file order.
pub(crate) fn lint(glossary: &Glossary) -> Vec<ContentError> {
    let mut findings = Vec::new();
    for concept in &glossary.concepts {
        let mut say = |message: String| {
            findings.push(ContentError {
                path: concept.path.clone(),
                line: concept.line,
                message: format!("{}: {message}", concept.id),
            });
        };
        let words = concept.definition.split_whitespace().count();
        if words > LONGEST_DEFINITION {
            say(format!("the definition has {words} words; say it in at most {LONGEST_DEFINITION}"));
        }
        if !concept.everyday && !concept.definition.ends_with('.') {
            say("the definition must be one sentence that ends with a full stop".into());
        }
        if concept.outcome.is_none() && !concept.everyday {
            say("add `outcome`: revenue, cost, risk, time, customers, compliance or people".into());
        }
        for wording in &concept.wordings {
            let length = wording.text.split_whitespace().count();
            if length > LONGEST_WORDING {
                say(format!("the wording {:?} has {length} words; use at most {LONGEST_WORDING}", wording.text));
            }
            if let Some(term) = jargon_in(glossary, concept, &wording.text) {
                say(format!(
                    "the wording {:?} contains {term:?}, which is itself replaced; say it without",
                    wording.text
                ));
            }
        }
        // An everyday sense is never found; it only keeps others from being.
        let lacks_match = concept.examples.matching.is_empty() && !concept.everyday;
        if lacks_match || concept.examples.no_match.is_empty() {
            say("add at least one example under `match` and one under `no_match`".into());
        }
        for id in &concept.related {
            if glossary.by_id(id).is_none() {
                say(format!("related {id:?} does not exist; use the id of a concept or remove it"));
            }
        }
    }
    findings
}

/// A term with another wording that occurs in a text meant for readers.
fn jargon_in(glossary: &Glossary, own: &Concept, text: &str) -> Option<String> {
    let document = Document::numbered(text, &glossary.vocabulary);
    let all = 0..document.tokens.len();
    glossary
        .index
        .find(&document, all)
        .into_iter()
        .filter(|hit| document.tokens.get(hit.tokens.start).is_some_and(|token| token.kind == TokenKind::Word))
        .filter_map(|hit| glossary.concepts.get(hit.concept).map(|concept| (hit, concept)))
        .find(|(hit, concept)| {
            concept.id != own.id
                && !concept.wordings.is_empty()
                && !glossary.cues.demand(hit.concept)
                && concept.metric.is_none()
        })
        .map(|(hit, _)| document.slice(document.span_of(hit.tokens)).to_owned())
}
