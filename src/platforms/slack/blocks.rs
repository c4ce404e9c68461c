//! Block Kit, as much of it as we use. A value of these types is within Slack's limits: constructors cut or refuse.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks>; the total per message is undocumented and was seen at about
//! 13,200 characters, so a message stays under 12,000.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{menu::Rendered, split};

/// Characters in one section or context element.
pub(super) const MAX_MRKDWN: usize = 3_000;
/// Characters in the text beside the blocks.
pub(super) const MAX_TEXT: usize = 4_000;
/// Blocks in a message, and characters in all of them.
pub(super) const MESSAGE_LIMITS: Limits = Limits { blocks: 50, chars: 12_000 };
/// Blocks in a dialog. Its limit is 250 KB of JSON; a character is at most 6 bytes there (`\u201c`, written escaped).
pub(super) const VIEW_LIMITS: Limits = Limits { blocks: 100, chars: 36_000 };

/// Characters in what a button brings back.
const MAX_BUTTON_VALUE: usize = 2_000;
const MAX_URL: usize = 3_000;
/// Controls in a row.
const MAX_ELEMENTS: usize = 25;
/// Characters in a field.
const MAX_FIELD: usize = 3_000;
/// Options in a menu, and characters in what one brings back.
pub(super) const MAX_OPTIONS: usize = 100;
const MAX_OPTION_VALUE: usize = 75;
/// Characters in what a dialog brings back.
const MAX_METADATA: usize = 3_000;

/// Where longer texts are cut: short of the limit, since it is not documented what Slack counts.
const MRKDWN_PIECE: usize = 2_900;

/// How much a message or dialog may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) blocks: usize,
    pub(super) chars: usize,
}

/// Formatted text of 1 to 3,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mrkdwn(String);

impl Mrkdwn {
    /// The text, or `None` when it is blank or too long.
    pub(super) fn new(text: String) -> Option<Self> {
        (!text.trim().is_empty() && split::length(&text) <= MAX_MRKDWN).then_some(Self(text))
    }

    /// The beginning of the text; `None` when it is blank.
    pub(super) fn shortened(text: &str) -> Option<Self> {
        Self::new(split::shorten(text, MAX_MRKDWN))
    }
}

impl Serialize for Mrkdwn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Mrkdwn", 3)?;
        object.serialize_field("type", "mrkdwn")?;
        object.serialize_field("text", &self.0)?;
        // Slack must not turn a plain `@name` or `#name` of somebody's text into a live one.
        object.serialize_field("verbatim", &true)?;
        object.end()
    }
}

/// Plain text of 1 to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlainText<const MAX: usize>(String);

impl<const MAX: usize> PlainText<MAX> {
    /// The beginning of the text. A blank text becomes a dash, because Slack refuses an empty one.
    pub(super) fn shortened(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self("–".to_owned()) } else { Self(split::shorten(text, MAX)) }
    }
}

impl<const MAX: usize> Serialize for PlainText<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("PlainText", 2)?;
        object.serialize_field("type", "plain_text")?;
        object.serialize_field("text", &self.0)?;
        object.end()
    }
}

/// A block id of 1 to 255 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct BlockId(String);

impl BlockId {
    /// The beginning of the id.
    pub(super) fn shortened(id: String) -> Self {
        if split::length(&id) <= 255 { Self(id) } else { Self(id.chars().take(120).collect()) }
    }
}

/// What a dialog is about, in at most 3,000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Metadata(String);

