//! What is owed to Teams after a message was acknowledged: how it is written down, and how it is sent.
//!
//! Teams knows no key by which it would drop a repeated post, and shows nobody what was posted. When the end of a call is
//! not known it is sent once more: silence is worse than a repetition, and two of them are worse than silence.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Teams, client::CallError, encode::Encoder};
use crate::app::{Owed, ReplyTo, Request, SeenBy, Sent};

/// Who asked two hours ago has gone on.
const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
/// Teams takes 60 messages in 30 seconds from a bot for a conversation; this is 50.
const LANE_PAUSE: Duration = Duration::from_millis(600);
/// And 30 requests a second from an app for a tenant; these are 25 in any second, fifteen of them at once after a pause.
const RATE: (Duration, u32) = (Duration::from_millis(100), 15);
/// Teams never asks for more; whoever does would keep everything back.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// A call as it stands in the database. Rows outlive a version of the program, so the form has a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "version")]
enum Outgoing {
    /// The first form.
    #[serde(rename = "1")]
    V1(Call),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Call {
    /// A message for a conversation.
    Send { service: String, conversation: String, is_targeted: bool, activity: Value },
}

impl Teams {
    /// Answers a request that was taken on, and says what is owed for it.
    pub async fn work(&self, request: &Request) -> Vec<Owed> {
        let ReplyTo::Conversation(conversation) = &request.reply_to else { return Vec::new() };
        let reply = self.app.answer(request).await;
        let encoder = Encoder { readers: self.app.readers() };
        let Some(mut activity) = encoder.message(&reply, conversation) else { return Vec::new() };
        if let (Some(bot), Some(fields)) = (&self.bot, activity.as_object_mut()) {
            fields.insert("from".to_owned(), json!({ "id": bot }));
        }
        let call = Call::Send {
            service: conversation.service.clone(),
            conversation: conversation.id.to_string(),
            is_targeted: conversation.seen_by == SeenBy::OnlyThePerson,
            activity,
        };
        let payload = serde_json::to_string(&Outgoing::V1(call)).inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, "an answer could not be written as JSON");
        });
        let owed = |payload| Owed {
            lane: format!("conversation {}", conversation.id),
            lane_pause: LANE_PAUSE,
            method: "activities",
            rate: RATE,
            payload,
            lifetime: LIFETIME,
        };
        payload.map(owed).into_iter().collect()
    }

    /// Sends what was owed. `in_doubt` says that an earlier attempt may have arrived.
    pub async fn send_owed(&self, payload: &str, in_doubt: bool) -> Sent {
        let Ok(Outgoing::V1(Call::Send { service, conversation, is_targeted, activity })) =
            serde_json::from_str(payload)
        else {
            return Sent::Never("it was written by another version".to_owned());
        };
        outcome(self.connector.send(&service, &conversation, is_targeted, &activity).await, in_doubt)
    }
}

/// What becomes of a call, by its error. Permanent and transient ones are told apart here and nowhere else.
fn outcome(result: Result<(), CallError>, in_doubt: bool) -> Sent {
    let Err(error) = result else { return Sent::Arrived };
    let reason = error.to_string();
    match error {
        CallError::Transient { retry_after } => {
            Sent::Later { retry_after: retry_after.map(|wait| wait.min(LONGEST_WAIT)), in_doubt, reason }
        }
        // Somebody mends a setting, and the answer goes out after all.
        CallError::NoToken(_) => Sent::Later { retry_after: None, in_doubt, reason },
        CallError::Unclear if in_doubt => Sent::Never("Teams did not say twice whether it arrived".to_owned()),
        CallError::Unclear => Sent::Later { retry_after: None, in_doubt: true, reason },
        CallError::NoPassword
        | CallError::ForeignService
        | CallError::NotBelieved(_)
        | CallError::Place(_)
        | CallError::Refused(_) => Sent::Never(reason),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Call, CallError, Outgoing, Sent, outcome};

    #[test]
    fn permanent_and_transient_errors_are_told_apart() {
        let wait = |seconds| CallError::Transient { retry_after: Some(Duration::from_secs(seconds)) };
        let is_later = |sent: &Sent, doubt| matches!(sent, Sent::Later { in_doubt, .. } if *in_doubt == doubt);
        assert_eq!(outcome(Ok(()), true), Sent::Arrived);
        assert!(is_later(&outcome(Err(wait(3)), false), false));
        assert!(is_later(&outcome(Err(wait(3)), true), true), "an old doubt is not forgotten");
        assert!(matches!(
            outcome(Err(wait(9_999_999)), false),
            Sent::Later { retry_after: Some(wait), .. } if wait == Duration::from_secs(300)
        ));
        assert!(is_later(&outcome(Err(CallError::Unclear), false), true));
        assert!(matches!(outcome(Err(CallError::Unclear), true), Sent::Never(_)), "once more and no more");
        for error in [
            CallError::NoPassword,
            CallError::ForeignService,
            CallError::NotBelieved("401".to_owned()),
            CallError::Place("BotNotInConversationRoster".to_owned()),
            CallError::Refused("MessageSizeTooBig".to_owned()),
        ] {
            assert_eq!(outcome(Err(error.clone()), false), Sent::Never(error.to_string()));
        }
    }

    #[test]
    fn the_form_in_the_database_does_not_drift() {
        let call = Call::Send {
            service: "https://smba.trafficmanager.net/".to_owned(),
            conversation: "a:1".to_owned(),
            is_targeted: false,
            activity: json!({}),
        };
        let text = serde_json::to_string(&Outgoing::V1(call.clone())).unwrap();
        assert_eq!(
            text,
            "{\"version\":\"1\",\"Send\":{\"service\":\"https://smba.trafficmanager.net/\",\"conversation\":\"a:1\",\
             \"is_targeted\":false,\"activity\":{}}}"
        );
        assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V1(call));
    }
}
