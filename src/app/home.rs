//! A person's own page: find a term, choose the reader, see what one asked lately and which definitions one wants, what holds for a
//! channel, and, for whoever looks after the glossary, what waits there.

use super::{
    App, AskedLine, ChannelReply, ExplanationReply, GlossaryReply, KnownReply, MAX_QUERY_CHARS, Reply, Request, Say,
    known::Eyes,
};
use crate::{
    engine::Entry,
    ids::{AudienceId, ChannelId},
    store::KnownConcepts,
};

/// A menu of terms holds no more.
const MOST_OPTIONS: usize = 100;

/// A person's own page.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeReply {
    /// The reader that answers are written for.
    pub reader: AudienceId,
    /// The terms that this person asked for and that have no definition yet; `None` when they cannot be read now.
    pub requests: Option<Vec<String>>,
    /// What this person asked about lately, the latest first; `None` when it cannot be read now.
    pub asked: Option<Vec<AskedLine>>,
    /// The terms that this person knows.
    pub known: KnownReply,
    /// The answer to what was looked for.
    pub found: Option<ExplanationReply>,
    /// A channel that was asked about, and what holds there.
    pub channel: Option<(ChannelId, ChannelReply)>,
    /// What waits in the glossary; `None` for whoever writes nothing there, and when it cannot be read.
    pub waiting: Option<GlossaryReply>,
    /// What came of the last thing that was done here.
    pub note: Option<Say>,
}

/// An entry to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The term with its subject field.
    pub label: String,
    /// Id of the concept.
    pub concept: String,
}

impl App {
    /// The page, with what an answer says on it.
    pub(super) async fn home(&self, request: &Request, answer: Option<Reply>) -> Reply {
        let (mut found, mut note, mut channel) = (None, None, None);
        match answer {
            Some(Reply::Explanation(explanation)) => found = Some(*explanation),
            Some(Reply::Say(say)) => note = Some(say),
            Some(Reply::Known(known)) => note = known.note,
            Some(Reply::Channel(told)) => channel = request.place.as_ref().map(|place| (place.channel.clone(), told)),
            _ => {}
        }
        let actor = &request.actor;
        let requests = match self.store.own_requests(&actor.workspace, &actor.person).await {
            Ok(requests) => Some(requests),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "somebody's requests cannot be read");
                None
            }
        };
        let known = match self.eyes(request) {
            Eyes::TheAskers(known) => known,
            Eyes::Everybodys => KnownConcepts::default(),
        };
        let known = self.known_reply(request, &known, None);
        // The reader of a channel that is asked about is not this person's.
        let reader = self.reader(&Request { place: None, ..request.clone() });
        let asked = Box::pin(self.asked_lately(request)).await;
        let waiting = Box::pin(self.waiting_for(request)).await;
        Reply::Home(Box::new(HomeReply { reader, requests, asked, known, found, channel, waiting, note }))
    }

    /// Looks for a term or an entry.
    pub(super) async fn look_up(&self, request: &Request, query: &str) -> Reply {
        let query = query.trim();
        if query.is_empty() || query.chars().nth(MAX_QUERY_CHARS).is_some() {
            return Reply::Say(Say::no_query(MAX_QUERY_CHARS));
        }
        self.explain(request, query, None).await
    }

    /// The entries that fit what somebody is typing.
    pub(super) fn suggest(&self, request: &Request, typed: &str) -> Reply {
        let engine = self.engine_at(&request.location);
        let suggestion = |entry: Entry<'_>| Suggestion {
            label: format!("{} ({})", entry.term, entry.subject_field.replace(['_', '-'], " ")),
            concept: entry.id.to_owned(),
        };
        Reply::Suggestions(engine.entries_like(typed, MOST_OPTIONS).into_iter().map(suggestion).collect())
    }

    /// Those of the person's known terms that fit what is being typed, also those that the glossary no longer has.
    pub(super) fn suggest_known(&self, request: &Request, typed: &str) -> Reply {
        let typed = typed.trim().to_lowercase();
        let known = self.known_reply(request, &self.known(request), None);
        let terms = known.terms.into_iter().map(|known| Suggestion { label: known.term, concept: known.concept });
        let gone = known
            .gone
            .into_iter()
            .map(|concept| Suggestion { label: format!("{concept} (no longer in the glossary)"), concept });
        let fits = |suggestion: &Suggestion| suggestion.label.to_lowercase().contains(&typed);
        Reply::Suggestions(terms.chain(gone).filter(fits).take(MOST_OPTIONS).collect())
    }
}
