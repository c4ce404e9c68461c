//! Values as a judge reads them: bare numbers, clock times, days, months and names, however they are grouped into facts.
//!
//! A rewriter may say "from 90 to 30 days" as "30 days instead of 90" and "EOD Friday" as "the end of Friday", so facts
//! are taken apart here, and their parts are compared.

use super::numbers::{long_unit, number_word, numerals, scale_word, scaled_numerals, short_unit, unit_of};
use crate::engine::facts::{Fact, FactKind, MONTHS as LONG_MONTHS};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Number(f64),
    /// Minutes after midnight.
    Clock(u32),
    Weekday(usize),
    Month(usize),
    /// A day that depends on when it is said: `tomorrow`, `end of day`.
    Day(&'static str),
    /// An id, address, path or other name, in lower case.
    Name(String),
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) part: Part,
    pub(super) token: usize,
    pub(super) span: ByteSpan,
    /// The unit in one spelling, when one is stated.
    pub(super) unit: Option<&'static str>,
    /// A way of counting that prose often says without a number: "both", "a second one", "an hour".
    pub(super) loose: bool,
    /// What to call it.
    pub(super) kind: FactKind,
    /// The key of the whole fact: "72 min" and "1h12m" share it.
    pub(super) fact_key: Option<String>,
}

/// The unit of numbers that give a place in an order: "the 8th", "8 May".
pub(super) const DAY: &str = "place in an order";

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The values of a text, in order.
pub(super) fn values(document: &Document<'_>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (index, token) in document.tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Fact(fact) => {
                let Some(fact) = document.facts.get(fact) else { continue };
                let scale = scale_word(document.slice(fact.span));
                let joined = scale.zip(found.last_mut()).filter(|(_, last)| last.token + 1 == index && !last.loose);
                if let Some((scale, Value { part: Part::Number(number), .. })) = joined {
                    *number *= scale;
                    continue;
                }
                fact_values(document, fact, index, &mut found);
            }
            TokenKind::Word => word_value(document, token, index, &mut found),
            TokenKind::Punctuation | TokenKind::Marker => {}
        }
    }
    found
}

fn fact_values(document: &Document<'_>, fact: &Fact, token: usize, found: &mut Vec<Value>) {
    let words = document.slice(fact.span);
    let mut push = |part: Part, unit: Option<&'static str>, loose: bool| {
        let fact_key = Some(fact.key.clone());
        found.push(Value { part, token, span: fact.span, unit, loose, kind: fact.kind, fact_key });
    };
    match fact.kind {
        FactKind::Emoji => {}
        FactKind::Mention => {
            let name = words.trim_start_matches('@').to_lowercase();
            let everyone = ["channel", "here", "all", "everyone", "team"].contains(&name.as_str());
            push(Part::Name(name), None, everyone);
        }
        FactKind::Time => {
            if let Some(minutes) = clock(&fact.key) {
                push(Part::Clock(minutes), None, false);
            }
        }
        FactKind::Date => date_values(words, &mut push),
        FactKind::Percentile => {
            for number in numerals(words) {
                push(Part::Number(number), None, true);
            }
        }
        FactKind::Version if plain_number(words).is_none() => {
            push(Part::Name(words.trim_start_matches(['v', 'V']).to_lowercase()), None, false);
        }
        kind if kind.is_name() && kind != FactKind::Version => {
            let target = fact.key.split_once(':').map_or(words, |(_, target)| target);
            push(Part::Name(target.to_lowercase()), None, false);
        }
        kind => {
            let unit = unit_of(words, kind);
            if kind == FactKind::Number && list_number(document, fact) {
                return;
            }
            let letters = matches!(kind, FactKind::Money | FactKind::Number | FactKind::Rate);
            let ordinal = kind == FactKind::Number && ["st", "nd", "rd", "th"].iter().any(|end| words.ends_with(end));
            let unit = if ordinal { Some(DAY) } else { unit };
            for (number, own) in scaled_numerals(words, letters) {
                let own = if kind == FactKind::Duration { short_unit(&own.to_lowercase(), kind) } else { None };
                push(Part::Number(number), own.or(unit), false);
            }
            if kind != FactKind::Version && !words.contains(|c: char| c.is_ascii_digit()) {
                for (number, loose) in words.split([' ', '-']).filter_map(number_word) {
                    push(Part::Number(number), unit, loose);
                }
                if words.split([' ', '-']).next().is_some_and(|word| matches!(word, "a" | "an" | "A" | "An")) {
                    push(Part::Number(1.0), unit, true);
                }
            }
        }
    }
}

