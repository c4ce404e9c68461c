//! The fields of an entry as people are asked for them, on pages and in chats. A field holds what the column of the same name
//! holds in a table, so that who knows one knows the other.

use super::{Concept, Finding, WHY, cell, from_cells, table::COLUMNS};

/// A field of an entry, as people are asked for it.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldKind {
    /// The column of a table.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What to write, as a sentence.
    pub hint: &'static str,
    /// Lines of its box; 0 for one line.
    pub lines: u8,
}

/// What everybody fills in.
pub const USUAL_FIELDS: [FieldKind; 6] = [
    FieldKind {
        name: "terms",
        title: "Terms",
        hint: "The words that engineers write, one on each line, the best one first. More is seldom needed: roll back | verb for something that one does, backout | deprecated for words that nobody should use any more, CAB | exact for these capitals only.",
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
        hint: "May stay empty: then the term stays and is explained to whoever asks. Else what Upshot writes instead, in a few words: return to the earlier version. Others go on a line each: undo | verb for something that one does, oven | noun | for sales for one reader, saved copy | before a noun: backup in front of another noun.",
        lines: 3,
    },
    FieldKind {
        name: "match",
        title: "Sentences in which it is found",
        hint: "At least one, each on its line: as colleagues write it, with one of the terms. They are tried before anything is saved.",
        lines: 3,
    },
    FieldKind {
        name: "no_match",
        title: "Sentences in which it is not found",
        hint: "At least one, each on its line: the same words in another meaning. Where they have none, any sentence without the term will do.",
        lines: 3,
    },
    FieldKind {
        name: "subject_field",
        title: "Subject field",
        hint: "The part of the company, or the craft, that it belongs to: delivery, customer-support.",
        lines: 0,
    },
];

/// Where an entry holds.
pub const SCOPE: FieldKind = FieldKind {
    name: "scope",
    title: "Holds only in",
    hint: "Empty for everywhere. Else one place on each line: slack:T0123 is a workspace, slack:T0123/C0456 a channel, teams:TENANT a tenant, teams:TENANT/ID a team or channel. There it goes before entries for everybody with the same term.",
    lines: 2,
};

/// Whether it is no term at all.
const EVERYDAY: FieldKind = FieldKind {
    name: "everyday",
    title: "Everyday meaning",
    hint: "Write yes for an everyday meaning, which shields the word from replacement.",
    lines: 0,
};

/// What a form in a chat asks for besides, where an entry is left out in one place.
pub const LEFT_OUT_FIELDS: [FieldKind; 2] = [EVERYDAY, SCOPE];

/// What tells meanings apart and what else can be said.
pub const MORE_FIELDS: [FieldKind; 15] = [
    SCOPE,
    FieldKind {
        name: "shareable",
        title: "Shareable with other companies",
        hint: "Write yes for what partners may read. Where a channel is shared with another company, no other entry of yours is used.",
        lines: 0,
    },
    FieldKind { name: "owner", title: "Owner", hint: "Who is asked about it.", lines: 0 },
    FieldKind { name: "review_by", title: "Look at it again by", hint: "For example 2027-03-31.", lines: 0 },
    FieldKind {
        name: "source",
        title: "Source",
        hint: "Where the definition comes from: a page, a standard, whoever said so. No answer tells it.",
        lines: 0,
    },
    FieldKind {
        name: "notes",
        title: "Notes",
        hint: "What those who look after it should know. No answer tells it; whoever may open this page can read it.",
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
    EVERYDAY,
    FieldKind { name: "metric", title: "Measured quantity", hint: "How its values are said, as JSON.", lines: 2 },
    FieldKind {
        name: "id",
        title: "Id",
        hint: "Lower-case letters, digits and hyphens; made from the first term when it is empty.",
        lines: 0,
    },
];

/// What the field of a column is called where people fill it in.
pub(super) fn title_of(column: &str) -> &str {
    let kind = USUAL_FIELDS.iter().chain(&MORE_FIELDS).find(|kind| kind.name == column);
    kind.map_or(column, |kind| kind.title)
}

/// The column that a finding is about; no text for one about the whole entry.
#[must_use]
pub fn column_of(finding: &Finding) -> &'static str {
    let field = finding.field.unwrap_or_default();
    field.strip_prefix("examples.").unwrap_or(field)
}

/// An entry with these fields said anew. What is not among them stays as it is.
///
/// # Errors
/// A sentence about the first field that cannot be understood.
pub(in crate::app) fn said_anew(concept: &Concept, fields: &[(String, String)]) -> Result<Concept, String> {
    let is_new = |column: &&str| fields.iter().any(|(name, _)| name == column);
    let why: Vec<String> = concept.why.keys().map(|reader| format!("{WHY}{reader}")).collect();
    let columns = COLUMNS.into_iter().chain(why.iter().map(String::as_str));
    let kept: Vec<(&str, String)> =
        columns.filter(|column| !is_new(column)).map(|column| (column, cell(concept, column))).collect();
    let kept = kept.iter().map(|(column, cell)| (*column, cell.as_str()));
    from_cells(kept.chain(fields.iter().map(|(column, cell)| (column.as_str(), cell.as_str()))))
}

#[cfg(test)]
mod tests {
    use super::{USUAL_FIELDS, said_anew};
    use crate::app::curation::{Concept, cell};

    #[test]
    fn what_is_not_said_anew_stays() {
        let concept: Concept = serde_json::from_str(
            r#"{"definition": "A cell.", "terms": [{"text": "kiln"}, {"text": "a | b", "part_of_speech": "name"}], "owner": "ops",
                "wordings": [{"text": "oven", "audience": "sales"}], "why": {"sales": "It sells."}, "near": [" api "],
                "metric": {"better": "lower"}, "examples": {"match": [{"text": "The kiln.", "plain": "The oven."}]}}"#,
        )
        .unwrap();
        let concept = concept.complete();
        assert_eq!(said_anew(&concept, &[]).unwrap(), concept);
        let all: Vec<(String, String)> =
            USUAL_FIELDS.iter().map(|kind| (kind.name.to_owned(), cell(&concept, kind.name))).collect();
        assert_eq!(said_anew(&concept, &all).unwrap(), concept, "a form that was sent as it was shown changes nothing");
        let fields = [("definition".to_owned(), "Another one.".to_owned()), ("wordings".to_owned(), String::new())];
        let changed = said_anew(&concept, &fields).unwrap();
        let expected = Concept { definition: "Another one.".to_owned(), wordings: Vec::new(), ..concept.clone() };
        assert_eq!(changed, expected);
        let wrong = [("terms".to_owned(), "kiln | thing".to_owned())];
        assert!(said_anew(&concept, &wrong).unwrap_err().contains("“thing” behind a term is not understood"));
    }
}
