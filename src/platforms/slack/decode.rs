//! Verified bytes to what the application understands.
//!
//! One function for all three addresses: whatever Slack signed is recognised by its content. What is Slack's but not ours
//! to answer is [`Delivery::Ignored`], because anything but a 200 counts as a failure on Slack's side. Over a socket the same
//! comes without its form around it: [`decode_envelope`].

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    events::{self, Ended, Renamed},
    forms, glossary, home, known,
    menu::{self, Target},
    mrkdwn,
    payload::{Action, BlockActions, BlockSuggestion, EventEnvelope, InteractionKind, MessageAction, Origin, Shortcut},
    reactions, rich_text,
    verify::Verified,
};
use crate::{
    app::{
        About, Actor, Door, GlossaryWish, Intent, Judgement, Original, Place, ReplyTo, Request, ShareTicket, Subject,
        asks_for_a_form,
    },
    clock::Timestamp,
    engine::SourceText,
    ids::{ChannelId, OrganisationId, PendingId, PersonId, Platform, RequestId, WorkspaceId},
};

/// The callback id of the shortcut that opens the draft editor.
const CHECK_DRAFT: &str = "check_draft";

/// The callback id of the message shortcut that asks for the reader first.
const ASKS_READER: &str = "upshot_for";

/// The callback id of the message shortcut for a word that has no entry yet.
const ADDS_ENTRY: &str = "add_to_glossary";

/// A decoded delivery.
#[derive(Debug, PartialEq)]
pub(super) enum Delivery {
    /// Something for the application.
    Request(Box<Request>),
    /// The app was removed, or its tokens were revoked.
    Ended(Ended),
    /// A channel has another id.
    Renamed(Renamed),
    /// Slack checks that the address is ours: give the challenge back.
    Challenge(String),
    /// Nothing to do.
    Ignored,
}

/// A delivery of Slack's that makes no sense. Says which part, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// What a socket's envelope says is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvelopeKind {
    /// What `/slack/events` gets as its body.
    Event,
    /// What a form holds as its `payload`.
    Interaction,
    /// The fields of a command's form, as an object.
    Command,
    /// Something that this version does not know.
    Other,
}

/// Decodes what stood in an envelope.
pub(super) fn decode_envelope(
    kind: EnvelopeKind,
    payload: Verified<'_>,
    now: Timestamp,
) -> Result<Delivery, Malformed> {
    let bytes = payload.bytes();
    match kind {
        EnvelopeKind::Event => event(bytes, now),
        EnvelopeKind::Interaction => {
            interaction(std::str::from_utf8(bytes).map_err(|_| Malformed("an interaction that is no text"))?, now)
        }
        EnvelopeKind::Command => form_command(Form::of_an_object(bytes)?, now),
        EnvelopeKind::Other => Ok(Delivery::Ignored),
    }
}

/// Decodes any signed delivery.
pub(super) fn decode(body: Verified<'_>, now: Timestamp) -> Result<Delivery, Malformed> {
    // A form cannot start with a brace, so the content tells the two apart more reliably than a header does.
    if body.bytes().first() == Some(&b'{') {
        return event(body.bytes(), now);
    }
    let form = Form::read(body.bytes());
    match (&form.payload, &form.command) {
        // A command comes first: its text may hold anything, but only Slack names a command.
        (_, Some(_)) => form_command(form, now),
        (Some(payload), None) => interaction(payload, now),
        (None, None) if form.is_certificate_probe() => Ok(Delivery::Ignored),
        (None, None) => Err(Malformed("neither a command nor an interaction nor an event")),
    }
}

/// Whether these bytes are Slack's certificate probe, the one delivery that may come unsigned: `ssl_check=1` and nothing
/// that anybody could want to be obeyed.
pub(super) fn is_certificate_probe(body: &[u8]) -> bool {
    const LONGEST_PROBE: usize = 512;
    body.len() <= LONGEST_PROBE && {
        let form = Form::read(body);
        form.is_certificate_probe() && form.payload.is_none() && form.command.is_none()
    }
}

fn event(body: &[u8], now: Timestamp) -> Result<Delivery, Malformed> {
    let envelope: EventEnvelope<'_> = serde_json::from_slice(body).map_err(|_| Malformed("not an event"))?;
    match (&*envelope.kind, envelope.challenge) {
        ("url_verification", Some(challenge)) => Ok(Delivery::Challenge(challenge.into_owned())),
        ("url_verification", None) => Err(Malformed("url_verification without challenge")),
        ("event_callback", _) => events::decode(body, now),
        _ => Ok(Delivery::Ignored),
    }
}

