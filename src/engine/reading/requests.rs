//! Requests: what somebody is asked or told to do, and where nobody can say that nothing is wanted.

use std::ops::Range;

use super::cues::Cues;
use crate::engine::facts::FactKind;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, Token};

/// What an order would be where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A sentence that somebody writes to others: what it orders is for them.
    Prose,
    /// A message that begins as a change does: "Add a limit" is what was done.
    Change,
    /// An item of a list, which may be a change log's.
    Item,
}

/// See [`super::Reading::may_ask`].
pub(super) fn may_ask(document: &Document<'_>, cues: &Cues, is_change: bool) -> bool {
    let in_list = |sentence: &Range<usize>| {
        sentence.start.checked_sub(1).and_then(|before| document.tokens.get(before)).is_some_and(Token::opens_item)
    };
    let orders = |sentence: &Range<usize>| {
        sentence.clone().any(|index| {
            let opens =
                index == sentence.start && !in_list(sentence) || index > sentence.start && opens_part(document, index);
            // "…, put the sign out": it may be an order or a deed, and that is enough here.
            let either = document.tokens.get(index).is_some_and(|verb| {
                verb.has(Flags::VERB_BASE) && verb.has(Flags::VERB_PAST) && !cues.is_no_order(verb)
            }) && document
                .tokens
                .get(index + 1)
                .is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Pronoun));
            forbids(document, index) || opens && !is_change && (either || may_be_an_order(document, cues, index))
        })
    };
    let is_asked = document.tokens.iter().any(|token| token.lower.starts_with('?'));
    is_asked || cues.may_ask(document) || document.sentences.iter().any(orders)
}

/// Whether a part of a sentence begins here, in which an order may stand.
fn opens_part(document: &Document<'_>, index: usize) -> bool {
    index.checked_sub(1).and_then(|before| document.tokens.get(before)).is_some_and(|before| {
        before.tag == Tag::Punctuation || before.is(&["so", "and", "but", "then", "just", "please", "now"])
    })
}

/// "…, so don't bother changing those"
fn forbids(document: &Document<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let opens = before.is_none_or(|before| before.tag == Tag::Marker) || opens_part(document, index);
    let denies = document.tokens.get(index).is_some_and(|word| word.is(&["don't", "dont", "never"]));
    opens && denies && document.tokens.get(index + 1).is_some_and(|verb| verb.tag == Tag::Verb(VerbForm::Base))
}

/// Whether a word that opens a part of a sentence can begin an order.
fn may_be_an_order(document: &Document<'_>, cues: &Cues, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|verb| {
        verb.tag == Tag::Verb(VerbForm::Base) && !verb.has(Flags::VERB_PAST) && !cues.is_no_order(verb)
    })
}

/// Whether a question mark ends a clause, or stands right behind it.
pub(crate) fn is_a_question(document: &Document<'_>, tokens: Range<usize>) -> bool {
    (tokens.end.saturating_sub(1)..=tokens.end)
        .filter_map(|index| document.tokens.get(index))
        .any(|last| last.lower.starts_with('?'))
}

