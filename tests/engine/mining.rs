//! Mining as data: each case in `mining/*.yaml` is a few messages and the unknown words that are found in them.

use serde::Deserialize;
use upshot::engine::{MinedWord, Mining, SourceText};

use super::{content::engine, data::case_files};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    messages: Vec<String>,
    /// So often is the list of messages searched.
    #[serde(default = "once")]
    times: u32,
    #[serde(default = "once")]
    at_least: u32,
    /// Names of people.
    #[serde(default)]
    people: Vec<String>,
    /// "term, shape, count in messages".
    words: Vec<String>,
    /// The sentences of all words, in order.
    #[serde(default)]
    contexts: Option<Vec<String>>,
}

const fn once() -> u32 {
    1
}

fn mined(case: &Case) -> Vec<MinedWord> {
    let mut mining = Mining::over(engine());
    case.people.iter().for_each(|name| mining.leave_out(name));
    for _ in 0..case.times {
        case.messages.iter().for_each(|message| mining.search(&SourceText::new(message)));
    }
    mining.words(case.at_least)
}

fn told(word: &MinedWord) -> String {
    format!("{}, {}, {} in {}", word.term, word.shape.name(), word.count, word.messages)
}

#[test]
fn messages_have_the_unknown_words_that_the_cases_say() {
    let files: Vec<(String, Cases)> = case_files("mining");
    let mut failures = Vec::new();
    for (file, cases) in &files {
        for case in &cases.cases {
            let words = mined(case);
            let found: Vec<String> = words.iter().map(told).collect();
            if found != case.words {
                failures
                    .push(format!("{file}: {:?}\n  expected {:?}\n  found    {found:?}", case.messages, case.words));
            }
            let contexts: Vec<String> = words.into_iter().flat_map(|word| word.contexts).collect();
            if case.contexts.as_ref().is_some_and(|expected| *expected != contexts) {
                failures.push(format!(
                    "{file}: {:?}\n  expected {:?}\n  found    {contexts:?}",
                    case.messages, case.contexts
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Whatever a message holds of people, figures and addresses, no sentence that is given out holds it.
#[test]
fn no_context_holds_what_says_who_and_what_it_was_about() {
    let secrets = [
        "Elena",
        "Marchetti",
        "elena.m@example.com",
        "https://wiki.example.com/x",
        "48,120",
        "CHK-1182",
        "hunter2",
        "quonsett",
    ];
    let message = "Elena Marchetti (elena.m@example.com) restarted the zibbler of quonsett with hunter2 after 48,120 errors, \
                   see https://wiki.example.com/x and CHK-1182.";
    let mut mining = Mining::over(engine());
    mining.leave_out("Elena Marchetti");
    for _ in 0..4 {
        mining.search(&SourceText::new(message));
    }
    let words = mining.words(3);
    let zibbler = words.iter().find(|word| word.term == "zibbler").expect("it is found");
    assert!(zibbler.contexts[0].contains("restarted the zibbler of [word]"), "{zibbler:?}");
    for secret in secrets {
        let is_told =
            |context: &String| context.contains(secret) || context.to_lowercase().contains(&secret.to_lowercase());
        assert!(!zibbler.contexts.iter().any(is_told), "{secret} in {zibbler:?}");
    }
}

#[test]
fn memory_is_bounded_and_what_was_forgotten_is_told() {
    let mut mining = Mining::over(engine()).counting(40);
    for number in 0..200_u32 {
        let letters: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'g')).collect();
        mining.search(&SourceText::new(&format!("The zibbler met a quon{letters}.")));
    }
    let words: Vec<String> = mining.words(3).iter().map(told).collect();
    assert_eq!(words, ["zibbler, word, 200 in 200"]);
    assert!(mining.words(1).len() <= 40, "what was counted once is forgotten");
    assert!(mining.missed() > 0);
}

#[test]
fn a_word_comes_with_a_sentence_that_names_nobody() {
    let link = "Read https://wiki.example.com/x about the zibbler. The QZB waits.";
    for (message, expected) in [
        ("The zibbler is down.", vec![("zibbler", "The zibbler is down.")]),
        ("Zibblers are slow. Two *zibblers* are down.", vec![("zibblers", "Two zibblers are down.")]),
        (
            "<@U0PRIYA003> moved the zibbler. The **zibbler** hums, p95 is 3.4s.",
            vec![("zibbler", "The zibbler hums, p95 is 3.4s.")],
        ),
        ("Tell #incidents about the zibbler.", vec![("zibbler", "")]),
        ("We told Elena that the zibbler is down.", vec![("zibbler", "")]),
        ("Elena's zibbler is down. - Elena", vec![("zibbler", "")]),
        ("Ask elena.m@example.com for the zibbler.", vec![("zibbler", "")]),
        (link, vec![("zibbler", ""), ("QZB", "The QZB waits.")]),
        ("The password of the zibbler is grobnitz.", vec![]),
        ("Der Zibbler ist heute leider wieder nicht da, und wir warten auf die anderen.", vec![]),
        ("We go home.", vec![]),
        ("", vec![]),
    ] {
        let quoted = engine().quoted(&SourceText::new(message));
        let found: Vec<(&str, &str)> =
            quoted.iter().map(|one| (one.word.term.as_str(), one.sentence.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, expected, "{message}");
    }
}
