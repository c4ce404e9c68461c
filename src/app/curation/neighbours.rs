//! What others say already: entries that count, and those that are being written. A concept may take words away from them, or say
//! once more what they say.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    App, Catalogue, Concept, ConceptView, CurationError, Finding, Kept, Layer, Mirror, Overlay, Reach, checks,
    fields::title_of, reach::location_of, rivals::Rivals,
};
use crate::{
    engine::{Engine, SourceText, lexicon::inflect::singular, scopes_meet},
    store::ConceptStatus,
};

/// Definitions that share this part of their words say nearly the same.
const ALIKE: f64 = 0.8;
/// Shorter terms are near each other by chance.
const SHORTEST_NEAR_TERM: usize = 6;
/// As many neighbours are told of each kind.
const MOST_TOLD: usize = 5;

/// Other entries as they count beside a concept.
pub(super) struct Neighbours<'a> {
    entries: BTreeMap<&'a str, &'a Concept>,
    /// Those that the organisation says itself.
    own: BTreeSet<&'a str>,
}

impl<'a> Neighbours<'a> {
    /// Everything that counts for the same places, but this concept. What holds for a wider or narrower place gets in nobody's way.
    pub(super) fn of(concept: &Concept, catalogue: &'a Catalogue, overlay: &'a Overlay) -> Self {
        Self::among(concept, checks::counting(catalogue, overlay), catalogue, overlay)
    }

    /// The same of entries that were collected already: everything that counts.
    pub(super) fn among(
        concept: &Concept,
        mut entries: BTreeMap<&'a str, &'a Concept>,
        catalogue: &Catalogue,
        overlay: &Overlay,
    ) -> Self {
        entries.remove(concept.id.as_str());
        entries.retain(|_, other| scopes_meet(&concept.scope, &other.scope));
        let is_shipped = |id: &str| catalogue.entries.get(id).is_some_and(|base| base.layer == Layer::Shipped);
        let own = entries.keys().copied().filter(|id| overlay.concepts.contains_key(*id) || !is_shipped(id)).collect();
        Self { entries, own }
    }

    /// What is said elsewhere already, and what a concept takes away from others.
    pub(super) fn warnings(
        &self,
        concept: &Concept,
        (before, after): (&Engine, &Engine),
        rivals: &Rivals,
    ) -> Vec<Finding> {
        let here = location_of(concept);
        let (before, after) = (before.seen_from(&here), after.seen_from(&here));
        let mut warnings = Vec::new();
        let ours = Said::by(concept);
        let mut sharing = BTreeSet::new();
        for (id, other) in &self.entries {
            for term in &other.terms {
                let is_shared = ours.terms.contains(&term.text.to_lowercase());
                // What nothing decides between is told as a conflict.
                if is_shared && sharing.insert(*id) && sharing.len() <= MOST_TOLD && !rivals.hold(id) {
                    let word = if other.everyday { "an everyday meaning" } else { "a term" };
                    let decides = if self.own.contains(id) {
                        "The words near it, or its part in the sentence, decide which is meant."
                    } else {
                        "Yours counts where nothing decides between them."
                    };
                    warnings.push(Finding::new(
                        "terms",
                        format!("“{}” is {word} of “{id}” too: {} {decides}", term.text, other.definition),
                    ));
                }
            }
        }
        let near = self.entries.iter().filter(|(id, other)| !sharing.contains(*id) && !other.everyday);
        let near = near.filter_map(|(id, other)| Some(ours.near(other)?.told(&format!("“{id}”"))));
        warnings.extend(near.take(MOST_TOLD));
        let alike = self.entries.iter().filter(|(_, other)| ours.is_nearly(other)).take(MOST_TOLD);
        warnings.extend(alike.map(|(id, other)| {
            let message = format!(
                "The definition is nearly that of “{id}” ({}). Add your terms there, name it under More, in “{}”, or say \
                 what is different.",
                other.preferred(),
                title_of("related"),
            );
            Finding::new("definition", message)
        }));
        for id in &sharing {
            let Some(other) = self.entries.get(id) else { continue };
            for example in &other.examples.matching {
                let source = SourceText::new(example.text());
                if before.found(&source).iter().any(|found| found == id)
                    && !after.found(&source).iter().any(|found| found == id)
                {
                    warnings.push(Finding::new(
                        "terms",
                        format!("“{}” no longer means “{id}”, of which it is an example.", example.text()),
                    ));
                }
            }
        }
        warnings
    }
}

