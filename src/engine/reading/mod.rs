//! Reading: which kind of message it is and what each clause of it does.

mod clauses;
mod cues;
mod frames;

use std::ops::Range;

pub(crate) use clauses::Link;
pub(crate) use cues::{Cues, parse};
pub(crate) use frames::{
    ActionFrame, EtaFrame, MetricFrame, Tense, action_frame, eta_frame, is_limited, metric_frame, service_of, topic,
};

use super::glossary::Glossary;
use super::lexicon::Flags;
use super::lexicon::inflect::VerbForm;
use super::render::Analysis;
use super::text::{Document, Tag, TokenKind};

/// A clause with its job in the message.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Slot id, for example `impact`, `cause`, `next`.
    pub(crate) slot: String,
    /// The clause without labels and connecting words in front.
    pub(crate) tokens: Range<usize>,
    /// What ties it to the clause before.
    pub(crate) link: Link,
    /// It stands in a list.
    pub(crate) is_item: bool,
    /// It was overtaken by what the message says above it, as on status pages, which put the latest state first.
    pub(crate) is_overtaken: bool,
    /// It says something about the message, a goal or a courtesy: no headline.
    pub(crate) is_background: bool,
    pub(crate) metric: Option<MetricFrame>,
    pub(crate) action: Option<ActionFrame>,
    pub(crate) eta: Option<EtaFrame>,
    pub(crate) paragraph: usize,
}

/// What was read in a message.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) kind: String,
    pub(crate) statements: Vec<Statement>,
}

/// Reads an analysed message.
pub(crate) fn read(analysis: &Analysis<'_>, glossary: &Glossary, cues: &Cues) -> Reading {
    let document = &analysis.document;
    let mut statements: Vec<Statement> = Vec::new();
    let mut paragraph = 0;
    let mut at = 0;
    let mut heading: Option<String> = None;
    let mut titled: Option<String> = None;
    let mut is_older = false;
    let mut in_item = false;
    for sentence in &document.sentences {
        let span = document.span_of(sentence.clone());
        if document.text.get(at..span.start).is_some_and(|gap| gap.matches('\n').count() > 1) {
            paragraph += 1;
        }
        let gap = document.text.get(at..span.start).unwrap_or_default();
        let goes_on = in_item && (!gap.contains('\n') || gap.ends_with([' ', '\t']));
        at = span.end;
        let before = sentence.start.checked_sub(1).and_then(|index| document.tokens.get(index));
        let marker = before.filter(|token| token.kind == TokenKind::Marker);
        let is_item = marker.is_some_and(|token| !token.lower.starts_with(['#', '>']));
        // A change log's "Don't resolve …" is no order, wherever in its item it stands.
        in_item = is_item || goes_on && marker.is_none();
        let quoted = marker.is_some_and(|token| token.lower.starts_with('>'));
        if is_closing(document, sentence.clone()) || is_below_signature(document, span.start) {
            break;
        }
        if is_title(document, sentence.clone()) {
            titled = cues.label_slot(document, sentence.clone());
            continue;
        }
        if let Some(slot) = heading_slot(document, sentence.clone(), cues) {
            heading = Some(slot);
            continue;
        }
        let mut labelled = heading.clone().filter(|_| is_item);
        if !is_item {
            heading = None;
        }
        let mut prefix: Option<usize> = None;
        for clause in clauses::split(analysis, glossary, sentence.clone()) {
            let from = prefix.take().unwrap_or(clause.tokens.start);
            let tokens = trim(document, from..clause.tokens.end);
            if tokens.clone().filter_map(|index| document.tokens.get(index)).all(|token| token.tag == Tag::Punctuation)
            {
                continue;
            }
            let banner = is_banner(document, tokens.clone()) || is_banner(document, clause.tokens.clone());
            if banner {
                is_older = heads_older_part(document, clause.tokens.clone());
            }
            if tokens.is_empty() || banner || cues.is_boilerplate(document, tokens.clone()) {
                continue;
            }
            if clause.is_label {
                // A label that tells no slot ("Android:") is part of what it labels.
                match cues.label_slot(document, clause.tokens.clone()) {
                    Some(slot) => labelled = Some(slot),
                    None => prefix = Some(tokens.start),
                }
                continue;
            }
            let metric = metric_frame(analysis, glossary, tokens.clone());
            let eta = eta_frame(analysis, tokens.clone());
            let action = action_frame(analysis, glossary, tokens.clone());
            let told = cues.found_slot(document, clause.tokens.clone());
            let slot = if let Some(slot) = labelled.take() {
                slot
            } else if is_reference(document, tokens.clone()) {
                "reference".to_owned()
            } else if let Some(told) = told.as_ref().filter(|told| told.settles) {
                told.slot.clone()
            } else if !quoted && is_request(document, tokens.clone(), in_item) {
                ASK.to_owned()
            } else if let Some(told) = told {
                told.slot
            } else if let Some(slot) = titled.clone() {
                slot
            } else if metric.is_some() {
                "impact".to_owned()
            } else if eta.is_some() {
                "next".to_owned()
            } else if let Some(action) = &action {
                if action.tense == Tense::Past { "action" } else { "next" }.to_owned()
            } else {
                DETAIL.to_owned()
            };
            // What is over does not happen next, whatever words it has.
            let slot = if slot == "next"
                && !in_present(document, tokens.clone())
                && tells_the_past(document, tokens.clone())
            {
                DETAIL.to_owned()
            } else {
                slot
            };
            let slot = if slot == "impact" { own_deed(document, tokens.clone()).unwrap_or(slot) } else { slot };
            let link = clause.link;
            let is_background = cues.is_background(document, tokens.clone());
            let is_overtaken = quoted || is_older && ![ASK, "reference"].contains(&slot.as_str());
            statements.push(Statement {
                slot,
                tokens,
                link,
                is_item,
                is_overtaken,
                is_background,
                metric,
                action,
                eta,
                paragraph,
            });
        }
    }
    let kind = cues.kind(document, &statements);
    mark_overtaken(document, &mut statements);
    mark_older_updates(document, &mut statements);
    attach_details(&mut statements);
    attach_dependents(document, &mut statements);
    keep_lists_whole(document, &mut statements);
    Reading { kind, statements }
}

