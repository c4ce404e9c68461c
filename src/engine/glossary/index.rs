//! Finds terms in a message: a trie over base forms, so that inflections, hyphens and split verbs need no entries.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{Concept, PartOfSpeech};
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::lexicon::{Flags, is_plain};
use crate::engine::text::{Document, Key, Tag, Token, TokenKind, Vocabulary};

/// The form a match has in the text, to be copied to its wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HitForm {
    Base,
    Plural,
    Verb(VerbForm),
}

/// A term found in a message.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// The tokens from the first to the last word of the term.
    pub(crate) tokens: Range<usize>,
    /// The object standing inside a split verb ("roll **the service** back").
    pub(crate) gap: Option<Range<usize>>,
    pub(crate) concept: usize,
    pub(crate) term: usize,
    pub(crate) form: HitForm,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    concept: u32,
    term: u32,
}

/// The compiled index.
#[derive(Debug, Default)]
pub(crate) struct Index {
    edges: FxHashMap<(u32, Key), u32>,
    ends: Vec<Vec<Entry>>,
    terms: Vec<Vec<TermRule>>,
}

#[derive(Debug, Clone)]
struct TermRule {
    part: PartOfSpeech,
    /// As the term writes them: "load" and "balancing".
    words: Box<[Key]>,
    exact: Option<Box<str>>,
}

const ROOT: u32 = 0;
/// How far a particle may stand from its verb: "roll the whole checkout service back".
const LONGEST_GAP: usize = 6;

/// Terms all in capitals that are also plain words ("IT", "US", "CAB") are found only in capitals.
pub(crate) fn needs_exact_case(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let capitals = !letters.is_empty() && letters.iter().all(|c| c.is_uppercase());
    capitals && is_plain(&text.to_lowercase())
}

impl Index {
    /// Builds the index over concepts; entries refer to positions in the slice.
    pub(crate) fn build(concepts: &mut [Concept], vocabulary: &mut Vocabulary) -> Self {
        let mut index = Self { ends: vec![Vec::new()], ..Self::default() };
        for (number, concept) in concepts.iter_mut().enumerate() {
            let mut rules = Vec::with_capacity(concept.terms.len());
            for (position, term) in concept.terms.iter_mut().enumerate() {
                let entry = Entry {
                    concept: u32::try_from(number).unwrap_or(u32::MAX),
                    term: u32::try_from(position).unwrap_or(u32::MAX),
                };
                let words = std::mem::take(&mut term.words);
                let words: Box<[Key]> = words.iter().map(|word| vocabulary.add(word)).collect();
                index.insert(words.iter().copied(), entry);
                rules.push(TermRule {
                    part: term.part_of_speech,
                    words,
                    exact: term.exact_case.then(|| term.text.as_str().into()),
                });
            }
            index.terms.push(rules);
        }
        index
    }

    fn insert(&mut self, words: impl Iterator<Item = Key>, entry: Entry) {
        let mut node = ROOT;
        for word in words {
            let fresh = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            let next = *self.edges.entry((node, word)).or_insert(fresh);
            if next == fresh {
                self.ends.push(Vec::new());
            }
            node = next;
        }
        if let Some(ends) = self.ends.get_mut(node as usize) {
            ends.push(entry);
        }
    }

    /// All terms of the message that fit their place, longest first at each start. Hits may overlap and several concepts
    /// may claim the same words: senses and rendering choose.
    pub(crate) fn find(&self, document: &Document<'_>, sentence: Range<usize>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut frontier = Vec::new();
        for start in sentence.clone() {
            let Some(token) = document.tokens.get(start) else { continue };
            if token.joined || matches!(token.kind, TokenKind::Marker) {
                continue;
            }
            let from = hits.len();
            frontier.push((ROOT, start));
            while let Some((node, at)) = frontier.pop() {
                let Some(token) = document.tokens.get(at).filter(|_| at < sentence.end) else { continue };
                for key in token.keys.known() {
                    let Some(&next) = self.edges.get(&(node, key)) else { continue };
                    self.accept(document, next, start..at + 1, None, &mut hits);
                    self.split_verb(document, next, start, at + 1, sentence.end, &mut hits);
                    frontier.push((next, at + 1));
                }
            }
            if let Some(found) = hits.get_mut(from..) {
                found.sort_by_key(|hit| (std::cmp::Reverse(hit.tokens.len()), hit.concept, hit.term));
            }
        }
        hits.dedup_by(|next, last| next.tokens == last.tokens && next.concept == last.concept);
        hits
    }

