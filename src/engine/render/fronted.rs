//! What stands in front of the main clause: a time, a reason, an aim. A headline says first what came out, so it moves behind.

use super::inflected::capitalised;
use super::shorten::{HEADLINE_WORDS, count};
use crate::engine::facts::{FactKind, MONTHS, WEEKDAYS, ZONES, extract};
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, noun_phrase_end};

/// A clause whose first words can stand behind the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fronted<'w> {
    pub(super) main: &'w str,
    /// The words in front as they are said behind, with the sign or space that joins them: whole, and the day without the hour.
    behind: Vec<String>,
    /// They only say when.
    is_time: bool,
}

impl Fronted<'_> {
    /// The words that the day takes: a plan without its day is half a plan.
    pub(super) fn words_of_day(&self) -> usize {
        const LONGEST: usize = 7;
        let day = self.behind.last().map_or(0, |day| count(day));
        if self.is_time && day <= LONGEST { day } else { 0 }
    }

    /// The clause with `main` in front; without the rest when a headline has no place for it.
    pub(super) fn told(&self, main: &str) -> String {
        let mut lines = self.behind.iter().map(|behind| format!("{main}{behind}"));
        let whole = lines.find(|line| count(line) <= HEADLINE_WORDS);
        capitalised(whole.as_deref().unwrap_or(main))
    }
}

/// The day that a clause begins with, as it is said behind one: "on 3 May".
pub(super) fn opening_day(words: &str) -> Option<String> {
    timed(words)
        .filter(|timed| can_lead(words, timed.main))?
        .behind
        .last()
        .map(|day| day.trim().to_owned())
        .filter(|day| day.starts_with("on "))
}

/// Openings of a reason, an aim or an occasion, with what joins them when they stand behind.
const OPENINGS: [(&str, &str); 22] = [
    ("now that ", ", "),
    ("since ", ", "),
    ("while ", ", "),
    ("whilst ", ", "),
    ("although ", ", "),
    ("even though ", ", "),
    ("in an effort to ", " "),
    ("in order to ", " "),
    ("in response to ", ", "),
    ("after ", " "),
    ("as part of ", " "),
    ("as a part of ", " "),
    ("as time goes ", " "),
    ("with this ", " "),
    ("with the ", " "),
    ("because of ", ", "),
    ("because ", ", "),
    ("due to ", ", "),
    ("thanks to ", ", "),
    ("following ", ", "),
    ("given ", ", "),
    ("as ", ", "),
];

/// Words that open a phrase which only says when.
const OPEN_TIME: [&str; 14] = [
    "on",
    "at",
    "from",
    "starting",
    "beginning",
    "since",
    "now",
    "around",
    "between",
    "until",
    "in",
    "by",
    "this",
    "next",
];

/// Words inside such a phrase, between its dates and times.
const INSIDE_TIME: [&str; 14] = [
    "the",
    "of",
    "about",
    "approximately",
    "roughly",
    "and",
    "to",
    "coming",
    "each",
    "every",
    "following",
    "local",
    "time",
    "for",
];

/// With one of these in the main clause a time behind it could belong to another verb.
const SUBORDINATE: [&str; 18] = [
    "that", "which", "who", "whose", "because", "if", "when", "whether", "says", "said", "after", "before", "until",
    "while", "since", "unless", "once", "where",
];

/// Takes a clause apart; `None` when its subject stands in front already or it is not certain where it stands.
pub(super) fn fronted(words: &str) -> Option<Fronted<'_>> {
    timed(words)
        .filter(|timed| can_lead(words, timed.main))
        .or_else(|| reasoned(words))
        // "While upgrades take place each week, they cannot be put off": who they are stands in front.
        .filter(|fronted| fronted.is_time || count(words) <= HEADLINE_WORDS || !opens_with_a_pronoun(fronted.main))
}

fn opens_with_a_pronoun(main: &str) -> bool {
    lowered(main).next().is_some_and(|first| ["they", "it", "he", "she", "these", "this"].contains(&first.as_str()))
}

