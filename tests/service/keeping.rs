//! Keeping the glossary in Slack: private answers with buttons, one dialog that changes its content, forms whose mistakes stand at
//! their fields.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    databases::{Database, on_both},
    fake_slack::{Call, FakeSlack},
    glossary::{TOKEN, send_as, small_content},
    kit,
    server::{NOW, TestServer, command_form, fixture, json},
};

on_both!(
    an_entry_is_written_handed_in_approved_and_changed_by_dialogs,
    the_own_page_is_drawn_anew_after_a_step_in_a_dialog,
    what_waits_is_counted_and_leads_to_the_pages,
    what_others_say_already_is_read_before_it_is_saved,
    nobody_acts_on_words_they_did_not_see,
    everybody_does_in_slack_what_their_role_allows,
    a_shared_entry_is_left_out_in_one_workspace,
);

pub(crate) const MARA: &str = "U0MARA00001";
const DEVON: &str = "U0DEVON0001";
pub(crate) const ELENA: &str = "U0ELENA001";

pub(crate) async fn server(slack: &FakeSlack, database: &Database) -> TestServer {
    let api_url = slack.api_url();
    let settings = [
        ("SLACK_API_URL", &*api_url),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
        ("UPSHOT_ADMIN_TOKEN", TOKEN),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let server = TestServer::over_at(NOW, small_content(), &settings).await;
    for (name, person, role) in [("Mara", MARA, "author"), ("Devon", DEVON, "curator")] {
        let body =
            json!({ "name": name, "role": role, "platform": "slack", "workspace": "T0000UPSHT", "person": person });
        assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/curators", &body).await.0, 201);
    }
    server
}

/// What Slack shows of the glossary: a message, or a dialog.
pub(crate) struct Shown {
    /// The blocks, with whatever stands around them.
    pub(crate) value: Value,
    is_dialog: bool,
}

impl Shown {
    pub(crate) fn contains(&self, part: &str) -> bool {
        self.value["blocks"].to_string().contains(part)
    }

    fn blocks(&self) -> impl Iterator<Item = &Value> {
        self.value["blocks"].as_array().unwrap().iter()
    }

    /// What a field of a form holds; nothing when it is empty.
    pub(crate) fn field(&self, name: &str) -> &str {
        let field = self.blocks().find(|block| block["block_id"] == name).unwrap_or_else(|| panic!("no {name}"));
        field["element"]["initial_value"].as_str().unwrap_or_default()
    }

    /// The buttons below everything.
    fn buttons(&self) -> Vec<&str> {
        let elements = self.blocks().filter_map(|block| block["elements"].as_array()).flatten();
        elements
            .filter(|element| element["type"] == "button")
            .map(|one| one["text"]["text"].as_str().unwrap())
            .collect()
    }

    /// The button with this label; where a line is named, the one beside it.
    fn button(&self, label: &str, beside: &str) -> &Value {
        let is_it = |element: &&Value| element["text"]["text"] == label;
        let mut found = self.blocks().filter_map(|block| match block.get("accessory") {
            Some(accessory) => Some(accessory).filter(is_it).filter(|_| block["text"].to_string().contains(beside)),
            None => block["elements"].as_array()?.iter().find(is_it).filter(|_| beside.is_empty()),
        });
        found.next().unwrap_or_else(|| panic!("no {label} beside “{beside}” in {}", self.value))
    }
}

/// Slack with one of its people at it.
pub(crate) struct Desk<'s> {
    slack: &'s mut FakeSlack,
    server: &'s TestServer,
    person: &'static str,
    number: u32,
}