const DETAIL: &str = "detail";
const ASK: &str = "ask";

/// "Best regards, Ana", "--": what stands below is a signature.
fn is_closing(document: &Document<'_>, sentence: Range<usize>) -> bool {
    let words: Vec<&str> = sentence
        .clone()
        .filter_map(|index| document.tokens.get(index))
        .filter(|token| token.tag != Tag::Punctuation)
        .map(|token| token.lower.as_str())
        .collect();
    let late = document.sentences.first().is_some_and(|first| first.start < sentence.start);
    let closers: [&[&str]; 8] = [
        &["best"],
        &["best", "regards"],
        &["kind", "regards"],
        &["regards"],
        &["cheers"],
        &["many", "thanks"],
        &["thanks"],
        &["sincerely"],
    ];
    let last_words = |closer: &[&str]| words.starts_with(closer) && words.len() <= closer.len() + 2;
    late && words.len() <= 4 && closers.iter().any(|closer| last_words(closer))
}

/// Below a line of two hyphens mail programs put who wrote it.
fn is_below_signature(document: &Document<'_>, at: usize) -> bool {
    let head = document.text.get(..at).unwrap_or_default().trim_end();
    head.strip_suffix("--").is_some_and(|rest| rest.ends_with('\n') && !rest.trim().is_empty())
}

