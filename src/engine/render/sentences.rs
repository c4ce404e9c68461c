//! Statements as sentences in this reader's words: figures, deeds, and the author's own clauses.

use std::ops::Range;

use super::bare::without_emphasis;
use super::inflected::capitalised;
use super::plain::Realiser;
use crate::engine::facts::{Derived, Fact, FactKind, compare_quantities, plain_spelling, same_unit_spelling};
use crate::engine::glossary::{Direction, Metric};
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::polarity::polarity;
use crate::engine::reading::{ActionFrame, EtaFrame, Link, MetricFrame, Reading, Statement, Tense, service_of};
use crate::engine::rendering::{FactRow, FactStatus};
use crate::engine::text::{Document, Row, TableLine, Tag, Token, TokenKind, noun_phrase_end, table_line};

/// Words of a sentence that still takes the gloss of a name.
const LONGEST_WITH_GLOSS: usize = 26;
/// From this share of failures on, in percent, something is failing; below it, something sometimes fails.
const NOTABLE_SHARE: f64 = 1.0;
/// Smaller changes of a metric are told in figures, without an adjective such as "slow".
const NOTABLE_FACTOR: f64 = 1.5;

/// Tells the statements of one message.
pub(super) struct Teller<'r, 'e, 'd> {
    pub(super) realiser: &'r mut Realiser<'e, 'd>,
    pub(super) reading: &'r Reading,
    pub(super) derived: Vec<FactRow>,
}

