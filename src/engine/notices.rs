//! Doubts and limits told to the reader: unknown jargon, open senses, kept sentences, other languages.

use rustc_hash::FxHashSet;

use super::audience::AudienceProfile;
use super::glossary::{Glossary, PartOfSpeech};
use super::lexicon::{Flags, is_general, is_prefix, right_spelling};
use super::render::{Analysis, PlainText};
use super::rendering::{Gloss, Notice};
use super::text::{Document, Token, TokenKind, foreign_language};

const MOST_UNKNOWN: usize = 8;
const MOST_GLOSSES: usize = 12;
/// Notices for a rewritten message, the weightiest first.
pub(crate) fn notices(analysis: &Analysis<'_>, audience: &AudienceProfile, plain: &PlainText) -> Vec<Notice> {
    let document = &analysis.document;
    let mut notices = Vec::new();
    let mut say = |code: &str, text: String| notices.push(Notice { code: code.to_owned(), text });
    if document.tokens.is_empty() {
        say("empty", "There is no text to rewrite.".into());
        return notices;
    }
    if let Some(language) = foreign_language(document) {
        say(
            "other_language",
            format!(
                "This reads as {language}. Upshot rewrites English for now; the text was left as it is where no English term was found."
            ),
        );
    }
    for sentence in &plain.kept_sentences {
        let words = document
            .sentences
            .get(*sentence)
            .map(|range| document.slice(document.span_of(range.clone())))
            .unwrap_or_default();
        say(
            "kept_sentence",
            format!(
                "This sentence is in the author's words, because a plainer one could not be proved equal: \"{words}\""
            ),
        );
    }
    let mut undecided: Vec<&str> =
        analysis.undecided.iter().map(|range| document.slice(document.span_of(range.clone()))).collect();
    undecided.dedup();
    for word in undecided {
        say(
            "undecided_sense",
            format!(
                "\"{word}\" can mean more than one thing and the message does not decide; the author's word was kept."
            ),
        );
    }
    if !audience.keeps_terms {
        let unknown = unknown_jargon(analysis);
        if !unknown.is_empty() {
            say("unknown_jargon", format!("Not in the glossary: {}.", unknown.join(", ")));
        }
    }
    notices
}

/// The notice for an upshot that leaves sentences to the plain version.
pub(crate) fn shortened(sentences: usize) -> Notice {
    let what = if sentences == 1 { "one more sentence" } else { "more sentences" };
    Notice { code: "shortened".into(), text: format!("The complete version in plain words has {what}.") }
}

/// The notice for a template that broke its limits.
pub(crate) fn template_failed() -> Notice {
    Notice {
        code: "template_failed".into(),
        text: "The template for this kind of message could not be used; only the plain version is shown.".into(),
    }
}

/// Words that look like jargon and that no concept explains: abbreviations and words outside everyday English.
fn unknown_jargon(analysis: &Analysis<'_>) -> Vec<String> {
    let document = &analysis.document;
    let mut found: Vec<String> = Vec::new();
    let mut judged: FxHashSet<&str> = FxHashSet::default();
    for sentence in &document.sentences {
        for index in sentence.clone() {
            if found.len() >= MOST_UNKNOWN {
                return found;
            }
            let Some(token) = document.tokens.get(index).filter(|_| jargon_at(analysis, index)) else { continue };
            if judged.insert(&token.lower) && !is_explained(document, index) {
                found.push(document.token_text(index).to_owned());
            }
        }
    }
    found
}

/// Whether the token with this index looks like jargon and nothing of the glossary holds it.
pub(crate) fn jargon_at(analysis: &Analysis<'_>, index: usize) -> bool {
    let document = &analysis.document;
    let Some(token) = document.tokens.get(index) else { return false };
    let covered = analysis.term_holds(index)
        || analysis.phrases_holding(index).next().is_some()
        || analysis.undecided.iter().any(|open| open.contains(&index));
    token.kind == TokenKind::Word && !covered && jargon_shaped(document, index, token)
}

/// Whether the message says itself what a word means: "ripgrep is a search tool", "RPU" beside "Repository Permission Updater". For
/// terms, `review` asks another question: whether a draft puts one into plain words in brackets.
fn is_explained(document: &Document<'_>, index: usize) -> bool {
    let lower = |at: usize| document.tokens.get(at).map_or("", |token| token.lower.as_str());
    let Some(word) = document.tokens.get(index) else { return false };
    let same = |at: &usize| document.tokens.get(*at).is_some_and(|token| token.lower == word.lower);
    // "ripgrep is a …", "kubespawner (the part that …)", "the culler, a script that …"
    const LEADING: [&str; 9] = ["is", "are", "=", ":", "(", ",", "-", "–", "—"];
    let defines = |at: usize| LEADING.contains(&lower(at + 1)) && ["a", "an", "the", "our"].contains(&lower(at + 2));
    (0..document.tokens.len()).filter(same).any(defines) || is_written_out(document, &word.lower)
}

/// Whether words that begin with these letters stand in a row somewhere in a message.
fn is_written_out(document: &Document<'_>, letters: &str) -> bool {
    let count = letters.chars().count();
    document.tokens.windows(count).any(|row| {
        row.iter()
                .zip(letters.chars())
                .all(|(token, letter)| token.kind == TokenKind::Word && token.lower.starts_with(letter))
                // Short words stand in a row like that by chance.
                && row.iter().filter(|token| token.lower.len() > 3).count() * 2 > count
    })
}