    fn accept(
        &self,
        document: &Document<'_>,
        node: u32,
        tokens: Range<usize>,
        gap: Option<Range<usize>>,
        hits: &mut Vec<Hit>,
    ) {
        // Half of a hyphenated word is not the term: "cache" is not in "cache-control".
        if document.tokens.get(tokens.end).is_some_and(|next| next.joined) {
            return;
        }
        for entry in self.ends.get(node as usize).into_iter().flatten() {
            let (concept, term) = (entry.concept as usize, entry.term as usize);
            let Some(rule) = self.terms.get(concept).and_then(|rules| rules.get(term)) else { continue };
            if let Some(form) = rule.fits(document, &tokens) {
                hits.push(Hit { tokens: tokens.clone(), gap: gap.clone(), concept, term, form });
            }
        }
    }

    /// A verb whose last word stands behind its object.
    fn split_verb(&self, document: &Document<'_>, node: u32, start: usize, at: usize, end: usize, hits: &mut Vec<Hit>) {
        if !document.tokens.get(start).is_some_and(|token| token.tag.is_verb()) {
            return;
        }
        for position in at + 1..end.min(at + 1 + LONGEST_GAP) {
            let Some(token) = document.tokens.get(position) else { return };
            let Some(inside) = document.tokens.get(position - 1) else { return };
            if matches!(
                inside.tag,
                Tag::Punctuation | Tag::Verb(_) | Tag::Auxiliary | Tag::Modal | Tag::Conjunction | Tag::Preposition
            ) {
                return;
            }
            if token.tag != Tag::Particle {
                continue;
            }
            for key in token.keys.known() {
                if let Some(&next) = self.edges.get(&(node, key)) {
                    self.accept(document, next, start..position + 1, Some(at..position), hits);
                }
            }
        }
    }

    /// Other concepts with a term that is found wherever this term of a concept is.
    pub(super) fn namesakes(&self, concept: usize, term: usize) -> Vec<usize> {
        let rule_of = |concept: usize, term: usize| self.terms.get(concept).and_then(|rules| rules.get(term));
        let Some(rule) = rule_of(concept, term) else { return Vec::new() };
        let node = rule.words.iter().try_fold(ROOT, |node, word| self.edges.get(&(node, *word)).copied());
        let ends = node.and_then(|node| self.ends.get(node as usize)).into_iter().flatten();
        let claims = ends.map(|entry| (entry.concept as usize, entry.term as usize));
        let others = claims.filter(|(other, _)| *other != concept);
        others
            .filter(|(other, term)| rule_of(*other, *term).is_some_and(|other| other.takes_what(rule)))
            .map(|(other, _)| other)
            .collect()
    }

    /// The concepts that have exactly this term, in any case and inflection of its words.
    pub(crate) fn lookup(&self, tokens: &[Token]) -> Vec<usize> {
        let mut nodes = vec![ROOT];
        for token in tokens {
            let keys: Vec<Key> = token.keys.known().collect();
            nodes = nodes
                .iter()
                .flat_map(|node| keys.iter().filter_map(|key| self.edges.get(&(*node, *key)).copied()))
                .collect();
        }
        let mut concepts: Vec<usize> = nodes
            .iter()
            .flat_map(|node| self.ends.get(*node as usize).into_iter().flatten())
            .map(|entry| entry.concept as usize)
            .collect();
        concepts.sort_unstable();
        concepts.dedup();
        concepts
    }
}

impl TermRule {
    /// Whether another term of the same words is found in the same places: a name of several words ends like any noun, a single one
    /// is known by its capital. "ASAP" in capitals alone is not "asap" in small letters alone.
    fn takes_what(&self, other: &Self) -> bool {
        let kind = |part: PartOfSpeech| match part {
            PartOfSpeech::Name | PartOfSpeech::Phrase if self.words.len() > 1 => PartOfSpeech::Noun,
            part => part,
        };
        let spelt_apart = self.exact.is_some() && other.exact.is_some() && self.exact != other.exact;
        kind(self.part) == kind(other.part) && !spelt_apart
    }

