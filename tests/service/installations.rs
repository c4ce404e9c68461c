//! Installations, choices for channels and requests for definitions, the same on both databases.

use std::time::Duration;

use upshot::{
    clock::{Moment, Timestamp},
    config::Secret,
    ids::{AudienceId, ChannelId, OrganisationId, PersonId, Platform, WorkspaceId},
    store::{
        Bridge, Carrier, ChannelChange, ChannelSettings, InstallationDetails, InstallationEnd, InstallationKey,
        InstalledAt, Links, NewDelivery, Rate, Replies, SealedAgain, Store, StoreError, Tokens, Trouble,
        WantedDefinition,
    },
};

use super::{
    databases::{Database, on_both},
    server::TestServer,
};

on_both!(
    tokens_are_encrypted_and_their_key_can_be_changed,
    a_start_with_a_new_key_in_front_makes_the_old_one_needless,
    a_workspace_comes_before_its_organisation,
    links_are_counted_for_a_workspace_and_beside_it,
    tokens_are_renewed_by_one_worker,
    a_channel_has_nothing_turned_on_until_somebody_does,
    choices_that_are_made_at_once_all_hold,
    trouble_is_noted_together_with_the_word_of_it_and_once,
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
    assert_eq!(during.seal_again().await.unwrap(), SealedAgain { again: 1, unreadable: 0 });
    assert_eq!(during.seal_again().await.unwrap(), SealedAgain::default());
    during.close().await;
    let after = database.open_with(&[NEW]).await;
    assert_eq!(bot_token(&after, None, "T1").await.as_deref(), Some("xoxb-xylophone"));
    after.close().await;
    let wrong = database.open_with(&[OLD]).await;
    let refused = wrong.installation(Platform::Slack, None, &WorkspaceId::new("T1")).await.unwrap_err();
    assert!(matches!(refused, StoreError::WrongKey), "{refused}");
    wrong.close().await;
}

