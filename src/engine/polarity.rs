//! Words that turn or weaken a statement: negation, hedges, conditions. A rewrite may neither drop nor add them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text::Token;

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

const NEGATIONS: [&str; 25] = [
    "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "nowhere", "dont",
    "cant", "isnt", "doesnt", "didnt", "wont", "havent", "hasnt", "wasnt", "werent", "arent", "couldnt", "shouldnt",
    "wouldnt",
];
const HEDGES: [&str; 24] = [
    "might",
    "may",
    "could",
    "likely",
    "unlikely",
    "probably",
    "possibly",
    "perhaps",
    "maybe",
    "apparently",
    "presumably",
    "potentially",
    "roughly",
    "about",
    "around",
    "approximately",
    "almost",
    "nearly",
    "hopefully",
    "should",
    "tentatively",
    "far",
    "eventual",
    "possible",
];
/// Stems of words that weaken: their inflections count as well.
const HEDGE_STEMS: [&str; 9] = ["seem", "appear", "suspect", "estimat", "expect", "think", "believ", "assum", "guess"];
const CONDITIONS: [&str; 8] = ["if", "unless", "until", "once", "provided", "except", "only", "when"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Negation,
    Hedge,
    Condition,
}

static WORDS: LazyLock<FxHashMap<&'static str, Turn>> = LazyLock::new(|| {
    let negations = NEGATIONS.iter().map(|word| (*word, Turn::Negation));
    let hedges = HEDGES.iter().map(|word| (*word, Turn::Hedge));
    negations.chain(hedges).chain(CONDITIONS.iter().map(|word| (*word, Turn::Condition))).collect()
});

/// What a lower-case word does to its statement.
fn turn(lower: &str) -> Option<Turn> {
    if let Some(turn) = WORDS.get(lower) {
        return Some(*turn);
    }
    if lower.ends_with("n't") || lower.ends_with("n’t") {
        return Some(Turn::Negation);
    }
    let stemmed =
        lower.starts_with(['s', 'a', 'e', 't', 'b', 'g']) && HEDGE_STEMS.iter().any(|stem| lower.starts_with(stem));
    stemmed.then_some(Turn::Hedge)
}

/// Signs in front of figures that say the same as "about", "at most" and the like.
const MARKS: [char; 6] = ['~', '≈', '≤', '≥', '±', '<'];
const LONGEST_WORD: usize = 16;

/// Counts polarity words.
pub(crate) fn polarity(text: &str) -> Polarity {
    let mut counts = Polarity::default();
    let mut buffer = [0_u8; LONGEST_WORD];
    let mut before = String::with_capacity(4);
    for word in text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'))) {
        let length = word.len();
        if !(2..=LONGEST_WORD).contains(&length) {
            continue;
        }
        let Some(target) = buffer.get_mut(..length) else { continue };
        target.copy_from_slice(word.as_bytes());
        target.make_ascii_lowercase();
        let Ok(lower) = std::str::from_utf8(target) else { continue };
        // What the words say that stand for a sign: "less than", "at most", "plus or minus".
        let pair = (before.as_str(), lower);
        counts.hedges += usize::from(matches!(pair, ("less", "than") | ("at", "most" | "least") | ("or", "minus")));
        before.clear();
        if lower.len() <= 4 {
            before.push_str(lower);
        }
        match turn(lower) {
            Some(Turn::Negation) => counts.negations += 1,
            Some(Turn::Hedge) => counts.hedges += 1,
            Some(Turn::Condition) => counts.conditions += 1,
            None => {}
        }
    }
    // "around ~9 min" is one hedge said twice.
    if text.is_ascii() && !text.contains(['~', '<']) {
        return counts;
    }
    counts.hedges += text
        .match_indices(MARKS)
        .filter(|(at, _)| {
            let before = text.get(..*at).unwrap_or_default();
            // Two tildes strike words out.
            let struck = before.ends_with('~') || text.get(*at..).is_some_and(|rest| rest.starts_with("~~"));
            let before = before.trim_end();
            !struck && !["about", "around", "approximately", "roughly"].iter().any(|word| before.ends_with(word))
        })
        .count();
    counts
}

/// Whether the word negates.
pub(crate) fn is_negation(token: &Token) -> bool {
    turn(&token.lower) == Some(Turn::Negation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polarity_words_are_counted() {
        let of = |negations, hedges, conditions| Polarity { negations, hedges, conditions };
        assert_eq!(polarity("We don't know yet, it might be the cache."), of(1, 1, 0));
        assert_eq!(polarity("No data was lost unless the retry failed."), of(1, 0, 1));
        assert_eq!(polarity("It seems ~6% fail"), of(0, 2, 0));
        assert_eq!(polarity("Afaik this is as far as I know"), of(0, 1, 0));
    }
}
