//! What a file does not say of an entry that is there already: it stays as it is. A format may have no place for it, and a table no
//! column.

use serde_json::Value;

use super::{Concept, Exchange, Term, WHY, cell, fields::said_anew, table::COLUMNS};

/// A concept of a file in a format that cannot carry everything, with the rest of what it says already.
pub(super) fn with_the_rest(given: Concept, format: Exchange, earlier: &Concept) -> Concept {
    match format {
        Exchange::Csv | Exchange::Yaml | Exchange::Backstage => given,
        Exchange::Tbx | Exchange::TbxCore => Concept {
            terms: terms_with_the_rest(earlier, &given.terms, format),
            subject_field: Some(given.subject_field)
                .filter(|field| !field.is_empty())
                .unwrap_or_else(|| earlier.subject_field.clone()),
            definition: or(given.definition, &earlier.definition),
            related: with_new(&earlier.related, given.related),
            source: or(given.source, &earlier.source),
            notes: or(given.notes, &earlier.notes),
            ..earlier.clone()
        }
        .complete(),
        Exchange::Skos => {
            let mut rest = earlier.clone();
            // Nothing but what is new comes in beside what is there: SKOS names neighbours and sentences, and not all of them.
            rest.related = with_new(&earlier.related, given.related);
            rest.source = or(given.source, &earlier.source);
            rest.notes = or(given.notes, &earlier.notes);
            let is_new = |text: &str| earlier.examples.matching.iter().all(|example| example.text() != text);
            rest.examples.matching.extend(given.examples.matching.into_iter().filter(|example| is_new(example.text())));
            let terms = terms_with_the_rest(earlier, &given.terms, format);
            Concept { terms, definition: or(given.definition, &earlier.definition), ..rest }
        }
    }
}

/// What was there, and then what is new: files of other tools do not name all neighbours.
fn with_new(earlier: &[String], given: Vec<String>) -> Vec<String> {
    let new = given.into_iter().filter(|given| !earlier.contains(given));
    earlier.iter().cloned().chain(new).collect()
}

/// What is given; what was there where a file says nothing.
fn or(given: String, earlier: &str) -> String {
    if given.is_empty() { earlier.to_owned() } else { given }
}

/// Terms in the order in which they stood, each with what is said of it beside its status. One text may be two terms, a noun and a
/// verb, which SKOS cannot tell apart; there the second stays what it was.
fn terms_with_the_rest(earlier: &Concept, given: &[Term], format: Exchange) -> Vec<Term> {
    let same = |terms: &'_ [Term], text: &str| terms.iter().filter(|term| term.text == text).count();
    let before = |terms: &'_ [Term], at: usize, text: &str| same(terms.get(..at).unwrap_or_default(), text);
    let kept = earlier.terms.iter().enumerate().filter_map(|(at, known)| {
        let mut namesakes = given.iter().filter(|term| term.text == known.text);
        match namesakes.nth(before(&earlier.terms, at, &known.text)) {
            Some(given) => {
                Some(Term { status: given.status.clone().or_else(|| known.status.clone()), ..known.clone() })
            }
            None if format == Exchange::Skos && same(given, &known.text) > 0 => Some(known.clone()),
            None => None,
        }
    });
    let is_new = |(at, term): &(usize, &Term)| before(given, *at, &term.text) >= same(&earlier.terms, &term.text);
    let new = given.iter().enumerate().filter(is_new).map(|(_, term)| term.clone());
    kept.chain(new).collect()
}

/// A concept of a table: what its columns do not name stays as it is, and an empty cell says that there is nothing.
///
/// # Errors
/// What is there cannot be written as a cell and read again; the sentence says why.
pub(super) fn with_other_columns(given: &Concept, columns: &[String], earlier: &Concept) -> Result<Concept, String> {
    let cells: Vec<(String, String)> = columns.iter().map(|column| (column.clone(), cell(given, column))).collect();
    // Without a column for it the id was made from the first term, and is what the entry was found by.
    said_anew(&Concept { id: given.id.clone(), ..earlier.clone() }, &cells)
}

/// The columns in which something stood and nothing does any more.
pub(super) fn erased(earlier: &Concept, next: &Concept) -> Vec<String> {
    let why = earlier.why.keys().map(|reader| format!("{WHY}{reader}"));
    let columns = COLUMNS.iter().map(|column| (*column).to_owned()).chain(why);
    columns.filter(|column| !cell(earlier, column).is_empty() && cell(next, column).is_empty()).collect()
}

/// The names of the fields in which two concepts differ.
pub(super) fn different_fields(one: &Concept, other: &Concept) -> Vec<String> {
    let (Ok(Value::Object(one)), Ok(Value::Object(other))) = (serde_json::to_value(one), serde_json::to_value(other))
    else {
        return Vec::new();
    };
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{Concept, erased, with_other_columns};
    use crate::app::curation::table::{read, tests::full};

    fn read_over(table: &str, earlier: &Concept) -> Concept {
        let (columns, mut rows) = read(table).unwrap();
        with_other_columns(&rows.remove(0).1.unwrap(), &columns, earlier).unwrap()
    }

    #[test]
    fn what_a_table_has_no_column_for_stays() {
        let earlier = full();
        let next = read_over("id,terms,definition\nkiln,Kiln,Another one.\n", &earlier);
        let terms = next.terms.clone();
        assert_eq!(terms.iter().map(|term| term.text.as_str()).collect::<Vec<_>>(), ["Kiln"]);
        assert_eq!(next, Concept { terms, definition: "Another one.".to_owned(), ..earlier.clone() });
        assert_eq!(erased(&earlier, &next), [""; 0]);
    }

    #[test]
    fn an_empty_cell_erases_and_is_told() {
        let earlier = full();
        let next = read_over("id,terms,definition,wordings,notes,why_sales\nkiln,Kiln,Another one.,,,\n", &earlier);
        assert_eq!((next.wordings.len(), next.notes.as_str(), next.owner.as_str()), (0, "", "@team"));
        assert_eq!(next.why.keys().collect::<Vec<_>>(), ["hr"]);
        assert_eq!(erased(&earlier, &next), ["wordings", "notes", "why_sales"]);
        // A short row is one whose last cells are empty.
        let short = read_over("id,terms,definition,notes\nkiln,Kiln,Another one.\n", &earlier);
        assert_eq!(erased(&earlier, &short), ["notes"]);
    }
}