impl Desk<'_> {
    fn ticket(&mut self) -> String {
        self.number += 1;
        format!("7.{}.{}", self.person, self.number)
    }

    /// The private answer to a command.
    async fn command(&mut self, text: &str) -> Shown {
        let ticket = self.ticket();
        let value = self.server.command_of(self.person, &ticket, "/glossary", text).await;
        Shown { value, is_dialog: false }
    }

    /// The dialog that a command opens.
    async fn form(&mut self, command: &str, text: &str) -> Shown {
        let ticket = self.ticket();
        let fields = [("user_id", self.person), ("command", command), ("text", text), ("trigger_id", &*ticket)];
        let response = self.server.deliver("/slack/commands", command_form(&fields)).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
        self.dialog("/api/views.open").await
    }

    /// The dialog that this entry in a message's menu opens.
    pub(crate) async fn of_message(&mut self, callback_id: &str, message: &Value) -> Shown {
        let mut payload = fixture("message_action_plain.json");
        (payload["callback_id"], payload["user"]["id"]) = (json!(callback_id), json!(self.person));
        (payload["trigger_id"], payload["response_url"]) = (json!(self.ticket()), json!(self.slack.response_url()));
        payload["message"] = message.clone();
        let response = self.server.interact(&payload).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
        let shown = self.dialog("/api/views.open").await;
        kit::check_view(&shown.value);
        shown
    }

    async fn dialog(&mut self, path: &str) -> Shown {
        let call = the_answer(self.slack).await;
        assert_eq!(call.path, path);
        Shown { value: call.body["view"].clone(), is_dialog: true }
    }

    /// Presses a button: in a message it opens the dialog, in the dialog it changes what that shows.
    async fn press(&mut self, shown: &Shown, label: &str, beside: &str) -> Shown {
        let button = shown.button(label, beside);
        let mut payload = json!({
            "type": "block_actions", "trigger_id": self.ticket(), "team": { "id": "T0000UPSHT" },
            "user": { "id": self.person },
            "actions": [{ "type": "button", "action_id": button["action_id"], "value": button["value"] }],
        });
        if shown.is_dialog {
            payload["view"] = json!({ "id": "V1", "type": "modal", "callback_id": shown.value["callback_id"] });
        } else {
            payload["response_url"] = json!(self.slack.response_url());
        }
        let response = self.server.interact(&payload).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()));
        self.dialog(if shown.is_dialog { "/api/views.update" } else { "/api/views.open" }).await
    }

    /// Sends a form with these of its fields changed. Slack sends the others as they stand there.
    pub(crate) async fn send(&mut self, shown: &Shown, changes: &[(&str, &str)]) -> Value {
        let mut values = json!({});
        for block in shown.blocks().filter(|block| block["type"] == "input") {
            let id = block["block_id"].as_str().unwrap();
            let element = &block["element"];
            let change = changes.iter().find(|(name, _)| *name == id).map(|(_, value)| json!(value));
            values[id]["value"] = if element["type"] == "static_select" {
                let chosen = change.unwrap_or_else(|| element["initial_option"]["value"].clone());
                json!({ "type": "static_select", "selected_option": { "value": chosen } })
            } else {
                let there = element.get("initial_value").cloned().unwrap_or(Value::Null);
                json!({ "type": "plain_text_input", "value": change.unwrap_or(there) })
            };
        }
        for (name, _) in changes {
            assert!(values.get(name).is_some(), "there is no field {name} in {}", shown.value);
        }
        let payload = json!({
            "type": "view_submission", "trigger_id": self.ticket(), "team": { "id": "T0000UPSHT" },
            "user": { "id": self.person },
            "view": {
                "id": "V1", "type": "modal", "callback_id": shown.value["callback_id"],
                "private_metadata": shown.value["private_metadata"], "state": { "values": values },
            },
        });
        let response = self.server.interact(&payload).await;
        assert_eq!(response.status(), StatusCode::OK);
        let answer = json(response).await;
        if let Some(errors) = answer["errors"].as_object() {
            assert_eq!((&answer["response_action"], answer.get("view")), (&json!("errors"), None));
            for field in errors.keys() {
                assert!(values.get(field).is_some(), "an error at {field}, which is no field");
            }
        }
        answer
    }

    /// The same, for a form that is taken.
    pub(crate) async fn sent(&mut self, shown: &Shown, changes: &[(&str, &str)]) -> Shown {
        let answer = self.send(shown, changes).await;
        assert_eq!(answer["response_action"], "update", "{answer}");
        kit::check_view(&answer["view"]);
        Shown { value: answer["view"].clone(), is_dialog: true }
    }
}

/// The next call that answers somebody: neither their own page, which is drawn anew when something changes, nor word of a step.
async fn the_answer(slack: &mut FakeSlack) -> Call {
    next_but(slack, |call| call.path == "/api/views.publish" || is_word(call)).await
}

/// The next call that is none of these.
async fn next_but(slack: &mut FakeSlack, passed_over: impl Fn(&Call) -> bool) -> Call {
    loop {
        let call = slack.next().await;
        if !passed_over(&call) {
            return call;
        }
    }
}

