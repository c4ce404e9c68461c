//! Drafts of entries for words that nobody has explained: a glossary file in which only what people must say is left open.

use std::{collections::BTreeSet, fs::File, io::Write, path::Path};

use super::{super::Failure, mine::Word};
use crate::{
    app::curation::{DEFAULT_FIELD, slug},
    engine::WordShape,
};

/// Writes the drafts into a new file; one that is there already is left alone.
pub(super) fn write(file: &Path, words: &[Word], is_taken: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let text = text(words, is_taken);
    let mut file = File::create_new(file).map_err(|error| {
        Failure::Failed(anyhow::Error::new(error).context(format!("{} cannot be written", file.display())))
    })?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

fn text(words: &[Word], is_taken: impl Fn(&str) -> bool) -> String {
    let mut text = format!(
        "# Words that people write and nobody has explained. Delete what is no term. The others are drafts when they are taken\n\
         # in (upshot glossary import), and cannot be approved before each has a definition, a sentence in which it must not be\n\
         # found, and one in which it must. Write them here or on the glossary's pages; `upshot glossary lint` says what is missing.\n\
         subject_field: {DEFAULT_FIELD}\nconcepts:{}\n",
        if words.is_empty() { " []" } else { "" }
    );
    let mut ids = BTreeSet::new();
    for word in words {
        let part = if word.shape == WordShape::Name.name() { "name" } else { "noun" };
        text.push_str(&format!(
            "\n  # {} times in {} messages\n  - id: {}\n    definition: \"\"  # to fill in: one plain sentence\n    terms:\n      \
             - {{ text: {}, pos: {part} }}\n    owner: \"\"  # to fill in: who is asked about it\n    examples:\n",
            word.count,
            word.messages,
            id(&word.term, &mut ids, &is_taken),
            quoted(&word.term),
        ));
        let whole = |context: &&String| !context.contains(['[', '…']);
        match word.contexts.iter().find(whole) {
            Some(sentence) => text.push_str(&format!("      match: [{}]\n", quoted(sentence))),
            None => text.push_str("      match: []  # to fill in: a sentence in which it must be found\n"),
        }
        text.push_str("      no_match: []  # to fill in: a sentence in which it must not be found\n");
        for context in &word.contexts {
            text.push_str(&format!("    # {}\n", context.replace(char::is_control, " ")));
        }
    }
    text
}

/// An id that no other draft has, and no entry: taken in, such a draft would say that entry anew.
fn id(term: &str, drafts: &mut BTreeSet<String>, is_taken: impl Fn(&str) -> bool) -> String {
    let base = Some(slug(term)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "word".to_owned());
    let mut id = base.clone();
    let mut number = 2;
    while is_taken(&id) || !drafts.insert(id.clone()) {
        id = format!("{base}-{number}");
        number += 1;
    }
    id
}

/// A text in quotes: JSON's are YAML's as well.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Word, text};
    use crate::engine::{Content, ContentFile, Engine, Weight};

    #[test]
    fn drafts_are_a_glossary_file_that_says_what_is_missing() {
        let word = |term: &str, shape, contexts: &[&str]| Word {
            term: term.to_owned(),
            shape,
            count: 4,
            messages: 3,
            contexts: contexts.iter().map(|context| (*context).to_owned()).collect(),
        };
        let words = [
            word("zibbler", "word", &["The zibbler is \"down\"."]),
            word("order_hub", "name", &["[name] restarted order_hub."]),
            word("order-hub", "name", &[]),
            word("Ünix", "word", &[]),
        ];
        let pack = text(&words, |id| id == "zibbler");
        let prompts = crate::seed::content().files.into_iter().filter(|file| file.path.starts_with("prompts/"));
        let content = |pack: &str| Content {
            files: prompts.clone().chain([ContentFile::own("glossary/drafts.yaml", pack)]).collect(),
        };
        let engine = Engine::build(&content(&pack)).expect("it can be read");
        let mistakes: Vec<String> = engine
            .lint()
            .into_iter()
            .filter(|finding| finding.weight == Weight::Mistake)
            .map(|finding| finding.place.message)
            .collect();
        for id in ["zibbler-2", "order-hub", "order-hub-2", "nix"] {
            assert!(mistakes.iter().any(|told| told.starts_with(&format!("{id}: "))), "{id} in {mistakes:?}\n{pack}");
        }
        assert!(engine.failed_examples().is_empty(), "{:?}", engine.failed_examples());
        Engine::build(&content(&text(&[], |_| false))).expect("no drafts are a glossary file too");
    }
}
