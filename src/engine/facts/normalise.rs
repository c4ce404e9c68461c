//! Equal facts get equal keys: `72 min`, `72 minutes` and `1h12m` are one duration.

use super::{Fact, FactKind, Mark};
use crate::engine::source::ByteSpan;

/// Builds the fact for `words`, which the lexer found at `span`.
pub(super) fn fact(kind: FactKind, span: ByteSpan, words: &str) -> Fact {
    let (mark, rest) = if kind.is_quantity() || kind == FactKind::Time { split_mark(words) } else { (None, words) };
    let (value, amount) = match kind {
        FactKind::Duration => duration(rest),
        FactKind::Percent => amounts(rest, percent_unit),
        FactKind::Money => money(rest),
        FactKind::Size => size(rest),
        FactKind::Number | FactKind::Ratio => number(rest),
        FactKind::Rate => rate(rest),
        FactKind::Time => (time(rest), None),
        FactKind::Date => (date(rest), None),
        FactKind::Version => (rest.trim_start_matches('v').to_lowercase(), None),
        FactKind::Link => (link_target(rest).to_owned(), None),
        FactKind::Code => (rest.trim_matches('`').trim().to_owned(), None),
        FactKind::Percentile => (rest.to_lowercase(), None),
        _ => (rest.to_owned(), None),
    };
    // Version numbers and plain numbers share a key space: "release 2.465" may be read as either.
    let space = match kind {
        FactKind::Code | FactKind::Identifier | FactKind::Path | FactKind::Host => "name",
        FactKind::Version => "number",
        other => other.name(),
    };
    Fact { kind, span, key: format!("{space}:{value}"), amount, mark }
}

/// The address of a Markdown link, an angle link or a bare one.
fn link_target(words: &str) -> &str {
    let inner = match words.rsplit_once("](") {
        Some((_, target)) => target.trim_end_matches(')'),
        None => words,
    };
    inner.trim_start_matches('<').trim_end_matches('>')
}

/// Splits `~5` into its mark and the rest.
pub(super) fn split_mark(words: &str) -> (Option<Mark>, &str) {
    const MARKS: [(&str, Mark); 10] = [
        ("~", Mark::About),
        ("≈", Mark::About),
        ("<=", Mark::AtMost),
        ("≤", Mark::AtMost),
        (">=", Mark::AtLeast),
        ("≥", Mark::AtLeast),
        ("<", Mark::Below),
        (">", Mark::Above),
        ("±", Mark::PlusMinus),
        ("+/-", Mark::PlusMinus),
    ];
    for (sign, mark) in MARKS {
        if let Some(rest) = words.strip_prefix(sign) {
            return (Some(mark), rest.trim_start());
        }
    }
    (None, words)
}

/// The numbers in front of a unit (one, or two for a range) and the unit.
pub(super) fn split_unit(words: &str) -> (Vec<f64>, &str) {
    let mut numbers = Vec::new();
    let mut rest = words.trim();
    loop {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
        let Some((number, after)) = rest.split_at_checked(digits) else { break };
        let Ok(value) = number.replace(',', "").parse::<f64>() else { break };
        numbers.push(value);
        let after = after.trim_start();
        let next = after
            .strip_prefix('-')
            .or_else(|| after.strip_prefix('–'))
            .or_else(|| after.strip_prefix("to "))
            .map(|text| text.trim_start().trim_start_matches(['$', '€', '£', '¥']));
        match next {
            Some(text) if numbers.len() == 1 && text.starts_with(|c: char| c.is_ascii_digit()) => rest = text,
            _ => {
                rest = after.trim_start_matches('-');
                break;
            }
        }
    }
    (numbers, rest)
}

/// A number without noise: `6`, `0.25`, `1234567`.
pub(super) fn show(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    format!("{rounded}")
}

fn keyed(numbers: &[f64], factor: f64, unit: &str) -> (String, Option<f64>) {
    let values: Vec<String> = numbers.iter().map(|number| show(number * factor)).collect();
    let amount = if let [single] = numbers { Some(single * factor) } else { None };
    (format!("{}{unit}", values.join("-")), amount)
}

