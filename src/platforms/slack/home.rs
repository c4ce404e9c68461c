//! The app's home tab, and the options of the menu that looks through the glossary.

use serde::Serialize;

use super::{
    blocks::{
        Block, BlockId, Blocks, ConversationFilter, Element, Limits, MAX_OPTIONS, PlainText, VIEW_LIMITS,
        is_option_value,
    },
    encode::{Encoder, HELP, channel_lines, push_heading},
    menu::{self, Target, button},
    mrkdwn,
    payload::Action,
};
use crate::{
    app::{AskedLine, ChannelReply, HomeReply, Suggestion},
    ids::ChannelId,
};

/// Action ids of the channel's settings.
const CHANNEL: &str = "home_channel";
const QUIET: &str = "channel_quiet";
const NOT_QUIET: &str = "channel_not_quiet";

/// Action id of the button that empties the list of what was asked.
const FORGET: &str = "forget_asked";

const OUT_OF_REACH: &str = "I cannot reach my memory right now. Open this page again in a minute.";

/// More than this of what was asked is not listed.
const MOST_ASKED_SHOWN: usize = 10;
/// More open requests than this are counted, not listed.
const MOST_REQUESTS: usize = 20;
/// Room for everything below the answer.
const BELOW: Limits = Limits { blocks: 40, chars: 20_000 };

/// The home tab.
#[derive(Debug, Serialize)]
pub(super) struct HomeView {
    #[serde(rename = "type")]
    kind: &'static str,
    callback_id: &'static str,
    blocks: Blocks,
}

/// The options of a menu.
#[derive(Debug, Serialize)]
pub(super) struct Options {
    options: Vec<Choice>,
}

#[derive(Debug, Serialize)]
struct Choice {
    text: PlainText<75>,
    value: String,
}

/// The channel that such a control is about, and the command that does there what it wants; `None` when it is none of these.
pub(super) fn chosen(action: &Action) -> Option<(ChannelId, &'static str)> {
    let (channel, command) = match action.action_id.as_str() {
        CHANNEL => (&action.selected_conversation, "settings here"),
        QUIET => (&action.value, "settings here quiet"),
        NOT_QUIET => (&action.value, "settings here not quiet"),
        _ => return None,
    };
    Some((ChannelId::new(channel.clone()?), command))
}

/// Whether this is the button that empties the list of what was asked.
pub(super) fn forgets(action: &Action) -> bool {
    action.action_id == FORGET
}

/// The entries that fit, as options.
pub(super) fn options(suggestions: &[Suggestion]) -> Options {
    let fits = |suggestion: &&Suggestion| is_option_value(&suggestion.concept);
    let choice = |suggestion: &Suggestion| Choice {
        text: PlainText::shortened(&suggestion.label),
        value: suggestion.concept.clone(),
    };
    Options { options: suggestions.iter().filter(fits).take(MAX_OPTIONS).map(choice).collect() }
}

impl Encoder {
    /// A person's page.
    pub(super) fn home(&self, home: &HomeReply) -> HomeView {
        let mut blocks = Blocks::new(VIEW_LIMITS);
        let nothing_below = Limits { blocks: 0, chars: 0 };
        blocks.push_text(
            "*Technical messages in words you can act on.* On any message choose *More actions* (⋮), then *Explain this*: only \
             you see the answer.",
            nothing_below,
        );
        if let Some(note) = &home.note {
            blocks.push_context(&mrkdwn::write(note.text()));
        }
        push_heading(&mut blocks, "Look up a term");
        blocks.push(Block::Actions {
            block_id: BlockId::shortened("glossary".to_owned()),
            elements: vec![Element::ExternalSelect {
                action_id: menu::LOOK_UP,
                placeholder: PlainText::shortened("Type the beginning of a term"),
                min_query_length: 1,
            }],
        });
        blocks.push(Block::DispatchingInput {
            block_id: BlockId::shortened("question".to_owned()),
            dispatch_action: true,
            label: PlainText::shortened("Or ask, and press Enter"),
            element: Element::PlainTextInput {
                action_id: menu::ASK,
                multiline: false,
                max_length: Some(300),
                initial_value: None,
            },
        });
        if let Some(found) = &home.found {
            self.explanation_message(&mut blocks, found, BELOW);
        }
        if let Some(waiting) = &home.waiting {
            self.push_glossary(&mut blocks, waiting);
        }
        push_heading(&mut blocks, "Who I write for");
        blocks.push_text("Answers are written for this reader, unless you name another one:", nothing_below);
        self.push_controls(&mut blocks, &Target::Settings, &home.reader, Vec::new());
        self.known_section(&mut blocks, &home.known);
        asked_section(&mut blocks, home.asked.as_deref());
        push_heading(&mut blocks, "Definitions you asked for");
        blocks.push_text(&requests(home.requests.as_deref()), nothing_below);
        push_heading(&mut blocks, "Where others read along");
        channel_section(&mut blocks, home.channel.as_ref());
        push_heading(&mut blocks, "What you can type");
        blocks.push_text(HELP, nothing_below);
        HomeView { kind: "home", callback_id: "home", blocks }
    }
}

