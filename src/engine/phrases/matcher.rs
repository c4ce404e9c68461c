//! Finds phrase patterns in a tagged message.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{Class, Node, SlotKind};
use crate::engine::facts::FactKind;
use crate::engine::text::{Document, Key, Tag, Token, TokenKind, Vocabulary, noun_phrase_end};

/// A pattern found in a message.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// Position of the pattern in its set.
    pub(crate) pattern: usize,
    pub(crate) tokens: Range<usize>,
    /// Slot names with the tokens they took.
    pub(crate) slots: Vec<(String, Range<usize>)>,
    /// The token whose form the replacement copies.
    pub(crate) head: Option<usize>,
}

/// One element of a pattern, compiled: words are numbers.
#[derive(Debug)]
enum Step {
    Word { key: Key, exact: bool, capitals: bool, joined: bool, class: Option<Class> },
    Choice(Vec<Vec<Step>>),
    Slot { kind: SlotKind, name: Box<str> },
}

impl Step {
    fn compile(nodes: Vec<Node>, vocabulary: &mut Vocabulary) -> Vec<Self> {
        let step = |node| match node {
            Node::Word { text, exact, capitals, joined, class } => {
                Self::Word { key: vocabulary.add(&text), exact, capitals, joined, class }
            }
            Node::Choice(alternatives) => {
                Self::Choice(alternatives.into_iter().map(|nodes| Self::compile(nodes, vocabulary)).collect())
            }
            Node::Slot { kind, name } => Self::Slot { kind, name: name.into() },
        };
        nodes.into_iter().map(step).collect()
    }
}

/// A pattern with the marks of the words that every match of it holds.
#[derive(Debug)]
struct Compiled {
    steps: Vec<Step>,
    needs: Marks,
}

/// Which words a text holds, as one bit for each: two words may share a bit, so a missing bit is a missing word, and no more is
/// certain.
type Marks = u128;

const fn mark(key: Key) -> Marks {
    1 << (key % Marks::BITS)
}

/// Patterns, indexed by the words they can begin with.
#[derive(Debug, Default)]
pub(crate) struct PatternSet {
    patterns: Vec<Compiled>,
    by_first: FxHashMap<Key, Vec<usize>>,
    /// Patterns that begin with a slot, by a word that must be in the sentence.
    by_anchor: FxHashMap<Key, Vec<usize>>,
    /// Patterns of slots only.
    anywhere: Vec<usize>,
}

impl PatternSet {
    /// Indexes patterns; matches refer to positions in the list.
    pub(crate) fn new(patterns: Vec<Vec<Node>>, vocabulary: &mut Vocabulary) -> Self {
        let mut set = Self::default();
        for (position, nodes) in patterns.into_iter().enumerate() {
            let anchor = anchor(&nodes).map(|word| vocabulary.add(word));
            let steps = Step::compile(nodes, vocabulary);
            match first_words(&steps) {
                Some(words) => {
                    for word in words {
                        let list = set.by_first.entry(word).or_default();
                        if list.last() != Some(&position) {
                            list.push(position);
                        }
                    }
                }
                None => match anchor {
                    Some(word) => set.by_anchor.entry(word).or_default().push(position),
                    None => set.anywhere.push(position),
                },
            }
            let words = steps.iter().filter_map(|step| match step {
                Step::Word { key, .. } => Some(mark(*key)),
                Step::Choice(_) | Step::Slot { .. } => None,
            });
            let needs = words.fold(0, |marks, word| marks | word);
            set.patterns.push(Compiled { steps, needs });
        }
        set
    }

