//! Calls to Slack: the Web API, and the addresses that deliveries bring along for later answers.
//!
//! A `response_url` comes out of a signed payload and is still not trusted: only Slack's own hosts are called, no redirect
//! is followed, and a reply is read up to a limit.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, Url, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    error::{ApiError, UNCLEAR, classify},
    outgoing::is_post,
};
use crate::{
    app::InstallationKey,
    config::{OAuthSettings, Secret, SlackSettings, is_loopback, is_of},
    ids::{ChannelId, PersonId},
    platforms::outbound::{self, ClientError},
};

/// A ticket for a dialog lives three seconds; an attempt that takes longer than this can only fail.
const DIALOG_TIMEOUT: Duration = Duration::from_millis(2_500);
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest reply that is read. Slack's are some hundred bytes, dialogs come back whole.
const MAX_REPLY_BYTES: usize = 512 * 1024;

/// The beginning of every Web API reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ApiReply {
    ok: bool,
    error: String,
    response_metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    messages: Vec<String>,
}

/// Whose a token is, as `auth.test` says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Identity {
    pub(super) team: String,
    pub(super) team_id: String,
    pub(super) enterprise_id: Option<String>,
    pub(super) is_enterprise_install: bool,
    pub(super) bot_id: Option<String>,
    pub(super) app_id: Option<String>,
    pub(super) user_id: Option<String>,
    /// The name of the app's user.
    pub(super) user: Option<String>,
    /// What the token may do, when Slack says so.
    #[serde(skip)]
    pub(super) scopes: Option<Vec<String>>,
}

/// What `oauth.v2.access` gives, at an installation and at each renewal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Granted {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) expires_in: Option<u64>,
    pub(super) scope: String,
    pub(super) bot_user_id: Option<String>,
    pub(super) app_id: String,
    pub(super) team: Option<Named>,
    pub(super) enterprise: Option<Named>,
    pub(super) is_enterprise_install: bool,
    pub(super) authed_user: Option<AuthedUser>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AuthedUser {
    pub(super) id: String,
}

/// A page of a thread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Replies {
    pub(super) messages: Vec<Value>,
    pub(super) has_more: bool,
    response_metadata: Cursor,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cursor {
    next_cursor: String,
}

impl Replies {
    /// Where the next page begins; `None` at the end.
    pub(super) fn next(&self) -> Option<&str> {
        Some(&*self.response_metadata.next_cursor).filter(|cursor| self.has_more && !cursor.is_empty())
    }
}

/// Calls to Slack.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    api_url: Url,
    token: Option<Secret>,
    /// The stored installation whose token it is, with the version of its tokens.
    installation: Option<(InstallationKey, i64)>,
}

impl Client {
    /// Prepares a client. Connections are opened when they are needed.
    ///
    /// # Errors
    /// No secure connections can be made from this machine.
    pub fn new(settings: &SlackSettings) -> Result<Self, ClientError> {
        let http = outbound::client("Slack", |builder| outbound::for_messages(builder, TIMEOUT))?;
        Ok(Self { http, api_url: settings.api_url.clone(), token: settings.bot_token.clone(), installation: None })
    }

    /// The same client with the token of an installation.
    pub(super) fn acting_for(&self, token: &Secret, installation: Option<(InstallationKey, i64)>) -> Self {
        Self { token: Some(token.clone()), installation, ..self.clone() }
    }

    /// The same client without a token: what a delivery brings along can still be called.
    pub(super) fn without_token(&self) -> Self {
        Self { token: None, installation: None, ..self.clone() }
    }

    /// Whose token this is, when it is a stored one.
    pub(super) fn installation(&self) -> Option<(&InstallationKey, i64)> {
        self.installation.as_ref().map(|(key, version)| (key, *version))
    }

    /// Whether there is a token of our own.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// A page of Slack's website, such as the one on which an app is installed.
    pub(super) fn website(&self, path: &str) -> Option<Url> {
        self.api_url.join(path).ok()
    }

