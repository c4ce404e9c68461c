//! Markup in any order and broken in any way: nothing panics, code, links and mentions come through to the byte, and the same message
//! gives the same answer.

use upshot::engine::{FactStatus, SourceText};

use super::{
    content::engine,
    data::{Numbers, assert_none},
};

const PARTS: &[&str] = &[
    "| Region | p95 |\n| --- | ---: |\n| EU | 3.2s |\n| US | `a | b` |\n",
    "- [ ] rotate the keys\n- [x] deploy search\n",
    "1. Drain the node\n    - tell support\n2. Reboot it\n",
    "```yaml\ndeploy: true\n```\n",
    "> Mara: can we roll back?\n",
    "~~Deploy is at 14:00~~ Deploy is at 16:00. ",
    "(struck out: The rollback is off today) It is on. ",
    "*Impact:* checkout is **slow** for _EU_ users\n",
    "See [the page](https://a.example/deploy?utm_source=mail) and <https://b.example/x>. ",
    "Ask <@U012ABC> in <#C012|deploys> or <!here>. ",
    "Run `kubectl get pods` or ``a`b``. ",
    ":warning: p95 went from 220ms to 3.4s 🚨. ",
    "# Release 4.2\n\n## Added\n* SSO\n",
    "&amp; <br> &lt;deploy&gt; ",
    "-- \nJonas\nSent from my phone\n",
    "\n\n",
];
const SCRAPS: &[&str] =
    &["|", "`", "```", "*", "_", "~~", "[", "](", ")", "<", ">", "\n", "- ", "| --- |", ":", "é", "\u{200B}", "#"];

#[test]
fn broken_markup_is_rewritten_without_loss() {
    let engine = engine();
    let mut numbers = Numbers(20_261_126);
    let mut failures = Vec::new();
    for _ in 0..3_000 {
        let mut signs: Vec<char> = (0..1 + numbers.below(5)).flat_map(|_| numbers.pick(PARTS).chars()).collect();
        for _ in 0..numbers.below(6) {
            let at = numbers.below(signs.len());
            match numbers.below(3) {
                0 if !signs.is_empty() => drop(signs.remove(at)),
                _ => drop(signs.splice(at..at, numbers.pick(SCRAPS).chars())),
            }
        }
        let text: String = signs.into_iter().collect();
        let source = SourceText::new(&text);
        let reader = &engine.audiences()[numbers.below(engine.audiences().len())];
        let rendering = engine.rewrite(&source, reader);
        for fact in &rendering.facts {
            let protected = ["code", "link", "mention", "email"].contains(&fact.kind.as_str());
            if fact.status == FactStatus::Missing || protected && !rendering.plain.contains(&fact.source) {
                failures.push(format!("{text:?} loses {:?}: {:?}", fact.source, rendering.plain));
            }
        }
        for change in &rendering.changes {
            if source.text().get(change.source_span.start..change.source_span.end) != Some(&change.from)
                || rendering.plain.get(change.output_span.start..change.output_span.end) != Some(&change.to)
            {
                failures.push(format!("{text:?} tells a wrong place: {change:?}"));
            }
        }
        if engine.rewrite(&source, reader) != rendering {
            failures.push(format!("{text:?} is rewritten in two ways"));
        }
    }
    assert_none(&failures);
}

/// As long as a message may be on any platform.
const LONGEST: usize = 40_000;

#[test]
fn long_markup_is_read() {
    let engine = engine();
    // A reader that looks back at every line takes minutes.
    for part in [
        "| EU | 3.2s |\n",
        "- [x] deploy it\n",
        "~~off~~ On. ",
        "`a` ",
        "[x](https://a.example/x) ",
        "**",
        "| ",
        "> a\n",
    ] {
        let text = part.repeat(LONGEST / part.len());
        let rendering = engine.rewrite(&SourceText::new(&text), engine.default_audience());
        assert!(
            rendering.facts.iter().all(|fact| fact.status != FactStatus::Missing),
            "{part:?} repeated loses a fact"
        );
    }
}

/// What this guards is the answer. A reader that looks for each order through all sentences gives it too, and takes half a minute.
#[test]
fn long_lists_of_orders_are_read() {
    let engine = engine();
    let head = "feat: add the limit (#1)\n\n";
    let part = "Add the kra. Added the lot. ";
    let text = format!("{head}{}", part.repeat((LONGEST - head.len()) / part.len()));
    let rendering = engine.rewrite(&SourceText::new(&text), engine.default_audience());
    assert_eq!(rendering.headline, "Change: add the limit.");
}
