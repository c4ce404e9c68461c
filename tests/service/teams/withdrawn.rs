//! What people take back or change, and what the service sends again under another id.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use upshot::{
    clock::{Moment, Timestamp},
    ids::{Platform, RequestId, WorkspaceId},
    store::NewEvent,
};

use super::{
    NOW,
    fake::FakeTeams,
    invokes::{button, invoke},
};
use crate::{databases::Database, server::TestServer};

const TENANT: &str = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";

/// The button that asks for another reader, pressed.
async fn reworded(teams: &FakeTeams, server: &TestServer, card: &Value) -> Value {
    let mut data = button(card, "Rewrite for this reader");
    data["audience"] = json!("sales");
    let mut press = teams.activity("19-adaptive-card-action.json");
    press["value"] =
        json!({ "action": { "type": "Action.Execute", "verb": "reword", "data": data }, "trigger": "manual" });
    invoke(teams, server, &press).await
}

async fn answered(teams: &mut FakeTeams, server: &TestServer) -> Value {
    assert_eq!(teams.deliver(server, &teams.activity("02-message-personal.json")).await.status(), 200);
    teams.next().await.body["attachments"][0]["content"].clone()
}

/// What one process keeps another one forgets, whichever of them is told.
#[tokio::test]
async fn what_was_kept_is_forgotten_with_its_message_in_every_process() {
    for (event, is_known_afterwards) in
        [("12-message-edit.json", false), ("13-message-delete.json", false), ("11-message-reaction.json", true)]
    {
        let mut teams = FakeTeams::start().await;
        let database = Database::sqlite();
        let first = teams.server_over(&database).await;
        let card = answered(&mut teams, &first).await;
        // What is kept is written a moment later, at the latest when the process ends.
        first.stop().await;
        let second = teams.server_over(&database).await;
        let third = teams.server_over(&database).await;
        assert_eq!(teams.deliver(&second, &teams.activity(event)).await.status(), 200, "{event}");
        let shown = reworded(&teams, &third, &card).await.to_string();
        assert_eq!(!shown.contains("no longer have the text"), is_known_afterwards, "{event}: {shown}");
        second.stop().await;
        third.stop().await;
    }
}

/// Recorded, and not to be taken up while the test runs.
async fn waiting(teams: &FakeTeams, database: &Database) -> RequestId {
    let store = database.open_with(&[]).await;
    let message = teams.activity("02-message-personal.json");
    let id = RequestId::new(format!("{} {}", message["conversation"]["id"].as_str().unwrap(), "1789377164512"));
    let now = Moment::from(Timestamp::from_unix_seconds(NOW));
    let due_at = now.plus(std::time::Duration::from_secs(3_600));
    let workspace = WorkspaceId::new(TENANT);
    let payload = "as it read";
    let event =
        NewEvent { platform: Platform::Teams, id: &id, workspace: &workspace, payload, received_at: now, due_at };
    store.record_event(event).await.unwrap();
    store.close().await;
    id
}

#[tokio::test]
async fn a_message_that_is_changed_before_its_answer_is_answered_as_it_reads() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    waiting(&teams, &database).await;
    let server = teams.server_over(&database).await;
    assert_eq!(teams.deliver(&server, &teams.activity("12-message-edit.json")).await.status(), 200);
    server.stop().await;
    let server = teams.server_with(NOW + 3_601, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let told = teams.next().await.body;
    assert!(told.to_string().contains("9 minutes"), "{told}");
    assert_eq!(told["replyToId"], "1789377164512");
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn a_message_that_is_taken_back_before_its_answer_gets_none() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    // The message arrives behind the news that it was taken back, as the service may deliver them.
    assert_eq!(teams.deliver(&server, &teams.activity("13-message-delete.json")).await.status(), 200);
    assert_eq!(teams.deliver(&server, &teams.activity("02-message-personal.json")).await.status(), 200);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);

    // An answer that waits for its turn is not sent any more.
    let server = teams.server_over(&database).await;
    let written = teams.activity("02-message-personal.json");
    let message = |number: u32| {
        let mut message = written.clone();
        message["id"] = json!(number.to_string());
        message
    };
    let (first, second) = (message(1), message(2));
    assert_eq!(teams.deliver(&server, &first).await.status(), 200);
    teams.next().await;
    // The clock stands still, so this one waits for the pace of its conversation.
    assert_eq!(teams.deliver(&server, &second).await.status(), 200);
    let mut taken_back = teams.activity("13-message-delete.json");
    taken_back["id"] = json!("2");
    assert_eq!(teams.deliver(&server, &taken_back).await.status(), 200);
    server.stop().await;
    // When its turn comes it is not wanted any more, and the one behind it is answered.
    teams.server_with(NOW + 60, &[("UPSHOT_DATABASE_URL", &database.address)]).await.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    let server = teams.server_with(NOW + 120, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    assert_eq!(teams.deliver(&server, &message(3)).await.status(), 200);
    assert_eq!(teams.next().await.body["replyToId"], "3");
    server.stop().await;
}

/// Who tries one reader, then another and then the first one again on the same card has pressed three times.
#[tokio::test]
async fn a_press_that_is_meant_anew_is_answered_anew() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let (server, millis) = teams.turned_server(&[("UPSHOT_DATABASE_URL", &database.address)]).await;
    assert_eq!(teams.deliver(&server, &teams.activity("02-message-personal.json")).await.status(), 200);
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    let data = button(&card, "Rewrite for this reader");
    let recorded = teams.activity("07-message-card-submit.json");
    for (id, reader, is_answered) in [
        ("1", "finance", true),
        ("2", "finance", false),
        ("3", "sales", true),
        ("4", "finance", true),
        // Sent again, with its id and with another one.
        ("4", "finance", false),
        ("5", "finance", false),
    ] {
        // A conversation has its pace.
        millis.fetch_add(2_000, Ordering::Relaxed);
        let mut press = recorded.clone();
        press["id"] = json!(id);
        press["value"] = data.clone();
        press["value"]["audience"] = json!(reader);
        assert_eq!(teams.deliver(&server, &press).await.status(), 200);
        if is_answered {
            assert_eq!(teams.next().await.body["replyToId"], id, "{reader}");
        }
    }
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

/// The service sends again what it saw no acknowledgement of, and gives a press another id then.
#[tokio::test]
async fn a_press_that_is_sent_again_counts_once() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let recorded = teams.activity("07-message-card-submit.json");
    let press = |id: u32, person: &str, card: &str| {
        let mut press = recorded.clone();
        press["id"] = json!(id.to_string());
        press["from"]["id"] = json!(person);
        press["replyToId"] = json!(card);
        press["value"] = json!({ "upshot": "explain", "term": "p95" });
        press
    };
    for (later, id) in [(0, 1), (15, 2), (29, 3)] {
        let server = teams.server_with(NOW + later, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
        assert_eq!(teams.deliver(&server, &press(id, "29:a", "c")).await.status(), 200);
        server.stop().await;
    }
    let shown = teams.next().await;
    assert_eq!(shown.body["replyToId"], "1");
    assert!(shown.body.to_string().contains("95"), "{}", shown.body);
    assert!(teams.rest().is_empty() && database.owes_nothing().await, "the same press is answered once");
    for (later, id, person, card) in [(61, 4, "29:b", "c"), (120, 5, "29:a", "d"), (180, 6, "29:a", "c")] {
        let server = teams.server_with(NOW + later, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
        let press = press(id, person, card);
        assert_eq!(teams.deliver(&server, &press).await.status(), 200);
        assert_eq!(teams.next().await.body["replyToId"], id.to_string(), "another person, another card, another time");
        server.stop().await;
    }
}
