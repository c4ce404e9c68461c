//! Which meaning an ambiguous term has in this message: neighbours, then the company of other terms.

use rustc_hash::FxHashMap;

use super::Concept;
use crate::engine::text::{Document, TokenKind};

/// The cues of all concepts, with their words numbered: a message's words are looked up once, not once for each concept.
#[derive(Debug, Default)]
pub(crate) struct SenseCues {
    ids: FxHashMap<Box<str>, u32>,
    /// By position of the concept.
    of: Vec<ConceptCues>,
}

#[derive(Debug, Default)]
struct ConceptCues {
    near: CueSet,
    not_near: CueSet,
}

#[derive(Debug, Default)]
struct CueSet {
    words: Box<[u32]>,
    phrases: Box<[CuePhrase]>,
}

/// A cue of several words, searched as text when its first word is there.
#[derive(Debug)]
struct CuePhrase {
    text: Box<str>,
    first: Option<u32>,
}

impl CueSet {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }
}

impl SenseCues {
    /// Numbers the cues of concepts, which need not hold them any longer.
    pub(crate) fn new(concepts: &mut [Concept]) -> Self {
        let mut cues = Self::default();
        for concept in concepts {
            let near = cues.set(&std::mem::take(&mut concept.near));
            let not_near = cues.set(&std::mem::take(&mut concept.not_near));
            cues.of.push(ConceptCues { near, not_near });
        }
        cues
    }

    /// Whether a concept is meant wherever its term stands.
    pub(crate) fn are_free(&self, concept: usize) -> bool {
        self.of.get(concept).is_some_and(|cues| cues.near.is_empty() && cues.not_near.is_empty())
    }

    /// Whether a concept is meant only beside certain words.
    pub(crate) fn demand(&self, concept: usize) -> bool {
        self.of.get(concept).is_some_and(|cues| !cues.near.is_empty())
    }

    fn set(&mut self, cues: &[String]) -> CueSet {
        let (phrases, words): (Vec<&String>, Vec<&String>) = cues.iter().partition(|cue| cue.contains([' ', '-']));
        let words = words.into_iter().map(|word| self.id(word)).collect();
        let phrases = phrases
            .into_iter()
            .map(|text| {
                let first: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
                // A short or cut first part may be tokenised otherwise.
                let whole = first.len() > 2 && text.get(first.len()..).is_some_and(|rest| rest.starts_with([' ', '-']));
                CuePhrase { first: whole.then(|| self.id(&first)), text: text.as_str().into() }
            })
            .collect();
        CueSet { words, phrases }
    }

    fn id(&mut self, word: &str) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        *self.ids.entry(word.into()).or_insert(next)
    }
}

/// What a message tells about meaning: its words and the subject fields of its unambiguous terms.
#[derive(Debug)]
pub(crate) struct Evidence<'g> {
    cues: &'g SenseCues,
    /// One bit for each numbered word.
    present: Vec<u64>,
    text: String,
    fields: FxHashMap<String, usize>,
}

impl<'g> Evidence<'g> {
    /// Collects base forms of all words of a message.
    pub(crate) fn of(document: &Document<'_>, cues: &'g SenseCues) -> Self {
        let mut present = vec![0_u64; cues.ids.len() / 64 + 1];
        let mut note = |word: &str| {
            if let Some(id) = cues.ids.get(word)
                && let Some(bits) = present.get_mut(*id as usize / 64)
            {
                *bits |= 1 << (id % 64);
            }
        };
        for token in &document.tokens {
            match token.kind {
                TokenKind::Word => token.lemmas().for_each(&mut note),
                // "ci.example.org" and `kube-proxy` speak of CI and of Kubernetes.
                TokenKind::Fact(_) => {
                    note(&token.lower);
                    token.lower.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 1).for_each(&mut note);
                }
                TokenKind::Punctuation | TokenKind::Marker => {}
            }
        }
        Self { cues, present, text: document.text.to_lowercase(), fields: FxHashMap::default() }
    }

    /// Counts an unambiguous term of this subject field.
    pub(crate) fn add_field(&mut self, field: &str) {
        *self.fields.entry(field.to_owned()).or_default() += 1;
    }

    fn has(&self, id: u32) -> bool {
        self.present.get(id as usize / 64).is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    fn count(&self, set: &CueSet, but: &str) -> usize {
        let own = self.cues.ids.get(but).copied();
        let words = set.words.iter().filter(|id| Some(**id) != own && self.has(**id)).count();
        let phrases = set.phrases.iter().filter(|phrase| {
            phrase.first.is_none_or(|first| self.has(first))
                && &*phrase.text != but
                && self.text.contains(&*phrase.text)
        });
        words + phrases.count()
    }

    /// How well a concept fits; `None` when it is ruled out.
    fn score(&self, position: usize, concept: &Concept, term: &str) -> Option<usize> {
        let cues = self.cues.of.get(position)?;
        if self.count(&cues.not_near, term) > 0 {
            return None;
        }
        let near = self.count(&cues.near, term);
        if !cues.near.is_empty() && near == 0 {
            return None;
        }
        // Company of the same subject field breaks ties between senses, it cannot make one on its own.
        let company = usize::from(self.fields.get(&concept.subject_field).copied().unwrap_or(0) > 0);
        Some(near * 2 + company + 1)
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

/// Chooses among concepts that share a term; the result is a position in `candidates`.
pub(crate) fn decide(evidence: &Evidence<'_>, candidates: &[(usize, &Concept)], term: &str) -> Sense {
    let mut best: Option<(usize, usize)> = None;
    let mut tie = false;
    let own = candidates.iter().any(|(_, concept)| concept.own);
    for (position, (number, concept)) in candidates.iter().enumerate().filter(|(_, (_, concept))| concept.own || !own) {
        let Some(score) = evidence.score(*number, concept, term) else { continue };
        match best {
            Some((_, top)) if score < top => {}
            Some((_, top)) if score == top => tie = true,
            _ => {
                best = Some((position, score));
                tie = false;
            }
        }
    }
    match best {
        None => Sense::Everyday,
        Some(_) if tie => Sense::Undecided,
        Some((position, _)) if candidates.get(position).is_some_and(|(_, concept)| concept.everyday) => Sense::Everyday,
        Some((position, _)) => Sense::Is(position),
    }
}
