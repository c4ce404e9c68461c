//! Content files into an engine, with every mistake named at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;

use super::audience::{self, AudienceProfile};
use super::content::{Content, ContentError, ContentFile};
use super::glossary::{self, Concept, Glossary, SenseCues};
use super::phrases::{self, PatternSet, Phrase};
use super::reading::{self, Cues};
use super::render::Templates;
use super::review::{self, Respect, RespectWord};
use super::text::Vocabulary;
use super::{Audience, Compiled, Engine};

/// What a content file holds, told by its place.
enum Role {
    Glossary,
    Phrases,
    Audience,
    Template,
    Cues,
    /// Words that drafts should do without.
    Respect,
    /// Files the engine does not read: prompts for the optional model.
    Other,
}

fn role(path: &str) -> Role {
    if path.starts_with("glossary/phrases/") {
        Role::Phrases
    } else if path == "glossary/respect.yaml" {
        Role::Respect
    } else if path.starts_with("prompts/model/") {
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

/// What one file of the glossary says.
enum Parsed {
    Concepts(Vec<Concept>),
    Phrases(Vec<Phrase>),
    Respect(Vec<RespectWord>),
    /// It holds none of these.
    Nothing,
}

/// Few entries are shorter than this, in bytes: an id, a definition, a term and their keys.
const SHORTEST_ENTRY: usize = 200;

type FileResult = Result<Parsed, Vec<ContentError>>;

/// Reads the files of the glossary and hands over what they say, in their order. Reading is most of the work of a start and is
/// shared with a second thread: a command line that answers one message should not be waited for.
fn parse_all(files: &[ContentFile], audiences: &[&str], mut hand_over: impl FnMut(usize, FileResult)) {
    let next = AtomicUsize::new(0);
    let parse_next = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        files.get(number).map(|file| (number, parse_file(file, audiences)))
    };
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let work = || {
            let sender = sender;
            while let Some(parsed) = parse_next() {
                // Nobody listens any more when the other side has panicked.
                if sender.send(parsed).is_err() {
                    return;
                }
            }
        };
        // Where no thread is to be had, this one does it all.
        let other = thread::Builder::new().spawn_scoped(scope, work).ok();
        let mut parsed: BTreeMap<usize, FileResult> = BTreeMap::new();
        for due in 0..files.len() {
            let result = loop {
                parsed.extend(receiver.try_iter());
                if let Some(result) = parsed.remove(&due) {
                    break Some(result);
                }
                // When nothing is left to read, the other thread has it, unless it has panicked.
                let Some((number, result)) = parse_next().or_else(|| receiver.recv().ok()) else { break None };
                parsed.insert(number, result);
            };
            if let Some(result) = result {
                hand_over(due, result);
            }
        }
        if let Some(Err(panic)) = other.map(thread::ScopedJoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
    });
}

fn parse_file(file: &ContentFile, audiences: &[&str]) -> FileResult {
    match role(&file.path) {
        Role::Glossary => glossary::parse(file, audiences).map(Parsed::Concepts),
        Role::Phrases => phrases::parse(file).map(Parsed::Phrases),
        Role::Respect => review::parse_respect(file).map(Parsed::Respect),
        Role::Audience | Role::Template | Role::Cues | Role::Other => Ok(Parsed::Nothing),
    }
}

