//! Rewrites as data: each case in `cases/` is a message with what its plain version must or must not hold.

use serde::Deserialize;
use upshot::engine::{FactStatus, SourceText, Verdict};

use super::content::engine;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default = "general")]
    reader: String,
    /// The whole plain version.
    #[serde(default)]
    plain: Option<String>,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

fn general() -> String {
    "general".to_owned()
}

fn run(name: &str, file: &str) {
    let cases: Cases = serde_saphyr::from_str(file).expect("the case file is well formed");
    let engine = engine();
    let mut failures = Vec::new();
    for case in &cases.cases {
        let audience = engine.audience(&case.reader).expect("the case names a known reader");
        let source = SourceText::new(&case.text);
        let rendering = engine.rewrite(&source, audience);
        let plain = &rendering.plain;
        if case.plain.as_ref().is_some_and(|expected| expected != plain) {
            failures.push(format!("{:?} gives {plain:?}", case.text));
        }
        for part in case.has.iter().filter(|part| !plain.contains(part.as_str())) {
            failures.push(format!("{:?} gives {plain:?} without {part:?}", case.text));
        }
        for part in case.not.iter().filter(|part| plain.contains(part.as_str())) {
            failures.push(format!("{:?} gives {plain:?} with {part:?}", case.text));
        }
        let missing: Vec<_> = rendering.facts.iter().filter(|fact| fact.status == FactStatus::Missing).collect();
        if !missing.is_empty() {
            failures.push(format!("{:?} loses {missing:?}", case.text));
        }
        if let Verdict::Unfaithful(found) = engine.verify(&source, &SourceText::new(plain)) {
            failures.push(format!("{:?} gives {plain:?}, which is unfaithful: {found:?}", case.text));
        }
        if engine.rewrite(&source, audience) != rendering {
            failures.push(format!("{:?} is rewritten in two ways", case.text));
        }
    }
    assert!(
        failures.is_empty(),
        "{name}: {} of {} failed:\n{}",
        failures.len(),
        cases.cases.len(),
        failures.join("\n")
    );
}

#[test]
fn replacements_fit_their_slot() {
    run("grammar", include_str!("cases/grammar.yaml"));
}

#[test]
fn facts_survive() {
    run("facts", include_str!("cases/facts.yaml"));
}

/// The message of the product's first page, read whole.
#[test]
fn an_incident_is_told_outcome_first() {
    let engine = engine();
    let source = SourceText::new(
        "Heads up: rolling back the 14:05 deploy of checkout-service. p95 latency went from 220ms to 3.4s after the Redis \
         client upgrade, error rate ~6% for EU users. Rollback ETA 10 min, RCA tomorrow. CHK-1182",
    );
    let rendering = engine.rewrite(&source, engine.audience("sales").unwrap());
    assert_eq!(rendering.kind, "incident");
    assert_eq!(
        rendering.headline,
        "Checkout is slow and partly failing for EU users; the 14:05 release is being undone, expected in about 10 minutes."
    );
    let section = |slot: &str| {
        rendering.sections.iter().find(|section| section.slot == slot).map(|section| section.text.as_str())
    };
    assert_eq!(
        section("impact"),
        Some(
            "The slowest 5% of requests now take 3.4 seconds or more, up from 0.22 seconds (about 15 times longer). \
             About 6% of requests fail for EU users."
        )
    );
    assert_eq!(section("cause"), Some("It followed the Redis client upgrade."));
    assert_eq!(
        section("next"),
        Some(
            "The 14:05 release of checkout-service is being undone, expected in about 10 minutes. Cause analysis tomorrow."
        )
    );
    assert_eq!(section("ask"), Some("Nothing was asked for."));
    assert!(rendering.asks.is_empty());
    let derived: Vec<_> = rendering.facts.iter().filter(|fact| fact.status == FactStatus::Derived).collect();
    assert_eq!(derived.len(), 1);
    assert_eq!(derived[0].formula.as_deref(), Some("3.4s / 220ms = 15.5"));
    for change in &rendering.changes {
        assert_eq!(source.text().get(change.source_span.start..change.source_span.end), Some(change.from.as_str()));
        assert_eq!(rendering.plain.get(change.output_span.start..change.output_span.end), Some(change.to.as_str()));
        assert!(change.concept.is_some() || change.rule.is_some(), "{change:?} comes from nowhere");
    }
}

#[test]
fn an_engineer_keeps_the_precise_terms() {
    let engine = engine();
    let text = "Rolling back the deploy, p95 went from 220ms to 3.4s.";
    let rendering = engine.rewrite(&SourceText::new(text), engine.audience("engineer").unwrap());
    assert_eq!(rendering.plain, text);
}

#[test]
fn a_state_is_claimed_only_from_figures_that_show_it() {
    let engine = engine();
    let reader = engine.audience("sales").unwrap();
    for text in [
        "checkout-service: error rate is down to 0.1%.",
        "checkout-service p95 latency went from 220ms to 230ms.",
        "Fixed: checkout-service is back to normal, error rate 0.1%.",
    ] {
        let headline = engine.rewrite(&SourceText::new(text), reader).headline;
        assert!(
            !headline.contains("partly failing") && !headline.contains("is slow"),
            "{text:?} is headed {headline:?}"
        );
    }
}
