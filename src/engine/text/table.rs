//! Tables of a message: rows between bars, `| EU | 3.2s |`, and the head above them.

use std::ops::Range;

use super::{Document, Token, TokenKind};

/// A head further above its row than this is not looked for, so that long tables are read in linear time.
const FURTHEST_HEAD: usize = 200;

/// A row below its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Tokens of each cell; a cell without words is an empty range.
    pub(crate) cells: Vec<Range<usize>>,
    /// The cells that name the columns, when a rule parts them from the rows.
    pub(crate) head: Vec<Range<usize>>,
}

impl Row {
    /// The name of a column.
    pub(crate) fn name(&self, column: usize) -> Option<Range<usize>> {
        self.head.get(column).filter(|name| !name.is_empty()).cloned()
    }
}

/// What a sentence is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TableLine {
    /// It names the columns.
    Head,
    Row(Row),
}

/// Reads a sentence that stands between bars, as long as another line of a table stands beside it.
pub(crate) fn table_line(document: &Document<'_>, sentence: &Range<usize>) -> Option<TableLine> {
    let cells = cells(document, sentence)?;
    if is_rule(document, sentence.end) {
        return Some(TableLine::Head);
    }
    let mut at = document.sentences.partition_point(|known| known.end <= sentence.start);
    let furthest = at.saturating_sub(FURTHEST_HEAD);
    let mut is_alone =
        !document.sentences.get(at + 1).is_some_and(|next| next.start == sentence.end && is_barred(document, next));
    let mut head = Vec::new();
    while let Some(above) = at.checked_sub(1).and_then(|above| document.sentences.get(above)) {
        let below = document.sentences.get(at).map_or(0, |below| below.start);
        let rules = (above.end..below).filter(|index| is_rule(document, *index)).count();
        if at <= furthest || !is_barred(document, above) || above.end + rules != below {
            break;
        }
        is_alone = false;
        if rules > 0 {
            head = self::cells(document, above).unwrap_or_default();
            break;
        }
        at -= 1;
    }
    (!is_alone).then_some(TableLine::Row(Row { cells, head }))
}

/// A line of bars and hyphens below the head.
fn is_rule(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Marker && token.lower.starts_with('|'))
}

fn is_bar(token: &Token) -> bool {
    token.kind == TokenKind::Punctuation && token.lower.starts_with('|')
}

fn is_barred(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    let at = |index: usize| document.tokens.get(index).is_some_and(is_bar);
    sentence.len() > 2 && at(sentence.start) && at(sentence.end - 1)
}

fn cells(document: &Document<'_>, sentence: &Range<usize>) -> Option<Vec<Range<usize>>> {
    if !is_barred(document, sentence) {
        return None;
    }
    let mut cells = Vec::new();
    let mut start = sentence.start;
    for index in sentence.clone() {
        let Some(bars) = document.tokens.get(index).filter(|token| is_bar(token)) else { continue };
        if index > sentence.start {
            cells.push(start..index);
        }
        // "||": a cell without words.
        let empty = bars.lower.len() - 1;
        cells.extend(std::iter::repeat_n(index + 1..index + 1, empty));
        start = index + 1;
    }
    (cells.len() > 1).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let document = Document::parse(text);
        let words = |range: &Range<usize>| document.slice(document.span_of(range.clone())).to_owned();
        let line = |sentence: &Range<usize>| match table_line(&document, sentence) {
            None => words(sentence),
            Some(TableLine::Head) => "head".to_owned(),
            Some(TableLine::Row(row)) => {
                let named = |(column, cell): (usize, &Range<usize>)| {
                    let name = row.name(column).map(|name| words(&name) + "=").unwrap_or_default();
                    name + if cell.is_empty() { "" } else { document.slice(document.span_of(cell.clone())) }
                };
                row.cells.iter().enumerate().map(named).collect::<Vec<_>>().join("; ")
            }
        };
        document.sentences.iter().map(line).collect()
    }

    #[test]
    fn rows_have_cells_below_their_head() {
        for (text, expected) in [
            ("| Service | State |\n|---|---|\n| search | down |", &["head", "Service=search; State=down"][..]),
            ("Now:\n\n| EU | 3.2s |\n| US | |\nend", &["Now:", "EU; 3.2s", "US; ", "end"]),
            ("| a | b |\n| :-- | --: |\n| c | `x | y` |\n| d | e |\n\nf", &["head", "a=c; b=`x | y`", "a=d; b=e", "f"]),
            ("| a | b |\n|-|-|\n| c || d |", &["head", "a=c; b=; d"]),
            ("| alone | here |", &["| alone | here |"]),
            ("cat x | grep y", &["cat x | grep y"]),
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
    }
}
