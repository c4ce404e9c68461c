//! What every chat tells below an answer, in canonical text.

use std::cmp::Reverse;

use super::AnswerLine;
use crate::engine::{Change, Explanation, Hint, Rendering, Review};

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
    // The pieces of one pattern stand around its slots: they are told as the one change that they are.
    let changes = rendering.changes.chunk_by(|one, next| one.rule.is_some() && one.source_span == next.source_span);
    let changes = changes.filter_map(|pieces| change(&rendering.plain, pieces.first()?, pieces.last()?));
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

fn one_line(text: &str) -> String {
    text.trim().replace('\n', " ")
}

/// One change from its first to its last piece.
fn change(plain: &str, first: &Change, last: &Change) -> Option<String> {
    let origin = match (&first.concept, &first.rule) {
        (Some(concept), _) => format!("glossary entry {concept}"),
        (None, Some(rule)) => format!("rule {rule}"),
        (None, None) => "template".to_owned(),
    };
    let from = one_line(&first.from);
    let to = one_line(plain.get(first.output_span.start..last.output_span.end)?);
    match (from.is_empty(), to.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("- “{to}” says what the name in front of it means ({origin})")),
        (false, true) => Some(format!("- “{from}” is left out ({origin})")),
        (false, false) => Some(format!("- “{from}” → “{to}” ({origin})")),
    }
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

#[cfg(test)]
mod tests {
    use super::why;
    use crate::engine::{Engine, SourceText};

    #[test]
    fn each_change_is_told_once_and_with_words_on_both_sides() -> Result<(), Box<dyn std::error::Error>> {
        let content = crate::seed::content();
        let engine = Engine::build(&content).map_err(|errors| format!("{errors:?}"))?;
        let source = SourceText::new("Redis is down. The deploy failed, and the API is GA for all customers.");
        let told = why(&engine.rewrite(&source, engine.default_audience()));
        assert!(
            told.contains("- “(a fast data store)” says what the name in front of it means (glossary entry redis)"),
            "{told}"
        );
        assert!(!told.contains("“”"), "{told}");
        assert_eq!(told.matches("rule is-ga").count(), 1, "{told}");
        Ok(())
    }
}
