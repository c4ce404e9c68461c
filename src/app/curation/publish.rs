//! Making answers with the latest approved changes: another engine is built away from every request, and takes the place of
//! the one that answers. When it cannot be built, the last good one goes on.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Answers, App, Base, Check, Concept, CurationError, Mirror, Overlay, Reach, changes, checks,
    checks::Demand,
    layers,
    neighbours::{Neighbours, OpenTerms, OpenWords},
    organisation,
    reach::location_of,
    rivals::Rivals,
};
use crate::{
    clock::Stopwatch,
    engine::{Content, ContentError, Engine, EngineSize, SourceText},
};

/// Concepts as they will be stored, by id.
pub(super) type Bodies = BTreeMap<String, Box<str>>;

/// What becomes of concepts after they were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// They wait for approval.
    Draft,
    /// Answers are made with them.
    Approved,
}

/// Many concepts that were checked.
#[derive(Debug)]
pub(super) struct CheckedAll {
    pub(super) bodies: Bodies,
    /// What is wrong with which: it cannot be used so.
    pub(super) wrong: BTreeMap<String, Vec<checks::Finding>>,
    /// What has to be mended in which before it can be approved, and what others are writing of the same.
    pub(super) told: BTreeMap<String, Vec<checks::Finding>>,
}

/// A sentence as it is answered now and would be with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// As it is now.
    pub before: String,
    /// As it would be.
    pub after: String,
    /// The draft's concept is found in it.
    pub is_found: bool,
    /// What is wrong with the draft, so that there is nothing to show.
    pub problems: Vec<String>,
    /// What it gets in the way of, and what others say already.
    pub warnings: Vec<String>,
}

/// What answers are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InAnswers {
    /// The number of the last publication; 0 when nothing was ever changed live.
    pub published: u64,
    /// The hash of all content.
    pub content: String,
    /// How long the last engine took that was built to answer, in milliseconds.
    pub build_ms: u64,
    /// How much it holds.
    pub size: EngineSize,
    /// For how many kinds of reader it writes.
    pub readers: usize,
}

/// An engine that was built to check a change, and what it was built from. When just that is to be published it serves as well,
/// and is not built twice.
#[derive(Debug)]
pub(super) struct Built {
    engine: Engine,
    base: Arc<Base>,
    overlay: Overlay,
}

impl Built {
    /// Whether an engine built now would be the same: nobody else published anything meanwhile, and nothing changed below.
    fn is_of(&self, base: &Arc<Base>, overlay: &Overlay) -> bool {
        Arc::ptr_eq(&self.base, base) && self.overlay == *overlay
    }
}

impl App {
    /// Makes answers with the latest approved changes, when they are not yet. Called after each change, and again and again
    /// for those that other processes made.
    ///
    /// # Errors
    /// The database does not answer, or the changes cannot be used; then answers are made as before.
    pub async fn publish(self: &Arc<Self>) -> Result<(), CurationError> {
        self.publish_over(None, None).await
    }

    /// The same with an engine that may be the one to publish. Over another base it is done whether or not there are changes, and
    /// the base is kept when it went well.
    pub(super) async fn publish_over(
        self: &Arc<Self>,
        base: Option<Arc<Base>>,
        built: Option<Built>,
    ) -> Result<(), CurationError> {
        let turn = Arc::clone(&self.curation.turn).lock_owned().await;
        // Asked before the changes are read: what comes in between is published once more, and never missed.
        let revision = self.store().glossary_revision(&organisation()).await?;
        if base.is_none() && revision == self.curation.published.load(Ordering::Acquire) {
            tokio::task::spawn_blocking(move || drop(built));
            return Ok(());
        }
        let overlay = self.overlay().await?;
        let app = Arc::clone(self);
        // The build goes on when the request that wants it is given up, so the turn goes with it.
        let built = tokio::task::spawn_blocking(move || -> Result<(), CurationError> {
            let concepts = overlay.concepts.len();
            let watch = Stopwatch::start();
            let below = base.unwrap_or_else(|| app.curation.base());
            let (engine, was_built) = match built.filter(|built| built.is_of(&below, &overlay)) {
                Some(built) => (built.engine, true),
                None => (build_what_can_be(&below.content, overlay).map_err(broken)?, false),
            };
            let engine = Arc::new(engine);
            engine.warm_up();
            let build_ms = watch.elapsed_us() / 1000;
            let watch = Stopwatch::start();
            app.curation.replace_base(below);
            let retired = app.replace_engine(engine);
            let swap_us = watch.elapsed_us();
            tracing::info!(revision, concepts, was_built, build_ms, swap_us, "answers are made with another glossary");
            // One that was taken over was built for its check, which took its own time.
            if !was_built {
                app.note_build(build_ms);
            }
            app.curation.published.store(revision, Ordering::Release);
            drop(turn);
            tokio::task::spawn_blocking(move || retired.take_apart());
            Ok(())
        });
        built.await.map_err(|error| CurationError::Broken(error.to_string()))?
    }

