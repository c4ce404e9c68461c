//! Answers for people: plain text for a terminal, Markdown for a document.

use std::io::{self, IsTerminal};

use super::{Failure, args::Format};
use crate::{
    app::{AnswerLine, Depth, answer},
    config,
    engine::{Explanation, Rendering},
};

/// The format asked for, or the usual one; a batch is always JSON.
pub(super) fn chosen(asked: Option<Format>, batch: bool) -> Result<Format, Failure> {
    let format = asked.unwrap_or(if batch { Format::Json } else { Format::Text });
    if batch && format != Format::Json {
        return Err(Failure::Usage("a batch is written as JSON: leave out --format".to_owned()));
    }
    Ok(format)
}

/// How the two styles differ.
#[derive(Clone, Copy)]
struct Style {
    strong: (&'static str, &'static str),
    is_markdown: bool,
}

impl Style {
    const MARKDOWN: Self = Self { strong: ("**", "**"), is_markdown: true };
    const PLAIN: Self = Self { strong: ("", ""), is_markdown: false };
    const TERMINAL: Self = Self { strong: ("\u{1b}[1m", "\u{1b}[0m"), is_markdown: false };

    fn for_standard_output() -> Self {
        if io::stdout().is_terminal() && !config::no_color() { Self::TERMINAL } else { Self::PLAIN }
    }

    fn strong(self, text: &str) -> String {
        format!("{}{text}{}", self.strong.0, self.strong.1)
    }
}

/// A rewrite for a terminal.
pub(super) fn rewrite_text(rendering: &Rendering) -> String {
    rewrite(rendering, Style::for_standard_output())
}

/// A rewrite for a document.
pub(super) fn rewrite_markdown(rendering: &Rendering) -> String {
    rewrite(rendering, Style::MARKDOWN)
}

/// An explanation for a terminal.
pub(super) fn explanation_text(explanation: &Explanation, depth: Depth) -> String {
    self::explanation(explanation, depth, Style::for_standard_output())
}

/// An explanation for a document.
pub(super) fn explanation_markdown(explanation: &Explanation, depth: Depth) -> String {
    self::explanation(explanation, depth, Style::MARKDOWN)
}

fn rewrite(rendering: &Rendering, style: Style) -> String {
    let mut parts = Vec::new();
    if !rendering.headline.is_empty() {
        parts.push(style.strong(&rendering.headline));
    }
    for section in &rendering.sections {
        let separator = if section.text.contains('\n') { "\n" } else { " " };
        parts.push(format!("{}{separator}{}", style.strong(&format!("{}:", section.title)), section.text));
    }
    if rendering.sections.is_empty() && !rendering.asks.is_empty() {
        parts.push(format!("{} {}", style.strong("What is asked of you:"), rendering.asks.join("; ")));
    }
    if rendering.plain.trim() != rendering.headline.trim() {
        parts.push(format!("{}\n{}", style.strong("In plain words:"), rendering.plain));
    }
    parts.extend(rendering.open_questions.iter().cloned());
    parts.extend(rendering.notices.iter().map(|notice| format!("{} {}", style.strong("Note:"), notice.text)));
    parts.join("\n\n") + "\n"
}

fn explanation(explanation: &Explanation, depth: Depth, style: Style) -> String {
    // In Markdown two lines without a blank one between them would run together.
    let separator = if style.is_markdown { "\n\n" } else { "\n" };
    let line = |line: &AnswerLine| match line.title.as_str() {
        "" => line.text.clone(),
        title => format!("{} {}", style.strong(&format!("{title}:")), line.text),
    };
    let paragraph = |lines: &Vec<AnswerLine>| lines.iter().map(line).collect::<Vec<_>>().join(separator);
    let between = if depth == Depth::Line { separator } else { "\n\n" };
    answer(explanation, depth).iter().map(paragraph).collect::<Vec<_>>().join(between) + "\n"
}
