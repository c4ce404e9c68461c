//! Where entries come from: what ships, the organisation's folder over it, live changes over both.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{App, Concept, Reach, ties::Naming};
use crate::engine::{Content, ContentFile};

/// Files of live changes get names in this folder, which no folder on disk has: file names end in `.yaml`.
const LIVE_FOLDER: &str = "glossary/live/";

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// It ships with the program.
    Shipped,
    /// It is in the folder of `UPSHOT_GLOSSARY_DIR`.
    Directory,
    /// It was changed live.
    Live,
}

impl Layer {
    /// What an organisation says itself.
    pub const OWN: [Self; 2] = [Self::Directory, Self::Live];
    /// All layers, the lowest first.
    pub const ALL: [Self; 3] = [Self::Shipped, Self::Directory, Self::Live];

    /// The name in JSON and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Directory => "directory",
            Self::Live => "live",
        }
    }

    /// How people call what it says.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Self::Shipped => "what ships",
            Self::Directory => "your folder",
            Self::Live => "what was changed here",
        }
    }

    /// The layer with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// The layers that a name stands for: `own`, `all`, or that of one layer.
    #[must_use]
    pub fn set(name: &str) -> Option<Vec<Self>> {
        match name {
            "own" => Some(Self::OWN.to_vec()),
            "all" => Some(Self::ALL.to_vec()),
            name => Self::parse(name).map(|layer| vec![layer]),
        }
    }
}

/// An entry of the layers below live changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BaseEntry {
    pub(super) concept: Concept,
    pub(super) layer: Layer,
    /// What it lies over, the lowest first.
    pub(super) overrides: Vec<Layer>,
}

/// All entries below live changes, by id.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) entries: BTreeMap<String, BaseEntry>,
    /// What they name as related.
    pub(super) naming: Naming,
}

#[derive(Deserialize)]
struct Pack {
    #[serde(default)]
    subject_field: String,
    #[serde(default)]
    concepts: Vec<Concept>,
}

/// The concepts of a file, complete; nothing when it cannot be read.
pub(super) fn concepts_of(file: &ContentFile) -> Option<Vec<Concept>> {
    let pack = file.data::<Pack>()?;
    let complete = |concept: Concept| Concept { subject_field: pack.subject_field.clone(), ..concept }.complete();
    Some(pack.concepts.into_iter().map(complete).collect())
}

impl Catalogue {
    pub(super) fn of(content: &Content) -> Self {
        let mut entries: BTreeMap<String, BaseEntry> = BTreeMap::new();
        for file in content.files.iter().filter(|file| file.holds_concepts()) {
            // Only files that the engine has compiled get here, so what cannot be read is not theirs.
            let Some(concepts) = concepts_of(file) else { continue };
            let layer = if file.own { Layer::Directory } else { Layer::Shipped };
            for concept in concepts {
                let mut overrides = Vec::new();
                if let Some(below) = entries.get(&concept.id) {
                    overrides.clone_from(&below.overrides);
                    overrides.push(below.layer);
                    overrides.dedup();
                }
                entries.insert(concept.id.clone(), BaseEntry { concept, layer, overrides });
            }
        }
        let mut naming = Naming::default();
        entries.iter().for_each(|(id, entry)| naming.note(&Arc::from(id.as_str()), &entry.concept));
        Self { entries, naming }
    }
}

impl App {
    /// What lies below the live changes of an entry, and in which layer, for whoever may see it.
    #[must_use]
    pub fn concept_below(&self, reach: &Reach, id: &str) -> Option<(Layer, Concept)> {
        let base = self.curation.base();
        let entry = base.catalogue().entries.get(id).filter(|entry| reach.sees(&entry.concept))?;
        Some((entry.layer, entry.concept.clone()))
    }
}

/// Live changes as answers are made with them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Overlay {
    /// What is said live.
    pub(super) concepts: BTreeMap<Arc<str>, Arc<Concept>>,
    /// What is not said any more.
    pub(super) hidden: BTreeSet<Arc<str>>,
    /// Audiences and templates, by their place.
    pub(super) files: BTreeMap<String, Arc<str>>,
}

impl Overlay {
    /// Says a concept, whatever was said of it before.
    pub(super) fn say(&mut self, concept: Arc<Concept>) {
        self.hidden.remove(concept.id.as_str());
        self.concepts.insert(Arc::from(concept.id.as_str()), concept);
    }

    /// Says nothing of a concept, so that what lies below counts.
    pub(super) fn forget(&mut self, id: &str) {
        self.hidden.remove(id);
        self.concepts.remove(id);
    }

    /// Whether this file is a live change.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.files.contains_key(path) || id_of(path).is_some_and(|id| self.concepts.contains_key(id))
    }

    /// Does without it.
    pub(super) fn leave_out(&mut self, path: &str) {
        match id_of(path) {
            Some(id) => drop(self.concepts.remove(id)),
            None => drop(self.files.remove(path)),
        }
    }

    /// The whole content with these changes over the layers below.
    pub(super) fn over(&self, base: &Content) -> Content {
        let mut files: Vec<ContentFile> = base.files.iter().map(|file| file.without_concepts(&self.hidden)).collect();
        files.extend(self.concepts.values().map(|concept| file(concept)));
        files.extend(self.files.iter().map(|(path, text)| ContentFile::own(path, text)));
        Content { files }
    }
}

/// A live change as a file of content.
pub(super) fn file(concept: &Concept) -> ContentFile {
    ContentFile::own(&path(&concept.id), &concept.as_pack())
}

/// The place of that file.
pub(super) fn path(id: &str) -> String {
    format!("{LIVE_FOLDER}{id}.json")
}

/// The concept whose live change a file is.
pub(super) fn id_of(path: &str) -> Option<&str> {
    path.strip_prefix(LIVE_FOLDER)?.strip_suffix(".json")
}