    /// The first reading of each pattern at each token of a sentence or clause, in order of their starts.
    pub(crate) fn matches_in(&self, document: &Document<'_>, range: Range<usize>, found: &mut Vec<Match>) {
        let tokens = document.tokens.get(range.clone()).unwrap_or_default();
        let holds = tokens.iter().flat_map(|token| token.keys.known()).fold(0, |marks, key| marks | mark(key));
        let possible = |pattern: usize| self.patterns.get(pattern).is_some_and(|compiled| compiled.needs & !holds == 0);
        // Each pattern that begins with a slot, with the last place at which its anchor stands.
        let mut open: Vec<(usize, usize)> = self.anywhere.iter().map(|pattern| (*pattern, range.end)).collect();
        if !self.by_anchor.is_empty() {
            for (index, token) in range.clone().zip(tokens) {
                for key in token.keys.known() {
                    let anchored = self.by_anchor.get(&key).into_iter().flatten();
                    open.extend(anchored.filter(|pattern| possible(**pattern)).map(|pattern| (*pattern, index)));
                }
            }
            open.sort_unstable_by_key(|(pattern, anchor)| (*pattern, std::cmp::Reverse(*anchor)));
            open.dedup_by_key(|(pattern, _)| *pattern);
        }
        let mut tried: Vec<usize> = Vec::new();
        for start in range.clone() {
            let Some(token) = document.tokens.get(start) else { return };
            if token.joined {
                continue;
            }
            tried.clear();
            for key in token.keys.known() {
                for &pattern in self.by_first.get(&key).into_iter().flatten() {
                    if possible(pattern) && !tried.contains(&pattern) {
                        tried.push(pattern);
                        self.attempt(document, pattern, start, range.end, found);
                    }
                }
            }
            for &(pattern, _) in open.iter().filter(|(_, anchor)| *anchor >= start) {
                self.attempt(document, pattern, start, range.end, found);
            }
        }
    }

    fn attempt(&self, document: &Document<'_>, pattern: usize, start: usize, limit: usize, found: &mut Vec<Match>) {
        let Some(Compiled { steps, .. }) = self.patterns.get(pattern) else { return };
        let mut state = State { slots: Vec::new(), verb: None, noun: None };
        if let Some(end) = walk(document, &Rest { steps, then: None }, start, limit, &mut state)
            && end > start
            && !is_cut_off(document, end)
        {
            let head = state.verb.or(state.noun);
            let slots = state.slots.into_iter().map(|(name, tokens)| (name.to_owned(), tokens)).collect();
            found.push(Match { pattern, tokens: start..end, slots, head });
        }
    }
}

/// Whether the written word goes on behind a match: "hot-" of "hot-fix", "w/" of "w/e", where a letter behind a stroke makes
/// another abbreviation.
fn is_cut_off(document: &Document<'_>, end: usize) -> bool {
    let stroke = end.checked_sub(1).and_then(|last| document.tokens.get(last)).is_some_and(|last| last.lower == "/");
    document.tokens.get(end).is_some_and(|next| next.joined || stroke && next.glued && next.lower.len() == 1)
}

struct State<'n> {
    slots: Vec<(&'n str, Range<usize>)>,
    verb: Option<usize>,
    noun: Option<usize>,
}

/// What is still to be matched: the rest of a group, then the rest of what stands around it.
struct Rest<'r, 'n> {
    steps: &'n [Step],
    then: Option<&'r Rest<'r, 'n>>,
}

/// Matches the rest of a pattern from token `at`; alternatives are tried in order, so the first complete reading wins.
fn walk<'n>(
    document: &Document<'_>,
    pattern: &Rest<'_, 'n>,
    at: usize,
    limit: usize,
    state: &mut State<'n>,
) -> Option<usize> {
    let Some((step, steps)) = pattern.steps.split_first() else {
        return match pattern.then {
            Some(outer) => walk(document, outer, at, limit, state),
            None => Some(at),
        };
    };
    let rest = Rest { steps, then: pattern.then };
    match step {
        Step::Word { key, exact, capitals, joined, class } => {
            let token = document.tokens.get(at).filter(|_| at < limit)?;
            let spelling = if *exact { token.keys.spell(*key) } else { token.keys.hold(*key) };
            if !spelling || *joined && !token.joined || !word_fits(document, token, *capitals, *class) {
                return None;
            }
            let (verb, noun) = (state.verb, state.noun);
            if state.verb.is_none() && *class == Some(Class::Verb) {
                state.verb = Some(at);
            }
            if state.noun.is_none() && *class == Some(Class::Noun) {
                state.noun = Some(at);
            }
            let end = walk(document, &rest, at + 1, limit, state);
            if end.is_none() {
                (state.verb, state.noun) = (verb, noun);
            }
            end
        }
        Step::Choice(alternatives) => alternatives
            .iter()
            .find_map(|alternative| walk(document, &Rest { steps: alternative, then: Some(&rest) }, at, limit, state)),
        Step::Slot { kind, name } => {
            for end in slot_ends(document, *kind, at, limit) {
                state.slots.push((name, at..end));
                if let Some(found) = walk(document, &rest, end, limit, state) {
                    return Some(found);
                }
                state.slots.pop();
            }
            None
        }
    }
}

