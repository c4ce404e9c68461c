//! Installations, choices for channels and requests for definitions, the same on both databases.

use std::time::Duration;

use upshot::{
    clock::{Moment, Timestamp},
    config::Secret,
    ids::{AudienceId, ChannelId, OrganisationId, PersonId, Platform, WorkspaceId},
    store::{
        Bridge, ChannelSettings, InstallationDetails, InstallationEnd, InstallationKey, InstalledAt, Store, StoreError,
        Tokens, Trouble, WantedDefinition,
    },
};

use super::databases::{Database, on_both};

on_both!(
    tokens_are_encrypted_and_their_key_can_be_changed,
    a_workspace_comes_before_its_organisation,
    tokens_are_renewed_by_one_worker,
    a_channel_has_nothing_turned_on_until_somebody_does,
    curators_see_what_is_wanted_and_never_by_whom,
);

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const OLD: &str = "old-key-0123456789abcdef0123456789";
const NEW: &str = "new-key-0123456789abcdef0123456789";

fn key(organisation: Option<&str>, workspace: Option<&str>) -> InstallationKey {
    InstallationKey {
        platform: Platform::Slack,
        organisation: organisation.map(OrganisationId::new),
        workspace: workspace.map(WorkspaceId::new),
    }
}

fn tokens(bot: &str) -> Tokens {
    Tokens { bot: Secret::new(bot), refresh: Some(Secret::new("xoxe-1-xylophone")), expires_at: Some(NOW) }
}

async fn bot_token(store: &Store, organisation: Option<&str>, workspace: &str) -> Option<String> {
    let organisation = organisation.map(OrganisationId::new);
    let found = store.installation(Platform::Slack, organisation.as_ref(), &WorkspaceId::new(workspace)).await;
    found.unwrap().map(|installation| installation.tokens.bot.expose().to_owned())
}

async fn tokens_are_encrypted_and_their_key_can_be_changed(database: Database) {
    let details = InstallationDetails { workspace_name: "Acme".to_owned(), ..InstallationDetails::default() };
    let store = database.open_with(&[OLD]).await;
    store.save_installation(&key(None, Some("T1")), &tokens("xoxb-xylophone"), &details, NOW).await.unwrap();
    let found = store.installation(Platform::Slack, None, &WorkspaceId::new("T1")).await.unwrap().unwrap();
    assert_eq!((&found.tokens, &found.details, found.is_disabled), (&tokens("xoxb-xylophone"), &details, false));
    assert!(!format!("{found:?}").contains("xylophone"), "{found:?}");
    store.close().await;
    assert!(database.holds("Acme").await);
    assert!(!database.holds("xylophone").await, "neither token can be read");

    let during = database.open_with(&[NEW, OLD]).await;
    assert_eq!(bot_token(&during, None, "T1").await.as_deref(), Some("xoxb-xylophone"));
    assert_eq!(during.seal_again(NOW).await.unwrap(), 1);
    assert_eq!(during.seal_again(NOW).await.unwrap(), 0);
    during.close().await;
    let after = database.open_with(&[NEW]).await;
    assert_eq!(bot_token(&after, None, "T1").await.as_deref(), Some("xoxb-xylophone"));
    after.close().await;
    let wrong = database.open_with(&[OLD]).await;
    let refused = wrong.installation(Platform::Slack, None, &WorkspaceId::new("T1")).await.unwrap_err();
    assert!(matches!(refused, StoreError::WrongKey), "{refused}");
    wrong.close().await;
}

async fn a_workspace_comes_before_its_organisation(database: Database) {
    let store = database.open().await;
    let details = InstallationDetails::default();
    store.save_installation(&key(Some("E1"), None), &tokens("xoxb-org"), &details, NOW).await.unwrap();
    store.save_installation(&key(Some("E1"), Some("T1")), &tokens("xoxb-team"), &details, NOW).await.unwrap();
    assert_eq!(bot_token(&store, Some("E1"), "T1").await.as_deref(), Some("xoxb-team"));
    assert_eq!(bot_token(&store, Some("E1"), "T2").await.as_deref(), Some("xoxb-org"));
    assert_eq!(bot_token(&store, Some("E2"), "T2").await, None, "another organisation");
    assert_eq!(bot_token(&store, None, "T2").await, None, "no organisation");
    // Tokens of a version that is gone say nothing about those in use.
    store.disable_installation(&key(Some("E1"), Some("T1")), 0, NOW).await.unwrap();
    assert_eq!(bot_token(&store, Some("E1"), "T1").await.as_deref(), Some("xoxb-team"));
    store.disable_installation(&key(Some("E1"), Some("T1")), 1, NOW).await.unwrap();
    assert_eq!(bot_token(&store, Some("E1"), "T1").await.as_deref(), Some("xoxb-org"), "what has ended stands back");
    let (team, all) =
        (InstalledAt::Workspace(WorkspaceId::new("T1")), InstalledAt::Organisation(OrganisationId::new("E1")));
    let end = |of: InstalledAt, how, at| {
        let store = &store;
        async move { store.end_installations(Platform::Slack, &of, how, at).await.unwrap() }
    };
    let before = NOW.minus(Duration::from_secs(1));
    assert_eq!(end(team.clone(), InstallationEnd::Removed, before).await, 0, "it was installed again since");
    assert_eq!(end(team, InstallationEnd::Removed, NOW).await, 1, "its own, and not the organisation's");
    assert_eq!(end(all.clone(), InstallationEnd::Revoked, NOW).await, 1);
    let organisation = OrganisationId::new("E1");
    let found = store.installation(Platform::Slack, Some(&organisation), &WorkspaceId::new("T1")).await.unwrap();
    assert!(found.unwrap().is_disabled);
    assert_eq!(end(all, InstallationEnd::Removed, NOW).await, 1);
    assert_eq!(bot_token(&store, Some("E1"), "T1").await, None);
    store.close().await;
}

