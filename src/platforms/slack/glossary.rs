//! Keeping the glossary by private answers and one dialog: what was found, what waits, an entry with its steps, its form, its
//! history. The dialog changes its content and opens none above it, so nobody comes back to an entry as it was before. Buttons and
//! forms carry the entry's id and the revision that is shown, so that nobody acts on words they did not see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    blocks::{Block, BlockId, Blocks, Element, Limits, Metadata, Mrkdwn, PlainText},
    draft::FIELD_CHARS,
    encode::{BELOW, Encoder, View, push_heading, titled},
    forms::{FORM_FIELD, Fields},
    menu::{self, button},
    mrkdwn,
    payload::Action,
    split,
};
use crate::app::{
    Asked, EntryReply, FormReply, GlossaryReply, GlossaryWish, HistoryReply, Intent, MAX_TERM_CHARS, Reply,
    curation::{ConceptView, LEFT_OUT_FIELDS, LONGEST_REASON, Step, USUAL_FIELDS},
    entries_told::{
        ALL_THE_SAME, LOOK_FIRST, NEVER_CHANGED, WANTED, counted, entry_lines, found_heading, found_line, page_line,
        queue_parts, revision_line, standing, waiting_line, wanted_line,
    },
    proposing::KEPT_OUT,
};

/// The callback id of the dialog that only shows.
const SHOWN: &str = "glossary";
/// The callback id of an entry's form.
const FORM: &str = "glossary_entry";
/// The callback id of the question why a step is taken.
const STEP: &str = "glossary_step";
/// The callback id of the question why an earlier revision shall count again.
const GO_BACK: &str = "glossary_back";

/// Action ids of the buttons.
const OPEN: &str = "entry_open";
const ADD: &str = "entry_add";
const EDIT: &str = "entry_edit";
const HISTORY: &str = "entry_history";
const BACK: &str = "entry_back";
const STEPS: [&str; 4] = ["entry_approve", "entry_submit", "entry_return", "entry_retire"];

/// Block ids of what a form asks besides the entry's fields, which have the names of their columns.
const REASON: &str = "reason";
const THEN: &str = "then";
/// Values of the menu that asks what becomes of what was written.
const HAND_IN: &str = "hand_in";
const DRAFT: &str = "draft";

/// One entry of several is shown with no more characters.
const ROW_CHARS: usize = 600;
/// A post is cut so that so much stays free below it: the fields of the form are what the dialog is for.
const BELOW_POST: Limits = Limits { blocks: 20, chars: 34_000 };
/// What is wrong with a field is told in no more characters.
const PROBLEM_CHARS: usize = 600;

/// What a button or a form is about.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    concept: Option<String>,
    /// The revision that is shown.
    revision: u32,
    /// The one that shall count again.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Step>,
    /// The term of a new entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    term: Option<String>,
    /// The mark of the warnings that a form shows.
    #[serde(skip_serializing_if = "String::is_empty")]
    read: String,
}

impl About {
    fn entry(view: &ConceptView) -> Self {
        Self { concept: Some(view.concept.id.clone()), revision: view.revision, ..Self::default() }
    }