/// Whether a word of the right spelling stands in the right form and place.
fn word_fits(document: &Document<'_>, token: &Token, capitals: bool, class: Option<Class>) -> bool {
    // "It took 500s" is no burst of "500s".
    let lasts =
        token.fact().and_then(|fact| document.facts.get(fact)).is_some_and(|fact| fact.kind == FactKind::Duration);
    if lasts
        || matches!(token.kind, TokenKind::Marker)
        || capitals && document.slice(token.span).chars().any(char::is_lowercase)
    {
        return false;
    }
    match class {
        None => true,
        // "be/v" must not swallow the "not" of "isn't".
        Some(Class::Verb) => token.tag.is_verb() || token.tag == Tag::Auxiliary && !token.lower.ends_with("n't"),
        Some(Class::Noun) => token.tag.is_nominal(),
        Some(Class::Adjective) => matches!(token.tag, Tag::Adjective | Tag::Verb(_)) && !token.tag.is_nominal(),
    }
}

/// Where a slot that starts at `at` may end, best first.
fn slot_ends(document: &Document<'_>, kind: SlotKind, at: usize, limit: usize) -> Vec<usize> {
    let fact = |wanted: fn(FactKind) -> bool| -> Vec<usize> {
        document.fact_at(at).filter(|fact| at < limit && wanted(fact.kind)).map(|_| at + 1).into_iter().collect()
    };
    match kind {
        SlotKind::Duration => fact(|kind| kind == FactKind::Duration),
        SlotKind::Time => fact(|kind| kind == FactKind::Time),
        SlotKind::Date => fact(|kind| kind == FactKind::Date),
        SlotKind::When => fact(FactKind::is_when),
        SlotKind::Quantity => fact(FactKind::is_quantity),
        SlotKind::Percent => fact(|kind| kind == FactKind::Percent),
        SlotKind::Money => fact(|kind| kind == FactKind::Money),
        SlotKind::Version => fact(|kind| matches!(kind, FactKind::Version | FactKind::Number)),
        SlotKind::Id => fact(|kind| kind == FactKind::Id),
        SlotKind::Number => fact(|kind| kind == FactKind::Number),
        SlotKind::Link => fact(|kind| kind == FactKind::Link),
        SlotKind::Mention => fact(|kind| kind == FactKind::Mention),
        SlotKind::Code => fact(|kind| kind == FactKind::Code),
        SlotKind::Thing => {
            let Some(longest) = noun_phrase_end(document, at, limit) else { return Vec::new() };
            // A shorter phrase is tried when the rest of the pattern needs the words ("roll the service back").
            (at + 1..=longest)
                .rev()
                .filter(|end| *end == longest || noun_phrase_end(document, at, *end) == Some(*end))
                .collect()
        }
        SlotKind::Words => {
            let mut ends = Vec::new();
            for end in at + 1..=limit.min(at + 6) {
                if document.tokens.get(end - 1).is_none_or(|token| token.tag == Tag::Punctuation) {
                    break;
                }
                ends.push(end);
            }
            ends
        }
        SlotKind::Clause => {
            let mut end = at;
            while end < limit && document.tokens.get(end).is_some_and(|token| !ends_clause(token)) {
                end += 1;
            }
            if end > at { vec![end] } else { Vec::new() }
        }
    }
}

fn ends_clause(token: &Token) -> bool {
    token.kind == TokenKind::Punctuation && token.lower.starts_with([',', ';', '.', '!', '?', ':', '—', '–'])
}

/// The words a pattern can begin with, or `None` when it can begin with a slot.
fn first_words(steps: &[Step]) -> Option<Vec<Key>> {
    match steps.first()? {
        Step::Word { key, .. } => Some(vec![*key]),
        Step::Slot { .. } => None,
        Step::Choice(alternatives) => {
            let mut words = Vec::new();
            for alternative in alternatives {
                if alternative.is_empty() {
                    words.extend(first_words(steps.get(1..)?)?);
                } else {
                    words.extend(first_words(alternative)?);
                }
            }
            Some(words)
        }
    }
}

/// A word every match of the pattern must hold: the longest, as short ones stand in every message.
fn anchor(nodes: &[Node]) -> Option<&str> {
    let words = nodes.iter().filter_map(|node| match node {
        Node::Word { text, .. } => Some(text.as_str()),
        _ => None,
    });
    words.max_by_key(|word| word.len())
}
