//! How a fact is spelt for readers: the same value, with the unit written out.

use super::normalise::{RATE_UNITS, show, split_mark, split_unit};
use super::{Fact, FactKind};

/// The fact in plain spelling, or `None` when the author's words are already plain. The value never changes.
pub(crate) fn plain_spelling(fact: &Fact, words: &str) -> Option<String> {
    let (mark, rest) = if fact.kind.is_quantity() { split_mark(words) } else { (None, words) };
    let body = match fact.kind {
        FactKind::Duration => spell_duration(rest).unwrap_or_else(|| rest.to_owned()),
        FactKind::Money => spell_period(rest),
        FactKind::Rate => spell_rate(rest),
        FactKind::Date => spell_shorthand(rest),
        FactKind::Percent => spell_points(rest),
        _ => rest.to_owned(),
    };
    let spelt = match mark {
        Some(mark) => format!("{} {body}", mark.words()),
        None => body,
    };
    (spelt != words).then_some(spelt)
}

/// "1.8pp" as everybody reads it.
fn spell_points(words: &str) -> String {
    let amount = words.strip_suffix("pp").or_else(|| words.strip_suffix("PP"));
    amount.map_or_else(|| words.to_owned(), |amount| format!("{} percentage points", amount.trim_end()))
}

fn spell_shorthand(words: &str) -> String {
    match words {
        "EOD" | "COB" => "end of day".into(),
        "EOW" => "end of week".into(),
        "EOM" => "end of month".into(),
        "EOQ" => "end of quarter".into(),
        "EOY" => "end of year".into(),
        other => other.to_owned(),
    }
}

fn spell_period(words: &str) -> String {
    for (short, long) in [
        ("/mo", " a month"),
        ("/month", " a month"),
        ("/yr", " a year"),
        ("/year", " a year"),
        ("/day", " a day"),
        ("/week", " a week"),
        ("/hr", " an hour"),
        ("/hour", " an hour"),
        ("/user", " per user"),
        ("/seat", " per seat"),
    ] {
        if let Some(amount) = words.strip_suffix(short) {
            return format!("{}{long}", amount.trim_end());
        }
    }
    words.to_owned()
}

/// `600/min` → `600 per minute`.
fn spell_rate(words: &str) -> String {
    let counted = |unit: &str| {
        let count = words.strip_suffix(unit)?.strip_suffix('/')?.trim_end();
        count.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'k' | 'K' | 'M')).then_some(count)
    };
    let told = RATE_UNITS.iter().find_map(|(short, unit)| Some(format!("{} per {unit}", counted(short)?)));
    told.unwrap_or_else(|| words.to_owned())
}

/// `220ms` → `220 milliseconds`, `10 min` → `10 minutes`, `2h30` → `2 hours 30 minutes`. A lone `m` or `d` may be something
/// else (million, metres) and is left.
fn spell_duration(words: &str) -> Option<String> {
    let lower = words.to_lowercase();
    if let Some(compound) = spell_compound(&lower) {
        return Some(compound);
    }
    let (numbers, unit) = split_unit(&lower);
    let singular = match unit {
        "ms" => "millisecond",
        "µs" | "μs" => "microsecond",
        "ns" => "nanosecond",
        "s" | "sec" | "secs" => "second",
        "min" | "mins" => "minute",
        "h" | "hr" | "hrs" => "hour",
        "wk" | "wks" => "week",
        "yr" | "yrs" => "year",
        _ => return None,
    };
    let unit_at = words.rfind(|c: char| c.is_ascii_digit())? + 1;
    let amount = words.get(..unit_at)?;
    // "a 10-min outage" keeps its hyphen and singular: it stands in front of a noun.
    if words.get(unit_at..)?.starts_with('-') {
        return Some(format!("{amount}-{singular}"));
    }
    let one = numbers == [1.0];
    Some(format!("{amount} {singular}{}", if one { "" } else { "s" }))
}

fn spell_compound(lower: &str) -> Option<String> {
    let (hours, rest) = lower.split_once('h')?;
    // "2h 36m"
    let rest = rest.trim_start();
    let hours: u32 = hours.parse().ok()?;
    let minutes: u32 = rest.trim_end_matches("min").trim_end_matches('m').parse().ok()?;
    let plural = |count: u32, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    Some(format!("{} {}", plural(hours, "hour"), plural(minutes, "minute")))
}

/// Two durations in one unit (the larger one's), so that they can be compared at a glance: `0.22 seconds`, `3.4 seconds`.
pub(crate) fn same_unit_spelling(from: &Fact, to: &Fact) -> Option<(String, String)> {
    if from.kind != FactKind::Duration || to.kind != FactKind::Duration || !from.key.ends_with("ms") {
        return None;
    }
    let (low, high) = (from.amount?, to.amount?);
    let largest = low.max(high);
    let (factor, name) = [(8.64e7, "day"), (3.6e6, "hour"), (6e4, "minute"), (1e3, "second"), (1.0, "millisecond")]
        .into_iter()
        .find(|(factor, _)| largest >= *factor)?;
    let spell = |amount: f64| {
        let value = amount / factor;
        let shown = show(value);
        // More than three decimals would read as noise, and rounding would change the value.
        let decimals = shown.split_once('.').map_or(0, |(_, tail)| tail.len());
        (decimals <= 3).then(|| format!("{shown} {name}{}", if value == 1.0 { "" } else { "s" }))
    };
    Some((spell(low)?, spell(high)?))
}

#[cfg(test)]
mod tests {
    use super::super::extract;
    use super::*;

    #[test]
    fn units_are_written_out_and_values_kept() {
        for (text, expected) in [
            ("220ms", "220 milliseconds"),
            ("10 min", "10 minutes"),
            ("1 min", "1 minute"),
            ("~17 min", "about 17 minutes"),
            ("5-10 min", "5-10 minutes"),
            ("2h30", "2 hours 30 minutes"),
            ("2h 36m", "2 hours 36 minutes"),
            ("600/min", "600 per minute"),
            ("10/hr", "10 per hour"),
            ("$12k/mo", "$12k a month"),
            ("EOD", "end of day"),
            ("<1 min", "less than 1 minute"),
            ("~6%", "about 6%"),
        ] {
            let facts = extract(text);
            let spelt = plain_spelling(&facts[0], text).unwrap_or_else(|| text.to_owned());
            assert_eq!(spelt, expected);
            assert_eq!(extract(expected)[0].key, facts[0].key, "{text} and {expected} must be one value");
        }
    }

    #[test]
    fn two_durations_share_a_unit() {
        let facts = extract("220ms 3.4s");
        assert_eq!(
            same_unit_spelling(&facts[0], &facts[1]),
            Some(("0.22 seconds".to_owned(), "3.4 seconds".to_owned()))
        );
    }
}
