//! Where messages come from: Slack exports, text and tables, read piece by piece, and Markdown, read page by page, so that a
//! folder of any size needs no more memory than its longest message or page.

use std::{
    cell::Cell,
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::super::{Failure, markdown};
use crate::{engine::SourceText, platforms::slack::read_mrkdwn};

/// A longer line, or paragraph, is read in parts.
const LONGEST: usize = 32 * 1024;

/// Files of a Slack export that hold people, at its top.
const PEOPLE: [&str; 2] = ["users.json", "org_users.json"];

/// What kind of file it is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Slack,
    Text,
    Markdown,
    Table,
}

impl Kind {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Slack),
            "txt" | "text" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "csv" => Some(Self::Table),
            _ => None,
        }
    }
}

/// What there is to read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files with messages.
    pub(super) files: Vec<PathBuf>,
    /// Files with the names of people.
    pub(super) people: Vec<PathBuf>,
    /// Files of kinds that are not read.
    pub(super) passed_over: usize,
    /// The size of all files with messages.
    pub(super) bytes: u64,
}

/// What there is to read at a path, in an order that does not depend on the file system.
pub(super) fn find(path: &Path) -> Result<Found, String> {
    let mut found = Found::default();
    let about = fs::metadata(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if about.is_dir() {
        walk(path, &mut found)?;
        if found.files.is_empty() {
            return Err(format!("{} holds no .json (Slack), .txt, .md or .csv files", path.display()));
        }
        return Ok(found);
    }
    if Kind::of(path).is_none() {
        let is_zip = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
        let mend =
            if is_zip { "unpack it and name the folder" } else { "name a .json (Slack), .txt, .md or .csv file" };
        return Err(format!("{} cannot be mined: {mend}", path.display()));
    }
    found.bytes = about.len();
    found.files.push(path.to_owned());
    Ok(found)
}

fn walk(folder: &Path, found: &mut Found) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("{} cannot be read: {error}", folder.display());
    let entries: Result<Vec<fs::DirEntry>, io::Error> = fs::read_dir(folder).map_err(unreadable)?.collect();
    let mut entries = entries.map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // Links are not followed: they may lead round in a circle.
        let about = entry.metadata().map_err(unreadable)?;
        let path = entry.path();
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if about.is_dir() {
            walk(&path, found)?;
        } else if PEOPLE.iter().any(|people| name == *people) {
            found.people.push(path);
        } else if about.is_file() && Kind::of(&path).is_some() {
            found.bytes = found.bytes.saturating_add(about.len());
            found.files.push(path);
        } else {
            found.passed_over += 1;
        }
    }
    Ok(())
}

/// Takes a message.
pub(super) type Take<'t> = dyn FnMut(&SourceText) + 't;

/// Counts the bytes that are read through it.
struct Counted<'c, R> {
    input: R,
    bytes: &'c Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes.set(self.bytes.get().saturating_add(u64::try_from(read).unwrap_or(u64::MAX)));
        Ok(read)
    }
}

/// Reads the messages of a file, one after the other, and adds to `bytes` what was read for them.
pub(super) fn read(path: &Path, bytes: &Cell<u64>, take: &mut Take<'_>) -> Result<(), Failure> {
    let failed = || format!("{} cannot be read", path.display());
    let file = Counted { input: File::open(path).with_context(failed)?, bytes };
    let mut input = BufReader::with_capacity(64 * 1024, file);
    match Kind::of(path) {
        Some(Kind::Slack) => {
            let mut message = |message: Message| {
                if let Some(text) = message.said() {
                    take(&read_mrkdwn(text));
                }
            };
            let what = || format!("{} is no list of messages of a Slack export", path.display());
            each(input, &mut message).with_context(what)?;
        }
        Some(Kind::Table) => table(input, take).with_context(failed)?,
        Some(Kind::Markdown) => {
            // What a line is depends on those far above it: an indented one is code, or goes on with the item of a list.
            let mut page = Vec::new();
            input.read_to_end(&mut page).with_context(failed)?;
            let page = String::from_utf8_lossy(&page);
            let prose = markdown::prose(page.trim_start_matches('\u{feff}'));
            paragraphs(&mut prose.as_bytes(), &mut |text| take(&SourceText::new(text))).with_context(failed)?;
        }
        Some(Kind::Text) | None => {
            paragraphs(&mut input, &mut |text| take(&SourceText::new(text))).with_context(failed)?;
        }
    }
    Ok(())
}

/// Whether code blocks are open.
#[derive(Debug, Default)]
struct Fences {
    open: Option<&'static str>,
}

impl Fences {
    /// Whether this line belongs to a code block.
    fn hold(&mut self, line: &str) -> bool {
        let line = line.trim_start();
        match self.open {
            Some(fence) => {
                if line.starts_with(fence) {
                    self.open = None;
                }
                true
            }
            None => {
                // A block on one line ("```code```") is opened and closed there, and the engine knows it.
                let fence = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence));
                self.open = fence.filter(|fence| line.matches(fence).count() == 1);
                self.open.is_some()
            }
        }
    }
}

