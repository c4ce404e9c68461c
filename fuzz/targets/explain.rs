//! A question, with a zero byte between it and the message that it is asked about.

#![no_main]

mod engine;

use libfuzzer_sys::fuzz_target;
use upshot::engine::{ExplanationStatus, SourceText};

fuzz_target!(init: { engine::engine(); }, |data: &[u8]| {
    let (reader, text) = engine::reader_and_text(data);
    let (query, context) = text.split_once('\0').map_or((&*text, None), |(query, context)| (query, Some(context)));
    let context = context.map(SourceText::new);
    let answer = engine::engine().explain(query, context.as_ref(), reader);
    assert_eq!(engine::engine().explain(query, context.as_ref(), reader), answer, "the same was answered in two ways");
    match answer.status {
        ExplanationStatus::Defined => assert!(!answer.definition.is_empty() && !answer.concept.is_empty(), "{answer:?}"),
        ExplanationStatus::Suggested => assert!(!answer.suggestions.is_empty(), "{answer:?}"),
        ExplanationStatus::Unknown => assert!(answer.definition.is_empty(), "{answer:?}"),
    }
});
