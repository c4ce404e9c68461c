//! The grammar of typed commands. Liberal: whatever is not clearly something else is text to rewrite (or, behind the
//! explain door, a term to explain).
//!
//! ```text
//! for sales: TEXT      for sales, TEXT     TEXT
//! for finance and sales: TEXT              draft        draft TEXT    draft for sales: TEXT
//! explain TERM         explain TERM for sales         what is TERM?
//! settings             settings sales                 help
//! settings here        settings here sales            settings here quiet
//! settings here bridge @deploys to #sales              settings here no bridge
//! settings here replies to @deploys                    settings here no replies
//! know                 know p95, rollback             forget p95         forget all
//! glossary             glossary p95                   glossary add kiln  glossary edit p95    glossary history p95
//! glossary leave out p95
//! ```

use serde::{Deserialize, Serialize};

use super::addressed::{Leading, leading_reader};
use super::{
    BridgeWish, ChannelWish, GlossaryWish, Readers, bridges,
    draft::{self, MOST_READERS},
    keeping, replies,
};
use crate::ids::{AudienceId, ChannelId};

/// The door through which text came: it decides what bare text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// Bare text is a message to rewrite.
    Rewrite,
    /// Bare text is a term to explain.
    Explain,
    /// Bare text is about entries of the glossary: what is looked for, or what to do with one.
    Glossary,
    /// Somebody talks to us: a question is answered, anything longer is a message to rewrite.
    Talk,
}

/// What was typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// Say how to use Upshot.
    Help,
    /// Show the settings.
    Settings,
    /// Show or choose what holds for the channel.
    Channel(ChannelWish),
    /// Remember this reader.
    SetReader(AudienceId),
    /// A reader was named that nobody knows.
    UnknownReader(String),
    /// "Explain this": something is meant that stands elsewhere.
    PointsElsewhere {
        /// What is meant.
        at: Pointed,
        /// The reader, when one was named.
        reader: Option<AudienceId>,
    },
    /// Explain a term or answer a question.
    Explain {
        /// The term or question.
        query: &'a str,
        /// The reader, when one was named.
        reader: Option<AudienceId>,
    },
    /// Look after the glossary.
    Glossary(Box<GlossaryWish>),
    /// Show which terms the person knows.
    Known,
    /// Remember that the person knows terms, if that is what these are.
    Know {
        /// The terms, with commas between them.
        terms: &'a str,
    },
    /// The person no longer knows terms, if that is what these are.
    TakeBack {
        /// The terms, with commas between them.
        terms: &'a str,
    },
    /// The person knows none of the terms any more.
    TakeAllBack,
    /// Open the draft editor.
    Draft {
        /// The draft; may be empty.
        text: &'a str,
        /// Who it is for, each once, in the order of their naming; none when nobody was named.
        readers: Vec<AudienceId>,
    },
    /// More readers were named than can be compared.
    TooManyReaders,
    /// Rewrite a text for several readers.
    RewriteForSeveral {
        /// The text.
        text: &'a str,
        /// The readers, each once, in the order of their naming.
        readers: Vec<AudienceId>,
    },
    /// Rewrite a text.
    Rewrite {
        /// The text.
        text: &'a str,
        /// The reader, when one was named.
        reader: Option<AudienceId>,
    },
}

/// What "this" may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointed {
    /// One message.
    Message,
    /// A whole thread.
    Thread,
    /// The message that the person looks at.
    MessageInSight,
    /// The thread of the message that the person looks at.
    ThreadInSight,
}

/// Openings of a question about a term.
const QUESTIONS: &[&str] = &["what is ", "what's ", "what’s ", "what are ", "what does ", "define ", "meaning of "];

/// A question of more words than this is a message that happens to start like one.
const LONGEST_QUESTION_WORDS: usize = 12;

/// Who says no more than this to us names a term.
const LONGEST_NAME_WORDS: usize = 3;

/// Words that point at a message and say nothing of what is in it.
const POINTING: &[&str] = &[
    "explain",
    "rewrite",
    "translate",
    "summarise",
    "summarize",
    "please",
    "this",
    "that",
    "it",
    "message",
    "post",
    "above",
    "the",
    "for",
    "us",
    "me",
    "what",
    "what's",
    "does",
    "is",
    "mean",
    "means",
    "can",
    "could",
    "you",
    "a",
    "in",
    "plain",
    "simple",
    "words",
    "english",
    "here",
    "hey",
    "hi",
    "whole",
    "entire",
    "all",
    "of",
    "give",
    "summary",
    "team",
    "business",
    "language",
    "terms",
    "i",
    "i'm",
    "i’m",
    "am",
    "at",
    "currently",
];

