//! What a clause opens with and can do without: ties to the sentence before, courtesies, and where it stands written.

use super::halves::{limits, lower_words};
use super::inflected::capitalised;
use super::shorten::{FEWEST_WORDS, count};
use crate::engine::facts::extract;

/// What ties a clause to the sentence before without saying anything of it.
pub(super) const BRIDGES: [&str; 7] = [
    "that being the case, ",
    "that being said, ",
    "that said, ",
    "with that in mind, ",
    "for this reason, ",
    "for that reason, ",
    "for these reasons, ",
];

/// "However, …", "Starting with version 2, …": the clause without what ties it to others.
pub(super) fn without_opener(words: &str) -> String {
    const OPENERS: &[&str] = &[
        "last but not least, ",
        "with this, ",
        "as a result, ",
        "therefore, ",
        "however, ",
        "however ",
        "unfortunately, ",
        "most notably, ",
        "notably, ",
        "so ",
        "firstly, ",
        "also, ",
        "furthermore, ",
        "moreover, ",
        "additionally, ",
        "in addition, ",
        "currently, ",
        "please note that ",
        "note that ",
        "heads up, ",
        "fyi, ",
        "fyi ",
        "for your information, ",
        "for your information ",
        "thus, ",
        "hence, ",
        "hence ",
        "therefore ",
        "consequently, ",
        "consequently ",
        "and ",
        "but ",
        "then ",
        "finally, ",
        "to recap, ",
        "in short, ",
        "quick heads-up that ",
        "heads-up that ",
        "heads up that ",
        "we're happy to announce that ",
        "we are happy to announce that ",
        "i'm happy to announce that ",
        "we are pleased to announce that ",
        "please be informed that ",
        "this is to inform you that ",
        "quick please note that ",
        "overall, ",
        "update: ",
        "tl;dr: ",
        "we regret that ",
        "as of now, ",
        "as time goes on, ",
    ];
    let mut rest = words;
    loop {
        let first = rest.as_bytes().first().map(u8::to_ascii_lowercase);
        let opens = |opener: &&&str| opener.as_bytes().first().copied() == first && begins_with(rest, opener);
        // "So far no evidence": no connective.
        let measures = |opener: &&&str| {
            **opener != "so "
                || !["far", "many", "much", "that"]
                    .iter()
                    .any(|word| rest.get(3..).is_some_and(|tail| tail.starts_with(word)))
        };
        let Some(opener) = OPENERS.iter().chain(&BRIDGES).filter(opens).find(measures) else { break };
        match rest.get(opener.len()..) {
            Some(tail) if !tail.is_empty() => rest = tail,
            _ => break,
        }
    }
    if let Some(news) = behind_a_courtesy(rest) {
        rest = news;
    }
    // "Impact: …": the heading of a section says so already.
    if let Some((label, tail)) = rest.split_once(": ")
        && count(label) <= 2
        && lower_words(label).next().is_none_or(|first| !AIMS.contains(&first.as_str()))
        && label.chars().all(|c| c.is_alphabetic() || c == ' ')
        && count(tail) >= FEWEST_WORDS
    {
        rest = tail;
    }
    // "Update 3 (16:40): …": the stamp of an update heads nothing.
    if begins_with(rest, "update")
        && let Some((stamp, tail)) = rest.split_once(": ")
        && count(stamp) <= 4
        && count(tail) >= 2
    {
        rest = tail;
    }
    // "As per the ticket, …": where it stands written matters less than what.
    if names_a_source(rest)
        && let Some((_, tail)) = rest.split_once(", ")
    {
        rest = tail;
    }
    capitalised(rest)
}

/// "As per the ticket", "As announced": what says where it stands written.
pub(super) fn names_a_source(words: &str) -> bool {
    ["as per ", "according to ", "as announced", "as mentioned", "as discussed", "as you may know"]
        .iter()
        .any(|opener| begins_with(words, opener))
}

/// "Bad news, the export is late", "Sorry @Ben, …": the news behind a courtesy and the name of whom it is said to.
fn behind_a_courtesy(words: &str) -> Option<&str> {
    const COURTESIES: [&str; 11] =
        ["good", "bad", "great", "sad", "sorry", "apologies", "thanks", "quick", "reminder", "heads", "heads-up"];
    const LONGEST: usize = 4;
    /// "Heads up for the service desk: …"
    const LONGEST_WITH_COLON: usize = 9;
    let first = words.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default().to_lowercase();
    if !COURTESIES.contains(&first.as_str()) && !begins_with(words, "for your information") {
        return None;
    }
    let signs = [", ", ": ", " - ", " – ", " — ", "! ", "!! ", " but "];
    let (at, sign) = signs.iter().filter_map(|sign| Some((words.find(sign)?, sign))).min()?;
    let (courtesy, news) = (words.get(..at)?, words.get(at + sign.len()..)?);
    // "Good backups, bad restores" are news.
    let fits = match first.as_str() {
        "good" | "bad" | "great" | "sad" => courtesy.to_lowercase().ends_with(" news"),
        "quick" => {
            ["one", "update", "note", "question", "heads"].iter().any(|word| courtesy.to_lowercase().contains(word))
        }
        "heads" => courtesy.to_lowercase().starts_with("heads up") || courtesy.to_lowercase().starts_with("heads-up"),
        _ => true,
    };
    let is_headed = *sign == ": ";
    let longest = if is_headed { LONGEST_WITH_COLON } else { LONGEST };
    let is_of_a_time = extract(courtesy).iter().any(|fact| fact.kind.is_when() || fact.kind.is_quantity());
    if !fits || limits(courtesy) || is_of_a_time || count(courtesy) > longest || count(news) < FEWEST_WORDS {
        return None;
    }
    // "Heads up for the service desk: …": whom it concerns stays.
    match courtesy.find(" for ").filter(|_| is_headed) {
        Some(scope) => words.get(scope + 1..),
        None => Some(news),
    }
}

/// Whether a text begins with some letters, large or small.
pub(super) fn begins_with(text: &str, letters: &str) -> bool {
    text.get(..letters.len()).is_some_and(|head| head.eq_ignore_ascii_case(letters))
}

/// Labels without which a plan would read as a result.
const AIMS: [&str; 17] = [
    "false", "no", "not", "option", "risk", "worst", "goal", "target", "plan", "planned", "proposal", "proposed",
    "draft", "idea", "drill", "test", "rumour",
];

/// A section does not begin with what ties its first sentence to one that stands elsewhere.
pub(super) fn without_connective(text: &str) -> String {
    const CONNECTIVES: [&str; 15] = [
        "As such, ",
        "As a result, ",
        "However, ",
        "Therefore, ",
        "Furthermore, ",
        "Moreover, ",
        "In addition, ",
        "Additionally, ",
        "Also, ",
        "Thus, ",
        "Hence, ",
        "Then ",
        "So ",
        "But ",
        "And ",
    ];
    CONNECTIVES.iter().find_map(|connective| text.strip_prefix(connective)).map_or_else(|| text.to_owned(), capitalised)
}
