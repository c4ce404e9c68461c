//! Who may do what, cell by cell: each role at each route, from each workspace. The routes are read from the routers' sources, so
//! one that is added without a row here fails.

use std::collections::BTreeSet;

use reqwest::{Method, Response, StatusCode};
use upshot::{
    app::curation::token_hash,
    clock::Timestamp,
    ids::{Platform, WorkspaceId},
    store::{SessionPlace, Store, StoredSession},
};

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, send_as, small_content},
    server::{FROM_A_LINK, NOW, TestServer, form},
};

on_both!(
    every_role_does_what_it_may_over_the_api,
    every_role_does_what_it_may_on_pages,
    nobody_meets_the_words_of_another_workspace,
);

/// The least that somebody must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Least {
    Anyone,
    Reader,
    Author,
    Curator,
    Admin,
}
use Least::{Admin, Anyone, Author, Curator, Reader};

/// Roles as the API names them, with what they are at least.
const ROLES: [(&str, Least); 4] = [("reader", Reader), ("author", Author), ("curator", Curator), ("admin", Admin)];

const ENTRY: &str = r#"{"definition": "A cell.", "terms": [{"text": "kiln"}],
    "examples": {"match": ["The kiln is down."], "no_match": ["The oven is hot."]}}"#;
const TABLE: &str = "term,definition\nzibbler,A copy of the shop.\n";

/// Method, route, what is put in place of its names and behind it, the least role, and a body that gets as far as the role.
type Row<'r> = (&'r str, &'r str, &'r str, Least, &'r str);

