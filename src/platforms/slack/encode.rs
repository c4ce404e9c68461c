//! Replies to Block Kit: a message (private to the person who asked) or a dialog.

use std::sync::Arc;

use serde::Serialize;

use std::collections::BTreeMap;

use super::{
    blocks::{Block, BlockId, Blocks, Element, Limits, MAX_TEXT, MESSAGE_LIMITS, Metadata, PlainText, VIEW_LIMITS},
    draft,
    forms::{DEFINITION, DRAFT, DRAFT_POST, FORM, FORM_FIELD, FORM_READER, FORM_TEXT},
    glossary,
    menu::{self, ReaderMenu, Target},
    mrkdwn,
    reactions::{Reactions, share_button},
    split,
};
use crate::{
    app::{
        About, AnswerLine, Aspect, ChannelReply, Depth, ExplanationReply, Feedback, Intent, MAX_TERM_CHARS, PostedText,
        Readers, Reply, RewriteReply, SeveralReply, Sharing, answer, told,
    },
    engine::{Explanation, ExplanationStatus, Rendering},
    ids::{AudienceId, PendingId},
};

/// Room for the small print, the menu and the buttons below a long text.
pub(super) const BELOW: Limits = Limits { blocks: 6, chars: 4_500 };

pub(super) const HELP: &str = "*Upshot turns technical messages into business language.*\n\
• `/upshot The pod is crash looping …` rewrites a text.\n\
• `/upshot for sales: …` rewrites it for one kind of reader.\n\
• `/upshot for finance and sales: …` rewrites it for up to three at once.\n\
• `/upshot draft` checks what you are about to send, and posts it when you approve.\n\
• `/explain p95` explains a term.\n\
• `/upshot settings sales` makes sales your usual reader.\n\
• `/upshot know p95, rollback` leaves these terms as they are in your own answers; `/upshot know` lists them, \
`/upshot forget p95` takes one back.\n\
• `/glossary` shows what waits in the glossary, `/glossary kiln` finds entries, `/glossary add kiln` writes one.\n\
• `/upshot settings here` tells what holds for this channel, and how to change it.\n\
• On any message: *More actions* → *Explain this*.";

/// A message that only the person who asked can see.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    response_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_original: Option<bool>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<Blocks>,
}

/// A dialog.
#[derive(Debug, Serialize)]
pub(super) struct View {
    #[serde(rename = "type")]
    kind: &'static str,
    pub(super) callback_id: &'static str,
    pub(super) title: PlainText<24>,
    close: PlainText<24>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) submit: Option<PlainText<24>>,
    /// What it is about. When its end is told, that is the kept text, so that closing the dialog erases it.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub(super) private_metadata: Metadata,
    notify_on_close: bool,
    blocks: Blocks,
}

/// The answer to a form that was sent.
#[derive(Debug, Serialize)]
#[serde(tag = "response_action", rename_all = "snake_case")]
pub(super) enum FormAnswer {
    /// What is shown in its place.
    Update { view: Box<View> },
    /// What is wrong with it, by the block ids of its fields. It stays open with what was written.
    Errors { errors: BTreeMap<&'static str, String> },
}

/// What an encoder needs besides the reply.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    pub(super) menu: Arc<ReaderMenu>,
    /// Whether buttons can open dialogs. A button that does nothing is worse than none.
    pub(super) can_open_dialogs: bool,
}

/// A reply as the JSON of a private message, for the command line.
///
/// # Errors
/// The JSON cannot be written, which no text causes.
pub fn message_json(reply: &Reply, readers: &Readers) -> serde_json::Result<String> {
    let menu = Arc::new(ReaderMenu::new(readers));
    serde_json::to_string(&Encoder { menu, can_open_dialogs: false }.message(reply))
}

