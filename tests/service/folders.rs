//! The organisation's folders while the server runs: what changes there is taken up, and a mistake is told and changes nothing.

use std::{fs, path::Path, sync::Arc};

use upshot::{
    app::App,
    clock::{Clock, Timestamp},
    config::{ContentSettings, DatabaseUrl, EncryptionSettings},
    content::Watch,
    engine::{Engine, SourceText},
    store::Store,
    web::Folders,
};

use super::{
    glossary::TOKEN,
    server::{Folder, NOW, PATIENCE, TestServer, form},
};

fn entry(wording: &str) -> String {
    format!(
        "subject_field: platform\nconcepts:\n  - id: zibbler\n    definition: A copy of the shop.\n    terms:\n      - {{ text: zibbler, pos: noun }}\n    \
         wordings:\n      - {{ pos: noun, text: {wording} }}\n"
    )
}

/// No such part of speech.
const MISTAKEN: &str = "subject_field: platform\nconcepts:\n  - id: zibbler\n    definition: A copy of the shop.\n    terms:\n      - { text: zibbler, pos: thing }\n";

const PARTNER: &str = "id: partner\ntitle: Partners\nabout: What changes for those who sell with us.\nposition: 40\norder: [impact, next]\n";

fn said(app: &App) -> String {
    let engine = app.engine();
    engine.rewrite(&SourceText::new("The zibbler is down."), engine.default_audience()).plain
}

async fn started(glossary: &Path, prompts: &Path) -> (Arc<App>, Folders) {
    let settings =
        ContentSettings { glossary_dir: Some(glossary.to_path_buf()), prompts_dir: Some(prompts.to_path_buf()) };
    let (watch, content) = Watch::start(&settings).unwrap();
    let engine = Arc::new(Engine::build(&content).unwrap());
    let store = Store::open(&DatabaseUrl::SqliteMemory, &EncryptionSettings::default()).await.unwrap();
    let app = Arc::new(App::new(content, engine, store));
    let folders = Folders::new(Arc::clone(&app), watch, Clock::Frozen(Timestamp::from_unix_seconds(NOW)));
    (app, folders)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_taken_up_and_a_mistake_told_until_it_is_mended() {
    let (glossary, prompts) = (Folder::new(), Folder::new());
    let file = glossary.path().join("ours.yaml");
    fs::write(&file, entry("shop copy")).unwrap();
    let (app, mut folders) = started(glossary.path(), prompts.path()).await;
    assert_eq!(said(&app), "The shop copy is down.");

    // Half written at the first look; then it is still.
    fs::write(&file, entry("copy of the shop")).unwrap();
    folders.step().await;
    assert_eq!(said(&app), "The shop copy is down.");
    folders.step().await;
    assert_eq!(said(&app), "The copy of the shop is down.");

    // A mistake changes nothing, and is told with file, line and mend.
    fs::write(&file, MISTAKEN).unwrap();
    let before = app.engine();
    for _ in 0..3 {
        folders.step().await;
    }
    assert!(Arc::ptr_eq(&before, &app.engine()), "nothing is built anew");
    let trouble = app.folder_trouble().unwrap();
    let told = trouble.mistakes.join("\n");
    assert!(told.starts_with("glossary/ours.yaml:6: ") && told.contains("phrase"), "{told}");
    assert_eq!(trouble.since, Timestamp::from_unix_seconds(NOW));

    // Mended by what was there before.
    fs::write(&file, entry("copy of the shop")).unwrap();
    folders.step().await;
    folders.step().await;
    assert_eq!(app.folder_trouble(), None);
    assert!(Arc::ptr_eq(&before, &app.engine()), "nothing has changed in the end");

    // Another reader, whom people can name from then on.
    assert!(app.readers().find("partners").is_none());
    let partner = prompts.path().join("audiences/partner.yaml");
    fs::create_dir_all(partner.parent().unwrap()).unwrap();
    fs::write(&partner, PARTNER).unwrap();
    folders.step().await;
    folders.step().await;
    assert_eq!(app.readers().find("the partner team").map(|id| id.as_str().to_owned()), Some("partner".to_owned()));

    // And away again, together with the glossary's file.
    fs::remove_file(&partner).unwrap();
    fs::remove_file(&file).unwrap();
    folders.step().await;
    folders.step().await;
    assert!(app.readers().find("partner").is_none());
    assert_eq!(said(&app), "The zibbler is down.");
    app.store().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_of_a_mistake_and_goes_on() {
    let folder = Folder::new();
    let file = folder.path().join("ours.yaml");
    fs::write(&file, entry("shop copy")).unwrap();
    let settings =
        [("UPSHOT_GLOSSARY_DIR", folder.path().to_str().unwrap().to_owned()), ("UPSHOT_ADMIN_TOKEN", TOKEN.to_owned())];
    let server = TestServer::with(&settings.each_ref().map(|(name, value)| (*name, &**value))).await;
    let signed_in = server
        .post("/glossary/sign-in", &[("content-type", "application/x-www-form-urlencoded")], form(&[("token", TOKEN)]))
        .await;
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = async |cookie: &str| {
        let request = server.client().get(server.url("/glossary/sign-in")).header("cookie", cookie);
        request.send().await.unwrap().text().await.unwrap()
    };
    let until = async |is_there: &dyn Fn(&str) -> bool| {
        let waiting = async {
            while !is_there(&page(&cookie).await) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the page never told");
    };
    let is_told = |text: &str| text.contains("Your folder cannot be used as it is") && text.contains("ours.yaml:6: ");
    assert_eq!(server.get("/readyz").await.text().await.unwrap(), "ready\n");
    fs::write(&file, MISTAKEN).unwrap();
    until(&is_told).await;
    assert!(!page("").await.contains("ours.yaml"), "only who is signed in is told");
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status(), 200);
    let text = ready.text().await.unwrap();
    assert!(text.starts_with("ready\nthe folders have mistakes in them") && !text.contains("ours"), "{text}");
    let answer = server.get("/api/v1/explain?q=zibbler").await.text().await.unwrap();
    assert!(answer.contains("A copy of the shop."), "{answer}");
    fs::write(&file, entry("copy of the shop")).unwrap();
    until(&|text| !text.contains("cannot be used as it is")).await;
    server.stop().await;
}
