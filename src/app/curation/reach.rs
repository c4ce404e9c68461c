//! Which entries somebody may see and change: those for everybody and those for their own workspace.
//!
//! Whoever has a token, or the link that the program prints, keeps the whole glossary. Whoever comes with an account of a chat
//! platform belongs to one workspace, whatever their role, and the words of another one are none of their business. Whoever is not
//! known at all sees what holds everywhere.

use super::{Account, Concept, CurationError};
use crate::{
    app::{Request, location::around},
    engine::{Location, workspace_of},
    ids::{OrganisationId, Platform, WorkspaceId},
};

/// Which entries somebody may see and change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everything,
    /// Those for everybody, and those for places within these.
    Within(Location),
}

impl Reach {
    /// Of somebody who is not known.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self::Within(Location::default())
    }

    /// Of somebody with an account in a workspace.
    #[must_use]
    pub fn of_account(platform: Platform, organisation: Option<&OrganisationId>, workspace: &WorkspaceId) -> Self {
        Self::Within(Location::within(around(platform, organisation, workspace)))
    }

    /// Of whoever asks in a chat.
    pub(in crate::app) fn of_request(request: &Request) -> Self {
        Self::Within(request.location.clone())
    }

    /// Where answers are made for whoever has this reach.
    #[must_use]
    pub fn location(&self) -> Location {
        match self {
            Self::Everything => Location::default(),
            Self::Within(location) => location.clone(),
        }
    }

    fn holds(&self, place: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Within(location) => location.places().iter().any(|own| own == workspace_of(place)),
        }
    }

    /// Whether they may see an entry: it holds everywhere, or somewhere in their workspace.
    #[must_use]
    pub fn sees(&self, concept: &Concept) -> bool {
        concept.scope.is_empty() || concept.scope.iter().any(|place| self.holds(place))
    }

    /// Whether somebody with this account is of their workspace.
    pub(super) fn knows(&self, account: Option<&Account>) -> bool {
        match account {
            Some(account) => self.holds(&format!("{}:{}", account.platform.name(), account.workspace)),
            // Whoever has a token belongs to no workspace.
            None => *self == Self::Everything,
        }
    }

    /// Refuses what only those may do who keep the whole glossary.
    pub(super) fn need_everything(&self) -> Result<(), CurationError> {
        if *self == Self::Everything {
            return Ok(());
        }
        let sentence = "A token opens the glossary of all workspaces, so only somebody with one, or with the link that the program \
                        prints, can make another. Let somebody of your workspace in by their account.";
        Err(CurationError::NotAllowed(sentence.to_owned()))
    }

    /// Refuses a change of an entry that holds in another workspace too, before or after it.
    pub(super) fn need_all_of(&self, concept: &Concept) -> Result<(), CurationError> {
        let Some(place) = concept.scope.iter().find(|place| !self.holds(place)) else { return Ok(()) };
        Err(CurationError::NotAllowed(format!(
            "“{}” holds in {place}, which is not in your workspace. Somebody who keeps the whole glossary, with a token, has to \
             do this.",
            concept.id
        )))
    }
}

/// Where the sentences of an entry are read: at the first of its places, which stands for all of them.
pub(super) fn location_of(concept: &Concept) -> Location {
    concept.scope.first().and_then(|place| Location::at(place).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Concept, Reach};
    use crate::ids::{OrganisationId, Platform, WorkspaceId};

    #[test]
    fn a_workspace_sees_its_own_words_and_those_for_everybody() {
        let organisation = OrganisationId::new("E1");
        let member = Reach::of_account(Platform::Slack, Some(&organisation), &WorkspaceId::new("T1"));
        for (scope, all, own, nobody, may_change) in [
            (&[][..], true, true, true, true),
            (&["slack:T1"], true, true, false, true),
            (&["slack:T1/C1", "slack:E1"], true, true, false, true),
            (&["slack:T1", "slack:T2"], true, true, false, false),
            (&["slack:T2/C1"], true, false, false, false),
            (&["slack:T12"], true, false, false, false),
            (&["teams:T1"], true, false, false, false),
        ] {
            let scope = scope.iter().map(|place| (*place).to_owned()).collect();
            let concept = Concept { scope, ..Concept::default() };
            assert_eq!(Reach::Everything.sees(&concept), all, "{:?}", concept.scope);
            assert_eq!(member.sees(&concept), own, "{:?}", concept.scope);
            assert_eq!(Reach::of_nobody().sees(&concept), nobody, "{:?}", concept.scope);
            assert_eq!(member.need_all_of(&concept).is_ok(), may_change, "{:?}", concept.scope);
            assert!(Reach::Everything.need_all_of(&concept).is_ok());
        }
    }
}
