//! Words that talk down, blame or leave people out. Data in `glossary/respect.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Hint, HintCode, Judged};
use crate::engine::content::{ContentError, ContentFile, yaml};
use crate::engine::facts::FactKind;
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::phrases::{Match, Node, PatternSet, parse_pattern};
use crate::engine::source::ByteSpan;
use crate::engine::text::{Document, Tag, TokenKind, Vocabulary};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRespect {
    words: Vec<RawWord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWord {
    text: Spanned<String>,
    reason: String,
    instead: String,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    place: Place,
}

/// Where a word is meant in the sense that hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    #[default]
    Anywhere,
    /// At the beginning of a clause: "Clearly, …", not "clearly marked".
    Opener,
    /// Before a verb in its base form: "just restart it", not "just restarted".
    BeforeOrder,
    /// Behind a person: "@ben broke it", "he broke it".
    AfterPerson,
}

/// One entry, parsed.
#[derive(Debug)]
pub(crate) struct RespectWord {
    /// How the entry is known: a later file's entry with the same text takes its place.
    text: String,
    reason: String,
    instead: String,
    patterns: Vec<Vec<Node>>,
    unless: Vec<Vec<Node>>,
    place: Place,
}

/// Reads one file of words.
///
/// # Errors
/// Every entry that cannot be used.
pub(crate) fn parse(file: &ContentFile) -> Result<Vec<RespectWord>, Vec<ContentError>> {
    let raw: RawRespect = yaml(file).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let mut words = Vec::new();
    for word in raw.words {
        let line = usize::try_from(word.text.referenced.line()).unwrap_or(0);
        let text = word.text.value;
        let mut compile = |pattern: &str| {
            parse_pattern(pattern)
                .map_err(|message| {
                    errors.push(ContentError {
                        path: file.path.clone(),
                        line,
                        message: format!("{pattern:?}: {message}"),
                    });
                })
                .ok()
        };
        // An entry without patterns is found in exactly its words.
        let spelt = text.split_whitespace().map(|word| format!("={word}")).collect::<Vec<_>>().join(" ");
        let given = if word.patterns.is_empty() { vec![spelt] } else { word.patterns };
        let patterns = given.iter().filter_map(|pattern| compile(pattern)).collect();
        let unless = word.unless.iter().filter_map(|pattern| compile(pattern)).collect();
        words.push(RespectWord {
            text,
            reason: word.reason,
            instead: word.instead,
            patterns,
            unless,
            place: word.place,
        });
    }
    if errors.is_empty() { Ok(words) } else { Err(errors) }
}

#[derive(Debug)]
struct Rule {
    reason: String,
    instead: String,
    place: Place,
}

/// All entries of a revision, compiled.
#[derive(Debug, Default)]
pub(crate) struct Respect {
    rules: Vec<Rule>,
    patterns: PatternSet,
    /// The rule of each pattern.
    rule_of: Vec<usize>,
    exceptions: PatternSet,
    /// The rule of each exception.
    excepted: Vec<usize>,
}

impl Respect {
    /// Compiles entries; of two with the same text the later one counts.
    pub(crate) fn new(words: Vec<RespectWord>, vocabulary: &mut Vocabulary) -> Self {
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        for (position, word) in words.iter().enumerate() {
            last.insert(word.text.clone(), position);
        }
        let mut respect = Self::default();
        let (mut patterns, mut exceptions) = (Vec::new(), Vec::new());
        for (position, word) in words.into_iter().enumerate() {
            if last.get(&word.text) != Some(&position) {
                continue;
            }
            respect.rule_of.extend(word.patterns.iter().map(|_| respect.rules.len()));
            respect.excepted.extend(word.unless.iter().map(|_| respect.rules.len()));
            patterns.extend(word.patterns);
            exceptions.extend(word.unless);
            respect.rules.push(Rule { reason: word.reason, instead: word.instead, place: word.place });
        }
        respect.patterns = PatternSet::new(patterns, vocabulary);
        respect.exceptions = PatternSet::new(exceptions, vocabulary);
        respect
    }

    /// Every place at which one of the words is used. What stands in quotation marks is spoken about, not said.
    pub(super) fn hints(&self, document: &Document<'_>, judged: &Judged) -> Vec<Hint> {
        let mut hints: Vec<Hint> = Vec::new();
        for sentence in &document.sentences {
            let (mut found, mut excepted): (Vec<Match>, Vec<Match>) = (Vec::new(), Vec::new());
            self.patterns.matches_in(document, sentence.clone(), &mut found);
            if found.is_empty() {
                continue;
            }
            self.exceptions.matches_in(document, sentence.clone(), &mut excepted);
            // The longest first: "why don't you just" is more than "just".
            found.sort_by_key(|found| (std::cmp::Reverse(found.tokens.len()), found.tokens.start, found.pattern));
            let mut taken: Vec<ByteSpan> = Vec::new();
            for found in found {
                let Some(number) = self.rule_of.get(found.pattern) else { continue };
                let Some(rule) = self.rules.get(*number) else { continue };
                let is_excepted = excepted.iter().any(|exception| {
                    self.excepted.get(exception.pattern) == Some(number)
                        && exception.tokens.start < found.tokens.end
                        && found.tokens.start < exception.tokens.end
                });
                let span = document.span_of(found.tokens.clone());
                let seen = taken.iter().any(|taken| taken.overlaps(span));
                let is_said = judged.holds(span) && !is_quoted(document, sentence.start, &found);
                if seen || is_excepted || !is_said || !fits(document, sentence.start, rule.place, &found) {
                    continue;
                }
                taken.push(span);
                hints.push(Hint {
                    code: HintCode::Respect,
                    span,
                    words: document.slice(span).to_owned(),
                    text: rule.reason.clone(),
                    suggestion: Some(rule.instead.clone()),
                    count: 1,
                });
            }
        }
        hints
    }
}

fn is_quoted(document: &Document<'_>, sentence: usize, found: &Match) -> bool {
    let marks = |from: usize, to: usize| {
        let tokens = document.tokens.get(from..to).unwrap_or_default();
        tokens.iter().filter(|token| token.is(&["\"", "“", "”", "‘", "«", "»", "„"])).count()
    };
    marks(sentence, found.tokens.start) % 2 == 1
}

fn fits(document: &Document<'_>, sentence: usize, place: Place, found: &Match) -> bool {
    let before = found.tokens.start.checked_sub(1).filter(|index| *index >= sentence);
    let previous = before.and_then(|index| document.tokens.get(index));
    let opens = previous.is_none_or(|token| {
        token.kind == TokenKind::Punctuation && !token.is(&["(", "[", "/", "-"])
            || token.is(&["but", "and", "so", "because"])
    });
    match place {
        Place::Anywhere => true,
        Place::Opener => opens,
        // At the beginning a word that can be an order is one: "Just restart it".
        Place::BeforeOrder => document.tokens.get(found.tokens.end).is_some_and(|next| {
            let is_order = next.tag == Tag::Verb(VerbForm::Base) || opens && next.has(Flags::VERB_BASE);
            is_order && !next.joined
        }),
        Place::AfterPerson => previous.is_some_and(|token| {
            token.is(&["he", "she", "you", "somebody", "someone"])
                || before.and_then(|index| document.fact_at(index)).is_some_and(|fact| fact.kind == FactKind::Mention)
        }),
    }
}