/// The fields of a form that are read; the first one wins when a name is repeated.
#[derive(Default)]
struct Form<'a> {
    payload: Option<Cow<'a, str>>,
    command: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
    team_id: Option<Cow<'a, str>>,
    enterprise_id: Option<Cow<'a, str>>,
    user_id: Option<Cow<'a, str>>,
    trigger_id: Option<Cow<'a, str>>,
    team_domain: Option<Cow<'a, str>>,
    channel_id: Option<Cow<'a, str>>,
    response_url: Option<Cow<'a, str>>,
    ssl_check: Option<Cow<'a, str>>,
}

impl<'a> Form<'a> {
    fn read(body: &'a [u8]) -> Self {
        let mut form = Self::default();
        for pair in body.split(|byte| *byte == b'&') {
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            // No encoder escapes letters. What nobody reads is not decoded: that would be most of the work of reading a command.
            if let Some(field @ None) = form.field(name) {
                *field = form_urlencoded::parse(pair).next().map(|(_, value)| value);
            }
        }
        form
    }

    /// The same fields as an object. What is no text there is none of ours.
    fn of_an_object(body: &[u8]) -> Result<Self, Malformed> {
        let fields: BTreeMap<String, Value> =
            serde_json::from_slice(body).map_err(|_| Malformed("a command without fields"))?;
        let mut form = Self::default();
        for (name, value) in fields {
            if let (Value::String(text), Some(field)) = (value, form.field(name.as_bytes())) {
                *field = Some(Cow::Owned(text));
            }
        }
        form.command.is_some().then_some(form).ok_or(Malformed("a command without command"))
    }

    fn field(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'a, str>>> {
        Some(match name {
            b"payload" => &mut self.payload,
            b"command" => &mut self.command,
            b"text" => &mut self.text,
            b"team_id" => &mut self.team_id,
            b"enterprise_id" => &mut self.enterprise_id,
            b"user_id" => &mut self.user_id,
            b"trigger_id" => &mut self.trigger_id,
            b"team_domain" => &mut self.team_domain,
            b"channel_id" => &mut self.channel_id,
            b"response_url" => &mut self.response_url,
            b"ssl_check" => &mut self.ssl_check,
            _ => return None,
        })
    }

    fn is_certificate_probe(&self) -> bool {
        self.ssl_check.as_deref() == Some("1")
    }
}

fn form_command(form: Form<'_>, now: Timestamp) -> Result<Delivery, Malformed> {
    let organisation = form.enterprise_id.filter(|id| !id.is_empty());
    let workspace = [form.team_id, organisation.clone()].into_iter().flatten().find(|id| !id.is_empty());
    let workspace = workspace.ok_or(Malformed("command without team_id"))?;
    let person = form.user_id.filter(|id| !id.is_empty()).ok_or(Malformed("command without user_id"))?;
    // Apps may rename their commands, so only those that say "explain" or "glossary" change what bare text means.
    let is_called =
        |name| form.command.as_deref().is_some_and(|command| command.trim_start_matches('/').starts_with(name));
    let door = match () {
        () if is_called("explain") => Door::Explain,
        () if is_called("glossary") => Door::Glossary,
        () => Door::Rewrite,
    };
    let owned = |field: Option<Cow<'_, str>>| field.filter(|text| !text.is_empty()).map(Cow::into_owned);
    let text = mrkdwn::read(form.text.as_deref().unwrap_or_default());
    let ticket = form.trigger_id.as_deref().filter(|ticket| !ticket.is_empty());
    let reply_to = match ticket.filter(|_| asks_for_a_form(text.text(), door)) {
        Some(ticket) => {
            ReplyTo::Dialog { ticket: ticket.to_owned(), fallback: form.response_url.as_deref().map(str::to_owned) }
        }
        None => ReplyTo::Response,
    };
    let original = Original { site: owned(form.team_domain), address: owned(form.response_url), ..Original::default() };
    let actor = Actor {
        workspace: WorkspaceId::new(workspace.into_owned()),
        person: PersonId::new(person.into_owned()),
        organisation: organisation.map(|id| OrganisationId::new(id.into_owned())),
    };
    let location = actor.location(Platform::Slack, form.channel_id.as_deref());
    let place = owned(form.channel_id).map(|channel| Place {
        // What is typed in a conversation of two is said there already, and the app is no part of it.
        original: (!channel.starts_with('D')).then_some(original),
        ..Place::channel(Platform::Slack, ChannelId::new(channel))
    });
    Ok(Delivery::Request(Box::new(Request {
        id: request_id(form.trigger_id.as_deref()),
        actor,
        received_at: now,
        intent: Intent::Command { door, text },
        reply_to,
        place,
        location,
    })))
}

