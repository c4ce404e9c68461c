//! Concepts as rows of a table, for spreadsheets, and back again without a loss.
//!
//! A cell that holds several things has one on each line; what is said of a thing stands behind a bar: `roll back | verb`.
//! A bar, a backslash or a line break inside a text has a backslash in front.

use super::{Concept, Example, Term, Wording, slug};

/// The columns that every table has, in their order. Those of readers (`why_sales`) follow.
pub(super) const COLUMNS: [&str; 21] = [
    "id",
    "subject_field",
    "terms",
    "definition",
    "wordings",
    "outcome",
    "gloss",
    "near",
    "not_near",
    "everyday",
    "metric",
    "example",
    "related",
    "match",
    "no_match",
    "scope",
    "shareable",
    "owner",
    "review_by",
    "source",
    "notes",
];

/// Other names that columns have in people's own tables.
const ALIASES: [(&str, &str); 10] = [
    ("term", "terms"),
    ("acronym", "terms"),
    ("name", "terms"),
    ("description", "definition"),
    ("meaning", "definition"),
    ("wording", "wordings"),
    ("plain", "wordings"),
    ("field", "subject_field"),
    ("category", "subject_field"),
    ("domain", "subject_field"),
];

/// Columns of readers begin with this.
pub const WHY: &str = "why_";

/// Signs with which a spreadsheet takes a text for a formula.
const FORMULA: [char; 5] = ['=', '+', '-', '@', '\t'];

/// A row that was read: its line in the file, and the concept or what is wrong.
pub(super) type Row = (u64, Result<Concept, String>);

/// Writes a table.
pub(super) fn write(concepts: &[Concept]) -> Result<String, String> {
    let mut readers: Vec<&str> = concepts.iter().flat_map(|concept| concept.why.keys()).map(String::as_str).collect();
    readers.sort_unstable();
    readers.dedup();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let why = readers.iter().map(|reader| format!("{WHY}{reader}"));
    let columns: Vec<String> = COLUMNS.iter().map(|column| (*column).to_owned()).chain(why).collect();
    let failed = |error: csv::Error| format!("The table cannot be written: {error}.");
    writer.write_record(&columns).map_err(failed)?;
    for concept in concepts {
        let cells = columns.iter().map(|column| cell(concept, column));
        writer.write_record(cells.map(shielded)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| format!("The table cannot be written: {error}."))?;
    String::from_utf8(bytes).map_err(|error| format!("The table cannot be written: {error}."))
}

/// A cell that no spreadsheet takes for a formula: such a text has an apostrophe in front.
#[must_use]
pub fn shielded(cell: String) -> String {
    if cell.starts_with(FORMULA) || cell.starts_with('\'') { format!("'{cell}") } else { cell }
}

fn unshielded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA) || rest.starts_with('\'')).unwrap_or(cell)
}

