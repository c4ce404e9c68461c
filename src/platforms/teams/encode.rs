//! Replies to what Teams shows: a text in the response to an outgoing webhook, a card in a chat, a dialog, the list of a
//! search, a card in place of another one.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

use sha2::{Digest, Sha256};

use super::{
    card::{Action, Builder, ButtonData, Card, Choice, Element, Look, Refresh, cut},
    decode::Dialog,
    draft::{can_post, push_posted},
    glossary::push_glossary,
    known::{push_known_buttons, push_known_words},
    markdown::{self, Surface},
    payload::InvokeValue,
    text::{
        asked_for, explained, explained_in_short, first, one_line, preview, small_print, summary, told_to, upshot,
        words,
    },
};
use crate::{
    app::{
        About, COUNTED, Conversation, Depth, ExplanationReply, Feedback, MAX_TERM_CHARS, Readers, Reply, RewriteReply,
        Say, SeenBy, SeveralReply, Sharing, answer, told,
    },
    engine::{ExplanationStatus, Rendering},
    ids::{AudienceId, RequestId, hex},
};

/// The longest text of a message in bytes of JSON, far under what Teams refuses.
const MAX_TEXT_BYTES: usize = 20_000;
/// What a dialog and a card for the compose box may hold, as Teams counts them.
const CARD: &str = "application/vnd.microsoft.card.adaptive";
const THUMBNAIL: &str = "application/vnd.microsoft.card.thumbnail";
/// A search shows so many entries, which together must stay under the size of an answer.
const MAX_FOUND_BYTES: usize = 80_000;

/// Said below an answer about a message that holds more than its words.
const ONLY_WORDS: &str = "There is more in this message than its words: a file, a picture, a card or a forwarded post. Teams hands \
                          those over to no app, so I have not read them.";

/// Enough to tell the cards of a conversation apart.
const CARD_ID_BYTES: usize = 5;

/// How the controls of a card reach us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Controls<'a> {
    /// Buttons of a card in a chat: the card is replaced.
    Chat,
    /// Buttons of a dialog; with the wish to use the answer where the dialog was opened from a message or a draft.
    Dialog(Dialog),
    /// None, because others would press them too. The person who asked gets a card with them.
    OnRequest(&'a str),
    /// None.
    None,
}

/// The answer to a search.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    compose_extension: Listed,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(rename = "type")]
    kind: &'static str,
    attachment_layout: &'static str,
    attachments: Vec<Box<RawValue>>,
}

/// A card, and what stands in the list for it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    content_type: &'static str,
    content: Card,
    preview: Preview,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Preview {
    content_type: &'static str,
    content: Short,
}

#[derive(Serialize)]
struct Short {
    title: String,
    text: String,
}

/// What an encoder needs besides the reply.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    readers: Arc<Readers>,
    /// The id of the card.
    card: String,
}

/// A reply as the JSON of a message with a card, for the command line.
///
/// # Errors
/// The JSON cannot be written, which no text causes.
pub fn message_json(reply: &Reply, readers: &Readers) -> serde_json::Result<String> {
    let encoder = Encoder::new(Arc::new(readers.clone()), &RequestId::new("shown"));
    let card = encoder.card(reply, Controls::None);
    serde_json::to_string(&json!({ "type": "message", "attachments": [attachment(&card)] }))
}

/// A reply in the response to an outgoing webhook.
pub(super) fn hook_answer(reply: &Reply) -> Value {
    said(&words(reply))
}

/// Something to tell one person, who did not ask.
pub(super) fn word(say: Say) -> Value {
    said(&words(&Reply::Say(say)))
}

impl Encoder {
    /// Draws the answer to this request, with an id on each of its cards that no other answer's has.
    pub(super) fn new(readers: Arc<Readers>, request: &RequestId) -> Self {
        let card = hex(Sha256::digest(request.as_str()).iter().take(CARD_ID_BYTES));
        Self { readers, card }
    }

