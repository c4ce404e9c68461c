//! Messages: acknowledged at once, answered in their conversation by the outbox.

use serde_json::{Value, json};
use upshot::store::Counter;

use super::{APP, NOW, fake::FakeTeams, invokes::button};
use crate::{databases::Database, server::TestServer};

async fn accept(teams: &FakeTeams, server: &TestServer, activity: &Value) {
    let response = teams.deliver(server, activity).await;
    assert_eq!(response.status(), 200, "{activity}");
    assert_eq!(response.text().await.unwrap(), "", "an acknowledgement says nothing");
}

#[tokio::test]
async fn a_message_in_the_own_chat_is_answered_with_a_card() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    accept(&teams, &server, &teams.activity("02-message-personal.json")).await;
    let call = teams.next().await;
    let id = "a%3A1qWeRtYuIoPaSdFgHjKlZxCvBnM0123456789AbCdEfGhIjKlMnOpQrStUvWxYz-personal";
    assert_eq!(call.path, format!("/service/v3/conversations/{id}/activities"));
    assert_eq!(call.headers["authorization"], "Bearer token-1");
    assert_eq!(call.body["replyToId"], "1789377164512");
    assert_eq!(call.body["from"]["id"], format!("28:{APP}"));
    let card = call.body["attachments"][0]["content"].to_string();
    for words in ["switched over to eu-west-2", "12 minutes"] {
        assert!(card.contains(words), "{words} is not in {card}");
    }
    assert!(
        card.contains("Action.Execute") && card.contains("Action.Submit"),
        "buttons for new and old clients: {card}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_mention_is_answered_in_its_thread_without_controls_for_others() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut mention = teams.activity("03-message-channel-mention.json");
    mention["attachments"] = json!([]);
    mention["text"] = json!("<at>Upshot</at>&nbsp;for sales: <at>Devon Okafor</at> rolled back the 14:05 deploy\n");
    accept(&teams, &server, &mention).await;
    let call = teams.next().await;
    assert!(call.path.contains("tacv2%3Bmessageid%3D1789376401123/activities"), "{}", call.path);
    assert_eq!(call.body["replyToId"], "1789376764777");
    let card = &call.body["attachments"][0]["content"];
    assert!(card.to_string().contains("Devon Okafor undid the 14:05 release"), "{card}");
    assert!(!card.to_string().contains("Input.ChoiceSet"), "{card}");
    // The person who asked gets their own card with controls.
    let refresh = &card["refresh"];
    assert_eq!(refresh["userIds"], json!([mention["from"]["id"]]));
    let mut ask = teams.activity("19-adaptive-card-action.json");
    ask["value"] = json!({ "action": refresh["action"], "trigger": "automatic" });
    let answer = crate::server::json(teams.deliver(&server, &ask).await).await;
    let own = answer["value"].to_string();
    assert!(
        own.contains("Input.ChoiceSet")
            && own.contains("undid the 14:05 release")
            && own.contains("\"value\":\"sales\""),
        "{answer}"
    );
    ask["from"]["aadObjectId"] = json!("somebody else");
    let answer = crate::server::json(teams.deliver(&server, &ask).await).await;
    assert_eq!(answer["statusCode"], 400, "nobody else gets it");
    server.stop().await;
}

/// A notification, and a client that draws no cards, read no markup.
#[tokio::test]
async fn names_code_and_links_are_words_where_no_markup_is_read() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut mention = teams.activity("03-message-channel-mention.json");
    let [us, colleague] = [("0", "Upshot"), ("1", "Devon Okafor")].map(|(number, name)| {
        format!("<span itemtype=\"http://schema.skype.com/Mention\" itemscope=\"\" itemid=\"{number}\">{name}</span>")
    });
    mention["attachments"][0]["content"] = json!(format!(
        "<p>{us}&nbsp;for sales: {colleague} rolled back <code>checkout</code>, see <a href=\"https://a.example/run\">the runbook</a></p>"
    ));
    accept(&teams, &server, &mention).await;
    let message = teams.next().await.body;
    assert_eq!(message["summary"], "Devon Okafor undid checkout, see the runbook.");
    let fallback = message["attachments"][0]["content"]["fallbackText"].as_str().unwrap();
    let plain = "In plain words\n\nDevon Okafor undid checkout, see the runbook (https://a.example/run)";
    assert!(fallback.ends_with(plain), "{fallback}");
    server.stop().await;
}

