//! Whether a message itself tells an order as done. "Move the shop to the new server" may be a wish, a plan or a task; only
//! another sentence of the message that tells the same of the same thing ("Moved the shop", "This commit moves the shop") makes
//! it a result.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Cues;
use super::frames::head_of;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::polarity;
use crate::engine::text::{Document, Tag, Token, noun_phrase_end};

/// A deed by its name, and what it was done to; `None` for the change itself.
type Deed<'c> = (&'c str, Option<String>);

/// What a message tells as done, gathered once: comparing each order with each sentence would take too long in a long message.
#[derive(Debug, Clone, Default)]
pub(super) struct Told<'c> {
    sentences: BTreeMap<Deed<'c>, Vec<Range<usize>>>,
}

impl<'c> Told<'c> {
    /// From sentences that nothing limits.
    pub(super) fn gather(document: &'c Document<'_>, cues: &'c Cues) -> Self {
        let mut told = Self::default();
        for sentence in &document.sentences {
            let verbs = sentence.clone().filter(|at| tells(document, sentence, *at));
            for verb in verbs.filter(|_| is_unlimited(document, sentence)) {
                let Some(word) = document.tokens.get(verb) else { continue };
                let things = thing_behind(document, verb, sentence.end).into_iter().map(Some);
                let change = names_the_change(document, verb + 1).then_some(None);
                let things: Vec<Option<String>> = things.chain(change).collect();
                for name in word.lemmas().map(|lemma| cues.name_of_deed(lemma)) {
                    for thing in &things {
                        told.sentences.entry((name, thing.clone())).or_default().push(sentence.clone());
                    }
                }
            }
        }
        told
    }

    /// Whether the deed that a clause begins with is told as done: by its own form ("Removed the tab", "Removes the tab"), or
    /// by another sentence.
    pub(super) fn holds(&self, document: &'c Document<'_>, cues: &'c Cues, order: &Range<usize>) -> bool {
        let Some(verb) = document.tokens.get(order.start) else { return false };
        if reports(verb) {
            return true;
        }
        let things = thing_behind(document, order.start, order.end);
        let things: Vec<Option<String>> = things.into_iter().map(Some).chain([None]).collect();
        let deeds = verb.lemmas().map(|lemma| cues.name_of_deed(lemma));
        let mut deeds = deeds.flat_map(|name| things.iter().map(move |thing| (name, thing.clone())));
        deeds.any(|deed| {
            let sentences = self.sentences.get(&deed);
            sentences.into_iter().flatten().any(|sentence| !sentence.contains(&order.start))
        })
    }
}

/// Whether a verb says by its form that it was done, or that it is what the change does.
fn reports(verb: &Token) -> bool {
    let past = matches!(verb.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple | VerbForm::ThirdSingular));
    past && !verb.has(Flags::VERB_BASE)
}

/// Whether a verb tells what was done in its sentence: as its first word, behind "this commit", or behind "we have". A request
/// for a change ("this PR") proposes it.
fn tells(document: &Document<'_>, sentence: &Range<usize>, verb: usize) -> bool {
    const CHANGES: [&str; 4] = ["commit", "change", "patch", "release"];
    if !document.tokens.get(verb).is_some_and(reports) {
        return false;
    }
    let before = (sentence.start..verb).filter_map(|index| document.tokens.get(index));
    let before: Vec<&Token> = before
        .filter(|word| !matches!(word.tag, Tag::Adverb | Tag::Punctuation) && !word.is(&["also", "now"]))
        .take(3)
        .collect();
    match before.as_slice() {
        [] => true,
        [who] => who.is(&["this", "we", "i"]),
        [this, change] if this.is(&["this"]) => change.is(&CHANGES),
        [we, have] => we.is(&["we", "i"]) && have.is(&["have", "'ve"]),
        _ => false,
    }
}

/// Whether nothing in a sentence denies, doubts, limits, plans or dates what it tells: "we moved it last year" is how things were.
fn is_unlimited(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    const OPEN: [&str; 13] = [
        "want",
        "need",
        "plan",
        "todo",
        "next",
        "later",
        "last",
        "ago",
        "previously",
        "originally",
        "earlier",
        "before",
        "let",
    ];
    let said = polarity(document.slice(document.span_of(sentence.clone())));
    let free = said.negations + said.hedges + said.conditions == 0;
    free && !sentence.clone().any(|index| {
        document.fact_at(index).is_some_and(|fact| fact.kind.is_when())
            || document.tokens.get(index).is_some_and(|word| {
                word.tag == Tag::Modal
                    || word.lower.starts_with('?')
                    || word.lemmas().any(|lemma| OPEN.contains(&lemma))
            })
    })
}

/// "This reverts commit 4f2a": the change itself is what it was done to.
fn names_the_change(document: &Document<'_>, at: usize) -> bool {
    document.tokens.get(at).is_some_and(|first| first.is(&["commit", "them", "it", "both"]))
}

/// What a verb was done to, by the words in the name of its thing: "list" of "the packing list of hall 3", "replacer" and "py"
/// of `replacer.py`.
fn thing_behind(document: &Document<'_>, verb: usize, end: usize) -> BTreeSet<String> {
    const SHORTEST: usize = 3;
    let behind = noun_phrase_end(document, verb + 1, end).map_or(verb + 1..verb + 1, |behind| verb + 1..behind);
    let head = head_of(document, behind).and_then(|head| document.tokens.get(head));
    head.into_iter()
        .flat_map(|head| head.lower.split(|sign: char| !sign.is_alphanumeric()))
        .filter(|part| part.len() >= SHORTEST)
        .map(|part| part.strip_suffix('s').unwrap_or(part).to_owned())
        .collect()
}
