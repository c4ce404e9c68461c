//! Reading: which kind of message it is and what each clause of it does.

mod bodies;
mod clauses;
mod cues;
mod deeds;
mod done;
mod frames;
mod log;
mod order;
mod orders;
mod requests;
mod subject_line;
mod surroundings;
mod updates;

use std::ops::Range;

use clauses::Clause;
pub(crate) use clauses::Link;
pub(crate) use cues::{Cues, parse};
pub(crate) use frames::{
    ActionFrame, EtaFrame, MetricFrame, Tense, action_frame, eta_frame, is_limited, measures, metric_frame, object_of,
    service_of, topic, trouble_of,
};

pub(crate) use log::{LogVerb, log_verbs};
pub(crate) use order::{POINTERS, in_present, is_over, opens_beside_others, opens_with_its_subject};

use bodies::gather;
use deeds::own_deed;
use order::{attach_dependents, attach_details, keep_lists_whole, mark_ended_work, mark_older_updates, mark_overtaken};
use order::{ends_a_turn, is_dateline, settle_answered, turns_of_thread};
use orders::ordered_deed;
pub(crate) use requests::is_a_question;
use requests::{Place, is_request, may_ask};
pub(crate) use subject_line::Line;
use subject_line::{begins_as_a_change, subject_line};
pub(crate) use surroundings::is_on_a_heading;
use surroundings::{
    asks_above_a_name, behind_salutation, heads_older_part, is_banner, is_below_signature, is_closing, is_reference,
    is_title,
};

use super::glossary::Glossary;
use super::lexicon::Flags;
use super::render::Analysis;
use super::source::line_above;
use super::text::{Document, TableLine, Tag, Token, TokenKind, table_line};

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
    /// It is an item of a list, or goes on with one.
    pub(crate) in_item: bool,
    /// It was overtaken by what the message says above it, as on status pages, which put the latest state first.
    pub(crate) is_overtaken: bool,
    /// It says something about the message, a goal or a courtesy: no headline.
    pub(crate) is_background: bool,
    pub(crate) metric: Option<MetricFrame>,
    pub(crate) action: Option<ActionFrame>,
    pub(crate) eta: Option<EtaFrame>,
    pub(crate) paragraph: usize,
    /// A label or its stamp says that it was written before what stands above it.
    pub(crate) is_older: bool,
    /// A label in front of it or above it names its job.
    pub(crate) is_labelled: bool,
    /// The slot that its own words tell, before its neighbours were looked at.
    pub(crate) evident: String,
    /// The slot under whose heading it is told, when that is another one.
    pub(crate) section: Option<String>,
    /// It is the subject line of a change.
    pub(crate) is_subject: bool,
    /// In a pasted thread: where the turn of its speaker begins, with the speaker's name.
    pub(crate) turn: Option<usize>,
}

impl Statement {
    /// The slot under whose heading it is told.
    pub(crate) fn told(&self) -> &str {
        self.section.as_ref().unwrap_or(&self.slot)
    }

    /// "Two things change:": what it announces stands behind its colon.
    pub(crate) fn has_colon_behind(&self, document: &Document<'_>) -> bool {
        document.tokens.get(self.tokens.end).is_some_and(|sign| sign.is(&[":"]))
    }

    /// A row of a table or a number of a ticket: nothing is read in it but what its words tell of their job.
    fn row(slot: String, tokens: Range<usize>, paragraph: usize) -> Self {
        Self {
            evident: slot.clone(),
            slot,
            tokens,
            link: Link::None,
            is_item: true,
            in_item: true,
            is_overtaken: false,
            is_background: false,
            metric: None,
            action: None,
            eta: None,
            paragraph,
            is_labelled: false,
            is_older: false,
            section: None,
            is_subject: false,
            turn: None,
        }
    }
}

/// What was read in a message.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) kind: String,
    pub(crate) statements: Vec<Statement>,
    /// What it says of a change, when it is about one.
    pub(crate) change: Option<Change>,
}

impl Reading {
    /// Whether something may be wanted in words that were not read as a request: then nobody can say that nothing is.
    pub(crate) fn may_ask(&self, document: &Document<'_>, cues: &Cues) -> bool {
        may_ask(document, cues, self.change.is_some_and(|change| change.is_certain))
    }
}

