//! Adaptive Cards, typed: only elements that all clients of Teams draw, and never more than fits.
//!
//! Version 1.5 is the newest that Teams documents for cards of bots and dialogs
//! (<https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference>).

use std::{borrow::Cow, io};

use serde::Serialize;

use super::markdown::{self, Surface};

/// The longest card in bytes of JSON. Teams' pages name 28 KB, 40 KB and 100 KB; this and its envelope fit into each.
pub(super) const MAX_CARD_BYTES: usize = 24_000;
/// Of these for clients that cannot draw the card.
const MAX_FALLBACK_BYTES: usize = 7_000;
/// Of these for what every card has around its body.
const ENVELOPE_BYTES: usize = 600;
/// Stands at the end of a text that was cut.
const CUT: &str = "\n\n(The rest is too long for a card.)";

/// A whole card. Only [`Builder::finish`] makes one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    fallback_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<Refresh>,
    body: Vec<Element>,
}

/// A card that one person's client asks for again, to get that person's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refresh {
    pub(super) action: Action,
    pub(super) user_ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub(super) enum Element {
    TextBlock {
        text: String,
        wrap: bool,
        #[serde(flatten)]
        look: Look,
    },
    Container {
        id: &'static str,
        is_visible: bool,
        separator: bool,
        items: Vec<Element>,
    },
    ActionSet {
        actions: Vec<Action>,
    },
    #[serde(rename = "Input.ChoiceSet")]
    ChoiceSet {
        id: &'static str,
        label: &'static str,
        style: &'static str,
        /// What is chosen at first, several with commas between them; nothing when it is empty.
        #[serde(skip_serializing_if = "String::is_empty")]
        value: String,
        choices: Vec<Choice>,
        #[serde(skip_serializing_if = "is_false")]
        is_multi_select: bool,
        #[serde(skip_serializing_if = "is_false")]
        is_required: bool,
        #[serde(skip_serializing_if = "is_blank")]
        error_message: &'static str,
        /// Shown while nothing is chosen.
        #[serde(skip_serializing_if = "is_blank")]
        placeholder: &'static str,
    },
    #[serde(rename = "Input.Text")]
    TextField {
        id: &'static str,
        label: &'static str,
        is_multiline: bool,
        is_required: bool,
        #[serde(skip_serializing_if = "is_blank")]
        error_message: &'static str,
        /// What to write, shown while nothing stands in it.
        #[serde(skip_serializing_if = "is_blank")]
        placeholder: &'static str,
        /// What stands in it before anything is typed.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
}

/// How a text looks. The default is a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Look {
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    is_subtle: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn is_blank(text: &&'static str) -> bool {
    text.is_empty()
}

impl Look {
    pub(super) const PARAGRAPH: Self = Self { weight: None, size: None, style: None, color: None, is_subtle: false };
    pub(super) const HEADLINE: Self =
        Self { weight: Some("Bolder"), size: Some("Medium"), style: Some("heading"), color: None, is_subtle: false };
    /// Its size is named, because a heading of no size is larger than the headline.
    pub(super) const TITLE: Self =
        Self { weight: Some("Bolder"), size: Some("Default"), style: Some("heading"), color: None, is_subtle: false };
    /// Why something was not done. The words say it too, for whoever sees no colours.
    pub(super) const PROBLEM: Self =
        Self { weight: None, size: None, style: None, color: Some("Attention"), is_subtle: false };
    pub(super) const SMALL_PRINT: Self = Self { weight: None, size: None, style: None, color: None, is_subtle: true };
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub(super) enum Action {
    /// Asks us, and takes a new card for the person who pressed. Older clients press the fallback.
    #[serde(rename = "Action.Execute")]
    Execute {
        title: Cow<'static, str>,
        verb: &'static str,
        data: ButtonData,
        #[serde(skip_serializing_if = "Option::is_none")]
        associated_inputs: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        fallback: Option<Box<Action>>,
    },
    /// Sends what the dialog or card holds.
    #[serde(rename = "Action.Submit")]
    Submit {
        title: Cow<'static, str>,
        data: ButtonData,
        #[serde(skip_serializing_if = "Option::is_none")]
        associated_inputs: Option<&'static str>,
    },
    /// Shows or hides a part, without asking anybody.
    #[serde(rename = "Action.ToggleVisibility")]
    Toggle { title: &'static str, target_elements: Vec<&'static str> },
}

impl Refresh {
    /// What this person's client sends by itself.
    pub(super) fn of(person: &str, data: ButtonData) -> Self {
        let verb = data.upshot;
        let action = Action::Execute { title: "Refresh".into(), verb, data, associated_inputs: None, fallback: None };
        Self { action, user_ids: vec![person.to_owned()] }
    }
}

impl Element {
    /// A menu of one choice, which is made already.
    pub(super) fn menu(id: &'static str, label: &'static str, value: String, choices: Vec<Choice>) -> Self {
        Self::ChoiceSet {
            id,
            label,
            style: "compact",
            value,
            choices,
            is_multi_select: false,
            is_required: false,
            error_message: "",
            placeholder: "",
        }
    }
}

impl Action {
    /// Says on which card it is.
    fn belongs_to(&mut self, card: &str) {
        match self {
            Self::Execute { data, fallback, .. } => {
                card.clone_into(&mut data.card);
                fallback.iter_mut().for_each(|action| action.belongs_to(card));
            }
            Self::Submit { data, .. } => card.clone_into(&mut data.card),
            Self::Toggle { .. } => {}
        }
    }

    /// The same, sending what it carries and nothing that was chosen in the card since.
    pub(super) fn without_inputs(mut self) -> Self {
        match &mut self {
            Self::Execute { associated_inputs, fallback, .. } => {
                *associated_inputs = Some("none");
                *fallback = fallback.take().map(|action| Box::new(action.without_inputs()));
            }
            Self::Submit { associated_inputs, .. } => *associated_inputs = Some("none"),
            Self::Toggle { .. } => {}
        }
        self
    }
}

/// What a button carries: ids, never a text. What it is about stands in the same field at every button of a card, so that a
/// press that comes twice is the same twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct ButtonData {
    pub(super) upshot: &'static str,
    /// The card that it is on; whoever builds the card fills it in.
    pub(super) card: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) term: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) audience: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) known: Option<String>,
    /// What the words, or the warnings, that are shown hash to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
    /// How much of an explanation is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) depth: Option<&'static str>,
    /// The revision of an entry that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rev: Option<u32>,
    /// The revision that shall count again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<u32>,
    /// The step in the life of an entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<&'static str>,
}

