//! A message for a reader: nothing panics, nothing is lost, code and links stay to the letter, the same gives the same.

#![no_main]

mod engine;

use libfuzzer_sys::fuzz_target;
use upshot::engine::{FactStatus, Rendering, SourceText, Verdict};

fuzz_target!(init: { engine::engine(); }, |data: &[u8]| {
    let (reader, text) = engine::reader_and_text(data);
    let source = SourceText::new(&text);
    let rendering = engine::engine().rewrite(&source, reader);
    facts_are_kept(&rendering);
    verbatim_spans_stay_in_order(&source, &rendering);
    spans_point_where_they_say(&source, &rendering);
    assert_eq!(engine::engine().rewrite(&source, reader), rendering, "the same message was rewritten in two ways");
    if !rendering.fallback {
        let verdict = engine::engine().verify(&source, &SourceText::new(&rendering.plain));
        assert_eq!(verdict, Verdict::Faithful, "the ledger refuses our own rewrite {:?}", rendering.plain);
    }
});

fn facts_are_kept(rendering: &Rendering) {
    for row in &rendering.facts {
        assert_ne!(row.status, FactStatus::Missing, "{row:?} is missing in {:?}", rendering.plain);
    }
}

/// The plain version keeps the order of the message, so its code and links are found one behind the other.
fn verbatim_spans_stay_in_order(source: &SourceText, rendering: &Rendering) {
    let (mut from, mut rest) = (source.text(), &*rendering.plain);
    for row in
        rendering.facts.iter().filter(|row| matches!(&*row.kind, "code" | "link") && row.status == FactStatus::Kept)
    {
        // The ledger tells an equal value once, so a row's words may stand earlier in the source than the row before it.
        let Some((_, behind)) = from.split_once(&*row.source) else { continue };
        from = behind;
        let Some((_, behind)) = rest.split_once(&*row.source) else {
            panic!("{:?} is not to the letter in {:?}", row.source, rendering.plain)
        };
        rest = behind;
    }
}

fn spans_point_where_they_say(source: &SourceText, rendering: &Rendering) {
    for change in &rendering.changes {
        let there = rendering.plain.get(change.output_span.start..change.output_span.end);
        assert_eq!(there, Some(&*change.to), "{change:?} in {:?}", rendering.plain);
        let there = source.text().get(change.source_span.start..change.source_span.end);
        assert_eq!(there, Some(&*change.from), "{change:?} in {:?}", source.text());
    }
}
