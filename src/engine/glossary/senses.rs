//! Which meaning an ambiguous term has in this message: neighbours, then the company of other terms.

use std::cell::OnceCell;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::Concept;
use crate::engine::text::{Document, Key, Tag, TokenKind, Vocabulary, term_words};

/// The cues of all concepts. Words are numbered by the vocabulary, cues of several words by their place here.
#[derive(Debug, Default)]
pub(crate) struct SenseCues {
    /// By position of the concept.
    of: Vec<ConceptCues>,
    /// As written: a space in front says that a term speaks for itself (" webhook"), one behind that the word ends there.
    phrases: Vec<Box<str>>,
    /// Phrases by their first word and the two bytes behind it.
    by_first: FxHashMap<(Key, [u8; 2]), Vec<usize>>,
}

/// The cues of one concept.
#[derive(Debug, Default)]
pub(crate) struct ConceptCues {
    near: CueSet,
    not_near: CueSet,
}

#[derive(Debug, Default)]
struct CueSet {
    words: Box<[Key]>,
    phrases: Box<[usize]>,
}

impl CueSet {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }
}

impl SenseCues {
    /// Numbers the cues of a concept, which need not hold them any longer.
    pub(crate) fn numbered(&mut self, concept: &mut Concept, vocabulary: &mut Vocabulary) -> ConceptCues {
        let near = self.set(std::mem::take(&mut concept.near), vocabulary);
        let not_near = self.set(std::mem::take(&mut concept.not_near), vocabulary);
        ConceptCues { near, not_near }
    }

    /// Gives the concept at a position its cues.
    pub(crate) fn put(&mut self, position: usize, cues: ConceptCues) {
        if self.of.len() <= position {
            self.of.resize_with(position + 1, ConceptCues::default);
        }
        if let Some(place) = self.of.get_mut(position) {
            *place = cues;
        }
    }

    /// Whether a concept is meant wherever its term stands.
    pub(crate) fn are_free(&self, concept: usize) -> bool {
        self.of.get(concept).is_some_and(|cues| cues.near.is_empty() && cues.not_near.is_empty())
    }

    /// Whether a concept is meant only beside certain words.
    pub(crate) fn demand(&self, concept: usize) -> bool {
        self.of.get(concept).is_some_and(|cues| !cues.near.is_empty())
    }

    fn set(&mut self, cues: Vec<String>, vocabulary: &mut Vocabulary) -> CueSet {
        let (mut words, mut phrases) = (Vec::new(), Vec::new());
        for cue in cues {
            if cue.chars().all(char::is_alphanumeric) {
                words.push(vocabulary.add(&cue));
            } else {
                phrases.push(self.phrase(&cue, vocabulary));
            }
        }
        CueSet { words: words.into(), phrases: phrases.into() }
    }

    fn phrase(&mut self, text: &str, vocabulary: &mut Vocabulary) -> usize {
        let written = text;
        let text = text.trim_start();
        let first: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
        let rest = text.get(first.len()..).unwrap_or_default();
        let whole = !first.is_empty() && (rest.is_empty() || rest.starts_with([' ', '-', ',', ':']));
        // "don't merge", "300 ms": where the first word ends is for the tokeniser to say.
        let first = if whole { first } else { term_words(text).into_iter().next().unwrap_or_default() };
        let behind = two_bytes(text.as_bytes(), first.len());
        let same_start = self.by_first.entry((vocabulary.add(&first), behind)).or_default();
        let known = |phrase: &&usize| self.phrases.get(**phrase).is_some_and(|known| **known == *written);
        if let Some(phrase) = same_start.iter().find(known) {
            return *phrase;
        }
        let position = self.phrases.len();
        self.phrases.push(written.into());
        same_start.push(position);
        position
    }
}

/// The two bytes behind the first `length` ones, in lower case.
fn two_bytes(text: &[u8], length: usize) -> [u8; 2] {
    [length, length + 1].map(|at| text.get(at).map_or(0, u8::to_ascii_lowercase))
}