fn amounts(words: &str, unit: fn(&str) -> Option<(f64, &'static str)>) -> (String, Option<f64>) {
    let (numbers, rest) = split_unit(words);
    match unit(&rest.to_lowercase()) {
        Some((factor, name)) if !numbers.is_empty() => keyed(&numbers, factor, name),
        _ => (words.to_lowercase(), None),
    }
}

fn percent_unit(unit: &str) -> Option<(f64, &'static str)> {
    if unit.contains("point") || unit == "pp" { Some((1.0, "pp")) } else { Some((1.0, "%")) }
}

/// Milliseconds in a unit of time; months and years have no fixed length and stay units of their own.
pub(super) fn time_unit(unit: &str) -> Option<(f64, &'static str)> {
    let unit = unit.to_lowercase();
    Some(match unit.as_str() {
        "ns" | "nanosecond" | "nanoseconds" => (1e-6, "ms"),
        "us" | "µs" | "μs" | "microsecond" | "microseconds" => (1e-3, "ms"),
        "ms" | "millisecond" | "milliseconds" => (1.0, "ms"),
        "s" | "sec" | "secs" | "second" | "seconds" => (1e3, "ms"),
        "m" | "min" | "mins" | "minute" | "minutes" => (6e4, "ms"),
        "h" | "hr" | "hrs" | "hour" | "hours" => (3.6e6, "ms"),
        "d" | "day" | "days" | "calendar day" | "calendar days" => (8.64e7, "ms"),
        "w" | "wk" | "wks" | "week" | "weeks" => (6.048e8, "ms"),
        "fortnight" | "fortnights" => (1.2096e9, "ms"),
        "business day" | "business days" | "working day" | "working days" => (1.0, "working days"),
        "mo" | "month" | "months" => (1.0, "months"),
        "quarter" | "quarters" => (3.0, "months"),
        "y" | "yr" | "yrs" | "year" | "years" => (12.0, "months"),
        "sprint" | "sprints" => (1.0, "sprints"),
        _ => return None,
    })
}

fn duration(words: &str) -> (String, Option<f64>) {
    let lower = words.to_lowercase();
    if let Some(total) = compound_duration(&lower) {
        return (format!("{}ms", show(total)), Some(total));
    }
    let (numbers, rest) = split_unit(&lower);
    if let (false, Some((factor, unit))) = (numbers.is_empty(), time_unit(rest)) {
        return keyed(&numbers, factor, unit);
    }
    if let Some((first, unit)) = lower.split_once([' ', '-'])
        && let Some((half, unit)) = spelled_duration(first, unit)
        && let Some((factor, name)) = time_unit(unit)
    {
        return keyed(&[half], factor, name);
    }
    (lower, None)
}

fn spelled_duration<'a>(first: &str, unit: &'a str) -> Option<(f64, &'a str)> {
    if first == "half" {
        return unit.strip_prefix("an ").or_else(|| unit.strip_prefix("a ")).map(|unit| (0.5, unit));
    }
    let unit_after_half = unit.strip_prefix("half ").or_else(|| unit.strip_prefix("half-"));
    match (word_number(first), first, unit_after_half) {
        (Some(number), _, None) => Some((number, unit)),
        (None, "a" | "an", Some(unit)) => Some((0.5, unit)),
        (None, "a" | "an", None) => Some((1.0, unit)),
        _ => None,
    }
}

/// `2h30`, `1h30m`, `5m30s`, `2d4h` in milliseconds.
fn compound_duration(lower: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut parts = 0;
    let mut last_factor = None;
    let mut digits = String::new();
    let mut unit = String::new();
    let compact: String = lower.replace("and ", "").chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let mut characters = compact.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_digit() {
            digits.push(character);
        } else {
            unit.push(character);
        }
        let ends = characters.peek().is_none_or(|next| !unit.is_empty() && next.is_ascii_digit());
        if ends {
            let number: f64 = digits.parse().ok()?;
            let factor = match (unit.as_str(), last_factor) {
                // "2h30" leaves the minutes' unit out.
                ("", Some(3.6e6)) => 6e4,
                (text, _) => time_unit(text).filter(|(_, name)| *name == "ms")?.0,
            };
            total += number * factor;
            parts += 1;
            last_factor = Some(factor);
            digits.clear();
            unit.clear();
        }
    }
    (parts >= 2).then_some(total)
}

fn money(words: &str) -> (String, Option<f64>) {
    let lower = words.to_lowercase();
    let currency = [
        ("$", "usd"),
        ("usd", "usd"),
        ("dollar", "usd"),
        ("€", "eur"),
        ("eur", "eur"),
        ("£", "gbp"),
        ("gbp", "gbp"),
        ("pound", "gbp"),
        ("¥", "jpy"),
        ("chf", "chf"),
        ("cent", "cent"),
    ]
    .iter()
    .find(|(sign, _)| lower.contains(sign))
    .map_or("", |(_, code)| code);
    let from_digit = lower.find(|c: char| c.is_ascii_digit()).and_then(|at| lower.get(at..)).unwrap_or(&lower);
    let (numbers, rest) = split_unit(from_digit);
    let scale = magnitude(rest);
    let period =
        ["month", "mo", "year", "yr", "day", "week", "wk", "hour", "hr", "quarter", "seat", "user", "person", "head"]
            .iter()
            .find(|name| rest.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == **name))
            .map_or("", |name| match *name {
                "mo" => "month",
                "yr" => "year",
                "wk" => "week",
                "hr" => "hour",
                other => other,
            });
    let (value, amount) = keyed(&numbers, scale, "");
    (format!("{currency}{value}/{period}"), amount)
}