/// A change that a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    /// Nothing in the message makes it a wish.
    pub(crate) is_certain: bool,
    /// What its subject line is of it.
    pub(crate) line: Line,
    /// It ends a trouble.
    pub(crate) mends: bool,
    /// It breaks something, and the message says what.
    pub(crate) breaks: bool,
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
    let mut own_words = false;
    let turns = turns_of_thread(document, cues);
    let subject = subject_line(document, cues);
    let certain = subject.as_ref().filter(|subject| subject.is_certain);
    let is_change = certain.is_some();
    let place = if begins_as_a_change(document, cues) { Place::Change } else { Place::Prose };
    let mut turn: Option<usize> = None;
    // Where a line begins that says nothing without the next one.
    let mut carried: Option<usize> = None;
    for sentence in &document.sentences {
        let span = document.span_of(sentence.clone());
        if document.text.get(at..span.start).is_some_and(|gap| gap.matches('\n').count() > 1) {
            paragraph += 1;
        }
        let gap = document.text.get(at..span.start).unwrap_or_default();
        let goes_on = in_item && (!gap.contains('\n') || gap.ends_with([' ', '\t']));
        at = span.end;
        if turns.binary_search(&sentence.start).is_ok() {
            turn = Some(sentence.start);
        } else if ends_a_turn(document, sentence) {
            turn = None;
        }
        let before = sentence.start.checked_sub(1).and_then(|index| document.tokens.get(index));
        let marker = before.filter(|token| token.kind == TokenKind::Marker);
        let is_item = marker.is_some_and(|token| !token.lower.starts_with(['#', '>']));
        // A change log's "Don't resolve …" is no order, wherever in its item it stands.
        in_item = is_item || goes_on && marker.is_none();
        // "It has been resolved:" above a quotation makes its words the author's own.
        // Below the question or the field of a form it is the answer.
        if marker.is_some() {
            let above = line_above(document.text, span.start).trim_start();
            let ends = |sign: &Token| sign.is(&[":"]) || sign.lower.starts_with('?');
            let before = sentence.start.checked_sub(2).and_then(|index| document.tokens.get(index));
            // A quotation of several lines is what its first line is.
            own_words = if above.starts_with('>') {
                own_words
            } else {
                before.is_some_and(ends) || above.starts_with(['-', '*', '•'])
            };
        }
        let quoted = marker.is_some_and(|token| token.lower.starts_with('>')) && !own_words;
        if is_closing(document, sentence.clone()) || is_below_signature(document, span.start) {
            break;
        }
        match table_line(document, sentence) {
            Some(TableLine::Head) => continue,
            Some(TableLine::Row(_)) => {
                let tokens = sentence.start + 1..sentence.end - 1;
                let told = cues.found_slot(document, tokens.clone()).map(|told| told.slot);
                let slot = told.or_else(|| titled.clone()).unwrap_or_else(|| DETAIL.to_owned());
                statements.push(Statement::row(slot, tokens, paragraph));
                continue;
            }
            None => {}
        }
        if let Some(slot) = heading_slot(document, sentence.clone(), cues) {
            heading = Some(slot);
            continue;
        }
        if asks_above_a_name(document, sentence) {
            carried = Some(sentence.start);
            continue;
        }
        if is_title(document, cues, sentence.clone()) {
            titled = cues.label_slot(document, sentence.clone());
            continue;
        }
        // "## How" heads what a change does.
        let place = if titled.as_deref() == Some(DEED) { Place::Change } else { place };
        let mut labelled = heading.clone().filter(|_| is_item);
        if !is_item {
            heading = None;
        }
        let mut prefix = carried.take().filter(|_| !is_item);
        let heads = subject.as_ref().filter(|subject| subject.start == sentence.start);
        let clauses = match heads {
            Some(subject) => vec![Clause::whole(subject.news.clone())],
            None => {
                let start = behind_salutation(document, sentence).filter(|_| !is_item).unwrap_or(sentence.start);
                clauses::split(analysis, glossary, cues, start..sentence.end, in_item)
            }
        };
        for clause in clauses {
            let from = prefix.take().unwrap_or(clause.tokens.start);
            let tokens = trim(document, from..clause.tokens.end);
            if tokens.clone().filter_map(|index| document.tokens.get(index)).all(|token| token.tag == Tag::Punctuation)
            {
                continue;
            }
            let banner = is_banner(document, tokens.clone())
                || clause.tokens != tokens && is_banner(document, clause.tokens.clone());
            if banner {
                is_older = heads_older_part(document, clause.tokens.clone());
            }
            if tokens.is_empty()
                || banner
                || is_lone_block(document, &tokens)
                || is_item && is_empty_field(document, &tokens)
            {
                continue;
            }
            let tokens = if cues.is_boilerplate(document, tokens.clone()) {
                match behind_notice(document, tokens, cues) {
                    Some(news) => news,
                    None => continue,
                }
            } else {
                tokens
            };
            if clause.is_label {
                // A label that tells no slot ("Android:") is part of what it labels.
                // "Not affected: 5.2.1" says it with its label only.
                if cues.known_label(document, clause.tokens.clone()).is_none() {
                    prefix = Some(tokens.start);
                }
                // "Notice: …" says nothing of what follows.
                labelled = cues.label_slot(document, clause.tokens.clone()).filter(|slot| slot != NO_SLOT);
                continue;
            }
            let metric = metric_frame(analysis, glossary, tokens.clone());
            let eta = eta_frame(analysis, tokens.clone());
            let action = action_frame(analysis, glossary, tokens.clone());
            let told = cues.found_slot(document, clause.tokens.clone());
            let is_labelled = labelled.is_some();
            let slot = if let Some(slot) = labelled.take() {
                // "Solution: upgrade to 2.1" is an order, "Fix: the cache was emptied" a deed.
                let word = |index: usize| document.tokens.get(index);
                let order = slot == "action"
                    && word(tokens.start).is_some_and(|first| first.has(Flags::VERB_BASE))
                    && word(tokens.start + 1).is_some_and(|next| {
                        matches!(next.tag, Tag::To | Tag::Determiner | Tag::Preposition | Tag::Fact)
                            || next.is(&["to", "your"])
                    });
                if order { ASK.to_owned() } else { slot }
            } else if is_reference(document, tokens.clone()) {
                "reference".to_owned()
            } else if let Some(told) = told.as_ref().filter(|told| told.settles) {
                told.slot.clone()
            } else if !quoted && is_request(document, cues, tokens.clone(), if in_item { Place::Item } else { place }) {
                ASK.to_owned()
            } else if let Some(told) = told {
                told.slot
            } else if let Some(slot) = titled.clone() {
                slot
            } else if metric.is_some() || measures(analysis, glossary, tokens.clone()) {
                "impact".to_owned()
            } else if eta.is_some() {
                "next".to_owned()
            } else if let Some(action) = &action {
                if action.tense == Tense::Past { "action" } else { "next" }.to_owned()
            } else {
                DETAIL.to_owned()
            };
            // A question tells nothing, whatever words it has.
            let asks = is_a_question(document, tokens.clone());
            let slot = if asks && ![ASK, "reference"].contains(&slot.as_str()) { DETAIL.to_owned() } else { slot };
            // What is over does not happen next, whatever words it has.
            let over = match slot.as_str() {
                "next" => Some(DETAIL),
                // "We did what we could to work around it."
                "workaround" if !is_labelled => Some(DEED),
                _ => None,
            };
            let over = over.filter(|_| is_over(document, tokens.clone()));
            let slot = over.map_or(slot, str::to_owned);
            // An aim stays beside what is done for it.
            let host = statements.last().filter(|_| clause.link == Link::Aim);
            let slot = host.map_or(slot, |host| host.slot.clone());
            let deed =
                if ["impact", DETAIL].contains(&slot.as_str()) { own_deed(document, tokens.clone()) } else { None };
            let slot = deed.map_or(slot, str::to_owned);
            let link = clause.link;
            // "- Please give the reason" with a quoted answer below: the field of a form that was filled in.
            let answered = is_item
                && document
                    .tokens
                    .get(sentence.end)
                    .is_some_and(|next| next.kind == TokenKind::Marker && next.lower.starts_with('>'));
            let slot = if answered && slot == ASK { DETAIL.to_owned() } else { slot };
            // "Add a limit" in a message about a change: a deed where the message tells it as done, else no more than an order.
            let order = if is_change && !is_item && !asks {
                ordered_deed(analysis, glossary, tokens.clone(), heads.is_some())
            } else {
                None
            };
            let line = heads.map(|subject| subject.line);
            let is_done = match line {
                Some(line) => line == Line::Done,
                None => order.is_some() && certain.is_some_and(|subject| subject.told.holds(document, cues, &tokens)),
            };
            let slot = match line {
                _ if is_done => DEED.to_owned(),
                Some(Line::Ordered) if is_change && slot != "benefit" => DETAIL.to_owned(),
                _ => slot,
            };
            // "Set the limit": past in no other way than by its spelling.
            let spelt = |at: usize| document.tokens.get(at).is_some_and(|verb| verb.has(Flags::VERB_BASE));
            let is_order = order.is_some() || heads.is_some() && spelt(tokens.start);
            let action = if is_order { order.filter(|_| is_done) } else { action };
            let is_background = answered || cues.is_background(document, tokens.clone());
            let is_overtaken = quoted
                || is_struck(document, sentence.clone())
                || is_older && ![ASK, "reference"].contains(&slot.as_str());
            statements.push(Statement {
                is_older,
                is_labelled,
                evident: slot.clone(),
                section: None,
                slot,
                tokens,
                link,
                is_item,
                in_item,
                is_overtaken,
                is_background,
                metric,
                action,
                eta,
                paragraph,
                is_subject: line.is_some_and(|line| line != Line::Named),
                turn,
            });
        }
        for id in heads.into_iter().flat_map(|subject| &subject.ids) {
            statements.push(Statement::row("reference".to_owned(), *id..*id + 1, paragraph));
        }
    }
    settle_answered(document, &mut statements);
    let kind = cues.kind(document, &statements);
    mark_older_updates(document, &mut statements);
    updates::settle(document, cues, &mut statements);
    mark_overtaken(document, &mut statements);
    mark_ended_work(document, &mut statements);
    attach_details(document, &mut statements);
    attach_dependents(document, &mut statements);
    keep_lists_whole(document, &mut statements);
    gather(document, &mut statements);
    // Only the last line may say nothing but when.
    let last = statements.len().saturating_sub(1);
    let mut position = 0;
    statements.retain(|statement| {
        position += 1;
        position > last || !is_dateline(document, statement)
    });
    let kind = if is_change { cues.kind_of_change(kind) } else { kind };
    let change = subject.map(|subject| Change {
        is_certain: subject.is_certain,
        line: subject.line,
        mends: subject.mends,
        breaks: subject.breaks,
    });
    Reading { kind, statements, change }
}

