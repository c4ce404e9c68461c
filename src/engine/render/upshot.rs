//! The upshot: statements said in this reader's order, outcome first.

use std::collections::BTreeMap;

use super::inflected::capitalised;
use super::plain::Realiser;
use super::templates::{Context, Templates};
use crate::engine::audience::AudienceProfile;
use crate::engine::facts::{Derived, Fact, FactKind, compare_quantities, plain_spelling, same_unit_spelling};
use crate::engine::glossary::{Direction, Metric};
use crate::engine::reading::{ActionFrame, EtaFrame, MetricFrame, Reading, Statement, Tense, service_of};
use crate::engine::rendering::{FactRow, FactStatus, Section};
use crate::engine::text::{Document, TokenKind};

/// The longest headline, in words.
const HEADLINE_WORDS: usize = 20;
const MOST_QUESTIONS: usize = 3;
/// Smaller changes of a metric are told in figures, without an adjective such as "slow".
const NOTABLE_FACTOR: f64 = 1.5;

/// The upshot of a message.
#[derive(Debug, Default)]
pub(crate) struct Upshot {
    pub(crate) headline: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) asks: Vec<String>,
    pub(crate) open_questions: Vec<String>,
    pub(crate) derived: Vec<FactRow>,
}

/// Composes the upshot of a reading; `None` when the template broke a limit.
pub(crate) fn compose(realiser: &mut Realiser<'_, '_>, reading: &Reading, templates: &Templates) -> Option<Upshot> {
    let audience = realiser.audience;
    let mut composer = Composer { realiser, reading, derived: Vec::new() };
    let context = composer.context();
    let composition = templates.compose(&reading.kind, &context)?;
    let mut sections: Vec<Section> = composition
        .sections
        .into_iter()
        .filter(|(slot, _, _)| !audience.leaves_out.contains(slot))
        .map(|(slot, title, text)| {
            // An old state must not read as the latest one.
            let over = slot == "impact" && context.slots.contains_key("resolved");
            let title =
                if over { "Before that".to_owned() } else { audience.titles.get(&slot).cloned().unwrap_or(title) };
            Section { slot, title, text }
        })
        .collect();
    sections.sort_by_key(|section| place(audience, &section.slot));
    let mut questions = composition.questions;
    questions.retain(|(slot, _)| audience.questions.contains(slot));
    questions.sort_by_key(|(slot, _)| audience.questions.iter().position(|wanted| wanted == slot));
    let headline = if composition.headline.is_empty() { composer.fallback_headline() } else { composition.headline };
    Some(Upshot {
        headline: sentence_case(&headline),
        sections,
        asks: context.slots.get("ask").cloned().unwrap_or_default(),
        open_questions: questions.into_iter().take(MOST_QUESTIONS).map(|(_, question)| question).collect(),
        derived: composer.derived,
    })
}

fn place(audience: &AudienceProfile, slot: &str) -> usize {
    audience.order.iter().position(|wanted| wanted == slot).unwrap_or(audience.order.len())
}

struct Composer<'r, 'e, 'd> {
    realiser: &'r mut Realiser<'e, 'd>,
    reading: &'r Reading,
    derived: Vec<FactRow>,
}