/// Puts a card together within its limit.
#[derive(Debug)]
pub(super) struct Builder {
    id: String,
    body: Vec<Element>,
    left: usize,
}

impl Builder {
    /// An empty card. Its id stands in what each of its buttons carries.
    pub(super) fn new(id: &str) -> Self {
        let left = MAX_CARD_BYTES - MAX_FALLBACK_BYTES - ENVELOPE_BYTES;
        Self { id: id.to_owned(), body: Vec::new(), left }
    }

    /// Adds a text in canonical markup, cut so that so many bytes stay free behind it.
    pub(super) fn push_text(&mut self, canonical: &str, look: Look, reserve: usize) {
        let room = self.left.saturating_sub(reserve);
        if let Some(element) = text("", canonical, look, room) {
            self.push(element);
        }
    }

    /// Adds a text with its title in front, or above it when it has several lines.
    pub(super) fn push_titled(&mut self, title: &str, canonical: &str, reserve: usize) {
        let room = self.left.saturating_sub(reserve);
        if canonical.contains('\n') {
            self.push_text(title, Look::TITLE, reserve);
            self.push_text(canonical, Look::PARAGRAPH, reserve);
        } else if let Some(element) = text(title, canonical, Look::PARAGRAPH, room) {
            self.push(element);
        }
    }

    /// Adds a hidden part under its title, which a button shows; `false` when there is no room for it.
    pub(super) fn push_hidden(&mut self, id: &'static str, title: &str, canonical: &str, reserve: usize) -> bool {
        const AROUND: usize = 240;
        let room = self.left.saturating_sub(reserve + AROUND);
        let Some(block) = text("", canonical, Look::PARAGRAPH, room) else { return false };
        // Several parts may be shown at once, and each says which one it is.
        let title = Element::TextBlock { text: markdown::write(title, Surface::Card), wrap: true, look: Look::TITLE };
        self.push(Element::Container { id, is_visible: false, separator: true, items: vec![title, block] })
    }

    /// How many bytes of JSON fit.
    pub(super) const fn room(&self) -> usize {
        self.left
    }