/// Whether a clause asks somebody for something: a question put to the reader, or an order that is no line of a change log.
pub(super) fn is_request(document: &Document<'_>, cues: &Cues, tokens: Range<usize>, place: Place) -> bool {
    let token = |index: usize| document.tokens.get(index);
    let start = main_clause(document, tokens.clone());
    let Some(first) = token(start).filter(|_| start < tokens.end) else { return false };
    let second_person =
        tokens.clone().filter_map(token).any(|word| word.is(&["you", "your", "yours", "anyone", "someone"]));
    if is_a_question(document, tokens.clone()) {
        let mentioned = tokens.clone().any(|index| is_mention(document, index));
        // "What does this mean for you?" is a heading in the form of a question.
        let heading = first.is(&["what", "why", "how", "when", "who", "where"])
            && token(start + 1).is_some_and(|next| next.is(&["does", "is", "will", "happened", "do", "was", "are"]));
        // "Who can cover the desk?"
        let seeks = first.is(&["who"])
            && token(start + 1).is_some_and(|next| next.is(&["can", "could", "owns", "will", "would", "wants"]));
        // "Before we begin, could Sales settle two things?"
        let mut goes_on = (start + 1..tokens.end).filter(|index| token(index - 1).is_some_and(|sign| sign.is(&[","])));
        let asks = |index: usize| token(index).is_some_and(|helper| helper.is(&["can", "could", "would", "will"]));
        let opens_question = seeks
            || matches!(first.tag, Tag::Modal | Tag::Auxiliary)
            || first.is(&["ok", "any", "thoughts", "want", "fancy"])
            || goes_on.any(asks);
        // "Are customers affected? No." answers itself.
        let answered = (tokens.end..tokens.end + 2)
            .filter_map(token)
            .any(|next| next.is(&["no", "yes", "not", "nope", "yep", "yeah"]));
        return (seeks || !heading) && !answered && (second_person || mentioned || opens_question);
    }
    // "Don't worry", "never mind" ask for nothing.
    if first.is(&["don't", "never", "do"])
        && (start + 1..start + 3).filter_map(token).any(|verb| verb.is(&["worry", "mind", "panic", "fear"]))
    {
        return false;
    }
    let in_list = place == Place::Item;
    // "Do NOT discuss this outside", "don't retry".
    if (first.is(&["don't", "never"]) && (!in_list || second_person))
        || first.is(&["do"]) && token(start + 1).is_some_and(|next| next.tag == Tag::Negation)
    {
        return true;
    }
    let opens_item = start.checked_sub(1).and_then(token).is_some_and(Token::opens_item);
    if !opens_item && moves_on(document, start..tokens.end) {
        return true;
    }
    if in_list {
        return false;
    }
    let base = first.tag == Tag::Verb(VerbForm::Base) && !cues.is_no_order(first);
    if second_person && base || is_told(document, cues, start..tokens.end) {
        return true;
    }
    if place == Place::Change {
        return false;
    }
    is_order(document, cues, start..tokens.end)
        || tells_beside_condition(document, cues, tokens.clone())
        || (start + 1..tokens.end).any(|index| orders_midway(document, cues, tokens.clone(), index))
}

/// Where the main clause of a request begins, behind what leads up to it.
fn main_clause(document: &Document<'_>, tokens: Range<usize>) -> usize {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < tokens.end);
    let is = |index: usize, words: &[&str]| token(index).is_some_and(|word| word.is(words));
    let behind = |from: usize, sign: &str| (from..tokens.end).find(|index| is(*index, &[sign])).map(|sign| sign + 1);
    let mut start = tokens.start;
    while token(start).is_some_and(|first| first.tag == Tag::Punctuation || first.is(&["please", "so", "then"])) {
        start += 1;
    }
    // "To fix this, configure …": the order stands behind the purpose.
    if token(start).is_some_and(|first| first.tag == Tag::To || first.is(&["to"])) {
        start = behind(start, ",").unwrap_or(start);
    }
    // "Until then plug it in", "for now use the other one"
    if is(start, &["until", "till", "for"]) && is(start + 1, &["then", "now"]) {
        start += 2;
    } else if opens_condition(document, start) {
        // "If you see this, restart it": behind the condition as well.
        start = behind(start, ",").unwrap_or(start);
    }
    while token(start).is_some_and(|first| {
        first.tag == Tag::Adverb || first.is(&["please", "then", "also", "just", ",", "so", "but"])
    }) {
        start += 1;
    }
    start
}

fn opens_condition(document: &Document<'_>, at: usize) -> bool {
    document.tokens.get(at).is_some_and(|first| first.is(&["if", "when", "once", "until", "till", "unless"]))
}

fn is_mention(document: &Document<'_>, index: usize) -> bool {
    document.fact_at(index).is_some_and(|fact| fact.kind == FactKind::Mention)
}

