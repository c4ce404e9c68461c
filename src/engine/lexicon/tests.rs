//! The table itself: the committed bytes, single words, guesses.

use super::{Flags, Lexicon, LexiconError, compile, compile::LineProblem, is_plain};

const SOURCE: &str = include_str!("data/lexicon.tsv");
const COMPILED: &[u8] = include_bytes!("data/lexicon.fst");

/// Flag names as in `lexicon.tsv`, then the lemmas of noun, verb and adjective where they differ from the word.
fn describe(word: &str, entry: super::Entry) -> String {
    let flags = entry.flags.without(Flags::PLAIN | Flags::COMMON | Flags::GUESSED);
    let mut text = format!("{flags:?}").trim_start_matches("Flags(").trim_end_matches(')').to_owned();
    for (kind, lemma) in
        [("n", entry.noun_lemma(word)), ("v", entry.verb_lemma(word)), ("a", entry.adjective_lemma(word))]
    {
        if lemma != word {
            text.push_str(&format!(" {kind}={lemma}"));
        }
    }
    text
}

fn check(cases: &[(&str, &str)], find: impl Fn(&str) -> Option<super::Entry>) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(word, expected)| (word, expected, find(word).map_or("none".to_owned(), |entry| describe(word, entry))))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(word, expected, found)| format!("{word}: expected {expected:?}, found {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn committed_table_is_compiled_from_the_committed_source() {
    let compiled = compile(SOURCE).unwrap();
    // Not assert_eq: nobody wants to read the difference of two binary files.
    assert!(compiled == COMPILED, "lexicon.fst is stale: run `cargo run --example build_lexicon`");
}

#[test]
fn every_word_of_the_source_is_found() {
    let lexicon = Lexicon::embedded();
    assert_eq!(lexicon.len(), SOURCE.lines().count());
    for line in SOURCE.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let word = columns[0];
        let entry = lexicon.lookup(word).unwrap();
        for (index, lemma) in
            [(2, entry.noun_lemma(word)), (3, entry.verb_lemma(word)), (4, entry.adjective_lemma(word))]
        {
            let expected = columns.get(index).filter(|lemma| !lemma.is_empty()).unwrap_or(&word);
            assert_eq!(lemma, *expected, "{line}");
        }
    }
}

#[test]
fn words_have_the_readings_of_this_register() {
    check(
        &[
            ("deploy", "noun.s base v1"),
            ("deploys", "noun.p 3s v1 n=deploy v=deploy"),
            ("deployed", "past pp v=deploy"),
            ("builds", "noun.p 3s v1 n=build v=build"),
            ("left", "noun.s past pp adj adv v1 v=leave"),
            ("found", "past pp v=find"),
            ("fixed", "past pp adj v=fix"),
            ("is", "3s aux v=be"),
            ("are", "aux v=be"),
            ("was", "past aux v=be"),
            ("being", "noun.s ing aux v=be"),
            ("hit", "noun.s base past pp v1"),
            ("latencies", "noun.p n=latency"),
            ("caches", "noun.p 3s n1 n=cache v=cache"),
            ("data", "noun.s noun.p mass"),
            ("nodes", "noun.p n=node"),
            ("may", "modal"),
            ("will", "noun.s modal"),
            ("can", "noun.s modal"),
            ("run", "noun.s base pp v1"),
            ("ran", "past v=run"),
            ("set", "noun.s base past pp adj v1"),
            ("put", "base past pp"),
            ("cut", "noun.s base past pp v1"),
            ("rolled", "past pp v=roll"),
            ("leaves", "noun.p 3s v1 n=leaf v=leave"),
            ("better", "cmp adv a=good"),
            ("faster", "cmp adv a=fast"),
            ("optimised", "past pp v=optimise"),
            ("focused", "past pp v=focus"),
            ("colours", "noun.p 3s n=colour v=colour"),
            ("sharding", "noun.s mass ing v=shard"),
            ("downtime", "noun.s mass"),
            ("don't", "aux neg"),
            ("can't", "modal neg"),
            ("not", "part neg"),
            ("which", "pron det wh"),
            ("seven", "num"),
            ("back", "noun.s base adj adv part"),
            ("the", "det"),
            ("because", "conj"),
            ("webhooks", "noun.p n=webhook"),
            ("failover", "noun.s"),
            ("incompatible", "noun.s adj"),
            ("zzyzx", "none"),
            ("", "none"),
        ],
        |word| Lexicon::embedded().lookup(word),
    );
}

