//! What is owed to Teams after a message was acknowledged: how it is written down, and how it is sent.
//!
//! Teams knows no key by which it would drop a repeated post, and shows nobody what was posted. When the end of a call is
//! not known it is sent once more: silence is worse than a repetition, and two of them are worse than silence.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Teams,
    client::CallError,
    encode::{self, said},
};
use crate::{
    app::{GivenUp, Owed, ReplyTo, Request, Say, SeenBy, Sent, Word},
    ids::{ChannelId, Platform, RequestId, WorkspaceId},
};

/// What everybody may read when a private answer cannot be given: nothing of the question, nothing of the answer.
const WRITE_TO_ME: &str = "I could not answer privately here. Please write to me directly, in a chat of our own: there only you read the answer.";

/// What is said in place of an answer that Teams does not take.
const TOO_LONG: &str =
    "My answer is longer than Teams takes, so it is not here. Please send me the part of your message that matters.";

/// Who asked two hours ago has gone on.
const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
/// Teams takes 60 messages in 30 seconds from a bot for a conversation; this is 50.
const LANE_PAUSE: Duration = Duration::from_millis(600);
/// And 30 requests a second from an app for a tenant; these are 25 in any second, fifteen of them at once after a pause.
const CALL_EVERY: Duration = Duration::from_millis(100);
const CALLS_AT_ONCE: u32 = 15;
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
    Send {
        service: String,
        conversation: String,
        is_targeted: bool,
        activity: Value,
        /// The request that it answers; nothing is sent when its message was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<RequestId>,
    },
    /// A message for one person in their own chat, because none can be seen by that person only where they asked.
    SendDirectly {
        service: String,
        person: String,
        tenant: String,
        asked_in: String,
        activity: Value,
        /// As above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<RequestId>,
    },
    /// A message for somebody's own conversation with the bot, whoever began it.
    Tell {
        tenant: String,
        person: String,
        activity: Value,
        /// That conversation, where it is known; else it is opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        there: Option<Known>,
    },
}

/// A conversation that need not be opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Known {
    service: String,
    conversation: String,
}

impl Call {
    /// What keeps its order and its pace.
    fn lane(&self) -> String {
        match self {
            Self::Send { conversation, .. } => format!("conversation {conversation}"),
            Self::SendDirectly { person, .. } => format!("conversation with {person}"),
            // One post at a time for each conversation, whatever it is for.
            Self::Tell { there: Some(Known { conversation, .. }), .. } => format!("conversation {conversation}"),
            Self::Tell { person, .. } => format!("person {person}"),
        }
    }

    /// How many requests it takes: where a conversation is opened first, two.
    const fn requests(&self) -> u32 {
        match self {
            Self::Send { .. } | Self::Tell { there: Some(_), .. } => 1,
            Self::SendDirectly { .. } | Self::Tell { there: None, .. } => 2,
        }
    }

    /// Its share of the tenant's rate. All calls have it in common, so one of two requests waits for two and leaves as long a wait.
    fn rate(&self) -> (Duration, u32) {
        (CALL_EVERY * self.requests(), CALLS_AT_ONCE.div_ceil(self.requests()))
    }

    /// What is tried when this can never arrive: a private answer goes to the person's own chat, and when there is none
    /// either, where they asked it is said that they may write there.
    fn instead(self, tenant: &WorkspaceId, bot: Option<&str>) -> Option<Self> {
        match self {
            Self::Send { service, conversation, is_targeted: true, mut activity, about } => {
                let fields = activity.as_object_mut()?;
                let person = fields.remove("recipient")?["id"].as_str()?.to_owned();
                fields.remove("replyToId");
                fields.remove("conversation");
                let tenant = tenant.to_string();
                Some(Self::SendDirectly { service, person, tenant, asked_in: conversation, activity, about })
            }
            Self::SendDirectly { service, asked_in, about, .. } => {
                let mut activity = said(WRITE_TO_ME);
                activity["conversation"] = json!({ "id": asked_in });
                if let Some(bot) = bot {
                    activity["from"] = json!({ "id": bot });
                }
                Some(Self::Send { service, conversation: asked_in, is_targeted: false, activity, about })
            }
            // What was known is so no longer: perhaps there is another conversation by now.
            Self::Tell { there: Some(_), tenant, person, activity } => {
                Some(Self::Tell { there: None, tenant, person, activity })
            }
            Self::Send { is_targeted: false, .. } | Self::Tell { there: None, .. } => None,
        }
    }

