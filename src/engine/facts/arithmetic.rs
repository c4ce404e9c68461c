//! Arithmetic on stated figures only: from-to pairs of one unit. Percentages get no percentage of their own.

use super::normalise::show;
use super::{Fact, FactKind};

/// A value computed from two stated ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Derived {
    /// How it is said: `about 15 times`, `67%`.
    pub(crate) amount: String,
    /// Whether the later value is the larger one.
    pub(crate) rises: bool,
    /// Whether `amount` is a factor (times) rather than a share.
    pub(crate) times: bool,
    /// How it was computed, for the ledger.
    pub(crate) formula: String,
}

/// Compares a from-to pair. `None` when the units differ, a value is zero, or the result says nothing new.
pub(crate) fn compare_quantities(from: &Fact, to: &Fact, source: &str) -> Option<Derived> {
    let same_kind = from.kind == to.kind && unit_of(&from.key) == unit_of(&to.key);
    let comparable =
        matches!(from.kind, FactKind::Duration | FactKind::Money | FactKind::Size | FactKind::Rate | FactKind::Number);
    if !same_kind || !comparable {
        return None;
    }
    let (low, high) = (from.amount?, to.amount?);
    if low <= 0.0 || high <= 0.0 || low == high {
        return None;
    }
    let words = |fact: &Fact| source.get(fact.span.start..fact.span.end).unwrap_or_default().to_owned();
    let rises = high > low;
    let ratio = high.max(low) / high.min(low);
    if rises && ratio >= 2.0 {
        let rounded = if ratio >= 10.0 { ratio.floor() } else { (ratio * 10.0).round() / 10.0 };
        let exact = (rounded - ratio).abs() < 1e-9;
        let amount = format!("{}{} times", if exact { "" } else { "about " }, show(rounded));
        let formula = format!("{} / {} = {}", words(to), words(from), show((ratio * 10.0).round() / 10.0));
        return Some(Derived { amount, rises, times: true, formula });
    }
    let share = (high - low).abs() / low * 100.0;
    let rounded = share.round();
    if rounded < 1.0 {
        return None;
    }
    let exact = (rounded - share).abs() < 1e-9;
    let amount = format!("{}{}%", if exact { "" } else { "about " }, show(rounded));
    let formula = format!(
        "({} - {}) / {} = {}%",
        words(if rises { to } else { from }),
        words(if rises { from } else { to }),
        words(from),
        show((share * 10.0).round() / 10.0)
    );
    Some(Derived { amount, rises, times: false, formula })
}

/// A monthly amount for a year, in the author's currency. Only single amounts: a range times twelve is a guess.
pub(crate) fn yearly(monthly: &Fact, words: &str) -> Option<Derived> {
    let sum = monthly.amount? * 12.0;
    let sign = ["$", "€", "£", "¥"].into_iter().find(|sign| words.contains(sign));
    let code = ["USD", "EUR", "GBP", "CHF"].into_iter().find(|code| words.contains(code));
    let amount = match (sign, code) {
        (Some(sign), _) => format!("{sign}{}", grouped(sum)),
        (None, Some(code)) => format!("{} {code}", grouped(sum)),
        (None, None) => return None,
    };
    let formula = format!("{words} × 12 = {amount}");
    Some(Derived { amount, rises: true, times: false, formula })
}

/// What a share of the time leaves over in 30 days, rounded to what can be remembered.
pub(crate) fn left_over(share: &Fact, words: &str) -> Option<Derived> {
    let minutes = (100.0 - share.amount?) / 100.0 * 30.0 * 24.0 * 60.0;
    let amount = if minutes >= 120.0 {
        format!("about {} hours", show((minutes / 60.0).round()))
    } else if minutes >= 1.5 {
        format!("about {} minutes", show(minutes.round()))
    } else {
        format!("about {} seconds", show((minutes * 60.0).round()))
    };
    let formula = format!("(100% - {words}) × 30 days = {} minutes", show((minutes * 10.0).round() / 10.0));
    Some(Derived { amount, rises: false, times: false, formula })
}

/// 144000 as 144,000; cents are dropped only when there are none.
fn grouped(value: f64) -> String {
    let text = if value.fract().abs() < 0.005 { format!("{value:.0}") } else { format!("{value:.2}") };
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut line = String::with_capacity(text.len() + 4);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            line.push(',');
        }
        line.push(digit);
    }
    rest.map_or(line.clone(), |rest| format!("{line}.{rest}"))
}

fn unit_of(key: &str) -> String {
    key.chars().filter(|c| !c.is_ascii_digit() && *c != '.').collect()
}

#[cfg(test)]
mod tests {
    use super::super::extract;
    use super::*;

    fn derive(text: &str) -> Option<(String, String)> {
        let facts = extract(text);
        compare_quantities(&facts[0], &facts[1], text).map(|derived| (derived.amount, derived.formula))
    }

    #[test]
    fn sums_for_a_year_and_for_a_month() {
        let year = |text: &str| yearly(&extract(text)[0], text).map(|sum| (sum.amount, sum.formula));
        assert_eq!(year("$12k/mo"), Some(("$144,000".into(), "$12k/mo × 12 = $144,000".into())));
        assert_eq!(
            year("49.90 EUR per month"),
            Some(("598.80 EUR".into(), "49.90 EUR per month × 12 = 598.80 EUR".into()))
        );
        assert_eq!(year("$1-2k/mo"), None);
        let rest = |text: &str| left_over(&extract(text)[0], text).map(|rest| rest.amount);
        assert_eq!(rest("99.9%").as_deref(), Some("about 43 minutes"));
        assert_eq!(rest("99.5%").as_deref(), Some("about 4 hours"));
        assert_eq!(rest("99.999%").as_deref(), Some("about 26 seconds"));
    }

    #[test]
    fn only_stated_pairs_of_one_unit_are_compared() {
        let of = |amount: &str, formula: &str| Some((amount.to_owned(), formula.to_owned()));
        assert_eq!(derive("from 220ms to 3.4s"), of("about 15 times", "3.4s / 220ms = 15.5"));
        assert_eq!(derive("from 1.2s to 300ms"), of("75%", "(1.2s - 300ms) / 1.2s = 75%"));
        assert_eq!(derive("from $12k to $8k"), of("about 33%", "($12k - $8k) / $12k = 33.3%"));
        assert_eq!(derive("from 85% to 30%"), None);
        assert_eq!(derive("from $12k to 8 days"), None);
        assert_eq!(derive("from 5-10 min to 20 min"), None);
    }
}
