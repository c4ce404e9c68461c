//! The pattern language: `"roll/v {thing} back"`, `"ETA [is|of|:] {duration}"`, `"(postpone|put off)/v"`.

use super::{Class, Node, Output, SlotKind};
use crate::engine::text::tokenize_words;

/// Parses a pattern.
///
/// # Errors
/// A sentence that says what is wrong and what to write instead.
pub(crate) fn parse_pattern(text: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser { rest: text.trim() };
    let nodes = parser.sequence(None)?;
    if nodes.is_empty() {
        return Err("the pattern is empty; write the words it should find".into());
    }
    Ok(nodes)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// Elements up to the end, or up to `|` or the closing sign of the group.
    fn sequence(&mut self, close: Option<char>) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            let Some(first) = self.rest.chars().next() else {
                return match close {
                    Some(sign) => Err(format!("a group is not closed; add {sign:?}")),
                    None => Ok(nodes),
                };
            };
            match first {
                '|' if close.is_some() => return Ok(nodes),
                ')' | ']' if Some(first) == close => return Ok(nodes),
                '(' => nodes.push(Node::Choice(self.marked_group(')', close)?)),
                '[' => {
                    let mut alternatives = self.marked_group(']', close)?;
                    alternatives.push(Vec::new());
                    nodes.push(Node::Choice(alternatives));
                }
                '{' => nodes.push(self.slot()?),
                _ => nodes.extend(self.word(close)?),
            }
        }
    }

    /// A group with the mark behind it, which holds for the first word of each alternative, as one behind a word does.
    fn marked_group(&mut self, own: char, outer: Option<char>) -> Result<Vec<Vec<Node>>, String> {
        let mut alternatives = self.group(own)?;
        let Some(behind) = self.rest.strip_prefix('/') else { return Ok(alternatives) };
        let ends = |c: char| c.is_whitespace() || c == '|' && outer.is_some() || Some(c) == outer;
        let (mark, rest) = behind.split_at_checked(behind.find(ends).unwrap_or(behind.len())).unwrap_or((behind, ""));
        let Some(wanted) = class_of(mark) else {
            return Err(format!("behind a group, {mark:?} is no part of speech; use /v, /n or /a"));
        };
        self.rest = rest;
        for alternative in &mut alternatives {
            match alternative.first_mut() {
                Some(Node::Word { class, .. }) => *class = class.or(Some(wanted)),
                _ => return Err(format!("before /{mark}, each alternative of the group must begin with a word")),
            }
        }
        Ok(alternatives)
    }

    fn group(&mut self, close: char) -> Result<Vec<Vec<Node>>, String> {
        self.skip();
        let mut alternatives = vec![self.sequence(Some(close))?];
        while self.rest.starts_with('|') {
            self.skip();
            alternatives.push(self.sequence(Some(close))?);
        }
        self.skip();
        if alternatives.iter().any(Vec::is_empty) {
            return Err("an alternative is empty; use [square brackets] for optional words".into());
        }
        Ok(alternatives)
    }

    fn skip(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    fn slot(&mut self) -> Result<Node, String> {
        let (inside, rest) = self.rest.split_once('}').ok_or("a slot is not closed; add '}'")?;
        self.rest = rest;
        let inside = inside.trim_start_matches('{').trim();
        let (kind, name) = inside.split_once(':').unwrap_or((inside, inside));
        let kind = slot_kind(kind).ok_or_else(|| format!("there is no slot {kind:?}; use one of {SLOTS}"))?;
        Ok(Node::Slot { kind, name: name.to_owned() })
    }

    /// One written word; what the tokeniser takes apart ("w/o", "tl;dr") becomes several elements.
    fn word(&mut self, close: Option<char>) -> Result<Vec<Node>, String> {
        let end = self
            .rest
            .find(|c: char| {
                c.is_whitespace() || c == '|' && close.is_some() || matches!(c, '(' | '[' | '{') || Some(c) == close
            })
            .unwrap_or(self.rest.len());
        let (raw, rest) = self.rest.split_at_checked(end.max(1)).unwrap_or((self.rest, ""));
        self.rest = rest;
        let exact = raw.len() > 1 && raw.starts_with('=');
        let raw = if exact { raw.trim_start_matches('=') } else { raw };
        let (text, class) = if exact { (raw, None) } else { with_class(raw) };
        let capitals = exact && text.chars().any(char::is_alphabetic) && text.chars().all(|c| !c.is_lowercase());
        Ok(tokenize_words(text)
            .into_iter()
            .enumerate()
            .map(|(index, token)| Node::Word {
                text: token.lower,
                exact,
                capitals,
                joined: exact && token.joined,
                class: class.filter(|_| index == 0),
            })
            .collect())
    }
}

fn with_class(raw: &str) -> (&str, Option<Class>) {
    match raw.rsplit_once('/') {
        Some((text, mark)) if text.chars().count() > 1 && class_of(mark).is_some() => (text, class_of(mark)),
        _ => (raw, None),
    }
}

