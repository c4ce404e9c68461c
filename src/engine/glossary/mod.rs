//! The glossary model, in the vocabulary of ISO 1087: a concept is one meaning, its terms are how people write it.

mod deprecated;
mod index;
mod left_out;
mod rivals;
mod schema;
mod scope;
mod senses;

use std::ops::{Deref, Range};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use index::Index;
use scope::Scopes;

pub(crate) use index::{Hit, HitForm};
pub use rivals::Rival;
pub(crate) use schema::{RawExamples, parse};
pub(crate) use scope::Narrowness;
pub use scope::{
    Location, Sight, meet as scopes_meet, problem as place_problem, reaches as scope_reaches, workspace_of,
};
pub(crate) use senses::{Evidence, Sense, SenseCues, decide};

use super::lexicon::inflect::VerbForm;
use super::text::{Document, Token, Vocabulary, term_words};

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
    /// What stands in front of the noun that the term describes: "backup" in "backup schedule" beside "saved copy". Empty where
    /// the author's word stays there.
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
    /// Few have one, and it is a third of an entry's size.
    pub(crate) metric: Option<Box<Metric>>,
    /// Why it matters, by audience.
    pub(crate) why: Box<[(String, String)]>,
    pub(crate) example: String,
    pub(crate) related: Vec<String>,
    pub(crate) owner: String,
    pub(crate) examples: Examples,
    /// Written by the organisation: it wins over shipped concepts with the same term.
    pub(crate) own: bool,
    /// People of other companies must not read it.
    pub(crate) is_for_own_people: bool,
    /// The places in which alone it holds, until the glossary has numbered them.
    pub(crate) scope: Box<[Box<str>]>,
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

/// All concepts of a revision as seen from somewhere: those that hold there. Cheap to make, because what is seen is shared.
#[derive(Debug, Clone)]
pub(crate) struct Glossary {
    all: Arc<Concepts>,
    sight: Sight,
}

/// All concepts of a revision with the index that finds them, wherever they hold.
#[derive(Debug)]
pub(crate) struct Concepts {
    pub(crate) concepts: Vec<Concept>,
    index: Index,
    pub(crate) cues: SenseCues,
    /// The words of terms, cues and phrase patterns.
    pub(crate) vocabulary: Vocabulary,
    ids: FxHashMap<Box<str>, usize>,
    scopes: Scopes,
}

/// What is the same wherever one looks from: who has a position may read what stands there.
impl Deref for Glossary {
    type Target = Concepts;

    fn deref(&self) -> &Concepts {
        &self.all
    }
}

impl Glossary {
    /// Indexes concepts, adding their words to a vocabulary. Seen from nowhere in particular.
    pub(crate) fn new(mut concepts: Vec<Concept>, cues: SenseCues, mut vocabulary: Vocabulary) -> Self {
        let index = Index::build(&mut concepts, &mut vocabulary);
        let ids =
            concepts.iter().enumerate().map(|(position, concept)| (concept.id.as_str().into(), position)).collect();
        let left_out = left_out::pairs(&concepts);
        let mut scopes = Scopes::default();
        for (position, concept) in concepts.iter_mut().enumerate() {
            scopes.put(position, std::mem::take(&mut concept.scope));
        }
        for (position, wherever) in left_out {
            scopes.leave_out(position, wherever);
        }
        Self { all: Arc::new(Concepts { concepts, index, cues, vocabulary, ids, scopes }), sight: Sight::default() }
    }

    /// The same from somewhere else.
    pub(crate) fn seen_from(&self, location: &Location) -> Self {
        Self { all: Arc::clone(&self.all), sight: self.scopes.seen_from(location) }
    }

    /// What is seen from here.
    pub(crate) fn sight(&self) -> &Sight {
        &self.sight
    }

    /// Whether somebody else looks at the same.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.all) > 1
    }

    /// The terms in a sentence that hold here. Of concepts that claim the same words, those for the narrowest place are given.
    pub(crate) fn find(&self, document: &Document<'_>, sentence: Range<usize>) -> Vec<Hit> {
        let hits = self.index.find(document, sentence);
        if self.scopes.are_none() && !self.sight.is_among_partners() {
            return hits;
        }
        // What claims the same words stands together.
        let claims = hits.chunk_by(|one, next| one.tokens == next.tokens);
        claims.flat_map(|claim| self.narrowest(claim, |hit| hit.concept).cloned().collect::<Vec<Hit>>()).collect()
    }

    /// The concepts that have exactly this term and hold here, in any case and inflection of its words.
    pub(crate) fn lookup(&self, tokens: &[Token]) -> Vec<usize> {
        let mut concepts = self.index.lookup(tokens);
        concepts.retain(|concept| self.holds(*concept));
        concepts
    }

    /// Those of some claimants of the same words that hold for the narrowest place around here.
    pub(crate) fn narrowest<'c, C>(
        &self,
        claimants: &'c [C],
        concept: impl Fn(&C) -> usize,
    ) -> impl Iterator<Item = &'c C> {
        let narrowness = move |claimant: &C| self.narrowness(concept(claimant));
        let narrowest = claimants.iter().filter_map(&narrowness).max();
        claimants.iter().filter(move |claimant| narrowest.is_some() && narrowness(claimant) == narrowest)
    }

    /// How narrow the place is for which a concept holds here; `None` when it does not.
    pub(crate) fn narrowness(&self, concept: usize) -> Option<Narrowness> {
        if self.sight.is_among_partners() && self.concepts.get(concept).is_some_and(|one| one.is_for_own_people) {
            return None;
        }
        self.scopes.narrowness(concept, &self.sight)
    }

    /// Whether the concept at a position holds here.
    pub(crate) fn holds(&self, concept: usize) -> bool {
        self.narrowness(concept).is_some()
    }

    /// The concepts that hold here, with their positions.
    pub(crate) fn holding(&self) -> impl Iterator<Item = (usize, &Concept)> {
        self.concepts.iter().enumerate().filter(|(position, _)| self.holds(*position))
    }

    /// The concept with this id, when it holds here.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Concept> {
        self.position(id).and_then(|position| self.concepts.get(position))
    }

    /// The position of the concept with this id, when it holds here.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied().filter(|position| self.holds(*position))
    }
}

impl Concepts {
    /// The concept with this id, wherever it holds.
    pub(crate) fn anywhere(&self, id: &str) -> Option<&Concept> {
        self.ids.get(id).and_then(|position| self.concepts.get(*position))
    }

    /// Where the concept with this id holds: at the first of its places, or nowhere in particular.
    pub(crate) fn location_of(&self, id: &str) -> Location {
        let places = self.ids.get(id).map_or(&[][..], |position| self.scopes.places_of(*position));
        places.first().map_or_else(Location::default, |place| Location::around(place))
    }

    /// Whether nothing but senses decides between two concepts with the same term: they hold for the same place.
    pub(crate) fn meet(&self, one: usize, other: usize) -> bool {
        scopes_meet(self.scopes.places_of(one), self.scopes.places_of(other))
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
