//! Entries as files that are kept under version control, and can be the organisation's folder again.
//!
//! Each entry has a file of its own, in a folder of its subject field. So a change shows as a few lines below the entry's name, its
//! history is the history of a file, two people who add entries do not meet in one place, and who looks after a subject field can be
//! named for its folder.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    App, Concept, CurationError, DEFAULT_FIELD, Layer, Reach,
    exchange::{GivenOut, entry_of, written},
    layers::concepts_of,
    slug,
};
use crate::engine::{Content, ContentFile};

/// The folder of everything that is written, in the organisation's own. What lies in folders and files with earlier names is
/// replaced by it, so it has a late one.
pub const GIT_FOLDER: &str = "upshot";

/// The first line of everything that is written, by which it is known again.
pub const GIT_MARK: &str =
    "# Written by `upshot glossary export --git`, which removes and replaces it: change the entry in Upshot.\n";

/// Entries as files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct GitFiles {
    /// Texts by path, from the organisation's folder on.
    pub files: BTreeMap<String, String>,
    /// What has to be done by hand first: with these, the folder would not say what Upshot says.
    pub in_the_way: Vec<String>,
    /// Entries of other files that the written ones replace.
    pub replaced: Vec<String>,
}

impl App {
    /// What these layers say, as files for a folder that holds this content already. What other files there say in the same words
    /// is not written again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn files_for_git(&self, layers: &[Layer], present: &Content) -> Result<GitFiles, CurationError> {
        let GivenOut { concepts, retired } = self.given_out(&Reach::Everything, layers).await?;
        let mut given = GitFiles::default();
        let others = others(present, &mut given.in_the_way);
        for concept in &concepts {
            match others.get(&concept.id) {
                Some((_, said)) if said == concept => continue,
                Some((path, _)) if is_later(path) => given.in_the_way.push(format!(
                    "{path} says “{}” otherwise and comes after the folder {GIT_FOLDER}: remove the entry there.",
                    concept.id
                )),
                Some((path, _)) => given.replaced.push(format!("“{}” of {path}", concept.id)),
                None => {}
            }
            let pack = json!({ "subject_field": concept.subject_field, "concepts": [entry_of(concept)] });
            let text = written(&pack).map_err(CurationError::Broken)?;
            let field = slug(&concept.subject_field);
            let path = format!("{GIT_FOLDER}/{}/{}.yaml", or_usual(&field), concept.id);
            given.files.insert(path, format!("{GIT_MARK}{text}"));
        }
        for id in &retired {
            if let Some((path, _)) = others.get(id) {
                given.in_the_way.push(format!("{path} says “{id}”, which is retired: remove the entry there."));
            }
        }
        if !retired.is_empty() {
            let pack = json!({ "subject_field": "retired", "concepts": [], "retired": retired });
            let text = written(&pack).map_err(CurationError::Broken)?;
            given.files.insert(format!("{GIT_FOLDER}/retired.yaml"), format!("{GIT_MARK}{text}"));
        }
        Ok(given)
    }
}

/// The folder of a subject field, whose name may hold what no folder's name should.
fn or_usual(field: &str) -> &str {
    if field.is_empty() { DEFAULT_FIELD } else { field }
}

/// Where the entries of files stand that people wrote, and what they say, by id.
fn others(present: &Content, in_the_way: &mut Vec<String>) -> BTreeMap<String, (String, Concept)> {
    let by_people = |file: &&ContentFile| file.own && file.holds_concepts() && !file.text.starts_with(GIT_MARK);
    let mut others = BTreeMap::new();
    for file in present.files.iter().filter(by_people) {
        let path = file.path.strip_prefix("glossary/").unwrap_or(&file.path);
        match concepts_of(file) {
            Some(concepts) => {
                others.extend(concepts.into_iter().map(|concept| (concept.id.clone(), (path.to_owned(), concept))))
            }
            None => in_the_way.push(format!("{path} cannot be read: `upshot glossary lint` says what to mend.")),
        }
    }
    others
}

/// Whether a file of the organisation's folder lies over what is written.
fn is_later(path: &str) -> bool {
    path.split('/').next().is_some_and(|top| top >= GIT_FOLDER)
}
