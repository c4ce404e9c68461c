//! Live changes of the glossary in the store, the same on both databases.

use upshot::{
    clock::Timestamp,
    ids::WorkspaceId,
    store::{
        Changed, ConceptChange, ConceptStatus, ConceptsState, FileChange, KeptConcept, Store, StoredFile, StoredSession,
    },
};

use super::{
    databases::{Database, on_both},
    server::PATIENCE,
};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

on_both!(
    a_change_adds_a_revision_and_touches_none,
    who_saw_an_older_revision_changes_nothing,
    several_changes_are_made_all_or_none,
    very_many_changes_are_made_all_or_none,
    what_was_changed_since_is_told,
    of_many_at_once_one_wins,
    open_drafts_come_with_all_who_took_a_step,
    a_token_ends_with_whatever_was_opened_with_it,
    a_publication_is_heard_where_the_database_tells,
    a_file_has_revisions_and_the_latest_counts,
    of_many_who_change_a_file_at_once_one_wins,
);

fn organisation() -> WorkspaceId {
    WorkspaceId::new("")
}

fn change<'a>(id: &'a str, seen: u32, status: ConceptStatus, body: &'a str) -> ConceptChange<'a> {
    let is_published = matches!(status, ConceptStatus::Approved | ConceptStatus::Retired);
    ConceptChange {
        id,
        seen,
        status,
        live_revision: is_published.then_some(seen + 1),
        is_published,
        action: "changed",
        body,
        author: "Elena",
        reason: "because",
    }
}

async fn make(store: &Store, changes: &[ConceptChange<'_>]) -> Changed {
    store.change_concepts(&organisation(), changes, NOW).await.unwrap()
}

/// What answers are made with: id, revision and words.
async fn counting(store: &Store) -> Vec<(String, u32, String)> {
    let kept = store.kept_concepts(&organisation(), 0).await.unwrap();
    let counts = kept.into_iter().filter_map(|KeptConcept { latest, live }| match live {
        Some(live) => Some((latest.id, live.revision, live.body)),
        None => latest.live_revision.map(|revision| (latest.id, revision, latest.body)),
    });
    counts.collect()
}

async fn a_change_adds_a_revision_and_touches_none(database: Database) {
    let store = database.open().await;
    let (draft, approved) = (ConceptStatus::Draft, ConceptStatus::Approved);
    assert_eq!(make(&store, &[change("kiln", 0, draft, "one")]).await, Changed::Done);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 0, "nobody sees a draft");
    assert_eq!(counting(&store).await, []);
    assert_eq!(make(&store, &[change("kiln", 1, approved, "two")]).await, Changed::Done);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 1);
    // A later draft leaves alone what answers are made with.
    let later = ConceptChange { live_revision: Some(2), ..change("kiln", 2, draft, "three") };
    assert_eq!(make(&store, &[later]).await, Changed::Done);

    store.close().await;
    let store = database.open().await;
    let latest = store.concept(&organisation(), "kiln").await.unwrap().unwrap();
    assert_eq!((latest.revision, latest.status, latest.live_revision), (3, draft, Some(2)));
    assert_eq!((latest.body.as_str(), latest.author.as_str(), latest.at), ("three", "Elena", NOW));
    assert_eq!(counting(&store).await, [("kiln".to_owned(), 2, "two".to_owned())]);
    let history = store.concept_history(&organisation(), "kiln").await.unwrap();
    let told: Vec<_> =
        history.iter().map(|entry| (entry.revision, entry.status, &*entry.body, &*entry.reason)).collect();
    assert_eq!(told, [(1, draft, "one", "because"), (2, approved, "two", "because"), (3, draft, "three", "because")]);
    assert!(store.kept_concepts(&WorkspaceId::new("T2"), 0).await.unwrap().is_empty(), "another workspace has none");
}

