//! Shortening: what a clause of the author's can do without when it heads a message. Never what limits its claim.

use super::bare::{
    without_addresses, without_box, without_emoji, without_emphasis, without_links, without_subject_mark, without_tag,
};
use super::fronted::{Fronted, begins_with_a_clause, fronted, fronted_when_cut, starting_day, without_hour};
use super::halves::{behind_a_reason, behind_a_topic, behind_a_turn, behind_so};
use super::inflected::capitalised;
use super::openers::without_opener;
use super::sentences::unwrapped;
use crate::engine::facts::extract;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, Token};

/// The longest headline, in words.
pub(super) const HEADLINE_WORDS: usize = 20;
/// A clause of fewer words says too little to be cut to.
pub(super) const FEWEST_WORDS: usize = 4;
/// And of fewer than this behind "there is".
const FEWEST_THERE: usize = 7;

pub(super) fn count(words: &str) -> usize {
    words.split_whitespace().count()
}

/// A line with a sign that it goes on below, where there is room for one.
pub(super) fn going_on(line: &str) -> Option<String> {
    (!line.ends_with('…') && count(line) < HEADLINE_WORDS).then(|| format!("{line} …"))
}

/// A clause of at most twenty words that can stand alone: the whole, or without what a headline can leave out.
pub(super) fn short(words: &str) -> Option<String> {
    let words = short_any(words)?;
    // A label or a fragment of one word heads nothing.
    let hangs = words.rsplit(' ').next().is_some_and(|last| VERBS_THAT_HANG.contains(&last.to_lowercase().as_str()));
    (count(&words) >= 2 && !words.ends_with(':') && !(hangs && count(&words) <= 6)).then_some(words)
}

/// "The client is." answers what another clause says.
const VERBS_THAT_HANG: [&str; 11] = ["is", "are", "was", "were", "does", "do", "did", "has", "have", "will", "can"];

pub(super) fn short_any(words: &str) -> Option<String> {
    let bare = without_addresses(&without_links(&without_emphasis(words)));
    let bare = without_subject_mark(without_tag(without_emoji(without_box(bare.trim()))))
        .trim_end_matches(['.', ',', ';', ':']);
    let bare = without_open_example(unwrapped(bare));
    let opened = without_opener(bare);
    if opened.is_empty() {
        return None;
    }
    let taken_apart = fronted(&opened);
    if taken_apart.is_none()
        && let Some(line) = fronted_when_cut(&opened, |main, room| cut(&without_brackets(main), TAILS, room))
    {
        return Some(line);
    }
    let main = taken_apart.as_ref().map_or(opened.as_str(), |fronted| fronted.main);
    let main = if count(main) > HEADLINE_WORDS { behind_a_topic(main) } else { main };
    let room = HEADLINE_WORDS - taken_apart.as_ref().map_or(0, Fronted::words_of_day);
    let lean = || {
        let lean = without_brackets(&without_aside(without_aim(main)));
        let day = if count(&lean) > HEADLINE_WORDS { without_hour(&lean) } else { None };
        day.map(str::to_owned).unwrap_or(lean)
    };
    let line = if count(main) <= room {
        main.to_owned()
    } else if count(main) <= HEADLINE_WORDS {
        // Room for the day is made where it costs no more than a reason.
        let lean = lean();
        if count(&lean) <= room {
            lean
        } else {
            cut(&lean, TAILS, room).or_else(|| cut(&lean, LAST_TAILS, room)).unwrap_or_else(|| main.to_owned())
        }
    } else {
        let lean = lean();
        if count(&lean) <= room {
            lean
        } else {
            let most = HEADLINE_WORDS;
            let shorter = if count(&lean) <= most {
                cut(&lean, TAILS, room).or_else(|| Some(lean.clone()))
            } else {
                behind_so(&lean).or_else(|| cut(&lean, TAILS, room))
            };
            let shorter = shorter.or_else(|| cut(&lean, TAILS, most)).or_else(|| cut(&lean, LAST_TAILS, most));
            shorter
                .map(|line| with_day(line, &lean))
                .or_else(|| behind_a_turn(&lean))
                .or_else(|| behind_a_reason(&lean))?
        }
    };
    Some(taken_apart.as_ref().map_or_else(|| capitalised(&line), |fronted| fronted.told(&line)))
}

