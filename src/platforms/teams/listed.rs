//! The entries that a search finds, as the list in the compose box.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    card::Card,
    encode::{CARD, Controls, Encoder, THUMBNAIL, note, preview},
};
use crate::app::{ExplanationReply, Reply, lately::Lately};

/// A search shows so many bytes of entries, to stay under the size of an answer.
const MAX_FOUND_BYTES: usize = 80_000;

/// The entries that were listed lately, as JSON: people search with every letter they type, so each is written once. An entry without
/// buttons depends on nothing but what is told.
pub(super) type ListedLately = Lately<ExplanationReply, Arc<RawValue>>;

/// The answer to a search.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a> {
    compose_extension: Listed<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    attachment_layout: &'static str,
    attachments: Vec<&'a RawValue>,
}

/// A card, and what stands in the list for it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    content_type: &'static str,
    content: Card,
    preview: Preview,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Preview {
    content_type: &'static str,
    content: Short,
}

#[derive(Serialize)]
struct Short {
    title: String,
    text: String,
}

impl Encoder {
    /// Entries in the list of a search, as JSON.
    pub(super) fn listed(&self, reply: &Reply, lately: &ListedLately) -> serde_json::Result<Box<RawValue>> {
        let Reply::Found(found) = reply else { return to_raw_value(&self.composed(reply)) };
        if found.is_empty() {
            return to_raw_value(&note("Nothing found. Type the beginning of a term, such as SLO."));
        }
        let mut left = MAX_FOUND_BYTES;
        let mut entries = Vec::with_capacity(found.len());
        for one in found {
            let entry = self.entry(one, lately)?;
            let length = entry.get().len();
            if length > left {
                break;
            }
            left -= length;
            entries.push(entry);
        }
        let attachments = entries.iter().map(|entry| &**entry).collect();
        to_raw_value(&Answered { compose_extension: Listed { kind: "result", attachment_layout: "list", attachments } })
    }

    /// An entry of that list.
    fn entry(&self, found: &ExplanationReply, lately: &ListedLately) -> serde_json::Result<Arc<RawValue>> {
        if found.is_common
            && let Some(entry) = lately.get(found)
        {
            return Ok(entry);
        }
        let reply = Reply::Explanation(Box::new(found.clone()));
        let content = self.card(&reply, Controls::None);
        let (title, text) = preview(&reply);
        let preview = Preview { content_type: THUMBNAIL, content: Short { title, text } };
        let entry: Arc<RawValue> = to_raw_value(&Entry { content_type: CARD, content, preview })?.into();
        if found.is_common {
            lately.put(found.clone(), Arc::clone(&entry));
        }
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Encoder, ListedLately};
    use crate::{
        app::{Depth, ExplanationReply, Readers},
        engine::Engine,
        ids::AudienceId,
        seed,
    };

    #[test]
    fn an_entry_is_written_once_until_something_else_is_told_of_it() {
        let engine = Engine::build(&seed::content()).unwrap();
        let audience = engine.default_audience();
        let explained = |term: &str, is_common| ExplanationReply {
            explanation: Arc::new(engine.explain(term, None, audience)),
            is_common,
            depth: Depth::default(),
            reader: AudienceId::new(&*audience.id),
            marks: Vec::new(),
        };
        let encoder = Encoder { readers: Arc::new(Readers::of(&engine)) };
        let lately = ListedLately::default();
        let written = |found: &ExplanationReply| encoder.entry(found, &lately).unwrap();
        let first = explained("rollback", true);
        assert!(Arc::ptr_eq(&written(&first), &written(&explained("rollback", true))));
        let mut edited = first.clone();
        Arc::make_mut(&mut edited.explanation).definition = "Another sentence.".to_owned();
        assert!(written(&edited).get().contains("Another sentence."));
        assert!(!written(&first).get().contains("Another sentence."));
        // Somebody's own words are not kept.
        let own = explained("p95", false);
        assert!(!Arc::ptr_eq(&written(&own), &written(&own)));
    }
}
