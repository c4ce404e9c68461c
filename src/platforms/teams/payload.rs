//! The shapes of Teams' deliveries: only the fields that are read. Everything else may be absent, null, new or of another
//! type without doing harm.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use super::verify::Verified;

/// An activity: a message, an event or an invoke.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Activity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) channel_id: String,
    pub(super) service_url: String,
    pub(super) conversation: Conversation,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) action: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) reply_to_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) from: Account,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) recipient: Account,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) members_added: Vec<Account>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) members_removed: Vec<Account>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) locale: Option<String>,
    #[serde(flatten)]
    pub(super) message: Message,
    #[serde(default)]
    pub(super) value: Value,
    #[serde(default, deserialize_with = "lenient")]
    channel_data: ChannelData,
}

/// What somebody wrote.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Message {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) text: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) attachments: Vec<Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) entities: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation {
    pub(super) id: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) conversation_type: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) tenant_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) is_group: Option<bool>,
}

impl Conversation {
    /// Whether one person and the bot are all who are in it.
    pub(super) fn is_personal(&self) -> bool {
        match self.conversation_type.as_deref() {
            Some(kind) => kind == "personal",
            None => self.is_group != Some(true),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) aad_object_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) is_targeted: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChannelData {
    #[serde(deserialize_with = "lenient")]
    tenant: Account,
    #[serde(deserialize_with = "lenient")]
    event_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    team: Team,
    #[serde(deserialize_with = "lenient")]
    channel: Account,
}

/// A team, by both ids that it has: the one of its first channel, and the directory's.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Team {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    aad_group_id: Option<String>,
}

impl ChannelData {
    /// The team and channel, the widest first, by all ids under which they are known. A conversation that is none of a team's
    /// channels is a chat.
    fn places<'d>(&'d self, conversation: &'d str) -> impl Iterator<Item = &'d str> {
        let conversation = conversation.split(';').next();
        let team = [self.team.aad_group_id.as_deref(), self.team.id.as_deref()];
        team.into_iter().flatten().chain(self.channel.id.as_deref().or(conversation))
    }
}

impl Activity {
    /// Decodes a verified body; `None` when it has not what every activity has.
    pub(super) fn read(body: Verified<'_>) -> Option<Self> {
        let activity: Self = serde_json::from_slice(body.bytes()).ok()?;
        let has_all = [&activity.kind, &activity.channel_id, &activity.service_url, &activity.conversation.id];
        has_all.iter().all(|field| !field.is_empty()).then_some(activity)
    }

    /// The conversation, whichever thread of it this is about.
    pub(super) fn whole_conversation(&self) -> &str {
        // A thread of a channel has the number of its first message behind the channel's id.
        self.conversation.id.split(';').next().unwrap_or_default()
    }

    /// The team in one of whose channels it happened.
    pub(super) fn team(&self) -> Option<&str> {
        self.channel_data.team.id.as_deref().filter(|id| !id.is_empty())
    }

    /// The channel that it is about, which need not be the one in which it is told.
    pub(super) fn channel(&self) -> Option<&str> {
        self.channel_data.channel.id.as_deref().filter(|id| !id.is_empty())
    }

    /// Whether the bot itself is among these members.
    pub(super) fn is_about_us(&self, members: &[Account]) -> bool {
        let us = self.recipient.id.as_deref();
        us.is_some() && members.iter().any(|member| member.id.as_deref() == us)
    }

    /// The team, as the directory knows it.
    pub(super) fn group(&self) -> Option<&str> {
        self.channel_data.team.aad_group_id.as_deref()
    }

    /// The team and channel or the chat in which it happened, the widest first.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.channel_data.places(&self.conversation.id)
    }

    /// The tenant: as the conversation tells it, or else the channel.
    pub(super) fn tenant(&self) -> Option<&str> {
        self.conversation.tenant_id.as_deref().or(self.channel_tenant())
    }

    /// The tenant as the channel tells it, beside the one of the conversation.
    pub(super) fn channel_tenant(&self) -> Option<&str> {
        self.channel_data.tenant.id.as_deref()
    }

    /// What happened, where the type alone does not say it.
    pub(super) fn event(&self) -> Option<&str> {
        self.channel_data.event_type.as_deref()
    }
}

/// What an outgoing webhook is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookMessage {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) timestamp: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) from: Account,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) conversation: HookConversation,
    #[serde(flatten)]
    pub(super) message: Message,
    #[serde(default, deserialize_with = "lenient")]
    channel_data: ChannelData,
}

impl HookMessage {
    /// The team and channel in which it was written, the widest first.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.channel_data.places(self.conversation.id.as_deref().unwrap_or_default())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookConversation {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) tenant_id: Option<String>,
}

