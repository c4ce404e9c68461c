//! The glossary model, in the vocabulary of ISO 1087: a concept is one meaning, its terms are how people write it.

mod index;
mod schema;
mod senses;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub(crate) use index::{Hit, HitForm, Index};
pub(crate) use schema::{RawExamples, parse};
pub(crate) use senses::{Evidence, Sense, SenseCues, decide};

use super::lexicon::inflect::VerbForm;
use super::text::{Vocabulary, term_words};

/// Part of speech of a term or wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartOfSpeech {
    Noun,
    Verb,
    Adjective,
    Adverb,
    /// A product or project: the name stays.
    Name,
    /// Fixed words, never inflected.
    Phrase,
}

impl PartOfSpeech {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Noun => "noun",
            Self::Verb => "verb",
            Self::Adjective => "adjective",
            Self::Adverb => "adverb",
            Self::Name => "name",
            Self::Phrase => "phrase",
        }
    }
}

/// ISO 1087 status of a term within its concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TermStatus {
    Preferred,
    Admitted,
    Deprecated,
}

/// What a concept touches in the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Revenue,
    Cost,
    Risk,
    Time,
    Customers,
    Compliance,
    People,
}

/// Whether a noun wording has a plural.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Number {
    #[default]
    Count,
    Mass,
    Plural,
}

/// One way of writing a concept.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) text: String,
    pub(crate) part_of_speech: PartOfSpeech,
    pub(crate) status: TermStatus,
    /// Found only in exactly this spelling.
    pub(crate) exact_case: bool,
    /// Its words as the tokeniser cuts them, until the index has numbered them. Where they may hold a fact they are cut later
    /// ([`Concept::cut_terms`]).
    words: Vec<String>,
}

/// What stands in a term's place.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    pub(crate) text: String,
    pub(crate) part_of_speech: PartOfSpeech,
    pub(crate) number: Number,
    /// What a verb is said by where nothing follows that it is done to: "go back to the earlier version" beside "undo".
    pub(crate) alone: Option<String>,
    /// What a noun is said by in front of another one: "backup" in "backup schedule" beside "saved copy". Empty where the
    /// author's word stays there.
    pub(crate) before_noun: Option<String>,
    pub(crate) audience: Option<String>,
}

/// How a measured quantity is said to readers.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    /// What a higher value means.
    pub(crate) rise: Direction,
    /// The state of a service when the metric is bad, after "is": "slow".
    #[serde(default)]
    pub(crate) worse: String,
    /// The state of a service when it got better, after "is": "faster".
    #[serde(default)]
    pub(crate) better: String,
    /// A sentence for one stated value, with `{value}`.
    #[serde(default)]
    pub(crate) value: String,
    /// A sentence for a rise, with `{from}` and `{to}`.
    #[serde(default)]
    pub(crate) rose: String,
    /// A sentence for a fall, with `{from}` and `{to}`.
    #[serde(default)]
    pub(crate) fell: String,
    /// The comparative for a derived factor: "longer" in "about 15 times longer".
    #[serde(default)]
    pub(crate) more: String,
    /// The comparative for a fall: "shorter".
    #[serde(default)]
    pub(crate) less: String,
}

/// Whether more of a metric is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Worse,
    Better,
    #[default]
    Neutral,
}

/// A sentence the tests run.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) text: String,
    pub(crate) plain: Option<String>,
}

/// Examples that belong to an entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examples {
    pub(crate) matching: Vec<Example>,
    pub(crate) no_match: Vec<String>,
}

/// One meaning.
#[derive(Debug, Clone)]
pub(crate) struct Concept {
    pub(crate) id: String,
    pub(crate) subject_field: Arc<str>,
    pub(crate) definition: String,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) terms: Vec<Term>,
    pub(crate) wordings: Vec<Wording>,
    pub(crate) gloss: Option<String>,
    pub(crate) near: Vec<String>,
    pub(crate) not_near: Vec<String>,
    pub(crate) everyday: bool,
    pub(crate) metric: Option<Metric>,
    /// Why it matters, by audience.
    pub(crate) why: Box<[(String, String)]>,
    pub(crate) example: String,
    pub(crate) related: Vec<String>,
    pub(crate) owner: String,
    pub(crate) examples: Examples,
    /// Written by the organisation: it wins over shipped concepts with the same term.
    pub(crate) own: bool,
    /// Where it was written, for messages to authors.
    pub(crate) path: Arc<str>,
    pub(crate) line: usize,
}

impl Concept {
    /// Cuts the terms that may hold a fact into words. The automaton of facts grows with what it is shown: one thread should show
    /// it all of them.
    pub(crate) fn cut_terms(&mut self) {
        for term in self.terms.iter_mut().filter(|term| term.words.is_empty()) {
            term.words = term_words(&term.text);
        }
    }

    /// Why it matters to an audience.
    pub(crate) fn why_for(&self, audience: &str) -> Option<&str> {
        self.why.iter().find(|(id, _)| id == audience).map(|(_, reason)| reason.as_str())
    }

    /// The wording for a part of speech and audience.
    pub(crate) fn wording(&self, part: PartOfSpeech, audience: &str) -> Option<&Wording> {
        let of_part = || self.wordings.iter().filter(|wording| wording.part_of_speech == part);
        of_part()
            .find(|wording| wording.audience.as_deref() == Some(audience))
            .or_else(|| of_part().find(|wording| wording.audience.is_none()))
    }

    /// The term shown to people.
    pub(crate) fn preferred(&self) -> &str {
        self.terms
            .iter()
            .find(|term| term.status == TermStatus::Preferred)
            .or_else(|| self.terms.first())
            .map_or(self.id.as_str(), |term| term.text.as_str())
    }
}

/// All concepts of a revision with the index that finds them.
#[derive(Debug)]
pub(crate) struct Glossary {
    pub(crate) concepts: Vec<Concept>,
    pub(crate) index: Index,
    pub(crate) cues: SenseCues,
    /// The words of terms, cues and phrase patterns.
    pub(crate) vocabulary: Vocabulary,
    ids: FxHashMap<Box<str>, usize>,
}

impl Glossary {
    /// Indexes concepts, adding their words to a vocabulary.
    pub(crate) fn new(mut concepts: Vec<Concept>, cues: SenseCues, mut vocabulary: Vocabulary) -> Self {
        let index = Index::build(&mut concepts, &mut vocabulary);
        let ids =
            concepts.iter().enumerate().map(|(position, concept)| (concept.id.as_str().into(), position)).collect();
        Self { concepts, index, cues, vocabulary, ids }
    }

    /// The concept with this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Concept> {
        self.position(id).and_then(|position| self.concepts.get(position))
    }

    /// The position of the concept with this id.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }
}

/// The form a matched verb or noun has in the text.
pub(crate) const fn is_plural(form: HitForm) -> bool {
    matches!(form, HitForm::Plural)
}

/// The verb form of a hit, the base form for anything else.
pub(crate) const fn verb_form_of(form: HitForm) -> VerbForm {
    match form {
        HitForm::Verb(form) => form,
        _ => VerbForm::Base,
    }
}
