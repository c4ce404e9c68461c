//! TBX (ISO 30042) into concepts, in any dialect: its third edition in either style (DCA, DCT), and the names of the second one.
//! What a dialect has no place for, as TBX-Core has none for a status, stays unsaid.

use std::collections::BTreeSet;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Concept, Term, concept::slug, table::Row, terminology::DEFINITION_NOTE};

/// Where an entry is being read.
#[derive(Debug, Default)]
struct Entry {
    concept: Concept,
    line: u64,
    /// The language of the section that is open; empty outside.
    language: String,
    others: BTreeSet<String>,
}

/// A text that is being read.
#[derive(Debug)]
struct Field {
    /// What it says of the entry: `definition`, `partOfSpeech`.
    kind: String,
    /// The id that it refers to, where it does.
    target: Option<String>,
    text: String,
    /// Elements that are open inside it.
    depth: usize,
}

/// Reads a file.
///
/// # Errors
/// It is no XML, or holds no entries.
pub(super) fn read(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut lines = Lines::new(text);
    let (mut rows, mut entry, mut field): (Vec<Row>, Option<Entry>, Option<Field>) = (Vec::new(), None, None);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(at);
            format!("Line {}: this is no XML: {error}.", Lines::new(text).of(at))
        })?;
        match event {
            Event::Start(start) => {
                if let Some(field) = &mut field {
                    field.depth += 1;
                } else if let Some(entry) = &mut entry {
                    field = entry.open(&start);
                } else if is_entry(start.local_name().as_ref()) {
                    let id = attribute(&start, "id").map(|id| slug(&id)).unwrap_or_default();
                    entry = Some(Entry {
                        line: lines.of(at),
                        concept: Concept { id, ..Concept::default() },
                        ..Entry::default()
                    });
                }
            }
            Event::End(end) => {
                let name = end.local_name();
                match field.take() {
                    Some(open) if open.depth > 0 => field = Some(Field { depth: open.depth - 1, ..open }),
                    Some(done) => {
                        if let Some(entry) = &mut entry {
                            let text = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
                            entry.take((&done.kind, done.target.as_deref()), text);
                        }
                    }
                    None if is_section(name.as_ref()) => {
                        if let Some(entry) = &mut entry {
                            entry.language.clear();
                        }
                    }
                    None if is_entry(name.as_ref()) => rows.extend(entry.take().map(Entry::row)),
                    None => {}
                }
            }
            Event::Text(words) => {
                if let Some(field) = &mut field {
                    field.text.push_str(&words.xml10_content());
                }
            }
            Event::CData(words) => {
                if let Some(field) = &mut field {
                    field.text.push_str(&words.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(field) = &mut field {
                    let name = reference.xml10_content();
                    let sign = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let sign = sign.or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned));
                    // Entities that a file defines itself are not followed.
                    field.text.push_str(&sign.unwrap_or_else(|| format!("&{name};")));
                }
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if entry.is_some() {
        return Err("The file ends in the middle of an entry.".to_owned());
    }
    if rows.is_empty() {
        return Err("The file has no entries: TBX has conceptEntry elements.".to_owned());
    }
    Ok(rows)
}

fn is_entry(name: &str) -> bool {
    matches!(name, "conceptEntry" | "termEntry")
}

fn is_section(name: &str) -> bool {
    matches!(name, "langSec" | "langSet")
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

impl Entry {
    /// What begins here: a text to read, or a part that only holds others.
    fn open(&mut self, start: &BytesStart<'_>) -> Option<Field> {
        let name = start.local_name();
        let name: &str = name.as_ref();
        if is_section(name) {
            self.language = attribute(start, "lang").unwrap_or_else(|| "en".to_owned()).to_lowercase();
            return None;
        }
        if matches!(name, "termSec" | "tig" | "ntig") {
            if self.is_english() {
                self.concept.terms.push(Term::default());
            } else {
                self.others.insert(self.language.clone());
            }
            return None;
        }
        // Groups hold a field with what is said of it.
        if matches!(name, "descripGrp" | "termNoteGrp" | "adminGrp" | "termGrp" | "transacGrp") {
            return None;
        }
        let kind = attribute(start, "type").filter(|_| name != "term").unwrap_or_else(|| name.to_owned());
        Some(Field { kind, target: attribute(start, "target"), text: String::new(), depth: 0 })
    }

    fn is_english(&self) -> bool {
        self.language.is_empty() || self.language == "en" || self.language.starts_with("en-")
    }

    fn take(&mut self, (kind, target): (&str, Option<&str>), text: String) {
        if !self.is_english() {
            return;
        }
        // Behind the first term these are said of a term.
        if self.concept.terms.is_empty() && !text.is_empty() {
            match kind {
                "source" => self.concept.source.clone_from(&text),
                "note" if self.concept.definition.is_empty() && text.starts_with(DEFINITION_NOTE) => {
                    self.concept.definition = text.replacen(DEFINITION_NOTE, "", 1);
                }
                "note" if self.concept.notes.is_empty() => self.concept.notes.clone_from(&text),
                "note" => self.concept.notes.push_str(&format!("\n{text}")),
                _ => {}
            }
        }
        if let ("crossReference", Some(target)) = (kind, target)
            && !target.contains(':')
        {
            self.concept.related.push(slug(target));
        }
        match (kind, self.concept.terms.last_mut()) {
            ("subjectField", _) => {
                let is_field =
                    |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '_');
                self.concept.subject_field = if text.chars().all(is_field) { text } else { slug(&text) };
            }
            ("definition", _) => self.concept.definition = text,
            ("term", Some(term)) => term.text = text,
            ("termType", Some(term)) if text == "phrase" => text.clone_into(&mut term.part_of_speech),
            // Whatever else is said of a phrase, it stays one.
            ("partOfSpeech", Some(term)) if term.part_of_speech != "phrase" => {
                part_of_speech(&text).clone_into(&mut term.part_of_speech);
            }
            ("administrativeStatus" | "normativeAuthorization", Some(term)) => {
                term.status = Some(status(&text).to_owned());
            }
            // Everything else is not taken in.
            _ => {}
        }
    }

    fn row(self) -> Row {
        let Self { concept, line, others, .. } = self;
        if concept.terms.iter().all(|term| term.text.is_empty()) {
            let languages: Vec<String> = others.into_iter().collect();
            let found = if languages.is_empty() { "none".to_owned() } else { format!("only {}", languages.join(", ")) };
            return (line, Err(format!("The entry has no English term ({found}).")));
        }
        let is_field_named = !concept.subject_field.is_empty();
        let is_status_told = concept.terms.iter().any(|term| term.status.is_some());
        let mut concept = concept.complete();
        if !is_status_told {
            // As in TBX-Core: the terms of an entry that is there keep theirs.
            concept.terms.iter_mut().for_each(|term| term.status = None);
        }
        if !is_field_named {
            // An entry that is there keeps its own.
            concept.subject_field.clear();
        }
        (line, Ok(concept))
    }
}

fn part_of_speech(name: &str) -> &'static str {
    match name.to_lowercase().as_str() {
        "verb" => "verb",
        "adjective" => "adjective",
        "adverb" => "adverb",
        // The picklist of TBX-Basic has nothing nearer for a name; a phrase has the term type as well.
        "propernoun" | "proper noun" | "other" => "name",
        _ => "noun",
    }
}

