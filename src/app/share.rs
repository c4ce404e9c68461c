//! Sharing: an answer that one person read and approved goes to everybody who saw the message it is about.
//!
//! What is posted is what was approved. The text of an answer is not kept, only the source behind it, so the button that
//! shares carries a digest of the answer: when the same source gives other words by now (the glossary was changed), nothing
//! is posted and the person reads the new words first. The same holds when the answer left terms as they were because its
//! one reader knows them: others may not, so what is shared is the version without them, and it is read first.
//!
//! An explanation is shared in the same way, and nothing is kept for it: its ticket names the entries, and where it goes is
//! where the button was pressed. Nobody is told who asked.

use std::{fmt, iter};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    About, App, ExplanationReply, Intent, Original, Place, Reply, Request, RewriteReply, Say, answer_text, known::Eyes,
};
use crate::{
    engine::{Engine, Rendering, SourceText},
    ids::{AudienceId, ChannelId, PendingId, PersonId, hex},
};

/// Whether and how an answer can be shared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// It cannot: nobody knows where the message stands.
    NotOffered,
    /// It can.
    Offered(ShareTicket),
    /// The person read words that others may not know. These are the words for others, which can be shared once they were
    /// read.
    ForOthers(ShareTicket),
    /// The words have changed since they were approved; they can be shared once they were read.
    Changed(ShareTicket),
    /// It is shared.
    Done(ShareInto),
    /// The platform refused; the ticket is for another attempt.
    Refused(ShareTicket),
}

/// Where a shared answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ShareInto {
    /// Into the thread of the message.
    Thread,
    /// Into the channel, for a text that nobody has posted there yet.
    Channel,
}

impl ShareInto {
    /// Its name on buttons.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Channel => "channel",
        }
    }

    fn the_place_of(original: &Original) -> Self {
        if original.thread.is_some() { Self::Thread } else { Self::Channel }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Thread, Self::Channel].into_iter().find(|into| into.name() == name)
    }
}

/// The right to share one answer once, small enough to hang on a button.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShareTicket {
    /// What the answer was made of.
    #[serde(rename = "pending")]
    pub about: About,
    /// The reader whose version was approved.
    pub reader: AudienceId,
    /// What the approved words hash to.
    pub digest: String,
    /// Grows when an attempt was refused, so that the next one is not taken for a repetition.
    pub attempt: u32,
    /// Where it goes.
    pub into: ShareInto,
}

impl ShareTicket {
    pub(super) fn new(pending: &PendingId, reply: &RewriteReply, original: &Original) -> Self {
        Self {
            about: About::Text(pending.clone()),
            reader: reply.reader.clone(),
            digest: digest(&reply.rendering),
            attempt: 0,
            into: ShareInto::the_place_of(original),
        }
    }

    /// For an explanation; `None` where it holds more than entries do, or leaves open which of several meanings is the one.
    pub(super) fn of_explanation(found: &ExplanationReply, original: &Original) -> Option<Self> {
        let mut all = iter::once(&*found.explanation).chain(&found.explanation.also);
        if all.any(|one| !one.in_context.is_empty() || !one.other_senses.is_empty()) {
            return None;
        }
        Some(Self {
            about: found.about()?,
            reader: found.reader.clone(),
            digest: digest_of_explanation(found),
            attempt: 0,
            into: ShareInto::the_place_of(original),
        })
    }

    /// Reads a ticket back from a button.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(5, '.');
        let into = ShareInto::named(parts.next()?)?;
        let attempt = parts.next()?.parse().ok()?;
        let (digest, reader, about) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            about: About::from(about.to_owned()),
            reader: AudienceId::new(reader),
            digest: digest.to_owned(),
            attempt,
            into,
        })
    }

    /// The ticket for another attempt.
    fn again(&self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self.clone() }
    }
}

impl fmt::Display for ShareTicket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { about, reader, digest, attempt, into } = self;
        write!(formatter, "{about}.{reader}.{digest}.{attempt}.{}", into.name())
    }
}

/// Something to post where everybody reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Where it goes.
    pub to: Destination,
    /// What is posted.
    pub text: PostedText,
    /// Who is named with it.
    pub credit: Credit,
    /// The private answer as it reads when the post has arrived.
    pub done: Reply,
    /// The private answer as it reads when the platform refused.
    pub refused: Reply,
}