/// What was changed since is told, and the state is another one after each change.
async fn what_was_changed_since_is_told(database: Database) {
    let store = database.open().await;
    let (draft, later) = (ConceptStatus::Draft, Timestamp::from_unix_seconds(NOW.unix_seconds() + 60));
    assert_eq!(store.concepts_state(&organisation()).await.unwrap(), ConceptsState::default());
    make(&store, &[change("kiln", 0, draft, "one"), change("oven", 0, draft, "one")]).await;
    let first = store.concepts_state(&organisation()).await.unwrap();
    assert_eq!(first, ConceptsState { count: 2, revisions: 2, latest: NOW.unix_seconds() });
    store.change_concepts(&organisation(), &[change("oven", 1, draft, "two")], later).await.unwrap();
    let state = store.concepts_state(&organisation()).await.unwrap();
    assert_eq!(state, ConceptsState { count: 2, revisions: 3, latest: later.unix_seconds() });
    let since = async |second| {
        let kept = store.kept_concepts(&organisation(), second).await.unwrap();
        kept.into_iter().map(|kept| (kept.latest.id, kept.latest.revision)).collect::<Vec<_>>()
    };
    let (kiln, oven) = (("kiln".to_owned(), 1), ("oven".to_owned(), 2));
    assert_eq!(since(NOW.unix_seconds()).await, [kiln, oven.clone()]);
    assert_eq!(since(later.unix_seconds()).await, [oven]);
}

/// More changes than one statement takes, new ones and later ones among each other.
async fn very_many_changes_are_made_all_or_none(database: Database) {
    let store = database.open().await;
    let ids: Vec<String> = (0..1_200).map(|number| format!("concept-{number:04}")).collect();
    let all =
        |seen: u32| ids.iter().map(move |id| change(id, seen, ConceptStatus::Approved, "one")).collect::<Vec<_>>();
    let mut changes = all(0);
    changes.truncate(700);
    assert_eq!(make(&store, &changes).await, Changed::Done);
    let mut changes = all(1);
    changes.iter_mut().skip(700).for_each(|change| (change.seen, change.live_revision) = (0, Some(1)));
    let mut outdated = changes.clone();
    outdated[650].seen = 2;
    assert_eq!(make(&store, &outdated).await, Changed::Outdated("concept-0650".to_owned()));
    assert_eq!(store.concepts_state(&organisation()).await.unwrap().count, 700, "nothing of it was made");
    assert_eq!(make(&store, &changes).await, Changed::Done);
    let state = store.concepts_state(&organisation()).await.unwrap();
    assert_eq!((state.count, state.revisions), (1_200, 1_900));
    assert_eq!(store.concept_history(&organisation(), "concept-0650").await.unwrap().len(), 2);
    assert_eq!(store.concept_history(&organisation(), "concept-1150").await.unwrap().len(), 1);
}

async fn who_saw_an_older_revision_changes_nothing(database: Database) {
    let store = database.open().await;
    make(&store, &[change("kiln", 0, ConceptStatus::Draft, "one")]).await;
    make(&store, &[change("kiln", 1, ConceptStatus::Draft, "two")]).await;
    for seen in [0, 1, 3] {
        let lost = make(&store, &[change("kiln", seen, ConceptStatus::Approved, "lost")]).await;
        assert_eq!(lost, Changed::Outdated("kiln".to_owned()), "seen {seen}");
    }
    let history = store.concept_history(&organisation(), "kiln").await.unwrap();
    assert_eq!(history.iter().map(|entry| &*entry.body).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 0);
}

async fn several_changes_are_made_all_or_none(database: Database) {
    let store = database.open().await;
    make(&store, &[change("kiln", 0, ConceptStatus::Draft, "one")]).await;
    let approved = ConceptStatus::Approved;
    let outdated = [change("oven", 0, approved, "new"), change("kiln", 0, approved, "lost")];
    assert_eq!(make(&store, &outdated).await, Changed::Outdated("kiln".to_owned()));
    assert!(store.concept(&organisation(), "oven").await.unwrap().is_none());
    let good = [change("oven", 0, approved, "new"), change("kiln", 1, approved, "two")];
    assert_eq!(make(&store, &good).await, Changed::Done);
    let live = counting(&store).await;
    assert_eq!(live.iter().map(|(id, ..)| &**id).collect::<Vec<_>>(), ["kiln", "oven"]);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 1, "one publication");
}

