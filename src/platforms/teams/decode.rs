//! Activities to what the application understands.
//!
//! Whatever is new to us is acknowledged, because new kinds of events come at any time; only an invoke of an unknown name is
//! refused, so that the client does not wait for an answer.

use serde_json::Value;

use super::{
    encode, graph,
    payload::{self, Activity, Data, InvokeValue},
    presses::Press,
    references::{self, Left},
    words::{self, Called},
};
use crate::{
    app::{
        About, Actor, Conversation, Depth, Destination, Door, DraftVersion, GlossaryWish, Intent, Judgement, Knowing,
        Original, Place, ReplyTo, Request, SeenBy, ShareInto, ShareTicket, ShownAgain, Subject, Thread, curation::Step,
    },
    clock::Timestamp,
    engine::{Location, SourceText},
    ids::{AudienceId, ChannelId, PendingId, PersonId, Platform, RequestId, WorkspaceId},
};

/// The command with which a draft is checked.
const DRAFT_COMMAND: &str = "rewriteDraft";
/// The command on a message that asks for its reader first.
const ASKS_READER: &str = "upshotFor";
/// The command on a message with a word that has no entry yet.
const ADDS_ENTRY: &str = "addToGlossary";
/// Said where a message holds something, and none of it words.
const NO_WORDS: &str = "Teams hands over only the words of a message to apps, no files, pictures, cards or forwarded posts, and this one \
                        has no words. Open what is in it, copy its text, and write that to me in a chat of our own.";
/// As many entries as a search shows, and as many choices as a field does.
const MOST_FOUND: usize = 25;
const MOST_CHOICES: usize = 15;

/// A decoded activity.
#[derive(Debug, PartialEq)]
pub(super) enum Delivery {
    /// To be answered later, in the conversation.
    Message(Box<Request>),
    /// To be answered in the response.
    Invoke(Box<Request>, Shape),
    /// To be answered later, unless the first of it came a moment ago: a press that is sent again has no id in common with
    /// the first.
    Press(Box<Request>, Press),
    /// A message reads differently now.
    Changed(Box<Request>),
    /// The message of this request was taken back.
    TakenBack(Actor, RequestId),
    /// The bot is in a conversation no more, or that is there no longer.
    Left(Left),
    /// Answered already.
    Answer(Value),
    /// A token for signing in was not taken.
    NotExchanged(Value),
    /// Nothing to do.
    Ignored,
    /// An invoke that nobody here knows.
    Unknown,
    /// Something is missing without which it makes no sense.
    Malformed,
}

/// What the answer to an invoke is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The list of a search.
    List,
    /// The choices under a field.
    Choices,
    /// A card in the message that the person is writing.
    Composed,
    /// A dialog.
    Dialog(Dialog),
    /// A card in place of the one whose button was pressed.
    Card {
        /// Whether the client asked by itself.
        is_automatic: bool,
    },
}

/// What a dialog was opened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialog {
    /// A button of a card: there is no message into which the answer could go.
    Card,
    /// A message or a draft: the answer can go into the message that the person is writing.
    Message,
    /// The same, of which not all was handed over.
    PartOfAMessage,
}

/// Decodes an activity that was admitted.
pub(super) fn decode(activity: &Activity, now: Timestamp) -> Delivery {
    match activity.kind.as_str() {
        "message" => message(activity, now),
        "messageDelete" => taken_back(activity),
        "messageUpdate" if activity.event() == Some("editMessage") => match message(activity, now) {
            Delivery::Message(request) => Delivery::Changed(request),
            // It speaks to us no longer, so it never did.
            Delivery::Ignored => taken_back(activity),
            other => other,
        },
        "conversationUpdate" if activity.is_about_us(&activity.members_added) => welcome(activity, now),
        "installationUpdate" if activity.action.as_deref() == Some("add") => welcome(activity, now),
        "conversationUpdate" | "installationUpdate" => {
            references::left(activity).map_or(Delivery::Ignored, Delivery::Left)
        }
        "invoke" => invoke(activity, now),
        _ => Delivery::Ignored,
    }
}

