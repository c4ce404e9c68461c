//! Entries that hold for one tenant, team or channel: the same message is told in the words of each.

use serde_json::{Value, json};

use super::fake::{FakeTeams, with};
use crate::{
    scope::kilns,
    server::{TestServer, json as body},
};

const HOME: &str = "5c8e7a10-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
const OTHER: &str = "1a2b3c4d-0000-4f6a-9c1e-0d2f4a6b8c9e";
const CHANNEL: &str = "19:4b7e2f9a1c3d4e5f8091a2b3c4d5e6f7@thread.tacv2";
const TEAM: &str = "19:Qm4xZr8TnV2kLbYwHs6DfGjPcEoUa1iR3tNvXeKq5Bw1@thread.tacv2";

fn from(mut activity: Value, tenant: &str, team: &str, channel: &str) -> Value {
    activity["conversation"]["tenantId"] = json!(tenant);
    activity["conversation"]["id"] = json!(format!("{channel};messageid=1789376401123"));
    activity["channelData"]["tenant"]["id"] = json!(tenant);
    activity["channelData"]["team"] = json!({ "id": team });
    activity["channelData"]["channel"] = json!({ "id": channel });
    activity
}

#[tokio::test]
async fn two_tenants_and_two_channels_read_their_own_words() {
    let mut teams = FakeTeams::start().await;
    let places = [
        (String::new(), "oven"),
        (format!("teams:{HOME}"), "test area"),
        (format!("teams:{HOME}/{TEAM}"), "shop copy"),
        (format!("teams:{HOME}/{CHANNEL}"), "spare machine"),
    ];
    let places: Vec<(&str, &str)> = places.iter().map(|(place, wording)| (place.as_str(), *wording)).collect();
    let settings = teams.settings();
    let server = TestServer::over_at(super::NOW, kilns(&places), &with(&settings, &[])).await;
    let mut wordings = places.iter().map(|(_, wording)| *wording);
    for (tenant, team, channel, wording) in [
        (HOME, "19:another@thread.tacv2", "19:a@thread.tacv2", "test area"),
        (HOME, TEAM, "19:b@thread.tacv2", "shop copy"),
        (HOME, TEAM, CHANNEL, "spare machine"),
        (OTHER, TEAM, CHANNEL, "oven"),
    ] {
        let mut mention = from(teams.activity("03-message-channel-mention.json"), tenant, team, channel);
        mention["id"] = json!(format!("17893767{}", wording.len()));
        mention["attachments"] = json!([]);
        mention["text"] = json!("<at>Upshot</at> The kiln is full.");
        assert_eq!(teams.deliver(&server, &mention).await.status(), 200);
        let told = teams.next().await.body.to_string();
        assert!(told.contains(&format!("The {wording} is full.")), "{tenant} {channel}: {told}");
        // The search of the message box offers what holds there, and nothing of the others.
        let mut query = from(teams.activity("17-query.json"), tenant, team, channel);
        query["value"]["parameters"][0]["value"] = json!("kiln");
        let found = body(teams.deliver(&server, &query).await).await.to_string();
        assert!(found.contains(&format!("What people call the {wording}.")), "{tenant} {channel}: {found}");
        if tenant == OTHER {
            assert!(wordings.all(|other| other == wording || !found.contains(other)), "{found}");
        }
    }
    server.stop().await;
}