/// Entries that wait for approval, as drafts or handed in: two people may be writing about the same at once, and neither shall learn
/// it when the second one is approved.
pub(super) struct OpenWords<'a> {
    /// What counts now of an entry that is said anew comes second: that is told of already, or was never noticed.
    entries: Vec<(Waiting<'a>, Option<&'a Concept>)>,
}

/// An entry that waits.
struct Waiting<'a> {
    id: &'a str,
    kept: &'a Kept,
    concept: &'a Concept,
}

impl Waiting<'_> {
    /// “oven”, a draft by Ada.
    fn told(&self) -> String {
        let standing = match self.kept.status {
            ConceptStatus::InReview => "in review, handed in",
            _ => "a draft",
        };
        format!("“{}” ({standing} by {})", self.id, self.kept.author)
    }
}

impl<'a> OpenWords<'a> {
    /// Those that would hold where a concept does.
    pub(super) fn beside(concept: &Concept, catalogue: &'a Catalogue, mirror: &'a Mirror) -> Self {
        let waiting = mirror.entries.iter().filter(|(id, kept)| kept.waits() && &***id != concept.id.as_str());
        let waiting = waiting.filter_map(|(id, kept)| Some(Waiting { id, kept, concept: kept.said.as_deref()? }));
        let meeting = waiting.filter(|other| scopes_meet(&concept.scope, &other.concept.scope));
        let with_counting = |other: Waiting<'a>| {
            let below = catalogue.entries.get(other.id).map(|below| &below.concept);
            let counting = other.kept.counting(below);
            (other, counting)
        };
        Self { entries: meeting.map(with_counting).collect() }
    }

    /// The same without what somebody may not see.
    pub(super) fn seen_by(mut self, reach: &Reach) -> Self {
        self.entries.retain(|(other, _)| reach.sees(other.concept));
        self
    }

    /// What somebody should know who writes a concept.
    pub(super) fn warnings(&self, concept: &Concept) -> Vec<Finding> {
        let ours = Said::by(concept);
        let (mut shared, mut near, mut alike) = (Vec::new(), Vec::new(), Vec::new());
        for (other, counting) in &self.entries {
            let counts_so = |is_so: &dyn Fn(&Concept) -> bool| counting.is_some_and(is_so);
            if let Some(term) = ours.shared(other.concept) {
                if !counts_so(&|counting| ours.shared(counting).is_some()) {
                    shared.push(Finding::new(
                        "terms",
                        format!(
                            "“{term}” is a term of {} too, which is not in answers yet: {} Agree on one of them, or say near \
                             which words each is meant.",
                            other.told(),
                            other.concept.definition_told(),
                        ),
                    ));
                }
            } else if let Some(found) = ours.near(other.concept).filter(|_| !other.concept.everyday)
                && !counts_so(&|counting| ours.near(counting).is_some())
            {
                near.push(found.told(&other.told()));
            }
            if ours.is_nearly(other.concept) && !counts_so(&|counting| ours.is_nearly(counting)) {
                alike.push(Finding::new(
                    "definition",
                    format!(
                        "The definition is nearly that of {}: agree on one of them, or say what is different.",
                        other.told()
                    ),
                ));
            }
        }
        [shared, near, alike].into_iter().flat_map(|found| found.into_iter().take(MOST_TOLD)).collect()
    }
}

impl App {
    /// What others are writing of the same as an entry that waits for approval, as far as somebody may see it.
    pub(super) async fn said_twice(&self, reach: &Reach, view: &ConceptView) -> Result<Vec<Finding>, CurationError> {
        if !view.is_pending() {
            return Ok(Vec::new());
        }
        let (mirror, base) = (self.mirror().await?, self.curation.base());
        let open = OpenWords::beside(&view.concept, base.catalogue(), &mirror).seen_by(reach);
        Ok(open.warnings(&view.concept))
    }
}

/// Entries that wait for approval by the words that they claim, for whoever brings many at once.
pub(super) struct OpenTerms<'a>(BTreeMap<String, Vec<Waiting<'a>>>);

