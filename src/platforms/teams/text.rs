//! Replies as words: for messages without a card, for clients that draw none, and for lists and notifications, which have a line
//! for them.

use super::{
    draft,
    markdown::{self, Surface},
};
use crate::{
    app::{AnswerLine, Depth, PostedText, Reply, answer, answer_text, told},
    engine::{Explanation, ExplanationStatus, Rendering},
};

const HELP: &str = "Upshot turns technical messages into business language.\n\n\
- Send me a message, or put it behind my name in a channel, and I rewrite it.\n\
- “for sales: …” rewrites it for one kind of reader.\n\
- “explain p95” or “what is a canary deploy?” explains a term.\n\
- “settings sales” makes sales your usual reader.\n\
- “settings here sales”, put behind my name in a channel or group chat, makes it the reader of all who have none.\n\
- “know p95, rollback” leaves these terms as they are in your own answers; “know” lists them, “forget p95” takes one back.\n\
- “glossary” shows what waits for review, “glossary kiln” finds entries, “glossary add kiln” writes one.\n\
- On any message: More actions → Explain this, or Upshot for… to choose its reader first. Only you see the answer.\n\
- “draft: …” shows what up to three readers take from a text before you send it.";

/// A heading and what stands below it, both in canonical markup.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) text: String,
}

pub(super) fn upshot(rendering: &Rendering) -> Vec<Part> {
    let part = |title: &str, text: &str| Part { title: title.to_owned(), text: text.to_owned() };
    let mut parts: Vec<Part> = rendering.sections.iter().map(|section| part(&section.title, &section.text)).collect();
    if parts.is_empty() && !rendering.asks.is_empty() {
        parts.push(part("What is asked of you", &rendering.asks.join("\n")));
    }
    parts
}

/// A reply as text in canonical markup.
pub(super) fn words(reply: &Reply) -> String {
    match reply {
        Reply::Rewrite(rewrite) | Reply::Aspect(_, rewrite) => told_to(&rewrite.rendering),
        Reply::Explanation(found) => explained(&found.explanation, found.depth),
        Reply::Found(found) => {
            found.iter().map(|one| answer_text(&one.explanation, Depth::Line)).collect::<Vec<_>>().join("\n\n")
        }
        Reply::Settings { reader } => {
            format!("The reader I write for when you name none: {reader}. To change it, write: settings sales")
        }
        Reply::Say(say) => say.text().to_owned(),
        Reply::Glossary(glossary) => glossary.told(),
        Reply::DefinitionForm { unknown } => asked_for(unknown),
        Reply::Several(several) => {
            let told =
                several.versions.iter().map(|one| format!("# {}\n\n{}", one.title, told_to(&one.rewrite.rendering)));
            told.collect::<Vec<_>>().join("\n\n")
        }
        // Where no card can have controls the way to the editor is what can be said.
        Reply::Draft(_) | Reply::DraftPost(_) => draft::ELSEWHERE.to_owned(),
        Reply::Copy(PostedText::Own(source)) => source.text().to_owned(),
        Reply::Copy(PostedText::Rewrite { rendering, .. }) => posted_words(rendering),
        Reply::Copy(PostedText::Explanation { found, .. }) => explained(&found.explanation, found.depth),
        Reply::Post(post) => words(&post.done),
        Reply::Known(known) => {
            let note = known.note.iter().map(|note| note.text().to_owned());
            let how = "To add some, write: know p95, rollback. To take back: forget p95, or forget all.";
            note.chain(known.told()).chain([how.to_owned()]).collect::<Vec<_>>().join("\n\n")
        }
        Reply::Channel(channel) => {
            let (heading, lines) = channel.told();
            let lines = lines.iter().map(|line| format!("\n- {line}"));
            format!("{heading}\n{}", lines.collect::<String>())
        }
        Reply::ReaderForm { .. } => told::ASK_READER.to_owned(),
        // Nothing of Teams asks for a page, a menu of entries, prompts or a form without hints.
        Reply::Home(_) | Reply::Suggestions(_) | Reply::Prompts(_) | Reply::Help | Reply::Form { .. } => {
            HELP.to_owned()
        }
        Reply::Nothing => String::new(),
    }
}