    /// A reply as a message for a conversation; `None` when there is nothing to say.
    pub(super) fn message(&self, reply: &Reply, conversation: &Conversation) -> Option<Value> {
        let controls = match conversation.seen_by {
            SeenBy::ThePerson => Controls::Chat,
            SeenBy::Everybody => Controls::OnRequest(conversation.person.as_str()),
            // What one person gets among others has no buttons, so that none of them shows anything to the others.
            SeenBy::OnlyThePerson => Controls::None,
        };
        let mut message = match reply {
            Reply::Nothing => return None,
            // A text with a card beside it is torn apart by the service, so it is one or the other.
            Reply::Say(_) | Reply::Help | Reply::Found(_) | Reply::Known(_) => said(&words(reply)),
            // Without its menu a card would not even name the reader.
            Reply::Settings { .. } if !has_buttons(controls) => said(&words(reply)),
            _ => {
                let card = self.card(reply, controls);
                json!({ "type": "message", "summary": summary(reply), "attachments": [attachment(&card)] })
            }
        };
        let fields = message.as_object_mut()?;
        fields.insert("conversation".to_owned(), json!({ "id": conversation.id }));
        if let Some(answered) = &conversation.message {
            fields.insert("replyToId".to_owned(), json!(answered));
        }
        if conversation.seen_by == SeenBy::OnlyThePerson {
            fields.insert("recipient".to_owned(), json!({ "id": conversation.person, "isTargeted": true }));
        }
        Some(message)
    }

    /// A reply as a dialog.
    pub(super) fn dialog(&self, reply: &Reply, on: Dialog) -> Value {
        let title = match reply {
            Reply::Rewrite(_) | Reply::Aspect(..) | Reply::Several(_) => "In business words",
            Reply::Draft(_) => "Check a draft",
            Reply::ReaderForm { .. } => "Upshot for…",
            Reply::DefinitionForm { .. } => "Ask for a definition",
            // The person posts it, by sending the message that they are writing.
            Reply::Post(post) => return result(&[self.result(&Reply::Copy(post.text.clone()))]),
            Reply::Explanation(_) | Reply::Found(_) => "Explained",
            Reply::Settings { .. } => "Settings",
            Reply::Glossary(_) => "Glossary",
            Reply::Say(say) => return dialog_note(say.text()),
            Reply::Help
            | Reply::DraftPost(_)
            | Reply::Copy(_)
            | Reply::Form { .. }
            | Reply::Known(_)
            | Reply::Channel(_)
            | Reply::Home(_)
            | Reply::Suggestions(_)
            | Reply::Prompts(_) => return dialog_note(&words(reply)),
            Reply::Nothing => return json!({}),
        };
        let card = self.card(reply, Controls::Dialog(on));
        json!({ "task": { "type": "continue", "value":
            { "title": title, "height": "large", "width": "medium", "card": attachment(&card) } } })
    }

    /// A reply as a card in the message that the person is writing.
    pub(super) fn composed(&self, reply: &Reply) -> Value {
        match reply {
            Reply::Say(say) => dialog_note(say.text()),
            _ => result(&[self.result(reply)]),
        }
    }

    /// Entries in the list of a search, as JSON: people search with every letter they type, so each entry is written once.
    pub(super) fn listed(&self, reply: &Reply) -> serde_json::Result<Box<RawValue>> {
        let Reply::Found(found) = reply else { return to_raw_value(&self.composed(reply)) };
        if found.is_empty() {
            return to_raw_value(&note("Nothing found. Type the beginning of a term, such as SLO."));
        }
        let mut left = MAX_FOUND_BYTES;
        let mut attachments = Vec::new();
        for one in found {
            let entry = self.entry(one)?;
            let length = entry.get().len();
            if length > left {
                break;
            }
            left -= length;
            attachments.push(entry);
        }
        to_raw_value(&Answered { compose_extension: Listed { kind: "result", attachment_layout: "list", attachments } })
    }

    /// An entry of that list.
    fn entry(&self, found: &ExplanationReply) -> serde_json::Result<Box<RawValue>> {
        let mut builder = Builder::new(&self.card);
        self.explanation(&mut builder, found, Controls::None);
        let content = builder.finish(&explained(&found.explanation, found.depth), None);
        let (title, text) = explained_in_short(&found.explanation);
        let preview = Preview { content_type: THUMBNAIL, content: Short { title, text } };
        to_raw_value(&Entry { content_type: CARD, content, preview })
    }

    /// Entries as choices under a field.
    pub(super) fn choices(&self, reply: &Reply) -> Value {
        let Reply::Found(found) = reply else { return choices(&[]) };
        let choice =
            |one: &ExplanationReply| json!({ "title": one.explanation.term, "value": one.explanation.concept });
        choices(&found.iter().map(choice).collect::<Vec<_>>())
    }

