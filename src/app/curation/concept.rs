//! A concept as people write it: in JSON, in glossary files, in tables. The engine's own form is made from it.
//!
//! Names follow ISO 1087 (concept, preferred, admitted and deprecated terms, definition, subject field) and ISO 30042.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The subject field of a concept that names none.
pub const DEFAULT_FIELD: &str = "organisation";

/// One meaning with its terms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Concept {
    /// Lower-case letters, digits and hyphens; made from the first term when it is left out.
    pub id: String,
    /// What it belongs to, for example `delivery`.
    pub subject_field: String,
    /// One plain sentence.
    pub definition: String,
    /// What it touches: revenue, cost, risk, time, customers, compliance or people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How engineers write it; the first one is preferred unless another one says so.
    pub terms: Vec<Term>,
    /// What stands in a term's place.
    pub wordings: Vec<Wording>,
    /// For names: what it is, shown in brackets at first mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gloss: Option<String>,
    /// It is only meant when one of these words is in the message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// It is not meant when one of these words is in the sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_near: Vec<String>,
    /// An everyday sense, which shields the word from replacement.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub everyday: bool,
    /// How a measured quantity is said; see the glossary's own documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Value>,
    /// Why it matters, by audience.
    pub why: BTreeMap<String, String>,
    /// A sentence that shows what the term means in practice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub example: String,
    /// Ids of neighbours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Sentences that are run as tests.
    pub examples: Examples,
    /// The places in which alone it holds: `slack:T0123` for a workspace, `slack:T0123/C0456` for a channel, `teams:TENANT`,
    /// `teams:TENANT/ID` for a team or channel. Everywhere when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Whether people of other companies may read it, where a channel is shared with them. Shipped entries are everybody's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shareable: bool,
    /// Who is asked about it.
    pub owner: String,
    /// Until when somebody should look at it again: `2027-03-31`.
    pub review_by: Option<String>,
    /// Where it comes from: a page, a standard, whoever said so. No answer tells it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What those who look after it should know, and no answer tells.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// One way of writing a concept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Term {
    /// The base form.
    pub text: String,
    /// `preferred`, `admitted` or `deprecated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `noun` (the default), `verb`, `adjective`, `adverb`, `name` or `phrase`.
    #[serde(alias = "pos", skip_serializing_if = "String::is_empty")]
    pub part_of_speech: String,
    /// `exact`: found only in this spelling; `any`: in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// What stands in a term's place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wording {
    /// Only for this reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// A few words that fit the term's place.
    pub text: String,
    /// The part of speech of the terms it stands for; that of the preferred term when it is left out.
    #[serde(alias = "pos", skip_serializing_if = "String::is_empty")]
    pub part_of_speech: String,
    /// `mass` or `plural` for nouns that cannot be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// For verbs: what is said where no object follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    /// For nouns: what stands in front of another noun instead ("backup" in "backup schedule"); empty where the author's word
    /// stays there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_noun: Option<String>,
}

/// Sentences that are run as tests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Examples {
    /// Sentences in which the concept must be found.
    #[serde(rename = "match")]
    pub matching: Vec<Example>,
    /// Sentences in which it must not be.
    pub no_match: Vec<String>,
}

/// A sentence in which a concept must be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Example {
    /// The sentence.
    Sentence(String),
    /// The sentence with its whole rewrite.
    Fixed {
        /// The sentence.
        text: String,
        /// What it becomes for the general reader.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plain: Option<String>,
    },
}

impl Example {
    /// The sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Sentence(text) | Self::Fixed { text, .. } => text,
        }
    }

    /// What it becomes, where that is fixed.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Sentence(_) => None,
            Self::Fixed { plain, .. } => plain.as_deref(),
        }
    }
}

impl Concept {
    /// The term shown to people.
    #[must_use]
    pub fn preferred(&self) -> &str {
        let preferred = self.terms.iter().find(|term| term.status.as_deref() == Some("preferred"));
        preferred.or(self.terms.first()).map_or(&self.id, |term| &term.text)
    }

    /// The definition as people read it; a draft may be without one.
    #[must_use]
    pub fn definition_told(&self) -> &str {
        if self.definition.is_empty() { "No definition yet." } else { &self.definition }
    }

