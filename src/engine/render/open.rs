//! What a message leaves open: of what a reader would ask, what it says something about.
//!
//! A question is asked of the author only where the answer is surely missing. So whatever could be an answer counts as one.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::sentences::Teller;
use crate::engine::facts::{FactKind, MONTHS, WEEKDAYS};
use crate::engine::polarity::polarity;
use crate::engine::reading::{Statement, is_over};
use crate::engine::text::{Tag, Token};

/// Words for those whom something concerns.
#[rustfmt::skip]
const PEOPLE: [&str; 33] = [
    "user", "customer", "client", "people", "visitor", "everyone", "nobody", "anyone", "subscriber", "merchant", "shopper",
    "employee", "staff", "colleague", "member", "tenant", "guest", "student", "patient", "person", "everybody", "driver",
    "nurse", "teacher", "doctor", "partner", "supplier", "caller", "folk", "applicant", "pupil", "guard", "somebody",
];
/// Words for parts of a whole, and for places.
#[rustfmt::skip]
const GROUPS: [&str; 20] = [
    "account", "team", "eu", "us", "uk", "apac", "emea", "region", "office", "site", "all", "some", "most", "every", "each",
    "subset", "half", "floor", "line", "bay",
];
#[rustfmt::skip]
const ENDED: [&str; 14] = [
    "until", "resumed", "recovered", "restored", "ended", "lasted", "normal", "tomorrow", "till", "resolved", "fixed",
    "finished", "tonight", "by",
];
#[rustfmt::skip]
const SOON: [&str; 16] = [
    "week", "month", "weekend", "soon", "now", "today", "tonight", "tomorrow", "noon", "lunch", "year", "quarter", "sprint",
    "already", "jan", "feb",
];
/// "Not sure how long", "no ETA": it says that nobody knows.
const UNKNOWN: [&str; 4] = ["unknown", "unclear", "unsure", "sure"];
/// What a cause is told by, beside the cues of its slot.
#[rustfmt::skip]
const CAUSES: [&str; 20] = [
    "because", "due", "cause", "caused", "reason", "since", "unknown", "regression", "bug", "confirmed", "after", "following",
    "die", "full", "expire", "empty", "from", "when", "why", "suspect",
];
#[rustfmt::skip]
const DECISIONS: [&str; 9] =
    ["decide", "decision", "approve", "approval", "confirm", "choose", "review", "sign-off", "agree"];
#[rustfmt::skip]
const DATA: [&str; 16] = [
    "data", "personal", "pii", "record", "name", "email", "e-mail", "cv", "address", "card", "id", "file", "document",
    "photo", "mail", "salary",
];

/// For each thing that readers ask for, whether the message says something about it. Beside these: `trouble`, whether something
/// surely is or was wrong; `ongoing`, whether it still is and nothing is said of its end; `later`, whether a time or a length is
/// told beside it; `read`, whether the job of every sentence was found; `decision`, whether something is to be decided.
pub(super) fn stated(teller: &Teller<'_, '_, '_>) -> BTreeMap<String, bool> {
    let document = teller.document();
    let statements = &teller.reading.statements;
    let said: FxHashSet<&str> = document.tokens.iter().flat_map(Token::lemmas).collect();
    let words = |list: &[&str]| list.iter().any(|word| said.contains(word));
    let facts = |kind: FactKind| document.facts.iter().any(|fact| fact.kind == kind);
    let tokens = |statement: &Statement| statement.tokens.clone().filter_map(|index| document.tokens.get(index));
    let dated = document.facts.iter().any(|fact| fact.kind.is_when());
    let ranges = facts(FactKind::Time) && document.facts.iter().filter(|fact| fact.kind.is_when()).count() > 1;
    // A conditional trouble is none, and a planned one is no trouble either.
    let is_wrong = |statement: &&Statement| {
        let span = document.span_of(statement.tokens.clone());
        statement.evident == "impact"
            && !statement.is_overtaken
            && polarity(document.slice(span)).conditions == 0
            && !tokens(statement)
                .any(|token| token.tag == Tag::Modal && !token.is(&["can", "cannot", "can't", "couldn't"]))
            // "No outage, nothing broken."
            && !tokens(statement).next().is_some_and(|first| first.is(&["no", "nothing", "none", "nobody"]))
    };
    let mut troubles = statements.iter().filter(is_wrong).peekable();
    let is_trouble = troubles.peek().is_some();
    let is_past = is_trouble && troubles.all(|statement| is_over(document, statement.tokens.clone()));
    // What no sentence was found to tell may stand in one whose job was not found.
    let is_read = !statements.iter().any(|statement| statement.evident == "detail" && !statement.is_background);
    let later = statements.iter().any(|statement| {
        statement.evident != "impact"
            && statement
                .tokens
                .clone()
                .filter_map(|index| document.fact_at(index))
                .any(|fact| fact.kind.is_when() || fact.kind == FactKind::Duration)
    });
    let month = |token: &Token| token.capital && MONTHS.contains(&token.lower.as_str()) && token.tag != Tag::Modal;
    let when = dated || words(&WEEKDAYS) || words(&SOON) || document.tokens.iter().any(month);
    let ended = ranges || words(&ENDED) || words(&UNKNOWN) || dated && words(&["expect", "eta", "back"]) || is_past;
    BTreeMap::from([
        ("trouble".to_owned(), is_trouble),
        ("ongoing".to_owned(), is_trouble && !ended),
        ("later".to_owned(), later),
        ("read".to_owned(), is_read),
        ("who".to_owned(), words(&PEOPLE) || words(&GROUPS) || words(&["you", "your"])),
        ("when".to_owned(), when),
        ("duration".to_owned(), facts(FactKind::Duration) || ranges),
        ("ended".to_owned(), ended),
        ("cause".to_owned(), words(&CAUSES)),
        ("decision".to_owned(), words(&DECISIONS)),
        (
            "version".to_owned(),
            document.facts.iter().any(|fact| {
                fact.kind == FactKind::Version || fact.kind == FactKind::Code && names_a_version(&fact.key)
            }),
        ),
        ("money".to_owned(), facts(FactKind::Money) || words(&["free", "cost", "price", "budget"])),
        ("data".to_owned(), words(&DATA)),
    ])
}

/// Whether what happens was said of people, or measured where they use it.
pub(super) fn concerns_people(teller: &Teller<'_, '_, '_>) -> bool {
    let document = teller.document();
    let person = |token: &Token| token.lemmas().any(|lemma| PEOPLE.contains(&lemma)) || token.is(&["you", "your"]);
    let mut impacts = teller.reading.statements.iter().filter(|statement| statement.slot == "impact");
    impacts.any(|statement| {
        statement.metric.is_some()
            || statement.tokens.clone().filter_map(|index| document.tokens.get(index)).any(person)
    })
}

/// "`v0.17.0`" in code style.
fn names_a_version(code: &str) -> bool {
    code.split('.').filter(|part| part.chars().any(|c| c.is_ascii_digit())).count() > 1
}
