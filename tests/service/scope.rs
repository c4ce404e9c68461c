//! Entries that hold in one workspace or channel: the same text from two places is told in the words of each, through signed
//! deliveries, the API and the pages.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use upshot::engine::{Content, ContentFile};

use super::{
    databases::{Database, on_both},
    fake_slack::FakeSlack,
    glossary::{TOKEN, content_of, send_as, server},
    server::{TestServer, acknowledged},
};

on_both!(a_scope_is_written_checked_and_given_out);

/// One term that means something else in each of these places.
pub(crate) fn kilns(places: &[(&str, &str)]) -> Content {
    let entries: Vec<Value> = places
        .iter()
        .enumerate()
        .map(|(number, (place, wording))| {
            let scope: &[&str] = if place.is_empty() { &[] } else { &[place] };
            json!({
                "id": format!("kiln-{number}"), "definition": format!("What people call the {wording}."), "scope": scope,
                "terms": [{ "text": "kiln", "pos": "noun" }], "wordings": [{ "text": wording, "pos": "noun" }]
            })
        })
        .collect();
    content_of(ContentFile::own(
        "glossary/ours.yaml",
        &json!({ "subject_field": "ours", "concepts": entries }).to_string(),
    ))
}

const PLACES: [(&str, &str); 4] = [
    ("", "oven"),
    ("slack:T0000UPSHT", "test area"),
    ("slack:T0000UPSHT/C0OPS", "spare machine"),
    ("slack:T0SECOND", "shop copy"),
];

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