const API: &[Row<'static>] = &[
    ("POST", "/api/v1/rewrite", "", Anyone, r#"{"text": "The canary is fine."}"#),
    ("GET", "/api/v1/explain", "?q=canary", Anyone, ""),
    ("POST", "/api/v1/explain", "", Anyone, r#"{"query": "canary"}"#),
    ("POST", "/api/v1/verify", "", Anyone, r#"{"source": "It is fine.", "candidate": "It is fine."}"#),
    ("GET", "/api/v1/audiences", "", Anyone, ""),
    ("GET", "/api/v1/examples", "", Anyone, ""),
    ("GET", "/api/openapi.json", "", Anyone, ""),
    ("GET", "/api/{*rest}", "", Anyone, ""),
    ("GET", "/api/v1/concepts", "", Anyone, ""),
    ("POST", "/api/v1/concepts", "", Author, ENTRY),
    ("GET", "/api/v1/concepts/{id}", "rollback", Anyone, ""),
    ("PUT", "/api/v1/concepts/{id}", "canary", Author, ENTRY),
    ("DELETE", "/api/v1/concepts/{id}", "rollback", Curator, ""),
    ("POST", "/api/v1/concepts/{id}/submit", "rollback", Author, ""),
    ("POST", "/api/v1/concepts/{id}/return", "rollback", Curator, ""),
    ("POST", "/api/v1/concepts/{id}/approve", "rollback", Curator, ""),
    ("GET", "/api/v1/concepts/{id}/history", "rollback", Anyone, ""),
    ("POST", "/api/v1/concepts/{id}/revert", "rollback", Curator, r#"{"revision": 0}"#),
    ("GET", "/api/v1/concepts/{id}/effect", "rollback", Author, ""),
    ("GET", "/api/v1/concepts/{id}/comments", "rollback", Anyone, ""),
    ("POST", "/api/v1/concepts/{id}/comments", "rollback", Author, r#"{"text": "Who says so?"}"#),
    ("GET", "/api/v1/trials", "", Reader, ""),
    ("POST", "/api/v1/trials", "", Curator, r#"{"text": "The kiln is down."}"#),
    ("DELETE", "/api/v1/trials/{number}", "77", Curator, ""),
    ("GET", "/api/v1/requests", "", Reader, ""),
    ("POST", "/api/v1/requests", "", Reader, r#"{"term": "wobbulator"}"#),
    ("GET", "/api/v1/gaps", "", Reader, ""),
    ("GET", "/api/v1/usage", "", Reader, ""),
    ("GET", "/api/v1/export", "", Anyone, ""),
    ("POST", "/api/v1/import", "?format=csv", Author, TABLE),
    ("POST", "/api/v1/import", "?format=csv&approve=true", Admin, TABLE),
    ("GET", "/api/v1/audiences/{id}", "general", Anyone, ""),
    ("PUT", "/api/v1/audiences/{id}", "general", Admin, r#"{"text": "id: general"}"#),
    ("GET", "/api/v1/audiences/{id}/history", "general", Anyone, ""),
    ("POST", "/api/v1/audiences/{id}/revert", "general", Admin, r#"{"revision": 0}"#),
    ("GET", "/api/v1/templates", "", Anyone, ""),
    ("GET", "/api/v1/templates/{kind}", "generic", Anyone, ""),
    ("PUT", "/api/v1/templates/{kind}", "generic", Admin, r#"{"text": "{{"}"#),
    ("GET", "/api/v1/templates/{kind}/history", "generic", Anyone, ""),
    ("POST", "/api/v1/templates/{kind}/revert", "generic", Admin, r#"{"revision": 0}"#),
    ("GET", "/api/v1/audit", "", Admin, ""),
    ("GET", "/api/v1/audit", "?format=csv", Admin, ""),
    ("GET", "/api/v1/curators", "", Admin, ""),
    ("POST", "/api/v1/curators", "", Admin, r#"{"name": "Somebody", "role": "reader"}"#),
    ("PUT", "/api/v1/curators/{name}", "Nobody", Admin, r#"{"role": "reader"}"#),
    ("DELETE", "/api/v1/curators/{name}", "Nobody", Admin, ""),
];

/// A form of the import page. Its other fields are put in front.
const FILE: &str = "file";

/// Routes that anyone may ask, and that show more to whoever sends a token: a wrong one is refused there too.
const SHOW_MORE_WITH_A_TOKEN: [(&str, &str); 5] = [
    ("GET", "/api/v1/concepts"),
    ("GET", "/api/v1/concepts/{id}"),
    ("GET", "/api/v1/concepts/{id}/comments"),
    ("GET", "/api/v1/concepts/{id}/history"),
    ("GET", "/api/v1/export"),
];

/// Pages that change what all workspaces share, with entries that hold everywhere.
const SHARED: [(&str, &str); 8] = [
    ("GET", "/glossary/concepts/{id}/effect"),
    ("GET", "/glossary/concepts/{id}/edit"),
    ("POST", "/glossary/concepts/{id}/edit"),
    ("POST", "/glossary/concepts/{id}/step"),
    ("POST", "/glossary/concepts/{id}/revert"),
    ("POST", "/glossary/audiences/{id}/revert"),
    ("POST", "/glossary/templates/{kind}"),
    ("POST", "/glossary/templates/{kind}/revert"),
];

/// Whether a row is refused to everybody from a workspace, which is one of several that came over a link: what opens the glossary
/// of all workspaces, or changes what they share, is not for the people of one, and whom another one lets in is not theirs to say.
fn is_for_others(workspace: Option<&str>, (method, path, _, _, body): &Row<'_>) -> bool {
    let lets_in_elsewhere = |workspace: &str| *path == "/glossary/people/accounts" && !body.contains(workspace);
    let makes_tokens = (*method, *path) == ("POST", "/glossary/people");
    workspace
        .is_some_and(|workspace| makes_tokens || lets_in_elsewhere(workspace) || SHARED.contains(&(*method, *path)))
}

const PAGES: &[Row<'static>] = &[
    ("GET", "/glossary", "", Anyone, ""),
    ("GET", "/glossary/", "", Anyone, ""),
    ("GET", "/glossary/concepts/{id}", "rollback", Anyone, ""),
    ("GET", "/glossary/concepts/{id}/compare", "rollback", Anyone, ""),
    ("GET", "/glossary/export", "?format=csv", Anyone, ""),
    ("GET", "/glossary/concepts/{id}/effect", "rollback", Author, ""),
    ("POST", "/glossary/concepts/{id}/comments", "rollback", Author, "text=Who+says+so%3F"),
    ("GET", "/glossary/trials", "", Reader, ""),
    ("POST", "/glossary/trials", "", Curator, "text=The+kiln+is+down."),
    ("POST", "/glossary/trials/remove", "", Curator, "number=77"),
    ("GET", "/glossary/review", "", Anyone, ""),
    ("GET", "/glossary/wanted", "", Reader, ""),
    ("POST", "/glossary/wanted/ask", "", Reader, "term=wobbulator"),
    ("POST", "/glossary/wanted", "", Author, "dismiss=wobbulator"),
    ("POST", "/glossary/wanted", "", Author, "restore=wobbulator"),
    ("GET", "/glossary/usage", "", Reader, ""),
    ("GET", "/glossary/new", "", Author, ""),
    (
        "POST",
        "/glossary/new",
        "",
        Author,
        "terms=kiln&definition=A+cell.&match=The+kiln+is+down.&no_match=The+oven+is+hot.",
    ),
    ("GET", "/glossary/concepts/{id}/edit", "canary", Author, ""),
    (
        "POST",
        "/glossary/concepts/{id}/edit",
        "canary",
        Author,
        "terms=canary&definition=A+bird.&match=A+canary.&no_match=A+dog.",
    ),
    ("POST", "/glossary/concepts/{id}/step", "rollback", Author, "step=submit&revision=0"),
    ("POST", "/glossary/concepts/{id}/step", "rollback", Curator, "step=approve&revision=0"),
    ("POST", "/glossary/concepts/{id}/step", "rollback", Curator, "step=return&revision=0"),
    ("POST", "/glossary/concepts/{id}/step", "rollback", Curator, "step=retire&revision=7"),
    ("POST", "/glossary/concepts/{id}/revert", "rollback", Curator, "revision=0&seen=0"),
    ("POST", "/glossary/preview", "", Author, "terms=kiln&definition=A+cell.&sentence=The+kiln+is+down."),
    ("GET", "/glossary/audiences", "", Anyone, ""),
    ("GET", "/glossary/audiences/{id}", "general", Anyone, ""),
    ("POST", "/glossary/audiences/{id}", "general", Admin, "text=id%3A+general&then=try"),
    ("POST", "/glossary/audiences/{id}/revert", "general", Admin, "revision=0&seen=0"),
    ("GET", "/glossary/templates/{kind}", "generic", Anyone, ""),
    ("POST", "/glossary/templates/{kind}", "generic", Admin, "text=%7B%7B&then=save&revision=0"),
    ("POST", "/glossary/templates/{kind}/revert", "generic", Admin, "revision=0&seen=0"),
    ("GET", "/glossary/audit", "", Admin, ""),
    ("GET", "/glossary/audit/file", "?format=jsonl", Admin, ""),
    ("GET", "/glossary/people", "", Admin, ""),
    ("POST", "/glossary/people", "", Admin, "name=Somebody&role=reader"),
    (
        "POST",
        "/glossary/people/accounts",
        "",
        Admin,
        "name=Else&role=reader&platform=slack&workspace=T0FIRST&person=U0ELSE",
    ),
    ("POST", "/glossary/people/role", "", Admin, "name=Nobody&role=reader"),
    ("POST", "/glossary/people/remove", "", Admin, "name=Nobody"),
    ("GET", "/glossary/settings", "", Admin, ""),
    ("GET", "/glossary/import", "", Author, ""),
    ("POST", "/glossary/import", "", Author, FILE),
    ("GET", "/glossary/sign-in", "", Anyone, ""),
    ("POST", "/glossary/sign-in", "", Anyone, "token="),
    ("GET", "/glossary/sign-in/{platform}", "slack", Anyone, ""),
    ("GET", "/glossary/sign-in/{platform}/callback", "slack", Anyone, ""),
    ("POST", "/glossary/sign-out", "", Reader, ""),
    ("POST", "/glossary/import", "", Admin, "file and approve"),
];

/// Routes that know no roles of ours: platforms sign what they send there, or the token that a person brings, and the playground and
/// health are for anyone. What whom in the tab of Teams sees, its own tests ask (`tab.rs`).
const WITHOUT_ROLES: [&str; 12] = [
    "/slack/commands",
    "/slack/interactions",
    "/slack/events",
    "/slack/install",
    "/slack/oauth/callback",
    "/teams/webhook",
    "/teams/webhook/{name}",
    "/api/messages",
    "/teams/tab/view",
    "/healthz",
    "/readyz",
    "path",
];

/// Methods and paths that a router's source has, each route as `.route("path", get(…).post(…))`.
fn routes_in(source: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let mut depth = 1;
        let end = part.find(|sign| {
            depth += match sign {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let call = part.get(..end.unwrap()).unwrap();
        let (path, handlers) = call.split_once(',').unwrap();
        let path = path.trim().trim_matches('"').to_owned();
        let methods = ["get", "post", "put", "delete", "patch", "any"];
        let is_called = |method: &&str| {
            let calls: Vec<_> = handlers.match_indices(&format!("{method}(")).collect();
            calls.iter().any(|(at, _)| handlers.get(..*at).unwrap().ends_with([' ', '.', ',', '\n']) || *at == 0)
        };
        let methods: Vec<&str> = methods.into_iter().filter(is_called).collect();
        assert!(!methods.is_empty() || WITHOUT_ROLES.contains(&&*path), "no method of {path} in {call}");
        found.extend(methods.iter().map(|method| (method.to_uppercase(), path.clone())));
    }
    found
}

/// The router's source.
const ROUTER: &str = include_str!("../../src/web/router.rs");

/// Where the router takes deliveries: what is posted, and not for somebody with a role.
pub(crate) fn deliveries() -> Vec<String> {
    let is_delivery = |(method, path): &(String, String)| method == "POST" && WITHOUT_ROLES.contains(&path.as_str());
    routes_in(ROUTER).into_iter().filter(is_delivery).map(|(_, path)| path).collect()
}

#[test]
fn every_route_of_the_routers_has_a_row() {
    let sources = [
        ROUTER,
        include_str!("../../src/web/api_audit.rs"),
        include_str!("../../src/web/api_concepts.rs"),
        include_str!("../../src/web/api_prompts.rs"),
        include_str!("../../src/web/api_review.rs"),
        include_str!("../../src/web/console/mod.rs"),
        include_str!("../../src/web/playground.rs"),
    ];
    let mut routes: BTreeSet<(String, String)> = sources.into_iter().flat_map(routes_in).collect();
    routes.retain(|(_, path)| !WITHOUT_ROLES.contains(&path.as_str()));
    let rows = API.iter().chain(PAGES).map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(routes, rows.collect());
    // No other file makes routes.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![folder];
    let mut making = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).is_ok_and(|text| text.contains(".route(")) {
                making.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(
        making,
        BTreeSet::from(
            [
                "api_audit.rs",
                "api_concepts.rs",
                "api_prompts.rs",
                "api_review.rs",
                "mod.rs",
                "playground.rs",
                "router.rs",
            ]
            .map(str::to_owned)
        )
    );
}

fn address(path: &str, rest: &str) -> String {
    match path.split_once('{') {
        Some((front, name)) => format!("{front}{rest}{}", name.split_once('}').unwrap().1),
        None => format!("{path}{rest}"),
    }
}

pub(crate) async fn server(database: &Database) -> TestServer {
    let mut settings = vec![
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    settings.extend(FROM_A_LINK);
    TestServer::over(small_content(), &settings).await
}

async fn every_role_does_what_it_may_over_the_api(database: Database) {
    let server = server(&database).await;
    let mut tokens = vec![("nobody", Anyone, String::new()), ("a stranger", Anyone, "0123456789".to_owned())];
    for (role, least) in ROLES {
        let body = serde_json::json!({ "name": role, "role": role });
        let (status, answer) = send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await;
        assert_eq!(status, 201, "{answer}");
        tokens.push((role, least, answer["token"].as_str().unwrap().to_owned()));
    }
    server.stop().await;
    // After some wrong tokens within a minute a server looks at none, so each one is asked about a part of the routes.
    for rows in API.chunks(20) {
        every_role_asks(&database, rows, &tokens).await;
    }
}

async fn every_role_asks(database: &Database, rows: &[Row<'_>], tokens: &[(&str, Least, String)]) {
    let server = server(database).await;
    for &(method, path, rest, least, body) in rows {
        for (who, is, token) in tokens {
            let method: Method = method.parse().unwrap();
            let mut request = server.client().request(method.clone(), server.url(&address(path, rest)));
            if !token.is_empty() {
                request = request.bearer_auth(token);
            }
            let status = request.body(body.to_owned()).send().await.unwrap().status();
            let is_wrong = *who == "a stranger" && SHOW_MORE_WITH_A_TOKEN.contains(&(method.as_str(), path));
            let expected = match (*is >= least && !is_wrong, is) {
                (true, _) => None,
                (false, Anyone) => Some(StatusCode::UNAUTHORIZED),
                (false, _) => Some(StatusCode::FORBIDDEN),
            };
            let is_refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
            assert_eq!(expected, Some(status).filter(|_| is_refused), "{who}: {method} {path}{rest}: {status}");
            assert!(!status.is_server_error(), "{who}: {method} {path}{rest}: {status}");
        }
    }
    server.stop().await;
}

/// Somebody who is signed in, with an account of a workspace or with a token.
pub(crate) struct Visitor {
    pub(crate) name: String,
    pub(crate) workspace: Option<&'static str>,
}

impl Visitor {
    /// Lets somebody in: with an account of a workspace, or with a token.
    pub(crate) async fn let_in(server: &TestServer, role: &str, workspace: Option<&'static str>) -> Self {
        let name = format!("{role} of {}", workspace.unwrap_or("all"));
        let mut body = serde_json::json!({ "name": name, "role": role });
        if let Some(workspace) = workspace {
            body["platform"] = "slack".into();
            body["workspace"] = workspace.into();
            body["person"] = format!("U0{}", role.to_uppercase()).into();
        }
        let (status, answer) = send_as(server, TOKEN, Method::POST, "/api/v1/curators", &body).await;
        assert_eq!(status, 201, "{answer}");
        Self { name, workspace }
    }

    /// Signs in; the cookie and the token of forms.
    pub(crate) async fn session(&self, store: &Store) -> (String, String) {
        let secret = upshot::app::curation::fresh_token().unwrap();
        let place = self.workspace.map(|workspace| SessionPlace {
            platform: Platform::Slack,
            workspace: WorkspaceId::new(workspace),
            organisation: None,
        });
        let session = StoredSession {
            name: self.name.clone(),
            role: "reader".to_owned(),
            opened_by: String::new(),
            place,
            idle_until: None,
        };
        let until = Timestamp::from_unix_seconds(NOW + 3_600);
        store.open_session(&token_hash(&secret), &session, until).await.unwrap();
        (format!("__Host-upshot-glossary={secret}"), token_hash(&format!("form {secret}")))
    }
}

const BOUNDARY: &str = "upshot-boundary";

fn multipart(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        let file = if *name == "file" { "; filename=\"words.csv\"" } else { "" };
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + &format!("--{BOUNDARY}--\r\n")
}

pub(crate) async fn ask(server: &TestServer, row: &Row<'_>, cookie: &str, csrf: &str) -> Response {
    let (method, path, rest, _, body) = *row;
    let mut request = server.client().request(method.parse().unwrap(), server.url(&address(path, rest)));
    request = request.header("cookie", cookie);
    if method == "GET" {
        return request.send().await.unwrap();
    }
    let (kind, body) = if body.starts_with(FILE) {
        let mut fields = vec![("csrf", csrf), ("file", TABLE)];
        if body.ends_with("approve") {
            fields.push(("then", "approve"));
        }
        (format!("multipart/form-data; boundary={BOUNDARY}"), multipart(&fields))
    } else {
        let sent = format!("{body}&{}", form(&[("csrf", csrf)]));
        ("application/x-www-form-urlencoded".to_owned(), sent)
    };
    request.header("content-type", kind).body(body).send().await.unwrap()
}

/// Whether a page is refused: not allowed, or not before signing in.
fn is_refused(response: &Response) -> bool {
    let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    response.status() == StatusCode::FORBIDDEN
        || (response.status() == StatusCode::SEE_OTHER && to.starts_with("/glossary/sign-in"))
}

async fn every_role_does_what_it_may_on_pages(database: Database) {
    for workspace in ["T0FIRST", "T0SECOND"] {
        super::sign_in::install(&database, None, Some(workspace)).await;
    }
    let server = server(&database).await;
    let store = database.open().await;
    for (person, workspace) in [("U0ANN", "T0FIRST"), ("U0BEN", "T0SECOND")] {
        let term = format!("term of {workspace}");
        let (person, workspace) = (upshot::ids::PersonId::new(person), WorkspaceId::new(workspace));
        store.request_definition(&workspace, &person, &term, Timestamp::from_unix_seconds(NOW)).await.unwrap();
    }
    // An account belongs to one workspace; the last one is of a workspace in which Upshot is not installed any more.
    for workspace in [None, Some("T0FIRST"), Some("T0SECOND"), Some("T0GONE")] {
        for (role, least) in ROLES {
            let visitor = Visitor::let_in(&server, role, workspace).await;
            let is = if workspace == Some("T0GONE") { Anyone } else { least };
            for row in PAGES {
                let (cookie, csrf) = visitor.session(&store).await;
                let response = ask(&server, row, &cookie, &csrf).await;
                let status = response.status();
                let (method, path, rest, least, body) = row;
                let told = format!("{}: {method} {path} {rest} {body}: {status}", visitor.name);
                if (*method, *path) == ("POST", "/glossary/sign-in") || path.contains("{platform}") {
                    // Whoever comes with nothing is told so, whoever they are.
                    assert!(!status.is_server_error(), "{told}");
                    continue;
                }
                assert_eq!(is_refused(&response), is < *least || is_for_others(workspace, row), "{told}");
                assert!(!status.is_server_error(), "{told}");
                if (*method, *path) == ("GET", "/glossary/wanted") && is > Anyone {
                    let page = response.text().await.unwrap();
                    for other in ["T0FIRST", "T0SECOND"] {
                        let is_theirs = workspace.is_none_or(|workspace| workspace == other);
                        assert_eq!(page.contains(&format!("term of {other}")), is_theirs, "{told}: {other}");
                    }
                } else if *path == "/glossary/settings" && is >= Admin {
                    let page = response.text().await.unwrap();
                    let others = ["T0FIRST", "T0SECOND"].into_iter().filter(|other| Some(*other) != workspace);
                    let sees_others = others.filter(|other| page.contains(other)).count() > 0;
                    assert_eq!(sees_others, workspace.is_none(), "{told}: which workspaces there are");
                }
                // What another site could send with their cookie does nothing.
                if *method == "POST" && is > Anyone {
                    let (cookie, _) = visitor.session(&store).await;
                    let response = ask(&server, row, &cookie, "").await;
                    assert_eq!(response.status(), StatusCode::FORBIDDEN, "without the form's token: {told}");
                }
            }
        }
    }
    for row in PAGES {
        let response = ask(&server, row, "", "").await;
        let (method, path, _, least, _) = row;
        if (*method, *path) != ("POST", "/glossary/sign-in") && !path.contains("{platform}") {
            assert_eq!(is_refused(&response), *least > Anyone, "nobody: {method} {path}: {}", response.status());
        }
    }
    store.close().await;
    server.stop().await;
}

/// Pages that show what entries, comments and trial messages say, to whoever may see those.
const SHOWS_WORDS: [&str; 10] = [
    "/glossary",
    "/glossary/",
    "/glossary/export",
    "/glossary/review",
    "/glossary/concepts/{id}",
    "/glossary/concepts/{id}/edit",
    "/glossary/concepts/{id}/effect",
    "/glossary/trials",
    "/glossary/audit",
    "/glossary/audit/file",
];

/// What people of a workspace write, which nobody elsewhere may read.
fn secret_of(workspace: &str) -> String {
    format!("What {workspace} alone says.")
}

/// Writes entries, comments, reasons and trial messages of a workspace. The ids of its approved entry and of its draft.
async fn fill(server: &TestServer, workspace: &str) -> [String; 2] {
    let send = async |method: Method, path: &str, body: serde_json::Value| {
        let (status, told) = send_as(server, TOKEN, method, path, &body).await;
        assert!(status.is_success(), "{path}: {status} {told}");
    };
    let secret = secret_of(workspace);
    let ids = ["live", "draft"].map(|state| format!("{}-{state}", workspace.to_lowercase()));
    for (id, term) in ids.iter().zip(["zibbler", "kiln"]) {
        let entry = serde_json::json!({
            "id": id, "definition": secret, "terms": [{ "text": term }], "wordings": [{ "text": "plain word" }],
            "scope": [format!("slack:{workspace}/C0OPS"), format!("slack:{workspace}")], "reason": secret,
            "examples": { "match": [format!("{secret} The {term} and the dingus are down.")], "no_match": ["The oven is hot."] }
        });
        send(Method::POST, "/api/v1/concepts", entry).await;
        let comment = serde_json::json!({ "text": secret });
        send(Method::POST, &format!("/api/v1/concepts/{id}/comments"), comment).await;
    }
    send(Method::POST, &format!("/api/v1/concepts/{}/approve", ids[0]), serde_json::json!({})).await;
    let text = format!("{secret} The kiln and the dingus are late.");
    let trial = serde_json::json!({ "text": text, "place": format!("slack:{workspace}") });
    send(Method::POST, "/api/v1/trials", trial).await;
    ids
}

/// Each role from each workspace asks each route for what is of each workspace: of its own it sees what its role allows, of another
/// one nothing.
async fn nobody_meets_the_words_of_another_workspace(database: Database) {
    const WORKSPACES: [&str; 2] = ["T0FIRST", "T0SECOND"];
    let server = server(&database).await;
    let mut ids = Vec::new();
    for workspace in WORKSPACES {
        super::sign_in::install(&database, None, Some(workspace)).await;
        ids.push(fill(&server, workspace).await);
    }
    for workspace in [None, Some(WORKSPACES[0]), Some(WORKSPACES[1])] {
        for (role, _) in ROLES {
            Visitor::let_in(&server, role, workspace).await;
        }
    }
    // A draft for everybody, of which a word stands in the texts of both.
    let dingus = serde_json::json!({
        "id": "dingus", "definition": "A device.", "terms": [{ "text": "dingus" }], "wordings": [{ "text": "device" }],
        "examples": { "match": ["The dingus is hot."], "no_match": ["The oven is hot."] }
    });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &dingus).await.0, 201);
    let store = database.open().await;
    let is_of_an_entry = |path: &str| path.contains("/concepts/{id}");
    for (of, [live, draft]) in WORKSPACES.into_iter().zip(&ids) {
        let secret = secret_of(of);
        let row_of = |(method, path, rest, least, body): Row<'static>| {
            let rest = match path {
                path if path.ends_with("/effect") => draft.clone(),
                path if is_of_an_entry(path) => live.clone(),
                _ => rest.to_owned(),
            };
            (method, path, rest, least, body.replace("terms=kiln", &format!("scope=slack:{of}&terms=kiln")))
        };
        for (method, path, rest, ..) in API.iter().copied().map(row_of).filter(|(method, ..)| *method == "GET") {
            let told = server.get(&address(path, &rest)).await.text().await.unwrap();
            assert!(!told.contains(&secret), "{method} {path} without a token: {told}");
        }
        for workspace in [None, Some(WORKSPACES[0]), Some(WORKSPACES[1])] {
            let is_theirs = workspace.is_none_or(|workspace| workspace == of);
            for (role, is) in ROLES {
                let visitor = Visitor { name: format!("{role} of {}", workspace.unwrap_or("all")), workspace };
                let (cookie, csrf) = visitor.session(&store).await;
                // What may be done with what is their own is another test's matter.
                let is_tried =
                    |(method, path, ..): &Row<'_>| !(path.contains("sign-") || is_theirs && *method == "POST");
                for row in PAGES.iter().copied().filter(is_tried).map(row_of) {
                    let (method, path, rest, least, body) = (row.0, row.1, &*row.2, row.3, &*row.4);
                    let response = ask(&server, &(method, path, rest, least, body), &cookie, &csrf).await;
                    let status = response.status();
                    let told = format!("{}: {method} {path} {rest} {body}: {status}", visitor.name);
                    assert!(!status.is_server_error(), "{told}");
                    if is >= least && (is_of_an_entry(path) || body.contains("scope=")) {
                        let is_refused = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status);
                        assert_eq!(is_refused, !is_theirs, "{told}");
                    }
                    let is_shown = is_theirs && is >= least && SHOWS_WORDS.contains(&path);
                    let page = response.text().await.unwrap();
                    if !is_theirs || is_shown {
                        assert_eq!(page.contains(&secret), is_theirs, "{told}: {page}");
                    }
                }
                // What a draft for everybody would change is for those who can approve it.
                let row = ("GET", "/glossary/concepts/{id}/effect", "dingus", Author, "");
                let page = ask(&server, &row, &cookie, "").await.text().await.unwrap();
                assert_eq!(page.contains(&secret), workspace.is_none() && is >= Author, "{}: {page}", visitor.name);
            }
        }
    }
    store.close().await;
    server.stop().await;
}
