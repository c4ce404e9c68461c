//! The controls under an answer: the reader menu and the buttons. What a control is about stands in ids, never message
//! text: a block id names the kept text or the concept, a button's value the kept text.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Bytes;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    blocks::{BlockId, Element, MAX_OPTIONS, PlainText, is_option_value},
    payload::Action,
};
use crate::{
    app::{About, Aspect, Depth, ExplanationReply, Intent, MAX_TERM_CHARS, Readers, lately::Lately, told},
    ids::{AudienceId, PendingId},
};

/// Action id of the reader menu.
pub(super) const READER: &str = "audience";

/// Action ids of the buttons under an answer.
const MISSED: &str = "missed";
const POST: &str = "post_draft";
const EDITOR: &str = "open_draft";
/// Action ids of the buttons for terms that may have been meant: a row of them must not have one twice.
const MEANT: [&str; 5] = ["meant_1", "meant_2", "meant_3", "meant_4", "meant_5"];
/// Action ids of the home tab.
pub(super) const LOOK_UP: &str = "glossary_lookup";
pub(super) const ASK: &str = "ask";

pub(super) const REQUEST: &str = "request_definition";

/// Action ids of the buttons that tell an explanation at another depth: a row of them must not have one twice.
const DEPTHS: [(&str, Depth); 3] =
    [("depth_line", Depth::Line), ("depth_paragraph", Depth::Paragraph), ("depth_example", Depth::Example)];

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

/// The block id of the menu that asks for the first reader of a text.
pub(super) fn open_id(pending: &PendingId) -> BlockId {
    BlockId::shortened(format!("{TEXT}{pending}:"))
}

/// The sides of an answer that a button shows.
const ASPECTS: [(&str, &str, Aspect); 3] = [
    ("plain", "In plain words", Aspect::Plain),
    ("why", "Why these words?", Aspect::Why),
    ("original", "Original", Aspect::Original),
];

/// Whether a button shows a side of an answer.
pub(super) fn shows_an_aspect(action: &Action) -> bool {
    ASPECTS.iter().any(|(action_id, ..)| *action_id == action.action_id)
}

/// The side that it shows, of which answer.
pub(super) fn shown(action: &Action) -> Option<Intent> {
    let (.., aspect) = ASPECTS.iter().find(|(action_id, ..)| *action_id == action.action_id)?;
    let value = action.value.as_deref()?;
    // A button of an earlier version names no reader.
    let (pending, reader) = value.split_once('.').map_or((value, None), |(pending, reader)| (pending, Some(reader)));
    Some(Intent::Show { pending: PendingId::new(pending), aspect: *aspect, reader: reader.map(AudienceId::new) })
}

/// The button for a side of an answer to a reader.
pub(super) fn aspect_button(aspect: Aspect, pending: &PendingId, reader: &AudienceId) -> Option<Element> {
    let (action_id, label, _) = ASPECTS.iter().find(|(.., one)| *one == aspect)?;
    Some(button(action_id, label, format!("{pending}.{reader}")))
}

/// The three buttons under an answer.
pub(super) fn buttons(pending: &PendingId, reader: &AudienceId) -> Vec<Element> {
    ASPECTS.iter().filter_map(|(.., aspect)| aspect_button(*aspect, pending, reader)).collect()
}

