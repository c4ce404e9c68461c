//! What the application answers, for a platform to encode.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::definitions::MAX_TERM_CHARS;
use super::{
    ChannelReply, Depth, DraftReply, Feedback, GlossaryReply, HomeReply, KnownReply, KnownTerm, Post, PostedText,
    Prompt, Readers, SeveralReply, Sharing, Suggestion,
};
use crate::{
    engine::{Audience, Explanation, Rendering, SourceText},
    ids::{AudienceId, PendingId, Platform},
};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// A rewritten message.
    Rewrite(Box<RewriteReply>),
    /// An explained term.
    Explanation(Box<ExplanationReply>),
    /// Entries of the glossary, the nearest first.
    Found(Vec<ExplanationReply>),
    /// One side of a rewritten message.
    Aspect(Aspect, Box<RewriteReply>),
    /// A form for a text and a reader.
    Form {
        /// The reader chosen in advance.
        reader: AudienceId,
    },
    /// The question whom a kept text is for.
    ReaderForm {
        /// The kept text.
        pending: PendingId,
    },
    /// How to use Upshot.
    Help,
    /// The person's settings.
    Settings {
        /// The reader that answers are written for now.
        reader: AudienceId,
    },
    /// A form to ask for a definition.
    DefinitionForm {
        /// Words of the message that look like jargon and have no entry.
        unknown: Vec<String>,
    },
    /// The same message for several readers.
    Several(SeveralReply),
    /// The terms that a person knows.
    Known(KnownReply),
    /// Entries of the glossary, for whoever looks after it.
    Glossary(Box<GlossaryReply>),
    /// What was chosen for a channel.
    Channel(ChannelReply),
    /// A person's own page.
    Home(Box<HomeReply>),
    /// Entries to choose from.
    Suggestions(Vec<Suggestion>),
    /// The draft editor.
    Draft(Box<DraftReply>),
    /// What of a draft can be posted, and a form that asks where.
    DraftPost(Box<DraftReply>),
    /// A text to copy, because it could not be posted.
    Copy(PostedText),
    /// Something to post where everybody reads it.
    Post(Box<Post>),
    /// What can be asked, for somebody who opens their conversation with the app.
    Prompts(Vec<Prompt>),
    /// A sentence or two.
    Say(Say),
    /// Nothing to say.
    Nothing,
}

/// A rewritten message with what is needed to show it.
#[derive(Debug, Clone, PartialEq)]
pub struct RewriteReply {
    /// The rewrite.
    pub rendering: Rendering,
    /// The reader it is for.
    pub reader: AudienceId,
    /// The message as it was.
    pub source: SourceText,
    /// The kept source, so that menus and buttons work; `None` when it could not be kept.
    pub pending: Option<PendingId>,
    /// Whether and how it can be shared.
    pub sharing: Sharing,
    /// Whether the reader said how it is.
    pub feedback: Feedback,
    /// Its terms that the person may say they know, or take back; none where others read along.
    pub marks: Vec<KnownTerm>,
}

impl RewriteReply {
    /// A rewrite that nobody can press anything under.
    #[must_use]
    pub fn bare(rendering: Rendering, reader: AudienceId, source: SourceText) -> Self {
        Self {
            rendering,
            reader,
            source,
            pending: None,
            sharing: Sharing::NotOffered,
            feedback: Feedback::Open,
            marks: Vec::new(),
        }
    }
}

/// An explained term with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExplanationReply {
    /// The explanation.
    pub explanation: Arc<Explanation>,
    /// Whether an entry was asked for in words of its own and nothing else, so that nobody's words but the glossary's are in it, and
    /// many will ask the same.
    pub is_common: bool,
    /// How much of it is told.
    pub depth: Depth,
    /// The reader it is for.
    pub reader: AudienceId,
    /// Its entries that the person may say they know, or take back; none where others read along.
    pub marks: Vec<KnownTerm>,
    /// Whether and how it can be shared.
    pub sharing: Sharing,
    /// Whether the reader said how it is.
    pub feedback: Feedback,
}

impl ExplanationReply {
    /// An explanation with nothing to press under it.
    #[must_use]
    pub fn bare(explanation: Arc<Explanation>, reader: AudienceId, depth: Depth) -> Self {
        Self {
            explanation,
            is_common: false,
            depth,
            reader,
            marks: Vec::new(),
            sharing: Sharing::NotOffered,
            feedback: Feedback::Open,
        }
    }
}

