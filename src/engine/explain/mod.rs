//! "Explain this": terms, phrases and whole messages, asked about in colleagues' own words.
//!
//! A question is taken apart ([`question`]), what it asks about is looked up in any spelling ([`parts`], [`lookup`]), and
//! of several meanings the message or the question chooses ([`senses`]). What nobody wrote down is said to be unknown.

mod context;
mod lookup;
mod parts;
mod question;
mod senses;

use super::audience::AudienceProfile;
use super::glossary::{Concept, Evidence, Glossary, PartOfSpeech};
use super::lexicon::Flags;
use super::phrases::{PatternSet, Phrase};
use super::render::{Analysis, ChoiceKind};
use super::rendering::{Explanation, ExplanationStatus, Sense};
use super::source::SourceText;
use super::text::{Document, Tag, tokenize_words};

use context::Message;
use parts::{Found, Part};

pub(crate) use lookup::Lookup;

/// The reader who is everybody.
const GENERAL: &str = "general";
const MOST_SUGGESTIONS: usize = 5;
/// Longer questions are messages, not terms: only their beginning is looked at.
const LONGEST_QUESTION: usize = 400;

/// What the engine knows, as far as explaining needs it.
#[derive(Clone, Copy)]
pub(crate) struct Knowledge<'e> {
    pub(crate) glossary: &'e Glossary,
    pub(crate) phrases: &'e [Phrase],
    pub(crate) patterns: &'e PatternSet,
    pub(crate) lookup: &'e Lookup,
    /// In the order of menus, in which those who answer for the whole come first.
    pub(crate) audiences: &'e [AudienceProfile],
    pub(crate) effort: Effort,
}

/// How far an answer is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Misspellings are understood, and examples are looked through for words that no entry has.
    Everything,
    /// What is asked about must stand in an entry as it is written, in any inflection. All of the glossary is passed over for
    /// the rest, which is most of the time of an answer.
    AsWritten,
}

impl Knowledge<'_> {
    /// The concepts whose term is spelt so but for small differences.
    fn respelt(&self, words: &str) -> Vec<usize> {
        self.lookup.respelt(words, self.glossary)
    }
}

/// Explains `query` to a reader.
pub(crate) fn explain(
    knowledge: &Knowledge<'_>,
    query: &str,
    context: Option<&SourceText>,
    audience: &AudienceProfile,
) -> Explanation {
    let asked = beginning(query).trim();
    let given = context.map(|source| Message::read(knowledge, source.text(), audience));
    let document = Document::numbered(asked, &knowledge.glossary.vocabulary);
    let mut evidence = Evidence::of(&document, &knowledge.glossary.cues, &knowledge.glossary.vocabulary);
    for hit in document.sentences.iter().flat_map(|sentence| knowledge.glossary.find(&document, sentence.clone())) {
        let concept = knowledge.glossary.concepts.get(hit.concept);
        if let Some(concept) = concept.filter(|_| knowledge.glossary.cues.are_free(hit.concept)) {
            evidence.add_field(&concept.subject_field);
        }
    }
    let explainer = Explainer { knowledge, audience, evidence: &evidence, given: given.as_ref() };
    let mut answers = explainer.answers(asked, &document);
    let mut answer = if answers.is_empty() { explainer.unknown(asked) } else { answers.remove(0) };
    answer.query = query.to_owned();
    answer.also = answers;
    answer
}

/// The first part of a question, cut between characters.
fn beginning(query: &str) -> &str {
    let end = query.char_indices().nth(LONGEST_QUESTION).map_or(query.len(), |(at, _)| at);
    query.get(..end).unwrap_or(query)
}

struct Explainer<'k, 'e> {
    knowledge: &'k Knowledge<'e>,
    audience: &'k AudienceProfile,
    evidence: &'k Evidence<'e>,
    /// The message that came with the question.
    given: Option<&'k Message<'k>>,
}

