//! Readers and templates as something an organisation keeps: each is one file, changed as a whole by an administrator, checked as a
//! start would check it, and in every answer at once. Every change is a revision; going back is one as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    App, Base, Change, Concept, CurationError, Finding, Layer, PUBLISHED_LATER, Role,
    changes::{Published, seen_latest},
    checks::sentence,
    organisation,
    publish::{broken, build_what_can_be},
};
use crate::{
    engine::{ContentError, ContentFile, Engine, Rendering, SourceText},
    seed,
    store::{Changed, FileChange, StoredFile},
};

/// The longest file, in bytes: far more than any of them needs.
pub const MAX_PROMPT_BYTES: usize = 64 * 1024;
/// Longer than any name.
const LONGEST_NAME: usize = 40;
/// Menus of the platforms show no more.
const MOST_READERS: usize = 100;

/// What is changed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Who reads, what they want first and what they know already.
    Audience,
    /// How one kind of message is told.
    Template,
}

impl PromptKind {
    /// Both, in the order of pages.
    pub const ALL: [Self; 2] = [Self::Audience, Self::Template];

    /// The name of its folder, which is also the one in addresses.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Audience => "audiences",
            Self::Template => "templates",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Audience => "yaml",
            Self::Template => "j2",
        }
    }

    /// The name of a file of this kind below live changes; nothing when it is another file.
    fn name_of(self, file: &ContentFile) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let place = file.path.strip_prefix("prompts/")?.strip_prefix(self.folder())?.strip_prefix('/')?;
        match self {
            Self::Audience => file.data::<Named>().map(|named| named.id),
            Self::Template => place.rsplit('/').next()?.strip_suffix(".j2").map(str::to_owned),
        }
    }
}

/// A reader or a template by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptName {
    /// Which of the two.
    pub kind: PromptKind,
    name: String,
}

impl PromptName {
    /// The reader or template with this name, whether or not there is one.
    ///
    /// # Errors
    /// Nothing can be named so.
    pub fn new(kind: PromptKind, name: &str) -> Result<Self, CurationError> {
        let is_sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_sign) {
            return Err(CurationError::UnknownPrompt(format!(
                "A name is lower-case letters, digits and hyphens, {LONGEST_NAME} at most: field-sales."
            )));
        }
        Ok(Self { kind, name: name.to_owned() })
    }

    /// The name, which is the id of a reader and the kind of message of a template.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Its place among the files of content.
    fn path(&self) -> String {
        format!("prompts/{}/{}.{}", self.kind.folder(), self.name, self.kind.extension())
    }

    fn unknown(&self) -> CurationError {
        CurationError::UnknownPrompt(match self.kind {
            PromptKind::Audience => format!("There is no reader “{}”.", self.name),
            PromptKind::Template => format!("There is no template for messages of the kind “{}”.", self.name),
        })
    }
}

/// A reader or template as it stands, whichever layer it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PromptView {
    /// The reader's id, or the kind of message.
    pub id: String,
    /// The whole file: YAML for a reader, a template for a kind of message.
    pub text: String,
    /// Where it comes from.
    pub layer: Layer,
    /// What it lies over, the lowest first.
    pub overrides: Vec<Layer>,
    /// The latest revision; 0 for what was never changed live.
    pub revision: u32,
    /// When it was last changed live.
    pub updated_at: Option<String>,
    /// By whom.
    pub updated_by: Option<String>,
    /// What somebody should know about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Finding>,
    /// It was changed now, and answers are not made with the change yet; a warning says so.
    #[serde(skip)]
    pub is_waiting: bool,
}

/// One entry of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PromptRevision {
    /// Its number.
    pub revision: u32,
    /// When: `2026-11-25T09:30:00Z`.
    pub time: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Why.
    pub reason: String,
    /// Answers are made with it.
    pub is_live: bool,
    /// The whole file; nothing where it was taken back.
    pub text: Option<String>,
}

/// What a message becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Told {
    /// As what kind it was read.
    pub kind: String,
    /// The headline.
    pub headline: String,
    /// Headings and texts.
    pub sections: Vec<(String, String)>,
    /// What this reader would ask next.
    pub open_questions: Vec<String>,
    /// The whole message in plain words.
    pub plain: String,
}

