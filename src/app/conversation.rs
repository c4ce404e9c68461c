//! A person's own conversation with the app, where a platform shows it beside what they look at: what is offered when it is opened,
//! which message "this" means, what its thread is called, and that nothing more comes once they stopped it.

use serde::{Deserialize, Serialize};

use super::{App, Intent, NotRead, Reply, Request, Say};
use crate::{
    ids::{AudienceId, ChannelId, Platform, WorkspaceId},
    store::SeenMessage,
};

/// As long as a title can be read at a glance.
const LONGEST_TITLE: usize = 60;

/// Whoever writes for none of these readers is shown what one of them would read, the first one that there is.
const SHOWN_READERS: [&str; 3] = ["finance", "sales", "executive"];

/// What an example is made of when there is nothing better at hand.
const EXAMPLE: &str = "We are rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s, error rate \
                       about 6% for EU users. Rollback ETA 10 min, RCA tomorrow.";

/// What a person looks at beside their conversation with the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// The message, by its channel and its number there; `None` when it is something else, or nothing.
    pub message: Option<(ChannelId, String)>,
    /// When that was so, by the platform's clock, as it writes it.
    pub told_at: String,
}

/// Something to ask, offered to be sent with one press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What is offered.
    pub title: String,
    /// What is sent.
    pub message: String,
}

impl Prompt {
    fn new(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self { title: title.into(), message: message.into() }
    }
}

impl App {
    /// What is offered to somebody who opens their conversation with the app.
    pub(super) async fn offer_prompts(&self, request: &Request) -> Reply {
        self.look(request).await;
        let own = self.reader(request);
        let sees_a_message =
            request.place.as_ref().and_then(|place| place.in_sight.as_ref()?.message.as_ref()).is_some();
        Reply::Prompts(self.prompts(&own, sees_a_message))
    }

    fn prompts(&self, own: &AudienceId, sees_a_message: bool) -> Vec<Prompt> {
        let is_another = |id: &&AudienceId| *id != own;
        let readers = self.readers();
        let shown = SHOWN_READERS.iter().filter_map(|name| readers.find(name)).find(is_another);
        let reader = shown.and_then(|id| readers.get(id));
        let explain = if sees_a_message { "Explain this message" } else { "Explain a message" };
        let mut prompts = vec![Prompt::new(explain, "Explain the message I am looking at")];
        if let Some(reader) = reader {
            let name = reader.title.to_lowercase();
            prompts.push(if sees_a_message {
                Prompt::new(
                    format!("Rewrite it for {name}"),
                    format!("Rewrite the message I am looking at for {}", reader.id),
                )
            } else {
                Prompt::new(format!("See an example for {name}"), format!("For {}: {EXAMPLE}", reader.id))
            });
        }
        prompts.push(Prompt::new("Explain a term", "What is p95?"));
        prompts.push(Prompt::new("What else can I ask?", "help"));
        prompts
    }

    /// Remembers for a while what somebody looks at. What cannot be remembered is asked for again when it is needed.
    pub(super) async fn look(&self, request: &Request) {
        let Some(place) = &request.place else { return };
        let Some(sight) = &place.in_sight else { return };
        let seen = sight.message.as_ref();
        let seen = seen.map(|(channel, message)| SeenMessage { channel: channel.clone(), message: message.clone() });
        let actor = (&request.actor.workspace, &request.actor.person);
        let noted =
            self.store.note_sight(place.platform, actor, seen.as_ref(), &sight.told_at, request.received_at).await;
        if let Err(error) = noted {
            tracing::warn!(error = &error as &dyn std::error::Error, "what somebody looks at was not noted");
        }
    }