/// Whoever sits there next.
pub(crate) fn desk<'s>(slack: &'s mut FakeSlack, server: &'s TestServer, person: &'static str) -> Desk<'s> {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(100, std::sync::atomic::Ordering::Relaxed);
    Desk { slack, server, person, number }
}

const KILN: [(&str, &str); 6] = [
    ("terms", "kiln | noun"),
    ("definition", "A group of machines that runs one copy of the shop."),
    ("wordings", "shop copy"),
    ("match", "The kiln is down.\nTwo kilns."),
    ("no_match", "The oven is hot."),
    ("subject_field", "platform"),
];

/// Whether a call tells somebody, in their own conversation, what others did with an entry of theirs.
fn is_word(call: &Call) -> bool {
    call.path == "/api/chat.postMessage"
        && call.body["channel"].as_str().is_some_and(|channel| channel.starts_with('U'))
}

async fn explained(server: &TestServer, term: &str) -> String {
    let (_, told) = send_as(server, "", Method::GET, &format!("/api/v1/explain?q={term}"), &Value::Null).await;
    told["definition"].as_str().unwrap_or_default().to_owned()
}

async fn an_entry_is_written_handed_in_approved_and_changed_by_dialogs(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "add kiln").await;
    assert_eq!((&form.value["title"]["text"], &form.value["submit"]["text"]), (&json!("Glossary"), &json!("Save")));
    assert!(form.contains("\"initial_value\":\"kiln\""), "the term is filled in: {}", form.value);
    // Mistakes stand at their fields, and the form stays open with what was written.
    let mut fields = KILN;
    (fields[0].1, fields[3].1) = ("kiln | noun", "The stove is down.");
    let answer = mara.send(&form, &fields).await;
    assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["match"], "{answer}");
    assert!(answer["errors"]["match"].as_str().unwrap().contains("The stove is down."), "{answer}");
    let fields: Vec<(&str, &str)> = KILN.into_iter().chain([("reason", "Everybody asks.")]).collect();
    let entry = mara.sent(&form, &fields).await;
    assert!(entry.contains("Handed in for review."), "{}", entry.value);
    assert!(entry.contains("in review, revision 1 by Mara"), "{}", entry.value);
    assert!(entry.contains("*Where it is from*") && entry.contains("changed here"), "{}", entry.value);
    assert_eq!(entry.buttons(), ["Edit", "History"], "an author takes no further step");
    assert_eq!(explained(&server, "kiln").await, "");

    // The curator finds it among what waits, and says why it goes back.
    let mut devon = desk(&mut slack, &server, DEVON);
    let queue = devon.command("").await;
    assert!(queue.contains("kiln (platform, in review, revision 1 by Mara)"), "{}", queue.value);
    let entry = devon.press(&queue, "Open", "kiln").await;
    assert_eq!(entry.buttons(), ["Approve", "Send back to the author", "Retire", "Edit", "History"]);
    let question = devon.press(&entry, "Send back to the author", "").await;
    assert_eq!(question.value["submit"]["text"], "Send back to the author");
    assert!(question.contains("runs one copy of the shop"), "what is decided about is there: {}", question.value);
    let approving = devon.press(&entry, "Approve", "").await;
    for shown in [&entry, &approving] {
        let told = "2 of 2 messages that hold one of its words would read differently";
        assert!(shown.contains("*What it would change*") && shown.contains(told), "{}", shown.value);
    }
    let back = devon.press(&question, "Leave it as it is", "").await;
    assert_eq!(back.buttons(), entry.buttons());
    let returned = devon.sent(&question, &[("reason", "Whose shop?")]).await;
    assert!(returned.contains("Sent back to its author."), "{}", returned.value);
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/upshot", "glossary edit kiln").await;
    mara.sent(&form, &[("definition", "A group of machines that runs one copy of our shop.")]).await;
    let mut devon = desk(&mut slack, &server, DEVON);
    let entry = devon.command("approve kiln").await;
    let question = devon.press(&entry, "Approve", "").await;
    let approved = devon.sent(&question, &[("reason", "Clear.")]).await;
    assert!(approved.contains("Approved: it is in every answer from now on."), "{}", approved.value);
    assert_eq!(explained(&server, "kiln").await, "A group of machines that runs one copy of our shop.");

    // A change is a draft; a field that is emptied is empty.
    let mut mara = desk(&mut slack, &server, MARA);
    let found = mara.command("kiln").await;
    let entry = mara.press(&found, "Open", "kiln").await;
    let form = mara.press(&entry, "Edit", "").await;
    let draft = mara.sent(&form, &[("wordings", ""), ("then", "draft")]).await;
    assert!(draft.contains("Saved as a draft. Next: "), "{}", draft.value);
    assert!(draft.contains("not with this yet, but with revision 4"), "{}", draft.value);
    let (_, told) = send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/kiln", &Value::Null).await;
    assert_eq!((&told["wordings"], &told["examples"]["match"][1]), (&json!([]), &json!("Two kilns.")), "{told}");

    // The history names everybody, and leads back.
    let mut devon = desk(&mut slack, &server, DEVON);
    let history = devon.command("history kiln").await;
    for line in [
        "Revision 4 approved by Devon, 2026-09-21 14:13 UTC, in answers: Clear.",
        "Revision 2 returned by Devon, 2026-09-21 14:13 UTC: Whose shop?",
    ] {
        assert!(history.contains(line), "{line} in {}", history.value);
    }
    let question = devon.press(&history, "Go back to this …", "Revision 4").await;
    assert!(question.contains("Go back to revision 4") && question.contains("copy of our shop."), "{}", question.value);
    let back = devon.sent(&question, &[("reason", "Too soon.")]).await;
    assert!(back.contains("The earlier words are back."), "{}", back.value);
    let mut mara = desk(&mut slack, &server, MARA);
    let history = mara.press(&back, "History", "").await;
    assert_eq!(history.buttons(), ["Back to the entry"], "an author takes nothing back");
    assert!(!history.contains("Go back to this"), "{}", history.value);
    assert!(history.contains("reverted by Devon, 2026-09-21 14:13 UTC, in answers: Too soon."), "{}", history.value);
    server.stop().await;
    assert!(slack.rest().iter().all(|call| call.path == "/api/views.publish" || is_word(call)));
}

