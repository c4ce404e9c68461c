//! What becomes of a decoded delivery, whichever way it came: over HTTP or over a socket.

use std::{error::Error, sync::Arc, time::Duration};

use axum::body::Bytes;
use serde::Serialize;
use tokio::{sync::OwnedSemaphorePermit, task::JoinHandle};

use super::{
    ApiError, Client, Slack,
    decode::{Delivery, Malformed},
    encode::{Encoder, FormAnswer},
    events::{Ended, Renamed},
    home,
    tokens::Heeded,
};
use crate::{
    app::{Intent, Reply, ReplyTo, Request, Right, Say, TakenOn, changes_the_channel, wants_a_bridge},
    ids::{Platform, RequestId},
};

/// An answer and the call that opens its dialog take no longer; a worker takes up what has no end then.
const DIALOG_TIME: Duration = Duration::from_secs(4);

/// Slack waits three seconds for what becomes of a form.
const FORM_TIME: Duration = Duration::from_millis(2_500);

/// Slack waits three seconds for the answer to a command.
const RIGHT_TIME: Duration = Duration::from_secs(2);

/// What goes back to Slack at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Taken, and nothing to show.
    Taken,
    /// Taken, with this JSON to show.
    Shown(Bytes),
    /// What Slack gave to be given back.
    Challenge(String),
    /// Not taken: Slack shall come again.
    Again,
    /// It makes no sense, and never will.
    Senseless(Malformed),
}

/// Does what a delivery of so many bytes asks for. What must not be lost is written down before this ends.
pub(super) async fn handle(slack: &Arc<Slack>, decoded: Result<Delivery, Malformed>, bytes: usize) -> Answer {
    match decoded {
        Ok(Delivery::Request(request)) => answer(Arc::clone(slack), *request).await,
        Ok(Delivery::Ended(ended)) => end_installation(slack, ended).await,
        Ok(Delivery::Renamed(renamed)) => rename_channel(slack, &renamed).await,
        Ok(Delivery::Challenge(challenge)) => Answer::Challenge(challenge),
        Ok(Delivery::Ignored) => Answer::Taken,
        Err(malformed) => {
            tracing::info!(bytes, %malformed, "a delivery makes no sense");
            Answer::Senseless(malformed)
        }
    }
}

/// Most answers fit into this, so that writing them does not move them again and again.
const USUAL_BYTES: usize = 4 * 1024;

fn shown(value: &impl Serialize) -> Answer {
    let mut json = Vec::with_capacity(USUAL_BYTES);
    match serde_json::to_writer(&mut json, value) {
        Ok(()) => Answer::Shown(json.into()),
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "an answer could not be written as JSON");
            Answer::Taken
        }
    }
}

/// A reply as a private message. An explanation that many ask for is written once.
fn shown_reply(encoder: &Encoder, reply: &Reply) -> Answer {
    let common = match reply {
        Reply::Explanation(found) if found.is_common => found,
        _ => return shown(&encoder.message(reply)),
    };
    if let Some(json) = encoder.menu.explanations.get(common) {
        return Answer::Shown(json);
    }
    let answer = shown(&encoder.message(reply));
    if let Answer::Shown(json) = &answer {
        // A copy, because there is room to spare behind the one that is sent.
        encoder.menu.explanations.put((**common).clone(), Bytes::copy_from_slice(json));
    }
    answer
}

/// Written down before it is acknowledged; otherwise Slack tells it again.
async fn end_installation(slack: &Slack, ended: Ended) -> Answer {
    let Ended { of, how, at } = ended;
    match slack.app.end_installation(Platform::Slack, &of, how, at).await {
        Ok(count) => {
            slack.own.doubt();
            tracing::info!(?of, ?how, count, "installations ended");
            Answer::Taken
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "the end of an installation was sent back");
            Answer::Again
        }
    }
}

/// Written down before it is acknowledged, too: a quiet channel that is loud under its new id says what nobody wanted said.
async fn rename_channel(slack: &Slack, renamed: &Renamed) -> Answer {
    let Renamed { workspaces, old, new } = renamed;
    for workspace in workspaces {
        match slack.app.rename_channel(Platform::Slack, workspace, (old, new)).await {
            Ok(0) => {}
            Ok(choices) => tracing::info!(%workspace, %old, %new, choices, "a channel has another id"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "the new id of a channel was sent back");
                return Answer::Again;
            }
        }
    }
    Answer::Taken
}

