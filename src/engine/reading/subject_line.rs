//! The subject line of a change: "fix(login): accept long names (#12)" above the lines that explain it. Its marks are no news,
//! and what was done stands in it, whatever the lines below begin with.

use std::ops::Range;

use super::cues::Cues;
use super::done::Told;
use super::orders::tense_of;
use crate::engine::facts::FactKind;
use crate::engine::source::line_before;
use crate::engine::text::{Document, Token, TokenKind};

/// What a subject line is of its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its name: "Opening hours".
    Named,
    /// A clause of its own: "the till stops at long names".
    Told,
    /// An order, of which nobody says that it was carried out: "Add a limit".
    Ordered,
    /// A deed that the message tells as done.
    Done,
}

/// What was read in a subject line.
#[derive(Debug)]
pub(super) struct SubjectLine<'c> {
    /// Where its sentence starts.
    pub(super) start: usize,
    /// The words without the marks around them.
    pub(super) news: Range<usize>,
    /// The numbers of tickets and requests beside them.
    pub(super) ids: Vec<usize>,
    /// What the line is of the change.
    pub(super) line: Line,
    /// The message is about a change, and nothing in it makes it a wish.
    pub(super) is_certain: bool,
    /// It ends a trouble that the lines below may tell.
    pub(super) mends: bool,
    /// The lines below tell what it breaks, which is the news then.
    pub(super) breaks: bool,
    /// What a message that is certainly about a change tells as done.
    pub(super) told: Told<'c>,
}

/// The subject line of a message: its first line, above a blank one, with the mark or number of a change or beginning with a
/// deed.
pub(super) fn subject_line<'c>(document: &'c Document<'_>, cues: &'c Cues) -> Option<SubjectLine<'c>> {
    const LONGEST: usize = 40;
    let sentence = document.sentences.first()?;
    let marker = sentence.start.checked_sub(1).and_then(|before| document.tokens.get(before));
    if marker.is_some_and(Token::opens_item) || sentence.len() > LONGEST || !is_on_its_own(document, sentence) {
        return None;
    }
    let token = |index: usize| document.tokens.get(index).filter(|_| index < sentence.end);
    let mut line = SubjectLine {
        start: sentence.start,
        news: sentence.clone(),
        ids: Vec::new(),
        line: Line::Named,
        is_certain: false,
        mends: false,
        // As those who mark their subject lines write it.
        breaks: document.text.contains("BREAKING CHANGE"),
        told: Told::default(),
    };
    line.news.end = without_number_behind(document, &line.news, &mut line.ids);
    let numbered = !line.ids.is_empty();
    let (mut marked, mut scoped) = (false, false);
    let mut at = sentence.start;
    while at < line.news.end {
        if is_id(document, at) {
            line.ids.push(at);
            at += 1;
        } else if let Some(behind) = behind_mark(document, at, line.news.end, cues) {
            line.mends |= cues.mends(mark_at(document, at));
            marked = true;
            scoped |= behind > at + 2 || mark_at(document, at).len() < document.token_text(at).len();
            at = behind;
        } else if let Some(behind) = behind_tag(document, at, line.news.end) {
            at = behind;
        } else if at > sentence.start && token(at).is_some_and(|sign| sign.is(&[":", "-", "–", "—", "|", ","])) {
            at += 1;
        } else {
            break;
        }
    }
    // "gitlab: enable reports": where it was done stands in front.
    if let Some(colon) = label_end(document, at..line.news.end).filter(|colon| tense_of(document, colon + 1).is_some())
    {
        at = colon + 1;
    }
    line.news.start = at;
    let deed = tense_of(document, at).is_some();
    if line.news.is_empty() || !(marked || deed || !line.ids.is_empty()) {
        return None;
    }
    line.mends |= deed && token(at).is_some_and(|verb| verb.lemmas().any(|lemma| cues.mends(lemma)));
    // "ci: the build is red" is no change.
    let evident = numbered || scoped || marked && (deed || line.mends);
    line.is_certain = (evident || cues.tells_of_a_change(document)) && !cues.may_be_a_wish(document);
    if line.is_certain {
        line.told = Told::gather(document, cues);
    }
    line.line = if !deed {
        let tells = (at..line.news.end).filter_map(token).any(|word| word.tag.is_finite());
        if tells { Line::Told } else { Line::Named }
    } else if line.is_certain && line.told.holds(document, cues, &line.news) {
        Line::Done
    } else {
        Line::Ordered
    };
    Some(line)
}

