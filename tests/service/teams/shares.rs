//! One tenant that asks without end keeps no other one waiting.

use std::sync::atomic::Ordering;

use axum::http::HeaderValue;
use serde_json::{Value, json};

use super::fake::FakeTeams;

fn of_tenant(mut activity: Value, tenant: &str) -> Value {
    activity["conversation"]["tenantId"] = json!(tenant);
    activity["channelData"]["tenant"]["id"] = json!(tenant);
    activity
}

#[tokio::test]
async fn messages_are_taken_on_as_fast_as_they_can_be_answered() {
    let teams = FakeTeams::start().await;
    let (server, millis) =
        teams.turned_server(&[("TEAMS_TENANT_RATE", "1"), ("TEAMS_ALLOWED_TENANTS", "one,two")]).await;
    let message = |tenant: &str, number: u32| {
        let mut message = of_tenant(teams.activity("03-message-channel-mention.json"), tenant);
        message["conversation"]["id"] = json!(format!("19:{number}@thread.tacv2"));
        message["id"] = json!(format!("{number}"));
        message
    };
    for number in 0..60 {
        assert_eq!(teams.deliver(&server, &message("one", number)).await.status(), 200, "{number}");
    }
    let held_back = teams.deliver(&server, &message("one", 60)).await;
    assert_eq!(
        (held_back.status().as_u16(), &held_back.headers()["retry-after"]),
        (429, &HeaderValue::from_static("1"))
    );
    assert_eq!(teams.deliver(&server, &message("two", 60)).await.status(), 200, "another tenant");
    // What calls nobody is dropped, and what is answered in the response waits for nothing.
    let unread = of_tenant(teams.activity("06-message-channel-no-mention.json"), "one");
    assert_eq!(teams.deliver(&server, &unread).await.status(), 200);
    let search = of_tenant(teams.activity("17-query.json"), "one");
    assert_eq!(teams.deliver(&server, &search).await.status(), 200);
    millis.fetch_add(1_000, Ordering::Relaxed);
    assert_eq!(teams.deliver(&server, &message("one", 60)).await.status(), 200, "it comes again");
    server.stop().await;
}
