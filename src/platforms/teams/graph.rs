//! The message that a thread of a channel hangs on, where the team lets it be read: Microsoft's directory of everything ("Graph") gives it
//! to an app that an owner of the team has given the permission `ChannelMessage.Read.Group`, and to no other.
//!
//! Off unless `TEAMS_READ_THREADS` is set. Nothing is read unless somebody asks in that thread, and nothing of it is kept longer than any
//! other text.

use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Teams,
    client::{CallError, MAX_REPLY_BYTES, TIMEOUT, encoded},
    payload::MessagePayload,
    tokens::Tokens,
    words,
};
use crate::{
    app::{Intent, Pointed, Reply, Request, Say, SpokenTo, Thread},
    clock::Clock,
    config::TeamsSettings,
    engine::SourceText,
    platforms::outbound::{self, ClientError},
};

const MENU: &str = "Or open the menu of that message and choose “Explain this”: then only you see the answer.";

/// Reads messages.
#[derive(Debug)]
pub(super) struct Graph {
    http: reqwest::Client,
    url: Url,
    tokens: Tokens,
}

/// Why a message was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    NotAllowed,
    Gone,
    NotNow,
}

impl Unread {
    fn sentence(self) -> String {
        let why = match self {
            Self::NotAllowed => {
                "I was not allowed to read the message above. An owner of this team has to add me to it again and agree that I \
                 read its messages."
            }
            Self::Gone => "I cannot find the message above.",
            Self::NotNow => "I cannot read the message above right now. Please try again in a minute.",
        };
        format!("{why} {MENU}")
    }
}

/// A message as Graph gives it, which is the shape in which a message action hands one over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Read {
    deleted_date_time: Value,
    #[serde(flatten)]
    message: MessagePayload,
}

/// How decoding names a thread: the team by the directory's id, and the number of the first message.
pub(super) fn parent_of(group: &str, first: &str) -> String {
    format!("{group}/{first}")
}

impl Graph {
    /// `None` when threads are not to be read.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub(super) fn new(settings: &TeamsSettings, clock: Clock) -> Result<Option<Self>, ClientError> {
        if !settings.reads_threads {
            return Ok(None);
        }
        let http = outbound::client("Teams", |builder| outbound::for_messages(builder, TIMEOUT))?;
        let scope = settings.cloud.graph_scope();
        let tokens = Tokens::new(&http, settings, scope, clock);
        Ok(Some(Self { http, url: settings.graph_url.clone(), tokens }))
    }

    async fn parent(&self, thread: &Thread) -> Result<SourceText, Unread> {
        let (group, first) = thread.parent.split_once('/').ok_or(Unread::Gone)?;
        let channel = encoded(thread.channel.as_str());
        let path = format!("v1.0/teams/{}/channels/{channel}/messages/{}", encoded(group), encoded(first));
        let url = self.url.join(&path).map_err(|_| Unread::Gone)?;
        let token = self.tokens.get().await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "no token to read a thread with");
            match error {
                CallError::NoToken(_) | CallError::NoPassword => Unread::NotAllowed,
                _ => Unread::NotNow,
            }
        })?;
        let response = self.http.get(url).bearer_auth(token.expose()).send().await.map_err(|_| Unread::NotNow)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Unread::Gone),
            StatusCode::UNAUTHORIZED => {
                self.tokens.forget(Some(&token)).await;
                return Err(Unread::NotAllowed);
            }
            StatusCode::FORBIDDEN => return Err(Unread::NotAllowed),
            _ => return Err(Unread::NotNow),
        }
        let body = outbound::read(response, 4 * MAX_REPLY_BYTES).await.map_err(|_| Unread::NotNow)?;
        let read: Read = serde_json::from_slice(&body).map_err(|_| Unread::NotNow)?;
        if read.deleted_date_time.is_null() { Ok(words::of_payload(&read.message)) } else { Err(Unread::Gone) }
    }
}

impl Teams {
    /// Answers a request, after reading what it points at where that is allowed.
    pub(super) async fn answer_with_sight(&self, request: &Request) -> Reply {
        let (Some(graph), Intent::CommandBelow { thread, .. }) = (&self.graph, &request.intent) else {
            return self.app.answer(request).await;
        };
        let Some(meant) = self.app.meant(request).filter(|meant| meant.at == Pointed::Message) else {
            return self.app.answer(request).await;
        };
        match graph.parent(thread).await {
            Ok(source) => self.app.answer_about(request, &source, SpokenTo::People, meant.reader.as_ref()).await,
            Err(unread) => {
                tracing::info!(request = %request.id, ?unread, "the message above was not read");
                Reply::Say(Say::failure(unread.sentence()))
            }
        }
    }
}