/// Whether a message begins as those about changes do, certain or not: with a mark, a number, a deed, or with a title that is no
/// salutation. What it orders below may be what was done.
pub(super) fn begins_as_a_change(document: &Document<'_>, cues: &Cues) -> bool {
    let Some(first) = document.sentences.first() else { return false };
    let last = first.end.checked_sub(1).and_then(|last| document.tokens.get(last));
    let addresses = last.is_some_and(|sign| sign.is(&[",", ":", "!", "?"]));
    let told = first.clone().filter_map(|index| document.tokens.get(index)).any(|word| word.tag.is_finite());
    // "Store opening is late": a thing.
    let deed =
        |at: usize| document.tokens.get(at).is_some_and(|verb| verb.tag.is_verb()) && tense_of(document, at).is_some();
    let titled = !addresses && is_on_its_own(document, first) && !(told && last.is_some_and(|sign| sign.is(&["."])));
    titled
        || is_id(document, first.start)
        || label_end(document, first.clone()).is_some_and(|colon| colon == first.start + 1 && deed(colon + 1))
        || behind_mark(document, first.start, first.end, cues).is_some()
        || deed(first.start)
}

/// Whether a sentence is the first line of its message, with a blank line below and more to come.
fn is_on_its_own(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    let span = document.span_of(sentence.clone());
    let head = line_before(document.text, span.start);
    let first = document.text.get(..span.start).is_some_and(|before| before.trim() == head.trim());
    let mut lines = document.text.get(span.end..).unwrap_or_default().splitn(3, '\n');
    let ends = lines.next().is_some_and(|rest| rest.trim_matches([' ', '\t', '.']).is_empty());
    let blank = lines.next().is_some_and(|line| line.trim().is_empty());
    first && ends && blank && lines.next().is_some_and(|below| below.contains(char::is_alphanumeric))
}

/// "#3682", "PAY-12".
fn is_id(document: &Document<'_>, index: usize) -> bool {
    document.fact_at(index).is_some_and(|fact| fact.kind == FactKind::Id)
}

/// Where the words end in front of "(#12)" or "(shop#12)".
fn without_number_behind(document: &Document<'_>, words: &Range<usize>, ids: &mut Vec<usize>) -> usize {
    const LONGEST: usize = 4;
    let is = |index: usize, sign: &str| document.tokens.get(index).is_some_and(|token| token.is(&[sign]));
    let number = words.end.checked_sub(2).filter(|number| is_id(document, *number) && is(words.end - 1, ")"));
    let open = number.and_then(|number| (words.start + 1..number).rev().take(LONGEST).find(|index| is(*index, "(")));
    match (number, open) {
        (Some(number), Some(open)) => {
            ids.push(number);
            open
        }
        _ => words.end,
    }
}

/// Where the words begin behind "fix:", "fix(login):" or "fix(login)!:".
fn behind_mark(document: &Document<'_>, at: usize, end: usize, cues: &Cues) -> Option<usize> {
    const LONGEST_SCOPE: usize = 8;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < end);
    if !cues.marks_a_change(mark_at(document, at)) {
        return None;
    }
    let mut next = at + 1;
    // "fix(login):" may be one name.
    if token(at)?.lower.ends_with("):") || token(at)?.lower.ends_with(')') {
        return (next < end).then_some(next);
    }
    let mut scoped = false;
    if token(next)?.glued && token(next)?.is(&["("]) {
        next = (next..next + LONGEST_SCOPE).find(|index| token(*index).is_some_and(|sign| sign.is(&[")"])))? + 1;
        scoped = true;
    }
    if token(next)?.is(&["!"]) {
        next += 1;
    }
    let colon = token(next)?.glued && token(next)?.is(&[":"]);
    (colon || scoped).then_some(if colon { next + 1 } else { next })
}

/// "fix" of "fix(login)", which is written as one word.
fn mark_at<'d>(document: &'d Document<'_>, at: usize) -> &'d str {
    let Some(token) = document.tokens.get(at) else { return "" };
    token.lower.split_once('(').map_or(token.lower.as_str(), |(mark, _)| mark)
}

/// Where the words begin behind `[shop]`.
fn behind_tag(document: &Document<'_>, at: usize, end: usize) -> Option<usize> {
    const LONGEST: usize = 5;
    let is = |index: usize, sign: &str| document.tokens.get(index).is_some_and(|token| token.is(&[sign]));
    let close = (at + 1..end.min(at + 1 + LONGEST)).find(|index| is(*index, "]"))?;
    (is(at, "[") && close + 1 < end).then_some(close + 1)
}

/// The colon behind a few words or names without a verb.
fn label_end(document: &Document<'_>, words: Range<usize>) -> Option<usize> {
    const LONGEST: usize = 4;
    let token = |index: usize| document.tokens.get(index).filter(|_| index < words.end);
    let colon = words.clone().take(LONGEST + 1).find(|index| token(*index).is_some_and(|sign| sign.is(&[":"])))?;
    let names = (words.start..colon).filter_map(token).all(|word| {
        matches!(word.kind, TokenKind::Word | TokenKind::Fact(_)) && !word.tag.is_finite() || word.is(&["/", "-", "."])
    });
    (names && colon > words.start).then_some(colon)
}
