//! Typed commands and their private answers.

use serde_json::Value;

use super::{fake_slack::FakeSlack, server::TestServer};

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

/// The controls under an answer, when there are any.
fn controls(message: &Value) -> Option<&Value> {
    message["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions")
}

fn chosen(message: &Value) -> &str {
    controls(message).unwrap()["elements"][0]["initial_option"]["value"].as_str().unwrap()
}

#[tokio::test]
async fn the_grammar_is_liberal() {
    let server = TestServer::start().await;
    for (typed, reader) in [
        ("The pod is down", "general"),
        ("for sales: The pod is down", "sales"),
        ("for sales The pod is down", "sales"),
        ("For the Finance team: The pod is down", "finance"),
        ("rewrite for execs: The pod is down", "executive"),
    ] {
        let message = server.command("/upshot", typed).await;
        assert_eq!(chosen(&message), reader, "{typed}");
        assert!(!text(&message).contains("for sales"), "{typed}: {}", text(&message));
    }
    server.stop().await;
}

#[tokio::test]
async fn help_comes_for_nothing_and_for_help() {
    let server = TestServer::start().await;
    for (command, typed) in
        [("/upshot", ""), ("/upshot", "  "), ("/upshot", "help"), ("/explain", ""), ("/explain", "HELP")]
    {
        let message = server.command(command, typed).await;
        assert!(text(&message).contains("`/upshot for sales: …`"), "{}", text(&message));
    }
    server.stop().await;
}

#[tokio::test]
async fn an_unknown_reader_is_answered_with_the_known_ones() {
    let server = TestServer::start().await;
    for typed in ["for wizards: The pod is down", "settings wizards"] {
        let message = server.command("/upshot", typed).await;
        assert!(text(&message).starts_with("I do not know the reader “wizards”."), "{}", text(&message));
        assert!(text(&message).contains("executive, finance, sales"), "{}", text(&message));
    }
    server.stop().await;
}

#[tokio::test]
async fn the_reader_menu_offers_every_reader_and_carries_no_text() {
    let server = TestServer::start().await;
    let message = server.command("/upshot", "for sales: The xylophone service is down").await;
    let controls = controls(&message).unwrap();
    let options = controls["elements"][0]["options"].as_array().unwrap();
    assert_eq!(options.len(), 11);
    assert!(!controls.to_string().contains("xylophone"), "{controls}");
    server.stop().await;
}

#[tokio::test]
async fn buttons_are_there_only_when_they_can_do_something() {
    let server = TestServer::start().await;
    let message = server.command("/upshot", "The pod is down").await;
    assert_eq!(
        controls(&message).unwrap()["elements"].as_array().unwrap().len(),
        1,
        "no token, no dialogs, no buttons"
    );
    server.stop().await;

    let slack = FakeSlack::start().await;
    let server = TestServer::with_slack(&slack).await;
    let message = server.command("/upshot", "The pod is down").await;
    let elements = controls(&message).unwrap()["elements"].as_array().unwrap().clone();
    let labels: Vec<&str> = elements.iter().skip(1).map(|button| button["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(labels, ["In plain words", "Why these words?", "Original"]);
    server.stop().await;
}

#[tokio::test]
async fn broadcasts_and_groups_wake_nobody() {
    let server = TestServer::start().await;
    // The limits checker looks for live ones in every text of the answer.
    let typed =
        "The pod is down <!here> <!channel|channel> <!subteam^S0ONCALL01|@oncall> &lt;!everyone&gt; ask <@U0MARCO002>";
    let message = server.command("/upshot", typed).await;
    assert!(text(&message).contains("<@U0MARCO002>"), "{}", text(&message));
    assert!(text(&message).contains("@\u{200B}oncall"), "{}", text(&message));
    server.stop().await;
}

#[tokio::test]
async fn a_typed_mention_does_not_become_a_live_one() {
    let server = TestServer::start().await;
    let message = server.command("/upshot", "write &lt;@U0MARCO002&gt; to mention Marco").await;
    assert!(!message.to_string().contains("<@U0MARCO002>"), "{message}");
    server.stop().await;
}

#[tokio::test]
async fn code_blocks_are_whole_wherever_they_are_shown() {
    let server = TestServer::start().await;
    // The limits checker counts the marks of code in every text of the answer. These were found by fuzzing.
    for typed in [
        "for sales: Run this:\n```\nkubectl get pods\n```\nthen check latency.",
        "for sales: ```sql\nSELECT * FROM users WHERE deploy = 1;\n```",
        "for sales: An on-prem setup for``` sales",
        "for sales: 1) deploy```\n2) test `it`",
    ] {
        server.command("/upshot", typed).await;
    }
    let message = server.command("/upshot", "for sales: ```\nSELECT * FROM users;\n```").await;
    assert!(text(&message).contains("`SELECT * FROM users;`"), "code keeps its asterisk: {}", text(&message));
    server.stop().await;
}

#[tokio::test]
async fn long_texts_stay_within_the_limits() {
    let server = TestServer::start().await;
    let sentence =
        "The pod is down &amp; <https://status.example.com/incident/881|INC-881> says `kubectl get pods` fails. ";
    for repeats in [1, 20, 29, 30, 31, 40, 41, 120, 350] {
        let message = server.command("/upshot", &sentence.repeat(repeats)).await;
        for part in message["text"].as_str().unwrap().split("<https").skip(1) {
            assert!(part.contains('>'), "a link was cut: {part:?}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_text_longer_than_any_message_is_refused_kindly() {
    let server = TestServer::start().await;
    let message = server.command("/upshot", &"é".repeat(40_001)).await;
    assert!(text(&message).contains("longer than 40000 characters"), "{}", text(&message));
    let message = server.command("/upshot", &"é".repeat(40_000)).await;
    assert!(!text(&message).contains("longer than"), "{}", text(&message));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_explained_is_said_honestly() {
    let server = TestServer::start().await;
    let message = server.command("/explain", "flibbertigibbet").await;
    assert!(text(&message).contains("“flibbertigibbet”"), "{}", text(&message));
    server.stop().await;
}

#[tokio::test]
async fn a_question_can_ask_for_one_line_and_for_several_terms() {
    let server = TestServer::start().await;
    let message = server.command("/explain", "p95 in one line").await;
    assert_eq!(text(&message).lines().count(), 1, "{}", text(&message));
    let message = server.command("/explain", "what's the difference between an SLA and an SLO?").await;
    for part in ["*SLA*:", "*SLO*:", "*Why it matters"] {
        assert!(text(&message).contains(part), "{part} in {}", text(&message));
    }
    assert!(controls(&message).is_some(), "an answer has its menu");
    server.stop().await;
}

#[tokio::test]
async fn a_message_pasted_behind_explain_is_rewritten() {
    let server = TestServer::start().await;
    let pasted = "zorp the frobnicated quux before noon or every single blarg will be lost";
    let message = server.command("/explain", pasted).await;
    assert!(text(&message).contains("before noon"), "{}", text(&message));
    assert!(controls(&message).is_some(), "a rewrite has its menu");
    server.stop().await;
}

#[tokio::test]
async fn the_same_delivery_twice_gives_the_same_answer() {
    let server = TestServer::start().await;
    let first = server.command_of("U0ELENA001", "1.2.repeated", "/upshot", "The pod is down").await;
    let second = server.command_of("U0ELENA001", "1.2.repeated", "/upshot", "The pod is down").await;
    assert_eq!(first, second, "down to the id behind the menu");
    server.stop().await;
}
