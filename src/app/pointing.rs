//! "Explain this": what is meant stands in another message, which came along or which the platform reads.

use std::sync::Arc;

use super::{App, Command, Door, Intent, Pointed, Reply, Request, Say, command::parse};
use crate::{
    engine::{ExplanationStatus, SourceText},
    ids::AudienceId,
};

/// What has no more words than this beside a message is said to us and is no news.
const LONGEST_NOTE_WORDS: usize = 12;

/// A wish about messages that the platform must read first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Which messages.
    pub at: Pointed,
    /// The reader, when one was named.
    pub reader: Option<AudienceId>,
}

/// Whom a message that was read speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpokenTo {
    /// Its readers.
    People,
    /// This app: it is a command, whose answer is meant.
    Us,
}

impl App {
    /// What somebody points at below another message, or in their own conversation with the app, beside which they look at
    /// something; `None` when the words themselves say everything.
    #[must_use]
    pub fn meant(&self, request: &Request) -> Option<Meant> {
        let is_of_two = request.place.as_ref().is_some_and(|place| place.is_of_two);
        let (text, is_below) = match &request.intent {
            Intent::CommandBelow { text, .. } => (text, true),
            Intent::Command { door: Door::Talk, text } if is_of_two => (text, false),
            _ => return None,
        };
        let Command::PointsElsewhere { at, reader } = parse(text.text(), Door::Talk, &self.readers()) else {
            return None;
        };
        let at = match at {
            // Where others read along, nobody looks at anything beside.
            Pointed::MessageInSight if !is_of_two => Pointed::Message,
            Pointed::ThreadInSight if !is_of_two => Pointed::Thread,
            // Nothing else stands there that could be meant.
            Pointed::Message if !is_below => Pointed::MessageInSight,
            Pointed::Thread if !is_below => Pointed::ThreadInSight,
            other => other,
        };
        Some(Meant { at, reader })
    }

    /// Whether a message that was said to us points at another one.
    #[must_use]
    pub fn points_elsewhere(&self, source: &SourceText) -> bool {
        matches!(parse(source.text(), Door::Talk, &self.readers()), Command::PointsElsewhere { .. })
    }

    /// Answers about messages that were read.
    pub async fn answer_about(
        &self,
        request: &Request,
        source: &SourceText,
        spoken_to: SpokenTo,
        reader: Option<&AudienceId>,
    ) -> Reply {
        if spoken_to == SpokenTo::Us {
            match parse(source.text(), Door::Talk, &self.readers()) {
                Command::Explain { query, reader: earlier } => {
                    return self.explain_or_rewrite(request, query, reader.cloned().or(earlier)).await;
                }
                Command::Rewrite { text, reader: earlier } => {
                    let reader = reader.or(earlier.as_ref());
                    return self.rewrite_for(request, &SourceText::new(text), reader).await;
                }
                _ => {}
            }
        }
        self.rewrite_for(request, source, reader).await
    }

    /// Does what was typed beside a message that came along.
    pub async fn answer_with(self: &Arc<Self>, request: &Request, text: &SourceText, attached: &SourceText) -> Reply {
        let typed = text.text().trim();
        if typed.is_empty() {
            return self.rewrite_for(request, attached, None).await;
        }
        match parse(typed, Door::Talk, &self.readers()) {
            Command::PointsElsewhere { reader, .. } => self.rewrite_for(request, attached, reader.as_ref()).await,
            Command::Explain { query, reader } => {
                let reply = self.explain_in(request, query, Some(attached), reader.as_ref()).await;
                let is_unknown = matches!(
                    &reply,
                    Reply::Explanation(found) if found.explanation.status == ExplanationStatus::Unknown
                );
                // A remark or a question about the message as a whole.
                if is_unknown { self.rewrite_for(request, attached, reader.as_ref()).await } else { reply }
            }
            Command::Rewrite { text, reader } => {
                let is_note = text.split_whitespace().nth(LONGEST_NOTE_WORDS).is_none();
                let both = SourceText::new(&format!("{text}\n\n{}", attached.text()));
                self.rewrite_for(request, if is_note { attached } else { &both }, reader.as_ref()).await
            }
            _ => self.obey(request, Door::Talk, text).await,
        }
    }

    /// Asks for the reader of a message.
    pub(super) async fn ask_reader(&self, request: &Request, source: &SourceText) -> Reply {
        if source.text().trim().is_empty() {
            return Reply::Say(Say::nothing_to_rewrite());
        }
        match self.keep(request, source).await {
            Some(pending) => Reply::ReaderForm { pending },
            // Without a memory nothing can be asked first.
            None => self.rewrite_for(request, source, None).await,
        }
    }
}