    /// A reply in place of the card whose button was pressed. What nobody pressed changes nothing when it fails.
    pub(super) fn replacement(&self, reply: &Reply, is_automatic: bool) -> Value {
        match reply {
            Reply::Say(say) if is_automatic => card_error(say.text()),
            Reply::Say(say) => card_answer("application/vnd.microsoft.activity.message", &json!(say.text())),
            Reply::Nothing => card_error("There is nothing to show."),
            _ => card_answer(CARD, &json!(self.card(reply, Controls::Chat))),
        }
    }

    fn result(&self, reply: &Reply) -> Value {
        let card = self.card(reply, Controls::None);
        let (title, text) = preview(reply);
        let mut entry = attachment(&card);
        entry["preview"] = json!({ "contentType": THUMBNAIL, "content": { "title": title, "text": text } });
        entry
    }

    /// A reply as a card.
    pub(super) fn card(&self, reply: &Reply, controls: Controls<'_>) -> Card {
        let mut builder = Builder::new(&self.card);
        let mut refresh = None;
        match reply {
            Reply::Rewrite(rewrite) | Reply::Aspect(_, rewrite) => {
                self.rewrite(&mut builder, rewrite, controls);
                refresh = rewrite.pending.as_ref().map(|pending| ButtonData {
                    upshot: "again",
                    job: Some(pending.to_string()),
                    audience: Some(rewrite.reader.to_string()),
                    ..ButtonData::default()
                });
            }
            Reply::Explanation(found) => {
                self.explanation(&mut builder, found, controls);
                refresh = asked_again(found);
            }
            Reply::Settings { reader } => {
                builder.push_text("The reader I write for when you name none:", Look::PARAGRAPH, 4_000);
                let data = ButtonData { upshot: "reader", ..ButtonData::default() };
                self.push_reader(&mut builder, reader, controls, data, "Remember");
            }
            Reply::Draft(draft) if has_buttons(controls) => self.push_draft(&mut builder, draft, controls),
            Reply::Copy(text) => push_posted(&mut builder, text),
            Reply::ReaderForm { pending } => {
                let data = ButtonData { upshot: "reword", job: Some(pending.to_string()), ..ButtonData::default() };
                self.push_open_reader(&mut builder, controls, data);
            }
            Reply::DefinitionForm { unknown } => {
                builder.push_text(&asked_for(unknown), Look::PARAGRAPH, 2_000);
                builder.push(Element::TextField {
                    id: "term",
                    label: "Which term?",
                    is_multiline: false,
                    is_required: true,
                    error_message: "Type the term that should be explained.",
                    value: None,
                    placeholder: "",
                });
                let data = ButtonData { upshot: "define", ..ButtonData::default() };
                builder.push(Element::ActionSet { actions: vec![button(controls, "Ask", data)] });
            }
            Reply::Several(several) => self.several(&mut builder, several, controls),
            Reply::Glossary(glossary) => push_glossary(&mut builder, glossary, controls),
            // Nothing of Teams asks for a post; what is told of it is what the person sees.
            Reply::Post(post) => return self.card(&post.done, controls),
            other => builder.push_text(&words(other), Look::PARAGRAPH, 0),
        }
        let refresh = match controls {
            Controls::OnRequest(person) => refresh.map(|data| Refresh::of(person, data)),
            _ => None,
        };
        builder.finish(&words(reply), refresh)
    }

