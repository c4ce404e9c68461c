//! Slack's mrkdwn to canonical text and back.
//!
//! Reading: <https://docs.slack.dev/messaging/formatting-message-text>. Everything between `<` and `>` is control syntax,
//! because angle brackets that people type arrive as entities; exactly three entities exist and are decoded once.
//!
//! Writing: links, people and channels go out as they came; groups and broadcasts go out as plain words, because nobody
//! who asks for a rewrite wants to wake a whole channel a second time.

use std::borrow::Cow;

pub(super) use crate::app::canonical::{BREAK, push_fence, push_link, push_person, push_raw, push_struck};
use crate::app::canonical::{bare_address, tables_told};
use crate::engine::SourceText;

/// Received mrkdwn as canonical text.
pub(crate) fn read(mrkdwn: &str) -> SourceText {
    // Most typed commands are a few plain words.
    let is_plain = !mrkdwn.contains(['<', '&', '`', '*', '_', '~', '•', '◦', '▪', '>']);
    if is_plain { SourceText::new(mrkdwn) } else { SourceText::new(&canonical(mrkdwn)) }
}

/// Received mrkdwn as canonical text, for joining with more.
pub(super) fn canonical(mrkdwn: &str) -> String {
    let mut text = String::with_capacity(mrkdwn.len() + 16);
    // Every second stretch between fences is code; an unclosed fence is not a fence.
    let fences = mrkdwn.matches("```").count() / 2 * 2;
    for (number, stretch) in mrkdwn.splitn(fences + 1, "```").enumerate() {
        if number % 2 == 1 {
            push_fence(&mut text, &read_code(stretch));
            continue;
        }
        // A code block stands on lines of its own, so a line end beside it is its own, not an empty line.
        let stretch = if number > 0 { stretch.strip_prefix('\n').unwrap_or(stretch) } else { stretch };
        if number > 0 && !stretch.is_empty() {
            text.push('\n');
        }
        for (number, line) in stretch.split('\n').enumerate() {
            if number > 0 {
                text.push('\n');
            }
            read_line(&mut text, line);
        }
    }
    text
}

fn read_line(text: &mut String, line: &str) {
    let indented = line.trim_start_matches(' ');
    let indentation = line.len() - indented.len();
    if let Some(quoted) = indented.strip_prefix("&gt;").or_else(|| indented.strip_prefix('>')) {
        text.push_str("> ");
        read_inline(text, quoted.strip_prefix(' ').unwrap_or(quoted));
        return;
    }
    for bullet in ["• ", "◦ ", "▪ ", "▪\u{fe0e} "] {
        if let Some(item) = indented.strip_prefix(bullet) {
            text.extend(std::iter::repeat_n(' ', indentation));
            text.push_str("- ");
            read_inline(text, item);
            return;
        }
    }
    read_inline(text, line);
}

/// Marks that were searched for in vain in this stretch: what has no end here has none further right either. Keeps
/// reading linear however many opening marks somebody sends.
#[derive(Default, Clone, Copy)]
struct Hopeless {
    code: bool,
    token: bool,
    bold: bool,
    italic: bool,
    strike: bool,
}

fn read_inline(text: &mut String, line: &str) {
    let mut hopeless = Hopeless::default();
    let mut rest = line;
    let mut previous = None;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' if !hopeless.code => read_code_span(text, rest).or_else(|| {
                hopeless.code = true;
                None
            }),
            '<' if !hopeless.token => read_token(text, rest).or_else(|| {
                hopeless.token = true;
                None
            }),
            '&' => read_entity(text, rest),
            '*' if !hopeless.bold => read_style(text, rest, previous, '*', &mut hopeless.bold),
            '_' if !hopeless.italic => read_style(text, rest, previous, '_', &mut hopeless.italic),
            '~' if !hopeless.strike => read_style(text, rest, previous, '~', &mut hopeless.strike),
            _ => None,
        };
        let length = taken.unwrap_or_else(|| {
            text.push(first);
            first.len_utf8()
        });
        let (done, after) = rest.split_at(length);
        previous = done.chars().next_back();
        rest = after;
    }
}

fn read_code_span(text: &mut String, rest: &str) -> Option<usize> {
    let (code, _) = rest.strip_prefix('`')?.split_once('`')?;
    text.push('`');
    text.push_str(&read_code(code));
    text.push('`');
    Some(code.len() + 2)
}

