//! Wordings: what would spoil the sentence that they stand in.

use super::Report;
use crate::engine::glossary::{Concept, Glossary, Number, PartOfSpeech, Wording};
use crate::engine::lexicon::inflect::{plural, singular};
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::text::{Document, TokenKind};

const LONGEST_WORDING: usize = 5;

pub(super) fn lint(glossary: &Glossary, number: usize, concept: &Concept, report: &mut Report<'_>) {
    for wording in &concept.wordings {
        let text = &wording.text;
        let length = text.split_whitespace().count();
        if length > LONGEST_WORDING {
            report.advice(&format!("the wording {text:?} has {length} words; use at most {LONGEST_WORDING}"));
        }
        if text.contains(['(', ')', '[', ']']) {
            report.mistake(&format!("the wording {text:?} has brackets; say it without, or put it into `gloss`"));
        }
        let states_figure = text.contains(|c: char| c.is_ascii_digit());
        let has_figure = concept.terms.iter().any(|term| term.text.split([' ', '-']).any(is_figure));
        // A measured quantity says what its figure means: "the slowest 5%".
        if states_figure && !has_figure && concept.metric.is_none() {
            report.mistake(&format!("the wording {text:?} brings in a figure that no term has; say it without"));
        }
        form(wording, report);
        if !concept.terms.iter().any(|term| term.part_of_speech == wording.part_of_speech) {
            let part = wording.part_of_speech.name();
            report.mistake(&format!(
                "the wording {text:?} is never used, because no term is a {part}; add one or remove it"
            ));
        }
        if let Some(term) = replaced_in(glossary, number, text) {
            report.advice(&format!("the wording {text:?} contains {term:?}, which is itself replaced; say it without"));
        }
    }
    names(concept, report);
}

/// A word with a figure in it, or one that is a number: "three nines".
fn is_figure(word: &str) -> bool {
    let is_numeral = || Lexicon::embedded().lookup(&word.to_lowercase()).is_some_and(|entry| entry.is(Flags::NUMERAL));
    word.contains(|c: char| c.is_ascii_digit()) || is_numeral()
}

/// What keeps a wording from taking the number or tense of its term.
fn form(wording: &Wording, report: &mut Report<'_>) {
    let text = &wording.text;
    match wording.part_of_speech {
        PartOfSpeech::Noun => {
            let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
            if ["a", "an", "the"].contains(&first.as_str()) {
                report.mistake(&format!(
                    "the wording {text:?} begins with an article, which the sentence has already; leave it out"
                ));
            }
            // "Person setting priorities", "part that handles errors": the head stands further in front.
            let is_open = text.split(' ').any(|word| word.ends_with("ing") || ["that", "which", "who"].contains(&word));
            let is_plural = !is_open && singular(text) != *text && plural(text) == *text;
            if wording.number == Number::Count && is_plural {
                report
                    .mistake(&format!("the wording {text:?} is a plural; add `number: plural` or write the singular"));
            }
            // Words that are their own plural ("data") say nothing about it, and "accounts receivable" has its head in front.
            let has_plural = text.split(' ').any(|word| singular(word) != *word);
            if wording.number == Number::Plural && !is_open && !has_plural && plural(text) != *text {
                report.mistake(&format!(
                    "the wording {text:?} says `number: plural` and is none; remove the number or write the plural"
                ));
            }
        }
        PartOfSpeech::Verb => {
            for text in std::iter::once(text).chain(&wording.alone) {
                if !inflects(text) {
                    report.mistake(&format!("the wording {text:?} does not begin with an infinitive, so it has no past; write the infinitive"));
                }
            }
        }
        PartOfSpeech::Adjective | PartOfSpeech::Adverb | PartOfSpeech::Name | PartOfSpeech::Phrase => {}
    }
}

/// Whether the first word of a verb, or the last part of it where it is hyphenated, is an infinitive or unknown.
pub(super) fn inflects(verb: &str) -> bool {
    let first = verb.split_whitespace().next().unwrap_or_default().to_lowercase();
    // "To upstream" a change is said; "to fully reload" would become "fullied reload".
    let leads_astray = if verb.trim().contains(' ') { Flags::ADV } else { Flags::NONE };
    let is_infinitive = |word: &str| {
        Lexicon::embedded().lookup(word).is_none_or(|entry| {
            // Nouns make verbs every day ("to action", "to fork"); forms of verbs and small words do not.
            let is_form = entry.is_any(Flags::VERB | Flags::CLOSED_CLASS | Flags::NOUN_PLURAL | leads_astray);
            entry.is(Flags::VERB_BASE) || !is_form
        })
    };
    is_infinitive(&first) || first.rsplit('-').any(|part| !part.is_empty() && is_infinitive(part))
}

/// A name stays, whatever else is said of it.
fn names(concept: &Concept, report: &mut Report<'_>) {
    let names = || concept.terms.iter().filter(|term| term.part_of_speech == PartOfSpeech::Name);
    for wording in concept.wordings.iter().filter(|wording| wording.part_of_speech == PartOfSpeech::Name) {
        let keeps = |name: &str| wording.text.to_lowercase().contains(&name.to_lowercase());
        if names().next().is_some() && !names().any(|term| keeps(&term.text)) {
            report.mistake(&format!(
                "the wording {:?} takes the place of a name; remove it and say in `gloss` what the name stands for",
                wording.text
            ));
        }
    }
    if let Some(name) = names().next()
        && concept.gloss.is_none()
        && concept.wordings.is_empty()
    {
        report.advice(&format!("say in `gloss` what {:?} is, in a few words with their article", name.text));
    }
}

/// A term with another wording that occurs in a text meant for readers.
fn replaced_in(glossary: &Glossary, own: usize, text: &str) -> Option<String> {
    let document = Document::numbered(text, &glossary.vocabulary);
    let all = 0..document.tokens.len();
    glossary
        .find(&document, all)
        .into_iter()
        .filter(|hit| document.tokens.get(hit.tokens.start).is_some_and(|token| token.kind == TokenKind::Word))
        .filter_map(|hit| glossary.concepts.get(hit.concept).map(|concept| (hit, concept)))
        .find(|(hit, concept)| {
            let words = document.slice(document.span_of(hit.tokens.clone()));
            let part = concept.terms.get(hit.term).map(|term| term.part_of_speech);
            let other = concept
                .wordings
                .iter()
                .filter(|wording| wording.audience.is_none() && Some(wording.part_of_speech) == part)
                .any(|wording| !wording.text.eq_ignore_ascii_case(words));
            hit.concept != own && other && !glossary.cues.demand(hit.concept) && concept.metric.is_none()
        })
        .map(|(hit, _)| document.slice(document.span_of(hit.tokens)).to_owned())
}