const DETAIL: &str = "detail";
/// What a label tells that only says that something is said.
const NO_SLOT: &str = "none";
const ASK: &str = "ask";
const DEED: &str = "action";

/// "Impact:", "Next steps:" above a list: the slot of its items. Longer headings are content.
fn heading_slot(document: &Document<'_>, sentence: Range<usize>, cues: &Cues) -> Option<String> {
    let closes =
        sentence.end.checked_sub(1).and_then(|index| document.tokens.get(index)).is_some_and(|last| last.is(&[":"]));
    let above_list = document.tokens.get(sentence.end).is_some_and(|next| next.kind == TokenKind::Marker);
    if closes && above_list && sentence.len() <= 6 {
        cues.known_label(document, sentence.start..sentence.end - 1)
    } else {
        None
    }
}

/// "This is an automated message from Jenkins: build #411 failed": the news behind the words about the message.
fn behind_notice(document: &Document<'_>, tokens: Range<usize>, cues: &Cues) -> Option<Range<usize>> {
    let colon = tokens.clone().find(|index| document.tokens.get(*index).is_some_and(|token| token.is(&[":"])))?;
    let news = trim(document, colon + 1..tokens.end);
    (news.len() >= 2 && !cues.is_boilerplate(document, news.clone())).then_some(news)
}