/// Words that point at all messages of a thread.
const WHOLE: &[&str] = &["thread", "conversation", "discussion"];

/// Words that point at what is on the person's screen: "the message I am looking at".
const LOOKING: &[&str] = &["looking", "viewing", "reading"];

/// Understands a typed command.
#[must_use]
pub fn parse<'a>(text: &'a str, door: Door, readers: &Readers) -> Command<'a> {
    let text = text.trim();
    if is_one_of(text, &["help", "?", "-h", "--help", "usage"]) || (text.is_empty() && door != Door::Glossary) {
        return Command::Help;
    }
    if door == Door::Glossary {
        return Command::Glossary(Box::new(keeping::wish(text)));
    }
    if door == Door::Talk
        && let Some(command) = points_elsewhere(text, readers)
    {
        return command;
    }
    if door != Door::Explain
        && let Some(command) = settings(text, readers)
    {
        return command;
    }
    if door != Door::Explain
        && let Some(wish) = glossary(text)
    {
        return Command::Glossary(Box::new(wish));
    }
    if door != Door::Explain
        && let Some(command) = knowing(text)
    {
        return command;
    }
    if door != Door::Explain
        && let Some(text) = draft::typed(text)
    {
        return match leading_reader(text, readers) {
            Leading::Several(several, _) if several.len() > MOST_READERS => Command::TooManyReaders,
            Leading::Several(several, text) => Command::Draft { text, readers: several },
            Leading::Reader(reader, text) => Command::Draft { text, readers: vec![reader] },
            Leading::Unknown(typed) => Command::UnknownReader(typed.to_owned()),
            Leading::Nothing => Command::Draft { text, readers: Vec::new() },
        };
    }
    match leading_reader(text, readers) {
        Leading::Several(_, "") => Command::Help,
        Leading::Several(several, _) if several.len() > MOST_READERS => Command::TooManyReaders,
        Leading::Several(several, text) => Command::RewriteForSeveral { text, readers: several },
        Leading::Reader(_, "") => Command::Help,
        Leading::Reader(reader, rest) => body(rest, door, readers, Some(reader)),
        Leading::Unknown(typed) => Command::UnknownReader(typed.to_owned()),
        Leading::Nothing => body(text, door, readers, None),
    }
}

/// `settings`, `settings sales`, `reader sales`; a longer text is a message about settings.
fn settings<'a>(text: &'a str, readers: &Readers) -> Option<Command<'a>> {
    let (verb, rest) = split_word(text);
    if !is_one_of(verb.trim_end_matches([':', '=']), &["settings", "setting", "preferences", "reader", "audience"]) {
        return None;
    }
    let rest = rest.trim_start_matches([':', '=']).trim();
    if rest.is_empty() {
        return Some(Command::Settings);
    }
    let (place, wish) = split_word(rest);
    if is_one_of(place.trim_end_matches(':'), &["here", "channel"]) {
        return channel_wish(wish.trim(), readers);
    }
    match readers.find(rest) {
        Some(reader) => Some(Command::SetReader(reader.clone())),
        None if rest.split_whitespace().nth(1).is_none() => Some(Command::UnknownReader(rest.to_owned())),
        None => None,
    }
}

fn channel_wish<'a>(wish: &str, readers: &Readers) -> Option<Command<'a>> {
    let named = |names: &[&str]| is_one_of(wish, names);
    if let Some(wish) = bridges::wish(wish).or_else(|| replies::wish(wish)) {
        return Some(Command::Channel(wish));
    }
    let wish = if wish.is_empty() {
        ChannelWish::Show
    } else if named(&["quiet", "private"]) {
        ChannelWish::Quiet
    } else if named(&["not quiet", "loud", "public"]) {
        ChannelWish::NotQuiet
    } else if named(&["no reader", "no audience"]) {
        ChannelWish::NoReader
    } else if named(&["off", "reset", "nothing"]) {
        ChannelWish::Off
    } else {
        let name = wish.strip_prefix("for ").unwrap_or(wish);
        match readers.find(name) {
            Some(reader) => ChannelWish::Reader(reader.clone()),
            None if name.split_whitespace().nth(1).is_none() => return Some(Command::UnknownReader(name.to_owned())),
            // "Settings here were changed last night" is a message.
            None => return None,
        }
    };
    Some(Command::Channel(wish))
}