/// "the same team as the new joiner e.g.": an example that stands in the next sentence.
fn without_open_example(words: &str) -> &str {
    const MARKS: [&str; 7] = ["e.g", "eg", "i.e", "ie", "for example", "such as", "including"];
    let open = MARKS.iter().find_map(|mark| words.strip_suffix(mark)?.strip_suffix([' ', '(']));
    open.map_or(words, |head| head.trim_end_matches([' ', ',', '(', ';']))
}

/// A line that was cut where its clause says when, with the day: "down for two hours" on which day?
fn with_day(line: String, whole: &str) -> String {
    let day = whole.strip_prefix(&line).and_then(starting_day);
    match day.map(|day| format!("{line} {day}")).filter(|dated| count(dated) <= HEADLINE_WORDS) {
        Some(dated) if extract(&line).iter().all(|fact| !fact.kind.is_when()) => dated,
        _ => line,
    }
}

/// What begins a clause that waits for another one.
pub(super) const SUBORDINATE: [&str; 10] =
    ["if ", "when ", "while ", "whilst ", "as ", "although ", "since ", "once ", "after ", "until "];

/// "For more visibility, we met …": what it was for may be left to the sections. Whom it is for may not.
fn without_aim(words: &str) -> &str {
    const LONGEST: usize = 4;
    match words.split_once(", ") {
        Some((aim, rest))
            if ["For more ", "For better "].iter().any(|opener| aim.starts_with(opener)) && count(aim) <= LONGEST =>
        {
            rest
        }
        _ => words,
    }
}

/// What can follow a clause that is complete without it, with the space or sign that parts it. Reasons, purposes and examples may be left to the sections.
pub(super) const TAILS: &[&str] = &[
    " for the following reasons",
    " in alignment with ",
    " in accordance with ",
    " in line with ",
    " in conjunction with ",
    ", not only ",
    ", which ",
    ", so ",
    ", as ",
    ", and ",
    " which ",
    " so that ",
    " in order to ",
    " as well as ",
    ", including ",
    ", along with ",
    ", with ",
    ", effectively ",
    ", hosting ",
    ", managed ",
    ", using ",
    ". ",
    " (",
    ", preventing ",
    ", resulting ",
    " after which ",
    ", after which ",
    ", at which ",
    " as we ",
    " as the ",
    ", to ",
    ", for example",
    " because ",
    " due to ",
    ", because ",
    " while ",
    ", while ",
    ", where ",
    ", leading ",
    ", causing ",
    ", making ",
    ", allowing ",
    " such as ",
    ", such as ",
    " to allow ",
    " to avoid ",
    " to reduce ",
    " to improve ",
    " through ",
    " via ",
    ", but ",
    " – ",
    " — ",
    " - ",
    "; ",
    " when ",
    " after ",
    " during ",
    " caused by ",
    ": ",
    " to update ",
    " to install ",
    " to upgrade ",
    " to apply ",
    " to replace ",
    " to address ",
    " to prevent ",
    " to perform ",
    " to ensure ",
    " to use ",
    " to get ",
    " to see ",
    " beginning at ",
    " beginning on ",
    " starting at ",
    " starting on ",
    " as a result of ",
];

/// A tail with one of these binds what stands before it: leaving it out would claim more than the author does.
const BINDING: &[&str] = &[
    "if", "unless", "until", "only", "except", "but", "not", "no", "without", "never", "however", "might", "may",
    "when",
];