fn message(activity: &Activity, now: Timestamp) -> Delivery {
    let from = activity.from.id.as_deref().unwrap_or_default();
    // Two bots that answer each other never stop.
    if from.starts_with("28:") {
        return Delivery::Ignored;
    }
    let us = activity.recipient.id.as_deref().unwrap_or_default();
    let is_targeted = activity.recipient.is_targeted == Some(true);
    let seen_by = match (activity.conversation.is_personal(), is_targeted) {
        (true, _) => SeenBy::ThePerson,
        (false, true) => SeenBy::OnlyThePerson,
        (false, false) => SeenBy::Everybody,
    };
    let Some(id) = activity.id.as_deref() else { return Delivery::Malformed };
    let pressed: Data = payload::read(&activity.value);
    if pressed != Data::default() {
        // The button of an old client: what is pressed comes as a message without words.
        return match pressed_button(&pressed, None) {
            Some(intent) => press(activity, id, pressed.card.as_deref(), intent, seen_by, now),
            None => Delivery::Ignored,
        };
    }
    let intent = if is_targeted || activity.conversation.is_personal() {
        let (text, quoted) = words::read_apart(&activity.message, Called::Account(us));
        said(if is_targeted { without_command(text) } else { text }, quoted)
    } else if words::calls(&activity.message, us) {
        let (text, quoted) = words::read_apart(&activity.message, Called::Account(us));
        match (quoted, above(activity, id)) {
            (None, Some(thread)) => Intent::CommandBelow { text, thread },
            (quoted, _) => said(text, quoted),
        }
    } else {
        // With some permissions a bot hears what is not meant for it.
        return Delivery::Ignored;
    };
    owed(activity, id, intent, seen_by, now)
}

/// What was said, beside what it answers where the client quotes that.
fn said(text: SourceText, quoted: Option<SourceText>) -> Intent {
    match quoted {
        Some(attached) => Intent::CommandWith { text, attached },
        None => Intent::Command { door: Door::Talk, text },
    }
}

/// What stands above a message in a thread of a team's channel.
fn above(activity: &Activity, own: &str) -> Option<Thread> {
    let (channel, first) = activity.conversation.id.split_once(";messageid=")?;
    let group = activity.group().filter(|_| first != own)?;
    let parent = graph::parent_of(group, first);
    Some(Thread { channel: ChannelId::new(channel), parent, own: own.to_owned(), app_user: None, app: None })
}

/// A slash command comes with its own name in front, as it was picked.
fn without_command(text: SourceText) -> SourceText {
    let words = text.text().trim_start();
    let words = words.strip_prefix('/').unwrap_or(words);
    match words.split_once(char::is_whitespace) {
        Some((first, rest)) if first.eq_ignore_ascii_case("upshot") => SourceText::new(rest.trim_start()),
        None if words.eq_ignore_ascii_case("upshot") => SourceText::default(),
        _ => text,
    }
}

fn taken_back(activity: &Activity) -> Delivery {
    let (Some(actor), Some(id)) = (actor(activity), activity.id.as_deref()) else { return Delivery::Ignored };
    Delivery::TakenBack(actor, request_id(activity, id))
}

/// A press that old clients send as a message.
fn press(
    activity: &Activity,
    id: &str,
    card: Option<&str>,
    intent: Intent,
    seen_by: SeenBy,
    now: Timestamp,
) -> Delivery {
    let from = activity.from.id.as_deref().unwrap_or_default();
    // Cards of an earlier version have no id of their own, only that of their message.
    let card = [activity.reply_to_id.as_deref(), card].map(Option::unwrap_or_default).join(" ");
    let press = Press::new(from, &card, &activity.value.to_string(), id);
    match owed(activity, id, intent, seen_by, now) {
        Delivery::Message(request) => Delivery::Press(request, press),
        other => other,
    }
}

/// The same id for both events that tell of one installation, so that one of them is answered.
fn welcome(activity: &Activity, now: Timestamp) -> Delivery {
    let seen_by = if activity.conversation.is_personal() { SeenBy::ThePerson } else { SeenBy::Everybody };
    let intent = Intent::Command { door: Door::Talk, text: SourceText::default() };
    owed(activity, "welcome", intent, seen_by, now)
}

fn owed(activity: &Activity, id: &str, intent: Intent, seen_by: SeenBy, now: Timestamp) -> Delivery {
    let Some(actor) = actor(activity) else { return Delivery::Malformed };
    let is_message = activity.kind.starts_with("message");
    let conversation = Conversation {
        service: activity.service_url.clone(),
        id: ChannelId::new(activity.conversation.id.as_str()),
        message: activity.id.clone().filter(|_| is_message),
        person: PersonId::new(activity.from.id.clone().unwrap_or_default()),
        seen_by,
    };
    Delivery::Message(Box::new(Request {
        id: request_id(activity, id),
        location: location(activity, &actor),
        actor,
        received_at: now,
        intent,
        reply_to: ReplyTo::Conversation(Box::new(conversation)),
        place: shared_place(activity),
    }))
}