/// Whether a command changes what holds for the channel, so that the platform must say who may choose.
#[must_use]
pub fn changes_the_channel(text: &str, door: Door, readers: &Readers) -> bool {
    door != Door::Explain
        && matches!(settings(text.trim(), readers), Some(Command::Channel(wish)) if wish.changes_something())
}

/// The bridge that a command in a channel wishes for, so that the platform can look at both ends of it. Replies lead from a channel
/// into itself.
#[must_use]
pub fn wants_a_bridge(text: &str, channel: &ChannelId, readers: &Readers) -> Option<BridgeWish> {
    match settings(text.trim(), readers)? {
        Command::Channel(ChannelWish::Bridge(wish)) => Some(wish),
        Command::Channel(ChannelWish::Replies(sources)) => {
            Some(BridgeWish { sources, to: channel.clone(), is_confirmed: false })
        }
        _ => None,
    }
}

/// `glossary`, `glossary p95`, `glossary add kiln`. A longer text is a message about a glossary.
fn glossary(text: &str) -> Option<GlossaryWish> {
    const LONGEST_NAME: usize = 6;
    let (verb, rest) = split_word(text);
    if !is_one_of(verb.trim_end_matches(':'), &["glossary"]) || text.contains(['\n', '?', '!']) || rest.ends_with('.') {
        return None;
    }
    rest.split_whitespace().nth(LONGEST_NAME).is_none().then(|| keeping::wish(rest))
}

/// `know`, `know p95, rollback`, `I know p95`, `forget p95`. Whether these are terms is for whoever has the glossary to say.
fn knowing(text: &str) -> Option<Command<'_>> {
    const LONGEST_LIST: usize = 400;
    let (first, after) = split_word(text);
    let text = if is_one_of(first, &["i"]) { after } else { text };
    let (verb, terms) = split_word(text);
    let verb = verb.trim_end_matches(':');
    if terms.contains(['\n', '?', '!']) || terms.chars().nth(LONGEST_LIST).is_some() {
        return None;
    }
    if is_one_of(text, &["know", "known", "known terms", "what I know", "terms I know"]) {
        return Some(Command::Known);
    }
    if is_one_of(verb, &["know"]) && !terms.is_empty() {
        return Some(Command::Know { terms });
    }
    if !is_one_of(verb, &["forget"]) || terms.is_empty() {
        return None;
    }
    let all = is_one_of(terms, &["all", "all terms", "everything", "all of them"]);
    Some(if all { Command::TakeAllBack } else { Command::TakeBack { terms } })
}

/// Whether a command asks for something to fill in, which a platform shows in another way than an answer.
#[must_use]
pub fn asks_for_a_form(text: &str, door: Door) -> bool {
    let text = text.trim();
    match door {
        Door::Explain => false,
        Door::Glossary => keeping::wish(text).is_for_a_form(),
        Door::Rewrite | Door::Talk => {
            draft::typed(text).is_some() || glossary(text).is_some_and(|wish| wish.is_for_a_form())
        }
    }
}

fn body<'a>(text: &'a str, door: Door, readers: &Readers, reader: Option<AudienceId>) -> Command<'a> {
    let (verb, rest) = split_word(text);
    let verb = verb.trim_end_matches(':');
    if is_one_of(verb, &["explain"]) && !rest.is_empty() {
        return explain(rest, readers, reader);
    }
    let asks = match door {
        Door::Explain | Door::Glossary => true,
        Door::Rewrite => is_question(text),
        Door::Talk => {
            is_question(text) || text.ends_with('?') || text.split_whitespace().nth(LONGEST_NAME_WORDS).is_none()
        }
    };
    if asks {
        return explain(text, readers, reader);
    }
    let text = if is_one_of(verb, &["rewrite", "translate"]) && !rest.is_empty() { rest } else { text };
    Command::Rewrite { text, reader }
}

/// A reader may also stand behind the term: `p95 for sales`.
fn explain<'a>(query: &'a str, readers: &Readers, reader: Option<AudienceId>) -> Command<'a> {
    let query = query.trim();
    if reader.is_none()
        && let Some((term, name)) = query.rsplit_once(" for ")
        && let Some(found) = readers.find(name.trim_end_matches(['?', '.', '!']))
    {
        return Command::Explain { query: term.trim(), reader: Some(found.clone()) };
    }
    Command::Explain { query, reader }
}

