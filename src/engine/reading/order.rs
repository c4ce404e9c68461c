//! Order among statements: which ones others have overtaken, and which ones are told together.

use std::collections::BTreeMap;
use std::ops::Range;

use super::surroundings::STATUSES;
use super::{ASK, Cues, DETAIL, Statement, is_a_question, is_on_a_heading};
use crate::engine::facts::{FactKind, WEEKDAYS, ZONES};
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::is_negation;
use crate::engine::source::line_before;
use crate::engine::text::{Document, Tag, Token, TokenKind, is_chat};

/// Where the turns of a pasted thread begin: lines that open with a name and a colon. A name comes back, is written small, or is
/// no word of the language; "Environment: …" and "Owner: …" are labels.
pub(super) fn turns_of_thread(document: &Document<'_>, cues: &Cues) -> Vec<usize> {
    if !is_chat(document.text) {
        return Vec::new();
    }
    let token = |index: usize| document.tokens.get(index);
    let opens = |sentence: &Range<usize>| {
        let line = line_before(document.text, document.span_of(sentence.clone()).start);
        line.trim().is_empty()
            && sentence.len() > 2
            && token(sentence.start).is_some_and(|name| name.kind == TokenKind::Word)
            && token(sentence.start + 1).is_some_and(|sign| sign.glued && sign.lower == ":")
            && cues.known_label(document, sentence.start..sentence.start + 1).is_none()
    };
    let openings: Vec<usize> =
        document.sentences.iter().filter(|sentence| opens(sentence)).map(|sentence| sentence.start).collect();
    let name = |at: usize| token(at).map(|name| name.lower.as_str());
    let mut times: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for at in &openings {
        *times.entry(name(*at)).or_default() += 1;
    }
    let is_person = |at: usize| {
        let comes_back = times.get(&name(at)).is_some_and(|times| *times > 1);
        comes_back || token(at).is_some_and(|name| !name.capital || name.is_unlisted() || name.tag == Tag::Name)
    };
    let turns: Vec<usize> = openings.iter().copied().filter(|at| is_person(*at)).collect();
    let several = turns.iter().any(|turn| name(*turn) != turns.first().and_then(|first| name(*first)));
    if several { turns } else { Vec::new() }
}

/// Whether a sentence begins behind a blank line, or with a label or longer name: whose turn it is, nothing says.
pub(super) fn ends_a_turn(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    const LONGEST: usize = 4;
    let start = document.span_of(sentence.clone()).start;
    let before = document.text.get(..start).unwrap_or_default();
    let opens_line = line_before(document.text, start).trim().is_empty();
    let labelled = (sentence.start + 1..sentence.end.min(sentence.start + LONGEST + 1))
        .any(|index| document.tokens.get(index).is_some_and(|sign| sign.glued && sign.lower == ":"));
    before.trim_end_matches([' ', '\t']).ends_with("\n\n") || opens_line && labelled
}

/// A question that somebody else answered is no longer put to the reader; a request is only settled by a yes or a no.
pub(super) fn settle_answered(document: &Document<'_>, statements: &mut [Statement]) {
    const REPLIES: [&str; 14] = [
        "yes", "no", "done", "approved", "sure", "ok", "okay", "yep", "yeah", "nope", "fine", "nah", "agreed",
        "declined",
    ];
    /// Words of a reply that says more than "me too".
    const ANSWER: usize = 6;
    let token = |index: usize| document.tokens.get(index);
    let name = |turn: usize| token(turn).map(|name| name.lower.as_str());
    let spoken: Vec<(usize, bool, bool)> = statements
        .iter()
        .filter_map(|statement| {
            let turn = statement.turn?;
            let replies = statement.tokens.start <= turn + 2
                && (turn + 1..turn + 4).filter_map(token).any(|word| word.is(&REPLIES));
            Some((turn, replies, statement.tokens.len() >= ANSWER))
        })
        .collect();
    for statement in statements.iter_mut().filter(|statement| statement.slot == ASK) {
        let requests = statement.tokens.clone().any(|index| {
            token(index).is_some_and(|word| word.is(&["can", "could", "would", "will", "please"]))
                && token(index + 1).is_some_and(|word| word.is(&["you", "someone", "somebody", "anyone", "we"]))
        });
        let answered = statement.turn.is_some_and(|turn| {
            spoken.iter().any(|(later, replies, answers)| {
                *later > turn && name(*later) != name(turn) && (*replies || *answers && !requests)
            })
        });
        if answered && is_a_question(document, statement.tokens.clone()) {
            DETAIL.clone_into(&mut statement.slot);
            DETAIL.clone_into(&mut statement.evident);
        }
    }
}

