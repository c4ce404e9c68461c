//! The forms in which concepts are given out and read: tables, glossary files, and two exchange formats of terminologists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    App, Concept, CurationError, Layer, Reach, from_backstage, from_skos, from_tbx,
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
    /// TermBase eXchange, ISO 30042: TBX-Basic where it is written, any dialect where it is read.
    Tbx,
    /// The same in the dialect TBX-Core, which every tool reads and which carries least.
    TbxCore,
    /// Simple Knowledge Organization System, as Turtle.
    Skos,
    /// Descriptions of a Backstage catalogue, which are taken in and not given out.
    Backstage,
}

/// Backstage's own name for files that describe entities.
const CATALOGUE_FILE: &str = "catalog-info";

impl Exchange {
    /// The format with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "yaml" | "yml" => Some(Self::Yaml),
            "tbx" | "xml" => Some(Self::Tbx),
            "tbx-core" => Some(Self::TbxCore),
            "skos" | "ttl" => Some(Self::Skos),
            "backstage" => Some(Self::Backstage),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Yaml => "yaml",
            Self::Tbx => "tbx",
            Self::TbxCore => "tbx-core",
            Self::Skos => "skos",
            Self::Backstage => "backstage",
        }
    }

    /// What a file is, as its name tells.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let (stem, end) = name.rsplit_once('.')?;
        let stem = stem.rsplit(['/', '\\']).next().unwrap_or(stem);
        match Self::parse(&end.to_lowercase()) {
            Some(Self::Yaml) if stem.eq_ignore_ascii_case(CATALOGUE_FILE) => Some(Self::Backstage),
            format => format,
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Yaml | Self::Backstage => "application/yaml",
            Self::Tbx | Self::TbxCore => "application/x-tbx+xml",
            Self::Skos => "text/turtle; charset=utf-8",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Yaml | Self::Backstage => "yaml",
            Self::Tbx | Self::TbxCore => "tbx",
            Self::Skos => "ttl",
        }
    }
}

impl App {
    /// Gives out the concepts that answers are made with, as far as the asker may see them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn export(&self, reach: &Reach, format: Exchange, layers: &[Layer]) -> Result<String, CurationError> {
        let GivenOut { concepts, .. } = self.given_out(reach, layers).await?;
        match format {
            Exchange::Csv => table::write(&concepts),
            Exchange::Yaml => as_yaml(&concepts),
            Exchange::Tbx => Ok(terminology::tbx(&concepts)),
            Exchange::TbxCore => Ok(terminology::tbx_core(&concepts)),
            Exchange::Skos => Ok(terminology::skos(&concepts)),
            Exchange::Backstage => {
                let sentence = "A Backstage catalogue is taken in and not given out.";
                return Err(CurationError::Refused(sentence.to_owned()));
            }
        }
        .map_err(CurationError::Broken)
    }

    /// What these layers say, as answers are made with it.
    pub(super) async fn given_out(&self, reach: &Reach, layers: &[Layer]) -> Result<GivenOut, CurationError> {
        let overlay = self.overlay().await?;
        let base = self.curation.base();
        let below = base.catalogue().entries.iter();
        let mut concepts: BTreeMap<&str, &Concept> = below
            .filter(|(id, entry)| layers.contains(&entry.layer) && !overlay.hidden.contains(id.as_str()))
            .map(|(id, entry)| (id.as_str(), &entry.concept))
            .collect();
        for (id, concept) in &overlay.concepts {
            if layers.contains(&Layer::Live) {
                concepts.insert(id, concept);
            } else {
                concepts.remove(&**id);
            }
        }
        let mut retired = BTreeSet::new();
        if layers.contains(&Layer::Live) {
            retired.extend(overlay.hidden.iter().map(ToString::to_string));
        }
        if layers.contains(&Layer::Directory) {
            retired.extend(base.content.retired());
        }
        retired.retain(|id| !concepts.contains_key(id.as_str()));
        let concepts = concepts.into_values().filter(|concept| reach.sees(concept)).cloned().collect();
        Ok(GivenOut { concepts, retired })
    }
}

/// What layers say.
pub(super) struct GivenOut {
    /// By id.
    pub(super) concepts: Vec<Concept>,
    /// Ids of what they take out of answers.
    pub(super) retired: BTreeSet<String>,
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The file, where there are several.
    pub(super) file: Option<Arc<str>>,
    pub(super) line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}", self.line)?;
        self.file.as_ref().map_or(Ok(()), |file| write!(formatter, " of {file}"))
    }
}