    fn term(term: &str) -> Self {
        let term = term.chars().take(MAX_TERM_CHARS).collect::<String>();
        Self { term: Some(term).filter(|term| !term.is_empty()), ..Self::default() }
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn written(&self) -> String {
        // A struct of numbers and texts cannot fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The button below an explanation that opens its entry: what it says, who keeps it and what was done with it.
pub(super) fn why_button(concept: &str) -> Element {
    let about = About { concept: Some(concept.to_owned()), ..About::default() };
    button(OPEN, "Why these words?", about.written())
}

/// What such a button wants; `None` when it is none of these, or does not say which entry.
pub(super) fn pressed(action: &Action) -> Option<GlossaryWish> {
    let is_ours = [OPEN, ADD, EDIT, HISTORY, BACK].contains(&&*action.action_id) || STEPS.contains(&&*action.action_id);
    let about = About::read(action.value.as_deref().filter(|_| is_ours)?)?;
    Some(match action.action_id.as_str() {
        OPEN => GlossaryWish::Open { entry: about.concept? },
        ADD => GlossaryWish::Add { term: about.term.unwrap_or_default() },
        EDIT => GlossaryWish::Edit { entry: about.concept? },
        HISTORY => GlossaryWish::History { entry: about.concept? },
        BACK => GlossaryWish::PrepareBack { concept: about.concept?, revision: about.to? },
        _ => GlossaryWish::PrepareStep { concept: about.concept?, step: about.step? },
    })
}

/// What such a form wants; `None` when it is none of these, or not whole.
pub(super) fn sent(callback_id: &str, metadata: &str, fields: &Fields) -> Option<GlossaryWish> {
    let reason = fields.text(REASON).unwrap_or_default().to_owned();
    match callback_id {
        FORM => {
            let About { concept, revision: seen, read, .. } = About::read(metadata)?;
            // A field that was emptied has no text; one that was not there has no place either, and stays as it is.
            let written = |name: &str| {
                fields.get(name).map(|_| (name.to_owned(), fields.text(name).unwrap_or_default().to_owned()))
            };
            let is_handed_in = fields.chosen(THEN)? == HAND_IN;
            let fields = USUAL_FIELDS.iter().chain(&LEFT_OUT_FIELDS).filter_map(|kind| written(kind.name)).collect();
            Some(GlossaryWish::Save { concept, seen, fields, reason, is_handed_in, read })
        }
        STEP => {
            let About { concept, revision: seen, step, .. } = About::read(metadata)?;
            Some(GlossaryWish::Step { concept: concept?, seen, step: step?, reason })
        }
        GO_BACK => {
            let About { concept, revision: seen, to, .. } = About::read(metadata)?;
            Some(GlossaryWish::GoBack { concept: concept?, seen, revision: to?, reason })
        }
        _ => None,
    }
}

/// What is wrong with a form that was sent, by the block ids of its fields; `None` when it is answered with something else.
pub(super) fn errors(intent: &Intent, reply: &Reply) -> Option<BTreeMap<&'static str, String>> {
    let Intent::Glossary { wish } = intent else { return None };
    let mut errors: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut add = |field: &'static str, problem: &str| {
        let told = errors.entry(field).or_default();
        let between = if told.is_empty() { "" } else { " " };
        *told = split::shorten(&format!("{told}{between}{problem}"), PROBLEM_CHARS);
    };
    match (wish, reply) {
        (GlossaryWish::Save { fields: sent, .. }, Reply::Glossary(told)) => {
            let GlossaryReply::Form(form) = &**told else { return None };
            if !form.warnings.is_empty() {
                return None;
            }
            for field in form.fields.iter().filter(|field| !field.problem.is_empty()) {
                match sent.iter().any(|(name, _)| name == field.kind.name) {
                    true => add(field.kind.name, &field.problem),
                    // Its text was too long for the form.
                    false => add(THEN, &format!("{}: {}", field.kind.title, field.problem)),
                }
            }
            // Beside the button, where whoever pressed it looks.
            form.problems.iter().for_each(|problem| add(THEN, problem));
        }
        (GlossaryWish::Save { .. }, Reply::Say(say)) if say.is_failure() => add(THEN, say.text()),
        (GlossaryWish::Step { .. } | GlossaryWish::GoBack { .. }, Reply::Say(say)) if say.is_failure() => {
            add(REASON, say.text());
        }
        _ => return None,
    }
    Some(errors)
}

impl Encoder {
    /// Such a reply as a private message, with the buttons that lead into the dialog. Gives the whole as text.
    pub(super) fn glossary_message(&self, blocks: &mut Blocks, reply: &GlossaryReply) -> String {
        self.push_glossary(blocks, reply);
        mrkdwn::write(&reply.told())
    }

    /// Such a reply as the dialog.
    pub(super) fn glossary_view(&self, view: &mut View, blocks: &mut Blocks, reply: &GlossaryReply) {
        view.callback_id = SHOWN;
        view.title = PlainText::shortened("Glossary");
        match reply {
            GlossaryReply::Form(form) => {
                view.callback_id = FORM;
                view.submit = Some(PlainText::shortened(&form.titled("Save")));
                view.private_metadata = Metadata::new(about_form(form).written());
                self.push_form(blocks, form);
            }
            GlossaryReply::Entry(entry) => match &entry.asked {
                Some(asked) => self.push_asked(view, blocks, entry, asked),
                None => self.push_entry(blocks, entry),
            },
            _ => self.push_glossary(blocks, reply),
        }
    }

    /// An entry with the question why something is about to be done with it.
    fn push_asked(&self, view: &mut View, blocks: &mut Blocks, entry: &EntryReply, asked: &Asked) {
        let title = asked.title();
        push_heading(blocks, &title);
        let about = About::entry(&entry.view);
        let about = match asked {
            Asked::Step(step) => {
                view.callback_id = STEP;
                view.submit = Some(PlainText::shortened(&title));
                push_lines(blocks, &entry.view);
                About { step: Some(*step), ..about }
            }
            Asked::Back { revision, said } => {
                view.callback_id = GO_BACK;
                view.submit = Some(PlainText::shortened("Go back"));
                blocks.push_text(&titled(said.preferred(), &said.definition), BELOW);
                blocks.push_context(
                    "Answers are made with these words again. What was written since stays in the history.",
                );
                About { to: Some(*revision), ..about }
            }
        };
        view.private_metadata = Metadata::new(about.written());
        push_reason(blocks, "");
        self.push_actions(blocks, vec![about_entry(OPEN, "Leave it as it is", &entry.view)]);
    }

