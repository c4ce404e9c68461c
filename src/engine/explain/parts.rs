//! The terms, phrases and unknown words that a question asks about.

use std::ops::Range;

use super::{Effort, Knowledge, question};
use crate::engine::glossary::{Evidence, Hit, Sense, decide};
use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::text::{Document, Tag, Token, TokenKind};

/// No term has more words than this, so no longer part of a question is looked up.
const LONGEST_TERM: usize = 8;
/// More answers than this are no answer.
const MOST_PARTS: usize = 6;
/// Terms that begin alike and can still be offered.
const MOST_OPENED: usize = 5;

/// One thing asked about.
pub(super) struct Part {
    /// As it was typed.
    pub(super) asked: String,
    pub(super) found: Found,
}

/// What is known of it.
#[derive(Clone)]
pub(super) enum Found {
    /// Concepts that have this term.
    Concepts(Vec<usize>),
    /// Concepts with a term spelt nearly so, with the number of changed letters, nearest first.
    Near(Vec<(usize, usize)>),
    /// Terms that begin with this everyday word: none is taken to be meant.
    Among(Vec<String>),
    Nothing,
}

/// What a question asks about: the known things in their order, then the others.
pub(super) fn parts(knowledge: &Knowledge<'_>, document: &Document<'_>, evidence: &Evidence<'_>) -> Vec<Part> {
    let mut found: Vec<(usize, Part)> = Vec::new();
    let runs = question::runs(document, &terms_of_several_words(knowledge, document));
    let known: Vec<(Range<usize>, Vec<usize>)> =
        runs.iter().flat_map(|run| terms(knowledge, document, run.clone(), evidence)).collect();
    for (tokens, concepts) in &known {
        let asked = document.slice(document.span_of(tokens.clone())).to_owned();
        found.push((tokens.start, Part { asked, found: Found::Concepts(concepts.clone()) }));
    }
    for run in &runs {
        for tokens in unknown(document, run.clone(), &known) {
            let asked = document.slice(document.span_of(tokens.clone())).to_owned();
            let part = spelling(knowledge, &asked);
            let words = if matches!(part, Found::Nothing) { rare_words(document, tokens.clone()) } else { Vec::new() };
            // "Latencey alerts": no term as a whole, but one word of it is a misspelling.
            let mut inside: Vec<(usize, Part)> = words
                .into_iter()
                .filter(|word| word.len() < tokens.len())
                .map(|word| (word.start, document.slice(document.span_of(word)).to_owned()))
                .map(|(at, asked)| (at, Part { found: spelling(knowledge, &asked), asked }))
                .filter(|(_, part)| !matches!(part.found, Found::Nothing))
                .collect();
            if inside.is_empty() {
                inside.push((tokens.start, Part { asked, found: part }));
            }
            found.append(&mut inside);
        }
    }
    found.sort_by_key(|(at, _)| *at);
    drop_places(document, &mut found);
    // What is known is answered first.
    found.sort_by_key(|(_, part)| !matches!(part.found, Found::Concepts(_)));
    found.truncate(MOST_PARTS);
    found.into_iter().map(|(_, part)| part).collect()
}

/// What another or a wrong spelling can mean.
fn spelling(knowledge: &Knowledge<'_>, asked: &str) -> Found {
    let respelt = visible(knowledge, knowledge.respelt(asked));
    if !respelt.is_empty() {
        return Found::Concepts(respelt);
    }
    if let Some(kind) = kind_of_numbered(asked) {
        let concepts = visible(knowledge, knowledge.respelt(kind));
        if !concepts.is_empty() {
            return Found::Concepts(concepts);
        }
    }
    if knowledge.effort == Effort::AsWritten {
        return Found::Nothing;
    }
    // "Blue-green": where many terms begin so, nobody can know which one is meant.
    let opened = knowledge.lookup.opened_by(asked, knowledge.glossary);
    if (1..=MOST_OPENED).contains(&opened.len()) {
        let is_one_word = words(asked).nth(1).is_none();
        return if opened.len() > 1 && is_one_word && is_everyday(asked) {
            Found::Among(opened.into_iter().map(|(_, term)| term.to_owned()).collect())
        } else {
            Found::Near(opened.into_iter().map(|(concept, _)| (1, concept)).collect())
        };
    }
    let mut near = knowledge.lookup.near(asked, knowledge.glossary);
    if near.is_empty() {
        near = holding(knowledge, asked);
    }
    if near.is_empty() { Found::Nothing } else { Found::Near(near) }
}

