//! Every concept and phrase pattern carries sentences in which it must and must not be found; all of them run here.

use upshot::engine::{Content, ContentFile, Engine, SourceText};

pub(crate) fn engine() -> &'static Engine {
    static ENGINE: std::sync::LazyLock<Engine> = std::sync::LazyLock::new(|| {
        Engine::build(&written_content()).unwrap_or_else(|errors| {
            panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
    });
    &ENGINE
}

/// The shipped content as authors write it, so that failures name lines.
fn written_content() -> Content {
    let files = upshot::seed::content().files.into_iter().map(|file| {
        let text = std::fs::read_to_string(format!("{}/{}", env!("CARGO_MANIFEST_DIR"), file.path))
            .expect("content files are readable");
        ContentFile::new(&file.path, &text)
    });
    Content { files: files.collect() }
}

#[test]
fn embedded_content_is_the_written_content() {
    let embedded = Engine::build(&upshot::seed::content()).unwrap();
    let found: Vec<String> = embedded.examples().into_iter().map(|example| example.id).collect();
    let written: Vec<String> = engine().examples().into_iter().map(|example| example.id).collect();
    assert_eq!(found, written);
}

#[test]
fn examples_of_content_hold() {
    let engine = engine();
    let general = engine.audience("general").unwrap();
    let mut failures = Vec::new();
    let mut sentences = 0;
    for example in engine.examples() {
        for (text, plain) in &example.matching {
            sentences += 1;
            let source = SourceText::new(text);
            if !engine.found(&source).contains(&example.id) {
                failures.push(format!("{}:{}: {} is not found in {text:?}", example.path, example.line, example.id));
            } else if let Some(expected) = plain {
                let found = engine.rewrite(&source, general).plain;
                if found != *expected {
                    failures.push(format!(
                        "{}:{}: {} gives\n    {found:?} instead of\n    {expected:?}",
                        example.path, example.line, example.id
                    ));
                }
            }
        }
        for text in &example.no_match {
            sentences += 1;
            if engine.found(&SourceText::new(text)).contains(&example.id) {
                failures.push(format!("{}:{}: {} is found in {text:?}", example.path, example.line, example.id));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {sentences} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(sentences > 600, "only {sentences} sentences ran");
}