    /// Opens a dialog with a ticket.
    pub(super) async fn open_view(&self, ticket: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Open<'a, V> {
            trigger_id: &'a str,
            view: &'a V,
        }
        self.call("views.open", &Open { trigger_id: ticket, view }, DIALOG_TIMEOUT).await
    }

    /// Opens a dialog above an open one, with a ticket from inside it.
    pub(super) async fn push_view(&self, ticket: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Push<'a, V> {
            trigger_id: &'a str,
            view: &'a V,
        }
        self.call("views.push", &Push { trigger_id: ticket, view }, DIALOG_TIMEOUT).await
    }

    /// Shows a person's home tab.
    pub(super) async fn publish_view(&self, person: &PersonId, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Publish<'a, V> {
            user_id: &'a PersonId,
            view: &'a V,
        }
        self.call("views.publish", &Publish { user_id: person, view }, TIMEOUT).await
    }

    /// Changes an open dialog. Without the dialog's version: of two quick choices the later one shall win.
    pub(super) async fn update_view(&self, view_id: &str, view: &impl Serialize) -> Result<(), ApiError> {
        #[derive(Serialize)]
        struct Update<'a, V> {
            view_id: &'a str,
            view: &'a V,
        }
        self.call("views.update", &Update { view_id, view }, TIMEOUT).await
    }

    /// Asks Slack whose token this is.
    ///
    /// # Errors
    /// The token is missing or wrong, or Slack cannot be reached.
    pub(super) async fn test_token(&self) -> Result<Identity, ApiError> {
        let response = self.send("auth.test", &serde_json::Map::new(), TIMEOUT).await?;
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let scopes = header("x-oauth-scopes").map(|scopes| list(&scopes));
        let identity: Identity = read_reply("auth.test", response).await?;
        Ok(Identity { scopes, ..identity })
    }

    /// Slack's time, as an HTTP date; asked without a token.
    pub(super) async fn time(&self) -> Result<Option<String>, ApiError> {
        let response = sent(self.http.post(self.method_url("api.test")?)).await?;
        Ok(response.headers().get(header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned))
    }

    /// What any address answers: the status and the beginning of the body.
    pub(super) async fn look(&self, address: &str) -> Result<(u16, String), ApiError> {
        let response = sent(self.http.get(address)).await?;
        let status = response.status().as_u16();
        let body = read_body(response).await?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Asks for the address of a connection. It is good for one.
    pub(super) async fn socket_address(&self) -> Result<Url, ApiError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Opened {
            url: String,
        }
        const METHOD: &str = "apps.connections.open";
        let request = self
            .http
            .post(self.method_url(METHOD)?)
            .bearer_auth(self.token()?.expose())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let opened: Opened = read_reply(METHOD, sent(request).await?).await?;
        self.own_socket(&opened.url).ok_or(ApiError::ForeignAddress)
    }

    /// Asks a server to go on in another protocol than HTTP.
    pub(super) async fn upgrade(&self, address: Url, headers: header::HeaderMap) -> Result<Response, ApiError> {
        sent(self.http.get(address).headers(headers)).await
    }

    /// Asks for tokens: with a code after an installation, with a renewal token later.
    pub(super) async fn grant(&self, app: &OAuthSettings, form: &[(&str, &str)]) -> Result<Granted, ApiError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .http
            .post(self.method_url("oauth.v2.access")?)
            .basic_auth(&app.client_id, Some(app.client_secret.expose()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let granted: Granted = read_reply("oauth.v2.access", sent(request).await?).await?;
        if granted.access_token.is_empty() { Err(UNCLEAR) } else { Ok(granted) }
    }

    /// The first messages of a thread, or those from a cursor on. A thread is named by the message it hangs on.
    pub(super) async fn replies(
        &self,
        channel: &ChannelId,
        thread: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Replies, ApiError> {
        let limit = limit.to_string();
        let mut query = vec![("channel", channel.as_str()), ("ts", thread), ("limit", &*limit)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.read("conversations.replies", &query).await
    }

    /// Posts a message that names its channel.
    pub(super) async fn post_message(&self, message: &serde_json::Value) -> Result<(), ApiError> {
        self.post("chat.postMessage", message).await
    }

    /// Posts a message that names its channel and the one person who sees it.
    pub(super) async fn post_private_message(&self, message: &serde_json::Value) -> Result<(), ApiError> {
        self.post("chat.postEphemeral", message).await
    }

    /// Posts a message, and its text alone when Slack finds something wrong with it: a mistake of ours in the layout is no reason for
    /// silence.
    async fn post(&self, method: &str, message: &Value) -> Result<(), ApiError> {
        let posted = self.call(method, message, TIMEOUT).await;
        let Err(ApiError::Refused(code)) = &posted else { return posted };
        match without_layout(method, code, message) {
            Some(plain) => self.call(method, &plain, TIMEOUT).await,
            None => posted,
        }
    }

    /// Shows that something is worked at in a thread of the conversation with a person, and what the thread is called when it is
    /// new; or that nothing is worked at any more.
    pub(super) async fn set_session(&self, session: &impl Serialize, timeout: Duration) -> Result<(), ApiError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Shown {
            warning: String,
        }
        const METHOD: &str = "agents.sessions.setStatus";
        let shown: Shown = read_reply(METHOD, self.send(METHOD, session, timeout).await?).await?;
        if shown.warning.contains("agent_session_stopped") {
            tracing::warn!(
                "Slack shows no stop button beside an answer that is worked at: add the event agent_session_stopped on the \
                 app's page, Event Subscriptions"
            );
        }
        Ok(())
    }

    /// Offers what can be asked, above a conversation.
    pub(super) async fn offer_prompts(&self, prompts: &impl Serialize) -> Result<(), ApiError> {
        self.call("assistant.threads.setSuggestedPrompts", prompts, TIMEOUT).await
    }

    /// Whether the post with this number is in a thread.
    ///
    /// # Errors
    /// It is not known: the thread cannot be read, or it goes on behind the first page, which holds the oldest messages.
    pub(super) async fn has_post(&self, channel: &ChannelId, thread: &str, number: i64) -> Result<bool, ApiError> {
        self.is_among("conversations.replies", channel, ("ts", thread), number).await
    }

    /// Whether the post with this number is among the messages of a channel after an earlier message of Slack's.
    ///
    /// # Errors
    /// It is not known: the channel cannot be read, or more was posted there since than one page holds.
    pub(super) async fn has_post_since(&self, channel: &ChannelId, since: &str, number: i64) -> Result<bool, ApiError> {
        self.is_among("conversations.history", channel, ("oldest", since), number).await
    }

    async fn is_among(
        &self,
        method: &'static str,
        channel: &ChannelId,
        place: (&str, &str),
        number: i64,
    ) -> Result<bool, ApiError> {
        let query = [("channel", channel.as_str()), place, ("include_all_metadata", "true"), ("limit", "200")];
        let page: Replies = self.read(method, &query).await?;
        let is_there = page.messages.iter().any(|message| is_post(message, number));
        if !is_there && page.has_more {
            return Err(ApiError::Place("there is more than one page".to_owned()));
        }
        Ok(is_there)
    }

    /// The address of a message; `None` when Slack gives none of use.
    pub(super) async fn permalink(&self, channel: &ChannelId, message: &str) -> Result<Option<String>, ApiError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Found {
            permalink: String,
        }
        let query = [("channel", channel.as_str()), ("message_ts", message)];
        let found: Found = self.read("chat.getPermalink", &query).await?;
        Ok(Some(found.permalink).filter(|address| address.starts_with("https://")))
    }

    /// Posts a message to an address that a delivery brought along.
    pub(super) async fn respond(&self, address: &str, message: &impl Serialize) -> Result<(), ApiError> {
        let address = self.response_address(address).ok_or(ApiError::ForeignAddress)?;
        let request = self
            .http
            .post(address)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(json(message)?);
        let response = sent(request).await?;
        match response.status() {
            // Slack says `ok` in plain text, so only the status counts.
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(ApiError::TooLate("expired_url".to_owned())),
            // Whatever it leads to is none of Slack's, with a layout or without.
            status if status.is_redirection() => Err(ApiError::ForeignAddress),
            status => Err(failed_status(status, &response)),
        }
    }

    async fn call(&self, method: &str, body: &impl Serialize, timeout: Duration) -> Result<(), ApiError> {
        let response = self.send(method, body, timeout).await?;
        read_reply::<ApiReply>(method, response).await.map(drop)
    }

    async fn send(&self, method: &str, body: &impl Serialize, timeout: Duration) -> Result<Response, ApiError> {
        let request = self
            .http
            .post(self.method_url(method)?)
            .bearer_auth(self.token()?.expose())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .timeout(timeout)
            .body(json(body)?);
        sent(request).await
    }

    /// Calls a method that only reads. These take their arguments in the address more reliably than as JSON.
    pub(super) async fn read<T: DeserializeOwned>(&self, method: &str, query: &[(&str, &str)]) -> Result<T, ApiError> {
        let mut url = self.method_url(method)?;
        url.query_pairs_mut().extend_pairs(query);
        let request = self.http.get(url).bearer_auth(self.token()?.expose());
        read_reply(method, sent(request).await?).await
    }

    fn token(&self) -> Result<&Secret, ApiError> {
        self.token.as_ref().ok_or(ApiError::NoToken)
    }

    fn method_url(&self, method: &str) -> Result<Url, ApiError> {
        self.api_url.join(method).map_err(|_| ApiError::ForeignAddress)
    }

    /// Where this Slack lives: what links into its workspaces end with.
    pub(super) fn site_host(&self) -> &'static str {
        match self.api_url.host_str() {
            Some("slack-gov.com") => "slack-gov.com",
            _ => "slack.com",
        }
    }

    /// The address of a socket as it is called, when it is one of Slack's: encrypted, and a host of Slack's or of the API. What
    /// comes from there is believed without a signature. Where a loopback Slack was configured for tests, it is on loopback.
    fn own_socket(&self, address: &str) -> Option<Url> {
        let (scheme, rest) = address.split_once("://")?;
        let scheme = match scheme {
            "wss" => "https",
            "ws" => "http",
            _ => return None,
        };
        let url = outbound::without_user(&format!("{scheme}://{rest}"))?;
        if is_loopback(&self.api_url) {
            return is_loopback(&url).then_some(url);
        }
        let host = url.host_str()?;
        let is_slacks = is_of(host, self.site_host()) || Some(host) == self.api_url.host_str();
        (scheme == "https" && is_slacks).then_some(url)
    }

    /// The address, when it is one of Slack's: https, its hooks host, the usual port, no user. Where a loopback Slack was
    /// configured for tests, it is the only one that is called.
    fn response_address(&self, address: &str) -> Option<Url> {
        let url = outbound::without_user(address)?;
        if is_loopback(&self.api_url) {
            return (url.origin() == self.api_url.origin()).then_some(url);
        }
        let hooks = format!("hooks.{}", self.site_host());
        (url.scheme() == "https" && url.host_str() == Some(&*hooks) && url.port().is_none()).then_some(url)
    }
}

