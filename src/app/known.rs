//! Terms that a person knows: in that person's own answers they stay in the author's words.
//!
//! Nobody else sees what somebody knows, and nothing that others read is affected by it: not what is posted where all read
//! along, not what is shared, drafted, passed on or put into a message.

use serde::{Deserialize, Serialize};

use super::{App, Aspect, Reply, ReplyTo, Request, Say, SeenBy};
use crate::{
    engine::{Audience, Engine, Explanation, ExplanationStatus, Rendering, SourceText},
    ids::{AudienceId, PendingId},
    store::{KnownConcepts, Remembered},
};

/// As many terms as are remembered for a person. Who knows more is a reader for whom nothing needs to be rewritten.
pub const MOST_KNOWN: u32 = 500;

/// What has more words than this, none of which is a term, is a message that begins with "know" or "forget".
const LONGEST_UNKNOWN_WORDS: usize = 3;

/// More letters of a term do not fit on a button.
const LONGEST_LABEL: usize = 40;

/// Longer lists are counted, not told.
const MOST_TOLD: usize = 100;

/// A term that somebody may know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KnownTerm {
    /// Id of the concept.
    pub concept: String,
    /// The term, as the message writes it or as the glossary prefers it.
    pub term: String,
    /// Whether the person said that they know it.
    pub knowing: Knowing,
}

impl KnownTerm {
    /// What a control says that turns it, beside others of its kind or alone.
    #[must_use]
    pub fn label(&self, among: Among) -> String {
        let line: String = self.term.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_cut = line.chars().nth(LONGEST_LABEL).is_some();
        let term: String = line.chars().take(LONGEST_LABEL).chain(is_cut.then_some('…')).collect();
        match (self.knowing, among) {
            (Knowing::NotKnown, Among::None) => "I know this term".to_owned(),
            (Knowing::Known, Among::None) => "Put it in plain words again".to_owned(),
            (Knowing::NotKnown, Among::Others) => format!("I know “{term}”"),
            (Knowing::Known, Among::Others) => format!("Put “{term}” in plain words again"),
        }
    }

    /// The value of such a control, which [`Knowing::read`] reads back.
    #[must_use]
    pub fn wish(&self) -> String {
        let sign = match self.knowing {
            Knowing::NotKnown => '+',
            Knowing::Known => '-',
        };
        format!("{sign}{}", self.concept)
    }
}

/// Whether a control stands beside others of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// It is the only one.
    None,
    /// There are others, so it names its term.
    Others,
}

impl Among {
    /// For the controls of so many terms.
    #[must_use]
    pub const fn of(terms: &[KnownTerm]) -> Self {
        if terms.len() > 1 { Self::Others } else { Self::None }
    }
}

/// Whether somebody knows a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Knowing {
    /// They said so.
    Known,
    /// They did not, or took it back.
    NotKnown,
}

impl Knowing {
    /// What the value of a control says about which concept.
    #[must_use]
    pub fn read(value: &str) -> Option<(Self, &str)> {
        let known = value.strip_prefix('+').map(|concept| (Self::Known, concept));
        let read = known.or_else(|| value.strip_prefix('-').map(|concept| (Self::NotKnown, concept)));
        read.filter(|(_, concept)| !concept.is_empty())
    }
}

/// What is shown after somebody said what they know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownAgain {
    /// The explanation of these entries.
    Explanation {
        /// Their ids, as the answer named them.
        entries: String,
        /// Id of the audience.
        reader: String,
    },
    /// The rewrite of a kept text.
    Answer {
        /// The text behind the answer.
        pending: PendingId,
        /// Id of the audience.
        reader: String,
    },
    /// Where its words come from.
    Why {
        /// The text behind the answer.
        pending: PendingId,
        /// Id of the audience that it is for; the person's own where an earlier version has not noted it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reader: Option<AudienceId>,
    },
    /// All terms that the person knows.
    List,
}

