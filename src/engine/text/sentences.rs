//! Sentences: ended by marks, blank lines and list items, not by soft line breaks.

use std::ops::Range;

use super::{Token, TokenKind};
use crate::engine::source::line_before;

/// The sentences of a tokenised text. Markers are in none of them.
pub(super) fn split(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let chat = is_chat(text);
    let mut aside = Aside::default();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Marker {
            close(start, index, &mut sentences);
            start = index + 1;
            continue;
        }
        if index > start && !aside.holds(text, tokens, start..index) && breaks_before(text, tokens, start..index, chat)
        {
            close(start, index, &mut sentences);
            start = index;
        }
    }
    close(start, tokens.len(), &mut sentences);
    sentences
}

/// An open bracket: what stands inside is part of its sentence, whatever marks it has.
#[derive(Default)]
struct Aside {
    /// Tokens up to here were counted.
    counted: usize,
    /// Where the open bracket is closed, when it is.
    end: usize,
}

impl Aside {
    const LONGEST: usize = 40;

    /// Whether the token behind `sentence` stands inside a bracket that this sentence opened and that is closed soon.
    fn holds(&mut self, text: &str, tokens: &[Token], sentence: Range<usize>) -> bool {
        for index in self.counted.max(sentence.start)..sentence.end {
            if index >= self.end && tokens.get(index).is_some_and(|token| token.is(&["("])) {
                self.end = closing(text, tokens, index).unwrap_or(self.end);
            }
        }
        self.counted = sentence.end;
        sentence.end < self.end
    }
}

