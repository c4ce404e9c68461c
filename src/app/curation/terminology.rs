//! Concepts in the exchange formats of terminologists: TBX (ISO 30042) and SKOS. `from_tbx.rs` and `from_skos.rs` read them.

use std::collections::BTreeSet;

use super::{Concept, Term};

/// Addresses of concepts in SKOS begin with this; nothing is behind it.
const SCHEME: &str = "urn:upshot:glossary";

/// What a note begins with that is the definition, in the dialect that has no other place for it.
pub(super) const DEFINITION_NOTE: &str = "Definition: ";

/// TermBase eXchange in the dialect TBX-Core, which has no data categories: ids, notes and terms.
pub(super) fn tbx_core(concepts: &[Concept]) -> String {
    let mut text = tbx_head("TBX-Core");
    for concept in concepts {
        text.push_str(&format!("<conceptEntry id=\"{}\">\n", xml(&xml_id(&concept.id))));
        let definition = concept.definition.split_whitespace().collect::<Vec<_>>().join(" ");
        push_notes(&mut text, &format!("{DEFINITION_NOTE}{definition}\n{}", concept.notes));
        text.push_str("<langSec xml:lang=\"en\">\n");
        for term in &concept.terms {
            text.push_str(&format!("<termSec><term>{}</term></termSec>\n", xml(&term.text)));
        }
        text.push_str("</langSec>\n</conceptEntry>\n");
    }
    text.push_str(TBX_FOOT);
    text
}

/// What stands above the entries, in the data-category-as-attribute style.
fn tbx_head(dialect: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <tbx xmlns=\"urn:iso:std:iso:30042:ed-2\" style=\"dca\" type=\"{dialect}\" xml:lang=\"en\">\n\
         <tbxHeader><fileDesc><sourceDesc><p>Given out by Upshot.</p></sourceDesc></fileDesc></tbxHeader>\n<text><body>\n"
    )
}

/// What stands below them.
const TBX_FOOT: &str = "</body></text>\n</tbx>\n";

/// Readers of XML put line breaks and spaces together, so each line is a note.
fn push_notes(text: &mut String, notes: &str) {
    for line in notes.lines().filter(|line| !line.trim().is_empty()) {
        text.push_str(&format!("<note>{}</note>\n", xml(line)));
    }
}

/// TermBase eXchange in the dialect TBX-Basic.
pub(super) fn tbx(concepts: &[Concept]) -> String {
    let mut text = tbx_head("TBX-Basic");
    let ids: BTreeSet<&str> = concepts.iter().map(|concept| concept.id.as_str()).collect();
    for concept in concepts {
        text.push_str(&format!(
            "<conceptEntry id=\"{}\">\n<descrip type=\"subjectField\">{}</descrip>\n",
            xml(&xml_id(&concept.id)),
            xml(&concept.subject_field)
        ));
        // What is not in the file cannot be referred to.
        for related in concept.related.iter().filter(|related| ids.contains(related.as_str())) {
            let (target, label) = (xml(&xml_id(related)), xml(related));
            text.push_str(&format!("<ref type=\"crossReference\" target=\"{target}\">{label}</ref>\n"));
        }
        push_notes(&mut text, &concept.notes);
        text.push_str("<langSec xml:lang=\"en\">\n");
        let definition = format!("<descrip type=\"definition\">{}</descrip>", xml(&concept.definition));
        match concept.source.is_empty() {
            true => text.push_str(&format!("{definition}\n")),
            false => {
                let source = format!("<admin type=\"source\">{}</admin>", xml(&concept.source));
                text.push_str(&format!("<descripGrp>{definition}{source}</descripGrp>\n"));
            }
        }
        for term in &concept.terms {
            text.push_str(&format!("<termSec><term>{}</term>", xml(&term.text)));
            if let Some(part) = tbx_part(term) {
                text.push_str(&format!("<termNote type=\"partOfSpeech\">{part}</termNote>"));
            }
            if term.part_of_speech == "phrase" {
                text.push_str("<termNote type=\"termType\">phrase</termNote>");
            }
            text.push_str(&format!(
                "<termNote type=\"administrativeStatus\">{}</termNote></termSec>\n",
                tbx_status(term)
            ));
        }
        text.push_str("</langSec>\n</conceptEntry>\n");
    }
    text.push_str(TBX_FOOT);
    text
}

/// An id as XML allows it, which begins with a letter or a line below.
fn xml_id(id: &str) -> String {
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) { id.to_owned() } else { format!("_{id}") }
}

/// TBX-Basic knows these parts of speech and `other`: that is for names here, and for phrases, which have a term type as well.
fn tbx_part(term: &Term) -> Option<&'static str> {
    match term.part_of_speech.as_str() {
        "noun" => Some("noun"),
        "verb" => Some("verb"),
        "adjective" => Some("adjective"),
        "adverb" => Some("adverb"),
        "name" | "phrase" => Some("other"),
        _ => None,
    }
}