/// "On 3 May at 10:00 UTC, the service moves" as "the service moves on 3 May at 10:00 UTC".
fn timed(words: &str) -> Option<Fronted<'_>> {
    let (front, main) = words
        .match_indices(", ")
        .filter_map(|(at, comma)| Some((words.get(..at)?, words.get(at + comma.len()..)?)))
        .filter(|(front, _)| opens_with_time(front) && only_says_when(front))
        .last()
        .or_else(|| without_a_comma(words))?;
    let link = link_of(front)?;
    let front = front.trim();
    let behind = if link.is_empty() && !front.starts_with(|c: char| c.is_ascii_digit()) {
        format!(" {}", uncapitalised_unless_named(front))
    } else {
        format!(" {link}{front}")
    };
    // A date may hold a comma of its own: "on February 2, 2024".
    let date = extract(&behind).into_iter().find(|fact| fact.kind == FactKind::Date).map_or(0, |date| date.span.end);
    let hour = [" at ", ", ", " from ", " between "]
        .iter()
        .filter_map(|joint| behind.match_indices(joint).map(|(at, _)| at).find(|at| *at > 0 && *at >= date))
        .min();
    let day = hour.and_then(|at| behind.get(..at)).map(str::to_owned);
    // "On Monday from 14:00 until Tuesday 14:00" begins on Monday and does not end there.
    let lasts = hour.and_then(|at| behind.get(at..)).is_some_and(|rest| rest.contains(" until "));
    let day = day.map(|day| match day.strip_prefix(" on ") {
        Some(date) if lasts => format!(" from {date}"),
        _ => day,
    });
    let behind = std::iter::once(behind.clone()).chain(day.filter(|day| !day.trim().is_empty())).collect();
    (has_subject(main) && count(main) >= 3).then_some(Fronted { main, behind, is_time: true })
}

/// Whether a time behind a clause could belong to another verb than its own.
fn is_subordinating(main: &str) -> bool {
    lowered(main).any(|word| SUBORDINATE.contains(&word.as_str()))
}

/// "On 3 May all downloads were broken due to a release that held a mistake": what stands in front can only move behind the clause
/// that is left when the reason is left out.
pub(super) fn fronted_when_cut(words: &str, cut: impl FnOnce(&str, usize) -> Option<String>) -> Option<String> {
    let taken_apart = timed(words)?;
    let room = HEADLINE_WORDS - taken_apart.words_of_day();
    let line = cut(taken_apart.main, room)
        .filter(|line| !is_subordinating(line) && is_one_plain_clause(line) && !gives_a_reason(line))?;
    Some(taken_apart.told(&line))
}

/// "At 03:01 UTC on Tuesday 12 January we lost the database": nobody must set a comma there. The time ends where the last date or
/// hour does that nothing but a time stands in front of.
fn without_a_comma(words: &str) -> Option<(&str, &str)> {
    if !opens_with_time(words) {
        return None;
    }
    let zone = |end: usize| {
        let next = words.get(end..).and_then(|rest| rest.strip_prefix(' ')?.split(' ').next()).unwrap_or_default();
        let is_zone = (3..=4).contains(&next.len()) && next.chars().all(char::is_uppercase) && only_says(next);
        if is_zone { end + 1 + next.len() } else { end }
    };
    let ends = extract(words).into_iter().filter(|fact| fact.kind.is_when()).map(|fact| zone(fact.span.end));
    ends.filter_map(|end| Some((words.get(..end)?, words.get(end..)?.strip_prefix(' ')?)))
        .take_while(|(front, _)| only_says_when(front))
        .last()
        .filter(|(_, main)| has_subject(main))
}

/// Whether a time can stand behind the clause that it stood in front of. Without a comma only behind one plain clause: "at 14:02 it was
/// slow owing to a change" would tell the time of the change.
fn can_lead(words: &str, main: &str) -> bool {
    let has_comma = words.strip_suffix(main).unwrap_or_default().ends_with(", ");
    !is_subordinating(main) && (has_comma || is_one_plain_clause(main) && !gives_a_reason(main))
}

fn gives_a_reason(main: &str) -> bool {
    const REASONS: [&str; 4] = ["owing", "due", "thanks", "result"];
    lowered(main).any(|word| REASONS.contains(&word.as_str()))
}