/// The factor of a trailing `k`, `m`, `bn`.
fn magnitude(rest: &str) -> f64 {
    let word: String = rest.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    match word.as_str() {
        "k" | "thousand" => 1e3,
        "m" | "mm" | "million" => 1e6,
        "b" | "bn" | "billion" => 1e9,
        _ => 1.0,
    }
}

fn size(words: &str) -> (String, Option<f64>) {
    let (numbers, rest) = split_unit(words);
    let base = rest.trim_end_matches("/s").trim_end_matches("bit").trim_end_matches("bps").trim_end_matches('B');
    let factor = match base {
        "k" | "K" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "byte" | "bytes" | "" => 1.0,
        _ => return (words.to_lowercase(), None),
    };
    let unit = if rest.contains("bps") || rest.contains("bit") {
        "bit"
    } else if rest.ends_with("/s") {
        "B/s"
    } else {
        "B"
    };
    keyed(&numbers, factor, unit)
}

/// The value of a number written as a word.
pub(super) fn word_number(word: &str) -> Option<f64> {
    Some(match word.to_lowercase().as_str() {
        "one" => 1.0,
        "two" | "twice" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "eleven" => 11.0,
        "twelve" | "dozen" => 12.0,
        "fifteen" => 15.0,
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "ninety" => 90.0,
        "hundred" => 100.0,
        "thousand" => 1000.0,
        "million" => 1e6,
        _ => return None,
    })
}

fn number(words: &str) -> (String, Option<f64>) {
    if let Some(value) = word_number(words) {
        return (show(value), Some(value));
    }
    let lower = words.to_lowercase();
    let (numbers, rest) = split_unit(&lower);
    if numbers.is_empty() {
        return (lower, None);
    }
    let rest = rest.trim();
    let (unit, factor) = match rest {
        "st" | "nd" | "rd" | "th" | "" => ("", 1.0),
        "+" => ("+", 1.0),
        "x" | "×" | "times" | "fold" => ("x", 1.0),
        "k" => ("", 1e3),
        "m" => ("", 1e6),
        "bn" => ("", 1e9),
        other => match other.strip_prefix('k') {
            Some(unit) => (unit.trim_start(), 1e3),
            None => (other, 1.0),
        },
    };
    keyed(&numbers, factor, unit)
}

/// What a rate may be counted by behind its stroke, and the word for it.
pub(super) const RATE_UNITS: [(&str, &str); 10] = [
    ("s", "second"),
    ("sec", "second"),
    ("second", "second"),
    ("min", "minute"),
    ("minute", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("hour", "hour"),
    ("day", "day"),
    ("week", "week"),
];

/// `600/min` and `600 per minute`, `10/hr` and `10 per hour` are one rate.
fn rate(words: &str) -> (String, Option<f64>) {
    let lower = words.to_lowercase();
    let parts = lower.split_once('/').or_else(|| lower.split_once(" per "));
    let Some((count, unit)) = parts else { return number(words) };
    let unit = RATE_UNITS.iter().find(|(short, _)| *short == unit.trim());
    let Some((_, unit)) = unit else { return number(words) };
    let (counted, amount) = number(count.trim());
    (format!("{counted}/{unit}"), amount)
}

/// `14:05`, `2:05 pm`, `18h15 UTC` as a 24-hour clock, with the zone only when it is stated.
fn time(words: &str) -> String {
    let lower = words.to_lowercase().replace(['(', ')'], "");
    let digits_end = lower.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == 'h')).unwrap_or(lower.len());
    let Some((clock, rest)) = lower.split_at_checked(digits_end) else { return lower };
    let mut parts = clock.split([':', 'h']);
    let mut hour: u32 = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let minute: u32 = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let second: u32 = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let rest = rest.trim();
    let (half, zone) = if let Some(zone) = rest.strip_prefix("pm") {
        (Some(12), zone)
    } else if let Some(zone) = rest.strip_prefix("am") {
        (Some(0), zone)
    } else {
        (None, rest)
    };
    match half {
        Some(12) if hour < 12 => hour += 12,
        Some(0) if hour == 12 => hour = 0,
        _ => {}
    }
    format!("{hour:02}:{minute:02}:{second:02} {}", zone.trim()).trim_end().to_owned()
}

