//! Facts in their place: their plain spelling, as the words around them want it.

use crate::engine::facts::{FactKind, plain_spelling};
use crate::engine::text::{Document, Tag};

/// The plain spelling of the fact at a token with the name of the rule, or `None` where the author's words stay.
pub(super) fn spelt_in_place(document: &Document<'_>, index: usize) -> Option<(String, &'static str)> {
    let fact = document.fact_at(index)?;
    let token = document.tokens.get(index)?;
    let before = index.checked_sub(1).and_then(|before| document.tokens.get(before));
    let in_brackets = document.tokens.get(index + 1).is_some_and(|next| next.joined);
    // "safari<16": spelt out it would run into the word before.
    let runs_on = token.glued && before.is_some_and(|before| before.tag != Tag::Punctuation);
    let spelt = plain_spelling(fact, document.slice(token.span)).filter(|_| !in_brackets && !runs_on)?;
    let describes = fact.kind == FactKind::Duration && describes(document, index);
    let spelt = match spelt.strip_prefix("about ") {
        Some(figure) if before.is_some_and(|before| before.is(&HEDGES)) => figure.to_owned(),
        // "every ~5 min", "a ~5 min job": "about" cannot stand there.
        Some(figure) if before.is_some_and(|before| before.is(&["every", "each"])) => format!("roughly {figure}"),
        Some(figure) if describes => format!("roughly {}", before_noun(figure).unwrap_or_else(|| figure.to_owned())),
        None if describes => before_noun(&spelt).unwrap_or(spelt),
        _ => spelt,
    };
    Some((spelt, spelling_rule(fact.kind)))
}

const HEDGES: [&str; 6] = ["about", "around", "approximately", "roughly", "approx", "approx."];

const fn spelling_rule(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Duration => "unit-spelling",
        FactKind::Date => "date-spelling",
        FactKind::Money => "period-spelling",
        _ => "mark-spelling",
    }
}

/// Whether the figure stands between an article and one thing: "a 10 min job", not "the 10 min customers waited".
fn describes(document: &Document<'_>, index: usize) -> bool {
    let article = index.checked_sub(1).and_then(|before| document.tokens.get(before)).is_some_and(|before| {
        before.tag == Tag::Determiner
            && !before.is(&["all", "every", "each", "some", "any", "no", "both", "these", "those"])
    });
    article && document.tokens.get(index + 1).is_some_and(|next| next.tag == Tag::Noun && !next.glued)
}

/// "10 minutes" as it describes a noun: "10-minute".
fn before_noun(spelt: &str) -> Option<String> {
    let (amount, unit) = spelt
        .split_once(' ')
        .filter(|(amount, unit)| amount.ends_with(|c: char| c.is_ascii_digit()) && !unit.contains(' '))?;
    Some(format!("{amount}-{}", unit.strip_suffix('s').unwrap_or(unit)))
}
