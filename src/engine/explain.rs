//! "Explain this": exact, inflected, misspelt and unknown questions.

use super::audience::AudienceProfile;
use super::glossary::{Concept, Evidence, Glossary, Sense, decide};
use super::rendering::{Explanation, ExplanationStatus, Sense as OtherSense};
use super::source::SourceText;
use super::text::{Document, Tag, Token, TokenKind, tokenize_words};

const MOST_SUGGESTIONS: usize = 5;
/// No term has more words than this, so no longer part of a question is looked up.
const LONGEST_TERM: usize = 8;
/// Longer questions are messages, not terms: only their beginning is looked at.
const LONGEST_QUESTION: usize = 400;
/// Words around the term in a question: "what is a pod here?".
const QUESTION_WORDS: [&str; 36] = [
    "what",
    "what's",
    "whats",
    "is",
    "are",
    "does",
    "do",
    "did",
    "mean",
    "means",
    "meaning",
    "explain",
    "define",
    "definition",
    "of",
    "the",
    "a",
    "an",
    "here",
    "this",
    "that",
    "please",
    "tell",
    "me",
    "about",
    "who",
    "how",
    "why",
    "in",
    "by",
    "word",
    "term",
    "'s",
    "us",
    "stand",
    "for",
];

/// All terms, prepared for questions.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    /// Lower-case term, concept, length in characters.
    terms: Vec<(String, usize, usize)>,
}

impl Lookup {
    /// Collects the terms of a glossary.
    pub(crate) fn new(glossary: &Glossary) -> Self {
        let mut terms = Vec::new();
        for (number, concept) in glossary.concepts.iter().enumerate().filter(|(_, concept)| !concept.everyday) {
            for term in &concept.terms {
                let lower = term.text.to_lowercase();
                let length = lower.chars().count();
                terms.push((lower, number, length));
            }
        }
        Self { terms }
    }

    /// Near terms, nearest first: edit distance up to two, then shared beginnings.
    fn near(&self, query: &str) -> Vec<(usize, usize)> {
        let length = query.chars().count();
        let reach = if length <= 4 { 1 } else { 2 };
        let mut found: Vec<(usize, usize)> = self
            .terms
            .iter()
            .filter(|(_, _, term_length)| term_length.abs_diff(length) <= reach)
            .map(|(term, concept, _)| (strsim::osa_distance(term, query), *concept))
            .filter(|(distance, _)| *distance <= reach)
            .collect();
        if found.is_empty() && length >= 4 {
            found = self
                .terms
                .iter()
                .filter(|(term, _, _)| term.contains(query) || query.contains(term.as_str()) && term.len() >= 4)
                .map(|(term, concept, _)| (3 + term.len().abs_diff(query.len()), *concept))
                .collect();
        }
        found.sort_unstable();
        found
    }
}

/// Explains `query` to a reader.
pub(crate) fn explain(
    glossary: &Glossary,
    lookup: &Lookup,
    query: &str,
    context: Option<(&SourceText, &str)>,
    audience: &AudienceProfile,
) -> Explanation {
    let mut answer = Explanation { query: query.to_owned(), offer_request: true, ..Explanation::default() };
    let question = beginning(query);
    let document = Document::numbered(question, &glossary.vocabulary);
    let found = exact(glossary, &document);
    if let Some((candidates, words)) = found {
        let message = context.map(|(source, _)| Document::numbered(source.text(), &glossary.vocabulary));
        let evidence = Evidence::of(message.as_ref().unwrap_or(&document), &glossary.cues, &glossary.vocabulary);
        let concepts: Vec<(usize, &Concept)> = candidates
            .iter()
            .filter_map(|index| glossary.concepts.get(*index).map(|concept| (*index, concept)))
            .collect();
        let sense = decide(&evidence, &concepts, &words);
        let chosen = match sense {
            Sense::Is(position) => position,
            Sense::Everyday | Sense::Undecided => concepts.iter().position(|(_, concept)| concept.own).unwrap_or(0),
        };
        let decided = concepts.len() == 1 || matches!(sense, Sense::Is(_));
        if let Some((_, concept)) = concepts.get(chosen) {
            fill(&mut answer, glossary, concept, context, audience);
            if !decided {
                answer.other_senses = concepts
                    .iter()
                    .enumerate()
                    .filter(|(position, _)| *position != chosen)
                    .map(|(_, (_, other))| OtherSense {
                        concept: other.id.clone(),
                        subject_field: other.subject_field.replace(['_', '-'], " "),
                        definition: other.definition.clone(),
                    })
                    .collect();
            }
            return answer;
        }
    }
    if let Some(concept) = glossary.by_id(query.trim()) {
        fill(&mut answer, glossary, concept, context, audience);
        return answer;
    }
    let wanted = essence(&document);
    let near = lookup.near(&wanted);
    let mut seen = Vec::new();
    for (distance, concept) in near {
        if !seen.iter().any(|(_, known)| *known == concept) {
            seen.push((distance, concept));
        }
    }
    answer.suggestions = seen
        .iter()
        .take(MOST_SUGGESTIONS)
        .filter_map(|(_, concept)| glossary.concepts.get(*concept).map(|concept| concept.preferred().to_owned()))
        .collect();
    if let Some((distance, nearest)) = seen.first().copied()
        && let Some(concept) = glossary.concepts.get(nearest)
    {
        // One near term, clearly nearer than any other: the answer is given at once, marked as a suggestion.
        let clear = distance <= 2 && seen.get(1).is_none_or(|(next, _)| *next > distance);
        if clear {
            fill(&mut answer, glossary, concept, context, audience);
        }
        answer.status = ExplanationStatus::Suggested;
        answer.offer_request = true;
    }
    answer
}