/// All terms that a person knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownReply {
    /// What came of the last wish.
    pub note: Option<Say>,
    /// The terms, in alphabetical order.
    pub terms: Vec<KnownTerm>,
    /// Ids of entries that the glossary no longer has. They change nothing.
    pub gone: Vec<String>,
}

impl KnownReply {
    /// Whether there is nothing to take back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.gone.is_empty()
    }

    /// The list as lines of canonical text.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        if self.is_empty() {
            return vec!["You have not told me of any term that you know.".to_owned()];
        }
        let mut lines = Vec::new();
        if !self.terms.is_empty() {
            let listed: Vec<&str> = self.terms.iter().take(MOST_TOLD).map(|known| known.term.as_str()).collect();
            let more = self.terms.len().saturating_sub(MOST_TOLD);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            lines.push(format!("You know these terms: {}{more}.", listed.join(", ")));
            lines.push("In your own answers they stay in the author's words. Nobody else sees this list.".to_owned());
        }
        if !self.gone.is_empty() {
            let listed: Vec<&str> = self.gone.iter().take(MOST_TOLD).map(String::as_str).collect();
            lines.push(format!("No longer in the glossary, and without effect: {}.", listed.join(", ")));
        }
        lines
    }
}

/// Who reads an answer, and what they know.
#[derive(Debug, Clone)]
pub(super) enum Eyes {
    /// The person who asked, and nobody else.
    TheAskers(KnownConcepts),
    /// Others too, or others only.
    Everybodys,
}

impl Eyes {
    /// The same message in the words for these eyes.
    pub(super) fn read(&self, engine: &Engine, source: &SourceText, audience: &Audience) -> Rendering {
        match self {
            Self::TheAskers(known) if !known.is_empty() => engine.rewrite_knowing(source, audience, known),
            Self::TheAskers(_) | Self::Everybodys => engine.rewrite(source, audience),
        }
    }

    /// The terms of a rewrite that the person may say they know, or take back. Others are offered none.
    pub(super) fn marks(&self, engine: &Engine, rendering: &Rendering) -> Vec<KnownTerm> {
        let Self::TheAskers(_) = self else { return Vec::new() };
        let kept = rendering.known.iter().map(|gloss| (&gloss.concept, &gloss.term, Knowing::Known));
        let replaced = rendering.changes.iter().filter_map(|change| {
            let concept = change.concept.as_ref().filter(|_| !change.from.trim().is_empty())?;
            Some((concept, &change.from, Knowing::NotKnown))
        });
        let mut marks: Vec<KnownTerm> = Vec::new();
        for (concept, words, knowing) in kept.chain(replaced) {
            if engine.entry(concept).is_some() && !marks.iter().any(|mark| mark.concept == *concept) {
                marks.push(KnownTerm { concept: concept.clone(), term: words.clone(), knowing });
            }
        }
        marks
    }

    /// The same for entries that are explained.
    pub(super) fn marks_of<'c>(&self, engine: &Engine, concepts: impl Iterator<Item = &'c str>) -> Vec<KnownTerm> {
        let Self::TheAskers(known) = self else { return Vec::new() };
        let mark = |concept: &str| {
            let entry = engine.entry(concept)?;
            let knowing = if known.contains(concept) { Knowing::Known } else { Knowing::NotKnown };
            Some(KnownTerm { concept: concept.to_owned(), term: entry.term.to_owned(), knowing })
        };
        concepts.filter_map(mark).collect()
    }
}

impl App {
    /// Who reads the answer to a request. That a channel is quiet was decided before, with [`App::where_it_belongs`]: asked
    /// again here, a choice that changes meanwhile could show one person's words to all.
    pub(super) fn eyes(&self, request: &Request) -> Eyes {
        let is_alone = match &request.reply_to {
            ReplyTo::Thread { .. } => request.place.as_ref().is_some_and(|place| place.is_of_two),
            ReplyTo::Conversation(conversation) => conversation.seen_by != SeenBy::Everybody,
            ReplyTo::OpenResponse => false,
            ReplyTo::Response
            | ReplyTo::Dialog { .. }
            | ReplyTo::Private { .. }
            | ReplyTo::Message { .. }
            | ReplyTo::DialogAbove { .. }
            | ReplyTo::OpenDialog { .. }
            | ReplyTo::Form { .. }
            | ReplyTo::Home
            | ReplyTo::Conversing { .. }
            | ReplyTo::Options
            | ReplyTo::Nowhere => true,
        };
        if is_alone { Eyes::TheAskers(self.known(request)) } else { Eyes::Everybodys }
    }