/// Buttons for terms that may have been meant.
pub(super) fn meant_buttons(terms: &[String]) -> Vec<Element> {
    let button = |(action_id, term): (&'static str, &String)| button(action_id, term, term.clone());
    MEANT.into_iter().zip(terms).map(button).collect()
}

/// The term that such a button is about.
pub(super) fn meant(action: &Action) -> Option<String> {
    action.value.clone().filter(|_| MEANT.contains(&action.action_id.as_str()))
}

pub(super) fn button(action_id: &'static str, label: &str, value: String) -> Element {
    Element::Button { action_id, text: PlainText::shortened(label), value, url: None, confirm: None }
}

/// A button that opens a page. What Slack tells of its press asks for nothing.
pub(super) fn link_button(action_id: &'static str, label: &str, url: &str) -> Element {
    let (text, url) = (PlainText::shortened(label), Some(url.to_owned()));
    Element::Button { action_id, text, value: String::new(), url, confirm: None }
}

/// The button that asks for a definition of a term.
pub(super) fn request_button(term: &str) -> Element {
    button(REQUEST, "Ask for a definition", term.chars().take(MAX_TERM_CHARS).collect())
}

/// The buttons that tell an explanation at another depth.
pub(super) fn depth_buttons(found: &ExplanationReply) -> Vec<Element> {
    let value = format!("{} {}", found.reader, told::entries(&found.explanation));
    let others = DEPTHS.into_iter().filter(|(_, depth)| *depth != found.depth);
    others.map(|(action_id, depth)| button(action_id, depth.label(), value.clone())).collect()
}

/// What such a button wants: entries, their reader and the depth.
pub(super) fn depth_wanted(action: &Action) -> Option<(String, String, Depth)> {
    let (_, depth) = DEPTHS.into_iter().find(|(id, _)| *id == action.action_id)?;
    let (reader, entries) = action.value.as_deref()?.split_once(' ')?;
    Some((entries.to_owned(), reader.to_owned(), depth))
}

/// The button that says that a term is missing in an answer.
pub(super) fn missed_button(about: &About) -> Element {
    button(MISSED, "A term is missing", about.to_string())
}

/// What the answer was made of in which somebody missed a term.
pub(super) fn missed_term(action: &Action) -> Option<About> {
    let value = action.value.clone().filter(|_| action.action_id == MISSED)?;
    Some(About::from(value))
}

#[derive(Serialize)]
struct MenuOption<'a> {
    text: PlainText<75>,
    value: &'a str,
}

/// The reader menu's options, rendered once: they are the largest part of a short answer. And short answers in which it stands.
#[derive(Debug)]
pub(super) struct ReaderMenu {
    all: Option<Arc<RawValue>>,
    one: BTreeMap<AudienceId, Arc<RawValue>>,
    /// The JSON of explanations that many ask for. Besides the reply, it depends on the readers alone.
    pub(super) explanations: Lately<ExplanationReply, Bytes>,
}

/// The menu of the readers that there are now, for as long as they stay the same.
#[derive(Debug)]
pub(super) struct CurrentMenu(Mutex<(Arc<Readers>, Arc<ReaderMenu>)>);

impl CurrentMenu {
    pub(super) fn new(readers: Arc<Readers>) -> Self {
        let menu = Arc::new(ReaderMenu::new(&readers));
        Self(Mutex::new((readers, menu)))
    }

    /// The menu of these readers.
    pub(super) fn of(&self, readers: &Arc<Readers>) -> Arc<ReaderMenu> {
        // Nothing can panic while the lock is held, and both halves are set in one step.
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&current.0, readers) {
            *current = (Arc::clone(readers), Arc::new(ReaderMenu::new(readers)));
        }
        Arc::clone(&current.1)
    }
}

impl ReaderMenu {
    pub(super) fn new(readers: &Readers) -> Self {
        let options: Vec<MenuOption<'_>> = readers
            .all()
            .iter()
            .filter(|reader| is_option_value(reader.id.as_str()))
            .take(MAX_OPTIONS)
            .map(|reader| MenuOption { text: PlainText::shortened(&reader.title), value: reader.id.as_str() })
            .collect();
        let one = options.iter().filter_map(|option| Some((AudienceId::new(option.value), render(option)?))).collect();
        // A menu needs something to choose from.
        let all = if options.is_empty() { None } else { render(&options) };
        Self { all, one, explanations: Lately::default() }
    }

