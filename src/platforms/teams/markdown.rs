//! Canonical text in the Markdown that Teams shows, and without any where Teams shows none.
//!
//! Subsets: <https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages> for messages and
//! <https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format> for cards, which know bold,
//! italic, lists and links only. What people wrote is escaped; mentions become names, because nobody who asks for a rewrite
//! wants to notify others a second time; links go out to web addresses only.

use std::borrow::Cow;

use crate::app::canonical::{BREAK, bare_address, tables_told};

/// Where the text will be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A message with `textFormat` `markdown`: code and quotes are shown as such.
    Message,
    /// A text block or fact of an Adaptive Card: code and quotes are plain text there.
    Card,
    /// Notifications, lists, and clients that draw no cards: no markup is read there, so none is written.
    Plain,
}

/// Canonical text as it is sent.
#[must_use]
pub fn write(canonical: &str, surface: Surface) -> String {
    let told = tables_told(canonical);
    let mut text = String::with_capacity(told.len() + told.len() / 4);
    let mut in_fence = false;
    let mut before = Line::Blank;

    for line in told.split('\n') {
        let is_mark = line.trim_start_matches(['>', ' ']).starts_with("```");
        if is_mark {
            in_fence = !in_fence;
        }
        let kind = if is_mark || in_fence { Line::Code } else { Line::of(line) };
        // Blank lines are told by the line ends in front of the next words.
        if kind == Line::Blank || is_mark && surface != Surface::Message {
            before = if kind == Line::Blank && before != Line::Code { Line::Blank } else { before };
            continue;
        }
        // One line end is swallowed by most clients; between items and inside code it is kept.
        if !text.is_empty() {
            let together = before == kind && matches!(kind, Line::Item | Line::Quote);
            let in_code = before == Line::Code && kind == Line::Code && surface == Surface::Message;
            let is_kept = surface == Surface::Plain && before != Line::Blank;
            text.push_str(if together || in_code || is_kept { "\n" } else { "\n\n" });
        }
        match (kind, surface) {
            (Line::Code, Surface::Message | Surface::Plain) => text.push_str(line),
            (Line::Code, Surface::Card) => write_inline(&mut text, line, surface),
            _ => write_line(&mut text, line, surface),
        }
        before = kind;
    }
    if in_fence && surface == Surface::Message {
        text.push_str("\n```");
    }
    text.trim_end().to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    Prose,
    Item,
    Quote,
    Code,
}

impl Line {
    fn of(line: &str) -> Self {
        let words = line.trim_start();
        if words.is_empty() {
            Self::Blank
        } else if item(words).is_some() || line.starts_with(' ') {
            Self::Item
        } else if words.starts_with("> ") {
            Self::Quote
        } else {
            Self::Prose
        }
    }
}

/// A list marker and the words behind it.
fn item(line: &str) -> Option<(Cow<'_, str>, &str)> {
    if let Some(words) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("• "))
    {
        return Some((Cow::Borrowed("- "), words));
    }
    let (number, words) = line.split_once(". ")?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (Cow::Owned(format!("{number}. ")), words))
}

fn write_line(text: &mut String, line: &str, surface: Surface) {
    let words = line.trim_start_matches(' ');
    text.extend(std::iter::repeat_n(' ', line.len() - words.len()));
    if let Some((marker, words)) = item(words) {
        text.push_str(&marker);
        return write_inline(text, words, surface);
    }
    if let Some(quoted) = words.strip_prefix("> ") {
        text.push_str(if surface == Surface::Card { "\\> " } else { "> " });
        return write_inline(text, quoted, surface);
    }
    let level = words.bytes().take_while(|byte| *byte == b'#').count();
    if let Some(heading) =
        words.get(level..).and_then(|rest| rest.strip_prefix(' ')).filter(|_| (1..=6).contains(&level))
    {
        let strong = if surface == Surface::Plain { "" } else { "**" };
        text.push_str(strong);
        write_inline(text, &heading.replace("**", ""), surface);
        return text.push_str(strong);
    }
    // What would begin a heading, a rule or a list and is none.
    if words.starts_with(['#', '-', '=', '+', '>']) && surface != Surface::Plain {
        text.push('\\');
    }
    write_inline(text, words, surface);
}

