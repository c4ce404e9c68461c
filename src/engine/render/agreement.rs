//! Which verb must change its number when its subject does.

use crate::engine::lexicon::inflect::VerbForm;
use crate::engine::text::{Document, Tag, noun_phrase_end};

/// The verb whose subject ends at `after`.
pub(super) fn verb_behind(document: &Document<'_>, after: usize) -> Option<usize> {
    let tag = |index: usize| document.tokens.get(index).map(|token| token.tag);
    let index = (after..document.tokens.len()).find(|index| tag(*index) != Some(Tag::Adverb))?;
    match tag(index)? {
        Tag::Auxiliary | Tag::Verb(VerbForm::ThirdSingular | VerbForm::Base) => Some(index),
        // "The metadata on their side is stale": a phrase may stand between. Behind it only "is" and its like are certain.
        Tag::Preposition => {
            noun_phrase_end(document, index + 1, document.tokens.len()).filter(|end| tag(*end) == Some(Tag::Auxiliary))
        }
        _ => None,
    }
}

/// Whether a noun stands in a phrase that describes another one: in "the loss of metadata is" the verb belongs to the loss. In
/// "half of the metadata is" it does not.
pub(super) fn is_governed(document: &Document<'_>, start: usize) -> bool {
    const PARTS: [&str; 12] =
        ["half", "most", "some", "all", "none", "any", "rest", "part", "much", "many", "majority", "third"];
    let describes = |at: &usize| {
        document.tokens.get(*at).is_some_and(|token| {
            token.tag.is_nominal()
                || matches!(
                    token.tag,
                    Tag::Determiner | Tag::Adjective | Tag::Possessive | Tag::Verb(VerbForm::PastParticiple)
                )
        })
    };
    let first = start - (0..start).rev().take_while(describes).count();
    let before = |steps: usize| first.checked_sub(steps).and_then(|index| document.tokens.get(index));
    let part = before(1).is_some_and(|token| token.is(&["of"]))
        && before(2).is_some_and(|token| token.is(&PARTS) || token.tag == Tag::Fact);
    before(1).is_some_and(|token| token.tag == Tag::Preposition) && !part
}