async fn of_many_at_once_one_wins(database: Database) {
    let store = std::sync::Arc::new(database.open().await);
    make(&store, &[change("kiln", 0, ConceptStatus::Draft, "one")]).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { make(&store, &[change("kiln", 1, ConceptStatus::Draft, "two")]).await })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += usize::from(task.await.unwrap() == Changed::Done);
    }
    assert_eq!(done, 1);
    assert_eq!(store.concept_history(&organisation(), "kiln").await.unwrap().len(), 2);
}

async fn open_drafts_come_with_all_who_took_a_step(database: Database) {
    let store = database.open().await;
    let (draft, in_review, approved) = (ConceptStatus::Draft, ConceptStatus::InReview, ConceptStatus::Approved);
    let by_ben = |change| ConceptChange { author: "Ben", action: "submitted", ..change };
    make(&store, &[change("oven", 0, draft, "one"), change("kiln", 0, approved, "one")]).await;
    make(&store, &[change("spoon", 0, approved, "one"), change("fork", 0, draft, "one")]).await;
    make(&store, &[by_ben(change("oven", 1, in_review, "one")), change("kiln", 1, draft, "two")]).await;
    make(&store, &[change("fork", 1, ConceptStatus::Retired, "one")]).await;
    let steps = store.open_drafts(&organisation()).await.unwrap();
    let told: Vec<_> = steps.iter().map(|step| (&*step.id, step.status, &*step.action, &*step.author)).collect();
    assert_eq!(
        told,
        [
            ("kiln", approved, "changed", "Elena"),
            ("kiln", draft, "changed", "Elena"),
            ("oven", draft, "changed", "Elena"),
            ("oven", in_review, "submitted", "Ben"),
        ]
    );
    assert!(store.open_drafts(&WorkspaceId::new("T2")).await.unwrap().is_empty(), "another workspace has none");
}

async fn a_token_ends_with_whatever_was_opened_with_it(database: Database) {
    let store = database.open().await;
    assert!(store.add_curator("Elena", "curator", "read write", "hash-1", "administrator", NOW).await.unwrap());
    assert!(
        !store.add_curator("Elena", "admin", "", "hash-2", "administrator", NOW).await.unwrap(),
        "the name is taken"
    );
    let elena = Some(("Elena".to_owned(), "curator".to_owned(), "read write".to_owned()));
    assert_eq!(store.curator_by_token("hash-1").await.unwrap(), elena);
    assert_eq!(store.curator_by_token("hash-2").await.unwrap(), None);

    let later = Timestamp::from_unix_seconds(NOW.unix_seconds() + 60);
    let session = |name: &str, role: &str| StoredSession {
        idle_until: None,
        name: name.to_owned(),
        role: role.to_owned(),
        opened_by: "hash".to_owned(),
        place: None,
    };
    store.open_session("session-1", &session("Elena", "curator"), later).await.unwrap();
    store.open_session("session-2", &session("administrator", "admin"), later).await.unwrap();
    assert_eq!(store.session("session-1", "administrator", NOW).await.unwrap(), Some(session("Elena", "curator")));
    assert_eq!(store.session("session-1", "administrator", later).await.unwrap(), None, "its time is over");
    assert!(store.remove_curator("Elena", "administrator", NOW).await.unwrap());
    assert!(!store.remove_curator("Elena", "administrator", NOW).await.unwrap());
    assert_eq!(store.session("session-1", "administrator", NOW).await.unwrap(), None);
    assert_eq!(store.curator_by_token("hash-1").await.unwrap(), None);
    // A sign-in that was under way during the removal opens nothing.
    store.open_session("session-3", &session("Elena", "curator"), later).await.unwrap();
    assert_eq!(store.session("session-3", "administrator", NOW).await.unwrap(), None);
    assert!(store.session("session-2", "administrator", NOW).await.unwrap().is_some());
    store.erase_expired(later).await.unwrap();
    assert_eq!(store.session("session-2", "administrator", NOW).await.unwrap(), None, "forgotten");
}

