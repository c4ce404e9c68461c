//! Addresses that deliveries bring along for later answers: what may be sent to them, and the way to a person when it may not be.
//!
//! Slack takes five messages at each, within half an hour, and does not say which of its errors used one up. So every call that
//! may have arrived is counted, in the database, because several processes answer.

use std::{error::Error, time::Duration};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    ApiError, Client, Slack,
    blocks::{MAX_TEXT, MESSAGE_LIMITS},
    client::without_layout,
    split,
};
use crate::ids::hex;

/// Half an hour; a minute is left for the way there.
pub(super) const ADDRESS_LIFETIME: Duration = Duration::from_secs(29 * 60);
/// So many messages at one address.
const MOST_USES: u32 = 5;

/// Why an answer comes to the person instead.
const FROM_ELSEWHERE: &str = "I could not show you this where you asked, so it comes here.";

/// What stands for an address where it is counted and waited for: it is as good as a key to the conversation.
pub(super) fn name_of(address: &str) -> String {
    hex(Sha256::digest(address.as_bytes()).iter().take(12))
}

/// A message to an address as one for a person's own conversation with the app: there is nothing to stand in for there.
pub(super) fn for_a_person(mut message: Value) -> Value {
    if let Some(fields) = message.as_object_mut() {
        fields.retain(|name, _| !matches!(&**name, "response_type" | "replace_original" | "thread_ts"));
    }
    message
}

/// A message that a channel did not take, as one for a person's own conversation with the app: it says first why it comes there.
pub(super) fn from_elsewhere(message: Value) -> Value {
    let mut message = for_a_person(message);
    if let Some(text) = message["text"].as_str() {
        message["text"] = json!(split::shorten(&format!("{FROM_ELSEWHERE}\n{text}"), MAX_TEXT));
    }
    // Of characters there is room for one line more: a message is filled to less than what Slack takes.
    let blocks = message.get_mut("blocks").and_then(Value::as_array_mut);
    if let Some(blocks) = blocks.filter(|blocks| blocks.len() < MESSAGE_LIMITS.blocks) {
        let why = json!({ "type": "mrkdwn", "text": FROM_ELSEWHERE, "verbatim": true });
        blocks.insert(0, json!({ "type": "context", "elements": [why] }));
    }
    message
}

impl Slack {
    /// Sends a message to an address, unless it may have taken as many as Slack allows; and its text alone when Slack finds
    /// something wrong with it, as with a post.
    ///
    /// # Errors
    /// Those of the call; an address that is used up is one that is too late.
    pub(super) async fn respond(&self, client: &Client, address: &str, message: &Value) -> Result<(), ApiError> {
        let sent = self.respond_with(client, address, message).await;
        let plain = match &sent {
            Err(ApiError::Refused(code)) => without_layout("response_url", code, message),
            _ => None,
        };
        match plain {
            Some(plain) => self.respond_with(client, address, &plain).await,
            None => sent,
        }
    }

    async fn respond_with(&self, client: &Client, address: &str, message: &Value) -> Result<(), ApiError> {
        let name = name_of(address);
        let forgotten_at = self.clock.now().plus(ADDRESS_LIFETIME);
        match self.app.use_address(&name, MOST_USES, forgotten_at).await {
            Ok(true) => {}
            Ok(false) => return Err(ApiError::TooLate("used_url".to_owned())),
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "the uses of an address cannot be counted");
                return Err(ApiError::Transient { retry_after: None, in_doubt: false });
            }
        }
        let result = client.respond(address, message).await;
        if matches!(&result, Err(error) if !error.may_have_arrived())
            && let Err(error) = self.app.give_back_address(&name).await
        {
            tracing::warn!(error = &error as &dyn Error, "a use of an address that was none stays counted");
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FROM_ELSEWHERE, MAX_TEXT, MESSAGE_LIMITS, for_a_person, from_elsewhere, split};

    #[test]
    fn what_stood_in_for_another_message_stands_alone_for_a_person() {
        let message = json!({ "text": "a", "blocks": [], "response_type": "ephemeral", "replace_original": true });
        assert_eq!(for_a_person(message), json!({ "text": "a", "blocks": [] }));
    }

    #[test]
    fn what_a_channel_did_not_take_says_first_why_it_comes() {
        let why =
            json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": FROM_ELSEWHERE, "verbatim": true }] });
        let told = from_elsewhere(json!({ "text": "a", "blocks": [{ "type": "divider" }], "thread_ts": "1.2" }));
        let text = format!("{FROM_ELSEWHERE}\na");
        assert_eq!(told, json!({ "text": text, "blocks": [why, { "type": "divider" }] }));
        assert_eq!(from_elsewhere(json!({ "text": "a" })), json!({ "text": text }));
        for (before, after) in
            [(MESSAGE_LIMITS.blocks - 1, MESSAGE_LIMITS.blocks), (MESSAGE_LIMITS.blocks, MESSAGE_LIMITS.blocks)]
        {
            let full = json!({ "text": "word ".repeat(800), "blocks": vec![json!({ "type": "divider" }); before] });
            let told = from_elsewhere(full);
            assert_eq!(told["blocks"].as_array().unwrap().len(), after);
            assert!(split::length(told["text"].as_str().unwrap()) <= MAX_TEXT);
        }
    }
}
