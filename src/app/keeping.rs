//! Keeping the glossary from a chat: finding an entry, writing one, the steps of its life, its history, and what waits.
//!
//! What is allowed and what a step does is decided in [`super::curation`], for chats as for the pages and the API. Here a wish is
//! put to it, and its answer told.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Actor, App, Reply, ReplyTo, Request, Say,
    command::{is_one_of, split_word},
    curation::{
        self, Change, Concept, ConceptView, CurationError, Curator, FieldKind, Filter, Finding, LEFT_OUT_FIELDS,
        PUBLISHED_LATER, REVERTED, Reach, Revision, Role, Saving, Step, USUAL_FIELDS, Waiting, Wanted, cell, column_of,
    },
    entries_told::ANYWAY,
    known::Eyes,
    proposing::PostBeside,
};
use crate::ids::Platform;

/// As many entries are shown at once: a chat is no catalogue.
pub(super) const MOST_FOUND: usize = 5;
/// Platforms show a failure after three seconds.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// As many are shown of each kind that waits.
const MOST_WAITING: usize = 5;
const MOST_WANTED: usize = 5;
/// What people asked for is counted up to this.
const MOST_COUNTED: u32 = 500;
/// As many revisions are shown, the latest first.
const MOST_REVISIONS: usize = 6;
/// What stands above the form of a new entry.
const NEW: &str = "Add an entry";

/// A wish about entries of the glossary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GlossaryWish {
    /// Find entries.
    Find {
        /// What is looked for.
        words: String,
    },
    /// Show what waits for review, and what people want.
    Queue,
    /// Show an entry with what can be done with it.
    Open {
        /// Its id, or one of its terms.
        entry: String,
    },
    /// Show the form of a new entry.
    Add {
        /// Its term, when it was named.
        term: String,
    },
    /// Show the form of a new entry beside the post in which somebody met its term.
    AddFrom {
        /// The post, in canonical text.
        post: String,
    },
    /// Show the form of an entry.
    Edit {
        /// Its id, or one of its terms.
        entry: String,
    },
    /// Show the form by which an entry that all share is left out in the place where it is asked for.
    LeaveOut {
        /// Its id, or one of its terms.
        entry: String,
    },
    /// Save what a form holds.
    Save {
        /// The entry; none for a new one.
        concept: Option<String>,
        /// The revision that the form was filled with.
        seen: u32,
        /// What was written, by the columns of a table.
        fields: Vec<(String, String)>,
        /// Why.
        reason: String,
        /// Whether it is handed in at once.
        is_handed_in: bool,
        /// The mark of the warnings that the form showed; empty where it showed none.
        #[serde(default)]
        read: String,
    },
    /// Show an entry with the question why a step is taken.
    PrepareStep {
        /// The entry.
        concept: String,
        /// The step.
        step: Step,
    },
    /// Take a step.
    Step {
        /// The entry.
        concept: String,
        /// The revision that was looked at.
        seen: u32,
        /// The step.
        step: Step,
        /// Why.
        reason: String,
    },
    /// Show what was done with an entry.
    History {
        /// Its id, or one of its terms.
        entry: String,
    },
    /// Show what an earlier revision says with the question why it shall count again.
    PrepareBack {
        /// The entry.
        concept: String,
        /// The one that shall count; 0 is what lies below.
        revision: u32,
    },
    /// Let an earlier revision count again.
    GoBack {
        /// The entry.
        concept: String,
        /// The revision that was looked at.
        seen: u32,
        /// The one that shall count; 0 is what lies below.
        revision: u32,
        /// Why.
        #[serde(default)]
        reason: String,
    },
}

impl GlossaryWish {
    /// Whether something is written.
    pub(crate) const fn changes_something(&self) -> bool {
        matches!(self, Self::Save { .. } | Self::Step { .. } | Self::GoBack { .. })
    }

