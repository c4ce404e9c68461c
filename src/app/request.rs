//! What a platform asks for, in the application's words.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    About, Aspect, BridgeSight, Depth, Destination, Door, DraftVersion, GlossaryWish, Judgement, Knowing, Poster,
    Right, ShareInto, ShareTicket, ShownAgain, Sight,
};
use crate::{
    clock::Timestamp,
    engine::{Location, SourceText},
    ids::{AudienceId, ChannelId, OrganisationId, PendingId, PersonId, Platform, RequestId, WorkspaceId},
};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The workspace in which the request was made.
    pub workspace: WorkspaceId,
    /// The person.
    pub person: PersonId,
    /// The organisation that the workspace belongs to, when the platform names one: an installation may be its.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

impl Actor {
    /// A person in a workspace outside of any organisation.
    #[must_use]
    pub fn new(workspace: WorkspaceId, person: PersonId) -> Self {
        Self { workspace, person, organisation: None }
    }
}

/// One delivery of a platform, verified and decoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The same again when the platform repeats itself.
    pub id: RequestId,
    /// Who asks.
    pub actor: Actor,
    /// When it came in.
    pub received_at: Timestamp,
    /// What is wanted.
    pub intent: Intent,
    /// Where the answer belongs.
    pub reply_to: ReplyTo,
    /// Where it was asked, when that is known and matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where the text was written that this is about, or else where it was asked: which entries of the glossary hold there.
    #[serde(default, skip_serializing_if = "Location::is_nowhere")]
    pub location: Location,
}

/// A place in which people talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The platform.
    pub platform: Platform,
    /// The channel.
    pub channel: ChannelId,
    /// Whether the person may choose for everybody there, when that was asked.
    #[serde(default)]
    pub right: Right,
    /// The reader that was chosen for the channel; the application fills it in.
    #[serde(skip)]
    pub reader: Option<AudienceId>,
    /// What the platform sees of a bridge that is wished for here.
    #[serde(skip)]
    pub bridge: Option<BridgeSight>,
    /// Whether nobody is there but the person and the app.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_of_two: bool,
    /// When it was asked, by the platform's clock, as it writes it, where that may have to be compared with a later wish to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
    /// What the person looks at meanwhile, where the platform says so; `None` where it says nothing of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_sight: Option<Sight>,
    /// What an answer needs to be shared there; `None` where sharing is not offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
}

