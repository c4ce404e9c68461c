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
