//! The ledger as a judge: faithful paraphrases pass, and planted faults are found.
//!
//! The items of `judge/` were written by people who had not seen the judge: a source, a faithful paraphrase of it, and
//! edits of that paraphrase which each plant one fault.

use std::collections::BTreeMap;

use serde::Deserialize;
use upshot::engine::{Discrepancy, Engine, SourceText, Verdict};

use super::content::engine;

/// At least this share of the planted faults is found, in percent.
const FOUND: usize = 98;
/// At most this share of the faithful paraphrases is refused, in percent.
const FALSE_ALARMS: usize = 3;
/// The code fits the kind of fault for at least this share of the found ones, in percent.
const FITTING: usize = 90;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    source: String,
    paraphrase: String,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    kind: String,
    from: String,
    to: String,
}

/// Which codes say what is wrong. Some edits change two things at once: an added cause may be a guess told as a finding, a
/// dropped condition turns a "would" into a "will".
fn fitting(kind: &str) -> &'static [&'static str] {
    match kind {
        "value_changed" => &["missing_fact", "unstated_fact"],
        "fact_missing" => &["missing_fact"],
        "number_added" => &["unstated_fact"],
        "name_added" => &["unstated_name", "unstated_fact"],
        "negation_dropped" => &["negation_dropped"],
        "negation_added" => &["negation_added"],
        "certainty_raised" => &["certainty_raised"],
        "condition_dropped" => &["condition_dropped", "certainty_raised"],
        "cause_added" => &["unstated_cause", "negation_dropped"],
        "ask_added" => &["added_request"],
        other => panic!("unknown kind {other}"),
    }
}

#[derive(Default)]
struct Kind {
    planted: usize,
    found: usize,
    fitting: usize,
    notes: Vec<String>,
}

#[derive(Default)]
struct Figures {
    faithful: usize,
    false_alarms: Vec<String>,
    kinds: BTreeMap<String, Kind>,
}

fn judge(engine: &Engine, source: &str, candidate: &str) -> Vec<Discrepancy> {
    match engine.verify(&SourceText::new(source), &SourceText::new(candidate)) {
        Verdict::Faithful => Vec::new(),
        Verdict::Unfaithful(found) => found,
    }
}

fn run(file: &str, figures: &mut Figures) {
    let items: Vec<Item> = serde_saphyr::from_str(file).expect("the file is well formed");
    for item in items {
        figures.faithful += 1;
        let found = judge(engine(), &item.source, &item.paraphrase);
        if !found.is_empty() {
            let texts: Vec<String> =
                found.iter().map(|discrepancy| format!("{}: {}", discrepancy.code, discrepancy.text)).collect();
            figures.false_alarms.push(format!("{}: {}", item.id, texts.join(" / ")));
        }
        for fault in item.faults {
            let places = item.paraphrase.matches(&fault.from).count();
            assert_eq!(places, 1, "{}: {:?} must stand once in the paraphrase", item.id, fault.from);
            let found = judge(engine(), &item.source, &item.paraphrase.replace(&fault.from, &fault.to));
            let codes: Vec<&str> = found.iter().map(|discrepancy| discrepancy.code.as_str()).collect();
            let kind = figures.kinds.entry(fault.kind.clone()).or_default();
            let fits = codes.iter().any(|code| fitting(&fault.kind).contains(code));
            kind.planted += 1;
            kind.found += usize::from(!found.is_empty());
            kind.fitting += usize::from(fits);
            if !fits {
                kind.notes.push(format!("{}: {:?} -> {:?} gave {codes:?}", item.id, fault.from, fault.to));
            }
        }
    }
}