/// What a message tells about meaning: its words and the subject fields of its unambiguous terms.
#[derive(Debug)]
pub(crate) struct Evidence<'g> {
    cues: &'g SenseCues,
    vocabulary: &'g Vocabulary,
    document: &'g Document<'g>,
    /// In the whole message: what speaks for a meaning may stand anywhere.
    message: Found,
    /// By sentence, with its neighbours where it is short: what rules a meaning out must stand beside the term. Looked up for
    /// the few sentences in which it matters.
    nearby: Vec<OnceCell<Found>>,
    fields: FxHashMap<&'g str, usize>,
}

/// A sentence with fewer words says too little by itself.
const TELLING_WORDS: usize = 4;

/// Where words stand that speak against a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    None,
    Elsewhere,
    /// Beside the term.
    RuledOut,
}

/// The cues that stand in a text.
#[derive(Debug)]
struct Found {
    words: Bits,
    phrases: Bits,
}

/// A set of small numbers.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: usize) -> Self {
        Self(vec![0; count / 64 + 1])
    }

    fn insert(&mut self, number: usize) {
        if let Some(bits) = self.0.get_mut(number / 64) {
            *bits |= 1 << (number % 64);
        }
    }

    fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

impl Found {
    /// The base forms of all words of a part of a message and the cues of several words that begin in it.
    fn of(document: &Document<'_>, tokens: Range<usize>, cues: &SenseCues, vocabulary: &Vocabulary) -> Self {
        let mut words = Bits::new(vocabulary.len());
        let mut phrases = Bits::new(cues.phrases.len());
        let mut note = |key: Key, at: usize, length: usize| {
            words.insert(key as usize);
            let rest = document.text.as_bytes().get(at..).unwrap_or_default();
            // A cue may end with its first word or one sign behind it.
            let [next, after] = two_bytes(rest, length);
            for behind in [[next, after], [next, 0], [0, 0]] {
                for &phrase in cues.by_first.get(&(key, behind)).into_iter().flatten() {
                    let text = cues.phrases.get(phrase).map_or(&[][..], |text| text.trim_start().as_bytes());
                    if rest.get(..text.len()).is_some_and(|here| here.eq_ignore_ascii_case(text)) {
                        phrases.insert(phrase);
                    }
                }
            }
        };
        let tokens = document.tokens.get(tokens).unwrap_or_default();
        for token in tokens.iter().filter(|token| token.kind != TokenKind::Marker) {
            token.keys.known().for_each(|key| note(key, token.span.start, token.span.end - token.span.start));
            // "ci.example.org" and `kube-proxy` speak of CI and of Kubernetes.
            if token.fact().is_some() {
                let mut at = token.span.start;
                for part in token.lower.split_inclusive(|c: char| !c.is_alphanumeric()) {
                    let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
                    if let Some(key) = vocabulary.key(word).filter(|_| word.len() > 1) {
                        note(key, at, word.len());
                    }
                    at += part.len();
                }
            }
        }
        Self { words, phrases }
    }
}

impl<'g> Evidence<'g> {
    /// Collects the base forms of all words of a message and the cues of several words that stand in it.
    pub(crate) fn of(document: &'g Document<'g>, cues: &'g SenseCues, vocabulary: &'g Vocabulary) -> Self {
        let message = Found::of(document, 0..document.tokens.len(), cues, vocabulary);
        let nearby = document.sentences.iter().map(|_| OnceCell::new()).collect();
        Self { cues, vocabulary, document, message, nearby, fields: FxHashMap::default() }
    }

    /// Counts an unambiguous term of this subject field.
    pub(crate) fn add_field(&mut self, field: &'g str) {
        *self.fields.entry(field).or_default() += 1;
    }

    fn count(&self, found: &Found, set: &CueSet, but: &str) -> usize {
        self.words_of(found, set, but).count() + self.phrases_of(found, set, but).count()
    }

    fn finds(&self, found: &Found, set: &CueSet, but: &str) -> bool {
        self.words_of(found, set, but).next().is_some() || self.phrases_of(found, set, but).next().is_some()
    }

    fn words_of(&self, found: &Found, set: &CueSet, but: &str) -> impl Iterator<Item = Key> {
        let own = self.vocabulary.key(but);
        set.words.iter().copied().filter(move |key| found.words.contains(*key as usize) && Some(*key) != own)
    }

    fn phrases_of(&self, found: &Found, set: &CueSet, but: &str) -> impl Iterator<Item = usize> {
        set.phrases.iter().copied().filter(move |phrase| {
            found.phrases.contains(*phrase) && self.cues.phrases.get(*phrase).is_some_and(|text| &**text != but)
        })
    }

