//! What every chat tells below an answer, in canonical text.

use crate::engine::{Explanation, Rendering};

/// A short message may already be its own headline.
#[must_use]
pub(crate) fn says_the_same(rendering: &Rendering) -> bool {
    rendering.sections.is_empty() && (rendering.plain.trim() == rendering.headline.trim() || rendering.plain.is_empty())
}

/// Where each replaced word came from, and how each computed figure was computed.
#[must_use]
pub(crate) fn why(rendering: &Rendering) -> String {
    let one_line = |text: &str| text.trim().replace('\n', " ");
    let changes = rendering.changes.iter().map(|change| {
        let origin = match (&change.concept, &change.rule) {
            (Some(concept), _) => format!("glossary entry {concept}"),
            (None, Some(rule)) => format!("rule {rule}"),
            (None, None) => "template".to_owned(),
        };
        format!("- “{}” → “{}” ({origin})", one_line(&change.from), one_line(&change.to))
    });
    let derived = rendering.facts.iter().filter_map(|fact| {
        let formula = fact.formula.as_ref()?;
        Some(format!("- “{}” is computed: {formula}", one_line(&fact.output)))
    });
    let known = rendering.known.iter().map(|known| {
        format!("- “{}” stays, because you know it (glossary entry {})", one_line(&known.term), known.concept)
    });
    let lines: Vec<String> = changes.chain(known).chain(derived).collect();
    if lines.is_empty() { "Every word is the author's own.".to_owned() } else { lines.join("\n") }
}

/// The ids of the entries in an answer, as a reader menu asks for them again; as many as an id of a control can hold.
#[must_use]
pub(crate) fn entries(explanation: &Explanation) -> String {
    const LONGEST: usize = 200;
    let mut ids = explanation.concept.clone();
    for other in explanation.also.iter().filter(|other| !other.concept.is_empty()) {
        if ids.len() + other.concept.len() >= LONGEST {
            break;
        }
        ids.push(',');
        ids.push_str(&other.concept);
    }
    ids
}