impl<'e, 'd> Composer<'_, 'e, 'd> {
    fn document(&self) -> &'e Document<'d> {
        &self.realiser.analysis.document
    }

    fn context(&mut self) -> Context {
        let mut context = Context {
            kind: self.reading.kind.clone(),
            title: self.realiser.audience.title.clone(),
            ..Context::default()
        };
        let statements = &self.reading.statements;
        let action = statements
            .iter()
            .find_map(|statement| statement.action.as_ref().filter(|action| action.tense != Tense::Past));
        let action = action.or_else(|| statements.iter().find_map(|statement| statement.action.as_ref()));
        // An estimate that belongs to the action ("Rollback ETA 10 min") is said with it, once.
        let eta = statements.iter().find_map(|statement| {
            statement.eta.as_ref().filter(|eta| {
                eta.alone && action.is_some_and(|action| action.tense != Tense::Past && self.belongs(eta, action))
            })
        });
        for statement in statements {
            if eta.is_some() && statement.eta.as_ref() == eta {
                continue;
            }
            let with_eta = eta.filter(|_| statement.action.as_ref() == action && action.is_some());
            let (sentence, lead) = self.say(statement, with_eta);
            if sentence.is_empty() {
                continue;
            }
            if let Some(metric) = &statement.metric
                && let Some(began) = self.began_after(metric)
            {
                context.slots.entry("cause".into()).or_default().push(began);
            }
            context.slots.entry(statement.slot.clone()).or_default().push(sentence);
            context.lead.entry(statement.slot.clone()).or_default().extend(lead);
        }
        context.stated = self.stated();
        context.state = self.state();
        if let Some(action) = action {
            let mut line = self.passive(action, eta).trim_end_matches('.').to_owned();
            // The state has named the service already.
            if !context.state.is_empty()
                && let Some(name) = self.service_name()
            {
                line = line.replacen(&format!(" of {name}"), "", 1);
            }
            context.action = line;
        }
        context
    }

    /// Whether an estimate is about an action: nothing else is named, or the noun of the same or a related concept.
    fn belongs(&self, eta: &EtaFrame, action: &ActionFrame) -> bool {
        let concept = |index: usize| self.realiser.glossary.concepts.get(index);
        match (eta.concept, action.concept) {
            (None, _) => true,
            (Some(noun), Some(verb)) => {
                noun == verb
                    || concept(noun)
                        .zip(concept(verb))
                        .is_some_and(|(noun, verb)| noun.related.contains(&verb.id) || verb.related.contains(&noun.id))
            }
            (Some(_), None) => false,
        }
    }

    /// What the message says something about: readers ask for the rest.
    fn stated(&self) -> BTreeMap<String, bool> {
        const PEOPLE: [&str; 22] = [
            "user",
            "customer",
            "client",
            "people",
            "visitor",
            "everyone",
            "nobody",
            "anyone",
            "subscriber",
            "merchant",
            "shopper",
            "employee",
            "staff",
            "colleague",
            "member",
            "tenant",
            "guest",
            "student",
            "patient",
            "account",
            "team",
            "person",
        ];
        let document = self.document();
        let words =
            |list: &[&str]| document.tokens.iter().any(|token| token.lemmas().any(|lemma| list.contains(&lemma)));
        let facts = |wanted: fn(&Fact) -> bool| document.facts.iter().any(wanted);
        BTreeMap::from([
            ("who".to_owned(), words(&PEOPLE)),
            ("when".to_owned(), facts(|fact| fact.kind.is_when())),
            ("duration".to_owned(), facts(|fact| fact.kind == FactKind::Duration)),
            ("money".to_owned(), facts(|fact| fact.kind == FactKind::Money)),
            ("data".to_owned(), words(&["data", "personal", "pii", "record"])),
        ])
    }

    /// A statement as a sentence, and as a short clause for the headline.
    fn say(&mut self, statement: &Statement, eta: Option<&EtaFrame>) -> (String, Option<String>) {
        let kept = self.realiser.keeps(&statement.tokens);
        if let Some(metric) = statement.metric.as_ref().filter(|_| !kept)
            && let Some(sentence) = self.metric(metric)
        {
            let lead = short(sentence.trim_end_matches('.'));
            return (sentence, lead);
        }
        if let Some(action) = statement.action.as_ref().filter(|_| !kept)
            && (statement.slot == "action" || statement.slot == "next")
        {
            let sentence = self.passive(action, eta);
            let lead = short(sentence.trim_end_matches('.'));
            return (sentence, lead);
        }
        let words = self.realiser.range(statement.tokens.clone()).text();
        let words = one_line(&words);
        let bare = if words.contains(" (") {
            one_line(&self.realiser.bare_range(statement.tokens.clone()).text())
        } else {
            words.clone()
        };
        let lead = short(&capitalised(&bare));
        // An id or a link is no sentence.
        let sentence = if statement.slot == "reference" { words } else { full_sentence(&words) };
        (sentence, lead)
    }

    fn words(&mut self, range: std::ops::Range<usize>) -> String {
        one_line(&self.realiser.range(range).text())
    }

    fn fact(&self, index: usize) -> Option<&'e Fact> {
        self.document().facts.get(index)
    }

    fn spelt(&self, fact: &Fact) -> String {
        let words = self.document().slice(fact.span);
        plain_spelling(fact, words).unwrap_or_else(|| words.to_owned())
    }

    fn metric_of(&self, frame: &MetricFrame) -> Option<&'e Metric> {
        self.realiser.glossary.concepts.get(frame.concept)?.metric.as_ref()
    }

    /// A metric frame in the metric's own words, with what followed it in the clause.
    fn metric(&mut self, frame: &MetricFrame) -> Option<String> {
        if self.realiser.audience.keeps_terms {
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

    fn record(&mut self, derived: &Derived) {
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
            .find(|index| document.tokens.get(*index).is_some_and(|token| token.is(&["after", "since", "following"])))
            .filter(|_| frame.from.is_some())
    }

    fn rest_without_cause(&self, frame: &MetricFrame) -> std::ops::Range<usize> {
        let end = self.after_at(frame).unwrap_or(frame.rest.end);
        frame.rest.start..end
    }

    /// "It began after the update of the Redis client": the order of events, as stated, and no more.
    fn began_after(&mut self, frame: &MetricFrame) -> Option<String> {
        if self.realiser.audience.keeps_terms {
            return None;
        }
        let at = self.after_at(frame)?;
        let word = self.document().tokens.get(at)?.lower.clone();
        let words = self.words(at + 1..frame.rest.end);
        let link = if word == "since" { "It began" } else { "It followed" };
        let words = if word == "since" { format!("since {words}") } else { words };
        Some(full_sentence(&format!("{link} {words}")))
    }

    /// "The 14:05 release is being undone, expected in about 10 minutes."
    fn passive(&mut self, frame: &ActionFrame, eta: Option<&EtaFrame>) -> String {
        let object = capitalised(&self.words(frame.object.clone()));
        let be = match (frame.tense, frame.object_is_plural) {
            (Tense::Past, false) => "was",
            (Tense::Past, true) => "were",
            (Tense::Ongoing, false) => "is being",
            (Tense::Ongoing, true) => "are being",
            (Tense::Future, _) => "will be",
        };
        let mut line = format!("{object} {be} {}", frame.participle);
        let rest = self.words(frame.rest.clone());
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

    /// "Checkout is slow and partly failing for EU users": what the stated figures mean for the one service named.
    fn state(&mut self) -> String {
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
                (None, Some(value)) if value > 0.0 && frame.from.is_none() && !resolved => {
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
                whom = format!(" {}", self.words(rest));
            }
        }
        // Good and bad news in one message need whole sentences.
        let Some(service) = self.service().filter(|_| !(words.is_empty() || better && words.len() > 1)) else {
            return String::new();
        };
        format!("{} is {}{whom}", capitalised(&service), words.join(" and "))
    }

    /// The one service the message names; `None` when there are several.
    fn service(&self) -> Option<String> {
        service_of(self.service_name()?.trim_matches('`'))
    }

    /// The same as the author wrote it.
    fn service_name(&self) -> Option<&'d str> {
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

    /// The first clause that fits, else the first words of the message.
    fn fallback_headline(&mut self) -> String {
        let statements: Vec<std::ops::Range<usize>> = self
            .reading
            .statements
            .iter()
            .filter(|statement| statement.slot != "reference")
            .map(|statement| statement.tokens.clone())
            .collect();
        let mut first = String::new();
        for range in statements {
            let words = one_line(&self.realiser.bare_range(range).text());
            if let Some(lead) = short(&words) {
                return lead;
            }
            if first.is_empty() {
                first = words;
            }
        }
        if first.is_empty() {
            let all = 0..self.document().tokens.len();
            first = self.words(all);
        }
        let words: Vec<&str> = first.split_whitespace().collect();
        if words.len() <= HEADLINE_WORDS {
            first
        } else {
            format!("{} …", words.into_iter().take(HEADLINE_WORDS - 1).collect::<Vec<_>>().join(" "))
        }
    }
}

const fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Worse => Direction::Better,
        Direction::Better => Direction::Worse,
        Direction::Neutral => Direction::Neutral,
    }
}