/// "explain this for sales", "what does this mean for us?", "for finance", "the whole thread".
fn points_elsewhere<'a>(text: &str, readers: &Readers) -> Option<Command<'a>> {
    let (mut is_whole, mut is_in_sight, mut reader) = (false, false, None);
    let mut previous = "";
    for word in text.split_whitespace().map(|word| word.trim_matches([',', '.', ':', '?', '!'])) {
        let named = readers.find(word).filter(|_| is_one_of(previous, &["for", "the"]));
        if is_one_of(word, WHOLE) {
            is_whole = true;
        } else if is_one_of(word, LOOKING) {
            is_in_sight = true;
        } else if named.is_some() {
            reader = named.cloned();
        } else if !word.is_empty() && !is_one_of(word, POINTING) {
            return None;
        }
        previous = word;
    }
    let at = match (is_whole, is_in_sight) {
        (false, false) => Pointed::Message,
        (true, false) => Pointed::Thread,
        (false, true) => Pointed::MessageInSight,
        (true, true) => Pointed::ThreadInSight,
    };
    Some(Command::PointsElsewhere { at, reader })
}

fn is_question(text: &str) -> bool {
    let opens = QUESTIONS
        .iter()
        .any(|opening| text.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening)));
    opens && text.split_whitespace().count() <= LONGEST_QUESTION_WORDS
}

