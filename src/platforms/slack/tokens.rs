//! Whose token a call is made with, and the renewal of tokens that end by themselves.
//!
//! A delivery's own workspace decides: its stored installation, then the one of its whole organisation, then
//! `SLACK_BOT_TOKEN` when that belongs there. Renewal is one worker's at a time: claim, call, replace; whoever comes second
//! reads the new tokens or goes on with the old ones, which stay valid meanwhile. It runs beside whoever waits for it, because
//! a caller that gives up must not lose tokens that Slack gives once.

use std::{error::Error, sync::Arc, time::Duration};

use super::{
    ApiError, Slack,
    client::{Client, Granted},
};
use crate::{
    app::{Actor, App, Installation, InstallationKey, NotKept, Tokens},
    clock::{Clock, Timestamp},
    config::{OAuthSettings, Secret},
    ids::Platform,
};

/// Tokens live for twelve hours and are renewed this long before their end.
const RENEW_BEFORE: Duration = Duration::from_secs(2 * 60 * 60);

/// Pauses between the attempts to write renewed tokens down; together a part of the time that a renewal may take.
const WRITE_PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// A database that does not answer is as good as a Slack that does not: try again.
const NOT_NOW: ApiError = ApiError::Transient { retry_after: None, in_doubt: false };

/// What to do after a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heeded {
    /// There are new tokens: call again.
    CallAgain,
    /// Nothing can be done here.
    Failed,
}

impl Slack {
    /// Whether calls can be made for anybody at all.
    pub(super) fn can_call(&self) -> bool {
        self.client.has_token() || self.oauth.is_ok()
    }

    /// A client that acts where somebody is.
    pub(super) async fn client_for(&self, actor: &Actor) -> Result<Client, ApiError> {
        let installation = self.app.installation(Platform::Slack, actor).await.map_err(not_kept)?;
        match installation {
            Some(installation) if !installation.is_disabled => {
                let installation = self.fresh(actor, installation).await?;
                let Installation { key, tokens, version, .. } = installation;
                Ok(self.client.acting_for(&tokens.bot, Some((key, version))))
            }
            ended => match self.own_client(actor).await {
                Err(ApiError::NotInstalled) => {
                    tracing::warn!(
                        workspace = %actor.workspace,
                        organisation = actor.organisation.as_ref().map(tracing::field::display),
                        has_ended = ended.is_some(),
                        "nothing is installed there: somebody who manages that workspace must open /slack/install"
                    );
                    Err(ApiError::NotInstalled)
                }
                other => other,
            },
        }
    }

    /// The client with `SLACK_BOT_TOKEN`. Where the app can be installed anywhere, it is used for its own workspace only.
    pub(super) async fn own_client(&self, actor: &Actor) -> Result<Client, ApiError> {
        if self.oauth.is_err() {
            return if self.client.has_token() { Ok(self.client.clone()) } else { Err(ApiError::NoToken) };
        }
        if !self.client.has_token() {
            return Err(ApiError::NotInstalled);
        }
        let holds = self.own.holds(&self.client, actor, self.clock.moment()).await?;
        if holds { Ok(self.client.clone()) } else { Err(ApiError::NotInstalled) }
    }

    async fn fresh(&self, actor: &Actor, installation: Installation) -> Result<Installation, ApiError> {
        let now = self.clock.now();
        match installation.tokens.expires_at {
            Some(end) if end <= now.plus(RENEW_BEFORE) => self.renewed(actor, installation, end > now).await,
            _ => Ok(installation),
        }
    }

    /// Renews tokens. Where that does not work, the old ones serve as long as they are alive.
    async fn renewed(
        &self,
        actor: &Actor,
        installation: Installation,
        is_alive: bool,
    ) -> Result<Installation, ApiError> {
        let (Ok(oauth), Some(renewal)) = (&self.oauth, installation.tokens.refresh.clone()) else {
            tracing::error!(
                workspace = %actor.workspace,
                "tokens end soon and cannot be renewed: set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and UPSHOT_PUBLIC_URL"
            );
            return if is_alive { Ok(installation) } else { Err(ApiError::TokenExpired) };
        };
        let Installation { key, version, .. } = &installation;
        let renewal = Renewal {
            app: Arc::clone(&self.app),
            client: self.client.clone(),
            oauth: oauth.clone(),
            clock: self.clock,
            key: key.clone(),
            version: *version,
            secret: renewal,
        };
        // The end of the process waits for whoever holds a place; without a free one it is renewed all the same.
        let place = Arc::clone(&self.deliveries).try_acquire_owned().ok();
        let running = tokio::spawn(async move {
            let renewed = renewal.run().await;
            drop(place);
            renewed
        });
        let renewed = running.await.map_err(|error| {
            tracing::error!(error = &error as &dyn Error, "a renewal of tokens broke off");
            NOT_NOW
        })?;
        match renewed? {
            Renewed::Now(tokens) => {
                tracing::info!(workspace = %actor.workspace, "tokens were renewed");
                Ok(Installation { tokens, version: version + 1, ..installation })
            }
            Renewed::ByAnother => self.after_another(actor, installation, is_alive).await,
            Renewed::Refused(error) => {
                let is_final = matches!(&error, ApiError::InstallationDead(code) if is_over(code));
                tracing::error!(workspace = %actor.workspace, error = &error as &dyn Error, "tokens could not be renewed");
                // Perhaps somebody else has won meanwhile.
                match self.after_another(actor, installation.clone(), is_alive).await {
                    Err(_) if is_final => {
                        self.app.tokens_died(key, *version, self.clock.now()).await.map_err(not_kept)?;
                        Err(ApiError::NotInstalled)
                    }
                    other => other,
                }
            }
        }
    }

