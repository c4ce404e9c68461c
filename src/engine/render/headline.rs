//! Headlines: short clauses that can stand alone above a message.

use super::inflected::capitalised;
use super::sentences::{Teller, one_line, unwrapped};
use crate::engine::lexicon::inflect::{VerbForm, verb_form};
use crate::engine::reading::{Cues, Link, Statement, topic};
use crate::engine::text::Tag;

/// The longest headline, in words.
pub(super) const HEADLINE_WORDS: usize = 20;
/// A clause of fewer words says too little to be cut to.
const FEWEST_WORDS: usize = 4;

impl Teller<'_, '_, '_> {
    /// Short clauses of a statement for the headline; empty when it cannot stand alone.
    pub(super) fn lead(&mut self, statement: &Statement, words: &str) -> Option<String> {
        if statement.slot == "reference"
            || statement.is_background
            || statement.link != Link::None
            || self.is_tied(statement)
        {
            return None;
        }
        // Tables and blocks of code are no clauses.
        if words.contains("```") || words.contains(" | ") {
            return None;
        }
        short(words)
    }

    /// How well a statement heads the message: what its slot is worth for this kind, and whether it can be understood alone.
    pub(super) fn weight(&self, statement: &Statement, position: usize, lead: &str, cues: &Cues) -> usize {
        const LEANING: [&str; 14] = [
            "then", "also", "their", "them", "they", "it", "its", "these", "those", "this", "such", "here", "still",
            "again",
        ];
        let document = self.document();
        let mut weight = 20 + cues.lead_weight(&self.reading.kind, &statement.slot);
        // Who writes for others puts the news first; who reports trouble often begins with how it came about.
        let trouble = ["incident", "performance", "maintenance"].contains(&self.reading.kind.as_str());
        weight += match position {
            0 if trouble => 3,
            0 => 6,
            1 => 2,
            _ => 0,
        };
        let facts = statement.tokens.clone().filter_map(|index| document.fact_at(index));
        if facts.clone().any(|fact| fact.kind.is_quantity() || fact.kind.is_when()) {
            weight += 1;
        }
        let token_is = |words: &[&str]| {
            statement.tokens.clone().take(6).filter_map(|index| document.tokens.get(index)).any(|token| token.is(words))
        };
        if token_is(&["customer", "customers", "user", "users", "everyone", "people"]) {
            weight += 2;
        }
        if token_is(&LEANING) {
            weight -= 4;
        }
        if statement.is_item {
            weight -= 3;
        }
        // What had to be cut says less than its sentence.
        let words = document.slice(document.span_of(statement.tokens.clone())).split_whitespace().count();
        if count(lead) + 5 < words {
            weight -= 3;
        }
        if document.tokens.get(statement.tokens.end).is_some_and(|next| next.lower.starts_with('?')) {
            weight -= 5;
        }
        weight
    }

    /// "It was fixed", "This means …": says nothing without the sentence before.
    fn is_tied(&self, statement: &Statement) -> bool {
        const TIED: [&str; 22] = [
            "it", "this", "these", "those", "they", "he", "she", "which", "meaning", "from", "either", "or", "then",
            "that", "their", "his", "her", "its", "such", "same", "dunno", "dont",
        ];
        let document = self.document();
        let first =
            statement.tokens.clone().filter_map(|index| document.tokens.get(index)).find(|token| {
                token.tag != Tag::Punctuation && token.tag != Tag::Adverb && token.tag != Tag::Conjunction
            });
        // "For many of the domains", "Synapse 1.152 (May)": no clause at all.
        let says = statement.metric.is_some()
            || statement.eta.is_some()
            || statement.slot != "detail"
            || statement.tokens.clone().filter_map(|index| document.tokens.get(index)).any(|token| {
                matches!(token.tag, Tag::Verb(_) | Tag::Auxiliary | Tag::Modal)
                    || token.is(&["no", "not", "nothing", "nobody"])
            });
        !says
            || first.is_none_or(|first| first.is(&TIED))
            || document.tokens.get(statement.tokens.end).is_some_and(|next| next.is(&[":"]))
    }

    /// What came out, when the message tells it: the latest state, said of what it is the state of.
    pub(super) fn outcome(&mut self) -> String {
        for slot in ["resolved", "delay"] {
            let statements = &self.reading.statements;
            let latest: Vec<&Statement> =
                statements.iter().filter(|statement| statement.slot == slot && !statement.is_overtaken).collect();
            let Some(&first) = latest.first() else { continue };
            if let Some(named) = self.named(first) {
                return named;
            }
            let said = self.bare(first, None);
            let Some(said) = short_any(&said) else { continue };
            if let Some(subject) = self.topic_of(first) {
                return self.about(first, &subject, &said);
            }
            // "It is fixed" says of what; "the operation is finished" would only repeat what was planned.
            let trouble = !said.split(' ').take(2).any(|word| WORK.contains(&word.to_lowercase().as_str()));
            if let Some(before) = self.before(first).filter(|_| trouble) {
                let both = format!("{before}; {}", uncapitalised_pronoun(&said));
                if count(&both) <= HEADLINE_WORDS {
                    return both;
                }
                // "Fixed by removing a server that …": how may be left to the sections.
                let done = said.split(' ').next().unwrap_or_default();
                if ["Fixed", "Resolved", "Mitigated", "Solved", "Restored"].contains(&done) {
                    return format!("{before}; {}", done.to_lowercase());
                }
            }
            // "It is fixed" alone says nothing; what else the message says heads it better.
            return if self.is_tied(first) { String::new() } else { said };
        }
        String::new()
    }

    /// The statement itself, when it names what it is about.
    fn named(&mut self, statement: &Statement) -> Option<String> {
        const GENERAL: [&str; 20] = [
            "operation",
            "migration",
            "maintenance",
            "upgrade",
            "update",
            "issue",
            "problem",
            "incident",
            "outage",
            "everything",
            "work",
            "change",
            "all",
            "fix",
            "error",
            "errors",
            "no",
            "we",
            "i",
            "rollout",
        ];
        let document = self.document();
        let mut words = statement.tokens.clone().filter_map(|index| document.tokens.get(index)).skip_while(|token| {
            matches!(token.tag, Tag::Determiner | Tag::Punctuation | Tag::Adverb) && !token.is(&["all", "no"])
        });
        let first = words.next()?;
        let second = words.next();
        let general = first.is(&GENERAL) && second.is_none_or(|second| !second.tag.is_nominal());
        if general || matches!(first.tag, Tag::Verb(_) | Tag::Pronoun | Tag::Auxiliary) {
            return None;
        }
        let words = self.bare(statement, None);
        self.lead(statement, &words)
    }

    /// The piece of work that a state is the state of: the only one the message announces, and of the same name when the
    /// state names one ("the migration is done" is not said of a release).
    fn topic_of(&mut self, latest: &Statement) -> Option<String> {
        const ANY: [&str; 4] = ["operation", "work", "maintenance", "it"];
        let document = self.document();
        let head = latest
            .tokens
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .find(|token| !matches!(token.tag, Tag::Determiner | Tag::Punctuation | Tag::Adverb))?;
        let unnamed = head.tag.is_verb() || head.is(&ANY);
        if !unnamed && !head.lemmas().any(|lemma| WORK.contains(&lemma)) {
            return None;
        }
        let statements = self.reading.statements.iter().filter(|statement| statement.tokens != latest.tokens);
        let mut topics = statements
            .filter(|statement| statement.is_overtaken || statement.slot == "next")
            .filter_map(|statement| topic(document, statement.tokens.clone()));
        let range = topics.next()?;
        if topics.next().is_some() {
            return None;
        }
        let same = range
            .clone()
            .filter_map(|index| document.tokens.get(index))
            .any(|token| token.lemmas().any(|lemma| head.lemmas().any(|own| own == lemma)));
        if !unnamed && !same {
            return None;
        }
        let words = one_line(&self.realiser.bare_range(range).text());
        let words = words
            .strip_prefix("an ")
            .or_else(|| words.strip_prefix("a "))
            .map_or(words.clone(), |bare| format!("the {bare}"));
        (count(&words) <= 10).then_some(words)
    }

    /// "The operation is postponed" said of "the move of the mirror service".
    fn about(&self, statement: &Statement, subject: &str, said: &str) -> String {
        let document = self.document();
        let verb = statement.tokens.clone().find(|index| {
            document.tokens.get(*index).is_some_and(|token| {
                matches!(
                    token.tag,
                    Tag::Auxiliary
                        | Tag::Modal
                        | Tag::Verb(VerbForm::Past | VerbForm::ThirdSingular | VerbForm::PastParticiple)
                )
            })
        });
        let word = verb.and_then(|index| document.tokens.get(index)).map(|token| document.slice(token.span));
        let named = word.filter(|_| verb != Some(statement.tokens.start)).and_then(|word| {
            let at = said
                .split(' ')
                .position(|known| known.trim_matches([',', '.', ';']) == word)
                .filter(|at| (1..=3).contains(at))?;
            let rest = said.split(' ').skip(at).collect::<Vec<_>>().join(" ");
            Some(format!("{} {rest}", capitalised(subject)))
        });
        let line = named.unwrap_or_else(|| format!("{}: {}", capitalised(subject), uncapitalised_pronoun(said)));
        if count(&line) <= HEADLINE_WORDS { line } else { short(&line).unwrap_or_else(|| said.to_owned()) }
    }

    /// The trouble that is over, told in the past.
    fn before(&mut self, latest: &Statement) -> Option<String> {
        let statements: Vec<Statement> = self
            .reading
            .statements
            .iter()
            .filter(|statement| statement.slot == "impact" && statement.tokens != latest.tokens)
            .cloned()
            .collect();
        statements.iter().find_map(|statement| {
            let words = self.bare(statement, None);
            let lead = self.lead(statement, &words)?;
            self.in_the_past(statement, &lead)
        })
    }

    /// A clause with its finite verb in the past tense; `None` for plans and for verbs that are not found again.
    fn in_the_past(&self, statement: &Statement, words: &str) -> Option<String> {
        let document = self.document();
        for index in statement.tokens.clone() {
            let token = document.tokens.get(index)?;
            let past = match token.tag {
                Tag::Modal => return None,
                Tag::Auxiliary => match token.lower.as_str() {
                    "is" | "'s" => "was".to_owned(),
                    "are" | "'re" => "were".to_owned(),
                    "isn't" => "wasn't".to_owned(),
                    "aren't" => "weren't".to_owned(),
                    "has" | "have" => "had".to_owned(),
                    "do" | "does" => "did".to_owned(),
                    "don't" | "doesn't" => "didn't".to_owned(),
                    "was" | "were" | "had" | "did" | "wasn't" | "weren't" | "didn't" => return Some(words.to_owned()),
                    _ => continue,
                },
                Tag::Verb(VerbForm::Past) => return Some(words.to_owned()),
                Tag::Verb(VerbForm::ThirdSingular) => {
                    verb_form(&token.entry.as_ref()?.verb_lemma(&token.lower), VerbForm::Past)
                }
                _ => continue,
            };
            let written = document.slice(token.span);
            let mut done = false;
            let line: Vec<&str> = words
                .split(' ')
                .map(|word| {
                    if !done && word == written {
                        done = true;
                        past.as_str()
                    } else {
                        word
                    }
                })
                .collect();
            return done.then(|| line.join(" "));
        }
        None
    }
}

