//! Addresses that deliveries bring along for later answers: what may be sent to them, and the way to a person when it may not be.
//!
//! Slack takes five messages at each, within half an hour, and does not say which of its errors used one up. So every call that
//! may have arrived is counted, in the database, because several processes answer.

use std::{error::Error, time::Duration};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{ApiError, Client, Slack};
use crate::ids::hex;

/// Half an hour; a minute is left for the way there.
pub(super) const ADDRESS_LIFETIME: Duration = Duration::from_secs(29 * 60);
/// So many messages at one address.
const MOST_USES: u32 = 5;

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

impl Slack {
    /// Sends a message to an address, unless it may have taken as many as Slack allows.
    ///
    /// # Errors
    /// Those of the call; an address that is used up is one that is too late.
    pub(super) async fn respond(
        &self,
        client: &Client,
        address: &str,
        message: &impl Serialize,
    ) -> Result<(), ApiError> {
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

    use super::for_a_person;

    #[test]
    fn what_stood_in_for_another_message_stands_alone_for_a_person() {
        let message = json!({ "text": "a", "blocks": [], "response_type": "ephemeral", "replace_original": true });
        assert_eq!(for_a_person(message), json!({ "text": "a", "blocks": [] }));
    }
}