/// Compiles content.
pub(super) fn build(content: &Content) -> Result<Engine, Vec<ContentError>> {
    let mut errors = Vec::new();
    let mut profiles: BTreeMap<String, (AudienceProfile, &ContentFile)> = BTreeMap::new();
    for file in content.files.iter().filter(|file| matches!(role(&file.path), Role::Audience)) {
        match audience::parse(file) {
            Ok(profile) => {
                profiles.insert(profile.id.clone(), (profile, file));
            }
            Err(error) => errors.push(error),
        }
    }
    let mut profiles: Vec<(AudienceProfile, &ContentFile)> = profiles.into_values().collect();
    profiles.sort_by_key(|(profile, _)| profile.position);
    if profiles.is_empty() && errors.is_empty() {
        errors.push(ContentError {
            path: "prompts/audiences".into(),
            line: 0,
            message: "there is no audience file; add at least general.yaml".into(),
        });
    }
    let ids: Vec<&str> = profiles.iter().map(|(profile, _)| profile.id.as_str()).collect();
    // Room for about as many entries as these texts can hold: what is not used takes no memory, while growing step by step
    // would leave megabytes behind that the allocator keeps.
    let most = content.files.iter().map(|file| file.text.len()).sum::<usize>() / SHORTEST_ENTRY;
    let mut concepts: Layers<'_, Concept> = Layers::with_capacity(most);
    let mut phrases: Layers<'_, Phrase> = Layers::with_capacity(0);
    let mut templates: BTreeMap<&str, &ContentFile> = BTreeMap::new();
    let mut cues: Option<Cues> = None;
    let mut respect: Vec<RespectWord> = Vec::new();
    let mut vocabulary = Vocabulary::default();
    let mut senses = SenseCues::default();
    parse_all(&content.files, &ids, |number, parsed| {
        let Some(file) = content.files.get(number) else { return };
        match parsed {
            Ok(Parsed::Concepts(found)) => {
                for mut concept in found {
                    let (id, line) = (concept.id.clone(), concept.line);
                    let earlier =
                        concepts.get(&id).filter(|earlier| !glossary::scope_reaches(&concept.scope, &earlier.scope));
                    if let Some(earlier) = earlier {
                        errors.push(would_hide(file, line, &id, earlier));
                        continue;
                    }
                    concept.cut_terms();
                    let cues = senses.numbered(&mut concept, &mut vocabulary);
                    match concepts.place(number, file, id, line, concept) {
                        Ok(position) => senses.put(position, cues),
                        Err(error) => errors.push(error),
                    }
                }
            }
            Ok(Parsed::Phrases(found)) => {
                for phrase in found {
                    let (id, line) = (phrase.id.clone(), phrase.line);
                    errors.extend(phrases.place(number, file, id, line, phrase).err());
                }
            }
            Ok(Parsed::Respect(found)) => respect.extend(found),
            Ok(Parsed::Nothing) => {}
            Err(found) => errors.extend(found),
        }
        match role(&file.path) {
            Role::Template => {
                templates.insert(file.path.rsplit('/').next().unwrap_or(&file.path), file);
            }
            Role::Cues => match reading::parse(file, &mut vocabulary) {
                Ok(found) => cues = Some(found),
                Err(found) => errors.extend(found),
            },
            Role::Glossary | Role::Phrases | Role::Respect | Role::Audience | Role::Other => {}
        }
    });
    let templates = match Templates::new(&templates.into_values().collect::<Vec<_>>()) {
        Ok(templates) => Some(templates),
        Err(found) => {
            errors.extend(found);
            None
        }
    };
    if let Some(cues) = &cues {
        let known = cues.slots_told();
        errors.extend(profiles.iter().flat_map(|(profile, file)| audience::slot_mistakes(profile, file, &known)));
    }
    let profiles: Vec<AudienceProfile> = profiles.into_iter().map(|(profile, _)| profile).collect();
    let (Some(templates), true) = (templates, errors.is_empty()) else {
        errors.sort();
        return Err(errors);
    };
    let repeated = concepts.repeated.into_iter().chain(phrases.repeated).collect();
    let mut phrases = phrases.entries;
    let patterns = phrases.iter_mut().map(|phrase| std::mem::take(&mut phrase.nodes)).collect();
    let patterns = PatternSet::new(patterns, &mut vocabulary);
    let respect = Respect::new(respect, &mut vocabulary);
    let glossary = Glossary::new(concepts.entries, senses, vocabulary);
    let audiences = profiles
        .iter()
        .map(|profile| Audience { id: profile.id.clone(), title: profile.title.clone(), about: profile.about.clone() })
        .collect();
    let compiled = Compiled {
        audiences,
        profiles,
        phrases,
        patterns,
        cues: cues.unwrap_or_default(),
        templates,
        respect,
        repeated,
        lookup: OnceLock::new(),
        revision: revision(content),
    };
    Ok(Engine { compiled: Arc::new(compiled), glossary })
}

