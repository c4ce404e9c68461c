//! Calls to the Bot Framework's Connector: where a conversation's server is reached, with a token that is fetched once and
//! kept until shortly before it ends.
//!
//! The address comes out of a verified delivery and is still not trusted: only Microsoft's hosts are called, because whoever
//! is called gets our token. No redirect is followed, and a reply is read up to a limit.

use std::{error::Error, fmt, time::Duration};

use reqwest::{Response, StatusCode, Url, header};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::bearer::is_service;
use crate::{
    clock::{Clock, Moment},
    config::{Secret, TeamsSettings, is_loopback},
    platforms::outbound::{self, ClientError},
};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Tokens are renewed this long before they end, so that none ends on its way.
const BEFORE_END: Duration = Duration::from_secs(5 * 60);
/// When the answer does not say how long a token is good for.
const USUAL_SECONDS: u64 = 3_600;
/// Longest reply that is read; a token has about two kilobytes.
const MAX_REPLY_BYTES: usize = 64 * 1024;

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
    /// What was sent is wrong or too long: our mistake.
    Refused(String),
    /// Nothing was done; try again, not before so long when the service said so.
    Transient {
        /// What was asked for.
        retry_after: Option<Duration>,
    },
    /// Nobody knows whether it was done.
    Unclear,
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPassword => formatter
                .write_str("MICROSOFT_APP_ID or MICROSOFT_APP_PASSWORD is not set, so messages cannot be answered"),
            Self::ForeignService => formatter.write_str("the service address is not one of Microsoft's"),
            Self::NoToken(why) => write!(formatter, "no token was given ({why})"),
            Self::NotBelieved(code) => write!(
                formatter,
                "the token was not believed ({code}): the app's type in Azure and MICROSOFT_APP_TENANT_ID may disagree, or \
                 the bot has no Teams channel"
            ),
            Self::Place(code) => write!(formatter, "the conversation is out of reach ({code})"),
            Self::Refused(code) => write!(formatter, "Teams refused what was sent ({code})"),
            Self::Transient { .. } => formatter.write_str("Teams could not be reached or had no time"),
            Self::Unclear => formatter.write_str("Teams did not say whether it was done"),
        }
    }
}

impl Error for CallError {}

#[derive(Debug)]
struct Token {
    secret: Secret,
    renew_at: Moment,
}