    /// Such a reply below whatever stands there.
    pub(super) fn push_glossary(&self, blocks: &mut Blocks, reply: &GlossaryReply) {
        match reply {
            GlossaryReply::Found { words, entries, total, may_write } => {
                blocks.push_text(&mrkdwn::write(&found_heading(words, *total)), BELOW);
                self.push_entries(blocks, entries, found_line);
                if *may_write {
                    self.push_actions(blocks, vec![add("Add an entry", words)]);
                }
            }
            GlossaryReply::Queue { handed_in, drafts, wanted, all_wanted, page, may_write } => {
                for (title, entries) in queue_parts(handed_in, drafts) {
                    push_heading(blocks, &title);
                    self.push_entries(blocks, entries, waiting_line);
                    if entries.is_empty() {
                        blocks.push_context("Nothing.");
                    }
                }
                push_heading(blocks, &counted(WANTED, wanted.len(), *all_wanted));
                for wanted in wanted {
                    let add = may_write.then(|| add("Add", &wanted.term));
                    self.push_row(blocks, &wanted_line(wanted), add);
                }
                if wanted.is_empty() {
                    blocks.push_context("Nothing.");
                }
                if let Some(page) = page {
                    blocks.push_context(&mrkdwn::write(&page_line(page)));
                }
                if *may_write {
                    self.push_actions(blocks, vec![add("Add an entry", "")]);
                }
            }
            GlossaryReply::Entry(entry) => self.push_entry(blocks, entry),
            GlossaryReply::Form(form) if self.can_open_dialogs => {
                blocks.push_text(&titled(&form.title, "an entry is written in a form."), BELOW);
                let (action_id, about) = match &form.concept {
                    Some(_) => (EDIT, about_form(form)),
                    None => (ADD, About::term(form.fields.first().map_or("", |field| &field.value))),
                };
                self.push_actions(blocks, vec![button(action_id, "Open the form", about.written())]);
            }
            GlossaryReply::Form(_) => {
                blocks.push_text(&mrkdwn::write(&reply.told()), BELOW);
            }
            GlossaryReply::History(history) => self.push_history(blocks, history),
        }
    }

    /// A line with a button beside it.
    fn push_row(&self, blocks: &mut Blocks, line: &str, accessory: Option<Element>) {
        // The button tells one line from the next, so none needs a dot.
        let line = split::shorten(&mrkdwn::write(line.strip_prefix("- ").unwrap_or(line)), ROW_CHARS);
        let accessory = accessory.filter(|_| self.can_open_dialogs);
        if let Some(text) = Mrkdwn::new(line) {
            blocks.push(Block::Section { text, accessory });
        }
    }

    fn push_entries(&self, blocks: &mut Blocks, entries: &[ConceptView], line: fn(&ConceptView) -> String) {
        for view in entries {
            self.push_row(blocks, &line(view), Some(about_entry(OPEN, "Open", view)));
        }
    }

    fn push_actions(&self, blocks: &mut Blocks, elements: Vec<Element>) {
        if self.can_open_dialogs && !elements.is_empty() {
            blocks.push(Block::Actions { block_id: BlockId::shortened("glossary-buttons".to_owned()), elements });
        }
    }

    fn push_entry(&self, blocks: &mut Blocks, entry: &EntryReply) {
        let view = &entry.view;
        if let Some(note) = &entry.note {
            blocks.push_text(&mrkdwn::write(note), BELOW);
        }
        push_heading(blocks, view.concept.preferred());
        push_lines(blocks, view);
        let step = |(action_id, step): (&'static str, Step)| {
            let about = About { step: Some(step), ..About::entry(view) };
            entry.steps.contains(&step).then(|| button(action_id, step.title(), about.written()))
        };
        let mut elements: Vec<Element> = STEPS.into_iter().zip(Step::ALL).filter_map(step).collect();
        if entry.may_write {
            elements.push(about_entry(EDIT, "Edit", view));
        }
        elements.push(about_entry(HISTORY, "History", view));
        self.push_actions(blocks, elements);
    }