    /// Whether the answer is something to fill in.
    pub(super) const fn is_for_a_form(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::AddFrom { .. } | Self::Edit { .. } | Self::LeaveOut { .. })
    }

    /// Whether the answer names people, or lets something be written: neither is for everybody in a channel.
    const fn is_private(&self) -> bool {
        !matches!(self, Self::Find { .. })
    }
}

/// What is wished with words behind the name of the glossary: nothing, `kiln`, `add kiln`, `history kiln`.
pub(super) fn wish(words: &str) -> GlossaryWish {
    if words.is_empty() || is_one_of(words, &["queue", "review", "waiting", "drafts", "to review"]) {
        return GlossaryWish::Queue;
    }
    let (wish, name) = split_word(words);
    let (wish, name) = (wish.trim_end_matches(':'), name.to_owned());
    let is_named = !name.is_empty();
    if is_one_of(wish, &["add", "new"]) {
        GlossaryWish::Add { term: name }
    } else if is_named && is_one_of(wish, &["edit", "change"]) {
        GlossaryWish::Edit { entry: name }
    } else if let ("leave", Some(("out", name))) = (&*wish.to_lowercase(), name.split_once(' ')) {
        GlossaryWish::LeaveOut { entry: name.trim().to_owned() }
    } else if is_named && is_one_of(wish, &["history"]) {
        GlossaryWish::History { entry: name }
    } else if is_named && is_one_of(wish, &["open", "show", "approve", "retire", "submit", "return"]) {
        // A step is taken by whoever sees the very words, so the entry is shown with its buttons.
        GlossaryWish::Open { entry: name }
    } else if is_named && is_one_of(wish, &["find", "search"]) {
        GlossaryWish::Find { words: name }
    } else {
        GlossaryWish::Find { words: words.to_owned() }
    }
}

/// What is answered to such a wish.
#[derive(Debug, Clone, PartialEq)]
pub enum GlossaryReply {
    /// Entries.
    Found {
        /// What was looked for.
        words: String,
        /// The best of them.
        entries: Vec<ConceptView>,
        /// How many there are.
        total: usize,
        /// Whether the person may add one.
        may_write: bool,
    },
    /// What waits.
    Queue {
        /// What was handed in for review, the first of it.
        handed_in: Waiting,
        /// Drafts, the first of them.
        drafts: Waiting,
        /// What people asked for, the first of it.
        wanted: Vec<Wanted>,
        /// How much people asked for.
        all_wanted: usize,
        /// The page that has all of it, where its address is known.
        page: Option<String>,
        /// Whether the person may add one.
        may_write: bool,
    },
    /// An entry.
    Entry(Box<EntryReply>),
    /// A form.
    Form(Box<FormReply>),
    /// What was done with an entry.
    History(Box<HistoryReply>),
}

/// An entry, and what its reader may do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryReply {
    /// The entry.
    pub view: ConceptView,
    /// What was just done, in a sentence.
    pub note: Option<String>,
    /// The steps that can be taken.
    pub steps: Vec<Step>,
    /// What is about to be done, and whose reason is asked for.
    pub asked: Option<Asked>,
    /// Whether it can be changed.
    pub may_write: bool,
}

/// What somebody is asked the reason of, before it is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// A step.
    Step(Step),
    /// Going back.
    Back {
        /// The revision that shall count; 0 is what lies below.
        revision: u32,
        /// What it says.
        said: Box<Concept>,
    },
}

impl Asked {
    /// What stands above the question.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Step(step) => step.title().to_owned(),
            Self::Back { revision: 0, .. } => "Take all changes back".to_owned(),
            Self::Back { revision, .. } => format!("Go back to revision {revision}"),
        }
    }
}

/// The form of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct FormReply {
    /// The entry; none for a new one.
    pub concept: Option<String>,
    /// How it is called above the form.
    pub title: String,
    /// The revision that is changed.
    pub revision: u32,
    /// What is asked for, with what is there so far.
    pub fields: Vec<FormField>,
    /// Why it is changed.
    pub reason: String,
    /// What is wrong with what was written, and not with one field of it.
    pub problems: Vec<String>,
    /// What whoever wrote it should know before it is saved.
    pub warnings: Vec<String>,
    /// The mark of these, which shows when the form comes again that they were read.
    pub mark: String,
    /// The post in which somebody met the term, for their eyes.
    pub beside: Option<PostBeside>,
}

