//! `upshot glossary stats`: what the glossary holds, counted.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use serde_json::json;

use super::super::{
    Outcome,
    args::{StatsArgs, VerifyFormat},
    engine,
};
use crate::engine::GlossaryStats;

pub(super) fn run(args: &StatsArgs) -> Outcome {
    let engine = engine()?;
    let stats = engine.stats();
    let written = match args.format {
        VerifyFormat::Json => json(&stats, engine.revision()).to_string() + "\n",
        VerifyFormat::Text => text(&stats, args.ambiguous),
    };
    io::stdout().write_all(written.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn terms(stats: &GlossaryStats) -> usize {
    stats.preferred + stats.admitted + stats.deprecated
}

fn text(stats: &GlossaryStats, lists_ambiguous: bool) -> String {
    let GlossaryStats { concepts, everyday, preferred, admitted, deprecated, patterns, .. } = stats;
    let mut text = format!(
        "concepts         {concepts:>6}, and {everyday} everyday senses\n\
         terms            {:>6}: {preferred} preferred, {admitted} admitted, {deprecated} deprecated\n\
         phrase patterns  {patterns:>6}\n\
         wordings         {:>6}, and {} names with a gloss\n\
         ambiguous terms  {:>6} with two or more senses; {} more are replaced only beside, or not beside, certain words\n\
         examples         {:>6} for readers; {} sentences must match, {} must not\n\
         why              {:>6} concepts matter to two audiences or more\n",
        terms(stats),
        stats.wordings,
        stats.glosses,
        stats.ambiguous.len(),
        stats.shielded,
        stats.examples,
        stats.must_match,
        stats.must_not_match,
        stats.why_for_two,
    );
    for (audience, count) in &stats.why {
        text.push_str(&format!("  {audience:<15}{count:>6}\n"));
    }
    text.push_str(&format!("subject fields   {:>6}\n", stats.fields.len()));
    for (field, counts) in &stats.fields {
        text.push_str(&format!("  {field:<24}{:>5} concepts {:>6} terms\n", counts.concepts, counts.terms));
    }
    if lists_ambiguous {
        for ambiguous in &stats.ambiguous {
            text.push_str(&format!("{}: {}\n", ambiguous.term, ambiguous.senses.join(", ")));
        }
    }
    text
}

fn json(stats: &GlossaryStats, revision: &str) -> serde_json::Value {
    let why: serde_json::Map<_, _> =
        stats.why.iter().map(|(audience, count)| (audience.clone(), json!(count))).collect();
    let fields: serde_json::Map<_, _> = stats
        .fields
        .iter()
        .map(|(field, counts)| (field.clone(), json!({ "concepts": counts.concepts, "terms": counts.terms })))
        .collect();
    let ambiguous: Vec<_> =
        stats.ambiguous.iter().map(|term| json!({ "term": term.term, "senses": term.senses })).collect();
    json!({
        "concepts": stats.concepts,
        "everyday_senses": stats.everyday,
        "terms": {
            "total": terms(stats),
            "preferred": stats.preferred,
            "admitted": stats.admitted,
            "deprecated": stats.deprecated,
        },
        "patterns": stats.patterns,
        "wordings": stats.wordings,
        "glosses": stats.glosses,
        "examples": { "for_readers": stats.examples, "match": stats.must_match, "no_match": stats.must_not_match },
        "why": why,
        "why_for_two": stats.why_for_two,
        "subject_fields": fields,
        "ambiguous": ambiguous,
        "shielded": stats.shielded,
        "glossary_revision": revision,
    })
}