impl Explainer<'_, '_> {
    /// One answer for each thing asked about.
    fn answers(&self, asked: &str, document: &Document<'_>) -> Vec<Explanation> {
        if let Some(answer) = self.whole(asked, document) {
            return vec![answer];
        }
        let answers = self.by_ids(asked);
        if !answers.is_empty() {
            return answers;
        }
        let quoted = question::quoted(asked);
        if !quoted.is_empty() {
            return distinct(quoted.iter().flat_map(|part| self.quotation(part)).collect());
        }
        if let Some(words) = question::message(document) {
            let answers = self.message(document.slice(document.span_of(words)));
            if !answers.is_empty() {
                return answers;
            }
        }
        let protected = parts::terms_of_several_words(self.knowledge, document);
        let phrase = question::runs(document, &protected).into_iter().find_map(|run| {
            let core = question::trimmed(document, run.clone());
            let (words, all) = (document.slice(document.span_of(core)), document.slice(document.span_of(run)));
            self.phrase(words).or_else(|| if words == all { None } else { self.phrase(all) })
        });
        self.terms_and_phrase(parts::parts(self.knowledge, document, self.evidence), phrase)
    }

    /// What the terms mean, or the phrase that they make together. `phrase` comes with itself in plain words when it
    /// has room for other words.
    fn terms_and_phrase(&self, parts: Vec<Part>, phrase: Option<(Explanation, Option<String>)>) -> Vec<Explanation> {
        let known = parts.iter().any(|part| matches!(part.found, Found::Concepts(_)));
        match phrase {
            // "ETA 10 min": the term is explained, and the phrase says what it means here.
            Some((_, Some(plain))) if known => {
                let mut answers = self.explained(parts);
                if let Some(first) = answers.first_mut().filter(|first| first.in_context.is_empty()) {
                    first.in_context = plain;
                    first.is_message = true;
                }
                answers
            }
            // "TL;DR" has no disaster recovery in it. What a concept explains as a whole, it explains better.
            Some((phrase, _)) => match parts.as_slice() {
                [part] if matches!(part.found, Found::Concepts(_)) && part.asked == phrase.asked => {
                    self.explained(parts)
                }
                _ => vec![phrase],
            },
            None => self.explained(parts),
        }
    }

    /// The whole query is a term ("definition of done").
    fn whole(&self, asked: &str, document: &Document<'_>) -> Option<Explanation> {
        let framed = document.tokens.iter().all(|token| question::frames(document, token));
        let shouted = asked.len() > 1 && !asked.chars().any(char::is_lowercase);
        if !framed || shouted {
            let mut concepts = self.knowledge.glossary.lookup(&document.tokens);
            concepts.retain(|number| self.concept(*number).is_some_and(|concept| !concept.everyday));
            if !concepts.is_empty() {
                return self.meaning(asked, &concepts);
            }
        }
        None
    }

    /// Ids of entries, parted by commas: a menu below an answer asks so. Empty unless all of them are ids.
    fn by_ids(&self, asked: &str) -> Vec<Explanation> {
        let ids = asked.split(',').map(str::trim);
        let answers: Option<Vec<Explanation>> = ids.map(|id| self.by_id(id)).collect();
        distinct(answers.unwrap_or_default())
    }

    fn by_id(&self, id: &str) -> Option<Explanation> {
        let is_id = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if id.is_empty() || !is_id {
            return None;
        }
        let glossary = self.knowledge.glossary;
        let concept = |number: &usize| glossary.concepts.get(*number).is_some_and(|concept| !concept.everyday);
        if let Some(number) = glossary.position(id).filter(concept) {
            return Some(self.entry(id, number));
        }
        let phrase = self.knowledge.phrases.iter().find(|phrase| phrase.id == id)?;
        let example = phrase.examples.matching.iter().find(|example| example.plain.is_some())?;
        self.phrase(&example.text).map(|(answer, _)| answer)
    }

