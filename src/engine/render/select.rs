//! Which terms and phrases of a message are replaced: senses decided, overlaps resolved, left to right.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::glossary::{Evidence, Glossary, Hit, PartOfSpeech, Sense, decide};
use crate::engine::lexicon::{Flags, near_spelling};
use crate::engine::phrases::{Match, PatternSet};
use crate::engine::reading::{LogVerb, log_verbs};
use crate::engine::text::{Document, Keys, Tag, Token, TokenKind};

/// No term or phrase is longer than this many tokens, slots for whole clauses aside.
const LONGEST: usize = 64;

/// What claims a range of tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChoiceKind<'a> {
    Term(&'a Hit),
    Phrase(&'a Match),
}

/// A term or phrase, chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice<'a> {
    pub(crate) tokens: Range<usize>,
    pub(crate) kind: ChoiceKind<'a>,
}

/// A message with everything found in it.
#[derive(Debug)]
pub(crate) struct Analysis<'a> {
    pub(crate) document: Document<'a>,
    /// Terms whose sense is decided, outermost and nested ones, by start.
    pub(crate) terms: Vec<Hit>,
    /// Phrases, by start; at one start in file order.
    pub(crate) phrases: Vec<Match>,
    /// Ranges whose sense stayed open.
    pub(crate) undecided: Vec<Range<usize>>,
    /// Verbs of a change log and unknown words that are surely slips, worked out when the message is told for the first time.
    log: OnceCell<BTreeMap<usize, LogVerb>>,
    meant: OnceCell<BTreeMap<usize, String>>,
}

impl<'a> Analysis<'a> {
    /// Analyses a message.
    pub(crate) fn new(text: &'a str, glossary: &Glossary, patterns: &PatternSet) -> Self {
        let document = Document::numbered(text, &glossary.vocabulary);
        let mut hits = Vec::new();
        let mut phrases = Vec::new();
        for sentence in &document.sentences {
            hits.extend(glossary.find(&document, sentence.clone()));
            patterns.matches_in(&document, sentence.clone(), &mut phrases);
        }
        let quotes = quotations(&document);
        let quoted =
            |tokens: &Range<usize>| quotes.iter().any(|quote| quote.start <= tokens.start && tokens.end <= quote.end);
        hits.retain(|hit: &Hit| !quoted(&hit.tokens));
        phrases.retain(|found: &Match| !quoted(&found.tokens) && !parts_a_compound(&document, found));
        let mut evidence = Evidence::of(&document, &glossary.cues, &glossary.vocabulary);
        for hit in &hits {
            let concept = glossary.concepts.get(hit.concept);
            if let Some(concept) = concept.filter(|_| glossary.cues.are_free(hit.concept)) {
                evidence.add_field(&concept.subject_field);
            }
        }
        let (terms, undecided) = decided(&document, hits, glossary, &evidence);
        Self { document, terms, phrases, undecided, log: OnceCell::new(), meant: OnceCell::new() }
    }

    /// How the verb at a token is told, when it belongs to a change log.
    pub(super) fn log_verb(&self, index: usize) -> Option<LogVerb> {
        self.log.get_or_init(|| log_verbs(&self.document)).get(&index).copied()
    }

    /// The everyday word that an unknown one at a token was meant to be.
    pub(super) fn meant(&self, index: usize) -> Option<&str> {
        let unknown = |token: &Token| {
            token.kind == TokenKind::Word
                && !token.joined
                && !token.capital
                && !token.glued
                && token.keys == Keys::default()
                && token.is_unlisted()
        };
        let meant = self.meant.get_or_init(|| {
            let tokens = self.document.tokens.iter().enumerate().filter(|(_, token)| unknown(token));
            tokens.filter_map(|(index, token)| Some((index, near_spelling(&token.lower)?))).collect()
        });
        meant.get(&index).map(String::as_str)
    }