    pub(super) fn known(&self, request: &Request) -> KnownConcepts {
        self.store.known(&request.actor.workspace, &request.actor.person)
    }

    /// "know p95, rollback"; `None` when that is no list of terms but a message that begins so.
    pub(super) async fn know(&self, request: &Request, terms: &str) -> Option<Reply> {
        let engine = self.engine_at(&request.location);
        let found = Named::of(&engine, self.audience(&engine, request, None), terms);
        if found.is_a_message(terms) {
            return None;
        }
        if let Eyes::Everybodys = self.eyes(request) {
            return Some(Reply::Say(Say::between_us()));
        }
        if found.concepts.is_empty() {
            return Some(Reply::Say(Say::not_in_the_glossary(&found.unknown)));
        }
        let known = match self.note_known(request, &engine, &found.concepts, Knowing::Known).await {
            Ok(known) => known,
            Err(say) => return Some(Reply::Say(say)),
        };
        Some(Reply::Say(Say::known(&known, &found.unknown, &found.ambiguous)))
    }

    /// "forget p95"; `None` as above.
    pub(super) async fn take_back(&self, request: &Request, terms: &str) -> Option<Reply> {
        let engine = self.engine_at(&request.location);
        let mut found = Named::of(&engine, self.audience(&engine, request, None), terms);
        let known = self.known(request);
        // What the glossary no longer has is named by its id.
        found.unknown.retain(|named| match known.get(named.as_str()) {
            Some(id) => {
                found.concepts.push(id.to_string());
                false
            }
            None => true,
        });
        if found.is_a_message(terms) {
            return None;
        }
        if let Eyes::Everybodys = self.eyes(request) {
            return Some(Reply::Say(Say::between_us()));
        }
        let is_known = |concept: &String| {
            let twins = engine.same_thing(concept);
            known.contains(concept.as_str()) || twins.iter().any(|twin| known.contains(twin.id))
        };
        found.concepts.retain(is_known);
        if found.concepts.is_empty() {
            return Some(Reply::Say(Say::was_not_known(terms)));
        }
        match self.note_known(request, &engine, &found.concepts, Knowing::NotKnown).await {
            Ok(terms) => Some(Reply::Say(Say::taken_back(&terms))),
            Err(say) => Some(Reply::Say(say)),
        }
    }

    pub(super) async fn take_all_back(&self, request: &Request) -> Reply {
        if let Eyes::Everybodys = self.eyes(request) {
            return Reply::Say(Say::between_us());
        }
        let all: Vec<String> = self.known(request).iter().map(ToString::to_string).collect();
        if all.is_empty() {
            return self.known_list(request, None).await;
        }
        match self.note_known(request, &self.engine_at(&request.location), &all, Knowing::NotKnown).await {
            Ok(_) => Reply::Say(Say::all_taken_back()),
            Err(say) => Reply::Say(say),
        }
    }

    /// Everything that the person knows.
    pub(super) async fn known_list(&self, request: &Request, note: Option<Say>) -> Reply {
        match self.eyes(request) {
            Eyes::TheAskers(known) => Reply::Known(self.known_reply(request, &known, note)),
            Eyes::Everybodys => Reply::Say(Say::between_us()),
        }
    }

