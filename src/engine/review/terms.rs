//! Words that this reader may not know: glossary terms and phrases with plainer words for them, undecided senses, and words
//! that look like jargon.

use std::ops::Range;

use super::{Hint, HintCode, Judged};
use crate::engine::Engine;
use crate::engine::audience::AudienceProfile;
use crate::engine::facts::FactKind;
use crate::engine::lexicon::{Flags, is_plain};
use crate::engine::notices::jargon_at;
use crate::engine::render::{Analysis, Choice, ChoiceKind, Realiser};
use crate::engine::text::{Document, Tag, TokenKind};

/// Phrases of more words are sentences, whose words are looked at one by one.
const LONGEST_PHRASE: usize = 10;

pub(super) fn hints(
    engine: &Engine,
    analysis: &Analysis<'_>,
    audience: &AudienceProfile,
    judged: &Judged,
) -> Vec<Hint> {
    let document = &analysis.document;
    let explained = explained(analysis);
    let is_explained =
        |tokens: &Range<usize>| explained.iter().any(|known| *known == letters(document, tokens.clone()));
    let hint = |tokens: Range<usize>, code: HintCode, text: String, suggestion: Option<String>| {
        let span = document.span_of(tokens);
        Hint { code, span, words: document.slice(span).to_owned(), text, suggestion, count: 1 }
    };
    let mut hints = Vec::new();
    let mut realiser = Realiser::new(analysis, &engine.glossary, &engine.compiled.phrases, audience);
    for sentence in &document.sentences {
        for choice in chosen(analysis, sentence.clone()) {
            let tokens = choice.tokens.clone();
            if !judged.holds(document.span_of(tokens.clone())) || holds_address(document, &choice) {
                continue;
            }
            let needs_none = audience.keeps_terms || is_explained(&tokens);
            let plainer = if needs_none { None } else { plainer(engine, &mut realiser, audience, &choice) };
            // Words that are plain for this reader are better than another term.
            if let Some((text, replacement)) = in_use(engine, &choice) {
                hints.push(hint(tokens, HintCode::DeprecatedTerm, text, plainer.or(Some(replacement))));
                continue;
            }
            let Some(suggestion) = plainer else { continue };
            let text = format!("Readers in {} may not know this; say it in plain words.", audience.title);
            let text =
                if audience.id == "general" { "Not everyone knows this; say it in plain words.".into() } else { text };
            hints.push(hint(tokens, HintCode::UnexplainedTerm, text, Some(suggestion)));
        }
    }
    if audience.keeps_terms {
        return hints;
    }
    for tokens in &analysis.undecided {
        let is_everyday = tokens.len() == 1
            && document
                .tokens
                .get(tokens.start)
                .is_some_and(|token| token.has(Flags::PLAIN) || token.bases.iter().any(|base| is_plain(base)));
        if is_everyday || !judged.holds(document.span_of(tokens.clone())) || is_explained(tokens) {
            continue;
        }
        let text = "This word has several technical meanings and the text does not decide; say which one is meant.";
        hints.push(hint(tokens.clone(), HintCode::OpenMeaning, text.into(), None));
    }
    for index in 0..document.tokens.len() {
        let tokens = index..index + 1;
        let settled = analysis.undecided.iter().any(|open| open.contains(&index)) || is_explained(&tokens);
        // A rare word that dictionaries know is no jargon: "reachable".
        let is_listed = document.tokens.get(index).is_some_and(|token| {
            token.lower == document.token_text(index) && token.entry.is_some_and(|entry| !entry.is_guess())
        });
        if settled || is_listed || !jargon_at(analysis, index) || !judged.holds(document.span_of(tokens.clone())) {
            continue;
        }
        let text = "The glossary has no entry for this word; if the reader may not know it, say it in other words.";
        hints.push(hint(tokens, HintCode::UnknownJargon, text.into(), None));
    }
    hints
}

/// "As per" with an address: not the words are what is looked at.
fn holds_address(document: &Document<'_>, choice: &Choice<'_>) -> bool {
    let is_address =
        |index| document.fact_at(index).is_some_and(|fact| matches!(fact.kind, FactKind::Link | FactKind::Code));
    matches!(choice.kind, ChoiceKind::Phrase(_)) && choice.tokens.clone().any(is_address)
}

/// The choices of a sentence, with long phrases taken apart.
fn chosen<'a>(analysis: &'a Analysis<'_>, sentence: Range<usize>) -> Vec<Choice<'a>> {
    let mut chosen = Vec::new();
    for choice in analysis.choices(sentence, true) {
        if choice.tokens.len() > LONGEST_PHRASE {
            chosen.extend(analysis.choices(choice.tokens, false));
        } else {
            chosen.push(choice);
        }
    }
    chosen
}

/// What is said instead of a deprecated term: a sentence, and the term itself.
fn in_use(engine: &Engine, choice: &Choice<'_>) -> Option<(String, String)> {
    let ChoiceKind::Term(hit) = choice.kind else { return None };
    let concept = engine.glossary.concepts.get(hit.concept)?;
    let term = concept.terms.get(hit.term)?;
    Some((concept.usage_note(term)?, concept.replacement(term)?.to_owned()))
}

/// What the glossary says for this reader, unless it leaves the words as they are.
fn plainer(
    engine: &Engine,
    realiser: &mut Realiser<'_, '_>,
    audience: &AudienceProfile,
    choice: &Choice<'_>,
) -> Option<String> {
    let document = &realiser.analysis.document;
    let words = document.slice(document.span_of(choice.tokens.clone()));
    if let ChoiceKind::Term(hit) = choice.kind {
        let concept = engine.glossary.concepts.get(hit.concept)?;
        if audience.knows(concept) {
            return None;
        }
        if let Some(gloss) = concept.gloss.as_ref().filter(|_| concept.wordings.is_empty()) {
            return Some(format!("{words} ({gloss})"));
        }
    }
    let plain = realiser.bare_range(choice.tokens.clone()).text();
    let same = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    (!plain.is_empty() && same(&plain) != same(words)).then_some(plain)
}

/// The words that the text explains itself: "p95 (the slowest 5%)", "the slowest requests (p95)".
fn explained(analysis: &Analysis<'_>) -> Vec<String> {
    let document = &analysis.document;
    let mut known = Vec::new();
    for (open, _) in document.tokens.iter().enumerate().filter(|(_, token)| token.is(&["("])) {
        let is_close = |index: &usize| document.tokens.get(*index).is_some_and(|token| token.is(&[")"]));
        let Some(close) = (open + 1..document.tokens.len()).take(24).find(is_close) else { continue };
        let inside = open + 1..close;
        let words = inside.clone().filter(|index| is_word(document, *index)).count();
        if words >= 2 {
            known.extend(
                (1..=4).filter_map(|length| open.checked_sub(length)).map(|start| letters(document, start..open)),
            );
        }
        let named = document
            .tokens
            .get(open.wrapping_sub(1))
            .is_some_and(|before| before.tag.is_nominal() || before.tag == Tag::Fact);
        if words <= 3 && named {
            known.push(letters(document, inside));
        }
    }
    known.retain(|words| !words.is_empty());
    known
}

fn is_word(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Fact(_)))
}

fn letters(document: &Document<'_>, tokens: Range<usize>) -> String {
    document.slice(document.span_of(tokens)).to_lowercase()
}
