//! What becomes of an answer for each reply that Slack is known to give: which is the end, which is tried again and how soon, and what
//! is counted.

use axum::http::{HeaderMap, StatusCode};
use serde_json::json;
use upshot::store::Counter;

use super::{
    databases::{Database, OutboxRow, on_both},
    fake_slack::FakeSlack,
    server::{NOW, TestServer, acknowledged, fixture, question},
};

on_both!(
    every_known_reply_has_its_end,
    what_slack_finds_wrong_with_a_layout_is_said_in_plain_text,
    so_is_what_it_finds_wrong_with_one_at_an_address,
);

/// What becomes of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It arrived.
    Delivered,
    /// It is too late for it, and counted so.
    Expired,
    /// It can never arrive, for this reason.
    Dead(&'static str),
    /// It is tried again after so many milliseconds at least, and at most half a second later: those are left to chance.
    Again { after: i64, is_failure: bool, is_in_doubt: bool },
}
use Verdict::{Again, Dead, Delivered, Expired};

impl Verdict {
    /// Looks for this at what is left of the only delivery of a workspace, on a clock that stood at `now`.
    pub(crate) fn check(&self, rows: &[OutboxRow], workspace: &str, now: i64) {
        // What is owed instead of a delivery that was given up is another row, behind it.
        let row = rows.iter().find(|row| row.0 == workspace);
        let row = row.map(|(_, state, reason, failures, doubt, due)| (&**state, &**reason, *failures, *doubt, *due));
        match (self, row) {
            (Self::Delivered, None) | (Self::Expired, Some(("expired", ..))) => {}
            (Self::Dead(reason), Some(("dead", told, ..))) => assert_eq!(told, *reason, "{workspace}"),
            (Self::Again { after, is_failure, is_in_doubt }, Some(("waiting", _, failures, doubt, due))) => {
                assert_eq!((failures, doubt), (i64::from(*is_failure), i64::from(*is_in_doubt)), "{workspace}");
                let wait = due - now * 1_000;
                assert!((*after..=after + 500).contains(&wait), "{workspace}: after {wait} ms");
            }
            (_, row) => panic!("{workspace}: {row:?} and not {self:?}"),
        }
    }
}

/// Every row of `webapi_replies.json`, in its order.
const VERDICTS: [(&str, Verdict); 23] = [
    ("rate_limited_http_429", Again { after: 30_500, is_failure: false, is_in_doubt: false }),
    ("rate_limited_plain_body", Again { after: 1_500, is_failure: false, is_in_doubt: false }),
    ("post_message_ok", Delivered),
    ("not_in_channel", Dead("the place is out of reach (not_in_channel)")),
    ("channel_not_found", Dead("the place is out of reach (channel_not_found)")),
    ("missing_scope", Dead("the app may not do that (missing_scope)")),
    ("invalid_blocks", Dead("Slack refused the request (invalid_blocks)")),
    ("msg_blocks_too_long", Dead("Slack refused the request (msg_blocks_too_long)")),
    ("user_not_in_channel_ephemeral", Dead("the place is out of reach (user_not_in_channel)")),
    ("expired_trigger_id", Expired),
    ("trigger_expired_as_invalid_arguments", Expired),
    ("hash_conflict", Expired),
    ("token_revoked", Dead("the app is not installed or its token is wrong (token_revoked)")),
    ("token_expired", Again { after: 500, is_failure: true, is_in_doubt: false }),
    ("internal_error", Again { after: 500, is_failure: true, is_in_doubt: true }),
    ("bad_gateway_html", Again { after: 500, is_failure: true, is_in_doubt: true }),
    ("auth_test_ok", Delivered),
    ("replies_ok_limited_to_15", Delivered),
    ("oauth_v2_access_workspace_rotating", Delivered),
    ("oauth_v2_access_org", Delivered),
    ("invalid_refresh_token", Dead("the app is not installed or its token is wrong (invalid_refresh_token)")),
    ("response_url_ok", Delivered),
    ("response_url_gone", Expired),
];

