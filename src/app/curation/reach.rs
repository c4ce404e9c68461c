//! Which entries somebody may see and change: those for everybody and those for their own workspace.
//!
//! Whoever has a token, or the link that the program prints, keeps the whole glossary. Whoever comes with an account of a chat
//! platform belongs to one workspace, whatever their role, and the words of another one are none of their business; what all
//! share they keep where `shared.rs` says so. Whoever is not known at all sees what holds everywhere.

use super::{Account, Concept, CurationError, Shared, slug};
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
    /// Those for everybody, and those for places within these. The latter they may change, and the former where they keep what
    /// all share.
    Within(Location, Shared),
}

impl Reach {
    /// Of somebody who is not known.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self::Within(Location::default(), Shared::Seen)
    }

    /// Of somebody with an account in a workspace.
    #[must_use]
    pub fn of_account(
        platform: Platform,
        organisation: Option<&OrganisationId>,
        workspace: &WorkspaceId,
        shared: Shared,
    ) -> Self {
        Self::Within(Location::within(around(platform, organisation, workspace)), shared)
    }

    /// Of whoever asks in a chat and is not known there.
    pub(in crate::app) fn of_request(request: &Request) -> Self {
        Self::Within(request.location.clone(), Shared::Seen)
    }

    /// The same as seen from where somebody asks.
    pub(in crate::app) fn seen_from(self, location: &Location) -> Self {
        match self {
            Self::Everything => self,
            Self::Within(_, shared) => Self::Within(location.clone(), shared),
        }
    }

    /// Where answers are made for whoever has this reach.
    #[must_use]
    pub fn location(&self) -> Location {
        match self {
            Self::Everything => Location::default(),
            Self::Within(location, _) => location.clone(),
        }
    }

    /// The workspace that they belong to, as a place. Whoever keeps the whole glossary belongs to none.
    pub(super) fn workspace(&self) -> Option<&str> {
        let Self::Within(location, _) = self else { return None };
        location.places().iter().map(String::as_str).rfind(|place| workspace_of(place) == *place)
    }

    /// Whether a place is theirs. All of them are for who keeps the whole glossary.
    pub(super) fn holds(&self, place: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Within(location, _) => location.places().iter().any(|own| own == workspace_of(place)),
        }
    }

    /// Whether they may see an entry: it holds everywhere, or somewhere in their workspace.
    #[must_use]
    pub fn sees(&self, concept: &Concept) -> bool {
        concept.scope.is_empty() || concept.scope.iter().any(|place| self.holds(place))
    }

    /// Whether they may change what all workspaces share.
    #[must_use]
    pub const fn keeps_what_is_shared(&self) -> bool {
        matches!(self, Self::Everything | Self::Within(_, Shared::Kept))
    }

    /// Whether they may change an entry, as far as their role allows.
    #[must_use]
    pub fn changes(&self, concept: &Concept) -> bool {
        self.need_all_of(concept).is_ok()
    }

    /// Whether somebody with this account is of their workspace.
    pub(super) fn knows(&self, account: Option<&Account>) -> bool {
        match account {
            Some(account) => self.holds(&account.place()),
            // Whoever has a token belongs to no workspace.
            None => *self == Self::Everything,
        }
    }

    /// A new entry where whoever writes it may: without a place it holds everywhere for those who keep what is shared, and in their
    /// own workspace for others.
    pub(super) fn placed(&self, concept: Concept) -> Concept {
        let is_placed = concept.scope.iter().any(|place| !place.trim().is_empty());
        let Self::Within(_, Shared::Seen) = self else { return concept };
        match self.workspace() {
            Some(workspace) if !is_placed => {
                // An id that was made from the term alone may be that of an entry for everybody.
                let is_made = concept.id == slug(concept.preferred());
                let id = if is_made { String::new() } else { concept.id };
                Concept { id, scope: vec![workspace.to_owned()], ..concept }
            }
            _ => concept,
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

    /// Refuses a change of a reader or template, which all workspaces share.
    pub(super) fn need_what_is_shared(&self) -> Result<(), CurationError> {
        if self.keeps_what_is_shared() {
            return Ok(());
        }
        let sentence = "Readers and templates are those of all workspaces here, and yours is one of several. Ask whoever runs \
                        Upshot to change them.";
        Err(CurationError::NotAllowed(sentence.to_owned()))
    }

    /// Refuses a change of an entry that holds in another workspace too, before or after it.
    ///
    /// # Errors
    /// It does.
    pub fn need_all_of(&self, concept: &Concept) -> Result<(), CurationError> {
        if concept.scope.is_empty() && !self.keeps_what_is_shared() {
            return Err(CurationError::NotAllowed(format!(
                "“{}” holds in all workspaces here, and yours is one of several. Add an entry of your own with the same term, which \
                 holds in your workspace alone and counts there instead.",
                concept.id
            )));
        }
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
    concept.scope.first().map_or_else(Location::default, |place| location_at(place))
}

/// Where a place is; what is none is nowhere in particular.
pub(super) fn location_at(place: &str) -> Location {
    Location::at(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Concept, Reach, Shared};
    use crate::ids::{OrganisationId, Platform, WorkspaceId};

    fn member(shared: Shared) -> Reach {
        let organisation = OrganisationId::new("E1");
        Reach::of_account(Platform::Slack, Some(&organisation), &WorkspaceId::new("T1"), shared)
    }

    #[test]
    fn a_workspace_sees_its_own_words_and_those_for_everybody() {
        let (keeper, guest) = (member(Shared::Kept), member(Shared::Seen));
        for (scope, own, nobody, keeper_changes, guest_changes) in [
            (&[][..], true, true, true, false),
            (&["slack:T1"], true, false, true, true),
            (&["slack:T1/C1", "slack:E1"], true, false, true, true),
            (&["slack:T1", "slack:T2"], true, false, false, false),
            (&["slack:T2/C1"], false, false, false, false),
            (&["slack:T12"], false, false, false, false),
            (&["teams:T1"], false, false, false, false),
        ] {
            let scope = scope.iter().map(|place| (*place).to_owned()).collect();
            let concept = Concept { scope, ..Concept::default() };
            assert!(Reach::Everything.sees(&concept), "{:?}", concept.scope);
            assert_eq!((keeper.sees(&concept), guest.sees(&concept)), (own, own), "{:?}", concept.scope);
            assert_eq!(Reach::of_nobody().sees(&concept), nobody, "{:?}", concept.scope);
            assert_eq!(keeper.changes(&concept), keeper_changes, "{:?}", concept.scope);
            assert_eq!(guest.changes(&concept), guest_changes, "{:?}", concept.scope);
            assert!(Reach::Everything.changes(&concept) && !Reach::of_nobody().changes(&concept));
        }
    }

    #[test]
    fn what_a_guest_adds_holds_in_their_workspace() {
        let placed = |reach: &Reach, scope: &[&str]| {
            let scope = scope.iter().map(|place| (*place).to_owned()).collect();
            reach.placed(Concept { scope, ..Concept::default() }).scope.join(" ")
        };
        let in_a_channel = |shared| {
            let place = crate::engine::Location::within(["slack:E1", "slack:T1", "slack:T1/C1"].map(str::to_owned));
            member(shared).seen_from(&place)
        };
        assert_eq!(placed(&Reach::Everything, &[]), "");
        assert_eq!(placed(&in_a_channel(Shared::Kept), &[]), "");
        assert_eq!(placed(&in_a_channel(Shared::Seen), &[]), "slack:T1");
        assert_eq!(placed(&in_a_channel(Shared::Seen), &[" "]), "slack:T1");
        assert_eq!(placed(&in_a_channel(Shared::Seen), &["slack:T1/C1"]), "slack:T1/C1");
    }
}
