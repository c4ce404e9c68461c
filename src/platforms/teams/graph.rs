//! The message that a thread of a channel hangs on, where the team lets it be read: Microsoft's directory of everything ("Graph") gives it
//! to an app that an owner of the team has given the permission `ChannelMessage.Read.Group`, and to no other.
//!
//! Off unless `TEAMS_READ_THREADS` is set. Nothing is read unless somebody asks in that thread, and nothing of it is kept longer than any
//! other text.

use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Teams,
    client::{MAX_REPLY_BYTES, TIMEOUT, encoded},
    payload::MessagePayload,
    tokens::Tokens,
    words,
};
use crate::{
    app::{Intent, Pointed, Reply, Request, Say, SpokenTo, Thread},
    clock::Clock,
    config::{Secret, TeamsSettings},
    engine::SourceText,
    platforms::outbound::{self, ClientError},
};

/// What lets the first message of a thread be read: the first is in the token as soon as the owner of one team has agreed, as Graph's own
/// refusals show ("Roles on the request 'Group.Selected'"); the second once an administrator has for all teams
/// (<https://learn.microsoft.com/graph/api/chatmessage-get>). Which teams agreed no token tells.
const ONE_TEAM: &str = "Group.Selected";
const ALL_TEAMS: &str = "ChannelMessage.Read.All";

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
    fn said(self) -> Say {
        Say::unread(match self {
            Self::NotAllowed => {
                "I was not allowed to read the message above. An owner of this team has to add me to it again and agree that I \
                 read its messages."
            }
            Self::Gone => "I cannot find the message above.",
            Self::NotNow => "I cannot read the message above right now. Please try again in a minute.",
        })
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

    /// Looks whether threads can be read anywhere, and says it in a sentence.
    ///
    /// # Errors
    /// What is to be mended, as a sentence.
    pub(super) async fn check_up(&self) -> Result<&'static str, String> {
        let roles = self.tokens.roles().await.map_err(|error| {
            format!("threads cannot be read, because no token for Microsoft Graph was given: {error}. Check MICROSOFT_APP_TENANT_ID.")
        })?;
        let Some(roles) = roles else { return Ok("what the token for reading threads permits cannot be told") };
        let has = |wanted| roles.iter().any(|role| role == wanted);
        if has(ALL_TEAMS) {
            Ok("threads of all teams can be read")
        } else if has(ONE_TEAM) {
            Ok("threads can be read in teams whose owner has agreed")
        } else {
            Err("TEAMS_READ_THREADS is on, but no team lets its messages be read: make the app's package with `upshot manifest teams \
                 --reads-threads`, and have an owner of each team add the app again and agree to ChannelMessage.Read.Group; or \
                 remove TEAMS_READ_THREADS."
                .to_owned())
        }
    }

    async fn parent(&self, thread: &Thread) -> Result<SourceText, Unread> {
        let (group, first) = thread.parent.split_once('/').ok_or(Unread::Gone)?;
        let channel = encoded(thread.channel.as_str());
        let path = format!("v1.0/teams/{}/channels/{channel}/messages/{}", encoded(group), encoded(first));
        let url = self.url.join(&path).map_err(|_| Unread::Gone)?;
        let token = self.token().await?;
        let mut response = self.get(&url, &token).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            // A token may be taken back before it ends; a second one that is not believed either is no coincidence.
            self.tokens.forget(Some(&token)).await;
            response = self.get(&url, &self.token().await?).await?;
        }
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Unread::Gone),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(Unread::NotAllowed),
            _ => return Err(Unread::NotNow),
        }
        let body = outbound::read(response, 4 * MAX_REPLY_BYTES).await.map_err(|_| Unread::NotNow)?;
        let read: Read = serde_json::from_slice(&body).map_err(|_| Unread::NotNow)?;
        if read.deleted_date_time.is_null() { Ok(words::of_payload(&read.message)) } else { Err(Unread::Gone) }
    }

    /// Where none is to be had, no owner of a team can change that.
    async fn token(&self) -> Result<Secret, Unread> {
        self.tokens.get().await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "no token to read a thread with");
            Unread::NotNow
        })
    }

    async fn get(&self, url: &Url, token: &Secret) -> Result<Response, Unread> {
        self.http.get(url.clone()).bearer_auth(token.expose()).send().await.map_err(|_| Unread::NotNow)
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
                Reply::Say(unread.said())
            }
        }
    }
}
