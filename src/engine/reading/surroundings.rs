//! What stands around the words of a message: greetings, signatures, titles, stamps and bare references.

use std::ops::Range;

use super::cues::Cues;
use crate::engine::facts::FactKind;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::source::line_before;
use crate::engine::text::{Document, Tag, Token, TokenKind, is_stamp_line};

/// "Best regards, Ana", "Regards,\nAna Vale, Facilities": what stands below is a signature.
pub(super) fn is_closing(document: &Document<'_>, sentence: Range<usize>) -> bool {
    const CLOSERS: [&str; 14] = [
        "best",
        "best regards",
        "best wishes",
        "kind regards",
        "warm regards",
        "regards",
        "all the best",
        "cheers",
        "many thanks",
        "thanks",
        "thx",
        "sincerely",
        "yours sincerely",
        "yours faithfully",
    ];
    // Names and a role on the lines below.
    const SIGNATURE: usize = 8;
    let words: Vec<&Token> = sentence
        .clone()
        .filter_map(|index| document.tokens.get(index))
        .filter(|token| token.tag != Tag::Punctuation)
        .collect();
    let late = document.sentences.first().is_some_and(|first| first.start < sentence.start);
    late && CLOSERS.iter().any(|closer| {
        let length = closer.split(' ').count();
        let (Some(closing), Some(names)) = (words.get(..length), words.get(length..)) else { return false };
        let is_said = closing.iter().map(|word| word.lower.as_str()).eq(closer.split(' '));
        let ends_line = closing.last().zip(names.first()).is_some_and(|(last, name)| {
            document.text.get(last.span.end..name.span.start).is_some_and(|gap| gap.contains('\n'))
        });
        let names_somebody = |name: &&Token| {
            name.fact().is_none() && (name.capital || name.is(&["of", "and", "the", "for", "at", "de", "van", "von"]))
        };
        let signed = names.len() <= SIGNATURE && names.iter().all(names_somebody);
        is_said && (words.len() <= 4 && names.len() <= 2 || ends_line && signed)
    })
}

/// Where a sentence goes on behind its salutation: "Morning Ana, …", "Hi both – …", "hiya, …".
pub(super) fn behind_salutation(document: &Document<'_>, sentence: &Range<usize>) -> Option<usize> {
    let end = salutation_end(document, sentence)?;
    let sign = document.tokens.get(end).filter(|sign| sign.is(&[",", "–", "—", "-", "--", ":", ";"]))?;
    // "Morning ETL: …" heads what the morning brought.
    let is_heading = sign.is(&[":"])
        && document.tokens.get(sentence.start).is_some_and(|first| first.is(&["morning", "afternoon", "evening"]));
    if is_heading {
        return None;
    }
    // "hi-fi, …" greets nobody.
    let is_hyphen = sign.is(&["-"]) && document.tokens.get(end + 1).is_some_and(|next| next.glued);
    (end + 2 < sentence.end && !is_hyphen).then_some(end + 1)
}

/// The end of the words that greet at the start of these tokens.
fn salutation_end(document: &Document<'_>, tokens: &Range<usize>) -> Option<usize> {
    const GREETINGS: [&str; 9] = ["hi", "hello", "hey", "hiya", "heya", "dear", "morning", "afternoon", "evening"];
    const ADDRESSED: [&str; 15] = [
        "all",
        "both",
        "team",
        "everyone",
        "everybody",
        "folks",
        "there",
        "colleagues",
        "guys",
        "people",
        "again",
        "and",
        "friends",
        "&",
        "/",
    ];
    const MOST_ADDRESSED: usize = 6;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < tokens.end);
    let wished = token(tokens.start)?.is(&["good"]);
    let greeting = tokens.start + usize::from(wished);
    if !token(greeting)?.is(&GREETINGS) {
        return None;
    }
    // "Evening shifts, …", "morning checks, …": who is greeted has a name or is one of the words above. An unknown word is a name
    // without its capital.
    let is_time = token(greeting)?.is(&["morning", "afternoon", "evening"]);
    let is_known = |word: &Token| word.has(Flags::PLAIN | Flags::COMMON);
    let is_addressed = |word: &Token| {
        let is_name = word.capital && (word.tag == Tag::Name || word.tag.is_nominal() && (!is_time || !is_known(word)));
        let is_mention =
            word.fact().and_then(|fact| document.facts.get(fact)).is_some_and(|fact| fact.kind == FactKind::Mention);
        let is_unknown = word.kind == TokenKind::Word && !is_known(word) && !word.tag.is_verb();
        word.is(&ADDRESSED) || is_name || is_mention || is_unknown
    };
    let mut end = greeting + 1;
    while end < greeting + 1 + MOST_ADDRESSED && token(end).is_some_and(is_addressed) {
        end += 1;
    }
    // "Morning, all is quiet" greets; "afternoon: 14 guests" tells when.
    let alone = end == greeting + 1;
    (!is_time || wished || !alone || token(end).is_some_and(|sign| sign.is(&[","]))).then_some(end)
}

