//! What a message should say to somebody who is to act on it: an outcome, what is wanted, and when.

use std::ops::Range;

use super::{Hint, HintCode};
use crate::engine::facts::{FactKind, WEEKDAYS};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::polarity::is_negation;
use crate::engine::reading::{Cues, Reading, Statement, is_over};
use crate::engine::render::Analysis;
use crate::engine::text::{Document, Tag, Token, TokenKind};

const ASK: &str = "ask";
const INCIDENT: &str = "incident";
/// Slots in which a message tells trouble or a decision.
const TROUBLE: [&str; 4] = ["impact", "refusal", "delay", "risk"];
/// Slots about which readers ask further.
const ASKED_ABOUT: [&str; 6] = ["impact", "refusal", "delay", "risk", "next", "action"];
/// Slots that answer "and what do I do now?" themselves.
const ANSWERED: [&str; 5] = [ASK, "resolved", "workaround", "option", "relief"];
/// Slots that tell what something means for people.
const OUTCOMES: [&str; 14] = [
    "impact",
    "resolved",
    "benefit",
    "relief",
    "refusal",
    "delay",
    "cost",
    "risk",
    ASK,
    "workaround",
    "option",
    "condition",
    "reason",
    "update",
];

pub(super) fn hints(analysis: &Analysis<'_>, reading: &Reading, cues: &Cues, questions: &[String]) -> Vec<Hint> {
    let document = &analysis.document;
    let statements: Vec<&Statement> = reading
        .statements
        .iter()
        .filter(|statement| !statement.is_overtaken && !is_quoted(document, statement))
        .collect();
    let mut hints = Vec::new();
    let mut say = |tokens: Range<usize>, code: HintCode, text: String, suggestion: Option<&str>| {
        let span = document.span_of(tokens);
        let words = document.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        hints.push(Hint { code, span, words, text, suggestion: suggestion.map(str::to_owned), count: 1 });
    };
    if let Some(trouble) = unasked(document, &statements).filter(|_| !reading.may_ask(document, cues)) {
        say(
            trouble.tokens.clone(),
            HintCode::MissingAsk,
            "This tells a problem or a decision, and nothing says what is wanted from the reader.".into(),
            Some("say who should do what by when, or \"Nothing for you to do.\""),
        );
    }
    if let Some(work) = without_outcome(analysis, &statements) {
        say(
            work.tokens.clone(),
            HintCode::NoOutcome,
            "This tells what is done, and nothing says what it means for the reader.".into(),
            Some("begin with what changes for the reader, or that nothing does"),
        );
    }
    let vague: Vec<(&Statement, Range<usize>)> = statements
        .iter()
        .filter_map(|statement| Some((*statement, vague_when(document, &statements, statement)?)))
        .collect();
    for (_, words) in &vague {
        say(
            words.clone(),
            HintCode::MissingWhen,
            "This can mean minutes or months, and nothing else says when.".into(),
            Some("name a day or an hour, or say when the next news will come"),
        );
    }
    if let Some(trouble) = open_ended(document, reading, &statements).filter(|_| vague.is_empty()) {
        say(
            trouble.tokens.clone(),
            HintCode::MissingWhen,
            "This tells a trouble that is not over, and nothing says when it will be or when the next news comes."
                .into(),
            Some("add an estimate, or the hour of the next news"),
        );
    }
    let is_told = |statement: &Statement| vague.iter().any(|(told, _)| told.tokens == statement.tokens);
    let undated = |statement: &&&Statement| !is_told(statement) && is_undated(document, &statements, statement);
    for statement in statements.iter().filter(undated) {
        let (text, suggestion) = if statement.slot == ASK {
            ("This asks for something, and nothing says by when.", "add a day or an hour")
        } else {
            ("This promises something, and nothing says when.", "add a day or an hour, or when the next news will come")
        };
        say(statement.tokens.clone(), HintCode::MissingWhen, text.into(), Some(suggestion));
    }
    // Good news is read once; it is trouble and plans that people ask about.
    let place = statements.iter().find(|statement| ASKED_ABOUT.contains(&statement.slot.as_str()));
    // By when something is wanted is judged above, where it has a time.
    let is_open = |question: &&String| !question.contains("by when");
    for (question, statement) in questions.iter().filter(is_open).zip(std::iter::repeat(place)) {
        let open = question.strip_prefix("Not stated: ").unwrap_or(question).trim_end_matches('.');
        if let Some(statement) = statement {
            let text = format!("The reader will ask next: {open}?");
            say(statement.tokens.clone(), HintCode::OpenQuestion, text, None);
        }
    }
    hints
}

