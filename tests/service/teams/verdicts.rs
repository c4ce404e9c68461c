//! What becomes of an answer for each reply that the Connector is known to give.

use serde_json::json;
use upshot::store::Counter;

use super::{NOW, fake::FakeTeams, fixture};
use crate::{
    databases::{Database, on_both},
    verdicts::Verdict::{self, Again, Dead, Delivered},
};

on_both!(every_known_reply_of_the_connector_has_its_end);

const THROTTLED: Verdict = Again { after: 3_500, is_failure: false, is_in_doubt: false };
const BUSY: Verdict = Again { after: 500, is_failure: false, is_in_doubt: false };
const UNCLEAR: Verdict = Again { after: 500, is_failure: true, is_in_doubt: true };

/// Every row of `25-connector-replies.json` but those of the token endpoint: how often it is given, and what comes of it.
const VERDICTS: [(&str, usize, Verdict); 20] = [
    ("send ok", 1, Delivered),
    ("text and card in one activity", 1, Delivered),
    ("typing ok", 1, Delivered),
    ("update ok", 1, Delivered),
    ("create conversation ok", 1, Delivered),
    ("throttled with hint", 1, THROTTLED),
    ("throttled without hint", 1, BUSY),
    ("precondition", 1, BUSY),
    ("bad gateway", 1, UNCLEAR),
    ("gateway timeout", 1, UNCLEAR),
    ("too big", 1, Dead("Teams takes nothing as long as what was sent (MessageSizeTooBig)")),
    (
        "blocked by user",
        1,
        Dead(
            "the conversation is out of reach (ConversationBlockedByUser): this person has blocked the app or taken it away, which \
             only they can undo; nothing needs mending",
        ),
    ),
    (
        "writes blocked (older shape)",
        1,
        Dead(
            "the conversation is out of reach (MessageWritesBlocked): this person has blocked the app or taken it away, which only \
             they can undo; nothing needs mending",
        ),
    ),
    (
        "not in roster",
        1,
        Dead(
            "the conversation is out of reach (BotNotInConversationRoster): the app is not in this team or chat, or no more; whoever \
             owns it adds the app, and nothing is sent there before",
        ),
    ),
    (
        "disabled by admin",
        1,
        Dead(
            "the conversation is out of reach (BotDisabledByAdmin): an administrator has blocked the app in this tenant; allow it in \
             the Teams admin centre, under Manage apps",
        ),
    ),
    (
        "not registered",
        2,
        Dead(
            "the token was not believed (BotNotRegistered): the app's type in Azure and MICROSOFT_APP_TENANT_ID may disagree, or the \
             bot has no Teams channel",
        ),
    ),
    // A token that was taken back is fetched anew, once.
    ("token refused", 1, Delivered),
    (
        "conversation gone",
        1,
        Dead(
            "the conversation is out of reach (ConversationNotFound): the chat, the channel or the message was deleted; nothing needs \
             mending",
        ),
    ),
    (
        "activity gone",
        1,
        Dead(
            "the conversation is out of reach (ActivityNotFoundInConversation): the chat, the channel or the message was deleted; \
             nothing needs mending",
        ),
    ),
    ("bad argument", 1, Dead("Teams refused what was sent (BadArgument)")),
];

async fn every_known_reply_of_the_connector_has_its_end(database: Database) {
    let known = fixture("25-connector-replies.json");
    let cases = known["replies"].as_array().unwrap().iter().map(|row| row["case"].as_str().unwrap());
    let cases: Vec<&str> = cases.filter(|case| !case.starts_with("token endpoint")).collect();
    assert_eq!(cases, VERDICTS.each_ref().map(|(case, ..)| *case), "every row has a verdict");

    let mut teams = FakeTeams::start().await;
    let server = teams.server_over(&database).await;
    for (number, (case, times, verdict)) in VERDICTS.iter().enumerate() {
        // What holds up one tenant holds up no other one.
        let mut message = teams.activity("02-message-personal.json");
        message["conversation"]["id"] = json!(format!("a:{number}"));
        message["conversation"]["tenantId"] = json!(case);
        message["channelData"] = json!({ "tenant": { "id": case } });
        for _ in 0..*times {
            teams.answer_as("/service", case);
        }
        assert_eq!(teams.deliver(&server, &message).await.status(), 200, "{case}");
        let is_asked_again = *times > 1 || *case == "token refused";
        for _ in 0..1 + usize::from(is_asked_again) {
            assert!(teams.next().await.path.contains("/activities"), "{case} {verdict:?}");
        }
    }
    server.stop().await;
    assert!(teams.rest().is_empty());
    let rows = database.outbox().await;
    for (case, _, verdict) in &VERDICTS {
        verdict.check(&rows, case, NOW);
    }
    let counted = |wanted: fn(&Verdict) -> bool| VERDICTS.iter().filter(|(.., verdict)| wanted(verdict)).count() as u64;
    assert_eq!(database.count(Counter::Delivered).await, counted(|verdict| *verdict == Delivered));
    assert_eq!(database.count(Counter::Dead).await, counted(|verdict| matches!(verdict, Dead(_))));
    assert_eq!(database.count(Counter::Expired).await, 0);
}