/// Inside code nothing is formatted, but links were made links by Slack and entities are still entities.
fn read_code(code: &str) -> Cow<'_, str> {
    if !code.contains(['&', '<']) {
        return Cow::Borrowed(code);
    }
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let link = || {
            let (token, _) = rest.strip_prefix('<')?.split_once('>')?;
            let shown = token.rsplit_once('|').map_or(token, |(_, label)| label);
            Some((shown, token.len() + 2))
        };
        let (shown, length) = match first {
            '<' => link().map_or((Cow::Borrowed("<"), 1), |(shown, length)| (decode_entities(shown), length)),
            '&' => entity(rest).map_or((Cow::Borrowed("&"), 1), |(sign, length)| (Cow::Borrowed(sign), length)),
            other => (Cow::Owned(other.to_string()), other.len_utf8()),
        };
        text.push_str(&shown);
        rest = rest.split_at(length).1;
    }
    Cow::Owned(text)
}

fn read_token(text: &mut String, rest: &str) -> Option<usize> {
    let (token, _) = rest.strip_prefix('<')?.split_once('>')?;
    let (target, label) = token.split_once('|').map_or((token, None), |(target, label)| (target, Some(label)));
    let label = label.filter(|label| !label.is_empty());
    if let Some(person) = target.strip_prefix('@') {
        push_person(text, person);
    } else if let Some(channel) = target.strip_prefix('#') {
        push_channel(text, channel, label);
    } else if target.starts_with("!date^") {
        // The fallback is what every client can show, and already carries its zone.
        text.push_str(&decode_entities(label.unwrap_or_default()));
    } else if let Some(group) = target.strip_prefix('!') {
        push_group(text, group, label);
    } else {
        push_link(text, &decode_entities(target), label.map(decode_entities).as_deref());
    }
    Some(token.len() + 2)
}

/// Adds a channel.
pub(super) fn push_channel(text: &mut String, id: &str, name: Option<&str>) {
    text.push_str("<#");
    text.push_str(id);
    if let Some(name) = name {
        text.push('|');
        text.push_str(name);
    }
    text.push('>');
}

/// Adds a group or broadcast: `here`, `subteam^S012`.
pub(super) fn push_group(text: &mut String, group: &str, label: Option<&str>) {
    text.push_str("<!");
    text.push_str(group);
    if let Some(label) = label {
        text.push('|');
        text.push_str(label);
    }
    text.push('>');
}

/// Style needs a word boundary outside and no blank inside. Bold and italic are dropped; what an author struck out was
/// taken back and must not read as if it still held.
fn read_style(text: &mut String, rest: &str, previous: Option<char>, mark: char, hopeless: &mut bool) -> Option<usize> {
    let is_boundary = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    let inside = rest.strip_prefix(mark)?;
    if !is_boundary(previous) || inside.starts_with(|next: char| next.is_whitespace() || next == mark) {
        return None;
    }
    let end = inside.match_indices(mark).map(|(at, _)| at).find(|at| {
        let (before, after) = inside.split_at(*at);
        let after = after.chars().nth(1);
        *at > 0 && !before.ends_with(char::is_whitespace) && is_boundary(after)
    });
    let Some(end) = end else {
        *hopeless = true;
        return None;
    };
    let (content, _) = inside.split_at(end);
    if mark == '~' {
        push_struck(text, |text| read_inline(text, content));
    } else {
        read_inline(text, content);
    }
    Some(end + 2)
}

fn entity(rest: &str) -> Option<(&'static str, usize)> {
    [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]
        .into_iter()
        .find(|(entity, _)| rest.starts_with(entity))
        .map(|(entity, sign)| (sign, entity.len()))
}

fn read_entity(text: &mut String, rest: &str) -> Option<usize> {
    let (sign, length) = entity(rest)?;
    text.push_str(sign);
    // Canonical text has no escapes, so a typed `<@U012>` would become a live mention that the author never made.
    if sign == "<" && rest.split_at(length).1.starts_with(['@', '#', '!']) {
        text.push(BREAK);
    }
    Some(length)
}

/// Decodes the three entities, once.
pub(super) fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        let (sign, length) = entity(from).unwrap_or(("&", 1));
        decoded.push_str(sign);
        rest = from.split_at(length).1;
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Opens and closes a block of code.
const FENCE: &str = "```";

/// Canonical text as mrkdwn to send.
pub(super) fn write(canonical: &str) -> String {
    let canonical = tables_told(canonical);
    let mut text = String::with_capacity(canonical.len() + canonical.len() / 8);
    let mut in_fence = false;
    for (number, line) in canonical.split('\n').enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let marks = line.matches(FENCE).count();
        if line.trim_start().starts_with(FENCE) {
            in_fence ^= marks % 2 == 1;
            push_escaped(&mut text, line);
        } else if in_fence {
            push_escaped(&mut text, line);
        } else if marks == 0 {
            write_line(&mut text, line);
        } else {
            // In the middle of a line these are three signs and no fence, which Slack would open here.
            let mut broken = String::with_capacity(line.len() + 3);
            write_line(&mut broken, line);
            text.push_str(&broken.replace(FENCE, "`\u{200B}``"));
        }
    }
    if in_fence {
        text.push_str("\n```");
    }
    text
}