    /// What stands in quotes: a term, or a message.
    fn quotation(&self, words: &str) -> Vec<Explanation> {
        let document = Document::numbered(words, &self.knowledge.glossary.vocabulary);
        if let Some(answer) = self.whole(words, &document) {
            return vec![answer];
        }
        let all = 0..document.tokens.len();
        if question::states(&document, all) {
            let answers = self.message(words);
            if !answers.is_empty() {
                return answers;
            }
        }
        let parts = parts::parts(self.knowledge, &document, self.evidence);
        let answers = self.terms_and_phrase(parts, self.phrase(words));
        if answers.is_empty() { vec![self.unknown(words)] } else { answers }
    }

    /// A whole message: itself in plain words, with its terms. Empty when there is nothing in it to put plainer.
    fn message(&self, words: &str) -> Vec<Explanation> {
        let own = Message::read(self.knowledge, words, self.audience);
        let plain = own.plain();
        if plain == words {
            return Vec::new();
        }
        let mut concepts: Vec<(usize, usize)> = own
            .analysis
            .terms
            .iter()
            .filter(|hit| !own.analysis.is_nested(hit))
            .map(|hit| (hit.tokens.start, hit.concept))
            .collect();
        concepts.sort_unstable();
        let mut answers: Vec<Explanation> = concepts
            .iter()
            .map(|(_, number)| {
                let concept = self.concept(*number);
                let term = concept.map(|concept| concept.preferred().to_owned()).unwrap_or_default();
                let usage_note = concept.and_then(|concept| own.usage_note_on(concept, *number)).unwrap_or_default();
                Explanation { usage_note, ..self.entry(&term, *number) }
            })
            .collect();
        answers = distinct(answers);
        match answers.first_mut() {
            Some(first) => {
                first.asked = words.to_owned();
                first.in_context = sentence(&plain);
                first.is_message = true;
            }
            None => answers.extend(self.said(words, &own, &plain)),
        }
        answers
    }

    /// Words that a phrase pattern puts plainer ("LGTM", "fat-fingered the config").
    fn phrase(&self, words: &str) -> Option<(Explanation, Option<String>)> {
        let analysis = Analysis::new(words, self.knowledge.glossary, self.knowledge.patterns);
        let tokens = &analysis.document.tokens;
        let end = tokens.iter().rposition(|token| token.tag != Tag::Punctuation).map_or(0, |last| last + 1);
        let choices = analysis.choices(0..tokens.len(), true);
        let is_open = choices.iter().find_map(|choice| match &choice.kind {
            ChoiceKind::Phrase(found) if choice.tokens.start == 0 && choice.tokens.end >= end => {
                Some(!found.slots.is_empty())
            }
            _ => None,
        })?;
        // Most words are no phrase, and telling them would be most of the work.
        let own = Message::of(self.knowledge, analysis, self.audience);
        let plain = own.plain();
        let answer = if plain == words { None } else { self.said(words, &own, &plain) };
        answer.map(|answer| (answer, is_open.then(|| sentence(&plain))))
    }

    /// What an example shows of words that have no entry.
    fn shown(&self, words: &str) -> Option<Explanation> {
        match self.knowledge.effort {
            Effort::Everything => self.saying(words),
            Effort::AsWritten => None,
        }
    }

    /// Words that a phrase pattern knows only beside others ("fat-fingered"): its example shows what they mean.
    fn saying(&self, words: &str) -> Option<Explanation> {
        let asked = tokenize_words(words);
        // Everyday words stand in examples without being what these are about.
        if asked.len() < 2 && asked.iter().all(|token| token.has(Flags::PLAIN)) {
            return None;
        }
        let plain = |text: &str| text.to_lowercase().replace('-', " ");
        let wanted = plain(words);
        self.knowledge.phrases.iter().find_map(|phrase| {
            let example = phrase.examples.matching.iter().find(|example| {
                let holds = |text: &str| format!(" {} ", plain(text)).contains(&format!(" {wanted} "));
                holds(&example.text) && example.plain.as_deref().is_some_and(|plain| !holds(plain))
            })?;
            Some(Explanation {
                asked: words.to_owned(),
                status: ExplanationStatus::Defined,
                concept: phrase.id.clone(),
                term: words.to_owned(),
                definition: meaning_of(&example.text, example.plain.as_deref()?),
                ..Explanation::default()
            })
        })
    }

