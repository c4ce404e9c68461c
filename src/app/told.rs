//! What every chat tells below an answer, in canonical text.

use std::cmp::Reverse;

use super::AnswerLine;
use crate::engine::{Explanation, Hint, Rendering, Review};

/// What is asked above a menu of readers before anything is written.
pub(crate) const ASK_READER: &str = "Who is going to read it?";

/// More hints than this at once help nobody.
const MOST_HINTS: usize = 8;

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

/// What a reader may stumble over in a draft, each with its reason.
#[must_use]
pub(crate) fn hints(review: &Review) -> AnswerLine {
    if let Some(language) = &review.language {
        let text = format!("This looks like {language}; I can judge English only.");
        return AnswerLine { title: String::new(), text };
    }
    let more = review.hints.len().saturating_sub(MOST_HINTS);
    // The weightiest first, so that what is cut off weighs least; those of one weight stay in the order of the text.
    let mut hints: Vec<&Hint> = review.hints.iter().collect();
    hints.sort_by_key(|hint| Reverse(hint.code.points()));
    let lines = hints.into_iter().take(MOST_HINTS).map(|one| format!("- {}", hint(one)));
    let lines: Vec<String> = lines.chain((more > 0).then(|| format!("- and {more} more"))).collect();
    let text = match (lines.as_slice(), review.hints.first()) {
        ([], _) => "nothing that I see.".to_owned(),
        ([_], Some(only)) => hint(only),
        (lines, _) => lines.join("\n"),
    };
    AnswerLine { title: "What may hold them up".to_owned(), text }
}

fn hint(hint: &Hint) -> String {
    const LONGEST_WORDS: usize = 60;
    let line = hint.words.replace('\n', " ");
    let words: String = line.chars().take(LONGEST_WORDS).collect();
    let cut = if line.chars().nth(LONGEST_WORDS).is_some() { "…" } else { "" };
    let times = if hint.count > 1 { format!(" ({} times)", hint.count) } else { String::new() };
    let instead = hint.suggestion.as_ref().map(|suggestion| format!(" Better: {suggestion}")).unwrap_or_default();
    format!("“{words}{cut}”{times}: {}{instead}", hint.text)
}