/// A clause of at most twenty words: the whole, or up to a tail that can be left out of a headline.
fn short(words: &str) -> Option<String> {
    const TAILS: [&str; 20] = [
        ", which ",
        ", so ",
        ", as ",
        ", and ",
        " which ",
        " so that ",
        " in order to ",
        " as well as ",
        ", including ",
        ", with ",
        ", effectively ",
        ", using ",
        ". ",
        " (for ",
        ", preventing ",
        ", resulting ",
        " after which ",
        " as we ",
        " as the ",
        ", to ",
    ];
    const BINDING: [&str; 12] =
        ["if", "unless", "until", "only", "except", "but", "not", "no", "without", "never", "however", "might"];
    const OPENERS: [&str; 8] = [
        "As a result, ",
        "Therefore, ",
        "However, ",
        "Unfortunately, ",
        "Most notably, ",
        "Notably, ",
        "So ",
        "Firstly, ",
    ];
    let words = words.trim().trim_end_matches(['.', ',', ';', ':']);
    let opened = OPENERS.iter().find_map(|opener| words.strip_prefix(opener)).map(capitalised);
    let words = opened.as_deref().unwrap_or(words);
    let count = |text: &str| text.split_whitespace().count();
    if words.is_empty() {
        return None;
    }
    if count(words) <= HEADLINE_WORDS {
        return Some(words.to_owned());
    }
    let lean = without_aside(words);
    if count(&lean) <= HEADLINE_WORDS {
        return Some(lean);
    }
    let words = lean.as_str();
    let mut cuts: Vec<usize> = TAILS.iter().flat_map(|tail| words.match_indices(tail).map(|(at, _)| at)).collect();
    cuts.sort_unstable();
    cuts.into_iter().rev().find_map(|at| {
        let (head, tail) = words.split_at_checked(at)?;
        let bound = tail
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| BINDING.contains(&word.to_lowercase().as_str()));
        // The reason may be left to the sections, whatever words it has.
        let bound = bound && ![" as we ", ", as ", " as the "].iter().any(|reason| tail.starts_with(reason));
        let balanced = head.matches('(').count() == head.matches(')').count();
        (count(head) <= HEADLINE_WORDS && count(head) >= 4 && !bound && balanced).then(|| head.to_owned())
    })
}