/// What a column of a table holds of a concept.
#[must_use]
pub fn cell(concept: &Concept, column: &str) -> String {
    let lines = |items: &[String]| items.iter().map(|item| escaped(item)).collect::<Vec<_>>().join("\n");
    match column {
        "id" => concept.id.clone(),
        "subject_field" => concept.subject_field.clone(),
        "definition" => concept.definition.clone(),
        "outcome" => concept.outcome.clone().unwrap_or_default(),
        "gloss" => concept.gloss.clone().unwrap_or_default(),
        "example" => concept.example.clone(),
        "owner" => concept.owner.clone(),
        "review_by" => concept.review_by.clone().unwrap_or_default(),
        "source" => concept.source.clone(),
        "notes" => concept.notes.clone(),
        "everyday" => yes_or_nothing(concept.everyday),
        "shareable" => yes_or_nothing(concept.shareable),
        "metric" => concept.metric.as_ref().map(ToString::to_string).unwrap_or_default(),
        "near" => lines(&concept.near),
        "not_near" => lines(&concept.not_near),
        "related" => lines(&concept.related),
        "scope" => lines(&concept.scope),
        "no_match" => lines(&concept.examples.no_match),
        "match" => {
            let item = |example: &Example| match example.plain() {
                None => escaped(example.text()),
                Some(plain) => format!("{} | {}", escaped(example.text()), escaped(plain)),
            };
            concept.examples.matching.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        "terms" => {
            let item = |term: &Term| {
                let mut item = format!("{} | {}", escaped(&term.text), term.part_of_speech);
                for part in [&term.status, &term.case].into_iter().flatten() {
                    item.push_str(" | ");
                    item.push_str(part);
                }
                item
            };
            concept.terms.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        "wordings" => {
            let item = |wording: &Wording| {
                let mut item = format!("{} | {}", escaped(&wording.text), wording.part_of_speech);
                if let Some(number) = &wording.number {
                    item.push_str(&format!(" | {number}"));
                }
                if let Some(audience) = &wording.audience {
                    item.push_str(&format!(" | for {audience}"));
                }
                if let Some(alone) = &wording.alone {
                    item.push_str(&format!(" | alone: {}", escaped(alone)));
                }
                if let Some(text) = &wording.before_noun {
                    item.push_str(&format!(" | before a noun: {}", escaped(text)));
                }
                item
            };
            concept.wordings.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        other => {
            let why = other.strip_prefix(WHY).and_then(|reader| concept.why.get(reader));
            why.cloned().unwrap_or_default()
        }
    }
}

/// Reads a table: its columns, and its rows.
///
/// # Errors
/// The header cannot be understood; a row that cannot is told in its place.
pub(super) fn read(text: &str) -> Result<(Vec<String>, Vec<Row>), String> {
    // Excel writes a mark of the byte order in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first_line = text.lines().next().unwrap_or_default();
    // Excel writes semicolons where the comma is the decimal sign.
    let separator = if first_line.contains(';') && !first_line.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| format!("The first line cannot be read: {error}."))?.clone();
    let columns: Vec<String> = header.iter().map(column).collect::<Result<_, _>>()?;
    for needed in ["terms", "definition"] {
        if !columns.iter().any(|column| column == needed) {
            return Err(format!(
                "The first line must name the columns, at least terms and definition. It may name: {}, and {WHY}sales and the \
                 like.",
                COLUMNS.join(", ")
            ));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if record.iter().all(|cell| cell.trim().is_empty()) {
                    continue;
                }
                rows.push((line, concept(&columns, &record)));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.push((line, Err(format!("This row cannot be read: {error}."))));
            }
        }
    }
    Ok((columns, rows))
}

fn column(name: &str) -> Result<String, String> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, column)| column);
    if COLUMNS.contains(&name) || name.starts_with(WHY) {
        return Ok(name.to_owned());
    }
    Err(format!(
        "There is no column “{name}”. Remove it, or name it one of: {}, or {WHY}sales and the like for a reader.",
        COLUMNS.join(", ")
    ))
}

fn concept(columns: &[String], record: &csv::StringRecord) -> Result<Concept, String> {
    if record.len() > columns.len() {
        return Err(format!(
            "This row has {} cells and the first line names {}. Put texts with commas in double quotes.",
            record.len(),
            columns.len()
        ));
    }
    // The last cells of a row may be left out when nothing is in them.
    let cells = record.iter().chain(std::iter::repeat(""));
    from_cells(columns.iter().map(String::as_str).zip(cells.map(unshielded)))
}

