//! Controls of a card by which a person says which terms they know. Everything on them is ids and terms of the glossary.

use super::{
    card::{Builder, ButtonData, Choice, Element, json_length},
    encode::{Controls, button, has_buttons},
};
use crate::{
    app::{Among, ExplanationReply, KnownTerm, RewriteReply, told},
    ids::PendingId,
};

/// A card shows no more buttons in a row.
const MOST_BUTTONS: usize = 6;
/// More words than this nobody looks through.
const MOST_CHOICES: usize = 20;
/// What hangs below the menu is worth more than the menu.
const BELOW: usize = 1_500;

/// Buttons to say that the entries of an explanation are known, or to take it back.
pub(super) fn push_known_buttons(builder: &mut Builder, found: &ExplanationReply, controls: Controls<'_>) {
    if !has_buttons(controls) || found.marks.is_empty() {
        return;
    }
    let among = Among::of(&found.marks);
    let action = |mark: &KnownTerm| {
        let data = ButtonData {
            upshot: "known",
            term: Some(told::entries(&found.explanation)),
            audience: Some(found.reader.to_string()),
            known: Some(mark.wish()),
            ..ButtonData::default()
        };
        button(controls, mark.label(among), data).without_inputs()
    };
    builder.push(Element::ActionSet { actions: found.marks.iter().take(MOST_BUTTONS).map(action).collect() });
}

/// A menu of the words of an answer that were replaced, or stayed because they are known.
pub(super) fn push_known_words(
    builder: &mut Builder,
    pending: &PendingId,
    rewrite: &RewriteReply,
    controls: Controls<'_>,
) {
    let choice = |mark: &KnownTerm| Choice { title: mark.label(Among::Others), value: mark.wish() };
    let choices: Vec<Choice> = rewrite.marks.iter().take(MOST_CHOICES).map(choice).collect();
    let Some(value) = choices.first().map(|choice| choice.value.clone()) else { return };
    let menu = Element::menu("known", "Terms you know", value, choices);
    let data = ButtonData { upshot: "known", job: Some(pending.to_string()), ..ButtonData::default() };
    let actions = vec![button(controls, "Remember this", data)];
    if builder.room() > json_length(&menu) + BELOW && builder.push(menu) {
        builder.push(Element::ActionSet { actions });
    }
}
