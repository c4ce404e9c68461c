//! Use cases: what Upshot does, whichever platform asked.
//!
//! A platform decodes a delivery to a [`Request`], calls [`App::answer`] and encodes the [`Reply`]. Nothing here knows
//! HTTP or a platform's words; whatever two platforms would both need belongs here.

mod about;
mod addressed;
mod asked;
mod bridges;
pub(crate) mod canonical;
mod channels;
mod command;
mod conversation;
pub mod curation;
mod definitions;
mod draft;
pub(crate) mod entries_told;
mod examples;
mod explain;
mod explained;
mod feedback;
mod gathering;
mod home;
mod installations;
mod intake;
mod keeping;
mod known;
pub(crate) mod lately;
mod live;
pub(crate) mod location;
mod page_marks;
mod pending;
mod pointing;
mod preference;
pub(crate) mod proposing;
mod reaching;
mod readers;
mod recent;
mod replies;
mod reply;
mod request;
mod rewrite;
mod search;
mod several;
mod share;
pub(crate) mod told;
mod typed;
pub mod wire;
mod withdrawn;

use std::sync::Arc;

pub use about::About;
pub use asked::AskedLine;
pub use bridges::{Bridge, BridgeSight, BridgeWish, Carrier, ChannelSight, NotRead, PassedOn, Poster, Trouble};
pub use channels::{ChannelReply, ChannelWish, Right};
pub use command::{Command, Door, Pointed, asks_for_a_form, changes_the_channel, parse, wants_a_bridge};
pub use conversation::{Prompt, Sight, title_of};
pub use definitions::MAX_TERM_CHARS;
pub(crate) use definitions::wanted_term;
pub use draft::{DraftCheck, DraftReply, DraftVersion, MOST_READERS};
pub use examples::{EXAMPLES, ExampleMessage, example_messages};
pub use explain::MAX_QUERY_CHARS;
pub use explained::{AnswerLine, Depth, answer, answer_text};
pub(crate) use feedback::COUNTED;
pub use feedback::{Feedback, Judgement};
pub use gathering::{Gaps, Reception};
pub use home::{HomeReply, Suggestion};
pub use installations::{End, Installation, InstallationDetails, InstallationKey, Installed, NotKept, Tokens};
pub use intake::{GivenUp, Intake, Job, MOST_OPEN, NotTakenOn, Owed, Sent, TakenOn, Word, Work, deliveries};
pub use keeping::{Asked, EntryReply, FormField, FormReply, GlossaryReply, GlossaryWish, HistoryReply};
pub use known::{Among, Knowing, KnownReply, KnownTerm, MOST_KNOWN, ShownAgain};
pub use pointing::{Meant, SpokenTo};
pub use proposing::PostBeside;
pub use reaching::{Reference, Way};
pub use readers::{Reader, Readers};
pub use replies::{Replies, ThreadReply, why as why_no_reply};
pub use reply::{Aspect, ExplanationReply, Reply, RewriteReply, Say};
pub use request::{Actor, Conversation, Intent, Original, Place, ReplyTo, Request, SeenBy, Subject, Thread};
pub use rewrite::MAX_TEXT_CHARS;
pub use several::{SeveralReply, Version};
pub use share::{Credit, Destination, Post, PostedText, ShareInto, ShareTicket, Sharing};
pub use typed::typed;

use crate::{
    engine::{Audience, Content, Engine},
    ids::{AudienceId, RequestId},
    store::Store,
};
use channels::ChannelCache;
use curation::Curation;
use explain::ExplainedLately;
use gathering::Gathering;
use live::LiveEngine;
pub use live::RetiredEngine;
use pending::PendingIds;
use reaching::HeardOf;
use recent::RecentRequests;

/// The use cases over one engine and one store.
#[derive(Debug)]
pub struct App {
    engine: LiveEngine,
    store: Store,
    pending_ids: Option<PendingIds>,
    recent: RecentRequests,
    channels: ChannelCache,
    heard_of: HeardOf,
    explained: ExplainedLately,
    used_states: RecentRequests,
    intake: Intake,
    curation: Curation,
    gathering: Gathering,
}