/// A rewrite in canonical markup: the upshot, the plain version, what is left open.
pub(super) fn told_to(rendering: &Rendering) -> String {
    let mut parts = upshot_words(rendering);
    if !told::says_the_same(rendering) {
        parts.push(format!("# In plain words\n\n{}", rendering.plain));
    }
    parts.push(small_print(rendering));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// The words for one reader as they are posted, the same as `draft::push_posted` shows.
fn posted_words(rendering: &Rendering) -> String {
    let mut parts = upshot_words(rendering);
    if rendering.sections.is_empty() && !told::says_the_same(rendering) {
        parts.push(format!("# In plain words\n\n{}", rendering.plain));
    }
    parts.join("\n\n")
}

fn upshot_words(rendering: &Rendering) -> Vec<String> {
    let headline = Some(one_line(&rendering.headline)).filter(|headline| !headline.is_empty());
    let headline = headline.map(|headline| format!("# {headline}"));
    let sections = upshot(rendering).into_iter().map(|Part { title, text }| format!("# {title}\n\n{text}"));
    headline.into_iter().chain(sections).collect()
}

pub(super) fn asked_for(unknown: &[String]) -> String {
    let note = "Whoever keeps the glossary sees the term and how many people want it, not who.";
    match unknown {
        [] => note.to_owned(),
        words => format!("In this message I have no entry for: {}. {note}", words.join(", ")),
    }
}

pub(super) fn explained(explanation: &Explanation, depth: Depth) -> String {
    let paragraph = |lines: &Vec<AnswerLine>| lines.iter().map(line).collect::<Vec<_>>().join("\n\n");
    answer(explanation, depth).iter().map(paragraph).collect::<Vec<_>>().join("\n\n")
}

fn line(line: &AnswerLine) -> String {
    match line.title.as_str() {
        "" => line.text.clone(),
        title => format!("{title}: {}", line.text),
    }
}

pub(super) fn small_print(rendering: &Rendering) -> String {
    let notices = rendering.notices.iter().map(|notice| &notice.text);
    rendering.open_questions.iter().chain(notices).map(String::as_str).collect::<Vec<_>>().join("\n\n")
}

/// One line for the notification.
pub(super) fn summary(reply: &Reply) -> String {
    match reply {
        Reply::Rewrite(rewrite) | Reply::Aspect(_, rewrite) => in_short(&rewrite.rendering.headline, 200),
        Reply::Explanation(found) => in_short(&answer_text(&found.explanation, Depth::Line), 200),
        other => in_short(&words(other), 200),
    }
}

/// The term and the definition, as a list shows them.
pub(super) fn explained_in_short(explanation: &Explanation) -> (String, String) {
    (in_short(&explanation.term, 80), in_short(&explanation.definition, 200))
}

/// A title and a line, as a list shows them.
pub(super) fn preview(reply: &Reply) -> (String, String) {
    match reply {
        Reply::Explanation(found) if found.explanation.status != ExplanationStatus::Unknown => {
            explained_in_short(&found.explanation)
        }
        Reply::Rewrite(rewrite) | Reply::Aspect(_, rewrite) => {
            ("In business words".to_owned(), in_short(&rewrite.rendering.headline, 200))
        }
        Reply::Copy(PostedText::Rewrite { rendering, .. }) => {
            ("Your message".to_owned(), in_short(&rendering.headline, 200))
        }
        Reply::Copy(PostedText::Explanation { found, .. }) => explained_in_short(&found.explanation),
        Reply::Copy(PostedText::Own(source)) => ("Your message".to_owned(), in_short(source.text(), 200)),
        other => ("Upshot".to_owned(), in_short(&words(other), 200)),
    }
}

/// The beginning of a text in one line, where no client reads markup.
fn in_short(canonical: &str, most: usize) -> String {
    let plain = markdown::write(canonical, Surface::Plain);
    first(&plain.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

pub(super) fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// The first characters of a text in one line.
pub(super) fn first(text: &str, most: usize) -> String {
    let line = one_line(text.trim());
    if line.chars().nth(most).is_none() {
        return line;
    }
    line.chars().take(most - 1).chain(['…']).collect()
}
