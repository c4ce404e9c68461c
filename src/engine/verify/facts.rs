//! Values of the source that are missing or changed, values of the candidate that the source does not state.

use std::collections::BTreeSet;

use super::brought::Brought;
use super::discrepancy;
use super::numbers::figures_anywhere;
use super::side::Side;
use super::values::{DAY, Part, Value};
use crate::engine::facts::FactKind;
use crate::engine::rendering::Discrepancy;
use crate::engine::text::{Tag, TokenKind};

/// Compares the values of both sides in both directions.
pub(super) fn compare(source: &Side<'_>, candidate: &Side<'_>, brought: &Brought, found: &mut Vec<Discrepancy>) {
    let stated = Stock::of(source);
    let told = Stock::of(candidate);
    for value in &source.values {
        if !value.loose
            && !told.holds(value, source, candidate)
            && !brought.covers(value.span)
            && !restated(value, candidate)
        {
            let words = source.document.slice(value.span);
            let text = format!("The {} \"{words}\" of the source is missing.", value.kind.name());
            push_once(found, discrepancy("missing_fact", text, words, ""));
        }
    }
    let listed = listed_items(source);
    for value in &candidate.values {
        let words = candidate.document.slice(value.span);
        let allowed = match value.part {
            // "one of them", "both", "a third of it" are ways of speaking; what they count is compared where it is stated.
            Part::Number(number) => value.loose && number <= 2.0 || listed.contains(&(number as usize)),
            Part::Weekday(_) | Part::Month(_) => value.loose,
            _ => false,
        };
        if !allowed && !stated.holds(value, candidate, source) && !brought.says(words) && !quoted(source, words) {
            let text = format!("The source does not state the {} \"{words}\".", value.kind.name());
            push_once(found, discrepancy("unstated_fact", text, "", words));
        }
    }
}

fn push_once(found: &mut Vec<Discrepancy>, new: Discrepancy) {
    if !found.contains(&new) {
        found.push(new);
    }
}

/// Zero may be said as "no", and a moment without a figure of its own as "then".
fn restated(value: &Value, candidate: &Side<'_>) -> bool {
    match &value.part {
        Part::Number(number) => *number == 0.0,
        Part::Day("end of day") => candidate.text.contains("end of") || candidate.text.contains("today"),
        _ => false,
    }
}

/// Whether the source holds these very words, in a piece of code or a log line that is one fact as a whole.
fn quoted(source: &Side<'_>, words: &str) -> bool {
    let words = words.to_lowercase();
    let inside = |c: char| c.is_alphanumeric() || c == '.';
    words.chars().count() > 3
        && source.text.match_indices(words.as_str()).any(|(at, _)| {
            let before = source.text.get(..at).and_then(|head| head.chars().next_back());
            let after = source.text.get(at + words.len()..).and_then(|tail| tail.chars().next());
            !before.is_some_and(inside) && !after.is_some_and(char::is_alphanumeric)
        })
}

/// How many items the source lists: a rewriter may say "three actions".
fn listed_items(source: &Side<'_>) -> BTreeSet<usize> {
    let markers = source.document.tokens.iter().filter(|token| token.kind == TokenKind::Marker).count();
    (0..=markers).filter(|count| *count > 1 && *count == markers).collect()
}

/// What one side states, ready to be asked.
struct Stock {
    numbers: Vec<(f64, Option<&'static str>)>,
    figures: Vec<f64>,
    keys: BTreeSet<String>,
    others: Vec<Part>,
}

impl Stock {
    fn of(side: &Side<'_>) -> Self {
        let mut numbers = Vec::new();
        let mut others = Vec::new();
        for value in &side.values {
            match &value.part {
                Part::Number(number) => numbers.push((*number, value.unit)),
                other => {
                    if let Part::Clock(minutes) = other
                        && minutes % 60 == 0
                    {
                        numbers.push((f64::from(minutes / 60), None));
                        numbers.push((f64::from(minutes / 60) - 12.0, None));
                    }
                    others.push(other.clone());
                }
            }
        }
        numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
        let keys = side.document.facts.iter().map(|fact| fact.key.clone()).collect();
        Self { numbers, figures: figures_anywhere(side.document.text), keys, others }
    }

    fn holds(&self, value: &Value, there: &Side<'_>, here: &Side<'_>) -> bool {
        if value.kind != FactKind::Number && value.fact_key.as_ref().is_some_and(|key| self.keys.contains(key)) {
            return true;
        }
        match &value.part {
            Part::Number(number) => {
                self.holds_number(*number, value.unit.filter(|unit| *unit != DAY))
                    && !self.only_order(*number, value, there)
            }
            Part::Clock(minutes) => {
                let hour = f64::from(minutes / 60);
                self.others.contains(&value.part)
                    || minutes % 60 == 0 && (self.holds_number(hour, None) || self.holds_number(hour - 12.0, None))
            }
            Part::Name(name) => here.names(name) || self.holds_spelt_out(name),
            Part::Day("today") => here.text.contains("today") || here.text.contains("tonight") || value.loose,
            other => self.others.contains(other),
        }
    }

    /// Whether a number that counts things is known here as a place in an order alone: "8 people" and "the 8th".
    fn only_order(&self, number: f64, value: &Value, there: &Side<'_>) -> bool {
        let counts = value.kind == FactKind::Number
            && value.unit.is_none()
            && there.token(value.token + 1).is_some_and(|next| next.tag == Tag::PluralNoun);
        let from = self.numbers.partition_point(|(other, _)| *other < number);
        let mut same = self.numbers.iter().skip(from).take_while(|(other, _)| *other == number).peekable();
        counts && same.peek().is_some() && same.all(|(_, unit)| *unit == Some(DAY))
    }

    fn holds_number(&self, number: f64, unit: Option<&'static str>) -> bool {
        let near = |other: f64| (other - number).abs() < 1e-6 * number.abs().max(1.0);
        let from = self.numbers.partition_point(|(other, _)| *other < number - 1e-6 * number.abs().max(1.0));
        let mut same = self.numbers.iter().skip(from).take_while(|(other, _)| near(*other)).peekable();
        if same.peek().is_some() {
            // "30 seconds" is not "30 minutes"; a figure without a unit may have been given one by its neighbour.
            return unit.is_none() || same.any(|(_, other)| other.is_none() || *other == unit);
        }
        // Figures inside names ("sev2", "replica-3") may be told apart from them.
        let from = self.figures.partition_point(|other| *other < number - 1e-6);
        self.figures.get(from).is_some_and(|other| near(*other))
    }

    /// "Sev2" may be told as "severity 2", "P3" as "priority 3".
    fn holds_spelt_out(&self, name: &str) -> bool {
        let digits: String = name.chars().skip_while(|c| c.is_ascii_alphabetic()).collect();
        let letters = name.len() - digits.len();
        (1..=4).contains(&letters) && digits.parse::<f64>().is_ok_and(|number| self.holds_number(number, None))
    }
}
