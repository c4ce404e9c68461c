//! How conversations are reached: kept over restarts, followed when their server moves, erased when the app is taken out.

use reqwest::Method;
use serde_json::{Value, json};
use upshot::{
    clock::Timestamp,
    ids::{AudienceId, ChannelId, PersonId, Platform, WorkspaceId},
    store::{ChannelChange, REFERENCES_KEPT, Reference, Store, StoreError, Way},
};

use super::{APP, NOW, fake::FakeTeams, fixture};
use crate::{
    databases::{Database, on_both},
    delivery::until,
    glossary::{TOKEN, good_as, kiln},
    server::TestServer,
};

on_both!(
    a_reference_outlives_the_process_and_is_read_with_its_key_only,
    what_was_chosen_and_kept_for_a_team_goes_with_the_app,
    nothing_is_kept_of_what_was_not_heard_of_for_long,
    a_message_tells_how_its_conversation_is_reached,
    an_answer_follows_its_conversation_to_another_server,
    whoever_wrote_before_is_told_in_that_conversation,
    a_conversation_that_is_out_of_reach_is_forgotten,
);

const TENANT: &str = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
const PERSON: &str = "0d7c51f2-93ab-4e1c-8d20-6b5f7a8e9c01";
const CHAT: &str = "a:1qWeRtYuIoPaSdFgHjKlZxCvBnM0123456789AbCdEfGhIjKlMnOpQrStUvWxYz-personal";
const CHANNEL: &str = "19:4b7e2f9a1c3d4e5f8091a2b3c4d5e6f7@thread.tacv2";
const TEAM: &str = "19:Qm4xZr8TnV2kLbYwHs6DfGjPcEoUa1iR3tNvXeKq5Bw1@thread.tacv2";
const START: Timestamp = Timestamp::from_unix_seconds(NOW);
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn tenant() -> WorkspaceId {
    WorkspaceId::new(TENANT)
}

fn reference(conversation: &str, team: Option<&str>) -> Reference {
    Reference {
        platform: Platform::Teams,
        workspace: tenant(),
        conversation: ChannelId::new(conversation),
        team: team.map(str::to_owned),
        person: None,
        added_by: None,
        way: way("https://smba.trafficmanager.net/emea/"),
    }
}

fn way(service: &str) -> Way {
    let (kind, bot) = (Some("channel".to_owned()), Some(format!("28:{APP}")));
    Way { service: service.to_owned(), kind, bot, account: None, locale: Some("en-GB".to_owned()) }
}

async fn service_of(store: &Store, conversation: &str) -> Option<String> {
    let found = store.way_to(Platform::Teams, &tenant(), &ChannelId::new(conversation)).await.unwrap();
    found.map(|way| way.service)
}

async fn a_reference_outlives_the_process_and_is_read_with_its_key_only(database: Database) {
    let store = database.open().await;
    let chat = Reference { person: Some(PersonId::new(PERSON)), ..reference(CHAT, None) };
    store.note_reference(&chat, START).await.unwrap();
    store.close().await;
    assert!(!database.holds("smba.trafficmanager.net").await, "addresses are encrypted");
    let store = database.open().await;
    let known = store.way_to_person(Platform::Teams, &tenant(), &PersonId::new(PERSON)).await.unwrap();
    assert_eq!(known, Some((ChannelId::new(CHAT), chat.way.clone())));
    let elsewhere = WorkspaceId::new("another tenant");
    assert_eq!(store.way_to_person(Platform::Teams, &elsewhere, &PersonId::new(PERSON)).await.unwrap(), None);
    let moved = Reference { way: way("https://smba.trafficmanager.net/amer/"), ..chat };
    store.note_reference(&moved, START).await.unwrap();
    assert_eq!(service_of(&store, CHAT).await.as_deref(), Some("https://smba.trafficmanager.net/amer/"));
    store.close().await;
    let store = database.open_with(&["another key of thirty-two letters"]).await;
    let read = store.way_to(Platform::Teams, &tenant(), &ChannelId::new(CHAT)).await;
    assert!(matches!(read, Err(StoreError::WrongKey)), "{read:?}");
    // What is heard of again is sealed anew.
    store.note_reference(&moved, START).await.unwrap();
    assert_eq!(service_of(&store, CHAT).await.as_deref(), Some("https://smba.trafficmanager.net/amer/"));
    store.close().await;
}