/// What only readers can be told to do, with or without "you", whatever the message is.
fn is_told(document: &Document<'_>, cues: &Cues, clause: Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let Some(verb) = token(clause.start).filter(|verb| verb.has(Flags::VERB_BASE)) else { return false };
    // "Use of the portal fell": a thing.
    let thing = |next: &Token| {
        next.tag.is_verb() || matches!(next.tag, Tag::Auxiliary | Tag::Modal | Tag::Possessive) || next.is(&["of"])
    };
    // "Call volume doubled", "Review queue is empty": a noun in front of its verb.
    let taken = token(clause.start + 1)
        .is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Pronoun | Tag::Name | Tag::Punctuation))
        || is_mention(document, clause.start + 1);
    // "Email encryption and signing require another key": a plural subject in front of its verb.
    let has_subject = |index: usize| {
        token(index).is_some_and(|word| word.tag == Tag::Verb(VerbForm::Base))
            && token(index - 1).is_some_and(|before| before.tag.is_nominal() || before.tag == Tag::Verb(VerbForm::Ing))
            && !token(clause.start + 1).is_some_and(|next| next.tag == Tag::Determiner)
    };
    let told = |index: &usize| {
        token(*index).is_some_and(|word| word.tag.is_finite() || word.is(&["that", "which", "who", "if", "when"]))
            || has_subject(*index)
    };
    let tells = verb.has(Flags::NOUN)
        && !taken
        && (clause.start + 1..clause.end)
            .find(told)
            .is_some_and(|at| has_subject(at) || token(at).is_some_and(|word| word.tag.is_finite()));
    let tells = tells || is_told_of(document, clause.clone());
    cues.is_told(verb) && clause.len() >= 2 && !tells && !token(clause.start + 1).is_some_and(thing)
}

/// "Upgrade to a supported version", "switch to the new portal": behind what is told of the old one it is for readers, in a list as well.
fn moves_on(document: &Document<'_>, clause: Range<usize>) -> bool {
    const MOVES: [&str; 8] = ["upgrade", "switch", "migrate", "move", "update", "change", "transition", "opt"];
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let verb = token(clause.start).is_some_and(|verb| verb.is(&MOVES));
    let target = token(clause.start + 1).is_some_and(|to| to.is(&["to", "into"]))
        && token(clause.start + 2).is_some_and(|next| {
            matches!(next.tag, Tag::Determiner | Tag::Fact | Tag::Name) || next.is(&["[", "version"])
        });
    // "A supported version", "the newly added page".
    let tags = |index: usize| token(index).map(|word| word.tag);
    let attributive = |index: usize| {
        matches!(tags(index - 1), Some(Tag::Determiner | Tag::Adjective | Tag::Adverb))
            && tags(index + 1).is_some_and(Tag::is_nominal)
    };
    // "Upgrade to version 7 failed", "move to the new hall is planned": a thing.
    let told = (clause.start + 2..clause.end).any(|index| match tags(index) {
        Some(Tag::Auxiliary | Tag::Modal | Tag::Verb(VerbForm::ThirdSingular)) => true,
        Some(Tag::Verb(VerbForm::Past | VerbForm::PastParticiple)) => !attributive(index),
        _ => false,
    });
    verb && target && !told
}

/// "Build that usually takes an hour is slow": the first word is what the rest tells of.
fn is_told_of(document: &Document<'_>, clause: Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let tells = |at: usize| token(at).is_some_and(|word| word.tag.is_finite() || word.tag == Tag::Auxiliary);
    let often = |at: usize| token(at).is_some_and(|word| word.tag == Tag::Adverb || word.lower.ends_with("ly"));
    let verb = clause.start + if often(clause.start + 2) { 3 } else { 2 };
    token(clause.start + 1).is_some_and(|next| next.is(&["that", "which"]))
        && tells(verb)
        && (verb + 1..clause.end).any(tells)
}

