//! Entries of one's own that claim the same words with nothing to decide which is meant. Then neither is ever found there, so
//! the second one is not approved; where it is so already, both entries say it, and neither can be held up by the other.

use std::sync::Arc;

use super::{
    App, Catalogue, Concept, ConceptView, CurationError, Finding, Layer, Overlay, Reach, checks, fields::title_of,
    organisation, publish::build_without_others_mistakes,
};
use crate::engine::{Content, Engine, Rival};

/// The words of an entry that other entries claim as well.
#[derive(Debug)]
pub(super) struct Rivals {
    /// With whom they would be lost to both.
    new: Vec<Rival>,
    /// With whom they are lost already, whatever becomes of this.
    known: Vec<Rival>,
}

impl Rivals {
    /// Those of a concept on an engine that has it. `before` is what counts now.
    pub(super) fn of(concept: &Concept, engine: &Engine, catalogue: &Catalogue, before: &Overlay) -> Self {
        let found = engine.rivals(&concept.id);
        let counting = if found.is_empty() { None } else { counting_own(&concept.id, catalogue, before) };
        let is_known = |rival: &Rival| counting.is_some_and(|now| claims_already(now, concept, &rival.term));
        let (known, new) = found.into_iter().partition(is_known);
        Self { new, known }
    }

    pub(super) fn are_none(&self) -> bool {
        self.new.is_empty() && self.known.is_empty()
    }

    /// Whether one of these is the entry with this id.
    pub(super) fn hold(&self, id: &str) -> bool {
        self.new.iter().chain(&self.known).any(|rival| rival.id == id)
    }

    /// Why it may not be approved: for the sake of those entries for which `counts` says so.
    pub(super) fn conflicts(&self, counts: impl Fn(&str) -> bool) -> Vec<Finding> {
        self.new.iter().filter(|rival| counts(&rival.id)).map(conflict).collect()
    }

    /// What somebody should know who changes it.
    pub(super) fn lost(&self) -> impl Iterator<Item = Finding> {
        self.known.iter().map(lost)
    }

    /// What is wrong with a concept's own sentences. Its rivals are away while they are run: that a sentence is lost to both is
    /// told as what it is, and is no mistake of the sentence.
    pub(super) fn run_examples(
        &self,
        concept: &Concept,
        engine: &Engine,
        (base, after): (&Content, &Overlay),
    ) -> Result<Vec<Finding>, CurationError> {
        if self.are_none() {
            return Ok(checks::run_examples(concept, engine));
        }
        let mut alone = after.clone();
        for rival in self.new.iter().chain(&self.known) {
            alone.forget(&rival.id);
            alone.hidden.insert(Arc::from(rival.id.as_str()));
        }
        match build_without_others_mistakes(base, alone, &concept.id)? {
            Ok(engine) => Ok(checks::run_examples(concept, &engine)),
            // It names a rival as related, and cannot be built without.
            Err(_) => Ok(Vec::new()),
        }
    }
}

/// The entry as it counts now, when it is of the organisation's own.
fn counting_own<'a>(id: &str, catalogue: &'a Catalogue, overlay: &'a Overlay) -> Option<&'a Concept> {
    if let Some(live) = overlay.concepts.get(id) {
        return Some(live);
    }
    let base = catalogue.entries.get(id).filter(|base| base.layer != Layer::Shipped && !overlay.hidden.contains(id));
    base.map(|base| &base.concept)
}

/// Whether what counts now claims a term in the same places as unconditionally as what comes after it, so that nothing gets worse.
fn claims_already(counting: &Concept, next: &Concept, term: &str) -> bool {
    let same = |known: &&super::Term| known.text.to_lowercase() == term.to_lowercase();
    let parts = |concept: &Concept| -> Vec<String> {
        concept.terms.iter().filter(same).map(|term| term.part_of_speech.clone()).collect()
    };
    let now = parts(counting);
    counting.near.is_empty() && counting.scope == next.scope && parts(next).iter().all(|part| now.contains(part))
}

fn conflict(rival: &Rival) -> Finding {
    let Rival { term, shown_as, .. } = rival;
    Finding::new("terms", format!("“{term}” is a term of “{shown_as}” already: {}", way_out()))
}

fn lost(rival: &Rival) -> Finding {
    let Rival { term, shown_as, .. } = rival;
    let text = format!(
        "“{term}” is a term of “{shown_as}” too, and nothing decides which is meant, so answers leave it as it is: {}",
        way_out()
    );
    Finding::new("terms", text)
}

fn way_out() -> String {
    format!("remove it from one of them, or say under More, in “{}”, near which words each is meant.", title_of("near"))
}

impl App {
    /// Which words of an entry are lost in answers, because another one that the asker may see claims them as well.
    pub(super) async fn lost_words(&self, reach: &Reach, view: &ConceptView) -> Result<Vec<Finding>, CurationError> {
        let mut lost_words = Vec::new();
        if view.layer == Layer::Shipped {
            return Ok(lost_words);
        }
        for rival in self.engine().rivals(&view.concept.id) {
            let other = self.store().concept(&organisation(), &rival.id).await?;
            match self.view_for(reach, &rival.id, other) {
                Ok(_) => lost_words.push(lost(&rival)),
                Err(CurationError::Unknown(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(lost_words)
    }
}
