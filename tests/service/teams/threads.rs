//! "Explain this" in the thread of a channel: the message above is read where the team allows it, and nowhere else.

use serde_json::{Value, json};

use super::{NOW, fake::FakeTeams, fixture};
use crate::server::TestServer;

/// A server that reads what stands above a question.
async fn reading(teams: &FakeTeams) -> TestServer {
    let tenant = fixture("03-message-channel-mention.json")["conversation"]["tenantId"].as_str().unwrap().to_owned();
    let graph = teams.url("/graph/");
    let settings =
        [("TEAMS_READ_THREADS", "true"), ("TEAMS_GRAPH_URL", &*graph), ("MICROSOFT_APP_TENANT_ID", &*tenant)];
    teams.server_with(NOW, &settings).await
}

/// A question below a message, in a thread of its own: a conversation has its pace, and the clock of a test stands.
fn asked(teams: &FakeTeams, number: u32, words: &str) -> Value {
    let mut mention = teams.activity("03-message-channel-mention.json");
    let thread = format!("19:channel{number}@thread.tacv2;messageid=1789376401123");
    mention["conversation"]["id"] = json!(thread);
    mention["channelData"]["team"]["aadGroupId"] = json!("0b1c2d3e-group");
    mention["attachments"] = json!([]);
    mention["text"] = json!(format!("<at>Upshot</at> {words}"));
    mention
}

async fn answer(server: &TestServer, activity: &Value, teams: &mut FakeTeams) -> String {
    assert_eq!(teams.deliver(server, activity).await.status(), 200);
    teams.next().await.body.to_string()
}

#[tokio::test]
async fn the_message_above_is_read_where_the_team_allows_it() {
    let mut teams = FakeTeams::start().await;
    let server = reading(&teams).await;
    let parent = json!({
        "id": "1789376401123", "deletedDateTime": null, "subject": null,
        "body": { "contentType": "html", "content": "<p>We rolled back the 14:05 deploy, p95 is <b>3.4s</b>.</p>" },
    });
    teams.answer("/graph", 200, &[], &parent.to_string());
    let told = answer(&server, &asked(&teams, 1, "explain this for sales"), &mut teams).await;
    assert!(told.contains("undid the 14:05 release"), "{told}");
    assert_eq!(
        teams.read(),
        ["/graph/v1.0/teams/0b1c2d3e-group/channels/19%3Achannel1%40thread.tacv2/messages/1789376401123"]
    );
    // What says everything itself needs nothing above it.
    let told = answer(&server, &asked(&teams, 2, "what is p95?"), &mut teams).await;
    assert!(told.contains("95"), "{told}");
    let mut first = asked(&teams, 3, "explain this");
    first["id"] = json!("1789376401123");
    let told = answer(&server, &first, &mut teams).await;
    assert!(told.contains("I read only what is written to me"), "nothing stands above the first message: {told}");
    assert_eq!(teams.read().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_fetched_anew() {
    let mut teams = FakeTeams::start().await;
    let server = reading(&teams).await;
    teams.answer("/graph", 401, &[], "{}");
    let parent = json!({ "body": { "contentType": "text", "content": "We rolled back the 14:05 deploy." } });
    teams.answer("/graph", 200, &[], &parent.to_string());
    let told = answer(&server, &asked(&teams, 1, "explain this"), &mut teams).await;
    assert!(told.contains("undid the 14:05 release"), "{told}");
    assert_eq!(teams.read().len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn where_it_is_not_allowed_one_sentence_says_what_would_help() {
    let mut teams = FakeTeams::start().await;
    let server = reading(&teams).await;
    let deleted = json!({ "deletedDateTime": "2026-09-14T09:00:00Z", "body": { "content": "secret" } }).to_string();
    for (number, (status, body, part)) in [
        (403, "{}", "An owner of this team has to add me to it again"),
        (401, "{}", "An owner of this team has to add me to it again"),
        (404, "{}", "I cannot find the message above."),
        (200, &*deleted, "I cannot find the message above."),
        (503, "<html>", "right now"),
        (200, "[", "right now"),
    ]
    .into_iter()
    .enumerate()
    {
        teams.answer("/graph", status, &[], body);
        if status == 401 {
            // The first token may have been taken back; the second is a fresh one.
            teams.answer("/graph", status, &[], body);
        }
        let asked = asked(&teams, u32::try_from(number).unwrap(), "explain this");
        let told = answer(&server, &asked, &mut teams).await;
        assert!(told.contains(part) && told.contains("choose “Explain this”"), "{status} {body}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
    server.stop().await;
    // A missing token is the operator's affair, and no owner of the team can mend it.
    let server = reading(&teams).await;
    for (number, refusal) in [(20, json!({ "error": "invalid_client" })), (21, json!({}))] {
        teams.answer("/token", 400, &[], &refusal.to_string());
        let asked = asked(&teams, number, "explain this");
        let told = answer(&server, &asked, &mut teams).await;
        assert!(told.contains("right now") && told.contains("choose “Explain this”"), "{told}");
    }
    server.stop().await;
    // Unless it is switched on, nothing is asked for.
    let server = teams.server().await;
    let read = teams.read().len();
    let told = answer(&server, &asked(&teams, 9, "explain this"), &mut teams).await;
    assert!(told.contains("I read only what is written to me"), "{told}");
    assert_eq!(teams.read().len(), read);
    server.stop().await;
}
