//! Change logs: lists whose items begin with an order ("Add a helper command") and tell what was done. Told as orders they
//! would read as tasks for the reader.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::facts::FactKind;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, Token};

/// How the verb of an item is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogVerb {
    /// "Add …": "Added …".
    Done,
    /// "Don't resolve …": "No longer resolves …". Stands at "don't", or at "do" of "do not".
    NoLonger,
    /// The verb behind "don't".
    Does,
    /// "Fixes …": "This fixes …".
    This,
}

impl LogVerb {
    /// The form that the verb itself takes, when it is another one than the author's.
    pub(crate) const fn form(self) -> Option<VerbForm> {
        match self {
            Self::Done => Some(VerbForm::PastParticiple),
            Self::Does => Some(VerbForm::ThirdSingular),
            Self::NoLonger | Self::This => None,
        }
    }
}

/// Deeds that change logs begin with. Others may be orders to the reader.
pub(super) const DEEDS: &[&str] = &[
    "add",
    "fix",
    "remove",
    "update",
    "improve",
    "change",
    "allow",
    "support",
    "use",
    "avoid",
    "prevent",
    "make",
    "handle",
    "bump",
    "drop",
    "rename",
    "move",
    "replace",
    "introduce",
    "enable",
    "disable",
    "ensure",
    "correct",
    "refactor",
    "upgrade",
    "deprecate",
    "implement",
    "include",
    "show",
    "hide",
    "set",
    "return",
    "skip",
    "reduce",
    "increase",
    "optimize",
    "optimise",
    "clean",
    "clarify",
    "document",
    "convert",
    "migrate",
    "switch",
    "rework",
    "simplify",
    "revert",
    "restore",
    "require",
    "limit",
    "resolve",
    "warn",
    "store",
    "validate",
    "treat",
    "extend",
    "expose",
    "extract",
    "merge",
    "split",
    "let",
];

/// A message with one of these words may be a list of tasks.
const OPEN: &[&str] = &[
    "please",
    "must",
    "todo",
    "need",
    "should",
    "plan",
    "tomorrow",
    "deadline",
    "owner",
    "agenda",
    "roadmap",
    "goal",
    "propose",
    "proposal",
    "step",
    "task",
    "eta",
    "before",
    "checklist",
    "backlog",
    "we'll",
    "i'll",
];

/// The verbs of a change log that are told otherwise than written, by the token they stand at.
pub(crate) fn log_verbs(document: &Document<'_>) -> BTreeMap<usize, LogVerb> {
    let none = BTreeMap::new();
    let items: Vec<Range<usize>> =
        document.sentences.iter().filter(|sentence| is_item(document, sentence)).cloned().collect();
    let Some(last) = items.last() else { return none };
    // What follows the list ("Please report issues") is said about something else.
    if may_be_tasks(document, last.end) {
        return none;
    }
    let mut verbs = BTreeMap::new();
    let mut finished = 0;
    for item in &items {
        let Some(start) = deed_at(document, item.clone()) else { continue };
        let Some(token) = document.tokens.get(start) else { continue };
        let behind = |steps: usize| document.tokens.get(start + steps);
        let is_deed = |token: &Token| token.lemmas().any(|lemma| DEEDS.contains(&lemma));
        let followed = behind(1).is_some_and(|next| next.tag != Tag::Punctuation || next.is(&["`", "\"", "“"]));
        if token.is(&["don't", "dont"]) && behind(1).is_some_and(|verb| verb.has(Flags::VERB_BASE)) {
            verbs.insert(start, LogVerb::NoLonger);
            verbs.insert(start + 1, LogVerb::Does);
        } else if token.is(&["do"])
            && behind(1).is_some_and(|not| not.is(&["not"]))
            && behind(2).is_some_and(|verb| verb.has(Flags::VERB_BASE))
        {
            verbs.insert(start, LogVerb::NoLonger);
            verbs.insert(start + 2, LogVerb::Does);
        } else if is_deed(token) && token.has(Flags::VERB_BASE) && followed {
            verbs.insert(start, LogVerb::Done);
        } else if is_deed(token)
            && token.has(Flags::VERB_3SG)
            && token.tag == Tag::Verb(VerbForm::ThirdSingular)
            && followed
        {
            verbs.insert(start, LogVerb::This);
            finished += 1;
        } else if tells_result(document, item.clone()) {
            finished += 1;
        }
    }
    let told = verbs.values().filter(|verb| **verb != LogVerb::Does).count();
    let evident = finished > 0 || names_a_log(document) || items.iter().any(|item| refers(document, item.clone()));
    if told > 0 && evident && told + finished >= items.len().div_ceil(2) { verbs } else { none }
}

