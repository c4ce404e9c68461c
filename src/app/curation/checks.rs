//! What is wrong with a concept before it is saved. What it gets in the way of is told by `neighbours.rs`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Catalogue, Concept, CurationError, Overlay, fields::title_of, layers, reach::location_of, token_hash};
use crate::engine::{ContentError, Engine, SourceText, place_problem};

/// Longer than any term or wording that a sentence could hold.
const LONGEST_TERM: usize = 100;
/// Longer than any definition that is read to its end.
const LONGEST_TEXT: usize = 1_000;
/// More than any concept needs of anything.
const MOST: usize = 60;

/// As much of a hash as tells one set of warnings from the next.
const MARK_SIGNS: usize = 16;

/// Something about a concept that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// The field it is about, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// A sentence that says what to write instead.
    pub message: String,
}

impl Finding {
    pub(super) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field), message: message.into() }
    }

    /// What a form carries to show that its writer has read these; nothing for none. Other warnings have another mark.
    #[must_use]
    pub fn mark_of(findings: &[Self]) -> String {
        if findings.is_empty() {
            return String::new();
        }
        let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        token_hash(&told.join("\n")).chars().take(MARK_SIGNS).collect()
    }
}

/// What was found out about a concept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    /// It cannot be used before these are mended.
    pub errors: Vec<Finding>,
    /// It can be written, and not approved before these are mended.
    pub conflicts: Vec<Finding>,
    /// It can be used, and somebody should know these.
    pub warnings: Vec<Finding>,
}

impl Check {
    /// One that ends here.
    pub(super) fn failed(errors: Vec<Finding>) -> Self {
        Self { errors, ..Self::default() }
    }

    /// What somebody should know about a concept that can be written down.
    ///
    /// # Errors
    /// It cannot.
    pub(super) fn usable(self) -> Result<Vec<Finding>, CurationError> {
        if !self.errors.is_empty() {
            return Err(CurationError::Invalid(self.errors));
        }
        Ok(self.conflicts.into_iter().chain(self.warnings).collect())
    }

    /// The same for one that answers are to be made with.
    ///
    /// # Errors
    /// They cannot.
    pub(super) fn approvable(self) -> Result<Vec<Finding>, CurationError> {
        let wrong: Vec<Finding> = self.conflicts.into_iter().chain(self.errors).collect();
        if wrong.is_empty() { Ok(self.warnings) } else { Err(CurationError::Invalid(wrong)) }
    }
}

/// What is asked for beside terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Demand {
    /// Nothing: a file may bring drafts that somebody has to complete before they are approved.
    Terms,
    /// A definition, so that there is something to try.
    Definition,
    /// Examples as well: without them nothing is approved, and nothing saved that a person writes.
    Examples,
}

/// What can be said without compiling anything.
pub(super) fn shape(concept: &Concept, demand: Demand) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |field, message: String| found.push(Finding::new(field, message));
    let is_id = |id: &str| {
        !id.is_empty()
            && id.len() <= LONGEST_TERM
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !is_id(&concept.id) {
        say("id", "The id must be lower-case letters, digits and hyphens, for example \"error-budget\".".to_owned());
    }
    if !is_id(&concept.subject_field.replace('_', "-")) {
        say(
            "subject_field",
            "The subject field must be lower-case letters, digits and hyphens, for example \"delivery\".".to_owned(),
        );
    }
    if concept.definition.is_empty() && demand >= Demand::Definition {
        say("definition", "Write a definition: one plain sentence that a sales assistant understands.".to_owned());
    }
    if concept.terms.is_empty() {
        say("terms", "Add at least one term: the words by which engineers say it.".to_owned());
    }
    let is_too_long = |text: &str, most: usize| text.chars().nth(most).is_some();
    let has_lines = |text: &str| text.chars().any(char::is_control);
    for term in &concept.terms {
        if is_too_long(&term.text, LONGEST_TERM) || has_lines(&term.text) {
            say("terms", format!("A term has at most {LONGEST_TERM} characters on one line."));
        }
    }
    for wording in &concept.wordings {
        if is_too_long(&wording.text, LONGEST_TERM) || has_lines(&wording.text) {
            say("wordings", format!("A wording has at most {LONGEST_TERM} characters on one line."));
        }
    }
    let texts = [
        ("definition", &concept.definition),
        ("example", &concept.example),
        ("owner", &concept.owner),
        ("source", &concept.source),
        ("notes", &concept.notes),
    ];
    let sentences = concept.examples.matching.iter().map(|example| ("examples.match", example.text().to_owned()));
    let sentences = sentences.chain(concept.examples.no_match.iter().map(|text| ("examples.no_match", text.clone())));
    let why = concept.why.values().map(|text| ("why", text.clone()));
    for (field, text) in texts.map(|(field, text)| (field, text.clone())).into_iter().chain(sentences).chain(why) {
        if is_too_long(&text, LONGEST_TEXT) {
            say(field, format!("A text has at most {LONGEST_TEXT} characters here."));
        }
    }
    for (field, count) in [
        ("terms", concept.terms.len()),
        ("wordings", concept.wordings.len()),
        ("examples", concept.examples.matching.len().max(concept.examples.no_match.len())),
        ("related", concept.related.len()),
        ("near", concept.near.len()),
        ("not_near", concept.not_near.len()),
        ("scope", concept.scope.len()),
    ] {
        if count > MOST {
            say(field, format!("There are {count} entries, and at most {MOST} make sense here. Split the entry."));
        }
    }
    for problem in concept.scope.iter().filter_map(|place| place_problem(place)) {
        say("scope", sentence(&problem));
    }
    if let Some(date) = &concept.review_by
        && !crate::engine::content::is_date(date)
    {
        say("review_by", "Write the date as year, month and day, for example 2027-03-31.".to_owned());
    }
    if demand == Demand::Examples {
        // An everyday sense is never found; it only keeps others from being.
        if concept.examples.matching.is_empty() && !concept.everyday {
            say("examples.match", "Add at least one sentence in which the entry must be found.".to_owned());
        }
        if concept.examples.no_match.is_empty() {
            say(
                "examples.no_match",
                "Add at least one sentence in which it must not be found: the same words in another meaning or, where they \
                 have none, any sentence without the term."
                    .to_owned(),
            );
        }
    }
    found
}

