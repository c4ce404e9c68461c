//! The controls under an answer: the reader menu and the buttons. What a control is about stands in ids, never message
//! text: a block id names the kept text or the concept, a button's value the kept text.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::blocks::{BlockId, Element, PlainText};
use crate::{
    app::{Aspect, Readers},
    ids::{AudienceId, PendingId},
};

/// Action id of the reader menu.
pub(super) const READER: &str = "audience";

const TEXT: &str = "text:";
const CONCEPT: &str = "concept:";

/// What a reader menu changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// The answer about a kept text.
    Text(&'a str),
    /// The answer about a concept.
    Concept(&'a str),
    /// The person's settings.
    Settings,
}

/// Reads a block id back. One that is not ours (an old answer, say) can only be meant as a setting.
pub(super) fn target(block_id: &str) -> Target<'_> {
    // The reader stands behind the last colon, only to give every version of a message its own block id: Slack keeps
    // showing the old choice when an updated message has the same one.
    let subject = block_id.rsplit_once(':').map_or(block_id, |(subject, _)| subject);
    if let Some(pending) = subject.strip_prefix(TEXT) {
        Target::Text(pending)
    } else if let Some(concept) = subject.strip_prefix(CONCEPT) {
        Target::Concept(concept)
    } else {
        Target::Settings
    }
}

/// Writes a block id.
pub(super) fn block_id(target: &Target<'_>, reader: &AudienceId) -> BlockId {
    BlockId::shortened(match target {
        Target::Text(pending) => format!("{TEXT}{pending}:{reader}"),
        Target::Concept(concept) => format!("{CONCEPT}{concept}:{reader}"),
        Target::Settings => format!("settings:{reader}"),
    })
}

/// The side of an answer that a button shows.
pub(super) fn aspect(action_id: &str) -> Option<Aspect> {
    match action_id {
        "plain" => Some(Aspect::Plain),
        "why" => Some(Aspect::Why),
        "original" => Some(Aspect::Original),
        _ => None,
    }
}

/// The three buttons under an answer.
pub(super) fn buttons(pending: &PendingId) -> [Element; 3] {
    let button = |action_id: &'static str, label: &str| Element::Button {
        action_id,
        text: PlainText::shortened(label),
        value: pending.to_string(),
    };
    [button("plain", "In plain words"), button("why", "Why these words?"), button("original", "Original")]
}

#[derive(Serialize)]
struct MenuOption<'a> {
    text: PlainText<75>,
    value: &'a str,
}

/// The reader menu's options, rendered once: they are the largest part of a short answer.
#[derive(Debug)]
pub(super) struct ReaderMenu {
    all: Option<Arc<RawValue>>,
    one: BTreeMap<AudienceId, Arc<RawValue>>,
}

impl ReaderMenu {
    pub(super) fn new(readers: &Readers) -> Self {
        let options: Vec<MenuOption<'_>> = readers
            .all()
            .iter()
            .take(100)
            .map(|reader| MenuOption { text: PlainText::shortened(&reader.title), value: reader.id.as_str() })
            .collect();
        let one = readers
            .all()
            .iter()
            .zip(&options)
            .filter_map(|(reader, option)| Some((reader.id.clone(), render(option)?)))
            .collect();
        Self { all: render(&options), one }
    }

    /// The menu with one reader chosen; `None` when there is nothing to choose from.
    pub(super) fn element(&self, reader: &AudienceId, action_id: &'static str) -> Option<Element> {
        Some(Element::StaticSelect {
            action_id,
            placeholder: PlainText::shortened("Reader"),
            options: Rendered(Arc::clone(self.all.as_ref()?)),
            initial_option: self.one.get(reader).map(|option| Rendered(Arc::clone(option))),
        })
    }
}

fn render(value: &impl Serialize) -> Option<Arc<RawValue>> {
    // Plain structs of text cannot fail to serialise.
    to_raw_value(value).ok().map(Arc::from)
}

/// JSON that was rendered before.
#[derive(Debug, Clone)]
pub(super) struct Rendered(Arc<RawValue>);

impl Rendered {
    /// Length of the JSON in bytes: an upper bound of what Slack counts.
    pub(super) fn len(&self) -> usize {
        self.0.get().len()
    }
}

impl Serialize for Rendered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
