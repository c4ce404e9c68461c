//! The store, the same on both databases: texts behind answers and preferences.

use upshot::{
    clock::Timestamp,
    ids::{AudienceId, PendingId, PersonId, WorkspaceId},
    store::{KeptText, PENDING_LIFETIME, Remembered, Store, StoreError},
};

use super::databases::{Database, on_both};

/// As much as the store holds in memory.
const MOST_WAITING_BYTES: usize = 8 * 1024 * 1024;
const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

on_both!(
    a_text_is_there_before_it_is_written_and_for_one_person_only,
    what_waits_is_written_when_the_store_closes_and_what_was_dismissed_is_not,
    memory_for_waiting_texts_is_bounded,
    no_kept_text_outlives_its_hour,
    a_preference_outlives_the_process_and_is_seen_by_other_instances,
    what_is_known_outlives_the_process_and_is_seen_by_other_instances,
    no_more_is_known_than_is_remembered_and_all_of_a_wish_or_nothing,
    two_wishes_at_once_find_no_room_for_both,
);

struct Someone {
    workspace: WorkspaceId,
    person: PersonId,
}

fn someone(person: &str) -> Someone {
    Someone { workspace: WorkspaceId::new("T1"), person: PersonId::new(person) }
}

fn place_of(text: &str) -> String {
    format!("{} bytes", text.len())
}

async fn keep(store: &Store, id: &PendingId, who: &Someone, text: &str) {
    let kept = KeptText { text: text.to_owned(), place: place_of(text) };
    store.keep_pending(id, &who.workspace, &who.person, kept, NOW).await.unwrap();
}

async fn text(store: &Store, id: &PendingId, who: &Someone, now: Timestamp) -> Option<String> {
    let kept = store.pending(id, &who.workspace, &who.person, now).await.unwrap()?;
    assert_eq!(kept.place, place_of(&kept.text), "a text is kept with its place");
    Some(kept.text)
}