/// Where the bracket at `open` is closed: in the same paragraph and not far away.
fn closing(text: &str, tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for index in open..tokens.len().min(open + Aside::LONGEST) {
        let token = tokens.get(index)?;
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let gap = before.and_then(|before| text.get(before.span.end..token.span.start)).unwrap_or_default();
        if token.kind == TokenKind::Marker || gap.matches('\n').count() > 1 {
            return None;
        }
        if token.is(&["("]) {
            depth += 1;
        } else if token.is(&[")"]) {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn close(start: usize, end: usize, sentences: &mut Vec<Range<usize>>) {
    if start < end {
        sentences.push(start..end);
    }
}

/// Whether at least two lines begin with a name and a colon: a pasted thread.
pub(crate) fn is_chat(text: &str) -> bool {
    let speaks = |line: &str| {
        line.split_once(": ").is_some_and(|(name, _)| {
            (2..=20).contains(&name.len())
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
        })
    };
    text.lines().filter(|line| speaks(line)).count() >= 2
}

/// Whether the sentence of these tokens ends in front of the next one.
fn breaks_before(text: &str, tokens: &[Token], sentence: Range<usize>, chat: bool) -> bool {
    let index = sentence.end;
    let (Some(before), Some(token)) = (tokens.get(index - 1), tokens.get(index)) else { return false };
    let gap = text.get(before.span.end..token.span.start).unwrap_or_default();
    let lines = gap.matches('\n').count();
    if lines > 1 {
        return true;
    }
    // A line of a table ends and begins with a bar.
    let bar = |token: &Token| token.kind == TokenKind::Punctuation && token.lower.starts_with('|');
    if lines == 1 && (bar(before) || bar(token)) {
        return true;
    }
    // "5 June: Sweden | The total was corrected | cases.csv": a row without a table, one thing behind the other.
    if bar(before) {
        let line = line_before(text, before.span.start).trim_start();
        let row = !line.is_empty() && !line.starts_with('|') && !before.glued && !token.glued;
        // "cat x | grep y" is a command.
        let rest = text.get(before.span.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        return row && bars(line, rest) > 1;
    }
    if bar(token) {
        return false;
    }
    if lines == 1 && is_tag_line(text, before.span.end) {
        return true;
    }
    if !gap.is_empty() && token.capital && is_struck_out(tokens, &sentence) {
        return true;
    }
    let mark = |token: &Token| {
        token.kind == TokenKind::Punctuation && token.lower.starts_with(['.', '!', '?']) && token.lower != "..."
    };
    // The mark may be followed by a closing bracket, quote or emphasis sign.
    let closes = |token: &Token| {
        token.kind == TokenKind::Punctuation && token.glued && token.lower.starts_with([')', '"', '*', '_', '”', '\''])
    };
    let ended = mark(before) || (closes(before) && index >= 2 && tokens.get(index - 2).is_some_and(mark));
    if ended && !gap.is_empty() {
        let lower_case =
            text.get(token.span.start..).and_then(|rest| rest.chars().next()).is_some_and(char::is_lowercase);
        // "installed?" is: the quoted question is part of the sentence.
        if closes(before) && lower_case && lines == 0 {
            return false;
        }
        let shouts = before.lower.starts_with(['!', '?']);
        // "etc. and", "approx. five": a lower-case word goes on with the sentence unless it names something.
        if lines == 0 && is_one_of(tokens, index, &OPENING_ABBREVIATIONS) {
            return false;
        }
        return shouts || lines > 0 || !lower_case || token.fact().is_some() || !before_is_abbreviation(tokens, index);
    }
    // "Ana 2:11 PM" on a line of its own: who says the next line, and when.
    if lines == 0 {
        return false;
    }
    let line = line_before(text, before.span.end);
    let stamped = (before.fact().is_some() || before.is(&["]"])) && is_stamp_line(line);
    let named = chat
        && token.kind == TokenKind::Word
        && tokens.get(index + 1).is_some_and(|next| next.glued && next.lower == ":");
    stamped || named || speaks(tokens, index) && !goes_on_behind(before) || !soft_break(text, before, token)
}

/// `[Final message]` alone on its line: what stands below is a part of its own.
fn is_tag_line(text: &str, end: usize) -> bool {
    let line = line_before(text, end).trim();
    line.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|inside| !inside.contains(['[', ']']) && inside.split_whitespace().count() <= 4)
}

/// How many bars the line has whose beginning and end these are.
fn bars(line: &str, rest: &str) -> usize {
    line.matches(" | ").count() + rest.matches("| ").count()
}

/// "~~The release is off~~ It is on.", "(struck out: The release is off) It is on.": what was taken back is a sentence of its own.
fn is_struck_out(tokens: &[Token], sentence: &Range<usize>) -> bool {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token| token.lower == word);
    let (start, last) = (sentence.start, sentence.end - 1);
    let tildes = start < last && is(start, "~~") && is(last, "~~");
    let told = is(start, "(") && is(start + 1, "struck") && is(start + 2, "out") && is(start + 3, ":");
    // Short ones are figures: "14:00, corrected to 16:00".
    sentence.len() > 5 && (tildes || told && is(last, ")"))
}

/// "Ana: …", "@ben: …", "*Impact:* …", "14:05 …" at the start of a line: the next speaker, label or moment.
fn speaks(tokens: &[Token], index: usize) -> bool {
    const LONGEST_LABEL: usize = 3;
    let emphasis = |at: usize| tokens.get(at).is_some_and(|token| token.is(&["*", "**", "_", "__", "["]));
    let start = if emphasis(index) { index + 1 } else { index };
    let Some(first) = tokens.get(start).filter(|first| !first.lower.starts_with('`')) else { return false };
    if first.fact().is_some() && start > index
        || !(first.capital && first.kind == TokenKind::Word || first.fact().is_some())
    {
        return first.fact().is_some() && start > index;
    }
    let colon = |at: usize| tokens.get(at).is_some_and(|token| token.glued && token.lower == ":");
    (1..=LONGEST_LABEL).any(|length| {
        let words = (start..start + length).all(|at| {
            tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word || token.fact().is_some() && at == start)
        });
        words && (colon(start + length) || emphasis(start + length) && colon(start + length + 1))
    })
}

/// Whether a line is a name and an hour only, as chat programs copy it: "Ana Ruiz 2:11 PM", `ana [14:11]`.
pub(crate) fn is_stamp_line(line: &str) -> bool {
    const MOST_NAMES: usize = 4;
    let in_brackets = line.contains(" [") && line.trim_end().ends_with(']');
    let hour =
        |word: &str| word.contains(':') && word.trim_start_matches('[').starts_with(|c: char| c.is_ascii_digit());
    let mut words = line.split_whitespace();
    let mut names = 0;
    loop {
        match words.next() {
            Some(word) if hour(word) => break,
            Some(word) if names < MOST_NAMES && (in_brackets || word.starts_with(char::is_uppercase)) => names += 1,
            _ => return false,
        }
    }
    names > 0 && words.all(|word| ["AM", "PM", "am", "pm"].contains(&word.trim_end_matches(']')))
}

/// "eg. the backup", "vs. Last week": what they open always follows.
const OPENING_ABBREVIATIONS: [&str; 9] = ["eg", "ie", "vs", "cf", "mr", "mrs", "dr", "incl", "ext"];

fn before_is_abbreviation(tokens: &[Token], index: usize) -> bool {
    const ABBREVIATIONS: [&str; 11] = ["etc", "no", "min", "max", "approx", "fig", "inc", "ltd", "corp", "co", "dept"];
    // "On Sat. morning": "sat" and "sun" in small letters are words.
    const DAYS_AND_MONTHS: [&str; 22] = [
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "jun",
        "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ];
    let goes_on = tokens.get(index).is_some_and(|next| !next.capital);
    let named = index >= 2 && tokens.get(index - 2).is_some_and(|word| word.capital && word.is(&DAYS_AND_MONTHS));
    is_one_of(tokens, index, &ABBREVIATIONS) || named && goes_on
}

/// Whether the word in front of the mark before `index` is one of these.
fn is_one_of(tokens: &[Token], index: usize, words: &[&str]) -> bool {
    index >= 2 && tokens.get(index - 2).is_some_and(|word| word.is(words))
}

/// "Thu 4 Jul 16:34": a moment has so many words at most.
const DAY_WORDS: usize = 4;

/// Whether a word or sign cannot end a sentence: "a", "of", a comma.
fn goes_on_behind(before: &Token) -> bool {
    const OPEN: [&str; 48] = [
        "a", "an", "the", "of", "to", "in", "on", "for", "with", "by", "from", "at", "and", "or", "but", "is", "are",
        "was", "were", "be", "been", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must",
        "should", "our", "their", "its", "your", "these", "which", "than", "because", "into", "via", "when", "between",
        "not", "no", "if", "unless",
    ];
    before.kind == TokenKind::Punctuation && before.lower.starts_with([',', ';']) || before.is(&OPEN)
}

/// A line break inside a sentence: a program wrapped the paragraph, or the line ends or begins with what cannot end or begin one.
fn soft_break(text: &str, before: &Token, token: &Token) -> bool {
    if goes_on_behind(before) {
        return true;
    }
    // "* [Ticket 12](address):" with its text indented below.
    let above = line_before(text, before.span.end);
    let below = line_before(text, token.span.start);
    if before.is(&[":"])
        && above.trim_start().starts_with(['*', '-', '•'])
        && !below.is_empty()
        && below.trim().is_empty()
    {
        return true;
    }
    // A time line: "14:05 checkout down".
    let clock =
        |words: &str| words.len() >= 4 && words.bytes().take_while(|b| b.is_ascii_digit() || *b == b':').count() >= 4;
    let whole_line = text.get(..token.span.start).is_some_and(|head| head.ends_with('\n'));
    if token.fact().is_some() && whole_line && token.lower.contains(':') && clock(&token.lower) {
        return false;
    }
    // "4 Jul 16:34: On IRC": a day in front of it.
    let line = text.get(token.span.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let dated = line.split(' ').take(DAY_WORDS).skip(1).any(|word| word.contains(':') && clock(word));
    if token.fact().is_some() && whole_line && dated {
        return false;
    }
    // "Remaining: ~ $94k": a figure behind its label, and another one below.
    let figure = |token: &Token| token.fact().is_some();
    if whole_line && figure(before) && figure(token) && is_labelled_figure(above) {
        return false;
    }
    if before.lower.starts_with([':', '.']) {
        return false;
    }
    let is_sign = token.kind != TokenKind::Word && token.fact().is_none();
    let indented = !below.is_empty() && below.trim().is_empty();
    // A list item goes on in indented lines; a capital at the margin begins something new.
    let item = above.trim_start().starts_with(['-', '*', '•']);
    if is_sign || indented && !token.capital && before.kind != TokenKind::Punctuation {
        return true;
    }
    let loud = before.lower.starts_with(['!', '?']);
    if loud || item && token.capital && !indented {
        return false;
    }
    continues(token, line) || Paragraph::around(text, before, token).goes_on(before, token)
}

/// No line of a chat begins with "and" or "than" unless it goes on with the one above. What limits a sentence is never parted from it.
/// "If we send too much, the store struggles" is a sentence by itself.
fn continues(token: &Token, line: &str) -> bool {
    const GOING_ON: [&str; 11] = ["and", "or", "nor", "of", "than", "which", "because", "whose", "but", "not", "only"];
    const LIMITING: [&str; 13] = [
        "if", "unless", "until", "till", "except", "without", "provided", "though", "although", "when", "while",
        "once", "before",
    ];
    const SUBJECTS: [&str; 12] =
        ["the", "a", "we", "i", "it", "they", "you", "our", "your", "users", "customers", "this"];
    let has_main_clause = || {
        let main = line.split_once(", ").and_then(|(_, main)| main.split([' ', '\'', '’']).next());
        main.is_some_and(|first| SUBJECTS.contains(&first.to_lowercase().as_str()))
    };
    !token.capital && (token.is(&GOING_ON) || token.is(&LIMITING) && !has_main_clause())
}

/// The lines around a line break, up to the next empty ones.
struct Paragraph<'t> {
    /// The line in front of the break comes first.
    above: Vec<&'t str>,
    below: Vec<&'t str>,
}

impl<'t> Paragraph<'t> {
    /// More lines than these are not looked at.
    const LINES: usize = 20;

    fn around(text: &'t str, before: &Token, token: &Token) -> Self {
        let full = |line: &&str| !line.trim().is_empty();
        let above = text.get(..before.span.end).unwrap_or_default().rsplit('\n').take_while(full).take(Self::LINES);
        let below = text.get(token.span.start..).unwrap_or_default().split('\n').take_while(full).take(Self::LINES);
        Self { above: above.collect(), below: below.collect() }
    }

    /// Whether the sentence goes on behind the break.
    fn goes_on(&self, before: &Token, token: &Token) -> bool {
        /// Letters of a line that was full.
        const FULL: usize = 45;
        let full = self.above.first().is_some_and(|line| line.len() >= FULL);
        let inside = !token.capital && before.kind != TokenKind::Punctuation;
        // Two lines of which the second begins large, without a mark: two notes.
        let notes = token.capital && self.above.len() + self.below.len() == 2 && !self.has_marks();
        self.is_punctuated() && (inside || full) || self.is_wrapped() && !notes
    }

    /// Whether any of its lines ends with the mark of a sentence.
    fn has_marks(&self) -> bool {
        self.above.iter().chain(&self.below).any(|line| line.trim_end().ends_with(['.', '!', '?', ':', ',', ';']))
    }

    /// Whether it begins with a capital and ends with a mark: who writes so ends sentences with marks, not with lines.
    fn is_punctuated(&self) -> bool {
        let begins = self.above.last().and_then(|line| line.chars().find(|c| c.is_alphanumeric()));
        let ends =
            self.below.last().map(|line| line.trim_end_matches([' ', '\t', '\r', ')', '"', '”', '*', '_', '`', '\'']));
        begins.is_some_and(|first| !first.is_lowercase())
            && ends.is_some_and(|line| line.ends_with(['.', '!', '?', ':']))
    }

    /// Whether a program broke the line: it fills every line with as many words as go in, so the next word would have made this
    /// line longer than the longest. People who write one thing a line end their lines anywhere.
    fn is_wrapped(&self) -> bool {
        // Programs wrap mail at 72 and code at 80 to 100; shorter lines are as long as what they say.
        const NARROWEST: usize = 60;
        const WIDEST: usize = 100;
        // Who wraps by hand leaves some room.
        const ROOM: usize = 10;
        let (Some(line), Some(word)) = (self.above.first(), self.below.first().and_then(|next| next.split(' ').next()))
        else {
            return false;
        };
        let long = |line: &str| line.trim_end().chars().count();
        // An address cannot be broken.
        let breakable = |line: &&&str| line.split(' ').all(|word| word.len() < NARROWEST);
        let longest =
            self.above.iter().chain(&self.below).filter(breakable).map(|line| long(line)).max().unwrap_or_default();
        (NARROWEST..=WIDEST).contains(&longest) && long(line) + 1 + long(word) + ROOM >= longest
    }
}

/// "Remaining credit: ~ $94k": a line of a few words, a colon and hardly more than a figure.
fn is_labelled_figure(line: &str) -> bool {
    const WORDS: usize = 6;
    line.split_once(": ").is_some_and(|(label, figure)| {
        let words = |part: &str| part.split_whitespace().count();
        (1..=WORDS).contains(&words(label)) && words(figure) <= 3
    })
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    fn check(text: &str, expected: &[&str]) {
        let document = Document::parse(text);
        let found: Vec<&str> =
            document.sentences.iter().map(|range| document.slice(document.span_of(range.clone()))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_at_marks_lists_and_blank_lines() {
        check(
            "Rolled back to v2.3.1. Rates are normal, e.g. checkout. CHK-1182",
            &["Rolled back to v2.3.1.", "Rates are normal, e.g. checkout.", "CHK-1182"],
        );
        check("Impact:\n- Builds wait\n- No data lost", &["Impact:", "Builds wait", "No data lost"]);
        check(
            "- removed support for the first API, calls to it fail now\nMobile apps are fine",
            &["removed support for the first API, calls to it fail now", "Mobile apps are fine"],
        );
        check(
            "Ann: we stopped the old job because it was slow\nBen: fine",
            &["Ann: we stopped the old job because it was slow", "Ben: fine"],
        );
        check(
            "An outage at the phone company kept the guest away from the lift\nThe guest was able to log in later from her phone",
            &[
                "An outage at the phone company kept the guest away from the lift",
                "The guest was able to log in later from her phone",
            ],
        );
        check("It costs $9 or\n**$90** a year. It is new.", &["It costs $9 or\n**$90** a year.", "It is new."]);
        check("[Update]\nThe issue is fixed", &["[Update]", "The issue is fixed"]);
        check(
            "A release schedule\nadds undue stress to said volunteers. Therefore it ends.",
            &["A release schedule\nadds undue stress to said volunteers.", "Therefore it ends."],
        );
        check(
            "in our view a fixed schedule for every release of this project\nadds undue stress to said volunteers",
            &["in our view a fixed schedule for every release of this project\nadds undue stress to said volunteers"],
        );
        check(
            "printer 3 – quiet\ndoor alarm – noisy, ignore\nlift rings",
            &["printer 3 – quiet", "door alarm – noisy, ignore", "lift rings"],
        );
        check(
            "Ana: it is down again, and the whole team waits\nBen: looking",
            &["Ana: it is down again, and the whole team waits", "Ben: looking"],
        );
        check(
            "the loader fills the index\nif it writes too much, the store struggles",
            &["the loader fills the index", "if it writes too much, the store struggles"],
        );
        check("we ship on monday\nif the tests pass", &["we ship on monday\nif the tests pass"]);
        check("Bug fixes\n=====\nOne is fixed", &["Bug fixes", "One is fixed"]);
        check("fixed? yes! ok", &["fixed?", "yes!", "ok"]);
    }
}