/// A comma list as Slack writes it.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

async fn sent(request: RequestBuilder) -> Result<Response, ApiError> {
    // A call that was not answered; without a connection it cannot have had an effect.
    let unsent = |error: reqwest::Error| ApiError::Transient { retry_after: None, in_doubt: !error.is_connect() };
    request.send().await.map_err(unsent)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|_| ApiError::Refused("unserialisable".to_owned()))
}

/// The text alone of a message that was refused; `None` when it is nothing else.
pub(super) fn without_layout(method: &str, code: &str, message: &Value) -> Option<Value> {
    let mut plain = message.clone();
    plain.as_object_mut()?.remove("blocks")?;
    tracing::error!(
        method,
        code,
        "Slack refuses the layout of a message, whose text is sent alone: please report this"
    );
    Some(plain)
}

async fn read_body(response: Response) -> Result<Vec<u8>, ApiError> {
    outbound::read(response, MAX_REPLY_BYTES).await.map_err(|_| UNCLEAR)
}

async fn read_reply<T: DeserializeOwned>(method: &str, response: Response) -> Result<T, ApiError> {
    if response.status() != StatusCode::OK {
        return Err(failed_status(response.status(), &response));
    }
    let body = read_body(response).await?;
    let reply: ApiReply = serde_json::from_slice(&body).map_err(|_| UNCLEAR)?;
    if reply.ok {
        return serde_json::from_slice(&body).map_err(|_| UNCLEAR);
    }
    let messages = &reply.response_metadata.messages;
    if !messages.is_empty() {
        // These name the field of ours that Slack did not like, never its content.
        tracing::warn!(method, error = reply.error, ?messages, "Slack refused a call");
    }
    Err(classify(&reply.error, messages))
}

