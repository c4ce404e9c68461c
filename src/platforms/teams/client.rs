//! Calls to the Bot Framework's Connector: where a conversation's server is reached, with a token that is fetched once and
//! kept until shortly before it ends.
//!
//! The address comes out of a verified delivery and is still not trusted: only Microsoft's hosts are called, because whoever
//! is called gets our token. No redirect is followed, and a reply is read up to a limit.

use std::{error::Error, fmt, time::Duration};

use reqwest::{Response, StatusCode, Url, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::tokens::Tokens;
use crate::{
    clock::Clock,
    config::{Secret, ServiceHosts, TeamsSettings, is_loopback, is_service},
    platforms::{
        outbound::{self, ClientError},
        public::public_only,
    },
};

pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest reply that is read.
pub(super) const MAX_REPLY_BYTES: usize = 64 * 1024;

/// What can go wrong with a call, by what can be done about it. Never carries a text or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// `MICROSOFT_APP_ID` or `MICROSOFT_APP_PASSWORD` is not set.
    NoPassword,
    /// The service address is not one of Microsoft's.
    ForeignService,
    /// No token was given: its error code, and what to do about it when that is known.
    NoToken(String),
    /// The token is good, and still not believed.
    NotBelieved(String),
    /// The conversation is out of reach: blocked, removed, gone.
    Place(String),
    /// What was sent is wrong: our mistake.
    Refused(String),
    /// What was sent is longer than Teams takes.
    TooLong(String),
    /// Nothing was done, because the service could not be reached.
    Transient {
        /// What was asked for.
        retry_after: Option<Duration>,
    },
    /// Nothing was done, because the service has too much to do or is at something else in this conversation.
    Busy {
        /// What was asked for.
        retry_after: Option<Duration>,
    },
    /// Nobody knows whether it was done.
    Unclear,
}

impl CallError {
    /// Whether the conversation is out of reach for whatever is sent there, until something is heard of it again.
    pub(super) fn ends_the_conversation(&self) -> bool {
        let ends = |code: &str| {
            matches!(
                code,
                "BotDisabledByAdmin"
                    | "BotNotInConversationRoster"
                    | "ConversationBlockedByUser"
                    | "ConversationNotFound"
                    | "MessageWritesBlocked"
            )
        };
        matches!(self, Self::Place(code) if ends(code))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPassword => formatter
                .write_str("MICROSOFT_APP_ID or MICROSOFT_APP_PASSWORD is not set, so messages cannot be answered"),
            Self::ForeignService => {
                formatter.write_str("the service address is neither one of Microsoft's nor of TEAMS_SERVICE_HOSTS")
            }
            Self::NoToken(why) => write!(formatter, "no token was given ({why})"),
            Self::NotBelieved(code) => write!(
                formatter,
                "the token was not believed ({code}): the app's type in Azure and MICROSOFT_APP_TENANT_ID may disagree, or \
                 the bot has no Teams channel"
            ),
            Self::Place(code) => write!(formatter, "the conversation is out of reach ({code}){}", mend_of(code)),
            Self::Refused(code) => write!(formatter, "Teams refused what was sent ({code})"),
            Self::TooLong(code) => write!(formatter, "Teams takes nothing as long as what was sent ({code})"),
            Self::Transient { .. } => formatter.write_str("Teams could not be reached"),
            Self::Busy { .. } => formatter.write_str("Teams had no time"),
            Self::Unclear => formatter.write_str("Teams did not say whether it was done"),
        }
    }
}

impl Error for CallError {}

/// Calls to Teams.
#[derive(Debug)]
pub(super) struct Connector {
    http: reqwest::Client,
    tokens: Tokens,
    hosts: ServiceHosts,
    allows_loopback: bool,
}