/// Drops ", managed by the platform team," from the middle of a clause.
fn without_aside(words: &str) -> String {
    const ASIDES: [&str; 9] =
        [", managed ", ", called ", ", hosted ", ", hosting ", ", used ", ", based ", ", run ", ", known ", ", which "];
    let Some(start) = ASIDES.iter().filter_map(|aside| words.find(aside)).min() else { return words.to_owned() };
    let (head, aside) = words.split_at_checked(start).unwrap_or((words, ""));
    match aside.get(1..).and_then(|rest| rest.split_once(", ")) {
        Some((_, rest)) if head.split_whitespace().count() >= 2 => format!("{head} {rest}"),
        _ => words.to_owned(),
    }
}

/// White space and line breaks inside a clause become single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn full_sentence(words: &str) -> String {
    let words = words.trim().trim_end_matches([',', ';', ':']);
    if words.is_empty() {
        return String::new();
    }
    let closed = words.ends_with(['.', '!', '?', '…', '`']);
    let line = capitalised(words);
    if closed && !words.ends_with('`') { line } else { format!("{line}.") }
}

fn sentence_case(headline: &str) -> String {
    let headline = headline.trim().trim_end_matches(['.', ';', ',']);
    let closed = headline.ends_with(['?', '!', '…']);
    match headline {
        "" => String::new(),
        _ if closed => capitalised(headline),
        _ => format!("{}.", capitalised(headline)),
    }
}

/// The upshot when a template cannot be used: the plain text speaks for itself.
pub(crate) fn bare_upshot(plain: &str) -> Upshot {
    let words: Vec<&str> = plain.split_whitespace().take(HEADLINE_WORDS).collect();
    Upshot { headline: words.join(" "), ..Upshot::default() }
}
