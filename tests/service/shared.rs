//! Whose people keep what all workspaces share: entries that hold everywhere, readers and templates.

use reqwest::Method;
use serde_json::json;

use super::{
    databases::{Database, on_both},
    fake_openid::{FakeOpenId, Side, TENANT},
    server::{NOW, TestServer},
    sign_in::{as_admin, deliver_end, install, page, send, server, server_at, signed_in},
};

on_both!(
    a_workspace_that_came_over_a_link_keeps_its_own_words_and_no_others,
    whoever_came_alone_keeps_everything_until_another_comes,
    of_several_tenants_the_own_one_keeps_what_is_shared,
    a_workspace_leaves_a_shared_entry_out_and_takes_that_back,
);

const ENTRY: [(&str, &str); 4] = [
    ("terms", "kiln | noun"),
    ("definition", "A cell."),
    ("match", "The kiln is down."),
    ("no_match", "The oven is hot."),
];
const SENTENCE: &str = "yours is one of several";

/// Lets somebody in as an administrator, who signs in.
async fn admin_of(server: &TestServer, openid: &FakeOpenId, side: Side, workspace: &str) -> String {
    let (platform, claims) = match side {
        Side::Slack => {
            ("slack", json!({ "https://slack.com/team_id": workspace, "https://slack.com/user_id": "U0ANN" }))
        }
        Side::Microsoft => {
            let issuer = format!("https://login.microsoftonline.com/{workspace}/v2.0");
            ("teams", json!({ "iss": issuer, "tid": workspace, "oid": "u0ann" }))
        }
    };
    let body = json!({
        "name": format!("Ann of {workspace}"), "role": "admin", "platform": platform, "workspace": workspace,
        "person": "U0ANN",
    });
    assert_eq!(as_admin(server, Method::POST, "/api/v1/curators", &body).await.0, 201);
    openid.claim(claims);
    let cookie = signed_in(server, side).await;
    openid.recover();
    cookie
}

/// Whether somebody is let do what everybody else notices: change an entry, a reader and a template.
async fn keeps_what_is_shared(server: &TestServer, cookie: &str) -> bool {
    let entry = page(server, "/glossary/concepts/canary", cookie).await;
    let is_offered = entry.contains("canary/edit");
    assert_eq!(entry.contains(SENTENCE), !is_offered, "{entry}");
    let readers = page(server, "/glossary/audiences", cookie).await;
    assert_eq!(readers.contains("name=\"add\""), is_offered, "{readers}");
    let settings = page(server, "/glossary/settings", cookie).await;
    assert_eq!(settings.contains("TEAMS_ALLOWED_TENANTS"), is_offered, "settings name tenants");
    let posts: [(&str, &[(&str, &str)]); 4] = [
        ("/glossary/concepts/canary/step", &[("step", "submit"), ("revision", "0")]),
        ("/glossary/concepts/canary/revert", &[("revision", "0"), ("seen", "0")]),
        ("/glossary/audiences/general/revert", &[("revision", "0"), ("seen", "0")]),
        ("/glossary/templates/generic", &[("text", "{{"), ("then", "save"), ("revision", "0")]),
    ];
    for (path, fields) in posts {
        let answer = send(server, path, cookie, fields).await;
        let status = answer.status();
        let told = answer.text().await.unwrap();
        assert_eq!(status == 403 && told.contains(SENTENCE), !is_offered, "{path}: {status} {told}");
    }
    is_offered
}

async fn a_workspace_that_came_over_a_link_keeps_its_own_words_and_no_others(database: Database) {
    let openid = FakeOpenId::start().await;
    install(&database, None, Some("T0SECOND")).await;
    let server = server(&openid, &database).await;
    let own = admin_of(&server, &openid, Side::Slack, "T0000UPSHT").await;
    assert!(keeps_what_is_shared(&server, &own).await, "the settings have this workspace's token");
    let guest = admin_of(&server, &openid, Side::Slack, "T0SECOND").await;
    assert!(!keeps_what_is_shared(&server, &guest).await);
    assert!(page(&server, "/glossary/concepts/canary/edit", &guest).await.contains(SENTENCE));
    // What they add holds in their workspace, and they approve it by themselves.
    let added = send(&server, "/glossary/new", &guest, &ENTRY).await;
    assert_eq!(added.status(), 303);
    assert!(added.headers()["location"].to_str().unwrap().starts_with("/glossary/concepts/kiln-t0second"));
    let approve = [("step", "approve"), ("revision", "1")];
    assert_eq!(send(&server, "/glossary/concepts/kiln-t0second/step", &guest, &approve).await.status(), 303);
    assert!(page(&server, "/glossary/concepts/kiln-t0second", &guest).await.contains("only in slack:T0SECOND"));
    assert!(!page(&server, "/glossary?q=kiln", &own).await.contains("A cell."));
    // It cannot be made everybody's.
    let everywhere = [ENTRY.as_slice(), &[("scope", ""), ("revision", "2")]].concat();
    let answer = send(&server, "/glossary/concepts/kiln-t0second/edit", &guest, &everywhere).await;
    assert_eq!(answer.status(), 403);
    // What the own workspace adds is everybody's.
    let added = send(&server, "/glossary/new", &own, &ENTRY).await;
    assert_eq!(added.headers()["location"], "/glossary/concepts/kiln?done=saved");
    server.stop().await;
}