#[test]
fn everyday_words_are_plain_and_technical_words_are_not() {
    for word in ["customer", "money", "because", "went", "houses", "don't", "quickly"] {
        assert!(is_plain(word), "{word}");
    }
    for word in ["webhook", "kubernetes", "idempotent", "latency", "refactored", "middleware"] {
        assert!(!is_plain(word), "{word}");
    }
}

#[test]
fn shapes_of_unknown_words_are_guessed() {
    check(
        &[
            ("shardings", "noun.p n=sharding v=sharding"),
            ("re-sharded", "past pp v=re-shard"),
            ("dogfooded", "past pp v=dogfood"),
            ("kubelets", "noun.p 3s n=kubelet v=kubelet"),
            ("livestreaming", "ing v=livestream"),
            ("reinstrumented", "past pp v=reinstrument"),
            ("nerfed", "past pp v=nerf"),
            ("yeeting", "ing v=yeet"),
            ("terraforming", "ing v=terraform"),
            ("quantized", "past pp v=quantize"),
            ("defragging", "ing v=defrag"),
            ("login-related", "adj"),
            ("build-pool", "noun.s adj"),
            ("unsharded", "past pp adj v=unshard"),
            ("zabbix's", "noun.s n=zabbix"),
            ("burn-in", "noun.s"),
            ("deployer", "noun.s"),
            ("deployers", "noun.p n=deployer"),
            ("sharder", "noun.s"),
            ("shippability", "noun.s"),
            ("k8s", "none"),
            ("zabbix", "none"),
        ],
        |word| {
            assert_eq!(Lexicon::embedded().lookup(word), None, "{word} is in the table");
            Lexicon::embedded().guess(word)
        },
    );
}

#[test]
fn guesses_are_marked_and_never_fail_on_odd_text() {
    let lexicon = Lexicon::embedded();
    assert!(lexicon.lookup_or_guess("backfillings").unwrap().is_guess());
    assert!(!lexicon.lookup_or_guess("deploy").unwrap().is_guess());
    for text in ["", "s", "ed", "ing", "ér", "naïveed", "ßing", "日本", "ééés", "-", "--s", "'s", "öffnet-ing", "a's"]
    {
        let _ = lexicon.lookup_or_guess(text);
    }
}

#[test]
fn a_wrong_line_is_named() {
    let problem = |tsv: &str| match compile(tsv) {
        Err(LexiconError::Line { number, problem }) => (number, problem),
        other => panic!("unexpected {other:?}"),
    };
    assert_eq!(problem("a\tdet\nb"), (2, LineProblem::Columns));
    assert_eq!(problem("a\tdet\n\n"), (2, LineProblem::Columns));
    assert_eq!(problem("a\tnoun.x"), (1, LineProblem::UnknownFlag));
    assert_eq!(problem("b\tdet\na\tdet"), (2, LineProblem::Order));
    assert_eq!(problem("a\tdet\na\tdet"), (2, LineProblem::Order));
    assert_eq!(problem("a\tdet\t\t\t\tx"), (1, LineProblem::Columns));
}

#[test]
fn damaged_bytes_are_refused() {
    for bytes in [&b""[..], b"UPLEX", b"UPLEX\x00\x00\x01\xff\xff\xff\xff\x00\x00\x00\x00", b"something else entirely"]
    {
        assert!(matches!(Lexicon::from_bytes(bytes), Err(LexiconError::Damaged)));
    }
}
