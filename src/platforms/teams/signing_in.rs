//! Signing people in with their account at work or school, at Microsoft Entra
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>).
//!
//! All tenants of a cloud share its keys, and anybody can have a tenant. So what counts is that the token's issuer is the
//! tenant that it names, and that this one is on our list.

use serde::Deserialize;
use serde_json::Value;

use super::Teams;
use crate::{
    app::{Actor, curation::Standing},
    config::{TeamsSettings, TenantDoubt, Unready},
    ids::{PersonId, WorkspaceId},
    platforms::{
        ClientError, NotSignedIn, SignedIn,
        openid::{Addresses, Claims, Flow, Issuer, Key, Proof, Signer},
    },
};

/// Where accounts live that belong to no organisation.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// What key sets that serve every tenant write in place of one.
const ANY_TENANT: &str = "{tenantid}";

/// What Teams' token for a tab is good for, by the name that Microsoft's pages give it
/// (<https://learn.microsoft.com/microsoftteams/platform/tabs/how-to/authentication/tab-sso-register-aad>).
const SCOPE: &str = "access_as_user";

/// The code comes back in the address. Who was refused with one account is asked for another one.
const PARAMETERS: [(&str, &str); 2] = [("response_mode", "query"), ("prompt", "select_account")];

/// What Entra claims about somebody. Names and addresses can be changed by whoever runs a tenant: nobody is known by them.
#[derive(Debug, Deserialize)]
struct EntraClaims {
    tid: String,
    oid: String,
    name: Option<String>,
    /// 0 for a member of the tenant, 1 for a guest; there when the app's page in Entra asks for it.
    acct: Option<Value>,
    /// Who vouches for the account where that is not the tenant itself.
    idp: Option<String>,
}

impl EntraClaims {
    /// Members may have their account elsewhere, so `acct` is asked first.
    fn standing(&self) -> Standing {
        let account = self.acct.as_ref().map(ToString::to_string);
        let is_elsewhere = self.idp.as_ref().is_some_and(|idp| !idp.is_empty() && !idp.contains(&*self.tid));
        match account.as_deref().map(|account| account.trim_matches('"')) {
            Some("0") => Standing::Member,
            Some(_) => Standing::Guest,
            None if is_elsewhere => Standing::Guest,
            None => Standing::Member,
        }
    }
}

/// Signing in with Microsoft.
#[derive(Debug)]
pub(super) struct Entra {
    flow: Flow,
    /// What stands in front of the tenant in the name of an issuer.
    issuers: String,
    tenants: Vec<String>,
}

/// What stands behind it.
const VERSION: &str = "/v2.0";

impl Entra {
    /// The flow, when everything for it is set.
    pub(super) fn new(settings: &TeamsSettings) -> Result<Result<Self, Unready>, ClientError> {
        let sign_in = match &settings.sign_in {
            Ok(sign_in) => sign_in,
            Err(unready) => return Ok(Err(unready.clone())),
        };
        let below = |path: &str| sign_in.login_url.join(&format!("/{}{path}", sign_in.directory));
        let (Ok(metadata_url), Ok(authorize), Ok(token)) = (
            below("/v2.0/.well-known/openid-configuration"),
            below("/oauth2/v2.0/authorize"),
            below("/oauth2/v2.0/token"),
        ) else {
            return Ok(Err(Unready::Missing(vec!["MICROSOFT_APP_TENANT_ID"])));
        };
        let issuers = format!("https://{}/", settings.cloud.login_host());
        let issuer = Issuer::PerTenant { before: issuers.clone(), behind: VERSION };
        let signer = Signer { what: "Microsoft's identity tokens", platform: "Microsoft", metadata_url, issuer };
        let flow =
            Flow::new(&sign_in.app, signer, Addresses { authorize, parameters: &PARAMETERS, token }, Proof::Pkce)?;
        Ok(Ok(Self { flow, issuers, tenants: settings.allowed_tenants.clone() }))
    }

