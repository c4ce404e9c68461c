//! Words that turn or weaken a statement: negation, hedges, conditions. A rewrite may neither drop nor add them.

use super::text::{Document, Token, TokenKind};

/// Counts of polarity words in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Polarity {
    pub(crate) negations: usize,
    pub(crate) hedges: usize,
    pub(crate) conditions: usize,
}

impl Polarity {
    /// Whether a text with this polarity is kept by one with `output`: negations equal, hedges and conditions not fewer.
    pub(crate) const fn survives_in(&self, output: &Self) -> bool {
        output.negations == self.negations && output.hedges >= self.hedges && output.conditions >= self.conditions
    }
}

const NEGATIONS: [&str; 11] =
    ["not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "nowhere"];
const HEDGES: [&str; 34] = [
    "might",
    "may",
    "could",
    "seem",
    "appear",
    "suspect",
    "likely",
    "unlikely",
    "probably",
    "possibly",
    "perhaps",
    "maybe",
    "apparently",
    "presumably",
    "potentially",
    "estimate",
    "expect",
    "think",
    "believe",
    "assume",
    "roughly",
    "about",
    "around",
    "approximately",
    "almost",
    "nearly",
    "hopefully",
    "should",
    "tentatively",
    "afaik",
    "guess",
    "eventual",
    "possible",
    "probable",
];
const CONDITIONS: [&str; 8] = ["if", "unless", "until", "once", "provided", "except", "only", "when"];

/// Counts polarity words.
pub(crate) fn polarity(text: &str) -> Polarity {
    let document = Document::parse(text);
    let mut counts = Polarity::default();
    for token in document.tokens.iter().filter(|token| token.kind == TokenKind::Word) {
        counts.negations += usize::from(is_negation(token));
        counts.hedges += usize::from(is_hedge(token) || token.lower == "far");
        counts.conditions += usize::from(token.lemmas().any(|lemma| CONDITIONS.contains(&lemma)));
    }
    let marks = document.facts.iter().filter(|fact| fact.mark.is_some()).count();
    counts.hedges += marks;
    counts
}

/// Whether the word negates.
pub(crate) fn is_negation(token: &Token) -> bool {
    token.lower.ends_with("n't") || NEGATIONS.contains(&token.lower.as_str())
}

/// Whether the word weakens what is said.
pub(crate) fn is_hedge(token: &Token) -> bool {
    token.lemmas().any(|lemma| HEDGES.contains(&lemma))
}
