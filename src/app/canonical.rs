//! The spellings of canonical text, as every door writes and reads them; what they mean is told at [`crate::engine::SourceText`].

use std::borrow::Cow;

/// Stands between a sign and what follows it, so that the two are not markup together. Invisible.
pub(crate) const BREAK: char = '\u{200B}';

/// Adds a code block on lines of its own.
pub(crate) fn push_fence(text: &mut String, code: &str) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str("```\n");
    text.push_str(code.trim_matches('\n'));
    text.push_str("\n```");
}

/// Adds a person.
pub(crate) fn push_person(text: &mut String, id: &str) {
    text.push_str("<@");
    text.push_str(id);
    text.push('>');
}

/// Adds a link. A label that only repeats the address adds nothing.
pub(crate) fn push_link(text: &mut String, url: &str, label: Option<&str>) {
    let address = url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:"));
    match label {
        Some(label) if label == url || Some(label) == address => text.push_str(label),
        None => text.push_str(address.unwrap_or(url)),
        Some(label) => {
            // Brackets would end the label or the address early.
            text.push('[');
            text.extend(label.chars().map(|sign| match sign {
                '[' => '(',
                ']' => ')',
                '\n' => ' ',
                other => other,
            }));
            text.push_str("](");
            text.push_str(&url.replace('(', "%28").replace(')', "%29").replace(' ', "%20"));
            text.push(')');
        }
    }
}

/// Adds text that its author struck out.
pub(crate) fn push_struck(text: &mut String, content: impl FnOnce(&mut String)) {
    text.push_str(STRUCK);
    content(text);
    text.push(')');
}

/// What stands in front of words that their author took back.
pub(crate) const STRUCK: &str = "(struck out: ";

/// Adds text that holds no markup and no entities, for example of a rich text element.
pub(crate) fn push_raw(text: &mut String, raw: &str) {
    let mut previous = text.chars().next_back().unwrap_or(' ');
    for sign in raw.chars() {
        if previous == '<' && matches!(sign, '@' | '#' | '!') {
            text.push(BREAK);
        }
        text.push(sign);
        previous = sign;
    }
}

/// Canonical text with its tables told row by row, `- EU: p95 3.2 s; Errors 4%`: chats show no tables, and bars between
/// words are hard to read on a phone. A table is what has bars at both ends of two lines or more, outside code.
pub(crate) fn tables_told(text: &str) -> Cow<'_, str> {
    if !text.contains("\n|") && !text.starts_with('|') {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut told: Vec<Cow<'_, str>> = Vec::with_capacity(lines.len());
    let mut in_fence = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        in_fence ^= line.trim_start().starts_with("```");
        let rows = if in_fence { 0 } else { lines.iter().skip(at).take_while(|line| cells(line).is_some()).count() };
        if rows < 2 {
            told.push(Cow::Borrowed(line));
            at += 1;
            continue;
        }
        let table: Vec<Vec<&str>> = lines.iter().skip(at).take(rows).filter_map(|line| cells(line)).collect();
        told.extend(rows_told(&table).into_iter().map(Cow::Owned));
        at += rows;
    }
    Cow::Owned(told.join("\n"))
}

/// The cells of a line of a table. A bar inside code is code, and one inside a mention parts its id and name.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let mut cells = Vec::new();
    let (mut start, mut in_code, mut in_mention) = (0, false, false);
    for (at, sign) in inside.char_indices() {
        in_code ^= sign == '`';
        in_mention = sign == '<' && inside.get(at + 1..)?.starts_with(['@', '#', '!']) || in_mention && sign != '>';
        if sign == '|' && !in_code && !in_mention {
            cells.push(inside.get(start..at)?.trim());
            start = at + 1;
        }
    }
    cells.push(inside.get(start..)?.trim());
    (cells.len() > 1).then_some(cells)
}

fn rows_told(table: &[Vec<&str>]) -> Vec<String> {
    let is_rule = |row: &Vec<&str>| {
        row.iter().all(|cell| cell.contains('-') && cell.chars().all(|sign| matches!(sign, '-' | ':' | ' ')))
    };
    let head = table.first().filter(|_| table.get(1).is_some_and(is_rule));
    let rows = table.iter().skip(if head.is_some() { 2 } else { 0 }).filter(|row| !is_rule(row));
    rows.filter_map(|row| {
        let (first, rest) = row.split_first()?;
        let named = rest.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
            // With two columns the first names what the second says.
            let name = head.and_then(|head| head.get(column + 1)).filter(|name| rest.len() > 1 && !name.is_empty());
            name.map_or_else(|| (*cell).to_owned(), |name| format!("{name} {cell}"))
        });
        let said = named.collect::<Vec<_>>().join("; ");
        let line = [*first, said.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        (!line.is_empty()).then(|| format!("- {line}"))
    })
    .collect()
}

/// The web address that a text begins with, without the signs that end the sentence around it.
pub(crate) fn bare_address(rest: &str) -> Option<&str> {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return None;
    }
    let end =
        rest.find(|sign: char| sign.is_whitespace() || matches!(sign, '<' | '>' | '"' | '`')).unwrap_or(rest.len());
    let address = rest.split_at(end).0.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_']);
    address.split_once("://").is_some_and(|(_, host)| !host.is_empty()).then_some(address)
}

/// Signs that only steer how text is laid out. The joiner inside an emoji stays: it makes one picture of several.
pub(crate) const fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_row_by_row() {
        for (text, told) in [
            ("no table | here", "no table | here"),
            ("| Service | Status |\n|---|---|\n| checkout | down |", "- checkout: down"),
            (
                "Now:\n| Region | p95 | Errors |\n| --- | ---: | :-: |\n| EU | 3.2s | 4% |\n| US |  | 0.1% |\nend",
                "Now:\n- EU: p95 3.2s; Errors 4%\n- US: Errors 0.1%\nend",
            ),
            ("| a | b |\n| c | `x | y` |", "- a: b\n- c: `x | y`"),
            ("| a | b |\n| <#C012|room> | d |", "- a: b\n- <#C012|room>: d"),
            ("```\n| a | b |\n| c | d |\n```", "```\n| a | b |\n| c | d |\n```"),
            ("| alone | here |", "| alone | here |"),
        ] {
            assert_eq!(tables_told(text), told, "{text:?}");
        }
    }
}