/// Whether a clause tells one thing of one time: "it was slow and today it is down" would be told of yesterday with a time behind it.
fn is_one_plain_clause(main: &str) -> bool {
    const SIGNS: [&str; 9] = [":", ";", "(", "!", "?", " - ", " – ", " — ", "\""];
    const OTHER_TIMES: [&str; 14] = [
        "now",
        "then",
        "later",
        "afterwards",
        "again",
        "week",
        "month",
        "quarter",
        "year",
        "q1",
        "q2",
        "q3",
        "q4",
        "until",
    ];
    if SIGNS.iter().any(|sign| main.contains(sign)) || extract(main).iter().any(|fact| fact.kind.is_when()) {
        return false;
    }
    let told_otherwise = lowered(main).any(|word| {
        let word = word.as_str();
        RELATIVE.contains(&word)
            || WEEKDAYS.contains(&word)
            || MONTHS.contains(&word) && word != "may"
            || OTHER_TIMES.contains(&word)
    });
    // "On Friday the 13th the backup failed": of the day.
    let ordinal = lowered(main).nth(1).is_some_and(|second| second.starts_with(|c: char| c.is_ascii_digit()));
    let document = Document::parse(main);
    let Some(verb) = document.tokens.iter().position(|word| word.tag.is_finite()) else { return false };
    let behind = document.tokens.get(verb..).unwrap_or_default();
    let comma = behind.iter().any(|sign| sign.is(&[","]));
    // "We restart the router and the phones will not work"
    let goes_on = behind.windows(2).any(|pair| match pair {
        [and, next] => {
            and.is(&["and", "but", "so", "or"])
                && (matches!(next.tag, Tag::Determiner | Tag::Pronoun | Tag::Fact | Tag::Name) || next.tag.is_nominal())
                && behind.iter().filter(|word| word.tag.is_finite()).count() > 1
        }
        _ => false,
    });
    !told_otherwise && !ordinal && !comma && !goes_on
}

/// Whether the first word can begin what says when: most clauses with a comma need no closer look.
fn opens_with_time(front: &str) -> bool {
    lowered(front).next().is_some_and(|first| {
        let first = first.as_str();
        OPEN_TIME.contains(&first) || RELATIVE.contains(&first) || names_a_day(first)
    })
}

/// A weekday, a month or a figure.
fn names_a_day(first: &str) -> bool {
    WEEKDAYS.contains(&first) || MONTHS.contains(&first) || first.starts_with(|c: char| c.is_ascii_digit())
}

/// Days named by how far they are.
pub(super) const RELATIVE: [&str; 4] = ["today", "tomorrow", "yesterday", "tonight"];

/// What a phrase that says when needs in front of it behind a clause: "on" for a bare date, nothing for "since 10:00".
fn link_of(front: &str) -> Option<&'static str> {
    let first = lowered(front).next()?;
    let first = first.as_str();
    if OPEN_TIME.contains(&first) || RELATIVE.contains(&first) {
        Some("")
    } else if names_a_day(first) {
        extract(front).first().filter(|fact| fact.kind == FactKind::Date && fact.span.start == 0).map(|_| "on ")
    } else {
        None
    }
}

/// "on Monday 18 December" for words that begin with when something starts and say it in full; `None` where it goes on.
pub(super) fn starting_day(words: &str) -> Option<String> {
    const STARTS: [&str; 3] = ["beginning", "starting", "on"];
    lowered(words).next().filter(|first| STARTS.contains(&first.as_str()))?;
    let date = extract(words).into_iter().find(|fact| fact.kind == FactKind::Date)?;
    let day = words.get(date.span.start..date.span.end)?;
    let is_whole = words.get(..date.span.end).is_some_and(only_says_when) && !goes_on(words.get(date.span.end..)?);
    is_whole.then(|| format!("on {day}"))
}

/// Whether a day is only the first one: "Monday to Friday", "Monday at 8:00 until Friday", "Monday until further notice".
fn goes_on(behind: &str) -> bool {
    const ON: [&str; 6] = ["until ", "till ", "through ", "to the ", "on ", "onward"];
    const JOINTS: [&str; 9] = ["to", "until", "till", "through", "–", "—", "-", "and", "or"];
    let second = extract(behind).into_iter().find(|fact| fact.kind == FactKind::Date);
    let joint = second.and_then(|second| behind.get(..second.span.start)?.split_whitespace().last());
    let next = behind.trim_start();
    ON.iter().any(|word| next.starts_with(word)) || joint.is_some_and(|joint| JOINTS.contains(&joint))
}

/// A clause that ends with a day and an hour, without the hour: "The move is planned on 3 May" says when.
pub(super) fn without_hour(words: &str) -> Option<&str> {
    const JOINTS: [&str; 6] = [", starting ", " starting ", " at ", " from ", " between ", ", from "];
    let has_day = |words: &str| extract(words).iter().any(|fact| fact.kind == FactKind::Date);
    JOINTS
        .iter()
        .filter_map(|joint| words.split_at_checked(words.find(joint)?))
        .find(|(head, hour)| only_says_when(hour) && has_day(head) && !has_day(hour))
        .map(|(head, _)| head)
}

