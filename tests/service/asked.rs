//! What people asked about lately and how deliveries were received, in the store.

use upshot::{
    clock::Timestamp,
    ids::{PersonId, Platform, WorkspaceId},
    store::{ASKED_REMEMBERED, Asked, AskedAbout, MOST_ASKED, Received, Reception, stretch_of},
};

use super::databases::{Database, on_both};

const NOW: i64 = 1_700_000_000;

on_both!(
    the_latest_things_somebody_asked_are_theirs_alone_and_end_after_a_week,
    an_emptied_list_stays_empty_of_what_another_process_still_holds,
    receptions_are_added_up_for_an_hour,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW + seconds)
}

fn entry(id: &str, seconds: i64) -> Asked {
    Asked { about: AskedAbout::Entry(id.to_owned()), readers: "sales".to_owned(), at: at(seconds) }
}

fn entries(asked: &[Asked]) -> Vec<String> {
    let id = |one: &Asked| match &one.about {
        AskedAbout::Entry(id) | AskedAbout::Message { kept: id, .. } => id.clone(),
    };
    asked.iter().map(id).collect()
}

async fn the_latest_things_somebody_asked_are_theirs_alone_and_end_after_a_week(database: Database) {
    let store = database.open().await;
    let (here, anna, ben) = (WorkspaceId::new("T1"), PersonId::new("U1"), PersonId::new("U2"));
    let message = Asked {
        about: AskedAbout::Message { kept: "0a1b".to_owned(), kind: "incident".to_owned() },
        readers: "finance,sales".to_owned(),
        at: at(2),
    };
    store.note_asked(&here, &anna, &[entry("p95", 1), message.clone()]).await.unwrap();
    // Asked again later, and told late by another process.
    store.note_asked(&here, &anna, &[entry("p95", 3)]).await.unwrap();
    store.note_asked(&here, &anna, &[entry("p95", 0)]).await.unwrap();
    let asked = store.asked(&here, &anna, at(4)).await.unwrap();
    assert_eq!(asked, [entry("p95", 3), message]);
    assert!(store.asked(&here, &ben, at(4)).await.unwrap().is_empty());
    assert!(store.asked(&WorkspaceId::new("T2"), &anna, at(4)).await.unwrap().is_empty());
    let many: Vec<Asked> =
        (0..i64::from(MOST_ASKED) + 5).map(|number| entry(&format!("c{number}"), 10 + number)).collect();
    store.note_asked(&here, &ben, &many).await.unwrap();
    let asked = store.asked(&here, &ben, at(90)).await.unwrap();
    assert_eq!(asked.len(), MOST_ASKED as usize);
    assert_eq!((&*entries(&asked)[0], &*entries(&asked)[19]), ("c24", "c5"));
    let late = at(4).plus(ASKED_REMEMBERED);
    assert!(store.asked(&here, &anna, late).await.unwrap().is_empty(), "a week is over");
    store.erase_expired(late).await.unwrap();
    assert!(store.asked(&here, &anna, at(4)).await.unwrap().is_empty(), "and then it is gone");
    store.close().await;
}

async fn an_emptied_list_stays_empty_of_what_another_process_still_holds(database: Database) {
    let store = database.open().await;
    let (here, anna, ben) = (WorkspaceId::new("T1"), PersonId::new("U1"), PersonId::new("U2"));
    for person in [&anna, &ben] {
        store.note_asked(&here, person, &[entry("p95", 1)]).await.unwrap();
    }
    store.forget_asked(&here, &anna, at(5)).await.unwrap();
    store.note_asked(&here, &anna, &[entry("canary", 4), entry("rollback", 6)]).await.unwrap();
    assert_eq!(entries(&store.asked(&here, &anna, at(7)).await.unwrap()), ["rollback"]);
    assert_eq!(entries(&store.asked(&here, &ben, at(7)).await.unwrap()), ["p95"], "it was hers alone");
    store.close().await;
}

async fn receptions_are_added_up_for_an_hour(database: Database) {
    let store = database.open().await;
    let received =
        |how, seconds, count| Received { platform: Platform::Slack, how, stretch: stretch_of(at(seconds)), count };
    store
        .note_receptions(&[
            received(Reception::Fitted, 0, 2),
            received(Reception::AnotherSecret, 0, 3),
            received(Reception::AnotherSecret, -7_200, 100),
        ])
        .await
        .unwrap();
    store.note_receptions(&[received(Reception::AnotherSecret, 600, 4)]).await.unwrap();
    let all = store.receptions(Platform::Slack, at(700)).await.unwrap();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [(Reception::Fitted, 2), (Reception::AnotherSecret, 7)]);
    assert!(store.receptions(Platform::Teams, at(700)).await.unwrap().is_empty());
    store.erase_expired(at(3 * 24 * 3_600)).await.unwrap();
    assert!(store.receptions(Platform::Slack, at(700)).await.unwrap().is_empty());
    store.close().await;
}
