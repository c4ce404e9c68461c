//! The compiled table: written from `lexicon.tsv`, read back without copying.
//!
//! Layout, numbers little-endian: the magic bytes; how many edits and how many entries (`u32` each); the edits (bytes to
//! strip, length, text); the entries (flags `u32`, then the edit numbers of noun, verb and adjective lemma, `u16` each);
//! then an FST from word to entry number. Entries are shared: 80,000 words need fewer than a thousand of them. The most frequent
//! get the smallest numbers, which keeps the FST small.

use std::collections::BTreeMap;
use std::fmt;

use super::{Edit, Entry, Flags, flags};

const MAGIC: &[u8; 8] = b"UPLEX\x00\x00\x01";

/// Why a table could not be compiled or opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum LexiconError {
    /// A line of the readable table is wrong.
    Line {
        /// Line number, from 1.
        number: usize,
        /// What is wrong with it.
        problem: LineProblem,
    },
    /// The FST library refused the words.
    Fst(fst::Error),
    /// The table needs more edits or entries than the layout can count.
    TooLarge,
    /// The bytes are not a compiled table.
    Damaged,
}

/// What is wrong with a line of the readable table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineProblem {
    /// Not two to five columns.
    Columns,
    /// A flag name that does not exist.
    UnknownFlag,
    /// The word is not after its predecessor.
    Order,
    /// The lemma is not plain text of at most 255 bytes.
    Lemma,
}

impl fmt::Display for LexiconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LexiconError::Line { number, problem } => {
                let text = match problem {
                    LineProblem::Columns => "expected word, flags and up to three lemmas",
                    LineProblem::UnknownFlag => "unknown flag",
                    LineProblem::Order => "words must be sorted and unique",
                    LineProblem::Lemma => "the lemma is too long",
                };
                write!(f, "line {number} of the word table: {text}")
            }
            LexiconError::Fst(_) => f.write_str("the words could not be indexed"),
            LexiconError::TooLarge => f.write_str("the word table has too many different entries"),
            LexiconError::Damaged => f.write_str("the compiled word table is damaged"),
        }
    }
}

impl std::error::Error for LexiconError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LexiconError::Fst(error) => Some(error),
            _ => None,
        }
    }
}

/// An edit while the table is being written: bytes to strip, text to append.
type OwnedEdit = (u8, String);
/// Flags and the edits of noun, verb and adjective.
type Value = (u32, [OwnedEdit; 3]);

/// Makes the compiled table from the text of `lexicon.tsv`. Equal text gives equal bytes.
///
/// # Errors
///
/// [`LexiconError::Line`] for the first line that cannot be read, else what kept the table from being written.
pub fn compile(tsv: &str) -> Result<Vec<u8>, LexiconError> {
    let words = parse(tsv)?;

    let mut uses: BTreeMap<&Value, u32> = BTreeMap::new();
    for (_, value) in &words {
        *uses.entry(value).or_default() += 1;
    }
    let mut values: Vec<(&Value, u32)> = uses.into_iter().collect();
    values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let numbers: BTreeMap<&Value, u64> = values.iter().map(|(value, _)| *value).zip(0..).collect();

    let mut edits: BTreeMap<&OwnedEdit, u16> = BTreeMap::new();
    for edit in values.iter().flat_map(|(value, _)| &value.1) {
        edits.insert(edit, 0);
    }
    for (number, index) in edits.values_mut().enumerate() {
        *index = u16::try_from(number).map_err(|_| LexiconError::TooLarge)?;
    }

    let mut bytes = Vec::with_capacity(1 << 19);
    bytes.extend_from_slice(MAGIC);
    for count in [edits.len(), values.len()] {
        bytes.extend(u32::try_from(count).map_err(|_| LexiconError::TooLarge)?.to_le_bytes());
    }
    for (strip, append) in edits.keys() {
        bytes.push(*strip);
        bytes.push(u8::try_from(append.len()).map_err(|_| LexiconError::TooLarge)?);
        bytes.extend_from_slice(append.as_bytes());
    }
    for ((flags, lemmas), _) in &values {
        bytes.extend(flags.to_le_bytes());
        for edit in lemmas {
            bytes.extend(edits.get(edit).ok_or(LexiconError::TooLarge)?.to_le_bytes());
        }
    }

    let mut builder = fst::MapBuilder::new(bytes_of_fst()).map_err(LexiconError::Fst)?;
    for (word, value) in &words {
        builder.insert(word, *numbers.get(value).ok_or(LexiconError::TooLarge)?).map_err(LexiconError::Fst)?;
    }
    bytes.extend(builder.into_inner().map_err(LexiconError::Fst)?);
    Ok(bytes)
}

