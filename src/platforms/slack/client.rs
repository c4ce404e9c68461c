//! Calls to Slack: the Web API, and the addresses that deliveries bring along for later answers.
//!
//! A `response_url` comes out of a signed payload and is still not trusted: only Slack's own hosts are called, no redirect
//! is followed, and a reply is read up to a limit.

use std::{error::Error, fmt, time::Duration};

use reqwest::{Response, StatusCode, Url, header, redirect};
use serde::{Deserialize, Serialize};

use super::outgoing::is_post;
use crate::{
    config::{Secret, SlackSettings, is_loopback},
    ids::ChannelId,
};

/// A ticket for a dialog lives three seconds; an attempt that takes longer than this can only fail.
const DIALOG_TIMEOUT: Duration = Duration::from_millis(2_500);
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest reply that is read. Slack's are some hundred bytes, dialogs come back whole.
const MAX_REPLY_BYTES: usize = 512 * 1024;

/// No client could be made.
#[derive(Debug)]
pub struct ClientError(reqwest::Error);

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "secure connections to Slack cannot be made: install the system's certificates (package ca-certificates), or \
             point SSL_CERT_FILE at a bundle",
        )
    }
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// What can go wrong with a call, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// No bot token is set.
    NoToken,
    /// The address is not one of Slack's.
    ForeignAddress,
    /// The app is no longer installed, or the token is wrong.
    InstallationDead(String),
    /// The token must be renewed.
    TokenExpired,
    /// An administrator must allow something first.
    Permission(String),
    /// The channel, person or message is out of reach.
    Place(String),
    /// The ticket, code or address has expired or was used.
    TooLate(String),
    /// Slack refused what was sent: our mistake.
    Refused(String),
    /// Try again, not before so many seconds when Slack said so.
    Transient {
        /// Seconds to wait.
        retry_after: Option<u64>,
        /// The call may have had its effect all the same.
        in_doubt: bool,
    },
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => formatter.write_str("SLACK_BOT_TOKEN is not set"),
            Self::ForeignAddress => formatter.write_str("the response address is not one of Slack's"),
            Self::InstallationDead(code) => {
                write!(formatter, "the app is not installed or its token is wrong ({code})")
            }
            Self::TokenExpired => formatter.write_str("the bot token has expired"),
            Self::Permission(code) => write!(formatter, "the app may not do that ({code})"),
            Self::Place(code) => write!(formatter, "the place is out of reach ({code})"),
            Self::TooLate(code) => write!(formatter, "too late ({code})"),
            Self::Refused(code) => write!(formatter, "Slack refused the request ({code})"),
            Self::Transient { .. } => formatter.write_str("Slack cannot be reached right now"),
        }
    }
}

impl Error for ApiError {}

/// The beginning of every Web API reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiReply {
    ok: bool,
    error: String,
    response_metadata: Metadata,
    team: Option<serde_json::Value>,
    pub(super) user: Option<serde_json::Value>,
    pub(super) channel: Option<serde_json::Value>,
    messages: Vec<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    messages: Vec<String>,
}

/// Calls to Slack.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    api_url: Url,
    token: Option<Secret>,
}

impl Client {
    /// Prepares a client. Connections are opened when they are needed.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub fn new(settings: &SlackSettings) -> Result<Self, ClientError> {
        // A second installation in the same process is refused, and the first one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(3))
            .pool_max_idle_per_host(4)
            .user_agent(concat!("upshot/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(ClientError)?;
        Ok(Self { http, api_url: settings.api_url.clone(), token: settings.bot_token.clone() })
    }

    /// Whether dialogs can be opened at all.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Opens a dialog with a ticket.
    pub(super) async fn open_view(&self, ticket: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Open<'a, V> {
            trigger_id: &'a str,
            view: &'a V,
        }
        self.call("views.open", &Open { trigger_id: ticket, view }, DIALOG_TIMEOUT).await.map(drop)
    }

