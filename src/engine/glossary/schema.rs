//! Glossary files: YAML into concepts, with errors an author can act on.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{
    Concept, Example, Examples, Metric, Number, Outcome, PartOfSpeech, Term, TermStatus, Wording, place_problem,
};
use crate::engine::content::{ContentError, ContentFile, is_date, yaml};
use crate::engine::text::plain_term_words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    subject_field: String,
    concepts: Vec<RawConcept>,
    /// Ids of shipped concepts that are taken out; [`Content::without_retired`](crate::engine::Content::without_retired) does it.
    #[serde(default, rename = "retired")]
    _retired: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConcept {
    id: Spanned<String>,
    definition: String,
    #[serde(default)]
    outcome: Option<Outcome>,
    terms: Vec<RawTerm>,
    #[serde(default)]
    wordings: Vec<RawWording>,
    #[serde(default)]
    gloss: Option<String>,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    not_near: Vec<String>,
    #[serde(default)]
    everyday: bool,
    #[serde(default)]
    metric: Option<Box<Metric>>,
    #[serde(default)]
    why: BTreeMap<String, String>,
    #[serde(default)]
    example: String,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    owner: String,
    /// Where it holds; everywhere when it is left out.
    #[serde(default)]
    scope: Vec<Box<str>>,
    /// Whether people of other companies may read it. Shipped entries are everybody's anyway.
    #[serde(default)]
    shareable: bool,
    /// When somebody should look at it again. Only those who look after the glossary use it.
    #[serde(default)]
    review_by: Option<String>,
    /// For the same people; no answer tells these.
    #[serde(default, rename = "source")]
    _source: serde::de::IgnoredAny,
    #[serde(default, rename = "notes")]
    _notes: serde::de::IgnoredAny,
    #[serde(default)]
    examples: RawExamples,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    text: String,
    pos: PartOfSpeech,
    #[serde(default)]
    status: Option<TermStatus>,
    #[serde(default)]
    case: Option<CaseRule>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum CaseRule {
    Exact,
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWording {
    pos: PartOfSpeech,
    text: String,
    #[serde(default)]
    number: Number,
    #[serde(default)]
    alone: Option<String>,
    #[serde(default)]
    before_noun: Option<String>,
    #[serde(default)]
    audience: Option<String>,
}

/// `examples:` of concepts and of phrase patterns.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExamples {
    #[serde(default, rename = "match")]
    matching: Vec<RawExample>,
    #[serde(default)]
    no_match: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawExample {
    Sentence(String),
    Pair {
        text: String,
        #[serde(default)]
        plain: Option<String>,
    },
}

impl RawExamples {
    pub(crate) fn into_examples(self) -> Examples {
        let mut matching: Vec<Example> = self
            .matching
            .into_iter()
            .map(|example| match example {
                RawExample::Sentence(text) => Example { text, plain: None },
                RawExample::Pair { text, plain } => Example { text, plain },
            })
            .collect();
        // What is collected in place keeps the room of what it was made of; the engine keeps thousands of these lists.
        matching.shrink_to_fit();
        let mut no_match = self.no_match;
        no_match.shrink_to_fit();
        Examples { matching, no_match }
    }
}

/// Reads one glossary file.
///
/// # Errors
/// Every mistake in it that makes a concept unusable.
pub(crate) fn parse(file: &ContentFile, audiences: &[&str]) -> Result<Vec<Concept>, Vec<ContentError>> {
    let pack: Pack = yaml(file).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let (subject_field, path): (Arc<str>, Arc<str>) = (pack.subject_field.into(), file.path.as_str().into());
    let mut concepts = Vec::with_capacity(pack.concepts.len());
    for raw in pack.concepts {
        let line = usize::try_from(raw.id.referenced.line()).unwrap_or(0);
        let mut refuse = |message: String| errors.push(ContentError { path: file.path.clone(), line, message });
        let id = raw.id.value;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            refuse(format!(
                "the id {id:?} must be lower-case letters, digits and hyphens, for example \"error-budget\""
            ));
        }
        if raw.terms.is_empty() || raw.terms.iter().any(|term| term.text.trim().is_empty()) {
            refuse(format!("{id}: add at least one term with a text, for example `- {{ text: rollback, pos: noun }}`"));
        }
        if raw.review_by.as_deref().is_some_and(|date| !is_date(date)) {
            refuse(format!("{id}: write review_by as year, month and day, for example 2027-03-31"));
        }
        for problem in raw.scope.iter().filter_map(|place| place_problem(place)) {
            refuse(format!("{id}: in scope, {problem}"));
        }
        for audience in raw.why.keys().chain(raw.wordings.iter().filter_map(|wording| wording.audience.as_ref())) {
            if !audiences.contains(&audience.as_str()) {
                refuse(format!("{id}: there is no audience {audience:?}; use one of {}", audiences.join(", ")));
            }
        }
        for (index, wording) in raw.wordings.iter().enumerate() {
            let twice = raw
                .wordings
                .iter()
                .take(index)
                .any(|other| other.pos == wording.pos && other.audience == wording.audience);
            if twice {
                refuse(format!("{id}: two wordings for {} and the same audience; keep one", wording.pos.name()));
            }
            if wording.text.trim().is_empty() {
                refuse(format!(
                    "{id}: a wording has no text; write what stands in the term's place or remove the wording"
                ));
            }
        }
        let terms = raw
            .terms
            .into_iter()
            .enumerate()
            .map(|(index, term)| Term {
                status: term.status.unwrap_or(if index == 0 { TermStatus::Preferred } else { TermStatus::Admitted }),
                exact_case: term.case == Some(CaseRule::Exact)
                    || term.case.is_none() && super::index::needs_exact_case(&term.text),
                part_of_speech: term.pos,
                words: plain_term_words(&term.text).unwrap_or_default(),
                text: term.text,
            })
            .collect();
        let mut wordings: Vec<Wording> = raw
            .wordings
            .into_iter()
            .map(|wording| Wording {
                text: wording.text.trim().to_owned(),
                part_of_speech: wording.pos,
                number: wording.number,
                alone: wording.alone,
                before_noun: wording.before_noun.map(|text| text.trim().to_owned()),
                audience: wording.audience,
            })
            .collect();
        wordings.shrink_to_fit();
        concepts.push(Concept {
            id,
            subject_field: Arc::clone(&subject_field),
            definition: raw.definition.trim().to_owned(),
            outcome: raw.outcome,
            terms,
            wordings,
            gloss: raw.gloss,
            near: raw.near,
            not_near: raw.not_near,
            everyday: raw.everyday,
            metric: raw.metric,
            why: raw.why.into_iter().collect(),
            example: raw.example,
            related: raw.related,
            owner: raw.owner,
            examples: raw.examples.into_examples(),
            own: file.own,
            is_for_own_people: file.own && !raw.shareable,
            scope: raw.scope.into(),
            path: Arc::clone(&path),
            line,
        });
    }
    if errors.is_empty() { Ok(concepts) } else { Err(errors) }
}
