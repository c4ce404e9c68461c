//! The ledger as a judge: compares a candidate, whoever wrote it, with its source.

use super::facts::{Fact, FactKind};
use super::polarity::{Polarity, polarity};
use super::rendering::{Discrepancy, Verdict};
use super::text::{Document, Tag};

/// Judges `candidate`. `explained` are figures that the glossary's wordings may bring in for terms of the source.
pub(crate) fn verify(source: &str, candidate: &str, explained: &[String]) -> Verdict {
    let original = Document::parse(source);
    let rewrite = Document::parse(candidate);
    let mut found = Vec::new();
    compare_facts(&original, &rewrite, explained, &mut found);
    compare_polarity(polarity(source), polarity(candidate), &mut found);
    compare_names(&original, &rewrite, explained, &mut found);
    if found.is_empty() { Verdict::Faithful } else { Verdict::Unfaithful(found) }
}

fn compare_facts(source: &Document<'_>, candidate: &Document<'_>, explained: &[String], found: &mut Vec<Discrepancy>) {
    let mut unmatched: Vec<&Fact> = candidate.facts.iter().collect();
    for fact in &source.facts {
        if let Some(position) = unmatched.iter().position(|other| other.key == fact.key) {
            let other = unmatched.swap_remove(position);
            if fact.mark.is_some() && other.mark.is_none() && !hedged(candidate, other) {
                found.push(discrepancy(
                    "certainty_raised",
                    format!("\"{}\" lost its limit", source.slice(fact.span)),
                    source.slice(fact.span),
                    candidate.slice(other.span),
                ));
            }
            continue;
        }
        // A fact said twice in the source may be said once, and emoji carry no fact.
        let said_once = candidate.facts.iter().any(|other| other.key == fact.key);
        // "EOD Friday" may be said as "the end of Friday".
        let restated = fact.key.starts_with("date:end of") && candidate.text.contains("end of");
        let optional = restated || matches!(fact.kind, FactKind::Emoji | FactKind::Percentile);
        if !said_once && !optional && !candidate.text.contains(source.slice(fact.span)) {
            let words = source.slice(fact.span);
            found.push(discrepancy(
                "missing_fact",
                format!("the {} \"{words}\" is missing", fact.kind.name()),
                words,
                "",
            ));
        }
    }
    for fact in unmatched {
        let words = candidate.slice(fact.span);
        let stated = source.facts.iter().any(|other| other.key == fact.key) || source.text.contains(words);
        let brought = explained.iter().any(|text| text.contains(words));
        if !stated && !brought && (fact.kind.is_quantity() || fact.kind.is_when() || fact.kind.is_name()) {
            found.push(discrepancy(
                "unstated_fact",
                format!("the source does not state the {} \"{words}\"", fact.kind.name()),
                "",
                words,
            ));
        }
    }
}

fn hedged(document: &Document<'_>, fact: &Fact) -> bool {
    let before = document.text.get(..fact.span.start).unwrap_or_default().trim_end().to_lowercase();
    [
        "about",
        "around",
        "approximately",
        "roughly",
        "under",
        "over",
        "below",
        "above",
        "than",
        "least",
        "most",
        "nearly",
        "almost",
        "some",
        "to",
    ]
    .iter()
    .any(|word| before.ends_with(word))
}

fn compare_polarity(source: Polarity, candidate: Polarity, found: &mut Vec<Discrepancy>) {
    if candidate.negations < source.negations {
        found.push(discrepancy("negation_dropped", "a \"not\" or \"no\" of the source is missing".into(), "", ""));
    }
    if candidate.negations > source.negations {
        found.push(discrepancy("negation_added", "the source does not deny this".into(), "", ""));
    }
    if candidate.hedges < source.hedges && candidate.hedges == 0 {
        found.push(discrepancy("certainty_raised", "the source only suspects or expects this".into(), "", ""));
    }
    if candidate.conditions < source.conditions && candidate.conditions == 0 {
        found.push(discrepancy("condition_dropped", "a condition of the source is missing".into(), "", ""));
    }
}

/// Names in the candidate that the source does not have.
fn compare_names(source: &Document<'_>, candidate: &Document<'_>, explained: &[String], found: &mut Vec<Discrepancy>) {
    let known = source.text.to_lowercase();
    for sentence in &candidate.sentences {
        for index in sentence.clone().skip(1) {
            let Some(token) = candidate.tokens.get(index) else { continue };
            let named = token.tag == Tag::Name && token.capital && !token.has(crate::engine::lexicon::Flags::PLAIN);
            let words = candidate.token_text(index);
            let brought = explained.iter().any(|text| text.contains(words));
            if named && !brought && !known.contains(&token.lower) {
                found.push(discrepancy("unstated_name", format!("the source does not name \"{words}\""), "", words));
            }
        }
    }
}

fn discrepancy(code: &str, text: String, source: &str, candidate: &str) -> Discrepancy {
    Discrepancy { code: code.to_owned(), text, source: source.to_owned(), candidate: candidate.to_owned() }
}