async fn answer(slack: Arc<Slack>, request: Request) -> Answer {
    if request.intent.is_public() {
        return publish(slack, request).await;
    }
    if matches!(request.intent, Intent::PassOn { .. }) {
        return overhear(&slack, &request).await;
    }
    // What is on its way is stopped before anything else is done about it.
    if let Err(error) = slack.app.note_stop(Platform::Slack, &request).await {
        tracing::warn!(request = %request.id, error = &error as &dyn Error, "a wish to stop was sent back");
        return Answer::Again;
    }
    match &request.reply_to {
        ReplyTo::Response | ReplyTo::OpenResponse => {
            let request = slack.with_right(request).await;
            shown_reply(&slack.encoder(), &slack.app.answer(&request).await)
        }
        ReplyTo::Options => match slack.app.answer(&request).await {
            Reply::Suggestions(suggestions) => shown(&home::options(&suggestions)),
            _ => Answer::Taken,
        },
        ReplyTo::Form { .. } => answer_form(&slack, request).await,
        ReplyTo::Nowhere => {
            slack.app.answer(&request).await;
            Answer::Taken
        }
        // Nobody waits for these within the ticket's three seconds, so they survive the end of this process.
        ReplyTo::Message { .. }
        | ReplyTo::Thread { .. }
        | ReplyTo::Private { .. }
        | ReplyTo::Conversation(_)
        | ReplyTo::Conversing { .. }
        | ReplyTo::Home => take_on(&slack, &request).await,
        ReplyTo::Dialog { .. } | ReplyTo::DialogAbove { .. } | ReplyTo::OpenDialog { .. } => {
            let Ok(permit) = slack.deliveries.clone().try_acquire_owned() else {
                return Answer::Again;
            };
            if let Some(safety) = begin_dialog(&slack, &request).await {
                // Slack waits for this response before it shows anything, so the call to Slack must not hold it up.
                tokio::spawn(show_dialog(slack, request, safety, permit));
            }
            Answer::Taken
        }
    }
}

/// Answers a form. What takes longer than Slack waits for is shown in the dialog when it has come to its end; until then the form stays
/// open with what was written.
async fn answer_form(slack: &Arc<Slack>, request: Request) -> Answer {
    let (app, asked) = (Arc::clone(&slack.app), request.clone());
    let mut answering = tokio::spawn(async move { app.answer(&asked).await });
    match tokio::time::timeout(FORM_TIME, &mut answering).await {
        Ok(Ok(reply)) => {
            let answer = slack.encoder().form_answer(&request.intent, &reply);
            let written = shown(&answer);
            if matches!(answer, FormAnswer::Update { .. }) {
                // Of Slack's time little may be left, and a database that is busy takes more.
                let slack = Arc::clone(slack);
                tokio::spawn(async move { draw_home_anew(&slack, &request).await });
            }
            written
        }
        Ok(Err(error)) => {
            tracing::error!(request = %request.id, error = &error as &dyn Error, "the answer to a form broke off");
            Answer::Again
        }
        Err(_) => {
            let meanwhile = shown(&slack.encoder().form_answer(&request.intent, &Reply::Say(Say::takes_longer())));
            tokio::spawn(show_late(Arc::clone(slack), request, answering));
            meanwhile
        }
    }
}

/// Shows what became of a form in its dialog.
async fn show_late(slack: Arc<Slack>, request: Request, answering: JoinHandle<Reply>) {
    let ReplyTo::Form { dialog } = &request.reply_to else { return };
    let reply = match answering.await {
        Ok(reply) => reply,
        Err(error) => {
            tracing::error!(request = %request.id, error = &error as &dyn Error, "the answer to a form broke off");
            return;
        }
    };
    let owed = slack.owed_update(&request.actor, dialog, &reply);
    let now = slack.clock.moment();
    if let Err(error) = slack.app.owe(Platform::Slack, &request.actor.workspace, owed, now).await {
        tracing::warn!(request = %request.id, error = &error as &dyn Error, "the end of a form is not shown");
    }
    draw_home_anew(&slack, &request).await;
}

