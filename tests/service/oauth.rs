//! Installing the app from a link, and how an installation ends.

use reqwest::{Response, Url};
use serde_json::{Value, json};

use super::{
    databases::Database,
    delivery::until,
    fake_slack::{Call, FakeSlack},
    server::{FROM_A_LINK, NOW, TestServer, fixture, question},
};

/// The token in the fixture of an installation in a workspace, and in that of a whole organisation.
const WORKSPACE_TOKEN: &str = "xoxe.xoxb-FIXTURE-NOT-A-TOKEN";
const ORGANISATION_TOKEN: &str = "xoxb-FIXTURE-NOT-A-TOKEN";

/// A server that can be installed from a link, at some time, over a database of its own or a given one.
async fn server(slack: &FakeSlack, database: &str, now: i64) -> TestServer {
    TestServer::installable(slack, database, now, &[]).await
}

const MEMORY: &str = "sqlite::memory:";

/// What the browser takes along to Slack: the address and the cookie.
struct Departure {
    address: Url,
    cookie: String,
}

impl Departure {
    async fn from(server: &TestServer) -> Self {
        let response = server.get("/slack/install").await;
        assert_eq!(response.status(), 303);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let cookie = header("set-cookie");
        let (pair, attributes) = cookie.split_once(';').unwrap();
        for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=600"] {
            assert!(attributes.contains(attribute), "{attribute} in {cookie}");
        }
        assert!(pair.starts_with("__Host-"), "{cookie}");
        assert_eq!(header("cache-control"), "no-store");
        Self { address: Url::parse(&header("location")).unwrap(), cookie: pair.to_owned() }
    }

    fn asked(&self, name: &str) -> String {
        self.address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    }
}

/// A browser comes back from Slack.
async fn come_back(server: &TestServer, query: &[(&str, &str)], cookie: Option<&str>) -> Response {
    let query = super::server::form(query);
    let mut request = server.client().get(server.url(&format!("/slack/oauth/callback?{query}")));
    if let Some(cookie) = cookie {
        request = request.header("cookie", format!("theme=dark; {cookie}"));
    }
    request.send().await.unwrap()
}

async fn page(response: Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers().contains_key("content-security-policy"));
    response.text().await.unwrap()
}

/// Installs the app with a fixture of Slack's answer, and reads the two calls.
async fn install(slack: &mut FakeSlack, server: &TestServer, row: &str) -> (String, Call) {
    slack.answer("/api/oauth.v2.access", row);
    slack.answer("/api/auth.test", "auth_test_ok");
    let departure = Departure::from(server).await;
    let query = [("code", "c0de"), ("state", &*departure.asked("state"))];
    let page = page(come_back(server, &query, Some(&departure.cookie)).await, 200).await;
    let exchange = slack.next().await;
    assert_eq!(exchange.path, "/api/oauth.v2.access");
    assert_eq!(slack.next().await.path, "/api/auth.test");
    (page, exchange)
}

async fn deliver(server: &TestServer, body: &Value) {
    assert_eq!(server.deliver("/slack/events", body.to_string()).await.status(), 200, "{body}");
}

#[tokio::test]
async fn a_workspace_installs_from_the_link_and_is_answered_with_its_own_token() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec![WORKSPACE_TOKEN];
    let database = Database::sqlite();
    let server = server(&slack, &database.address, NOW).await;
    let departure = Departure::from(&server).await;
    assert!(departure.address.as_str().starts_with(&slack.api_url().replace("/api/", "/oauth/v2/authorize?")));
    assert_eq!(departure.asked("client_id"), "1.2");
    assert_eq!(departure.asked("redirect_uri"), "https://localhost/slack/oauth/callback");
    assert_eq!(
        departure.asked("scope"),
        "commands,chat:write,app_mentions:read,im:history,assistant:write,channels:history,groups:history,users:read,channels:read,groups:read"
    );
    let (page, exchange) = install(&mut slack, &server, "oauth_v2_access_workspace_rotating").await;
    assert_eq!(exchange.form["code"], "c0de");
    assert_eq!(exchange.form["redirect_uri"], departure.asked("redirect_uri"));
    assert!(page.contains("Upshot is installed in Alderbrook."), "{page}");
    assert!(page.contains("https://slack.com/app_redirect?app=A0000UPSHT&amp;team=T0000UPSHT"), "{page}");
    assert!(page.contains("channels:history, groups:history"), "what was not allowed is said: {page}");

    deliver(&server, &question("Ev1")).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    server.interact(&fixture("message_action_plain.json")).await;
    assert_eq!(slack.next().await.path, "/api/views.open");
    // Somebody who never installed it.
    let mut stranger = question("Ev2");
    stranger["authorizations"][0]["team_id"] = json!("T0STRANGER");
    deliver(&server, &stranger).await;
    server.stop().await;
    assert!(slack.rest().is_empty(), "no token of another workspace is used");
    assert!(!database.holds("FIXTURE-NOT-A-TOKEN").await, "neither token can be read");
    assert!(database.holds("U0ELENA001").await, "who installed it");
}