async fn what_was_chosen_and_kept_for_a_team_goes_with_the_app(database: Database) {
    let store = database.open().await;
    let person = PersonId::new(PERSON);
    let added = Reference { added_by: Some(person.clone()), ..reference(TEAM, Some(TEAM)) };
    let all =
        [added, reference("19:ops", Some(TEAM)), reference("19:other", Some("19:another team")), reference(CHAT, None)];
    for one in &all {
        store.note_reference(one, START).await.unwrap();
    }
    let may = async |conversation: &str, person: &PersonId| {
        store.has_added_the_app(Platform::Teams, &tenant(), &ChannelId::new(conversation), person).await.unwrap()
    };
    // A later message of the team says nothing of who added the app, and takes nothing away.
    store.note_reference(&reference(TEAM, Some(TEAM)), START).await.unwrap();
    assert!(may(TEAM, &person).await && may("19:ops", &person).await, "every channel of the team");
    assert!(!may("19:other", &person).await && !may(CHAT, &person).await && !may("19:never", &person).await);
    assert!(!may("19:ops", &PersonId::new("somebody else")).await);
    let sales = AudienceId::new("sales");
    for channel in ["19:ops", "19:other"] {
        let change = ChannelChange::Audience(Some(&sales));
        store.change_channel(Platform::Teams, &tenant(), &ChannelId::new(channel), change, START).await.unwrap();
    }
    store.leave(Platform::Teams, &tenant(), &ChannelId::new(TEAM), Some(TEAM)).await.unwrap();
    let chosen = async |channel: &str| {
        let settings = store.channel_settings(Platform::Teams, &tenant(), &ChannelId::new(channel)).await.unwrap();
        settings.audience
    };
    assert_eq!((chosen("19:ops").await, chosen("19:other").await), (None, Some(sales)));
    assert_eq!((service_of(&store, TEAM).await, service_of(&store, "19:ops").await), (None, None));
    assert!(service_of(&store, "19:other").await.is_some() && !may("19:ops", &person).await);
    // A chat belongs to no team, and takes no other chat along.
    store.leave(Platform::Teams, &tenant(), &ChannelId::new("19:nowhere"), None).await.unwrap();
    assert!(service_of(&store, CHAT).await.is_some());
    store.close().await;
}

async fn nothing_is_kept_of_what_was_not_heard_of_for_long(database: Database) {
    let store = database.open().await;
    store.note_reference(&reference(CHAT, None), START).await.unwrap();
    store.erase_expired(START.plus(REFERENCES_KEPT / 2)).await.unwrap();
    assert!(service_of(&store, CHAT).await.is_some());
    store.erase_expired(START.plus(REFERENCES_KEPT)).await.unwrap();
    assert_eq!(service_of(&store, CHAT).await, None);
    store.close().await;
}

async fn server(teams: &FakeTeams, database: &Database, now: i64) -> TestServer {
    teams.server_with(now, &[("UPSHOT_DATABASE_URL", &database.address), ("UPSHOT_ENCRYPTION_KEY", KEY)]).await
}

async fn accept(teams: &FakeTeams, server: &TestServer, activity: &Value) {
    assert_eq!(teams.deliver(server, activity).await.status(), 200, "{activity}");
}

async fn a_message_tells_how_its_conversation_is_reached(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database, NOW).await;
    for name in ["02-message-personal.json", "03-message-channel-mention.json", "08-conversation-update-bot-added.json"]
    {
        accept(&teams, &server, &teams.activity(name)).await;
        teams.next().await;
    }
    // A search comes from where the app need not be.
    let mut search = teams.activity("17-query.json");
    search["conversation"]["id"] = json!("19:elsewhere@thread.v2");
    accept(&teams, &server, &search).await;
    server.stop().await;
    let store = database.open_with(&[KEY]).await;
    let (chat, known) =
        store.way_to_person(Platform::Teams, &tenant(), &PersonId::new(PERSON)).await.unwrap().expect("it was noted");
    let message = fixture("02-message-personal.json");
    assert_eq!((chat.as_str(), &*known.service), (CHAT, &*teams.service()));
    assert_eq!((known.kind.as_deref(), known.account.as_deref()), (Some("personal"), message["from"]["id"].as_str()));
    assert_eq!((known.bot, known.locale.as_deref()), (Some(format!("28:{APP}")), message["locale"].as_str()));
    assert!(service_of(&store, CHANNEL).await.is_some(), "of a thread, its channel");
    assert_eq!(service_of(&store, "19:elsewhere@thread.v2").await, None);
    let adder = fixture("08-conversation-update-bot-added.json")["from"]["aadObjectId"].as_str().unwrap().to_owned();
    let may =
        store.has_added_the_app(Platform::Teams, &tenant(), &ChannelId::new(CHANNEL), &PersonId::new(adder)).await;
    assert!(may.unwrap());
    store.close().await;
    let server = self::server(&teams, &database, NOW).await;
    accept(&teams, &server, &teams.activity("10-installation-update-remove.json")).await;
    server.stop().await;
    let store = database.open_with(&[KEY]).await;
    assert_eq!(service_of(&store, CHANNEL).await, None, "the app was taken out of that team");
    assert!(service_of(&store, CHAT).await.is_some(), "and not out of the chat");
    store.close().await;
}

