//! Who stays signed in to the glossary, who is whom, who is let in without being asked, and where signing in begins.

use reqwest::Method;
use serde_json::{Value, json};
use upshot::config::{Settings, Source};

use super::{
    databases::{Database, on_both},
    fake_openid::{FakeOpenId, Side, TENANT},
    server::NOW,
    sign_in::{Way, as_admin, deliver_end, install, page, refused, server, server_at, signed_in},
};

on_both!(
    a_session_ends_with_the_workspace_of_the_bot_token,
    a_session_that_nobody_uses_ends_early,
    people_of_an_organisation_are_the_same_in_all_its_workspaces,
    guests_come_in_only_when_somebody_lets_them,
);

async fn a_session_ends_with_the_workspace_of_the_bot_token(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let cookie = signed_in(&server, Side::Slack).await;
    assert!(page(&server, "/glossary", &cookie).await.contains("Sign out"));
    let asked = openid.asked("/api/auth.test");
    assert!(page(&server, "/glossary", &cookie).await.contains("Sign out"));
    assert_eq!(openid.asked("/api/auth.test"), asked, "Slack is not asked for each page");
    // The token belongs to a workspace that has no stored installation, and is dead from now on.
    openid.answer("/api/auth.test", 200, &json!({ "ok": false, "error": "account_inactive" }).to_string());
    assert_eq!(deliver_end(&server, None, Some("T0000UPSHT")).await, 200);
    for _ in 0..2 {
        assert!(!page(&server, "/glossary", &cookie).await.contains("Sign out"));
    }
    assert_eq!(openid.asked("/api/auth.test"), asked + 1);
    let sentence = "Upshot is not installed in the Slack workspace that you chose";
    refused(Way::to(&server, Side::Slack, "").await.end(&server).await, 403, sentence).await;
    // Somebody else's end changes nothing: the token is asked again and lives.
    openid.recover();
    assert_eq!(deliver_end(&server, None, Some("T0OTHER")).await, 200);
    assert!(page(&server, "/glossary", &cookie).await.contains("Sign out"));
    server.stop().await;
}

async fn a_session_that_nobody_uses_ends_early(database: Database) {
    let openid = FakeOpenId::start().await;
    let first = server(&openid, &database).await;
    let [used, idle] = [signed_in(&first, Side::Microsoft).await, signed_in(&first, Side::Slack).await];
    first.stop().await;
    // Each is another process over the same database: fifty minutes later, then ninety, then nearly twelve hours.
    let later = async |minutes: i64| server_at(NOW + minutes * 60, &openid, &database, &[]).await;
    let second = later(50).await;
    assert!(page(&second, "/glossary", &used).await.contains("Sign out"));
    second.stop().await;
    let third = later(90).await;
    assert!(page(&third, "/glossary", &used).await.contains("Sign out"), "it was used forty minutes ago");
    assert!(!page(&third, "/glossary", &idle).await.contains("Sign out"), "it was not used for ninety");
    third.stop().await;
    for minutes in (140..=719).step_by(50).chain([719]) {
        let next = later(minutes).await;
        assert!(page(&next, "/glossary", &used).await.contains("Sign out"), "{minutes}");
        next.stop().await;
    }
    let end = later(720).await;
    assert!(!page(&end, "/glossary", &used).await.contains("Sign out"), "no use makes it longer than twelve hours");
    end.stop().await;
}

