//! The draft editor's dialogs: write and choose readers, read what they will take from it, choose what to post and where.

use super::{
    blocks::{Block, BlockId, Blocks, ConversationFilter, Element, Limits, PlainText},
    encode::{Encoder, explanation_text, push_heading, push_upshot, titled},
    forms::{FORM_FIELD, FORM_READERS, FORM_TEXT, FORM_VERSION, FORM_WHERE},
    menu, mrkdwn, split,
};
use crate::app::{DraftCheck, DraftReply, MOST_READERS, PostedText, RewriteReply, told};

const NO_EDITOR: &str = "I cannot open the draft editor here: it is a dialog, and the app has no token to open one. Use \
`/upshot for sales: your text` to see what sales will take from it.";
const OPEN_EDITOR: &str =
    "In the draft editor you see what each reader will take from your text before you post it. Only you see it.";
/// Said where the button is not shown: where others would press it too, and in notifications.
const ELSEWHERE: &str = "To open it, type `/upshot draft your text`, or choose *Check a draft* among the shortcuts.";

/// What a text field takes at most.
pub(super) const FIELD_CHARS: usize = 3_000;
/// Room for the button, the fields and what is said about them.
const FIELDS: Limits = Limits { blocks: 8, chars: 9_000 };

impl Encoder {
    /// The editor, with what was found when the draft was checked.
    pub(super) fn draft(&self, blocks: &mut Blocks, draft: &DraftReply) {
        if let Some(note) = &draft.note {
            blocks.push_text(&mrkdwn::write(note.text()), FIELDS);
        }
        for (number, check) in draft.checks.iter().enumerate() {
            let others = draft.checks.len() - number - 1;
            push_check(blocks, check, room_for(others));
        }
        if let Some(pending) = draft.pending.as_ref().filter(|_| !draft.checks.is_empty()) {
            blocks.push(Block::Divider);
            blocks.push(Block::Actions {
                block_id: BlockId::shortened("draft".to_owned()),
                elements: vec![menu::post_button(pending, &draft.readers)],
            });
        }
        let fits = split::length(&draft.text) <= FIELD_CHARS;
        let hint = if fits {
            "Change what you like and check it again. Only you see this."
        } else {
            "Your text is longer than the 3,000 characters that fit in here. Paste the part that matters."
        };
        blocks.push(Block::Input {
            // A field of its own for each round, or Slack keeps what was typed in the last one.
            block_id: BlockId::shortened(FORM_TEXT.to_owned()),
            optional: false,
            label: PlainText::shortened("Your draft"),
            element: Element::PlainTextInput {
                action_id: FORM_FIELD,
                multiline: true,
                max_length: Some(FIELD_CHARS),
                initial_value: Some(draft.text.clone()).filter(|text| fits && !text.trim().is_empty()),
            },
            hint: Some(PlainText::shortened(hint)),
        });
        if let Some(element) = self.menu.several(&draft.readers, FORM_FIELD, MOST_READERS) {
            blocks.push(Block::Input {
                block_id: BlockId::shortened(FORM_READERS.to_owned()),
                optional: false,
                label: PlainText::shortened("Who is it for? Up to three readers"),
                element,
                hint: None,
            });
        }
    }

    /// The way to the editor, where it does not open at once: a dialog opens only for who pressed or typed something a moment ago.
    pub(super) fn way_to_editor(&self, blocks: &mut Blocks, draft: &DraftReply) -> String {
        if !self.can_open_dialogs {
            return NO_EDITOR.to_owned();
        }
        blocks.push_text(OPEN_EDITOR, FIELDS);
        blocks.push(Block::Actions {
            block_id: BlockId::shortened("draft".to_owned()),
            elements: vec![menu::editor_button(draft.pending.as_ref(), &draft.readers)],
        });
        format!("{OPEN_EDITOR} {ELSEWHERE}")
    }

    /// What can be posted, word for word, and the fields that ask which of it and where.
    pub(super) fn draft_post(&self, blocks: &mut Blocks, draft: &DraftReply) {
        let mut versions = vec![("Your text, as you wrote it".to_owned(), "own".to_owned())];
        for check in &draft.checks {
            let value = format!("{}.{}", check.version.reader, check.digest);
            versions.push((format!("The version for this reader: {}", check.title), value));
        }
        if let Some(element) = menu::choice(&versions, FORM_FIELD) {
            blocks.push(Block::Input {
                block_id: BlockId::shortened(FORM_VERSION.to_owned()),
                optional: false,
                label: PlainText::shortened("Which words?"),
                element,
                hint: Some(PlainText::shortened("All of them are below, as they will be read.")),
            });
        }
        blocks.push(Block::Input {
            block_id: BlockId::shortened(FORM_WHERE.to_owned()),
            optional: false,
            label: PlainText::shortened("Where?"),
            element: Element::ConversationsSelect {
                action_id: FORM_FIELD,
                default_to_current_conversation: true,
                response_url_enabled: true,
                filter: ConversationFilter { include: ["public", "private"], exclude_bot_users: true },
            },
            hint: Some(PlainText::shortened(
                "It is posted once, by Upshot and with your name, for everybody there, people of another company too where the \
                 channel is shared. Nobody is mentioned by it.",
            )),
        });
        push_heading(blocks, "Your text");
        blocks.push_text(&mrkdwn::write(&draft.text), room_for(draft.checks.len()));
        for (number, check) in draft.checks.iter().enumerate() {
            push_heading(blocks, &format!("For this reader: {}", check.title));
            push_version(blocks, &check.version, room_for(draft.checks.len() - number - 1));
        }
    }
}

/// A text for copying.
pub(super) fn copy(blocks: &mut Blocks, text: &PostedText) {
    blocks.push_text(
        "Slack did not take this post. If you do not see it there, invite me to the channel with `/invite @Upshot` and try \
         again, or copy it from here:",
        Limits { blocks: 0, chars: 0 },
    );
    blocks.push(Block::Divider);
    let nothing_below = Limits { blocks: 0, chars: 0 };
    match text {
        PostedText::Own(source) => drop(blocks.push_text(&mrkdwn::write(source.text()), nothing_below)),
        PostedText::Explanation { found, .. } => {
            blocks.push_text(&explanation_text(&found.explanation, found.depth), nothing_below);
        }
        PostedText::Rewrite { rendering, .. } => {
            push_upshot(blocks, rendering, str::to_owned);
            if rendering.sections.is_empty() && !told::says_the_same(rendering) {
                blocks.push_text(&mrkdwn::write(&rendering.plain), nothing_below);
            }
        }
    }
}

/// Room that so many more versions need.
fn room_for(versions: usize) -> Limits {
    Limits { blocks: FIELDS.blocks + 12 * versions, chars: FIELDS.chars + 6_000 * versions }
}

/// The version for one reader, as it is posted.
pub(super) fn push_version(blocks: &mut Blocks, version: &RewriteReply, below: Limits) {
    let rendering = &version.rendering;
    push_upshot(blocks, rendering, str::to_owned);
    if rendering.sections.is_empty() && !told::says_the_same(rendering) {
        blocks.push_text(&format!("*In plain words*\n{}", mrkdwn::write(&rendering.plain)), below);
    }
}

fn push_check(blocks: &mut Blocks, check: &DraftCheck, below: Limits) {
    push_heading(blocks, &format!("What they take from it: {}", check.title));
    push_version(blocks, &check.version, below);
    let hints = told::hints(&check.review);
    let text = if hints.title.is_empty() { mrkdwn::write(&hints.text) } else { titled(&hints.title, &hints.text) };
    blocks.push_text(&text, below);
}