/// A field of such a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// What it asks for.
    pub kind: &'static FieldKind,
    /// What is there so far.
    pub value: String,
    /// What is wrong with it; empty when nothing is.
    pub problem: String,
}

/// What was done with an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryReply {
    /// The entry.
    pub view: ConceptView,
    /// Its latest revisions, the latest first.
    pub revisions: Vec<Revision>,
    /// How many there are.
    pub total: usize,
    /// Whether the person may let an earlier one count again.
    pub may_go_back: bool,
}

impl FormReply {
    fn new(concept: Option<String>, title: String, revision: u32, value: impl Fn(&str) -> String) -> Self {
        let field = |kind| FormField { kind, value: value(kind.name), problem: String::new() };
        let more = LEFT_OUT_FIELDS.iter().filter(|kind| concept.is_none() && !value(kind.name).is_empty());
        let fields = USUAL_FIELDS.iter().chain(more).map(field).collect();
        Self {
            concept,
            title,
            revision,
            fields,
            reason: String::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
            mark: String::new(),
            beside: None,
        }
    }

    /// A new entry, with what is there of it so far.
    pub(super) fn of_new(value: impl Fn(&str) -> String) -> Self {
        Self::new(None, NEW.to_owned(), 0, value)
    }

    fn of(view: &ConceptView) -> Self {
        let title = format!("Edit “{}”", view.concept.preferred());
        Self::new(Some(view.concept.id.clone()), title, view.revision, |name| cell(&view.concept, name))
    }

    /// The title of a button that saves it: whoever was warned says that they mean it.
    #[must_use]
    pub(crate) fn titled(&self, title: &str) -> String {
        if self.warnings.is_empty() { title.to_owned() } else { format!("{title} {ANYWAY}") }
    }

    fn with_warnings(mut self, findings: Vec<Finding>) -> Self {
        self.mark = Finding::mark_of(&findings);
        self.warnings = findings.into_iter().map(|finding| finding.message).collect();
        self
    }

    fn with_problems(mut self, findings: Vec<Finding>) -> Self {
        for finding in findings {
            match self.fields.iter_mut().find(|field| field.kind.name == column_of(&finding)) {
                Some(field) if field.problem.is_empty() => field.problem = finding.message,
                Some(field) => field.problem = format!("{} {}", field.problem, finding.message),
                None => self.problems.push(finding.message),
            }
        }
        self
    }
}

/// Why something was not done, as a reply.
fn sorry(error: &CurationError) -> Reply {
    match error {
        CurationError::Store(_) | CurationError::Broken(_) => {
            tracing::warn!(error = error as &dyn std::error::Error, "the glossary cannot be shown in a chat");
            Reply::Say(Say::unavailable())
        }
        told => Reply::Say(Say::failure(told.to_string())),
    }
}

fn told(reply: GlossaryReply) -> Reply {
    Reply::Glossary(Box::new(reply))
}

impl App {
    /// Does what somebody wishes of the glossary.
    pub(super) async fn keep_glossary(self: &Arc<Self>, request: &Request, wish: &GlossaryWish) -> Reply {
        if wish.is_private() && matches!(self.eyes(request), Eyes::Everybodys) {
            return Reply::Say(Say::failure(
                "Entries are kept where nobody else reads along, because their history names people. Write the same to me in our \
                 own conversation.",
            ));
        }
        let kept = match wish.changes_something() {
            true => Box::pin(self.keep_to_the_end(request, wish)).await,
            false => Box::pin(self.try_to_keep(request, wish)).await,
        };
        kept.unwrap_or_else(|error| sorry(&error))
    }

