//! Controls by which a person says which terms they know: buttons below an explanation, a menu of an answer's words, and on
//! the home tab two menus and a list. Everything on them is ids and terms of the glossary.

use super::{
    blocks::{Block, BlockId, Blocks, Element, Limits, PlainText, is_option_value},
    encode::{BELOW, Encoder, push_heading},
    menu::{self, button},
    mrkdwn,
    payload::Action,
};
use crate::{
    app::{Among, ExplanationReply, Intent, Knowing, KnownReply, RewriteReply, ShownAgain, told},
    ids::{AudienceId, PendingId},
};

/// Action id of the menu of all entries, to say that one is known.
pub(super) const KNOW_ENTRY: &str = "know_entry";
/// Action id of the menu of the person's own terms, to take one back.
pub(super) const KNOWN_LIST: &str = "known_list";
/// Action ids of the buttons below an explanation. Each element of a block has its own.
const BUTTONS: [&str; 5] = ["know_1", "know_2", "know_3", "know_4", "know_5"];
/// Action id of the menu of an answer's words.
const WORDS: &str = "know_words";

/// What a block id of that menu begins with, below an answer and below where its words come from.
const OF_ANSWER: &str = "words:";
const OF_WHY: &str = "why-words:";

/// More words than this nobody looks through.
const MOST_OPTIONS: usize = 25;

impl Encoder {
    /// Buttons to say that the entries of an explanation are known, or to take it back.
    pub(super) fn push_known_buttons(&self, blocks: &mut Blocks, found: &ExplanationReply) {
        let entries = told::entries(&found.explanation);
        let among = Among::of(&found.marks);
        let elements: Vec<Element> = BUTTONS
            .into_iter()
            .zip(&found.marks)
            .map(|(action_id, mark)| {
                button(action_id, &mark.label(among), format!("{} {} {entries}", mark.wish(), found.reader))
            })
            .collect();
        if !elements.is_empty() {
            blocks.push(Block::Actions { block_id: BlockId::shortened("known-entries".to_owned()), elements });
        }
    }

    /// A menu of the words of an answer that were replaced, or stayed because they are known.
    pub(super) fn push_known_words(&self, blocks: &mut Blocks, rewrite: &RewriteReply, is_why: bool) {
        let Some(pending) = &rewrite.pending else { return };
        let options = rewrite
            .marks
            .iter()
            .map(|mark| (mark.label(Among::Others), mark.wish()))
            .filter(|(_, value)| is_option_value(value));
        let options: Vec<(String, String)> = options.take(MOST_OPTIONS).collect();
        let Some(element) = menu::open_choice(&options, "I know a word of this", WORDS) else { return };
        // Another id for each state, or Slack goes on showing what was chosen last.
        let known = rewrite.rendering.known.len();
        let id = if is_why {
            format!("{OF_WHY}{pending}:{}:{known}", rewrite.reader)
        } else {
            format!("{OF_ANSWER}{pending}:{}:{known}", rewrite.reader)
        };
        blocks.push(Block::Actions { block_id: BlockId::shortened(id), elements: vec![element] });
    }

    /// The person's terms, with a menu to take one back.
    pub(super) fn known_message(&self, blocks: &mut Blocks, known: &KnownReply) -> String {
        let text = known_text(known);
        blocks.push_text(&text, BELOW);
        if !known.is_empty() {
            blocks.push(Block::Actions { block_id: list_id(known), elements: vec![take_back_menu()] });
        }
        text
    }

    /// The same on the home tab, with a menu to add one.
    pub(super) fn known_section(&self, blocks: &mut Blocks, known: &KnownReply) {
        push_heading(blocks, "Terms you know");
        blocks.push_text(&known_text(known), Limits { blocks: 30, chars: 6_000 });
        let add = Element::ExternalSelect {
            action_id: KNOW_ENTRY,
            placeholder: PlainText::shortened("I know a term"),
            min_query_length: 1,
        };
        let mut elements = vec![add];
        if !known.is_empty() {
            elements.push(take_back_menu());
        }
        blocks.push(Block::Actions { block_id: list_id(known), elements });
    }
}

fn take_back_menu() -> Element {
    Element::ExternalSelect {
        action_id: KNOWN_LIST,
        placeholder: PlainText::shortened("Take one back"),
        min_query_length: 0,
    }
}

/// Another id for each list: a menu that was used is empty again.
fn list_id(known: &KnownReply) -> BlockId {
    let first = known.terms.first().map(|known| known.concept.as_str()).unwrap_or_default();
    BlockId::shortened(format!("known-terms:{}:{}:{first}", known.terms.len(), known.gone.len()))
}

fn known_text(known: &KnownReply) -> String {
    let mut lines: Vec<String> = known
        .note
        .iter()
        .map(|note| note.text().to_owned())
        .chain(known.told())
        .map(|line| mrkdwn::write(&line))
        .collect();
    lines.push(if known.is_empty() {
        "To tell me: `/upshot know p95, rollback`, or the button below an explanation.".to_owned()
    } else {
        "To add some: `/upshot know p95, rollback`. To take back: `/upshot forget p95`, `/upshot forget all`."
            .to_owned()
    });
    lines.join("\n")
}

/// What such a control wants; `None` when it is none of these.
pub(super) fn pressed(action: &Action) -> Option<Intent> {
    let chosen = action.selected_option.as_ref().map(|option| option.value.as_str());
    let mark =
        |(knowing, concept): (Knowing, &str), shown| Intent::Mark { concept: concept.to_owned(), knowing, shown };
    match action.action_id.as_str() {
        KNOW_ENTRY => Some(mark((Knowing::Known, chosen?), ShownAgain::List)),
        KNOWN_LIST => Some(mark((Knowing::NotKnown, chosen?), ShownAgain::List)),
        WORDS => {
            let shown = match action.block_id.strip_prefix(OF_WHY) {
                Some(about) => {
                    let mut about = about.split(':');
                    let pending = PendingId::new(about.next()?);
                    // A menu of an earlier version names no reader, only a number.
                    let reader = about.next().filter(|_| about.next().is_some()).map(AudienceId::new);
                    ShownAgain::Why { pending, reader }
                }
                None => {
                    let mut about = action.block_id.strip_prefix(OF_ANSWER)?.split(':');
                    ShownAgain::Answer { pending: PendingId::new(about.next()?), reader: about.next()?.to_owned() }
                }
            };
            Some(mark(Knowing::read(chosen?)?, shown))
        }
        id if BUTTONS.contains(&id) => {
            let mut parts = action.value.as_deref()?.splitn(3, ' ');
            let (wish, reader, entries) = (parts.next()?, parts.next()?, parts.next()?);
            let shown = ShownAgain::Explanation { entries: entries.to_owned(), reader: reader.to_owned() };
            Some(mark(Knowing::read(wish)?, shown))
        }
        _ => None,
    }
}