const WORK: [&str; 9] =
    ["operation", "migration", "maintenance", "upgrade", "update", "work", "change", "rollout", "release"];

pub(super) fn count(words: &str) -> usize {
    words.split_whitespace().count()
}

/// "It has been fixed" goes on in lower case; a name keeps its capital.
fn uncapitalised_pronoun(words: &str) -> String {
    const OPENERS: [&str; 14] = [
        "It",
        "This",
        "The",
        "We",
        "Everything",
        "All",
        "Operation",
        "Migration",
        "Fixed",
        "No",
        "Service",
        "Aborted",
        "Postponed",
        "These",
    ];
    let first = words.split(' ').next().unwrap_or_default();
    if OPENERS.contains(&first) {
        let mut letters = words.chars();
        letters.next().map(|letter| letter.to_lowercase().chain(letters).collect()).unwrap_or_default()
    } else {
        words.to_owned()
    }
}

/// A clause of at most twenty words that can stand alone: the whole, or without what a headline can leave out.
pub(super) fn short(words: &str) -> Option<String> {
    let words = short_any(words)?;
    // A label or a fragment of one word heads nothing.
    (count(&words) >= 2 && !words.ends_with(':')).then_some(words)
}

fn short_any(words: &str) -> Option<String> {
    let bare = without_links(&without_emphasis(words));
    let bare = without_tag(without_emoji(bare.trim())).trim_end_matches(['.', ',', ';', ':']);
    let bare = unwrapped(bare);
    let opened = without_opener(bare);
    if opened.is_empty() {
        return None;
    }
    if count(&opened) <= HEADLINE_WORDS {
        return Some(opened);
    }
    let lean = without_brackets(&without_aside(&opened));
    if count(&lean) <= HEADLINE_WORDS {
        return Some(lean);
    }
    cut(&lean)
}

