//! Reviews as data: each case in `review/*.yaml` is a draft with exactly the hints it gets; and what holds for every draft.

use serde::Deserialize;
use upshot::engine::{Draft, Hint, HintCode, Review, SourceText};

use super::{content::engine, data::case_files};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default = "general")]
    reader: String,
    #[serde(default, rename = "as")]
    kind: Kind,
    /// Codes that this case is about; all of them when it is left out.
    #[serde(default)]
    of: Vec<String>,
    /// "code: words", or "code: words -> suggestion", in the order of the text.
    hints: Vec<String>,
    #[serde(default)]
    score: Option<usize>,
    #[serde(default)]
    language: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Message,
    Page,
}

fn general() -> String {
    "general".to_owned()
}

fn cases() -> Vec<(String, Case)> {
    let named = |(name, file): (String, Cases)| file.cases.into_iter().map(move |case| (name.clone(), case));
    case_files("review").into_iter().flat_map(named).collect()
}

fn review(text: &str, reader: &str, kind: Kind) -> Review {
    let engine = engine();
    let draft = match kind {
        Kind::Message => Draft::Message,
        Kind::Page => Draft::Page,
    };
    let audience = engine.audience(reader).expect("cases name readers that exist");
    engine.check(&SourceText::new(text), audience, draft)
}

fn told(hint: &Hint, with_suggestion: bool) -> String {
    let suggestion = hint.suggestion.as_deref().filter(|_| with_suggestion);
    let arrow = suggestion.map(|suggestion| format!(" -> {suggestion}")).unwrap_or_default();
    format!("{}: {}{arrow}", hint.code.id(), hint.words)
}

#[test]
fn drafts_get_the_hints_that_the_cases_say() {
    let cases = cases();
    assert!(cases.len() >= 45, "only {} cases", cases.len());
    let mut failures = Vec::new();
    for (file, case) in &cases {
        let review = review(&case.text, &case.reader, case.kind);
        let hints: Vec<&Hint> = review
            .hints
            .iter()
            .filter(|hint| case.of.is_empty() || case.of.iter().any(|code| code == hint.code.id()))
            .collect();
        let found: Vec<String> = hints
            .iter()
            .enumerate()
            .map(|(place, hint)| told(hint, case.hints.get(place).is_some_and(|hint| hint.contains(" -> "))))
            .collect();
        if found != case.hints {
            failures.push(format!("{file}: {:?}\n  expected {:?}\n  found    {found:?}", case.text, case.hints));
        }
        if case.score.is_some() && case.score != review.score() {
            failures.push(format!("{file}: {:?} scores {:?} instead of {:?}", case.text, review.score(), case.score));
        }
        if case.language != review.language {
            failures.push(format!("{file}: {:?} is taken for {:?}", case.text, review.language));
        }
    }
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn codes_in_cases_exist() {
    let known: Vec<&str> = HintCode::ALL.iter().map(|code| code.id()).collect();
    for (file, case) in cases() {
        let named = case.of.iter().map(String::as_str);
        let hinted = case.hints.iter().filter_map(|hint| hint.split(": ").next());
        for code in named.chain(hinted) {
            assert!(known.contains(&code), "{file}: there is no hint {code:?}");
        }
    }
}

#[test]
fn spans_hold_the_words_they_name() {
    for (file, case) in cases() {
        for hint in review(&case.text, &case.reader, case.kind).hints {
            let there = case.text.get(hint.span.start..hint.span.end);
            let there = there.unwrap_or_else(|| panic!("{file}: {:?} splits a character", case.text));
            let shown = hint.words.trim_end_matches(" …");
            let even = there.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(there.starts_with(shown) || even.starts_with(shown), "{file}: {hint:?} is at {there:?}");
            assert!(hint.text.ends_with(['.', '?']), "{file}: {:?} is no sentence", hint.text);
            assert!(hint.count >= 1, "{file}: {hint:?}");
        }
    }
}

#[test]
fn the_same_draft_is_judged_the_same() {
    for (_, case) in cases() {
        assert_eq!(review(&case.text, &case.reader, case.kind), review(&case.text, &case.reader, case.kind));
    }
}

/// Words that talk down, taken out; terms, replaced by what the glossary says: no draft does worse for it.
#[test]
fn following_a_hint_never_lowers_the_score() {
    let mut followed = 0;
    for (file, case) in cases() {
        for reader in [case.reader.as_str(), "executive", "support", "legal"] {
            let before = review(&case.text, reader, case.kind);
            for hint in &before.hints {
                let instead = match hint.code {
                    HintCode::Respect => "",
                    HintCode::UnexplainedTerm => hint.suggestion.as_deref().unwrap_or_default(),
                    _ => continue,
                };
                let mut mended = case.text.clone();
                mended.replace_range(hint.span.start..hint.span.end, instead);
                let after = review(&mended, reader, case.kind);
                // A text of which nothing is left has no score.
                assert!(
                    after.score().is_none() || after.score() >= before.score(),
                    "{file}: {:?} by {hint:?} to {mended:?}: {before:?}, {after:?}",
                    case.text,
                );
                followed += 1;
            }
        }
    }
    assert!(followed > 100, "only {followed} hints were followed");
}

/// What a reader of this language stumbles over is the same wherever it stands.
#[test]
fn a_draft_keeps_its_hints_when_plain_words_are_added() {
    const ADDED: &str = "\n\nThank you for your help with this on Friday.";
    const LASTING: [HintCode; 3] = [HintCode::Respect, HintCode::UnknownJargon, HintCode::LongSentence];
    let lasting = |review: Review| -> Vec<(HintCode, String)> {
        review
            .hints
            .into_iter()
            .filter(|hint| LASTING.contains(&hint.code))
            .map(|hint| (hint.code, hint.words))
            .collect()
    };
    for (file, case) in cases().into_iter().filter(|(_, case)| case.language.is_none()) {
        let before = lasting(review(&case.text, &case.reader, case.kind));
        let after = lasting(review(&format!("{}{ADDED}", case.text), &case.reader, case.kind));
        assert_eq!(before, after, "{file}: {:?}", case.text);
    }
}
