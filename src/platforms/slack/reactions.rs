//! What can be done about an answer as a whole: share it, say how it was. And what became of that.

use super::{
    blocks::{Block, BlockId, Blocks, Confirm, Element, PlainText},
    menu::button,
};
use crate::{
    app::{About, COUNTED, Feedback, ShareInto, ShareTicket, Sharing},
    ids::AudienceId,
};

pub(super) const SHARE: &str = "share";
pub(super) const HELPFUL: &str = "helpful";
pub(super) const WRONG: &str = "wrong";

/// An answer that can be shared and judged.
pub(super) struct Reactions<'a> {
    pub(super) about: &'a About,
    pub(super) reader: &'a AudienceId,
    pub(super) sharing: &'a Sharing,
    pub(super) feedback: Feedback,
}

impl Reactions<'_> {
    /// Adds the buttons, more of them behind, and below them what became of those that were pressed.
    pub(super) fn push(&self, blocks: &mut Blocks, more: Option<Element>) {
        let mut elements = self.elements();
        elements.extend(more);
        if !elements.is_empty() {
            blocks.push(Block::Actions { block_id: self.block_id(), elements });
        }
        let judged = (self.feedback == Feedback::Given).then_some(COUNTED);
        let notes: Vec<&str> = self.what_became_of_sharing().into_iter().chain(judged).collect();
        blocks.push_context(&notes.join("\n"));
    }

    fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        elements.extend(share_button(self.sharing));
        let shared = match self.sharing {
            Sharing::Done(into) => Some(*into),
            _ => None,
        };
        if self.feedback == Feedback::Open {
            let Self { about, reader, .. } = self;
            let value = match shared {
                Some(into) => format!("{about}.{reader}.{}", into.name()),
                None => format!("{about}.{reader}"),
            };
            let wrong = match about {
                About::Text(_) => "Something is wrong",
                About::Entries { .. } => "Did not help",
            };
            elements.push(button(HELPFUL, "Helpful", value.clone()));
            elements.push(button(WRONG, wrong, value));
        }
        elements
    }

    /// Another id for each state, because Slack keeps what it knows of an id.
    fn block_id(&self) -> BlockId {
        let state = match self.sharing {
            Sharing::NotOffered => "none",
            Sharing::Offered(_) => "offered",
            Sharing::ForOthers(_) => "for-others",
            Sharing::Changed(_) => "changed",
            Sharing::Done(_) => "done",
            Sharing::Refused(_) => "refused",
        };
        let feedback = match self.feedback {
            Feedback::Open => "open",
            Feedback::Given => "given",
        };
        BlockId::shortened(format!("about:{}:{state}:{feedback}", self.reader))
    }

    fn what_became_of_sharing(&self) -> Option<&'static str> {
        match self.sharing {
            Sharing::NotOffered | Sharing::Offered(_) => None,
            Sharing::ForOthers(_) => Some(
                "You know terms of this that others may not, so the words above are now those that everybody would read. Nothing \
                 was shared: read them, then share.",
            ),
            Sharing::Changed(_) => Some(
                "The glossary has changed since you read this, and so have the words above. Nothing was shared: read them, \
                 then share.",
            ),
            Sharing::Done(ShareInto::Thread) => Some("This was shared in the thread."),
            Sharing::Done(ShareInto::Channel) => Some("This was posted in the channel."),
            Sharing::Refused(_) => Some(
                "Slack did not take this post. If you do not see it there, invite me to the channel with \
                 `/invite @Upshot` and press the button again.",
            ),
        }
    }
}

/// The button that shares an answer; `None` where that cannot be, or was done.
pub(super) fn share_button(sharing: &Sharing) -> Option<Element> {
    match sharing {
        Sharing::Offered(ticket) | Sharing::ForOthers(ticket) | Sharing::Changed(ticket) | Sharing::Refused(ticket) => {
            Some(button_of(ticket))
        }
        Sharing::Done(_) | Sharing::NotOffered => None,
    }
}

fn button_of(ticket: &ShareTicket) -> Element {
    let (label, title, who) = match ticket.into {
        ShareInto::Thread => ("Share in thread", "Share in the thread?", "Everybody who can read the thread"),
        ShareInto::Channel => ("Post in channel", "Post in this channel?", "Everybody in the channel"),
    };
    let what = match (&ticket.about, ticket.into) {
        (About::Text(_), ShareInto::Thread) => "the headline and the sections above, with the author's name and yours",
        (About::Text(_), ShareInto::Channel) => "the headline and the sections above, with your name",
        (About::Entries { .. }, _) => "this explanation, with your name",
    };
    let text =
        format!("{who} will see {what}. Where the channel is shared with another company, its people are among them.");
    Element::Button {
        action_id: SHARE,
        text: PlainText::shortened(label),
        value: ticket.to_string(),
        url: None,
        confirm: Some(Confirm {
            title: PlainText::shortened(title),
            text: PlainText::shortened(&text),
            confirm: PlainText::shortened("Share"),
            deny: PlainText::shortened("Not now"),
        }),
    }
}

/// What a judgement is about: the answer, its reader, and where it was shared before.
pub(super) fn judged(value: &str) -> Option<(About, String, Option<ShareInto>)> {
    let shared = value.rsplit_once('.').and_then(|(rest, into)| Some((rest, ShareInto::named(into)?)));
    let (rest, shared) = shared.map_or((value, None), |(rest, into)| (rest, Some(into)));
    let (about, reader) = rest.rsplit_once('.')?;
    Some((About::from(about.to_owned()), reader.to_owned(), shared))
}

#[cfg(test)]
mod tests {
    use super::judged;
    use crate::{
        app::{About, Depth, ShareInto},
        ids::PendingId,
    };

    #[test]
    fn a_judgement_says_what_it_is_about() {
        let text = || About::Text(PendingId::new("0a1b"));
        let entries = || About::Entries { ids: "p95,v1.2".to_owned(), depth: Depth::Example };
        for (value, about, reader, shared) in [
            ("0a1b.sales", text(), "sales", None),
            ("0a1b.sales.thread", text(), "sales", Some(ShareInto::Thread)),
            ("entries:example:p95,v1.2.sales", entries(), "sales", None),
            ("entries:example:p95,v1.2.sales.channel", entries(), "sales", Some(ShareInto::Channel)),
        ] {
            assert_eq!(judged(value), Some((about, reader.to_owned(), shared)), "{value}");
        }
        for value in ["", "0a1b", "thread"] {
            assert_eq!(judged(value), None, "{value:?}");
        }
    }
}