#[tokio::test]
async fn a_whole_organisation_installs_once_for_all_its_workspaces() {
    let mut slack = FakeSlack::start().await;
    slack.tokens = vec![ORGANISATION_TOKEN];
    let server = server(&slack, MEMORY, NOW).await;
    let (page, _) = install(&mut slack, &server, "oauth_v2_access_org").await;
    let link = "https://app.slack.com/manage/E0000UPSHT/integrations/profile/A0000UPSHT/workspaces/add";
    assert!(page.contains("Alderbrook Group") && page.contains(link), "{page}");
    let mut body = question("Ev1");
    body["authorizations"][0] = json!({ "enterprise_id": "E0000UPSHT", "team_id": "T0OTHER", "user_id": "U0000UPBOT", "is_enterprise_install": true });
    deliver(&server, &body).await;
    assert_eq!(slack.next().await.path, "/api/chat.postMessage");
    let mut shortcut = fixture("message_action_plain.json");
    shortcut["team"] = Value::Null;
    shortcut["enterprise"] = json!({ "id": "E0000UPSHT", "name": "Alderbrook Group" });
    server.interact(&shortcut).await;
    assert_eq!(slack.next().await.path, "/api/views.open");
    // The organisation removes it: one event for all.
    let mut removed = fixture("event_lifecycle.json")[0]["body"].clone();
    removed["authorizations"] = body["authorizations"].clone();
    removed["event_time"] = json!(NOW);
    deliver(&server, &removed).await;
    // In a channel of its own: where the clock stands, a second post into the first one would wait for ever.
    let mut later = question("Ev3");
    later["authorizations"] = body["authorizations"].clone();
    deliver(&server, &later).await;
    server.stop().await;
    assert!(slack.rest().is_empty());
}