impl<'e, 'd> Teller<'_, 'e, 'd> {
    pub(super) fn document(&self) -> &'e Document<'d> {
        &self.realiser.analysis.document
    }

    /// A statement as a sentence, and its clause alone where the sentence is that and nothing else.
    pub(super) fn sentence(&mut self, statement: &Statement, eta: Option<&EtaFrame>) -> (String, Option<String>) {
        if let Some(row) = self.row(statement) {
            return (full_sentence(&self.cells(&row)), None);
        }
        // A name whose gloss is not shown here has it at its next mention.
        let glossed = self.realiser.glossed.clone();
        if let Some(sentence) = self.framed(statement, eta, true) {
            return (sentence, None);
        }
        self.realiser.glossed.clone_from(&glossed);
        let mut words = self.words(statement.tokens.clone());
        // What a name is stands in brackets at first mention, as long as the sentence can still be read at once.
        if words.contains(" (") && words.split(' ').count() > LONGEST_WITH_GLOSS {
            words = one_line(&self.realiser.bare_range(statement.tokens.clone()).text());
            self.realiser.glossed = glossed;
        }
        // Signs of emphasis that lost their sentence around them are only signs.
        words = without_emphasis(&words);
        // A task that is done reads otherwise like one that is to be done.
        let is_done = self.is_done(statement);
        if is_done {
            words = format!("Done: {words}");
        }
        // An id or a link is no sentence.
        if statement.slot == "reference" {
            return (words, None);
        }
        // Figures and deeds that are read from a clause may be told elsewhere in other words.
        let is_own = !is_done && statement.metric.is_none() && statement.action.is_none();
        let clause = is_own.then(|| words.clone());
        let sentence = full_sentence(&self.linked(statement, words));
        let sentence =
            if self.announces_a_list(statement) { format!("{}:", sentence.trim_end_matches('.')) } else { sentence };
        (sentence, clause)
    }

    /// "Two things change:", "**Added:**" above a list.
    fn announces_a_list(&self, statement: &Statement) -> bool {
        let tokens = &self.document().tokens;
        let emphasis = |token: &&Token| !token.opens_item() && token.is_emphasis();
        let own = tokens.get(statement.tokens.clone()).unwrap_or_default();
        let inside = own.iter().rev().find(|token| !emphasis(token)).is_some_and(|last| last.is(&[":"]));
        let behind = statement.has_colon_behind(self.document());
        let mut rest = tokens.iter().skip(statement.tokens.end + usize::from(behind));
        (inside || behind) && rest.find(|token| !emphasis(token)).is_some_and(Token::opens_item)
    }

    /// A statement as words for a headline: without glosses.
    pub(super) fn bare(&mut self, statement: &Statement, eta: Option<&EtaFrame>) -> String {
        if let Some(row) = self.row(statement) {
            return self.cells(&row);
        }
        if let Some(sentence) = self.framed(statement, eta, false) {
            return sentence;
        }
        let words = one_line(&self.realiser.bare_range(statement.tokens.clone()).text());
        self.linked(statement, words)
    }

    /// Whether a statement is a task with a cross in its box.
    fn is_done(&self, statement: &Statement) -> bool {
        let marker = statement.tokens.start.checked_sub(1).and_then(|before| self.document().tokens.get(before));
        marker.is_some_and(|marker| marker.kind == TokenKind::Marker && marker.lower.ends_with("[x]"))
    }

    /// The row of a table that a statement is.
    pub(super) fn row(&self, statement: &Statement) -> Option<Row> {
        let document = self.document();
        let start = statement.tokens.start.checked_sub(1)?;
        document.tokens.get(start).filter(|token| token.lower.starts_with('|'))?;
        let at = document.sentences.partition_point(|sentence| sentence.end <= start);
        // The bar in front of a statement may end the row above it.
        let sentence = document.sentences.get(at).filter(|sentence| sentence.contains(&statement.tokens.start))?;
        match table_line(document, sentence)? {
            TableLine::Row(row) => Some(row),
            TableLine::Head => None,
        }
    }

    /// "EU: p95 3.2 seconds; Errors 4%": a row as words, because bars are hard to read and chats show no tables. Of two
    /// columns the first names what the second says.
    fn cells(&mut self, row: &Row) -> String {
        let mut said = Vec::new();
        for (column, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let words = self.words(cell.clone());
            let name = row.name(column).filter(|_| column > 0 && row.cells.len() > 2);
            said.push(match name {
                Some(name) => format!("{} {words}", self.words(name)),
                None => words,
            });
        }
        let first = if row.cells.first().is_some_and(|first| !first.is_empty()) { said.first().cloned() } else { None };
        match first {
            Some(first) if said.len() > 1 => format!("{first}: {}", said.get(1..).unwrap_or_default().join("; ")),
            _ => said.join("; "),
        }
    }

    /// A clause that was cut off its sentence begins with what tied it to the rest.
    fn linked(&self, statement: &Statement, words: String) -> String {
        match statement.link {
            Link::None => words,
            Link::Reason => format!("The reason is that {words}"),
            Link::Aim => format!("The aim is {words}"),
            Link::Subject(pronoun) => format!("{} {words}", capitalised(self.document().token_text(pronoun))),
            Link::This => {
                let many =
                    self.document().tokens.get(statement.tokens.start).is_some_and(|token| {
                        token.is(&["are", "were", "have"]) || token.tag == Tag::Verb(VerbForm::Base)
                    });
                format!("{} {words}", if many { "These" } else { "This" })
            }
        }
    }

    /// Figures of a metric and deeds of the author's side, where they were understood well enough.
    fn framed(&mut self, statement: &Statement, eta: Option<&EtaFrame>, glosses: bool) -> Option<String> {
        if self.realiser.keeps(&statement.tokens) {
            return None;
        }
        if let Some(sentence) = statement.metric.as_ref().and_then(|metric| self.metric(metric)) {
            return Some(sentence).filter(|sentence| self.is_proved(statement, sentence));
        }
        let deed = statement.action.as_ref().filter(|_| statement.slot == "action" || statement.slot == "next")?;
        Some(self.passive(deed, eta, glosses)).filter(|sentence| self.is_proved(statement, sentence))
    }

    /// Whether the sentence of a statement says when what it announces is expected.
    pub(super) fn tells_when(&mut self, position: usize, eta: &EtaFrame) -> bool {
        let statement = self.reading.statements.get(position).filter(|statement| statement.metric.is_none());
        statement.is_some_and(|statement| self.framed(statement, Some(eta), false).is_some())
    }

    /// Whether a sentence that was put together keeps the denials, doubts and conditions of its clause.
    fn is_proved(&self, statement: &Statement, sentence: &str) -> bool {
        let document = self.document();
        polarity(document.slice(document.span_of(statement.tokens.clone()))).survives_in(&polarity(sentence))
    }

    pub(super) fn words(&mut self, range: Range<usize>) -> String {
        self.said(range, true)
    }

    fn said(&mut self, range: Range<usize>, glosses: bool) -> String {
        let pieces = if glosses { self.realiser.range(range) } else { self.realiser.bare_range(range) };
        one_line(&pieces.text())
    }

    fn fact(&self, index: usize) -> Option<&'e Fact> {
        self.document().facts.get(index)
    }

    fn spelt(&self, fact: &Fact) -> String {
        let words = self.document().slice(fact.span);
        plain_spelling(fact, words).unwrap_or_else(|| words.to_owned())
    }

    fn metric_of(&self, frame: &MetricFrame) -> Option<&'e Metric> {
        self.realiser.glossary.concepts.get(frame.concept)?.metric.as_deref()
    }

    /// A metric frame in the metric's own words, with what followed it in the clause.
    fn metric(&mut self, frame: &MetricFrame) -> Option<String> {
        if self.stays(Some(frame.concept)) {
            return None;
        }
        let metric = self.metric_of(frame)?;
        let to = self.fact(frame.to)?;
        let place = frame.place.clone().map(|range| format!(" {}", self.words(range))).unwrap_or_default();
        let mut line = match frame.from.and_then(|from| self.fact(from)) {
            Some(from) => {
                let rises = from.amount.zip(to.amount).map(|(low, high)| high > low)?;
                let template = if rises { &metric.rose } else { &metric.fell };
                if template.is_empty() {
                    return None;
                }
                let (low, high) = same_unit_spelling(from, to).unwrap_or_else(|| (self.spelt(from), self.spelt(to)));
                let mut line = template.replace("{from}", &low).replace("{to}", &high).replace("{where}", &place);
                if let Some(derived) = compare_quantities(from, to, self.document().text) {
                    let comparative = if derived.rises { &metric.more } else { &metric.less };
                    if !comparative.is_empty() {
                        line = format!("{line} ({} {comparative})", derived.amount);
                        self.record(&derived);
                    }
                }
                line
            }
            None if metric.value.is_empty() => return None,
            None => metric.value.replace("{value}", &self.spelt(to)).replace("{where}", &place),
        };
        let rest = self.rest_without_cause(frame);
        if !rest.is_empty() {
            let words = self.words(rest);
            let gap = if words.starts_with([',', ')', ';', '.']) { "" } else { " " };
            line = format!("{line}{gap}{words}");
        }
        Some(full_sentence(&line))
    }

    pub(super) fn record(&mut self, derived: &Derived) {
        let row = FactRow {
            kind: if derived.times { "ratio" } else { "percent" }.to_owned(),
            source: derived.formula.split(" = ").next().unwrap_or_default().to_owned(),
            output: derived.amount.clone(),
            status: FactStatus::Derived,
            formula: Some(derived.formula.clone()),
        };
        if !self.derived.contains(&row) {
            self.derived.push(row);
        }
    }

    /// Where "after the upgrade" starts in the rest of a metric clause.
    fn after_at(&self, frame: &MetricFrame) -> Option<usize> {
        let document = self.document();
        frame
            .rest
            .clone()
            .find(|index| document.tokens.get(*index).is_some_and(|token| token.is(&["after", "following"])))
            .filter(|_| frame.from.is_some())
            // "after the upgrade" is an event; "after lunch", "after 14:00" and "after we left" are times.
            .filter(|at| {
                document.tokens.get(at + 1).is_some_and(|next| next.tag == Tag::Determiner || next.is(&["our"]))
                    && noun_phrase_end(document, at + 1, frame.rest.end) == Some(frame.rest.end)
            })
    }

    fn rest_without_cause(&self, frame: &MetricFrame) -> std::ops::Range<usize> {
        let end = self.after_at(frame).unwrap_or(frame.rest.end);
        frame.rest.start..end
    }

    /// "It began after the update of the Redis client": the order of events, as stated, and no more.
    pub(super) fn began_after(&mut self, frame: &MetricFrame) -> Option<String> {
        if self.stays(Some(frame.concept)) {
            return None;
        }
        let at = self.after_at(frame)?;
        let words = self.words(at + 1..frame.rest.end);
        Some(full_sentence(&format!("It followed {words}")))
    }

    /// "The 14:05 release is being undone, expected in about 10 minutes."
    pub(super) fn passive(&mut self, frame: &ActionFrame, eta: Option<&EtaFrame>, glosses: bool) -> String {
        let object = capitalised(&self.said(frame.object.clone(), glosses));
        // "The config" may be told as "the settings".
        let renumbered = frame.head.and_then(|head| self.realiser.renumbered.get(&(head + 1)).copied());
        let be = match (frame.tense, renumbered.unwrap_or(frame.object_is_plural)) {
            (Tense::Past, false) => "was",
            (Tense::Past, true) => "were",
            (Tense::Present, false) => "is",
            (Tense::Present, true) => "are",
            (Tense::Ongoing, false) => "is being",
            (Tense::Ongoing, true) => "are being",
            (Tense::Future, _) => "will be",
        };
        let mut line = format!("{object} {be} {}", self.participle(frame));
        let rest = self.said(frame.rest.clone(), glosses);
        if !rest.is_empty() {
            let gap = if rest.starts_with([',', ')', ';']) { "" } else { " " };
            line = format!("{line}{gap}{rest}");
        }
        if let Some(eta) = eta
            && let Some(fact) = self.fact(eta.when)
        {
            let when = self.spelt(fact);
            let link = if fact.kind.is_when() {
                "expected"
            } else if when.starts_with("about") {
                "expected in"
            } else {
                "expected in about"
            };
            line = format!("{line}, {link} {when}");
        }
        full_sentence(&line)
    }

    /// Whether this reader is told a concept in the author's words.
    pub(super) fn stays(&self, concept: Option<usize>) -> bool {
        let concept = concept.and_then(|concept| self.realiser.glossary.concepts.get(concept));
        self.realiser.audience.keeps_terms || concept.is_some_and(|concept| self.realiser.audience.knows(concept))
    }

    /// "Undone" for those who do not know what "rolled back" means.
    fn participle(&self, frame: &ActionFrame) -> String {
        let own = || {
            let hits = self.realiser.analysis.terms_at(frame.verb);
            let hit = hits.iter().find(|hit| Some(hit.concept) == frame.concept)?;
            let term = &self.realiser.glossary.concepts.get(hit.concept)?.terms.get(hit.term)?.text;
            let (verb, particle) = term.split_once(' ').unwrap_or((term, ""));
            let verb = verb_form(verb, VerbForm::PastParticiple);
            Some(if particle.is_empty() { verb } else { format!("{verb} {particle}") })
        };
        let own = if self.stays(frame.concept) { own() } else { None };
        own.unwrap_or_else(|| frame.participle.clone())
    }

    /// "Checkout is slow and partly failing for EU users": what the stated figures mean for the one service named.
    pub(super) fn state(&mut self) -> String {
        if self.realiser.audience.keeps_terms {
            return String::new();
        }
        let mut words: Vec<String> = Vec::new();
        let mut whom = String::new();
        let mut better = false;
        let resolved = self.reading.statements.iter().any(|statement| statement.slot == "resolved");
        for statement in &self.reading.statements {
            let Some(frame) = &statement.metric else { continue };
            let Some(metric) = self.metric_of(frame) else { continue };
            let to = self.fact(frame.to).and_then(|fact| fact.amount);
            let from = frame.from.and_then(|from| self.fact(from)).and_then(|fact| fact.amount);
            let change = match (from, to) {
                (Some(from), Some(to)) if from.max(to) < from.min(to) * NOTABLE_FACTOR => None,
                (Some(from), Some(to)) if to > from => Some(metric.rise),
                (Some(from), Some(to)) if to < from => Some(opposite(metric.rise)),
                // One value alone says that something is wrong only while nobody says it is over.
                (None, Some(value))
                    if value >= NOTABLE_SHARE && frame.from.is_none() && !resolved && self.is_share(frame) =>
                {
                    (metric.rise == Direction::Worse).then_some(Direction::Worse)
                }
                _ => None,
            };
            let word = match change {
                Some(Direction::Worse) => &metric.worse,
                Some(Direction::Better) => {
                    better = true;
                    &metric.better
                }
                _ => continue,
            };
            if !word.is_empty() && !words.contains(word) {
                words.push(word.clone());
            }
            let rest = self.rest_without_cause(frame);
            if whom.is_empty()
                && self.document().tokens.get(rest.start).is_some_and(|token| token.is(&["for"]))
                && rest.len() <= 5
            {
                whom = format!(" {}", self.said(rest, false));
            }
        }
        // Good and bad news in one message need whole sentences.
        let Some(service) = self.service().filter(|_| !(words.is_empty() || better && words.len() > 1)) else {
            return String::new();
        };
        format!("{} is {}{whom}", capitalised(&service), words.join(" and "))
    }

    fn is_share(&self, frame: &MetricFrame) -> bool {
        self.fact(frame.to).is_some_and(|fact| fact.kind == FactKind::Percent)
    }

    /// The one service the message names; `None` when there are several.
    pub(super) fn service(&self) -> Option<String> {
        service_of(self.service_name()?.trim_matches('`'))
    }

    /// The same as the author wrote it.
    pub(super) fn service_name(&self) -> Option<&'d str> {
        let document = self.document();
        let mut found: Option<&'d str> = None;
        for token in &document.tokens {
            let TokenKind::Fact(index) = token.kind else { continue };
            let Some(fact) = document.facts.get(index) else { continue };
            let name = document.slice(fact.span);
            if service_of(name.trim_matches('`')).is_none() {
                continue;
            }
            if found.is_some_and(|known| known != name) {
                return None;
            }
            found = Some(name);
        }
        found
    }
}

const fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Worse => Direction::Better,
        Direction::Better => Direction::Worse,
        Direction::Neutral => Direction::Neutral,
    }
}

/// White space and line breaks inside a clause become single spaces; a block of code is shown by its first line.
pub(super) fn one_line(text: &str) -> String {
    const FENCE: &str = "```";
    if !text.contains(FENCE) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(FENCE) {
        words.extend(before.split_whitespace().map(str::to_owned));
        // A mark that nothing closes begins no block, and left standing it would pair with one of another text.
        rest = behind;
        if let Some((block, after)) = behind.split_once(FENCE) {
            words.extend(first_line_of(block));
            rest = after;
        }
    }
    words.extend(rest.split_whitespace().map(str::to_owned));
    words.join(" ")
}

/// The first line inside a code fence as inline code. Behind the fence itself stands at most the name of a language.
fn first_line_of(block: &str) -> Option<String> {
    let (head, body) = block.split_once('\n').unwrap_or(("", block));
    let head = Some(head.trim()).filter(|head| head.contains(' '));
    let mut lines = head.into_iter().chain(body.lines().map(str::trim)).filter(|line| !line.is_empty());
    let line = lines.next().filter(|line| line.chars().filter(|c| c.is_alphanumeric()).count() > 2)?;
    let more = if lines.next().is_some() { " …" } else { "" };
    // A line that holds the mark itself cannot be marked as code.
    let mark = if line.contains('`') { "" } else { "`" };
    Some(format!("{mark}{line}{mark}{more}"))
}

/// Words as a sentence: a capital in front, a full stop behind.
pub(super) fn full_sentence(words: &str) -> String {
    let words = unwrapped(words.trim());
    let emoji =
        words.rsplit(' ').next().is_some_and(|last| last.len() > 2 && last.starts_with(':') && last.ends_with(':'));
    let words = if emoji { words } else { words.trim_end_matches([',', ';', ':']) };
    if words.is_empty() {
        return String::new();
    }
    let inside = words.trim_end_matches(['*', '_', '"', '”', ')', '\'']);
    let closed = inside.ends_with(['.', '!', '?', '…']);
    let line = capitalised(words);
    if closed { line } else { format!("{line}.") }
}

/// Emphasis around a whole sentence says nothing once the sentence stands in a section of its own.
pub(super) fn unwrapped(words: &str) -> &str {
    for mark in ["**", "__", "*", "_"] {
        if let Some(inside) = words.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark))
            && !inside.contains(mark)
            && !inside.is_empty()
        {
            return inside;
        }
    }
    words
}