async fn whoever_came_alone_keeps_everything_until_another_comes(database: Database) {
    let openid = FakeOpenId::start().await;
    install(&database, None, Some("T0FIRST")).await;
    let alone = [("SLACK_BOT_TOKEN", ""), ("MICROSOFT_APP_ID", ""), ("MICROSOFT_APP_PASSWORD", "")];
    let server = server_at(NOW, &openid, &database, &alone).await;
    let first = admin_of(&server, &openid, Side::Slack, "T0FIRST").await;
    assert!(keeps_what_is_shared(&server, &first).await);
    install(&database, None, Some("T0SECOND")).await;
    assert!(!keeps_what_is_shared(&server, &first).await, "without another session");
    assert_eq!(deliver_end(&server, None, Some("T0SECOND")).await, 200);
    assert!(keeps_what_is_shared(&server, &first).await);
    server.stop().await;
}

async fn of_several_tenants_the_own_one_keeps_what_is_shared(database: Database) {
    let openid = FakeOpenId::start().await;
    let allowed = format!("{TENANT},another");
    let server = server_at(NOW, &openid, &database, &[("TEAMS_ALLOWED_TENANTS", &allowed)]).await;
    let own = admin_of(&server, &openid, Side::Microsoft, TENANT).await;
    assert!(keeps_what_is_shared(&server, &own).await);
    let guest = admin_of(&server, &openid, Side::Microsoft, "another").await;
    assert!(!keeps_what_is_shared(&server, &guest).await);
    server.stop().await;
}

/// What stands in a box of the editor.
fn filled_in(editor: &str, name: &str) -> String {
    let (_, rest) = editor.split_once(&format!("name=\"{name}\" rows=")).expect(name);
    let (_, rest) = rest.split_once(">\n").expect(name);
    let (value, _) = rest.split_once("</textarea>").expect(name);
    value.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x2f;", "/").replace("&amp;", "&")
}

async fn a_workspace_leaves_a_shared_entry_out_and_takes_that_back(database: Database) {
    let openid = FakeOpenId::start().await;
    install(&database, None, Some("T0SECOND")).await;
    let server = server(&openid, &database).await;
    let own = admin_of(&server, &openid, Side::Slack, "T0000UPSHT").await;
    let guest = admin_of(&server, &openid, Side::Slack, "T0SECOND").await;
    let explained = async |place: &str| {
        let path = format!("/api/v1/explain?q=canary&place={place}");
        let (_, answer) = as_admin(&server, Method::GET, &path, &json!({})).await;
        answer["concept"].as_str().unwrap().to_owned()
    };
    assert_eq!(explained("slack:T0SECOND").await, "canary");

    let address = "/glossary/new?leave_out=canary";
    assert!(page(&server, "/glossary/concepts/canary", &guest).await.contains(address));
    assert!(!page(&server, "/glossary/concepts/canary", &own).await.contains(address));
    let editor = page(&server, address, &guest).await;
    let names = ["terms", "definition", "no_match"];
    let values = names.map(|name| filled_in(&editor, name));
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
    assert!(editor.contains("name=\"everyday\" type=\"text\" value=\"yes\""), "{editor}");
    fields.extend([("everyday", "yes"), ("subject_field", "delivery"), ("reason", "A canary is a bird to us.")]);
    fields.push(("then", "submit"));
    let added = send(&server, "/glossary/new", &guest, &fields).await;
    let location = added.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    let location = location.unwrap_or_default();
    let told = added.text().await.unwrap();
    let entry = location.split('?').next().unwrap_or_default();
    assert!(entry.starts_with("/glossary/concepts/canary"), "{location} {told}");
    assert_eq!(explained("slack:T0SECOND").await, "canary", "nobody has approved it");
    let step = |step: &'static str, revision: &'static str, reason: &'static str| {
        [("step", step), ("revision", revision), ("reason", reason)]
    };
    let path = format!("{entry}/step");
    assert_eq!(send(&server, &path, &guest, &step("approve", "1", "")).await.status(), 303);
    for (place, expected) in [("slack:T0SECOND", ""), ("slack:T0000UPSHT", "canary")] {
        assert_eq!(explained(place).await, expected, "{place}");
    }
    let history = page(&server, entry, &guest).await;
    for part in ["A canary is a bird to us.", "by Ann of T0SECOND", "only in slack:T0SECOND"] {
        assert!(history.contains(part), "{part}: {history}");
    }
    assert_eq!(send(&server, &path, &guest, &step("retire", "2", "We have them now.")).await.status(), 303);
    assert_eq!(explained("slack:T0SECOND").await, "canary");
    server.stop().await;
}