fn report(figures: &Figures) -> String {
    let mut text = format!("{} of {} paraphrases refused\n", figures.false_alarms.len(), figures.faithful);
    for (name, kind) in &figures.kinds {
        text.push_str(&format!("{name}: {} of {} found, {} by name\n", kind.found, kind.planted, kind.fitting));
    }
    for line in figures.kinds.values().flat_map(|kind| &kind.notes).chain(&figures.false_alarms) {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

#[test]
fn planted_faults_are_found_and_paraphrases_pass() {
    let mut figures = Figures::default();
    for file in
        [include_str!("judge/incidents.yaml"), include_str!("judge/changes.yaml"), include_str!("judge/threads.yaml")]
    {
        run(file, &mut figures);
    }
    let sum = |count: fn(&Kind) -> usize| figures.kinds.values().map(count).sum::<usize>();
    let (planted, found, fitting) = (sum(|kind| kind.planted), sum(|kind| kind.found), sum(|kind| kind.fitting));
    assert!(planted > 0 && figures.faithful > 0, "no items were read");
    let good = found * 100 >= planted * FOUND
        && figures.false_alarms.len() * 100 <= figures.faithful * FALSE_ALARMS
        && fitting * 100 >= found * FITTING;
    let shares = format!(
        "{found} of {planted} faults found, {} of {} paraphrases refused",
        figures.false_alarms.len(),
        figures.faithful
    );
    super::say(&shares);
    assert!(good, "{shares}, {fitting} by name\n{}", report(&figures));
}

#[test]
fn each_fault_has_its_code() {
    for (source, candidate, code) in [
        ("Refunds take 3 days.", "Refunds take 4 days.", "missing_fact"),
        ("Refunds take 30 seconds.", "Refunds take 30 minutes.", "unstated_fact"),
        ("The shop is slow.", "The shop is slow for 40 users.", "unstated_fact"),
        ("The vendor was called.", "The vendor, Telenor, was called.", "unstated_name"),
        ("No orders were lost.", "Orders were lost.", "negation_dropped"),
        ("The shop works.", "The shop does not work.", "negation_added"),
        ("The cache might be the reason.", "The cache is the reason.", "certainty_raised"),
        ("We will move the shop on Monday.", "We moved the shop on Monday.", "certainty_raised"),
        ("~6% of the orders failed.", "6% of the orders failed.", "certainty_raised"),
        ("We publish on Monday if the tests pass.", "We publish on Monday, and the tests pass.", "condition_dropped"),
        ("The shop was slow.", "The shop was slow because of a power cut.", "unstated_cause"),
        ("The shop was slow.", "The shop was slow. Please tell your customers.", "added_request"),
    ] {
        let codes: Vec<String> = judge(engine(), source, candidate).into_iter().map(|found| found.code).collect();
        assert!(codes.iter().any(|found| found == code), "{source:?} told as {candidate:?} gives {codes:?}");
    }
}

#[test]
fn other_words_for_the_same_are_faithful() {
    for (source, candidate) in [
        (
            "Down for 1h 10m since 6am, ~15k users",
            "Since 6 a.m. it was unavailable for 1 hour and 10 minutes to about 15,000 users.",
        ),
        ("Can't restore it.", "It is impossible to restore it."),
        (
            "Done by EOD tmrw unless Ann objects.",
            "It is done by the end of the day tomorrow, provided that Ann has no objection.",
        ),
        ("Memory went from 13 -> 15 GB", "Memory use went up from 13 GB to 15 GB."),
        ("Nobody was charged twice.", "There was no one who had to pay two times."),
    ] {
        assert_eq!(judge(engine(), source, candidate), [], "{source:?} told as {candidate:?}");
    }
}

/// The work grows with the text, not with its square: if it did, this test would take minutes.
#[test]
fn a_long_text_is_judged_at_once() {
    let items: Vec<Item> =
        serde_saphyr::from_str(include_str!("judge/incidents.yaml")).expect("the file is well formed");
    let text: String = items.iter().cycle().take(1_000).map(|item| item.source.as_str()).collect();
    let found = judge(engine(), &text, &text.replace("14:05", "14:06"));
    assert!(found.iter().any(|discrepancy| discrepancy.code == "missing_fact"), "{found:?}");
}

#[test]
fn a_text_is_faithful_to_itself() {
    let items: Vec<Item> = serde_saphyr::from_str(include_str!("judge/threads.yaml")).expect("the file is well formed");
    for item in items {
        assert_eq!(judge(engine(), &item.source, &item.source), []);
    }
}