impl Encoder {
    /// A reply as a private message.
    pub(super) fn message(&self, reply: &Reply) -> Message {
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        let text = match reply {
            Reply::Rewrite(rewrite) => self.rewrite_message(&mut blocks, rewrite),
            Reply::Explanation(found) => self.explanation_message(&mut blocks, found, BELOW),
            Reply::Found(found) => {
                let told = found.iter().map(|one| explanation_text(&one.explanation, Depth::Line));
                let text = told.collect::<Vec<_>>().join("\n");
                blocks.push_text(&text, BELOW);
                text
            }
            Reply::Aspect(aspect, rewrite) => {
                aspect_blocks(&mut blocks, *aspect, rewrite);
                aspect_text(*aspect, rewrite)
            }
            Reply::Settings { reader } => {
                let text = "The reader I write for when you name none:";
                blocks.push_text(text, BELOW);
                self.push_controls(&mut blocks, &Target::Settings, reader, Vec::new());
                format!("{text} {reader}. To change it: /upshot settings sales")
            }
            Reply::Several(several) => self.several_message(&mut blocks, several),
            Reply::Draft(found) | Reply::DraftPost(found) => self.way_to_editor(&mut blocks, found),
            // A page of its own; elsewhere the way to it is what can be said.
            Reply::Home(_) | Reply::Suggestions(_) | Reply::Prompts(_) => HELP.to_owned(),
            Reply::Copy(text) => {
                draft::copy(&mut blocks, text);
                match text {
                    PostedText::Own(source) => mrkdwn::write(source.text()),
                    PostedText::Rewrite { rendering, .. } => upshot_text(rendering),
                    PostedText::Explanation { found, .. } => explanation_text(&found.explanation, found.depth),
                }
            }
            Reply::Known(known) => self.known_message(&mut blocks, known),
            Reply::Channel(channel) => channel_text(channel),
            Reply::Glossary(glossary) => self.glossary_message(&mut blocks, glossary),
            Reply::ReaderForm { pending } => {
                blocks.push_text(told::ASK_READER, BELOW);
                self.push_open_menu(&mut blocks, pending, None);
                told::ASK_READER.to_owned()
            }
            Reply::Say(say) => mrkdwn::write(say.text()),
            // What is posted is made where it is posted; this is what the person sees of it meanwhile.
            Reply::Post(post) => return self.message(&post.done),
            // Nothing but a dialog can show a form, and where none can be opened the command does the same.
            Reply::Help | Reply::Form { .. } | Reply::DefinitionForm { .. } => HELP.to_owned(),
            Reply::Nothing => String::new(),
        };
        if blocks.is_empty() {
            blocks.push_text(&text, Limits { blocks: 0, chars: 0 });
        }
        let blocks = (!blocks.is_empty()).then_some(blocks);
        Message { response_type: "ephemeral", replace_original: None, text: split::shorten(&text, MAX_TEXT), blocks }
    }

    /// A reply as a message in place of an earlier one. A note about a failure stands below the answer instead.
    pub(super) fn replacement(&self, reply: &Reply) -> Message {
        Message { replace_original: Some(!matches!(reply, Reply::Say(say) if say.is_failure())), ..self.message(reply) }
    }