    fn rewrite(&self, builder: &mut Builder, rewrite: &RewriteReply, controls: Controls<'_>) {
        let rendering = &rewrite.rendering;
        push_upshot(builder, rendering, (14_000, 9_000));
        let shows_plain = !told::says_the_same(rendering) && (rendering.sections.is_empty() || !has_buttons(controls));
        if shows_plain {
            builder.push_titled("In plain words", &rendering.plain, 5_000);
        }
        builder.push_text(&small_print(rendering), Look::SMALL_PRINT, 4_500);
        if controls == Controls::Dialog(Dialog::PartOfAMessage) {
            builder.push_text(ONLY_WORDS, Look::SMALL_PRINT, 4_000);
        }
        if !has_buttons(controls) {
            return;
        }
        let mut shown = Vec::new();
        let parts = [
            ("plain", "In plain words", rendering.plain.clone(), 6_000),
            ("why", "Why these words?", told::why(rendering), 4_500),
            ("original", "Original", rewrite.source.text().to_owned(), 3_000),
        ];
        for (id, title, text, reserve) in parts {
            if (id != "plain" || !shows_plain && !told::says_the_same(rendering))
                && builder.push_hidden(id, title, &text, reserve)
            {
                shown.push(Action::Toggle { title, target_elements: vec![id] });
            }
        }
        if !shown.is_empty() {
            builder.push(Element::ActionSet { actions: shown });
        }
        if let Some(pending) = &rewrite.pending {
            push_use(builder, rewrite, controls);
            let data = ButtonData { upshot: "reword", job: Some(pending.to_string()), ..ButtonData::default() };
            self.push_reader(builder, &rewrite.reader, controls, data, "Rewrite for this reader");
            push_known_words(builder, pending, rewrite, controls);
            let about = About::Text(pending.clone());
            let more = Some(missing_button(&about, controls));
            push_judgement(builder, (&about, &rewrite.reader, rewrite.feedback), more, controls);
        }
    }

    fn several(&self, builder: &mut Builder, several: &SeveralReply, controls: Controls<'_>) {
        // Each leaves the room that the ones behind it need, and the controls.
        let versions = &several.versions;
        let below = if has_buttons(controls) { 5_000 } else { 0 };
        for (number, version) in versions.iter().enumerate() {
            let behind = below + 4_500 * (versions.len() - number - 1);
            builder.push_text(&version.title, Look::HEADLINE, behind);
            builder.push_text(&told_to(&version.rewrite.rendering), Look::PARAGRAPH, behind);
        }
        let (Some(pending), Some(first)) = (several.pending(), versions.first()) else { return };
        if !has_buttons(controls) {
            return;
        }
        if builder.push_hidden("original", "Original", first.rewrite.source.text(), 4_500) {
            let shown = Action::Toggle { title: "Original", target_elements: vec!["original"] };
            builder.push(Element::ActionSet { actions: vec![shown] });
        }
        let data = ButtonData { upshot: "reword", job: Some(pending.to_string()), ..ButtonData::default() };
        self.push_open_reader(builder, controls, data);
        let about = About::Text(pending.clone());
        let more = Some(missing_button(&about, controls));
        push_judgement(builder, (&about, &several.readers(), several.feedback), more, controls);
    }

    fn explanation(&self, builder: &mut Builder, found: &ExplanationReply, controls: Controls<'_>) {
        for paragraph in answer(&found.explanation, found.depth) {
            for line in paragraph {
                builder.push_titled(&line.title, &line.text, 3_000);
            }
        }
        if found.explanation.status == ExplanationStatus::Defined {
            let term = Some(told::entries(&found.explanation));
            let data = ButtonData { upshot: "reword", term, ..ButtonData::default() };
            self.push_reader(builder, &found.reader, controls, data, "Explain for this reader");
            push_depths(builder, found, controls);
        }
        push_known_buttons(builder, found, controls);
        if let Some(about) = &found.about() {
            let more = Some(missing_button(about, controls));
            push_judgement(builder, (about, &found.reader, found.feedback), more, controls);
        }
        let meant = found.explanation.suggestions.iter().map(|term| {
            let data = ButtonData { upshot: "explain", term: Some(term.clone()), ..ButtonData::default() };
            button(controls, term.clone(), data).without_inputs()
        });
        let meant: Vec<Action> = meant.collect();
        if has_buttons(controls) && !meant.is_empty() {
            builder.push(Element::ActionSet { actions: meant });
        }
        let mut all = std::iter::once(&*found.explanation).chain(&found.explanation.also);
        let unknown = all.find(|one| one.offer_request && !one.asked.trim().is_empty());
        if let Some(unknown) = unknown.filter(|_| has_buttons(controls)) {
            let term = Some(first(&unknown.asked, MAX_TERM_CHARS));
            let data = ButtonData { upshot: "define", term, ..ButtonData::default() };
            builder.push(Element::ActionSet { actions: vec![button(controls, "Ask for a definition", data)] });
        }
    }