/// What can follow a clause that is complete without it. Reasons, purposes and examples may be left to the sections.
const TAILS: &[&str] = &[
    ", which ",
    ", so ",
    ", as ",
    ", and ",
    " which ",
    " so that ",
    " in order to ",
    " as well as ",
    ", including ",
    ", with ",
    ", effectively ",
    ", using ",
    ". ",
    " (",
    ", preventing ",
    ", resulting ",
    " after which ",
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
    " to use ",
    " to get ",
    " to see ",
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
];

fn cut(words: &str) -> Option<String> {
    let mut cuts: Vec<usize> = TAILS.iter().flat_map(|tail| words.match_indices(tail).map(|(at, _)| at)).collect();
    cuts.sort_unstable();
    cuts.into_iter().rev().find_map(|at| {
        let (head, tail) = words.split_at_checked(at)?;
        let bound = tail
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| BINDING.contains(&word.to_lowercase().as_str()) || word.ends_with("n't"));
        // The reason may be left to the sections, whatever words it has.
        let bound = bound
            && ![" as we ", ", as ", " as the ", " because ", " due to ", ", because ", ", so ", " — even if "]
                .iter()
                .any(|reason| tail.starts_with(reason));
        let balanced = head.matches('(').count() == head.matches(')').count();
        let subordinate = ["if ", "when ", "while ", "as ", "although ", "since ", "once ", "after ", "until "]
            .iter()
            .any(|opener| head.to_lowercase().starts_with(opener));
        let whole = !subordinate || head.contains(", ");
        let head = head.trim_end_matches([',', ';', ' ']);
        let hangs = head.rsplit(' ').next().is_some_and(|last| HANGING.contains(&last.to_lowercase().as_str()));
        (count(head) <= HEADLINE_WORDS && count(head) >= FEWEST_WORDS && !bound && balanced && whole && !hangs)
            .then(|| head.to_owned())
    })
}

