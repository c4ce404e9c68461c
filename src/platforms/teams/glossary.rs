//! Cards by which people keep the glossary: what was found, what waits, an entry with its steps, its form, its history. Buttons
//! carry the entry's id and the revision that is shown, so that nobody acts on words they did not see.

use std::borrow::Cow;

use super::{
    card::{Action, Builder, ButtonData, Element, Look},
    encode::{Controls, button, has_buttons},
};
use crate::app::{
    EntryReply, FormReply, GlossaryReply, HistoryReply, MAX_TERM_CHARS,
    curation::{ConceptView, Step},
    entries_told::{
        ALL_THE_SAME, LOOK_FIRST, NEVER_CHANGED, WANTED, counted, entry_lines, found_heading, found_line, page_line,
        queue_parts, revision_line, standing, waiting_line, wanted_line,
    },
    proposing::KEPT_OUT,
};

/// A card shows no more buttons in a row.
const MOST_BUTTONS: usize = 5;
/// What comes behind a text must still fit.
const BELOW: usize = 2_500;
/// A post is cut so that so many bytes stay free below it: the fields of the form are what the card is for.
const BELOW_POST: usize = 13_000;

/// Puts such a reply on a card.
pub(super) fn push_glossary(builder: &mut Builder, reply: &GlossaryReply, controls: Controls<'_>) {
    match reply {
        GlossaryReply::Found { words, entries, total, may_write } => {
            builder.push_text(&found_heading(words, *total), Look::PARAGRAPH, BELOW);
            push_entries(builder, entries, found_line, controls);
            let add = may_write.then(|| add(controls, "Add an entry", words));
            push_actions(builder, controls, add.into_iter().collect());
        }
        GlossaryReply::Queue { handed_in, drafts, wanted, all_wanted, page, may_write } => {
            for (title, entries) in queue_parts(handed_in, drafts) {
                builder.push_text(&title, Look::TITLE, BELOW);
                if entries.is_empty() {
                    builder.push_text("Nothing.", Look::SMALL_PRINT, BELOW);
                }
                push_entries(builder, entries, waiting_line, controls);
            }
            builder.push_text(&counted(WANTED, wanted.len(), *all_wanted), Look::TITLE, BELOW);
            let lines: Vec<String> = wanted.iter().map(wanted_line).collect();
            if lines.is_empty() {
                builder.push_text("Nothing.", Look::SMALL_PRINT, BELOW);
            }
            builder.push_text(&lines.join("\n"), Look::PARAGRAPH, BELOW);
            if let Some(page) = page {
                builder.push_text(&page_line(page), Look::SMALL_PRINT, BELOW);
            }
            if *may_write {
                let named = wanted.iter().map(|wanted| add(controls, format!("Add “{}”", wanted.term), &wanted.term));
                let actions = named.take(MOST_BUTTONS - 1).chain([add(controls, "Add an entry", "")]).collect();
                push_actions(builder, controls, actions);
            }
        }
        GlossaryReply::Entry(entry) => push_entry(builder, entry, controls),
        GlossaryReply::Form(form) => push_form(builder, form, controls),
        GlossaryReply::History(history) => push_history(builder, history, controls),
    }
}

fn push_actions(builder: &mut Builder, controls: Controls<'_>, actions: Vec<Action>) {
    if has_buttons(controls) && !actions.is_empty() {
        builder.push(Element::ActionSet { actions });
    }
}

/// A button about an entry, which sends nothing that was typed on the card.
fn about(
    controls: Controls<'_>,
    title: impl Into<Cow<'static, str>>,
    upshot: &'static str,
    view: &ConceptView,
) -> Action {
    let data = ButtonData { upshot, term: Some(view.concept.id.clone()), ..ButtonData::default() };
    button(controls, title, data).without_inputs()
}

fn add(controls: Controls<'_>, title: impl Into<Cow<'static, str>>, term: &str) -> Action {
    let term = Some(term.chars().take(MAX_TERM_CHARS).collect::<String>()).filter(|term| !term.is_empty());
    button(controls, title, ButtonData { upshot: "add-term", term, ..ButtonData::default() }).without_inputs()
}

fn push_entries(
    builder: &mut Builder,
    entries: &[ConceptView],
    line: fn(&ConceptView) -> String,
    controls: Controls<'_>,
) {
    for view in entries {
        builder.push_text(&line(view), Look::PARAGRAPH, BELOW);
    }
    let open = |view: &ConceptView| about(controls, format!("Open “{}”", view.concept.preferred()), "open-term", view);
    push_actions(builder, controls, entries.iter().take(MOST_BUTTONS).map(open).collect());
}

fn push_entry(builder: &mut Builder, entry: &EntryReply, controls: Controls<'_>) {
    let view = &entry.view;
    if let Some(note) = &entry.note {
        builder.push_text(note, Look::PARAGRAPH, BELOW);
    }
    builder.push_text(view.concept.preferred(), Look::HEADLINE, BELOW);
    builder.push_text(&standing(view), Look::SMALL_PRINT, BELOW);
    for (title, text) in entry_lines(view) {
        builder.push_titled(title, &text, BELOW);
    }
    if has_buttons(controls) && !entry.steps.is_empty() {
        builder.push(reason_field(""));
        let step = |step: &Step| {
            let data = ButtonData {
                upshot: "step-term",
                term: Some(view.concept.id.clone()),
                rev: Some(view.revision),
                step: Some(step.name()),
                ..ButtonData::default()
            };
            button(controls, step.title(), data)
        };
        builder.push(Element::ActionSet { actions: entry.steps.iter().map(step).collect() });
    }
    let mut actions = Vec::new();
    if entry.may_write {
        actions.push(about(controls, "Edit", "edit-term", view));
    }
    actions.push(about(controls, "History", "history-term", view));
    push_actions(builder, controls, actions);
}