/// Gives paragraphs, without blocks of code.
fn paragraphs(input: &mut impl BufRead, give: &mut dyn FnMut(&str)) -> io::Result<()> {
    let mut fences = Fences::default();
    let mut paragraph = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let is_over = input.by_ref().take(most).read_until(b'\n', &mut line)? == 0;
        // A stray byte of another encoding is no reason to refuse a page.
        let text = String::from_utf8_lossy(&line);
        let is_code = fences.hold(&text);
        if !is_code {
            paragraph.push_str(&text);
        }
        let ends = is_over || is_code || text.trim().is_empty() || paragraph.len() > LONGEST;
        if ends && !paragraph.trim().is_empty() {
            give(paragraph.trim_start_matches('\u{feff}'));
        }
        if ends {
            paragraph.clear();
        }
        if is_over {
            return Ok(());
        }
    }
}

/// Columns that hold what somebody wrote, in tables that have them.
const TEXT_COLUMNS: [&str; 8] = ["text", "message", "body", "content", "description", "comment", "summary", "subject"];

/// Gives the rows of a table: the columns that hold text, or all of them.
fn table(input: impl Read, take: &mut Take<'_>) -> Result<(), csv::Error> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let heads = rows.byte_headers()?.clone();
    let name = |head: &[u8]| String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim().to_lowercase();
    let named: Vec<usize> = heads
        .iter()
        .enumerate()
        .filter(|(_, head)| TEXT_COLUMNS.contains(&name(head).as_str()))
        .map(|(index, _)| index)
        .collect();
    let mut row = csv::ByteRecord::new();
    while rows.read_byte_record(&mut row)? {
        let cells: Vec<_> = row
            .iter()
            .enumerate()
            .filter(|(index, _)| named.is_empty() || named.contains(index))
            .map(|(_, cell)| String::from_utf8_lossy(cell))
            .collect();
        take(&SourceText::new(&cells.join("\n\n")));
    }
    Ok(())
}

/// A message of an export, as far as it matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    subtype: Option<String>,
    bot_id: Option<String>,
    text: String,
}

impl Message {
    /// What a person said: neither programs, which repeat themselves, nor news of who came and went.
    fn said(&self) -> Option<&str> {
        let by_a_person = self.bot_id.is_none()
            && matches!(self.subtype.as_deref(), None | Some("thread_broadcast" | "me_message" | "file_share"));
        (self.kind == "message" && by_a_person).then_some(&*self.text)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Person {
    name: Option<String>,
    real_name: Option<String>,
    profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Profile {
    real_name: Option<String>,
    display_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// Gives the names of people of an export.
pub(super) fn people(path: &Path, give: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    let input = BufReader::new(File::open(path).with_context(|| format!("{} cannot be read", path.display()))?);
    let mut person = |person: Person| {
        let Person { name, real_name, profile: Profile { real_name: full, display_name, first_name, last_name } } =
            person;
        [name, real_name, full, display_name, first_name, last_name].into_iter().flatten().for_each(|name| give(&name));
    };
    each(input, &mut person).with_context(|| format!("{} is no list of people of a Slack export", path.display()))?;
    Ok(())
}

/// Gives the items of a JSON list one by one; a file that holds something else has none.
fn each<T: for<'de> Deserialize<'de>>(input: impl Read, give: &mut dyn FnMut(T)) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(input);
    Items { give }.deserialize(&mut json)?;
    json.end()
}

struct Items<'g, T> {
    give: &'g mut dyn FnMut(T),
}

/// An item that is understood, or another one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item<T> {
    Wanted(T),
    Other(IgnoredAny),
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Items<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Item<T>>()? {
            if let Item::Wanted(item) = item {
                (self.give)(item);
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, io::BufReader};

    use super::{Counted, Message, each, paragraphs};

    /// Whatever is made of a file, all of it is done at its end: a bar that stops halfway says something went wrong.
    #[test]
    fn all_bytes_of_a_file_are_counted() {
        let export =
            r#"[{ "type": "message", "ts": "1.0", "text": "Hi" }, { "type": "message", "bot_id": "B", "text": "No" }]"#;
        let bytes = Cell::new(7);
        each::<Message>(Counted { input: export.as_bytes(), bytes: &bytes }, &mut |_| {}).unwrap();
        assert_eq!(bytes.get(), 7 + u64::try_from(export.len()).unwrap(), "an export");
        let mut read = Vec::new();
        let text = "Words.\n\n```\ncode\n```\n";
        let input = Counted { input: text.as_bytes(), bytes: &bytes };
        paragraphs(&mut BufReader::new(input), &mut |paragraph| read.push(paragraph.to_owned())).unwrap();
        assert_eq!(read, ["Words.\n\n"]);
        assert_eq!(bytes.get(), 7 + u64::try_from(export.len() + text.len()).unwrap(), "a text");
    }
}