impl From<Rendering> for Told {
    fn from(rendering: Rendering) -> Self {
        Self {
            kind: rendering.kind,
            headline: rendering.headline,
            sections: rendering.sections.into_iter().map(|section| (section.title, section.text)).collect(),
            open_questions: rendering.open_questions,
            plain: rendering.plain,
        }
    }
}

/// A message as it is told now and would be with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromptPreview {
    /// As it is now; nothing while there is no such reader.
    pub before: Option<Told>,
    /// As it would be.
    pub after: Option<Told>,
    /// What is wrong with the draft, so that there is nothing to show.
    pub problems: Vec<Finding>,
}

/// What a reader's file says, for a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of an audience file, which CONTRIBUTING.md describes")]
pub struct ReaderFacts {
    pub title: String,
    pub about: String,
    pub order: Vec<String>,
    pub sentences: Option<u32>,
    pub yearly: bool,
    pub keeps_terms: bool,
    pub knows: Vec<String>,
    pub leaves_out: Vec<String>,
    pub questions: Vec<String>,
}

impl ReaderFacts {
    /// Reads them; a file that says something else has none.
    #[must_use]
    pub fn of(text: &str) -> Self {
        ContentFile::own("", text).data().unwrap_or_default()
    }
}

/// A file below live changes.
struct Below<'a> {
    text: &'a str,
    layer: Layer,
    overrides: Vec<Layer>,
}

impl Base {
    /// Everything of a kind, by name.
    fn prompts(&self, kind: PromptKind) -> BTreeMap<String, Below<'_>> {
        let mut found: BTreeMap<String, Below<'_>> = BTreeMap::new();
        for file in &self.content.files {
            let Some(name) = kind.name_of(file) else { continue };
            let layer = if file.own { Layer::Directory } else { Layer::Shipped };
            // What ships is embedded in a form that is quick to read and has no comments.
            let source = seed::prompt_source(&file.path).filter(|_| !file.own);
            let text = source.unwrap_or(&file.text);
            let mut overrides = Vec::new();
            if let Some(below) = found.get(&name) {
                overrides.clone_from(&below.overrides);
                overrides.push(below.layer);
                overrides.dedup();
            }
            found.insert(name, Below { text, layer, overrides });
        }
        found
    }
}

fn view(name: &str, below: Option<&Below<'_>>, stored: Option<&StoredFile>) -> Option<PromptView> {
    let live = stored.and_then(|stored| stored.body.clone());
    let (text, layer, overrides) = match (live, below) {
        (Some(text), below) => {
            let layers = below.map(|below| below.overrides.iter().copied().chain([below.layer]).collect());
            (text, Layer::Live, layers.unwrap_or_default())
        }
        (None, Some(below)) => (below.text.to_owned(), below.layer, below.overrides.clone()),
        (None, None) => return None,
    };
    Some(PromptView {
        id: name.to_owned(),
        text,
        layer,
        overrides,
        revision: stored.map_or(0, |stored| stored.revision),
        updated_at: stored.map(|stored| stored.at.rfc3339()),
        updated_by: stored.map(|stored| stored.author.clone()),
        warnings: Vec::new(),
        is_waiting: false,
    })
}

/// A mistake as somebody reads it who has that file before them.
fn told(mistake: &ContentError, path: &str) -> Finding {
    let message = match (mistake.path == path, mistake.line) {
        (true, 0) => sentence(&mistake.message),
        (true, line) => format!("Line {line}: {}", sentence(&mistake.message)),
        (false, _) => sentence(&mistake.to_string()),
    };
    Finding { field: Some("text"), message }
}

impl App {
    /// Files that count live, by their place.
    pub(super) async fn live_prompts(&self) -> Result<BTreeMap<String, Arc<str>>, CurationError> {
        let files = self.store().content_files(&organisation()).await?;
        Ok(files.into_iter().filter_map(|file| Some((file.path, Arc::from(file.body?)))).collect())
    }

    async fn stored_prompt(&self, name: &PromptName) -> Result<Option<StoredFile>, CurationError> {
        Ok(self.store().content_file_history(&organisation(), &name.path()).await?.pop())
    }