    /// Answers nobody: the processes that do will notice what is approved here.
    #[must_use]
    pub fn answering_nobody(mut self) -> Self {
        self.curation.answers = Answers::Elsewhere;
        self
    }

    /// Notes how long an engine took that was built to answer.
    pub fn note_build(&self, milliseconds: u64) {
        self.curation.build_ms.store(milliseconds, Ordering::Relaxed);
    }

    /// What answers are made with.
    #[must_use]
    pub fn in_answers(&self) -> InAnswers {
        let engine = self.engine();
        InAnswers {
            published: self.curation.published.load(Ordering::Acquire),
            content: engine.revision().to_owned(),
            build_ms: self.curation.build_ms.load(Ordering::Relaxed),
            size: engine.size(),
            readers: engine.audiences().len(),
        }
    }

    /// What is wrong with a concept and what it gets in the way of. Whoever waits for their turn meanwhile and is overtaken is
    /// told so without the work: of many who write at once, all but the first would do it for nothing.
    pub(super) async fn check(self: &Arc<Self>, concept: &Concept, seen: u32) -> Result<Check, CurationError> {
        // An engine takes its time to be taken apart, so that is done where it was built.
        self.check_and_keep(concept, seen, |check, _| check).await
    }

    /// The same for a concept that is to be published as it is, with the engine that was built for it.
    pub(super) async fn check_to_publish(
        self: &Arc<Self>,
        concept: &Concept,
        seen: u32,
    ) -> Result<(Check, Option<Built>), CurationError> {
        self.check_and_keep(concept, seen, |check, built| (check, built)).await
    }