#[tokio::test]
async fn where_others_read_along_settings_name_the_reader() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let mut mention = teams.activity("04-message-groupchat-mention.json");
    mention["attachments"] = json!([]);
    mention["text"] = json!("<at>Upshot</at> settings");
    let mut targeted = teams.activity("05-message-targeted-slash.json");
    targeted["attachments"] = json!([]);
    targeted["text"] = json!("upshot settings");
    targeted["conversation"]["id"] = json!("19:another@thread.v2");
    for asked in [mention, targeted] {
        accept(&teams, &server, &asked).await;
        let said = teams.next().await.body;
        let told = "The reader I write for when you name none: general. To change it, write: settings sales";
        assert_eq!(said["text"], told, "{said}");
    }
    server.stop().await;
}

/// Others would press them too, so whoever asked gets their own card with controls, also below an explanation.
#[tokio::test]
async fn an_explanation_where_others_read_along_has_controls_for_who_asked() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let blockquote = "<blockquote itemscope itemtype=\"http://schema.skype.com/Reply\" itemid=\"1\"><p itemprop=\"preview\">The p95 is 3.4s.</p></blockquote>";
    for (number, (words, quoted, control)) in [
        ("for finance: explain p95", "", Some("In one line")),
        ("explain p95 and rollback", "", Some("In one line")),
        ("explain flibbertigibbet", "", Some("Ask for a definition")),
        // What it means in a message could not be told again.
        ("what is p95?", blockquote, None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut mention = teams.activity("04-message-groupchat-mention.json");
        mention["conversation"]["id"] = json!(format!("19:explained-{number}@thread.v2"));
        mention["text"] = json!(format!("<at>Upshot</at> {words}"));
        let call = "<span itemtype=\"http://schema.skype.com/Mention\" itemscope=\"\" itemid=\"0\">Upshot</span>";
        mention["attachments"] =
            json!([{ "contentType": "text/html", "content": format!("{quoted}<p>{call}&nbsp;{words}</p>") }]);
        accept(&teams, &server, &mention).await;
        let card = teams.next().await.body["attachments"][0]["content"].clone();
        assert!(!card["body"].to_string().contains("Action."), "{card}");
        let Some(control) = control else {
            assert!(card.get("refresh").is_none(), "{card}");
            continue;
        };
        assert_eq!(card["refresh"]["userIds"], json!([mention["from"]["id"]]));
        let mut ask = teams.activity("19-adaptive-card-action.json");
        ask["value"] = json!({ "action": card["refresh"]["action"], "trigger": "automatic" });
        let own = crate::server::json(teams.deliver(&server, &ask).await).await["value"].clone();
        button(&own, control);
        let texts = |card: &Value| -> Vec<Value> {
            let all = card["body"].as_array().unwrap().iter();
            all.filter(|part| part["type"] == "TextBlock").map(|part| part["text"].clone()).collect()
        };
        assert_eq!(texts(&own), texts(&card), "the same words");
    }
    server.stop().await;
}

#[tokio::test]
async fn questions_in_group_chats_and_private_commands_are_answered_where_they_belong() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    accept(&teams, &server, &teams.activity("04-message-groupchat-mention.json")).await;
    let call = teams.next().await;
    assert!(call.body.to_string().contains("A goal a team sets for how good its service should be."), "{}", call.body);
    // The clock stands still, so a second answer in one conversation would wait for its pace for ever.
    let mut targeted = teams.activity("05-message-targeted-slash.json");
    targeted["conversation"]["id"] = json!("19:another@thread.v2");
    accept(&teams, &server, &targeted).await;
    let call = teams.next().await;
    assert!(call.path.ends_with("/activities?isTargetedActivity=true"), "{}", call.path);
    let words = "nightly data preparation missed its maintenance period because of access conflicts";
    assert!(call.body.to_string().contains(words), "{}", call.body);
    assert_eq!(call.body["recipient"], json!({ "id": targeted["from"]["id"], "isTargeted": true }));
    server.stop().await;
}

/// What an old client sends when a button is pressed is a message without words: its value counts, whatever its text says.
#[tokio::test]
async fn the_recorded_press_of_an_old_client_is_answered_below_the_card() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    accept(&teams, &server, &teams.activity("02-message-personal.json")).await;
    let card = teams.next().await.body["attachments"][0]["content"].clone();
    server.stop().await;
    // The clock of a test stands, and a conversation has its pace.
    let server = teams.server_with(NOW + 2, &[("UPSHOT_DATABASE_URL", &database.address)]).await;
    let mut press = teams.activity("07-message-card-submit.json");
    let readers = press["value"]["audience"].clone();
    press["value"]["job"] = button(&card, "Rewrite for this reader")["job"].clone();
    press["text"] = json!("help");
    accept(&teams, &server, &press).await;
    let call = teams.next().await;
    assert_eq!(call.body["replyToId"], press["id"], "below what was pressed");
    let answer = &call.body["attachments"][0]["content"];
    let reader = answer["body"].as_array().unwrap().iter().find(|part| part["id"] == "audience").unwrap();
    assert_eq!((&reader["value"], &readers), (&json!("finance"), &json!("finance")), "{answer}");
    for words in ["switched over to eu-west-2", "12 minutes"] {
        assert!(answer.to_string().contains(words), "{words} is not in {answer}");
    }
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