fn tbx_status(term: &Term) -> &'static str {
    match term.status.as_deref() {
        Some("preferred") => "preferredTerm-admn-sts",
        Some("deprecated") => "deprecatedTerm-admn-sts",
        _ => "admittedTerm-admn-sts",
    }
}

/// SKOS as Turtle.
pub(super) fn skos(concepts: &[Concept]) -> String {
    let mut text = format!(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n\
         @prefix c: <{SCHEME}:> .\n\n<{SCHEME}> a skos:ConceptScheme .\n"
    );
    let ids: BTreeSet<&str> = concepts.iter().map(|concept| concept.id.as_str()).collect();
    for concept in concepts {
        text.push_str(&format!("\nc:{} a skos:Concept ;\n    skos:inScheme <{SCHEME}> ;\n", concept.id));
        text.push_str(&format!("    skos:prefLabel {} ;\n", turtle(concept.preferred())));
        for term in concept.terms.iter().filter(|term| term.text != concept.preferred()) {
            let label = if term.status.as_deref() == Some("deprecated") { "hiddenLabel" } else { "altLabel" };
            text.push_str(&format!("    skos:{label} {} ;\n", turtle(&term.text)));
        }
        for example in &concept.examples.matching {
            text.push_str(&format!("    skos:example {} ;\n", turtle(example.text())));
        }
        for related in concept.related.iter().filter(|related| ids.contains(related.as_str())) {
            text.push_str(&format!("    skos:related c:{related} ;\n"));
        }
        for (name, told) in [("dct:source", &concept.source), ("skos:editorialNote", &concept.notes)] {
            if !told.is_empty() {
                text.push_str(&format!("    {name} {} ;\n", turtle(told)));
            }
        }
        text.push_str(&format!("    skos:definition {} .\n", turtle(&concept.definition)));
    }
    text
}

fn xml(text: &str) -> String {
    let kept = text.chars().filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t'));
    let mut escaped = String::with_capacity(text.len());
    for sign in kept {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            sign => escaped.push(sign),
        }
    }
    escaped
}

fn turtle(text: &str) -> String {
    let mut quoted = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            sign => quoted.push(sign),
        }
    }
    quoted.push_str("\"@en");
    quoted
}

#[cfg(test)]
mod tests {
    use super::{skos, tbx, tbx_core};
    use crate::app::curation::Concept;

    fn concept() -> Concept {
        serde_json::from_str::<Concept>(
            r#"{"definition": "A \"cell\" of <ours> & theirs.", "terms": [{"text": "kiln"}, {"text": "K&L", "status": "deprecated"}],
                "related": ["nowhere"], "examples": {"match": ["The kiln is hot."]}}"#,
        )
        .unwrap()
        .complete()
    }

    #[test]
    fn tbx_has_status_and_part_of_speech_of_each_term() {
        let text = tbx(&[concept()]);
        for part in [
            "<conceptEntry id=\"kiln\">\n<descrip type=\"subjectField\">organisation</descrip>",
            "<descrip type=\"definition\">A &quot;cell&quot; of &lt;ours&gt; &amp; theirs.</descrip>",
            "<term>kiln</term><termNote type=\"partOfSpeech\">noun</termNote><termNote type=\"administrativeStatus\">preferredTerm-admn-sts</termNote>",
            "<term>K&amp;L</term><termNote type=\"partOfSpeech\">noun</termNote><termNote type=\"administrativeStatus\">deprecatedTerm-admn-sts</termNote>",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn tbx_core_has_no_data_categories() {
        let text = tbx_core(&[Concept { notes: "One.\n\nTwo.".to_owned(), ..concept() }]);
        let (_, entry) = text.split_once("<body>\n").unwrap();
        assert_eq!(
            entry,
            "<conceptEntry id=\"kiln\">\n<note>Definition: A &quot;cell&quot; of &lt;ours&gt; &amp; theirs.</note>\n\
             <note>One.</note>\n<note>Two.</note>\n<langSec xml:lang=\"en\">\n<termSec><term>kiln</term></termSec>\n\
             <termSec><term>K&amp;L</term></termSec>\n</langSec>\n</conceptEntry>\n</body></text>\n</tbx>\n"
        );
        assert!(text.contains(" type=\"TBX-Core\" "), "{text}");
    }

    #[test]
    fn skos_names_only_what_it_holds() {
        let text = skos(&[concept()]);
        for part in [
            "c:kiln a skos:Concept ;",
            "skos:prefLabel \"kiln\"@en ;",
            "skos:hiddenLabel \"K&L\"@en ;",
            "skos:definition \"A \\\"cell\\\" of <ours> & theirs.\"@en .",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("nowhere"), "{text}");
    }
}
