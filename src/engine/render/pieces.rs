//! Output as pieces, each of which knows where it came from.

use super::inflected::capitalised;
use crate::engine::rendering::Change;
use crate::engine::source::ByteSpan;

/// Where a piece of output came from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    /// The author's own words.
    Source(ByteSpan),
    /// A glossary wording or gloss for these source words.
    Concept { concept: usize, span: ByteSpan },
    /// A phrase pattern's own words for these source words.
    Phrase { id: String, span: ByteSpan },
    /// A built-in rule: spelling of units, articles, agreement.
    Rule { name: &'static str, span: ByteSpan },
}

impl Origin {
    fn span(&self) -> ByteSpan {
        match self {
            Self::Source(span) | Self::Concept { span, .. } | Self::Phrase { span, .. } | Self::Rule { span, .. } => {
                *span
            }
        }
    }
}

/// A run of output with one origin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// Pieces in output order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pieces {
    pub(crate) list: Vec<Piece>,
}

impl Pieces {
    /// Appends the author's words from `span`; touching spans become one piece.
    pub(crate) fn source(&mut self, text: &str, span: ByteSpan) {
        let Some(words) = text.get(span.start..span.end) else { return };
        if let Some(Piece { text: last, origin: Origin::Source(at) }) = self.list.last_mut()
            && at.end == span.start
        {
            last.push_str(words);
            at.end = span.end;
            return;
        }
        if !words.is_empty() {
            self.list.push(Piece { text: words.to_owned(), origin: Origin::Source(span) });
        }
    }

    /// Appends words of another origin.
    pub(crate) fn push(&mut self, text: String, origin: Origin) {
        if !text.is_empty() {
            self.list.push(Piece { text, origin });
        }
    }

    /// Notes words of the author's that were left out.
    pub(crate) fn removed(&mut self, name: &'static str, span: ByteSpan) {
        self.list.push(Piece { text: String::new(), origin: Origin::Rule { name, span } });
    }

    /// Appends other pieces of the same source.
    pub(crate) fn append(&mut self, source: &str, other: Self) {
        for piece in other.list {
            match piece.origin {
                Origin::Source(span) => self.source(source, span),
                origin => self.push(piece.text, origin),
            }
        }
    }

    /// All text.
    pub(crate) fn text(&self) -> String {
        self.list.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The output that came from a span of the source.
    pub(crate) fn of(&self, span: ByteSpan) -> String {
        let mut output = String::new();
        for piece in &self.list {
            let at = piece.origin.span();
            if matches!(piece.origin, Origin::Source(_)) {
                let (from, to) = (at.start.max(span.start), at.end.min(span.end));
                if from < to {
                    output.push_str(piece.text.get(from - at.start..to - at.start).unwrap_or_default());
                }
            } else if span.start <= at.start && at.end <= span.end {
                output.push_str(&piece.text);
            }
        }
        output
    }

    /// Removes the word `word` (and the space behind it) from the end, when the author wrote it there; gives its span.
    pub(crate) fn take_last_word(&mut self, word: &str) -> Option<(String, ByteSpan)> {
        let last = self.list.last_mut()?;
        let Origin::Source(span) = &mut last.origin else { return None };
        let trimmed = last.text.trim_end();
        let head_length = trimmed.len().checked_sub(word.len())?;
        let tail = trimmed.get(head_length..)?;
        let boundary = trimmed.get(..head_length)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if !tail.eq_ignore_ascii_case(word) || !boundary {
            return None;
        }
        let taken = tail.to_owned();
        let at = ByteSpan::new(span.start + head_length, span.end);
        span.end = at.start;
        last.text.truncate(head_length);
        if last.text.is_empty() {
            self.list.pop();
        }
        Some((taken, at))
    }

    /// Removes the author's word at a span, or what a rule wrote for it, and the space behind it; the next word takes over
    /// its capital.
    pub(crate) fn remove(&mut self, word: ByteSpan) {
        let holds = |piece: &Piece| match &piece.origin {
            Origin::Source(at) => at.start <= word.start && word.end <= at.end,
            Origin::Rule { span, .. } => span.start <= word.start && word.end <= span.end,
            Origin::Concept { .. } | Origin::Phrase { .. } => false,
        };
        let Some(position) = self.list.iter().rposition(holds) else { return };
        let piece = self.list.remove(position);
        let (head, written, tail) = match &piece.origin {
            Origin::Source(at) => {
                let (head, rest) = piece.text.split_at_checked(word.start - at.start).unwrap_or((&piece.text, ""));
                let (written, tail) = rest.split_at_checked(word.end - word.start).unwrap_or((rest, ""));
                (head, written, tail.trim_start())
            }
            _ => ("", piece.text.as_str(), ""),
        };
        let end = piece.origin.span().end;
        if !tail.is_empty() {
            let span = ByteSpan::new(end - tail.len(), end);
            self.list.insert(position, Piece { text: tail.to_owned(), origin: Origin::Source(span) });
        }
        if written.starts_with(char::is_uppercase)
            && let Some(next) = self.list.get_mut(position)
        {
            next.text = capitalised(&next.text);
        }
        if !head.is_empty() {
            let span = ByteSpan::new(word.start - head.len(), word.start);
            self.list.insert(position, Piece { text: head.to_owned(), origin: Origin::Source(span) });
        }
    }

    /// The replaced spans, with offsets into the output.
    pub(crate) fn changes(&self, source: &str, concept_id: impl Fn(usize) -> String) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        let mut at = 0;
        for piece in &self.list {
            let output_span = ByteSpan::new(at, at + piece.text.len());
            at = output_span.end;
            let (concept, rule) = match &piece.origin {
                Origin::Source(_) => continue,
                Origin::Concept { concept, .. } => (Some(concept_id(*concept)), None),
                Origin::Phrase { id, .. } => (None, Some(id.clone())),
                Origin::Rule { name, .. } => (None, Some((*name).to_owned())),
            };
            let source_span = piece.origin.span();
            changes.push(Change {
                from: source.get(source_span.start..source_span.end).unwrap_or_default().to_owned(),
                to: piece.text.clone(),
                source_span,
                output_span,
                concept,
                rule,
            });
        }
        changes
    }
}