/// "v15" and "15" are one number, "2.8.1" is a name.
fn plain_number(words: &str) -> Option<f64> {
    words.trim_start_matches(['v', 'V']).parse().ok()
}

fn date_values(words: &str, push: &mut impl FnMut(Part, Option<&'static str>, bool)) {
    // "the 8th may slip" names no month.
    let lower = words.replace(" may", " ").to_lowercase();
    if let Some(day) = relative_day(&lower) {
        push(Part::Day(day.0), None, day.1);
        return;
    }
    let iso = lower.split(['-', 't', ' ']).collect::<Vec<_>>();
    if let [year, month, day, ..] = iso.as_slice()
        && year.len() == 4
        && let (Ok(year), Ok(month), Ok(day)) = (year.parse::<f64>(), month.parse::<usize>(), day.parse::<f64>())
    {
        push(Part::Number(year), None, true);
        push(Part::Month(month.saturating_sub(1)), None, false);
        push(Part::Number(day), None, false);
        return;
    }
    let quarter = lower.starts_with('q') || lower.starts_with("fy");
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let start: String = word.chars().take(3).collect();
        if word.contains(|c: char| c.is_ascii_digit()) {
            for number in numerals(word) {
                push(Part::Number(number), (!quarter).then_some(DAY), quarter && number >= 2000.0);
            }
        } else if let Some(month) = MONTHS.iter().position(|name| *name == start && word != "month") {
            push(Part::Month(month), None, false);
        } else if let Some(day) = WEEKDAYS.iter().position(|name| *name == start) {
            push(Part::Weekday(day), None, false);
        }
    }
}

/// Days told relative to now, in one spelling, and whether prose may leave them out.
fn relative_day(lower: &str) -> Option<(&'static str, bool)> {
    let bare = lower.strip_prefix("the ").unwrap_or(lower);
    if let Some(period) = bare.strip_prefix("end of ") {
        let period = period.rsplit(' ').next().unwrap_or(period);
        return Some(match period {
            "day" => ("end of day", false),
            "week" => ("end of week", false),
            "month" => ("end of month", false),
            "quarter" => ("end of quarter", false),
            _ => ("end of year", false),
        });
    }
    Some(match bare {
        "eod" | "cob" | "close of business" => ("end of day", false),
        "eow" => ("end of week", false),
        "eom" => ("end of month", false),
        "eoq" => ("end of quarter", false),
        "eoy" => ("end of year", false),
        "tomorrow" => ("tomorrow", false),
        "yesterday" => ("yesterday", false),
        "today" | "tonight" | "this morning" | "this afternoon" | "this evening" => ("today", true),
        "next week" => ("next week", false),
        "next month" => ("next month", false),
        "next quarter" => ("next quarter", false),
        "next year" => ("next year", false),
        "last week" => ("last week", false),
        "last month" => ("last month", false),
        "last year" => ("last year", false),
        "last night" => ("last night", true),
        _ => return None,
    })
}