    async fn check_and_keep<T: Send + 'static>(
        self: &Arc<Self>,
        concept: &Concept,
        seen: u32,
        keep: impl FnOnce(Check, Option<Built>) -> T + Send + 'static,
    ) -> Result<T, CurationError> {
        let errors = checks::shape(concept, Demand::Examples);
        if !errors.is_empty() {
            return Ok(keep(Check::failed(errors), None));
        }
        let place = self.place_to_build().await?;
        let revision = self.store().concept(&organisation(), &concept.id).await?.map_or(0, |latest| latest.revision);
        if revision != seen {
            return Err(CurationError::Outdated { id: concept.id.clone(), revision });
        }
        let (before, mirror) = (self.overlay().await?, self.mirror().await?);
        let concept = Arc::new(concept.clone());
        self.build_in(place, move |app| {
            let mut after = before.clone();
            after.say(Arc::clone(&concept));
            let base = app.curation.base();
            let engine = match build_without_others_mistakes(&base.content, after.clone(), &concept.id)? {
                Ok(engine) => engine,
                Err(errors) => return Ok(keep(Check::failed(errors), None)),
            };
            let rivals = Rivals::of(&concept, &engine, base.catalogue(), &before);
            let errors = rivals.run_examples(&concept, &engine, (&base.content, &after))?;
            let warnings = warnings(&concept, (&app.engine(), &engine), &rivals, (&base, &before, &mirror));
            let built = errors.is_empty().then(|| Built { engine, base, overlay: after });
            Ok(keep(Check { errors, conflicts: rivals.conflicts(|_| true), warnings }, built))
        })
        .await
    }

    /// Many concepts at once, by id, as they will be stored: what is wrong with each. They are given back. One after the other is
    /// looked at as data, because all of them would be most of the memory that this takes.
    pub(super) async fn check_all(self: &Arc<Self>, bodies: Bodies, next: Next) -> Result<CheckedAll, CurationError> {
        let (before, mirror) = (self.overlay().await?, self.mirror().await?);
        self.build_apart(move |app| {
            let mut wrong: BTreeMap<String, Vec<checks::Finding>> = BTreeMap::new();
            let mut below = before.clone();
            bodies.keys().for_each(|id| below.forget(id));
            let base = app.curation.base();
            let mut content = below.over(&base.content);
            drop(below);
            for (id, body) in &bodies {
                let concept = changes::said(body, id)?;
                let demand = if next == Next::Approved { Demand::Definition } else { Demand::Terms };
                let errors = checks::shape(&concept, demand);
                if !errors.is_empty() {
                    wrong.insert(id.clone(), errors);
                } else if !concept.definition.is_empty() {
                    // Without one there is nothing to try yet.
                    content.files.push(layers::file(&concept));
                }
            }
            let built = Engine::build(&content);
            drop(content);
            let engine = match built {
                Ok(engine) => engine,
                Err(mistakes) => {
                    let (own, _) = checks::mistakes_by_concept(mistakes);
                    for (id, findings) in own.into_iter().filter(|(id, _)| bodies.contains_key(id)) {
                        wrong.entry(id).or_default().extend(findings);
                    }
                    let mut after = before.clone();
                    for (id, body) in bodies.iter().filter(|(id, _)| !wrong.contains_key(*id)) {
                        let concept = changes::said(body, id)?;
                        if !concept.definition.is_empty() {
                            after.say(Arc::new(concept));
                        }
                    }
                    build_what_can_be(&base.content, after).map_err(broken)?
                }
            };
            let open = OpenTerms::of(&mirror, |id| bodies.contains_key(id));
            let mut told = BTreeMap::new();
            for (id, body) in &bodies {
                if wrong.contains_key(id) {
                    continue;
                }
                let concept = changes::said(body, id)?;
                let rivals = Rivals::of(&concept, &engine, base.catalogue(), &before);
                // Of two in one file that claim the same words, the second one is told.
                let found = rivals.conflicts(|other| other < id.as_str() || !bodies.contains_key(other));
                // What is lost to a rival is no mistake of the sentences, and without it an engine would be built for each entry.
                let is_tried = rivals.are_none() && !concept.definition.is_empty();
                let failed = if is_tried { checks::run_examples(&concept, &engine) } else { Vec::new() };
                if !failed.is_empty() {
                    wrong.insert(id.clone(), failed);
                } else if !found.is_empty() && next == Next::Approved {
                    wrong.insert(id.clone(), found);
                } else {
                    let found: Vec<_> = found.into_iter().chain(open.warnings(&concept)).collect();
                    if !found.is_empty() {
                        told.insert(id.clone(), found);
                    }
                }
            }
            Ok(CheckedAll { bodies, wrong, told })
        })
        .await
    }

    /// A sentence as it is answered now and would be with a draft, where the draft would hold.
    ///
    /// # Errors
    /// The draft holds where the asker has no say, or the database does not answer.
    pub async fn preview(
        self: &Arc<Self>,
        reach: &Reach,
        draft: Concept,
        sentence: String,
        reader: Option<String>,
    ) -> Result<Preview, CurationError> {
        let (overlay, mirror) = (self.overlay().await?, self.mirror().await?);
        let draft = Arc::new(reach.placed(draft).complete());
        reach.need_all_of(&draft)?;
        let location = location_of(&draft);
        self.build_apart(move |app| {
            let source = SourceText::new(&sentence);
            let plain = |engine: &Engine| {
                let engine = engine.seen_from(&location);
                let audience = reader.as_deref().and_then(|id| engine.audience(id));
                engine.rewrite(&source, audience.unwrap_or_else(|| engine.default_audience())).plain
            };
            let (base, now) = (app.curation.base(), app.engine());
            let before = plain(&now);
            let messages = |found: Vec<checks::Finding>| found.into_iter().map(|one| one.message).collect();
            let mut problems = checks::shape(&draft, Demand::Definition);
            if problems.is_empty() {
                let mut after = overlay.clone();
                after.say(Arc::clone(&draft));
                match build_without_others_mistakes(&base.content, after, &draft.id)? {
                    Ok(engine) => {
                        let rivals = Rivals::of(&draft, &engine, base.catalogue(), &overlay);
                        let found = warnings(&draft, (&now, &engine), &rivals, (&base, &overlay, &mirror));
                        let found = rivals.conflicts(|_| true).into_iter().chain(found).collect();
                        return Ok(Preview {
                            before,
                            after: plain(&engine),
                            is_found: engine.seen_from(&location).found(&source).contains(&draft.id),
                            problems: Vec::new(),
                            warnings: messages(found),
                        });
                    }
                    Err(found) => problems = found,
                }
            }
            let (problems, warnings) = (messages(problems), Vec::new());
            Ok(Preview { after: before.clone(), before, is_found: false, problems, warnings })
        })
        .await
    }

    /// A preview of what cannot even be read.
    #[must_use]
    pub fn unusable_preview(&self, sentence: &str, problem: String) -> Preview {
        let engine = self.engine();
        let before = engine.rewrite(&SourceText::new(sentence), engine.default_audience()).plain;
        Preview { after: before.clone(), before, is_found: false, problems: vec![problem], warnings: Vec::new() }
    }

    /// Does what needs an engine of its own, away from requests and a bounded number at a time.
    pub(super) async fn build_apart<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Arc<Self>) -> Result<T, CurationError> + Send + 'static,
    ) -> Result<T, CurationError> {
        let place = self.place_to_build().await?;
        self.build_in(place, work).await
    }

    /// A turn to build.
    pub(super) async fn place_to_build(&self) -> Result<OwnedSemaphorePermit, CurationError> {
        // The semaphore is never closed.
        let place = Arc::clone(&self.curation.builds).acquire_owned().await;
        place.map_err(|error| CurationError::Broken(error.to_string()))
    }

    pub(super) async fn build_in<T: Send + 'static>(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
        work: impl FnOnce(&Arc<Self>) -> Result<T, CurationError> + Send + 'static,
    ) -> Result<T, CurationError> {
        let app = Arc::clone(self);
        // The work goes on when the request that wants it is given up, so its place is taken as long.
        let work = tokio::task::spawn_blocking(move || {
            let done = work(&app);
            drop(place);
            done
        });
        work.await.map_err(|error| CurationError::Broken(error.to_string()))?
    }
}

