//! Audiences: who reads, what they want first, what they know already. One file each in `prompts/audiences/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::content::{ContentError, ContentFile, yaml};
use super::glossary::Concept;

/// One kind of reader, with everything rendering needs to know.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AudienceProfile {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) about: String,
    /// Place in menus.
    pub(crate) position: u32,
    /// Precise terms stay (the engineer).
    #[serde(default)]
    pub(crate) keeps_terms: bool,
    /// The most sentences of the upshot; what is less to this reader's concern stays in the plain version.
    #[serde(default = "unlimited")]
    pub(crate) sentences: usize,
    /// Monthly amounts are also told for a year.
    #[serde(default)]
    pub(crate) yearly: bool,
    /// Subject fields and concept ids that this reader knows.
    #[serde(default)]
    knows: BTreeSet<String>,
    /// Slots in the order this reader wants them; slots not named follow in the template's order.
    pub(crate) order: Vec<String>,
    /// Headings of its own for slots.
    #[serde(default)]
    pub(crate) titles: BTreeMap<String, String>,
    /// Slots this reader asks about when the source leaves them open, most important first.
    #[serde(default)]
    pub(crate) questions: Vec<String>,
    /// Slots left out of the upshot (they stay in the plain version).
    #[serde(default)]
    pub(crate) leaves_out: BTreeSet<String>,
    /// Ids of the concepts that the one person who reads knows besides.
    #[serde(skip)]
    learned: Option<Arc<BTreeSet<Arc<str>>>>,
}

const fn unlimited() -> usize {
    usize::MAX
}

impl AudienceProfile {
    /// Whether this reader needs no other wording for the concept.
    pub(crate) fn knows(&self, concept: &Concept) -> bool {
        self.keeps_terms
            || self.knows.contains(&concept.id)
            || self.knows.contains(&*concept.subject_field)
            || self.has_learned(concept)
    }

    /// Whether the one person who reads said that they know the concept: its words stay as they are, letter by letter.
    pub(crate) fn has_learned(&self, concept: &Concept) -> bool {
        self.learned.as_ref().is_some_and(|learned| learned.contains(concept.id.as_str()))
    }

    /// Whether the one person who reads said that they know anything.
    pub(crate) const fn has_learned_something(&self) -> bool {
        self.learned.is_some()
    }

    /// Slots that it names and that nothing is ever told under.
    fn unknown_slots<'a>(&'a self, is_known: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a str> {
        let named = self.order.iter().chain(self.titles.keys()).chain(&self.leaves_out);
        named.map(String::as_str).filter(move |slot| !is_known(slot))
    }

    /// The same reader, as one person who knows more.
    pub(crate) fn having_learned(&self, concepts: &Arc<BTreeSet<Arc<str>>>) -> Self {
        Self { learned: Some(Arc::clone(concepts)), ..self.clone() }
    }
}

/// Reads one audience file.
///
/// # Errors
/// The first mistake in the file.
pub(crate) fn parse(file: &ContentFile) -> Result<AudienceProfile, ContentError> {
    let profile: AudienceProfile = yaml(file)?;
    let is_id = |id: &str| {
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let refuse =
        |field: &str, message: String| ContentError { path: file.path.clone(), line: line_of(file, field), message };
    if !is_id(&profile.id) {
        let message =
            format!("the id {:?} must be lower-case letters, digits and hyphens, for example \"sales\"", profile.id);
        return Err(refuse("id:", message));
    }
    if profile.title.trim().is_empty() {
        return Err(refuse("title:", "write a title, as menus show it, for example \"Sales\"".to_owned()));
    }
    Ok(profile)
}

/// Slots of an audience that no reading gives, each with its line.
pub(crate) fn slot_mistakes(profile: &AudienceProfile, file: &ContentFile, known: &[&str]) -> Vec<ContentError> {
    let refuse = |slot: &str| ContentError {
        path: file.path.clone(),
        line: line_of(file, slot),
        message: format!("there is no slot {slot:?}; use those of prompts/reading.yaml: {}", known.join(", ")),
    };
    profile.unknown_slots(|slot| known.contains(&slot)).map(refuse).collect()
}

/// The first line that has this in it; 0 when none has.
fn line_of(file: &ContentFile, part: &str) -> usize {
    file.text.lines().position(|line| line.contains(part)).map_or(0, |line| line + 1)
}