/// `preferredTerm-admn-sts`, `deprecatedTerm`, `supersededTerm-admn-sts`.
fn status(name: &str) -> &'static str {
    match name {
        name if name.starts_with("preferred") || name.starts_with("standardized") => "preferred",
        name if name.starts_with("deprecated") || name.starts_with("superseded") => "deprecated",
        _ => "admitted",
    }
}

/// The line of a place, for places in their order.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    fn of(&mut self, place: usize) -> u64 {
        let passed = self.text.get(self.at..place.min(self.text.len())).unwrap_or_default();
        self.line += u64::try_from(passed.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        self.at = self.at.max(place);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    const DCT: &str = "<?xml version=\"1.0\"?>\n<!-- made by another tool -->\n<tbx style=\"dct\" type=\"TBX-Basic\" xml:lang=\"en\" \
        xmlns=\"urn:iso:std:iso:30042:ed-2\" xmlns:min=\"http://www.tbxinfo.net/ns/min\" xmlns:basic=\"http://www.tbxinfo.net/ns/basic\">\n\
        <tbxHeader><fileDesc><sourceDesc><p>A list</p></sourceDesc></fileDesc></tbxHeader><text><body>\n\
        <conceptEntry id=\"c 5\"><min:subjectField>Fine Baking</min:subjectField>\n\
        <langSec xml:lang=\"de\"><termSec><term>Ofen</term></termSec></langSec>\n\
        <langSec xml:lang=\"en-GB\"><basic:definition>A copy of the shop &amp; <hi>nothing</hi> else.<![CDATA[ Really.]]></basic:definition>\n\
        <termSec><term>kiln</term><min:partOfSpeech>noun</min:partOfSpeech><min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec>\n\
        <termSec><term>oven &#x26; co</term><basic:context>Nothing.</basic:context></termSec></langSec></conceptEntry>\n\
        <conceptEntry><langSec xml:lang=\"de\"><termSec><term>Herd</term></termSec></langSec></conceptEntry>\n</body></text></tbx>";

    const SECOND_EDITION: &str = "<martif type=\"TBX\"><text><body><termEntry id=\"eid1\"><langSet xml:lang=\"en\">\
        <descripGrp><descrip type=\"definition\">A copy.</descrip><admin type=\"source\">us</admin></descripGrp>\
        <ntig><termGrp><term>kiln</term><termNote type=\"partOfSpeech\">verb</termNote></termGrp></ntig></langSet></termEntry></body></text></martif>";

    #[test]
    fn both_styles_and_both_editions_are_read() {
        let rows = read(DCT).unwrap();
        let kiln = rows[0].1.as_ref().unwrap();
        assert_eq!((rows[0].0, kiln.id.as_str(), kiln.subject_field.as_str()), (5, "c-5", "fine-baking"));
        assert_eq!(kiln.definition, "A copy of the shop & nothing else. Really.");
        let terms: Vec<(&str, Option<&str>)> =
            kiln.terms.iter().map(|term| (term.text.as_str(), term.status.as_deref())).collect();
        assert_eq!(terms, [("kiln", Some("deprecated")), ("oven & co", Some("admitted"))]);
        assert_eq!(rows[1], (10, Err("The entry has no English term (only de).".to_owned())));

        let rows = read(SECOND_EDITION).unwrap();
        let kiln = rows[0].1.as_ref().unwrap();
        assert_eq!((kiln.id.as_str(), kiln.definition.as_str()), ("eid1", "A copy."));
        assert_eq!(kiln.subject_field, "", "it names none");
        assert_eq!((kiln.terms[0].text.as_str(), kiln.terms[0].part_of_speech.as_str()), ("kiln", "verb"));
    }

    /// As LTAC's own example of the dialect is built: no data categories, notes at every level, other languages.
    const CORE: &str = "<tbx type=\"TBX-Core\" style=\"dca\" xml:lang=\"en\" xmlns=\"urn:iso:std:iso:30042:ed-2\"><text><body>\
        <conceptEntry id=\"c1\"><note>Definition: A group  of stars.</note><note>Seen by night.</note>\
        <langSec xml:lang=\"en\"><termSec><term>open cluster</term></termSec>\
        <termSec><term>galactic cluster</term><note>Another name.</note></termSec></langSec>\
        <langSec xml:lang=\"es\"><termSec><term>cúmulo abierto</term></termSec></langSec></conceptEntry></body></text></tbx>";

    #[test]
    fn what_core_cannot_say_stays_unsaid() {
        let rows = read(CORE).unwrap();
        let cluster = rows[0].1.as_ref().unwrap();
        assert_eq!((cluster.id.as_str(), cluster.definition.as_str()), ("c1", "A group of stars."));
        assert_eq!((cluster.notes.as_str(), cluster.subject_field.as_str()), ("Seen by night.", ""));
        let terms: Vec<(&str, Option<&str>)> =
            cluster.terms.iter().map(|term| (term.text.as_str(), term.status.as_deref())).collect();
        assert_eq!(terms, [("open cluster", None), ("galactic cluster", None)]);
    }

    #[test]
    fn what_is_no_tbx_is_told() {
        for (text, expected) in [
            ("term,definition\n", "The file has no entries"),
            ("<tbx><conceptEntry id=\"a\">", "The file ends in the middle"),
            ("<tbx>\n<conceptEntry></langSec></tbx>", "Line 2: this is no XML"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.starts_with(expected), "{text}: {told}");
        }
    }
}
