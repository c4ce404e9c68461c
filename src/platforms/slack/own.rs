//! The workspace of `SLACK_BOT_TOKEN`: which one it is, and whether the app is still there.
//!
//! It has no stored installation that could end. A call with a dead token fails by itself, so for calls it is enough to have
//! asked once; whoever is signed in with an account there makes no call, so for them Slack is asked again every few minutes,
//! and at once after Slack said that something ended.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::sync::{Mutex, RwLock};

use super::{ApiError, client::Client};
use crate::{app::Actor, clock::Moment};

/// So old may the answer be on which somebody stays signed in.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// Slack is not asked again so soon after it gave no answer: pages wait for it.
const PAUSE: Duration = Duration::from_secs(30);

/// The workspace and organisation that the token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    team: String,
    organisation: Option<String>,
}

impl Home {
    fn holds(&self, actor: &Actor) -> bool {
        let organisation = actor.organisation.as_ref().map(|id| id.as_str());
        self.team == actor.workspace.as_str()
            || (organisation.is_some() && self.organisation.as_deref() == organisation)
    }
}

/// What Slack said last.
#[derive(Debug, Default)]
struct Known {
    home: Option<Home>,
    /// The token opens nothing any more, by this code.
    dead: Option<String>,
    /// When to ask again.
    until: Option<Moment>,
}

impl Known {
    fn is_fresh(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    fn told(&self) -> Option<Result<Home, ApiError>> {
        match (&self.dead, &self.home) {
            (Some(code), _) => Some(Err(ApiError::InstallationDead(code.clone()))),
            (None, Some(home)) => Some(Ok(home.clone())),
            (None, None) => None,
        }
    }
}

/// What is known of the token's own workspace.
#[derive(Debug, Default)]
pub(super) struct OwnWorkspace {
    known: RwLock<Known>,
    /// Held by the one who asks.
    asking: Mutex<()>,
    is_doubted: AtomicBool,
}

impl OwnWorkspace {
    /// Whether the token can be tried for somebody.
    pub(super) async fn holds(&self, client: &Client, actor: &Actor, now: Moment) -> Result<bool, ApiError> {
        if let Some(home) = &self.known.read().await.home {
            return Ok(home.holds(actor));
        }
        let _asking = self.asking.lock().await;
        // Somebody else asked while this one waited.
        if let Some(home) = &self.known.read().await.home {
            return Ok(home.holds(actor));
        }
        Ok(self.ask(client, now).await?.holds(actor))
    }

    /// Whether the app is still where somebody is, as Slack said a few minutes ago at most; what it said before, when it does
    /// not answer.
    pub(super) async fn still_holds(&self, client: &Client, actor: &Actor, now: Moment) -> Result<bool, ApiError> {
        if let Some(told) = self.fresh(now).await {
            return Ok(told?.holds(actor));
        }
        let _asking = self.asking.lock().await;
        if let Some(told) = self.fresh(now).await {
            return Ok(told?.holds(actor));
        }
        {
            // Noted before, because a page that has waited long enough gives up in the middle.
            let mut known = self.known.write().await;
            known.until = Some(now.plus(PAUSE));
        }
        self.is_doubted.store(false, Ordering::Relaxed);
        let asked = self.ask(client, now).await;
        let before = self.known.read().await.told();
        match (asked, before) {
            (Err(ApiError::Transient { .. }), Some(told)) => Ok(told?.holds(actor)),
            (asked, _) => Ok(asked?.holds(actor)),
        }
    }

    /// Slack said that something ended: whatever was known is asked for again.
    pub(super) fn doubt(&self) {
        self.is_doubted.store(true, Ordering::Relaxed);
    }

    async fn fresh(&self, now: Moment) -> Option<Result<Home, ApiError>> {
        let known = self.known.read().await;
        if self.is_doubted.load(Ordering::Relaxed) || !known.is_fresh(now) { None } else { known.told() }
    }

    async fn ask(&self, client: &Client, now: Moment) -> Result<Home, ApiError> {
        let told = client.test_token().await;
        let mut known = self.known.write().await;
        match told {
            Ok(identity) => {
                let organisation = identity.enterprise_id.filter(|_| identity.is_enterprise_install);
                let home = Home { team: identity.team_id, organisation };
                *known = Known { home: Some(home.clone()), dead: None, until: Some(now.plus(FRESH)) };
                Ok(home)
            }
            Err(ApiError::InstallationDead(code)) => {
                (known.dead, known.until) = (Some(code.clone()), Some(now.plus(FRESH)));
                Err(ApiError::InstallationDead(code))
            }
            Err(error) => Err(error),
        }
    }
}