/// Whether a clause that is certainly no deed of its author begins with an order. A word that is a noun as well must have
/// behind it what only a verb has: "plan the move", not "plan B".
fn is_order(document: &Document<'_>, cues: &Cues, clause: Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let Some(verb) = token(clause.start) else { return false };
    let Some(next) = token(clause.start + 1) else { return false };
    // "come by", which may be read as a participle; "hold on the mailbox": a thing.
    let known = cues.is_told_in_prose(verb)
        && verb.has(Flags::VERB_BASE)
        && verb.tag.is_verb()
        && !next.is(&["of", "on", "for", "from"]);
    if !known && !may_be_an_order(document, cues, clause.start) || next.tag == Tag::Punctuation || next.tag.is_finite()
    {
        return false;
    }
    // "Partner A confirmed it": a letter that names one of several.
    let names = next.capital && next.is(&["a"]);
    let taken = next.tag == Tag::Determiner && !next.is(&["one"]) && !names
        || next.tag == Tag::Pronoun
            && !next.lower.ends_with("self")
            // "Stage I is done."
            && !next.is(&["i", "we", "he", "she", "they"])
        || next.is(&["first", "again"])
        || is_mention(document, clause.start + 1);
    if is_told_of(document, clause.clone()) {
        return false;
    }
    // "close and reopen"
    let joined = next.is(&["and", "or"]) && token(clause.start + 2).is_some_and(|verb| verb.has(Flags::VERB_BASE));
    !verb.has(Flags::NOUN) || known || taken || joined
}

/// "If it gets worse ping @ada", "until it is mended keep it shut": the order stands behind its condition, without a sign.
fn tells_beside_condition(document: &Document<'_>, cues: &Cues, clause: Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < clause.end);
    let Some(condition) = clause.clone().find(|index| opens_condition(document, *index)) else { return false };
    (condition + 2..clause.end).any(|index| {
        let Some(verb) = token(index).filter(|verb| verb.has(Flags::VERB_BASE) && cues.is_told_in_prose(verb)) else {
            return false;
        };
        // "if the tills tell us", "if you ask me", "if we can use it": the verb of the condition.
        let governed = token(index - 1).is_none_or(|before| {
            matches!(
                before.tag,
                Tag::PluralNoun | Tag::Modal | Tag::To | Tag::Auxiliary | Tag::Determiner | Tag::Preposition
            ) || before.has(Flags::NOUN_PLURAL)
                || before
                    .is(&["i", "we", "you", "they", "who", "to", "and", "or", "not", "staff", "team", "crew", "police"])
        });
        let named = token(index + 1).is_some_and(|next| next.tag == Tag::Name);
        verb.tag != Tag::Name && !governed && (named || has_person_or_thing(document, index + 1, clause.end))
    })
}

/// "the rest works, so use that", "they bounce – ask the night shift to wait": an order goes on with the sentence.
fn orders_midway(document: &Document<'_>, cues: &Cues, clause: Range<usize>, index: usize) -> bool {
    const LABEL: usize = 6;
    let Some(before) = document.tokens.get(index - 1) else { return false };
    let joint = before.is(&["so", "but", "just", ";", ":"]) || before.is(&["–", "—", "-", "--"]) && !before.glued;
    if !joint && !before.is(&[",", "then"]) {
        return false;
    }
    // "They open it, leave it and come back": one of several verbs of the same subject.
    let shares = !joint
        && (clause.start..index - 1)
            .filter_map(|at| document.tokens.get(at))
            .any(|word| word.tag == Tag::Verb(VerbForm::Base));
    if shares {
        return false;
    }
    let told = document.tokens.get(index).is_some_and(|verb| verb.has(Flags::VERB_BASE) && cues.is_told_in_prose(verb));
    // "Change approved: swap the driver" names the change.
    let names_a_deed = before.is(&[":"])
        && (clause.start.max(index.saturating_sub(LABEL))..index)
            .filter_map(|earlier| document.tokens.get(earlier))
            .any(|word| matches!(word.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple)));
    let is_order = || joint && is_order(document, cues, index..clause.end);
    !names_a_deed && (told && has_person_or_thing(document, index + 1, clause.end) || is_order())
}

/// Whether somebody or something stands right there: "me", "them", "@ada", "the desk".
fn has_person_or_thing(document: &Document<'_>, index: usize, end: usize) -> bool {
    let next = document.tokens.get(index).filter(|_| index < end);
    next.is_some_and(|next| {
        next.is(&["me", "us", "him", "her", "them", "it", "at", "whoever"]) || next.tag == Tag::Determiner
    }) || is_mention(document, index)
}