fn write_inline(text: &mut String, line: &str, surface: Surface) {
    let mut rest = line;
    // A mark without an end is looked for once.
    let (mut no_code, mut no_label, mut no_token) = (false, false, false);
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' if !no_code => {
                let taken = write_code(text, rest, surface);
                no_code = taken.is_none();
                taken
            }
            '<' if !no_token => {
                let taken = write_token(text, rest, surface);
                no_token = taken.is_none() && !rest.contains('>');
                taken
            }
            '[' if !no_label => {
                no_label = !rest.contains("](");
                write_link(text, rest, surface)
            }
            'h' => write_address(text, rest, surface),
            _ => None,
        };
        let length = taken.unwrap_or_else(|| {
            push_escaped(text, first, rest, surface);
            first.len_utf8()
        });
        rest = rest.split_at(length).1;
    }
}

fn push_escaped(text: &mut String, sign: char, rest: &str, surface: Surface) {
    if surface == Surface::Plain {
        return text.push(sign);
    }
    if matches!(sign, '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '`' | '<' | '~' | '|') {
        text.push('\\');
    }
    text.push(sign);
    // `<at>` and other tags are no longer tags.
    if sign == '<' && rest.chars().nth(1).is_some_and(|next| next.is_alphabetic() || next == '/') {
        text.push(BREAK);
    }
}

fn push_all_escaped(text: &mut String, words: &str, surface: Surface) {
    for (at, sign) in words.char_indices() {
        push_escaped(text, sign, words.split_at(at).1, surface);
    }
}

fn write_code(text: &mut String, rest: &str, surface: Surface) -> Option<usize> {
    let mark = if rest.starts_with("``") { "``" } else { "`" };
    let (code, _) = rest.strip_prefix(mark)?.split_once(mark)?;
    if code.is_empty() {
        return None;
    }
    match surface {
        Surface::Message => [mark, code, mark].iter().for_each(|part| text.push_str(part)),
        Surface::Card | Surface::Plain => push_all_escaped(text, code, surface),
    }
    Some(code.len() + 2 * mark.len())
}

/// People, channels and groups as their names; addresses in angle brackets as links.
fn write_token(text: &mut String, rest: &str, surface: Surface) -> Option<usize> {
    let (token, _) = rest.strip_prefix('<')?.split_once('>')?;
    if token.starts_with("https://") || token.starts_with("http://") {
        push_link(text, token, token, surface);
        return Some(token.len() + 2);
    }
    let (target, label) = token.split_once('|').map_or((token, None), |(target, label)| (target, Some(label)));
    let name = target.strip_prefix(['@', '#', '!'])?;
    let shown = label.filter(|label| !label.is_empty()).unwrap_or(name);
    if shown.is_empty() || token.contains(['<', '\n', '`']) {
        return None;
    }
    push_all_escaped(text, shown.trim_start_matches('@'), surface);
    Some(token.len() + 2)
}

fn write_link(text: &mut String, rest: &str, surface: Surface) -> Option<usize> {
    let (label, behind) = rest.strip_prefix('[')?.split_once("](")?;
    let (url, _) = behind.split_once(')')?;
    if label.is_empty() || label.contains(['[', ']']) || url.contains(char::is_whitespace) {
        return None;
    }
    if url.starts_with("https://") || url.starts_with("http://") {
        push_link(text, url, label, surface);
    } else {
        // No other address is opened from a message; what it says stays readable.
        push_all_escaped(text, label, surface);
        push_all_escaped(text, &format!(" ({url})"), surface);
    }
    Some(label.len() + url.len() + 4)
}

fn write_address(text: &mut String, rest: &str, surface: Surface) -> Option<usize> {
    let url = bare_address(rest)?;
    push_link(text, url, url, surface);
    Some(url.len())
}

fn push_link(text: &mut String, url: &str, label: &str, surface: Surface) {
    if surface == Surface::Plain {
        text.push_str(label);
        // Nothing can be pressed there, so the address is part of what is said.
        if label != url {
            text.push_str(&format!(" ({url})"));
        }
        return;
    }
    text.push('[');
    push_all_escaped(text, label, surface);
    text.push_str("](");
    text.push_str(&url.replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E"));
    text.push(')');
}

#[cfg(test)]
mod tests;