    /// What the words against a meaning say about a term at a token.
    fn doubt(&self, not_near: &CueSet, term: &str, at: usize) -> Doubt {
        if !self.finds(&self.message, not_near, term) {
            Doubt::None
        } else if self.beside(at).is_none_or(|found| self.finds(found, not_near, term)) {
            Doubt::RuledOut
        } else {
            Doubt::Elsewhere
        }
    }

    /// What stands in the sentence of a token.
    fn beside(&self, at: usize) -> Option<&Found> {
        let document = self.document;
        let number = document.sentences.partition_point(|sentence| sentence.end <= at);
        let sentence = document.sentences.get(number)?;
        let found = || {
            let says = document.tokens.get(sentence.clone()).unwrap_or_default();
            let short = says.iter().filter(|token| token.tag != Tag::Punctuation).count() < TELLING_WORDS;
            let from = if short { number.saturating_sub(1) } else { number };
            let to = if short { number + 1 } else { number };
            let first = document.sentences.get(from).unwrap_or(sentence);
            let last = document.sentences.get(to).unwrap_or(sentence);
            Found::of(document, first.start..last.end, self.cues, self.vocabulary)
        };
        Some(self.nearby.get(number)?.get_or_init(found))
    }

    /// How much in the sentence of a token speaks for a concept.
    fn near_beside(&self, position: usize, term: &str, at: usize) -> usize {
        let (Some(cues), Some(found)) = (self.cues.of.get(position), self.beside(at)) else { return 0 };
        self.count(found, &cues.near, term)
    }

    /// How well a concept fits to its term at a token; `None` when it is ruled out.
    pub(crate) fn score(&self, position: usize, concept: &Concept, term: &str, at: usize) -> Option<usize> {
        let cues = self.cues.of.get(position)?;
        let doubt = self.doubt(&cues.not_near, term, at);
        if doubt == Doubt::RuledOut {
            return None;
        }
        let near = self.count(&self.message, &cues.near, term);
        if !cues.near.is_empty() && near == 0 {
            return None;
        }
        // Company of the same subject field breaks ties between senses, it cannot make one on its own. A meaning against which
        // words stand in other sentences needs twice as much for itself.
        let company = usize::from(self.fields.get(&*concept.subject_field).copied().unwrap_or(0) > 0);
        let (weight, undoubted) = if doubt == Doubt::None { (4, 1) } else { (2, 0) };
        Some(near * weight + company * 2 + undoubted + 1)
    }
}

/// The decision about a term that one or several concepts claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// This candidate is meant.
    Is(usize),
    /// None of them: an everyday use.
    Everyday,
    /// Several fit equally well: the author's word stays.
    Undecided,
}

/// A concept that fits to its term.
struct Claim {
    /// Among the candidates.
    position: usize,
    /// Of the concept.
    number: usize,
    score: usize,
    is_everyday: bool,
}

/// Chooses among concepts that share the term at a token; the result is a position in `candidates`.
pub(crate) fn decide(evidence: &Evidence<'_>, candidates: &[(usize, &Concept)], term: &str, at: usize) -> Sense {
    let own = candidates.iter().any(|(_, concept)| concept.own);
    let claims = candidates.iter().enumerate().filter(|(_, (_, concept))| concept.own || !own);
    let mut best: Vec<Claim> = Vec::new();
    for (position, (number, concept)) in claims {
        let Some(score) = evidence.score(*number, concept, term, at) else { continue };
        let top = best.first().map_or(0, |claim| claim.score);
        if score > top {
            best.clear();
        }
        if score >= top {
            best.push(Claim { position, number: *number, score, is_everyday: concept.everyday });
        }
    }
    if best.len() > 1 && !best.iter().any(|claim| claim.is_everyday) {
        // What speaks for several meanings of the trade in the message may speak for one of them in the sentence.
        let beside = |claim: &Claim| evidence.near_beside(claim.number, term, at);
        let most = best.iter().map(beside).max();
        best.retain(|claim| Some(beside(claim)) == most);
    }
    match &*best {
        [] => Sense::Everyday,
        [claim] if claim.is_everyday => Sense::Everyday,
        [claim] => Sense::Is(claim.position),
        _ => Sense::Undecided,
    }
}
