//! A source and a candidate, with a zero byte between them: the judgement never panics, is the same twice, and every message
//! is faithful to itself.

#![no_main]

mod engine;

use libfuzzer_sys::fuzz_target;
use upshot::engine::{SourceText, Verdict};

fuzz_target!(init: { engine::engine(); }, |data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (source, candidate) = text.split_once('\0').unwrap_or((&text, ""));
    let (source, candidate) = (SourceText::new(source), SourceText::new(candidate));
    let verdict = engine::engine().verify(&source, &candidate);
    assert_eq!(engine::engine().verify(&source, &candidate), verdict, "the same was judged in two ways");
    if let Verdict::Unfaithful(found) = &verdict {
        assert!(!found.is_empty(), "a refusal without a reason");
        for discrepancy in found {
            assert!(!discrepancy.code.is_empty() && !discrepancy.text.is_empty(), "{discrepancy:?}");
        }
    }
    let itself = engine::engine().verify(&source, &source);
    assert_eq!(itself, Verdict::Faithful, "{:?} is said to be unfaithful to itself", source.text());
});