#[tokio::test]
async fn a_way_back_is_good_once_for_ten_minutes_and_in_the_same_browser() {
    let mut slack = FakeSlack::start().await;
    let (now, later) = (server(&slack, MEMORY, NOW).await, server(&slack, MEMORY, NOW + 601).await);
    let departure = Departure::from(&now).await;
    let state = departure.asked("state");
    let other = Departure::from(&now).await;
    for (why, at, state, cookie) in [
        ("no cookie", &now, &state, None),
        ("another browser", &now, &state, Some(&other.cookie)),
        ("forged", &now, &state.replace('.', ".9"), Some(&departure.cookie)),
        ("nonsense", &now, &"x".to_owned(), Some(&"__Host-upshot-install=x".to_owned())),
        ("old", &later, &state, Some(&departure.cookie)),
    ] {
        let query = [("code", "c0de"), ("state", &**state)];
        let page = page(come_back(at, &query, cookie.map(String::as_str)).await, 400).await;
        assert!(page.contains("Please start again") && page.contains("href=\"../install\""), "{why}: {page}");
    }
    assert!(slack.rest().is_empty(), "no code was exchanged");
    slack.answer("/api/oauth.v2.access", "oauth_v2_access_org");
    slack.answer("/api/auth.test", "auth_test_ok");
    let query = [("code", "c0de"), ("state", &*state)];
    let response = come_back(&now, &query, Some(&departure.cookie)).await;
    assert!(response.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"), "the cookie is forgotten");
    page(response, 200).await;
    page(come_back(&now, &query, Some(&departure.cookie)).await, 400).await;
    now.stop().await;
    later.stop().await;
    assert_eq!(slack.rest().len(), 2, "one exchange and one look at the token");
}

#[tokio::test]
async fn every_other_outcome_is_a_page_that_says_what_to_do() {
    let slack = FakeSlack::start().await;
    let server = server(&slack, MEMORY, NOW).await;
    // A link on Slack's own pages knows no state.
    let response = come_back(&server, &[("code", "c0de")], None).await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "https://localhost/slack/install");
    for (error, sentence) in [
        ("access_denied", "did not agree"),
        ("<script>alert(1)</script>", "Slack gave this reason: scriptalert1script."),
    ] {
        let departure = Departure::from(&server).await;
        let query = [("error", error), ("state", &*departure.asked("state"))];
        let page = page(come_back(&server, &query, Some(&departure.cookie)).await, 200).await;
        assert!(page.contains("Nothing was installed") && page.contains(sentence), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
    for (answer, sentence) in [
        (json!({ "ok": false, "error": "code_already_used" }), "was used or is older"),
        (json!({ "ok": false, "error": "bad_client_secret" }), "SLACK_CLIENT_SECRET"),
        (json!({ "ok": false, "error": "bad_redirect_uri" }), "redirect address"),
        (json!({ "ok": false, "error": "internal_error" }), "Slack did not answer"),
        (json!({ "ok": true }), "Slack did not answer"),
        (json!({ "ok": true, "access_token": "xoxb-1" }), "neither a workspace nor an organisation"),
    ] {
        slack.answer_with("/api/oauth.v2.access", reqwest::StatusCode::OK, Default::default(), answer.to_string());
        let departure = Departure::from(&server).await;
        let query = [("code", "c0de"), ("state", &*departure.asked("state"))];
        let response = come_back(&server, &query, Some(&departure.cookie)).await;
        assert!(response.status().is_client_error() || response.status() == 503, "{answer}");
        let page = response.text().await.unwrap();
        assert!(page.contains("was not completed") && page.contains(sentence), "{answer}: {page}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_workspace_may_be_called_anything() {
    let slack = FakeSlack::start().await;
    let server = server(&slack, MEMORY, NOW).await;
    let granted = json!({
        "ok": true, "access_token": "xoxb-1", "app_id": "A1", "team": { "id": "T1", "name": "<b>R&D</b> \"x\"" },
    });
    slack.answer_with("/api/oauth.v2.access", reqwest::StatusCode::OK, Default::default(), granted.to_string());
    let departure = Departure::from(&server).await;
    let query = [("code", "c0de"), ("state", &*departure.asked("state"))];
    let page = page(come_back(&server, &query, Some(&departure.cookie)).await, 200).await;
    assert!(page.contains("&lt;b&gt;R&amp;D&lt;/b&gt; &quot;x&quot;"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_missing_for_a_link_is_said_on_the_page() {
    for (name, _) in FROM_A_LINK {
        let pairs: Vec<(&str, &str)> = FROM_A_LINK.into_iter().filter(|(other, _)| *other != name).collect();
        let server = TestServer::with(&pairs).await;
        for address in ["/slack/install", "/slack/oauth/callback?code=1&state=2"] {
            let page = page(server.get(address).await, 404).await;
            assert!(page.contains(&format!("{name} is not set.")), "{page}");
        }
        server.stop().await;
    }
    let unfit = [FROM_A_LINK[0], FROM_A_LINK[1], ("UPSHOT_PUBLIC_URL", "http://upshot.example.com")];
    let server = TestServer::with(&unfit).await;
    let page = page(server.get("/slack/install").await, 404).await;
    assert!(page.contains("must be an https address"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn an_installation_ends_in_either_order_of_events_and_can_begin_again() {
    let events = fixture("event_lifecycle.json");
    for order in [[0, 1], [1, 0]] {
        let mut slack = FakeSlack::start().await;
        slack.tokens = vec![WORKSPACE_TOKEN];
        let database = Database::sqlite();
        let first = server(&slack, &database.address, NOW).await;
        install(&mut slack, &first, "oauth_v2_access_workspace_rotating").await;
        for (at, number) in order.into_iter().enumerate() {
            let mut event = events[number]["body"].clone();
            // Late news of an earlier end, first of all.
            event["event_time"] = json!(NOW - 1);
            deliver(&first, &event).await;
            if at == 0 {
                // Tokens of people are not ours.
                let mut of_people = events[1]["body"].clone();
                of_people["event"]["tokens"]["bot"] = json!([]);
                of_people["event_time"] = json!(NOW);
                deliver(&first, &of_people).await;
                deliver(&first, &question("Ev1")).await;
                assert_eq!(
                    slack.next().await.path,
                    "/api/chat.postMessage",
                    "it was installed after that, and stays so"
                );
            }
            event["event_time"] = json!(NOW);
            deliver(&first, &event).await;
            deliver(&first, &question(&format!("Ev{}", at + 2))).await;
        }
        // What is owed to a workspace that is gone comes to its end before another one is there.
        until("nothing is owed", async || database.owes_nothing().await).await;
        first.stop().await;
        assert!(slack.rest().is_empty(), "a dead token is not used: {order:?}");
        let server = server(&slack, &database.address, NOW).await;
        install(&mut slack, &server, "oauth_v2_access_workspace_rotating").await;
        deliver(&server, &question("Ev9")).await;
        assert_eq!(slack.next().await.path, "/api/chat.postMessage");
        server.stop().await;
        assert!(slack.rest().is_empty());
    }
}
