//! Rewrites as data: each case in `cases/*.yaml` is a message with what its rewrite must or must not hold. A file is a row of
//! capabilities; adding a case is adding lines.

use std::collections::BTreeMap;

use serde::Deserialize;
use upshot::engine::{Content, ContentFile, Discrepancy, Engine, FactStatus, Rendering, SourceText, Verdict};

use super::{content::engine, data::case_files};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Parts of the plain version.
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    /// Parts of the headline.
    #[serde(default)]
    headline_has: Vec<String>,
    #[serde(default)]
    headline_not: Vec<String>,
    #[serde(default)]
    kind: Option<String>,
    /// Slot of a section and parts of its text; no parts: the section is there.
    #[serde(default)]
    sections: BTreeMap<String, Vec<String>>,
    /// Slot of a section and its heading.
    #[serde(default)]
    titles: BTreeMap<String, String>,
    /// Slots that must not have a section.
    #[serde(default)]
    no_sections: Vec<String>,
    /// A slot that must come before another.
    #[serde(default)]
    first: Option<String>,
    /// Parts of the requests, one for each request in order; an empty list: nothing is asked.
    #[serde(default)]
    asks: Option<Vec<String>>,
    /// Parts of the open questions, in any order.
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    no_questions: Vec<String>,
    /// Codes of notices.
    #[serde(default)]
    notices: Vec<String>,
    #[serde(default)]
    no_notices: Vec<String>,
    /// Concepts that must be found, or must not.
    #[serde(default)]
    concepts: Vec<String>,
    #[serde(default)]
    no_concepts: Vec<String>,
    /// Formulas of computed figures; an empty list: nothing is computed.
    #[serde(default)]
    derived: Option<Vec<String>>,
    /// The author of an entry says the same with another number of "not" or "if".
    #[serde(default)]
    restates: bool,
}

fn general() -> String {
    "general".to_owned()
}

impl Case {
    /// Everything in which a rewrite is not as the case says.
    fn failures(&self) -> Vec<String> {
        let engine = engine();
        let Some(audience) = engine.audience(&self.reader) else {
            return vec![format!("there is no reader {:?}", self.reader)];
        };
        let source = SourceText::new(&self.text);
        let rendering = engine.rewrite(&source, audience);
        let mut found = Vec::new();
        if self.plain.as_ref().is_some_and(|expected| *expected != rendering.plain) {
            found.push(format!("plain is {:?} instead of {:?}", rendering.plain, self.plain));
        }
        hold("plain", &rendering.plain, &self.has, &self.not, &mut found);
        hold("headline", &rendering.headline, &self.headline_has, &self.headline_not, &mut found);
        if self.kind.as_ref().is_some_and(|kind| *kind != rendering.kind) {
            found.push(format!("kind is {:?} instead of {:?}", rendering.kind, self.kind));
        }
        self.check_sections(&rendering, &mut found);
        self.check_asks(&rendering, &mut found);
        hold("questions", &rendering.open_questions.join(" "), &self.questions, &self.no_questions, &mut found);
        let codes = rendering.notices.iter().map(|notice| notice.code.as_str()).collect::<Vec<_>>().join(" ");
        hold("notices", &codes, &self.notices, &self.no_notices, &mut found);
        let concepts = format!(" {} ", engine.found(&source).join(" "));
        let spaced = |ids: &[String]| ids.iter().map(|id| format!(" {id} ")).collect::<Vec<_>>();
        hold("concepts", &concepts, &spaced(&self.concepts), &spaced(&self.no_concepts), &mut found);
        self.check_facts(&source, &rendering, &mut found);
        if engine.rewrite(&source, audience) != rendering {
            found.push("it is rewritten in two ways".to_owned());
        }
        found
    }

