//! Whether a message itself tells an order as done. "Move the shop to the new server" may be a wish, a plan or a task; only
//! another sentence of the message that tells the same of the same thing ("Moved the shop", "This commit moves the shop") makes
//! it a result.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Cues;
use super::frames::head_of;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::polarity;
use crate::engine::text::{Document, Tag, Token, noun_phrase_end};

/// Whether the deed that a clause begins with is told as done: by its own form ("Removed the tab", "Removes the tab"), or by
/// another sentence.
pub(super) fn is_told_as_done(document: &Document<'_>, cues: &Cues, order: &Range<usize>) -> bool {
    let Some(verb) = document.tokens.get(order.start) else { return false };
    if reports(verb) {
        return true;
    }
    let things = thing_behind(document, order.start, order.end);
    document.sentences.iter().filter(|sentence| !sentence.contains(&order.start)).any(|sentence| {
        let told = sentence.clone().find(|at| {
            document.tokens.get(*at).is_some_and(|word| same_deed(cues, verb, word)) && tells(document, sentence, *at)
        });
        told.is_some_and(|at| {
            let same = !things.is_disjoint(&thing_behind(document, at, sentence.end));
            (same || names_the_change(document, at + 1)) && is_unlimited(document, sentence)
        })
    })
}

/// Whether a verb says by its form that it was done, or that it is what the change does.
fn reports(verb: &Token) -> bool {
    let past = matches!(verb.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple | VerbForm::ThirdSingular));
    past && !verb.has(Flags::VERB_BASE)
}

fn same_deed(cues: &Cues, verb: &Token, word: &Token) -> bool {
    word.tag.is_verb() && verb.lemmas().any(|lemma| word.lemmas().any(|other| cues.are_one_deed(lemma, other)))
}

/// Whether a verb tells what was done in its sentence: as its first word, behind "this commit", or behind "we have". A request
/// for a change ("this PR") proposes it.
fn tells(document: &Document<'_>, sentence: &Range<usize>, verb: usize) -> bool {
    const CHANGES: [&str; 4] = ["commit", "change", "patch", "release"];
    let before = (sentence.start..verb).filter_map(|index| document.tokens.get(index));
    let before: Vec<&Token> = before
        .filter(|word| !matches!(word.tag, Tag::Adverb | Tag::Punctuation) && !word.is(&["also", "now"]))
        .take(3)
        .collect();
    let opens = match before.as_slice() {
        [] => true,
        [who] => who.is(&["this", "we", "i"]),
        [this, change] if this.is(&["this"]) => change.is(&CHANGES),
        [we, have] => we.is(&["we", "i"]) && have.is(&["have", "'ve"]),
        _ => false,
    };
    opens && document.tokens.get(verb).is_some_and(reports)
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