fn only_says_when(front: &str) -> bool {
    let facts = extract(front);
    let mut rest = String::new();
    let mut at = 0;
    for fact in &facts {
        if !(fact.kind.is_when() || fact.kind == FactKind::Number) {
            return false;
        }
        rest.push_str(front.get(at..fact.span.start).unwrap_or_default());
        rest.push(' ');
        at = fact.span.end;
    }
    rest.push_str(front.get(at..).unwrap_or_default());
    facts.iter().any(|fact| fact.kind.is_when()) && only_says(&rest)
}

/// Whether words are only those that stand between dates and hours.
fn only_says(words: &str) -> bool {
    lowered(words).all(|word| [&OPEN_TIME[..], &INSIDE_TIME, &ZONES].iter().any(|known| known.contains(&word.as_str())))
}

/// "Because the certificate had expired, nobody could sign in" as "nobody could sign in, because the certificate had expired".
fn reasoned(words: &str) -> Option<Fronted<'_>> {
    let (opening, joint) = OPENINGS
        .iter()
        .find(|(opening, _)| words.get(..opening.len()).is_some_and(|head| head.eq_ignore_ascii_case(opening)))?;
    // "as of", "as soon as", "as long as" say when or on which condition; "as well as" adds.
    let limited = *opening == "as " && {
        let second = lowered(words).nth(1).unwrap_or_default();
        ["of", "soon", "long", "well", "far", "for", "per", "if", "though", "always", "usual", "mentioned", "announced"]
            .contains(&second.as_str())
    };
    // "After upgrading the client, …" tells an occasion, "after lunch" when.
    let limited = limited || *opening == "after " && !lowered(words).nth(1).is_some_and(|next| next.ends_with("ing"));
    // A reason is a clause and may hold commas of its own; an aim or an occasion ends at the first one.
    let clausal = ["because ", "given ", "as ", "now that ", "since "].contains(opening);
    let concessive = ["while ", "whilst ", "although ", "even though "].contains(opening);
    let begins = |at: usize, comma: &str| {
        let main = words.get(at + comma.len()..).unwrap_or_default();
        let named = !clausal && main.starts_with(char::is_uppercase);
        (has_subject(main) || named || concessive && begins_with_a_clause(main)) && count(main) >= 3
    };
    let mut commas = words.match_indices(", ").take(if clausal { usize::MAX } else { 1 });
    let (at, comma) = commas.find(|(at, comma)| begins(*at, comma))?;
    let front = words.get(..at)?;
    let main = words.get(at + comma.len()..)?;
    // "Since the upgrade, it is slow" says from when on.
    let timed = *opening == "since " && !Document::parse(front).tokens.iter().any(|word| word.tag.is_finite());
    (!limited && !timed).then(|| Fronted {
        main,
        behind: vec![format!("{joint}{}", first_letter_small(front))],
        is_time: false,
    })
}

/// Whether words begin with a verb, or with a few words of a noun phrase in front of one: "memory queues lack …".
pub(super) fn begins_with_a_clause(main: &str) -> bool {
    const LONGEST_SUBJECT: usize = 4;
    let document = Document::parse(main);
    let adverbs = document.tokens.iter().take_while(|word| word.tag == Tag::Adverb).count();
    let verb = |tag: Tag| tag.is_finite() || matches!(tag, Tag::Verb(VerbForm::Base | VerbForm::PastParticiple));
    if document.tokens.get(adverbs).is_some_and(|first| verb(first.tag)) {
        return true;
    }
    let Some(end) = noun_phrase_end(&document, adverbs, document.tokens.len()) else { return false };
    end <= adverbs + LONGEST_SUBJECT
        && document.tokens.get(end).is_some_and(|verb| {
            matches!(
                verb.tag,
                Tag::Auxiliary | Tag::Modal | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular | VerbForm::Base)
            )
        })
}

/// Whether a clause begins with what can only be its subject.
fn has_subject(main: &str) -> bool {
    const SUBJECTS: [&str; 37] = [
        "we",
        "the",
        "our",
        "a",
        "an",
        "it",
        "i",
        "all",
        "no",
        "nobody",
        "none",
        "some",
        "most",
        "many",
        "users",
        "customers",
        "you",
        "they",
        "everyone",
        "everybody",
        "there",
        "any",
        "each",
        "every",
        "only",
        "new",
        "your",
        "their",
        "not",
        "access",
        "payments",
        "orders",
        "several",
        "two",
        "three",
        "this",
        "these",
    ];
    let first = main.split_whitespace().next().unwrap_or_default();
    let named = first.starts_with('`') || first.contains('.') && first.len() > 3 && !first.ends_with('.');
    let word = lowered(main).next().unwrap_or_default();
    named || word.split(['\'', '’']).next().is_some_and(|word| SUBJECTS.contains(&word))
}