impl Place {
    /// A channel of which nothing more is known.
    #[must_use]
    pub fn channel(platform: Platform, channel: ChannelId) -> Self {
        Self {
            platform,
            channel,
            right: Right::Unknown,
            reader: None,
            bridge: None,
            is_of_two: false,
            asked_at: None,
            in_sight: None,
            original: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What is known of the text that an answer is about. The ids and addresses are the platform's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Original {
    /// The message; `None` for a text that was typed and not posted.
    pub message: Option<String>,
    /// The message that its thread hangs on, the message itself when it opens one.
    pub thread: Option<String>,
    /// The person who wrote it.
    pub author: Option<PersonId>,
    /// The author's name, when it came along.
    pub author_name: Option<String>,
    /// What links into this workspace begin with, as the platform names it.
    pub site: Option<String>,
    /// Takes a post where the app itself may not post.
    pub address: Option<String>,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// Do what was typed.
    Command {
        /// The door through which it came, which decides what bare text means.
        door: Door,
        /// What was typed.
        #[serde(with = "source_text")]
        text: SourceText,
    },
    /// Do what was typed below another message, which may be what is meant.
    CommandBelow {
        /// What was typed.
        #[serde(with = "source_text")]
        text: SourceText,
        /// Where the other messages are.
        thread: Thread,
    },
    /// Do what was typed beside a message that came along.
    CommandWith {
        /// What was typed.
        #[serde(with = "source_text")]
        text: SourceText,
        /// The message that came along.
        #[serde(with = "source_text")]
        attached: SourceText,
    },
    /// Do what was typed beside the address of a message, which the platform shows a moment later.
    CommandLinked {
        /// What was typed, without the address.
        #[serde(with = "source_text")]
        text: SourceText,
        /// Where it was typed.
        thread: Thread,
    },
    /// Tell somebody of another organisation that only our own people are answered.
    DeclineStranger,
    /// Ask for the reader of a message first.
    AskReader {
        /// The message.
        #[serde(with = "source_text")]
        source: SourceText,
    },
    /// Rewrite somebody's message for the person's usual reader.
    RewriteMessage {
        /// The message.
        #[serde(with = "source_text")]
        source: SourceText,
    },
    /// Show a form for a text and a reader.
    Compose,
    /// Rewrite a text for the reader chosen beside it.
    RewriteFor {
        /// The text.
        #[serde(with = "source_text")]
        source: SourceText,
        /// Id of the audience.
        reader: String,
    },
    /// Give an answer again, for another reader, and remember that reader.
    ChangeReader {
        /// What the answer is about.
        subject: Subject,
        /// Id of the audience.
        reader: String,
    },
    /// Tell entries at another depth, for the reader for whom they are told.
    ChangeDepth {
        /// Ids of the entries, with commas between them.
        entries: String,
        /// Id of the audience.
        reader: String,
        /// How much is told.
        depth: Depth,
    },
    /// Give an answer again as it was.
    Again {
        /// The text behind the answer.
        pending: PendingId,
        /// Id of the audience.
        reader: String,
    },
    /// Remember a reader.
    ChooseReader {
        /// Id of the audience.
        reader: String,
    },
    /// Show one side of an answer.
    Show {
        /// The text behind the answer.
        pending: PendingId,
        /// Which side.
        aspect: Aspect,
        /// Id of the audience that the answer is for; the person's own where an earlier version has not noted it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reader: Option<AudienceId>,
    },
    /// Share an answer with everybody who saw the message.
    Share {
        /// What was approved.
        ticket: ShareTicket,
    },
    /// Show the person's own page.
    OpenHome,
    /// Forget what the person asked about lately.
    ForgetAsked,
    /// Offer what can be asked in the person's conversation with the app, which they opened.
    OfferPrompts,
    /// Remember what the person looks at, which stands in the request's place.
    Look,
    /// Send nothing more of what was asked in a thread before.
    Stop {
        /// The channel.
        channel: ChannelId,
        /// The message that the thread hangs on.
        thread: String,
        /// When that was wished, by the platform's clock, as it writes it.
        at: String,
    },
    /// Look for a term or an entry of the glossary.
    LookUp {
        /// The term, or the id of a concept.
        query: String,
    },
    /// Name entries that fit what is being typed.
    Suggest {
        /// What stands there so far.
        typed: String,
    },
    /// Open the draft editor.
    OpenDraft,
    /// Open the draft editor with a draft that was kept.
    ReopenDraft {
        /// The draft.
        pending: PendingId,
        /// Who it is for; the person's own reader when there are none.
        readers: Vec<AudienceId>,
    },
    /// Say what readers will take from a draft.
    CheckDraft {
        /// The draft.
        #[serde(with = "source_text")]
        source: SourceText,
        /// Ids of audiences.
        readers: Vec<String>,
    },
    /// Show what of a draft can be posted, and ask where.
    PreparePost {
        /// The text behind the draft.
        pending: PendingId,
        /// Whose versions were read.
        readers: Vec<AudienceId>,
    },
    /// Post a draft.
    PostDraft {
        /// The text behind it.
        pending: PendingId,
        /// Which words.
        version: DraftVersion,
        /// Where.
        to: Destination,
    },
    /// Say how an answer was.
    Judge {
        /// What the answer was made of.
        #[serde(rename = "pending")]
        about: About,
        /// Id of the audience it was for.
        reader: String,
        /// How it was.
        judgement: Judgement,
        /// Where the answer was shared before.
        shared: Option<ShareInto>,
    },
    /// Show a form to ask for a definition.
    MissTerm {
        /// What the answer was made of in which a term was missed.
        #[serde(rename = "pending")]
        about: About,
    },
    /// Ask for a definition.
    RequestDefinition {
        /// The term.
        term: String,
    },
    /// Look after the glossary.
    Glossary {
        /// What is wished.
        wish: GlossaryWish,
    },
    /// Remember that the person knows an entry, or no longer does, and show again what stood there.
    Mark {
        /// Id of the concept.
        concept: String,
        /// Whether they know it.
        knowing: Knowing,
        /// What is shown again.
        shown: ShownAgain,
    },
    /// Name those of the person's known terms that fit what is being typed.
    SuggestKnown {
        /// What stands there so far.
        typed: String,
    },
    /// Find entries of the glossary while somebody types.
    Search {
        /// What was typed so far.
        words: String,
        /// How many of the entries found were shown before.
        skip: usize,
        /// How many are wanted.
        most: usize,
    },
    /// Pass a post on into another channel, when that was chosen for it.
    PassOn {
        /// The post.
        #[serde(with = "source_text")]
        source: SourceText,
        /// The app that posted it.
        by: Poster,
        /// Only members of its channel can read it.
        is_private: bool,
    },
    /// The answer was closed: forget the text behind it.
    Dismiss {
        /// The text behind the answer.
        pending: PendingId,
    },
}

impl Intent {
    /// Whether its fulfilment is seen by everybody, and must therefore happen once.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Share { .. } | Self::PostDraft { .. })
    }
}

/// Messages below one another, as the platform names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The channel.
    pub channel: ChannelId,
    /// The message that the thread hangs on.
    pub parent: String,
    /// The message in which something is asked.
    pub own: String,
    /// The app's own user there, whose words are nobody's news.
    pub app_user: Option<PersonId>,
    /// The app itself.
    pub app: Option<String>,
}

