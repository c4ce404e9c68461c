//! Reviewing a draft: what this reader will trip over, before it is sent.
//!
//! Precision before recall, as everywhere: a hint that is wrong teaches people to ignore the next one.

mod message;
mod respect;
mod sentences;
mod terms;

use std::collections::BTreeMap;

use super::facts::FactKind;
use super::reading;
use super::render::Analysis;
use super::source::ByteSpan;
use super::text::{Document, Token, TokenKind, foreign_language};
use super::{Audience, Engine, SourceText};

pub(crate) use respect::{Respect, RespectWord, parse as parse_respect};

/// What a draft is, which decides what it must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draft {
    /// Something sent to people: it should say what it means for them, what is wanted, and when.
    #[default]
    Message,
    /// A page that people look things up in: only its words and sentences are judged.
    Page,
}

/// What sort of stumbling block a hint names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HintCode {
    /// Words that talk down, blame or leave people out.
    Respect,
    /// A problem or decision without a word on what is wanted.
    MissingAsk,
    /// Work is told, and not what it means for anybody.
    NoOutcome,
    /// Something is promised or wanted, and not when.
    MissingWhen,
    /// A term that the glossary has another one for.
    DeprecatedTerm,
    /// A term for which the glossary has plainer words for this reader.
    UnexplainedTerm,
    /// A sentence of more words than are read in one go.
    LongSentence,
    /// A word that looks like jargon and has no entry.
    UnknownJargon,
    /// A technical word whose meaning the text does not decide.
    OpenMeaning,
    /// What this reader will ask next.
    OpenQuestion,
}

impl HintCode {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 10] = [
        Self::MissingAsk,
        Self::NoOutcome,
        Self::Respect,
        Self::MissingWhen,
        Self::DeprecatedTerm,
        Self::UnexplainedTerm,
        Self::LongSentence,
        Self::UnknownJargon,
        Self::OpenMeaning,
        Self::OpenQuestion,
    ];

    /// The machine name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Respect => "respect",
            Self::MissingAsk => "missing_ask",
            Self::NoOutcome => "no_outcome",
            Self::MissingWhen => "missing_when",
            Self::DeprecatedTerm => "deprecated_term",
            Self::UnexplainedTerm => "unexplained_term",
            Self::LongSentence => "long_sentence",
            Self::UnknownJargon => "unknown_jargon",
            Self::OpenMeaning => "open_meaning",
            Self::OpenQuestion => "open_question",
        }
    }

    /// The points that one hint takes off, in a text of up to [`WORDS_AT_FULL_WEIGHT`] words.
    #[must_use]
    pub const fn points(self) -> usize {
        match self {
            Self::MissingAsk | Self::NoOutcome => 8,
            Self::Respect => 6,
            Self::MissingWhen => 5,
            Self::DeprecatedTerm | Self::UnexplainedTerm | Self::LongSentence => 4,
            Self::UnknownJargon | Self::OpenMeaning | Self::OpenQuestion => 2,
        }
    }
}

/// In longer texts a hint weighs less: what counts is how often a reader stumbles, not how much there is to read.
pub const WORDS_AT_FULL_WEIGHT: usize = 100;

/// One stumbling block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What sort it is.
    pub code: HintCode,
    /// Where it is, the first time.
    pub span: ByteSpan,
    /// The words there.
    pub words: String,
    /// The reason, in one sentence.
    pub text: String,
    /// What to write instead: the glossary's wording for this reader, or advice.
    pub suggestion: Option<String>,
    /// How often it occurs.
    pub count: usize,
}

/// The judgement of a draft for one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Audience id.
    pub audience: String,
    /// The stumbling blocks in the order of the text.
    pub hints: Vec<Hint>,
    /// Words that were judged.
    pub words: usize,
    /// The English name of the language, when it is not English: then nothing was judged.
    pub language: Option<String>,
}

impl Review {
    /// 100 for a text without hints; `None` for one in which nothing could be judged.
    #[must_use]
    pub fn score(&self) -> Option<usize> {
        let judged = self.language.is_none() && self.words > 0;
        judged.then(|| score(self.hints.iter().map(|hint| hint.code), self.words))
    }
}

/// 100 less the points of the hints, for each hundred words. Fewer hints never give less.
fn score(codes: impl Iterator<Item = HintCode>, words: usize) -> usize {
    let points: usize = codes.map(HintCode::points).sum();
    100_usize.saturating_sub((points * 100).div_ceil(words.max(WORDS_AT_FULL_WEIGHT)))
}