impl<'a> OpenTerms<'a> {
    /// All of them but those that a file says anew.
    pub(super) fn of(mirror: &'a Mirror, is_said_anew: impl Fn(&str) -> bool) -> Self {
        let mut by_term: BTreeMap<String, Vec<Waiting<'a>>> = BTreeMap::new();
        for (id, kept) in mirror.entries.iter().filter(|(id, kept)| kept.waits() && !is_said_anew(id)) {
            let Some(concept) = kept.said.as_deref() else { continue };
            for term in &concept.terms {
                by_term.entry(term.text.to_lowercase()).or_default().push(Waiting { id, kept, concept });
            }
        }
        Self(by_term)
    }

    /// What somebody should know who brings a concept.
    pub(super) fn warnings(&self, concept: &Concept) -> Vec<Finding> {
        let claimed = concept.terms.iter().flat_map(|term| {
            let others = self.0.get(&term.text.to_lowercase()).into_iter().flatten();
            others.map(move |other| (term, other))
        });
        let meeting = claimed.filter(|(_, other)| scopes_meet(&concept.scope, &other.concept.scope));
        let told = meeting.map(|(term, other)| {
            let sentence = format!("“{}” is a term of {} too, which is not in answers yet.", term.text, other.told());
            Finding::new("terms", sentence)
        });
        told.take(MOST_TOLD).collect()
    }
}

/// What a concept says, as others are compared with it.
struct Said<'c> {
    /// In lower case.
    terms: Vec<String>,
    /// Each term in its base form.
    forms: Vec<String>,
    /// Those of the definition.
    words: BTreeSet<String>,
    /// Known neighbours, which may say nearly the same.
    related: &'c [String],
}

/// A term that is nearly one of another entry.
struct Near<'t> {
    ours: &'t str,
    theirs: &'t str,
    /// It is the same in another form.
    is_same: bool,
}

impl Near<'_> {
    /// `whose` names the other entry.
    fn told(&self, whose: &str) -> Finding {
        let Near { ours, theirs, is_same } = self;
        let told = if *is_same {
            format!("“{ours}” is another form of “{theirs}”, a term of {whose}, which is found in all its forms.")
        } else {
            format!("“{ours}” is nearly “{theirs}”, a term of {whose}. If both mean the same, add yours there.")
        };
        Finding::new("terms", told)
    }
}

impl<'c> Said<'c> {
    fn by(concept: &'c Concept) -> Self {
        let terms: Vec<String> = concept.terms.iter().map(|term| term.text.to_lowercase()).collect();
        let forms = terms.iter().map(|term| singular(term)).collect();
        Self { terms, forms, words: words(&concept.definition), related: &concept.related }
    }

    /// A term of another entry that is one of these.
    fn shared<'t>(&self, other: &'t Concept) -> Option<&'t str> {
        let mut theirs = other.terms.iter().map(|term| term.text.as_str());
        theirs.find(|theirs| self.terms.contains(&theirs.to_lowercase()))
    }

    /// A term of another entry that is nearly one of these.
    fn near<'t>(&'t self, other: &'t Concept) -> Option<Near<'t>> {
        let long = |term: &&String| term.chars().count() >= SHORTEST_NEAR_TERM;
        other.terms.iter().find_map(|theirs| {
            let lower = theirs.text.to_lowercase();
            let form = singular(&lower);
            let same = self.forms.iter().position(|ours| *ours == form).and_then(|at| self.terms.get(at));
            let alike = || self.terms.iter().filter(long).find(|ours| strsim::osa_distance(ours, &lower) == 1);
            Some(Near { ours: same.or_else(alike)?, theirs: &theirs.text, is_same: same.is_some() })
        })
    }

    /// Whether the definition of another entry, which is no known neighbour, says nearly the same.
    fn is_nearly(&self, other: &Concept) -> bool {
        let is_named = self.related.contains(&other.id);
        !is_named && !other.everyday && share(&self.words, &words(&other.definition)) >= ALIKE
    }
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_lowercase).collect()
}

/// The part of all words in two sets that both have.
fn share(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let both = one.intersection(other).count();
    let all = one.len() + other.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn forms_of_a_term_are_one() {
        for (one, other) in [("pods", "pod"), ("canaries", "canary"), ("crash loops", "crash loop"), ("kilns", "kiln")]
        {
            assert_eq!(singular(one), singular(other), "{one}");
        }
        assert_ne!(singular("news"), singular("new"));
    }
}
