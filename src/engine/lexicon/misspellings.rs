//! Frequent misspellings that have one right form.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{Lexicon, is_plain};

/// Misspelling and right spelling, one pair a line.
static SPELLINGS: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| include_str!("data/misspellings.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// The right spelling of a lower-case word that is a known slip.
pub(crate) fn right_spelling(lower: &str) -> Option<&'static str> {
    SPELLINGS.get(lower).copied()
}

/// Shorter words have too many neighbours, and longer ones are no words.
const SHORTEST: usize = 9;
const LONGEST: usize = 20;

/// "Deployable", "provisioner", "redeployed": made of a known word, so it is meant as written.
fn is_made_of_known(lexicon: &Lexicon, lower: &str) -> bool {
    const ENDINGS: [&str; 21] = [
        "able", "ably", "ers", "ors", "er", "or", "ly", "ness", "ings", "ing", "ed", "s", "less", "ful", "ment",
        "ation", "ish", "wide", "men", "ive", "ism",
    ];
    const BEGINNINGS: [&str; 15] = [
        "un", "re", "de", "dis", "pre", "non", "over", "under", "auto", "multi", "micro", "sub", "inter", "mis",
        "super",
    ];
    let known = |word: &str| word.len() > 2 && lexicon.lookup(word).is_some();
    let stem = |ending: &&str| {
        lower.strip_suffix(*ending).is_some_and(|stem| {
            let single = stem.get(..stem.len().saturating_sub(1)).unwrap_or_default();
            // "Movable", but "absolutely".
            known(stem)
                || ending.starts_with(['a', 'e', 'i', 'o']) && known(&format!("{stem}e"))
                || stem.ends_with(single.chars().last().unwrap_or(' ')) && known(single)
        })
    };
    ENDINGS.iter().any(stem) || BEGINNINGS.iter().any(|beginning| lower.strip_prefix(beginning).is_some_and(known))
}

/// The everyday word that an unknown one was meant to be: the only one that differs by one letter, or by two in the wrong order.
/// The first letter is taken as meant.
pub(crate) fn near_spelling(lower: &str) -> Option<String> {
    if !(SHORTEST..=LONGEST).contains(&lower.len()) || !lower.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return None;
    }
    let lexicon = Lexicon::embedded();
    if lexicon.lookup(lower).is_some() || is_made_of_known(lexicon, lower) {
        return None;
    }
    let mut found: Option<String> = None;
    for at in 1..=lower.len() {
        let (head, tail) = lower.split_at(at);
        let mut letters = tail.chars();
        let first = letters.next();
        let rest = letters.as_str();
        let mut candidates = Vec::with_capacity(54);
        if let Some(first) = first {
            candidates.push(format!("{head}{rest}"));
            if let Some(second) = letters.next() {
                candidates.push(format!("{head}{second}{first}{}", letters.as_str()));
            }
        }
        for letter in 'a'..='z' {
            candidates.push(format!("{head}{letter}{tail}"));
            if first.is_some() {
                candidates.push(format!("{head}{letter}{rest}"));
            }
        }
        for candidate in candidates {
            if is_plain(&candidate) && found.as_ref().is_none_or(|known| *known != candidate) {
                if found.is_some() {
                    return None;
                }
                found = Some(candidate);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::near_spelling;

    #[test]
    fn an_unknown_word_is_mended_when_one_everyday_word_is_near() {
        for (written, meant) in [
            ("abolutely", Some("absolutely")),
            ("preliminairy", Some("preliminary")),
            ("infrastrucure", Some("infrastructure")),
            ("performace", Some("performance")),
            ("kubernetes", None),
            ("underperforming", None),
            ("systemctl", None),
            ("deployable", None),
            ("provisioner", None),
            ("partitioner", None),
            ("redeployed", None),
            ("countrywide", None),
            ("congressmen", None),
        ] {
            assert_eq!(near_spelling(written).as_deref(), meant, "{written}");
        }
    }
}