/// Where a tenant has no private answers yet, or the app is not in the chat: the answer stays private.
#[tokio::test]
async fn a_private_answer_that_cannot_be_given_there_goes_to_the_own_chat() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    let targeted = teams.activity("05-message-targeted-slash.json");
    teams.answer_as("/service", "not in roster");
    teams.answer("/service", 201, &[], "{\"id\":\"a:their-own\"}");
    accept(&teams, &server, &targeted).await;
    let refused = teams.next().await;
    assert!(refused.path.ends_with("/activities?isTargetedActivity=true"), "{}", refused.path);
    let opened = teams.next().await;
    assert_eq!(opened.path, "/service/v3/conversations");
    let tenant = &targeted["conversation"]["tenantId"];
    assert_eq!(
        opened.body,
        json!({
            "isGroup": false, "bot": { "id": format!("28:{APP}") }, "members": [{ "id": targeted["from"]["id"] }],
            "tenantId": tenant, "channelData": { "tenant": { "id": tenant } },
        })
    );
    let told = teams.next().await;
    assert_eq!(told.path, "/service/v3/conversations/a%3Atheir-own/activities");
    assert_eq!(told.body["attachments"], refused.body["attachments"], "the same answer");
    assert!(told.body.get("recipient").is_none() && told.body.get("replyToId").is_none(), "{}", told.body);
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    assert_eq!(database.count(Counter::Dead).await, 1);
}

