//! Requests: what somebody is asked or told to do.

use std::ops::Range;

use crate::engine::facts::FactKind;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag};

/// Orders that only a reader can follow.
const TOLD: [&str; 34] = [
    "contact", "reply", "ask", "tell", "delete", "stop", "avoid", "report", "confirm", "review", "approve", "send",
    "join", "save", "ring", "call", "bring", "submit", "vote", "choose", "sign", "reset", "kindly", "rsvp", "reach",
    "email", "inform", "forward", "register", "complete", "return", "order", "resubmit", "hold",
];

/// Whether a duty may be told in words that were not read as a request: then nobody can say that nothing is wanted. `more`:
/// words that count besides.
pub(crate) fn speaks_of_duty(document: &Document<'_>, more: &[&str]) -> bool {
    const DUTY: [&str; 13] = [
        "must",
        "need",
        "require",
        "recommend",
        "please",
        "pls",
        "ensure",
        "advise",
        "deadline",
        "owner",
        "approve",
        "approval",
        "migrate",
    ];
    document
        .tokens
        .iter()
        .any(|token| token.lower == "?" || token.lemmas().any(|lemma| DUTY.contains(&lemma) || more.contains(&lemma)))
}

/// Whether a question mark ends a clause, or stands right behind it.
pub(crate) fn is_a_question(document: &Document<'_>, tokens: Range<usize>) -> bool {
    (tokens.end.saturating_sub(1)..=tokens.end)
        .filter_map(|index| document.tokens.get(index))
        .any(|last| last.lower.starts_with('?'))
}

/// Whether a clause asks somebody for something: a question put to the reader, or an order that is no line of a change log.
pub(super) fn is_request(document: &Document<'_>, tokens: Range<usize>, is_item: bool) -> bool {
    const NOT_ASKED: [&str; 12] =
        ["expect", "see", "note", "let", "thank", "hope", "welcome", "sorry", "fyi", "say", "look", "wait"];
    let token = |index: usize| document.tokens.get(index);
    let mut start = tokens.start;
    while start < tokens.end
        && token(start).is_some_and(|first| first.tag == Tag::Punctuation || first.is(&["please", "so", "then"]))
    {
        start += 1;
    }
    // "To fix this, configure …": the order stands behind the purpose.
    if token(start).is_some_and(|first| first.tag == Tag::To || first.is(&["to"]))
        && let Some(comma) = (start..tokens.end).find(|index| token(*index).is_some_and(|sign| sign.is(&[","])))
    {
        start = comma + 1;
    }
    // "If you see this, restart it": behind the condition as well.
    if token(start).is_some_and(|first| first.is(&["if", "when", "once"]))
        && let Some(comma) = (start..tokens.end).find(|index| token(*index).is_some_and(|sign| sign.is(&[","])))
    {
        start = comma + 1;
    }
    while start < tokens.end
        && token(start).is_some_and(|first| first.tag == Tag::Adverb || first.is(&["please", "then", "also", ","]))
    {
        start += 1;
    }
    let Some(first) = token(start) else { return false };
    let second_person =
        tokens.clone().filter_map(token).any(|word| word.is(&["you", "your", "yours", "anyone", "someone"]));
    if is_a_question(document, tokens.clone()) {
        let mentioned =
            tokens.clone().any(|index| document.fact_at(index).is_some_and(|fact| fact.kind == FactKind::Mention));
        // "What does this mean for you?" is a heading in the form of a question.
        let heading = first.is(&["what", "why", "how", "when", "who", "where"])
            && token(start + 1).is_some_and(|next| next.is(&["does", "is", "will", "happened", "do", "was", "are"]));
        // "Who can cover the desk?"
        let seeks = first.is(&["who"])
            && token(start + 1).is_some_and(|next| next.is(&["can", "could", "owns", "will", "would", "wants"]));
        let opens_question = seeks || matches!(first.tag, Tag::Modal | Tag::Auxiliary) || first.is(&["ok", "any"]);
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
    // "Do NOT discuss this outside", "don't retry".
    if (first.is(&["don't", "never"]) && (!is_item || second_person))
        || first.is(&["do"]) && token(start + 1).is_some_and(|next| next.tag == Tag::Negation)
    {
        return true;
    }
    // What only readers can be told to do, with or without "you".
    let told = !is_item
        && tokens.end - start >= 2
        && first.lemmas().any(|lemma| TOLD.contains(&lemma))
        && first.has(Flags::VERB_BASE);
    if told
        && !token(start + 1).is_some_and(|next| next.tag.is_verb() || matches!(next.tag, Tag::Auxiliary | Tag::Modal))
    {
        return true;
    }
    let order = first.tag == Tag::Verb(VerbForm::Base) && !first.lemmas().any(|lemma| NOT_ASKED.contains(&lemma));
    order && second_person && !is_item
}