/// The channel or chat, where others than the person are: something may have been chosen for it.
fn shared_place(activity: &Activity) -> Option<Place> {
    let is_shared = !activity.conversation.is_personal();
    is_shared.then(|| Place::channel(Platform::Teams, ChannelId::new(activity.whole_conversation())))
}

/// A message's own id is unique in its conversation only.
fn request_id(activity: &Activity, id: &str) -> RequestId {
    RequestId::new(format!("{} {id}", activity.conversation.id))
}

fn actor(activity: &Activity) -> Option<Actor> {
    let tenant = activity.tenant()?;
    // The directory's id is the same for every bot; guests of meetings have none.
    let person = activity.from.aad_object_id.as_deref().or(activity.from.id.as_deref())?;
    Some(Actor::new(WorkspaceId::new(tenant), PersonId::new(person)))
}

fn location(activity: &Activity, actor: &Actor) -> Location {
    actor.location(Platform::Teams, activity.places())
}

fn invoke(activity: &Activity, now: Timestamp) -> Delivery {
    let value: InvokeValue = payload::read(&activity.value);
    let (intent, shape) = match activity.name.as_deref().unwrap_or_default() {
        "composeExtension/query" => (search(&value), Shape::List),
        "composeExtension/selectItem" => match value.term {
            Some(term) => (Intent::Command { door: Door::Explain, text: SourceText::new(&term) }, Shape::Composed),
            None => return Delivery::Answer(encode::note("This entry is gone. Please search again.")),
        },
        "composeExtension/fetchTask" => match no_words(&value) {
            Some(note) => return Delivery::Answer(encode::dialog_note(note)),
            None => (open(&value), Shape::Dialog(Dialog::on(&value))),
        },
        "composeExtension/submitAction" => return submitted(activity, &value, now),
        "application/search" => {
            let words = value.query_text.clone().unwrap_or_default();
            (found(words, &value, MOST_CHOICES), Shape::Choices)
        }
        "task/fetch" | "task/submit" => match pressed_button(&value.data, None) {
            Some(intent) => (intent, Shape::Dialog(Dialog::Card)),
            None => {
                let text = "This button belongs to another version of Upshot. Please ask again.";
                return Delivery::Answer(encode::dialog_note(text));
            }
        },
        "adaptiveCard/action" => {
            let is_automatic = value.trigger.as_deref() == Some("automatic");
            match pressed_button(&value.action.data, value.action.verb.as_deref()) {
                Some(intent) => (intent, Shape::Card { is_automatic }),
                None => {
                    return Delivery::Answer(encode::card_error("This button belongs to another version of Upshot."));
                }
            }
        }
        // We ask for no form of our own; whoever gets here presses something of another version.
        "message/fetchTask" => {
            let text = "To say how an answer is, press a button below it.";
            return Delivery::Answer(encode::dialog_note(text));
        }
        // Nobody is asked to sign in here, so there is nothing to exchange a token for.
        "signin/tokenExchange" => return Delivery::NotExchanged(encode::not_exchanged(&value)),
        "handoff/action" => return Delivery::Ignored,
        "message/submitAction"
        | "config/fetch"
        | "config/submit"
        | "suggestedActions/submit"
        | "composeExtension/queryLink"
        | "composeExtension/anonymousQueryLink"
        | "composeExtension/querySettingUrl"
        | "composeExtension/setting"
        | "composeExtension/onCardButtonClicked"
        | "signin/verifyState"
        | "signin/failure" => return Delivery::Answer(Value::Object(serde_json::Map::new())),
        _ => return Delivery::Unknown,
    };
    invoked(activity, intent, shape, now)
}

fn invoked(activity: &Activity, intent: Intent, shape: Shape, now: Timestamp) -> Delivery {
    let Some(actor) = actor(activity) else { return Delivery::Malformed };
    let id = activity.id.as_deref().map_or_else(
        || RequestId::new(PendingId::random().map(|id| id.to_string()).unwrap_or_default()),
        |id| request_id(activity, id),
    );
    // What goes into a message is read by others.
    let reply_to = if shape == Shape::Composed { ReplyTo::OpenResponse } else { ReplyTo::Response };
    let location = location(activity, &actor);
    // What is read in such a dialog may go into the message that is being written, once its words were read.
    let place = match shape {
        Shape::Dialog(Dialog::Message | Dialog::PartOfAMessage) => Some(Place {
            original: Some(Original::default()),
            ..Place::channel(Platform::Teams, ChannelId::new(activity.whole_conversation()))
        }),
        Shape::Dialog(Dialog::Card) | Shape::Card { .. } => shared_place(activity),
        // People search with every letter they type, and what is listed is for them alone.
        Shape::List | Shape::Choices | Shape::Composed => None,
    };
    let request = Request { id, actor, received_at: now, intent, reply_to, place, location };
    Delivery::Invoke(Box::new(request), shape)
}