/// What somebody should know who writes a concept, between two engines: the one that answers, and one that has it.
fn warnings(
    concept: &Concept,
    engines: (&Engine, &Engine),
    rivals: &Rivals,
    (base, overlay, mirror): (&Base, &Overlay, &Mirror),
) -> Vec<checks::Finding> {
    let mut warnings = Neighbours::of(concept, base.catalogue(), overlay).warnings(concept, engines, rivals);
    warnings.extend(OpenWords::beside(concept, base.catalogue(), mirror).warnings(concept));
    warnings.extend(checks::lists(concept));
    warnings.extend(rivals.lost());
    warnings
}

pub(super) fn broken(mistakes: Vec<ContentError>) -> CurationError {
    CurationError::Broken(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

/// An engine with one concept in it, or what is wrong with that concept. Mistakes of other live changes (made by an earlier
/// version, perhaps) are not its author's to mend, so those are left out.
pub(super) fn build_without_others_mistakes(
    base: &Content,
    overlay: Overlay,
    id: &str,
) -> Result<Result<Engine, Vec<checks::Finding>>, CurationError> {
    match Engine::build(&overlay.over(base)) {
        Ok(engine) => Ok(Ok(engine)),
        Err(mistakes) => {
            let (own, others) = checks::mistakes_in(id, mistakes);
            if own.is_empty() { build_without(base, overlay, others).map(Ok).map_err(broken) } else { Ok(Err(own)) }
        }
    }
}

/// An engine with all live changes that can be used. One that cannot, because it was made for another version of the content
/// below it, is left out and told to operators: the others are worth having.
pub(in crate::app) fn build_what_can_be(base: &Content, overlay: Overlay) -> Result<Engine, Vec<ContentError>> {
    Engine::build(&overlay.over(base)).or_else(|mistakes| build_without(base, overlay, mistakes))
}

fn build_without(
    base: &Content,
    mut overlay: Overlay,
    mut mistakes: Vec<ContentError>,
) -> Result<Engine, Vec<ContentError>> {
    loop {
        let live: Vec<&ContentError> = mistakes.iter().filter(|mistake| overlay.holds(&mistake.path)).collect();
        if live.is_empty() {
            return Err(mistakes);
        }
        for mistake in live {
            tracing::warn!(%mistake, "a live change of the glossary cannot be used");
            overlay.leave_out(&mistake.path);
        }
        match Engine::build(&overlay.over(base)) {
            Ok(engine) => return Ok(engine),
            // Others may have relied on what was left out.
            Err(found) => mistakes = found,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{App, Concept};
    use crate::{
        app::curation::{Change, Curator, Saving, Step},
        clock::Timestamp,
        config::{DatabaseUrl, EncryptionSettings},
        engine::{Content, Engine},
        store::Store,
    };

    async fn app() -> Arc<App> {
        let files = crate::seed::content().files.into_iter().filter(|file| file.path.starts_with("prompts/")).collect();
        let content = Content { files };
        let engine = Arc::new(Engine::build(&content).unwrap());
        let keys = EncryptionSettings { keys: Vec::new() };
        let store = Store::open(&DatabaseUrl::SqliteMemory, &keys).await.unwrap();
        Arc::new(App::new(content, engine, store))
    }

    fn entry(term: &str) -> Concept {
        let text = format!(
            r#"{{"definition": "A {term}.", "terms": [{{"text": "{term}"}}],
                "examples": {{"match": ["The {term} is down."], "no_match": ["It is hot."]}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    /// What was built to check an approval is what answers are made with, unless something else was published meanwhile.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_approval_is_built_once() {
        let app = app().await;
        let ada = Curator::bootstrap();
        let change = Change { curator: &ada, seen: None, reason: "", now: Timestamp::from_unix_seconds(7) };
        for term in ["kiln", "zibbler"] {
            app.create_concept(change, entry(term), Saving::default()).await.unwrap();
        }
        let (check, built) = app.check_to_publish(&entry("kiln").complete(), 1).await.unwrap();
        assert_eq!(check.usable().unwrap(), []);
        let before = app.overlay().await.unwrap();
        assert!(!built.as_ref().unwrap().is_of(&app.curation.base(), &before), "the draft is not approved yet");
        // More than any build takes.
        app.note_build(u64::MAX);
        app.move_concept(change, "kiln", Step::Approve).await.unwrap();
        assert_eq!(app.in_answers().build_ms, u64::MAX, "nothing was built to answer");
        let after = app.overlay().await.unwrap();
        assert!(built.as_ref().unwrap().is_of(&app.curation.base(), &after), "what is approved is what was built");
        app.move_concept(change, "zibbler", Step::Approve).await.unwrap();
        let later = app.overlay().await.unwrap();
        assert!(!built.as_ref().unwrap().is_of(&app.curation.base(), &later), "somebody else was published");
        // An engine that is out of date by then is not what is published.
        app.move_concept(change, "zibbler", Step::Retire).await.unwrap();
        app.curation.published.store(0, super::Ordering::Release);
        let (_, stale) = app.check_to_publish(&entry("zibbler").complete(), 3).await.unwrap();
        app.publish_over(None, stale).await.unwrap();
        assert_ne!(app.in_answers().build_ms, u64::MAX, "this one was built");
        let engine = app.engine();
        let is_found = |term: &str| !engine.found(&super::SourceText::new(&format!("The {term} is down."))).is_empty();
        assert!(is_found("kiln") && !is_found("zibbler"));
    }
}