/// The first part of a question, cut between characters.
fn beginning(query: &str) -> &str {
    let end = query.char_indices().nth(LONGEST_QUESTION).map_or(query.len(), |(at, _)| at);
    query.get(..end).unwrap_or(query)
}

/// The concepts of the longest known term in a question, content words first.
fn exact(glossary: &Glossary, document: &Document<'_>) -> Option<(Vec<usize>, String)> {
    let tokens: Vec<&Token> = document.tokens.iter().filter(|token| !matches!(token.kind, TokenKind::Marker)).collect();
    let trimmed: Vec<Token> = trim_question(&tokens).into_iter().cloned().collect();
    for candidate in [tokens.into_iter().cloned().collect::<Vec<Token>>(), trimmed.clone()] {
        let found = visible(glossary, glossary.index.lookup(&candidate));
        if !found.is_empty() {
            return Some((found, joined(&candidate)));
        }
    }
    // "SLO burn rate" is unknown as a whole; the longest known part is explained.
    for length in (1..trimmed.len().min(LONGEST_TERM + 1)).rev() {
        for window in trimmed.windows(length) {
            let content = window
                .iter()
                .any(|token| !QUESTION_WORDS.contains(&token.lower.as_str()) && !matches!(token.tag, Tag::Punctuation));
            let found = if content { visible(glossary, glossary.index.lookup(window)) } else { Vec::new() };
            if !found.is_empty() {
                return Some((found, joined(window)));
            }
        }
    }
    None
}

fn visible(glossary: &Glossary, mut concepts: Vec<usize>) -> Vec<usize> {
    concepts.retain(|index| glossary.concepts.get(*index).is_some_and(|concept| !concept.everyday));
    concepts
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.lower.as_str()).collect::<Vec<_>>().join(" ")
}

fn trim_question<'t>(tokens: &[&'t Token]) -> Vec<&'t Token> {
    let aside =
        |token: &&Token| matches!(token.tag, Tag::Punctuation) || QUESTION_WORDS.contains(&token.lower.as_str());
    let start = tokens.iter().position(|token| !aside(token)).unwrap_or(0);
    let end = tokens.iter().rposition(|token| !aside(token)).map_or(tokens.len(), |at| at + 1);
    tokens.get(start..end.max(start)).unwrap_or_default().to_vec()
}

/// What is asked for, without the question around it.
fn essence(document: &Document<'_>) -> String {
    let tokens: Vec<&Token> = document.tokens.iter().collect();
    trim_question(&tokens).iter().map(|token| token.lower.as_str()).collect::<Vec<_>>().join(" ")
}

fn fill(
    answer: &mut Explanation,
    glossary: &Glossary,
    concept: &Concept,
    context: Option<(&SourceText, &str)>,
    audience: &AudienceProfile,
) {
    answer.status = ExplanationStatus::Defined;
    answer.concept = concept.id.clone();
    answer.term = concept.preferred().to_owned();
    answer.definition = concept.definition.clone();
    answer.why = concept.why.get(&audience.id).or_else(|| concept.why.get("general")).cloned().unwrap_or_default();
    answer.example = concept.example.clone();
    answer.owner = concept.owner.clone();
    answer.related =
        concept.related.iter().filter_map(|id| glossary.by_id(id)).map(|other| other.preferred().to_owned()).collect();
    answer.offer_request = false;
    answer.in_context = context.map(|(source, plain)| in_context(concept, source, plain)).unwrap_or_default();
}

/// The sentence of the message that holds the term, in plain words.
fn in_context(concept: &Concept, source: &SourceText, plain: &str) -> String {
    let document = Document::parse(source.text());
    let rewritten = Document::parse(plain);
    let terms: Vec<Vec<Token>> = concept.terms.iter().map(|term| tokenize_words(&term.text)).collect();
    let holds = |range: std::ops::Range<usize>| {
        terms.iter().any(|term| {
            range.clone().any(|start| {
                term.iter().enumerate().all(|(offset, word)| {
                    document
                        .tokens
                        .get(start + offset)
                        .is_some_and(|token| token.lemmas().any(|lemma| word.lemmas().any(|other| other == lemma)))
                })
            })
        })
    };
    let Some(position) = document.sentences.iter().position(|sentence| holds(sentence.clone())) else {
        return String::new();
    };
    // Rewriting keeps the number of sentences; where it did not, the whole plain text is the honest context.
    if rewritten.sentences.len() != document.sentences.len() {
        return plain.to_owned();
    }
    rewritten
        .sentences
        .get(position)
        .map(|sentence| rewritten.slice(rewritten.span_of(sentence.clone())).to_owned())
        .unwrap_or_default()
}
