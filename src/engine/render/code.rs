//! Code that nobody put into code style: in names, options, calls and paths no part is a word of the sentence.

use std::ops::Range;

use crate::engine::text::{Document, Tag, Token, TokenKind};

/// Tokens of a written word that are looked at on either side.
const LONGEST_NAME: usize = 24;

/// `job_status`, `$vlan`, `nginx::proxy`, `wallet.dat`, `--dry-run`, `restart()`, `Option<Token>`, `/secrets/`, `873/tcp`: whether
/// the written word around a range, which ends at white space, holds signs that only code has there. Signs inside the range
/// itself belong to the term ("Node.js", ".NET").
pub(super) fn is_in_code(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let glued = |index: &usize| document.tokens.get(*index).is_some_and(|token| token.glued);
    let start = (1..=tokens.start).rev().take(LONGEST_NAME).take_while(glued).last();
    let start = start.map_or(tokens.start, |index| index - 1);
    let end = (tokens.end..).take(LONGEST_NAME).take_while(glued).last().map_or(tokens.end, |index| index + 1);
    if start == tokens.start && end == tokens.end {
        return false;
    }
    let mut signs = String::new();
    let mut last: Option<&Token> = None;
    for (index, token) in (start..end).filter_map(|index| Some((index, document.tokens.get(index)?))) {
        if token.kind == TokenKind::Punctuation {
            if !tokens.contains(&index) {
                signs.push_str(&token.lower);
            }
            continue;
        }
        let is_code = match last {
            None => open_code(&signs) || signs.ends_with('_') && !is_emphasis(document, index),
            Some(before) => {
                join_code(&signs, before, token)
                    // `Option<Token>`
                    || signs == "<" && (before.capital || token.capital) && closes(document, index..end)
            }
        };
        if is_code {
            return true;
        }
        signs.clear();
        last = Some(token);
    }
    ["()", "[]", "::"].iter().any(|sign| signs.starts_with(sign))
}

/// Signs in front of a written word.
fn open_code(signs: &str) -> bool {
    signs.ends_with(['$', '%', '\\', '/', '.', '@']) && !signs.ends_with("..")
        || signs.ends_with("--")
        || signs.ends_with("::")
}

/// Signs between two words without white space. Slashes, colons, commas and arrows stand between words of a sentence as well
/// ("push/pull"), and so does a bracket around an ending ("server(s)").
fn join_code(signs: &str, before: &Token, next: &Token) -> bool {
    let port = signs == "/" && before.tag == Tag::Fact;
    let call = signs == "(" && !next.is(&["s", "es"]);
    let name =
        signs.contains(['_', '$', '\\', '@', '#', '=', '[', '{']) || signs.contains("::") || signs.contains("()");
    let member = signs == "." || signs == "/." || signs == "./" || signs == ":" && !before.capital && !next.capital;
    (port || call || name || member) && !signs.contains('>') && !signs.starts_with(']')
}

/// Whether an angle bracket closes in a range.
fn closes(document: &Document<'_>, range: Range<usize>) -> bool {
    range.into_iter().any(|index| document.tokens.get(index).is_some_and(|sign| sign.lower.starts_with('>')))
}

/// `_outage_`, `_rolled back_`: an underscore behind a later word nearby closes what the one in front opened.
fn is_emphasis(document: &Document<'_>, opens: usize) -> bool {
    (opens + 1..opens + LONGEST_NAME).any(|index| {
        let closes = document.tokens.get(index).is_some_and(|sign| sign.glued && sign.lower.starts_with('_'));
        let word_follows =
            document.tokens.get(index + 1).is_some_and(|next| next.glued && next.kind == TokenKind::Word);
        closes && !word_follows
    })
}