    fn check_sections(&self, rendering: &Rendering, found: &mut Vec<String>) {
        let text = |slot: &str| {
            rendering.sections.iter().find(|section| section.slot == slot).map(|section| section.text.as_str())
        };
        for (slot, parts) in &self.sections {
            match text(slot) {
                Some(text) => hold(&format!("section {slot}"), text, parts, &[], found),
                None => {
                    let slots: Vec<&str> = rendering.sections.iter().map(|section| section.slot.as_str()).collect();
                    found.push(format!("there is no section {slot:?}, only {slots:?}"));
                }
            }
        }
        for (slot, title) in &self.titles {
            let told = rendering.sections.iter().find(|section| section.slot == *slot).map(|section| &section.title);
            if told != Some(title) {
                found.push(format!("section {slot:?} is headed {told:?} instead of {title:?}"));
            }
        }
        for slot in self.no_sections.iter().filter(|slot| text(slot).is_some()) {
            found.push(format!("there is a section {slot:?}: {:?}", text(slot)));
        }
        if let Some(first) = &self.first
            && rendering.sections.first().map(|section| &section.slot) != Some(first)
        {
            found.push(format!("{:?} comes first instead of {first:?}", rendering.sections.first()));
        }
    }

    fn check_asks(&self, rendering: &Rendering, found: &mut Vec<String>) {
        let Some(expected) = &self.asks else { return };
        let right = expected.len() == rendering.asks.len()
            && expected.iter().zip(&rendering.asks).all(|(part, ask)| ask.contains(part));
        if !right {
            found.push(format!("asked is {:?} instead of {expected:?}", rendering.asks));
        }
    }

    /// What holds for every message: no fact is lost, and the ledger as a judge finds the plain version faithful.
    fn check_facts(&self, source: &SourceText, rendering: &Rendering, found: &mut Vec<String>) {
        let missing: Vec<_> = rendering.facts.iter().filter(|fact| fact.status == FactStatus::Missing).collect();
        if !missing.is_empty() {
            found.push(format!("facts are lost: {missing:?}"));
        }
        let formulas: Vec<&str> = rendering.facts.iter().filter_map(|fact| fact.formula.as_deref()).collect();
        if let Some(expected) = &self.derived
            && (expected.len() != formulas.len()
                || expected.iter().any(|formula| !formulas.contains(&formula.as_str())))
        {
            found.push(format!("computed is {formulas:?} instead of {expected:?}"));
        }
        let polar = |discrepancy: &Discrepancy| {
            discrepancy.code.starts_with("negation") || discrepancy.code.contains("condition")
        };
        if let Verdict::Unfaithful(all) = engine().verify(source, &SourceText::new(&rendering.plain))
            && !all.iter().all(|discrepancy| self.restates && polar(discrepancy))
        {
            found.push(format!("plain {:?} is unfaithful: {all:?}", rendering.plain));
        }
    }
}

fn hold(what: &str, text: &str, parts: &[String], not: &[String], found: &mut Vec<String>) {
    for part in parts.iter().filter(|part| !text.contains(part.as_str())) {
        found.push(format!("{what} {text:?} is without {part:?}"));
    }
    for part in not.iter().filter(|part| text.contains(part.as_str())) {
        found.push(format!("{what} {text:?} has {part:?}"));
    }
}

#[test]
fn every_case_holds() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (name, cases) in case_files::<Cases>("cases") {
        for case in &cases.cases {
            count += 1;
            failures.extend(case.failures().into_iter().map(|failure| format!("{name}: {:?}: {failure}", case.text)));
        }
    }
    assert!(failures.is_empty(), "{} failures in {count} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 800, "only {count} cases ran");
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

/// Who wrote a cue file before there were such words gets no claim that they would contradict.
#[test]
fn without_words_for_what_may_be_wanted_nobody_says_that_nothing_is() {
    let asks = |content: &Content| {
        let engine = Engine::build(content).unwrap();
        let rendering = engine.rewrite(&SourceText::new("The pumps are back."), engine.default_audience());
        rendering.sections.iter().any(|section| section.slot == "ask")
    };
    let mut content = upshot::seed::content();
    assert!(asks(&content), "nothing was asked for");
    let shipped = include_str!("../../prompts/reading.yaml");
    let own: Vec<&str> = shipped.lines().filter(|line| !line.starts_with("  perhaps:")).collect();
    assert_eq!(own.len() + 1, shipped.lines().count(), "one line holds these words");
    content.files.retain(|file| file.path != "prompts/reading.yaml");
    content.files.push(ContentFile::own("prompts/reading.yaml", &own.join("\n")));
    assert!(!asks(&content));
}
