//! `upshot glossary export --git`: files that can be the organisation's folder again and say the same.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
    time::SystemTime,
};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    cli::{finish, upshot},
    glossary::{TOKEN, send_as},
    server::{Folder, TestServer},
};

const WORDS: &str = "id,term,subject_field,definition,match,no_match\n\
    zibbler,zibbler,platform,A copy of the shop.,The zibbler is down.,The oven is hot.\n\
    quonk,quonk,data,A table of all orders.,The quonk is full.,The oven is hot.\n";

fn run(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = finish(command);
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn export(folder: &Folder) -> (i32, String) {
    run(upshot(folder).args(["glossary", "export", "--git", "ours"]))
}

/// Texts and times of change of all files below a folder.
fn files(folder: &Path) -> BTreeMap<String, (String, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                let changed = fs::metadata(&path).unwrap().modified().unwrap();
                found.insert(name, (fs::read_to_string(&path).unwrap(), changed));
            }
        }
    }
    found
}

/// What the program answers about these terms, without the revision of the glossary.
fn answers(folder: &Folder, glossary: &str) -> Vec<Value> {
    let told = |term: &str| {
        let mut command = upshot(folder);
        command.args(["explain", term, "--format", "json"]).env("UPSHOT_GLOSSARY_DIR", glossary);
        let (_, told) = run(&mut command);
        let mut told: Value = serde_json::from_str(&told).unwrap();
        told.as_object_mut().unwrap().retain(|field, _| ["status", "concept", "definition"].contains(&field.as_str()));
        told
    };
    ["zibbler", "quonk", "rollback", "canary"].map(told).to_vec()
}

/// Live entries, and one that ships and was retired.
async fn kept_live(folder: &Folder) -> TestServer {
    let database = format!("sqlite://{}", folder.path().join("data/upshot.db").display());
    let server = TestServer::with(&[("UPSHOT_DATABASE_URL", &database), ("UPSHOT_ADMIN_TOKEN", TOKEN)]).await;
    let request = server.client().post(server.url("/api/v1/import?format=csv&approve=true")).bearer_auth(TOKEN);
    assert_eq!(request.body(WORDS).send().await.unwrap().status(), 200);
    assert_eq!(send_as(&server, TOKEN, Method::DELETE, "/api/v1/concepts/rollback", &Value::Null).await.0, 200);
    server
}

async fn explained(server: &TestServer, term: &str) -> Value {
    let told: Value = super::server::json(server.get(&format!("/api/v1/explain?q={term}")).await).await;
    json!({ "status": told["status"], "concept": told["concept"], "definition": told["definition"] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_says_the_same_when_it_is_the_folder() {
    let folder = Folder::new();
    let server = kept_live(&folder).await;
    let mut live = Vec::new();
    for term in ["zibbler", "quonk", "rollback", "canary"] {
        live.push(explained(&server, term).await);
    }
    assert_ne!(live[2]["concept"], "rollback", "it was retired");
    assert_eq!(export(&folder), (0, "3 written, 0 unchanged, 0 removed.\n".to_owned()));
    let ours = folder.path().join("ours");
    let written = files(&ours);
    assert_eq!(
        written.keys().collect::<Vec<_>>(),
        ["upshot/data/quonk.yaml", "upshot/platform/zibbler.yaml", "upshot/retired.yaml"]
    );
    assert!(written["upshot/platform/zibbler.yaml"].0.contains("definition: A copy of the shop."), "{written:?}");
    assert_eq!(export(&folder), (0, "0 written, 3 unchanged, 0 removed.\n".to_owned()));
    assert_eq!(files(&ours), written, "not even a time has changed");

    let elsewhere = Folder::new();
    assert_eq!(answers(&elsewhere, ours.to_str().unwrap()), live);

    // An entry that is gone takes its file along, and the folder that is empty then; what people wrote stays.
    fs::write(ours.join("upshot/notes.yaml"), "subject_field: platform\nconcepts: []\n").unwrap();
    fs::write(ours.join("README.md"), "ours\n").unwrap();
    assert_eq!(send_as(&server, TOKEN, Method::DELETE, "/api/v1/concepts/quonk", &Value::Null).await.0, 200);
    assert_eq!(export(&folder), (0, "0 written, 2 unchanged, 1 removed.\n".to_owned()));
    let left: Vec<String> = files(&ours).into_keys().collect();
    assert_eq!(left, ["README.md", "upshot/notes.yaml", "upshot/platform/zibbler.yaml", "upshot/retired.yaml"]);
    assert!(!ours.join("upshot/data").exists());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_wrote_is_never_overwritten_and_never_silently_wins() {
    let folder = Folder::new();
    let server = kept_live(&folder).await;
    let ours = folder.path().join("ours");
    fs::create_dir_all(&ours).unwrap();
    let entry = |definition: &str| {
        format!(
            "subject_field: platform\nconcepts:\n  - id: zibbler\n    definition: {definition}\n    terms:\n      - {{ text: zibbler, pos: noun }}\n    \
             examples:\n      match: [The zibbler is down.]\n      no_match: [The oven is hot.]\n"
        )
    };
    // A file that comes later would win.
    fs::write(ours.join("words.yaml"), entry("Another one.")).unwrap();
    let (code, told) = export(&folder);
    assert_eq!(code, 1);
    assert_eq!(
        told,
        "words.yaml says “zibbler” otherwise and comes after the folder upshot: remove the entry there.\nNothing was written.\n"
    );
    assert!(!ours.join("upshot").exists());
    // One that comes earlier is replaced, and that is said.
    fs::rename(ours.join("words.yaml"), ours.join("our-words.yaml")).unwrap();
    let (code, told) = export(&folder);
    assert_eq!(
        (code, told.as_str()),
        (
            0,
            "3 written, 0 unchanged, 0 removed.\n“zibbler” of our-words.yaml is replaced by the written one: remove it there.\n"
        )
    );
    assert_eq!(answers(&folder, "ours")[0]["definition"], "A copy of the shop.");
    // One that says the same is enough.
    fs::write(ours.join("our-words.yaml"), entry("A copy of the shop.")).unwrap();
    assert_eq!(export(&folder), (0, "0 written, 2 unchanged, 1 removed.\n".to_owned()));
    // One that has what was retired would bring it back.
    fs::write(ours.join("our-words.yaml"), entry("Undone.").replace("zibbler", "rollback")).unwrap();
    let (code, told) = export(&folder);
    assert_eq!(code, 1);
    assert!(told.starts_with("our-words.yaml says “rollback”, which is retired: remove the entry there.\n"), "{told}");
    fs::remove_file(ours.join("our-words.yaml")).unwrap();
    // A name that somebody took.
    fs::create_dir_all(ours.join("upshot/platform")).unwrap();
    fs::write(ours.join("upshot/platform/zibbler.yaml"), "subject_field: platform\nconcepts: []\n").unwrap();
    let (code, told) = export(&folder);
    assert_eq!(code, 1);
    assert!(told.contains("upshot/platform/zibbler.yaml was written by somebody: rename it"), "{told}");
    server.stop().await;
}
