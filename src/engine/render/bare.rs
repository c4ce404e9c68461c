//! Words without what a headline does not speak: links, emphasis, emoji, tags and boxes.

use super::shorten::count;

/// Addresses say nothing aloud: one of a site is told by the site's name, one of a page at the end of a clause is left out with
/// the words that lead to it ("as per …", "see …").
pub(super) fn without_addresses(words: &str) -> String {
    const LEADING: [&str; 18] = [
        "as",
        "per",
        "according",
        "to",
        "see",
        "via",
        "with",
        "in",
        "at",
        "on",
        "from",
        "under",
        "following",
        "cf",
        "details",
        "more",
        "by",
        "of",
    ];
    if !words.contains("://") {
        return words.to_owned();
    }
    let mut line: Vec<&str> = Vec::new();
    let all: Vec<&str> = words.split(' ').collect();
    for (position, word) in all.iter().enumerate() {
        let address = word.trim_matches(['<', '>', ',', '.', ';']);
        let Some((_, site)) = address.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")) else {
            line.push(word);
            continue;
        };
        let site = site.trim_end_matches('/');
        let last = position + 1 == all.len();
        if !site.contains('/') {
            line.push(site);
        } else if last {
            while line.last().is_some_and(|before| LEADING.contains(&before.trim_matches(':').to_lowercase().as_str()))
            {
                line.pop();
            }
        } else {
            line.push(word);
        }
    }
    line.join(" ").trim_end_matches([':', ',', ' ']).to_owned()
}

/// `[RESOLVED] …`, `[API Gateway] …`: a tag in front names the list a message is in.
pub(super) fn without_tag(words: &str) -> &str {
    match words.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((tag, rest)) if !tag.contains('[') && count(tag) <= 4 && count(rest) >= 2 => rest.trim_start(),
        _ => words,
    }
}

/// `[ ] rotate keys`, `[x] deploy`: the box of a task list.
pub(super) fn without_box(words: &str) -> &str {
    ["[ ] ", "[x] ", "[X] "].iter().find_map(|sign| words.strip_prefix(sign)).unwrap_or(words)
}

/// Emoji at both ends: a headline is words.
pub(super) fn without_emoji(words: &str) -> &str {
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

/// Signs of emphasis and struck-out words; code keeps its marks.
pub(crate) fn without_emphasis(words: &str) -> String {
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
            let part = ["***", "**", "__", "~~"].iter().fold(part.to_owned(), |part, sign| without_sign(&part, sign));
            line.push_str(&without_pairs(&without_pairs(&part, '*'), '_'));
        }
    }
    line
}

/// How far from a sign its word is looked at.
const LONGEST_NAME: usize = 80;

const fn is_in_path(sign: char) -> bool {
    matches!(sign, '/' | '.' | '(')
}

/// Words without a sign of emphasis, which never stands inside a word: `denoise__16S` is a name.
fn without_sign(words: &str, sign: &str) -> String {
    let mut line = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((head, tail)) = rest.split_once(sign) {
        line.push_str(head);
        // The written word around the sign: `__init__.py` and an address are names as well.
        let path = sign == "__" && {
            let near = |c: &char| !c.is_whitespace();
            let before = line.chars().rev().take(LONGEST_NAME).take_while(near).any(is_in_path);
            let mut after = tail.chars().take(LONGEST_NAME).take_while(near).peekable();
            let mut inside = false;
            while let Some(sign) = after.next() {
                // A full stop at the end of the word ends the sentence.
                inside |= is_in_path(sign) && after.peek().is_some();
            }
            before || inside
        };
        let inside = path || line.ends_with(char::is_alphanumeric) && tail.starts_with(char::is_alphanumeric);
        if inside {
            line.push_str(sign);
        }
        rest = tail;
    }
    line.push_str(rest);
    line
}

/// "*word*" and "_word_" without the signs; in "2 * 3" and "snake_case" they are no emphasis.
fn without_pairs(words: &str, sign: char) -> String {
    let mut line = String::with_capacity(words.len());
    let mut open: Option<usize> = None;
    let mut before = ' ';
    let mut characters = words.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        if character == sign
            && open.is_none()
            && !before.is_alphanumeric()
            && before != sign
            && !next.is_whitespace()
            && next != sign
        {
            open = Some(line.len());
        } else if character == sign
            && !before.is_whitespace()
            && !next.is_alphanumeric()
            && let Some(start) = open.take()
        {
            line.remove(start);
            before = character;
            continue;
        }
        line.push(character);
        before = character;
    }
    line
}

/// `RE: …`, `FW: …`: what mail programs put in front of a subject.
pub(super) fn without_subject_mark(words: &str) -> &str {
    let is_mark = |head: &str| ["re", "fw", "fwd", "aw"].iter().any(|mark| head.trim().eq_ignore_ascii_case(mark));
    let mut rest = words;
    while let Some((_, tail)) = rest.split_once(": ").filter(|(head, _)| is_mark(head)) {
        rest = tail.trim_start();
    }
    rest
}

/// `[label](address)` and `[label][reference]` as their label; the address stays in the sections and the plain version.
pub(super) fn without_links(words: &str) -> String {
    let mut line = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((head, tail)) = rest.split_once('[') {
        line.push_str(head);
        let linked = [("](", ')'), ("][", ']')].into_iter().find_map(|(open, close)| {
            let (label, target) = tail.split_once(open)?;
            let (target, after) = target.split_once(close)?;
            // `[PROD][EU]` are two tags, `[the guide][docs.guide]` is a link.
            let refers = open == "](" || !target.contains(char::is_uppercase);
            (refers && !label.contains(['[', ']'])).then_some((label, after))
        });
        match linked {
            Some((label, after)) => {
                line.push_str(label);
                rest = after;
            }
            None => {
                line.push('[');
                rest = tail;
            }
        }
    }
    line.push_str(rest);
    line
}
