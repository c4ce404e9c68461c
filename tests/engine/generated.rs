//! Properties that hold for every message: five thousand generated ones, with facts in odd positions, combined, repeated, in
//! lists and brackets.

use upshot::engine::{FactStatus, SourceText, Verdict};

use super::{
    content::engine,
    data::{Numbers, assert_none},
};

const MESSAGES: usize = 5_000;

/// Facts, with those that must come through to the letter first.
const VERBATIM: &[&str] = &[
    "`kubectl get pods`",
    "https://status.example.com/i/42",
    "[the ticket](https://tickets.example.com/browse/OPS-7)",
    "`retry_limit`",
    "<@U0123ABC>",
    "OPS-1182",
    "`a - b`",
];
const FACTS: &[&str] = &[
    "220ms",
    "3.4s",
    "~6%",
    "$12k/mo",
    "€1,200",
    "14:05 UTC",
    "28 March 2024",
    "v2.3.1",
    "10-30 minutes",
    "1,800",
    "2h30",
    "99.9%",
    "<5%",
    "12 of 40",
    "p95",
    "tomorrow",
    "16 GiB",
    "#4711",
    "24/7",
    "10.0.0.0/8",
    "Q3",
    "Friday",
];
const FRAMES: &[&str] = &[
    "The deploy of checkout took {}.",
    "We rolled back the release at {} because of {}.",
    "{}: the cluster is back after {}",
    "Latency went up ({}), then down ({}).",
    "- {} is new",
    "* fixed {} and {}",
    "Please look at {} by {}.",
    "No pods were lost in {}.",
    "It might be {}, we don't know yet.",
    "If {} fails again, we restart the service ({}).",
    "Cost is {} now, was {}.",
    "> {} said that {} is enough",
    "FYI {}",
    "{} / {} / {}",
    "Nothing else changed ({}).",
    "The queue holds {} messages; {} are retried.",
    "Database migration: {} done, {} left",
    "see {} and {} and {}",
];
/// Everyday sentences: nothing in them is jargon.
const PLAIN: &[&str] = &[
    "The meeting starts at {}.",
    "Lunch costs {} a head.",
    "We are {} late, sorry.",
    "Nobody called on {}.",
    "The office is closed until {}.",
    "About {} people came.",
    "It may rain on {}.",
    "Bring {} chairs, please.",
];

/// Clauses whose first words are looked for by rules that mend and move them.
const OPENED: &[&str] = &[
    "After it will be refused, we will tell you by {}.",
    "When the shops will be open again, they will call.",
    "As we cannot login since {}, the team is unable to rollback.",
    "Since {} we are seeing errors; that being the case, we wait.",
    "Its been slow because the job was killed at {}.",
    "Due to an outage the login did not work until {}.",
];

fn filled(numbers: &mut Numbers, frame: &str, used: &mut Vec<&'static str>) -> String {
    let mut text = String::new();
    for (position, part) in frame.split("{}").enumerate() {
        if position > 0 {
            if numbers.below(3) == 0 {
                let fact = numbers.pick(VERBATIM);
                used.push(fact);
                text.push_str(fact);
            } else {
                text.push_str(numbers.pick(FACTS));
            }
        }
        text.push_str(part);
    }
    text
}

#[test]
fn facts_and_protected_spans_survive_in_every_message() {
    let engine = engine();
    let mut numbers = Numbers(20_261_125);
    let mut failures = Vec::new();
    for _ in 0..MESSAGES {
        let mut verbatim = Vec::new();
        let sentences = 1 + numbers.below(4);
        let mut text = String::new();
        for _ in 0..sentences {
            let frame = FRAMES[numbers.below(FRAMES.len())];
            let sentence = filled(&mut numbers, frame, &mut verbatim);
            if frame.starts_with(['>', '-', '*']) && !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&sentence);
            text.push_str(numbers.pick(&[" ", "\n", "\n\n"]));
        }
        let reader = engine.audiences()[numbers.below(engine.audiences().len())].clone();
        let source = SourceText::new(&text);
        let rendering = engine.rewrite(&source, &reader);
        if rendering.facts.iter().any(|fact| fact.status == FactStatus::Missing) {
            failures.push(format!("{text:?} for {} loses a fact: {:?}", reader.id, rendering.plain));
        }
        for span in &verbatim {
            if rendering.plain.matches(span).count() < source.text().matches(span).count() {
                failures.push(format!("{text:?} for {} changes {span:?}: {:?}", reader.id, rendering.plain));
            }
        }
        if engine.rewrite(&source, &reader) != rendering {
            failures.push(format!("{text:?} is rewritten in two ways"));
        }
        if rendering.headline.split_whitespace().count() > 20 {
            failures.push(format!("{text:?} has a long headline: {:?}", rendering.headline));
        }
        if let Verdict::Unfaithful(found) = engine.verify(&source, &SourceText::new(&rendering.plain)) {
            failures.push(format!("{text:?} gives {:?}, refused: {found:?}", rendering.plain));
        }
    }
    assert_none(&failures);
}

#[test]
fn plain_text_stays_as_it_is() {
    let engine = engine();
    let mut numbers = Numbers(7);
    for _ in 0..MESSAGES {
        let frame = PLAIN[numbers.below(PLAIN.len())];
        let fact = numbers.pick(&["12", "14:05", "Friday", "3", "28 March", "40", "Monday", "$12"]);
        let text = frame.replace("{}", fact);
        assert_eq!(engine.rewrite(&SourceText::new(&text), engine.default_audience()).plain, text);
    }
}

/// Chat is written in fragments, so no rule may count on what stands in front of it or behind it.
#[test]
fn a_message_may_begin_and_end_in_the_middle_of_a_sentence() {
    let engine = engine();
    let mut failures = Vec::new();
    for sentence in FRAMES.iter().chain(PLAIN).chain(OPENED) {
        let text = sentence.replace("{}", "14:05 UTC");
        let words: Vec<&str> = text.split(' ').collect();
        for (start, end) in (0..words.len()).flat_map(|start| (start + 1..=words.len()).map(move |end| (start, end))) {
            let fragment = words[start..end].join(" ");
            let rendering = engine.rewrite(&SourceText::new(&fragment), engine.default_audience());
            if rendering.facts.iter().any(|fact| fact.status == FactStatus::Missing) {
                failures.push(format!("{fragment:?} loses a fact: {:?}", rendering.plain));
            }
        }
    }
    assert_none(&failures);
}