/// A clause does not end with these.
const HANGING: &[&str] = &[
    "following",
    "below",
    "and",
    "or",
    "but",
    "with",
    "along",
    "where",
    "that",
    "which",
    "who",
    "the",
    "a",
    "an",
    "of",
    "to",
    "for",
    "in",
    "on",
    "at",
    "by",
    "from",
    "as",
    "than",
    "so",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "not",
    "running",
    "using",
    "if",
    "e.g",
    "i.e",
    "such",
    "including",
    "like",
];

/// Words that wait for "to": "guests who will all want | to use it".
const WAITING: &[&str] = &[
    "want",
    "wants",
    "need",
    "needs",
    "able",
    "unable",
    "going",
    "plan",
    "try",
    "trying",
    "have",
    "has",
    "had",
    "like",
    "used",
    "seem",
    "seems",
    "allowed",
    "required",
    "fail",
    "fails",
    "failed",
    "managed",
    "continue",
    "continues",
    "continued",
    "expect",
    "expects",
    "expected",
    "scheduled",
    "planned",
    "plans",
    "asked",
    "working",
    "intend",
    "hope",
    "decided",
    "ready",
    "how",
    "due",
    "time",
    "advised",
    "encouraged",
    "free",
];

/// Tails that say more than a reason or an aim, left to the sections only where nothing shorter heads the message.
const LAST_TAILS: &[&str] = &[
    " where ",
    " as all ",
    " as it ",
    " as they ",
    " as this ",
    " since ",
    " and ",
    " from ",
    " with ",
    " using ",
    " every time ",
    " that will ",
    " that would ",
    ", depending ",
    ", based on ",
    " as part of ",
];

pub(super) fn cut(words: &str, tails: &[&str], most: usize) -> Option<String> {
    let mut cuts = words.rmatch_indices([' ', ',', '.', ';', ':']).map(|(at, _)| at);
    cuts.find_map(|at| {
        let (head, tail) = words.split_at_checked(at)?;
        tails.iter().find(|known| tail.starts_with(**known))?;
        // "17:00 (UTC) Monday" is one time.
        let zone =
            tail.strip_prefix(" (").and_then(|rest| rest.split_once(')')).is_some_and(|(inside, _)| is_zone(inside));
        if zone {
            return None;
        }
        // What follows from the clause does not limit it.
        let limiting = tail.split(", so ").next().filter(|part| !part.is_empty()).unwrap_or(tail);
        let bound = limiting
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| BINDING.contains(&word.to_lowercase().as_str()) || word.ends_with("n't"));
        // "; when it is due, we pay": a sentence of its own binds only with what turns it.
        let bound = bound
            && !tail.strip_prefix("; ").is_some_and(|next| {
                !["but ", "however", "except", "unless", "only ", "if ", "not "]
                    .iter()
                    .any(|turn| next.starts_with(turn))
            });
        // The reason may be left to the sections, whatever words it has.
        let bound = bound
            && ![
                " as all ",
                " as it ",
                " as they ",
                " since ",
                " as we ",
                ", as ",
                " as the ",
                " because ",
                " due to ",
                ", because ",
                ", so ",
                " — even if ",
                // "All are stopped, not only those in Berlin" is no less true of all.
                ", not only ",
                // "It is frozen, and no further ones are added": news of its own.
                " and no ",
                ", and no ",
            ]
            .iter()
            .any(|reason| tail.starts_with(reason));
        let balanced = head.matches('(').count() == head.matches(')').count() && !head.ends_with(['–', '—']);
        let subordinate = SUBORDINATE.iter().any(|opener| head.to_lowercase().starts_with(opener));
        let whole = !subordinate || head.contains(", ");
        // "It is frozen and no image for A and B is added": the second "and" may join half a subject.
        let whole = whole && !(tail.starts_with(" and ") && head.contains(" and "));
        // "It offers reading, writing, and copying", "an AKS and EKS upgrade": things are told all or not at all.
        let added = [", and ", " and "].iter().find_map(|and| tail.strip_prefix(and));
        let whole = whole
            && added.is_none_or(|added| {
                added.starts_with("no ")
                    || begins_with_a_clause(added)
                    || begins_a_phrase(added) && !ends_in_a_list(head)
            })
            && !(added.is_some() && ends_with_half_a_pair(head));
        // "There are issues" says nothing without which ones.
        let whole = whole && !(head.starts_with("There ") && count(head) < FEWEST_THERE);
        // "a new model in alignment" waits for its "with".
        let whole = whole && !(tail.starts_with(" with ") && head.rsplit(' ').nth(1) == Some("in"));
        let head = head.trim_end_matches([',', ';', ' ']);
        let hangs = head.rsplit(' ').next().is_some_and(|last| {
            let last = last.to_lowercase();
            HANGING.contains(&last.as_str()) || tail.starts_with(" to ") && WAITING.contains(&last.as_str())
        });
        (count(head) <= most
            && count(head) >= FEWEST_WORDS
            && !bound
            && balanced
            && whole
            && !hangs
            && says_something(head)
            // What stands behind a colon says something by itself, or the cut comes at the colon.
            && head.rsplit_once(": ").is_none_or(|(_, behind)| says_something(behind))
            && (tails == TAILS || !is_open(head)))
        .then(|| head.to_owned())
    })
}