    /// The form of the words at `tokens` when they can be this term, `None` when part of speech or case forbid it.
    fn fits(&self, document: &Document<'_>, tokens: &Range<usize>) -> Option<HitForm> {
        let first = document.tokens.get(tokens.start)?;
        let last = document.tokens.get(tokens.end.checked_sub(1)?)?;
        if let Some(exact) = &self.exact {
            let written = document.slice(document.span_of(tokens.clone()));
            // A plural may follow the exact spelling: "SLAs".
            if written != &**exact && written.strip_suffix('s') != Some(&**exact) {
                return None;
            }
        }
        match self.part {
            PartOfSpeech::Noun => {
                // "builds time out" has no "build time", "reverted PR" no "revert PR": only the last word of a compound
                // takes an ending, or the one in front of "of".
                let compound = self.words.iter().zip(tokens.clone()).take(tokens.len() - 1);
                let inflected = |(word, index): (&Key, usize)| {
                    let ending = document.tokens.get(index).filter(|token| match token.tag {
                        Tag::PluralNoun => true,
                        Tag::Verb(form) => form != VerbForm::Base && !token.joined,
                        _ => false,
                    });
                    let head = document.tokens.get(index + 1).is_some_and(|next| next.tag == Tag::Preposition);
                    ending.is_some_and(|token| !token.keys.spell(*word)) && !head
                };
                if self.words.len() == tokens.len() && compound.into_iter().any(inflected) {
                    return None;
                }
                // "building" is no plural of the noun "build".
                let own_gerund = self.words.last().is_some_and(|word| last.keys.spell(*word));
                if last.lower.ends_with("ing") && last.has(Flags::VERB_ING) && !own_gerund {
                    return None;
                }
                let gerund = own_gerund && last.tag == Tag::Verb(VerbForm::Ing) && names_an_activity(document, tokens);
                // "vendor lock-in", "single sign-on": a particle joined to its verb makes a noun.
                let joined = last.joined && (last.tag == Tag::Particle || is_made_noun(document, tokens));
                let nominal =
                    last.tag.is_nominal() || last.fact().is_some() || gerund || joined || self.exact.is_some();
                // An unknown verb form ("sharded") must not pass as a noun.
                let shaped = !last.lower.ends_with("ed")
                    || last.has(Flags::NOUN)
                    || last.entry.is_none() && last.tag == Tag::Noun;
                let stacked = tokens.len() > 1
                    && last.has(Flags::NOUN)
                    && matches!(last.tag, Tag::Verb(_) | Tag::Adjective)
                    && !followed_by_object(document, tokens.end);
                // "RFIs", "recovery keys": the ending shows the number where the tag does not.
                let ends = matches!(last.tag, Tag::Name | Tag::Noun | Tag::Fact)
                    && last.lower.ends_with('s')
                    && !last.has(Flags::NOUN_SINGULAR)
                    && !own_gerund;
                // "Indicators of compromise", "denial of service attacks": the number is also that of the word in front of "of".
                let preposition = tokens
                    .clone()
                    .skip(1)
                    .find(|index| document.tokens.get(*index).is_some_and(|token| token.tag == Tag::Preposition));
                let head = preposition.and_then(|index| document.tokens.get(index - 1));
                let plural = (is_plural(last) || ends) && !own_gerund || head.is_some_and(is_plural);
                (nominal && shaped || stacked).then_some(if plural { HitForm::Plural } else { HitForm::Base })
            }
            PartOfSpeech::Verb if last.joined && is_made_noun(document, tokens) => None,
            PartOfSpeech::Verb => match verb_of(document, tokens).unwrap_or(first).tag {
                Tag::Verb(form) => Some(HitForm::Verb(form)),
                // A verb that the lexicon does not know as one ("bump", "reprovisioned") in a verb's place.
                Tag::Name if first.lower.ends_with("ed") && !first.capital => Some(HitForm::Verb(VerbForm::Past)),
                Tag::Name if first.lower.ends_with("ing") && !first.capital => Some(HitForm::Verb(VerbForm::Ing)),
                _ => None,
            },
            PartOfSpeech::Adjective => {
                let predicate = last.tag == Tag::Particle
                    && tokens
                        .start
                        .checked_sub(1)
                        .and_then(|index| document.tokens.get(index))
                        .is_some_and(|before| matches!(before.tag, Tag::Auxiliary | Tag::Adverb));
                let fits = predicate
                    || matches!(
                        last.tag,
                        Tag::Adjective
                            | Tag::Adverb
                            | Tag::Verb(VerbForm::PastParticiple | VerbForm::Past | VerbForm::Ing)
                    )
                    || !last.has(Flags::NOUN | Flags::VERB) && matches!(last.tag, Tag::Name | Tag::Fact | Tag::Noun)
                    || tokens.len() > 1;
                // "The latest version" is not the one that is late.
                let own_form = self.words.last().is_some_and(|word| last.keys.spell(*word));
                let compared = !own_form && (last.lower.ends_with("er") || last.lower.ends_with("est"));
                (fits && !compared).then_some(HitForm::Base)
            }
            PartOfSpeech::Adverb => {
                (!last.tag.is_verb() && !last.tag.is_nominal() || last.entry.is_none()).then_some(HitForm::Base)
            }
            PartOfSpeech::Name => {
                // A name written small ("nginx") must not be an everyday word, nor "resend" what somebody will do.
                let done = first.tag.is_verb()
                    && tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index)).is_some_and(|before| {
                        matches!(before.tag, Tag::Modal | Tag::Auxiliary | Tag::Pronoun) || before.is(&["to", "please"])
                    });
                let everyday = (first.has(Flags::PLAIN) || done) && !first.capital && tokens.len() == 1;
                (!everyday).then_some(HitForm::Base)
            }
            PartOfSpeech::Phrase => Some(HitForm::Base),
        }
    }
}