/// Whether a sentence opens an item of a list without boxes to tick.
fn is_item(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    sentence
        .start
        .checked_sub(1)
        .and_then(|before| document.tokens.get(before))
        .is_some_and(|marker| marker.opens_item() && !marker.lower.contains('['))
}

/// Where the item's first word stands, behind a tag (`[Fixed]`), a link or a label ("system:").
fn deed_at(document: &Document<'_>, item: Range<usize>) -> Option<usize> {
    const LONGEST_LABEL: usize = 10;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < item.end);
    let label = (item.start..item.end.min(item.start + LONGEST_LABEL))
        .find(|index| token(*index).is_some_and(|sign| sign.is(&[":"])) && token(index + 1).is_some());
    let mut start = label.map_or(item.start, |colon| colon + 1);
    while let Some(first) = token(start) {
        if first.is(&["["])
            && let Some(close) = (start..start + 5).find(|index| token(*index).is_some_and(|sign| sign.is(&["]"])))
        {
            start = close + 1;
        } else if first.tag == Tag::Punctuation {
            start += 1;
        } else {
            return Some(start);
        }
    }
    None
}

fn may_be_tasks(document: &Document<'_>, end: usize) -> bool {
    let tokens = document.tokens.get(..end).unwrap_or_default();
    let announced =
        tokens.windows(2).any(|pair| matches!(pair, [who, will] if who.is(&["we", "i"]) && will.is(&["will", "'ll"])));
    announced
        || tokens.iter().any(|token| token.lower.starts_with('?') || token.lemmas().any(|lemma| OPEN.contains(&lemma)))
        || document.facts.iter().any(|fact| fact.kind == FactKind::Mention)
}

/// "Pages are now cached", "Added a page", "Improves speed": an item that tells what is so already.
fn tells_result(document: &Document<'_>, item: Range<usize>) -> bool {
    let first = document.tokens.get(item.start);
    let told = first.is_some_and(|first| {
        matches!(first.tag, Tag::Verb(VerbForm::Past | VerbForm::PastParticiple | VerbForm::ThirdSingular))
    });
    let is = |at: usize, words: &[&str]| document.tokens.get(at).is_some_and(|token| token.is(words));
    let now = |at: usize| is(at, &["is", "are"]) && is(at + 1, &["now"]) || is(at, &["no"]) && is(at + 1, &["longer"]);
    // "DB rework, improves speed": the verb stands behind the thing and its comma.
    let behind = |at: usize| {
        is(at, &[","]) && document.tokens.get(at + 1).is_some_and(|verb| verb.tag == Tag::Verb(VerbForm::ThirdSingular))
    };
    told || item.clone().any(|at| now(at) || behind(at))
}

/// "Release notes", "Bug fixes", a version in a heading.
fn names_a_log(document: &Document<'_>) -> bool {
    const NAMES: [&str; 14] = [
        "changelog",
        "change log",
        "release notes",
        "patch notes",
        "fix notes",
        "what's new",
        "bug fixes",
        "bugfixes",
        "bugs resolved",
        "bugs fixed",
        "stable release",
        "this release",
        "maintenance release",
        "released version",
    ];
    let lower = document.text.to_lowercase();
    let heading = |line: &&str| {
        let line = line.trim_matches(['#', '*', ' ', ':', '_']);
        ["changes", "fixes", "fixed", "added", "changed", "removed", "features", "improvements"].contains(&line)
    };
    NAMES.iter().any(|name| lower.contains(name))
        || lower.lines().any(|line| heading(&line))
        || document.sentences.iter().any(|sentence| {
            let marker = sentence.start.checked_sub(1).and_then(|before| document.tokens.get(before));
            marker.is_some_and(|marker| marker.lower.starts_with('#'))
                && document.fact_at(sentence.start).is_some_and(|fact| fact.kind == FactKind::Version)
        })
}

/// The address of a finished change or of a weakness in an item; or its kind in brackets (`[BUGFIX]`).
fn refers(document: &Document<'_>, item: Range<usize>) -> bool {
    let words = document.slice(document.span_of(item.clone()));
    let tagged = words
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .is_some_and(|(tag, _)| tag.len() > 2 && tag.chars().all(|letter| letter.is_ascii_uppercase()));
    // The number of a ticket alone stands beside tasks as well.
    tagged
        || item.filter_map(|index| document.fact_at(index)).any(|fact| {
            let address = document.slice(fact.span);
            fact.kind == FactKind::Link
                && ["/pull/", "/merge_requests/", "/commit/", "cve"].iter().any(|part| address.contains(part))
        })
}