/// Several terms or wordings that were written as one, as they seem.
pub(super) fn lists(concept: &Concept) -> Vec<Finding> {
    let is_list = |text: &&str| text.split(',').filter(|part| !part.trim().is_empty()).nth(1).is_some();
    let terms = concept.terms.iter().map(|term| term.text.as_str()).filter(is_list).map(|term| {
        let message =
            format!("“{term}” is found only with its comma. If these are several terms, write each on its own line.");
        Finding::new("terms", message)
    });
    let wordings = concept.wordings.iter().map(|wording| wording.text.as_str()).filter(is_list).map(|wording| {
        let message = format!(
            "“{wording}” is written as a whole, with its comma. If these are several wordings, keep the best one."
        );
        Finding::new("wordings", message)
    });
    terms.chain(wordings).collect()
}

/// The mistakes that the compiler found in live concepts, by id; those of other files come second.
pub(super) fn mistakes_by_concept(mistakes: Vec<ContentError>) -> (BTreeMap<String, Vec<Finding>>, Vec<ContentError>) {
    let (mut own, mut others) = (BTreeMap::<String, Vec<Finding>>::new(), Vec::new());
    for mistake in mistakes {
        let Some(id) = layers::id_of(&mistake.path) else {
            others.push(mistake);
            continue;
        };
        let text = mistake.message.strip_prefix(&format!("{id}: ")).unwrap_or(&mistake.message);
        let finding = Finding { field: None, message: sentence(text) };
        own.entry(id.to_owned()).or_default().push(finding);
    }
    (own, others)
}

/// The mistakes that the compiler found in one concept; those of other files come second.
pub(super) fn mistakes_in(id: &str, mistakes: Vec<ContentError>) -> (Vec<Finding>, Vec<ContentError>) {
    let (own, others): (Vec<_>, Vec<_>) =
        mistakes.into_iter().partition(|mistake| layers::id_of(&mistake.path) == Some(id));
    (mistakes_by_concept(own).0.remove(id).unwrap_or_default(), others)
}

/// A message as a sentence of its own.
pub(super) fn sentence(text: &str) -> String {
    let mut signs = text.chars();
    let first: String = signs.next().map(|sign| sign.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '!', '`', '"']) { "" } else { "." };
    format!("{first}{}{end}", signs.as_str())
}

/// Runs a concept's own examples on an engine that has it, where it holds.
pub(super) fn run_examples(concept: &Concept, engine: &Engine) -> Vec<Finding> {
    let engine = engine.seen_from(&location_of(concept));
    let mut found = Vec::new();
    let mut say = |field, message: String| found.push(Finding::new(field, message));
    let is_found = |text: &str| engine.found(&SourceText::new(text)).contains(&concept.id);
    for example in &concept.examples.matching {
        let text = example.text();
        if !concept.everyday && !is_found(text) {
            say(
                "examples.match",
                format!(
                    "The entry is not found in “{text}”. Write a sentence that holds one of its terms, or correct the terms \
                     and, under More, “{}” and “{}”.",
                    title_of("near"),
                    title_of("not_near"),
                ),
            );
        } else if let Some(expected) = example.plain() {
            let given = engine.rewrite(&SourceText::new(text), engine.default_audience()).plain;
            if given != expected {
                say("examples.match", format!("“{text}” becomes “{given}” instead of “{expected}”."));
            }
        }
    }
    for text in &concept.examples.no_match {
        if is_found(text) {
            say(
                "examples.no_match",
                format!(
                    "The entry is found in “{text}” and must not be. Say under More, in “{}” or “{}”, which words tell the \
                     meanings apart.",
                    title_of("near"),
                    title_of("not_near"),
                ),
            );
        }
    }
    found
}

/// Everything that counts, by id.
pub(super) fn counting<'a>(catalogue: &'a Catalogue, overlay: &'a Overlay) -> BTreeMap<&'a str, &'a Concept> {
    let base = catalogue.entries.iter().filter(|(base, _)| !overlay.hidden.contains(base.as_str()));
    let mut entries: BTreeMap<&str, &Concept> = base.map(|(id, entry)| (id.as_str(), &entry.concept)).collect();
    entries.extend(overlay.concepts.iter().map(|(id, concept)| (&**id, &**concept)));
    entries
}

#[cfg(test)]
mod tests {
    use super::{lists, sentence};
    use crate::app::curation::{Concept, Term, Wording};

    #[test]
    fn several_in_one_line_are_told() {
        let concept = |term: &str, wording: &str| Concept {
            terms: vec![Term { text: term.to_owned(), ..Term::default() }],
            wordings: vec![Wording { text: wording.to_owned(), ..Wording::default() }],
            ..Concept::default()
        };
        let fields = |concept| lists(&concept).into_iter().filter_map(|found| found.field).collect::<Vec<_>>();
        assert_eq!(fields(concept("Falcon desk, Condor line", "hotline")), ["terms"]);
        assert_eq!(fields(concept("Falcon desk", "hospital hotline, hotline for hospitals")), ["wordings"]);
        assert_eq!(fields(concept("Falcon desk,", "hotline")), [""; 0]);
    }

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("there is no audience"), "There is no audience.");
        assert_eq!(sentence(""), ".");
    }
}