fn is_quoted(document: &Document<'_>, statement: &Statement) -> bool {
    let start = document.span_of(statement.tokens.clone()).start;
    let line = document.text.get(..start).and_then(|head| head.rsplit('\n').next()).unwrap_or_default();
    line.trim_start().starts_with('>')
}

fn words<'d>(document: &'d Document<'_>, tokens: Range<usize>) -> impl Iterator<Item = &'d Token> {
    tokens.filter_map(|index| document.tokens.get(index))
}

/// The trouble of a message that says neither what is wanted nor that nothing is.
fn unasked<'s>(document: &Document<'_>, statements: &[&'s Statement]) -> Option<&'s Statement> {
    let answered = statements.iter().any(|statement| ANSWERED.contains(&statement.slot.as_str()));
    if answered || wants_nothing(document) {
        return None;
    }
    let decides = |statement: &Statement| {
        words(document, statement.tokens.clone())
            .any(|word| word.tag.is_verb() && word.lemmas().any(|lemma| lemma == "decide"))
    };
    // What is over is told for the record, and a change log asks for nothing.
    let is_news = |statement: &Statement| {
        !statement.is_item && !statement.is_background && !is_over(document, statement.tokens.clone())
    };
    let is_trouble =
        |statement: &Statement| TROUBLE.contains(&statement.slot.as_str()) && is_news(statement) || decides(statement);
    statements.iter().copied().find(|statement| is_trouble(statement))
}

/// "Nothing for you to do", "no action needed", "FYI only".
fn wants_nothing(document: &Document<'_>) -> bool {
    const NOTHING: [&[&str]; 10] = [
        &["nothing", "to", "do"],
        &["nothing", "for", "you"],
        &["nothing", "you"],
        &["nothing", "is", "needed"],
        &["nothing", "needed"],
        &["nothing", "changes"],
        &["no", "action"],
        &["no", "need"],
        &["no", "impact"],
        &["fyi"],
    ];
    document.sentences.iter().any(|sentence| {
        let lower: Vec<&str> = words(document, sentence.clone()).map(|token| token.lower.as_str()).collect();
        NOTHING.iter().any(|wanted| lower.windows(wanted.len()).any(|window| window == *wanted))
    })
}

/// The work in a message that tells nothing else.
fn without_outcome<'s>(analysis: &Analysis<'_>, statements: &[&'s Statement]) -> Option<&'s Statement> {
    let document = &analysis.document;
    let told = statements.iter().any(|statement| OUTCOMES.contains(&statement.slot.as_str()));
    if told || wants_nothing(document) || speaks_of_people(document) {
        return None;
    }
    statements.iter().copied().find(|statement| {
        let technical = analysis.terms_in(statement.tokens.clone()).next().is_some();
        let first = words(document, statement.tokens.clone()).next();
        let deed = first.is_some_and(|first| {
            first.is(&["we", "i"]) || matches!(first.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple))
        });
        let told = match statement.slot.as_str() {
            "action" | "next" => true,
            "detail" => deed || statement.action.is_some(),
            _ => false,
        };
        !statement.is_background && technical && told
    })
}

/// Whether people are named, or something is said to be better or worse than it was: "pages now load faster".
fn speaks_of_people(document: &Document<'_>) -> bool {
    // A client is as often a program as a person.
    const PEOPLE: [&str; 15] = [
        "you",
        "your",
        "user",
        "customer",
        "visitor",
        "people",
        "everyone",
        "everybody",
        "nobody",
        "anyone",
        "colleague",
        "shopper",
        "merchant",
        "reader",
        "partner",
    ];
    document
        .tokens
        .iter()
        .any(|token| token.has(Flags::ADJ_COMPARATIVE) || token.lemmas().any(|lemma| PEOPLE.contains(&lemma)))
}

/// Whether a statement promises or asks for something that has a time, and its paragraph names none.
fn is_undated(document: &Document<'_>, statements: &[&Statement], statement: &Statement) -> bool {
    let wants = match statement.slot.as_str() {
        ASK => is_order_with_a_time(document, statement),
        "relief" | "resolved" | "refusal" | "reference" => false,
        _ => is_promise(document, statement),
    };
    wants && !names_a_time(document, paragraph_of(statements, statement))
}

/// All that stands in the same paragraph.
fn paragraph_of(statements: &[&Statement], statement: &Statement) -> Range<usize> {
    let paragraph = statements.iter().filter(|other| other.paragraph == statement.paragraph);
    let (start, end) = paragraph.fold((statement.tokens.start, statement.tokens.end), |(start, end), other| {
        (start.min(other.tokens.start), end.max(other.tokens.end))
    });
    start..end
}

fn names_a_time(document: &Document<'_>, tokens: Range<usize>) -> bool {
    const WHEN: [&str; 38] = [
        "today",
        "tonight",
        "tomorrow",
        "now",
        "immediately",
        "asap",
        "eod",
        "eow",
        "noon",
        "midnight",
        "morning",
        "afternoon",
        "evening",
        "week",
        "weekend",
        "month",
        "quarter",
        "year",
        "sprint",
        "day",
        "hour",
        "minute",
        "daily",
        "weekly",
        "before",
        "after",
        "until",
        "till",
        "once",
        "when",
        "while",
        "during",
        "shortly",
        "again",
        "deadline",
        "meantime",
        "every",
        "next",
    ];
    says_when(document, tokens, &WHEN)
}

/// Whether a day, an hour or a stretch of time is named, in figures, as a weekday or by one of these words.
fn says_when(document: &Document<'_>, tokens: Range<usize>, named: &[&str]) -> bool {
    let dated = |index: usize| {
        document.fact_at(index).is_some_and(|fact| fact.kind.is_when() || fact.kind == FactKind::Duration)
    };
    tokens.clone().any(dated)
        || words(document, tokens).any(|word| {
            word.lemmas()
                .any(|lemma| named.contains(&lemma) || WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(lemma)))
        })
}

