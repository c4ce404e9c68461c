//! What one person knows stays in the author's words, and nothing else changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use upshot::engine::{FactRow, FactStatus, Rendering, SourceText};

use super::content::engine;

fn rewrite(text: &str, known: &[&str]) -> Rendering {
    let engine = engine();
    let known: BTreeSet<Arc<str>> = known.iter().map(|id| Arc::from(*id)).collect();
    engine.rewrite_knowing(&SourceText::new(text), engine.default_audience(), &Arc::new(known))
}

/// Everything a rewrite shows.
fn shown(rendering: &Rendering) -> String {
    let sections = rendering.sections.iter().map(|section| section.text.as_str());
    let parts = [rendering.headline.as_str(), rendering.plain.as_str()].into_iter().chain(sections);
    parts.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_known_concept_keeps_the_authors_words() {
    let replaced = ["Slowest-5% response time", "undid the 14:05 release", "reversal", "release"];
    let message = "p95 latency went from 220ms to 3.4s. We rolled back the 14:05 deploy. The rollback took 10 min.";
    for (text, known, has, has_not) in [
        (message, &[][..], &replaced[..], &["p95", "rolled back", "rollback", "deploy"][..]),
        (
            message,
            &["latency-p95"],
            &["p95 latency went from 220 milliseconds to 3.4 seconds", "undid"],
            &["lowest 5%"],
        ),
        (message, &["roll-back"], &["rolled back the 14:05 release", "reversal"], &["undid", "undone"]),
        (message, &["rollback", "roll-back"], &["rolled back the 14:05 release", "The rollback took"], &["undone"]),
        (message, &["deploy"], &["undid the 14:05 deploy", "reversal"], &["14:05 release"]),
        ("We rolled the 14:05 deploy back.", &["roll-back"], &["rolled the 14:05 release back"], &["undid"]),
        ("Rolling back the 14:05 deploy, ETA 10 min.", &["roll-back"], &["rolled back"], &["undone", "ndoing"]),
        ("The pipeline of p99 LATENCY alerts.", &["latency-p99"], &["p99 LATENCY"], &[]),
        // An id of no entry changes nothing.
        (message, &["no-such-entry"], &replaced, &["p95"]),
    ] {
        let rendering = rewrite(text, known);
        let shown = shown(&rendering);
        for part in has {
            assert!(shown.contains(part), "{text:?} knowing {known:?} lacks {part:?}: {shown}");
        }
        for part in has_not {
            assert!(!shown.contains(part), "{text:?} knowing {known:?} has {part:?}: {shown}");
        }
        assert!(!rendering.fallback, "{text:?} knowing {known:?}: {shown}");
        let told = |id: &&str| rendering.glosses.iter().any(|gloss| gloss.concept == **id);
        assert!(!known.iter().any(told), "{known:?} is explained: {:?}", rendering.glosses);
    }
}

#[test]
fn a_pattern_leaves_what_is_known_and_its_facts_are_kept() {
    let text = "Rollback ETA 10 min, RCA tomorrow.";
    for (known, plain) in [
        (&[][..], "Reversal expected in about 10 minutes, cause analysis tomorrow."),
        (&["eta"], "Reversal ETA 10 minutes, cause analysis tomorrow."),
        (&["rollback"], "Rollback expected in about 10 minutes, cause analysis tomorrow."),
    ] {
        let rendering = rewrite(text, known);
        assert_eq!(rendering.plain, plain, "knowing {known:?}");
        let kept = |fact: &FactRow| fact.status == FactStatus::Kept;
        assert!(rendering.facts.iter().all(kept), "{:?}", rendering.facts);
        let told: Vec<&str> = rendering.known.iter().map(|gloss| gloss.concept.as_str()).collect();
        assert_eq!(told, known, "what was kept is told");
    }
}

#[test]
fn who_knows_nothing_more_reads_what_everybody_reads() {
    let engine = engine();
    for audience in engine.audiences() {
        let source = SourceText::new("p95 went from 220ms to 3.4s after the deploy; the pod is in CrashLoopBackOff.");
        let nothing = Arc::new(BTreeSet::new());
        let same = engine.rewrite_knowing(&source, audience, &nothing);
        assert_eq!(same, engine.rewrite(&source, audience), "{}", audience.id);
    }
}

#[test]
fn an_entry_is_named_and_so_is_its_other_part_of_speech() {
    let engine = engine();
    let twins = |id: &str| engine.same_thing(id).iter().map(|entry| entry.id).collect::<Vec<_>>();
    for (id, term, others) in [
        ("rollback", Some("rollback"), &["roll-back"][..]),
        ("roll-back", Some("roll back"), &["rollback"]),
        ("latency-p95", Some("p95 latency"), &[]),
        ("deploy-everyday", None, &[]),
        ("no-such-entry", None, &[]),
    ] {
        assert_eq!(engine.entry(id).map(|entry| entry.term), term, "{id}");
        assert_eq!(twins(id), others, "{id}");
    }
}