/// A concept out of columns and what they hold.
///
/// # Errors
/// A sentence about the first cell that cannot be understood.
pub fn from_cells<'a>(cells: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Concept, String> {
    let mut concept = Concept::default();
    for (column, cell) in cells {
        if cell.trim().is_empty() {
            continue;
        }
        let text = || cell.trim().to_owned();
        match column {
            "id" => concept.id = text(),
            "subject_field" => concept.subject_field = subject_field(cell),
            "definition" => concept.definition = text(),
            "outcome" => concept.outcome = Some(text()),
            "gloss" => concept.gloss = Some(text()),
            "example" => concept.example = text(),
            "owner" => concept.owner = text(),
            "review_by" => concept.review_by = Some(text()),
            "source" => concept.source = text(),
            "notes" => concept.notes = text(),
            "everyday" => concept.everyday = is_yes("everyday", cell)?,
            "shareable" => concept.shareable = is_yes("shareable", cell)?,
            "metric" => {
                let metric = serde_json::from_str(cell);
                concept.metric = Some(metric.map_err(|error| format!("The cell “metric” is no JSON: {error}."))?);
            }
            "near" => concept.near = items(cell),
            "not_near" => concept.not_near = items(cell),
            "related" => concept.related = items(cell),
            "scope" => concept.scope = items(cell),
            "no_match" => concept.examples.no_match = items(cell),
            "match" => concept.examples.matching = cell.split('\n').map(example).collect(),
            "terms" => concept.terms = cell.split('\n').map(term).collect::<Result<_, _>>()?,
            "wordings" => concept.wordings = cell.split('\n').map(wording).collect::<Result<_, _>>()?,
            other => {
                let reader = other.strip_prefix(WHY).unwrap_or(other);
                concept.why.insert(reader.to_owned(), text());
            }
        }
    }
    Ok(concept.complete())
}

/// A subject field as somebody wrote it: “Customer support” is `customer-support`.
fn subject_field(cell: &str) -> String {
    let is_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '_');
    let text = cell.trim();
    let name = slug(text);
    // What has no letters of ours in it is refused as it stands.
    if text.chars().all(is_sign) || name.is_empty() { text.to_owned() } else { name }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n")
}

/// The parts between bars, each as it was before it was escaped.
fn parts(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = line.trim_end_matches('\r').chars();
    while let Some(sign) = signs.next() {
        let part = match sign {
            '|' => {
                parts.push(String::new());
                continue;
            }
            '\\' => match signs.next() {
                Some('n') => '\n',
                Some(escaped) => escaped,
                None => '\\',
            },
            sign => sign,
        };
        if let Some(last) = parts.last_mut() {
            last.push(part);
        }
    }
    parts
}

/// One text on each line. A space at either end of a cue has a meaning, so it stays.
fn items(cell: &str) -> Vec<String> {
    cell.split('\n').map(|line| parts(line).join("|")).collect()
}

fn example(line: &str) -> Example {
    let parts = parts(line);
    let text = parts.first().map(|text| text.trim().to_owned()).unwrap_or_default();
    match parts.get(1) {
        None => Example::Sentence(text),
        Some(plain) => Example::Fixed { text, plain: Some(plain.trim().to_owned()) },
    }
}

fn term(line: &str) -> Result<Term, String> {
    let mut term = Term::default();
    for (index, part) in parts(line).into_iter().enumerate() {
        let part = part.trim();
        match part {
            _ if index == 0 => part.clone_into(&mut term.text),
            "" => {}
            "noun" | "verb" | "adjective" | "adverb" | "name" | "phrase" => part.clone_into(&mut term.part_of_speech),
            "preferred" | "admitted" | "deprecated" => term.status = Some(part.to_owned()),
            "exact" | "any" => term.case = Some(part.to_owned()),
            _ => {
                return Err(format!(
                    "“{part}” behind a term is not understood. Write noun, verb, adjective, adverb, name or phrase; preferred, \
                     admitted or deprecated; exact."
                ));
            }
        }
    }
    Ok(term)
}

fn wording(line: &str) -> Result<Wording, String> {
    let mut wording = Wording::default();
    for (index, part) in parts(line).into_iter().enumerate() {
        let part = part.trim();
        match part {
            _ if index == 0 => part.clone_into(&mut wording.text),
            "" => {}
            "noun" | "verb" | "adjective" | "adverb" | "name" | "phrase" => {
                part.clone_into(&mut wording.part_of_speech)
            }
            "count" | "mass" | "plural" => wording.number = Some(part.to_owned()),
            _ => {
                if let Some(audience) = part.strip_prefix("for ") {
                    wording.audience = Some(audience.trim().to_owned());
                } else if let Some(alone) = part.strip_prefix("alone:") {
                    wording.alone = Some(alone.trim().to_owned());
                } else if let Some(text) = part.strip_prefix("before a noun:") {
                    wording.before_noun = Some(text.trim().to_owned());
                } else {
                    return Err(format!(
                        "“{part}” behind a wording is not understood. Write noun, verb, adjective or adverb; mass or plural; for \
                         sales; alone: and a text; before a noun: and a text."
                    ));
                }
            }
        }
    }
    Ok(wording)
}