/// A short heading ("## Resolution"): it tells what the part below is about and is no statement itself.
fn is_title(document: &Document<'_>, sentence: Range<usize>) -> bool {
    let marked = sentence
        .start
        .checked_sub(1)
        .and_then(|index| document.tokens.get(index))
        .is_some_and(|token| token.kind == TokenKind::Marker && token.lower.starts_with('#'));
    marked
        && sentence.len() <= 6
        && sentence.clone().all(|index| document.fact_at(index).is_none())
        && !sentence.filter_map(|index| document.tokens.get(index)).any(|token| {
            matches!(token.tag, Tag::Auxiliary | Tag::Modal | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular))
        })
}

/// Orders that only a reader can follow.
const TOLD: [&str; 34] = [
    "contact", "reply", "ask", "tell", "delete", "stop", "avoid", "report", "confirm", "review", "approve", "send",
    "join", "save", "ring", "call", "bring", "submit", "vote", "choose", "sign", "reset", "kindly", "rsvp", "reach",
    "email", "inform", "forward", "register", "complete", "return", "order", "resubmit", "hold",
];

/// Whether a clause asks somebody for something: a question put to the reader, or an order that is no line of a change log.
fn is_request(document: &Document<'_>, tokens: Range<usize>, is_item: bool) -> bool {
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
        && token(start).is_some_and(|first| first.tag == Tag::Adverb || first.is(&["please", "then"]))
    {
        start += 1;
    }
    let Some(first) = token(start) else { return false };
    let second_person =
        tokens.clone().filter_map(token).any(|word| word.is(&["you", "your", "yours", "anyone", "someone"]));
    let asks = (tokens.end.saturating_sub(1)..=tokens.end).filter_map(token).any(|last| last.lower.starts_with('?'));
    if asks {
        let mentioned = tokens
            .clone()
            .any(|index| document.fact_at(index).is_some_and(|fact| fact.kind == super::facts::FactKind::Mention));
        // "What does this mean for you?" is a heading in the form of a question.
        let heading = first.is(&["what", "why", "how", "when", "who", "where"])
            && token(start + 1).is_some_and(|next| next.is(&["does", "is", "will", "happened", "do", "was", "are"]));
        let opens_question =
            matches!(first.tag, Tag::Modal) || first.is(&["shall", "ok", "any", "is", "are", "do", "does"]);
        // "Are customers affected? No." answers itself.
        let answered = (tokens.end..tokens.end + 2)
            .filter_map(token)
            .any(|next| next.is(&["no", "yes", "not", "nope", "yep", "yeah"]));
        return !heading && !answered && (second_person || mentioned || opens_question);
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

/// "Impact:", "Next steps:" above a list: the slot of its items. Longer headings are content.
fn heading_slot(document: &Document<'_>, sentence: Range<usize>, cues: &Cues) -> Option<String> {
    let closes =
        sentence.end.checked_sub(1).and_then(|index| document.tokens.get(index)).is_some_and(|last| last.is(&[":"]));
    let above_list = document.tokens.get(sentence.end).is_some_and(|next| next.kind == TokenKind::Marker);
    if closes && above_list && sentence.len() <= 6 {
        cues.label_slot(document, sentence.start..sentence.end - 1)
    } else {
        None
    }
}

/// "We purged the store and saw the errors disappear" is what was done, not what readers notice, whatever words it has.
fn own_deed(document: &Document<'_>, tokens: Range<usize>) -> Option<String> {
    const NOTICED: [&str; 16] = [
        "be",
        "see",
        "have",
        "experience",
        "notice",
        "observe",
        "lose",
        "know",
        "expect",
        "think",
        "suspect",
        "believe",
        "miss",
        "receive",
        "suffer",
        "get",
    ];
    let mut words = tokens
        .filter_map(|index| document.tokens.get(index))
        .skip_while(|token| token.tag == Tag::Adverb || token.tag == Tag::Punctuation || token.is(&["so", "but"]));
    if !words.next()?.is(&["we", "i"]) {
        return None;
    }
    let verb = words.find(|token| token.tag.is_verb())?;
    match verb.tag {
        _ if verb.lemmas().any(|lemma| NOTICED.contains(&lemma)) => None,
        Tag::Verb(VerbForm::Past | VerbForm::PastParticiple) => Some("action".to_owned()),
        Tag::Verb(VerbForm::Ing) => Some("next".to_owned()),
        _ => None,
    }
}

/// A state told at the top ("It is fixed", "It is postponed") overtakes what the paragraphs below it announce.
fn mark_overtaken(document: &Document<'_>, statements: &mut [Statement]) {
    let latest = statements
        .iter()
        .filter(|statement| ["resolved", "delay"].contains(&statement.slot.as_str()))
        .map(|statement| statement.paragraph)
        .min();
    let Some(latest) = latest.filter(|paragraph| statements.first().is_some_and(|first| first.paragraph == *paragraph))
    else {
        return;
    };
    // A paragraph in the past tense tells how it came about; one in the present or future was true when it was written.
    let dated: Vec<usize> = statements
        .iter()
        .filter(|statement| statement.paragraph > latest && in_present(document, statement.tokens.clone()))
        .map(|statement| statement.paragraph)
        .collect();
    for statement in statements.iter_mut().filter(|statement| dated.contains(&statement.paragraph)) {
        let lasts =
            ["ask", "reference", "update", "resolved", "delay", "workaround"].contains(&statement.slot.as_str());
        statement.is_overtaken = !lasts;
    }
}

/// Updates that carry the time they were written ("19:41 – Fixed.", "18:55 – Identified."): only the latest still holds.
fn mark_older_updates(document: &Document<'_>, statements: &mut [Statement]) {
    let stamp = |statement: &Statement| -> Option<&str> {
        let start = statement.tokens.start.saturating_sub(4);
        let sentence = document.sentences.iter().find(|sentence| sentence.contains(&statement.tokens.start))?;
        (start.max(sentence.start)..statement.tokens.start + 4)
            .filter(|index| sentence.contains(index) && *index < sentence.start + 5)
            .filter_map(|index| document.fact_at(index))
            .find(|fact| {
                fact.kind == super::facts::FactKind::Time
                    || fact.kind == super::facts::FactKind::Date && document.slice(fact.span).contains(':')
            })
            .map(|fact| fact.key.as_str())
    };
    let stamps: Vec<(usize, String)> = statements
        .iter()
        .enumerate()
        .filter_map(|(index, statement)| Some((index, stamp(statement)?.to_owned())))
        .collect();
    let starts_line = |index: usize| {
        statements.get(index).is_some_and(|statement| {
            let span = document.span_of(statement.tokens.clone());
            let head = document.text.get(..span.start).unwrap_or_default();
            let line = head.rsplit_once('\n').map_or(head, |(_, line)| line);
            line.chars().filter(|c| c.is_alphanumeric()).count() <= 16
        })
    };
    let stamps: Vec<(usize, String)> = stamps.into_iter().filter(|(index, _)| starts_line(*index)).collect();
    let (Some(first), Some(last)) = (stamps.first(), stamps.last()) else { return };
    if stamps.len() < 2 || first.1 == last.1 {
        return;
    }
    let falling = stamps.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    let rising = stamps.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    let (from, to) = match (falling, rising) {
        // Newest on top: what stands above the second stamp holds.
        (true, false) => (stamps.get(1).map_or(0, |(index, _)| *index), statements.len()),
        (false, true) => (first.0, last.0),
        _ => return,
    };
    for statement in statements.iter_mut().take(to).skip(from) {
        statement.is_overtaken = !["ask", "reference"].contains(&statement.slot.as_str());
    }
}

/// Whether the first finite verb of a clause is in the present or future tense.
fn in_present(document: &Document<'_>, tokens: Range<usize>) -> bool {
    for token in tokens.filter_map(|index| document.tokens.get(index)) {
        match token.tag {
            Tag::Verb(VerbForm::Past) => return false,
            Tag::Auxiliary => {
                return !token.is(&["was", "were", "had", "did", "wasn't", "weren't", "didn't", "hadn't"]);
            }
            Tag::Modal | Tag::Verb(VerbForm::ThirdSingular | VerbForm::Base) => return true,
            _ => {}
        }
    }
    false
}

fn tells_the_past(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.filter_map(|index| document.tokens.get(index)).any(|token| {
        token.tag == Tag::Verb(VerbForm::Past) || token.is(&["was", "were", "had", "did", "wasn't", "weren't"])
    })
}

/// A sentence without a job of its own goes on with what the sentence before it was about.
fn attach_details(statements: &mut [Statement]) {
    const CLOSED: [&str; 4] = ["ask", "reference", "update", "relief"];
    for index in 1..statements.len() {
        let (before, rest) = statements.split_at_mut(index);
        let (Some(last), Some(statement)) = (before.last(), rest.first_mut()) else { continue };
        let loose = [DETAIL, "condition", "reason"].contains(&statement.slot.as_str());
        if loose
            && last.paragraph == statement.paragraph
            && last.is_item == statement.is_item
            && !CLOSED.contains(&last.slot.as_str())
        {
            statement.slot.clone_from(&last.slot);
        }
    }
}

/// "This lasted nine hours", "However, …": told beside the sentence that it points back to, under one heading. Where that
/// one has no job of its own, the heading is that of the dependent sentence.
fn attach_dependents(document: &Document<'_>, statements: &mut [Statement]) {
    const FREE: [&str; 8] = [ASK, "resolved", "delay", "refusal", "reference", "update", "cost", "workaround"];
    for index in 1..statements.len() {
        let (before, rest) = statements.split_at_mut(index);
        let (Some(last), Some(statement)) = (before.last_mut(), rest.first_mut()) else { continue };
        let tied = last.paragraph == statement.paragraph
            && last.is_overtaken == statement.is_overtaken
            && last.slot != statement.slot
            && !FREE.contains(&statement.slot.as_str())
            && points_back(document, statement);
        if !tied {
            continue;
        }
        if last.slot == DETAIL {
            last.slot.clone_from(&statement.slot);
        } else if !FREE.contains(&last.slot.as_str()) {
            statement.slot.clone_from(&last.slot);
        }
    }
}

/// Whether a sentence begins with what only the sentence before it explains.
fn points_back(document: &Document<'_>, statement: &Statement) -> bool {
    const POINTERS: [&str; 12] = [
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
    let sentence = document.sentences.iter().find(|sentence| sentence.contains(&statement.tokens.start));
    let start = sentence
        .map_or(statement.tokens.start, |sentence| sentence.start.max(statement.tokens.start.saturating_sub(2)));
    let mut words = (start..statement.tokens.end).filter_map(|index| document.tokens.get(index));
    let first = words.find(|token| token.tag != Tag::Punctuation);
    let last = statement.tokens.end.checked_sub(1).and_then(|index| document.tokens.get(index));
    first.is_some_and(|first| first.is(&POINTERS)) || last.is_some_and(|last| last.is(&["though"]))
}

/// "Two things change:" with its list: the items are told below the words that introduce them.
fn keep_lists_whole(document: &Document<'_>, statements: &mut [Statement]) {
    const OWN: [&str; 2] = [ASK, "reference"];
    let mut lead: Option<String> = None;
    for statement in statements {
        if statement.is_item {
            if let Some(slot) = lead.as_ref().filter(|_| !OWN.contains(&statement.slot.as_str())) {
                statement.slot.clone_from(slot);
            }
            continue;
        }
        let introduces = document.tokens.get(statement.tokens.end).is_some_and(|sign| sign.is(&[":"]));
        lead = introduces.then(|| statement.slot.clone());
    }
}

/// Drops labels ("Heads up:"), brackets around whole clauses and connecting words at both ends.
fn trim(document: &Document<'_>, range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    let token = |index: usize| document.tokens.get(index);
    while start < end
        && token(start).is_some_and(|first| {
            first.tag == Tag::Punctuation
                && !first.is(&["(", "[", "\"", "“", "*", "**", "_", "~~", "$"])
                && !is_minus(document, start)
                || first.is(&["and", "but", "so", "then", "also"])
                    && first.tag != Tag::Adverb
                    && !token(start + 1).is_some_and(|next| next.is(&["far", "many", "much"]))
        })
    {
        start += 1;
    }
    while end > start
        && token(end - 1)
            .is_some_and(|last| last.tag == Tag::Punctuation && last.is(&[".", ",", ";", ":", "-", "–", "—"]))
    {
        end -= 1;
    }
    start..end
}

/// Whether a sign makes the figure behind it negative: "-40% latency".
fn is_minus(document: &Document<'_>, index: usize) -> bool {
    let sign = document.tokens.get(index).is_some_and(|sign| sign.is(&["-", "−", "–"]));
    let glued = document.tokens.get(index + 1).is_some_and(|next| next.glued);
    sign && glued && document.fact_at(index + 1).is_some_and(|fact| fact.kind.is_quantity())
}

/// `[Update]`, `{{< warning >}}`, "Hi all": words about the message, kept in the plain version only.
fn is_banner(document: &Document<'_>, tokens: Range<usize>) -> bool {
    let first = document.tokens.get(tokens.start);
    let bracketed = first.is_some_and(|token| token.is(&["[", "{", "{{", "<", "==", "---"]));
    let words: Vec<&str> = tokens
        .clone()
        .filter_map(|index| document.tokens.get(index))
        .filter(|token| token.tag != Tag::Punctuation)
        .map(|token| token.lower.as_str())
        .collect();
    let news = words.len() <= 5
        && words.contains(&"news")
        && ["good", "great", "bad", "sad", "some"].contains(words.first().unwrap_or(&""));
    let hello = words.len() <= 10
        && words.first().is_some_and(|word| ["hi", "hello", "hey", "dear"].contains(word))
        && (words.len() <= 3 || words.contains(&"hope"));
    let greeting = news
        || hello
        || words.len() <= 3
            && words.first().is_some_and(|word| {
                [
                    "hi",
                    "hello",
                    "hey",
                    "thanks",
                    "thank",
                    "cheers",
                    "fyi",
                    "update",
                    "note",
                    "heads",
                    "psa",
                    "reminder",
                    "tldr",
                    "attention",
                    "subject",
                    "important",
                    "announcement",
                    "regards",
                ]
                .contains(word)
            });
    // "On Monday at 9:12, Ines wrote:"
    let quotes =
        tokens.end.checked_sub(1).and_then(|index| document.tokens.get(index)).is_some_and(|last| last.is(&["wrote"]))
            && document.tokens.get(tokens.end).is_some_and(|sign| sign.is(&[":"]));
    let has_fact = tokens.clone().any(|index| document.fact_at(index).is_some());
    quotes || !has_fact && (bracketed && words.len() <= 4 || greeting)
}

/// `[Initial message]`, "Original post": what stands below was said before what stands above.
fn heads_older_part(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.filter_map(|index| document.tokens.get(index)).any(|token| {
        token.is(&["initial", "original", "originally", "earlier", "previous", "previously", "older", "first"])
    })
}

/// A sentence of nothing but ids, links and brackets.
fn is_reference(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.clone().all(|index| {
        document.tokens.get(index).is_some_and(|token| {
            token.tag == Tag::Punctuation
                || token.is(&[
                    "see", "cf", "ref", "refs", "details", "ticket", "more", "on", "at", "in", "and", "as", "per",
                ])
                || document.fact_at(index).is_some_and(|fact| {
                    matches!(fact.kind, crate::engine::facts::FactKind::Id | crate::engine::facts::FactKind::Link)
                })
        })
    }) && tokens.into_iter().any(|index| document.fact_at(index).is_some())
}