async fn the_own_page_is_drawn_anew_after_a_step_in_a_dialog(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "add kiln").await;
    mara.sent(&form, &KILN).await;
    let page = next_but(&mut slack, is_word).await;
    assert_eq!((&*page.path, &page.body["user_id"]), ("/api/views.publish", &json!(MARA)));
    assert!(page.body["view"].to_string().contains("kiln (platform, in review"), "{}", page.body);
    let mut devon = desk(&mut slack, &server, DEVON);
    let entry = devon.command("open kiln").await;
    let question = devon.press(&entry, "Approve", "").await;
    // What was refused changes nothing.
    let form = devon.press(&entry, "Edit", "").await;
    let answer = devon.send(&form, &[("match", "The stove is down.")]).await;
    assert!(answer["errors"].is_object(), "{answer}");
    devon.sent(&question, &[("reason", "Clear.")]).await;
    let page = next_but(&mut slack, is_word).await;
    assert_eq!((&*page.path, &page.body["user_id"]), ("/api/views.publish", &json!(DEVON)));
    assert!(!page.body["view"].to_string().contains("kiln (platform"), "it waits no longer: {}", page.body);
    server.stop().await;
    assert!(slack.rest().iter().all(is_word));
}

/// A check in a great glossary may take longer than Slack waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_whose_check_takes_long_stays_open_until_its_end() {
    // A file keeps nobody waiting for so long.
    let Some(database) = Database::postgres().await else { return };
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    for (is_first, part) in [(true, "Handed in for review."), (false, "There is an entry")] {
        let form = mara.form("/glossary", "add kiln").await;
        let held = database.hold("LOCK TABLE concepts IN ACCESS EXCLUSIVE MODE").await;
        let answer = mara.send(&form, &KILN).await;
        assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["then"], "{answer}");
        assert!(answer["errors"]["then"].as_str().unwrap().contains("Leave it open"), "{answer}");
        drop(held);
        let end = mara.dialog("/api/views.update").await;
        kit::check_view(&end.value);
        assert!(end.contains(part), "{}", end.value);
        // What was written is there, and can be sent again.
        assert_eq!(end.value["callback_id"] == "glossary_entry", !is_first, "{}", end.value);
        assert_eq!(end.contains("\"initial_value\":\"shop copy\""), !is_first, "{}", end.value);
    }
    server.stop().await;
}

