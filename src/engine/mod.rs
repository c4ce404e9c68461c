//! The rewriting engine: pure, synchronous, deterministic.
//!
//! No I/O, no async, no clock, no randomness, no logging, no environment. The same source, content and audience give the
//! same bytes. The engine cannot fail on a message: doubts become notices inside the value it returns. It can only refuse
//! *content* (a glossary or template file with a mistake), and then it says where and what to write instead.
//!
//! Three types to know: [`Engine`], [`SourceText`], [`Rendering`].

mod audience;
mod build;
pub(crate) mod content;
mod examples;
mod explain;
mod facts;
mod glossary;
#[doc(hidden)]
pub mod lexicon;
mod lint;
mod mining;
mod notices;
mod phrases;
mod polarity;
mod reading;
mod render;
mod rendering;
mod review;
mod search;
mod source;
mod stats;
mod text;
mod verify;

pub use content::{Content, ContentError, ContentFile};
pub use examples::ContentExample;
pub use glossary::{Location, Rival, Sight, place_problem, scope_reaches, scopes_meet, workspace_of};
pub use lint::{Finding, Weight};
pub use mining::{Met, MinedWord, Mining, QuotedWord, UnknownWord, WordShape};
pub use rendering::{
    Change, Discrepancy, Explanation, ExplanationStatus, FactRow, FactStatus, Gloss, Notice, Rendering, Section, Sense,
    Verdict,
};
pub use review::{Draft, Hint, HintCode, Review, WORDS_AT_FULL_WEIGHT};
pub use search::Entry;
pub use source::{ByteSpan, SourceText};
pub use stats::{AmbiguousTerm, EngineSize, FieldStats, GlossaryStats};

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use audience::AudienceProfile;
use build::Repeated;
use explain::{Effort, Knowledge, Lookup};
use glossary::Glossary;
use phrases::{PatternSet, Phrase};
use reading::Cues;
use render::{Analysis, ChoiceKind, Realiser, Templates};
use review::Respect;

/// One kind of reader: what they care about and how much they know already.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// The id used in commands and JSON, for example `sales`.
    pub id: String,
    /// The name shown to people, for example `Sales`.
    pub title: String,
    /// One line: what this reader wants to know first.
    pub about: String,
}

/// The compiled content as seen from somewhere: build it once for each revision, and look at it from where somebody asks. A clone
/// shares everything.
#[derive(Debug, Clone)]
pub struct Engine {
    compiled: Arc<Compiled>,
    glossary: Glossary,
}

/// What is the same wherever one looks from.
#[derive(Debug)]
struct Compiled {
    audiences: Vec<Audience>,
    profiles: Vec<AudienceProfile>,
    phrases: Vec<Phrase>,
    patterns: PatternSet,
    cues: Cues,
    templates: Templates,
    respect: Respect,
    /// Entries of the organisation's own of which only the last one counts.
    repeated: Vec<Repeated>,
    /// Made when somebody asks for the first time: a message can be told without it.
    lookup: OnceLock<Lookup>,
    revision: String,
}

impl Engine {
    /// Compiles content files; later files override earlier ones entry by entry.
    ///
    /// # Errors
    /// All mistakes found in the files, each with file, line and what to write instead.
    pub fn build(content: &Content) -> Result<Engine, Vec<ContentError>> {
        build::build(content)
    }

    /// The same content as seen from somewhere: entries for one place alone count there too, and before those for everybody.
    /// Nothing is copied. A fresh engine is seen from nowhere, where only what holds everywhere counts.
    #[must_use]
    pub fn seen_from(&self, location: &Location) -> Engine {
        Self { compiled: Arc::clone(&self.compiled), glossary: self.glossary.seen_from(location) }
    }

    /// What is seen from here: at places with the same sight, the same revision says the same.
    #[must_use]
    pub fn sight(&self) -> &Sight {
        self.glossary.sight()
    }