/// "We are investigating …" above "It was resolved": the work that a later paragraph of a status page ended. What was noticed
/// stays news, because it may be of something else.
pub(super) fn mark_ended_work(document: &Document<'_>, statements: &mut [Statement]) {
    const WORK: [&[&str]; 6] = [
        &["investigating"],
        &["monitoring"],
        &["working", "on"],
        &["looking", "into"],
        &["looking", "at"],
        &["analysing"],
    ];
    let Some(ended) = statements
        .iter()
        .filter(|statement| statement.slot == "resolved" && !statement.is_overtaken)
        .map(|statement| statement.paragraph)
        .max()
    else {
        return;
    };
    let is = |at: usize, words: &[&str]| document.tokens.get(at).is_some_and(|token| token.is(words));
    let searches = |statement: &Statement| {
        statement.tokens.clone().any(|index| {
            let verb = index + 1 + usize::from(is(index + 1, &["currently", "still", "now", "actively"]));
            is(index, &["are", "'re", "is", "am", "'m"])
                && WORK.iter().any(|words| words.iter().zip(verb..).all(|(word, at)| is(at, &[*word])))
        })
    };
    for statement in statements.iter_mut().filter(|statement| statement.paragraph < ended) {
        statement.is_overtaken |=
            !["impact", ASK, "reference"].contains(&statement.slot.as_str()) && searches(statement);
    }
}

/// A state told at the top ("It is fixed", "It is postponed") overtakes what the paragraphs below it announce. One that a story comes to
/// ("…, so the release slipped a day") does not.
pub(super) fn mark_overtaken(document: &Document<'_>, statements: &mut [Statement]) {
    const TOP: usize = 3;
    let latest = statements
        .iter()
        .take(TOP)
        // "## Bugs resolved" heads its list.
        .filter(|statement| {
            ["resolved", "delay"].contains(&statement.slot.as_str())
                && !statement.is_overtaken
                && !is_on_a_heading(document, statement.tokens.clone())
        })
        .map(|statement| statement.paragraph)
        .min();
    let Some(latest) = latest.filter(|paragraph| statements.first().is_some_and(|first| first.paragraph == *paragraph))
    else {
        return;
    };
    // What stands below the first older announcement is older too.
    let older = statements
        .chunk_by(|one, next| one.paragraph == next.paragraph)
        .filter(|own| {
            is_an_announcement(document, own)
                && own.iter().any(|statement| in_present(document, statement.tokens.clone()))
        })
        .filter_map(|own| own.first().map(|first| first.paragraph))
        .find(|paragraph| *paragraph > latest);
    let Some(older) = older else { return };
    // A paragraph in the past tense tells how it came about; one in the present or future was true when it was written.
    let dated: Vec<usize> = statements
        .iter()
        .filter(|statement| statement.paragraph >= older && in_present(document, statement.tokens.clone()))
        .map(|statement| statement.paragraph)
        .collect();
    for statement in statements.iter_mut().filter(|statement| dated.contains(&statement.paragraph)) {
        let lasts =
            ["ask", "reference", "update", "resolved", "delay", "workaround"].contains(&statement.slot.as_str());
        statement.is_overtaken |= !lasts;
    }
}

/// Whether a paragraph is an announcement of its own: it says when, is labelled as older, or tells of a trouble in the present.
/// "Instead, we will release the second candidate" goes on with what stands above it.
fn is_an_announcement(document: &Document<'_>, own: &[Statement]) -> bool {
    const DAYS: [&str; 3] = ["today", "tomorrow", "tonight"];
    let sentence = own.first().and_then(|first| document.sentence_at(first.tokens.start));
    let Some(opener) = sentence.and_then(|sentence| document.tokens.get(sentence.start)) else { return false };
    let goes_on = opener.is(&["instead", "therefore", "however", "otherwise", "so", "hence", "thus", "then"]);
    // "Earlier: …", "Original message: …"
    let labelled =
        opener.is(&["earlier", "initial", "initially", "original", "originally", "previous", "previously", "before"]);
    let dated = |statement: &Statement| {
        statement.tokens.clone().any(|index| {
            document.fact_at(index).is_some_and(|fact| fact.kind.is_when())
                || document.tokens.get(index).is_some_and(|token| token.is(&DAYS) || token.is(&WEEKDAYS))
        })
    };
    // "It is failing, we have restarted it": what was so when it was written.
    let troubled = |statement: &Statement| {
        statement.slot == "impact" && !statement.is_item && in_present(document, statement.tokens.clone())
    };
    labelled || !goes_on && own.iter().any(|statement| dated(statement) || troubled(statement))
}