fn write_line(text: &mut String, line: &str) {
    if let Some(quoted) = line.strip_prefix("> ") {
        text.push_str("> ");
        return write_inline(text, quoted);
    }
    let indented = line.trim_start_matches(' ');
    match indented.strip_prefix("- ") {
        Some(item) => {
            text.extend(std::iter::repeat_n(' ', line.len() - indented.len()));
            text.push_str("• ");
            write_inline(text, item);
        }
        None => write_inline(text, line),
    }
}

/// Where something other than plain prose may begin: markup, an entity, an address.
const MARKS: [char; 6] = ['`', '<', '>', '&', '[', 'h'];

fn write_inline(text: &mut String, line: &str) {
    let mut rest = line;
    // As when reading: a mark without an end is looked for once.
    let (mut no_code, mut no_label) = (false, false);
    loop {
        let (prose, from) = rest.split_at(rest.find(MARKS).unwrap_or(rest.len()));
        text.push_str(prose);
        rest = from;
        let Some(first) = rest.chars().next() else { return };
        let taken = match first {
            '`' if !no_code => write_code_span(text, rest).or_else(|| {
                no_code = true;
                None
            }),
            '<' => write_token(text, rest),
            '[' if !no_label => {
                no_label = !rest.contains("](");
                write_link(text, rest)
            }
            'h' => write_bare_url(text, rest),
            _ => None,
        };
        let length = taken.unwrap_or_else(|| {
            push_escaped(text, first.encode_utf8(&mut [0; 4]));
            first.len_utf8()
        });
        rest = rest.split_at(length).1;
    }
}

fn write_code_span(text: &mut String, rest: &str) -> Option<usize> {
    let (code, _) = rest.strip_prefix('`')?.split_once('`')?;
    text.push('`');
    push_escaped(text, code);
    text.push('`');
    Some(code.len() + 2)
}

fn write_token(text: &mut String, rest: &str) -> Option<usize> {
    // Ids are short; a far-off `>` belongs to something else.
    const LONGEST_TOKEN: usize = 200;
    let inside = rest.strip_prefix('<')?;
    let end = inside.bytes().take(LONGEST_TOKEN).position(|byte| byte == b'>')?;
    let token = inside.get(..end)?;
    let mut signs = token.chars();
    let kind = signs.next()?;
    let (id, label) = signs.as_str().split_once('|').map_or((signs.as_str(), None), |(id, label)| (id, Some(label)));
    match kind {
        '@' if is_id(id) => push_person(text, id),
        '#' if is_id(id) => {
            let mut name = String::new();
            push_escaped(&mut name, label.unwrap_or_default());
            push_channel(text, id, label.map(|_| name.as_str()));
        }
        '!' => write_group(text, id, label),
        _ => return None,
    }
    Some(token.len() + 2)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A group or broadcast as a plain word that wakes nobody.
fn write_group(text: &mut String, group: &str, label: Option<&str>) {
    let name = match label.filter(|label| !label.is_empty()) {
        Some(label) => label.trim_start_matches('@'),
        None if group.starts_with("subteam^") => "group",
        None => group,
    };
    text.push('@');
    text.push(BREAK);
    push_escaped(text, name);
}

fn write_link(text: &mut String, rest: &str) -> Option<usize> {
    let (label, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (url, _) = after.split_once(')')?;
    let is_address = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| url.starts_with(scheme));
    if label.is_empty() || label.contains(['[', ']']) || !is_address || url.contains(char::is_whitespace) {
        return None;
    }
    push_url(text, url, Some(label));
    Some(label.len() + url.len() + 4)
}

fn write_bare_url(text: &mut String, rest: &str) -> Option<usize> {
    let url = bare_address(rest)?;
    push_url(text, url, None);
    Some(url.len())
}

/// Adds a link as it is sent.
pub(super) fn push_url(text: &mut String, url: &str, label: Option<&str>) {
    text.push('<');
    push_escaped(text, &url.replace('|', "%7C").replace('<', "%3C").replace('>', "%3E"));
    if let Some(label) = label {
        text.push('|');
        push_escaped(text, &label.replace('|', "/"));
    }
    text.push('>');
}

/// Adds text in which nothing is markup.
pub(super) fn push_escaped(text: &mut String, raw: &str) {
    for sign in raw.chars() {
        match sign {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