/// One side of a rewritten message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aspect {
    /// The complete message in business words.
    Plain,
    /// Where each replaced word came from.
    Why,
    /// The message as it was.
    Original,
}

/// A friendly sentence, written to be shown as it is. Plain text without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    text: String,
    is_failure: bool,
}

impl Say {
    /// The sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it says why the wish was not fulfilled.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.is_failure
    }

    /// Why a wish was not fulfilled, in a platform's own words.
    #[must_use]
    pub fn failure(text: impl Into<String>) -> Self {
        Self::sorry(text)
    }

    /// Why a message was not read that was pointed at, in a platform's own words, and the way that needs no reading.
    #[must_use]
    pub fn unread(why: &str) -> Self {
        Self::sorry(format!(
            "{why} Or open the menu of that message and choose “Explain this”: then only you see the answer."
        ))
    }

    /// What was done, or what somebody is to know.
    #[must_use]
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_failure: false }
    }

    fn sorry(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_failure: true }
    }

    pub(super) fn unknown_reader(typed: &str, readers: &Readers) -> Self {
        let typed: String = typed.chars().take(40).collect();
        Self::sorry(format!("I do not know the reader “{typed}”. Choose one of: {}.", readers.ids()))
    }

    pub(super) fn nothing_to_rewrite() -> Self {
        Self::sorry("There is no text in this message that I could rewrite.")
    }

    pub(super) fn members_only() -> Self {
        Self::sorry("I answer members of my own workspace only. Please ask one of them what this means.")
    }

    pub(super) fn not_seen() -> Self {
        Self::sorry(
            "I read only what is written to me, not the message you mean. Open the menu of that message and choose \
             “Explain this”: then only you see the answer. Or paste its text behind my name.",
        )
    }

    pub(super) fn too_long(limit: usize) -> Self {
        Self::sorry(format!("This text is longer than {limit} characters. Send me the part that matters."))
    }

    pub(super) fn expired() -> Self {
        Self::sorry("I no longer have the text behind this answer; I keep it for an hour. Please ask again.")
    }

    pub(super) fn reader_remembered(audience: &Audience) -> Self {
        Self { text: format!("Done. From now on I write for this reader: {}.", audience.title), is_failure: false }
    }

    pub(super) fn for_own_people() -> Self {
        Self::sorry(
            "Another company reads along there, and these words come from entries that are for your own people, so nothing was \
             posted. Whoever keeps the glossary can mark an entry as shareable; a text of your own can be posted as it is.",
        )
    }

    pub(super) fn told_among_ourselves(asked: &str) -> Self {
        let asked: String = asked.chars().take(MAX_TERM_CHARS).collect();
        Self::sorry(format!(
            "What the glossary says of “{asked}” is for our own people, and another company reads along here. Ask me in our own \
             conversation."
        ))
    }

    pub(super) fn cannot_be_shared() -> Self {
        Self::sorry("I do not know where this text was posted, so I cannot share it there. Copy the answer instead.")
    }

    pub(super) fn too_many_readers(most: usize) -> Self {
        Self::sorry(format!("Name at most {most} readers at once, then their versions can be compared."))
    }

    pub(super) fn words_have_changed() -> Self {
        Self::sorry(
            "The glossary has changed since you read this version, so nothing was posted. Check the draft again, then post.",
        )
    }

    /// What is said while a post is on its way.
    #[must_use]
    pub fn on_its_way() -> Self {
        Self { text: "It is being posted.".to_owned(), is_failure: false }
    }

    pub(super) fn posted() -> Self {
        Self { text: "It is posted.".to_owned(), is_failure: false }
    }

    pub(super) fn counted() -> Self {
        Self {
            text: "Thank you. It was counted, without your name and without the text.".to_owned(),
            is_failure: false,
        }
    }

    pub(super) fn definition_requested(term: &str) -> Self {
        Self {
            text: format!(
                "Done. Whoever keeps the glossary sees that “{term}” is wanted and how many people asked, not who."
            ),
            is_failure: false,
        }
    }

    pub(super) fn known(terms: &[String], unknown: &[String], ambiguous: &[String]) -> Self {
        let mut text = format!(
            "Done. In your own answers I leave this in the author's words from now on: {}. Nobody else sees it, and what you \
             share is still put in plain words.",
            quoted(terms)
        );
        if !ambiguous.is_empty() {
            text.push_str(&format!(
                " I took the likeliest meaning of {}; where it means something else I go on putting it in plain words.",
                quoted(ambiguous)
            ));
        }
        if !unknown.is_empty() {
            text.push_str(&format!(" The glossary has no entry for {}.", quoted(unknown)));
        }
        Self { text, is_failure: false }
    }

    pub(super) fn taken_back(terms: &[String]) -> Self {
        Self { text: format!("Done. I put this in plain words for you again: {}.", quoted(terms)), is_failure: false }
    }

    pub(super) fn all_taken_back() -> Self {
        Self {
            text: "Done. I put every term in plain words for you again, as far as the glossary has any.".to_owned(),
            is_failure: false,
        }
    }

    pub(super) fn not_in_the_glossary(terms: &[String]) -> Self {
        Self::sorry(format!(
            "The glossary has no entry for {}, so I never put other words in its place and nothing was noted. Name terms as \
             the glossary writes them, with commas between them.",
            quoted(terms)
        ))
    }

    pub(super) fn was_not_known(terms: &str) -> Self {
        let terms: String = terms.chars().take(80).collect();
        Self::sorry(format!("You had not told me that you know “{terms}”. To see what you told me, write: know"))
    }

    pub(super) fn knows_enough(most: u32) -> Self {
        Self::sorry(format!(
            "You told me {most} terms that you know, and I remember no more, so nothing was noted. Take one back that seldom \
             comes up (forget p95), or choose the reader who keeps all terms (settings engineer)."
        ))
    }

    pub(super) fn entry_is_gone() -> Self {
        Self::sorry("This entry is no longer in the glossary, so nothing was noted.")
    }

    pub(super) fn between_us() -> Self {
        Self::sorry(
            "Which terms you know is nobody else's business, so I speak of it only where nobody else reads along. Write the \
             same to me in our own conversation.",
        )
    }

    pub(super) fn no_channel() -> Self {
        Self::sorry("That can be chosen for a channel only. Type it in the channel that you mean.")
    }

    pub(super) fn no_channel_in_teams() -> Self {
        Self::sorry(
            "That is chosen where it holds: call me by name in the channel or the group chat that you mean, as in “@Upshot settings \
             here sales”. An outgoing webhook cannot choose it. For yourself “settings sales” makes sales your usual reader.",
        )
    }

    pub(super) fn not_yours(platform: Platform) -> Self {
        Self::sorry(match platform {
            Platform::Slack => {
                "That changes my answers for everybody here, so only who runs the workspace or made this channel can choose it. \
                 For your own answers choose your own reader."
            }
            Platform::Teams => {
                "That changes my answers for everybody here, so only who added me here, or approves entries of the glossary, can \
                 choose it. For your own answers choose your own reader: write “settings sales” to me directly."
            }
        })
    }

    pub(super) fn right_unknown(platform: Platform) -> Self {
        Self::sorry(match platform {
            Platform::Slack => {
                "I could not find out whether you may choose that for everybody here, so nothing was changed. Type it as a \
                 command in the channel; when it stays so, the app lacks the permission to read people and channels."
            }
            Platform::Teams => {
                "I could not find out whether you may choose that for everybody here, so nothing was changed. Please try again in \
                 a minute."
            }
        })
    }

    pub(super) fn no_query(limit: usize) -> Self {
        Self::sorry(format!("Ask for a term in at most {limit} characters."))
    }

    pub(super) fn no_term() -> Self {
        Self::sorry(format!("Name the term in at most {MAX_TERM_CHARS} characters, then I can ask for a definition."))
    }

    /// Said at a form whose end takes longer than the platform waits.
    pub(crate) fn takes_longer() -> Self {
        Self::sorry("This takes a moment longer. Leave it open: what comes of it is shown here.")
    }

    /// Said when a dialog that asks for something did not open.
    pub(crate) fn not_opened() -> Self {
        Self::sorry("The dialog that you asked for did not open. Please try it once more.")
    }

    pub(super) fn unavailable() -> Self {
        Self::sorry("I cannot reach my memory right now. Please try again in a minute.")
    }
}

/// Terms in a sentence.
fn quoted(terms: &[String]) -> String {
    const MOST: usize = 20;
    let mut told: Vec<String> = terms.iter().take(MOST).map(|term| format!("“{term}”")).collect();
    if terms.len() > MOST {
        told.push(format!("{} more", terms.len() - MOST));
    }
    told.join(", ")
}