impl Metadata {
    /// The text, or nothing when it is too long: half an id is worse than none, and what a dialog without it sends is left alone.
    pub(super) fn new(text: String) -> Self {
        if split::length(&text) <= MAX_METADATA { Self(text) } else { Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether this can be what an option of a menu brings back. A menu without the option is better than none.
pub(super) fn is_option_value(value: &str) -> bool {
    (1..=MAX_OPTION_VALUE).contains(&split::length(value))
}

/// A control.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Element {
    Button {
        action_id: &'static str,
        text: PlainText<75>,
        #[serde(skip_serializing_if = "String::is_empty")]
        value: String,
        /// Opened in the browser. Slack tells of the press all the same and wants it acknowledged.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        confirm: Option<Confirm>,
    },
    StaticSelect {
        action_id: &'static str,
        placeholder: PlainText<150>,
        options: Rendered,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_option: Option<Rendered>,
    },
    MultiStaticSelect {
        action_id: &'static str,
        placeholder: PlainText<150>,
        options: Rendered,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        initial_options: Vec<Rendered>,
        max_selected_items: usize,
    },
    ExternalSelect {
        action_id: &'static str,
        placeholder: PlainText<150>,
        min_query_length: u8,
    },
    ConversationsSelect {
        action_id: &'static str,
        #[serde(skip_serializing_if = "is_unset")]
        default_to_current_conversation: bool,
        /// In dialogs only.
        #[serde(skip_serializing_if = "is_unset")]
        response_url_enabled: bool,
        filter: ConversationFilter,
    },
    PlainTextInput {
        action_id: &'static str,
        multiline: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_value: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_length: Option<usize>,
    },
}

/// Which conversations can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ConversationFilter {
    pub(super) include: [&'static str; 2],
    pub(super) exclude_bot_users: bool,
}

/// The question before something is done that everybody sees.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Confirm {
    pub(super) title: PlainText<100>,
    pub(super) text: PlainText<300>,
    pub(super) confirm: PlainText<30>,
    pub(super) deny: PlainText<30>,
}

/// A block.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    /// Text.
    Section {
        text: Mrkdwn,
        /// What stands beside it.
        #[serde(skip_serializing_if = "Option::is_none")]
        accessory: Option<Element>,
    },
    /// Small text.
    Context {
        elements: [Mrkdwn; 1],
    },
    /// A heading in a dialog.
    Header {
        text: PlainText<150>,
    },
    Divider,
    Actions {
        block_id: BlockId,
        elements: Vec<Element>,
    },
    Input {
        block_id: BlockId,
        #[serde(skip_serializing_if = "is_unset")]
        optional: bool,
        label: PlainText<2000>,
        element: Element,
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<PlainText<2000>>,
    },
    /// A field that tells at once what was entered.
    #[serde(rename = "input")]
    DispatchingInput {
        block_id: BlockId,
        dispatch_action: bool,
        label: PlainText<2000>,
        element: Element,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_unset(flag: &bool) -> bool {
    !flag
}

impl Block {
    /// The block as Slack takes it: without controls that it would refuse the whole message for. `None` when nothing is left of it.
    fn within_limits(self) -> Option<Self> {
        match self {
            Self::Section { text, accessory } => {
                Some(Self::Section { text, accessory: accessory.filter(Element::is_within_limits) })
            }
            Self::Actions { block_id, mut elements } => {
                elements.retain(Element::is_within_limits);
                elements.truncate(MAX_ELEMENTS);
                (!elements.is_empty()).then_some(Self::Actions { block_id, elements })
            }
            Self::Input { ref element, .. } | Self::DispatchingInput { ref element, .. } => {
                element.is_within_limits().then_some(self)
            }
            Self::Context { .. } | Self::Header { .. } | Self::Divider => Some(self),
        }
    }

    fn chars(&self) -> usize {
        match self {
            Self::Section { text, accessory } => split::length(&text.0) + accessory.as_ref().map_or(0, Element::chars),
            Self::Context { elements: [text] } => split::length(&text.0),
            Self::Header { text } => split::length(&text.0),
            Self::Divider => 0,
            Self::Actions { elements, .. } => elements.iter().map(Element::chars).sum(),
            Self::DispatchingInput { label, element, .. } => split::length(&label.0) + element.chars(),
            Self::Input { label, element, hint, .. } => {
                let hint = hint.as_ref().map_or(0, |hint| split::length(&hint.0));
                split::length(&label.0) + element.chars() + hint
            }
        }
    }
}

impl Confirm {
    fn chars(&self) -> usize {
        [&self.title.0, &self.text.0, &self.confirm.0, &self.deny.0].into_iter().map(|text| split::length(text)).sum()
    }
}

impl Element {
    /// Texts of controls are cut when they are made; what they bring back cannot be cut.
    fn is_within_limits(&self) -> bool {
        match self {
            Self::Button { value, url, .. } => {
                split::length(value) <= MAX_BUTTON_VALUE
                    && url.as_deref().is_none_or(|url| split::length(url) <= MAX_URL)
            }
            Self::PlainTextInput { initial_value, max_length, .. } => {
                let most = max_length.unwrap_or(MAX_FIELD);
                (1..=MAX_FIELD).contains(&most) && initial_value.as_deref().map_or(0, split::length) <= most
            }
            // Menus are made of options that fit.
            Self::StaticSelect { .. }
            | Self::MultiStaticSelect { .. }
            | Self::ExternalSelect { .. }
            | Self::ConversationsSelect { .. } => true,
        }
    }

    fn chars(&self) -> usize {
        match self {
            Self::Button { text, value, url, confirm, .. } => {
                let asked = confirm.as_ref().map_or(0, Confirm::chars);
                split::length(&text.0) + value.len() + url.as_deref().map_or(0, split::length) + asked
            }
            Self::StaticSelect { options, .. } | Self::MultiStaticSelect { options, .. } => options.len(),
            Self::ConversationsSelect { .. } | Self::ExternalSelect { .. } => 0,
            Self::PlainTextInput { initial_value, .. } => initial_value.as_deref().map_or(0, split::length),
        }
    }
}

/// Blocks that fit into one message or dialog.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Blocks {
    list: Vec<Block>,
    #[serde(skip)]
    left: Limits,
}

impl Blocks {
    /// No blocks yet.
    pub(super) fn new(limits: Limits) -> Self {
        Self { list: Vec::with_capacity(8), left: limits }
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a block; `false` when it does not fit any more.
    pub(super) fn push(&mut self, block: Block) -> bool {
        let Some(block) = block.within_limits() else { return false };
        let chars = block.chars();
        if self.left.blocks == 0 || self.left.chars < chars {
            return false;
        }
        self.left.blocks -= 1;
        self.left.chars -= chars;
        self.list.push(block);
        true
    }

    /// Adds a text as sections, as much of it as fits while `reserve` stays free for what must follow. Says whether all
    /// of it did.
    pub(super) fn push_text(&mut self, text: &str, reserve: Limits) -> bool {
        let mut pieces = split::split(text, MRKDWN_PIECE).into_iter();
        for piece in pieces.by_ref() {
            let room = self.left.chars.saturating_sub(reserve.chars);
            let fits = split::length(&piece) <= room;
            if self.left.blocks <= reserve.blocks || (!fits && room < 200) {
                return false;
            }
            let text = if fits { Mrkdwn::new(piece) } else { Mrkdwn::shortened(&split::shorten(&piece, room)) };
            let added = text.is_some_and(|text| self.push(Block::Section { text, accessory: None }));
            if !fits || !added {
                return false;
            }
        }
        true
    }

    /// Adds small text, when it is not blank.
    pub(super) fn push_context(&mut self, text: &str) {
        if let Some(text) = Mrkdwn::shortened(text) {
            self.push(Block::Context { elements: [text] });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        Block, BlockId, Blocks, Element, Limits, MESSAGE_LIMITS, Metadata, Mrkdwn, PlainText, VIEW_LIMITS,
        is_option_value,
    };

    const NOTHING: Limits = Limits { blocks: 0, chars: 0 };

    fn section(length: usize) -> Block {
        Block::Section { text: Mrkdwn::new("x".repeat(length)).unwrap(), accessory: None }
    }

    #[test]
    fn formatted_text_has_1_to_3000_characters() {
        for (length, fits) in [(0, false), (1, true), (2999, true), (3000, true), (3001, false)] {
            assert_eq!(Mrkdwn::new("x".repeat(length)).is_some(), fits, "{length}");
        }
        assert_eq!(Mrkdwn::new("🚀".repeat(1501)), None, "units are UTF-16");
        assert_eq!(Mrkdwn::shortened(&"x".repeat(3001)).map(|text| text.0.len()), Some(2998 + " …".len()));
    }

    #[test]
    fn plain_text_has_1_to_max_characters() {
        assert_eq!(PlainText::<5>::shortened("12345").0, "12345");
        assert_eq!(PlainText::<5>::shortened("123456").0, "123 …");
        assert_eq!(PlainText::<5>::shortened("1234").0, "1234");
        assert_eq!(PlainText::<5>::shortened(" ").0, "–");
    }

    #[test]
    fn a_message_has_at_most_50_blocks() {
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        assert!((0..49).all(|_| blocks.push(Block::Divider)));
        assert!(blocks.push(Block::Divider), "the 50th");
        assert!(!blocks.push(Block::Divider), "the 51st");
    }

    #[test]
    fn a_message_has_at_most_12000_characters() {
        for (last, fits) in [(2999, true), (3000, true)] {
            let mut blocks = Blocks::new(MESSAGE_LIMITS);
            assert!((0..3).all(|_| blocks.push(section(3000))));
            assert_eq!(blocks.push(section(last)), fits, "{last}");
            assert_eq!(blocks.push(section(1)), last == 2999);
            assert!(!blocks.push(section(1)));
        }
    }

    #[test]
    fn a_long_text_leaves_room_for_what_must_follow() {
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        let reserve = Limits { blocks: 2, chars: 1_500 };
        assert!(!blocks.push_text(&"word ".repeat(10_000), reserve));
        assert!(blocks.left.chars >= 1_500, "{:?}", blocks.left);
        assert!(blocks.push(section(1_500)));
        assert!(blocks.push_text("", NOTHING));
    }

    fn button(length: usize) -> Element {
        Element::Button {
            action_id: "a",
            text: PlainText::shortened("a"),
            value: "v".repeat(length),
            url: None,
            confirm: None,
        }
    }

    fn row(elements: Vec<Element>) -> Block {
        Block::Actions { block_id: BlockId::shortened("row".to_owned()), elements }
    }

    /// The controls that stay of this row.
    fn kept(elements: Vec<Element>) -> Option<usize> {
        let mut blocks = Blocks::new(VIEW_LIMITS);
        blocks.push(row(elements));
        let json = serde_json::to_value(&blocks).unwrap();
        json[0]["elements"].as_array().map(Vec::len)
    }

    #[test]
    fn a_dialog_has_at_most_100_blocks() {
        let mut blocks = Blocks::new(VIEW_LIMITS);
        assert!((0..99).all(|_| blocks.push(Block::Divider)));
        assert!(blocks.push(Block::Divider), "the 100th");
        assert!(!blocks.push(Block::Divider), "the 101st");
    }

    #[test]
    fn a_button_that_brings_too_much_back_is_left_out() {
        for (length, expected) in [(1_999, 2), (2_000, 2), (2_001, 1)] {
            assert_eq!(kept(vec![button(1), button(length)]), Some(expected), "{length}");
        }
        assert_eq!(kept(vec![button(2_001)]), None, "a row without controls is none");
        for (length, expected) in [(2_999, 2), (3_000, 2), (3_001, 1)] {
            let link = super::super::menu::link_button("b", "Open", &"u".repeat(length));
            assert_eq!(kept(vec![button(1), link]), Some(expected), "an address of {length}");
        }
        let text = Mrkdwn::new("a".to_owned()).unwrap();
        let mut blocks = Blocks::new(MESSAGE_LIMITS);
        assert!(blocks.push(Block::Section { text, accessory: Some(button(2_001)) }));
        assert_eq!(serde_json::to_value(&blocks).unwrap()[0].get("accessory"), None);
    }

    #[test]
    fn a_row_has_1_to_25_controls() {
        for (number, expected) in [(0, None), (1, Some(1)), (24, Some(24)), (25, Some(25)), (26, Some(25))] {
            assert_eq!(kept((0..number).map(|_| button(1)).collect()), expected, "{number}");
        }
    }

    #[test]
    fn a_field_takes_1_to_3000_characters_and_begins_with_no_more() {
        for (most, initial, fits) in [
            (None, 2_999, true),
            (None, 3_000, true),
            (None, 3_001, false),
            (Some(0), 0, false),
            (Some(1), 1, true),
            (Some(1), 2, false),
            (Some(2_999), 0, true),
            (Some(3_000), 3_000, true),
            (Some(3_001), 0, false),
        ] {
            let element = Element::PlainTextInput {
                action_id: "a",
                multiline: true,
                initial_value: Some("x".repeat(initial)),
                max_length: most,
            };
            let (block_id, label) = (BlockId::shortened("a".to_owned()), PlainText::shortened("a"));
            let block = Block::Input { block_id, optional: true, label, element, hint: None };
            assert_eq!(Blocks::new(VIEW_LIMITS).push(block), fits, "{most:?} {initial}");
        }
    }

    #[test]
    fn what_a_dialog_is_about_has_at_most_3000_characters() {
        for (length, kept) in [(2_999, 2_999), (3_000, 3_000), (3_001, 0)] {
            assert_eq!(json!(Metadata::new("x".repeat(length))).as_str().unwrap().len(), kept);
        }
    }

    #[test]
    fn what_an_option_brings_back_has_1_to_75_characters() {
        for (length, fits) in [(0, false), (1, true), (74, true), (75, true), (76, false)] {
            assert_eq!(is_option_value(&"x".repeat(length)), fits, "{length}");
        }
    }
}