    /// The message that somebody looks at: as they wrote, or, where nothing came along, as was told a while ago.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn message_in_sight(&self, request: &Request) -> Result<Option<(ChannelId, String)>, NotRead> {
        let Some(place) = &request.place else { return Ok(None) };
        if let Some(sight) = &place.in_sight {
            return Ok(sight.message.clone());
        }
        let actor = (&request.actor.workspace, &request.actor.person);
        let seen = self.store.sight(place.platform, actor, request.received_at).await?;
        Ok(seen.map(|SeenMessage { channel, message }| (channel, message)))
    }

    /// Notes that nothing is wanted any more of what was asked in a thread before. Asked before the request is acknowledged.
    ///
    /// # Errors
    /// The database does not answer; then the platform must be told to come again.
    pub async fn note_stop(&self, platform: Platform, request: &Request) -> Result<(), NotRead> {
        let Intent::Stop { channel, thread, at } = &request.intent else { return Ok(()) };
        let workspace = &request.actor.workspace;
        self.store.note_stop(platform, workspace, (channel, thread), at, request.received_at).await
    }

    /// Whether what was asked in a thread at a moment of the platform's clock was stopped since.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn was_stopped(
        &self,
        platform: Platform,
        workspace: &WorkspaceId,
        thread: (&ChannelId, &str),
        asked_at: &str,
    ) -> Result<bool, NotRead> {
        self.store.was_stopped(platform, workspace, thread, asked_at).await
    }
}

/// What a thread is called that begins with this request: the first words of what was written; `None` when there are none.
#[must_use]
pub fn title_of(request: &Request) -> Option<String> {
    let text = match &request.intent {
        Intent::CommandWith { text, attached } if text.text().trim().is_empty() => attached,
        Intent::Command { text, .. }
        | Intent::CommandBelow { text, .. }
        | Intent::CommandWith { text, .. }
        | Intent::CommandLinked { text, .. } => text,
        _ => return None,
    };
    let mut title = String::new();
    for word in text.text().split_whitespace() {
        // A title shows no markup, and calls nobody.
        let word = word.replace('`', "");
        let word = word.trim_matches(['*', '_', '~', '>']);
        if word.is_empty() || word.starts_with("<@") || word.starts_with("<#") || word.starts_with("<!") {
            continue;
        }
        let room = LONGEST_TITLE.saturating_sub(title.chars().count() + usize::from(!title.is_empty()));
        if word.chars().nth(room).is_some() {
            if title.is_empty() {
                title.extend(word.chars().take(room));
            }
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
    }
    (!title.is_empty()).then_some(title)
}

impl Say {
    /// Nobody can say which message is meant.
    #[must_use]
    pub fn nothing_in_sight() -> Self {
        Self::failure(
            "I see no message beside our conversation. Forward it to me with “Share message”, send me its address or paste its \
             text here; or open its menu and choose “Explain this”.",
        )
    }

    /// Nothing more comes.
    pub(super) fn stopped() -> Self {
        Self::done("Stopped. Ask again whenever you like.")
    }
}

#[cfg(test)]
mod tests {
    use super::title_of;
    use crate::{
        app::{Actor, Door, Intent, ReplyTo, Request},
        clock::Timestamp,
        engine::{Location, SourceText},
        ids::{PersonId, RequestId, WorkspaceId},
    };

    fn asks(intent: Intent) -> Request {
        Request {
            id: RequestId::new("1"),
            actor: Actor::new(WorkspaceId::new("T1"), PersonId::new("U1")),
            received_at: Timestamp::from_unix_seconds(7),
            intent,
            reply_to: ReplyTo::Nowhere,
            place: None,
            location: Location::default(),
        }
    }

    #[test]
    fn a_thread_is_called_by_the_first_words_without_markup() {
        for (text, expected) in [
            ("What is p95?", Some("What is p95?")),
            ("explain `p95`, to <@U2> *now*\n> quoted", Some("explain p95, to now quoted")),
            (
                "For sales: we rolled back the 14:05 release of checkout-service because p95 went up",
                Some("For sales: we rolled back the 14:05 release of…"),
            ),
            ("<@U2> <!here>", None),
            ("", None),
        ] {
            let intent = Intent::Command { door: Door::Talk, text: SourceText::new(text) };
            assert_eq!(title_of(&asks(intent)).as_deref(), expected, "{text:?}");
        }
        let long = "a".repeat(100);
        let title = title_of(&asks(Intent::Command { door: Door::Talk, text: SourceText::new(&long) })).unwrap();
        assert_eq!(title.chars().count(), 61, "{title}");
        let forwarded =
            Intent::CommandWith { text: SourceText::new(" "), attached: SourceText::new("The pod is down") };
        assert_eq!(title_of(&asks(forwarded)).as_deref(), Some("The pod is down"));
        assert_eq!(title_of(&asks(Intent::OpenHome)), None);
    }
}