fn search(value: &InvokeValue) -> Intent {
    // Opening the search asks once with nothing typed.
    let typed = value.parameters.iter().find(|parameter| parameter.name.as_deref() != Some("initialRun"));
    let words = typed.and_then(|parameter| parameter.value.clone()).unwrap_or_default();
    found(words, value, MOST_FOUND)
}

fn found(words: String, value: &InvokeValue, most: usize) -> Intent {
    let number = |wanted: Option<u32>| wanted.and_then(|wanted| usize::try_from(wanted).ok());
    let options = &value.query_options;
    let wanted = number(options.count.or(options.top)).unwrap_or(most).min(most);
    Intent::Search { words, skip: number(options.skip).unwrap_or(0).min(1_000), most: wanted }
}

impl Dialog {
    fn on(value: &InvokeValue) -> Self {
        match &value.message_payload {
            Some(message) if words::are_not_all(message) => Self::PartOfAMessage,
            _ => Self::Message,
        }
    }
}

/// Why a message is not rewritten of which no words were handed over. Of one that is empty the application says so.
fn no_words(value: &InvokeValue) -> Option<&'static str> {
    let message = value.message_payload.as_ref().filter(|message| words::are_not_all(message))?;
    let is_about_words = !matches!(value.command_id.as_deref(), Some(ADDS_ENTRY | DRAFT_COMMAND));
    (is_about_words && words::of_payload(message).text().trim().is_empty()).then_some(NO_WORDS)
}

/// What a dialog shows first: the message it was opened on, the question who reads it, the form of an entry beside it, or the draft
/// editor.
fn open(value: &InvokeValue) -> Intent {
    match (value.command_id.as_deref(), &value.message_payload) {
        (Some(ADDS_ENTRY), message) => {
            let post = message.as_ref().map(words::of_payload).unwrap_or_default().text().to_owned();
            Intent::Glossary { wish: GlossaryWish::AddFrom { post } }
        }
        (Some(DRAFT_COMMAND), _) | (_, None) => Intent::OpenDraft,
        (Some(ASKS_READER), Some(message)) => Intent::AskReader { source: words::of_payload(message) },
        (_, Some(message)) => Intent::RewriteMessage { source: words::of_payload(message) },
    }
}

fn submitted(activity: &Activity, value: &InvokeValue, now: Timestamp) -> Delivery {
    if value.bot_message_preview_action.is_some() {
        // We show no previews, so this one is not ours to post.
        let text = "Upshot does not post for you. Press “Use in my message” and send the card yourself.";
        return Delivery::Answer(encode::dialog_note(text));
    }
    // The message comes along again, so its text need not be kept for another version of it.
    let is_version = matches!(value.data.upshot.as_deref(), None | Some("reword"));
    let message = value.message_payload.as_ref().filter(|_| is_version).map(words::of_payload);
    let intent = match (&value.data.audience, message.filter(|words| !words.text().trim().is_empty())) {
        (Some(reader), Some(source)) => Intent::RewriteFor { source, reader: reader.clone() },
        _ => match approved(activity, &value.data).or_else(|| pressed_button(&value.data, None)) {
            Some(intent) => intent,
            None => open(value),
        },
    };
    invoked(activity, intent, Shape::Dialog(Dialog::on(value)), now)
}

/// What was read and is wanted in the message that the person is writing, of somebody's message or of a draft of their own; `None`
/// for any other wish.
fn approved(activity: &Activity, data: &Data) -> Option<Intent> {
    match data.upshot.as_deref()? {
        "use" => {}
        "share" => {
            let ticket = ShareTicket {
                about: About::from(data.job.clone()?),
                reader: AudienceId::new(data.audience.as_deref()?),
                digest: data.digest.clone()?,
                attempt: 0,
                into: ShareInto::Channel,
            };
            return Some(Intent::Share { ticket });
        }
        _ => return None,
    }
    let version = match (&data.audience, &data.digest) {
        (Some(reader), Some(digest)) => {
            DraftVersion::For { reader: AudienceId::new(reader.as_str()), digest: digest.clone() }
        }
        _ => DraftVersion::Own,
    };
    let channel = ChannelId::new(activity.conversation.id.as_str());
    let to = Destination { channel, thread: None, address: None, site: None };
    Some(Intent::PostDraft { pending: PendingId::new(data.job.as_deref()?), version, to })
}