    /// The same call, with a sentence in place of an answer that is longer than Teams takes; `None` when that is what it says already.
    fn shortened(mut self) -> Option<Self> {
        let (Self::Send { activity, .. } | Self::SendDirectly { activity, .. } | Self::Tell { activity, .. }) =
            &mut self;
        let short = said(TOO_LONG);
        if activity["text"] == short["text"] {
            return None;
        }
        let fields = activity.as_object_mut()?;
        fields.remove("attachments");
        fields.remove("summary");
        fields.extend(short.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        Some(self)
    }

    /// The call as it is owed.
    fn owed(self) -> Option<Owed> {
        let (lane, rate) = (self.lane(), self.rate());
        let payload = serde_json::to_string(&Outgoing::V1(self)).inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, "an answer could not be written as JSON");
        });
        let payload = payload.ok()?;
        Some(Owed { lane, lane_pause: LANE_PAUSE, method: "activities", rate, payload, lifetime: LIFETIME })
    }
}

impl Teams {
    /// Answers a request that was taken on, and says what is owed for it.
    pub async fn work(&self, request: &Request) -> Vec<Owed> {
        if self.app.is_withdrawn(Platform::Teams, &request.id).await {
            return Vec::new();
        }
        let request = self.app.with_right(request).await;
        let request = &*self.app.where_it_belongs(&request).await;
        let ReplyTo::Conversation(conversation) = &request.reply_to else { return Vec::new() };
        let reply = self.answer_with_sight(request).await;
        let Some(mut activity) = self.encoder(&request.id).message(&reply, conversation) else { return Vec::new() };
        if let (Some(bot), Some(fields)) = (&self.bot, activity.as_object_mut()) {
            fields.insert("from".to_owned(), json!({ "id": bot }));
        }
        let call = Call::Send {
            service: conversation.service.clone(),
            conversation: conversation.id.to_string(),
            is_targeted: conversation.seen_by == SeenBy::OnlyThePerson,
            activity,
            about: Some(request.id.clone()),
        };
        call.owed().into_iter().collect()
    }

    /// What is owed because something else was given up.
    pub fn owed_instead(&self, tenant: &WorkspaceId, payload: &str, why: GivenUp) -> Vec<Owed> {
        let Ok(Outgoing::V1(call)) = serde_json::from_str(payload) else { return Vec::new() };
        let other = match why {
            GivenUp::Refused => call.instead(tenant, self.bot.as_deref()),
            GivenUp::TooLong => call.shortened(),
            // What is too late is too late everywhere.
            GivenUp::TooLate => None,
        };
        other.and_then(Call::owed).into_iter().collect()
    }

    /// Something to tell somebody in their own conversation with the bot.
    pub async fn owed_word(&self, word: &Word) -> Vec<Owed> {
        let Word { to, text } = word;
        let activity = encode::word(Say::done(text.clone()));
        let known = self.app.way_to_person(Platform::Teams, to).await;
        let known = known.filter(|(_, way)| self.connector.may_call(&way.service));
        let there =
            known.map(|(conversation, way)| Known { service: way.service, conversation: conversation.to_string() });
        let (tenant, person) = (to.workspace.to_string(), to.person.to_string());
        let call = Call::Tell { tenant, person, activity, there };
        call.owed().into_iter().collect()
    }

