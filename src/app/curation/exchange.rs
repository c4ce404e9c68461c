//! The forms in which concepts are given out and read: tables, glossary files, and two exchange formats of terminologists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    App, Concept, CurationError, Layer, from_skos, from_tbx,
    table::{self, Row},
    terminology,
};
use crate::engine::content::yaml_options;

/// A form in which concepts are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A table for spreadsheets.
    Csv,
    /// Glossary files, one document for each subject field.
    Yaml,
    /// TermBase eXchange, ISO 30042.
    Tbx,
    /// Simple Knowledge Organization System, as Turtle.
    Skos,
}

impl Exchange {
    /// The format with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "yaml" | "yml" => Some(Self::Yaml),
            "tbx" | "xml" => Some(Self::Tbx),
            "skos" | "ttl" => Some(Self::Skos),
            _ => None,
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Yaml => "application/yaml",
            Self::Tbx => "application/x-tbx+xml",
            Self::Skos => "text/turtle; charset=utf-8",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Yaml => "yaml",
            Self::Tbx => "tbx",
            Self::Skos => "ttl",
        }
    }
}

impl App {
    /// Gives out the concepts that answers are made with.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn export(&self, format: Exchange, layers: &[Layer]) -> Result<String, CurationError> {
        let overlay = self.overlay().await?;
        let base = self.curation.catalogue().entries.iter();
        let mut concepts: BTreeMap<&str, &Concept> = base
            .filter(|(id, entry)| layers.contains(&entry.layer) && !overlay.hidden.contains(*id))
            .map(|(id, entry)| (id.as_str(), &entry.concept))
            .collect();
        for (id, concept) in &overlay.concepts {
            if layers.contains(&Layer::Live) {
                concepts.insert(id, concept);
            } else {
                concepts.remove(id.as_str());
            }
        }
        let concepts: Vec<Concept> = concepts.into_values().cloned().collect();
        match format {
            Exchange::Csv => table::write(&concepts),
            Exchange::Yaml => as_yaml(&concepts),
            Exchange::Tbx => Ok(terminology::tbx(&concepts)),
            Exchange::Skos => Ok(terminology::skos(&concepts)),
        }
        .map_err(CurationError::Broken)
    }
}

/// Reads a file.
///
/// # Errors
/// It cannot be read at all; an entry that cannot is told in its place.
pub(super) fn read(format: Exchange, text: &str) -> Result<Vec<Row>, String> {
    match format {
        Exchange::Csv => table::read(text),
        Exchange::Yaml => from_yaml(text),
        Exchange::Tbx => from_tbx::read(text),
        Exchange::Skos => from_skos::read(text),
    }
}

/// Glossary files, one document for each subject field.
fn as_yaml(concepts: &[Concept]) -> Result<String, String> {
    let mut fields: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for concept in concepts {
        let mut entry = concept.as_entry();
        if let (Some(entry), Some(date)) = (entry.as_object_mut(), &concept.review_by) {
            entry.insert("review_by".to_owned(), date.as_str().into());
        }
        fields.entry(&concept.subject_field).or_default().push(entry);
    }
    let documents: Result<Vec<String>, String> = fields
        .into_iter()
        .map(|(field, concepts)| {
            serde_saphyr::to_string(&json!({ "subject_field": field, "concepts": concepts }))
                .map_err(|error| format!("The file cannot be written: {error}."))
        })
        .collect();
    Ok(documents?.join("---\n"))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    #[serde(default)]
    subject_field: String,
    concepts: Vec<serde_saphyr::Spanned<Concept>>,
}

fn from_yaml(text: &str) -> Result<Vec<Row>, String> {
    let packs: Vec<Pack> = serde_saphyr::from_multiple_with_options(text, yaml_options()).map_err(|error| {
        let place = error.location().map(|location| format!("Line {}: ", location.line())).unwrap_or_default();
        let told = error.to_string();
        let first = told.lines().next().unwrap_or_default().to_owned();
        format!("{place}{first}. A glossary file has subject_field and concepts.")
    })?;
    let mut rows = Vec::new();
    for pack in packs {
        for concept in pack.concepts {
            let line = concept.referenced.line();
            let mut concept = concept.value;
            if concept.subject_field.is_empty() {
                concept.subject_field.clone_from(&pack.subject_field);
            }
            rows.push((line, Ok(concept.complete())));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::{as_yaml, from_yaml};
    use crate::{
        app::curation::{Concept, import::different_fields, layers::Catalogue},
        engine::{ContentFile, Engine},
    };

    #[test]
    fn what_is_given_out_is_a_glossary_file() {
        let mut content = crate::seed::content();
        content.files.retain(|file| file.path.starts_with("prompts/"));
        let concept = |date: &str| Concept {
            review_by: Some(date.to_owned()),
            ..serde_json::from_value(serde_json::json!({
                "id": "kiln", "subject_field": "platform", "definition": "One copy of the shop.",
                "terms": [{ "text": "kiln" }], "wordings": [{ "text": "shop copy" }]
            }))
            .unwrap()
        };
        for (date, is_good) in [("2027-03-31", true), ("soon", false)] {
            let mut content = content.clone();
            let text = as_yaml(&[concept(date).complete()]).unwrap();
            assert!(text.contains("review_by"), "{text}");
            content.files.push(ContentFile::new("glossary/platform.yaml", &text));
            let told = Engine::build(&content).map(|_| ()).map_err(|mistakes| mistakes[0].message.clone());
            assert_eq!(told.is_ok(), is_good, "{told:?}");
            assert!(told.err().is_none_or(|told| told.contains("write review_by as year, month and day")));
        }
    }

    #[test]
    fn every_shipped_entry_survives_the_way_out_and_in() {
        let catalogue = Catalogue::of(&crate::seed::content());
        let concepts: Vec<Concept> = catalogue.entries.into_values().map(|entry| entry.concept).collect();
        assert!(concepts.len() > 1_000);
        for (form, back) in [
            ("yaml", from_yaml(&as_yaml(&concepts).unwrap()).unwrap()),
            ("csv", super::table::read(&super::table::write(&concepts).unwrap()).unwrap()),
        ] {
            let mut back: Vec<Concept> = back.into_iter().map(|(_, row)| row.unwrap()).collect();
            back.sort_by(|one, other| one.id.cmp(&other.id));
            assert_eq!(back.len(), concepts.len(), "{form}");
            for (one, other) in concepts.iter().zip(&back) {
                assert_eq!(different_fields(one, other), [""; 0], "{form}: {}", one.id);
            }
        }
    }
}