/// "It allows for easy | and secure talks": an adjective whose noun stands behind the other one.
fn ends_with_half_a_pair(head: &str) -> bool {
    let document = Document::parse(head);
    let mut last = document.tokens.iter().rev().map(|token| token.tag);
    last.next() == Some(Tag::Adjective) && matches!(last.next(), Some(Tag::Preposition | Tag::Determiner))
}

/// Whether words begin with what opens a phrase: "and the desk", "and for the desk", not "and scanner upgrades".
fn begins_a_phrase(words: &str) -> bool {
    let document = Document::parse(words);
    let first = document.tokens.first();
    first.is_some_and(|first| {
        matches!(first.tag, Tag::Determiner | Tag::Preposition | Tag::To | Tag::Verb(VerbForm::Ing))
    })
}

/// Whether what stands behind the last comma of a head is one thing of several, and no clause.
fn ends_in_a_list(head: &str) -> bool {
    const LONGEST: usize = 4;
    head.rsplit_once(", ").is_some_and(|(_, last)| count(last) <= LONGEST && !says_something(last))
}

/// Whether a clause of its own has begun in a head, of which the rest was cut off.
fn is_open(head: &str) -> bool {
    let pair = head.split_once(" between ").is_some_and(|(_, behind)| !behind.contains(" and "));
    pair || [" where ", " which ", " who ", " that ", " if ", " when ", " both ", " either "]
        .iter()
        .any(|opener| head.contains(opener))
}

/// Whether a head that was cut off is a clause: "In a campaign today" is none, nor is "The system used by the shop".
pub(super) fn says_something(head: &str) -> bool {
    const RELATIVE: [&str; 6] = ["where", "which", "who", "that", "whose", "whether"];
    let document = Document::parse(head);
    let opened = document.tokens.first().is_some_and(|first| first.tag == Tag::Preposition);
    let comma = document.tokens.iter().position(|token| token.is(&[","]));
    let start = if opened { comma.unwrap_or(document.tokens.len()) } else { 0 };
    let tokens = document.tokens.get(start..).unwrap_or_default();
    let main = tokens.iter().take_while(|token| !token.is(&RELATIVE)).count();
    let participle =
        |index: usize| tokens.get(index + 1).is_some_and(|next| next.is(&["by", "in", "at", "for", "with", "on"]));
    // "all recorded entries"
    let attribute = |index: usize| {
        index.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.tag == Tag::Determiner)
    };
    tokens.iter().take(main).enumerate().any(|(index, token)| match token.tag {
        Tag::Auxiliary | Tag::Modal | Tag::Verb(VerbForm::ThirdSingular) => true,
        // "a complex-typed column"
        Tag::Verb(VerbForm::Past | VerbForm::PastParticiple) => {
            index == 0 || !participle(index) && !attribute(index) && !token.joined
        }
        Tag::Verb(VerbForm::Base) => true,
        _ => token.is(&["no", "not", "nothing", "nobody"]),
    })
}

