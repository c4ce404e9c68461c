//! The engine is replaced while requests are being answered, and none of them notices.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use upshot::{
    app::{Actor, App, Door, Intent, Reply, ReplyTo, Request},
    clock::Timestamp,
    config::{DatabaseUrl, EncryptionSettings},
    engine::{Content, ContentFile, Engine, Location, SourceText},
    ids::{PersonId, RequestId, WorkspaceId},
    store::Store,
};

use super::{glossary::content_of, server::NOW};

/// What a rollback is called, in turns.
const WORDINGS: [&str; 2] = ["return to the earlier version", "change taken back"];

/// A few entries are enough here, and compile in a moment.
fn engine(wording: &str) -> Arc<Engine> {
    let concept = format!(
        "{{\"subject_field\": \"test\", \"concepts\": [{{\"id\": \"rollback\", \"definition\": \"Undoing a change.\", \
         \"terms\": [{{\"text\": \"rollback\", \"pos\": \"noun\"}}], \"wordings\": [{{\"pos\": \"noun\", \"text\": \"{wording}\"}}]}}]}}"
    );
    Arc::new(Engine::build(&content_of(ContentFile::own("glossary/test.yaml", &concept))).unwrap())
}

fn request(intent: Intent) -> Request {
    Request {
        id: RequestId::new("1"),
        actor: Actor::new(WorkspaceId::new("T0000UPSHT"), PersonId::new("U0ELENA001")),
        received_at: Timestamp::from_unix_seconds(NOW),
        intent,
        reply_to: ReplyTo::Response,
        place: None,
        location: Location::default(),
    }
}

/// The words of an answer, for each of its readers.
fn versions(reply: &Reply) -> Vec<&str> {
    match reply {
        Reply::Rewrite(rewrite) => vec![&rewrite.rendering.plain],
        Reply::Several(several) => several.versions.iter().map(|version| &*version.rewrite.rendering.plain).collect(),
        Reply::Draft(draft) => draft.checks.iter().map(|check| &*check.version.rendering.plain).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_made_by_two_engines() {
    let typed = |text: &str| Intent::Command { door: Door::Rewrite, text: SourceText::new(text) };
    let draft = Intent::CheckDraft {
        source: SourceText::new("The rollback took an hour."),
        readers: ["finance", "sales", "hr"].map(str::to_owned).to_vec(),
    };
    let store = Store::open(&DatabaseUrl::SqliteMemory, &EncryptionSettings::default()).await.unwrap();
    let app = Arc::new(App::new(Content::default(), engine(WORDINGS[0]), store));
    let stop = Arc::new(AtomicBool::new(false));
    let asking = [
        (1, typed("for sales: The rollback took an hour.")),
        (3, typed("for finance, sales and hr: The rollback took an hour.")),
        (3, draft),
    ]
    .map(|(readers, intent)| {
        let (app, stop) = (Arc::clone(&app), Arc::clone(&stop));
        tokio::spawn(async move {
            let request = request(intent);
            let whole = WORDINGS.map(|wording| vec![format!("The {wording} took an hour."); readers]);
            while !stop.load(Ordering::Relaxed) {
                let reply = app.answer(&request).await;
                let versions = versions(&reply);
                assert!(whole.iter().any(|whole| *whole == versions), "{versions:?}");
            }
        })
    });
    let replacing = {
        let app = Arc::clone(&app);
        tokio::task::spawn_blocking(move || {
            for turn in 1..=20 {
                app.replace_engine(engine(WORDINGS[turn % 2])).take_apart();
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
    let app = App::new(Content::default(), engine(WORDINGS[0]), store);
    let retired = Arc::downgrade(&app.engine());
    app.replace_engine(engine(WORDINGS[1])).take_apart();
    assert!(retired.upgrade().is_none());
}
