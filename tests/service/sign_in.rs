//! Signing in to the glossary's pages with an account at Slack or Microsoft, and who is let in as whom.

use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Value, json};
use upshot::{
    app::{InstallationDetails, InstallationKey, Tokens},
    clock::Timestamp,
    config::{Secret, Settings, Source, TenantDoubt},
    ids::{OrganisationId, PersonId, Platform, WorkspaceId},
    platforms::{slack::Slack, teams::Teams},
};

use super::{
    databases::{Database, on_both},
    fake_openid::{FakeOpenId, Side, Signature, TENANT},
    glossary::{TOKEN, send_as, small_content},
    server::{NOW, TestServer, form},
};

on_both!(
    somebody_signs_in_as_the_person_of_chat,
    a_way_back_is_good_once_for_ten_minutes_and_in_the_same_browser,
    a_role_can_be_given_before_the_first_time,
    everybody_does_what_their_role_allows,
    people_of_one_name_are_told_apart,
    a_session_ends_with_its_workspace,
    people_see_what_their_own_workspace_asks_for,
    readers_ask_for_definitions,
);

/// What a form holds.
type Fields<'a> = &'a [(&'a str, &'a str)];

pub(crate) async fn server_at(now: i64, openid: &FakeOpenId, database: &Database, more: &[(&str, &str)]) -> TestServer {
    let settings = openid.settings();
    let mut pairs = vec![
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    pairs.extend(settings.iter().map(|(name, value)| (*name, &**value)));
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend_from_slice(more);
    TestServer::over_at(now, small_content(), &pairs).await
}

pub(crate) async fn server(openid: &FakeOpenId, database: &Database) -> TestServer {
    server_at(NOW, openid, database, &[]).await
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

async fn get(server: &TestServer, path: &str, cookie: &str) -> Response {
    server.client().get(server.url(path)).header("cookie", cookie).send().await.unwrap()
}

pub(crate) async fn page(server: &TestServer, path: &str, cookie: &str) -> String {
    get(server, path, cookie).await.text().await.unwrap()
}

/// A browser that left, agreed on the platform's page, and holds what it is to bring back.
pub(crate) struct Way {
    back: String,
    cookie: String,
}

impl Way {
    pub(crate) async fn to(server: &TestServer, side: Side, wanted: &str) -> Self {
        let query = form(&[("to", wanted)]);
        let address = server.url(&format!("/glossary/sign-in/{}?{query}", side.path()));
        let left = server.client().get(address).header("host", "localhost").send().await.unwrap();
        assert_eq!(left.status(), 303);
        assert_eq!(header(&left, "cache-control"), "no-store");
        let cookie = header(&left, "set-cookie");
        let (pair, attributes) = cookie.split_once(';').unwrap();
        for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=600"] {
            assert!(attributes.contains(attribute), "{attribute} in {cookie}");
        }
        assert!(pair.starts_with("__Host-"), "{cookie}");
        let agreed = server.client().get(header(&left, "location")).send().await.unwrap();
        let back = Url::parse(&header(&agreed, "location")).unwrap();
        assert_eq!(back.host_str(), Some("localhost"));
        let back = format!("{}?{}", back.path(), back.query().unwrap());
        Self { back, cookie: pair.to_owned() }
    }

    pub(crate) async fn end(&self, server: &TestServer) -> Response {
        get(server, &self.back, &format!("theme=dark; {}", self.cookie)).await
    }
}

/// The cookie of the session that an answer opens.
fn session(response: &Response) -> String {
    let status = response.status();
    let cookies: Vec<&str> =
        response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(status, 303, "{cookies:?}");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("__Host-") && cookie.contains("Max-Age=0")), "{cookies:?}");
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-upshot-glossary=")).unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/;", "Max-Age=43200"] {
        assert!(session.contains(attribute), "{session}");
    }
    session.split(';').next().unwrap().to_owned()
}

pub(crate) async fn signed_in(server: &TestServer, side: Side) -> String {
    session(&Way::to(server, side, "").await.end(server).await)
}

