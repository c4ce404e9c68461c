//! Content files into an engine, with every mistake named at once.

use std::collections::BTreeMap;

use super::audience::{self, AudienceProfile};
use super::content::{Content, ContentError, ContentFile};
use super::explain::Lookup;
use super::glossary::{self, Concept, Glossary};
use super::phrases::{self, PatternSet, Phrase};
use super::reading::{self, Cues};
use super::render::Templates;
use super::{Audience, Engine};

/// What a content file holds, told by its place.
enum Role {
    Glossary,
    Phrases,
    Audience,
    Template,
    Cues,
    /// Files the engine does not read: prompts for the optional model, lists for the linter.
    Other,
}

fn role(path: &str) -> Role {
    if path.starts_with("glossary/phrases/") {
        Role::Phrases
    } else if path == "glossary/respect.yaml" || path.starts_with("prompts/model/") {
        Role::Other
    } else if path.starts_with("glossary/") {
        Role::Glossary
    } else if path.starts_with("prompts/audiences/") {
        Role::Audience
    } else if path.starts_with("prompts/templates/") {
        Role::Template
    } else if path == "prompts/reading.yaml" {
        Role::Cues
    } else {
        Role::Other
    }
}

/// Compiles content.
pub(super) fn build(content: &Content) -> Result<Engine, Vec<ContentError>> {
    let mut errors = Vec::new();
    let mut profiles: BTreeMap<String, AudienceProfile> = BTreeMap::new();
    for file in content.files.iter().filter(|file| matches!(role(&file.path), Role::Audience)) {
        match audience::parse(file) {
            Ok(profile) => {
                profiles.insert(profile.id.clone(), profile);
            }
            Err(error) => errors.push(error),
        }
    }
    let mut profiles: Vec<AudienceProfile> = profiles.into_values().collect();
    profiles.sort_by_key(|profile| profile.position);
    if profiles.is_empty() && errors.is_empty() {
        errors.push(ContentError {
            path: "prompts/audiences".into(),
            line: 0,
            message: "there is no audience file; add at least general.yaml".into(),
        });
    }
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    let mut concepts: Vec<Concept> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut templates: BTreeMap<&str, &ContentFile> = BTreeMap::new();
    let mut cues: Option<Cues> = None;
    for file in &content.files {
        match role(&file.path) {
            Role::Glossary => match glossary::parse(file, &ids) {
                Ok(found) => {
                    for concept in found {
                        place(&mut concepts, &mut positions, concept, &mut errors);
                    }
                }
                Err(found) => errors.extend(found),
            },
            Role::Phrases => match phrases::parse(file) {
                Ok(found) => {
                    for phrase in found {
                        match phrases.iter_mut().find(|known| known.id == phrase.id) {
                            Some(known) if known.path != phrase.path => *known = phrase,
                            Some(known) => errors.push(twice(&phrase.path, phrase.line, &phrase.id, known.line)),
                            None => phrases.push(phrase),
                        }
                    }
                }
                Err(found) => errors.extend(found),
            },
            Role::Template => {
                templates.insert(file.path.rsplit('/').next().unwrap_or(&file.path), file);
            }
            Role::Cues => match reading::parse(file) {
                Ok(found) => cues = Some(found),
                Err(found) => errors.extend(found),
            },
            Role::Audience | Role::Other => {}
        }
    }
    let templates = match Templates::new(&templates.into_values().collect::<Vec<_>>()) {
        Ok(templates) => Some(templates),
        Err(found) => {
            errors.extend(found);
            None
        }
    };
    let (Some(templates), true) = (templates, errors.is_empty()) else {
        errors.sort();
        return Err(errors);
    };
    let patterns = PatternSet::new(phrases.iter().map(|phrase| phrase.nodes.clone()).collect());
    let glossary = Glossary::new(concepts);
    let lookup = Lookup::new(&glossary);
    let audiences = profiles
        .iter()
        .map(|profile| Audience { id: profile.id.clone(), title: profile.title.clone(), about: profile.about.clone() })
        .collect();
    Ok(Engine {
        audiences,
        profiles,
        glossary,
        phrases,
        patterns,
        cues: cues.unwrap_or_default(),
        templates,
        lookup,
        revision: revision(content),
    })
}

/// Adds a concept, or puts it in the place of an earlier file's concept with the same id.
fn place(
    concepts: &mut Vec<Concept>,
    positions: &mut BTreeMap<String, usize>,
    concept: Concept,
    errors: &mut Vec<ContentError>,
) {
    match positions.get(&concept.id).and_then(|position| concepts.get_mut(*position)) {
        Some(known) if known.path != concept.path => *known = concept,
        Some(known) => errors.push(twice(&concept.path, concept.line, &concept.id, known.line)),
        None => {
            positions.insert(concept.id.clone(), concepts.len());
            concepts.push(concept);
        }
    }
}

fn twice(path: &str, line: usize, id: &str, first: usize) -> ContentError {
    ContentError {
        path: path.to_owned(),
        line,
        message: format!("the id {id:?} is used on line {first} already; choose another one"),
    }
}

/// FNV-1a over all paths and texts: short, stable, and enough to tell revisions apart.
fn revision(content: &Content) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in &content.files {
        for byte in file.path.bytes().chain([0]).chain(file.text.bytes()).chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{:012x}", hash & 0xffff_ffff_ffff)
}