    /// All readers to choose from.
    pub(super) fn reader_choices(&self) -> Vec<Choice> {
        let readers = self.readers.all().iter().take(100);
        readers.map(|reader| Choice { title: reader.title.clone(), value: reader.id.to_string() }).collect()
    }

    /// A menu in which no reader is chosen yet.
    fn push_open_reader(&self, builder: &mut Builder, controls: Controls<'_>, data: ButtonData) {
        builder.push(Element::ChoiceSet {
            id: "audience",
            label: told::ASK_READER,
            style: "compact",
            value: String::new(),
            choices: self.reader_choices(),
            is_multi_select: false,
            is_required: true,
            error_message: "Choose who is going to read it.",
            placeholder: "Choose a reader",
        });
        builder.push(Element::ActionSet { actions: vec![button(controls, "Rewrite", data)] });
    }

    fn push_reader(
        &self,
        builder: &mut Builder,
        reader: &AudienceId,
        controls: Controls<'_>,
        data: ButtonData,
        title: &'static str,
    ) {
        if !has_buttons(controls) {
            return;
        }
        let menu = Element::menu("audience", "Reader", reader.to_string(), self.reader_choices());
        if builder.push(menu) {
            builder.push(Element::ActionSet { actions: vec![button(controls, title, data)] });
        }
    }
}

/// The headline and the sections, each cut so that so many bytes stay free behind it.
pub(super) fn push_upshot(builder: &mut Builder, rendering: &Rendering, reserves: (usize, usize)) {
    builder.push_text(&one_line(&rendering.headline), Look::HEADLINE, reserves.0);
    for section in upshot(rendering) {
        builder.push_titled(&section.title, &section.text, reserves.1);
    }
}

/// What asks for the same explanation for one person; `None` where something of it could not be told again.
fn asked_again(found: &ExplanationReply) -> Option<ButtonData> {
    let mut all = std::iter::once(&*found.explanation).chain(&found.explanation.also);
    // What a term means in a message was read out of that message, which is not kept.
    if found.explanation.is_message || all.any(|one| !one.in_context.is_empty()) {
        return None;
    }
    let entries = told::entries(&found.explanation);
    let is_whole = entries.split(',').filter(|entry| !entry.is_empty()).count() == 1 + found.explanation.also.len();
    if found.explanation.status == ExplanationStatus::Defined && is_whole {
        return Some(at_depth(found, found.depth));
    }
    let asked = &found.explanation.asked;
    let is_short = !asked.trim().is_empty() && asked.chars().nth(MAX_TERM_CHARS).is_none();
    (found.explanation.also.is_empty() && is_short).then(|| ButtonData {
        upshot: "explain",
        term: Some(asked.clone()),
        ..ButtonData::default()
    })
}

/// Tells the entries of an explanation at a depth, for the same reader.
fn at_depth(found: &ExplanationReply, depth: Depth) -> ButtonData {
    ButtonData {
        upshot: "depth",
        term: Some(told::entries(&found.explanation)),
        audience: Some(found.reader.to_string()),
        depth: Some(depth.name()),
        ..ButtonData::default()
    }
}

/// Buttons that tell the entries of an explanation at another depth.
fn push_depths(builder: &mut Builder, found: &ExplanationReply, controls: Controls<'_>) {
    if !has_buttons(controls) {
        return;
    }
    let action = |depth: Depth| button(controls, depth.label(), at_depth(found, depth)).without_inputs();
    builder.push(Element::ActionSet { actions: found.depth.others().map(action).collect() });
}

/// Puts the words that are shown into the message that the person is writing, and says why that was not done when it was not.
fn push_use(builder: &mut Builder, rewrite: &RewriteReply, controls: Controls<'_>) {
    if !can_post(controls) {
        return;
    }
    let (note, ticket) = match &rewrite.sharing {
        Sharing::Offered(ticket) | Sharing::Refused(ticket) => ("", ticket),
        Sharing::ForOthers(ticket) => (
            "You know terms of this that others may not, so the words above are now those that everybody would read. Nothing was \
             put into your message: read them, then press once more.",
            ticket,
        ),
        Sharing::Changed(ticket) => (
            "These are other words than you have read: another reader was chosen, or the glossary has changed. Nothing was put into \
             your message: read them, then press once more.",
            ticket,
        ),
        Sharing::NotOffered | Sharing::Done(_) => return,
    };
    builder.push_text(note, Look::PROBLEM, 3_000);
    let data = ButtonData {
        upshot: "share",
        job: Some(ticket.about.to_string()),
        audience: Some(ticket.reader.to_string()),
        digest: Some(ticket.digest.clone()),
        ..ButtonData::default()
    };
    // What was read goes there, not what the menu was set to afterwards.
    let action = Action::Submit { title: "Use in my message".into(), data, associated_inputs: None };
    builder.push(Element::ActionSet { actions: vec![action.without_inputs()] });
}