    /// The same with everything said that may be left out, and without blanks around texts. Two spellings of one concept
    /// are equal afterwards.
    #[must_use]
    pub fn complete(mut self) -> Self {
        let tidy = |text: &mut String| *text = text.trim().to_owned();
        let tidy_all = |texts: &mut Vec<String>| {
            texts.iter_mut().for_each(|text| {
                // A space in front of a cue or behind it has a meaning; one that is only spaces has none.
                if text.trim().is_empty() {
                    text.clear();
                }
            });
            texts.retain(|text| !text.is_empty());
        };
        let tidy_option = |text: &mut Option<String>| {
            *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        };
        [
            &mut self.id,
            &mut self.subject_field,
            &mut self.definition,
            &mut self.example,
            &mut self.owner,
            &mut self.source,
            &mut self.notes,
        ]
        .into_iter()
        .for_each(tidy);
        [&mut self.outcome, &mut self.gloss, &mut self.review_by].into_iter().for_each(tidy_option);
        [&mut self.near, &mut self.not_near, &mut self.related, &mut self.examples.no_match, &mut self.scope]
            .into_iter()
            .for_each(tidy_all);
        self.scope.iter_mut().for_each(tidy);
        self.scope.sort_unstable();
        self.scope.dedup();
        self.terms.retain(|term| !term.text.trim().is_empty());
        let is_preferred_named = self.terms.iter().any(|term| term.status.as_deref() == Some("preferred"));
        for (index, term) in self.terms.iter_mut().enumerate() {
            tidy(&mut term.text);
            tidy_option(&mut term.status);
            if term.part_of_speech.is_empty() {
                "noun".clone_into(&mut term.part_of_speech);
            }
            let default = if index == 0 && !is_preferred_named { "preferred" } else { "admitted" };
            term.status.get_or_insert_with(|| default.to_owned());
        }
        let part = self.terms.first().map_or("noun", |term| &term.part_of_speech).to_owned();
        self.wordings.retain(|wording| !wording.text.trim().is_empty());
        for wording in &mut self.wordings {
            tidy(&mut wording.text);
            [&mut wording.audience, &mut wording.number, &mut wording.alone].into_iter().for_each(tidy_option);
            // Empty says something here: the author's word stays.
            if let Some(text) = &mut wording.before_noun {
                tidy(text);
            }
            if wording.part_of_speech.is_empty() {
                wording.part_of_speech.clone_from(&part);
            }
        }
        self.why.values_mut().for_each(tidy);
        self.why.retain(|_, text| !text.is_empty());
        for example in &mut self.examples.matching {
            let plain = example.plain().map(str::trim).filter(|plain| !plain.is_empty()).map(str::to_owned);
            let text = example.text().trim().to_owned();
            *example = match plain {
                None => Example::Sentence(text),
                plain => Example::Fixed { text, plain },
            };
        }
        self.examples.matching.retain(|example| !example.text().is_empty());
        if self.subject_field.is_empty() {
            DEFAULT_FIELD.clone_into(&mut self.subject_field);
        }
        if self.id.is_empty() {
            // The same term may have an entry for everybody, whose id this one must not take.
            let place = self.scope.first().and_then(|place| place.rsplit([':', '/']).next()).unwrap_or_default();
            self.id = slug(&format!("{} {place}", self.preferred()));
        }
        self.give_room_back();
        self
    }

    /// Lists that grew item by item have room for four; in tens of thousands of entries with one of each that is half of their memory.
    fn give_room_back(&mut self) {
        self.terms.shrink_to_fit();
        self.wordings.shrink_to_fit();
        self.examples.matching.shrink_to_fit();
        [&mut self.near, &mut self.not_near, &mut self.related, &mut self.examples.no_match]
            .into_iter()
            .for_each(Vec::shrink_to_fit);
    }

    /// The concept as a file of the engine's content.
    #[must_use]
    pub fn as_pack(&self) -> String {
        json!({ "subject_field": self.subject_field, "concepts": [self.as_entry()] }).to_string()
    }

