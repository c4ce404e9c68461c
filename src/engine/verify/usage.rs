//! Whether a word does what its cue says: "should" may ask, advise or make a condition, "may" may be a month.

use super::cues::{Class, Phrase, Weight};
use super::side::Side;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Tag, Token};

/// Whether the words do here what their phrase says: some have a second use.
pub(super) fn applies(side: &Side<'_>, index: usize, phrase: &Phrase) -> bool {
    let before = |back: usize| index.checked_sub(back).and_then(|at| side.token(at));
    let after = |forth: usize| side.token(index + forth);
    let Some(token) = side.token(index) else { return false };
    let is = |token: Option<&Token>, words: &[&str]| token.is_some_and(|token| token.is(words));
    match (phrase.class, *phrase.words.first().unwrap_or(&"")) {
        // "a yes or no", "yes/no": an answer, not a denial.
        (Class::Negation, "no") => {
            let bound = (1..=3).any(|forth| is(after(forth), &["than"]));
            let answer = bound || is(before(2), &["yes"]) || is(before(1), &["yes"]) || is(after(2), &["yes"]);
            let says = is(before(1), &["say", "says", "saying"]);
            let interjection = before(1)
                .is_none_or(|word| word.tag == Tag::Marker || word.lower.starts_with(['.', '!', '?']))
                && after(1).is_some_and(|word| word.lower.starts_with([',', '!']));
            // "No to the second server" refuses, and a refusal has many words.
            !answer && !interjection && !says && (phrase.weight == Weight::Weak || !is(after(1), &["to"]))
        }
        // "without it" and "not unless" make conditions.
        (Class::Negation, "without") => !is(after(1), &["that", "this", "it", "them"]),
        (Class::Negation, "not") if is(after(1), &["unless", "until", "before"]) => false,
        (Class::Negation, "not") => {
            !is(before(1), &["or", "if", "whether", "why"]) && !(2..=3).any(|forth| is(after(forth), &["than"]))
        }
        // "May" is a month, unless it opens a question.
        (_, "may") => !token.capital || before(1).is_none_or(|word| word.lower.starts_with(['.', '!', '?'])),
        (Class::Hedge, "could") if phrase.weight == Weight::Strong => {
            // "could you please" asks, "couldn't reach it" reports.
            token.lower != "couldn't" && !polite(side, index) && !denied(side, index)
        }
        // "looks stale", "looks like a leak", but not "looks into it".
        (Class::Hedge, "look" | "sound") => after(1).is_some_and(|next| {
            next.is(&["like", "as", "off", "to"])
                || !next.has(Flags::PREPOSITION | Flags::PRONOUN | Flags::DETERMINER)
                    && (next.has(Flags::ADJ)
                        || matches!(next.tag, Tag::Verb(VerbForm::PastParticiple | VerbForm::Past)))
        }),
        (Class::Hedge, "should") => !polite(side, index) && !inverted(side, index),
        (Class::Hedge, "would") => !is(after(1), &["ask", "like", "appreciate", "kindly", "you"]),
        (Class::Hedge, "sign" | "evidence" | "indication") => {
            token.tag.is_nominal() && !is(after(1), &["in", "out", "off", "on", "up"])
        }
        (Class::Hedge, "possible") => {
            let superlative =
                before(1).is_some_and(|word| word.has(Flags::ADJ_SUPERLATIVE) || word.is(&["if", "where"]));
            !superlative
                && !(1..=3).any(|back| {
                    before(back).is_some_and(|word| {
                        word.tag == Tag::Negation || word.lower.ends_with("n't") || word.is(&["no", "as"])
                    })
                })
        }
        (Class::Negation, "only") => (1..=6).any(|forth| is(after(forth), &["once", "if", "when", "after", "with"])),
        // "dropped to 5" falls, "drop it" ends.
        (Class::Negation, "drop") => {
            phrase.words.len() > 1
                || !(1..=3).any(|forth| {
                    after(forth).is_some_and(|word| word.tag == Tag::Fact || word.is(&["from", "to", "by"]))
                })
        }
        (Class::Hedge, "certain" | "sure" | "confirm" | "verify" | "prove" | "know" | "promise")
            if phrase.weight == Weight::Weak =>
        {
            denied(side, index)
        }
        // What somebody once thought is told as an error.
        (Class::Hedge, "think") => token.lower != "thought",
        (Class::Hedge, "tentative") => !is(after(1), &["to"]),
        (Class::Hedge, "assume") => token.lower != "assuming",
        // "longer than expected", and the slip "longer that expected".
        (Class::Hedge, "expect" | "expected") => {
            let compares = before(2).is_some_and(|word| word.has(Flags::ADJ_COMPARATIVE));
            !(is(before(1), &["as", "than"]) || compares && is(before(1), &["that"]))
        }
        (Class::Wish, "would" | "'d") => {
            let had = token.lower == "'d"
                && after(1).is_some_and(|next| next.has(Flags::VERB_PAST_PARTICIPLE) && !next.has(Flags::VERB_BASE));
            !had && !polite(side, index)
        }
        (Class::Wish, "rather") => !is(after(1), &["than"]),
        (Class::Wish, "idea") => is(before(1), &["the", "my", "our"]),
        (Class::Condition, "until" | "till" | "til") => !timed(side, index + 1),
        (Class::Condition, "after" | "before" | "upon") => !timed(side, index + 1),
        (Class::Condition, "need") => token.tag.is_verb(),
        (Class::Condition, "once") => starts_clause(side, index) && !is(after(1), &["more", "again", "a", "per"]),
        (Class::Condition, "if") => {
            // "if anyone asks" belongs to the talk, not to the matter.
            let aside = (1..=3).any(|forth| {
                after(forth).is_some_and(|word| word.lemmas().any(|lemma| ["ask", "wonder"].contains(&lemma)))
            }) && is(after(1), &["anyone", "anybody", "someone", "you", "you're"]);
            !aside
                && !is(
                    before(1),
                    &[
                        "even", "see", "check", "know", "ask", "as", "wonder", "sure", "clear", "test", "verify",
                        "asked", "out",
                    ],
                )
        }
        (Class::Condition, "without") if phrase.weight == Weight::Strong => {
            is(after(1), &["that", "this", "it", "them"])
        }
        (Class::Condition, word @ ("assuming" | "provided")) => token.lower == word && starts_clause(side, index),
        (Class::Condition, "should") => inverted(side, index),
        (Class::Condition, "were") => starts_clause(side, index),
        (Class::Certain, word) => {
            let denied = (1..=3).any(|back| {
                before(back).is_some_and(|word| {
                    word.tag == Tag::Negation
                        || word.lower.ends_with("n't")
                        || word.is(&["no", "without", "cannot", "hard", "difficult"])
                })
            });
            !denied && (word != "certain" || before(1).is_some_and(|word| word.tag == Tag::Auxiliary))
        }
        (Class::Plan, "will") => token.tag != Tag::Noun,
        _ => true,
    }
}