fn lowered(words: &str) -> impl Iterator<Item = String> {
    words
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Words that go on in a sentence, whatever their first one is.
pub(super) fn first_letter_small(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|letter| letter.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// "On Monday" in the middle of a clause; "Monday" keeps its capital.
fn uncapitalised_unless_named(words: &str) -> String {
    let named = extract(words).first().is_some_and(|fact| {
        fact.span.start == 0
            && words.get(..fact.span.end).is_some_and(|date| date.contains(|c: char| c.is_ascii_digit()))
    });
    if named { words.to_owned() } else { first_letter_small(words) }
}

#[cfg(test)]
mod tests {
    use super::{fronted, starting_day};

    #[test]
    fn what_stands_in_front_moves_behind() {
        for (words, expected) in [
            ("On 3 May at 10:00 UTC, the service moves", "The service moves on 3 May at 10:00 UTC"),
            (
                "Thursday October 19 2023, starting at 12:00 UTC, we'll move the shop",
                "We'll move the shop on Thursday October 19 2023, starting at 12:00 UTC",
            ),
            ("Since 07:30 UTC, our monitoring sees errors", "Our monitoring sees errors since 07:30 UTC"),
            ("Tomorrow, the lab is closed", "The lab is closed tomorrow"),
            ("Due to a bug, 112 invoices are wrong", ""),
            ("Due to a bug, the invoices are wrong", "The invoices are wrong, due to a bug"),
            (
                "Because the certificate had expired, nobody could sign in",
                "Nobody could sign in, because the certificate had expired",
            ),
            (
                "Between 2025-07-30 21:27 UTC and 2025-07-31 07:27 UTC the shop was closed",
                "The shop was closed between 2025-07-30 21:27 UTC and 2025-07-31 07:27 UTC",
            ),
            ("On Tuesday 12 January we lost the list", "We lost the list on Tuesday 12 January"),
            ("At 03:01 UTC half of it was lost", ""),
            ("Since the upgrade, the lift is slow", ""),
            (
                "Since the hall is small, there are advantages in having one desk",
                "There are advantages in having one desk, since the hall is small",
            ),
            ("Now that it is done, we rest a while", "We rest a while, now that it is done"),
            (
                "Now that we are ready, I decided to wait with releasing it until after I am back",
                "I decided to wait with releasing it until after I am back, now that we are ready",
            ),
            ("Yesterday the server was slow and today it is down", ""),
            ("On Tuesday we upgraded it but went back on Wednesday", ""),
            ("On Monday we had to restart it and the list was lost", ""),
            ("At 03:00 the disk was full: the list was lost", ""),
            ("On Friday the 13th the backup failed", ""),
            ("As of May, the price rises", ""),
            ("After upgrading the client, the till was slow", "The till was slow after upgrading the client"),
            ("After lunch, the till was slow", ""),
            (
                "While the upgrades of all of our databases take place in the same hour of each week, they cannot be put off by us",
                "",
            ),
            ("As soon as it is signed, the hall is rebuilt", ""),
            ("If it fails, we stop", ""),
            ("On Monday, the vendor says that the part broke", ""),
            ("Monday, Tuesday and Friday are free", ""),
            ("As Anna, Bo and Carl left, we closed the desk", "We closed the desk, as Anna, Bo and Carl left"),
        ] {
            let told = fronted(words).map(|fronted| fronted.told(fronted.main)).unwrap_or_default();
            assert_eq!(told, expected, "{words}");
        }
    }

    #[test]
    fn a_day_is_told_where_it_is_the_whole_time() {
        for (words, expected) in [
            (" beginning at 17:00 (UTC) Monday December 18, 2023 so that it can rest", "on Monday December 18, 2023"),
            (" on 3 May to mend the roof", "on 3 May"),
            (" on 3 May, as Friday is free", "on 3 May"),
            (" from Monday so that it can rest", ""),
            (" on Monday to Friday of the next week", ""),
            (" starting Monday at 8:00 until Friday", ""),
            (" on Monday – the shop stays closed", "on Monday"),
            (" starting Monday to the end of May", ""),
            (" on Monday and Friday", ""),
        ] {
            assert_eq!(starting_day(words).unwrap_or_default(), expected, "{words}");
        }
    }
}
