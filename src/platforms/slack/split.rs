//! Cutting mrkdwn to Slack's limits: at a paragraph, else a line, else a sentence, else a word, and never inside a link,
//! a mention, an entity or a code span.
//!
//! Lengths are counted in UTF-16 units. Whether Slack counts those or characters is not documented; units are never fewer,
//! so a text that fits by them fits either way.

/// Length in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    // ASCII, the usual case, needs no decoding.
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// Cuts a text into pieces of at most `limit` units each. Blank pieces are left out.
pub(super) fn split(text: &str, limit: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim().to_owned();
    while length(&rest) > limit {
        let cut = best_cut(&rest, limit);
        let (piece, tail) = rest.split_at(cut.at);
        let (piece, tail) = if cut.in_fence {
            // A code block longer than the limit goes on in the next piece as a code block.
            (format!("{}\n{FENCE}", piece.trim_end()), format!("{FENCE}\n{}", tail.trim_start_matches('\n')))
        } else {
            (piece.trim_end().to_owned(), tail.trim_start().to_owned())
        };
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The beginning of a text within the limit, with a sign that it goes on.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    const MORE: &str = " …";
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut pieces = split(text, limit.saturating_sub(length(MORE)));
    if pieces.is_empty() {
        return String::new();
    }
    let mut start = pieces.swap_remove(0);
    start.push_str(MORE);
    start
}

const FENCE: &str = "```";

struct Cut {
    at: usize,
    in_fence: bool,
}

/// How good a place is for a cut, best last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// The best place within the limit. Better places win as long as the piece stays at least a third full.
fn best_cut(text: &str, limit: usize) -> Cut {
    let mut best: Option<(Place, usize)> = None;
    let mut anywhere = 0;
    let mut used = 0;
    let mut at = 0;
    let mut inside_fence: Option<usize> = None;
    while let Some(atom) = text.get(at..).and_then(Atom::first) {
        let size = length(atom.text);
        if used + size > limit {
            if atom.kind == Kind::Fence && best.is_none() {
                inside_fence = Some(at);
            }
            break;
        }
        if let Some(place) = atom.place(text.get(..at).unwrap_or_default())
            && (used * 3 >= limit || best.is_none_or(|(_, kept)| kept * 3 < limit))
            && best.is_none_or(|(known, kept)| place >= known || kept * 3 < limit)
            && at > 0
        {
            best = Some((place, at));
        }
        used += size;
        at += atom.text.len();
        anywhere = at;
    }
    if let Some((_, at)) = best {
        return Cut { at, in_fence: false };
    }
    match inside_fence {
        Some(start) => cut_fence(text, start, limit),
        None if anywhere > 0 => Cut { at: anywhere, in_fence: false },
        None => Cut { at: longest_prefix(text, limit), in_fence: false },
    }
}

/// A place inside a code block that begins at `start` and does not fit: after the last line that does.
fn cut_fence(text: &str, start: usize, limit: usize) -> Cut {
    // Room for closing the block.
    let end = longest_prefix(text, limit.saturating_sub(length(FENCE) + 1));
    let first_content = start + FENCE.len() + 1;
    let line =
        text.get(first_content..end).and_then(|inside| inside.rfind('\n')).map(|newline| first_content + newline);
    match line.or((end > first_content).then_some(end)) {
        Some(at) => Cut { at, in_fence: true },
        None => Cut { at: longest_prefix(text, limit), in_fence: false },
    }
}

/// Bytes of the longest beginning within the limit; at least one character, so that cutting always makes progress.
fn longest_prefix(text: &str, limit: usize) -> usize {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.len_utf16();
        if used > limit && at > 0 {
            return at;
        }
    }
    text.len()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Fence,
    Other,
}

/// A stretch that is never cut: a run of blanks, a token, or a piece of a word.
struct Atom<'a> {
    text: &'a str,
    kind: Kind,
}

impl<'a> Atom<'a> {
    fn first(text: &'a str) -> Option<Self> {
        let first = text.chars().next()?;
        let (length, kind) = if first.is_whitespace() {
            (text.find(|character: char| !character.is_whitespace()).unwrap_or(text.len()), Kind::Blank)
        } else if text.starts_with(FENCE) {
            (closed(text, FENCE, FENCE, true).unwrap_or(FENCE.len()), Kind::Fence)
        } else {
            let closing = match first {
                '`' => closed(text, "`", "`", false),
                '<' => closed(text, "<", ">", false),
                '&' => ["&amp;", "&lt;", "&gt;"].iter().find(|entity| text.starts_with(**entity)).map(|e| e.len()),
                _ => None,
            };
            (closing.unwrap_or_else(|| word(text, first)), Kind::Other)
        };
        Some(Self { text: text.get(..length)?, kind })
    }

