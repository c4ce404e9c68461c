//! The HTML of Teams messages as canonical text.
//!
//! It comes as `attachments[text/html].content` of what a bot is sent and as `messagePayload.body.content` of a message action:
//! <https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module>. Clients and
//! connectors nest it freely and close it carelessly, so this reads tokens and never fails: what has no meaning here is
//! read as the text it holds, and every figure is kept. Nothing is fetched.

mod answered;
mod table;

use std::borrow::Cow;

pub(super) use answered::read_apart;
use html5gum::emitters::default::StartTag;

use crate::app::canonical::{STRUCK, is_invisible, push_fence, push_link, push_person, push_raw};
use crate::engine::SourceText;
use table::Table;

/// Elements that are open at once. Markup that nests deeper is read as the text it holds, so that reading stays linear.
const DEEPEST: usize = 128;
/// What one level of a list is set in.
const INDENT: usize = 4;

/// A message body as canonical text. `own` is the number of the mention by which the bot itself was called (`id` of `<at>`,
/// `itemid` of a mention `<span>`): its first occurrence is left out, the mentions of colleagues stay.
#[must_use]
pub fn read(html: &str, own: Option<&str>) -> SourceText {
    let mut reader = Reader { own, ..Reader::default() };
    answered::tokens(html).for_each(|token| reader.take(token));
    SourceText::new(&reader.finish())
}

/// What ends with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    /// A line or, with more of a gap, a paragraph of its own.
    Block(usize),
    Heading,
    List,
    Item,
    Quote,
    Code,
    Fence,
    Struck,
    Link,
    Mention,
    /// The author of a quoted message.
    Speaker,
    Table,
    Row,
    Cell,
    /// Not for readers: scripts, system notes.
    Hidden,
}

struct Open {
    name: Vec<u8>,
    effect: Effect,
}

struct List {
    is_ordered: bool,
    next: u64,
}

/// Text between two marks that is known whole only at the second.
struct Span {
    start: usize,
    /// Address of a link, number of a mention.
    target: String,
}

#[derive(Default)]
struct Reader<'r> {
    own: Option<&'r str>,
    text: String,
    line: String,
    /// Line ends wanted in front of the next line.
    gap: usize,
    open: Vec<Open>,
    lists: Vec<List>,
    quotes: usize,
    /// A list item was opened and has no text yet: its marker.
    marker: Option<String>,
    /// Struck out, but nothing said yet.
    strikes: usize,
    link: Option<Span>,
    mention: Option<Span>,
    speaker: Option<usize>,
    code: Option<String>,
    fence: Option<String>,
    tables: Vec<Table>,
    hidden: usize,
}

