//! Noun phrases: what can be the subject or object of a sentence.

use super::{Document, Tag, Token};
use crate::engine::lexicon::inflect::VerbForm;

/// The end of the noun phrase that starts at `start`, before `limit`; `None` when there is none.
///
/// A phrase is an optional determiner, any adjectives, participles and facts, and at least one noun, name or fact, with
/// "of"-phrases behind it. Pronouns are phrases of their own.
pub(crate) fn noun_phrase_end(document: &Document<'_>, start: usize, limit: usize) -> Option<usize> {
    let mut end = simple_phrase_end(document, start, limit)?;
    while document.tokens.get(end).is_some_and(|token| end < limit && token.is(&["of"])) {
        match simple_phrase_end(document, end + 1, limit) {
            Some(next) => end = next,
            None => break,
        }
    }
    Some(end)
}

fn simple_phrase_end(document: &Document<'_>, start: usize, limit: usize) -> Option<usize> {
    let token = |index: usize| document.tokens.get(index).filter(|_| index < limit);
    let mut at = start;
    if token(at)?.tag == Tag::Pronoun {
        return (!token(at)?.is(&["there"])).then_some(at + 1);
    }
    let mut after_determiner = false;
    if token(at)?.tag == Tag::Determiner {
        at += 1;
        after_determiner = true;
    }
    let mut end = None;
    while let Some(here) = token(at) {
        if head(here) {
            end = Some(at + 1);
        } else if let Some(close) = quoted(document, at, limit) {
            // "the “Reports” application"
            at = close;
            end = Some(close + 1);
        } else if here.tag == Tag::Possessive && end.is_some() {
            end = None;
        } else if end.is_some()
            && here.is(&["/"])
            && here.glued
            && token(at + 1).is_some_and(|next| next.glued && head(next))
        {
            // "the amd/intel migration"
        } else if !modifies(here, end.is_some(), token(at + 1), after_determiner) {
            break;
        }
        at += 1;
    }
    end
}

/// Whether a word describes the noun behind it: before the first noun any modifier does (an -ing word only behind a
/// determiner), between nouns only an adjective with a noun behind it.
fn modifies(here: &Token, behind_noun: bool, next: Option<&Token>, after_determiner: bool) -> bool {
    if !modifier(here) || here.tag == Tag::Verb(VerbForm::Ing) && !after_determiner {
        return false;
    }
    !behind_noun || here.tag == Tag::Adjective && next.is_some_and(head)
}

/// Where a name in quotes closes that opens at a token.
fn quoted(document: &Document<'_>, open: usize, limit: usize) -> Option<usize> {
    const LONGEST: usize = 6;
    let is = |index: usize, signs: &[&str]| document.tokens.get(index).is_some_and(|sign| sign.is(signs));
    if !is(open, &["\"", "“"]) {
        return None;
    }
    (open + 2..limit.min(open + 2 + LONGEST)).find(|index| is(*index, &["\"", "”"]))
}

fn head(token: &Token) -> bool {
    token.tag.is_nominal() || token.tag == Tag::Fact
}

fn modifier(token: &Token) -> bool {
    matches!(
        token.tag,
        Tag::Adjective | Tag::Adverb | Tag::Verb(VerbForm::PastParticiple | VerbForm::Past | VerbForm::Ing)
    ) || token.tag == Tag::Determiner && token.is(&["few", "more", "other", "own", "same"])
}