/// Month names become numbers, ordinals lose their ending, `EOD` equals "end of day". Nothing relative is resolved.
fn date(words: &str) -> String {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = words.to_lowercase();
    match lower.as_str() {
        "eod" | "cob" | "close of business" => return "end of day".into(),
        "eow" => return "end of week".into(),
        "eom" => return "end of month".into(),
        "eoq" => return "end of quarter".into(),
        "eoy" => return "end of year".into(),
        _ => {}
    }
    if let Some(rest) = lower.strip_prefix("the end of ").or_else(|| lower.strip_prefix("end of ")) {
        return format!("end of {}", rest.strip_prefix("the ").unwrap_or(rest));
    }
    if let Some((year, rest)) = lower.split_once('-')
        && year.len() == 4
        && let Some((month, day)) = rest.split_once('-')
        && let (Ok(month), Some(Ok(day))) = (month.parse::<u32>(), day.get(..2).map(str::parse::<u32>))
    {
        let tail = day_tail(rest);
        return format!("{year} m{month} {day}{tail}");
    }
    if lower.contains(['.', '/'])
        && let [first, second, year] = lower.split(['.', '/']).collect::<Vec<_>>().as_slice()
    {
        // Day and month order differs by country, so it is kept as written unless the dots say day first.
        return if lower.contains('.') {
            format!("{year} m{} {}", second.trim_start_matches('0'), first.trim_start_matches('0'))
        } else {
            lower.clone()
        };
    }
    let mut year = String::new();
    let mut month = String::new();
    let mut day = String::new();
    let mut other = Vec::new();
    for word in lower.split(|c: char| c.is_whitespace() || c == ',' || c == '.').filter(|word| !word.is_empty()) {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        let start = word.get(..3).unwrap_or(word);
        if bare.len() == 4 && bare.bytes().all(|b| b.is_ascii_digit()) {
            year = bare.to_owned();
        } else if bare.bytes().next().is_some_and(|b| b.is_ascii_digit()) {
            day = bare.trim_start_matches('0').to_owned();
        } else if let Some(at) = MONTHS.iter().position(|name| *name == start && !matches!(word, "month")) {
            month = format!("m{}", at + 1);
        } else if let Some(name) = DAYS.iter().find(|name| **name == start) {
            // A weekday beside a full date repeats it; alone it is the date.
            other.push((*name).to_owned());
        } else if !matches!(word, "the" | "of") {
            other.push(word.to_owned());
        }
    }
    if !month.is_empty() {
        return format!("{year} {month} {day}").trim().to_owned();
    }
    other.extend([year, day].into_iter().filter(|part| !part.is_empty()));
    other.join(" ")
}

fn day_tail(rest: &str) -> String {
    rest.split_once(['t', ' ']).map(|(_, clock)| format!(" {}", clock.trim_end_matches('z'))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::extract;

    fn key(text: &str) -> String {
        let facts = extract(text);
        assert_eq!(facts.len(), 1, "{text:?} gave {facts:?}");
        facts[0].key.clone()
    }

    #[test]
    fn equal_facts_have_equal_keys() {
        for group in [
            vec!["72 min", "72 minutes", "1h12m", "1h12", "72-minute"],
            vec!["220ms", "0.22 seconds", "220 milliseconds", "0.22s"],
            vec!["two hours", "2 hours", "120 min", "2h"],
            vec!["28 March 2024", "March 28, 2024", "28th of March 2024", "2024-03-28", "Thursday 28 March 2024"],
            vec!["13.5.2022", "13 May 2022", "2022-05-13"],
            vec!["07:30am UTC", "7:30 UTC", "07:30 UTC"],
            vec!["2:05 pm", "14:05"],
            vec!["$12k/mo", "$12,000 a month", "$12,000 per month"],
            vec!["6%", "6 percent", "~6%"],
            vec!["1,800", "1800", "1.8k"],
            vec!["EOD", "end of day", "end of the day"],
            vec!["4GiB", "4096 MiB"],
        ] {
            for text in &group {
                assert_eq!(key(text), key(group[0]), "{text}");
            }
        }
    }

    #[test]
    fn different_facts_have_different_keys() {
        for (left, right) in [
            ("5%", "5 percentage points"),
            ("5 min", "5-10 min"),
            ("14:05", "14:05 UTC"),
            ("$12k/mo", "$12k/year"),
            ("3x", "3"),
            ("4GB", "4GiB"),
            ("March 28", "March 28, 2024"),
        ] {
            assert_ne!(key(left), key(right), "{left} and {right}");
        }
    }
}