    /// A reply as a dialog.
    pub(super) fn view(&self, reply: &Reply) -> View {
        let mut blocks = Blocks::new(VIEW_LIMITS);
        let mut view = View {
            kind: "modal",
            callback_id: "answer",
            title: PlainText::shortened("In business words"),
            close: PlainText::shortened("Close"),
            submit: None,
            private_metadata: Metadata::default(),
            notify_on_close: false,
            blocks: Blocks::new(VIEW_LIMITS),
        };
        match reply {
            Reply::Rewrite(rewrite) => {
                self.rewrite_view(&mut blocks, rewrite);
                if let Some(pending) = &rewrite.pending {
                    view.private_metadata = Metadata::new(pending.to_string());
                    view.notify_on_close = true;
                }
            }
            Reply::Aspect(aspect, rewrite) => {
                view.title = PlainText::shortened(aspect_title(*aspect));
                let below = Limits { blocks: 1, chars: 9_000 };
                blocks.push_text(&aspect_text(*aspect, rewrite), below);
                if *aspect == Aspect::Why {
                    self.push_known_words(&mut blocks, rewrite, true);
                }
            }
            Reply::Form { reader } => {
                view.callback_id = FORM;
                view.title = PlainText::shortened("Rewrite with Upshot");
                view.submit = Some(PlainText::shortened("Rewrite"));
                self.form(&mut blocks, reader);
            }
            Reply::ReaderForm { pending } => {
                view.title = PlainText::shortened("Upshot for…");
                view.private_metadata = Metadata::new(pending.to_string());
                view.notify_on_close = true;
                blocks.push_text(told::ASK_READER, BELOW);
                self.push_open_menu(&mut blocks, pending, None);
            }
            Reply::DefinitionForm { unknown } => {
                view.callback_id = DEFINITION;
                view.title = PlainText::shortened("Ask for a definition");
                view.submit = Some(PlainText::shortened("Ask"));
                definition_form(&mut blocks, unknown);
            }
            Reply::Draft(found) => {
                view.callback_id = DRAFT;
                view.title = PlainText::shortened("Check a draft");
                view.submit = Some(PlainText::shortened(if found.checks.is_empty() { "Check" } else { "Check again" }));
                if let Some(pending) = &found.pending {
                    view.private_metadata = Metadata::new(pending.to_string());
                    view.notify_on_close = true;
                }
                self.draft(&mut blocks, found);
            }
            Reply::DraftPost(found) => {
                view.callback_id = DRAFT_POST;
                view.title = PlainText::shortened("Post your draft");
                view.submit = Some(PlainText::shortened("Post"));
                view.private_metadata =
                    Metadata::new(found.pending.as_ref().map(ToString::to_string).unwrap_or_default());
                self.draft_post(&mut blocks, found);
            }
            Reply::Copy(text) => {
                view.title = PlainText::shortened("Copy your text");
                draft::copy(&mut blocks, text);
            }
            Reply::Post(post) => return self.view(&post.done),
            Reply::Glossary(glossary) => self.glossary_view(&mut view, &mut blocks, glossary),
            other => {
                view.title = PlainText::shortened("Upshot");
                let message = self.message(other);
                blocks.push_text(&message.text, Limits { blocks: 0, chars: 0 });
            }
        }
        view.blocks = blocks;
        view
    }

    /// A reply in place of a form that was sent, or what is wrong with the form.
    pub(super) fn form_answer(&self, intent: &Intent, reply: &Reply) -> FormAnswer {
        match glossary::errors(intent, reply) {
            Some(errors) => FormAnswer::Errors { errors },
            None => FormAnswer::Update { view: Box::new(self.view(reply)) },
        }
    }

    fn rewrite_message(&self, blocks: &mut Blocks, rewrite: &RewriteReply) -> String {
        let rendering = &rewrite.rendering;
        let has_buttons = self.can_open_dialogs && rewrite.pending.is_some();
        push_upshot(blocks, rendering, str::to_owned);
        let plain = mrkdwn::write(&rendering.plain);
        let shows_plain = !told::says_the_same(rendering) && (rendering.sections.is_empty() || !has_buttons);
        if shows_plain {
            blocks.push_text(&format!("*In plain words*\n{plain}"), BELOW);
        }
        push_small_print(blocks, rendering);
        if let Some(pending) = &rewrite.pending {
            let buttons = if has_buttons { menu::buttons(pending, &rewrite.reader) } else { Vec::new() };
            self.push_controls(blocks, &Target::Text(pending.as_str()), &rewrite.reader, buttons);
        }
        self.push_reactions(blocks, rewrite);
        // Where no dialog can show where the words come from, it stands here.
        if !has_buttons {
            self.push_known_words(blocks, rewrite, false);
        }
        let mut text = upshot_text(rendering);
        if !told::says_the_same(rendering) {
            text.push_str("\n\n*In plain words*\n");
            text.push_str(&plain);
        }
        text
    }