    /// Adds an element, unless there is no room for it.
    pub(super) fn push(&mut self, mut element: Element) -> bool {
        if let Element::ActionSet { actions } = &mut element {
            actions.iter_mut().for_each(|action| action.belongs_to(&self.id));
        }
        let length = json_length(&element) + 1;
        let fits = length <= self.left;
        if fits {
            self.left -= length;
            self.body.push(element);
        }
        fits
    }

    /// The card. The fallback is in canonical markup, which clients that draw no cards do not read.
    pub(super) fn finish(self, fallback: &str, mut refresh: Option<Refresh>) -> Card {
        if let Some(refresh) = &mut refresh {
            refresh.action.belongs_to(&self.id);
        }
        Card {
            kind: "AdaptiveCard",
            schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            version: "1.5",
            fallback_text: cut(fallback, MAX_FALLBACK_BYTES, |canonical| markdown::write(canonical, Surface::Plain)),
            refresh,
            body: self.body,
        }
    }
}

fn text(title: &str, canonical: &str, look: Look, room: usize) -> Option<Element> {
    // The names of the fields and the look.
    const AROUND: usize = 120;
    const LEAST: usize = 200;
    if canonical.trim().is_empty() || room < LEAST + AROUND {
        return None;
    }
    let title = match title {
        "" => String::new(),
        title => format!("**{}**: ", markdown::write(title, Surface::Card)),
    };
    let text = cut(canonical, room - AROUND, |canonical| title.clone() + &markdown::write(canonical, Surface::Card));
    Some(Element::TextBlock { text, wrap: true, look })
}

/// The longest beginning of a text, up to a space or line end, that is no longer in JSON than this when it is written,
/// and says that it was cut.
pub(super) fn cut(canonical: &str, most: usize, write: impl Fn(&str) -> String) -> String {
    let whole = write(canonical);
    if json_length(&whole) <= most {
        return whole;
    }
    let ends: Vec<usize> =
        canonical.char_indices().filter(|(_, sign)| sign.is_whitespace()).map(|(at, _)| at).collect();
    let beginning = |end: usize| write(canonical.get(..end).unwrap_or_default()) + CUT;
    // The more of it, the longer: the last end that fits is found by halving.
    let fitting = ends.partition_point(|end| json_length(&beginning(*end)) <= most);
    if let Some(end) = fitting.checked_sub(1).and_then(|last| ends.get(last)) {
        return beginning(*end);
    }
    // One word that is longer than a card.
    let mut kept = canonical;
    loop {
        let end = kept.char_indices().nth(kept.chars().count() / 2).map_or(0, |(at, _)| at);
        kept = kept.get(..end).unwrap_or_default();
        let written = write(kept) + CUT;
        if kept.is_empty() || json_length(&written) <= most {
            return written;
        }
    }
}

/// How long something is in JSON. Plain structs of text cannot fail to serialise.
pub(super) fn json_length(value: &impl Serialize) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_or(usize::MAX, |()| counted.0)
}

/// Counts what is written to it. Every element of every card is measured, so nothing is kept.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Builder, CUT, Look, MAX_CARD_BYTES, cut, json_length};

    #[test]
    fn no_card_is_longer_than_it_may_be() {
        let word = "word ".repeat(20_000);
        let signs = "\u{1}\"\\*_[é".repeat(20_000);
        let lines = "- a line of it\n".repeat(9_000);
        for text in ["", "short", &word, &signs, &lines] {
            let mut builder = Builder::new("0011223344");
            builder.push_text(text, Look::HEADLINE, 6_000);
            builder.push_hidden("plain", "In plain words", text, 3_000);
            builder.push_hidden("original", "Original", text, 0);
            builder.push_text(text, Look::SMALL_PRINT, 0);
            let card = builder.finish(text, None);
            let length = json_length(&card);
            assert!(length <= MAX_CARD_BYTES, "{length} bytes");
        }
    }

    #[test]
    fn a_text_is_cut_between_words_and_says_so() {
        let same = str::to_owned;
        assert_eq!(cut("one two three", 100, same), "one two three");
        assert_eq!(cut("one two three four five six seven", 33 + CUT.len(), same), "one two three four five six seven");
        let shorter = cut(&"seven ".repeat(30), 100, same);
        assert!(shorter.ends_with(&format!("seven{CUT}")), "{shorter}");
        assert!((92..=100).contains(&json_length(&shorter)), "{shorter}");
        assert_eq!(cut(&"x".repeat(400), 100, same), format!("{}{CUT}", "x".repeat(50)));
    }
}
