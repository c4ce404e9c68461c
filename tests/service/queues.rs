//! What comes in and what is owed, the same on both databases: recorded once, leased, paced, ended, erased.

use std::time::Duration;

use upshot::{
    clock::{Moment, Timestamp},
    ids::{Platform, RequestId, WorkspaceId},
    store::{
        Again, BURIED, ClaimedDelivery, ClaimedEvent, Counter, DeliveryEnd, EVENT_LIFETIME, NewDelivery, NewEvent,
        REMEMBERED, Rate, Recorded, Store, Waiting,
    },
};

use super::databases::{Database, on_both};

on_both!(
    an_event_is_recorded_once_and_worked_once,
    a_lease_that_ran_out_is_given_to_somebody_else_who_alone_can_end_the_event,
    an_event_is_noted_and_changed_only_while_nobody_is_at_it,
    an_event_ends_together_with_what_it_owes,
    an_event_answered_at_once_is_taken_up_only_when_that_failed,
    an_event_is_tried_again_later_and_buried_at_last,
    only_failures_are_counted_as_failures,
    many_workers_take_each_event_and_each_delivery_once,
    deliveries_of_a_lane_keep_their_order_and_its_pace,
    a_method_has_a_rate_with_a_burst_for_each_workspace,
    a_rate_is_held_when_the_platform_says_so,
    a_delivery_that_was_being_sent_when_the_process_ended_is_in_doubt,
    what_is_too_late_waits_for_nobody_and_leaves_word,
    ends_are_counted_and_texts_erased,
    what_waits_is_told_with_its_age,
    a_fresh_database_is_opened_by_several_at_once,
    no_text_outlives_its_purpose,
);

const NOW: Moment = Moment::from_unix_millis(1_700_000_000_000);
const LEASE: Duration = Duration::from_secs(1);

fn later(millis: u64) -> Moment {
    NOW.plus(Duration::from_millis(millis))
}

fn seconds(moment: Moment) -> Timestamp {
    Timestamp::from_unix_seconds(moment.unix_millis() / 1000)
}

async fn record(store: &Store, id: &str, payload: &str) -> Recorded {
    let (id, workspace) = (RequestId::new(id), WorkspaceId::new("T1"));
    let event =
        NewEvent { platform: Platform::Slack, id: &id, workspace: &workspace, payload, received_at: NOW, due_at: NOW };
    store.record_event(event).await.unwrap()
}

async fn claim_event(store: &Store, now: Moment) -> Option<ClaimedEvent> {
    store.claim_event(now, LEASE).await.unwrap()
}

async fn claim(store: &Store, now: Moment) -> Option<ClaimedDelivery> {
    store.claim_delivery(now, LEASE).await.unwrap()
}

fn owed(lane: &str, payload: &str) -> NewDelivery {
    NewDelivery {
        platform: Platform::Slack,
        workspace: WorkspaceId::new("T1"),
        lane: lane.to_owned(),
        lane_pause: Duration::from_secs(1),
        method: "chat.postMessage",
        rate: Rate { every: Duration::ZERO, burst: 1 },
        payload: payload.to_owned(),
        expires_at: later(60_000),
    }
}

fn again(due_at: Moment) -> Again<'static> {
    Again { due_at, hold_rate_until: None, is_failure: true, in_doubt: false, reason: "503" }
}

async fn an_event_is_recorded_once_and_worked_once(database: Database) {
    let (first, second) = (database.open().await, database.open().await);
    assert_eq!(record(&first, "Ev1", "one").await, Recorded::New);
    assert_eq!(record(&second, "Ev1", "one again").await, Recorded::Duplicate);
    assert_eq!(record(&first, "Ev1", "one again").await, Recorded::Duplicate);
    assert_eq!(first.open_events(10).await.unwrap(), 1);
    let event = claim_event(&second, NOW).await.unwrap();
    assert_eq!((event.id.as_str(), &*event.payload, event.attempt), ("Ev1", "one", 1));
    assert_eq!((event.platform, event.workspace.as_str(), event.received_at), (Platform::Slack, "T1", NOW));
    assert_eq!(claim_event(&first, NOW).await, None, "it is taken");
    assert!(second.finish_event(event.lease, &[], NOW).await.unwrap());
    assert_eq!(record(&first, "Ev1", "one again").await, Recorded::Duplicate, "also when it is done");
    assert_eq!(claim_event(&first, later(10_000)).await, None);
    assert_eq!(first.open_events(10).await.unwrap(), 0);
    first.close().await;
    second.close().await;
}

