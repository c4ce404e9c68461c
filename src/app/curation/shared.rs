//! What all workspaces share, and whose people keep it: entries that hold everywhere, readers and templates.
//!
//! Whoever runs Upshot names some places in the settings, and there people with an account keep what is shared, as their roles
//! allow. A workspace that came by itself, over a link to install the app, or one tenant among several, reads what is shared and
//! keeps words of its own: else the administrators of one company would say what those of another are told. While nobody else
//! is there, there is nobody to protect.

use super::{App, CurationError, Reach};
use crate::{
    config::OwnTenant,
    ids::{OrganisationId, Platform, WorkspaceId},
};

/// What somebody may do with what all workspaces share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Change it, as far as their role allows.
    Kept,
    /// Look at it.
    Seen,
}

/// The places that the settings name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedPlaces {
    /// Whether there is a token for a Slack workspace, which is one of those without an installation from a link.
    pub slack: bool,
    /// The tenant of whoever runs this.
    pub own_tenant: OwnTenant,
    /// Whether people of Microsoft's tenants are answered.
    pub microsoft: bool,
}

impl App {
    /// Says which places the settings name; without this none is.
    #[must_use]
    pub fn serving(mut self, named: NamedPlaces) -> Self {
        self.curation.named = named;
        self
    }

    /// Says at which address people reach the pages; without this no chat leads there.
    #[must_use]
    pub fn with_pages_at(mut self, address: Option<String>) -> Self {
        self.curation.pages = address;
        self
    }

    /// A page of the glossary, where its address is known.
    pub(in crate::app) fn page(&self, path: &str) -> Option<String> {
        self.curation.pages.as_ref().map(|address| format!("{address}/glossary{path}"))
    }

    /// What somebody with an account in a workspace may see and change.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn reach_of_account(
        &self,
        platform: Platform,
        organisation: Option<&OrganisationId>,
        workspace: &WorkspaceId,
    ) -> Result<Reach, CurationError> {
        let named = &self.curation.named;
        let keeps_it = match platform {
            Platform::Teams => named.own_tenant.is(workspace.as_str()),
            Platform::Slack => {
                let links = self.store().links(platform, organisation, workspace).await?;
                // Without a link of their own they are heard because the settings name their workspace.
                links.theirs == 0 || links.others == 0 && !named.slack && !named.microsoft
            }
        };
        let shared = if keeps_it { Shared::Kept } else { Shared::Seen };
        Ok(Reach::of_account(platform, organisation, workspace, shared))
    }
}
