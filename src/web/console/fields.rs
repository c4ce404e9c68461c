//! The fields of an entry, as pages name and explain them. A field holds what the column of the same name holds in a table,
//! so that who knows one knows the other.

use serde::Serialize;

use crate::app::curation::{Concept, Finding, WHY, cell};

/// A field of the editor.
pub(super) struct FieldKind {
    /// The column of a table.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) hint: &'static str,
    /// Lines of its box; 0 for one line.
    pub(super) lines: u8,
}

/// What everybody fills in.
pub(super) const FIRST: [FieldKind; 6] = [
    FieldKind {
        name: "terms",
        title: "Terms",
        hint: "How engineers write it, the preferred term first, one on each line. Behind bars what is said of it: roll back | verb, backout | noun | deprecated, CAB | exact.",
        lines: 3,
    },
    FieldKind {
        name: "definition",
        title: "Definition",
        hint: "One plain sentence that a sales assistant understands.",
        lines: 3,
    },
    FieldKind {
        name: "wordings",
        title: "Wordings",
        hint: "What stands in the term’s place, in a few words: return to the earlier version. For verbs: undo | verb. For one reader: oven | noun | for sales. Without any, the term stays and can be explained.",
        lines: 3,
    },
    FieldKind {
        name: "match",
        title: "Sentences in which it is found",
        hint: "At least one, each on its line. They are run before anything is saved.",
        lines: 3,
    },
    FieldKind {
        name: "no_match",
        title: "Sentences in which it is not found",
        hint: "At least one, each on its line: other meanings of the same words.",
        lines: 3,
    },
    FieldKind {
        name: "subject_field",
        title: "Subject field",
        hint: "Lower-case letters and hyphens, for example delivery.",
        lines: 0,
    },
];

/// What tells meanings apart and what else can be said.
pub(super) const MORE: [FieldKind; 12] = [
    FieldKind { name: "owner", title: "Owner", hint: "Who is asked about it.", lines: 0 },
    FieldKind { name: "review_by", title: "Look at it again by", hint: "For example 2027-03-31.", lines: 0 },
    FieldKind {
        name: "notes",
        title: "Notes",
        hint: "What those who look after it should know. No answer tells it.",
        lines: 3,
    },
    FieldKind {
        name: "example",
        title: "Example for readers",
        hint: "“We rolled back” means the change was undone.",
        lines: 2,
    },
    FieldKind { name: "related", title: "Related entries", hint: "Their ids, one on each line.", lines: 2 },
    FieldKind {
        name: "near",
        title: "Only near these words",
        hint: "For words with several meanings: it is only meant when one of these is in the message. One on each line.",
        lines: 2,
    },
    FieldKind {
        name: "not_near",
        title: "Not near these words",
        hint: "It is not meant when one of these is in the sentence. One on each line.",
        lines: 2,
    },
    FieldKind {
        name: "gloss",
        title: "What the name is",
        hint: "For names of products: a few words, shown in brackets at first mention.",
        lines: 0,
    },
    FieldKind {
        name: "outcome",
        title: "What it touches",
        hint: "revenue, cost, risk, time, customers, compliance or people.",
        lines: 0,
    },
    FieldKind {
        name: "everyday",
        title: "Everyday meaning",
        hint: "Write yes for an everyday meaning, which shields the word from replacement.",
        lines: 0,
    },
    FieldKind { name: "metric", title: "Measured quantity", hint: "How its values are said, as JSON.", lines: 2 },
    FieldKind {
        name: "id",
        title: "Id",
        hint: "Lower-case letters, digits and hyphens; made from the first term when it is empty.",
        lines: 0,
    },
];

/// A row of an entry's page.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) items: Vec<String>,
}