    /// Sends what was owed. `in_doubt` says that an earlier attempt may have arrived.
    pub async fn send_owed(&self, tenant: &WorkspaceId, payload: &str, in_doubt: bool) -> Sent {
        let Ok(Outgoing::V1(call)) = serde_json::from_str(payload) else {
            return Sent::Never("it was written by another version".to_owned());
        };
        if let Call::Send { about: Some(request), .. } | Call::SendDirectly { about: Some(request), .. } = &call
            && self.app.is_withdrawn(Platform::Teams, request).await
        {
            return Sent::Unwanted;
        }
        let result = match call {
            Call::Tell { tenant, activity, there: Some(there), .. } => {
                return self.tell_there(&tenant, &there, activity, in_doubt).await;
            }
            Call::Tell { tenant, person, activity, there: None } => {
                return self.tell(&tenant, &person, activity, in_doubt).await;
            }
            Call::Send { service, conversation, is_targeted, activity, .. } => {
                let whole = ChannelId::new(conversation.split(';').next().unwrap_or_default());
                // The server may have moved since it was asked.
                let moved = self.app.way_to(Platform::Teams, tenant, &whole).await.map(|way| way.service);
                let service = moved.filter(|moved| self.connector.may_call(moved)).unwrap_or(service);
                let sent = self.connector.send(&service, &conversation, is_targeted, &activity).await;
                // Of a thread that is gone the channel may still be there.
                let is_of_a_thread = conversation != whole.as_str();
                if !(is_of_a_thread && matches!(&sent, Err(CallError::Place(code)) if code == "ConversationNotFound")) {
                    self.heed(tenant, &whole, &sent).await;
                }
                sent
            }
            Call::SendDirectly { service, person, tenant, activity, .. } => {
                self.send_directly(&service, &person, &tenant, activity).await
            }
        };
        outcome(result, in_doubt)
    }

    async fn send_directly(
        &self,
        service: &str,
        person: &str,
        tenant: &str,
        mut activity: Value,
    ) -> Result<(), CallError> {
        let bot = self.bot.as_deref().unwrap_or_default();
        let conversation = self.connector.open(service, tenant, person, bot).await?;
        activity["conversation"] = json!({ "id": conversation });
        self.connector.send(service, &conversation, false, &activity).await
    }

    /// Tells somebody something in the conversation that is known.
    async fn tell_there(&self, tenant: &str, there: &Known, mut activity: Value, in_doubt: bool) -> Sent {
        if let (Some(bot), Some(fields)) = (&self.bot, activity.as_object_mut()) {
            fields.insert("from".to_owned(), json!({ "id": bot }));
            fields.insert("conversation".to_owned(), json!({ "id": there.conversation }));
        }
        let sent = self.connector.send(&there.service, &there.conversation, false, &activity).await;
        self.heed(&WorkspaceId::new(tenant), &ChannelId::new(&*there.conversation), &sent).await;
        outcome(sent, in_doubt)
    }

    /// What is out of reach is tried no more before something is heard of it.
    async fn heed(&self, tenant: &WorkspaceId, conversation: &ChannelId, sent: &Result<(), CallError>) {
        if sent.as_ref().is_err_and(CallError::ends_the_conversation) {
            self.app.lose(Platform::Teams, tenant, conversation).await;
        }
    }

    /// Tells somebody something in a conversation that is opened first.
    async fn tell(&self, tenant: &str, person: &str, mut activity: Value, in_doubt: bool) -> Sent {
        let (Some(bot), Some(service)) = (&self.bot, &self.service) else {
            return Sent::Never(
                "nobody can be written to first: there is no bot, or its cloud has no address for that".to_owned(),
            );
        };
        let conversation = match self.connector.open(service, tenant, person, bot).await {
            Ok(conversation) => conversation,
            // Nothing was posted yet, so there is no new doubt.
            Err(CallError::Unclear) => {
                return Sent::Later { retry_after: None, in_doubt, reason: CallError::Unclear.to_string() };
            }
            Err(error) => return outcome(Err(error), in_doubt),
        };
        if let Some(fields) = activity.as_object_mut() {
            fields.insert("from".to_owned(), json!({ "id": bot }));
            fields.insert("conversation".to_owned(), json!({ "id": conversation }));
        }
        outcome(self.connector.send(service, &conversation, false, &activity).await, in_doubt)
    }
}