fn word_value(document: &Document<'_>, token: &Token, index: usize, found: &mut Vec<Value>) {
    let mut push = |part: Part, loose: bool, kind: FactKind| {
        found.push(Value { part, token: index, span: token.span, unit: None, loose, kind, fact_key: None });
    };
    let before = index.checked_sub(1).and_then(|at| document.tokens.get(at));
    let lower = token.lower.as_str();
    if let Some((number, loose)) = number_word(lower) {
        // "twenty-five" is one number.
        if let Some(Value { part: Part::Number(tens), token: at, .. }) = found.last_mut()
            && *at + 1 == index
            && token.joined
            && number < 10.0
            && *tens >= 20.0
        {
            *tens += number;
            return;
        }
        push_number(document, index, number, loose, token, found);
        return;
    }
    match lower {
        "midnight" => push(Part::Clock(0), false, FactKind::Time),
        "noon" | "midday" => push(Part::Clock(12 * 60), false, FactKind::Time),
        "yesterdays" => push(Part::Day("yesterday"), false, FactKind::Date),
        _ if misspelt(token, "tomorrow") => push(Part::Day("tomorrow"), false, FactKind::Date),
        _ if misspelt(token, "yesterday") => push(Part::Day("yesterday"), false, FactKind::Date),
        _ => {}
    }
    let month = MONTHS.iter().position(|name| is_month(lower, name));
    // "May" and "march" are months only when they are written as names behind a word that a date can follow.
    let certain = !matches!(lower, "may" | "mar" | "march" | "jan" | "dec")
        || before.is_some_and(|word| {
            word.is(&["in", "of", "for", "since", "until", "till", "by", "mid", "early", "late", "from", "to", "and"])
        });
    // In small letters they may be other words, so they count as said and are not asked for.
    if let Some(month) = month.filter(|_| token.tag != Tag::Modal) {
        push(Part::Month(month), !(token.capital && certain), FactKind::Date);
    }
    const SHORT: [&str; 11] = ["mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"];
    let start: String = lower.chars().take(3).collect();
    if let Some(day) = WEEKDAYS.iter().position(|name| SHORT.contains(&lower) && *name == start) {
        push(Part::Weekday(day), true, FactKind::Date);
    }
}

/// "tommorow": a word nobody knows, one or two letters away.
fn misspelt(token: &Token, word: &str) -> bool {
    token.entry.is_none_or(|entry| entry.is_guess())
        && token.lower.len().abs_diff(word.len()) <= 1
        && strsim::osa_distance(&token.lower, word) <= 2
}

fn push_number(document: &Document<'_>, index: usize, number: f64, loose: bool, token: &Token, found: &mut Vec<Value>) {
    let next = document.tokens.get(index + 1).map(|next| next.lower.as_str());
    let unit = next.and_then(long_unit);
    let part = Part::Number(number);
    found.push(Value { part, token: index, span: token.span, unit, loose, kind: FactKind::Number, fact_key: None });
}

fn is_month(lower: &str, name: &str) -> bool {
    lower == name
        || lower == "sept" && name == "sep"
        || LONG_MONTHS.iter().any(|long| *long == lower && long.starts_with(name))
}

fn clock(key: &str) -> Option<u32> {
    let time = key.strip_prefix("time:")?;
    let mut parts = time.split([':', ' ']);
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    Some(hour * 60 + minute)
}

/// "2)" at the start of a line numbers an item and states nothing.
fn list_number(document: &Document<'_>, fact: &Fact) -> bool {
    let before = document.text.get(..fact.span.start).unwrap_or_default();
    let after = document.text.get(fact.span.end..).unwrap_or_default();
    before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()) && after.starts_with([')', '.'])
}

/// The key under which a value counts as a shared word when places are compared.
pub(super) fn key(part: &Part) -> String {
    match part {
        Part::Number(number) => format!("#{number}"),
        Part::Clock(minutes) => format!("#c{minutes}"),
        Part::Weekday(day) => format!("#w{day}"),
        Part::Month(month) => format!("#m{month}"),
        Part::Day(day) => format!("#{day}"),
        Part::Name(name) => format!("#{name}"),
    }
}