/// Where a post goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The channel.
    pub channel: ChannelId,
    /// The message that the thread hangs on.
    pub thread: Option<String>,
    /// Takes the post where the app itself may not post.
    pub address: Option<String>,
    /// What links into the workspace begin with, as the platform names it.
    pub site: Option<String>,
}

impl Destination {
    fn of(place: &Place, original: &Original) -> Self {
        Self {
            channel: place.channel.clone(),
            thread: original.thread.clone(),
            address: original.address.clone(),
            site: original.site.clone(),
        }
    }
}

/// What is posted.
#[derive(Debug, Clone, PartialEq)]
pub enum PostedText {
    /// A rewrite, with the title of its reader.
    Rewrite {
        /// The rewrite.
        rendering: Box<Rendering>,
        /// The reader it is for, as people name them.
        reader: String,
    },
    /// Somebody's own text.
    Own(SourceText),
    /// An explanation, with the title of its reader.
    Explanation {
        /// The explanation.
        found: Box<ExplanationReply>,
        /// The reader it is for, as people name them.
        reader: String,
    },
}

/// Who is named with a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The person who approved it.
    pub approved_by: PersonId,
    /// What is known of the message it is about; `None` for a text of the person's own.
    pub original: Option<Original>,
}

impl App {
    pub(super) async fn share(&self, request: &Request, ticket: &ShareTicket) -> Reply {
        match &ticket.about {
            About::Text(pending) => self.share_rewrite(request, pending, ticket).await,
            About::Entries { ids, depth } => {
                let read = |request: &Request| self.explained_again(request, ids, &ticket.reader, *depth);
                let found = read(&request.among_partners(false));
                let is_for_own_people = request.location.is_among_partners()
                    && digest_of_explanation(&read(request)) != digest_of_explanation(&found);
                if is_for_own_people {
                    return Reply::Say(Say::for_own_people());
                }
                self.share_explanation(request, found, ticket)
            }
        }
    }

    /// The channel into which something is to be posted; `None` for any other wish, and where nothing can be.
    pub async fn posts_into(&self, request: &Request) -> Option<ChannelId> {
        match &request.intent {
            Intent::Share { ticket: ShareTicket { about: About::Text(pending), .. } } => {
                Some(self.kept(request, pending).await.ok()??.place?.channel)
            }
            Intent::Share { ticket: ShareTicket { about: About::Entries { .. }, .. } } => {
                request.place.as_ref().map(|place| place.channel.clone())
            }
            Intent::PostDraft { to, .. } => Some(to.channel.clone()),
            _ => None,
        }
    }

    fn share_explanation(&self, request: &Request, found: ExplanationReply, ticket: &ShareTicket) -> Reply {
        let Some((place, original)) = original_of(request.place.as_ref()) else {
            return Reply::Say(Say::cannot_be_shared());
        };
        if found.reader != ticket.reader || digest_of_explanation(&found) != ticket.digest {
            let fresh = ShareTicket::of_explanation(&found, original);
            let sharing = fresh.map_or(Sharing::NotOffered, |fresh| {
                Sharing::Changed(ShareTicket { attempt: ticket.again().attempt, ..fresh })
            });
            return Reply::Explanation(Box::new(ExplanationReply { sharing, ..found }));
        }
        let ended = |sharing| Reply::Explanation(Box::new(ExplanationReply { sharing, ..found.clone() }));
        Reply::Post(Box::new(Post {
            to: Destination::of(place, original),
            done: ended(Sharing::Done(ticket.into)),
            refused: ended(Sharing::Refused(ticket.again())),
            text: PostedText::Explanation { reader: self.title_of_reader(&found.reader), found: Box::new(found) },
            credit: Credit { approved_by: request.actor.person.clone(), original: None },
        }))
    }

    fn title_of_reader(&self, reader: &AudienceId) -> String {
        self.readers().get(reader).map(|reader| reader.title.clone()).unwrap_or_default()
    }

