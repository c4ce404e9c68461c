//! "Explain this" as data: each case of `questions.yaml` is what a colleague types, with what the answer must or must not
//! hold; adding a case is adding lines.

use serde::Deserialize;
use upshot::engine::{Explanation, ExplanationStatus as Status, SourceText};

use super::content::engine;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ask: String,
    #[serde(default)]
    context: Option<String>,
    #[serde(default = "sales")]
    reader: String,
    #[serde(default)]
    status: Expected,
    /// Ids of the answers, in order; the first one is the main one.
    #[serde(default)]
    concepts: Vec<String>,
    /// Ids of other meanings that are shown; left out: none is.
    #[serde(default)]
    others: Vec<String>,
    /// Parts of the definition.
    #[serde(default)]
    has: Vec<String>,
    /// Terms that are offered instead; left out: whatever is.
    #[serde(default)]
    offered: Option<Vec<String>>,
    /// What it means in the message.
    #[serde(default)]
    here: Option<String>,
    /// The words that were taken for what is asked about.
    #[serde(default)]
    asked: Option<String>,
    /// What is said instead of a deprecated term; left out: nothing is.
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
enum Expected {
    #[default]
    Defined,
    Suggested,
    Unknown,
}

fn sales() -> String {
    "sales".to_owned()
}

impl Question {
    /// Everything in which an answer is not as the case says.
    fn failures(&self) -> Vec<String> {
        let engine = engine();
        let Some(reader) = engine.audience(&self.reader) else {
            return vec![format!("there is no reader {:?}", self.reader)];
        };
        let message = self.context.as_deref().map(SourceText::new);
        let answer = engine.explain(&self.ask, message.as_ref(), reader);
        let mut found = Vec::new();
        let status = match self.status {
            Expected::Defined => Status::Defined,
            Expected::Suggested => Status::Suggested,
            Expected::Unknown => Status::Unknown,
        };
        if answer.status != status {
            found.push(format!("the status is {:?} instead of {status:?}", answer.status));
        }
        let ids: Vec<&str> = all(&answer).map(|one| one.concept.as_str()).filter(|id| !id.is_empty()).collect();
        if ids != self.concepts {
            found.push(format!("the answers are {ids:?} instead of {:?}", self.concepts));
        }
        let others: Vec<&str> = answer.other_senses.iter().map(|sense| sense.concept.as_str()).collect();
        if others != self.others {
            found.push(format!("the other meanings are {others:?} instead of {:?}", self.others));
        }
        if self.offered.as_ref().is_some_and(|offered| *offered != answer.suggestions) {
            found.push(format!("{:?} are offered instead of {:?}", answer.suggestions, self.offered));
        }
        for part in self.has.iter().filter(|part| !answer.definition.contains(part.as_str())) {
            found.push(format!("the definition {:?} is without {part:?}", answer.definition));
        }
        if self.here.as_ref().is_some_and(|here| *here != answer.in_context) {
            found.push(format!("here it means {:?} instead of {:?}", answer.in_context, self.here));
        }
        if self.asked.as_ref().is_some_and(|asked| *asked != answer.asked) {
            found.push(format!("{:?} is taken for the subject instead of {:?}", answer.asked, self.asked));
        }
        if answer.usage_note != self.note {
            found.push(format!("the note on its use is {:?} instead of {:?}", answer.usage_note, self.note));
        }
        for one in all(&answer) {
            if (one.status == Status::Unknown) != one.definition.is_empty() && one.suggestions.len() < 2 {
                found.push(format!("{:?} is {:?} with the definition {:?}", one.asked, one.status, one.definition));
            }
            if one.offer_request != (one.status != Status::Defined) {
                found.push(format!("for {:?} a request is offered: {}", one.asked, one.offer_request));
            }
        }
        if answer != engine.explain(&self.ask, message.as_ref(), reader) {
            found.push("it is answered in two ways".to_owned());
        }
        found
    }
}

fn all(answer: &Explanation) -> impl Iterator<Item = &Explanation> {
    std::iter::once(answer).chain(&answer.also)
}

#[test]
fn every_question_is_answered() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/explain/questions.yaml");
    let text = std::fs::read_to_string(path).expect("the questions can be read");
    let cases: Questions =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("the questions are not well formed: {error}"));
    let failures: Vec<String> = cases
        .questions
        .iter()
        .flat_map(|case| case.failures().into_iter().map(|failure| format!("{:?}: {failure}", case.ask)))
        .collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(cases.questions.len() >= 45, "only {} questions were asked", cases.questions.len());
}

/// Where misspellings are not looked for, the answer is the same or there is none.
#[test]
fn what_stands_in_an_entry_as_it_is_written_is_found_without_a_search() {
    let engine = engine();
    for (term, is_found) in [
        ("rollback", true),
        ("Rollbacks", true),
        ("roll-back", true),
        ("LGTM", true),
        ("what is a canary deploy?", true),
        ("rolback", false),
        ("wobbulator", false),
        ("", false),
    ] {
        let found = engine.explained_as_written(term);
        assert_eq!(found.is_some(), is_found, "{term:?}: {found:?}");
        if let Some(found) = found {
            assert_eq!(found, engine.explain(term, None, engine.default_audience()), "{term:?}");
        }
    }
}

/// Whatever term is asked for by the name it is shown under, its own entry is among the answers.
#[test]
fn every_term_is_found_by_its_name() {
    let engine = engine();
    let reader = engine.default_audience();
    let mut lost = Vec::new();
    for id in engine.examples().into_iter().map(|example| example.id) {
        let entry = engine.explain(&id, None, reader);
        // A phrase pattern, a word of everyday life, or an id that is a term of another entry.
        if entry.concept != id || entry.subject_field.is_empty() {
            continue;
        }
        for question in [entry.term.clone(), format!("what is {}?", entry.term)] {
            let answer = engine.explain(&question, None, reader);
            // The verb of a noun is no further meaning of it.
            let found = answer.concept == id
                || answer.other_senses.iter().any(|sense| sense.concept == id)
                || entry.related.contains(&answer.term)
                || answer.related.contains(&entry.term);
            if !found {
                lost.push(format!("{question:?} finds {:?} instead of {id:?}", answer.concept));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn a_reason_written_for_somebody_else_says_for_whom() {
    let engine = engine();
    let answer = |reader: &str| engine.explain("outage", None, engine.audience(reader).unwrap());
    assert_eq!(answer("support").why_for, "");
    let told = answer("marketing");
    assert_eq!((told.why, told.why_for.as_str()), (answer("executive").why, "Executive"));
    let told = answer("general");
    assert_eq!(
        (told.why, told.why_for.as_str()),
        (answer("executive").why, ""),
        "everybody is an executive's reader too"
    );
}

#[test]
fn long_noise_is_answered_at_once() {
    let engine = engine();
    let noise: String = (0..200_000_u32).map(|n| char::from_u32(33 + n * 7 % 900).unwrap_or('x')).collect();
    let answer = engine.explain(&noise, None, engine.default_audience());
    assert_ne!(answer.status, Status::Defined);
}