    fn push_form(&self, blocks: &mut Blocks, form: &FormReply) {
        push_heading(blocks, &form.title);
        if let Some(post) = &form.beside {
            for (title, text) in post.lines() {
                blocks.push_text(&titled(title, &text), BELOW_POST);
            }
            blocks.push_context(KEPT_OUT);
        }
        if !form.warnings.is_empty() {
            let warnings: Vec<String> = form.warnings.iter().map(|warning| format!("- {warning}")).collect();
            blocks.push_text(&titled(LOOK_FIRST, &warnings.join("\n")), BELOW_POST);
            blocks.push_context(ALL_THE_SAME);
        }
        // Where they can, these stand at their fields; here, when the form was sent a while ago.
        for field in form.fields.iter().filter(|field| !field.problem.is_empty()) {
            blocks.push_context(&mrkdwn::write(&format!("{}: {}", field.kind.title, field.problem)));
        }
        form.problems.iter().for_each(|problem| blocks.push_context(&mrkdwn::write(problem)));
        let mut is_whole = true;
        for field in &form.fields {
            if split::length(&field.value) > FIELD_CHARS {
                is_whole = false;
                continue;
            }
            blocks.push(Block::Input {
                block_id: BlockId::shortened(field.kind.name.to_owned()),
                optional: !matches!(field.kind.name, "terms" | "definition"),
                label: PlainText::shortened(field.kind.title),
                element: Element::PlainTextInput {
                    action_id: FORM_FIELD,
                    multiline: field.kind.lines > 0,
                    max_length: Some(FIELD_CHARS),
                    initial_value: Some(field.value.clone()).filter(|value| !value.is_empty()),
                },
                hint: Some(PlainText::shortened(field.kind.hint)),
            });
        }
        if !is_whole {
            // What is not asked for stays as it is, so the rest can be changed here all the same.
            blocks.push_context("Some fields are too long for a dialog. They stay as they are.");
        }
        push_reason(blocks, &form.reason);
        let choices = [
            (Step::Submit.title().to_owned(), HAND_IN.to_owned()),
            ("Keep it as a draft".to_owned(), DRAFT.to_owned()),
        ];
        if let Some(element) = menu::choice(&choices, FORM_FIELD) {
            blocks.push(Block::Input {
                block_id: BlockId::shortened(THEN.to_owned()),
                optional: false,
                label: PlainText::shortened("What becomes of it"),
                element,
                hint: None,
            });
        }
        if form.concept.is_some() {
            self.push_actions(blocks, vec![button(OPEN, "Leave it as it is", about_form(form).written())]);
        }
    }

    fn push_history(&self, blocks: &mut Blocks, history: &HistoryReply) {
        let view = &history.view;
        push_heading(blocks, &format!("History of “{}”", view.concept.preferred()));
        if history.revisions.is_empty() {
            blocks.push_text(NEVER_CHANGED, BELOW);
        }
        for revision in &history.revisions {
            let can_count_again = history.may_go_back && revision.revision != view.revision;
            let back = can_count_again.then(|| back("Go back to this …", view, revision.revision));
            let line = format!("{}\n“{}”", revision_line(revision), revision.concept.definition);
            self.push_row(blocks, &line, back);
        }
        if history.total > history.revisions.len() {
            blocks.push_context(&format!("These are the latest of {}.", history.total));
        }
        let mut elements = vec![about_entry(OPEN, "Back to the entry", view)];
        if history.may_go_back && view.can_be_withdrawn() {
            elements.push(back("Take all changes back …", view, 0));
        }
        self.push_actions(blocks, elements);
    }
}

fn push_lines(blocks: &mut Blocks, view: &ConceptView) {
    blocks.push_context(&mrkdwn::write(&standing(view)));
    for (title, text) in entry_lines(view) {
        blocks.push_text(&titled(title, &text), BELOW);
    }
}

fn push_reason(blocks: &mut Blocks, value: &str) {
    blocks.push(Block::Input {
        block_id: BlockId::shortened(REASON.to_owned()),
        optional: true,
        label: PlainText::shortened("Reason, for the history"),
        element: Element::PlainTextInput {
            action_id: FORM_FIELD,
            multiline: false,
            max_length: Some(LONGEST_REASON),
            initial_value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        },
        hint: None,
    });
}

fn about_form(form: &FormReply) -> About {
    About { concept: form.concept.clone(), revision: form.revision, read: form.mark.clone(), ..About::default() }
}

fn about_entry(action_id: &'static str, label: &str, view: &ConceptView) -> Element {
    button(action_id, label, About::entry(view).written())
}

fn add(label: &str, term: &str) -> Element {
    button(ADD, label, About::term(term).written())
}

fn back(label: &str, view: &ConceptView, revision: u32) -> Element {
    button(BACK, label, About { to: Some(revision), ..About::entry(view) }.written())
}