/// Below a line of two hyphens mail programs put who wrote it.
pub(super) fn is_below_signature(document: &Document<'_>, at: usize) -> bool {
    let head = document.text.get(..at).unwrap_or_default().trim_end();
    head.strip_suffix("--").is_some_and(|rest| rest.ends_with('\n') && !rest.trim().is_empty())
}

/// "What happened?" on a line of its own with text below: a heading in the form of a question.
fn is_asked_title(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    const LONGEST: usize = 7;
    let span = document.span_of(sentence.clone());
    let tail = document.text.get(span.end..).unwrap_or_default();
    let own_line = !line_before(document.text, span.start).contains(char::is_alphanumeric);
    let goes_on =
        tail.trim_start_matches(['*', '_', ' ', ':']).starts_with('\n') && tail.contains(char::is_alphanumeric);
    let first =
        sentence.clone().filter_map(|index| document.tokens.get(index)).find(|token| token.tag != Tag::Punctuation);
    let mut words = sentence.clone().filter_map(|index| document.tokens.get(index));
    let is = |word: &str| words.clone().any(|token| token.is(&[word]));
    let reports = first.is_some_and(|first| first.is(&["what"])) && (is("did") && is("do") || is("went"));
    own_line
        && goes_on
        && sentence.len() <= LONGEST
        && first.is_some_and(|first| first.capital && first.is(&["what", "why", "who", "how", "when", "where"]))
        && words.clone().any(|token| token.lower.starts_with('?'))
        // "What did we do?" heads the answer, "What can we do?" asks for one.
        && (reports || !words.any(|token| token.is(&["we", "our", "i", "my", "your", "can", "could", "should"])))
}

/// A short heading ("## Resolution", "What happened?"): it tells what the part below is about and is no statement itself.
pub(super) fn is_title(document: &Document<'_>, cues: &Cues, sentence: Range<usize>) -> bool {
    if is_asked_title(document, &sentence)
        || is_run_in(document, cues, &sentence)
        || is_a_state_line(document, &sentence)
    {
        return true;
    }
    let marked = sentence
        .start
        .checked_sub(1)
        .and_then(|index| document.tokens.get(index))
        .is_some_and(|token| token.kind == TokenKind::Marker && token.lower.starts_with('#'));
    if is_what_follows(document, &sentence, marked) {
        return true;
    }
    // A line of hyphens below makes a heading of the words above it.
    let underlined = document.tokens.get(sentence.end).is_some_and(|rule| {
        rule.kind == TokenKind::Marker
            && rule.lower.len() >= 3
            && rule.lower.chars().all(|sign| matches!(sign, '-' | '='))
    }) && {
        let end = document.span_of(sentence.clone()).end;
        document.text.get(end..).is_some_and(|rest| {
            rest.trim_start_matches([' ', '\t']).starts_with('\n')
                && !rest.trim_start_matches([' ', '\t']).starts_with("\n\n")
        })
    };
    let last = sentence.end - 1;
    let says =
        sentence.clone().filter_map(|index| Some((index, document.tokens.get(index)?.tag))).any(|(index, tag)| {
            match tag {
                // "## Affected packages": in a heading a past form describes.
                Tag::Verb(VerbForm::ThirdSingular) | Tag::Auxiliary | Tag::Modal => true,
                // "Users affected": at the end it does so anywhere.
                Tag::Verb(VerbForm::Past) => !marked && index != last,
                other => !marked && other.is_finite(),
            }
        });
    // "## Why is my balance negative?" heads its answer.
    let asks = document.slice(document.span_of(sentence.clone())).ends_with('?');
    if marked && asks && sentence.len() <= LONGEST_QUESTION {
        return true;
    }
    (marked || underlined || stands_alone(document, cues, &sentence))
        && sentence.len() <= 6
        // "## Package `client`" names what its part is about.
        && sentence.clone().all(|index| document.fact_at(index).is_none_or(|fact| marked && fact.kind == FactKind::Code))
        && !says
}

