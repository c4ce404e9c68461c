//! The JSON that the command line, the API and the playground share. Field names and order are a contract; fields may be
//! added, these stay.

use serde::Serialize;
use serde_json::Value;

use super::{Depth, answer_text};
use crate::engine::{ByteSpan, Change, Discrepancy, Explanation, ExplanationStatus, FactStatus, Rendering, Verdict};

/// A rewrite.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RewriteJson<'a> {
    id: &'a Value,
    audience: &'a str,
    kind: &'a str,
    headline: &'a str,
    sections: Vec<SectionJson<'a>>,
    plain: &'a str,
    asks: &'a [String],
    open_questions: &'a [String],
    glosses: Vec<GlossJson<'a>>,
    facts: Vec<FactJson<'a>>,
    changes: Vec<ChangeJson<'a>>,
    notices: Vec<NoticeJson<'a>>,
    verdict: &'static str,
    path: &'static str,
    glossary_revision: &'a str,
    revision: &'a str,
    elapsed_us: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SectionJson<'a> {
    slot: &'a str,
    title: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct GlossJson<'a> {
    term: &'a str,
    concept: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FactJson<'a> {
    kind: &'a str,
    source: &'a str,
    output: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    formula: Option<&'a str>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ChangeJson<'a> {
    from: &'a str,
    to: &'a str,
    source_span: [usize; 2],
    output_span: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    concept: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct NoticeJson<'a> {
    code: &'a str,
    text: &'a str,
}

impl<'a> RewriteJson<'a> {
    /// A rewrite under the caller's id (`null` when there was none), with the content revision that made it.
    #[must_use]
    pub fn new(id: &'a Value, rendering: &'a Rendering, revision: &'a str, elapsed_us: u64) -> Self {
        Self {
            id,
            audience: &rendering.audience,
            kind: &rendering.kind,
            headline: &rendering.headline,
            sections: rendering
                .sections
                .iter()
                .map(|section| SectionJson { slot: &section.slot, title: &section.title, text: &section.text })
                .collect(),
            plain: &rendering.plain,
            asks: &rendering.asks,
            open_questions: &rendering.open_questions,
            glosses: rendering
                .glosses
                .iter()
                .map(|gloss| GlossJson { term: &gloss.term, concept: &gloss.concept, text: &gloss.text })
                .collect(),
            facts: rendering
                .facts
                .iter()
                .map(|fact| FactJson {
                    kind: &fact.kind,
                    source: &fact.source,
                    output: &fact.output,
                    status: fact_status(fact.status),
                    formula: fact.formula.as_deref(),
                })
                .collect(),
            changes: rendering.changes.iter().map(change).collect(),
            notices: rendering
                .notices
                .iter()
                .map(|notice| NoticeJson { code: &notice.code, text: &notice.text })
                .collect(),
            verdict: if rendering.fallback { "fallback" } else { "faithful" },
            path: "deterministic",
            glossary_revision: revision,
            revision,
            elapsed_us,
        }
    }
}

fn fact_status(status: FactStatus) -> &'static str {
    match status {
        FactStatus::Kept => "kept",
        FactStatus::Derived => "derived",
        FactStatus::Missing => "missing",
    }
}

fn change(change: &Change) -> ChangeJson<'_> {
    let pair = |span: ByteSpan| [span.start, span.end];
    ChangeJson {
        from: &change.from,
        to: &change.to,
        source_span: pair(change.source_span),
        output_span: pair(change.output_span),
        concept: change.concept.as_deref(),
        rule: change.rule.as_deref(),
    }
}

/// An explanation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExplainJson<'a> {
    id: &'a Value,
    query: &'a str,
    #[serde(flatten)]
    answer: AnswerJson<'a>,
    glossary_revision: &'a str,
    is_message: bool,
    /// The answers for further terms of the same question.
    also: Vec<AnswerJson<'a>>,
    depth: &'static str,
    text: String,
}

/// The answer for one term.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AnswerJson<'a> {
    status: &'static str,
    concept: &'a str,
    term: &'a str,
    /// What is said instead, when the question has a deprecated term; empty for every other one.
    usage_note: &'a str,
    definition: &'a str,
    why: &'a str,
    example: &'a str,
    in_context: &'a str,
    owner: &'a str,
    related: &'a [String],
    other_senses: Vec<SenseJson<'a>>,
    suggestions: &'a [String],
    offer_request: bool,
    asked: &'a str,
    subject_field: &'a str,
    why_for: &'a str,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SenseJson<'a> {
    concept: &'a str,
    subject_field: &'a str,
    definition: &'a str,
}

impl<'a> ExplainJson<'a> {
    /// An explanation under the caller's id (`null` when there was none), with the content revision that made it. The
    /// depth decides about `text` only: all other fields are always there.
    #[must_use]
    pub fn new(id: &'a Value, explanation: &'a Explanation, revision: &'a str, depth: Depth) -> Self {
        Self {
            id,
            query: &explanation.query,
            answer: AnswerJson::new(explanation),
            glossary_revision: revision,
            is_message: explanation.is_message,
            also: explanation.also.iter().map(AnswerJson::new).collect(),
            depth: depth.name(),
            text: answer_text(explanation, depth),
        }
    }
}

impl<'a> AnswerJson<'a> {
    fn new(explanation: &'a Explanation) -> Self {
        Self {
            status: explanation_status(explanation.status),
            concept: &explanation.concept,
            term: &explanation.term,
            usage_note: &explanation.usage_note,
            definition: &explanation.definition,
            why: &explanation.why,
            example: &explanation.example,
            in_context: &explanation.in_context,
            owner: &explanation.owner,
            related: &explanation.related,
            other_senses: senses(explanation),
            suggestions: &explanation.suggestions,
            offer_request: explanation.offer_request,
            asked: &explanation.asked,
            subject_field: &explanation.subject_field,
            why_for: &explanation.why_for,
        }
    }
}

fn explanation_status(status: ExplanationStatus) -> &'static str {
    match status {
        ExplanationStatus::Defined => "defined",
        ExplanationStatus::Suggested => "suggested",
        ExplanationStatus::Unknown => "unknown",
    }
}

fn senses(explanation: &Explanation) -> Vec<SenseJson<'_>> {
    explanation
        .other_senses
        .iter()
        .map(|sense| SenseJson {
            concept: &sense.concept,
            subject_field: &sense.subject_field,
            definition: &sense.definition,
        })
        .collect()
}

/// The ledger's judgement of somebody's rewrite.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VerifyJson<'a> {
    verdict: &'static str,
    discrepancies: Vec<DiscrepancyJson<'a>>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DiscrepancyJson<'a> {
    code: &'a str,
    text: &'a str,
    source: &'a str,
    candidate: &'a str,
}

impl<'a> VerifyJson<'a> {
    /// A judgement.
    #[must_use]
    pub fn new(verdict: &'a Verdict) -> Self {
        match verdict {
            Verdict::Faithful => Self { verdict: "faithful", discrepancies: Vec::new() },
            Verdict::Unfaithful(found) => {
                Self { verdict: "unfaithful", discrepancies: found.iter().map(discrepancy).collect() }
            }
        }
    }
}

fn discrepancy(found: &Discrepancy) -> DiscrepancyJson<'_> {
    DiscrepancyJson { code: &found.code, text: &found.text, source: &found.source, candidate: &found.candidate }
}
