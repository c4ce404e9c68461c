//! Dialogs that were sent or closed, as requests.

use serde_json::Value;

use super::{
    decode::{Delivery, Malformed, request, with_id},
    glossary,
    payload::ViewEvent,
};
use crate::{
    app::{Destination, DraftVersion, Intent, ReplyTo},
    clock::Timestamp,
    engine::SourceText,
    ids::{AudienceId, ChannelId, PendingId, RequestId},
};

/// The callback id of the dialog with a text field and a reader menu.
pub(super) const FORM: &str = "compose";
/// The callback id of the dialog that asks for a definition.
pub(super) const DEFINITION: &str = "definition";
/// The callback id of the draft editor.
pub(super) const DRAFT: &str = "draft";
/// The callback id of the dialog that asks where to post.
pub(super) const DRAFT_POST: &str = "draft_post";
/// Block id of a dialog's text field.
pub(super) const FORM_TEXT: &str = "text";
/// Block id of a dialog's reader menu.
pub(super) const FORM_READER: &str = "reader";
/// Block id of the draft editor's menu of several readers.
pub(super) const FORM_READERS: &str = "readers";
/// Block id of the menu of what to post.
pub(super) const FORM_VERSION: &str = "version";
/// Block id of the menu of where to post.
pub(super) const FORM_WHERE: &str = "where";
/// Action id of all fields.
pub(super) const FORM_FIELD: &str = "value";

const INCOMPLETE: Malformed = Malformed("a form without its fields");

/// Whether a choice in this dialog is only read when the dialog is sent.
pub(super) fn is_form(callback_id: &str) -> bool {
    [FORM, DEFINITION, DRAFT_POST].contains(&callback_id)
}

/// What stands in a dialog's fields.
pub(super) struct Fields(Value);

impl Fields {
    pub(super) fn get(&self, block: &str) -> Option<&Value> {
        self.0.get(block)?.get(FORM_FIELD)
    }

    pub(super) fn text(&self, block: &str) -> Option<&str> {
        self.get(block)?.get("value")?.as_str()
    }

    pub(super) fn chosen(&self, block: &str) -> Option<&str> {
        self.get(block)?.get("selected_option")?.get("value")?.as_str()
    }

    fn several(&self, block: &str) -> Vec<String> {
        let options = self.get(block).and_then(|field| field.get("selected_options")).and_then(Value::as_array);
        let value = |option: &Value| Some(option.get("value")?.as_str()?.to_owned());
        options.map(|options| options.iter().filter_map(value).collect()).unwrap_or_default()
    }
}

/// A dialog that was sent.
pub(super) fn sent(mut event: ViewEvent, now: Timestamp) -> Result<Delivery, Malformed> {
    event.origin.opened_by = event.view.app_installed_team_id.take();
    let fields = Fields(event.view.state.map(|state| state.values).unwrap_or_default());
    let text = || fields.text(FORM_TEXT).ok_or(INCOMPLETE);
    // A text field gives the characters as typed, without markup.
    let intent = match event.view.callback_id.as_str() {
        FORM => {
            let reader = fields.chosen(FORM_READER).ok_or(INCOMPLETE)?.to_owned();
            Intent::RewriteFor { source: SourceText::new(text()?), reader }
        }
        DEFINITION => Intent::RequestDefinition { term: text()?.to_owned() },
        DRAFT => Intent::CheckDraft { source: SourceText::new(text()?), readers: fields.several(FORM_READERS) },
        DRAFT_POST => {
            let chosen = fields.get(FORM_WHERE).and_then(|field| field.get("selected_conversation"));
            let channel = chosen.and_then(Value::as_str).ok_or(INCOMPLETE)?;
            let address = event.response_urls.into_iter().find(|one| one.channel_id == channel);
            let to = Destination {
                channel: ChannelId::new(channel),
                thread: None,
                address: address.map(|one| one.response_url),
                site: event.origin.team.as_ref().and_then(|team| team.domain.clone()),
            };
            let version = version(fields.chosen(FORM_VERSION).ok_or(INCOMPLETE)?).ok_or(INCOMPLETE)?;
            let pending = PendingId::new(event.view.private_metadata);
            // One dialog posts once.
            let id = RequestId::new(format!("post {}", event.view.id));
            let intent = Intent::PostDraft { pending, version, to };
            let reply_to = ReplyTo::OpenDialog { dialog: event.view.id };
            return Ok(with_id(request(&event.origin, now, intent, reply_to)?, id));
        }
        other => match glossary::sent(other, &event.view.private_metadata, &fields) {
            Some(wish) => Intent::Glossary { wish },
            None => return Ok(Delivery::Ignored),
        },
    };
    request(&event.origin, now, intent, ReplyTo::Form { dialog: event.view.id })
}

fn version(value: &str) -> Option<DraftVersion> {
    if value == "own" {
        return Some(DraftVersion::Own);
    }
    let (reader, digest) = value.split_once('.')?;
    Some(DraftVersion::For { reader: AudienceId::new(reader), digest: digest.to_owned() })
}

/// A dialog that was closed.
pub(super) fn closed(mut event: ViewEvent, now: Timestamp) -> Result<Delivery, Malformed> {
    event.origin.opened_by = event.view.app_installed_team_id.take();
    if event.view.private_metadata.is_empty() {
        return Ok(Delivery::Ignored);
    }
    let intent = Intent::Dismiss { pending: PendingId::new(event.view.private_metadata) };
    request(&event.origin, now, intent, ReplyTo::Nowhere)
}