    pub(super) fn known_reply(&self, request: &Request, known: &KnownConcepts, note: Option<Say>) -> KnownReply {
        let engine = self.engine_at(&request.location);
        let (mut terms, mut gone) = (Vec::new(), Vec::new());
        for concept in known.iter() {
            match engine.entry(concept) {
                Some(entry) => terms.push(KnownTerm {
                    concept: concept.to_string(),
                    term: entry.term.to_owned(),
                    knowing: Knowing::Known,
                }),
                // What holds in another channel is still known there; here it has no other name than its own.
                None if engine.has_entry(concept) => terms.push(KnownTerm {
                    concept: concept.to_string(),
                    term: concept.to_string(),
                    knowing: Knowing::Known,
                }),
                None => gone.push(concept.to_string()),
            }
        }
        terms.sort_by_cached_key(|known| (known.term.to_lowercase(), known.concept.clone()));
        KnownReply { note, terms, gone }
    }

    /// A control was used that says of one entry whether it is known.
    pub(super) async fn mark(&self, request: &Request, concept: &str, knowing: Knowing, shown: &ShownAgain) -> Reply {
        let engine = self.engine_at(&request.location);
        if let Eyes::Everybodys = self.eyes(request) {
            return Reply::Say(Say::between_us());
        }
        // A control in a dialog does not say in which channel the entry holds that it is about.
        if knowing == Knowing::Known && !engine.has_entry(concept) {
            return Reply::Say(Say::entry_is_gone());
        }
        let noted = match self.note_known(request, &engine, &[concept.to_owned()], knowing).await {
            Ok(terms) => match knowing {
                Knowing::Known => Say::known(&terms, &[], &[]),
                Knowing::NotKnown => Say::taken_back(&terms),
            },
            Err(say) => return Reply::Say(say),
        };
        match shown {
            ShownAgain::Explanation { entries, reader } => {
                self.explain(request, entries, Some(&AudienceId::new(reader))).await
            }
            ShownAgain::Answer { pending, reader } => self.again(request, pending, reader).await,
            ShownAgain::Why { pending, reader } => self.show(request, pending, Aspect::Why, reader.as_ref()).await,
            ShownAgain::List => self.known_list(request, Some(noted)).await,
        }
    }

    /// Writes down that these are known, or no longer, with the same things in another part of speech. Gives all their terms.
    async fn note_known(
        &self,
        request: &Request,
        engine: &Engine,
        concepts: &[String],
        knowing: Knowing,
    ) -> Result<Vec<String>, Say> {
        let mut all: Vec<&str> = Vec::new();
        for concept in concepts {
            let twins = engine.same_thing(concept);
            for id in std::iter::once(concept.as_str()).chain(twins.iter().map(|twin| twin.id)) {
                if !all.contains(&id) {
                    all.push(id);
                }
            }
        }
        let (workspace, person, now) = (&request.actor.workspace, &request.actor.person, request.received_at);
        let written = match knowing {
            Knowing::Known => Box::pin(self.store.remember_known(workspace, person, &all, MOST_KNOWN, now)).await,
            Knowing::NotKnown => {
                Box::pin(self.store.take_back_known(workspace, person, &all, now)).await.map(|()| Remembered::Done)
            }
        };
        match written {
            Ok(Remembered::Done) => Ok(all
                .iter()
                .map(|id| engine.entry(id).map_or_else(|| (*id).to_owned(), |entry| entry.term.to_owned()))
                .collect()),
            Ok(Remembered::Full) => Err(Say::knows_enough(MOST_KNOWN)),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what somebody knows was not written down");
                Err(Say::unavailable())
            }
        }
    }
}

/// What somebody named in a list of terms.
#[derive(Debug, Default)]
struct Named {
    /// Ids of the concepts, each once.
    concepts: Vec<String>,
    /// What is no term.
    unknown: Vec<String>,
    /// Terms with other meanings, which stay what they are.
    ambiguous: Vec<String>,
}

