//! Sums that a reader would otherwise do in the head, from stated figures only: a yearly amount "at that rate", what an
//! availability leaves over, how far apart two figures of a from-to pair are.

use super::sentences::Teller;
use crate::engine::facts::{Fact, FactKind, Mark, compare_quantities, left_over, yearly};
use crate::engine::reading::{Statement, is_limited};
use crate::engine::rendering::{FactRow, FactStatus};
use crate::engine::text::Document;

/// Verbs by which a figure becomes another: "open from 8 to 16" compares nothing.
const MOVES: &[&str] = &[
    "go", "rise", "fall", "grow", "drop", "increase", "decrease", "cut", "improve", "climb", "shrink", "jump",
    "reduce", "raise", "double", "halve", "lower", "spike", "come",
];

impl Teller<'_, '_, '_> {
    /// Sentences behind a statement, each with a row in the ledger.
    pub(super) fn sums(&mut self, statement: &Statement) -> Vec<String> {
        let is_told = statement.metric.as_ref().is_some_and(|metric| !self.stays(Some(metric.concept)));
        if self.realiser.audience.keeps_terms || is_told || self.realiser.keeps(&statement.tokens) {
            return Vec::new();
        }
        [self.at_that_rate(statement), self.rest_of_the_month(statement), self.difference(statement)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// "$12k a month": "At that rate, $144,000 a year." Not when the message does the sum itself.
    fn at_that_rate(&mut self, statement: &Statement) -> Option<String> {
        let document = self.document();
        if !self.realiser.audience.yearly || document.facts.iter().any(|fact| fact.key.ends_with("/year")) {
            return None;
        }
        let mut monthly =
            facts_of(document, statement).filter(|fact| fact.kind == FactKind::Money && fact.key.ends_with("/month"));
        let fact = monthly.next().filter(|_| monthly.next().is_none())?;
        let sum = yearly(fact, document.slice(fact.span))?;
        let about = if fact.mark == Some(Mark::About) || self.is_hedged(fact) { "about " } else { "" };
        self.note("yearly", fact, &sum.amount, &sum.formula);
        Some(format!("At that rate, {about}{} a year.", sum.amount))
    }

    /// "99.9% availability": "99.9% leaves about 43 minutes in 30 days."
    fn rest_of_the_month(&mut self, statement: &Statement) -> Option<String> {
        let document = self.document();
        let available = statement.tokens.clone().filter_map(|index| document.tokens.get(index)).any(|token| {
            token.lemmas().any(|lemma| ["uptime", "availability", "available", "sla", "slo"].contains(&lemma))
        });
        let mut shares = facts_of(document, statement).filter(|fact| {
            fact.kind == FactKind::Percent && fact.amount.is_some_and(|share| (90.0..100.0).contains(&share))
        });
        let fact = shares.next().filter(|_| available && shares.next().is_none())?;
        let words = document.slice(fact.span);
        let rest = left_over(fact, words)?;
        self.note("availability", fact, &rest.amount, &rest.formula);
        Some(format!("{words} leaves {} in 30 days.", rest.amount))
    }

    /// "from $12k to $8k": "That is about 33% less."
    fn difference(&mut self, statement: &Statement) -> Option<String> {
        let document = self.document();
        let moves = statement
            .tokens
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .any(|token| token.lemmas().any(|lemma| MOVES.contains(&lemma)));
        if !moves || is_limited(document, statement.tokens.clone()) {
            return None;
        }
        let token = |index: usize| document.tokens.get(index).filter(|_| index < statement.tokens.end);
        let fact = |index: usize| document.fact_at(index).filter(|fact| fact.kind.is_quantity());
        let pair = statement.tokens.clone().find_map(|index| {
            let opens = token(index)?.is(&["from"]) && token(index + 2)?.is(&["to"]);
            opens.then(|| Some((fact(index + 1)?, fact(index + 3).filter(|_| token(index + 3).is_some())?)))?
        });
        let (from, to) = pair?;
        let derived = compare_quantities(from, to, document.text)?;
        // Beside the author's own percentage another one, rounded otherwise, only confuses.
        if !derived.times && document.facts.iter().any(|fact| fact.kind == FactKind::Percent) {
            return None;
        }
        let (more, less) = match to.kind {
            FactKind::Duration => ("longer", "shorter"),
            _ => ("more", "less"),
        };
        let how = match (derived.times, derived.rises) {
            (true, _) if to.kind == FactKind::Duration => format!("{} as long", derived.amount),
            (true, _) => format!("{} as much", derived.amount),
            (false, true) => format!("{} {more}", derived.amount),
            (false, false) => format!("{} {less}", derived.amount),
        };
        self.record(&derived);
        let rounded = [from, to].iter().any(|fact| fact.mark == Some(Mark::About) || self.is_hedged(fact));
        let about = if rounded && !how.starts_with("about ") { "about " } else { "" };
        Some(format!("That is {about}{how}."))
    }

    fn is_hedged(&self, fact: &Fact) -> bool {
        let before = self.document().text.get(..fact.span.start).unwrap_or_default().trim_end().to_lowercase();
        ["about", "around", "roughly", "approximately", "approx", "some", "nearly", "almost"]
            .iter()
            .any(|word| before.ends_with(word))
    }

    fn note(&mut self, kind: &str, fact: &Fact, amount: &str, formula: &str) {
        let row = FactRow {
            kind: kind.to_owned(),
            source: self.document().slice(fact.span).to_owned(),
            output: amount.to_owned(),
            status: FactStatus::Derived,
            formula: Some(formula.to_owned()),
        };
        if !self.derived.contains(&row) {
            self.derived.push(row);
        }
    }
}

fn facts_of<'d>(document: &'d Document<'_>, statement: &Statement) -> impl Iterator<Item = &'d Fact> {
    statement.tokens.clone().filter_map(|index| document.fact_at(index))
}