impl Connector {
    /// Prepares a client. Connections are opened when they are needed.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub(super) fn new(settings: &TeamsSettings, clock: Clock) -> Result<Self, ClientError> {
        let hosts = settings.service_hosts.clone();
        let http = outbound::client("Teams", |builder| {
            let hosts = hosts.clone();
            let is_ours = move |name: &str| hosts.has(name);
            public_only(outbound::for_messages(builder, TIMEOUT), is_ours, settings.allows_loopback)
        })?;
        let tokens = Tokens::new(&http, settings, settings.cloud.scope().to_owned(), clock);
        Ok(Self { http, tokens, hosts, allows_loopback: settings.allows_loopback })
    }

    /// Whether messages may be sent to this service address.
    pub(super) fn may_call(&self, service: &str) -> bool {
        is_service(service, &self.hosts, self.allows_loopback)
    }

    /// Posts an activity to a conversation.
    pub(super) async fn send(
        &self,
        service: &str,
        conversation: &str,
        is_targeted: bool,
        activity: &Value,
    ) -> Result<(), CallError> {
        let mut path = format!("{}/activities", encoded(conversation));
        if is_targeted {
            path.push_str("?isTargetedActivity=true");
        }
        self.call(service, &format!("/{path}"), activity).await.map(drop)
    }

    /// The id of the conversation of the bot and one person, which is made when there is none. The person is named as the
    /// conversation they asked in knows them.
    pub(super) async fn open(&self, service: &str, tenant: &str, person: &str, bot: &str) -> Result<String, CallError> {
        #[derive(Deserialize)]
        struct Opened {
            id: String,
        }
        let wish = json!({
            "isGroup": false, "bot": { "id": bot }, "members": [{ "id": person }],
            "tenantId": tenant, "channelData": { "tenant": { "id": tenant } },
        });
        let response = self.call(service, "", &wish).await?;
        // It is made; asking once more gives the same one.
        let body = outbound::read(response, MAX_REPLY_BYTES).await.map_err(|_| CallError::Unclear)?;
        let opened = serde_json::from_slice::<Opened>(&body);
        opened.map(|opened| opened.id).map_err(|_| CallError::Refused("a conversation without an id".to_owned()))
    }

    async fn call(&self, service: &str, path: &str, body: &Value) -> Result<Response, CallError> {
        if !self.may_call(service) {
            return Err(CallError::ForeignService);
        }
        let address = format!("{}/v3/conversations{path}", service.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| CallError::ForeignService)?;
        let body = serde_json::to_vec(body).map_err(|_| CallError::Refused("unserialisable".to_owned()))?;
        let token = self.token_for(&url).await?;
        match self.post(&url, token.as_ref(), body.clone()).await {
            // A token may be taken back before it ends; a second one that is not believed either is no coincidence.
            Err(CallError::NotBelieved(_)) if token.is_some() => {
                self.tokens.forget(token.as_ref()).await;
                let token = self.token_for(&url).await?;
                self.post(&url, token.as_ref(), body).await
            }
            outcome => outcome,
        }
    }

    /// Fetches a token, and says nothing about it.
    ///
    /// # Errors
    /// None was given, or the directory cannot be reached.
    pub(super) async fn test_token(&self) -> Result<(), CallError> {
        self.tokens.test().await
    }

    /// A token for this address. A loopback service is sent none unless there is a password: it does not ask for one.
    async fn token_for(&self, url: &Url) -> Result<Option<Secret>, CallError> {
        if !self.tokens.can_be_had() && is_loopback(url) {
            return Ok(None);
        }
        self.tokens.get().await.map(Some)
    }

    async fn post(&self, url: &Url, token: Option<&Secret>, body: Vec<u8>) -> Result<Response, CallError> {
        let mut request = self.http.post(url.clone()).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        let response = request.body(body).send().await.map_err(|error| unsent(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = outbound::retry_after(&response);
        let code = error_code(response).await.unwrap_or_else(|| status.as_u16().to_string());
        Err(classify(status, code, retry_after))
    }
}

/// A call that was not answered; without a connection it cannot have had an effect.
fn unsent(error: &reqwest::Error) -> CallError {
    if error.is_connect() { CallError::Transient { retry_after: None } } else { CallError::Unclear }
}

/// The code of an error, in the usual shape or in the old one, where it stands in JSON inside a text.
async fn error_code(response: Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&outbound::read(response, MAX_REPLY_BYTES).await.ok()?).ok()?;
    let inner = || -> Option<Value> { serde_json::from_str(body["message"].as_str()?).ok() };
    let code = match body["error"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None => inner()?["subCode"].as_str()?.to_owned(),
    };
    Some(code.chars().filter(char::is_ascii_alphanumeric).take(60).collect())
}

/// Which class an answer belongs to (<https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit> and the
/// pages beside it).
fn classify(status: StatusCode, code: String, retry_after: Option<Duration>) -> CallError {
    match status {
        StatusCode::UNAUTHORIZED => CallError::NotBelieved(code),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => CallError::Place(code),
        // Two calls for one conversation at once; this one was not done.
        StatusCode::PRECONDITION_FAILED | StatusCode::TOO_MANY_REQUESTS => CallError::Busy { retry_after },
        StatusCode::PAYLOAD_TOO_LARGE => CallError::TooLong(code),
        _ if status.is_server_error() => CallError::Unclear,
        _ => CallError::Refused(code),
    }
}

/// What whoever runs the app can do about a conversation that is out of reach, by the code that Teams gives.
fn mend_of(code: &str) -> &'static str {
    match code {
        "BotDisabledByAdmin" => {
            ": an administrator has blocked the app in this tenant; allow it in the Teams admin centre, under Manage apps"
        }
        "BotNotInConversationRoster" => {
            ": the app is not in this team or chat, or no more; whoever owns it adds the app, and nothing is sent there before"
        }
        "ConversationBlockedByUser" | "MessageWritesBlocked" => {
            ": this person has blocked the app or taken it away, which only they can undo; nothing needs mending"
        }
        "ConversationNotFound" | "ActivityNotFoundInConversation" => {
            ": the chat, the channel or the message was deleted; nothing needs mending"
        }
        _ => "",
    }
}

/// An id as one step of a path: Teams' ids hold colons, at signs and semicolons.
pub(super) fn encoded(id: &str) -> String {
    id.bytes().fold(String::with_capacity(id.len() * 2), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn ids_are_one_step_of_a_path() {
        assert_eq!(encoded("19:a@thread.tacv2;messageid=7"), "19%3Aa%40thread.tacv2%3Bmessageid%3D7");
        assert_eq!(encoded("../v3/é"), "..%2Fv3%2F%C3%A9");
    }
}