/// "Who is affected:" on a line of its own, "## Why this matters": a question to which the lines below are the answer.
fn is_what_follows(document: &Document<'_>, sentence: &Range<usize>, marked: bool) -> bool {
    asks_above(document, sentence, marked) && is_answered(document, sentence)
}

/// "Who is affected:" above the mere name of a group: the first half of what both lines say.
pub(super) fn asks_above_a_name(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    asks_above(document, sentence, false) && !is_answered(document, sentence)
}

fn asks_above(document: &Document<'_>, sentence: &Range<usize>, marked: bool) -> bool {
    const LONGEST: usize = 8;
    let span = document.span_of(sentence.clone());
    let tokens = document.tokens.get(sentence.clone()).unwrap_or_default();
    let behind = document.text.get(span.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
    let opens = line_before(document.text, span.start).trim_matches(['#', ' ', '*', '_']).is_empty();
    let first = tokens.iter().find(|token| token.kind == TokenKind::Word);
    let asks = first.is_some_and(|first| first.is(&["who", "what", "what's", "when", "where", "why", "how"]));
    let colon = tokens.iter().rev().find(|token| !token.is_emphasis()).is_some_and(|last| last.is(&[":"]));
    asks && opens && behind.starts_with('\n') && tokens.len() <= LONGEST && (colon || marked)
}

/// Whether the next sentence has a verb of its own.
fn is_answered(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    let next = document.sentences.partition_point(|other| other.start < sentence.end);
    document.sentences.get(next).is_some_and(|answer| {
        let words = document.tokens.get(answer.clone()).unwrap_or_default();
        // "All users of the wired network": a past form has its subject right in front, or it describes a noun.
        words.iter().enumerate().any(|(at, word)| match word.tag {
            // "Called the desk": nobody is named.
            Tag::Verb(VerbForm::Past) => {
                at == 0 || at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(is_subject)
            }
            other => other.is_finite(),
        })
    })
}

fn is_subject(word: &Token) -> bool {
    matches!(word.tag, Tag::Pronoun | Tag::PluralNoun | Tag::Adverb)
}

/// "**The problem.** Our code …", "**Why now.** …": bold words in front of a paragraph that say nothing by themselves.
fn is_run_in(document: &Document<'_>, cues: &Cues, sentence: &Range<usize>) -> bool {
    const LONGEST: usize = 8;
    let span = document.span_of(sentence.clone());
    let tokens = document.tokens.get(sentence.clone()).unwrap_or_default();
    let own_line = line_before(document.text, span.start).trim().is_empty();
    let bold = |token: Option<&Token>| token.is_some_and(|sign| sign.is(&["**", "__"]));
    let asks = tokens.get(1).is_some_and(|first| first.is(&["what", "why", "who", "how", "when", "where"]));
    let says = tokens.iter().any(|token| token.tag.is_finite() || token.tag == Tag::Negation || token.is(&["no"]));
    // "**Removed.**" is a state, "**Restart it.**" an order.
    let deed =
        tokens.get(1).is_some_and(|first| first.tag.is_verb() || first.has(Flags::VERB_BASE) && tokens.len() > 4);
    let facts = sentence.clone().any(|index| document.fact_at(index).is_some());
    own_line
        && tokens.len() <= LONGEST
        && bold(tokens.first())
        && bold(tokens.last())
        && tokens.iter().rev().nth(1).is_some_and(|stop| stop.lower.starts_with(['.', '?', ':']))
        && !facts
        && (asks || !says && !deed && names_a_part(document, cues, sentence))
}

/// "The problem", "Background": what names a part of a text and says nothing of it.
fn names_a_part(document: &Document<'_>, cues: &Cues, sentence: &Range<usize>) -> bool {
    const PARTS: [&str; 18] = [
        "problem",
        "background",
        "context",
        "reason",
        "issue",
        "summary",
        "goal",
        "proposal",
        "plan",
        "situation",
        "solution",
        "question",
        "answer",
        "idea",
        "motivation",
        "detail",
        "history",
        "approach",
    ];
    let words: Vec<&Token> = document
        .tokens
        .get(sentence.clone())
        .unwrap_or_default()
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .collect();
    let named = words.last().is_some_and(|last| last.lemmas().any(|lemma| PARTS.contains(&lemma)));
    let only = words.iter().rev().skip(1).all(|word| word.tag == Tag::Determiner || word.is(&["our", "my"]));
    named && only || cues.known_label(document, sentence.clone()).is_some()
}

/// How status pages head an update.
pub(super) const STATUSES: [&str; 7] =
    ["resolved", "updated", "update", "created", "identified", "investigating", "monitoring"];

/// "Updated" above the line that says when, as status pages write it.
fn is_a_state_line(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    let span = document.span_of(sentence.clone());
    let alone = sentence.len() == 1
        && document
            .tokens
            .get(sentence.start)
            .is_some_and(|word| word.is(&STATUSES) || word.is(&["scheduled", "completed"]))
        && line_before(document.text, span.start).trim().is_empty();
    let below = document.text.get(span.end..).and_then(|rest| rest.strip_prefix('\n')).unwrap_or_default();
    let line = below.lines().next().unwrap_or_default();
    // Other pages write below what was said when it was.
    let stamped = || document.text.lines().any(|line| line.starts_with("Posted ") && line.contains(':'));
    if alone && !line.trim().is_empty() && stamped() {
        return true;
    }
    alone && line.len() <= LONGEST_STAMP && line.contains(':') && line.contains(|c: char| c.is_ascii_digit())
}

/// Letters of a line that only says when.
const LONGEST_STAMP: usize = 40;

/// Words of a question that is still a heading.
const LONGEST_QUESTION: usize = 16;

/// A label on a line of its own between blank lines ("Impact"), or a few words without a verb that a colon ends ("Timeline UTC:").
fn stands_alone(document: &Document<'_>, cues: &Cues, sentence: &Range<usize>) -> bool {
    const LONGEST: usize = 5;
    let span = document.span_of(sentence.clone());
    let (before, behind) = document.text.split_at(span.start.min(document.text.len()));
    let below = behind.get(span.end - span.start..).unwrap_or_default().trim_start_matches([' ', '\t']);
    let label = cues.known_label(document, sentence.clone()).is_some();
    // "Root Cause" right below the end of a sentence.
    if label && before.ends_with(".\n") && below.starts_with('\n') {
        return true;
    }
    if sentence.len() > LONGEST || !(before.is_empty() || before.ends_with("\n\n")) {
        return false;
    }
    let tokens = document.tokens.get(sentence.clone()).unwrap_or_default();
    let verbless = tokens.iter().all(|token| {
        (token.kind == TokenKind::Word && !token.tag.is_verb() && token.tag != Tag::Negation && !token.is(&["no"]))
            || token.is(&[":", "*", "**", "_", "/", "&"])
    });
    // "Run this:" is an order.
    let orders = tokens.first().is_some_and(|first| first.has(Flags::VERB_BASE))
        && tokens.get(1).is_some_and(|next| matches!(next.tag, Tag::Determiner | Tag::Pronoun));
    let colon = document.slice(span).ends_with(':') && below.starts_with('\n');
    // "*Impact* +" is how one markup writes a heading.
    let is_marked = tokens.first().is_some_and(|sign| sign.is_emphasis()) && below.starts_with('\n');
    label && (is_marked || below.starts_with("\n\n")) || colon && (label || verbless && !orders)
}

/// "## Approvals required": whether the words stand on the line of a heading.
pub(crate) fn is_on_a_heading(document: &Document<'_>, tokens: Range<usize>) -> bool {
    line_before(document.text, document.span_of(tokens).start).trim_start().starts_with('#')
}

/// What mail programs put below a message.
const FOOTERS: [&str; 7] = [
    "unsubscribe",
    "privacy policy",
    "manage preferences",
    "terms of service",
    "view in browser",
    "contact us",
    "update preferences",
];

/// `[Update]`, `{{< warning >}}`, "Hi all": words about the message, kept in the plain version only.
pub(super) fn is_banner(document: &Document<'_>, tokens: Range<usize>) -> bool {
    let first = document.tokens.get(tokens.start);
    let bracketed = first.is_some_and(|token| token.is(&["[", "{", "{{", "<", "==", "---"]));
    let words: Vec<&str> = tokens
        .clone()
        .filter_map(|index| document.tokens.get(index))
        .filter(|token| token.tag != Tag::Punctuation)
        .map(|token| token.lower.as_str())
        .collect();
    let news = words.len() <= 5
        && words.contains(&"news")
        && ["good", "great", "bad", "sad", "some"].contains(words.first().unwrap_or(&""));
    let hello = words.len() <= 10
        && words.first().is_some_and(|word| ["hi", "hello", "hey", "dear"].contains(word))
        && (words.len() <= 3 || words.contains(&"hope"));
    let part = words.len() <= 3
        && words.last().is_some_and(|last| ["message", "post"].contains(last))
        && ["final", "initial", "closing", "original", "latest", "first", "last", "earlier"]
            .contains(words.first().unwrap_or(&""));
    let greeting = news
        || part
        || hello
        || is_farewell(&words)
        || salutation_end(document, &tokens).is_some_and(|end| end == tokens.end)
        || words.len() <= 3
            && words.first().is_some_and(|word| {
                [
                    "hi",
                    "hello",
                    "hey",
                    "thanks",
                    "thank",
                    "cheers",
                    "fyi",
                    "update",
                    "note",
                    "heads",
                    "psa",
                    "reminder",
                    "tldr",
                    "attention",
                    "subject",
                    "important",
                    "announcement",
                    "regards",
                ]
                .contains(word)
            });
    let footer = FOOTERS.iter().any(|known| words.iter().copied().eq(known.split(' ')));
    // "On Monday at 9:12, Ines wrote:"
    let quotes =
        tokens.end.checked_sub(1).and_then(|index| document.tokens.get(index)).is_some_and(|last| last.is(&["wrote"]))
            && document.tokens.get(tokens.end).is_some_and(|sign| sign.is(&[":"]));
    // `[docs]: /pages`, `(release-1-7)=`: what links point to.
    let line = document.slice(document.span_of(tokens.clone()));
    let target = line.starts_with('[')
        && line.split_once("]:").is_some_and(|(label, _)| !label.contains(char::is_whitespace))
        || line.starts_with('(') && line.ends_with(")=");
    let has_fact = tokens.clone().any(|index| document.fact_at(index).is_some());
    // "Ana 2:11 PM": who says the next line.
    // "::: update Resolved | 2026-03-19T10:01": the head of a box on a status page.
    let stamp = has_fact && (is_stamp_line(line) || line.starts_with(":::"));
    target || quotes || stamp || footer || !has_fact && (bracketed && words.len() <= 4 || greeting)
}

/// "Have a good one", "nothing else, have a nice weekend".
fn is_farewell(words: &[&str]) -> bool {
    const LONGEST: usize = 8;
    const TIMES: [&str; 8] = ["one", "day", "evening", "night", "weekend", "week", "rest", "holiday"];
    let wishes = |three: &[&str]| matches!(three, ["have", "a", kind] if ["good", "great", "nice", "lovely", "quiet"].contains(kind));
    // "We have a good offer for the week" is news.
    let told_of_somebody =
        |at: usize| at > 0 && !matches!(words.get(at - 1), Some(&("else" | "and" | "all" | "please")));
    let wish = words.windows(3).position(wishes);
    words.len() <= LONGEST
        && wish.is_some_and(|at| !told_of_somebody(at))
        && words.last().is_some_and(|last| TIMES.contains(last))
}

/// `[Initial message]`, "Original post": what stands below was said before what stands above.
pub(super) fn heads_older_part(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.filter_map(|index| document.tokens.get(index)).any(|token| {
        token.is(&["initial", "original", "originally", "earlier", "previous", "previously", "older", "first"])
    })
}

/// A sentence of nothing but ids, links and brackets.
pub(super) fn is_reference(document: &Document<'_>, tokens: Range<usize>) -> bool {
    tokens.clone().all(|index| {
        document.tokens.get(index).is_some_and(|token| {
            token.tag == Tag::Punctuation
                || token.is(&[
                    "see",
                    "cf",
                    "ref",
                    "refs",
                    "details",
                    "detail",
                    "ticket",
                    "tickets",
                    "more",
                    "on",
                    "at",
                    "in",
                    "and",
                    "as",
                    "per",
                    "related",
                    "help",
                    "desk",
                    "issue",
                    "issues",
                    "discussion",
                    "thread",
                    "source",
                    "documentation",
                    "docs",
                    "information",
                    "info",
                    "github",
                    "for",
                    "full",
                    "announcement",
                    "post",
                    "tracking",
                    "link",
                    "links",
                ])
                || document.fact_at(index).is_some_and(|fact| matches!(fact.kind, FactKind::Id | FactKind::Link))
        })
    }) && tokens.into_iter().any(|index| document.fact_at(index).is_some())
}