/// The beginning of a clause that nothing shorter stands for: cut where a phrase ends, with a sign that it goes on.
pub(super) fn beginning(words: &str) -> String {
    const PHRASES: [&str; 9] = [" with ", " that ", " for ", " in ", " on ", " to ", " by ", " from ", ", "];
    let lean = without_brackets(&without_opener(unwrapped(&without_links(&without_emphasis(words)))));
    if count(&lean) <= HEADLINE_WORDS {
        return lean;
    }
    let mut cuts: Vec<usize> = PHRASES.iter().flat_map(|phrase| lean.match_indices(phrase).map(|(at, _)| at)).collect();
    cuts.sort_unstable();
    let head = cuts.into_iter().rev().find_map(|at| {
        let head = lean.get(..at)?;
        let hangs = head.rsplit(' ').next().is_some_and(|last| HANGING.contains(&last.to_lowercase().as_str()));
        ((FEWEST_WORDS..HEADLINE_WORDS).contains(&count(head)) && !hangs).then(|| head.to_owned())
    });
    let head = head.unwrap_or_else(|| lean.split_whitespace().take(HEADLINE_WORDS - 1).collect::<Vec<_>>().join(" "));
    format!("{head} …")
}

/// "However, …", "Starting with version 2, …": the clause without what ties it to others.
fn without_opener(words: &str) -> String {
    const OPENERS: &[&str] = &[
        "as a result, ",
        "therefore, ",
        "however, ",
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
        "thus, ",
        "hence, ",
        "and ",
        "but ",
        "then ",
        "finally, ",
        "to recap, ",
        "in short, ",
        "hi all, ",
        "hi team, ",
        "hi everyone, ",
        "hello everybody, ",
        "hello all, ",
        "hello team, ",
        "hey all, ",
        "hey team, ",
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
        "please note that ",
        "overall, ",
        "update: ",
        "tl;dr: ",
        "we regret that ",
        "as of now, ",
    ];
    let mut rest = words;
    loop {
        let opens = |opener: &&&str| rest.get(..opener.len()).is_some_and(|head| head.eq_ignore_ascii_case(opener));
        let Some(opener) = OPENERS.iter().find(opens) else { break };
        match rest.get(opener.len()..) {
            Some(tail) if !tail.is_empty() => rest = tail,
            _ => break,
        }
    }
    // "Impact: …": the heading of a section says so already.
    if let Some((label, tail)) = rest.split_once(": ")
        && count(label) <= 2
        && label.chars().all(|c| c.is_alphabetic() || c == ' ')
        && count(tail) >= FEWEST_WORDS
    {
        rest = tail;
    }
    // "Update 3 (16:40): …": the stamp of an update heads nothing.
    if rest.to_lowercase().starts_with("update")
        && let Some((stamp, tail)) = rest.split_once(": ")
        && count(stamp) <= 4
        && count(tail) >= 2
    {
        rest = tail;
    }
    // "As per the ticket, …": where it stands written matters less than what.
    if ["as per ", "according to ", "as announced", "as mentioned", "as discussed", "as you may know"]
        .iter()
        .any(|opener| rest.to_lowercase().starts_with(opener))
        && let Some((_, tail)) = rest.split_once(", ")
    {
        rest = tail;
    }
    capitalised(rest)
}

