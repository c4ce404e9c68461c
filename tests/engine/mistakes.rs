//! Content files with a mistake are refused with file, line and what to write instead.

use upshot::engine::{ContentFile, Engine, SourceText};

/// What the shipped content with one more file is refused with.
fn refusal(path: &str, text: &str) -> String {
    let mut content = upshot::seed::content();
    content.files.push(ContentFile::own(path, text));
    match Engine::build(&content) {
        Ok(_) => "accepted".to_owned(),
        Err(errors) => errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn each_mistake_is_named_with_its_mend() {
    let concept = |body: &str| format!("subject_field: own\nconcepts:\n{body}");
    for (path, text, expected) in [
        (
            "glossary/own.yaml",
            concept("  - id: Big Id\n    definition: X.\n    terms: [{ text: x, pos: noun }]\n"),
            "glossary/own.yaml:3: the id \"Big Id\" must be lower-case",
        ),
        (
            "glossary/own.yaml",
            concept("  - id: a\n    definition: X.\n    terms: []\n"),
            "glossary/own.yaml:3: a: add at least one term",
        ),
        (
            "glossary/own.yaml",
            concept("  - id: a\n    definition: X.\n    terms: [{ text: x, pos: nuon }]\n"),
            "glossary/own.yaml:5",
        ),
        (
            "glossary/own.yaml",
            concept("  - id: a\n    definiton: X.\n    terms: [{ text: x, pos: noun }]\n"),
            "glossary/own.yaml:4",
        ),
        (
            "glossary/own.yaml",
            concept("  - id: a\n    definition: X.\n    why: { slaes: Y. }\n    terms: [{ text: x, pos: noun }]\n"),
            "there is no audience \"slaes\"; use one of executive",
        ),
        (
            "glossary/own.yaml",
            concept(
                "  - id: a\n    definition: X.\n    terms: [{ text: x, pos: noun }]\n  - id: a\n    definition: X.\n    terms: [{ text: y, pos: noun }]\n",
            ),
            "glossary/own.yaml:6: the id \"a\" is used on line 3 already",
        ),
        (
            "glossary/phrases/own.yaml",
            "patterns:\n  - id: p\n    pattern: \"roll {thin} back\"\n    plain: \"undo\"\n".to_owned(),
            "glossary/phrases/own.yaml:2: p: there is no slot \"thin\"; use one of duration",
        ),
        (
            "prompts/templates/incident.j2",
            "# {{ lead.impact | fit(20) }}\n{{ slot.cause }}\n".to_owned(),
            "prompts/templates/incident.j2:2: there is no variable \"slot\"; use one of slots",
        ),
        ("prompts/audiences/sales.yaml", "id: sales\ntitle: Sales\n".to_owned(), "prompts/audiences/sales.yaml"),
        (
            "prompts/reading.yaml",
            "slots:\n  - slot: x\n    title: X\n    cues: [\"a [b\"]\nkinds: []\n".to_owned(),
            "prompts/reading.yaml:4: \"a [b\": a group is not closed; add ']'",
        ),
        (
            "prompts/reading.yaml",
            "changes:\n  mended: \"Fix: {trouble}\"\nslots: []\nkinds: []\n".to_owned(),
            "prompts/reading.yaml:2: \"Fix: {trouble}\": this headline must contain {problem}",
        ),
        (
            "prompts/reading.yaml",
            "changes:\n  ordered: Change\nslots: []\nkinds: []\n".to_owned(),
            "prompts/reading.yaml:2: \"Change\": this headline must contain {order}",
        ),
        (
            "prompts/reading.yaml",
            "changes:\n  kinds: [change, relase]\nslots: []\nkinds:\n  - kind: change\n".to_owned(),
            "prompts/reading.yaml:2: \"relase\": this is none of the `kinds`",
        ),
        (
            "prompts/reading.yaml",
            "changes:\n  same_deeds:\n    - [add, put]\n    - [set, put]\nslots: []\nkinds: []\n".to_owned(),
            "\"put\": this verb stands in two lines of `same_deeds`; join them",
        ),
        (
            "glossary/respect.yaml",
            "words:\n  - { text: w, reason: R., instead: i }\n  - { text: x, reason: R., instead: i, unless: [\"x (y\"] }\n".to_owned(),
            "glossary/respect.yaml:3: \"x (y\": a group is not closed; add ')'",
        ),
    ] {
        let found = refusal(path, &text);
        assert!(found.contains(expected), "{text}\ngave {found}\ninstead of {expected}");
    }
}

#[test]
fn an_own_entry_takes_the_place_of_a_shipped_one() {
    let mut content = upshot::seed::content();
    let own = "subject_field: delivery\nconcepts:\n  - id: own-deploy\n    definition: Our own meaning.\n    terms: [{ text: deploy, pos: noun }]\n    wordings: [{ pos: noun, text: launch }]\n";
    content.files.push(ContentFile::own("glossary/delivery.yaml", own));
    let engine = Engine::build(&content).unwrap();
    let reader = engine.audience("sales").unwrap();
    let rendering = engine.rewrite(&SourceText::new("The deploy failed."), reader);
    assert_eq!(rendering.plain, "The launch failed.");
    assert_eq!(engine.explain("deploy", None, reader).definition, "Our own meaning.");
}

/// Whoever reads "kiln cell" reads what is said of a kiln, and hears which of the two the organisation says.
#[test]
fn a_deprecated_term_has_the_words_of_its_replacement() {
    let mut content = upshot::seed::content();
    let own = "subject_field: delivery\nconcepts:\n  - id: kiln\n    definition: A copy of the shop.\n    terms:\n      \
               - { text: kiln, pos: noun }\n      - { text: fire up, pos: verb }\n      \
               - { text: kiln cell, pos: noun, status: deprecated }\n      \
               - { text: light up, pos: verb, status: deprecated }\n    \
               wordings: [{ pos: noun, text: shop copy }, { pos: verb, text: start }]\n";
    content.files.push(ContentFile::own("glossary/kilns.yaml", own));
    let engine = Engine::build(&content).unwrap();
    let reader = engine.audience("sales").unwrap();
    for (deprecated, in_use, note) in [
        ("kiln cells", "kilns", "Your organisation says “kiln” instead of “kiln cell”."),
        ("Kiln-Cell", "kiln", "Your organisation says “kiln” instead of “kiln cell”."),
        ("light up", "fire up", "Your organisation says “fire up” instead of “light up”."),
    ] {
        let (asked, other) = (engine.explain(deprecated, None, reader), engine.explain(in_use, None, reader));
        assert_eq!((asked.concept.as_str(), asked.usage_note.as_str()), ("kiln", note), "{deprecated}");
        assert_eq!((other.concept.as_str(), other.usage_note.as_str()), ("kiln", ""), "{in_use}");
    }
    for (text, plain) in [
        ("The kiln cell is down.", "The shop copy is down."),
        ("Both kiln cells are down.", "Both shop copies are down."),
        ("We will light up the till at noon.", "We will start the till at noon."),
    ] {
        assert_eq!(engine.rewrite(&SourceText::new(text), reader).plain, plain);
    }
}
