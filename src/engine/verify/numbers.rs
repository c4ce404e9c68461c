//! Numbers and units in words and figures: "twenty-five", "8.2M", "two weeks".

use crate::engine::facts::FactKind;

/// The value of a number written as a word, and whether prose uses it loosely.
pub(super) fn number_word(word: &str) -> Option<(f64, bool)> {
    let lower = word.to_lowercase();
    let strict = |number: f64| Some((number, false));
    let loose = |number: f64| Some((number, true));
    match lower.as_str() {
        "zero" | "null" => loose(0.0),
        "one" | "single" => loose(1.0),
        "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine" | "ten" | "eleven" | "twelve"
        | "thirteen" | "fourteen" | "fifteen" | "sixteen" | "seventeen" | "eighteen" | "nineteen" => {
            strict(small(&lower).unwrap_or_default())
        }
        "twenty" => strict(20.0),
        "thirty" => strict(30.0),
        "forty" => strict(40.0),
        "fifty" => strict(50.0),
        "sixty" => strict(60.0),
        "seventy" => strict(70.0),
        "eighty" => strict(80.0),
        "ninety" => strict(90.0),
        "hundred" => strict(100.0),
        "thousand" => strict(1e3),
        "million" => strict(1e6),
        "billion" => strict(1e9),
        "hundreds" => loose(100.0),
        "thousands" => loose(1e3),
        "millions" => loose(1e6),
        "dozen" => strict(12.0),
        "dozens" => loose(12.0),
        "second" | "twice" | "both" | "double" | "doubled" | "doubles" | "couple" | "pair" | "half" => loose(2.0),
        "third" | "triple" | "tripled" | "thirds" => loose(3.0),
        "fourth" | "quarters" => loose(4.0),
        "fifth" => loose(5.0),
        "sixth" => loose(6.0),
        "seventh" => loose(7.0),
        "eighth" => loose(8.0),
        "ninth" => loose(9.0),
        "tenth" => loose(10.0),
        _ => None,
    }
}

fn small(lower: &str) -> Option<f64> {
    const NAMES: [&str; 18] = [
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let position = NAMES.iter().position(|name| *name == lower)?;
    u32::try_from(position + 2).ok().map(f64::from)
}

/// "million" behind figures scales them.
pub(super) fn scale_word(words: &str) -> Option<f64> {
    Some(match words.to_lowercase().as_str() {
        "hundred" => 100.0,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        _ => return None,
    })
}

/// Every figure in `words`, without regard to what is around it.
pub(super) fn numerals(words: &str) -> Vec<f64> {
    scaled_numerals(words, false).into_iter().map(|(number, _)| number).collect()
}

/// Every figure in `words` with the letters behind it; with `letters`, `k`, `M` and `bn` scale it.
pub(super) fn scaled_numerals(words: &str, letters: bool) -> Vec<(f64, String)> {
    let mut numbers = Vec::new();
    let mut rest = words;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = rest.split_at(start).1;
        let end = from.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.'))).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        let digits: String = digits.trim_end_matches([',', '.']).chars().filter(|c| *c != ',').collect();
        let unit: String = after.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        let scale = if letters { letter_scale(&unit) } else { 1.0 };
        // "2.4.9" is no number, its parts are.
        match digits.parse::<f64>() {
            Ok(number) => numbers.push((number * scale, unit)),
            Err(_) => {
                numbers.extend(digits.split('.').filter_map(|part| Some((part.parse::<f64>().ok()?, String::new()))))
            }
        }
        rest = after;
    }
    numbers
}

fn letter_scale(unit: &str) -> f64 {
    match unit.to_lowercase().as_str() {
        "k" | "thousand" | "krps" | "kreq" => 1e3,
        "m" | "mm" | "million" => 1e6,
        "b" | "bn" | "billion" => 1e9,
        _ => 1.0,
    }
}

/// The unit of a fact in one spelling.
pub(super) fn unit_of(words: &str, kind: FactKind) -> Option<&'static str> {
    let lower = words.to_lowercase();
    match kind {
        FactKind::Money => [
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
        ]
        .iter()
        .find(|(sign, _)| lower.contains(sign))
        .map(|(_, unit)| *unit),
        FactKind::Percent => Some(if lower.contains("point") || lower.ends_with("pp") { "points" } else { "percent" }),
        FactKind::Duration | FactKind::Size => lower
            .split(|c: char| !(c.is_alphabetic() || c == 'µ'))
            .filter_map(|word| short_unit(word, kind))
            .next_back(),
        _ => None,
    }
}

/// The unit that a word of a fact names, abbreviations included.
pub(super) fn short_unit(word: &str, kind: FactKind) -> Option<&'static str> {
    let unit = match word {
        "ms" => "ms",
        "s" | "sec" | "secs" => "second",
        "m" | "min" | "mins" => "minute",
        "h" | "hr" | "hrs" => "hour",
        "d" => "day",
        "wk" | "wks" => "week",
        "yr" | "yrs" => "year",
        "kb" | "kib" => "kb",
        "mb" | "mib" => "mb",
        "gb" | "gib" | "gi" => "gb",
        "tb" | "tib" => "tb",
        _ => return if kind == FactKind::Size { None } else { long_unit(word) },
    };
    Some(unit)
}

/// The unit that a word of prose names.
pub(super) fn long_unit(word: &str) -> Option<&'static str> {
    Some(match word.trim_end_matches('s') {
        "millisecond" => "ms",
        "second" => "second",
        "minute" => "minute",
        "hour" => "hour",
        "day" => "day",
        "week" => "week",
        "month" => "month",
        "quarter" => "quarter",
        "year" => "year",
        _ => return None,
    })
}

/// Figures that a text holds anywhere, inside names and list markers too.
pub(super) fn figures_anywhere(text: &str) -> Vec<f64> {
    let mut found = numerals(text);
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}
