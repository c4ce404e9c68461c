//! The ledger as a judge: compares a candidate, whoever wrote it, with its source.
//!
//! Rewriters change words, order and grammar, so nothing here compares word for word. Values and names are compared as
//! sets. Denials, hedges, plans, conditions, causes and requests are found by cue words; each cue must have an answer of
//! its class on the other side, at a place that talks about the same things (`align`).

mod align;
mod brought;
mod causes;
mod certainty;
mod conditions;
mod cues;
mod facts;
mod meaning;
mod names;
mod numbers;
mod polarity;
mod requests;
mod side;
mod usage;
mod values;

use super::glossary::Glossary;
use super::phrases::Phrase;
use super::render::Analysis;
use super::rendering::{Discrepancy, Verdict};
use super::source::ByteSpan;
use super::text::Document;
use brought::Brought;
use cues::{Cue, Weight};
use side::Side;

/// Judges `candidate`.
pub(crate) fn verify(source: &Analysis<'_>, candidate: &str, glossary: &Glossary, phrases: &[Phrase]) -> Verdict {
    if source.document.text == candidate {
        return Verdict::Faithful;
    }
    let brought = &Brought::of(source, glossary, phrases);
    let rewrite = Document::parse(candidate);
    let (source, candidate) = (Side::new(&source.document), Side::new(&rewrite));
    // What the glossary says for a term is not the candidate's own denial or hedge, and what a term says may be worded anew.
    let (mut source_cues, mut candidate_cues) = (cues::cues(&source), cues::cues(&candidate));
    weaken(&mut source_cues, &source, brought.terms());
    weaken(&mut candidate_cues, &candidate, &brought.places_in(&candidate.text));
    let mut found = Vec::new();
    facts::compare(&source, &candidate, brought, &mut found);
    names::compare(&source, &candidate, brought, &mut found);
    polarity::compare(&source, &source_cues, &candidate, &candidate_cues, &mut found);
    certainty::compare(&source, &source_cues, &candidate, &candidate_cues, &mut found);
    conditions::compare(&source, &source_cues, &candidate, &candidate_cues, &mut found);
    causes::compare(&source, &candidate, brought, &mut found);
    requests::compare(&source, &candidate, brought, &mut found);
    if found.is_empty() { Verdict::Faithful } else { Verdict::Unfaithful(found) }
}

/// Makes cues at these places answers that need no answer themselves.
fn weaken(cues: &mut [Cue], side: &Side<'_>, places: &[ByteSpan]) {
    for cue in cues {
        let Some(token) = side.token(cue.at) else { continue };
        let behind = places.partition_point(|place| place.start <= token.span.start);
        // Wordings may lie in each other, so a few in front are looked at.
        let held = places
            .get(behind.saturating_sub(4)..behind)
            .is_some_and(|near| near.iter().any(|place| place.overlaps(token.span)));
        if held {
            cue.weight = Weight::Weak;
        }
    }
}

fn discrepancy(code: &str, text: String, source: &str, candidate: &str) -> Discrepancy {
    Discrepancy { code: code.to_owned(), text, source: source.to_owned(), candidate: candidate.to_owned() }
}