    /// Everything of a kind: readers in menu order, templates by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn prompt_files(&self, kind: PromptKind) -> Result<Vec<PromptView>, CurationError> {
        let base = self.curation.base();
        let below = base.prompts(kind);
        let stored = self.store().content_files(&organisation()).await?;
        let name_of = |path: &str| {
            let place = path.strip_prefix("prompts/")?.strip_prefix(kind.folder())?.strip_prefix('/')?;
            place.strip_suffix(kind.extension())?.strip_suffix('.').map(str::to_owned)
        };
        let stored: BTreeMap<String, StoredFile> =
            stored.into_iter().filter_map(|file| Some((name_of(&file.path)?, file))).collect();
        let mut names: Vec<&String> =
            below.keys().chain(stored.keys().filter(|name| !below.contains_key(*name))).collect();
        names.sort();
        let mut views: Vec<PromptView> =
            names.into_iter().filter_map(|name| view(name, below.get(name), stored.get(name))).collect();
        if kind == PromptKind::Audience {
            let engine = self.engine();
            let place = |view: &PromptView| engine.audiences().iter().position(|audience| audience.id == view.id);
            views.sort_by_key(|view| place(view).unwrap_or(usize::MAX));
        }
        Ok(views)
    }

    /// A reader or template as it stands.
    ///
    /// # Errors
    /// There is none, or the database does not answer.
    pub async fn prompt(&self, name: &PromptName) -> Result<PromptView, CurationError> {
        let stored = self.stored_prompt(name).await?;
        self.prompt_view(name, stored.as_ref())
    }

    fn prompt_view(&self, name: &PromptName, stored: Option<&StoredFile>) -> Result<PromptView, CurationError> {
        let base = self.curation.base();
        view(&name.name, base.prompts(name.kind).get(&name.name), stored).ok_or_else(|| name.unknown())
    }

    /// Everything that was ever done to it live, the latest first.
    ///
    /// # Errors
    /// There is none and never was, or the database does not answer.
    pub async fn prompt_history(&self, name: &PromptName) -> Result<Vec<PromptRevision>, CurationError> {
        let files = self.store().content_file_history(&organisation(), &name.path()).await?;
        if files.is_empty() {
            self.prompt_view(name, None)?;
        }
        let latest = files.last().map(|file| file.revision);
        let entry = |file: StoredFile| PromptRevision {
            revision: file.revision,
            time: file.at.rfc3339(),
            actor: file.author,
            action: file.action,
            reason: file.reason,
            is_live: file.body.is_some() && latest == Some(file.revision),
            text: file.body,
        };
        Ok(files.into_iter().rev().map(entry).collect())
    }

    /// Says a reader or template anew, or adds one; answers are made with it at once.
    ///
    /// # Errors
    /// The person may not, somebody else was faster, it cannot be used, or the database does not answer.
    pub async fn write_prompt(
        self: &Arc<Self>,
        change: Change<'_>,
        name: &PromptName,
        text: &str,
    ) -> Result<PromptView, CurationError> {
        change.curator.need(Role::Admin)?;
        change.curator.reach.need_what_is_shared()?;
        let stored = self.stored_prompt(name).await?;
        let latest = stored.as_ref().map(|stored| (stored.revision, stored.author.as_str()));
        let seen = seen_latest(&name.name, latest, &change)?;
        let now = self.prompt_view(name, stored.as_ref()).ok();
        let text = tidy(text);
        if let Some(view) = now.as_ref().filter(|view| view.text == text) {
            return Ok(view.clone());
        }
        let action = if now.is_some() { "updated" } else { "created" };
        self.save_prompt(change, name, seen, Some(text), action).await
    }

    /// Says what an earlier revision said. Revision 0 takes all live changes back, so that what lies below counts again; where
    /// nothing does, there is no such reader any more.
    ///
    /// # Errors
    /// The person may not, there is no such revision, somebody else was faster, something relies on it, or the database does not
    /// answer.
    pub async fn revert_prompt(
        self: &Arc<Self>,
        change: Change<'_>,
        name: &PromptName,
        revision: u32,
    ) -> Result<Option<PromptView>, CurationError> {
        change.curator.need(Role::Admin)?;
        change.curator.reach.need_what_is_shared()?;
        let mut history = self.store().content_file_history(&organisation(), &name.path()).await?;
        let Some(latest) = history.pop() else {
            self.prompt_view(name, None)?;
            let sentence = format!("“{}” was never changed, so there is nothing to go back to.", name.name);
            return Err(CurationError::Refused(sentence));
        };
        let seen = seen_latest(&name.name, Some((latest.revision, &latest.author)), &change)?;
        let text = if revision == 0 {
            None
        } else {
            let wanted = history.iter().chain([&latest]).find(|file| file.revision == revision);
            let text = wanted.and_then(|file| file.body.clone());
            Some(text.ok_or_else(|| {
                CurationError::Refused(format!("“{}” has no revision {revision} with words to go back to.", name.name))
            })?)
        };
        if text == latest.body {
            return Ok(self.prompt_view(name, Some(&latest)).ok());
        }
        let action = if text.is_some() { "reverted" } else { "withdrawn" };
        match self.save_prompt(change, name, seen, text, action).await {
            Err(CurationError::UnknownPrompt(_)) => Ok(None),
            saved => saved.map(Some),
        }
    }

    /// Checks, writes and publishes one revision, and gives what counts then.
    async fn save_prompt(
        self: &Arc<Self>,
        change: Change<'_>,
        name: &PromptName,
        seen: u32,
        text: Option<String>,
        action: &str,
    ) -> Result<PromptView, CurationError> {
        let problems = self.check_prompt(name, text.as_deref(), seen).await?;
        if !problems.is_empty() {
            return Err(CurationError::Invalid(problems));
        }
        let path = name.path();
        let row = FileChange {
            path: &path,
            seen,
            body: text.as_deref(),
            action,
            author: &change.curator.name,
            reason: change.reason(),
        };
        if let Changed::Outdated(_) = self.store().change_content_file(&organisation(), row, change.now).await? {
            let revision = self.stored_prompt(name).await?.map_or(0, |latest| latest.revision);
            return Err(CurationError::Outdated { id: name.name.clone(), revision });
        }
        // What was written is written, so a publication that fails is no error.
        let published = match self.publish().await {
            Ok(()) => Published::Now,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a change is stored and not in answers yet");
                Published::Later
            }
        };
        let written = StoredFile {
            path,
            revision: seen + 1,
            body: text,
            action: action.to_owned(),
            author: change.curator.name.clone(),
            reason: change.reason().to_owned(),
            at: change.now,
        };
        let mut view = self.prompt_view(name, Some(&written))?;
        if published == Published::Later {
            view.is_waiting = true;
            view.warnings.push(Finding { field: None, message: PUBLISHED_LATER.to_owned() });
        }
        Ok(view)
    }

    /// What keeps answers from being made with this file, or without it. Whoever was overtaken meanwhile is told so without the
    /// work.
    async fn check_prompt(
        self: &Arc<Self>,
        name: &PromptName,
        text: Option<&str>,
        seen: u32,
    ) -> Result<Vec<Finding>, CurationError> {
        let problems = text.map(|text| shape(name, text)).unwrap_or_default();
        if !problems.is_empty() {
            return Ok(problems);
        }
        let place = self.place_to_build().await?;
        let revision = self.stored_prompt(name).await?.map_or(0, |latest| latest.revision);
        if revision != seen {
            return Err(CurationError::Outdated { id: name.name.clone(), revision });
        }
        let (name, path, text) = (name.clone(), name.path(), text.map(Arc::from));
        let built = self.with_prompt(place, path, text, move |engine| suits(&name, engine)).await?;
        Ok(built.unwrap_or_else(|problems| problems))
    }

    /// Asks an engine with this file in it, or without it; what is wrong when there is none. The engine is taken apart where it was
    /// built, because that takes a moment too.
    async fn with_prompt<T: Send + 'static>(
        self: &Arc<Self>,
        place: tokio::sync::OwnedSemaphorePermit,
        path: String,
        text: Option<Arc<str>>,
        ask: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<Result<T, Vec<Finding>>, CurationError> {
        let before = self.overlay().await?;
        self.build_in(place, move |app| {
            let base = app.curation.base();
            let mut after = before.clone();
            match text {
                Some(text) => after.files.insert(path.clone(), text),
                None => after.files.remove(&path),
            };
            let mistakes = match Engine::build(&after.over(&base.content)) {
                Ok(engine) => return Ok(Ok(ask(&engine))),
                Err(mistakes) => mistakes,
            };
            // Mistakes that were there before are not this author's to mend.
            let known = Engine::build(&before.over(&base.content)).err().unwrap_or_default();
            let own: Vec<Finding> = mistakes
                .iter()
                .filter(|mistake| mistake.path == path || !known.contains(mistake))
                .map(|mistake| told(mistake, &path))
                .collect();
            if own.is_empty() {
                return build_what_can_be(&base.content, after).map(|engine| Ok(ask(&engine))).map_err(broken);
            }
            Ok(Err(own))
        })
        .await
    }

    /// A message as it is told now and would be with this file, for this reader.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn preview_prompt(
        self: &Arc<Self>,
        name: &PromptName,
        text: &str,
        message: &str,
        reader: &str,
    ) -> Result<PromptPreview, CurationError> {
        let source = SourceText::new(message);
        let told = move |engine: &Engine, reader: &str| {
            engine.audience(reader).map(|reader| Told::from(engine.rewrite(&source, reader)))
        };
        let before = told(&self.engine(), reader);
        let text = tidy(text);
        let problems = shape(name, &text);
        if !problems.is_empty() {
            return Ok(PromptPreview { before, after: None, problems });
        }
        let place = self.place_to_build().await?;
        let (path, name, reader) = (name.path(), name.clone(), reader.to_owned());
        let ask = move |engine: &Engine| (suits(&name, engine), told(engine, &reader));
        let built = self.with_prompt(place, path, Some(Arc::from(text)), ask).await?;
        Ok(match built {
            Ok((problems, after)) => PromptPreview { before, after: after.filter(|_| problems.is_empty()), problems },
            Err(problems) => PromptPreview { before, after: None, problems },
        })
    }

    /// How many entries have words of their own for each reader, by the reader's id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn entries_by_reader(&self) -> Result<BTreeMap<String, usize>, CurationError> {
        let overlay = self.overlay().await?;
        let base = self.curation.base();
        let below = base.catalogue().entries.values().map(|entry| &entry.concept).filter(|concept| {
            !overlay.hidden.contains(concept.id.as_str()) && !overlay.concepts.contains_key(concept.id.as_str())
        });
        let mut counts = BTreeMap::new();
        for concept in below.chain(overlay.concepts.values().map(|concept| &**concept)) {
            for reader in readers_of(concept) {
                *counts.entry(reader.to_owned()).or_default() += 1;
            }
        }
        Ok(counts)
    }
}