    fn rewrite_view(&self, blocks: &mut Blocks, rewrite: &RewriteReply) {
        // Each part leaves room for the ones below it.
        let reserve = |blocks, chars| Limits { blocks, chars };
        push_upshot(blocks, &rewrite.rendering, str::to_owned);
        push_small_print(blocks, &rewrite.rendering);
        if let Some(pending) = &rewrite.pending {
            self.push_controls(blocks, &Target::Text(pending.as_str()), &rewrite.reader, Vec::new());
        }
        self.push_reactions(blocks, rewrite);
        if !told::says_the_same(&rewrite.rendering) {
            push_heading(blocks, aspect_title(Aspect::Plain));
            blocks.push_text(&aspect_text(Aspect::Plain, rewrite), reserve(40, 18_000));
        }
        push_heading(blocks, aspect_title(Aspect::Why));
        blocks.push_text(&aspect_text(Aspect::Why, rewrite), reserve(24, 12_000));
        self.push_known_words(blocks, rewrite, false);
        push_heading(blocks, aspect_title(Aspect::Original));
        blocks.push_text(&aspect_text(Aspect::Original, rewrite), reserve(0, 0));
    }

    fn several_message(&self, blocks: &mut Blocks, several: &SeveralReply) -> String {
        let versions = &several.versions;
        let mut texts = Vec::new();
        for (number, version) in versions.iter().enumerate() {
            let others = versions.len() - number;
            let below = Limits { blocks: BELOW.blocks + 10 * others, chars: BELOW.chars + 2_000 * others };
            let title = format!("For this reader: {}", version.title);
            push_heading(blocks, &title);
            draft::push_version(blocks, &version.rewrite, below);
            self.push_version_controls(blocks, &version.rewrite);
            texts.push(split::shorten(
                &format!("*{}*\n{}", mrkdwn::write(&title), upshot_text(&version.rewrite.rendering)),
                MAX_TEXT / versions.len() - 2,
            ));
        }
        if let (Some(pending), Some(first)) = (several.pending(), versions.first()) {
            // Nobody is chosen in it, because one of several readers could not be chosen then.
            let original = menu::aspect_button(Aspect::Original, pending, &first.rewrite.reader);
            self.push_open_menu(blocks, pending, original.filter(|_| self.can_open_dialogs));
            self.push_judgement(blocks, pending, &several.readers(), several.feedback);
        }
        texts.join("\n\n")
    }

    /// What hangs on one of several versions: sharing it, and where its words come from.
    fn push_version_controls(&self, blocks: &mut Blocks, version: &RewriteReply) {
        let Some(pending) = &version.pending else { return };
        let mut elements: Vec<Element> = share_button(&version.sharing).into_iter().collect();
        if self.can_open_dialogs {
            let sides = [Aspect::Plain, Aspect::Why];
            elements.extend(sides.into_iter().filter_map(|side| menu::aspect_button(side, pending, &version.reader)));
        }
        if !elements.is_empty() {
            let block_id = BlockId::shortened(format!("version:{}", version.reader));
            blocks.push(Block::Actions { block_id, elements });
        }
    }

    /// How an answer as a whole was.
    fn push_judgement(&self, blocks: &mut Blocks, pending: &PendingId, reader: &AudienceId, feedback: Feedback) {
        let about = About::Text(pending.clone());
        let missed = self.can_open_dialogs.then(|| menu::missed_button(&about));
        Reactions { about: &about, reader, sharing: &Sharing::NotOffered, feedback }.push(blocks, missed);
    }

    pub(super) fn explanation_message(&self, blocks: &mut Blocks, found: &ExplanationReply, below: Limits) -> String {
        let text = explanation_text(&found.explanation, found.depth);
        blocks.push_text(&text, below);
        let explanation = &found.explanation;
        if explanation.status == ExplanationStatus::Defined {
            let ids = told::entries(explanation);
            let mut buttons = menu::depth_buttons(found);
            // The entry says where its words come from, and who keeps them. Of several entries each is one question away.
            buttons.extend(found.one_entry().filter(|_| self.can_open_dialogs).map(glossary::why_button));
            self.push_controls(blocks, &Target::Concept(&ids), &found.reader, buttons);
        }
        if let Some(about) = &found.about() {
            let ExplanationReply { reader, sharing, feedback, .. } = found;
            let missed = self.can_open_dialogs.then(|| menu::missed_button(about));
            Reactions { about, reader, sharing, feedback: *feedback }.push(blocks, missed);
        }
        let meant = menu::meant_buttons(&explanation.suggestions);
        if !meant.is_empty() {
            blocks.push(Block::Actions { block_id: BlockId::shortened("meant".to_owned()), elements: meant });
        }
        self.push_known_buttons(blocks, found);
        let all = std::iter::once(&*found.explanation).chain(&found.explanation.also);
        if let Some(unknown) = all.clone().find(|one| one.offer_request && !one.asked.trim().is_empty()) {
            blocks.push(Block::Actions {
                block_id: BlockId::shortened("definition".to_owned()),
                elements: vec![menu::request_button(&one_line(&unknown.asked))],
            });
        }
        text
    }