async fn a_start_with_a_new_key_in_front_makes_the_old_one_needless(database: Database) {
    let details = InstallationDetails::default();
    let store = database.open_with(&[OLD]).await;
    for workspace in ["T1", "T2", "T3"] {
        store.save_installation(&key(None, Some(workspace)), &tokens("xoxb-kept"), &details, NOW).await.unwrap();
    }
    store.disable_installation(&key(None, Some("T2")), 1, NOW).await.unwrap();
    let before = store.installation(Platform::Slack, None, &WorkspaceId::new("T2")).await.unwrap().unwrap();
    // Somebody is just renewing the tokens of the third one.
    let renewed = store.installation(Platform::Slack, None, &WorkspaceId::new("T3")).await.unwrap().unwrap();
    store.close().await;

    let both = format!("{NEW}, {OLD}");
    let settings = [("UPSHOT_DATABASE_URL", &*database.address), ("UPSHOT_ENCRYPTION_KEY", &*both)];
    TestServer::with(&settings).await.stop().await;

    let after = database.open_with(&[NEW]).await;
    assert_eq!(bot_token(&after, None, "T1").await.as_deref(), Some("xoxb-kept"));
    let kept = after.installation(Platform::Slack, None, &WorkspaceId::new("T2")).await.unwrap().unwrap();
    assert_eq!(kept, before, "one that has ended stays so");
    let (third, new) = (key(None, Some("T3")), tokens("xoxb-renewed"));
    assert!(after.replace_tokens(&third, renewed.version, &new, NOW).await.unwrap(), "its tokens are good once");
    // News of an end is as late as it was.
    let ended = InstalledAt::Workspace(WorkspaceId::new("T1"));
    assert_eq!(after.end_installations(Platform::Slack, &ended, InstallationEnd::Removed, NOW).await.unwrap(), 1);
    after.close().await;
    // A key that nobody has any more keeps no server from starting, and costs no other installation.
    let other = database.open_with(&[OLD, "another-0123456789abcdef0123456789"]).await;
    assert_eq!(other.seal_again().await.unwrap(), SealedAgain { again: 0, unreadable: 2 });
    other.close().await;
    let wrong = [("UPSHOT_DATABASE_URL", &*database.address), ("UPSHOT_ENCRYPTION_KEY", &*format!("{OLD},{OLD}x"))];
    TestServer::with(&wrong).await.stop().await;
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
    let within = async |organisation: &str| {
        let found = store.workspaces_of(Platform::Slack, &OrganisationId::new(organisation)).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!((within("E1").await, within("E2").await), (vec!["T1".to_owned()], Vec::new()));
    // Tokens of a version that is gone say nothing about those in use.
    store.disable_installation(&key(Some("E1"), Some("T1")), 0, NOW).await.unwrap();
    assert_eq!(bot_token(&store, Some("E1"), "T1").await.as_deref(), Some("xoxb-team"));
    store.disable_installation(&key(Some("E1"), Some("T1")), 1, NOW).await.unwrap();
    assert_eq!(bot_token(&store, Some("E1"), "T1").await.as_deref(), Some("xoxb-org"), "what has ended stands back");
    assert!(within("E1").await.is_empty());
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

async fn links_are_counted_for_a_workspace_and_beside_it(database: Database) {
    let store = database.open().await;
    let links = async |organisation: Option<&str>, workspace: &str| {
        let organisation = organisation.map(OrganisationId::new);
        store.links(Platform::Slack, organisation.as_ref(), &WorkspaceId::new(workspace)).await.unwrap()
    };
    assert_eq!(links(None, "T1").await, Links { theirs: 0, others: 0 });
    for of in [key(None, Some("T1")), key(Some("E1"), None), key(Some("E1"), Some("T2"))] {
        store.save_installation(&of, &tokens("xoxb-1"), &InstallationDetails::default(), NOW).await.unwrap();
    }
    assert_eq!(links(None, "T1").await, Links { theirs: 1, others: 2 });
    assert_eq!(links(Some("E1"), "T2").await, Links { theirs: 2, others: 1 });
    assert_eq!(links(Some("E1"), "T3").await, Links { theirs: 1, others: 2 });
    let teams = store.links(Platform::Teams, None, &WorkspaceId::new("T1")).await.unwrap();
    assert_eq!(teams, Links { theirs: 0, others: 3 });
    // What has ended is nobody else's any more, and still theirs.
    store.disable_installation(&key(None, Some("T1")), 1, NOW).await.unwrap();
    assert_eq!(links(None, "T1").await, Links { theirs: 1, others: 2 });
    assert_eq!(links(Some("E1"), "T3").await, Links { theirs: 1, others: 1 });
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
    let change = async |change: ChannelChange<'_>| {
        let settings = store.change_channel(Platform::Slack, &workspace, &channel, change, NOW).await.unwrap();
        assert_eq!(read(channel.clone()).await, settings, "{change:?} gives what holds then");
        settings
    };
    let off = ChannelSettings { audience: None, is_quiet: false, sources: Vec::new(), bridge: None, replies: None };
    assert_eq!(read(channel.clone()).await, off);
    let sales = AudienceId::new("sales");
    let sources = vec!["B0DEPLOY".to_owned(), "B0PAGER".to_owned()];
    let bridge = Bridge { to: ChannelId::new("C2"), by: PersonId::new("U0ANNA"), is_confirmed: true, trouble: None };
    let replies = Replies { sources: vec!["@U0PAGER".to_owned()], by: PersonId::new("U0BEN"), trouble: None };
    let chosen = ChannelSettings {
        audience: Some(sales.clone()),
        is_quiet: true,
        sources: sources.clone(),
        bridge: Some(bridge.clone()),
        replies: Some(replies.clone()),
    };
    for one in [
        ChannelChange::Replies(&replies),
        ChannelChange::Bridge(&sources, &bridge),
        ChannelChange::Audience(Some(&sales)),
    ] {
        assert_ne!(change(one).await, off);
    }
    assert_eq!(change(ChannelChange::Quiet).await, chosen);
    assert_eq!(read(ChannelId::new("C2")).await, off, "one channel only");
    for (one, then) in [
        (ChannelChange::NotQuiet, ChannelSettings { is_quiet: false, ..chosen.clone() }),
        (ChannelChange::Audience(None), ChannelSettings { is_quiet: false, audience: None, ..chosen.clone() }),
        (ChannelChange::NoBridge, ChannelSettings { replies: Some(replies.clone()), ..off.clone() }),
        (ChannelChange::NoReplies, off.clone()),
    ] {
        assert_eq!(change(one).await, then);
    }
    assert_ne!(change(ChannelChange::Bridge(&sources, &bridge)).await, off);
    assert_eq!(change(ChannelChange::Off).await, off);
    store.close().await;
}

async fn choices_that_are_made_at_once_all_hold(database: Database) {
    let (store, other) = (database.open().await, database.open().await);
    let workspace = WorkspaceId::new("T1");
    let sales = AudienceId::new("sales");
    let replies = Replies { sources: vec!["@U0PAGER".to_owned()], by: PersonId::new("U0BEN"), trouble: None };
    for number in 0..20 {
        let channel = ChannelId::new(format!("C{number}"));
        let choose = async |(store, change): (&Store, ChannelChange<'_>)| {
            store.change_channel(Platform::Slack, &workspace, &channel, change, NOW).await.unwrap();
        };
        tokio::join!(
            choose((&store, ChannelChange::Quiet)),
            choose((&other, ChannelChange::Audience(Some(&sales)))),
            choose((&other, ChannelChange::Replies(&replies))),
        );
        let settings = store.channel_settings(Platform::Slack, &workspace, &channel).await.unwrap();
        let audience = Some(sales.clone());
        let all =
            ChannelSettings { audience, is_quiet: true, replies: Some(replies.clone()), ..ChannelSettings::default() };
        assert_eq!(settings, all);
    }
    store.close().await;
    other.close().await;
}

async fn trouble_is_noted_together_with_the_word_of_it_and_once(database: Database) {
    let store = database.open().await;
    let (workspace, channel) = (WorkspaceId::new("T1"), ChannelId::new("C1"));
    let (there, elsewhere) = (ChannelId::new("C2"), ChannelId::new("C3"));
    let bridge = Bridge { to: there.clone(), by: PersonId::new("U0ANNA"), is_confirmed: true, trouble: None };
    let replies = Replies { sources: vec!["@U0PAGER".to_owned()], by: PersonId::new("U0BEN"), trouble: None };
    for change in [ChannelChange::Bridge(&replies.sources, &bridge), ChannelChange::Replies(&replies)] {
        store.change_channel(Platform::Slack, &workspace, &channel, change, NOW).await.unwrap();
    }
    let word = [NewDelivery {
        platform: Platform::Slack,
        workspace: workspace.clone(),
        lane: "channel U0ANNA".to_owned(),
        lane_pause: Duration::ZERO,
        method: "chat.postMessage",
        rate: Rate { every: Duration::ZERO, burst: 1 },
        payload: "{}".to_owned(),
        expires_at: Moment::from(NOW.plus(Duration::from_secs(60))),
    }];
    let place = (Platform::Slack, &workspace, &channel);
    let note = async |carrier: Carrier<'_>, trouble| {
        let is_news = store.note_trouble(place, carrier, trouble, &word, NOW.into()).await.unwrap();
        (is_news, store.open_deliveries(10).await.unwrap())
    };
    let troubles = async || {
        let settings = store.channel_settings(Platform::Slack, &workspace, &channel).await.unwrap();
        (settings.bridge.and_then(|bridge| bridge.trouble), settings.replies.and_then(|replies| replies.trouble))
    };
    assert_eq!(note(Carrier::Bridge(&elsewhere), Trouble::Archived).await, (false, 0), "it leads elsewhere");
    assert_eq!(note(Carrier::Bridge(&there), Trouble::Archived).await, (true, 1));
    assert_eq!(note(Carrier::Bridge(&there), Trouble::Silent).await, (false, 1), "the first trouble stands");
    assert_eq!(troubles().await, (Some(Trouble::Archived), None));
    assert_eq!(note(Carrier::Replies, Trouble::External).await, (true, 2), "each has troubles of its own");
    assert_eq!(troubles().await, (Some(Trouble::Archived), Some(Trouble::External)));
    store.note_works(Platform::Slack, &workspace, &channel, Carrier::Bridge(&there)).await.unwrap();
    assert_eq!(troubles().await, (None, Some(Trouble::External)));
    store.note_works(Platform::Slack, &workspace, &channel, Carrier::Replies).await.unwrap();
    assert_eq!(troubles().await, (None, None));
    store.change_channel(Platform::Slack, &workspace, &channel, ChannelChange::NoReplies, NOW).await.unwrap();
    assert_eq!(note(Carrier::Replies, Trouble::External).await, (false, 2), "none are switched on");
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
    let (wanted, _) = store.wanted_definitions(Some(&workspace), (0, 10)).await.unwrap();
    let terms: Vec<(String, u32, Timestamp)> =
        wanted.iter().map(|WantedDefinition { term, people, since }| (term.to_lowercase(), *people, *since)).collect();
    assert_eq!(terms, [("canary".to_owned(), 2, at(1)), ("p95".to_owned(), 1, at(0))]);
    assert!(!format!("{wanted:?}").contains("U0"), "{wanted:?}");
    assert_eq!(store.own_requests(&workspace, &ben).await.unwrap(), ["p95", "canary"]);
    assert_eq!(store.close_requests(&workspace, "Canary").await.unwrap(), [anna, ben]);
    assert_eq!(store.wanted_definitions(Some(&workspace), (0, 10)).await.unwrap().0.len(), 1);
    store.close().await;
}
