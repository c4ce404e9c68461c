//! What the engine answers. Plain data: the edges decide how it looks in JSON, chat or a terminal.

use super::source::ByteSpan;

/// A rewritten message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rendering {
    /// Id of the audience it was written for.
    pub audience: String,
    /// Id of the kind of message that was read, for example `incident`.
    pub kind: String,
    /// The outcome in at most 20 words.
    pub headline: String,
    /// The upshot, in the order this reader wants it.
    pub sections: Vec<Section>,
    /// The complete message in business words: every fact of the source is in it.
    pub plain: String,
    /// What is wanted from the reader; empty when nothing was asked for.
    pub asks: Vec<String>,
    /// What this reader would ask next and the source does not say ("Not stated: how many customers"); at most three.
    pub open_questions: Vec<String>,
    /// Terms of the source with their definitions.
    pub glosses: Vec<Gloss>,
    /// Terms that stand in the author's words because the one person who reads knows them, once each.
    pub known: Vec<Gloss>,
    /// The fact ledger.
    pub facts: Vec<FactRow>,
    /// Every span of `plain` that is not the author's, with where it came from.
    pub changes: Vec<Change>,
    /// Doubts and limits the reader should know of.
    pub notices: Vec<Notice>,
    /// Whether any part had to fall back to the author's words.
    pub fallback: bool,
}

/// One paragraph of the upshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Machine name, for example `cause`.
    pub slot: String,
    /// Heading, for example `Cause`.
    pub title: String,
    /// The text in canonical markup.
    pub text: String,
}

/// A term of the source with its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gloss {
    /// The term as the source wrote it.
    pub term: String,
    /// Concept id.
    pub concept: String,
    /// The definition.
    pub text: String,
}

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactStatus {
    /// In source and output, equal in value.
    Kept,
    /// Computed from stated figures; the row carries the formula.
    Derived,
    /// In the source only.
    Missing,
}

/// One row of the fact ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Kind of fact, for example `duration`.
    pub kind: String,
    /// The source's words.
    pub source: String,
    /// The output's words; empty when missing.
    pub output: String,
    /// What became of it.
    pub status: FactStatus,
    /// For derived facts: how it was computed, for example `3.4 s / 220 ms = 15.5`.
    pub formula: Option<String>,
}

/// A replaced span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The source's words.
    pub from: String,
    /// What stands in `plain`.
    pub to: String,
    /// Where it was in the source.
    pub source_span: ByteSpan,
    /// Where it is in `plain`.
    pub output_span: ByteSpan,
    /// The concept that supplied the wording.
    pub concept: Option<String>,
    /// The phrase pattern or built-in rule that made the change.
    pub rule: Option<String>,
}

/// Something the reader should know about the rewrite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Machine name, for example `unknown_jargon`.
    pub code: String,
    /// One sentence.
    pub text: String,
}

/// How an explanation was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExplanationStatus {
    /// The query is a known term.
    Defined,
    /// Not known as written; the suggestions are near.
    Suggested,
    /// Not known.
    #[default]
    Unknown,
}

/// One further meaning of an ambiguous term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sense {
    /// Concept id.
    pub concept: String,
    /// Subject field, readable.
    pub subject_field: String,
    /// Definition.
    pub definition: String,
}

/// The answer to "explain this".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Explanation {
    /// What was asked, as typed.
    pub query: String,
    /// The words of the question that this answers, as typed.
    pub asked: String,
    /// How it was found.
    pub status: ExplanationStatus,
    /// Id of the concept or phrase pattern; empty when unknown.
    pub concept: String,
    /// Subject field, readable.
    pub subject_field: String,
    /// The preferred term.
    pub term: String,
    /// What is said instead, when the question or the message has a deprecated term: one sentence. Empty for every other term.
    pub usage_note: String,
    /// The definition.
    pub definition: String,
    /// Why it matters; empty when nobody wrote it down.
    pub why: String,
    /// The title of the reader for whom that was written, when it is another one; empty for this reader and everybody.
    pub why_for: String,
    /// A natural example.
    pub example: String,
    /// What it means in the given message, or the message itself in plain words when that was asked; empty without a
    /// message or when the term is not in it.
    pub in_context: String,
    /// Whether a whole message was asked about, so that `in_context` is the answer and the entry explains a word of it.
    pub is_message: bool,
    /// Who answers for the entry.
    pub owner: String,
    /// Related preferred terms.
    pub related: Vec<String>,
    /// Other meanings, when the term is ambiguous and the context did not decide.
    pub other_senses: Vec<Sense>,
    /// Near terms when the query is not known.
    pub suggestions: Vec<String>,
    /// Whether to offer "ask for a definition".
    pub offer_request: bool,
    /// Answers for the other terms of the question, in its order.
    pub also: Vec<Explanation>,
}

impl Explanation {
    /// Whether an entry of the glossary answers; a phrase belongs to no subject field.
    #[must_use]
    pub fn is_of_entry(&self) -> bool {
        self.status == ExplanationStatus::Defined && !self.subject_field.is_empty()
    }
}

/// One way in which a candidate is unfaithful to its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// Machine name: `missing_fact`, `unstated_fact`, `unstated_name`, `negation_dropped`, `negation_added`,
    /// `certainty_raised`, `condition_dropped`, `unstated_cause` or `added_request`.
    pub code: String,
    /// One sentence for people.
    pub text: String,
    /// The source's words, when there are any.
    pub source: String,
    /// The candidate's words, when there are any.
    pub candidate: String,
}

/// The ledger's judgement of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing lost, nothing invented that the ledger can see.
    Faithful,
    /// What was found, in order of appearance.
    Unfaithful(Vec<Discrepancy>),
}