/// Calls to Teams.
#[derive(Debug)]
pub(super) struct Connector {
    http: reqwest::Client,
    app_id: Option<String>,
    password: Option<Secret>,
    token_url: Url,
    scope: &'static str,
    allows_loopback: bool,
    clock: Clock,
    // Who waits for it wants the token that its holder is fetching.
    token: Mutex<Option<Token>>,
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenRefusal {
    error: String,
    error_description: String,
}

impl Connector {
    /// Prepares a client. Connections are opened when they are needed.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub(super) fn new(settings: &TeamsSettings, clock: Clock) -> Result<Self, ClientError> {
        let http = outbound::client("Teams", |builder| outbound::for_messages(builder, TIMEOUT))?;
        Ok(Self {
            http,
            app_id: settings.app_id.clone(),
            password: settings.app_password.clone(),
            token_url: settings.token_url.clone(),
            scope: settings.cloud.scope(),
            allows_loopback: settings.allows_loopback,
            clock,
            token: Mutex::new(None),
        })
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
        if !is_service(service, self.allows_loopback, false) {
            return Err(CallError::ForeignService);
        }
        let address = format!("{}/v3/conversations{path}", service.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| CallError::ForeignService)?;
        let body = serde_json::to_vec(body).map_err(|_| CallError::Refused("unserialisable".to_owned()))?;
        let token = self.token_for(&url).await?;
        match self.post(&url, token.as_ref(), body.clone()).await {
            // A token may be taken back before it ends; a second one that is not believed either is no coincidence.
            Err(CallError::NotBelieved(_)) if token.is_some() => {
                self.forget(token.as_ref()).await;
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
        self.fetch().await.map(drop)
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

    /// A token for this address. A loopback service is sent none unless there is a password: it does not ask for one.
    async fn token_for(&self, url: &Url) -> Result<Option<Secret>, CallError> {
        if self.password.is_none() && is_loopback(url) {
            return Ok(None);
        }
        let mut kept = self.token.lock().await;
        let now = self.clock.moment();
        if let Some(token) = kept.as_ref().filter(|token| token.renew_at > now) {
            return Ok(Some(token.secret.clone()));
        }
        let (secret, lifetime) = self.fetch().await?;
        let renew_at = now.plus(lifetime.saturating_sub(BEFORE_END));
        *kept = Some(Token { secret: secret.clone(), renew_at });
        Ok(Some(secret))
    }

    /// Unless somebody else has fetched a new one meanwhile.
    async fn forget(&self, token: Option<&Secret>) {
        let mut kept = self.token.lock().await;
        if kept.as_ref().map(|kept| &kept.secret) == token {
            *kept = None;
        }
    }

    async fn fetch(&self) -> Result<(Secret, Duration), CallError> {
        let (Some(app_id), Some(password)) = (&self.app_id, &self.password) else { return Err(CallError::NoPassword) };
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", app_id)
            .append_pair("client_secret", password.expose())
            .append_pair("scope", self.scope)
            .finish();
        let request = self.http.post(self.token_url.clone());
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        // Asking for a token twice does no harm.
        let transient = CallError::Transient { retry_after: None };
        let response = request.send().await.map_err(|_| transient.clone())?;
        let status = response.status();
        let retry_after = outbound::retry_after(&response);
        let body = outbound::read(response, MAX_REPLY_BYTES).await.map_err(|_| transient.clone())?;
        if status == StatusCode::OK {
            let reply: TokenReply = serde_json::from_slice(&body)
                .map_err(|_| CallError::NoToken("an answer without a token".to_owned()))?;
            let seconds = match &reply.expires_in {
                Value::String(text) => text.parse().ok(),
                other => other.as_u64(),
            };
            return Ok((Secret::new(&reply.access_token), Duration::from_secs(seconds.unwrap_or(USUAL_SECONDS))));
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(CallError::Transient { retry_after });
        }
        let refusal: TokenRefusal = serde_json::from_slice(&body).unwrap_or_default();
        Err(CallError::NoToken(reason(&refusal)))
    }
}

/// The directory's own code with what it usually means. Its description is not repeated: it names ids of the organisation.
fn reason(refusal: &TokenRefusal) -> String {
    let code: String = refusal
        .error_description
        .split_once("AADSTS")
        .map(|(_, behind)| behind.chars().take_while(char::is_ascii_digit).take(8).collect())
        .unwrap_or_default();
    let mend = match code.as_str() {
        "700016" => {
            ": the app is not known in this directory; set MICROSOFT_APP_TENANT_ID to the tenant of a single-tenant app"
        }
        "7000215" => ": MICROSOFT_APP_PASSWORD is wrong; it must be the secret's value, not its id",
        "7000222" => ": MICROSOFT_APP_PASSWORD has expired; make a new secret",
        "90002" | "900023" => ": there is no such tenant; check MICROSOFT_APP_TENANT_ID",
        _ => "",
    };
    match code.as_str() {
        "" => refusal.error.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_').take(40).collect(),
        code => format!("AADSTS{code}{mend}"),
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
        StatusCode::PRECONDITION_FAILED | StatusCode::TOO_MANY_REQUESTS => CallError::Transient { retry_after },
        _ if status.is_server_error() => CallError::Unclear,
        _ => CallError::Refused(code),
    }
}

/// An id as one step of a path: Teams' ids hold colons, at signs and semicolons.
fn encoded(id: &str) -> String {
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
    use super::{TokenRefusal, encoded, reason};

    #[test]
    fn ids_are_one_step_of_a_path() {
        assert_eq!(encoded("19:a@thread.tacv2;messageid=7"), "19%3Aa%40thread.tacv2%3Bmessageid%3D7");
        assert_eq!(encoded("../v3/é"), "..%2Fv3%2F%C3%A9");
    }

    #[test]
    fn a_refused_token_names_the_mend_and_no_ids() {
        let refusal = |error: &str, description: &str| {
            reason(&TokenRefusal { error: error.to_owned(), error_description: description.to_owned() })
        };
        let said = refusal("unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found");
        assert!(
            said.starts_with("AADSTS700016: ") && said.contains("MICROSOFT_APP_TENANT_ID") && !said.contains("'x'")
        );
        assert!(refusal("invalid_client", "AADSTS7000215: Invalid").contains("MICROSOFT_APP_PASSWORD is wrong"));
        assert_eq!(refusal("invalid_client", "AADSTS1: new"), "AADSTS1");
        assert_eq!(refusal("invalid_request", ""), "invalid_request");
    }
}