async fn tokens_are_renewed_by_one_worker(database: Database) {
    let (first, second) = (database.open().await, database.open().await);
    let key = key(None, Some("T1"));
    first.save_installation(&key, &tokens("xoxb-1"), &InstallationDetails::default(), NOW).await.unwrap();
    let version = 1;
    let now = Moment::from(NOW);
    let lease = Duration::from_secs(30);
    assert!(first.claim_refresh(&key, version, now, lease).await.unwrap());
    assert!(!second.claim_refresh(&key, version, now, lease).await.unwrap(), "the first one is at it");
    assert!(first.replace_tokens(&key, version, &tokens("xoxb-2"), NOW).await.unwrap());
    assert!(!second.claim_refresh(&key, version, now.plus(lease), lease).await.unwrap(), "they are newer already");
    assert!(!second.replace_tokens(&key, version, &tokens("xoxb-lost"), NOW).await.unwrap());
    assert_eq!(bot_token(&second, None, "T1").await.as_deref(), Some("xoxb-2"));
    assert!(second.claim_refresh(&key, version + 1, now, lease).await.unwrap());
    assert!(first.claim_refresh(&key, version + 1, now.plus(lease), lease).await.unwrap(), "a lease runs out");
    first.close().await;
    second.close().await;
}

async fn a_channel_has_nothing_turned_on_until_somebody_does(database: Database) {
    let store = database.open().await;
    let (workspace, channel) = (WorkspaceId::new("T1"), ChannelId::new("C1"));
    let read = |channel: ChannelId| {
        let (store, workspace) = (&store, &workspace);
        async move { store.channel_settings(Platform::Slack, workspace, &channel).await.unwrap() }
    };
    let off = ChannelSettings { audience: None, is_quiet: false, sources: Vec::new(), bridge: None };
    assert_eq!(read(channel.clone()).await, off);
    let chosen = ChannelSettings {
        audience: Some(AudienceId::new("sales")),
        is_quiet: true,
        sources: vec!["B0DEPLOY".to_owned(), "B0PAGER".to_owned()],
        bridge: Some(Bridge {
            to: ChannelId::new("C2"),
            by: PersonId::new("U0ANNA"),
            is_confirmed: true,
            trouble: None,
        }),
    };
    store.set_channel_settings(Platform::Slack, &workspace, &channel, &chosen, NOW).await.unwrap();
    assert_eq!(read(channel.clone()).await, chosen);
    assert_eq!(read(ChannelId::new("C2")).await, off, "one channel only");
    let note = |to: &'static str, trouble| {
        let (store, workspace, channel) = (&store, &workspace, &channel);
        async move { store.note_trouble(Platform::Slack, workspace, channel, &ChannelId::new(to), trouble).await.unwrap() }
    };
    assert!(!note("C2", None).await, "it works already");
    assert!(!note("C3", Some(Trouble::Archived)).await, "it leads elsewhere");
    assert!(note("C2", Some(Trouble::Archived)).await);
    assert!(!note("C2", Some(Trouble::Silent)).await, "the first trouble stands");
    assert_eq!(read(channel.clone()).await.bridge.and_then(|bridge| bridge.trouble), Some(Trouble::Archived));
    assert!(note("C2", None).await);
    assert_eq!(read(channel.clone()).await, chosen);
    store.set_channel_settings(Platform::Slack, &workspace, &channel, &off, NOW).await.unwrap();
    assert_eq!(read(channel).await, off);
    store.close().await;
}

async fn curators_see_what_is_wanted_and_never_by_whom(database: Database) {
    let store = database.open().await;
    let workspace = WorkspaceId::new("T1");
    let (anna, ben) = (PersonId::new("U0ANNA"), PersonId::new("U0BEN"));
    let at = |seconds: u64| NOW.plus(Duration::from_secs(seconds));
    store.request_definition(&workspace, &anna, " Canary ", at(1)).await.unwrap();
    store.request_definition(&workspace, &ben, "canary", at(2)).await.unwrap();
    store.request_definition(&workspace, &ben, "CANARY", at(3)).await.unwrap();
    store.request_definition(&workspace, &ben, "p95", at(0)).await.unwrap();
    store.request_definition(&WorkspaceId::new("T2"), &ben, "quorum", at(0)).await.unwrap();
    let wanted = store.wanted_definitions(&workspace, 10).await.unwrap();
    let terms: Vec<(String, u32, Timestamp)> =
        wanted.iter().map(|WantedDefinition { term, people, since }| (term.to_lowercase(), *people, *since)).collect();
    assert_eq!(terms, [("canary".to_owned(), 2, at(1)), ("p95".to_owned(), 1, at(0))]);
    assert!(!format!("{wanted:?}").contains("U0"), "{wanted:?}");
    assert_eq!(store.own_requests(&workspace, &ben).await.unwrap(), ["p95", "canary"]);
    assert_eq!(store.close_requests(&workspace, "Canary").await.unwrap(), [anna, ben]);
    assert_eq!(store.wanted_definitions(&workspace, 10).await.unwrap().len(), 1);
    store.close().await;
}
