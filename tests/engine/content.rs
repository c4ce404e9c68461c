//! Every concept and phrase pattern carries sentences in which it must and must not be found; all of them run here.

use upshot::engine::{Content, ContentExample, ContentFile, Engine};

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
    let failures: Vec<String> = engine.failed_examples().iter().map(|failed| failed.place.to_string()).collect();
    let sentences: usize = engine.examples().iter().map(ContentExample::sentences).sum();
    assert!(failures.is_empty(), "{} of {sentences} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(sentences > 4_000, "only {sentences} sentences ran");
}