/// Updates that carry the time they were written ("19:41 – Fixed.", "18:55 – Identified."): only the latest still holds.
pub(super) fn mark_older_updates(document: &Document<'_>, statements: &mut [Statement]) {
    let numbered = |statement: &Statement| {
        document.sentence_at(statement.tokens.start).and_then(|sentence| update_number(document, sentence))
    };
    let timed = |statement: &Statement| -> Option<String> {
        let start = statement.tokens.start.saturating_sub(4);
        let sentence = document.sentence_at(statement.tokens.start)?;
        (start.max(sentence.start)..statement.tokens.start + 4)
            .filter(|index| sentence.contains(index) && *index < sentence.start + 5)
            .filter_map(|index| document.fact_at(index))
            .find(|fact| {
                fact.kind == FactKind::Time || fact.kind == FactKind::Date && document.slice(fact.span).contains(':')
            })
            .map(|fact| fact.key.clone())
    };
    // "- May 11th, 5:30": an item of a schedule, not an update written then.
    let speaks = |statement: &Statement| {
        !statement.is_item
            || statement
                .tokens
                .clone()
                .any(|index| document.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word))
    };
    let stamps_by = |stamp: &dyn Fn(&Statement) -> Option<String>| -> Vec<(usize, String)> {
        let spoken = statements.iter().enumerate().filter(|(_, statement)| speaks(statement));
        spoken.filter_map(|(index, statement)| Some((index, stamp(statement)?))).collect()
    };
    let starts_line = |statement: &Statement| {
        let span = document.span_of(statement.tokens.clone());
        line_before(document.text, span.start).chars().filter(|c| c.is_alphanumeric()).count() <= 16
    };
    // Where updates are counted, a time in one of them is not when it was written.
    let mut stamps = stamps_by(&numbered);
    if stamps.len() < 2 {
        stamps = stamps_by(&|statement| {
            Some(statement)
                .filter(|statement| starts_line(statement))
                .and_then(|own| numbered(own).or_else(|| timed(own)))
        });
    }
    let (Some(first), Some(last)) = (stamps.first(), stamps.last()) else { return };
    if stamps.len() < 2 || first.1 == last.1 {
        return;
    }
    let falling = stamps.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    let rising = stamps.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    // "Posted Mar 14, 07:22" stands below what was written then.
    let below = stamps.iter().all(|(index, _)| {
        let first = statements.get(*index).and_then(|statement| document.tokens.get(statement.tokens.start));
        first.is_some_and(|first| first.is(&["posted"]))
    });
    let before_last = stamps.len().checked_sub(2).and_then(|at| stamps.get(at)).map_or(0, |(index, _)| index + 1);
    let (from, to) = match (falling, rising) {
        (true, false) if below => (first.0 + 1, statements.len()),
        (false, true) if below => (0, before_last),
        // Newest on top: what stands above the second stamp holds.
        (true, false) => (stamps.get(1).map_or(0, |(index, _)| *index), statements.len()),
        (false, true) => (first.0, last.0),
        _ => return,
    };
    // A list of moments is a time line: it is told as one, and at most its end heads the message.
    let listed = |index: &usize| statements.get(*index).is_some_and(|statement| statement.is_item);
    if stamps.iter().all(|(index, _)| listed(index)) && rising {
        let end = (last.0 + 1..statements.len())
            .find(|index| statements.get(*index).is_some_and(|statement| !statement.in_item))
            .unwrap_or(statements.len());
        let (first, last) = (first.0, last.0);
        for (index, statement) in statements.iter_mut().enumerate().take(end).skip(first) {
            if statement.in_item && ![ASK, "reference", "cost"].contains(&statement.slot.as_str()) {
                statement.section = Some(TIMELINE.to_owned());
                statement.is_background |= index < last;
            }
        }
        return;
    }
    // A review on top of the page does not undo what was said to be over.
    let ended = statements.iter().take(from).any(|statement| statement.slot == "resolved");
    for statement in statements.iter_mut().take(to).skip(from) {
        let lasts = [ASK, "reference"].contains(&statement.slot.as_str())
            || below && falling && !ended && statement.slot == "resolved";
        statement.is_overtaken = !lasts;
        statement.is_older |= falling;
    }
}