/// An entry that was read: its place, and the concept or what is wrong.
pub(super) type ReadRow = (Place, Result<Concept, String>);

/// An entry that says nothing for a glossary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) place: Place,
    pub(super) id: String,
    pub(super) message: String,
}

/// The columns that tables have, by file.
pub(super) type Columns = BTreeMap<Option<Arc<str>>, Vec<String>>;

/// What files hold.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) rows: Vec<ReadRow>,
    pub(super) left_out: Vec<LeftOut>,
    /// Nothing where they are no tables.
    pub(super) columns: Columns,
}

/// Reads files.
///
/// # Errors
/// One cannot be read at all; an entry that cannot is told in its place.
pub(super) fn read(format: Exchange, sources: &[(Option<String>, String)]) -> Result<Reading, String> {
    let mut reading = Reading::default();
    for (name, text) in sources {
        let file: Option<Arc<str>> = name.as_deref().map(Arc::from);
        let rows = match format {
            Exchange::Csv => {
                let (columns, rows) = table::read(text)?;
                reading.columns.insert(file.clone(), columns);
                rows
            }
            Exchange::Yaml => from_yaml(text)?,
            Exchange::Tbx | Exchange::TbxCore => from_tbx::read(text)?,
            Exchange::Skos => from_skos::read(text)?,
            Exchange::Backstage => return from_backstage::read(sources),
        };
        let rows = rows.into_iter();
        reading.rows.extend(rows.map(|(line, row)| (Place { file: file.clone(), line }, row)));
    }
    Ok(reading)
}

/// Glossary files, one document for each subject field.
fn as_yaml(concepts: &[Concept]) -> Result<String, String> {
    let mut fields: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for concept in concepts {
        fields.entry(&concept.subject_field).or_default().push(entry_of(concept));
    }
    let documents: Result<Vec<String>, String> = fields
        .into_iter()
        .map(|(field, concepts)| written(&json!({ "subject_field": field, "concepts": concepts })))
        .collect();
    Ok(documents?.join("---\n"))
}

/// A concept as an entry of a file, with what only those who look after it use.
pub(super) fn entry_of(concept: &Concept) -> Value {
    let mut entry = concept.as_entry();
    if let (Some(entry), Some(date)) = (entry.as_object_mut(), &concept.review_by) {
        entry.insert("review_by".to_owned(), date.as_str().into());
    }
    entry
}