/// A block of code beside sentences: it stands in the plain version.
fn is_lone_block(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() == 1
        && document.fact_at(tokens.start).is_some_and(|fact| document.slice(fact.span).starts_with("```"))
        && document.sentences.len() > 1
}

/// "- Attending:" with nothing behind it.
fn is_empty_field(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    const LONGEST: usize = 3;
    let colon = document.tokens.get(tokens.end).is_some_and(|sign| sign.is(&[":"]));
    let last = document.sentence_at(tokens.end).is_some_and(|sentence| sentence.end == tokens.end + 1);
    let ends = document.tokens.get(tokens.end + 1).is_none_or(|next| next.kind == TokenKind::Marker);
    colon && last && ends && tokens.len() <= LONGEST
}

/// Whether the author struck out the whole sentence.
fn is_struck(document: &Document<'_>, sentence: Range<usize>) -> bool {
    let is = |index: usize, word: &str| document.tokens.get(index).is_some_and(|token| token.lower == word);
    let tildes = is(sentence.start, "~~") && is(sentence.end - 1, "~~");
    let told = is(sentence.start, "(") && is(sentence.start + 1, "struck") && is(sentence.start + 2, "out");
    tildes || told && is(sentence.end - 1, ")")
}

/// Drops labels ("Heads up:"), brackets around whole clauses and connecting words at both ends.
fn trim(document: &Document<'_>, range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    let token = |index: usize| document.tokens.get(index);
    // "## 2. Backups are late": the number counts the headings.
    let heads = start.checked_sub(1).and_then(token).is_some_and(|mark| mark.lower.starts_with('#'));
    if heads
        && start + 2 < end
        && token(start).is_some_and(|number| number.lower.len() <= 2)
        && document.fact_at(start).is_some()
        && token(start + 1).is_some_and(|dot| dot.glued && dot.is(&[".", ")"]))
    {
        start += 2;
    }
    start = behind_name(document, start).unwrap_or(start);
    while start < end
        && token(start).is_some_and(|first| {
            first.tag == Tag::Punctuation
                && !first.is(&["(", "[", "\"", "“", "'", "‘", "*", "**", "_", "~~", "$"])
                && !is_minus(document, start)
                && !is_in_angle_brackets(document, start)
                || first.is(&["and", "but", "so", "then", "also"])
                    && first.tag != Tag::Adverb
                    && !token(start + 1).is_some_and(|next| next.is(&["far", "many", "much"]))
        })
    {
        start += 1;
    }
    while end > start
        && token(end - 1).is_some_and(|last| {
            last.tag == Tag::Punctuation && last.is(&[".", ",", ";", ":", "-", "–", "—", "|"])
                || last.tag == Tag::Conjunction && last.is(&["and", "but", "or"])
        })
    {
        end -= 1;
    }
    start..end
}