/// Readers for whom an entry has words of their own, once each.
fn readers_of(concept: &Concept) -> BTreeSet<&str> {
    let wordings = concept.wordings.iter().filter_map(|wording| wording.audience.as_deref());
    wordings.chain(concept.why.keys().map(String::as_str)).collect()
}

/// One spelling of line breaks, and one at the end.
fn tidy(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What can be said without compiling anything.
fn shape(name: &PromptName, text: &str) -> Vec<Finding> {
    let refuse = |message: String| vec![Finding { field: Some("text"), message }];
    if text.trim().is_empty() {
        return refuse("Write the file, or take the change back so that what lies below counts again.".to_owned());
    }
    if text.len() > MAX_PROMPT_BYTES {
        return refuse(format!("The file may have {MAX_PROMPT_BYTES} bytes."));
    }
    if name.kind == PromptKind::Audience
        && let Some(id) = PromptKind::Audience.name_of(&ContentFile::own(&name.path(), text))
        && id != name.name
    {
        return refuse(format!("The id of this reader stays “{}”; “{id}” would be another one.", name.name));
    }
    Vec::new()
}

/// What is wrong with a file that can be compiled: nobody could choose the reader, or nothing would use the template.
fn suits(name: &PromptName, engine: &Engine) -> Vec<Finding> {
    let refuse = |message: String| vec![Finding { field: Some("text"), message }];
    match name.kind {
        PromptKind::Audience if engine.audiences().len() > MOST_READERS => {
            refuse(format!("There are {MOST_READERS} readers already, and no menu shows more."))
        }
        PromptKind::Template if !engine.kinds().contains(&name.as_str()) => refuse(format!(
            "No message is read as “{}”, so nothing would use this template. The kinds are: {}.",
            name.name,
            engine.kinds().join(", ")
        )),
        PromptKind::Audience | PromptKind::Template => Vec::new(),
    }
}