    /// The choices inside a range, without overlaps, in order. The claimant of the whole range can be left out, so that a
    /// phrase does not choose itself inside its own slot.
    pub(crate) fn choices(&self, range: Range<usize>, with_phrases: bool) -> Vec<Choice<'_>> {
        let mut choices = Vec::new();
        let mut at = range.start;
        let mut terms = self.terms.get(self.terms.partition_point(|hit| hit.tokens.start < at)..).unwrap_or_default();
        let mut phrases =
            self.phrases.get(self.phrases.partition_point(|found| found.tokens.start < at)..).unwrap_or_default();
        while at < range.end {
            // Both lists are in order of their starts: what lies behind is cut off.
            terms = terms.get(terms.iter().take_while(|hit| hit.tokens.start < at).count()..).unwrap_or_default();
            phrases =
                phrases.get(phrases.iter().take_while(|found| found.tokens.start < at).count()..).unwrap_or_default();
            let term = terms
                .iter()
                .take_while(|hit| hit.tokens.start == at)
                .filter(|hit| hit.tokens.end <= range.end)
                .max_by_key(|hit| hit.tokens.len());
            // Of equally long phrases the first in file order is meant.
            let phrase = phrases
                .iter()
                .take_while(|found| found.tokens.start == at)
                .filter(|found| with_phrases && found.tokens.end <= range.end)
                .reduce(|best, found| if found.tokens.len() > best.tokens.len() { found } else { best });
            let choice = match (term, phrase) {
                (Some(hit), Some(found)) if hit.tokens.len() > found.tokens.len() => Some(term_choice(hit)),
                (_, Some(found)) => Some(Choice { tokens: found.tokens.clone(), kind: ChoiceKind::Phrase(found) }),
                (Some(hit), None) => Some(term_choice(hit)),
                (None, None) => None,
            };
            match choice {
                Some(choice) => {
                    at = choice.tokens.end;
                    choices.push(choice);
                }
                None => at += 1,
            }
        }
        choices
    }

    /// Terms that start at a token.
    pub(crate) fn terms_at(&self, start: usize) -> &[Hit] {
        let from = self.terms.partition_point(|hit| hit.tokens.start < start);
        let to = self.terms.partition_point(|hit| hit.tokens.start <= start);
        self.terms.get(from..to).unwrap_or_default()
    }

    /// Phrases that start at a token.
    pub(crate) fn phrases_at(&self, start: usize) -> &[Match] {
        let from = self.phrases.partition_point(|found| found.tokens.start < start);
        let to = self.phrases.partition_point(|found| found.tokens.start <= start);
        self.phrases.get(from..to).unwrap_or_default()
    }

    /// Terms that lie inside a range.
    pub(crate) fn terms_in(&self, range: Range<usize>) -> impl Iterator<Item = &Hit> {
        let from = self.terms.partition_point(|hit| hit.tokens.start < range.start);
        self.terms
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(move |hit| hit.tokens.start < range.end)
            .filter(move |hit| hit.tokens.end <= range.end)
    }

    /// Whether a longer term holds all words of a term.
    pub(crate) fn is_nested(&self, hit: &Hit) -> bool {
        let from = self.terms.partition_point(|outer| outer.tokens.start + LONGEST < hit.tokens.start);
        self.terms
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|outer| outer.tokens.start <= hit.tokens.start)
            .any(|outer| outer.tokens.end >= hit.tokens.end && outer.tokens.len() > hit.tokens.len())
    }

    /// Whether a term holds a token; it starts at most [`LONGEST`] tokens before it.
    pub(crate) fn term_holds(&self, index: usize) -> bool {
        let from = self.terms.partition_point(|hit| hit.tokens.start + LONGEST < index);
        self.terms
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|hit| hit.tokens.start <= index)
            .any(|hit| hit.tokens.contains(&index))
    }

    /// Phrases that hold a token.
    pub(crate) fn phrases_holding(&self, index: usize) -> impl Iterator<Item = &Match> {
        let from = self.phrases.partition_point(|found| found.tokens.start + LONGEST < index);
        self.phrases
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(move |found| found.tokens.start <= index)
            .filter(move |found| found.tokens.contains(&index))
    }
}

fn term_choice(hit: &Hit) -> Choice<'_> {
    Choice { tokens: hit.tokens.clone(), kind: ChoiceKind::Term(hit) }
}

/// Words in double quotes that are more than a label: a message or a saying, which nobody may put differently.
fn quotations(document: &Document<'_>) -> Vec<Range<usize>> {
    const LABEL: usize = 3;
    let mut quotes = Vec::new();
    for sentence in &document.sentences {
        let mut open: Option<usize> = None;
        for index in sentence.clone() {
            if !document.tokens.get(index).is_some_and(|token| token.is(&["\"", "“", "”"])) {
                continue;
            }
            match open.take() {
                Some(start) if index - start > LABEL => quotes.push(start + 1..index),
                Some(_) => {}
                None => open = Some(index),
            }
        }
    }
    quotes
}

/// Whether a tag says that a word has this part of speech.
const fn is_tag_of(part: PartOfSpeech, tag: Tag) -> bool {
    match part {
        PartOfSpeech::Noun => matches!(tag, Tag::Noun | Tag::PluralNoun),
        PartOfSpeech::Verb => matches!(tag, Tag::Verb(_)),
        PartOfSpeech::Adjective => matches!(tag, Tag::Adjective),
        PartOfSpeech::Adverb => matches!(tag, Tag::Adverb),
        PartOfSpeech::Name | PartOfSpeech::Phrase => true,
    }
}

