//! Entries that hold in one workspace, team or channel: there they count, before what holds everywhere, and nowhere else is
//! anything to be seen of them.

use std::{collections::BTreeSet, sync::Arc};

use upshot::engine::{Content, ContentFile, Engine, ExplanationStatus, Location, SourceText};

use super::data::Numbers;

/// The shipped audiences and templates with these entries.
fn engine_with(entries: &str) -> Engine {
    Engine::build(&content_with(entries)).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

fn content_with(entries: &str) -> Content {
    let mut content = upshot::seed::content();
    content.files.retain(|file| file.path.starts_with("prompts/"));
    content.files.push(ContentFile::own("glossary/ours.yaml", &format!("subject_field: ours\nconcepts:\n{entries}")));
    content
}

fn entry(id: &str, term: &str, wording: &str, scope: &[&str]) -> String {
    let scope = scope.iter().map(|place| format!("{place:?}")).collect::<Vec<_>>().join(", ");
    format!(
        "  - id: {id}\n    definition: What {id} says.\n    scope: [{scope}]\n    terms: [{{ text: {term}, pos: noun }}]\n    \
         wordings: [{{ pos: noun, text: {wording} }}]\n"
    )
}

fn kilns() -> String {
    [
        entry("kiln", "kiln", "oven", &[]),
        entry("kiln-one", "kiln", "test area", &["slack:T0001"]),
        entry("kiln-ops", "kiln", "spare machine", &["slack:T0001/C0OPS"]),
        entry("kiln-two", "kiln", "shop copy", &["slack:T0002", "teams:tenant-a/19:ops@thread.tacv2"]),
        entry("glaze-two", "glaze", "price list", &["slack:T0002"]),
    ]
    .concat()
}

fn at(place: &str) -> Location {
    if place.is_empty() { Location::default() } else { Location::at(place).expect("it is a place") }
}

#[test]
fn each_place_has_its_own_words_and_the_narrowest_count() {
    let engine = engine_with(&kilns());
    for (place, wording, id) in [
        ("", "oven", "kiln"),
        ("slack:T0001", "test area", "kiln-one"),
        ("slack:T0001/C0DEV", "test area", "kiln-one"),
        ("slack:T0001/C0OPS", "spare machine", "kiln-ops"),
        ("slack:T0002/C0OPS", "shop copy", "kiln-two"),
        ("slack:T0003/C0OPS", "oven", "kiln"),
        ("teams:tenant-a", "oven", "kiln"),
        ("teams:tenant-a/19:ops@thread.tacv2", "shop copy", "kiln-two"),
        ("teams:tenant-b/19:ops@thread.tacv2", "oven", "kiln"),
    ] {
        let here = engine.seen_from(&at(place));
        let reader = here.default_audience();
        let source = SourceText::new("The kiln is full.");
        let rendering = here.rewrite(&source, reader);
        assert_eq!(rendering.plain, format!("The {wording} is full."), "{place}");
        assert_eq!(here.found(&source), [id], "{place}");
        for query in ["kiln", "what is a kiln?", "Kilns", "kilnn"] {
            let told = here.explain(query, Some(&source), reader);
            assert_eq!(told.concept, id, "{query} at {place}");
            assert!(told.other_senses.is_empty(), "{query} at {place}: {:?}", told.other_senses);
        }
        assert_eq!(here.search("kil", 10).first().map(String::as_str), Some(id), "{place}");
        assert_eq!(here.entries_like("kiln", 10).first().map(|entry| entry.id), Some(id), "{place}");
        let known = Arc::new(BTreeSet::from([Arc::from(id)]));
        let knowing = here.rewrite_knowing(&source, reader, &known);
        assert_eq!(knowing.plain, "The kiln is full.", "{place}");
        // A reader's own words for it are judged by what it means there.
        let candidate = SourceText::new(&rendering.plain);
        assert_eq!(here.verify(&source, &candidate), upshot::engine::Verdict::Faithful, "{place}");
    }
}

#[test]
fn of_other_places_nothing_is_known() {
    let engine = engine_with(&kilns());
    for (place, is_known) in [("", false), ("slack:T0001/C0OPS", false), ("slack:T0002", true)] {
        let here = engine.seen_from(&at(place));
        let reader = here.default_audience();
        for (query, known) in [
            ("glaze", ExplanationStatus::Defined),
            ("glaze-two", ExplanationStatus::Defined),
            ("glazze", ExplanationStatus::Suggested),
        ] {
            let status = here.explain(query, None, reader).status;
            let expected = if is_known { known } else { ExplanationStatus::Unknown };
            assert_eq!(status, expected, "{query} at {place}");
        }
        assert_eq!(here.entry("glaze-two").is_some(), is_known, "{place}");
        assert_eq!(here.search("gla", 10).len(), usize::from(is_known), "{place}");
        assert_eq!(here.entries_like("", 10).iter().any(|entry| entry.id == "glaze-two"), is_known, "{place}");
        let known = Arc::new(BTreeSet::from([Arc::from("glaze-two")]));
        let rendering = here.rewrite_knowing(&SourceText::new("The glaze is new."), reader, &known);
        assert_eq!(rendering.known.len(), usize::from(is_known), "{place}: {:?}", rendering.known);
    }
}

#[test]
fn a_neighbour_of_another_place_is_not_named() {
    let related = "    related: [glaze-two]\n";
    let engine = engine_with(
        &(entry("kiln", "kiln", "oven", &[]) + related + &entry("glaze-two", "glaze", "price list", &["slack:T0002"])),
    );
    let related = |place: &str| {
        let here = engine.seen_from(&at(place));
        here.explain("kiln", None, here.default_audience()).related
    };
    assert_eq!(related("slack:T0001"), [""; 0]);
    assert_eq!(related("slack:T0002"), ["glaze"]);
}

#[test]
fn an_entry_for_a_place_is_no_rival_and_its_examples_are_run_there() {
    let examples = "    examples: { match: [\"The kiln is full.\"], no_match: [\"The oven is full.\"] }\n";
    let entries = [
        entry("kiln", "kiln", "oven", &[]),
        examples.to_owned(),
        entry("kiln-one", "kiln", "test area", &["slack:T0001"]),
        examples.to_owned(),
        entry("kiln-again", "kiln", "spare", &["slack:T0001"]),
    ];
    let told = |entries: &[String]| -> Vec<String> {
        let engine = engine_with(&entries.concat());
        let findings = engine.lint().into_iter().map(|finding| finding.place.message);
        findings.filter(|message| message.contains("nothing decides between them")).collect()
    };
    assert_eq!(engine_with(&entries[..4].concat()).failed_examples(), []);
    assert_eq!(told(&entries[..4]), [""; 0]);
    let rivals = told(&entries);
    assert!(
        matches!(&*rivals, [one] if one.starts_with("kiln-again: \"kiln\" is a term of \"kiln-one\" too")),
        "{rivals:?}"
    );
}

#[test]
fn mistakes_in_a_scope_name_their_mend() {
    let mistake = |entries: &str| match Engine::build(&content_with(entries)) {
        Ok(_) => String::new(),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    let told = mistake(&entry("kiln", "kiln", "oven", &["slak:T0001"]));
    assert!(
        told.starts_with("glossary/ours.yaml:3: kiln: in scope, \"slak:T0001\" is no place; write slack:T0123"),
        "{told}"
    );
    // An entry takes another one's place as a whole, so it must hold wherever that one does.
    for (earlier, later, is_lost) in [
        (&[][..], &["slack:T0001"][..], true),
        (&["slack:T0001"], &["slack:T0001/C0OPS"], true),
        (&["slack:T0001/C0OPS"], &["slack:T0001"], false),
        (&["slack:T0001"], &[], false),
        (&[], &[], false),
    ] {
        let mut content = content_with(&entry("kiln", "kiln", "oven", earlier));
        let later = format!("subject_field: ours\nconcepts:\n{}", entry("kiln", "kiln", "copy", later));
        content.files.push(ContentFile::own("glossary/later.yaml", &later));
        let told = Engine::build(&content).err().map(|mistakes| mistakes[0].to_string()).unwrap_or_default();
        assert_eq!(
            told.contains("give what holds in one place alone an id of its own, for example \"kiln-here\""),
            is_lost,
            "{told}"
        );
    }
}

/// Entries of other places leave no trace: an engine without them says the same, whatever is asked.
#[test]
fn what_holds_elsewhere_changes_nothing_here() {
    const PLACES: [&str; 6] =
        ["slack:T1", "slack:T1/C1", "slack:T1/C2", "slack:T2", "slack:T2/C1", "teams:a/19:b@thread.tacv2"];
    const TERMS: [&str; 5] = ["kiln", "glaze batch", "firing", "clay body", "slip cast"];
    let mut numbers = Numbers(20_261_126);
    for round in 0..60 {
        let written: Vec<(String, Vec<&str>)> = (0..10)
            .map(|number| {
                let scope: Vec<&str> = (0..numbers.below(3)).map(|_| numbers.pick(&PLACES)).collect();
                (entry(&format!("entry-{number}"), numbers.pick(&TERMS), &format!("wording {number}"), &scope), scope)
            })
            .collect();
        let place = numbers.pick(&PLACES);
        let location = at(place);
        let holds = |scope: &[&str]| {
            scope.is_empty() || scope.iter().any(|wanted| location.places().iter().any(|place| place == wanted))
        };
        let all: String = written.iter().map(|(entry, _)| entry.as_str()).collect();
        let own: String = written.iter().filter(|(_, scope)| holds(scope)).map(|(entry, _)| entry.as_str()).collect();
        // An empty list is no YAML list; one round in thousands would have none.
        let own = if own.is_empty() { entry("other", "otherwise", "other", &[]) } else { own };
        let (all, own) = (engine_with(&all).seen_from(&location), engine_with(&own).seen_from(&location));
        let reader = all.default_audience();
        let text =
            format!("The {} and the {} failed. We lost a {}.", TERMS[0], numbers.pick(&TERMS), numbers.pick(&TERMS));
        let source = SourceText::new(&text);
        assert_eq!(all.rewrite(&source, reader), own.rewrite(&source, reader), "round {round} at {place}: {text}");
        for term in TERMS.into_iter().chain(["kilnn", "glaze bach", "slip-cast", "entry-3", "batch"]) {
            assert_eq!(
                all.explain(term, Some(&source), reader),
                own.explain(term, Some(&source), reader),
                "round {round} at {place}: {term}"
            );
            assert_eq!(all.search(term, 20), own.search(term, 20), "round {round} at {place}: {term}");
            assert_eq!(all.entries_like(term, 20), own.entries_like(term, 20), "round {round} at {place}: {term}");
        }
    }
}

/// Who does not want what others explain says so for their place, and everybody else keeps it.
#[test]
fn an_everyday_meaning_leaves_an_entry_out_in_its_place() {
    let two_terms = |id: &str, second: &str, rest: &str| {
        format!(
            "  - id: {id}\n    definition: What {id} says.\n    terms: [{{ text: kiln, pos: noun }}, {{ text: {second}, pos: noun }}]\n{rest}"
        )
    };
    let shared = two_terms("kiln", "firing kiln", "    wordings: [{ pos: noun, text: oven }]\n");
    let everyday = |scope: &str, second: &str| {
        two_terms("plain", second, &format!("    everyday: true\n    scope: [{scope:?}]\n"))
    };
    for (scope, second, place, is_left_out) in [
        ("slack:T0001", "firing kiln", "slack:T0001", true),
        ("slack:T0001", "Firing Kiln", "slack:T0001/C0OPS", true),
        ("slack:T0001/C0OPS", "firing kiln", "slack:T0001/C0OPS", true),
        ("slack:T0001/C0OPS", "firing kiln", "slack:T0001", false),
        ("slack:T0001", "firing kiln", "slack:T0002", false),
        ("slack:T0001", "firing kiln", "", false),
    ] {
        let engine = engine_with(&(shared.clone() + &everyday(scope, second)));
        let here = engine.seen_from(&at(place));
        let reader = here.default_audience();
        let source = SourceText::new("The kiln is full.");
        let (plain, status) = match is_left_out {
            true => ("The kiln is full.", ExplanationStatus::Unknown),
            false => ("The oven is full.", ExplanationStatus::Defined),
        };
        assert_eq!(here.rewrite(&source, reader).plain, plain, "{scope} at {place}");
        for query in ["kiln", "what are kilns?", "firing kiln", "kiln (pottery)"] {
            let told = here.explain(query, None, reader);
            assert_eq!(told.concept.is_empty(), is_left_out, "{query}, {scope} at {place}: {told:?}");
        }
        assert_eq!(here.explain("kiln", None, reader).status, status, "{scope} at {place}");
        assert_eq!(here.entry("kiln").is_some(), !is_left_out, "{scope} at {place}");
        assert_eq!(here.search("kil", 10).is_empty(), is_left_out, "{scope} at {place}");
        assert_eq!(here.found(&source).contains(&"kiln".to_owned()), !is_left_out, "{scope} at {place}");
    }
    // One of its terms alone: the other one is explained as ever.
    let engine = engine_with(
        &(shared
            + &entry("plain", "kiln", "kiln", &["slack:T0001"])
                .replace("    wordings", "    everyday: true\n    wordings")),
    );
    let here = engine.seen_from(&at("slack:T0001"));
    assert_eq!(here.explain("firing kiln", None, here.default_audience()).concept, "kiln");
}
