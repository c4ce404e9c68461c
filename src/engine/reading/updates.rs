//! What a later update of a message says of an earlier one: a trouble that was over is back, what was announced has begun or is done.

use std::ops::Range;

use super::{ASK, Cues, Statement, is_a_question, is_over};
use crate::engine::facts::ZONES;
use crate::engine::source::{line_above, line_before};
use crate::engine::text::{Document, Tag};

/// Marks what an update below it has made untrue.
pub(super) fn settle(document: &Document<'_>, cues: &Cues, statements: &mut [Statement]) {
    let updates: Vec<Option<Update>> = statements.iter().map(|statement| update(document, statement)).collect();
    let newest_first = updates.first().is_some_and(Option::is_some);
    for at in 1..statements.len() {
        // "Update 3" above "Update 2", or an update as the first words: the newest stands on top.
        let (above, own) = updates.split_at(at);
        let Some(own) = own.first() else { continue };
        let number = own.as_ref().and_then(|own| own.number);
        let is_older = number.is_some_and(|own| above.iter().flatten().any(|above| above.number > Some(own)));
        let (before, rest) = statements.split_at_mut(at);
        let Some(statement) = rest.first_mut().filter(|statement| !statement.is_overtaken && !is_older) else {
            continue;
        };
        let is_update = own.is_some();
        let tokens = statement.tokens.clone();
        let over = |earlier: &Statement| earlier.slot == "resolved" && !earlier.is_overtaken;
        if statement.slot != "resolved"
            && before.iter().any(over)
            && says_that_it_is_back(document, cues, tokens.clone())
        {
            let goes_on = points_at_it(document, tokens.start);
            let mut is_back = false;
            for (position, earlier) in before.iter_mut().enumerate() {
                let same = if earlier.paragraph == statement.paragraph && !is_update {
                    goes_on
                } else {
                    is_update && (position > 0 || !newest_first)
                };
                if over(earlier) && same {
                    earlier.is_overtaken = true;
                    is_back = true;
                }
            }
            if is_back && statement.slot != ASK {
                "impact".clone_into(&mut statement.slot);
            }
        } else if is_update && !newest_first && cues.has_stopped(document, tokens.clone()) {
            for earlier in before.iter_mut().filter(|earlier| {
                cues.has_begun(document, earlier.tokens.clone())
                    || earlier.slot == "resolved" && work(document, &earlier.tokens).is_some()
            }) {
                earlier.is_overtaken = true;
            }
        } else if is_update && !newest_first && (statement.slot == "resolved" || cues.has_begun(document, tokens)) {
            let ends = statement.slot == "resolved";
            let announced = before.iter().filter(|earlier| announces(document, earlier)).count();
            for earlier in before.iter_mut() {
                let begun = ends && cues.has_begun(document, earlier.tokens.clone());
                let planned = announces(document, earlier)
                    && is_the_same(document, &earlier.tokens, &statement.tokens, announced == 1);
                earlier.is_overtaken |= begun || planned;
            }
        }
    }
}

/// Whether a clause itself says so: not what somebody reported, asked or feared, and not of another trouble.
fn says_that_it_is_back(document: &Document<'_>, cues: &Cues, clause: Range<usize>) -> bool {
    const OF_OTHERS: [&str; 9] =
        ["that", "who", "which", "whether", "another", "other", "unrelated", "different", "separate"];
    let token = |index: usize| document.tokens.get(index);
    // "Earlier update: the problem has reappeared."
    let is_old = document.sentence_at(clause.start).is_some_and(|sentence| {
        sentence.clone().take(2).filter_map(token).any(|word| word.is(&["earlier", "previous", "previously", "older"]))
    });
    // "The problem is back pressure."
    let adjective = |index: usize| {
        token(index).is_some_and(|word| word.is(&["back"]))
            && token(index + 1).is_some_and(|next| next.tag.is_nominal())
    };
    cues.recurs(document, clause.clone())
        && !is_a_question(document, clause.clone())
        && !is_old
        && !clause.clone().any(adjective)
        && !clause.filter_map(token).any(|word| word.is(&OF_OTHERS))
}

