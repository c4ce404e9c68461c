//! A message as the engine reads it: canonical text in which every piece of platform markup has one spelling.

/// A half-open range of UTF-8 byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl ByteSpan {
    /// A span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two spans share at least one byte.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What stands on the line of `at` in front of it.
pub(crate) fn line_before(text: &str, at: usize) -> &str {
    let head = text.get(..at).unwrap_or_default();
    head.rsplit_once('\n').map_or(head, |(_, line)| line)
}

/// The line above the one that `at` stands on.
pub(crate) fn line_above(text: &str, at: usize) -> &str {
    let head = text.get(..at).unwrap_or_default();
    let above = head.rsplit_once('\n').map_or("", |(above, _)| above);
    above.rsplit_once('\n').map_or(above, |(_, line)| line)
}

/// A message in canonical text.
///
/// Platforms translate their markup into these spellings and back; the engine protects each of them byte for byte:
/// `` `code` ``, code fences of three backticks on lines of their own, `[label](url)`, bare URLs, `<@user-id>` for a person,
/// `<#channel-id|name>`, `<!group>` for groups and broadcasts, `:emoji:`, lines starting with `> ` for quotes and with
/// `- ` or `1. ` for list items. Everything else is prose. There are no entity escapes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceText {
    text: String,
}

impl SourceText {
    /// Takes canonical or plain text as it is; line endings become `\n`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.replace("\r\n", "\n").replace('\r', "\n") }
    }

    /// The canonical text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
