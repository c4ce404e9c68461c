//! An explanation as lines of text: the same words in a terminal, a document and a chat.

use serde::{Deserialize, Serialize};

use crate::engine::{Explanation, ExplanationStatus};

/// How much of an explanation is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Depth {
    /// One plain sentence.
    Line,
    /// What it is, why it matters to the reader, what it means in the message.
    Paragraph,
    /// The same with an example and related terms.
    #[default]
    Example,
}

/// How people ask for a depth at the end of a question.
const WISHES: [(&str, Depth); 11] = [
    ("in one line", Depth::Line),
    ("in a line", Depth::Line),
    ("in one sentence", Depth::Line),
    ("in a sentence", Depth::Line),
    ("in a nutshell", Depth::Line),
    ("in short", Depth::Line),
    ("in brief", Depth::Line),
    ("in a paragraph", Depth::Paragraph),
    ("in detail", Depth::Example),
    ("with an example", Depth::Example),
    ("with examples", Depth::Example),
];

impl Depth {
    /// All depths, as they are named in commands and JSON.
    pub const NAMES: [&str; 3] = ["line", "paragraph", "example"];

    /// The depth of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.trim() {
            "line" => Some(Self::Line),
            "paragraph" => Some(Self::Paragraph),
            "example" => Some(Self::Example),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::Example => "example",
        }
    }

    /// What a control says that tells an explanation so, in the words in which it can be asked for.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Line => "In one line",
            Self::Paragraph => "In a paragraph",
            Self::Example => "With an example",
        }
    }

    /// The depths that an explanation can be told at instead, the shortest first.
    pub fn others(self) -> impl Iterator<Item = Self> {
        [Self::Line, Self::Paragraph, Self::Example].into_iter().filter(move |depth| *depth != self)
    }

    /// The depth that a question asks for ("p95 in one line").
    #[must_use]
    pub fn wished(question: &str) -> Option<Self> {
        let question = question.trim_end_matches(['?', '.', '!', ' ']).to_lowercase();
        WISHES.iter().find(|(words, _)| question.ends_with(words)).map(|(_, depth)| *depth)
    }
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLine {
    /// What the line is about, shown strong; empty for a plain sentence.
    pub title: String,
    /// The text in canonical markup.
    pub text: String,
}

/// The answer at a depth: one paragraph of lines for each term of the question.
#[must_use]
pub fn answer(explanation: &Explanation, depth: Depth) -> Vec<Vec<AnswerLine>> {
    std::iter::once(explanation).chain(&explanation.also).map(|one| paragraph(one, depth)).collect()
}

/// The answer as plain text.
#[must_use]
pub fn answer_text(explanation: &Explanation, depth: Depth) -> String {
    let line = |line: &AnswerLine| match line.title.as_str() {
        "" => line.text.clone(),
        title => format!("{title}: {}", line.text),
    };
    let paragraphs = answer(explanation, depth);
    let separator = if depth == Depth::Line { "\n" } else { "\n\n" };
    let paragraphs: Vec<String> =
        paragraphs.iter().map(|lines| lines.iter().map(line).collect::<Vec<_>>().join("\n")).collect();
    paragraphs.join(separator)
}

fn paragraph(explanation: &Explanation, depth: Depth) -> Vec<AnswerLine> {
    let mut lines = Vec::new();
    let mut say = |title: &str, text: &str| {
        if !text.is_empty() {
            lines.push(AnswerLine { title: title.to_owned(), text: text.to_owned() });
        }
    };
    let asked = one_line(&explanation.asked);
    match explanation.status {
        ExplanationStatus::Unknown if asked.is_empty() => say("", "There is nothing to explain in this question."),
        ExplanationStatus::Unknown if depth == Depth::Line => {
            say("", &format!("The glossary has no entry for “{asked}”."));
        }
        ExplanationStatus::Unknown => say(
            "",
            &format!(
                "The glossary has no entry for “{asked}” yet, and a guess could mislead you. Please ask whoever keeps it \
                 to add a definition."
            ),
        ),
        ExplanationStatus::Suggested if explanation.definition.is_empty() => say(
            "",
            &format!(
                "The glossary has no entry for “{asked}”. Did you mean {}?",
                alternatives(&explanation.suggestions)
            ),
        ),
        ExplanationStatus::Suggested if depth == Depth::Line => {
            let (term, definition) = (&explanation.term, &explanation.definition);
            say("", &format!("The glossary has no entry for “{asked}”; the nearest is {term}: {definition}"));
            return lines;
        }
        ExplanationStatus::Suggested => {
            say("", &format!("The glossary has no entry for “{asked}”; this is the nearest one."));
        }
        ExplanationStatus::Defined => {}
    }
    if explanation.definition.is_empty() {
        return lines;
    }
    if explanation.is_message {
        say("In plain words", &explanation.in_context);
        if depth == Depth::Line {
            return lines;
        }
    }
    // Where a term has other meanings, its field says which one this is.
    let term = if explanation.other_senses.is_empty() {
        explanation.term.clone()
    } else {
        format!("{} (in {})", explanation.term, explanation.subject_field)
    };
    if depth == Depth::Line {
        let note =
            if explanation.usage_note.is_empty() { String::new() } else { format!(" {}", explanation.usage_note) };
        say(&term, &format!("{}{note}", explanation.definition));
        return lines;
    }
    say(&term, &explanation.definition);
    say("", &explanation.usage_note);
    if !explanation.is_message {
        say("Here", &explanation.in_context);
    }
    let why = match explanation.why_for.as_str() {
        "" => "Why it matters".to_owned(),
        other => format!("Why it matters ({other})"),
    };
    say(&why, &explanation.why);
    if depth == Depth::Example {
        say("Example", &explanation.example);
        say("Related", &explanation.related.join(", "));
        say("Questions to", &explanation.owner);
    }
    for sense in &explanation.other_senses {
        say(&format!("It can also mean, in {}", sense.subject_field), &sense.definition);
    }
    lines
}

