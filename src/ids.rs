//! Ids as types, so that a person cannot be taken for a workspace.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the id as the platform wrote it.
            #[must_use]
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as the platform wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A customer's workspace, team or tenant on a chat platform.
    WorkspaceId
);
id!(
    /// A person in a workspace.
    PersonId
);
id!(
    /// A company that joins several workspaces.
    OrganisationId
);
id!(
    /// A channel, conversation or chat.
    ChannelId
);
id!(
    /// One delivery of a platform: the same again when the platform repeats itself.
    RequestId
);
id!(
    /// An audience of the engine, for example `sales`.
    AudienceId
);
id!(
    /// A text kept for an answer that is still on somebody's screen. Opaque and not guessable.
    PendingId
);

/// A chat platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
}

impl Platform {
    /// The name in the database and in log lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
        }
    }

    /// The platform with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Slack, Self::Teams].into_iter().find(|platform| platform.name() == name)
    }
}

impl PendingId {
    /// A fresh id of 128 random bits, or `None` when the operating system has no randomness to give.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(hex(&bytes)))
    }
}

/// Bytes as hexadecimal digits, which may stand in ids, addresses and headers.
pub(crate) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{PendingId, hex};

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 9, 10, 255]), "00090aff");
    }

    #[test]
    fn random_ids_are_long_and_differ() {
        let (first, second) = (PendingId::random().unwrap(), PendingId::random().unwrap());
        assert_eq!(first.as_str().len(), 32);
        assert_ne!(first, second);
    }
}
