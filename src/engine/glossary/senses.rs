//! Which meaning an ambiguous term has in this message: neighbours, then the company of other terms.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Concept;
use crate::engine::text::{Document, TokenKind};

/// What a message tells about meaning: its words and the subject fields of its unambiguous terms.
#[derive(Debug, Default)]
pub(crate) struct Evidence<'d> {
    words: FxHashSet<&'d str>,
    text: String,
    fields: FxHashMap<String, usize>,
}

impl<'d> Evidence<'d> {
    /// Collects base forms of all words of a message.
    pub(crate) fn of(document: &'d Document<'_>) -> Self {
        let mut words = FxHashSet::default();
        for token in &document.tokens {
            match token.kind {
                TokenKind::Word => words.extend(token.lemmas()),
                // "ci.example.org" and `kube-proxy` speak of CI and of Kubernetes.
                TokenKind::Fact(_) => {
                    words.insert(token.lower.as_str());
                    words.extend(token.lower.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 1));
                }
                TokenKind::Punctuation | TokenKind::Marker => {}
            }
        }
        Self { words, text: document.text.to_lowercase(), fields: FxHashMap::default() }
    }

    /// Counts an unambiguous term of this subject field.
    pub(crate) fn add_field(&mut self, field: &str) {
        *self.fields.entry(field.to_owned()).or_default() += 1;
    }

    fn has(&self, cue: &str) -> bool {
        if cue.contains([' ', '-']) { self.text.contains(cue) } else { self.words.contains(cue) }
    }

    fn count(&self, cues: &[String], but: &str) -> usize {
        cues.iter().filter(|cue| cue.as_str() != but && self.has(cue)).count()
    }

    /// How well a concept fits; `None` when it is ruled out.
    fn score(&self, concept: &Concept, term: &str) -> Option<usize> {
        if self.count(&concept.not_near, term) > 0 {
            return None;
        }
        let near = self.count(&concept.near, term);
        if !concept.near.is_empty() && near == 0 {
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
pub(crate) fn decide(evidence: &Evidence<'_>, candidates: &[&Concept], term: &str) -> Sense {
    let mut best: Option<(usize, usize)> = None;
    let mut tie = false;
    let own = candidates.iter().any(|concept| concept.own);
    for (position, concept) in candidates.iter().enumerate().filter(|(_, concept)| concept.own || !own) {
        let Some(score) = evidence.score(concept, term) else { continue };
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
        Some((position, _)) if candidates.get(position).is_some_and(|concept| concept.everyday) => Sense::Everyday,
        Some((position, _)) => Sense::Is(position),
    }
}