    /// What kind of place stands before this atom, given everything before it.
    fn place(&self, before: &str) -> Option<Place> {
        if self.kind != Kind::Blank {
            return None;
        }
        match self.text.matches('\n').count() {
            0 if before.ends_with(['.', '!', '?']) => Some(Place::Sentence),
            0 => Some(Place::Word),
            1 => Some(Place::Line),
            _ => Some(Place::Paragraph),
        }
    }
}

/// Bytes up to and with the closing mark, when there is one (on the same line, unless lines may pass).
fn closed(text: &str, open: &str, close: &str, across_lines: bool) -> Option<usize> {
    let inside = text.get(open.len()..)?;
    let inside = if across_lines { inside } else { inside.split('\n').next()? };
    inside.find(close).map(|end| open.len() + end + close.len())
}

/// Bytes up to the next blank or the next thing that could be a token.
fn word(text: &str, first: char) -> usize {
    let rest = text.get(first.len_utf8()..).unwrap_or_default();
    let end = rest.find(|character: char| character.is_whitespace() || matches!(character, '`' | '<' | '&'));
    first.len_utf8() + end.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::{length, shorten, split};

    #[test]
    fn a_text_within_the_limit_stays_whole() {
        assert_eq!(split("one two", 7), ["one two"]);
        assert_eq!(split("  ", 7), Vec::<String>::new());
    }

    #[test]
    fn better_places_win() {
        assert_eq!(split("aaaa bbbb\n\ncccc dddd", 16), ["aaaa bbbb", "cccc dddd"]);
        assert_eq!(split("aaaa bbbb\ncccc dddd", 16), ["aaaa bbbb", "cccc dddd"]);
        assert_eq!(split("aaaa bbb. cccc dddd", 16), ["aaaa bbb.", "cccc dddd"]);
        assert_eq!(split("aaaa bbbb cccc dddd", 16), ["aaaa bbbb cccc", "dddd"]);
    }

    #[test]
    fn tokens_are_never_cut() {
        let link = "<https://example.com/a|the long label>";
        for limit in [40, 45, 50] {
            let pieces = split(&format!("before the link {link} and after it `some code here` &amp; more"), limit);
            assert!(pieces.iter().all(|piece| length(piece) <= limit), "{limit}: {pieces:?}");
            assert_eq!(pieces.iter().filter(|piece| piece.contains(link)).count(), 1, "{limit}: {pieces:?}");
            assert_eq!(pieces.iter().filter(|piece| piece.contains("`some code here`")).count(), 1, "{pieces:?}");
            assert_eq!(pieces.iter().filter(|piece| piece.contains("&amp;")).count(), 1, "{pieces:?}");
        }
    }

    #[test]
    fn a_long_code_block_goes_on_as_a_code_block() {
        let code = (0..20).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n");
        let pieces = split(&format!("```\n{code}\n```"), 60);
        assert!(pieces.len() > 2);
        for piece in &pieces {
            assert!(piece.starts_with("```\n") && piece.ends_with("\n```"), "{piece:?}");
            assert!(length(piece) <= 60, "{piece:?}");
        }
        let whole: Vec<&str> = pieces.iter().flat_map(|piece| piece.lines()).filter(|line| *line != "```").collect();
        assert_eq!(whole.join("\n"), code);
    }

    #[test]
    fn every_limit_is_kept_and_no_word_is_lost() {
        let text = "Zürich is 🚀 fast. ".repeat(40) + &"x".repeat(90) + " end";
        for limit in [20, 21, 22, 50, 89, 90, 91, 300] {
            let pieces = split(&text, limit);
            assert!(pieces.iter().all(|piece| length(piece) <= limit), "{limit}");
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&pieces.concat()), squeezed(&text), "{limit}");
        }
    }

    #[test]
    fn shortening_says_that_there_is_more() {
        assert_eq!(shorten("one two three", 13), "one two three");
        assert_eq!(shorten("one two three", 12), "one two …");
        assert_eq!(shorten("", 5), "");
    }

    #[test]
    fn units_are_utf16() {
        assert_eq!(length("é🚀a"), 4);
    }
}