/// The trigger id is the one thing that two deliveries of the same click have in common.
fn request_id(trigger: Option<&str>) -> RequestId {
    match trigger.filter(|trigger| !trigger.is_empty()) {
        Some(trigger) => RequestId::new(trigger),
        None => RequestId::new(PendingId::random().map(|id| id.to_string()).unwrap_or_default()),
    }
}

fn interaction(payload: &str, now: Timestamp) -> Result<Delivery, Malformed> {
    let kind: InteractionKind<'_> = parse(payload)?;
    match &*kind.kind {
        "message_action" => message_action(parse_owned(payload)?, now),
        "block_actions" => block_actions(parse_owned(payload)?, now),
        "view_submission" => forms::sent(parse_owned(payload)?, now),
        "view_closed" => forms::closed(parse_owned(payload)?, now),
        "shortcut" => shortcut(parse_owned(payload)?, now),
        "block_suggestion" => suggestion(parse_owned(payload)?, now),
        _ => Ok(Delivery::Ignored),
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(payload: &'a str) -> Result<T, Malformed> {
    serde_json::from_str(payload).map_err(|_| Malformed("an interaction without the fields it needs"))
}

fn parse_owned<T: DeserializeOwned>(payload: &str) -> Result<T, Malformed> {
    parse(payload)
}

/// The kind of view that a person's own page is.
const HOME: &str = "home";
/// What the id of a workspace begins with; that of an organisation begins with "E".
const WORKSPACE: char = 'T';

/// A request of whoever did it.
pub(super) fn request(
    origin: &Origin,
    now: Timestamp,
    intent: Intent,
    reply_to: ReplyTo,
) -> Result<Delivery, Malformed> {
    let organisation = origin.enterprise.as_ref().map(|enterprise| &enterprise.id);
    let team = origin.team.as_ref().map(|team| &team.id);
    // A dialog belongs to the workspace that installed the app which opened it. Where that is another one than the person's, their
    // organisation has no say there.
    let elsewhere =
        origin.opened_by.as_ref().filter(|opened_by| Some(*opened_by) != team && opened_by.starts_with(WORKSPACE));
    let organisation = organisation.filter(|_| elsewhere.is_none());
    // For an organisation-wide installation the team may be null; then the person's own team is the workspace.
    let workspace = elsewhere
        .or(team)
        .or(origin.user.team_id.as_ref())
        .or(organisation)
        .ok_or(Malformed("an interaction without team"))?;
    let actor = Actor {
        workspace: WorkspaceId::new(workspace.as_str()),
        person: PersonId::new(origin.user.id.as_str()),
        organisation: organisation.map(|organisation| OrganisationId::new(organisation.as_str())),
    };
    Ok(Delivery::Request(Box::new(Request {
        id: request_id(origin.trigger_id.as_deref()),
        location: actor.location(Platform::Slack, []),
        actor,
        received_at: now,
        intent,
        reply_to,
        place: None,
    })))
}

fn dialog(origin: &Origin, fallback: Option<String>) -> Result<ReplyTo, Malformed> {
    let ticket = origin.trigger_id.clone().ok_or(Malformed("an interaction without trigger_id"))?;
    Ok(ReplyTo::Dialog { ticket, fallback })
}

fn message_action(action: MessageAction, now: Timestamp) -> Result<Delivery, Malformed> {
    let source = rich_text::message(&action.message);
    let reply_to = dialog(&action.origin, action.response_url.clone())?;
    let MessageAction { origin, callback_id, response_url, channel, message } = action;
    let original = message.ts.map(|own| Original {
        thread: Some(message.thread_ts.unwrap_or_else(|| own.clone())),
        message: Some(own),
        author: message.user.map(PersonId::new),
        author_name: message.username,
        site: origin.team.as_ref().and_then(|team| team.domain.clone()),
        address: response_url,
    });
    let place =
        channel.map(|channel| Place { original, ..Place::channel(Platform::Slack, ChannelId::new(channel.id)) });
    let intent = match callback_id.as_str() {
        ASKS_READER => Intent::AskReader { source },
        ADDS_ENTRY => Intent::Glossary { wish: GlossaryWish::AddFrom { post: source.text().to_owned() } },
        _ => Intent::RewriteMessage { source },
    };
    let request = in_channel(request(&origin, now, intent, reply_to)?, place.as_ref().map(|place| &place.channel));
    Ok(with_place(request, place))
}

/// The same about what stands in a channel.
fn in_channel(delivery: Delivery, channel: Option<&ChannelId>) -> Delivery {
    match (delivery, channel) {
        (Delivery::Request(request), Some(channel)) => {
            Delivery::Request(Box::new(request.about_text_in(Platform::Slack, channel)))
        }
        (delivery, _) => delivery,
    }
}

fn shortcut(shortcut: Shortcut, now: Timestamp) -> Result<Delivery, Malformed> {
    let reply_to = dialog(&shortcut.origin, None)?;
    let intent = if shortcut.callback_id == CHECK_DRAFT { Intent::OpenDraft } else { Intent::Compose };
    request(&shortcut.origin, now, intent, reply_to)
}

fn suggestion(mut asked: BlockSuggestion, now: Timestamp) -> Result<Delivery, Malformed> {
    asked.origin.opened_by = asked.view.filter(|view| view.kind != HOME).and_then(|view| view.app_installed_team_id);
    let intent = match asked.action_id.as_str() {
        menu::LOOK_UP | known::KNOW_ENTRY => Intent::Suggest { typed: asked.value },
        known::KNOWN_LIST => Intent::SuggestKnown { typed: asked.value },
        _ => return Ok(Delivery::Ignored),
    };
    request(&asked.origin, now, intent, ReplyTo::Options)
}

fn block_actions(mut click: BlockActions, now: Timestamp) -> Result<Delivery, Malformed> {
    // A person's own page was opened by nobody, and names whichever installation Slack likes.
    let dialog = click.view.as_mut().filter(|view| view.kind != HOME);
    click.origin.opened_by = dialog.and_then(|view| view.app_installed_team_id.take());
    let channel = click.channel.as_ref().map(|channel| ChannelId::new(channel.id.as_str()));
    Ok(in_channel(click_in(click, now)?, channel.as_ref()))
}

fn click_in(click: BlockActions, now: Timestamp) -> Result<Delivery, Malformed> {
    let Some(action) = click.actions.first() else { return Ok(Delivery::Ignored) };
    if menu::shows_an_aspect(action) {
        let Some(intent) = menu::shown(action) else { return Ok(Delivery::Ignored) };
        let reply_to = dialog(&click.origin, click.response_url)?;
        return request(&click.origin, now, intent, reply_to);
    }
    // A choice in the form is read when the form is sent.
    if click.view.as_ref().is_some_and(|view| forms::is_form(&view.callback_id)) {
        return Ok(Delivery::Ignored);
    }
    if let Some(about) = menu::missed_term(action) {
        let reply_to = match (click.view, &click.origin.trigger_id) {
            (Some(_), Some(ticket)) => ReplyTo::DialogAbove { ticket: ticket.clone() },
            _ => dialog(&click.origin, click.response_url)?,
        };
        return request(&click.origin, now, Intent::MissTerm { about }, reply_to);
    }
    if let Some(intent) = menu::draft_wanted(action) {
        let reply_to = match (click.view, &click.origin.trigger_id) {
            (Some(_), Some(ticket)) => ReplyTo::DialogAbove { ticket: ticket.clone() },
            _ => dialog(&click.origin, click.response_url)?,
        };
        return request(&click.origin, now, intent, reply_to);
    }
    if let Some((channel, text)) = home::chosen(action) {
        let intent = Intent::Command { door: Door::Rewrite, text: SourceText::new(text) };
        let place = Place::channel(Platform::Slack, channel);
        return Ok(with_place(request(&click.origin, now, intent, ReplyTo::Home)?, Some(place)));
    }
    if let Some(wish) = glossary::pressed(action) {
        let reply_to = match click.view {
            Some(view) if view.kind != HOME => ReplyTo::OpenDialog { dialog: view.id },
            _ => dialog(&click.origin, click.response_url)?,
        };
        return request(&click.origin, now, Intent::Glossary { wish }, reply_to);
    }
    let Some((intent, id)) = pressed(&click, action) else { return Ok(Delivery::Ignored) };
    let place = place_of(&click);
    let reply_to = match (click.view, click.response_url) {
        (Some(view), _) if view.kind == HOME => ReplyTo::Home,
        (Some(view), _) => ReplyTo::OpenDialog { dialog: view.id },
        (None, Some(address)) => ReplyTo::Message { address },
        (None, None) => return Err(Malformed("a choice without view or response_url")),
    };
    let request = with_place(request(&click.origin, now, intent, reply_to)?, place);
    Ok(match id {
        Some(id) => with_id(request, id),
        None => request,
    })
}

/// The channel of a message that only the person who presses sees, and what an answer needs to be shared there.
fn place_of(click: &BlockActions) -> Option<Place> {
    let channel = shared_channel(click).filter(|_| click.container.is_ephemeral == Some(true))?;
    let original = Original {
        thread: click.container.thread_ts.clone(),
        site: click.origin.team.as_ref().and_then(|team| team.domain.clone()),
        address: click.response_url.clone(),
        ..Original::default()
    };
    Some(Place { original: Some(original), ..Place::channel(Platform::Slack, channel) })
}

/// The channel of a message, when more people are in it than the person and the app.
fn shared_channel(click: &BlockActions) -> Option<ChannelId> {
    let channel = click.channel.as_ref().filter(|channel| !channel.id.starts_with('D'))?;
    Some(ChannelId::new(channel.id.as_str()))
}

/// The same under an id of its own, so that another delivery with that id is taken for a repetition.
pub(super) fn with_id(delivery: Delivery, id: RequestId) -> Delivery {
    match delivery {
        Delivery::Request(request) => Delivery::Request(Box::new(Request { id, ..*request })),
        other => other,
    }
}

/// The same, asked in a place.
fn with_place(delivery: Delivery, place: Option<Place>) -> Delivery {
    match delivery {
        Delivery::Request(request) => Delivery::Request(Box::new(Request { place, ..*request })),
        other => other,
    }
}

/// What a control asks for. What counts once however often it is pressed has an id of its own.
fn pressed(click: &BlockActions, action: &Action) -> Option<(Intent, Option<RequestId>)> {
    let value = action.value.as_deref();
    Some(match action.action_id.as_str() {
        reactions::SHARE => {
            let ticket = ShareTicket::parse(value?)?;
            let id = RequestId::new(match &ticket.about {
                About::Text(_) => format!("share {ticket}"),
                // The same entries are told to many; the message is what is shared once.
                About::Entries { .. } => {
                    let (channel, message) = (shared_channel(click)?, click.container.message_ts.as_deref()?);
                    format!("share {ticket} {channel} {message}")
                }
            });
            (Intent::Share { ticket }, Some(id))
        }
        reactions::HELPFUL | reactions::WRONG => {
            let judgement = if action.action_id == reactions::HELPFUL { Judgement::Helpful } else { Judgement::Wrong };
            let (about, reader, shared) = reactions::judged(value?)?;
            let id = match &about {
                About::Text(pending) => Some(RequestId::new(format!("feedback {pending} {reader}"))),
                // These are asked about again and again, and each time the answer is to say that it was counted.
                About::Entries { .. } => None,
            };
            (Intent::Judge { about, reader, judgement, shared }, id)
        }
        menu::ASK => (Intent::LookUp { query: value?.to_owned() }, None),
        menu::LOOK_UP => (Intent::LookUp { query: action.selected_option.as_ref()?.value.clone() }, None),
        _ if home::forgets(action) => (Intent::ForgetAsked, None),
        menu::REQUEST => (Intent::RequestDefinition { term: value?.to_owned() }, None),
        _ => {
            let meant = || menu::meant(action).map(|query| Intent::LookUp { query });
            let intent = known::pressed(action).or_else(|| depth_choice(action)).or_else(meant);
            (intent.or_else(|| reader_choice(action))?, None)
        }
    })
}

fn depth_choice(action: &Action) -> Option<Intent> {
    let (entries, reader, depth) = menu::depth_wanted(action)?;
    Some(Intent::ChangeDepth { entries, reader, depth })
}

fn reader_choice(action: &Action) -> Option<Intent> {
    if action.action_id != menu::READER {
        return None;
    }
    let reader = action.selected_option.as_ref()?.value.clone();
    Some(match menu::target(&action.block_id) {
        Target::Text(pending) => Intent::ChangeReader { subject: Subject::Text(PendingId::new(pending)), reader },
        Target::Concept(concept) => Intent::ChangeReader { subject: Subject::Concept(concept.to_owned()), reader },
        Target::Settings => Intent::ChooseReader { reader },
    })
}