fn yes_or_nothing(is: bool) -> String {
    if is { "yes" } else { "" }.to_owned()
}

fn is_yes(column: &str, cell: &str) -> Result<bool, String> {
    match cell.trim().to_lowercase().as_str() {
        "yes" | "true" | "1" | "x" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(format!("The cell “{column}” holds yes or nothing.")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{read, write};
    use crate::app::curation::Concept;

    /// An entry that says something in every field.
    pub(in crate::app::curation) fn full() -> Concept {
        serde_json::from_value::<Concept>(serde_json::json!({
            "id": "kiln", "subject_field": "delivery", "definition": "A \"cell\", for example;\nsaid in two lines.",
            "outcome": "risk",
            "terms": [{"text": "kiln", "part_of_speech": "noun", "case": "exact"},
                      {"text": "a|b \\ c", "status": "deprecated", "part_of_speech": "name"}],
            "wordings": [{"text": "oven", "number": "mass", "audience": "sales", "before_noun": "oven's | own"}, {"text": "oven", "before_noun": ""}, {"text": "heat", "part_of_speech": "verb", "alone": "be | warm"}],
            "gloss": "=SUM(1)", "near": [" hot", "cold "], "not_near": ["potter"], "everyday": true,
            "metric": {"rise": "worse", "worse": "slow"}, "why": {"sales": "-5 reasons", "hr": "One."},
            "example": "'quoted'", "related": ["oven"], "scope": ["slack:T1", "teams:a/19:b@thread.tacv2"], "shareable": true, "owner": "@team", "review_by": "2027-01-31", "source": "ISO 22301, 3.5", "notes": "Two\nlines.",
            "examples": {"match": ["It | is.", {"text": "Two", "plain": "2 | two"}], "no_match": ["A potter's\nkiln."]}
        }))
        .unwrap()
        .complete()
    }

    #[test]
    fn a_table_gives_back_what_was_written() {
        let plain =
            Concept { id: "other".to_owned(), why: [("general".to_owned(), "Why.".to_owned())].into(), ..full() };
        let written = write(&[full(), plain.clone()]).unwrap();
        let (_, rows) = read(&written).unwrap();
        assert_eq!(rows.into_iter().map(|(_, row)| row.unwrap()).collect::<Vec<_>>(), [full(), plain]);
        assert!(!written.contains(",=SUM"), "no spreadsheet takes it for a formula: {written}");
    }

    #[test]
    fn a_table_of_ones_own_is_understood() {
        let (_, rows) = read(
            "\u{feff}Term;Description;Category\nKiln;A cell of ours.;Customer Support\n;;\nOven | verb;To heat.;\n",
        )
        .unwrap();
        let told: Vec<(u64, String)> = rows
            .into_iter()
            .map(|(line, row)| {
                let concept = row.unwrap();
                let term = &concept.terms[0];
                (line, format!("{} {} {} {}", concept.id, concept.subject_field, term.text, term.part_of_speech))
            })
            .collect();
        assert_eq!(
            told,
            [(2, "kiln customer-support Kiln noun".to_owned()), (4, "oven organisation Oven verb".to_owned())]
        );
    }

    #[test]
    fn mistakes_name_their_mend() {
        for (text, expected) in [
            ("term,meaning,colour\n", "There is no column “colour”. Remove it, or name it one of: id,"),
            ("id,definition\n", "The first line must name the columns, at least terms and definition."),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        for (row, expected) in [
            ("kiln | nuon,A cell.", "“nuon” behind a term is not understood."),
            ("kiln,A cell, of ours.", "This row has 3 cells and the first line names 2."),
        ] {
            let (_, rows) = read(&format!("term,definition\n{row}\n")).unwrap();
            let error = rows[0].1.clone().unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