/// "They took down the site | banner", "the site|'s shelf": the noun at its end only tells which one is meant.
fn parts_a_compound(document: &Document<'_>, found: &Match) -> bool {
    let token = |index: usize| document.tokens.get(index);
    let ends_in_a_slot = found.slots.iter().any(|(_, slot)| slot.end == found.tokens.end);
    let opens_with_a_verb = token(found.tokens.start).is_some_and(|first| first.tag.is_verb());
    let noun = found.tokens.end.checked_sub(1).and_then(token).is_some_and(|last| last.tag == Tag::Noun);
    let goes_on = token(found.tokens.end).is_some_and(|next| {
        next.tag == Tag::Possessive || !next.glued && !next.capital && matches!(next.tag, Tag::Noun | Tag::PluralNoun)
    });
    let same_sentence =
        document.sentence_at(found.tokens.start).is_some_and(|sentence| found.tokens.end < sentence.end);
    opens_with_a_verb && noun && goes_on && same_sentence && !ends_in_a_slot
}

/// Keeps one hit for each range of words: the sense that fits.
fn decided(
    document: &Document<'_>,
    hits: Vec<Hit>,
    glossary: &Glossary,
    evidence: &Evidence<'_>,
) -> (Vec<Hit>, Vec<Range<usize>>) {
    let mut terms = Vec::new();
    let mut undecided = Vec::new();
    let mut rest = hits.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|hit| hit.tokens == first.tokens).count();
        let (group, after) = rest.split_at(same);
        rest = after;
        // A term written exactly so ("caching") goes before an inflected one ("to cache").
        let surface = document.slice(document.span_of(first.tokens.clone())).to_lowercase().replace('-', " ");
        let exactly = |hit: &&Hit| {
            glossary
                .concepts
                .get(hit.concept)
                .and_then(|concept| concept.terms.get(hit.term))
                .is_some_and(|term| term.text.to_lowercase().replace('-', " ") == surface)
        };
        let exact: Vec<Hit> =
            if group.len() > 1 { group.iter().filter(exactly).cloned().collect() } else { Vec::new() };
        let group = if exact.is_empty() { group } else { exact.as_slice() };
        // "Pressure downstream" and "downstream services" are two words: where one is tagged, the tag decides.
        let tagged = |hit: &&Hit| {
            let part = glossary
                .concepts
                .get(hit.concept)
                .and_then(|concept| Some(concept.terms.get(hit.term)?.part_of_speech));
            let tag = document.tokens.get(hit.tokens.end - 1).map(|token| token.tag);
            part.zip(tag).is_some_and(|(part, tag)| is_tag_of(part, tag))
        };
        let of_tag: Vec<Hit> =
            if group.len() > 1 { group.iter().filter(tagged).cloned().collect() } else { Vec::new() };
        let group = if of_tag.is_empty() { group } else { of_tag.as_slice() };
        let claimants: Vec<_> =
            group.iter().filter_map(|hit| glossary.concepts.get(hit.concept).map(|concept| (hit, concept))).collect();
        let concepts: Vec<_> = claimants.iter().map(|(hit, concept)| (hit.concept, *concept)).collect();
        let written = document.slice(document.span_of(first.tokens.clone())).to_lowercase();
        match decide(evidence, &concepts, &written, first.tokens.start) {
            Sense::Is(position) => terms.extend(claimants.get(position).map(|(hit, _)| (*hit).clone())),
            Sense::Undecided => undecided.push(first.tokens.clone()),
            Sense::Everyday => {
                // "Is it GA?": no word of the language is meant, whether or not the message shows which term is.
                let everyday = claimants.iter().any(|(_, concept)| concept.everyday);
                if !everyday && is_abbreviation(document, first) {
                    undecided.push(first.tokens.clone());
                }
            }
        }
    }
    (terms, undecided)
}

fn is_abbreviation(document: &Document<'_>, hit: &Hit) -> bool {
    let word = document.slice(document.span_of(hit.tokens.clone()));
    let token = document.tokens.get(hit.tokens.start);
    let is_plain = token.is_some_and(|token| token.has(Flags::PLAIN | Flags::CLOSED_CLASS));
    hit.tokens.len() == 1
        && !is_plain
        && word.chars().filter(|sign| sign.is_alphabetic()).count() > 1
        && word.chars().all(|sign| sign.is_uppercase() || sign.is_ascii_digit())
}