    /// The concept as an entry of a glossary file, without its subject field, which the file has.
    #[must_use]
    pub fn as_entry(&self) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| {
            let is_empty = match &value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                Value::Object(fields) => fields.is_empty(),
                Value::Bool(is) => !is,
                Value::Number(_) => false,
            };
            if !is_empty {
                entry.insert(name.to_owned(), value);
            }
        };
        let or_null = |text: &Option<String>| text.as_ref().map_or(Value::Null, |text| text.as_str().into());
        put("id", self.id.as_str().into());
        put("definition", self.definition.as_str().into());
        put("outcome", or_null(&self.outcome));
        put("terms", self.terms.iter().map(Term::as_entry).collect());
        put("wordings", self.wordings.iter().map(Wording::as_entry).collect());
        put("gloss", or_null(&self.gloss));
        put("near", self.near.clone().into());
        put("not_near", self.not_near.clone().into());
        put("everyday", self.everyday.into());
        put("metric", self.metric.clone().unwrap_or_default());
        put("why", self.why.iter().map(|(audience, text)| (audience.clone(), Value::from(text.as_str()))).collect());
        put("example", self.example.as_str().into());
        put("related", self.related.clone().into());
        put("scope", self.scope.clone().into());
        put("shareable", self.shareable.into());
        put("owner", self.owner.as_str().into());
        put("source", self.source.as_str().into());
        put("notes", self.notes.as_str().into());
        let mut examples = Map::new();
        let matching: Vec<Value> = self
            .examples
            .matching
            .iter()
            .map(|example| match example.plain() {
                None => example.text().into(),
                Some(plain) => json!({ "text": example.text(), "plain": plain }),
            })
            .collect();
        if !matching.is_empty() {
            examples.insert("match".to_owned(), matching.into());
        }
        if !self.examples.no_match.is_empty() {
            examples.insert("no_match".to_owned(), self.examples.no_match.clone().into());
        }
        put("examples", examples.into());
        entry.into()
    }
}

impl Term {
    fn as_entry(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("text".to_owned(), self.text.as_str().into());
        entry.insert("pos".to_owned(), self.part_of_speech.as_str().into());
        for (name, value) in [("status", &self.status), ("case", &self.case)] {
            if let Some(value) = value {
                entry.insert(name.to_owned(), value.as_str().into());
            }
        }
        entry.into()
    }
}

impl Wording {
    fn as_entry(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("pos".to_owned(), self.part_of_speech.as_str().into());
        entry.insert("text".to_owned(), self.text.as_str().into());
        for (name, value) in [
            ("number", &self.number),
            ("alone", &self.alone),
            ("before_noun", &self.before_noun),
            ("audience", &self.audience),
        ] {
            if let Some(value) = value {
                entry.insert(name.to_owned(), value.as_str().into());
            }
        }
        entry.into()
    }
}

/// An id out of a term: `Burn rate (SLO)` is `burn-rate-slo`.
#[must_use]
pub fn slug(term: &str) -> String {
    let mut slug = String::new();
    for sign in term.chars() {
        if sign.is_ascii_alphanumeric() {
            slug.push(sign.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Concept, slug};

    #[test]
    fn an_id_is_made_from_a_term() {
        for (term, expected) in [
            ("Rollback", "rollback"),
            ("Burn rate (SLO)", "burn-rate-slo"),
            ("C++", "c"),
            ("  p95 ", "p95"),
            ("漢", ""),
        ] {
            assert_eq!(slug(term), expected, "{term:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_said_after_completion() {
        let short: Concept = serde_json::from_str(
            r#"{"definition": " A cell of ours. ", "terms": [{"text": "Kiln"}, {"text": "kiln cell", "status": "deprecated"}],
                "wordings": [{"text": "oven"}, {"text": " "}], "examples": {"match": ["The kiln is hot.", ""]}}"#,
        )
        .unwrap();
        let complete = short.complete();
        assert_eq!(
            serde_json::to_value(&complete).unwrap(),
            serde_json::json!({
                "id": "kiln", "subject_field": "organisation", "definition": "A cell of ours.",
                "terms": [{"text": "Kiln", "status": "preferred", "part_of_speech": "noun"},
                          {"text": "kiln cell", "status": "deprecated", "part_of_speech": "noun"}],
                "wordings": [{"text": "oven", "part_of_speech": "noun"}],
                "why": {}, "examples": {"match": ["The kiln is hot."], "no_match": []}, "owner": "", "review_by": null
            })
        );
        assert_eq!(complete.clone().complete(), complete, "once is enough");
    }
}