/// An answer waits in the queue while the conversation's server moves. Where the new address is not one that may be sent the app's
/// token, the earlier one stays.
async fn an_answer_follows_its_conversation_to_another_server(database: Database) {
    for (follows, now) in [(true, NOW), (false, NOW + 60)] {
        let mut teams = FakeTeams::start().await;
        let server = server(&teams, &database, now).await;
        let conversation = format!("a:{follows}");
        let mut message = teams.activity("02-message-personal.json");
        message["conversation"]["id"] = json!(conversation);
        accept(&teams, &server, &message).await;
        teams.next().await;
        // The clock stands still, so the second answer waits for the pace of its conversation.
        message["id"] = json!("1789377164513");
        accept(&teams, &server, &message).await;
        let waits = async || database.waiting_deliveries_in(&format!("conversation {conversation}")).await == 1;
        until("the second answer waits", waits).await;
        server.stop().await;
        let store = database.open_with(&[KEY]).await;
        // The same stand-in by another name.
        let elsewhere = teams.service().replace("127.0.0.1", "localhost");
        let moved_to = if follows { &*elsewhere } else { "https://smba.example.com/" };
        let moved = Reference { way: way(moved_to), ..reference(&conversation, None) };
        store.note_reference(&moved, START).await.unwrap();
        store.close().await;
        let server = self::server(&teams, &database, now + 2).await;
        let call = teams.next().await;
        let host = call.headers["host"].to_str().unwrap();
        assert_eq!(host.starts_with("localhost:"), follows, "{host}");
        server.stop().await;
    }
}

/// The owner of an entry hears that it was approved.
async fn whoever_wrote_before_is_told_in_that_conversation(database: Database) {
    let mut teams = FakeTeams::start().await;
    let settings =
        [("UPSHOT_DATABASE_URL", &*database.address), ("UPSHOT_ENCRYPTION_KEY", KEY), ("UPSHOT_ADMIN_TOKEN", TOKEN)];
    let server = teams.server_with(NOW, &settings).await;
    accept(&teams, &server, &teams.activity("02-message-personal.json")).await;
    teams.next().await;
    server.stop().await;
    // After a restart, and not in the second of the answer before.
    let server = teams.server_with(NOW + 2, &settings).await;
    let owner = json!({ "name": "Mara", "role": "reader", "platform": "teams", "workspace": TENANT, "person": PERSON });
    good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &owner).await;
    let mut entry = kiln();
    entry["owner"] = json!(PERSON);
    good_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &entry).await;
    good_as(&server, TOKEN, Method::POST, "/api/v1/concepts/kiln/approve", &json!({ "reason": "Good." })).await;
    let told = teams.next().await;
    assert!(told.path.starts_with("/service/v3/conversations/a%3A1qWe"), "{}", told.path);
    assert_eq!(told.body["conversation"]["id"], CHAT);
    assert!(told.body["text"].as_str().unwrap().contains("approved “kiln”"), "{}", told.body);
    server.stop().await;
    assert_eq!((teams.other_words().len(), teams.rest().len()), (0, 0), "no conversation was begun");
}

async fn a_conversation_that_is_out_of_reach_is_forgotten(database: Database) {
    let mut teams = FakeTeams::start().await;
    let server = server(&teams, &database, NOW).await;
    teams.answer("/service", 403, &[], "{\"error\":{\"code\":\"BotNotInConversationRoster\",\"message\":\"x\"}}");
    let mut message = teams.activity("02-message-personal.json");
    message["conversation"]["id"] = json!("a:gone");
    accept(&teams, &server, &message).await;
    teams.next().await;
    server.stop().await;
    let store = database.open_with(&[KEY]).await;
    assert_eq!(service_of(&store, "a:gone").await, None);
    store.close().await;
    // Until somebody writes there again.
    let server = self::server(&teams, &database, NOW + 2).await;
    message["id"] = json!("1789377164514");
    accept(&teams, &server, &message).await;
    teams.next().await;
    server.stop().await;
    let store = database.open_with(&[KEY]).await;
    assert_eq!(service_of(&store, "a:gone").await, Some(teams.service()));
    store.close().await;
}
