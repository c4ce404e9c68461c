//! The glossary's pages: who may do what there, that forms are ours, that nothing written becomes markup.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use upshot::engine::ContentFile;

use super::{
    databases::{Database, on_both},
    glossary::{TOKEN, kiln, send_as, server, small_content},
    server::{TestServer, form, json},
};

on_both!(
    looking_is_free_and_changing_needs_a_session,
    an_entry_is_written_handed_in_and_approved,
    a_change_is_compared_with_what_it_lies_over,
    what_others_say_already_is_shown_before_it_is_saved,
    a_form_of_another_site_does_nothing,
    what_is_written_is_never_markup,
    mistakes_come_back_with_what_was_written,
    the_printed_link_signs_in_once,
    a_person_is_let_in_and_out_again,
    a_file_is_checked_and_then_taken_in,
    a_large_file_goes_through_both_steps,
);

/// Somebody who is signed in.
pub(crate) struct Session<'a> {
    server: &'a TestServer,
    cookie: String,
    csrf: String,
}

async fn page(server: &TestServer, path: &str, cookie: &str) -> (StatusCode, String) {
    let response = server.client().get(server.url(path)).header("cookie", cookie).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

async fn post(server: &TestServer, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Response {
    let request = server.client().post(server.url(path)).header("cookie", cookie);
    request.header("content-type", "application/x-www-form-urlencoded").body(form(fields)).send().await.unwrap()
}

impl<'a> Session<'a> {
    pub(crate) async fn open(server: &'a TestServer, fields: &[(&str, &str)]) -> Self {
        let response = post(server, "/glossary/sign-in", "", fields).await;
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/glossary");
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["Path=/glossary", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let (_, text) = page(server, "/glossary", &cookie).await;
        let csrf = text.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        assert_eq!(csrf.len(), 64);
        Self { server, cookie, csrf }
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let (status, text) = page(self.server, path, &self.cookie).await;
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        post(self.server, path, &self.cookie, &all).await
    }
}

const KILN: [(&str, &str); 6] = [
    ("terms", "kiln | noun\r\nkiln cell | noun | deprecated"),
    ("definition", "A group of machines that runs one copy of the shop."),
    ("wordings", "shop copy"),
    ("match", "The kiln is down."),
    ("no_match", "The oven is hot."),
    ("subject_field", "platform"),
];

async fn explained(server: &TestServer, term: &str) -> Value {
    json(server.get(&format!("/api/v1/explain?q={term}")).await).await
}

async fn looking_is_free_and_changing_needs_a_session(database: Database) {
    let server = server(&database).await;
    for (path, part) in [
        ("/glossary", "1 to 2 of 2 entries"),
        ("/glossary?q=earlier+version&layer=shipped", "1 entry"),
        ("/glossary/concepts/rollback", "Undoing a change by going back"),
        ("/glossary/review", "Nothing waits for review."),
        ("/glossary/sign-in", "type=\"password\""),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-store");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
        let text = response.text().await.unwrap();
        assert!(text.contains(part), "{path}: {text}");
        assert!(!text.contains("Add an entry") && !text.contains("name=\"csrf\""), "{path}");
    }
    for path in ["/glossary/new", "/glossary/concepts/rollback/edit", "/glossary/people", "/glossary/wanted"] {
        let response = server.get(path).await;
        assert_eq!(
            (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
            (303, &*format!("/glossary/sign-in?to={}", path.replace('/', "%2F"))),
            "{path}"
        );
    }
    for path in [
        "/glossary/new",
        "/glossary/concepts/rollback/edit",
        "/glossary/concepts/rollback/step",
        "/glossary/concepts/rollback/revert",
        "/glossary/people",
        "/glossary/people/remove",
        "/glossary/preview",
        "/glossary/sign-out",
    ] {
        assert_eq!(post(&server, path, "", &KILN).await.status(), 403, "{path}");
    }
    assert_eq!(server.get("/glossary/concepts/nowhere").await.status(), 404);
    for (path, content_type) in [
        ("/glossary/console.css", "text/css; charset=utf-8"),
        ("/glossary/console.js", "text/javascript; charset=utf-8"),
    ] {
        assert_eq!(server.get(path).await.headers()["content-type"], content_type);
    }
    server.stop().await;
}

async fn an_entry_is_written_handed_in_and_approved(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    assert!(session.get("/glossary/new?term=kiln").await.contains("kiln</textarea>"), "the wanted term is filled in");

    let mut fields = KILN.to_vec();
    fields.extend([("sentence", "The kiln is down."), ("reader", "sales")]);
    let preview = json(session.post("/glossary/preview", &fields).await).await;
    assert_eq!(
        preview,
        json!({ "before": "The kiln is down.", "after": "The shop copy is down.", "is_found": true, "problems": [], "warnings": [] })
    );

    fields.extend([("then", "submit"), ("reason", "Sales asked.")]);
    let saved = session.post("/glossary/new", &fields).await;
    assert_eq!(
        (saved.status().as_u16(), saved.headers()["location"].to_str().unwrap()),
        (303, "/glossary/concepts/kiln?done=submitted")
    );
    assert!(session.get("/glossary/review").await.contains("by administrator"));
    let entry = session.get("/glossary/concepts/kiln?done=submitted").await;
    for part in ["Handed in for review.", "in review", "Sales asked.", "kiln cell, noun, deprecated", "Approve"] {
        assert!(entry.contains(part), "{part} in {entry}");
    }
    assert_eq!(explained(&server, "kiln").await["status"], "unknown");

    let stale = session.post("/glossary/concepts/kiln/step", &[("step", "approve"), ("revision", "7")]).await;
    assert_eq!(stale.status(), 409);
    let approved = session.post("/glossary/concepts/kiln/step", &[("step", "approve"), ("revision", "1")]).await;
    assert_eq!(approved.headers()["location"], "/glossary/concepts/kiln?done=approved");
    assert_eq!(explained(&server, "kiln").await["definition"], KILN[1].1);

    // A change, its comparison, and back again.
    let edit = session.get("/glossary/concepts/kiln/edit").await;
    assert!(edit.contains("kiln cell | noun | deprecated") && edit.contains("name=\"revision\" value=\"2\""), "{edit}");
    let mut changed = KILN.to_vec();
    changed[1] = ("definition", "One copy of the shop.");
    changed.extend([("then", "draft"), ("revision", "2")]);
    assert_eq!(session.post("/glossary/concepts/kiln/edit", &changed).await.status(), 303);
    let comparison = session.get("/glossary/concepts/kiln/compare?from=2&to=3").await;
    assert!(comparison.contains(&format!("<del>{}</del>", KILN[1].1)), "{comparison}");
    assert!(
        comparison.contains("<ins>One copy of the shop.</ins>") && !comparison.contains("Wordings"),
        "{comparison}"
    );
    session.post("/glossary/concepts/kiln/step", &[("step", "approve"), ("revision", "3")]).await;
    assert_eq!(explained(&server, "kiln").await["definition"], "One copy of the shop.");
    let reverted =
        session.post("/glossary/concepts/kiln/revert", &[("revision", "2"), ("seen", "4"), ("reason", "Too soon.")]);
    let reverted = reverted.await;
    assert_eq!(reverted.headers()["location"], "/glossary/concepts/kiln?done=reverted");
    assert_eq!(explained(&server, "kiln").await["definition"], KILN[1].1);
    let entry = session.get("/glossary/concepts/kiln").await;
    assert!(entry.contains("<p>Too soon.</p>") && entry.contains(" UTC</time>"), "reasons and minutes: {entry}");
    server.stop().await;
}

async fn a_change_is_compared_with_what_it_lies_over(database: Database) {
    let mut content = small_content();
    let own = json!({ "subject_field": "delivery", "concepts": [{ "id": "canary", "definition": "A first few users.",
        "terms": [{ "text": "canary", "pos": "noun" }],
        "examples": { "match": ["The canary is fine."], "no_match": ["The bird sings."] } }] });
    content.files.push(ContentFile::own("glossary/own.yaml", &own.to_string()));
    let settings = [("UPSHOT_DATABASE_URL", database.address.as_str()), ("UPSHOT_ADMIN_TOKEN", TOKEN)];
    let server = TestServer::over(content, &settings).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    for (id, term, now, below) in [
        ("rollback", "rollback", "Undoing a change by going back to the version that worked before.", "what ships"),
        ("canary", "canary", "A first few users.", "your folder"),
    ] {
        let path = format!("/glossary/concepts/{id}");
        let edit = |definition: &'static str, revision: &'static str| {
            [("terms", term), ("definition", definition), ("match", "A canary rollback."), ("no_match", "It is hot.")]
                .into_iter()
                .chain([("then", "draft"), ("revision", revision)])
                .collect::<Vec<_>>()
        };
        assert_eq!(session.post(&format!("{path}/edit"), &edit("One thing.", "0")).await.status(), 303, "{id}");
        let entry = session.get(&path).await;
        for part in [
            &*format!("Answers are made with {below}."),
            "Compare it with what counts now",
            &format!("Compare with {below}"),
            &format!("use {below}</button>"),
            if below == "what ships" { "lies over what ships" } else { "lies over what ships and your folder" },
        ] {
            assert!(entry.contains(part), "{id}: {part} in {entry}");
        }
        let compared = session.get(&format!("{path}/compare?from=0&to=1")).await;
        for part in [
            &*format!("<del>{now}</del>"),
            "<ins>One thing.</ins>",
            " and revision 1</h1>",
            &format!("<option value=\"0\" selected>{below}</option>"),
        ] {
            assert!(compared.contains(part), "{id}: {part} in {compared}");
        }
        // What was approved counts now, and is what another draft is compared with.
        let step = [("step", "approve"), ("revision", "1")];
        assert_eq!(session.post(&format!("{path}/step"), &step).await.status(), 303);
        assert_eq!(session.post(&format!("{path}/edit"), &edit("Another thing.", "2")).await.status(), 303, "{id}");
        let entry = session.get(&path).await;
        assert!(entry.contains("Answers are made with revision 2.") && entry.contains("from=2&amp;to=3"), "{entry}");
        // Where it is retired, nothing counts.
        session.post(&format!("{path}/step"), &[("step", "retire"), ("revision", "3")]).await;
        // Two drafts that say the same would be told before either is saved.
        let third = if id == "rollback" { "A third thing." } else { "Birds of all colours." };
        session.post(&format!("{path}/edit"), &edit(third, "4")).await;
        let entry = session.get(&path).await;
        assert!(entry.contains("This is not in answers yet.") && !entry.contains("Answers are made with"), "{entry}");
    }
    let missing = server.get("/glossary/concepts/rollback/compare?from=0&to=9").await;
    assert_eq!(missing.status(), 422);
    server.stop().await;
}

async fn what_others_say_already_is_shown_before_it_is_saved(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let near = "“canari” is nearly “canary”, a term of “canary”.";
    let canari = |definition: &'static str, read: &str| {
        let entry = [
            ("terms", "canari"),
            ("definition", definition),
            ("match", "The canari sings."),
            ("no_match", "It is hot."),
        ];
        let entry = entry.map(|(name, value)| (name, value.to_owned()));
        entry.into_iter().chain([("read", read.to_owned()), ("then", "draft".to_owned())]).collect::<Vec<_>>()
    };
    let post = async |path: &str, fields: &[(&str, String)]| {
        session.post(path, &fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()).await
    };
    let preview = json(post("/glossary/preview", &canari("A bird.", "")).await).await;
    assert_eq!(preview["warnings"].as_array().unwrap().len(), 1, "{preview}");
    assert!(preview["warnings"][0].as_str().unwrap().starts_with(near), "{preview}");
    let asked = async |fields: &[(&str, String)]| {
        let answer = post("/glossary/new", fields).await;
        assert_eq!(answer.status(), 422);
        let text = answer.text().await.unwrap();
        assert!(text.contains("Look at these before it is saved") && text.contains(near), "{text}");
        assert!(text.contains("Save as draft all the same</button>"), "{text}");
        text.split_once("name=\"read\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
    };
    let read = asked(&canari("A bird.", "")).await;
    assert_eq!(asked(&canari("A bird.", "")).await, read);
    assert_eq!(server.get("/glossary/concepts/canari").await.status(), 404, "nothing is saved before it was read");
    // Other words may get in somebody else's way.
    let said = "Undoing a change by going back to the version that worked before.";
    assert_ne!(asked(&canari(said, &read)).await, read);
    let saved = post("/glossary/new", &canari("A bird.", &read)).await;
    assert_eq!(saved.status(), 200);
    let text = saved.text().await.unwrap();
    assert!(text.contains("Saved as a draft.") && text.contains(near), "{text}");
    server.stop().await;
}

async fn a_form_of_another_site_does_nothing(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let mut fields = KILN.to_vec();
    for csrf in ["", "0000"] {
        fields.push(("csrf", csrf));
        for path in ["/glossary/new", "/glossary/concepts/rollback/step", "/glossary/people", "/glossary/sign-out"] {
            assert_eq!(post(&server, path, &session.cookie, &fields).await.status(), 403, "{path}");
        }
        fields.pop();
    }
    let request = server.client().post(server.url("/glossary/sign-in")).header("sec-fetch-site", "cross-site");
    let refused =
        request.header("content-type", "application/x-www-form-urlencoded").body(form(&[("token", TOKEN)])).send();
    assert_eq!(refused.await.unwrap().status(), 403);
    assert_eq!(post(&server, "/glossary/sign-in", "", &[("token", "wrong")]).await.status(), 403);
    assert_eq!(session.post("/glossary/sign-out", &[]).await.status(), 303);
    let (_, text) = page(&server, "/glossary", &session.cookie).await;
    assert!(text.contains("Sign in") && !text.contains("Sign out"), "the session has ended on the server");
    server.stop().await;
}

async fn what_is_written_is_never_markup(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let hostile = "</textarea><script>alert(1)</script>\"'<img src=x onerror=alert(2)>";
    let mut concept = kiln();
    for field in ["definition", "owner"] {
        concept[field] = json!(hostile);
    }
    concept["terms"] = json!([{ "text": "kiln" }, { "text": "<i>kiln</i>" }]);
    concept["why"] = json!({ "sales": hostile });
    concept["reason"] = json!(hostile);
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &concept).await.0, 201);
    concept["definition"] = json!(format!("{hostile} again"));
    assert_eq!(send_as(&server, TOKEN, Method::PUT, "/api/v1/concepts/kiln", &concept).await.0, 200);
    for path in [
        "/glossary?q=alert",
        "/glossary?q=%3Cscript%3Ealert",
        "/glossary/concepts/kiln",
        "/glossary/concepts/kiln/edit",
        "/glossary/concepts/kiln/compare?from=1&to=2",
        "/glossary/review",
        "/glossary/new?term=%3C%2Ftextarea%3E%3Cscript%3E",
        "/glossary/sign-in?code=%22%3E%3Cscript%3E",
    ] {
        let text = session.get(path).await;
        assert!(text.contains("&lt;"), "{path} shows it");
        assert!(
            !text.contains("<script>") && !text.contains("<img src=x") && !text.contains("<i>kiln"),
            "{path}: {text}"
        );
    }
    server.stop().await;
}

async fn mistakes_come_back_with_what_was_written(database: Database) {
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let mut fields = KILN.to_vec();
    fields[3] = ("match", "The oven is cold.");
    let response = session.post("/glossary/new", &fields).await;
    assert_eq!(response.status(), 422);
    let text = response.text().await.unwrap();
    for part in [
        "This cannot be saved yet",
        "is not found in “The oven is cold.”",
        "kiln cell | noun | deprecated",
        "aria-invalid=\"true\"",
        "href=\"#match\"",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    fields[3] = KILN[3];
    fields[0] = ("terms", "kiln | metal");
    let text = session.post("/glossary/new", &fields).await.text().await.unwrap();
    assert!(text.contains("“metal” behind a term is not understood."), "{text}");
    assert_eq!(session.post("/glossary/new", &KILN).await.status(), 303);
    // Who was slower keeps their words.
    fields[0] = KILN[0];
    fields[1] = ("definition", "Words of who was slower.");
    fields.push(("revision", "0"));
    let response = session.post("/glossary/concepts/kiln/edit", &fields).await;
    assert_eq!(response.status(), 422);
    let text = response.text().await.unwrap();
    assert!(text.contains("its revision is 1 now") && text.contains("Words of who was slower."), "{text}");
    server.stop().await;
}

async fn the_printed_link_signs_in_once(database: Database) {
    let server = server(&database).await;
    let link = server.sign_in_link().expect("it listens on this machine alone").to_owned();
    assert!(link.starts_with(&server.url("/glossary/sign-in?code=")), "{link}");
    let code = link.split_once("code=").unwrap().1;
    for _ in 0..2 {
        let text = server.client().get(&link).send().await.unwrap().text().await.unwrap();
        assert!(text.contains(&format!("name=\"code\" value=\"{code}\"")), "looking does not use it up");
    }
    assert_eq!(post(&server, "/glossary/sign-in", "", &[("code", "wrong")]).await.status(), 403);
    let session = Session::open(&server, &[("code", code)]).await;
    assert!(session.get("/glossary").await.contains("administrator, admin"));
    assert_eq!(post(&server, "/glossary/sign-in", "", &[("code", code)]).await.status(), 403, "it is used up");
    // A link would be in the log of a program that others reach through a proxy, and none is printed there. A session ends
    // when the token of the settings is replaced.
    let settings = [
        ("UPSHOT_DATABASE_URL", database.address.as_str()),
        ("UPSHOT_ADMIN_TOKEN", "another-token-for-tests-0123456789"),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
        ("UPSHOT_PUBLIC_URL", "https://upshot.example.com"),
    ];
    let other = TestServer::over(small_content(), &settings).await;
    assert_eq!(other.sign_in_link(), None);
    let over_https = session.cookie.replace("upshot_glossary", "__Host-upshot-glossary");
    for cookie in [&session.cookie, &over_https] {
        assert!(!page(&other, "/glossary", cookie).await.1.contains("administrator, admin"));
    }
    assert!(session.get("/glossary").await.contains("administrator, admin"), "this one has the old token still");
    other.stop().await;
    server.stop().await;
}

async fn a_person_is_let_in_and_out_again(database: Database) {
    let server = server(&database).await;
    let admin = Session::open(&server, &[("token", TOKEN)]).await;
    let made = admin.post("/glossary/people", &[("name", "Ann"), ("role", "author")]).await;
    assert_eq!(made.status(), 201);
    let text = made.text().await.unwrap();
    let token = text.split_once("class=\"token\">").unwrap().1.split('<').next().unwrap().to_owned();
    assert!(!admin.get("/glossary/people").await.contains(&token), "it is shown once");
    assert_eq!(admin.post("/glossary/people", &[("name", "Ann"), ("role", "admin")]).await.status(), 422);

    let ann = Session::open(&server, &[("token", &token)]).await;
    assert!(ann.get("/glossary/concepts/rollback").await.contains("Edit"), "an author may write");
    assert!(!ann.get("/glossary/concepts/rollback").await.contains("Retire"), "and no more");
    assert_eq!(
        ann.post("/glossary/concepts/rollback/step", &[("step", "retire"), ("revision", "0")]).await.status(),
        403
    );
    let (status, _) = page(&server, "/glossary/people", &ann.cookie).await;
    assert_eq!(status, 403);
    assert_eq!(ann.post("/glossary/people", &[("name", "Eve"), ("role", "admin")]).await.status(), 403);
    assert_eq!(ann.post("/glossary/new", &KILN).await.status(), 303);

    assert_eq!(admin.post("/glossary/people/remove", &[("name", "Ann")]).await.status(), 303);
    assert_eq!(ann.post("/glossary/concepts/kiln/step", &[("step", "submit"), ("revision", "1")]).await.status(), 403);
    assert_eq!(post(&server, "/glossary/sign-in", "", &[("token", &token)]).await.status(), 403);
    server.stop().await;
}

/// Sends a form with a file, as browsers do.
async fn send_file(session: &Session<'_>, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> (StatusCode, String) {
    const BOUNDARY: &str = "----a-boundary-of-the-tests";
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    if let Some((name, text)) = file {
        body.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    let request =
        session.server.client().post(session.server.url("/glossary/import")).header("cookie", &session.cookie);
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let response = request.body(body).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// What a hidden field of a page holds.
fn hidden(page: &str, name: &str) -> String {
    let value = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1.split('"').next().unwrap();
    value
        .replace("&#x2f;", "/")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

async fn a_file_is_checked_and_then_taken_in(database: Database) {
    let server = server(&database).await;
    let response = server.get("/glossary/import").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (303, &"/glossary/sign-in?to=%2Fglossary%2Fimport".parse().unwrap())
    );
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    assert!(session.get("/glossary/import").await.contains("Check the file"));
    let file = "term,definition,match,no_match\nkiln,\"A <b>copy</b> of the \"\"shop\"\".\",The kiln is down.,The oven is hot.\n";
    let csrf = ("csrf", session.csrf.as_str());

    let (status, text) = send_file(&session, &[("csrf", "wrong"), ("then", "check")], Some(("a.csv", file))).await;
    assert_eq!(status, 403, "{text}");
    let (status, text) = send_file(&session, &[csrf, ("then", "check")], Some(("a.csv", file))).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("Nothing was written yet.") && text.contains("1 new, 0 changed"), "{text}");
    assert!(!text.contains("<b>copy</b>"), "a file is no markup: {text}");
    assert_eq!(hidden(&text, "text"), file);
    assert_eq!(page(&server, "/glossary/concepts/kiln", &session.cookie).await.0, 404, "nothing was written");
    let checked = hidden(&text, "text");
    let again = [csrf, ("text", &checked), ("name", "a.csv"), ("then", "approve"), ("reason", "The first words.")];
    let (status, text) = send_file(&session, &again, None).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("Done: the entries are in every answer from now on."), "{text}");
    assert_eq!(explained(&server, "kiln").await["definition"], "A <b>copy</b> of the \"shop\".");
    assert!(session.get("/glossary/concepts/kiln").await.contains("The first words."));

    for (name, file, expected) in [
        ("a.csv", "term,definition\nspoon | metal,A tool.\n", "Nothing was written: a file is taken in as a whole"),
        ("a.csv", "term\nred\n", "The first line must name the columns"),
        ("a.doc", "term,definition\nspoon,A tool.\n", "Say what the file is"),
        ("a.csv", " ", "Choose a file with entries."),
        ("a.yaml", "concepts: [", "A glossary file has subject_field and concepts."),
    ] {
        let (status, text) = send_file(&session, &[csrf, ("then", "drafts")], Some((name, file))).await;
        assert_eq!(status, 422, "{name}: {text}");
        let text = text.replace("&#x27;", "'");
        assert!(text.contains(expected), "{expected}: {text}");
    }
    // Whoever writes drafts takes drafts in, and approves nothing.
    let ann =
        send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &json!({ "name": "Ann", "role": "author" })).await.1;
    let ann = Session::open(&server, &[("token", ann["token"].as_str().unwrap())]).await;
    let file = "term,definition\nspoon,A tool.\n";
    let csrf = ("csrf", ann.csrf.as_str());
    let (status, text) = send_file(&ann, &[csrf, ("then", "check")], Some(("a.csv", file))).await;
    assert_eq!(status, 200, "{text}");
    assert!(!text.contains("Import and approve"), "{text}");
    assert_eq!(send_file(&ann, &[csrf, ("then", "approve")], Some(("a.csv", file))).await.0, 403);
    assert_eq!(send_file(&ann, &[csrf, ("then", "drafts")], Some(("a.csv", file))).await.0, 200);
    // Nobody's open draft is overwritten by somebody else's file.
    let csrf = ("csrf", session.csrf.as_str());
    let other = file.replace("A tool", "Another tool");
    let (status, text) = send_file(&session, &[csrf, ("then", "drafts")], Some(("a.csv", &other))).await;
    assert_eq!(status, 422, "{text}");
    assert!(text.contains("There is an open draft by Ann (revision 1)"), "{text}");
    let (status, text) =
        send_file(&session, &[csrf, ("then", "check"), ("open_drafts", "keep")], Some(("a.csv", &other))).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("0 new, 0 changed, 0 unchanged, 1 left out"), "{text}");
    server.stop().await;
}

/// Larger than any other form may be, and as large as a file may be when browsers have doubled its line breaks.
async fn a_large_file_goes_through_both_steps(database: Database) {
    const MOST: usize = 8 * 1024 * 1024;
    let server = server(&database).await;
    let session = Session::open(&server, &[("token", TOKEN)]).await;
    let csrf = ("csrf", session.csrf.as_str());
    let mut file = "term,definition,example\n".to_owned();
    for number in 0..320 {
        let name: String = format!("{number:03}").bytes().map(|digit| char::from(digit - b'0' + b'g')).collect();
        file.push_str(&format!("zibb{name},A copy of the shop.,{}\n", "It is red & hot. ".repeat(58)));
    }
    assert!(file.len() > 300_000, "{}", file.len());
    let (status, text) = send_file(&session, &[csrf, ("then", "check")], Some(("a.csv", &file))).await;
    assert_eq!(status, 200, "{}", text.split("<table").next().unwrap());
    let checked = hidden(&text, "text");
    assert!(checked == file, "it comes back as it was");
    let (doubled, reason) = (checked.replace('\n', "\r\n"), "Why? ".repeat(300));
    let again = [csrf, ("text", &doubled), ("name", "a.csv"), ("then", "drafts"), ("reason", &reason)];
    let (status, text) = send_file(&session, &again, None).await;
    assert_eq!(status, 200, "it is taken in");
    assert!(text.contains("320 new, 0 changed, 0 unchanged, 0 left out, 0 refused."), "{text}");
    let history = json(server.get("/api/v1/concepts/zibbggg/history").await).await;
    let kept = history["items"][0]["reason"].as_str().unwrap();
    assert_eq!(kept, reason.chars().take(500).collect::<String>(), "a reason has its length");

    let head = "term,definition\n";
    let blank_lines = format!("{head}{}", "\n".repeat(MOST - head.len()));
    let doubled = blank_lines.replace('\n', "\r\n");
    let (status, text) =
        send_file(&session, &[csrf, ("text", &doubled), ("name", "a.csv"), ("then", "drafts")], None).await;
    assert_eq!(status, 200, "what was checked may be sent back");
    assert!(text.contains("There is nothing to do: no entry would change."), "{text}");
    let too_large = format!("{blank_lines}\n");
    for (fields, file) in [
        (vec![csrf, ("then", "check")], Some(("a.csv", &*too_large))),
        (vec![csrf, ("text", &too_large), ("name", "a.csv"), ("then", "drafts")], None),
    ] {
        let (status, text) = send_file(&session, &fields, file).await;
        assert_eq!(status, 422);
        assert!(text.contains("A file may have 8 MiB. Cut it in parts."), "{text}");
    }
    let nobody = Session { server: &server, cookie: String::new(), csrf: String::new() };
    let (status, text) = send_file(&nobody, &[("then", "check")], Some(("a.csv", "term\n"))).await;
    assert_eq!(status, 403);
    assert!(text.contains("Sign in first: your session has ended."), "{text}");
    server.stop().await;
}