async fn a_lease_that_ran_out_is_given_to_somebody_else_who_alone_can_end_the_event(database: Database) {
    let store = database.open().await;
    record(&store, "Ev1", "one").await;
    let lost = claim_event(&store, NOW).await.unwrap();
    assert!(store.renew_event(lost.lease, later(2_000)).await.unwrap());
    assert_eq!(claim_event(&store, later(1_500)).await, None, "it was kept for longer");
    let taken = claim_event(&store, later(2_000)).await.unwrap();
    assert_eq!(taken.attempt, 2);
    assert!(!store.renew_event(lost.lease, later(9_000)).await.unwrap());
    assert!(!store.finish_event(lost.lease, &[owed("C1", "late")], later(2_000)).await.unwrap());
    assert_eq!(claim(&store, later(2_000)).await, None, "who lost the lease owes nothing");
    assert!(store.finish_event(taken.lease, &[owed("C1", "right")], later(2_000)).await.unwrap());
    assert_eq!(claim(&store, later(2_000)).await.unwrap().payload, "right");
    store.close().await;
}

async fn an_event_is_noted_and_changed_only_while_nobody_is_at_it(database: Database) {
    let (first, second) = (database.open().await, database.open().await);
    let id = |name: &str| RequestId::new(name);
    assert!(!second.knows_event(Platform::Slack, &id("noted")).await.unwrap());
    for _ in 0..2 {
        first.note_event(Platform::Slack, &id("noted"), &WorkspaceId::new("T1"), NOW).await.unwrap();
    }
    assert!(second.knows_event(Platform::Slack, &id("noted")).await.unwrap());
    assert!(!second.knows_event(Platform::Teams, &id("noted")).await.unwrap(), "another platform's is another one");
    assert_eq!(claim_event(&first, NOW).await, None, "there is nothing to do for it");

    record(&first, "Ev1", "as it read").await;
    assert!(second.change_event(Platform::Slack, &id("Ev1"), "as it reads").await.unwrap());
    let claimed = claim_event(&first, NOW).await.unwrap();
    assert_eq!(claimed.payload, "as it reads");
    assert!(!second.change_event(Platform::Slack, &id("Ev1"), "xylophone").await.unwrap());
    assert!(!second.change_event(Platform::Slack, &id("noted"), "xylophone").await.unwrap());
    assert!(first.finish_event(claimed.lease, &[], NOW).await.unwrap());
    assert!(!database.holds("xylophone").await);
}

async fn an_event_ends_together_with_what_it_owes(database: Database) {
    let store = database.open().await;
    record(&store, "Ev1", "one").await;
    let event = claim_event(&store, NOW).await.unwrap();
    assert!(store.finish_event(event.lease, &[owed("C1", "a"), owed("C2", "b")], NOW).await.unwrap());
    assert!(!store.finish_event(event.lease, &[owed("C3", "c")], NOW).await.unwrap(), "only once");
    let mut payloads = Vec::new();
    while let Some(delivery) = claim(&store, NOW).await {
        payloads.push(delivery.payload);
    }
    assert_eq!(payloads, ["a", "b"]);
    assert_eq!(store.count(Counter::EventsDone).await.unwrap(), 1);
    store.close().await;
}