/// What a button of ours wants; `None` for one that is not.
fn pressed_button(data: &Data, verb: Option<&str>) -> Option<Intent> {
    let wish = data.upshot.as_deref().or(verb)?;
    let pending = || data.job.as_deref().map(PendingId::new);
    let reader = data.audience.clone();
    match wish {
        "reword" => {
            let subject = match (pending(), &data.term) {
                (Some(pending), _) => Subject::Text(pending),
                (None, Some(term)) => Subject::Concept(term.clone()),
                (None, None) => return None,
            };
            Some(Intent::ChangeReader { subject, reader: reader? })
        }
        "depth" => {
            let depth = Depth::named(data.depth.as_deref()?)?;
            Some(Intent::ChangeDepth { entries: data.term.clone()?, reader: reader?, depth })
        }
        "again" => Some(Intent::Again { pending: pending()?, reader: reader? }),
        "reader" => Some(Intent::ChooseReader { reader: reader? }),
        "draft" => {
            let readers = data.readers.as_deref().unwrap_or_default().split(',').map(str::trim);
            let readers = readers.filter(|reader| !reader.is_empty()).map(str::to_owned).collect();
            // Some clients send line breaks as two signs.
            let text = data.text.as_deref()?.replace("\r\n", "\n");
            Some(Intent::CheckDraft { source: crate::app::typed(&text), readers })
        }
        "helped" | "wrong" => Some(Intent::Judge {
            about: About::from(data.job.clone()?),
            reader: reader?,
            judgement: if wish == "helped" { Judgement::Helpful } else { Judgement::Wrong },
            shared: None,
        }),
        "known" => {
            let (knowing, concept) = Knowing::read(data.known.as_deref()?)?;
            let shown = match (pending(), &data.term) {
                (Some(pending), _) => ShownAgain::Answer { pending, reader: reader? },
                (None, Some(term)) => ShownAgain::Explanation { entries: term.clone(), reader: reader? },
                (None, None) => return None,
            };
            Some(Intent::Mark { concept: concept.to_owned(), knowing, shown })
        }
        "missing" => Some(Intent::MissTerm { about: About::from(data.job.clone()?) }),
        "define" => Some(Intent::RequestDefinition { term: data.term.clone()? }),
        "queue" | "open-term" | "edit-term" | "add-term" | "save-term" | "submit-term" | "step-term"
        | "history-term" | "back-term" => Some(Intent::Glossary { wish: glossary_wish(wish, data)? }),
        "explain" => Some(Intent::Command { door: Door::Explain, text: SourceText::new(data.term.as_deref()?) }),
        _ => None,
    }
}

/// What a button about an entry wants; `None` when it does not say which, or which revision was seen.
fn glossary_wish(wish: &str, data: &Data) -> Option<GlossaryWish> {
    let reason = || data.reason.clone().unwrap_or_default();
    let save = |is_handed_in| {
        let seen = data.rev.or(data.term.is_none().then_some(0))?;
        let fields = data.entry.sent();
        let read = data.digest.clone().unwrap_or_default();
        Some(GlossaryWish::Save { concept: data.term.clone(), seen, fields, reason: reason(), is_handed_in, read })
    };
    Some(match wish {
        "queue" => GlossaryWish::Queue,
        "open-term" => GlossaryWish::Open { entry: data.term.clone()? },
        "edit-term" => GlossaryWish::Edit { entry: data.term.clone()? },
        "history-term" => GlossaryWish::History { entry: data.term.clone()? },
        "add-term" => GlossaryWish::Add { term: data.term.clone().unwrap_or_default() },
        "save-term" => save(false)?,
        "submit-term" => save(true)?,
        "step-term" => {
            let step = Step::parse(data.step.as_deref()?)?;
            GlossaryWish::Step { concept: data.term.clone()?, seen: data.rev?, step, reason: reason() }
        }
        "back-term" => {
            let (concept, seen, revision) = (data.term.clone()?, data.rev?, data.to?);
            GlossaryWish::GoBack { concept, seen, revision, reason: reason() }
        }
        _ => return None,
    })
}
