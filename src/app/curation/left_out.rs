//! A shared entry that one workspace does not want: an everyday meaning with the same terms, which holds there alone, leaves it out
//! (`engine/glossary/left_out.rs`). It is an entry like every other, so it has an author, a reason and a history, waits for approval,
//! and is undone by retiring it.

use super::{Concept, Examples};

impl Concept {
    /// What somebody hands in who wants this entry left out in their place.
    #[must_use]
    pub fn leaving_it_out(&self) -> Self {
        let sentences = self.examples.matching.iter().map(|example| example.text().to_owned());
        Self {
            subject_field: self.subject_field.clone(),
            definition: format!("Left out here: “{}” is nothing to explain.", self.preferred()),
            terms: self.terms.clone(),
            everyday: true,
            examples: Examples { no_match: sentences.collect(), ..Examples::default() },
            ..Self::default()
        }
    }
}