/// "Explain this" about a message that the client quotes needs no permission; without the quote the way to it is told.
#[tokio::test]
async fn a_quoted_message_is_what_is_meant_and_otherwise_the_message_action_is() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    let quote = "<blockquote itemscope itemtype=\"http://schema.skype.com/Reply\" itemid=\"1\"><strong itemprop=\"mri\" \
                 itemid=\"8:orgid:1\">Devon Okafor</strong><span itemprop=\"time\" itemid=\"1\"></span><p \
                 itemprop=\"preview\">We rolled back the 14:05 deploy, p95 is 3.4s.</p></blockquote>";
    let call = "<span itemtype=\"http://schema.skype.com/Mention\" itemscope=\"\" itemid=\"0\">Upshot</span>";
    let markup = |words: &str, quoted: &str| json!([{ "contentType": "text/html", "content": format!("{quoted}<p>{call}&nbsp;{words}</p>") }]);
    let entity = json!({ "type": "quotedReply", "quotedReply": {
        "messageId": "1", "senderName": "Devon Okafor", "preview": "We rolled back the 14:05 deploy, p95 is 3.4s." } });
    for (number, (words, quoted, entity)) in
        [("explain this for sales", quote, None), ("explain this", "", Some(&entity)), ("what is p95?", quote, None)]
            .into_iter()
            .enumerate()
    {
        let mut mention = teams.activity("04-message-groupchat-mention.json");
        mention["conversation"]["id"] = json!(format!("19:quoted-{number}@thread.v2"));
        let us = json!({ "type": "mention", "text": "<at>Upshot</at>", "mentioned": mention["recipient"] });
        mention["entities"] = entity.map_or_else(|| json!([us]), |entity| json!([us, entity]));
        mention["text"] = json!(format!("<at>Upshot</at> {words}"));
        mention["attachments"] = markup(words, quoted);
        accept(&teams, &server, &mention).await;
        let shown = teams.next().await.body.to_string();
        match words {
            "what is p95?" => assert!(
                shown.contains("95 of 100 requests") && shown.contains("**Here**: We undid the 14:05 release"),
                "a term is explained as it is used there: {shown}"
            ),
            _ => {
                assert!(shown.contains("undid the 14:05 release") && shown.contains("3.4 seconds"), "{words}: {shown}");
                assert!(!shown.contains("Devon"), "who wrote it is no part of it: {shown}");
            }
        }
    }
    let mut mention = teams.activity("03-message-channel-mention.json");
    mention["attachments"] = json!([]);
    mention["text"] = json!("<at>Upshot</at> explain this");
    accept(&teams, &server, &mention).await;
    let said = teams.next().await.body;
    assert!(said["text"].as_str().unwrap().contains("Open the menu of that message"), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_meant_for_us_is_acknowledged_and_left_alone() {
    let mut teams = FakeTeams::start().await;
    let server = teams.server().await;
    for name in [
        "06-message-channel-no-mention.json",
        "10-installation-update-remove.json",
        "11-message-reaction.json",
        "12-message-edit.json",
        "13-message-delete.json",
    ] {
        accept(&teams, &server, &teams.activity(name)).await;
    }
    let mut by_a_bot = teams.activity("02-message-personal.json");
    by_a_bot["from"]["id"] = json!("28:another-bot");
    accept(&teams, &server, &by_a_bot).await;
    let mut new_kind = teams.activity("11-message-reaction.json");
    new_kind["type"] = json!("brandNewKind");
    accept(&teams, &server, &new_kind).await;
    server.stop().await;
    assert!(teams.rest().is_empty(), "nobody was to be answered");
    assert_eq!(teams.asked("/token"), 0);
}

#[tokio::test]
async fn a_message_that_comes_again_is_answered_once() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    for _ in 0..3 {
        accept(&teams, &server, &teams.activity("02-message-personal.json")).await;
    }
    // The same number in another conversation is another message.
    let mut other = teams.activity("02-message-personal.json");
    other["conversation"]["id"] = json!("a:another");
    accept(&teams, &server, &other).await;
    teams.next().await;
    teams.next().await;
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn one_welcome_for_both_events_of_an_installation() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    let installed = teams.activity("09-installation-update-add.json");
    let mut added = teams.activity("08-conversation-update-bot-added.json");
    added["conversation"] = installed["conversation"].clone();
    accept(&teams, &server, &installed).await;
    accept(&teams, &server, &added).await;
    // In the team is another conversation; somebody else who joins is not us.
    let mut other = teams.activity("08-conversation-update-bot-added.json");
    accept(&teams, &server, &other).await;
    other["conversation"]["id"] = json!("19:third@thread.tacv2");
    other["membersAdded"] = json!([{ "id": "29:somebody" }]);
    accept(&teams, &server, &other).await;
    for _ in 0..2 {
        let call = teams.next().await;
        assert!(call.body["text"].as_str().unwrap().contains("business language"), "{}", call.body);
        assert!(call.body.get("replyToId").is_none(), "an event is no message: {}", call.body);
    }
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn the_token_is_fetched_once_and_again_when_it_is_not_believed() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    let original = teams.activity("02-message-personal.json");
    let message = |number: usize| {
        let mut message = original.clone();
        message["conversation"]["id"] = json!(format!("a:{number}"));
        message
    };
    for number in 0..10 {
        accept(&teams, &server, &message(number)).await;
    }
    for _ in 0..10 {
        assert_eq!(teams.next().await.headers["authorization"], "Bearer token-1");
    }
    assert_eq!(teams.asked("/token"), 1);
    teams.answer_as("/service", "token refused");
    accept(&teams, &server, &message(10)).await;
    assert_eq!(teams.next().await.headers["authorization"], "Bearer token-1");
    assert_eq!(teams.next().await.headers["authorization"], "Bearer token-2");
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
}

#[tokio::test]
async fn what_can_never_arrive_is_not_tried_again() {
    let mut teams = FakeTeams::start().await;
    let database = Database::sqlite();
    let server = teams.server_over(&database).await;
    for (number, case) in [
        "blocked by user",
        "writes blocked (older shape)",
        "not in roster",
        "disabled by admin",
        "conversation gone",
        "bad argument",
    ]
    .into_iter()
    .enumerate()
    {
        teams.answer_as("/service", case);
        let mut message = teams.activity("02-message-personal.json");
        message["conversation"]["id"] = json!(format!("a:{number}"));
        accept(&teams, &server, &message).await;
        teams.next().await;
    }
    server.stop().await;
    assert!(teams.rest().is_empty() && database.owes_nothing().await);
    assert_eq!(database.count(Counter::Dead).await, 6, "each was given up");
}

#[tokio::test]
async fn only_the_named_reply_address_gets_our_token() {
    let mut teams = FakeTeams::start().await;
    let mut stranger = FakeTeams::start().await;
    teams.answer("/service", 307, &[("location", &stranger.service())], "");
    let server = teams.server_with(NOW, &[]).await;
    accept(&teams, &server, &teams.activity("02-message-personal.json")).await;
    teams.next().await;
    server.stop().await;
    assert!(stranger.rest().is_empty(), "no redirect is followed");
}