fn class_of(mark: &str) -> Option<Class> {
    match mark {
        "v" => Some(Class::Verb),
        "n" => Some(Class::Noun),
        "a" => Some(Class::Adjective),
        _ => None,
    }
}

const SLOTS: &str = "duration, time, date, when, quantity, percent, money, version, id, number, link, mention, code, thing, words, clause";

fn slot_kind(name: &str) -> Option<SlotKind> {
    Some(match name {
        "duration" => SlotKind::Duration,
        "time" => SlotKind::Time,
        "date" => SlotKind::Date,
        "when" => SlotKind::When,
        "quantity" => SlotKind::Quantity,
        "percent" => SlotKind::Percent,
        "money" => SlotKind::Money,
        "version" => SlotKind::Version,
        "id" => SlotKind::Id,
        "number" => SlotKind::Number,
        "link" => SlotKind::Link,
        "mention" => SlotKind::Mention,
        "code" => SlotKind::Code,
        "thing" => SlotKind::Thing,
        "words" => SlotKind::Words,
        "clause" => SlotKind::Clause,
        _ => return None,
    })
}

/// Parses a replacement: text, `{slots}` and `word/v`, `word/n`.
///
/// # Errors
/// A sentence that says what is wrong and what to write instead.
pub(crate) fn parse_output(text: &str, pattern: &[Node]) -> Result<Vec<Output>, String> {
    let mut output: Vec<Output> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('{') {
            let (name, after) = inside.split_once('}').ok_or("a slot is not closed; add '}'")?;
            // `{thing:target}` may be written out in full here too.
            let name = name.split_once(':').map_or(name, |(_, name)| name);
            if !has_slot(pattern, name) {
                return Err(format!("the pattern has no slot {{{name}}}; use a slot of the pattern"));
            }
            output.push(Output::Slot(name.to_owned()));
            rest = after;
            continue;
        }
        let end = rest.find(['{', ' ']).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match with_class(word.trim_end_matches([',', '.', ';', ':'])) {
            (lemma, Some(class)) => {
                output.push(Output::Inflected { lemma: lemma.to_owned(), class });
                let tail = word.get(lemma.len() + 2..).unwrap_or_default();
                push_text(&mut output, tail);
            }
            _ => push_text(&mut output, word),
        }
        let spaces = after.len() - after.trim_start_matches(' ').len();
        push_text(&mut output, after.get(..spaces).unwrap_or_default());
        rest = after.get(spaces..).unwrap_or_default();
    }
    Ok(output)
}

fn push_text(output: &mut Vec<Output>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Output::Text(last)) = output.last_mut() {
        last.push_str(text);
    } else {
        output.push(Output::Text(text.to_owned()));
    }
}

fn has_slot(nodes: &[Node], name: &str) -> bool {
    nodes.iter().any(|node| match node {
        Node::Slot { name: own, .. } => own == name,
        Node::Choice(alternatives) => alternatives.iter().any(|nodes| has_slot(nodes, name)),
        Node::Word { .. } => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_answered_with_the_mend() {
        for (pattern, expected) in [
            ("", "the pattern is empty; write the words it should find"),
            ("roll (it|", "an alternative is empty"),
            ("roll [back", "a group is not closed; add ']'"),
            ("roll {thin} back", "there is no slot \"thin\""),
            ("roll {thing back", "a slot is not closed"),
            ("(roll|put)/verb back", "behind a group, \"verb\" is no part of speech; use /v, /n or /a"),
            ("((roll|put)|{thing})/v", "before /v, each alternative of the group must begin with a word"),
        ] {
            let message = parse_pattern(pattern).unwrap_err();
            assert!(
                message.contains(expected) || expected.starts_with("an alternative") && message.contains("not closed"),
                "{pattern}: {message}"
            );
        }
        let pattern = parse_pattern("ETA {duration}").unwrap();
        assert!(parse_output("in {time}", &pattern).unwrap_err().contains("no slot {time}"));
    }

    #[test]
    fn a_mark_behind_a_group_holds_for_the_first_word_of_each_alternative() {
        for (group, written_out) in [
            ("(postpone|put off)/v", "(postpone/v|put/v off)"),
            ("[not] (delay/n|defer)/v it", "[not] (delay/n|defer/v) it"),
            ("(now|(bare|clear)/a)", "(now|(bare/a|clear/a))"),
            ("now [roll|put]/v back", "now [roll/v|put/v] back"),
        ] {
            assert_eq!(parse_pattern(group), parse_pattern(written_out), "{group}");
        }
    }

    #[test]
    fn a_replacement_keeps_its_spaces_and_signs() {
        let pattern = parse_pattern("roll/v {thing} back").unwrap();
        let output = parse_output("undo/v, {thing} now", &pattern).unwrap();
        assert_eq!(
            output,
            vec![
                Output::Inflected { lemma: "undo".into(), class: Class::Verb },
                Output::Text(", ".into()),
                Output::Slot("thing".into()),
                Output::Text(" now".into()),
            ]
        );
    }
}