/// A reviewer who opens an entry sooner than it could be tried hears of it afterwards, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_draft_would_change_is_told_when_it_is_found_out() {
    // A file keeps nobody waiting for so long.
    let Some(database) = Database::postgres().await else { return };
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "add kiln").await;
    mara.sent(&form, &KILN).await;
    let held = database.hold("LOCK TABLE trial_messages IN ACCESS EXCLUSIVE MODE").await;
    let mut devon = desk(&mut slack, &server, DEVON);
    for _ in 0..2 {
        let entry = devon.command("open kiln").await;
        assert!(entry.contains("it is being tried, which takes a moment"), "{}", entry.value);
    }
    drop(held);
    let word = next_but(&mut slack, |call| !is_word(call)).await;
    assert_eq!(word.body["channel"], DEVON, "{:?}", word.body);
    let told = word.body["text"].as_str().unwrap();
    assert!(told.starts_with("What “kiln” would change (revision 1): "), "{told}");
    assert!(told.contains("2 of 2 messages that hold one of its words would read differently"), "{told}");
    assert!(told.ends_with("To look at it, write to me: glossary kiln"), "{told}");
    // From now on it is known.
    let mut devon = desk(&mut slack, &server, DEVON);
    let entry = devon.command("open kiln").await;
    assert!(entry.contains("messages that hold one of its words"), "{}", entry.value);
    assert_eq!(slack.rest().iter().filter(|call| is_word(call)).count(), 0, "it is told once");
    server.stop().await;
}

async fn what_waits_is_counted_and_leads_to_the_pages(database: Database) {
    let mut slack = FakeSlack::start().await;
    let first = server(&slack, &database).await;
    for term in ["oven", "stove", "hob", "grill", "forge", "smelter", "furnace"] {
        let entry = json!({
            "definition": format!("The {term} of the shop."), "terms": [{ "text": term }], "status": "in_review",
            "examples": { "match": [format!("The {term} is down.")], "no_match": ["It is hot."] }
        });
        assert_eq!(send_as(&first, TOKEN, Method::POST, "/api/v1/concepts", &entry).await.0, 201, "{term}");
    }
    let queue = desk(&mut slack, &first, DEVON).command("").await;
    assert!(queue.contains("Waiting for review (5 of 7)") && !queue.contains("Drafts ("), "{}", queue.value);
    assert!(!queue.contains("/glossary/review"), "nobody knows the address: {}", queue.value);
    first.stop().await;
    let api_url = slack.api_url();
    let settings = [
        ("SLACK_API_URL", &*api_url),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("UPSHOT_DATABASE_URL", &*database.address),
        ("UPSHOT_PUBLIC_URL", "https://upshot.example.com"),
        ("UPSHOT_ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"),
    ];
    let second = TestServer::over_at(NOW, small_content(), &settings).await;
    let mut devon = desk(&mut slack, &second, DEVON);
    let queue = devon.command("").await;
    assert!(queue.contains("<https://upshot.example.com/glossary/review|All of it"), "{}", queue.value);
    let entry = devon.press(&queue, "Open", "oven").await;
    assert!(
        entry.contains("<https://upshot.example.com/glossary/concepts/oven#effect|See each text>"),
        "{}",
        entry.value
    );
    second.stop().await;
}