/// What waits in the glossary stands on a person's own page, too: when they change something of it in a dialog, that is drawn anew.
async fn draw_home_anew(slack: &Slack, request: &Request) {
    let changes = matches!(&request.intent, Intent::Glossary { wish } if wish.changes_something());
    if !changes || !slack.can_call() {
        return;
    }
    let id = RequestId::new(format!("home after {}", request.id));
    let home = Request { id, intent: Intent::OpenHome, reply_to: ReplyTo::Home, ..request.clone() };
    // Whoever opens the page later sees it all the same.
    take_on(slack, &home).await;
}

async fn take_on(slack: &Slack, request: &Request) -> Answer {
    let now = slack.clock.moment();
    if slack.budget.is_spent(request, now) {
        tracing::warn!(request = %request.id, "a thread gets no more answers for a moment: too many were asked for in a minute");
        return Answer::Taken;
    }
    match slack.app.take_on(Platform::Slack, request, now, now).await {
        Ok(TakenOn::First) => {
            slack.budget.spend(request, now);
            Answer::Taken
        }
        Ok(TakenOn::Before) => Answer::Taken,
        Err(error) => {
            tracing::warn!(request = %request.id, error = &error as &dyn Error, "a delivery was sent back");
            Answer::Again
        }
    }
}

/// Takes a post on when it was chosen to be passed on. Any other one is forgotten here, without having been written down.
async fn overhear(slack: &Slack, request: &Request) -> Answer {
    match slack.app.passes_on(request).await {
        Ok(true) => take_on(slack, request).await,
        Ok(false) => Answer::Taken,
        Err(error) => {
            tracing::warn!(request = %request.id, error = &error as &dyn Error, "a delivery was sent back");
            Answer::Again
        }
    }
}

/// Takes on what everybody will read. It is worked at once all the same: the text behind it may be gone a moment later,
/// when the person closes the dialog.
async fn publish(slack: Arc<Slack>, request: Request) -> Answer {
    let Ok(permit) = slack.deliveries.clone().try_acquire_owned() else {
        return Answer::Again;
    };
    // A form that was sent needs another content, a button does not.
    let meanwhile = match &request.intent {
        Intent::PostDraft { .. } => {
            shown(&slack.encoder().form_answer(&request.intent, &Reply::Say(Say::on_its_way())))
        }
        _ => Answer::Taken,
    };
    let now = slack.clock.moment();
    match slack.app.take_on(Platform::Slack, &request, now, now.plus(DIALOG_TIME)).await {
        Ok(TakenOn::First) => {
            tokio::spawn(async move {
                let owed = slack.work(&request, 1).await;
                let now = slack.clock.moment();
                let workspace = &request.actor.workspace;
                if let Err(error) = slack.app.settle(Platform::Slack, &request.id, workspace, owed, now).await {
                    tracing::warn!(request = %request.id, error = &error as &dyn Error, "a post is made by a worker");
                }
                drop(permit);
            });
            meanwhile
        }
        Ok(TakenOn::Before) => meanwhile,
        Err(error) => {
            tracing::warn!(request = %request.id, error = &error as &dyn Error, "a delivery was sent back");
            Answer::Again
        }
    }
}

/// Whether an answer survives the end of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Safety {
    /// When no dialog could be opened, a worker sends a private message.
    WrittenDown,
    /// A dialog without such a way, or a database that does not answer.
    InMemory,
}

/// `None` when the delivery was seen before.
async fn begin_dialog(slack: &Slack, request: &Request) -> Option<Safety> {
    if matches!(&request.reply_to, ReplyTo::Dialog { fallback: Some(_), .. }) {
        let now = slack.clock.moment();
        match slack.app.take_on(Platform::Slack, request, now, now.plus(DIALOG_TIME)).await {
            Ok(TakenOn::First) => return Some(Safety::WrittenDown),
            Ok(TakenOn::Before) => return None,
            // The dialog itself needs no database.
            Err(error) => tracing::warn!(error = &error as &dyn Error, "a dialog is not written down"),
        }
    }
    slack.app.is_first_delivery(&request.id).then_some(Safety::InMemory)
}