/// "CVE-2024-3094", "RC2": one of those that the letters in front name.
fn kind_of_numbered(asked: &str) -> Option<&str> {
    let (kind, rest) = asked.split_at_checked(asked.find(|c: char| !c.is_alphabetic())?)?;
    let is_numbered = match rest.strip_prefix('-') {
        Some(number) => number.starts_with(|c: char| c.is_ascii_digit()),
        None => kind.chars().all(char::is_uppercase) && rest.chars().all(|c| c.is_ascii_digit()),
    };
    (kind.len() > 1 && is_numbered).then_some(kind)
}

/// The words of a question, without signs.
fn words(asked: &str) -> impl Iterator<Item = &str> {
    asked.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether these are words that everybody uses.
fn is_everyday(asked: &str) -> bool {
    let lexicon = Lexicon::embedded();
    words(asked).all(|word| lexicon.lookup(&word.to_lowercase()).is_some_and(|entry| entry.is(Flags::PLAIN)))
}

/// Concepts whose term holds these words and others ("airdrop": "token airdrop"), those with the fewest others first.
/// Everyday words stand in many terms and lead to none.
fn holding(knowledge: &Knowledge<'_>, asked: &str) -> Vec<(usize, usize)> {
    let plain = |text: &str| format!(" {} ", text.to_lowercase().replace('-', " "));
    let wanted = plain(asked);
    if wanted.chars().filter(|c| c.is_alphanumeric()).count() < 3 || is_everyday(asked) {
        return Vec::new();
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (number, concept) in knowledge.glossary.holding().filter(|(_, concept)| !concept.everyday) {
        let terms = concept.terms.iter().map(|term| plain(&term.text)).filter(|term| term.contains(&wanted));
        // More than any number of wrong letters: a misspelling would be nearer.
        let distance = terms.map(|term| 3 + term.len() - wanted.len()).min();
        found.extend(distance.map(|distance| (distance, number)));
    }
    found.sort_unstable();
    found
}

/// "A branch in git": what stands behind "in" says where, it is not asked about.
fn drop_places(document: &Document<'_>, found: &mut Vec<(usize, Part)>) {
    let mut first = true;
    found.retain(|(at, _)| {
        let mut before = (0..*at).rev().filter_map(|index| document.tokens.get(index));
        let link = before.find(|token| token.tag != Tag::Determiner && !token.is(&["our", "the", "my", "a", "an"]));
        let place = link.is_some_and(|token| token.is(&["in", "within", "inside", "under", "for", "at", "on"]));
        std::mem::take(&mut first) || !place
    });
}

/// Where several words together are a term as they are written, whatever frames a question they look like.
pub(super) fn terms_of_several_words(knowledge: &Knowledge<'_>, document: &Document<'_>) -> Vec<Range<usize>> {
    let all = document.tokens.len();
    let windows = (0..all).flat_map(|start| (start + 2..=all.min(start + LONGEST_TERM)).map(move |end| start..end));
    windows
        .filter(|window| {
            let Some(tokens) = document.tokens.get(window.clone()) else { return false };
            let content = tokens.iter().any(|token| !question::frames(document, token));
            content && !visible(knowledge, knowledge.glossary.lookup(tokens)).is_empty()
        })
        .collect()
}

/// Terms inside a run, the longest first, without overlaps.
fn terms(
    knowledge: &Knowledge<'_>,
    document: &Document<'_>,
    run: Range<usize>,
    evidence: &Evidence<'_>,
) -> Vec<(Range<usize>, Vec<usize>)> {
    let mut taken: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
    let core = question::trimmed(document, run.clone());
    let hits = knowledge.glossary.find(document, run.clone());
    for length in (1..=run.len().min(LONGEST_TERM)).rev() {
        for start in run.start..=run.end - length {
            let window = start..start + length;
            if taken.iter().any(|(other, _)| other.start < window.end && window.start < other.end) {
                continue;
            }
            let concepts = if window == core {
                whole(knowledge, document, &window)
            } else if length > 1 {
                several(knowledge, document, &window)
            } else {
                let found = single(knowledge, document, start, &hits, evidence);
                if found.is_empty() && is_subject(document, start, &core) {
                    several(knowledge, document, &window)
                } else {
                    found
                }
            };
            if !concepts.is_empty() {
                taken.push((window, concepts));
            }
        }
    }
    taken
}

/// All that a run says, in any spelling, case or form.
fn whole(knowledge: &Knowledge<'_>, document: &Document<'_>, window: &Range<usize>) -> Vec<usize> {
    let Some(tokens) = document.tokens.get(window.clone()) else { return Vec::new() };
    let exact = visible(knowledge, knowledge.glossary.lookup(tokens));
    if exact.is_empty() {
        visible(knowledge, knowledge.respelt(document.slice(document.span_of(window.clone()))))
    } else {
        exact
    }
}

/// Several words of a run that are a term together.
fn several(knowledge: &Knowledge<'_>, document: &Document<'_>, window: &Range<usize>) -> Vec<usize> {
    let Some(tokens) = document.tokens.get(window.clone()) else { return Vec::new() };
    let edge = |token: Option<&Token>| token.is_none_or(|token| token.tag == Tag::Punctuation);
    let halved = document.tokens.get(window.end).is_some_and(|next| next.joined)
        || tokens.first().is_some_and(|token| token.joined);
    let content = tokens.iter().any(|token| !question::frames(document, token));
    if !content || halved || edge(tokens.first()) || edge(tokens.last()) {
        return Vec::new();
    }
    let exact = visible(knowledge, knowledge.glossary.lookup(tokens));
    let framed = tokens.iter().any(|token| question::frames(document, token));
    if exact.is_empty() && !framed {
        visible(knowledge, knowledge.respelt(document.slice(document.span_of(window.clone()))))
    } else {
        exact
    }
}

/// One word of a longer run: only where it is used as the term is, because everyday words are among them.
fn single(
    knowledge: &Knowledge<'_>,
    document: &Document<'_>,
    at: usize,
    hits: &[Hit],
    evidence: &Evidence<'_>,
) -> Vec<usize> {
    let Some(token) = document.tokens.get(at) else { return Vec::new() };
    let halved = token.joined || document.tokens.get(at + 1).is_some_and(|next| next.joined);
    if question::frames(document, token) || halved {
        return Vec::new();
    }
    let concepts: Vec<usize> = hits.iter().filter(|hit| hit.tokens == (at..at + 1)).map(|hit| hit.concept).collect();
    let everyday = token.has(Flags::PLAIN);
    if !everyday {
        // A word of the trade means itself, whatever its place in the question was taken for.
        let concepts =
            if concepts.is_empty() { knowledge.glossary.lookup(std::slice::from_ref(token)) } else { concepts };
        let concepts = visible(knowledge, concepts);
        return if concepts.is_empty() { visible(knowledge, knowledge.respelt(&token.lower)) } else { concepts };
    }
    let claimants: Vec<_> = concepts
        .iter()
        .filter_map(|number| knowledge.glossary.concepts.get(*number).map(|concept| (*number, concept)))
        .collect();
    match decide(evidence, &claimants, &token.lower, at) {
        Sense::Everyday => Vec::new(),
        Sense::Is(_) | Sense::Undecided => visible(knowledge, concepts),
    }
}

/// "A spike in agile", "a kuberntes pod": an everyday word that can only be what is asked about.
fn is_subject(document: &Document<'_>, at: usize, core: &Range<usize>) -> bool {
    let token = |index: usize| document.tokens.get(index);
    let placed = at == core.start && token(at + 1).is_some_and(|next| next.tag == Tag::Preposition);
    let named = core.len() == 2 && at + 1 == core.end && !rare_words(document, core.start..at).is_empty();
    placed || named
}

/// What the glossary does not know: words of no dictionary, or all of a run that holds no term.
fn unknown(document: &Document<'_>, run: Range<usize>, known: &[(Range<usize>, Vec<usize>)]) -> Vec<Range<usize>> {
    let core = question::trimmed(document, run);
    if known.is_empty() {
        return vec![core];
    }
    rare_words(document, core)
        .into_iter()
        .filter(|words| !words.clone().any(|index| known.iter().any(|(tokens, _)| tokens.contains(&index))))
        .collect()
}

/// Words that are in no dictionary, neighbours together.
fn rare_words(document: &Document<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for index in range {
        let Some(token) = document.tokens.get(index) else { continue };
        let shouted = document.slice(token.span).chars().filter(|c| c.is_uppercase()).count() > 1;
        // "Kim's message": names of people are not asked about.
        let name = token.capital && !shouted;
        let rare = Lexicon::embedded().lookup(&token.lower).is_none() && token.lower.chars().count() > 1;
        let aside = question::frames(document, token) || question::nearly_frames(token);
        if token.kind != TokenKind::Word || aside || name || !rare {
            continue;
        }
        match found.last_mut().filter(|last| last.end == index) {
            Some(last) => last.end = index + 1,
            None => found.push(index..index + 1),
        }
    }
    found
}

fn visible(knowledge: &Knowledge<'_>, mut concepts: Vec<usize>) -> Vec<usize> {
    concepts.retain(|number| knowledge.glossary.concepts.get(*number).is_some_and(|concept| !concept.everyday));
    concepts.sort_unstable();
    concepts.dedup();
    concepts
}