/// A page that says why somebody is not signed in, and opens no session.
pub(crate) async fn refused(response: Response, status: u16, sentence: &str) {
    let cookies = response.headers().get_all("set-cookie").iter();
    let cookies: Vec<String> = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
    assert!(!cookies.iter().any(|cookie| cookie.contains("glossary=")), "{cookies:?}");
    assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
    assert!(header(&response, "content-security-policy").contains("default-src 'none'"));
    let found = response.status();
    let text = response.text().await.unwrap().replace("&#x2f;", "/");
    assert_eq!(found, status, "{sentence}: {text}");
    assert!(text.contains("You were not signed in") && text.contains(sentence), "{sentence}: {text}");
    assert!(text.contains("href=\"/glossary/sign-in"), "a way back: {text}");
    for secret in ["hush", "app-password", "access-token-of-a-person", "a secret", "eyJ"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

pub(crate) async fn as_admin(server: &TestServer, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    send_as(server, TOKEN, method, path, body).await
}

pub(crate) async fn send(server: &TestServer, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Response {
    let text = page(server, "/glossary", cookie).await;
    let csrf = text.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let mut all = vec![("csrf", &*csrf)];
    all.extend_from_slice(fields);
    let request = server.client().post(server.url(path)).header("cookie", cookie);
    request.header("content-type", "application/x-www-form-urlencoded").body(form(&all)).send().await.unwrap()
}

async fn somebody_signs_in_as_the_person_of_chat(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let offered = page(&server, "/glossary/sign-in?to=/glossary/wanted", "").await;
    for part in ["Sign in with Slack", "Sign in with Microsoft", "With a token", "value=\"&#x2f;glossary&#x2f;wanted\""]
    {
        assert!(offered.contains(part), "{part}: {offered}");
    }
    for (side, name, account) in [
        (Side::Slack, "Elena Fox (U0ELENA001)", "Slack: U0ELENA001 in T0000UPSHT".to_owned()),
        (Side::Microsoft, "Elena Fox (0e1f-elena)", format!("Microsoft: 0e1f-elena in {TENANT}")),
    ] {
        let back = Way::to(&server, side, "/glossary/wanted").await.end(&server).await;
        assert_eq!(header(&back, "location"), "/glossary/wanted");
        let cookie = session(&back);
        let wanted = page(&server, "/glossary/wanted", &cookie).await;
        assert!(wanted.contains(&format!("{name}, reader")), "{wanted}");
        // Readers look, on every page.
        for (path, status) in [("/glossary/people", 403), ("/glossary/new", 303), ("/glossary/import", 303)] {
            assert_eq!(get(&server, path, &cookie).await.status(), status, "{path}");
        }
        let concept = [("terms", "kiln | noun"), ("definition", "A group of machines."), ("subject_field", "platform")];
        assert_eq!(send(&server, "/glossary/new", &cookie, &concept).await.status(), 403);
        let step = [("step", "retire"), ("revision", "0")];
        assert_eq!(send(&server, "/glossary/concepts/rollback/step", &cookie, &step).await.status(), 403);
        assert_eq!(
            send(&server, "/glossary/people/role", &cookie, &[("name", name), ("role", "admin")]).await.status(),
            403
        );

        // A role that an administrator gives on the page counts from the next click on, and at the next sign-in.
        let admin = server.client().post(server.url("/glossary/sign-in")).body(form(&[("token", TOKEN)]));
        let admin = admin.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let admin = header(&admin, "set-cookie").split(';').next().unwrap().to_owned();
        let people = page(&server, "/glossary/people", &admin).await;
        assert!(people.contains(&account), "{account}: {people}");
        for (role, statuses) in [("author", [200, 200, 403]), ("curator", [200, 200, 403]), ("admin", [200, 200, 200])]
        {
            let given = send(&server, "/glossary/people/role", &admin, &[("name", name), ("role", role)]).await;
            assert_eq!(given.status(), 303, "{role}");
            for (path, status) in ["/glossary/new", "/glossary/import", "/glossary/people"].into_iter().zip(statuses) {
                assert_eq!(get(&server, path, &cookie).await.status(), status, "{role} {path}");
            }
        }
        let again = signed_in(&server, side).await;
        assert!(page(&server, "/glossary", &again).await.contains(&format!("{name}, admin")));
        // Signing out ends this session and no other one.
        assert_eq!(send(&server, "/glossary/sign-out", &again, &[]).await.status(), 303);
        assert!(!page(&server, "/glossary", &again).await.contains(name));
        // Taken off the list, they come back as readers.
        let removed = send(&server, "/glossary/people/remove", &admin, &[("name", name)]).await;
        assert_eq!(removed.status(), 303);
        assert!(!page(&server, "/glossary", &cookie).await.contains(&format!("{name}, ")), "the session has ended");
        let again = signed_in(&server, side).await;
        assert!(page(&server, "/glossary", &again).await.contains(&format!("{name}, reader")));
    }
    assert!(!database.holds("elena@example.com").await, "nobody is known by an address");
    assert!(!database.holds("access-token-of-a-person").await);
    server.stop().await;
}

async fn a_way_back_is_good_once_for_ten_minutes_and_in_the_same_browser(database: Database) {
    let openid = FakeOpenId::start().await;
    let first = server(&openid, &database).await;
    // SQLite belongs to one process; here it stands for another instance after the end of the first one.
    for side in Side::BOTH {
        let sentence = "was used already, is older than ten minutes, or began in another browser or at another address";
        let (way, other) = (Way::to(&first, side, "").await, Way::to(&first, side, "").await);
        for (why, back, cookie) in [
            ("no cookie", way.back.clone(), String::new()),
            ("another browser", way.back.clone(), other.cookie.clone()),
            ("forged state", way.back.replace("state=", "state=A"), way.cookie.clone()),
            ("no state", way.back.replace("state=", "x="), way.cookie.clone()),
            ("another page wanted", way.back.clone(), way.cookie.replacen(".2f", ".2e", 1)),
            ("nonsense", way.back.clone(), "__Host-upshot-sign-in=x".to_owned()),
        ] {
            refused(get(&first, &back, &cookie).await, 400, sentence).await;
            assert_eq!(openid.asked(&FakeOpenId::token_path(side)), 0, "{why}: no code was exchanged");
        }
        let elsewhere = match side {
            Side::Slack => way.back.replace("/slack/", "/microsoft/"),
            Side::Microsoft => way.back.replace("/microsoft/", "/slack/"),
        };
        refused(get(&first, &elsewhere, &way.cookie).await, 400, sentence).await;
        assert_eq!(openid.asked(&FakeOpenId::token_path(side)), 0);
    }
    let ways = [Way::to(&first, Side::Slack, "").await, Way::to(&first, Side::Slack, "").await];
    // What comes back to the wrong tab takes nothing from the other one.
    let mixed_up = get(&first, &ways[1].back, &ways[0].cookie).await;
    assert!(!mixed_up.headers().contains_key("set-cookie"));
    refused(mixed_up, 400, "began in another browser").await;
    session(&ways[0].end(&first).await);
    first.stop().await;
    // Any instance takes it, once among all of them.
    let second = server_at(NOW + 600, &openid, &database, &[]).await;
    openid.claim(json!({ "exp": NOW + 900, "iat": NOW + 600 }));
    let asked = openid.asked(&FakeOpenId::token_path(Side::Slack));
    refused(ways[0].end(&second).await, 400, "This way back from Slack was used already").await;
    assert_eq!(openid.asked(&FakeOpenId::token_path(Side::Slack)), asked, "its code is not even tried");
    session(&ways[1].end(&second).await);
    let late = Way::to(&second, Side::Microsoft, "").await;
    second.stop().await;
    let third = server_at(NOW + 1_201, &openid, &database, &[]).await;
    refused(late.end(&third).await, 400, "is older than ten minutes").await;
    assert_eq!(openid.asked(&FakeOpenId::token_path(Side::Microsoft)), 0);
    third.stop().await;
}

async fn a_role_can_be_given_before_the_first_time(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let elena = json!({
        "name": "Elena", "role": "curator", "platform": "slack", "workspace": "t0000upsht", "person": "U0ELENA001",
    });
    let (status, told) = as_admin(&server, Method::POST, "/api/v1/curators", &elena).await;
    assert_eq!((status.as_u16(), told), (201, json!({ "name": "Elena", "role": "curator" })), "there is no token");
    for (changed, sentence) in [
        (json!({ "name": "Another" }), "This account is known already, as Elena."),
        (json!({ "person": "U0OTHER" }), "There is somebody named Elena already."),
        (json!({ "person": "elena@example.com" }), "Write the id of the workspace"),
        (json!({ "platform": "irc" }), "The platform is slack or teams."),
    ] {
        let mut body = elena.clone();
        body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        let (status, problem) = as_admin(&server, Method::POST, "/api/v1/curators", &body).await;
        assert_eq!(status, 422, "{changed}");
        assert!(problem["detail"].as_str().unwrap().starts_with(sentence), "{problem}");
    }
    let cookie = signed_in(&server, Side::Slack).await;
    assert!(page(&server, "/glossary", &cookie).await.contains("Elena, curator"), "the name is the one that was given");
    let (status, _) = as_admin(&server, Method::PUT, "/api/v1/curators/Elena", &json!({ "role": "author" })).await;
    assert_eq!(status, 200);
    assert!(page(&server, "/glossary", &cookie).await.contains("Elena, author"));
    for (body, status) in [(json!({ "role": "king" }), 400), (json!({}), 400)] {
        assert_eq!(as_admin(&server, Method::PUT, "/api/v1/curators/Elena", &body).await.0, status);
    }
    assert_eq!(as_admin(&server, Method::PUT, "/api/v1/curators/Nobody", &json!({ "role": "admin" })).await.0, 422);
    let (_, listed) = as_admin(&server, Method::GET, "/api/v1/curators", &Value::Null).await;
    assert_eq!(
        listed["items"][0]["account"],
        json!({ "platform": "slack", "workspace": "T0000UPSHT", "person": "U0ELENA001" })
    );
    server.stop().await;
}

async fn everybody_does_what_their_role_allows(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let roles = ["reader", "author", "curator", "admin"];
    for (number, role) in roles.into_iter().enumerate() {
        let person = format!("U0{}", role.to_uppercase());
        let body = json!({
            "name": role, "role": role, "platform": "slack", "workspace": "T0000UPSHT", "person": person,
        });
        assert_eq!(as_admin(&server, Method::POST, "/api/v1/curators", &body).await.0, 201);
        openid.claim(json!({ "https://slack.com/user_id": person }));
        let cookie = signed_in(&server, Side::Slack).await;
        for (path, expected) in [
            ("/glossary", [200; 4]),
            ("/glossary/concepts/rollback", [200; 4]),
            ("/glossary/review", [200; 4]),
            ("/glossary/wanted", [200; 4]),
            ("/glossary/new", [303, 200, 200, 200]),
            ("/glossary/concepts/rollback/edit", [303, 200, 200, 200]),
            ("/glossary/import", [303, 200, 200, 200]),
            ("/glossary/people", [403, 403, 403, 200]),
        ] {
            assert_eq!(get(&server, path, &cookie).await.status(), expected[number], "{role} {path}");
        }
        let term = format!("kiln{role} | noun");
        let definition = format!("A group of machines for {role}.");
        let found = format!("The kiln{role} is down.");
        let concept = [
            ("terms", &*term),
            ("definition", &definition),
            ("subject_field", "platform"),
            ("match", &found),
            ("no_match", "The oven is hot."),
        ];
        // What one may retire is gone for the next.
        let retired = if role == "curator" { "canary" } else { "rollback" };
        let retire = format!("/glossary/concepts/{retired}/step");
        let account = |workspace: &'static str| {
            [("name", "Ben"), ("role", "admin"), ("platform", "slack"), ("workspace", workspace), ("person", "U1")]
        };
        let (own, another) = (account("T0000UPSHT"), account("T1"));
        let posts: [(&str, Fields, [u16; 4]); 7] = [
            ("/glossary/new", &concept, [403, 303, 303, 303]),
            (&retire, &[("step", "retire"), ("revision", "0")], [403, 403, 303, 303]),
            // A token opens the words of every workspace, and people of another one are let in there.
            ("/glossary/people", &[("name", "Eve"), ("role", "admin")], [403; 4]),
            ("/glossary/people/accounts", &another, [403; 4]),
            ("/glossary/people/accounts", &own, [403, 403, 403, 303]),
            ("/glossary/people/role", &[("name", "reader"), ("role", "admin")], [403, 403, 403, 303]),
            ("/glossary/people/remove", &[("name", "reader")], [403, 403, 403, 303]),
        ];
        for (path, fields, expected) in posts {
            let answer = send(&server, path, &cookie, fields).await;
            assert_eq!(answer.status(), expected[number], "{role} {path}");
            // The same without the token of the page, as another site would send it.
            let request = server.client().post(server.url(path)).header("cookie", &cookie).body(form(fields));
            let forged = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
            assert_eq!(forged.status(), 403, "{role} {path}");
        }
    }
    server.stop().await;
}

async fn people_of_one_name_are_told_apart(database: Database) {
    let openid = FakeOpenId::start().await;
    let server = server(&openid, &database).await;
    let (status, _) =
        as_admin(&server, Method::POST, "/api/v1/curators", &json!({ "name": "Ann", "role": "admin" })).await;
    assert_eq!(status, 201);
    for (called, person, known) in [
        (json!("Ann"), "U0ANOTHER", "Ann (U0ANOTHER), reader"),
        (json!("Ann"), "U0ANOTHER2", "Ann (U0ANOTHER2), reader"),
        (json!("\u{202E}A\u{200B}nn"), "U0ANOTHER3", "Ann (U0ANOTHER3), reader"),
        (json!("Ann (U0ANOTHER)"), "U0SQUATTER", "Ann (U0ANOTHER) (U0SQUATTER), reader"),
        (json!("Administrator"), "U0MALLORY", "Administrator (U0MALLORY), reader"),
        (json!("administrator"), "U0EVE", "administrator (U0EVE), reader"),
        (json!(null), "U0SILENT", "T0000UPSHT U0SILENT, reader"),
        (json!("<b>Bo</b>"), "U0BO", "&lt;b&gt;Bo&lt;&#x2f;b&gt; (U0BO), reader"),
    ] {
        openid.claim(json!({ "name": called, "https://slack.com/user_id": person }));
        let cookie = signed_in(&server, Side::Slack).await;
        let text = page(&server, "/glossary", &cookie).await;
        assert!(text.contains(known), "{known}: {text}");
        let again = signed_in(&server, Side::Slack).await;
        assert!(page(&server, "/glossary", &again).await.contains(known), "{known}: the same person");
    }
    server.stop().await;
}

/// An installation of the app.
pub(crate) async fn install(database: &Database, organisation: Option<&str>, workspace: Option<&str>) {
    let store = database.open().await;
    let key = InstallationKey {
        platform: Platform::Slack,
        organisation: organisation.map(OrganisationId::new),
        workspace: workspace.map(WorkspaceId::new),
    };
    let tokens = Tokens { bot: Secret::new("xoxb-1"), refresh: None, expires_at: None };
    let now = Timestamp::from_unix_seconds(NOW);
    store.save_installation(&key, &tokens, &InstallationDetails::default(), now).await.unwrap();
    store.close().await;
}

/// Slack tells that the app was removed somewhere.
pub(crate) async fn deliver_end(
    server: &TestServer,
    organisation: Option<&str>,
    workspace: Option<&str>,
) -> StatusCode {
    let mut removed = super::server::fixture("event_lifecycle.json")[0]["body"].clone();
    removed["event_time"] = json!(NOW);
    removed["team_id"] = json!(workspace);
    removed["authorizations"] = json!([{
        "enterprise_id": organisation, "team_id": workspace, "user_id": "U0000UPBOT",
        "is_enterprise_install": organisation.is_some(),
    }]);
    server.deliver("/slack/events", removed.to_string()).await.status()
}

async fn a_session_ends_with_its_workspace(database: Database) {
    let openid = FakeOpenId::start().await;
    install(&database, None, Some("T0SECOND")).await;
    install(&database, Some("E0GROUP"), None).await;
    let server = server(&openid, &database).await;
    let sentence = "Upshot is not installed in the Slack workspace that you chose";
    for claims in [
        json!({ "https://slack.com/team_id": "T0STRANGER" }),
        json!({ "https://slack.com/team_id": "T0STRANGER", "https://slack.com/enterprise_id": "E0OTHER" }),
    ] {
        openid.claim(claims);
        refused(Way::to(&server, Side::Slack, "").await.end(&server).await, 403, sentence).await;
    }
    let mut cookies = Vec::new();
    for claims in [
        json!({ "https://slack.com/team_id": "T0SECOND", "https://slack.com/user_id": "U0BEN" }),
        json!({ "https://slack.com/team_id": "T0THIRD", "https://slack.com/enterprise_id": "E0GROUP" }),
    ] {
        openid.claim(claims);
        let cookie = signed_in(&server, Side::Slack).await;
        assert!(page(&server, "/glossary", &cookie).await.contains("Sign out"));
        cookies.push(cookie);
    }
    // The app is removed from the one, then from the other.
    for (number, organisation, workspace) in [(0, None, Some("T0SECOND")), (1, Some("E0GROUP"), None)] {
        assert!(page(&server, "/glossary", &cookies[number]).await.contains("Sign out"));
        assert_eq!(deliver_end(&server, organisation, workspace).await, 200);
        assert!(!page(&server, "/glossary", &cookies[number]).await.contains("Sign out"), "{organisation:?}");
    }
    openid.recover();
    // The same for a tenant that is taken off the list.
    let cookie = signed_in(&server, Side::Microsoft).await;
    server.stop().await;
    let other = server_at(NOW, &openid, &database, &[("TEAMS_ALLOWED_TENANTS", "another")]).await;
    assert!(!page(&other, "/glossary", &cookie).await.contains("Sign out"));
    other.stop().await;
}

async fn people_see_what_their_own_workspace_asks_for(database: Database) {
    let openid = FakeOpenId::start().await;
    let store = database.open().await;
    let now = Timestamp::from_unix_seconds(NOW);
    for (workspace, term) in [("T0000UPSHT", "kiln"), ("T0OTHER", "oven"), (TENANT, "hob")] {
        store.request_definition(&WorkspaceId::new(workspace), &PersonId::new("U1"), term, now).await.unwrap();
    }
    store.close().await;
    let server = server(&openid, &database).await;
    for (side, own) in [(Side::Slack, "kiln"), (Side::Microsoft, "hob")] {
        let cookie = signed_in(&server, side).await;
        let wanted = page(&server, "/glossary/wanted", &cookie).await;
        for term in ["kiln", "oven", "hob"] {
            assert_eq!(wanted.contains(term), term == own, "{side:?} {term}");
        }
    }
    server.stop().await;
}

/// On the pages as in chat: once for each person, in their own workspace, and without their name.
async fn readers_ask_for_definitions(database: Database) {
    let openid = FakeOpenId::start().await;
    let store = database.open().await;
    let workspace = WorkspaceId::new("T0000UPSHT");
    store
        .request_definition(&workspace, &PersonId::new("U0RITA"), "kiln", Timestamp::from_unix_seconds(NOW))
        .await
        .unwrap();
    let server = server(&openid, &database).await;
    openid.claim(json!({ "https://slack.com/user_id": "U0RITA" }));
    let cookie = signed_in(&server, Side::Slack).await;
    let missed = page(&server, "/glossary?q=wobbulator", &cookie).await;
    assert!(missed.contains("Ask for a definition of “wobbulator”</button>"), "{missed}");
    assert!(!missed.contains("to the glossary</a>"), "a reader adds nothing: {missed}");
    assert!(!page(&server, "/glossary?q=wobbulator", "").await.contains("Ask for a definition"));
    for (term, status, leads_to) in [
        ("Kiln", 303, "/glossary/wanted?done=asked"),
        (" wobbulator  array ", 303, "/glossary/wanted?done=asked"),
        ("wobbulator array", 303, "/glossary/wanted?done=asked"),
        ("Rollback", 303, "/glossary/concepts/rollback?done=defined"),
        ("", 422, ""),
        (&"k".repeat(81), 422, ""),
    ] {
        let answer = send(&server, "/glossary/wanted/ask", &cookie, &[("term", term)]).await;
        assert_eq!(answer.status(), status, "{term:?}");
        assert_eq!(answer.headers().get("location").map_or("", |to| to.to_str().unwrap()), leads_to, "{term:?}");
    }
    let told = page(&server, "/glossary/wanted?done=asked", &cookie).await;
    assert!(told.contains("Noted. Whoever looks after the glossary sees the term, and never who asked."), "{told}");
    let (wanted, total) = store.wanted_definitions(Some(&workspace), (0, 10)).await.unwrap();
    let wanted: Vec<_> = wanted.iter().map(|wanted| (wanted.term.as_str(), wanted.people)).collect();
    assert_eq!((wanted, total), (vec![("kiln", 1), ("wobbulator array", 1)], 2));
    store.close().await;
    server.stop().await;
}

#[tokio::test]
async fn only_a_token_that_speaks_for_this_way_and_this_app_is_believed() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    let unverified = "could not be verified";
    let other_tenant = "ffffffff-2b3d-4f6a-9c1e-0d2f4a6b8c9e";
    let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let of_tenant =
        |tenant: &str| json!({ "tid": tenant, "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0") });
    let same = |claims: Value| (json!({}), claims, 403, unverified);
    let both = [
        same(json!({ "nonce": "wrong" })),
        same(json!({ "nonce": null })),
        same(json!({ "aud": "another app" })),
        same(json!({ "aud": null })),
        same(json!({ "iss": "https://login.example.com" })),
        same(json!({ "iss": "https://slack.com.example.com" })),
        same(json!({ "exp": NOW - 301 })),
        same(json!({ "exp": null })),
        same(json!({ "iat": NOW + 301 })),
        same(json!({ "nbf": NOW + 301 })),
        (json!({ "alg": "none" }), json!({}), 403, unverified),
        (json!({ "alg": "HS256" }), json!({}), 403, unverified),
        (json!({ "kid": "nobody's" }), json!({}), 403, unverified),
        (json!({ "kid": null }), json!({}), 403, unverified),
    ];
    let slack = [
        same(json!({ "https://slack.com/team_id": null })),
        same(json!({ "https://slack.com/team_id": "" })),
        same(json!({ "https://slack.com/user_id": null })),
        same(json!({ "https://slack.com/user_id": "" })),
    ];
    let not_allowed = "may not sign in here";
    let microsoft = [
        same(json!({ "tid": null })),
        same(json!({ "oid": null })),
        same(json!({ "oid": "" })),
        // The issuer and the tenant must be one.
        same(json!({ "tid": other_tenant })),
        same(json!({ "iss": format!("https://login.microsoftonline.com/{other_tenant}/v2.0") })),
        same(json!({ "iss": format!("https://sts.windows.net/{TENANT}/") })),
        (json!({}), of_tenant(other_tenant), 403, not_allowed),
        (json!({}), of_tenant(consumers), 403, not_allowed),
        // A key that is one tenant's alone.
        (json!({ "kid": "consumers" }), json!({}), 403, unverified),
        (json!({ "kid": "consumers" }), of_tenant(consumers), 403, not_allowed),
    ];
    let cases = [Side::Slack, Side::Microsoft].map(|side| both.iter().map(move |case| (side, case)));
    let cases = cases.into_iter().flatten();
    let cases = cases.chain(slack.iter().map(|case| (Side::Slack, case)));
    let cases = cases.chain(microsoft.iter().map(|case| (Side::Microsoft, case)));
    for (side, (head, claims, status, sentence)) in cases {
        openid.head(head.clone());
        openid.claim(claims.clone());
        let response = Way::to(&server, side, "").await.end(&server).await;
        refused(response, *status, sentence).await;
    }
    openid.recover();
    for (side, claims) in [
        (Side::Slack, json!({ "exp": NOW - 299, "iat": NOW - 599 })),
        (Side::Microsoft, json!({ "nbf": NOW + 299, "iat": NOW + 299 })),
    ] {
        openid.claim(claims);
        signed_in(&server, side).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn only_what_the_published_key_signed_is_believed() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    for side in Side::BOTH {
        for signature in Signature::WRONG {
            openid.sign(signature);
            let response = Way::to(&server, side, "").await.end(&server).await;
            assert_eq!(response.status(), 403, "{side:?} {signature:?}");
            refused(response, 403, "could not be verified").await;
        }
        openid.sign(Signature::Right);
        signed_in(&server, side).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn personal_accounts_are_refused_whatever_the_list_says() {
    let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let listed = format!("{TENANT},{consumers}");
    let more = [("MICROSOFT_APP_TENANT_ID", ""), ("TEAMS_ALLOWED_TENANTS", &*listed)];
    let server = server_at(NOW, &openid, &database, &more).await;
    signed_in(&server, Side::Microsoft).await;
    openid.claim(json!({ "tid": consumers, "iss": format!("https://login.microsoftonline.com/{consumers}/v2.0") }));
    for kid in ["first", "consumers"] {
        openid.head(json!({ "kid": kid }));
        let response = Way::to(&server, Side::Microsoft, "").await.end(&server).await;
        refused(response, 403, "may not sign in here").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn who_is_allowed_signs_in_whatever_tenant_the_app_is_of() {
    let openid = FakeOpenId::start().await;
    let further = format!("another,{TENANT}");
    for (own, allowed) in [("another", TENANT), ("another", &further), (TENANT, &further), ("", TENANT)] {
        let database = Database::sqlite();
        let more = [("MICROSOFT_APP_TENANT_ID", own), ("TEAMS_ALLOWED_TENANTS", allowed)];
        let server = server_at(NOW, &openid, &database, &more).await;
        signed_in(&server, Side::Microsoft).await;
        server.stop().await;
    }
}

#[tokio::test]
async fn keys_that_were_changed_are_looked_for_once() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    signed_in(&server, Side::Slack).await;
    signed_in(&server, Side::Slack).await;
    assert_eq!(openid.asked("/openid/connect/keys"), 1, "they are kept");
    openid.rotate("second");
    signed_in(&server, Side::Slack).await;
    assert_eq!(openid.asked("/openid/connect/keys"), 2);
    // A made-up name causes no further look.
    openid.head(json!({ "kid": "made up" }));
    for _ in 0..3 {
        let response = Way::to(&server, Side::Slack, "").await.end(&server).await;
        refused(response, 403, "could not be verified").await;
    }
    assert_eq!(openid.asked("/openid/connect/keys"), 2);
    server.stop().await;
}

#[tokio::test]
async fn every_other_outcome_is_a_page_that_says_what_to_do() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    for side in Side::BOTH {
        let title = if side == Side::Slack { "Slack" } else { "Microsoft" };
        for (error, sentence) in [
            ("access_denied", "did not agree".to_owned()),
            ("consent_required", format!("{title} did not sign you in and gave this reason: consent_required.")),
            ("<script>alert(1)</script>", "gave this reason: scriptalert1script.".to_owned()),
            ("", format!("{title} gave neither a code nor a reason.")),
        ] {
            let way = Way::to(&server, side, "/glossary/review").await;
            let back = way.back.replace("code=", "error_description=hush&x=");
            let query = form(&[("error", error)]);
            let response = get(&server, &format!("{back}&{query}"), &way.cookie).await;
            refused(response, 200, &sentence).await;
            // Nothing was stored for it, and the way is as good as before.
            session(&way.end(&server).await);
            refused(way.end(&server).await, 400, "This way back from").await;
        }
        for (status, answer, expected, sentence) in [
            (200, json!({ "ok": false, "error": "code_already_used" }).to_string(), 400, "code was used already"),
            (400, json!({ "error": "invalid_grant" }).to_string(), 400, "code was used already"),
            (
                200,
                json!({ "ok": false, "error": "bad_client_secret" }).to_string(),
                503,
                "refused this server’s settings",
            ),
            (401, json!({ "error": "invalid_client" }).to_string(), 503, "refused this server’s settings"),
            (200, json!({ "ok": false, "error": "ratelimited" }).to_string(), 503, "does not answer"),
            (500, "<html>hush</html>".to_owned(), 503, "does not answer"),
            (302, String::new(), 503, "does not answer"),
            (200, "{}".to_owned(), 503, "does not answer"),
            (200, format!("{{\"id_token\":\"{}\"}}", "a".repeat(200_000)), 503, "does not answer"),
            (200, json!({ "ok": true, "id_token": "a.b.c" }).to_string(), 403, "could not be verified"),
        ] {
            openid.answer(&FakeOpenId::token_path(side), status, &answer);
            let response = Way::to(&server, side, "").await.end(&server).await;
            refused(response, expected, sentence).await;
        }
        openid.recover();
    }
    // Without any keys nobody is believed, and it is the platform's trouble.
    let fresh = Database::sqlite();
    let without_keys = server_at(NOW, &openid, &fresh, &[]).await;
    openid.answer("/openid/connect/keys", 500, "");
    refused(Way::to(&without_keys, Side::Slack, "").await.end(&without_keys).await, 503, "does not answer").await;
    without_keys.stop().await;
    assert_eq!(openid.asked("/elsewhere"), 0, "no redirect is followed");
    for path in ["/glossary/sign-in/google", "/glossary/sign-in/google/callback?code=1&state=2"] {
        refused(server.get(path).await, 404, "There is no such way to sign in.").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn whatever_page_is_wanted_it_is_one_of_ours() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    for (wanted, given) in [
        ("/glossary/review?x=1", "/glossary/review?x=1"),
        ("https://example.com/", "/glossary"),
        ("//example.com/glossary", "/glossary"),
        ("/\\example.com", "/glossary"),
        ("/glossary/../\\example.com", "/glossary"),
        ("/glossary/..%2F..%2Fslack/install", "/glossary"),
        ("/glossary/%2e%2e/slack/install", "/glossary"),
        ("/glossary?q=50%25&x=..", "/glossary?q=50%25&x=.."),
        ("/glossary.example.com", "/glossary"),
        ("/glossary/sign-in/slack", "/glossary"),
        ("javascript:alert(1)", "/glossary"),
    ] {
        let back = Way::to(&server, Side::Slack, wanted).await.end(&server).await;
        assert_eq!(header(&back, "location"), given, "{wanted}");
        let fields = form(&[("token", TOKEN), ("to", wanted)]);
        let request = server.client().post(server.url("/glossary/sign-in")).body(fields);
        let back = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        assert_eq!(header(&back, "location"), given, "{wanted}");
    }
    let page = page(&server, "/glossary/review", "").await;
    assert!(page.contains("href=\"&#x2f;glossary&#x2f;sign-in?to=%2Fglossary%2Freview\""), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_missing_is_said_and_offered_to_nobody() {
    let openid = FakeOpenId::start().await;
    for (blank, path, sentence) in [
        ("SLACK_CLIENT_SECRET", "slack", "because SLACK_CLIENT_SECRET is not set."),
        ("MICROSOFT_APP_PASSWORD", "microsoft", "because MICROSOFT_APP_PASSWORD is not set."),
        (
            "MICROSOFT_APP_TENANT_ID",
            "microsoft",
            "because MICROSOFT_APP_TENANT_ID (or TEAMS_ALLOWED_TENANTS) is not set.",
        ),
        ("UPSHOT_PUBLIC_URL", "microsoft", "because UPSHOT_PUBLIC_URL is not set."),
        ("UPSHOT_PUBLIC_URL", "slack", "because UPSHOT_PUBLIC_URL is not set."),
    ] {
        let database = Database::sqlite();
        let server = server_at(NOW, &openid, &database, &[(blank, "")]).await;
        refused(server.get(&format!("/glossary/sign-in/{path}")).await, 404, sentence).await;
        refused(server.get(&format!("/glossary/sign-in/{path}/callback?code=1&state=2")).await, 404, sentence).await;
        let offered = page(&server, "/glossary/sign-in", "").await;
        assert!(!offered.contains(&format!("/glossary/sign-in/{path}")) && offered.contains("Token"), "{offered}");
        server.stop().await;
    }
    let server = TestServer::start().await;
    refused(server.get("/glossary/sign-in/slack").await, 404, "Signing in with Slack is not set up here.").await;
    server.stop().await;
}

/// What the form of the sign-in page gets.
async fn send_token(server: &TestServer, token: &str, from: &str) -> Response {
    let request = server.client().post(server.url("/glossary/sign-in")).body(form(&[("token", token)]));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.header("sec-fetch-site", from).send().await.unwrap()
}

#[tokio::test]
async fn who_tries_things_out_is_told_and_locks_nobody_out() {
    let openid = FakeOpenId::start().await;
    let database = Database::sqlite();
    let server = server(&openid, &database).await;
    let way = Way::to(&server, Side::Slack, "").await;
    // Whatever another site can make a browser send, and what a proxy adds, counts for nothing.
    for _ in 0..40 {
        assert_eq!(send_token(&server, "guess", "cross-site").await.status(), 403);
        assert_eq!(get(&server, &way.back, "").await.status(), 400);
        assert_eq!(get(&server, &format!("{}x", way.back), &way.cookie).await.status(), 400);
        for scheme in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer "] {
            let headers = [("authorization", scheme)];
            assert_eq!(server.post("/api/v1/concepts", &headers, "{}").await.status(), 401, "{scheme}");
        }
    }
    let curators = "/api/v1/curators";
    for number in 1..=40 {
        let status = if number <= 30 { 401 } else { 429 };
        let guess = format!("guess {number}");
        let (told, _) = send_as(&server, &guess, Method::GET, curators, &Value::Null).await;
        assert_eq!(told, status, "wrong token {number}");
    }
    for number in 1..=40 {
        let told = send_token(&server, &format!("guess {number}"), "same-origin").await;
        assert_eq!(told.status(), if number <= 30 { 403 } else { 429 }, "wrong form {number}");
        assert_eq!(told.headers().contains_key("retry-after"), number > 30);
    }
    assert_eq!(as_admin(&server, Method::GET, curators, &Value::Null).await.0, 200, "the right token passes");
    assert_eq!(send_token(&server, TOKEN, "same-origin").await.status(), 303, "on the page as well");
    assert_eq!(server.get("/glossary/sign-in").await.status(), 200);
    session(&way.end(&server).await);
    server.stop().await;
}

#[tokio::test]
async fn the_doctor_tells_who_can_sign_in() {
    let openid = FakeOpenId::start().await;
    let told = async |more: &[(&str, &str)]| {
        let settings = openid.settings();
        let mut pairs = vec![("SLACK_SIGNING_SECRET", super::server::SECRET)];
        pairs.extend(settings.iter().map(|(name, value)| (*name, &**value)));
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend_from_slice(more);
        let settings = Settings::from_source(&Source::from_pairs(&pairs)).unwrap();
        [Slack::check_up_sign_in(&settings.slack).await, Teams::check_up_sign_in(&settings.teams).await]
    };
    let said = |sentence: &str| Ok(Some(sentence.to_owned()));
    assert_eq!(told(&[]).await, [said("People can sign in with Slack."), said("People can sign in with Microsoft.")]);
    assert_eq!(
        told(&[("UPSHOT_PUBLIC_URL", "")]).await,
        [
            said("Nobody can sign in with Slack, because UPSHOT_PUBLIC_URL is not set."),
            said("Nobody can sign in with Microsoft, because UPSHOT_PUBLIC_URL is not set."),
        ]
    );
    let further = format!("{TENANT},another");
    let [_, microsoft] = told(&[("TEAMS_ALLOWED_TENANTS", &further)]).await;
    assert_eq!(microsoft, said(TenantDoubt::Further.sentence()));
    let left_out = [("MICROSOFT_APP_TENANT_ID", "another"), ("TEAMS_ALLOWED_TENANTS", TENANT)];
    let [slack, microsoft] = told(&left_out).await;
    assert_eq!(microsoft, Err(TenantDoubt::OwnLeftOut.sentence().to_owned()));
    assert!(slack.is_ok());
    let none = [
        ("SLACK_CLIENT_ID", ""),
        ("SLACK_CLIENT_SECRET", ""),
        ("MICROSOFT_APP_ID", ""),
        ("MICROSOFT_APP_PASSWORD", ""),
    ];
    assert_eq!(told(&none).await, [Ok(None), Ok(None)], "where it is not wanted nothing is said");
    for (path, body, sentence) in [
        (
            "/.well-known/openid-configuration",
            json!({ "issuer": "https://example.com", "jwks_uri": "" }),
            "another issuer",
        ),
        ("/openid/connect/keys", json!({ "keys": [] }), "no key that can be used"),
    ] {
        openid.answer(path, 200, &body.to_string());
        let [slack, microsoft] = told(&[]).await;
        let mend = slack.unwrap_err();
        assert!(mend.starts_with("Nobody can sign in with Slack, because ") && mend.contains(sentence), "{mend}");
        assert!(microsoft.is_ok());
        openid.recover();
    }
}