async fn people_of_an_organisation_are_the_same_in_all_its_workspaces(database: Database) {
    let openid = FakeOpenId::start().await;
    install(&database, Some("E0GROUP"), None).await;
    let server = server(&openid, &database).await;
    let claim = |workspace: &str, organisation: Option<&str>, person: &str| {
        openid.claim(json!({
            "https://slack.com/team_id": workspace, "https://slack.com/enterprise_id": organisation,
            "https://slack.com/user_id": person,
        }));
    };
    // One comes for the first time, one was let in by the id of a workspace, one by those of two.
    for (name, role, workspace, person) in [
        ("Ben", "curator", "T0ONE", "U0BEN"),
        ("Cleo one", "author", "T0ONE", "U0CLEO"),
        ("Cleo two", "admin", "T0TWO", "U0CLEO"),
    ] {
        let body = json!({ "name": name, "role": role, "platform": "slack", "workspace": workspace, "person": person });
        assert_eq!(as_admin(&server, Method::POST, "/api/v1/curators", &body).await.0, 201);
    }
    for (person, known) in [("U0ELENA001", "Elena Fox (U0ELENA001), reader"), ("U0BEN", "Ben, curator")] {
        for workspace in ["T0ONE", "T0TWO", "T0THREE"] {
            claim(workspace, Some("E0GROUP"), person);
            let cookie = signed_in(&server, Side::Slack).await;
            assert!(page(&server, "/glossary", &cookie).await.contains(known), "{person} in {workspace}");
        }
    }
    claim("T0ONE", Some("E0GROUP"), "U0CLEO");
    let first = signed_in(&server, Side::Slack).await;
    assert!(page(&server, "/glossary", &first).await.contains("Cleo one, author"));
    claim("T0TWO", Some("E0GROUP"), "U0CLEO");
    let second = signed_in(&server, Side::Slack).await;
    for cookie in [&first, &second] {
        assert!(page(&server, "/glossary", cookie).await.contains("Cleo one, admin"), "no role is lost");
    }
    let (_, listed) = as_admin(&server, Method::GET, "/api/v1/curators", &Value::Null).await;
    let people: Vec<(String, String)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap().to_owned(), one["account"]["workspace"].as_str().unwrap().to_owned()))
        .collect();
    let of_the_group = |name: &str| (name.to_owned(), "E0GROUP".to_owned());
    assert_eq!(people, ["Ben", "Cleo one", "Elena Fox (U0ELENA001)"].map(of_the_group));
    // It is told whose accounts became one; Elena has had no other one.
    let (_, audit) = as_admin(&server, Method::GET, "/api/v1/audit?kind=people", &Value::Null).await;
    let joined: Vec<[&str; 3]> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["action"] == "joined with an earlier account")
        .map(|event| ["actor", "subject", "detail"].map(|field| event[field].as_str().unwrap()))
        .collect();
    assert_eq!(
        joined,
        [
            [
                "Cleo one",
                "Cleo one",
                "Cleo two, admin: U0CLEO of E0GROUP instead of U0CLEO of T0TWO; admin instead of author"
            ],
            ["Cleo one", "Cleo one", "U0CLEO of E0GROUP instead of U0CLEO of T0ONE"],
            ["Ben", "Ben", "U0BEN of E0GROUP instead of U0BEN of T0ONE"],
        ]
    );
    // The same id outside of the organisation is somebody else.
    claim("T0000UPSHT", None, "U0BEN");
    let stranger = signed_in(&server, Side::Slack).await;
    assert!(page(&server, "/glossary", &stranger).await.contains("(U0BEN), reader"));
    server.stop().await;
}

async fn guests_come_in_only_when_somebody_lets_them(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let people = |user: Value| openid.tell_of_people(user);
    for (guest, sentence) in [
        (json!({ "name": "g", "is_restricted": true }), "is a guest’s"),
        (json!({ "name": "g", "is_restricted": true, "is_ultra_restricted": true }), "is a guest’s"),
        (json!({ "name": "g", "is_stranger": true }), "is a guest’s"),
        (json!(null), "Slack did not say whether you are a member there or a guest."),
    ] {
        people(guest.clone());
        let response = Way::to(&server, Side::Slack, "").await.end(&server).await;
        refused(response, 403, sentence).await;
    }
    openid.answer("/api/users.info", 200, &json!({ "ok": false, "error": "missing_scope" }).to_string());
    let response = Way::to(&server, Side::Slack, "").await.end(&server).await;
    refused(response, 403, "did not say whether you are a member").await;
    openid.recover();
    let (own, other) = (format!("https://sts.windows.net/{TENANT}/"), "https://sts.windows.net/another/");
    for claims in [
        json!({ "acct": 1 }),
        json!({ "acct": "1", "idp": own }),
        json!({ "idp": other }),
        json!({ "idp": "live.com" }),
    ] {
        openid.claim(claims);
        let response = Way::to(&server, Side::Microsoft, "").await.end(&server).await;
        refused(response, 403, "Your account at Microsoft is a guest’s.").await;
    }
    for claims in
        [json!({ "acct": 0, "idp": other }), json!({ "idp": own }), json!({ "acct": 0 }), json!({ "idp": "" })]
    {
        openid.claim(claims);
        signed_in(&server, Side::Microsoft).await;
    }
    openid.recover();
    // Whoever was let in comes in, guest or not, whatever Slack says.
    let gus = json!({
        "name": "Gus", "role": "author", "platform": "slack", "workspace": "T0000UPSHT", "person": "U0ELENA001",
    });
    assert_eq!(as_admin(&server, Method::POST, "/api/v1/curators", &gus).await.0, 201);
    for user in [json!({ "name": "g", "is_restricted": true }), json!(null)] {
        people(user);
        let cookie = signed_in(&server, Side::Slack).await;
        assert!(page(&server, "/glossary", &cookie).await.contains("Gus, author"));
    }
    server.stop().await;
}

