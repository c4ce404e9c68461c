//! The fields of an entry, as pages name and explain them. A field holds what the column of the same name holds in a table,
//! so that who knows one knows the other.

use serde::Serialize;

use crate::app::curation::{
    Concept, FieldKind, Finding, MORE_FIELDS as MORE, SCOPE, Tied, Ties, USUAL_FIELDS as FIRST, WHY, cell,
    column_of as column,
};

/// A row of an entry's page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) items: Vec<String>,
    /// Entries that it leads to.
    pub(super) entries: Vec<Tied>,
}

/// An entry's fields that say something, for reading. `readers` are ids and titles.
pub(super) fn rows(concept: &Concept, ties: Ties, readers: &[(String, String)]) -> Vec<Row> {
    let titled = |title: &str| Row { title: title.to_owned(), ..Row::default() };
    let text = |title: &str, text: &str| Row { text: text.to_owned(), ..titled(title) };
    let list = |title: &str, items: Vec<String>| Row { items, ..titled(title) };
    let leads_to = |title: &str, entries: Vec<Tied>| Row { entries, ..titled(title) };
    let lines = |name: &str| -> Vec<String> {
        cell(concept, name).lines().map(|line| line.replace(" | ", ", ")).filter(|line| !line.is_empty()).collect()
    };
    let mut rows = vec![
        text("Definition", concept.definition_told()),
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
    rows.push(leads_to("Related", ties.names));
    rows.push(leads_to("Named as related by", ties.named_by));
    rows.push(text("What it touches", concept.outcome.as_deref().unwrap_or_default()));
    rows.push(list(SCOPE.title, lines(SCOPE.name)));
    rows.push(text("Shareable with other companies", &cell(concept, "shareable")));
    rows.push(text("Owner", &concept.owner));
    rows.push(text("Look at it again by", concept.review_by.as_deref().unwrap_or_default()));
    rows.push(text("Source", &concept.source));
    rows.push(list("Notes", concept.notes.lines().map(str::to_owned).collect()));
    rows.retain(|row| !row.text.is_empty() || !row.items.is_empty() || !row.entries.is_empty());
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
    /// What others wrote here, to choose from.
    pub(super) options: Vec<String>,
    pub(super) has_error: bool,
    /// The title of the group that begins here.
    pub(super) group: &'static str,
    pub(super) is_open: bool,
    pub(super) ends_group: bool,
}

/// The fields of the editor with what `value` says is in each.
pub(super) fn editor(
    readers: &[(String, String)],
    value: &(dyn Fn(&str) -> String + Sync),
    subject_fields: &[String],
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
        options: if kind.name == "subject_field" { subject_fields.to_vec() } else { Vec::new() },
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

/// The id of the field on the page that a finding is about, and its title.
pub(super) fn place(finding: &Finding) -> (String, String) {
    let name = column(finding);
    let kind = FIRST.iter().chain(&MORE).find(|kind| kind.name == name);
    kind.map_or_else(Default::default, |kind| (kind.name.to_owned(), kind.title.to_owned()))
}