/// The beginning of a clause that nothing shorter stands for: cut where a phrase ends, with a sign that it goes on.
pub(super) fn beginning(words: &str) -> String {
    const PHRASES: [&str; 9] = [" with ", " that ", " for ", " in ", " on ", " to ", " by ", " from ", ", "];
    let lean = without_brackets(&without_opener(unwrapped(&without_links(&without_emphasis(words)))));
    if count(&lean) <= HEADLINE_WORDS {
        return lean;
    }
    // The occasion in front of a clause would take all the room.
    let lean = fronted(&lean).map_or_else(|| lean.clone(), |fronted| capitalised(fronted.main));
    if count(&lean) <= HEADLINE_WORDS {
        return lean;
    }
    let mut cuts: Vec<usize> = PHRASES.iter().flat_map(|phrase| lean.match_indices(phrase).map(|(at, _)| at)).collect();
    cuts.sort_unstable();
    let head = cuts.into_iter().rev().find_map(|at| {
        let head = lean.get(..at)?;
        ((FEWEST_WORDS..HEADLINE_WORDS).contains(&count(head)) && !hangs(head)).then(|| head.to_owned())
    });
    let head = head.unwrap_or_else(|| lean.split_whitespace().take(HEADLINE_WORDS - 1).collect::<Vec<_>>().join(" "));
    format!("{} …", head.trim_end_matches([' ', '-', '–', '—']))
}

fn hangs(head: &str) -> bool {
    let open = |last: &Token| last.tag == Tag::Verb(VerbForm::Past) && !last.capital || last.is(WAITING);
    Document::parse(head).tokens.last().is_some_and(|last| waits(last) || open(last))
}

/// Whether the last word of a clause waits for what does not follow: "you could check", "it assumes", "it depends on".
pub(super) fn waits(last: &Token) -> bool {
    let verb = match last.tag {
        // "to Slack": a name, whatever else it is.
        Tag::Verb(_) if last.capital => false,
        Tag::Verb(form) => matches!(form, VerbForm::Base | VerbForm::ThirdSingular),
        Tag::Auxiliary | Tag::Modal | Tag::Preposition | Tag::To | Tag::Determiner | Tag::Conjunction => true,
        _ => false,
    };
    verb || last.is(HANGING)
}

/// Drops ", managed by the platform team," from the middle of a clause.
fn without_aside(words: &str) -> String {
    const ASIDES: [&str; 13] = [
        ", managed ",
        ", called ",
        ", hosted ",
        ", hosting ",
        ", used ",
        ", based ",
        ", run ",
        ", known ",
        ", which ",
        ", operated ",
        ", maintained ",
        ", owned ",
        ", provided ",
    ];
    let Some(start) = ASIDES.iter().filter_map(|aside| words.find(aside)).min() else { return words.to_owned() };
    let (head, aside) = words.split_at_checked(start).unwrap_or((words, ""));
    match aside.get(1..).and_then(|rest| rest.split_once(", ")) {
        Some((_, rest)) if count(head) >= 2 => format!("{head} {rest}"),
        _ => words.to_owned(),
    }
}

/// Drops brackets with what is in them, unless it limits the claim.
fn without_brackets(words: &str) -> String {
    let mut line = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((head, tail)) = rest.split_once(" (") {
        line.push_str(head);
        let Some((inside, after)) = tail.split_once(')') else {
            return format!("{line} ({tail}");
        };
        let limits = is_zone(inside)
            || inside
                .split(|c: char| !c.is_alphanumeric() && c != '\'')
                .any(|word| BINDING.contains(&word.to_lowercase().as_str()));
        if limits {
            line.push_str(&format!(" ({inside})"));
        }
        rest = after;
    }
    line.push_str(rest);
    line
}

/// A time zone belongs to its time.
fn is_zone(inside: &str) -> bool {
    inside.len() <= 5 && inside.chars().all(char::is_uppercase)
}