/// The piece of work that a clause names: where it stands.
fn work(document: &Document<'_>, clause: &Range<usize>) -> Option<usize> {
    const WORKS: [&str; 10] = [
        "migration",
        "upgrade",
        "rollout",
        "deployment",
        "move",
        "release",
        "test",
        "operation",
        "maintenance",
        "work",
    ];
    clause.clone().find(|index| document.tokens.get(*index).is_some_and(|word| word.is(&WORKS)))
}

/// Whether what has begun is what was announced: the one piece of work with that name, or "the maintenance", said of the only thing
/// announced.
fn is_the_same(document: &Document<'_>, announced: &Range<usize>, begun: &Range<usize>, is_only: bool) -> bool {
    /// "The work has begun on the report" is of another thing.
    const LONGEST: usize = 14;
    let token = |index: usize| document.tokens.get(index);
    let Some((at, noun)) = work(document, begun).and_then(|at| Some((at, token(at)?))) else { return false };
    let named = announced.clone().filter_map(token).filter(|word| word.lower == noun.lower).count();
    // "The network maintenance" is of the network.
    let bare = at.checked_sub(1).and_then(token).is_none_or(|before| {
        matches!(before.tag, Tag::Determiner | Tag::Punctuation) || before.is(&["our", "scheduled", "planned"])
    });
    named == 1 || named == 0 && is_only && bare && noun.is(&["maintenance", "work"]) && begun.len() <= LONGEST
}

/// "It is down again", "the issue has returned": the trouble that the sentences before it are about.
fn points_at_it(document: &Document<'_>, start: usize) -> bool {
    const IT: [&str; 7] = ["it", "this", "issue", "problem", "incident", "outage", "error"];
    (start..start + 3).filter_map(|index| document.tokens.get(index)).any(|word| word.is(&IT))
}

/// "The migration will start today", "is scheduled for Monday".
fn announces(document: &Document<'_>, statement: &Statement) -> bool {
    const STARTS: [&str; 5] = ["start", "begin", "commence", "take", "happen"];
    let token = |index: usize| document.tokens.get(index);
    let starts = |index: usize| {
        token(index).is_some_and(|word| word.is(&["will", "'ll"]))
            && (index + 1..index + 3).filter_map(token).any(|verb| verb.is(&STARTS))
    };
    let planned =
        |index: usize| token(index).is_some_and(|word| word.is(&["scheduled", "planned", "starts", "begins"]));
    ![ASK, "reference"].contains(&statement.slot.as_str())
        && (statement.tokens.clone().any(starts)
            || statement.tokens.clone().any(planned) && !is_over(document, statement.tokens.clone()))
}

/// The label of an update.
struct Update {
    number: Option<u32>,
}

/// "Update: …", "[Update 2]" above it, "EDIT 14:05 UTC: …", and not "Update your app: …".
fn update(document: &Document<'_>, statement: &Statement) -> Option<Update> {
    const LABELS: [&str; 4] = ["update", "updated", "edit", "edited"];
    const BESIDE: [&str; 3] = ["am", "pm", "no"];
    let start = document.span_of(statement.tokens.clone()).start;
    let before = line_before(document.text, start).trim();
    let own = document.text.get(start..).and_then(|rest| rest.lines().next()).and_then(|line| line.split_once(": "));
    let begins = |line: &str| {
        let line = line.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        LABELS.iter().any(|label| line.starts_with(label))
    };
    let label = match own {
        _ if !before.is_empty() => before.trim_end_matches(['*', '_']).strip_suffix([':', ']'])?,
        Some((label, _)) if begins(label) => label,
        _ => line_above(document.text, start),
    };
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    if !words.next().is_some_and(|first| LABELS.contains(&first.as_str())) {
        return None;
    }
    let mut number = None;
    for word in words {
        number = number.or_else(|| word.parse().ok());
        if !word.starts_with(|c: char| c.is_ascii_digit())
            && ![&BESIDE[..], &ZONES].iter().any(|known| known.contains(&word.as_str()))
        {
            return None;
        }
    }
    Some(Update { number: number.filter(|_| !label.contains(':')) })
}
