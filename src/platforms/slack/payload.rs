//! The shapes of Slack's deliveries: only the fields that are read. Everything else may be absent, new or of another
//! type without doing harm.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

/// Enough of a JSON delivery to know what it is.
#[derive(Debug, Deserialize)]
pub(super) struct EventEnvelope<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(default, borrow)]
    pub(super) challenge: Option<Cow<'a, str>>,
}

/// Enough of an interaction to know what it is.
#[derive(Debug, Deserialize)]
pub(super) struct InteractionKind<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
}

/// Who did it, on every interaction.
#[derive(Debug, Deserialize)]
pub(super) struct Origin {
    pub(super) user: User,
    #[serde(default)]
    pub(super) team: Option<Team>,
    #[serde(default)]
    pub(super) enterprise: Option<Identified>,
    #[serde(default)]
    pub(super) trigger_id: Option<String>,
    /// Whose installation opened the dialog in which it was done. It stands in the dialog and is put here once that is read.
    #[serde(skip)]
    pub(super) opened_by: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Identified {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Team {
    pub(super) id: String,
    /// What links into the workspace begin with.
    #[serde(default)]
    pub(super) domain: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) team_id: Option<String>,
}

/// A message shortcut.
#[derive(Debug, Deserialize)]
pub(super) struct MessageAction {
    #[serde(flatten)]
    pub(super) origin: Origin,
    #[serde(default)]
    pub(super) callback_id: String,
    #[serde(default)]
    pub(super) response_url: Option<String>,
    #[serde(default)]
    pub(super) channel: Option<Identified>,
    pub(super) message: Message,
}

/// A message as somebody or some app posted it. Blocks and attachments are read loosely: Slack has dozens of kinds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) ts: Option<String>,
    #[serde(default)]
    pub(super) thread_ts: Option<String>,
    /// Missing for what bots post.
    #[serde(default)]
    pub(super) user: Option<String>,
    /// The name under which a bot posted.
    #[serde(default)]
    pub(super) username: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) blocks: Vec<Value>,
    #[serde(default)]
    pub(super) attachments: Vec<Value>,
    #[serde(default)]
    pub(super) files: Vec<Value>,
}

/// A click or choice in a message or dialog.
#[derive(Debug, Deserialize)]
pub(super) struct BlockActions {
    #[serde(flatten)]
    pub(super) origin: Origin,
    #[serde(default)]
    pub(super) response_url: Option<String>,
    #[serde(default)]
    pub(super) view: Option<View>,
    /// Where the message stands; a dialog stands nowhere.
    #[serde(default)]
    pub(super) channel: Option<Identified>,
    #[serde(default)]
    pub(super) container: Container,
    pub(super) actions: Vec<Action>,
}

/// What a control stands in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Container {
    /// The message; a dialog has none.
    #[serde(default)]
    pub(super) message_ts: Option<String>,
    #[serde(default)]
    pub(super) thread_ts: Option<String>,
    /// Whether only the person who presses sees the message.
    #[serde(default)]
    pub(super) is_ephemeral: Option<bool>,
}

/// One click or choice.
#[derive(Debug, Deserialize)]
pub(super) struct Action {
    pub(super) action_id: String,
    #[serde(default)]
    pub(super) block_id: String,
    #[serde(default)]
    pub(super) value: Option<String>,
    #[serde(default)]
    pub(super) selected_option: Option<SelectedOption>,
    #[serde(default)]
    pub(super) selected_conversation: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SelectedOption {
    pub(super) value: String,
}

/// A dialog.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    /// `modal` or `home`.
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    pub(super) id: String,
    /// Where the app is installed that opened it. In a channel that companies share, that may be another place than the person's.
    #[serde(default)]
    pub(super) app_installed_team_id: Option<String>,
    #[serde(default)]
    pub(super) callback_id: String,
    #[serde(default)]
    pub(super) private_metadata: String,
    #[serde(default)]
    pub(super) state: Option<ViewState>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ViewState {
    #[serde(default)]
    pub(super) values: Value,
}

/// A dialog that was sent or closed.
#[derive(Debug, Deserialize)]
pub(super) struct ViewEvent {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) view: View,
    /// Addresses that take posts in the conversations that were chosen.
    #[serde(default)]
    pub(super) response_urls: Vec<ConversationAddress>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConversationAddress {
    pub(super) channel_id: String,
    pub(super) response_url: String,
}

/// A menu that asks for its options.
#[derive(Debug, Deserialize)]
pub(super) struct BlockSuggestion {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) action_id: String,
    #[serde(default)]
    pub(super) value: String,
    /// The dialog in which the menu stands.
    #[serde(default)]
    pub(super) view: Option<OpenedView>,
}

/// As much of a dialog as says who opened it.
#[derive(Debug, Deserialize)]
pub(super) struct OpenedView {
    /// `modal` or `home`.
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) app_installed_team_id: Option<String>,
}

/// A global shortcut.
#[derive(Debug, Deserialize)]
pub(super) struct Shortcut {
    #[serde(default)]
    pub(super) callback_id: String,
    #[serde(flatten)]
    pub(super) origin: Origin,
}