    fn form(&self, blocks: &mut Blocks, reader: &AudienceId) {
        blocks.push(Block::Input {
            block_id: BlockId::shortened(FORM_TEXT.to_owned()),
            optional: false,
            label: PlainText::shortened("Technical text"),
            element: Element::PlainTextInput {
                action_id: FORM_FIELD,
                multiline: true,
                max_length: None,
                initial_value: None,
            },
            hint: None,
        });
        if let Some(element) = self.menu.element(reader, FORM_FIELD) {
            blocks.push(Block::Input {
                block_id: BlockId::shortened(FORM_READER.to_owned()),
                optional: false,
                label: PlainText::shortened("Reader"),
                element,
                hint: None,
            });
        }
    }

    /// The buttons about the answer as a whole, and what became of those that were pressed.
    fn push_reactions(&self, blocks: &mut Blocks, rewrite: &RewriteReply) {
        let RewriteReply { pending, reader, sharing, feedback, .. } = rewrite;
        let Some(pending) = pending else { return };
        let about = About::Text(pending.clone());
        let missed = self.can_open_dialogs.then(|| menu::missed_button(&about));
        Reactions { about: &about, reader, sharing, feedback: *feedback }.push(blocks, missed);
    }

    fn push_open_menu(&self, blocks: &mut Blocks, pending: &PendingId, more: Option<Element>) {
        let Some(menu) = self.menu.open() else { return };
        let elements = std::iter::once(menu).chain(more).collect();
        blocks.push(Block::Actions { block_id: menu::open_id(pending), elements });
    }

    pub(super) fn push_controls(
        &self,
        blocks: &mut Blocks,
        target: &Target<'_>,
        reader: &AudienceId,
        buttons: Vec<Element>,
    ) {
        let Some(menu) = self.menu.element(reader, menu::READER) else { return };
        let mut elements = vec![menu];
        elements.extend(buttons);
        blocks.push(Block::Actions { block_id: menu::block_id(target, reader), elements });
    }
}

/// What holds for a channel.
pub(super) fn channel_lines(channel: &ChannelReply) -> String {
    let (heading, lines) = channel.told();
    let lines: Vec<String> = lines.iter().map(|line| format!("• {}\n", mrkdwn::write(line))).collect();
    format!("*{}*\n{}", mrkdwn::write(&heading), lines.concat())
}

/// The same, and how to change it.
fn channel_text(channel: &ChannelReply) -> String {
    format!(
        "{}Who runs the workspace or made the channel can change it: `/upshot settings here sales`, `… here no reader`, \
         `… here quiet`, `… here not quiet`, `… here bridge @app to #channel`, `… here no bridge`, `… here replies to @app`, \
         `… here no replies`, `… here off`.",
        channel_lines(channel)
    )
}

/// The form that asks for a definition, with words that may be meant.
fn definition_form(blocks: &mut Blocks, unknown: &[String]) {
    let hint = match unknown {
        [] => "Whoever keeps the glossary sees the term and how many people want it, not who.".to_owned(),
        words => format!(
            "In this message I have no entry for: {}. Whoever keeps the glossary sees the term and how many people want \
             it, not who.",
            words.join(", ")
        ),
    };
    blocks.push(Block::Input {
        block_id: BlockId::shortened(FORM_TEXT.to_owned()),
        optional: false,
        label: PlainText::shortened("Which term?"),
        element: Element::PlainTextInput {
            action_id: FORM_FIELD,
            multiline: false,
            max_length: Some(MAX_TERM_CHARS),
            initial_value: None,
        },
        hint: Some(PlainText::shortened(&hint)),
    });
}