async fn an_event_answered_at_once_is_taken_up_only_when_that_failed(database: Database) {
    let store = database.open().await;
    let workspace = WorkspaceId::new("T1");
    for id in ["Ev1", "Ev2"] {
        let (id, due_at) = (RequestId::new(id), later(4_000));
        let event = NewEvent {
            platform: Platform::Slack,
            id: &id,
            workspace: &workspace,
            payload: "xylophone",
            received_at: NOW,
            due_at,
        };
        assert_eq!(store.record_event(event).await.unwrap(), Recorded::New);
    }
    assert_eq!(claim_event(&store, later(3_999)).await, None);
    let settle = |id: &'static str| {
        let store = &store;
        async move { store.settle_event(Platform::Slack, &RequestId::new(id), &[owed("C1", id)], NOW).await.unwrap() }
    };
    assert!(settle("Ev1").await);
    assert!(!settle("Ev1").await, "once");
    assert_eq!(claim_event(&store, later(4_000)).await.unwrap().id.as_str(), "Ev2");
    assert!(!settle("Ev2").await, "a worker has it");
    assert_eq!(store.open_deliveries(10).await.unwrap(), 1);
    store.close().await;
}

async fn an_event_is_tried_again_later_and_buried_at_last(database: Database) {
    let store = database.open().await;
    record(&store, "Ev1", "xylophone").await;
    let event = claim_event(&store, NOW).await.unwrap();
    store.retry_event(event.lease, later(5_000), "the database was away").await.unwrap();
    assert_eq!(claim_event(&store, later(4_999)).await, None);
    let event = claim_event(&store, later(5_000)).await.unwrap();
    assert_eq!((event.attempt, &*event.payload), (2, "xylophone"));
    store.bury_event(event.lease, "it cannot be read").await.unwrap();
    assert_eq!(claim_event(&store, later(99_000)).await, None);
    assert_eq!(store.count(Counter::EventsDead).await.unwrap(), 1);
    assert_eq!(record(&store, "Ev1", "again").await, Recorded::Duplicate);
    store.close().await;
}

async fn only_failures_are_counted_as_failures(database: Database) {
    let store = database.open().await;
    record(&store, "Ev1", "one").await;
    store.owe(&[owed("C1", "one")], NOW).await.unwrap();
    // Four processes end while they have both.
    for taken in 0..4 {
        let now = later(taken * 1_000);
        let event = claim_event(&store, now).await.unwrap();
        let delivery = claim(&store, now).await.unwrap();
        let attempt = u32::try_from(taken).unwrap() + 1;
        assert_eq!((event.attempt, event.failures, delivery.attempt, delivery.failures), (attempt, 0, attempt, 0));
    }
    // Twice it fails, and once the platform has no time for it.
    for failures in 0..2 {
        let now = later(4_000 + u64::from(failures) * 1_000);
        let event = claim_event(&store, now).await.unwrap();
        assert_eq!((event.attempt, event.failures), (5 + failures, failures));
        store.retry_event(event.lease, now, "the database was away").await.unwrap();
        let delivery = claim(&store, now).await.unwrap();
        assert_eq!((delivery.attempt, delivery.failures), (5 + failures, failures));
        store.retry_delivery(&delivery.lease, again(now)).await.unwrap();
    }
    assert_eq!(claim_event(&store, later(6_000)).await.unwrap().failures, 2);
    let delivery = claim(&store, later(6_000)).await.unwrap();
    let held = Again { hold_rate_until: Some(later(7_000)), is_failure: false, ..again(later(7_000)) };
    store.retry_delivery(&delivery.lease, held).await.unwrap();
    assert_eq!(claim(&store, later(7_000)).await.unwrap().failures, 2, "who is asked to wait has not failed");
    store.close().await;
}

