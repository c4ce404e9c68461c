//! SKOS, written as Turtle, into concepts.

use std::collections::BTreeMap;

use oxrdf::Term as Object;
use oxttl::TurtleParser;

use super::{Concept, Example, Term, concept::slug, table::Row};

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const SOURCE: &str = "http://purl.org/dc/terms/source";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

#[derive(Debug, Default)]
struct Found {
    is_concept: bool,
    concept: Concept,
    /// Place in the file: the order of first mention.
    place: usize,
}

/// Reads a file.
///
/// # Errors
/// It is no Turtle, or holds no concepts.
pub(super) fn read(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for triple in TurtleParser::new().for_slice(text.as_bytes()) {
        let triple = triple.map_err(|error| {
            format!("Line {}: this is no Turtle: {}.", error.location().start.line + 1, error.message())
        })?;
        let (subject, predicate) = (triple.subject.to_string(), triple.predicate.as_str().to_owned());
        let place = found.len();
        let entry = found.entry(subject).or_insert_with(|| Found { place, ..Found::default() });
        entry.take(&predicate, &triple.object);
    }
    let lines = lines(text);
    let mut concepts: Vec<(usize, Row)> = found
        .into_iter()
        // What has no name of its own cannot be found again by it.
        .filter(|(subject, found)| found.is_concept && subject.starts_with('<'))
        .map(|(subject, found)| {
            let name = local_name(&subject);
            let line = lines.get(name).copied().unwrap_or(0);
            let id = slug(name);
            let concept = Concept { id: id.clone(), ..found.concept };
            let has_term = concept.terms.iter().any(|term| !term.text.trim().is_empty());
            let row = if has_term {
                Ok(concept.complete())
            } else {
                Err(format!("The concept “{id}” has no English skos:prefLabel."))
            };
            (found.place, (line, row))
        })
        .collect();
    if concepts.is_empty() {
        return Err("The file has no skos:Concept.".to_owned());
    }
    concepts.sort_by_key(|(place, _)| *place);
    Ok(concepts.into_iter().map(|(_, row)| row).collect())
}

impl Found {
    fn take(&mut self, predicate: &str, object: &Object) {
        let name = predicate.strip_prefix(SKOS).unwrap_or_default();
        match object {
            Object::NamedNode(node) if predicate == TYPE => {
                self.is_concept |= node.as_str().strip_prefix(SKOS) == Some("Concept");
            }
            Object::NamedNode(node) if name == "related" => {
                self.concept.related.push(slug(local_name(node.as_str())));
            }
            Object::Literal(literal) => {
                let is_english =
                    literal.language().is_none_or(|language| language == "en" || language.starts_with("en-"));
                if is_english && predicate == SOURCE {
                    literal.value().clone_into(&mut self.concept.source);
                } else if is_english {
                    self.say(name, literal.value());
                }
            }
            _ => {}
        }
    }

    fn say(&mut self, name: &str, text: &str) {
        let status = match name {
            "prefLabel" => "preferred",
            "altLabel" => "admitted",
            "hiddenLabel" => "deprecated",
            "definition" => {
                text.clone_into(&mut self.concept.definition);
                return;
            }
            "editorialNote" => {
                let between = if self.concept.notes.is_empty() { "" } else { "\n" };
                self.concept.notes.push_str(&format!("{between}{text}"));
                return;
            }
            "example" => {
                self.concept.examples.matching.push(Example::Sentence(text.to_owned()));
                return;
            }
            _ => return,
        };
        let term = Term { text: text.to_owned(), status: Some(status.to_owned()), ..Term::default() };
        // The preferred term first, wherever it stands.
        let place = if status == "preferred" { 0 } else { self.concept.terms.len() };
        self.concept.terms.insert(place, term);
    }
}

/// What stands behind the last sign that parts an address.
fn local_name(address: &str) -> &str {
    let address = address.trim_start_matches('<').trim_end_matches(['>', '/', '#']);
    address.rsplit(['/', '#', ':']).next().unwrap_or(address)
}

/// The first line that begins with a name, as the line of what is said about it: parsers of Turtle do not tell.
fn lines(text: &str) -> BTreeMap<&str, u64> {
    let mut lines = BTreeMap::new();
    for (number, line) in (1_u64..).zip(text.lines()) {
        if let Some(word) = line.split_whitespace().next() {
            lines.entry(local_name(word)).or_insert(number);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn concepts_are_read_in_their_order_and_english() {
        let rows = read(
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix ex: <https://example.com/terms/> .\n\
             ex:oven a skos:Concept ;\n  skos:altLabel \"stove\"@en ;\n  skos:prefLabel \"oven\"@en-GB, \"Ofen\"@de ;\n  \
             skos:definition \"\"\"A \"larger\" copy.\"\"\" ;\n  skos:related ex:kiln ; skos:broader [ a skos:Concept ; skos:prefLabel \"heat\" ] .\n\
             <https://example.com/terms/The%20Kiln> a skos:Concept ; skos:prefLabel \"Ofen\"@de .\nex:scheme a skos:ConceptScheme .\n",
        )
        .unwrap();
        let oven = rows[0].1.as_ref().unwrap();
        assert_eq!((rows[0].0, oven.id.as_str(), oven.definition.as_str()), (3, "oven", "A \"larger\" copy."));
        let terms: Vec<(&str, Option<&str>)> =
            oven.terms.iter().map(|term| (term.text.as_str(), term.status.as_deref())).collect();
        assert_eq!(terms, [("oven", Some("preferred")), ("stove", Some("admitted"))]);
        assert_eq!(oven.related, ["kiln"]);
        let told: Vec<&String> = rows.iter().filter_map(|(_, row)| row.as_ref().err()).collect();
        assert_eq!(told, ["The concept “the-20kiln” has no English skos:prefLabel."]);
    }

    #[test]
    fn what_is_no_turtle_is_told() {
        for (text, expected) in [
            ("term,definition\n", "Line 1: this is no Turtle: "),
            ("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n", "The file has no skos:Concept."),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.starts_with(expected), "{text}: {told}");
        }
    }
}