/// Adds the upshot; `spoken` has the last word about each text.
pub(super) fn push_upshot(blocks: &mut Blocks, rendering: &Rendering, spoken: impl Fn(&str) -> String) {
    if let Some(headline) = headline(rendering) {
        blocks.push_text(&spoken(&headline), BELOW);
    }
    for section in &rendering.sections {
        blocks.push_text(&spoken(&titled(&section.title, &section.text)), BELOW);
    }
    if rendering.sections.is_empty() && !rendering.asks.is_empty() {
        blocks.push_text(&spoken(&asks(rendering)), BELOW);
    }
}

pub(super) fn upshot_text(rendering: &Rendering) -> String {
    let mut parts: Vec<String> = headline(rendering).into_iter().collect();
    parts.extend(rendering.sections.iter().map(|section| titled(&section.title, &section.text)));
    if rendering.sections.is_empty() && !rendering.asks.is_empty() {
        parts.push(asks(rendering));
    }
    parts.join("\n")
}

fn headline(rendering: &Rendering) -> Option<String> {
    let text = rendering.headline.trim();
    if text.is_empty() {
        return None;
    }
    let code_has_asterisk = text.split('`').skip(1).step_by(2).any(|code| code.contains('*'));
    let line = text.replace('\n', " ");
    // An asterisk inside would end the bold stretch; one in code must stay, so that the code is the author's.
    Some(if code_has_asterisk { mrkdwn::write(&line) } else { format!("*{}*", mrkdwn::write(&line.replace('*', " "))) })
}

pub(super) fn titled(title: &str, text: &str) -> String {
    let separator = if text.contains('\n') { ":\n" } else { ": " };
    format!("*{}*{separator}{}", mrkdwn::write(title), mrkdwn::write(text))
}

fn asks(rendering: &Rendering) -> String {
    titled("What is asked of you", &rendering.asks.join("\n"))
}

fn push_small_print(blocks: &mut Blocks, rendering: &Rendering) {
    let notices = rendering.notices.iter().map(|notice| &notice.text);
    let lines: Vec<&str> = rendering.open_questions.iter().chain(notices).map(String::as_str).collect();
    blocks.push_context(&mrkdwn::write(&lines.join("\n")));
}

pub(super) fn push_heading(blocks: &mut Blocks, title: &str) {
    // Nothing is divided above the first one.
    if !blocks.is_empty() {
        blocks.push(Block::Divider);
    }
    blocks.push(Block::Header { text: PlainText::shortened(title) });
}

fn aspect_title(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Plain => "In plain words",
        Aspect::Why => "Why these words?",
        Aspect::Original => "Original",
    }
}

fn aspect_blocks(blocks: &mut Blocks, aspect: Aspect, rewrite: &RewriteReply) {
    blocks.push_text(&aspect_text(aspect, rewrite), Limits { blocks: 0, chars: 0 });
}

fn aspect_text(aspect: Aspect, rewrite: &RewriteReply) -> String {
    match aspect {
        Aspect::Plain => mrkdwn::write(&rewrite.rendering.plain),
        Aspect::Original => mrkdwn::write(rewrite.source.text()),
        Aspect::Why => mrkdwn::write(&told::why(&rewrite.rendering)),
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

pub(super) fn explanation_text(explanation: &Explanation, depth: Depth) -> String {
    let line = |line: &AnswerLine| match line.title.as_str() {
        "" => mrkdwn::write(&line.text),
        title => format!("*{}*: {}", mrkdwn::write(title), mrkdwn::write(&line.text)),
    };
    let paragraph = |lines: &Vec<AnswerLine>| lines.iter().map(line).collect::<Vec<_>>().join("\n");
    let between = if depth == Depth::Line { "\n" } else { "\n\n" };
    answer(explanation, depth).iter().map(paragraph).collect::<Vec<_>>().join(between)
}