/// Whether the clause of a word denies.
fn denied(side: &Side<'_>, index: usize) -> bool {
    const WORDS: [&str; 6] = ["not", "no", "nothing", "nobody", "none", "never"];
    let clause = side.clause(side.clause_of.get(index).copied().unwrap_or_default());
    side.document
        .tokens
        .get(clause)
        .unwrap_or_default()
        .iter()
        .any(|token| token.is(&WORDS) || token.lower.ends_with("n't"))
}

/// "Could you", "would someone": a request in the form of a question.
fn polite(side: &Side<'_>, index: usize) -> bool {
    side.token(index + 1)
        .is_some_and(|next| next.is(&["you", "someone", "somebody", "anyone", "anybody", "the", "we", "i"]))
        && starts_clause(side, index)
}

/// "Should the copy fail": an "if" without "if".
fn inverted(side: &Side<'_>, index: usize) -> bool {
    let subject = side.token(index + 1).is_some_and(|next| {
        next.has(Flags::DETERMINER | Flags::PRONOUN)
            || next.tag.is_nominal()
            || matches!(next.tag, Tag::Fact | Tag::Adjective)
    });
    let sentence = side.sentence(side.clause_of.get(index).copied().unwrap_or_default());
    let asked = sentence.last().and_then(|last| side.token(last)).is_some_and(|last| last.lower.starts_with('?'));
    starts_clause(side, index) && subject && !asked
}

fn starts_clause(side: &Side<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).and_then(|at| side.token(at)) else { return true };
    matches!(before.tag, Tag::Punctuation | Tag::Marker)
        || before.is(&["and", "but", "so", "or", "only", "please", "start"])
        || side.clause_of.get(index).is_some_and(|clause| side.clause(*clause).start == index)
}

/// Whether a point in time follows ("until 31 May", "before noon") and no clause of its own.
fn timed(side: &Side<'_>, from: usize) -> bool {
    for token in side.document.tokens.get(from..).unwrap_or_default().iter().take(5) {
        if token.tag == Tag::Fact || token.is(&["then", "noon", "now", "midnight", "further"]) {
            return true;
        }
        if token.tag.is_verb()
            || token.tag == Tag::Auxiliary
            || token.tag == Tag::Modal
            || token.tag == Tag::Punctuation
        {
            return false;
        }
    }
    false
}
