//! Signing people in with their account at Slack (<https://docs.slack.dev/authentication/sign-in-with-slack>).
//!
//! It is a flow of its own, beside that of installing: other scopes, other addresses, and no token of it is kept.

use std::time::Duration;

use serde::Deserialize;

use super::{ApiError, Slack, tokens::not_kept};
use crate::{
    app::{Actor, curation::Standing},
    config::{SlackSettings, Unready, is_loopback},
    ids::{OrganisationId, PersonId, Platform, WorkspaceId},
    platforms::{
        ClientError, NotSignedIn, SignedIn,
        openid::{Addresses, Flow, Issuer, Proof, Signer},
    },
};

/// Whoever is known already does not need the answer, so they do not wait for it until the page ends.
const STANDING_TIMEOUT: Duration = Duration::from_secs(3);

/// What Slack claims about somebody. Their address is not asked for, because nobody is known by one here.
#[derive(Debug, Deserialize)]
struct SlackClaims {
    #[serde(rename = "https://slack.com/team_id")]
    team: String,
    #[serde(rename = "https://slack.com/user_id")]
    user: String,
    #[serde(rename = "https://slack.com/enterprise_id")]
    enterprise: Option<String>,
    name: Option<String>,
}

/// The flow, when everything for it is set.
pub(super) fn flow(settings: &SlackSettings) -> Result<Result<Flow, Unready>, ClientError> {
    let sign_in = match &settings.sign_in {
        Ok(sign_in) => sign_in,
        Err(unready) => return Ok(Err(unready.clone())),
    };
    // All addresses are beside that of the API. A stand-in for Slack on this machine speaks in Slack's name.
    let beside = |path: &str| settings.api_url.join(path);
    let issuer = match settings.api_url.host_str() {
        Some(host) if !is_loopback(&settings.api_url) => format!("https://{host}"),
        _ => "https://slack.com".to_owned(),
    };
    let (Ok(metadata_url), Ok(authorize), Ok(token)) = (
        beside("/.well-known/openid-configuration"),
        beside("/openid/connect/authorize"),
        beside("openid.connect.token"),
    ) else {
        return Ok(Err(Unready::Address));
    };
    let signer =
        Signer { what: "Slack's identity tokens", platform: "Slack", metadata_url, issuer: Issuer::One(issuer) };
    Flow::new(sign_in, signer, Addresses { authorize, parameters: &[], token }, Proof::Secret).map(Ok)
}

impl Slack {
    /// The way to the platform's page and back.
    ///
    /// # Errors
    /// What is missing for it.
    pub fn sign_in(&self) -> Result<&Flow, &Unready> {
        self.sign_in.as_ref()
    }

    /// Whom the code stands for that a browser brought back.
    ///
    /// # Errors
    /// Nobody whom we let in.
    pub async fn signed_in(&self, kept: &str, code: &str) -> Result<SignedIn, NotSignedIn> {
        let flow = self.sign_in.as_ref().map_err(|_| NotSignedIn::Settings)?;
        let claims: SlackClaims =
            flow.claims(kept, code, self.clock, |claims, _| flow.issuer().is(&claims.iss)).await?;
        let id = |text: &str| Some(text).filter(|id| !id.is_empty()).map(str::to_owned);
        let (Some(team), Some(user)) = (id(&claims.team), id(&claims.user)) else { return Err(NotSignedIn::Token) };
        let actor = Actor {
            organisation: claims.enterprise.filter(|id| !id.is_empty()).map(OrganisationId::new),
            ..Actor::new(WorkspaceId::new(team), PersonId::new(user))
        };
        match self.serves(&actor).await {
            Ok(true) => {
                let standing = self.standing_of(&actor).await;
                Ok(SignedIn { actor, name: claims.name.unwrap_or_default(), standing })
            }
            Ok(false) => {
                tracing::info!(workspace = %actor.workspace, "somebody of a workspace without Upshot wanted to sign in");
                Err(NotSignedIn::Place)
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "it is not known whether a workspace has Upshot"
                );
                Err(NotSignedIn::Later)
            }
        }
    }

    /// Looks whether people can sign in, and says it in words; `None` where it is not wanted.
    ///
    /// # Errors
    /// What is to be mended, as a sentence.
    pub async fn check_up_sign_in(settings: &SlackSettings) -> Result<Option<String>, String> {
        match flow(settings).map_err(|error| error.to_string())? {
            Ok(flow) => match flow.check_up().await {
                Ok(_) => Ok(Some("People can sign in with Slack.".to_owned())),
                Err(error) => {
                    let mend = "check the network and SLACK_API_URL";
                    Err(format!("Nobody can sign in with Slack, because {error}: {mend}."))
                }
            },
            Err(unready) => Ok(unready.sentence("Slack")),
        }
    }

    /// Whether the app is installed where somebody is.
    ///
    /// # Errors
    /// It is not known now: the database or Slack does not answer.
    pub async fn serves(&self, actor: &Actor) -> Result<bool, ApiError> {
        let installation = self.app.installation(Platform::Slack, actor).await.map_err(not_kept)?;
        if installation.is_some_and(|installation| !installation.is_disabled) {
            return Ok(true);
        }
        if !self.client.has_token() {
            return Ok(false);
        }
        match self.own.still_holds(&self.client, actor, self.clock.moment()).await {
            Err(ApiError::InstallationDead(_)) => Ok(false),
            told => told,
        }
    }

    /// Whether somebody belongs to the workspace, or is a guest of it or of a channel. The identity token does not tell.
    async fn standing_of(&self, actor: &Actor) -> Standing {
        let asked = async { self.client_for(actor).await?.person(&actor.person).await };
        match tokio::time::timeout(STANDING_TIMEOUT, asked).await {
            Ok(Ok(Some(person))) if person.is_guest => Standing::Guest,
            Ok(Ok(Some(_))) => Standing::Member,
            Ok(Err(error)) => {
                tracing::warn!(
                    workspace = %actor.workspace,
                    error = &error as &dyn std::error::Error,
                    "it is not known whether somebody is a guest: new people need an administrator to let them in"
                );
                Standing::Unknown
            }
            Ok(Ok(None)) | Err(_) => {
                tracing::warn!(workspace = %actor.workspace, "Slack did not say in time whether somebody is a guest");
                Standing::Unknown
            }
        }
    }
}