async fn what_others_say_already_is_read_before_it_is_saved(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "add canari").await;
    let fields = [("definition", "A bird."), ("match", "The canari sings."), ("no_match", "The oven is hot.")];
    let asked = mara.sent(&form, &fields).await;
    assert_eq!((&asked.value["callback_id"], asked.field("definition")), (&json!("glossary_entry"), "A bird."));
    assert_eq!(asked.value["submit"]["text"], "Save all the same");
    for part in ["Look at these before it is saved", "“canari” is nearly “canary”, a term of “canary”."] {
        assert!(asked.contains(part), "{part} in {}", asked.value);
    }
    let stored = async || send_as(&server, TOKEN, Method::GET, "/api/v1/concepts/canari", &Value::Null).await.0;
    assert_eq!(stored().await, 404, "nothing is saved before it was read");
    // So may what somebody else is writing and nobody has approved.
    let draft = json!({ "id": "bird", "definition": "An animal that flies.", "terms": [{ "text": "canari" }],
        "examples": { "match": ["The canari sings."], "no_match": ["It is hot."] } });
    assert_eq!(send_as(&server, TOKEN, Method::POST, "/api/v1/concepts", &draft).await.0, 201);
    let asked = mara.sent(&asked, &[]).await;
    let twin = "“canari” is a term of “bird” (a draft by administrator) too, which is not in answers yet";
    assert!(asked.contains(twin), "{}", asked.value);
    // Other words may get in somebody else's way, which is told as well; mistakes come first.
    let wrong = mara.send(&asked, &[("match", "The stove is down.")]).await;
    assert_eq!(wrong["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["match"], "{wrong}");
    let said = "Undoing a change by going back to the version that worked before.";
    let asked = mara.sent(&asked, &[("definition", said)]).await;
    assert!(asked.contains("The definition is nearly that of “rollback”"), "{}", asked.value);
    assert_eq!(stored().await, 404);
    let saved = mara.sent(&asked, &[]).await;
    assert!(saved.contains("Handed in for review.") && saved.contains("is nearly “canary”"), "{}", saved.value);
    assert_eq!(stored().await, 200);
    server.stop().await;
}

async fn nobody_acts_on_words_they_did_not_see(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "add kiln").await;
    let entry = mara.sent(&form, &KILN).await;
    let own = mara.press(&entry, "Edit", "").await;
    let mut devon = desk(&mut slack, &server, DEVON);
    let seen = devon.command("open kiln").await;
    let question = devon.press(&seen, "Approve", "").await;
    let edit = devon.press(&seen, "Edit", "").await;
    let mut mara = desk(&mut slack, &server, MARA);
    mara.sent(&own, &[("definition", "Two groups of machines that sell.")]).await;
    let mut devon = desk(&mut slack, &server, DEVON);
    let answer = devon.send(&question, &[]).await;
    let outdated = "Somebody changed “kiln” after you looked: its revision is 2 now.";
    assert!(answer["errors"]["reason"].as_str().unwrap().contains(outdated), "{answer}");
    let answer = devon.send(&edit, &[("definition", "Three groups of machines that sell.")]).await;
    assert!(answer["errors"]["then"].as_str().unwrap().contains(outdated), "what was written stays: {answer}");
    assert_eq!(explained(&server, "kiln").await, "");
    // Whoever wrote a part of it does not approve it.
    let seen = devon.command("show kiln").await;
    let edit = devon.press(&seen, "Edit", "").await;
    let fields = [("definition", "Four groups of machines that sell."), ("then", "draft")];
    let mine = devon.sent(&edit, &fields).await;
    let question = devon.press(&mine, "Approve", "").await;
    let answer = devon.send(&question, &[]).await;
    assert_eq!(answer["errors"]["reason"], "You wrote this, so somebody else has to approve it.");
    server.stop().await;
}

