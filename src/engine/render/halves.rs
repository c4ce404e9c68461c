//! The half of a long sentence that heads a message: what stands behind a turn, a reason, a result or a topic.

use super::inflected::capitalised;
use super::shorten::{FEWEST_WORDS, HEADLINE_WORDS, SUBORDINATE, TAILS, count, cut, says_something};
use crate::engine::text::{Document, Tag};

/// "Most of it is done, but one of the parts is late": where both do not fit, what comes after the turn is the news.
pub(super) fn behind_a_turn(words: &str) -> Option<String> {
    let (_, tail) = words.split_once(", but ").or_else(|| words.split_once(" but unfortunately"))?;
    let tail = tail.trim_start_matches([',', ' ']);
    let tail = ["unfortunately, ", "unfortunately ", "however, ", "now "]
        .iter()
        .find_map(|opener| tail.strip_prefix(opener))
        .unwrap_or(tail);
    stands_alone(tail)
}

/// "Since it was a trial, and it has changed, we have decided to end it": where both do not fit, what somebody does for that reason.
pub(super) fn behind_a_reason(words: &str) -> Option<String> {
    const REASONS: [&str; 3] = ["Since ", "As ", "Because "];
    // "As soon as", "as far as", "as of": until when, or how far.
    const NO_REASONS: [&str; 12] =
        ["soon", "long", "far", "much", "of", "if", "for", "to", "per", "with", "such", "part"];
    const DOERS: [&str; 3] = [", we ", ", I ", ", you "];
    let reason = REASONS.iter().find_map(|opener| words.strip_prefix(*opener))?;
    let at = DOERS.iter().filter_map(|doer| words.rfind(doer)).max()?;
    let (front, main) = words.split_at_checked(at + 2)?;
    // "Since Monday": from when on.
    let clause = reason.split(',').next().unwrap_or_default();
    let tells = Document::parse(clause).tokens.iter().any(|token| token.tag.is_finite() || token.tag == Tag::Auxiliary);
    if !tells
        || limits(front)
        || front.contains(", but ")
        || NO_REASONS.contains(&reason.split(' ').next().unwrap_or_default())
    {
        return None;
    }
    let line = if count(main) <= HEADLINE_WORDS { main.to_owned() } else { cut(main, TAILS, HEADLINE_WORDS)? };
    (count(&line) >= FEWEST_WORDS && says_something(&line)).then(|| capitalised(&line))
}

/// The second half of a sentence as a headline, when it says something without the first.
fn stands_alone(tail: &str) -> Option<String> {
    const POINTING: [&str; 13] =
        ["it", "they", "them", "this", "that", "these", "those", "he", "she", "its", "their", "not", "only"];
    let points =
        tail.split(|c: char| !c.is_alphanumeric()).any(|word| POINTING.contains(&word.to_lowercase().as_str()));
    let stands = !points && !SUBORDINATE.iter().any(|opener| tail.starts_with(opener));
    let line = if count(tail) <= HEADLINE_WORDS { tail.to_owned() } else { cut(tail, TAILS, HEADLINE_WORDS)? };
    (stands && count(&line) >= FEWEST_WORDS && says_something(&line)).then(|| capitalised(&line))
}

/// "The list was read as text, so nothing was found": where both do not fit, what came of it is the news.
pub(super) fn behind_so(words: &str) -> Option<String> {
    let (_, tail) = words.split_once(", so ").filter(|(_, tail)| !tail.starts_with("that "))?;
    stands_alone(tail)
}

/// "Decision from the meeting, for the record: bills stay where they are": where both do not fit, what is said of an occasion. A
/// topic that limits what is said of it stays.
pub(super) fn behind_a_topic(words: &str) -> &str {
    const LONGEST: usize = 14;
    const OCCASIONS: [&str; 9] =
        ["decision", "minutes", "update", "notes", "outcome", "summary", "answer", "result", "following"];
    let Some((topic, said)) = words.split_once(": ") else { return words };
    let is_occasion = lower_words(topic).next().is_some_and(|first| OCCASIONS.contains(&first.as_str()));
    let fits = count(topic) <= LONGEST && (FEWEST_WORDS..=HEADLINE_WORDS).contains(&count(said));
    if is_occasion && fits && !limits(topic) { said } else { words }
}

/// Whether words before the news say when or for which case it holds, or that it may not.
pub(super) fn limits(words: &str) -> bool {
    const LIMITS: [&str; 21] = [
        "if", "unless", "only", "not", "no", "maybe", "perhaps", "until", "till", "when", "yet", "once", "except",
        "without", "false", "draft", "plan", "proposed", "option", "risk", "worst",
    ];
    lower_words(words).any(|word| LIMITS.contains(&word.as_str()))
}

pub(super) fn lower_words(words: &str) -> impl Iterator<Item = String> {
    words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