/// "Update 3: …": the number, as a key that is sorted like it.
fn update_number(document: &Document<'_>, sentence: &Range<usize>) -> Option<String> {
    let token = |at: usize| document.tokens.get(sentence.start + at);
    token(0).filter(|word| word.is(&["update"]))?;
    token(2).filter(|sign| sign.is(&[":", "-", "–", "—"]))?;
    let number: usize = document.slice(document.fact_at(sentence.start + 1)?.span).parse().ok()?;
    Some(format!("{number:04}"))
}

/// The slot of a list of moments.
const TIMELINE: &str = "timeline";

/// "Identified Oct 25, 2024, 01:31 AM UTC": a line that only tells when the words below it were written.
pub(super) fn is_dateline(document: &Document<'_>, statement: &Statement) -> bool {
    const STAMPS: [&str; 7] = ["posted", "as", "of", "on", "at", "am", "pm"];
    let tokens = document.tokens.get(statement.tokens.clone()).unwrap_or_default();
    // "8 June, 10:00 – 12:00" tells when something is.
    let hours = document.slice(document.span_of(statement.tokens.clone())).matches(':').count();
    !statement.is_item
        && hours < 2
        && tokens.iter().all(|token| {
            token.tag == Tag::Punctuation
                || token.is(&STATUSES)
                || token.is(&STAMPS)
                || token.is(&ZONES)
                // "GMT+6"
                || token.lower.chars().all(|c| c.is_ascii_digit())
                || token.fact().and_then(|fact| document.facts.get(fact)).is_some_and(|fact| fact.kind.is_when())
        })
        && document.slice(document.span_of(statement.tokens.clone())).contains(':')
}

/// Whether the first finite verb of a clause is in the present or future tense.
pub(crate) fn in_present(document: &Document<'_>, tokens: Range<usize>) -> bool {
    for (index, token) in tokens.filter_map(|index| Some((index, document.tokens.get(index)?))) {
        match token.tag {
            Tag::Verb(VerbForm::Past) => return false,
            Tag::Auxiliary => {
                return !token.is(&["was", "were", "had", "did", "wasn't", "weren't", "didn't", "hadn't"]);
            }
            // "It would have been down since Friday"
            Tag::Modal if is_perfect(document, index + 1) => return false,
            Tag::Modal | Tag::Verb(VerbForm::ThirdSingular | VerbForm::Base) => return true,
            _ => {}
        }
    }
    false
}

/// "Have been", "have lost": "customers may have trouble" tells of what is to come.
fn is_perfect(document: &Document<'_>, have: usize) -> bool {
    document.tokens.get(have).is_some_and(|have| have.is(&["have", "'ve"]))
        && document.tokens.get(have + 1).is_some_and(|next| {
            next.is(&["been"]) || matches!(next.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple))
        })
}

pub(crate) fn tells_the_past(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.filter_map(|index| document.tokens.get(index)).any(|token| {
        token.tag == Tag::Verb(VerbForm::Past) || token.is(&["was", "were", "had", "did", "wasn't", "weren't"])
    })
}

/// Whether a clause tells of what is over.
pub(crate) fn is_over(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tells_the_past(document, tokens.clone()) && !in_present(document, tokens)
}

/// A sentence without a job of its own goes on with what the sentence before it was about.
pub(super) fn attach_details(document: &Document<'_>, statements: &mut [Statement]) {
    const CLOSED: [&str; 4] = ["ask", "reference", "update", "relief"];
    for index in 1..statements.len() {
        let (before, rest) = statements.split_at_mut(index);
        let (Some(last), Some(statement)) = (before.last(), rest.first_mut()) else { continue };
        let loose = [DETAIL, "condition", "reason"].contains(&statement.slot.as_str());
        if loose
            && last.paragraph == statement.paragraph
            && last.is_item == statement.is_item
            && !CLOSED.contains(&last.slot.as_str())
            && fits_the_tense(document, &last.slot, statement)
        {
            statement.slot.clone_from(&last.slot);
        }
    }
}