#[tokio::test]
async fn who_begins_at_another_address_is_led_to_the_right_one() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    for side in Side::BOTH {
        let path = format!("/glossary/sign-in/{}", side.path());
        let ask = async |host: Option<&str>, forwarded: Option<&str>, query: &str| {
            let mut request = server.client().get(server.url(&format!("{path}{query}")));
            if let Some(host) = host {
                request = request.header("host", host);
            }
            if let Some(host) = forwarded {
                request = request.header("x-forwarded-host", host);
            }
            request.send().await.unwrap()
        };
        for (host, forwarded) in [(None, None), (Some("10.0.0.5:8080"), None), (Some("localhost:8080"), Some("upshot"))]
        {
            let response = ask(host, forwarded, "?to=/glossary/review").await;
            assert_eq!(response.status(), 200);
            assert!(!response.headers().contains_key("set-cookie"), "nothing is kept at the wrong address");
            let text = response.text().await.unwrap().replace("&#x2f;", "/");
            assert!(text.contains("another address than https://localhost"), "{text}");
            let link = format!("href=\"https://localhost{path}?moved=yes&amp;to=%2Fglossary%2Freview\"");
            assert!(text.contains(&link), "{link} in {text}");
        }
        // At the right one, also behind a proxy that says so, and behind one that hides it after one page.
        for (host, forwarded, query) in [
            (Some("localhost"), None, ""),
            (Some("LOCALHOST:443"), None, ""),
            (Some("127.0.0.1:3000"), Some("localhost, 10.0.0.1"), ""),
            (Some("upstream"), None, "?moved=yes"),
        ] {
            assert_eq!(ask(host, forwarded, query).await.status(), 303, "{host:?} {forwarded:?} {query}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stand_in_vouches_for_nobody_where_others_sign_in() {
    let openid = FakeOpenId::start().await;
    let settings = openid.settings();
    let problems = |more: &[(&str, &str)]| {
        let mut pairs = vec![("SLACK_SIGNING_SECRET", super::server::SECRET)];
        pairs.extend(settings.iter().map(|(name, value)| (*name, &**value)));
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend_from_slice(more);
        Settings::from_source(&Source::from_pairs(&pairs)).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(problems(&[]), "");
    let public = ("UPSHOT_PUBLIC_URL", "https://upshot.example.com");
    let told = problems(&[public]);
    for setting in ["SLACK_API_URL", "MICROSOFT_LOGIN_URL"] {
        assert!(told.contains(&format!("{setting} names this machine, which would then say who signs in")), "{told}");
    }
    assert!(!told.contains("hush") && !told.contains("app-password"), "{told}");
    // Where nobody signs in it may be, and where Slack itself says who people are.
    let nobody = [
        public,
        ("SLACK_CLIENT_ID", ""),
        ("SLACK_CLIENT_SECRET", ""),
        ("MICROSOFT_APP_ID", ""),
        ("MICROSOFT_APP_PASSWORD", ""),
    ];
    assert_eq!(problems(&nobody), "");
    assert_eq!(problems(&[public, ("SLACK_API_URL", ""), ("MICROSOFT_LOGIN_URL", "")]), "");
}
