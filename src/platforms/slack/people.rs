//! Who people are, as far as the workspace lets the app know.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{ApiError, Client, Slack};
use crate::{
    app::{Actor, ChannelSight},
    ids::{ChannelId, PersonId},
};

/// What is read of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The name that colleagues see.
    pub(super) name: String,
    /// Whether they run the workspace.
    pub(super) is_admin: bool,
    /// Whether it is the user of an app.
    pub(super) is_bot: bool,
    /// The ids of that app and of its bot, under which it may post without its user.
    pub(super) app_ids: Vec<String>,
    /// Whether they may be in some channels only, or are of another workspace.
    pub(super) is_guest: bool,
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
    is_bot: bool,
    is_restricted: bool,
    is_ultra_restricted: bool,
    is_stranger: bool,
    profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Profile {
    display_name: String,
    real_name: String,
    bot_id: String,
    api_app_id: String,
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
    is_private: bool,
    is_im: bool,
    is_mpim: bool,
    is_archived: bool,
    is_member: bool,
    is_ext_shared: bool,
    is_pending_ext_shared: bool,
}

/// Who posts something waits for it.
const LOOK_TIME: Duration = Duration::from_secs(2);

impl Slack {
    /// Whether people of another company are in a channel. Where Slack does not say so in time, or the app may not look, nobody is
    /// taken to be there: whoever posts was asked before, in words that speak of them.
    pub(super) async fn has_partners(&self, actor: &Actor, channel: &ChannelId) -> bool {
        let looked = async { self.client_for(actor).await?.channel(channel).await };
        match tokio::time::timeout(LOOK_TIME, looked).await {
            Ok(Ok(there)) => there.is_external,
            Ok(Err(error)) => {
                tracing::info!(error = &error as &dyn std::error::Error, "who is in a channel cannot be read");
                false
            }
            Err(_) => false,
        }
    }
}

impl Client {
    /// Whether somebody runs the workspace or made the channel.
    pub(super) async fn may_choose_for(&self, channel: &ChannelId, person: &PersonId) -> Result<bool, ApiError> {
        if self.person(person).await?.is_some_and(|person| person.is_admin) {
            return Ok(true);
        }
        let creator = self.channel_info(channel).await?.creator;
        Ok(!creator.is_empty() && creator == person.as_str())
    }

    /// Who reads along in a channel, and whether the app can post there.
    pub(super) async fn channel(&self, channel: &ChannelId) -> Result<ChannelSight, ApiError> {
        let info = self.channel_info(channel).await?;
        Ok(ChannelSight {
            is_private: info.is_private || info.is_im || info.is_mpim,
            is_archived: info.is_archived,
            is_member: info.is_member,
            is_external: info.is_ext_shared || info.is_pending_ext_shared,
        })
    }

    async fn channel_info(&self, channel: &ChannelId) -> Result<Channel, ApiError> {
        let info: ChannelInfo = self.read("conversations.info", &[("channel", channel.as_str())]).await?;
        Ok(info.channel)
    }

    /// Who somebody is; `None` when Slack tells nothing of use.
    pub(super) async fn person(&self, person: &PersonId) -> Result<Option<Person>, ApiError> {
        let reply: Reply = self.read("users.info", &[("user", person.as_str())]).await?;
        let Some(Ok(user)) = reply.user.map(serde_json::from_value::<UserInfo>) else { return Ok(None) };
        let names = [user.profile.display_name, user.profile.real_name, user.real_name, user.name];
        let name = names.into_iter().find(|name| !name.trim().is_empty());
        Ok(name.map(|name| Person {
            name,
            is_admin: user.is_admin || user.is_owner,
            is_bot: user.is_bot,
            app_ids: [user.profile.bot_id, user.profile.api_app_id].into_iter().filter(|id| !id.is_empty()).collect(),
            is_guest: user.is_restricted || user.is_ultra_restricted || user.is_stranger,
        }))
    }
}