    /// Opens a dialog above an open one, with a ticket from inside it.
    pub(super) async fn push_view(&self, ticket: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Push<'a, V> {
            trigger_id: &'a str,
            view: &'a V,
        }
        self.call("views.push", &Push { trigger_id: ticket, view }, DIALOG_TIMEOUT).await.map(drop)
    }

    /// Changes an open dialog. Without the dialog's version: of two quick choices the later one shall win.
    pub(super) async fn update_view(&self, view_id: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Update<'a, V> {
            view_id: &'a str,
            view: &'a V,
        }
        self.call("views.update", &Update { view_id, view }, TIMEOUT).await.map(drop)
    }

    /// Asks Slack whose token this is, and says the workspace's name.
    ///
    /// # Errors
    /// The token is missing or wrong, or Slack cannot be reached.
    pub async fn test_token(&self) -> Result<String, ApiError> {
        let reply = self.call("auth.test", &serde_json::Map::new(), TIMEOUT).await?;
        Ok(reply.team.as_ref().and_then(serde_json::Value::as_str).unwrap_or("a workspace without name").to_owned())
    }

    /// Posts a message that names its channel.
    pub(super) async fn post_message(&self, message: &serde_json::Value) -> Result<(), ApiError> {
        self.call("chat.postMessage", message, TIMEOUT).await.map(drop)
    }

    /// Posts a message that names its channel and the one person who sees it.
    pub(super) async fn post_private_message(&self, message: &serde_json::Value) -> Result<(), ApiError> {
        self.call("chat.postEphemeral", message, TIMEOUT).await.map(drop)
    }

    /// Whether the post with this number is among the latest in a thread.
    pub(super) async fn has_post(&self, channel: &ChannelId, thread: &str, number: i64) -> Result<bool, ApiError> {
        let arguments =
            [("channel", channel.as_str()), ("ts", thread), ("include_all_metadata", "true"), ("limit", "200")];
        let reply = self.read("conversations.replies", &arguments).await?;
        Ok(reply.messages.iter().any(|message| is_post(message, number)))
    }

    /// Calls a method that changes nothing.
    pub(super) async fn read(&self, method: &str, arguments: &[(&str, &str)]) -> Result<ApiReply, ApiError> {
        let token = self.token.as_ref().ok_or(ApiError::NoToken)?;
        let mut url = self.api_url.join(method).map_err(|_| ApiError::ForeignAddress)?;
        // Reading methods take their arguments in the address more reliably than as JSON.
        url.query_pairs_mut().extend_pairs(arguments);
        let response = self.http.get(url).bearer_auth(token.expose()).send().await.map_err(|error| unsent(&error))?;
        read_reply(method, response).await
    }

    /// Posts a message to an address that a delivery brought along.
    pub(super) async fn respond(&self, address: &str, message: &impl Serialize) -> Result<(), ApiError> {
        let address = self.response_address(address).ok_or(ApiError::ForeignAddress)?;
        let response = self
            .http
            .post(address)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(json(message)?)
            .send()
            .await
            .map_err(|error| unsent(&error))?;
        match response.status() {
            // Slack says `ok` in plain text, so only the status counts.
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(ApiError::TooLate("expired_url".to_owned())),
            status => Err(failed_status(status, &response)),
        }
    }

    async fn call(&self, method: &str, body: &impl Serialize, timeout: Duration) -> Result<ApiReply, ApiError> {
        let token = self.token.as_ref().ok_or(ApiError::NoToken)?;
        let url = self.api_url.join(method).map_err(|_| ApiError::ForeignAddress)?;
        let response = self
            .http
            .post(url)
            .bearer_auth(token.expose())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .timeout(timeout)
            .body(json(body)?)
            .send()
            .await
            .map_err(|error| unsent(&error))?;
        read_reply(method, response).await
    }

    /// Where this Slack lives: what links into its workspaces end with.
    pub(super) fn site_host(&self) -> &'static str {
        match self.api_url.host_str() {
            Some("slack-gov.com") => "slack-gov.com",
            _ => "slack.com",
        }
    }

    /// The address, when it is one of Slack's: https, its hooks host, the usual port, no user. Where a loopback Slack was
    /// configured for tests, it is the only one that is called.
    fn response_address(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if is_loopback(&self.api_url) {
            return (url.origin() == self.api_url.origin()).then_some(url);
        }
        let hooks = format!("hooks.{}", self.site_host());
        (url.scheme() == "https" && url.host_str() == Some(&*hooks) && url.port().is_none()).then_some(url)
    }
}

