//! When two words may say the same: inflection, derivation ("approval", "approve") and a short list of everyday synonyms.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::engine::lexicon::{Flags, Lexicon};
use crate::engine::text::{Token, TokenKind};

/// One line for each meaning; a word stands in one line only.
const SYNONYMS: &str = include_str!("synonyms.txt");

static GROUPS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut groups = BTreeMap::new();
    for line in SYNONYMS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(head) = words.next() else { continue };
        for word in std::iter::once(head).chain(words) {
            groups.entry(word.to_owned()).or_insert_with(|| head.to_owned());
            groups.entry(stem(word)).or_insert_with(|| head.to_owned());
        }
    }
    groups
});

/// Words that carry no meaning of their own: they would make any two sentences look alike.
const LIGHT: [&str; 74] = [
    "be",
    "have",
    "do",
    "get",
    "make",
    "take",
    "go",
    "come",
    "give",
    "let",
    "keep",
    "use",
    "put",
    "set",
    "now",
    "then",
    "there",
    "here",
    "also",
    "very",
    "so",
    "too",
    "again",
    "yet",
    "already",
    "still",
    "just",
    "please",
    "pls",
    "plz",
    "only",
    "even",
    "well",
    "much",
    "many",
    "more",
    "most",
    "less",
    "least",
    "few",
    "some",
    "any",
    "all",
    "other",
    "such",
    "same",
    "own",
    "however",
    "therefore",
    "time",
    "day",
    "week",
    "month",
    "year",
    "hour",
    "minute",
    "second",
    "night",
    "morning",
    "thing",
    "way",
    "able",
    "far",
    "long",
    "soon",
    "currently",
    "present",
    "moment",
    "new",
    "sorry",
    "thank",
    "hi",
    "hello",
    "hey",
];

const FUNCTION: Flags = Flags::from_bits(
    Flags::PRONOUN.bits()
        | Flags::DETERMINER.bits()
        | Flags::PREPOSITION.bits()
        | Flags::CONJUNCTION.bits()
        | Flags::AUXILIARY.bits()
        | Flags::MODAL.bits()
        | Flags::NEGATION.bits()
        | Flags::WH.bits(),
);

/// What a word stands for; `None` for words that carry no meaning of their own.
pub(super) fn meaning(token: &Token) -> Option<String> {
    if token.kind != TokenKind::Word || token.lower.len() < 2 || token.lower.starts_with(['\'', '’']) {
        return None;
    }
    let function = token.has(FUNCTION) && !token.has(Flags::NOUN | Flags::VERB);
    if function
        || token.lower.ends_with("n't")
        || !GROUPS.contains_key(&token.lower) && token.lemmas().any(|lemma| LIGHT.contains(&lemma))
    {
        return None;
    }
    let lemma = token.bases.last().map_or(token.lower.as_str(), |base| &**base);
    let known = token.lemmas().find_map(|lemma| GROUPS.get(lemma)).or_else(|| GROUPS.get(&stem(lemma)));
    Some(known.cloned().unwrap_or_else(|| stem(once(lemma))))
}

/// "reroute" is to route once more.
fn once(lemma: &str) -> &str {
    lemma
        .strip_prefix("re")
        .map(|rest| rest.trim_start_matches('-'))
        .filter(|rest| {
            rest.len() >= 4 && Lexicon::embedded().lookup(rest).is_some_and(|entry| entry.is(Flags::VERB_BASE))
        })
        .unwrap_or(lemma)
}

/// A word without the endings that make nouns, adjectives and adverbs of verbs.
fn stem(word: &str) -> String {
    const ENDINGS: [&str; 25] = [
        "ifications",
        "ification",
        "ications",
        "ication",
        "ations",
        "ation",
        "itions",
        "ition",
        "ements",
        "ement",
        "ments",
        "ment",
        "ances",
        "ance",
        "ences",
        "ence",
        "ings",
        "ing",
        "ions",
        "ion",
        "ness",
        "able",
        "ible",
        "ally",
        "al",
    ];
    const SHORT: [&str; 8] = ["ers", "er", "ors", "or", "ive", "ity", "ly", "ed"];
    let cut = ENDINGS
        .iter()
        .chain(&SHORT)
        .find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= 4))
        .unwrap_or(word);
    let bare = cut.trim_end_matches('e');
    let bare = bare.strip_suffix('y').map_or(bare.to_owned(), |rest| format!("{rest}i"));
    let mut letters: Vec<char> = bare.chars().collect();
    // "permitted", "referral": the doubled letter belongs to the ending.
    if let [.., before, last] = letters.as_slice()
        && before == last
        && letters.len() > 4
        && !matches!(last, 's' | 'l')
    {
        letters.pop();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::tokenize_words;

    #[test]
    fn related_words_have_one_meaning() {
        for (left, right) in [
            ("approval", "approve"),
            ("confirmed", "confirmation"),
            ("renewals", "renew"),
            ("migrated", "migration"),
            ("resolved", "fix"),
            ("completion", "complete"),
            ("restoring", "restoration"),
        ] {
            let of = |word: &str| tokenize_words(word).first().and_then(meaning);
            assert_eq!(of(left), of(right), "{left} and {right}");
        }
    }
}
