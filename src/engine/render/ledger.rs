//! The ledger's rows: what became of each fact of the source.

use super::pieces::{Origin, Pieces};
use super::plain::PlainText;
use crate::engine::facts::Fact;
use crate::engine::rendering::{FactRow, FactStatus};

/// One row for each fact of the source, in order.
pub(crate) fn fact_rows(source: &str, facts: &[Fact], plain: &PlainText) -> Vec<FactRow> {
    let PlainText { pieces, text: output, .. } = plain;
    let mut found: Vec<Option<&Fact>> = plain.facts.iter().map(Some).collect();
    let mut first_open = 0;
    let mut rows: Vec<FactRow> = facts
        .iter()
        .map(|fact| {
            let words = source.get(fact.span.start..fact.span.end).unwrap_or_default().to_owned();
            let row = |output: String, status| FactRow {
                kind: fact.kind.name().to_owned(),
                source: words.clone(),
                output,
                status,
                formula: None,
            };
            if let Some(position) = (first_open..found.len())
                .find(|at| found.get(*at).copied().flatten().is_some_and(|other| other.key == fact.key))
                && let Some(kept) = found.get_mut(position).and_then(Option::take)
            {
                while found.get(first_open).is_some_and(Option::is_none) {
                    first_open += 1;
                }
                let start = with_mark_words(output, fact, kept.span.start);
                let shown = output.get(start..kept.span.end).unwrap_or_default().to_owned();
                return row(shown, FactStatus::Kept);
            }
            match wording(fact, pieces) {
                Some(text) => row(text, FactStatus::Kept),
                None => row(String::new(), FactStatus::Missing),
            }
        })
        .collect();
    settle_repeated(facts, pieces, &mut rows);
    rows
}

/// A figure inside a term ("p95 latency") or a phrase's own words ("EOD") lives on in the wording.
fn wording(fact: &Fact, pieces: &Pieces) -> Option<String> {
    pieces.list.iter().find_map(|piece| match &piece.origin {
        Origin::Concept { span, .. } | Origin::Phrase { span, .. } if span.overlaps(fact.span) => {
            Some(piece.text.clone())
        }
        _ => None,
    })
}

/// The same figure stated twice, once inside a replaced term and once outside: the one outside is in the output, and the
/// wording stands for the other.
fn settle_repeated(facts: &[Fact], pieces: &Pieces, rows: &mut [FactRow]) {
    for (missing, fact) in facts.iter().enumerate() {
        if rows.get(missing).is_none_or(|row| row.status != FactStatus::Missing) {
            continue;
        }
        let twin = facts.iter().enumerate().find_map(|(position, other)| {
            let worded = (position != missing && other.key == fact.key).then(|| wording(other, pieces)).flatten()?;
            Some((position, worded))
        });
        let Some((position, worded)) = twin else { continue };
        let Some(shown) = rows.get_mut(position).map(|row| std::mem::replace(&mut row.output, worded)) else {
            continue;
        };
        if let Some(row) = rows.get_mut(missing) {
            row.output = shown;
            row.status = FactStatus::Kept;
        }
    }
}

/// Where a kept fact begins when the words for its mark ("about" for `~`) stand in front of it.
fn with_mark_words(output: &str, fact: &Fact, start: usize) -> usize {
    let Some(words) = fact.mark.map(|mark| mark.words()) else { return start };
    let before = output.get(..start).unwrap_or_default().trim_end();
    if before.ends_with(words) { before.len() - words.len() } else { start }
}