/// No answer, or none that can be read: nobody knows what became of the call.
const UNCLEAR: ApiError = ApiError::Transient { retry_after: None, in_doubt: true };

/// A call that was not answered; without a connection it cannot have had an effect.
fn unsent(error: &reqwest::Error) -> ApiError {
    ApiError::Transient { retry_after: None, in_doubt: !error.is_connect() }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|_| ApiError::Refused("unserialisable".to_owned()))
}

async fn read_reply(method: &str, response: Response) -> Result<ApiReply, ApiError> {
    if response.status() != StatusCode::OK {
        return Err(failed_status(response.status(), &response));
    }
    let body = read_limited(response).await?;
    let reply: ApiReply = serde_json::from_slice(&body).map_err(|_| UNCLEAR)?;
    if reply.ok {
        return Ok(reply);
    }
    if !reply.response_metadata.messages.is_empty() {
        // These name the field of ours that Slack did not like, never its content.
        tracing::warn!(method, error = reply.error, messages = ?reply.response_metadata.messages, "Slack refused a call");
    }
    Err(classify(&reply))
}

async fn read_limited(mut response: Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| UNCLEAR)? {
        if body.len() + chunk.len() > MAX_REPLY_BYTES {
            return Err(UNCLEAR);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed_status(status: StatusCode, response: &Response) -> ApiError {
    let retry_after = || {
        let header = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
        header.trim().parse().ok()
    };
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        // Slack counts calls before it does anything for them.
        ApiError::Transient { retry_after: retry_after(), in_doubt: status != StatusCode::TOO_MANY_REQUESTS }
    } else {
        ApiError::Refused(status.as_u16().to_string())
    }
}

/// Which class an error code belongs to. New codes appear all the time and are taken for our mistake.
fn classify(reply: &ApiReply) -> ApiError {
    let code = reply.error.clone();
    match &*code {
        "account_inactive"
        | "token_revoked"
        | "invalid_auth"
        | "not_authed"
        | "team_access_not_granted"
        | "user_removed_from_team"
        | "team_disabled"
        | "invalid_refresh_token" => ApiError::InstallationDead(code),
        "token_expired" => ApiError::TokenExpired,
        "missing_scope"
        | "not_allowed_token_type"
        | "no_permission"
        | "restricted_action"
        | "ekm_access_denied"
        | "access_denied"
        | "accesslimited"
        | "enterprise_is_restricted"
        | "two_factor_setup_required"
        | "messages_tab_disabled"
        | "cant_update_message"
        | "edit_window_closed"
        | "cannot_reply_to_message" => ApiError::Permission(code),
        "channel_not_found"
        | "not_in_channel"
        | "user_not_in_channel"
        | "is_archived"
        | "thread_not_found"
        | "message_not_found"
        | "user_not_found"
        | "user_not_visible" => ApiError::Place(code),
        "expired_trigger_id"
        | "exchanged_trigger_id"
        | "invalid_trigger_id"
        | "trigger_expired"
        | "trigger_exchanged"
        | "hash_conflict"
        | "invalid_code"
        | "code_already_used"
        | "expired_url"
        | "used_url" => ApiError::TooLate(code),
        // The same, in other words; only the message tells.
        "invalid_arguments" if reply.response_metadata.messages.iter().any(|text| text.contains("trigger_id")) => {
            ApiError::TooLate(code)
        }
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => UNCLEAR,
        "ratelimited" | "rate_limited" | "team_added_to_org" | "org_login_required" => {
            ApiError::Transient { retry_after: None, in_doubt: false }
        }
        _ => ApiError::Refused(code),
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiError, ApiReply, Client, UNCLEAR, classify};
    use crate::config::{Settings, Source};

    fn client(api_url: &str) -> Client {
        let settings = Settings::from_source(&Source::from_pairs(&[("SLACK_API_URL", api_url)])).unwrap();
        Client::new(&settings.slack).unwrap()
    }

    #[test]
    fn only_slacks_own_addresses_are_called() {
        let slack = client("https://slack.com/api/");
        let gov = client("https://slack-gov.com/api/");
        let test = client("http://127.0.0.1:4242/api/");
        let allowed = |client: &Client, address: &str| client.response_address(address).is_some();
        assert!(allowed(&slack, "https://hooks.slack.com/commands/T1/2/x"));
        assert!(allowed(&slack, "https://hooks.slack.com:443/commands/T1/2/x"));
        assert!(allowed(&gov, "https://hooks.slack-gov.com/commands/T1/2/x"));
        assert!(allowed(&test, "http://127.0.0.1:4242/hook"));
        for address in [
            "http://hooks.slack.com/commands/T1/2/x",
            "https://hooks.slack.com:8443/x",
            "https://user@hooks.slack.com/x",
            "https://:pass@hooks.slack.com/x",
            "https://hooks.slack.com.example.com/x",
            "https://example.com/hooks.slack.com",
            "https://hooks.slack.com@example.com/x",
            "https://hooks.slack-gov.com/x",
            "https://127.0.0.1/x",
            "http://127.0.0.1:4242/hook",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "not an address",
            "",
        ] {
            assert!(!allowed(&slack, address), "{address}");
        }
        assert!(!allowed(&test, "http://127.0.0.1:4243/hook"), "another port is another server");
        assert!(!allowed(&test, "https://hooks.slack.com/commands/T1/2/x"), "a test never calls the real Slack");
        assert!(!allowed(&test, "http://localhost:4242/hook"), "another name may lead elsewhere");
        assert!(!allowed(&gov, "https://hooks.slack.com/x"));
    }

    #[test]
    fn error_codes_fall_into_classes_by_what_can_be_done() {
        let reply = |text: &str| serde_json::from_str::<ApiReply>(text).unwrap();
        let class = |text: &str| classify(&reply(text));
        assert_eq!(class(r#"{"error":"token_revoked"}"#), ApiError::InstallationDead("token_revoked".to_owned()));
        assert_eq!(class(r#"{"error":"token_expired"}"#), ApiError::TokenExpired);
        assert_eq!(class(r#"{"error":"missing_scope"}"#), ApiError::Permission("missing_scope".to_owned()));
        assert_eq!(class(r#"{"error":"not_in_channel"}"#), ApiError::Place("not_in_channel".to_owned()));
        assert_eq!(class(r#"{"error":"expired_trigger_id"}"#), ApiError::TooLate("expired_trigger_id".to_owned()));
        assert_eq!(class(r#"{"error":"hash_conflict"}"#), ApiError::TooLate("hash_conflict".to_owned()));
        assert_eq!(
            class(r#"{"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] `trigger_id` expired"]}}"#),
            ApiError::TooLate("invalid_arguments".to_owned())
        );
        assert_eq!(class(r#"{"error":"invalid_arguments"}"#), ApiError::Refused("invalid_arguments".to_owned()));
        assert_eq!(class(r#"{"error":"internal_error"}"#), UNCLEAR);
        assert_eq!(class(r#"{"error":"brand_new"}"#), ApiError::Refused("brand_new".to_owned()));
    }
}
