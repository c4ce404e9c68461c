//! "Explain this": exact, inflected, misspelt and unknown questions.

use upshot::engine::{ExplanationStatus as Status, SourceText};

use super::content::engine;

#[test]
fn questions_find_their_concept() {
    let engine = engine();
    let reader = engine.audience("sales").unwrap();
    for (query, status, concept) in [
        ("p95", Status::Defined, "latency-p95"),
        ("P95", Status::Defined, "latency-p95"),
        ("what is p95 latency?", Status::Defined, "latency-p95"),
        ("What does \"rollback\" mean here?", Status::Defined, "rollback"),
        ("rollbacks", Status::Defined, "rollback"),
        ("rolbakc", Status::Suggested, "rollback"),
        ("latency-p95", Status::Defined, "latency-p95"),
        ("flurbonium", Status::Unknown, ""),
        ("", Status::Unknown, ""),
    ] {
        let answer = engine.explain(query, None, reader);
        assert_eq!((answer.status, answer.concept.as_str()), (status, concept), "{query:?}");
        assert_eq!(answer.offer_request, status != Status::Defined, "{query:?}");
    }
}

#[test]
fn an_answer_shows_the_term_in_its_message() {
    let engine = engine();
    let message = SourceText::new("All quiet. We rolled back the deploy at 14:05. More tomorrow.");
    let answer = engine.explain("deploy", Some(&message), engine.audience("sales").unwrap());
    assert_eq!(answer.in_context, "We undid the release at 14:05.");
}

#[test]
fn long_noise_is_answered_at_once() {
    let engine = engine();
    let noise: String = (0..200_000_u32).map(|n| char::from_u32(33 + n * 7 % 900).unwrap_or('x')).collect();
    let answer = engine.explain(&noise, None, engine.default_audience());
    assert_ne!(answer.status, Status::Defined);
}
