//! Entries found while somebody types.

use super::content::engine;

#[test]
fn what_fits_best_comes_first_and_each_entry_once() {
    let engine = engine();
    let found = |words: &str| engine.search(words, 10);
    let term = |words: &str| {
        let first = found(words).into_iter().next().unwrap_or_default();
        engine.explain(&first, None, engine.default_audience()).term
    };
    for (words, expected) in
        [("slo", "SLO"), ("  S L O ", "SLO"), ("canary dep", "canary release"), ("kubernetez", "Kubernetes")]
    {
        assert!(term(words).eq_ignore_ascii_case(expected), "{words}: {}", term(words));
    }
    let many = found("da");
    assert_eq!(many.len(), 10);
    let distinct: std::collections::BTreeSet<_> = many.iter().collect();
    assert_eq!(distinct.len(), many.len());
    assert_eq!(engine.search("da", 3), many[..3], "the first entries are the same however many are asked for");
    for nothing in ["", "  ", "-", "xyzzyquux"] {
        assert!(found(nothing).is_empty(), "{nothing:?}");
    }
}