/// What an answer on somebody's screen is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A text that was kept.
    Text(PendingId),
    /// An entry of the glossary.
    Concept(String),
}

/// Where an answer belongs. The addresses are the platform's own; the application never looks inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplyTo {
    /// In the response to the delivery itself.
    Response,
    /// In the response to the delivery itself, where others read it too or it becomes part of what they read.
    OpenResponse,
    /// In a dialog that this one-use ticket opens, or as a private message when the ticket has expired.
    Dialog {
        /// Opens the dialog, once and for a short time.
        ticket: String,
        /// Takes a private message instead.
        fallback: Option<String>,
    },
    /// In a thread, for everybody there.
    Thread {
        /// The channel.
        channel: ChannelId,
        /// The message that the thread hangs on.
        message: String,
    },
    /// In a channel, seen by one person only.
    Private {
        /// The channel.
        channel: ChannelId,
        /// Who sees it.
        person: PersonId,
        /// The message that the thread hangs on, when it is one.
        thread: Option<String>,
    },
    /// In a conversation whose server is named by the delivery.
    Conversation(Box<Conversation>),
    /// In place of the private message that carried the menu.
    Message {
        /// Takes the new message.
        address: String,
    },
    /// In a dialog above the open one, which this one-use ticket opens.
    DialogAbove {
        /// Opens the dialog, once and for a short time.
        ticket: String,
    },
    /// In place of what the open dialog shows.
    OpenDialog {
        /// The dialog.
        dialog: String,
    },
    /// In place of the form that was just sent: in the response, or later in its dialog.
    Form {
        /// The dialog.
        dialog: String,
    },
    /// On the person's own page.
    Home,
    /// Above what is written in the person's conversation with the app.
    Conversing {
        /// The thread that this conversation is, where a platform has one for each; `None` where it has one for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
        /// The conversation.
        channel: ChannelId,
    },
    /// As the options of a menu, in the response.
    Options,
    /// Nowhere: nobody waits for an answer.
    Nowhere,
}

/// A conversation, and who asked in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Where its server is reached.
    pub service: String,
    /// The conversation.
    pub id: ChannelId,
    /// The message that is answered, when it is one.
    pub message: Option<String>,
    /// Who asked, by the name that the conversation knows.
    pub person: PersonId,
    /// Who sees the answer.
    pub seen_by: SeenBy,
}

/// Who sees an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeenBy {
    /// The person who asked: nobody else is there.
    ThePerson,
    /// All who are in the conversation.
    Everybody,
    /// The person who asked, though others are there.
    OnlyThePerson,
}

/// A text is stored as its canonical text, which reads as itself again.
mod source_text {
    use super::{Deserialize, Deserializer, Serializer, SourceText};

    pub(super) fn serialize<S: Serializer>(source: &SourceText, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(source.text())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SourceText, D::Error> {
        String::deserialize(deserializer).map(|text| SourceText::new(&text))
    }
}
