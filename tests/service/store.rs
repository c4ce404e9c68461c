//! Texts behind answers: there at once, written a moment later, gone when dismissed.

use upshot::{
    clock::Timestamp,
    config::DatabaseUrl,
    ids::{PendingId, PersonId, WorkspaceId},
    store::{PENDING_LIFETIME, Store, StoreError},
};

use super::server::Folder;

/// As much as the store holds in memory.
const MOST_WAITING_BYTES: usize = 8 * 1024 * 1024;
const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

struct Someone {
    workspace: WorkspaceId,
    person: PersonId,
}

fn someone(person: &str) -> Someone {
    Someone { workspace: WorkspaceId::new("T1"), person: PersonId::new(person) }
}

async fn keep(store: &Store, id: &PendingId, who: &Someone, text: &str) {
    store.keep_pending(id, &who.workspace, &who.person, text, NOW).await.unwrap();
}

async fn text(store: &Store, id: &PendingId, who: &Someone, now: Timestamp) -> Option<String> {
    store.pending(id, &who.workspace, &who.person, now).await.unwrap()
}

#[tokio::test]
async fn a_text_is_there_before_it_is_written_and_for_one_person_only() {
    let store = Store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
    let (anna, ben) = (someone("U1"), someone("U2"));
    let id = PendingId::new("1");
    keep(&store, &id, &anna, "first").await;
    assert_eq!(text(&store, &id, &anna, NOW).await.as_deref(), Some("first"));
    assert_eq!(text(&store, &id, &ben, NOW).await, None);
    assert_eq!(text(&store, &id, &anna, NOW.plus(PENDING_LIFETIME)).await, None, "its hour is over");

    store.erase_pending(&id, &ben.workspace, &ben.person).await.unwrap();
    assert_eq!(text(&store, &id, &anna, NOW).await.as_deref(), Some("first"), "nobody erases another's text");
    store.erase_pending(&id, &anna.workspace, &anna.person).await.unwrap();
    assert_eq!(text(&store, &id, &anna, NOW).await, None);
}

#[tokio::test]
async fn what_waits_is_written_when_the_store_closes_and_what_was_dismissed_is_not() {
    let folder = Folder::new();
    let url = DatabaseUrl::SqliteFile(folder.path().join("upshot.db"));
    let anna = someone("U1");
    let ids: Vec<PendingId> = (0..2_000).map(|number| PendingId::new(format!("{number:05}"))).collect();

    let store = Store::open(&url).await.unwrap();
    for id in &ids {
        keep(&store, id, &anna, id.as_str()).await;
    }
    for id in ids.iter().step_by(2) {
        store.erase_pending(id, &anna.workspace, &anna.person).await.unwrap();
    }
    store.close().await;

    let store = Store::open(&url).await.unwrap();
    for (number, id) in ids.iter().enumerate() {
        let expected = (number % 2 == 1).then(|| id.as_str().to_owned());
        assert_eq!(text(&store, id, &anna, NOW).await, expected, "{number}");
    }
    store.close().await;
}

#[tokio::test]
async fn memory_for_waiting_texts_is_bounded() {
    let store = Store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
    let anna = someone("U1");
    let long = "x".repeat(MOST_WAITING_BYTES / 4);
    // More than fits at once: each waits until the database has taken the ones before it.
    for number in 0..12 {
        keep(&store, &PendingId::new(number.to_string()), &anna, &long).await;
    }
    assert_eq!(text(&store, &PendingId::new("0"), &anna, NOW).await.map(|text| text.len()), Some(long.len()));
    let too_long = "x".repeat(MOST_WAITING_BYTES);
    let refused = store
        .keep_pending(&PendingId::new("13"), &anna.workspace, &anna.person, &too_long, NOW)
        .await
        .expect_err("what never fits is refused and does not wait forever");
    assert!(matches!(refused, StoreError::Busy), "{refused}");
    store.close().await;
}