    fn said(&self, words: &str, own: &Message<'_>, plain: &str) -> Option<Explanation> {
        let all = 0..own.analysis.document.tokens.len();
        let choices = own.analysis.choices(all, true);
        let phrase = choices.iter().find_map(|choice| match &choice.kind {
            ChoiceKind::Phrase(found) => self.knowledge.phrases.get(found.pattern),
            ChoiceKind::Term(_) => None,
        })?;
        // The entry's own example shows the words in use.
        let example = phrase
            .examples
            .matching
            .iter()
            .find_map(|example| Some(meaning_of(&example.text, example.plain.as_deref()?)));
        Some(Explanation {
            asked: words.to_owned(),
            status: ExplanationStatus::Defined,
            concept: phrase.id.clone(),
            term: words.to_owned(),
            definition: meaning_of(words, plain),
            example: example.unwrap_or_default(),
            ..Explanation::default()
        })
    }

    fn explained(&self, parts: Vec<Part>) -> Vec<Explanation> {
        let answers = parts.into_iter().filter_map(|part| match part.found {
            Found::Concepts(concepts) => self.meaning(&part.asked, &concepts),
            Found::Near(near) => Some(self.near(&part.asked, &near)),
            Found::Among(terms) => Some(self.among(&part.asked, terms)),
            Found::Nothing => Some(self.shown(&part.asked).unwrap_or_else(|| self.unknown(&part.asked))),
        });
        distinct(answers.collect())
    }

    /// The likeliest meaning, with the others when nothing decides.
    fn meaning(&self, asked: &str, concepts: &[usize]) -> Option<Explanation> {
        let meanings = senses::meanings(self.knowledge, concepts, asked, self.given, self.evidence);
        let (first, others) = meanings.order.split_first()?;
        let mut answer = self.entry(asked, *first);
        if !meanings.decided {
            answer.other_senses = others
                .iter()
                .filter_map(|number| self.concept(*number))
                .filter(|other| !self.concept(*first).is_some_and(|main| is_same_thing(main, other)))
                .map(|other| Sense {
                    concept: other.id.clone(),
                    subject_field: readable(&other.subject_field),
                    definition: other.definition.clone(),
                })
                .collect();
        }
        Some(answer)
    }

    /// Terms that may be meant.
    fn among(&self, asked: &str, terms: impl IntoIterator<Item = String>) -> Explanation {
        let mut suggestions: Vec<String> = Vec::new();
        for term in terms {
            if suggestions.len() < MOST_SUGGESTIONS && !suggestions.contains(&term) {
                suggestions.push(term);
            }
        }
        let status = ExplanationStatus::Suggested;
        Explanation { status, suggestions, ..self.unknown(asked) }
    }

    /// One near term, clearly nearer than any other, is explained at once, and said to be a guess; else all are offered.
    fn near(&self, asked: &str, near: &[(usize, usize)]) -> Explanation {
        let preferred = near.iter().filter_map(|(_, number)| Some(self.concept(*number)?.preferred().to_owned()));
        let offered = self.among(asked, preferred);
        let least = near.first().map(|(distance, _)| *distance);
        let nearest: Vec<usize> =
            near.iter().filter(|(distance, _)| Some(*distance) == least).map(|(_, number)| *number).collect();
        // Several meanings of one term are as clear as one.
        let letters = |term: &str| term.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let mut terms = nearest.iter().filter_map(|number| self.concept(*number)).map(Concept::preferred);
        let first = terms.next();
        let clear = terms.all(|term| first.is_some_and(|first| letters(first) == letters(term)));
        let answer = if clear { self.meaning(first.unwrap_or(asked), &nearest) } else { None }.unwrap_or_default();
        let Explanation { asked, status, suggestions, offer_request, .. } = offered;
        Explanation { asked, status, suggestions, offer_request, ..answer }
    }