/// Abbreviations, short names of places and clipped words that every office uses and nobody writes out, in lower case.
#[rustfmt::skip]
const KNOWN_ABBREVIATIONS: [&str; 81] = [
    "utc", "ok", "eu", "uk", "us", "usa", "am", "pm", "ceo", "cfo", "hr", "faq", "tv", "pdf", "est", "gmt", "ai", "url", "sms",
    "vat", "pc", "qr", "id", "it", "ap", "ar", "cv", "gps", "http", "https", "html", "csv", "xls", "usb", "atm", "gdpr", "kpi",
    "cet", "cest", "bst", "pst", "pdt", "cst", "edt", "ist", "jst", "emea", "apac", "latam", "anz", "dach", "na", "kr", "de",
    "fr", "nl", "min", "max", "avg", "approx", "tech", "org", "orgs", "gov", "poss", "para", "stats", "ext", "dept",
    "mgmt", "mgr", "hq", "co", "ltd", "inc", "feb", "dec", "oct", "nov", "jan", "fp",
];

fn jargon_shaped(document: &Document<'_>, index: usize, token: &Token) -> bool {
    let word = document.token_text(index);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    // "20kg", "4ish": an amount.
    let is_amount = word.starts_with(|c: char| c.is_ascii_digit());
    if letters < 2 || is_amount || token.has(Flags::CLOSED_CLASS) || word.contains('\'') || is_part(document, index) {
        return false;
    }
    let is_known = || KNOWN_ABBREVIATIONS.contains(&token.lower.as_str());
    let acronym = letters <= 6 && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    if acronym {
        // "FILE", "NOTE": everyday words, shouted or standing for what goes there.
        let shouted = token.has(Flags::PLAIN) && (letters >= 4 || !token.has(Flags::NOUN));
        // "PW-RESET-OCT", "RECEP-COLOUR": the parts of a name.
        let capitals = |at: usize| document.token_text(at).chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        let follows = token.joined && index.checked_sub(1).is_some_and(capitals);
        let leads = document.tokens.get(index + 1).is_some_and(|next| next.joined) && capitals(index + 1);
        return !shouted && !follows && !leads && !is_known();
    }
    // "un-reserve", "pre-warm": what counts is the word behind.
    if is_prefix(&token.lower) && document.tokens.get(index + 1).is_some_and(|next| next.joined) {
        return false;
    }
    // A capital inside a sentence is a name; names are not jargon.
    !token.capital && is_beyond_everyday(token) && !is_known()
}

/// A part of an address ("git.example.org"), or the name of who speaks (`<ana> …`).
fn is_part(document: &Document<'_>, index: usize) -> bool {
    let glued = |at: usize, sign: &str| document.tokens.get(at).is_some_and(|token| token.glued && token.lower == sign);
    // "It works.Then": a space is missing.
    let word = |at: usize| {
        document.tokens.get(at).is_some_and(|token| token.glued && !token.capital && token.kind == TokenKind::Word)
    };
    let dot_in_front = index.checked_sub(1).is_some_and(|before| glued(before, ".")) && word(index);
    let named = glued(index + 1, ">")
        && index.checked_sub(1).and_then(|at| document.tokens.get(at)).is_some_and(|sign| sign.is(&["<"]));
    dot_in_front || glued(index + 1, ".") && word(index + 2) || named
}

/// Whether a word, however it is written, is outside everyday English.
pub(crate) fn is_beyond_everyday(token: &Token) -> bool {
    // "isnt": everybody sees what was meant.
    let mended = right_spelling(&token.lower).is_some();
    !mended
        && !token.is(&["e.g.", "i.e.", "non", "hiya", "lol"])
        && !is_general(&token.lower)
        && !token.bases.iter().any(|base| is_general(base))
        && !is_drawn_out(&token.lower)
}

/// "Sooo", "ahhh": a letter three times in a row.
fn is_drawn_out(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(|row| row.iter().all(|letter| letter.is_alphabetic() && Some(letter) == row.first()))
}

/// The terms found, with their definitions, once each.
pub(crate) fn glosses(analysis: &Analysis<'_>, glossary: &Glossary, audience: &AudienceProfile) -> Vec<Gloss> {
    let document = &analysis.document;
    let mut glosses: Vec<Gloss> = Vec::new();
    for hit in &analysis.terms {
        let Some(concept) = glossary.concepts.get(hit.concept) else { continue };
        let part = concept.terms.get(hit.term).map(|term| term.part_of_speech);
        // "to release the tasks": what the noun means is not what the verb says.
        let other = hit.tokens.len() == 1
            && part == Some(PartOfSpeech::Noun)
            && document.tokens.get(hit.tokens.start).is_some_and(|token| token.tag.is_verb());
        if concept.everyday
            || other
            || audience.knows(concept)
            || glosses.iter().any(|gloss| gloss.concept == concept.id)
            || glosses.len() >= MOST_GLOSSES
        {
            continue;
        }
        glosses.push(Gloss {
            term: document.slice(document.span_of(hit.tokens.clone())).to_owned(),
            concept: concept.id.clone(),
            text: concept.definition.clone(),
        });
    }
    glosses
}

/// The terms found that the one person who reads has learned, once each.
pub(crate) fn known(analysis: &Analysis<'_>, glossary: &Glossary, audience: &AudienceProfile) -> Vec<Gloss> {
    let mut known: Vec<Gloss> = Vec::new();
    if !audience.has_learned_something() {
        return known;
    }
    let document = &analysis.document;
    for hit in analysis.terms.iter().filter(|hit| !analysis.is_nested(hit)) {
        let Some(concept) = glossary.concepts.get(hit.concept) else { continue };
        if audience.has_learned(concept) && !known.iter().any(|gloss| gloss.concept == concept.id) {
            known.push(Gloss {
                term: document.slice(document.span_of(hit.tokens.clone())).to_owned(),
                concept: concept.id.clone(),
                text: concept.definition.clone(),
            });
        }
    }
    known
}