/// An entry takes the place of an earlier one as a whole, also where it does not hold itself.
fn would_hide(file: &ContentFile, line: usize, id: &str, earlier: &Concept) -> ContentError {
    let where_it_holds = if earlier.scope.is_empty() { "everywhere".into() } else { earlier.scope.join(" and ") };
    let message = format!(
        "{id}: an earlier entry with this id holds {where_it_holds}, and would be lost where this one does not; give what holds \
         in one place alone an id of its own, for example \"{id}-here\""
    );
    ContentError { path: file.path.clone(), line, message }
}

/// An entry of the organisation's own that takes the place of another one of its own.
#[derive(Debug)]
pub(super) struct Repeated {
    pub(super) id: String,
    /// File and line of the entry that counts.
    pub(super) place: (String, usize),
    /// File and line of the one that does not.
    pub(super) earlier: (String, usize),
}

/// Entries in the order of their first appearance; a later file's entry takes the place of an earlier one's.
struct Layers<'a, T> {
    entries: Vec<T>,
    /// Where each id was found last.
    places: BTreeMap<String, Place<'a>>,
    repeated: Vec<Repeated>,
}

impl<'a, T> Layers<'a, T> {
    fn with_capacity(entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries), places: BTreeMap::new(), repeated: Vec::new() }
    }

    /// The entry with this id, as far as files were read.
    fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|place| self.entries.get(place.position))
    }

    /// Adds an entry and gives its position. The same id twice in one file, or in two shipped files, is a mistake; in a later
    /// file of the organisation's it takes the place of the first. Where that one was its own too, this is noted and not
    /// refused: live changes and written-out entries come that way, while in a folder it can be a slip.
    fn place(
        &mut self,
        number: usize,
        file: &'a ContentFile,
        id: String,
        line: usize,
        entry: T,
    ) -> Result<usize, ContentError> {
        match self.places.get_mut(&id) {
            Some(place) if place.number == number || !file.own && !place.file.own => {
                let first =
                    if place.number == number { format!("on line {}", place.line) } else { "in another file".into() };
                let message = format!("the id {id:?} is used {first} already; choose another one");
                Err(ContentError { path: file.path.clone(), line, message })
            }
            Some(place) => {
                if place.file.own {
                    let earlier = (place.file.path.clone(), place.line);
                    self.repeated.push(Repeated { id, place: (file.path.clone(), line), earlier });
                }
                (place.number, place.file, place.line) = (number, file, line);
                if let Some(old) = self.entries.get_mut(place.position) {
                    *old = entry;
                }
                Ok(place.position)
            }
            None => {
                let position = self.entries.len();
                self.places.insert(id, Place { position, number, file, line });
                self.entries.push(entry);
                Ok(position)
            }
        }
    }
}

/// Where an id was found last.
struct Place<'a> {
    position: usize,
    /// The file, by its position and as such.
    number: usize,
    file: &'a ContentFile,
    line: usize,
}

/// A hash in the manner of FNV-1a, eight bytes at a time, over all paths and texts: short, stable, and enough to tell
/// revisions apart.
fn revision(content: &Content) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in &content.files {
        for text in [file.path.as_str(), &file.text] {
            let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
            let (words, rest) = text.as_bytes().as_chunks::<8>();
            words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
            rest.iter().for_each(|byte| mix(u64::from(*byte)));
            mix(text.len() as u64);
        }
    }
    format!("{:012x}", hash & 0xffff_ffff_ffff)
}