/// Whether "<", a word and ">" begin here.
fn is_in_angle_brackets(document: &Document<'_>, start: usize) -> bool {
    let is = |index: usize, sign: &str| document.tokens.get(index).is_some_and(|token| token.is(&[sign]));
    is(start, "<") && is(start + 2, ">")
}

/// `<zelda> as for the lift`, the one line of a chat that was pasted: what she said begins behind her name. `<name> is missing` and
/// `<video> playback is broken` tell of a thing.
fn behind_name(document: &Document<'_>, start: usize) -> Option<usize> {
    const NO_NAMES: [&str; 16] = [
        "div", "span", "img", "href", "ul", "ol", "li", "svg", "iframe", "tbody", "nil", "url", "uri", "id", "uuid",
        "ip",
    ];
    let token = |index: usize| document.tokens.get(index);
    let is_name = token(start + 1).is_some_and(|name| name.glued && name.is_unlisted() && !name.is(&NO_NAMES));
    let says =
        token(start + 3).is_some_and(|first| !first.glued && !first.tag.is_finite() && first.tag != Tag::Auxiliary);
    let is_only = !document.text.trim().contains('\n') && document.text.trim_start().starts_with('<');
    (is_in_angle_brackets(document, start) && is_name && says && is_only).then_some(start + 3)
}

/// Whether a sign makes the figure behind it negative: "-40% latency".
fn is_minus(document: &Document<'_>, index: usize) -> bool {
    let sign = document.tokens.get(index).is_some_and(|sign| sign.is(&["-", "−", "–"]));
    let glued = document.tokens.get(index + 1).is_some_and(|next| next.glued);
    sign && glued && document.fact_at(index + 1).is_some_and(|fact| fact.kind.is_quantity())
}
