//! How entries hang together: which ones an entry names as its neighbours, and which name it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
        // What lies below and is said otherwise live is among these as well, so each is asked what it says now.
        let naming: BTreeSet<&str> =
            base.catalogue().naming.of(&concept.id).chain(mirror.naming.of(&concept.id)).collect();
        let naming = naming.into_iter().filter_map(|id| base.listed_one(&mirror, id));
        let named_by = naming.filter(names_it).map(|entry| tied(&entry)).collect();
        Ok(Ties { names: concept.related.iter().map(named).collect(), named_by })
    }
}

/// Which entries name which others as related, by the id that is named: nobody has to look through all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming(BTreeMap<String, BTreeSet<Arc<str>>>);

impl Naming {
    /// The ids of those that name an entry.
    pub(super) fn of(&self, named: &str) -> impl Iterator<Item = &str> {
        self.0.get(named).into_iter().flatten().map(|id| &**id)
    }

    /// Notes what an entry names.
    pub(super) fn note(&mut self, id: &Arc<str>, concept: &Concept) {
        for named in &concept.related {
            self.0.entry(named.clone()).or_default().insert(Arc::clone(id));
        }
    }

    /// Forgets what an entry named.
    pub(super) fn forget(&mut self, id: &str, concept: &Concept) {
        for named in &concept.related {
            if let Some(naming) = self.0.get_mut(named) {
                naming.remove(id);
                if naming.is_empty() {
                    self.0.remove(named);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Concept, Naming};

    #[test]
    fn who_names_an_entry_is_known_until_they_say_otherwise() {
        let naming_of = |names: &[&str]| Concept {
            related: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Concept::default()
        };
        let mut naming = Naming::default();
        let [kiln, oven] = ["kiln", "oven"].map(Arc::<str>::from);
        naming.note(&kiln, &naming_of(&["heat", "heat", "oven"]));
        naming.note(&oven, &naming_of(&["heat"]));
        assert_eq!(naming.of("heat").collect::<Vec<_>>(), ["kiln", "oven"]);
        naming.forget("kiln", &naming_of(&["heat", "heat", "oven"]));
        naming.note(&kiln, &naming_of(&[]));
        assert_eq!(naming.of("heat").collect::<Vec<_>>(), ["oven"]);
        assert_eq!((naming.of("oven").count(), naming.0.len()), (0, 1), "nothing empty is kept");
    }
}
