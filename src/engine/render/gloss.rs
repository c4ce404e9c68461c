//! What a name is, in brackets behind its first mention.

use std::ops::Range;

use super::code::is_in_code;
use super::fronted::RELATIVE;
use super::pieces::{Origin, Pieces};
use super::plain::Realiser;
use super::shorten::{HEADLINE_WORDS, count};
use crate::engine::facts::{FactKind, WEEKDAYS};
use crate::engine::glossary::{Hit, PartOfSpeech};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag};

/// What "last", "next" and "every" count by.
const UNITS: [&str; 10] =
    ["week", "month", "quarter", "year", "day", "night", "morning", "evening", "weekend", "sprint"];

impl Realiser<'_, '_> {
    /// The first name of a headline that no section explains, with what it is, where there is room for it.
    pub(super) fn glossed_headline(&self, headline: &str, told: &str) -> Option<String> {
        let document = self.document();
        self.analysis.terms.iter().find_map(|hit| {
            let gloss = self.gloss_of(hit)?;
            let apart = parts_a_phrase(document, hit.tokens.end)
                || names_in_a_row(document, &hit.tokens) > 1
                || is_in_code(document, &hit.tokens);
            if apart || told.contains(&gloss) {
                return None;
            }
            let name = document.slice(document.span_of(hit.tokens.clone()));
            let (before, behind) = headline.split_once(name)?;
            // The same words must follow, or the name stands in another place now.
            let next = document.tokens.get(hit.tokens.end).map_or("", |next| document.slice(next.span));
            let here = before.is_empty() || before.ends_with(' ');
            let same = behind.trim_matches(['.', ' ']).is_empty() || behind.trim_start().starts_with(next);
            let line = format!("{before}{name} {gloss}{behind}");
            (here && same && !behind.starts_with(char::is_alphanumeric) && count(&line) <= HEADLINE_WORDS)
                .then_some(line)
        })
    }

    /// Right behind the name, unless it only modifies the next noun.
    pub(super) fn emit_gloss(&mut self, hit: &Hit, pieces: &mut Pieces) {
        let document = self.document();
        let Some(gloss) = self.gloss_of(hit) else { return };
        let apart = parts_a_phrase(document, hit.tokens.end)
            || is_one_of_a_row(document, &hit.tokens)
            || is_in_code(document, &hit.tokens);
        if self.glosses && !apart && self.glossed.insert(hit.concept) {
            // "MySQL (a widely used database) and Postgres": the same words twice in one breath say no more.
            if pieces.list.iter().any(|piece| piece.text.trim() == gloss) {
                return;
            }
            pieces.push(format!(" {gloss}"), self.origin_behind(hit));
        }
    }

    /// What a name is, told behind its version: "Kubernetes 1.29 (…)"; with the token in front of which it stands. Behind the
    /// nouns of a compound it would split the sentence more than it helps.
    pub(super) fn late_gloss(&mut self, hit: &Hit, limit: usize) -> Option<(usize, String, Origin)> {
        let document = self.document();
        let gloss = self.gloss_of(hit).filter(|_| self.glosses)?;
        let version = hit.tokens.end;
        let token = document.tokens.get(version).filter(|token| version < limit && !token.glued)?;
        document.fact_at(version).filter(|fact| matches!(fact.kind, FactKind::Version | FactKind::Number))?;
        if token.joined || parts_a_phrase(document, version + 1) || !self.glossed.insert(hit.concept) {
            return None;
        }
        Some((version + 1, format!(" {gloss}"), self.origin_behind(hit)))
    }

    /// What the name of an entry is, in brackets, where these readers need it.
    fn gloss_of(&self, hit: &Hit) -> Option<String> {
        let concept = self.glossary.concepts.get(hit.concept)?;
        let is_name = concept.terms.get(hit.term).is_some_and(|term| term.part_of_speech == PartOfSpeech::Name);
        let gloss = concept.gloss.as_ref().filter(|_| is_name && !self.audience.knows(concept))?;
        Some(format!("({gloss})"))
    }

    fn origin_behind(&self, hit: &Hit) -> Origin {
        let end = self.document().span_of(hit.tokens.clone()).end;
        Origin::Concept { concept: hit.concept, span: ByteSpan::new(end, end) }
    }
}

/// "RustRover, PyCharm, VS Code and WebStorm": names in so long a row need no other explanation than the row.
fn is_one_of_a_row(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const LONGEST: usize = 3;
    names_in_a_row(document, tokens) > LONGEST
}

/// How many names stand in a row with one, itself included.
fn names_in_a_row(document: &Document<'_>, tokens: &Range<usize>) -> usize {
    let token = |index: usize| document.tokens.get(index);
    let joins = |index: usize| token(index).is_some_and(|sign| sign.is(&[",", "/", "and", "or", "&"]));
    let name = |index: usize| token(index).is_some_and(|word| word.capital && word.tag.is_nominal());
    // Names of several words count as one.
    let mut row = 1;
    let mut at = tokens.start;
    while at >= 2 && joins(at - 1) {
        let comma = at >= 3 && joins(at - 2);
        at -= 1 + usize::from(comma);
        let end = at;
        while at > 0 && name(at - 1) {
            at -= 1;
        }
        if at == end {
            break;
        }
        row += 1;
    }
    let mut at = tokens.end;
    while joins(at) {
        at += 1 + usize::from(joins(at + 1));
        let start = at;
        while name(at) {
            at += 1;
        }
        if at == start {
            break;
        }
        row += 1;
    }
    row
}

/// Whether brackets in front of this token would part what belongs together: a name and its noun, or signs that hold a word.
fn parts_a_phrase(document: &Document<'_>, index: usize) -> bool {
    // "We moved to Redis last week": when is said of the sentence and not of the name.
    let says_when = document.fact_at(index).is_some_and(|fact| fact.kind.is_when())
        || document.tokens.get(index).is_some_and(|next| next.is(&RELATIVE))
        || document.tokens.get(index).is_some_and(|next| next.is(&["last", "next", "this", "every", "each"]))
            && document
                .tokens
                .get(index + 1)
                .is_some_and(|unit| unit.is(&WEEKDAYS) || unit.lemmas().any(|unit| UNITS.contains(&unit)));
    if says_when {
        return false;
    }
    document.tokens.get(index).is_some_and(|next| {
        next.tag.is_nominal()
            // "Google Analytics tracking code"
            || next.tag == Tag::Verb(VerbForm::Ing)
                && document.tokens.get(index + 1).is_some_and(|noun| noun.tag.is_nominal())
            || next.has(Flags::NOUN_PLURAL)
            || matches!(next.tag, Tag::Possessive | Tag::Adjective | Tag::Fact)
            || next.joined
            || next.is(&["(", ")"])
            || next.glued && !next.lower.starts_with([',', '.', ';', ':', '!', '?'])
    })
}
