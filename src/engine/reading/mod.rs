//! Reading: which kind of message it is and what each clause of it does.

mod clauses;
mod cues;
mod frames;

use std::ops::Range;

pub(crate) use cues::{Cues, parse};
pub(crate) use frames::{ActionFrame, EtaFrame, MetricFrame, Tense, action_frame, eta_frame, metric_frame, service_of};

use super::glossary::Glossary;
use super::render::Analysis;
use super::text::{Document, Tag};

/// A clause with its job in the message.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Slot id, for example `impact`, `cause`, `next`.
    pub(crate) slot: String,
    /// The clause without labels and connecting words in front.
    pub(crate) tokens: Range<usize>,
    pub(crate) metric: Option<MetricFrame>,
    pub(crate) action: Option<ActionFrame>,
    pub(crate) eta: Option<EtaFrame>,
}

/// What was read in a message.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) kind: String,
    pub(crate) statements: Vec<Statement>,
}

/// Reads an analysed message.
pub(crate) fn read(analysis: &Analysis<'_>, glossary: &Glossary, cues: &Cues) -> Reading {
    let document = &analysis.document;
    let mut statements = Vec::new();
    for sentence in &document.sentences {
        let mut labelled: Option<String> = None;
        for clause in clauses::split(analysis, sentence.clone()) {
            let tokens = trim(document, clause.tokens.clone());
            if tokens.is_empty() || is_banner(document, tokens.clone()) {
                continue;
            }
            if clause.is_label {
                labelled = cues.slot(document, clause.tokens.clone());
                continue;
            }
            let metric = metric_frame(analysis, glossary, tokens.clone());
            let eta = eta_frame(analysis, tokens.clone());
            let action = action_frame(analysis, glossary, tokens.clone());
            let slot = if let Some(slot) = labelled.take() {
                slot
            } else if clause.is_cause {
                "cause".to_owned()
            } else if is_reference(document, tokens.clone()) {
                "reference".to_owned()
            } else if let Some(slot) = cues.slot(document, clause.tokens.clone()) {
                slot
            } else if metric.is_some() {
                "impact".to_owned()
            } else if eta.is_some() {
                "next".to_owned()
            } else if let Some(action) = &action {
                if action.tense == Tense::Past { "action" } else { "next" }.to_owned()
            } else {
                "detail".to_owned()
            };
            statements.push(Statement { slot, tokens, metric, action, eta });
        }
    }
    let kind = cues.kind(document, &statements);
    Reading { kind, statements }
}

/// Drops labels ("Heads up:"), brackets around whole clauses and connecting words at both ends.
fn trim(document: &Document<'_>, range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    let token = |index: usize| document.tokens.get(index);
    while start < end
        && token(start).is_some_and(|first| {
            first.tag == Tag::Punctuation && !first.is(&["(", "[", "\"", "“", "*", "**", "_", "~~", "$"])
                || first.is(&["and", "but", "so", "then", "also"]) && first.tag != Tag::Adverb
        })
    {
        start += 1;
    }
    while end > start
        && token(end - 1)
            .is_some_and(|last| last.tag == Tag::Punctuation && last.is(&[".", ",", ";", ":", "-", "–", "—"]))
    {
        end -= 1;
    }
    start..end
}

/// `[Update]`, `{{< warning >}}`, "Hi all": words about the message, kept in the plain version only.
fn is_banner(document: &Document<'_>, tokens: Range<usize>) -> bool {
    let first = document.tokens.get(tokens.start);
    let bracketed = first.is_some_and(|token| token.is(&["[", "{", "{{", "<", "==", "---"]));
    let words: Vec<&str> = tokens
        .clone()
        .filter_map(|index| document.tokens.get(index))
        .filter(|token| token.tag != Tag::Punctuation)
        .map(|token| token.lower.as_str())
        .collect();
    let greeting = words.len() <= 3
        && words.first().is_some_and(|word| {
            ["hi", "hello", "hey", "thanks", "thank", "cheers", "fyi", "update", "note"].contains(word)
        });
    let has_fact = tokens.clone().any(|index| document.fact_at(index).is_some());
    !has_fact && (bracketed && words.len() <= 4 || greeting)
}

/// A sentence of nothing but ids, links and brackets.
fn is_reference(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.clone().all(|index| {
        document.tokens.get(index).is_some_and(|token| {
            token.tag == Tag::Punctuation
                || token.is(&[
                    "see", "cf", "ref", "refs", "details", "ticket", "more", "on", "at", "in", "and", "as", "per",
                ])
                || document.fact_at(index).is_some_and(|fact| {
                    matches!(fact.kind, crate::engine::facts::FactKind::Id | crate::engine::facts::FactKind::Link)
                })
        })
    }) && tokens.into_iter().any(|index| document.fact_at(index).is_some())
}