async fn a_publication_is_heard_where_the_database_tells(database: Database) {
    let (teller, hearer) = (database.open().await, database.open().await);
    let mut heard = hearer.publications();
    if database.folder.is_some() {
        tokio::select! {
            biased;
            _ = heard.next() => panic!("a file tells nothing"),
            () = std::future::ready(()) => {}
        }
        return;
    }
    let mut next = async || tokio::time::timeout(PATIENCE, heard.next()).await.expect("nothing was heard");
    next().await.expect("whoever begins to listen asks first");
    make(&teller, &[change("kiln", 0, ConceptStatus::Draft, "one")]).await;
    make(&teller, &[change("kiln", 1, ConceptStatus::Approved, "one")]).await;
    next().await.expect("what was published is told");
    // A connection that was lost is found again, and what went by unheard is asked for.
    database.end_listeners().await;
    next().await.expect("the loss is told");
    make(&teller, &[change("kiln", 2, ConceptStatus::Approved, "two")]).await;
    make(&teller, &[change("kiln", 3, ConceptStatus::Approved, "three")]).await;
    next().await.expect("it listens again");
    assert_eq!(hearer.glossary_revision(&organisation()).await.unwrap(), 3);
    drop(heard);
    hearer.close().await;
    teller.close().await;
}

fn file<'a>(path: &'a str, seen: u32, body: Option<&'a str>) -> FileChange<'a> {
    FileChange { path, seen, body, action: "changed", author: "Elena", reason: "because" }
}

async fn a_file_has_revisions_and_the_latest_counts(database: Database) {
    let store = database.open().await;
    let change = async |change| store.change_content_file(&organisation(), change, NOW).await.unwrap() == Changed::Done;
    let (sales, incident) = ("prompts/audiences/sales.yaml", "prompts/templates/incident.j2");
    assert!(change(file(sales, 0, Some("one"))).await);
    assert!(change(file(incident, 0, Some("# x"))).await);
    for seen in [0, 2] {
        assert!(!change(file(sales, seen, Some("lost"))).await, "who saw {seen}");
    }
    assert!(change(file(sales, 1, None)).await);
    assert!(change(file(sales, 2, Some("three"))).await);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 4, "every change is published");
    let latest = store.content_files(&organisation()).await.unwrap();
    let told: Vec<_> = latest.iter().map(|file| (&*file.path, file.revision, file.body.as_deref())).collect();
    assert_eq!(told, [(sales, 3, Some("three")), (incident, 1, Some("# x"))]);
    let history = store.content_file_history(&organisation(), sales).await.unwrap();
    let told: Vec<_> = history.iter().map(|file| (file.revision, file.body.as_deref())).collect();
    assert_eq!(told, [(1, Some("one")), (2, None), (3, Some("three"))]);
    let StoredFile { author, reason, action, at, .. } = &history[0];
    assert_eq!((&**author, &**reason, &**action, *at), ("Elena", "because", "changed", NOW));
    assert!(store.content_files(&WorkspaceId::new("T2")).await.unwrap().is_empty(), "another workspace has none");
    store.close().await;
}

async fn of_many_who_change_a_file_at_once_one_wins(database: Database) {
    let store = std::sync::Arc::new(database.open().await);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move {
                let change = file("prompts/audiences/sales.yaml", 0, Some("one"));
                store.change_content_file(&organisation(), change, NOW).await.unwrap() == Changed::Done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += usize::from(task.await.unwrap());
    }
    assert_eq!(done, 1);
    assert_eq!(store.content_file_history(&organisation(), "prompts/audiences/sales.yaml").await.unwrap().len(), 1);
    assert_eq!(store.glossary_revision(&organisation()).await.unwrap(), 1);
}