    /// What is there now that somebody else renews or has renewed.
    async fn after_another(
        &self,
        actor: &Actor,
        before: Installation,
        is_alive: bool,
    ) -> Result<Installation, ApiError> {
        let now = self.app.installation(Platform::Slack, actor).await.map_err(not_kept)?;
        match now {
            Some(installation) if installation.version != before.version && !installation.is_disabled => {
                Ok(installation)
            }
            _ if is_alive => Ok(before),
            _ => Err(ApiError::Transient { retry_after: Some(Duration::from_secs(1)), in_doubt: false }),
        }
    }

    /// Learns from a failed call: tokens that ended early are renewed, dead ones are not used again.
    pub(super) async fn heed(&self, actor: &Actor, client: &Client, error: &ApiError) -> Heeded {
        let Some((key, version)) = client.installation() else {
            if matches!(error, ApiError::InstallationDead(_)) {
                self.own.doubt();
            }
            return Heeded::Failed;
        };
        let learnt = match error {
            ApiError::TokenExpired => match self.app.installation(Platform::Slack, actor).await {
                Ok(Some(installation)) if installation.version != version => return Heeded::CallAgain,
                Ok(Some(installation)) => match self.renewed(actor, installation, false).await {
                    Ok(_) => return Heeded::CallAgain,
                    Err(_) => return Heeded::Failed,
                },
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            },
            ApiError::InstallationDead(code) if is_over(code) => {
                tracing::warn!(workspace = %actor.workspace, code, "an installation has ended without notice");
                self.app.tokens_died(key, version, self.clock.now()).await
            }
            _ => Ok(()),
        };
        if let Err(error) = learnt {
            tracing::warn!(error = &error as &dyn Error, "what a call taught was not written down");
        }
        Heeded::Failed
    }
}

/// One renewal: everything it needs, so that it goes on when nobody waits for it any more.
struct Renewal {
    app: Arc<App>,
    client: Client,
    oauth: OAuthSettings,
    clock: Clock,
    key: InstallationKey,
    version: i64,
    secret: Secret,
}

/// How a renewal ended.
enum Renewed {
    /// With new tokens, which are written down.
    Now(Tokens),
    /// Somebody else does it or has done it.
    ByAnother,
    /// Slack gave none.
    Refused(ApiError),
}

impl Renewal {
    async fn run(self) -> Result<Renewed, ApiError> {
        if !self.app.may_renew(&self.key, self.version, self.clock.moment()).await.map_err(not_kept)? {
            return Ok(Renewed::ByAnother);
        }
        let form = [("grant_type", "refresh_token"), ("refresh_token", self.secret.expose())];
        let tokens = match self.client.grant(&self.oauth, &form).await {
            Ok(granted) => tokens(&granted, self.clock.now()),
            Err(error) => return Ok(Renewed::Refused(error)),
        };
        let is_ours = self.written(&tokens).await.map_err(not_kept)?;
        Ok(if is_ours { Renewed::Now(tokens) } else { Renewed::ByAnother })
    }

    /// Writes new tokens down, a few times: Slack does not give them again. `false` when somebody else was first.
    async fn written(&self, tokens: &Tokens) -> Result<bool, NotKept> {
        for pause in WRITE_PAUSES {
            match self.app.renew(&self.key, self.version, tokens, self.clock.now()).await {
                Ok(is_ours) => return Ok(is_ours),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn Error, "renewed tokens are not written down yet");
                    tokio::time::sleep(pause).await;
                }
            }
        }
        self.app.renew(&self.key, self.version, tokens, self.clock.now()).await
    }
}

/// Whether this code says that only a new installation helps. `invalid_auth` does not: it may be a list of addresses.
fn is_over(code: &str) -> bool {
    matches!(code, "token_revoked" | "account_inactive" | "invalid_refresh_token")
}

/// Granted tokens, as they are stored.
pub(super) fn tokens(granted: &Granted, now: Timestamp) -> Tokens {
    Tokens {
        bot: Secret::new(&granted.access_token),
        refresh: granted.refresh_token.as_deref().map(Secret::new),
        expires_at: granted.expires_in.map(|seconds| now.plus(Duration::from_secs(seconds))),
    }
}

pub(super) fn not_kept(error: NotKept) -> ApiError {
    tracing::warn!(error = &error as &dyn Error, "an installation cannot be read or written");
    NOT_NOW
}