/// A glossary file.
pub(super) fn written(pack: &Value) -> Result<String, String> {
    serde_saphyr::to_string(pack).map_err(|error| format!("The file cannot be written: {error}."))
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
    use super::{Exchange, as_yaml};
    use crate::{
        app::curation::{
            Concept,
            layers::Catalogue,
            rest::{different_fields, with_the_rest},
            table::tests::full,
        },
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

    fn shipped() -> Vec<Concept> {
        let concepts: Vec<Concept> =
            Catalogue::of(&crate::seed::content()).entries.into_values().map(|entry| entry.concept).collect();
        assert!(concepts.len() > 1_000);
        concepts
    }

    fn given(format: Exchange, concepts: &[Concept]) -> String {
        match format {
            Exchange::Csv => super::table::write(concepts).unwrap(),
            Exchange::Yaml => as_yaml(concepts).unwrap(),
            Exchange::Tbx => super::terminology::tbx(concepts),
            Exchange::TbxCore => super::terminology::tbx_core(concepts),
            Exchange::Skos => super::terminology::skos(concepts),
            Exchange::Backstage => panic!("a catalogue is not written"),
        }
    }

    fn read_back(format: Exchange, text: String) -> Vec<Concept> {
        let read = super::read(format, &[(None, text)]).unwrap();
        let mut concepts: Vec<Concept> = read.rows.into_iter().map(|(_, row)| row.unwrap()).collect();
        concepts.sort_by(|one, other| one.id.cmp(&other.id));
        concepts
    }

    /// As they are written where no entry is there whose rest could be kept.
    fn completed(concepts: &[Concept]) -> Vec<Concept> {
        concepts.iter().cloned().map(Concept::complete).collect()
    }

    /// What each form cannot carry. docs/glossary.md has the same as a table.
    const NOT_CARRIED: [(Exchange, &str); 5] = [
        (Exchange::Csv, ""),
        (Exchange::Yaml, ""),
        (Exchange::Tbx, "everyday example examples gloss metric near not_near outcome terms why wordings"),
        (
            Exchange::TbxCore,
            "everyday example examples gloss metric near not_near outcome related subject_field terms why wordings",
        ),
        (
            Exchange::Skos,
            "everyday example examples gloss metric near not_near outcome subject_field terms why wordings",
        ),
    ];

    /// No shipped entry has an owner, a scope, a mark as shareable, a source, notes or a date of review.
    #[test]
    fn an_entry_with_everything_in_it_loses_what_the_table_says() {
        const RARE: [(Exchange, &str); 5] = [
            (Exchange::Csv, ""),
            (Exchange::Yaml, ""),
            (Exchange::Tbx, "owner review_by scope shareable"),
            (Exchange::TbxCore, "owner review_by scope shareable source"),
            (Exchange::Skos, "owner review_by scope shareable"),
        ];
        let kiln = Concept { definition: "A \"cell\", for example.".to_owned(), ..full() };
        let oven = Concept { id: "oven".to_owned(), related: vec!["3d-kiln".to_owned()], ..kiln.clone() };
        let numbered = Concept { id: "3d-kiln".to_owned(), related: vec!["kiln".to_owned()], ..kiln.clone() };
        let all = [numbered, kiln, oven];
        for ((format, rare), (_, not_carried)) in RARE.into_iter().zip(NOT_CARRIED) {
            let text = given(format, &all);
            let back = read_back(format, text.clone());
            assert_eq!(given(format, &completed(&back)), text, "{format:?}");
            let mut expected: Vec<&str> =
                [not_carried, rare].iter().flat_map(|fields| fields.split_whitespace()).collect();
            expected.sort_unstable();
            for (one, other) in all.iter().zip(&back) {
                assert_eq!(one.id, other.id, "{format:?}");
                assert_eq!(different_fields(one, &other.clone().complete()), expected, "{format:?}: {}", one.id);
                let kept = with_the_rest(other.clone(), format, one);
                assert_eq!(different_fields(one, &kept), [""; 0], "{format:?}: {}", one.id);
            }
        }
    }

    /// The picklists of LTAC's TBX-Basic_DCA.sch, and what XML asks of an id.
    #[test]
    fn tbx_says_only_what_its_dialect_knows() {
        let text = given(Exchange::Tbx, &shipped());
        let values = |start: &str, end: &str| -> std::collections::BTreeSet<String> {
            text.split(start).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0.to_owned())).collect()
        };
        let known = |kind: &str, known: &[&str]| {
            let found = values(&format!("<termNote type=\"{kind}\">"), "<");
            assert!(found.iter().all(|value| known.contains(&value.as_str())), "{kind}: {found:?}");
        };
        known("partOfSpeech", &["adjective", "noun", "other", "verb", "adverb"]);
        known("termType", &["fullForm", "acronym", "abbreviation", "shortForm", "variant", "phrase"]);
        let ids = values("<conceptEntry id=\"", "\"");
        assert!(ids.iter().all(|id| id.starts_with(|first: char| first.is_alphabetic() || first == '_')), "{ids:?}");
        let targets = values("target=\"", "\"");
        assert!(!targets.is_empty() && targets.is_subset(&ids), "what is referred to is there");
    }

    #[test]
    fn every_shipped_entry_survives_the_way_out_and_in() {
        let concepts = shipped();
        for (format, not_carried) in NOT_CARRIED {
            let text = given(format, &concepts);
            let back = read_back(format, text.clone());
            assert_eq!(
                given(format, &completed(&back)),
                text,
                "{format:?}: what is given out again is the same, byte by byte"
            );
            assert_eq!(back.len(), concepts.len(), "{format:?}");
            let mut lost = std::collections::BTreeSet::new();
            for (one, other) in concepts.iter().zip(&back) {
                lost.extend(different_fields(one, &other.clone().complete()));
                // What a form cannot carry stays as it was where the entry is there already.
                let kept = with_the_rest(other.clone(), format, one);
                assert_eq!(different_fields(one, &kept), [""; 0], "{format:?}: {}", one.id);
            }
            assert_eq!(lost.into_iter().collect::<Vec<_>>().join(" "), not_carried, "{format:?}");
        }
    }
}