/// What the person asked lately, with the way to have a term explained again and the way to forget it all.
fn asked_section(blocks: &mut Blocks, asked: Option<&[AskedLine]>) {
    let nothing_below = Limits { blocks: 0, chars: 0 };
    push_heading(blocks, "What you asked lately");
    let asked = match asked {
        None => {
            blocks.push_text(OUT_OF_REACH, nothing_below);
            return;
        }
        Some([]) => {
            blocks.push_text("Nothing in the last seven days.", nothing_below);
            return;
        }
        Some(asked) => asked,
    };
    let lines: Vec<String> = asked.iter().take(MOST_ASKED_SHOWN).map(asked_line).collect();
    blocks.push_text(&lines.join("\n"), Limits { blocks: 30, chars: 12_000 });
    blocks.push_context(
        "Only you see this list. It holds terms of the glossary and kinds of messages, never their words, and is forgotten after \
         seven days.",
    );
    let term = |line: &AskedLine| Some((line.title.clone(), line.concept.clone()?));
    let terms: Vec<(String, String)> = asked.iter().filter_map(term).collect();
    let again = menu::open_choice(&terms, "Explain again", menu::LOOK_UP);
    let latest = asked.first().map_or(0, |line| line.at.unix_seconds());
    blocks.push(Block::Actions {
        // Another id for each list: a menu that was used is empty again.
        block_id: BlockId::shortened(format!("asked:{}:{latest}", asked.len())),
        elements: again.into_iter().chain([button(FORGET, "Forget all of this", "asked".to_owned())]).collect(),
    });
}

fn asked_line(line: &AskedLine) -> String {
    let title = mrkdwn::write(&line.title);
    let title = if line.concept.is_some() { format!("*{title}*") } else { title };
    let readers = match line.readers.as_slice() {
        [] => String::new(),
        readers => format!(", for this reader: {}", mrkdwn::write(&readers.join(", "))),
    };
    let at = line.at.unix_seconds();
    format!("• {title}{readers} (<!date^{at}^{{date_short_pretty}}, {{time}}|{}>)", line.at.date())
}

/// What holds for a channel, with the choice whether answers there are for who asked alone.
fn channel_section(blocks: &mut Blocks, asked: Option<&(ChannelId, ChannelReply)>) {
    let nothing_below = Limits { blocks: 0, chars: 0 };
    blocks.push_text(
        "Choose a channel to see what holds there: its reader, and whether a call by name is answered in the thread or to who asked \
         alone. Who runs the workspace or made the channel can change it.",
        nothing_below,
    );
    blocks.push(Block::Actions {
        block_id: BlockId::shortened("channel".to_owned()),
        elements: vec![Element::ConversationsSelect {
            action_id: CHANNEL,
            default_to_current_conversation: false,
            response_url_enabled: false,
            filter: ConversationFilter { include: ["public", "private"], exclude_bot_users: true },
        }],
    });
    let Some((channel, told)) = asked else { return };
    blocks.push_text(&format!("<#{channel}>\n{}", channel_lines(told)), nothing_below);
    let (action_id, label) = match told.is_quiet {
        true => (NOT_QUIET, "Answer in the thread"),
        false => (QUIET, "Answer only who asked"),
    };
    blocks.push(Block::Actions {
        block_id: BlockId::shortened(format!("quiet:{channel}:{action_id}")),
        elements: vec![button(action_id, label, channel.to_string())],
    });
}

fn requests(requests: Option<&[String]>) -> String {
    match requests {
        None => OUT_OF_REACH.to_owned(),
        Some([]) => "None is open. Under every answer stands *A term is missing*.".to_owned(),
        Some(requests) => {
            let mut lines: Vec<String> =
                requests.iter().take(MOST_REQUESTS).map(|term| mrkdwn::write(&format!("- {term}"))).collect();
            if requests.len() > MOST_REQUESTS {
                lines.push(format!("and {} more", requests.len() - MOST_REQUESTS));
            }
            lines.push(
                "Only you see this list. Whoever keeps the glossary sees the terms and how many people asked."
                    .to_owned(),
            );
            lines.join("\n")
        }
    }
}