    async fn share_rewrite(&self, request: &Request, pending: &PendingId, ticket: &ShareTicket) -> Reply {
        let kept = match self.kept(request, pending).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return Reply::Say(Say::expired()),
            Err(()) => return Reply::Say(Say::unavailable()),
        };
        let place = kept.place.clone();
        let Some((place, original)) = original_of(place.as_ref()) else {
            return Reply::Say(Say::cannot_be_shared());
        };
        let engine = self.engine_at(&kept.location);
        let read_by = |engine: &Engine, eyes: &Eyes| {
            self.render(engine, request, kept.clone(), Some(&ticket.reader), Some(pending.clone()), eyes)
        };
        let is_approved =
            |reply: &RewriteReply| reply.reader == ticket.reader && digest(&reply.rendering) == ticket.digest;
        let reply = read_by(&engine, &Eyes::Everybodys);
        if !is_approved(&reply) {
            let was_own = is_approved(&read_by(&engine, &self.eyes(request)));
            let fresh = ShareTicket { attempt: ticket.again().attempt, ..ShareTicket::new(pending, &reply, original) };
            let sharing = if was_own { Sharing::ForOthers(fresh) } else { Sharing::Changed(fresh) };
            return Reply::Rewrite(Box::new(RewriteReply { sharing, ..reply }));
        }
        if request.location.is_among_partners() {
            let location = kept.location.clone().among_partners(true);
            if !is_approved(&read_by(&self.engine_at(&location), &Eyes::Everybodys)) {
                return Reply::Say(Say::for_own_people());
            }
        }
        let reader = self.title_of_reader(&reply.reader);
        let ended = |sharing| Reply::Rewrite(Box::new(RewriteReply { sharing, ..reply.clone() }));
        Reply::Post(Box::new(Post {
            to: Destination::of(place, original),
            text: PostedText::Rewrite { rendering: Box::new(reply.rendering.clone()), reader },
            done: ended(Sharing::Done(ticket.into)),
            refused: ended(Sharing::Refused(ticket.again())),
            credit: Credit { approved_by: request.actor.person.clone(), original: Some(original.clone()) },
        }))
    }
}

/// The place in which something can be shared, and what is known of the text there.
fn original_of(place: Option<&Place>) -> Option<(&Place, &Original)> {
    place.and_then(|place| Some((place, place.original.as_ref()?)))
}

fn digest_of_explanation(found: &ExplanationReply) -> String {
    digest_of([&*answer_text(&found.explanation, found.depth)], 8)
}

/// What the words of an answer hash to: two answers of the same digest read the same.
pub(super) fn digest(rendering: &Rendering) -> String {
    let sections = rendering.sections.iter().flat_map(|section| [&section.title, &section.text]);
    let parts = iter::once(&rendering.headline).chain(sections).chain(&rendering.asks).chain([&rendering.plain]);
    digest_of(parts.map(String::as_str), 8)
}

/// So many bytes of what texts hash to. The lengths are part of it, so that nothing can move from one text to the next.
pub(super) fn digest_of<'a>(parts: impl IntoIterator<Item = &'a str>, bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(hash.finalize().iter().take(bytes))
}

#[cfg(test)]
mod tests {
    use super::{ShareInto, ShareTicket, digest};
    use crate::{
        app::{About, Depth},
        engine::{Rendering, Section},
        ids::{AudienceId, PendingId},
    };

    #[test]
    fn a_ticket_reads_as_itself_again_and_nothing_else_is_one() {
        let text = About::Text(PendingId::new("0a1b"));
        let entries = About::Entries { ids: "p95,v1.2".to_owned(), depth: Depth::Line };
        for (into, about) in [(ShareInto::Thread, &text), (ShareInto::Channel, &text), (ShareInto::Channel, &entries)] {
            let ticket = ShareTicket {
                about: about.clone(),
                reader: AudienceId::new("sales"),
                digest: "00ff".to_owned(),
                attempt: 3,
                into,
            };
            assert_eq!(ShareTicket::parse(&ticket.to_string()), Some(ticket));
        }
        for text in ["", "a.sales.d.0", "a.sales.d.x.thread", "a.sales.d.0.dm", "a.sales.d.0.thread.more"] {
            assert_eq!(ShareTicket::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_word_of_an_answer_counts_and_its_place_does_too() {
        let section =
            |title: &str, text: &str| Section { title: title.into(), text: text.into(), ..Section::default() };
        let rendering = |headline: &str, sections: &[Section], plain: &str| Rendering {
            headline: headline.into(),
            sections: sections.to_vec(),
            plain: plain.into(),
            ..Rendering::default()
        };
        let all = [
            rendering("a", &[], "b"),
            rendering("ab", &[], ""),
            rendering("a", &[section("b", "")], ""),
            rendering("a", &[section("", "b")], ""),
        ];
        for (at, one) in all.iter().enumerate() {
            for (other_at, other) in all.iter().enumerate() {
                assert_eq!(digest(one) == digest(other), at == other_at, "{at} and {other_at}");
            }
        }
    }
}