/// How an answer is for its reader, said with a button; a press is counted without name and text.
fn push_judgement(
    builder: &mut Builder,
    (about, reader, feedback): (&About, &AudienceId, Feedback),
    more: Option<Action>,
    controls: Controls<'_>,
) {
    if !has_buttons(controls) {
        return;
    }
    if feedback == Feedback::Given {
        return builder.push_text(COUNTED, Look::SMALL_PRINT, 0);
    }
    let wrong = match about {
        About::Text(_) => "Something is wrong",
        About::Entries { .. } => "This did not help",
    };
    let judged = |(title, upshot): (&'static str, &'static str)| {
        // What was read is judged, not what the menu was set to afterwards.
        let (job, audience) = (Some(about.to_string()), Some(reader.to_string()));
        button(controls, title, ButtonData { upshot, job, audience, ..ButtonData::default() }).without_inputs()
    };
    let actions = [("This helped", "helped"), (wrong, "wrong")].map(judged).into_iter().chain(more);
    builder.push(Element::ActionSet { actions: actions.collect() });
}

/// The button that says that a term is missing in an answer.
fn missing_button(about: &About, controls: Controls<'_>) -> Action {
    let missed = ButtonData { upshot: "missing", job: Some(about.to_string()), ..ButtonData::default() };
    button(controls, "A term is missing", missed).without_inputs()
}

/// A button that reaches us from where it is shown.
pub(super) fn button(controls: Controls<'_>, title: impl Into<Cow<'static, str>>, data: ButtonData) -> Action {
    let title = title.into();
    match controls {
        Controls::Chat => Action::Execute {
            title: title.clone(),
            verb: data.upshot,
            data: data.clone(),
            associated_inputs: None,
            fallback: Some(Box::new(Action::Submit { title, data, associated_inputs: None })),
        },
        _ => Action::Submit { title, data, associated_inputs: None },
    }
}

pub(super) fn has_buttons(controls: Controls<'_>) -> bool {
    matches!(controls, Controls::Chat | Controls::Dialog(_))
}

/// A sentence in place of a dialog.
pub(super) fn dialog_note(text: &str) -> Value {
    json!({ "task": { "type": "message", "value": text } })
}

/// A sentence in place of a list.
pub(super) fn note(text: &str) -> Value {
    json!({ "composeExtension": { "type": "message", "text": text } })
}

/// Why the button of a card did nothing. The card stays.
pub(super) fn card_error(text: &str) -> Value {
    json!({ "statusCode": 400, "type": "application/vnd.microsoft.error",
        "value": { "code": "BadRequest", "message": text } })
}

/// Why a token that a client offers for signing in is not taken.
pub(super) fn not_exchanged(offer: &InvokeValue) -> Value {
    json!({ "id": offer.id, "connectionName": offer.connection_name, "failureDetail": "Nobody needs to sign in here." })
}

/// A plain message.
pub(super) fn said(canonical: &str) -> Value {
    let text = cut(canonical, MAX_TEXT_BYTES, |canonical| markdown::write(canonical, Surface::Message));
    json!({ "type": "message", "textFormat": "markdown", "text": text })
}

fn card_answer(kind: &str, value: &Value) -> Value {
    json!({ "statusCode": 200, "type": kind, "value": value })
}

fn choices(results: &[Value]) -> Value {
    json!({ "statusCode": 200, "type": "application/vnd.microsoft.search.searchResponse", "value": { "results": results } })
}

fn result(attachments: &[Value]) -> Value {
    json!({ "composeExtension": { "type": "result", "attachmentLayout": "list", "attachments": attachments } })
}

fn attachment(card: &Card) -> Value {
    json!({ "contentType": CARD, "content": card })
}
