//! What a person asked about lately, on their own page and for nobody else. It holds terms of the glossary, and of messages their
//! kind and their readers, never a word of them.

use std::collections::BTreeMap;

use super::{App, Reply, Request, Say};
use crate::{
    clock::Timestamp,
    engine::{Explanation, Rendering},
    ids::{AudienceId, PendingId, PersonId, Platform, WorkspaceId},
    store::{Asked, AskedAbout, MOST_ASKED},
};

/// More people than this are not held until it is written down.
const MOST_PEOPLE: usize = 10_000;

/// What people asked since it was last written down.
pub(super) type HeldAsked = BTreeMap<(WorkspaceId, PersonId), Vec<Asked>>;

/// Something that a person asked about, for their page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedLine {
    /// The entry that can be asked for again; `None` for a message.
    pub concept: Option<String>,
    /// The term, or what sort of message it was.
    pub title: String,
    /// For which readers, as people name them.
    pub readers: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// Holds what was asked, for as long as it takes until it is written down.
pub(super) fn hold(held: &mut HeldAsked, (workspace, person): (&WorkspaceId, &PersonId), asked: Vec<Asked>) {
    let key = (workspace.clone(), person.clone());
    if held.len() >= MOST_PEOPLE && !held.contains_key(&key) {
        return;
    }
    let all = held.entry(key).or_default();
    all.retain(|before| asked.iter().all(|one| one.about != before.about));
    all.extend(asked);
    let most = usize::try_from(MOST_ASKED).unwrap_or(usize::MAX);
    all.drain(..all.len().saturating_sub(most));
}

impl App {
    /// Notes that somebody had entries explained. In words that have no entry somebody may have written anything, so these are not
    /// noted; a definition that was asked for stands in a list of its own.
    pub(super) fn note_explained(&self, request: &Request, explanation: &Explanation, reader: &AudienceId) {
        let told = std::iter::once(explanation).chain(&explanation.also);
        let entries = told.filter(|one| one.is_of_entry());
        let asked = entries.map(|one| (AskedAbout::Entry(one.concept.clone()), reader.to_string()));
        self.note_asked(request, asked.collect());
    }

    /// Notes that somebody had a message rewritten.
    pub(super) fn note_rewritten(
        &self,
        request: &Request,
        kept: Option<&PendingId>,
        rendering: &Rendering,
        readers: &AudienceId,
    ) {
        let Some(kept) = kept else { return };
        let about = AskedAbout::Message { kept: kept.to_string(), kind: rendering.kind.clone() };
        self.note_asked(request, vec![(about, readers.to_string())]);
    }

    fn note_asked(&self, request: &Request, asked: Vec<(AskedAbout, String)>) {
        // Elsewhere nobody has a page on which to see it, so nothing is kept.
        if asked.is_empty() || !request.is_of(Platform::Slack) {
            return;
        }
        let at = request.received_at;
        let asked = asked.into_iter().map(|(about, readers)| Asked { about, readers, at }).collect();
        self.gathering.hold_asked((&request.actor.workspace, &request.actor.person), asked);
    }

    /// What the person asked lately, the latest first; `None` when it cannot be read now.
    pub(super) async fn asked_lately(&self, request: &Request) -> Option<Vec<AskedLine>> {
        let actor = &request.actor;
        let read = async {
            // What is still held is asked for now.
            self.note_what_they_asked(actor).await?;
            self.store.asked(&actor.workspace, &actor.person, request.received_at).await
        };
        let asked = match read.await {
            Ok(asked) => asked,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what somebody asked lately cannot be read");
                return None;
            }
        };
        let (engine, readers) = (self.engine_at(&request.location), self.readers());
        let title_of = |id: &str| readers.find(id).and_then(|id| readers.get(id)).map(|reader| reader.title.clone());
        let line = |Asked { about, readers, at }: Asked| {
            let (concept, title) = match about {
                // An entry that is gone cannot be asked for again.
                AskedAbout::Entry(concept) => {
                    let term = engine.entry(&concept)?.term.to_owned();
                    (Some(concept), term)
                }
                AskedAbout::Message { kind, .. } => (None, format!("A message ({})", kind.replace('_', " "))),
            };
            Some(AskedLine { concept, title, readers: readers.split(',').filter_map(title_of).collect(), at })
        };
        Some(asked.into_iter().filter_map(line).collect())
    }

    /// Empties the list.
    pub(super) async fn forget_asked(&self, request: &Request) -> Reply {
        let actor = &request.actor;
        self.gathering.drop_asked((&actor.workspace, &actor.person));
        match self.store.forget_asked(&actor.workspace, &actor.person, request.received_at).await {
            Ok(()) => Reply::Say(Say::done("Done. I have forgotten what you asked until now.")),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what somebody asked was not forgotten");
                Reply::Say(Say::unavailable())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, AskedAbout, HeldAsked, MOST_ASKED, PersonId, Timestamp, WorkspaceId, hold};

    #[test]
    fn each_subject_is_held_once_and_only_the_latest_ones() {
        let mut held = HeldAsked::default();
        let (workspace, person) = (WorkspaceId::new("T1"), PersonId::new("U1"));
        let asked = |concept: String, at| {
            let at = Timestamp::from_unix_seconds(at);
            vec![Asked { about: AskedAbout::Entry(concept), readers: "sales".to_owned(), at }]
        };
        for at in 0..30 {
            hold(&mut held, (&workspace, &person), asked(format!("c{at}"), at));
        }
        hold(&mut held, (&workspace, &person), asked("c25".to_owned(), 99));
        let all = &held[&(workspace, person)];
        assert_eq!(all.len(), MOST_ASKED as usize);
        assert_eq!(all.last().unwrap().at, Timestamp::from_unix_seconds(99));
        assert_eq!(all.iter().filter(|one| one.about == AskedAbout::Entry("c25".to_owned())).count(), 1);
        assert_eq!(all[0].about, AskedAbout::Entry("c10".to_owned()));
    }
}