/// "Their auto-renew", "auto-renew is off": a hyphenated verb in a noun's place.
fn is_made_noun(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let token = |index: Option<usize>| index.and_then(|index| document.tokens.get(index));
    let before = token(tokens.start.checked_sub(1));
    let is_verb = token(tokens.end.checked_sub(1)).is_some_and(|last| last.tag == Tag::Verb(VerbForm::Base));
    let owned = before.is_some_and(|before| before.tag == Tag::Determiner);
    let is_subject = token(Some(tokens.end)).is_some_and(|next| next.tag == Tag::Auxiliary)
        && before.is_none_or(|before| !before.is(&["to"]) && before.tag != Tag::Modal);
    is_verb && (owned || is_subject)
}

/// The verb of a term: the first word, or the last part of a hyphenated one ("root-caused").
fn verb_of<'t>(document: &'t Document<'_>, tokens: &Range<usize>) -> Option<&'t Token> {
    let mut end = tokens.start + 1;
    while end < tokens.end && document.tokens.get(end).is_some_and(|token| token.joined) {
        end += 1;
    }
    (tokens.start..end).rev().filter_map(|index| document.tokens.get(index)).find(|token| token.tag.is_verb())
}

/// "Load balancing failed", "rate limiting is on": an -ing word that names an activity and takes no object.
fn names_an_activity(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let before = tokens.start.checked_sub(1).and_then(|index| document.tokens.get(index));
    // "we are caching" is the verb.
    let progressive = before.is_some_and(|token| token.tag == Tag::Auxiliary || token.tag == Tag::Pronoun);
    // "Caching product pages saves load": an object without article; "caching failed" is the activity.
    let object = document
        .tokens
        .get(tokens.end)
        .is_some_and(|token| !token.joined && token.tag.is_nominal() && !token.has(Flags::VERB_3SG));
    !progressive && !object && !followed_by_object(document, tokens.end)
}

fn followed_by_object(document: &Document<'_>, at: usize) -> bool {
    // "9,000 API calls a day", "updates last night" say when, not what.
    let when = document
        .tokens
        .get(at)
        .is_some_and(|token| token.is(&["a", "an", "per", "each", "every", "last", "this", "next"]))
        && document.tokens.get(at + 1).is_some_and(|token| {
            token.is(&[
                "second", "minute", "hour", "day", "night", "morning", "evening", "week", "weekend", "month",
                "quarter", "year", "time", "sprint",
            ])
        });
    let rate = document.tokens.get(at).is_some_and(|token| token.tag == Tag::Fact && token.lower.starts_with("a "));
    !when
        && !rate
        && document.tokens.get(at).is_some_and(|token| {
            matches!(token.tag, Tag::Determiner | Tag::Pronoun | Tag::Fact | Tag::Adjective | Tag::Name)
                && !token.joined
        })
}

fn is_plural(token: &Token) -> bool {
    match token.tag {
        Tag::PluralNoun => true,
        Tag::Noun => false,
        _ => token.has(Flags::NOUN_PLURAL) && !token.has(Flags::NOUN_SINGULAR),
    }
}
