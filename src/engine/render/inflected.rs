//! Wordings in the form their place in the sentence demands.

use crate::engine::glossary::{HitForm, Number, Wording, is_plural, verb_form_of};
use crate::engine::lexicon::inflect::{plural, verb_form};
use crate::engine::lexicon::{Flags, Lexicon};

/// A verb wording in the form of the hit: "roll back" found as "rolled back" gives "undid".
pub(super) fn verb_text(wording: &Wording, form: HitForm) -> String {
    let form = verb_form_of(form);
    // "combine and add": both verbs take the ending.
    let second_verb = |behind: &str| {
        let first = behind.split(' ').next().unwrap_or_default();
        Lexicon::embedded()
            .lookup(first)
            .is_some_and(|entry| entry.is(Flags::VERB_BASE) && !entry.is_any(Flags::PREPOSITION | Flags::ADV))
    };
    match wording.text.split_once(" and ").filter(|(_, behind)| second_verb(behind)) {
        Some((first, second)) => format!("{} and {}", verb_form(first, form), verb_form(second, form)),
        None => verb_form(&wording.text, form),
    }
}

/// A noun wording in the number of the hit, unless it has only one number.
pub(super) fn noun_text(wording: &Wording, form: HitForm) -> String {
    match wording.number {
        Number::Count if is_plural(form) => plural(&wording.text),
        Number::Count | Number::Mass | Number::Plural => wording.text.clone(),
    }
}

/// Whether the wording in this form takes a plural verb.
pub(super) fn takes_plural_verb(wording: &Wording, form: HitForm) -> bool {
    match wording.number {
        Number::Count => is_plural(form),
        Number::Mass => false,
        Number::Plural => true,
    }
}

/// The verb with the other number: `is` ↔ `are`, `fails` ↔ `fail`. `None` for verbs that do not show number.
pub(super) fn agree(verb: &str, to_plural: bool) -> Option<String> {
    const PAIRS: [(&str, &str); 8] = [
        ("is", "are"),
        ("was", "were"),
        ("has", "have"),
        ("does", "do"),
        ("isn't", "aren't"),
        ("wasn't", "weren't"),
        ("hasn't", "haven't"),
        ("doesn't", "don't"),
    ];
    for (singular, many) in PAIRS {
        if to_plural && verb == singular {
            return Some(many.to_owned());
        }
        if !to_plural && verb == many {
            return Some(singular.to_owned());
        }
    }
    None
}

/// The same text with an upper-case first letter, unless it begins with something that has a spelling of its own: a host, a
/// path, an id, a name with capitals inside.
pub(crate) fn capitalised(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ',', ':', ';']);
    let own_spelling = first.chars().any(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '_' | '`' | '@'))
        || first.chars().skip(1).any(char::is_uppercase);
    // "slowest-5%" is a wording, not a name.
    let own_spelling = own_spelling && !(first.ends_with('%') && first.starts_with(char::is_alphabetic));
    let mut characters = text.chars();
    match characters.next() {
        Some(letter) if !own_spelling => letter.to_uppercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}