/// An entry's fields that say something, for reading. `readers` are ids and titles.
pub(super) fn rows(concept: &Concept, readers: &[(String, String)]) -> Vec<Row> {
    let text = |title: &str, text: &str| Row { title: title.to_owned(), text: text.to_owned(), items: Vec::new() };
    let list = |title: &str, items: Vec<String>| Row { title: title.to_owned(), text: String::new(), items };
    let lines = |name: &str| -> Vec<String> {
        cell(concept, name).lines().map(|line| line.replace(" | ", ", ")).filter(|line| !line.is_empty()).collect()
    };
    let mut rows = vec![
        text("Definition", &concept.definition),
        list("Terms", lines("terms")),
        list("Stands in their place", lines("wordings")),
    ];
    for (reader, title) in readers {
        if let Some(why) = concept.why.get(reader) {
            rows.push(text(&format!("Why it matters to {title}"), why));
        }
    }
    rows.push(text("Example", &concept.example));
    rows.push(text("What the name is", concept.gloss.as_deref().unwrap_or_default()));
    rows.push(list("Found in", lines("match")));
    rows.push(list("Not found in", lines("no_match")));
    rows.push(list("Only near", lines("near")));
    rows.push(list("Not near", lines("not_near")));
    rows.push(list("Related", lines("related")));
    rows.push(text("What it touches", concept.outcome.as_deref().unwrap_or_default()));
    rows.push(text("Owner", &concept.owner));
    rows.push(text("Look at it again by", concept.review_by.as_deref().unwrap_or_default()));
    rows.push(list("Notes", concept.notes.lines().map(str::to_owned).collect()));
    rows.retain(|row| !row.text.is_empty() || !row.items.is_empty());
    rows
}

/// Every field's title and text, whether it says something or not.
pub(super) fn all(concept: &Concept, readers: &[(String, String)]) -> Vec<(String, String)> {
    let kinds = FIRST.iter().chain(&MORE).map(|kind| (kind.title.to_owned(), cell(concept, kind.name)));
    let why = readers
        .iter()
        .map(|(reader, title)| (format!("Why it matters to {title}"), cell(concept, &format!("{WHY}{reader}"))));
    kinds.chain(why).collect()
}

/// A field of the editor, filled in.
#[derive(Debug, Default, Serialize)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) lines: u8,
    pub(super) value: String,
    pub(super) has_error: bool,
    /// The title of the group that begins here.
    pub(super) group: &'static str,
    pub(super) is_open: bool,
    pub(super) ends_group: bool,
}

/// The fields of the editor with what `value` says is in each.
pub(super) fn editor(
    readers: &[(String, String)],
    value: &dyn Fn(&str) -> String,
    errors: &[Finding],
    is_new: bool,
) -> Vec<Field> {
    let has_error = |name: &str| {
        errors.iter().map(column).any(|column| column == name || (column == "why" && name.starts_with(WHY)))
    };
    let field = |kind: &FieldKind| Field {
        name: kind.name.to_owned(),
        title: kind.title.to_owned(),
        hint: kind.hint.to_owned(),
        lines: kind.lines,
        value: value(kind.name),
        has_error: has_error(kind.name),
        ..Field::default()
    };
    let mut fields: Vec<Field> = FIRST.iter().map(field).collect();
    let mut why: Vec<Field> = readers
        .iter()
        .map(|(reader, title)| {
            let name = format!("{WHY}{reader}");
            Field {
                title: title.clone(),
                hint: "One sentence, or nothing.".to_owned(),
                lines: 2,
                value: value(&name),
                has_error: has_error(&name),
                name,
                ..Field::default()
            }
        })
        .collect();
    group(&mut why, "Why it matters, by reader");
    // The id of an entry stays what it is.
    let mut more: Vec<Field> = MORE.iter().filter(|kind| is_new || kind.name != "id").map(field).collect();
    group(&mut more, "More");
    fields.extend(why);
    fields.extend(more);
    fields
}

fn group(fields: &mut [Field], title: &'static str) {
    let is_open = fields.iter().any(|field| field.has_error);
    if let Some(first) = fields.first_mut() {
        first.group = title;
        first.is_open = is_open;
    }
    if let Some(last) = fields.last_mut() {
        last.ends_group = true;
    }
}

/// The column that a finding is about; no text for one about the whole entry.
fn column(finding: &Finding) -> &'static str {
    let field = finding.field.unwrap_or_default();
    field.strip_prefix("examples.").unwrap_or(field)
}

/// The id of the field on the page that a finding is about, and its title.
pub(super) fn place(finding: &Finding) -> (String, String) {
    let name = column(finding);
    let kind = FIRST.iter().chain(&MORE).find(|kind| kind.name == name);
    kind.map_or_else(Default::default, |kind| (kind.name.to_owned(), kind.title.to_owned()))
}