/// What an invoke carries, whichever it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InvokeValue {
    #[serde(deserialize_with = "lenient")]
    pub(super) command_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) parameters: Vec<Parameter>,
    #[serde(deserialize_with = "lenient")]
    pub(super) query_options: QueryOptions,
    #[serde(deserialize_with = "lenient")]
    pub(super) query_text: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) message_payload: Option<MessagePayload>,
    #[serde(deserialize_with = "lenient")]
    pub(super) bot_message_preview_action: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) data: Data,
    #[serde(deserialize_with = "lenient")]
    pub(super) action: CardAction,
    #[serde(deserialize_with = "lenient")]
    pub(super) trigger: Option<String>,
    /// Which offer of a token this is, and by which connection.
    #[serde(deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) connection_name: Option<String>,
    /// What a tapped search result carries.
    #[serde(deserialize_with = "lenient")]
    pub(super) term: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Parameter {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QueryOptions {
    #[serde(deserialize_with = "lenient")]
    pub(super) skip: Option<u32>,
    #[serde(deserialize_with = "lenient")]
    pub(super) count: Option<u32>,
    #[serde(deserialize_with = "lenient")]
    pub(super) top: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardAction {
    #[serde(deserialize_with = "lenient")]
    pub(super) verb: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) data: Data,
}

/// What a button of ours carries, with the fields beside it.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Data {
    /// What the button does.
    #[serde(deserialize_with = "lenient")]
    pub(super) upshot: Option<String>,
    /// The card that it is on.
    #[serde(deserialize_with = "lenient")]
    pub(super) card: Option<String>,
    /// The kept text that the card is about.
    #[serde(deserialize_with = "lenient")]
    pub(super) job: Option<String>,
    /// The entries that the card is about.
    #[serde(deserialize_with = "lenient")]
    pub(super) term: Option<String>,
    /// The reader who was picked.
    #[serde(deserialize_with = "lenient")]
    pub(super) audience: Option<String>,
    /// The readers who were picked, with commas between them.
    #[serde(deserialize_with = "lenient")]
    pub(super) readers: Option<String>,
    /// What the words that were read hash to.
    #[serde(deserialize_with = "lenient")]
    pub(super) digest: Option<String>,
    /// How much of an explanation is told.
    #[serde(deserialize_with = "lenient")]
    pub(super) depth: Option<String>,
    /// The term that is known, or no longer.
    #[serde(deserialize_with = "lenient")]
    pub(super) known: Option<String>,
    /// The text of a form.
    #[serde(deserialize_with = "lenient")]
    pub(super) text: Option<String>,
    /// The revision of an entry that was shown.
    #[serde(deserialize_with = "lenient")]
    pub(super) rev: Option<u32>,
    /// The revision that shall count again.
    #[serde(deserialize_with = "lenient")]
    pub(super) to: Option<u32>,
    /// The step in the life of an entry.
    #[serde(deserialize_with = "lenient")]
    pub(super) step: Option<String>,
    /// Why it is taken.
    #[serde(deserialize_with = "lenient")]
    pub(super) reason: Option<String>,
    /// What the form of an entry holds.
    #[serde(flatten)]
    pub(super) entry: EntryFields,
}

/// The form of an entry. Each field has the name of a column of a table.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct EntryFields {
    #[serde(deserialize_with = "lenient")]
    terms: Option<String>,
    #[serde(deserialize_with = "lenient")]
    definition: Option<String>,
    #[serde(deserialize_with = "lenient")]
    wordings: Option<String>,
    #[serde(rename = "match", deserialize_with = "lenient")]
    matching: Option<String>,
    #[serde(deserialize_with = "lenient")]
    no_match: Option<String>,
    #[serde(deserialize_with = "lenient")]
    subject_field: Option<String>,
    #[serde(deserialize_with = "lenient")]
    everyday: Option<String>,
    #[serde(deserialize_with = "lenient")]
    scope: Option<String>,
}

impl EntryFields {
    /// The fields that were sent, with their names. Some clients send line breaks as two signs.
    pub(super) fn sent(&self) -> Vec<(String, String)> {
        let all = [
            ("terms", &self.terms),
            ("definition", &self.definition),
            ("wordings", &self.wordings),
            ("match", &self.matching),
            ("no_match", &self.no_match),
            ("subject_field", &self.subject_field),
            ("everyday", &self.everyday),
            ("scope", &self.scope),
        ];
        let sent =
            all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_ref()?.replace("\r\n", "\n"))));
        sent.collect()
    }
}

/// The message that a message action was used on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MessagePayload {
    #[serde(deserialize_with = "lenient")]
    pub(super) subject: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) body: Body,
    #[serde(deserialize_with = "lenient")]
    pub(super) attachments: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Body {
    #[serde(deserialize_with = "lenient")]
    pub(super) content_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) content: Option<String>,
}

/// A value of another type than expected counts as none.
pub(super) fn read<T: DeserializeOwned + Default>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_default()
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    Value::deserialize(deserializer).map(|value| read(&value))
}
