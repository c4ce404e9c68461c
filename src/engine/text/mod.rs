//! From canonical text to tokens with tags, grouped into sentences.

mod language;
mod phrase;
mod sentences;
mod table;
mod tag;
mod tokenize;
mod vocabulary;

use std::ops::Range;

use super::facts::{Fact, extract};
use super::lexicon::inflect::VerbForm;
use super::lexicon::{Entry, Flags};
use super::source::ByteSpan;

pub(crate) use language::foreign_language;
pub(crate) use phrase::noun_phrase_end;
pub(crate) use sentences::{is_chat, is_stamp_line};
pub(crate) use table::{Row, TableLine, table_line};
pub(crate) use tokenize::{plain_term_words, term_words, tokenize_words};
pub(crate) use vocabulary::{Key, Keys, Vocabulary};

/// What a token is before grammar looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, or a part of a hyphenated one.
    Word,
    /// The fact with this index in [`Document::facts`].
    Fact(usize),
    /// Punctuation, one character or a run of the same.
    Punctuation,
    /// A list marker, quote marker or heading marker at the start of a line.
    Marker,
}

/// A word's job in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Noun,
    PluralNoun,
    /// A proper name or a word nobody knows.
    Name,
    Verb(VerbForm),
    Auxiliary,
    Modal,
    To,
    Adjective,
    Adverb,
    Determiner,
    Possessive,
    Pronoun,
    Preposition,
    Particle,
    Conjunction,
    Negation,
    Question,
    Fact,
    Punctuation,
    Marker,
}

impl Tag {
    /// Whether the token can be the head of a noun phrase.
    pub(crate) const fn is_nominal(self) -> bool {
        matches!(self, Self::Noun | Self::PluralNoun | Self::Name)
    }

    /// Whether a clause has its verb here: a helper, a modal or a form with a person or a past.
    pub(crate) const fn is_finite(self) -> bool {
        matches!(self, Self::Auxiliary | Self::Modal | Self::Verb(VerbForm::Past | VerbForm::ThirdSingular))
    }

    /// Whether the token is a full verb.
    pub(crate) const fn is_verb(self) -> bool {
        matches!(self, Self::Verb(_))
    }
}

/// One token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) span: ByteSpan,
    pub(crate) kind: TokenKind,
    /// The token's text in lower case.
    pub(crate) lower: String,
    /// What the lexicon knows of it; empty flags for unknown words.
    pub(crate) entry: Option<Entry>,
    /// Base forms that differ from `lower`: singular, infinitive, positive.
    pub(crate) bases: Vec<Box<str>>,
    /// Numbers of `lower` and `bases` in the vocabulary of the content; none before [`Document::numbered`].
    pub(crate) keys: Keys,
    pub(crate) tag: Tag,
    /// No white space in front (never set on the first token).
    pub(crate) glued: bool,
    /// Joined to the token before by a hyphen or slash inside one written word.
    pub(crate) joined: bool,
    /// The first character is upper case.
    pub(crate) capital: bool,
}

impl Token {
    pub(crate) fn has(&self, flags: Flags) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.flags.intersects(flags))
    }

    pub(crate) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }

    /// Whether it is a sign around emphasised words.
    pub(crate) fn is_emphasis(&self) -> bool {
        self.is(&["*", "**", "_", "__"])
    }

    /// Whether this marker opens an item of a list, rather than a heading or a quoted line.
    pub(crate) fn opens_item(&self) -> bool {
        self.kind == TokenKind::Marker && !self.lower.starts_with(['#', '>'])
    }

    /// Whether the word table does not have the word.
    pub(crate) fn is_unlisted(&self) -> bool {
        self.entry.is_none_or(|entry| entry.is_guess())
    }

    pub(crate) fn fact(&self) -> Option<usize> {
        match self.kind {
            TokenKind::Fact(index) => Some(index),
            _ => None,
        }
    }

    /// Base forms under which this token may be known, the surface first, without repetition.
    pub(crate) fn lemmas(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.lower.as_str()).chain(self.bases.iter().map(|base| &**base))
    }
}

/// A message, taken apart.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) text: &'a str,
    pub(crate) facts: Vec<Fact>,
    pub(crate) tokens: Vec<Token>,
    /// Token ranges, in order; markers stand between sentences.
    pub(crate) sentences: Vec<Range<usize>>,
}

impl<'a> Document<'a> {
    /// Takes `text` apart.
    pub(crate) fn parse(text: &'a str) -> Self {
        let facts = extract(text);
        let mut tokens = tokenize::tokenize(text, &facts);
        let sentences = sentences::split(text, &tokens);
        for sentence in &sentences {
            tag::tag(&mut tokens, sentence.clone());
        }
        Self { text, facts, tokens, sentences }
    }

    /// The same with its words numbered, so that terms, patterns and cues can be found in it.
    pub(crate) fn numbered(text: &'a str, vocabulary: &Vocabulary) -> Self {
        let mut document = Self::parse(text);
        for token in &mut document.tokens {
            token.keys = vocabulary.of(token);
        }
        document
    }

    pub(crate) fn slice(&self, span: ByteSpan) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    pub(crate) fn token_text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| self.slice(token.span))
    }

    /// The bytes from the first to the last token of a range.
    pub(crate) fn span_of(&self, range: Range<usize>) -> ByteSpan {
        match (self.tokens.get(range.start), range.end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if range.start < range.end => ByteSpan::new(first.span.start, last.span.end),
            (Some(first), _) => ByteSpan::new(first.span.start, first.span.start),
            _ => ByteSpan::new(self.text.len(), self.text.len()),
        }
    }

    /// The sentence that a token stands in; markers stand in none.
    pub(crate) fn sentence_at(&self, index: usize) -> Option<&Range<usize>> {
        let at = self.sentences.partition_point(|sentence| sentence.end <= index);
        self.sentences.get(at).filter(|sentence| sentence.contains(&index))
    }

    pub(crate) fn fact_at(&self, index: usize) -> Option<&Fact> {
        self.tokens.get(index).and_then(Token::fact).and_then(|fact| self.facts.get(fact))
    }
}
