//! Sharing: an answer that one person read and approved goes to everybody who saw the message it is about.
//!
//! What is posted is what was approved. The text of an answer is not kept, only the source behind it, so the button that
//! shares carries a digest of the answer: when the same source gives other words by now (the glossary was changed), nothing
//! is posted and the person reads the new words first. The same holds when the answer left terms as they were because its
//! one reader knows them: others may not, so what is shared is the version without them, and it is read first.

use std::{fmt, iter};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{App, Original, Reply, Request, RewriteReply, Say, known::Eyes};
use crate::{
    engine::{Rendering, SourceText},
    ids::{AudienceId, ChannelId, PendingId, PersonId, hex},
};

/// Whether and how an answer can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Thread, Self::Channel].into_iter().find(|into| into.name() == name)
    }
}

/// The right to share one answer once, small enough to hang on a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareTicket {
    /// The text behind the answer.
    pub pending: PendingId,
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
            pending: pending.clone(),
            reader: reply.reader.clone(),
            digest: digest(&reply.rendering),
            attempt: 0,
            into: if original.thread.is_some() { ShareInto::Thread } else { ShareInto::Channel },
        }
    }

    /// Reads a ticket back from a button.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (pending, reader, digest) = (parts.next()?, parts.next()?, parts.next()?);
        let attempt = parts.next()?.parse().ok()?;
        let into = ShareInto::named(parts.next()?)?;
        parts.next().is_none().then(|| Self {
            pending: PendingId::new(pending),
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
        let Self { pending, reader, digest, attempt, into } = self;
        write!(formatter, "{pending}.{reader}.{digest}.{attempt}.{}", into.name())
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
        let kept = match self.kept(request, &ticket.pending).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return Reply::Say(Say::expired()),
            Err(()) => return Reply::Say(Say::unavailable()),
        };
        let Some(place) = kept.place.clone() else { return Reply::Say(Say::cannot_be_shared()) };
        let Some(original) = place.original else { return Reply::Say(Say::cannot_be_shared()) };
        let engine = self.engine_at(&kept.location);
        let read_by = |eyes: &Eyes| {
            self.render(&engine, request, kept.clone(), Some(&ticket.reader), Some(ticket.pending.clone()), eyes)
        };
        let is_approved =
            |reply: &RewriteReply| reply.reader == ticket.reader && digest(&reply.rendering) == ticket.digest;
        let reply = read_by(&Eyes::Everybodys);
        if !is_approved(&reply) {
            let was_own = is_approved(&read_by(&self.eyes(request)));
            let fresh =
                ShareTicket { attempt: ticket.again().attempt, ..ShareTicket::new(&ticket.pending, &reply, &original) };
            let sharing = if was_own { Sharing::ForOthers(fresh) } else { Sharing::Changed(fresh) };
            return Reply::Rewrite(Box::new(RewriteReply { sharing, ..reply }));
        }
        let reader = self.readers().get(&reply.reader).map(|reader| reader.title.clone()).unwrap_or_default();
        let ended = |sharing| Reply::Rewrite(Box::new(RewriteReply { sharing, ..reply.clone() }));
        Reply::Post(Box::new(Post {
            to: Destination {
                channel: place.channel,
                thread: original.thread.clone(),
                address: original.address.clone(),
                site: original.site.clone(),
            },
            text: PostedText::Rewrite { rendering: Box::new(reply.rendering.clone()), reader },
            done: ended(Sharing::Done(ticket.into)),
            refused: ended(Sharing::Refused(ticket.again())),
            credit: Credit { approved_by: request.actor.person.clone(), original: Some(original) },
        }))
    }
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
        engine::{Rendering, Section},
        ids::{AudienceId, PendingId},
    };

    #[test]
    fn a_ticket_reads_as_itself_again_and_nothing_else_is_one() {
        for into in [ShareInto::Thread, ShareInto::Channel] {
            let ticket = ShareTicket {
                pending: PendingId::new("0a1b"),
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