    /// Writes something. That goes on when the one who waits for it cannot wait any longer: an entry that is stored is published
    /// too, and a platform that shows a failure would have it pressed again.
    async fn keep_to_the_end(self: &Arc<Self>, request: &Request, wish: &GlossaryWish) -> Result<Reply, CurationError> {
        // Where a form stays open, its platform shows the end whenever it comes.
        let patience = if matches!(request.reply_to, ReplyTo::Form { .. }) { Duration::MAX } else { PATIENCE };
        let (app, request, wish) = (Arc::clone(self), request.clone(), wish.clone());
        let writing = tokio::spawn(async move { app.try_to_keep(&request, &wish).await });
        match tokio::time::timeout(patience, writing).await {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a change of the glossary broke off");
                Ok(Reply::Say(Say::unavailable()))
            }
            Err(_) => Ok(Reply::Say(Say::done(
                "It is being done, and takes a moment longer than I can wait for. Open the entry again in a minute to see what came \
                 of it.",
            ))),
        }
    }

    /// Who somebody in a chat is to the glossary. Whoever is not known there may look, as on the pages.
    async fn keeper(&self, request: &Request) -> Result<Curator, CurationError> {
        // The ids of workspaces and tenants never look alike, so one of these finds nobody.
        for platform in [Platform::Slack, Platform::Teams] {
            if let Some(known) = self.curator_by_actor(platform, &request.actor, request.received_at).await? {
                let reach = known.reach.seen_from(&request.location);
                return Ok(Curator { reach, ..known });
            }
        }
        Ok(Curator { name: String::new(), role: Role::Reader, reach: Reach::of_request(request) })
    }

    async fn try_to_keep(self: &Arc<Self>, request: &Request, wish: &GlossaryWish) -> Result<Reply, CurationError> {
        let keeper = self.keeper(request).await?;
        let change =
            |seen: u32, reason| Change { curator: &keeper, seen: Some(seen), reason, now: request.received_at };
        match wish {
            GlossaryWish::Find { words } => self.found_entries(&keeper, words).await,
            GlossaryWish::Queue => self.queue(&keeper, &request.actor).await.map(told),
            GlossaryWish::Open { entry } => match self.named_entry(&keeper, entry).await? {
                Some(view) => {
                    let view = self.with_effect(&keeper, view, request.received_at).await;
                    Ok(entry_told(&keeper, self.with_comments(&keeper.reach, view).await?, None))
                }
                None => self.found_entries(&keeper, entry).await,
            },
            GlossaryWish::Add { term } => {
                keeper.need(Role::Author)?;
                let term = term.replace(['\n', '|'], " ");
                let value = |name: &str| if name == "terms" { term.trim().to_owned() } else { String::new() };
                Ok(form_told(FormReply::of_new(value)))
            }
            GlossaryWish::AddFrom { post } => {
                keeper.need(Role::Author)?;
                self.form_from(&keeper.reach, &request.location, post).await
            }
            GlossaryWish::Edit { entry } => {
                keeper.need(Role::Author)?;
                match self.named_entry(&keeper, entry).await? {
                    Some(view) => Ok(form_told(FormReply::of(&view))),
                    None => self.found_entries(&keeper, entry).await,
                }
            }
            GlossaryWish::LeaveOut { entry } => {
                keeper.need(Role::Author)?;
                let Some(view) = self.named_entry(&keeper, entry).await? else {
                    return self.found_entries(&keeper, entry).await;
                };
                // Of an organisation with several workspaces, the one where it is asked.
                let workspace = request.location.places().iter().rfind(|place| !place.contains('/'));
                let scope = workspace.cloned().into_iter().collect();
                let draft = Concept { scope, ..view.concept.leaving_it_out() };
                let title = format!("Leave “{}” out here", view.concept.preferred());
                Ok(form_told(FormReply::new(None, title, 0, |name| cell(&draft, name))))
            }
            GlossaryWish::Save { concept, seen, fields, reason, is_handed_in, read } => {
                keeper.need(Role::Author)?;
                let saving = Saving { is_handed_in: *is_handed_in, read: Some(read) };
                self.save_form(change(*seen, reason), concept.as_deref(), fields, saving).await
            }
            GlossaryWish::PrepareStep { concept, step } => {
                keeper.need(step.needs())?;
                let mut view = self.concept(&keeper.reach, concept).await?;
                if *step == Step::Approve {
                    view = self.with_effect(&keeper, view, request.received_at).await;
                }
                let mut entry = entry_of(&keeper, view, None);
                entry.asked = entry.steps.iter().copied().find(|offered| offered == step).map(Asked::Step);
                Ok(told(GlossaryReply::Entry(Box::new(entry))))
            }
            GlossaryWish::Step { concept, seen, step, reason } => {
                let view = self.move_concept(change(*seen, reason), concept, *step).await?;
                Ok(entry_told(&keeper, view, Some(step.told())))
            }
            GlossaryWish::History { entry } => match self.named_entry(&keeper, entry).await? {
                Some(view) => {
                    let mut revisions = self.history_of(&keeper.reach, &view).await?;
                    let total = revisions.len();
                    revisions.truncate(MOST_REVISIONS);
                    let may_go_back = keeper.role >= Role::Curator && keeper.reach.changes(&view.concept);
                    Ok(told(GlossaryReply::History(Box::new(HistoryReply { view, revisions, total, may_go_back }))))
                }
                None => self.found_entries(&keeper, entry).await,
            },
            GlossaryWish::PrepareBack { concept, revision } => {
                keeper.need(Role::Curator)?;
                let view = self.concept(&keeper.reach, concept).await?;
                let said = match revision {
                    0 => self.concept_below(&keeper.reach, concept).map(|(_, said)| said),
                    _ => {
                        let mut history = self.history_of(&keeper.reach, &view).await?.into_iter();
                        history.find(|entry| entry.revision == *revision).map(|entry| entry.concept)
                    }
                };
                let said = said.ok_or_else(|| {
                    CurationError::Refused(format!("“{concept}” has no revision {revision} that could count again."))
                })?;
                let asked = Some(Asked::Back { revision: *revision, said: Box::new(said) });
                Ok(told(GlossaryReply::Entry(Box::new(EntryReply { asked, ..entry_of(&keeper, view, None) }))))
            }
            GlossaryWish::GoBack { concept, seen, revision, reason } => {
                let view = self.revert_concept(change(*seen, reason), concept, *revision).await?;
                Ok(entry_told(&keeper, view, Some(REVERTED)))
            }
        }
    }

    /// The entry with this id, or the only one with this term; `None` when that is not clear.
    async fn named_entry(&self, keeper: &Curator, named: &str) -> Result<Option<ConceptView>, CurationError> {
        match self.concept(&keeper.reach, named.trim()).await {
            Ok(view) => return Ok(Some(view)),
            Err(CurationError::Unknown(_)) => {}
            Err(error) => return Err(error),
        }
        let mut meant = self.entries_with(&keeper.reach, named).await?.into_iter();
        Ok(meant.next().filter(|_| meant.next().is_none()))
    }

    /// The entries with this term, those that are still being written among them.
    async fn entries_with(&self, reach: &Reach, term: &str) -> Result<Vec<ConceptView>, CurationError> {
        let wanted = term.trim().to_lowercase();
        let is_it = |view: &ConceptView| view.concept.terms.iter().any(|term| term.text.to_lowercase() == wanted);
        let mut found = self.find_concepts(reach, &words(term), 0, MOST_FOUND).await?.entries;
        found.retain(is_it);
        Ok(found)
    }

    async fn found_entries(&self, keeper: &Curator, looked_for: &str) -> Result<Reply, CurationError> {
        let found = self.find_concepts(&keeper.reach, &words(looked_for), 0, MOST_FOUND).await?;
        Ok(told(GlossaryReply::Found {
            words: looked_for.trim().to_owned(),
            entries: found.entries,
            total: found.total,
            may_write: keeper.role >= Role::Author,
        }))
    }

    /// What waits, for the own page of somebody who may write; `None` for everybody else, and when it cannot be read.
    pub(super) async fn waiting_for(&self, request: &Request) -> Option<GlossaryReply> {
        let read = async {
            let keeper = self.keeper(request).await?;
            match keeper.role >= Role::Author {
                true => self.queue(&keeper, &request.actor).await.map(Some),
                false => Ok(None),
            }
        };
        read.await.unwrap_or_else(|error: CurationError| {
            tracing::warn!(error = &error as &dyn std::error::Error, "what waits in the glossary cannot be read");
            None
        })
    }

    async fn queue(&self, keeper: &Curator, actor: &Actor) -> Result<GlossaryReply, CurationError> {
        let (handed_in, drafts) = self.waiting(&keeper.reach, MOST_WAITING).await?;
        let (mut wanted, _) = self.wanted(&keeper.reach, Some(&actor.workspace), (0, MOST_COUNTED)).await?;
        wanted.retain(|wanted| wanted.answered_by.is_none());
        let all_wanted = wanted.len();
        wanted.truncate(MOST_WANTED);
        Ok(GlossaryReply::Queue {
            handed_in,
            drafts,
            wanted,
            all_wanted,
            page: self.page("/review"),
            may_write: keeper.role >= Role::Author,
        })
    }

    async fn save_form(
        self: &Arc<Self>,
        change: Change<'_>,
        id: Option<&str>,
        fields: &[(String, String)],
        saving: Saving<'_>,
    ) -> Result<Reply, CurationError> {
        let before = match id {
            Some(id) => self.concept(&change.curator.reach, id).await?.concept,
            None => Concept::default(),
        };
        let title = match id {
            Some(_) => format!("Edit “{}”", before.preferred()),
            None => NEW.to_owned(),
        };
        let saved = match (curation::said_anew(&before, fields), id) {
            (Err(message), _) => Err(CurationError::Invalid(vec![Finding { field: None, message }])),
            (Ok(concept), None) => self.create_concept(change, concept, saving).await,
            (Ok(concept), Some(_)) => self.update_concept(change, concept, saving).await,
        };
        let (problems, warnings) = match saved {
            Ok(view) => return Ok(entry_told(change.curator, view, Some(curation::saved(saving.is_handed_in)))),
            Err(CurationError::Invalid(problems)) => (problems, Vec::new()),
            Err(CurationError::Warned(warnings)) => (Vec::new(), warnings),
            // What was written is not lost: it is shown again with the reason.
            Err(error @ (CurationError::Exists(_) | CurationError::Outdated { .. } | CurationError::Unseen { .. })) => {
                (vec![Finding { field: None, message: error.to_string() }], Vec::new())
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "an entry that was written in a chat is not saved"
                );
                (vec![Finding { field: None, message: Say::unavailable().text().to_owned() }], Vec::new())
            }
        };
        let value = |name: &str| {
            let written = fields.iter().find(|(column, _)| column == name);
            written.map_or_else(|| cell(&before, name), |(_, value)| value.clone())
        };
        let form = FormReply::new(id.map(str::to_owned), title, change.seen.unwrap_or(0), value);
        let form = form.with_problems(problems).with_warnings(warnings);
        Ok(form_told(FormReply { reason: change.reason.to_owned(), ..form }))
    }
}

fn words(looked_for: &str) -> Filter {
    Filter { words: looked_for.to_owned(), ..Filter::default() }
}

fn entry_of(keeper: &Curator, view: ConceptView, done: Option<&str>) -> EntryReply {
    let may_change = keeper.reach.changes(&view.concept);
    let steps = if may_change { Step::offered(keeper.role, view.status) } else { Vec::new() };
    let note = done.map(|done| if view.is_waiting { PUBLISHED_LATER } else { done }.to_owned());
    EntryReply { view, note, steps, asked: None, may_write: keeper.role >= Role::Author && may_change }
}

fn entry_told(keeper: &Curator, view: ConceptView, done: Option<&str>) -> Reply {
    told(GlossaryReply::Entry(Box::new(entry_of(keeper, view, done))))
}

pub(super) fn form_told(form: FormReply) -> Reply {
    told(GlossaryReply::Form(Box::new(form)))
}