/// "Those who join will learn a lot" was not done, "the pump was old" is no plan.
fn fits_the_tense(document: &Document<'_>, slot: &str, statement: &Statement) -> bool {
    match slot {
        "action" => !in_present(document, statement.tokens.clone()),
        // "No dates are given. We have good documentation, though": no part of the refusal.
        "refusal" => {
            let mut words = statement.tokens.clone().filter_map(|index| document.tokens.get(index));
            !words.next().is_some_and(|first| first.is(&["we", "i", "you"])) || words.any(is_negation)
        }
        "next" => in_present(document, statement.tokens.clone()) || !tells_the_past(document, statement.tokens.clone()),
        _ => true,
    }
}

/// "This lasted nine hours", "However, …": told beside the sentence that it points back to, under one heading. Where that
/// one has no job of its own, the heading is that of the dependent sentence.
pub(super) fn attach_dependents(document: &Document<'_>, statements: &mut [Statement]) {
    const FREE: [&str; 8] = [ASK, "resolved", "delay", "refusal", "reference", "update", "cost", "workaround"];
    for index in 1..statements.len() {
        let (before, rest) = statements.split_at_mut(index);
        let (Some(last), Some(statement)) = (before.last_mut(), rest.first_mut()) else { continue };
        if last.paragraph + 1 < statement.paragraph || last.is_overtaken != statement.is_overtaken {
            continue;
        }
        // "They are not affected. However, it will no longer be sold": under nothing good, and yet together.
        if ["relief", "benefit"].contains(&last.slot.as_str()) && turns(document, statement) {
            if ["impact", "risk"].contains(&statement.slot.as_str()) {
                last.slot.clone_from(&statement.slot);
            }
            continue;
        }
        let tied = last.slot != statement.slot && points_back(document, statement);
        if !tied {
            continue;
        }
        if last.slot == DETAIL && statement.slot != "relief" && !FREE.contains(&statement.slot.as_str())
            || FREE.contains(&statement.slot.as_str())
                && !FREE.contains(&last.slot.as_str())
                && turns(document, statement)
        {
            last.slot.clone_from(&statement.slot);
        } else if !FREE.contains(&last.slot.as_str())
            && !FREE.contains(&statement.slot.as_str())
            && fits_the_tense(document, &last.slot, statement)
        {
            statement.slot.clone_from(&last.slot);
        }
    }
}

/// "However, no promises are made": limits the sentence before it, wherever that one is told.
fn turns(document: &Document<'_>, statement: &Statement) -> bool {
    statement.slot != ASK
        && (statement.tokens.start.saturating_sub(2)..statement.tokens.start + 1)
            .filter_map(|index| document.tokens.get(index))
            .any(|token| token.is(&["however"]))
}

/// What a sentence begins with that leaves to the one before it what it is about.
pub(crate) const POINTERS: [&str; 23] = [
    "consequently",
    "basically",
    "it",
    "they",
    "he",
    "she",
    "its",
    "their",
    "also",
    "same",
    "then",
    "this",
    "that",
    "these",
    "those",
    "such",
    "however",
    "therefore",
    "otherwise",
    "though",
    "instead",
    "hence",
    "thus",
];

/// Whether a sentence begins with what only the sentence before it explains.
fn points_back(document: &Document<'_>, statement: &Statement) -> bool {
    let sentence = document.sentence_at(statement.tokens.start);
    let start = sentence
        .map_or(statement.tokens.start, |sentence| sentence.start.max(statement.tokens.start.saturating_sub(2)));
    let mut words = (start..statement.tokens.end).filter_map(|index| document.tokens.get(index));
    let first = words.find(|token| token.tag != Tag::Punctuation);
    let last = statement.tokens.end.checked_sub(1).and_then(|index| document.tokens.get(index));
    // "On that form, …"
    let inside = first.is_some_and(|first| first.tag == Tag::Preposition)
        && words.next().is_some_and(|second| second.is(&["this", "that", "these", "those", "such"]));
    inside
        || opens_beside_others(document, start)
        || first.is_some_and(|first| first.is(&POINTERS))
        || last.is_some_and(|last| last.is(&["though"]))
}

