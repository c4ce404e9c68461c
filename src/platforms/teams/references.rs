//! Where the bot is: what an activity tells of its conversation, kept so that it can be posted to later, and the end of that.

use super::payload::Activity;
use crate::{
    app::{Reference, Way},
    ids::{ChannelId, PersonId, Platform, WorkspaceId},
};

/// A conversation in which the bot is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    /// Its tenant.
    pub(super) tenant: WorkspaceId,
    /// The conversation.
    pub(super) conversation: ChannelId,
    /// The team, where all its channels are meant.
    pub(super) team: Option<String>,
}

/// How the conversation of an activity is reached; `None` where the bot need not be in it. Invokes come from anywhere, and what is
/// edited or taken back was written when it was.
pub(super) fn reference_of(activity: &Activity) -> Option<Reference> {
    let is_added = match (&*activity.kind, activity.action.as_deref()) {
        ("message", _) => false,
        ("conversationUpdate", _) if activity.is_about_us(&activity.members_added) => true,
        ("installationUpdate", Some("add" | "add-upgrade")) => true,
        _ => return None,
    };
    let person = activity.from.aad_object_id.as_deref().filter(|id| !id.is_empty());
    let is_personal = activity.conversation.is_personal();
    Some(Reference {
        platform: Platform::Teams,
        workspace: WorkspaceId::new(activity.tenant()?),
        conversation: ChannelId::new(activity.whole_conversation()),
        team: activity.team().map(str::to_owned),
        person: person.filter(|_| is_personal).map(PersonId::new),
        added_by: person.filter(|_| is_added && activity.action.as_deref() != Some("add-upgrade")).map(PersonId::new),
        way: Way {
            service: activity.service_url.clone(),
            kind: activity.conversation.conversation_type.clone(),
            bot: activity.recipient.id.clone(),
            account: activity.from.id.clone().filter(|_| is_personal),
            locale: activity.locale.clone().filter(|_| is_personal),
        },
    })
}

/// The conversation that an event says is over for the bot.
pub(super) fn left(activity: &Activity) -> Option<Left> {
    let of_team = || activity.team().map(str::to_owned);
    let (conversation, team) = match (&*activity.kind, activity.action.as_deref(), activity.event()) {
        // Before an upgrade the app is taken out and added again.
        ("installationUpdate", Some("remove"), _) => (activity.whole_conversation(), of_team()),
        ("conversationUpdate", ..) if activity.is_about_us(&activity.members_removed) => {
            (activity.whole_conversation(), of_team())
        }
        ("conversationUpdate", _, Some("teamDeleted" | "teamHardDeleted")) => {
            (activity.whole_conversation(), of_team())
        }
        ("conversationUpdate", _, Some("channelDeleted")) => (activity.channel()?, None),
        _ => return None,
    };
    Some(Left { tenant: WorkspaceId::new(activity.tenant()?), conversation: ChannelId::new(conversation), team })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Left, Reference, left, reference_of};
    use crate::{
        ids::{ChannelId, WorkspaceId},
        platforms::teams::{payload::Activity, verify::Verified},
    };

    fn read(more: &Value) -> Activity {
        let mut activity = json!({
            "type": "message", "id": "1", "channelId": "msteams", "serviceUrl": "https://smba.trafficmanager.net/emea/",
            "conversation": { "id": "19:a@thread.tacv2;messageid=1", "conversationType": "channel", "tenantId": "t" },
            "from": { "id": "29:p", "aadObjectId": "p" }, "recipient": { "id": "28:us" }, "locale": "en-GB",
            "channelData": { "team": { "id": "19:team" }, "channel": { "id": "19:b@thread.tacv2" } },
        });
        let fields = activity.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())));
        Activity::read(Verified::vouched_for(activity.to_string().as_bytes())).unwrap()
    }

    fn noted(more: &Value) -> Option<Reference> {
        reference_of(&read(more))
    }

    #[test]
    fn a_reference_names_one_person_only_where_that_person_is_alone() {
        let channel = noted(&json!({})).unwrap();
        assert_eq!((channel.conversation.as_str(), channel.team.as_deref()), ("19:a@thread.tacv2", Some("19:team")));
        assert_eq!(
            (channel.person, channel.way.account, channel.way.locale, channel.added_by),
            (None, None, None, None)
        );
        let chat = json!({ "conversation": { "id": "a:1", "conversationType": "personal", "tenantId": "t" }, "channelData": {} });
        let own = noted(&chat).unwrap();
        assert_eq!(own.person.as_ref().map(crate::ids::PersonId::as_str), Some("p"));
        assert_eq!((own.way.account.as_deref(), own.way.locale.as_deref()), (Some("29:p"), Some("en-GB")));
        assert_eq!((own.way.bot.as_deref(), own.team), (Some("28:us"), None));
    }

    #[test]
    fn who_added_the_app_is_told_by_the_events_of_that() {
        let us = json!([{ "id": "28:us" }]);
        for (more, noted_by) in [
            (json!({ "type": "installationUpdate", "action": "add" }), Some(Some("p"))),
            (json!({ "type": "installationUpdate", "action": "add-upgrade" }), Some(None)),
            (json!({ "type": "conversationUpdate", "membersAdded": us }), Some(Some("p"))),
            (json!({ "type": "conversationUpdate", "membersAdded": [{ "id": "29:q" }] }), None),
            (json!({ "type": "installationUpdate", "action": "remove" }), None),
            (json!({ "type": "invoke", "name": "composeExtension/query" }), None),
            (json!({ "type": "messageUpdate" }), None),
        ] {
            let told = noted(&more).map(|one| one.added_by.map(|by| by.to_string()));
            assert_eq!(told, noted_by.map(|by| by.map(str::to_owned)), "{more}");
        }
    }

    #[test]
    fn what_ends_is_a_channel_a_chat_or_a_team_with_all_its_channels() {
        let us = json!([{ "id": "28:us" }]);
        let event = |name: &str| {
            json!({ "type": "conversationUpdate", "channelData": {
            "eventType": name, "team": { "id": "19:team" }, "channel": { "id": "19:b@thread.tacv2" } } })
        };
        let (here, other) = ("19:a@thread.tacv2", "19:b@thread.tacv2");
        for (more, expected) in [
            (json!({ "type": "installationUpdate", "action": "remove" }), Some((here, Some("19:team")))),
            (json!({ "type": "installationUpdate", "action": "remove", "channelData": {} }), Some((here, None))),
            (json!({ "type": "installationUpdate", "action": "remove-upgrade" }), None),
            (json!({ "type": "conversationUpdate", "membersRemoved": us }), Some((here, Some("19:team")))),
            (json!({ "type": "conversationUpdate", "membersRemoved": [{ "id": "29:q" }] }), None),
            (event("teamHardDeleted"), Some((here, Some("19:team")))),
            (event("channelDeleted"), Some((other, None))),
            (event("channelRenamed"), None),
            (json!({}), None),
        ] {
            let expected = expected.map(|(conversation, team)| Left {
                tenant: WorkspaceId::new("t"),
                conversation: ChannelId::new(conversation),
                team: team.map(str::to_owned),
            });
            assert_eq!(left(&read(&more)), expected, "{more}");
        }
    }
}
