//! Whom a typed text is for, told in front of it: `for sales: …`, `for finance and sales: …`.

use super::command::{is_one_of, split_word};
use super::readers::Readers;
use crate::ids::AudienceId;

/// "For now: …" opens a message; it does not name a reader.
const NOT_READERS: &[&str] =
    &["now", "context", "example", "instance", "reference", "info", "information", "today", "tomorrow", "clarity"];

/// What a text begins with.
pub(super) enum Leading<'a> {
    Reader(AudienceId, &'a str),
    /// Two or more, each once.
    Several(Vec<AudienceId>, &'a str),
    Unknown(&'a str),
    Nothing,
}

/// `for sales: …`, `for sales` alone, `rewrite for the sales team: …`.
pub(super) fn leading_reader<'a>(text: &'a str, readers: &Readers) -> Leading<'a> {
    let (verb, after_verb) = split_word(text);
    let text = if is_one_of(verb, &["rewrite", "translate"]) { after_verb } else { text };
    let (word, rest) = split_word(text);
    if !is_one_of(word.trim_end_matches(':'), &["for"]) || rest.is_empty() {
        return Leading::Nothing;
    }
    if let Some((names, body)) = rest.split_once(':')
        && let Some(leading) = several(names, body.trim(), readers)
    {
        return leading;
    }
    // With a colon the name may have several words; a colon far into the text belongs to the message.
    if let Some((name, body)) = rest.split_once(':')
        && name.split_whitespace().count() <= 4
        && !name.contains('\n')
    {
        if let Some(reader) = readers.find(name) {
            return Leading::Reader(reader.clone(), body.trim());
        }
        if name.split_whitespace().count() == 1 && !is_one_of(name.trim(), NOT_READERS) {
            return Leading::Unknown(name.trim());
        }
    }
    // "For support tickets we now use another tool" is a message: a name ends with a sign, a new line or a word that begins anew.
    let (name, body) = split_word(rest);
    let behind = rest.get(name.len()..).unwrap_or_default();
    let begins = body.starts_with(|sign: char| sign.is_uppercase() || ['-', '–'].contains(&sign))
        || is_one_of(split_word(body).0, &["explain"]);
    let ends =
        word.ends_with(':') || body.is_empty() || behind.starts_with('\n') || name.ends_with([',', ';']) || begins;
    match readers.find(name.trim_end_matches([',', ';', '-', '–'])).filter(|_| ends) {
        Some(reader) => Leading::Reader(reader.clone(), body.trim_start_matches(['-', '–', ',']).trim()),
        None => Leading::Nothing,
    }
}

/// `finance and sales`, `finance, sales & support`. One that names somebody unknown is a list all the same.
fn several<'a>(names: &'a str, body: &'a str, readers: &Readers) -> Option<Leading<'a>> {
    const LONGEST_LIST: usize = 120;
    if names.len() > LONGEST_LIST || names.contains('\n') {
        return None;
    }
    // "For sales, note: …" has a comma as well; only these words say that more readers follow.
    let joins = names.contains(" and ") || names.contains(['&', '+']);
    let parts: Vec<&str> = names
        .split([',', '&', '+', '/'])
        .flat_map(|part| part.split(" and "))
        .map(|part| part.trim().trim_start_matches("and "))
        .filter(|part| !part.is_empty())
        .collect();
    let (first, rest) = parts.split_first()?;
    let mut found = vec![readers.find(first)?.clone()];
    if rest.is_empty() {
        return None;
    }
    for part in rest {
        match readers.find(part) {
            Some(reader) if !found.contains(reader) => found.push(reader.clone()),
            Some(_) => {}
            None if joins && part.split_whitespace().nth(1).is_none() => return Some(Leading::Unknown(part)),
            None => return None,
        }
    }
    match found.len() {
        1 => found.pop().map(|reader| Leading::Reader(reader, body)),
        _ => Some(Leading::Several(found, body)),
    }
}