async fn everybody_does_in_slack_what_their_role_allows(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    // Whoever nobody let in looks, and that is all.
    let mut elena = desk(&mut slack, &server, ELENA);
    let found = elena.command("version").await;
    assert!(found.contains("One entry with “version” in it:") && found.buttons().is_empty(), "{}", found.value);
    let entry = elena.press(&found, "Open", "rollback").await;
    assert_eq!(entry.buttons(), ["History"]);
    let told = elena.form("/glossary", "add kiln").await;
    assert!(told.contains("This needs the role author, and yours is reader."), "{}", told.value);
    assert!(elena.command("help").await.contains("`/glossary add kiln`"));
    // A form or a press that was made up gets no further, nor does one that does not say what it is about.
    let about = |metadata: &str, callback: &str| {
        let value = json!({ "callback_id": callback, "private_metadata": metadata, "blocks": [
            { "type": "input", "block_id": "reason", "element": { "type": "plain_text_input" } },
            { "type": "input", "block_id": "then",
              "element": { "type": "static_select", "initial_option": { "value": "draft" } } },
            { "type": "input", "block_id": "definition", "element": { "type": "plain_text_input" } },
        ] });
        Shown { value, is_dialog: true }
    };
    let step = r#"{"concept":"rollback","revision":0,"step":"Retire"}"#;
    for (metadata, callback, field, sentence) in [
        (step, "glossary_step", "reason", "needs the role curator"),
        (r#"{"concept":"rollback"}"#, "glossary_entry", "then", "needs the role author"),
    ] {
        let answer = elena.send(&about(metadata, callback), &[]).await;
        assert!(answer["errors"][field].as_str().unwrap().contains(sentence), "{answer}");
    }
    let mut devon = desk(&mut slack, &server, DEVON);
    let gone = r#"{"concept":"nothing","revision":0,"step":"Retire"}"#;
    let answer = devon.send(&about(gone, "glossary_step"), &[]).await;
    assert!(answer["errors"]["reason"].as_str().unwrap().contains("There is no entry"), "{answer}");
    for metadata in ["", "{}", "x", r#"{"concept":"rollback","revision":0,"step":"Burn"}"#] {
        let payload = json!({
            "type": "view_submission", "team": { "id": "T0000UPSHT" }, "user": { "id": DEVON },
            "view": { "id": "V1", "callback_id": "glossary_step", "private_metadata": metadata },
        });
        let response = server.interact(&payload).await;
        assert_eq!((response.status(), response.text().await.unwrap()), (StatusCode::OK, String::new()), "{metadata}");
    }
    // Where others read along entries are found, and nothing is named, written or pressed.
    for (number, (text, part)) in [
        ("glossary", "where nobody else reads along"),
        ("glossary history rollback", "where nobody else reads along"),
        ("glossary canary", "A first small group"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut mention = fixture("event_app_mention.json");
        mention["event_id"] = json!(format!("Ev{number}"));
        mention["event"]["user"] = json!(DEVON);
        mention["event"]["text"] = json!(format!("<@U0000UPBOT> {text}"));
        mention["event"]["channel"] = json!(format!("C0{number}"));
        mention["event"].as_object_mut().unwrap().remove("blocks");
        assert_eq!(server.deliver("/slack/events", mention.to_string()).await.status(), StatusCode::OK);
        let told = the_answer(&mut slack).await.body;
        assert!(told.to_string().contains(part), "{told}");
        assert!(!told.to_string().contains("\"button\"") && !told.to_string().contains("Mara"), "{told}");
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_token_nothing_is_offered_that_could_not_open() {
    let server = TestServer::over(small_content(), &[]).await;
    for text in ["", "rollback", "history rollback"] {
        let message = server.command("/glossary", text).await;
        assert!(!message.to_string().contains("\"button\""), "{message}");
    }
    server.stop().await;
}

/// The entry by which a term is explained to somebody at a place.
pub(crate) async fn explained_at(server: &TestServer, place: &str, term: &str) -> String {
    let path = format!("/api/v1/explain?q={term}&place={place}");
    let (status, answer) = send_as(server, TOKEN, Method::GET, &path, &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["concept"].as_str().unwrap().to_owned()
}

async fn a_shared_entry_is_left_out_in_one_workspace(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = server(&slack, &database).await;
    let mut mara = desk(&mut slack, &server, MARA);
    let form = mara.form("/glossary", "leave out canary").await;
    for part in ["\"initial_value\":\"yes\"", "\"initial_value\":\"slack:T0000UPSHT\"", "Left out here:"] {
        assert!(form.contains(part), "{part} is filled in: {}", form.value);
    }
    // What is wrong with it comes back with all that makes it an entry of this kind.
    let answer = mara.send(&form, &[("no_match", ""), ("reason", "It is a bird to us.")]).await;
    assert_eq!(answer["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["no_match"], "{answer}");
    let entry = mara.sent(&form, &[("reason", "It is a bird to us.")]).await;
    assert!(entry.contains("Handed in for review.") && entry.contains("slack:T0000UPSHT"), "{}", entry.value);
    assert_eq!(explained_at(&server, "slack:T0000UPSHT", "canary").await, "canary", "nobody has approved it");
    let mut devon = desk(&mut slack, &server, DEVON);
    let queue = devon.command("").await;
    let entry = devon.press(&queue, "Open", "canary").await;
    let question = devon.press(&entry, "Approve", "").await;
    let approved = devon.sent(&question, &[]).await;
    assert!(approved.contains("Approved: it is in every answer from now on."), "{}", approved.value);
    for (place, expected) in [("slack:T0000UPSHT/C1", ""), ("slack:T0SECOND", "canary")] {
        assert_eq!(explained_at(&server, place, "canary").await, expected, "{place}");
    }
    // Taking it back is retiring it.
    let question = devon.press(&approved, "Retire", "").await;
    devon.sent(&question, &[("reason", "We have them now.")]).await;
    assert_eq!(explained_at(&server, "slack:T0000UPSHT", "canary").await, "canary");
    server.stop().await;
}