fn failed_status(status: StatusCode, response: &Response) -> ApiError {
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        // Slack counts calls before it does anything for them.
        ApiError::Transient {
            retry_after: outbound::retry_after(response),
            in_doubt: status != StatusCode::TOO_MANY_REQUESTS,
        }
    } else {
        ApiError::Refused(status.as_u16().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Client;
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
    fn only_slacks_own_sockets_are_opened() {
        let slack = client("https://slack.com/api/");
        let gov = client("https://slack-gov.com/api/");
        let test = client("http://127.0.0.1:4242/api/");
        for (client, address, expected) in [
            (&slack, "wss://wss-primary.slack.com/link/?ticket=1&app_id=A1", true),
            (&slack, "wss://slack.com/link", true),
            (&slack, "ws://wss-primary.slack.com/link", false),
            (&slack, "https://wss-primary.slack.com/link", false),
            (&slack, "wss://evilslack.com/link", false),
            (&slack, "wss://wss.slack.com.example.com/link", false),
            (&slack, "wss://me@wss.slack.com/link", false),
            (&slack, "wss://127.0.0.1/link", false),
            (&slack, "ws://127.0.0.1/link", false),
            (&slack, "wss-primary.slack.com", false),
            (&slack, "", false),
            (&gov, "wss://wss.slack-gov.com/link", true),
            (&gov, "wss://wss.slack.com/link", false),
            (&test, "ws://127.0.0.1:9/link?ticket=1", true),
            (&test, "wss://wss.slack.com/link", false),
        ] {
            assert_eq!(client.own_socket(address).is_some(), expected, "{address}");
        }
    }
}
