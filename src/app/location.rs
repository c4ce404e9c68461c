//! Where people write and ask, as entries of the glossary name places.

use super::{Actor, App, Request};
use crate::{
    engine::{Engine, Location},
    ids::{ChannelId, OrganisationId, Platform, WorkspaceId},
};

/// The places around a workspace, the widest first.
pub(crate) fn around<'i>(
    platform: Platform,
    organisation: Option<&'i OrganisationId>,
    workspace: &'i WorkspaceId,
) -> impl Iterator<Item = String> + use<'i> {
    let organisation = organisation.map(OrganisationId::as_str).filter(|id| *id != workspace.as_str());
    organisation.into_iter().chain([workspace.as_str()]).map(move |id| [platform.name(), ":", id].concat())
}

impl Actor {
    /// Where this person writes: in their workspace, and there within these teams and channels, the widest first.
    #[must_use]
    pub fn location<'w>(&self, platform: Platform, within: impl IntoIterator<Item = &'w str>) -> Location {
        let workspace = [platform.name(), ":", self.workspace.as_str()].concat();
        let within = within.into_iter().filter(|id| !id.is_empty()).map(|id| [&*workspace, "/", id].concat());
        Location::within(around(platform, self.organisation.as_ref(), &self.workspace).chain(within))
    }
}

impl Request {
    /// Whether it was made on this platform.
    pub(super) fn is_of(&self, platform: Platform) -> bool {
        let of = |place: &String| place.split_once(':').is_some_and(|(named, _)| named == platform.name());
        self.location.places().first().is_some_and(of)
    }

    /// The same about a text that was written in another channel of the workspace: its words are meant as people there mean them.
    #[must_use]
    pub fn about_text_in(&self, platform: Platform, channel: &ChannelId) -> Self {
        let location = self.actor.location(platform, [channel.as_str()]);
        Self { location: location.among_partners(self.location.is_among_partners()), ..self.clone() }
    }

    /// The same with or without people of another company who read what comes of it.
    #[must_use]
    pub fn among_partners(&self, are_there: bool) -> Self {
        Self { location: self.location.clone().among_partners(are_there), ..self.clone() }
    }
}

impl App {
    /// The engine that answers right now, as seen from somewhere. Take it once for each answer.
    #[must_use]
    pub fn engine_at(&self, location: &Location) -> Engine {
        self.engine().seen_from(location)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        app::Actor,
        ids::{OrganisationId, PersonId, Platform, WorkspaceId},
    };

    #[test]
    fn a_location_goes_from_the_organisation_to_the_channel() {
        let mut actor = Actor::new(WorkspaceId::new("T1"), PersonId::new("U1"));
        let places =
            |actor: &Actor, within: &[&str]| actor.location(Platform::Slack, within.iter().copied()).places().join(" ");
        assert_eq!(places(&actor, &[]), "slack:T1");
        assert_eq!(places(&actor, &["", "C1"]), "slack:T1 slack:T1/C1");
        actor.organisation = Some(OrganisationId::new("E1"));
        assert_eq!(places(&actor, &["C1"]), "slack:E1 slack:T1 slack:T1/C1");
        // Where a delivery names the organisation alone, it stands for the workspace as well.
        actor.workspace = WorkspaceId::new("E1");
        assert_eq!(places(&actor, &[]), "slack:E1");
    }
}