/// A section does not begin with what ties its first sentence to one that stands elsewhere.
pub(super) fn without_connective(text: &str) -> String {
    const CONNECTIVES: [&str; 14] = [
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

/// "[RESOLVED] …", "[API Gateway] …": a tag in front names the list a message is in.
fn without_tag(words: &str) -> &str {
    match words.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((tag, rest)) if !tag.contains('[') && count(tag) <= 4 && count(rest) >= 2 => rest.trim_start(),
        _ => words,
    }
}

/// Emoji at both ends: a headline is words.
fn without_emoji(words: &str) -> &str {
    let is_emoji = |word: &str| word.len() > 2 && word.starts_with(':') && word.ends_with(':') && !word.contains(' ');
    let mut rest = words;
    while let Some((_, tail)) = rest.split_once(' ').filter(|(first, _)| is_emoji(first)) {
        rest = tail.trim_start();
    }
    while let Some((head, _)) = rest.rsplit_once(' ').filter(|(_, last)| is_emoji(last.trim_end_matches('.'))) {
        rest = head.trim_end();
    }
    rest
}

/// Drops ", managed by the platform team," from the middle of a clause.
fn without_aside(words: &str) -> String {
    const ASIDES: [&str; 9] =
        [", managed ", ", called ", ", hosted ", ", hosting ", ", used ", ", based ", ", run ", ", known ", ", which "];
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
        // A time zone belongs to its time.
        let zone = inside.len() <= 5 && inside.chars().all(char::is_uppercase);
        let limits = zone
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

/// Signs of emphasis and struck-out words; code keeps its marks.
fn without_emphasis(words: &str) -> String {
    if !words.contains(['*', '_', '~']) {
        return words.to_owned();
    }
    let mut line = String::with_capacity(words.len());
    for (position, part) in words.split('`').enumerate() {
        if position % 2 == 1 {
            line.push('`');
            line.push_str(part);
            line.push('`');
        } else {
            line.push_str(
                &part
                    .replace("***", "")
                    .replace("**", "")
                    .replace("__", "")
                    .replace("~~", "")
                    .replace(" _", " ")
                    .replace("_ ", " ")
                    .replace("_.", "."),
            );
        }
    }
    line
}

/// `[label](address)` as its label; the address stays in the sections and the plain version.
pub(super) fn without_links(words: &str) -> String {
    let mut line = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((head, tail)) = rest.split_once('[') {
        line.push_str(head);
        match tail.split_once("](") {
            Some((label, address)) if !label.contains('[') && address.contains(')') => {
                line.push_str(label);
                rest = address.split_once(')').map_or("", |(_, after)| after);
            }
            _ => {
                line.push('[');
                rest = tail;
            }
        }
    }
    line.push_str(rest);
    line
}