impl Engine {
    /// Says what a reader will trip over in a draft, and how well the draft does.
    ///
    /// Code, links, mentions and quotes are not judged.
    #[must_use]
    pub fn check(&self, source: &SourceText, audience: &Audience, draft: Draft) -> Review {
        let profile = self.profile(audience);
        let analysis = Analysis::new(source.text(), &self.glossary, &self.compiled.patterns);
        let document = &analysis.document;
        let judged = Judged::of(document);
        let words = judged.words(document);
        let mut review = Review { audience: audience.id.clone(), hints: Vec::new(), words, language: None };
        if let Some(language) = foreign_language(document) {
            review.language = Some(language.to_owned());
            return review;
        }
        let mut hints = self.compiled.respect.hints(document, &judged);
        // What has to go anyway needs no explanation.
        let taken: Vec<ByteSpan> = hints.iter().map(|hint| hint.span).collect();
        let is_free = |hint: &Hint| !taken.iter().any(|span| span.overlaps(hint.span));
        hints.extend(terms::hints(self, &analysis, profile, &judged).into_iter().filter(is_free));
        hints.extend(sentences::hints(document, &judged));
        if draft == Draft::Message {
            let reading = reading::read(&analysis, &self.glossary, &self.compiled.cues);
            let questions = self.rewrite(source, audience).open_questions;
            hints.extend(message::hints(&analysis, &reading, &self.compiled.cues, &questions));
        }
        review.hints = once_each(hints);
        review
    }
}

/// The same stumbling block again is one hint with its count.
fn once_each(mut hints: Vec<Hint>) -> Vec<Hint> {
    hints.sort_by_key(|hint| (hint.span, hint.code));
    let mut places: BTreeMap<(HintCode, String), usize> = BTreeMap::new();
    let mut once: Vec<Hint> = Vec::new();
    for hint in hints {
        // What a hint says about the whole text is told by its reason, what it says about a word by the word.
        let told = match hint.code {
            HintCode::UnexplainedTerm => hint.suggestion.clone().unwrap_or_default().to_lowercase(),
            HintCode::DeprecatedTerm | HintCode::UnknownJargon | HintCode::OpenMeaning | HintCode::Respect => {
                hint.words.to_lowercase()
            }
            _ => format!("{}{}", hint.span.start, hint.text),
        };
        match places.get(&(hint.code, told.clone())).and_then(|place| once.get_mut(*place)) {
            Some(first) => first.count += 1,
            None => {
                places.insert((hint.code, told), once.len());
                once.push(hint);
            }
        }
    }
    once
}

/// What of a text is judged: quotes are others' words.
struct Judged {
    quotes: Vec<ByteSpan>,
}

impl Judged {
    fn of(document: &Document<'_>) -> Self {
        let mut quotes: Vec<ByteSpan> = Vec::new();
        let mut at = 0;
        for line in document.text.split_inclusive('\n') {
            let end = at + line.len();
            if line.trim_start().starts_with('>') {
                match quotes.last_mut().filter(|quote| quote.end == at) {
                    Some(quote) => quote.end = end,
                    None => quotes.push(ByteSpan::new(at, end)),
                }
            }
            at = end;
        }
        Self { quotes }
    }

    fn holds(&self, span: ByteSpan) -> bool {
        let behind = self.quotes.partition_point(|quote| quote.end <= span.start);
        !self.quotes.get(behind).is_some_and(|quote| quote.overlaps(span))
    }

    /// Written words and figures, each hyphenated word counted once.
    fn words(&self, document: &Document<'_>) -> usize {
        let counts = |token: &Token| match token.kind {
            TokenKind::Word => !token.joined && !token.lower.starts_with(['\'', '’']),
            TokenKind::Fact(fact) => document.facts.get(fact).is_some_and(|fact| {
                !matches!(fact.kind, FactKind::Code | FactKind::Link | FactKind::Mention | FactKind::Emoji)
            }),
            TokenKind::Punctuation | TokenKind::Marker => false,
        };
        document.tokens.iter().filter(|token| counts(token) && self.holds(token.span)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_hints_never_give_a_lower_score() {
        let mut codes: Vec<HintCode> = HintCode::ALL.into_iter().cycle().take(40).collect();
        for words in [1, 40, 99, 100, 101, 250, 3_000] {
            for removed in 0..codes.len() {
                let all = score(codes.iter().copied(), words);
                let rest = codes.iter().enumerate().filter(|(place, _)| *place != removed).map(|(_, code)| *code);
                assert!(score(rest, words) >= all, "without hint {removed} of {words} words");
            }
        }
        codes.clear();
        assert_eq!(score(codes.into_iter(), 1), 100);
    }

    #[test]
    fn the_score_is_what_the_page_about_it_says() {
        use HintCode::{MissingAsk, OpenQuestion, UnexplainedTerm};
        assert_eq!(score([UnexplainedTerm, UnexplainedTerm, MissingAsk].into_iter(), 30), 84);
        assert_eq!(score([UnexplainedTerm, UnexplainedTerm, MissingAsk].into_iter(), 400), 96);
        assert_eq!(score([OpenQuestion].into_iter(), 10_000), 99);
        assert_eq!(score([MissingAsk; 20].into_iter(), 50), 0);
    }
}