pub(super) fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::{ChannelWish, Command, Door, GlossaryWish, Pointed, asks_for_a_form, parse};
    use crate::{app::readers::tests::some_readers, ids::AudienceId};

    fn rewrite<'a>(text: &'a str, reader: &str) -> Command<'a> {
        Command::Rewrite { text, reader: (!reader.is_empty()).then(|| AudienceId::new(reader)) }
    }

    fn explain<'a>(query: &'a str, reader: &str) -> Command<'a> {
        Command::Explain { query, reader: (!reader.is_empty()).then(|| AudienceId::new(reader)) }
    }

    fn several<'a>(text: &'a str, readers: &[&str]) -> Command<'a> {
        Command::RewriteForSeveral { text, readers: readers.iter().map(|id| AudienceId::new(*id)).collect() }
    }

    #[test]
    fn the_rewrite_door() {
        let readers = some_readers();
        let unknown = |typed: &str| Command::UnknownReader(typed.to_owned());
        for (text, expected) in [
            ("", Command::Help),
            ("  ", Command::Help),
            ("HELP", Command::Help),
            ("for sales:", Command::Help),
            ("settings", Command::Settings),
            ("settings sales", Command::SetReader(AudienceId::new("sales"))),
            ("reader: HR", Command::SetReader(AudienceId::new("hr"))),
            ("settings wizards", unknown("wizards")),
            ("settings page is down again", rewrite("settings page is down again", "")),
            ("The pod is down", rewrite("The pod is down", "")),
            ("for sales: The pod is down: again", rewrite("The pod is down: again", "sales")),
            ("for sales The pod is down", rewrite("The pod is down", "sales")),
            ("For the sales team: pod down", rewrite("pod down", "sales")),
            ("for executives, pod down", rewrite("pod down", "executive")),
            ("for: sales pod down", rewrite("pod down", "sales")),
            ("rewrite for sales: pod down", rewrite("pod down", "sales")),
            ("rewrite pod down", rewrite("pod down", "")),
            ("for wizards: pod down", unknown("wizards")),
            ("For now: we keep the old version", rewrite("For now: we keep the old version", "")),
            ("For customers in Norway checkout fails", rewrite("For customers in Norway checkout fails", "")),
            ("explain p95", explain("p95", "")),
            ("explain: p95", explain("p95", "")),
            ("explain p95 for sales", explain("p95", "sales")),
            ("for sales explain p95", explain("p95", "sales")),
            (
                "for support tickets we now use another tool",
                Command::Rewrite { text: "for support tickets we now use another tool", reader: None },
            ),
            ("what is a pod?", explain("what is a pod?", "")),
            ("What's an SLO for executives?", explain("What's an SLO", "executive")),
            ("explain", rewrite("explain", "")),
            ("für alle: é", rewrite("für alle: é", "")),
            ("for sales and hr: pod down", several("pod down", &["sales", "hr"])),
            ("for the sales team, HR & execs: pod down", several("pod down", &["sales", "hr", "executive"])),
            ("for sales, hr, and operations: pod", several("pod", &["sales", "hr", "operations"])),
            ("for sales and Sales: pod down", rewrite("pod down", "sales")),
            ("for sales, hr, ops and execs: pod", Command::TooManyReaders),
            ("for sales and wizards: pod down", unknown("wizards")),
            ("for sales and hr:", Command::Help),
            ("for sales, note: pod down", rewrite("note: pod down", "sales")),
            ("for sales and the whole of the company: x", rewrite("for sales and the whole of the company: x", "")),
            ("settings here", Command::Channel(ChannelWish::Show)),
            ("settings here: quiet", Command::Channel(ChannelWish::Quiet)),
            ("settings here not quiet", Command::Channel(ChannelWish::NotQuiet)),
            ("settings channel sales", Command::Channel(ChannelWish::Reader(AudienceId::new("sales")))),
            ("settings here for the sales team", Command::Channel(ChannelWish::Reader(AudienceId::new("sales")))),
            ("settings here no reader", Command::Channel(ChannelWish::NoReader)),
            ("settings here OFF", Command::Channel(ChannelWish::Off)),
            ("settings here wizards", unknown("wizards")),
            ("settings here were changed last night", rewrite("settings here were changed last night", "")),
            ("settings here no bridge", Command::Channel(ChannelWish::NoBridge)),
            ("settings here: bridge", Command::Channel(ChannelWish::BridgeHow)),
            ("settings here no replies", Command::Channel(ChannelWish::NoReplies)),
            ("settings here replies", Command::Channel(ChannelWish::RepliesHow)),
            ("settings here replies were slow", rewrite("settings here replies were slow", "")),
            ("glossary", Command::Glossary(Box::new(GlossaryWish::Queue))),
            ("Glossary review", Command::Glossary(Box::new(GlossaryWish::Queue))),
            ("glossary burn rate", Command::Glossary(Box::new(GlossaryWish::Find { words: "burn rate".to_owned() }))),
            (
                "glossary: edit burn rate",
                Command::Glossary(Box::new(GlossaryWish::Edit { entry: "burn rate".to_owned() })),
            ),
            ("glossary add", Command::Glossary(Box::new(GlossaryWish::Add { term: String::new() }))),
            ("glossary add kiln", Command::Glossary(Box::new(GlossaryWish::Add { term: "kiln".to_owned() }))),
            ("glossary history p95", Command::Glossary(Box::new(GlossaryWish::History { entry: "p95".to_owned() }))),
            ("glossary approve p95", Command::Glossary(Box::new(GlossaryWish::Open { entry: "p95".to_owned() }))),
            ("glossary history", Command::Glossary(Box::new(GlossaryWish::Find { words: "history".to_owned() }))),
            ("Glossary was updated.", rewrite("Glossary was updated.", "")),
            ("glossary of terms is on the wiki page now", rewrite("glossary of terms is on the wiki page now", "")),
            ("know", Command::Known),
            ("Known terms", Command::Known),
            ("what I know", Command::Known),
            ("know p95, rollback", Command::Know { terms: "p95, rollback" }),
            ("I know: p95", Command::Know { terms: "p95" }),
            ("known issue: the pod is down", rewrite("known issue: the pod is down", "")),
            ("Know what broke?", rewrite("Know what broke?", "")),
            ("forget p95", Command::TakeBack { terms: "p95" }),
            ("forget ALL", Command::TakeAllBack),
            ("forget", rewrite("forget", "")),
            ("forget it\nThe pod is down", rewrite("forget it\nThe pod is down", "")),
            ("draft", Command::Draft { text: "", readers: Vec::new() }),
            ("Check my draft", Command::Draft { text: "", readers: Vec::new() }),
            ("draft: The pod is down", Command::Draft { text: "The pod is down", readers: Vec::new() }),
            ("draft the deploy failed", Command::Draft { text: "the deploy failed", readers: Vec::new() }),
            ("draft\nThe pod is down", Command::Draft { text: "The pod is down", readers: Vec::new() }),
            (
                "draft for sales: The pod is down",
                Command::Draft { text: "The pod is down", readers: vec![AudienceId::new("sales")] },
            ),
            ("draft for sales", Command::Draft { text: "", readers: vec![AudienceId::new("sales")] }),
            (
                "draft: for hr and sales: The pod is down",
                Command::Draft {
                    text: "The pod is down",
                    readers: vec![AudienceId::new("hr"), AudienceId::new("sales")],
                },
            ),
            ("draft for wizards: The pod is down", unknown("wizards")),
            ("Draft PR is up for review", rewrite("Draft PR is up for review", "")),
            ("draft of the notes is ready", rewrite("draft of the notes is ready", "")),
        ] {
            assert_eq!(parse(text, Door::Rewrite, &readers), expected, "{text:?}");
        }
    }

    #[test]
    fn the_talking_door() {
        let readers = some_readers();
        let points = |at, reader: &str| Command::PointsElsewhere { at, reader: readers.find(reader).cloned() };
        let (message, thread) = (Pointed::Message, Pointed::Thread);
        for (text, expected) in [
            ("", Command::Help),
            ("help", Command::Help),
            ("settings sales", Command::SetReader(AudienceId::new("sales"))),
            ("know p95", Command::Know { terms: "p95" }),
            ("forget p95", Command::TakeBack { terms: "p95" }),
            ("explain this", points(message, "")),
            ("explain this for sales", points(message, "sales")),
            ("what does this mean for us?", points(message, "")),
            ("for the sales team", points(message, "sales")),
            ("for sales:", points(message, "sales")),
            ("the whole thread", points(thread, "")),
            ("Summarise this thread for HR, please", points(thread, "hr")),
            ("explain the whole conversation in business terms", points(thread, "")),
            ("Explain the message I am looking at", points(Pointed::MessageInSight, "")),
            ("what am I looking at?", points(Pointed::MessageInSight, "")),
            ("Rewrite the message I'm looking at for sales", points(Pointed::MessageInSight, "sales")),
            ("summarise the thread I am reading", points(Pointed::ThreadInSight, "")),
            ("looking at p95 now", rewrite("looking at p95 now", "")),
            ("explain thread pools", explain("thread pools", "")),
            ("p95", explain("p95", "")),
            ("explain p95 for sales", explain("p95", "sales")),
            ("canary at 5%, what does it mean?", explain("canary at 5%, what does it mean?", "")),
            ("We rolled back the release.", rewrite("We rolled back the release.", "")),
            ("for sales: we rolled back the release", rewrite("we rolled back the release", "sales")),
        ] {
            assert_eq!(parse(text, Door::Talk, &readers), expected, "{text:?}");
        }
    }

    #[test]
    fn the_explain_door() {
        let readers = some_readers();
        for (text, expected) in [
            ("", Command::Help),
            ("help", Command::Help),
            ("SLO burn rate", explain("SLO burn rate", "")),
            ("settings", explain("settings", "")),
            ("know p95", explain("know p95", "")),
            ("explain p95", explain("p95", "")),
            ("for sales: p95", explain("p95", "sales")),
            ("p95 for the sales team", explain("p95", "sales")),
            ("quota for wizards", explain("quota for wizards", "")),
        ] {
            assert_eq!(parse(text, Door::Explain, &readers), expected, "{text:?}");
        }
    }

    #[test]
    fn the_glossary_door() {
        let readers = some_readers();
        for (text, expected, is_form) in [
            ("", GlossaryWish::Queue, false),
            ("add kiln", GlossaryWish::Add { term: "kiln".to_owned() }, true),
            ("edit burn rate", GlossaryWish::Edit { entry: "burn rate".to_owned() }, true),
            ("leave out burn rate", GlossaryWish::LeaveOut { entry: "burn rate".to_owned() }, true),
            ("leave burn rate", GlossaryWish::Find { words: "leave burn rate".to_owned() }, false),
            ("approve kiln", GlossaryWish::Open { entry: "kiln".to_owned() }, false),
            ("what is a kiln?", GlossaryWish::Find { words: "what is a kiln?".to_owned() }, false),
        ] {
            assert_eq!(parse(text, Door::Glossary, &readers), Command::Glossary(Box::new(expected)), "{text:?}");
            assert_eq!(asks_for_a_form(text, Door::Glossary), is_form, "{text:?}");
        }
        assert_eq!(parse("help", Door::Glossary, &readers), Command::Help);
        assert!(asks_for_a_form("glossary add kiln", Door::Rewrite) && !asks_for_a_form("draft", Door::Explain));
    }
}