impl Reader<'_> {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        let attribute = |wanted: &str| -> Cow<'_, str> {
            tag.attributes.get(wanted.as_bytes()).map_or(Cow::Borrowed(""), |value| String::from_utf8_lossy(value))
        };
        if self.hidden > 0 {
            return self.push(name, Effect::None, tag.self_closing);
        }
        let effect = match name {
            b"br" => return self.line_break(),
            b"hr" => {
                self.end_line(1);
                self.line.push_str("---");
                return self.end_line(1);
            }
            b"img" => return self.image(&attribute("alt"), &attribute("itemtype")),
            b"emoji" | b"customemoji" => {
                self.emoji(&attribute("alt"), &attribute("title"));
                Effect::None
            }
            b"attachment" => {
                self.say("[attachment]");
                Effect::None
            }
            b"video" | b"audio" => {
                self.say(if name == b"video" { "[video]" } else { "[audio]" });
                Effect::None
            }
            b"input" => {
                if attribute("type").eq_ignore_ascii_case("checkbox") {
                    self.say(if tag.attributes.contains_key(&b"checked"[..]) { "[x] " } else { "[ ] " });
                }
                return;
            }
            b"systemeventmessage" if tag.self_closing => return,
            b"script" | b"style" | b"systemeventmessage" | b"template" | b"head" => {
                self.hidden += usize::from(self.open.len() < DEEPEST);
                Effect::Hidden
            }
            b"pre" | b"codeblock" => {
                self.end_line(1);
                self.fence.get_or_insert_default();
                Effect::Fence
            }
            b"code" | b"samp" | b"kbd" | b"tt" if self.fence.is_none() => {
                self.code.get_or_insert_default();
                Effect::Code
            }
            _ if self.fence.is_some() => {
                if matches!(name, b"p" | b"div" | b"li") {
                    self.fence_line();
                    Effect::Block(1)
                } else {
                    Effect::None
                }
            }
            b"p" => {
                self.close_implied(&[b"p"], &[b"td", b"th", b"li", b"blockquote", b"div"]);
                self.block(2)
            }
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.end_line(2);
                let level = name.get(1).map_or(1, |digit| usize::from(digit - b'0'));
                let marker = self.marker.get_or_insert_default();
                marker.extend(std::iter::repeat_n('#', level));
                marker.push(' ');
                Effect::Heading
            }
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"dl" | b"dt" | b"dd" | b"figure"
            | b"address" => self.block(1),
            b"caption" => self.block(1),
            b"ul" | b"ol" => {
                self.end_line(1);
                let next = attribute("start").parse().unwrap_or(1);
                if self.open.len() < DEEPEST {
                    self.lists.push(List { is_ordered: name == b"ol", next });
                }
                Effect::List
            }
            b"li" => {
                self.close_implied(&[b"li"], &[b"ul", b"ol", b"td", b"th"]);
                self.end_line(1);
                self.item(attribute("value").parse().ok());
                Effect::Item
            }
            b"blockquote" => {
                self.end_line(2);
                // What was handed on is what the message is about; what is answered is not.
                if attribute("itemtype").ends_with("/Forward") {
                    Effect::Block(2)
                } else {
                    self.quotes += usize::from(self.open.len() < DEEPEST);
                    Effect::Quote
                }
            }
            b"s" | b"strike" | b"del" => self.strike(),
            b"span" if attribute("style").contains("line-through") => self.strike(),
            b"a" => {
                self.close_implied(&[b"a"], &[b"td", b"th"]);
                // A name is words only: a link inside ends it.
                self.end_mention();
                self.open_link(&attribute("href"))
            }
            b"at" => self.open_mention(&attribute("id")),
            b"span" if attribute("itemtype").ends_with("/Mention") => self.open_mention(&attribute("itemid")),
            _ if attribute("itemprop") == "mri" && self.quotes > 0 => {
                self.speaker = Some(self.line.len());
                Effect::Speaker
            }
            b"table" => {
                if self.tables.is_empty() {
                    self.end_line(2);
                }
                if self.open.len() < DEEPEST {
                    self.tables.push(Table::default());
                }
                Effect::Table
            }
            b"tr" => {
                self.close_implied(&[b"tr"], &[b"table"]);
                if let Some(table) = self.tables.last_mut() {
                    table.open_row();
                    Effect::Row
                } else {
                    self.block(1)
                }
            }
            b"td" | b"th" => {
                self.close_implied(&[b"td", b"th"], &[b"tr", b"table"]);
                self.open_cell(name == b"th")
            }
            _ => Effect::None,
        };
        self.push(name, effect, tag.self_closing);
    }

    /// Remembers what ends with this element. A slash in the tag ends only what has no meaning in HTML proper, such as
    /// `<attachment/>`; `<div/>` stays open.
    fn push(&mut self, name: &[u8], effect: Effect, self_closing: bool) {
        const EMPTY: [&[u8]; 9] = [b"col", b"wbr", b"link", b"meta", b"source", b"track", b"embed", b"base", b"area"];
        let is_empty = EMPTY.contains(&name) || self_closing && effect == Effect::None;
        if !is_empty && self.open.len() < DEEPEST {
            self.open.push(Open { name: name.to_vec(), effect });
        } else if !is_empty {
            // Too deep to be remembered: it holds its line, and nothing more.
            self.drop_effect(effect);
        }
    }

    /// Takes back what an element that cannot be remembered would have left open.
    fn drop_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Fence | Effect::Code | Effect::Link | Effect::Mention | Effect::Speaker | Effect::Struck => {
                self.end(effect);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"br" => return self.line_break(),
            b"p" if !self.open.iter().any(|open| open.name == name) => return self.end_line(2),
            _ => {}
        }
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        let is_block = !matches!(
            self.open.get(at).map(|open| open.effect),
            Some(Effect::None | Effect::Link | Effect::Mention | Effect::Struck | Effect::Code | Effect::Speaker)
        );
        if is_block {
            // What was left open inside ends with its block.
            while self.open.len() > at {
                self.pop();
            }
        } else {
            // `<b><i>…</b>…</i>`: only the element named ends.
            let open = self.open.remove(at);
            self.end(open.effect);
        }
    }

    /// Ends the innermost of these elements, unless one of the others stands between.
    fn close_implied(&mut self, names: &[&[u8]], barriers: &[&[u8]]) {
        let found = self
            .open
            .iter()
            .rposition(|open| names.contains(&open.name.as_slice()) || barriers.contains(&open.name.as_slice()));
        let Some(at) = found.filter(|at| self.open.get(*at).is_some_and(|open| names.contains(&open.name.as_slice())))
        else {
            return;
        };
        while self.open.len() > at {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.end(open.effect);
        }
    }

    fn end(&mut self, effect: Effect) {
        match effect {
            Effect::None | Effect::Row => {}
            Effect::Block(_) if self.fence.is_some() => self.fence_line(),
            Effect::Block(gap) => self.end_line(gap),
            Effect::List => {
                self.end_line(1);
                self.lists.pop();
                if self.lists.is_empty() {
                    self.gap = self.gap.max(1);
                }
            }
            Effect::Heading | Effect::Item => {
                self.end_line(if effect == Effect::Heading { 2 } else { 1 });
                self.marker = None;
            }
            Effect::Quote => {
                // A quoted author without a text.
                let end = self.line.trim_end().len();
                self.line.truncate(end);
                self.end_line(2);
                self.quotes = self.quotes.saturating_sub(1);
            }
            Effect::Code => self.end_code(),
            Effect::Fence => self.end_fence(),
            Effect::Struck => {
                if self.strikes > 0 {
                    self.strikes -= 1;
                } else {
                    self.line.push(')');
                }
            }
            Effect::Link => self.end_link(),
            Effect::Mention => self.end_mention(),
            Effect::Speaker => {
                if self.speaker.take().is_some_and(|start| start < self.line.len()) {
                    self.line.push_str(": ");
                }
            }
            Effect::Table => self.end_table(),
            Effect::Cell => self.end_cell(),
            Effect::Hidden => self.hidden = self.hidden.saturating_sub(1),
        }
    }

    fn block(&mut self, gap: usize) -> Effect {
        self.end_line(gap);
        Effect::Block(gap)
    }

    fn strike(&mut self) -> Effect {
        self.strikes += 1;
        Effect::Struck
    }

    fn item(&mut self, value: Option<u64>) {
        let depth = self.lists.len().saturating_sub(1).min(8);
        let mark = match self.lists.last_mut() {
            Some(list) if list.is_ordered => {
                let number = value.unwrap_or(list.next);
                list.next = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        self.marker = Some(format!("{}{mark}", " ".repeat(depth * INDENT)));
    }

    /// Text between tags: white space is one space, unless it is code.
    fn text(&mut self, words: &str) {
        if self.hidden > 0 {
            return;
        }
        if let Some(fence) = &mut self.fence {
            return fence.extend(words.chars().filter(|sign| !is_invisible(*sign)).map(|sign| match sign {
                '\u{A0}' => ' ',
                other => other,
            }));
        }
        let mut flat = String::with_capacity(words.len());
        let mut blank = false;
        for sign in words.chars().filter(|sign| !is_invisible(*sign)) {
            if sign.is_whitespace() {
                blank = true;
                continue;
            }
            if blank {
                flat.push(' ');
                blank = false;
            }
            flat.push(sign);
        }
        if blank {
            flat.push(' ');
        }
        if let Some(code) = &mut self.code {
            return code.push_str(&flat);
        }
        self.say(&flat);
    }

    /// Adds words to the line; none begins with a blank, and none has two of them.
    fn say(&mut self, words: &str) {
        let begins = self.line.is_empty() || self.line.ends_with(' ') || self.line.ends_with(STRUCK);
        let words = if begins { words.trim_start() } else { words };
        if words.is_empty() {
            return;
        }
        if words.trim().is_empty() {
            return self.line.push(' ');
        }
        self.strike_pending();
        push_raw(&mut self.line, words);
    }

    fn strike_pending(&mut self) {
        for _ in 0..std::mem::take(&mut self.strikes) {
            self.line.push_str(STRUCK);
        }
    }

    fn emoji(&mut self, alt: &str, title: &str) {
        let sign = if alt.trim().is_empty() { title } else { alt };
        self.say(sign.trim());
    }

    fn image(&mut self, alt: &str, kind: &str) {
        if self.hidden > 0 {
            return;
        }
        let alt = alt.trim();
        if kind.ends_with("/Emoji") {
            self.say(alt);
        } else if alt.is_empty() || alt.eq_ignore_ascii_case("image") {
            self.say("[picture]");
        } else {
            self.say(&format!("[picture: {}]", alt.replace(['[', ']', '\n'], " ")));
        }
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        if code.trim().is_empty() {
            return self.say(&code);
        }
        self.strike_pending();
        if code.contains('\n') {
            self.end_line(1);
            return self.emit_fence(&code);
        }
        // Code that holds a backtick stands between two of them.
        let mark = if code.contains('`') { "``" } else { "`" };
        for part in [mark, &code, mark] {
            self.line.push_str(part);
        }
    }

    fn fence_line(&mut self) {
        if let Some(fence) = self.fence.as_mut().filter(|fence| !fence.is_empty() && !fence.ends_with('\n')) {
            fence.push('\n');
        }
    }

    fn end_fence(&mut self) {
        // A `<code>` inside the block, and a block inside a block, end with the outermost.
        if self.open.iter().any(|open| open.effect == Effect::Fence) {
            return;
        }
        if let Some(code) = self.fence.take().filter(|code| !code.trim().is_empty()) {
            self.emit_fence(&code);
        }
    }

    fn emit_fence(&mut self, code: &str) {
        if let Some(table) = self.tables.last() {
            // A cell is one line.
            let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
            if table.is_in_cell() {
                self.line.push('`');
                self.line.push_str(&code.replace('`', "'"));
                self.line.push('`');
                return;
            }
        }
        let mut fence = String::new();
        // Three backticks inside would end it.
        push_fence(&mut fence, code.replace("```", "``\u{200B}`").trim_end());
        if let Some(marker) = self.marker.take() {
            // An item that is all code: its marker stands above the block.
            self.begin_line();
            self.text.push_str(marker.trim_end());
            self.gap = 1;
        }
        for line in fence.split('\n') {
            self.begin_line();
            self.text.push_str(line);
            self.gap = 1;
        }
    }

    fn open_link(&mut self, href: &str) -> Effect {
        let href = href.trim();
        let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_address = scheme.is_some_and(|scheme| !["javascript", "data", "vbscript"].contains(&scheme.as_str()));
        if self.link.is_some() || !is_address || href.contains(['<', '>', '\n']) || self.code.is_some() {
            return Effect::None;
        }
        self.strike_pending();
        self.link = Some(Span { start: self.line.len(), target: href.to_owned() });
        Effect::Link
    }

    fn end_link(&mut self) {
        let Some(Span { start, target }) = self.link.take() else { return };
        let label = self.line.get(start..).unwrap_or_default().to_owned();
        self.line.truncate(start);
        let inside = label.trim();
        if label.starts_with(' ') {
            self.line.push(' ');
        }
        push_link(&mut self.line, &target, (!inside.is_empty()).then_some(inside));
        if label.len() > 1 && label.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn open_mention(&mut self, id: &str) -> Effect {
        if self.mention.is_some() || self.code.is_some() {
            return Effect::None;
        }
        self.strike_pending();
        self.mention = Some(Span { start: self.line.len(), target: id.to_owned() });
        Effect::Mention
    }

    fn end_mention(&mut self) {
        let Some(Span { start, target }) = self.mention.take() else { return };
        let name: String =
            self.line.get(start..).unwrap_or_default().chars().filter(|sign| !"<>|@\u{200B}".contains(*sign)).collect();
        self.line.truncate(start);
        let name = name.trim();
        if self.own.is_some_and(|own| own == target) {
            self.own = None;
        } else if !name.is_empty() {
            push_person(&mut self.line, name);
        }
    }

    fn open_cell(&mut self, is_head: bool) -> Effect {
        match self.tables.as_mut_slice() {
            [table] => {
                self.gap = 0;
                self.marker = None;
                table.open_cell(is_head);
                Effect::Cell
            }
            // A table in a cell is read as the text it holds.
            _ => {
                self.end_line(1);
                Effect::Block(1)
            }
        }
    }

    fn end_cell(&mut self) {
        self.end_spans();
        // Lists and headings in a cell are read as their words.
        self.marker = None;
        let line = std::mem::take(&mut self.line);
        if let [table] = self.tables.as_mut_slice() {
            table.end_cell(line.trim());
        }
    }

    fn end_table(&mut self) {
        if self.tables.last().is_some_and(Table::is_in_cell) && self.tables.len() == 1 {
            self.end_cell();
        }
        let Some(table) = self.tables.pop() else { return };
        if !self.tables.is_empty() {
            return self.end_line(1);
        }
        // Words beside the cells stand above them.
        self.end_line(1);
        self.gap = self.gap.max(2);
        for line in table.lines() {
            self.line.push_str(&line);
            self.end_line_as_it_is(1);
        }
        self.gap = self.gap.max(2);
    }

    fn line_break(&mut self) {
        if self.hidden > 0 {
            return;
        }
        if let Some(fence) = &mut self.fence {
            return fence.push('\n');
        }
        if let Some(code) = &mut self.code {
            return code.push('\n');
        }
        if self.line.trim().is_empty() && self.gap > 0 && !self.text.is_empty() {
            self.gap = 2
        } else {
            self.end_line(1)
        }
    }

    /// A link or mention does not go on in the next line.
    fn end_spans(&mut self) {
        self.end_mention();
        if self.link.as_ref().is_some_and(|link| link.start < self.line.len()) {
            self.end_link();
        }
        if let Some(link) = &mut self.link {
            link.start = 0;
        }
    }

    /// Ends the line, with at least `gap` line ends in front of the next.
    fn end_line(&mut self, gap: usize) {
        if self.fence.is_some() || self.hidden > 0 {
            return;
        }
        self.end_spans();
        // "Mara: the quoted text" is one line, although each half is a block.
        if self.quotes > 0 && self.line.ends_with(": ") && self.line.len() > 2 && self.speaker.is_none() {
            return;
        }
        if self.tables.last().is_some_and(Table::is_in_cell) {
            let end = self.line.trim_end().len();
            self.line.truncate(end);
            if !self.line.is_empty() {
                self.line.push(' ');
            }
            return;
        }
        let end = self.line.trim_end().len();
        self.line.truncate(end);
        self.end_line_as_it_is(gap);
    }

    fn end_line_as_it_is(&mut self, gap: usize) {
        // The paragraph inside a list item is the item's line.
        let gap = if self.lists.is_empty() { gap } else { 1 };
        if self.line.is_empty() {
            if !self.text.is_empty() && self.marker.is_none() {
                self.gap = self.gap.max(gap);
            }
            return;
        }
        self.begin_line();
        match self.marker.take() {
            Some(marker) => self.text.push_str(&marker),
            // An item goes on below its own words.
            None if !self.lists.is_empty() => {
                let depth = self.lists.len().saturating_sub(1).min(8);
                self.text.extend(std::iter::repeat_n(' ', depth * INDENT + 2));
            }
            None => {}
        }
        self.text.push_str(&self.line);
        self.line.clear();
        self.gap = gap;
    }

    /// Begins a line of its own, below the gap that was asked for.
    fn begin_line(&mut self) {
        if !self.text.is_empty() {
            self.text.extend(std::iter::repeat_n('\n', self.gap.max(1)));
        }
        if self.quotes > 0 {
            self.text.push_str("> ");
        }
    }

    fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.pop();
        }
        self.end_line(1);
        self.text
    }
}

#[cfg(test)]
mod tests;