async fn many_workers_take_each_event_and_each_delivery_once(database: Database) {
    const EVENTS: usize = 60;
    let first = database.open().await;
    for number in 0..EVENTS {
        record(&first, &format!("Ev{number:02}"), &format!("{number:02}")).await;
    }
    let stores = std::sync::Arc::new([first, database.open().await]);
    let workers = (0..8).map(|worker| {
        let stores = std::sync::Arc::clone(&stores);
        tokio::spawn(async move {
            let store = &stores[worker % 2];
            while let Some(event) = claim_event(store, NOW).await {
                let delivery = owed(&format!("C{}", event.payload), &event.payload);
                assert!(store.finish_event(event.lease, &[delivery], NOW).await.unwrap());
            }
            let mut sent = Vec::new();
            while let Some(delivery) = claim(store, NOW).await {
                assert!(store.end_delivery(&delivery.lease, DeliveryEnd::Delivered).await.unwrap());
                sent.push(delivery.payload);
            }
            sent
        })
    });
    let mut sent = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        sent.extend(worker.await.unwrap());
    }
    // A worker may have found nothing while the last rows were in the hands of others.
    while let Some(delivery) = claim(&stores[0], NOW).await {
        sent.push(delivery.payload);
    }
    sent.sort();
    assert_eq!(sent, (0..EVENTS).map(|number| format!("{number:02}")).collect::<Vec<_>>());
}

async fn deliveries_of_a_lane_keep_their_order_and_its_pace(database: Database) {
    let store = database.open().await;
    store.owe(&[owed("C1", "first"), owed("C1", "second"), owed("C2", "other")], NOW).await.unwrap();
    let first = claim(&store, NOW).await.unwrap();
    assert_eq!(first.payload, "first");
    let other = claim(&store, NOW).await.unwrap();
    assert_eq!(other.payload, "other", "another channel need not wait");
    assert!(store.end_delivery(&other.lease, DeliveryEnd::Delivered).await.unwrap());
    assert_eq!(claim(&store, later(900)).await, None);
    store.retry_delivery(&first.lease, again(later(3_000))).await.unwrap();
    assert_eq!(claim(&store, later(2_000)).await, None, "nobody overtakes the first one");
    let first = claim(&store, later(3_000)).await.unwrap();
    assert_eq!((&*first.payload, first.attempt, first.in_doubt), ("first", 2, false));
    assert!(store.end_delivery(&first.lease, DeliveryEnd::Delivered).await.unwrap());
    assert_eq!(claim(&store, later(3_999)).await, None, "one second between two posts");
    assert_eq!(claim(&store, later(4_000)).await.unwrap().payload, "second");
    store.close().await;
}

async fn a_method_has_a_rate_with_a_burst_for_each_workspace(database: Database) {
    let store = database.open().await;
    let rated = |workspace: &str, number: u32| NewDelivery {
        workspace: WorkspaceId::new(workspace),
        rate: Rate { every: Duration::from_millis(200), burst: 3 },
        ..owed(&format!("C{number}"), &number.to_string())
    };
    let all: Vec<NewDelivery> = (0..6).map(|number| rated("T1", number)).chain([rated("T2", 9)]).collect();
    store.owe(&all, NOW).await.unwrap();
    let mut taken = Vec::new();
    for millis in [0, 0, 0, 0, 0, 199, 200, 300, 400, 600] {
        taken.push(claim(&store, later(millis)).await.map(|delivery| delivery.payload));
    }
    let taken: Vec<&str> = taken.iter().map(|payload| payload.as_deref().unwrap_or("-")).collect();
    assert_eq!(taken, ["0", "1", "2", "9", "-", "-", "3", "-", "4", "5"]);
    store.close().await;
}

async fn a_rate_is_held_when_the_platform_says_so(database: Database) {
    let store = database.open().await;
    let other = NewDelivery { method: "views.publish", ..owed("C9", "other method") };
    store.owe(&[owed("C1", "limited"), owed("C2", "waits"), other], NOW).await.unwrap();
    let limited = claim(&store, NOW).await.unwrap();
    let until = later(30_000);
    let held = Again { hold_rate_until: Some(until), ..again(until) };
    store.retry_delivery(&limited.lease, held).await.unwrap();
    let other = claim(&store, NOW).await.unwrap();
    assert_eq!(other.payload, "other method");
    assert!(store.end_delivery(&other.lease, DeliveryEnd::Delivered).await.unwrap());
    assert_eq!(claim(&store, later(29_999)).await, None);
    let payloads = [claim(&store, until).await.unwrap().payload, claim(&store, until).await.unwrap().payload];
    assert!(payloads.contains(&"limited".to_owned()) && payloads.contains(&"waits".to_owned()), "{payloads:?}");
    store.close().await;
}