async fn a_text_is_there_before_it_is_written_and_for_one_person_only(database: Database) {
    let store = database.open().await;
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

async fn what_waits_is_written_when_the_store_closes_and_what_was_dismissed_is_not(database: Database) {
    let anna = someone("U1");
    let ids: Vec<PendingId> = (0..2_000).map(|number| PendingId::new(format!("{number:05}"))).collect();

    let store = database.open().await;
    for id in &ids {
        keep(&store, id, &anna, id.as_str()).await;
    }
    for id in ids.iter().step_by(2) {
        store.erase_pending(id, &anna.workspace, &anna.person).await.unwrap();
    }
    store.close().await;

    let store = database.open().await;
    for (number, id) in ids.iter().enumerate() {
        let expected = (number % 2 == 1).then(|| id.as_str().to_owned());
        assert_eq!(text(&store, id, &anna, NOW).await, expected, "{number}");
    }
    store.close().await;
}

async fn memory_for_waiting_texts_is_bounded(database: Database) {
    let store = database.open().await;
    let anna = someone("U1");
    let long = "x".repeat(MOST_WAITING_BYTES / 4);
    // More than fits at once: each waits until the database has taken the ones before it.
    for number in 0..12 {
        keep(&store, &PendingId::new(number.to_string()), &anna, &long).await;
    }
    assert_eq!(text(&store, &PendingId::new("0"), &anna, NOW).await.map(|text| text.len()), Some(long.len()));
    let too_long = "x".repeat(MOST_WAITING_BYTES);
    let refused = store
        .keep_pending(
            &PendingId::new("13"),
            &anna.workspace,
            &anna.person,
            KeptText { text: too_long, place: String::new() },
            NOW,
        )
        .await
        .expect_err("what never fits is refused and does not wait forever");
    assert!(matches!(refused, StoreError::Busy), "{refused}");
    store.close().await;
}

async fn no_kept_text_outlives_its_hour(database: Database) {
    let store = database.open().await;
    let anna = someone("U1");
    keep(&store, &PendingId::new("1"), &anna, "xylophone of the first message").await;
    store.close().await;
    assert!(database.holds("xylophone").await, "it was written");
    let store = database.open().await;
    assert_eq!(store.erase_expired(NOW).await.unwrap(), 0);
    assert_eq!(store.erase_expired(NOW.plus(PENDING_LIFETIME)).await.unwrap(), 1);
    assert!(!database.holds("xylophone").await, "not a byte is left");
    store.close().await;
}

async fn a_preference_outlives_the_process_and_is_seen_by_other_instances(database: Database) {
    let (first, second) = (database.open().await, database.open().await);
    let anna = someone("U1");
    let sales = AudienceId::new("sales");
    first.set_preference(&anna.workspace, &anna.person, &sales, NOW).await.unwrap();
    assert_eq!(first.preference(&anna.workspace, &anna.person), Some(sales.clone()));
    second.read_preferences_again(NOW).await.unwrap();
    let is_shared = database.folder.is_none();
    assert_eq!(second.preference(&anna.workspace, &anna.person), is_shared.then(|| sales.clone()));
    assert_eq!(second.preference(&WorkspaceId::new("T2"), &anna.person), None, "another workspace, another person");
    first.close().await;
    second.close().await;
    let third = database.open().await;
    assert_eq!(third.preference(&anna.workspace, &anna.person), Some(sales));
    third.close().await;
}

/// What this person knows, in order.
fn known(store: &Store, who: &Someone) -> Vec<String> {
    store.known(&who.workspace, &who.person).iter().map(ToString::to_string).collect()
}

async fn remember(store: &Store, who: &Someone, concepts: &[&str], most: u32) -> Remembered {
    store.remember_known(&who.workspace, &who.person, concepts, most, NOW).await.unwrap()
}

async fn what_is_known_outlives_the_process_and_is_seen_by_other_instances(database: Database) {
    let (first, second) = (database.open().await, database.open().await);
    let is_shared = database.folder.is_none();
    let (anna, ben) = (someone("U1"), someone("U2"));
    assert_eq!(remember(&first, &anna, &["b", "a", "c"], 500).await, Remembered::Done);
    assert_eq!(remember(&first, &ben, &["a"], 500).await, Remembered::Done);
    assert_eq!(known(&first, &anna), ["a", "b", "c"]);
    second.read_known_again(NOW).await.unwrap();
    assert_eq!(known(&second, &anna), if is_shared { vec!["a", "b", "c"] } else { Vec::new() });
    let elsewhere = Someone { workspace: WorkspaceId::new("T2"), ..someone("U1") };
    assert!(known(&first, &elsewhere).is_empty(), "another workspace, another person");

    let later = NOW.plus(std::time::Duration::from_secs(5));
    first.take_back_known(&anna.workspace, &anna.person, &["a", "c", "never"], later).await.unwrap();
    assert_eq!(known(&first, &anna), ["b"]);
    assert_eq!(known(&first, &ben), ["a"], "another person's is not taken back");
    // Long enough for every instance to hear of it, then nothing is left of it.
    let hour = std::time::Duration::from_secs(60 * 60);
    first.erase_expired(later.plus(hour / 2)).await.unwrap();
    second.read_known_again(later).await.unwrap();
    assert_eq!(known(&second, &anna), if is_shared { vec!["b"] } else { Vec::new() });
    assert_eq!(database.run("UPDATE known_terms SET updated_at = updated_at WHERE is_known = 0").await, 2);
    first.erase_expired(later.plus(hour)).await.unwrap();
    assert_eq!(database.run("UPDATE known_terms SET updated_at = updated_at WHERE is_known = 0").await, 0);
    first.close().await;
    second.close().await;
    let third = database.open().await;
    assert_eq!((known(&third, &anna), known(&third, &ben)), (vec!["b".to_owned()], vec!["a".to_owned()]));
    third.close().await;
}

async fn no_more_is_known_than_is_remembered_and_all_of_a_wish_or_nothing(database: Database) {
    let store = database.open().await;
    let anna = someone("U1");
    assert_eq!(remember(&store, &anna, &["a", "b"], 3).await, Remembered::Done);
    assert_eq!(remember(&store, &anna, &["c", "d"], 3).await, Remembered::Full);
    assert_eq!(known(&store, &anna), ["a", "b"], "not one of two");
    assert_eq!(remember(&store, &anna, &["a", "c"], 3).await, Remembered::Done, "one of them is known already");
    assert_eq!(remember(&store, &anna, &["a"], 3).await, Remembered::Done, "what is known needs no room");
    assert_eq!(remember(&store, &anna, &["d"], 3).await, Remembered::Full);
    store.take_back_known(&anna.workspace, &anna.person, &["b"], NOW).await.unwrap();
    assert_eq!(remember(&store, &anna, &["d"], 3).await, Remembered::Done, "what was taken back needs none either");
    assert_eq!(remember(&store, &someone("U2"), &["a"], 3).await, Remembered::Done, "everybody has room of their own");
    store.close().await;
    let store = database.open().await;
    assert_eq!(known(&store, &anna), ["a", "c", "d"]);
    store.close().await;
}

async fn two_wishes_at_once_find_no_room_for_both(database: Database) {
    let store = database.open().await;
    let other = database.open().await;
    for round in 0..20 {
        let anna = someone(&format!("U{round}"));
        assert_eq!(remember(&store, &anna, &["a", "b"], 3).await, Remembered::Done);
        let wishes = (remember(&store, &anna, &["c"], 3), remember(&other, &anna, &["d"], 3));
        let (first, second) = tokio::join!(wishes.0, wishes.1);
        assert_ne!(first, second, "one of them is the last one");
    }
    store.close().await;
    other.close().await;
}