    /// The menu with nobody chosen yet; `None` when there is nothing to choose from.
    pub(super) fn open(&self) -> Option<Element> {
        Some(Element::StaticSelect {
            action_id: READER,
            placeholder: PlainText::shortened("Choose a reader"),
            options: Rendered(Arc::clone(self.all.as_ref()?)),
            initial_option: None,
        })
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

impl ReaderMenu {
    /// A menu in which several readers can be chosen.
    pub(super) fn several(&self, readers: &[AudienceId], action_id: &'static str, most: usize) -> Option<Element> {
        Some(Element::MultiStaticSelect {
            action_id,
            placeholder: PlainText::shortened("Readers"),
            options: Rendered(Arc::clone(self.all.as_ref()?)),
            initial_options: readers
                .iter()
                .filter_map(|id| self.one.get(id))
                .map(|one| Rendered(Arc::clone(one)))
                .collect(),
            max_selected_items: most,
        })
    }
}

fn options(labelled: &[(String, String)]) -> Vec<MenuOption<'_>> {
    let fitting = labelled.iter().filter(|(_, value)| is_option_value(value)).take(MAX_OPTIONS);
    fitting.map(|(label, value)| MenuOption { text: PlainText::shortened(label), value }).collect()
}

/// A menu of these labels and values with none chosen; `None` when there are none.
pub(super) fn open_choice(
    labelled: &[(String, String)],
    placeholder: &str,
    action_id: &'static str,
) -> Option<Element> {
    let options = options(labelled);
    options.first()?;
    Some(Element::StaticSelect {
        action_id,
        placeholder: PlainText::shortened(placeholder),
        initial_option: None,
        options: Rendered(render(&options)?),
    })
}

/// A menu of these labels and values, the first one chosen.
pub(super) fn choice(labelled: &[(String, String)], action_id: &'static str) -> Option<Element> {
    let options = options(labelled);
    Some(Element::StaticSelect {
        action_id,
        placeholder: PlainText::shortened("Choose"),
        initial_option: Some(Rendered(render(options.first()?)?)),
        options: Rendered(render(&options)?),
    })
}

/// The button behind which a draft can be posted.
pub(super) fn post_button(pending: &PendingId, readers: &[AudienceId]) -> Element {
    button(POST, "Post as approved", about_draft(Some(pending), readers))
}

/// The button behind which the draft editor opens, with a draft when one was kept.
pub(super) fn editor_button(pending: Option<&PendingId>, readers: &[AudienceId]) -> Element {
    button(EDITOR, "Open the draft editor", about_draft(pending, readers))
}

fn about_draft(pending: Option<&PendingId>, readers: &[AudienceId]) -> String {
    let readers = readers.iter().map(AudienceId::as_str).collect::<Vec<_>>().join(",");
    format!("{}.{readers}", pending.map_or("", PendingId::as_str))
}

/// What a button about a draft wants; `None` when it is none.
pub(super) fn draft_wanted(action: &Action) -> Option<Intent> {
    let (pending, readers) = action.value.as_deref()?.split_once('.')?;
    let readers = readers.split(',').filter(|id| !id.is_empty()).map(AudienceId::new).collect();
    let pending = Some(PendingId::new(pending)).filter(|pending| !pending.as_str().is_empty());
    match (action.action_id.as_str(), pending) {
        (POST, Some(pending)) => Some(Intent::PreparePost { pending, readers }),
        (EDITOR, Some(pending)) => Some(Intent::ReopenDraft { pending, readers }),
        (EDITOR, None) => Some(Intent::OpenDraft),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::{Element, open_choice};

    #[test]
    fn a_menu_has_1_to_100_options_that_fit() {
        let labelled = |number: usize, length: usize| -> Vec<(String, String)> {
            (0..number).map(|at| (at.to_string(), "v".repeat(length))).collect()
        };
        let options = |element: Option<Element>| {
            element.map(|element| serde_json::to_value(element).unwrap()["options"].as_array().unwrap().len())
        };
        for (number, expected) in [(0, None), (1, Some(1)), (99, Some(99)), (100, Some(100)), (101, Some(100))] {
            assert_eq!(options(open_choice(&labelled(number, 75), "a", "a")), expected, "{number}");
        }
        assert_eq!(options(open_choice(&labelled(3, 76), "a", "a")), None, "none of them fits");
    }
}