impl Named {
    fn of(engine: &Engine, audience: &Audience, terms: &str) -> Self {
        let mut named = Self::default();
        let take = |named: &mut Self, part: &str| match meant(engine, audience, part) {
            Some((concept, is_ambiguous)) => {
                if !named.concepts.contains(&concept) {
                    named.concepts.push(concept);
                }
                if is_ambiguous {
                    named.ambiguous.push(part.to_owned());
                }
                true
            }
            None => false,
        };
        for part in terms.split([',', ';']).map(bare).filter(|part| !part.is_empty()) {
            if take(&mut named, part) {
                continue;
            }
            // "Command and control" is one term, and "p95 and rollback" two.
            for part in part.split(" and ").map(|part| bare(part.strip_prefix("and ").unwrap_or(part))) {
                if !part.is_empty() && !take(&mut named, part) {
                    named.unknown.push(part.to_owned());
                }
            }
        }
        named
    }

    fn is_a_message(&self, terms: &str) -> bool {
        let long = |words: &str| words.split_whitespace().nth(LONGEST_UNKNOWN_WORDS).is_some();
        // One long part that is no term makes it a sentence, whatever else is named in it.
        self.concepts.is_empty() && long(terms) || self.unknown.iter().any(|part| long(part))
    }
}

/// A term without what stands around it in a list.
fn bare(part: &str) -> &str {
    let part = part.trim_matches(|sign: char| sign.is_whitespace() || "\"'“”‘’`.*_".contains(sign));
    let articles = ["the ", "a ", "an ", "The ", "A ", "An "];
    articles.iter().find_map(|article| part.strip_prefix(article)).unwrap_or(part)
}

/// The concept that a term means as a whole, and whether it may mean another one.
fn meant(engine: &Engine, audience: &Audience, term: &str) -> Option<(String, bool)> {
    if engine.entry(term).is_some() {
        return Some((term.to_owned(), false));
    }
    let found = engine.explain(term, None, audience);
    let is_whole = found.asked.eq_ignore_ascii_case(term) && found.also.is_empty() && !found.is_message;
    let is_entry = found.status == ExplanationStatus::Defined && engine.entry(&found.concept).is_some();
    (is_whole && is_entry).then_some((found.concept, !found.other_senses.is_empty()))
}

/// The ids of an explanation's entries, the first one first.
pub(super) fn explained(explanation: &Explanation) -> impl Iterator<Item = &str> {
    let all = std::iter::once(explanation).chain(&explanation.also);
    all.filter(|one| one.status == ExplanationStatus::Defined).map(|one| one.concept.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Among, Knowing, KnownTerm, bare};

    #[test]
    fn a_control_says_what_it_does_and_its_wish_reads_as_itself_again() {
        let long = "a very long\nterm ".repeat(5);
        for (knowing, term, among, label, wish) in [
            (Knowing::NotKnown, "p95", Among::None, "I know this term", (Knowing::Known, "p-95")),
            (Knowing::Known, "p95", Among::None, "Put it in plain words again", (Knowing::NotKnown, "p-95")),
            (Knowing::NotKnown, "rolled\n back", Among::Others, "I know “rolled back”", (Knowing::Known, "p-95")),
            (Knowing::Known, "p95", Among::Others, "Put “p95” in plain words again", (Knowing::NotKnown, "p-95")),
            (
                Knowing::NotKnown,
                &*long,
                Among::Others,
                "I know “a very long term a very long term a very…”",
                (Knowing::Known, "p-95"),
            ),
        ] {
            let known = KnownTerm { concept: "p-95".to_owned(), term: term.to_owned(), knowing };
            assert_eq!(known.label(among), label);
            assert_eq!(Knowing::read(&known.wish()), Some(wish));
        }
        for nothing in ["", "+", "-", "p-95", "=p-95"] {
            assert_eq!(Knowing::read(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_term_in_a_list_is_bare() {
        for (part, term) in [
            (" p95 ", "p95"),
            ("the rollback.", "rollback"),
            ("“error budget”", "error budget"),
            ("`kubectl`", "kubectl"),
            ("An SLO", "SLO"),
            ("theatre", "theatre"),
            ("the", "the"),
        ] {
            assert_eq!(bare(part), term, "{part:?}");
        }
    }
}