async fn a_delivery_that_was_being_sent_when_the_process_ended_is_in_doubt(database: Database) {
    let store = database.open().await;
    store.owe(&[owed("C1", "one")], NOW).await.unwrap();
    let lost = claim(&store, NOW).await.unwrap();
    assert!(!lost.in_doubt);
    assert!(store.renew_delivery(&lost.lease, later(1_500)).await.unwrap());
    assert_eq!(claim(&store, later(1_499)).await, None);
    let taken = claim(&store, later(1_500)).await.unwrap();
    assert!(taken.in_doubt && taken.attempt == 2 && taken.number() == lost.number());
    assert!(!store.end_delivery(&lost.lease, DeliveryEnd::Delivered).await.unwrap(), "it is not theirs any more");
    store.retry_delivery(&taken.lease, Again { in_doubt: true, ..again(later(3_000)) }).await.unwrap();
    let third = claim(&store, later(3_000)).await.unwrap();
    assert!(third.in_doubt, "the doubt stays until somebody has looked");
    store.retry_delivery(&third.lease, again(later(5_000))).await.unwrap();
    assert!(!claim(&store, later(5_000)).await.unwrap().in_doubt);
    assert_eq!(store.count(Counter::Delivered).await.unwrap(), 0);
    store.close().await;
}

async fn what_is_too_late_waits_for_nobody_and_leaves_word(database: Database) {
    let store = database.open().await;
    let late = NewDelivery { expires_at: later(30_000), ..owed("C1", "late") };
    store.owe(&[owed("C1", "first"), late], NOW).await.unwrap();
    let first = claim(&store, NOW).await.unwrap();
    // Within the second for which a pace that was used up at the other one's end would hold the lane.
    let until = later(30_500);
    store.retry_delivery(&first.lease, Again { hold_rate_until: Some(until), ..again(until) }).await.unwrap();
    assert_eq!(claim(&store, later(29_999)).await, None, "behind another one, and held");
    let late = claim(&store, later(30_000)).await.unwrap();
    assert_eq!((&*late.payload, late.attempt), ("late", 1));
    // A sweep at the same moment leaves it to the worker who has to tell.
    assert_eq!(store.erase_expired(seconds(later(30_000))).await.unwrap(), 0);
    let word = [NewDelivery { method: "response_url", ..owed("address", "word") }];
    let ended = async |delivery: &ClaimedDelivery| {
        store.end_delivery_and_owe(&delivery.lease, DeliveryEnd::Expired, &word, later(30_000)).await.unwrap()
    };
    assert!(ended(&late).await);
    assert!(!ended(&late).await, "who has no lease any more leaves no word");
    let word = claim(&store, later(30_000)).await.unwrap();
    assert_eq!(word.payload, "word");
    assert!(store.end_delivery(&word.lease, DeliveryEnd::Delivered).await.unwrap());
    assert_eq!(claim(&store, later(30_000)).await, None);
    assert_eq!(claim(&store, until).await.unwrap().payload, "first", "what was too late has not used up the pace");
    store.close().await;
}

async fn a_fresh_database_is_opened_by_several_at_once(database: Database) {
    let (one, two, three, four) = tokio::join!(database.open(), database.open(), database.open(), database.open());
    for (number, store) in [one, two, three, four].into_iter().enumerate() {
        assert_eq!(record(&store, &format!("Ev{number}"), "one").await, Recorded::New);
        assert_eq!(store.open_events(10).await.unwrap() as usize, number + 1);
        store.close().await;
    }
}