/// Words that promise a time and name none, as they stand alone: "later" and not "later than", "soon" and not "soon after".
const VAGUE: [(&[&str], &[&str]); 15] = [
    (&["soon"], &["after", "as", "enough", "afterwards", "to"]),
    (&["asap"], &[]),
    (&["as", "soon", "as", "possible"], &[]),
    (&["as", "soon", "as", "we", "can"], &[]),
    (&["shortly"], &["after", "before", "afterwards"]),
    (&["later", "on"], &[]),
    (&["later"], &["than", "on"]),
    (&["in", "due", "course"], &[]),
    (&["in", "due", "time"], &[]),
    (&["at", "some", "point"], &[]),
    (&["in", "the", "near", "future"], &[]),
    (&["when", "possible"], &[]),
    (&["in", "a", "while"], &[]),
    (&["in", "a", "bit"], &[]),
    (&["sometime"], &[]),
];

/// The words of a statement about what is to come that promise a time and name none, where its paragraph names none either.
fn vague_when(document: &Document<'_>, statements: &[&Statement], statement: &Statement) -> Option<Range<usize>> {
    if statement.is_background || is_over(document, statement.tokens.clone()) {
        return None;
    }
    let paragraph = paragraph_of(statements, statement);
    if names_a_day_or_hour(document, paragraph) {
        return None;
    }
    let lower = |index: usize| document.tokens.get(index).map_or("", |token| token.lower.as_str());
    statement.tokens.clone().find_map(|start| {
        let (words, _) = VAGUE.iter().find(|(words, not_before)| {
            let end = start + words.len();
            end <= statement.tokens.end
                && words.iter().enumerate().all(|(place, word)| lower(start + place) == *word)
                && !(end < statement.tokens.end && not_before.contains(&lower(end)))
        })?;
        let found = start..start + words.len();
        // "Ten minutes later" counts from somewhere, "version 5 or later" is no time, and "the later stages" are not.
        let before = start.checked_sub(1).filter(|before| *before >= statement.tokens.start);
        let is_measured = before.is_some_and(|before| {
            document.fact_at(before).is_some() || ["or", "and", "the", "much", "no", "not"].contains(&lower(before))
        });
        let goes_on = document.tokens.get(found.end).filter(|_| found.end < statement.tokens.end);
        let stands_before_a_name =
            words == &["later"] && goes_on.is_some_and(|next| next.kind != TokenKind::Punctuation);
        (!(words == &["later"] && (is_measured || stands_before_a_name))).then_some(found)
    })
}

