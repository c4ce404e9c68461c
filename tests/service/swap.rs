//! The engine is replaced while requests are being answered, and none of them notices.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use upshot::{
    app::App,
    config::{DatabaseUrl, EncryptionSettings},
    engine::{Content, ContentFile, Engine, SourceText},
    store::Store,
};

/// A few entries are enough here, and compile in a moment.
fn engine(wording: &str) -> Arc<Engine> {
    let concept = format!(
        "{{\"subject_field\": \"test\", \"concepts\": [{{\"id\": \"rollback\", \"definition\": \"Undoing a change.\", \
         \"terms\": [{{\"text\": \"rollback\", \"pos\": \"noun\"}}], \"wordings\": [{{\"pos\": \"noun\", \"text\": \"{wording}\"}}]}}]}}"
    );
    let mut files: Vec<ContentFile> =
        upshot::seed::content().files.into_iter().filter(|file| file.path.starts_with("prompts/")).collect();
    files.push(ContentFile::own("glossary/test.yaml", &concept));
    Arc::new(Engine::build(&Content { files }).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_made_by_two_engines() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &EncryptionSettings::default()).await.unwrap();
    let first = engine("return to the earlier version");
    let second = engine("change taken back").revision().to_owned();
    let app = Arc::new(App::new(Content::default(), first, store));
    let stop = Arc::new(AtomicBool::new(false));
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let (app, stop, second) = (Arc::clone(&app), Arc::clone(&stop), second.clone());
            tokio::task::spawn_blocking(move || {
                let source = SourceText::new("The rollback took an hour.");
                while !stop.load(Ordering::Relaxed) {
                    let engine = app.engine();
                    let plain = engine.rewrite(&source, engine.default_audience()).plain;
                    let is_second = engine.revision() == second;
                    let expected = if is_second {
                        "The change taken back took an hour."
                    } else {
                        "The return to the earlier version took an hour."
                    };
                    assert_eq!(plain, expected);
                }
            })
        })
        .collect();
    let replacing = {
        let app = Arc::clone(&app);
        tokio::task::spawn_blocking(move || {
            for turn in 0..20 {
                let wording = ["change taken back", "return to the earlier version"][turn % 2];
                app.replace_engine(engine(wording)).take_apart();
            }
            stop.store(true, Ordering::Relaxed);
        })
    };
    replacing.await.unwrap();
    for asked in asking {
        asked.await.unwrap();
    }
}

#[tokio::test]
async fn a_retired_engine_is_taken_apart_by_who_replaced_it() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &EncryptionSettings::default()).await.unwrap();
    let app = App::new(Content::default(), engine("return to the earlier version"), store);
    let retired = Arc::downgrade(&app.engine());
    app.replace_engine(engine("change taken back")).take_apart();
    assert!(retired.upgrade().is_none());
}
