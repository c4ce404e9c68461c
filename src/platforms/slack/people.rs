//! Who people are, as far as the workspace lets the app know.

use serde::Deserialize;
use serde_json::Value;

use super::{ApiError, Client};
use crate::ids::{ChannelId, PersonId};

/// What is read of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The name that colleagues see.
    pub(super) name: String,
    /// Whether they run the workspace.
    pub(super) is_admin: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply {
    user: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserInfo {
    name: String,
    real_name: String,
    is_admin: bool,
    is_owner: bool,
    profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Profile {
    display_name: String,
    real_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChannelInfo {
    channel: Channel,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Channel {
    creator: String,
}

impl Client {
    /// Whether somebody runs the workspace or made the channel.
    pub(super) async fn may_choose_for(&self, channel: &ChannelId, person: &PersonId) -> Result<bool, ApiError> {
        if self.person(person).await?.is_some_and(|person| person.is_admin) {
            return Ok(true);
        }
        let info: ChannelInfo = self.read("conversations.info", &[("channel", channel.as_str())]).await?;
        Ok(!info.channel.creator.is_empty() && info.channel.creator == person.as_str())
    }

    /// Who somebody is; `None` when Slack tells nothing of use.
    pub(super) async fn person(&self, person: &PersonId) -> Result<Option<Person>, ApiError> {
        let reply: Reply = self.read("users.info", &[("user", person.as_str())]).await?;
        let Some(Ok(user)) = reply.user.map(serde_json::from_value::<UserInfo>) else { return Ok(None) };
        let names = [user.profile.display_name, user.profile.real_name, user.real_name, user.name];
        let name = names.into_iter().find(|name| !name.trim().is_empty());
        Ok(name.map(|name| Person { name, is_admin: user.is_admin || user.is_owner }))
    }
}