/// Whether a day, an hour or a stretch of time is named, in figures or as "tomorrow" and "Friday".
fn names_a_day_or_hour(document: &Document<'_>, tokens: Range<usize>) -> bool {
    const NAMED: [&str; 13] = [
        "today",
        "tonight",
        "tomorrow",
        "noon",
        "midnight",
        "morning",
        "afternoon",
        "evening",
        "eod",
        "eow",
        "week",
        "month",
        "quarter",
    ];
    says_when(document, tokens, &NAMED)
}

/// The trouble of an incident that is not over, where nothing says when it will be or when the next news comes.
fn open_ended<'s>(document: &Document<'_>, reading: &Reading, statements: &[&'s Statement]) -> Option<&'s Statement> {
    /// What says that a time is one to come.
    const AHEAD: [&str; 12] =
        ["eta", "expect", "estimate", "within", "until", "by", "next", "update", "should", "will", "again", "in"];
    const OVER: [&str; 2] = ["resolved", "relief"];
    if reading.kind != INCIDENT || statements.iter().any(|statement| OVER.contains(&statement.slot.as_str())) {
        return None;
    }
    let looks_ahead = |statement: &&Statement| {
        let is_ahead = |word: &Token| word.lemmas().any(|lemma| AHEAD.contains(&lemma));
        names_a_day_or_hour(document, statement.tokens.clone())
            && words(document, statement.tokens.clone()).any(is_ahead)
    };
    if statements.iter().any(looks_ahead) {
        return None;
    }
    // Where the first thing told of it is no state, the message argues and reports nothing.
    let is_news = |statement: &&Statement| statement.slot == "impact" && !statement.is_item && !statement.is_background;
    statements.iter().copied().find(|statement| is_news(statement)).filter(|trouble| {
        !is_over(document, trouble.tokens.clone()) && !tells_no_state(document, trouble.tokens.clone())
    })
}

/// Whether a clause tells what may come or what has become of something, and not how it is now: "it has become dearer", "we expect no
/// outage". "It has been down since noon" is how it is.
fn tells_no_state(document: &Document<'_>, tokens: Range<usize>) -> bool {
    const MAY_COME: [&str; 6] = ["expect", "will", "would", "may", "might", "if"];
    let tokens: Vec<&Token> = words(document, tokens).collect();
    let has = tokens.iter().position(|word| word.is(&["has", "have", "'ve", "’ve"]));
    let has_become = has.is_some_and(|has| {
        let mut behind = tokens.iter().skip(has + 1).take(3);
        behind.any(|word| word.tag == Tag::Verb(VerbForm::PastParticiple) && !word.is(&["been"]))
    });
    let may_come = tokens.iter().any(|word| word.lemmas().any(|lemma| MAY_COME.contains(&lemma)));
    has_become || may_come
}

/// Orders that somebody waits for. "Contact us if …" and "don't restart it" have no time.
fn is_order_with_a_time(document: &Document<'_>, statement: &Statement) -> bool {
    const AWAITED: [&str; 22] = [
        "review", "approve", "sign", "decide", "confirm", "send", "submit", "complete", "reply", "vote", "choose",
        "fill", "provide", "migrate", "upgrade", "update", "rotate", "test", "check", "register", "return", "answer",
    ];
    const OPEN: [&str; 7] = ["if", "in", "whether", "unless", "let", "feel", "who"];
    let mut verb = None;
    for word in words(document, statement.tokens.clone()) {
        if is_negation(word) || word.is(&OPEN) && (verb.is_none() || word.is(&["if", "unless"])) {
            return false;
        }
        if verb.is_none() && word.lemmas().any(|lemma| AWAITED.contains(&lemma)) {
            verb = Some(word);
        }
    }
    verb.is_some_and(|word| word.tag.is_verb())
}

/// "We will fix it", "I'll send the list", "we plan to move it".
fn is_promise(document: &Document<'_>, statement: &Statement) -> bool {
    let tokens: Vec<&Token> = words(document, statement.tokens.clone()).collect();
    tokens.windows(3).any(|window| {
        let [who, how, what] = window else { return false };
        let ours = who.is(&["we", "i"]);
        let will = how.is(&["will", "'ll", "’ll", "shall"]) && (what.tag.is_verb() || what.tag == Tag::Adverb);
        let plans = how.is(&["plan", "intend", "aim"]) && what.is(&["to"]);
        ours && (will || plans) && !tokens.iter().any(|word| is_negation(word) || word.is(&["if", "continue", "keep"]))
    })
}
