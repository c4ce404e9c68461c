//! The draft editor as a card: write and choose readers, read what each will take from it, put the approved words into the
//! message that is being written. The place is chosen by then, so nothing asks for it.

use super::{
    card::{Action, Builder, ButtonData, Element, Look, json_length},
    decode::Dialog,
    encode::{Controls, Encoder, button, push_upshot},
    text::explained,
};
use crate::{
    app::{DraftCheck, DraftReply, PostedText, told},
    engine::Rendering,
    ids::{AudienceId, PendingId},
};

/// What is said where no card with controls can be shown.
pub(super) const ELSEWHERE: &str = "To see a draft as its readers will, open “Rewrite a draft” from Upshot below the compose box, or write to me \
                                    directly: draft: your text";

/// A draft whose field would be longer than this in JSON is not put into it again: the versions need the room.
const LONGEST_FIELD: usize = 4_800;
/// Room for the menu of readers and the buttons below the draft.
const FIELDS: usize = 2_300;
/// Room that each further version needs.
const VERSION: usize = 2_600;
/// Room for the hints and the button below a version.
const BELOW_VERSION: usize = 1_300;

impl Encoder {
    /// The editor, with what was found when the draft was checked.
    pub(super) fn push_draft(&self, builder: &mut Builder, draft: &DraftReply, controls: Controls<'_>) {
        if let Some(note) = &draft.note {
            builder.push_text(note.text(), Look::PROBLEM, LONGEST_FIELD + FIELDS);
        }
        let kept = Some(draft.text.clone()).filter(|text| !text.trim().is_empty());
        let fits = kept.as_ref().is_none_or(|text| json_length(text) <= LONGEST_FIELD);
        let field = Element::TextField {
            id: "text",
            label: "Your draft",
            is_multiline: true,
            is_required: true,
            error_message: "Write or paste the text first.",
            value: kept.filter(|_| fits),
            placeholder: "Write or paste what you are about to send",
        };
        let below = json_length(&field) + FIELDS;
        for (number, check) in draft.checks.iter().enumerate() {
            let others = draft.checks.len() - number - 1;
            push_check(builder, check, draft.pending.as_ref(), controls, below + VERSION * others);
        }
        if let Some(pending) = draft.pending.as_ref().filter(|_| can_post(controls)) {
            let own = post_button(pending, "Use in my message: my own words", None);
            builder.push(Element::ActionSet { actions: vec![own] });
        }
        if !fits {
            let note = "Your text is longer than what fits into the field. Paste the part that matters.";
            builder.push_text(note, Look::SMALL_PRINT, below);
        }
        builder.push(field);
        builder.push(Element::ChoiceSet {
            id: "readers",
            label: "Who is it for? Up to three readers",
            style: "compact",
            value: draft.readers.iter().map(AudienceId::as_str).collect::<Vec<_>>().join(","),
            choices: self.reader_choices(),
            is_multi_select: true,
            is_required: true,
            error_message: "Choose at least one reader.",
            placeholder: "Choose readers",
        });
        let title = if draft.checks.is_empty() { "Check" } else { "Check again" };
        let data = ButtonData { upshot: "draft", ..ButtonData::default() };
        builder.push(Element::ActionSet { actions: vec![button(controls, title, data)] });
        let note = match controls {
            _ if can_post(controls) => "Only you see this. Nothing is sent until you send your message.",
            _ => {
                "Only you see this. “Rewrite a draft” below the compose box does the same and puts the words into your message."
            }
        };
        builder.push_text(note, Look::SMALL_PRINT, 0);
    }
}

fn push_check(
    builder: &mut Builder,
    check: &DraftCheck,
    pending: Option<&PendingId>,
    controls: Controls<'_>,
    below: usize,
) {
    builder.push_text(&format!("What they take from it: {}", check.title), Look::TITLE, below);
    push_version(builder, &check.version.rendering, below + BELOW_VERSION);
    let hints = told::hints(&check.review);
    builder.push_titled(&hints.title, &hints.text, below + 300);
    if let Some(pending) = pending.filter(|_| can_post(controls)) {
        let title = format!("Use in my message: {}", check.title);
        let action = post_button(pending, &title, Some((&check.version.reader, &check.digest)));
        builder.push(Element::ActionSet { actions: vec![action] });
    }
}

/// The words for one reader, as they are posted.
fn push_version(builder: &mut Builder, rendering: &Rendering, below: usize) {
    push_upshot(builder, rendering, (below, below));
    if rendering.sections.is_empty() && !told::says_the_same(rendering) {
        builder.push_titled("In plain words", &rendering.plain, below);
    }
}

/// What was approved, word for word.
pub(super) fn push_posted(builder: &mut Builder, text: &PostedText) {
    match text {
        PostedText::Own(source) => builder.push_text(source.text(), Look::PARAGRAPH, 0),
        PostedText::Rewrite { rendering, .. } => push_version(builder, rendering, 0),
        PostedText::Explanation { found, .. } => {
            builder.push_text(&explained(&found.explanation, found.depth), Look::PARAGRAPH, 0);
        }
    }
}

/// Whether something can go into the message that the person is writing.
pub(super) fn can_post(controls: Controls<'_>) -> bool {
    matches!(controls, Controls::Dialog(Dialog::Message | Dialog::PartOfAMessage))
}

/// Puts words into the message: those for one reader when they are still the ones that were read, else the author's own.
fn post_button(pending: &PendingId, title: &str, version: Option<(&AudienceId, &str)>) -> Action {
    let data = ButtonData {
        upshot: "use",
        job: Some(pending.to_string()),
        audience: version.map(|(reader, _)| reader.to_string()),
        digest: version.map(|(_, digest)| digest.to_owned()),
        ..ButtonData::default()
    };
    // What was read is approved, not what stands in the field by now.
    Action::Submit { title: title.to_owned().into(), data, associated_inputs: None }.without_inputs()
}