    /// Whether a token is signed by the tenant that it names, with a key that may speak for that one.
    fn vouches(&self, claims: &Claims<EntraClaims>, key: &Key) -> bool {
        let tenant = &claims.more.tid;
        let issuer = format!("{}{tenant}{VERSION}", self.issuers);
        // A key that serves one issuer only must not speak for another one.
        let is_keys = |of: &String| of.replace(ANY_TENANT, tenant) == issuer;
        claims.iss == issuer && key.issuer.as_ref().is_none_or(is_keys)
    }

    /// The person whom claims name, when we let them in.
    fn person(&self, claims: EntraClaims) -> Result<SignedIn, NotSignedIn> {
        if claims.tid.is_empty() || claims.oid.is_empty() {
            return Err(NotSignedIn::Token);
        }
        if !self.admits(&claims.tid) {
            tracing::info!(tenant = claims.tid, "somebody of a tenant that is not allowed wanted to sign in");
            return Err(NotSignedIn::Place);
        }
        let standing = claims.standing();
        let actor = Actor::new(WorkspaceId::new(claims.tid), PersonId::new(claims.oid));
        Ok(SignedIn { actor, name: claims.name.unwrap_or_default(), standing })
    }

    fn admits(&self, tenant: &str) -> bool {
        tenant != CONSUMERS && self.tenants.iter().any(|one| one.eq_ignore_ascii_case(tenant))
    }
}

impl Teams {
    /// The way to the platform's page and back.
    ///
    /// # Errors
    /// What is missing for it.
    pub fn sign_in(&self) -> Result<&Flow, &Unready> {
        self.entra.as_ref().map(|entra| &entra.flow)
    }

    /// Whom the code stands for that a browser brought back.
    ///
    /// # Errors
    /// Nobody whom we let in.
    pub async fn signed_in(&self, kept: &str, code: &str) -> Result<SignedIn, NotSignedIn> {
        let entra = self.entra.as_ref().map_err(|_| NotSignedIn::Settings)?;
        entra.person(entra.flow.claims(kept, code, self.clock, |claims, key| entra.vouches(claims, key)).await?)
    }

    /// Whom the token stands for that Teams gave to a tab of ours.
    ///
    /// # Errors
    /// Nobody whom we let in.
    pub async fn signed_in_tab(&self, token: &str) -> Result<SignedIn, NotSignedIn> {
        let entra = self.entra.as_ref().map_err(|_| NotSignedIn::Settings)?;
        let vouches = |claims: &_, key: &_| entra.vouches(claims, key);
        entra.person(entra.flow.claims_of(token, SCOPE, self.clock, vouches).await?)
    }

    /// Whether people of a tenant may sign in.
    #[must_use]
    pub fn admits(&self, tenant: &str) -> bool {
        self.entra.as_ref().is_ok_and(|entra| entra.admits(tenant))
    }

    /// Looks whether people can sign in, and says it in words; `None` where it is not wanted.
    ///
    /// # Errors
    /// What is to be mended, as a sentence.
    pub async fn check_up_sign_in(settings: &TeamsSettings) -> Result<Option<String>, String> {
        match Entra::new(settings).map_err(|error| error.to_string())? {
            Ok(entra) => match entra.flow.check_up().await {
                Ok(_) => match settings.sign_in.as_ref().ok().and_then(|sign_in| sign_in.doubt) {
                    None => Ok(Some("People can sign in with Microsoft.".to_owned())),
                    Some(doubt @ TenantDoubt::Further) => Ok(Some(doubt.sentence().to_owned())),
                    Some(doubt @ TenantDoubt::OwnLeftOut) => Err(doubt.sentence().to_owned()),
                },
                Err(error) => {
                    let mend = "check the network, MICROSOFT_APP_TENANT_ID and TEAMS_CLOUD";
                    Err(format!("Nobody can sign in with Microsoft, because {error}: {mend}."))
                }
            },
            Err(unready) => Ok(unready.sentence("Microsoft")),
        }
    }
}
