//! The tokens with which the app calls Microsoft: each fetched once for all who wait for it, and kept until shortly before its end.

use std::time::Duration;

use reqwest::{StatusCode, Url, header};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::client::{CallError, MAX_REPLY_BYTES};
use crate::{
    clock::{Clock, Moment},
    config::{Secret, TeamsSettings},
    platforms::{openid, outbound},
};

/// Tokens are renewed this long before they end, so that none ends on its way.
const BEFORE_END: Duration = Duration::from_secs(5 * 60);
/// When the answer does not say how long a token is good for.
const USUAL_SECONDS: u64 = 3_600;

#[derive(Debug)]
struct Token {
    secret: Secret,
    renew_at: Moment,
}

/// Tokens for one kind of call.
#[derive(Debug)]
pub(super) struct Tokens {
    http: reqwest::Client,
    app_id: Option<String>,
    password: Option<Secret>,
    token_url: Url,
    scope: String,
    clock: Clock,
    // Who waits for it wants the token that its holder is fetching.
    kept: Mutex<Option<Token>>,
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

impl Tokens {
    /// Tokens that are good for this scope.
    pub(super) fn new(http: &reqwest::Client, settings: &TeamsSettings, scope: String, clock: Clock) -> Self {
        Self {
            http: http.clone(),
            app_id: settings.app_id.clone(),
            password: settings.app_password.clone(),
            token_url: settings.token_url.clone(),
            scope,
            clock,
            kept: Mutex::new(None),
        }
    }

    /// Whether there is a password to ask with.
    pub(super) const fn can_be_had(&self) -> bool {
        self.password.is_some()
    }

    /// Fetches a token, and says nothing about it.
    ///
    /// # Errors
    /// None was given, or the directory cannot be reached.
    pub(super) async fn test(&self) -> Result<(), CallError> {
        self.fetch().await.map(drop)
    }

    /// What a fresh token permits, by the directory's names; `None` when the token cannot be read, which is its issuer's affair. Nothing
    /// is decided by it but what the doctor says, so no signature is checked.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn roles(&self) -> Result<Option<Vec<String>>, CallError> {
        #[derive(Deserialize)]
        struct Permitted {
            #[serde(default)]
            roles: Vec<String>,
        }
        let (token, _) = self.fetch().await?;
        Ok(openid::Token::<Permitted>::read(token.expose()).map(|token| token.claims.roles))
    }

    /// A token that is good now.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn get(&self) -> Result<Secret, CallError> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.moment();
        if let Some(token) = kept.as_ref().filter(|token| token.renew_at > now) {
            return Ok(token.secret.clone());
        }
        let (secret, lifetime) = self.fetch().await?;
        let renew_at = now.plus(lifetime.saturating_sub(BEFORE_END));
        *kept = Some(Token { secret: secret.clone(), renew_at });
        Ok(secret)
    }

    /// Drops a token that was not believed, unless somebody else has fetched a new one meanwhile.
    pub(super) async fn forget(&self, token: Option<&Secret>) {
        let mut kept = self.kept.lock().await;
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
            .append_pair("scope", &self.scope)
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

#[cfg(test)]
mod tests {
    use super::{TokenRefusal, reason};

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