fn alternatives(terms: &[String]) -> String {
    match terms {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => terms.concat(),
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::{Depth, answer_text};
    use crate::engine::{Explanation, ExplanationStatus, Sense};

    fn pod() -> Explanation {
        Explanation {
            asked: "pod".into(),
            status: ExplanationStatus::Defined,
            term: "pod".into(),
            subject_field: "kubernetes".into(),
            definition: "One running copy.".into(),
            why: "It costs money.".into(),
            example: "An example.".into(),
            ..Explanation::default()
        }
    }

    #[test]
    fn each_depth_tells_more() {
        assert_eq!(answer_text(&pod(), Depth::Line), "pod: One running copy.");
        let paragraph = "pod: One running copy.\nWhy it matters: It costs money.";
        assert_eq!(answer_text(&pod(), Depth::Paragraph), paragraph);
        assert_eq!(answer_text(&pod(), Depth::Example), format!("{paragraph}\nExample: An example."));
    }

    #[test]
    fn each_depth_tells_what_is_said_instead_of_a_deprecated_term() {
        let note = "Your organisation says “pod” instead of “hutch”.";
        let asked = Explanation { asked: "hutch".into(), usage_note: note.into(), ..pod() };
        assert_eq!(answer_text(&asked, Depth::Line), format!("pod: One running copy. {note}"));
        let paragraph = format!("pod: One running copy.\n{note}\nWhy it matters: It costs money.");
        assert_eq!(answer_text(&asked, Depth::Paragraph), paragraph);
        assert_eq!(answer_text(&asked, Depth::Example), format!("{paragraph}\nExample: An example."));
    }

    #[test]
    fn a_line_about_an_open_meaning_names_its_field() {
        let sense = Sense { concept: "whales".into(), subject_field: "the sea".into(), definition: "Whales.".into() };
        let open = Explanation { other_senses: vec![sense], ..pod() };
        assert_eq!(answer_text(&open, Depth::Line), "pod (in kubernetes): One running copy.");
        assert!(answer_text(&open, Depth::Paragraph).ends_with("It can also mean, in the sea: Whales."));
    }

    #[test]
    fn what_is_not_known_is_said_to_be_so() {
        let unknown = Explanation { asked: "quux".into(), ..Explanation::default() };
        assert_eq!(answer_text(&unknown, Depth::Line), "The glossary has no entry for “quux”.");
        let near = Explanation {
            status: ExplanationStatus::Suggested,
            suggestions: vec!["queue".into(), "quota".into(), "query".into()],
            ..unknown
        };
        let text = answer_text(&near, Depth::Example);
        assert_eq!(text, "The glossary has no entry for “quux”. Did you mean queue, quota or query?");
    }

    #[test]
    fn a_question_can_end_with_its_depth() {
        for (question, depth) in [
            ("p95 in one line", Some(Depth::Line)),
            ("What is p95, in short?", Some(Depth::Line)),
            ("explain p95 in a paragraph", Some(Depth::Paragraph)),
            ("p95 with an example", Some(Depth::Example)),
            ("what is in one line of code", None),
            ("p95", None),
        ] {
            assert_eq!(Depth::wished(question), depth, "{question}");
        }
        for name in Depth::NAMES {
            assert_eq!(Depth::named(name).map(Depth::name), Some(name));
        }
    }
}