async fn ends_are_counted_and_texts_erased(database: Database) {
    let store = database.open().await;
    for (end, counter) in [
        (DeliveryEnd::Delivered, Counter::Delivered),
        (DeliveryEnd::Expired, Counter::Expired),
        (DeliveryEnd::Dead("channel_not_found"), Counter::Dead),
    ] {
        store.owe(&[owed(counter.name(), "xylophone")], NOW).await.unwrap();
        assert!(database.holds("xylophone").await);
        assert_eq!(store.open_deliveries(10).await.unwrap(), 1);
        let delivery = claim(&store, NOW).await.unwrap();
        assert!(store.end_delivery(&delivery.lease, end).await.unwrap());
        assert!(!store.end_delivery(&delivery.lease, end).await.unwrap(), "it ends once");
        assert_eq!(store.count(counter).await.unwrap(), 1);
        assert_eq!(store.open_deliveries(10).await.unwrap(), 0);
        store.erase_expired(seconds(NOW)).await.unwrap();
        assert!(!database.holds("xylophone").await, "{counter:?}");
    }
    assert!(database.holds("channel_not_found").await, "the reason stays for whoever looks for it");
    store.erase_expired(seconds(later(60_000).plus(BURIED))).await.unwrap();
    assert!(!database.holds("channel_not_found").await, "and not for ever");
    store.close().await;
}

async fn what_waits_is_told_with_its_age(database: Database) {
    let store = database.open().await;
    assert_eq!(store.waiting().await.unwrap(), Waiting::default());
    for id in ["Ev1", "Ev2", "Ev3"] {
        record(&store, id, "in").await;
    }
    store.owe(&[owed("C1", "out"), owed("C2", "out")], NOW).await.unwrap();
    // What somebody is at is not done either.
    let (event, delivery) = (claim_event(&store, NOW).await.unwrap(), claim(&store, NOW).await.unwrap());
    let expected = Waiting { events: 3, oldest_event: Some(NOW), deliveries: 2, failed: 0, first_due: Some(NOW) };
    assert_eq!(store.waiting().await.unwrap(), expected);
    assert!(store.finish_event(event.lease, &[], NOW).await.unwrap());
    let again =
        Again { due_at: later(9_000), hold_rate_until: None, is_failure: true, in_doubt: false, reason: "no time" };
    store.retry_delivery(&delivery.lease, again).await.unwrap();
    let expected = Waiting { events: 2, failed: 1, ..expected };
    assert_eq!(store.waiting().await.unwrap(), expected);
    store.close().await;
}

async fn no_text_outlives_its_purpose(database: Database) {
    let store = database.open().await;
    record(&store, "Ev1", "xylophone in").await;
    record(&store, "Ev2", "xylophone in").await;
    store.owe(&[owed("C1", "xylophone out"), owed("C2", "xylophone out")], NOW).await.unwrap();
    let (event, delivery) = (claim_event(&store, NOW).await.unwrap(), claim(&store, NOW).await.unwrap());
    assert!(store.renew_event(event.lease, later(1)).await.unwrap());
    assert!(store.renew_delivery(&delivery.lease, later(1)).await.unwrap());
    assert_eq!(store.erase_expired(seconds(NOW)).await.unwrap(), 0);
    assert!(database.holds("xylophone").await);
    // Nobody worked, nothing could be sent: all four texts go when it is too late for them.
    let end = seconds(NOW.plus(EVENT_LIFETIME));
    assert_eq!(store.erase_expired(end).await.unwrap(), 4);
    assert!(!database.holds("xylophone").await);
    assert_eq!(store.count(Counter::EventsDead).await.unwrap(), 2);
    assert_eq!(store.count(Counter::Expired).await.unwrap(), 2);
    assert_eq!(record(&store, "Ev1", "again").await, Recorded::Duplicate, "the id is remembered for a day");
    store.erase_expired(seconds(NOW.plus(REMEMBERED))).await.unwrap();
    assert_eq!(record(&store, "Ev1", "again").await, Recorded::New);
    store.close().await;
}