fn reason_field(value: &str) -> Element {
    Element::TextField {
        id: "reason",
        label: "Reason, for the history",
        is_multiline: false,
        is_required: false,
        error_message: "",
        value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        placeholder: "",
    }
}

/// As many letters of a hint as an empty field of several lines shows on a phone, and one of a single line.
const LONGEST_HINT: usize = 140;
const LONGEST_HINT_OF_ONE_LINE: usize = 40;

fn push_form(builder: &mut Builder, form: &FormReply, controls: Controls<'_>) {
    builder.push_text(&form.title, Look::HEADLINE, BELOW);
    if !has_buttons(controls) {
        return;
    }
    if let Some(post) = &form.beside {
        for (title, text) in post.lines() {
            builder.push_titled(title, &text, BELOW_POST);
        }
        builder.push_text(KEPT_OUT, Look::SMALL_PRINT, 0);
    }
    let mut is_whole = true;
    for field in &form.fields {
        if !field.problem.is_empty() {
            let problem = format!("{} needs another look. {}", field.kind.title, field.problem);
            builder.push_text(&problem, Look::PROBLEM, 0);
        }
        // What a field does not show whole stands above it, where it also stays while somebody writes.
        let is_long =
            field.kind.hint.len() > if field.kind.lines > 0 { LONGEST_HINT } else { LONGEST_HINT_OF_ONE_LINE };
        if is_long {
            builder.push_text(field.kind.hint, Look::SMALL_PRINT, 0);
        }
        is_whole &= builder.push(Element::TextField {
            id: field.kind.name,
            label: field.kind.title,
            is_multiline: field.kind.lines > 0,
            is_required: matches!(field.kind.name, "terms" | "definition"),
            error_message: if field.kind.name == "terms" {
                "Write at least one term."
            } else {
                "Write one plain sentence."
            },
            value: Some(field.value.clone()).filter(|value| !value.is_empty()),
            placeholder: if is_long { "" } else { field.kind.hint },
        });
    }
    let data =
        |upshot| ButtonData { upshot, term: form.concept.clone(), rev: Some(form.revision), ..ButtonData::default() };
    let save = |upshot| {
        let digest = Some(form.mark.clone()).filter(|mark| !mark.is_empty());
        ButtonData { digest, ..data(upshot) }
    };
    builder.push(reason_field(&form.reason));
    // Beside the buttons, where whoever pressed one looks.
    if !form.warnings.is_empty() {
        let warnings: Vec<String> = form.warnings.iter().map(|warning| format!("- {warning}")).collect();
        builder.push_titled(LOOK_FIRST, &warnings.join("\n"), 0);
        builder.push_text(ALL_THE_SAME, Look::PROBLEM, 0);
    }
    for problem in &form.problems {
        builder.push_text(problem, Look::PROBLEM, 0);
    }
    let mut actions = vec![
        button(controls, form.titled("Save as a draft"), save("save-term")),
        button(controls, form.titled(Step::Submit.title()), save("submit-term")),
    ];
    if form.concept.is_some() {
        actions.push(button(controls, "Leave it as it is", data("open-term")).without_inputs());
    }
    if !is_whole {
        // What is not asked for stays as it is, so the rest can be changed here all the same.
        builder.push_text("Some fields are too long for a card. They stay as they are.", Look::SMALL_PRINT, 0);
    }
    builder.push(Element::ActionSet { actions });
}

fn push_history(builder: &mut Builder, history: &HistoryReply, controls: Controls<'_>) {
    let view = &history.view;
    builder.push_text(&format!("History of “{}”", view.concept.preferred()), Look::HEADLINE, BELOW);
    if history.revisions.is_empty() {
        builder.push_text(NEVER_CHANGED, Look::PARAGRAPH, BELOW);
    }
    for revision in &history.revisions {
        let definition = &revision.concept.definition;
        builder.push_text(&format!("{}\n“{definition}”", revision_line(revision)), Look::PARAGRAPH, BELOW);
    }
    if history.total > history.revisions.len() {
        let text = format!("These are the latest of {}.", history.total);
        builder.push_text(&text, Look::SMALL_PRINT, BELOW);
    }
    let back = |title: String, revision: u32| {
        let data = ButtonData {
            upshot: "back-term",
            term: Some(view.concept.id.clone()),
            rev: Some(view.revision),
            to: Some(revision),
            ..ButtonData::default()
        };
        button(controls, title, data)
    };
    let earlier = history.revisions.iter().map(|revision| revision.revision).filter(|one| *one != view.revision);
    let has_any = earlier.clone().next().is_some() || view.can_be_withdrawn();
    if history.may_go_back && has_any && has_buttons(controls) {
        builder.push(reason_field(""));
        let below = view.can_be_withdrawn().then(|| back("Take all changes back".to_owned(), 0));
        let back = |revision| back(format!("Go back to revision {revision}"), revision);
        let actions = earlier.take(MOST_BUTTONS - 1).map(back).chain(below).collect();
        push_actions(builder, controls, actions);
    }
    push_actions(builder, controls, vec![about(controls, "Back to the entry", "open-term", view)]);
}