    fn unknown(&self, asked: &str) -> Explanation {
        Explanation { asked: asked.to_owned(), offer_request: true, ..Explanation::default() }
    }

    /// An entry, told to this reader.
    fn entry(&self, asked: &str, number: usize) -> Explanation {
        let Some(concept) = self.concept(number) else { return self.unknown(asked) };
        let (why_for, why) = self.why(concept);
        Explanation {
            asked: asked.to_owned(),
            status: ExplanationStatus::Defined,
            concept: concept.id.clone(),
            subject_field: readable(&concept.subject_field),
            term: concept.preferred().to_owned(),
            usage_note: self.usage_note(concept, number, asked),
            definition: concept.definition.clone(),
            why,
            why_for,
            example: concept.example.clone(),
            in_context: self
                .given
                .map(|message| message.sentence_about(self.knowledge.glossary, number, asked))
                .unwrap_or_default(),
            owner: concept.owner.clone(),
            related: concept
                .related
                .iter()
                .filter_map(|id| self.knowledge.glossary.by_id(id))
                .map(|other| other.preferred().to_owned())
                .collect(),
            ..Explanation::default()
        }
    }

    /// What is said instead of the words that were asked about, else of those of the message. A menu asks by ids, and only
    /// the message then tells which term was written.
    fn usage_note(&self, concept: &Concept, number: usize, asked: &str) -> String {
        let written = || self.given?.usage_note_on(concept, number);
        concept.usage_note_on(asked).or_else(written).unwrap_or_default()
    }

    /// Why a concept matters: to this reader, else to everybody, else to another one, who is named.
    fn why(&self, concept: &Concept) -> (String, String) {
        let reason = |id: &str| concept.why_for(id).map(str::to_owned);
        if let Some(why) = reason(&self.audience.id).or_else(|| reason(GENERAL)) {
            return (String::new(), why);
        }
        let mut others = self.knowledge.audiences.iter();
        let (title, why) = others.find_map(|other| Some((&*other.title, reason(&other.id)?))).unwrap_or_default();
        // Everybody is this reader too, so nobody is named.
        let why_for = if self.audience.id == GENERAL { "" } else { title };
        (why_for.to_owned(), why)
    }

    fn concept(&self, number: usize) -> Option<&Concept> {
        self.knowledge.glossary.concepts.get(number)
    }
}

/// Noun and verb of one thing ("a force-push", "to force-push") are two entries, but not two meanings.
fn is_same_thing(one: &Concept, other: &Concept) -> bool {
    let is_verb = |concept: &Concept| concept.terms.iter().all(|term| term.part_of_speech == PartOfSpeech::Verb);
    one.subject_field == other.subject_field
        && is_verb(one) != is_verb(other)
        && (one.related.contains(&other.id) || other.related.contains(&one.id))
}

/// Each entry once.
fn distinct(answers: Vec<Explanation>) -> Vec<Explanation> {
    let mut kept: Vec<Explanation> = Vec::new();
    for answer in answers {
        let again = kept.iter().any(|other| {
            if answer.concept.is_empty() { other.asked == answer.asked } else { other.concept == answer.concept }
        });
        if !again {
            kept.push(answer);
        }
    }
    kept
}

fn readable(subject_field: &str) -> String {
    // "ai" is an abbreviation, as every name of two letters is.
    if subject_field.len() <= 2 { subject_field.to_uppercase() } else { subject_field.replace(['_', '-'], " ") }
}

fn meaning_of(words: &str, plain: &str) -> String {
    let bare = |text: &str| text.trim_end_matches(['.', ':', ',', ' ']).to_owned();
    let plain = bare(plain);
    // An abbreviation alone begins no sentence.
    let plain = if words.contains(' ') { plain } else { with_first(&plain, |first| first.to_lowercase().collect()) };
    format!("“{}” means “{plain}”.", bare(words))
}

/// A message as a sentence of its own.
fn sentence(text: &str) -> String {
    with_first(text, |first| first.to_uppercase().collect())
}

fn with_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| change(first) + letters.as_str()).unwrap_or_default()
}
