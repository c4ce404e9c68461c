//! What a later update of a message says of an earlier one: a trouble that was over is back, what was announced has begun.

use super::{ASK, Cues, Statement, is_over};
use crate::engine::source::{line_above, line_before};
use crate::engine::text::{Document, Token};

/// Marks what an update below it has made untrue. Whoever writes newest first puts no update below what it updates.
pub(super) fn settle(document: &Document<'_>, cues: &Cues, statements: &mut [Statement]) {
    for at in 1..statements.len() {
        let (before, rest) = statements.split_at_mut(at);
        let Some(statement) = rest.first_mut().filter(|statement| !statement.is_overtaken) else { continue };
        let is_update = heads_an_update(document, statement);
        if cues.recurs(document, statement.tokens.clone()) {
            let over = before.iter_mut().filter(|earlier| {
                earlier.slot == "resolved" && (is_update || earlier.paragraph == statement.paragraph)
            });
            let mut is_back = false;
            for earlier in over.filter(|earlier| !earlier.is_overtaken) {
                earlier.is_overtaken = true;
                is_back = true;
            }
            if is_back && statement.slot != ASK {
                "impact".clone_into(&mut statement.slot);
            }
        } else if is_update && cues.has_begun(document, statement.tokens.clone()) {
            for earlier in before.iter_mut().filter(|earlier| announces(document, earlier)) {
                earlier.is_overtaken = true;
            }
        }
    }
}

/// "The migration will start today", "is scheduled for Monday".
fn announces(document: &Document<'_>, statement: &Statement) -> bool {
    const STARTS: [&str; 5] = ["start", "begin", "commence", "take", "happen"];
    let token = |index: usize| document.tokens.get(index);
    let starts = |index: usize| {
        token(index).is_some_and(|word| word.is(&["will", "'ll"]))
            && (index + 1..index + 3).filter_map(token).any(|verb| verb.is(&STARTS))
    };
    let planned = |index: usize| token(index).is_some_and(|word| word.is(&["scheduled", "planned"]));
    ![ASK, "reference"].contains(&statement.slot.as_str())
        && !is_over(document, statement.tokens.clone())
        && statement.tokens.clone().any(|index| starts(index) || planned(index))
}

/// "Update: …", "[Update 2]" above it, "EDIT: …".
fn heads_an_update(document: &Document<'_>, statement: &Statement) -> bool {
    const LABELS: [&str; 4] = ["update", "updated", "edit", "edited"];
    const LONGEST_LABEL: usize = 40;
    let Some(sentence) = document.sentence_at(statement.tokens.start) else { return false };
    let mut words = sentence.clone().filter_map(|index| document.tokens.get(index)).filter(|token| is_word(token));
    let labelled = words.next().is_some_and(|first| first.is(&LABELS))
        && (sentence.start..statement.tokens.end)
            .take(6)
            .any(|index| document.tokens.get(index).is_some_and(|sign| sign.is(&[":"])));
    let start = document.span_of(sentence.clone()).start;
    let above = if line_before(document.text, start).trim().is_empty() { line_above(document.text, start) } else { "" };
    let above = above.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    labelled || above.len() <= LONGEST_LABEL && LABELS.iter().any(|label| above.starts_with(label))
}

fn is_word(token: &Token) -> bool {
    token.lower.starts_with(char::is_alphanumeric)
}