impl App {
    /// Puts the parts together. Done once, at start. `content` is what live changes lie over, and what the engine was built
    /// from.
    #[must_use]
    pub fn new(content: Content, engine: Arc<Engine>, store: Store) -> Self {
        // Without randomness nothing can be kept safely, and answers come without menus.
        Self {
            engine: LiveEngine::new(engine),
            gathering: Gathering::new(store.marker()),
            pending_ids: PendingIds::new(store.key_for_ids()),
            store,
            recent: RecentRequests::default(),
            channels: ChannelCache::default(),
            heard_of: HeardOf::default(),
            explained: ExplainedLately::default(),
            used_states: RecentRequests::default(),
            intake: Intake::default(),
            curation: Curation::over(content),
        }
    }

    /// The engine that answers right now. Take it once for each answer: the next call may give another one.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.current()
    }

    /// Lets another engine answer from now on; what is being answered is finished by the earlier one.
    pub fn replace_engine(&self, engine: Arc<Engine>) -> RetiredEngine {
        self.engine.replace(engine)
    }

    /// The store, for readiness and clean-up.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// All readers that there are right now, in menu order. They come with the engine, so take both once for each answer.
    #[must_use]
    pub fn readers(&self) -> Arc<Readers> {
        self.engine.readers()
    }

    /// Whether this request is seen for the first time. Asked before an answer that must not be given twice.
    #[must_use]
    pub fn is_first_delivery(&self, id: &RequestId) -> bool {
        self.recent.insert(id)
    }

    /// Answers a request. Cannot fail: what goes wrong is said in the reply.
    ///
    /// The future is as large as its largest branch, and every request carries all of it along: what is large and asked for seldom is
    /// boxed where it begins.
    pub async fn answer(self: &Arc<Self>, request: &Request) -> Reply {
        let request = &*self.in_its_channel(request).await;
        let reply = self.fulfil(request).await;
        match &request.reply_to {
            // Whatever was done there, the page is what shows it.
            ReplyTo::Home if !matches!(reply, Reply::Home(_)) => self.home(request, Some(reply)).await,
            _ => reply,
        }
    }

    async fn fulfil(self: &Arc<Self>, request: &Request) -> Reply {
        match &request.intent {
            Intent::Command { door, text } => self.obey(request, *door, text).await,
            // A platform reads first what these point at; where it does not, the words alone are answered.
            Intent::CommandBelow { text, .. } | Intent::CommandLinked { text, .. } => {
                self.obey(request, Door::Talk, text).await
            }
            Intent::CommandWith { text, attached } => self.answer_with(request, text, attached).await,
            Intent::DeclineStranger => Reply::Say(Say::members_only()),
            Intent::AskReader { source } => self.ask_reader(request, source).await,
            Intent::RewriteMessage { source } => self.rewrite_for(request, source, None).await,
            Intent::Compose => Reply::Form { reader: self.reader(request) },
            Intent::RewriteFor { source, reader } => match self.readers().find(reader) {
                Some(reader) => self.rewrite_for(request, source, Some(reader)).await,
                None => Reply::Say(Say::unknown_reader(reader, &self.readers())),
            },
            Intent::ChangeReader { subject, reader } => self.change_reader(request, subject, reader).await,
            Intent::ChangeDepth { entries, reader, depth } => self.change_depth(request, entries, reader, *depth),
            Intent::Again { pending, reader } => self.again(request, pending, reader).await,
            Intent::ChooseReader { reader } => self.choose_reader(request, reader).await,
            Intent::Show { pending, aspect, reader } => self.show(request, pending, *aspect, reader.as_ref()).await,
            Intent::OpenHome => self.home(request, None).await,
            Intent::ForgetAsked => Box::pin(self.forget_asked(request)).await,
            Intent::OfferPrompts => self.offer_prompts(request).await,
            Intent::Look => {
                self.look(request).await;
                Reply::Nothing
            }
            Intent::Stop { .. } => Reply::Say(Say::stopped()),
            Intent::LookUp { query } => self.look_up(request, query).await,
            Intent::Suggest { typed } => self.suggest(request, typed),
            Intent::OpenDraft => self.open_draft(request, "", &[]).await,
            Intent::ReopenDraft { pending, readers } => self.reopen_draft(request, pending, readers).await,
            Intent::CheckDraft { source, readers } => self.check_draft(request, source, readers).await,
            Intent::PreparePost { pending, readers } => self.prepare_post(request, pending, readers).await,
            Intent::PostDraft { pending, version, to } => self.post_draft(request, pending, version, to).await,
            Intent::Share { ticket } => self.share(request, ticket).await,
            Intent::Judge { about, reader, judgement, shared } => {
                self.judge(request, about, reader, *judgement, *shared).await
            }
            Intent::MissTerm { about } => self.miss_term(request, about).await,
            Intent::RequestDefinition { term } => self.request_definition(request, term).await,
            Intent::Glossary { wish } => self.keep_glossary(request, wish).await,
            Intent::Mark { concept, knowing, shown } => self.mark(request, concept, *knowing, shown).await,
            Intent::SuggestKnown { typed } => self.suggest_known(request, typed),
            Intent::Search { words, skip, most } => self.search(request, words, *skip, *most),
            Intent::Dismiss { pending } => self.dismiss(request, pending).await,
            // Nobody asked, so nobody is answered; [`App::passed_on`] says what is posted elsewhere.
            Intent::PassOn { .. } => Reply::Nothing,
        }
    }

    async fn obey(self: &Arc<Self>, request: &Request, door: Door, text: &crate::engine::SourceText) -> Reply {
        match parse(text.text(), door, &self.readers()) {
            Command::Help => Reply::Help,
            Command::Settings => self.settings(request),
            Command::Channel(wish) => self.choose_for_channel(request, &wish).await,
            Command::SetReader(reader) => self.choose_reader(request, reader.as_str()).await,
            Command::UnknownReader(typed) => Reply::Say(Say::unknown_reader(&typed, &self.readers())),
            Command::PointsElsewhere { .. } => Reply::Say(Say::not_seen()),
            Command::Explain { query, reader } => self.explain_or_rewrite(request, query, reader).await,
            Command::Glossary(wish) => self.keep_glossary(request, &wish).await,
            Command::Known => self.known_list(request, None).await,
            Command::Know { terms } => match self.know(request, terms).await {
                Some(reply) => reply,
                None => self.rewrite_for(request, text, None).await,
            },
            Command::TakeBack { terms } => match self.take_back(request, terms).await {
                Some(reply) => reply,
                None => self.rewrite_for(request, text, None).await,
            },
            Command::TakeAllBack => self.take_all_back(request).await,
            Command::Draft { text, readers } => self.open_draft(request, text, &readers).await,
            Command::TooManyReaders => Reply::Say(Say::too_many_readers(MOST_READERS)),
            Command::RewriteForSeveral { text, readers } => {
                self.rewrite_for_several(request, &crate::engine::SourceText::new(text), &readers).await
            }
            Command::Rewrite { text, reader } => {
                self.rewrite_for(request, &crate::engine::SourceText::new(text), reader.as_ref()).await
            }
        }
    }

    /// The reader to write for: the one named, else the one remembered, else the channel's, else the default.
    fn audience<'e>(&self, engine: &'e Engine, request: &Request, named: Option<&AudienceId>) -> &'e Audience {
        let remembered = || self.store.preference(&request.actor.workspace, &request.actor.person);
        let of_the_channel = || request.place.as_ref().and_then(|place| place.reader.clone());
        let id = named.cloned().or_else(remembered).or_else(of_the_channel);
        // A remembered audience may have been removed from the content since.
        id.and_then(|id| engine.audience(id.as_str())).unwrap_or_else(|| engine.default_audience())
    }

    /// The id of the reader to write for when none is named.
    fn reader(&self, request: &Request) -> AudienceId {
        AudienceId::new(&*self.audience(&self.engine(), request, None).id)
    }
}

#[cfg(test)]
mod tests {
    use super::App;

    #[test]
    fn no_answer_carries_along_what_another_one_needs() {
        const fn size_of_answer<A, B, F: Future>(_: &fn(A, B) -> F) -> usize {
            size_of::<F>()
        }
        let bytes = size_of_answer(&(App::answer as fn(_, _) -> _));
        assert!(bytes < 3_000, "{bytes} bytes");
    }
}