fn bytes_of_fst() -> Vec<u8> {
    Vec::with_capacity(1 << 19)
}

fn parse(tsv: &str) -> Result<Vec<(&str, Value)>, LexiconError> {
    let mut words: Vec<(&str, Value)> = Vec::new();
    for (number, line) in (1..).zip(tsv.lines()) {
        let (word, value) = parse_line(line).map_err(|problem| LexiconError::Line { number, problem })?;
        if words.last().is_some_and(|(previous, _)| *previous >= word) {
            return Err(LexiconError::Line { number, problem: LineProblem::Order });
        }
        words.push((word, value));
    }
    Ok(words)
}

fn parse_line(line: &str) -> Result<(&str, Value), LineProblem> {
    let mut columns = line.split('\t');
    let (Some(word), Some(names)) = (columns.next(), columns.next()) else {
        return Err(LineProblem::Columns);
    };
    let mut flags = Flags::NONE;
    for name in names.split(' ') {
        let known = flags::NAMES.iter().find(|(known, _)| *known == name);
        flags |= known.ok_or(LineProblem::UnknownFlag)?.1;
    }
    let mut edits = [const { (0, String::new()) }; 3];
    for edit in &mut edits {
        match columns.next() {
            None | Some("") => {}
            Some(lemma) => *edit = edit_between(word, lemma)?,
        }
    }
    if columns.next().is_some() {
        return Err(LineProblem::Columns);
    }
    Ok((word, (flags.bits(), edits)))
}

/// The shortest edit at the end of `word` that gives `lemma`.
fn edit_between(word: &str, lemma: &str) -> Result<OwnedEdit, LineProblem> {
    let shared: usize = word.chars().zip(lemma.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let strip = u8::try_from(word.len() - shared).map_err(|_| LineProblem::Lemma)?;
    let append = lemma.get(shared..).filter(|text| text.len() <= 255).ok_or(LineProblem::Lemma)?;
    Ok((strip, append.to_owned()))
}

/// Reads the head of a compiled table and leaves the FST where it is.
pub(super) fn decode(bytes: &'static [u8]) -> Result<(Vec<Entry>, fst::Map<&'static [u8]>), LexiconError> {
    let mut reader = Reader { rest: bytes };
    if reader.take(MAGIC.len())? != MAGIC {
        return Err(LexiconError::Damaged);
    }
    let edit_count = reader.u32()?;
    let entry_count = reader.u32()?;

    let mut edits = Vec::new();
    for _ in 0..edit_count {
        let strip = reader.u8()?;
        let length = reader.u8()?;
        let append = std::str::from_utf8(reader.take(usize::from(length))?).map_err(|_| LexiconError::Damaged)?;
        edits.push(Edit { strip, append });
    }
    let mut entries = Vec::new();
    for _ in 0..entry_count {
        let flags = Flags::from_bits(reader.u32()?);
        let mut lemma = || edits.get(usize::from(reader.u16()?)).copied().ok_or(LexiconError::Damaged);
        entries.push(Entry { flags, noun: lemma()?, verb: lemma()?, adjective: lemma()? });
    }
    let words = fst::Map::new(reader.rest).map_err(LexiconError::Fst)?;
    Ok((entries, words))
}

struct Reader {
    rest: &'static [u8],
}

impl Reader {
    fn take(&mut self, length: usize) -> Result<&'static [u8], LexiconError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(LexiconError::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LexiconError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(LexiconError::Damaged)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, LexiconError> {
        Ok(self.array::<1>()?[0])
    }

    fn u16(&mut self) -> Result<u16, LexiconError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, LexiconError> {
        Ok(u32::from_le_bytes(self.array()?))
    }
}