async fn every_known_reply_has_its_end(database: Database) {
    let known = fixture("webapi_replies.json");
    let names: Vec<&str> = known.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, VERDICTS.each_ref().map(|(name, _)| *name), "every row has a verdict");

    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    for (name, verdict) in &VERDICTS {
        // What holds up one workspace holds up no other one.
        if name.starts_with("response_url") {
            slack.answer("/hook", name);
            slack.answer("/api/chat.postMessage", "post_message_ok");
            let mut payload = slack.addressed("block_actions_message.json");
            payload["team"]["id"] = json!(name);
            payload["trigger_id"] = json!(name);
            acknowledged(&server, &payload).await;
            assert_eq!(slack.next().await.path, "/hook", "{name}");
            if *verdict == Expired {
                assert_eq!(slack.next().await.path, "/api/chat.postMessage", "the person is told otherwise");
            }
            continue;
        }
        let mut question = question(name);
        // Who asked gets the answer in their own conversation otherwise, and that arrives.
        slack.answer("/api/chat.postMessage", "post_message_ok");
        slack.answer_as("/api/chat.postMessage", question["event"]["channel"].as_str().unwrap(), name);
        question["team_id"] = json!(name);
        question["authorizations"][0]["team_id"] = json!(name);
        assert_eq!(server.deliver("/slack/events", question.to_string()).await.status(), 200, "{name}");
        assert_eq!(slack.next().await.path, "/api/chat.postMessage", "{name}");
        // What is wrong with a message may be its layout alone.
        if matches!(verdict, Dead(reason) if reason.starts_with("Slack refused")) {
            assert!(slack.next().await.body.get("blocks").is_none(), "{name}");
        }
        if matches!(verdict, Dead(_) | Expired) {
            assert_eq!(slack.next().await.body["channel"], question["event"]["user"], "{name}");
        }
    }
    server.stop().await;

    let rows = database.outbox().await;
    for (name, verdict) in &VERDICTS {
        verdict.check(&rows, name, NOW);
    }
    let counted = |wanted: fn(&Verdict) -> bool| VERDICTS.iter().filter(|(_, verdict)| wanted(verdict)).count() as u64;
    assert_eq!(database.count(Counter::Expired).await, counted(|verdict| *verdict == Expired));
    assert_eq!(database.count(Counter::Dead).await, counted(|verdict| matches!(verdict, Dead(_))));
    let told_otherwise = counted(|verdict| matches!(verdict, Expired | Dead(_)));
    assert_eq!(database.count(Counter::Delivered).await, counted(|verdict| *verdict == Delivered) + told_otherwise);
}

async fn what_slack_finds_wrong_with_a_layout_is_said_in_plain_text(database: Database) {
    let mut slack = FakeSlack::start().await;
    slack.answer("/api/chat.postMessage with blocks", "invalid_blocks");
    let server = TestServer::with_slack_and(&slack, &database).await;
    assert_eq!(server.deliver("/slack/events", question("Ev0LAYOUT").to_string()).await.status(), 200);
    let refused = slack.next().await;
    let plain = slack.next().await;
    assert!(refused.body["blocks"].is_array() && plain.body.get("blocks").is_none());
    for field in ["text", "channel", "thread_ts", "metadata"] {
        assert_eq!(plain.body[field], refused.body[field], "{field}");
    }
    server.stop().await;
    assert!(slack.rest().is_empty());
    assert_eq!(database.count(Counter::Delivered).await, 1);
    assert!(database.owes_nothing().await);
}

async fn so_is_what_it_finds_wrong_with_one_at_an_address(database: Database) {
    let mut slack = FakeSlack::start().await;
    let server = TestServer::with_slack_and(&slack, &database).await;
    let pick = async |slack: &FakeSlack, number: u32| {
        let mut payload = slack.addressed("block_actions_message.json");
        payload["trigger_id"] = json!(format!("1.1.{number}"));
        acknowledged(&server, &payload).await;
    };
    let refuse = |slack: &FakeSlack, path: &str| {
        slack.answer_with(path, StatusCode::BAD_REQUEST, HeaderMap::new(), "invalid_blocks".to_owned());
    };
    refuse(&slack, "/hook with blocks");
    pick(&slack, 0).await;
    let (refused, plain) = (slack.next().await, slack.next().await);
    assert_eq!((&*refused.path, &*plain.path), ("/hook", "/hook"));
    assert!(refused.body["blocks"].is_array() && plain.body.get("blocks").is_none());
    for field in ["text", "replace_original"] {
        assert_eq!(plain.body[field], refused.body[field], "{field}");
    }
    // Nothing at all is taken there any more, which is no reason for silence.
    refuse(&slack, "/hook");
    pick(&slack, 1).await;
    let (again, plain, told) = (slack.next().await, slack.next().await, slack.next().await);
    assert_eq!((&*again.path, &*plain.path, &*told.path), ("/hook", "/hook", "/api/chat.postMessage"));
    assert_eq!((&told.body["channel"], &told.body["text"]), (&json!("U0ELENA001"), &refused.body["text"]));
    server.stop().await;
    assert!(slack.rest().is_empty() && database.owes_nothing().await);
    assert_eq!((database.count(Counter::Delivered).await, database.count(Counter::Dead).await), (2, 1));
}