async fn show_dialog(slack: Arc<Slack>, request: Request, safety: Safety, permit: OwnedSemaphorePermit) {
    let reply = slack.app.answer(&request).await;
    let owed = match slack.show(&request, &reply).await {
        Ok(()) => Vec::new(),
        // The person still gets the answer, only not in a dialog.
        Err(error) => {
            let owed = slack.owed_without_dialog(&request, &reply);
            let error = &error as &dyn Error;
            if owed.is_empty() {
                tracing::warn!(request = %request.id, error, "an answer did not arrive");
            } else {
                tracing::info!(request = %request.id, error, "a dialog did not open; the answer goes out as a message");
            }
            owed
        }
    };
    let now = slack.clock.moment();
    let workspace = &request.actor.workspace;
    let settled = match safety {
        Safety::WrittenDown => slack.app.settle(Platform::Slack, &request.id, workspace, owed, now).await,
        Safety::InMemory => slack.app.owe(Platform::Slack, workspace, owed, now).await,
    };
    if let Err(error) = settled {
        tracing::warn!(request = %request.id, error = &error as &dyn Error, "the end of an answer was not written down");
    }
    draw_home_anew(&slack, &request).await;
    drop(permit);
}

impl Slack {
    /// The request, with word of whether the person may choose for the channel when that is what they want.
    pub(super) async fn with_right(&self, mut request: Request) -> Request {
        let Intent::Command { door, text } = &request.intent else { return request };
        if !changes_the_channel(text.text(), *door, &self.app.readers()) {
            return request;
        }
        let Some(place) = &mut request.place else { return request };
        let wish = wants_a_bridge(text.text(), &place.channel, &self.app.readers());
        // Boxed for the same reason as what is asked for seldom in `App::answer`.
        let asked = Box::pin(async {
            let client = self.client_for(&request.actor).await?;
            let may_choose = client.may_choose_for(&place.channel, &request.actor.person).await?;
            let sight = match wish.filter(|_| may_choose) {
                Some(wish) => Some(self.sight_of(&client, &place.channel, &request.actor.person, &wish).await),
                None => None,
            };
            Ok::<_, ApiError>((may_choose, sight))
        });
        place.right = match tokio::time::timeout(RIGHT_TIME, asked).await {
            Ok(Ok((true, sight))) => {
                place.bridge = sight;
                Right::Given
            }
            Ok(Ok((false, _))) => Right::Missing,
            Ok(Err(error)) => {
                tracing::info!(error = &error as &dyn Error, "who may choose for a channel cannot be read");
                Right::Unknown
            }
            Err(_) => Right::Unknown,
        };
        request
    }

    pub(super) fn encoder(&self) -> Encoder {
        Encoder { menu: self.menu.of(&self.app.readers()), can_open_dialogs: self.can_call() }
    }

    async fn show(&self, request: &Request, reply: &Reply) -> Result<(), ApiError> {
        let actor = &request.actor;
        let mut client = self.client_for(actor).await?;
        let mut shown = self.show_with(&client, &request.reply_to, reply).await;
        if let Err(error) = &shown
            && self.heed(actor, &client, error).await == Heeded::CallAgain
        {
            client = self.client_for(actor).await?;
            shown = self.show_with(&client, &request.reply_to, reply).await;
        }
        shown
    }

    async fn show_with(&self, client: &Client, to: &ReplyTo, reply: &Reply) -> Result<(), ApiError> {
        match to {
            ReplyTo::Dialog { ticket, .. } => client.open_view(ticket, &self.encoder().view(reply)).await,
            ReplyTo::DialogAbove { ticket } => client.push_view(ticket, &self.encoder().view(reply)).await,
            ReplyTo::OpenDialog { dialog } => client.update_view(dialog, &self.encoder().view(reply)).await,
            ReplyTo::Message { .. }
            | ReplyTo::Thread { .. }
            | ReplyTo::Private { .. }
            | ReplyTo::Conversation(_)
            | ReplyTo::Response
            | ReplyTo::OpenResponse
            | ReplyTo::Form { .. }
            | ReplyTo::Home
            | ReplyTo::Conversing { .. }
            | ReplyTo::Options
            | ReplyTo::Nowhere => Ok(()),
        }
    }
}