#[tokio::test]
async fn two_workspaces_and_two_channels_read_their_own_words() {
    let server = TestServer::over(kilns(&PLACES), &[]).await;
    for (number, (team, channel, wording)) in [
        ("T0000UPSHT", "C0DEV", "test area"),
        ("T0000UPSHT", "C0OPS", "spare machine"),
        ("T0SECOND", "C0OPS", "shop copy"),
        ("T0THIRD", "C0OPS", "oven"),
    ]
    .into_iter()
    .enumerate()
    {
        let trigger = |what: &str| format!("{what}.{number}");
        let ask = async |command: &str, typed: &str| {
            let trigger = trigger(&format!("{command}.{typed}"));
            let fields = [("team_id", team), ("channel_id", channel), ("command", command), ("text", typed)];
            server.typed(&[fields.as_slice(), &[("trigger_id", trigger.as_str())]].concat()).await
        };
        let told = ask("/upshot", "The kiln is full.").await;
        assert!(text(&told).contains(&format!("The {wording} is full.")), "{team} {channel}: {told}");
        for query in ["kiln", "what is a kiln?", "kilnn"] {
            let told = ask("/explain", query).await;
            assert!(text(&told).contains(&format!("What people call the {wording}.")), "{team} {channel}: {told}");
            for (_, other) in PLACES.iter().filter(|(_, other)| *other != wording) {
                assert!(!told.to_string().contains(other), "{team} {channel} {query}: {told}");
            }
        }
        // What somebody knows is remembered under the entry that they mean, and told under its name there.
        ask("/upshot", "know kiln").await;
        let known = ask("/upshot", "The kiln is full.").await;
        assert!(text(&known).contains("The kiln is full."), "{team} {channel}: {known}");
        ask("/upshot", "forget kiln").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn an_answer_keeps_the_words_of_its_channel_for_another_reader() {
    let mut slack = FakeSlack::start().await;
    let settings = [("SLACK_API_URL", slack.api_url()), ("SLACK_BOT_TOKEN", "xoxb-test".to_owned())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = TestServer::over(kilns(&PLACES), &settings).await;
    let mut action = slack.addressed("message_action_plain.json");
    action["channel"]["id"] = json!("C0OPS");
    action["message"]["text"] = json!("The kiln is full.");
    action["message"]["blocks"] = json!([]);
    acknowledged(&server, &action).await;
    let opened = slack.next().await;
    assert!(opened.body.to_string().contains("The spare machine is full."), "{}", opened.body);
    // A dialog stands in no channel; the text behind it does.
    let view = &opened.body["view"];
    let controls = view["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    let pick = json!({
        "type": "block_actions", "trigger_id": "7.7.7", "team": { "id": "T0000UPSHT" }, "user": action["user"],
        "view": { "id": "V1", "callback_id": view["callback_id"], "private_metadata": view["private_metadata"] },
        "actions": [{
            "type": "static_select", "action_id": "audience", "block_id": controls["block_id"],
            "selected_option": { "value": "sales" }
        }]
    });
    acknowledged(&server, &pick).await;
    let changed = slack.next().await;
    assert!(changed.body.to_string().contains("The spare machine is full."), "{}", changed.body);
    server.stop().await;
}

#[tokio::test]
async fn a_place_over_the_api_needs_a_token() {
    let server = TestServer::over(kilns(&PLACES), &[("UPSHOT_ADMIN_TOKEN", TOKEN)]).await;
    let rewrite = async |place: &str, token: &str| {
        let body = json!({ "text": "The kiln is full.", "place": place });
        let (status, told) = send_as(&server, token, Method::POST, "/api/v1/rewrite", &body).await;
        (status.as_u16(), told["plain"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(rewrite("", "").await, (200, "The oven is full.".to_owned()));
    assert_eq!(rewrite("slack:T0SECOND", "").await, (401, String::new()));
    assert_eq!(rewrite("slack:T0SECOND", "a wrong one").await, (401, String::new()));
    assert_eq!(rewrite("T0SECOND", TOKEN).await, (422, String::new()));
    assert_eq!(rewrite("slack:T0SECOND/C0DEV", TOKEN).await, (200, "The shop copy is full.".to_owned()));
    assert_eq!(rewrite("slack:T0000UPSHT/C0OPS", TOKEN).await, (200, "The spare machine is full.".to_owned()));
    let explain = "/api/v1/explain?q=kiln&place=slack:T0SECOND";
    assert_eq!(server.get(explain).await.status(), StatusCode::UNAUTHORIZED);
    let told = server.client().get(server.url(explain)).bearer_auth(TOKEN).send().await.unwrap().text().await.unwrap();
    assert!(told.contains("What people call the shop copy."), "{told}");
    server.stop().await;
}

async fn a_scope_is_written_checked_and_given_out(database: Database) {
    let server = server(&database).await;
    let entry = |scope: Value| {
        json!({
            "definition": "What goes back in the shop.", "terms": [{ "text": "rollback" }], "wordings": [{ "text": "return of goods" }],
            "scope": scope,
            "examples": { "match": ["The rollback took an hour."], "no_match": ["The ball rolled back."] }
        })
    };
    let post = async |body: &Value| send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", body).await;
    let (status, told) = post(&entry(json!(["slak:T0SECOND"]))).await;
    assert_eq!(status, 422, "{told}");
    assert_eq!(told["errors"][0]["field"], "scope", "{told}");
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("write slack:T0123 for a workspace"), "{told}");
    // What ships under this id would be lost for everybody else.
    let mut over = entry(json!(["slack:T0SECOND"]));
    over["id"] = json!("rollback");
    let (status, told) = post(&over).await;
    assert_eq!(status, 422, "{told}");
    assert!(told.to_string().contains("give what holds in one place alone an id of its own"), "{told}");
    // The same term in another scope is no collision, and gets an id of its own.
    let (status, told) = post(&entry(json!([" slack:T0SECOND "]))).await;
    assert_eq!(status, 201, "{told}");
    assert_eq!(
        (told["id"].as_str(), &told["scope"], told.get("warnings")),
        (Some("rollback-t0second"), &json!(["slack:T0SECOND"]), None)
    );
    let path = "/api/v1/concepts/rollback-t0second/approve";
    let (status, told) = send_as(&server, TOKEN, Method::POST, path, &json!({})).await;
    assert_eq!(status, 200, "{told}");
    for (team, wording) in [("T0SECOND", "return of goods"), ("T0000UPSHT", "return to the earlier version")] {
        let told = server.typed(&[("team_id", team), ("text", "The rollback took an hour.")]).await;
        assert!(text(&told).contains(wording), "{team}: {told}");
    }
    let table = server.client().get(server.url("/api/v1/export?format=csv")).bearer_auth(TOKEN).send().await.unwrap();
    let table = table.text().await.unwrap();
    assert!(table.contains("slack:T0SECOND"), "{table}");
    let taken_in = server.client().post(server.url("/api/v1/import?format=csv&dry_run=true")).bearer_auth(TOKEN);
    let report: Value = super::server::json(taken_in.body(table).send().await.unwrap()).await;
    assert_eq!((report["unchanged"].as_u64(), report["updated"].as_u64()), (Some(1), Some(0)), "{report}");
    let only = async |scope: &str| {
        let found = server.client().get(server.url(&format!("/api/v1/concepts?scope={scope}"))).bearer_auth(TOKEN);
        super::server::json(found.send().await.unwrap()).await["total"].as_u64()
    };
    assert_eq!(
        (only("slack:T0SECOND").await, only("slack:T0").await, only("everywhere").await),
        (Some(1), Some(0), Some(2))
    );
    server.stop().await;
}