    /// Whether somebody else looks at the same content, from wherever.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.compiled) > 1 || self.glossary.is_shared()
    }

    /// What is wrong or weak in entries that can be used. Empty when there is nothing.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        lint::lint(self)
    }

    /// The terms of an entry that another one claims as well, with nothing to decide which is meant: neither is found there.
    #[must_use]
    pub fn rivals(&self, id: &str) -> Vec<Rival> {
        self.glossary.rivals(id)
    }

    /// Counts over the content.
    #[must_use]
    pub fn stats(&self) -> GlossaryStats {
        stats::stats(self)
    }

    /// All audiences, in the order in which menus show them.
    #[must_use]
    pub fn audiences(&self) -> &[Audience] {
        &self.compiled.audiences
    }

    /// The audience with this id.
    #[must_use]
    pub fn audience(&self, id: &str) -> Option<&Audience> {
        self.compiled.audiences.iter().find(|audience| audience.id == id)
    }

    /// The reader assumed when nobody said otherwise: `general`, or the first one when there is no such file.
    #[must_use]
    pub fn default_audience(&self) -> &Audience {
        let general = self.compiled.audiences.iter().position(|audience| audience.id == "general").unwrap_or(0);
        &self.compiled.audiences[general]
    }

    /// Kinds of messages that have a template of their own, or can have one; the template of all others comes last.
    #[must_use]
    pub fn kinds(&self) -> Vec<&str> {
        self.compiled.cues.kinds().chain(["generic"]).collect()
    }

    /// A short hash of all content: it changes when any file does.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.compiled.revision
    }

    /// The examples that content files carry for themselves, to be run as tests.
    #[must_use]
    pub fn examples(&self) -> Vec<ContentExample> {
        let concepts = self.glossary.concepts.iter().map(|c| (&c.id, &c.examples, &*c.path, c.line, c.own));
        let phrases = self.compiled.phrases.iter().map(|p| (&p.id, &p.examples, p.path.as_str(), p.line, p.own));
        concepts
            .chain(phrases)
            .map(|(id, examples, path, line, own)| ContentExample {
                id: id.clone(),
                path: path.to_owned(),
                line,
                own,
                matching: examples
                    .matching
                    .iter()
                    .map(|example| (example.text.clone(), example.plain.clone()))
                    .collect(),
                no_match: examples.no_match.clone(),
            })
            .collect()
    }

    /// Every example of the content that does not hold: an entry not found where it must be, or found where it must not.
    #[must_use]
    pub fn failed_examples(&self) -> Vec<Finding> {
        examples::failures(self)
    }

    /// The ids of concepts and phrase patterns chosen for a message, in order.
    #[must_use]
    pub fn found(&self, source: &SourceText) -> Vec<String> {
        let analysis = Analysis::new(source.text(), &self.glossary, &self.compiled.patterns);
        let mut ids = Vec::new();
        for sentence in &analysis.document.sentences {
            for choice in analysis.choices(sentence.clone(), true) {
                if let ChoiceKind::Phrase(found) = &choice.kind {
                    ids.extend(self.compiled.phrases.get(found.pattern).map(|phrase| phrase.id.clone()));
                }
            }
        }
        ids.extend(
            analysis
                .terms
                .iter()
                .filter_map(|hit| self.glossary.concepts.get(hit.concept))
                .map(|concept| concept.id.clone()),
        );
        ids
    }

    /// Rewrites a message for a reader.
    #[must_use]
    pub fn rewrite(&self, source: &SourceText, audience: &Audience) -> Rendering {
        self.rewrite_as(source, self.profile(audience))
    }

    /// Rewrites a message for one person of an audience, who knows these concepts: their words stay the author's own.
    #[must_use]
    pub fn rewrite_knowing(
        &self,
        source: &SourceText,
        audience: &Audience,
        known: &Arc<BTreeSet<Arc<str>>>,
    ) -> Rendering {
        self.rewrite_as(source, &self.profile(audience).having_learned(known))
    }

    fn rewrite_as(&self, source: &SourceText, profile: &AudienceProfile) -> Rendering {
        let analysis = Analysis::new(source.text(), &self.glossary, &self.compiled.patterns);
        let reading = reading::read(&analysis, &self.glossary, &self.compiled.cues);
        let mut realiser = Realiser::new(&analysis, &self.glossary, &self.compiled.phrases, profile);
        let plain = realiser.whole();
        let mut facts = render::fact_rows(source.text(), &analysis.document.facts, &plain);
        let mut realiser =
            Realiser::new(&analysis, &self.glossary, &self.compiled.phrases, profile).keeping(&plain.kept_sentences);
        let upshot = render::compose(&mut realiser, &reading, &self.compiled.cues, &self.compiled.templates);
        let mut notices = notices::notices(&analysis, profile, &plain);
        let upshot = upshot.unwrap_or_else(|| {
            notices.push(notices::template_failed());
            render::bare_upshot(&plain.text)
        });
        if upshot.left_out > 0 {
            notices.push(notices::shortened(upshot.left_out));
        }
        let fallback = !plain.kept_sentences.is_empty();
        facts.extend(upshot.derived);
        let changes = plain.pieces.changes(source.text(), |concept| {
            self.glossary.concepts.get(concept).map(|concept| concept.id.clone()).unwrap_or_default()
        });
        Rendering {
            audience: profile.id.clone(),
            kind: reading.kind,
            headline: upshot.headline,
            sections: upshot.sections,
            plain: plain.text,
            asks: upshot.asks,
            open_questions: upshot.open_questions,
            glosses: notices::glosses(&analysis, &self.glossary, profile),
            known: notices::known(&analysis, &self.glossary, profile),
            facts,
            changes,
            notices,
            fallback,
        }
    }

    /// Answers "explain this": terms, abbreviations, misspellings, phrases and whole questions.
    #[must_use]
    pub fn explain(&self, query: &str, context: Option<&SourceText>, audience: &Audience) -> Explanation {
        explain::explain(&self.knowledge(Effort::Everything), query, context, self.profile(audience))
    }

    /// The explanation of a term that the glossary has as it is written, in any inflection. It is found many times as fast as
    /// [`Engine::explain`] finds that there is none.
    #[must_use]
    pub fn explained_as_written(&self, term: &str) -> Option<Explanation> {
        let reader = self.profile(self.default_audience());
        let answer = explain::explain(&self.knowledge(Effort::AsWritten), term, None, reader);
        (answer.status == ExplanationStatus::Defined).then_some(answer)
    }

    fn knowledge(&self, effort: Effort) -> Knowledge<'_> {
        Knowledge {
            glossary: &self.glossary,
            phrases: &self.compiled.phrases,
            patterns: &self.compiled.patterns,
            lookup: self.lookup(),
            audiences: &self.compiled.profiles,
            effort,
        }
    }

    /// The ids of at most so many concepts whose terms fit to what somebody has typed so far, the nearest first.
    #[must_use]
    pub fn search(&self, words: &str, most: usize) -> Vec<String> {
        let found = self.lookup().beginning(words, most, &self.glossary);
        found.into_iter().filter_map(|concept| Some(self.glossary.concepts.get(concept)?.id.clone())).collect()
    }

    /// Makes what would otherwise be made for the first message and the first question, so that they need not wait.
    pub fn warm_up(&self) {
        const MESSAGE: &str =
            "p95 latency went from 220ms to 3.4s after the 14:05 deploy of checkout-service, ETA 10 min.";
        self.lookup();
        std::hint::black_box(self.rewrite(&SourceText::new(MESSAGE), self.default_audience()));
    }

    fn lookup(&self) -> &Lookup {
        self.compiled.lookup.get_or_init(|| Lookup::new(&self.glossary))
    }

    /// Compares somebody's rewrite with its source.
    #[must_use]
    pub fn verify(&self, source: &SourceText, candidate: &SourceText) -> Verdict {
        let analysis = Analysis::new(source.text(), &self.glossary, &self.compiled.patterns);
        verify::verify(&analysis, candidate.text(), &self.glossary, &self.compiled.phrases)
    }

    fn profile(&self, audience: &Audience) -> &AudienceProfile {
        let position = self.compiled.audiences.iter().position(|known| known.id == audience.id).unwrap_or(0);
        &self.compiled.profiles[position]
    }
}