/// Whether a sentence is only told beside the one before it, though it may have a job of its own: "As part of this change, …",
/// "Under load, this …", "As a result, …", "Leaving the old till in use."
pub(super) fn leans(document: &Document<'_>, statement: &Statement) -> bool {
    const FRONT: usize = 7;
    let token = |index: usize| document.tokens.get(index);
    let sentence = document.sentence_at(statement.tokens.start);
    let start = sentence
        .map_or(statement.tokens.start, |sentence| sentence.start.max(statement.tokens.start.saturating_sub(2)));
    let front = start..statement.tokens.end.min(start + FRONT);
    let first = front.clone().filter_map(token).find(|token| token.tag != Tag::Punctuation);
    let comma = front.clone().find(|index| token(*index).is_some_and(|sign| sign.is(&[","])));
    let fronted = comma.is_some_and(|comma| {
        (start..comma).filter_map(token).any(|word| word.is(&["this", "these", "those"]))
            || token(comma + 1).is_some_and(|word| word.is(&["this", "that", "these", "those", "it"]))
                && first.is_some_and(|first| matches!(first.tag, Tag::Preposition | Tag::Adverb))
    });
    let result = front.take(3).filter_map(token).any(|word| word.is(&["result", "consequence"]))
        && first.is_some_and(|first| first.is(&["as", "direct"]));
    let trailing = !statement.is_item
        && first.is_some_and(|first| first.tag == Tag::Verb(VerbForm::Ing))
        && !statement
            .tokens
            .clone()
            .filter_map(token)
            .any(|word| word.tag.is_finite() || matches!(word.tag, Tag::Auxiliary | Tag::Fact));
    fronted || result || trailing || points_back(document, statement)
}

/// "In particular …", "If so, …", "For reference, …": words that only make sense behind another sentence.
pub(crate) fn opens_beside_others(document: &Document<'_>, start: usize) -> bool {
    const OPENERS: [&[&str]; 17] = [
        &["in", "particular"],
        &["in", "addition"],
        &["for", "example"],
        &["for", "instance"],
        &["for", "reference"],
        &["e.g."],
        &["i.e."],
        &["e.g"],
        &["i.e"],
        &["if", "so"],
        &["if", "not"],
        &["as", "such"],
        &["to", "do", "so"],
        &["in", "turn"],
        &["in", "other", "words"],
        &["especially"],
        &["namely"],
    ];
    let first = (start..start + 2)
        .find(|index| document.tokens.get(*index).is_some_and(|token| token.tag != Tag::Punctuation))
        .unwrap_or(start);
    OPENERS.iter().any(|opener| {
        opener
            .iter()
            .zip(first..)
            .all(|(word, index)| document.tokens.get(index).is_some_and(|token| token.lower == *word))
    })
}

/// "Two things change:" with its list: the items are told below the words that introduce them.
pub(super) fn keep_lists_whole(document: &Document<'_>, statements: &mut [Statement]) {
    const OWN: [&str; 2] = [ASK, "reference"];
    let mut lead: Option<String> = None;
    for statement in statements {
        if statement.is_item {
            if let Some(slot) = lead.as_ref().filter(|_| !OWN.contains(&statement.slot.as_str())) {
                statement.slot.clone_from(slot);
            }
            continue;
        }
        // The second sentence of an item ends no list.
        if statement.in_item {
            continue;
        }
        lead = introduces(document, statement).then(|| statement.slot.clone());
    }
}

/// "Two things change:", "Two changes are being made." above a list.
pub(super) fn introduces(document: &Document<'_>, statement: &Statement) -> bool {
    statement.has_colon_behind(document) || counts_what_follows(document, statement)
}

/// "Two changes are being made." above a list.
fn counts_what_follows(document: &Document<'_>, statement: &Statement) -> bool {
    const COUNTS: [&str; 6] = ["two", "three", "four", "five", "several", "following"];
    let below = (statement.tokens.end..statement.tokens.end + 2)
        .filter_map(|index| document.tokens.get(index))
        .find(|token| token.tag != Tag::Punctuation || token.kind == TokenKind::Marker);
    let mut opening = statement.tokens.clone().take(3).filter_map(|index| document.tokens.get(index));
    below.is_some_and(Token::opens_item) && opening.any(|token| token.is(&COUNTS))
}

/// "This form has been rejected" as the first words of a message: it points at what everybody sees.
pub(crate) fn opens_with_its_subject(document: &Document<'_>, statements: &[Statement], statement: &Statement) -> bool {
    let word = |at: usize| document.tokens.get(statement.tokens.start + at);
    statements.first().is_some_and(|first| first.tokens.start == statement.tokens.start)
        && word(0).is_some_and(|first| first.is(&["this", "these"]))
        && word(1).is_some_and(|next| next.tag.is_nominal())
}
