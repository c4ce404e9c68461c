//! What holds for a channel or a group chat in Teams: chosen by those who may, for everybody who has not chosen otherwise.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    NOW,
    fake::{Call, FakeTeams},
    fixture,
    invokes::dialog_card,
};
use crate::{
    databases::Database,
    glossary::{TOKEN, good_as},
    server::TestServer,
};

const TENANT: &str = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
const CHANNEL: &str = "19:4b7e2f9a1c3d4e5f8091a2b3c4d5e6f7@thread.tacv2";

/// Who added the app in the fixture of that.
fn adder() -> Value {
    fixture("08-conversation-update-bot-added.json")["from"].clone()
}

fn colleague() -> Value {
    json!({ "id": "29:colleague", "name": "Priya", "aadObjectId": "c0ffee00-0000-4000-8000-000000000001" })
}

/// The conversation has a pace and the clock stands still, so each thing that is said has a server of a later time.
struct World {
    teams: FakeTeams,
    database: Database,
    now: i64,
}

impl World {
    async fn new() -> Self {
        let mut world = Self { teams: FakeTeams::start().await, database: Database::sqlite(), now: NOW };
        let added = world.teams.activity("08-conversation-update-bot-added.json");
        let welcome = world.said(&added).await;
        assert!(welcome.body.to_string().contains("Upshot turns technical messages"), "{}", welcome.body);
        world
    }

    async fn server(&mut self) -> TestServer {
        self.now += 2;
        self.teams.server_with(self.now, &[("UPSHOT_DATABASE_URL", &self.database.address)]).await
    }

    async fn said(&mut self, activity: &Value) -> Call {
        let server = self.server().await;
        assert_eq!(self.teams.deliver(&server, activity).await.status(), 200);
        let call = self.teams.next().await;
        server.stop().await;
        call
    }

    /// Somebody calls Upshot by name in a thread of the team's channel.
    async fn called(&mut self, from: &Value, words: &str) -> Call {
        let mut mention = self.teams.activity("03-message-channel-mention.json");
        mention["conversation"]["id"] = json!(format!("{CHANNEL};messageid=1789376401{}", self.now % 1000));
        mention["id"] = json!(format!("17893767{}", self.now));
        mention["from"] = from.clone();
        mention["attachments"] = json!([]);
        mention["text"] = json!(format!("<at>Upshot</at> {words}"));
        self.said(&mention).await
    }
}

fn words(call: &Call) -> String {
    match call.body["text"].as_str() {
        Some(text) => text.to_owned(),
        None => call.body["attachments"][0]["content"]["fallbackText"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn who_added_the_app_chooses_a_reader_for_everybody_who_has_none() {
    let mut world = World::new().await;
    let told = words(&world.called(&colleague(), "settings here").await);
    assert!(told.contains("In this channel:") && told.contains("no reader was chosen"), "{told}");
    let refused = words(&world.called(&colleague(), "settings here sales").await);
    assert!(refused.starts_with("That changes my answers for everybody here, so only who added me here"), "{refused}");
    let done = words(&world.called(&adder(), "settings here sales").await);
    assert!(done.starts_with("Done.") && done.contains("unless you chose your own: Sales"), "{done}");
    let summary = |call: &Call| call.body["attachments"][0]["content"]["refresh"]["action"]["data"].clone();
    let rewritten = world.called(&colleague(), "we rolled back the 14:05 deploy").await;
    assert_eq!(summary(&rewritten)["audience"], "sales");
    let named = world.called(&colleague(), "for legal: we rolled back the 14:05 deploy").await;
    assert_eq!(summary(&named)["audience"], "legal", "what is named counts first");
    // In a dialog that was opened on a message there as well, and nowhere else.
    let server = world.server().await;
    let mut explain = world.teams.activity("14-fetch-task-message-action.json");
    explain["from"] = colleague();
    for (conversation, reader) in
        [(format!("{CHANNEL};messageid=1"), "sales"), ("19:other@thread.v2".to_owned(), "general")]
    {
        explain["conversation"]["id"] = json!(conversation);
        let dialog = crate::server::json(world.teams.deliver(&server, &explain).await).await;
        let body = dialog_card(&dialog)["body"].as_array().unwrap();
        let menu = body.iter().find(|element| element["id"] == "audience").unwrap();
        assert_eq!(menu["value"], reader);
    }
    server.stop().await;
    let off = words(&world.called(&adder(), "settings here off").await);
    assert!(off.contains("no reader was chosen"), "{off}");
}

#[tokio::test]
async fn in_a_quiet_channel_only_who_asked_sees_the_answer() {
    let mut world = World::new().await;
    let done = words(&world.called(&adder(), "settings here quiet").await);
    assert!(done.contains("only who asked sees the answer"), "{done}");
    let answer = world.called(&colleague(), "explain p95").await;
    assert!(answer.path.ends_with("/activities?isTargetedActivity=true"), "{}", answer.path);
    assert_eq!(answer.body["recipient"], json!({ "id": "29:colleague", "isTargeted": true }));
    world.called(&adder(), "settings here not quiet").await;
    let open = world.called(&colleague(), "explain p95").await;
    assert!(open.path.ends_with("/activities"), "{}", open.path);
}

#[tokio::test]
async fn who_approves_entries_of_the_glossary_may_choose_and_who_writes_them_may_not() {
    let mut world = World::new().await;
    for (role, starts) in [("author", "That changes my answers"), ("curator", "Done.")] {
        let settings = [("UPSHOT_DATABASE_URL", &*world.database.address), ("UPSHOT_ADMIN_TOKEN", TOKEN)];
        let server = world.teams.server_with(world.now, &settings).await;
        let person = format!("c0ffee00-0000-4000-8000-{role}");
        let body = json!({ "name": role, "role": role, "platform": "teams", "workspace": TENANT, "person": person });
        good_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await;
        server.stop().await;
        let from = json!({ "id": format!("29:{role}"), "aadObjectId": person });
        let said = words(&world.called(&from, "settings here for finance").await);
        assert!(said.starts_with(starts), "{role}: {said}");
    }
}

#[tokio::test]
async fn in_the_own_chat_it_is_said_where_a_channel_is_chosen_for() {
    let mut world = World::new().await;
    let mut message = world.teams.activity("02-message-personal.json");
    message["attachments"] = json!([]);
    message["text"] = json!("settings here sales");
    let said = words(&world.said(&message).await);
    assert!(
        said.starts_with("That is chosen where it holds") && said.contains("@Upshot settings here sales"),
        "{said}"
    );
    for (number, wish) in
        ["settings here bridge Alertbell to #sales", "settings here replies to Alertbell"].into_iter().enumerate()
    {
        let said = words(&world.called(&adder(), wish).await);
        assert!(said.contains("in Slack only, for now"), "{number} {said}");
    }
}
