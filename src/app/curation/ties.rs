//! How entries hang together: which ones an entry names as its neighbours, and which name it.

use super::{App, Concept, CurationError, Reach, browse::Listed};
use crate::store::ConceptStatus;

/// An entry that stands in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tied {
    /// Its id.
    pub id: String,
    /// Its preferred term.
    pub term: String,
}

/// The neighbours of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ties {
    /// Those that it names, in its own order. One that is not there is told under its id.
    pub names: Vec<Tied>,
    /// Those that name it, by id.
    pub named_by: Vec<Tied>,
}

impl App {
    /// The neighbours of an entry, as far as the asker may see them. What is retired names nothing any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ties(&self, reach: &Reach, concept: &Concept) -> Result<Ties, CurationError> {
        let (mirror, base) = (self.mirror().await?, self.curation.base());
        let tied = |entry: &Listed<'_>| Tied { id: entry.id.to_owned(), term: entry.concept.preferred().to_owned() };
        let named = |id: &String| {
            let found = base.listed_one(&mirror, id).filter(|entry| reach.sees(entry.concept));
            found.as_ref().map_or_else(|| Tied { id: id.clone(), term: id.clone() }, tied)
        };
        let names_it = |entry: &Listed<'_>| {
            entry.concept.related.contains(&concept.id)
                && entry.status != ConceptStatus::Retired.name()
                && reach.sees(entry.concept)
        };
        let all = base.listed(&mirror);
        let mut named_by: Vec<Tied> = all.iter().filter(|entry| names_it(entry)).map(tied).collect();
        named_by.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Ties { names: concept.related.iter().map(named).collect(), named_by })
    }
}
