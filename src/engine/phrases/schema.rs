//! Phrase files: YAML into patterns, with errors an author can act on.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Phrase, parse_output, parse_pattern};
use crate::engine::content::{ContentError, ContentFile, yaml};
use crate::engine::glossary::RawExamples;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    patterns: Vec<RawPhrase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhrase {
    id: Spanned<String>,
    pattern: String,
    plain: String,
    #[serde(default)]
    polarity: Polarity,
    #[serde(default)]
    examples: RawExamples,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Polarity {
    #[default]
    Kept,
    Restated,
}

/// Reads one phrase file.
///
/// # Errors
/// Every pattern that cannot be used.
pub(crate) fn parse(file: &ContentFile) -> Result<Vec<Phrase>, Vec<ContentError>> {
    let raw: PhraseFile = yaml(file).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let mut phrases = Vec::with_capacity(raw.patterns.len());
    for pattern in raw.patterns {
        let line = usize::try_from(pattern.id.referenced.line()).unwrap_or(0);
        let built = parse_pattern(&pattern.pattern)
            .and_then(|nodes| parse_output(&pattern.plain, &nodes).map(|output| (nodes, output)));
        match built {
            Ok((nodes, output)) => phrases.push(Phrase {
                id: pattern.id.value,
                nodes,
                output,
                restates_polarity: pattern.polarity == Polarity::Restated,
                examples: pattern.examples.into_examples(),
                own: file.own,
                path: file.path.clone(),
                line,
            }),
            Err(message) => errors.push(ContentError {
                path: file.path.clone(),
                line,
                message: format!("{}: {message}", pattern.id.value),
            }),
        }
    }
    if errors.is_empty() { Ok(phrases) } else { Err(errors) }
}