/// What becomes of a call, by its error. Permanent and transient ones are told apart here and nowhere else.
fn outcome(result: Result<(), CallError>, in_doubt: bool) -> Sent {
    let Err(error) = result else { return Sent::Arrived };
    let reason = error.to_string();
    match error {
        CallError::Busy { retry_after: None } => Sent::Busy { in_doubt, reason },
        CallError::Transient { retry_after } | CallError::Busy { retry_after } => {
            Sent::Later { retry_after: retry_after.map(|wait| wait.min(LONGEST_WAIT)), in_doubt, reason }
        }
        CallError::TooLong(_) => Sent::TooLong(reason),
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

    use super::{Call, CallError, Known, Outgoing, Sent, outcome};
    use crate::ids::WorkspaceId;

    #[test]
    fn permanent_and_transient_errors_are_told_apart() {
        let wait = |seconds| CallError::Busy { retry_after: Some(Duration::from_secs(seconds)) };
        let busy = CallError::Busy { retry_after: None };
        assert_eq!(outcome(Err(busy.clone()), true), Sent::Busy { in_doubt: true, reason: busy.to_string() });
        let long = CallError::TooLong("MessageSizeTooBig".to_owned());
        assert_eq!(outcome(Err(long.clone()), false), Sent::TooLong(long.to_string()));
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
            CallError::Refused("BadArgument".to_owned()),
        ] {
            assert_eq!(outcome(Err(error.clone()), false), Sent::Never(error.to_string()));
        }
    }

    #[test]
    fn whoever_needs_two_requests_takes_as_much_of_the_tenants_rate() {
        let message = Call::Send {
            service: String::new(),
            conversation: "a:1".to_owned(),
            is_targeted: false,
            activity: json!({}),
            about: None,
        };
        let word = Call::Tell { tenant: "t".to_owned(), person: "p".to_owned(), activity: json!({}), there: None };
        let rates = [message, word].map(|call| call.owed().unwrap().rate);
        assert_eq!(rates, [(Duration::from_millis(100), 15), (Duration::from_millis(200), 8)]);
        // How far ahead of an even pace each may be is the same, because it is kept in one place for both.
        assert!(rates.iter().all(|(every, burst)| *every * (burst - 1) == Duration::from_millis(1_400)));
    }

    #[test]
    fn the_form_in_the_database_does_not_drift() {
        let call = Call::Send {
            service: "https://smba.trafficmanager.net/".to_owned(),
            conversation: "a:1".to_owned(),
            is_targeted: false,
            activity: json!({}),
            about: None,
        };
        let text = serde_json::to_string(&Outgoing::V1(call.clone())).unwrap();
        assert_eq!(
            text,
            "{\"version\":\"1\",\"Send\":{\"service\":\"https://smba.trafficmanager.net/\",\"conversation\":\"a:1\",\
             \"is_targeted\":false,\"activity\":{}}}"
        );
        assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V1(call));
        let direct = Call::SendDirectly {
            service: "https://smba.trafficmanager.net/".to_owned(),
            person: "29:1".to_owned(),
            tenant: "t".to_owned(),
            asked_in: "19:1".to_owned(),
            activity: json!({}),
            about: None,
        };
        let text = serde_json::to_string(&Outgoing::V1(direct.clone())).unwrap();
        assert_eq!(
            text,
            "{\"version\":\"1\",\"SendDirectly\":{\"service\":\"https://smba.trafficmanager.net/\",\"person\":\"29:1\",\
             \"tenant\":\"t\",\"asked_in\":\"19:1\",\"activity\":{}}}"
        );
        assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V1(direct));
        let known = Known { service: "https://smba.trafficmanager.net/".to_owned(), conversation: "a:1".to_owned() };
        for (there, told) in [
            (None, ""),
            (Some(known), ",\"there\":{\"service\":\"https://smba.trafficmanager.net/\",\"conversation\":\"a:1\"}"),
        ] {
            let call = Call::Tell { tenant: "t".to_owned(), person: "p".to_owned(), activity: json!({}), there };
            let text = serde_json::to_string(&Outgoing::V1(call.clone())).unwrap();
            let expected =
                format!("{{\"version\":\"1\",\"Tell\":{{\"tenant\":\"t\",\"person\":\"p\",\"activity\":{{}}{told}}}}}");
            assert_eq!(text, expected);
            assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), Outgoing::V1(call));
        }
    }

    #[test]
    fn a_word_keeps_the_order_of_its_conversation_and_opens_one_when_that_is_gone() {
        let known = Known { service: "https://smba.trafficmanager.net/".to_owned(), conversation: "a:1".to_owned() };
        let word = |there| Call::Tell { tenant: "t".to_owned(), person: "p".to_owned(), activity: json!({}), there };
        let owed = word(Some(known.clone())).owed().unwrap();
        assert_eq!((&*owed.lane, owed.rate.0), ("conversation a:1", Duration::from_millis(100)));
        let tenant = WorkspaceId::new("t");
        assert_eq!(word(Some(known)).instead(&tenant, None), Some(word(None)));
        assert_eq!(word(None).instead(&tenant, None), None);
    }
}
