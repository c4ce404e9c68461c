//! Frequent misspellings that have one right form.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Misspelling and right spelling, one pair a line.
static SPELLINGS: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| include_str!("data/misspellings.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// The right spelling of a lower-case word that is a known slip.
pub(crate) fn right_spelling(lower: &str) -> Option<&'static str> {
    SPELLINGS.get(lower).copied()
}
